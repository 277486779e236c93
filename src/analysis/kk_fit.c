/* kk_fit.c - linear least squares of R + sum of RC + L + C, and the choice of the number of RC. */
#include "analysis/kk_fit.h"
#include "base/base.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "numerics/linalg.h"

/* Elements per decade beyond which a model function cannot be told from its neighbours in double
   precision: adding more only worsens the condition. */
static const double MOST_PER_DECADE = 8;

eis_status eisi_kk_work_init(eisi_kk_work *w, size_t n, size_t m, eis_error *err) {
  size_t cols = m + 3, rows = 2 * n + cols; /* room for the ridge rows */
  size_t lapack = eisi_linalg_work(rows, cols);
  size_t total = rows * cols + rows + 4 * cols + lapack + 2 * n;
  double *a = eisi_new(total, sizeof *a, err);
  *w = (eisi_kk_work){.n = n, .m = m, .A = a};
  if (!a) return EIS_ERROR_MEMORY;
  w->b = w->A + rows * cols;
  w->scale = w->b + rows;
  w->x = w->scale + cols;
  w->try_x = w->x + cols;
  w->tau = w->try_x + cols;
  w->lapack = w->tau + cols;
  w->other = w->lapack + lapack;
  return EIS_OK;
}

void eisi_kk_work_clear(eisi_kk_work *w) {
  free(w->A);
  *w = (eisi_kk_work){0};
}

static void omega_range(const eisi_kk_problem *p, double *low, double *high) {
  *low = *high = p->omega[0];
  for (size_t k = 1; k < p->n; k++) {
    *low = fmin(*low, p->omega[k]);
    *high = fmax(*high, p->omega[k]);
  }
}

void eisi_kk_grid(const eisi_kk_problem *p, int m, double *tau) {
  double low, high, extend = p->opt->extend_decades;
  omega_range(p, &low, &high);
  double first = -log10(high) - extend, last = extend - log10(low);
  for (int k = 0; k < m; k++) tau[k] = pow(10, m > 1 ? first + k * (last - first) / (m - 1) : last);
}

int eisi_kk_most(const eisi_kk_problem *p) {
  double low, high;
  omega_range(p, &low, &high);
  double decades = log10(high / low) + 2 * p->opt->extend_decades;
  int dense = 1 + (int)(MOST_PER_DECADE * fmax(decades, 0.5));
  int rows = (int)(p->opt->part == EIS_KK_COMPLEX ? 2 * p->n : p->n);
  int most = rows / 2 - 2; /* half of the data stay free to contradict the model */
  if (most > dense) most = dense;
  if (p->opt->m_max > 0 && most > p->opt->m_max) most = p->opt->m_max;
  return most < 1 ? 1 : most;
}

/* ---- the model functions ---- */

/* One RC element, 1/(1 + jwt); its admittance counterpart, a series RC branch, jwt/(1 + jwt);
   times the weights.  Returns the sum of squares. */
static double element_column(const eisi_kk_problem *p, double tau, double *re, double *im) {
  bool admittance = p->opt->admittance;
  double sum_re = 0, sum_im = 0;
  for (size_t k = 0; k < p->n; k++) {
    double wt = p->omega[k] * tau, q = p->weight[k] / (1 + wt * wt), wtq = wt * q;
    re[k] = admittance ? wt * wtq : q;
    im[k] = admittance ? wtq : -wtq;
    sum_re += re[k] * re[k];
    sum_im += im[k] * im[k];
  }
  return sum_re + sum_im;
}

/* rising: jw (L in Z, C in Y); else 1/(jw). */
static double reactive_column(const eisi_kk_problem *p, bool rising, double *re, double *im) {
  double sum = 0;
  for (size_t k = 0; k < p->n; k++) {
    re[k] = 0;
    im[k] = p->weight[k] * (rising ? p->omega[k] : -1 / p->omega[k]);
    sum += im[k] * im[k];
  }
  return sum;
}

static double resistance_column(const eisi_kk_problem *p, double *re, double *im) {
  double sum = 0;
  for (size_t k = 0; k < p->n; k++) {
    re[k] = p->weight[k];
    im[k] = 0;
    sum += re[k] * re[k];
  }
  return sum;
}

