/* mixed.c - restricted maximum likelihood for two variances: of cells (tau2) and of the spectra of
   a cell (sigma2), by Fisher scoring.  All work is per cell: V_c = D + tau2 1 1', D diagonal, so
   that V_c^-1 = W - tau2/(1 + tau2 s) w w' with w = 1/D, s = sum w.  What is needed of a cell are
   sums over its spectra; they grow with the elements of X that are not zero.

   tau2 may come out below zero: cells then differ less than their spectra scatter.  Cut off at
   zero, the error of a group effect would be too large whenever that happens by chance; left free,
   balanced data give exactly the t test of the cell means.  With cells of unequal weight s it stays
   above -1/(2 s_max - s_min), where the weights s/(1 + tau2 s) of the cells differ by no more than
   twice what s itself does: beyond, one cell would come to decide alone.

   Small samples: M. G. Kenward, J. H. Roger, Biometrics 53 (1997) 983; degrees of freedom:
   F. E. Satterthwaite, Biometrics Bull. 2 (1946) 110. */
#include "campaign/mixed.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "numerics/linalg.h"

enum { TAU, SIGMA, N_THETA, POWERS = 3 };

/* Weighted sums over the spectra of one cell; w^k, k = 1 .. POWERS at index k - 1.  Columns are
   split in their mean in the cell, weighted by w, and what is left: X = 1 m' + E, w'E = 0. */
typedef struct sums {
  double S[POWERS];  /* sum w^k */
  double *m;         /* p */
  double *g[POWERS]; /* E'w^k */
  double *G[POWERS]; /* E'W^k E, p x p */
  double a, kappa;   /* tau2/(1 + tau2 s), 1/(1 + tau2 s) */
} sums;

/* The elements of X that are not zero, row by row: levels of a covariate have one each, so that
   the work is in proportion to the spectra and not to the square of the levels. */
typedef struct sparse {
  size_t *start; /* n + 1 */
  size_t *column;
  double *value;
  bool *flat; /* per cell and column: the same for all spectra of the cell */
} sparse;

/* Everything at one (tau2, sigma2). */
typedef struct state {
  const eisi_mixed_data *d;
  sparse X;
  double theta[N_THETA];
  double *room;
  double *A, *Ai;     /* X'V^-1X and its inverse */
  double *b;          /* p */
  double *B[N_THETA]; /* X'V^-1 G_k V^-1 X */
  double *C[3];       /* X'V^-1 G_k V^-1 G_l V^-1 X: tau tau, tau sigma, sigma sigma */
  double *q, *w, *r;  /* 2 p; of one cell */
  sums cell;
  double score[N_THETA], info[N_THETA][N_THETA];
  double reml;
} state;

static size_t longest(const eisi_mixed_data *d) {
  size_t most = 0;
  for (size_t c = 0; c < d->n_cells; c++)
    if (d->first[c + 1] - d->first[c] > most) most = d->first[c + 1] - d->first[c];
  return most;
}

/* ---- the matrix ---- */

static bool is_flat(const eisi_mixed_data *d, size_t c, const double *column) {
  for (size_t i = d->first[c] + 1; i < d->first[c + 1]; i++)
    if (column[i] < column[i - 1] || column[i] > column[i - 1]) return false;
  return true;
}

static eis_status sparse_init(sparse *X, const eisi_mixed_data *d, eis_error *err) {
  size_t filled = 0, k = 0;
  for (size_t i = 0; i < d->n * d->p; i++) filled += fabs(d->X[i]) > 0;
  X->start = eisi_new(d->n + 1, sizeof *X->start, err);
  X->column = eisi_new(filled + 1, sizeof *X->column, err);
  X->value = eisi_new(filled + 1, sizeof *X->value, err);
  X->flat = eisi_new(d->n_cells * d->p + 1, sizeof *X->flat, err);
  if (!X->start || !X->column || !X->value || !X->flat) return EIS_ERROR_MEMORY;
  for (size_t i = 0; i < d->n; i++) {
    for (size_t j = 0; j < d->p; j++) {
      const double v = d->X[j * d->n + i];
      if (!(fabs(v) > 0)) continue;
      X->column[k] = j;
      X->value[k++] = v;
    }
    X->start[i + 1] = k;
  }
  for (size_t c = 0; c < d->n_cells; c++)
    for (size_t j = 0; j < d->p; j++) X->flat[c * d->p + j] = is_flat(d, c, d->X + j * d->n);
  return EIS_OK;
}

