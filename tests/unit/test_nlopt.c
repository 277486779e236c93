/* test_nlopt.c - every row of the algorithm table on functions with known minima; bounds, stops,
   seeds, error texts. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "numerics/optimize.h"

typedef struct counter {
  long calls;
  size_t n;
  const double *lower, *upper;
  double best;
} counter;

static void count(counter *c, const double *x, double f) {
  c->calls++;
  if (f < c->best) c->best = f;
  for (size_t i = 0; i < c->n; i++) assert_true(x[i] >= c->lower[i] && x[i] <= c->upper[i]);
}

/* Convex, not separable: sum (x_i - i - 1)^2 + (x_0 - 1)(x_1 - 2)/2. */
static double bowl(void *ctx, const double *x, double *grad) {
  counter *c = ctx;
  double f = 0;
  for (size_t i = 0; i < c->n; i++) {
    const double d = x[i] - (double)i - 1;
    f += d * d;
    if (grad) grad[i] = 2 * d;
  }
  if (c->n > 1) {
    f += 0.5 * (x[0] - 1) * (x[1] - 2);
    if (grad) grad[0] += 0.5 * (x[1] - 2);
    if (grad) grad[1] += 0.5 * (x[0] - 1);
  }
  count(c, x, f);
  return f;
}

/* Six-hump camel back: minimum -1.031628453489877 at (+-0.0898, -+0.7127), four other minima. */
static double camel(void *ctx, const double *x, double *grad) {
  const double a = x[0] * x[0], b = x[1] * x[1];
  const double f = (4 - 2.1 * a + a * a / 3) * a + x[0] * x[1] + (-4 + 4 * b) * b;
  if (grad) grad[0] = (8 - 8.4 * a + 2 * a * a) * x[0] + x[1];
  if (grad) grad[1] = x[0] + (-8 + 16 * b) * x[1];
  count(ctx, x, f);
  return f;
}

static eisi_nlopt_options options(const char *algorithm) {
  return (eisi_nlopt_options){.algorithm = algorithm,
                              .max_eval = 20000,
                              .max_time_s = 10,
                              .ftol_rel = 1e-12,
                              .xtol_rel = 1e-9,
                              .seed = 1};
}

static void test_local(void **state) {
  (void)state;
  const double lower[3] = {-5, -5, -5}, upper[3] = {8, 8, 8};
  size_t tested = 0;
  for (size_t i = 0; eisi_nlopt_name_at(i); i++) {
    const char *name = eisi_nlopt_name_at(i);
    if (eisi_nlopt_is_global(name)) continue;
    for (size_t n = 2; n <= 3; n++) {
      counter c = {.n = n, .lower = lower, .upper = upper, .best = INFINITY};
      const eisi_objective f = {n, lower, upper, bowl, &c};
      const eisi_nlopt_options opt = options(name);
      double x[3] = {4, -3, 0.5}, fmin = NAN;
      eis_error err = EIS_ERROR_INIT;
      if (eisi_nlopt_run(&f, &opt, x, &fmin, &err) != EIS_OK) fail_msg("%s: %s", name, err.text);
      if (!(fmin < 1e-8)) fail_msg("%s: f = %g after %ld calls", name, fmin, c.calls);
      for (size_t k = 0; k < n; k++) assert_true(fabs(x[k] - (double)k - 1) < 1e-3);
      assert_true(fmin == c.best);
    }
    tested++;
  }
  assert_int_equal(tested, 19);
}

