/* Linear algebra wrappers and the convolution: numbers done by hand or by exact fractions, random
   problems by their properties, rank-deficient ones by being refused. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "numerics/fft.h"
#include "numerics/linalg.h"
#include "numerics/rng.h"

static void near_to(double value, double expected, double tolerance) {
  if (!(fabs(value - expected) <= tolerance))
    fail_msg("%.17g, expected %.17g +- %g", value, expected, tolerance);
}

static double *new_work(size_t m, size_t n) { return calloc(eisi_linalg_work(m, n), 8); }

static void fill_random(double *v, size_t n, uint64_t seed) {
  eisi_rng r;
  eisi_rng_seed(&r, seed, 0);
  for (size_t i = 0; i < n; i++) v[i] = eisi_rng_normal(&r);
}

/* ---- qr ---- */

/* Straight line through (0,1) (1,3) (2,4) (3,4): 1.5 + x, squared residuals 1/4 + 1/4 + 1/4 + 1/4
 */
static void test_qr_line(void **state) {
  double A[] = {1, 1, 1, 1, 0, 1, 2, 3}, b[] = {1, 3, 4, 4}, rss = -1, *work = new_work(4, 2);
  (void)state;
  assert_true(eisi_qr_solve(4, 2, A, b, &rss, work));
  near_to(b[0], 1.5, 1e-14);
  near_to(b[1], 1, 1e-14);
  near_to(rss, 1, 1e-13);
  free(work);
}

static void test_qr_square_and_no_residual(void **state) {
  double A[] = {2, 1, 1, 3}, b[] = {3, 5}, rss = -1, *work = new_work(2, 2);
  (void)state;
  assert_true(eisi_qr_solve(2, 2, A, b, &rss, work));
  near_to(b[0], 0.8, 1e-15);
  near_to(b[1], 1.4, 1e-15);
  near_to(rss, 0, 0);
  free(work);
}

/* Columns of norm 1e-150 and 1e+150 are badly scaled, not singular. */
static void test_qr_scale(void **state) {
  double A[] = {1e-150, 1e-150, 1e-150, 0, 1e150, 2e150}, b[] = {1, 3, 5};
  double *work = new_work(3, 2);
  (void)state;
  assert_true(eisi_qr_solve(3, 2, A, b, NULL, work));
  near_to(b[0] * 1e-150, 1, 1e-13);
  near_to(b[1] * 1e150, 2, 1e-13);
  free(work);
}

static void test_qr_singular(void **state) {
  static const struct {
    size_t m, n;
    double A[9];
  } row[] = {
      {3, 2, {1, 2, 3, 2, 4, 6}},          /* second = twice the first */
      {3, 2, {1, 2, 3, 0, 0, 0}},          /* a zero column */
      {3, 3, {1, 2, 3, 4, 5, 6, 7, 8, 9}}, /* rank 2 up to rounding */
      {3, 2, {1, 2, NAN, 0, 1, 0}},        /* not a number */
      {2, 3, {1, 0, 0, 1, 1, 1}},          /* more unknowns than rows */
  };
  (void)state;
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    double A[9], b[3] = {1, 2, 3}, *work = new_work(row[i].m, row[i].n);
    memcpy(A, row[i].A, sizeof A);
    if (eisi_qr_solve(row[i].m, row[i].n, A, b, NULL, work)) fail_msg("row %zu", i);
    free(work);
  }
}

/* The residual is orthogonal to the columns, for sizes around the block sizes of LAPACK. */
static void test_qr_random(void **state) {
  static const size_t size[][2] = {{5, 1}, {30, 29}, {162, 31}, {130, 64}, {150, 65}, {300, 130}};
  (void)state;
  for (size_t i = 0; i < sizeof size / sizeof *size; i++) {
    size_t m = size[i][0], n = size[i][1];
    double *A = calloc(m * n, 8), *copy = calloc(m * n, 8), *b = calloc(m, 8), *r = calloc(m, 8);
    double *work = new_work(m, n), rss, sum = 0, *back = calloc(n, 8);
    fill_random(A, m * n, i + 1);
    fill_random(b, m, 100 + i);
    memcpy(copy, A, m * n * 8);
    memcpy(r, b, m * 8);
    assert_true(eisi_qr_solve(m, n, A, b, &rss, work));
    for (size_t j = 0; j < n; j++)
      for (size_t k = 0; k < m; k++) r[k] -= copy[j * m + k] * b[j];
    eisi_gemv_t(m, n, copy, r, back);
    for (size_t j = 0; j < n; j++) near_to(back[j], 0, 1e-10);
    for (size_t k = 0; k < m; k++) sum += r[k] * r[k];
    near_to(rss, sum, 1e-10 * sum + 1e-20);
    free(A), free(copy), free(b), free(r), free(work), free(back);
  }
}

/* ---- svd ---- */

/* [[3,0],[4,5]] has singular values sqrt(45), sqrt(5) and V = [1,1; 1,-1]/sqrt2. */
static void test_svd_by_hand(void **state) {
  double A[] = {3, 4, 0, 5}, s[2], Vt[4];
  (void)state;
  assert_int_equal(eisi_svd(2, 2, A, s, Vt, NULL), EIS_OK);
  near_to(s[0], sqrt(45), 1e-14);
  near_to(s[1], sqrt(5), 1e-14);
  near_to(fabs(Vt[0]), sqrt(0.5), 1e-14);
  near_to(Vt[0] * Vt[2], 0.5, 1e-14);
  near_to(Vt[1] * Vt[3], -0.5, 1e-14);
}

