/* assign.c - which column is what: by option, by header, or by the look of the numbers. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "data/input.h"

/* ---- names of the options ---- */

typedef struct role_key {
  const char *key;
  eisi_role role;
} role_key;

static const role_key role_keys[] = {
    {"f", EISI_COL_FREQ},      {"freq", EISI_COL_FREQ},   {"frequency", EISI_COL_FREQ},
    {"re", EISI_COL_RE},       {"real", EISI_COL_RE},     {"im", EISI_COL_IM},
    {"imag", EISI_COL_IM},     {"mod", EISI_COL_MOD},     {"phase", EISI_COL_PHASE},
    {"sigma", EISI_COL_SIGMA}, {"time", EISI_COL_TIME},   {"t", EISI_COL_TIME},
    {"cycle", EISI_COL_CYCLE}, {"state", EISI_COL_STATE},
};

static eisi_role key_role(const char *key) {
  for (size_t i = 0; i < sizeof role_keys / sizeof *role_keys; i++)
    if (eisi_strcasecmp(key, role_keys[i].key) == 0) return role_keys[i].role;
  return EISI_COL_OTHER;
}

static const char *role_key_of(eisi_role role) {
  for (size_t i = 0; i < sizeof role_keys / sizeof *role_keys; i++)
    if (role_keys[i].role == role) return role_keys[i].key;
  return "z";
}

/* Next "key=value" of a comma list; false at the end, *bad when there is no '='. */
static bool next_pair(const char **p, char *key, size_t n_key, char *value, size_t n_value,
                      bool *bad) {
  while (**p == ',' || **p == ' ') ++*p;
  if (!**p) return false;
  size_t len = strcspn(*p, ",");
  const char *eq = memchr(*p, '=', len);
  *bad = !eq || eq == *p || (size_t)(eq - *p) >= n_key || len - (size_t)(eq - *p) > n_value;
  if (*bad) return true;
  snprintf(key, n_key, "%.*s", (int)(eq - *p), *p);
  snprintf(value, n_value, "%.*s", (int)(len - (size_t)(eq - *p) - 1), eq + 1);
  *p += len;
  return true;
}

/* ---- columns= ---- */

static void list_names(const eisi_input *in, eisi_text *t) {
  for (size_t c = 0; c < in->n_columns && c < 12; c++)
    eisi_text_addf(t, "%s'%s'", c ? ", " : "", in->column[c].name);
  if (in->n_columns > 12) eisi_text_addf(t, " and %zu more", in->n_columns - 12);
}

/* A 1-based number or a header name; -1 = there is no such column. */
static int find_column(const eisi_input *in, const char *value) {
  char *end;
  long k = strtol(value, &end, 10);
  if (end != value && *end == '\0') return k >= 1 && (size_t)k <= in->n_columns ? (int)k - 1 : -1;
  for (size_t c = 0; c < in->n_columns; c++)
    if (strcmp(in->column[c].name, value) == 0) return (int)c;
  for (size_t c = 0; c < in->n_columns; c++)
    if (eisi_strcasecmp(in->column[c].name, value) == 0) return (int)c;
  return -1;
}

static eis_status no_such_column(const eisi_input *in, const char *value, eis_error *err) {
  eisi_text t = {0};
  if (in->header.n_rows > 0)
    list_names(in, &t);
  else
    eisi_text_addf(&t, "%zu columns without names", in->n_columns);
  eis_error_set(err, EIS_ERROR_USAGE, "--columns: no column '%s' in '%s'; it has %s", value,
                in->doc->source, t.s ? t.s : "");
  eisi_text_clear(&t);
  return EIS_ERROR_USAGE;
}

