/* mixed.c - restricted maximum likelihood for two variances: of cells (tau2) and of the spectra of
   a cell (sigma2), by Fisher scoring.  All work is per cell: V_c = D + tau2 1 1', D diagonal, so
   that V_c^-1 = W - tau2/(1 + tau2 s) w w' with w = 1/D, s = sum w.

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

enum { TAU, SIGMA, N_THETA };

/* Everything at one (tau2, sigma2). */
typedef struct state {
  const eisi_mixed_data *d;
  double theta[N_THETA];
  double *room;
  double *A, *Ai;     /* X'V^-1X and its inverse */
  double *b;          /* p */
  double *B[N_THETA]; /* X'V^-1 G_k V^-1 X */
  double *C[3];       /* X'V^-1 G_k V^-1 G_l V^-1 X: tau tau, tau sigma, sigma sigma */
  double *U, *VU, *q, *w, *t, *Vt, *Pr; /* of one cell */
  double score[N_THETA], info[N_THETA][N_THETA];
  double reml;
} state;

static size_t longest(const eisi_mixed_data *d) {
  size_t most = 0;
  for (size_t c = 0; c < d->n_cells; c++)
    if (d->first[c + 1] - d->first[c] > most) most = d->first[c + 1] - d->first[c];
  return most;
}

static eis_status state_init(state *s, const eisi_mixed_data *d, eis_error *err) {
  const size_t p = d->p, m = longest(d);
  *s = (state){.d = d};
  s->room = eisi_new(8 * p * p + 4 * p + 2 * m * p + 5 * m + d->n, sizeof(double), err);
  if (!s->room) return EIS_ERROR_MEMORY;
  double *at = s->room;
  double **square[] = {&s->A, &s->Ai, &s->B[0], &s->B[1], &s->C[0], &s->C[1], &s->C[2]};
  for (size_t i = 0; i < sizeof square / sizeof *square; i++, at += p * p) *square[i] = at;
  s->b = at;
  s->q = at + p;
  s->U = s->q + 2 * p;
  s->VU = s->U + m * p;
  s->w = s->VU + m * p;
  s->t = s->w + m;
  s->Vt = s->t + m;
  s->Pr = s->Vt + m;
  return EIS_OK;
}

/* out = V_c^-1 in, for n rows of one cell. */
static void apply_inverse(const double *w, size_t n, double a, const double *in, double *out) {
  double sum = 0;
  for (size_t i = 0; i < n; i++) sum += w[i] * in[i];
  for (size_t i = 0; i < n; i++) out[i] = w[i] * (in[i] - a * sum);
}

/* Weights of one cell; returns a = tau2/(1 + tau2 s); false when V is not positive definite. */
static bool cell_weights(const state *s, size_t c, double *a, double *sum) {
  const size_t from = s->d->first[c], n = s->d->first[c + 1] - from;
  *sum = 0;
  for (size_t i = 0; i < n; i++) {
    const double v = s->d->known[from + i] + s->theta[SIGMA];
    if (!(v > 0)) return false;
    s->w[i] = 1 / v;
    *sum += s->w[i];
  }
  const double one = 1 + s->theta[TAU] * *sum;
  *a = s->theta[TAU] / one;
  return one > 1e-9;
}

/* A = X'V^-1X, right side X'V^-1y, ln det V. */
static bool normal_equations(state *s, double *log_det) {
  const eisi_mixed_data *d = s->d;
  const size_t p = d->p;
  memset(s->A, 0, p * p * sizeof(double));
  memset(s->b, 0, p * sizeof(double));
  *log_det = 0;
  for (size_t c = 0; c < d->n_cells; c++) {
    const size_t from = d->first[c], n = d->first[c + 1] - from;
    double a, sum;
    if (!cell_weights(s, c, &a, &sum)) return false;
    for (size_t i = 0; i < n; i++) *log_det -= log(s->w[i]);
    *log_det += log1p(s->theta[TAU] * sum);
    for (size_t j = 0; j < p; j++) {
      double *u = s->U + j * n;
      apply_inverse(s->w, n, a, d->X + j * d->n + from, u);
      for (size_t i = 0; i < n; i++) s->b[j] += u[i] * d->y[from + i];
      for (size_t k = 0; k <= j; k++)
        for (size_t i = 0; i < n; i++) s->A[k * p + j] += u[i] * d->X[k * d->n + from + i];
    }
  }
  for (size_t j = 0; j < p; j++)
    for (size_t k = 0; k < j; k++) s->A[j * p + k] = s->A[k * p + j];
  return true;
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
    const size_t from = d->first[c], n = d->first[c + 1] - from;
    double a, sum, rw = 0;
    cell_weights(s, c, &a, &sum);
    for (size_t i = 0; i < n; i++) {
      double r = d->y[from + i];
      for (size_t j = 0; j < p; j++) r -= d->X[j * d->n + from + i] * s->b[j];
      rw += s->w[i] * r;
      squares += s->w[i] * r * r;
    }
    squares -= a * rw * rw;
  }
  s->reml = log_det + det_A + squares;
  return isfinite(s->reml);
}

