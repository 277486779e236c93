/* parse_auto.c - which notation is it, and the way from text to circuit.

   Outside braces '-', ',' and 'p(' stand in the impedance.py notation only.  A text without them is
   a circuit description code, or a single element (TL2_1(R1) with its sub-circuit) of the other. */
#include <stdlib.h>
#include <string.h>

#include "model/convert.h"

static bool has_marker(const char *s) {
  int braces = 0;
  for (; *s; s++) {
    if (*s == '{')
      braces++;
    else if (*s == '}' && braces > 0)
      braces--;
    else if (braces > 0)
      continue;
    else if (*s == '-' || *s == ',')
      return true;
    else if (*s == 'p' && s[1 + strspn(s + 1, " \t")] == '(')
      return true;
  }
  return false;
}

typedef struct attempt {
  eis_circuit *circuit;
  size_t offset, span;
  eis_status status;
  eis_error err;
} attempt;

static void try_notation(const char *text, eis_notation notation, const eisi_dialect *dialect,
                         attempt *a) {
  *a = (attempt){0};
  eisi_parser p = {.text = text, .n = strlen(text), .dialect = dialect, .err = &a->err};
  int root;
  if (p.n > EISI_CIRCUIT_MAX_TEXT)
    a->status = eis_error_at(p.err, EIS_ERROR_INPUT, "circuit", 0, 0,
                             "the circuit text is too long: %zu bytes, at most %d", p.n,
                             EISI_CIRCUIT_MAX_TEXT);
  else if (notation == EIS_NOTATION_CDC)
    a->status = eisi_parse_cdc(&p, &root);
  else
    a->status = eisi_parse_impedance(&p, &root);
  if (a->status == EIS_OK) a->status = eisi_proto_finish(&p, root, &a->circuit);
  a->offset = p.error_offset;
  a->span = p.error_span;
  free(p.proto);
}

static bool same_meaning(const eis_circuit *a, const eis_circuit *b) {
  if (a->n_elements != b->n_elements) return false;
  for (int i = 0; i < a->n_elements; i++)
    if (a->element[i].type != b->element[i].type) return false;
  return true;
}

/* Both notations accept the text: fine when they mean the same. */
static void settle(const char *text, attempt *cdc, attempt *imp) {
  if (!same_meaning(cdc->circuit, imp->circuit)) {
    const eis_element *b = cdc->circuit->element[0].type, *a = imp->circuit->element[0].type;
    cdc->status = eis_error_at(&cdc->err, EIS_ERROR_INPUT, "circuit", 1, 1,
                               "'%s' has two meanings: %s ('%s') in circuit description codes, %s "
                               "('%s') in impedance.py's notation; write '%s' for the first, '%s' "
                               "for the second",
                               text, b->name, b->symbol, a->name, a->symbol, eisi_cdc_symbol(b),
                               eisi_cdc_symbol(a));
    eis_circuit_free(cdc->circuit);
    cdc->circuit = NULL;
  }
  eis_circuit_free(imp->circuit);
  imp->circuit = NULL;
}

/* The attempt that worked, or that came further. */
static attempt *better(const char *text, attempt *cdc, attempt *imp) {
  if (cdc->status == EIS_ERROR_MEMORY || imp->status == EIS_ERROR_MEMORY) {
    /* the reading that is lost might have been the right one */
    attempt *lost = cdc->status == EIS_ERROR_MEMORY ? cdc : imp, *other = lost == cdc ? imp : cdc;
    eis_circuit_free(other->circuit);
    return lost;
  }
  if (cdc->status == EIS_OK && imp->status == EIS_OK)
    settle(text, cdc, imp);
  else if (imp->status == EIS_OK)
    return imp;
  else if (cdc->status != EIS_OK && imp->offset > cdc->offset)
    return imp;
  return cdc;
}

eis_status eisi_circuit_parse(const char *text, eis_notation notation, const eisi_dialect *dialect,
                              eis_circuit **out, size_t *offset, eis_error *err) {
  attempt a, b, *best = &a;
  *out = NULL;
  if (notation == EIS_NOTATION_AUTO && !has_marker(text)) {
    try_notation(text, EIS_NOTATION_CDC, dialect, &a);
    try_notation(text, EIS_NOTATION_IMPEDANCE, dialect, &b);
    best = better(text, &a, &b);
  } else {
    try_notation(text, notation == EIS_NOTATION_CDC ? notation : EIS_NOTATION_IMPEDANCE, dialect,
                 &a);
  }
  *out = best->circuit;
  if (offset) *offset = best->offset;
  if (best->status != EIS_OK && err && err->code == EIS_OK) *err = best->err;
  return best->status;
}

eis_status eis_circuit_parse(const char *text, eis_notation notation, eis_circuit **out,
                             eis_error *err) {
  return eisi_circuit_parse(text, notation, NULL, out, NULL, err);
}

eis_status eis_circuit_parse_dialect(const char *text, const char *dialect, eis_circuit **out,
                                     eis_error *err) {
  *out = NULL;
  const eisi_dialect *d = eisi_dialect_need(dialect, err);
  if (!d) return EIS_ERROR_USAGE;
  return eisi_circuit_parse(text, d->notation, d->row ? d : NULL, out, NULL, err);
}
