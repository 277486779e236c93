/* plan.h - a campaign cut into blocks: the unit of work, of a transaction, and of resuming. */
#ifndef EISI_PLAN_H
#define EISI_PLAN_H

#include "campaign/manifest.h"
#include "campaign/store.h"

/* Consecutive spectra of one cell, at most so many.  Start values are handed on within a block
   only, so that a block gives the same results wherever and whenever it is worked on. */
enum { EISI_BLOCK_MAX = 32 };

/* The blocks are kept in the spool of the manifest, which can have one plan at a time. */
typedef struct eisi_plan {
  const eis_manifest *m;
  size_t n;                 /* blocks */
  size_t n_pending;         /* blocks that are not in the store */
  size_t pending_spectra;   /* in these */
  size_t n_kept, n_dropped; /* spectra: there already; thrown away, because file or line changed */
} eisi_plan;

eis_status eisi_plan_make(const eis_manifest *m, eisi_plan *out, eis_error *err);
/* Compares the store with the plan: what is not in the plan any more is dropped, numbers follow the
   plan, and what is missing is pending: of shard k of n (1-based) only, every n-th block. */
eis_status eisi_plan_reconcile(eisi_plan *p, eis_store *s, int k, int n, eis_error *err);
/* Pending block k < n_pending, ascending. */
eis_status eisi_plan_pending(const eisi_plan *p, size_t k, size_t *block, eis_error *err);

/* A block with all that the manifest says of its spectra. */
typedef struct eisi_plan_block {
  size_t number, first, n; /* from 0: of the plan; first entry; entries */
  size_t position;         /* of the first entry within its cell, from 0 */
  bool same_file;          /* the entry before the first is of the same cell and file */
  eis_manifest_entry entry[EISI_BLOCK_MAX];
} eisi_plan_block;
/* *out is overwritten, to be cleared, also after a failure. */
eis_status eisi_plan_take(const eisi_plan *p, size_t number, eisi_plan_block *out, eis_error *err);
void eisi_plan_block_clear(eisi_plan_block *b);

/* Identity of a block: its spectra with all that the manifest says of them, and the content of
   their files. */
eis_status eisi_plan_block_hash(const eis_manifest *m, const eisi_plan_block *b, char hex[65],
                                eis_error *err);

#endif
