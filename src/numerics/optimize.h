/* optimize.h - general minimisation of a function of n bounded variables through NLopt. */
#ifndef EISI_OPTIMIZE_H
#define EISI_OPTIMIZE_H

#include <stdint.h>

#include "base/base.h"

typedef struct eisi_objective {
  size_t n;
  const double *lower, *upper; /* finite for global algorithms; NULL = unbounded */
  /* grad: n, or NULL when not wanted.  INFINITY is allowed (a point to avoid), NaN stops. */
  double (*eval)(void *ctx, const double *x, double *grad);
  void *ctx;
} eisi_objective;

typedef struct eisi_nlopt_options {
  const char *algorithm; /* "LN_SBPLX", "GN_CRS2_LM", "LD_LBFGS" ... as NLopt spells it */
  long max_eval;         /* <= 0 = no limit */
  double max_time_s;     /* INFINITY = none */
  double ftol_rel, xtol_rel;
  uint64_t seed;
} eisi_nlopt_options;

/* Minimises from x (in/out); *fmin out.  Both are the best point seen, however the run ended.
   EIS_ERROR_USAGE for an unknown algorithm (names the nearest), missing bounds, or a number of
   variables that the algorithm does not take; EIS_ERROR_NUMERIC when no finite value was seen.
   MLSL and AUGLAG rows get a suitable local algorithm by themselves. */
eis_status eisi_nlopt_run(const eisi_objective *f, const eisi_nlopt_options *opt, double *x,
                          double *fmin, eis_error *err);
/* Algorithm names accepted, in table order; NULL past the end. */
const char *eisi_nlopt_name_at(size_t i);
/* What the algorithm does, one line; NULL for an unknown one. */
const char *eisi_nlopt_doc(const char *algorithm);
bool eisi_nlopt_is_global(const char *algorithm);

#endif
