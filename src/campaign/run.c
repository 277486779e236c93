/* run.c - the driver: which blocks are missing, threads that work on them, one writer. */
#include "campaign/run.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/pool.h"
#include "campaign/mpi.h"
#include "campaign/rows.h"
#include "campaign/schema.h"

/* Spectra that are written in one transaction, about; blocks that are worked on ahead of the
   writer, per thread. */
enum { TRANSACTION = 64, AHEAD = 8 };

typedef struct run {
  eisi_setup set;
  eis_store *store;
  int threads;
  eisi_worker *worker; /* threads of them */
  bool *busy;
  eisi_block_result *job; /* ring of `window` */
  size_t window;
  pthread_mutex_t lock; /* of busy */
  size_t uncommitted;   /* spectra */
  eisi_campaign_summary *sum;
  double started;
  size_t dealt; /* pending blocks given to other processes */
  int64_t id;   /* of the row in runs */
  eis_error fatal;
} run;

/* ---- the record of the run ---- */

static void shard_text(const eisi_campaign_options *opt, char *text, size_t size) {
  snprintf(text, size, "%d/%d", opt->shard, opt->n_shards);
}

static eis_status begin_run(run *r, eis_error *err) {
  eis_query *q;
  bool row;
  char shard[32];
  eis_status st =
      eisi_store_count(r->store, "SELECT coalesce(max(id), 0) + 1 FROM runs", &r->id, err);
  if (st == EIS_OK)
    st = eis_store_query(
        r->store,
        "INSERT INTO runs VALUES(?, strftime('%Y-%m-%dT%H:%M:%SZ', 'now'), NULL, ?, ?,"
        " ?, ?, ?, 0, 0, ?, ?, 'running')",
        &q, err);
  if (st != EIS_OK) return st;
  shard_text(r->set.opt, shard, sizeof shard);
  eis_query_bind_integer(q, 0, r->id);
  eis_query_bind_text(q, 1, EISI_VERSION);
  eis_query_bind_text(q, 2, r->set.opt->text);
  eis_query_bind_text(q, 3, r->set.plan.m->sha256);
  eis_query_bind_integer(q, 4, r->set.opt->ranks.size > 1 ? r->set.opt->ranks.size : r->threads);
  eis_query_bind_text(q, 5, shard);
  eis_query_bind_integer(q, 6, (int64_t)r->set.plan.n_kept);
  eis_query_bind_integer(q, 7, (int64_t)r->set.plan.n_dropped);
  st = eis_query_next(q, &row, err);
  eis_query_free(q);
  return st;
}

static eis_status end_run(run *r, const char *outcome, eis_error *err) {
  eis_query *q;
  bool row;
  eis_status st = eis_store_query(r->store,
                                  /* never before it began, whoever has set the clock back */
                                  "UPDATE runs SET ended = max(started,"
                                  " strftime('%Y-%m-%dT%H:%M:%SZ', 'now')),"
                                  " n_done = ?, n_failed = ?, outcome = ? WHERE id = ?",
                                  &q, err);
  if (st != EIS_OK) return st;
  eis_query_bind_integer(q, 0, (int64_t)r->sum->n_done);
  eis_query_bind_integer(q, 1, (int64_t)r->sum->n_failed);
  eis_query_bind_text(q, 2, outcome);
  eis_query_bind_integer(q, 3, r->id);
  st = eis_query_next(q, &row, err);
  eis_query_free(q);
  return st;
}

/* ---- the same campaign as before? ---- */

/* The first line in which two texts differ. */
static void first_difference(const char *a, const char *b, char *line_a, char *line_b,
                             size_t size) {
  while (*a && *b) {
    const size_t n = strcspn(a, "\n"), m = strcspn(b, "\n");
    if (n != m || memcmp(a, b, n) != 0) break;
    a += n + (a[n] == '\n');
    b += m + (b[m] == '\n');
  }
  snprintf(line_a, size, "%.*s", (int)strcspn(a, "\n"), a);
  snprintf(line_b, size, "%.*s", (int)strcspn(b, "\n"), b);
}

static eis_status other_options(const run *r, const char *before, eis_error *err) {
  char was[160], now[160];
  first_difference(before, r->set.opt->text, was, now, sizeof was);
  return eis_error_set(
      err, EIS_ERROR_USAGE,
      "'%.200s' was made with other options ('%s', now '%s'); give another --store, or "
      "--redo to throw its results away",
      eis_store_path(r->store), *was ? was : "nothing", *now ? now : "nothing");
}

static eis_status check_options(run *r, eis_error *err) {
  char *before = NULL;
  int64_t blocks = 0;
  eis_status st = eis_store_setting(r->store, "options", &before, err);
  if (st == EIS_OK) st = eisi_store_count(r->store, "SELECT count(*) FROM blocks", &blocks, err);
  if (st == EIS_OK && before && blocks > 0 && strcmp(before, r->set.opt->text) != 0) {
    if (!r->set.opt->redo)
      st = other_options(r, before, err);
    else
      st = eis_store_execute(r->store,
                             "DELETE FROM blocks; DELETE FROM files; DELETE FROM grids;"
                             "DELETE FROM campaign WHERE key GLOB 'tracks of *'",
                             err);
  }
  free(before);
  return st;
}

