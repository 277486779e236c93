/* locate.c - where in a text the table is: the numeric block and the names above it. */
#include <stdlib.h>
#include <string.h>

#include "data/input.h"

enum { MIN_RUN = 3, LOOK_ABOVE = 6, MAX_HEADER_CELLS = 4096 };

void eisi_input_clear(eisi_input *in) {
  eisi_table_clear(&in->header);
  eisi_table_clear(&in->body);
  free(in->column);
  eis_meta_clear(&in->meta);
  eis_notes_clear(&in->decisions);
  eis_notes_clear(&in->warnings);
  *in = (eisi_input){0};
}

eis_status eisi_input_labels(eisi_input *in, size_t from, size_t end, const eisi_label *label,
                             size_t n, eis_error *err) {
  char value[256];
  eis_status st = EIS_OK;
  for (size_t k = from; k < end && k < in->doc->n_lines; k++)
    for (size_t i = 0; i < n && st == EIS_OK; i++)
      if (eisi_doc_value(in->doc, k, label[i].label, value, sizeof value) && value[0] &&
          !eis_meta_find(&in->meta, label[i].key))
        st = eis_meta_set(&in->meta, label[i].key, value, err);
  return st;
}

long eisi_line_with(const eisi_doc *doc, size_t end, const char *const *word, size_t n) {
  for (size_t k = 0; k < end && k < doc->n_lines; k++) {
    size_t hit = 0, len, i = 0;
    const char *s = eisi_doc_line(doc, k, &len);
    while (i < len && s[i] == ' ') i++;
    if (i < len && s[i] >= '0' && s[i] <= '9') continue; /* a data row holds no words */
    while (hit < n && eisi_doc_find(doc, k, k + 1, word[hit]) == (long)k) hit++;
    if (hit == n) return (long)k;
  }
  return EISI_NO_LINE;
}

/* ---- header lines ---- */

/* The text of a header line: without a comment mark, and without quotes around the whole. */
static const char *header_text(const eisi_doc *doc, size_t k, size_t *n) {
  const char *s = eisi_doc_line(doc, k, n);
  while (*n > 0 && (*s == ' ' || (eisi_csvtab_comment(doc, k) && strchr("#%!", *s)))) s++, (*n)--;
  while (*n > 0 && (s[*n - 1] == ' ' || s[*n - 1] == '\t')) (*n)--;
  if (*n > 2 && *s == '"' && s[*n - 1] == '"' && !memchr(s + 1, '"', *n - 2)) s++, *n -= 2;
  return s;
}

/* Delimiter 2 stands for "two blanks or more, or tabs": a name may hold single blanks. */
enum { TWO_BLANKS = 2 };

/* Splits like a header: into `t`, with runs of two blanks turned into tabs where asked for. */
static eis_status split_header(const eisi_doc *doc, size_t k, char delimiter, eisi_table *t,
                               eis_error *err) {
  size_t n;
  const char *s = header_text(doc, k, &n);
  if (delimiter != TWO_BLANKS)
    return eisi_table_append_text(t, doc, (eisi_delimiting){delimiter, '.'}, k, s, n, err);
  char *copy = eisi_new(n + 1, 1, err);
  if (!copy) return EIS_ERROR_MEMORY;
  size_t m = 0;
  for (size_t i = 0; i < n; i++) {
    bool two = s[i] == '\t' || (s[i] == ' ' && i + 1 < n && (s[i + 1] == ' ' || s[i + 1] == '\t'));
    if (two && m > 0 && copy[m - 1] != '\t') copy[m++] = '\t';
    if (!two && !(s[i] == ' ' && m > 0 && copy[m - 1] == '\t')) copy[m++] = s[i];
  }
  eis_status st = eisi_table_append_text(t, doc, (eisi_delimiting){'\t', '.'}, k, copy, m, err);
  free(copy);
  return st;
}

