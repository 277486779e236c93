#include "campaign/spool.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

static const char tables[] =
    "CREATE TABLE chunk(id INTEGER PRIMARY KEY, bytes);"
    "CREATE TABLE line(id INTEGER PRIMARY KEY, number, text);"
    "CREATE TABLE row(id INTEGER PRIMARY KEY, line, cell, texts);"
    "CREATE TABLE file(id INTEGER PRIMARY KEY, name UNIQUE);"
    "CREATE TABLE cell(id INTEGER PRIMARY KEY, name UNIQUE);"
    "CREATE TABLE match(name);"
    "CREATE TABLE pair(id INTEGER PRIMARY KEY, row, file);"
    "CREATE TABLE look(id INTEGER PRIMARY KEY, n_sweeps, sha256);"
    "CREATE TABLE taken(id INTEGER PRIMARY KEY, file, row, cell, sweep);"
    "CREATE TABLE entry(id INTEGER PRIMARY KEY, file, row, cell, sweep);"
    "CREATE TABLE conflict(id INTEGER PRIMARY KEY, col, row, line, cell, here, was);"
    "CREATE TABLE block(id INTEGER PRIMARY KEY, first, n, position);"
    "CREATE TABLE pending(id INTEGER PRIMARY KEY, block);";

/* CROSS JOIN: in this order. */
static const char *const statements[EISI_SPOOL_N] = {
    [EISI_SPOOL_PUT_CHUNK] = "INSERT INTO chunk(bytes) VALUES(?)",
    [EISI_SPOOL_CHUNKS] = "SELECT bytes FROM chunk ORDER BY id",
    [EISI_SPOOL_DROP_CHUNKS] = "DELETE FROM chunk",
    [EISI_SPOOL_PUT_LINE] = "INSERT INTO line VALUES(?, ?, ?)",
    [EISI_SPOOL_LINES] = "SELECT number, text FROM line WHERE id >= ? ORDER BY id LIMIT ?",
    [EISI_SPOOL_PUT_ROW] = "INSERT INTO row VALUES(?, ?, ?, ?)",
    [EISI_SPOOL_LINE_OF_ROW] = "SELECT line FROM row WHERE id = ?",
    [EISI_SPOOL_ROWS_BY_CELL] = "SELECT cell, id, line, texts FROM row ORDER BY cell, id",
    [EISI_SPOOL_PUT_CONFLICT] = "INSERT INTO conflict VALUES(NULL, ?, ?, ?, ?, ?, ?)",
    [EISI_SPOOL_CONFLICTS] = "SELECT c.col, c.row, c.line, n.name, c.here, c.was FROM conflict c"
                             " JOIN cell n ON n.id = c.cell ORDER BY c.col, c.row",
    [EISI_SPOOL_PUT_MATCH] = "INSERT INTO match VALUES(?)",
    [EISI_SPOOL_MATCHES] = "SELECT name FROM match ORDER BY CAST(name AS TEXT) COLLATE by_number",
    [EISI_SPOOL_DROP_MATCHES] = "DELETE FROM match",
    [EISI_SPOOL_FILE_NAME] = "SELECT name FROM file WHERE id = ?",
    [EISI_SPOOL_PUT_PAIR] = "INSERT INTO pair(row, file) VALUES(?, ?)",
    [EISI_SPOOL_PAIRS] = "SELECT p.row, p.file, r.cell, l.n_sweeps FROM pair p"
                         " CROSS JOIN row r ON r.id = p.row CROSS JOIN look l ON l.id = p.file"
                         " ORDER BY p.id",
    [EISI_SPOOL_PUT_LOOK] = "INSERT INTO look VALUES(?, ?, ?)",
    [EISI_SPOOL_LOOKS] = "SELECT n_sweeps, sha256 FROM look WHERE id >= ? ORDER BY id LIMIT ?",
    [EISI_SPOOL_LOOKS_BY_SUM] = "SELECT id, sha256 FROM look WHERE length(sha256) > 0"
                                " ORDER BY sha256, id",
    [EISI_SPOOL_PUT_TAKEN] = "INSERT INTO taken(file, row, cell, sweep) VALUES(?, ?, ?, ?)",
    [EISI_SPOOL_TAKEN_BY_FILE] = "SELECT file, sweep, row FROM taken ORDER BY file, sweep, row",
    [EISI_SPOOL_SORT] = "INSERT INTO entry(file, row, cell, sweep) SELECT file, row, cell, sweep"
                        " FROM taken ORDER BY cell, id",
    [EISI_SPOOL_ENTRIES] = "SELECT e.file, f.name, l.n_sweeps, l.sha256, e.cell,"
                           " coalesce(c.name, f.name), e.sweep, r.line, r.texts FROM entry e"
                           " CROSS JOIN file f ON f.id = e.file CROSS JOIN look l ON l.id = e.file"
                           " CROSS JOIN row r ON r.id = e.row LEFT JOIN cell c ON c.id = e.cell"
                           " WHERE e.id > ? AND e.id <= ? ORDER BY e.id",
    [EISI_SPOOL_CELLS_OF_ENTRIES] = "SELECT cell FROM entry ORDER BY id",
    [EISI_SPOOL_CLEAR_BLOCKS] = "DELETE FROM block",
    [EISI_SPOOL_PUT_BLOCK] = "INSERT INTO block VALUES(?, ?, ?, ?)",
    [EISI_SPOOL_BLOCK] = "SELECT first, n, position FROM block WHERE id = ?",
    [EISI_SPOOL_CLEAR_PENDING] = "DELETE FROM pending",
    [EISI_SPOOL_PUT_PENDING] = "INSERT INTO pending VALUES(?, ?)",
    [EISI_SPOOL_PENDING] = "SELECT block FROM pending WHERE id = ?",
    [EISI_SPOOL_COUNT_PENDING] = "SELECT coalesce(sum(b.n), 0) FROM pending p"
                                 " JOIN block b ON b.id = p.block",
};

