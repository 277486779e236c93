/* process_parse.c - one line of a table of processes. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/process.h"

#define SIGNATURE(s) [EISI_Q_SIGNATURE + EIS_SIGNATURE_##s]
const eisi_q_row eisi_q_rows[EISI_QUANTITIES] = {
    [EISI_Q_C] = {"C", "capacitance per area", EISI_KIND_LOG, 1e-12, 1e8, "1e-16 to 1e4 F/cm2",
                  {{"F/cm2", 1e4}, {"mF/cm2", 10}, {"uF/cm2", 1e-2}, {"nF/cm2", 1e-5},
                   {"pF/cm2", 1e-8}}},
    [EISI_Q_F] = {"f", "frequency", EISI_KIND_LOG, 1e-8, 1e13, "1e-8 to 1e13 Hz",
                  {{"Hz", 1}, {"mHz", 1e-3}, {"kHz", 1e3}, {"MHz", 1e6}}},
    [EISI_Q_R] = {"R", "resistance times area", EISI_KIND_LOG, 1e-12, 1e8, "1e-8 to 1e12 ohm cm2",
                  {{"ohm cm2", 1e-4}}},
    [EISI_Q_WIDTH] = {"width", "width", EISI_KIND_LOG, 0.01, 10, ".01 to 10 decades",
                      {{"decades", 1}}},
    SIGNATURE(EA) = {"Ea", "activation energy", EISI_KIND_LINEAR, 0, 5, "0 to 5 eV",
                     {{"eV", 1}, {"kJ/mol", 1 / 96.48533212331}}},
    SIGNATURE(SOC) = {"dlnR_dSOC", "slope of ln R over SOC", EISI_KIND_LINEAR, -1e3, 1e3,
                      "-1000 to 1000", {{"", 1}}},
    SIGNATURE(SOC_BEND) = {"d2lnR_dSOC2", "curvature of ln R over SOC", EISI_KIND_LINEAR, -1e4, 1e4,
                           "-10000 to 10000", {{"", 1}}},
    SIGNATURE(DRIFT) = {"dlnC_dlnR", "drift of C with R", EISI_KIND_LINEAR, -100, 100,
                        "-100 to 100", {{"", 1}}},
    SIGNATURE(AGEING) = {"dlnR_dlnt", "growth of R with ln t", EISI_KIND_LINEAR, -100, 100,
                         "-100 to 100", {{"", 1}}},
    SIGNATURE(TIME) = {"time_exponent", "exponent of the growth in time", EISI_KIND_LINEAR, -10, 10,
                       "-10 to 10", {{"", 1}}},
    SIGNATURE(PRESSURE) = {"dlnR_dlnp", "exponent of the pressure", EISI_KIND_LINEAR, -100, 100,
                           "-100 to 100", {{"", 1}}},
    [EISI_Q_PRESENT] = {"present", "", EISI_KIND_NUMBER, 0, 1, "0 to 1", {{"", 1}}},
    [EISI_Q_AGAIN] = {"again", "", EISI_KIND_NUMBER, 0, 1, "0 to 1", {{"", 1}}},
    [EISI_Q_STILL] = {"still", "", EISI_KIND_NUMBER, 0, 1, "0 to 1", {{"", 1}}},
    [EISI_Q_BEYOND] = {"beyond", "", EISI_KIND_NUMBER, 0, 1, "0 to 1", {{"", 1}}},
    [EISI_Q_THICKNESS] = {"thickness", "", EISI_KIND_NUMBER, 1e-9, 1, "1 nm to 1 m",
                          {{"um", 1e-6}, {"mm", 1e-3}, {"nm", 1e-9}, {"m", 1}}},
    [EISI_Q_WETTED_C] = {"dlnC_dlnwetted", "", EISI_KIND_NUMBER, -10, 10, "-10 to 10", {{"", 1}}},
    [EISI_Q_WETTED_F] = {"dlnf_dlnwetted", "", EISI_KIND_NUMBER, -10, 10, "-10 to 10", {{"", 1}}},
    [EISI_Q_ABOVE] = {"above", "", EISI_KIND_NAMES, 0, 0, "", {{"", 1}}},
    [EISI_Q_SOC_LAW] = {"soc_law", "", EISI_KIND_WORD, 0, 0, "", {{"", 1}}},
};
#undef SIGNATURE

static const char *const groups[EISI_GROUPS] = {"electrolyte", "anode", "coating"};

const char *eisi_process_group_name(int group) { return groups[group]; }

int eisi_process_word_index(const eis_process_table *t, int group, const char *s, size_t n) {
  for (size_t i = 0; i < t->n_words; i++)
    if ((group < 0 || t->word[i].group == group) && strlen(t->word[i].text) == n &&
        strncmp(t->word[i].text, s, n) == 0)
      return (int)i;
  return -1;
}

/* ---- reading along a value ---- */

