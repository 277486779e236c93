/* emit.c - points of a sweep to a spectrum: drops, window, order, metadata, notes. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "data/input.h"

enum { MIN_POINTS = 5, MAX_VALUE = 255 };

/* ---- exclude=, window ---- */

typedef struct emit {
  eisi_input *in;
  const eisi_points *p;
  const eisi_sweep *sweep;
  bool *keep; /* per point of the sweep */
  size_t missing, outside, excluded;
  char why[160]; /* the sweep can't be used because */
} emit;

static eis_status bad_exclude(const eisi_input *in, eis_error *err) {
  return eis_error_set(err, EIS_ERROR_USAGE,
                       "--exclude '%s': expected row numbers of the sweep such as 1,5-7",
                       in->opt->exclude);
}

static eis_status apply_exclude(emit *e, eis_error *err) {
  const char *p = e->in->opt->exclude;
  while (p && *p) {
    char *end;
    long a = strtol(p, &end, 10), b = a;
    if (end == p || a < 1) return bad_exclude(e->in, err);
    if (*end == '-') {
      p = end + 1;
      b = strtol(p, &end, 10);
      if (end == p || b < a) return bad_exclude(e->in, err);
    }
    if (*end && *end != ',') return bad_exclude(e->in, err);
    for (size_t k = 0; k < e->sweep->n; k++) {
      long row = (long)(e->p->row[e->sweep->first + k] - e->sweep->row_first) + 1;
      if (e->in->wide) row = (long)k + 1;
      if (row < a || row > b || !e->keep[k]) continue;
      e->keep[k] = false;
      e->excluded++;
    }
    p = *end ? end + 1 : end;
  }
  return EIS_OK;
}

static void apply_window(emit *e) {
  const double *f = e->p->v[EISI_COL_FREQ] + e->sweep->first;
  const double *re = e->p->v[EISI_COL_RE] + e->sweep->first;
  const double *im = e->p->v[EISI_COL_IM] + e->sweep->first;
  double lo = e->in->opt->fmin_hz, hi = e->in->opt->fmax_hz;
  for (size_t k = 0; k < e->sweep->n; k++) {
    if (!e->keep[k]) continue;
    if (!isfinite(re[k]) || !isfinite(im[k])) {
      e->keep[k] = false;
      e->missing++;
    } else if ((!isnan(lo) && f[k] < lo * (1 - 1e-9)) || (!isnan(hi) && f[k] > hi * (1 + 1e-9))) {
      e->keep[k] = false;
      e->outside++;
    }
  }
}

static size_t kept(const emit *e) {
  size_t n = 0;
  for (size_t k = 0; k < e->sweep->n; k++) n += e->keep[k];
  return n;
}

/* ---- filling ---- */

static double sigma_at(const eisi_points *p, size_t k) {
  if (p->v[EISI_COL_SIGMA]) return fabs(p->v[EISI_COL_SIGMA][k]);
  double a = p->v[EISI_COL_SIGMA_RE][k], b = p->v[EISI_COL_SIGMA_IM][k];
  return sqrt((a * a + b * b) / 2);
}

/* The sweep began with its earliest point, whichever the order of the rows. */
static double start_of(const emit *e) {
  const double *time = e->p->v[EISI_COL_TIME];
  double start = INFINITY;
  if (!time || e->in->canonical) return 0;
  for (size_t k = 0; k < e->sweep->n; k++) start = fmin(start, time[e->sweep->first + k]);
  return start;
}

