/* joint_profile.c - profile likelihood: a number is held beside its optimum, all others are fitted
   again, and the 95 % interval ends where S reaches S_min + s^2 t^2 (t: Student's 97.5 % point). */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/joint_result.h"

bool eisi_joint_is_key(const eisi_joint *j, const eisi_slot *s) {
  static const char *const params[] = {"n0", "CH", "RF"};
  const eis_param *a = &j->c->param[s->param];
  if (s->fixed || s->reach == EISI_LOCAL || a->element != eisi_joint_layer(j->c)) return false;
  if (s->law_par) return !strcmp(s->law_par, "theta") || !strcmp(s->law_par, "E_fb");
  for (size_t k = 0; k < sizeof params / sizeof *params; k++)
    if (s->reference && strcmp(a->spec->suffix, params[k]) == 0) return true;
  return false;
}

typedef struct profiler {
  eisi_joint *j;
  const double *best;
  double S, s2, t, deadline;
  double *x;     /* where the last fit ended */
  eis_status st; /* EIS_ERROR_MEMORY when a fit had none */
  /* what is held: a shared variable, or (variable = SIZE_MAX) the pin of j */
  size_t variable;
  double stiffness;
} profiler;

/* How far S rises when the number is held at v, in standard errors; the fit starts where the last
   ended. Negative when it could not be done. */
static double rise(profiler *p, double v) {
  eis_lsq_options o = eis_lsq_options_default();
  eisi_joint_info info;
  o.max_iter = 60;
  o.dtol = 1e-3;
  o.step_max = 2;
  o.deadline_s = p->deadline;
  if (p->variable != SIZE_MAX)
    p->x[p->variable] = v;
  else
    p->j->pin.value = v;
  const eis_status st = eisi_joint_solve(p->j, &o, p->x, &info, NULL);
  if (st == EIS_ERROR_MEMORY) p->st = st;
  if (st != EIS_OK) return -1;
  return sqrt(fmax(info.S - p->S, 0) / p->s2);
}

/* From the optimum v0 in the direction of step (one standard error by the covariance) to where the
   rise is t; infinite when it never is within `limit`. */
static double end_of_interval(profiler *p, double v0, double step, double limit) {
  double inner = v0, low = 0, at = v0 + p->t * step;
  memcpy(p->x, p->best, eisi_joint_size(p->j) * sizeof *p->x);
  for (int k = 0; k < 12; k++) {
    const bool edge = step > 0 ? at >= limit : at <= limit;
    if (edge) at = limit;
    const double r = rise(p, at);
    if (r < 0) return copysign(INFINITY, step);
    if (fabs(r - p->t) < 0.02 * p->t) return at;
    if (r < p->t) {
      if (edge) return copysign(INFINITY, step);
      const double slope = r > low ? (r - low) / (at - inner) : 0;
      inner = at;
      low = r;
      const double jump = slope != 0 ? (p->t - r) / slope : 2 * (at - v0);
      at += fmax(fmin(fabs(jump), 3 * fabs(at - v0)), 1e-3 * fabs(step)) * (step > 0 ? 1 : -1);
    } else { /* too far: between the last good one and here, where the rise is about straight */
      const double next = inner + (at - inner) * (p->t - low) / (r - low);
      if (fabs(next - at) < 1e-3 * fabs(step)) return next;
      at = next;
    }
  }
  return at;
}

static void profile_number(profiler *p, const eisi_fisher *f, const eisi_slot *s, size_t q,
                           eis_joint_number *n) {
  eisi_joint *j = p->j;
  const double se = sqrt(f->C[q * j->ns + q]), step = fmin(se, 2 * f->resolution[q]);
  p->variable = q;
  j->held[q] = true;
  const double low = end_of_interval(p, p->best[q], -step, j->lower[q]);
  const double high = end_of_interval(p, p->best[q], step, j->upper[q]);
  j->held[q] = s->fixed;
  n->profiled = true;
  n->ci_low = isinf(low) ? -INFINITY : eisi_slot_natural(s, low);
  n->ci_high = isinf(high) ? INFINITY : eisi_slot_natural(s, high);
  if (s->log && isinf(low)) n->ci_low = 0;
  /* open on a side, or wider than what is known without data */
  const double width = (s->log ? log(n->ci_high / n->ci_low) : n->ci_high - n->ci_low) / 2 / p->t;
  n->identifiable = n->identifiable && isfinite(low) && isfinite(high) && width < f->resolution[q];
}

/* dphi of one spectrum: held by a stiff residual. */
static void profile_dphi(profiler *p, size_t i, int param, eis_joint_share *share) {
  eisi_joint *j = p->j;
  const double step = fmin(fmax(share->dphi_se, 1e-6), 0.05);
  p->variable = SIZE_MAX;
  j->pin = (eisi_pin){(long)i, param, share->dphi, 1e4 * sqrt(p->s2) / step};
  share->dphi_low = end_of_interval(p, share->dphi, -step, -1);
  share->dphi_high = end_of_interval(p, share->dphi, step, 1);
  share->dphi_profiled = true;
  j->pin.spectrum = -1;
}

static void profile_dphis(profiler *p, bool all, eis_joint_result *r) {
  const int e = eisi_joint_layer(p->j->c);
  const int param = e < 0 ? -1 : eisi_joint_layer_param(p->j->c, e, "dphi");
  size_t low = 0, high = 0;
  for (size_t i = 0; r->share && i < r->n; i++) {
    if (r->share[i].dphi < r->share[low].dphi) low = i;
    if (r->share[i].dphi > r->share[high].dphi) high = i;
  }
  for (size_t i = 0; r->share && i < r->n; i++)
    if (all || i == low || i == high) profile_dphi(p, i, param, &r->share[i]);
}

eis_status eisi_joint_profiles(const eisi_fisher *f, eisi_joint *j, const double *x,
                               const eisi_profile_how *how, eis_joint_result *r, eis_error *err) {
  profiler p = {
      .j = j, .best = x, .S = f->arrow.total, .s2 = f->s2, .t = f->t, .deadline = how->deadline};
  p.x = eisi_new(eisi_joint_size(j) + 1, sizeof *p.x, err);
  if (!p.x) return EIS_ERROR_MEMORY;
  for (int s = 0; s < j->n_shared_slots; s++) {
    const eisi_slot *a = &j->slot[s];
    for (int g = 0; eisi_joint_is_key(j, a) && g < (a->reach == EISI_GROUP ? a->n_groups : 1);
         g++) {
      const size_t q = a->at + (size_t)g;
      if (!f->frozen[q]) profile_number(&p, f, a, q, &r->number[q]);
    }
  }
  profile_dphis(&p, how->all, r);
  free(p.x);
  return p.st == EIS_OK ? EIS_OK : eis_error_set(err, p.st, "out of memory");
}
