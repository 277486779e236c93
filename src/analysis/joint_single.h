/* joint_single.h - the spectra of a campaign one by one: where a joint fit gets its start values
 * from. */
#ifndef EISI_JOINT_SINGLE_H
#define EISI_JOINT_SINGLE_H

#include "analysis/joint_core.h"

/* The circuit with every space-charge element as p(R,C), fitted to each spectrum. */
typedef struct eisi_singles {
  eis_circuit *c;
  int *of;       /* per parameter of the joint circuit: that of c, -1 = none */
  int scl, R, C; /* first space-charge element of the joint circuit and its arc in c; -1 = none */
  double *p;     /* n x c->n_params; NaN where the fit failed */
  double *room;  /* n: scratch */
} eisi_singles;

eis_status eisi_singles_run(const eisi_joint *j, eis_weighting weighting, uint64_t seed,
                            double deadline, eisi_singles *out, eis_error *err);
void eisi_singles_clear(eisi_singles *s);
/* Parameter k of c over all spectra: the median; NaN when nothing could be fitted. */
double eisi_singles_median(const eisi_singles *s, size_t n, int k);

#endif
