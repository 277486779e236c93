/* Ceramic | polymer: numbers of a 40-digit bisection (plain decimal arithmetic), closed limits, the
   dependence on salt, what a measured arc leaves possible, refusals. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <eisfit/scl_junction.h>

static const double kB = 1.380649e-23, e = 1.602176634e-19, eps0 = 8.8541878128e-12;

static const eis_junction warm = {
    .ceramic = {.eps_r = 60, .n0 = 1e25, .nu = 0, .sigma = 0.2, .T = 343.15},
    .polymer = {.eps_r = 10, .salt = 1e26, .D = 1e-12},
    .c_ref = 1e26, .dphi_ref = -0.35, .R_F = 1e-3};

static eis_junction_values at(const eis_junction *j) {
  eis_error err = EIS_ERROR_INIT;
  eis_junction_values v;
  if (eis_scl_junction(j, &v, &err) != EIS_OK) fail_msg("%s", err.text);
  return v;
}

static void agree(double got, double want, double tolerance, const char *what) {
  if (!(fabs(got - want) <= tolerance * fabs(want)))
    fail_msg("%s: %.15g, expected %.15g", what, got, want);
}

static void against_forty_digits(void **state) {
  (void)state;
  eis_junction lean = warm, rich = warm;
  lean.polymer.salt = 1e25;
  lean.R_F = 0;
  rich.ceramic = (eis_scl_params){.eps_r = 50, .n0 = 1e26, .nu = 0.1, .sigma = 0.05, .T = 298.15};
  rich.polymer = (eis_polymer){.eps_r = 8, .salt = 3e26, .D = 1e-12};
  rich.dphi_ref = 0.15;
  rich.R_F = 0;
  const struct {
    const eis_junction *j;
    double dphi, L, P, R_L, R_P, R_int, C_L, C_P, C_int, sigma_P;
  } row[] = {{&warm, -0.35, 0.291709179637828, -0.0582908203621724, 7.65641822100314e-05,
              -6.61355440843296e-07, 0.00107590282676919, 0.0402903177940845, 0.472792159930193,
              0.0371264800517621, 0.000541818090723506},
             {&lean, -0.418088314084632, 0.298742448339665, -0.119345865744967,
              9.56438276840334e-05, -2.89312734594661e-05, 6.67125542245673e-05, 0.0397609198950717,
              0.374970581479365, 0.0359489819408458, 5.41818090723506e-05},
             {&rich, 0.178226183150003, -0.0937472260703205, 0.0844789570796821,
              -2.55247911093044e-08, 6.14270709501735e-07, 5.88745918392431e-07, 0.764375833114805,
              1.38205880981666, 0.492170752855761, 0.00187078528759119}};
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    const eis_junction_values v = at(row[i].j);
    agree(v.dphi, row[i].dphi, 1e-12, "dphi");
    agree(v.dphi_L, row[i].L, 1e-12, "dphi_L");
    agree(v.dphi_P, row[i].P, 1e-12, "dphi_P");
    agree(v.R_L, row[i].R_L, 1e-11, "R_L");
    agree(v.R_P, row[i].R_P, 1e-11, "R_P");
    agree(v.R_int, row[i].R_int, 1e-11, "R_int");
    agree(v.C_L, row[i].C_L, 1e-11, "C_L");
    agree(v.C_P, row[i].C_P, 1e-11, "C_P");
    agree(v.C_int, row[i].C_int, 1e-11, "C_int");
    agree(v.sigma_P, row[i].sigma_P, 1e-12, "sigma_P");
  }
}

/* The charges cancel: that of the polymer is sqrt(8 eps kT c) sinh(y/2). */
static void charge_balance(void **state) {
  (void)state;
  for (double dphi = -0.6; dphi < 0.65; dphi += 0.1) {
    eis_junction j = warm;
    j.dphi_ref = dphi;
    const eis_junction_values v = at(&j);
    const double Q_P =
        sqrt(8 * eps0 * 10 * kB * 343.15 * 1e26) * sinh(0.5 * e * v.dphi_P / (kB * 343.15));
    assert_true(fabs(v.Q + Q_P) <= 1e-12 * fabs(Q_P) + 1e-18);
    assert_true(v.dphi_L * v.dphi_P <= 0);
  }
}

