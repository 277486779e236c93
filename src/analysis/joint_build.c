/* joint_build.c - laws of a model and columns of a campaign put together: slots, rules, their
 * order. */
#include <eisfit/kk.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/joint_core.h"
#include "analysis/weights.h"
#include "model/parse.h"

enum { MOST_SLOTS = 60 };

void eisi_joint_clear(eisi_joint *j) {
  for (int s = 0; s < j->n_slots; s++) {
    for (int g = 0; g < j->slot[s].n_groups; g++) free(j->slot[s].group_name[g]);
    free(j->slot[s].group_name);
    free(j->slot[s].group);
  }
  for (int r = 0; r < j->n_rules; r++)
    for (int l = 0; l < j->rule[r].n_links; l++) free(j->rule[r].link[l].x);
  for (int g = 0; g < j->n_grids; g++) eis_eval_free(j->eval[g]);
  for (size_t i = 0; i < j->n; i++) {
    if (j->planar) free(j->planar[i]);
    if (j->weight) free(j->weight[i]);
  }
  void *const owned[] = {j->slot, j->rule, j->constant, j->want, j->map, j->eval, j->grid, j->planar,
                         j->weight, j->lower, j->upper, j->held, j->p, j->D, j->z, j->dz, j->r, j->J,
                         j->room};
  for (size_t k = 0; k < sizeof owned / sizeof *owned; k++) free(owned[k]);
  eis_circuit_free(j->c);
  eis_notes_clear(&j->decisions);
  *j = (eisi_joint){0};
}

/* ---- slots ---- */

static eisi_slot *new_slot(eisi_joint *j, int param, eis_error *err) {
  if (j->n_slots >= MOST_SLOTS) {
    eis_error_set(err, EIS_ERROR_INPUT,
                  "the laws have more than %d numbers to fit in one spectrum: share or "
                  "fix some",
                  MOST_SLOTS);
    return NULL;
  }
  if (eisi_grow(&j->slot, (size_t)j->n_slots, (size_t)j->n_slots + 1, sizeof *j->slot, err))
    return NULL;
  eisi_slot *s = &j->slot[j->n_slots++];
  s->param = param;
  s->start = NAN;
  return s;
}

/* "R_b.ref" under a law, "R_b" when nothing but sharing is said. */
static void reference_slot(const eisi_joint *j, eisi_slot *s, eisi_reach reach, bool under_law) {
  const eis_param *a = &j->c->param[s->param];
  s->reach = reach;
  s->reference = true;
  s->log = a->spec->scale == EIS_SCALE_LOG;
  s->lower = a->lower;
  s->upper = a->upper;
  s->start = a->fixed && a->value == a->spec->start ? NAN : a->value; /* a default is no start */
  s->resolution = s->log ? 1.0 : 0.5 * (a->upper - a->lower);
  snprintf(s->name, sizeof s->name, under_law ? "%s.ref" : "%s", a->name);
  snprintf(s->unit, sizeof s->unit, "%s", a->spec->unit);
}

/* "theta", or "k_cycle" where the name of the column says which k it is. */
static void par_slot(const eisi_joint *j, const eisi_term *t, int k, eisi_slot *s) {
  const eisi_law_par *p = &t->law->par[k];
  const eis_param *a = &j->c->param[s->param];
  const bool own =
      !t->law->column && t->law->argument == EISI_ARG_COLUMN && t->law->kind != EISI_LAW_WHOLE;
  s->reach = EISI_SHARED;
  s->law_par = p->name;
  s->lower = p->lower;
  s->upper = p->upper;
  s->start = NAN;
  s->resolution = p->resolution;
  snprintf(s->name, sizeof s->name, "%s.%s%s%s", a->name, p->name, own ? "_" : "",
           own ? t->argument : "");
  snprintf(s->unit, sizeof s->unit, "%s", t->law->kind == EISI_LAW_SUM ? a->spec->unit : p->unit);
}

