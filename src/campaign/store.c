/* store.c - the one file that knows SQLite. */
#include "campaign/store.h"

#include <errno.h>
#include <math.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "campaign/lock.h"
#include "campaign/natural.h"
#include "campaign/rows.h"
#include "campaign/schema.h"

struct eis_store {
  char *path;
  eis_store_mode mode;
  sqlite3 *db;
  eisi_lock lock;
  bool temporary; /* path is what it is in words */
  sqlite3_stmt *insert[EISI_N_TABLES];
};

struct eis_query {
  eis_store *store;
  sqlite3_stmt *stmt;
  bool no_memory; /* for a value that was bound or read: the next row tells */
};

/* ---- what went wrong, in words ---- */

static eis_status fail_temporary(const eis_store *s, eis_error *err) {
  const int code = sqlite3_errcode(s->db);
  if (code == SQLITE_NOMEM) return eis_error_set(err, EIS_ERROR_MEMORY, "out of memory");
  return eis_error_set(err, EIS_ERROR_OUTPUT,
                       "can't keep %s in a temporary file: %s; TMPDIR can name a folder with room "
                       "for it",
                       s->path, code == SQLITE_FULL ? "the disk is full" : sqlite3_errmsg(s->db));
}

static eis_status fail(const eis_store *s, eis_error *err) {
  if (s->temporary) return fail_temporary(s, err);
  const char *text = sqlite3_errmsg(s->db);
  switch (sqlite3_errcode(s->db)) {
    case SQLITE_NOMEM: return eis_error_set(err, EIS_ERROR_MEMORY, "out of memory");
    case SQLITE_FULL:
      return eis_error_set(err, EIS_ERROR_OUTPUT,
                           "can't write '%s': the disk is full; what was stored is kept, run the "
                           "same command again when there is room",
                           s->path);
    case SQLITE_IOERR:
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
      return eis_error_set(err, s->mode == EIS_STORE_READ ? EIS_ERROR_INPUT : EIS_ERROR_OUTPUT,
                           "can't %s '%s': %s", s->mode == EIS_STORE_READ ? "read" : "write",
                           s->path, text);
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return eis_error_at(err, EIS_ERROR_INPUT, s->path, 0, 0,
                          "the store is locked by another program; close it and try again");
    case SQLITE_NOTADB:
      return eis_error_at(err, EIS_ERROR_INPUT, s->path, 0, 0, "this is no eisfit store");
    case SQLITE_CORRUPT:
      return eis_error_at(
          err, EIS_ERROR_INPUT, s->path, 0, 0,
          "the store is damaged (%s); restore a copy, or run the campaign into a new "
          "one",
          text);
    default: return eis_error_at(err, EIS_ERROR_INPUT, s->path, 0, 0, "%s", text);
  }
}

eis_status eis_store_execute(eis_store *s, const char *sql, eis_error *err) {
  return sqlite3_exec(s->db, sql, NULL, NULL, NULL) == SQLITE_OK ? EIS_OK : fail(s, err);
}

eis_status eis_store_begin(eis_store *s, eis_error *err) {
  return eis_store_execute(s, "BEGIN IMMEDIATE", err);
}

void eis_store_rollback(eis_store *s) {
  if (!sqlite3_get_autocommit(s->db)) sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
}

eis_status eis_store_commit(eis_store *s, eis_error *err) {
  const eis_status st = eis_store_execute(s, "COMMIT", err);
  if (st != EIS_OK) eis_store_rollback(s);
  return st;
}

/* ---- opening ---- */

static eis_status pragma(eis_store *s, const char *name, int64_t *value, eis_error *err) {
  char sql[64];
  sqlite3_snprintf(sizeof sql, sql, "PRAGMA %s", name);
  return eisi_store_count(s, sql, value, err);
}

static eis_status make_tables(eis_store *s, eis_error *err) {
  char sql[128];
  eis_status st = eis_store_begin(s, err);
  if (st != EIS_OK) return st;
  for (int i = 0; st == EIS_OK && i < EISI_N_TABLES; i++)
    st = eis_store_execute(s, eisi_schema_at(i)->create, err);
  if (st == EIS_OK) st = eis_store_execute(s, eisi_schema_rest, err);
  sqlite3_snprintf(sizeof sql, sql, "PRAGMA user_version = %d; PRAGMA application_id = %d",
                   EISI_STORE_VERSION, EISI_STORE_APPLICATION);
  if (st == EIS_OK) st = eis_store_execute(s, sql, err);
  if (st == EIS_OK) return eis_store_commit(s, err);
  eis_store_rollback(s);
  return st;
}

