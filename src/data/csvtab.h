/* csvtab.h - delimited text: lines of a document to cells that know their line and column. */
#ifndef EISI_CSVTAB_H
#define EISI_CSVTAB_H

#include "data/doc.h"

typedef struct eisi_delimiting {
  char delimiter; /* ',' ';' '\t' '|', or ' ' for runs of blanks and tabs */
  char point;     /* decimal sign, '.' or ',' */
} eisi_delimiting;

typedef struct eisi_cell {
  uint32_t at, n; /* bytes of table.pool, trimmed, quotes removed */
} eisi_cell;

/* Rows of cells; rows may differ in length.  Blank and comment lines are not rows. */
typedef struct eisi_table {
  const eisi_doc *doc;
  eisi_delimiting dialect;
  size_t n_rows, cap_rows;
  uint32_t *line;  /* 0-based line of the document, per row */
  uint32_t *first; /* index of the first cell, per row, and one behind the last row */
  bool *gap;       /* a blank line, repeated header or other break stands before the row */
  size_t n_cells, cap_cells;
  eisi_cell *cell;
  char *pool;
  size_t n_pool, cap_pool;
} eisi_table;

#define EISI_NO_NUMBER 1e30 /* and above: instruments write 9.9e37 for "overload" */
typedef enum eisi_cell_kind { EISI_CELL_NUMBER, EISI_CELL_MISSING, EISI_CELL_TEXT } eisi_cell_kind;

/* What is in a cell: a number, nothing ("", "NaN", "N/A", overload marks like 9.9e37), or text; *v
   is NaN unless it is a number. */
eisi_cell_kind eisi_cell_number(const char *s, size_t n, char point, double *v);

/* The dialect in which most cells of the lines [from, end) that look like data are numbers. */
eisi_delimiting eisi_csvtab_sniff(const eisi_doc *doc, size_t from, size_t end);
/* The decimal sign when the delimiter is known. */
char eisi_csvtab_point(const eisi_doc *doc, size_t from, size_t end, char delimiter);
/* The delimiter that a line of names has most of. */
char eisi_csvtab_of_names(const eisi_doc *doc, size_t k);
/* Of one line, without splitting it into a table: cells without trailing empty ones, those that are
   not empty, numbers, NaN and its like, most of the last two side by side; torn = a quote begins
   within a cell. */
typedef struct eisi_row_count {
  size_t cells, filled, numbers, missing, side;
  bool torn;
} eisi_row_count;
eisi_row_count eisi_csvtab_count(const eisi_doc *doc, size_t k, eisi_delimiting d);
/* Is line k a comment ('#', '%' or '!' first, but not spreadsheet wreckage such as #NAME?)? */
bool eisi_csvtab_comment(const eisi_doc *doc, size_t k);

/* Appends the lines [from, end); `header` (or EISI_NO_LINE) is a line whose repetitions are
   skipped and marked as a gap.  The table must be zeroed before its first use. */
eis_status eisi_table_append(eisi_table *t, const eisi_doc *doc, eisi_delimiting d, size_t from,
                             size_t end, long header, eis_error *err);
/* Appends one row from a piece of text that belongs to line k. */
eis_status eisi_table_append_text(eisi_table *t, const eisi_doc *doc, eisi_delimiting d, size_t k,
                                  const char *s, size_t n, eis_error *err);
/* An empty row, and a cell at the end of the last row, of a table put together by hand. */
eis_status eisi_table_add_row(eisi_table *t, size_t k, bool gap, eis_error *err);
eis_status eisi_table_add_cell(eisi_table *t, const char *s, size_t n, eis_error *err);
void eisi_table_clear(eisi_table *t);

size_t eisi_table_width(const eisi_table *t, size_t row);
/* Text of a cell, "" with *n = 0 behind the end of the row. */
const char *eisi_table_cell(const eisi_table *t, size_t row, size_t col, size_t *n);
/* Sets err at line k, byte column of cell `col`. */
eis_status eisi_csvtab_error(const eisi_doc *doc, eisi_delimiting d, size_t k, size_t col,
                             eis_error *err, const char *text);
/* Sets err at the cell's line and byte column. */
eis_status eisi_table_error(const eisi_table *t, size_t row, size_t col, eis_error *err,
                            const char *fmt, ...) __attribute__((format(printf, 5, 6)));

#endif
