/* points.c - cells to numbers in SI units, and where one sweep ends and the next begins. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "data/input.h"

void eisi_points_clear(eisi_points *p) {
  for (int r = 0; r < EISI_N_ROLES; r++) free(p->v[r]);
  free(p->row);
  free(p->sweep);
  *p = (eisi_points){0};
}

/* ---- numbers ---- */

static double column_factor(const eisi_column *c) {
  return c->has_unit && c->unit.dim == eisi_role_dimension(c->role) ? c->unit.factor : 1;
}

static eis_status not_a_number(const eisi_input *in, size_t row, int col, eisi_role role,
                               eis_error *err) {
  size_t n;
  const char *s = eisi_table_cell(&in->body, row, (size_t)col, &n);
  if (eisi_row_names_spectrum(in, row))
    return eisi_table_error(&in->body, row, 0, err,
                            "names of columns again, and others than those above: a second table "
                            "begins here; put each into a file of its own");
  return eisi_table_error(&in->body, row, (size_t)col, err,
                          "text '%.*s' in the %s column, a number was expected",
                          (int)(n < 40 ? n : 40), s, eisi_role_name(role));
}

/* A row shorter than its columns: the last line of a file that was cut, or an error. */
static eis_status short_row(eisi_input *in, size_t row, int col, eisi_role role, bool *skip,
                            eis_error *err) {
  size_t width = eisi_table_width(&in->body, row);
  if (row + 1 == in->body.n_rows) {
    *skip = true;
    return eis_notes_add(&in->warnings, err, "the last line (%ld) is cut short and was left out",
                         (long)in->body.line[row] + 1);
  }
  return eisi_table_error(&in->body, row, width, err, "%zu cells, but the %s is column %d", width,
                          eisi_role_name(role), col + 1);
}

/* One cell; NaN where the file says "missing". */
static eis_status read_cell(eisi_input *in, size_t row, eisi_role role, double *v, bool *skip,
                            eis_error *err) {
  int c = in->use[role];
  size_t n;
  if ((size_t)c >= eisi_table_width(&in->body, row)) return short_row(in, row, c, role, skip, err);
  const char *s = eisi_table_cell(&in->body, row, (size_t)c, &n);
  switch (eisi_cell_number(s, n, in->body.dialect.point, v)) {
    case EISI_CELL_NUMBER:
      *v *= column_factor(&in->column[c]);
      if (!(fabs(*v) < EISI_NO_NUMBER)) *v = NAN;
      return EIS_OK;
    case EISI_CELL_MISSING: *v = NAN; return EIS_OK;
    default: break;
  }
  if (role == EISI_COL_TIME) { /* a clock time is no reason to refuse the spectrum */
    *v = NAN;
    return EIS_OK;
  }
  return not_a_number(in, row, c, role, err);
}

static bool whole_row_missing(const eisi_points *p, size_t k) {
  for (int r = EISI_COL_FREQ; r <= EISI_COL_PHASE; r++)
    if (p->v[r] && !isnan(p->v[r][k])) return false;
  return true;
}

/* Frequency 0 is the dc row of a sweep; below 0 is nonsense. */
static eis_status judge_frequency(eisi_input *in, eisi_points *p, size_t row, bool *skip,
                                  eis_error *err) {
  double f = p->v[EISI_COL_FREQ][p->n];
  size_t c = (size_t)in->use[EISI_COL_FREQ];
  if (f == 0) {
    if (p->dc++ == 0) p->dc_row = row;
    *skip = true;
  } else if (f < 0) {
    return eisi_table_error(
        &in->body, row, c, err,
        "frequency %g is not positive; is it the right column? --columns f=..,re=..,im=.. "
        "says which it is",
        f);
  } else if (isnan(f)) {
    *skip = whole_row_missing(p, p->n);
    if (!*skip) return eisi_table_error(&in->body, row, c, err, "the frequency is missing");
  }
  return EIS_OK;
}

