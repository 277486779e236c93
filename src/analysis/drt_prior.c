/* drt_prior.c - u''(l) = s(l) e(l) with e a stationary process: the strength s and the correlation
   length of e are local, 1/s^2 = w from the mean square of u'' nearby (posterior mean, so that its
   uncertainty counts), with a prior of a few degrees of freedom.  Where the grid ends, gamma falls
   like a ZARC does.  With a centre the same of u - centre, which is held at nought where the grid
   ends; the parameters of the centre have a weak prior and are eliminated.  See doc/drt.md. */
#include "analysis/drt_prior.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "numerics/kernel_rows.h"
#include "numerics/kernel_tri.h"

/* Tuned on the trials of bench/drt_accuracy.c; flat optima (doc/drt.md). */
static const double CORRELATION = 0.6; /* of u'', in ln tau, where the mean |u''| is one */
static const double CLOSEST = 0.08, FARTHEST = 0.35; /* limits of the correlation length */
static const double PRIOR_DOF = 1;                   /* of the local strength */
static const double REACH_DECADES = 0.2; /* half width of the neighbourhood it is learned from */
static const double PIN = 0.5;           /* of the deviation from the centre where the grid ends */
static const double END_SLOPE = 0.8, END_SLOPE_SD = 0.8; /* of ln gamma where the grid ends */

eis_status eisi_drt_prior_init(eisi_drt_prior *p, const eisi_drt_grid *g, eis_error *err) {
  const size_t m = g->m;
  const double h1 = 1 / g->step;
  *p = (eisi_drt_prior){.m = m, .n = m - 2, .h1 = h1, .h2 = h1 * h1};
  p->reach = (int)floor(REACH_DECADES * log(10) / g->step + 0.5);
  if (p->reach < 2) p->reach = 2;
  p->stencil = (eisi_stencil){.m = m, .n = p->n};
  if (!(p->stencil.at = eisi_new((EISI_STENCIL + 5) * m, sizeof(double), err)))
    return EIS_ERROR_MEMORY;
  p->weight = p->stencil.at + EISI_STENCIL * m;
  p->rho = p->weight + m;
  p->local = p->rho + m;
  p->dev = p->local + m;
  p->row = p->dev + m;
  return eisi_drt_centre_init(&p->centre, m, g->ltau, err);
}

void eisi_drt_prior_clear(eisi_drt_prior *p) {
  free(p->stencil.at);
  eisi_drt_centre_clear(&p->centre);
  *p = (eisi_drt_prior){0};
}

static double correlation(const eisi_drt_prior *p, double length) {
  return exp(-1 / (p->h1 * fmax(CLOSEST, fmin(FARTHEST, length))));
}

void eisi_drt_prior_reset(eisi_drt_prior *p) {
  p->centred = false;
  for (size_t i = 0; i < p->m; i++) {
    p->weight[i] = 1;
    p->rho[i] = correlation(p, CLOSEST * 2);
  }
}

/* ---- rows of S diag(sqrt w) D ---- */

static size_t rows_of(const eisi_drt_prior *p) { return p->centred ? p->m : p->n; }

/* out = B v. */
static void times(const eisi_drt_prior *p, const double *v, double *out) {
  eisi_stencil_times(&p->stencil, v, out);
  if (!p->centred) return;
  out[p->n] = PIN * v[0];
  out[p->n + 1] = PIN * v[p->m - 1];
}

/* out += f B'v. */
static void add_transposed(const eisi_drt_prior *p, double f, const double *v, double *out) {
  eisi_stencil_add_transposed(&p->stencil, f, v, out);
  if (!p->centred) return;
  out[0] += f * PIN * v[p->n];
  out[p->m - 1] += f * PIN * v[p->n + 1];
}

/* u less the centre as it was filled last. */
static const double *deviation(eisi_drt_prior *p, const double *u) {
  if (!p->centred) return u;
  for (size_t j = 0; j < p->m; j++) p->dev[j] = u[j] - p->centre.value[j];
  return p->dev;
}