static void flat_band(void **state) {
  (void)state;
  eis_junction j = warm;
  j.dphi_ref = 0;
  const eis_junction_values v = at(&j);
  assert_true(v.dphi_L == 0 && v.dphi_P == 0 && v.R_L == 0 && v.R_P == 0);
  agree(v.R_int, j.R_F, 1e-15, "R_int");
  agree(v.C_P, eps0 * 10 / v.lambda_P, 1e-14, "C_P");
  agree(v.C_L, sqrt(eps0 * 60 * 1e25 * e * e / (kB * 343.15)), 1e-14, "C_L");
  assert_true(v.lambda_P > 0.2e-9 && v.lambda_P < 0.4e-9);
}

/* Equal capacitances at flat band (n0 = 2 c_s, equal eps): a small voltage is halved. */
static void symmetric(void **state) {
  (void)state;
  eis_junction j = warm;
  j.ceramic.eps_r = 10;
  j.ceramic.n0 = 2e26;
  j.dphi_ref = 1e-7;
  const eis_junction_values v = at(&j);
  agree(v.dphi_L, -0.5e-7, 1e-5, "dphi_L");
  agree(v.dphi_P, 0.5e-7, 1e-5, "dphi_P");
  agree(v.C_int, 0.5 * v.C_P, 1e-5, "C_int");
}

/* A ceramic that takes none of the voltage: R_P = 2 lambda_P/sigma_P (e^(y/2) - 1), at given y as
 * c_s^-3/2. */
static void salt_power(void **state) {
  (void)state;
  double before = 0;
  for (double salt = 1e24; salt < 1.5e26; salt *= 10) {
    eis_junction j = warm;
    j.ceramic.n0 = 1e40;
    j.R_F = 0;
    j.dphi_ref = 0.2;
    j.polymer.salt = j.c_ref = salt;
    const eis_junction_values v = at(&j);
    agree(v.R_P, 2 * v.lambda_P / v.sigma_P * expm1(0.5 * e * 0.2 / (kB * 343.15)), 1e-5, "R_P");
    if (before > 0) agree(v.R_P / before, pow(10, -1.5), 1e-5, "ratio per decade of salt");
    before = v.R_P;
  }
}

/* At given dphi_ref, Li-poor ceramic: the layer shrinks with every addition of salt. */
static void salt_series(void **state) {
  (void)state;
  double before = INFINITY;
  for (double salt = 1e24; salt < 2e27; salt *= 2) {
    eis_junction j = warm;
    j.polymer.salt = salt;
    const eis_junction_values v = at(&j);
    assert_true(v.R_L < before);
    agree(v.dphi, -0.35 + kB * 343.15 / e * log(salt / 1e26), 1e-13, "dphi");
    before = v.R_L;
  }
}

/* The sum need not fall there: the rich polymer's part is negative and shrinks too. */
static void sum_may_rise(void **state) {
  (void)state;
  eis_junction lean = warm;
  lean.polymer.salt = 1e25;
  assert_true(at(&lean).R_int < at(&warm).R_int && at(&lean).R_L > at(&warm).R_L);
}

/* Polymer on the poor side, at given dphi_ref: c_s^-3/2 times the c_s^1/2 of e^(y/2). */
static void poor_polymer_over_salt(void **state) {
  (void)state;
  eis_junction j = warm;
  j.ceramic.n0 = 1e40;
  j.R_F = 0;
  j.dphi_ref = 0.5;
  const eis_junction_values more = at(&j);
  j.polymer.salt = 1e25;
  agree(more.R_P / at(&j).R_P, 0.1, 2e-3, "a decade of salt");
}

