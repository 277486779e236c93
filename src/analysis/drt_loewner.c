/* drt_loewner.c - a rational function through the data, its poles as relaxations.

   Loewner framework (A. J. Mayo, A. C. Antoulas, Linear Algebra Appl. 425 (2007) 634; as a DRT:
   A. Sorrentino et al., J. Power Sources 585 (2023) 233575).  Interpolated is H = Z/s, which is
   proper with a series inductance, too, and whose pole at zero is the series resistance.  With L =
   [(h_i - h_j)/(s_i - s_j)] and Ls = [(s_i h_i - s_j h_j)/(s_i - s_j)] over two halves of the
   points and their conjugates, L = Y S X' cut to its r largest singular values gives the poles as
   the eigenvalues of S^-1 Y' Ls X.  Resistances are then those of the weighted linear fit with
   these poles. */
#include <complex.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/drt_core.h"
#include "analysis/drt_method.h"
#include "analysis/weights.h"
#include "numerics/linalg.h"

enum { MOST_ORDER = 60, SEARCHED = 24, TERMS = 3, MOST_POINTS = 200 };

static const double LEAST_NOISE = 1e-9; /* of the data: below, rounding rules */
static const double RANK = 1e-13; /* singular values below that part of the largest are none */
/* Poles farther from the data than this many decades are series terms (fast: R, slow: C). */
static const double BEYOND = 1.5;

typedef struct loewner {
  const eis_spectrum *s;
  size_t n, every;    /* points; every which of them the matrices are made of */
  size_t left, right; /* rows and columns of the real matrices */
  double *L, *Ls;     /* left x right: balanced */
  double *Y, *S, *Xt; /* of L: left x q, q, q x right; q = min(left, right) */
  size_t q;
  double *weight;       /* 2n */
  double *A, *b, *work; /* of the linear fit */
  double data2, fast, slow;
} loewner;

/* One model: poles, what the linear fit made of them. */
typedef struct model {
  size_t order, n;
  double complex pole[MOST_ORDER + 1]; /* time constants -1/p; a pair once, with im > 0 */
  double coef[2 * MOST_ORDER + TERMS];
  bool has[TERMS]; /* R_inf, L, 1/C */
  double S, bic;
  size_t k;
} model;

/* ---- matrices ---- */

static void release(loewner *w) {
  free(w->L);
  free(w->Ls);
  free(w->Y);
  free(w->S);
  free(w->Xt);
  free(w->weight);
  free(w->A);
}

static eis_status room(loewner *w, eis_error *err) {
  const size_t cells = w->left * w->right, cols = 2 * MOST_ORDER + TERMS, rows = 2 * w->n;
  const size_t most = rows > cols ? rows : cols;
  w->L = eisi_new(cells, sizeof(double), err);
  w->Ls = eisi_new(cells, sizeof(double), err);
  w->Y = eisi_new(cells, sizeof(double), err);
  w->S = eisi_new(w->q, sizeof(double), err);
  w->Xt = eisi_new(w->right * w->right, sizeof(double), err);
  w->weight = eisi_new(rows, sizeof(double), err);
  w->A = eisi_new(rows * cols + most + eisi_linalg_work(rows, cols), sizeof(double), err);
  if (!w->L || !w->Ls || !w->Y || !w->S || !w->Xt || !w->weight || !w->A) return EIS_ERROR_MEMORY;
  w->b = w->A + rows * cols;
  w->work = w->b + most;
  return EIS_OK;
}

/* The block of two conjugate pairs, made real by (1, 1; j, -j)/sqrt 2 from both sides. */
static void put_block(double *M, size_t rows, size_t i, size_t j, const double complex v[2]) {
  const double complex sum = v[0] + v[1], difference = v[0] - v[1];
  M[2 * j * rows + 2 * i] = creal(sum);
  M[2 * j * rows + 2 * i + 1] = -cimag(sum);
  M[(2 * j + 1) * rows + 2 * i] = cimag(difference);
  M[(2 * j + 1) * rows + 2 * i + 1] = creal(difference);
}

