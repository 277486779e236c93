/* Do the 95 % intervals mean what they say?  Repeated noise on one known circuit.  The limits are
   five standard deviations of the counts themselves; bench/coverage.c asks the same sharply. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include <eisfit/eisfit.h>

#include "numerics/rng.h"

enum { POINTS = 41, PARAMS = 4, REALISATIONS = 200, FEW = 30, REPLICATES = 60 };

#define CIRCUIT "R0-p(R1,CPE1)"
static const double truth[PARAMS] = {10, 100, 2e-5, 0.88};
static const double noise = 5e-3;

typedef struct bed {
  eis_circuit *circuit;
  eis_spectrum spectrum;
  eis_fit_work *work;
  double z[2 * POINTS];
} bed;

static void bed_init(bed *b) {
  eis_eval *e;
  assert_int_equal(eis_circuit_parse(CIRCUIT, EIS_NOTATION_AUTO, &b->circuit, NULL), EIS_OK);
  assert_int_equal(b->circuit->n_params, PARAMS);
  assert_int_equal(eis_spectrum_init(&b->spectrum, POINTS, NULL), EIS_OK);
  for (int k = 0; k < POINTS; k++) b->spectrum.f[k] = pow(10, 6 - 8.0 * k / (POINTS - 1));
  assert_int_equal(eis_eval_new(b->circuit, b->spectrum.f, POINTS, &e, NULL), EIS_OK);
  eis_eval_run(e, truth, b->z, NULL, NULL);
  eis_eval_free(e);
  assert_int_equal(eis_fit_work_new(b->circuit, &b->work, NULL), EIS_OK);
}

static void bed_clear(bed *b) {
  eis_fit_work_free(b->work);
  eis_spectrum_clear(&b->spectrum);
  eis_circuit_free(b->circuit);
}

/* Fit of realisation i. */
static void fit(bed *b, uint64_t i, eis_ci ci, eis_fit_result *r) {
  eis_fit_options o = eis_fit_options_default();
  eisi_rng rng;
  eisi_rng_seed(&rng, 77, i);
  for (size_t k = 0; k < POINTS; k++) {
    const double size = noise * hypot(b->z[k], b->z[POINTS + k]);
    b->spectrum.re[k] = b->z[k] + size * eisi_rng_normal(&rng);
    b->spectrum.im[k] = b->z[POINTS + k] + size * eisi_rng_normal(&rng);
  }
  o.kk = false;
  o.ci = ci;
  o.bootstrap = REPLICATES;
  assert_int_equal(eis_fit_work_run(b->work, &b->spectrum, &o, r, NULL), EIS_OK);
}

static double half_width(const eis_fit_param *p) { return 0.5 * (p->ci_high - p->ci_low); }

static bool holds(const eis_fit_param *p, double value) {
  return p->ci_low <= value && value <= p->ci_high;
}

/* A count of n trials of probability 0.95, within five standard deviations. */
static void assert_covered(int inside, int n) {
  const double spread = 5 * sqrt(0.95 * 0.05 * n);
  assert_true(inside > 0.95 * n - spread);
}

/* Errors in units of the standard error: mean 0, rms 1, and 95 % within the interval. */
static void covariance_intervals_hold_the_truth(void **state) {
  bed b = {0};
  double mean[PARAMS] = {0}, square[PARAMS] = {0};
  int inside[PARAMS] = {0};
  (void)state;
  bed_init(&b);
  for (uint64_t i = 0; i < REALISATIONS; i++) {
    eis_fit_result r;
    fit(&b, i, EIS_CI_COV, &r);
    for (int j = 0; j < PARAMS; j++) {
      const double u = (r.param[j].value - truth[j]) / r.param[j].stderr_;
      mean[j] += u / REALISATIONS;
      square[j] += u * u / REALISATIONS;
      inside[j] += holds(&r.param[j], truth[j]);
    }
    eis_fit_result_clear(&r);
  }
  for (int j = 0; j < PARAMS; j++) {
    assert_true(fabs(mean[j]) < 5 / sqrt(REALISATIONS));
    assert_true(fabs(sqrt(square[j]) - 1) < 5 / sqrt(2.0 * REALISATIONS));
    assert_covered(inside[j], REALISATIONS);
  }
  bed_clear(&b);
}

/* The problem is nearly linear at this noise: the profile agrees with the covariance, though each
   end was searched for. */
static void profile_intervals_agree(void **state) {
  bed b = {0};
  int inside[PARAMS] = {0};
  (void)state;
  bed_init(&b);
  for (uint64_t i = 0; i < REALISATIONS; i++) {
    eis_fit_result cov, profile;
    fit(&b, i, EIS_CI_COV, &cov);
    fit(&b, i, EIS_CI_PROFILE, &profile);
    for (int j = 0; j < PARAMS; j++) {
      const double ratio = half_width(&profile.param[j]) / half_width(&cov.param[j]);
      assert_true(fabs(ratio - 1) < 0.02);
      inside[j] += holds(&profile.param[j], truth[j]);
    }
    eis_fit_result_clear(&cov);
    eis_fit_result_clear(&profile);
  }
  for (int j = 0; j < PARAMS; j++) assert_covered(inside[j], REALISATIONS);
  bed_clear(&b);
}

/* The standard error of a standard deviation of so many replicates is 1/sqrt(2 REPLICATES) of it;
   the mean over the realisations is that much sharper, but the residuals of POINTS differ too. */
static void bootstrap_intervals_agree(void **state) {
  bed b = {0};
  double ratio[PARAMS] = {0};
  int inside[PARAMS] = {0};
  const double limit = 5 * sqrt((0.5 / REPLICATES + 0.5 / POINTS) / FEW);
  (void)state;
  bed_init(&b);
  for (uint64_t i = 0; i < FEW; i++) {
    eis_fit_result cov, boot;
    fit(&b, i, EIS_CI_COV, &cov);
    fit(&b, i, EIS_CI_BOOTSTRAP, &boot);
    for (int j = 0; j < PARAMS; j++) {
      ratio[j] += boot.param[j].stderr_ / cov.param[j].stderr_ / FEW;
      inside[j] += holds(&boot.param[j], truth[j]);
    }
    eis_fit_result_clear(&cov);
    eis_fit_result_clear(&boot);
  }
  for (int j = 0; j < PARAMS; j++) {
    assert_true(fabs(ratio[j] - 1) < limit);
    assert_covered(inside[j], FEW);
  }
  bed_clear(&b);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(covariance_intervals_hold_the_truth),
      cmocka_unit_test(profile_intervals_agree),
      cmocka_unit_test(bootstrap_intervals_agree),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
