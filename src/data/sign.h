/* sign.h - which sign of the imaginary part is physical. */
#ifndef EISI_SIGN_H
#define EISI_SIGN_H

#include "base/base.h"

/* ln(rms residual with Im negated / with Im as given) of a linear Kramers-Kronig model with
   L >= 0 and C >= 0: positive speaks for the sign as given.  NaN when the data can't be judged. */
eis_status eisi_sign_kk(const double *f, const double *re, const double *im, size_t n,
                        double *ratio, eis_error *err);
/* Root mean square of the residuals of that model over |Z|, with the better one of the two signs.
   NaN when the data can't be judged. */
eis_status eisi_sign_misfit(const double *f, const double *re, const double *im, size_t n,
                            double *misfit, eis_error *err);
/* Mean of -Im/|Z| over the lower two thirds of the frequency range, divided by the mean of
   |Im|/|Z|: +1 capacitive throughout, -1 the opposite. */
double eisi_sign_capacitive(const double *f, const double *re, const double *im, size_t n);
/* ln(|phase| / |(pi/2) dln|Z|/dlnf|), medians (Bode's gain-phase relation): near 0 for radians,
   near ln(57.3) = 4.05 for degrees.  NaN when the phase is flat. */
double eisi_sign_phase_scale(const double *f, const double *mod, const double *phase, size_t n);

#endif
