/* series.h - what a table holds of a parameter: samples, conditions, series of cells. */
#ifndef EISI_SERIES_H
#define EISI_SERIES_H

#include <eisfit/compare.h>

#include "campaign/frame.h"

/* Which rows and parameters are wanted. */
typedef struct eisi_pick {
  size_t n_parameters, n_where;
  const char *const *parameter; /* names or patterns (R_*), commas allowed; none: R* and *_R,
                                   per area only where areas differ */
  const char *const *where;     /* "soc=0.5", "cycle=0:100", "group=coated" */
} eisi_pick;

/* One parameter in all rows that are wanted and usable. */
typedef struct eisi_sample {
  char *name, *unit;
  size_t n;
  size_t *row;        /* of the frame */
  double *value, *se; /* se NaN where it is not known */
  size_t n_bound;
  size_t *bound; /* rows that are left out, as the fit put the value at an end of its range */
} eisi_sample;

typedef struct eisi_samples {
  size_t n;
  eisi_sample *at;
  size_t
      n_unusable; /* rows: fixed, at a bound, not identifiable, not of the best model, no value */
  size_t n_flagged, n_values; /* values: of spectra with flags (Kramers-Kronig, misfit); all */
  bool models_differ;         /* values of one table come from several models */
} eisi_samples;

/* EIS_ERROR_USAGE: a condition or pattern that can't be read; EIS_ERROR_INPUT: nothing is left. */
eis_status eisi_samples_pick(const eisi_frame *f, const eisi_pick *pick, eisi_samples *out,
                             eis_error *err);
void eisi_samples_clear(eisi_samples *s);

/* Rows of one parameter that agree in some columns, over a column x. */
typedef struct eisi_series {
  const eisi_sample *sample;
  char *label; /* "cell A1, soc 0.5"; "" = everything */
  size_t n;
  size_t *at;         /* index in the sample */
  double *x, *y, *se; /* without rows that have no x */
} eisi_series;

typedef struct eisi_series_list {
  size_t n;
  eisi_series *at;
  size_t n_without_x;
} eisi_series_list;

/* by: column numbers.  Series appear in the order of their first row. */
eis_status eisi_series_split(const eisi_frame *f, const eisi_sample *s, int x, const int *by,
                             size_t n_by, eisi_series_list *out, eis_error *err);
void eisi_series_clear(eisi_series_list *l);

/* Cells and groups of a sample as numbers. */
typedef struct eisi_grouping {
  int n_cells, n_groups;
  const char **cell, **group; /* names, in order of appearance; texts of the frame */
  int *cell_of;               /* per sample entry */
  int *group_of;              /* per cell */
} eisi_grouping;
/* EIS_ERROR_INPUT: a row without cell or group, a cell in two groups. */
eis_status eisi_grouping_make(const eisi_frame *f, const eisi_sample *s, int cell, int group,
                              eisi_grouping *out, eis_error *err);
void eisi_grouping_clear(eisi_grouping *g);

#endif
