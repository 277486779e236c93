/* Elements: values from other programs, from 60-digit arithmetic and from ladder networks; textbook
   limits. */
#include "element_probe.h"

/* ---- values printed by other programs, some cut, not rounded: to the last digit or 1e-9 ---- */

typedef struct printed {
  const char *symbol;
  double p[P];
  struct {
    const char *re, *im;
  } z[3];
} printed;

static double number(const char *text, double *unit) {
  const char *dot = strchr(text, '.'), *e = strchr(text, 'e');
  const size_t end = e ? (size_t)(e - text) : strlen(text);
  const double decimals = dot ? (double)(end - (size_t)(dot - text) - 1) : 0.0;
  *unit = strcmp(text, "0") == 0 ? 0.0 : pow(10.0, (e ? atof(e + 1) : 0.0) - decimals);
  return strtod(text, NULL);
}

static void check_printed(const printed *row, size_t n_rows, const double *f) {
  for (size_t i = 0; i < n_rows; i++) {
    const eis_element *e = find(row[i].symbol);
    spot s = {0};
    for (int k = 0; k < 3; k++) spot_add(&s, 2.0 * M_PI * f[k]);
    double z[2 * MAX_W];
    run_fast(e, &s, row[i].p, NULL, z);
    for (size_t k = 0; k < 3; k++) {
      double ure, uim;
      const double re = number(row[i].z[k].re, &ure), im = number(row[i].z[k].im, &uim);
      const double tiny = 1e-9 * hypot(re, im);
      if (!(fabs(z[k] - re) <= fmax(ure, tiny) && fabs(z[3 + k] - im) <= fmax(uim, tiny)))
        fail_msg("%s at %g Hz: %.13g%+.13gj, printed %s, %s", e->symbol, f[k], z[k], z[3 + k],
                 row[i].z[k].re, row[i].z[k].im);
    }
  }
}

/* parameters in order from 0.1, 0.2, 0.3, 0.4 */
static const printed impedance_py[] = {
    {"C", {0.1}, {{"0", "-1591.5494309"}, {"0", "-1.5915494309"}, {"0", "-0.00159155"}}},
    {"L", {0.1}, {{"0", "6.28319e-4"}, {"0", "0.628319"}, {"0", "628.319"}}},
    {"W",
     {0.1},
     {{"1.26156626", "-1.26156626"}, {"0.03989423", "-0.03989423"}, {"0.00126157", "-0.00126157"}}},
    {"Wo",
     {0.1, 0.2},
     {{"0.0333333", "-79.5774743"}, {"0.03300437", "-0.08232867"}, {"0.00199471", "-0.00199471"}}},
    {"Ws",
     {0.1, 0.2},
     {{"0.09999998", "-4.18878913e-5"},
      {"0.08327519", "-3.33838167e-2"},
      {"0.00199471", "-0.00199471"}}},
    {"CPE",
     {0.1, 0.2},
     {{"26.2162368", "-8.5181717"}, {"6.58522096", "-2.13966799"}, {"1.65413272", "-0.5374603"}}},
    /* impedance.py (L' j w)^alpha with L' = 0.1: L = L'^alpha */
    {"La",
     {0.63095734448019324943, 0.2},
     {{"0.21769191", "0.07073239"}, {"0.86664712", "0.28159072"}, {"3.45018434", "1.12103285"}}},
    {"G",
     {0.1, 0.2},
     {{"0.0999999408", "-6.28317911e-5"},
      {"0.0710775502", "-0.0342746521"},
      {"0.00199550459846", "-0.00199391725819"}}},
    {"Gs",
     {0.1, 0.2, 0.3},
     {{"0.3432733167", "-0.0004189525"},
      {"0.1391819315", "-0.1624846679"},
      {"0.001995503", "-0.0019939171"}}},
    {"K",
     {0.1, 0.2},
     {{"0.0999998421", "-1.25663508e-4"},
      {"0.0387726637", "-0.0487231661"},
      {"6.3326e-8", "-7.95774e-5"}}},
    {"Zarc",
     {0.1, 0.2, 0.3},
     {{"0.08900974", "-0.00486384"}, {"0.04818879", "-0.01198904"}, {"0.00969182", "-0.00436265"}}},
    {"TLMQ",
     {0.1, 0.2, 0.3},
     {{"20.42237173", "-10.38874276"},
      {"2.6000937", "-1.30789949"},
      {"0.35594139", "-0.16491599"}}},
    {"T",
     {0.1, 0.2, 0.3, 0.4},
     {{"1.00041", "-0.00837309"}, {"0.0156037", "-0.114062"}, {"0.00141056", "-0.00141039"}}},
};

