/* Spectra, the format named: the first byte says which. */
#include <stdlib.h>

#include "fuzz.h"

FUZZ_TARGET(read_as) {
  eis_error err = EIS_ERROR_INIT;
  eis_spectra list = {0};
  eis_read_options opt = eis_read_options_default();
  size_t n = 0;
  while (eis_format_at(n)) n++;
  if (size == 0) return;
  opt.format = eis_format_at(data[0] % n)->key;
  char *bytes = fuzz_text(data + 1, size - 1);
  if (fuzz_ok(eis_read_memory(bytes, size - 1, "fuzz.txt", &opt, &list, &err), &err))
    fuzz_spectra(&list);
  eis_spectra_clear(&list);
  free(bytes);
}
