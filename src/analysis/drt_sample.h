/* drt_sample.h - exact posterior of a distribution of relaxation times by sampling, strengths and
   noise held. */
#ifndef EISI_DRT_SAMPLE_H
#define EISI_DRT_SAMPLE_H

#include "analysis/drt_adaptive.h"
#include "analysis/drt_posterior.h"

/* Every one replaces the band of the result and the error of R_pol, and fills the intervals of its
   peaks.  shares: n_peaks x n_tau, the parts of gamma that are the peaks'. */

/* ln gamma and the parameters of its centre: Hamiltonian paths in coordinates in which the Gaussian
   approximation is white and its motion a rotation (Shahbaba et al., Stat. Comput. 24 (2014) 339).
 */
eis_status eisi_drt_sample_adaptive(eisi_drt_adaptive *a, const eis_drt_options *opt,
                                    const double *shares, eis_drt_result *out, eis_error *err);
/* Coefficients with walls at zero: exact Hamiltonian paths (Pakman and Paninski 2014). */
eis_status eisi_drt_sample_tikhonov(const eisi_drt_posterior *p, const eisi_drt_tikhonov *t,
                                    const double *shares, eis_drt_result *out, eis_error *err);

#endif
