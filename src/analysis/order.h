/* order.h - one name for one arc: exchangeable branches are put in order of their time constants.
 */
#ifndef EISI_ORDER_H
#define EISI_ORDER_H

#include "analysis/problem.h"

/* Branches of the outermost series connection that are built alike, with the same bounds, no given
   values and no ties could swap their values without changing the fit: they are sorted by
   increasing tau.  Works on x in place; returns true when something moved. */
bool eisi_order_branches(const eisi_problem *q, double *x);

/* For models whose arcs stand in the order of increasing tau: R, C or Q and exponent of the arcs
   are put in that order, whatever else is in the branches.  x is then a start, no optimum any more;
   false when the order was right. */
bool eisi_order_arcs(const eisi_problem *q, double *x);

#endif
