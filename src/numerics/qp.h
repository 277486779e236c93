/* qp.h - strictly convex quadratic programs with non-negative variables, solved exactly:
   minimise x'Hx/2 - c'x with x_i >= 0 for the bounded i, the others free. */
#ifndef EISI_QP_H
#define EISI_QP_H

#include "base/base.h"

typedef struct eisi_qp eisi_qp;

typedef struct eisi_qp_info {
  int factorizations; /* Cholesky factorisations; 0: the one of the last call was still right */
  size_t n_active;    /* variables at their bound */
  double kkt;         /* largest violation of the optimality conditions: of the gradient relative to
                         the sizes of its terms, of a bound relative to the largest |x_i| (both in
                         units in which H has a unit diagonal) */
} eisi_qp_info;

/* Workspace for n variables. */
eis_status eisi_qp_new(size_t n, eisi_qp **out, eis_error *err);
void eisi_qp_free(eisi_qp *qp);
/* Takes over H (n x n, symmetric, both triangles).  Factors of the old matrix are forgotten, the
   set of active bounds of the last solution is kept as the next start. */
void eisi_qp_matrix(eisi_qp *qp, const double *H);
/* Which variables are bounded: those of which[] (n entries; NULL = all) if `any`.  Starts without
   active bounds. */
void eisi_qp_bounded(eisi_qp *qp, bool any, const bool *which);
size_t eisi_qp_size(const eisi_qp *qp);
/* The start of the next solution: no active bounds.  For results that must not depend on what was
   solved before. */
void eisi_qp_reset(eisi_qp *qp);
/* Solves for c; nothing is allocated.  info may be NULL.
   Errors: EIS_ERROR_NUMERIC when H is not positive definite on the free variables, c is no number,
   or the exchange of bounds does not end. */
eis_status eisi_qp_solve(eisi_qp *qp, const double *c, double *x, eisi_qp_info *info,
                         eis_error *err);
/* After a solution: solves H_FF v = b on its free variables F in place, zero elsewhere. */
void eisi_qp_apply_inverse(eisi_qp *qp, double *b);
/* After a solution: true for the variables at their bound. */
bool eisi_qp_is_active(const eisi_qp *qp, size_t i);

#endif
