/* canonical.c - eisfit's own CSV is read as it was written: nothing is guessed of its columns, and
   its metadata are texts.  One block for each spectrum, with a header of its own. */
#include <stdlib.h>
#include <string.h>

#include "data/input.h"

enum { MAX_NAMES = 4096 };

static const eisi_delimiting commas = {',', '.'};

static const char columns[] = "frequency_Hz,Zreal_ohm,Zimag_ohm";

static bool is_header(const eisi_doc *doc, size_t k) {
  const size_t len = sizeof columns - 1;
  size_t n;
  const char *s = eisi_doc_line(doc, k, &n);
  return n >= len && memcmp(s, columns, len) == 0 && (n == len || s[len] == ',');
}

static size_t next_header(const eisi_doc *doc, size_t k) {
  while (k < doc->n_lines && !is_header(doc, k)) k++;
  return k;
}

static size_t next_text(const eisi_doc *doc, size_t k) {
  while (k < doc->n_lines && (eisi_doc_blank(doc, k) || eisi_csvtab_comment(doc, k))) k++;
  return k;
}

/* Somebody may have written these names above a table of another kind. */
bool eisi_canonical(const eisi_doc *doc) {
  const size_t k = next_text(doc, 0);
  if (!is_header(doc, k)) return false;
  const eisi_row_count names = eisi_csvtab_count(doc, k, commas),
                       row = eisi_csvtab_count(doc, next_text(doc, k + 1), commas);
  return row.numbers > 0 && row.side >= 3 && row.cells <= names.cells;
}

/* ---- the end of a file that was cut ---- */

/* Lines without the beginning of a header at their end. */
static size_t whole_lines(const eisi_doc *doc) {
  size_t n;
  const size_t last = doc->n_lines - 1;
  const char *s = eisi_doc_line(doc, last, &n);
  return doc->cut && n > 0 && n < sizeof columns - 1 && memcmp(s, columns, n) == 0 ? last
                                                                                   : doc->n_lines;
}

/* A last row that is shorter than the one before. */
static eis_status leave_out_cut_row(eisi_input *in, eisi_table *t, eis_error *err) {
  const size_t n = t->n_rows;
  if (n < 2 || eisi_table_width(t, n - 1) >= eisi_table_width(t, n - 2)) return EIS_OK;
  t->n_rows--;
  return eis_notes_add(&in->warnings, err, "the last line (%ld) is cut short and was left out",
                       (long)t->line[n - 1] + 1);
}

/* eisfit writes no cell without a name. */
static eis_status check_widths(const eisi_table *t, size_t names, eis_error *err) {
  for (size_t r = 0; r < t->n_rows; r++)
    for (size_t c = names; c < eisi_table_width(t, r); c++) {
      size_t n;
      eisi_table_cell(t, r, c, &n);
      if (n > 0)
        return eisi_table_error(t, r, c, err, "a cell without a name: %zu cells, but %zu names",
                                eisi_table_width(t, r), names);
    }
  return EIS_OK;
}

/* ---- blocks with other metadata than the first ---- */

static size_t column_of(const eisi_table *names, const char *s, size_t n) {
  const size_t width = eisi_table_width(names, 0);
  for (size_t c = 0; c < width; c++) {
    size_t m;
    const char *name = eisi_table_cell(names, 0, c, &m);
    if (m == n && memcmp(name, s, n) == 0) return c;
  }
  return width;
}

static eis_status names_of(const eisi_doc *doc, size_t k, eisi_table *names, eis_error *err) {
  size_t n;
  const char *s = eisi_doc_line(doc, k, &n);
  return eisi_table_append_text(names, doc, commas, k, s, n, err);
}

/* The names of the block that are not yet among those of the header. */
static eis_status add_names(eisi_input *in, const eisi_table *names, eis_error *err) {
  eis_status st = EIS_OK;
  for (size_t c = 0; c < eisi_table_width(names, 0) && st == EIS_OK; c++) {
    size_t n;
    const char *s = eisi_table_cell(names, 0, c, &n);
    if (column_of(&in->header, s, n) == eisi_table_width(&in->header, 0))
      st = eisi_table_add_cell(&in->header, s, n, err);
  }
  return st;
}

typedef struct part {
  eisi_table names, rows;
  size_t *from; /* for each column of the header that of the part; past the last = it has none */
} part;

static void part_clear(part *p) {
  eisi_table_clear(&p->names);
  eisi_table_clear(&p->rows);
  free(p->from);
}