/* Another program's database, a newer version, or nothing at all? */
static eis_status check_content(eis_store *s, eis_error *err) {
  int64_t version = 0, application = 0, objects = 0;
  eis_status st = pragma(s, "application_id", &application, err);
  if (st == EIS_OK) st = pragma(s, "user_version", &version, err);
  if (st == EIS_OK) st = eisi_store_count(s, "SELECT count(*) FROM sqlite_master", &objects, err);
  if (st != EIS_OK) return st;
  if (objects == 0 && application == 0 && s->mode == EIS_STORE_CREATE) return make_tables(s, err);
  if (application != EISI_STORE_APPLICATION)
    return eis_error_at(err, EIS_ERROR_INPUT, s->path, 0, 0, "this is no eisfit store");
  if (version > EISI_STORE_VERSION)
    return eis_error_at(
        err, EIS_ERROR_INPUT, s->path, 0, 0,
        "the store is of version %d, this eisfit knows version %d; it was written by "
        "a newer eisfit: use that one",
        (int)version, EISI_STORE_VERSION);
  return EIS_OK;
}

static eis_status set_up(eis_store *s, eis_error *err) {
  eis_status st = EIS_OK;
  sqlite3_busy_timeout(s->db, 10000);
  /* the check comes first: nothing is written to what is no store */
  if (s->mode != EIS_STORE_CREATE) st = check_content(s, err);
  if (s->mode == EIS_STORE_READ || st != EIS_OK) return st;
  if (s->mode == EIS_STORE_CREATE) {
    int64_t application = 0;
    st = pragma(s, "application_id", &application, err);
    if (st == EIS_OK && application != 0) st = check_content(s, err);
  }
  if (st == EIS_OK) st = eis_store_execute(s, "PRAGMA journal_mode = WAL", err);
  if (st == EIS_OK) st = eis_store_execute(s, "PRAGMA synchronous = NORMAL", err);
  if (st == EIS_OK) st = eis_store_execute(s, "PRAGMA foreign_keys = ON", err);
  return st == EIS_OK && s->mode == EIS_STORE_CREATE ? check_content(s, err) : st;
}

eis_status eis_store_open(const char *path, eis_store_mode mode, eis_store **out, eis_error *err) {
  struct stat info;
  const bool there = stat(path, &info) == 0;
  *out = NULL;
  if (there && S_ISDIR(info.st_mode))
    return eis_error_at(err, EIS_ERROR_INPUT, path, 0, 0, "is a directory, not a store");
  if (!there && mode != EIS_STORE_CREATE)
    return eis_error_at(err, EIS_ERROR_INPUT, path, 0, 0, "can't open: %s", strerror(errno));
  eis_store *s = eisi_new(1, sizeof *s, err);
  if (!s) return EIS_ERROR_MEMORY;
  s->mode = mode;
  s->lock.fd = -1;
  s->path = eisi_strdup(path, err);
  eis_status st = s->path ? EIS_OK : EIS_ERROR_MEMORY;
  if (st == EIS_OK && mode != EIS_STORE_READ) st = eisi_lock_take(&s->lock, path, err);
  const int flags = mode == EIS_STORE_READ    ? SQLITE_OPEN_READONLY
                    : mode == EIS_STORE_WRITE ? SQLITE_OPEN_READWRITE
                                              : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
  if (st == EIS_OK && sqlite3_open_v2(path, &s->db, flags, NULL) != SQLITE_OK) st = fail(s, err);
  if (st == EIS_OK) st = set_up(s, err);
  if (st == EIS_OK)
    *out = s;
  else
    eis_store_close(s);
  return st;
}

/* Nothing has to be taken back nor survive: no journal. */
static const char temporary_setup[] =
    "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA temp_store = FILE;"
    "PRAGMA cache_size = -512; BEGIN";

eis_status eisi_store_temporary(const char *what, eis_store **out, eis_error *err) {
  eis_store *s = *out = eisi_new(1, sizeof *s, err);
  if (!s) return EIS_ERROR_MEMORY;
  s->mode = EIS_STORE_CREATE;
  s->lock.fd = -1;
  s->temporary = true;
  s->path = eisi_strdup(what, err);
  eis_status st = s->path ? EIS_OK : EIS_ERROR_MEMORY;
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
  if (st == EIS_OK && sqlite3_open_v2("", &s->db, flags, NULL) != SQLITE_OK) st = fail(s, err);
  if (st == EIS_OK) st = eis_store_execute(s, temporary_setup, err);
  if (st == EIS_OK) return EIS_OK;
  eis_store_close(s);
  *out = NULL;
  return st;
}

