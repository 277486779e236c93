/* lsq.h - bounded nonlinear least squares: minimise S(x) = sum r_i(x)^2. */
#ifndef EISFIT_LSQ_H
#define EISFIT_LSQ_H

#include <stdbool.h>
#include <stddef.h>

#include <eisfit/status.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct eis_lsq_problem {
  size_t m, n; /* residuals, parameters; m >= n >= 1 */
  /* r: m residuals; J: m x n column major dr/dx, NULL = not wanted.  Return false where the
     residuals can't be evaluated (the step is shortened). */
  bool (*eval)(void *ctx, const double *x, double *r, double *J);
  void *ctx;
  const double *lower, *upper; /* n each, NULL = unbounded */
} eis_lsq_problem;

typedef struct eis_lsq_options {
  double ftol; /* relative decrease of S predicted and seen */
  double dtol; /* distance to the optimum in standard errors (Newton decrement) */
  int max_iter;
  double S_zero;     /* S below which the residuals are rounding: converged; 0 = none */
  double S_hopeless; /* a search that crawls above this S is given up (STUCK); INFINITY = never */
  double step_max;   /* largest change of one parameter in one step, INFINITY = free */
  bool qr;           /* steps by QR of J instead of normal equations: slower, twice the digits */
  double deadline_s; /* CLOCK_MONOTONIC time to stop at, INFINITY = none */
} eis_lsq_options;

/* ftol 1e-15, dtol 1e-5, 200 steps, no limit on step or time, normal equations. */
eis_lsq_options eis_lsq_options_default(void);

typedef enum eis_lsq_verdict {
  EIS_LSQ_CONVERGED,
  EIS_LSQ_MAX_ITER,
  EIS_LSQ_STUCK,     /* no step reduces S although the gradient says so (flat or ragged S) */
  EIS_LSQ_TIMEOUT
} eis_lsq_verdict;

typedef struct eis_lsq_info {
  eis_lsq_verdict verdict;
  double S;
  int iterations, evaluations;
  double decrement; /* last Newton decrement / s, i.e. distance in standard errors */
} eis_lsq_info;

/* Opaque workspace; nothing is allocated by _run. */
typedef struct eis_lsq eis_lsq;
eis_status eis_lsq_new(size_t m, size_t n, eis_lsq **out, eis_error *err);
void eis_lsq_free(eis_lsq *work);
/* Levenberg-Marquardt with box bounds from x (in: start, clipped into the bounds; out: optimum).
   Errors: EIS_ERROR_NUMERIC when the start can't be evaluated. */
eis_status eis_lsq_run(eis_lsq *work, const eis_lsq_problem *prob, const eis_lsq_options *opt,
                       double *x, eis_lsq_info *info, eis_error *err);

/* (J^T J)^-1 of the m x n Jacobian by singular values with column scaling and rank decision.
   cov: n x n, times nothing (multiply by s^2 yourself).  identifiable[n] (may be NULL): false for
   parameters that the data do not determine (their rows and columns of cov are NaN).  Returns the
   rank; SIZE_MAX when out of memory: nothing is written then. */
size_t eis_lsq_covariance(const double *J, size_t m, size_t n, double *cov, bool *identifiable);

#ifdef __cplusplus
}
#endif
#endif
