/* process_bench.h - peaks, windows and tables of few processes for tests of the assignment. */
#ifndef EISI_PROCESS_BENCH_H
#define EISI_PROCESS_BENCH_H

#include <math.h>

#include "analysis/process.h"
#include "process_table.h"

static inline eis_drt_peak peak_at(double R, double f) {
  const double tau = 1 / (2 * M_PI * f);
  return (eis_drt_peak){.tau = tau,
                        .R = R,
                        .C = tau / R,
                        .R_error = 0.02 * R,
                        .log10_tau_error = 0.01,
                        .width = 0.6,
                        .probability = 1};
}

static inline eisi_window window(double low, double high) {
  return (eisi_window){true, (low + high) / 2, (high - low) / (2 * 1.6448536269514722)};
}

/* Nothing but the processes named can be there. */
static inline void only(eis_process_table *t, const char *a, const char *b, double present) {
  for (size_t i = 0; i < t->n; i++)
    for (size_t k = 0; k < t->row[i].n; k++) {
      eisi_process_entry *e = &t->row[i].entry[k];
      const bool named = strcmp(t->row[i].key, a) == 0 || strcmp(t->row[i].key, b) == 0;
      if (e->quantity == EISI_Q_PRESENT) e->low = named ? present : 0;
      if (e->quantity == EISI_Q_ABOVE) e->names = 0;
    }
}

#endif