static eis_status read_part(eisi_input *in, size_t k, size_t end, part *p, eis_error *err) {
  const size_t width = eisi_table_width(&in->header, 0);
  eis_status st = names_of(in->doc, k, &p->names, err);
  if (st == EIS_OK)
    st = eisi_table_append(&p->rows, in->doc, commas, k + 1, end, EISI_NO_LINE, err);
  if (st == EIS_OK) st = check_widths(&p->rows, eisi_table_width(&p->names, 0), err);
  if (st == EIS_OK && end >= whole_lines(in->doc)) st = leave_out_cut_row(in, &p->rows, err);
  if (st != EIS_OK) return st;
  p->from = eisi_new(width, sizeof *p->from, err);
  for (size_t c = 0; p->from && c < width; c++) {
    size_t n, m;
    const char *s = eisi_table_cell(&in->header, 0, c, &n),
               *same = eisi_table_cell(&p->names, 0, c, &m);
    p->from[c] = n == m && memcmp(s, same, n) == 0 ? c : column_of(&p->names, s, n);
  }
  return p->from ? EIS_OK : EIS_ERROR_MEMORY;
}

/* A row of the part, its cells in the order of the header. */
static eis_status add_row(eisi_input *in, const part *p, size_t r, eis_error *err) {
  eis_status st = eisi_table_add_row(&in->body, p->rows.line[r], p->rows.gap[r], err);
  for (size_t c = 0; c < eisi_table_width(&in->header, 0) && st == EIS_OK; c++) {
    size_t n;
    const char *s = eisi_table_cell(&p->rows, r, p->from[c], &n);
    st = eisi_table_add_cell(&in->body, s, n, err);
  }
  return st;
}

static eis_status add_part(eisi_input *in, size_t k, size_t end, eis_error *err) {
  part p = {0};
  eis_status st = read_part(in, k, end, &p, err);
  for (size_t r = 0; r < p.rows.n_rows && st == EIS_OK; r++) st = add_row(in, &p, r, err);
  part_clear(&p);
  return st;
}

static eis_status join_blocks(eisi_input *in, size_t first, size_t end, eis_error *err) {
  const eisi_doc *doc = in->doc;
  eis_status st = EIS_OK;
  for (size_t k = next_header(doc, first + 1); k < end && st == EIS_OK;
       k = next_header(doc, k + 1)) {
    eisi_table names = {0};
    st = names_of(doc, k, &names, err);
    if (st == EIS_OK) st = add_names(in, &names, err);
    if (st == EIS_OK && eisi_table_width(&in->header, 0) > MAX_NAMES)
      st = eisi_doc_error(doc, k, 0, err,
                          "more than %d different names of metadata; split the file", MAX_NAMES);
    eisi_table_clear(&names);
  }
  in->body.doc = doc;
  in->body.dialect = commas;
  for (size_t k = first, next; k < end && st == EIS_OK; k = next) {
    next = next_header(doc, k + 1);
    st = add_part(in, k, next < end ? next : end, err);
  }
  return st;
}

/* ---- all of it ---- */

static bool same_headers(const eisi_doc *doc, size_t first) {
  size_t n, m;
  const char *s = eisi_doc_line(doc, first, &n);
  for (size_t k = next_header(doc, first + 1); k < doc->n_lines; k = next_header(doc, k + 1)) {
    const char *other = eisi_doc_line(doc, k, &m);
    if (n != m || memcmp(s, other, n) != 0) return false;
  }
  return true;
}

eis_status eisi_input_canonical(eisi_input *in, eis_error *err) {
  const eisi_doc *doc = in->doc;
  const size_t first = next_text(doc, 0), end = whole_lines(doc);
  in->canonical = true;
  eis_status st = names_of(doc, first, &in->header, err);
  if (st == EIS_OK && end < doc->n_lines)
    st = eis_notes_add(&in->warnings, err, "the last line (%zu) is cut short and was left out",
                       doc->n_lines);
  if (st != EIS_OK) return st;
  if (!same_headers(doc, first)) return join_blocks(in, first, end, err);
  st = eisi_table_append(&in->body, doc, commas, first + 1, end, (long)first, err);
  if (st == EIS_OK) st = check_widths(&in->body, eisi_table_width(&in->header, 0), err);
  return st == EIS_OK ? leave_out_cut_row(in, &in->body, err) : st;
}

bool eisi_canonical_break(const eisi_input *in, size_t row) {
  if (!in->canonical || row == 0 || !in->body.gap[row]) return false;
  size_t k = in->body.line[row - 1];
  while (k < in->body.line[row] && !is_header(in->doc, k)) k++;
  return k < in->body.line[row];
}