/* Every other point to the left, the rest to the right; s in units of the geometric mean, balanced
   so that all decades weigh the same: L by |s_i s_j|/|Z|. */
static void fill_matrices(loewner *w, double unit) {
  const eis_spectrum *s = w->s;
  for (size_t i = 0; 2 * i < w->left; i++)
    for (size_t j = 0; 2 * j < w->right; j++) {
      const size_t a = w->every * (2 * i + 1), b = w->every * 2 * j;
      const double wa = 2 * M_PI * s->f[a] / unit, wb = 2 * M_PI * s->f[b] / unit;
      const double complex za = s->re[a] + I * s->im[a], zb = s->re[b] + I * s->im[b];
      const double f = wa * wb / sqrt(cabs(za) * cabs(zb));
      double complex v[2], u[2];
      for (int c = 0; c < 2; c++) { /* the point on the right and its conjugate */
        const double complex sb = c ? -I * wb : I * wb, z = c ? conj(zb) : zb, sa = I * wa;
        v[c] = f * (za / sa - z / sb) / (sa - sb);
        u[c] = f * (za - z) / (sa - sb);
      }
      put_block(w->L, w->left, i, j, v);
      put_block(w->Ls, w->left, i, j, u);
    }
}

/* Y = L X S^-1. */
static eis_status decompose(loewner *w, eis_error *err) {
  double *copy = eisi_new(w->left * w->right, sizeof *copy, err);
  double *S = eisi_new(w->left + w->right, sizeof *S, err);
  eis_status st = copy && S ? EIS_OK : EIS_ERROR_MEMORY;
  if (st == EIS_OK) {
    memcpy(copy, w->L, w->left * w->right * sizeof *copy);
    st = eisi_svd(w->left, w->right, copy, S, w->Xt, err);
  }
  for (size_t r = 0; st == EIS_OK && r < w->q; r++) {
    w->S[r] = S[r];
    for (size_t j = 0; S[r] > 0 && j < w->right; j++)
      for (size_t i = 0; i < w->left; i++)
        w->Y[r * w->left + i] += w->L[j * w->left + i] * w->Xt[j * w->right + r] / S[r];
  }
  free(copy);
  free(S);
  return st;
}

static eis_status start(loewner *w, const eis_spectrum *s, eis_weighting weighting,
                        eis_error *err) {
  for (size_t k = 1; k < s->n; k++)
    if (!(s->f[k] < s->f[k - 1]))
      return eis_error_set(err, EIS_ERROR_INPUT,
                           "frequency %g Hz occurs twice: the Loewner method needs different ones",
                           s->f[k]);
  const size_t every = (s->n + MOST_POINTS - 1) / MOST_POINTS, used = (s->n - 1) / every + 1;
  *w = (loewner){
      .s = s, .n = s->n, .every = every, .left = used / 2 * 2, .right = (used + 1) / 2 * 2};
  w->q = w->left < w->right ? w->left : w->right;
  eis_status st = room(w, err);
  if (st == EIS_OK) st = eisi_weights(s, weighting, NULL, w->weight, err);
  if (st != EIS_OK) return st;
  w->fast = pow(10, -BEYOND) / (2 * M_PI * s->f[0]);
  w->slow = pow(10, BEYOND) / (2 * M_PI * s->f[s->n - 1]);
  for (size_t k = 0; k < s->n; k++)
    w->data2 += pow(w->weight[k] * s->re[k], 2) + pow(w->weight[s->n + k] * s->im[k], 2);
  fill_matrices(w, 2 * M_PI * sqrt(s->f[0] * s->f[s->n - 1]));
  return decompose(w, err);
}

/* ---- one order ---- */

