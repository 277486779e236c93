/* store.h - the results of a campaign in one SQLite file; doc/store.md has its tables and columns.
 */
#ifndef EISFIT_STORE_H
#define EISFIT_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <eisfit/status.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum eis_store_mode {
  EIS_STORE_READ,  /* what is there, also while a run adds to it */
  EIS_STORE_WRITE, /* what is there, to change it: no run at the same time */
  EIS_STORE_CREATE /* the same, made if it is not there */
} eis_store_mode;

typedef struct eis_store eis_store;

/* *out is new, to be closed.  A writer holds a lock (a file PATH-lock beside the store) until the
   store is closed or the process ends, however it ends. Errors: EIS_ERROR_INPUT no store, damaged,
   of a newer version, or locked by another writer; EIS_ERROR_OUTPUT can't be written. */
eis_status eis_store_open(const char *path, eis_store_mode mode, eis_store **out, eis_error *err);
void eis_store_close(eis_store *s);
/* As it was given to eis_store_open. */
const char *eis_store_path(const eis_store *s);

/* Runs one or more SQL statements that give no rows. */
eis_status eis_store_execute(eis_store *s, const char *sql, eis_error *err);
/* All that is written between begin and commit is there afterwards, or nothing of it. */
eis_status eis_store_begin(eis_store *s, eis_error *err);
eis_status eis_store_commit(eis_store *s,
                            eis_error *err); /* on failure everything is as before begin */
void eis_store_rollback(eis_store *s);       /* takes back what begin began */

/* A value of the campaign table, allocated; NULL = no such key (status OK). */
eis_status eis_store_setting(eis_store *s, const char *key, char **value, eis_error *err);
/* sha256 of all results in the order of the spectra: the same for any number of threads, shards or
   ranks, and however often the run was interrupted. */
eis_status eis_store_hash(eis_store *s, char hex[65], eis_error *err);

/* ---- queries: bind, then next until *row is false ---- */
typedef struct eis_query eis_query;
/* One statement with ? for values; *out is new, to be freed before the store is closed. */
eis_status eis_store_query(eis_store *s, const char *sql, eis_query **out, eis_error *err);
void eis_query_free(eis_query *q);
/* Value i (from 0) of the statement; texts are copied, and when there is no memory for one
   eis_query_next tells.  A NaN is bound as NULL. */
void eis_query_bind_text(eis_query *q, int i, const char *text);
void eis_query_bind_integer(eis_query *q, int i, int64_t v); /* the same for whole numbers */
void eis_query_bind_real(eis_query *q, int i, double v);     /* the same for numbers */
/* The next row; *row false = there is none.  After the last one the query can be run again. */
eis_status eis_query_next(eis_query *q, bool *row, eis_error *err);
/* Columns of the result and their names. */
int eis_query_columns(const eis_query *q);
const char *eis_query_name(const eis_query *q, int column); /* belongs to the query */

typedef enum eis_query_kind {
  EIS_QUERY_NULL,
  EIS_QUERY_INTEGER,
  EIS_QUERY_REAL,
  EIS_QUERY_TEXT,
  EIS_QUERY_BLOB
} eis_query_kind;
/* A value of the row; texts and blobs are valid until the next row. */
eis_query_kind eis_query_kind_of(eis_query *q, int column);
double eis_query_real(eis_query *q, int column);      /* NaN for NULL */
int64_t eis_query_integer(eis_query *q, int column);  /* 0 for NULL */
const char *eis_query_text(eis_query *q, int column); /* "" for NULL */
/* A blob of little-endian numbers of `size` bytes (8 or 4) as doubles, allocated; *n numbers, NULL
   and *n = 0 for NULL. */
eis_status eis_query_numbers(eis_query *q, int column, int size, double **v, size_t *n,
                             eis_error *err);

#ifdef __cplusplus
}
#endif
#endif
