/* status.h - how every fallible function of the library reports. */
#ifndef EISFIT_STATUS_H
#define EISFIT_STATUS_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What kind of thing went wrong.  "Could not run" is a status; "ran, and this is the verdict"
   stands in the result (see fit.h, kk.h).  The CLI maps these to its exit codes. */
typedef enum eis_status {
  EIS_OK = 0,
  EIS_ERROR_USAGE,       /* the caller asked for something that does not exist (exit 2) */
  EIS_ERROR_INPUT,       /* a file, circuit or model that can't be used (exit 3) */
  EIS_ERROR_NUMERIC,     /* the computation broke down (exit 4) */
  EIS_ERROR_OUTPUT,      /* can't write (exit 5) */
  EIS_ERROR_MEMORY,      /* out of memory (exit 5) */
  EIS_ERROR_INTERRUPTED  /* stopped by the user (exit 130) */
} eis_status;

/* Where and why; the caller's own struct, no allocation, safe to copy.  The first cause wins:
   a second eis_error_set() on a struct whose code is not EIS_OK changes nothing.
   Start with EIS_ERROR_INIT or eis_error_clear(). */
typedef struct eis_error {
  eis_status code;
  char source[256];  /* file name, "circuit", option name ...; "" when there is none */
  long line, column; /* 1-based, 0 = not known; columns count bytes */
  int span;          /* how many bytes the caret line underlines, 0 = no caret */
  char context[256]; /* the offending line of text for the caret display, "" = none */
  char text[512];    /* lower case sentence: what was wrong, what was expected, what to do */
} eis_error;

#define EIS_ERROR_INIT \
  { EIS_OK, "", 0, 0, 0, "", "" }

void eis_error_clear(eis_error *err);

/* Fills *err (may be NULL) unless it holds an earlier cause; returns `code` for `return
   eis_error_set(...)`. */
eis_status eis_error_set(eis_error *err, eis_status code, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* The same with a place. source/context may be NULL. */
eis_status eis_error_at(eis_error *err, eis_status code, const char *source, long line, long column,
                        const char *fmt, ...) __attribute__((format(printf, 6, 7)));

/* Writes "source:line:column: text" (parts that are not known are left out), followed by the
   context line and a caret line where there is one.  snprintf rules; returns the length. */
size_t eis_error_print(const eis_error *err, char *buf, size_t size);

/* "ok", "usage", "input" ... */
const char *eis_status_name(eis_status status);

#ifdef __cplusplus
}
#endif
#endif
