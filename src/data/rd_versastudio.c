/* rd_versastudio.c - Princeton VersaStudio (.par): rows inside <SegmentN>, named by Definition=. */
#include <string.h>

#include "data/input.h"

static int sniff(const eisi_doc *doc) {
  if (!eisi_doc_begins(doc, 0, "<Application>") && !eisi_doc_begins(doc, 0, "<")) return 0;
  return eisi_doc_find(doc, 0, doc->n_lines, "<Segment") >= 0 ? 95 : 0;
}

static const eisi_label labels[] = {
    {"Measured Open Circuit", "ocv"},
    {"Working Electrode Area (cm2)", "electrode_area_cm2"},
    {"Date Acquired", "date"},
    {"Time Acquired", "time"},
};

/* The text behind "Definition=", without the closing ", 0". */
static eis_status take_names(eisi_input *in, size_t k, eis_error *err) {
  char text[2048];
  if (!eisi_doc_value(in->doc, k, "Definition", text, sizeof text))
    return eisi_doc_error(in->doc, k, 0, err, "a 'Definition=' line was expected");
  return eisi_table_append_text(&in->header, in->doc, (eisi_delimiting){',', '.'}, k, text,
                                strlen(text), err);
}

static eis_status read(eisi_input *in, eis_error *err) {
  const eisi_doc *doc = in->doc;
  const eisi_delimiting d = {',', '.'};
  eis_status st = EIS_OK;
  size_t first = doc->n_lines;
  for (size_t k = 0; k < doc->n_lines && st == EIS_OK; k++) {
    if (!eisi_doc_begins(doc, k, "<Segment")) continue;
    long names = eisi_doc_find(doc, k, k + 16, "Definition="),
         end = eisi_doc_find(doc, k, doc->n_lines, "</Segment");
    size_t stop = end < 0 ? doc->n_lines : (size_t)end;
    if (names < 0 || (size_t)names >= stop) continue;
    if (first == doc->n_lines) {
      first = k;
      st = take_names(in, (size_t)names, err);
    }
    if (st == EIS_OK)
      st = eisi_table_append(&in->body, doc, d, (size_t)names + 1, stop, EISI_NO_LINE, err);
    if (st == EIS_OK && end < 0)
      st = eis_notes_add(&in->warnings, err,
                         "the segment in line %zu has no end: the file was cut "
                         "short",
                         k + 1);
    k = stop > k ? stop - 1 : k;
  }
  if (st != EIS_OK) return st;
  if (in->body.n_rows == 0)
    return eis_error_at(err, EIS_ERROR_INPUT, doc->source, 0, 0,
                        "no <Segment> with a 'Definition=' line and data rows");
  return eisi_input_labels(in, 0, first, labels, sizeof labels / sizeof *labels, err);
}

const eisi_reader eisi_reader_versastudio = {
    .format = {.key = "versastudio-par",
               .name = "Princeton VersaStudio (.par)",
               .recognised = "'<Application>' block and '<Segment' with a 'Definition=' line",
               .sign = "Z Imag is Im Z; rows with frequency 0 (dc) are dropped"},
    .sniff = sniff,
    .read = read,
};
