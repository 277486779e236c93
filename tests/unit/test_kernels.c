/* The vectorised loops against plain sums over their definitions, on sizes that do and do not fill
   a register. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "analysis/drt_form_loops.h"
#include "analysis/drt_forms.h"
#include "analysis/drt_stencil.h"
#include "numerics/kernel_rows.h"
#include "numerics/kernel_tri.h"
#include "numerics/rng.h"

enum { MOST = 13, ROWS = 6 };

static const size_t lengths[] = {3, 5, 8, MOST};
enum { LENGTHS = sizeof lengths / sizeof *lengths };

static void near_to(double value, double expected, double tolerance) {
  if (!(fabs(value - expected) <= tolerance * (1 + fabs(expected))))
    fail_msg("%.17g, expected %.17g", value, expected);
}

static void fill_random(double *v, size_t n, uint64_t seed) {
  eisi_rng r;
  eisi_rng_seed(&r, seed, 0);
  for (size_t i = 0; i < n; i++) v[i] = eisi_rng_normal(&r);
}

/* A lower triangle by columns, or by rows: noughts above a diagonal that is not small. */
static void fill_lower(double *L, size_t n, bool by_rows, uint64_t seed) {
  fill_random(L, n * n, seed);
  for (size_t i = 0; i < n; i++)
    for (size_t j = 0; j < n; j++) {
      double *at = by_rows ? &L[i * n + j] : &L[j * n + i];
      if (j > i) *at = 0;
      if (i == j) *at = 2 + fabs(*at);
    }
}

/* ---- rows ---- */

static void check_products(size_t q, size_t n) {
  double W[ROWS * MOST], v[MOST], y[MOST], out[ROWS], S[ROWS * ROWS], each[MOST];
  fill_random(W, q * n, 1);
  fill_random(v, n, 2);
  fill_random(y, n, 3);
  eisi_rows_dot(q, n, W, v, out);
  eisi_rows_gram(q, n, W, 0.7, S);
  for (size_t k = 0; k < q; k++) {
    double sum = 0;
    for (size_t i = 0; i < n; i++) sum += W[k * n + i] * v[i];
    near_to(out[k], sum, 1e-14);
    near_to(eisi_dot(n, W + k * n, v), sum, 1e-14);
    for (size_t r = 0; r <= k; r++) {
      double square = 0;
      for (size_t i = 0; i < n; i++) square += W[k * n + i] * W[r * n + i];
      near_to(S[k * q + r], 0.7 * square, 1e-14);
    }
  }
  double before[MOST];
  memcpy(before, y, sizeof before);
  eisi_rows_add(q, n, W, -2, out, y);
  for (size_t i = 0; i < n; i++) {
    double sum = before[i];
    for (size_t k = 0; k < q; k++) sum -= 2 * out[k] * W[k * n + i];
    near_to(y[i], sum, 1e-14);
  }
  eisi_exp_each(n, v, each);
  for (size_t i = 0; i < n; i++) near_to(each[i], exp(v[i]), 1e-15);
}

static void test_products(void **state) {
  (void)state;
  for (size_t q = 1; q <= ROWS; q++)
    for (size_t i = 0; i < LENGTHS; i++) check_products(q, lengths[i]);
}

/* What is solved for, multiplied again. */
static void check_solve(size_t q, size_t n, bool transposed) {
  double L[ROWS * ROWS], W[ROWS * MOST], given[ROWS * MOST];
  fill_lower(L, q, true, 4);
  fill_random(given, q * n, 5);
  memcpy(W, given, sizeof W);
  eisi_rows_solve(q, L, n, W, transposed);
  for (size_t k = 0; k < q; k++)
    for (size_t i = 0; i < n; i++) {
      double sum = 0;
      for (size_t r = 0; r < q; r++)
        sum += (transposed ? L[r * q + k] : L[k * q + r]) * W[r * n + i];
      near_to(sum, given[k * n + i], 1e-13);
    }
}

static void test_solve(void **state) {
  (void)state;
  for (size_t q = 1; q <= ROWS; q++)
    for (size_t i = 0; i < LENGTHS; i++) {
      check_solve(q, lengths[i], false);
      check_solve(q, lengths[i], true);
    }
}