static eis_status state_init(state *s, const eisi_mixed_data *d, eis_error *err) {
  const size_t p = d->p, m = longest(d);
  *s = (state){.d = d};
  const eis_status st = sparse_init(&s->X, d, err);
  if (st) return st;
  s->room = eisi_new(10 * p * p + 7 * p + 2 * m, sizeof(double), err);
  if (!s->room) return EIS_ERROR_MEMORY;
  double *at = s->room;
  double **square[] = {&s->A,    &s->Ai,   &s->B[0],      &s->B[1],      &s->C[0],
                       &s->C[1], &s->C[2], &s->cell.G[0], &s->cell.G[1], &s->cell.G[2]};
  for (size_t i = 0; i < sizeof square / sizeof *square; i++, at += p * p) *square[i] = at;
  double **line[] = {&s->b, &s->cell.m, &s->cell.g[0], &s->cell.g[1], &s->cell.g[2]};
  for (size_t i = 0; i < sizeof line / sizeof *line; i++, at += p) *line[i] = at;
  s->q = at;
  s->w = at + 2 * p;
  s->r = s->w + m;
  return EIS_OK;
}

static void state_clear(state *s) {
  free(s->room);
  free(s->X.start);
  free(s->X.column);
  free(s->X.value);
  free(s->X.flat);
}

/* ---- sums of one cell ---- */

/* Weights of one cell and their sums; false when V is not positive definite. */
static bool cell_weights(state *s, size_t c) {
  const size_t from = s->d->first[c], n = s->d->first[c + 1] - from;
  memset(s->cell.S, 0, sizeof s->cell.S);
  for (size_t i = 0; i < n; i++) {
    const double v = s->d->known[from + i] + s->theta[SIGMA];
    if (!(v > 0)) return false;
    const double w = s->w[i] = 1 / v;
    s->cell.S[0] += w;
    s->cell.S[1] += w * w;
    s->cell.S[2] += w * w * w;
  }
  const double one = 1 + s->theta[TAU] * s->cell.S[0];
  s->cell.kappa = 1 / one;
  s->cell.a = s->theta[TAU] / one;
  return one > 1e-9;
}

/* Sums of x w^k and x x' w^k for the first `powers` powers. */
static void plain_sums(state *s, size_t c, int powers) {
  const sparse *X = &s->X;
  const size_t p = s->d->p, from = s->d->first[c];
  for (int k = 0; k < powers; k++) {
    memset(s->cell.g[k], 0, p * sizeof(double));
    memset(s->cell.G[k], 0, p * p * sizeof(double));
  }
  for (size_t i = from; i < s->d->first[c + 1]; i++) {
    double w = s->w[i - from];
    for (int k = 0; k < powers; k++, w *= s->w[i - from])
      for (size_t u = X->start[i]; u < X->start[i + 1]; u++) {
        const double wx = w * X->value[u];
        s->cell.g[k][X->column[u]] += wx;
        for (size_t v = X->start[i]; v <= u; v++)
          s->cell.G[k][X->column[v] * p + X->column[u]] += wx * X->value[v];
      }
  }
}