/* Time constants within reach of the data; the pole at zero is R_inf, another one so slow 1/C. */
static void keep_poles(const loewner *w, const double *re, const double *im, model *m) {
  const double unit = 2 * M_PI * sqrt(w->s->f[0] * w->s->f[w->n - 1]);
  size_t slow = 0;
  for (size_t r = 0; r < m->order; r++) {
    const double complex p = (re[r] + I * im[r]) * unit;
    if (im[r] < 0) continue;
    if (cabs(p) * w->slow < 1) {
      slow += im[r] > 0 ? 2 : 1;
    } else if (cabs(p) * w->fast < 1) {
      m->pole[m->n++] = -1 / conj(p); /* im > 0 */
    }
  }
  m->has[2] = slow > 1;
}

static eis_status poles_of(const loewner *w, model *m, eis_error *err) {
  const size_t r = m->order;
  double *T = eisi_new(w->left * r + r * r + 2 * r, sizeof *T, err);
  if (!T) return EIS_ERROR_MEMORY;
  double *A = T + w->left * r, *re = A + r * r, *im = re + r;
  for (size_t c = 0; c < r; c++) /* T = Ls X */
    for (size_t j = 0; j < w->right; j++) {
      const double x = w->Xt[j * w->right + c], *column = w->Ls + j * w->left;
      for (size_t i = 0; i < w->left; i++) T[c * w->left + i] += column[i] * x;
    }
  for (size_t c = 0; c < r; c++)
    for (size_t i = 0; i < r; i++) {
      double dot = 0;
      for (size_t k = 0; k < w->left; k++) dot += w->Y[i * w->left + k] * T[c * w->left + k];
      A[c * r + i] = dot / w->S[i];
    }
  const eis_status st = eisi_eigenvalues(r, A, re, im, err);
  if (st == EIS_OK) keep_poles(w, re, im, m);
  free(T);
  return st;
}

static void put_column(const loewner *w, size_t at, size_t k, double complex v) {
  w->A[at * 2 * w->n + k] = w->weight[k] * creal(v);
  w->A[at * 2 * w->n + w->n + k] = w->weight[w->n + k] * cimag(v);
}

/* Columns 1/(1 + s tau); of a pair its sum and difference with the conjugate one. */
static size_t fill_columns(const loewner *w, const model *m) {
  size_t cols = 0;
  for (size_t q = 0; q < m->n; q++) {
    const double complex tau = m->pole[q];
    for (size_t k = 0; k < w->n; k++) {
      const double complex s = I * 2 * M_PI * w->s->f[k], a = 1 / (1 + s * tau);
      const double complex b = 1 / (1 + s * conj(tau));
      put_column(w, cols, k, cimag(tau) == 0 ? a : a + b);
      if (cimag(tau) != 0) put_column(w, cols + 1, k, I * (a - b));
    }
    cols += cimag(tau) == 0 ? 1 : 2;
  }
  for (int t = 0; t < TERMS; t++) {
    if (!m->has[t]) continue;
    for (size_t k = 0; k < w->n; k++) {
      const double omega = 2 * M_PI * w->s->f[k];
      put_column(w, cols, k, t == 0 ? 1 : t == 1 ? I * omega : -I / omega);
    }
    cols++;
  }
  return cols;
}

/* Resistances by weighted linear least squares; columns scaled to unit length. */
static bool fit(loewner *w, model *m) {
  const size_t rows = 2 * w->n, cols = fill_columns(w, m);
  double scale[2 * MOST_ORDER + TERMS], S;
  if (cols + 2 > rows) return false;
  for (size_t j = 0; j < cols; j++) {
    double sum = 0;
    for (size_t k = 0; k < rows; k++) sum += w->A[j * rows + k] * w->A[j * rows + k];
    scale[j] = sum > 0 ? 1 / sqrt(sum) : 0;
    for (size_t k = 0; k < rows; k++) w->A[j * rows + k] *= scale[j];
  }
  for (size_t k = 0; k < w->n; k++) {
    w->b[k] = w->weight[k] * w->s->re[k];
    w->b[w->n + k] = w->weight[w->n + k] * w->s->im[k];
  }
  if (!eisi_qr_solve(rows, cols, w->A, w->b, &S, w->work)) return false;
  for (size_t j = 0; j < cols; j++) m->coef[j] = w->b[j] * scale[j];
  m->S = S;
  m->k = cols + m->n;
  for (size_t q = 0; q < m->n; q++) m->k += cimag(m->pole[q]) != 0;
  const double least = LEAST_NOISE * LEAST_NOISE * w->data2;
  m->bic = (double)rows * log((S + least) / (double)rows) + (double)m->k * log((double)rows);
  return true;
}

