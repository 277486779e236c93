/* candidates.c - the list of models and circuits to fit, with the user's wishes applied. */
#include <stdlib.h>
#include <string.h>

#include "analysis/modelfit.h"

static const eis_circuit_element inductor_name = {.name = "L_hf"};

static bool has_inductor(const eis_circuit *c) {
  for (int i = 0; i < c->n_elements; i++)
    if (strcmp(c->element[i].type->symbol, "L") == 0) return true;
  return false;
}

/* Shifts the parts of `old` behind the one inductor that `c` holds, leaving room for a root. */
static void append_circuit(eis_circuit *c, const eis_circuit *old) {
  for (int i = 0; i < old->n_nodes; i++) {
    eis_node n = old->node[i];
    if (n.parent >= 0) n.parent++;
    if (n.first_child >= 0) n.first_child++;
    if (n.next_sibling >= 0) n.next_sibling++;
    if (n.element >= 0) n.element++;
    c->node[i + 1] = n;
  }
  for (int i = 0; i < old->n_elements; i++) {
    c->element[i + 1] = old->element[i];
    c->element[i + 1].node++;
    c->element[i + 1].first_param += c->n_params;
  }
  for (int i = 0; i < old->n_params; i++) {
    eis_param p = old->param[i];
    p.element++;
    if (p.tie >= 0) p.tie += c->n_params;
    c->param[c->n_params + i] = p;
  }
}

/* The inductor (node 0) becomes the first child of the series root, a new one if need be. */
static void link_inductor(eis_circuit *c, int root) {
  if (c->node[root].kind == EIS_NODE_SERIES) {
    c->node[0].next_sibling = c->node[root].first_child;
    c->node[root].first_child = 0;
    c->n_nodes = root + 1;
  } else {
    c->node[root + 1] = (eis_node){EIS_NODE_SERIES, -1, 0, -1, -1};
    c->node[0].next_sibling = root;
    c->node[root].parent = root + 1;
    c->n_nodes = root + 2;
  }
  c->node[0].parent = c->n_nodes - 1;
}

eis_status eisi_circuit_with_inductor(const eis_circuit *c, eis_circuit **out, eis_error *err) {
  *out = NULL;
  eis_circuit *l = NULL;
  eis_status st = eis_circuit_parse(inductor_name.name, EIS_NOTATION_IMPEDANCE, &l, err);
  if (st) return st;
  size_t nodes = (size_t)l->n_nodes, elements = (size_t)l->n_elements, params = (size_t)l->n_params;
  st = eisi_grow(&l->node, nodes, nodes + (size_t)c->n_nodes + 1, sizeof *l->node, err);
  if (!st)
    st =
        eisi_grow(&l->element, elements, elements + (size_t)c->n_elements, sizeof *l->element, err);
  if (!st) st = eisi_grow(&l->param, params, params + (size_t)c->n_params, sizeof *l->param, err);
  if (st) {
    eis_circuit_free(l);
    return st;
  }
  append_circuit(l, c);
  l->n_elements += c->n_elements;
  l->n_params += c->n_params;
  link_inductor(l, c->n_nodes);
  *out = l;
  return EIS_OK;
}

static void candidate_clear(eisi_candidate *c) {
  for (int i = 0; i < c->n_variants; i++) {
    eis_circuit_free(c->variant[i].plain);
    eis_circuit_free(c->variant[i].inductive);
  }
  free(c->variant);
  free(c->name);
  eis_model_free(c->model);
  *c = (eisi_candidate){0};
}

void eisi_candidates_clear(eisi_candidates *list) {
  for (size_t i = 0; i < list->n; i++) candidate_clear(&list->at[i]);
  free(list->at);
  *list = (eisi_candidates){0};
}

/* Moves *c into the list; it is cleared when that fails. */
static eis_status push(eisi_candidates *list, eisi_candidate *c, eis_status st, eis_error *err) {
  if (!st) st = eisi_grow(&list->at, list->n, list->n + 1, sizeof *list->at, err);
  if (st)
    candidate_clear(c);
  else
    list->at[list->n++] = *c;
  return st;
}

static eis_status add_variant(eisi_candidate *c, const eis_model_variant *mv, eis_error *err) {
  eisi_variant *v = &c->variant[c->n_variants++];
  v->name = mv->name;
  v->doc = mv->doc;
  eis_status st = eis_circuit_copy(mv->circuit, &v->plain, err);
  if (!st && c->model->auto_inductance && !has_inductor(v->plain))
    st = eisi_circuit_with_inductor(v->plain, &v->inductive, err);
  return st;
}

