/* json.h - writing JSON.  A document is built from the top; children belong to their parent.  In an
   object the key names the new member; in an array the key is NULL and the value is appended. */
#ifndef EISI_JSON_H
#define EISI_JSON_H

#include <eisfit/spectrum.h>

#include "base/base.h"

typedef struct eisi_json {
  void *node;
  bool *failed; /* shared by the whole document: out of memory somewhere */
} eisi_json;

/* A new document, an object; *failed belongs to the caller and must outlive it. */
eisi_json eisi_json_begin(bool *failed);
eisi_json eisi_json_object(eisi_json in, const char *key);
eisi_json eisi_json_array(eisi_json in, const char *key);
/* NaN and infinities become null. */
void eisi_json_number(eisi_json in, const char *key, double v);
void eisi_json_int(eisi_json in, const char *key, long long v);
void eisi_json_bool(eisi_json in, const char *key, bool v);
/* NULL becomes null; bytes that are not UTF-8 are taken as Latin-1. */
void eisi_json_string(eisi_json in, const char *key, const char *s);
/* NULL: writes null, and true. */
bool eisi_json_null(eisi_json in, const char *key, const void *what);
void eisi_json_numbers(eisi_json in, const char *key, const double *v, size_t n);
void eisi_json_notes(eisi_json in, const char *key, const eis_notes *notes);
/* Appends the document as one line to out and frees it. */
eis_status eisi_json_end(eisi_json doc, eisi_text *out, eis_error *err);
/* The same for an element <script> of a page: numbers with 6 digits, no '<' in it. */
eis_status eisi_json_end_script(eisi_json doc, eisi_text *out, eis_error *err);

#endif