/* Words between two blocks: behind a blank line, no number, fewer cells than the table has. */
static bool is_title(const eisi_input *in, size_t row) {
  size_t n, filled = 0;
  double v;
  if (!in->body.gap[row]) return false;
  for (size_t c = 0; c < eisi_table_width(&in->body, row); c++) {
    const char *s = eisi_table_cell(&in->body, row, c, &n);
    if (eisi_cell_number(s, n, in->body.dialect.point, &v) == EISI_CELL_NUMBER) return false;
    filled += n > 0;
  }
  return filled < in->n_columns && !eisi_row_names_spectrum(in, row);
}

static eis_status read_row(eisi_input *in, eisi_points *p, size_t row, eis_error *err) {
  bool skip = eisi_row_repeats_names(in, row) || is_title(in, row);
  if (skip && row + 1 < in->body.n_rows) in->body.gap[row + 1] = true;
  for (int r = EISI_COL_FREQ; r <= EISI_COL_TIME && !skip; r++) {
    if (!p->v[r]) continue;
    eis_status st = read_cell(in, row, (eisi_role)r, &p->v[r][p->n], &skip, err);
    if (st != EIS_OK) return st;
  }
  if (!skip) {
    eis_status st = judge_frequency(in, p, row, &skip, err);
    if (st != EIS_OK) return st;
  }
  p->row[p->n] = (uint32_t)row;
  if (!skip) p->n++;
  return EIS_OK;
}

static eis_status allocate(eisi_points *p, size_t n, const bool *want, eis_error *err) {
  p->row = eisi_new(n ? n : 1, sizeof *p->row, err);
  if (!p->row) return EIS_ERROR_MEMORY;
  for (int r = EISI_COL_FREQ; r <= EISI_COL_TIME; r++) {
    if (!want[r]) continue;
    p->v[r] = eisi_new(n ? n : 1, sizeof(double), err);
    if (!p->v[r]) return EIS_ERROR_MEMORY;
  }
  return EIS_OK;
}

static eis_status note_drops(eisi_input *in, const eisi_points *p, eis_error *err) {
  if (p->n == 0)
    return eis_error_at(err, EIS_ERROR_INPUT, in->doc->source, 0, 0,
                        p->dc ? "no row has a frequency above 0; is the frequency column right? "
                                "name it with --columns f=..,re=..,im=.."
                              : "no row holds a number");
  if (p->dc == 0) return EIS_OK;
  return eis_notes_add(&in->decisions, err,
                       "dropped %zu row%s with frequency 0 (dc), first in line %ld", p->dc,
                       p->dc == 1 ? "" : "s", (long)in->body.line[p->dc_row] + 1);
}

static eis_status read_long(eisi_input *in, eisi_points *p, eis_error *err) {
  bool want[EISI_N_ROLES] = {false};
  for (int r = EISI_COL_FREQ; r <= EISI_COL_TIME; r++) want[r] = in->use[r] >= 0;
  eis_status st = allocate(p, in->body.n_rows, want, err);
  for (size_t row = 0; row < in->body.n_rows && st == EIS_OK; row++) st = read_row(in, p, row, err);
  return st == EIS_OK ? note_drops(in, p, err) : st;
}

/* ---- wide tables ---- */

typedef struct wide_column {
  eisi_role role;
  int sign;
  size_t point; /* index of its frequency */
} wide_column;

/* Frequencies in the order of their first appearance; *n_f of them. */
static void wide_columns(eisi_input *in, wide_column *w, double *f, size_t *n_f) {
  *n_f = 0;
  for (size_t c = 0; c < in->n_columns; c++) {
    double hz;
    size_t n, k = 0;
    const char *name = eisi_table_cell(&in->header, 0, c, &n);
    w[c].role = EISI_COL_OTHER;
    if (!eisi_column_wide(name, n, &w[c].role, &w[c].sign, &hz)) continue;
    in->column[c].role = EISI_COL_WIDE;
    while (k < *n_f && f[k] != hz) k++;
    if (k == *n_f) f[(*n_f)++] = hz;
    w[c].point = k;
    if (in->use[w[c].role] < 0) in->use[w[c].role] = (int)c;
    in->column[in->use[w[c].role]].sign = w[c].sign;
  }
}

