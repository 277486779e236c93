/* mpi_none.c - without MPI there is one process. */
#include <stdlib.h>

#include "campaign/mpi.h"

/* Open MPI, MPICH and Slurm say so in the environment. */
static int processes(void) {
  static const char *const names[] = {"OMPI_COMM_WORLD_SIZE", "PMI_SIZE"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    const char *text = getenv(names[i]);
    if (text) return (int)strtol(text, NULL, 10);
  }
  return 1;
}

eis_status eisi_mpi_begin(eisi_ranks *out, eis_error *err) {
  *out = (eisi_ranks){0, 1};
  if (processes() <= 1) return EIS_OK;
  return eis_error_set(
      err, EIS_ERROR_USAGE,
      "%d processes were started, but this eisfit was built without MPI: configure it "
      "--with-mpi, or use --shard K/N",
      processes());
}

void eisi_mpi_end(const eisi_ranks *ranks) { (void)ranks; }
void eisi_mpi_abort(const eisi_ranks *ranks, int exit_code) { (void)ranks, (void)exit_code; }
void eisi_mpi_share(const eisi_ranks *ranks, void *bytes, size_t n) {
  (void)ranks, (void)bytes, (void)n;
}

static eis_status impossible(eis_error *err) {
  return eis_error_set(err, EIS_ERROR_USAGE, "this eisfit was built without MPI");
}
eis_status eisi_mpi_deal(const eisi_ranks *ranks, const eisi_dealer *d, bool *lost,
                         eis_error *err) {
  (void)ranks, (void)d;
  *lost = false;
  return impossible(err);
}
eis_status eisi_mpi_work(const eisi_ranks *ranks, const eisi_setup *set, eis_error *err) {
  (void)ranks, (void)set;
  return impossible(err);
}
