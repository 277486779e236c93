/* merge.h - the stores of several shards put together. */
#ifndef EISI_MERGE_H
#define EISI_MERGE_H

#include "campaign/store.h"

/* Adds what the store at `path` has and `into` has not; *added spectra.
   Errors: EIS_ERROR_INPUT no store, or one of another campaign: other options, manifest or files.
 */
eis_status eisi_store_merge(eis_store *into, const char *path, size_t *added, eis_error *err);

#endif
