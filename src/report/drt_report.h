/* drt_report.h - what a distribution of relaxation times looks like. */
#ifndef EISI_DRT_REPORT_H
#define EISI_DRT_REPORT_H

#include <eisfit/drt_method.h>
#include <eisfit/drt_stability.h>
#include <eisfit/process.h>

#include "report/plot.h"
#include "report/report.h"
#include "report/shown.h"

/* One spectrum with its distribution; pointers may be NULL where that is said. */
typedef struct eisi_drt_view {
  const eis_spectrum *spectrum;
  const eis_conditions *cond;
  const eis_drt_options *options;
  const eis_drt_solution *solution;
  const eis_drt_result *drt;              /* of the solution */
  const eis_kk_result *kk;                /* NULL = not tested */
  const eis_drt_stability *stability;     /* NULL = not asked for */
  const eis_drt_scan *scan;               /* NULL = not asked for */
  const eis_process_table *table;         /* with assigned */
  const eis_process_assignment *assigned; /* NULL = not asked for */
  const char *circuit;                    /* NULL = no peak */
  const eis_notes *warnings;              /* eisi_drt_warnings() */
  bool color, verbose, explain;
} eisi_drt_view;

/* ---- drt_words.c ---- */
const char *eisi_drt_criterion_name(eis_drt_criterion c);
/* "lambda 0.0032 by evidence" ... */
void eisi_drt_method_words(const eisi_drt_view *v, eisi_text *out);
/* What to look at, in plain words with what to do; view.warnings may be NULL here. */
eis_status eisi_drt_warnings(const eisi_drt_view *v, eis_notes *out, eis_error *err);
eisi_judgement eisi_drt_judgement(const eisi_drt_view *v);
/* Standard deviation of C = tau/R, F. */
double eisi_drt_C_error(const eis_drt_peak *p);
/* Is the peak between 1/w of the highest and the lowest frequency? */
bool eisi_drt_within(const eis_spectrum *s, double tau);
/* "λ/4" and "4λ", by EIS_DRT_WEAKER, EIS_DRT_STRONGER. */
void eisi_drt_strength_name(const eis_drt_stability *t, int side, char *buf, size_t size);
/* ohm to what is shown: ohm cm2 as "ohm m^2" where the area is known. */
eisi_shown eisi_drt_show_R(const eis_conditions *c, double R, double error);
eisi_shown eisi_drt_show_C(const eis_conditions *c, double C, double error);
/* Key of the process of peak i, "unassigned", or NULL when nobody asked. */
const char *eisi_drt_process(const eisi_drt_view *v, size_t i);
/* gamma with one lambda: tikhonov and ridge */
bool eisi_drt_one_lambda(const eisi_drt_view *v);
/* Is the width of this peak that of the grid? */
bool eisi_drt_sharp(const eisi_drt_view *v, const eis_drt_peak *p);
/* Does the method smooth gamma, so that a strength can be too much or too little? */
bool eisi_drt_smooths(const char *method);
/* What the assignment took the cell for, one sentence. */
/* "93 %", "> 99 %", "< 1 %"; nothing for NaN: 100 % and 0 % would be more than is known. */
void eisi_drt_percent(double p, char *buf, size_t size);
/* More probably not there than there. */
bool eisi_drt_unlikely(const eis_drt_peak *p);
void eisi_drt_cell_words(const eisi_drt_view *v, eisi_text *out);
/* "10.02 ± 0.02 Ω" */
void eisi_drt_shown(const eisi_shown *q, char *buf, size_t size);

/* ---- one file each ---- */
eis_status eisi_text_drt(const eisi_drt_view *v, eisi_text *out, eis_error *err);
eis_status eisi_json_drt_line(const eisi_drt_view *v, eisi_text *out, eis_error *err);
eis_status eisi_html_drt(const eisi_drt_view *v, const char *svg, eisi_text *out, eis_error *err);

/* The tables of csv_drt.c. */
typedef enum eisi_drt_table { EISI_DRT_PEAKS, EISI_DRT_GAMMA } eisi_drt_table;
void eisi_csv_drt_header(eisi_drt_table table, const eisi_csv_keys *keys, eisi_text *out);
void eisi_csv_drt_rows(const eisi_drt_view *v, eisi_drt_table table, const eisi_csv_keys *keys,
                       eisi_text *out);

/* The figure keeps pointers into the view. */
eis_status eisi_plot_drt(const eisi_drt_view *v, eisi_plot *out, eis_error *err);

#endif
