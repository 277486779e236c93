/* store.h - what the rest of the campaign layer may do with a store. */
#ifndef EISI_STORE_H
#define EISI_STORE_H

#include <eisfit/store.h>

#include "base/base.h"

/* Tables that nobody else sees and that are gone with the store, however the process ends: on the
   disk once they are larger than half a megabyte (SQLITE_TMPDIR, TMPDIR, /var/tmp or /tmp).  `what`
   is in messages. */
eis_status eisi_store_temporary(const char *what, eis_store **out, eis_error *err);
/* Bytes, which stay the caller's and as they are until the query was run. */
void eisi_query_bind_bytes(eis_query *q, int i, const void *bytes, size_t n);
/* Bytes of the row, valid until the next one. */
const void *eisi_query_bytes(eis_query *q, int column, size_t *n);
/* To be run again, whatever rows are left. */
void eisi_query_reset(eis_query *q);
/* For an order of texts: that of natural.h is called "by_number". */
eis_status eisi_store_collate_number(eis_store *s, eis_error *err);
/* Adds rows as rows.h makes them. */
eis_status eisi_store_insert(eis_store *s, const char *rows, size_t n, eis_error *err);
/* A key of the campaign table. */
eis_status eisi_store_set(eis_store *s, const char *key, const char *value, eis_error *err);
/* First value of the first row of a query; 0 when there is none. */
eis_status eisi_store_count(eis_store *s, const char *sql, int64_t *count, eis_error *err);

#endif
