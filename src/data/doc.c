/* doc.c - decoding of text files: UTF-8, latin-1 (windows-1252), UTF-16; CR, LF, CRLF, CR CRLF. */
#include "data/doc.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- binary files ---- */

typedef struct binary_kind {
  const char *magic; /* first bytes, NULL = by suffix */
  size_t n;
  const char *suffix;
  const char *what, *instead;
} binary_kind;

static const binary_kind binary_kinds[] = {
    {"PK\003\004", 4, NULL, "a zip container (xlsx, ods)", "save the sheet as csv"},
    {"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 8, NULL, "an old Excel workbook (xls)",
     "save the sheet as csv"},
    {"BIO-LOGIC MODULAR FILE", 22, NULL, "a BioLogic .mpr file",
     "export it as text (.mpt) in EC-Lab"},
    {"\x89HDF", 4, NULL, "an HDF5 file", "export it as csv"},
    {"\x93NUMPY", 6, NULL, "a NumPy array", "export it as csv"},
    {"MATLAB 5.0", 10, NULL, "a MATLAB .mat file", "export it as csv"},
    {"\x1f\x8b", 2, NULL, "a gzip archive", "unpack it first"},
    {"%PDF", 4, NULL, "a PDF document", "export the data as csv"},
    {"SQLite format 3", 15, NULL, "an SQLite database", "export the spectra as csv"},
    {NULL, 0, ".ism", "a Zahner .ism file",
     "export it as text (frequency, impedance, phase) in Zahner Analysis"},
    {NULL, 0, ".mpr", "a BioLogic .mpr file", "export it as text (.mpt) in EC-Lab"},
    {NULL, 0, ".pssession", "a PalmSens .pssession file", "export it as csv in PSTrace"},
    {NULL, 0, ".i2b", "an Elins .i2b file", "export it as text"},
    {NULL, 0, ".res", "an Arbin .res file", "export it as csv"},
    {NULL, 0, ".xlsx", "an Excel workbook", "save the sheet as csv"},
};

static bool has_suffix(const char *source, const char *suffix) {
  size_t n = strlen(source), m = strlen(suffix);
  return n >= m && eisi_strcasecmp(source + n - m, suffix) == 0;
}

/* NUL bytes or more than one control byte in 32 are not text (UTF-16 is decoded before). */
static bool looks_binary(const char *s, size_t n) {
  size_t head = n < 4096 ? n : 4096, control = 0;
  for (size_t i = 0; i < head; i++) {
    unsigned char c = (unsigned char)s[i];
    control += c < 32 && !(c >= 7 && c <= 13) && c != 26 && c != 27;
  }
  return control * 32 > head;
}

static bool has_zero(const char *s, size_t n) { return n && memchr(s, 0, n) != NULL; }

static eis_status refuse_binary(const char *s, size_t n, const char *source, bool binary,
                                eis_error *err) {
  for (size_t i = 0; i < sizeof binary_kinds / sizeof *binary_kinds; i++) {
    const binary_kind *k = &binary_kinds[i];
    bool hit = k->magic ? n >= k->n && memcmp(s, k->magic, k->n) == 0
                        : has_suffix(source, k->suffix) && (binary || (n > 0 && s[0] == '{'));
    if (hit)
      return eis_error_at(err, EIS_ERROR_INPUT, source, 0, 0,
                          "%s can't be read, it is not text; %s and read that", k->what,
                          k->instead);
  }
  if (binary)
    return eis_error_at(err, EIS_ERROR_INPUT, source, 0, 0,
                        "a binary file, not text; export the data as csv or text and read that");
  return EIS_OK;
}

/* ---- encodings ---- */

static size_t put_utf8(char *out, uint32_t c) {
  if (c < 0x80) {
    out[0] = (char)c;
    return 1;
  }
  if (c < 0x800) {
    out[0] = (char)(0xC0 | (c >> 6));
    out[1] = (char)(0x80 | (c & 63));
    return 2;
  }
  if (c < 0x10000) {
    out[0] = (char)(0xE0 | (c >> 12));
    out[1] = (char)(0x80 | ((c >> 6) & 63));
    out[2] = (char)(0x80 | (c & 63));
    return 3;
  }
  out[0] = (char)(0xF0 | (c >> 18));
  out[1] = (char)(0x80 | ((c >> 12) & 63));
  out[2] = (char)(0x80 | ((c >> 6) & 63));
  out[3] = (char)(0x80 | (c & 63));
  return 4;
}

