/* uncertainty.h - errors and intervals of a fit. */
#ifndef EISI_UNCERTAINTY_H
#define EISI_UNCERTAINTY_H

#include "analysis/problem.h"

/* Fills values, flags, covariance, standard errors and 95 % intervals of out from the optimum x.
   out has S, dof and n_free set here too.  The covariance is s^2 (J'J)^-1 over the parameters that
   are not at a bound, s^2 = S/dof; where the weights are absolute (sigma, error model) s^2 is at
   least 1. */
eis_status eisi_uncertainty_covariance(eisi_problem *q, const double *x, double S,
                                       const eis_fit_options *opt, eis_fit_result *out,
                                       eis_error *err);

/* Replaces the intervals by profile likelihood: p where S with the others refitted reaches
   S_min + s^2 F(0.95; 1, dof). */
eis_status eisi_uncertainty_profile(eisi_problem *q, const double *x, const eis_fit_options *opt,
                                    double deadline, eis_fit_result *out, eis_error *err);

enum { EISI_BOOTSTRAP_MIN = 20 }; /* fewer replicates have no 95 % interval */
/* Replaces intervals and standard errors by those of a residual bootstrap; opt->bootstrap is at
   least EISI_BOOTSTRAP_MIN. */
eis_status eisi_uncertainty_bootstrap(eisi_problem *q, const double *x, const eis_fit_options *opt,
                                      double deadline, eis_fit_result *out, eis_error *err);

#endif
