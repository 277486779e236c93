/* run.h - the work of a campaign: every spectrum tested, fitted, its distribution of relaxation
   times found, and all of it stored. */
#ifndef EISI_RUN_H
#define EISI_RUN_H

#include <signal.h>

#include <eisfit/drt.h>
#include <eisfit/kk.h>
#include <eisfit/process.h>

#include "analysis/modelfit.h"
#include "campaign/filecache.h"
#include "campaign/plan.h"

/* What is done with a spectrum that fails the Kramers-Kronig test. */
typedef enum eisi_gate {
  EISI_GATE_FLAG,   /* fitted and marked */
  EISI_GATE_WINDOW, /* only the window in which it passes is used */
  EISI_GATE_SKIP    /* neither fitted nor anything else */
} eisi_gate;

typedef struct eisi_progress {
  size_t done, failed, total; /* spectra of this run */
  double seconds;
} eisi_progress;

/* Processes that share the work; { 0, 1 }: this one only. */
typedef struct eisi_ranks {
  int rank, size;
} eisi_ranks;

typedef struct eisi_campaign_options {
  const eisi_candidates *candidates; /* may be empty when drt is asked for */
  eis_fit_options fit;
  const eis_material *material; /* NULL = none */
  eis_conditions cond;          /* where the manifest says nothing */
  eis_kk_options kk;
  eisi_gate gate;
  bool drt;
  eis_drt_options drt_options;
  const eis_process_table *processes; /* names for the peaks; NULL = none */
  int threads;                        /* 0 = one per processor */
  eisi_ranks ranks;                   /* more than one: each works on a block at a time */
  int shard, n_shards;                /* 1, 1 = all */
  bool redo;                          /* throw away what was made with other options */
  const char *text; /* all options, for the record: another text is another campaign */
  const volatile sig_atomic_t *stop;
  void (*progress)(void *ctx, const eisi_progress *p); /* may be NULL; calling thread */
  void *ctx;
} eisi_campaign_options;

typedef struct eisi_campaign_summary {
  size_t n_total;             /* spectra of the shard */
  size_t n_kept;              /* there already */
  size_t n_dropped;           /* thrown away: changed, or not in the manifest any more */
  size_t n_done;              /* worked on now, the failed ones included */
  size_t n_failed, n_flagged; /* of these */
  size_t all_stored, all_failed, all_flagged; /* in the store afterwards */
  bool interrupted;
  bool lost; /* a process did not answer any more */
  double seconds;
} eisi_campaign_summary;

/* Errors: EIS_ERROR_USAGE the store was made with other options; EIS_ERROR_OUTPUT it can't be
   written (what was stored before is kept). */
eis_status eisi_campaign_run(const eis_manifest *m, const eisi_campaign_options *opt, eis_store *s,
                             eisi_campaign_summary *out, eis_error *err);

/* The part of rank 1, 2 ...: the same manifest, no store. */
eis_status eisi_campaign_serve(const eis_manifest *m, const eisi_campaign_options *opt,
                               eis_error *err);

/* ---- work.c: one block ---- */
typedef struct eisi_worker {
  eisi_fit_memory memory;
  eis_drt_work *drt;
} eisi_worker;
void eisi_worker_clear(eisi_worker *w);

/* What a block gave. */
typedef struct eisi_block_result {
  eisi_text rows;
  uint32_t done, failed, flagged; /* spectra */
  eis_error err;                  /* out of memory; code EIS_OK = all is well */
} eisi_block_result;

/* What all workers share. */
typedef struct eisi_setup {
  const eisi_campaign_options *opt;
  eisi_plan plan;
  eisi_filecache *files;
} eisi_setup;

/* *out is written over, its rows keep their room.  A spectrum that fails is a row that says so. */
void eisi_work_block(const eisi_setup *s, size_t block, eisi_worker *w, eisi_block_result *out);

#endif
