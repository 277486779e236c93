/* joint_eval.c - one spectrum of a joint fit: parameters by their laws, residuals, chain rule. */
#include <math.h>
#include <string.h>

#include "analysis/joint_core.h"
#include "numerics/kernel.h"

double eisi_slot_natural(const eisi_slot *s, double x) {
  if (!s->log) return x;
  const double v = exp(x); /* may be a rounding off the bound */
  return v < s->lower ? s->lower : v > s->upper ? s->upper : v;
}

double eisi_slot_internal(const eisi_slot *s, double p) { return s->log ? log(p) : p; }

void eisi_joint_gather(const eisi_joint *j, size_t i, const double *x, double *own) {
  const int *map = j->map + i * (size_t)j->n_shared_slots;
  for (int s = 0; s < j->n_shared_slots; s++) own[s] = x[map[s]];
  const double *local = x + j->ns + i * j->nl;
  for (int s = j->n_shared_slots; s < j->n_slots; s++) own[s] = local[s - j->n_shared_slots];
}

/* What the rules work on. */
typedef struct bench {
  const eisi_joint *j;
  size_t i;
  const double *own;
  double *p, *D; /* D may be NULL */
} bench;

static double *row(const bench *b, int param) {
  return b->D ? b->D + (size_t)param * (size_t)b->j->n_slots : NULL;
}

static double slot_value(const bench *b, int s, double *slope) {
  const eisi_slot *a = &b->j->slot[s];
  const double v = eisi_slot_natural(a, b->own[s]);
  *slope = a->log ? v : 1.0;
  return v;
}

/* The value of a term; adds weight times its derivatives to the row. */
static double link_value(const bench *b, const eisi_link *l,
                         double by_sum[EISI_LAW_PARS + EISI_LAW_INPUTS]) {
  double par[EISI_LAW_PARS], in[EISI_LAW_INPUTS], slope[EISI_LAW_PARS];
  for (int k = 0; k < l->law->n_pars; k++) {
    slope[k] = 0.0;
    par[k] = l->slot[k] < 0 ? l->number[k] : l->number[k] * slot_value(b, l->slot[k], &slope[k]);
  }
  for (int k = 0; k < l->law->n_inputs; k++) in[k] = b->p[l->in[k]];
  const eisi_law_point at = {l->x[b->i], par, l->constant, in};
  const double v = l->law->eval(&at, by_sum, by_sum + EISI_LAW_PARS);
  for (int k = 0; k < l->law->n_pars; k++) by_sum[k] *= l->number[k] * slope[k];
  return v;
}

static void link_slopes(const bench *b, const eisi_link *l, const double *by, double weight,
                        double *to) {
  for (int k = 0; k < l->law->n_pars; k++)
    if (l->slot[k] >= 0) to[l->slot[k]] += weight * by[k];
  for (int k = 0; k < l->law->n_inputs; k++) {
    const double *from = row(b, l->in[k]);
    for (int s = 0; s < b->j->n_slots; s++) to[s] += weight * by[EISI_LAW_PARS + k] * from[s];
  }
}

/* First the base and what is added to it, then the factors. */
static double law_value(const bench *b, const eisi_rule *r) {
  double *to = row(b, r->param), v = 0.0, slope;
  double by[EISI_LAW_PARS + EISI_LAW_INPUTS] = {0};
  if (r->ref >= 0) {
    v = slot_value(b, r->ref, &slope);
    if (to) to[r->ref] += slope;
  }
  for (int l = 0; l < r->n_links; l++) {
    const eisi_link *a = &r->link[l];
    if (a->law->kind != EISI_LAW_SUM && a->law->kind != EISI_LAW_WHOLE) continue;
    v += link_value(b, a, by);
    if (to) link_slopes(b, a, by, 1.0, to);
  }
  for (int l = 0; l < r->n_links; l++) {
    const eisi_link *a = &r->link[l];
    if (a->law->kind != EISI_LAW_FACTOR) continue;
    const double f = link_value(b, a, by);
    for (int s = 0; to && s < b->j->n_slots; s++) to[s] *= f;
    if (to) link_slopes(b, a, by, v, to);
    v *= f;
  }
  return v;
}

static double tie_value(const bench *b, const eisi_rule *r) {
  double *to = row(b, r->param);
  const double *from = row(b, r->tie);
  for (int s = 0; to && s < b->j->n_slots; s++) to[s] = r->tie_factor * from[s];
  return r->tie_factor * b->p[r->tie];
}

bool eisi_joint_params(const eisi_joint *j, size_t i, const double *own, double *p, double *D) {
  const size_t np = (size_t)j->c->n_params;
  const bench b = {j, i, own, p, D};
  memcpy(p, j->constant, np * sizeof *p);
  if (D) memset(D, 0, np * (size_t)j->n_slots * sizeof *D);
  for (int k = 0; k < j->n_rules; k++) {
    const eisi_rule *r = &j->rule[k];
    const eis_param *a = &j->c->param[r->param];
    double v = r->tie >= 0 ? tie_value(&b, r) : law_value(&b, r);
    const double slack = 1e-9 * (fabs(a->lower) + fabs(v));
    const bool vanishing =
        a->spec->scale == EIS_SCALE_LOG && v > 0; /* as good as at its lower bound */
    if (!(v >= a->spec->lower - slack || vanishing) || !(v <= a->spec->upper + slack)) return false;
    p[r->param] = v < a->spec->lower ? a->spec->lower : v > a->spec->upper ? a->spec->upper : v;
  }
  return true;
}

/* J = w dZ D, where D is sparse. */
static void chain(const eisi_joint *j, size_t m, size_t rows, const double *w) {
  memset(j->J, 0, rows * (size_t)j->n_slots * sizeof *j->J);
  for (int k = 0; k < j->c->n_params; k++) {
    const double *d = j->D + (size_t)k * (size_t)j->n_slots, *dz = j->dz + m * (size_t)k;
    if (!j->want[k]) continue;
    for (int s = 0; s < j->n_slots; s++) {
      double *to = j->J + rows * (size_t)s;
      const double scale = d[s];
      if (scale == 0.0) continue;
      for (size_t q = 0; q < m; q++) to[q] += scale * w[q] * dz[q];
    }
  }
}

bool eisi_joint_residual(eisi_joint *j, size_t i, const double *x, size_t *rows) {
  double own[64];
  const size_t m = 2 * j->data->spectrum[i]->n;
  const bool pinned = j->pin.spectrum == (long)i;
  *rows = m + (pinned ? 1 : 0);
  eisi_joint_gather(j, i, x, own);
  if (!eisi_joint_params(j, i, own, j->p, j->D)) return false;
  eis_eval_run(j->eval[j->grid[i]], j->p, j->z, j->dz, j->want);
  j->evaluations++;
  eisi_weighted_residual(m, j->weight[i], j->z, j->planar[i], j->r);
  chain(j, m, *rows, j->weight[i]);
  if (!pinned) return true;
  const eisi_pin *pin = &j->pin;
  j->r[m] = pin->stiffness * (j->p[pin->param] - pin->value);
  for (int s = 0; s < j->n_slots; s++)
    j->J[*rows * (size_t)s + m] =
        pin->stiffness * j->D[(size_t)pin->param * (size_t)j->n_slots + (size_t)s];
  return true;
}