/* ---- the parameters of the centre, eliminated ----
   Given u they are Gaussian with precision S = lambda W'W + prior, W = B J; C = chol(S)^-1 lambda
   W'B, T = S^-1 lambda W'B. */

static bool factor(size_t q, double *S) {
  for (size_t k = 0; k < q; k++) {
    for (size_t i = 0; i <= k; i++) {
      double s = S[k * q + i];
      for (size_t r = 0; r < i; r++) s -= S[k * q + r] * S[i * q + r];
      if (i < k) {
        S[k * q + i] = s / S[i * q + i];
      } else if (s > 0) {
        S[k * q + k] = sqrt(s);
      } else {
        return false;
      }
    }
  }
  return true;
}

static bool eliminate_centre(eisi_drt_prior *p, double lambda) {
  eisi_drt_centre *c = &p->centre;
  const size_t m = p->m, q = c->q;
  eisi_drt_centre_fill(c, c->p, true);
  for (size_t k = 0; k < q; k++) times(p, c->J + k * m, c->W + k * m);
  eisi_rows_gram(q, m, c->W, lambda, c->S);
  for (size_t k = 0; k < q; k++) c->S[k * q + k] += eisi_drt_centre_precision(k);
  if (!factor(q, c->S)) return false;
  memset(c->C, 0, q * m * sizeof *c->C);
  for (size_t k = 0; k < q; k++) add_transposed(p, lambda, c->W + k * m, c->C + k * m);
  eisi_rows_solve(q, c->S, m, c->C, false);
  memcpy(c->T, c->C, q * m * sizeof *c->T);
  eisi_rows_solve(q, c->S, m, c->T, true);
  return true;
}

bool eisi_drt_prior_fill(eisi_drt_prior *p, double lambda) {
  eisi_stencil_fill(&p->stencil, p->weight, p->rho, p->h2, p->row);
  return !p->centred || eliminate_centre(p, lambda);
}

/* ---- the prior in the posterior ---- */

/* The two ends as residuals: slope of u off what is expected, in standard deviations. */
static double end_residual(const eisi_drt_prior *p, const double *u, int end) {
  const size_t i = end ? p->m - 2 : 0;
  return ((u[i + 1] - u[i]) * p->h1 - (end ? -END_SLOPE : END_SLOPE)) / END_SLOPE_SD;
}

static double ends_off(const eisi_drt_prior *p, const double *u) {
  const double first = end_residual(p, u, 0), last = end_residual(p, u, 1);
  return first * first + last * last;
}

static void add_ends(const eisi_drt_prior *p, const double *u, double *H, double *grad) {
  const double d = p->h1 / END_SLOPE_SD;
  for (int end = 0; end < 2; end++) {
    const size_t i = end ? p->m - 2 : 0, m = p->m;
    const double r = end_residual(p, u, end);
    grad[i] += d * r;
    grad[i + 1] -= d * r;
    H[i * m + i] += d * d;
    H[i * m + i + 1] -= d * d;
    H[(i + 1) * m + i + 1] += d * d;
  }
}

double eisi_drt_prior_roughness(eisi_drt_prior *p, const double *u) {
  times(p, deviation(p, u), p->row);
  return eisi_dot(rows_of(p), p->row, p->row);
}

double eisi_drt_prior_cost(eisi_drt_prior *p, double lambda, const double *u, const double *q) {
  double sum;
  if (p->centred) {
    eisi_drt_centre_fill(&p->centre, q, false);
    sum = eisi_drt_centre_cost(&p->centre, q);
  } else {
    sum = ends_off(p, u);
  }
  return sum + lambda * eisi_drt_prior_roughness(p, u);
}

