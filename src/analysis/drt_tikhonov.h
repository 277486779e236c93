/* drt_tikhonov.h - one lambda: the quadratic program, and how lambda is chosen. */
#ifndef EISI_DRT_TIKHONOV_H
#define EISI_DRT_TIKHONOV_H

#include "analysis/drt_core.h"

typedef struct eisi_drt_tikhonov {
  const eisi_drt_system *y;
  const eis_drt_options *opt;
  const eis_spectrum *s;
  eisi_qp *qp;
  double *H, *B;         /* cols x cols, cols x (cols + 1) */
  double *x, *r, *scale; /* cols; 2n; cols */
  eisi_qp_info info;
} eisi_drt_tikhonov;

eis_status eisi_drt_tikhonov_init(eisi_drt_tikhonov *t, const eisi_drt_system *y, eis_error *err);
void eisi_drt_tikhonov_clear(eisi_drt_tikhonov *t);
/* H = G + lambda M; a column without data gets a one on the diagonal. */
void eisi_drt_normal_matrix(const eisi_drt_system *y, const double *G, double lambda, double *H);
/* min x'(G + lambda M)x - 2 c'x, x >= 0 unless signed, into x. */
eis_status eisi_drt_tikhonov_solve(eisi_drt_tikhonov *t, const double *G, const double *c,
                                   double lambda, double *x, eis_error *err);
/* sum over the rows of (A x - b)^2. */
double eisi_drt_misfit(const eisi_drt_tikhonov *t, const double *x);

typedef struct eisi_drt_lambda {
  double lambda;
  bool at_limit;
  int evaluations;
} eisi_drt_lambda;

/* Best lambda on a grid over the whole range, refined between its neighbours. */
eis_status eisi_drt_choose_lambda(eisi_drt_tikhonov *t, eisi_drt_lambda *out, eis_error *err);

#endif
