/* series.c - see series.h. */
#include "campaign/series.h"

#include <fnmatch.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- conditions ---- */

typedef struct condition {
  int column;
  bool numeric;
  double low, high;
  const char *text; /* behind the '=' */
} condition;

/* "0.5", "0:100", ":3" -> a range; false = no numbers. */
static bool parse_range(const char *s, double *low, double *high) {
  const char *colon = strchr(s, ':');
  const size_t n = colon ? (size_t)(colon - s) : strlen(s);
  *low = -INFINITY;
  *high = INFINITY;
  if (n && eisi_parse_double(s, n, '.', low) != n) return false;
  if (!colon) {
    if (!n) return false;
    *high = *low + 1e-9 * fabs(*low);
    *low -= 1e-9 * fabs(*low);
    return true;
  }
  const size_t m = strlen(colon + 1);
  return (n || m) && (!m || eisi_parse_double(colon + 1, m, '.', high) == m);
}

static eis_status parse_condition(const eisi_frame *f, const char *s, condition *c,
                                  eis_error *err) {
  const char *equals = strchr(s, '=');
  if (!equals || equals == s)
    return eis_error_set(err, EIS_ERROR_USAGE,
                         "condition '%s': expected COLUMN=VALUE or "
                         "COLUMN=FROM:TO",
                         s);
  char *name = eisi_strndup(s, (size_t)(equals - s), err);
  if (!name) return EIS_ERROR_MEMORY;
  eis_status st = eisi_frame_need(f, name, "for a condition", &c->column, err);
  free(name);
  if (st) return st;
  c->numeric = eisi_frame_numeric(f, c->column);
  if (c->numeric && !parse_range(equals + 1, &c->low, &c->high))
    return eis_error_set(err, EIS_ERROR_USAGE,
                         "condition '%s': '%s' is neither a number nor a range "
                         "FROM:TO",
                         s, equals + 1);
  c->text = equals + 1;
  return EIS_OK;
}

static bool holds(const eisi_frame *f, size_t row, const condition *c) {
  double v;
  if (!c->numeric) return strcmp(eisi_frame_text(f, row, c->column), c->text) == 0;
  return !eisi_frame_number(f, row, c->column, &v, NULL) && v >= c->low && v <= c->high;
}

/* ---- which rows can be used ---- */

typedef struct columns {
  int name, value, se, unit; /* tidy table */
  int best, fixed, tied, at_bound, identifiable, state, verdict, flags, model;
} columns;

/* A column of eisfit's own, also where the user has one of that name. */
static int own(const eisi_frame *f, const char *name) {
  char full[64];
  snprintf(full, sizeof full, "%s%s", EISI_OWN_PREFIX, name);
  const int j = eisi_frame_find(f, full);
  return j >= 0 ? j : eisi_frame_find(f, name);
}

static columns find_columns(const eisi_frame *f) {
  columns c = {.name = own(f, "name"),
               .value = own(f, "value"),
               .se = own(f, "stderr"),
               .unit = own(f, "unit"),
               .best = eisi_frame_find(f, "best"),
               .fixed = eisi_frame_find(f, "fixed"),
               .tied = eisi_frame_find(f, "tied"),
               .at_bound = eisi_frame_find(f, "at_bound"),
               .identifiable = eisi_frame_find(f, "identifiable"),
               .state = eisi_frame_find(f, EISI_PARAMETER_STATE),
               .verdict = own(f, "verdict"),
               .flags = own(f, "flags"),
               .model = own(f, "model")};
  if (c.state < 0) c.state = eisi_frame_find(f, "state"); /* as 'campaign export' names it */
  return c;
}

static bool is(const eisi_frame *f, size_t row, int column, const char *text) {
  return column >= 0 && strcmp(eisi_frame_text(f, row, column), text) == 0;
}