typedef struct names {
  eis_query *find, *put;
  uint32_t n;
} names;

struct eisi_spool {
  eis_store *store;
  pthread_mutex_t lock; /* recursive: rows are taken under it */
  eis_query *query[EISI_SPOOL_N];
  names names[2];
};

/* ---- as a whole ---- */

static eis_status make_lock(eisi_spool *s, eis_error *err) {
  pthread_mutexattr_t kind;
  bool ok = pthread_mutexattr_init(&kind) == 0;
  if (ok) {
    pthread_mutexattr_settype(&kind, PTHREAD_MUTEX_RECURSIVE);
    ok = pthread_mutex_init(&s->lock, &kind) == 0;
    pthread_mutexattr_destroy(&kind);
  }
  return ok ? EIS_OK : eis_error_set(err, EIS_ERROR_MEMORY, "out of memory for a lock");
}

static eis_status open_names(eisi_spool *s, eis_error *err) {
  static const char *const sql[2][2] = {
      [EISI_SPOOL_FILE] = {"SELECT id FROM file WHERE name = ?", "INSERT INTO file VALUES(?, ?)"},
      [EISI_SPOOL_CELL] = {"SELECT id FROM cell WHERE name = ?", "INSERT INTO cell VALUES(?, ?)"}};
  eis_status st = EIS_OK;
  for (int i = 0; st == EIS_OK && i < 2; i++) {
    st = eis_store_query(s->store, sql[i][0], &s->names[i].find, err);
    if (st == EIS_OK) st = eis_store_query(s->store, sql[i][1], &s->names[i].put, err);
  }
  return st;
}

eis_status eisi_spool_new(eisi_spool **out, eis_error *err) {
  eisi_spool *s = *out = eisi_new(1, sizeof *s, err);
  if (!s) return EIS_ERROR_MEMORY;
  eis_status st = make_lock(s, err);
  if (st != EIS_OK) {
    free(s);
    *out = NULL;
    return st;
  }
  st = eisi_store_temporary("the table of the manifest", &s->store, err);
  if (st == EIS_OK) st = eisi_store_collate_number(s->store, err);
  if (st == EIS_OK) st = eis_store_execute(s->store, tables, err);
  return st == EIS_OK ? open_names(s, err) : st;
}

