/* joint_fisher.h - what an optimum of a joint fit says about the numbers: covariance and
 * directions. */
#ifndef EISI_JOINT_FISHER_H
#define EISI_JOINT_FISHER_H

#include "analysis/joint_core.h"

/* At an optimum.  Covariances of internal variables; times s^2 = S/dof, but for inverse and W. */
typedef struct eisi_fisher {
  const eisi_joint *j;
  double s2, t; /* t: Student's 97.5 % */
  long dof, n_free;
  bool *frozen;        /* of all variables */
  double *resolution;  /* ns */
  double *C;           /* ns x ns; large where nothing is known */
  double *inverse, *W; /* of the own blocks, see eisi_arrow_schur */
  size_t n_directions;
  double *size, *part; /* standard error along the directions, worst first; rows of ns */
  eisi_arrow arrow;
} eisi_fisher;

eis_status eisi_fisher_init(eisi_fisher *f, eisi_joint *j, const double *x, eis_error *err);
void eisi_fisher_clear(eisi_fisher *f);
/* Covariance of the n_slots variables that spectrum i sees, k x k. */
void eisi_fisher_own(const eisi_fisher *f, size_t i, double *C);
/* C of (own, shared): n_slots x ns. */
void eisi_fisher_cross(const eisi_fisher *f, size_t i, double *C);
/* y = (J'J)^-1 b for all variables (ns + n nl). */
void eisi_fisher_solve(const eisi_fisher *f, const double *b, double *y);

#endif
