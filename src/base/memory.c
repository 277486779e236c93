#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"

static eis_status no_memory(eis_error *err, size_t count, size_t size) {
  return eis_error_set(err, EIS_ERROR_MEMORY, "out of memory (%zu x %zu bytes)", count, size);
}

void *eisi_new(size_t count, size_t size, eis_error *err) {
  void *p = calloc(count ? count : 1, size ? size : 1);
  if (!p) no_memory(err, count, size);
  return p;
}

eis_status eisi_grow(void *array, size_t old, size_t count, size_t size, eis_error *err) {
  char *p;
  memcpy(&p, array, sizeof p); /* array is the address of a pointer of any type */
  if (size && count > SIZE_MAX / size) return no_memory(err, count, size);
  p = realloc(p, count > 0 && size > 0 ? count * size : 1);
  if (!p) return no_memory(err, count, size);
  if (count > old) memset(p + old * size, 0, (count - old) * size);
  memcpy(array, &p, sizeof p);
  return EIS_OK;
}

char *eisi_strndup(const char *s, size_t n, eis_error *err) {
  char *p = eisi_new(n + 1, 1, err);
  if (p) memcpy(p, s, n);
  return p;
}

char *eisi_strdup(const char *s, eis_error *err) { return eisi_strndup(s, strlen(s), err); }

static bool text_room(eisi_text *t, size_t extra) {
  if (t->failed) return false;
  if (t->n + extra + 1 <= t->cap) return true;
  size_t cap = t->cap ? t->cap : 64;
  while (cap < t->n + extra + 1) cap *= 2;
  char *p = realloc(t->s, cap);
  if (!p) {
    t->failed = true;
    return false;
  }
  t->s = p;
  t->cap = cap;
  return true;
}

void eisi_text_add(eisi_text *t, const char *s, size_t n) {
  if (!text_room(t, n)) return;
  memcpy(t->s + t->n, s, n);
  t->n += n;
  t->s[t->n] = 0;
}

void eisi_text_addf(eisi_text *t, const char *fmt, ...) {
  va_list ap, again;
  va_start(ap, fmt);
  va_copy(again, ap);
  const int n = vsnprintf(NULL, 0, fmt, ap);
  if (n >= 0 && text_room(t, (size_t)n)) {
    vsnprintf(t->s + t->n, (size_t)n + 1, fmt, again);
    t->n += (size_t)n;
  }
  va_end(again);
  va_end(ap);
}

eis_status eisi_text_state(const eisi_text *t, eis_error *err) {
  return t->failed ? no_memory(err, 1, 1) : EIS_OK;
}

eis_status eisi_text_take(eisi_text *t, char **out, eis_error *err) {
  *out = NULL;
  if (!t->failed) text_room(t, 0);
  if (t->failed) {
    eisi_text_clear(t);
    return no_memory(err, 1, 1);
  }
  t->s[t->n] = 0;
  *out = t->s;
  *t = (eisi_text){0};
  return EIS_OK;
}

void eisi_text_clear(eisi_text *t) {
  free(t->s);
  *t = (eisi_text){0};
}

/* The second byte tells overlong forms, surrogates and what is beyond U+10FFFF (RFC 3629, section
 * 4). */
static bool second_byte_fits(unsigned char first, unsigned char second) {
  return (first != 0xE0 || second >= 0xA0) && (first != 0xED || second < 0xA0) &&
         (first != 0xF0 || second >= 0x90) && (first != 0xF4 || second < 0x90);
}

size_t eisi_utf8_length(const char *s, size_t n) {
  const unsigned char *u = (const unsigned char *)s;
  if (n == 0) return 0;
  const size_t len = u[0] < 0x80   ? 1
                     : u[0] < 0xC2 ? 0
                     : u[0] < 0xE0 ? 2
                     : u[0] < 0xF0 ? 3
                     : u[0] < 0xF5 ? 4
                                   : 0;
  if (len == 0 || len > n) return 0;
  for (size_t i = 1; i < len; i++)
    if ((u[i] & 0xC0) != 0x80) return 0;
  return len == 1 || second_byte_fits(u[0], u[1]) ? len : 0;
}

bool eisi_is_utf8(const char *s, size_t n) {
  for (size_t i = 0, len; i < n; i += len)
    if (!(len = eisi_utf8_length(s + i, n - i))) return false;
  return true;
}

void eisi_copy_utf8(char *out, size_t size, const char *s, size_t n) {
  const char *end = memchr(s, 0, n);
  if (end) n = (size_t)(end - s);
  if (n >= size) {
    n = size - 1;
    while (n > 0 && ((unsigned char)s[n] & 0xC0) == 0x80) n--;
  }
  memcpy(out, s, n);
  out[n] = '\0';
}

size_t eisi_text_add_shown(eisi_text *t, const char *s) {
  const unsigned char b = (unsigned char)*s;
  const size_t n = eisi_utf8_length(s, strlen(s));
  const char wide[2] = {(char)(0xC0 | b >> 6), (char)(0x80 | (b & 0x3F))};
  if (b < 0x20 || b == 0x7F)
    eisi_text_add(t, "?", 1);
  else if (n)
    eisi_text_add(t, s, n);
  else
    eisi_text_add(t, b < 0xA0 ? "?" : wide, b < 0xA0 ? 1 : 2); /* 80 to 9F are controls, too */
  return n ? n : 1;
}

bool eisi_starts_with(const char *s, const char *prefix) {
  return strncmp(s, prefix, strlen(prefix)) == 0;
}

bool eisi_ends_with(const char *s, const char *suffix) {
  const size_t n = strlen(s), m = strlen(suffix);
  return n >= m && memcmp(s + n - m, suffix, m) == 0;
}

static int lower(int c) { return c >= 'A' && c <= 'Z' ? c + 32 : c; }

int eisi_strcasecmp(const char *a, const char *b) {
  for (;; a++, b++) {
    const int d = lower((unsigned char)*a) - lower((unsigned char)*b);
    if (d || !*a) return d;
  }
}

/* Levenshtein distance, case ignored; words longer than the table count as far. */
static int distance(const char *a, const char *b) {
  enum { MAX = 48 };
  const size_t n = strlen(a), m = strlen(b);
  if (n >= MAX || m >= MAX) return MAX;
  int row[MAX + 1];
  for (size_t j = 0; j <= m; j++) row[j] = (int)j;
  for (size_t i = 1; i <= n; i++) {
    int diagonal = row[0];
    row[0] = (int)i;
    for (size_t j = 1; j <= m; j++) {
      const int same = lower((unsigned char)a[i - 1]) == lower((unsigned char)b[j - 1]);
      int best = diagonal + !same;
      if (row[j] + 1 < best) best = row[j] + 1;
      if (row[j - 1] + 1 < best) best = row[j - 1] + 1;
      diagonal = row[j];
      row[j] = best;
    }
  }
  return row[m];
}

int eisi_nearest(const char *word, const char *const *candidates, size_t n) {
  int best = -1, best_d = 1 + ((int)strlen(word) - 1) / 3; /* of three letters one is a slip */
  for (size_t i = 0; i < n; i++) {
    const int d = distance(word, candidates[i]);
    if (d <= best_d && (best < 0 || d < best_d)) {
      best = (int)i;
      best_d = d;
    }
  }
  return best;
}
