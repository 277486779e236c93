/* drt_bht.c - Bayesian Hilbert transform: the real part predicts the imaginary one and the other
   way round; scores say how well (J. Liu, T. H. Wan, F. Ciucci, Electrochim. Acta 357 (2020)
   136864).

   gamma on hat functions has the prior N(0, s^2 (a I + b M)^-1), M the integral of squared
   derivatives; a, b and the noise s^2 maximise the marginal likelihood of the part that is fitted.
   Noise is in the units of the weights (modulus weights: a part of |Z|). */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/drt_core.h"
#include "analysis/drt_method.h"
#include "analysis/drt_peaks.h"
#include "analysis/weights.h"
#include "numerics/linalg.h"
#include "numerics/optimize.h"
#include "numerics/stats.h"

enum { RE, IM, BOTH, PARTS, TERMS = EISI_DRT_TERMS, MOST_EVALUATIONS = 60 };

static const double FLAT = 1e-9;        /* prior precision of a series term, relative to its data */
static const double LEAST_NOISE = 1e-6; /* of the data */

/* One fit: to Re, to Im or to both. */
typedef struct fit {
  const struct bht *h;
  int part;
  size_t n_terms, size; /* columns of series terms; m + n_terms */
  int term[TERMS];
  double *G, *c, bb; /* A'A, A'b of the weighted rows */
  size_t rows;
  double *K, *P, *mean; /* posterior precision (factored), prior (factored), coefficients */
  double *inverse;      /* size x size */
  double noise2, alpha, beta;
} fit;

typedef struct bht {
  const eis_spectrum *s;
  eisi_drt_grid grid;
  size_t n, m;
  double *weight;
  bool has[TERMS];
  fit part[PARTS];
} bht;

/* ---- matrices ---- */

static double entry(const bht *h, size_t row, size_t column) {
  return h->grid.A[column * 2 * h->n + row] * h->weight[row];
}

static double datum(const bht *h, size_t row) {
  return h->weight[row] * (row < h->n ? h->s->re[row] : h->s->im[row - h->n]);
}

/* R_inf has no imaginary part, L and C no real one. */
static void choose_terms(const bht *h, fit *f) {
  for (int t = 0; t < TERMS; t++) {
    const bool real = t == EISI_DRT_R;
    if (h->has[t] && (f->part == BOTH || (f->part == RE) == real)) f->term[f->n_terms++] = t;
  }
  f->size = h->m + f->n_terms;
}

static size_t column_of(const fit *f, size_t j) {
  const size_t m = f->h->m;
  return j < m ? j : m + (size_t)f->term[j - m];
}

static eis_status gather(bht *h, int part, eis_error *err) {
  fit *f = &h->part[part];
  *f = (fit){.h = h, .part = part};
  choose_terms(h, f);
  const size_t size = f->size, first = part == IM ? h->n : 0, last = part == RE ? h->n : 2 * h->n;
  f->rows = last - first;
  double *A = eisi_new(f->rows * size, sizeof *A, err);
  f->G = eisi_new(5 * size * size + 2 * size, sizeof *f->G, err);
  if (!A || !f->G) {
    free(A);
    return EIS_ERROR_MEMORY;
  }
  f->K = f->G + size * size;
  f->P = f->K + size * size;
  f->inverse = f->P + size * size;
  f->c = f->inverse + 2 * size * size;
  f->mean = f->c + size;
  for (size_t j = 0; j < size; j++)
    for (size_t k = first; k < last; k++) A[j * f->rows + k - first] = entry(h, k, column_of(f, j));
  for (size_t k = first; k < last; k++) f->bb += datum(h, k) * datum(h, k);
  for (size_t j = 0; j < size; j++)
    for (size_t k = first; k < last; k++) f->c[j] += A[j * f->rows + k - first] * datum(h, k);
  eisi_gram(f->rows, size, A, f->G);
  free(A);
  return EIS_OK;
}

/* ---- evidence ---- */

static double log_determinant(size_t n, const double *factor) {
  double sum = 0;
  for (size_t i = 0; i < n; i++) sum += 2 * log(factor[i * n + i]);
  return sum;
}

/* x = (ln a, ln b) in units of the mean diagonals; -2 ln of the marginal likelihood with the noise
   at its maximum (b'b - c'mean)/rows.  Leaves posterior and mean. */
