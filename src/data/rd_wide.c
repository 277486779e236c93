/* rd_wide.c - one spectrum per row, "ZReal_2e+04Hz" ... in the header. */
#include "data/input.h"

enum { MIN_WIDE = 10 };

static size_t header_line(const eisi_doc *doc) {
  size_t k = 0;
  while (k < doc->n_lines && (eisi_doc_blank(doc, k) || eisi_csvtab_comment(doc, k))) k++;
  return k;
}

/* The delimiter is the byte between two names that end in Hz. */
static char delimiter(const eisi_doc *doc, size_t k) {
  size_t n;
  const char *s = eisi_doc_line(doc, k, &n);
  for (size_t i = 3; i < n; i++)
    if (s[i - 1] == 'z' && (s[i - 2] == 'H' || s[i - 2] == 'h') &&
        (s[i] == ',' || s[i] == ';' || s[i] == '\t'))
      return s[i];
  return ',';
}

static size_t wide_names(const eisi_table *t) {
  size_t count = 0;
  for (size_t c = 0; c < eisi_table_width(t, 0); c++) {
    size_t n;
    eisi_role role;
    int sign;
    double f;
    const char *s = eisi_table_cell(t, 0, c, &n);
    count += eisi_column_wide(s, n, &role, &sign, &f);
  }
  return count;
}

static int sniff(const eisi_doc *doc) {
  eisi_table t = {0};
  size_t k = header_line(doc), n;
  const char *s = eisi_doc_line(doc, k, &n);
  bool hz = eisi_doc_find(doc, k, k + 1, "hz") >= 0;
  int score = 0;
  if (hz && eisi_table_append_text(&t, doc, (eisi_delimiting){delimiter(doc, k), '.'}, k, s, n,
                                   NULL) != EIS_OK)
    score = -1;
  else if (hz)
    score = wide_names(&t) >= MIN_WIDE ? 90 : 0;
  eisi_table_clear(&t);
  return score;
}

static eis_status read(eisi_input *in, eis_error *err) {
  const eisi_doc *doc = in->doc;
  size_t k = header_line(doc);
  eisi_delimiting d = {delimiter(doc, k), '.'};
  if (d.delimiter != ',') d.point = eisi_csvtab_point(doc, k + 1, doc->n_lines, d.delimiter);
  in->wide = true;
  eis_status st = eisi_input_header(in, k, d, err);
  if (st == EIS_OK && wide_names(&in->header) < MIN_WIDE)
    return eis_error_at(err, EIS_ERROR_INPUT, doc->source, (long)k + 1, 0,
                        "a wide table needs names such as 'ZReal_1e+03Hz' for 5 frequencies at "
                        "least, in real and imaginary part (or modulus and phase)");
  if (st == EIS_OK) st = eisi_table_append(&in->body, doc, d, k + 1, doc->n_lines, (long)k, err);
  return st;
}

const eisi_reader eisi_reader_wide = {
    .format = {.key = "wide-csv",
               .name = "wide table, one spectrum per row",
               .recognised = "column names such as 'ZReal_1e+03Hz'",
               .sign =
                   "by name, checked against ZMag and ZPhz columns; other columns are metadata"},
    .sniff = sniff,
    .read = read,
};
