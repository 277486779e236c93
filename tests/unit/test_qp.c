/* The quadratic program: against trying every set of active bounds, its optimality conditions,
   badly scaled and singular matrices, reuse of factors, error texts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "numerics/linalg.h"
#include "numerics/qp.h"
#include "numerics/rng.h"

enum { MOST = 8 };

/* H = B'B + shift with a random B of `rows` rows, columns scaled by powers of ten. */
static void random_problem(eisi_rng *r, size_t n, double spread, double *H, double *c) {
  double B[MOST * MOST], s[MOST];
  for (size_t i = 0; i < n; i++) s[i] = pow(10, spread * (eisi_rng_uniform(r) - 0.5));
  for (size_t i = 0; i < n * n; i++) B[i] = eisi_rng_normal(r);
  for (size_t i = 0; i < n; i++) {
    c[i] = eisi_rng_normal(r) * s[i];
    for (size_t j = 0; j < n; j++) {
      double sum = i == j ? 0.01 : 0;
      for (size_t k = 0; k < n; k++) sum += B[k * n + i] * B[k * n + j];
      H[i * n + j] = sum * s[i] * s[j];
    }
  }
}

static double objective(size_t n, const double *H, const double *c, const double *x) {
  double sum = 0;
  for (size_t i = 0; i < n; i++) {
    sum -= c[i] * x[i];
    for (size_t j = 0; j < n; j++) sum += 0.5 * x[i] * H[i * n + j] * x[j];
  }
  return sum;
}

/* Least value over all sets of active bounds whose minimum keeps the bounds. */
static double brute_force(size_t n, const double *H, const double *c, const bool *bounded) {
  double best = HUGE_VAL;
  for (unsigned set = 0; set < 1u << n; set++) {
    double F[MOST * MOST], x[MOST] = {0}, b[MOST];
    size_t list[MOST], m = 0;
    bool fine = true;
    for (size_t i = 0; i < n; i++) {
      if (set >> i & 1 && !bounded[i]) fine = false;
      if (!(set >> i & 1)) list[m++] = i;
    }
    if (!fine) continue;
    for (size_t i = 0; i < m; i++) {
      b[i] = c[list[i]];
      for (size_t j = 0; j < m; j++) F[i * m + j] = H[list[i] * n + list[j]];
    }
    if (m > 0 && !eisi_chol_solve(m, F, b, 1)) continue;
    for (size_t i = 0; i < m; i++) {
      x[list[i]] = b[i];
      fine &= !bounded[list[i]] || b[i] >= 0;
    }
    if (fine) best = fmin(best, objective(n, H, c, x));
  }
  return best;
}

static void test_brute_force(void **state) {
  eisi_rng r;
  (void)state;
  eisi_rng_seed(&r, 7, 1);
  for (int round = 0; round < 400; round++) {
    const size_t n = 1 + (size_t)round % MOST;
    double H[MOST * MOST], c[MOST], x[MOST];
    bool bounded[MOST];
    eisi_qp *qp;
    eisi_qp_info info;
    random_problem(&r, n, round % 3 * 6.0, H, c);
    for (size_t i = 0; i < n; i++) bounded[i] = eisi_rng_uniform(&r) < 0.8;
    assert_int_equal(eisi_qp_new(n, &qp, NULL), EIS_OK);
    eisi_qp_matrix(qp, H);
    eisi_qp_bounded(qp, true, bounded);
    assert_int_equal(eisi_qp_solve(qp, c, x, &info, NULL), EIS_OK);
    const double best = brute_force(n, H, c, bounded), found = objective(n, H, c, x);
    assert_true(fabs(found - best) <= 1e-11 * fabs(best) + 1e-300);
    assert_true(info.kkt < 1e-13);
    for (size_t i = 0; i < n; i++) {
      if (bounded[i]) assert_true(x[i] >= 0);
      if (eisi_qp_is_active(qp, i)) assert_true(x[i] == 0);
    }
    eisi_qp_free(qp);
  }
}

/* The same matrix with new right-hand sides: the factor is used again, the results are those of a
   fresh start. */