/* The same of X - 1 m'.  A column that is flat in the cell has nothing left. */
static void centre(state *s, size_t c, int powers) {
  const size_t p = s->d->p, from = s->d->first[c];
  const bool *flat = s->X.flat + c * p;
  double *m = s->cell.m;
  for (size_t j = 0; j < p; j++)
    m[j] = flat[j] ? s->d->X[j * s->d->n + from] : s->cell.g[0][j] / s->cell.S[0];
  for (int k = 0; k < powers; k++) {
    double *g = s->cell.g[k], *G = s->cell.G[k];
    for (size_t i = 0; i < p; i++)
      for (size_t j = i; j < p; j++)
        G[j * p + i] = G[i * p + j] =
            flat[i] || flat[j]
                ? 0
                : G[i * p + j] - g[j] * m[i] - m[j] * g[i] + s->cell.S[k] * m[j] * m[i];
    for (size_t j = 0; j < p; j++) g[j] = flat[j] ? 0 : g[j] - s->cell.S[k] * m[j];
  }
}

static bool cell_sums(state *s, size_t c, int powers) {
  if (!cell_weights(s, c)) return false;
  plain_sums(s, c, powers);
  centre(s, c, powers);
  return true;
}

/* M += scale u v' (p x p). */
static void add_outer(double *M, size_t p, const double *u, const double *v, double scale) {
  for (size_t j = 0; j < p; j++)
    for (size_t i = 0; i < p; i++) M[j * p + i] += scale * u[i] * v[j];
}

/* M += scale (u v' + v u') */
static void add_both(double *M, size_t p, const double *u, const double *v, double scale) {
  add_outer(M, p, u, v, scale);
  add_outer(M, p, v, u, scale);
}

static void add_matrix(double *M, size_t p, const double *N) {
  for (size_t i = 0; i < p * p; i++) M[i] += N[i];
}

/* ---- likelihood ---- */

/* Adds X'V^-1y of one cell to b: E'W y and the part of the means. */
static void add_right_side(state *s, size_t c) {
  const sparse *X = &s->X;
  const size_t p = s->d->p, from = s->d->first[c], to = s->d->first[c + 1];
  double mean = 0;
  for (size_t i = from; i < to; i++) mean += s->w[i - from] * s->d->y[i] / s->cell.S[0];
  for (size_t j = 0; j < p; j++) s->b[j] += s->cell.m[j] * mean * s->cell.kappa * s->cell.S[0];
  for (size_t i = from; i < to; i++)
    for (size_t u = X->start[i]; u < X->start[i + 1]; u++)
      if (!X->flat[c * p + X->column[u]])
        s->b[X->column[u]] += s->w[i - from] * X->value[u] * (s->d->y[i] - mean);
}

/* A = X'V^-1X, right side X'V^-1y, ln det V. */
static bool normal_equations(state *s, double *log_det) {
  const size_t p = s->d->p;
  memset(s->A, 0, p * p * sizeof(double));
  memset(s->b, 0, p * sizeof(double));
  *log_det = 0;
  for (size_t c = 0; c < s->d->n_cells; c++) {
    if (!cell_sums(s, c, 1)) return false;
    for (size_t i = 0; i < s->d->first[c + 1] - s->d->first[c]; i++) *log_det -= log(s->w[i]);
    *log_det += log1p(s->theta[TAU] * s->cell.S[0]);
    add_matrix(s->A, p, s->cell.G[0]);
    add_outer(s->A, p, s->cell.m, s->cell.m, s->cell.kappa * s->cell.S[0]);
    add_right_side(s, c);
  }
  return true;
}

/* Residuals of one cell into s->r, their mean weighted by w is returned. */
static double residuals(state *s, size_t c) {
  const sparse *X = &s->X;
  const size_t from = s->d->first[c], to = s->d->first[c + 1];
  double mean = 0;
  for (size_t i = from; i < to; i++) {
    double r = s->d->y[i];
    for (size_t u = X->start[i]; u < X->start[i + 1]; u++) r -= X->value[u] * s->b[X->column[u]];
    s->r[i - from] = r;
    mean += s->w[i - from] * r / s->cell.S[0];
  }
  return mean;
}