static double evidence(void *ctx, const double *x, double *grad) {
  fit *f = ctx;
  const size_t m = f->h->m, n = f->size;
  double g = 0, q = 0;
  (void)grad;
  for (size_t i = 0; i < m; i++) {
    g += f->G[i * n + i] / (double)m;
    q += f->h->grid.M[i * m + i] / (double)m;
  }
  f->alpha = exp(x[0]) * g;
  f->beta = exp(x[1]) * g / q;
  memcpy(f->K, f->G, n * n * sizeof *f->K);
  for (size_t j = 0; j < m; j++)
    for (size_t i = 0; i < m; i++) {
      const double v = f->beta * f->h->grid.M[j * m + i] + (i == j ? f->alpha : 0);
      f->P[j * m + i] = v;
      f->K[j * n + i] += v;
    }
  for (size_t j = m; j < n; j++) f->K[j * n + j] *= 1 + FLAT;
  memcpy(f->mean, f->c, n * sizeof *f->mean);
  if (!eisi_chol_solve(n, f->K, f->mean, 1) || !eisi_chol_solve(m, f->P, f->inverse, 0))
    return INFINITY;
  double left = f->bb;
  for (size_t i = 0; i < n; i++) left -= f->c[i] * f->mean[i];
  f->noise2 = fmax(left, LEAST_NOISE * LEAST_NOISE * f->bb) / (double)f->rows;
  return (double)f->rows * log(f->noise2) + log_determinant(n, f->K) - log_determinant(m, f->P);
}

/* A grid, then a simplex search from its best point; the inverse of the posterior precision there.
 */
static eis_status maximise(fit *f, eis_error *err) {
  static const double low[2] = {-30, -30}, high[2] = {5, 8};
  double best[2] = {-8, -8}, least = HUGE_VAL, x[2];
  const size_t n = f->size;
  for (x[0] = -20; x[0] <= 0; x[0] += 5)
    for (x[1] = -20; x[1] <= 4; x[1] += 4) {
      const double v = evidence(f, x, NULL);
      if (v < least) least = v, best[0] = x[0], best[1] = x[1];
    }
  const eisi_objective o = {.n = 2, .lower = low, .upper = high, .eval = evidence, .ctx = f};
  const eisi_nlopt_options how = {.algorithm = "LN_SBPLX", .max_eval = MOST_EVALUATIONS,
                                  .max_time_s = INFINITY, .ftol_rel = 1e-7, .xtol_rel = 1e-3, .seed = 1};
  const eis_status st = eisi_nlopt_run(&o, &how, best, &least, err);
  if (st != EIS_OK) return st;
  evidence(f, best, NULL);
  double *K = f->inverse + n * n;
  memcpy(K, f->G, n * n * sizeof *K);
  for (size_t j = 0; j < f->h->m; j++)
    for (size_t i = 0; i < f->h->m; i++)
      K[j * n + i] += f->beta * f->h->grid.M[j * f->h->m + i] + (i == j ? f->alpha : 0);
  for (size_t j = f->h->m; j < n; j++) K[j * n + j] *= 1 + FLAT;
  memset(f->inverse, 0, n * n * sizeof *f->inverse);
  for (size_t j = 0; j < n; j++) f->inverse[j * n + j] = 1;
  if (eisi_chol_solve(n, K, f->inverse, n)) return EIS_OK;
  return eis_error_set(err, EIS_ERROR_NUMERIC, "the posterior of gamma is singular");
}

/* ---- predictions ---- */

typedef struct prediction {
  double mean, sd; /* weighted: in units of the noise model */
} prediction;

/* a'gamma with its variance, a over the m coefficients. */
static prediction form_of(const fit *f, const double *a) {
  const size_t m = f->h->m, n = f->size;
  prediction p = {0, 0};
  double v = 0;
  for (size_t i = 0; i < m; i++) {
    double row = 0;
    for (size_t j = 0; j < m; j++) row += f->inverse[i * n + j] * a[j];
    p.mean += a[i] * f->mean[i];
    v += a[i] * row;
  }
  p.sd = sqrt(fmax(v, 0) * f->noise2);
  return p;
}

static double term_of(const fit *f, int term) {
  for (size_t i = 0; i < f->n_terms; i++)
    if (f->term[i] == term) return f->mean[f->h->m + i];
  return 0;
}

/* Series terms of that part, weighted: they are taken from the fit that sees them. */
static double terms_at(const bht *h, size_t row) {
  const fit *f = &h->part[row < h->n ? RE : IM];
  double sum = 0;
  for (int t = 0; t < TERMS; t++)
    if (h->has[t]) sum += term_of(f, t) * entry(h, row, h->m + (size_t)t);
  return sum;
}

/* ---- scores ---- */

static double gauss(double x, const prediction *p) {
  const double z = (x - p->mean) / p->sd;
  return exp(-0.5 * z * z) / (p->sd * sqrt(2 * M_PI));
}

/* Hellinger distance of two normal distributions. */
static double hellinger(const prediction *a, const prediction *b) {
  const double v = a->sd * a->sd + b->sd * b->sd, d = a->mean - b->mean;
  return sqrt(fmax(1 - sqrt(2 * a->sd * b->sd / v) * exp(-d * d / (4 * v)), 0));
}

