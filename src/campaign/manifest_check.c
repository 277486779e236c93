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

/* Text of a cell as it is kept: numbers with a point, nothing where nothing is known. */
static eis_status keep(eisi_mdraft *d, size_t r, size_t j, char point, uint32_t *number) {
  size_t n;
  double v = 0;
  char text[40];
  const eisi_mcolumn *c = &d->m->column[j];
  const size_t col = (size_t)d->source[j];
  const char *s = eisi_mdraft_cell(d, r, col, &n);
  const bool numeric = c->known >= 0 && known[c->known].number;
  const eisi_cell_kind kind = eisi_cell_number(s, n, point, &v);
  if (!numeric) return eisi_intern_add(&d->m->text, s, n, number, d->err);
  const eisi_known *k = &known[c->known];
  if (kind == EISI_CELL_MISSING) return eisi_intern_add(&d->m->text, "", 0, number, d->err);
  if (kind == EISI_CELL_TEXT)
    eisi_mdraft_complain(d, r, col, "%s '%.*s' is not a number; expected %s, or nothing", c->name,
                         (int)(n < 80 ? n : 80), s, k->expected);
  else if (v < k->low || v > k->high)
    eisi_mdraft_complain(d, r, col, "%s %.*s is out of range; expected %s", c->name,
                         (int)(n < 80 ? n : 80), s, k->expected);
  eisi_print_double(text, sizeof text, v);
  return eisi_intern_add(&d->m->text, text, strlen(text), number, d->err);
}

static double number_at(const eis_manifest *m, size_t row, int column) {
  double v;
  const char *s = eisi_intern_text(&m->text, m->value[row * m->n_columns + (size_t)column]);
  return *s && eisi_parse_double(s, strlen(s), '.', &v) ? v : NAN;
}

/* 0.4 in a column soc_percent is 0.4 per cent, which is rarely meant. */
static eis_status small_percent(eisi_mdraft *d) {
  const eis_manifest *m = d->m;
  size_t small = 0, first = 0, values = 0;
  for (size_t r = 0; r < m->n_rows; r++) {
    const double v = number_at(m, r, m->soc_column);
    values += v > 0;
    if (!(v > 0 && v < 1)) continue;
    if (!small++) first = r;
  }
  if (small < 3) return EIS_OK;
  return eis_notes_add(&d->m->notes, d->err,
                       "warning: %zu of %zu values of soc_percent are below 1 per cent, the first "
                       "in line %u (%g): are they fractions? Then write %g",
                       small, values, m->line[first], number_at(m, first, m->soc_column),
                       100 * number_at(m, first, m->soc_column));
}

/* 0.5 is a fraction, 50 is per cent; both in one column say nothing. */
static eis_status soc_unit(eisi_mdraft *d) {
  eis_manifest *m = d->m;
  long fraction = -1, percent = -1;
  if (m->soc_column < 0) return EIS_OK;
  if (m->soc_percent) return small_percent(d);
  for (size_t r = 0; r < m->n_rows; r++) {
    const double v = number_at(m, r, m->soc_column);
    if (v > 0 && v < 1 && fraction < 0) fraction = (long)r;
    if (v > 1 && percent < 0) percent = (long)r;
  }
  m->soc_percent = percent >= 0;
  if (percent >= 0 && fraction >= 0) {
    const long later = percent > fraction ? percent : fraction;
    const long earlier = percent > fraction ? fraction : percent;
    eisi_mdraft_complain(
        d, (size_t)later, (size_t)d->source[m->soc_column],
        "soc %g against %g in line %u: per cent and fractions are mixed; write one of "
        "them, or name the column soc_percent",
        number_at(m, (size_t)later, m->soc_column), number_at(m, (size_t)earlier, m->soc_column),
        m->line[earlier]);
  } else if (percent >= 0) {
    return eis_notes_add(&m->notes, d->err, "soc is taken as per cent (line %u has %g)",
                         m->line[percent], number_at(m, (size_t)percent, m->soc_column));
  }
  return EIS_OK;
}

static void check_width(eisi_mdraft *d, size_t r) {
  const size_t have = eisi_mdraft_width(d, r), want = eisi_table_width(&d->header, 0);
  if (have == want) return;
  eisi_mdraft_complain(d, r, have < want ? have : want,
                       "the line has %zu cells, the first line names %zu columns", have, want);
}

static void check_cell_name(eisi_mdraft *d, size_t r) {
  const eis_manifest *m = d->m;
  if (m->cell_column < 0) return;
  if (*eisi_intern_text(&m->text, m->value[r * m->n_columns + (size_t)m->cell_column])) return;
  eisi_mdraft_complain(d, r, (size_t)d->source[m->cell_column],
                       "no cell is named; with a column 'cell' every line has to name one");
}

eis_status eisi_mdraft_values(eisi_mdraft *d) {
  eis_manifest *m = d->m;
  const char point = decimal_sign(d);
  m->value = eisi_new(m->n_rows * m->n_columns, sizeof *m->value, d->err);
  if (!m->value) return EIS_ERROR_MEMORY;
  eis_status st = EIS_OK;
  for (size_t r = 0; st == EIS_OK && r < m->n_rows; r++) {
    check_width(d, r);
    for (size_t j = 0; st == EIS_OK && j < m->n_columns; j++)
      st = keep(d, r, j, point, &m->value[r * m->n_columns + j]);
    if (st == EIS_OK) check_cell_name(d, r);
  }
  return st == EIS_OK ? soc_unit(d) : st;
}

/* ---- one cell, two areas ---- */

static void contradiction(eisi_mdraft *d, size_t column, size_t r, size_t before) {
  const eis_manifest *m = d->m;
  const uint32_t *v = m->value;
  const size_t at = r * m->n_columns, was = before * m->n_columns;
  eisi_mdraft_complain(d, r, (size_t)d->source[column],
                       "cell '%.60s' has %s '%.60s' here and '%.60s' in line %u; a cell has one",
                       eisi_intern_text(&m->text, v[at + (size_t)m->cell_column]),
                       m->column[column].name, eisi_intern_text(&m->text, v[at + column]),
                       eisi_intern_text(&m->text, v[was + column]), m->line[before]);
}

static eis_status compare_column(eisi_mdraft *d, size_t column, uint32_t *first) {
  const eis_manifest *m = d->m;
  memset(first, 0, m->text.n * sizeof *first);
  for (size_t r = 0; r < m->n_rows; r++) {
    const uint32_t cell = m->value[r * m->n_columns + (size_t)m->cell_column];
    const uint32_t value = m->value[r * m->n_columns + column];
    if (!*eisi_intern_text(&m->text, value)) continue;
    if (!first[cell]) {
      first[cell] = (uint32_t)r + 1;
    } else if (m->value[(first[cell] - 1) * m->n_columns + column] != value) {
      contradiction(d, column, r, first[cell] - 1);
      first[cell] = (uint32_t)r + 1; /* told once per change */
    }
  }
  return EIS_OK;
}

eis_status eisi_mdraft_contradictions(eisi_mdraft *d) {
  const eis_manifest *m = d->m;
  if (m->cell_column < 0 || m->n_rows == 0) return EIS_OK;
  uint32_t *first = eisi_new(m->text.n, sizeof *first, d->err);
  if (!first) return EIS_ERROR_MEMORY;
  for (size_t j = 0; j < m->n_columns; j++)
    if (m->column[j].known >= 0 && known[m->column[j].known].of_cell) compare_column(d, j, first);
  free(first);
  return EIS_OK;
}
