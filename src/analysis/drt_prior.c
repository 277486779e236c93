/* drt_prior.c - u''(l) = s(l) e(l) with e a stationary process: the strength s and the correlation
   length of e are local, 1/s^2 = w from the mean square of u'' nearby (posterior mean, so that its
   uncertainty counts), with a prior of a few degrees of freedom.  Where the grid ends, gamma falls
   like a ZARC does.  With a centre the same of u - centre, which is held at nought where the grid
   ends; the parameters of the centre have a weak prior and are eliminated.  See doc/drt.md. */
#include "analysis/drt_prior.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "numerics/kernel_tri.h"

enum { WIDTH = 5 };

/* Tuned on the trials of bench/drt_accuracy.c; flat optima (doc/drt.md). */
static const double CORRELATION = 0.6; /* of u'', in ln tau, where the mean |u''| is one */
static const double CLOSEST = 0.08, FARTHEST = 0.35; /* limits of the correlation length */
static const double PRIOR_DOF = 1;                   /* of the local strength */
static const double REACH_DECADES = 0.2; /* half width of the neighbourhood it is learned from */
static const double PIN = 0.5; /* of the deviation from the centre where the grid ends */
static const double END_SLOPE = 0.8, END_SLOPE_SD = 0.8; /* of ln gamma where the grid ends */

eis_status eisi_drt_prior_init(eisi_drt_prior *p, const eisi_drt_grid *g, eis_error *err) {
  const size_t m = g->m;
  const double h1 = 1 / g->step;
  *p = (eisi_drt_prior){.m = m, .n = m - 2, .h1 = h1, .h2 = h1 * h1};
  p->reach = (int)floor(REACH_DECADES * log(10) / g->step + 0.5);
  if (p->reach < 2) p->reach = 2;
  if (!(p->stencil = eisi_new((WIDTH + 5) * m, sizeof(double), err))) return EIS_ERROR_MEMORY;
  p->weight = p->stencil + WIDTH * m;
  p->rho = p->weight + m;
  p->local = p->rho + m;
  p->dev = p->local + m;
  p->row = p->dev + m;
  return eisi_drt_centre_init(&p->centre, m, g->ltau, err);
}

