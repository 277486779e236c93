/* circuit.h - equivalent circuits: text in two notations, a flat tree, values with derivatives. */
#ifndef EISFIT_CIRCUIT_H
#define EISFIT_CIRCUIT_H

#include <eisfit/element.h>
#include <eisfit/status.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum eis_node_kind {
  EIS_NODE_ELEMENT,   /* a leaf, or a container whose one child is its sub-circuit */
  EIS_NODE_SERIES,
  EIS_NODE_PARALLEL
} eis_node_kind;

/* Nodes are stored children first (post-order): evaluation is one sweep upwards, derivatives one
   sweep downwards; the last node is the whole circuit. */
typedef struct eis_node {
  eis_node_kind kind;
  int parent;      /* -1 for the root */
  int first_child; /* -1 = none; children are linked by next_sibling in text order */
  int next_sibling;
  int element; /* index into eis_circuit.element, -1 for series/parallel */
} eis_node;

enum { EIS_NAME_MAX = 48 };

typedef struct eis_circuit_element {
  const eis_element *type;
  char name[EIS_NAME_MAX]; /* symbol + number ("CPE1") or symbol + '_' + label ("R_ct") */
  int node;
  int first_param; /* index of its first parameter */
} eis_circuit_element;

typedef struct eis_param {
  char name[EIS_NAME_MAX + 16]; /* "CPE1_alpha", "R1" */
  const eis_param_spec *spec;
  int element;
  double value; /* start, or the fixed value; NaN = none given (automatic start) */
  double lower, upper;
  bool fixed;
  bool held;         /* fixed by whoever wrote it, not because the element has it so */
  bool user_bounds;  /* bounds were given, not the element's defaults */
  int tie;           /* index of the parameter it follows, -1 = none ... */
  double tie_factor; /* ... p = tie_factor * p[tie] */
} eis_param;

typedef struct eis_circuit {
  int n_nodes, n_elements, n_params;
  eis_node *node;
  eis_circuit_element *element;
  eis_param *param;
} eis_circuit;

typedef enum eis_notation {
  EIS_NOTATION_AUTO,
  EIS_NOTATION_IMPEDANCE, /* impedance.py: R0-p(R1,CPE1)-Wo1; also AutoEIS R0-[R1,P1] */
  EIS_NOTATION_CDC        /* Boukamp / pyimpspec: R(RQ)([RW]C){...} */
} eis_notation;

/* Parses either notation (AUTO: recognised by content).  *out is new, to be freed by
   eis_circuit_free.  Errors: EIS_ERROR_INPUT, source "circuit", column and caret. */
eis_status eis_circuit_parse(const char *text, eis_notation notation, eis_circuit **out,
                             eis_error *err);
eis_status eis_circuit_copy(const eis_circuit *c, eis_circuit **out, eis_error *err);
void eis_circuit_free(eis_circuit *c);

/* Canonical text; with_values adds {values/bounds} (CDC) - the impedance.py notation has no place
   for values and prints the topology only.  *text is allocated, caller frees.
   parse(print(c)) gives an equal circuit. */
eis_status eis_circuit_print(const eis_circuit *c, eis_notation notation, bool with_values,
                             char **text, eis_error *err);

/* Index of a parameter by name ("CPE1_alpha"), by position name as impedance.py has it
   ("CPE1_0"), or an element name of a one-parameter element; n, a, P for alpha and T, Y, Y0 for Q
   of an element that has both; -1 = none. */
int eis_circuit_find_param(const eis_circuit *c, const char *name);

/* Assignments as the command line has them; EIS_ERROR_USAGE with the known names in the message.
     set    "R1=10", "CPE1_Q=10u" (engineering prefixes), several by ','
     fix    "R0" or "R0=10"
     bound  "R1=1:100", "R1=:100"
     tie    "C2=C1", "R2=2*R1" */
eis_status eis_circuit_set(eis_circuit *c, const char *assignment, eis_error *err);
eis_status eis_circuit_fix(eis_circuit *c, const char *assignment, eis_error *err);
eis_status eis_circuit_bound(eis_circuit *c, const char *assignment, eis_error *err);
eis_status eis_circuit_tie(eis_circuit *c, const char *assignment, eis_error *err);
/* Starts inside bounds, lower < upper, ties acyclic and to free parameters. */
eis_status eis_circuit_check(const eis_circuit *c, eis_error *err);

/* Evaluation on a grid: an opaque workspace per thread; nothing is allocated by _run. */
typedef struct eis_eval eis_eval;
/* Copies the n frequencies [Hz]; keeps a pointer to the circuit, which must outlive it. */
eis_status eis_eval_new(const eis_circuit *c, const double *f_hz, size_t n, eis_eval **out,
                        eis_error *err);
void eis_eval_free(eis_eval *e);
/* p: n_params values (ties are the caller's business).  z: planar 2n.  dz: 2n x n_params or NULL.
   want (n_params flags, NULL = all) says which derivative columns are needed; the others of dz
   are left untouched. */
void eis_eval_run(eis_eval *e, const double *p, double *z, double *dz, const bool *want);

#ifdef __cplusplus
}
#endif
#endif
