/* regress.h - weighted linear regression where the errors are known in part: the variance of point
   i is se_i^2 + scatter^2, and the scatter, the same for all points, comes from the data. */
#ifndef EISI_REGRESS_H
#define EISI_REGRESS_H

#include "base/base.h"

enum { EISI_REGRESS_MAX = 4 };

/* A straight problem with at most one shape parameter q: y = sum_j c_j phi_j(x; q). */
typedef struct eisi_curve {
  size_t n, n_linear;
  bool shape;
  const double *x, *y, *se; /* se: n, all finite, zero where not known */
  double q_low, q_high;     /* range of the shape parameter */
  bool q_log;               /* searched on a logarithmic scale */
  double rho; /* of the deviations of neighbours, in units of their sizes, 0 <= rho < 1 */
  /* phi and dphi (both n_linear; dphi NULL = not wanted) at x */
  void (*basis)(double x, double q, double *phi, double *dphi);
} eisi_curve;

typedef struct eisi_curve_fit {
  double p[EISI_REGRESS_MAX];                      /* linear coefficients, then q */
  double cov[EISI_REGRESS_MAX * EISI_REGRESS_MAX]; /* column major; NaN: not determined */
  double scatter;                                  /* beyond the known errors, unit of y */
  double chi2;                                     /* sum of squares over se^2 + scatter^2 */
  double deviance; /* -2 ln of the largest likelihood (its own scatter) */
  int n_params, dof;
  bool shape_at_end; /* q ran into an end of its range */
} eisi_curve_fit;

/* n > parameters.  The scatter of the errors is that of Mandel and Paule: chi2 = dof, zero when the
   known errors explain more than there is.  EIS_ERROR_NUMERIC when the columns are dependent. */
eis_status eisi_curve_run(const eisi_curve *c, eisi_curve_fit *out, eis_error *err);
/* Value and standard error of the fitted curve at x. */
void eisi_curve_at(const eisi_curve *c, const eisi_curve_fit *f, double x, double *y, double *se);
/* Serial correlation of the deviations, not below zero: what makes that of the residuals of a fit
   with rho = 0; *p: chance of as much or more when there is none. */
eis_status eisi_autocorrelation(const eisi_curve *c, const eisi_curve_fit *f, double *rho,
                                double *p, eis_error *err);
/* AICc of a fit of n points with k estimated numbers, scatter included; INFINITY when n is too
   small. */
double eisi_aicc(double deviance, size_t n, int k);

/* Bases of a straight line, and of one that is bent at q (law.c). */
void eisi_basis_line(double x, double q, double *phi, double *dphi);
void eisi_basis_bent(double x, double q, double *phi, double *dphi);

#endif