/* A pole slower than the data may be that of a capacitance: of the double pole of Z/s at zero,
   which noise splits into a pair. */
static bool as_capacitance(const loewner *w, model *m) {
  size_t slowest = 0;
  for (size_t q = 1; q < m->n; q++)
    if (cabs(m->pole[q]) > cabs(m->pole[slowest])) slowest = q;
  if (m->has[2] || m->n == 0) return false;
  if (cabs(m->pole[slowest]) * 2 * M_PI * w->s->f[w->n - 1] < 1) return false;
  m->pole[slowest] = m->pole[--m->n];
  return m->has[2] = true;
}

/* With and without inductance, slow poles as they are or as capacitance, whichever has the lowest
   criterion. */
static eis_status try_order(loewner *w, const eis_drt_options *opt, size_t order, model *best,
                            eis_error *err) {
  model *m = eisi_new(1, sizeof *m, err);
  if (!m) return EIS_ERROR_MEMORY;
  m->order = order;
  const eis_status st = poles_of(w, m, err);
  if (opt->C == EIS_DRT_TERM_NONE) m->has[2] = false;
  for (int with = 0; st == EIS_OK && with < 4; with++) {
    m->has[0] = opt->R_inf != EIS_DRT_TERM_NONE;
    m->has[1] = with % 2 == 1;
    if (with == 2 && (opt->C == EIS_DRT_TERM_NONE || !as_capacitance(w, m))) break;
    if (opt->L == (m->has[1] ? EIS_DRT_TERM_NONE : EIS_DRT_TERM_FIT)) continue;
    if (fit(w, m) && (!best->k || m->bic < best->bic)) *best = *m;
  }
  free(m);
  return st;
}

static eis_status choose(loewner *w, const eis_drt_method_options *o, model *best, eis_error *err) {
  const size_t fixed = (size_t)o->order;
  size_t rank = 0;
  while (rank < w->q && w->S[rank] > RANK * w->S[0]) rank++;
  if (rank > MOST_ORDER) rank = MOST_ORDER;
  if (fixed > rank)
    return eis_error_set(err, EIS_ERROR_USAGE,
                         "a Loewner model of order %zu: these data have rank %zu, ask for less",
                         fixed, rank);
  eis_status st = EIS_OK;
  const size_t most = rank < SEARCHED ? rank : SEARCHED;
  if (fixed) return try_order(w, &o->drt, fixed, best, err);
  for (size_t r = 1; st == EIS_OK && r <= most; r++) st = try_order(w, &o->drt, r, best, err);
  return st;
}

/* ---- results ---- */

static int by_tau(const void *a, const void *b) {
  const eis_drt_pole *x = a, *y = b;
  const double p = hypot(x->tau, x->tau_im), q = hypot(y->tau, y->tau_im);
  return (p > q) - (p < q);
}

static eis_status fill_poles(const model *m, eis_drt_solution *out, eis_error *err) {
  size_t at = 0;
  if (!(out->pole = eisi_new(m->n, sizeof *out->pole, err))) return EIS_ERROR_MEMORY;
  out->n_poles = m->n;
  for (size_t q = 0; q < m->n; q++) {
    const bool pair = cimag(m->pole[q]) != 0;
    out->pole[q] = (eis_drt_pole){.tau = creal(m->pole[q]),
                                  .tau_im = cimag(m->pole[q]),
                                  .R = m->coef[at],
                                  .R_im = pair ? m->coef[at + 1] : 0};
    out->pole[q].inductive = !pair && m->coef[at] < 0;
    at += pair ? 2 : 1;
  }
  double *const term[TERMS] = {&out->drt.R_inf, &out->drt.L, &out->drt.C_inv};
  for (int t = 0; t < TERMS; t++)
    if (m->has[t]) *term[t] = m->coef[at++];
  qsort(out->pole, out->n_poles, sizeof *out->pole, by_tau);
  return EIS_OK;
}