/* V^T V = 1 and V diag(s^2) V^T = A^T A, for tall, square and wide matrices. */
static void test_svd_random(void **state) {
  static const size_t size[][2] = {{1, 1}, {40, 7}, {120, 12}, {60, 60}, {162, 90}, {3, 8}};
  (void)state;
  for (size_t i = 0; i < sizeof size / sizeof *size; i++) {
    size_t m = size[i][0], n = size[i][1];
    double *A = calloc(m * n, 8), *G = calloc(n * n, 8), *s = calloc(n, 8), *Vt = calloc(n * n, 8);
    fill_random(A, m * n, 7 + i);
    eisi_gram(m, n, A, G);
    assert_int_equal(eisi_svd(m, n, A, s, Vt, NULL), EIS_OK);
    for (size_t a = 0; a < n; a++) {
      if (a > 0) assert_true(s[a] <= s[a - 1]);
      for (size_t b = 0; b < n; b++) {
        double unit = 0, gram = 0;
        for (size_t k = 0; k < n; k++) {
          unit += Vt[a * n + k] * Vt[b * n + k];
          gram += Vt[a * n + k] * s[k] * s[k] * Vt[b * n + k];
        }
        near_to(unit, a == b, 1e-12);
        near_to(gram, G[a * n + b], 1e-9);
      }
    }
    free(A), free(G), free(s), free(Vt);
  }
}

/* ---- products, Cholesky ---- */

static void test_gram_and_gemv(void **state) {
  const double A[] = {1, 2, 3, 4, 5, 6}, x[] = {1, -1, 2};
  double G[4], y[2];
  (void)state;
  eisi_gram(3, 2, A, G);
  near_to(G[0], 14, 0);
  near_to(G[1], 32, 0);
  near_to(G[2], 32, 0);
  near_to(G[3], 77, 0);
  eisi_gemv_t(3, 2, A, x, y);
  near_to(y[0], 5, 0);
  near_to(y[1], 11, 0);
}

/* Hilbert matrix of order 4: its inverse is known in integers. */
static void test_cholesky(void **state) {
  static const double inverse[16] = {16,  -120,  240,  -140,  -120, 1200, -2700, 1680,
                                     240, -2700, 6480, -4200, -140, 1680, -4200, 2800};
  double H[16], B[16] = {0};
  (void)state;
  for (size_t i = 0; i < 4; i++)
    for (size_t j = 0; j < 4; j++) H[4 * i + j] = 1 / (double)(i + j + 1), B[5 * i] = 1;
  assert_true(eisi_chol_solve(4, H, B, 4));
  for (size_t i = 0; i < 16; i++) near_to(B[i], inverse[i], 1e-8);
}

static void test_cholesky_refuses(void **state) {
  static const double H[][4] = {{1, 2, 2, 1}, {0, 0, 0, 1}, {1, 0, 0, NAN}, {INFINITY, 0, 0, 1}};
  (void)state;
  for (size_t i = 0; i < sizeof H / sizeof *H; i++) {
    double copy[4], b[2] = {1, 1};
    memcpy(copy, H[i], sizeof copy);
    if (eisi_chol_solve(2, copy, b, 1)) fail_msg("row %zu", i);
  }
}

/* ---- convolution ---- */

static void test_convolution(void **state) {
  const double a[] = {1, 2, 3}, b[] = {0, 1, 0.5, -2}, expected[] = {0, 1, 2.5, 2, -2.5, -6};
  double out[6];
  eis_error err = EIS_ERROR_INIT;
  (void)state;
  assert_int_equal(eisi_convolve(a, 3, b, 4, out, &err), EIS_OK);
  for (size_t i = 0; i < 6; i++) near_to(out[i], expected[i], 1e-14);
}

static void test_convolution_random(void **state) {
  enum { NA = 83, NB = 200 };
  double a[NA], b[NB], out[NA + NB - 1];
  (void)state;
  fill_random(a, NA, 1);
  fill_random(b, NB, 2);
  assert_int_equal(eisi_convolve(a, NA, b, NB, out, NULL), EIS_OK);
  for (size_t i = 0; i < NA + NB - 1; i++) {
    double sum = 0;
    for (size_t j = 0; j < NA; j++)
      if (i >= j && i - j < NB) sum += a[j] * b[i - j];
    near_to(out[i], sum, 1e-12);
  }
}

static void test_convolution_too_long(void **state) {
  double v = 1;
  eis_error err = EIS_ERROR_INIT;
  (void)state;
  assert_int_equal(eisi_convolve(&v, (size_t)1 << 31, &v, 1, &v, &err), EIS_ERROR_NUMERIC);
  assert_string_equal(err.text, "a convolution of 2147483648 values is too long");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_qr_line),
      cmocka_unit_test(test_qr_square_and_no_residual),
      cmocka_unit_test(test_qr_scale),
      cmocka_unit_test(test_qr_singular),
      cmocka_unit_test(test_qr_random),
      cmocka_unit_test(test_svd_by_hand),
      cmocka_unit_test(test_svd_random),
      cmocka_unit_test(test_gram_and_gemv),
      cmocka_unit_test(test_cholesky),
      cmocka_unit_test(test_cholesky_refuses),
      cmocka_unit_test(test_convolution),
      cmocka_unit_test(test_convolution_random),
      cmocka_unit_test(test_convolution_too_long),
  };
  eisi_blas_single_thread();
  return cmocka_run_group_tests(tests, NULL, NULL);
}
