/* Z-HIT and the KK integral: known errors of the truncated series, exactness of the integral, drift
   and wrong signs, error texts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <eisfit/kk.h>

#include "kk_spectra.h"
#include "numerics/linalg.h"

static void within(double value, double low, double high, const char *what) {
  if (!(value >= low && value <= high))
    fail_msg("%s: %g, expected %g to %g", what, value, low, high);
}

static eis_hilbert_result run(const kk_data *d, int terms) {
  eis_hilbert_result r;
  eis_error err = EIS_ERROR_INIT;
  if (eis_hilbert_run(&d->s, terms, &r, &err) != EIS_OK) fail_msg("%s", err.text);
  assert_int_equal(r.n, d->s.n);
  return r;
}

static double complex rc_300(double complex p) { return 100 + 200 / (1 + p * 0.01); }
static double complex zarc_300(double complex p) { return 100 + 200 / (1 + cpow(p * 0.01, 0.8)); }
static double complex test_circuit_1(double complex p) {
  return 100 + 200 / (1 + p * 1.6e-4) + kk_parallel(500, 1 / (4e-4 * csqrt(p)));
}

/* Largest |d ln|Z|| of the series on 14 decades.  Reference: trapezoidal integral and numerical
   derivatives of the analytic phase on 8001 points (RC and TC-1 also published: .0271, .0252;
   .0255, .0232).  One term with the wrong sign would give 23.8 % for the RC.  The third derivative
   comes from a polynomial of finite width, which takes some of the error of the series away. */
static void test_series(void **state) {
  static const struct {
    kk_circuit z;
    double percent[2], tolerance[2];
  } row[] = {{rc_300, {2.71, 2.51}, {0.02, 0.4}},
             {zarc_300, {0.92, 0.48}, {0.02, 0.06}},
             {test_circuit_1, {2.55, 2.32}, {0.05, 0.4}}};
  (void)state;
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    kk_data d;
    kk_compute(row[i].z, 6.2, -7.8, 225, &d);
    for (int q = 0; q < 2; q++) {
      eis_hilbert_result r = run(&d, q ? 3 : 1);
      double expected = row[i].percent[q], tolerance = row[i].tolerance[q];
      within(r.zhit_max_percent, expected - tolerance, expected + tolerance, "Z-HIT");
      within(r.zhit_bias_percent, expected - tolerance, expected + tolerance, "its bias");
      within(r.hilbert_max_percent, 0, 1e-3, "integral");
      eis_hilbert_result_clear(&r);
    }
  }
}

/* CIRCUIT_1, .05 % noise: Z-HIT deviates by 2 to 3 %, all of it bias (pyimpspec: 2.6 % clean and
   noisy); the integral stays near the noise. */
static void test_circuit_1_data(void **state) {
  kk_data d;
  (void)state;
  if (!kk_load("CIRCUIT_1", &d)) {
    print_message("EISFIT_SHARED is not set\n");
    skip();
  }
  eis_hilbert_result r = run(&d, 1);
  within(r.zhit_max_percent, 2, 3, "Z-HIT");
  within(r.zhit_bias_percent, 2, 3, "its bias");
  within(r.hilbert_max_percent, 0.02, 0.3, "integral");
  within(r.bias_percent, r.zhit_bias_percent, r.zhit_bias_percent, "the larger bias");
  eis_hilbert_result_clear(&r);
  r = run(&d, 3);
  within(r.zhit_max_percent, 1, 2.5, "Z-HIT with three terms");
  eis_hilbert_result_clear(&r);
}

/* All circuits, clean and with .2 % noise: the integral is exact to the tails, Z-HIT to its bias.
 */
