/* Linear Kramers-Kronig test: the fit itself, against tables of other programs, exact circuits,
   invariances and error texts.  Verdicts are judged in test_kk_verdict.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <eisfit/kk.h>

#include "analysis/kk_fit.h"
#include "kk_spectra.h"
#include "numerics/linalg.h"

static void near_to(double value, double expected, double tolerance, const char *what) {
  if (!(fabs(value - expected) <= tolerance))
    fail_msg("%s: %.12g, expected %.12g +- %g", what, value, expected, tolerance);
}

static void near_rel(double value, double expected, double tolerance, const char *what) {
  near_to(value, expected, tolerance * fabs(expected), what);
}

static eis_kk_result run(const kk_data *d, const eis_kk_options *o) {
  eis_kk_result r;
  eis_error err = EIS_ERROR_INIT;
  if (eis_kk_run(&d->s, o, &r, &err) != EIS_OK) fail_msg("%s", err.text);
  return r;
}

#define LOAD(name, d)                                           \
  if (!kk_load(name, d)) {                                      \
    print_message("EISFIT_SHARED does not lead to %s\n", name); \
    skip();                                                     \
  }

/* ---- oracles ---- */

/* The published settings: time constants inside the window, a given number. */
static eis_kk_options fixed(int m, eis_kk_part part, bool C, bool L) {
  eis_kk_options o = eis_kk_options_default();
  o.rule = EIS_KK_RULE_FIXED;
  o.m = m;
  o.part = part;
  o.capacitance = C;
  o.inductance = L;
  o.extend_decades = 0;
  return o;
}

/* CIRCUIT_1, sum |dZ|^2/|Z|^2: modulus weights with C and L, with L, real part only; last column:
   pyimpspec's complex test, which has unit weights (absent for N = 25). */
static void test_circuit_1_table(void **state) {
  static const struct {
    int m;
    double chi2[4];
  } row[] = {
      {5, {3.017534e-3, 3.463461e-3, 4.185502e-3, 3.0274029e-3}},
      {7, {2.509589e-2, 2.509713e-2, 5.102492e-2, 3.4595242e-2}},
      {9, {1.780565e-5, 1.098399e-4, 7.663742e-4, 1.8287156593e-5}},
      {11, {4.246542e-4, 5.074964e-4, 2.027142e-3, 5.7993458112e-4}},
      {13, {1.487161e-5, 5.759789e-5, 7.559698e-4, 1.5088902625e-5}},
      {15, {2.375316e-5, 4.834354e-5, 8.274833e-4, 2.7648182149e-5}},
      {20, {1.323138e-5, 2.499940e-5, 8.524740e-4, 1.3387543528e-5}},
      {25, {1.268549e-5, 1.636640e-5, 1.892188e-3, 0}},
  };
  kk_data d;
  (void)state;
  LOAD("CIRCUIT_1", &d);
  assert_int_equal(d.s.n, 41);
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    for (int column = 0; column < 4; column++) {
      eis_kk_part part = column == 2 ? EIS_KK_REAL : EIS_KK_COMPLEX;
      eis_kk_options o = fixed(row[i].m, part, column == 0 || column == 3, column != 2);
      o.unit_weight = column == 3;
      if (row[i].chi2[column] == 0) continue;
      eis_kk_result r = run(&d, &o);
      near_rel(r.pseudo_chi2, row[i].chi2[column], 3e-6, "pseudo chi^2");
      eis_kk_result_clear(&r);
    }
  }
}

/* pyimpspec, CIRCUIT_1: complex test with N = 13 and 9 at F_ext = 1, and its default, the real test
   with N = 13 at log F_ext = -.1003858. */