static void test_global(void **state) {
  (void)state;
  const double lower[2] = {-3, -2}, upper[2] = {2.5, 2};
  size_t tested = 0;
  for (size_t i = 0; eisi_nlopt_name_at(i); i++) {
    const char *name = eisi_nlopt_name_at(i);
    if (!eisi_nlopt_is_global(name)) continue;
    counter c = {.n = 2, .lower = lower, .upper = upper, .best = INFINITY};
    const eisi_objective f = {2, lower, upper, camel, &c};
    eisi_nlopt_options opt = options(name);
    opt.max_eval = 4000;
    double x[2] = {-1.6, 0.6}, fmin = NAN; /* in the basin of a poor local minimum */
    eis_error err = EIS_ERROR_INIT;
    if (eisi_nlopt_run(&f, &opt, x, &fmin, &err) != EIS_OK) fail_msg("%s: %s", name, err.text);
    if (!(fabs(fmin + 1.031628453489877) < 2e-3))
      fail_msg("%s: f = %.6f after %ld calls", name, fmin, c.calls);
    assert_true(fmin == c.best);
    tested++;
  }
  assert_int_equal(tested, 17);
}

/* One variable, and a minimum on the bound. */
static void test_one_variable(void **state) {
  (void)state;
  const double lower = 2, upper = 5;
  for (size_t i = 0; eisi_nlopt_name_at(i); i++) {
    const char *name = eisi_nlopt_name_at(i);
    counter c = {.n = 1, .lower = &lower, .upper = &upper, .best = INFINITY};
    const eisi_objective f = {1, &lower, &upper, bowl, &c};
    eisi_nlopt_options opt = options(name);
    opt.max_eval = 3000;
    double x = 4, fmin = NAN;
    eis_error err = EIS_ERROR_INIT;
    const eis_status status = eisi_nlopt_run(&f, &opt, &x, &fmin, &err);
    if (strcmp(name, "LN_BOBYQA") == 0 || strcmp(name, "LN_NEWUOA_BOUND") == 0) {
      assert_int_equal(status, EIS_ERROR_USAGE);
      assert_non_null(strstr(err.text, "takes at least 2 variables, not 1; use 'LN_SBPLX'"));
      continue;
    }
    if (status != EIS_OK) fail_msg("%s: %s", name, err.text);
    if (!(fabs(x - 2) < 1e-2 && fabs(fmin - 1) < 2e-2))
      fail_msg("%s: x = %g f = %g", name, x, fmin);
  }
}

static void test_seed(void **state) {
  (void)state;
  const double lower[2] = {-3, -2}, upper[2] = {2.5, 2};
  double found[3][2], fmin;
  for (int k = 0; k < 3; k++) {
    counter c = {.n = 2, .lower = lower, .upper = upper, .best = INFINITY};
    const eisi_objective f = {2, lower, upper, camel, &c};
    eisi_nlopt_options opt = options("GN_CRS2_LM");
    opt.max_eval = 100;
    opt.seed = k < 2 ? 11 : 12;
    found[k][0] = found[k][1] = 0;
    assert_int_equal(eisi_nlopt_run(&f, &opt, found[k], &fmin, NULL), EIS_OK);
    assert_int_equal(c.calls, 100);
  }
  assert_memory_equal(found[0], found[1], sizeof found[0]);
  assert_true(found[0][0] != found[2][0]);
}

/* Values at the start, then NaN from the fourth call on: the best of the three is returned. */
typedef struct script {
  int call;
  double first_x;
} script;
static double scripted(void *ctx, const double *x, double *grad) {
  static const double values[] = {5, 3, 4};
  script *s = ctx;
  if (s->call == 1) s->first_x = x[0];
  if (grad) grad[0] = grad[1] = 1;
  return s->call < 3 ? values[s->call++] : NAN;
}
static double always_nan(void *ctx, const double *x, double *grad) {
  (void)x, (void)grad;
  ++*(int *)ctx;
  return NAN;
}
static double always_infinite(void *ctx, const double *x, double *grad) {
  (void)x, (void)grad;
  ++*(int *)ctx;
  return INFINITY;
}