static eis_status fill(const emit *e, eis_spectrum *s, eis_error *err) {
  const eisi_points *p = e->p;
  bool sigma = p->v[EISI_COL_SIGMA] || (p->v[EISI_COL_SIGMA_RE] && p->v[EISI_COL_SIGMA_IM]);
  if (sigma && !(s->sigma = eisi_new(s->n, sizeof *s->sigma, err))) return EIS_ERROR_MEMORY;
  if (p->v[EISI_COL_TIME] && !(s->time_s = eisi_new(s->n, sizeof *s->time_s, err)))
    return EIS_ERROR_MEMORY;
  const double start = start_of(e);
  size_t m = 0;
  for (size_t k = e->sweep->first; k < e->sweep->first + e->sweep->n; k++) {
    if (!e->keep[k - e->sweep->first]) continue;
    s->f[m] = p->v[EISI_COL_FREQ][k];
    s->re[m] = p->v[EISI_COL_RE][k];
    s->im[m] = p->v[EISI_COL_IM][k];
    s->row[m] = e->in->wide ? (int)(k - e->sweep->first) + 1 : (int)p->row[k] + 1;
    if (s->sigma) s->sigma[m] = sigma_at(p, k);
    if (s->time_s) s->time_s[m] = p->v[EISI_COL_TIME][k] - start;
    m++;
  }
  return EIS_OK;
}

/* Columns with gaps are of no use point by point. */
static void drop_incomplete(eis_spectrum *s) {
  bool sigma = s->sigma != NULL, time = s->time_s != NULL;
  for (size_t k = 0; k < s->n; k++) {
    sigma = sigma && isfinite(s->sigma[k]) && s->sigma[k] > 0;
    time = time && isfinite(s->time_s[k]);
  }
  if (!sigma) free(s->sigma), s->sigma = NULL;
  if (!time) free(s->time_s), s->time_s = NULL;
}

/* ---- metadata ---- */

static bool is_metadata(eisi_role role) {
  return role == EISI_COL_OTHER || role == EISI_COL_CYCLE || role == EISI_COL_STATE;
}

/* Text of a column that is the same in every row of the sweep; NULL otherwise. */
static const char *constant_cell(const emit *e, size_t c, size_t *n) {
  const eisi_table *t = &e->in->body;
  const char *first = eisi_table_cell(t, e->sweep->row_first, c, n);
  if (*n == 0) return NULL;
  for (uint32_t r = e->sweep->row_first + 1; r < e->sweep->row_end; r++) {
    size_t m;
    const char *s = eisi_table_cell(t, r, c, &m);
    if (m != *n || memcmp(s, first, m) != 0) return NULL;
  }
  return first;
}

/* The key before the writer gave it another name. */
static const char *own_key(const char *key) {
  const size_t n = sizeof EISI_META_PREFIX - 1;
  return eisi_starts_with(key, EISI_META_PREFIX) && eisi_key_is_taken(key + n) ? key + n : key;
}

/* As it stands in eisfit's own CSV: 007 is a name. */
static eis_status set_meta_text(const eisi_column *col, const char *text, size_t n, eis_spectrum *s,
                                eis_error *err) {
  char value[MAX_VALUE + 1];
  eisi_copy_utf8(value, sizeof value, text, n);
  return *col->key ? eis_meta_set(&s->meta, own_key(col->key), value, err) : EIS_OK;
}

static eis_status set_meta_cell(const emit *e, size_t c, eis_spectrum *s, eis_error *err) {
  size_t n;
  const eisi_column *col = &e->in->column[c];
  const char *text = constant_cell(e, c, &n), *key = col->key;
  char value[MAX_VALUE + 1];
  double v;
  if (!text) return EIS_OK;
  if (e->in->canonical) return set_meta_text(col, text, n, s, err);
  eisi_cell_kind kind = eisi_cell_number(text, n, e->in->body.dialect.point, &v);
  bool named = col->role == EISI_COL_CYCLE || col->role == EISI_COL_STATE;
  if (kind == EISI_CELL_MISSING || (col->unused && !named && !e->in->wide)) return EIS_OK;
  if (kind == EISI_CELL_NUMBER && v < -273.15 && eisi_starts_with(key, "temp"))
    return EIS_OK; /* what instruments write when no sensor is there */
  if (kind == EISI_CELL_NUMBER)
    eisi_print_double(value, sizeof value, v);
  else
    eisi_copy_utf8(value, sizeof value, text, n);
  if (!*key) key = named ? eisi_role_name(col->role) : NULL;
  return key ? eis_meta_set(&s->meta, key, value, err) : EIS_OK;
}

