/* csvtab.c - delimited text to cells; the only file that knows libcsv. */
#include "data/csvtab.h"

#include <csv.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- cells ---- */

static bool is_word(const char *s, size_t n, const char *word) {
  if (strlen(word) != n) return false;
  for (size_t i = 0; i < n; i++)
    if (eisi_lower(s[i]) != word[i]) return false;
  return true;
}

static bool is_missing(const char *s, size_t n) {
  static const char *const words[] = {"nan",  "-nan", "na",       "n/a", "n.a.", "null", "none",
                                      "-",    "--",   "---",      "inf", "-inf", "+inf", "infinity",
                                      "1.#inf", "-1.#ind", "1.#qnan", "-1.#inf", "overload"};
  if (n == 0) return true;
  for (size_t i = 0; i < sizeof words / sizeof *words; i++)
    if (is_word(s, n, words[i])) return true;
  return false;
}

eisi_cell_kind eisi_cell_number(const char *s, size_t n, char point, double *v) {
  const size_t used = n > 0 ? eisi_parse_double(s, n, point, v) : 0;
  const bool number = used == n && n > 0 && !(point == ',' && s[n - 1] == ',');
  if (number && fabs(*v) < EISI_NO_NUMBER) return EISI_CELL_NUMBER;
  *v = NAN;
  return number || is_missing(s, n) ? EISI_CELL_MISSING : EISI_CELL_TEXT;
}

/* ---- a light tokenizer for looking at lines without taking them ---- */

typedef struct scan {
  const char *s, *end;
  char delimiter;
  bool more;
  bool torn; /* one quote of a pair within a cell: the delimiter may be one that is quoted */
} scan;

static bool blank(char c) { return c == ' ' || c == '\t'; }

static scan scan_line(const eisi_doc *doc, size_t k, char delimiter) {
  size_t n;
  const char *s = eisi_doc_line(doc, k, &n);
  scan c = {s, s + n, delimiter, n > 0, false};
  if (delimiter == ' ')
    while (c.end > c.s && blank(c.end[-1])) c.end--;
  return c;
}

static const char *quoted_end(const char *s, const char *end) {
  for (s++; s < end; s++)
    if (*s == '"' && !(s + 1 < end && s[1] == '"'))
      return s + 1;
    else if (*s == '"')
      s++;
  return end;
}

/* Next cell, trimmed and without its quotes; false behind the last one. */
static bool scan_next(scan *c, const char **cell, size_t *n) {
  if (!c->more) return false;
  bool runs = c->delimiter == ' ';
  while (c->s < c->end && (runs ? blank(*c->s) : blank(*c->s) && *c->s != c->delimiter)) c->s++;
  const char *from = c->s, *to = from < c->end && *from == '"' ? quoted_end(from, c->end) : from;
  bool odd = false;
  while (to < c->end && !(runs ? blank(*to) : *to == c->delimiter)) odd ^= *to++ == '"';
  c->torn |= odd;
  c->more = to < c->end;
  c->s = to + 1;
  while (to > from && blank(to[-1])) to--;
  if (to - from >= 2 && *from == '"' && to[-1] == '"') from++, to--;
  *cell = from;
  *n = (size_t)(to - from);
  return true;
}

char eisi_csvtab_of_names(const eisi_doc *doc, size_t k) {
  size_t n, most = 0;
  char best = ',';
  const char *s = eisi_doc_line(doc, k, &n);
  for (const char *c = ",;\t|"; *c; c++) {
    size_t count = 0;
    for (size_t i = 0; i < n; i++) count += s[i] == *c;
    if (count <= most) continue;
    most = count;
    best = *c;
  }
  return best;
}

