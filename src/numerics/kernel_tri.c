#include "numerics/kernel_tri.h"

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

/* Column j of X solves L x = e_j; columns of L are used from the diagonal down. */
EISI_CLONES void eisi_tri_invert(size_t n, const double *L, double *X) {
  for (size_t j = 0; j < n; j++) {
    double *restrict x = X + j * n;
    memset(x + j, 0, (n - j) * sizeof *x);
    x[j] = 1;
    for (size_t k = j; k < n; k++) {
      const double *restrict column = L + k * n;
      const double v = x[k] / column[k];
      x[k] = v;
      for (size_t i = k + 1; i < n; i++) x[i] -= column[i] * v;
    }
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
