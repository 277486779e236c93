/* Sampling the posterior of a distribution of relaxation times. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <complex.h>
#include <math.h>
#include <string.h>

#include <eisfit/drt.h>

#include "numerics/rng.h"

/* Two ZARCs of 50 ohm, n = .8, at .1 ms and .1 s. */
static void make(double noise, eis_spectrum *s) {
  eisi_rng r;
  eisi_rng_seed(&r, 11, 1);
  assert_int_equal(eis_spectrum_init(s, 81, NULL), EIS_OK);
  for (size_t k = 0; k < s->n; k++) {
    s->f[k] = pow(10, 6 - 0.1 * (double)k);
    const double complex jw = I * 2 * M_PI * s->f[k];
    const double complex z = 10 + 50 / (1 + cpow(jw * 1e-4, 0.8)) + 50 / (1 + cpow(jw * 0.1, 0.8));
    s->re[k] = creal(z) + noise * cabs(z) * eisi_rng_normal(&r);
    s->im[k] = cimag(z) + noise * cabs(z) * eisi_rng_normal(&r);
  }
}

static eis_drt_result run(const eis_spectrum *s, const eis_drt_options *o) {
  eis_drt_result r;
  eis_error err = EIS_ERROR_INIT;
  if (eis_drt_run(s, o, &r, &err) != EIS_OK) fail_msg("%s", err.text);
  return r;
}

static void near(double value, double expected, double relative, const char *what) {
  if (!(fabs(value / expected - 1) <= relative))
    fail_msg("%s: %.8g, expected %.8g within %g", what, value, expected, relative);
}

static void expect(const eis_spectrum *s, const eis_drt_options *o, eis_status status,
                   const char *text) {
  eis_error err = EIS_ERROR_INIT;
  eis_drt_result r;
  assert_int_equal(eis_drt_run(s, o, &r, &err), status);
  if (!strstr(err.text, text)) fail_msg("'%s' instead of '%s'", err.text, text);
  eis_drt_result_clear(&r);
}

/* The sampled posterior: where it is Gaussian the same as the fast band; the same for the same
 * seed. */
static void test_exact_band(void **state) {
  eis_drt_options o = eis_drt_options_default();
  eis_spectrum s;
  (void)state;
  make(0.001, &s);
  eis_drt_result fast = run(&s, NULL);
  o.band = EIS_DRT_BAND_EXACT;
  o.samples = 400;
  eis_drt_result a = run(&s, &o), b = run(&s, &o);
  assert_memory_equal(a.gamma, fast.gamma, a.n_tau * sizeof(double));
  assert_memory_equal(a.gamma_low, b.gamma_low, a.n_tau * sizeof(double));
  assert_true(isnan(fast.peak[0].R_low));
  near(a.R_pol_error, fast.R_pol_error, 0.25, "error of R_pol");
  for (size_t q = 0; q < 2; q++) {
    const eis_drt_peak *p = &a.peak[q];
    near((p->R_high - p->R_low) / 3.92, fast.peak[q].R_error, 0.3, "interval of R");
    assert_true(p->R_low < p->R && p->R < p->R_high && p->tau_low < p->tau_high);
  }
  for (size_t j = 0; j < a.n_tau; j++) {
    if (a.tau[j] < 5e-5 || a.tau[j] > 0.2) continue;
    near(log(a.gamma_high[j] / a.gamma_low[j]), log(fast.gamma_high[j] / fast.gamma_low[j]), 0.35,
         "width of the band");
  }
  eis_drt_result_clear(&a);
  eis_drt_result_clear(&b);
  eis_drt_result_clear(&fast);
  eis_spectrum_clear(&s);
}

/* Without walls the samples are those of the Gaussian; with walls gamma is nowhere negative. */
static void test_exact_tikhonov(void **state) {
  eis_drt_options o = eis_drt_options_default();
  eis_spectrum s;
  (void)state;
  make(0.005, &s);
  o.method = EIS_DRT_TIKHONOV;
  o.basis = "linear";
  o.signed_gamma = true;
  eis_drt_result fast = run(&s, &o);
  o.band = EIS_DRT_BAND_EXACT;
  o.samples = 3000;
  eis_drt_result exact = run(&s, &o);
  near(exact.R_pol_error, fast.R_pol_error, 0.06, "error of R_pol");
  for (size_t j = 0; j < exact.n_tau; j += 5)
    near(exact.gamma_high[j] - exact.gamma_low[j], fast.gamma_high[j] - fast.gamma_low[j], 0.12,
         "width of the band");
  eis_drt_result_clear(&fast);
  eis_drt_result_clear(&exact);
  o.signed_gamma = false;
  o.criterion = EIS_DRT_FIXED;
  o.lambda = 1e-2;
  o.samples = 100;
  exact = run(&s, &o);
  for (size_t j = 0; j < exact.n_tau; j++)
    assert_true(exact.gamma_low[j] >= 0 && exact.gamma_high[j] > exact.gamma_low[j]);
  assert_true(exact.peak[0].R_low < exact.peak[0].R_high && exact.R_pol_error > 0);
  eis_drt_result_clear(&exact);
  o.samples = 99;
  expect(&s, &o, EIS_ERROR_USAGE,
         "99 samples of the posterior are out of range, expected 100 to 1000000");
  o.samples = 100;
  o.lambda = 1e-13;
  expect(&s, &o, EIS_ERROR_NUMERIC,
         "gamma can't be sampled with so little regularisation: use more, or the fast band");
  eis_spectrum_clear(&s);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_exact_band),
                                     cmocka_unit_test(test_exact_tikhonov)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
