/* json.c - see json.h; the only file that knows the JSON library. */
#include "report/json.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static void put(eisi_json in, const char *key, json_t *v) {
  int rc = key ? json_object_set_new(in.node, key, v) : json_array_append_new(in.node, v);
  if (rc) *in.failed = true;
}

static eisi_json put_child(eisi_json in, const char *key, json_t *v) {
  put(in, key, v);
  return (eisi_json){v, in.failed};
}

eisi_json eisi_json_begin(bool *failed) {
  json_t *root = json_object();
  *failed = !root;
  return (eisi_json){root, failed};
}

eisi_json eisi_json_object(eisi_json in, const char *key) {
  return put_child(in, key, json_object());
}

eisi_json eisi_json_array(eisi_json in, const char *key) {
  return put_child(in, key, json_array());
}

void eisi_json_number(eisi_json in, const char *key, double v) {
  put(in, key, isfinite(v) ? json_real(v) : json_null());
}

void eisi_json_int(eisi_json in, const char *key, long long v) { put(in, key, json_integer(v)); }
void eisi_json_bool(eisi_json in, const char *key, bool v) { put(in, key, json_boolean(v)); }

/* Every byte above 127 as the two bytes of its Latin-1 character. */
static json_t *latin1_string(const char *s) {
  char *wide = malloc(2 * strlen(s) + 1), *w = wide;
  if (!wide) return NULL;
  for (; *s; s++) {
    unsigned char b = (unsigned char)*s;
    if (b < 0x80) {
      *w++ = *s;
    } else {
      *w++ = (char)(0xc0 | b >> 6);
      *w++ = (char)(0x80 | (b & 0x3f));
    }
  }
  *w = '\0';
  json_t *v = json_string(wide);
  free(wide);
  return v;
}

void eisi_json_string(eisi_json in, const char *key, const char *s) {
  const bool utf8 = !s || eisi_is_utf8(s, strlen(s));
  put(in, key, !s ? json_null() : utf8 ? json_string(s) : latin1_string(s));
}

bool eisi_json_null(eisi_json in, const char *key, const void *what) {
  if (!what) eisi_json_string(in, key, NULL);
  return !what;
}

void eisi_json_numbers(eisi_json in, const char *key, const double *v, size_t n) {
  eisi_json list = eisi_json_array(in, key);
  for (size_t i = 0; i < n; i++) eisi_json_number(list, NULL, v[i]);
}

void eisi_json_notes(eisi_json in, const char *key, const eis_notes *notes) {
  eisi_json list = eisi_json_array(in, key);
  for (size_t i = 0; i < notes->n; i++) eisi_json_string(list, NULL, notes->text[i]);
}

/* jansson's own json_dumps() does not notice when memory for a key is missing (2.14); the text
 * does. */
static int add_piece(const char *piece, size_t n, void *out) {
  eisi_text_add(out, piece, n);
  return ((eisi_text *)out)->failed ? -1 : 0;
}

static eis_status dump(eisi_json doc, size_t flags, eisi_text *out, eis_error *err) {
  const bool bad =
      *doc.failed || json_dump_callback(doc.node, add_piece, out, JSON_COMPACT | flags) != 0;
  json_decref(doc.node);
  return bad || out->failed
             ? eis_error_set(err, EIS_ERROR_MEMORY, "out of memory while writing JSON")
             : EIS_OK;
}

eis_status eisi_json_end(eisi_json doc, eisi_text *out, eis_error *err) {
  const eis_status st = dump(doc, JSON_REAL_PRECISION(17), out, err);
  eisi_text_add(out, "\n", 1);
  return st;
}

eis_status eisi_json_end_script(eisi_json doc, eisi_text *out, eis_error *err) {
  eisi_text text = {0};
  const eis_status st = dump(doc, JSON_REAL_PRECISION(6), &text, err);
  for (const char *s = text.s, *next; !st && s && *s; s = next) { /* '<' occurs in strings only */
    next = s + strcspn(s, "<");
    eisi_text_add(out, s, (size_t)(next - s));
    if (*next) {
      eisi_text_addf(out, "\\u003c");
      next++;
    }
  }
  eisi_text_clear(&text);
  return st;
}