/* b, (X'V^-1X)^-1 and -2 ln of the restricted likelihood (without its constant). */
static bool evaluate(state *s) {
  const eisi_mixed_data *d = s->d;
  const size_t p = d->p;
  double log_det, squares = 0, det_A = 0;
  if (!normal_equations(s, &log_det)) return false;
  for (size_t i = 0; i < p * p; i++) s->Ai[i] = i % (p + 1) ? 0 : 1;
  for (size_t j = 0; j < p; j++) s->q[p + j] = s->A[j * (p + 1)];
  if (!eisi_chol_solve(p, s->A, s->Ai, p)) return false;
  for (size_t j = 0; j < p; j++) /* what is left of a column after the others: rounding? */
    if (s->A[j * (p + 1)] * s->A[j * (p + 1)] < 1e-11 * s->q[p + j]) return false;
  for (size_t j = 0; j < p; j++) det_A += 2 * log(s->A[j * p + j]); /* the Cholesky factor */
  memcpy(s->q, s->b, p * sizeof(double));
  for (size_t j = 0; j < p; j++) {
    s->b[j] = 0;
    for (size_t k = 0; k < p; k++) s->b[j] += s->Ai[k * p + j] * s->q[k];
  }
  for (size_t c = 0; c < d->n_cells; c++) {
    cell_weights(s, c);
    const double mean = residuals(s, c);
    for (size_t i = 0; i < d->first[c + 1] - d->first[c]; i++)
      squares += s->w[i] * (s->r[i] - mean) * (s->r[i] - mean);
    squares += s->cell.kappa * s->cell.S[0] * mean * mean;
  }
  s->reml = log_det + det_A + squares;
  return isfinite(s->reml);
}

typedef struct traces {
  double G[N_THETA], GG[3], yy[N_THETA]; /* tr V^-1G, tr V^-1GV^-1G, y'P G P y */
} traces;

/* Adds the traces of one cell. */
static void add_traces(state *s, size_t c, traces *tr) {
  const double *S = s->cell.S, a = s->cell.a, kappa = s->cell.kappa, mean = residuals(s, c);
  for (size_t i = 0; i < s->d->first[c + 1] - s->d->first[c]; i++) {
    const double v = s->w[i] * (s->r[i] - mean + kappa * mean); /* V^-1 r */
    tr->yy[SIGMA] += v * v;
  }
  tr->yy[TAU] += kappa * S[0] * mean * (kappa * S[0] * mean);
  tr->G[TAU] += kappa * S[0];
  tr->G[SIGMA] += S[0] - a * S[1];
  tr->GG[0] += kappa * S[0] * (kappa * S[0]);
  tr->GG[1] += kappa * kappa * S[1];
  tr->GG[2] += S[1] - 2 * a * S[2] + a * a * S[1] * S[1];
}

/* Adds what one cell contributes to B, C and the traces.  With V^-1 X = W E + kappa w m':
   X'V^-1 1 = x, X'V^-2 1 = z, w'V^-1 X = (g2 + kappa S2 m)'. */
static void add_cell(state *s, size_t c, traces *tr) {
  const sums *v = &s->cell;
  const size_t p = s->d->p;
  double *x = s->q, *z = s->q + p;
  cell_sums(s, c, POWERS);
  add_traces(s, c, tr);
  const double k = v->kappa, one_t = k * v->S[0];
  for (size_t j = 0; j < p; j++) x[j] = one_t * v->m[j];
  for (size_t j = 0; j < p; j++) z[j] = k * (v->g[1][j] + k * v->S[1] * v->m[j]);
  add_outer(s->B[TAU], p, x, x, 1);
  add_outer(s->C[0], p, x, x, one_t);
  add_both(s->C[1], p, x, z, 0.5);
  add_matrix(s->B[SIGMA], p, v->G[1]);
  add_both(s->B[SIGMA], p, v->g[1], v->m, k);
  add_outer(s->B[SIGMA], p, v->m, v->m, k * k * v->S[1]);
  add_matrix(s->C[2], p, v->G[2]);
  add_both(s->C[2], p, v->g[2], v->m, k);
  add_outer(s->C[2], p, v->m, v->m, k * k * v->S[2]);
  for (size_t j = 0; j < p; j++) z[j] /= k;
  add_outer(s->C[2], p, z, z, -v->a);
}