/* Function j of [R, RC_1 .. RC_m, C, L], weighted. */
static double model_column(const eisi_kk_problem *p, int m, int j, const double *tau, double *re,
                           double *im) {
  if (j == 0) return resistance_column(p, re, im);
  if (j <= m) return element_column(p, tau[j - 1], re, im);
  return reactive_column(p, (j == m + 2) != p->opt->admittance, re, im);
}

/* Which functions the fitted part of the data can determine. */
static bool column_is_fitted(const eis_kk_options *o, int m, int j) {
  if (j == 0) return o->part != EIS_KK_IMAG;
  if (j <= m) return true;
  if (o->part == EIS_KK_REAL) return false;
  return j == m + 1 ? o->capacitance : o->inductance;
}

static size_t row_count(const eisi_kk_problem *p) {
  return p->opt->part == EIS_KK_COMPLEX ? 2 * p->n : p->n;
}

/* Weighted columns of norm 1 (norms in w->scale), so that neither ohms nor seconds matter; returns
   how many.  The first rows of columns of length ld are filled, the rest zeroed. */
static size_t fill_matrix(const eisi_kk_problem *p, int m, size_t ld, eisi_kk_work *w) {
  size_t cols = 0, n = p->n, rows = row_count(p);
  eis_kk_part part = p->opt->part;
  for (int j = 0; j < m + 3; j++) {
    if (!column_is_fitted(p->opt, m, j)) continue;
    double *c = w->A + cols * ld;
    double *re = part == EIS_KK_IMAG ? w->other : c;
    double *im = part == EIS_KK_REAL ? w->other : part == EIS_KK_IMAG ? c : c + n;
    double sum = model_column(p, m, j, w->tau, re, im);
    if (rows == n) {
      sum = 0;
      for (size_t i = 0; i < n; i++) sum += c[i] * c[i];
    }
    double norm = sum > 0 && isfinite(sum) ? sqrt(sum) : 1, inverse = 1 / norm;
    w->scale[cols] = norm;
    for (size_t i = 0; i < rows; i++) c[i] *= inverse;
    memset(c + rows, 0, (ld - rows) * sizeof *c);
    cols++;
  }
  return cols;
}

static void fill_data(const eisi_kk_problem *p, size_t ld, double *b) {
  size_t n = p->n, rows = row_count(p);
  const double *first = p->opt->part == EIS_KK_IMAG ? p->im : p->re;
  for (size_t k = 0; k < n; k++) b[k] = first[k] * p->weight[k];
  if (rows > n)
    for (size_t k = 0; k < n; k++) b[n + k] = p->im[k] * p->weight[k];
  memset(b + rows, 0, (ld - rows) * sizeof *b);
}

/* More unknowns than the data can tell apart: the smallest of the solutions, by a ridge just above
   rounding error. */
static double solve_ridge(const eisi_kk_problem *p, int m, eisi_kk_work *w) {
  const double ridge = 1e-11;
  size_t rows = row_count(p), cols = 0;
  for (int j = 0; j < m + 3; j++) cols += column_is_fitted(p->opt, m, j);
  size_t ld = rows + cols;
  double rss = 0;
  fill_matrix(p, m, ld, w);
  for (size_t j = 0; j < cols; j++) w->A[j * ld + rows + j] = ridge;
  fill_data(p, ld, w->b);
  if (!eisi_qr_solve(ld, cols, w->A, w->b, &rss, w->lapack)) memset(w->b, 0, cols * sizeof *w->b);
  return rss;
}

/* The unknowns that the fitted part says nothing about, from the other part.
   Imaginary fit: R is the weighted mean of what is missing (Boukamp 1995, eq. 7). */
static void add_mean_resistance(const eisi_kk_problem *p, int m, const double *tau, double *x,
                                double *fit) {
  double sum = 0, weights = 0;
  eisi_kk_eval(p, m, tau, x, fit, fit + p->n);
  for (size_t k = 0; k < p->n; k++) {
    double w2 = p->weight[k] * p->weight[k];
    sum += w2 * (p->re[k] - fit[k]);
    weights += w2;
  }
  if (weights > 0) x[0] = sum / weights;
}

