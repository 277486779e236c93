/* rd_table.c - plain tables: what the instruments' exports have in common, and one row for each of
   the header styles that are known by name. */
#include <stdio.h>
#include <string.h>

#include "data/input.h"

enum { HEAD = 60 };

static bool head_has(const eisi_doc *doc, const char *a, const char *b, const char *c) {
  const char *words[3] = {a, b, c};
  return eisi_line_with(doc, HEAD, words, c ? 3 : b ? 2 : 1) != EISI_NO_LINE;
}

static eis_status read_table(eisi_input *in, eis_error *err) {
  return eisi_input_locate(in, 0, in->doc->n_lines, err);
}

/* ---- "# key: value" comments of any table ---- */

static void comment_key(const char *s, size_t n, char *key, size_t size) {
  eisi_column c;
  eisi_column_parse(s, n, "", 0, &c);
  snprintf(key, size, "%s", c.key);
}

static eis_status comment_meta(eisi_input *in, size_t k, eis_error *err) {
  size_t n;
  char key[64], value[256];
  const char *s = eisi_doc_line(in->doc, k, &n), *end = s + n;
  while (s < end && strchr("#%! \t", *s)) s++;
  const char *colon = memchr(s, ':', (size_t)(end - s));
  if (!colon || colon == s || colon - s > 40 || memchr(s, ',', (size_t)(colon - s))) return EIS_OK;
  comment_key(s, (size_t)(colon - s), key, sizeof key);
  for (colon++; colon < end && (*colon == ' ' || *colon == '\t'); colon++) continue;
  while (end > colon && (end[-1] == ' ' || end[-1] == '\t')) end--;
  eisi_copy_utf8(value, sizeof value, colon, (size_t)(end - colon));
  return key[0] && value[0] ? eis_meta_set(&in->meta, key, value, err) : EIS_OK;
}

static eis_status read_csv(eisi_input *in, eis_error *err) {
  eis_status st = eisi_canonical(in->doc) ? eisi_input_canonical(in, err) : read_table(in, err);
  if (st != EIS_OK) return st;
  /* below the first header of several they belong to one spectrum of them */
  const size_t end = in->canonical ? in->header.line[0] : in->doc->n_lines;
  for (size_t k = 0; k < end && k < 32 && st == EIS_OK; k++)
    if (eisi_csvtab_comment(in->doc, k)) st = comment_meta(in, k, err);
  return st;
}

static int sniff_csv(const eisi_doc *doc) { return eisi_canonical(doc) ? 95 : 1; }

const eisi_reader eisi_reader_csv = {
    .format = {.key = "csv",
               .name = "table of numbers (CSV, TSV, blanks)",
               .recognised = "any numeric table, with or without header",
               .sign = "by header (-Im, Im); checked against phase and modulus; without a word in "
                       "the header by Kramers-Kronig, else refused"},
    .sniff = sniff_csv,
    .read = read_csv,
};

/* ---- EC-Lab text export ---- */

static int sniff_eclab(const eisi_doc *doc) {
  return head_has(doc, "freq/Hz", "Re(Z)/Ohm", NULL) ? 60 : 0;
}

const eisi_reader eisi_reader_eclab = {
    .format = {.key = "eclab-txt",
               .name = "EC-Lab text export",
               .recognised = "column names 'freq/Hz' and 'Re(Z)/Ohm'",
               .sign = "-Im(Z) is negated, Im(Z) is not; |Z| and Phase(Z) are cross-checked"},
    .sniff = sniff_eclab,
    .read = read_table,
};

/* ---- Metrohm Autolab NOVA ---- */

static int sniff_nova(const eisi_doc *doc) {
  return head_has(doc, "Frequency (Hz)", "Z' (", "Z''") ? 60 : 0;
}

const eisi_reader eisi_reader_nova = {
    .format = {.key = "nova-txt",
               .name = "Metrohm Autolab NOVA text",
               .recognised = "column names 'Frequency (Hz)', 'Z' (Ω)' and '-Z'' (Ω)'",
               .sign = "-Z'' is negated; semicolons or tabs"},
    .sniff = sniff_nova,
    .read = read_table,
};

/* ---- PARSTAT / VersaStudio text ---- */

static int sniff_parstat(const eisi_doc *doc) {
  return head_has(doc, "Elapsed Time", "Frequency (Hz)", "Zre") ? 60 : 0;
}

const eisi_reader eisi_reader_parstat = {
    .format = {.key = "parstat-txt",
               .name = "PARSTAT text export",
               .recognised = "column names 'Elapsed Time (s)', 'Frequency (Hz)' and 'Zre (ohms)'",
               .sign = "Zim is Im Z; rows with frequency 0 (dc) are dropped"},
    .sniff = sniff_parstat,
    .read = read_table,
};

/* ---- PowerSuite ---- */

static int sniff_powersuite(const eisi_doc *doc) {
  if (head_has(doc, "Frequency", "Zre", "Zimg")) return 60;
  return head_has(doc, "PowerSuite", NULL, NULL) ? 55 : 0;
}

const eisi_reader eisi_reader_powersuite = {
    .format = {.key = "powersuite-txt",
               .name = "Princeton PowerSuite text",
               .recognised = "column names 'Frequency', 'Zre' and 'Zimg', or the word PowerSuite",
               .sign = "Zimg is Im Z; line ends CR CR LF"},
    .sniff = sniff_powersuite,
    .read = read_table,
};

/* ---- CH Instruments ---- */