static int find_slot(const eisi_joint *j, const char *name) {
  for (int s = 0; s < j->n_slots; s++)
    if (strcmp(j->slot[s].name, name) == 0) return s;
  return -1;
}

/* ---- rules ---- */

static eisi_rule *new_rule(eisi_joint *j, int param, eis_error *err) {
  if (eisi_grow(&j->rule, (size_t)j->n_rules, (size_t)j->n_rules + 1, sizeof *j->rule, err))
    return NULL;
  eisi_rule *r = &j->rule[j->n_rules++];
  *r = (eisi_rule){.param = param, .ref = -1, .tie = -1};
  return r;
}

static bool has_rule(const eisi_joint *j, int param) {
  for (int r = 0; r < j->n_rules; r++)
    if (j->rule[r].param == param) return true;
  return false;
}

/* Parameters that a term takes its inputs from: siblings of the element, or the named one. */
static eis_status find_inputs(const eisi_joint *j, const eisi_term *t, int param, eisi_link *l,
                              const eisi_law_place *at, eis_error *err) {
  char name[2 * EIS_NAME_MAX];
  for (int k = 0; k < t->law->n_inputs; k++) {
    const char *suffix = t->law->input[k];
    const char *element = j->c->element[j->c->param[param].element].name;
    if (*suffix)
      snprintf(name, sizeof name, "%s_%s", element, suffix);
    else
      snprintf(name, sizeof name, "%.*s", (int)sizeof name - 1, t->argument);
    l->in[k] = eis_circuit_find_param(j->c, name);
    if (l->in[k] < 0 && *suffix)
      return eisi_law_error(at, err, "the law '%s' is for an element with %s, %s has none",
                            t->law->name, suffix, element);
    if (l->in[k] < 0)
      return eisi_law_error(at, err, "the circuit has no parameter '%s'", t->argument);
  }
  return EIS_OK;
}

static eis_status add_term(eisi_joint *j, const eisi_term *t, const eis_joint_options *opt,
                           int term, const eisi_law_place *at, eis_error *err) {
  bool skip = false;
  double *x = NULL;
  const int rule = j->n_rules - 1, param = j->rule[rule].param; /* the newest */
  eis_status st = eisi_joint_covariate(j, t, opt, at, &x, &skip, err);
  eisi_link l = {.law = t->law, .term = term, .x = x, .slot = {-1, -1}};
  if (st == EIS_OK && !skip) st = find_inputs(j, t, param, &l, at, err);
  for (int k = 0; k < EISI_LAW_CONSTANTS; k++) l.constant[k] = t->constant[k];
  for (int k = 0; st == EIS_OK && !skip && k < t->law->n_pars; k++) {
    l.number[k] = t->par[k].how == EISI_GIVEN_NOT ? 1 : t->par[k].value;
    if (t->par[k].how != EISI_GIVEN_NOT) continue; /* a name: found by resolve_names */
    eisi_slot *s = new_slot(j, param, err);
    if (!s)
      st = EIS_ERROR_INPUT;
    else
      par_slot(j, t, k, s);
    l.slot[k] = j->n_slots - 1;
  }
  if (st != EIS_OK || skip) {
    free(x);
    return st;
  }
  eisi_rule *r = &j->rule[rule];
  r->link[r->n_links++] = l;
  return EIS_OK;
}

