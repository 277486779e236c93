/* page_data.c - reads from a store what the report of a campaign shows. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "report/page_track.h"

const eisi_axis eisi_axes[EISI_N_AXES] = {
    [EISI_AXIS_CYCLE] = {"cycle", "cycle", "cycle", true},
    [EISI_AXIS_TIME] = {"time_h", "time / h", "time", true},
    [EISI_AXIS_SOC] = {"soc", "state of charge", "state of charge", false},
    [EISI_AXIS_TEMPERATURE] = {"temperature_C", "temperature / °C", "temperature", false},
    [EISI_AXIS_PRESSURE] = {"pressure_MPa", "stack pressure / MPa", "stack pressure", false},
    [EISI_AXIS_POSITION] = {"position", "place in the sequence", "place in the sequence", false},
};

/* ---- names ---- */

int eisi_name_number(eisi_names *list, const char *name) {
  for (size_t i = list->n; i-- > 0;) /* rows of one cell follow each other */
    if (strcmp(list->at[i], name) == 0) return (int)i;
  char *copy = eisi_strdup(name, NULL);
  if (!copy || eisi_grow(&list->at, list->n, list->n + 1, sizeof *list->at, NULL)) {
    free(copy);
    return -1;
  }
  list->at[list->n] = copy;
  return (int)list->n++;
}

void eisi_names_clear(eisi_names *list) {
  for (size_t i = 0; i < list->n; i++) free(list->at[i]);
  free(list->at);
  *list = (eisi_names){0};
}

/* ---- spectra ---- */

static const char spectra_sql[] =
    "SELECT s.id, s.file, s.sweep, s.cell, s.group_name, s.cycle, s.time_h, s.soc, s.temperature_C,"
    " s.pressure_MPa, s.position, s.flags, s.reason, s.n_points, q.noise_percent, f.noise_percent,"
    " f.circuit, f.verdict, f.model_name FROM spectra s"
    " LEFT JOIN quality q ON q.spectrum = s.id"
    " LEFT JOIN fits f ON f.spectrum = s.id AND f.best = 1 ORDER BY s.id";

/* NaN = not known; infinite values, of a store that was damaged, are none. */
static double real_or_nan(eis_query *q, int column) {
  if (eis_query_kind_of(q, column) == EIS_QUERY_NULL) return NAN;
  const double v = eis_query_real(q, column);
  return isfinite(v) ? v : NAN;
}

static eis_status take_spectrum(eisi_page *p, eis_query *q, eisi_page_spectrum *s, eis_error *err) {
  char **const to[] = {&s->file, &s->flags, &s->reason, &s->circuit, &s->verdict};
  static const int from[] = {1, 11, 12, 16, 17};
  s->id = eis_query_integer(q, 0);
  for (size_t i = 0; i < sizeof to / sizeof *to; i++) {
    *to[i] = eisi_strdup(eis_query_text(q, from[i]), err);
    if (!*to[i]) return EIS_ERROR_MEMORY;
  }
  s->sweep = (int)eis_query_integer(q, 2);
  s->cell = eisi_name_number(&p->cell, eis_query_text(q, 3));
  s->group = *eis_query_text(q, 4) ? eisi_name_number(&p->group, eis_query_text(q, 4)) : -1;
  for (int a = 0; a < EISI_N_AXES; a++) s->axis[a] = real_or_nan(q, 5 + a);
  s->n_points = (long)eis_query_integer(q, 13);
  s->kk_noise = real_or_nan(q, 14);
  s->misfit = real_or_nan(q, 15);
  const int model = *eis_query_text(q, 18) ? eisi_name_number(&p->model, eis_query_text(q, 18)) : 0;
  const bool short_of_memory = s->cell < 0 || model < 0 || (s->group < 0 && *eis_query_text(q, 4));
  return short_of_memory ? eis_error_set(err, EIS_ERROR_MEMORY, "out of memory") : EIS_OK;
}

static eis_status load_spectra(eisi_page *p, eis_error *err) {
  eis_query *q = NULL;
  bool row;
  size_t room = 0;
  eis_status st = eis_store_query(p->store, spectra_sql, &q, err);
  while (!st && (st = eis_query_next(q, &row, err)) == EIS_OK && row) {
    if (p->n == room) {
      st = eisi_grow(&p->at, room, 2 * room + 64, sizeof *p->at, err);
      if (st) break;
      room = 2 * room + 64;
    }
    st = take_spectrum(p, q, &p->at[p->n++], err);
  }
  eis_query_free(q);
  if (!st && p->n == 0)
    st = eis_error_set(err, EIS_ERROR_INPUT, "'%s' has no spectra yet: nothing to report",
                       eis_store_path(p->store));
  return st;
}