static int sniff_chi(const eisi_doc *doc) {
  return head_has(doc, "A.C. Impedance", NULL, NULL) ||
                 head_has(doc, "Instrument Model:", "CHI", NULL)
             ? 80
             : 0;
}

static eis_status read_chi(eisi_input *in, eis_error *err) {
  static const eisi_label labels[] = {{"Instrument Model", "instrument"},
                                      {"Init E (V)", "dc_voltage_V"},
                                      {"Amplitude (V)", "amplitude_V"},
                                      {"Note:", "comment"}};
  static const char *const words[] = {"Freq/Hz", "Z'"};
  long names = eisi_line_with(in->doc, in->doc->n_lines, words, 2);
  size_t from = names < 0 ? 0 : (size_t)names;
  eis_status st = eisi_input_locate(in, from, in->doc->n_lines, err);
  if (st != EIS_OK) return st;
  return eisi_input_labels(in, 0, from, labels, sizeof labels / sizeof *labels, err);
}

const eisi_reader eisi_reader_chi = {
    .format = {.key = "chi-txt",
               .name = "CH Instruments text",
               .recognised = "'A.C. Impedance' in the preamble",
               .sign = "Z\" is Im Z, the phase column is cross-checked"},
    .sniff = sniff_chi,
    .read = read_chi,
};

/* ---- Novocontrol-like ---- */

static int sniff_novocontrol(const eisi_doc *doc) {
  return head_has(doc, "Freq", "Zs'", NULL) || head_has(doc, "Freq", "Eps'", NULL) ? 60 : 0;
}

/* "Thickness[mm]: 7.5e-01" anywhere in a line of the preamble. */
static eis_status geometry(eisi_input *in, const char *label, const char *key, eis_error *err) {
  long k = eisi_doc_find(in->doc, 0, 8, label);
  size_t n, m = strlen(label);
  double v;
  if (k < 0) return EIS_OK;
  const char *s = eisi_doc_line(in->doc, (size_t)k, &n), *p = memmem(s, n, label, m);
  if (!p) return EIS_OK;
  for (p += m; p < s + n && strchr(": =", *p); p++) continue;
  if (eisi_parse_double(p, (size_t)(s + n - p), '.', &v) == 0) return EIS_OK;
  char text[32];
  eisi_print_double(text, sizeof text, v);
  return eis_meta_set(&in->meta, key, text, err);
}

static eis_status read_novocontrol(eisi_input *in, eis_error *err) {
  eis_status st = read_table(in, err);
  if (st == EIS_OK && in->header.n_rows > 0 && in->header.line[0] > 0 &&
      !eisi_csvtab_comment(in->doc, 0)) {
    char title[128];
    size_t n;
    const char *s = eisi_doc_line(in->doc, 0, &n);
    eisi_copy_utf8(title, sizeof title, s, n);
    if (title[0]) st = eis_meta_set(&in->meta, "title", title, err);
  }
  if (st == EIS_OK) st = geometry(in, "Diameter[mm]", "diameter_mm", err);
  if (st == EIS_OK) st = geometry(in, "Thickness[mm]", "thickness_mm", err);
  return st;
}

const eisi_reader eisi_reader_novocontrol = {
    .format = {.key = "novocontrol-txt",
               .name = "Novocontrol WinDETA text",
               .recognised = "column names 'Freq. [Hz]' and 'Zs''",
               .sign = "Zs'' is Im Z; several header styles; geometry from the preamble"},
    .sniff = sniff_novocontrol,
    .read = read_novocontrol,
};

/* ---- Zahner ---- */

static int sniff_zahner(const eisi_doc *doc) {
  if (head_has(doc, "Frequency", "Impedance", "Phase") && head_has(doc, "Significance", NULL, NULL))
    return 70;
  return head_has(doc, "Zahner", NULL, NULL) || head_has(doc, "Thales", NULL, NULL) ? 60 : 0;
}

const eisi_reader eisi_reader_zahner = {
    .format = {.key = "zahner-txt",
               .name = "Zahner Thales / Analysis text",
               .recognised = "columns frequency, impedance, phase with 'Significance', or the word "
                             "Zahner",
               .sign = "modulus and phase, degrees or radians; repeated frequencies are kept"},
    .sniff = sniff_zahner,
    .read = read_table,
};

/* ---- LCR meters ---- */

static int sniff_lcr(const eisi_doc *doc) {
  bool polar = head_has(doc, "Freq", "|Z|", "Theta") || head_has(doc, "Freq", "Z", "Theta") ||
               head_has(doc, "Freq", "|Z|", "\xce\xb8");
  return polar || head_has(doc, "E4980", NULL, NULL) || head_has(doc, "E4990", NULL, NULL) ? 50 : 0;
}

const eisi_reader eisi_reader_lcr = {
    .format = {.key = "lcr",
               .name = "LCR meter or impedance analyser",
               .recognised = "columns frequency, |Z| and theta, or the name of the instrument",
               .sign = "modulus and phase; overload marks (9.9e37) are left out"},
    .sniff = sniff_lcr,
    .read = read_table,
};

/* ---- COMSOL ---- */

static int sniff_comsol(const eisi_doc *doc) {
  return eisi_csvtab_comment(doc, 0) && head_has(doc, "COMSOL", NULL, NULL) ? 75 : 0;
}

const eisi_reader eisi_reader_comsol = {
    .format = {.key = "comsol-txt",
               .name = "COMSOL text export",
               .recognised = "'%' comments that name COMSOL",
               .sign = "simulated; by the names in the last '%' line, else by Kramers-Kronig"},
    .sniff = sniff_comsol,
    .read = read_csv,
};
