/* Tables of the open-circuit potential. */
#include <math.h>
#include <stdlib.h>

#include "fuzz.h"

static void look_at(const eis_ocv *ocv) {
  double slope;
  fuzz_require(ocv->n >= 2, "a table of one point");
  for (size_t i = 0; i < ocv->n; i++) {
    fuzz_require(ocv->soc[i] >= 0 && ocv->soc[i] <= 1 && isfinite(ocv->E[i]),
                 "values out of range");
    fuzz_require(i == 0 || (ocv->soc[i] > ocv->soc[i - 1] && ocv->E[i] >= ocv->E[i - 1]),
                 "a step back");
  }
  for (double soc = 0; soc <= 1; soc += 0.125) {
    fuzz_require(isfinite(eis_ocv_potential(ocv, soc, &slope)), "no potential");
    fuzz_require(isfinite(slope) && slope >= 0, "a potential that falls");
  }
}

FUZZ_TARGET(ocv) {
  eis_error err = EIS_ERROR_INIT;
  eis_ocv *ocv = NULL;
  char *text = fuzz_text(data, size); /* an own copy: sanitizers see what is read behind it */
  if (fuzz_ok(eis_ocv_parse(text, size, "fuzz.csv", &ocv, &err), &err)) look_at(ocv);
  eis_ocv_free(ocv);
  free(text);
}
