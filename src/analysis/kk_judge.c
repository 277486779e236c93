/* kk_judge.c - is what the Kramers-Kronig fit leaves scatter, a trend, or a few bad points? */
#include <math.h>
#include <string.h>

#include "analysis/kk_fit.h"
#include "numerics/stats.h"

/* The limits; doc/kk.md says where they come from. */
static const double TREND_SIGMAS = 3;  /* chance of a random sequence: about 1 in 1000 */
static const double TREND_SHARE = 0.4; /* a trend below this part of the scatter is no matter */
static const double TREND_MOST = 0.7;  /* "mostly": this part of its power */
static const double LONE_SIGMAS = 6;   /* one point of the inliers */
static const double LONE_MADS = 10;    /* the same against the middle half of the points */
static const double LONE_PERCENT = 0.3;
static const double NOISE_LIMIT = 5;       /* percent: beyond it anything passes */
static const double OUTLIER_SIGMAS = 6;    /* away from the neighbours */
static const double OUTLIER_RESIDUAL = 5;  /* and away from the fit */
static const double OUTLIER_PERCENT = 0.1; /* less is not worth a word */

/* Sums over neighbours that both count. */
typedef struct sums {
  double square, first, second; /* of residuals, of first and of second differences */
  double n, n_first, n_second;
} sums;

static void add_part(size_t n, const double *r, const bool *out, sums *s) {
  double last = 0, before = 0;
  int run = 0; /* values since the start */
  for (size_t k = 0; k < n; k++) {
    if (out[k]) continue;
    s->square += r[k] * r[k], s->n++;
    if (run > 0) s->first += (r[k] - last) * (r[k] - last), s->n_first++;
    if (run > 1) {
      double d = r[k] - 2 * last + before;
      s->second += d * d, s->n_second++;
    }
    before = last, last = r[k], run++;
  }
}

static void find_largest(size_t n, const double *r, const bool *out, bool imag,
                         eisi_kk_judgement *j) {
  for (size_t k = 0; k < n; k++) {
    if (out[k] || !(fabs(r[k]) > j->max)) continue;
    j->max = fabs(r[k]);
    j->at = k;
    j->at_imag = imag;
  }
}

/* Standard deviation from the median size: what a few large values can't touch. */
static double middle_sigma(size_t n, const double *re, const double *im, const bool *out,
                           double *scratch) {
  size_t m = 0;
  for (size_t k = 0; k < n; k++) {
    if (out[k]) continue;
    scratch[m++] = fabs(re[k]);
    scratch[m++] = fabs(im[k]);
  }
  return m > 0 ? 1.4826 * eisi_median(scratch, m) : 0;
}

/* Scatter by two estimates: sigma^2 = S / (n - p) holds when there is nothing but scatter; second
   differences of neighbours, E (a - 2b + c)^2 = 6 sigma^2, hold with a trend as well.  Random or
   not is von Neumann's ratio: sum of squared first differences / sum of squares, 2 for a random
   sequence with standard deviation 2/sqrt(n).  A fit with p unknowns takes away slow components and
   lifts the mean of the ratio to about 2 (1 + 0.6 p/n). */
eisi_kk_judgement eisi_kk_judge(const eisi_kk_residuals *r, size_t p, double limit) {
  size_t n = r->n;
  const double *re = r->re, *im = r->im;
  const bool *out = r->out;
  eisi_kk_judgement j = {0};
  sums s = {0};
  add_part(n, re, out, &s);
  add_part(n, im, out, &s);
  find_largest(n, re, out, false, &j);
  find_largest(n, im, out, true, &j);
  double unknowns = (double)p, spare = fmax(s.n - unknowns, 1), share = s.n / spare;
  double plain = sqrt(s.square / spare);
  double local = s.n_second > 0 ? sqrt(s.second / (6 * s.n_second) * share) : plain;
  j.noise = fmin(plain, local);
  j.systematic = sqrt(fmax(plain * plain - local * local, 0));
  if (s.square > 0 && s.n_first > 0) {
    double ratio = s.first / s.square * s.n / s.n_first;
    j.trend = (2 - ratio) * sqrt(s.n) / 2 + 0.6 * unknowns / sqrt(s.n);
  }
  j.trending = j.trend > TREND_SIGMAS;
  j.structured = j.trending && j.systematic > limit && j.systematic > TREND_SHARE * j.noise;
  double middle = middle_sigma(n, re, im, out, r->scratch) * sqrt(share);
  double far = fmin(LONE_SIGMAS * j.noise, LONE_MADS * middle);
  j.lone = j.max > far && j.max > fmax(LONE_PERCENT, 3 * limit);
  j.noisy = j.noise > NOISE_LIMIT;
  j.passed = !j.structured && !j.lone && !j.noisy;
  return j;
}