static eis_status put_settings(run *r, eis_error *err) {
  char number[32], shard[32];
  const eis_manifest *m = r->set.plan.m;
  shard_text(r->set.opt, shard, sizeof shard);
  snprintf(number, sizeof number, "%zu", m->n);
  eis_status st = eisi_store_set(r->store, "options", r->set.opt->text, err);
  if (st == EIS_OK) st = eisi_store_set(r->store, "version", EISI_VERSION, err);
  if (st == EIS_OK) st = eisi_store_set(r->store, "manifest", m->path, err);
  if (st == EIS_OK) st = eisi_store_set(r->store, "manifest_sha256", m->sha256, err);
  if (st == EIS_OK) st = eisi_store_set(r->store, "n_spectra", number, err);
  return st == EIS_OK ? eisi_store_set(r->store, "shard", shard, err) : st;
}

static eis_status prepare(run *r, const eis_manifest *m, eis_error *err) {
  eis_status st = eisi_plan_make(m, &r->set.plan, err);
  if (st == EIS_OK) st = check_options(r, err);
  if (st == EIS_OK)
    st = eisi_plan_reconcile(&r->set.plan, r->store, r->set.opt->shard, r->set.opt->n_shards, err);
  if (st == EIS_OK) st = eis_store_begin(r->store, err);
  if (st != EIS_OK) return st;
  st = put_settings(r, err);
  if (st == EIS_OK) st = begin_run(r, err);
  if (st == EIS_OK) return eis_store_commit(r->store, err);
  eis_store_rollback(r->store);
  return st;
}

/* ---- work, in any thread ---- */

static eisi_worker *take_worker(run *r) {
  int i = 0;
  pthread_mutex_lock(&r->lock);
  while (r->busy[i]) i++; /* there are as many workers as threads */
  r->busy[i] = true;
  pthread_mutex_unlock(&r->lock);
  return &r->worker[i];
}

static void return_worker(run *r, const eisi_worker *w) {
  pthread_mutex_lock(&r->lock);
  r->busy[w - r->worker] = false;
  pthread_mutex_unlock(&r->lock);
}

static void work(void *ctx, size_t k) {
  run *r = ctx;
  eisi_worker *w = take_worker(r);
  eisi_block_result *job = &r->job[k % r->window];
  size_t block;
  eis_error_clear(&job->err);
  if (eisi_plan_pending(&r->set.plan, k, &block, &job->err) == EIS_OK)
    eisi_work_block(&r->set, block, w, job);
  return_worker(r, w);
}

/* ---- the writer, in the calling thread ---- */

static eis_status commit(run *r) {
  if (!r->uncommitted) return EIS_OK;
  r->uncommitted = 0;
  return eis_store_commit(r->store, &r->fatal);
}

static eis_status store_block(run *r, const eisi_block_result *j) {
  if (j->err.code) {
    r->fatal = j->err;
    return j->err.code;
  }
  eis_status st = r->uncommitted ? EIS_OK : eis_store_begin(r->store, &r->fatal);
  if (st != EIS_OK) return st;
  st = eisi_store_insert(r->store, j->rows.s, j->rows.n, &r->fatal);
  if (st != EIS_OK) {
    eis_store_rollback(r->store);
    r->uncommitted = 0;
    return st;
  }
  r->uncommitted += j->done;
  r->sum->n_done += j->done;
  r->sum->n_failed += j->failed;
  r->sum->n_flagged += j->flagged;
  return r->uncommitted >= TRANSACTION ? commit(r) : EIS_OK;
}

static void tell(const run *r, size_t total) {
  const eisi_progress p = {r->sum->n_done, r->sum->n_failed, total, eisi_now() - r->started};
  if (r->set.opt->progress) r->set.opt->progress(r->set.opt->ctx, &p);
}

static bool done(void *ctx, size_t k) {
  run *r = ctx;
  const eis_status st = store_block(r, &r->job[k % r->window]);
  tell(r, r->sum->n_total);
  return st == EIS_OK;
}

/* ---- the whole ---- */

static eis_status make_workers(run *r, eis_error *err) {
  r->threads = eisi_pool_threads(r->set.opt->threads);
  r->window = (size_t)r->threads * AHEAD;
  r->worker = eisi_new((size_t)r->threads, sizeof *r->worker, err);
  r->busy = eisi_new((size_t)r->threads, sizeof *r->busy, err);
  r->job = eisi_new(r->window, sizeof *r->job, err);
  pthread_mutex_init(&r->lock, NULL);
  return r->worker && r->busy && r->job ? EIS_OK : EIS_ERROR_MEMORY;
}

