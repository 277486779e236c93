/* stats.c - distribution functions and their inverses.

   Prefactors are written with the Stirling error and ln(1 + u) - u, so that nothing cancels for
   many degrees of freedom (the idea of C. Loader, "Fast and accurate computation of binomial
   probabilities", 2000); quantiles are Newton steps in ln x on the logarithm of the smaller tail,
   inside a bracket. */
#include "numerics/stats.h"

#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

/* One point of a distribution on x > 0. */
typedef struct point {
  double lower, upper; /* P(X <= x), P(X > x) */
  double slope;        /* dP/d ln x */
} point;

typedef struct dist {
  point (*at)(const struct dist *d, double x);
  double a, b; /* shape parameters */
} dist;

/* ln Gamma(z) - ((z - 1/2) ln z - z + ln(2 pi)/2); series: Abramowitz & Stegun 6.1.41. */
static double stirling_error(double z) {
  static const double c[] = {1.0 / 12,   -1.0 / 360,      1.0 / 1260, -1.0 / 1680,
                             1.0 / 1188, -691.0 / 360360, 1.0 / 156};
  int sign; /* lgamma itself writes a global */
  if (z < 12) return lgamma_r(z, &sign) - ((z - 0.5) * log(z) - z + 0.5 * log(2 * M_PI));
  double sum = 0;
  for (int k = 6; k >= 0; k--) sum = sum / (z * z) + c[k];
  return sum / z;
}

/* ln(ratio) - u with u = ratio - 1, without cancellation near 1 (u = 2 s / (1 - s)). */
static double log_minus(double ratio, double u) {
  if (fabs(u) > 0.1) return log(ratio) - u;
  const double s = u / (2 + u), s2 = s * s;
  double sum = 0;
  for (int k = 21; k >= 3; k -= 2) sum = sum * s2 + 2.0 / k;
  return s * s2 * sum - u * s; /* 2 atanh(s) = 2 s + 2 s^3/3 + ...,  2 s - u = -u s */
}

/* x^a y^b / B(a, b) with y = 1 - x given exactly. */
static double beta_prefactor(double a, double b, double x, double y) {
  const double n = a + b, shift = x * b - y * a;
  const double u = shift / a, v = -shift / b; /* x n/a - 1 and y n/b - 1 */
  const double e = a * log_minus(x * n / a, u) + b * log_minus(y * n / b, v) + stirling_error(n) -
                   stirling_error(a) - stirling_error(b);
  return exp(e) * sqrt(a / n * b / (2 * M_PI));
}

/* Continued fraction of the incomplete beta function, modified Lentz (Numerical methods: DLMF
   8.17.22); converges fast for x < (a + 1)/(a + b + 2). */
static double beta_fraction(double a, double b, double x) {
  const double tiny = 1e-300;
  double c = 1, d = 1 - (a + b) * x / (a + 1);
  d = 1 / (fabs(d) < tiny ? tiny : d);
  double h = d;
  for (int m = 1; m < 100000; m++) {
    const double k[2] = {m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
                         -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))};
    double change = 1;
    for (int i = 0; i < 2; i++) {
      d = 1 + k[i] * d;
      c = 1 + k[i] / c;
      d = 1 / (fabs(d) < tiny ? tiny : d);
      if (fabs(c) < tiny) c = tiny;
      change = c * d;
      h *= change;
    }
    if (fabs(change - 1) < DBL_EPSILON / 2) break;
  }
  return h;
}

static point beta_point(double a, double b, double x, double y) {
  point p = {.slope = x > 0 && y > 0 ? beta_prefactor(a, b, x, y) : 0};
  if (x * (a + b + 2) < a + 1) {
    p.lower = p.slope * beta_fraction(a, b, x) / a;
    p.upper = 1 - p.lower;
  } else {
    p.upper = p.slope * beta_fraction(b, a, y) / b;
    p.lower = 1 - p.upper;
  }
  return p;
}

double eisi_beta_inc(double a, double b, double x) {
  if (!(a > 0) || !(b > 0) || isnan(x)) return NAN;
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  return beta_point(a, b, x, 1 - x).lower;
}

/* F(d1, d2): I_x(d1/2, d2/2) with x = d1 f / (d1 f + d2); a, b are the halves. */
static point f_point(const dist *d, double f) {
  const double t = d->a * f, n = t + d->b;
  return beta_point(d->a, d->b, t / n, d->b / n);
}

/* Gamma(a): series (DLMF 8.7.1) left of the bulk, continued fraction (8.9.2) right of it. */
static point gamma_point(const dist *d, double x) {
  const double a = d->a, tiny = 1e-300;
  const double e = a * log_minus(x / a, (x - a) / a) - stirling_error(a);
  point p = {.slope = sqrt(a / (2 * M_PI)) * exp(e)};
  if (x < a + 1) {
    double term = 1 / a, sum = term;
    for (int k = 1; k < 100000 && term > sum * DBL_EPSILON / 4; k++) sum += term *= x / (a + k);
    p.lower = p.slope * sum;
    p.upper = 1 - p.lower;
    return p;
  }
  double b = x + 1 - a, c = 1 / tiny, q = 1 / b, h = q;
  for (int k = 1; k < 100000; k++) {
    const double n = -k * (k - a);
    b += 2;
    q = n * q + b;
    c = b + n / c;
    q = 1 / (fabs(q) < tiny ? tiny : q);
    if (fabs(c) < tiny) c = tiny;
    h *= q * c;
    if (fabs(q * c - 1) < DBL_EPSILON / 2) break;
  }
  p.upper = p.slope * h;
  p.lower = 1 - p.upper;
  return p;
}

