#include "campaign/track_store.h"

#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/pool.h"
#include "campaign/rows.h"
#include "campaign/schema.h"
#include "campaign/track_cell.h"

/* Counts up when the same input would give other tracks. */
#define METHOD "3"
#define KEY "tracks of "
/* Rows of one transaction, about; cells that are followed ahead of the writer, per thread. */
enum { TRANSACTION = 4096, AHEAD = 2 };

typedef struct cell {
  char *name;
  int64_t first, last; /* spectra.id */
  char hash[65];       /* of what its tracks depend on */
} cell;

/* What following one cell gave. */
typedef struct followed {
  eisi_track_cell cell;
  eis_track_result tracks;
  eis_error err;
} followed;

typedef struct job {
  eis_store *store;
  pthread_mutex_t lock; /* of the store */
  eis_process_table *processes;
  cell *cell;
  size_t n_cells;
  size_t n_pending;
  size_t *pending; /* cells that have to be followed */
  size_t window;
  followed *ring; /* window */
  eis_error fatal;
  char base[65]; /* of what all cells depend on */
  eisi_text rows;
  size_t uncommitted;
  eisi_track_summary *sum;
} job;

/* ---- what is there, and what it depends on ---- */

static eis_status read_base(job *j, eis_error *err) {
  static const char *const names[] = {"processes.ini", "models/processes.ini"};
  char *options = NULL, *path = NULL, *table = NULL;
  size_t size = 0;
  eisi_text t = {0};
  eis_status st = eis_store_setting(j->store, "options", &options, err);
  for (size_t i = 0; i < 2 && st == EIS_OK && !path; i++) st = eisi_data_path(names[i], &path, err);
  if (st == EIS_OK && path) st = eisi_read_whole(path, 0, &table, &size, err);
  eisi_text_addf(&t, "method %s\n%s\n", METHOD, options ? options : "");
  if (table) eisi_text_add(&t, table, size);
  if (st == EIS_OK && t.failed) st = eis_error_set(err, EIS_ERROR_MEMORY, "out of memory");
  if (st == EIS_OK) eisi_sha256(t.s, t.n, j->base);
  free(options);
  free(path);
  free(table);
  eisi_text_clear(&t);
  return st;
}

static eis_status add_block(job *j, eis_query *q, eis_error *err) {
  const char *name = eis_query_text(q, 0);
  const int64_t first = eis_query_integer(q, 2), last = first + eis_query_integer(q, 3) - 1;
  char text[160];
  cell *c = j->n_cells ? &j->cell[j->n_cells - 1] : NULL;
  if (!c || strcmp(c->name, name) != 0) {
    const eis_status st = eisi_grow(&j->cell, j->n_cells, j->n_cells + 1, sizeof *j->cell, err);
    if (st != EIS_OK) return st;
    c = &j->cell[j->n_cells];
    c->name = eisi_strdup(name, err);
    if (!c->name) return EIS_ERROR_MEMORY;
    j->n_cells++;
    c->first = first;
    memcpy(c->hash, j->base, sizeof c->hash);
  }
  c->last = last;
  const int n = snprintf(text, sizeof text, "%s %.64s", c->hash, eis_query_text(q, 1));
  eisi_sha256(text, (size_t)n, c->hash);
  return EIS_OK;
}

static eis_status read_cells(job *j, eis_error *err) {
  eis_query *q;
  bool row = true;
  eis_status st = eis_store_query(
      j->store, "SELECT cell, hash, first_spectrum, n_spectra FROM blocks ORDER BY id", &q, err);
  while (st == EIS_OK && (st = eis_query_next(q, &row, err)) == EIS_OK && row)
    st = add_block(j, q, err);
  eis_query_free(q);
  return st;
}

static eis_status is_known(job *j, const cell *c, bool *known, eis_error *err) {
  eisi_text key = {0};
  char *value = NULL;
  eisi_text_addf(&key, KEY "%s", c->name);
  eis_status st = key.failed ? eis_error_set(err, EIS_ERROR_MEMORY, "out of memory")
                             : eis_store_setting(j->store, key.s, &value, err);
  *known = value && strcmp(value, c->hash) == 0;
  free(value);
  eisi_text_clear(&key);
  return st;
}