/* What no folder has for a name is longer than this. */
enum { NAME_MAX_BYTES = 8192 };

/* The texts come without a NUL. */
static int by_number(void *ctx, int n, const void *a, int m, const void *b) {
  char one[NAME_MAX_BYTES], other[NAME_MAX_BYTES];
  (void)ctx;
  if (n >= NAME_MAX_BYTES) n = NAME_MAX_BYTES - 1;
  if (m >= NAME_MAX_BYTES) m = NAME_MAX_BYTES - 1;
  memcpy(one, a, (size_t)n);
  memcpy(other, b, (size_t)m);
  one[n] = other[m] = '\0';
  return eisi_natural_order(one, other);
}

eis_status eisi_store_collate_number(eis_store *s, eis_error *err) {
  return sqlite3_create_collation(s->db, "by_number", SQLITE_UTF8, NULL, by_number) == SQLITE_OK
             ? EIS_OK
             : fail(s, err);
}

void eis_store_close(eis_store *s) {
  if (!s) return;
  for (int i = 0; i < EISI_N_TABLES; i++) sqlite3_finalize(s->insert[i]);
  if (s->db && s->lock.fd >= 0) {
    eis_store_rollback(s);
    /* one file that can be copied and read anywhere; a reader in the way leaves it as it is */
    sqlite3_busy_timeout(s->db, 0);
    sqlite3_exec(s->db, "PRAGMA journal_mode = DELETE", NULL, NULL, NULL);
  }
  sqlite3_close(s->db);
  eisi_lock_release(&s->lock);
  free(s->path);
  free(s);
}

const char *eis_store_path(const eis_store *s) { return s->path; }

/* ---- rows ---- */

static eis_status prepare_insert(eis_store *s, int table, eis_error *err) {
  const eisi_schema_table *t = eisi_schema_at(table);
  eisi_text sql = {0};
  if (s->insert[table]) return EIS_OK;
  eisi_text_addf(&sql, "INSERT OR %s INTO %s VALUES(", t->conflict, t->name);
  for (int i = 0; i < t->n_columns; i++) eisi_text_addf(&sql, i ? ",?" : "?");
  eisi_text_addf(&sql, ")");
  eis_status st = sql.failed ? eis_error_set(err, EIS_ERROR_MEMORY, "out of memory") : EIS_OK;
  if (st == EIS_OK && sqlite3_prepare_v3(s->db, sql.s, -1, SQLITE_PREPARE_PERSISTENT,
                                         &s->insert[table], NULL) != SQLITE_OK)
    st = fail(s, err);
  eisi_text_clear(&sql);
  return st;
}

static int bind(sqlite3_stmt *q, int i, const eisi_row_value *v) {
  switch (v->kind) {
    case EISI_ROW_NULL: return sqlite3_bind_null(q, i);
    case EISI_ROW_INTEGER: return sqlite3_bind_int64(q, i, v->integer);
    case EISI_ROW_REAL: return sqlite3_bind_double(q, i, v->real);
    case EISI_ROW_TEXT: return sqlite3_bind_text(q, i, v->bytes, (int)v->n, SQLITE_STATIC);
    case EISI_ROW_BLOB: return sqlite3_bind_blob(q, i, v->bytes, (int)v->n, SQLITE_STATIC);
  }
  return SQLITE_MISUSE;
}

static eis_status insert_row(eis_store *s, int table, const char **at, const char *end,
                             eis_error *err) {
  const eisi_schema_table *t = eisi_schema_at(table);
  eisi_row_value v;
  if (!t) return eis_error_set(err, EIS_ERROR_NUMERIC, "results arrived damaged (table %d)", table);
  eis_status st = prepare_insert(s, table, err);
  for (int i = 1; st == EIS_OK && i <= t->n_columns; i++) {
    if (!eisi_rows_value(at, end, &v))
      return eis_error_set(err, EIS_ERROR_NUMERIC, "results arrived damaged (%s)", t->name);
    if (bind(s->insert[table], i, &v) != SQLITE_OK) st = fail(s, err);
  }
  if (st == EIS_OK && sqlite3_step(s->insert[table]) != SQLITE_DONE) st = fail(s, err);
  if (s->insert[table]) sqlite3_reset(s->insert[table]);
  return st;
}

eis_status eisi_store_insert(eis_store *s, const char *rows, size_t n, eis_error *err) {
  const char *at = rows, *end = rows + n;
  eis_status st = EIS_OK;
  for (int table; st == EIS_OK && (table = eisi_rows_table(&at, end)) >= 0;)
    st = insert_row(s, table, &at, end, err);
  return st;
}

