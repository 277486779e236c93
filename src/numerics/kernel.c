#include "numerics/kernel.h"

#include "base/clones.h"

/* Inner products of a with four neighbouring columns at once: a is loaded once. */
static inline __attribute__((always_inline)) void dot4(size_t m, const double *restrict a,
                                                       const double *restrict b,
                                                       double *restrict s) {
  double s0 = 0, s1 = 0, s2 = 0, s3 = 0;
  for (size_t k = 0; k < m; k++) {
    s0 += a[k] * b[k];
    s1 += a[k] * b[m + k];
    s2 += a[k] * b[2 * m + k];
    s3 += a[k] * b[3 * m + k];
  }
  s[0] = s0;
  s[1] = s1;
  s[2] = s2;
  s[3] = s3;
}

static inline __attribute__((always_inline)) double dot1(size_t m, const double *restrict a,
                                                         const double *restrict b) {
  double s = 0;
  for (size_t k = 0; k < m; k++) s += a[k] * b[k];
  return s;
}

EISI_CLONES double eisi_sum_squares(size_t m, const double *r) { return dot1(m, r, r); }

static inline __attribute__((always_inline)) void gram(size_t m, size_t n, const double *J,
                                                       double *A) {
  for (size_t i = 0; i < n; i++) {
    const double *a = J + i * m;
    size_t j = 0;
    for (; j + 4 <= i + 1; j += 4) {
      double s[4];
      dot4(m, a, J + j * m, s);
      for (size_t q = 0; q < 4; q++) A[i * n + j + q] = A[(j + q) * n + i] = s[q];
    }
    for (; j <= i; j++) A[i * n + j] = A[j * n + i] = dot1(m, a, J + j * m);
  }
}

EISI_CLONES void eisi_normal_equations(size_t m, size_t n, const double *J, const double *r,
                                       double *A, double *g) {
  size_t j = 0;
  gram(m, n, J, A);
  for (; j + 4 <= n; j += 4) dot4(m, r, J + j * m, g + j);
  for (; j < n; j++) g[j] = dot1(m, r, J + j * m);
}

EISI_CLONES void eisi_weighted_column(size_t m, const double *w, const double *dz, double scale,
                                      double *out) {
  for (size_t k = 0; k < m; k++) out[k] = w[k] * dz[k] * scale;
}

EISI_CLONES void eisi_weighted_residual(size_t m, const double *w, const double *model,
                                        const double *data, double *out) {
  for (size_t k = 0; k < m; k++) out[k] = w[k] * (model[k] - data[k]);
}