static eis_status assign_by_option(eisi_input *in, eis_error *err) {
  char key[16], value[80];
  const char *p = in->opt->columns;
  bool bad = false;
  for (int r = EISI_COL_FREQ; r <= EISI_COL_PHASE; r++) in->use[r] = -1;
  while (next_pair(&p, key, sizeof key, value, sizeof value, &bad)) {
    eisi_role role = bad ? EISI_COL_OTHER : key_role(key);
    if (role == EISI_COL_OTHER)
      return eis_error_set(err, EIS_ERROR_USAGE,
                           "--columns '%s': expected f=.., re=.., im=.. or f=.., mod=.., phase=.. "
                           "with column numbers or names, separated by commas",
                           in->opt->columns);
    int c = find_column(in, value);
    if (c < 0) return no_such_column(in, value, err);
    in->use[role] = c;
    eisi_column *col = &in->column[c];
    if (col->role != role) { /* the user knows better; its unit stays if it fits */
      if (col->has_unit && col->unit.dim != eisi_role_dimension(role)) col->has_unit = false;
      col->role = role;
      col->rank = EISI_RANK_SILENT;
    }
  }
  return EIS_OK;
}

/* ---- units= ---- */

static eis_status set_units(eisi_input *in, const char *key, const char *value, eis_error *err) {
  static const eisi_role z_roles[] = {EISI_COL_RE,    EISI_COL_IM,       EISI_COL_MOD,
                                      EISI_COL_SIGMA, EISI_COL_SIGMA_RE, EISI_COL_SIGMA_IM};
  eisi_unit u;
  bool z = eisi_strcasecmp(key, "z") == 0;
  eisi_role role = z ? EISI_COL_RE : key_role(key);
  if (role == EISI_COL_OTHER || role >= EISI_COL_CYCLE)
    return eis_error_set(err, EIS_ERROR_USAGE,
                         "--units: unknown quantity '%s'; known are f, z, re, im, mod, phase, "
                         "sigma, time",
                         key);
  if (!eisi_unit_parse(value, strlen(value), &u) || u.dim != eisi_role_dimension(role))
    return eis_error_set(err, EIS_ERROR_USAGE,
                         "--units: '%s' is no unit of the %s; expected something like %s", value,
                         z ? "impedance" : eisi_role_name(role),
                         role == EISI_COL_FREQ    ? "Hz, kHz, MHz, rad/s"
                         : role == EISI_COL_PHASE ? "deg, rad"
                         : role == EISI_COL_TIME  ? "s, ms, min, h"
                                                  : "ohm, mohm, kohm, Mohm");
  u.ambiguous = false;
  for (size_t i = 0; i < (z ? sizeof z_roles / sizeof *z_roles : 1); i++) {
    int c = in->use[z ? z_roles[i] : role];
    if (c < 0) continue;
    in->column[c].has_unit = true;
    in->column[c].unknown_unit = false;
    in->column[c].unit = u;
    snprintf(in->column[c].unit_text, sizeof in->column[c].unit_text, "%s", value);
  }
  return EIS_OK;
}

static eis_status units_by_option(eisi_input *in, eis_error *err) {
  char key[16], value[32];
  const char *p = in->opt->units;
  bool bad = false;
  eis_status st = EIS_OK;
  while (p && st == EIS_OK && next_pair(&p, key, sizeof key, value, sizeof value, &bad))
    st = bad ? eis_error_set(err, EIS_ERROR_USAGE, "--units '%s': expected f=kHz,z=mohm,phase=rad",
                             in->opt->units)
             : set_units(in, key, value, err);
  return st;
}

static eis_status check_units(const eisi_input *in, eis_error *err) {
  for (int r = EISI_COL_FREQ; r <= EISI_COL_TIME; r++) {
    const eisi_column *c = in->use[r] >= 0 ? &in->column[in->use[r]] : NULL;
    if (c && c->unknown_unit)
      return eis_error_at(err, EIS_ERROR_INPUT, in->doc->source, (long)in->header.line[0] + 1, 0,
                          "the unit '%s' of column '%s' is not known as one of the %s; say --units "
                          "%s=..",
                          c->unit_text, c->name, eisi_role_name((eisi_role)r),
                          role_key_of((eisi_role)r));
    if (!c || !c->has_unit || !c->unit.ambiguous) continue;
    const char *what = r == EISI_COL_FREQ ? "Hz" : "ohm", *key = r == EISI_COL_FREQ ? "f" : "z";
    return eis_error_at(err, EIS_ERROR_INPUT, in->doc->source, 0, 0,
                        "the unit '%s' of column '%s' may be milli or mega; say --units %s=m%s or "
                        "--units %s=M%s",
                        c->unit_text, c->name, key, what, key, what);
  }
  return EIS_OK;
}

