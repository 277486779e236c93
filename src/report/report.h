/* report.h - what a result looks like as text, JSON, tidy CSV, figure and HTML page.  All writers
   append to a growing text; nothing is printed here. */
#ifndef EISI_REPORT_H
#define EISI_REPORT_H

#include <eisfit/kk.h>

#include "analysis/modelfit.h"
#include "report/json.h"

/* One spectrum with everything that was fitted to it. */
typedef struct eisi_fit_view {
  const eis_spectrum *spectrum;
  const eisi_fitset *set;
  const eisi_fitset_options *options;
  bool color, verbose;
} eisi_fit_view;

/* One spectrum with its Kramers-Kronig test; hilbert may be NULL. */
typedef struct eisi_kk_view {
  const eis_spectrum *spectrum;
  const eis_conditions *cond;
  const eis_kk_result *kk;
  const eis_hilbert_result *hilbert;
  bool color, verbose;
} eisi_kk_view;

/* words shared by all writers */
const char *eisi_weighting_name(eis_weighting w);
const char *eisi_verdict_name(eis_fit_verdict v);
/* "fixed", "tied to C1", "at lower bound", "not identifiable", "poorly determined" or "". */
void eisi_param_note(const eis_circuit *c, const eis_fit_result *r, int i, char *buf, size_t size);
/* Canonical text of the circuit, "?" when out of memory; caller frees. */
char *eisi_circuit_text(const eis_circuit *c);
/* The verdict is "converged" and the KK test, when there was one, passed. */
bool eisi_fit_passed(const eisi_fitset *set);

/* text.c, text_kk.c */
eis_status eisi_text_fit(const eisi_fit_view *v, eisi_text *out, eis_error *err);
eis_status eisi_text_kk(const eisi_kk_view *v, eisi_text *out, eis_error *err);
void eisi_text_spectrum_head(const eis_spectrum *s, bool color, eisi_text *out);
void eisi_text_kk_line(const eis_kk_result *kk, bool color, eisi_text *out);
void eisi_text_warnings(const eis_notes *warnings, bool color, eisi_text *out);
/* "61 points, 1 MHz to 10 mHz" */
void eisi_text_range(const eis_spectrum *s, char *buf, size_t size);

/* json_fit.c: one line each */
eis_status eisi_json_fit_line(const eisi_fit_view *v, eisi_text *out, eis_error *err);
eis_status eisi_json_kk_line(const eisi_kk_view *v, eisi_text *out, eis_error *err);
eis_status eisi_json_spectrum_line(const eis_spectrum *s, const char *schema, eisi_text *out,
                                   eis_error *err);
/* A file or spectrum that failed: schema, version, input {file}, error {status, message}. */
eis_status eisi_json_failure_line(const char *schema, const char *file, const eis_error *cause,
                                  eisi_text *out, eis_error *err);

/* csv.c: keys = the metadata columns, the same for the whole table */
typedef struct eisi_csv_keys {
  size_t n;
  char **key;
} eisi_csv_keys;
eis_status eisi_csv_collect(eisi_csv_keys *keys, const eis_spectrum *s, eis_error *err);
void eisi_csv_keys_clear(eisi_csv_keys *keys);
void eisi_csv_fit_header(const eisi_csv_keys *keys, eisi_text *out);
void eisi_csv_fit_rows(const eisi_fit_view *v, const eisi_csv_keys *keys, eisi_text *out);
void eisi_csv_kk_header(const eisi_csv_keys *keys, eisi_text *out);
void eisi_csv_kk_row(const eisi_kk_view *v, const eisi_csv_keys *keys, eisi_text *out);
/* A field, quoted where the text asks for it. */
void eisi_csv_field(eisi_text *out, const char *s);

/* html.c: a page of one fit; svg = the figure, already made */
eis_status eisi_html_fit(const eisi_fit_view *v, const char *svg, eisi_text *out, eis_error *err);

#endif
