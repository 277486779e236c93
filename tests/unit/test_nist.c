/* test_nist.c - eis_lsq_run on the NIST StRD nonlinear regression problems, from both starts: at
   least 8 correct digits in every parameter and 6 in every standard deviation.  Cases that can't
   reach that are listed by name with the reason; a listed case that passes fails the test too. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <eisfit/lsq.h>

#include "nist_problems.h"

enum { DIGITS_VALUE = 8, DIGITS_SD = 6 };

typedef struct known_failure {
  const char *name;
  int start;      /* 1 or 2 as NIST counts */
  bool value, sd; /* which of the two falls short */
  const char *reason;
} known_failure;

#define LANCZOS1                                                                          \
  "residuals of 1e-13 on values of 1 are known to 3 digits in double precision, and the " \
  "standard deviations are proportional to them"
static const known_failure known_failures[] = {
    {.name = "Lanczos1", .start = 1, .sd = true, .reason = LANCZOS1},
    {.name = "Lanczos1", .start = 2, .sd = true, .reason = LANCZOS1},
    {.name = NULL},
};

static const known_failure *find_known(const char *name, int start) {
  for (const known_failure *k = known_failures; k->name; k++)
    if (strcmp(k->name, name) == 0 && k->start == start) return k;
  return NULL;
}

/* Log relative error: correct digits, at most the 11 that NIST certifies. */
static double digits(double got, double want) {
  if (!isfinite(got)) return 0;
  const double d = got == want ? 11 : -log10(fabs(got - want) / fabs(want));
  return fmin(fmax(d, 0), 11);
}

typedef struct outcome {
  eis_lsq_info info;
  double value, sd, ssr; /* smallest correct digits over the parameters */
} outcome;

static outcome run_case(const nist_problem *p, int start) {
  outcome o = {.value = 11, .sd = 11};
  double x[NIST_MAX_PARAMS];
  memcpy(x, p->start[start], sizeof x);
  eis_lsq *work;
  assert_int_equal(eis_lsq_new(p->m, p->n, &work, NULL), EIS_OK);
  const eis_lsq_problem prob = {.m = p->m, .n = p->n, .eval = nist_eval, .ctx = (void *)p};
  eis_lsq_options opt = eis_lsq_options_default();
  opt.qr = true;
  opt.ftol = 1e-28;
  opt.dtol = 1e-11;
  opt.max_iter = 20000; /* MGH10 from start 1 follows a bent valley for 5451 */
  assert_int_equal(eis_lsq_run(work, &prob, &opt, x, &o.info, NULL), EIS_OK);
  eis_lsq_free(work);

  double *r = malloc(p->m * sizeof *r), *J = malloc(p->m * p->n * sizeof *J);
  double cov[NIST_MAX_PARAMS * NIST_MAX_PARAMS];
  assert_true(r && J && nist_eval((void *)p, x, r, J));
  eis_lsq_covariance(J, p->m, p->n, cov, NULL);
  const double s2 = o.info.S / (double)(p->m - p->n);
  for (size_t j = 0; j < p->n; j++) {
    o.value = fmin(o.value, digits(x[j], p->value[j]));
    o.sd = fmin(o.sd, digits(sqrt(s2 * cov[j * p->n + j]), p->sd[j]));
  }
  o.ssr = digits(o.info.S, p->ssr);
  free(r);
  free(J);
  return o;
}

static const char *verdict_name(eis_lsq_verdict v) {
  static const char *const names[] = {[EIS_LSQ_CONVERGED] = "converged",
                                      [EIS_LSQ_MAX_ITER] = "max-iter",
                                      [EIS_LSQ_STUCK] = "stuck",
                                      [EIS_LSQ_TIMEOUT] = "timeout"};
  return names[v];
}

/* 1 when the case is not as expected. */
static int judge(const nist_problem *p, int start) {
  const outcome o = run_case(p, start);
  const known_failure *known = find_known(p->name, start + 1);
  const bool value_ok = o.value >= DIGITS_VALUE, sd_ok = o.sd >= DIGITS_SD;
  const bool expected = value_ok == !(known && known->value) && sd_ok == !(known && known->sd);
  print_message("  %-9s %-8s %d  %5d it %5d ev  digits: value %4.1f  sd %4.1f  S %4.1f  %-9s%s%s\n",
                p->name, p->level, start + 1, o.info.iterations, o.info.evaluations, o.value, o.sd,
                o.ssr, verdict_name(o.info.verdict), expected ? "" : "  NOT AS EXPECTED",
                known ? "  (known)" : "");
  return !expected;
}

static void test_certified_values(void **state) {
  (void)state;
  int wrong = 0;
  for (size_t i = 0; i < NIST_PROBLEMS; i++)
    for (int start = 0; start < 2; start++) wrong += judge(&nist_problems[i], start);
  for (const known_failure *k = known_failures; k->name; k++)
    print_message("  known: %s start %d: %s\n", k->name, k->start, k->reason);
  assert_int_equal(wrong, 0);
}

/* The certified point must reproduce the certified residual sum: a check of data and models. */
static void test_data(void **state) {
  (void)state;
  for (size_t i = 0; i < NIST_PROBLEMS; i++) {
    const nist_problem *p = &nist_problems[i];
    double *r = malloc(p->m * sizeof *r), S = 0;
    assert_true(r && nist_eval((void *)p, p->value, r, NULL));
    for (size_t k = 0; k < p->m; k++) S += r[k] * r[k];
    /* Lanczos1: the certified digits of the parameters carry 1e-10, the residuals are 1e-13 */
    if (strcmp(p->name, "Lanczos1") != 0 && digits(S, p->ssr) < 9)
      fail_msg("%s: S = %.11g at the certified parameters, not %.11g", p->name, S, p->ssr);
    free(r);
  }
}

/* Model derivatives against central differences at both starts and at the optimum. */
static void test_derivatives(void **state) {
  (void)state;
  for (size_t i = 0; i < NIST_PROBLEMS; i++) {
    const nist_problem *p = &nist_problems[i];
    double *buf = malloc((p->n + 2) * p->m * sizeof *buf);
    assert_non_null(buf);
    double *J = buf, *lo = buf + p->n * p->m, *hi = lo + p->m;
    for (int at = 0; at < 3; at++) {
      double x[NIST_MAX_PARAMS];
      memcpy(x, at < 2 ? p->start[at] : p->value, sizeof x);
      assert_true(nist_eval((void *)p, x, lo, J));
      for (size_t j = 0; j < p->n; j++) {
        const double h = 1e-5 * fabs(x[j]), keep = x[j];
        double worst = 0, scale = 0, rounding = 0;
        x[j] = keep - h;
        assert_true(nist_eval((void *)p, x, lo, NULL));
        x[j] = keep + h;
        assert_true(nist_eval((void *)p, x, hi, NULL));
        x[j] = keep;
        for (size_t k = 0; k < p->m; k++) {
          scale = fmax(scale, fabs(J[j * p->m + k]));
          rounding = fmax(rounding, 1e-14 * (fabs(lo[k]) + fabs(p->y[k])) / h);
          worst = fmax(worst, fabs((hi[k] - lo[k]) / (2 * h) - J[j * p->m + k]));
        }
        if (worst > 1e-5 * scale + rounding) fail_msg("%s d/db%zu is wrong", p->name, j + 1);
      }
    }
    free(buf);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_data),
      cmocka_unit_test(test_derivatives),
      cmocka_unit_test(test_certified_values),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