static eis_status add_law(eisi_joint *j, const eis_model_law *law, const eis_joint_options *opt,
                          eis_error *err) {
  eisi_law_place at = {j->model, law, 0};
  eisi_expression e;
  const int param = eis_circuit_find_param(j->c, law->target);
  if (param < 0) return EIS_OK; /* of another variant */
  eis_status st = eisi_expression_parse(law->text, &e, &at.offset, err);
  if (st != EIS_OK) return st;
  if (j->c->param[param].fixed && (j->c->param[param].held || !j->c->param[param].spec->fixed))
    return eis_notes_add(&j->decisions, err, "%s is fixed at %g: its law is not used", law->target,
                         j->c->param[param].value);
  if (!new_rule(j, param, err)) return EIS_ERROR_MEMORY;
  const int rule = j->n_rules - 1;
  eisi_reach reach = EISI_SHARED;
  const eisi_term *group = NULL;
  bool whole = false;
  for (int k = 0; k < e.n && st == EIS_OK; k++) {
    const eisi_term *t = &e.term[k];
    at.offset = t->offset;
    whole = whole || t->law->kind == EISI_LAW_WHOLE;
    if (t->law->kind != EISI_LAW_SHARING)
      st = add_term(j, t, opt, k, &at, err);
    else if (strcmp(t->law->name, "each") == 0)
      reach = EISI_LOCAL;
    else if (t->law->argument == EISI_ARG_COLUMN)
      group = t;
  }
  if (st != EIS_OK || whole) return st;
  eisi_slot *s = new_slot(j, param, err);
  if (!s) return EIS_ERROR_INPUT;
  reference_slot(j, s, group ? EISI_GROUP : reach, j->rule[rule].n_links > 0);
  j->rule[rule].ref = j->n_slots - 1;
  return group ? eisi_joint_groups(j, group->argument, &at, s, err) : EIS_OK;
}

/* Temperature and area of elements follow their columns where nothing else is said. */
static const struct {
  const char *suffix, *unit, *column;
} automatic[] = {{"T", "K", "temperature_C"}, {"area", "m^2", "area_cm2"}};

static eis_status add_automatic(eisi_joint *j, int param, const eis_joint_options *opt, bool *done,
                                eis_error *err) {
  const eis_param *a = &j->c->param[param];
  const eisi_law_place at = {0};
  *done = false;
  for (size_t k = 0; k < sizeof automatic / sizeof *automatic; k++) {
    if (strcmp(a->spec->suffix, automatic[k].suffix) || strcmp(a->spec->unit, automatic[k].unit))
      continue;
    if (!a->fixed || a->held || !eisi_joint_column(j->data, automatic[k].column)) continue;
    eisi_term t = {.law = eisi_law_find("column", strlen("column"))};
    snprintf(t.argument, sizeof t.argument, "%s", automatic[k].column);
    if (!new_rule(j, param, err)) return EIS_ERROR_MEMORY;
    *done = true;
    const eis_status st = add_term(j, &t, opt, 0, &at, err);
    return st ? st
              : eis_notes_add(&j->decisions, err, "%s from the column %s", a->name,
                              automatic[k].column);
  }
  return EIS_OK;
}

/* Parameters that no law names: tied, of every spectrum, or what the circuit says. */
static eis_status add_others(eisi_joint *j, const eis_joint_options *opt, eis_error *err) {
  for (int k = 0; k < j->c->n_params; k++) {
    const eis_param *a = &j->c->param[k];
    bool done = false;
    j->constant[k] = isnan(a->value) ? a->spec->start : a->value;
    if (has_rule(j, k)) continue;
    const eis_status st = add_automatic(j, k, opt, &done, err);
    if (st != EIS_OK) return st;
    if (done || (a->fixed && a->tie < 0)) continue;
    eisi_rule *r = new_rule(j, k, err);
    if (!r) return EIS_ERROR_MEMORY;
    r->tie = a->tie;
    r->tie_factor = a->tie_factor;
    if (a->tie >= 0) continue;
    eisi_slot *s = new_slot(j, k, err);
    if (!s) return EIS_ERROR_INPUT;
    reference_slot(j, s, EISI_LOCAL, false);
    r->ref = j->n_slots - 1;
  }
  return EIS_OK;
}

/* ---- names that stand for numbers ---- */

