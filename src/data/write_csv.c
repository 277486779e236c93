/* write_csv.c - the canonical CSV: SI units, Im Z with its sign, metadata as constant columns. */
#include <string.h>

#include <eisfit/reader.h>

#include "base/base.h"
#include "data/columns.h"

/* Control bytes are written as blanks. */
static bool is_blank(char c) { return (unsigned char)c <= ' '; }

/* Quoted where CSV needs it, and where a reader could take the text for columns. */
static bool to_be_quoted(const char *s, size_t n) {
  bool special = n > 0 && strchr("#%!", *s), blanks = false, digits = false;
  for (size_t i = 0; i < n; i++) {
    special |= strchr(",\"\r\n;\t|", s[i]) != NULL;
    blanks |= is_blank(s[i]);
    digits |= eisi_is_digit(s[i]);
  }
  return special || (blanks && digits);
}

/* Without blanks at its ends.  Line ends become blanks so that a record stays one line, as do
   control bytes, with which the file would look like a binary one. */
static void add_field(eisi_text *t, const char *s) {
  size_t n = strlen(s);
  for (; n > 0 && is_blank(*s); s++) n--;
  while (n > 0 && is_blank(s[n - 1])) n--;
  const bool quote = to_be_quoted(s, n);
  if (quote) eisi_text_add(t, "\"", 1);
  for (const char *end = s + n; s < end; s++) {
    if (*s == '"') eisi_text_add(t, "\"", 1);
    eisi_text_add(t, is_blank(*s) && *s != '\t' ? " " : s, 1);
  }
  if (quote) eisi_text_add(t, "\"", 1);
}

static void add_number(eisi_text *t, double v, const char *before) {
  char buf[40];
  eisi_print_double(buf, sizeof buf, v);
  eisi_text_addf(t, "%s%s", before, buf);
}

static void add_key(eisi_text *t, const char *key) {
  if (!eisi_key_is_taken(key)) {
    add_field(t, key);
    return;
  }
  eisi_text other = {0};
  eisi_text_addf(&other, EISI_META_PREFIX "%s", key);
  if (other.failed)
    t->failed = true;
  else
    add_field(t, other.s);
  eisi_text_clear(&other);
}

static void add_header(eisi_text *t, const eis_spectrum *s) {
  eisi_text_addf(t, "frequency_Hz,Zreal_ohm,Zimag_ohm%s%s", s->sigma ? ",sigma_ohm" : "",
                 s->time_s ? ",time_s" : "");
  for (size_t i = 0; i < s->meta.n; i++) {
    eisi_text_add(t, ",", 1);
    add_key(t, s->meta.item[i].key);
  }
  eisi_text_add(t, "\n", 1);
}

static void add_row(eisi_text *t, const eis_spectrum *s, size_t k) {
  add_number(t, s->f[k], "");
  add_number(t, s->re[k], ",");
  add_number(t, s->im[k], ",");
  if (s->sigma) add_number(t, s->sigma[k], ",");
  if (s->time_s) add_number(t, s->time_s[k], ",");
  for (size_t i = 0; i < s->meta.n; i++) {
    eisi_text_add(t, ",", 1);
    add_field(t, s->meta.item[i].value);
  }
  eisi_text_add(t, "\n", 1);
}

eis_status eis_spectrum_print_csv(const eis_spectrum *s, char **text, eis_error *err) {
  eisi_text t = {0};
  *text = NULL;
  add_header(&t, s);
  for (size_t k = 0; k < s->n; k++) add_row(&t, s, k);
  return eisi_text_take(&t, text, err);
}
