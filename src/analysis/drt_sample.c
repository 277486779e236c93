#include "analysis/drt_sample.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "numerics/kernel_tri.h"
#include "numerics/linalg.h"
#include "numerics/rng.h"

enum { BURN_IN = 200, MOST_BOUNCES = 100000, PEAK_POINTS = 3 };

/* ---- what is kept of every sample ---- */

typedef struct store {
  size_t n, m, peaks, samples; /* so far; points; peaks; to come */
  double *gamma;               /* m x samples */
  double *R, *tau;             /* peaks x samples */
  double *total;               /* samples */
} store;

static eis_status store_init(store *s, size_t m, size_t peaks, size_t samples, eis_error *err) {
  *s = (store){.m = m, .peaks = peaks, .samples = samples};
  s->gamma = eisi_new((m + 2 * peaks + 1) * samples, sizeof(double), err);
  if (!s->gamma) return EIS_ERROR_MEMORY;
  s->R = s->gamma + m * samples;
  s->tau = s->R + peaks * samples;
  s->total = s->tau + peaks * samples;
  return EIS_OK;
}

/* ln tau of the highest gamma within PEAK_POINTS of the peak, by a parabola. */
static double top_near(const double *gamma, const double *ltau, size_t m, double ltau_peak) {
  const double step = ltau[1] - ltau[0], at = floor((ltau_peak - ltau[0]) / step + 0.5);
  const size_t middle = (size_t)fmax(1, fmin(at, (double)m - 2));
  size_t best = middle;
  for (size_t j = middle > PEAK_POINTS ? middle - PEAK_POINTS : 1;
       j <= middle + PEAK_POINTS && j + 1 < m; j++)
    if (gamma[j] > gamma[best]) best = j;
  const double a = gamma[best - 1], b = gamma[best], c = gamma[best + 1], bend = a - 2 * b + c;
  return ltau[best] + (bend < 0 ? step * fmax(-1, fmin(1, 0.5 * (a - c) / bend)) : 0);
}

static void keep(store *s, const eis_drt_result *out, const double *gamma, const double *ltau,
                 const double *shares) {
  const double step = ltau[1] - ltau[0];
  double total = 0;
  for (size_t j = 0; j < s->m; j++) {
    s->gamma[j * s->samples + s->n] = gamma[j];
    total += gamma[j] * step;
  }
  s->total[s->n] = total;
  for (size_t q = 0; q < s->peaks; q++) {
    double R = 0;
    for (size_t j = 0; j < s->m; j++) R += shares[q * s->m + j] * gamma[j] * step;
    s->R[q * s->samples + s->n] = R;
    s->tau[q * s->samples + s->n] = exp(top_near(gamma, ltau, s->m, log(out->peak[q].tau)));
  }
  s->n++;
}

