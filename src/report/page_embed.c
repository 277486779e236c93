/* page_embed.c - the data of a campaign inside its page: a table of columns, and the curves of
   every spectrum as 4-byte numbers, which the script unpacks when they are looked at. */
#include <eisfit/circuit.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "numerics/rng.h"
#include "report/json.h"
#include "report/page_track.h"
#include "report/shown.h"

size_t eisi_page_step(size_t n, size_t most) {
  return most && n > most ? (n + most - 1) / most : 1;
}

bool eisi_page_kept(size_t i, size_t step) {
  uint64_t state = i / step;
  return step == 1 || i % step == eisi_splitmix64(&state) % step;
}

/* ---- columns ---- */

static void put_names(eisi_json in, const char *key, const eisi_names *names) {
  eisi_json list = eisi_json_array(in, key);
  for (size_t i = 0; i < names->n; i++) eisi_json_string(list, NULL, names->at[i]);
}

static void put_texts(const eisi_page *p, size_t step, eisi_json doc) {
  eisi_json file = eisi_json_array(doc, "file"), flags = eisi_json_array(doc, "flags");
  eisi_json circuit = eisi_json_array(doc, "circuit"), verdict = eisi_json_array(doc, "verdict");
  eisi_json reason = eisi_json_array(doc, "reason");
  for (size_t i = 0; i < p->n; i++) {
    const eisi_page_spectrum *s = &p->at[i];
    if (!eisi_page_kept(i, step)) continue;
    eisi_json_string(file, NULL, s->file);
    eisi_json_string(flags, NULL, s->flags);
    eisi_json_string(circuit, NULL, s->circuit);
    eisi_json_string(verdict, NULL, s->verdict);
    eisi_json_string(reason, NULL, s->reason);
  }
}

static void put_numbers(const eisi_page *p, size_t step, eisi_json doc) {
  eisi_json id = eisi_json_array(doc, "id"), sweep = eisi_json_array(doc, "sweep");
  eisi_json cell = eisi_json_array(doc, "cell"), group = eisi_json_array(doc, "group");
  eisi_json label = eisi_json_array(doc, "label"), noise = eisi_json_array(doc, "noise");
  eisi_json misfit = eisi_json_array(doc, "misfit"), points = eisi_json_array(doc, "points");
  for (size_t i = 0; i < p->n; i++) {
    const eisi_page_spectrum *s = &p->at[i];
    if (!eisi_page_kept(i, step)) continue;
    eisi_json_int(id, NULL, s->id);
    eisi_json_int(sweep, NULL, s->sweep);
    eisi_json_int(cell, NULL, s->cell);
    eisi_json_int(group, NULL, s->group);
    eisi_json_int(label, NULL, s->label);
    eisi_json_int(points, NULL, s->n_points);
    eisi_json_number(noise, NULL, s->kk_noise);
    eisi_json_number(misfit, NULL, s->misfit);
  }
}

static void put_axes(const eisi_page *p, size_t step, eisi_json doc) {
  eisi_json axes = eisi_json_array(doc, "axes");
  for (int a = 0; a < EISI_N_AXES; a++) {
    if (!p->used[a]) continue;
    eisi_json one = eisi_json_object(axes, NULL);
    eisi_json_string(one, "key", eisi_axes[a].key);
    eisi_json_string(one, "label", eisi_axes[a].label);
    eisi_json values = eisi_json_array(one, "value");
    for (size_t i = 0; i < p->n; i++)
      if (eisi_page_kept(i, step)) eisi_json_number(values, NULL, p->at[i].axis[a]);
  }
}

static void put_parameters(const eisi_page *p, size_t step, eisi_json doc) {
  eisi_json list = eisi_json_array(doc, "parameters");
  for (size_t k = 0; k < p->n_parameters; k++) {
    const eisi_page_parameter *q = &p->parameter[k];
    const eisi_shown_unit u = eisi_unit_for(q->unit);
    eisi_json one = eisi_json_object(list, NULL), value, error;
    eisi_json_string(one, "name", q->name);
    eisi_json_string(one, "unit", u.text);
    eisi_json_bool(one, "prefix", u.prefix);
    eisi_json_bool(one, "derived", q->derived);
    value = eisi_json_array(one, "value");
    error = eisi_json_array(one, "error");
    for (size_t i = 0; i < p->n; i++) {
      if (!eisi_page_kept(i, step)) continue;
      eisi_json_number(value, NULL, q->value[i] * u.factor);
      eisi_json_number(error, NULL, q->se[i] * u.factor);
    }
  }
}