/* Real fit: C and L by least squares from what is missing in the imaginary part. */
static void add_reactances(const eisi_kk_problem *p, int m, const double *tau, double *x,
                           double *fit) {
  double a11 = 0, a12 = 0, a22 = 0, b1 = 0, b2 = 0;
  const eis_kk_options *o = p->opt;
  eisi_kk_eval(p, m, tau, x, fit, fit + p->n);
  for (size_t k = 0; k < p->n; k++) {
    double w = p->weight[k], d = w * (p->im[k] - fit[p->n + k]);
    double rise = w * p->omega[k], fall = -w / p->omega[k];
    double c = o->capacitance ? (o->admittance ? rise : fall) : 0;
    double l = o->inductance ? (o->admittance ? fall : rise) : 0;
    a11 += c * c, a12 += c * l, a22 += l * l;
    b1 += c * d, b2 += l * d;
  }
  double det = a11 * a22 - a12 * a12;
  if (det > 1e-12 * a11 * a22) {
    x[m + 1] = (b1 * a22 - b2 * a12) / det;
    x[m + 2] = (b2 * a11 - b1 * a12) / det;
  } else {
    x[m + 1] = a11 > 0 ? b1 / a11 : 0;
    x[m + 2] = a22 > 0 && !(a11 > 0) ? b2 / a22 : 0;
  }
}

eisi_kk_fit eisi_kk_solve(const eisi_kk_problem *p, int m, eisi_kk_work *w, double *x) {
  size_t rows = row_count(p), used = 0;
  double rss = 0;
  eisi_kk_grid(p, m, w->tau);
  size_t cols = fill_matrix(p, m, rows, w);
  fill_data(p, rows, w->b);
  if (!eisi_qr_solve(rows, cols, w->A, w->b, &rss, w->lapack)) rss = solve_ridge(p, m, w);
  memset(x, 0, ((size_t)m + 3) * sizeof *x);
  for (int j = 0; j < m + 3; j++) {
    if (!column_is_fitted(p->opt, m, j)) continue;
    x[j] = w->b[used] / w->scale[used];
    used++;
  }
  if (p->opt->part == EIS_KK_IMAG) add_mean_resistance(p, m, w->tau, x, w->other);
  if (p->opt->part == EIS_KK_REAL) add_reactances(p, m, w->tau, x, w->other);
  return (eisi_kk_fit){.m = m, .p = cols, .rss = rss};
}

void eisi_kk_eval(const eisi_kk_problem *p, int m, const double *tau, const double *x, double *re,
                  double *im) {
  bool admittance = p->opt->admittance;
  double rise = x[admittance ? m + 1 : m + 2], fall = x[admittance ? m + 2 : m + 1];
  for (size_t k = 0; k < p->n; k++) {
    re[k] = x[0];
    im[k] = rise * p->omega[k] - fall / p->omega[k];
  }
  for (int j = 0; j < m; j++) {
    double r = x[j + 1];
    for (size_t k = 0; k < p->n; k++) {
      double wt = p->omega[k] * tau[j], q = r / (1 + wt * wt);
      re[k] += admittance ? r - q : q;
      im[k] += admittance ? wt * q : -wt * q;
    }
  }
}

/* ---- how many elements ---- */

double eisi_kk_mu(const double *R, int m) {
  double negative = 0, positive = 0;
  for (int k = 0; k < m; k++) {
    if (R[k] < 0)
      negative -= R[k];
    else
      positive += R[k];
  }
  return positive > 0 ? 1 - negative / positive : -HUGE_VAL;
}

static double used_rows(const eisi_kk_problem *p) {
  double points = 0;
  for (size_t k = 0; k < p->n; k++) points += p->weight[k] > 0;
  return p->opt->part == EIS_KK_COMPLEX ? 2 * points : points;
}

