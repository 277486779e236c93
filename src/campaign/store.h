/* store.h - what the rest of the campaign layer may do with a store. */
#ifndef EISI_STORE_H
#define EISI_STORE_H

#include <eisfit/store.h>

#include "base/base.h"

/* Adds rows as rows.h makes them. */
eis_status eisi_store_insert(eis_store *s, const char *rows, size_t n, eis_error *err);
/* A key of the campaign table. */
eis_status eisi_store_set(eis_store *s, const char *key, const char *value, eis_error *err);
/* First value of the first row of a query; 0 when there is none. */
eis_status eisi_store_count(eis_store *s, const char *sql, int64_t *count, eis_error *err);

#endif
