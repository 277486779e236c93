/* Deviations from a law that follow each other: estimate, chance and generalised least squares
   against dense matrices (a script in plain Python), and what a trend makes of them. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <eisfit/trend.h>

#include "campaign/regress.h"
#include "numerics/rng.h"

enum { N = 14, AGES = 30 };

static const double y_made[N] = {50.3, 50.9, 51.6, 51.2, 50.9, 50.2, 51.3,
                                 51.9, 51.6, 52.4, 52.1, 51.7, 53.1, 53.3};

static void near(double got, double want, double relative) {
  if (!(fabs(got - want) <= relative * fabs(want))) fail_msg("%.12g instead of %.12g", got, want);
}

static eisi_curve line_over(const double *x, const double *y, const double *se, size_t n) {
  return (eisi_curve){.n = n, .x = x, .y = y, .se = se, .basis = eisi_basis_line, .n_linear = 2};
}

static void dense_matrices_agree(void **state) {
  double x[N], se[N] = {0}, rho, p;
  eisi_curve_fit f;
  (void)state;
  for (int i = 0; i < N; i++) x[i] = i;
  eisi_curve c = line_over(x, y_made, se, N);
  assert_int_equal(eisi_curve_run(&c, &f, NULL), EIS_OK);
  assert_int_equal(eisi_autocorrelation(&c, &f, &rho, &p, NULL), EIS_OK);
  near(rho, 0.44065712186387374,
       1e-7); /* of residuals it is .176: the line follows the deviations */
  near(p, 0.08543748631205544, 1e-7);
  c.rho = 0.44065712186387374;
  assert_int_equal(eisi_curve_run(&c, &f, NULL), EIS_OK);
  near(f.p[0], 50.3586612234451, 1e-9);
  near(f.p[1], 0.1950755369291528, 1e-9);
  near(f.scatter, 0.606460569428223, 1e-9);
  near(sqrt(f.cov[3]), 0.05506835984222103, 1e-8);
}

/* Errors that differ go another way through the code: with all of them next to nothing the result
   is the same. */
static void differing_errors_agree(void **state) {
  double x[N], none[N] = {0}, some[N];
  eisi_curve_fit f, g;
  (void)state;
  for (int i = 0; i < N; i++) {
    x[i] = i;
    some[i] = i % 2 ? 1e-5 : 2e-5;
  }
  eisi_curve c = line_over(x, y_made, none, N);
  c.rho = 0.4;
  assert_int_equal(eisi_curve_run(&c, &f, NULL), EIS_OK);
  c.se = some;
  assert_int_equal(eisi_curve_run(&c, &g, NULL), EIS_OK);
  near(g.p[1], f.p[1], 1e-6);
  near(g.scatter, f.scatter, 1e-6);
  near(g.deviance, f.deviance, 1e-6);
  near(g.cov[3], f.cov[3], 1e-5);
}

/* Of 40 straight lines with deviations of correlation rho: how many are told. */
static int told(double rho, uint64_t seed, double *width) {
  int n = 0;
  const char *const only[] = {"linear", NULL};
  eis_trend_options o = eis_trend_options_default();
  o.laws = only;
  *width = 0;
  for (uint64_t k = 0; k < 40; k++) {
    double x[AGES], y[AGES], off = 0;
    eisi_rng rng;
    eis_trend_result r;
    eisi_rng_seed(&rng, seed, k);
    for (int i = 0; i < AGES; i++) {
      const double step = eisi_rng_normal(&rng);
      off = i ? rho * off + sqrt(1 - rho * rho) * step : step;
      x[i] = i;
      y[i] = 50 + 0.3 * i + off;
    }
    assert_int_equal(eis_trend_fit(x, y, NULL, AGES, &o, &r, NULL), EIS_OK);
    const bool found = r.rho > 0 && r.p_rho < 0.1;
    bool said = false;
    for (size_t i = 0; i < r.notes.n; i++)
      said |= strncmp(r.notes.text[i], "deviations from the law follow each other", 41) == 0;
    assert_int_equal(said, found);
    n += found;
    *width += r.fit[0].se[1] / 40;
    eis_trend_result_clear(&r);
  }
  return n;
}

static void they_are_told(void **state) {
  double narrow, wide;
  (void)state;
  assert_true(told(0, 71, &narrow) <= 9); /* one in ten by chance */
  assert_true(told(0.7, 72, &wide) >= 33);
  assert_true(wide >
              1.5 * narrow); /* in truth 2.0 times: sqrt((1 + rho)/(1 - rho)) less the ends */
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(dense_matrices_agree),
      cmocka_unit_test(differing_errors_agree),
      cmocka_unit_test(they_are_told),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
