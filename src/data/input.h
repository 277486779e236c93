/* input.h - what a format reader hands over, and the steps from there to spectra. */
#ifndef EISI_INPUT_H
#define EISI_INPUT_H

#include <eisfit/reader.h>

#include "data/columns.h"
#include "data/csvtab.h"

/* A table found in a document: names, cells, and what stood around them. */
typedef struct eisi_input {
  const eisi_doc *doc;
  const eis_read_options *opt;
  const char *format;
  eisi_table header; /* row 0: names, row 1: units; no rows = the table has no header */
  eisi_table body;
  bool wide;            /* one spectrum per row, frequencies in the column names */
  bool canonical;       /* eisfit's own CSV: metadata are texts, a header begins a spectrum */
  long declared;        /* points that the file says it holds, 0 = not said */
  double declared_fmin; /* end of the sweep as programmed [Hz], 0 = not said */
  const char *hint;     /* what to do when the frequency column is missing, NULL = the usual */
  size_t n_columns;
  eisi_column *column;
  int use[EISI_N_ROLES]; /* column of a role, -1 = none */
  char sha256[65];
  eis_meta meta;
  eis_notes decisions, warnings;
} eisi_input;

/* One row of the reader table. */
typedef struct eisi_reader {
  eis_format format;
  int (*sniff)(const eisi_doc *doc); /* 0 = no .. 100 = certainly; -1 = out of memory */
  eis_status (*read)(eisi_input *in, eis_error *err); /* fills header, body, meta ... */
} eisi_reader;

/* The rows, each in its own file. */
extern const eisi_reader eisi_reader_biologic, eisi_reader_eclab, eisi_reader_gamry,
    eisi_reader_zplot, eisi_reader_nova, eisi_reader_versastudio, eisi_reader_parstat,
    eisi_reader_powersuite, eisi_reader_chi, eisi_reader_novocontrol, eisi_reader_zahner,
    eisi_reader_lcr, eisi_reader_comsol, eisi_reader_wide, eisi_reader_csv;

/* The reader with the best score; a tie is an error that names the candidates.  No score at all:
   the generic table. */
eis_status eisi_reader_choose(const eisi_reader *const *list, size_t n, const eisi_doc *doc,
                              const eisi_reader **out, eis_error *err);

void eisi_input_clear(eisi_input *in);

/* ---- for the readers (locate.c) ---- */
/* Splits line k into the names (or, second call, the units) of the columns. */
eis_status eisi_input_header(eisi_input *in, size_t k, eisi_delimiting d, eis_error *err);
/* The same with the delimiter that gives as many names as the body (already read) has columns. */
eis_status eisi_input_names(eisi_input *in, size_t k, eisi_delimiting d, eis_error *err);
/* Finds the numeric block in [from, end) with its header lines above it. */
eis_status eisi_input_locate(eisi_input *in, size_t from, size_t end, eis_error *err);
/* Preamble lines "label: value" in [from, end) to metadata under their keys. */
typedef struct eisi_label {
  const char *label, *key;
} eisi_label;
eis_status eisi_input_labels(eisi_input *in, size_t from, size_t end, const eisi_label *label,
                             size_t n, eis_error *err);
/* After the locating (names.c): the names are moved over their columns where the first has none;
   what would be read wrong is refused.  first = line of the first row. */
eis_status eisi_input_fit_names(eisi_input *in, size_t first, eis_error *err);
/* Are a frequency and an impedance named in this row of the body? */
bool eisi_row_names_spectrum(const eisi_input *in, size_t row);
/* After the columns were assigned: is it a row of their names or units once more, perhaps in other
   letters? */
bool eisi_row_repeats_names(const eisi_input *in, size_t row);
/* First line in [0, end) that contains all `n` words (case ignored) and does not begin with a
   digit; EISI_NO_LINE = none. */
long eisi_line_with(const eisi_doc *doc, size_t end, const char *const *word, size_t n);

/* ---- eisfit's own CSV (canonical.c) ---- */
/* Is the document such a CSV; all of its blocks as one table; does a header stand between the row
   of the body and the one before? */
bool eisi_canonical(const eisi_doc *doc);
eis_status eisi_input_canonical(eisi_input *in, eis_error *err);
bool eisi_canonical_break(const eisi_input *in, size_t row);

/* ---- the steps ---- */
/* Header names (or options, or the look of the numbers) to roles and units. */
eis_status eisi_input_assign(eisi_input *in, eis_error *err);

typedef struct eisi_sweep {
  size_t first, n;             /* points */
  uint32_t row_first, row_end; /* rows of the body */
} eisi_sweep;

/* Numbers of the used columns in SI, in the order of the file. */
typedef struct eisi_points {
  size_t n;
  double *v[EISI_N_ROLES]; /* FREQ .. TIME, NULL = no such column; NaN = missing */
  uint32_t *row;           /* of the body */
  size_t n_sweeps;
  eisi_sweep *sweep;
  size_t dc, dc_row; /* rows with frequency 0, and the first of them */
} eisi_points;

eis_status eisi_points_read(eisi_input *in, eisi_points *p, eis_error *err);
eis_status eisi_points_split(eisi_input *in, eisi_points *p, eis_error *err);
void eisi_points_clear(eisi_points *p);

/* Refuse columns that are read by position where another one looks like the frequency, or (after
   the split) another reading of Re and Im fits far better. */
eis_status eisi_points_frequency(const eisi_input *in, const eisi_points *p, eis_error *err);
eis_status eisi_points_order(const eisi_input *in, const eisi_points *p, eis_error *err);

/* Unit of an unlabelled phase, Re and Im from modulus and phase, and the sign of Im. */
eis_status eisi_points_sign(eisi_input *in, eisi_points *p, eis_error *err);

/* Drops, windows, sorts and appends the sweeps asked for. */
eis_status eisi_points_emit(eisi_input *in, const eisi_points *p, eis_spectra *out, eis_error *err);

#endif
