/* sheet.h - a small table of numbers with its facts and remarks: as text, CSV, JSON and figure. */
#ifndef EISI_SHEET_H
#define EISI_SHEET_H

#include "report/json.h"
#include "report/plot.h"

enum {
  EISI_SHEET_COLUMNS = 14,
  EISI_SHEET_FACTS = 24,
  EISI_SHEET_PANELS = 3,
  EISI_SHEET_CURVES = 4
};

/* What a number is called and how it is shown: SI times factor. */
typedef struct eisi_sheet_name {
  const char *key;   /* "R_scl": in JSON, and with the unit in CSV */
  const char *title; /* in text and figures */
  const char *si;    /* unit, "" = none */
  const char *shown; /* unit in text and figures */
  double factor;
} eisi_sheet_name;

typedef struct eisi_sheet_fact {
  eisi_sheet_name name;
  double v;
} eisi_sheet_fact;

/* Columns over column x; the label of the y axis. */
typedef struct eisi_sheet_panel {
  int x, y[EISI_SHEET_CURVES], n;
  bool log_x, log_y; /* logarithmic: values <= 0 are left out */
  const char *label;
} eisi_sheet_panel;

typedef struct eisi_sheet {
  const char *what;  /* "resistance" */
  char title[256];   /* one line */
  const char *label; /* title of the row labels, NULL = none */
  size_t n_columns, n_facts, n_panels, n_rows;
  eisi_sheet_name column[EISI_SHEET_COLUMNS];
  eisi_sheet_fact fact[EISI_SHEET_FACTS];
  eisi_sheet_panel panel[EISI_SHEET_PANELS];
  size_t show;      /* text shows every so many rows, 0 = all */
  double *v;        /* n_rows x n_columns */
  char **row_label; /* n_rows, or NULL */
  eis_notes notes;
} eisi_sheet;

void eisi_sheet_column(eisi_sheet *s, const eisi_sheet_name *name);
void eisi_sheet_add_fact(eisi_sheet *s, const eisi_sheet_name *name, double v);
/* n_columns values; label may be NULL. */
eis_status eisi_sheet_row(eisi_sheet *s, const double *v, const char *label, eis_error *err);
void eisi_sheet_clear(eisi_sheet *s);

eis_status eisi_sheet_text(const eisi_sheet *s, bool color, eisi_text *out, eis_error *err);
void eisi_sheet_csv(const eisi_sheet *s, eisi_text *out);
/* One line, schema eisfit.scl/1. */
eis_status eisi_sheet_json(const eisi_sheet *s, eisi_text *out, eis_error *err);
/* gnuplot script; output NULL = standard output of gnuplot.  EIS_ERROR_USAGE when there is no
 * figure. */
eis_status eisi_sheet_script(const eisi_sheet *s, const eisi_terminal *terminal, const char *output,
                             eisi_text *out, eis_error *err);

#endif