static eis_status resolve_names(eisi_joint *j, const eis_model_law *law, eis_error *err) {
  eisi_law_place at = {j->model, law, 0};
  eisi_expression e;
  const int param = eis_circuit_find_param(j->c, law->target);
  if (param < 0 || eisi_expression_parse(law->text, &e, &at.offset, err)) return EIS_OK;
  eisi_rule *r = j->rule;
  while (r < j->rule + j->n_rules && r->param != param) r++;
  if (r == j->rule + j->n_rules) return EIS_OK; /* fixed */
  for (int l = 0; l < r->n_links; l++) {
    const eisi_term *t = &e.term[r->link[l].term];
    for (int q = 0; q < t->law->n_pars; q++) {
      if (t->par[q].how != EISI_GIVEN_NAME) continue;
      at.offset = t->offset;
      r->link[l].slot[q] = find_slot(j, t->par[q].name);
      if (r->link[l].slot[q] < 0)
        return eisi_law_error(&at, err, "no law has a number '%s'", t->par[q].name);
    }
  }
  return EIS_OK;
}

/* R_b.Ea = 0.3/0/1 */
static eis_status set_number(eisi_joint *j, const eis_model_law *law, eis_error *err) {
  const eisi_law_place at = {j->model, law, 0};
  eisi_said said;
  eisi_parser p = {.text = law->text, .n = strlen(law->text), .err = err};
  if (eisi_parse_said(&p, &said)) return EIS_ERROR_INPUT;
  const int k = find_slot(j, law->target);
  char param[EIS_NAME_MAX + 16];
  snprintf(param, sizeof param, "%.*s", (int)strcspn(law->target, "."), law->target);
  if (k < 0 && eis_circuit_find_param(j->c, param) < 0) return EIS_OK;
  if (k < 0) { /* a law that was left out or given as a number has none */
    return eis_notes_add(&j->decisions, err,
                         "%s is not fitted here: what the model says about it is not used",
                         law->target);
  }
  eisi_slot *s = &j->slot[k];
  if (!isnan(said.lower)) s->lower = said.lower;
  if (!isnan(said.upper)) s->upper = said.upper;
  if (!isnan(said.value)) s->start = said.value;
  s->fixed = said.fixed;
  if (!(s->lower <= s->upper) || s->start < s->lower || s->start > s->upper)
    return eisi_law_error(&at, err, "%s = %g is not between its bounds %g and %g", law->target,
                          s->start, s->lower, s->upper);
  if (s->log && !(s->lower > 0))
    return eisi_law_error(&at, err, "%s is positive: its lower bound must be above zero",
                          law->target);
  return EIS_OK;
}

static eis_status put_laws(eisi_joint *j, const eis_joint_options *opt, eis_error *err) {
  const eis_model *m = j->model;
  eis_status st = EIS_OK;
  for (int k = 0; k < m->n_laws && st == EIS_OK; k++)
    if (!strchr(m->law[k].target, '.')) st = add_law(j, &m->law[k], opt, err);
  if (st == EIS_OK) st = add_others(j, opt, err);
  for (int k = 0; k < m->n_laws && st == EIS_OK; k++)
    if (!strchr(m->law[k].target, '.')) st = resolve_names(j, &m->law[k], err);
  for (int k = 0; k < m->n_laws && st == EIS_OK; k++)
    if (strchr(m->law[k].target, '.')) st = set_number(j, &m->law[k], err);
  return st;
}

/* ---- order ---- */

static bool ready(const eisi_joint *j, const eisi_rule *r, const bool *known) {
  if (r->tie >= 0 && !known[r->tie]) return false;
  for (int l = 0; l < r->n_links; l++)
    for (int k = 0; k < r->link[l].law->n_inputs; k++)
      if (!known[r->link[l].in[k]]) return false;
  (void)j;
  return true;
}