static void test_compliant(void **state) {
  (void)state;
  for (size_t c = 0; c < KK_N_CIRCUITS; c++) {
    for (int noisy = 0; noisy < 2; noisy++) {
      kk_data d;
      kk_compute(KK_CIRCUITS[c].z, 5, -1, 61, &d);
      if (noisy) kk_add_noise(&d, 2e-3, c);
      eis_hilbert_result r = run(&d, 1);
      within(r.zhit_max_percent, 0.5, noisy ? 5 : 3.5, KK_CIRCUITS[c].name);
      within(r.hilbert_max_percent, 0, noisy ? 1.2 : 0.2, KK_CIRCUITS[c].name);
      if (!noisy) within(r.hilbert_bias_percent, 0, 0.2, KK_CIRCUITS[c].name);
      eis_hilbert_result_clear(&r);
    }
  }
}

static void test_drift_and_wrong_sign(void **state) {
  (void)state;
  for (size_t c = 0; c < KK_N_CIRCUITS; c++) {
    kk_data d;
    kk_compute(KK_CIRCUITS[c].z, 5, -1, 61, &d);
    kk_add_drift(&d, 0.1);
    kk_add_noise(&d, 5e-4, c);
    eis_hilbert_result r = run(&d, 1);
    within(r.zhit_max_percent, 5, 15, "Z-HIT, drift");
    within(r.hilbert_max_percent, 1, 5, "integral, drift");
    eis_hilbert_result_clear(&r);
    for (size_t k = 20; k < 30; k++) d.im[k] *= -1;
    r = run(&d, 1);
    within(r.zhit_max_percent, 50, 1e4, "Z-HIT, wrong sign");
    within(r.hilbert_max_percent, 20, 1e4, "integral, wrong sign");
    eis_hilbert_result_clear(&r);
  }
}

/* The order of the answers is that of the spectrum: a modulus 10 % too large at one point. */
static void test_order(void **state) {
  kk_data d;
  (void)state;
  kk_compute(kk_zarc, 5, 0, 51, &d);
  d.re[10] *= 1.1;
  d.im[10] *= 1.1;
  eis_hilbert_result r = run(&d, 1);
  within(r.zhit_percent[10], 8, 11, "Z-HIT at the point");
  within(fabs(r.zhit_percent[40]), 0, 2, "Z-HIT at the mirrored point");
  within(r.hilbert_percent[10], 5, 11, "integral at the point");
  within(fabs(r.hilbert_percent[40]), 0, 2, "integral at the mirrored point");
  eis_hilbert_result_clear(&r);
}

/* Few points, points at the same frequency, all at one frequency: numbers, no crash. */
static void test_odd_grids(void **state) {
  kk_data d;
  (void)state;
  for (size_t n = 5; n < 9; n++) {
    kk_compute(kk_rc, 3, n == 8 ? 3 : 1, n, &d);
    if (n == 7) d.f[3] = d.f[4], d.re[3] = d.re[4], d.im[3] = d.im[4];
    for (int terms = 1; terms <= 3; terms += 2) {
      eis_hilbert_result r = run(&d, terms);
      assert_true(isfinite(r.zhit_max_percent) && isfinite(r.hilbert_max_percent));
      eis_hilbert_result_clear(&r);
    }
  }
}

static void test_errors(void **state) {
  kk_data d;
  eis_hilbert_result r;
  eis_error err = EIS_ERROR_INIT;
  (void)state;
  kk_compute(kk_rc, 3, 1, 9, &d);
  assert_int_equal(eis_hilbert_run(&d.s, 2, &r, &err), EIS_ERROR_USAGE);
  assert_string_equal(err.text, "2 correction terms for Z-HIT: expected 1 or 3");
  eis_error_clear(&err);
  d.s.n = 3;
  assert_int_equal(eis_hilbert_run(&d.s, 1, &r, &err), EIS_ERROR_INPUT);
  assert_string_equal(err.text,
                      "the Kramers-Kronig test needs at least 5 points, this spectrum has 3");
  eis_hilbert_result_clear(&r);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_series),    cmocka_unit_test(test_circuit_1_data),
      cmocka_unit_test(test_compliant), cmocka_unit_test(test_drift_and_wrong_sign),
      cmocka_unit_test(test_order),     cmocka_unit_test(test_odd_grids),
      cmocka_unit_test(test_errors),
  };
  eisi_blas_single_thread();
  return cmocka_run_group_tests(tests, NULL, NULL);
}