/* A zero says something where another sweep of the file has another value (0 % of charge), and
   under a name that instruments don't give: temperature_C, dc_voltage_V. */
static bool all_zero(const eisi_table *t, size_t c) {
  double v;
  for (size_t r = 0; r < t->n_rows; r++) {
    size_t n;
    const char *text = eisi_table_cell(t, r, c, &n);
    if (eisi_cell_number(text, n, t->dialect.point, &v) != EISI_CELL_NUMBER || v != 0) return false;
  }
  return true;
}

static void mark_unused(eisi_input *in) {
  for (size_t c = 0; c < in->n_columns; c++) {
    eisi_column *col = &in->column[c];
    const bool our_name = strchr(col->key, '_') && strcmp(col->name, col->key) == 0;
    if (is_metadata(col->role)) col->unused = !our_name && all_zero(&in->body, c);
  }
}

static eis_status fill_meta(const emit *e, eis_spectrum *s, eis_error *err) {
  eis_status st = EIS_OK;
  for (size_t i = 0; i < e->in->meta.n && st == EIS_OK; i++)
    st = eis_meta_set(&s->meta, e->in->meta.item[i].key, e->in->meta.item[i].value, err);
  for (size_t c = 0; c < e->in->n_columns && st == EIS_OK; c++)
    if (is_metadata(e->in->column[c].role)) st = set_meta_cell(e, c, s, err);
  return st;
}

/* ---- notes ---- */

static eis_status copy_notes(eis_notes *to, const eis_notes *from, eis_error *err) {
  eis_status st = EIS_OK;
  for (size_t i = 0; i < from->n && st == EIS_OK; i++)
    st = eis_notes_add(to, err, "%s", from->text[i]);
  return st;
}

static eis_status note_dropped(const emit *e, eis_spectrum *s, eis_error *err) {
  eis_status st = EIS_OK;
  if (e->missing)
    st = eis_notes_add(&s->warnings, err, "%zu point%s without a value left out", e->missing,
                       e->missing == 1 ? "" : "s");
  if (st == EIS_OK && e->excluded)
    st = eis_notes_add(&s->decisions, err, "%zu point%s excluded as asked for", e->excluded,
                       e->excluded == 1 ? "" : "s");
  if (st == EIS_OK && !e->excluded && e->in->opt->exclude && *e->in->opt->exclude)
    st = eis_notes_add(&s->warnings, err,
                       "--exclude %s leaves out nothing: the sweep has the rows 1 to %zu",
                       e->in->opt->exclude, e->sweep->n);
  if (st == EIS_OK && e->outside)
    st = eis_notes_add(&s->decisions, err, "%zu point%s outside the frequency window left out",
                       e->outside, e->outside == 1 ? "" : "s");
  return st;
}

/* Frequencies without a unit that nobody would have waited for. */
static eis_status note_slow(const emit *e, eis_spectrum *s, eis_error *err) {
  const double days = 3;
  double seconds = 0;
  for (size_t k = 0; k < s->n; k++) seconds += 1 / s->f[k];
  const int c = e->in->use[EISI_COL_FREQ];
  if (e->in->wide || c < 0 || e->in->column[c].has_unit || seconds < days * 86400) return EIS_OK;
  return eis_notes_add(&s->warnings, err,
                       "one period at each frequency would take %.0f days: is the column in Hz? No "
                       "unit says it; --units f=kHz does",
                       seconds / 86400);
}

