/* drt_matrix.c - grid, kernel and penalty matrices, and the weighted system of a spectrum. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/drt_core.h"
#include "analysis/weights.h"
#include "numerics/linalg.h"

enum { FEWEST_TAUS = 10, MOST_TAUS = 2000 };

/* ---- grid ---- */

enum { FARTHEST_DECADES = 6 };

/* A range that the user chose has to have to do with the data. */
static eis_status check_reach(double first, double last, double low, double high, eis_error *err) {
  const double far = FARTHEST_DECADES * log(10);
  if (first < -log(2 * M_PI * low) && last > -log(2 * M_PI * high) &&
      first > -log(2 * M_PI * high) - far && last < -log(2 * M_PI * low) + far)
    return EIS_OK;
  return eis_error_set(err, EIS_ERROR_USAGE,
                       "time constants from %.3g to %.3g s: the data tell of %.3g to %.3g s "
                       "(1/(2 pi f)); expected a range that meets it and is not more than %d "
                       "decades wider on either side",
                       exp(first), exp(last), 1 / (2 * M_PI * high), 1 / (2 * M_PI * low),
                       FARTHEST_DECADES);
}

static eis_status even_grid(eisi_drt_grid *g, const eis_drt_options *opt, eis_error *err) {
  double low = HUGE_VAL, high = 0;
  for (size_t k = 0; k < g->n; k++) {
    low = fmin(low, g->f[k]);
    high = fmax(high, g->f[k]);
  }
  const double beyond = opt->extend_decades * log(10);
  double first = -log(2 * M_PI * high) - beyond, last = -log(2 * M_PI * low) + beyond;
  if (!isnan(opt->tau_min)) first = log(opt->tau_min);
  if (!isnan(opt->tau_max)) last = log(opt->tau_max);
  const eis_status st = check_reach(first, last, low, high, err);
  if (st != EIS_OK) return st;
  const double count = floor((last - first) / log(10) * opt->per_decade + 0.5) + 1;
  if (!(count >= FEWEST_TAUS && count <= MOST_TAUS))
    return eis_error_set(
        err, EIS_ERROR_USAGE,
        "a tau grid from %.3g to %.3g s with %g points per decade has %.0f points: "
        "expected %d to %d",
        exp(first), exp(last), opt->per_decade, fmax(count, 0), FEWEST_TAUS, MOST_TAUS);
  g->m = (size_t)count;
  if (!(g->ltau = eisi_new(g->m, sizeof *g->ltau, err))) return EIS_ERROR_MEMORY;
  g->step = (last - first) / (double)(g->m - 1);
  for (size_t j = 0; j < g->m; j++) g->ltau[j] = first + g->step * (double)j;
  return EIS_OK;
}

/* Frequencies are stored descending, so that 1/f ascends. */
static eis_status reciprocal_grid(eisi_drt_grid *g, eis_error *err) {
  g->m = g->n;
  if (!(g->ltau = eisi_new(g->m, sizeof *g->ltau, err))) return EIS_ERROR_MEMORY;
  for (size_t j = 0; j < g->m; j++) g->ltau[j] = -log(g->f[j]);
  for (size_t j = 1; j < g->m; j++)
    if (!(g->ltau[j] > g->ltau[j - 1]))
      return eis_error_set(err, EIS_ERROR_INPUT,
                           "frequency %g Hz occurs twice: a grid at tau = 1/f needs different ones",
                           g->f[j]);
  g->step = (g->ltau[g->m - 1] - g->ltau[0]) / (double)(g->m - 1);
  return EIS_OK;
}

