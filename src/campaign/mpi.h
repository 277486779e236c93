/* mpi.h - the work of a campaign on many machines: rank 0 deals out blocks and writes, the others
   work.  mpi.c with Open MPI, mpi_none.c without. */
#ifndef EISI_MPI_H
#define EISI_MPI_H

#include "campaign/run.h"

/* Joins the other processes, if mpirun started several; else rank 0 of 1, and nothing happens.
   Errors: EIS_ERROR_USAGE built without MPI. */
eis_status eisi_mpi_begin(eisi_ranks *out, eis_error *err);
/* Leaves them; every rank that began has to. */
void eisi_mpi_end(const eisi_ranks *ranks);
/* Ends all ranks at once: one of them is gone. */
void eisi_mpi_abort(const eisi_ranks *ranks, int exit_code);
/* Rank 0's bytes to all. */
void eisi_mpi_share(const eisi_ranks *ranks, void *bytes, size_t n);

/* What rank 0 does: the next block, and what to do with a result. */
typedef struct eisi_dealer {
  bool (*next)(void *ctx, uint32_t *block);                 /* false: there is none */
  bool (*take)(void *ctx, const eisi_block_result *result); /* false: no further blocks */
  void *ctx;
  const volatile sig_atomic_t *stop;
} eisi_dealer;
/* Until all blocks are done and all workers were told.  *lost: somebody did not answer any more. */
eis_status eisi_mpi_deal(const eisi_ranks *ranks, const eisi_dealer *d, bool *lost, eis_error *err);
/* What the others do, until they are told to end. */
eis_status eisi_mpi_work(const eisi_ranks *ranks, const eisi_setup *set, eis_error *err);

#endif