static void test_pyimpspec_parameters(void **state) {
  kk_data d;
  eis_kk_result r;
  (void)state;
  LOAD("CIRCUIT_1", &d);
  eis_kk_options o = fixed(13, EIS_KK_COMPLEX, true, true);
  o.unit_weight = true;
  r = run(&d, &o);
  near_to(r.R_inf, 104.57063, 1e-5, "R");
  near_to(1 / r.C_inv, 0.01601017, 1e-8, "C");
  near_to(r.L, -1.04106e-5, 1e-10, "L");
  eis_kk_result_clear(&r);
  o.m = 9;
  r = run(&d, &o);
  near_to(r.R_inf, 104.01358, 1e-5, "R");
  near_to(1 / r.C_inv, 0.0155418, 1e-8, "C");
  near_to(r.L, -6.494e-6, 1e-9, "L");
  eis_kk_result_clear(&r);
  o = fixed(13, EIS_KK_REAL, true, true);
  o.unit_weight = true;
  o.extend_decades = -0.1003858;
  r = run(&d, &o);
  near_to(log10(r.pseudo_chi2), -4.469658, 2e-6, "log pseudo chi^2");
  near_to(r.R_inf, 103.5254, 1e-4, "R");
  eis_kk_result_clear(&r);
}

/* impedance.py's linKK (modulus weights, L always): M, mu, sum and largest residual where known.
   Its complex fit inverts the normal equations, which costs it digits of mu at M > 20. */
static void test_mu_table(void **state) {
#define IMP "data/impedance_py/"
  static const struct {
    const char *name;
    eis_kk_part part;
    bool capacitance;
    double limit;
    int m;
    double mu, chi2, max;
  } row[] = {
      {IMP "Circuit1_EIS_1.z", EIS_KK_REAL, false, 0.5, 24, 0.49313028, 9.170773e-6, 0.1295},
      {IMP "Circuit1_EIS_1.z", EIS_KK_REAL, false, 0.85, 3, 0.84933101, 0, 12.0},
      {IMP "Circuit1_EIS_1.z", EIS_KK_COMPLEX, false, 0.5, 26, 0.33587508, 3.142271e-6, 0},
      {IMP "Circuit1_EIS_2.z", EIS_KK_REAL, false, 0.5, 26, 0.38305726, 0, 0},
      {IMP "Circuit2_EIS_1.z", EIS_KK_REAL, false, 0.5, 23, 0.43097127, 1.010997e-3, 0},
      {IMP "Circuit2_EIS_2.z", EIS_KK_REAL, false, 0.5, 21, 0.42482007, 0, 0},
      {IMP "Circuit3_EIS_1.z", EIS_KK_REAL, false, 0.5, 21, 0.41894150, 3.295551e-4, 0},
      {IMP "Circuit3_EIS_1.z", EIS_KK_REAL, false, 0.85, 3, 0.75274859, 0, 0},
      {IMP "Circuit3_EIS_1.z", EIS_KK_REAL, false, 0.69, 10, 0.6843821117885378, 0, 0},
      {IMP "Circuit3_EIS_1.z", EIS_KK_REAL, true, 0.69, 10, 0.6843821117885381, 0, 0},
      {IMP "Circuit3_EIS_2.z", EIS_KK_REAL, false, 0.5, 24, 0.45012340, 0, 0},
      {"CIRCUIT_1", EIS_KK_REAL, true, 0.85, 19, 0.54249963, 1.65798e-5, 0},
      {"CIRCUIT_1", EIS_KK_REAL, false, 0.85, 19, 0.54249963, 5.95351e-4, 0},
      {"CIRCUIT_1", EIS_KK_IMAG, true, 0.85, 16, 0.82169057, 0, 0},
      {"CIRCUIT_1", EIS_KK_IMAG, false, 0.85, 15, 0.82605079, 0, 0},
      {"CIRCUIT_1", EIS_KK_COMPLEX, true, 0.85, 19, 0.62784831, 1.31740e-5, 0},
      {"CIRCUIT_1", EIS_KK_COMPLEX, false, 0.85, 15, 0.79106084, 4.83435e-5, 0},
      {"oracles/spectra/exampleData.csv", EIS_KK_REAL, true, 0.5, 27, 0.2102083610, 2.687092e-4, 0},
      {"oracles/spectra/exampleData.csv", EIS_KK_REAL, true, 0.85, 21, 0.8338636419, 2.541527e-4,
       0},
      {"oracles/spectra/exampleData.csv", EIS_KK_COMPLEX, true, 0.85, 24, 0.7709202059, 1.448602e-4,
       0},
  };
  (void)state;
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    kk_data d;
    LOAD(row[i].name, &d);
    eis_kk_options o = fixed(1, row[i].part, row[i].capacitance, true);
    o.rule = EIS_KK_RULE_MU;
    o.mu_limit = row[i].limit;
    o.m_max = 40;
    eis_kk_result r = run(&d, &o);
    double most = 0;
    for (size_t k = 0; k < r.n; k++) most = fmax(most, fmax(fabs(r.res_re[k]), fabs(r.res_im[k])));
    if (r.m != row[i].m) fail_msg("row %zu: M = %d, expected %d", i, r.m, row[i].m);
    near_to(r.mu, row[i].mu, row[i].part == EIS_KK_COMPLEX ? 5e-5 : 1e-6, row[i].name);
    if (row[i].chi2 > 0) near_rel(r.pseudo_chi2, row[i].chi2, 1e-5, row[i].name);
    if (row[i].max > 0) near_rel(most, row[i].max, 5e-3, row[i].name);
    eis_kk_result_clear(&r);
  }
}

