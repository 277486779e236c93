/* Sums of processes that fit but mean nothing: broad patches, resistances, places beyond the data.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <string.h>

#include <eisfit/eisfit.h>

#include "drt_method_bench.h"

/* Peaks of the regularised gamma: a few per cent off as a start. */
/* Diffusion in series with a charge transfer, both with one CPE: no sum of arcs and diffusion,
   though nearly one.  A broad arc would mend the rest; it is no process. */
static void randles(double noise, uint64_t seed, eis_spectrum *s) {
  eisi_rng r;
  eisi_rng_seed(&r, 72, seed);
  assert_int_equal(eis_spectrum_init(s, 81, NULL), EIS_OK);
  for (size_t k = 0; k < s->n; k++) {
    s->f[k] = pow(10, 6 - 0.1 * (double)k);
    const double complex jw = I * 2 * M_PI * s->f[k];
    const double complex arc = 7.5 / (1 + 7.5 * 3.2e-6 * cpow(jw, 0.93));
    const double complex inner = 28 + 6 * sqrt(2) / csqrt(jw);
    const double complex z = 21 + arc + inner / (1 + inner * 42e-6 * cpow(jw, 0.99));
    s->re[k] = creal(z) + noise * cabs(z) * eisi_rng_normal(&r);
    s->im[k] = cimag(z) + noise * cabs(z) * eisi_rng_normal(&r);
  }
}

static void test_no_patch(void **state) {
  static const double noise[] = {0.003, 0.01};
  (void)state;
  for (uint64_t seed = 0; seed < 6; seed++) {
    eis_spectrum s;
    randles(noise[seed % 2], seed, &s);
    eis_drt_solution r = run("auto", &s, NULL);
    assert_true(r.drt.n_peaks >= 2 && r.drt.n_peaks <= 3);
    for (size_t q = 0; q < r.drt.n_peaks; q++) assert_true(r.drt.peak[q].width < 2);
    near(r.drt.peak[0].R, 7.5, 0.1, "R of the first arc");
    near(r.drt.peak[1].R, 28, 0.1, "R of the second one");
    eis_drt_solution_clear(&r);
    eis_spectrum_clear(&s);
  }
}

/* A place at its limit is no measured one, nor is the resistance that follows from it. */
static void test_limit(void **state) {
  size_t limits = 0;
  (void)state;
  for (uint64_t seed = 0; seed < 4; seed++) {
    eis_spectrum s;
    randles(0.0005, seed, &s);
    eis_drt_solution r = run("mrq", &s, NULL);
    for (size_t q = 0; q < r.drt.n_peaks; q++) {
      if (isfinite(r.drt.peak[q].log10_tau_error)) continue;
      limits++;
      assert_true(isnan(r.drt.peak[q].R_error));
      assert_true(isnan(r.parametric->process[q].R_error) && isnan(r.drt.R_pol_error));
    }
    eis_drt_solution_clear(&r);
    eis_spectrum_clear(&s);
  }
  assert_true(limits > 0);
}

/* Neither a resistance nor an inductance is a process; diffusion without an end within the data is
   one, though its R is not known. */
static void test_what_is_none(void **state) {
  (void)state;
  for (uint64_t seed = 0; seed < 6; seed++) {
    const cell c = {.R_inf = 10, .L = seed % 2 ? 1e-6 : 0};
    eis_spectrum s;
    make(&c, 0.005, seed, &s);
    eis_drt_solution r = run("auto", &s, NULL);
    assert_int_equal(r.drt.n_peaks, 0);
    near(r.drt.R_inf, 10, 0.005, "R_inf");
    eis_drt_solution_clear(&r);
    r = run("mrq", &s, NULL);
    for (size_t q = 0; q < r.drt.n_peaks; q++) assert_true(r.drt.peak[q].R < 1);
    near(r.drt.R_inf, 10, 0.02, "R_inf of a sum");
    eis_drt_solution_clear(&r);
    eis_spectrum_clear(&s);
    randles(0.01, seed, &s);
    r = run("auto", &s, NULL);
    assert_true(r.drt.n_peaks > 0 && r.drt.peak[r.drt.n_peaks - 1].probability > 0.99);
    eis_drt_solution_clear(&r);
    eis_spectrum_clear(&s);
  }
}

/* A series resistance with a blocking capacitance is no relaxation beyond the data. */
static void test_blocking(void **state) {
  (void)state;
  for (uint64_t seed = 0; seed < 6; seed++) {
    const cell c = {.R_inf = 100, .C = 1e-6};
    eis_spectrum s;
    make(&c, 0.005, seed, &s);
    eis_drt_solution r = run("adaptive", &s, NULL);
    near(r.drt.R_inf, 100, 0.01, "R_inf");
    assert_true(!(r.drt.L > 4e-7));
    eis_drt_solution_clear(&r);
    r = run("mrq", &s, NULL);
    near(r.drt.R_inf, 100, 0.01, "R_inf of a sum");
    const eis_drt_peak *last =
        &r.drt.peak[r.drt.n_peaks - 1]; /* a process far beyond the data is one, too */
    near(r.drt.C_inv > 0 ? 1 / r.drt.C_inv : last->tau / last->R, 1e-6, 0.01, "C of a sum");
    for (size_t q = 0; q < r.drt.n_peaks; q++) {
      if (r.drt.peak[q].tau > 1 / (2 * M_PI * s.f[s.n - 1])) continue;
      assert_true(isfinite(r.drt.peak[q].probability) && r.drt.peak[q].probability < 0.5);
    }
    eis_drt_solution_clear(&r);
    eis_spectrum_clear(&s);
  }
}

/* An arc faster than all data, where R_inf comes out as nought: R_inf and the arc are one, so that
   R of neither has an error.  Where no sum is determined the circuit is that of the peaks. */
static void test_undetermined(void **state) {
  size_t fast = 0;
  (void)state;
  for (uint64_t seed = 0; seed < 4; seed++) {
    const cell c = {.R_inf = -10, .part = {{50, 1, 4e-8}, {100, 0.9, 1e-3}}};
    eis_spectrum s;
    make(&c, 0.002, seed, &s);
    eis_drt_solution r = run("mrq", &s, NULL);
    for (size_t q = 0; q < r.drt.n_peaks; q++)
      if (r.drt.peak[q].tau < 0.49 / (2 * M_PI * 1e6) && !(r.drt.R_inf_error > 0)) {
        assert_true(isnan(r.drt.peak[q].R_error));
        fast++;
      }
    eis_drt_solution_clear(&r);
    r = run("auto", &s, NULL);
    for (size_t q = 0; r.parametric && q < r.drt.n_peaks; q++)
      assert_true(strcmp(r.peaks_by->key, "adaptive") == 0 ||
                  !(r.drt.peak[q].R < 2 * r.drt.peak[q].R_error) || r.drt.peak[q].tau > 10);
    eis_drt_solution_clear(&r);
    eis_spectrum_clear(&s);
  }
  assert_true(fast > 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_no_patch),
      cmocka_unit_test(test_limit),
      cmocka_unit_test(test_what_is_none),
      cmocka_unit_test(test_blocking),
      cmocka_unit_test(test_undetermined)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