static eis_status note_look(const emit *e, eis_spectrum *s, eis_error *err) {
  size_t repeated = 0, negative = 0;
  for (size_t k = 0; k < s->n; k++) {
    repeated += k > 0 && s->f[k] == s->f[k - 1];
    negative += s->re[k] < 0;
  }
  eis_status st = EIS_OK;
  if (repeated)
    st = eis_notes_add(&s->warnings, err, "%zu frequenc%s measured more than once, all points kept",
                       repeated, repeated == 1 ? "y was" : "ies were");
  if (st == EIS_OK && negative * 10 >= s->n * 9)
    st =
        eis_notes_add(&s->warnings, err,
                      "the real part is negative at %zu of %zu points: real and imaginary part may "
                      "be exchanged, or the impedance negated; --columns f=..,re=..,im=.. says "
                      "which column is which",
                      negative, s->n);
  else if (st == EIS_OK && negative)
    st = eis_notes_add(&s->warnings, err,
                       "the real part is negative at %zu of %zu points: outliers, "
                       "an artefact, or not a passive cell; look at them or leave them out with "
                       "--exclude",
                       negative, s->n);
  if (st == EIS_OK && e->in->declared > 0 && (long)e->sweep->n < e->in->declared &&
      s->n_sweeps == 1)
    st = eis_notes_add(&s->warnings, err,
                       "the file declares %ld points but holds %zu: cut short or "
                       "aborted",
                       e->in->declared, e->sweep->n);
  if (st == EIS_OK) st = note_slow(e, s, err);
  double fmin = s->f[s->n - 1];
  if (st == EIS_OK && e->in->declared_fmin > 0 && fmin > 1.3 * e->in->declared_fmin && !e->outside)
    st = eis_notes_add(&s->warnings, err,
                       "the sweep was to end at %g Hz but ends at %g Hz: cut "
                       "short or aborted",
                       e->in->declared_fmin, fmin);
  return st;
}

/* Values per area are kept as they are: an ohm of the result is an ohm cm2. */
static eis_status note_units(eisi_input *in, eis_error *err) {
  int c = in->use[EISI_COL_RE] >= 0 ? in->use[EISI_COL_RE] : in->use[EISI_COL_MOD];
  if (c < 0 || !in->column[c].has_unit || !in->column[c].unit.per_area) return EIS_OK;
  eis_status st = eis_meta_set(&in->meta, "z_unit", "ohm cm2", err);
  if (st != EIS_OK) return st;
  return eis_notes_add(&in->warnings, err,
                       "the values are per area ('%s'): read every ohm as ohm "
                       "cm2 and give no --area",
                       in->column[c].unit_text);
}

/* ---- one sweep ---- */

static eis_status build(emit *e, size_t n, int number, eis_spectrum *s, eis_error *err) {
  eis_status st = eis_spectrum_init(s, n, err);
  if (st != EIS_OK) return st;
  eisi_input *in = e->in;
  s->sweep = number;
  s->n_sweeps = (int)e->p->n_sweeps;
  memcpy(s->sha256, in->sha256, sizeof s->sha256);
  s->source = eisi_strdup(in->doc->source, err);
  s->format = eisi_strdup(in->format, err);
  st = s->source && s->format ? fill(e, s, err) : EIS_ERROR_MEMORY;
  if (st != EIS_OK) return st;
  drop_incomplete(s);
  eis_spectrum_sort(s);
  st = fill_meta(e, s, err);
  if (st == EIS_OK) st = copy_notes(&s->decisions, &in->decisions, err);
  if (st == EIS_OK) st = copy_notes(&s->warnings, &in->warnings, err);
  if (st == EIS_OK) st = note_dropped(e, s, err);
  return st == EIS_OK ? note_look(e, s, err) : st;
}

/* Why a sweep with too few points has so few. */
static void explain(emit *e, size_t n) {
  if (n == 0 && e->missing == e->sweep->n)
    snprintf(e->why, sizeof e->why, "all values are missing (NaN)");
  else if (e->missing + e->outside + e->excluded > 0)
    snprintf(
        e->why, sizeof e->why,
        "%zu points left of %zu (%zu without a value, %zu outside the window, %zu excluded), at "
        "least %d are needed",
        n, e->sweep->n, e->missing, e->outside, e->excluded, MIN_POINTS);
  else
    snprintf(e->why, sizeof e->why, "too few points: %zu, at least %d are needed", n, MIN_POINTS);
}