/* The whole vector that the KIT program fitted to Circuit3_EIS_1.z: columns 4, 5 without and 6, 7
   with capacitance. */
static void test_kit_vector(void **state) {
  kk_data d;
  char *text = kk_shared(IMP "oracle_linKK_Circuit3_EIS_1.csv");
  (void)state;
  LOAD(IMP "Circuit3_EIS_1.z", &d);
  assert_non_null(text);
  for (int capacitance = 0; capacitance < 2; capacitance++) {
    eis_kk_options o = fixed(10, EIS_KK_REAL, capacitance, true);
    eis_kk_result r = run(&d, &o);
    const char *line = strchr(text, '\n') + 1;
    near_to(r.mu, 0.6843821117885378, 1e-12, "mu");
    for (size_t k = 0; k < r.n; k++, line = strchr(line, '\n') + 1) {
      double v[7];
      assert_int_equal(
          sscanf(line, "%lf,%lf,%lf,%lf,%lf,%lf,%lf", v, v + 1, v + 2, v + 3, v + 4, v + 5, v + 6),
          7);
      near_to(d.f[k], v[0], 1e-9 * v[0], "frequency");
      near_rel(r.fit_re[k], v[3 + 2 * capacitance], 1e-8, "real part");
      near_to(r.fit_im[k], v[4 + 2 * capacitance], 1e-8 * fabs(v[3]), "imaginary part");
    }
    eis_kk_result_clear(&r);
  }
  free(text);
}

static void test_mu(void **state) {
  const double a[] = {1, 2, 3, -3, -2, -1}, b[] = {-1, 2, 4, -3, 4, -1};
  (void)state;
  near_to(eisi_kk_mu(a, 6), 0, 0, "mu");
  near_to(eisi_kk_mu(b, 6), 0.5, 0, "mu");
  assert_true(isinf(eisi_kk_mu(a + 3, 3)));
}

/* get_tc_distribution([1000 .. 0.1]/2pi, 3) = [.001, .1, 10]; and with F_ext = 10. */
static void test_grid(void **state) {
  const double omega[] = {1000, 10, 0.1};
  eis_kk_options o = fixed(3, EIS_KK_COMPLEX, true, true);
  eisi_kk_problem p = {.n = 3, .omega = omega, .opt = &o};
  double tau[5];
  (void)state;
  eisi_kk_grid(&p, 3, tau);
  for (int k = 0; k < 3; k++) near_rel(tau[k], pow(10, 2 * k - 3), 1e-14, "tau");
  o.extend_decades = 1;
  eisi_kk_grid(&p, 4, tau);
  for (int k = 0; k < 4; k++) near_rel(tau[k], pow(10, 2 * k - 4), 1e-14, "tau");
}

/* ---- exact circuits ---- */

/* Elements that lie on the grid come back with their values; both representations. */
static void test_parameters_come_back(void **state) {
  (void)state;
  for (int admittance = 0; admittance < 2; admittance++) {
    kk_data d = {0};
    for (int k = 0; k <= 40; k++) {
      double w = pow(10, 4 - k * 0.15);
      double complex p = I * w, z = 10 + 1e-4 * p + 1 / (0.02 * p) + 30 / (1 + p * 1e-2);
      double complex y = 0.1 + 1e-3 * p + 1 / (40 * p) + 1 / (30 + 30 / (p * 1e-2));
      if (admittance) z = 1 / y;
      kk_point(&d, w / (2 * M_PI), creal(z), cimag(z));
    }
    eis_kk_options o = fixed(4, EIS_KK_COMPLEX, true, true);
    o.admittance = admittance;
    eis_kk_result r = run(&d, &o);
    near_rel(r.R_inf, 10, 1e-10, "R");
    near_rel(r.L, admittance ? 40 : 1e-4, 1e-9, "L");
    near_rel(r.C_inv, admittance ? 1e3 : 50, 1e-9, "1/C");
    near_rel(r.tau[1], 1e-2, 1e-12, "tau");
    near_rel(r.R[1], 30, 1e-9, "R of the element");
    assert_true(r.max_residual_percent < 1e-8);
    assert_true(r.passed);
    eis_kk_result_clear(&r);
  }
}

