/* places.h - repeated measurements at one place.  What temperature, contact and relaxation do there
   they have in common, so that they tell less than as many places: each place counts once. */
#ifndef EISI_PLACES_H
#define EISI_PLACES_H

#include "base/base.h"

typedef struct eisi_places {
  size_t n;
  double *x, *y, *se; /* ascending x; se of the mean, zero = not known */
  size_t *of;         /* place of each point */
} eisi_places;

/* Points no further than `near` from the first of a place belong to it.  y of a place is the mean
   with weights 1/(se^2 + w^2), w the scatter of repetitions beyond their errors, from all places
   together; se: n, zero where not known.  A place with one point keeps its se when nothing is
   repeated. */
eis_status eisi_places_make(size_t n, const double *x, const double *y, const double *se,
                            double near, eisi_places *out, eis_error *err);
void eisi_places_clear(eisi_places *p);

#endif