/* Real poles of the left half plane: relaxations.  Others have no place on the axis of tau. */
static bool is_relaxation(const eis_drt_pole *p) { return p->tau_im == 0 && p->tau > 0; }

static void fill_gamma(const eis_drt_solution *s, eis_drt_result *out) {
  const double h = log(out->tau[1] / out->tau[0]);
  out->sharp_decades = 2 * h / log(10);
  for (size_t i = 0; i < s->n_poles; i++) {
    const eis_drt_pole *p = &s->pole[i];
    if (!is_relaxation(p)) continue;
    out->R_pol += p->R;
    for (size_t j = 0; j < out->n_tau; j++)
      out->gamma[j] += p->R * fmax(1 - fabs(log(out->tau[j] / p->tau)) / h, 0) / h;
  }
}

static eis_status fill_peaks(const eis_drt_solution *s, eis_drt_result *out, eis_error *err) {
  if (!(out->peak = eisi_new(s->n_poles, sizeof *out->peak, err))) return EIS_ERROR_MEMORY;
  for (size_t i = 0; i < s->n_poles; i++) {
    const eis_drt_pole *p = &s->pole[i];
    if (!is_relaxation(p)) continue;
    out->peak[out->n_peaks++] = (eis_drt_peak){.tau = p->tau,
                                               .log10_tau_error = NAN,
                                               .R = p->R,
                                               .R_error = NAN,
                                               .C = p->R > 0 ? p->tau / p->R : NAN,
                                               .probability = NAN,
                                               .height = 2 * p->R / (out->sharp_decades * log(10))};
  }
  return EIS_OK;
}

static void fill_fit(const loewner *w, const model *m, eis_drt_result *out) {
  const size_t rows = 2 * w->n, cols = fill_columns(w, m);
  for (size_t k = 0; k < w->n; k++) {
    const double f = 100 / fmax(hypot(w->s->re[k], w->s->im[k]), 1e-300);
    for (size_t j = 0; j < cols; j++) {
      out->fit_re[k] += m->coef[j] * w->A[j * rows + k] / w->weight[k];
      out->fit_im[k] += m->coef[j] * w->A[j * rows + w->n + k] / w->weight[w->n + k];
    }
    out->res_re[k] = (w->s->re[k] - out->fit_re[k]) * f;
    out->res_im[k] = (w->s->im[k] - out->fit_im[k]) * f;
  }
}

eis_status eisi_drt_loewner(eis_drt_solver *v, const eis_spectrum *s, eis_drt_solution *out,
                            eis_error *err) {
  loewner w = {0};
  model *best = eisi_new(1, sizeof *best, err);
  eis_drt_result *r = &out->drt;
  eis_status st = best ? eisi_drt_new_result(&v->opt.drt, s, 1, false, r, err) : EIS_ERROR_MEMORY;
  if (st == EIS_OK) st = start(&w, s, v->opt.drt.weighting, err);
  if (st == EIS_OK) st = choose(&w, &v->opt, best, err);
  if (st == EIS_OK && !best->k)
    st = eis_error_set(err, EIS_ERROR_NUMERIC, "no Loewner model of these data can be fitted");
  if (st == EIS_OK) st = fill_poles(best, out, err);
  if (st == EIS_OK) {
    const double spare = 2 * (double)s->n - (double)best->k;
    fill_gamma(out, r);
    fill_fit(&w, best, r);
    r->dof = (double)best->k;
    r->noise_percent = spare > 0 ? 100 * sqrt(best->S / spare) : NAN;
    if (v->opt.drt.level > 0) st = fill_peaks(out, r, err);
  }
  release(&w);
  free(best);
  return st;
}
