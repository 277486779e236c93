/* remarks.h - what a fit should say about itself, in plain words. */
#ifndef EISI_REMARKS_H
#define EISI_REMARKS_H

#include <eisfit/fit.h>

/* Adds warnings to out, most important first.  f_low: lowest frequency of the data [Hz]. */
eis_status eisi_remarks(const eis_circuit *c, const eis_fit_options *opt, double f_low,
                        eis_fit_result *out, eis_error *err);

#endif