/* Rules so that what one needs is known before. */
static eis_status order_rules(eisi_joint *j, eis_error *err) {
  bool *known = eisi_new((size_t)j->c->n_params, sizeof *known, err);
  if (!known) return EIS_ERROR_MEMORY;
  for (int k = 0; k < j->c->n_params; k++) known[k] = !has_rule(j, k);
  int done = 0;
  for (bool moved = true; moved && done < j->n_rules;) {
    moved = false;
    for (int r = done; r < j->n_rules; r++) {
      if (!ready(j, &j->rule[r], known)) continue;
      const eisi_rule keep = j->rule[r];
      j->rule[r] = j->rule[done];
      j->rule[done++] = keep;
      known[keep.param] = moved = true;
    }
  }
  free(known);
  if (done == j->n_rules) return EIS_OK;
  return eis_error_set(err, EIS_ERROR_INPUT, "the laws go in a circle: '%s' needs itself",
                       j->c->param[j->rule[done].param].name);
}

/* Shared slots before own ones; everything that points to a slot follows. */
static eis_status order_slots(eisi_joint *j, eis_error *err) {
  int *where = eisi_new((size_t)j->n_slots + 1, sizeof *where, err), n = 0;
  eisi_slot *sorted = eisi_new((size_t)j->n_slots + 1, sizeof *sorted, err);
  if (!where || !sorted) {
    free(where);
    free(sorted);
    return EIS_ERROR_MEMORY;
  }
  for (int own = 0; own < 2; own++)
    for (int s = 0; s < j->n_slots; s++) {
      if ((j->slot[s].reach == EISI_LOCAL) != own) continue;
      where[s] = n;
      sorted[n++] = j->slot[s];
      if (!own) j->n_shared_slots = n;
    }
  free(j->slot);
  j->slot = sorted;
  for (int r = 0; r < j->n_rules; r++) {
    eisi_rule *rule = &j->rule[r];
    if (rule->ref >= 0) rule->ref = where[rule->ref];
    for (int l = 0; l < rule->n_links; l++)
      for (int k = 0; k < EISI_LAW_PARS; k++)
        if (rule->link[l].slot[k] >= 0) rule->link[l].slot[k] = where[rule->link[l].slot[k]];
  }
  free(where);
  for (int s = 0; s < j->n_slots; s++) {
    eisi_slot *a = &j->slot[s];
    size_t *next = a->reach == EISI_LOCAL ? &j->nl : &j->ns;
    a->at = *next;
    *next += a->reach == EISI_GROUP ? (size_t)a->n_groups : 1;
  }
  return EIS_OK;
}

/* ---- spectra ---- */

static eis_status add_grid(eisi_joint *j, size_t i, eis_error *err) {
  const eis_spectrum *s = j->data->spectrum[i];
  for (size_t k = 0; k < i; k++) {
    const eis_spectrum *other = j->data->spectrum[k];
    if (other->n != s->n || memcmp(other->f, s->f, s->n * sizeof *s->f) != 0) continue;
    j->grid[i] = j->grid[k];
    return EIS_OK;
  }
  j->grid[i] = j->n_grids;
  const eis_status st = eis_eval_new(j->c, s->f, s->n, &j->eval[j->n_grids], err);
  if (st == EIS_OK) j->n_grids++;
  return st;
}

/* The error model is that of the Kramers-Kronig residuals of each spectrum. */
static eis_status weigh(const eis_spectrum *s, eis_weighting weighting, double *weight,
                        eis_error *err) {
  eis_kk_result kk = {0};
  const bool test = weighting == EIS_WEIGHT_ERROR_MODEL;
  eis_status st = test ? eis_kk_run(s, NULL, &kk, err) : EIS_OK;
  if (st == EIS_OK) st = eisi_weights(s, weighting, test ? &kk : NULL, weight, err);
  eis_kk_result_clear(&kk);
  return st;
}