/* its default parameters */
static const printed pyimpspec[] = {
    {"Gk",
     {1, 1, 0.5},
     {{"0.998523807155", "-0.0313386510277"},
      {"0.301563632182", "-0.257363752737"},
      {"0.00892133037645", "-0.00891991061561"}}},
    {"Ga",
     {1, 1, 0.5},
     {{"0.998523807155", "-0.0313386510277"},
      {"0.301563632182", "-0.257363752737"},
      {"0.00892133037645", "-0.00891991061561"}}},
    {"G",
     {1, 1},
     {{"0.998523807155", "-0.0313386510277"},
      {"0.301563632182", "-0.257363752737"},
      {"0.00892133037645", "-0.00891991061561"}}},
    {"H",
     {1e-6, 1, 0.9, 0.9},
     {{"1170666.62428", "-16105774.9244"},
      {"658111.215992", "-327469.237091"},
      {"181421.055849", "-55879.776478"}}},
    {"HN",
     {1, 1, 0.7, 0.8},
     {{"0.940745890938", "-0.0905504246137"},
      {"0.242493603009", "-0.207336044663"},
      {"0.00476343280285", "-0.00573971776937"}}},
    {"La",
     {1e-6, 0.95},
     {{"5.6612739809e-9", "7.19333062689e-8"},
      {"4.49690976754e-7", "5.71386561865e-6"},
      {"3.18356831268e-4", "4.04510707726e-3"}}},
    {"CPE",
     {1e-6, 0.95},
     {{"1087357.67306", "-13816189.2154"},
      {"13689.0220633", "-173935.516974"},
      {"19.3362576135", "-245.690448069"}}},
    /* sigma = 1/(Y sqrt 2) */
    {"W",
     {7.0710678118654752e2},
     {{"2820.94791774", "-2820.94791774"},
      {"282.094791774", "-282.094791774"},
      {"8.92062058076", "-8.92062058076"}}},
    {"Wo",
     {1, 1},
     {{"0.333324978446", "-15.9168905201"},
      {"0.273499135806", "-0.261367761663"},
      {"0.00892062058076", "-0.00892062058076"}}},
    {"Ws",
     {1, 1},
     {{"0.999473961724", "-0.0209305728608"},
      {"0.290661390591", "-0.304152427342"},
      {"0.00892062058076", "-0.00892062058076"}}},
    {"Zarc",
     {1000, 1, 0.95},
     {{"989.30898718", "-70.7636539366"},
      {"41.7178889364", "-164.428429989"},
      {"0.019396244021", "-0.245680932047"}}},
    {"Ls",
     {10, 1, 0.01, 0.8, 0.2},
     {{"5.64784122005", "-0.00521024640652"},
      {"5.57477931408", "-0.201775288069"},
      {"0.73182819144", "-0.530750133267"}}},
    {"TLMQ",
     {1, 5e-3, 0.8},
     {{"565.880019773", "-1740.57374946"},
      {"14.5390737227", "-43.7216946982"},
      {"0.327578630599", "-0.246860462744"}}},
    {"Tlmbs",
     {1, 5e-3, 0.8},
     {{"0.999943685091", "-1.73196969639e-4"},
      {"0.997708754203", "-0.00685862152451"},
      {"0.365496414125", "-0.255910343465"}}},
    {"Tlmbq",
     {1, 5e-3, 0.8, 0.01, 0.7},
     {{"210.137649154", "-458.863733727"},
      {"7.60517264985", "-15.8853047789"},
      {"0.353502622867", "-0.248866826529"}}},
    {"Tlmno",
     {1, 3, 5e-3, 0.8},
     {{"3.32462382866", "-0.00468305372498"},
      {"3.25586665946", "-0.178676135478"},
      {"0.332824855072", "-0.236826500275"}}},
    {"Tlmns",
     {1, 3, 5e-3, 0.8},
     {{"0.901898874082", "-1.3492151433e-4"},
      {"0.900162635603", "-0.00534639427131"},
      {"0.36691981123", "-0.241080448192"}}},
    {"Tlmnq",
     {1, 3, 5e-3, 0.8, 5, 0.1, 0.7},
     {{"2.33729152146", "-0.0383388015767"},
      {"1.7519130489", "-0.456518824909"},
      {"0.36544745458", "-0.24012035198"}}},
};

