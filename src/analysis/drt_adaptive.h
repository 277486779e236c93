/* drt_adaptive.h - ln gamma with local strength of the regularisation. */
#ifndef EISI_DRT_ADAPTIVE_H
#define EISI_DRT_ADAPTIVE_H

#include "analysis/drt_core.h"
#include "analysis/drt_prior.h"

/* The series terms that are fitted; they are eliminated. */
typedef struct eisi_drt_terms {
  size_t n;
  int which[EISI_DRT_TERMS];
  size_t at[EISI_DRT_TERMS];
  double inverse[EISI_DRT_TERMS][EISI_DRT_TERMS]; /* of their part of the Gram matrix */
} eisi_drt_terms;

typedef struct eisi_drt_adaptive {
  size_t m;
  double *u; /* ln gamma (ohm) on the grid */
  double *X; /* m x m: inverse of the Cholesky factor of the posterior precision of u */
  double term[EISI_DRT_TERMS], term_sd[EISI_DRT_TERMS]; /* R_inf, L, 1/C; sd NaN = not fitted */
  double noise2;                                        /* weighted variance of one residual */
  double lambda;   /* precision of the typical curvature of ln gamma */
  double dof;      /* effective parameters of gamma and terms */
  double gradient; /* relative, at the end */
  int iterations;
  /* scratch */
  double *G, *c, bb, *H, *g, *Gg, *grad, *step, *trial, *band, *local, *kept, rows, before;
  double plain_lambda, plain_dof, plain_noise2, plain_rss; /* of the state without a centre */
  eisi_drt_terms terms;
  eisi_drt_prior prior;
  size_t peak_of[EISI_FORMS_MOST]; /* place of a form's peak in the table */
} eisi_drt_adaptive;

eis_status eisi_drt_adaptive_init(eisi_drt_adaptive *a, const eisi_drt_grid *g, eis_error *err);
void eisi_drt_adaptive_clear(eisi_drt_adaptive *a);
/* Fits the system.  `free_terms`: terms that may be left out where they come out negative or are
   not significant; the others stay as the system has them. */
eis_status eisi_drt_adaptive_run(eisi_drt_adaptive *a, const eisi_drt_system *y,
                                 const bool may_drop[EISI_DRT_TERMS], eis_error *err);
/* Goes on from the state without a centre with a prior around these forms; false, and on without,
   where they do not describe the data. */
bool eisi_drt_adaptive_refine(eisi_drt_adaptive *a, size_t n, const eisi_centre_form *form);
/* Ends the search: to a stationary point at the strengths found. */
eis_status eisi_drt_adaptive_finish(eisi_drt_adaptive *a, const eisi_drt_system *y, eis_error *err);
/* After a run on the same system: the optimum with `factor` times the lambda that was found, the
   local pattern of the strengths and the noise held, and without a centre, which would bring every
   peak back.  lambda is the plain one afterwards. */
eis_status eisi_drt_adaptive_again(eisi_drt_adaptive *a, const eisi_drt_system *y, double factor,
                                   eis_error *err);
/* -2 ln posterior at u and the parameters of the centre, but for a constant. */
double eisi_drt_adaptive_cost(eisi_drt_adaptive *a, const double *u, const double *parameters);
/* The same with half its slopes. */
double eisi_drt_adaptive_slopes(eisi_drt_adaptive *a, const double *u, const double *parameters,
                                double *by_u, double *by_parameters);
/* After a run: standard deviation of sum a_j u_j. */
double eisi_drt_adaptive_sd(const eisi_drt_adaptive *a, const double *form);
/* The same of sum a_j u_j + sum b_k p_k with the parameters of the centre; a is overwritten. */
double eisi_drt_adaptive_sd_joint(eisi_drt_adaptive *a, double *form, double *by);

#endif
