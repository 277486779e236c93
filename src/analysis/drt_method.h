/* drt_method.h - what the methods for the distribution of relaxation times share. */
#ifndef EISI_DRT_METHOD_H
#define EISI_DRT_METHOD_H

#include <eisfit/drt_method.h>

#include "base/base.h"

struct eisi_sums;

struct eis_drt_solver {
  const eis_drt_method_row *row;
  eis_drt_method_options opt;
  eis_drt_work *core;  /* of the regularised gamma a method needs */
  struct eisi_sums *sums; /* of fits of sums of processes */
};

/* The regularised gamma with this method and sign, workspace kept. */
eis_status eisi_drt_solver_core(eis_drt_solver *v, eis_drt_method method, bool signed_gamma,
                                const eis_spectrum *s, eis_drt_result *out, eis_error *err);
void eisi_drt_parametric_free(eis_drt_parametric *p);

/* ---- rows of the table that have a file of their own ---- */
eis_status eisi_drt_mrq(eis_drt_solver *v, const eis_spectrum *s, eis_drt_solution *out,
                        eis_error *err);
eis_status eisi_drt_hn(eis_drt_solver *v, const eis_spectrum *s, eis_drt_solution *out,
                       eis_error *err);
eis_status eisi_drt_auto(eis_drt_solver *v, const eis_spectrum *s, eis_drt_solution *out,
                         eis_error *err);

#endif
