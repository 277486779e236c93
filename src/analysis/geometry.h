/* geometry.h - what a file says about the size of the sample and the user has not. */
#ifndef EISI_GEOMETRY_H
#define EISI_GEOMETRY_H

#include <eisfit/spectrum.h>

/* Adds a sentence to `notes` when the metadata of the spectrum (diameter_mm, thickness_mm,
   electrode_area_cm2) have an area or a thickness that is not known in `cond`: with the options
   that would use it.  Nothing is added when there is nothing to say. */
eis_status eisi_geometry_hint(const eis_spectrum *s, const eis_conditions *cond, eis_notes *notes,
                              eis_error *err);

#endif
