/* names.c - names that don't fit the cells below them: put right where it is certain what is
   meant, refused where numbers would be read wrong. */
#include <math.h>
#include <string.h>

#include "data/input.h"

enum { LOOK = 8 }; /* rows */

static size_t looked_at(const eisi_input *in) {
  return in->body.n_rows < LOOK ? in->body.n_rows : LOOK;
}

static eisi_column name_at(const eisi_table *t, size_t row, size_t c) {
  size_t n;
  eisi_column col;
  const char *s = eisi_table_cell(t, row, c, &n);
  eisi_column_parse(s, n, "", 0, &col);
  return col;
}

static eisi_cell_kind cell_at(const eisi_input *in, size_t row, size_t c, double *v) {
  size_t n;
  const char *s = eisi_table_cell(&in->body, row, c, &n);
  return eisi_cell_number(s, n, in->body.dialect.point, v);
}

/* ---- row numbers without a name (R: write.table) ---- */

/* All rows have one cell more than there are names, and it is filled. */
static bool one_name_less(const eisi_input *in) {
  const size_t names = eisi_table_width(&in->header, 0);
  for (size_t r = 0; r < in->body.n_rows; r++) {
    size_t n;
    eisi_table_cell(&in->body, r, names, &n);
    if (eisi_table_width(&in->body, r) != names + 1 || n == 0) return false;
  }
  return names > 0 && in->body.n_rows > 0;
}

typedef struct row_names {
  bool words, counter; /* in every row: no number; 1, 2, 3 .. or 0, 1, 2 .. */
} row_names;

static row_names look_at_first(const eisi_input *in) {
  row_names k = {true, in->body.n_rows >= 3};
  double v, before = NAN;
  for (size_t r = 0; r < in->body.n_rows; r++) {
    const bool number = cell_at(in, r, 0, &v) == EISI_CELL_NUMBER;
    k.words &= !number;
    k.counter &= number && (r == 0 ? v == 0 || v == 1 : v == before + 1);
    before = v;
  }
  return k;
}

/* Under the names as they stand, a text or a frequency that is none. */
static bool fails(const eisi_input *in) {
  for (size_t c = 0; c < eisi_table_width(&in->header, 0); c++) {
    const eisi_role role = name_at(&in->header, 0, c).role;
    if (role < EISI_COL_FREQ || role > EISI_COL_PHASE) continue;
    for (size_t r = 0; r < in->body.n_rows; r++) {
      double v;
      const eisi_cell_kind kind = cell_at(in, r, c, &v);
      if (kind == EISI_CELL_TEXT || (role == EISI_COL_FREQ && v < 0)) return true;
    }
  }
  return false;
}

/* Does the second column go through more than the counter in front of it would as a frequency? */
static bool spans(const eisi_input *in) {
  double low = INFINITY, high = 0, v;
  for (size_t r = 0; r < in->body.n_rows; r++) {
    if (cell_at(in, r, 1, &v) != EISI_CELL_NUMBER || v < 0) return false;
    if (v > 0) low = fmin(low, v);
    high = fmax(high, v);
  }
  return high > 5 * low;
}

/* The first column belongs to nobody: what its name would be can't be words, or no counter. */
static bool has_row_names(const eisi_input *in) {
  if (!one_name_less(in)) return false;
  const row_names k = look_at_first(in);
  const eisi_role role = name_at(&in->header, 0, 0).role;
  if (k.words || k.counter) {
    if (fails(in)) return true;
    if (k.counter && role == EISI_COL_FREQ) return spans(in);
    return k.counter && role > EISI_COL_FREQ && role <= EISI_COL_PHASE;
  }
  return false;
}

