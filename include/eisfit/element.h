/* element.h - the table of circuit elements: one row each.

   Planar complex arrays: a complex vector of n frequencies is stored as 2n doubles, all real
   parts first, then all imaginary parts.  This is the layout of the residual vector and of the
   columns of the Jacobian ([Re; Im] x parameters, column major), so element code writes straight
   into them and its loops vectorise. */
#ifndef EISFIT_ELEMENT_H
#define EISFIT_ELEMENT_H

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The frequency grid an element is evaluated on; logarithms are taken once per grid. */
typedef struct eis_grid {
  size_t n;
  const double *w;  /* angular frequency, rad/s, > 0 */
  const double *lw; /* ln w */
} eis_grid;

/* How the optimiser sees a parameter. */
typedef enum eis_scale {
  EIS_SCALE_LOG,    /* positive, varies over decades: fitted as ln p */
  EIS_SCALE_LINEAR  /* exponents, band bending: fitted as it is */
} eis_scale;

typedef struct eis_param_spec {
  const char *suffix;  /* "alpha": the parameter is called CPE1_alpha; "" for one-parameter
                          elements, which carry the element's own name (R1) */
  const char *unit;    /* SI, "ohm", "F", "S s^alpha", "" */
  double lower, upper; /* default bounds, inclusive; evaluation is finite on all of them */
  double start;        /* a middling value, used where nothing better is known */
  eis_scale scale;
  int z_power;     /* multiplying the element's impedance by s multiplies this parameter by
                      s^z_power: +1 R, -1 C and Q, 0 times and exponents */
  bool fixed;      /* not fitted unless asked for (temperature, area, mobility convention) */
  bool discrete;   /* integer switch, never fitted, dz column zero */
  const char *doc; /* one line */
} eis_param_spec;

enum { EIS_ELEMENT_MAX_PARAMS = 12 };

/* Z and its derivatives at every frequency.
   p      parameters in table order, inside the bounds
   sub    planar impedance of the sub-circuit (containers: the wall of a transmission line), NULL
          for plain elements
   z      out, 2n
   dz     out, 2n x n_params column major, dZ/dp; NULL = not wanted
   dsub   out, 2n, dZ/dsub (complex derivative); NULL = not wanted or not a container */
typedef void eis_element_eval(const eis_grid *g, const double *p, const double *sub, double *z,
                              double *dz, double *dsub);

typedef struct eis_element {
  const char *symbol;    /* "CPE": what both notations and all output use */
  const char *aliases;   /* blank separated other spellings accepted on input ("Q P"), "" */
  const char *cdc;       /* symbol in circuit description codes ("Q"); NULL = same as symbol */
  const char *name;      /* "constant phase element" */
  const char *formula;   /* "1/(Q (j w)^alpha)" */
  const char *reference; /* paper or book with equation, or convention followed */
  int n_params;
  eis_param_spec param[EIS_ELEMENT_MAX_PARAMS];
  bool container; /* takes one sub-circuit */
  bool active;    /* Re Z may be negative somewhere inside the bounds */
  eis_element_eval *eval;
} eis_element;

/* Row i of the table in display order, NULL past the end. */
const eis_element *eis_element_at(size_t i);
/* By symbol or alias, exact case; `len` bytes of `name`.  NULL = none. */
const eis_element *eis_element_find(const char *name, size_t len);

#ifdef __cplusplus
}
#endif
#endif