static void values_of_impedance_py(void **state) {
  (void)state;
  const double f[] = {1e-3, 1.0, 1e3};
  check_printed(impedance_py, sizeof impedance_py / sizeof impedance_py[0], f);
}

static void values_of_pyimpspec(void **state) {
  (void)state;
  const double f[] = {1e-2, 1.0, 1e3};
  check_printed(pyimpspec, sizeof pyimpspec / sizeof pyimpspec[0], f);
}

/* ---- formulas evaluated with 60 digits, also far from the middle ---- */

typedef struct exact {
  const char *symbol;
  double w, p[P], z[2];
} exact;

static const exact many_digits[] = {
    {"La", 3e-5, {2e-7, 0.93}, {1.3648823070652673e-12, 1.2362949277449558e-11}},
    {"CPE", 1e9, {3e-12, 0.37}, {1.3031215808615607e+8, -8.5599088448750617e+7}},
    {"Wo", 2e-5, {40, 3e-7}, {1.3333333333333333e+1, -6.6666666666666667e+12}},
    {"Wo", 35, {40, 3}, {2.7602586292503995, -2.7602638973189922}},
    {"Wo", 1e8, {40, 1e9}, {8.9442719099991588e-8, -8.9442719099991588e-8}},
    {"Ws", 2e-5, {40, 3e-7}, {4.0e+1, -8.0e-11}},
    {"Ws", 35, {40, 0.3}, {8.572545621667297, -8.9275710531320685}},
    {"Ws", 1e9, {40, 1e12}, {8.9442719099991588e-10, -8.9442719099991588e-10}},
    {"Wog", 3e-4, {7, 0.02, 0.41}, {3.7379327544641628e+4, -1.2865245793896797e+5}},
    {"Wog", 70, {7, 2, 0.41}, {7.3807205067118081e-1, -5.5416405648020292e-1}},
    {"Wsg", 1e-6, {7, 1e-15, 0.01}, {6.2300534885735596, -2.1011724427836769e-2}},
    {"Wsg", 70, {7, 2, 0.66}, {1.3658614715910561e-1, -2.309545619030469e-1}},
    {"Wsg", 1e-6, {7, 1e-12, 0.7}, {7.0, -1.19106216695705e-25}},
    {"Ma", 12, {7, 0.3, 0.86}, {2.6465897567036484, -2.6482484786053883}},
    {"Wa", 12, {7, 0.3, 0.86}, {1.6759665219352576, -2.642730242001748}},
    {"Wa", 1e-4, {7, 1e-3, 0.3}, {8.4064745991229752e+4, -7.0165084370359077e+7}},
    {"K", 3e4, {12, 4e-5}, {4.9180327868852459, -5.9016393442622951}},
    {"Kc", 3e4, {12, 4e-5}, {5.759262814359762e-2, -8.2933384526780572e-1}},
    {"Kq", 3e4, {12, 4e-5, 0.8}, {3.4240627935268688, -3.8094026097214845}},
    {"Zarc", 3e4, {12, 4e-5, 0.8}, {5.3344944024462403, -4.3240552400121042}},
    {"Zarc", 1e-6, {12, 1e-9, 0.95}, {1.1999999999999995e+1, -6.7272937746805942e-14}},
    {"HN", 17, {12, 0.4, 0.7, 0.6}, {4.2560495374990794, -2.5315053786600945}},
    {"HN", 1e8, {12, 1e6, 0.9, 0.95}, {2.903404999171084e-12, -1.2526147089441634e-11}},
    {"H", 17, {2e-6, 0.4, 0.7, 0.6}, {3.643483817722463e+4, -6.1255440134639252e+4}},
    {"G", 17, {12, 0.4}, {3.4640582280146191, -2.9918949219817082}},
    {"G", 1e9, {12, 1e9}, {8.4852813742385703e-9, -8.4852813742385703e-9}},
    {"Ga", 17, {12, 0.4, 0.33}, {5.6628529810331725, -2.8778096805444128}},
    {"Gk", 17, {2e-3, 4, 0.33}, {1.7585665185271599e+2, -8.324209999416005e+1}},
    {"Gs", 17, {12, 0.4, 0.9}, {3.2657889617042844, -2.8389953368261386}},
    {"Gs", 1e-3, {12, 1e-4, 1e-6}, {1.200000000000388e+7, -1.199999999999988}},
    {"Gs", 1e5, {12, 4, 1e4}, {1.3416424635477125e-2, -1.3416391094457462e-2}},
    {"TLMQ", 17, {80, 2e-3, 0.85}, {3.6022682425207288e+1, -4.6517208727054573e+1}},
    {"TLMQ", 1e-6, {1e-9, 1e-18, 0.9}, {3.9294561015501568e+22, -2.4809609413011393e+23}},
    {"Tlmbs", 17, {80, 2e-3, 0.85}, {5.5771847060923178e+1, -2.5128083872023317e+1}},
    {"Tlmbq", 17, {80, 2e-3, 0.85, 5e-2, 0.6}, {5.4581441308724989e+1, -2.6345019655184248e+1}},
    {"Tlmbq",
     1e-3,
     {8e-2, 2e-9, 0.85, 5e-12, 0.9},
     {4.1317955642194994e+10, -1.7220682781406031e+11}},
    {"Tlmno", 17, {80, 33, 2e-3, 0.85}, {4.2999565331652826e+1, -1.4406060642258002e+1}},
    {"Tlmns", 17, {80, 33, 2e-3, 0.85}, {4.1393681416801302e+1, -9.4186310627009654}},
    {"Tlmnq", 17, {80, 33, 2e-3, 0.85, 4, 6e-2, 0.7}, {4.1381271144134931e+1, -9.6065963332076445}},
    {"Tlmnq",
     1e7,
     {80, 33, 2e-3, 0.85, 4, 6e-2, 0.7},
     {1.6637073077963299e-1, -1.3115387905498826e-1}},
    {"Ls", 17, {900, 0.02, 3e-2, 0.75, 3e-1}, {3.9864013358702525, -4.1733190800784731e-1}},
    {"T", 17, {5, 2, 0.3, 0.04}, {5.1110914016723295, -8.6633461496577051}},
    {"T", 1e6, {1e-9, 1e9, 0.3, 2e-4}, {-1.3808665263189962e+3, 6.2211152233220782e+3}},
    {"T", 1e-3, {5, 2, 1e-9, 1e-12}, {7.0000000013263333e+9, -6.999999999993e+3}},
};

