#include "campaign/track_cell.h"

#include <math.h>
#include <stdlib.h>

/* gamma has something beside its peaks from this share of R_pol on. */
static const double LEAST_REST = 0.01;

/* Columns of the query. */
enum {
  ID, SOC, CYCLE, TIME, T_C, AREA, THICKNESS, PRESSURE, ELECTROLYTE, ANODE, F, RE, IM, R_INF,
  R_INF_ERROR, L, C_INV, NOISE, R_POL, TAU, GAMMA, COATING
};
static const char spectra_sql[] =
    "SELECT s.id, s.soc, s.cycle, s.time_h, s.temperature_C, s.area_cm2, s.thickness_um,"
    " s.pressure_MPa, s.electrolyte, s.anode, g.x, s.re, s.im, d.R_inf, d.R_inf_error,"
    " d.L, d.C_inv, d.noise_percent, d.R_pol, t.x, d.gamma,"
    " (SELECT text FROM metadata WHERE spectrum = s.id AND name = 'coating')"
    " FROM spectra s JOIN drt d ON d.spectrum = s.id LEFT JOIN grids g ON g.id = s.grid"
    " LEFT JOIN grids t ON t.id = d.grid WHERE s.id BETWEEN ? AND ? ORDER BY s.id";
static const char peaks_sql[] =
    "SELECT position, tau, log10_tau_error, R, R_error, C, width_decades, height, probability, shoulder"
    " FROM peaks WHERE spectrum = ? ORDER BY position";

typedef struct reader {
  eisi_track_cell *c;
  double *cycle, *time; /* of each spectrum */
} reader;

static void spectrum_clear(eis_track_spectrum *s) {
  free((void *)(uintptr_t)s->f);
  free((void *)(uintptr_t)s->re);
  free((void *)(uintptr_t)s->im);
  free((void *)(uintptr_t)s->peak);
}

void eisi_track_cell_clear(eisi_track_cell *c) {
  for (size_t i = 0; i < c->in.n; i++) {
    if (c->at) spectrum_clear(&c->at[i]);
    if (c->position) free(c->position[i]);
  }
  free(c->at);
  free(c->id);
  free(c->position);
  free(c->electrolyte);
  free(c->anode);
  free(c->coating);
  *c = (eisi_track_cell){0};
}

/* ---- one spectrum ---- */

static eis_status read_points(eis_query *q, eis_track_spectrum *s, eis_error *err) {
  double *f, *re = NULL, *im = NULL;
  size_t n, n_re = 0, n_im = 0;
  eis_status st = eis_query_numbers(q, F, 8, &f, &n, err);
  if (st == EIS_OK) st = eis_query_numbers(q, RE, 8, &re, &n_re, err);
  if (st == EIS_OK) st = eis_query_numbers(q, IM, 8, &im, &n_im, err);
  s->f = f;
  s->re = re;
  s->im = im;
  s->n = n == n_re && n == n_im ? n : 0;
  return st;
}

/* What gamma has beside the peaks, divided between the ends as it rises towards them. */
static eis_status read_ends(eis_query *q, eis_track_spectrum *s, eis_error *err) {
  double *tau, *gamma = NULL, rest = eis_query_real(q, R_POL);
  size_t n, m = 0;
  eis_status st = eis_query_numbers(q, TAU, 8, &tau, &n, err);
  if (st == EIS_OK) st = eis_query_numbers(q, GAMMA, 4, &gamma, &m, err);
  const double least = LEAST_REST * rest;
  for (size_t k = 0; k < s->n_peaks; k++) rest -= s->peak[k].R;
  s->tau_min = 1e-9;
  s->tau_max = 1e3;
  if (st == EIS_OK && n > 0 && n == m) {
    const double fast = fmax(gamma[0], 0), slow = fmax(gamma[n - 1], 0);
    s->tau_min = tau[0];
    s->tau_max = tau[n - 1];
    if (rest > least && fast + slow > 0) {
      s->R_fast = rest * fast / (fast + slow) > least ? rest * fast / (fast + slow) : 0;
      s->R_slow = rest * slow / (fast + slow) > least ? rest * slow / (fast + slow) : 0;
    }
  }
  free(tau);
  free(gamma);
  return st;
}

static eis_status read_peaks(eis_query *q, int64_t id, eis_track_spectrum *s, int **position,
                             eis_error *err) {
  bool row = true;
  eis_drt_peak *peak = NULL;
  eis_status st = EIS_OK;
  eis_query_bind_integer(q, 0, id);
  while ((st = eis_query_next(q, &row, err)) == EIS_OK && row) {
    st = eisi_grow(&peak, s->n_peaks, s->n_peaks + 1, sizeof *peak, err);
    if (st == EIS_OK) s->peak = peak;
    if (st == EIS_OK) st = eisi_grow(position, s->n_peaks, s->n_peaks + 1, sizeof **position, err);
    if (st != EIS_OK) return st;
    (*position)[s->n_peaks] = (int)eis_query_integer(q, 0);
    peak[s->n_peaks++] = (eis_drt_peak){.tau = eis_query_real(q, 1),
                                        .log10_tau_error = eis_query_real(q, 2),
                                        .R = eis_query_real(q, 3),
                                        .R_error = eis_query_real(q, 4),
                                        .C = eis_query_real(q, 5),
                                        .width = eis_query_real(q, 6),
                                        .height = eis_query_real(q, 7),
                                        .probability = eis_query_real(q, 8),
                                        .shoulder = eis_query_integer(q, 9) != 0,
                                        .n = NAN,
                                        .b = NAN};
  }
  return st;
}