/* Compliant circuits: 1e-6 of |Z| is left where there are 20 points a decade, more in sweeps that
   bear fewer elements per decade. */
static void test_clean_circuits(void **state) {
  static const struct {
    double high, low;
    size_t n;
    double limit; /* percent */
  } range[] = {{3, 0, 31, 3e-4}, {5, 0, 101, 1e-4}, {4, -1, 81, 1e-3}, {6, -2, 81, 2e-2}};
  (void)state;
  for (size_t c = 0; c < KK_N_CIRCUITS; c++) {
    for (size_t i = 0; i < sizeof range / sizeof *range; i++) {
      kk_data d;
      kk_compute(KK_CIRCUITS[c].z, range[i].high, range[i].low, range[i].n, &d);
      eis_kk_result r = run(&d, NULL);
      if (!r.passed || !(r.max_residual_percent < range[i].limit))
        fail_msg("%s, range %zu: %g %%, M = %d, %s", KK_CIRCUITS[c].name, i, r.max_residual_percent,
                 r.m, r.reason);
      eis_kk_result_clear(&r);
    }
  }
}

static void test_admittance_of_an_inductive_loop(void **state) {
  kk_data d;
  eis_kk_options o = eis_kk_options_default();
  (void)state;
  o.admittance = true;
  kk_compute(kk_inductive_loop, 4, -1, 61, &d);
  eis_kk_result r = run(&d, &o);
  assert_true(r.passed);
  assert_true(r.max_residual_percent < 1e-3);
  eis_kk_result_clear(&r);
}

/* The unit of ohm must not matter, in the solution or in the choice of M. */
static void test_scale(void **state) {
  static const double scale[] = {1e-12, 1e-3, 1e9};
  kk_data d;
  (void)state;
  kk_compute(kk_two_zarc, 5, -1, 61, &d);
  kk_add_noise(&d, 2e-3, 5);
  for (int unit = 0; unit < 2; unit++) {
    eis_kk_options o = eis_kk_options_default();
    o.unit_weight = unit;
    eis_kk_result a = run(&d, &o);
    for (size_t i = 0; i < sizeof scale / sizeof *scale; i++) {
      kk_data e = d;
      e.s.re = e.re, e.s.im = e.im, e.s.f = e.f;
      for (size_t k = 0; k < e.s.n; k++) e.re[k] *= scale[i], e.im[k] *= scale[i];
      eis_kk_result b = run(&e, &o);
      assert_int_equal(a.m, b.m);
      assert_string_equal(a.reason, b.reason);
      near_rel(b.mu, a.mu, 1e-6, "mu");
      for (size_t k = 0; k < a.n; k++) near_to(b.res_re[k], a.res_re[k], 1e-8, "residual");
      eis_kk_result_clear(&b);
    }
    eis_kk_result_clear(&a);
  }
}

/* Far more elements than the data can tell apart, more unknowns than data, all points at one
   frequency: still a finite answer. */
static void test_rank_deficient(void **state) {
  static const struct {
    int m;
    size_t n;
    double high, low;
  } row[] = {{200, 81, 5, 0}, {100, 20, 1, 0}, {30, 5, 3, 0}, {4, 8, 2, 2}};
  (void)state;
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    for (int part = 0; part < 3; part++) {
      kk_data d;
      kk_compute(kk_zarc, row[i].high, row[i].low, row[i].n, &d);
      eis_kk_options o = fixed(row[i].m, (eis_kk_part)part, true, true);
      eis_kk_result r = run(&d, &o);
      assert_int_equal(r.m, row[i].m);
      assert_true(isfinite(r.pseudo_chi2));
      if (part == 0) assert_true(r.max_residual_percent < 1e-3);
      eis_kk_result_clear(&r);
    }
  }
}