/* What eisfit's own tables say about a value. */
static bool usable(const eisi_frame *f, size_t row, const columns *c) {
  if (is(f, row, c->best, "0") || is(f, row, c->fixed, "1") || is(f, row, c->at_bound, "1") ||
      is(f, row, c->identifiable, "0"))
    return false;
  if (is(f, row, c->state, "fixed") || is(f, row, c->state, "bound") ||
      is(f, row, c->state, "open"))
    return false;
  return !is(f, row, c->verdict, "not converged") && !is(f, row, c->verdict, "time limit") &&
         !is(f, row, c->verdict, "timeout"); /* CSV of fit and store have their own words */
}

/* Does a name fit one of the patterns ("R_b,R_c*")? */
static bool wanted(const eisi_pick *p, const char *name) {
  for (size_t i = 0; i < p->n_parameters; i++) {
    const char *s = p->parameter[i];
    while (*s) {
      char pattern[128];
      const size_t n = strcspn(s, ",");
      snprintf(pattern, sizeof pattern, "%.*s", (int)n, s);
      if (fnmatch(pattern, name, 0) == 0) return true;
      s += n + (s[n] == ',');
    }
  }
  const char *end = strrchr(name, '_');
  return p->n_parameters == 0 &&
         (name[0] == 'R' || (end && strcmp(end, "_R") == 0)); /* R_cei, Zarc_cei_R */
}

/* ---- samples ---- */

static eisi_sample *sample_of(eisi_samples *out, const char *name, const char *unit,
                              eis_error *err) {
  for (size_t i = 0; i < out->n; i++)
    if (strcmp(out->at[i].name, name) == 0) return &out->at[i];
  if (eisi_grow(&out->at, out->n, out->n + 1, sizeof *out->at, err)) return NULL;
  eisi_sample *s = &out->at[out->n++];
  s->name = eisi_strdup(name, err);
  s->unit = eisi_strdup(unit, err);
  return s->name && s->unit ? s : NULL;
}

static eis_status add(eisi_sample *s, size_t row, double value, double se, eis_error *err) {
  eis_status st = EIS_OK;
  if ((s->n & (s->n - 1)) == 0) { /* room doubles at powers of two */
    const size_t cap = s->n ? 2 * s->n : 1;
    st = eisi_grow(&s->row, s->n, cap, sizeof *s->row, err);
    if (!st) st = eisi_grow(&s->value, s->n, cap, sizeof *s->value, err);
    if (!st) st = eisi_grow(&s->se, s->n, cap, sizeof *s->se, err);
  }
  if (st) return st;
  s->row[s->n] = row;
  s->value[s->n] = value;
  s->se[s->n++] = se;
  return EIS_OK;
}

static eis_status take_row(const eisi_frame *f, size_t row, int value, int se, eisi_sample *s,
                           eisi_samples *out, eis_error *err) {
  double v, e = NAN;
  eis_status st = eisi_frame_number(f, row, value, &v, err);
  if (!st && se >= 0) st = eisi_frame_number(f, row, se, &e, err);
  if (st) return st;
  if (isfinite(v)) return add(s, row, v, e > 0 ? e : NAN, err);
  out->n_unusable++;
  return EIS_OK;
}

typedef struct picking {
  const eisi_frame *f;
  const eisi_pick *pick;
  condition *where;
  columns c;
  eisi_samples *out;
  eis_error *err;
} picking;

static bool all_hold(const picking *p, size_t row) {
  for (size_t k = 0; k < p->pick->n_where; k++)
    if (!holds(p->f, row, &p->where[k])) return false;
  return true;
}

/* One name, two units: never one series. */
static eis_status same_unit(const picking *p, size_t row, const eisi_sample *s) {
  const char *unit = eisi_frame_text(p->f, row, p->c.unit);
  if (p->c.unit < 0 || strcmp(unit, s->unit) == 0) return EIS_OK;
  return eis_error_at(p->err, EIS_ERROR_INPUT, eisi_frame_source(p->f), 0, 0,
                      "%.80s is in '%.40s' and in '%.40s'; take one of them, for example with "
                      "--where 'unit=%.40s'",
                      s->name, s->unit, unit, s->unit);
}

/* What should be known of the rows that are taken. */
static void remark(picking *p, size_t row, size_t first) {
  const columns *c = &p->c;
  p->out->n_values++;
  p->out->n_flagged += c->flags >= 0 && *eisi_frame_text(p->f, row, c->flags);
  if (c->model >= 0 && !is(p->f, row, c->model, eisi_frame_text(p->f, first, c->model)))
    p->out->models_differ = true;
}

