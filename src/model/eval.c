/* eval.c - values and derivatives of a whole circuit.  Compiled like the element families (vec.h).

   Upward sweep: every node's planar impedance.  Downward sweep: F = dZ(circuit)/dZ(node), which
   multiplies the derivative columns of the elements:
     child of a series node      F_child = F
     child of a parallel node    F_child = F (Z_parent Y_child)^2
     sub-circuit of a container  F_child = F dZ(element)/dZ(sub) */
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "model/eval.h"
#include "model/vec.h"

#include <eisfit/circuit.h>

struct eis_eval {
  const eis_circuit *c;
  eis_grid grid;
  double *w, *lw;
  double *z; /* n_nodes planar vectors: impedances */
  double *y; /* n_nodes planar vectors: admittance of a parallel child, then its F; for the child of
                a container dZ/dsub, then F */
  const double **factor; /* per node: F, NULL = 1 */
};

void eis_eval_free(eis_eval *e) {
  if (!e) return;
  free(e->w);
  free(e->lw);
  free(e->z);
  free(e->y);
  free(e->factor);
  free(e);
}

eis_status eis_eval_new(const eis_circuit *c, const double *f_hz, size_t n, eis_eval **out,
                        eis_error *err) {
  *out = NULL;
  eis_eval *e = eisi_new(1, sizeof *e, err);
  if (!e) return EIS_ERROR_MEMORY;
  const size_t nodes = (size_t)c->n_nodes;
  e->c = c;
  e->w = eisi_new(n, sizeof *e->w, err);
  e->lw = eisi_new(n, sizeof *e->lw, err);
  e->z = eisi_new(2 * n * nodes, sizeof *e->z, err);
  e->y = eisi_new(2 * n * nodes, sizeof *e->y, err);
  e->factor = eisi_new(nodes, sizeof *e->factor, err);
  if (!e->w || !e->lw || !e->z || !e->y || !e->factor) {
    eis_eval_free(e);
    return EIS_ERROR_MEMORY;
  }
  for (size_t k = 0; k < n; k++) {
    e->w[k] = 2.0 * M_PI * f_hz[k];
    e->lw[k] = log(e->w[k]);
  }
  e->grid = (eis_grid){n, e->w, e->lw};
  *out = e;
  return EIS_OK;
}

EISI_CLONES static void add_to(size_t m, double *restrict a, const double *restrict b) {
  for (size_t k = 0; k < m; k++) a[k] += b[k];
}

EISI_CLONES static void invert(size_t n, const double *restrict z, double *restrict y) {
  for (size_t k = 0; k < n; k++) eisi_put(y, n, k, eisi_inv(eisi_get(z, n, k)));
}

EISI_CLONES static void multiply(size_t n, double *restrict a, const double *restrict f) {
  for (size_t k = 0; k < n; k++) eisi_put(a, n, k, eisi_get(a, n, k) * eisi_get(f, n, k));
}

/* y <- (z y)^2 */
EISI_CLONES static void share(size_t n, const double *restrict z, double *restrict y) {
  for (size_t k = 0; k < n; k++) {
    const double complex q = eisi_get(z, n, k) * eisi_get(y, n, k);
    eisi_put(y, n, k, q * q);
  }
}

static double *node_z(eis_eval *e, int i) { return e->z + 2 * e->grid.n * (size_t)i; }
static double *node_y(eis_eval *e, int i) { return e->y + 2 * e->grid.n * (size_t)i; }

const double *eisi_eval_node(const eis_eval *e, int node) {
  return e->z + 2 * e->grid.n * (size_t)node;
}

static bool any_wanted(const eis_circuit_element *el, const bool *want) {
  if (!want) return true;
  for (int j = 0; j < el->type->n_params; j++)
    if (want[el->first_param + j]) return true;
  return false;
}

static void up_element(eis_eval *e, int i, const double *p, double *dz, const bool *want) {
  const eis_node *node = &e->c->node[i];
  const eis_circuit_element *el = &e->c->element[node->element];
  const int sub = node->first_child;
  double *column = NULL;
  if (dz && any_wanted(el, want)) column = dz + 2 * e->grid.n * (size_t)el->first_param;
  el->type->eval(&e->grid, p + el->first_param, sub < 0 ? NULL : node_z(e, sub), node_z(e, i),
                 column, sub < 0 || !dz ? NULL : node_y(e, sub));
}

static void up_series(eis_eval *e, int i) {
  const size_t m = 2 * e->grid.n;
  int k = e->c->node[i].first_child;
  memcpy(node_z(e, i), node_z(e, k), m * sizeof(double));
  while ((k = e->c->node[k].next_sibling) >= 0) add_to(m, node_z(e, i), node_z(e, k));
}

static void up_parallel(eis_eval *e, int i) {
  const size_t n = e->grid.n;
  double *sum = node_y(e, i), *z = node_z(e, i);
  memset(sum, 0, 2 * n * sizeof *sum);
  for (int k = e->c->node[i].first_child; k >= 0; k = e->c->node[k].next_sibling) {
    invert(n, node_z(e, k), node_y(e, k));
    add_to(2 * n, sum, node_y(e, k));
  }
  invert(n, sum, z);
}

static void down(eis_eval *e, int i) {
  const eis_node *node = &e->c->node[i];
  const size_t n = e->grid.n;
  const double *f = e->factor[i];
  for (int k = node->first_child; k >= 0; k = e->c->node[k].next_sibling) {
    e->factor[k] = f;
    if (node->kind == EIS_NODE_SERIES) continue;
    if (node->kind == EIS_NODE_PARALLEL) share(n, node_z(e, i), node_y(e, k));
    if (f) multiply(n, node_y(e, k), f);
    e->factor[k] = node_y(e, k);
  }
}

static void scale_columns(eis_eval *e, int i, double *dz, const bool *want) {
  const eis_circuit_element *el = &e->c->element[e->c->node[i].element];
  if (!e->factor[i]) return;
  for (int j = el->first_param; j < el->first_param + el->type->n_params; j++)
    if (!want || want[j]) multiply(e->grid.n, dz + 2 * e->grid.n * (size_t)j, e->factor[i]);
}

void eis_eval_run(eis_eval *e, const double *p, double *z, double *dz, const bool *want) {
  const eis_circuit *c = e->c;
  const int root = c->n_nodes - 1;
  for (int i = 0; i <= root; i++) {
    if (c->node[i].kind == EIS_NODE_ELEMENT)
      up_element(e, i, p, dz, want);
    else if (c->node[i].kind == EIS_NODE_SERIES)
      up_series(e, i);
    else
      up_parallel(e, i);
  }
  memcpy(z, node_z(e, root), 2 * e->grid.n * sizeof *z);
  if (!dz) return;
  e->factor[root] = NULL;
  for (int i = root; i >= 0; i--) {
    down(e, i);
    if (c->node[i].kind == EIS_NODE_ELEMENT) scale_columns(e, i, dz, want);
  }
}
