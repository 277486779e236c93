/* Circuits of other programs: the first byte says which dialect, the rest is read in it, written in
   all of them, and read again. */
#include <stdlib.h>

#include "fuzz.h"
#include "model/parse.h"

static void write_all(const eis_circuit *c) {
  const eis_dialect *d;
  for (size_t i = 0; (d = eis_dialect_at(i)) != NULL; i++)
    for (int values = 0; values < 2; values++) {
      eis_error err = EIS_ERROR_INIT;
      eis_circuit *copy = NULL;
      char *text = NULL;
      if (!fuzz_ok(eis_circuit_print_dialect(c, d->name, values, &text, &err), &err)) continue;
      if (!values && !fuzz_ok(eis_circuit_parse_dialect(text, d->name, &copy, &err), &err))
        fuzz_require(false, "own text is not read");
      fuzz_require(!copy || copy->n_elements == c->n_elements, "another number of elements");
      eis_circuit_free(copy);
      free(text);
    }
}

FUZZ_TARGET(dialect) {
  eis_error err = EIS_ERROR_INIT;
  eis_circuit *c = NULL;
  size_t n = 0;
  while (eis_dialect_at(n)) n++;
  if (size == 0) return;
  char *text = fuzz_text(data + 1, size - 1);
  if (fuzz_ok(eis_circuit_parse_dialect(text, eis_dialect_at(data[0] % n)->name, &c, &err), &err))
    write_all(c);
  eis_circuit_free(c);
  free(text);
}