static eis_status put_columns(const eisi_page *p, size_t step, eisi_text *out, eis_error *err) {
  bool failed = false;
  size_t index[8];
  const size_t n = eisi_page_main(p, 5, index);
  eisi_json doc = eisi_json_begin(&failed);
  put_names(doc, "cells", &p->cell);
  put_names(doc, "groups", &p->group);
  put_names(doc, "labels", &p->label);
  put_texts(p, step, doc);
  put_numbers(p, step, doc);
  put_axes(p, step, doc);
  put_parameters(p, step, doc);
  eisi_json main_ones = eisi_json_array(doc, "main");
  for (size_t k = 0; k < n; k++) eisi_json_int(main_ones, NULL, (long long)index[k]);
  eisi_text_addf(out, "<script type=\"application/json\" id=\"columns\">");
  eis_status st = eisi_json_end_script(doc, out, err);
  eisi_text_addf(out, "</script>\n");
  return st;
}

/* ---- curves ---- */

typedef struct packed {
  eisi_text bytes, text;
} packed;

static void pack_begin(packed *p) { p->bytes.n = p->text.n = 0; }

static void pack(packed *p, const double *v, size_t n) {
  for (size_t i = 0; i < n; i++) {
    const float f = (float)v[i];
    uint32_t u;
    memcpy(&u, &f, sizeof u);
    const char b[4] = {(char)(u & 0xff), (char)(u >> 8 & 0xff), (char)(u >> 16 & 0xff),
                       (char)(u >> 24 & 0xff)};
    eisi_text_add(&p->bytes, b, 4);
  }
}

static eis_status pack_end(packed *p, eisi_json in, eis_error *err) {
  eisi_text_base64(&p->text, p->bytes.s, p->bytes.n);
  const eis_status st = eisi_text_state(&p->bytes, err);
  eisi_json_string(in, NULL, p->text.n ? p->text.s : "");
  return st ? st : eisi_text_state(&p->text, err);
}

/* A circuit on a grid: mostly the same from spectrum to spectrum. */
typedef struct model {
  char *text, *grid;
  eis_circuit *circuit;
  eis_eval *eval;
} model;

typedef struct curves {
  eisi_page *page;
  eis_query *spectrum, *grid, *values;
  eisi_names grids;
  model model;
  packed pack;
  eisi_json doc, list, grid_list;
} curves;

static const char spectrum_sql[] =
    "SELECT s.id, s.grid, s.re, s.im, d.grid, d.gamma, d.gamma_low, d.gamma_high FROM spectra s"
    " LEFT JOIN drt d ON d.spectrum = s.id ORDER BY s.id";
static const char values_sql[] =
    "SELECT p.value FROM fits f JOIN parameters p ON p.spectrum = f.spectrum AND p.model = f.model"
    " WHERE f.spectrum = ? AND f.best = 1 AND p.derived = 0 ORDER BY p.position";

static void model_clear(model *m) {
  free(m->text);
  free(m->grid);
  eis_eval_free(m->eval);
  eis_circuit_free(m->circuit);
  *m = (model){0};
}

static eis_status grid_values(curves *c, const char *id, double **x, size_t *n, eis_error *err) {
  bool row;
  *x = NULL;
  *n = 0;
  eis_query_bind_text(c->grid, 0, id);
  eis_status st = eis_query_next(c->grid, &row, err);
  if (!st && row) st = eis_query_numbers(c->grid, 0, 8, x, n, err);
  while (!st && row) st = eis_query_next(c->grid, &row, err);
  return st;
}

/* Number of a grid in the page, which it is added to when it is new; -1 = none. */
static eis_status grid_number(curves *c, const char *id, int *number, eis_error *err) {
  const size_t before = c->grids.n;
  double *x = NULL;
  size_t n;
  *number = -1;
  if (!*id) return EIS_OK;
  *number = eisi_name_number(&c->grids, id);
  if (*number < 0) return eis_error_set(err, EIS_ERROR_MEMORY, "out of memory");
  if (c->grids.n == before) return EIS_OK;
  eis_status st = grid_values(c, id, &x, &n, err);
  pack_begin(&c->pack);
  if (!st) pack(&c->pack, x, n);
  if (!st) st = pack_end(&c->pack, c->grid_list, err);
  free(x);
  return st;
}

static eis_status model_set(curves *c, const char *text, const char *grid, eis_error *err) {
  model *m = &c->model;
  double *f = NULL;
  size_t n;
  if (m->text && strcmp(m->text, text) == 0 && strcmp(m->grid, grid) == 0) return EIS_OK;
  model_clear(m);
  m->text = eisi_strdup(text, err);
  m->grid = eisi_strdup(grid, err);
  eis_status st = m->text && m->grid ? grid_values(c, grid, &f, &n, err) : EIS_ERROR_MEMORY;
  const eis_status parsed = st ? st : eis_circuit_parse(text, EIS_NOTATION_AUTO, &m->circuit, NULL);
  if (!st && parsed == EIS_ERROR_MEMORY) st = eis_error_set(err, parsed, "out of memory");
  if (!parsed) st = eis_eval_new(m->circuit, f, n, &m->eval, err);
  free(f);
  return st;
}

