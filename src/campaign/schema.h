/* schema.h - the tables of a store, version 1.  doc/store.md says what the columns mean. */
#ifndef EISI_SCHEMA_H
#define EISI_SCHEMA_H

#include <stdbool.h>
#include <stddef.h>

enum { EISI_STORE_VERSION = 1, EISI_STORE_APPLICATION = 0x45495346 /* "EISF" */ };

typedef enum eisi_table_id {
  EISI_TABLE_BLOCKS,
  EISI_TABLE_GRIDS,
  EISI_TABLE_FILES,
  EISI_TABLE_SPECTRA,
  EISI_TABLE_METADATA,
  EISI_TABLE_QUALITY,
  EISI_TABLE_FITS,
  EISI_TABLE_PARAMETERS,
  EISI_TABLE_DRT,
  EISI_TABLE_PEAKS,
  EISI_TABLE_TRACKS,
  EISI_TABLE_CAMPAIGN,
  EISI_TABLE_RUNS,
  EISI_N_TABLES
} eisi_table_id;

typedef struct eisi_schema_table {
  const char *name;
  int n_columns;
  const char *create;   /* SQL */
  const char *order;    /* columns that put its rows in order */
  const char *conflict; /* what INSERT does with a row that is there: "ABORT", "IGNORE" ... */
  bool result;          /* counts in the hash of the results */
} eisi_schema_table;

/* Table i, NULL past the end. */
const eisi_schema_table *eisi_schema_at(int i);
/* Indexes and views, in SQL. */
extern const char eisi_schema_rest[];

/* What `campaign export --table` shows. */
typedef struct eisi_export {
  const char *name; /* "spectra" */
  const char *doc;  /* one line */
  const char *sql;  /* one row of output per row, in order */
} eisi_export;
const eisi_export *eisi_export_at(size_t i);

#endif