long eisi_page_find(const eisi_page *p, int64_t id) {
  size_t low = 0, high = p->n;
  while (low < high) {
    const size_t middle = low + (high - low) / 2;
    if (p->at[middle].id < id)
      low = middle + 1;
    else
      high = middle;
  }
  return low < p->n && p->at[low].id == id ? (long)low : -1;
}

/* ---- parameters ---- */

static const char parameters_sql[] =
    "SELECT p.spectrum, p.name, p.value, p.stderr, p.unit, p.derived, p.state, f.model_name"
    " FROM fits f JOIN parameters p ON p.spectrum = f.spectrum AND p.model = f.model"
    " WHERE f.best = 1 ORDER BY p.spectrum, p.position";

static eis_status add_parameter(eisi_page *p, const char *name, eis_query *q, eis_error *err) {
  eis_status st =
      eisi_grow(&p->parameter, p->n_parameters, p->n_parameters + 1, sizeof *p->parameter, err);
  if (st) return st;
  eisi_page_parameter *a = &p->parameter[p->n_parameters++];
  a->name = eisi_strdup(name, err);
  a->unit = eisi_strdup(eis_query_text(q, 4), err);
  a->derived = eis_query_integer(q, 5) != 0;
  a->value = eisi_new(p->n, sizeof *a->value, err);
  a->se = eisi_new(p->n, sizeof *a->se, err);
  if (!a->name || !a->unit || !a->value || !a->se) return EIS_ERROR_MEMORY;
  for (size_t i = 0; i < p->n; i++) a->value[i] = a->se[i] = NAN;
  return EIS_OK;
}

/* R1 of two models are two parameters. */
static eis_status take_value(eisi_page *p, eis_query *q, eisi_text *name, eis_error *err) {
  const long i = eisi_page_find(p, eis_query_integer(q, 0));
  size_t k = 0;
  if (i < 0) return EIS_OK;
  name->n = 0;
  eisi_text_addf(name, "%s", eis_query_text(q, 1));
  if (p->model.n > 1) eisi_text_addf(name, " (%s)", eis_query_text(q, 7));
  if (name->failed) return eis_error_set(err, EIS_ERROR_MEMORY, "out of memory");
  while (k < p->n_parameters && strcmp(p->parameter[k].name, name->s) != 0) k++;
  if (k == p->n_parameters) {
    eis_status st = add_parameter(p, name->s, q, err);
    if (st) return st;
  }
  const char *state = eis_query_text(q, 6);
  const bool settled = strcmp(state, "fixed") && strcmp(state, "bound") && strcmp(state, "open");
  p->parameter[k].value[i] = real_or_nan(q, 2);
  if (settled) p->parameter[k].se[i] = real_or_nan(q, 3);
  return EIS_OK;
}

static eis_status load_parameters(eisi_page *p, eis_error *err) {
  eis_query *q = NULL;
  bool row;
  eisi_text name = {0};
  eis_status st = eis_store_query(p->store, parameters_sql, &q, err);
  while (!st && (st = eis_query_next(q, &row, err)) == EIS_OK && row)
    st = take_value(p, q, &name, err);
  eisi_text_clear(&name);
  eis_query_free(q);
  return st;
}

/* ---- what tells the series of a cell apart, beside the axes ---- */

/* Free columns that change within a cell and have few values: a state, a protocol. */
static const char label_sql[] =
    "SELECT m.spectrum, m.name, m.text FROM metadata m WHERE m.name IN ("
    " SELECT name FROM metadata GROUP BY name HAVING count(DISTINCT text) BETWEEN 2 AND 12"
    " INTERSECT SELECT m2.name FROM metadata m2 JOIN spectra s ON s.id = m2.spectrum"
    "  GROUP BY m2.name, s.cell HAVING count(DISTINCT m2.text) > 1"
    " EXCEPT SELECT name FROM (SELECT a.name AS name, b.name, count(*) AS k," /* the same again */
    "  (SELECT count(*) FROM metadata c WHERE c.name = a.name) AS total FROM metadata a JOIN metadata b"
    "  ON b.spectrum = a.spectrum AND b.text = a.text AND b.name < a.name GROUP BY a.name, b.name)"
    "  WHERE k = total)"
    " ORDER BY m.spectrum, m.name";

static eis_status set_label(eisi_page *p, int64_t id, const eisi_text *text, eis_error *err) {
  const long i = eisi_page_find(p, id);
  if (i < 0 || !text->n) return EIS_OK;
  if (!text->failed) p->at[i].label = eisi_name_number(&p->label, text->s);
  return text->failed || p->at[i].label < 0 ? eis_error_set(err, EIS_ERROR_MEMORY, "out of memory")
                                            : EIS_OK;
}

