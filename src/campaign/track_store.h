/* track_store.h - the processes of every cell of a store followed, and put into its table tracks.
 */
#ifndef EISI_TRACK_STORE_H
#define EISI_TRACK_STORE_H

#include <signal.h>

#include "campaign/store.h"

typedef struct eisi_track_summary {
  size_t n_cells;   /* with distributions of relaxation times */
  size_t n_kept;    /* cells whose tracks were up to date */
  size_t n_spectra; /* of the others */
  size_t n_joint;   /* of these: described by the sum of the processes of the cell */
  bool interrupted; /* some cells are left */
} eisi_track_summary;

/* Cells whose results did not change since they were followed are left alone, unless `again`; in so
   many threads (0 = one per processor), with the same result.
   Errors: EIS_ERROR_INPUT no table of processes; EIS_ERROR_OUTPUT can't be written. */
eis_status eisi_track_store(eis_store *s, bool again, int threads,
                            const volatile sig_atomic_t *stop, eisi_track_summary *out,
                            eis_error *err);

#endif
