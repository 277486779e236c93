/* parse.h - from circuit text to a circuit: both notations fill one builder.

   Limits (a longer text is a mistake or an attack, not a circuit): EISI_CIRCUIT_MAX_TEXT bytes,
   EISI_CIRCUIT_MAX_ELEMENTS elements, EISI_CIRCUIT_MAX_DEPTH open brackets. */
#ifndef EISI_PARSE_H
#define EISI_PARSE_H

#include "base/base.h"

#include <eisfit/circuit.h>

enum {
  EISI_CIRCUIT_MAX_TEXT = 16384,
  EISI_CIRCUIT_MAX_DEPTH = 64,
  EISI_CIRCUIT_MAX_ELEMENTS = 256,
  EISI_LABEL_MAX = 24 /* bytes of a label or of a number */
};

typedef struct eisi_dialect eisi_dialect; /* convert.h */
typedef struct eisi_foreign eisi_foreign;

/* One parameter as it stands in the text: NaN = not said. */
typedef struct eisi_said {
  double value, lower, upper;
  bool fixed;
} eisi_said;

/* A node while the text is being read; elements stand in text order. */
typedef struct eisi_proto {
  eis_node_kind kind;
  int first_child, last_child, next; /* -1 = none */
  const eis_element *type;
  char tag[EISI_LABEL_MAX + 1]; /* digits, or a label when `labelled`; "" = to be numbered */
  bool labelled;
  size_t offset, span; /* where its name stands in the text */
  eisi_said said[EIS_ELEMENT_MAX_PARAMS];
} eisi_proto;

typedef struct eisi_parser {
  const char *text;
  size_t n, at; /* length, and where the scanner stands */
  int depth;
  const eisi_dialect *dialect; /* whose symbols and parameters go before ours; NULL = ours */
  int n_proto;
  eisi_proto *proto;
  size_t error_offset, error_span; /* place of the error, for callers that embed the text */
  eis_error *err;
} eisi_parser;

/* ---- scanner (parse_scan.c) ---- */
/* Error at `offset`, underlining `span` bytes. */
eis_status eisi_parse_error(eisi_parser *p, size_t offset, size_t span, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));
/* Skips blanks; the next byte, 0 at the end. */
char eisi_parse_peek(eisi_parser *p);
/* Takes c if it is next. */
bool eisi_parse_take(eisi_parser *p, char c);
eis_status eisi_parse_enter(eisi_parser *p, size_t offset);
void eisi_parse_leave(eisi_parser *p);
/* Bytes of [A-Za-z0-9_] at the scanner. */
size_t eisi_parse_word(const eisi_parser *p);
eis_status eisi_parse_unknown_element(eisi_parser *p, size_t offset, size_t span);
/* Digits or "_label" behind a symbol. */
eis_status eisi_parse_tag(eisi_parser *p, int node);

/* ---- builder (parse_build.c) ---- */
eis_status eisi_proto_new(eisi_parser *p, eis_node_kind kind, int *node);
eis_status eisi_proto_element(eisi_parser *p, const eis_element *type, size_t offset, int *node);
void eisi_proto_append(eisi_parser *p, int parent, int child);
/* The tree under `root` as a circuit: nested groups of one kind merged, missing numbers given,
   names unique, children before parents. */
eis_status eisi_proto_finish(eisi_parser *p, int root, eis_circuit **out);

/* ---- values (parse_values.c): {p=value[f]/lower/upper, ...:label} ---- */
/* How the two notations read what a container holds. */
typedef eis_status eisi_parse_rule(eisi_parser *p, int *node);
/* Reads the braces at the scanner for element `node`.  `foreign` (NULL = none) is the row of the
   dialect the symbol belongs to; `inner` reads the sub-circuit of "Z=[...]". */
eis_status eisi_parse_values(eisi_parser *p, int node, const eisi_foreign *foreign,
                             eisi_parse_rule *inner);
/* A single "start[f]/lower/upper" that fills the whole text. */
eis_status eisi_parse_said(eisi_parser *p, eisi_said *said);
/* Applies what was said about one parameter: bounds cut to the element's own range, start checked.
   Returns NULL or the reason why it can't be (static text). */
const char *eisi_param_apply(eis_param *param, const eisi_said *said);
/* The reason for people: with the element's range where that is the trouble. */
void eisi_param_reason(const eis_param *param, const eisi_said *said, const char *why, char *out,
                       size_t size);

/* ---- the notations ---- */
eis_status eisi_parse_impedance(eisi_parser *p, int *root);
eis_status eisi_parse_cdc(eisi_parser *p, int *root);

/* The whole way; *offset (may be NULL) is the place of an error in the text. */
eis_status eisi_circuit_parse(const char *text, eis_notation notation, const eisi_dialect *dialect,
                              eis_circuit **out, size_t *offset, eis_error *err);

/* ---- circuits (circuit.c) ---- */
eis_status eisi_circuit_alloc(int n_nodes, int n_elements, int n_params, eis_circuit **out,
                              eis_error *err);
/* Appends the default parameters of element i of c, whose name and type are set. */
void eisi_circuit_default_params(eis_circuit *c, int i, int first_param);
/* Same topology, names, values and bounds (NaN equals NaN). */
bool eisi_circuit_equal(const eis_circuit *a, const eis_circuit *b);
/* Is the number behind the symbol the one an unnumbered element would get? */
bool eisi_circuit_auto_names(const eis_circuit *c);
/* The part of an element's name behind its symbol: "1", or "_ct" with the underscore. */
const char *eisi_element_tag(const eis_circuit_element *e);

#endif
