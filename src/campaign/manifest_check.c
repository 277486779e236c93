/* manifest_check.c - the cells of a manifest: names of columns, numbers, units, contradictions. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "campaign/manifest.h"

static const eisi_known known[] = {
    [EISI_KNOWN_CELL] = {"cell", false, false, 0, 0, "the name of a cell"},
    {"group", false, true, 0, 0, "the name of a group"},
    {"cycle", true, false, 0, INFINITY, "the number of a cycle, 0 or more"},
    {"time_h", true, false, 0, INFINITY, "a time in hours, 0 or more"},
    [EISI_KNOWN_SOC] = {"soc", true, false, 0, 100, "a state of charge, 0 to 1 or 0 to 100 per cent"},
    {"temperature_C", true, false, -273.15, 3000, "a temperature in degrees Celsius"},
    {"area_cm2", true, true, 1e-12, 1e12, "an area in cm2, above 0"},
    {"thickness_um", true, true, 1e-6, 1e9, "a thickness in um, above 0"},
    {"pressure_MPa", true, false, 0, 1e6, "a pressure in MPa, 0 or more"},
    {"electrolyte", false, true, 0, 0, "the name of an electrolyte"},
    {"anode", false, true, 0, 0, "the name of an anode"},
};
enum { N_KNOWN = sizeof known / sizeof *known };

const eisi_known *eisi_known_at(size_t i) { return i < N_KNOWN ? &known[i] : NULL; }

/* ---- names of columns ---- */

static int find_known(const char *name) {
  for (int i = 0; i < N_KNOWN; i++)
    if (eisi_strcasecmp(name, known[i].name) == 0) return i;
  return EISI_KNOWN_FREE;
}

/* A name that is nearly a known one is a slip of the pen, or has another unit. */
static const char *slip(const char *name) {
  const char *names[N_KNOWN + 2] = {"file", "sweep"};
  static const struct {
    const char *bare, *full;
  } bare[] = {{"area", "area_cm2"},      {"thickness", "thickness_um"},
              {"time", "time_h"},        {"temperature", "temperature_C"},
              {"temp", "temperature_C"}, {"pressure", "pressure_MPa"}};
  for (size_t i = 0; i < sizeof bare / sizeof *bare; i++)
    if (eisi_strcasecmp(name, bare[i].bare) == 0) return bare[i].full;
  for (size_t i = 0; i < N_KNOWN; i++) names[i + 2] = known[i].name;
  const int near = strlen(name) >= 4 ? eisi_nearest(name, names, N_KNOWN + 2) : -1;
  if (near < 0) return NULL;
  const size_t have = strlen(name), want = strlen(names[near]);
  /* "electrode" is none of "electrolyte", nor "mode" one of "anode" */
  const bool close = have + 1 >= want && have <= want + 1;
  return close && eisi_lower(name[0]) == names[near][0] ? names[near] : NULL;
}

static eis_status add_column(eisi_mdraft *d, size_t col, const char *name, int known_as) {
  eis_manifest *m = d->m;
  eis_status st = eisi_grow(&m->column, m->n_columns, m->n_columns + 1, sizeof *m->column, d->err);
  if (st == EIS_OK)
    st = eisi_grow(&d->source, m->n_columns, m->n_columns + 1, sizeof *d->source, d->err);
  if (st != EIS_OK) return st;
  char *copy = eisi_strdup(known_as >= 0 ? known[known_as].name : name, d->err);
  if (!copy) return EIS_ERROR_MEMORY;
  if (known_as == EISI_KNOWN_CELL) m->cell_column = (int)m->n_columns;
  if (known_as == EISI_KNOWN_SOC) m->soc_column = (int)m->n_columns;
  m->column[m->n_columns] = (eisi_mcolumn){copy, known_as};
  d->source[m->n_columns++] = (int)col;
  return EIS_OK;
}

static bool taken(const eisi_mdraft *d, const char *name) {
  if (d->file_column >= 0 && eisi_strcasecmp(name, "file") == 0) return true;
  if (d->sweep_column >= 0 && eisi_strcasecmp(name, "sweep") == 0) return true;
  for (size_t j = 0; j < d->m->n_columns; j++)
    if (eisi_strcasecmp(name, d->m->column[j].name) == 0) return true;
  return false;
}

