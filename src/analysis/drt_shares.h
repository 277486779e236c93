/* drt_shares.h - what belongs to which process, from the forms that the prior is centred on. */
#ifndef EISI_DRT_SHARES_H
#define EISI_DRT_SHARES_H

#include "analysis/drt_adaptive.h"
#include "analysis/drt_peaks.h"

/* The peak of the least R/R_error, if that is below one. */
bool eisi_drt_doubtful(eisi_drt_adaptive *a, size_t *which);
/* Fills the forms of the result. */
eis_status eisi_drt_list_forms(const eisi_drt_adaptive *a, eis_drt_result *out, eis_error *err);
/* Fills the peaks of the result: the peaks are those of `found` (in the order of the forms of
   the centre, ends left out). */
eis_status eisi_drt_describe_shares(eisi_drt_adaptive *a, const eisi_drt_found *found,
                                    eis_drt_result *out, eis_error *err);

#endif