static eis_status wide_row(eisi_input *in, eisi_points *p, size_t row, const wide_column *w,
                           eis_error *err) {
  for (size_t c = 0; c < in->n_columns; c++) {
    size_t n;
    double v = NAN;
    if (w[c].role == EISI_COL_OTHER) continue;
    const char *s = eisi_table_cell(&in->body, row, c, &n);
    if (eisi_cell_number(s, n, in->body.dialect.point, &v) == EISI_CELL_TEXT)
      return not_a_number(in, row, (int)c, w[c].role, err);
    p->v[w[c].role][p->n + w[c].point] = v;
  }
  return EIS_OK;
}

static eis_status read_wide(eisi_input *in, eisi_points *p, eis_error *err) {
  eis_status st = EIS_ERROR_MEMORY;
  size_t n_f = 0;
  bool want[EISI_N_ROLES] = {[EISI_COL_FREQ] = true};
  wide_column *w = eisi_new(in->n_columns, sizeof *w, err);
  double *f = eisi_new(in->n_columns, sizeof *f, err);
  if (!w || !f) goto done;
  wide_columns(in, w, f, &n_f);
  if ((in->use[EISI_COL_RE] < 0 || in->use[EISI_COL_IM] < 0) &&
      (in->use[EISI_COL_MOD] < 0 || in->use[EISI_COL_PHASE] < 0)) {
    st = eis_error_at(err, EIS_ERROR_INPUT, in->doc->source, (long)in->header.line[0] + 1, 0,
                      "the wide table has neither real and imaginary part nor modulus and phase");
    goto done;
  }
  for (int r = EISI_COL_RE; r <= EISI_COL_PHASE; r++) want[r] = in->use[r] >= 0;
  st = allocate(p, n_f * in->body.n_rows, want, err);
  if (st == EIS_OK) p->sweep = eisi_new(in->body.n_rows, sizeof *p->sweep, err);
  if (st == EIS_OK && !p->sweep) st = EIS_ERROR_MEMORY;
  for (size_t row = 0; row < in->body.n_rows && st == EIS_OK; row++) {
    for (size_t k = 0; k < n_f; k++) {
      p->v[EISI_COL_FREQ][p->n + k] = f[k];
      p->row[p->n + k] = (uint32_t)row;
      for (int r = EISI_COL_RE; r <= EISI_COL_PHASE; r++)
        if (want[r]) p->v[r][p->n + k] = NAN;
    }
    st = wide_row(in, p, row, w, err);
    p->sweep[p->n_sweeps++] = (eisi_sweep){p->n, n_f, (uint32_t)row, (uint32_t)row + 1};
    p->n += n_f;
  }
  if (st == EIS_OK)
    st = eis_notes_add(&in->decisions, err,
                       "wide table: one spectrum per row, %zu frequencies in "
                       "the column names",
                       n_f);
  if (st == EIS_OK)
    st = eis_notes_add(&in->warnings, err,
                       "the frequencies come from column names and are rounded "
                       "as these are");
done:
  free(w);
  free(f);
  return st;
}

eis_status eisi_points_read(eisi_input *in, eisi_points *p, eis_error *err) {
  *p = (eisi_points){0};
  return in->wide ? read_wide(in, p, err) : read_long(in, p, err);
}

/* ---- sweeps ---- */

static bool same_cell(const eisi_table *t, size_t a, size_t b, int col) {
  size_t n, m;
  if (col < 0) return true;
  const char *s = eisi_table_cell(t, a, (size_t)col, &n),
             *r = eisi_table_cell(t, b, (size_t)col, &m);
  return n == m && memcmp(s, r, n) == 0;
}

/* A column that changes with nearly every row does not number sweeps. */
static int splitting_column(const eisi_input *in, const eisi_points *p, eisi_role role) {
  int col = in->use[role];
  size_t changes = 0;
  for (size_t k = 1; k < p->n && col >= 0; k++)
    changes += !same_cell(&in->body, p->row[k], p->row[k - 1], col);
  return col >= 0 && changes > 0 && (changes + 1) * 4 <= p->n ? col : -1;
}

