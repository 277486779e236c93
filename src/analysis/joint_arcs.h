/* joint_arcs.h - the arcs of a circuit as a joint fit sees them: where their resistance and their
   time constant stand, and starts that move them about. */
#ifndef EISI_JOINT_ARCS_H
#define EISI_JOINT_ARCS_H

#include "analysis/joint_core.h"
#include "numerics/rng.h"

/* Draws time constants of all arcs from the measured range (in the order of the circuit in two of
   three cases) and resistances that add up to what the spectra show, into the reference values in
   x. */
void eisi_joint_draw_arcs(const eisi_joint *j, eisi_rng *rng, double *x);

#endif