eisi_row_count eisi_csvtab_count(const eisi_doc *doc, size_t k, eisi_delimiting d) {
  scan c = scan_line(doc, k, d.delimiter);
  eisi_row_count r = {0};
  const char *s;
  size_t n, at = 0, side = 0;
  double v;
  while (scan_next(&c, &s, &n)) {
    const eisi_cell_kind kind = n ? eisi_cell_number(s, n, d.point, &v) : EISI_CELL_TEXT;
    at++;
    if (n > 0) r.cells = at;
    r.filled += n > 0;
    r.numbers += kind == EISI_CELL_NUMBER;
    r.missing += kind == EISI_CELL_MISSING;
    side = kind == EISI_CELL_TEXT ? 0 : side + 1;
    if (side > r.side) r.side = side;
  }
  r.torn = c.torn;
  return r;
}

bool eisi_csvtab_comment(const eisi_doc *doc, size_t k) {
  static const char *const wreckage[] = {"NAME?", "REF!", "VALUE!", "DIV/0!", "N/A", "NUM!",
                                         "NULL!"};
  size_t n;
  const char *s = eisi_doc_line(doc, k, &n);
  while (n > 0 && (blank(*s) || *s == '"')) s++, n--;
  if (n == 0 || !strchr("#%!", *s)) return false;
  for (size_t i = 0; *s == '#' && i < sizeof wreckage / sizeof *wreckage; i++)
    if (n > strlen(wreckage[i]) && memcmp(s + 1, wreckage[i], strlen(wreckage[i])) == 0)
      return false;
  return true;
}

/* ---- dialect ---- */

enum { SAMPLE = 24 };

static bool begins_like_number(const char *s, size_t n) {
  size_t i = 0;
  while (i < n && (blank(s[i]) || s[i] == '"')) i++;
  while (i < n && strchr("+-.,;", s[i])) i++;
  return i < n && eisi_is_digit(s[i]);
}

/* Lines, all or those that begin like a number, spread over the range. */
static size_t spread_lines(const eisi_doc *doc, size_t from, size_t end, bool all, size_t *pick) {
  size_t n = 0, step = 1, seen = 0;
  for (size_t k = from; k < end; k++) {
    size_t len;
    const char *s = eisi_doc_line(doc, k, &len);
    if ((!all && !begins_like_number(s, len)) || seen++ % step) continue;
    if (n == 2 * SAMPLE) { /* thin out: keep every second */
      for (size_t j = 0; j < SAMPLE; j++) pick[j] = pick[2 * j + 1];
      n = SAMPLE;
      step *= 2;
    }
    pick[n++] = k;
  }
  return n;
}

/* How well a way to split suits the lines of the sample: those with two numbers at least, of these
   the numbers minus twice the other cells (sum) and the most numbers side by side (run); torn =
   lines with quotes within cells; width = cells when all have as many. */
typedef struct merit {
  long sum;
  size_t lines, run, torn, width;
} merit;

static merit merit_of(const eisi_doc *doc, const size_t *pick, size_t n, eisi_delimiting d) {
  merit m = {0};
  for (size_t i = 0; i < n; i++) {
    const eisi_row_count r = eisi_csvtab_count(doc, pick[i], d);
    if (r.numbers < 2) continue;
    m.torn += r.torn;
    m.width = m.lines == 0 || m.width == r.cells ? r.cells : 0;
    m.lines++;
    m.sum += 3 * (long)r.numbers - 2 * (long)r.filled;
    m.run += r.side;
  }
  return m;
}

/* Where texts prevail in every way to split, three numbers side by side tell the table. */
static bool suits(merit m) { return m.sum > 0 || (m.lines > 0 && m.run >= 3 * m.lines); }

static bool is_better(merit a, merit b) {
  if (a.torn != b.torn) return a.torn < b.torn;
  if ((a.sum > 0) != (b.sum > 0)) return a.sum > 0;
  return a.sum > 0 ? a.sum > b.sum : a.run > b.run;
}

static bool occurs(const eisi_doc *doc, const size_t *pick, size_t n, char c) {
  for (size_t i = 0; i < n; i++) {
    size_t len;
    const char *s = eisi_doc_line(doc, pick[i], &len);
    if (memchr(s, c, len)) return true;
  }
  return false;
}