/* z: room for 2n numbers of the fitted circuit; *have false when there is none. */
static eis_status fitted(curves *c, const eisi_page_spectrum *s, const char *grid, double *z,
                         bool *have, eis_error *err) {
  bool row = true;
  int n = 0;
  *have = false;
  if (!*s->circuit) return EIS_OK;
  eis_status st = model_set(c, s->circuit, grid, err);
  if (st || !c->model.eval) return st;
  double *p = eisi_new((size_t)c->model.circuit->n_params + 1, sizeof *p, err);
  if (!p) return EIS_ERROR_MEMORY;
  eis_query_bind_integer(c->values, 0, s->id);
  while (!(st = eis_query_next(c->values, &row, err)) && row) {
    if (n < c->model.circuit->n_params) p[n] = eis_query_real(c->values, 0);
    n++;
  }
  *have = !st && n == c->model.circuit->n_params;
  for (int i = 0; *have && i < n; i++) *have = isfinite(p[i]);
  if (*have) eis_eval_run(c->model.eval, p, z, NULL, NULL);
  free(p);
  return st;
}

/* Measured and fitted points of the current row. */
static eis_status put_points(curves *c, const eisi_page_spectrum *s, eisi_json in, eis_error *err) {
  double *re = NULL, *im = NULL, *z = NULL;
  size_t n = 0, m = 0;
  bool have = false;
  char *grid = eisi_strdup(eis_query_text(c->spectrum, 1), err);
  eis_status st = grid ? eis_query_numbers(c->spectrum, 2, 8, &re, &n, err) : EIS_ERROR_MEMORY;
  if (!st) st = eis_query_numbers(c->spectrum, 3, 8, &im, &m, err);
  if (!st && n == m && n > 0) {
    z = eisi_new(2 * n, sizeof *z, err);
    st = z ? fitted(c, s, grid, z, &have, err) : EIS_ERROR_MEMORY;
  }
  pack_begin(&c->pack);
  if (!st && z) {
    pack(&c->pack, re, n);
    pack(&c->pack, im, n);
    if (have) pack(&c->pack, z, 2 * n);
  }
  if (!st) st = pack_end(&c->pack, in, err);
  free(grid);
  free(re);
  free(im);
  free(z);
  return st;
}

static eis_status put_drt(curves *c, eisi_json in, eis_error *err) {
  eis_status st = EIS_OK;
  pack_begin(&c->pack);
  for (int k = 5; k < 8 && !st; k++) {
    double *v = NULL;
    size_t n;
    st = eis_query_numbers(c->spectrum, k, 4, &v, &n, err);
    if (!st) pack(&c->pack, v, n);
    free(v);
  }
  if (!st) st = pack_end(&c->pack, in, err);
  return st;
}

static eis_status put_curve(curves *c, const eisi_page_spectrum *s, eis_error *err) {
  eisi_json one = eisi_json_array(c->list, NULL);
  int grid, tau;
  eis_status st = grid_number(c, eis_query_text(c->spectrum, 1), &grid, err);
  if (!st) st = grid_number(c, eis_query_text(c->spectrum, 4), &tau, err);
  if (st) return st;
  eisi_json_int(one, NULL, grid);
  st = put_points(c, s, one, err);
  eisi_json_int(one, NULL, tau);
  return st ? st : put_drt(c, one, err);
}

/* Of the spectra in the table as many as may be. */
static eis_status put_curves(curves *c, size_t rows_step, size_t max_curves, eis_error *err) {
  const size_t n = (c->page->n + rows_step - 1) / rows_step, step = eisi_page_step(n, max_curves);
  bool row;
  eis_status st = EIS_OK;
  while (!st && !(st = eis_query_next(c->spectrum, &row, err)) && row) {
    const long at = eisi_page_find(c->page, eis_query_integer(c->spectrum, 0));
    if (at < 0) continue; /* came after the page was begun */
    if (!eisi_page_kept((size_t)at, rows_step)) continue;
    if (eisi_page_kept((size_t)at / rows_step, step))
      st = put_curve(c, &c->page->at[at], err);
    else
      eisi_json_int(c->list, NULL, 0);
  }
  return st;
}