void eisi_spool_free(eisi_spool *s) {
  if (!s) return;
  for (int i = 0; i < EISI_SPOOL_N; i++) eis_query_free(s->query[i]);
  for (int i = 0; i < 2; i++) {
    eis_query_free(s->names[i].find);
    eis_query_free(s->names[i].put);
  }
  eis_store_close(s->store);
  pthread_mutex_destroy(&s->lock);
  free(s);
}

/* ---- statements ---- */

static void bind(eis_query *q, const eisi_spool_args *a) {
  for (int i = 0; a && i < a->n; i++) eis_query_bind_integer(q, i, a->v[i]);
  for (int i = 0; a && i < a->n_texts; i++)
    eisi_query_bind_bytes(q, a->n + i, a->text[i].at, a->text[i].n);
}

static eis_status run(eisi_spool *s, eisi_spool_sql which, const eisi_spool_args *args,
                      eisi_spool_take *take, void *ctx, eis_error *err) {
  bool row = true;
  eis_status st = EIS_OK;
  if (!s->query[which]) st = eis_store_query(s->store, statements[which], &s->query[which], err);
  if (st != EIS_OK) return st;
  eis_query *q = s->query[which];
  bind(q, args);
  while (st == EIS_OK && (st = eis_query_next(q, &row, err)) == EIS_OK && row)
    if (take) st = take(ctx, q, err);
  eisi_query_reset(q);
  return st;
}

eis_status eisi_spool_run(eisi_spool *s, eisi_spool_sql which, const eisi_spool_args *args,
                          eisi_spool_take *take, void *ctx, eis_error *err) {
  pthread_mutex_lock(&s->lock);
  const eis_status st = run(s, which, args, take, ctx, err);
  pthread_mutex_unlock(&s->lock);
  return st;
}

static eis_status take_integer(void *ctx, eis_query *row, eis_error *err) {
  (void)err;
  *(int64_t *)ctx = eis_query_integer(row, 0);
  return EIS_OK;
}

eis_status eisi_spool_integer(eisi_spool *s, eisi_spool_sql which, const eisi_spool_args *args,
                              int64_t *out, eis_error *err) {
  *out = 0;
  return eisi_spool_run(s, which, args, take_integer, out, err);
}

static eis_status take_text(void *ctx, eis_query *row, eis_error *err) {
  char **out = ctx;
  size_t n;
  const void *bytes = eisi_query_bytes(row, 0, &n);
  free(*out);
  *out = eisi_strndup(bytes, n, err);
  return *out ? EIS_OK : EIS_ERROR_MEMORY;
}

eis_status eisi_spool_file_name(eisi_spool *s, size_t file, char **out, eis_error *err) {
  *out = NULL;
  const eis_status st =
      eisi_spool_run(s, EISI_SPOOL_FILE_NAME, &(eisi_spool_args){.n = 1, .v = {(int64_t)file}},
                     take_text, out, err);
  if (st != EIS_OK || *out) return st;
  return eis_error_set(err, EIS_ERROR_NUMERIC, "the manifest has no file %zu", file);
}

/* ---- names ---- */

static eis_status number_of(names *t, const char *text, size_t n, uint32_t *number,
                            eis_error *err) {
  bool there = false, none;
  eisi_query_bind_bytes(t->find, 0, text, n);
  eis_status st = eis_query_next(t->find, &there, err);
  if (st == EIS_OK && there) *number = (uint32_t)eis_query_integer(t->find, 0);
  eisi_query_reset(t->find);
  if (st != EIS_OK || there) return st;
  eis_query_bind_integer(t->put, 0, t->n);
  eisi_query_bind_bytes(t->put, 1, text, n);
  st = eis_query_next(t->put, &none, err);
  if (st == EIS_OK) *number = t->n++;
  return st;
}

eis_status eisi_spool_number(eisi_spool *s, eisi_spool_names which, const char *text, size_t n,
                             uint32_t *number, eis_error *err) {
  pthread_mutex_lock(&s->lock);
  const eis_status st = number_of(&s->names[which], text, n, number, err);
  pthread_mutex_unlock(&s->lock);
  return st;
}

size_t eisi_spool_count(const eisi_spool *s, eisi_spool_names which) { return s->names[which].n; }