/* B'(r - W dp) instead of B'r, and what the elimination takes off the precision. */
static void best_centre(eisi_drt_prior *p, double lambda, double *H) {
  eisi_drt_centre *c = &p->centre;
  const size_t q = c->q, m = p->m;
  double *dp = c->v;
  eisi_rows_dot(q, m, c->W, p->row, dp);
  for (size_t k = 0; k < q; k++)
    dp[k] = lambda * dp[k] - eisi_drt_centre_precision(k) * (c->p[k] - c->prior[k]);
  eisi_rows_solve(q, c->S, 1, dp, false);
  eisi_rows_solve(q, c->S, 1, dp, true);
  eisi_rows_add(q, m, c->W, -1, dp, p->row);
  eisi_rank_downdate(m, q, c->C, H);
}

double eisi_drt_prior_add(eisi_drt_prior *p, double lambda, const double *u, double *H,
                          double *grad) {
  const size_t m = p->m;
  double now;
  eisi_stencil_add_square(&p->stencil, lambda, H);
  times(p, deviation(p, u), p->row);
  now = lambda * eisi_dot(rows_of(p), p->row, p->row);
  if (p->centred) {
    now += eisi_drt_centre_cost(&p->centre, p->centre.p);
    best_centre(p, lambda, H);
    H[0] += lambda * PIN * PIN;
    H[m * m - 1] += lambda * PIN * PIN;
  } else {
    now += ends_off(p, u);
    add_ends(p, u, H, grad);
  }
  add_transposed(p, -lambda, p->row, grad);
  return now;
}

const double *eisi_drt_prior_follow(eisi_drt_prior *p, const double *step) {
  eisi_drt_centre *c = &p->centre;
  for (size_t k = 0; p->centred && k < c->q; k++) c->v[k] += eisi_dot(p->m, c->T + k * p->m, step);
  return c->v;
}

void eisi_drt_prior_draw(const eisi_drt_prior *p, const double *du, const double *zeta, double *q) {
  const eisi_drt_centre *c = &p->centre;
  if (!p->centred) return;
  memcpy(q, zeta, c->q * sizeof *q);
  eisi_rows_solve(c->q, c->S, 1, q, true);
  for (size_t k = 0; k < c->q; k++) q[k] += c->p[k] + eisi_dot(p->m, c->T + k * p->m, du);
}

void eisi_drt_prior_slopes(eisi_drt_prior *p, double lambda, const double *u, const double *q,
                           double *by_u, double *by_q) {
  eisi_drt_centre *c = &p->centre;
  const size_t m = p->m;
  double *back = p->local; /* as scratch: B'B (u - centre) lambda */
  if (p->centred) eisi_drt_centre_fill(c, q, true);
  times(p, deviation(p, u), p->row);
  memset(back, 0, m * sizeof *back);
  add_transposed(p, lambda, p->row, back);
  for (size_t j = 0; j < m; j++) by_u[j] += back[j];
  for (size_t k = 0; p->centred && k < c->q; k++)
    by_q[k] +=
        eisi_drt_centre_precision(k) * (q[k] - c->prior[k]) - eisi_dot(m, c->J + k * m, back);
  for (int end = 0; !p->centred && end < 2; end++) {
    const size_t i = end ? m - 2 : 0;
    const double slope = end_residual(p, u, end) * p->h1 / END_SLOPE_SD;
    by_u[i] -= slope;
    by_u[i + 1] += slope;
  }
}

void eisi_drt_prior_whiten(const eisi_drt_prior *p, double *by_u, double *by_q) {
  const eisi_drt_centre *c = &p->centre;
  if (!p->centred) return;
  for (size_t k = 0; k < c->q; k++)
    for (size_t j = 0; j < p->m; j++) by_u[j] += by_q[k] * c->T[k * p->m + j];
  eisi_rows_solve(c->q, c->S, 1, by_q, false);
}

double eisi_drt_prior_give(eisi_drt_prior *p, double *a, double *b) {
  const eisi_drt_centre *c = &p->centre;
  for (size_t k = 0; k < c->q; k++)
    for (size_t j = 0; j < p->m; j++) a[j] += b[k] * c->T[k * p->m + j];
  eisi_rows_solve(c->q, c->S, 1, b, false);
  return eisi_dot(c->q, b, b);
}

/* ---- strengths ---- */

