#include "analysis/drt_tikhonov.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

eis_status eisi_drt_tikhonov_init(eisi_drt_tikhonov *t, const eisi_drt_system *y, eis_error *err) {
  const size_t most = y->m + EISI_DRT_TERMS;
  *t = (eisi_drt_tikhonov){.y = y};
  if ((t->H = eisi_new(most * most, sizeof(double), err)) &&
      (t->B = eisi_new(most * (most + 1), sizeof(double), err)) &&
      (t->x = eisi_new(most, sizeof(double), err)) &&
      (t->scale = eisi_new(most, sizeof(double), err)) &&
      (t->r = eisi_new(2 * y->grid->n, sizeof(double), err)))
    return EIS_OK;
  return EIS_ERROR_MEMORY;
}

void eisi_drt_tikhonov_clear(eisi_drt_tikhonov *t) {
  eisi_qp_free(t->qp);
  free(t->H);
  free(t->B);
  free(t->x);
  free(t->scale);
  free(t->r);
  *t = (eisi_drt_tikhonov){0};
}

void eisi_drt_normal_matrix(const eisi_drt_system *y, const double *G, double lambda, double *H) {
  const size_t n = y->cols, m = y->m;
  const double *M = y->grid->M;
  memcpy(H, G, n * n * sizeof *H);
  for (size_t j = 0; j < m; j++)
    for (size_t i = 0; i < m; i++) H[j * n + i] += lambda * M[j * m + i];
  for (size_t j = m; j < n; j++)
    if (H[j * n + j] == 0) H[j * n + j] = 1;
}

eis_status eisi_drt_tikhonov_solve(eisi_drt_tikhonov *t, const double *G, const double *c,
                                   double lambda, double *x, eis_error *err) {
  const size_t n = t->y->cols;
  eis_status st = EIS_OK;
  if (t->qp && eisi_qp_size(t->qp) != n) {
    eisi_qp_free(t->qp);
    t->qp = NULL;
  }
  if (!t->qp && (st = eisi_qp_new(n, &t->qp, err)) != EIS_OK) return st;
  eisi_drt_normal_matrix(t->y, G, lambda, t->H);
  eisi_qp_matrix(t->qp, t->H);
  eisi_qp_bounded(t->qp, !t->opt->signed_gamma, NULL);
  return eisi_qp_solve(t->qp, c, x, &t->info, err);
}

double eisi_drt_misfit(const eisi_drt_tikhonov *t, const double *x) {
  const eisi_drt_system *y = t->y;
  double sum = 0;
  memcpy(t->r, y->b, y->rows * sizeof *t->r);
  for (size_t j = 0; j < y->cols; j++) {
    const double v = x[j], *column = y->A + j * y->rows;
    if (v == 0) continue;
    for (size_t k = 0; k < y->rows; k++) t->r[k] -= column[k] * v;
  }
  for (size_t k = 0; k < y->rows; k++) sum += t->r[k] * t->r[k];
  return sum;
}