typedef struct reader {
  const eisi_ini_entry *e;
  const char *path, *s; /* where it stands in e->value */
  eis_error *err;
} reader;

static eis_status complain(const reader *r, const char *text) {
  return eisi_ini_error(r->e, r->path, (size_t)(r->s - r->e->value), r->err, "%s", text);
}

static bool blank(char c) { return c == ' ' || c == '\t' || c == '\n'; }

static void skip_blanks(reader *r) {
  while (blank(*r->s)) r->s++;
}

/* Length of the text up to one of the characters `ends`, without the blanks behind it. */
static size_t word_length(const reader *r, const char *ends) {
  size_t n = strcspn(r->s, ends);
  while (n > 0 && blank(r->s[n - 1])) n--;
  return n;
}

static eis_status read_number(reader *r, double *v) {
  char text[160];
  skip_blanks(r);
  const size_t used = eisi_parse_double(r->s, strlen(r->s), '.', v);
  if (used > 0) {
    r->s += used;
    return EIS_OK;
  }
  snprintf(text, sizeof text, "'%.*s' is not a number: expected for example '%s = 1 to 10%s%s'",
           (int)(word_length(r, ";") < 40 ? word_length(r, ";") : 40), r->s, r->e->key,
           strcmp(r->e->section, "cell") == 0 ? "" : "; prior", "");
  return complain(r, text);
}

static eis_status read_unit(reader *r, const eisi_q_row *q, double *factor) {
  char text[256];
  skip_blanks(r);
  const size_t n = word_length(r, ";");
  *factor = q->unit[0].factor;
  for (size_t i = 0; i < sizeof q->unit / sizeof *q->unit && q->unit[i].text; i++)
    if (n > 0 && strlen(q->unit[i].text) == n && strncmp(q->unit[i].text, r->s, n) == 0) {
      *factor = q->unit[i].factor;
      r->s += n;
      return EIS_OK;
    }
  if (n == 0 && !q->unit[0].text[0]) return EIS_OK;
  if (n == 0)
    snprintf(text, sizeof text, "no unit: expected %s behind the numbers", q->unit[0].text);
  else if (!q->unit[0].text[0])
    snprintf(text, sizeof text, "%s has no unit, '%.*s' is not expected here", q->key, (int)n,
             r->s);
  else
    snprintf(text, sizeof text, "unknown unit '%.*s' for %s: expected %s", (int)n, r->s, q->key,
             q->unit[0].text);
  return complain(r, text);
}

static eis_status check_range(reader *r, const eisi_q_row *q, double v) {
  char text[160];
  if (v >= q->lower * (q->lower > 0 ? 1 - 1e-9 : 1) && v <= q->upper * (1 + 1e-9)) return EIS_OK;
  r->s = r->e->value;
  snprintf(text, sizeof text, "%s is out of range: expected %s", q->key, q->range);
  return complain(r, text);
}

/* "LOW to HIGH unit" */
static eis_status read_window(reader *r, const eisi_q_row *q, double *low, double *high) {
  double factor;
  eis_status st = read_number(r, low);
  if (st != EIS_OK) return st;
  skip_blanks(r);
  if (strncmp(r->s, "to", 2) != 0 || !blank(r->s[2]))
    return complain(r, "expected 'LOW to HIGH': the range that holds nine tenths of all cells");
  r->s += 2;
  st = read_number(r, high);
  if (st == EIS_OK) st = read_unit(r, q, &factor);
  if (st != EIS_OK) return st;
  *low *= factor;
  *high *= factor;
  if (!(*high > *low)) {
    r->s = r->e->value;
    return complain(r, "the range is empty: expected the lower number first");
  }
  st = check_range(r, q, *low);
  return st == EIS_OK ? check_range(r, q, *high) : st;
}

static eis_status read_value(reader *r, const eisi_q_row *q, double *v) {
  double factor;
  eis_status st = read_number(r, v);
  if (st == EIS_OK) st = read_unit(r, q, &factor);
  if (st != EIS_OK) return st;
  *v *= factor;
  return check_range(r, q, *v);
}