/* Bytes up to the first that is no UTF-8; the beginning of a character at the end is left, too. */
static size_t utf8_prefix(const char *s, size_t n) {
  const unsigned char *u = (const unsigned char *)s;
  size_t i = 0;
  while (i < n) {
    uint64_t word;
    if (n - i >= 8 && (memcpy(&word, u + i, 8), (word & 0x8080808080808080u) == 0)) {
      i += 8;
      continue;
    }
    size_t len = eisi_utf8_length(s + i, n - i);
    if (len == 0) return i;
    i += len;
  }
  return n;
}

/* May the n < 4 bytes be the beginning of a character? */
static bool is_beginning(const char *s, size_t n) {
  bool good = n < 4 && (unsigned char)s[0] >= 0xC2;
  for (size_t i = 1; good && i < n; i++) good = ((unsigned char)s[i] & 0xC0) == 0x80;
  return good;
}

/* The text without the beginning of a character at its end: a file that was cut. */
static size_t whole_characters(const char *s, size_t n) {
  for (size_t k = 1; k < 4 && k <= n; k++)
    if (is_beginning(s + n - k, k)) return eisi_utf8_length(s + n - k, k) ? n : n - k;
  return n;
}

/* The printable part of windows-1252 that latin-1 does not have: 0x80..0x9f. */
static const uint16_t cp1252[32] = {
    0x20AC, 0xFFFD, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
    0x2039, 0x0152, 0xFFFD, 0x017D, 0xFFFD, 0xFFFD, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
    0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0xFFFD, 0x017E, 0x0178};

static size_t from_latin1(const char *s, size_t n, char *out) {
  size_t m = 0;
  for (size_t i = 0; i < n; i++) {
    unsigned char c = (unsigned char)s[i];
    m += put_utf8(out + m, c >= 0x80 && c < 0xA0 ? cp1252[c - 0x80] : c);
  }
  return m;
}

static size_t from_utf16(const char *s, size_t n, bool big, char *out) {
  const unsigned char *u = (const unsigned char *)s;
  size_t m = 0, hi = big ? 0 : 1, lo = big ? 1 : 0;
  for (size_t i = 0; i + 1 < n; i += 2) {
    uint32_t c = ((uint32_t)u[i + hi] << 8) | u[i + lo];
    if (c >= 0xD800 && c < 0xDC00 && i + 3 < n) {
      uint32_t d = ((uint32_t)u[i + 2 + hi] << 8) | u[i + 2 + lo];
      if (d >= 0xDC00 && d < 0xE000) {
        c = 0x10000 + ((c - 0xD800) << 10) + (d - 0xDC00);
        i += 2;
      }
    }
    m += put_utf8(out + m, c >= 0xD800 && c < 0xE000 ? 0xFFFD : c);
  }
  return m;
}

/* 0 = not UTF-16, 1 = little endian, 2 = big endian; *skip = bytes of the mark. */
static int utf16_order(const char *s, size_t n, size_t *skip) {
  *skip = 2;
  if (n >= 2 && memcmp(s, "\xff\xfe", 2) == 0) return 1;
  if (n >= 2 && memcmp(s, "\xfe\xff", 2) == 0) return 2;
  *skip = 0;
  size_t head = n < 512 ? n & ~(size_t)1 : 512, zero[2] = {0, 0};
  for (size_t i = 0; i < head; i++) zero[i & 1] += s[i] == 0;
  if (head < 8) return 0;
  if (zero[1] * 5 > head * 2 && zero[0] == 0) return 1;
  return zero[0] * 5 > head * 2 && zero[1] == 0 ? 2 : 0;
}

/* Any run of CR before an LF, and a CR alone, are one line end.  Returns the new length. */
static size_t unify_line_ends(char *s, size_t n) {
  if (!memchr(s, '\r', n)) return n;
  size_t m = 0;
  for (size_t i = 0; i < n; i++) {
    if (s[i] != '\r') {
      s[m++] = s[i];
      continue;
    }
    size_t k = i;
    while (k < n && s[k] == '\r') k++;
    if (k < n && s[k] == '\n') i = k;
    s[m++] = '\n';
  }
  return m;
}

static eis_status decode(eisi_doc *doc, const char *bytes, size_t size, eisi_encoding encoding,
                         size_t *length, eis_error *err) {
  static const char *const names[] = {"UTF-8", "latin-1", "UTF-16", "UTF-16"};
  const bool wide = encoding == EISI_UTF16_LITTLE || encoding == EISI_UTF16_BIG;
  doc->text = eisi_new(encoding == EISI_UTF8 ? size + 1 : 3 * size + 4, 1, err);
  if (!doc->text) return EIS_ERROR_MEMORY;
  doc->encoding = names[encoding];
  if (wide)
    *length = from_utf16(bytes, size, encoding == EISI_UTF16_BIG, doc->text);
  else if (encoding == EISI_UTF8)
    memcpy(doc->text, bytes, *length = whole_characters(bytes, size));
  else
    *length = from_latin1(bytes, size, doc->text);
  *length = unify_line_ends(doc->text, *length);
  doc->text[*length] = '\0';
  const bool binary = wide && (has_zero(doc->text, *length) || looks_binary(doc->text, *length));
  return wide ? refuse_binary(doc->text, *length, doc->source, binary, err) : EIS_OK;
}