double eisi_kk_scatter(const eisi_kk_residuals *r) {
  const double *part[2] = {r->re, r->im};
  size_t m = 0;
  for (size_t i = 0; i < 2; i++)
    for (size_t k = 2; k < r->n; k++) {
      if (r->out[k] || r->out[k - 1] || r->out[k - 2]) continue;
      r->scratch[m++] = fabs(part[i][k] - 2 * part[i][k - 1] + part[i][k - 2]);
    }
  return m > 0 ? 1.4826 * eisi_median(r->scratch, m) / sqrt(6) : 0;
}

/* Squares of means of five neighbours, less what scatter adds to them. */
static double trend_power(const eisi_kk_residuals *r, double noise, double *power) {
  double total = 0;
  for (size_t k = 0; k < r->n; k++) {
    size_t from = k < 2 ? 0 : k - 2, to = k + 3 > r->n ? r->n : k + 3;
    double re = 0, im = 0, count = 0;
    for (size_t i = from; i < to; i++)
      if (!r->out[i]) re += r->re[i], im += r->im[i], count++;
    power[k] = count > 0 ? fmax((re * re + im * im) / count - 2 * noise * noise, 0) / count : 0;
    total += power[k];
  }
  return total;
}

void eisi_kk_trend_place(const eisi_kk_residuals *r, double noise, size_t *first, size_t *n) {
  double *power = r->scratch, wanted = TREND_MOST * trend_power(r, noise, power), sum = 0;
  *first = 0;
  *n = r->n;
  for (size_t from = 0, to = 0; to < r->n;) {
    sum += power[to++];
    for (; sum - power[from] >= wanted && from + 1 < to; from++) sum -= power[from];
    if (sum < wanted || to - from >= *n) continue;
    *first = from;
    *n = to - from;
  }
}

/* ---- outliers ---- */

/* Residual minus the median of its four neighbours (two on the inside at an end). */
static void local_deviation(size_t n, const double *r, const bool *out, double *d) {
  for (size_t k = 0; k < n; k++) {
    double near[4];
    size_t found = 0;
    for (size_t step = 1, left = 0; step < n && left < 2; step++)
      if (k >= step && !out[k - step]) near[found++] = r[k - step], left++;
    for (size_t step = 1, right = 0; k + step < n && right < 2; step++)
      if (!out[k + step]) near[found++] = r[k + step], right++;
    d[k] = found > 0 ? r[k] - eisi_median(near, found) : 0;
  }
}

/* How far point k stands out, in units of the limit; > 1 is an outlier. */
static double standing(double deviation, double sigma, double residual, double residual_sigma) {
  if (!(sigma > 0) || !(residual_sigma > 0) || fabs(residual) < OUTLIER_PERCENT) return 0;
  return fmin(fabs(deviation) / (OUTLIER_SIGMAS * sigma),
              fabs(residual) / (OUTLIER_RESIDUAL * residual_sigma));
}

/* Drift piles up at the low end of a sweep, where one point after the other would be taken for an
   outlier: the last decade and a half (a quarter of the points at most) and the three points at
   either end have none, the search for a valid window looks after them. */
static bool at_an_end(size_t n, const double *omega, size_t k) {
  if (k < 3 || k + 3 >= n) return true;
  return omega[k] < 32 * omega[n - 1] && 4 * (n - 1 - k) < n;
}

static double spread(size_t n, const double *v, const bool *out, double *scratch) {
  size_t m = 0;
  for (size_t k = 0; k < n; k++)
    if (!out[k]) scratch[m++] = v[k];
  return eisi_mad_sigma(scratch, m);
}

/* A third one in a row: no glitch but a piece of the spectrum. */
static bool in_a_row(size_t n, const bool *out, size_t k) {
  size_t before = 0, behind = 0;
  while (before < k && out[k - before - 1]) before++;
  while (k + behind + 1 < n && out[k + behind + 1]) behind++;
  return before + behind >= 2;
}

size_t eisi_kk_outliers(const eisi_kk_residuals *r, const double *omega) {
  const double *part[2] = {r->re, r->im};
  size_t n = r->n;
  bool *out = r->out;
  double *worst = r->scratch, *tmp = worst + n, largest = 0;
  size_t known = 0, fresh = 0;
  memset(worst, 0, n * sizeof *worst);
  for (size_t i = 0; i < 2; i++) {
    double *dev = worst + (2 + i) * n;
    local_deviation(n, part[i], out, dev);
    double sigma = spread(n, dev, out, tmp), residual = spread(n, part[i], out, tmp);
    for (size_t k = 0; k < n; k++)
      if (!at_an_end(n, omega, k))
        worst[k] = fmax(worst[k], standing(dev[k], sigma, part[i][k], residual));
  }
  for (size_t k = 0; k < n; k++) {
    known += out[k];
    if (!out[k]) largest = fmax(largest, worst[k]);
  }
  if (!(largest > 1)) return 0;
  for (size_t k = 0; k < n; k++) { /* the worst first: it makes its neighbours look bad */
    if (out[k] || !(worst[k] > 1) || worst[k] < 0.5 * largest) continue;
    if (in_a_row(n, out, k)) continue;
    if (known + fresh + 1 > n / 10) return fresh;
    out[k] = true;
    fresh++;
  }
  return fresh;
}