/* Integrals of the basis functions with 1/(1 + j w tau) = (1 - j w tau)/(1 + (w tau)^2). */
static eis_status fill_kernel(eisi_drt_grid *g, eis_error *err) {
  size_t count = 0;
  double *t = NULL, *c = NULL;
  eis_status st = eisi_drt_basis_rule(g->basis, g->epsilon, &count, &t, &c, err);
  if (st != EIS_OK) return st;
  for (size_t q = 0; q < count; q++) {
    g->weight += c[q];
    t[q] = exp(t[q]);
  }
  for (size_t j = 0; j < g->m; j++) {
    const double tau = exp(g->ltau[j]);
    for (size_t k = 0; k < g->n; k++) {
      const double wt = 2 * M_PI * g->f[k] * tau;
      double re = 0, im = 0;
      for (size_t q = 0; q < count; q++) {
        const double u = wt * t[q], v = c[q] / (1 + u * u);
        re += v;
        im -= v * u;
      }
      g->A[j * 2 * g->n + k] = re;
      g->A[j * 2 * g->n + g->n + k] = im;
    }
  }
  free(t);
  free(c);
  return EIS_OK;
}

static void fill_terms(eisi_drt_grid *g) {
  const size_t n = g->n;
  double *A = g->A + g->m * 2 * n;
  for (size_t k = 0; k < n; k++) {
    const double w = 2 * M_PI * g->f[k];
    A[EISI_DRT_R * 2 * n + k] = 1;
    A[EISI_DRT_L * 2 * n + n + k] = w;
    A[EISI_DRT_C * 2 * n + n + k] = -1 / w;
  }
}

/* share * integral of (gamma^(k))^2 for functions that span neighbouring points: differences, with
   nothing assumed beyond the ends of the grid. */
static void add_differences(eisi_drt_grid *g, int k, double share) {
  static const double stencil[3][3] = {{0, 0, 0}, {-1, 1, 0}, {1, -2, 1}};
  const double f = share * pow(g->epsilon, 2 * k - 1);
  for (size_t i = 0; i + (size_t)k < g->m; i++)
    for (int a = 0; a <= k; a++)
      for (int b = 0; b <= k; b++)
        g->M[(i + (size_t)a) * g->m + i + (size_t)b] += f * stencil[k][a] * stencil[k][b];
}

static void fill_penalty(eisi_drt_grid *g, const double share[3]) {
  for (int k = 0; k < 3; k++) {
    if (!(share[k] > 0)) continue;
    if (k > 0 && g->basis->local) {
      add_differences(g, k, share[k]);
      continue;
    }
    const double f = share[k] * pow(g->epsilon, 2 * k - 1);
    for (size_t i = 0; i < g->m; i++)
      for (size_t j = 0; j <= i; j++) {
        const double a = (g->ltau[i] - g->ltau[j]) * g->epsilon;
        const double v = f * eisi_drt_basis_overlap(g->basis, k, a);
        g->M[i * g->m + j] += v;
        if (i != j) g->M[j * g->m + i] += v;
      }
  }
}

static eis_status fill_values(eisi_drt_grid *g, eis_error *err) {
  if (g->basis->local) return EIS_OK;
  if (!(g->Phi = eisi_new(g->m * g->m, sizeof *g->Phi, err))) return EIS_ERROR_MEMORY;
  for (size_t j = 0; j < g->m; j++)
    for (size_t i = 0; i < g->m; i++)
      g->Phi[j * g->m + i] = eisi_drt_basis_value(g->basis, (g->ltau[i] - g->ltau[j]) * g->epsilon);
  return EIS_OK;
}

