/* nct.c - the noncentral t distribution: power of a t test, limits of an effect size.  The series
   is that of R. V. Lenth, "Algorithm AS 243", Applied Statistics 38 (1989) 185, summed outwards
   from its largest term so that large noncentralities do not underflow. */
#include <math.h>

#include "numerics/stats.h"

static double normal_lower(double z) { return 0.5 * erfc(-z * M_SQRT1_2); }

/* Term j of the series: p_j I_x(j + 1/2, b) + q_j I_x(j + 1, b), with
   p_j = exp(-h) h^j / j!, q_j = sign(ncp) sqrt(h) exp(-h) h^j / Gamma(j + 3/2), h = ncp^2/2. */
static double term(double j, double h, double sign, double b, double x) {
  int unused;
  const double lh = log(h);
  const double p = exp(-h + j * lh - lgamma_r(j + 1, &unused));
  const double q = exp(-h + (j + 0.5) * lh - lgamma_r(j + 1.5, &unused));
  return p * eisi_beta_inc(j + 0.5, b, x) + sign * q * eisi_beta_inc(j + 1, b, x);
}

/* P(0 < T <= t) for t > 0, times two. */
static double series(double t, double dof, double ncp) {
  const double h = 0.5 * ncp * ncp, x = t * t / (t * t + dof), b = dof / 2;
  const double middle = floor(h), sign = ncp < 0 ? -1 : 1;
  double sum = 0;
  for (double j = middle; j >= 0; j--) {
    const double v = term(j, h, sign, b, x);
    sum += v;
    if (fabs(v) < 1e-17 * fabs(sum) && middle - j > 10) break;
  }
  for (double j = middle + 1; j < middle + 100000; j++) {
    const double v = term(j, h, sign, b, x);
    sum += v;
    if (fabs(v) < 1e-17 * (fabs(sum) + 1e-300) && j > middle + 10) break;
  }
  return sum;
}

double eisi_nct_lower(double t, double dof, double ncp) {
  if (!(dof > 0) || isnan(t) || isnan(ncp)) return NAN;
  if (isinf(t)) return t > 0 ? 1 : 0;
  if (dof > 1e6) return normal_lower(t - ncp);
  if (fabs(ncp) < 1e-12) {
    const double tail = 0.5 * eisi_t_both(t, dof);
    return t > 0 ? 1 - tail : tail;
  }
  if (t < 0) return 1 - eisi_nct_lower(-t, dof, -ncp);
  /* far out the distribution is normal for our purposes (t and ncp of thousands) */
  if (fabs(ncp) > 200) return normal_lower((t - ncp) / sqrt(1 + t * t / (2 * dof)));
  const double p = normal_lower(-ncp) + (t > 0 ? 0.5 * series(t, dof, ncp) : 0);
  return p < 0 ? 0 : p > 1 ? 1 : p;
}

/* Root of a function that falls (or rises) monotonically between lo and hi. */
typedef struct search {
  double (*f)(const struct search *s, double x);
  double a, b, goal; /* what f needs besides x */
} search;

static double bisect(const search *s, double lo, double hi) {
  const int rising = s->f(s, hi) > s->f(s, lo);
  for (int k = 0; k < 200 && hi - lo > 1e-13 * (1 + fabs(lo) + fabs(hi)); k++) {
    const double x = 0.5 * (lo + hi);
    if ((s->f(s, x) > s->goal) == rising)
      hi = x;
    else
      lo = x;
  }
  return 0.5 * (lo + hi);
}

static double lower_at_ncp(const search *s, double ncp) { return eisi_nct_lower(s->a, s->b, ncp); }

double eisi_nct_ncp(double p, double t, double dof) {
  if (!(p > 0 && p < 1) || !(dof > 0) || isnan(t)) return NAN;
  const search s = {lower_at_ncp, t, dof, p};
  double width = 8 + 4 * fabs(t) / sqrt(dof < 1 ? 1 : dof);
  double lo = t - width, hi = t + width;
  while (eisi_nct_lower(t, dof, lo) < p && width < 1e6) lo -= width *= 2;
  while (eisi_nct_lower(t, dof, hi) > p && width < 1e6) hi += width *= 2;
  return bisect(&s, lo, hi);
}

double eisi_t_power(double ncp, double dof, double level) {
  if (!(dof > 0)) return NAN;
  const double t = eisi_t_quantile(1 - level / 2, dof);
  return 1 - eisi_nct_lower(t, dof, ncp) + eisi_nct_lower(-t, dof, ncp);
}

static double power_at(const search *s, double ncp) { return eisi_t_power(ncp, s->a, s->b); }

double eisi_t_detectable(double power, double dof, double level) {
  if (!(dof > 0) || !(power > level && power < 1)) return NAN;
  const search s = {power_at, dof, level, power};
  double hi = 4;
  while (eisi_t_power(hi, dof, level) < power && hi < 1e4) hi *= 2;
  return bisect(&s, 0, hi);
}