/* x with P(X <= x) = lower, P(X > x) = upper (both given, so that neither tail loses digits). */
static double quantile(const dist *d, double lower, double upper) {
  if (!(lower >= 0) || !(upper >= 0)) return NAN;
  if (lower == 0) return 0;
  if (upper == 0) return INFINITY;
  const bool left = lower <= upper;
  const double goal = log(left ? lower : upper);
  double lo = -744, hi = 709, u = 0; /* bracket of ln x: all of the doubles */
  for (int k = 0; k < 400; k++) {
    const point p = d->at(d, exp(u));
    const double tail = left ? p.lower : p.upper;
    const double miss = log(tail) - goal;
    if ((miss > 0) == left)
      hi = u;
    else
      lo = u;
    double next = u - miss * tail / (left ? p.slope : -p.slope);
    /* far out a step may overshoot: keep to a few powers of e, inside the bracket */
    if (next > u + 8) next = u + 8;
    if (next < u - 8) next = u - 8;
    if (!(next > lo && next < hi)) next = isfinite(miss) && miss == 0 ? u : 0.5 * (lo + hi);
    const double moved = fabs(next - u);
    u = next;
    if (moved < 2e-16 * (1 + fabs(u)) || hi - lo < 2e-16) break;
  }
  return exp(u);
}

double eisi_f_upper(double f, double d1, double d2) {
  if (!(d1 > 0) || !(d2 > 0) || isnan(f)) return NAN;
  if (f <= 0) return 1;
  if (isinf(f)) return 0;
  const dist d = {.at = f_point, .a = d1 / 2, .b = d2 / 2};
  return f_point(&d, f).upper;
}

double eisi_f_quantile(double p, double d1, double d2) {
  if (!(d1 > 0) || !(d2 > 0)) return NAN;
  const dist d = {.at = f_point, .a = d1 / 2, .b = d2 / 2};
  return quantile(&d, p, 1 - p);
}

double eisi_chi2_quantile(double p, double dof) {
  if (!(dof > 0)) return NAN;
  const dist d = {.at = gamma_point, .a = dof / 2};
  return 2 * quantile(&d, p, 1 - p);
}

/* T^2 has the F(1, dof) distribution. */
double eisi_t_quantile(double p, double dof) {
  if (!(dof > 0) || !(p >= 0 && p <= 1)) return NAN;
  if (dof > 1e15) return eisi_normal_quantile(p);
  const dist d = {.at = f_point, .a = 0.5, .b = dof / 2};
  const bool right = p > 0.5;
  const double tail = right ? 1 - p : p;
  const double t = sqrt(quantile(&d, right ? 2 * p - 1 : 1 - 2 * p, 2 * tail));
  return right ? t : -t;
}

double eisi_t_both(double t, double dof) {
  if (dof > 1e15) return erfc(fabs(t) * M_SQRT1_2);
  return eisi_f_upper(t * t, 1, dof);
}

/* Z^2 has the chi-squared distribution; only the middle uses it, the tails go by erfc. */
double eisi_normal_quantile(double p) {
  if (!(p >= 0 && p <= 1)) return NAN;
  const bool right = p > 0.5;
  const double tail = right ? 1 - p : p, middle = right ? p - 0.5 : 0.5 - p;
  if (tail == 0) return right ? INFINITY : -INFINITY;
  double z = sqrt(2 * M_PI) * middle;
  if (tail < 0.25) {
    z = sqrt(-2 * log(2 * tail));
    for (int k = 0; k < 30; k++) { /* ln(tail) is concave in z: Newton is safe */
      const double t = 0.5 * erfc(z * M_SQRT1_2), density = exp(-0.5 * z * z) / sqrt(2 * M_PI);
      const double step = log(t / tail) * t / density;
      z += step;
      if (fabs(step) < 1e-16 * z) break;
    }
  } else {
    for (int k = 0; k < 30; k++) {
      const double density = exp(-0.5 * z * z) / sqrt(2 * M_PI);
      const double step = (middle - 0.5 * erf(z * M_SQRT1_2)) / density;
      z += step;
      if (fabs(step) <= 1e-16 * z) break;
    }
  }
  return right ? z : -z;
}

static int ascending(const void *a, const void *b) {
  const double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static double middle_of_sorted(const double *v, size_t n) {
  return n % 2 ? v[n / 2] : 0.5 * v[n / 2 - 1] + 0.5 * v[n / 2];
}

double eisi_median(double *v, size_t n) {
  if (n == 0) return NAN;
  qsort(v, n, sizeof *v, ascending);
  return middle_of_sorted(v, n);
}

/* The deviations to both sides of the median are two sorted lists: merged up to their middle. */
double eisi_mad_sigma(double *v, size_t n) {
  const double centre = eisi_median(v, n);
  if (isnan(centre)) return NAN;
  size_t right = 0;
  while (right < n && v[right] < centre) right++;
  size_t left = right; /* next on the left is v[left - 1] */
  double before = 0, last = 0;
  for (size_t k = 0; k <= n / 2; k++) {
    before = last;
    if (right >= n || (left > 0 && centre - v[left - 1] < v[right] - centre))
      last = centre - v[--left];
    else
      last = v[right++] - centre;
  }
  const double mad = n % 2 ? last : 0.5 * (before + last);
  return mad * 1.482602218505602; /* 1 / quantile(3/4) of the normal distribution */
}
