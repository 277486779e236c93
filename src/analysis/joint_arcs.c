/* joint_arcs.c - arcs of a circuit in other places of the spectrum. */
#include "analysis/joint_arcs.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "numerics/stats.h"

enum { MOST_ARCS = 12 };

/* Parameters of the circuit: the resistance, and tau itself or a C or Q parallel to it with its
 * exponent. */
typedef struct arc {
  int R, tau, C, alpha; /* -1 = none */
} arc;

static int param_of(const eis_circuit *c, int element, const char *suffix) {
  const eis_circuit_element *e = &c->element[element];
  for (int k = 0; k < e->type->n_params; k++)
    if (strcmp(e->type->param[k].suffix, suffix) == 0) return e->first_param + k;
  return -1;
}

/* First element of a type below node, itself or inside a series; -1 = none. */
static int find_below(const eis_circuit *c, int node, const char *symbol) {
  const eis_node *n = &c->node[node];
  if (n->kind == EIS_NODE_ELEMENT)
    return strcmp(c->element[n->element].type->symbol, symbol) == 0 ? n->element : -1;
  if (n->kind != EIS_NODE_SERIES) return -1;
  for (int child = n->first_child; child >= 0; child = c->node[child].next_sibling)
    if (c->node[child].kind == EIS_NODE_ELEMENT &&
        !strcmp(c->element[c->node[child].element].type->symbol, symbol))
      return c->node[child].element;
  return -1;
}

static int in_parallel(const eis_circuit *c, int node, const char *symbol) {
  for (int child = c->node[node].first_child; child >= 0; child = c->node[child].next_sibling) {
    const int e = find_below(c, child, symbol);
    if (e >= 0) return e;
  }
  return -1;
}

static int find_arcs(const eis_circuit *c, arc *out) {
  int n = 0;
  for (int k = 0; k < c->n_nodes && n < MOST_ARCS; k++) {
    arc a = {-1, -1, -1, -1};
    if (c->node[k].kind == EIS_NODE_PARALLEL) {
      const int r = in_parallel(c, k, "R"), C = in_parallel(c, k, "C"),
                Q = in_parallel(c, k, "CPE");
      if (r < 0 || (C < 0 && Q < 0)) continue;
      a.R = c->element[r].first_param;
      a.C = C >= 0 ? c->element[C].first_param : param_of(c, Q, "Q");
      a.alpha = C >= 0 ? -1 : param_of(c, Q, "alpha");
      out[n++] = a;
    } else if (c->node[k].kind == EIS_NODE_ELEMENT) {
      const int e = c->node[k].element;
      a.R = param_of(c, e, "R");
      a.tau = param_of(c, e, "tau");
      if (a.R >= 0 && a.tau >= 0) out[n++] = a;
    }
  }
  return n;
}

/* All reference values of a parameter. */
static void set_param(const eisi_joint *j, int param, double v, double *x) {
  for (int s = 0; param >= 0 && s < j->n_slots; s++) {
    const eisi_slot *a = &j->slot[s];
    if (a->param != param || !a->reference || a->fixed || !isnan(a->start)) continue;
    const double internal = eisi_slot_internal(a, fmin(fmax(v, a->lower), a->upper));
    const bool local = a->reach == EISI_LOCAL;
    const size_t times = local ? j->n : a->reach == EISI_GROUP ? (size_t)a->n_groups : 1;
    for (size_t k = 0; k < times; k++) x[local ? j->ns + k * j->nl + a->at : a->at + k] = internal;
  }
}

/* What the resistances of all arcs add up to, and the range of 1/omega. */
typedef struct extent {
  double R, tau_low, tau_high;
} extent;

static extent measure(const eisi_joint *j) {
  extent e = {NAN, INFINITY, 0};
  double *v = eisi_joint_room(j, j->n);
  for (size_t i = 0; i < j->n; i++) {
    const eis_spectrum *s = j->data->spectrum[i];
    v[i] = fabs(s->re[s->n - 1] - s->re[0]) + 0.05 * fabs(s->re[0]);
    e.tau_low = fmin(e.tau_low, 0.16 / s->f[0]);
    e.tau_high = fmax(e.tau_high, 0.16 / s->f[s->n - 1]);
  }
  e.R = eisi_median(v, j->n);
  return e;
}

static void sort(double *v, int n) {
  for (int a = 1; a < n; a++)
    for (int b = a; b > 0 && v[b] < v[b - 1]; b--) {
      const double t = v[b];
      v[b] = v[b - 1];
      v[b - 1] = t;
    }
}

void eisi_joint_draw_arcs(const eisi_joint *j, eisi_rng *rng, double *x) {
  arc arcs[MOST_ARCS];
  double tau[MOST_ARCS], part[MOST_ARCS], sum = 0;
  const int n = find_arcs(j->c, arcs);
  const extent e = measure(j);
  if (n == 0 || !(e.R > 0)) return;
  for (int k = 0; k < n; k++) {
    tau[k] = exp(log(e.tau_low) + eisi_rng_uniform(rng) * log(e.tau_high / e.tau_low));
    part[k] = 0.05 - log(1 - eisi_rng_uniform(rng));
    sum += part[k];
  }
  if (eisi_rng_uniform(rng) < 2.0 / 3) sort(tau, n);
  for (int k = 0; k < n; k++) {
    const double R = e.R * part[k] / sum, alpha = arcs[k].alpha < 0 ? 1 : 0.9;
    set_param(j, arcs[k].R, R, x);
    set_param(j, arcs[k].tau, tau[k], x);
    set_param(j, arcs[k].C, pow(tau[k], alpha) / R, x);
    set_param(j, arcs[k].alpha, 0.9, x);
  }
}