static void check_triangle(size_t q, size_t n) {
  double X[MOST * MOST], C[ROWS * MOST], W[ROWS * MOST], total = 0;
  fill_lower(X, n, false, 6);
  fill_random(C, q * n, 7);
  const double squares = eisi_rows_times_tri(q, n, C, X, W);
  for (size_t k = 0; k < q; k++)
    for (size_t i = 0; i < n; i++) {
      double sum = 0;
      for (size_t j = 0; j < n; j++) sum += X[j * n + i] * C[k * n + j];
      near_to(W[k * n + i], sum, 1e-14);
      total += sum * sum;
    }
  near_to(squares, total, 1e-13);
  for (size_t at = 0; at + 2 < n; at++) { /* the bends of the rows of X, C taken as coefficients */
    double t[MOST], sum = 0;
    for (size_t i = 0; i < n; i++) {
      double v = X[at * n + i] - 2 * X[(at + 1) * n + i] + X[(at + 2) * n + i];
      for (size_t k = 0; k < q; k++) v -= W[k * n + i] * C[k * n + at];
      sum += v * v;
    }
    near_to(eisi_rows_bend(q, n, X + at * n, W, C + at, t), sum, 1e-12);
  }
  double H[MOST * MOST];
  fill_random(H, n * n, 8);
  memcpy(X, H, sizeof X);
  eisi_rank_downdate(n, q, C, H);
  for (size_t j = 0; j < n; j++)
    for (size_t i = j; i < n; i++) {
      double v = X[j * n + i];
      for (size_t k = 0; k < q; k++) v -= C[k * n + i] * C[k * n + j];
      near_to(H[j * n + i], v, 1e-13);
    }
}

static void test_triangle(void **state) {
  (void)state;
  for (size_t q = 1; q <= ROWS; q++)
    for (size_t i = 0; i < LENGTHS; i++) check_triangle(q, lengths[i]);
}

/* ---- the rows of the prior ---- */

/* B as a full matrix, from the recursion in words: y = sqrt(w) h2 u'', whitened by its double pole.
 */
static void whitened(size_t n, size_t m, const double *w, const double *rho, double h2, double *B) {
  memset(B, 0, n * m * sizeof *B);
  for (size_t i = 0; i < n; i++) {
    const double r = rho[i], gain = (1 + r * r) / pow(1 - r * r, 3), lag = 2 * r / (1 + r * r);
    double f[3] = {sqrt(gain), -2 * r * sqrt(gain), r * r * sqrt(gain)};
    if (i == 0) f[0] = 1, f[1] = f[2] = 0;
    if (i == 1) f[0] = 1 / sqrt(1 - lag * lag), f[1] = -lag * f[0], f[2] = 0;
    for (size_t k = 0; k < 3 && k <= i; k++) {
      const double y = f[k] * sqrt(w[i - k]) * h2, bend[3] = {y, -2 * y, y};
      for (size_t d = 0; d < 3; d++) B[i * m + i - k + d] += bend[d];
    }
  }
}

static void check_stencil(size_t m) {
  double at[EISI_STENCIL * MOST], B[MOST * MOST], w[MOST], rho[MOST], v[MOST], root[MOST],
      out[MOST], H[MOST * MOST] = {0}, V[MOST * MOST], band[EISI_STENCIL * MOST] = {0}, trace = 0;
  const size_t n = m - 2;
  eisi_stencil s = {.m = m, .n = n, .at = at};
  fill_random(w, m, 9);
  fill_random(rho, m, 10);
  fill_random(v, m, 11);
  fill_random(V, m * m, 12);
  for (size_t i = 0; i < m; i++) w[i] = exp(w[i]), rho[i] = 0.3 / (1 + exp(rho[i]));
  whitened(n, m, w, rho, 19, B);
  eisi_stencil_fill(&s, w, rho, 19, root);
  eisi_stencil_times(&s, v, out);
  for (size_t i = 0; i < n; i++) {
    double sum = 0;
    for (size_t j = 0; j < m; j++) sum += B[i * m + j] * v[j];
    near_to(out[i], sum, 1e-13);
  }
  double back[MOST] = {0};
  eisi_stencil_add_transposed(&s, 0.5, v, back);
  eisi_stencil_add_square(&s, 3, H);
  for (size_t j = 0; j < m; j++)
    for (size_t d = 0; d < EISI_STENCIL && j + d < m; d++) band[d * m + j] = V[j * m + j + d];
  for (size_t j = 0; j < m; j++) {
    double sum = 0;
    for (size_t i = 0; i < n; i++) sum += 0.5 * B[i * m + j] * v[i];
    near_to(back[j], sum, 1e-13);
    for (size_t k = j; k < m; k++) {
      double square = 0;
      for (size_t i = 0; i < n; i++) square += B[i * m + j] * B[i * m + k];
      near_to(H[j * m + k], 3 * square, 1e-13);
      if (k - j < EISI_STENCIL) trace += (k > j ? 2 : 1) * square * V[j * m + k];
    }
  }
  near_to(eisi_stencil_trace(&s, band), trace, 1e-12);
}