/* ---- queries ---- */

eis_status eis_store_query(eis_store *s, const char *sql, eis_query **out, eis_error *err) {
  eis_query *q = *out = eisi_new(1, sizeof *q, err);
  if (!q) return EIS_ERROR_MEMORY;
  q->store = s;
  if (sqlite3_prepare_v2(s->db, sql, -1, &q->stmt, NULL) == SQLITE_OK && q->stmt) return EIS_OK;
  const eis_status st = fail(s, err);
  free(q);
  *out = NULL;
  return st;
}

void eis_query_free(eis_query *q) {
  if (!q) return;
  sqlite3_finalize(q->stmt);
  free(q);
}

void eis_query_bind_text(eis_query *q, int i, const char *text) {
  if (sqlite3_bind_text(q->stmt, i + 1, text, -1, SQLITE_TRANSIENT) == SQLITE_NOMEM)
    q->no_memory = true;
}
void eisi_query_bind_bytes(eis_query *q, int i, const void *bytes, size_t n) {
  if (sqlite3_bind_blob64(q->stmt, i + 1, n ? bytes : "", n, SQLITE_STATIC) == SQLITE_NOMEM)
    q->no_memory = true;
}
void eis_query_bind_integer(eis_query *q, int i, int64_t v) {
  sqlite3_bind_int64(q->stmt, i + 1, v);
}
void eis_query_bind_real(eis_query *q, int i, double v) { sqlite3_bind_double(q->stmt, i + 1, v); }

eis_status eis_query_next(eis_query *q, bool *row, eis_error *err) {
  const int code = q->no_memory ? SQLITE_NOMEM : sqlite3_step(q->stmt);
  *row = code == SQLITE_ROW;
  if (*row) return EIS_OK;
  const eis_status st = code == SQLITE_DONE ? EIS_OK
                        : q->no_memory      ? eis_error_set(err, EIS_ERROR_MEMORY, "out of memory")
                                            : fail(q->store, err);
  q->no_memory = false;
  sqlite3_reset(q->stmt);
  return st;
}

void eisi_query_reset(eis_query *q) { sqlite3_reset(q->stmt); }

const void *eisi_query_bytes(eis_query *q, int column, size_t *n) {
  const void *bytes = sqlite3_column_blob(q->stmt, column);
  *n = (size_t)sqlite3_column_bytes(q->stmt, column);
  return bytes ? bytes : "";
}

int eis_query_columns(const eis_query *q) { return sqlite3_column_count(q->stmt); }
const char *eis_query_name(const eis_query *q, int column) {
  return sqlite3_column_name(q->stmt, column);
}

eis_query_kind eis_query_kind_of(eis_query *q, int column) {
  static const eis_query_kind kinds[] = {
      [SQLITE_INTEGER] = EIS_QUERY_INTEGER, [SQLITE_FLOAT] = EIS_QUERY_REAL,
      [SQLITE_TEXT] = EIS_QUERY_TEXT, [SQLITE_BLOB] = EIS_QUERY_BLOB, [SQLITE_NULL] = EIS_QUERY_NULL};
  return kinds[sqlite3_column_type(q->stmt, column)];
}

double eis_query_real(eis_query *q, int column) {
  return sqlite3_column_type(q->stmt, column) == SQLITE_NULL
             ? NAN
             : sqlite3_column_double(q->stmt, column);
}
int64_t eis_query_integer(eis_query *q, int column) {
  return sqlite3_column_int64(q->stmt, column);
}
const char *eis_query_text(eis_query *q, int column) {
  const char *text = (const char *)sqlite3_column_text(q->stmt, column);
  if (!text && sqlite3_column_type(q->stmt, column) != SQLITE_NULL) q->no_memory = true;
  return text ? text : "";
}

static double number_from(const unsigned char *b, int size) {
  uint64_t bits = 0;
  double v;
  float f;
  for (int i = 0; i < size; i++) bits |= (uint64_t)b[i] << (8 * i);
  const uint32_t half = (uint32_t)bits;
  memcpy(&f, &half, sizeof f);
  memcpy(&v, &bits, sizeof v);
  return size == 8 ? v : (double)f;
}

