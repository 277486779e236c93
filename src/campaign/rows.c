#include "campaign/rows.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static void put(eisi_text *t, eisi_row_kind kind, const void *bytes, size_t n) {
  const char mark = (char)kind;
  eisi_text_add(t, &mark, 1);
  eisi_text_add(t, bytes, n);
}

void eisi_rows_begin(eisi_text *rows, int table) {
  const char mark = (char)table;
  eisi_text_add(rows, &mark, 1);
}

void eisi_rows_null(eisi_text *rows) { put(rows, EISI_ROW_NULL, "", 0); }
void eisi_rows_integer(eisi_text *rows, int64_t v) { put(rows, EISI_ROW_INTEGER, &v, sizeof v); }

void eisi_rows_real(eisi_text *rows, double v) {
  if (isfinite(v))
    put(rows, EISI_ROW_REAL, &v, sizeof v);
  else
    eisi_rows_null(rows);
}

static void put_bytes(eisi_text *rows, eisi_row_kind kind, const void *bytes, size_t n) {
  const uint32_t size = (uint32_t)n;
  put(rows, kind, &size, sizeof size);
  eisi_text_add(rows, bytes, n);
}

void eisi_rows_text(eisi_text *rows, const char *s) {
  if (s)
    put_bytes(rows, EISI_ROW_TEXT, s, strlen(s));
  else
    eisi_rows_null(rows);
}

/* Byte by byte, so that a store means the same on every machine. */
static void put_number(eisi_text *rows, uint64_t bits, size_t size) {
  char b[8];
  for (size_t i = 0; i < size; i++) b[i] = (char)(unsigned char)(bits >> (8 * i) & 0xff);
  eisi_text_add(rows, b, size);
}

static void put_numbers(eisi_text *rows, const double *v, size_t n, size_t size) {
  const uint32_t bytes = (uint32_t)(n * size);
  if (!v) {
    eisi_rows_null(rows);
    return;
  }
  put(rows, EISI_ROW_BLOB, &bytes, sizeof bytes);
  for (size_t i = 0; i < n; i++) {
    uint64_t bits = 0;
    const float f = (float)v[i];
    uint32_t half;
    memcpy(&half, &f, sizeof half);
    memcpy(&bits, &v[i], sizeof bits);
    put_number(rows, size == 8 ? bits : half, size);
  }
}

void eisi_rows_doubles(eisi_text *rows, const double *v, size_t n) { put_numbers(rows, v, n, 8); }
void eisi_rows_floats(eisi_text *rows, const double *v, size_t n) { put_numbers(rows, v, n, 4); }

int eisi_rows_table(const char **at, const char *end) {
  if (*at >= end) return -1;
  return (unsigned char)*(*at)++;
}

static bool take(const char **at, const char *end, void *out, size_t n) {
  if ((size_t)(end - *at) < n) return false;
  memcpy(out, *at, n);
  *at += n;
  return true;
}

bool eisi_rows_value(const char **at, const char *end, eisi_row_value *v) {
  char kind;
  uint32_t size;
  *v = (eisi_row_value){0};
  if (!take(at, end, &kind, 1)) return false;
  v->kind = (eisi_row_kind)kind;
  switch (v->kind) {
    case EISI_ROW_NULL: return true;
    case EISI_ROW_INTEGER: return take(at, end, &v->integer, sizeof v->integer);
    case EISI_ROW_REAL: return take(at, end, &v->real, sizeof v->real);
    case EISI_ROW_TEXT:
    case EISI_ROW_BLOB:
      if (!take(at, end, &size, sizeof size) || (size_t)(end - *at) < size) return false;
      v->bytes = *at;
      v->n = size;
      *at += size;
      return true;
  }
  return false;
}