/* Values at an end of their range are left out of a sample, but not forgotten. */
static eis_status pick_bound(picking *p) {
  eis_status st = EIS_OK;
  for (size_t i = 0; !st && i < eisi_frame_rows(p->f); i++) {
    const char *name = eisi_frame_text(p->f, i, p->c.name);
    if (!is(p->f, i, p->c.at_bound, "1") && !is(p->f, i, p->c.state, "bound")) continue;
    if (is(p->f, i, p->c.best, "0") || is(p->f, i, p->c.fixed, "1")) continue;
    if (!wanted(p->pick, name) || !all_hold(p, i)) continue;
    for (size_t k = 0; !st && k < p->out->n; k++) {
      eisi_sample *s = &p->out->at[k];
      if (strcmp(s->name, name) != 0) continue;
      st = eisi_grow(&s->bound, s->n_bound, s->n_bound + 1, sizeof *s->bound, p->err);
      if (!st) s->bound[s->n_bound++] = i;
    }
  }
  return st;
}

static eis_status pick_tidy(picking *p) {
  eis_status st = EIS_OK;
  size_t first = SIZE_MAX;
  for (size_t i = 0; !st && i < eisi_frame_rows(p->f); i++) {
    const char *name = eisi_frame_text(p->f, i, p->c.name);
    if (!wanted(p->pick, name) || !all_hold(p, i)) continue;
    if (!usable(p->f, i, &p->c)) {
      p->out->n_unusable++;
      continue;
    }
    eisi_sample *s = sample_of(p->out, name, eisi_frame_text(p->f, i, p->c.unit), p->err);
    if (!s) return EIS_ERROR_MEMORY;
    if (first == SIZE_MAX) first = i;
    remark(p, i, first);
    st = same_unit(p, i, s);
    if (!st) st = take_row(p->f, i, p->c.value, p->c.se, s, p->out, p->err);
  }
  return st ? st : pick_bound(p);
}

static const char *const endings[] = {"_stderr", "_se", "_error", "_sd"};
enum { N_ENDINGS = sizeof endings / sizeof *endings };

/* Does the column hold the standard errors of another? */
static bool is_error_column(const eisi_frame *f, const char *name) {
  for (size_t k = 0; k < N_ENDINGS; k++) {
    char base[160];
    if (!eisi_ends_with(name, endings[k])) continue;
    snprintf(base, sizeof base, "%.*s", (int)(strlen(name) - strlen(endings[k])), name);
    if (eisi_frame_find(f, base) >= 0) return true;
  }
  return false;
}

/* The column with the standard errors of column `name`. */
static int error_column(const eisi_frame *f, const char *name) {
  for (size_t k = 0; k < N_ENDINGS; k++) {
    char full[160];
    snprintf(full, sizeof full, "%s%s", name, endings[k]);
    const int j = eisi_frame_find(f, full);
    if (j >= 0) return j;
  }
  return EISI_NO_COLUMN;
}

static eis_status pick_wide(picking *p) {
  const char *name;
  for (int j = 0; (name = eisi_frame_name(p->f, j)) != NULL; j++) {
    const int se = error_column(p->f, name);
    if (!wanted(p->pick, name) || eisi_frame_find(p->f, name) != j || is_error_column(p->f, name))
      continue;
    if (p->pick->n_parameters == 0 && se < 0) continue; /* not named: only what states its errors */
    eisi_sample *s = sample_of(p->out, name, "", p->err);
    if (!s) return EIS_ERROR_MEMORY;
    for (size_t i = 0; i < eisi_frame_rows(p->f); i++) {
      if (!all_hold(p, i)) continue;
      eis_status st = take_row(p->f, i, j, se, s, p->out, p->err);
      if (st) return st;
    }
  }
  return EIS_OK;
}

static void sample_clear(eisi_sample *s) {
  free(s->name);
  free(s->unit);
  free(s->row);
  free(s->value);
  free(s->se);
  free(s->bound);
}