/* tr(M N) of symmetric matrices. */
static double trace2(const double *M, const double *N, size_t p) {
  double sum = 0;
  for (size_t i = 0; i < p * p; i++) sum += M[i] * N[i];
  return sum;
}

/* tr(Ai B_k Ai B_l) */
static double trace4(const state *s, const double *Bk, const double *Bl) {
  const size_t p = s->d->p;
  double sum = 0;
  for (size_t i = 0; i < p; i++)
    for (size_t j = 0; j < p; j++) {
      double left = 0, right = 0;
      for (size_t k = 0; k < p; k++) {
        left += s->Ai[k * p + i] * Bk[j * p + k];
        right += s->Ai[k * p + j] * Bl[i * p + k];
      }
      sum += left * right;
    }
  return sum;
}

/* Score and expected information of the restricted likelihood; evaluate() first. */
static void derivatives(state *s) {
  const size_t p = s->d->p;
  traces tr = {{0}, {0}, {0}};
  for (int k = 0; k < N_THETA; k++) memset(s->B[k], 0, p * p * sizeof(double));
  for (int k = 0; k < 3; k++) memset(s->C[k], 0, p * p * sizeof(double));
  for (size_t c = 0; c < s->d->n_cells; c++) add_cell(s, c, &tr);
  for (int k = 0; k < N_THETA; k++) {
    s->score[k] = -0.5 * (tr.G[k] - trace2(s->Ai, s->B[k], p) - tr.yy[k]);
    for (int l = 0; l <= k; l++)
      s->info[k][l] = s->info[l][k] =
          0.5 * (tr.GG[k + l] - 2 * trace2(s->Ai, s->C[k + l], p) + trace4(s, s->B[k], s->B[l]));
  }
}

/* ---- search ---- */

/* The least tau2 that is allowed at this sigma2. */
static double least_tau(const state *s, double sigma) {
  double low = INFINITY, high = 0;
  for (size_t c = 0; c < s->d->n_cells; c++) {
    double sum = 0;
    for (size_t i = s->d->first[c]; i < s->d->first[c + 1]; i++)
      sum += 1 / (s->d->known[i] + sigma);
    low = fmin(low, sum);
    high = fmax(high, sum);
  }
  const double weight = 2 * high - low;
  return weight > 0 && isfinite(weight) ? -(1 - 1e-4) / weight : 0;
}

/* Newton step of the variances that are free. */
static void scoring_step(const state *s, const bool *is_free, double *step) {
  const double a = s->info[0][0], b = s->info[0][1], c = s->info[1][1], det = a * c - b * b;
  step[TAU] = is_free[TAU] && a > 0 ? s->score[TAU] / a : 0;
  step[SIGMA] = is_free[SIGMA] && c > 0 ? s->score[SIGMA] / c : 0;
  if (!is_free[TAU] || !is_free[SIGMA] || !(det > 1e-12 * a * c)) return;
  step[TAU] = (c * s->score[TAU] - b * s->score[SIGMA]) / det;
  step[SIGMA] = (a * s->score[SIGMA] - b * s->score[TAU]) / det;
}

/* A step of length h from old, kept where the variances may be; false when that does not help. */
static bool try_step(state *s, const double *old, const double *step, double h, double least) {
  const double before = s->reml;
  s->theta[SIGMA] = step[SIGMA] != 0 ? fmax(old[SIGMA] + h * step[SIGMA], least) : old[SIGMA];
  s->theta[TAU] = fmax(old[TAU] + h * step[TAU], least_tau(s, s->theta[SIGMA]));
  if (evaluate(s) && s->reml <= before + 1e-12 * fabs(before)) return true;
  s->reml = before;
  return false;
}