/* 9 kohm cm2 and 0.1 uF/cm2 at 70 C (LLZO | P(EO)20-LiClO4, Langer 2017, abstract).  Its tau would
   be that of a layer in LLZO with 0.47 V; a layer with that dphi has a capacitance a thousand times
   larger. */
static void tau_says_yes_C_says_no(void **state) {
  (void)state;
  const double R = 0.9, C = 1e-3, tau_b = 2.7e-9; /* ohm m^2, F/m^2, s */
  eis_scl_params p = {.eps_r = 60, .n0 = 2.57e28, .nu = 0, .T = 343.15, .sigma = 60 * eps0 / tau_b};
  eis_scl_values v = {0};
  double low = 0.1, high = 0.9;
  for (int i = 0; i < 60; i++) {
    p.dphi = 0.5 * (low + high);
    assert_int_equal(eis_scl_eval(&p, &v, NULL), EIS_OK);
    if (v.R1 * v.C_d > R * C)
      high = p.dphi;
    else
      low = p.dphi;
  }
  const double y = e * p.dphi / (kB * p.T), ratio = v.C_d / C;
  assert_true(y > 15.9 && y < 16.3 && p.dphi > 0.465 && p.dphi < 0.485);
  assert_true(ratio > 1e3 && ratio < 3e3);
  const double n0 =
      p.n0 / (ratio * ratio) * 1e-6; /* C ~ sqrt(n0): the density with this C, 1/cm^3 */
  assert_true(n0 > 5e15 && n0 < 2e16);
  /* with the polymer in series, in equilibrium: still far too large */
  eis_junction j = warm;
  j.ceramic = p;
  j.dphi_ref = -p.dphi;
  assert_true(at(&j).C_int > 100 * C);
}

static void refusals(void **state) {
  (void)state;
  const struct {
    double eps_r, salt, D, c_ref, dphi, R_F, nu;
    const char *text;
  } row[] = {{0, 1, 1, 1, 0, 0, 0, "eps_r of the polymer = 0  is not usable"},
             {1, -1, 1, 1, 0, 0, 0, "salt concentration = -1 1/m^3 is not usable"},
             {1, 1, NAN, 1, 0, 0, 0, "D of the cation in the polymer = nan m^2/s"},
             {1, 1, 1, INFINITY, 0, 0, 0, "reference salt concentration = inf"},
             {1, 1, 1, 1, NAN, 0, 0, "dphi of the junction = nan V is not usable"},
             {1, 1, 1, 1, 0, -1, 0, "R_F = -1 ohm m^2 is not usable"},
             {1, 1, 1, 1, 0, 0, 1, "nu = 1 is outside 0 <= nu < 1"},
             {1, 1, 1, 1, 2, 0, 0,
              "the potential between ceramic and polymer, 2 V, is more than 40 kT/e"}};
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    eis_error err = EIS_ERROR_INIT;
    eis_junction j = {.ceramic = warm.ceramic, .polymer = {row[i].eps_r, row[i].salt, row[i].D},
                      .c_ref = row[i].c_ref, .dphi_ref = row[i].dphi, .R_F = row[i].R_F};
    eis_junction_values v;
    j.ceramic.nu = row[i].nu;
    assert_int_equal(eis_scl_junction(&j, &v, &err), EIS_ERROR_INPUT);
    if (!strstr(err.text, row[i].text)) fail_msg("'%s'", err.text);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(against_forty_digits), cmocka_unit_test(charge_balance),
      cmocka_unit_test(flat_band),            cmocka_unit_test(symmetric),
      cmocka_unit_test(salt_power),           cmocka_unit_test(salt_series),
      cmocka_unit_test(sum_may_rise),         cmocka_unit_test(poor_polymer_over_salt),
      cmocka_unit_test(tau_says_yes_C_says_no), cmocka_unit_test(refusals),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