/* Header cells that say something, and how many of them have a role. */
static size_t table_roles(const eisi_table *t, size_t row, size_t *cells, bool has[EISI_N_ROLES]) {
  size_t roles = 0, n;
  *cells = 0;
  for (size_t c = 0; c < eisi_table_width(t, row); c++) {
    const char *s = eisi_table_cell(t, row, c, &n);
    eisi_column col;
    if (n == 0) continue;
    eisi_column_parse(s, n, "", 0, &col);
    ++*cells;
    roles += col.role != EISI_COL_OTHER;
    has[col.role] = true;
  }
  return roles;
}

/* Names by tabs where the body has single ones: empty cells between names are dropped. */
static void drop_empty_names(eisi_table *t) {
  uint32_t m = t->first[0], end = t->first[1];
  for (uint32_t i = m; i < end; i++)
    if (t->cell[i].n > 0) t->cell[m++] = t->cell[i];
  t->first[1] = m;
  t->n_cells = m;
}

eis_status eisi_input_header(eisi_input *in, size_t k, eisi_delimiting d, eis_error *err) {
  return split_header(in->doc, k, d.delimiter, &in->header, err);
}

static bool is_units_row(const eisi_table *t, size_t row) {
  size_t n, units = 0, filled = 0;
  eisi_unit u;
  for (size_t c = 0; c < eisi_table_width(t, row); c++) {
    const char *s = eisi_table_cell(t, row, c, &n);
    filled += n > 0;
    units += n > 0 && eisi_unit_parse(s, n, &u);
  }
  if (units < 2 || 2 * units < filled) return false;
  bool has[EISI_N_ROLES] = {false};
  table_roles(t, row, &n, has);
  return !has[EISI_COL_FREQ] && !has[EISI_COL_RE] && !has[EISI_COL_MOD];
}

/* *lost: it can't be told for want of memory. */
static bool is_units_line(const eisi_doc *doc, size_t k, char delimiter, bool *lost) {
  eisi_table t = {0};
  const eis_status st = split_header(doc, k, delimiter, &t, NULL);
  const bool yes = st == EIS_OK && t.n_rows > 0 && is_units_row(&t, 0);
  *lost |= st == EIS_ERROR_MEMORY;
  eisi_table_clear(&t);
  return yes;
}

/* How good line k is as a header over `width` columns when split by `delimiter`: 0 = not at all.
 *lost as above. */
static long header_score(const eisi_doc *doc, size_t k, char delimiter, size_t width, bool *lost) {
  eisi_table t = {0};
  size_t cells = 0, n;
  bool has[EISI_N_ROLES] = {false}, numeric = false;
  long score = 0;
  double v;
  const eis_status st = split_header(doc, k, delimiter, &t, NULL);
  *lost |= st == EIS_ERROR_MEMORY;
  if (st == EIS_OK && t.n_rows > 0 && eisi_table_width(&t, 0) < MAX_HEADER_CELLS) {
    size_t roles = table_roles(&t, 0, &cells, has);
    for (size_t c = 0; c < eisi_table_width(&t, 0); c++) {
      const char *s = eisi_table_cell(&t, 0, c, &n);
      numeric |= eisi_cell_number(s, n, '.', &v) == EISI_CELL_NUMBER;
    }
    bool fits = cells == width || eisi_table_width(&t, 0) == width || cells + 1 == width;
    bool z = has[EISI_COL_RE] || has[EISI_COL_MOD];
    if (has[EISI_COL_FREQ] && z && (fits || (has[EISI_COL_IM] && has[EISI_COL_RE])))
      score = (long)(1000 + 10 * roles + (fits ? 500 : 0));
    else if (fits && !numeric && cells > 1 && !eisi_csvtab_comment(doc, k))
      score = (long)(100 + roles);
  }
  eisi_table_clear(&t);
  return score;
}

typedef struct header_place {
  long line, units; /* EISI_NO_LINE = none */
  char delimiter;
  bool lost; /* some line could not be split for want of memory */
} header_place;

