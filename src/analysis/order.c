#include "analysis/order.h"

#include <math.h>
#include <string.h>

#include "analysis/shapes.h"

/* ---- arcs --------------------------------------------------------------------------------- */

/* The parameters of a block that make its time constant; -1 = not there. */
typedef struct arc {
  int R, storage, alpha, tau; /* a resistance with C or Q and its exponent, or a parameter in s */
} arc;

static arc find_arc(const eis_circuit *c, const eisi_block *b) {
  arc a = {-1, -1, -1, -1};
  for (int j = b->first_param; j < b->first_param + b->n_params; j++) {
    const eis_param_spec *spec = c->param[j].spec;
    if (a.R < 0 && strcmp(spec->unit, "ohm") == 0) a.R = j;
    if (a.tau < 0 && strcmp(spec->unit, "s") == 0) a.tau = j;
    if (a.storage < 0 && spec->z_power == -1 && eisi_time_power(spec->unit, 1) > 0) a.storage = j;
  }
  if (a.storage < 0) return a;
  const eis_circuit_element *e = &c->element[c->param[a.storage].element];
  for (int j = e->first_param; j < e->first_param + e->type->n_params; j++)
    if (c->param[j].spec->scale == EIS_SCALE_LINEAR) a.alpha = j;
  return a;
}

/* (R Q)^(1/alpha), or the parameter in seconds; NaN when the block is no arc. */
static double time_constant(const arc *a, const double *p) {
  if (a->R >= 0 && a->storage >= 0)
    return pow(p[a->R] * p[a->storage], a->alpha < 0 ? 1 : 1 / p[a->alpha]);
  return a->tau >= 0 ? p[a->tau] : NAN;
}

static void exchange(double *p, int i, int j) {
  const double t = p[i];
  p[i] = p[j];
  p[j] = t;
}

bool eisi_order_branches(const eisi_problem *q, double *x) {
  const eis_circuit *c = q->c;
  eisi_block block[EISI_BLOCKS_MAX];
  bool moved = false;
  const int n = eisi_blocks_find(c, block);
  double *p = q->p;
  eisi_problem_to_params(q, x, p);
  for (int i = 0; i < n; i++)
    for (int j = i + 1; j < n; j++) {
      const arc a = find_arc(c, &block[i]), b = find_arc(c, &block[j]);
      if (!eisi_blocks_alike(c, &block[i], &block[j])) continue;
      if (!(time_constant(&a, p) > time_constant(&b, p))) continue;
      for (int k = 0; k < block[i].n_params; k++)
        exchange(p, block[i].first_param + k, block[j].first_param + k);
      moved = true;
    }
  if (moved) eisi_problem_from_params(q, p, x);
  return moved;
}

static bool may_move(const eis_param *p, bool named) {
  return !p->fixed && p->tie < 0 && (named || (isnan(p->value) && !p->user_bounds));
}

/* An arc of a model; of a bare circuit those that are nothing but R beside C or CPE: where there is
   more in a branch, another order is another shape, and a worse optimum. */
static bool in_order(const eisi_problem *q, const eisi_block *b, const arc *a, bool named) {
  if (a->R < 0 || a->storage < 0) return false;
  if (!named && b->n_params != (a->alpha < 0 ? 2 : 3)) return false;
  return may_move(&q->c->param[a->R], named) && may_move(&q->c->param[a->storage], named);
}

/* R, C or Q and exponent of two arcs change places where both have them. */
static void exchange_arcs(const arc *a, const arc *b, double *p) {
  exchange(p, a->R, b->R);
  exchange(p, a->storage, b->storage);
  if (a->alpha >= 0 && b->alpha >= 0) exchange(p, a->alpha, b->alpha);
}

bool eisi_order_arcs(const eisi_problem *q, bool named, double *x) {
  eisi_block block[EISI_BLOCKS_MAX];
  arc arcs[EISI_BLOCKS_MAX];
  int n_arcs = 0;
  bool moved = false;
  double *p = q->p;
  const int n = eisi_blocks_find(q->c, block);
  for (int i = 0; i < n; i++) {
    const arc a = find_arc(q->c, &block[i]);
    if (in_order(q, &block[i], &a, named)) arcs[n_arcs++] = a;
  }
  eisi_problem_to_params(q, x, p);
  for (int i = 0; i < n_arcs; i++)
    for (int j = i + 1; j < n_arcs; j++) {
      if (!(time_constant(&arcs[i], p) > time_constant(&arcs[j], p))) continue;
      exchange_arcs(&arcs[i], &arcs[j], p);
      moved = true;
    }
  if (moved) eisi_problem_from_params(q, p, x);
  return moved;
}
