/* nist_problems.h - the 27 nonlinear regression problems of the NIST Statistical Reference Datasets
   (StRD, National Institute of Standards and Technology, https://www.itl.nist.gov/div898/strd/):
   data, both starts, and certified values. */
#ifndef NIST_PROBLEMS_H
#define NIST_PROBLEMS_H

#include <stdbool.h>
#include <stddef.h>

enum { NIST_MAX_PARAMS = 9, NIST_PROBLEMS = 27 };

/* Model value at one observation with its n derivatives in d; x[1] is the second predictor. */
typedef double nist_model(const double *b, const double *x, double *d);

typedef struct nist_problem {
  const char *name, *level; /* NIST's degree of difficulty */
  size_t m, n;
  const double *y, *x; /* x NULL: x = (first + i) / per */
  double first, per;
  nist_model *model;
  bool nelson; /* the response is ln y, and there is a second predictor */
  double start[2][NIST_MAX_PARAMS];
  double value[NIST_MAX_PARAMS], sd[NIST_MAX_PARAMS], ssr; /* certified */
} nist_problem;

extern const nist_problem nist_problems[NIST_PROBLEMS];

/* Residuals model - response and their Jacobian (m x n column major, NULL = not wanted); false
   where a value is not finite.  ctx is a const nist_problem. */
bool nist_eval(void *ctx, const double *x, double *r, double *J);

#endif
