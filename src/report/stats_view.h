/* stats_view.h - what trends, activation energies and comparisons look like as text, JSON, CSV and
 * figure. */
#ifndef EISI_STATS_VIEW_H
#define EISI_STATS_VIEW_H

#include <eisfit/arrhenius.h>
#include <eisfit/trend.h>

#include "campaign/series.h"
#include "report/json.h"
#include "report/plot.h"

/* A series with what was found of it; pointers NULL = not asked for or not possible. */
typedef struct eisi_trend_view {
  const char *source, *x_name;
  const eisi_series *series;
  const eis_trend_result *trend; /* NULL: why_not says why */
  const char *why_not;
  const eis_drift_result *drift;
  const char *partner; /* the capacitance of the drift */
  const eis_rank_result *rank;
  const char *rank_name; /* the column */
} eisi_trend_view;

typedef struct eisi_arrhenius_view {
  const char *source;
  const eisi_series *series;       /* x in K */
  const eis_arrhenius_result *fit; /* NULL: why_not */
  const char *why_not;
} eisi_arrhenius_view;

typedef struct eisi_compare_view {
  const char *source, *group_column;
  const eisi_sample *sample;
  const eisi_grouping *grouping;
  const eis_compare_options *options;
  const eis_compare_result *result; /* NULL: why_not */
  const char *why_not;
  const char *adjusted; /* "soc, cycle"; "" = nothing */
} eisi_compare_view;

/* text_trend.c ...: all views of one table at once; detail: every series at length. */
eis_status eisi_text_trend(const eisi_trend_view *v, size_t n, bool detail, bool color,
                           eisi_text *out, eis_error *err);
eis_status eisi_text_arrhenius(const eisi_arrhenius_view *v, size_t n, bool detail, bool color,
                               eisi_text *out, eis_error *err);
eis_status eisi_text_compare(const eisi_compare_view *v, size_t n, bool color, eisi_text *out,
                             eis_error *err);
/* One sentence or two on effect i, in plain words. */
void eisi_compare_conclusion(const eisi_compare_view *v, size_t i, eisi_text *out);
/* "0.0021", "< 0.0001", "-" */
void eisi_p_text(double p, char *buf, size_t size);

/* json_stats.c: one line each */
eis_status eisi_json_trend_line(const eisi_trend_view *v, eisi_text *out, eis_error *err);
eis_status eisi_json_arrhenius_line(const eisi_arrhenius_view *v, eisi_text *out, eis_error *err);
eis_status eisi_json_compare_line(const eisi_compare_view *v, eisi_text *out, eis_error *err);

/* csv_stats.c: header (v NULL) or rows */
void eisi_csv_trend(const eisi_trend_view *v, eisi_text *out);
void eisi_csv_arrhenius(const eisi_arrhenius_view *v, eisi_text *out);
void eisi_csv_compare(const eisi_compare_view *v, eisi_text *out);

/* plot_stats.c: gnuplot scripts of the views of one parameter; output as in eisi_plot_script. */
eis_status eisi_trend_script(const eisi_trend_view *v, size_t n, const eisi_terminal *terminal,
                             const char *output, eisi_text *out, eis_error *err);
eis_status eisi_arrhenius_script(const eisi_arrhenius_view *v, size_t n,
                                 const eisi_terminal *terminal, const char *output, eisi_text *out,
                                 eis_error *err);
/* One panel per parameter, up to six. */
eis_status eisi_compare_script(const eisi_compare_view *v, size_t n, const eisi_terminal *terminal,
                               const char *output, eisi_text *out, eis_error *err);

#endif