static eis_status index_lines(eisi_doc *doc, size_t n, eis_error *err) {
  size_t lines = 0;
  for (const char *p = doc->text, *end = p + n; p < end; lines++) {
    const char *q = memchr(p, '\n', (size_t)(end - p));
    p = q ? q + 1 : end;
  }
  doc->line = eisi_new(lines ? lines : 1, sizeof *doc->line, err);
  if (!doc->line) return EIS_ERROR_MEMORY;
  doc->n_lines = lines;
  size_t at = 0;
  for (size_t k = 0; k < lines; k++) {
    const char *q = memchr(doc->text + at, '\n', n - at);
    size_t len = q ? (size_t)(q - doc->text) - at : n - at;
    doc->line[k] = (eisi_line){(uint32_t)at, (uint32_t)len};
    at += len + 1;
  }
  doc->cut = n > 0 && doc->text[n - 1] != '\n';
  return EIS_OK;
}

eis_status eisi_doc_open_piece(eisi_doc *doc, const char *bytes, size_t size,
                               eisi_encoding encoding, const char *source, eis_error *err) {
  *doc = (eisi_doc){.source = source};
  size_t n = 0;
  eis_status st = decode(doc, bytes, size, encoding, &n, err);
  if (st == EIS_OK) st = index_lines(doc, n, err);
  if (st != EIS_OK) eisi_doc_clear(doc);
  return st;
}

eis_status eisi_doc_open(eisi_doc *doc, const char *bytes, size_t size, const char *source,
                         eis_error *err) {
  eisi_sniff sniff = {0};
  eisi_encoding encoding;
  size_t skip;
  *doc = (eisi_doc){.source = source};
  if (size > UINT32_MAX / 4)
    return eis_error_at(err, EIS_ERROR_INPUT, source, 0, 0,
                        "the file has %zu MB, at most 1024 MB can be read at once; split it",
                        size >> 20);
  eisi_sniff_add(&sniff, bytes, size);
  const eis_status st = eisi_sniff_end(&sniff, source, &encoding, &skip, err);
  if (st != EIS_OK) return st;
  return eisi_doc_open_piece(doc, bytes + skip, size - skip, encoding, source, err);
}

/* ---- by pieces ---- */

/* Whether all is UTF-8, the end of the bytes before included. */
static void look_at_utf8(eisi_sniff *s, const char *bytes, size_t n) {
  while (s->n_tail && n && !s->not_utf8) {
    s->tail[s->n_tail++] = *bytes++;
    n--;
    if (utf8_prefix(s->tail, s->n_tail) == s->n_tail)
      s->n_tail = 0;
    else
      s->not_utf8 = !is_beginning(s->tail, s->n_tail);
  }
  if (s->not_utf8 || n == 0) return;
  const size_t good = utf8_prefix(bytes, n);
  s->n_tail = n - good;
  if (s->n_tail && is_beginning(bytes + good, s->n_tail))
    memcpy(s->tail, bytes + good, s->n_tail);
  else
    s->not_utf8 = s->n_tail > 0;
}

void eisi_sniff_add(eisi_sniff *s, const char *bytes, size_t n) {
  const size_t room = sizeof s->head - s->n_head, head = n < room ? n : room;
  if (n == 0) return;
  memcpy(s->head + s->n_head, bytes, head);
  s->n_head += head;
  s->size += n;
  s->zero |= has_zero(bytes, n);
  look_at_utf8(s, bytes, n);
}

eis_status eisi_sniff_end(const eisi_sniff *s, const char *source, eisi_encoding *encoding,
                          size_t *skip, eis_error *err) {
  const int order = utf16_order(s->head, s->n_head, skip);
  *encoding = order == 1 ? EISI_UTF16_LITTLE : order == 2 ? EISI_UTF16_BIG : EISI_UTF8;
  if (order) return EIS_OK;
  if (s->n_head >= 3 && memcmp(s->head, "\xef\xbb\xbf", 3) == 0) *skip = 3;
  /* a text that is nothing but the beginning of a character is none in UTF-8 */
  if (s->not_utf8 || (s->n_tail && s->size - *skip == s->n_tail)) *encoding = EISI_LATIN1;
  return refuse_binary(s->head, s->n_head, source, s->zero || looks_binary(s->head, s->n_head),
                       err);
}