/* The resistance of which sample i is the one per area, R_area(R_b) of R_b; -1 = none. */
static long twin_of(const eisi_samples *s, size_t i) {
  static const char begin[] = "R_area(";
  if (!eisi_starts_with(s->at[i].name, begin)) return -1;
  const char *base = s->at[i].name + strlen(begin);
  const size_t n = strcspn(base, ")");
  for (size_t k = 0; k < s->n; k++) {
    const char *name = s->at[k].name;
    if (strncmp(name, base, n) == 0 && (!name[n] || strcmp(name + n, "_R") == 0)) return (long)k;
  }
  return -1;
}

static bool proportional(const eisi_sample *a, const eisi_sample *b) {
  if (a->n != b->n) return false;
  for (size_t i = 1; i < a->n; i++)
    if (!(fabs(a->value[i] * b->value[0] - a->value[0] * b->value[i]) <=
          1e-9 * fabs(a->value[0] * b->value[i])))
      return false;
  return true;
}

/* Of a resistance and the same per area one is enough: the former where all areas are equal, else
   the latter. Twice would count twice in what is corrected for the number of parameters. */
static void drop_twins(eisi_samples *s) {
  for (size_t i = 0; i < s->n; i++) {
    const long twin = twin_of(s, i);
    if (twin < 0) continue;
    const size_t k = proportional(&s->at[i], &s->at[twin]) ? i : (size_t)twin;
    sample_clear(&s->at[k]);
    memmove(&s->at[k], &s->at[k + 1], (s->n - k - 1) * sizeof *s->at);
    s->n--;
    i -= k <= i;
  }
}

/* Different texts of a column, the first ones of them in words. */
static void list_values(const eisi_frame *f, int column, eisi_text *out) {
  enum { SHOWN = 12 };
  const char *seen[SHOWN];
  size_t n = 0;
  for (size_t i = 0; i < eisi_frame_rows(f) && n < SHOWN; i++) {
    const char *s = eisi_frame_text(f, i, column);
    size_t k = 0;
    while (k < n && strcmp(seen[k], s) != 0) k++;
    if (k < n || !*s) continue;
    seen[n++] = s;
    eisi_text_addf(out, "%s%s", n > 1 ? ", " : "", s);
  }
  if (n == SHOWN) eisi_text_addf(out, " ...");
}

/* Which of the things that were asked for is not there. */
static eis_status no_such_row(const picking *p) {
  const eisi_frame *f = p->f;
  eisi_text t = {0};
  size_t k = 0;
  bool named = false;
  for (size_t i = 0; i < eisi_frame_rows(f) && !named; i++)
    named = wanted(p->pick, eisi_frame_text(f, i, p->c.name));
  for (bool any = true; named && k < p->pick->n_where; k++) {
    any = false;
    for (size_t i = 0; i < eisi_frame_rows(f) && !any; i++) any = holds(f, i, &p->where[k]);
    if (!any) break;
  }
  if (!named) {
    eisi_text_addf(&t, "no row is left: no parameter of that name; there are ");
    list_values(f, p->c.name, &t);
  } else if (k < p->pick->n_where) {
    eisi_text_addf(&t, "no row is left: none has '%s'; that column holds ", p->pick->where[k]);
    list_values(f, p->where[k].column, &t);
  } else {
    eisi_text_addf(&t, "no row is left: no parameter of that name where the conditions hold");
  }
  const eis_status st =
      eis_error_at(p->err, EIS_ERROR_INPUT, eisi_frame_source(f), 0, 0, "%s", t.s ? t.s : "");
  eisi_text_clear(&t);
  return st;
}

static eis_status no_such_column(const picking *p) {
  eisi_text t = {0};
  const char *name;
  for (int j = 0; (name = eisi_frame_name(p->f, j)) != NULL && t.n < 300; j++)
    eisi_text_addf(&t, "%s%s", j ? ", " : "", name);
  const eis_status st =
      eis_error_at(p->err, EIS_ERROR_INPUT, eisi_frame_source(p->f), 0, 0,
                   "no row is left: no column of that name%s; the columns are %s",
                   p->pick->n_where ? " where the conditions hold" : "", t.s ? t.s : "");
  eisi_text_clear(&t);
  return st;
}