/* Climbs from theta; false when it can't be evaluated. */
static bool climb(state *s, double least, bool have_sigma) {
  if (!evaluate(s)) return false;
  derivatives(s);
  for (int k = 0; k < 200; k++) {
    double step[N_THETA], old[N_THETA] = {s->theta[TAU], s->theta[SIGMA]};
    const double edge = least_tau(s, old[SIGMA]);
    const bool is_free[N_THETA] = {
        !(old[TAU] <= edge * (1 - 1e-9) && s->score[TAU] < 0),
        have_sigma && !(old[SIGMA] <= least && s->score[SIGMA] < 0)};
    bool moved = false;
    scoring_step(s, is_free, step);
    for (double h = 1; h > 1e-10 && !moved; h *= 0.5) moved = try_step(s, old, step, h, least);
    if (!moved) memcpy(s->theta, old, sizeof old);
    if (!evaluate(s)) return false;
    derivatives(s);
    const double went = fabs(s->theta[TAU] - old[TAU]) + fabs(s->theta[SIGMA] - old[SIGMA]);
    if (!moved || went <= 1e-13 * (fabs(old[TAU]) + old[SIGMA])) break;
  }
  return true;
}

/* Variance of y: what the starts are measured by. */
static double spread(const eisi_mixed_data *d) {
  double mean = 0, sum = 0;
  for (size_t i = 0; i < d->n; i++) mean += d->y[i] / (double)d->n;
  for (size_t i = 0; i < d->n; i++) sum += (d->y[i] - mean) * (d->y[i] - mean);
  return fmax(sum / (double)d->n, 1e-20);
}

/* Starts at several shares of the two variances; the best one is climbed from. */
static bool search(state *s, bool have_sigma) {
  static const double share[][2] = {{0.5, 0.5},  {0.9, 0.1},     {0.05, 0.95}, {0.1, 0.01},
                                    {0.1, 0.03}, {0.003, 0.003}, {0.001, 0.1}, {0.9, 0.001}};
  const double all = spread(s->d), least = have_sigma ? 1e-12 * all : 0;
  double best = INFINITY, at[N_THETA] = {0, 0}, known = 0;
  for (size_t i = 0; i < s->d->n; i++) known = fmax(known, s->d->known[i]);
  for (size_t k = 0; k < sizeof share / sizeof *share; k++) {
    s->theta[TAU] = share[k][0] * all;
    s->theta[SIGMA] = have_sigma ? share[k][1] * all : known > 0 ? 0 : 1e-9 * all;
    if (!evaluate(s) || !(s->reml < best)) continue;
    best = s->reml;
    memcpy(at, s->theta, sizeof at);
  }
  memcpy(s->theta, at, sizeof at);
  return isfinite(best) && climb(s, least, have_sigma);
}

/* ---- what comes out ---- */

static bool invert2(double m[2][2], bool both, double out[2][2]) {
  const double det = m[0][0] * m[1][1] - m[0][1] * m[0][1];
  memset(out, 0, 4 * sizeof(double));
  if (both && det > 1e-12 * m[0][0] * m[1][1]) {
    out[0][0] = m[1][1] / det;
    out[1][1] = m[0][0] / det;
    out[0][1] = out[1][0] = -m[0][1] / det;
    return true;
  }
  if (m[0][0] > 0) out[0][0] = 1 / m[0][0];
  return m[0][0] > 0;
}

/* Kenward and Roger: cov = A + 2 A [sum_kl w_kl (C_kl - B_k A B_l)] A with A = (X'V^-1X)^-1. */
static eis_status adjust(const state *s, double w[2][2], eisi_mixed_fit *f, eis_error *err) {
  const size_t p = f->p;
  double *M = eisi_new(2 * p * p, sizeof(double), err), *T = M + p * p;
  if (!M) return EIS_ERROR_MEMORY;
  for (int k = 0; k < N_THETA; k++)
    for (int l = 0; l < N_THETA; l++)
      for (size_t i = 0; i < p; i++)
        for (size_t j = 0; j < p; j++) {
          double bab = 0;
          for (size_t a = 0; a < p; a++)
            for (size_t b = 0; b < p; b++)
              bab += s->B[k][a * p + i] * s->Ai[b * p + a] * s->B[l][j * p + b];
          M[j * p + i] += w[k][l] * (s->C[k + l][j * p + i] - bab);
        }
  for (size_t i = 0; i < p; i++)
    for (size_t j = 0; j < p; j++)
      for (size_t a = 0; a < p; a++) T[j * p + i] += s->Ai[a * p + i] * M[j * p + a];
  for (size_t i = 0; i < p; i++)
    for (size_t j = 0; j < p; j++) {
      f->cov[j * p + i] = s->Ai[j * p + i];
      for (size_t a = 0; a < p; a++) f->cov[j * p + i] += 2 * T[a * p + i] * s->Ai[j * p + a];
    }
  free(M);
  return EIS_OK;
}