static eis_status no_such_variant(const eis_model *m, const char *variant, eis_error *err) {
  eisi_text t = {0};
  for (int i = 0; i < m->n_variants; i++)
    eisi_text_addf(&t, "%s%s", i ? ", " : "", m->variant[i].name);
  eis_status st = eis_error_set(err, EIS_ERROR_USAGE, "model '%s' has no variant '%s'; it has: %s",
                                m->name, variant, t.s ? t.s : "");
  eisi_text_clear(&t);
  return st;
}

eis_status eisi_candidates_add_model(eisi_candidates *list, const char *name, const char *variant,
                                     eis_error *err) {
  eisi_candidate c = {0};
  eis_status st = eis_model_load(name, &c.model, err);
  if (st) return st;
  const eis_model *m = c.model;
  c.name = eisi_strdup(m->name, err);
  c.variant = eisi_new((size_t)m->n_variants, sizeof *c.variant, err);
  if (!c.name || !c.variant) st = EIS_ERROR_MEMORY;
  for (int i = 0; !st && i < m->n_variants; i++)
    if (variant ? strcmp(variant, m->variant[i].name) == 0 : !m->variant[i].on_request)
      st = add_variant(&c, &m->variant[i], err);
  if (!st && c.n_variants == 0) st = no_such_variant(m, variant, err);
  return push(list, &c, st, err);
}

eis_status eisi_candidates_add_circuit(eisi_candidates *list, const char *text, eis_error *err) {
  eisi_candidate c = {0};
  eis_status st = EIS_OK;
  c.name = eisi_strdup(text, err);
  c.variant = eisi_new(1, sizeof *c.variant, err);
  if (!c.name || !c.variant) st = EIS_ERROR_MEMORY;
  if (!st) {
    c.n_variants = 1;
    st = eis_circuit_parse(text, EIS_NOTATION_AUTO, &c.variant[0].plain, err);
  }
  return push(list, &c, st, err);
}

typedef eis_status adjust_function(eis_circuit *c, const char *assignment, eis_error *err);
static adjust_function *const adjust_table[] = {
    [EISI_ADJUST_SET] = eis_circuit_set,
    [EISI_ADJUST_FIX] = eis_circuit_fix,
    [EISI_ADJUST_BOUND] = eis_circuit_bound,
    [EISI_ADJUST_TIE] = eis_circuit_tie,
};

/* The parameter named by the first `n` bytes of s, blanks around it left out. */
static bool knows(const eis_circuit *c, const char *s, size_t n) {
  char name[sizeof c->param->name];
  while (n && *s == ' ') s++, n--;
  while (n && s[n - 1] == ' ') n--;
  if (n == 0 || n >= sizeof name) return false;
  memcpy(name, s, n);
  name[n] = '\0';
  return eis_circuit_find_param(c, name) >= 0;
}

/* Does the circuit have what the assignment is about?  A tie needs both of its ends. */
static bool concerns(const eis_circuit *c, eisi_adjustment kind, const char *text) {
  size_t left = strcspn(text, "=");
  if (!knows(c, text, left)) return false;
  if (kind != EISI_ADJUST_TIE || !text[left]) return true;
  const char *right = text + left + 1;
  const char *star = strchr(right, '*');
  if (star) right = star + 1;
  return knows(c, right, strlen(right));
}

static eis_status adjust_one(eisi_candidates *list, eisi_adjustment kind, const char *text,
                             eis_error *err) {
  eis_circuit *first = NULL;
  bool any = false;
  for (size_t i = 0; i < list->n; i++) {
    for (int k = 0; k < 2 * list->at[i].n_variants; k++) {
      eisi_variant *v = &list->at[i].variant[k / 2];
      eis_circuit *c = k % 2 ? v->inductive : v->plain;
      if (!c) continue;
      if (!first) first = c;
      if (!concerns(c, kind, text)) continue;
      any = true;
      eis_status st = adjust_table[kind](c, text, err);
      if (st) return st;
    }
  }
  /* nobody has it: the first circuit knows how to say so, with its names */
  return any || !first ? EIS_OK : adjust_table[kind](first, text, err);
}

eis_status eisi_candidates_adjust(eisi_candidates *list, eisi_adjustment kind, const char *text,
                                  eis_error *err) {
  eis_status st = EIS_OK;
  for (const char *s = text; !st; s++) {
    size_t n = strcspn(s, ",");
    char *one = eisi_strndup(s, n, err);
    if (!one) return EIS_ERROR_MEMORY;
    st = adjust_one(list, kind, one, err);
    free(one);
    s += n;
    if (!*s) break;
  }
  return st;
}

eis_status eisi_candidates_check(const eisi_candidates *list, eis_error *err) {
  for (size_t i = 0; i < list->n; i++) {
    for (int k = 0; k < list->at[i].n_variants; k++) {
      const eisi_variant *v = &list->at[i].variant[k];
      eis_status st = eis_circuit_check(v->inductive ? v->inductive : v->plain, err);
      if (st) return st;
    }
  }
  return EIS_OK;
}
