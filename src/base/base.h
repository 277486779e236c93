/* base.h - what every layer may use: checked memory, growing text, locale-free numbers. */
#ifndef EISI_BASE_H
#define EISI_BASE_H

#include <stdbool.h>
#include <stddef.h>

#include <eisfit/status.h>

#include "base/files.h"
#include "base/number.h"

/* ---- memory: overflow-checked, zeroed; NULL sets EIS_ERROR_MEMORY in err ---- */
void *eisi_new(size_t count, size_t size, eis_error *err);
/* Resizes *array to count elements (old content kept, new bytes zero); *old is the old count. */
eis_status eisi_grow(void *array, size_t old, size_t count, size_t size, eis_error *err);
char *eisi_strdup(const char *s, eis_error *err);
char *eisi_strndup(const char *s, size_t n, eis_error *err);

/* ---- growing text ---- */
typedef struct eisi_text {
  char *s; /* NUL terminated once something was added */
  size_t n, cap;
  bool failed; /* out of memory: later additions do nothing */
} eisi_text;
void eisi_text_add(eisi_text *t, const char *s, size_t n);
void eisi_text_addf(eisi_text *t, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Adds the character at s, well-formed whatever it was: a byte that is no UTF-8 is taken as
   Latin-1, a control character becomes '?'.  Returns the bytes of s that it was. */
size_t eisi_text_add_shown(eisi_text *t, const char *s);
/* A text that becomes a part of another: "" when empty, and where it failed the other has failed,
 * too. */
static inline const char *eisi_text_part(eisi_text *whole, const eisi_text *part) {
  if (part->failed) whole->failed = true;
  return part->s ? part->s : "";
}
/* EIS_ERROR_MEMORY when something of it is missing. */
eis_status eisi_text_state(const eisi_text *t, eis_error *err);
/* Hands the string over (never NULL unless out of memory) and empties t. */
eis_status eisi_text_take(eisi_text *t, char **out, eis_error *err);
void eisi_text_clear(eisi_text *t);

/* ---- text helpers ---- */
/* ASCII, the same in every locale (tolower('I') is no 'i' in Turkish ones). */
static inline char eisi_lower(char c) { return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c; }
static inline bool eisi_is_digit(char c) { return c >= '0' && c <= '9'; }
static inline bool eisi_is_letter(char c) { return eisi_lower(c) >= 'a' && eisi_lower(c) <= 'z'; }
/* Bytes of the well-formed UTF-8 sequence at s (n bytes are left), 0 = there is none. */
size_t eisi_utf8_length(const char *s, size_t n);
bool eisi_is_utf8(const char *s, size_t n);
/* As much of the text s as has room in out, terminated; a character is not cut in two. */
void eisi_copy_utf8(char *out, size_t size, const char *s, size_t n);
bool eisi_starts_with(const char *s, const char *prefix);
bool eisi_ends_with(const char *s, const char *suffix);
int eisi_strcasecmp(const char *a, const char *b); /* ASCII, the same in every locale */
/* Index of the candidate nearest to `word` (edit distance), -1 when none is near. */
int eisi_nearest(const char *word, const char *const *candidates, size_t n);

void eisi_text_base64(eisi_text *t, const void *bytes, size_t n);

/* ---- files: base/files.h, and where data is ---- */
/* First existing of $XDG_DATA_HOME (or ~/.local/share)/eisfit/<name>, $EISFIT_DATADIR/<name>,
   installed data directory/<name>; *path allocated, NULL = not found (status OK). */
eis_status eisi_data_path(const char *name, char **path, eis_error *err);
/* The directories of that search, NULL terminated, allocated (array and strings). */
eis_status eisi_data_dirs(char ***dirs, eis_error *err);

double eisi_now(void); /* CLOCK_MONOTONIC seconds */

#endif
