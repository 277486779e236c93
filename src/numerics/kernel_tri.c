#include "numerics/kernel_tri.h"

#include <math.h>
#include <string.h>

#include "base/clones.h"

EISI_CLONES void eisi_scale_both(size_t n, const double *G, const double *g, double q, double *H) {
  for (size_t j = 0; j < n; j++) {
    const double s = g[j] * q;
    for (size_t i = j; i < n; i++) H[j * n + i] = G[j * n + i] * g[i] * s;
  }
}

EISI_CLONES void eisi_symmetric_times(size_t n, const double *G, const double *x, double *y) {
  for (size_t j = 0; j < n; j++) {
    double s = 0;
    for (size_t i = 0; i < n; i++) s += G[j * n + i] * x[i];
    y[j] = s;
  }
}

EISI_CLONES void eisi_symmetric_terms(size_t n, const double *G, const double *x, double *y) {
  for (size_t j = 0; j < n; j++) {
    double s = 0;
    for (size_t i = 0; i < n; i++) s += fabs(G[j * n + i] * x[i]);
    y[j] = s;
  }
}

/* Four rows of C at once: H is loaded and stored a quarter as often. */
EISI_CLONES void eisi_rank_downdate(size_t n, size_t q, const double *C, double *H) {
  for (size_t j = 0; j < n; j++) {
    double *restrict h = H + j * n;
    size_t k = 0;
    for (; k + 4 <= q; k += 4) {
      const double *restrict a = C + k * n, *restrict b = a + n, *restrict c = b + n,
                             *restrict d = c + n;
      for (size_t i = j; i < n; i++) h[i] -= a[i] * a[j] + b[i] * b[j] + c[i] * c[j] + d[i] * d[j];
    }
    for (; k < q; k++) {
      const double *restrict row = C + k * n;
      for (size_t i = j; i < n; i++) h[i] -= row[i] * row[j];
    }
  }
}

/* Forward substitution with four columns of L at once: x is loaded and stored a quarter as often.
 */
static inline __attribute__((always_inline)) void forward(size_t n, size_t j, const double *L,
                                                          double *restrict x) {
  size_t k = j;
  for (; k + 4 <= n; k += 4) {
    const double *restrict a = L + k * n, *restrict b = a + n, *restrict c = b + n,
                           *restrict d = c + n;
    const double p = x[k] / a[k];
    const double q = (x[k + 1] - a[k + 1] * p) / b[k + 1];
    const double r = (x[k + 2] - a[k + 2] * p - b[k + 2] * q) / c[k + 2];
    const double s = (x[k + 3] - a[k + 3] * p - b[k + 3] * q - c[k + 3] * r) / d[k + 3];
    x[k] = p, x[k + 1] = q, x[k + 2] = r, x[k + 3] = s;
    for (size_t i = k + 4; i < n; i++) x[i] -= a[i] * p + b[i] * q + c[i] * r + d[i] * s;
  }
  for (; k < n; k++) {
    const double *restrict a = L + k * n;
    const double p = x[k] /= a[k];
    for (size_t i = k + 1; i < n; i++) x[i] -= a[i] * p;
  }
}

/* The same for four right-hand sides, columns of X: L is loaded a quarter as often, too. */
static inline __attribute__((always_inline)) void forward4(size_t n, size_t j, const double *L,
                                                           double *X) {
  double *restrict w = X, *restrict x = w + n, *restrict y = x + n, *restrict z = y + n;
  size_t k = j;
  for (; k + 4 <= n; k += 4) {
    const double *restrict a = L + k * n, *restrict b = a + n, *restrict c = b + n,
                           *restrict d = c + n;
    double *const right[4] = {w, x, y, z};
    double p[4][4];
    for (int q = 0; q < 4; q++) {
      double *v = right[q] + k;
      p[q][0] = v[0] /= a[k];
      p[q][1] = v[1] = (v[1] - a[k + 1] * v[0]) / b[k + 1];
      p[q][2] = v[2] = (v[2] - a[k + 2] * v[0] - b[k + 2] * v[1]) / c[k + 2];
      p[q][3] = v[3] = (v[3] - a[k + 3] * v[0] - b[k + 3] * v[1] - c[k + 3] * v[2]) / d[k + 3];
    }
    EISI_IVDEP
    for (size_t i = k + 4; i < n; i++) {
      w[i] -= a[i] * p[0][0] + b[i] * p[0][1] + c[i] * p[0][2] + d[i] * p[0][3];
      x[i] -= a[i] * p[1][0] + b[i] * p[1][1] + c[i] * p[1][2] + d[i] * p[1][3];
      y[i] -= a[i] * p[2][0] + b[i] * p[2][1] + c[i] * p[2][2] + d[i] * p[2][3];
      z[i] -= a[i] * p[3][0] + b[i] * p[3][1] + c[i] * p[3][2] + d[i] * p[3][3];
    }
  }
  for (; k < n; k++) {
    const double *restrict a = L + k * n;
    const double p = w[k] /= a[k], q = x[k] /= a[k], r = y[k] /= a[k], s = z[k] /= a[k];
    for (size_t i = k + 1; i < n; i++) {
      w[i] -= a[i] * p;
      x[i] -= a[i] * q;
      y[i] -= a[i] * r;
      z[i] -= a[i] * s;
    }
  }
}

EISI_CLONES void eisi_tri_invert(size_t n, const double *L, double *X) {
  size_t j = 0;
  for (; j + 4 <= n; j += 4) {
    double *x = X + j * n;
    for (size_t q = 0; q < 4; q++) {
      memset(x + q * n + j, 0, (n - j) * sizeof *x);
      x[q * n + j + q] = 1;
    }
    forward4(n, j, L, x);
  }
  for (; j < n; j++) {
    double *x = X + j * n;
    memset(x + j, 0, (n - j) * sizeof *x);
    x[j] = 1;
    forward(n, j, L, x);
  }
}

EISI_CLONES void eisi_tri_band(size_t n, const double *X, size_t width, double *band) {
  for (size_t d = 0; d <= width; d++)
    for (size_t i = 0; i + d < n; i++) {
      const double *restrict a = X + i * n, *restrict b = X + (i + d) * n;
      double s = 0;
      for (size_t k = i + d; k < n; k++) s += a[k] * b[k];
      band[d * n + i] = s;
    }
}

EISI_CLONES double eisi_tri_form(size_t n, const double *X, const double *v, double *restrict y) {
  double s = 0;
  memset(y, 0, n * sizeof *y);
  for (size_t j = 0; j < n; j++) {
    const double *restrict column = X + j * n;
    const double f = v[j];
    for (size_t i = j; i < n; i++) y[i] += column[i] * f;
  }
  for (size_t i = 0; i < n; i++) s += y[i] * y[i];
  return s;
}

EISI_CLONES void eisi_tri_transposed_times(size_t n, const double *X, const double *v,
                                           double *restrict y) {
  for (size_t i = 0; i < n; i++) {
    const double *restrict column = X + i * n;
    double s = 0;
    for (size_t k = i; k < n; k++) s += column[k] * v[k];
    y[i] = s;
  }
}