/* Jensen-Shannon divergence in bits: half the sum of p log2(2p/(p + q)) and the same for q, by the
   trapezoidal rule over eight standard deviations of each. */
static double half_divergence(const prediction *a, const prediction *b) {
  enum { STEPS = 160 };
  double sum = 0;
  for (int i = 0; i <= STEPS; i++) {
    const double z = 16.0 * i / STEPS - 8, x = a->mean + z * a->sd;
    const double p = gauss(x, a), q = gauss(x, b);
    sum += exp(-0.5 * z * z) / sqrt(2 * M_PI) * log2(2 * p / (p + q)) * 16.0 / STEPS;
  }
  return sum / 2;
}

double eisi_bht_hellinger(double mean, double sd_a, double sd_b) {
  return hellinger(&(prediction){0, sd_a}, &(prediction){mean, sd_b});
}

double eisi_bht_divergence(double mean, double sd_a, double sd_b) {
  const prediction a = {0, sd_a}, b = {mean, sd_b};
  return half_divergence(&a, &b) + half_divergence(&b, &a);
}

typedef struct scores {
  double within[3], mean, hellinger, divergence;
} scores;

/* Part `part` as its own fit has it, against what the fit of the other part says. */
static scores compare(const bht *h, int part, double *a) {
  const fit *own = &h->part[part], *other = &h->part[part == RE ? IM : RE];
  double apart = 0, size[2] = {0, 0};
  scores out = {{0}, 0, 0, 0};
  for (size_t k = 0; k < h->n; k++) {
    const size_t row = part == RE ? k : h->n + k;
    for (size_t j = 0; j < h->m; j++) a[j] = entry(h, row, j);
    const prediction p = form_of(own, a), q = form_of(other, a);
    const double miss = fabs(datum(h, row) - terms_at(h, row) - q.mean);
    const double sd = sqrt(q.sd * q.sd + other->noise2);
    for (int i = 0; i < 3; i++) out.within[i] += (miss < (i + 1) * sd) / (double)h->n;
    apart += (p.mean - q.mean) * (p.mean - q.mean);
    size[0] += p.mean * p.mean;
    size[1] += q.mean * q.mean;
    out.hellinger += hellinger(&p, &q) / (double)h->n;
    out.divergence += (half_divergence(&p, &q) + half_divergence(&q, &p)) / (double)h->n;
  }
  out.mean = 1 - sqrt(apart) / fmax(sqrt(size[0]) + sqrt(size[1]), 1e-300);
  return out;
}

static eis_status fill_scores(const bht *h, eis_drt_solution *out, eis_error *err) {
  static const struct {
    const char *key, *doc;
  } row[] = {{"residual_1s",
              "part of the points within 1 standard deviation of what the other part "
              "predicts; 0.68 for consistent data"},
             {"residual_2s", "the same within 2; 0.95"},
             {"residual_3s", "the same within 3; 0.997"},
             {"mean", "1 - |a - b|/(|a| + |b|) of the means a, b from both parts; 1 is best"},
             {"hellinger",
              "1 - Hellinger distance of the distributions from both parts, mean over the "
              "frequencies; 1 is best"},
             {"jensen_shannon", "1 - Jensen-Shannon divergence (bits) of the same; 1 is best"}};
  enum { ROWS = sizeof row / sizeof *row };
  double *a = eisi_new(h->m, sizeof *a, err);
  out->score = eisi_new(2 * (size_t)ROWS, sizeof *out->score, err);
  if (a && out->score)
    for (int part = RE; part <= IM; part++) {
      const scores s = compare(h, part, a);
      const double value[ROWS] = {s.within[0], s.within[1], s.within[2], s.mean, 1 - s.hellinger,
                                  1 - s.divergence};
      for (size_t i = 0; i < ROWS; i++) {
        eis_drt_score *to = &out->score[out->n_scores++];
        *to = (eis_drt_score){.value = value[i], .doc = row[i].doc};
        snprintf(to->name, sizeof to->name, "%s_%s", row[i].key, part == RE ? "re" : "im");
      }
    }
  const bool ok = a && out->score;
  free(a);
  return ok ? EIS_OK : EIS_ERROR_MEMORY;
}

/* ---- results ---- */

static double sd_of(const void *ctx, const double *a) { return form_of(ctx, a).sd; }

static double term_error(const fit *f, int term) {
  for (size_t i = 0; i < f->n_terms; i++)
    if (f->term[i] == term) return sqrt(f->inverse[(f->h->m + i) * (f->size + 1)] * f->noise2);
  return NAN;
}