/* "SE_gb, CEI" -> bits */
static eis_status read_names(reader *r, const eis_process_table *t, uint32_t *bits) {
  char text[160];
  *bits = 0;
  for (;;) {
    skip_blanks(r);
    const size_t n = word_length(r, ",;");
    size_t i = 0;
    while (i < t->n && !(strlen(t->row[i].key) == n && strncmp(t->row[i].key, r->s, n) == 0)) i++;
    if (i == t->n) {
      snprintf(text, sizeof text, "there is no process '%.*s'", (int)(n < 60 ? n : 60), r->s);
      return complain(r, text);
    }
    *bits |= UINT32_C(1) << i;
    r->s += n;
    skip_blanks(r);
    if (*r->s != ',') return EIS_OK;
    r->s++;
  }
}

static eis_status read_law(reader *r) {
  static const char law[] = "butler-volmer";
  skip_blanks(r);
  if (word_length(r, ";") != strlen(law) || strncmp(r->s, law, strlen(law)) != 0)
    return complain(r, "unknown law: expected butler-volmer");
  r->s += strlen(law);
  return EIS_OK;
}

/* "; where it comes from"; *source is allocated. */
static eis_status read_source(reader *r, bool required, char **source) {
  skip_blanks(r);
  if (*r->s == ';') {
    r->s++;
    skip_blanks(r);
    if (*r->s) {
      *source = eisi_strdup(r->s, r->err);
      for (char *s = *source; s && *s; s++)
        if (*s == '\n') *s = ' ';
      return *source ? EIS_OK : EIS_ERROR_MEMORY;
    }
  } else if (*r->s) {
    return complain(r, "expected '; source' here");
  }
  if (!required) return EIS_OK;
  return complain(r, "no source: expected '; ' and where the values come from, or the word prior");
}

/* ---- keys ---- */

static eis_status complain_key(const eisi_ini_entry *e, const char *path, size_t offset,
                               eis_error *err, const char *text) {
  eisi_ini_entry at_key = *e;
  at_key.value_column = e->key_column;
  return eisi_ini_error(&at_key, path, offset, err, "%s", text);
}

/* The words behind '@'. */
static eis_status read_words(const eis_process_table *t, const eisi_ini_entry *e, const char *path,
                             uint64_t *bits, eis_error *err) {
  const char *s = strchr(e->key, '@');
  char text[160];
  *bits = 0;
  while (s) {
    s++;
    while (blank(*s)) s++;
    size_t n = strcspn(s, ",");
    while (n > 0 && blank(s[n - 1])) n--;
    const int k = eisi_process_word_index(t, -1, s, n);
    if (k < 0) {
      snprintf(text, sizeof text,
               "unknown property '%.*s': expected one of the words of electrolyte, anode and "
               "coating in [cell]",
               (int)(n < 60 ? n : 60), s);
      return complain_key(e, path, (size_t)(s - e->key), err, text);
    }
    *bits |= UINT64_C(1) << k;
    s = strchr(s, ',');
  }
  return EIS_OK;
}

static int find_quantity(const char *key) {
  const size_t n = strcspn(key, "@ \t");
  for (int i = 0; i < EISI_QUANTITIES; i++)
    if (strlen(eisi_q_rows[i].key) == n && strncmp(eisi_q_rows[i].key, key, n) == 0) return i;
  return -1;
}

static eis_status unknown_key(const eisi_ini_entry *e, const char *path, eis_error *err) {
  eisi_text t = {0};
  eisi_text_addf(&t, "unknown key '%.40s': expected name", e->key);
  for (int i = 0; i < EISI_QUANTITIES; i++) eisi_text_addf(&t, ", %s", eisi_q_rows[i].key);
  const eis_status st = complain_key(e, path, 0, err, t.s ? t.s : "unknown key");
  eisi_text_clear(&t);
  return st;
}

static eis_status read_by_kind(reader *r, const eis_process_table *t, eisi_process_entry *out) {
  const eisi_q_row *q = &eisi_q_rows[out->quantity];
  switch (q->kind) {
    case EISI_KIND_LOG:
    case EISI_KIND_LINEAR: return read_window(r, q, &out->low, &out->high);
    case EISI_KIND_NUMBER: return read_value(r, q, &out->low);
    case EISI_KIND_NAMES: return read_names(r, t, &out->names);
    case EISI_KIND_WORD: return read_law(r);
  }
  return EIS_OK;
}

eis_status eisi_process_parse(const eis_process_table *t, const eisi_ini_entry *e, const char *path,
                              eisi_process_entry *out, eis_error *err) {
  reader r = {.e = e, .path = path, .s = e->value, .err = err};
  *out = (eisi_process_entry){.quantity = find_quantity(e->key)};
  if (out->quantity < 0) return unknown_key(e, path, err);
  eis_status st = read_words(t, e, path, &out->words, err);
  if (st == EIS_OK) st = read_by_kind(&r, t, out);
  if (st == EIS_OK)
    st = read_source(&r, eisi_q_rows[out->quantity].kind != EISI_KIND_WORD, &out->source);
  return st;
}