/* *out stays empty, with the reason in e->why, when the sweep is too short. */
static eis_status emit_sweep(emit *e, int number, eis_spectrum *out, eis_error *err) {
  *out = (eis_spectrum){0};
  e->missing = e->outside = e->excluded = 0;
  e->why[0] = '\0';
  e->keep = eisi_new(e->sweep->n, sizeof *e->keep, err);
  if (!e->keep) return EIS_ERROR_MEMORY;
  for (size_t k = 0; k < e->sweep->n; k++) e->keep[k] = true;
  eis_status st = apply_exclude(e, err);
  apply_window(e);
  size_t n = kept(e);
  if (st == EIS_OK && n < MIN_POINTS)
    explain(e, n);
  else if (st == EIS_OK)
    st = build(e, n, number, out, err);
  free(e->keep);
  e->keep = NULL;
  if (st != EIS_OK) eis_spectrum_clear(out);
  return st;
}

static eis_status sweep_range(const eisi_input *in, const eisi_points *p, size_t *from, size_t *end,
                              eis_error *err) {
  int want = in->opt->sweep;
  *from = 0;
  *end = p->n_sweeps;
  if (want == EIS_SWEEP_ALL) return EIS_OK;
  if (want == EIS_SWEEP_LAST) want = (int)p->n_sweeps;
  if (want < 1 || (size_t)want > p->n_sweeps)
    return eis_error_set(err, EIS_ERROR_USAGE, "--sweep %d: '%s' has %zu sweep%s", want,
                         in->doc->source, p->n_sweeps, p->n_sweeps == 1 ? "" : "s");
  *from = (size_t)want - 1;
  *end = (size_t)want;
  return EIS_OK;
}

static eis_status check_window(const eisi_input *in, eis_error *err) {
  if (!(in->opt->fmin_hz > in->opt->fmax_hz)) return EIS_OK;
  return eis_error_set(err, EIS_ERROR_USAGE, "--fmin %g is above --fmax %g", in->opt->fmin_hz,
                       in->opt->fmax_hz);
}

eis_status eisi_points_emit(eisi_input *in, const eisi_points *p, eis_spectra *out,
                            eis_error *err) {
  emit e = {.in = in, .p = p};
  size_t from = 0, end = 0, before = out->n, left_out = 0;
  eis_status st = check_window(in, err);
  if (st == EIS_OK) st = sweep_range(in, p, &from, &end, err);
  if (st == EIS_OK) st = note_units(in, err);
  mark_unused(in);
  char first_why[sizeof e.why] = "";
  size_t first_line = 0;
  for (size_t i = from; st == EIS_OK && i < end; i++) {
    eis_spectrum s;
    e.sweep = &p->sweep[i];
    st = emit_sweep(&e, (int)i + 1, &s, err);
    if (st != EIS_OK) break;
    if (s.n == 0) {
      if (left_out++ == 0) {
        memcpy(first_why, e.why, sizeof first_why);
        first_line = in->body.line[e.sweep->row_first];
      }
      continue;
    }
    st = eis_spectra_push(out, &s, err);
    if (st != EIS_OK) eis_spectrum_clear(&s);
  }
  if (st == EIS_OK && out->n == before)
    return eis_error_at(err, EIS_ERROR_INPUT, in->doc->source, (long)first_line + 1, 0, "%s",
                        first_why);
  if (st == EIS_OK && left_out > 0)
    st = eis_notes_add(&out->at[before].warnings, err,
                       "%zu sweep%s left out; the first in line %zu: "
                       "%s",
                       left_out, left_out == 1 ? "" : "s", first_line + 1, first_why);
  return st;
}
