#include "analysis/drt_stencil.h"

#include <math.h>
#include <string.h>

#include "base/clones.h"

/* First row whose entry k is not before the vector. */
static inline __attribute__((always_inline)) size_t first(size_t k) { return k < 2 ? 2 - k : 0; }

EISI_CLONES void eisi_stencil_fill(eisi_stencil *s, const double *w, const double *rho, double h2,
                                   double *root) {
  const size_t m = s->m;
  double *restrict at[EISI_STENCIL];
  for (size_t k = 0; k < EISI_STENCIL; k++) at[k] = s->at + k * m;
  for (size_t i = 0; i < s->n; i++) root[i] = sqrt(w[i]) * h2;
  EISI_IVDEP
  for (size_t i = 2; i < s->n; i++) {
    const double r = rho[i], r2 = r * r, d = 1 - r2;
    /* stationary variance of the double-pole autoregression (1 - rho B)^2 y = e */
    const double scale = sqrt((1 + r2) / (d * d * d));
    const double now = scale * root[i], back = -2 * r * scale * root[i - 1],
                 far = r2 * scale * root[i - 2];
    at[0][i] = far;
    at[1][i] = back - 2 * far;
    at[2][i] = now - 2 * back + far;
    at[3][i] = back - 2 * now;
    at[4][i] = now;
  }
  const double r2 = rho[1] * rho[1], lag = 2 * rho[1] / (1 + r2), start = 1 / sqrt(1 - lag * lag);
  const double now = start * root[1], back = -lag * start * root[0];
  at[0][0] = at[1][0] = at[0][1] = 0;
  at[2][0] = at[4][0] = root[0];
  at[3][0] = -2 * root[0];
  at[1][1] = back;
  at[2][1] = now - 2 * back;
  at[3][1] = back - 2 * now;
  at[4][1] = now;
}

EISI_CLONES void eisi_stencil_times(const eisi_stencil *s, const double *v, double *out) {
  memset(out, 0, s->n * sizeof *out);
  for (size_t k = 0; k < EISI_STENCIL; k++) {
    const double *restrict row = s->at + k * s->m;
    double *restrict o = out;
    for (size_t i = first(k); i < s->n; i++) o[i] += row[i] * v[i + k - 2];
  }
}

EISI_CLONES void eisi_stencil_add_transposed(const eisi_stencil *s, double f, const double *v,
                                             double *out) {
  for (size_t k = 0; k < EISI_STENCIL; k++) {
    const double *restrict row = s->at + k * s->m;
    double *restrict o = out;
    for (size_t i = first(k); i < s->n; i++) o[i + k - 2] += f * row[i] * v[i];
  }
}

EISI_CLONES void eisi_stencil_add_square(const eisi_stencil *s, double f, double *H) {
  const size_t m = s->m;
  for (size_t k = 0; k < EISI_STENCIL; k++)
    for (size_t q = k; q < EISI_STENCIL; q++) {
      const double *a = s->at + k * m, *b = s->at + q * m;
      for (size_t i = first(k); i < s->n; i++) H[(i + k - 2) * m + i + q - 2] += f * a[i] * b[i];
    }
}

EISI_CLONES double eisi_stencil_trace(const eisi_stencil *s, const double *band) {
  const size_t m = s->m;
  double sum = 0;
  for (size_t k = 0; k < EISI_STENCIL; k++)
    for (size_t q = k; q < EISI_STENCIL; q++) {
      const double *a = s->at + k * m, *b = s->at + q * m, *v = band + (q - k) * m;
      double part = 0;
      for (size_t i = first(k); i < s->n; i++) part += a[i] * b[i] * v[i + k - 2];
      sum += (q > k ? 2 : 1) * part;
    }
  return sum;
}