/* Whether a header line can have two cells by this delimiter; one is no header. */
static bool splits(const eisi_doc *doc, size_t k, char delimiter) {
  size_t n;
  const char *s = header_text(doc, k, &n);
  if (memchr(s, '\t', n) && (delimiter == TWO_BLANKS || delimiter == ' ')) return true;
  return memchr(s, delimiter == TWO_BLANKS ? ' ' : delimiter, n) != NULL;
}

static void consider(const eisi_doc *doc, size_t k, eisi_delimiting d, size_t width,
                     header_place *best, long *top) {
  const char tries[] = {d.delimiter, TWO_BLANKS, ' ', '\t', ',', ';'};
  for (size_t i = 0; i < sizeof tries; i++) {
    if (i > 0 && (tries[i] == d.delimiter || !splits(doc, k, tries[i]))) continue;
    long sc = header_score(doc, k, tries[i], width, &best->lost);
    if (sc <= *top) continue;
    *top = sc;
    best->line = (long)k;
    best->delimiter = tries[i];
    if (i == 0 && sc >= 1500) return;
  }
}

/* The nearest line above the block that names a frequency; else the line right above it when it
   has a name for each column. */
static header_place find_header(const eisi_doc *doc, size_t from, size_t first, eisi_delimiting d,
                                size_t width) {
  header_place best = {EISI_NO_LINE, EISI_NO_LINE, d.delimiter, false};
  bool lost = false;
  long units = EISI_NO_LINE, top = 0;
  size_t seen = 0;
  for (size_t k = first; k-- > from && seen < LOOK_ABOVE && top < 1000;) {
    if (eisi_doc_blank(doc, k)) continue;
    if (seen == 0 && is_units_line(doc, k, d.delimiter, &lost)) {
      units = (long)k;
      continue;
    }
    long nearest = seen == 0 ? 0 : 999; /* farther up only a frequency will do */
    if (top > nearest) nearest = top;
    header_place h = {EISI_NO_LINE, EISI_NO_LINE, d.delimiter, false};
    consider(doc, k, d, width, &h, &nearest);
    lost |= h.lost;
    if (h.line != EISI_NO_LINE) best = h, top = nearest;
    seen++;
  }
  best.units = units;
  best.lost = lost;
  return best;
}

/* ---- the numeric block ---- */

static bool skip_line(const eisi_doc *doc, size_t k) {
  return eisi_doc_blank(doc, k) || eisi_csvtab_comment(doc, k);
}

/* Numbers prevail (in "1000,NaN,NaN" they do), or, where that is taken, three stand side by side:
   columns of text beside them say nothing against that. */
static bool data_like(const eisi_doc *doc, size_t k, eisi_delimiting d, bool texts, size_t *cells) {
  const eisi_row_count r = eisi_csvtab_count(doc, k, d);
  const size_t numbers = r.numbers ? r.numbers + r.missing : 0;
  *cells = r.cells;
  return numbers >= 2 && (2 * numbers >= r.cells || (texts && d.delimiter != ' ' && r.side >= 3));
}

/* Names of frequency and impedance with numbers among the other names (7, 17) are no data. */
static bool names_spectrum(const eisi_doc *doc, size_t k, eisi_delimiting d, size_t cells,
                           bool *lost) {
  size_t n;
  const char *s = header_text(doc, k, &n);
  return n > 0 && !strchr("+-.,0123456789", *s) &&
         header_score(doc, k, d.delimiter, cells, lost) >= 1000;
}

typedef struct block {
  size_t first, width; /* line, cells */
} block;

/* First of MIN_RUN data lines in a row with the same number of cells, first = end when there is
   none; few = the first line with three numbers, for a shorter file. */
typedef struct search {
  const eisi_doc *doc;
  size_t from, end;
  eisi_delimiting d;
  block few;
  bool lost; /* as above */
} search;

/* Right below names of a spectrum a row may have more texts than numbers, and notes in some rows
   only. */