static eis_status nothing_left(const picking *p, bool tidy) {
  if (p->out->n_unusable)
    return eis_error_at(p->err, EIS_ERROR_INPUT, eisi_frame_source(p->f), 0, 0,
                        "none of %zu rows can be used: fixed, at a bound, not identifiable, not of "
                        "the best model, or without a value",
                        p->out->n_unusable);
  if (p->out->n)
    return eis_error_at(p->err, EIS_ERROR_INPUT, eisi_frame_source(p->f), 0, 0,
                        "no row is left where the conditions hold");
  if (!tidy && p->pick->n_parameters == 0)
    return eis_error_set(
        p->err, EIS_ERROR_USAGE,
        "the table has neither columns 'name' and 'value' nor a column R... with "
        "R..._stderr beside it: say which columns are parameters with --parameter");
  return tidy ? no_such_row(p) : no_such_column(p);
}

eis_status eisi_samples_pick(const eisi_frame *f, const eisi_pick *pick, eisi_samples *out,
                             eis_error *err) {
  picking p = {.f = f, .pick = pick, .out = out, .err = err, .c = find_columns(f)};
  const bool tidy = p.c.name >= 0 && p.c.value >= 0;
  eis_status st = EIS_OK;
  size_t rows = 0;
  *out = (eisi_samples){0};
  p.where = eisi_new(pick->n_where + 1, sizeof *p.where, err);
  if (!p.where) return EIS_ERROR_MEMORY;
  for (size_t k = 0; !st && k < pick->n_where; k++)
    st = parse_condition(f, pick->where[k], &p.where[k], err);
  if (!st) st = tidy ? pick_tidy(&p) : pick_wide(&p);
  if (!st && pick->n_parameters == 0) drop_twins(out);
  for (size_t k = 0; k < out->n; k++) rows += out->at[k].n;
  if (!st && !rows) st = nothing_left(&p, tidy);
  free(p.where);
  if (st) eisi_samples_clear(out);
  return st;
}

void eisi_samples_clear(eisi_samples *s) {
  for (size_t i = 0; i < s->n; i++) sample_clear(&s->at[i]);
  free(s->at);
  *s = (eisi_samples){0};
}

/* ---- series ---- */

static bool same_keys(const eisi_frame *f, size_t a, size_t b, const int *by, size_t n_by) {
  for (size_t k = 0; k < n_by; k++)
    if (strcmp(eisi_frame_text(f, a, by[k]), eisi_frame_text(f, b, by[k])) != 0) return false;
  return true;
}

static eis_status make_label(const eisi_frame *f, size_t row, const int *by, size_t n_by,
                             char **label, eis_error *err) {
  eisi_text t = {0};
  for (size_t k = 0; k < n_by; k++) {
    const char *v = eisi_frame_text(f, row, by[k]);
    if (*v) eisi_text_addf(&t, "%s%s %s", t.n ? ", " : "", eisi_frame_name(f, by[k]), v);
  }
  return eisi_text_take(&t, label, err);
}

static eis_status new_series(const eisi_frame *f, const eisi_sample *s, size_t row, const int *by,
                             size_t n_by, eisi_series_list *out, eis_error *err) {
  const eis_status st = eisi_grow(&out->at, out->n, out->n + 1, sizeof *out->at, err);
  if (st) return st;
  eisi_series *one = &out->at[out->n++];
  one->sample = s;
  return make_label(f, row, by, n_by, &one->label, err);
}

/* Value i of the sample, at x. */
static eis_status add_point(eisi_series *s, size_t i, double x, eis_error *err) {
  eis_status st = EIS_OK;
  if ((s->n & (s->n - 1)) == 0) { /* room doubles at powers of two */
    const size_t cap = s->n ? 2 * s->n : 1;
    st = eisi_grow(&s->at, s->n, cap, sizeof *s->at, err);
    if (!st) st = eisi_grow(&s->x, s->n, cap, sizeof *s->x, err);
    if (!st) st = eisi_grow(&s->y, s->n, cap, sizeof *s->y, err);
    if (!st) st = eisi_grow(&s->se, s->n, cap, sizeof *s->se, err);
  }
  if (st) return st;
  s->at[s->n] = i;
  s->x[s->n] = x;
  s->y[s->n] = s->sample->value[i];
  s->se[s->n++] = s->sample->se[i];
  return EIS_OK;
}

