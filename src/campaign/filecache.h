/* filecache.h - files that were read, shared by the workers: a stack of 300 sweeps is read once. */
#ifndef EISI_FILECACHE_H
#define EISI_FILECACHE_H

#include "campaign/manifest.h"

typedef struct eisi_filecache eisi_filecache;

/* Room for as many files as workers use at a time, and some. */
eis_status eisi_filecache_new(const eis_manifest *m, size_t workers, eisi_filecache **out,
                              eis_error *err);
void eisi_filecache_free(eisi_filecache *c);

/* The sweep of an entry, and the first sweep of the file (for what is said of the file), valid
   until _release with the same *handle.  Errors: what the reader says; a file that changed; a sweep
   that is not there. */
eis_status eisi_filecache_get(eisi_filecache *c, const eis_manifest_entry *e,
                              const eis_spectrum **s, int *handle, eis_error *err);
/* The file behind a handle vanished, could not be read or was changed after the manifest was
 * checked. */
bool eisi_filecache_gone(eisi_filecache *c, int handle);
void eisi_filecache_release(eisi_filecache *c, int handle);

#endif
