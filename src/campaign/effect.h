/* effect.h - from an estimate with its error to effect size, detectable difference, permutation p.
 */
#ifndef EISI_EFFECT_H
#define EISI_EFFECT_H

#include <eisfit/compare.h>

/* Ratio, interval, p, Hedges g, detectable difference, cells needed, from ln_ratio, se, dof and the
   numbers of cells of *e. */
void eisi_effect_fill(eis_group_effect *e, const eis_compare_options *o);

/* m[i], the first n1 of n in one group: two-sided p of the difference of the means when the n cells
   are dealt anew.  Fills the permutation members of *e. */
eis_status eisi_permute(const double *m, size_t n1, size_t n, const eis_compare_options *o,
                        eis_group_effect *e, eis_error *err);
/* Two-sided p of Welch's test for the same; n1 and n - n1 at least 2. */
double eisi_welch(const double *m, size_t n1, size_t n);

#endif