static int ascending(const void *a, const void *b) {
  const double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

/* Quantiles (1 - level)/2 and (1 + level)/2, between the order statistics; sorts. */
static void limits(double *v, size_t n, double level, double *low, double *high) {
  double *out[2] = {low, high};
  qsort(v, n, sizeof *v, ascending);
  for (int side = 0; side < 2; side++) {
    const double at = (side ? 1 + level : 1 - level) / 2 * (double)(n - 1);
    const size_t i = (size_t)fmin(floor(at), (double)n - 2);
    *out[side] = v[i] + (at - (double)i) * (v[i + 1] - v[i]);
  }
}

static double spread(const double *v, size_t n) {
  double mean = 0, sum = 0;
  for (size_t i = 0; i < n; i++) mean += v[i] / (double)n;
  for (size_t i = 0; i < n; i++) sum += (v[i] - mean) * (v[i] - mean);
  return sqrt(sum / (double)(n - 1));
}

static void summarise(store *s, double level, eis_drt_result *out) {
  out->R_pol_error = spread(s->total, s->n);
  for (size_t j = 0; j < s->m; j++)
    limits(s->gamma + j * s->samples, s->n, level, &out->gamma_low[j], &out->gamma_high[j]);
  for (size_t q = 0; q < s->peaks; q++) {
    eis_drt_peak *p = &out->peak[q];
    limits(s->R + q * s->samples, s->n, level, &p->R_low, &p->R_high);
    limits(s->tau + q * s->samples, s->n, level, &p->tau_low, &p->tau_high);
  }
}

/* ---- ln gamma ---- */

typedef struct chain {
  eisi_drt_adaptive *a;
  size_t n;              /* unknowns: u, then the parameters of the centre */
  double cost;           /* at the mode */
  double *w, *r, *slope; /* white coordinates, momentum, slope of the excess; n each */
  double *old;
  double *u, *p; /* the point at w */
  double step;
  eisi_rng rng;
} chain;

/* Excess of the energy over that of the Gaussian approximation at w, and its slope. */
static double excess(chain *s) {
  eisi_drt_adaptive *a = s->a;
  const size_t m = a->m;
  double square = 0, *by_u = a->step, *by_q = s->slope + m;
  for (size_t i = 0; i < s->n; i++) square += s->w[i] * s->w[i];
  eisi_tri_transposed_times(m, a->X, s->w, s->u);
  eisi_drt_prior_draw(&a->prior, s->u, s->w + m, s->p);
  for (size_t j = 0; j < m; j++) s->u[j] += a->u[j];
  const double cost = eisi_drt_adaptive_slopes(a, s->u, s->p, by_u, by_q);
  eisi_drt_prior_whiten(&a->prior, by_u, by_q);
  eisi_tri_form(m, a->X, by_u, s->slope);
  for (size_t i = 0; i < s->n; i++) s->slope[i] -= s->w[i];
  return 0.5 * (cost - s->cost - square);
}

static double half_square(size_t n, const double *v) {
  double sum = 0;
  for (size_t i = 0; i < n; i++) sum += v[i] * v[i];
  return 0.5 * sum;
}

/* A path of a quarter of the period: the Gaussian part is a rotation and done exactly, the excess
   gives kicks before and after.  Accepted by Metropolis' rule; *now is the excess at w.  Returns
   whether. */
static bool quarter(chain *s, double *now) {
  const double before = *now;
  memcpy(s->old, s->w, s->n * sizeof *s->w);
  for (size_t i = 0; i < s->n; i++) s->r[i] = eisi_rng_normal(&s->rng);
  const double start = before + half_square(s->n, s->w) + half_square(s->n, s->r);
  const int steps = (int)ceil(M_PI / 2 / s->step);
  const double h = s->step * (0.8 + 0.4 * eisi_rng_uniform(&s->rng)), c = cos(h), d = sin(h);
  for (int k = 0; k < steps; k++) {
    for (size_t i = 0; i < s->n; i++) {
      const double r = s->r[i] - 0.5 * h * s->slope[i], w = s->w[i];
      s->w[i] = w * c + r * d;
      s->r[i] = r * c - w * d;
    }
    *now = excess(s);
    for (size_t i = 0; i < s->n; i++) s->r[i] -= 0.5 * h * s->slope[i];
  }
  const double end = *now + half_square(s->n, s->w) + half_square(s->n, s->r);
  if (log(1 - eisi_rng_uniform(&s->rng)) < start - end) return true;
  memcpy(s->w, s->old, s->n * sizeof *s->w);
  *now = excess(s);
  return false;
}

/* Shares of the peaks by the forms as they were filled last. */
static const double *present_shares(const eisi_drt_adaptive *a, const double *shares,
                                    double *work) {
  const eisi_drt_centre *c = &a->prior.centre;
  if (!a->prior.centred) return shares;
  for (size_t q = 0; q < c->n; q++)
    if (!c->end[q]) memcpy(work + a->peak_of[q] * a->m, c->share + q * a->m, a->m * sizeof *work);
  return work;
}

/* Steps as long as four of five paths are accepted with. */
static void warm_up(chain *s, double *now) {
  s->step = 0.3;
  *now = excess(s);
  for (int i = 0; i < BURN_IN; i++)
    s->step = fmax(0.005, fmin(0.8, s->step * (quarter(s, now) ? 1.05 : 0.82)));
}

eis_status eisi_drt_sample_adaptive(eisi_drt_adaptive *a, const eis_drt_options *opt,
                                    const double *shares, eis_drt_result *out, eis_error *err) {
  const size_t q = a->prior.centred ? a->prior.centre.q : 0, n = a->m + q, m = a->m;
  chain s = {.a = a, .n = n, .cost = eisi_drt_adaptive_cost(a, a->u, a->prior.centre.p)};
  store kept = {0};
  eis_status st = store_init(&kept, m, out->n_peaks, (size_t)opt->samples, err);
  double *work = eisi_new(5 * n + m * (2 + out->n_peaks), sizeof *work, err), now;
  if (!work) st = EIS_ERROR_MEMORY;
  if (st == EIS_OK) {
    s.w = work, s.r = s.w + n, s.slope = s.r + n, s.old = s.slope + n;
    s.p = s.old + n, s.u = s.p + n;
    double *gamma = s.u + m, *parts = gamma + m;
    eisi_rng_seed(&s.rng, opt->seed, 0);
    warm_up(&s, &now);
    for (int i = 0; i < opt->samples; i++) {
      quarter(&s, &now);
      for (size_t j = 0; j < m; j++) gamma[j] = exp(s.u[j]);
      keep(&kept, out, gamma, a->prior.centre.ltau, present_shares(a, shares, parts));
    }
    summarise(&kept, opt->level, out);
    eisi_drt_adaptive_cost(a, a->u, a->prior.centre.p); /* leaves gamma and shares of the mode */
  }
  free(work);
  free(kept.gamma);
  return st;
}

/* ---- coefficients with walls ---- */

typedef struct walls {
  size_t n;
  double *H, *X, *cov; /* n x n: precision, factor of the covariance, covariance */
  double *x, *mean, *speed, *white;
  const bool *bounded;
} walls;

/* The next wall on x = mean + (x - mean) cos t + speed sin t within `left`; n = none. */
static size_t next_wall(const walls *b, double left, double *time) {
  size_t which = b->n;
  *time = left;
  for (size_t i = 0; i < b->n; i++) {
    const double c = b->x[i] - b->mean[i], r = hypot(c, b->speed[i]);
    if (!b->bounded[i] || !(r > fabs(b->mean[i]))) continue;
    double t = atan2(b->speed[i], c) + acos(-b->mean[i] / r); /* where it goes down through zero */
    if (t > 2 * M_PI - 1e-9) t -= 2 * M_PI;
    if (t < -1e-9) t += 2 * M_PI;
    if (t >= *time) continue;
    *time = fmax(t, 0);
    which = i;
  }
  return which;
}

static void travel(const walls *b, double t) {
  const double c = cos(t), s = sin(t);
  for (size_t i = 0; i < b->n; i++) {
    const double d = b->x[i] - b->mean[i], v = b->speed[i];
    b->x[i] = b->mean[i] + d * c + v * s;
    b->speed[i] = v * c - d * s;
  }
}

/* A path of a quarter of the period, reflected at the walls. */
static bool path(const walls *b) {
  double left = M_PI / 2;
  for (int bounce = 0; bounce < MOST_BOUNCES; bounce++) {
    double t;
    const size_t i = next_wall(b, left, &t);
    travel(b, t);
    if (i == b->n) return true;
    left -= t;
    b->x[i] = 0;
    const double f = 2 * b->speed[i] / b->cov[i * b->n + i];
    for (size_t j = 0; j < b->n; j++) b->speed[j] -= f * b->cov[i * b->n + j];
    b->speed[i] = fabs(b->speed[i]);
  }
  return false;
}

/* Covariance sigma^2 (G + lambda M)^-1 of all coefficients, its factor, and the mean without walls.
 */
static bool prepare(const eisi_drt_posterior *p, const eisi_drt_tikhonov *t, double lambda,
                    walls *b) {
  const eisi_drt_system *y = t->y;
  const size_t n = y->cols;
  double *H = b->H, *X = b->X, *cov = b->cov;
  eisi_drt_normal_matrix(y, y->G, lambda, H);
  double *d = b->speed; /* as scratch */
  for (size_t i = 0; i < n; i++) d[i] = 1 / sqrt(H[i * n + i]);
  for (size_t j = 0; j < n; j++) {
    b->mean[j] = y->c[j] * d[j];
    for (size_t i = 0; i < n; i++) H[j * n + i] *= d[i] * d[j];
  }
  if (!eisi_chol_solve(n, H, b->mean, 1)) return false;
  eisi_tri_invert(n, H, X);
  for (size_t j = 0; j < n; j++) {
    b->mean[j] *= d[j];
    for (size_t k = j; k < n; k++) X[j * n + k] *= d[j] * p->sigma;
  }
  for (size_t j = 0; j < n; j++)
    for (size_t i = j; i < n; i++) {
      double sum = 0;
      for (size_t k = i; k < n; k++) sum += X[i * n + k] * X[j * n + k];
      cov[j * n + i] = cov[i * n + j] = sum;
    }
  return true;
}

static eis_status stuck(eis_error *err) {
  return eis_error_set(
      err, EIS_ERROR_NUMERIC,
      "gamma can't be sampled with so little regularisation: use more, or the fast "
      "band");
}

static eis_status run_walls(const eisi_drt_tikhonov *t, walls *b, const double *shares,
                            eis_drt_result *out, eis_error *err) {
  const eisi_drt_system *y = t->y;
  const eis_drt_options *opt = t->opt;
  eisi_rng rng;
  store kept;
  eis_status st = store_init(&kept, y->m, out->n_peaks, (size_t)opt->samples, err);
  double *gamma = eisi_new(y->m, sizeof *gamma, err);
  if (!gamma) st = EIS_ERROR_MEMORY;
  eisi_rng_seed(&rng, opt->seed, 0);
  for (int i = -BURN_IN; st == EIS_OK && i < opt->samples; i++) {
    for (size_t k = 0; k < b->n; k++) b->white[k] = eisi_rng_normal(&rng);
    eisi_tri_transposed_times(b->n, b->X, b->white, b->speed);
    if (!path(b)) st = stuck(err);
    if (st != EIS_OK || i < 0) continue;
    eisi_drt_grid_gamma(y->grid, b->x, gamma);
    keep(&kept, out, gamma, y->grid->ltau, shares);
  }
  if (st == EIS_OK) summarise(&kept, opt->level, out);
  free(gamma);
  free(kept.gamma);
  return st;
}

eis_status eisi_drt_sample_tikhonov(const eisi_drt_posterior *p, const eisi_drt_tikhonov *t,
                                    const double *shares, eis_drt_result *out, eis_error *err) {
  const size_t n = t->y->cols;
  walls b = {.n = n};
  double *work = eisi_new(3 * n * n + 4 * n, sizeof *work, err);
  bool *bounded = eisi_new(n, sizeof *bounded, err);
  eis_status st = work && bounded ? EIS_OK : EIS_ERROR_MEMORY;
  if (st == EIS_OK) {
    b.H = work, b.X = b.H + n * n, b.cov = b.X + n * n;
    b.x = b.cov + n * n, b.mean = b.x + n, b.speed = b.mean + n, b.white = b.speed + n;
    b.bounded = bounded;
    for (size_t i = 0; i < n; i++) bounded[i] = !t->opt->signed_gamma;
    memcpy(b.x, t->x, n * sizeof *b.x);
    if (prepare(p, t, out->lambda, &b))
      st = run_walls(t, &b, shares, out, err);
    else
      st = stuck(err);
  }
  free(work);
  free(bounded);
  return st;
}