static eis_status fill(const state *s, eisi_mixed_fit *f, eis_error *err) {
  const size_t p = f->p;
  double w[2][2], info[2][2];
  f->b = eisi_new(5 * p * p + p, sizeof(double), err);
  if (!f->b) return EIS_ERROR_MEMORY;
  f->cov = f->b + p;
  f->plain = f->cov + p * p;
  f->B[0] = f->plain + p * p;
  f->B[1] = f->B[0] + p * p;
  memcpy(f->b, s->b, p * sizeof(double));
  memcpy(f->plain, s->Ai, p * p * sizeof(double));
  for (int k = 0; k < N_THETA; k++) memcpy(f->B[k], s->B[k], p * p * sizeof(double));
  memcpy(info, s->info, sizeof info);
  f->tau2 = s->theta[TAU];
  f->sigma2 = f->have_sigma && !f->at_bound ? s->theta[SIGMA] : 0;
  f->reml = s->reml;
  if (!invert2(info, f->have_sigma && !f->at_bound, w))
    return eis_error_set(err, EIS_ERROR_NUMERIC, "the cells do not determine their variance");
  memcpy(f->var, w, sizeof w);
  return adjust(s, w, f, err);
}

eis_status eisi_mixed_run(const eisi_mixed_data *d, eisi_mixed_fit *out, eis_error *err) {
  state s;
  *out = (eisi_mixed_fit){.p = d->p, .have_sigma = longest(d) > 1};
  eis_status st = state_init(&s, d, err);
  if (st) {
    /* nothing to fit with */
  } else if (d->n <= d->p || !search(&s, out->have_sigma)) {
    st = eis_error_set(
        err, EIS_ERROR_NUMERIC,
        "the model can't be fitted: what it adjusts for says the same as the group, or "
        "leaves no degrees of freedom");
  } else {
    out->at_bound = out->have_sigma && s.theta[SIGMA] <= 2e-12 * spread(d);
    st = fill(&s, out, err);
  }
  state_clear(&s);
  if (st) eisi_mixed_clear(out);
  return st;
}

void eisi_mixed_clear(eisi_mixed_fit *f) {
  free(f->b);
  *f = (eisi_mixed_fit){0};
}

void eisi_mixed_contrast(const eisi_mixed_fit *f, const double *l, double *value, double *se,
                         double *dof) {
  const size_t p = f->p;
  double var = 0, plain = 0, g[2] = {0, 0};
  *value = 0;
  for (size_t i = 0; i < p; i++) {
    *value += l[i] * f->b[i];
    for (size_t j = 0; j < p; j++) {
      var += l[i] * f->cov[j * p + i] * l[j];
      plain += l[i] * f->plain[j * p + i] * l[j];
    }
  }
  for (int k = 0; k < 2; k++) /* d(l'A l)/d theta_k = l'A B_k A l */
    for (size_t i = 0; i < p; i++)
      for (size_t j = 0; j < p; j++) {
        double u = 0, v = 0;
        for (size_t a = 0; a < p; a++) {
          u += f->plain[a * p + i] * l[a];
          v += f->plain[a * p + j] * l[a];
        }
        g[k] += u * f->B[k][j * p + i] * v;
      }
  double of_var = 0;
  for (int k = 0; k < 2; k++)
    for (int m = 0; m < 2; m++) of_var += g[k] * f->var[k][m] * g[m];
  *se = sqrt(var);
  *dof = of_var > 0 ? 2 * plain * plain / of_var : INFINITY;
}
