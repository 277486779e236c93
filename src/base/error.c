#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/base.h"

void eis_error_clear(eis_error *err) {
  if (err) memset(err, 0, sizeof *err);
}

eis_status eis_error_set(eis_error *err, eis_status code, const char *fmt, ...) {
  if (!err || err->code != EIS_OK) return code;
  va_list ap;
  va_start(ap, fmt);
  vsnprintf(err->text, sizeof err->text, fmt, ap);
  va_end(ap);
  err->code = code;
  return code;
}

eis_status eis_error_at(eis_error *err, eis_status code, const char *source, long line, long column,
                        const char *fmt, ...) {
  if (!err || err->code != EIS_OK) return code;
  va_list ap;
  va_start(ap, fmt);
  vsnprintf(err->text, sizeof err->text, fmt, ap);
  va_end(ap);
  err->code = code;
  snprintf(err->source, sizeof err->source, "%s", source ? source : "");
  err->line = line;
  err->column = column;
  return code;
}

/* Text in the caller's room: a message about missing memory must not need any.  n is what it would
 * be. */
typedef struct fixed_text {
  char *s;
  size_t size, n;
} fixed_text;

__attribute__((format(printf, 2, 3))) static void addf(fixed_text *t, const char *fmt, ...) {
  va_list ap;
  va_start(ap, fmt);
  const size_t left = t->n < t->size ? t->size - t->n : 0;
  const int n = vsnprintf(left ? t->s + t->n : NULL, left, fmt, ap);
  va_end(ap);
  if (n > 0) t->n += (size_t)n;
}

/* The bytes of context that fit in front of the caret, tabs kept so that it stands right. */
static void add_caret(fixed_text *t, const eis_error *err) {
  addf(t, "\n  %s\n  ", err->context);
  for (long i = 1; i < err->column && err->context[i - 1]; i++) {
    const char c = err->context[i - 1];
    if (((unsigned char)c & 0xC0) == 0x80) continue; /* continuation byte of UTF-8: no column */
    addf(t, c == '\t' ? "\t" : " ");
  }
  addf(t, "^");
  for (int i = 1; i < err->span; i++) addf(t, "~");
}

size_t eis_error_print(const eis_error *err, char *buf, size_t size) {
  fixed_text t = {buf, size, 0};
  if (size > 0) buf[0] = '\0';
  if (err->source[0]) addf(&t, "%s:", err->source);
  if (err->line > 0) addf(&t, "%ld:", err->line);
  if (err->line > 0 && err->column > 0) addf(&t, "%ld:", err->column);
  addf(&t, "%s%s", t.n ? " " : "", err->text);
  if (err->context[0] && err->span > 0 && err->column > 0) add_caret(&t, err);
  return t.n;
}

const char *eis_status_name(eis_status status) {
  static const char *const names[] = {"ok", "usage", "input", "numeric", "output", "memory",
                                      "interrupted"};
  const size_t i = (size_t)status;
  return i < sizeof names / sizeof names[0] ? names[i] : "unknown";
}
