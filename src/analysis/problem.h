/* problem.h - a spectrum and a circuit as a least-squares problem in internal variables.

   Internal variables x: one per free parameter (not fixed, not tied), ln p for EIS_SCALE_LOG and p
   for EIS_SCALE_LINEAR.  Residual r = w (Zm - Z), planar 2n, optionally bent by a robust loss. */
#ifndef EISI_PROBLEM_H
#define EISI_PROBLEM_H

#include <eisfit/fit.h>
#include <eisfit/lsq.h>

#include "base/base.h"

enum { EISI_FREE_MAX = 64 }; /* parameters that can be fitted at once */

typedef struct eisi_problem {
  const eis_circuit *c;
  size_t n;       /* points */
  double *f;      /* the grid the workspace was made for */
  double *data;   /* planar Z */
  double *weight; /* planar a_k, b_k */
  eis_loss loss;
  double loss_scale; /* weighted residual where the loss starts to bend */
  int n_free;
  int *free_param;       /* n_free indices into c->param */
  bool *want;            /* n_params: derivative needed */
  bool *held;            /* n_free: kept where it is (profile, bounds found); lower = upper = x */
  double *lower, *upper; /* x bounds, n_free */
  double *p;             /* n_params scratch */
  double *z, *dz;        /* planar scratch, 2n and 2n x n_params */
  eis_eval *eval;
  eis_lsq *lsq;
  long evaluations;
  const double *given; /* n_params start values in place of the circuit's, NaN = none; not owned;
                          NULL: those of the circuit */
  double noise_S;      /* S that a right model is expected to leave, 0 = not known */
} eisi_problem;

/* Sizes everything for n points; the circuit must outlive the problem. */
eis_status eisi_problem_init(eisi_problem *q, const eis_circuit *c, const double *f, size_t n,
                             eis_error *err);
void eisi_problem_clear(eisi_problem *q);
/* Data and weights of a spectrum on the same grid. */
eis_status eisi_problem_load(eisi_problem *q, const eis_spectrum *s, eis_weighting weighting,
                             const eis_kk_result *kk, eis_error *err);

void eisi_problem_to_params(const eisi_problem *q, const double *x, double *p);
void eisi_problem_from_params(const eisi_problem *q, const double *p, double *x);
/* dp/dx of free parameter i at value p. */
double eisi_problem_slope(const eisi_problem *q, int i, double p);
bool eisi_problem_is_log(const eisi_problem *q, int i);

/* Residuals (and Jacobian in x) at x: the callback of eis_lsq_problem, ctx is the problem. */
bool eisi_problem_residual(void *ctx, const double *x, double *r, double *J);
/* Local fit from x. */
eis_status eisi_problem_solve(eisi_problem *q, const eis_lsq_options *opt, double *x,
                              eis_lsq_info *info, eis_error *err);
/* What s^2 is for a robust loss: sum psi^2/dof/(mean psi')^2 of the plain residuals r (Huber 1981,
   Robust Statistics, ch. 7); the covariance is that times (J'J)^-1 of the plain Jacobian. */
double eisi_problem_robust_variance(const eisi_problem *q, const double *r, double dof);
/* S at x only, INFINITY where it can't be evaluated. */
double eisi_problem_S(eisi_problem *q, const double *x);

#endif