static eis_status header_cell(eisi_mdraft *d, size_t col, const char *name) {
  const char *instead;
  int as = find_known(name);
  if (!*name)
    return eisi_table_error(&d->header, 0, col, eisi_manifest_complain(d->m),
                            "a column has no name"),
           EIS_OK;
  if (eisi_strcasecmp(name, "soc_percent") == 0) {
    as = EISI_KNOWN_SOC;
    d->m->soc_percent = true;
  }
  if (taken(d, as >= 0 ? known[as].name : name))
    eisi_table_error(&d->header, 0, col, eisi_manifest_complain(d->m),
                     "there are two columns '%.80s'; leave one out or rename it", name);
  else if (eisi_strcasecmp(name, "file") == 0)
    d->file_column = (int)col;
  else if (eisi_strcasecmp(name, "sweep") == 0)
    d->sweep_column = (int)col;
  else if (as == EISI_KNOWN_FREE && (instead = slip(name)) != NULL)
    eisi_table_error(&d->header, 0, col, eisi_manifest_complain(d->m),
                     "unknown column '%.80s'; did you mean '%s'? a column of your own needs a name "
                     "that is less alike",
                     name, instead);
  else
    return add_column(d, col, name, as);
  return EIS_OK;
}

eis_status eisi_mdraft_header(eisi_mdraft *d) {
  const size_t width = eisi_table_width(&d->header, 0);
  eis_status st = EIS_OK;
  for (size_t col = 0; st == EIS_OK && col < width; col++) {
    size_t n;
    const char *s = eisi_table_cell(&d->header, 0, col, &n);
    char *name = eisi_strndup(s, n, d->err);
    if (!name) return EIS_ERROR_MEMORY;
    st = header_cell(d, col, name);
    free(name);
  }
  if (st == EIS_OK && d->file_column < 0)
    eisi_table_error(&d->header, 0, 0, eisi_manifest_complain(d->m),
                     "no column 'file': the first line has to name the columns, for example "
                     "file,cell,cycle,soc");
  return st;
}

/* ---- cells ---- */

/* A decimal comma, where no cell that should be a number has a point. */
static char decimal_sign(eisi_mdraft *d) {
  bool comma = false;
  if (d->dialect.delimiter == ',') return '.';
  for (size_t r = 0; r < d->m->n_rows; r++)
    for (size_t j = 0; j < d->m->n_columns; j++) {
      size_t n;
      const int as = d->m->column[j].known;
      const char *s = eisi_mdraft_cell(d, r, (size_t)d->source[j], &n);
      if (as < 0 || !known[as].number) continue;
      if (memchr(s, '.', n)) return '.';
      comma |= memchr(s, ',', n) != NULL;
    }
  return comma ? ',' : '.';
}

/* What the column soc has said so far. */
typedef struct soc_said {
  size_t values, small; /* above 0; of these, below 1 */
  struct first {
    size_t row; /* from 1, 0 = none */
    long line;
    double v;
  } fraction, percent;
} soc_said;

typedef struct values {
  eisi_mdraft *d;
  char point;
  eisi_text texts;  /* of the row */
  eisi_text before; /* name of the cell in the row before */
  uint32_t cell;
  soc_said soc;
} values;

static void hear_soc(soc_said *said, size_t r, long line, double v) {
  const struct first here = {r + 1, line, v};
  said->values += v > 0;
  said->small += v > 0 && v < 1;
  if (v > 0 && v < 1 && !said->fraction.row) said->fraction = here;
  if (v > 1 && !said->percent.row) said->percent = here;
}

/* Text of a cell as it is kept: numbers with a point, nothing where nothing is known. */
static void keep_number(values *t, size_t r, size_t j, const char *s, size_t n) {
  eisi_mdraft *d = t->d;
  double v = 0;
  char text[40];
  const eisi_mcolumn *c = &d->m->column[j];
  const eisi_known *k = &known[c->known];
  const size_t col = (size_t)d->source[j];
  const eisi_cell_kind kind = eisi_cell_number(s, n, t->point, &v);
  if (kind == EISI_CELL_MISSING) return;
  if (kind == EISI_CELL_TEXT)
    eisi_mdraft_complain(d, r, col, "%s '%.*s' is not a number; expected %s, or nothing", c->name,
                         (int)(n < 80 ? n : 80), s, k->expected);
  else if (v < k->low || v > k->high)
    eisi_mdraft_complain(d, r, col, "%s %.*s is out of range; expected %s", c->name,
                         (int)(n < 80 ? n : 80), s, k->expected);
  eisi_print_double(text, sizeof text, v);
  eisi_text_add(&t->texts, text, strlen(text));
  if (c->known == EISI_KNOWN_SOC) hear_soc(&t->soc, r, eisi_mdraft_line(d, r), v);
}

