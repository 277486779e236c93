/* Numbers and quantities. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"

static void check_double(const char *text, size_t size) {
  double v = 0, back = 0;
  char copy[512], print[32];
  const size_t used = eisi_parse_double(text, size, '.', &v);
  fuzz_require(used <= size, "more is used than there is");
  if (!used) return;
  fuzz_require(isfinite(v), "no number");
  if (used < sizeof copy) {
    memcpy(copy, text, used);
    copy[used] = '\0';
    for (char *c = copy; *c; c++) /* Fortran's 1d5 */
      if (*c == 'd' || *c == 'D') *c = 'e';
    fuzz_require(strtod(copy, NULL) == v, "another number than that of strtod");
  }
  eisi_print_double(print, sizeof print, v);
  fuzz_require(eisi_parse_double(print, strlen(print), '.', &back) == strlen(print) && back == v,
               "parse(print(x)) is another number");
}

FUZZ_TARGET(number) {
  char *text = fuzz_text(data, size);
  double v = 0;
  size_t used = 0;
  check_double(text, size);
  eisi_parse_double(text, size, ',', &v);
  if (eisi_parse_prefixed(text, &v, &used)) fuzz_require(used <= size && isfinite(v), "prefixed");
  for (int kind = EISI_AREA; kind <= EISI_FREQUENCY; kind++) {
    eis_error err = EIS_ERROR_INIT;
    if (fuzz_ok(eisi_parse_quantity(text, (eisi_quantity)kind, &v, &err), &err))
      fuzz_require(isfinite(v) && (kind == EISI_TIME || v > 0), "a quantity that can't be");
  }
  free(text);
}