/* ---- [cell] ---- */

static eis_status add_word(eis_process_table *t, reader *r, int group, size_t n) {
  const int old = eisi_process_word_index(t, -1, r->s, n);
  if (old >= 0 && t->word[old].group != group)
    return complain(r, "this word is used for another property of the cell already");
  if (old < 0 && t->n_words == EISI_MOST_WORDS) return complain(r, "too many words: at most 48");
  eisi_process_word *w = &t->word[old < 0 ? t->n_words : (size_t)old];
  if (old < 0) {
    *w = (eisi_process_word){.text = eisi_strndup(r->s, n, r->err), .group = group};
    if (!w->text) return EIS_ERROR_MEMORY;
    t->n_words++;
  }
  r->s += n;
  eis_status st = read_number(r, &w->probability);
  if (st == EIS_OK && !(w->probability >= 0 && w->probability <= 1))
    st = complain(r, "a probability lies between 0 and 1");
  return st;
}

/* "sulfide 0.5, oxide 0.3": words that are there but not named get probability 0. */
static eis_status read_group(eis_process_table *t, reader *r, int group) {
  double sum = 0;
  for (size_t i = 0; i < t->n_words; i++)
    if (t->word[i].group == group) t->word[i].probability = 0;
  for (;;) {
    skip_blanks(r);
    const size_t n = strcspn(r->s, " \t\n,;@");
    if (n == 0) return complain(r, "expected 'WORD PROBABILITY, WORD PROBABILITY ...'");
    const eis_status st = add_word(t, r, group, n);
    if (st != EIS_OK) return st;
    skip_blanks(r);
    if (*r->s != ',') break;
    r->s++;
  }
  for (size_t i = 0; i < t->n_words; i++)
    if (t->word[i].group == group) sum += t->word[i].probability;
  if (*r->s && *r->s != ';') return complain(r, "expected ',' and another word, or the end");
  if (fabs(sum - 1) > 1e-6) {
    r->s = r->e->value;
    return complain(r, "the probabilities don't add up to 1");
  }
  return EIS_OK;
}

static eis_status read_cell_value(eis_process_table *t, reader *r) {
  static const eisi_q_row area = {"area", "", EISI_KIND_LOG, 1e-12, 1e4, "1e-8 to 1e8 cm2",
                                  {{"cm2", 1e-4}, {"mm2", 1e-6}}};
  static const eisi_q_row kelvin = {"temperature", "", EISI_KIND_LINEAR, -200, 2000,
                                    "-200 to 2000 C", {{"C", 1}}};
  static const eisi_q_row resolution = {"resolution", "", EISI_KIND_NUMBER, 0, 10 * M_LN10,
                                        "0 to 10 decades", {{"decades", M_LN10}}};
  static const eisi_q_row wetted = {"wetted", "", EISI_KIND_LOG, 1e-6, 1e6, "1e-6 to 1e6",
                                    {{"", 1}}};
  static const eisi_q_row order = {"order", "", EISI_KIND_NUMBER, 1e-6, 1, "1e-6 to 1", {{"", 1}}};
  if (strcmp(r->e->key, area.key) == 0) return read_window(r, &area, &t->area[0], &t->area[1]);
  if (strcmp(r->e->key, wetted.key) == 0)
    return read_window(r, &wetted, &t->wetted[0], &t->wetted[1]);
  if (strcmp(r->e->key, resolution.key) == 0) return read_value(r, &resolution, &t->resolution);
  if (strcmp(r->e->key, order.key) == 0) return read_value(r, &order, &t->order);
  if (strcmp(r->e->key, kelvin.key) != 0)
    return complain_key(r->e, r->path, 0, r->err,
                        "unknown key: expected electrolyte, anode, coating, area, temperature, "
                        "wetted or order");
  const eis_status st = read_window(r, &kelvin, &t->temperature[0], &t->temperature[1]);
  for (int i = 0; i < 2; i++) t->temperature[i] += 273.15;
  return st;
}

eis_status eisi_process_parse_cell(eis_process_table *t, const eisi_ini_entry *e, const char *path,
                                   eis_error *err) {
  reader r = {.e = e, .path = path, .s = e->value, .err = err};
  char *source = NULL;
  int group = 0;
  while (group < EISI_GROUPS && strcmp(e->key, groups[group]) != 0) group++;
  eis_status st = group < EISI_GROUPS ? read_group(t, &r, group) : read_cell_value(t, &r);
  if (st == EIS_OK) st = read_source(&r, false, &source);
  free(source);
  return st;
}