static eis_status add_spectrum(eisi_joint *j, size_t i, eis_weighting weighting, eis_error *err) {
  const eis_spectrum *s = j->data->spectrum[i];
  if (s->n == 0) return eis_error_set(err, EIS_ERROR_INPUT, "spectrum %zu has no points", i + 1);
  j->planar[i] = eisi_new(2 * s->n, sizeof(double), err);
  j->weight[i] = eisi_new(2 * s->n, sizeof(double), err);
  if (!j->planar[i] || !j->weight[i]) return EIS_ERROR_MEMORY;
  memcpy(j->planar[i], s->re, s->n * sizeof(double));
  memcpy(j->planar[i] + s->n, s->im, s->n * sizeof(double));
  j->points += s->n;
  if (s->n > j->most_points) j->most_points = s->n;
  eis_error inner = EIS_ERROR_INIT;
  const eis_status st = weigh(s, weighting, j->weight[i], &inner);
  if (st != EIS_OK)
    return eis_error_at(err, st, s->source && *s->source ? s->source : NULL, 0, 0, "%s",
                        inner.text);
  return add_grid(j, i, err);
}

static eis_status take_spectra(eisi_joint *j, eis_weighting weighting, eis_error *err) {
  j->planar = eisi_new(j->n, sizeof *j->planar, err);
  j->weight = eisi_new(j->n, sizeof *j->weight, err);
  j->eval = eisi_new(j->n, sizeof *j->eval, err);
  j->grid = eisi_new(j->n, sizeof *j->grid, err);
  if (!j->planar || !j->weight || !j->eval || !j->grid) return EIS_ERROR_MEMORY;
  for (size_t i = 0; i < j->n; i++) {
    const eis_status st = add_spectrum(j, i, weighting, err);
    if (st != EIS_OK) return st;
  }
  return EIS_OK;
}

/* SCL and SCLX have the same parameters. */
eis_status eisi_joint_numeric(eisi_joint *j, bool numeric, bool *changed, eis_error *err) {
  const char *from = numeric ? "SCL" : "SCLX", *to = numeric ? "SCLX" : "SCL";
  const eis_element *type = eis_element_find(to, strlen(to));
  *changed = false;
  for (int e = 0; e < j->c->n_elements; e++) {
    eis_circuit_element *a = &j->c->element[e];
    if (strcmp(a->type->symbol, from) != 0) continue;
    a->type = type;
    for (int k = 0; k < type->n_params; k++) j->c->param[a->first_param + k].spec = &type->param[k];
    *changed = true;
  }
  eis_status st = EIS_OK;
  for (int g = 0; *changed && g < j->n_grids && st == EIS_OK; g++) {
    size_t i = 0;
    while (j->grid[i] != g) i++;
    eis_eval_free(j->eval[g]);
    j->eval[g] = NULL;
    st = eis_eval_new(j->c, j->data->spectrum[i]->f, j->data->spectrum[i]->n, &j->eval[g], err);
  }
  return st;
}

/* ---- arrays ---- */

static void fill_map(eisi_joint *j) {
  for (size_t i = 0; i < j->n; i++)
    for (int s = 0; s < j->n_shared_slots; s++) {
      const eisi_slot *a = &j->slot[s];
      j->map[i * (size_t)j->n_shared_slots + (size_t)s] = (int)a->at + (a->group ? a->group[i] : 0);
    }
}

static void fill_bounds(eisi_joint *j) {
  for (int s = 0; s < j->n_slots; s++) {
    const eisi_slot *a = &j->slot[s];
    const double low = eisi_slot_internal(a, a->lower), high = eisi_slot_internal(a, a->upper);
    const bool local = a->reach == EISI_LOCAL;
    const size_t times = local ? j->n : a->reach == EISI_GROUP ? (size_t)a->n_groups : 1;
    for (size_t k = 0; k < times; k++) {
      const size_t at = local ? j->ns + k * j->nl + a->at : a->at + k;
      j->lower[at] = low;
      j->upper[at] = high;
      j->held[at] = a->fixed;
    }
  }
}