typedef struct run {
  double first, lo, hi;
  size_t n;
} run;

static void run_add(run *r, double f) {
  if (r->n++ == 0) {
    r->first = r->lo = r->hi = f;
  } else {
    if (f < r->lo) r->lo = f;
    if (f > r->hi) r->hi = f;
  }
}

/* The frequency jumps back, against the direction of the sweep and by half of its span at least,
   to where it has been: a new sweep.  A sweep that turns round (Zahner) does not jump. */
static bool restarts(const run *r, double last, double f) {
  if (r->n < 3 || f < 0.98 * r->lo || f > 1.02 * r->hi) return false;
  double span = log(r->hi / r->lo), step = log(f / last), way = log(last / r->first);
  return span > 0.5 && step * way < 0 && fabs(step) > 0.5 * span;
}

typedef struct split_rule {
  int cycle, state;
  size_t by_column, by_frequency, by_gap, by_header;
} split_rule;

static bool begins_sweep(const eisi_input *in, const eisi_points *p, size_t k, const run *r,
                         split_rule *rule) {
  const double *f = p->v[EISI_COL_FREQ];
  size_t a = p->row[k - 1], b = p->row[k];
  if (!same_cell(&in->body, a, b, rule->cycle) || !same_cell(&in->body, a, b, rule->state))
    return ++rule->by_column;
  bool gap = false, header = false;
  for (size_t row = a + 1; row <= b; row++) {
    gap |= in->body.gap[row];
    header |= eisi_canonical_break(in, row);
  }
  if (header) return ++rule->by_header;
  if (restarts(r, f[k - 1], f[k])) return ++rule->by_frequency;
  double way = f[k - 1] - r->first, step = f[k] - f[k - 1];
  if (gap && r->n >= 3 && way * step < 0) return ++rule->by_gap;
  return false;
}

static eis_status push_sweep(eisi_points *p, size_t first, size_t end, size_t *cap,
                             eis_error *err) {
  if (p->n_sweeps == *cap) {
    size_t old = *cap;
    *cap = old ? 2 * old : 8;
    eis_status st = eisi_grow(&p->sweep, old, *cap, sizeof *p->sweep, err);
    if (st != EIS_OK) return st;
  }
  p->sweep[p->n_sweeps++] = (eisi_sweep){first, end - first, p->row[first], p->row[end - 1] + 1};
  return EIS_OK;
}

eis_status eisi_points_split(eisi_input *in, eisi_points *p, eis_error *err) {
  if (in->wide) return EIS_OK;
  split_rule rule = {splitting_column(in, p, EISI_COL_CYCLE),
                     splitting_column(in, p, EISI_COL_STATE), 0, 0, 0, 0};
  size_t first = 0, cap = 0;
  run r = {0};
  eis_status st = EIS_OK;
  for (size_t k = 0; k < p->n && st == EIS_OK; k++) {
    if (k > 0 && begins_sweep(in, p, k, &r, &rule)) {
      st = push_sweep(p, first, k, &cap, err);
      first = k;
      r = (run){0};
    }
    run_add(&r, p->v[EISI_COL_FREQ][k]);
  }
  if (st == EIS_OK) st = push_sweep(p, first, p->n, &cap, err);
  if (st != EIS_OK || p->n_sweeps < 2) return st;
  const char *how = rule.by_header ? "at each header"
                    : rule.by_column == 0
                        ? rule.by_frequency ? "where the frequency restarts" : "at blank lines"
                    : rule.by_frequency ? "by column and where the frequency restarts"
                                        : "by column";
  const bool by_column = rule.by_column && !rule.by_header;
  const int col = rule.cycle >= 0 ? rule.cycle : rule.state;
  char name[80] = "";
  if (by_column && in->column[col].name[0])
    snprintf(name, sizeof name, " '%s'", in->column[col].name);
  else if (by_column)
    snprintf(name, sizeof name, " %d", col + 1);
  return eis_notes_add(&in->decisions, err, "%zu sweeps, split %s%s", p->n_sweeps, how, name);
}
