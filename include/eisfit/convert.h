/* convert.h - circuits in the dialects of other programs, with their parameter conventions. */
#ifndef EISFIT_CONVERT_H
#define EISFIT_CONVERT_H

#include <eisfit/circuit.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct eis_dialect {
  const char *name;    /* "cdc", "impedance.py", "boukamp", "autoeis", "pyimpspec" */
  const char *title;   /* the program or programs */
  const char *doc;     /* one line: how values are written, what differs */
  const char *example; /* the same circuit in every dialect */
} eis_dialect;

/* Row i of the table, NULL past the end. */
const eis_dialect *eis_dialect_at(size_t i);

/* Reads a circuit with the element symbols and parameter conventions of a dialect.
   Errors: EIS_ERROR_USAGE unknown dialect, EIS_ERROR_INPUT as eis_circuit_parse. */
eis_status eis_circuit_parse_dialect(const char *text, const char *dialect, eis_circuit **out,
                                     eis_error *err);

/* Writes it: the circuit, and with_values the values converted to the conventions of the dialect -
   inside the circuit where it has a place for them, else on a second line in the form the program
   takes (initial_guess = [...], a dictionary, a list).  Parameters without a value are written
   with the typical value of the element where the dialect can't leave them out.
   *text is allocated, caller frees.  Errors: EIS_ERROR_USAGE unknown dialect; EIS_ERROR_INPUT an
   element the dialect does not have, named. */
eis_status eis_circuit_print_dialect(const eis_circuit *c, const char *dialect, bool with_values,
                                     char **text, eis_error *err);

#ifdef __cplusplus
}
#endif
#endif