static eis_status keep_cell(values *t, size_t r, size_t col, const char *s, size_t n) {
  if (n == 0)
    eisi_mdraft_complain(t->d, r, col,
                         "no cell is named; with a column 'cell' every line has to name one");
  if (t->before.s && t->before.n == n && memcmp(t->before.s, s, n) == 0) return EIS_OK;
  t->before.n = 0;
  eisi_text_add(&t->before, s, n);
  return eisi_spool_number(t->d->m->spool, EISI_SPOOL_CELL, s, n, &t->cell, t->d->err);
}

static eis_status keep(values *t, size_t r, size_t j) {
  eisi_mdraft *d = t->d;
  size_t n;
  const eisi_mcolumn *c = &d->m->column[j];
  const size_t col = (size_t)d->source[j];
  const char *s = eisi_mdraft_cell(d, r, col, &n);
  eis_status st = EIS_OK;
  if (c->known >= 0 && known[c->known].number)
    keep_number(t, r, j, s, n);
  else
    eisi_text_add(&t->texts, s, n);
  eisi_text_add(&t->texts, "", 1);
  if (c->known == EISI_KNOWN_CELL) st = keep_cell(t, r, col, s, n);
  return st;
}

/* 0.4 in a column soc_percent is 0.4 per cent, which is rarely meant. */
static eis_status small_percent(eisi_mdraft *d, const soc_said *said) {
  if (said->small < 3) return EIS_OK;
  return eis_notes_add(&d->m->notes, d->err,
                       "warning: %zu of %zu values of soc_percent are below 1 per cent, the first "
                       "in line %ld (%g): are they fractions? Then write %g",
                       said->small, said->values, said->fraction.line, said->fraction.v,
                       100 * said->fraction.v);
}

/* 0.5 is a fraction, 50 is per cent; both in one column say nothing. */
static eis_status soc_unit(eisi_mdraft *d, const soc_said *said) {
  eis_manifest *m = d->m;
  if (m->soc_column < 0) return EIS_OK;
  if (m->soc_percent) return small_percent(d, said);
  const struct first *percent = &said->percent, *fraction = &said->fraction;
  m->soc_percent = percent->row > 0;
  if (percent->row && fraction->row) {
    const struct first *later = percent->row > fraction->row ? percent : fraction;
    const struct first *earlier = percent->row > fraction->row ? fraction : percent;
    eisi_mdraft_complain(
        d, later->row - 1, (size_t)d->source[m->soc_column],
        "soc %g against %g in line %ld: per cent and fractions are mixed; write one of "
        "them, or name the column soc_percent",
        later->v, earlier->v, earlier->line);
  } else if (percent->row) {
    return eis_notes_add(&m->notes, d->err, "soc is taken as per cent (line %ld has %g)",
                         percent->line, percent->v);
  }
  return EIS_OK;
}

static void check_width(eisi_mdraft *d, size_t r) {
  const size_t have = eisi_mdraft_width(d, r), want = eisi_table_width(&d->header, 0);
  if (have == want) return;
  eisi_mdraft_complain(d, r, have < want ? have : want,
                       "the line has %zu cells, the first line names %zu columns", have, want);
}

static eis_status keep_row(values *t, size_t r) {
  eisi_mdraft *d = t->d;
  eis_status st = EIS_OK;
  check_width(d, r);
  t->texts.n = 0;
  for (size_t j = 0; st == EIS_OK && j < d->m->n_columns; j++) st = keep(t, r, j);
  if (st == EIS_OK) st = eisi_text_state(&t->texts, d->err);
  if (st == EIS_OK) st = eisi_text_state(&t->before, d->err);
  if (st != EIS_OK) return st;
  return eisi_spool_run(d->m->spool, EISI_SPOOL_PUT_ROW,
                        &(eisi_spool_args){.n = 3,
                                           .v = {(int64_t)r, eisi_mdraft_line(d, r), t->cell},
                                           .n_texts = 1,
                                           .text = {{t->texts.s, t->texts.n}}},
                        NULL, NULL, d->err);
}

