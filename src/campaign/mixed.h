/* mixed.h - linear mixed model y = X b + u_cell + e by restricted maximum likelihood; the variances
   of e are known in part: var e_i = known_i + sigma2. */
#ifndef EISI_MIXED_H
#define EISI_MIXED_H

#include "base/base.h"

/* Rows are sorted by cell: cell c has the rows first[c] .. first[c + 1] - 1. */
typedef struct eisi_mixed_data {
  size_t n, p, n_cells;
  const double *X; /* n x p, column major */
  const double *y, *known;
  const size_t *first;
} eisi_mixed_data;

typedef struct eisi_mixed_fit {
  size_t p;
  double *b;       /* p */
  double *cov;     /* p x p, adjusted for small samples (Kenward and Roger 1997) */
  double *plain;   /* p x p, (X' V^-1 X)^-1 */
  double tau2;     /* variance of cells; may come out below zero, see mixed.c */
  double sigma2;   /* of spectra of one cell, beyond the known part */
  bool have_sigma; /* false: one spectrum per cell, sigma2 is not separable and zero */
  double reml;     /* -2 ln of the restricted likelihood */
  /* for the degrees of freedom */
  double var[2][2], *B[2]; /* covariance of (tau2, sigma2); B_k = X'V^-1 G_k V^-1 X */
  bool at_bound;           /* sigma2 = 0: known errors explain the spectra of a cell */
} eisi_mixed_fit;

/* EIS_ERROR_NUMERIC: X has dependent columns, or there are not more cells than needed. */
eis_status eisi_mixed_run(const eisi_mixed_data *d, eisi_mixed_fit *out, eis_error *err);
void eisi_mixed_clear(eisi_mixed_fit *f);
/* l'b with its standard error and degrees of freedom (Satterthwaite; for one contrast the same as
   Kenward and Roger's). */
void eisi_mixed_contrast(const eisi_mixed_fit *f, const double *l, double *value, double *se,
                         double *dof);

#endif
