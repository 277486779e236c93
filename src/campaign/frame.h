/* frame.h - a table of named columns: tidy CSV (one row per spectrum and parameter) or wide (one
   row per spectrum), with the metadata of another table joined to it. */
#ifndef EISI_FRAME_H
#define EISI_FRAME_H

#include <stdint.h>

#include "base/base.h"

enum { EISI_NO_COLUMN = -1 };

/* How a column of eisfit's own is called where the user has one of its name: `eisfit_model`. */
#define EISI_OWN_PREFIX "eisfit_"
/* Free, fixed, at a bound ...; not `state`, which is what users call the state of the cell. */
#define EISI_PARAMETER_STATE "parameter_state"

typedef struct eisi_frame eisi_frame;

/* Delimited text with column names in the first line; `source` names it in messages.  *out is new,
   to be freed.  EIS_ERROR_INPUT: no rows, a name twice, a row of another length. */
eis_status eisi_frame_parse(const char *bytes, size_t size, const char *source, eisi_frame **out,
                            eis_error *err);
/* The same from a file; "-" is standard input. */
eis_status eisi_frame_read(const char *path, eisi_frame **out, eis_error *err);
void eisi_frame_free(eisi_frame *f);

/* ---- a table that comes from elsewhere: columns first, then rows ---- */
/* *out is to be freed, also after a failure. */
eis_status eisi_frame_new(const char *source, eisi_frame **out, eis_error *err);
eis_status eisi_frame_add_column(eisi_frame *f, const char *name, eis_error *err);
/* All of its cells have to be set. */
eis_status eisi_frame_add_row(eisi_frame *f, eis_error *err);
/* Text of column j in the last row. */
eis_status eisi_frame_set(eisi_frame *f, int j, const char *s, size_t n, eis_error *err);
/* No further rows: only now texts stay where they are. */
void eisi_frame_seal(eisi_frame *f);
/* EIS_ERROR_INPUT: it has no rows. */
eis_status eisi_frame_check(const eisi_frame *f, eis_error *err);

/* What a join left alone: rows of the table, rows of the metadata; the file of the first of them
   (NULL = none), owned by its frame. */
typedef struct eisi_joined {
  size_t unmatched, unused;
  const char *first_unmatched, *first_unused;
} eisi_joined;
/* Adds the columns of `meta` to the rows with the same `file` (and `sweep`, where both have it);
   "./a.csv" and "a.csv" are the same, and so are two names of one file that is there.  The frame
   owns meta afterwards, also after a failure. */
eis_status eisi_frame_join(eisi_frame *f, eisi_frame *meta, eisi_joined *out, eis_error *err);

size_t eisi_frame_rows(const eisi_frame *f);
const char *eisi_frame_source(const eisi_frame *f);
/* Name of column j, NULL past the end. */
const char *eisi_frame_name(const eisi_frame *f, int j);
/* Index of a column; EISI_NO_COLUMN. */
int eisi_frame_find(const eisi_frame *f, const char *name);
/* The same, but a column that is not there is an error that names the nearest, or all. */
eis_status eisi_frame_need(const eisi_frame *f, const char *name, const char *what, int *j,
                           eis_error *err);
/* Text of a cell, NUL terminated; "" where there is none. */
const char *eisi_frame_text(const eisi_frame *f, size_t row, int j);
/* Number in a cell; NaN where it is empty.  EIS_ERROR_INPUT with the place for text. */
eis_status eisi_frame_number(const eisi_frame *f, size_t row, int j, double *v, eis_error *err);
/* Are the cells of the column that are not empty all numbers, and is there one? */
bool eisi_frame_numeric(const eisi_frame *f, int j);

#endif