static void test_not_a_number(void **state) {
  (void)state;
  const double lower[2] = {0, 0}, upper[2] = {1, 1};
  for (size_t i = 0; eisi_nlopt_name_at(i); i++) {
    const eisi_nlopt_options opt = options(eisi_nlopt_name_at(i));
    script s = {0};
    const eisi_objective f = {2, lower, upper, scripted, &s};
    double x[2] = {0.5, 0.5}, fmin = NAN;
    if (eisi_nlopt_run(&f, &opt, x, &fmin, NULL) != EIS_OK) fail_msg("%s", opt.algorithm);
    if (!(fmin == 3 && x[0] == s.first_x)) fail_msg("%s: f = %g", opt.algorithm, fmin);

    int calls = 0;
    const eisi_objective bad = {2, lower, upper, always_nan, &calls};
    eis_error err = EIS_ERROR_INIT;
    assert_int_equal(eisi_nlopt_run(&bad, &opt, x, &fmin, &err), EIS_ERROR_NUMERIC);
    char want[128];
    snprintf(want, sizeof want, "nlopt algorithm '%s' found no point where the objective is finite",
             opt.algorithm);
    assert_string_equal(err.text, want);
    /* controlled random search looks at the stop flag after its first population, 10 (n + 1) */
    if (calls > 31) fail_msg("%s: %d calls after the first NaN", opt.algorithm, calls);
  }
}

/* A region of infinite values is walked around. */
static double half_infinite(void *ctx, const double *x, double *grad) {
  const double f = bowl(ctx, x, grad);
  return x[0] < 0 ? INFINITY : f;
}
static void test_infinite(void **state) {
  (void)state;
  const double lower[2] = {-5, -5}, upper[2] = {8, 8};
  for (size_t i = 0; eisi_nlopt_name_at(i); i++) {
    eisi_nlopt_options opt = options(eisi_nlopt_name_at(i));
    opt.max_eval = 3000;
    int calls = 0;
    const eisi_objective bad = {2, lower, upper, always_infinite, &calls};
    counter c = {.n = 2, .lower = lower, .upper = upper, .best = INFINITY};
    const eisi_objective f = {2, lower, upper, half_infinite, &c};
    double x[2] = {3, 3}, fmin = NAN;
    assert_int_equal(eisi_nlopt_run(&bad, &opt, x, &fmin, NULL), EIS_ERROR_NUMERIC);
    if (eisi_nlopt_run(&f, &opt, x, &fmin, NULL) != EIS_OK) fail_msg("%s", opt.algorithm);
    /* evolution is slow: near the minimum is enough */
    if (!(fmin < (opt.algorithm[3] == 'E' ? 0.5 : 0.05)))
      fail_msg("%s: f = %g after %ld calls", opt.algorithm, fmin, c.calls);
  }
}

static void test_max_eval(void **state) {
  (void)state;
  const double lower[2] = {-5, -5}, upper[2] = {8, 8};
  for (size_t i = 0; eisi_nlopt_name_at(i); i++) {
    eisi_nlopt_options opt = options(eisi_nlopt_name_at(i));
    opt.max_eval = 10;
    counter c = {.n = 2, .lower = lower, .upper = upper, .best = INFINITY};
    const eisi_objective f = {2, lower, upper, bowl, &c};
    double x[2] = {3, 3}, fmin = NAN;
    assert_int_equal(eisi_nlopt_run(&f, &opt, x, &fmin, NULL), EIS_OK);
    assert_true(fmin == c.best);
    if (c.calls > 60) fail_msg("%s: %ld calls instead of 10", opt.algorithm, c.calls);
  }
}

static void expect_error(eisi_objective f, const char *algorithm, double start, const char *text) {
  const eisi_nlopt_options opt = options(algorithm);
  double x[2] = {start, 0}, fmin;
  eis_error err = EIS_ERROR_INIT;
  assert_int_equal(eisi_nlopt_run(&f, &opt, x, &fmin, &err), EIS_ERROR_USAGE);
  assert_string_equal(err.text, text);
}