static void test_reuse(void **state) {
  double H[MOST * MOST], c[MOST], x[MOST], again[MOST];
  eisi_rng r;
  eisi_qp *qp;
  eisi_qp_info info;
  (void)state;
  eisi_rng_seed(&r, 3, 2);
  random_problem(&r, MOST, 0, H, c);
  assert_int_equal(eisi_qp_new(MOST, &qp, NULL), EIS_OK);
  eisi_qp_matrix(qp, H);
  assert_int_equal(eisi_qp_solve(qp, c, x, &info, NULL), EIS_OK);
  assert_true(info.factorizations >= 1);
  for (size_t i = 0; i < MOST; i++) c[i] *= 2;
  assert_int_equal(eisi_qp_solve(qp, c, again, &info, NULL), EIS_OK);
  assert_int_equal(info.factorizations, 0);
  for (size_t i = 0; i < MOST; i++) assert_true(fabs(again[i] - 2 * x[i]) <= 1e-13 * fabs(x[i]));
  eisi_qp_reset(qp);
  assert_int_equal(eisi_qp_solve(qp, c, x, &info, NULL), EIS_OK);
  assert_true(info.factorizations >= 1);
  for (size_t i = 0; i < MOST; i++) assert_true(fabs(again[i] - x[i]) <= 1e-12 * fabs(x[i]));
  /* the inverse on the free variables */
  double b[MOST], free_part[MOST];
  for (size_t i = 0; i < MOST; i++) b[i] = eisi_qp_is_active(qp, i) ? 0 : c[i];
  memcpy(free_part, b, sizeof b);
  eisi_qp_apply_inverse(qp, free_part);
  for (size_t i = 0; i < MOST; i++)
    assert_true(fabs(free_part[i] - x[i]) <= 1e-12 * (1 + fabs(x[i])));
  eisi_qp_free(qp);
}

/* A Hilbert matrix (condition 1.5e10): refinement gives the exact solution of ones. */
static void test_ill_conditioned(void **state) {
  double H[MOST * MOST], c[MOST], x[MOST];
  eisi_qp *qp;
  eisi_qp_info info;
  (void)state;
  for (size_t i = 0; i < MOST; i++) {
    long double sum = 0;
    for (size_t j = 0; j < MOST; j++) {
      H[i * MOST + j] = 360360.0 / (double)(i + j + 1); /* whole numbers */
      sum += (long double)H[i * MOST + j];
    }
    c[i] = (double)sum;
  }
  assert_int_equal(eisi_qp_new(MOST, &qp, NULL), EIS_OK);
  eisi_qp_matrix(qp, H);
  assert_int_equal(eisi_qp_solve(qp, c, x, &info, NULL), EIS_OK);
  for (size_t i = 0; i < MOST; i++) assert_true(fabs(x[i] - 1) < 1e-5);
  assert_true(info.kkt < 1e-14);
  eisi_qp_free(qp);
}

static void test_errors(void **state) {
  const double H[4] = {1, 1, 1, 1}, zero[2] = {0, 1}, wrong[2] = {NAN, 1};
  double x[2];
  eisi_qp *qp;
  eis_error err = EIS_ERROR_INIT;
  (void)state;
  assert_int_equal(eisi_qp_new(2, &qp, NULL), EIS_OK);
  eisi_qp_matrix(qp, H);
  assert_int_equal(eisi_qp_solve(qp, zero, x, NULL, &err), EIS_ERROR_NUMERIC);
  assert_string_equal(err.text,
                      "the quadratic program has no unique solution: the matrix is not positive "
                      "definite on 2 free variables; more regularisation is needed");
  eis_error_clear(&err);
  assert_int_equal(eisi_qp_solve(qp, wrong, x, NULL, &err), EIS_ERROR_NUMERIC);
  assert_string_equal(err.text,
                      "element 1 of the right-hand side of the quadratic program is not a number");
  eisi_qp_free(qp);
  eisi_qp_free(NULL);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_brute_force), cmocka_unit_test(test_reuse),
      cmocka_unit_test(test_ill_conditioned), cmocka_unit_test(test_errors)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
