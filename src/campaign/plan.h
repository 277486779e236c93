/* plan.h - a campaign cut into blocks: the unit of work, of a transaction, and of resuming. */
#ifndef EISI_PLAN_H
#define EISI_PLAN_H

#include "campaign/manifest.h"
#include "campaign/store.h"

/* Consecutive spectra of one cell, at most so many.  Start values are handed on within a block
   only, so that a block gives the same results wherever and whenever it is worked on. */
enum { EISI_BLOCK_MAX = 32 };

typedef struct eisi_plan {
  const eis_manifest *m;
  size_t n;             /* blocks */
  uint32_t *first;      /* n + 1: first entry of each */
  uint32_t *cell_first; /* first entry of each cell */
  size_t n_pending;
  uint32_t *pending;        /* blocks that are not in the store, ascending */
  size_t n_kept, n_dropped; /* spectra: there already; thrown away, because file or line changed */
} eisi_plan;

eis_status eisi_plan_make(const eis_manifest *m, eisi_plan *out, eis_error *err);
void eisi_plan_clear(eisi_plan *p);
/* Compares the store with the plan: what is not in the plan any more is dropped, numbers follow the
   plan, and what is missing is pending: of shard k of n (1-based) only, every n-th block. */
eis_status eisi_plan_reconcile(eisi_plan *p, eis_store *s, int k, int n, eis_error *err);

/* Identity of a block: its spectra with all that the manifest says of them, and the content of
   their files. */
eis_status eisi_plan_hash(const eisi_plan *p, size_t block, char hex[65], eis_error *err);

#endif
