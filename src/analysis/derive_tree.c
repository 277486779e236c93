/* derive_tree.c - arcs of a circuit tree. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/derived.h"
#include "base/base.h"

/* Elements by the part they play; suffixes of the parameters ("" = the only one). */
typedef struct part_row {
  const char *symbol;
  const char *R, *C, *Q, *n, *tau;
} part_row;

static const part_row parts[] = {
    {.symbol = "R", .R = ""},
    {.symbol = "RPOL", .R = "R0"},
    {.symbol = "C", .C = ""},
    {.symbol = "CPE", .Q = "Q", .n = "alpha"},
    {.symbol = "K", .R = "R", .tau = "tau"},
    {.symbol = "Kc", .R = "R", .C = "C"},
    {.symbol = "Kq", .R = "R", .Q = "Q", .n = "alpha"},
    {.symbol = "Zarc", .R = "R", .tau = "tau", .n = "alpha"},
};

static int param_of(const eis_circuit *c, int element, const char *suffix) {
  const eis_circuit_element *e = &c->element[element];
  for (int i = 0; suffix && i < e->type->n_params; i++)
    if (strcmp(e->type->param[i].suffix, suffix) == 0) return e->first_param + i;
  return -1;
}

/* The parameters an element contributes to an arc; all -1 when it is neither R nor C. */
static eisi_arc part_of(const eis_circuit *c, int element) {
  eisi_arc a = {.R = -1, .C = -1, .Q = -1, .n = -1, .tau = -1};
  for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
    if (strcmp(parts[i].symbol, c->element[element].type->symbol) != 0) continue;
    a.R = param_of(c, element, parts[i].R);
    a.C = param_of(c, element, parts[i].C);
    a.Q = param_of(c, element, parts[i].Q);
    a.n = param_of(c, element, parts[i].n);
    a.tau = param_of(c, element, parts[i].tau);
  }
  return a;
}

static bool holds_charge(const eisi_arc *a) {
  return a->C >= 0 || a->tau >= 0 || (a->Q >= 0 && a->n >= 0);
}

bool eisi_node_is_outer(const eis_circuit *c, int node) {
  for (int k = c->node[node].parent; k >= 0; k = c->node[k].parent)
    if (c->node[k].kind != EIS_NODE_SERIES) return false;
  return true;
}

bool eisi_arc_of(const eis_circuit *c, int R_element, int C_element, eisi_arc *out) {
  const eisi_arc cap = part_of(c, C_element);
  *out = part_of(c, R_element);
  out->R_element = R_element;
  out->C_element = C_element;
  if (R_element == C_element) {
    snprintf(out->name, sizeof out->name, "%s", c->element[R_element].name);
    out->outer = eisi_node_is_outer(c, c->element[R_element].node);
    return out->R >= 0 && holds_charge(out);
  }
  if (out->R < 0 || holds_charge(out) || cap.R >= 0 || !holds_charge(&cap)) return false;
  out->C = cap.C;
  out->Q = cap.Q;
  out->n = cap.n;
  snprintf(out->name, sizeof out->name, "%s,%s", c->element[R_element].name,
           c->element[C_element].name);
  out->outer = eisi_node_is_outer(c, c->node[c->element[C_element].node].parent);
  return true;
}

double eisi_arc_tau(const eisi_arc *a, const double *p) {
  if (a->tau >= 0) return p[a->tau];
  if (a->C >= 0) return p[a->R] * p[a->C];
  return pow(p[a->R] * p[a->Q], 1.0 / p[a->n]);
}

double eisi_arc_C(const eisi_arc *a, const double *p) { return eisi_arc_tau(a, p) / p[a->R]; }

/* A bare resistance or capacitance among the children of a node, -1 = none. */
static int child_with(const eis_circuit *c, int node, bool resistance) {
  for (int k = c->node[node].first_child; k >= 0; k = c->node[k].next_sibling) {
    if (c->node[k].kind != EIS_NODE_ELEMENT) continue;
    const eisi_arc a = part_of(c, c->node[k].element);
    const bool cap = holds_charge(&a);
    if (resistance ? a.R >= 0 && !cap : a.R < 0 && cap) return c->node[k].element;
  }
  return -1;
}

/* R of a parallel node: a branch by itself, or in a branch with more in series. */
static int branch_resistance(const eis_circuit *c, int node, bool *diffusion) {
  int R = child_with(c, node, true);
  *diffusion = false;
  for (int k = c->node[node].first_child; R < 0 && k >= 0; k = c->node[k].next_sibling) {
    if (c->node[k].kind != EIS_NODE_SERIES) continue;
    R = child_with(c, k, true);
    *diffusion = R >= 0;
  }
  return R;
}

static bool arc_at(const eis_circuit *c, int node, eisi_arc *out) {
  if (c->node[node].kind == EIS_NODE_ELEMENT) {
    const int e = c->node[node].element;
    return eisi_arc_of(c, e, e, out);
  }
  if (c->node[node].kind != EIS_NODE_PARALLEL) return false;
  bool diffusion;
  const int C = child_with(c, node, false), R = branch_resistance(c, node, &diffusion);
  if (C < 0 || R < 0 || !eisi_arc_of(c, R, C, out)) return false;
  out->diffusion = diffusion;
  return true;
}

static int by_element(const void *a, const void *b) {
  const eisi_arc *x = a, *y = b;
  return x->R_element - y->R_element;
}

eis_status eisi_arcs_find(const eis_circuit *c, eisi_arc **arcs, size_t *n, eis_error *err) {
  *n = 0;
  *arcs = eisi_new((size_t)c->n_nodes, sizeof **arcs, err);
  if (!*arcs) return EIS_ERROR_MEMORY;
  for (int k = 0; k < c->n_nodes; k++)
    if (arc_at(c, k, &(*arcs)[*n])) ++*n;
  qsort(*arcs, *n, sizeof **arcs, by_element);
  return EIS_OK;
}
