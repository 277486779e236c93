#include "analysis/drt_posterior.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "numerics/kernel_tri.h"
#include "numerics/linalg.h"

eis_status eisi_drt_posterior_init(eisi_drt_posterior *p, const eisi_drt_system *y,
                                   eis_error *err) {
  const size_t most = y->m + EISI_DRT_TERMS;
  *p = (eisi_drt_posterior){.y = y};
  if ((p->list = eisi_new(most, sizeof *p->list, err)) &&
      (p->H = eisi_new(most * most, sizeof(double), err)) &&
      (p->X = eisi_new(most * most, sizeof(double), err)) &&
      (p->scale = eisi_new(4 * most, sizeof(double), err))) {
    p->v = p->scale + most;
    p->work = p->v + most;
    p->full = p->work + most;
    return EIS_OK;
  }
  return EIS_ERROR_MEMORY;
}

void eisi_drt_posterior_clear(eisi_drt_posterior *p) {
  free(p->list);
  free(p->H);
  free(p->X);
  free(p->scale);
  *p = (eisi_drt_posterior){0};
}

/* Standard deviation of sum a_j x_j over all columns. */
static double sd_of_columns(const eisi_drt_posterior *p, const double *a) {
  for (size_t j = 0; j < p->n; j++) p->v[j] = a[p->list[j]] * p->scale[j];
  return p->sigma * sqrt(eisi_tri_form(p->n, p->X, p->v, p->work));
}

/* tr(H^-1 G) on the free variables, i.e. |X G^1/2|^2, from n - lambda tr(H^-1 M). */
static double effective(const eisi_drt_posterior *p, double lambda) {
  const size_t n = p->n, m = p->y->m;
  const double *M = p->y->grid->M;
  double trace = 0;
  for (size_t j = 0; j < n; j++) { /* row j of X times M X' */
    double sum = 0;
    for (size_t i = 0; i <= j; i++) p->work[i] = p->X[i * n + j] * p->scale[i];
    for (size_t i = 0; i <= j; i++) {
      if (p->list[i] >= m) continue;
      const double *column = M + p->list[i] * m;
      double s = 0.5 * column[p->list[i]] * p->work[i];
      for (size_t k = 0; k < i; k++)
        if (p->list[k] < m) s += column[p->list[k]] * p->work[k];
      sum += 2 * p->work[i] * s;
    }
    trace += sum;
  }
  return (double)n - lambda * trace;
}

static double error_of_term(const eisi_drt_posterior *p, int term) {
  const size_t at = p->y->at[term];
  if (!at) return NAN;
  memset(p->full, 0, p->y->cols * sizeof *p->full);
  p->full[at] = 1;
  const double sd = sd_of_columns(p, p->full);
  return sd > 0 ? sd : NAN; /* at its bound */
}

eis_status eisi_drt_posterior_fill(eisi_drt_posterior *p, const eisi_drt_tikhonov *t, double lambda,
                                   double rss, eis_drt_result *out, eis_error *err) {
  const eisi_drt_system *y = t->y;
  const size_t cols = y->cols;
  size_t n = 0;
  for (size_t j = 0; j < cols; j++)
    if (!eisi_qp_is_active(t->qp, j)) p->list[n++] = j;
  p->n = n;
  for (size_t j = 0; j < n; j++) p->scale[j] = 1 / sqrt(t->H[p->list[j] * cols + p->list[j]]);
  for (size_t j = 0; j < n; j++)
    for (size_t i = j; i < n; i++)
      p->H[j * n + i] = t->H[p->list[j] * cols + p->list[i]] * p->scale[i] * p->scale[j];
  memset(p->v, 0, n * sizeof *p->v);
  if (n > 0 && !eisi_chol_solve(n, p->H, p->v, 1))
    return eis_error_set(
        err, EIS_ERROR_NUMERIC,
        "the uncertainty of gamma can't be determined: the matrix is singular; use "
        "more regularisation");
  eisi_tri_invert(n, p->H, p->X);
  out->dof = effective(p, lambda);
  p->sigma = sqrt(rss / fmax((double)y->rows - out->dof, 1));
  out->noise_percent = 100 * p->sigma;
  out->R_inf_error = error_of_term(p, EISI_DRT_R);
  out->L_error = error_of_term(p, EISI_DRT_L);
  out->C_inv_error = error_of_term(p, EISI_DRT_C);
  memset(p->full, 0, cols * sizeof *p->full);
  for (size_t j = 0; j < y->m; j++) p->full[j] = y->grid->weight;
  out->R_pol_error = sd_of_columns(p, p->full);
  return EIS_OK;
}

double eisi_drt_posterior_sd(const eisi_drt_posterior *p, const double *a) {
  const eisi_drt_grid *g = p->y->grid;
  memset(p->full, 0, p->y->cols * sizeof *p->full);
  for (size_t j = 0; j < g->m; j++) {
    double sum = 0;
    if (!g->Phi)
      sum = a[j];
    else
      for (size_t i = 0; i < g->m; i++) sum += g->Phi[j * g->m + i] * a[i];
    p->full[j] = sum;
  }
  return sd_of_columns(p, p->full);
}

void eisi_drt_posterior_band(const eisi_drt_posterior *p, double z, bool positive,
                             eis_drt_result *out) {
  const eisi_drt_grid *g = p->y->grid;
  for (size_t i = 0; i < g->m; i++) {
    memset(p->full, 0, p->y->cols * sizeof *p->full);
    if (g->Phi)
      for (size_t j = 0; j < g->m; j++) p->full[j] = g->Phi[j * g->m + i];
    else
      p->full[i] = 1;
    const double d = z * sd_of_columns(p, p->full);
    out->gamma_low[i] = out->gamma[i] - d;
    if (positive) out->gamma_low[i] = fmax(out->gamma_low[i], 0);
    out->gamma_high[i] = out->gamma[i] + d;
  }
}
