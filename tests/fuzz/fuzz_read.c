/* Spectra, format by content; what was read is written as CSV and read again. */
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"

/* All spectra in one file, as 'eisfit convert' writes them. */
static char *print(const eis_spectra *list) {
  eis_error err = EIS_ERROR_INIT;
  eisi_text all = {0};
  for (size_t i = 0; i < list->n; i++) {
    char *csv = NULL;
    fuzz_require(eis_spectrum_print_csv(&list->at[i], &csv, &err) == EIS_OK, err.text);
    eisi_text_addf(&all, "%s%s", i ? "\n" : "", csv);
    free(csv);
  }
  char *text = NULL;
  fuzz_require(eisi_text_take(&all, &text, &err) == EIS_OK, err.text);
  return text;
}

static void same(const eis_spectrum *a, const eis_spectrum *b) {
  const size_t size = a->n * sizeof *a->f;
  fuzz_require(a->n == b->n, "other points");
  fuzz_require(memcmp(a->f, b->f, size) == 0 && memcmp(a->re, b->re, size) == 0 &&
                   memcmp(a->im, b->im, size) == 0,
               "other values");
  fuzz_require(!a->sigma == !b->sigma && (!a->sigma || memcmp(a->sigma, b->sigma, size) == 0),
               "another sigma");
  fuzz_require(!a->time_s == !b->time_s && (!a->time_s || memcmp(a->time_s, b->time_s, size) == 0),
               "another time");
  fuzz_require(a->meta.n >= b->meta.n, "more metadata");
}

static char *again(const eis_spectra *list, const char *csv) {
  eis_error err = EIS_ERROR_INIT;
  eis_spectra copy = {0};
  eis_read_options opt = eis_read_options_default();
  opt.format = "csv";
  fuzz_require(eis_read_memory(csv, strlen(csv), "fuzz.csv", &opt, &copy, &err) == EIS_OK,
               "own CSV");
  fuzz_require(copy.n == list->n, "other spectra");
  for (size_t i = 0; i < copy.n; i++) same(&list->at[i], &copy.at[i]);
  char *text = print(&copy);
  eis_spectra_clear(&copy);
  return text;
}

/* The metadata of a second spectrum may change their order once, for that of the first.  A key
   keeps the case of its letters only where another one differs by that. */
static void round_trip(const eis_spectra *list) {
  char *first = print(list), *second = again(list, first), *third = again(list, second);
  fuzz_require(eisi_strcasecmp(list->n > 1 ? third : first, second) == 0, "another CSV");
  free(first);
  free(second);
  free(third);
}

FUZZ_TARGET(read) {
  eis_error err = EIS_ERROR_INIT;
  eis_spectra list = {0};
  const eis_read_options opt = eis_read_options_default();
  char *bytes = fuzz_text(data, size);
  if (fuzz_ok(eis_read_memory(bytes, size, "fuzz.txt", &opt, &list, &err), &err)) {
    fuzz_spectra(&list);
    round_trip(&list);
  }
  eis_spectra_clear(&list);
  free(bytes);
}