static void test_m_max(void **state) {
  kk_data d;
  eis_kk_options o = eis_kk_options_default();
  (void)state;
  kk_compute(kk_zarc, 5, 0, 51, &d);
  o.m_max = 9;
  eis_kk_result r = run(&d, &o);
  assert_true(r.m <= 9);
  eis_kk_result_clear(&r);
}

/* ---- strange spectra ---- */

static void all_finite(const eis_kk_result *r) {
  assert_true(isfinite(r->pseudo_chi2) && isfinite(r->noise_percent) && !isnan(r->mu));
  assert_true(isfinite(r->systematic_percent) && isfinite(r->max_residual_percent));
  for (size_t k = 0; k < r->n; k++) {
    assert_true(isfinite(r->fit_re[k]) && isfinite(r->fit_im[k]));
    assert_true(isfinite(r->res_re[k]) && isfinite(r->res_im[k]));
  }
  for (int k = 0; k < r->m; k++) assert_true(isfinite(r->tau[k]) && isfinite(r->R[k]));
  assert_true(r->reason[0] != 0 && strlen(r->reason) < sizeof r->reason - 1);
}

/* kind: one frequency only, the same impedance everywhere, one point repeated, white noise, every
   frequency doubled, extreme units, ascending order. */
static void make_strange(int kind, size_t n, kk_data *d) {
  eisi_rng g;
  eisi_rng_seed(&g, (uint64_t)n, 3);
  kk_compute(kk_two_zarc, 5, -1, n, d);
  for (size_t k = 0; k < n; k++) {
    if (kind == 0 || kind == 2) d->f[k] = 10;
    if (kind == 1 || kind == 2) d->re[k] = 5, d->im[k] = -3;
    if (kind == 3) d->re[k] = eisi_rng_normal(&g), d->im[k] = eisi_rng_normal(&g);
    if (kind == 4) d->f[k] = d->f[k - k % 2], d->re[k] = d->re[k - k % 2];
    if (kind == 5) d->re[k] *= 1e90, d->im[k] *= 1e90, d->f[k] *= 1e20;
    if (kind == 6) d->re[k] *= 1e-90, d->im[k] *= 1e-90, d->f[k] *= 1e-20;
    if (kind == 7) d->im[k] = 0;
  }
  if (kind == 8) kk_descending(d), kk_swap(d->f, 0, n - 1), kk_swap(d->re, 0, n - 1);
}

static void test_strange_spectra(void **state) {
  static const size_t size[] = {5, 6, 7, 20, 61};
  (void)state;
  for (int kind = 0; kind < 9; kind++)
    for (size_t i = 0; i < sizeof size / sizeof *size; i++)
      for (int variant = 0; variant < 12; variant++) {
        kk_data d;
        eis_kk_options o = eis_kk_options_default();
        o.part = (eis_kk_part)(variant % 3);
        o.admittance = variant / 3 % 2;
        o.unit_weight = variant / 6;
        make_strange(kind, size[i], &d);
        eis_kk_result r = run(&d, &o);
        all_finite(&r);
        eis_kk_result_clear(&r);
      }
}

/* 1e5 points, evenly spaced in frequency (2) or a thousand sweeps of a hundred frequencies (1): the
   fit goes through averages, every point is judged. */
static void test_huge_spectrum(void **state) {
  enum { N = 100000 };
  double *f = calloc(3 * N, sizeof *f), *re = f + N, *im = re + N;
  (void)state;
  assert_non_null(f);
  for (int kind = 1; kind <= 2; kind++) {
    eis_spectrum s = {.n = N, .f = f, .re = re, .im = im};
    eis_kk_result r;
    eisi_rng g;
    eisi_rng_seed(&g, 1, 1);
    for (size_t k = 0; k < N; k++) {
      f[k] = kind == 1 ? pow(10, 4 - 0.05 * (double)(k / 1000)) : (double)(N - k);
      double complex z = kk_two_zarc(2 * M_PI * f[k] * I);
      re[k] = creal(z) + 0.002 * cabs(z) * eisi_rng_normal(&g);
      im[k] = cimag(z) + 0.002 * cabs(z) * eisi_rng_normal(&g);
    }
    re[7000] *= 1.2;
    assert_int_equal(eis_kk_run(&s, NULL, &r, NULL), EIS_OK);
    if (!r.passed || !r.outlier[7000] || r.n_outliers > 20) fail_msg("%s", r.reason);
    all_finite(&r);
    near_to(r.noise_percent, 0.2, 0.004, "noise");
    if (!strstr(r.reason, "; fitted to ") || !strstr(r.reason, " averages of 100000 points"))
      fail_msg("%s", r.reason);
    eis_kk_result_clear(&r);
    for (size_t k = 60000; k < N; k++) re[k] *= 1.05;
    assert_int_equal(eis_kk_run(&s, NULL, &r, NULL), EIS_OK);
    assert_false(r.passed);
    eis_kk_result_clear(&r);
  }
  free(f);
}