/* Akaike's criterion corrected for few data (Hurvich and Tsai 1989). */
static double aicc(const eisi_kk_fit *f, double rows) {
  double unknowns = (double)f->p, spare = fmax(rows - unknowns - 1, 0.5);
  double mean = fmax(f->rss / fmax(rows, 1), 1e-32); /* rounding error is not information */
  return rows * log(mean) + 2 * unknowns * rows / spare;
}

static void keep_better(eisi_kk_fit *best, double *score, const eisi_kk_fit *f, double value,
                        eisi_kk_work *w) {
  if (best->m != 0 && !(value < *score)) return;
  double *swap = w->x;
  w->x = w->try_x;
  w->try_x = swap;
  *best = *f;
  *score = value;
}

/* Largest relative misfit of a compliant spectrum with so many elements per decade, measured on RC,
   ZARC, diffusion and blocking circuits (doc/kk.md): RC elements converge exponentially. */
static const double MISFIT_ONE = 0.3, MISFIT_RATE = 0.9;

static double misfit_at(double per_decade) {
  return pow(10, MISFIT_ONE - MISFIT_RATE * per_decade);
}

double eisi_kk_density(const eisi_kk_problem *p, int m) {
  double low, high;
  omega_range(p, &low, &high);
  return (m - 1) / fmax(log10(high / low) + 2 * p->opt->extend_decades, 0.5);
}

int eisi_kk_needed(const eisi_kk_problem *p, double noise) {
  double low, high, wanted = fmax(noise, 1e-12) / 3;
  omega_range(p, &low, &high);
  double decades = fmax(log10(high / low) + 2 * p->opt->extend_decades, 0.5);
  double m = 2 + decades * (MISFIT_ONE - log10(wanted)) / MISFIT_RATE;
  int most = eisi_kk_most(p);
  return m < 3 && most >= 3 ? 3 : m < most ? (int)m : most;
}

/* Grows M in steps of 18 % and keeps the smallest AICc.  The criterion is not monotone (a discrete
   time constant falls on or between grid points), hence the search goes on until a compliant
   spectrum would be met three times better than this one is: what is left then is noise, or not
   compliant, and more elements would only learn to imitate it. */
static eisi_kk_fit select_auto(const eisi_kk_problem *p, eisi_kk_work *w) {
  int most = eisi_kk_most(p), m;
  double low, high, score = HUGE_VAL, rows = used_rows(p);
  eisi_kk_fit best = {0};
  omega_range(p, &low, &high);
  m = (int)log10(high / low);
  if (m < 3) m = 3;
  if (m > most) m = most;
  while (m <= most) {
    eisi_kk_fit f = eisi_kk_solve(p, m, w, w->try_x);
    double spare = fmax(rows - (double)f.p, 1), value = aicc(&f, rows);
    keep_better(&best, &score, &f, value, w);
    if (3 * misfit_at(eisi_kk_density(p, m)) < sqrt(f.rss / spare)) break;
    int next = (int)(m * 1.18 + 0.5);
    if (next <= m) next = m + 1;
    if (next > most && best.m == m && m < most) next = most; /* clean data: all there is */
    m = next;
  }
  return best;
}

/* Schoenleber's rule: the first M at which mu falls to the limit. */
static eisi_kk_fit select_mu(const eisi_kk_problem *p, eisi_kk_work *w) {
  int most = p->opt->m_max > 0 ? p->opt->m_max : eisi_kk_most(p);
  eisi_kk_fit f = {0};
  for (int m = 1; m <= most; m++) {
    f = eisi_kk_solve(p, m, w, w->x);
    if (eisi_kk_mu(w->x + 1, m) <= p->opt->mu_limit) break;
  }
  return f;
}

eisi_kk_fit eisi_kk_select(const eisi_kk_problem *p, eisi_kk_work *w) {
  switch (p->opt->rule) {
    case EIS_KK_RULE_FIXED: return eisi_kk_solve(p, p->opt->m, w, w->x);
    case EIS_KK_RULE_MU: return select_mu(p, w);
    case EIS_KK_RULE_AUTO: break;
  }
  return select_auto(p, w);
}