static void values_in_many_digits(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof many_digits / sizeof many_digits[0]; i++) {
    const exact *x = &many_digits[i];
    const eis_element *e = find(x->symbol);
    const double complex want = x->z[0] + I * x->z[1];
    spot s = {0};
    for (int k = 0; k < 9; k++) spot_add(&s, x->w); /* vector and scalar part of the loop */
    double z[2 * MAX_W];
    run_fast(e, &s, x->p, NULL, z);
    for (size_t k = 0; k < 9; k++)
      if (!(cabs(at(z, 9, k) - want) <= 3e-14 * cabs(want)))
        fail_msg("%s at w = %g: %.17g%+.17gj, not %.17g%+.17gj", x->symbol, x->w, z[k], z[9 + k],
                 x->z[0], x->z[1]);
  }
}

/* ---- two-rail lines: Ri = 20, Re = 5, Zs = 1/(1/30 + j w 1e-3) ---- */

typedef struct rail_value {
  const char *symbol;
  double w, z[2], tolerance;
} rail_value;

/* TL2 first: the closed form in 30 digits; the rest: ladders of 400, 800 and 1600 cells,
   extrapolated */
static const rail_value rail_values[] = {
    {"TL2", 1e-2, {3.81607161681e+1, -9.04829586076e-3}, 2e-12},
    {"TL2", 1e0, {3.81337334693e+1, -9.04020373689e-1}, 2e-12},
    {"TL2", 1e1, {3.56826873519e+1, -8.30515568199}, 2e-12},
    {"TL2", 1e2, {1.10687046635e+1, -9.46234227950}, 2e-12},
    {"TL2", 1e3, {6.40436775947, -2.28967632101}, 2e-12},
    {"TL2", 1e4, {4.76153830668, -7.58984789449e-1}, 2e-12},
    {"TL2", 1e6, {4.07602757831, -7.60250440981e-2}, 2e-12},
    {"TL2", 1e0, {38.133733457, -0.90402037302}, 1e-9},
    {"TL2", 1e2, {11.068704664, -9.4623422785}, 1e-9},
    {"TL2", 1e3, {6.4043677594, -2.2896763209}, 1e-9},
    {"TLE", 1e0, {4.9358885029, -0.0017755509794}, 1e-9},
    {"TLE", 1e2, {4.8971480045, -0.1685211916}, 1e-9},
    {"TLE", 1e3, {4.2973902612, -0.29824521903}, 1e-9},
    {"TLI", 1e0, {18.974216047, -0.028408815666}, 1e-9},
    {"TLI", 1e2, {18.354368072, -2.6963390651}, 1e-9},
    {"TLI", 1e3, {8.7582441793, -4.771923504}, 1e-9},
};