static eis_status fill_result(const bht *h, const eis_drt_options *opt, eis_drt_result *out,
                              eis_error *err) {
  const fit *f = &h->part[BOTH];
  const double z = opt->level > 0 ? eisi_normal_quantile(0.5 + opt->level / 2) : 0;
  double trace = 0;
  double *a = eisi_new(h->m, sizeof *a, err);
  if (!a) return EIS_ERROR_MEMORY;
  for (size_t j = 0; j < h->m; j++) {
    out->gamma[j] = f->mean[j];
    if (!(z > 0)) continue;
    const double d = z * sqrt(f->inverse[j * (f->size + 1)] * f->noise2);
    out->gamma_low[j] = out->gamma[j] - d;
    out->gamma_high[j] = out->gamma[j] + d;
  }
  for (size_t j = 0; j < h->m; j++) a[j] = h->grid.weight;
  const prediction area = form_of(f, a);
  out->R_pol = area.mean, out->R_pol_error = area.sd;
  out->R_inf = term_of(f, EISI_DRT_R), out->R_inf_error = term_error(f, EISI_DRT_R);
  out->L = term_of(f, EISI_DRT_L), out->L_error = term_error(f, EISI_DRT_L);
  out->C_inv = term_of(f, EISI_DRT_C), out->C_inv_error = term_error(f, EISI_DRT_C);
  for (size_t i = 0; i < f->size; i++)
    for (size_t j = 0; j < f->size; j++)
      trace += f->inverse[i * f->size + j] * f->G[i * f->size + j];
  out->dof = trace;
  out->lambda = f->beta;
  out->noise_percent = 100 * sqrt(f->noise2 * (double)f->rows / fmax((double)f->rows - trace, 1));
  out->sharp_decades = 2 * h->grid.step / log(10);
  free(a);
  eisi_drt_reconstruct(h->s, out);
  const eisi_drt_profile p = {.m = h->m, .ltau = h->grid.ltau, .y = out->gamma, .gamma = out->gamma,
                              .step = h->grid.step, .sd = sd_of, .ctx = f};
  return z > 0 ? eisi_drt_find_peaks(&p, out, err) : EIS_OK;
}

static eis_status prepare(bht *h, const eis_drt_options *asked, const eis_spectrum *s,
                          eis_error *err) {
  eis_drt_options o = *asked;
  o.method = EIS_DRT_TIKHONOV;
  o.basis = "linear";
  o.part = EIS_DRT_COMPLEX;
  o.tau_at_1_over_f = false;
  eisi_drt_resolve_terms(s, &o);
  h->s = s;
  h->n = s->n;
  h->has[EISI_DRT_R] = o.R_inf != EIS_DRT_TERM_NONE;
  h->has[EISI_DRT_L] = o.L != EIS_DRT_TERM_NONE;
  h->has[EISI_DRT_C] = o.C != EIS_DRT_TERM_NONE;
  eis_status st = eisi_drt_grid_init(&h->grid, s, &o, err);
  h->m = h->grid.m;
  if (!(h->weight = eisi_new(2 * s->n, sizeof *h->weight, err))) return EIS_ERROR_MEMORY;
  return st == EIS_OK ? eisi_weights(s, asked->weighting, NULL, h->weight, err) : st;
}

static eis_status copy_parts(const bht *h, eis_drt_solution *out, eis_error *err) {
  out->gamma_re = eisi_new(h->m, sizeof(double), err);
  out->gamma_im = eisi_new(h->m, sizeof(double), err);
  if (!out->gamma_re || !out->gamma_im) return EIS_ERROR_MEMORY;
  memcpy(out->gamma_re, h->part[RE].mean, h->m * sizeof(double));
  memcpy(out->gamma_im, h->part[IM].mean, h->m * sizeof(double));
  return EIS_OK;
}

eis_status eisi_drt_bht(eis_drt_solver *v, const eis_spectrum *s, eis_drt_solution *out,
                        eis_error *err) {
  bht h = {0};
  eis_status st = eisi_drt_new_result(&v->opt.drt, s, 1, v->opt.drt.level > 0, &out->drt, err);
  if (st == EIS_OK) st = prepare(&h, &v->opt.drt, s, err);
  for (int part = RE; st == EIS_OK && part < PARTS; part++) {
    st = gather(&h, part, err);
    if (st == EIS_OK) st = maximise(&h.part[part], err);
  }
  if (st == EIS_OK) st = fill_scores(&h, out, err);
  if (st == EIS_OK) st = copy_parts(&h, out, err);
  if (st == EIS_OK) st = fill_result(&h, &v->opt.drt, &out->drt, err);
  for (int part = RE; part < PARTS; part++) free(h.part[part].G);
  free(h.weight);
  eisi_drt_grid_clear(&h.grid);
  return st;
}