static eis_status make_arrays(eisi_joint *j, eis_error *err) {
  const size_t np = (size_t)j->c->n_params, k = (size_t)j->n_slots, rows = 2 * j->most_points + 1;
  const size_t all = eisi_joint_size(j) + 1, shared = (size_t)j->n_shared_slots;
  struct {
    void *to;
    size_t count, size;
  } want[] = {{&j->map, j->n * (size_t)j->n_shared_slots + 1, sizeof(int)},
              {&j->lower, all, sizeof(double)},
              {&j->upper, all, sizeof(double)},
              {&j->held, all, sizeof(bool)},
              {&j->p, np, sizeof(double)},
              {&j->D, np * k + 1, sizeof(double)},
              {&j->z, rows, sizeof(double)},
              {&j->dz, rows * np, sizeof(double)},
              {&j->r, rows, sizeof(double)},
              {&j->J, rows * (k + 1), sizeof(double)},
              {&j->room, 2 * (all + j->n) + j->nl * (j->nl + shared + 4) + np * (k + 2) + 2 * j->ns,
               sizeof(double)},
              {&j->want, np, sizeof(bool)}};
  for (size_t i = 0; i < sizeof want / sizeof *want; i++) {
    void *room = eisi_new(want[i].count, want[i].size, err);
    if (!room) return EIS_ERROR_MEMORY;
    memcpy(want[i].to, &room, sizeof room);
  }
  for (int r = 0; r < j->n_rules; r++) {
    const eis_param_spec *spec = j->c->param[j->rule[r].param].spec;
    j->want[j->rule[r].param] = !spec->discrete;
  }
  fill_map(j);
  fill_bounds(j);
  return EIS_OK;
}

double *eisi_joint_room(const eisi_joint *j, size_t n) {
  memset(j->room, 0, n * sizeof *j->room);
  return j->room;
}

static eis_status check_size(const eisi_joint *j, eis_error *err) {
  const size_t unknown = eisi_joint_size(j);
  if (unknown == 0)
    return eis_error_set(err, EIS_ERROR_INPUT, "nothing is left to fit: every parameter is fixed");
  if (2 * j->points <= unknown)
    return eis_error_set(err, EIS_ERROR_INPUT,
                         "%zu points give %zu numbers, not more than the %zu unknowns "
                         "of this model: share or fix some parameters",
                         j->points, 2 * j->points, unknown);
  return EIS_OK;
}

static eis_status pick_circuit(eisi_joint *j, const char *variant, eis_error *err) {
  const eis_model *m = j->model;
  int k = 0;
  while (variant && k < m->n_variants && strcmp(m->variant[k].name, variant) != 0) k++;
  if (k == m->n_variants)
    return eis_error_set(err, EIS_ERROR_USAGE, "model '%s' has no variant '%s'", m->name, variant);
  const eis_status st = eis_circuit_check(m->variant[k].circuit, err);
  return st == EIS_OK ? eis_circuit_copy(m->variant[k].circuit, &j->c, err) : st;
}

eis_status eisi_joint_init(eisi_joint *j, const eis_model *model, const eis_joint_data *data,
                           const eis_joint_data *whole, const eis_joint_options *opt,
                           eis_error *err) {
  *j = (eisi_joint){
      .data = data, .whole = whole, .model = model, .n = data->n, .pin = {.spectrum = -1}};
  if (data->n == 0) return eis_error_set(err, EIS_ERROR_INPUT, "there are no spectra to fit");
  eis_status st = pick_circuit(j, opt->variant, err);
  if (st != EIS_OK) return st;
  j->constant = eisi_new((size_t)j->c->n_params, sizeof *j->constant, err);
  if (!j->constant) return EIS_ERROR_MEMORY;
  st = put_laws(j, opt, err);
  if (st == EIS_OK) st = order_rules(j, err);
  if (st == EIS_OK) st = order_slots(j, err);
  if (st == EIS_OK) st = take_spectra(j, opt->weighting, err);
  if (st == EIS_OK) st = check_size(j, err);
  return st == EIS_OK ? make_arrays(j, err) : st;
}
