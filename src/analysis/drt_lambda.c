/* drt_lambda.c - criteria for lambda, one row each, and the search that all of them share. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <eisfit/kk.h>

#include "analysis/drt_tikhonov.h"
#include "numerics/linalg.h"

enum { FOLDS = 5, PER_DECADE = 4, REFINE = 30 };
static const double LEAST_NOISE = 1e-12; /* of |Z|: below, it is rounding */

/* What a criterion needs besides the system: Gram matrices and right-hand sides of parts of the
   data, the noise. */
typedef struct context {
  eisi_drt_tikhonov *t;
  double *G[FOLDS], *c[FOLDS]; /* k-fold: without fold i; re-im: real, imaginary part alone */
  double *x[2];
  double target; /* discrepancy: sum of squares expected from the noise */
} context;

/* ---- the linear smoother ---- */

typedef struct smooth {
  double rows, rss, penalty;
  double trace, trace2; /* of the hat matrix K and of K K */
  double log_det;       /* of G + lambda M */
} smooth;

/* One factorisation, with P = (G + lambda M)^-1 G beside the solution: tr K = tr P. */
static bool run_smoother(eisi_drt_tikhonov *t, double lambda, smooth *out) {
  const eisi_drt_system *y = t->y;
  const size_t n = y->cols, m = y->m;
  double *H = t->H, *P = t->B, *d = t->scale;
  eisi_drt_normal_matrix(y, y->G, lambda, H);
  *out = (smooth){.rows = (double)y->rows};
  for (size_t j = 0; j < n; j++) {
    d[j] = 1 / sqrt(H[j * n + j]);
    out->log_det -= 2 * log(d[j]);
  }
  for (size_t j = 0; j < n; j++)
    for (size_t i = 0; i < n; i++) {
      H[j * n + i] *= d[i] * d[j];
      P[j * n + i] = y->G[j * n + i] * d[i];
    }
  for (size_t i = 0; i < n; i++) P[n * n + i] = y->c[i] * d[i];
  if (!eisi_chol_solve(n, H, P, n + 1)) return false;
  for (size_t j = 0; j < n; j++) {
    out->log_det += 2 * log(H[j * n + j]);
    out->trace += P[j * n + j] * d[j];
    t->x[j] = P[n * n + j] * d[j];
    for (size_t i = 0; i < n; i++) out->trace2 += P[j * n + i] * d[i] * P[i * n + j] * d[j];
  }
  out->rss = eisi_drt_misfit(t, t->x);
  for (size_t j = 0; j < m; j++)
    for (size_t i = 0; i < m; i++) out->penalty += t->x[i] * y->grid->M[j * m + i] * t->x[j];
  return true;
}

/* ---- criteria: the less, the better; INFINITY where there is no solution ---- */

/* V = n |(1 - K) z|^2 / tr(1 - rho K)^2 (Maradesa et al. 2023, eqs. 13-16). */
static double cross_validation(context *c, double lambda, double rho, double *mean_trace2) {
  smooth s;
  if (!run_smoother(c->t, lambda, &s)) return HUGE_VAL;
  const double free_part = 1 - rho * s.trace / s.rows;
  *mean_trace2 = s.trace2 / s.rows;
  return free_part > 0 ? s.rss / s.rows / (free_part * free_part) : HUGE_VAL;
}

static double gcv(context *c, double lambda) {
  double unused;
  return cross_validation(c, lambda, 1, &unused);
}

static double mgcv(context *c, double lambda) {
  double unused;
  return cross_validation(c, lambda, c->t->y->rows < 50 ? 1.3 : 2, &unused);
}

static double rgcv(context *c, double lambda) {
  double mu;
  const double share = c->t->y->rows < 100 ? 0.2 : 0.3, v = cross_validation(c, lambda, 1, &mu);
  return isfinite(v) ? (share + (1 - share) * mu) * v : v;
}

/* Minus the curvature of (ln rss, ln penalty) by differences in ln lambda. */
static double l_curve(context *c, double lambda) {
  const double h = 0.25;
  double px[3], py[3];
  for (int i = 0; i < 3; i++) {
    smooth s;
    if (!run_smoother(c->t, lambda * exp(h * (i - 1)), &s)) return HUGE_VAL;
    px[i] = log(fmax(s.rss, 1e-300));
    py[i] = log(fmax(s.penalty, 1e-300));
  }
  const double dx = (px[2] - px[0]) / (2 * h), dy = (py[2] - py[0]) / (2 * h);
  const double ddx = (px[2] - 2 * px[1] + px[0]) / (h * h);
  const double ddy = (py[2] - 2 * py[1] + py[0]) / (h * h);
  const double speed = dx * dx + dy * dy;
  return speed > 1e-12 ? -(dx * ddy - dy * ddx) / pow(speed, 1.5) : HUGE_VAL;
}

/* -2 ln p(z | lambda), the noise variance integrated out; M has full rank but for the constants and
   slopes that differences do not see. */
