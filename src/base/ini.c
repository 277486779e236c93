#include "base/ini.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct ini_parser {
  const char *source, *line; /* the current line, not terminated */
  size_t n;                  /* its length */
  long number;
  char *section;
  size_t length, cap; /* of the value that continuation lines are added to; cap 0 = as allocated */
  eisi_ini *out;
  eis_error *err;
} ini_parser;

static eis_status fail(ini_parser *p, size_t column, const char *text) {
  const bool first = !p->err || p->err->code == EIS_OK;
  eis_status st =
      eis_error_at(p->err, EIS_ERROR_INPUT, p->source, p->number, (long)column + 1, "%s", text);
  if (p->err && first) {
    snprintf(p->err->context, sizeof p->err->context, "%.*s", (int)p->n, p->line);
    p->err->span = 1;
  }
  return st;
}

static bool blank(char c) { return c == ' ' || c == '\t' || c == '\r'; }

/* Cuts a comment: '#' as the first thing on a line or behind two blanks. */
static size_t without_comment(const char *s, size_t n) {
  size_t i = 0;
  while (i < n && blank(s[i])) i++;
  if (i < n && s[i] == '#') return 0;
  for (; i < n; i++)
    if (s[i] == '#' && i >= 2 && blank(s[i - 1]) && blank(s[i - 2])) return i;
  return n;
}

static eis_status read_section(ini_parser *p, size_t start, size_t end) {
  if (p->line[end - 1] != ']' || end - start < 3)
    return fail(p, start, "section is not closed: expected '[name]'");
  free(p->section);
  p->section = eisi_strndup(p->line + start + 1, end - start - 2, p->err);
  return p->section ? EIS_OK : EIS_ERROR_MEMORY;
}

static eis_status read_entry(ini_parser *p, size_t start, size_t end) {
  const char *eq = memchr(p->line + start, '=', end - start);
  if (!eq) return fail(p, start, "expected 'key = value' or '[section]'");
  if (!p->section) return fail(p, start, "a key before the first '[section]'");
  size_t key_end = (size_t)(eq - p->line), value = key_end + 1;
  while (key_end > start && blank(p->line[key_end - 1])) key_end--;
  while (value < end && blank(p->line[value])) value++;
  if (key_end == start) return fail(p, start, "no key in front of '='");
  eis_status st = eisi_grow(&p->out->at, p->out->n, p->out->n + 1, sizeof *p->out->at, p->err);
  if (st != EIS_OK) return st;
  eisi_ini_entry *e = &p->out->at[p->out->n++];
  e->section = eisi_strdup(p->section, p->err);
  e->key = eisi_strndup(p->line + start, key_end - start, p->err);
  e->value = eisi_strndup(p->line + value, end - value, p->err);
  p->length = end - value;
  p->cap = 0;
  e->text = eisi_strndup(p->line, p->n, p->err);
  e->line = p->number;
  e->key_column = (long)start + 1;
  e->value_column = (long)value + 1;
  return e->section && e->key && e->value && e->text ? EIS_OK : EIS_ERROR_MEMORY;
}

/* An indented line goes on with the value of the entry above. */
static eis_status read_continuation(ini_parser *p, size_t start, size_t end) {
  if (p->out->n == 0) return fail(p, start, "an indented line, but there is no value to continue");
  eisi_ini_entry *e = &p->out->at[p->out->n - 1];
  const size_t more = end - start, need = p->length + more + 2;
  if (need > p->cap) {
    const eis_status st = eisi_grow(&e->value, p->length + 1, 2 * need, 1, p->err);
    if (st != EIS_OK) return st;
    p->cap = 2 * need;
  }
  e->value[p->length] = '\n';
  memcpy(e->value + p->length + 1, p->line + start, more); /* what lies behind is zero */
  p->length += more + 1;
  return EIS_OK;
}

static eis_status read_line(ini_parser *p) {
  size_t start = 0, end = without_comment(p->line, p->n);
  while (end > 0 && blank(p->line[end - 1])) end--;
  while (start < end && blank(p->line[start])) start++;
  if (start == end) return EIS_OK;
  if (start > 0) return read_continuation(p, start, end);
  return p->line[start] == '[' ? read_section(p, start, end) : read_entry(p, start, end);
}

eis_status eisi_ini_parse(const char *text, const char *source, eisi_ini *out, eis_error *err) {
  ini_parser p = {.source = source, .out = out, .err = err};
  eis_status st = EIS_OK;
  *out = (eisi_ini){0};
  for (const char *s = text; *s && st == EIS_OK;) {
    const char *nl = strchr(s, '\n');
    p.line = s;
    p.n = nl ? (size_t)(nl - s) : strlen(s);
    p.number++;
    st = read_line(&p);
    s += p.n + (nl ? 1 : 0);
  }
  free(p.section);
  if (st != EIS_OK) eisi_ini_clear(out);
  return st;
}

void eisi_ini_clear(eisi_ini *ini) {
  for (size_t i = 0; i < ini->n; i++) {
    free(ini->at[i].section);
    free(ini->at[i].key);
    free(ini->at[i].value);
    free(ini->at[i].text);
  }
  free(ini->at);
  *ini = (eisi_ini){0};
}

eis_status eisi_ini_error(const eisi_ini_entry *e, const char *source, size_t offset,
                          eis_error *err, const char *fmt, ...) {
  char text[512];
  va_list ap;
  va_start(ap, fmt);
  vsnprintf(text, sizeof text, fmt, ap);
  va_end(ap);
  const bool first = !err || err->code == EIS_OK;
  eis_status st = eis_error_at(err, EIS_ERROR_INPUT, source, e->line,
                               e->value_column + (long)offset, "%s", text);
  if (err && first) {
    snprintf(err->context, sizeof err->context, "%s", e->text);
    err->span = 1;
  }
  return st;
}