eis_status eisi_drt_grid_init(eisi_drt_grid *g, const eis_spectrum *s, const eis_drt_options *opt,
                              eis_error *err) {
  const bool adaptive = opt->method == EIS_DRT_ADAPTIVE;
  *g = (eisi_drt_grid){.n = s->n};
  g->basis = eisi_drt_basis_find(adaptive ? "points" : opt->basis);
  if (!(g->f = eisi_new(g->n, sizeof *g->f, err))) return EIS_ERROR_MEMORY;
  memcpy(g->f, s->f, g->n * sizeof *g->f);
  eis_status st =
      !adaptive && opt->tau_at_1_over_f ? reciprocal_grid(g, err) : even_grid(g, opt, err);
  if (st != EIS_OK) return st;
  g->epsilon = g->basis->local ? 1 / g->step : opt->fwhm * 2 * g->basis->half / g->step;
  g->A = eisi_new(2 * g->n * (g->m + EISI_DRT_TERMS), sizeof *g->A, err);
  g->M = eisi_new(g->m * g->m, sizeof *g->M, err);
  if (!g->A || !g->M) return EIS_ERROR_MEMORY;
  if ((st = fill_kernel(g, err)) != EIS_OK) return st;
  fill_terms(g);
  if (!adaptive) fill_penalty(g, opt->order);
  return fill_values(g, err);
}

void eisi_drt_grid_clear(eisi_drt_grid *g) {
  free(g->f);
  free(g->ltau);
  free(g->A);
  free(g->M);
  free(g->Phi);
  *g = (eisi_drt_grid){0};
}

bool eisi_drt_grid_fits(const eisi_drt_grid *g, const eis_spectrum *s) {
  return g->A && g->n == s->n && memcmp(g->f, s->f, g->n * sizeof *g->f) == 0;
}

void eisi_drt_grid_gamma(const eisi_drt_grid *g, const double *x, double *gamma) {
  if (!g->Phi) {
    memcpy(gamma, x, g->m * sizeof *gamma);
    return;
  }
  memset(gamma, 0, g->m * sizeof *gamma);
  for (size_t j = 0; j < g->m; j++) {
    const double v = x[j], *column = g->Phi + j * g->m;
    if (v == 0) continue;
    for (size_t i = 0; i < g->m; i++) gamma[i] += column[i] * v;
  }
}

/* ---- system ---- */

eis_status eisi_drt_system_init(eisi_drt_system *y, const eisi_drt_grid *g, eis_error *err) {
  const size_t rows = 2 * g->n, cols = g->m + EISI_DRT_TERMS;
  *y = (eisi_drt_system){.grid = g, .m = g->m};
  if ((y->weight = eisi_new(rows, sizeof(double), err)) &&
      (y->A = eisi_new(rows * cols, sizeof(double), err)) &&
      (y->b = eisi_new(rows, sizeof(double), err)) &&
      (y->G = eisi_new(cols * cols, sizeof(double), err)) &&
      (y->c = eisi_new(cols, sizeof(double), err)))
    return EIS_OK;
  return EIS_ERROR_MEMORY;
}

void eisi_drt_system_clear(eisi_drt_system *y) {
  free(y->weight);
  free(y->A);
  free(y->b);
  free(y->G);
  free(y->c);
  *y = (eisi_drt_system){0};
}

double eisi_drt_tail(const eis_spectrum *s) {
  const size_t last = s->n - 1;
  size_t k = last;
  while (k > 0 && s->f[k] < 3.2 * s->f[last]) k--;
  const double low = -s->im[last], high = -s->im[k];
  if (!(low > 0 && s->f[k] > s->f[last])) return -HUGE_VAL;
  return high > 0 ? log(low / high) / log(s->f[k] / s->f[last]) : HUGE_VAL;
}

/* A capacitive tail: steeper than that of diffusion, which has 1/2. */
static bool ends_capacitive(const eis_spectrum *s) {
  const double slope = eisi_drt_tail(s);
  return slope > 0.7 && !isinf(slope);
}