/* M += scale u v' (p x p). */
static void add_outer(double *M, size_t p, const double *u, const double *v, double scale) {
  for (size_t j = 0; j < p; j++)
    for (size_t i = 0; i < p; i++) M[j * p + i] += scale * u[i] * v[j];
}

typedef struct traces {
  double G[N_THETA], GG[3], yy[N_THETA]; /* tr V^-1G, tr V^-1GV^-1G, y'P G P y */
} traces;

/* Adds what one cell contributes to B, C and the traces. */
static void add_cell(state *s, size_t c, traces *tr) {
  const eisi_mixed_data *d = s->d;
  const size_t p = d->p, from = d->first[c], n = d->first[c + 1] - from;
  double *x = s->q, *z = s->q + p; /* X't, U't */
  double a, sum, one_t = 0, tt = 0, w2 = 0, w3 = 0, rt = 0;
  cell_weights(s, c, &a, &sum);
  for (size_t i = 0; i < n; i++) {
    s->t[i] = s->w[i] * (1 - a * sum);
    one_t += s->t[i];
    tt += s->t[i] * s->t[i];
    w2 += s->w[i] * s->w[i];
    w3 += s->w[i] * s->w[i] * s->w[i];
    double r = d->y[from + i];
    for (size_t j = 0; j < p; j++) r -= d->X[j * d->n + from + i] * s->b[j];
    s->Pr[i] = r;
    rt += r * s->t[i];
  }
  apply_inverse(s->w, n, a, s->Pr, s->Vt);
  for (size_t i = 0; i < n; i++) tr->yy[SIGMA] += s->Vt[i] * s->Vt[i];
  tr->yy[TAU] += rt * rt;
  tr->G[TAU] += one_t;
  tr->G[SIGMA] += sum - a * w2;
  tr->GG[0] += one_t * one_t;
  tr->GG[1] += tt;
  tr->GG[2] += w2 - 2 * a * w3 + a * a * w2 * w2;
  for (size_t j = 0; j < p; j++) {
    x[j] = z[j] = 0;
    apply_inverse(s->w, n, a, d->X + j * d->n + from, s->U + j * n);
    apply_inverse(s->w, n, a, s->U + j * n, s->VU + j * n);
    for (size_t i = 0; i < n; i++) {
      x[j] += d->X[j * d->n + from + i] * s->t[i];
      z[j] += s->U[j * n + i] * s->t[i];
    }
  }
  add_outer(s->B[TAU], p, x, x, 1);
  add_outer(s->C[0], p, x, x, one_t);
  add_outer(s->C[1], p, x, z, 0.5);
  add_outer(s->C[1], p, z, x, 0.5);
  for (size_t j = 0; j < p; j++)
    for (size_t k = 0; k < p; k++)
      for (size_t i = 0; i < n; i++) {
        s->B[SIGMA][j * p + k] += s->U[j * n + i] * s->U[k * n + i];
        s->C[2][j * p + k] += s->U[j * n + i] * s->VU[k * n + i];
      }
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
  if (st) return st;
  if (d->n <= d->p || !search(&s, out->have_sigma)) {
    st = eis_error_set(
        err, EIS_ERROR_NUMERIC,
        "the model can't be fitted: what it adjusts for says the same as the group, or "
        "leaves no degrees of freedom");
  } else {
    out->at_bound = out->have_sigma && s.theta[SIGMA] <= 2e-12 * spread(d);
    st = fill(&s, out, err);
  }
  free(s.room);
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
