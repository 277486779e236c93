/* track_cell.h - a cell of a store as the input of eis_track_run(). */
#ifndef EISI_TRACK_CELL_H
#define EISI_TRACK_CELL_H

#include <eisfit/track.h>

#include "campaign/store.h"

typedef struct eisi_track_cell {
  eis_track_input in;
  eis_track_spectrum *at; /* n; owns its arrays */
  int64_t *id;            /* n: spectra.id */
  int **position;         /* n: peaks.position */
  char *electrolyte, *anode, *coating;
} eisi_track_cell;

/* The spectra with a distribution of relaxation times among those numbered first to last. */
eis_status eisi_track_cell_read(eis_store *s, int64_t first, int64_t last, eisi_track_cell *out,
                                eis_error *err);
void eisi_track_cell_clear(eisi_track_cell *c);

#endif
