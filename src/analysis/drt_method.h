/* drt_method.h - what the methods for the distribution of relaxation times share. */
#ifndef EISI_DRT_METHOD_H
#define EISI_DRT_METHOD_H

#include <eisfit/drt_method.h>

#include "base/base.h"

struct eis_drt_solver {
  const eis_drt_method_row *row;
  eis_drt_method_options opt;
  eis_drt_work *core;  /* of the regularised gamma a method needs */
};

/* The regularised gamma with this method and sign, workspace kept. */
eis_status eisi_drt_solver_core(eis_drt_solver *v, eis_drt_method method, bool signed_gamma,
                                const eis_spectrum *s, eis_drt_result *out, eis_error *err);

#endif
