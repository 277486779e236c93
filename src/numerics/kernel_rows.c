#include "numerics/kernel_rows.h"

#include <math.h>
#include <string.h>

#include "base/clones.h"

static inline __attribute__((always_inline)) double dot(size_t n, const double *restrict a,
                                                        const double *restrict b) {
  double s = 0;
  for (size_t i = 0; i < n; i++) s += a[i] * b[i];
  return s;
}

/* y -= a row of coefficients f (stride apart) times the q rows of W, four at once: y is loaded and
   stored a quarter as often. */
static inline __attribute__((always_inline)) void subtract(size_t q, size_t n, const double *W,
                                                           const double *f, size_t stride,
                                                           double *restrict y) {
  size_t k = 0;
  for (; k + 4 <= q; k += 4) {
    const double *restrict a = W + k * n, *restrict b = a + n, *restrict c = b + n,
                           *restrict d = c + n;
    const double p = f[k * stride], r = f[(k + 1) * stride], s = f[(k + 2) * stride],
                 t = f[(k + 3) * stride];
    for (size_t i = 0; i < n; i++) y[i] -= a[i] * p + b[i] * r + c[i] * s + d[i] * t;
  }
  for (; k < q; k++) {
    const double *restrict a = W + k * n;
    const double p = f[k * stride];
    for (size_t i = 0; i < n; i++) y[i] -= a[i] * p;
  }
}

EISI_CLONES double eisi_dot(size_t n, const double *a, const double *b) { return dot(n, a, b); }

EISI_CLONES void eisi_exp_each(size_t n, const double *x, double *out) {
  EISI_IVDEP
  for (size_t i = 0; i < n; i++) out[i] = exp(x[i]);
}

EISI_CLONES void eisi_rows_dot(size_t q, size_t n, const double *W, const double *v, double *out) {
  for (size_t k = 0; k < q; k++) out[k] = dot(n, W + k * n, v);
}

EISI_CLONES void eisi_rows_add(size_t q, size_t n, const double *W, double f, const double *v,
                               double *y) {
  for (size_t k = 0; k < q; k++) {
    const double p = -f * v[k];
    subtract(1, n, W + k * n, &p, 1, y);
  }
}

EISI_CLONES void eisi_rows_gram(size_t q, size_t n, const double *W, double f, double *S) {
  for (size_t k = 0; k < q; k++)
    for (size_t i = 0; i <= k; i++) S[k * q + i] = f * dot(n, W + k * n, W + i * n);
}

EISI_CLONES void eisi_rows_solve(size_t q, const double *L, size_t n, double *W, bool transposed) {
  for (size_t step = 0; step < q; step++) {
    const size_t k = transposed ? q - 1 - step : step;
    double *restrict row = W + k * n;
    const double d = 1 / L[k * q + k];
    if (transposed)
      subtract(q - 1 - k, n, row + n, L + (k + 1) * q + k, q, row);
    else
      subtract(k, n, W, L + k * q, 1, row);
    for (size_t i = 0; i < n; i++) row[i] *= d;
  }
}

/* Four rows at once: X, which does not fit into the nearest cache, is loaded a quarter as often. */
static inline __attribute__((always_inline)) void times4(size_t n, const double *C, const double *X,
                                                         double *W) {
  double *restrict a = W, *restrict b = a + n, *restrict c = b + n, *restrict d = c + n;
  for (size_t j = 0; j < n; j++) {
    const double *restrict x = X + j * n;
    const double p = C[j], q = C[n + j], r = C[2 * n + j], s = C[3 * n + j];
    for (size_t i = j; i < n; i++) {
      a[i] += x[i] * p;
      b[i] += x[i] * q;
      c[i] += x[i] * r;
      d[i] += x[i] * s;
    }
  }
}

EISI_CLONES double eisi_rows_times_tri(size_t q, size_t n, const double *C, const double *X,
                                       double *W) {
  size_t k = 0;
  memset(W, 0, q * n * sizeof *W);
  for (; k + 4 <= q; k += 4) times4(n, C + k * n, X, W + k * n);
  for (; k < q; k++)
    for (size_t j = 0; j < n; j++) {
      const double *restrict x = X + j * n;
      double *restrict w = W + k * n;
      const double p = C[k * n + j];
      for (size_t i = j; i < n; i++) w[i] += x[i] * p;
    }
  return dot(q * n, W, W);
}

EISI_CLONES double eisi_rows_bend(size_t q, size_t n, const double *x, const double *W,
                                  const double *d, double *t) {
  const double *restrict a = x, *restrict b = a + n, *restrict c = b + n;
  double *restrict y = t;
  for (size_t j = 0; j < n; j++) y[j] = a[j] - 2 * b[j] + c[j];
  subtract(q, n, W, d, n, y);
  return dot(n, y, y);
}