/* A decimal comma between commas has to be quoted everywhere: more numbers with a point say no. */
static bool has_points(const eisi_doc *doc, const size_t *pick, size_t n) {
  size_t points = 0, quoted = 0;
  for (size_t i = 0; i < n; i++) {
    scan c = scan_line(doc, pick[i], ',');
    const char *s;
    size_t len;
    double v;
    while (scan_next(&c, &s, &len)) {
      points += memchr(s, '.', len) && eisi_cell_number(s, len, '.', &v) == EISI_CELL_NUMBER;
      quoted += memchr(s, ',', len) && eisi_cell_number(s, len, ',', &v) == EISI_CELL_NUMBER;
    }
  }
  return points > quoted;
}

/* Tabs that give every line the same three cells or more make the table: the blanks within are of
   dates and the like. */
static bool tabs_rule(const merit *tabs, size_t n) {
  return suits(*tabs) && tabs->lines == n && tabs->width >= 3;
}

eisi_delimiting eisi_csvtab_sniff(const eisi_doc *doc, size_t from, size_t end) {
  /* in order of preference when they score the same */
  static const eisi_delimiting dialects[] = {{'\t', '.'}, {'\t', ','}, {';', '.'}, {';', ','},
                                          {',', '.'},  {'|', '.'},  {'|', ','}, {' ', '.'},
                                          {' ', ','},  {',', ','}};
  size_t pick[2 * SAMPLE], n = spread_lines(doc, from, end, false, pick);
  /* names first: blanks are within them, or it is prose */
  const bool text_first = n == 0;
  if (text_first) n = spread_lines(doc, from, end, true, pick);
  bool comma = occurs(doc, pick, n, ',');
  eisi_delimiting best = {',', '.'};
  merit top = {.torn = n + 1}, tabs = {0};
  for (size_t i = 0; i < sizeof dialects / sizeof *dialects; i++) {
    eisi_delimiting d = dialects[i];
    bool there = d.delimiter == ','   ? comma
                 : d.delimiter == ' ' ? occurs(doc, pick, n, ' ') || occurs(doc, pick, n, '\t')
                                      : occurs(doc, pick, n, d.delimiter);
    if (!there || (d.point == ',' && !comma)) continue;
    if (d.delimiter == ' ' && (text_first || tabs_rule(&tabs, n))) continue;
    if (d.delimiter == ',' && d.point == ',' && has_points(doc, pick, n)) continue;
    const merit m = merit_of(doc, pick, n, d);
    if (d.delimiter == '\t' && suits(m) && is_better(m, tabs)) tabs = m;
    if (suits(m) && is_better(m, top)) top = m, best = d;
  }
  return best;
}

char eisi_csvtab_point(const eisi_doc *doc, size_t from, size_t end, char delimiter) {
  size_t pick[2 * SAMPLE], n = spread_lines(doc, from, end, false, pick);
  const merit comma = merit_of(doc, pick, n, (eisi_delimiting){delimiter, ','}),
              dot = merit_of(doc, pick, n, (eisi_delimiting){delimiter, '.'});
  return comma.sum > dot.sum ? ',' : '.';
}

/* ---- tables ---- */

typedef struct sink {
  eisi_table *t;
  eis_error *err;
  eis_status st;
} sink;

static eis_status reserve(void *array, size_t *cap, size_t need, size_t size, eis_error *err) {
  if (need <= *cap) return EIS_OK;
  size_t cap2 = *cap ? *cap * 2 : 64;
  if (cap2 < need) cap2 = need;
  eis_status st = eisi_grow(array, *cap, cap2, size, err);
  if (st == EIS_OK) *cap = cap2;
  return st;
}

