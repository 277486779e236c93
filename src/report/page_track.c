/* page_track.c - reads from a store the processes that were followed. */
#include <eisfit/process.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report/page_track.h"

static const char tracks_sql[] =
    "SELECT t.spectrum, t.track, t.process, t.process_probability, t.tau, t.R, t.R_error, t.C,"
    " t.peak IS NULL AND t.track > 0, t.shared IS NOT NULL FROM tracks t"
    " ORDER BY t.cell, t.track, t.spectrum";

/* In this order; the others as they come, those without a name last. */
static const char *const first_names[] = {"SCL", "CEI", "SE_bulk", "CT", "SE_gb"};
enum { N_FIRST = sizeof first_names / sizeof *first_names, UNNAMED = 1000, TRACKS_MAX = 64 };

static int order_of(const char *name, bool named, int track) {
  if (!named) return UNNAMED + track;
  for (int k = 0; k < N_FIRST; k++)
    if (strcmp(first_names[k], name) == 0) return k;
  return N_FIRST;
}

static eis_status add_track(eisi_page *p, const char *name, bool named, int track, eis_error *err) {
  eis_status st = eisi_grow(&p->track, p->n_tracks, p->n_tracks + 1, sizeof *p->track, err);
  if (st) return st;
  struct eisi_page_track *t = &p->track[p->n_tracks++];
  *t = (struct eisi_page_track){.named = named, .order = order_of(name, named, track)};
  t->R.name = eisi_strdup(name, err);
  t->R.unit = eisi_strdup("ohm", err);
  t->title = eisi_strdup("", err);
  double **const real[] = {&t->R.value, &t->R.se, &t->tau, &t->C, &t->sure};
  for (size_t k = 0; k < sizeof real / sizeof *real; k++) {
    *real[k] = eisi_new(p->n + 1, sizeof(double), err);
    if (!*real[k]) return EIS_ERROR_MEMORY;
    for (size_t i = 0; i < p->n; i++) (*real[k])[i] = NAN;
  }
  t->unseen = eisi_new(p->n + 1, 1, err);
  t->sum = eisi_new(p->n + 1, 1, err);
  t->pieces = eisi_new(p->cell.n + 1, sizeof *t->pieces, err);
  t->last = eisi_new(p->cell.n + 1, sizeof *t->last, err);
  for (size_t c = 0; t->last && c < p->cell.n; c++) t->last[c] = -1;
  return t->R.name && t->R.unit && t->title && t->unseen && t->sum && t->pieces && t->last
             ? EIS_OK
             : EIS_ERROR_MEMORY;
}

/* The process that a row of spectrum i belongs to; a second one of the same name in a spectrum
   stands by itself.  *out NULL: there are too many. */
static eis_status find_track(eisi_page *p, eis_query *q, size_t i, struct eisi_page_track **out,
                             eis_error *err) {
  const char *process = eis_query_text(q, 2);
  const int track = (int)eis_query_integer(q, 1);
  const bool named = *process && strcmp(process, "unassigned") != 0;
  char name[96];
  for (int second = 0; second < 2; second++) {
    size_t k = 0;
    if (!named)
      snprintf(name, sizeof name, "track %d", track);
    else
      snprintf(name, sizeof name, second ? "%.64s (track %d)" : "%.64s", process, track);
    while (k < p->n_tracks && strcmp(p->track[k].R.name, name) != 0) k++;
    *out = NULL;
    if (k == TRACKS_MAX) return EIS_OK;
    if (k == p->n_tracks) {
      const eis_status st = add_track(p, name, named, track, err);
      if (st) return st;
    }
    *out = &p->track[k];
    if (!isfinite((*out)->R.value[i])) break;
  }
  const int cell = p->at[i].cell;
  (*out)->pieces[cell] += (*out)->last[cell] != track;
  (*out)->last[cell] = track;
  return EIS_OK;
}

static double real_or_nan(eis_query *q, int column) {
  return eis_query_kind_of(q, column) == EIS_QUERY_NULL ? NAN : eis_query_real(q, column);
}

static eis_status take_row(eisi_page *p, eis_query *q, eis_error *err) {
  const long i = eisi_page_find(p, eis_query_integer(q, 0));
  struct eisi_page_track *t;
  if (i < 0 || !(eis_query_real(q, 5) > 0)) return EIS_OK;
  const eis_status st = find_track(p, q, (size_t)i, &t, err);
  if (st) return st;
  if (!t) return EIS_OK;
  t->sure[i] = real_or_nan(q, 3);
  t->tau[i] = real_or_nan(q, 4);
  t->R.value[i] = real_or_nan(q, 5);
  t->R.se[i] = real_or_nan(q, 6);
  t->C[i] = real_or_nan(q, 7);
  t->unseen[i] = eis_query_integer(q, 8) != 0;
  t->sum[i] = eis_query_integer(q, 9) != 0;
  return EIS_OK;
}

