/* Spectra with options: the first three lines are --columns, --units, --exclude (empty: not given),
   the fourth the sweep and letters n (--negate-imag) and k (--keep-imag), the rest is the file. */
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"

FUZZ_TARGET(read_with) {
  eis_error err = EIS_ERROR_INIT;
  eis_spectra list = {0};
  eis_read_options opt = eis_read_options_default();
  const char **const texts[] = {&opt.columns, &opt.units, &opt.exclude};
  char *bytes = fuzz_text(data, size), *rest = bytes;
  for (size_t i = 0; i < 3; i++) {
    const char *line = fuzz_line(&rest);
    if (line && *line) *texts[i] = line;
  }
  const char *flags = fuzz_line(&rest);
  if (flags) {
    opt.sweep = *flags >= '1' && *flags <= '3' ? *flags - '0'
                : *flags == 'l'                ? EIS_SWEEP_LAST
                                               : EIS_SWEEP_ALL;
    opt.negate_imag = strchr(flags, 'n') != NULL;
    opt.trust_imag = strchr(flags, 'k') != NULL;
  }
  const size_t n = rest ? size - (size_t)(rest - bytes) : 0;
  char *file = fuzz_text(rest ? (const uint8_t *)rest : NULL, n);
  if (fuzz_ok(eis_read_memory(file, n, "fuzz.txt", &opt, &list, &err), &err)) fuzz_spectra(&list);
  eis_spectra_clear(&list);
  free(file);
  free(bytes);
}
