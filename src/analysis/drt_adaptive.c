/* drt_adaptive.c - the default: gamma = exp(u), and u'' is a smooth random function whose local
   strength is learned from the data.

   Why ln gamma: it can't be negative, and the flanks of every relaxation process (RC, ZARC,
   Havriliak-Negami, diffusion) are exponentials of ln tau, for which u'' = 0.  A penalty on u''
   hence leaves the flanks alone, and the tops and valleys, where u'' is large, get their own
   strength: u''(l) = s(l) e(l) with e a stationary process of correlation length CORRELATION, and
   1/s^2 = w from the mean square of u'' nearby (posterior mean, so that its uncertainty counts),
   with a prior of a few degrees of freedom.  Where the grid ends, gamma falls like a ZARC does. The
   common precision lambda and the variance of the noise come from the evidence (MacKay, Neural
   Comput. 4 (1992) 415).  See doc/drt.md. */
#include "analysis/drt_adaptive.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "numerics/kernel_tri.h"
#include "numerics/linalg.h"

/* Rounds with a given strength, with one common strength, before terms are dropped, all. */
enum { COARSE = 4, SETTLE = 7, TRUST = 11, MOST_ITERATIONS = 60, WIDTH = 5, BAND = 4 };

/* Tuned on the trials of bench/drt_accuracy.c; flat optima (doc/drt.md). */
static const double CORRELATION = 0.6; /* of u'', in ln tau, where the mean |u''| is one */
static const double CLOSEST = 0.08, FARTHEST = 0.35; /* limits of the correlation length */
static const double PRIOR_DOF = 1;                   /* of the local strength */
static const double REACH_DECADES = 0.2; /* half width of the neighbourhood it is learned from */
static const double END_SLOPE = 0.8, END_SLOPE_SD = 0.8; /* of ln gamma where the grid ends */
static const double LONGEST_STEP = 1.5;      /* of u in one iteration, where gamma is felt */
static const double FELT = 10, DEEPEST = 25; /* ln of the highest gamma over the least that is felt,
                                                that is represented */
static const double START_LAMBDA = 0.05;
static const double LEAST_NOISE = 1e-6; /* of the data: below, rounding and kernel errors rule */

eis_status eisi_drt_adaptive_init(eisi_drt_adaptive *a, const eisi_drt_grid *g, eis_error *err) {
  const size_t m = g->m;
  *a = (eisi_drt_adaptive){.m = m};
  if ((a->u = eisi_new(8 * m, sizeof(double), err)) &&
      (a->X = eisi_new(m * m, sizeof(double), err)) &&
      (a->G = eisi_new(m * m, sizeof(double), err)) &&
      (a->H = eisi_new(m * m, sizeof(double), err)) &&
      (a->stencil = eisi_new(WIDTH * m, sizeof(double), err)) &&
      (a->band = eisi_new((BAND + 1) * m, sizeof(double), err)) &&
      (a->weight = eisi_new(3 * m, sizeof(double), err))) {
    a->c = a->u + m;
    a->g = a->c + m;
    a->Gg = a->g + m;
    a->grad = a->Gg + m;
    a->step = a->grad + m;
    a->trial = a->step + m;
    a->local = a->weight + m;
    a->rho = a->local + m;
    return EIS_OK;
  }
  return EIS_ERROR_MEMORY;
}

void eisi_drt_adaptive_clear(eisi_drt_adaptive *a) {
  free(a->u);
  free(a->X);
  free(a->G);
  free(a->H);
  free(a->stencil);
  free(a->band);
  free(a->weight);
  *a = (eisi_drt_adaptive){0};
}

/* ---- the terms are eliminated: what is left is a problem in gamma alone ---- */

typedef struct terms {
  size_t n;
  int which[EISI_DRT_TERMS];
  size_t at[EISI_DRT_TERMS];
  double inverse[EISI_DRT_TERMS][EISI_DRT_TERMS]; /* of their part of the Gram matrix */
} terms;

