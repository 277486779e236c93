/* names.c - names that don't fit the cells below them: put right where it is certain what is
   meant, refused where numbers would be read wrong. */
#include <math.h>
#include <string.h>

#include "data/input.h"

enum { LOOK = 8 }; /* rows */

static size_t looked_at(const eisi_input *in) {
  return in->body.n_rows < LOOK ? in->body.n_rows : LOOK;
}

/* ---- row numbers without a name (R: write.table) ---- */

/* All rows have one cell more than there are names, and it is filled. */
static bool one_name_less(const eisi_input *in) {
  const size_t names = eisi_table_width(&in->header, 0), rows = looked_at(in);
  for (size_t r = 0; r < rows; r++) {
    size_t n;
    eisi_table_cell(&in->body, r, names, &n);
    if (eisi_table_width(&in->body, r) != names + 1 || n == 0) return false;
  }
  return names > 0 && rows > 0;
}

/* 1, 2, 3 .. or words. */
static bool begins_with_row_names(const eisi_input *in) {
  const size_t rows = looked_at(in);
  double v, before = NAN;
  size_t words = 0;
  bool counts = true;
  for (size_t r = 0; r < rows; r++) {
    size_t n;
    const char *s = eisi_table_cell(&in->body, r, 0, &n);
    const eisi_cell_kind kind = eisi_cell_number(s, n, in->body.dialect.point, &v);
    words += kind == EISI_CELL_TEXT;
    counts &= kind == EISI_CELL_NUMBER && (r == 0 ? v == 0 || v == 1 : v == before + 1);
    before = v;
  }
  return words == rows || (counts && rows >= 3);
}

static eis_status put_empty_name(eisi_input *in, eis_error *err) {
  eisi_table t = {.doc = in->header.doc, .dialect = in->header.dialect};
  eis_status st = EIS_OK;
  for (size_t r = 0; r < in->header.n_rows && st == EIS_OK; r++) {
    st = eisi_table_add_row(&t, in->header.line[r], false, err);
    if (st == EIS_OK) st = eisi_table_add_cell(&t, "", 0, err);
    for (size_t c = 0; c < eisi_table_width(&in->header, r) && st == EIS_OK; c++) {
      size_t n;
      const char *s = eisi_table_cell(&in->header, r, c, &n);
      st = eisi_table_add_cell(&t, s, n, err);
    }
  }
  eisi_table_clear(st == EIS_OK ? &in->header : &t);
  if (st != EIS_OK) return st;
  in->header = t;
  return eis_notes_add(&in->decisions, err,
                       "the first column has no name: row names; the names belong to the columns "
                       "from the second on");
}

/* ---- decimal commas between commas ---- */

static bool is_whole(const char *s, size_t n) {
  size_t i = 0;
  while (i < n && eisi_is_digit(s[i])) i++;
  return n > 0 && i == n;
}

/* Two cells for each name, the second of each a row of digits: 100,5 would be two numbers. */
static bool is_torn(const eisi_input *in) {
  const size_t names = eisi_table_width(&in->header, 0), rows = looked_at(in);
  for (size_t r = 0; r < rows; r++) {
    if (eisi_table_width(&in->body, r) != 2 * names) return false;
    for (size_t c = 1; c < 2 * names; c += 2) {
      size_t n;
      const char *s = eisi_table_cell(&in->body, r, c, &n);
      if (!is_whole(s, n)) return false;
    }
  }
  return names > 0 && rows > 0 && in->body.dialect.delimiter == ',';
}

/* 1,000 or 10,123: every comma has three digits behind it and a number that may be a thousand
   before it. */
static bool may_be_thousands(const char *s, size_t n) {
  size_t i = n > 0 && (*s == '-' || *s == '+'), digits = i;
  while (i < n && eisi_is_digit(s[i])) i++;
  return i > digits && i - digits <= 3 && s[digits] != '0' && n - i == 4 && s[i] == ',' &&
         is_whole(s + i + 1, 3);
}

/* A column with whole numbers and numbers with three digits behind a comma: 1,000 and 825. */
static eis_status refuse_thousands(const eisi_input *in, eis_error *err) {
  const eisi_table *t = &in->body;
  if (t->dialect.delimiter != ',' || t->dialect.point != ',') return EIS_OK;
  size_t at_row = 0, at_column = 0;
  bool mixed = false;
  for (size_t c = 0; c < eisi_table_width(t, 0); c++) {
    bool whole = false, comma = false;
    for (size_t r = 0; r < t->n_rows; r++) {
      size_t n;
      const char *s = eisi_table_cell(t, r, c, &n);
      if (memchr(s, ',', n) && !may_be_thousands(s, n)) return EIS_OK;
      whole |= is_whole(s, n);
      if (!memchr(s, ',', n)) continue;
      if (!mixed && !comma) at_row = r, at_column = c;
      comma = true;
    }
    mixed |= whole && comma;
  }
  if (!mixed) return EIS_OK;
  return eisi_table_error(t, at_row, at_column, err,
                          "a comma for thousands or for decimals? Write the numbers with decimal "
                          "points and without a separator of thousands");
}

/* ---- names over several lines ---- */

static eis_status refuse_broken_line(const eisi_input *in, size_t first, eis_error *err) {
  size_t n, quotes = 0, k = first;
  while (k > 0 && eisi_doc_blank(in->doc, k - 1)) k--;
  if (k == 0 || in->header.n_rows > 0) return EIS_OK;
  const char *s = eisi_doc_line(in->doc, k - 1, &n);
  for (size_t i = 0; i < n; i++) quotes += s[i] == '"';
  if (quotes % 2 == 0) return EIS_OK;
  return eisi_doc_error(in->doc, k - 1, 0, err,
                        "a name in quotes that goes on over the end of a line; put the names of "
                        "the columns into one line");
}

eis_status eisi_input_fit_names(eisi_input *in, size_t first, eis_error *err) {
  eis_status st = refuse_broken_line(in, first, err);
  if (st == EIS_OK) st = refuse_thousands(in, err);
  if (st == EIS_OK && is_torn(in))
    st = eisi_table_error(&in->body, 0, 0, err,
                          "%zu cells below %zu names: a decimal comma can't be told from a comma "
                          "between columns; write decimal points, or semicolons between columns",
                          eisi_table_width(&in->body, 0), eisi_table_width(&in->header, 0));
  if (st == EIS_OK && one_name_less(in) && begins_with_row_names(in)) st = put_empty_name(in, err);
  return st;
}

bool eisi_row_names_spectrum(const eisi_input *in, size_t row) {
  bool f = false, z = false;
  for (size_t c = 0; c < eisi_table_width(&in->body, row); c++) {
    size_t n;
    eisi_column col;
    const char *s = eisi_table_cell(&in->body, row, c, &n);
    eisi_column_parse(s, n, "", 0, &col);
    f |= n > 0 && col.role == EISI_COL_FREQ;
    z |= n > 0 && (col.role == EISI_COL_RE || col.role == EISI_COL_MOD);
  }
  return f && z;
}