/* ---- by header ---- */

static eis_status assign_by_header(eisi_input *in, eis_error *err) {
  for (size_t c = 0; c < in->n_columns; c++) {
    const eisi_column *col = &in->column[c];
    int *use = &in->use[col->role];
    if (col->role == EISI_COL_OTHER) continue;
    if (*use < 0 || col->rank < in->column[*use].rank) {
      *use = (int)c;
    } else if (col->rank == in->column[*use].rank && col->role <= EISI_COL_PHASE && !in->wide) {
      return eis_error_at(err, EIS_ERROR_INPUT, in->doc->source, (long)in->header.line[0] + 1, 0,
                          "columns %d ('%s') and %zu ('%s') both look like the %s; choose with "
                          "--columns f=..,re=..,im=..",
                          *use + 1, in->column[*use].name, c + 1, col->name,
                          eisi_role_name(col->role));
    }
  }
  return EIS_OK;
}

/* ---- by the look of the numbers ---- */

enum { LOOK_ROWS = 48, LOOK_COLUMNS = 12 };

typedef struct look {
  size_t rows, columns;
  double v[LOOK_ROWS][LOOK_COLUMNS];
} look;

/* The first sweep or so: enough rows to see which column is what. */
static void take_look(const eisi_input *in, look *l) {
  l->columns = in->n_columns < LOOK_COLUMNS ? in->n_columns : LOOK_COLUMNS;
  l->rows = 0;
  for (size_t r = 0; r < in->body.n_rows && l->rows < LOOK_ROWS; r++) {
    bool all = true;
    for (size_t c = 0; c < l->columns; c++) {
      size_t n;
      const char *s = eisi_table_cell(&in->body, r, c, &n);
      all &= eisi_cell_number(s, n, in->body.dialect.point, &l->v[l->rows][c]) == EISI_CELL_NUMBER;
    }
    l->rows += all;
  }
}

/* |Z|^2 = Re^2 + Im^2 in every row, and in some rows closer by far than |Z| = Re. */
static bool is_modulus(const look *l, size_t a, size_t b, size_t m) {
  size_t telling = 0;
  for (size_t r = 0; r < l->rows; r++) {
    double h = hypot(l->v[r][a], l->v[r][b]), miss = fabs(h - l->v[r][m]);
    double re = h - fabs(l->v[r][a]), im = h - fabs(l->v[r][b]);
    if (!(miss <= 3e-3 * h)) return false;
    telling += re > 1e-4 * h && im > 1e-4 * h && miss < 0.2 * re && miss < 0.2 * im;
  }
  return l->rows >= 5 && telling >= 3;
}

static bool is_phase(const look *l, size_t re, size_t im, size_t p, double factor) {
  size_t ok = 0;
  for (size_t r = 0; r < l->rows; r++)
    ok += fabs(fabs(l->v[r][p] * factor) - fabs(atan2(l->v[r][im], l->v[r][re]))) < 0.01;
  return ok * 10 >= l->rows * 9;
}

static bool is_frequency(const look *l, size_t c) {
  double lo = INFINITY, hi = 0;
  size_t steps = 0;
  for (size_t r = 0; r < l->rows; r++) {
    double v = l->v[r][c];
    if (!(v > 0)) return false;
    lo = fmin(lo, v);
    hi = fmax(hi, v);
    steps += r > 0 && fabs(log(v / l->v[r - 1][c])) > 0.02;
  }
  return hi > 5 * lo && 2 * steps > l->rows;
}

static bool is_rising(const look *l, size_t c) {
  for (size_t r = 1; r < l->rows; r++)
    if (!(l->v[r][c] >= l->v[r - 1][c])) return false;
  return l->v[l->rows - 1][c] > l->v[0][c];
}