static void two_rail_lines(void **state) {
  (void)state;
  const double p[] = {20.0, 5.0};
  for (size_t i = 0; i < sizeof rail_values / sizeof rail_values[0]; i++) {
    const rail_value *x = &rail_values[i];
    spot s = {0};
    spot_add(&s, x->w);
    const double complex zs = 1.0 / (1.0 / 30.0 + I * x->w * 1e-3);
    const double sub[2] = {creal(zs), cimag(zs)};
    const double complex want = x->z[0] + I * x->z[1];
    double z[2];
    run_fast(find(x->symbol), &s, p, sub, z);
    if (!(cabs(at(z, 1, 0) - want) <= x->tolerance * cabs(want)))
      fail_msg("%s at w = %g: %.13g%+.13gj", x->symbol, x->w, z[0], z[1]);
  }
}

static void limits_of_the_two_rail_line(void **state) {
  (void)state;
  spot s = {0};
  spot_add(&s, 50.0);
  double z[2];
  /* a wall of high impedance: Zs + (Ri + Re)/3, to first order */
  const double high[2] = {1e7, -2e7}, p[] = {20.0, 5.0};
  run_fast(find("TL2"), &s, p, high, z);
  assert_true(cabs(at(z, 1, 0) - (1e7 - 2e7 * I + 25.0 / 3.0)) < 1e-4);
  /* a short-circuited wall: the rails in parallel */
  const double none[2] = {0.0, 0.0};
  for (int i = 0; i < 3; i++) {
    static const char *const symbol[] = {"TL2", "TLE", "TLI"};
    run_fast(find(symbol[i]), &s, p, none, z);
    assert_true(cabs(at(z, 1, 0) - 4.0) < 1e-12);
  }
  /* no electronic resistance: the one-rail line */
  const double ionic[] = {20.0, 1e-9}, sub[2] = {3.0, -4.0};
  const double complex zs = 3.0 - 4.0 * I, b = csqrt(20.0 / zs);
  run_fast(find("TL2"), &s, ionic, sub, z);
  assert_true(cabs(at(z, 1, 0) - csqrt(20.0 * zs) / ctanh(b)) < 1e-8);
}

/* ---- relations between elements and textbook limits ---- */

static double complex single(const char *symbol, double w, const double *p) {
  spot s = {0};
  spot_add(&s, w);
  double z[2];
  run_fast(find(symbol), &s, p, NULL, z);
  return at(z, 1, 0);
}

#define Z(symbol, w, ...) single(symbol, w, (const double[P]){__VA_ARGS__})

static void assert_near(double complex a, double complex b, double tolerance) {
  if (!(cabs(a - b) <= tolerance * cabs(b)))
    fail_msg("%.15g%+.15gj is not %.15g%+.15gj", creal(a), cimag(a), creal(b), cimag(b));
}