/* Gauss-Jordan on the scaled matrix; false when two terms can't be told apart. */
static bool invert_terms(const eisi_drt_system *y, terms *e) {
  const size_t n = e->n;
  double A[EISI_DRT_TERMS][2 * EISI_DRT_TERMS] = {{0}}, d[EISI_DRT_TERMS];
  for (size_t i = 0; i < n; i++) {
    d[i] = 1 / sqrt(y->G[e->at[i] * y->cols + e->at[i]]);
    A[i][n + i] = 1;
  }
  for (size_t i = 0; i < n; i++)
    for (size_t j = 0; j < n; j++) A[i][j] = y->G[e->at[i] * y->cols + e->at[j]] * d[i] * d[j];
  for (size_t k = 0; k < n; k++) {
    const double pivot = A[k][k];
    if (!(pivot > 1e-12)) return false;
    for (size_t j = 0; j < 2 * n; j++) A[k][j] /= pivot;
    for (size_t i = 0; i < n; i++) {
      const double f = A[i][k];
      if (i == k) continue;
      for (size_t j = 0; j < 2 * n; j++) A[i][j] -= f * A[k][j];
    }
  }
  for (size_t i = 0; i < n; i++)
    for (size_t j = 0; j < n; j++) e->inverse[i][j] = A[i][n + j] * d[i] * d[j];
  return true;
}

static eis_status eliminate(eisi_drt_adaptive *a, const eisi_drt_system *y,
                            const bool keep[EISI_DRT_TERMS], terms *e, eis_error *err) {
  const size_t m = a->m, ld = y->cols;
  *e = (terms){0};
  for (int t = 0; t < EISI_DRT_TERMS; t++)
    if (y->at[t] && keep[t]) {
      e->which[e->n] = t;
      e->at[e->n++] = y->at[t];
    }
  if (!invert_terms(y, e))
    return eis_error_set(err, EIS_ERROR_NUMERIC,
                         "the series resistance, inductance and capacitance can't be told apart in "
                         "these data: fit fewer of them");
  for (size_t j = 0; j < m; j++) memcpy(a->G + j * m, y->G + j * ld, m * sizeof *a->G);
  memcpy(a->c, y->c, m * sizeof *a->c);
  a->bb = y->bb;
  for (size_t p = 0; p < e->n; p++)
    for (size_t q = 0; q < e->n; q++) {
      const double f = e->inverse[p][q];
      const double *gp = y->G + e->at[p] * ld, *gq = y->G + e->at[q] * ld;
      for (size_t j = 0; j < m; j++) {
        const double v = f * gq[j];
        a->c[j] -= v * y->c[e->at[p]];
        for (size_t i = 0; i < m; i++) a->G[j * m + i] -= v * gp[i];
      }
      a->bb -= f * y->c[e->at[p]] * y->c[e->at[q]];
    }
  return EIS_OK;
}

/* ---- the prior: rows of S diag(sqrt w) D ---- */

typedef struct prior {
  double h1, h2; /* 1/h and 1/h^2 */
  size_t n;      /* rows, m - 2 */
  int reach;     /* points of the neighbourhood to one side, plus one */
} prior;

static prior prior_of(const eisi_drt_grid *g) {
  const double h1 = 1 / g->step;
  prior p = {.h1 = h1, .h2 = h1 * h1, .n = g->m - 2};
  p.reach = (int)floor(REACH_DECADES * log(10) / g->step + 0.5);
  if (p.reach < 2) p.reach = 2;
  return p;
}

static double second_difference(const prior *p, const double *u, size_t i) {
  return (u[i] - 2 * u[i + 1] + u[i + 2]) * p->h2;
}

/* Row i whitens y_i - 2 rho y_(i-1) + rho^2 y_(i-2) of y = sqrt(w) u''; it touches u_(i-2) ..
   u_(i+2).  The first two rows start the process at its stationary variance. */
