/* reader.c - the table of formats, recognition by content, and the way from bytes to spectra. */
#include <eisfit/reader.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "data/input.h"

static const eisi_reader *const readers[] = {
    &eisi_reader_biologic,   &eisi_reader_eclab,       &eisi_reader_gamry,  &eisi_reader_zplot,
    &eisi_reader_nova,       &eisi_reader_versastudio, &eisi_reader_parstat,
    &eisi_reader_powersuite, &eisi_reader_chi,         &eisi_reader_novocontrol,
    &eisi_reader_zahner,     &eisi_reader_lcr,         &eisi_reader_comsol,
    &eisi_reader_wide,       &eisi_reader_csv,
};
enum { N_READERS = sizeof readers / sizeof *readers };

const eis_format *eis_format_at(size_t i) { return i < N_READERS ? &readers[i]->format : NULL; }

eis_read_options eis_read_options_default(void) {
  return (eis_read_options){.sweep = EIS_SWEEP_ALL, .fmin_hz = NAN, .fmax_hz = NAN};
}

/* ---- which reader ---- */

static eis_status unknown_format(const char *key, eis_error *err) {
  const char *keys[N_READERS];
  eisi_text t = {0};
  for (size_t i = 0; i < N_READERS; i++) {
    keys[i] = readers[i]->format.key;
    eisi_text_addf(&t, "%s%s", i ? ", " : "", keys[i]);
  }
  int near = eisi_nearest(key, keys, N_READERS);
  if (near >= 0)
    eis_error_set(err, EIS_ERROR_USAGE, "--format: unknown format '%s', did you mean '%s'?", key,
                  keys[near]);
  else
    eis_error_set(err, EIS_ERROR_USAGE, "--format: unknown format '%s'; known are %s", key,
                  t.s ? t.s : "");
  eisi_text_clear(&t);
  return EIS_ERROR_USAGE;
}

static eis_status by_key(const char *key, const eisi_reader **out, eis_error *err) {
  for (size_t i = 0; i < N_READERS; i++)
    if (strcmp(readers[i]->format.key, key) == 0) {
      *out = readers[i];
      return EIS_OK;
    }
  return unknown_format(key, err);
}

eis_status eisi_reader_choose(const eisi_reader *const *list, size_t n, const eisi_doc *doc,
                              const eisi_reader **out, eis_error *err) {
  int top = 0;
  size_t best = 0, ties = 0;
  eisi_text names = {0};
  eis_status st = EIS_OK;
  for (size_t i = 0; i < n; i++) {
    int score = list[i]->sniff(doc);
    if (score < 0) st = eis_error_at(err, EIS_ERROR_MEMORY, doc->source, 0, 0, "out of memory");
    if (score <= 0 || score < top) continue;
    if (score > top) {
      eisi_text_clear(&names);
      top = score;
      best = i;
      ties = 0;
    }
    eisi_text_addf(&names, "%s'%s'", ties++ ? ", " : "", list[i]->format.key);
  }
  if (ties > 1 && st == EIS_OK)
    st = eis_error_at(err, EIS_ERROR_INPUT, doc->source, 0, 0,
                      "the content fits more than one format: %s; choose with --format",
                      names.s ? names.s : "");
  eisi_text_clear(&names);
  *out = top > 0 ? list[best] : &eisi_reader_csv;
  return st;
}

/* ---- the way through ---- */

static eis_status note_format(eisi_input *in, const eisi_reader *r, bool asked, eis_error *err) {
  bool odd = strcmp(in->doc->encoding, "UTF-8") != 0;
  eisi_delimiting d = in->body.dialect;
  const char *by = d.delimiter == '\t'  ? "tabs"
                   : d.delimiter == ' ' ? "blanks"
                   : d.delimiter == ';' ? "semicolons"
                   : d.delimiter == '|' ? "bars"
                                        : "commas";
  return eis_notes_add(&in->decisions, err, "format %s (%s%s%s%s), split at %s%s", r->format.key,
                       r->format.name, asked ? ", as asked for" : "", odd ? ", " : "",
                       odd ? in->doc->encoding : "", by, d.point == ',' ? ", decimal comma" : "");
}

static eis_status from_doc(const eisi_doc *doc, eisi_input *in, eis_spectra *out, eis_error *err) {
  const eisi_reader *r = NULL;
  const char *key = in->opt->format;
  eis_status st = key ? by_key(key, &r, err) : eisi_reader_choose(readers, N_READERS, doc, &r, err);
  if (st != EIS_OK) return st;
  in->format = r->format.key;
  eisi_points p = {0};
  st = r->read(in, err);
  if (st == EIS_OK) st = note_format(in, r, key != NULL, err);
  if (st == EIS_OK) st = eisi_input_assign(in, err);
  if (st == EIS_OK) st = eisi_points_read(in, &p, err);
  if (st == EIS_OK) st = eisi_points_frequency(in, &p, err);
  if (st == EIS_OK) st = eisi_points_split(in, &p, err);
  if (st == EIS_OK) st = eisi_points_order(in, &p, err);
  if (st == EIS_OK) st = eisi_points_sign(in, &p, err);
  if (st == EIS_OK) st = eisi_points_emit(in, &p, out, err);
  eisi_points_clear(&p);
  return st;
}

static eis_status check_options(const eis_read_options *opt, eis_error *err) {
  if (opt->negate_imag && opt->trust_imag)
    return eis_error_set(err, EIS_ERROR_USAGE,
                         "--negate-imag and --keep-imag say the opposite; give one of them");
  return EIS_OK;
}

/* Takes back what a failed call appended. */
static void shrink(eis_spectra *out, size_t n) {
  while (out->n > n) eis_spectrum_clear(&out->at[--out->n]);
}

eis_status eis_read_memory(const char *bytes, size_t size, const char *source,
                           const eis_read_options *opt, eis_spectra *out, eis_error *err) {
  eis_read_options defaults = eis_read_options_default();
  eisi_doc doc;
  eisi_input in = {.doc = &doc, .opt = opt ? opt : &defaults};
  size_t before = out->n;
  eis_status st = check_options(in.opt, err);
  if (st != EIS_OK) return st;
  if (size == 0) return eis_error_at(err, EIS_ERROR_INPUT, source, 0, 0, "the file is empty");
  st = eisi_doc_open(&doc, bytes, size, source, err);
  if (st != EIS_OK) return st;
  eisi_sha256(bytes, size, in.sha256);
  st = from_doc(&doc, &in, out, err);
  if (st != EIS_OK) shrink(out, before);
  eisi_input_clear(&in);
  eisi_doc_clear(&doc);
  return st;
}

eis_status eis_read_file(const char *path, const eis_read_options *opt, eis_spectra *out,
                         eis_error *err) {
  char *bytes = NULL;
  size_t size = 0;
  eis_status st = eisi_read_whole(path, 0, &bytes, &size, err);
  if (st == EIS_OK)
    st = eis_read_memory(bytes, size, strcmp(path, "-") == 0 ? "<stdin>" : path, opt, out, err);
  free(bytes);
  return st;
}