static eis_status load_labels(eisi_page *p, eis_error *err) {
  eis_query *q = NULL;
  bool row;
  int64_t last = -1;
  eisi_text text = {0};
  eis_status st = EIS_OK;
  if (eisi_name_number(&p->label, "") < 0)
    st = eis_error_set(err, EIS_ERROR_MEMORY, "out of memory"); /* number 0 */
  if (!st) st = eis_store_query(p->store, label_sql, &q, err);
  while (!st && (st = eis_query_next(q, &row, err)) == EIS_OK && row) {
    if (eis_query_integer(q, 0) != last) {
      st = set_label(p, last, &text, err);
      text.n = 0;
      last = eis_query_integer(q, 0);
    }
    eisi_text_addf(&text, "%s%s %s", text.n ? ", " : "", eis_query_text(q, 1),
                   eis_query_text(q, 2));
  }
  if (!st) st = set_label(p, last, &text, err);
  eisi_text_clear(&text);
  eis_query_free(q);
  return st;
}

/* ---- all of it ---- */

static void find_axes(eisi_page *p) {
  bool any = false;
  for (int a = 0; a < EISI_AXIS_POSITION; a++) {
    double first = NAN;
    for (size_t i = 0; i < p->n && !p->used[a]; i++) {
      const double v = p->at[i].axis[a];
      if (isnan(first))
        first = v;
      else if (!isnan(v) && v != first)
        p->used[a] = true; /* as they stand in the manifest */
    }
    any |= p->used[a];
  }
  p->used[EISI_AXIS_POSITION] = !any;
}

static eis_status find_groups(eisi_page *p, eis_error *err) {
  p->group_of = eisi_new(p->cell.n, sizeof *p->group_of, err);
  if (!p->group_of) return EIS_ERROR_MEMORY;
  for (size_t c = 0; c < p->cell.n; c++) p->group_of[c] = -2;
  for (size_t i = 0; i < p->n; i++) {
    int *g = &p->group_of[p->at[i].cell];
    *g = *g == -2 || *g == p->at[i].group ? p->at[i].group : -1;
  }
  return EIS_OK;
}

eis_status eisi_page_load(eis_store *store, eisi_page *out, eis_error *err) {
  size_t clean = 0;
  *out = (eisi_page){.store = store};
  eis_status st = load_spectra(out, err);
  if (!st) st = load_parameters(out, err);
  if (!st) st = load_labels(out, err);
  if (!st) st = eisi_page_load_tracks(out, err);
  if (!st) st = find_groups(out, err);
  if (st) return st;
  find_axes(out);
  for (size_t i = 0; i < out->n; i++) clean += !*out->at[i].flags;
  out->unflagged_only = 2 * clean >= out->n;
  return EIS_OK;
}

bool eisi_page_counts(const eisi_page *p, const eisi_page_parameter *q, size_t i) {
  return isfinite(q->value[i]) && isfinite(q->se[i]) && (!p->unflagged_only || !*p->at[i].flags);
}

size_t eisi_page_main(const eisi_page *p, size_t most, size_t *index) {
  size_t n = 0;
  for (int derived = 0; derived < 2; derived++)
    for (size_t k = 0; k < p->n_parameters && n < most; k++) {
      const eisi_page_parameter *q = &p->parameter[k];
      size_t i = 0;
      if (strcmp(q->unit, "ohm") != 0 || q->derived != derived) continue;
      while (i < p->n && !isfinite(q->se[i])) i++;
      if (i < p->n) index[n++] = k;
    }
  return n;
}

void eisi_page_clear(eisi_page *p) {
  eisi_page_clear_tracks(p);
  for (size_t i = 0; i < p->n; i++) {
    char *const text[] = {p->at[i].file, p->at[i].flags, p->at[i].reason, p->at[i].circuit,
                          p->at[i].verdict};
    for (size_t k = 0; k < sizeof text / sizeof *text; k++) free(text[k]);
  }
  free(p->at);
  for (size_t k = 0; k < p->n_parameters; k++) {
    free(p->parameter[k].name);
    free(p->parameter[k].unit);
    free(p->parameter[k].value);
    free(p->parameter[k].se);
  }
  free(p->parameter);
  free(p->group_of);
  eisi_names_clear(&p->cell);
  eisi_names_clear(&p->group);
  eisi_names_clear(&p->label);
  eisi_names_clear(&p->model);
  *p = (eisi_page){0};
}
