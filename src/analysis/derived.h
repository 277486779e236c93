/* derived.h - what derive.c and its parts share. */
#ifndef EISI_DERIVED_H
#define EISI_DERIVED_H

#include <eisfit/derive.h>

/* A resistance with a capacitance across it.  Parameter indices, -1 = not there:
   R and C, or R, Q and n, or R and tau (and n). */
typedef struct eisi_arc {
  char name[2 * EIS_NAME_MAX]; /* "R1,CPE1", "Zarc1" */
  int R, C, Q, n, tau;
  int R_element, C_element; /* the same for elements that are a whole arc */
  bool outer;               /* in the outermost series chain */
  bool diffusion;           /* more than R in its branch: tau and C are those of R alone */
} eisi_arc;

/* All arcs of the circuit in text order of their elements; *arcs is allocated. */
eis_status eisi_arcs_find(const eis_circuit *c, eisi_arc **arcs, size_t *n, eis_error *err);
/* From two elements, or one that is an arc by itself (C_element = R_element); false = can't be. */
bool eisi_arc_of(const eis_circuit *c, int R_element, int C_element, eisi_arc *out);
/* [s]; p are the parameters of the circuit. */
double eisi_arc_tau(const eisi_arc *a, const double *p);
/* tau/R: C itself, Hsu-Mansfeld for a CPE [F]. */
double eisi_arc_C(const eisi_arc *a, const double *p);
/* Is this node in the outermost series chain? */
bool eisi_node_is_outer(const eis_circuit *c, int node);

/* ---- what a resistance is ---- */

typedef enum eisi_kind {
  EISI_KIND_OTHER, /* no resistance of the electrolyte, or not said */
  EISI_KIND_LEAD,
  EISI_KIND_BULK,
  EISI_KIND_GB,
  EISI_KIND_ELECTRODE,
  EISI_KIND_UNSETTLED /* grain boundary or electrode */
} eisi_kind;

/* A resistor, or an element that is an arc by itself. */
typedef struct eisi_part {
  int element, R;      /* R: parameter index */
  const eisi_arc *arc; /* NULL = a resistance by itself */
  const char *role;    /* in the model, NULL = none */
  eisi_kind kind;
} eisi_part;

/* ---- the job: quantities are functions of the parameters; their errors follow ---- */

typedef struct eisi_derive eisi_derive;
typedef double eisi_quantity_fn(const eisi_derive *d, const double *p, const void *arg);
typedef struct eisi_quantity_row {
  eisi_quantity_fn *value;
  const void *arg;
  const char *unit, *doc;
  const eisi_arc *only; /* the parameters it depends on are those of this arc; NULL = any */
} eisi_quantity_row;

struct eisi_derive {
  const eis_circuit *c;
  const eis_fit_result *fit;
  const eis_model *model;       /* NULL = none */
  const eis_material *material; /* NULL = none */
  eis_conditions cond;
  double *p, *gradient; /* n_params each: values, scratch */
  eisi_arc *arc;
  size_t n_arcs;
  eisi_part *part; /* all resistances, in text order */
  size_t n_parts;
  bool decided; /* the model leaves it to the capacitances what is what */
  eis_derived_list *out;
  eis_error *err;
};

/* Appends the quantity with its delta-method error. */
eis_status eisi_derive_add(eisi_derive *d, const eisi_quantity_row *row, const char *name);
/* That error alone; NaN when nothing uncertain enters, or something whose error is not known. */
double eisi_derive_stderr(eisi_derive *d, const eisi_quantity_row *row);
/* First element with this role at or behind index `from`, -1 = none. */
int eisi_derive_role(const eisi_derive *d, const char *role, int from);

/* Does this parameter stand at a bound that is its element's own?  The data don't show it. */
bool eisi_derive_unseen(const eisi_derive *d, int param);
/* "59 ohm", "124 pF" */
const char *eisi_derive_si(double v, const char *unit, char buf[32]);

#define EISI_SAY(d, ...) eis_notes_add(&(d)->out->words, (d)->err, __VA_ARGS__)

/* derive_bulk.c: fills part, then adds what follows from it, with the reasons in words. */
eis_status eisi_derive_parts(eisi_derive *d);
eis_status eisi_derive_bulk(eisi_derive *d);
/* derive_scl.c: SCL elements, and the interface of a model with its words. */
eis_status eisi_derive_scl(eisi_derive *d);

#endif