static eis_status read_word(eis_query *q, int column, char **to, eis_error *err) {
  if (*to || eis_query_kind_of(q, column) != EIS_QUERY_TEXT) return EIS_OK;
  *to = eisi_strdup(eis_query_text(q, column), err);
  return *to ? EIS_OK : EIS_ERROR_MEMORY;
}

static eis_status read_words(eis_query *q, eisi_track_cell *c, eis_error *err) {
  eis_status st = read_word(q, ELECTROLYTE, &c->electrolyte, err);
  if (st == EIS_OK) st = read_word(q, ANODE, &c->anode, err);
  return st == EIS_OK ? read_word(q, COATING, &c->coating, err) : st;
}

static eis_status add_spectrum(reader *r, eis_query *q, eis_query *peaks, eis_error *err) {
  eisi_track_cell *c = r->c;
  const size_t n = c->in.n;
  eis_status st = eisi_grow(&c->at, n, n + 1, sizeof *c->at, err);
  if (st == EIS_OK) st = eisi_grow(&c->id, n, n + 1, sizeof *c->id, err);
  if (st == EIS_OK) st = eisi_grow(&c->position, n, n + 1, sizeof *c->position, err);
  if (st == EIS_OK) st = eisi_grow(&r->cycle, n, n + 1, sizeof *r->cycle, err);
  if (st == EIS_OK) st = eisi_grow(&r->time, n, n + 1, sizeof *r->time, err);
  if (st != EIS_OK) return st;
  c->in.n++;
  eis_track_spectrum *s = &c->at[n];
  s->R_inf = eis_query_real(q, R_INF);
  s->R_inf_error = eis_query_real(q, R_INF_ERROR);
  s->L = eis_query_real(q, L);
  s->C_inv = eis_query_real(q, C_INV);
  s->noise_percent = eis_query_real(q, NOISE);
  s->soc = eis_query_real(q, SOC);
  s->age = NAN;
  s->T = eis_query_real(q, T_C) + 273.15;
  s->pressure = eis_query_real(q, PRESSURE) * 1e6;
  r->cycle[n] = eis_query_real(q, CYCLE);
  r->time[n] = eis_query_real(q, TIME);
  c->id[n] = eis_query_integer(q, ID);
  if (n == 0) {
    c->in.conditions = eis_process_conditions_default();
    c->in.conditions.area_m2 = eis_query_real(q, AREA) * 1e-4;
    c->in.conditions.thickness_m = eis_query_real(q, THICKNESS) * 1e-6;
  }
  st = read_words(q, c, err);
  if (st == EIS_OK) st = read_points(q, s, err);
  if (st == EIS_OK) st = read_peaks(peaks, c->id[n], s, &c->position[n], err);
  return st == EIS_OK ? read_ends(q, s, err) : st;
}

/* ---- the cell ---- */

static bool changes(const double *v, size_t n) {
  bool any = false;
  for (size_t i = 0; i < n; i++) {
    if (isnan(v[i])) return false;
    any = any || v[i] != v[0];
  }
  return any;
}

/* Age is time where that is known everywhere, else the cycle. */
static void finish(reader *r) {
  eisi_track_cell *c = r->c;
  const double *age = changes(r->time, c->in.n) ? r->time : r->cycle;
  for (size_t i = 0; i < c->in.n; i++) c->at[i].age = age[i];
  c->in.at = c->at;
  c->in.conditions.electrolyte = c->electrolyte;
  c->in.conditions.anode = c->anode;
  c->in.conditions.coating = c->coating;
}

eis_status eisi_track_cell_read(eis_store *s, int64_t first, int64_t last, eisi_track_cell *out,
                                eis_error *err) {
  eis_query *q = NULL, *peaks = NULL;
  reader r = {.c = out};
  bool row = true;
  *out = (eisi_track_cell){0};
  eis_status st = eis_store_query(s, spectra_sql, &q, err);
  if (st == EIS_OK) st = eis_store_query(s, peaks_sql, &peaks, err);
  if (st == EIS_OK) {
    eis_query_bind_integer(q, 0, first);
    eis_query_bind_integer(q, 1, last);
  }
  while (st == EIS_OK && (st = eis_query_next(q, &row, err)) == EIS_OK && row)
    st = add_spectrum(&r, q, peaks, err);
  if (st == EIS_OK && out->in.n) finish(&r);
  eis_query_free(q);
  eis_query_free(peaks);
  free(r.cycle);
  free(r.time);
  return st;
}
