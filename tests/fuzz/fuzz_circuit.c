/* Circuits in both notations: what is accepted is written, read and is the same. */
#include <stdlib.h>

#include "fuzz.h"
#include "model/parse.h"

static eis_circuit *again(const eis_circuit *c, eis_notation notation, bool values) {
  eis_error err = EIS_ERROR_INIT;
  eis_circuit *copy = NULL;
  char *text = NULL;
  if (eis_circuit_print(c, notation, values, &text, &err)) return NULL;
  fuzz_require(eis_circuit_parse(text, notation, &copy, &err) == EIS_OK, "own text is not read");
  free(text);
  return copy;
}

static void look_at(const eis_circuit *c) {
  static const double f[2] = {1e3, 0.1};
  eis_error err = EIS_ERROR_INIT;
  eis_circuit *values = again(c, EIS_NOTATION_CDC, true);
  eis_circuit *topology = again(c, EIS_NOTATION_IMPEDANCE, false);
  eis_eval *e = NULL;
  fuzz_require(values != NULL, "a circuit has no circuit description code");
  fuzz_require(eisi_circuit_equal(c, values), "parse(print(c)) is another circuit");
  fuzz_require(
      !topology || (topology->n_elements == c->n_elements && topology->n_params == c->n_params),
      "another topology");
  fuzz_ok(eis_circuit_check(c, &err), &err);
  for (int k = 0; k < c->n_params; k++)
    fuzz_require(eis_circuit_find_param(c, c->param[k].name) >= 0, "a parameter is not found");
  eis_error_clear(&err);
  fuzz_require(eis_eval_new(c, f, 2, &e, &err) == EIS_OK, "a circuit that has no impedance");
  eis_eval_free(e);
  eis_circuit_free(values);
  eis_circuit_free(topology);
}

FUZZ_TARGET(circuit) {
  static const eis_notation notations[] = {EIS_NOTATION_AUTO, EIS_NOTATION_IMPEDANCE,
                                           EIS_NOTATION_CDC};
  char *text = fuzz_text(data, size);
  for (size_t i = 0; i < 3; i++) {
    eis_error err = EIS_ERROR_INIT;
    eis_circuit *c = NULL;
    if (fuzz_ok(eis_circuit_parse(text, notations[i], &c, &err), &err))
      look_at(c);
    else
      fuzz_require(c == NULL, "a circuit in spite of an error");
    eis_circuit_free(c);
  }
  free(text);
}
