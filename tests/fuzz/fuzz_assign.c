/* --set, --fix, --bound, --tie: each line is a letter (s f b t) and an assignment to one circuit.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "model/parse.h"

static void assign(eis_circuit *c, const char *line) {
  static const char letters[] = "sfbt";
  eis_status (*const what[])(eis_circuit *, const char *, eis_error *) = {
      eis_circuit_set, eis_circuit_fix, eis_circuit_bound, eis_circuit_tie};
  const char *at = *line ? strchr(letters, *line) : NULL;
  eis_error err = EIS_ERROR_INIT;
  if (at) fuzz_ok(what[at - letters](c, line + 1, &err), &err);
}

static void look_at(const eis_circuit *c) {
  for (int k = 0; k < c->n_params; k++) {
    const eis_param *p = &c->param[k];
    fuzz_require(isnan(p->value) || isfinite(p->value), "an infinite start");
    fuzz_require(p->fixed || p->tie >= 0 || p->lower < p->upper, "bounds without room");
    fuzz_require(p->fixed || p->tie >= 0 || isnan(p->value) ||
                     (p->value >= p->lower && p->value <= p->upper),
                 "a start outside its bounds");
    fuzz_require(p->tie < 0 || (isfinite(p->tie_factor) && p->tie_factor != 0 && p->tie != k),
                 "a tie to nothing");
  }
}

FUZZ_TARGET(assign) {
  static eis_circuit *fresh;
  eis_error err = EIS_ERROR_INIT;
  eis_circuit *c = NULL;
  char *text = fuzz_text(data, size), *rest = text, *line;
  if (!fresh)
    fuzz_require(eis_circuit_parse("L_hf-R_b-p(R1,CPE1)-p(R_ct-Wo1,C_dl)-p(R2,SCL_if)-Ws1",
                                   EIS_NOTATION_AUTO, &fresh, &err) == EIS_OK,
                 err.text);
  fuzz_require(eis_circuit_copy(fresh, &c, &err) == EIS_OK, err.text);
  while ((line = fuzz_line(&rest)) != NULL) assign(c, line);
  if (fuzz_ok(eis_circuit_check(c, &err), &err)) look_at(c);
  eis_circuit_free(c);
  free(text);
}