/* Byte or pair of bytes i. */
static unsigned unit(const char *bytes, size_t i, eisi_encoding encoding) {
  const unsigned char *u = (const unsigned char *)bytes;
  if (encoding == EISI_UTF16_LITTLE) return u[2 * i] | (unsigned)u[2 * i + 1] << 8;
  if (encoding == EISI_UTF16_BIG) return u[2 * i + 1] | (unsigned)u[2 * i] << 8;
  return u[i];
}

size_t eisi_doc_cut(const char *bytes, size_t size, size_t seen, eisi_encoding encoding) {
  const size_t width = encoding == EISI_UTF16_LITTLE || encoding == EISI_UTF16_BIG ? 2 : 1;
  unsigned next = '\r'; /* what is behind a CR at the end is not known */
  for (size_t i = size / width; i > 0 && (i + 1) * width > seen; i--) {
    const unsigned here = unit(bytes, i - 1, encoding);
    if (here == '\n' || (here == '\r' && next != '\r' && next != '\n')) return i * width;
    next = here;
  }
  return 0;
}

void eisi_doc_clear(eisi_doc *doc) {
  free(doc->text);
  free(doc->line);
  *doc = (eisi_doc){0};
}

/* ---- lines ---- */

const char *eisi_doc_line(const eisi_doc *doc, size_t k, size_t *n) {
  if (k >= doc->n_lines) {
    *n = 0;
    return "";
  }
  *n = doc->line[k].n;
  return doc->text + doc->line[k].at;
}

bool eisi_doc_blank(const eisi_doc *doc, size_t k) {
  size_t n;
  const char *s = eisi_doc_line(doc, k, &n);
  for (size_t i = 0; i < n; i++)
    if (s[i] != ' ' && s[i] != '\t') return false;
  return true;
}

static char lower(char c) { return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c; }

static bool same_text(const char *a, const char *b, size_t n) {
  for (size_t i = 0; i < n; i++)
    if (lower(a[i]) != lower(b[i])) return false;
  return true;
}

long eisi_doc_find(const eisi_doc *doc, size_t from, size_t end, const char *needle) {
  size_t m = strlen(needle);
  if (end > doc->n_lines) end = doc->n_lines;
  for (size_t k = from; k < end; k++) {
    size_t n;
    const char *s = eisi_doc_line(doc, k, &n);
    for (size_t i = 0; i + m <= n; i++)
      if (same_text(s + i, needle, m)) return (long)k;
  }
  return EISI_NO_LINE;
}

static const char *line_start(const eisi_doc *doc, size_t k, size_t *n) {
  const char *s = eisi_doc_line(doc, k, n);
  while (*n > 0 && (*s == ' ' || *s == '\t' || *s == '"')) s++, (*n)--;
  return s;
}

bool eisi_doc_begins(const eisi_doc *doc, size_t k, const char *prefix) {
  size_t n, m = strlen(prefix);
  const char *s = line_start(doc, k, &n);
  return n >= m && same_text(s, prefix, m);
}

bool eisi_doc_value(const eisi_doc *doc, size_t k, const char *key, char *value, size_t size) {
  if (!eisi_doc_begins(doc, k, key)) return false;
  size_t n, m = strlen(key);
  const char *s = line_start(doc, k, &n);
  s += m;
  n -= m;
  while (n > 0 && strchr(" \t:=", *s)) s++, n--;
  while (n > 0 && strchr(" \t\"", s[n - 1])) n--;
  eisi_copy_utf8(value, size, s, n);
  return true;
}

eis_status eisi_doc_error(const eisi_doc *doc, size_t k, size_t column, eis_error *err,
                          const char *fmt, ...) {
  char text[512];
  va_list ap;
  va_start(ap, fmt);
  vsnprintf(text, sizeof text, fmt, ap);
  va_end(ap);
  if (err && err->code == EIS_OK && column > 0) {
    size_t n;
    const char *s = eisi_doc_line(doc, k, &n);
    if (n >= sizeof err->context) n = sizeof err->context - 1;
    memcpy(err->context, s, n);
    err->context[n] = '\0';
    err->span = column <= n ? 1 : 0;
    if (column > n) err->context[0] = '\0'; /* the place lies behind what fits */
  }
  const long line = doc->number && k < doc->n_lines ? (long)doc->number[k] : (long)k + 1;
  return eis_error_at(err, EIS_ERROR_INPUT, doc->source, line, (long)column, "%s", text);
}