eis_status eis_query_numbers(eis_query *q, int column, int size, double **v, size_t *n,
                             eis_error *err) {
  const unsigned char *b = sqlite3_column_blob(q->stmt, column);
  *n = (size_t)sqlite3_column_bytes(q->stmt, column) / (size_t)size;
  *v = NULL;
  if (!b || *n == 0) return EIS_OK;
  *v = eisi_new(*n, sizeof **v, err);
  if (!*v) return EIS_ERROR_MEMORY;
  for (size_t i = 0; i < *n; i++) (*v)[i] = number_from(b + i * (size_t)size, size);
  return EIS_OK;
}

/* ---- small questions ---- */

eis_status eisi_store_count(eis_store *s, const char *sql, int64_t *count, eis_error *err) {
  eis_query *q;
  bool row = false;
  *count = 0;
  eis_status st = eis_store_query(s, sql, &q, err);
  if (st == EIS_OK) st = eis_query_next(q, &row, err);
  if (st == EIS_OK && row) *count = eis_query_integer(q, 0);
  eis_query_free(q);
  return st;
}

eis_status eis_store_setting(eis_store *s, const char *key, char **value, eis_error *err) {
  eis_query *q;
  bool row = false;
  *value = NULL;
  eis_status st = eis_store_query(s, "SELECT value FROM campaign WHERE key = ?", &q, err);
  if (st != EIS_OK) return st;
  eis_query_bind_text(q, 0, key);
  st = eis_query_next(q, &row, err);
  if (st == EIS_OK && row) {
    *value = eisi_strdup(eis_query_text(q, 0), err);
    if (!*value) st = EIS_ERROR_MEMORY;
  }
  eis_query_free(q);
  return st;
}

eis_status eisi_store_set(eis_store *s, const char *key, const char *value, eis_error *err) {
  eisi_text row = {0};
  eisi_rows_begin(&row, EISI_TABLE_CAMPAIGN);
  eisi_rows_text(&row, key);
  eisi_rows_text(&row, value);
  const eis_status st = row.failed ? eis_error_set(err, EIS_ERROR_MEMORY, "out of memory")
                                   : eisi_store_insert(s, row.s, row.n, err);
  eisi_text_clear(&row);
  return st;
}

/* ---- the hash ---- */

static void hash_value(eisi_text *t, eis_query *q, int column) {
  const eis_query_kind kind = eis_query_kind_of(q, column);
  const int n = sqlite3_column_bytes(q->stmt, column);
  if (kind == EIS_QUERY_NULL) {
    eisi_text_add(t, "-", 1);
  } else if (kind == EIS_QUERY_REAL) {
    char number[40];
    eisi_print_double(number, sizeof number, eis_query_real(q, column));
    eisi_text_addf(t, "r%s", number);
  } else if (kind == EIS_QUERY_BLOB) {
    eisi_text_addf(t, "b%d:", n);
    if (n) eisi_text_add(t, sqlite3_column_blob(q->stmt, column), (size_t)n);
  } else {
    eisi_text_addf(t, "%c%d:%s", kind == EIS_QUERY_INTEGER ? 'i' : 't', n,
                   eis_query_text(q, column));
  }
  eisi_text_add(t, ",", 1);
}

/* hex = sha256(hex, row) */
static eis_status hash_table(eis_store *s, const eisi_schema_table *t, char hex[65],
                             eis_error *err) {
  eis_query *q = NULL;
  eisi_text sql = {0}, row = {0};
  bool more = true;
  eisi_text_addf(&sql, "SELECT * FROM %s ORDER BY %s", t->name, t->order);
  eis_status st = eisi_text_state(&sql, err);
  if (st == EIS_OK) st = eis_store_query(s, sql.s, &q, err);
  while (st == EIS_OK && (st = eis_query_next(q, &more, err)) == EIS_OK && more) {
    row.n = 0;
    eisi_text_addf(&row, "%s %s:", hex, t->name);
    for (int c = 0; c < eis_query_columns(q); c++) hash_value(&row, q, c);
    if (row.failed)
      st = eis_error_set(err, EIS_ERROR_MEMORY, "out of memory");
    else
      eisi_sha256(row.s, row.n, hex);
  }
  eis_query_free(q);
  eisi_text_clear(&sql);
  eisi_text_clear(&row);
  return st;
}

eis_status eis_store_hash(eis_store *s, char hex[65], eis_error *err) {
  eis_status st = eis_store_execute(s, "BEGIN", err); /* one state of a store that is written to */
  eisi_sha256("", 0, hex);
  for (int i = 0; st == EIS_OK && i < EISI_N_TABLES; i++)
    if (eisi_schema_at(i)->result) st = hash_table(s, eisi_schema_at(i), hex, err);
  eis_store_rollback(s);
  return st;
}