static void curves_clear(curves *c) {
  model_clear(&c->model);
  eis_query_free(c->spectrum);
  eis_query_free(c->grid);
  eis_query_free(c->values);
  eisi_names_clear(&c->grids);
  eisi_text_clear(&c->pack.bytes);
  eisi_text_clear(&c->pack.text);
}

/* ---- processes ---- */

/* Number of an axis among those of the page. */
static int axis_number(const eisi_page *p, int axis) {
  int n = 0;
  for (int a = 0; a < axis; a++) n += p->used[a];
  return n;
}

/* Over which axes they can be drawn, and what is held then. */
static eis_status put_choices(const eisi_page *p, eisi_json doc, eis_error *err) {
  eisi_json list = eisi_json_array(doc, "choices");
  eis_status st = EIS_OK;
  for (int a = 0; a < EISI_N_AXES && !st; a++) {
    eisi_track_choice c;
    bool useful;
    st = eisi_track_choose(p, (eisi_axis_id)a, &c, &useful, err);
    if (!st && useful) {
      eisi_json one = eisi_json_object(list, NULL), held;
      eisi_json_int(one, "axis", axis_number(p, a));
      eisi_json_int(one, "label", c.label);
      held = eisi_json_array(one, "held");
      for (int b = 0; b < EISI_AXIS_POSITION; b++) {
        if (!c.fixed[b]) continue;
        eisi_json h = eisi_json_object(held, NULL);
        eisi_json_int(h, "axis", axis_number(p, b));
        eisi_json_number(h, "at", isinf(c.target[b]) ? copysign(1e300, c.target[b]) : c.target[b]);
      }
    }
    eisi_track_choice_clear(&c);
  }
  return st;
}

/* Row, R, error, C, tau, probability, notes of every spectrum of a process. */
static eis_status put_process(const eisi_page *p, const struct eisi_page_track *t, size_t step,
                              eisi_json list, packed *room, eis_error *err) {
  eisi_json one = eisi_json_object(list, NULL), rows;
  double row = -1;
  eisi_json_string(one, "name", t->R.name);
  eisi_json_string(one, "title", t->title);
  eisi_json_bool(one, "named", t->named);
  rows = eisi_json_array(one, "rows");
  pack_begin(room);
  for (size_t i = 0; i < p->n; i++) {
    row += eisi_page_kept(i, step);
    if (!eisi_page_kept(i, step) || !isfinite(t->R.value[i])) continue;
    const double v[] = {row,     t->R.value[i], t->R.se[i], t->C[i], t->tau[i],
                        t->sure[i], t->unseen[i] + 2.0 * t->sum[i]};
    pack(room, v, sizeof v / sizeof *v);
  }
  return pack_end(room, rows, err);
}

static eis_status put_tracks(const eisi_page *p, size_t step, eisi_text *out, eis_error *err) {
  bool failed = false;
  packed room = {0};
  if (!p->n_tracks) return EIS_OK;
  eisi_json doc = eisi_json_begin(&failed);
  eis_status st = put_choices(p, doc, err);
  eisi_json list = eisi_json_array(doc, "processes");
  for (size_t k = 0; k < p->n_tracks && !st; k++)
    st = put_process(p, &p->track[k], step, list, &room, err);
  eisi_text_addf(out, "<script type=\"application/json\" id=\"processes\">");
  const eis_status ended = eisi_json_end_script(doc, out, err);
  eisi_text_addf(out, "</script>\n");
  eisi_text_clear(&room.bytes);
  eisi_text_clear(&room.text);
  return st ? st : ended;
}

eis_status eisi_page_embed(eisi_page *p, size_t max_rows, size_t max_curves, eisi_text *out,
                           eis_error *err) {
  const size_t step = eisi_page_step(p->n, max_rows);
  bool failed = false;
  curves c = {.page = p};
  eis_status st = put_columns(p, step, out, err);
  if (!st) st = put_tracks(p, step, out, err);
  if (!st) st = eis_store_query(p->store, spectrum_sql, &c.spectrum, err);
  if (!st) st = eis_store_query(p->store, "SELECT x FROM grids WHERE id = ?", &c.grid, err);
  if (!st) st = eis_store_query(p->store, values_sql, &c.values, err);
  if (!st) {
    c.doc = eisi_json_begin(&failed);
    c.list = eisi_json_array(c.doc, "curves");
    c.grid_list = eisi_json_array(c.doc, "grids");
    st = put_curves(&c, step, max_curves, err);
    eisi_text_addf(out, "<script type=\"application/json\" id=\"curves\">");
    const eis_status ended = eisi_json_end_script(c.doc, out, err);
    eisi_text_addf(out, "</script>\n");
    if (!st) st = ended;
  }
  curves_clear(&c);
  return st;
}
