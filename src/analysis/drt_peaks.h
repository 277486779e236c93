/* drt_peaks.h - processes in a distribution of relaxation times. */
#ifndef EISI_DRT_PEAKS_H
#define EISI_DRT_PEAKS_H

#include <eisfit/drt.h>

#include "analysis/drt_centre.h"

/* A distribution on an even grid with its posterior: y is ln gamma or gamma. */
typedef struct eisi_drt_profile {
  size_t m;
  const double *ltau, *y, *gamma;
  double step;
  double
      *shares; /* NULL, or room for EISI_FORMS_MOST x m: the parts of gamma that are the peaks' */
  bool log;
  /* standard deviation of sum a_i y_i (a: m entries), NaN = not known */
  double (*sd)(const void *ctx, const double *a);
  const void *ctx;
} eisi_drt_profile;

/* A peak, before it is measured. */
typedef struct eisi_drt_found {
  size_t at; /* place on the grid */
  bool shoulder;
  double probability;
} eisi_drt_found;

/* The processes as ZARCs: peaks in the order of tau, then processes beyond the ends. */
typedef struct eisi_drt_forms {
  size_t n;
  eisi_centre_form form[EISI_FORMS_MOST];
  eisi_drt_found found[EISI_FORMS_MOST]; /* of those that are peaks */
} eisi_drt_forms;

eis_status eisi_drt_find_forms(const eisi_drt_profile *p, eisi_drt_forms *out, eis_error *err);
/* Fills peak and n_peaks of the result. */
eis_status eisi_drt_find_peaks(const eisi_drt_profile *p, eis_drt_result *out, eis_error *err);

#endif