/* ---- one cell ---- */

static void put_row(job *j, const cell *c, const eisi_track_cell *d, const eis_track_result *r,
                    size_t t, const eis_track_row *row) {
  const eis_track *track = &r->track[t];
  eisi_rows_begin(&j->rows, EISI_TABLE_TRACKS);
  eisi_rows_text(&j->rows, c->name);
  eisi_rows_integer(&j->rows, (int64_t)t);
  eisi_rows_integer(&j->rows, d->id[row->spectrum]);
  if (row->peak < 0)
    eisi_rows_null(&j->rows);
  else
    eisi_rows_integer(&j->rows, d->position[row->spectrum][row->peak]);
  eisi_rows_text(&j->rows, track->process < 0
                               ? "unassigned"
                               : eis_process_key(j->processes, (size_t)track->process));
  eisi_rows_real(&j->rows, track->probability);
  eisi_rows_real(&j->rows, row->tau);
  eisi_rows_real(&j->rows, row->log10_tau_error);
  eisi_rows_real(&j->rows, row->R);
  eisi_rows_real(&j->rows, row->R_error);
  eisi_rows_real(&j->rows, row->C);
  if (row->shared < 0)
    eisi_rows_null(&j->rows);
  else
    eisi_rows_integer(&j->rows, row->shared);
  j->uncommitted++;
}

static eis_status drop_old(job *j, const cell *c, eis_error *err) {
  eis_query *q;
  bool row;
  eis_status st = eis_store_query(j->store, "DELETE FROM tracks WHERE cell = ?", &q, err);
  if (st != EIS_OK) return st;
  eis_query_bind_text(q, 0, c->name);
  st = eis_query_next(q, &row, err);
  eis_query_free(q);
  return st;
}

static eis_status store_cell(job *j, const cell *c, const eisi_track_cell *d,
                             const eis_track_result *r, eis_error *err) {
  eisi_text key = {0};
  j->rows.n = 0;
  for (size_t t = 0; t < r->n_tracks; t++)
    for (size_t k = 0; k < r->track[t].n_rows; k++) put_row(j, c, d, r, t, &r->track[t].row[k]);
  eisi_text_addf(&key, KEY "%s", c->name);
  eis_status st = j->rows.failed || key.failed
                      ? eis_error_set(err, EIS_ERROR_MEMORY, "out of memory")
                      : drop_old(j, c, err);
  if (st == EIS_OK) st = eisi_store_insert(j->store, j->rows.s, j->rows.n, err);
  if (st == EIS_OK) st = eisi_store_set(j->store, key.s, c->hash, err);
  eisi_text_clear(&key);
  return st;
}

static void followed_clear(followed *f) {
  eis_track_result_clear(&f->tracks);
  eisi_track_cell_clear(&f->cell);
}

/* In any thread; the store is read by one at a time. */
static void follow(void *ctx, size_t k) {
  job *j = ctx;
  const cell *c = &j->cell[j->pending[k]];
  followed *f = &j->ring[k % j->window];
  *f = (followed){.err = EIS_ERROR_INIT};
  pthread_mutex_lock(&j->lock);
  eis_status st = eisi_track_cell_read(j->store, c->first, c->last, &f->cell, &f->err);
  pthread_mutex_unlock(&j->lock);
  if (st == EIS_OK && f->cell.in.n) {
    f->cell.in.processes = j->processes;
    st = eis_track_run(&f->cell.in, &f->tracks, &f->err);
  }
  if (st != EIS_OK && !f->err.code) f->err.code = st;
}

/* ---- all of them ---- */

static eis_status commit(job *j, eis_error *err) {
  j->uncommitted = 0;
  return eis_store_commit(j->store, err);
}

static eis_status put_cell(job *j, const cell *c, const followed *f) {
  eis_status st = store_cell(j, c, &f->cell, &f->tracks, &j->fatal);
  if (st != EIS_OK || j->uncommitted < TRANSACTION) return st;
  st = commit(j, &j->fatal);
  return st == EIS_OK ? eis_store_begin(j->store, &j->fatal) : st;
}

