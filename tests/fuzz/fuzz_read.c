/* Spectra, format by content; what was read is written as CSV and read again. */
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"

static void again(const eis_spectrum *s) {
  eis_error err = EIS_ERROR_INIT;
  eis_spectra copy = {0};
  eis_read_options opt = eis_read_options_default();
  char *csv = NULL;
  opt.format = "csv";
  fuzz_require(eis_spectrum_print_csv(s, &csv, &err) == EIS_OK, err.text);
  fuzz_require(eis_read_memory(csv, strlen(csv), "fuzz.csv", &opt, &copy, &err) == EIS_OK,
               "own CSV");
  fuzz_require(copy.n == 1 && copy.at[0].n == s->n, "other points");
  fuzz_require(memcmp(copy.at[0].f, s->f, s->n * sizeof *s->f) == 0 &&
                   memcmp(copy.at[0].re, s->re, s->n * sizeof *s->re) == 0,
               "other values");
  eis_spectra_clear(&copy);
  free(csv);
}

FUZZ_TARGET(read) {
  eis_error err = EIS_ERROR_INIT;
  eis_spectra list = {0};
  const eis_read_options opt = eis_read_options_default();
  char *bytes = fuzz_text(data, size);
  if (fuzz_ok(eis_read_memory(bytes, size, "fuzz.txt", &opt, &list, &err), &err)) {
    fuzz_spectra(&list);
    again(&list.at[0]);
  }
  eis_spectra_clear(&list);
  free(bytes);
}
