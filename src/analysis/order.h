/* order.h - one name for one arc: exchangeable branches are put in order of their time constants.
 */
#ifndef EISI_ORDER_H
#define EISI_ORDER_H

#include "analysis/problem.h"

/* Branches of the outermost series connection that are built alike, with the same bounds, no given
   values and no ties could swap their values without changing the fit: they are sorted by
   increasing tau.  Works on x in place; returns true when something moved. */
bool eisi_order_branches(const eisi_problem *q, double *x);

/* Arcs that can take each other's place without being built alike, p(R,C) and p(R,CPE) with an
   exponent near 1: R, C or Q and exponent are put in the order of increasing tau.  x is then a
   start, no optimum any more; false when the order was right.  named: the circuit is a model, whose
   arcs stand in that order, whatever else is in the branches; of a bare circuit those with more in
   the branch, a value or bounds of the user keep their names. */
bool eisi_order_arcs(const eisi_problem *q, bool named, double *x);

#endif