static block find_run(search *s, bool texts) {
  block b = {s->end, 0};
  size_t run = 0, cells, above = s->end;
  bool named = false;
  for (size_t k = s->from; k < s->end; k++) {
    if (skip_line(s->doc, k)) continue;
    bool data = data_like(s->doc, k, s->d, true, &cells);
    if (data && above < s->end) {
      named = names_spectrum(s->doc, above, s->d, cells, &s->lost);
      above = s->end;
    }
    data = data && (texts || named || data_like(s->doc, k, s->d, false, &cells)) &&
           !names_spectrum(s->doc, k, s->d, cells, &s->lost);
    if (!data) {
      above = k;
      named = false;
      run = 0;
      continue;
    }
    if (s->few.first == s->end && cells >= 3) s->few = (block){k, cells};
    if (run == 0 || (cells != b.width && !named)) {
      run = 0;
      b = (block){k, cells};
    }
    if (cells > b.width) b.width = cells;
    if (++run == MIN_RUN) return b;
  }
  return (block){s->end, 0};
}

/* Rows with more texts than numbers only where there are no others: settings look like that. */
static block find_block(search *s) {
  block b = find_run(s, false);
  if (b.first == s->end) b = find_run(s, true);
  return b.first < s->end ? b : s->few;
}

static size_t single_numbers(const eisi_doc *doc, size_t from, size_t end) {
  size_t n = 0;
  for (size_t k = from; k < end && n < 5; k++) {
    const eisi_row_count r = eisi_csvtab_count(doc, k, (eisi_delimiting){' ', '.'});
    n += r.cells == 1 && r.numbers == 1;
  }
  return n;
}

static eis_status no_table(const eisi_doc *doc, size_t from, size_t end, eis_error *err) {
  if (single_numbers(doc, from, end) >= 5)
    return eis_error_at(err, EIS_ERROR_INPUT, doc->source, 0, 0,
                        "only one column of numbers; a spectrum needs frequency, real and "
                        "imaginary part (or modulus and phase)");
  return eis_error_at(err, EIS_ERROR_INPUT, doc->source, 0, 0,
                      "no data rows; expected a table with frequency, real and imaginary part "
                      "(or modulus and phase)");
}

static eis_status take_header(eisi_input *in, header_place h, size_t width, eis_error *err) {
  if (h.lost) return eis_error_set(err, EIS_ERROR_MEMORY, "out of memory");
  if (h.line == EISI_NO_LINE) return EIS_OK;
  eis_status st = split_header(in->doc, (size_t)h.line, h.delimiter, &in->header, err);
  if (st != EIS_OK) return st;
  bool has[EISI_N_ROLES] = {false};
  size_t cells;
  table_roles(&in->header, 0, &cells, has);
  if (eisi_table_width(&in->header, 0) != width && cells == width) drop_empty_names(&in->header);
  if (h.units != EISI_NO_LINE && h.units > h.line)
    st = split_header(in->doc, (size_t)h.units, h.delimiter, &in->header, err);
  return st;
}

eis_status eisi_input_names(eisi_input *in, size_t k, eisi_delimiting d, eis_error *err) {
  size_t width = eisi_table_width(&in->body, 0);
  header_place h = {(long)k, EISI_NO_LINE, d.delimiter, false};
  long top = 0;
  consider(in->doc, k, d, width, &h, &top);
  return take_header(in, h, width, err);
}

eis_status eisi_input_locate(eisi_input *in, size_t from, size_t end, eis_error *err) {
  const eisi_doc *doc = in->doc;
  if (end > doc->n_lines) end = doc->n_lines;
  eisi_delimiting d = eisi_csvtab_sniff(doc, from, end);
  search s = {.doc = doc, .from = from, .end = end, .d = d, .few = {end, 0}};
  const block b = find_block(&s);
  if (s.lost) return eis_error_set(err, EIS_ERROR_MEMORY, "out of memory");
  if (b.first == end) return no_table(doc, from, end, err);
  header_place h = find_header(doc, from, b.first, d, b.width);
  eis_status st = take_header(in, h, b.width, err);
  if (st == EIS_OK) st = eisi_table_append(&in->body, doc, d, b.first, end, h.line, err);
  return st == EIS_OK ? eisi_input_fit_names(in, b.first, err) : st;
}