static void test_errors(void **state) {
  (void)state;
  int calls = 0;
  const double lower[2] = {0, 0}, upper[2] = {1, INFINITY}, crossed[2] = {1, -1};
  const eisi_objective f = {2, lower, upper, always_nan, &calls};
  const eisi_objective open = {2, NULL, NULL, always_nan, &calls};
  const eisi_objective wrong = {2, lower, crossed, always_nan, &calls};
  expect_error(f, "LN_SBPLEX", 0, "unknown nlopt algorithm 'LN_SBPLEX'; did you mean 'LN_SBPLX'?");
  expect_error(f, "NLOPT_GN_CRS2", 0,
               "unknown nlopt algorithm 'GN_CRS2'; did you mean 'GN_CRS2_LM'?");
  expect_error(f, "simulated annealing", 0,
               "unknown nlopt algorithm 'simulated annealing'; expected a name such as 'LN_SBPLX'");
  expect_error(f, "GN_CRS2_LM", 0,
               "nlopt algorithm 'GN_CRS2_LM' searches a box, but variable 2 has no finite bounds; "
               "give bounds or use a local algorithm (LN_ or LD_)");
  expect_error(open, "G_MLSL", 0,
               "nlopt algorithm 'G_MLSL' searches a box, but variable 1 has no finite bounds; give "
               "bounds or use a local algorithm (LN_ or LD_)");
  expect_error(wrong, "LN_SBPLX", 0, "bounds of variable 2 are not in order: 0 to -1");
  expect_error(open, "LN_SBPLX", NAN, "start of variable 1 is not a number");
  assert_int_equal(calls, 0);
}

static void test_table(void **state) {
  (void)state;
  size_t n = 0;
  for (; eisi_nlopt_name_at(n); n++) assert_non_null(eisi_nlopt_doc(eisi_nlopt_name_at(n)));
  assert_int_equal(n, 36);
  assert_null(eisi_nlopt_doc("LN_NEWUOA"));
  assert_true(eisi_nlopt_is_global("gn_direct"));
  assert_true(eisi_nlopt_is_global("NLOPT_GN_DIRECT"));
  assert_true(!eisi_nlopt_is_global("LN_SBPLX"));
  assert_true(!eisi_nlopt_is_global("nonsense"));
}

/* Local algorithms work without bounds; the start is clipped into them. */
static double parabola(void *ctx, const double *x, double *grad) {
  (void)ctx;
  if (grad) grad[0] = 2 * (x[0] - 1), grad[1] = 2 * (x[1] + 2);
  return (x[0] - 1) * (x[0] - 1) + (x[1] + 2) * (x[1] + 2);
}
static void test_bounds(void **state) {
  (void)state;
  const double lower[2] = {0, 0}, upper[2] = {3, 3};
  const eisi_objective open = {2, NULL, NULL, parabola, NULL},
                       box = {2, lower, upper, parabola, NULL};
  const char *const names[] = {"LN_SBPLX", "LD_LBFGS", "LN_COBYLA"};
  for (int k = 0; k < 3; k++) {
    const eisi_nlopt_options opt = options(names[k]);
    double x[2] = {30, 40}, fmin;
    assert_int_equal(eisi_nlopt_run(&open, &opt, x, &fmin, NULL), EIS_OK);
    assert_true(fabs(x[0] - 1) < 1e-4 && fabs(x[1] + 2) < 1e-4);
    x[0] = 30, x[1] = 40;
    assert_int_equal(eisi_nlopt_run(&box, &opt, x, &fmin, NULL), EIS_OK);
    assert_true(fabs(x[0] - 1) < 1e-4 && x[1] >= 0 && x[1] < 1e-4);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_table),    cmocka_unit_test(test_local),
      cmocka_unit_test(test_global),   cmocka_unit_test(test_one_variable),
      cmocka_unit_test(test_seed),     cmocka_unit_test(test_not_a_number),
      cmocka_unit_test(test_infinite), cmocka_unit_test(test_max_eval),
      cmocka_unit_test(test_errors),   cmocka_unit_test(test_bounds),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
