/* search.h - from candidates to the best optimum. */
#ifndef EISI_SEARCH_H
#define EISI_SEARCH_H

#include "analysis/problem.h"
#include "analysis/starts.h"

typedef struct eisi_optimum {
  double *x;          /* n_free */
  double S, second_S; /* best, and the best clearly different other minimum (NaN = none) */
  double given_S;     /* where the given start values led, NaN = there were none */
  int tried, agreed;
  eis_lsq_verdict verdict; /* of the final polish */
} eisi_optimum;

/* Runs the optimiser opt->optimizer names.  x must hold n_free values of room.  starts may be NULL
   (nothing to search).  Errors: EIS_ERROR_USAGE unknown optimizer, EIS_ERROR_NUMERIC no start could
   be evaluated. */
eis_status eisi_search_run(eisi_problem *q, eisi_starts *starts, const eis_fit_options *opt,
                           double deadline, eisi_optimum *best, eis_error *err);

/* Parameters that the data hardly determine are tried at their bounds: a bound that fits as well
   is the simpler answer. */
eis_status eisi_search_try_bounds(eisi_problem *q, double deadline, eisi_optimum *best,
                                  eis_error *err);

bool eisi_at_bound(const eisi_problem *q, int i, double x);

#endif
