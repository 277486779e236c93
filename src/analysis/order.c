#include "analysis/order.h"

#include <math.h>
#include <string.h>

#include "analysis/shapes.h"

/* First time constant that can be formed: a parameter in seconds, or R with C or Q. */
static double time_constant(const eis_circuit *c, const eisi_block *b, const double *p) {
  double R = NAN, tau = NAN;
  for (int j = b->first_param; j < b->first_param + b->n_params; j++)
    if (isnan(R) && strcmp(c->param[j].spec->unit, "ohm") == 0) R = p[j];
  for (int j = b->first_param; j < b->first_param + b->n_params && isnan(tau); j++) {
    const eis_param *a = &c->param[j];
    const eis_circuit_element *e = &c->element[a->element];
    double alpha = 1;
    for (int k = e->first_param; k < e->first_param + e->type->n_params; k++)
      if (c->param[k].spec->scale == EIS_SCALE_LINEAR) alpha = p[k];
    if (strcmp(a->spec->unit, "s") == 0) tau = p[j];
    else if (a->spec->z_power == -1 && eisi_time_power(a->spec->unit, alpha) > 0)
      tau = pow(R * p[j], 1 / alpha);
  }
  return tau;
}

static void exchange(const eisi_block *a, const eisi_block *b, double *p) {
  for (int j = 0; j < a->n_params; j++) {
    const double t = p[a->first_param + j];
    p[a->first_param + j] = p[b->first_param + j];
    p[b->first_param + j] = t;
  }
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
      if (!eisi_blocks_alike(c, &block[i], &block[j])) continue;
      if (!(time_constant(c, &block[i], p) > time_constant(c, &block[j], p))) continue;
      exchange(&block[i], &block[j], p);
      moved = true;
    }
  if (moved) eisi_problem_from_params(q, p, x);
  return moved;
}