static void fill_stencils(eisi_drt_adaptive *a, const prior *p) {
  for (size_t i = 0; i < p->n; i++) {
    const double rho = a->rho[i], r2 = rho * rho, lag = 2 * rho / (1 + r2);
    /* stationary variance of the double-pole autoregression (1 - rho B)^2 y = e */
    const double scale = sqrt((1 + r2) / ((1 - r2) * (1 - r2) * (1 - r2)));
    const double start = 1 / sqrt(1 - lag * lag);
    const double f[3] = {i == 0   ? 1
                         : i == 1 ? start
                                  : scale,
                         i == 1 ? -lag * start : -2 * rho * scale, r2 * scale};
    double *row = a->stencil + i * WIDTH;
    memset(row, 0, WIDTH * sizeof *row);
    for (size_t k = 0; k < 3 && k <= i; k++) { /* y_(i-k) starts at u_(i-k) */
      const double v = f[k] * sqrt(a->weight[i - k]) * p->h2;
      row[2 - k] += v;
      row[3 - k] -= 2 * v;
      row[4 - k] += v;
    }
  }
}

/* The two ends as residuals: slope of u off what is expected, in standard deviations. */
static double end_residual(const eisi_drt_adaptive *a, const prior *p, const double *u, int end) {
  const size_t i = end ? a->m - 2 : 0;
  return ((u[i + 1] - u[i]) * p->h1 - (end ? -END_SLOPE : END_SLOPE)) / END_SLOPE_SD;
}

static double ends_off(const eisi_drt_adaptive *a, const prior *p, const double *u) {
  const double x = end_residual(a, p, u, 0), y = end_residual(a, p, u, 1);
  return x * x + y * y;
}

static void add_ends(eisi_drt_adaptive *a, const prior *p) {
  const double d = p->h1 / END_SLOPE_SD;
  for (int end = 0; end < 2; end++) {
    const size_t i = end ? a->m - 2 : 0;
    const double r = end_residual(a, p, a->u, end);
    a->grad[i] += d * r;
    a->grad[i + 1] -= d * r;
    a->H[i * a->m + i] += d * d;
    a->H[i * a->m + i + 1] -= d * d;
    a->H[(i + 1) * a->m + i + 1] += d * d;
  }
}

/* |S w^1/2 D u|^2. */
static double roughness(const eisi_drt_adaptive *a, const prior *p, const double *u) {
  double sum = 0;
  for (size_t i = 0; i < p->n; i++) {
    const double *row = a->stencil + i * WIDTH;
    double s = 0;
    for (size_t k = i < 2 ? 2 - i : 0; k < WIDTH; k++) s += row[k] * u[i + k - 2];
    sum += s * s;
  }
  return sum;
}

/* grad -= lambda B'B u and H += lambda B'B (lower triangle). */
static void add_prior(eisi_drt_adaptive *a, const prior *p) {
  for (size_t i = 0; i < p->n; i++) {
    const double *row = a->stencil + i * WIDTH;
    const size_t from = i < 2 ? 2 - i : 0;
    double s = 0;
    for (size_t k = from; k < WIDTH; k++) s += row[k] * a->u[i + k - 2];
    for (size_t k = from; k < WIDTH; k++) {
      const size_t j = i + k - 2;
      a->grad[j] -= a->lambda * row[k] * s;
      for (size_t q = k; q < WIDTH; q++) a->H[j * a->m + i + q - 2] += a->lambda * row[k] * row[q];
    }
  }
}

/* tr(H^-1 B'B) from the band of H^-1. */
static double prior_trace(const eisi_drt_adaptive *a, const prior *p) {
  double sum = 0;
  for (size_t i = 0; i < p->n; i++) {
    const double *row = a->stencil + i * WIDTH;
    for (size_t k = i < 2 ? 2 - i : 0; k < WIDTH; k++) {
      const size_t j = i + k - 2;
      sum += row[k] * row[k] * a->band[j];
      for (size_t q = k + 1; q < WIDTH; q++)
        sum += 2 * row[k] * row[q] * a->band[(q - k) * a->m + j];
    }
  }
  return sum;
}

static double correlation(const prior *p, double length) {
  return exp(-1 / (p->h1 * fmax(CLOSEST, fmin(FARTHEST, length))));
}

/* Expected (u'')^2 at every point, averaged over its neighbours with triangular weights; the
   strength is the posterior mean under a gamma prior of mean one and PRIOR_DOF degrees of freedom.
   The top of a ZARC of exponent n has u'' = -n^2/(1 - cos theta) on a width of theta/n, with
   theta = (1 - n) pi: hence the correlation length goes with |u''|^-1/2. */
