/* drt_adaptive.h - ln gamma with local strength of the regularisation. */
#ifndef EISI_DRT_ADAPTIVE_H
#define EISI_DRT_ADAPTIVE_H

#include "analysis/drt_core.h"

typedef struct eisi_drt_adaptive {
  size_t m;
  double *u;          /* ln gamma (ohm) on the grid */
  double *X;          /* m x m: inverse of the Cholesky factor of the posterior precision of u */
  double term[EISI_DRT_TERMS], term_sd[EISI_DRT_TERMS]; /* R_inf, L, 1/C; sd NaN = not fitted */
  double noise2;      /* weighted variance of one residual */
  double lambda;      /* precision of the typical curvature of ln gamma */
  double dof;         /* effective parameters of gamma and terms */
  double gradient;    /* relative, at the end */
  int iterations;
  bool keep[EISI_DRT_TERMS]; /* terms that were not left out */
  /* scratch */
  double *G, *c, bb, *H, *g, *Gg, *grad, *step, *trial, *weight, *stencil, *band, *local, *rho;
} eisi_drt_adaptive;

eis_status eisi_drt_adaptive_init(eisi_drt_adaptive *a, const eisi_drt_grid *g, eis_error *err);
void eisi_drt_adaptive_clear(eisi_drt_adaptive *a);
/* Fits the system.  `free_terms`: terms that may be left out where they come out negative or are
   not significant; the others stay as the system has them. */
eis_status eisi_drt_adaptive_run(eisi_drt_adaptive *a, const eisi_drt_system *y,
                                 const bool may_drop[EISI_DRT_TERMS], eis_error *err);
/* After a run on the same system: the optimum with `factor` times the lambda that was found, the
   local pattern of the strengths and the noise held. */
eis_status eisi_drt_adaptive_again(eisi_drt_adaptive *a, const eisi_drt_system *y, double factor,
                                   eis_error *err);
/* After a run: standard deviation of sum a_j u_j. */
double eisi_drt_adaptive_sd(const eisi_drt_adaptive *a, const double *form);

#endif