static void test_stencil(void **state) {
  (void)state;
  for (size_t i = 1; i < LENGTHS; i++) check_stencil(lengths[i]);
}

/* ---- forms ---- */

/* Against the formula in its other writing (drt_forms.c), derivatives against differences. */
static void test_log_forms(void **state) {
  static const double shape[][2] = {{0.35, 1}, {0.8, 0.6}, {0.99, 0.4}, {0.6, 1.6}};
  double l[MOST], out[MOST], up[MOST], down[MOST], by[3][MOST];
  double *const slopes[3] = {by[0], by[1], by[2]};
  (void)state;
  for (size_t j = 0; j < MOST; j++) l[j] = -18 + 3 * (double)j;
  for (size_t c = 0; c < sizeof shape / sizeof *shape; c++) {
    const eisi_log_form f = {.size = log(3), .place = 0.7, .n = shape[c][0], .b = shape[c][1]};
    eisi_form_log(&f, MOST, l, out);
    for (size_t j = 0; j < MOST; j++)
      near_to(out[j], log(eisi_drt_form(3, f.n, f.b, l[j] - 0.7, 1)), 2e-12);
    memset(out, 0, sizeof out);
    eisi_form_slopes(&f, MOST, l, out, slopes);
    for (size_t j = 0; j < MOST; j++)
      near_to(out[j], log(eisi_drt_form(3, f.n, f.b, l[j] - 0.7, 1)), 2e-12);
    for (size_t k = 0; k < 3; k++) {
      const double h = 1e-5;
      eisi_log_form high = f, low = f;
      if (k == 0) high.place -= h, low.place += h;
      if (k == 1) high.n += h, low.n -= h;
      if (k == 2) high.b += h, low.b -= h;
      eisi_form_log(&high, MOST, l, up);
      eisi_form_log(&low, MOST, l, down);
      for (size_t j = 0; j < MOST; j++) near_to(by[k][j], (up[j] - down[j]) / (2 * h), 1e-6);
    }
  }
}

static void test_shares(void **state) {
  double part[3 * MOST], given[3 * MOST], value[MOST], total[MOST];
  (void)state;
  fill_random(given, 3 * MOST, 13);
  for (size_t j = 0; j < 3 * MOST; j++) given[j] *= 400; /* beyond what exp() can hold */
  memcpy(part, given, sizeof part);
  eisi_form_shares(3, MOST, part, value, total);
  for (size_t j = 0; j < MOST; j++) {
    const double *g = given + j, most = fmax(g[0], fmax(g[MOST], g[2 * MOST]));
    double sum = 0;
    for (size_t i = 0; i < 3; i++) sum += exp(g[i * MOST] - most);
    near_to(value[j], most + log(sum), 1e-14);
    for (size_t i = 0; i < 3; i++)
      near_to(part[i * MOST + j], exp(g[i * MOST] - most) / sum, 1e-14);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_products), cmocka_unit_test(test_solve), cmocka_unit_test(test_triangle),
      cmocka_unit_test(test_stencil),  cmocka_unit_test(test_log_forms), cmocka_unit_test(test_shares),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