/* In the calling thread, one cell after the other. */
static bool store_followed(void *ctx, size_t k) {
  job *j = ctx;
  followed *f = &j->ring[k % j->window];
  if (f->err.code) {
    j->fatal = f->err;
  } else {
    pthread_mutex_lock(&j->lock);
    const eis_status st = put_cell(j, &j->cell[j->pending[k]], f);
    pthread_mutex_unlock(&j->lock);
    if (st != EIS_OK && !j->fatal.code) j->fatal.code = st;
  }
  if (f->cell.in.n && !j->fatal.code) {
    j->sum->n_cells++;
    j->sum->n_spectra += f->cell.in.n;
    j->sum->n_joint += f->tracks.n_joint;
  }
  followed_clear(f);
  return !j->fatal.code;
}

static eis_status find_pending(job *j, bool again, eis_error *err) {
  eis_status st = EIS_OK;
  j->pending = eisi_new(j->n_cells, sizeof *j->pending, err);
  if (!j->pending) return EIS_ERROR_MEMORY;
  for (size_t k = 0; st == EIS_OK && k < j->n_cells; k++) {
    bool known = false;
    if (!again) st = is_known(j, &j->cell[k], &known, err);
    if (!known) j->pending[j->n_pending++] = k;
  }
  j->sum->n_kept = j->sum->n_cells = j->n_cells - j->n_pending;
  return st;
}

static eis_status follow_all(job *j, int threads, const volatile sig_atomic_t *stop,
                             eis_error *err) {
  const eisi_pool pool = {.n = j->n_pending,
                          .threads = eisi_pool_threads(threads),
                          .work = follow,
                          .done = store_followed,
                          .ctx = j,
                          .stop = stop,
                          .window = j->window = (size_t)eisi_pool_threads(threads) * AHEAD};
  size_t n = 0;
  j->ring = eisi_new(j->window, sizeof *j->ring, err);
  if (!j->ring) return EIS_ERROR_MEMORY;
  eis_status st = eis_store_begin(j->store, err);
  if (st != EIS_OK) return st;
  st = eisi_pool_run(&pool, &n, err);
  for (size_t i = 0; i < j->window; i++) followed_clear(&j->ring[i]); /* begun, not taken */
  if (j->fatal.code) {
    st = j->fatal.code;
    if (err) *err = j->fatal;
  }
  j->sum->interrupted = st == EIS_OK && n < j->n_pending;
  if (st == EIS_OK) return commit(j, err);
  eis_store_rollback(j->store);
  return st;
}

/* A store that was made before the table had all its columns. */
static eis_status renew_table(eis_store *s, eis_error *err) {
  const eisi_schema_table *t = eisi_schema_at(EISI_TABLE_TRACKS);
  int64_t n = 0;
  eis_status st = eisi_store_count(s, "SELECT count(*) FROM pragma_table_info('tracks')", &n, err);
  if (st != EIS_OK || n == t->n_columns) return st;
  st = eis_store_execute(s, "DROP TABLE tracks", err);
  if (st == EIS_OK) st = eis_store_execute(s, t->create, err);
  return st == EIS_OK ? eis_store_execute(s, "CREATE INDEX tracks_cell ON tracks(cell, track)", err)
                      : st;
}

static void job_clear(job *j) {
  for (size_t k = 0; k < j->n_cells; k++) free(j->cell[k].name);
  free(j->cell);
  free(j->pending);
  free(j->ring);
  eisi_text_clear(&j->rows);
  eis_process_table_free(j->processes);
  pthread_mutex_destroy(&j->lock);
}

eis_status eisi_track_store(eis_store *s, bool again, int threads,
                            const volatile sig_atomic_t *stop, eisi_track_summary *out,
                            eis_error *err) {
  job j = {.store = s, .sum = out, .fatal = EIS_ERROR_INIT};
  *out = (eisi_track_summary){0};
  pthread_mutex_init(&j.lock, NULL);
  eis_status st = renew_table(s, err);
  if (st == EIS_OK) st = eis_process_table_read(NULL, &j.processes, err);
  if (st == EIS_OK) st = read_base(&j, err);
  if (st == EIS_OK) st = read_cells(&j, err);
  if (st == EIS_OK) st = find_pending(&j, again, err);
  if (st == EIS_OK) st = follow_all(&j, threads, stop, err);
  job_clear(&j);
  return st;
}
