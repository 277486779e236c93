/* rd_zplot.c - Scribner ZPlot/ZView (.z), ZPlotW and Z60W files. */
#include <stdlib.h>
#include <string.h>

#include "data/input.h"

static const char usual_names[] = "Freq(Hz)\tAmpl\tBias\tTime(Sec)\tZ'(a)\tZ''(b)\tGD\tErr\tRange";

static bool bare(const eisi_doc *doc) {
  size_t n = strlen(doc->source), k = 0;
  if (n < 2 || eisi_strcasecmp(doc->source + n - 2, ".z") != 0) return false;
  while (k < doc->n_lines && eisi_doc_blank(doc, k)) k++;
  const eisi_row_count r = eisi_csvtab_count(doc, k, eisi_csvtab_sniff(doc, k, doc->n_lines));
  return r.cells == 9 && r.numbers + r.missing == 9 && r.numbers > 0;
}

static int sniff(const eisi_doc *doc) {
  static const char *const marks[] = {"ZPLOT", "ZPlotW Data File", "Z60W Data File", "ZView Data"};
  for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
    if (eisi_doc_begins(doc, 0, marks[i])) return 100;
  size_t head = doc->n_lines < 300 ? doc->n_lines : 300;
  if (eisi_doc_find(doc, 0, head, "End Comments") >= 0) return 70;
  return bare(doc) ? 60 : 0;
}

static const eisi_label labels[] = {
    {"Date:", "date"},
    {"Time:", "time"},
    {"Open Circuit Potential (V)", "ocv_V"},
    {"Surface Area", "electrode_area_cm2"},
    {"Measured Data,", "instrument"},
};

/* Names, first data line: behind "End Comments", below the quoted names, or the top. */
static void find_parts(const eisi_doc *doc, long *names, size_t *first) {
  static const char *const words[] = {"Freq", "Z'"};
  long end = eisi_doc_find(doc, 0, doc->n_lines, "End Comments");
  *names = eisi_line_with(doc, end >= 0 ? (size_t)end + 1 : doc->n_lines, words, 2);
  *first = end >= 0 ? (size_t)end + 1 : *names >= 0 ? (size_t)*names + 1 : 0;
}

/* "Data Points: 56", or a line of its own with the count above the names. */
static long declared_points(const eisi_doc *doc, size_t first, long names) {
  char value[32];
  for (size_t k = 0; k < first; k++)
    if (eisi_doc_value(doc, k, "Data Points", value, sizeof value)) return strtol(value, NULL, 10);
  size_t n;
  const char *s = eisi_doc_line(doc, names > 0 ? (size_t)names - 1 : doc->n_lines, &n);
  for (size_t i = 0; i < n; i++)
    if (s[i] < '0' || s[i] > '9') return 0;
  return n > 0 && n < 8 ? strtol(s, NULL, 10) : 0;
}

static eis_status read(eisi_input *in, eis_error *err) {
  const eisi_doc *doc = in->doc;
  long names;
  size_t first;
  find_parts(doc, &names, &first);
  eisi_delimiting d = eisi_csvtab_sniff(doc, first, doc->n_lines);
  eis_status st = eisi_table_append(&in->body, doc, d, first, doc->n_lines, EISI_NO_LINE, err);
  if (st != EIS_OK) return st;
  if (names >= 0)
    st = eisi_input_names(in, (size_t)names, d, err);
  else
    st = eisi_table_append_text(&in->header, doc, (eisi_delimiting){'\t', '.'}, 0, usual_names,
                                strlen(usual_names), err);
  if (st != EIS_OK) return st;
  in->declared = declared_points(doc, first, names);
  return eisi_input_labels(in, 0, first, labels, sizeof labels / sizeof *labels, err);
}

const eisi_reader eisi_reader_zplot = {
    .format = {.key = "zplot",
               .name = "Scribner ZPlot/ZView (.z), ZPlotW, Z60W",
               .recognised =
                   "'ZPLOT2 ASCII', 'ZPlotW Data File', 'Z60W Data File' or 'End Comments'",
               .sign = "Z'' is Im Z; columns by name, which differ between versions; the declared "
                       "number of points is compared"},
    .sniff = sniff,
    .read = read,
};
