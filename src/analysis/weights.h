/* weights.h - what a residual is divided by. */
#ifndef EISI_WEIGHTS_H
#define EISI_WEIGHTS_H

#include <eisfit/fit.h>

/* weight: planar 2n.  kk: needed for EIS_WEIGHT_ERROR_MODEL only.
   Errors: EIS_ERROR_INPUT all-zero or not finite data, no sigma. */
eis_status eisi_weights(const eis_spectrum *s, eis_weighting weighting, const eis_kk_result *kk,
                        double *weight, eis_error *err);

#endif
