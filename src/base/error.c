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

/* The bytes of context that fit in front of the caret, tabs kept so that it stands right. */
static void add_caret(eisi_text *t, const eis_error *err) {
  eisi_text_addf(t, "\n  %s\n  ", err->context);
  for (long i = 1; i < err->column && err->context[i - 1]; i++) {
    const char c = err->context[i - 1];
    if (((unsigned char)c & 0xC0) == 0x80) continue; /* continuation byte of UTF-8: no column */
    eisi_text_add(t, c == '\t' ? "\t" : " ", 1);
  }
  eisi_text_add(t, "^", 1);
  for (int i = 1; i < err->span; i++) eisi_text_add(t, "~", 1);
}

size_t eis_error_print(const eis_error *err, char *buf, size_t size) {
  eisi_text t = {0};
  if (err->source[0]) eisi_text_addf(&t, "%s:", err->source);
  if (err->line > 0) eisi_text_addf(&t, "%ld:", err->line);
  if (err->line > 0 && err->column > 0) eisi_text_addf(&t, "%ld:", err->column);
  eisi_text_addf(&t, "%s%s", t.n ? " " : "", err->text);
  if (err->context[0] && err->span > 0 && err->column > 0) add_caret(&t, err);
  const size_t n = t.n;
  if (size > 0) snprintf(buf, size, "%s", t.s ? t.s : err->text);
  eisi_text_clear(&t);
  return n;
}

const char *eis_status_name(eis_status status) {
  static const char *const names[] = {"ok", "usage", "input", "numeric", "output", "memory",
                                      "interrupted"};
  const size_t i = (size_t)status;
  return i < sizeof names / sizeof names[0] ? names[i] : "unknown";
}