/* ---- errors ---- */

static void test_errors(void **state) {
  static const struct {
    size_t n;
    int change;
    eis_status status;
    const char *text;
  } row[] = {
      {4, 0, EIS_ERROR_INPUT,
       "the Kramers-Kronig test needs at least 5 points, this spectrum has 4"},
      {10, 1, EIS_ERROR_INPUT,
       "all impedances are zero: there is nothing to test; check the columns"},
      {10, 2, EIS_ERROR_INPUT, "point 3: frequency -1 Hz is not a positive number"},
      {10, 3, EIS_ERROR_INPUT, "point 1 (1000 Hz): the impedance is not a number"},
      {10, 4, EIS_ERROR_USAGE, "0 RC elements: expected 1 to 1000"},
      {10, 5, EIS_ERROR_USAGE,
       "at most -1 RC elements: expected 1 to 1000, or 0 for as many as the data bear"},
      {10, 7, EIS_ERROR_USAGE, "a tolerance of -1 %: expected 0 or more"},
      {10, 8, EIS_ERROR_INPUT,
       "point 2: a frequency of 1e+31 Hz can't be: expected 1e-30 to 1e+30; check the columns"},
      {10, 9, EIS_ERROR_INPUT,
       "impedances of up to 1e+101 ohm can't be: expected 1e-100 to 1e+100; check the columns"},
      {10, 6, EIS_ERROR_USAGE, "time constants extended by 11 decades: expected -10 to 10"},
  };
  (void)state;
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    kk_data d;
    eis_kk_result r;
    eis_error err = EIS_ERROR_INIT;
    eis_kk_options o = eis_kk_options_default();
    kk_compute(kk_zarc, 3, 0, row[i].n, &d);
    for (size_t k = 0; k < d.s.n && row[i].change == 1; k++) d.re[k] = d.im[k] = 0;
    if (row[i].change == 2) d.f[2] = -1;
    if (row[i].change == 3) d.im[0] = NAN;
    if (row[i].change == 4) o.rule = EIS_KK_RULE_FIXED, o.m = 0;
    if (row[i].change == 5) o.m_max = -1;
    if (row[i].change == 7) o.tolerance_percent = -1;
    if (row[i].change == 8) d.f[1] = 1e31;
    if (row[i].change == 9) d.im[4] = -1e101;
    if (row[i].change == 6) o.extend_decades = 11;
    assert_int_equal(eis_kk_run(&d.s, &o, &r, &err), row[i].status);
    assert_string_equal(err.text, row[i].text);
    eis_kk_result_clear(&r);
    eis_kk_result_clear(&r);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_circuit_1_table),
      cmocka_unit_test(test_pyimpspec_parameters),
      cmocka_unit_test(test_mu_table),
      cmocka_unit_test(test_kit_vector),
      cmocka_unit_test(test_mu),
      cmocka_unit_test(test_grid),
      cmocka_unit_test(test_parameters_come_back),
      cmocka_unit_test(test_clean_circuits),
      cmocka_unit_test(test_admittance_of_an_inductive_loop),
      cmocka_unit_test(test_scale),
      cmocka_unit_test(test_rank_deficient),
      cmocka_unit_test(test_m_max),
      cmocka_unit_test(test_strange_spectra),
      cmocka_unit_test(test_huge_spectrum),
      cmocka_unit_test(test_errors),
  };
  eisi_blas_single_thread();
  return cmocka_run_group_tests(tests, NULL, NULL);
}