static eis_status put_cell(eisi_table *t, const char *text, size_t n, eis_error *err) {
  if (t->n_cells >= UINT32_MAX || t->n_pool + n >= UINT32_MAX)
    return eis_error_at(err, EIS_ERROR_INPUT, t->doc ? t->doc->source : "", 0, 0,
                        "more than 4 thousand million cells or bytes of text; split the file");
  eis_status st = reserve(&t->cell, &t->cap_cells, t->n_cells + 1, sizeof *t->cell, err);
  if (st == EIS_OK) st = reserve(&t->pool, &t->cap_pool, t->n_pool + n + 1, 1, err);
  if (st != EIS_OK) return st;
  while (n > 0 && blank(*text)) text++, n--;
  while (n > 0 && blank(text[n - 1])) n--;
  memcpy(t->pool + t->n_pool, text, n);
  t->cell[t->n_cells++] = (eisi_cell){(uint32_t)t->n_pool, (uint32_t)n};
  t->n_pool += n;
  return EIS_OK;
}

static void take_field(void *s, size_t n, void *user) {
  sink *k = user;
  if (k->st == EIS_OK) k->st = put_cell(k->t, s, n, k->err);
}

eis_status eisi_table_add_cell(eisi_table *t, const char *s, size_t n, eis_error *err) {
  const eis_status st = put_cell(t, s, n, err);
  t->first[t->n_rows] = (uint32_t)t->n_cells;
  return st;
}

static void take_nothing(int c, void *user) { (void)c, (void)user; }

eis_status eisi_table_add_row(eisi_table *t, size_t k, bool gap, eis_error *err) {
  if (t->n_rows + 2 > t->cap_rows) {
    size_t cap = t->cap_rows ? 2 * t->cap_rows : 64, old = t->cap_rows;
    eis_status st = eisi_grow(&t->line, old, cap, sizeof *t->line, err);
    if (st == EIS_OK) st = eisi_grow(&t->first, old, cap, sizeof *t->first, err);
    if (st == EIS_OK) st = eisi_grow(&t->gap, old, cap, sizeof *t->gap, err);
    if (st != EIS_OK) return st;
    t->cap_rows = cap;
  }
  t->line[t->n_rows] = (uint32_t)k;
  t->first[t->n_rows] = (uint32_t)t->n_cells;
  t->gap[t->n_rows] = gap;
  t->first[++t->n_rows] = (uint32_t)t->n_cells;
  return EIS_OK;
}

/* Runs of blanks become one byte that text does not contain; what is quoted stays. */
enum { RUN = 0x1f };
static size_t squeeze(const char *s, size_t n, char *out) {
  size_t m = 0;
  for (size_t i = 0; i < n; i++) {
    if (s[i] == '"' && (m == 0 || out[m - 1] == RUN)) {
      const size_t quoted = (size_t)(quoted_end(s + i, s + n) - (s + i));
      memcpy(out + m, s + i, quoted);
      m += quoted;
      i += quoted - 1;
    } else if (!blank(s[i]))
      out[m++] = s[i];
    else if (m > 0 && out[m - 1] != RUN)
      out[m++] = RUN;
  }
  return m > 0 && out[m - 1] == RUN ? m - 1 : m;
}

typedef struct splitter {
  struct csv_parser p;
  char *scratch;
  size_t cap;
} splitter;

static eis_status splitter_init(splitter *sp, eisi_delimiting d, eis_error *err) {
  sp->scratch = NULL;
  sp->cap = 0;
  if (csv_init(&sp->p, 0) != 0) return eis_error_set(err, EIS_ERROR_MEMORY, "out of memory");
  csv_set_delim(&sp->p, d.delimiter == ' ' ? RUN : (unsigned char)d.delimiter);
  return EIS_OK;
}

static void splitter_clear(splitter *sp) {
  csv_free(&sp->p);
  free(sp->scratch);
}

