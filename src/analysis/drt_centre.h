/* drt_centre.h - the centre of the prior of ln gamma: the logarithm of a sum of Havriliak-Negami
   processes whose parameters are estimated together with gamma. */
#ifndef EISI_DRT_CENTRE_H
#define EISI_DRT_CENTRE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/base.h"

/* Parameters of a form. */
enum { EISI_FORM_SIZE, EISI_FORM_PLACE, EISI_FORM_SHAPE, EISI_FORM_SKEW, EISI_FORM_PARAMS };
enum { EISI_FORMS_MOST = 26 };

/* Z = R/(1 + (j w tau)^n)^b, a ZARC for b = 1; place = ln tau.  Its gamma rises with the exponent n
   b and falls with n. */
typedef struct eisi_centre_form {
  double R, place, n, b;
  bool end; /* a process beyond the grid: has a share, is no peak */
} eisi_centre_form;

double eisi_centre_form_value(const eisi_centre_form *f, double l);

typedef struct eisi_drt_centre {
  size_t m, n, q; /* grid, forms, parameters (n * EISI_FORM_PARAMS) */
  const double *ltau;
  double p[EISI_FORMS_MOST * EISI_FORM_PARAMS], prior[EISI_FORMS_MOST * EISI_FORM_PARAMS];
  bool end[EISI_FORMS_MOST];
  double *value; /* m: ln of the sum of forms */
  double *share; /* n x m: parts of the sum */
  double *J;     /* q x m: d value/d p */
  double *T;     /* q x m: d p/d u, of the best parameters for a given u */
  double *C;     /* q x m: the prior's precision loses C'C by it */
  double *W;     /* q x m scratch */
  double *total; /* m scratch */
  double *S;     /* q x q: precision of p for a given u, factored */
  double *v;     /* 2q scratch */
} eisi_drt_centre;

eis_status eisi_drt_centre_init(eisi_drt_centre *c, size_t m, const double *ltau, eis_error *err);
void eisi_drt_centre_clear(eisi_drt_centre *c);
/* Starts with these forms; their places and exponents are the mean of a weak prior. */
void eisi_drt_centre_set(eisi_drt_centre *c, size_t n, const eisi_centre_form *f);
eisi_centre_form eisi_drt_centre_form(const eisi_drt_centre *c, size_t i);
/* value and share for parameters p; J, too, on request. */
void eisi_drt_centre_fill(eisi_drt_centre *c, const double *p, bool want);
/* Minus twice the logarithm of the prior of p. */
double eisi_drt_centre_cost(const eisi_drt_centre *c, const double *p);
/* Precisions of that prior and its residuals p - prior, for all parameters. */
double eisi_drt_centre_precision(size_t k);

#endif