static void learn_weights(eisi_drt_adaptive *a, const prior *p) {
  const double *b = a->band, h4 = p->h2 * p->h2;
  const size_t m = a->m;
  for (size_t i = 0; i < p->n; i++) {
    const double d = second_difference(p, a->u, i);
    const double v =
        b[i] + 4 * b[i + 1] + b[i + 2] - 4 * b[m + i] - 4 * b[m + i + 1] + 2 * b[2 * m + i];
    a->local[i] = d * d + h4 * fmax(v, 0);
  }
  for (size_t i = 0; i < p->n; i++) {
    double sum = 0, total = 0;
    for (int k = 1 - p->reach; k < p->reach; k++) {
      const long at = (long)i + k, last = (long)p->n - 1;
      const double f = p->reach - abs(k);
      sum += f * a->local[at < 0 ? 0 : at > last ? last : at];
      total += f;
    }
    a->weight[i] = (PRIOR_DOF + 1) / (PRIOR_DOF + a->lambda * sum / total);
    a->rho[i] = correlation(p, CORRELATION / sqrt(sqrt(sum / total)));
  }
}

/* ---- Gauss-Newton ---- */

/* |A gamma - b|^2 for gamma = exp(u); leaves gamma and G gamma behind. */
static double misfit(eisi_drt_adaptive *a, const double *u) {
  double sum = a->bb;
  for (size_t j = 0; j < a->m; j++) a->g[j] = exp(u[j]);
  eisi_symmetric_times(a->m, a->G, a->g, a->Gg);
  for (size_t j = 0; j < a->m; j++) sum += a->g[j] * (a->Gg[j] - 2 * a->c[j]);
  return sum;
}

/* Posterior precision at u into H (factored) and the Newton step; with `spread` the inverse of the
   factor into X and the band of the inverse precision, too.  gamma and G gamma belong to u. */
static bool newton(eisi_drt_adaptive *a, const prior *p, bool spread) {
  const size_t m = a->m;
  double trace = 0;
  eisi_scale_both(m, a->G, a->g, 1 / a->noise2, a->H);
  for (size_t j = 0; j < m; j++) a->grad[j] = a->g[j] * (a->c[j] - a->Gg[j]) / a->noise2;
  add_prior(a, p);
  add_ends(a, p);
  for (size_t j = 0; j < m; j++) trace += a->H[j * m + j];
  for (size_t j = 0; j < m; j++) a->H[j * m + j] += 1e-12 * trace / (double)m;
  memcpy(a->step, a->grad, m * sizeof *a->step);
  if (!eisi_chol_solve(m, a->H, a->step, 1)) return false;
  if (!spread) return true;
  eisi_tri_invert(m, a->H, a->X);
  eisi_tri_band(m, a->X, BAND, a->band);
  return true;
}

/* Minus twice the logarithm of the posterior, but for a constant. */
static double cost(const eisi_drt_adaptive *a, const prior *p, const double *u, double rss) {
  return rss / a->noise2 + a->lambda * roughness(a, p, u) + ends_off(a, p, u);
}

/* Along the step, shortened until the posterior is no worse.  Returns the longest change of u where
   gamma is felt; *rss is the misfit there. */
static double move(eisi_drt_adaptive *a, const prior *p, double *rss) {
  const double before = cost(a, p, a->u, *rss);
  double longest = 0, f = 1, top = -HUGE_VAL, felt = 0;
  for (size_t j = 0; j < a->m; j++) top = fmax(top, a->u[j]);
  for (size_t j = 0; j < a->m; j++)
    if (a->u[j] + fmax(a->step[j], 0) > top - FELT) longest = fmax(longest, fabs(a->step[j]));
  if (longest > LONGEST_STEP) f = LONGEST_STEP / longest;
  for (int attempt = 0; attempt < 6; attempt++, f /= 2) {
    for (size_t j = 0; j < a->m; j++) a->trial[j] = fmax(a->u[j] + f * a->step[j], top - DEEPEST);
    *rss = misfit(a, a->trial);
    if (cost(a, p, a->trial, *rss) <= before * (1 + 1e-12)) break;
  }
  for (size_t j = 0; j < a->m; j++)
    if (a->u[j] > top - FELT) felt = fmax(felt, fabs(a->trial[j] - a->u[j]));
  memcpy(a->u, a->trial, a->m * sizeof *a->u);
  return felt;
}