static double evidence(context *c, double lambda) {
  const eisi_drt_system *y = c->t->y;
  const double *order = c->t->opt->order;
  smooth s;
  size_t null = 0;
  if (!run_smoother(c->t, lambda, &s)) return HUGE_VAL;
  if (y->grid->basis->local && !(order[0] > 0)) null = order[1] > 0 ? 1 : 2;
  const double spare = s.rows - (double)(y->cols - y->m + null);
  const double rank = (double)(y->m - null);
  return spare * log(s.rss + lambda * s.penalty) + s.log_det - rank * log(lambda);
}

/* Misfit of part i (1: imaginary) by gamma from the other part, R_inf and L from its own. */
static double re_im(context *c, double lambda) {
  const eisi_drt_system *y = c->t->y;
  const size_t n = y->grid->n;
  double sum = 0;
  for (int i = 0; i < 2; i++)
    if (eisi_drt_tikhonov_solve(c->t, c->G[i], c->c[i], lambda, c->x[i], NULL) != EIS_OK)
      return HUGE_VAL;
  for (int i = 0; i < 2; i++) {
    memcpy(c->t->x, c->x[1 - i], y->m * sizeof(double));
    memcpy(c->t->x + y->m, c->x[i] + y->m, (y->cols - y->m) * sizeof(double));
    eisi_drt_misfit(c->t, c->t->x);
    for (size_t k = 0; k < n; k++) {
      const double r = c->t->r[k + (i ? n : 0)];
      sum += r * r;
    }
  }
  return sum;
}

static bool in_fold(const eisi_drt_system *y, size_t row, size_t fold) {
  return row % y->grid->n % FOLDS == fold;
}

static double k_fold(context *c, double lambda) {
  const eisi_drt_system *y = c->t->y;
  double sum = 0;
  for (size_t f = 0; f < FOLDS; f++) {
    if (eisi_drt_tikhonov_solve(c->t, c->G[f], c->c[f], lambda, c->x[0], NULL) != EIS_OK)
      return HUGE_VAL;
    eisi_drt_misfit(c->t, c->x[0]);
    for (size_t k = 0; k < y->rows; k++)
      if (in_fold(y, k, f)) sum += c->t->r[k] * c->t->r[k];
  }
  return sum;
}

static double discrepancy(context *c, double lambda) {
  eisi_drt_tikhonov *t = c->t;
  if (eisi_drt_tikhonov_solve(t, t->y->G, t->y->c, lambda, t->x, NULL) != EIS_OK) return HUGE_VAL;
  return fabs(log(fmax(eisi_drt_misfit(t, t->x), 1e-300) / c->target));
}

/* ---- preparations ---- */

typedef bool row_choice(const eisi_drt_system *y, size_t row, size_t i);

static bool outside_fold(const eisi_drt_system *y, size_t row, size_t i) {
  return !in_fold(y, row, i);
}

static bool of_part(const eisi_drt_system *y, size_t row, size_t i) {
  return (row < y->grid->n) == (i == 0);
}

static eis_status gram_of_rows(context *c, size_t i, row_choice *choice, eis_error *err) {
  const eisi_drt_system *y = c->t->y;
  double *A = eisi_new(y->rows * y->cols, sizeof *A, err);
  double *b = eisi_new(y->rows, sizeof *b, err);
  eis_status st = EIS_ERROR_MEMORY;
  c->G[i] = eisi_new(y->cols * y->cols, sizeof(double), err);
  c->c[i] = eisi_new(y->cols, sizeof(double), err);
  if (A && b && c->G[i] && c->c[i]) {
    for (size_t k = 0; k < y->rows; k++) {
      if (!choice(y, k, i)) continue;
      b[k] = y->b[k];
      for (size_t j = 0; j < y->cols; j++) A[j * y->rows + k] = y->A[j * y->rows + k];
    }
    eisi_gram(y->rows, y->cols, A, c->G[i]);
    eisi_gemv_t(y->rows, y->cols, A, b, c->c[i]);
    st = EIS_OK;
  }
  free(A);
  free(b);
  return st;
}

static eis_status prepare_folds(context *c, eis_error *err) {
  eis_status st = EIS_OK;
  for (size_t i = 0; i < FOLDS && st == EIS_OK; i++) st = gram_of_rows(c, i, outside_fold, err);
  return st;
}

static eis_status prepare_parts(context *c, eis_error *err) {
  eis_status st = EIS_OK;
  if (c->t->opt->part != EIS_DRT_COMPLEX)
    return eis_error_set(err, EIS_ERROR_USAGE,
                         "the re-im criterion compares the real with the imaginary part: use both "
                         "parts of the data");
  for (size_t i = 0; i < 2 && st == EIS_OK; i++) st = gram_of_rows(c, i, of_part, err);
  return st;
}

