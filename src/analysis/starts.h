/* starts.h - start values from the data: the global stage of a fit.

   The circuit is cut into blocks, the branches of its outermost series connection.  A block of free
   parameters keeps its shape when its impedance is multiplied by a number, so for each block a
   dictionary of shapes (time constants, exponents, ratios) is evaluated once per frequency grid,
   and only the sizes are left: non-negative linear least squares with the Gram matrix of the
   dictionary (variable projection).  Coordinate descent over the dictionaries from many states
   finds the combinations that deserve a local fit. */
#ifndef EISI_STARTS_H
#define EISI_STARTS_H

#include "analysis/problem.h"

typedef struct eisi_starts eisi_starts;

/* For the circuit and grid of q. */
eis_status eisi_starts_new(const eisi_problem *q, eisi_starts **out, eis_error *err);
void eisi_starts_free(eisi_starts *s);

/* Writes up to `max` starting points, best first, to x (max x n_free) and returns how many.
   Uses data and weights of q.  Deterministic in seed. */
int eisi_starts_find(eisi_starts *s, const eisi_problem *q, uint64_t seed, int max, double *x);

/* The same around an optimum: one or two branches are drawn anew, the others keep their shape.
   After eisi_starts_find for the same spectrum. */
int eisi_starts_refine(eisi_starts *s, const eisi_problem *q, const double *optimum, uint64_t seed,
                       int max, double *x);

#endif