static double limited(double old, double wanted, double most) {
  return old * exp(fmax(-most, fmin(most, log(wanted / old))));
}

/* lambda = effective curvatures / roughness, noise = misfit / spare data. */
static double update_strengths(eisi_drt_adaptive *a, const prior *p, double rows, double rss,
                               bool all) {
  const double least = LEAST_NOISE * LEAST_NOISE * a->bb / rows;
  const double old_lambda = a->lambda, old_noise = a->noise2;
  if (!all) {
    a->noise2 = fmax(fmax(fmax(rss, 0) / rows, 0.1 * old_noise), least);
    return HUGE_VAL;
  }
  const double effective = (double)a->m - a->lambda * prior_trace(a, p);
  const double noise = fmax(rss, 0) / fmax(rows - effective, 1);
  a->dof = effective;
  const double wanted = fmax(effective - 2, 0.5) / fmax(roughness(a, p, a->u), 1e-9);
  a->lambda = limited(old_lambda, wanted, 2);
  a->noise2 = limited(old_noise, fmax(noise, least), 3);
  return fmax(fabs(log(a->lambda / old_lambda)), fabs(log(a->noise2 / old_noise)));
}

static eis_status singular(eis_error *err) {
  return eis_error_set(
      err, EIS_ERROR_NUMERIC,
      "the distribution of relaxation times can't be determined: the equations are "
      "singular; check the spectrum with the Kramers-Kronig test");
}

/* Until neither u nor the strengths move any more, or for `most` rounds. */
static eis_status iterate(eisi_drt_adaptive *a, const prior *p, double rows, int most,
                          eis_error *err) {
  double rss = misfit(a, a->u);
  for (int round = 0; round < most; round++) {
    const bool early = a->iterations < COARSE;
    fill_stencils(a, p);
    if (!newton(a, p, !early)) return singular(err);
    const double moved = move(a, p, &rss);
    const double changed = update_strengths(a, p, rows, rss, !early);
    if (++a->iterations > SETTLE) learn_weights(a, p);
    if (a->iterations > SETTLE + 3 && moved < 0.05 && changed < 0.1) break;
  }
  return EIS_OK;
}

/* Terms at gamma, and their standard deviations from both their own and gamma's uncertainty. */
static void back_substitute(eisi_drt_adaptive *a, const eisi_drt_system *y, const terms *e) {
  const size_t m = a->m;
  double r[EISI_DRT_TERMS];
  for (int t = 0; t < EISI_DRT_TERMS; t++) {
    a->term[t] = y->held[t];
    a->term_sd[t] = NAN;
  }
  for (size_t p = 0; p < e->n; p++) {
    const double *column = y->G + e->at[p] * y->cols;
    r[p] = y->c[e->at[p]];
    for (size_t j = 0; j < m; j++) r[p] -= column[j] * a->g[j];
  }
  for (size_t p = 0; p < e->n; p++) {
    double value = 0;
    memset(a->trial, 0, m * sizeof *a->trial);
    for (size_t q = 0; q < e->n; q++) {
      const double *column = y->G + e->at[q] * y->cols;
      value += e->inverse[p][q] * r[q];
      for (size_t j = 0; j < m; j++) a->trial[j] -= e->inverse[p][q] * column[j] * a->g[j];
    }
    a->term[e->which[p]] = value;
    a->term_sd[e->which[p]] =
        sqrt(a->noise2 * e->inverse[p][p] + eisi_tri_form(m, a->X, a->trial, a->step));
  }
}

/* Leaves out the terms that the data do not ask for; true when there was one. */
static bool drop_terms(const eisi_drt_adaptive *a, const bool may_drop[EISI_DRT_TERMS],
                       bool keep[EISI_DRT_TERMS]) {
  bool dropped = false;
  for (int t = 0; t < EISI_DRT_TERMS; t++) {
    if (!keep[t] || !may_drop[t] || isnan(a->term_sd[t])) continue;
    if (a->term[t] > 2 * a->term_sd[t]) continue;
    if (t == EISI_DRT_R && a->term[t] >= 0) continue; /* a small resistance is no harm */
    keep[t] = false;
    dropped = true;
  }
  return dropped;
}