static eis_status prepare_noise(context *c, eis_error *err) {
  const eisi_drt_system *y = c->t->y;
  const eis_spectrum *s = c->t->s;
  eis_kk_result kk;
  eis_status st = eis_kk_run(s, NULL, &kk, err);
  if (st != EIS_OK) return st;
  const double noise = kk.noise_percent / 100;
  const size_t first = c->t->opt->part == EIS_DRT_IMAG ? s->n : 0;
  for (size_t k = 0; k < y->rows; k++) {
    const size_t i = (k + first) % s->n;
    const double sigma = noise * hypot(s->re[i], s->im[i]) * y->weight[k + first];
    c->target += sigma * sigma;
  }
  eis_kk_result_clear(&kk);
  if (noise > LEAST_NOISE) return EIS_OK;
  return eis_error_set(err, EIS_ERROR_NUMERIC,
                       "the Kramers-Kronig test finds no noise in these data: choose lambda by "
                       "another criterion than the discrepancy");
}

static const struct criterion {
  double (*score)(context *c, double lambda);
  eis_status (*prepare)(context *c, eis_error *err);
} table[] = {[EIS_DRT_GCV] = {.score = gcv},
             [EIS_DRT_MGCV] = {.score = mgcv},
             [EIS_DRT_RGCV] = {.score = rgcv},
             [EIS_DRT_L_CURVE] = {.score = l_curve},
             [EIS_DRT_RE_IM] = {.score = re_im, .prepare = prepare_parts},
             [EIS_DRT_K_FOLD] = {.score = k_fold, .prepare = prepare_folds},
             [EIS_DRT_DISCREPANCY] = {.score = discrepancy, .prepare = prepare_noise},
             [EIS_DRT_EVIDENCE] = {.score = evidence}};

/* ---- search ---- */

/* lambda M is nothing beside G below the range, everything above it. */
static void default_range(const eisi_drt_system *y, double *low, double *high) {
  double g = 0, p = 0;
  for (size_t j = 0; j < y->m; j++) {
    g += y->G[j * y->cols + j];
    p += y->grid->M[j * y->m + j];
  }
  *low = 1e-10 * g / p;
  *high = 10 * g / p;
}

/* Golden section between a < b in ln lambda; keeps the best of all points seen. */
static void refine(context *c, const struct criterion *row, double a, double b, double *best,
                   double *best_score) {
  const double golden = 0.61803398874989485;
  double x[2] = {b - golden * (b - a), a + golden * (b - a)}, f[2];
  for (int i = 0; i < 2; i++) f[i] = row->score(c, exp(x[i]));
  for (int round = 0; round < REFINE && b - a > 1e-6; round++) {
    const int worse = f[0] < f[1];
    if (f[1 - worse] < *best_score) {
      *best_score = f[1 - worse];
      *best = x[1 - worse];
    }
    if (worse) {
      b = x[1], x[1] = x[0], f[1] = f[0];
      x[0] = b - golden * (b - a);
    } else {
      a = x[0], x[0] = x[1], f[0] = f[1];
      x[1] = a + golden * (b - a);
    }
    f[1 - worse] = row->score(c, exp(x[1 - worse]));
  }
}

static eis_status search(context *c, const struct criterion *row, eisi_drt_lambda *out,
                         eis_error *err) {
  const eis_drt_options *opt = c->t->opt;
  double low, high, best = NAN, best_score = HUGE_VAL;
  default_range(c->t->y, &low, &high);
  if (!isnan(opt->lambda_min)) low = opt->lambda_min;
  if (!isnan(opt->lambda_max)) high = opt->lambda_max;
  if (!(low < high))
    return eis_error_set(
        err, EIS_ERROR_USAGE,
        "lambda from %.3g to %.3g: the end that was left open is at the other side, "
        "give both ends",
        low, high);
  const int steps = (int)fmax(ceil(log10(high / low) * PER_DECADE), 2);
  const double a = log(low), b = log(high), h = (b - a) / steps;
  for (int i = 0; i <= steps; i++) {
    const double score = row->score(c, exp(a + h * i));
    if (score < best_score) best_score = score, best = a + h * i;
  }
  if (!isfinite(best))
    return eis_error_set(err, EIS_ERROR_NUMERIC,
                         "no lambda from %.3g to %.3g gives a solution: widen the range", low,
                         high);
  refine(c, row, fmax(best - h, a), fmin(best + h, b), &best, &best_score);
  out->lambda = exp(best);
  out->at_limit = best < a + 0.01 * h || best > b - 0.01 * h;
  out->evaluations = steps + 1 + REFINE;
  return EIS_OK;
}

eis_status eisi_drt_choose_lambda(eisi_drt_tikhonov *t, eisi_drt_lambda *out, eis_error *err) {
  context c = {.t = t};
  eis_status st = EIS_OK;
  *out = (eisi_drt_lambda){.lambda = t->opt->lambda};
  if (t->opt->criterion == EIS_DRT_FIXED) return EIS_OK;
  const struct criterion *row = &table[t->opt->criterion];
  for (int i = 0; i < 2; i++)
    if (!(c.x[i] = eisi_new(t->y->cols, sizeof(double), err))) st = EIS_ERROR_MEMORY;
  if (st == EIS_OK && row->prepare) st = row->prepare(&c, err);
  if (st == EIS_OK) st = search(&c, row, out, err);
  for (int i = 0; i < FOLDS; i++) {
    free(c.G[i]);
    free(c.c[i]);
  }
  for (int i = 0; i < 2; i++) free(c.x[i]);
  return st;
}