/* One line is one row: an unbalanced quotation mark can't swallow the rest of the file. */
static eis_status split(splitter *sp, eisi_table *t, size_t k, const char *s, size_t n, bool gap,
                        eis_error *err) {
  eis_status st = eisi_table_add_row(t, k, gap, err);
  if (st != EIS_OK) return st;
  if (t->dialect.delimiter == ' ') {
    st = reserve(&sp->scratch, &sp->cap, n + 1, 1, err);
    if (st != EIS_OK) return st;
    n = squeeze(s, n, sp->scratch);
    s = sp->scratch;
  }
  sink out = {t, err, EIS_OK};
  size_t used = csv_parse(&sp->p, s, n, take_field, take_nothing, &out);
  int bad = csv_fini(&sp->p, take_field, take_nothing, &out);
  if (out.st == EIS_OK && (used != n || bad))
    out.st = eis_error_set(err, EIS_ERROR_MEMORY, "out of memory for a line of %zu bytes", n);
  t->first[t->n_rows] = (uint32_t)t->n_cells;
  return out.st;
}

static bool same_line(const eisi_doc *doc, size_t a, size_t b) {
  size_t n, m;
  const char *s = eisi_doc_line(doc, a, &n), *r = eisi_doc_line(doc, b, &m);
  return n == m && memcmp(s, r, n) == 0;
}

eis_status eisi_table_append(eisi_table *t, const eisi_doc *doc, eisi_delimiting d, size_t from,
                             size_t end, long header, eis_error *err) {
  splitter sp;
  eis_status st = splitter_init(&sp, d, err);
  if (st != EIS_OK) return st;
  t->doc = doc;
  t->dialect = d;
  if (end > doc->n_lines) end = doc->n_lines;
  bool gap = true;
  for (size_t k = from; k < end && st == EIS_OK; k++) {
    size_t n;
    const char *s = eisi_doc_line(doc, k, &n);
    if (eisi_doc_blank(doc, k) || eisi_csvtab_comment(doc, k) ||
        (header != EISI_NO_LINE && same_line(doc, k, (size_t)header))) {
      gap = true;
      continue;
    }
    st = split(&sp, t, k, s, n, gap, err);
    gap = false;
  }
  splitter_clear(&sp);
  return st;
}

eis_status eisi_table_append_text(eisi_table *t, const eisi_doc *doc, eisi_delimiting d, size_t k,
                                  const char *s, size_t n, eis_error *err) {
  splitter sp;
  eis_status st = splitter_init(&sp, d, err);
  if (st != EIS_OK) return st;
  t->doc = doc;
  t->dialect = d;
  st = split(&sp, t, k, s, n, false, err);
  splitter_clear(&sp);
  return st;
}

void eisi_table_clear(eisi_table *t) {
  free(t->line);
  free(t->first);
  free(t->gap);
  free(t->cell);
  free(t->pool);
  *t = (eisi_table){0};
}

size_t eisi_table_width(const eisi_table *t, size_t row) {
  return row < t->n_rows ? t->first[row + 1] - t->first[row] : 0;
}

const char *eisi_table_cell(const eisi_table *t, size_t row, size_t col, size_t *n) {
  *n = 0;
  if (col >= eisi_table_width(t, row)) return "";
  eisi_cell c = t->cell[t->first[row] + col];
  *n = c.n;
  return t->pool + c.at;
}

/* Cells do not carry their column: it is found again by scanning, for the message only. */
static size_t cell_column(const eisi_doc *doc, size_t k, char delimiter, size_t col) {
  size_t n, len;
  const char *start = eisi_doc_line(doc, k, &n), *s;
  scan c = scan_line(doc, k, delimiter);
  for (size_t i = 0; scan_next(&c, &s, &len); i++)
    if (i == col) return (size_t)(s - start) + 1;
  return n + 1;
}

eis_status eisi_csvtab_error(const eisi_doc *doc, eisi_delimiting d, size_t k, size_t col,
                             eis_error *err, const char *text) {
  return eisi_doc_error(doc, k, cell_column(doc, k, d.delimiter, col), err, "%s", text);
}

eis_status eisi_table_error(const eisi_table *t, size_t row, size_t col, eis_error *err,
                            const char *fmt, ...) {
  char text[512];
  va_list ap;
  va_start(ap, fmt);
  vsnprintf(text, sizeof text, fmt, ap);
  va_end(ap);
  return eisi_csvtab_error(t->doc, t->dialect, t->line[row], col, err, text);
}
