/* parse_scan.c - what both notations share: bytes, places of errors, names. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "model/parse.h"

/* The line that holds `offset`, as source line, column and caret context. */
static void set_place(eisi_parser *p, size_t offset, size_t span) {
  long line = 1;
  size_t start = 0, end;
  for (size_t i = 0; i < offset && i < p->n; i++)
    if (p->text[i] == '\n') {
      line++;
      start = i + 1;
    }
  for (end = start; end < p->n && p->text[end] != '\n';) end++;
  p->err->line = line;
  p->err->column = (long)(offset - start) + 1;
  if (end - start >= sizeof p->err->context) return; /* too long a line for a caret */
  memcpy(p->err->context, p->text + start, end - start);
  p->err->context[end - start] = 0;
  p->err->span = span > 0 ? (int)span : 1;
}

eis_status eisi_parse_error(eisi_parser *p, size_t offset, size_t span, const char *fmt, ...) {
  char text[512];
  va_list ap;
  va_start(ap, fmt);
  vsnprintf(text, sizeof text, fmt, ap);
  va_end(ap);
  const bool first = !p->err || p->err->code == EIS_OK;
  const eis_status st = eis_error_at(p->err, EIS_ERROR_INPUT, "circuit", 1, 0, "%s", text);
  if (!first) return st;
  p->error_offset = offset;
  p->error_span = span;
  if (p->err) set_place(p, offset, span);
  return st;
}

static bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

char eisi_parse_peek(eisi_parser *p) {
  while (p->at < p->n && is_blank(p->text[p->at])) p->at++;
  return p->at < p->n ? p->text[p->at] : 0;
}

bool eisi_parse_take(eisi_parser *p, char c) {
  if (eisi_parse_peek(p) != c || p->at >= p->n) return false;
  p->at++;
  return true;
}

eis_status eisi_parse_enter(eisi_parser *p, size_t offset) {
  if (++p->depth <= EISI_CIRCUIT_MAX_DEPTH) return EIS_OK;
  return eisi_parse_error(p, offset, 1, "brackets are nested too deep (more than %d levels)",
                          EISI_CIRCUIT_MAX_DEPTH);
}

void eisi_parse_leave(eisi_parser *p) { p->depth--; }

static bool is_letter(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }
static bool is_digit(char c) { return c >= '0' && c <= '9'; }

size_t eisi_parse_word(const eisi_parser *p) {
  size_t i = p->at;
  while (i < p->n && (is_letter(p->text[i]) || is_digit(p->text[i]) || p->text[i] == '_')) i++;
  return i - p->at;
}

enum { MAX_CANDIDATES = 256 };

static size_t symbols(const char **list) {
  size_t n = 0;
  const eis_element *e;
  while (n < MAX_CANDIDATES && (e = eis_element_at(n)) != NULL) list[n++] = e->symbol;
  return n;
}

/* A one-letter word is one edit away from half the table: only another case is worth a hint. */
static const char *nearest_symbol(const char *word) {
  const char *list[MAX_CANDIDATES];
  const size_t n = symbols(list);
  for (size_t i = 0; i < n; i++)
    if (eisi_strcasecmp(word, list[i]) == 0) return list[i];
  const int i = strlen(word) > 1 ? eisi_nearest(word, list, n) : -1;
  return i < 0 ? NULL : list[i];
}

/* "R-C1" for "RC1", "" when the word is no row of elements. */
static void as_series(const char *word, char *out, size_t size) {
  const size_t n = strlen(word);
  size_t m = 0;
  for (size_t i = 0; i < n;) {
    size_t k = n - i;
    while (k > 0 && !eis_element_find(word + i, k)) k--;
    size_t end = i + k;
    while (k > 0 && end < n && is_digit(word[end])) end++;
    if (k == 0 || m + (end - i) + 2 > size) {
      out[0] = 0;
      return;
    }
    if (m > 0) out[m++] = '-';
    memcpy(out + m, word + i, end - i);
    m += end - i;
    i = end;
  }
  out[m] = 0;
}

eis_status eisi_parse_unknown_element(eisi_parser *p, size_t offset, size_t span) {
  char word[EIS_NAME_MAX], bare[EIS_NAME_MAX], series[2 * EIS_NAME_MAX];
  snprintf(word, sizeof word, "%.*s", (int)span, p->text + offset);
  snprintf(bare, sizeof bare, "%s", word);
  for (size_t m = strlen(bare); m > 1 && is_digit(bare[m - 1]); m--) bare[m - 1] = 0;
  const char *near = nearest_symbol(bare);
  as_series(word, series, sizeof series);
  if (strchr(series, '-'))
    return eisi_parse_error(p, offset, span,
                            "unknown element '%s': with numbers or '-' in the circuit a series is "
                            "written '%s'",
                            bare, series);
  if (near)
    return eisi_parse_error(p, offset, span, "unknown element '%s': did you mean '%s'?", bare,
                            near);
  return eisi_parse_error(p, offset, span,
                          "unknown element '%s': see 'eisfit elements' for what there is", bare);
}

eis_status eisi_parse_tag(eisi_parser *p, int node) {
  eisi_proto *e = &p->proto[node];
  const size_t start = p->at;
  size_t i = start;
  if (i < p->n && p->text[i] == '_') {
    e->labelled = true;
    i++;
    while (i < p->n && (is_letter(p->text[i]) || is_digit(p->text[i]) || p->text[i] == '_')) i++;
  } else {
    while (i < p->n && is_digit(p->text[i])) i++;
  }
  if (!e->labelled && i > start && i < p->n && p->text[i] == '_')
    return eisi_parse_error(p, e->offset, i - e->offset + 1,
                            "'%.*s_...' has a number and a label: give one of them",
                            (int)(i - e->offset), p->text + e->offset);
  const size_t begin = start + (e->labelled ? 1 : 0), n = i - begin;
  if (e->labelled && n == 0) return eisi_parse_error(p, start, 1, "a label is missing behind '_'");
  if (n > EISI_LABEL_MAX)
    return eisi_parse_error(p, begin, n, "the %s is too long: at most %d characters",
                            e->labelled ? "label" : "number", EISI_LABEL_MAX);
  memcpy(e->tag, p->text + begin, n);
  e->tag[n] = 0;
  p->at = i;
  e->span = i - e->offset;
  return EIS_OK;
}