static eis_status put_empty_name(eisi_input *in, eis_error *err) {
  eisi_table t = {.doc = in->header.doc, .dialect = in->header.dialect};
  const size_t names = eisi_table_width(&in->header, 0);
  eis_status st = EIS_OK;
  for (size_t r = 0; r < in->header.n_rows && st == EIS_OK; r++) {
    st = eisi_table_add_row(&t, in->header.line[r], false, err);
    if (st == EIS_OK && eisi_table_width(&in->header, r) == names)
      st = eisi_table_add_cell(&t, "", 0, err);
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

/* Two cells or more than there are names, all of them whole: 10,5 would be two of them. */
static bool is_torn(const eisi_input *in) {
  const size_t names = eisi_table_width(&in->header, 0), rows = looked_at(in);
  if (names == 0 || rows == 0 || in->body.dialect.delimiter != ',') return false;
  for (size_t r = 0; r < rows; r++) {
    const size_t width = eisi_table_width(&in->body, r);
    if (width < names + 2) return false;
    for (size_t c = 0; c < width; c++) {
      size_t n;
      const char *s = eisi_table_cell(&in->body, r, c, &n);
      const size_t sign = n > 1 && (*s == '-' || *s == '+');
      if (!is_whole(s + sign, n - sign)) return false;
    }
  }
  return true;
}

/* 1,000 or 10,123: every comma has three digits behind it and a number that may be a thousand
   before it. */
static bool may_be_thousands(const char *s, size_t n) {
  size_t i = n > 0 && (*s == '-' || *s == '+'), digits = i;
  while (i < n && eisi_is_digit(s[i])) i++;
  return i > digits && i - digits <= 3 && s[digits] != '0' && n - i == 4 && s[i] == ',' &&
         is_whole(s + i + 1, 3);
}

/* A column with whole numbers and numbers with three digits behind a comma: 1,000 and 825.  A
   whole number of four digits has no separator: the commas are of decimals. */
static eis_status judge_thousands(eisi_input *in, eis_error *err) {
  const eisi_table *t = &in->body;
  if (t->dialect.delimiter != ',' || t->dialect.point != ',') return EIS_OK;
  size_t at_row = 0, at_column = 0;
  bool mixed = false;
  for (size_t c = 0; c < eisi_table_width(t, 0); c++) {
    bool whole = false, comma = false;
    for (size_t r = 0; r < t->n_rows; r++) {
      size_t n;
      const char *s = eisi_table_cell(t, r, c, &n);
      if (is_whole(s, n) ? n > 3 : memchr(s, ',', n) && !may_be_thousands(s, n)) return EIS_OK;
      whole |= is_whole(s, n);
      if (!memchr(s, ',', n)) continue;
      if (!mixed && !comma) at_row = r, at_column = c;
      comma = true;
    }
    mixed |= whole && comma;
  }
  if (!mixed)
    return eis_notes_add(&in->warnings, err,
                         "every comma has three digits behind it and is read as a decimal comma; "
                         "if it separates thousands, write the numbers without it");
  return eisi_table_error(t, at_row, at_column, err,
                          "a comma for thousands or for decimals? Write the numbers with decimal "
                          "points and without a separator of thousands");
}

/* ---- names over several lines ---- */

static bool has_odd_quotes(const eisi_doc *doc, size_t k) {
  size_t n, quotes = 0;
  const char *s = eisi_doc_line(doc, k, &n);
  for (size_t i = 0; i < n; i++) quotes += s[i] == '"';
  return quotes % 2;
}

/* Quotes that begin in a line and end in another one right above the table; one line with an odd
   number of them has an inch. */
static eis_status refuse_broken_line(const eisi_input *in, size_t first, eis_error *err) {
  size_t k = first, lines = 0;
  if (in->header.n_rows > 0 || in->opt->columns) return EIS_OK;
  while (k > 0 && eisi_doc_blank(in->doc, k - 1)) k--;
  const size_t last = k;
  for (; k > 0 && last - k < LOOK && !eisi_doc_blank(in->doc, k - 1); k--)
    lines += has_odd_quotes(in->doc, k - 1);
  if (lines < 2 || !has_odd_quotes(in->doc, last - 1)) return EIS_OK;
  return eisi_doc_error(in->doc, last - 1, 0, err,
                        "a name in quotes that goes on over the end of a line; put the names of "
                        "the columns into one line");
}

/* ---- cells behind the last name ---- */

static eis_status note_nameless(eisi_input *in, eis_error *err) {
  const size_t names = eisi_table_width(&in->header, 0), rows = looked_at(in);
  if (names == 0) return EIS_OK;
  for (size_t r = 0; r < rows; r++) {
    size_t n;
    eisi_table_cell(&in->body, r, names, &n);
    if (n == 0) return EIS_OK;
  }
  return eis_notes_add(&in->warnings, err,
                       "%zu cells in a row, but %zu names: the cells behind the last name are "
                       "left out, look whether the names stand over the right ones",
                       eisi_table_width(&in->body, 0), names);
}

eis_status eisi_input_fit_names(eisi_input *in, size_t first, eis_error *err) {
  eis_status st = refuse_broken_line(in, first, err);
  if (st == EIS_OK) st = judge_thousands(in, err);
  if (st == EIS_OK && is_torn(in))
    st = eisi_table_error(&in->body, 0, 0, err,
                          "%zu cells below %zu names: a decimal comma can't be told from a comma "
                          "between columns; write decimal points, or semicolons between columns",
                          eisi_table_width(&in->body, 0), eisi_table_width(&in->header, 0));
  if (st != EIS_OK) return st;
  return has_row_names(in) ? put_empty_name(in, err) : note_nameless(in, err);
}

/* ---- names again further down ---- */

bool eisi_row_names_spectrum(const eisi_input *in, size_t row) {
  bool f = false, z = false;
  for (size_t c = 0; c < eisi_table_width(&in->body, row); c++) {
    const eisi_role role = name_at(&in->body, row, c).role;
    f |= role == EISI_COL_FREQ;
    z |= role == EISI_COL_RE || role == EISI_COL_MOD;
  }
  return f && z;
}

static bool is_line(const eisi_input *in, size_t row, size_t header_row) {
  size_t n, m;
  if (header_row >= in->header.n_rows) return false;
  const char *s = eisi_doc_line(in->doc, in->body.line[row], &n);
  const char *line = eisi_doc_line(in->doc, in->header.line[header_row], &m);
  return n == m && memcmp(s, line, n) == 0;
}

/* Is no other column named where the header has one? */
static bool same_others(const eisi_input *in, size_t row) {
  for (size_t c = 0; c < in->n_columns; c++) {
    size_t n;
    eisi_table_cell(&in->body, row, c, &n);
    const bool used = in->column[c].role >= EISI_COL_FREQ && in->column[c].role <= EISI_COL_TIME;
    if (n > 0 && !used && eisi_strcasecmp(in->column[c].name, name_at(&in->body, row, c).name) != 0)
      return false;
  }
  return true;
}

bool eisi_row_repeats_names(const eisi_input *in, size_t row) {
  double v;
  const int f = in->use[EISI_COL_FREQ];
  if (f < 0 || cell_at(in, row, (size_t)f, &v) != EISI_CELL_TEXT) return false;
  if (is_line(in, row, 1)) return true; /* the units */
  for (int role = EISI_COL_FREQ; role <= EISI_COL_TIME; role++) {
    if (in->use[role] < 0) continue;
    const eisi_column *a = &in->column[in->use[role]],
                      b = name_at(&in->body, row, (size_t)in->use[role]);
    const bool by_name = eisi_table_width(&in->header, 1) == 0;
    if (a->role != b.role || a->sign != b.sign) return false;
    if (by_name && (a->has_unit != b.has_unit || (a->has_unit && a->unit.factor != b.unit.factor)))
      return false;
  }
  return in->header.n_rows > 0 && same_others(in, row);
}
