/* Tables of processes, and the names that a table gives to two peaks. */
#include <math.h>
#include <stdlib.h>

#include "analysis/process.h"
#include "fuzz.h"

static void name_peaks(const eis_process_table *t) {
  static const eis_drt_peak peaks[] = {
      {.tau = 1e-6, .log10_tau_error = 0.1, .R = 20, .R_error = 1, .C = 5e-8, .width = 1.2,
       .height = 9, .probability = 0.99},
      {.tau = 1e-2, .log10_tau_error = 0.1, .R = 50, .R_error = 2, .C = 2e-4, .width = 1.5,
       .height = 20, .probability = 0.9}};
  eis_process_input in = {
      .n_peaks = 2, .peak = peaks, .conditions = eis_process_conditions_default()};
  eis_process_assignment a;
  eis_error err = EIS_ERROR_INIT;
  in.conditions.area_m2 = 1e-4;
  in.conditions.T = 298.15;
  if (fuzz_ok(eis_process_assign(t, &in, &a, &err), &err))
    for (size_t i = 0; i < a.n_peaks; i++)
      fuzz_require(a.peak[i].probability >= 0 && a.peak[i].probability <= 1 + 1e-9,
                   "no probability");
  eis_process_assignment_clear(&a);
}

FUZZ_TARGET(process) {
  eis_error err = EIS_ERROR_INIT;
  eis_process_table *t = NULL;
  char *text = fuzz_text(data, size);
  if (fuzz_ok(eisi_process_table_parse(text, "fuzz.ini", &t, &err), &err)) {
    eisi_process_model model;
    fuzz_require(t->n <= EISI_MOST_PROCESSES && t->n_words <= EISI_MOST_WORDS, "a full table");
    for (size_t i = 0; i < t->n; i++) eisi_process_resolve(&t->row[i], size, &model);
    if (t->n <= 3 && t->n_words <= 3) name_peaks(t);
  }
  eis_process_table_free(t);
  free(text);
}