void eisi_drt_prior_clear(eisi_drt_prior *p) {
  free(p->stencil);
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

/* Row i whitens y_i - 2 rho y_(i-1) + rho^2 y_(i-2) of y = sqrt(w) u''; it touches u_(i-2) ..
   u_(i+2).  The first two rows start the process at its stationary variance. */
static void fill_stencils(eisi_drt_prior *p) {
  for (size_t i = 0; i < p->n; i++) {
    const double rho = p->rho[i], r2 = rho * rho, lag = 2 * rho / (1 + r2);
    /* stationary variance of the double-pole autoregression (1 - rho B)^2 y = e */
    const double scale = sqrt((1 + r2) / ((1 - r2) * (1 - r2) * (1 - r2)));
    const double start = 1 / sqrt(1 - lag * lag);
    const double f[3] = {i == 0   ? 1
                         : i == 1 ? start
                                  : scale,
                         i == 1 ? -lag * start : -2 * rho * scale, r2 * scale};
    double *row = p->stencil + i * WIDTH;
    memset(row, 0, WIDTH * sizeof *row);
    for (size_t k = 0; k < 3 && k <= i; k++) { /* y_(i-k) starts at u_(i-k) */
      const double v = f[k] * sqrt(p->weight[i - k]) * p->h2;
      row[2 - k] += v;
      row[3 - k] -= 2 * v;
      row[4 - k] += v;
    }
  }
}

static size_t rows_of(const eisi_drt_prior *p) { return p->centred ? p->m : p->n; }

/* out = B v. */
static void times(const eisi_drt_prior *p, const double *v, double *out) {
  if (p->centred) {
    out[p->n] = PIN * v[0];
    out[p->n + 1] = PIN * v[p->m - 1];
  }
  for (size_t i = 0; i < p->n; i++) {
    const double *row = p->stencil + i * WIDTH;
    double s = 0;
    for (size_t k = i < 2 ? 2 - i : 0; k < WIDTH; k++) s += row[k] * v[i + k - 2];
    out[i] = s;
  }
}

/* out += f B'v. */
static void add_transposed(const eisi_drt_prior *p, double f, const double *v, double *out) {
  if (p->centred) {
    out[0] += f * PIN * v[p->n];
    out[p->m - 1] += f * PIN * v[p->n + 1];
  }
  for (size_t i = 0; i < p->n; i++) {
    const double *row = p->stencil + i * WIDTH, s = f * v[i];
    for (size_t k = i < 2 ? 2 - i : 0; k < WIDTH; k++) out[i + k - 2] += row[k] * s;
  }
}

static double dot(size_t n, const double *a, const double *b) {
  double s = 0;
  for (size_t i = 0; i < n; i++) s += a[i] * b[i];
  return s;
}

/* u less the centre as it was filled last. */
static const double *deviation(eisi_drt_prior *p, const double *u) {
  if (!p->centred) return u;
  for (size_t j = 0; j < p->m; j++) p->dev[j] = u[j] - p->centre.value[j];
  return p->dev;
}

/* ---- the parameters of the centre, eliminated ----
   Given u they are Gaussian with precision S = lambda W'W + prior, W = B J; C = chol(S)^-1 lambda W'B,
   T = S^-1 lambda W'B. */

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

/* Rows of a q x n matrix: out = L^-1 in or L^-T in, in place. */
static void solve_rows(size_t q, const double *L, size_t n, double *out, bool transposed) {
  for (size_t step = 0; step < q; step++) {
    const size_t k = transposed ? q - 1 - step : step;
    double *row = out + k * n;
    const double d = 1 / L[k * q + k];
    for (size_t i = transposed ? k + 1 : 0; i < (transposed ? q : k); i++) {
      const double f = transposed ? L[i * q + k] : L[k * q + i], *other = out + i * n;
      for (size_t j = 0; j < n; j++) row[j] -= f * other[j];
    }
    for (size_t j = 0; j < n; j++) row[j] *= d;
  }
}

static bool eliminate_centre(eisi_drt_prior *p, double lambda) {
  eisi_drt_centre *c = &p->centre;
  const size_t m = p->m, q = c->q;
  eisi_drt_centre_fill(c, c->p, true);
  for (size_t k = 0; k < q; k++) times(p, c->J + k * m, c->W + k * m);
  for (size_t k = 0; k < q; k++)
    for (size_t i = 0; i <= k; i++)
      c->S[k * q + i] = lambda * dot(p->m, c->W + k * m, c->W + i * m) +
                        (i == k ? eisi_drt_centre_precision(k) : 0);
  if (!factor(q, c->S)) return false;
  memset(c->C, 0, q * m * sizeof *c->C);
  for (size_t k = 0; k < q; k++) add_transposed(p, lambda, c->W + k * m, c->C + k * m);
  solve_rows(q, c->S, m, c->C, false);
  memcpy(c->T, c->C, q * m * sizeof *c->T);
  solve_rows(q, c->S, m, c->T, true);
  return true;
}

bool eisi_drt_prior_fill(eisi_drt_prior *p, double lambda) {
  fill_stencils(p);
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
  return dot(rows_of(p), p->row, p->row);
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
  for (size_t k = 0; k < q; k++)
    dp[k] = lambda * dot(p->m, c->W + k * m, p->row) -
            eisi_drt_centre_precision(k) * (c->p[k] - c->prior[k]);
  solve_rows(q, c->S, 1, dp, false);
  solve_rows(q, c->S, 1, dp, true);
  for (size_t k = 0; k < q; k++)
    for (size_t i = 0; i < m; i++) p->row[i] -= dp[k] * c->W[k * m + i];
  eisi_rank_downdate(m, q, c->C, H);
}

double eisi_drt_prior_add(eisi_drt_prior *p, double lambda, const double *u, double *H,
                          double *grad) {
  const size_t m = p->m;
  double now;
  for (size_t i = 0; i < p->n; i++) {
    const double *row = p->stencil + i * WIDTH;
    for (size_t k = i < 2 ? 2 - i : 0; k < WIDTH; k++)
      for (size_t q = k; q < WIDTH; q++)
        H[(i + k - 2) * m + i + q - 2] += lambda * row[k] * row[q];
  }
  times(p, deviation(p, u), p->row);
  now = lambda * dot(rows_of(p), p->row, p->row);
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
  for (size_t k = 0; p->centred && k < c->q; k++) c->v[k] += dot(p->m, c->T + k * p->m, step);
  return c->v;
}

void eisi_drt_prior_draw(const eisi_drt_prior *p, const double *du, const double *zeta, double *q) {
  const eisi_drt_centre *c = &p->centre;
  if (!p->centred) return;
  memcpy(q, zeta, c->q * sizeof *q);
  solve_rows(c->q, c->S, 1, q, true);
  for (size_t k = 0; k < c->q; k++) q[k] += c->p[k] + dot(p->m, c->T + k * p->m, du);
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
    by_q[k] += eisi_drt_centre_precision(k) * (q[k] - c->prior[k]) - dot(m, c->J + k * m, back);
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
  solve_rows(c->q, c->S, 1, by_q, false);
}

double eisi_drt_prior_give(eisi_drt_prior *p, double *a, double *b) {
  const eisi_drt_centre *c = &p->centre;
  for (size_t k = 0; k < c->q; k++)
    for (size_t j = 0; j < p->m; j++) a[j] += b[k] * c->T[k * p->m + j];
  solve_rows(c->q, c->S, 1, b, false);
  return dot(c->q, b, b);
}

/* ---- strengths ---- */

double eisi_drt_prior_trace(eisi_drt_prior *p, double lambda, const double *X, const double *band) {
  const size_t m = p->m;
  double sum = 0;
  for (size_t i = 0; i < p->n; i++) {
    const double *row = p->stencil + i * WIDTH;
    for (size_t k = i < 2 ? 2 - i : 0; k < WIDTH; k++) {
      const size_t j = i + k - 2;
      sum += row[k] * row[k] * band[j];
      for (size_t q = k + 1; q < WIDTH; q++) sum += 2 * row[k] * row[q] * band[(q - k) * m + j];
    }
  }
  if (p->centred) sum += PIN * PIN * (band[0] + band[m - 1]);
  sum *= lambda;
  for (size_t k = 0; p->centred && k < p->centre.q; k++)
    sum -= eisi_tri_form(m, X, p->centre.C + k * m, p->centre.W + k * m);
  return sum;
}

double eisi_drt_prior_open(eisi_drt_prior *p) {
  eisi_drt_centre *c = &p->centre;
  double sum = 0;
  if (p->centred) solve_rows(c->q, c->S, p->m, c->W, true); /* X C' to X T' */
  for (size_t k = 0; p->centred && k < c->q; k++) {
    memset(c->v, 0, c->q * sizeof *c->v);
    c->v[k] = 1;
    solve_rows(c->q, c->S, 1, c->v, false);
    sum += eisi_drt_centre_precision(k) *
           (dot(c->q, c->v, c->v) + dot(p->m, c->W + k * p->m, c->W + k * p->m));
  }
  return sum;
}

static double second_difference(const double *u, size_t i) { return u[i] - 2 * u[i + 1] + u[i + 2]; }

/* Variances of the second differences of u, from a band of its covariance. */
static void variances(eisi_drt_prior *p, const double *b) {
  const size_t m = p->m;
  for (size_t i = 0; i < p->n; i++)
    p->local[i] =
        b[i] + 4 * b[i + 1] + b[i + 2] - 4 * b[m + i] - 4 * b[m + i + 1] + 2 * b[2 * m + i];
}

/* The same of u less the centre, whose parameters follow u: d(u - centre) = (1 - J'T) du - J'e, e of
   covariance S^-1; W is X T'. */
static void centred_variances(eisi_drt_prior *p, const double *X, double *column) {
  eisi_drt_centre *c = &p->centre;
  const size_t m = p->m, q = c->q;
  double *DJ = c->v, *e = c->v + q;
  for (size_t i = 0; i < p->n; i++) {
    for (size_t k = 0; k < q; k++) DJ[k] = e[k] = second_difference(c->J + k * m, i);
    for (size_t j = 0; j < m; j++)
      column[j] = X[i * m + j] - 2 * X[(i + 1) * m + j] + X[(i + 2) * m + j];
    for (size_t k = 0; k < q; k++)
      for (size_t j = 0; j < m; j++) column[j] -= DJ[k] * c->W[k * m + j];
    solve_rows(q, c->S, 1, e, false);
    p->local[i] = dot(m, column, column) + dot(q, e, e);
  }
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