static bool is_counter(const look *l, size_t c) {
  for (size_t r = 0; r < l->rows; r++)
    if (l->v[r][c] != floor(l->v[r][c]) || (r > 0 && l->v[r][c] < l->v[r - 1][c])) return false;
  return true;
}

static void set_role(eisi_input *in, size_t c, eisi_role role) {
  in->use[role] = (int)c;
  in->column[c].role = role;
  in->column[c].rank = EISI_RANK_SILENT;
}

static void look_for_rest(eisi_input *in, const look *l, size_t re, size_t im) {
  static const double degree = 3.14159265358979323846 / 180;
  for (size_t c = 0; c < l->columns; c++) {
    if (in->column[c].role != EISI_COL_OTHER) continue;
    bool deg = is_phase(l, re, im, c, degree);
    if (deg || is_phase(l, re, im, c, 1)) {
      set_role(in, c, EISI_COL_PHASE);
      in->column[c].has_unit = true;
      in->column[c].unit = (eisi_unit){EISI_DIM_ANGLE, deg ? degree : 1, false, false};
    } else if (is_counter(l, c) && in->use[EISI_COL_CYCLE] < 0) {
      set_role(in, c, EISI_COL_CYCLE);
    } else if (is_rising(l, c) && in->use[EISI_COL_TIME] < 0) {
      set_role(in, c, EISI_COL_TIME);
    }
  }
}

static bool assign_by_modulus(eisi_input *in, const look *l) {
  for (size_t re = 1; re + 2 < l->columns; re++)
    for (size_t m = re + 2; m < l->columns; m++) {
      if (!is_modulus(l, re, re + 1, m)) continue;
      size_t f = is_frequency(l, re - 1) ? re - 1 : 0;
      if (!is_frequency(l, f)) continue;
      set_role(in, f, EISI_COL_FREQ);
      set_role(in, re, EISI_COL_RE);
      set_role(in, re + 1, EISI_COL_IM);
      set_role(in, m, EISI_COL_MOD);
      look_for_rest(in, l, re, re + 1);
      return true;
    }
  return false;
}

static eis_status assign_by_look(eisi_input *in, eis_error *err) {
  if (in->n_columns < 3)
    return eis_error_at(err, EIS_ERROR_INPUT, in->doc->source, (long)in->body.line[0] + 1, 0,
                        "%zu columns of numbers; a spectrum needs frequency, real and imaginary "
                        "part (or modulus and phase)",
                        in->n_columns);
  if (in->n_columns == 3) {
    set_role(in, 0, EISI_COL_FREQ);
    set_role(in, 1, EISI_COL_RE);
    set_role(in, 2, EISI_COL_IM);
    return EIS_OK;
  }
  look *l = eisi_new(1, sizeof *l, err);
  if (!l) return EIS_ERROR_MEMORY;
  take_look(in, l);
  bool found = assign_by_modulus(in, l);
  free(l);
  if (found) return EIS_OK;
  return eis_error_at(err, EIS_ERROR_INPUT, in->doc->source, (long)in->body.line[0] + 1, 0,
                      "%zu columns without a header, and nothing tells which is which; name them "
                      "with --columns f=..,re=..,im=..",
                      in->n_columns);
}

/* ---- result ---- */

static eis_status missing_column(const eisi_input *in, eisi_role role, eis_error *err) {
  eisi_text t = {0};
  list_names(in, &t);
  long line = in->header.n_rows > 0 ? (long)in->header.line[0] + 1 : 0;
  eis_error_at(err, EIS_ERROR_INPUT, in->doc->source, line, 0, "no %s column among %s; %s",
               role == EISI_COL_FREQ ? "frequency" : "impedance", t.s ? t.s : "the columns",
               in->hint                ? in->hint
               : role == EISI_COL_FREQ ? "name it with --columns f=..,re=..,im=.."
                                       : "name real and imaginary part (or modulus and phase) with "
                                         "--columns f=..,re=..,im=..");
  eisi_text_clear(&t);
  return EIS_ERROR_INPUT;
}

