/* rows.h - rows of the tables of a store as a string of bytes: what workers hand to the one writer,
   in the same process or through a message. */
#ifndef EISI_ROWS_H
#define EISI_ROWS_H

#include <stdint.h>

#include "base/base.h"

typedef enum eisi_row_kind {
  EISI_ROW_NULL,
  EISI_ROW_INTEGER,
  EISI_ROW_REAL,
  EISI_ROW_TEXT,
  EISI_ROW_BLOB
} eisi_row_kind;

/* ---- writing: a row is its table, then a value for each of its columns ---- */
void eisi_rows_begin(eisi_text *rows, int table);
void eisi_rows_null(eisi_text *rows);
void eisi_rows_integer(eisi_text *rows, int64_t v);
void eisi_rows_real(eisi_text *rows, double v);      /* not finite: NULL */
void eisi_rows_text(eisi_text *rows, const char *s); /* NULL: NULL */
/* n doubles as little-endian numbers of 8 or 4 bytes; v NULL: NULL. */
void eisi_rows_doubles(eisi_text *rows, const double *v, size_t n);
void eisi_rows_floats(eisi_text *rows, const double *v, size_t n);

/* ---- reading ---- */
typedef struct eisi_row_value {
  eisi_row_kind kind;
  int64_t integer;
  double real;
  const char *bytes; /* of text and blob, not terminated */
  size_t n;
} eisi_row_value;
/* Next table number; -1 at the end. */
int eisi_rows_table(const char **at, const char *end);
/* Next value; false = the bytes are no rows. */
bool eisi_rows_value(const char **at, const char *end, eisi_row_value *v);

#endif
