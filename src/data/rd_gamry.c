/* rd_gamry.c - Gamry Framework data (.DTA): tab separated tables behind KEY TABLE lines. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "data/input.h"

static int sniff(const eisi_doc *doc) {
  if (!eisi_doc_begins(doc, 0, "EXPLAIN")) return 0;
  return eisi_doc_find(doc, 0, doc->n_lines < 40 ? doc->n_lines : 40, "TAG\t") >= 0 ? 100 : 80;
}

/* KEY <tab> type <tab> value <tab> label */
static bool field(const eisi_doc *doc, size_t k, const char *key, char *value, size_t size) {
  size_t n, m = strlen(key);
  const char *s = eisi_doc_line(doc, k, &n), *end = s + n;
  if (n <= m || memcmp(s, key, m) != 0 || s[m] != '\t') return false;
  const char *p = memchr(s + m + 1, '\t', n - m - 1);
  if (!p) return false;
  p++;
  const char *q = memchr(p, '\t', (size_t)(end - p));
  size_t len = (size_t)((q ? q : end) - p);
  if (len >= size) len = size - 1;
  memcpy(value, p, len);
  value[len] = '\0';
  return true;
}

static eis_status read_fields(eisi_input *in, size_t end, char point, eis_error *err) {
  static const eisi_label labels[] = {{"DATE", "date"},       {"TIME", "time"},
                                      {"TITLE", "title"},     {"PSTAT", "instrument"},
                                      {"AREA", "electrode_area_cm2"}, {"VDC", "dc_voltage_V"}};
  char value[128];
  double v;
  eis_status st = EIS_OK;
  for (size_t k = 0; k < end && st == EIS_OK; k++) {
    for (size_t i = 0; i < sizeof labels / sizeof *labels && st == EIS_OK; i++) {
      if (!field(in->doc, k, labels[i].label, value, sizeof value)) continue;
      size_t n = strlen(value);
      if (eisi_cell_number(value, n, point, &v) == EISI_CELL_NUMBER)
        eisi_print_double(value, sizeof value, v);
      st = eis_meta_set(&in->meta, labels[i].key, value, err);
    }
    if (field(in->doc, k, "FREQFINAL", value, sizeof value) &&
        eisi_cell_number(value, strlen(value), point, &v) == EISI_CELL_NUMBER && v > 0)
      in->declared_fmin = v;
    if (field(in->doc, k, "FREQINIT", value, sizeof value) &&
        eisi_cell_number(value, strlen(value), point, &v) == EISI_CELL_NUMBER && v > 0 &&
        in->declared_fmin > v)
      in->declared_fmin = v; /* swept upwards */
  }
  return st;
}

static bool is_zcurve(const eisi_doc *doc, size_t k) {
  size_t n;
  const char *s = eisi_doc_line(doc, k, &n);
  return n >= 12 && memcmp(s, "ZCURVE", 6) == 0 && memchr(s, '\t', n) &&
         eisi_doc_find(doc, k, k + 1, "\tTABLE") >= 0;
}

/* Rows of a table begin with a tab. */
static size_t table_end(const eisi_doc *doc, size_t k) {
  size_t n;
  while (k < doc->n_lines) {
    const char *s = eisi_doc_line(doc, k, &n);
    if (n == 0 || (*s != '\t' && *s != ' ')) break;
    k++;
  }
  return k;
}

static eis_status read_aborted(eisi_input *in, eis_error *err) {
  for (size_t k = 0; k < in->doc->n_lines; k++) {
    char value[8];
    if (field(in->doc, k, "EXPERIMENTABORTED", value, sizeof value) && value[0] == 'T')
      return eis_notes_add(&in->warnings, err,
                           "the experiment was aborted (EXPERIMENTABORTED in "
                           "line %zu)",
                           k + 1);
  }
  return EIS_OK;
}

static eis_status read(eisi_input *in, eis_error *err) {
  const eisi_doc *doc = in->doc;
  eis_status st = EIS_OK;
  size_t first = doc->n_lines;
  eisi_delimiting d = {'\t', '.'};
  char count[16];
  for (size_t k = 0; k < doc->n_lines && st == EIS_OK; k++) {
    if (!is_zcurve(doc, k)) continue;
    if (first == doc->n_lines) {
      first = k;
      d.point = eisi_csvtab_point(doc, k + 3, doc->n_lines, '\t');
      if (field(doc, k, "ZCURVE", count, sizeof count)) in->declared = strtol(count, NULL, 10);
      st = eisi_input_header(in, k + 1, d, err);
      if (st == EIS_OK && k + 2 < doc->n_lines) st = eisi_input_header(in, k + 2, d, err);
    }
    size_t end = table_end(doc, k + 1);
    if (st == EIS_OK) st = eisi_table_append(&in->body, doc, d, k + 3, end, EISI_NO_LINE, err);
    k = end - 1;
  }
  if (st != EIS_OK) return st;
  if (in->body.n_rows == 0)
    return eis_error_at(err, EIS_ERROR_INPUT, doc->source, 0, 0,
                        "no ZCURVE table with data: not an impedance run, or it was aborted before "
                        "the first point");
  st = read_fields(in, first, d.point, err);
  return st == EIS_OK ? read_aborted(in, err) : st;
}

const eisi_reader eisi_reader_gamry = {
    .format = {.key = "gamry-dta",
               .name = "Gamry Framework (.DTA)",
               .recognised = "first line 'EXPLAIN'",
               .sign = "ZCURVE table, Zimag is Im Z; aborted runs are said; decimal comma known"},
    .sniff = sniff,
    .read = read,
};