static eis_status note_columns(eisi_input *in, const char *how, eis_error *err) {
  eisi_text t = {0};
  char *text;
  for (int r = EISI_COL_FREQ; r <= EISI_COL_STATE; r++) {
    if (in->use[r] < 0) continue;
    const eisi_column *c = &in->column[in->use[r]];
    eisi_text_addf(&t, "%s%s %d", t.n ? ", " : "", eisi_role_name((eisi_role)r), in->use[r] + 1);
    if (c->name[0]) eisi_text_addf(&t, " '%s'", c->name);
    if (c->has_unit && r <= EISI_COL_PHASE && c->unit.factor != 1)
      eisi_text_addf(&t, " in %s",
                     c->unit_text[0]       ? c->unit_text
                     : r == EISI_COL_PHASE ? "degrees"
                                           : "?");
  }
  eis_status st = eisi_text_take(&t, &text, err);
  if (st != EIS_OK) return st;
  st = eis_notes_add(&in->decisions, err, "columns by %s: %s", how, text);
  free(text);
  return st;
}

static eis_status parse_header(eisi_input *in, eis_error *err) {
  size_t names = eisi_table_width(&in->header, 0), width = 0;
  for (size_t r = 0; r < in->body.n_rows && r < 8; r++)
    if (eisi_table_width(&in->body, r) > width) width = eisi_table_width(&in->body, r);
  in->n_columns = names ? names : width;
  in->column = eisi_new(in->n_columns ? in->n_columns : 1, sizeof *in->column, err);
  if (!in->column) return EIS_ERROR_MEMORY;
  for (int r = 0; r < EISI_N_ROLES; r++) in->use[r] = -1;
  for (size_t c = 0; c < in->n_columns; c++) {
    size_t n, n_unit;
    const char *unit = eisi_table_cell(&in->header, 1, c, &n_unit);
    const char *name = eisi_table_cell(&in->header, 0, c, &n);
    if (names)
      eisi_column_parse(name, n, unit, n_unit, &in->column[c]);
    else
      in->column[c].sign = 1;
  }
  for (size_t c = 3; in->canonical && c < in->n_columns; c++)
    if (in->column[c].role >= EISI_COL_FREQ && in->column[c].role <= EISI_COL_PHASE)
      in->column[c].role = EISI_COL_OTHER;
  eisi_columns_unique_keys(in->column, in->n_columns);
  /* a table that ends its rows with a delimiter has an empty last column */
  while (!names && in->n_columns > 1) {
    size_t n = 0, filled = 0;
    for (size_t r = 0; r < in->body.n_rows && r < 8; r++)
      eisi_table_cell(&in->body, r, in->n_columns - 1, &n), filled += n > 0;
    if (filled) break;
    in->n_columns--;
  }
  return EIS_OK;
}

eis_status eisi_input_assign(eisi_input *in, eis_error *err) {
  eis_status st = parse_header(in, err);
  bool named = in->header.n_rows > 0, option = in->opt->columns != NULL && !in->wide;
  if (st != EIS_OK) return st;
  if (in->body.n_rows == 0)
    return eis_error_at(err, EIS_ERROR_INPUT, in->doc->source, 0, 0,
                        "the table has no data rows below its header");
  if (named && !option) st = assign_by_header(in, err);
  if (named && option) (void)assign_by_header(in, NULL);
  if (!named && !option) st = assign_by_look(in, err);
  if (st == EIS_OK && option) st = assign_by_option(in, err);
  if (st == EIS_OK) st = units_by_option(in, err);
  if (st != EIS_OK) return st;
  bool cartesian = in->use[EISI_COL_RE] >= 0 && in->use[EISI_COL_IM] >= 0;
  bool polar = in->use[EISI_COL_MOD] >= 0 && in->use[EISI_COL_PHASE] >= 0;
  if (in->use[EISI_COL_FREQ] < 0 && !in->wide) return missing_column(in, EISI_COL_FREQ, err);
  if (!cartesian && !polar && !in->wide) return missing_column(in, EISI_COL_RE, err);
  st = check_units(in, err);
  if (st != EIS_OK) return st;
  return note_columns(in, option ? "option" : named ? "header" : "position", err);
}