static void run_clear(run *r) {
  for (int i = 0; r->worker && i < r->threads; i++) eisi_worker_clear(&r->worker[i]);
  for (size_t i = 0; r->job && i < r->window; i++) eisi_text_clear(&r->job[i].rows);
  free(r->worker);
  free(r->busy);
  free(r->job);
  eisi_filecache_free(r->set.files);
  pthread_mutex_destroy(&r->lock);
}

/* ---- several processes ---- */

static bool next_block(void *ctx, uint32_t *block) {
  run *r = ctx;
  if (r->dealt == r->set.plan.n_pending) return false;
  size_t number = 0;
  if (eisi_plan_pending(&r->set.plan, r->dealt++, &number, &r->fatal) != EIS_OK) return false;
  *block = (uint32_t)number;
  return true;
}

static bool take_block(void *ctx, const eisi_block_result *result) {
  run *r = ctx;
  if (r->fatal.code) return false;
  const eis_status st = store_block(r, result);
  tell(r, r->sum->n_total);
  return st == EIS_OK;
}

static bool no_block(void *ctx, uint32_t *block) {
  (void)ctx, (void)block;
  return false;
}

/* Nothing could be begun: the others wait to be told. */
static void dismiss(run *r) {
  const eisi_dealer dealer = {no_block, take_block, r, r->set.opt->stop};
  eisi_mpi_deal(&r->set.opt->ranks, &dealer, &r->sum->lost, NULL);
}

static eis_status share_out(run *r, eis_error *err) {
  const eisi_campaign_options *opt = r->set.opt;
  const eisi_pool pool = {.n = r->set.plan.n_pending,
                          .threads = r->threads,
                          .work = work,
                          .done = done,
                          .ctx = r,
                          .stop = opt->stop,
                          .window = r->window};
  const eisi_dealer dealer = {next_block, take_block, r, opt->stop};
  if (opt->ranks.size < 2) return eisi_pool_run(&pool, NULL, err);
  return eisi_mpi_deal(&opt->ranks, &dealer, &r->sum->lost, err);
}

eis_status eisi_campaign_serve(const eis_manifest *m, const eisi_campaign_options *opt,
                               eis_error *err) {
  eisi_setup set = {.opt = opt};
  eis_status st = eisi_plan_make(m, &set.plan, err);
  if (st == EIS_OK) st = eisi_filecache_new(m, 1, &set.files, err);
  if (st == EIS_OK) st = eisi_mpi_work(&opt->ranks, &set, err);
  eisi_filecache_free(set.files);
  return st;
}

static eis_status count_all(run *r, eis_error *err) {
  static const char *const sql[] = {"SELECT count(*) FROM spectra",
                                    "SELECT count(*) FROM spectra WHERE status = 'failed'",
                                    "SELECT count(*) FROM spectra WHERE flags <> ''"};
  size_t *const to[] = {&r->sum->all_stored, &r->sum->all_failed, &r->sum->all_flagged};
  eis_status st = EIS_OK;
  for (int i = 0; st == EIS_OK && i < 3; i++) {
    int64_t n = 0;
    st = eisi_store_count(r->store, sql[i], &n, err);
    *to[i] = (size_t)n;
  }
  return st;
}

static eis_status work_through(run *r, eis_error *err) {
  r->sum->n_total = r->set.plan.pending_spectra;
  r->sum->n_kept = r->set.plan.n_kept;
  r->sum->n_dropped = r->set.plan.n_dropped;
  eis_status st = share_out(r, err);
  const eis_status committed = commit(r);
  if (st == EIS_OK) st = committed;
  if (r->fatal.code && err) *err = r->fatal;
  if (st == EIS_OK) st = r->fatal.code;
  r->sum->interrupted = st == EIS_OK && r->sum->n_done < r->sum->n_total;
  r->sum->seconds = eisi_now() - r->started;
  if (st == EIS_OK) st = count_all(r, err);
  if (st == EIS_OK) return end_run(r, r->sum->interrupted ? "interrupted" : "done", err);
  end_run(r, "failed", NULL);
  return st;
}

eis_status eisi_campaign_run(const eis_manifest *m, const eisi_campaign_options *opt, eis_store *s,
                             eisi_campaign_summary *out, eis_error *err) {
  run r = {
      .set = {.opt = opt}, .store = s, .sum = out, .started = eisi_now(), .fatal = EIS_ERROR_INIT};
  *out = (eisi_campaign_summary){0};
  eis_status st = make_workers(&r, err);
  if (st == EIS_OK) st = prepare(&r, m, err);
  if (st == EIS_OK) st = eisi_filecache_new(m, (size_t)r.threads, &r.set.files, err);
  if (st == EIS_OK)
    st = work_through(&r, err);
  else if (opt->ranks.size > 1)
    dismiss(&r);
  run_clear(&r);
  return st;
}
