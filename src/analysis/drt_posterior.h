/* drt_posterior.h - uncertainty of the Tikhonov solution: Gaussian on the variables that are not at
   their bound. */
#ifndef EISI_DRT_POSTERIOR_H
#define EISI_DRT_POSTERIOR_H

#include "analysis/drt_tikhonov.h"

typedef struct eisi_drt_posterior {
  const eisi_drt_system *y;
  size_t n;      /* free variables */
  size_t *list;  /* their columns */
  double *H, *X; /* scaled precision (factored), inverse of its factor */
  double *scale, *v, *work, *full;
  double sigma; /* of one weighted residual */
} eisi_drt_posterior;

eis_status eisi_drt_posterior_init(eisi_drt_posterior *p, const eisi_drt_system *y, eis_error *err);
void eisi_drt_posterior_clear(eisi_drt_posterior *p);
/* From the last solution of t; sets noise, effective parameters and the errors of the terms and of
   R_pol in the result. */
eis_status eisi_drt_posterior_fill(eisi_drt_posterior *p, const eisi_drt_tikhonov *t, double lambda,
                                   double rss, eis_drt_result *out, eis_error *err);
/* Standard deviation of sum a_i gamma_i over the grid. */
double eisi_drt_posterior_sd(const eisi_drt_posterior *p, const double *a);
/* gamma -+ z standard deviations. */
void eisi_drt_posterior_band(const eisi_drt_posterior *p, double z, bool positive,
                             eis_drt_result *out);

#endif
