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

/* ---- words.c: what all writers share ---- */
const char *eisi_weighting_name(eis_weighting w);
/* "converged", "converged, but the model misses the data", "not converged", "time limit" */
const char *eisi_verdict_name(const eis_fit_result *r);

/* What a count of many spectra puts a fit under: the worst that is to be said of it. */
typedef enum eisi_judgement {
  EISI_PASSED,
  EISI_MISFIT,       /* the model misses the data */
  EISI_INCONSISTENT, /* the data fail the Kramers-Kronig test */
  EISI_UNCONVERGED,
  EISI_N_JUDGEMENTS
} eisi_judgement;
eisi_judgement eisi_fit_judgement(const eis_fit_result *r);
/* "passed", "with a misfit" ... */
const char *eisi_judgement_name(eisi_judgement j);

/* Canonical text of the circuit, "?" when out of memory; caller frees. */
char *eisi_circuit_text(const eis_circuit *c);
/* Is there a part of the range where the data pass? */
bool eisi_kk_has_window(const eis_kk_result *kk);
/* Adds a decision of the reader in few words ("csv", "f 1, Z' 2, Z'' 3", "sign by header"); false
   for one that is not usual and has to be shown whole. */
bool eisi_decision_short(const char *decision, eisi_text *out);

/* text.c, text_kk.c */
eis_status eisi_text_fit(const eisi_fit_view *v, eisi_text *out, eis_error *err);
eis_status eisi_text_kk(const eisi_kk_view *v, eisi_text *out, eis_error *err);
/* File, points, range, and what the reader decided: in few words, or whole with verbose. */
void eisi_text_spectrum_head(const eis_spectrum *s, bool color, bool verbose, eisi_text *out);
/* "passed (3 points stand out by 0.2 %: ...)", with the noise. */
void eisi_text_kk_line(const eis_spectrum *s, const eis_kk_result *kk, bool color, eisi_text *out);
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