double eisi_drt_prior_trace(eisi_drt_prior *p, double lambda, const double *X, const double *band) {
  const size_t m = p->m;
  double sum = eisi_stencil_trace(&p->stencil, band);
  if (p->centred) sum += PIN * PIN * (band[0] + band[m - 1]);
  sum *= lambda;
  if (p->centred) sum -= eisi_rows_times_tri(p->centre.q, m, p->centre.C, X, p->centre.W);
  return sum;
}

double eisi_drt_prior_open(eisi_drt_prior *p) {
  eisi_drt_centre *c = &p->centre;
  double sum = 0;
  if (p->centred) eisi_rows_solve(c->q, c->S, p->m, c->W, true); /* X C' to X T' */
  for (size_t k = 0; p->centred && k < c->q; k++) {
    memset(c->v, 0, c->q * sizeof *c->v);
    c->v[k] = 1;
    eisi_rows_solve(c->q, c->S, 1, c->v, false);
    sum += eisi_drt_centre_precision(k) *
           (eisi_dot(c->q, c->v, c->v) + eisi_dot(p->m, c->W + k * p->m, c->W + k * p->m));
  }
  return sum;
}

static double second_difference(const double *u, size_t i) {
  return u[i] - 2 * u[i + 1] + u[i + 2];
}

/* Variances of the second differences of u, from a band of its covariance. */
static void variances(eisi_drt_prior *p, const double *b) {
  const size_t m = p->m;
  for (size_t i = 0; i < p->n; i++)
    p->local[i] =
        b[i] + 4 * b[i + 1] + b[i + 2] - 4 * b[m + i] - 4 * b[m + i + 1] + 2 * b[2 * m + i];
}

/* The same of u less the centre, whose parameters follow u: d(u - centre) = (1 - J'T) du - J'e, e
   of covariance S^-1; W is X T'.  C, which is used up, takes the second differences of J. */
static void centred_variances(eisi_drt_prior *p, const double *X, double *work) {
  eisi_drt_centre *c = &p->centre;
  const size_t m = p->m, q = c->q;
  for (size_t k = 0; k < q; k++)
    for (size_t i = 0; i < p->n; i++) c->C[k * m + i] = second_difference(c->J + k * m, i);
  for (size_t i = 0; i < p->n; i++)
    p->local[i] = eisi_rows_bend(q, m, X + i * m, c->W, c->C + i, work);
  eisi_rows_solve(q, c->S, m, c->C, false);
  for (size_t k = 0; k < q; k++)
    for (size_t i = 0; i < p->n; i++) p->local[i] += c->C[k * m + i] * c->C[k * m + i];
}

/* Expected (u'')^2 at every point, averaged over its neighbours with triangular weights; the
   strength is the posterior mean under a gamma prior of mean one and PRIOR_DOF degrees of freedom.
   The top of a ZARC of exponent n has u'' = -n^2/(1 - cos theta) on a width of theta/n, with
   theta = (1 - n) pi: hence the correlation length goes with |u''|^-1/2. */
void eisi_drt_prior_learn(eisi_drt_prior *p, double lambda, const double *u, const double *X,
                          const double *band, double *work) {
  const double h4 = p->h2 * p->h2;
  if (p->centred)
    centred_variances(p, X, work);
  else
    variances(p, band);
  const double *dev = deviation(p, u);
  for (size_t i = 0; i < p->n; i++) {
    const double d = second_difference(dev, i);
    p->local[i] = h4 * (d * d + fmax(p->local[i], 0));
  }
  for (size_t i = 0; i < p->n; i++) {
    double sum = 0, total = 0;
    for (int k = 1 - p->reach; k < p->reach; k++) {
      const long at = (long)i + k, last = (long)p->n - 1;
      const double f = p->reach - abs(k);
      sum += f * p->local[at < 0 ? 0 : at > last ? last : at];
      total += f;
    }
    p->weight[i] = (PRIOR_DOF + 1) / (PRIOR_DOF + lambda * sum / total);
    p->rho[i] = correlation(p, CORRELATION / sqrt(sqrt(sum / total)));
  }
}
