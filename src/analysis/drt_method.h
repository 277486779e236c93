/* drt_method.h - what the methods for the distribution of relaxation times share. */
#ifndef EISI_DRT_METHOD_H
#define EISI_DRT_METHOD_H

#include <eisfit/drt_method.h>

#include "base/base.h"

struct eisi_sums;

struct eis_drt_solver {
  const eis_drt_method_row *row;
  eis_drt_method_options opt;
  eis_drt_work *core;     /* of the regularised gamma a method needs */
  struct eisi_sums *sums; /* of fits of sums of processes */
};

/* The regularised gamma with this method and sign, workspace kept. */
eis_status eisi_drt_solver_core(eis_drt_solver *v, eis_drt_method method, bool signed_gamma,
                                const eis_spectrum *s, eis_drt_result *out, eis_error *err);
void eisi_drt_parametric_free(eis_drt_parametric *p);

/* Checks data and options; allocates everything but peaks, with the even grid that the options
   describe, `finer` times finer.  Errors of series terms NaN, the other numbers 0 (lambda NaN). */
eis_status eisi_drt_new_result(const eis_drt_options *opt, const eis_spectrum *s, int finer,
                               bool band, eis_drt_result *out, eis_error *err);
/* Fit and residuals from gamma and the series terms in it. */
void eisi_drt_reconstruct(const eis_spectrum *s, eis_drt_result *out);

/* ---- rows of the table that have a file of their own ---- */
eis_status eisi_drt_mrq(eis_drt_solver *v, const eis_spectrum *s, eis_drt_solution *out,
                        eis_error *err);
eis_status eisi_drt_hn(eis_drt_solver *v, const eis_spectrum *s, eis_drt_solution *out,
                       eis_error *err);
eis_status eisi_drt_bht(eis_drt_solver *v, const eis_spectrum *s, eis_drt_solution *out,
                        eis_error *err);
eis_status eisi_drt_fourier(eis_drt_solver *v, const eis_spectrum *s, eis_drt_solution *out,
                            eis_error *err);
eis_status eisi_drt_loewner(eis_drt_solver *v, const eis_spectrum *s, eis_drt_solution *out,
                            eis_error *err);
eis_status eisi_drt_auto(eis_drt_solver *v, const eis_spectrum *s, eis_drt_solution *out,
                         eis_error *err);

/* ---- numbers of one's own, for tests: two normal distributions, the first with mean 0 ---- */
double eisi_bht_hellinger(double mean, double sd_a, double sd_b);
double eisi_bht_divergence(double mean, double sd_a, double sd_b); /* Jensen-Shannon, bits */

#endif
