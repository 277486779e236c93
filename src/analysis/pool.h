/* pool.h - n independent jobs on a few threads, results handed over in the order of the jobs. */
#ifndef EISI_POOL_H
#define EISI_POOL_H

#include <signal.h>

#include "base/base.h"

typedef struct eisi_pool {
  size_t n;                            /* jobs 0 .. n-1, taken in this order */
  int threads;                         /* <= 1: everything runs in the calling thread */
  void (*work)(void *ctx, size_t job); /* in any thread; must depend on nothing but the job */
  bool (*done)(void *ctx, size_t job); /* in the calling thread, by ascending job; false = stop */
  void *ctx;
  const volatile sig_atomic_t *stop; /* NULL, or a flag: no further job is begun once it is set */
  size_t window; /* job k is not begun before job k - window was handed over; 0 = no bound */
} eisi_pool;

/* So many as are asked for; 0 = one per processor of this machine. */
int eisi_pool_threads(int asked);

/* Runs the jobs.  Jobs that were begun are finished and delivered, also after a stop.
 *delivered (may be NULL) = calls of done. */
eis_status eisi_pool_run(const eisi_pool *pool, size_t *delivered, eis_error *err);

/* A stock of workspaces that jobs of several threads take from and give back to. */
typedef struct eisi_stock eisi_stock;
eis_status eisi_stock_new(void (*clear)(void *item), eisi_stock **out, eis_error *err);
/* The last one that was given back, NULL = none is left: make one. */
void *eisi_stock_take(eisi_stock *stock);
void eisi_stock_give(eisi_stock *stock, void *item);
/* Clears all that are in it; NULL is fine. */
void eisi_stock_free(eisi_stock *stock);

#endif