static void special_cases(void **state) {
  (void)state;
  static const double w[] = {1e-4, 0.3, 1.0, 47.0, 1e6};
  for (size_t i = 0; i < sizeof w / sizeof w[0]; i++) {
    const double x = w[i], r = 12.0, t = 0.03, q = 2e-3, a = 0.83;
    assert_near(Z("CPE", x, 1e-6, 1.0), Z("C", x, 1e-6), 1e-14);
    assert_near(Z("La", x, 1e-6, 1.0), Z("L", x, 1e-6), 1e-14);
    assert_near(Z("CPE", x, 1.0 / (5.0 * M_SQRT2), 0.5), Z("W", x, 5.0), 1e-14);
    assert_near(Z("Zarc", x, r, t, 1.0), Z("K", x, r, t), 1e-14);
    assert_near(Z("Kc", x, r, t / r), Z("K", x, r, t), 1e-14);
    assert_near(Z("Kq", x, r, q, a), Z("Zarc", x, r, pow(r * q, 1.0 / a), a), 1e-13);
    assert_near(Z("HN", x, r, t, a, 1.0), Z("Zarc", x, r, t, a), 1e-14);
    assert_near(Z("HN", x, r, t, 1.0, 0.5), Z("G", x, r, t), 1e-14);
    assert_near(Z("Ga", x, r, t, 0.5), Z("G", x, r, t), 1e-14);
    assert_near(Z("Gk", x, pow(t, 0.4) / r, 1.0 / t, 0.4), Z("Ga", x, r, t, 0.4), 1e-14);
    assert_near(Z("H", x, 1e-6, t, a, 1.0), Z("C", x, 1e-6) * (1.0 + cpow(I * x * t, a)), 1e-13);
    assert_near(Z("Wog", x, r, t, 0.5), Z("Wo", x, r, t), 1e-14);
    assert_near(Z("Wsg", x, r, t, 0.5), Z("Ws", x, r, t), 1e-14);
    assert_near(Z("Ma", x, r, t, 1.0), Z("Wo", x, r, t), 1e-14);
    assert_near(Z("Ma", x, r, t, a), Z("Wog", x, r, t, 0.5 * a), 1e-13);
    assert_near(Z("Wa", x, r, t, 1.0), Z("Wo", x, r, t), 1e-14);
    assert_near(Z("Gs", x, r, t, 60.0), Z("G", x, r, t), 1e-14);
    assert_near(Z("TLMQ", x, r, t / r, 1.0), Z("Wo", x, r, t), 1e-14);
    assert_near(Z("Tlmbs", x, r, t / r, 1.0), Z("Ws", x, r, t), 1e-14);
    assert_near(Z("Tlmno", x, r, 1e15, q, a), Z("TLMQ", x, r, q, a), 3e-9);
    /* de Levie's pore by totals, with Rr other than 1 (where pyimpspec is wrong) */
    assert_near(Z("Ls", x, 300.0, 0.04, 0.5, a, 0.02), Z("Tlmno", x, 6.0, 2.0, 0.25, a), 1e-13);
    /* an open end is a closed one of no admittance; a shorted one, of no impedance */
    assert_near(Z("Tlmbq", x, r, q, a, 1e-18, 1.0), Z("TLMQ", x, r, q, a), 1e-9);
    assert_near(Z("Tlmnq", x, r, 7.0, q, a, 1e-9, q, a), Z("Tlmns", x, r, 7.0, q, a), 1e-9);
    /* Paasch with B = 0 is the one-rail line with a reacting wall */
    assert_near(Z("T", x, r, 1e-9, r / 7.0, r * q), Z("Tlmno", x, r, 7.0, q, 1.0), 1e-9);
  }
}

static void textbook_limits(void **state) {
  (void)state;
  const double r = 12.0, c = 3e-5;
  assert_near(Z("Kc", 1.0 / (r * c), r, c), 0.5 * r * (1.0 - I), 1e-15); /* apex of a semicircle */
  /* apex of a depressed one: -Im = R/2 tan(alpha pi/4) */
  assert_near(cimag(Z("Zarc", 1e3, r, 1e-3, 0.7)), -0.5 * r * tan(0.7 * M_PI / 4.0), 1e-14);
  const double complex wo = Z("Wo", 1e-3, r, 0.5); /* Z0/3 + 1/(j w C), C = tau/Z0 */
  assert_near(creal(wo), r / 3.0, 1e-8);
  assert_near(cimag(wo), -r / (1e-3 * 0.5), 1e-6);
  assert_near(Z("Ws", 1e-6, r, 0.5), r, 1e-6);
  assert_near(Z("G", 1e-6, r, 0.5), r, 1e-6);
  assert_near(Z("Gs", 1e-6, r, 0.5, 0.8), r / tanh(0.8), 1e-6);
  assert_near(Z("Zarc", 1e-6, r, 1e-6, 0.9), r, 1e-10);
  assert_near(Z("Wo", 1e8, r, 10.0), Z("Ws", 1e8, r, 10.0), 1e-15); /* far from the boundary */
  assert_near(Z("Tlmno", 1e-6, r, 7.0, 1e-6, 0.9), sqrt(r * 7.0) / tanh(sqrt(r / 7.0)), 1e-8);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(values_of_impedance_py),
      cmocka_unit_test(values_of_pyimpspec),
      cmocka_unit_test(values_in_many_digits),
      cmocka_unit_test(two_rail_lines),
      cmocka_unit_test(limits_of_the_two_rail_line),
      cmocka_unit_test(special_cases),
      cmocka_unit_test(textbook_limits),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
