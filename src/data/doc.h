/* doc.h - a text file in memory: any encoding and line end in, UTF-8 lines with numbers out. */
#ifndef EISI_DOC_H
#define EISI_DOC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/base.h"

typedef struct eisi_line {
  uint32_t at, n; /* bytes of doc.text, without the line end */
} eisi_line;

typedef struct eisi_doc {
  const char *source; /* name for messages, not owned */
  char *text;         /* UTF-8, NUL terminated; line ends are '\n' */
  size_t n_lines;
  eisi_line *line;
  const uint32_t *number; /* of each line in its file, 1-based, not owned; NULL: k + 1 */
  const char *encoding;   /* "UTF-8", "latin-1", "UTF-16" */
  bool cut;               /* the last line has no line end: the file may have been cut short */
} eisi_doc;

enum { EISI_NO_LINE = -1 };

/* Decodes; binary files are refused by name (EIS_ERROR_INPUT).  `source` must outlive the doc. */
eis_status eisi_doc_open(eisi_doc *doc, const char *bytes, size_t size, const char *source,
                         eis_error *err);
void eisi_doc_clear(eisi_doc *doc);

/* ---- a text that is too long to be held: looked at once, then decoded by pieces ---- */

typedef enum eisi_encoding {
  EISI_UTF8,
  EISI_LATIN1,
  EISI_UTF16_LITTLE,
  EISI_UTF16_BIG
} eisi_encoding;

/* What was seen of the bytes so far; zeroed before the first. */
typedef struct eisi_sniff {
  char head[4096], tail[4]; /* tail: the beginning of a character */
  size_t n_head, n_tail, size;
  bool zero, not_utf8;
} eisi_sniff;
void eisi_sniff_add(eisi_sniff *s, const char *bytes, size_t n);
/* After all of them; *skip = bytes before the text.  The same errors as eisi_doc_open. */
eis_status eisi_sniff_end(const eisi_sniff *s, const char *source, eisi_encoding *encoding,
                          size_t *skip, eis_error *err);
/* How many of the bytes are whole lines, 0 = not one is; no line ends in the first `seen`. */
size_t eisi_doc_cut(const char *bytes, size_t size, size_t seen, eisi_encoding encoding);
/* A document of a piece that ends with a line. */
eis_status eisi_doc_open_piece(eisi_doc *doc, const char *bytes, size_t size,
                               eisi_encoding encoding, const char *source, eis_error *err);

/* Line k (0-based) without its line end, not NUL terminated; "" behind the last one. */
const char *eisi_doc_line(const eisi_doc *doc, size_t k, size_t *n);
bool eisi_doc_blank(const eisi_doc *doc, size_t k);
/* First line in [from, end) that contains `needle` (case ignored), EISI_NO_LINE = none. */
long eisi_doc_find(const eisi_doc *doc, size_t from, size_t end, const char *needle);
/* Does line k begin with `prefix` (case ignored, after blanks and a quotation mark)? */
bool eisi_doc_begins(const eisi_doc *doc, size_t k, const char *prefix);
/* "key<sep>value" on line k: the trimmed rest behind `key` and blanks, ':' or '='. false = the
   line does not begin with the key. */
bool eisi_doc_value(const eisi_doc *doc, size_t k, const char *key, char *value, size_t size);

/* Sets err at line k (0-based), byte column (1-based, 0 = whole line), with the caret context. */
eis_status eisi_doc_error(const eisi_doc *doc, size_t k, size_t column, eis_error *err,
                          const char *fmt, ...) __attribute__((format(printf, 5, 6)));

#endif