void eisi_drt_resolve_terms(const eis_spectrum *s, eis_drt_options *opt) {
  const bool re = opt->method == EIS_DRT_ADAPTIVE || opt->part != EIS_DRT_IMAG;
  const bool im = opt->method == EIS_DRT_ADAPTIVE || opt->part != EIS_DRT_REAL;
  if (opt->R_inf == EIS_DRT_TERM_AUTO) opt->R_inf = EIS_DRT_TERM_FIT;
  if (opt->L == EIS_DRT_TERM_AUTO) opt->L = EIS_DRT_TERM_FIT;
  if (opt->C == EIS_DRT_TERM_AUTO)
    opt->C = ends_capacitive(s) ? EIS_DRT_TERM_FIT : EIS_DRT_TERM_NONE;
  if (!re && opt->R_inf == EIS_DRT_TERM_FIT) opt->R_inf = EIS_DRT_TERM_NONE;
  if (!im && opt->L == EIS_DRT_TERM_FIT) opt->L = EIS_DRT_TERM_NONE;
  if (!im && opt->C == EIS_DRT_TERM_FIT) opt->C = EIS_DRT_TERM_NONE;
}

/* Columns of the fitted terms; true when they are others than before. */
static bool place_terms(eisi_drt_system *y, const eis_drt_options *opt, size_t rows) {
  const eis_drt_term kind[EISI_DRT_TERMS] = {opt->R_inf, opt->L, opt->C};
  const double value[EISI_DRT_TERMS] = {opt->R_inf_value, opt->L_value, 1 / opt->C_value};
  bool changed = rows != y->rows;
  y->rows = rows;
  y->cols = y->m;
  for (int t = 0; t < EISI_DRT_TERMS; t++) {
    const size_t at = kind[t] == EIS_DRT_TERM_FIT ? y->cols++ : 0;
    changed |= at != y->at[t];
    y->at[t] = at;
    y->held[t] = kind[t] == EIS_DRT_TERM_FIXED ? value[t] : 0;
  }
  return changed;
}

static void fill_column(eisi_drt_system *y, size_t from, size_t to, size_t first) {
  const double *a = y->grid->A + from * 2 * y->grid->n + first, *w = y->weight + first;
  double *out = y->A + to * y->rows;
  for (size_t k = 0; k < y->rows; k++) out[k] = a[k] * w[k];
}

static void fill_data(eisi_drt_system *y, const eis_spectrum *s, size_t first) {
  const size_t n = s->n;
  y->bb = 0;
  for (size_t k = 0; k < y->rows; k++) {
    const size_t i = k + first;
    double v = i < n ? s->re[i] : s->im[i - n];
    for (size_t t = 0; t < EISI_DRT_TERMS; t++)
      if (y->held[t] != 0) v -= y->held[t] * y->grid->A[(y->m + t) * 2 * n + i];
    y->b[k] = v * y->weight[i];
    y->bb += y->b[k] * y->b[k];
  }
}

eis_status eisi_drt_system_fill(eisi_drt_system *y, const eis_spectrum *s,
                                const eis_drt_options *opt, eis_error *err) {
  const size_t n = s->n;
  const bool both = opt->method == EIS_DRT_ADAPTIVE || opt->part == EIS_DRT_COMPLEX;
  const size_t first = !both && opt->part == EIS_DRT_IMAG ? n : 0;
  bool changed = place_terms(y, opt, both ? 2 * n : n) || !y->gram_valid;
  double *weight = y->b; /* as scratch: 2n entries */
  eis_status st = eisi_weights(s, opt->weighting, NULL, weight, err);
  if (st != EIS_OK) return st;
  if (memcmp(weight, y->weight, 2 * n * sizeof *weight) != 0) {
    memcpy(y->weight, weight, 2 * n * sizeof *weight);
    changed = true;
  }
  if (changed) {
    for (size_t j = 0; j < y->m; j++) fill_column(y, j, j, first);
    for (size_t t = 0; t < EISI_DRT_TERMS; t++)
      if (y->at[t]) fill_column(y, y->m + t, y->at[t], first);
    eisi_gram(y->rows, y->cols, y->A, y->G);
    y->gram_valid = true;
  }
  fill_data(y, s, first);
  eisi_gemv_t(y->rows, y->cols, y->A, y->b, y->c);
  return EIS_OK;
}
