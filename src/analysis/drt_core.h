/* drt_core.h - inner parts of the distribution of relaxation times. */
#ifndef EISI_DRT_CORE_H
#define EISI_DRT_CORE_H

#include <eisfit/drt.h>

#include "analysis/drt_basis.h"
#include "numerics/qp.h"

/* Columns behind the m basis functions. */
enum { EISI_DRT_R, EISI_DRT_L, EISI_DRT_C, EISI_DRT_TERMS };

/* ---- matrices that depend on frequencies and options only ---- */
typedef struct eisi_drt_grid {
  size_t n, m;
  double *f;    /* n */
  double *ltau; /* m: ln tau, ascending */
  double step;  /* mean spacing of ltau */
  double epsilon;
  const eisi_drt_basis *basis;
  double weight; /* integral of one basis function */
  double *A;     /* 2n x (m + EISI_DRT_TERMS), planar rows: basis, R_inf, L, 1/C */
  double *M;     /* m x m penalty */
  double *Phi;   /* m x m: basis function j at ltau[i]; NULL = the unit matrix */
} eisi_drt_grid;

/* Errors: EIS_ERROR_USAGE for a grid that can't be, EIS_ERROR_MEMORY. */
eis_status eisi_drt_grid_init(eisi_drt_grid *g, const eis_spectrum *s, const eis_drt_options *opt,
                              eis_error *err);
void eisi_drt_grid_clear(eisi_drt_grid *g);
bool eisi_drt_grid_fits(const eisi_drt_grid *g, const eis_spectrum *s);
/* gamma on the grid from the m coefficients. */
void eisi_drt_grid_gamma(const eisi_drt_grid *g, const double *x, double *gamma);

/* ---- the weighted linear system of one spectrum ---- */
typedef struct eisi_drt_system {
  const eisi_drt_grid *grid;
  size_t rows, cols, m;
  size_t at[EISI_DRT_TERMS];   /* column of a term, 0 = not fitted */
  double held[EISI_DRT_TERMS]; /* R_inf, L, 1/C where held */
  double *weight;              /* 2n */
  double *A, *b;               /* weighted, rows x cols; rows */
  double *G, *c, bb;           /* A'A, A'b, b'b */
  bool gram_valid;
} eisi_drt_system;

eis_status eisi_drt_system_init(eisi_drt_system *y, const eisi_drt_grid *g, eis_error *err);
void eisi_drt_system_clear(eisi_drt_system *y);
/* Fills everything; the Gram matrix is kept where weights and columns did not change. */
eis_status eisi_drt_system_fill(eisi_drt_system *y, const eis_spectrum *s,
                                const eis_drt_options *opt, eis_error *err);
/* AUTO becomes FIT or NONE by the look of the spectrum. */
/* How steeply -Im Z rises over the lowest half decade: n where it goes as f^-n; -inf: it's not
   capacitive there, inf: at its end only. */
double eisi_drt_tail(const eis_spectrum *s);
void eisi_drt_resolve_terms(const eis_spectrum *s, eis_drt_options *opt);

/* ---- what can't be ---- */
eis_status eisi_drt_check_data(const eis_spectrum *s, eis_error *err);
eis_status eisi_drt_check_options(const eis_drt_options *o, eis_error *err);

#endif