/* What the names stand for; they are only names where the table of processes is not there. */
static eis_status set_titles(eisi_page *p, eis_error *err) {
  static const char *const names[] = {"processes.ini", "models/processes.ini"};
  eis_process_table *table = NULL;
  char *path = NULL;
  eis_status st = EIS_OK;
  for (size_t i = 0; i < 2 && !st && !path; i++) st = eisi_data_path(names[i], &path, err);
  const bool none = !path;
  free(path);
  if (st || none || !p->n_tracks) return st;
  st = eis_process_table_read(NULL, &table, err);
  for (size_t k = 0; !st && k < p->n_tracks; k++)
    for (size_t i = 0; i < eis_process_count(table) && !st; i++) {
      const char *key = eis_process_key(table, i), *name = p->track[k].R.name;
      const size_t n = strlen(key);
      if (strncmp(key, name, n) != 0 || (name[n] && name[n] != ' ')) continue;
      free(p->track[k].title);
      p->track[k].title = eisi_strdup(eis_process_name(table, i), err);
      if (!p->track[k].title) st = EIS_ERROR_MEMORY;
    }
  eis_process_table_free(table);
  return st;
}

/* Track 0 is what lies above the measured frequencies: the electrolyte, and all that is in series.
 */
static eis_status set_series(eisi_page *p, eis_error *err) {
  for (size_t k = 0; k < p->n_tracks; k++) {
    struct eisi_page_track *t = &p->track[k];
    size_t i = 0;
    while (i < p->n && !isfinite(t->tau[i])) i++;
    if (i < p->n || !t->named) continue;
    eisi_text title = {0};
    eisi_text_addf(&title, "series resistance: %s, contacts, leads",
                   *t->title ? t->title : t->R.name);
    free(t->title);
    const eis_status st = eisi_text_take(&title, &t->title, err);
    if (st) return st;
  }
  return EIS_OK;
}

static int by_order(const void *a, const void *b) {
  const struct eisi_page_track *x = a, *y = b;
  if (x->order != y->order) return x->order - y->order;
  return strcmp(x->R.name, y->R.name);
}

/* Stores of before have no such table, or one with fewer columns. */
static eis_status have_table(eisi_page *p, bool *have, eis_error *err) {
  eis_query *q = NULL;
  bool row = false;
  eis_status st = eis_store_query(
      p->store,
      "SELECT count(*) FROM pragma_table_info('tracks') WHERE name IN ('spectrum',"
      " 'track', 'process', 'process_probability', 'tau', 'R', 'R_error', 'C', 'peak',"
      " 'shared')",
      &q, err);
  if (!st) st = eis_query_next(q, &row, err);
  *have = !st && row && eis_query_integer(q, 0) == 10;
  eis_query_free(q);
  return st;
}

eis_status eisi_page_load_tracks(eisi_page *p, eis_error *err) {
  eis_query *q = NULL;
  bool row, have;
  eis_status st = have_table(p, &have, err);
  if (st || !have) return st;
  st = eis_store_query(p->store, tracks_sql, &q, err);
  while (!st && (st = eis_query_next(q, &row, err)) == EIS_OK && row) st = take_row(p, q, err);
  eis_query_free(q);
  if (!st) st = set_titles(p, err);
  if (!st) st = set_series(p, err);
  if (!st && p->n_tracks) qsort(p->track, p->n_tracks, sizeof *p->track, by_order);
  return st;
}

bool eisi_track_followed(const eisi_page *p, size_t i) {
  for (size_t k = 0; k < p->n_tracks; k++)
    if (isfinite(p->track[k].R.value[i])) return true;
  return false;
}

void eisi_page_clear_tracks(eisi_page *p) {
  for (size_t k = 0; k < p->n_tracks; k++) {
    struct eisi_page_track *t = &p->track[k];
    void *const part[] = {t->R.name, t->R.unit, t->R.value, t->R.se, t->title, t->tau,
                          t->C,      t->sure,   t->unseen,  t->sum,  t->pieces, t->last};
    for (size_t i = 0; i < sizeof part / sizeof *part; i++) free(part[i]);
  }
  free(p->track);
  p->track = NULL;
  p->n_tracks = 0;
}
