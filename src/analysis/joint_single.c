/* joint_single.c - single fits of the spectra of a campaign: a few from scratch, the others from
   their neighbour. */
#include "analysis/joint_single.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/problem.h"
#include "numerics/stats.h"

enum { FROM_SCRATCH = 12, STARTS = 8 };

void eisi_singles_clear(eisi_singles *s) {
  eis_circuit_free(s->c);
  free(s->of);
  free(s->p);
  free(s->room);
  *s = (eisi_singles){0};
}

double eisi_singles_median(const eisi_singles *s, size_t n, int k) {
  double *v = s->room, m = NAN;
  size_t found = 0;
  for (size_t i = 0; i < n; i++) {
    const double p = s->p[i * (size_t)s->c->n_params + (size_t)k];
    if (isfinite(p)) v[found++] = p;
  }
  if (found) m = eisi_median(v, found);
  return m;
}

static bool space_charge(const eis_element *e) { return eisi_starts_with(e->symbol, "SCL"); }

/* The text of the circuit with the names of space-charge elements replaced. */
static eis_status surrogate_text(const eis_circuit *c, char **out, eis_error *err) {
  char *text = NULL;
  eisi_text t = {0};
  eis_status st = eis_circuit_print(c, EIS_NOTATION_IMPEDANCE, false, &text, err);
  for (const char *s = text; st == EIS_OK && *s;) {
    size_t n = 0;
    while (eisi_is_letter(s[n]) || eisi_is_digit(s[n]) || s[n] == '_') n++;
    int scl = -1;
    for (int e = 0; n && e < c->n_elements; e++)
      if (space_charge(c->element[e].type) && strlen(c->element[e].name) == n &&
          !memcmp(c->element[e].name, s, n))
        scl = e;
    if (scl >= 0)
      eisi_text_addf(&t, "p(R_scl%d,C_scl%d)", scl, scl);
    else
      eisi_text_add(&t, s, n ? n : 1);
    s += n ? n : 1;
  }
  free(text);
  if (st == EIS_OK) return eisi_text_take(&t, out, err);
  eisi_text_clear(&t);
  return st;
}

/* Bounds, values and fixed parameters as in the joint circuit; what a law moves is free. */
static void copy_settings(const eisi_joint *j, eisi_singles *s) {
  for (int k = 0; k < j->c->n_params; k++) {
    const eis_param *a = &j->c->param[k];
    s->of[k] = eis_circuit_find_param(s->c, a->name);
    if (s->of[k] < 0) continue;
    eis_param *b = &s->c->param[s->of[k]];
    b->lower = a->lower;
    b->upper = a->upper;
    b->value = a->value;
    bool ruled = false;
    for (int r = 0; r < j->n_rules; r++) ruled = ruled || j->rule[r].param == k;
    b->fixed = !ruled;
    if (b->fixed) b->value = j->constant[k];
  }
}

static eis_status make_surrogate(const eisi_joint *j, eisi_singles *s, eis_error *err) {
  char *text = NULL, name[48];
  eis_status st = surrogate_text(j->c, &text, err);
  if (st == EIS_OK) st = eis_circuit_parse(text, EIS_NOTATION_IMPEDANCE, &s->c, err);
  free(text);
  if (st != EIS_OK) return st;
  s->of = eisi_new((size_t)j->c->n_params, sizeof *s->of, err);
  s->p = eisi_new(j->n * (size_t)s->c->n_params, sizeof *s->p, err);
  s->room = eisi_new(j->n, sizeof *s->room, err);
  if (!s->of || !s->p || !s->room) return EIS_ERROR_MEMORY;
  copy_settings(j, s);
  for (int e = 0; e < j->c->n_elements && s->scl < 0; e++) {
    if (!space_charge(j->c->element[e].type)) continue;
    s->scl = e;
    snprintf(name, sizeof name, "R_scl%d", e);
    s->R = eis_circuit_find_param(s->c, name);
    snprintf(name, sizeof name, "C_scl%d", e);
    s->C = eis_circuit_find_param(s->c, name);
  }
  return EIS_OK;
}

/* With all effort. */
static eis_status fit_thoroughly(const eisi_joint *j, const eisi_singles *s, size_t i,
                                 const eis_fit_options *o, double *p) {
  eis_fit_result r;
  const eis_status st = eis_fit_run(j->data->spectrum[i], s->c, o, &r, NULL);
  for (int k = 0; st == EIS_OK && k < s->c->n_params; k++) p[k] = r.param[k].value;
  eis_fit_result_clear(&r);
  return st;
}

/* From the parameters of a neighbour, already in p. */
static eis_status fit_from(const eisi_joint *j, const eisi_singles *s, size_t i,
                           eis_weighting weighting, double *p) {
  const eis_spectrum *spectrum = j->data->spectrum[i];
  eisi_problem q;
  eis_lsq_info info;
  double x[EISI_FREE_MAX];
  eis_status st = eisi_problem_init(&q, s->c, spectrum->f, spectrum->n, NULL);
  if (st == EIS_OK) st = eisi_problem_load(&q, spectrum, weighting, NULL, NULL);
  if (st == EIS_OK && q.n_free > 0) {
    eis_lsq_options o = eis_lsq_options_default();
    o.max_iter = 60;
    eisi_problem_from_params(&q, p, x);
    st = eisi_problem_solve(&q, &o, x, &info, NULL);
    if (st == EIS_OK) eisi_problem_to_params(&q, x, p);
  }
  eisi_problem_clear(&q);
  return st;
}

eis_status eisi_singles_run(const eisi_joint *j, eis_weighting weighting, uint64_t seed,
                            double deadline, eisi_singles *out, eis_error *err) {
  *out = (eisi_singles){.scl = -1, .R = -1, .C = -1};
  eis_status st = make_surrogate(j, out, err);
  if (st != EIS_OK) return st;
  const size_t np = (size_t)out->c->n_params, every = j->n > FROM_SCRATCH ? j->n / FROM_SCRATCH : 1;
  eis_fit_options o = eis_fit_options_default();
  o.weighting = weighting;
  o.kk = false;
  o.starts = STARTS;
  o.seed = seed;
  o.ordered = true;
  size_t last = SIZE_MAX;
  for (size_t i = 0; i < j->n; i++) {
    double *p = out->p + i * np;
    st = EIS_ERROR_NUMERIC;
    if (isfinite(deadline) && eisi_now() > deadline) break;
    if (i % every == 0 || last == SIZE_MAX) st = fit_thoroughly(j, out, i, &o, p);
    if (st != EIS_OK && st != EIS_ERROR_MEMORY && last != SIZE_MAX) {
      memcpy(p, out->p + last * np, np * sizeof *p);
      st = fit_from(j, out, i, weighting, p);
    }
    if (st == EIS_ERROR_MEMORY) return eis_error_set(err, st, "out of memory");
    for (size_t k = 0; st != EIS_OK && k < np; k++) p[k] = NAN;
    if (st == EIS_OK) last = i;
  }
  return EIS_OK;
}
