/* pool.c - see pool.h.  Workers take jobs by ascending number under one mutex; the calling thread
   waits for job k before it hands over job k, so the output order never depends on the threads. */
#include "analysis/pool.h"

#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

enum { THREADS_MOST = 1024 };

int eisi_pool_threads(int asked) {
  const long n = asked > 0 ? asked : sysconf(_SC_NPROCESSORS_ONLN);
  return n < 1 ? 1 : n > THREADS_MOST ? THREADS_MOST : (int)n;
}

typedef struct pool_state {
  const eisi_pool *pool;
  pthread_mutex_t lock;
  pthread_cond_t changed;
  size_t next;      /* first job nobody has taken */
  size_t delivered; /* jobs that were handed over */
  bool halted;      /* no further jobs */
  bool *ready;      /* per job: finished */
} pool_state;

static bool asked_to_stop(const eisi_pool *pool) { return pool->stop && *pool->stop; }

/* The next job is too far ahead of what was handed over. */
static bool must_wait(pool_state *st) {
  const size_t window = st->pool->window;
  if (asked_to_stop(st->pool)) st->halted = true;
  return !st->halted && window && st->next < st->pool->n && st->next >= st->delivered + window;
}

/* Takes the next job; false when there is none left to take. */
static bool take_job(pool_state *st, size_t *job) {
  pthread_mutex_lock(&st->lock);
  while (must_wait(st)) pthread_cond_wait(&st->changed, &st->lock);
  bool some = !st->halted && st->next < st->pool->n;
  if (some) *job = st->next++;
  pthread_cond_broadcast(&st->changed);
  pthread_mutex_unlock(&st->lock);
  return some;
}

static void *worker(void *arg) {
  pool_state *st = arg;
  size_t job;
  while (take_job(st, &job)) {
    st->pool->work(st->pool->ctx, job);
    pthread_mutex_lock(&st->lock);
    st->ready[job] = true;
    pthread_cond_broadcast(&st->changed);
    pthread_mutex_unlock(&st->lock);
  }
  return NULL;
}

/* Waits until job k is finished; false when nobody will ever do it. */
static bool wait_for(pool_state *st, size_t k) {
  pthread_mutex_lock(&st->lock);
  while (!st->ready[k] && !(st->halted && k >= st->next))
    pthread_cond_wait(&st->changed, &st->lock);
  bool ready = st->ready[k];
  pthread_mutex_unlock(&st->lock);
  return ready;
}

static void halt(pool_state *st) {
  pthread_mutex_lock(&st->lock);
  st->halted = true;
  pthread_cond_broadcast(&st->changed);
  pthread_mutex_unlock(&st->lock);
}

static size_t run_here(const eisi_pool *pool) {
  size_t k = 0;
  while (k < pool->n && !asked_to_stop(pool)) {
    pool->work(pool->ctx, k);
    if (!pool->done(pool->ctx, k++)) break;
  }
  return k;
}

static void count(pool_state *st) {
  pthread_mutex_lock(&st->lock);
  st->delivered++;
  pthread_cond_broadcast(&st->changed);
  pthread_mutex_unlock(&st->lock);
}

static size_t deliver_all(pool_state *st) {
  size_t k = 0;
  while (k < st->pool->n && wait_for(st, k)) {
    if (!st->pool->done(st->pool->ctx, k++)) break;
    count(st);
  }
  halt(st);
  return k;
}

eis_status eisi_pool_run(const eisi_pool *pool, size_t *delivered, eis_error *err) {
  size_t n_done = 0;
  if (pool->threads <= 1 || pool->n <= 1) {
    n_done = run_here(pool);
    if (delivered) *delivered = n_done;
    return EIS_OK;
  }
  size_t want = (size_t)pool->threads < pool->n ? (size_t)pool->threads : pool->n;
  size_t started = 0;
  pool_state st = {.pool = pool, .ready = eisi_new(pool->n, sizeof *st.ready, err)};
  pthread_t *thread = eisi_new(want, sizeof *thread, err);
  if (!st.ready || !thread) goto out;
  pthread_mutex_init(&st.lock, NULL);
  pthread_cond_init(&st.changed, NULL);
  while (started < want && pthread_create(&thread[started], NULL, worker, &st) == 0) started++;
  /* no thread at all: the work is still done, only slower */
  n_done = started ? deliver_all(&st) : run_here(pool);
  for (size_t i = 0; i < started; i++) pthread_join(thread[i], NULL);
  pthread_cond_destroy(&st.changed);
  pthread_mutex_destroy(&st.lock);
out:
  if (delivered) *delivered = n_done;
  free(thread);
  bool ok = thread && st.ready;
  free(st.ready);
  return ok ? EIS_OK : EIS_ERROR_MEMORY;
}

/* ---- stock ---- */

struct eisi_stock {
  pthread_mutex_t lock;
  size_t n;
  void **item;
  void (*clear)(void *item);
};

eis_status eisi_stock_new(void (*clear)(void *item), eisi_stock **out, eis_error *err) {
  eisi_stock *stock = *out = eisi_new(1, sizeof *stock, err);
  if (!stock) return EIS_ERROR_MEMORY;
  pthread_mutex_init(&stock->lock, NULL);
  stock->clear = clear;
  return EIS_OK;
}

void *eisi_stock_take(eisi_stock *stock) {
  pthread_mutex_lock(&stock->lock);
  void *item = stock->n ? stock->item[--stock->n] : NULL;
  pthread_mutex_unlock(&stock->lock);
  return item;
}

void eisi_stock_give(eisi_stock *stock, void *item) {
  pthread_mutex_lock(&stock->lock);
  const bool room = !eisi_grow(&stock->item, stock->n, stock->n + 1, sizeof *stock->item, NULL);
  if (room) stock->item[stock->n++] = item;
  pthread_mutex_unlock(&stock->lock);
  if (!room) stock->clear(item);
}

void eisi_stock_free(eisi_stock *stock) {
  if (!stock) return;
  for (size_t i = 0; i < stock->n; i++) stock->clear(stock->item[i]);
  pthread_mutex_destroy(&stock->lock);
  free(stock->item);
  free(stock);
}