eis_status eisi_mdraft_values(eisi_mdraft *d) {
  values t = {.d = d, .point = decimal_sign(d)};
  eis_status st = d->lost;
  d->valued = true;
  for (size_t r = 0; st == EIS_OK && r < d->m->n_rows; r++) {
    st = keep_row(&t, r);
    if (st == EIS_OK) st = d->lost;
  }
  if (st == EIS_OK) st = soc_unit(d, &t.soc);
  eisi_text_clear(&t.texts);
  eisi_text_clear(&t.before);
  return st;
}

/* ---- one cell, two areas ---- */

/* What a cell was said to be last, per column. */
typedef struct said {
  eisi_text value;
  long line;
} said;

typedef struct cells {
  eisi_mdraft *d;
  int64_t cell; /* -1 = none yet */
  said *said;   /* n_columns */
  size_t n_conflicts;
} cells;

static eis_status conflict(cells *t, size_t j, eis_query *row, const char *text) {
  const said *s = &t->said[j];
  const eisi_spool_args args = {
      .n = 4, .v = {(int64_t)j, eis_query_integer(row, 1), s->line, t->cell}, .n_texts = 2,
      .text = {{text, strlen(text)}, {s->value.s, s->value.n}}};
  t->n_conflicts++;
  return eisi_spool_run(t->d->m->spool, EISI_SPOOL_PUT_CONFLICT, &args, NULL, NULL, t->d->err);
}

/* Told once per change. */
static eis_status compare(cells *t, size_t j, eis_query *row, const char *text) {
  said *s = &t->said[j];
  const size_t n = strlen(text);
  eis_status st = EIS_OK;
  if (n == 0 || (s->value.n == n && memcmp(s->value.s, text, n) == 0)) return st;
  if (s->value.n) st = conflict(t, j, row, text);
  s->value.n = 0;
  eisi_text_add(&s->value, text, n);
  s->line = (long)eis_query_integer(row, 2);
  return st == EIS_OK ? eisi_text_state(&s->value, t->d->err) : st;
}

static eis_status compare_row(void *ctx, eis_query *row, eis_error *err) {
  cells *t = ctx;
  const eis_manifest *m = t->d->m;
  size_t n;
  const int64_t cell = eis_query_integer(row, 0);
  const char *text = eisi_query_bytes(row, 3, &n);
  eis_status st = EIS_OK;
  (void)err;
  for (size_t j = 0; j < m->n_columns && cell != t->cell; j++) t->said[j].value.n = 0;
  t->cell = cell;
  for (size_t j = 0; st == EIS_OK && j < m->n_columns; j++, text += strlen(text) + 1)
    if (m->column[j].known >= 0 && known[m->column[j].known].of_cell) st = compare(t, j, row, text);
  return st;
}

static eis_status tell_conflict(void *ctx, eis_query *row, eis_error *err) {
  eisi_mdraft *d = ctx;
  const size_t column = (size_t)eis_query_integer(row, 0);
  (void)err;
  eisi_mdraft_complain(d, (size_t)eis_query_integer(row, 1), (size_t)d->source[column],
                       "cell '%.60s' has %s '%.60s' here and '%.60s' in line %lld; a cell has one",
                       eis_query_text(row, 3), d->m->column[column].name, eis_query_text(row, 4),
                       eis_query_text(row, 5), (long long)eis_query_integer(row, 2));
  return d->lost;
}

/* Is there a column to compare? */
static bool has_of_cell(const eis_manifest *m) {
  for (size_t j = 0; j < m->n_columns; j++)
    if (m->column[j].known >= 0 && known[m->column[j].known].of_cell) return true;
  return false;
}

eis_status eisi_mdraft_contradictions(eisi_mdraft *d) {
  const eis_manifest *m = d->m;
  if (m->cell_column < 0 || !has_of_cell(m)) return EIS_OK;
  cells t = {.d = d, .cell = -1, .said = eisi_new(m->n_columns, sizeof *t.said, d->err)};
  if (!t.said) return EIS_ERROR_MEMORY;
  eis_status st = eisi_spool_run(m->spool, EISI_SPOOL_ROWS_BY_CELL, NULL, compare_row, &t, d->err);
  for (size_t j = 0; j < m->n_columns; j++) eisi_text_clear(&t.said[j].value);
  free(t.said);
  if (st != EIS_OK || !t.n_conflicts) return st;
  return eisi_spool_run(m->spool, EISI_SPOOL_CONFLICTS, NULL, tell_conflict, d, d->err);
}
