/* rd_biologic.c - BioLogic EC-Lab text export (.mpt). */
#include <stdlib.h>

#include "data/input.h"

static int sniff(const eisi_doc *doc) {
  return eisi_doc_begins(doc, 0, "EC-Lab ASCII FILE") ||
                 eisi_doc_begins(doc, 0, "BT-Lab ASCII FILE")
             ? 100
             : 0;
}

static const eisi_label labels[] = {
    {"Acquisition started on", "date"},   {"Device", "instrument"},
    {"Electrode material", "electrode"},  {"Electrolyte", "electrolyte"},
    {"Comments", "comment"},              {"Electrode surface area", "electrode_area"},
    {"Characteristic mass", "mass"},      {"Mode ", "mode"},
};

/* "Nb header lines : 61": the names stand in the last of them. */
static size_t header_line(const eisi_doc *doc) {
  char value[32];
  for (size_t k = 0; k < 8 && k < doc->n_lines; k++)
    if (eisi_doc_value(doc, k, "Nb header lines", value, sizeof value)) {
      long n = strtol(value, NULL, 10);
      if (n > 1 && (size_t)n <= doc->n_lines &&
          eisi_doc_find(doc, (size_t)n - 1, (size_t)n, "/") >= 0)
        return (size_t)n - 1;
    }
  static const char *const words[] = {"(Z)/Ohm", "\t"};
  long k = eisi_line_with(doc, doc->n_lines, words, 2);
  return k < 0 ? doc->n_lines : (size_t)k;
}

static eis_status read(eisi_input *in, eis_error *err) {
  const eisi_doc *doc = in->doc;
  size_t k = header_line(doc);
  if (k >= doc->n_lines)
    return eis_error_at(err, EIS_ERROR_INPUT, doc->source, 0, 0,
                        "no line with column names such as 'freq/Hz'; is the file complete?");
  in->hint =
      "a BioLogic impedance table needs the column 'freq/Hz'; export it again with that "
      "column";
  eisi_delimiting d = {'\t', eisi_csvtab_point(doc, k + 1, doc->n_lines, '\t')};
  eis_status st = eisi_input_header(in, k, d, err);
  if (st == EIS_OK) st = eisi_table_append(&in->body, doc, d, k + 1, doc->n_lines, (long)k, err);
  if (st != EIS_OK) return st;
  return eisi_input_labels(in, 0, k, labels, sizeof labels / sizeof *labels, err);
}

const eisi_reader eisi_reader_biologic = {
    .format = {.key = "biologic-mpt",
               .name = "BioLogic EC-Lab text (.mpt)",
               .recognised = "first line 'EC-Lab ASCII FILE'",
               .sign =
                   "-Im(Z) column is negated; sweeps by 'cycle number' or restarting frequency; "
                   "rows with frequency 0 (dc) are dropped; decimal comma known"},
    .sniff = sniff,
    .read = read,
};