eis_status eisi_series_split(const eisi_frame *f, const eisi_sample *s, int x, const int *by,
                             size_t n_by, eisi_series_list *out, eis_error *err) {
  eis_status st = EIS_OK;
  size_t k = 0; /* the series of the row before: rows of one stand together more often than not */
  *out = (eisi_series_list){0};
  for (size_t i = 0; !st && i < s->n; i++) {
    double v;
    st = eisi_frame_number(f, s->row[i], x, &v, err);
    if (st) break;
    if (isnan(v)) {
      out->n_without_x++;
      continue;
    }
    if (k >= out->n || !same_keys(f, s->row[out->at[k].at[0]], s->row[i], by, n_by)) k = 0;
    while (k < out->n && !same_keys(f, s->row[out->at[k].at[0]], s->row[i], by, n_by)) k++;
    if (k == out->n) st = new_series(f, s, s->row[i], by, n_by, out, err);
    if (!st) st = add_point(&out->at[k], i, v, err);
  }
  if (st) eisi_series_clear(out);
  return st;
}

void eisi_series_clear(eisi_series_list *l) {
  for (size_t i = 0; i < l->n; i++) {
    free(l->at[i].label);
    free(l->at[i].at);
    free(l->at[i].x);
    free(l->at[i].y);
    free(l->at[i].se);
  }
  free(l->at);
  *l = (eisi_series_list){0};
}

/* ---- cells and groups ---- */

static int number_of(const char **names, int *n, const char *name) {
  for (int k = 0; k < *n; k++)
    if (strcmp(names[k], name) == 0) return k;
  names[*n] = name;
  return (*n)++;
}

static eis_status no_name(const eisi_frame *f, size_t row, int column, eis_error *err) {
  return eis_error_at(err, EIS_ERROR_INPUT, eisi_frame_source(f), 0, 0,
                      "row %zu below the names has no '%s'; every spectrum needs one for a "
                      "comparison (leave rows out with --where)",
                      row + 1, eisi_frame_name(f, column));
}

eis_status eisi_grouping_make(const eisi_frame *f, const eisi_sample *s, int cell, int group,
                              eisi_grouping *out, eis_error *err) {
  *out = (eisi_grouping){0};
  out->cell = eisi_new(s->n + 1, sizeof *out->cell, err);
  out->group = eisi_new(s->n + 1, sizeof *out->group, err);
  out->cell_of = eisi_new(s->n + 1, sizeof *out->cell_of, err);
  out->group_of = eisi_new(s->n + 1, sizeof *out->group_of, err);
  eis_status st =
      out->cell && out->group && out->cell_of && out->group_of ? EIS_OK : EIS_ERROR_MEMORY;
  for (size_t i = 0; !st && i < s->n; i++) {
    const char *c = eisi_frame_text(f, s->row[i], cell), *g = eisi_frame_text(f, s->row[i], group);
    const int before = out->n_cells;
    if (!*c || !*g) {
      st = no_name(f, s->row[i], *c ? group : cell, err);
      break;
    }
    const int k = number_of(out->cell, &out->n_cells, c);
    const int in = number_of(out->group, &out->n_groups, g);
    out->cell_of[i] = k;
    if (k == before)
      out->group_of[k] = in;
    else if (out->group_of[k] != in)
      st = eis_error_at(err, EIS_ERROR_INPUT, eisi_frame_source(f), 0, 0,
                        "cell '%s' is in '%s' and in '%s'; a cell belongs to one group", c,
                        out->group[out->group_of[k]], g);
  }
  if (st) eisi_grouping_clear(out);
  return st;
}

void eisi_grouping_clear(eisi_grouping *g) {
  free(g->cell);
  free(g->group);
  free(g->cell_of);
  free(g->group_of);
  *g = (eisi_grouping){0};
}
