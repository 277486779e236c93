/* pchip.c - F. N. Fritsch, R. E. Carlson, SIAM J. Numer. Anal. 17 (1980) 238: cubic Hermite pieces
   with slopes that keep the interpolant monotone; inner slopes by the weighted harmonic mean of F.
   N. Fritsch, J. Butland, SIAM J. Sci. Stat. Comput. 5 (1984) 300. */
#include "numerics/pchip.h"

#include <math.h>

/* Three-point slope at an end, cut so that the first piece stays monotone. */
static double end_slope(double h0, double h1, double s0, double s1) {
  const double d = ((2.0 * h0 + h1) * s0 - h0 * s1) / (h0 + h1);
  if (d * s0 <= 0.0) return 0.0;
  if (s0 * s1 <= 0.0 && fabs(d) > 3.0 * fabs(s0)) return 3.0 * s0;
  return d;
}

void eisi_pchip_slopes(size_t n, const double *x, const double *y, double *d) {
  const double first = (y[1] - y[0]) / (x[1] - x[0]);
  const double last = (y[n - 1] - y[n - 2]) / (x[n - 1] - x[n - 2]);
  d[0] = first;
  d[n - 1] = last;
  if (n == 2) return;
  for (size_t k = 1; k + 1 < n; k++) {
    const double h0 = x[k] - x[k - 1], h1 = x[k + 1] - x[k];
    const double s0 = (y[k] - y[k - 1]) / h0, s1 = (y[k + 1] - y[k]) / h1;
    const double w0 = 2.0 * h1 + h0, w1 = h1 + 2.0 * h0;
    d[k] = s0 * s1 > 0.0 ? (w0 + w1) / (w0 / s0 + w1 / s1) : 0.0;
  }
  d[0] = end_slope(x[1] - x[0], x[2] - x[1], first, (y[2] - y[1]) / (x[2] - x[1]));
  d[n - 1] = end_slope(x[n - 1] - x[n - 2], x[n - 2] - x[n - 3], last,
                       (y[n - 2] - y[n - 3]) / (x[n - 2] - x[n - 3]));
}

double eisi_pchip_eval(size_t n, const double *const xyd[3], double t, double *slope) {
  const double *x = xyd[0], *y = xyd[1], *d = xyd[2];
  size_t low = 0, high = n - 1;
  if (t <= x[0] || t >= x[n - 1]) {
    const size_t end = t <= x[0] ? 0 : n - 1;
    if (slope) *slope = d[end];
    return y[end] + d[end] * (t - x[end]);
  }
  while (high - low > 1) {
    const size_t middle = (low + high) / 2;
    if (x[middle] <= t)
      low = middle;
    else
      high = middle;
  }
  const double h = x[high] - x[low], u = (t - x[low]) / h, v = 1.0 - u;
  if (slope)
    *slope = 6.0 * u * v * (y[high] - y[low]) / h + v * (1.0 - 3.0 * u) * d[low] +
             u * (3.0 * u - 2.0) * d[high];
  return v * v * (1.0 + 2.0 * u) * y[low] + u * u * (3.0 - 2.0 * u) * y[high] +
         h * u * v * (v * d[low] - u * d[high]);
}