/* A flat start at the polarisation resistance that the data suggest. */
static void start(eisi_drt_adaptive *a, const eisi_drt_system *y, const prior *p) {
  double low = HUGE_VAL, high = -HUGE_VAL, im = 0;
  const size_t n = y->grid->n;
  for (size_t k = 0; k < n; k++) {
    const double w = y->weight[k], v = w > 0 ? y->b[k] / w : 0, x = y->weight[n + k];
    if (!(w > 0)) continue;
    low = fmin(low, v);
    high = fmax(high, v);
    if (x > 0) im = fmax(im, fabs(y->b[n + k] / x));
  }
  const double R = fmax(fmax(high - low, 1e-3 * im), 1e-300);
  for (size_t j = 0; j < a->m; j++) {
    a->u[j] = log(R / ((double)a->m * y->grid->step));
    a->weight[j] = 1;
    a->rho[j] = correlation(p, CLOSEST * 2);
  }
  a->lambda = START_LAMBDA;
  a->noise2 = 0.01 * a->bb / (double)y->rows;
  a->iterations = 0;
}

/* Newton steps at fixed strengths, so that the result is a stationary point; spread and gradient
   there. */
static bool polish(eisi_drt_adaptive *a, const prior *p) {
  double rss = misfit(a, a->u), most = 0, size = 0;
  fill_stencils(a, p);
  for (int round = 0; round < 8; round++) {
    if (!newton(a, p, false)) return false;
    a->iterations++;
    if (move(a, p, &rss) < 1e-6) break; /* the next step would be less than rounding */
  }
  if (!newton(a, p, true)) return false;
  for (size_t j = 0; j < a->m; j++) {
    most = fmax(most, fabs(a->grad[j]));
    size = fmax(size, a->g[j] * fabs(a->c[j]) / a->noise2);
  }
  a->gradient = size > 0 ? most / size : 0;
  return true;
}

eis_status eisi_drt_adaptive_run(eisi_drt_adaptive *a, const eisi_drt_system *y,
                                 const bool may_drop[EISI_DRT_TERMS], eis_error *err) {
  const prior p = prior_of(y->grid);
  bool keep[EISI_DRT_TERMS] = {true, true, true}, last = false;
  terms e;
  eis_status st = eliminate(a, y, keep, &e, err);
  if (st == EIS_OK) start(a, y, &p);
  while (st == EIS_OK && !last) {
    /* a first look at the terms long before the end, to be confirmed at the end */
    const int most = a->iterations < TRUST ? TRUST : MOST_ITERATIONS;
    st = iterate(a, &p, (double)y->rows - (double)e.n, most, err);
    if (st != EIS_OK) return st;
    back_substitute(a, y, &e);
    last = most > TRUST;
    if (!drop_terms(a, may_drop, keep)) continue;
    last = false;
    st = eliminate(a, y, keep, &e, err);
  }
  if (st != EIS_OK) return st;
  if (!polish(a, &p)) return singular(err);
  memcpy(a->keep, keep, sizeof keep);
  a->dof += (double)e.n;
  back_substitute(a, y, &e);
  return EIS_OK;
}

eis_status eisi_drt_adaptive_again(eisi_drt_adaptive *a, const eisi_drt_system *y, double factor,
                                   eis_error *err) {
  const prior p = prior_of(y->grid);
  const double lambda = a->lambda;
  terms e;
  eis_status st = eliminate(a, y, a->keep, &e, err);
  if (st != EIS_OK) return st;
  a->lambda = lambda * factor;
  if (polish(a, &p))
    back_substitute(a, y, &e);
  else
    st = singular(err);
  a->lambda = lambda;
  return st;
}

double eisi_drt_adaptive_sd(const eisi_drt_adaptive *a, const double *form) {
  return sqrt(eisi_tri_form(a->m, a->X, form, a->step));
}
