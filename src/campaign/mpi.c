/* mpi.c - the one file that knows MPI. */
#include "campaign/mpi.h"

#include <mpi.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { TAG_RESULT = 1, TAG_BLOCK = 2, NO_BLOCK = -1 };
/* Seconds that rank 0 waits for results of work that was begun, after it was asked to stop. */
static const double patience_s = 3;

/* What stands in front of the rows of a message. */
typedef struct head {
  uint32_t done, failed, flagged;
  uint32_t first; /* 1: no result, only "here I am" */
  eis_error err;
} head;

eis_status eisi_mpi_begin(eisi_ranks *out, eis_error *err) {
  int level = 0;
  *out = (eisi_ranks){0, 1};
  /* a program that nobody started with mpirun has nothing to join */
  if (!getenv("OMPI_COMM_WORLD_SIZE") && !getenv("PMI_SIZE") && !getenv("PMIX_RANK")) return EIS_OK;
  if (MPI_Init_thread(NULL, NULL, MPI_THREAD_FUNNELED, &level) != MPI_SUCCESS)
    return eis_error_set(err, EIS_ERROR_OUTPUT, "MPI can't be started");
  MPI_Comm_rank(MPI_COMM_WORLD, &out->rank);
  MPI_Comm_size(MPI_COMM_WORLD, &out->size);
  return EIS_OK;
}

void eisi_mpi_end(const eisi_ranks *ranks) {
  int begun = 0;
  (void)ranks;
  MPI_Initialized(&begun);
  if (begun) MPI_Finalize();
}

void eisi_mpi_abort(const eisi_ranks *ranks, int exit_code) {
  if (ranks->size > 1) MPI_Abort(MPI_COMM_WORLD, exit_code);
}

void eisi_mpi_share(const eisi_ranks *ranks, void *bytes, size_t n) {
  const size_t chunk = (size_t)1 << 28;
  if (ranks->size < 2) return;
  for (size_t at = 0; at < n; at += chunk)
    MPI_Bcast((char *)bytes + at, (int)(n - at < chunk ? n - at : chunk), MPI_BYTE, 0,
              MPI_COMM_WORLD);
}

/* ---- rank 0 ---- */

typedef struct dealing {
  const eisi_dealer *d;
  int workers; /* not told to end yet */
  int busy;    /* with a block */
  bool closed; /* no further blocks */
  char *buffer;
  size_t size;
  double stopped; /* when we were asked to, 0 = not yet */
} dealing;

static void pause_ms(long ms) {
  const struct timespec t = {ms / 1000, ms % 1000 * 1000000};
  nanosleep(&t, NULL);
}

static bool asked_to_stop(dealing *g) {
  if (!g->d->stop || !*g->d->stop) return false;
  if (g->stopped == 0) g->stopped = eisi_now();
  g->closed = true;
  return true;
}

/* The next message; false = we were asked to stop and nobody answers. */
static bool wait_message(dealing *g, MPI_Status *status) {
  int there = 0;
  for (int idle = 0;; idle++) {
    MPI_Iprobe(MPI_ANY_SOURCE, TAG_RESULT, MPI_COMM_WORLD, &there, status);
    if (there) return true;
    if (asked_to_stop(g) && eisi_now() - g->stopped > patience_s) return false;
    if (idle > 100) pause_ms(1);
  }
}

static eis_status receive(dealing *g, const MPI_Status *status, int *n, eis_error *err) {
  MPI_Get_count(status, MPI_BYTE, n);
  if ((size_t)*n > g->size) {
    free(g->buffer);
    g->size = (size_t)*n;
    g->buffer = eisi_new(g->size, 1, err);
    if (!g->buffer) return EIS_ERROR_MEMORY;
  }
  MPI_Recv(g->buffer, *n, MPI_BYTE, status->MPI_SOURCE, TAG_RESULT, MPI_COMM_WORLD,
           MPI_STATUS_IGNORE);
  return EIS_OK;
}

static void take_result(dealing *g, int n) {
  head h;
  memcpy(&h, g->buffer, sizeof h);
  if (h.first) return;
  g->busy--;
  const eisi_block_result r = {.rows = {.s = g->buffer + sizeof h, .n = (size_t)n - sizeof h},
                               .done = h.done, .failed = h.failed, .flagged = h.flagged,
                               .err = h.err};
  if (!g->d->take(g->d->ctx, &r)) g->closed = true;
}

static void answer(dealing *g, int rank) {
  uint32_t block = 0;
  asked_to_stop(g);
  const bool more = !g->closed && g->d->next(g->d->ctx, &block);
  long long message = more ? (long long)block : NO_BLOCK;
  MPI_Send(&message, 1, MPI_LONG_LONG, rank, TAG_BLOCK, MPI_COMM_WORLD);
  if (more)
    g->busy++;
  else
    g->workers--;
}

eis_status eisi_mpi_deal(const eisi_ranks *ranks, const eisi_dealer *d, bool *lost,
                         eis_error *err) {
  dealing g = {.d = d, .workers = ranks->size - 1};
  eis_status st = EIS_OK;
  *lost = false;
  while (st == EIS_OK && g.workers > 0) {
    MPI_Status status;
    int n = 0;
    if (!wait_message(&g, &status)) {
      *lost = true;
      break;
    }
    st = receive(&g, &status, &n, err);
    if (st != EIS_OK)
      *lost = true;
    else
      take_result(&g, n), answer(&g, status.MPI_SOURCE);
  }
  free(g.buffer);
  return st;
}

/* ---- the others ---- */

static eis_status send_result(const eisi_block_result *r, bool first, eis_error *err) {
  const head h = {r->done, r->failed, r->flagged, first, r->err};
  const size_t n = sizeof h + (first ? 0 : r->rows.n);
  char *message = eisi_new(n, 1, err);
  if (!message) return EIS_ERROR_MEMORY;
  memcpy(message, &h, sizeof h);
  if (n > sizeof h) memcpy(message + sizeof h, r->rows.s, r->rows.n);
  MPI_Send(message, (int)n, MPI_BYTE, 0, TAG_RESULT, MPI_COMM_WORLD);
  free(message);
  return EIS_OK;
}

eis_status eisi_mpi_work(const eisi_ranks *ranks, const eisi_setup *set, eis_error *err) {
  eisi_worker w = {0};
  eisi_block_result r = {.err = EIS_ERROR_INIT};
  long long block = 0;
  (void)ranks;
  eis_status st = send_result(&r, true, err);
  while (st == EIS_OK) {
    MPI_Recv(&block, 1, MPI_LONG_LONG, 0, TAG_BLOCK, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
    if (block < 0) break;
    eisi_work_block(set, (size_t)block, &w, &r);
    st = send_result(&r, false, err);
  }
  eisi_worker_clear(&w);
  eisi_text_clear(&r.rows);
  return st;
}
