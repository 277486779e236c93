/* circuit.c - the flat circuit: memory, names, comparison, consistency. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/parse.h"

eis_status eisi_circuit_alloc(int n_nodes, int n_elements, int n_params, eis_circuit **out,
                              eis_error *err) {
  *out = NULL;
  eis_circuit *c = eisi_new(1, sizeof *c, err);
  if (!c) return EIS_ERROR_MEMORY;
  c->node = eisi_new((size_t)n_nodes, sizeof *c->node, err);
  c->element = eisi_new((size_t)n_elements, sizeof *c->element, err);
  c->param = eisi_new((size_t)n_params, sizeof *c->param, err);
  if (!c->node || !c->element || !c->param) {
    eis_circuit_free(c);
    return EIS_ERROR_MEMORY;
  }
  c->n_nodes = n_nodes;
  c->n_elements = n_elements;
  c->n_params = n_params;
  *out = c;
  return EIS_OK;
}

void eis_circuit_free(eis_circuit *c) {
  if (!c) return;
  free(c->node);
  free(c->element);
  free(c->param);
  free(c);
}

eis_status eis_circuit_copy(const eis_circuit *c, eis_circuit **out, eis_error *err) {
  const eis_status st = eisi_circuit_alloc(c->n_nodes, c->n_elements, c->n_params, out, err);
  if (st != EIS_OK) return st;
  memcpy((*out)->node, c->node, (size_t)c->n_nodes * sizeof *c->node);
  memcpy((*out)->element, c->element, (size_t)c->n_elements * sizeof *c->element);
  memcpy((*out)->param, c->param, (size_t)c->n_params * sizeof *c->param);
  return EIS_OK;
}

void eisi_circuit_default_params(eis_circuit *c, int i, int first_param) {
  eis_circuit_element *e = &c->element[i];
  e->first_param = first_param;
  for (int j = 0; j < e->type->n_params; j++) {
    const eis_param_spec *spec = &e->type->param[j];
    eis_param *p = &c->param[first_param + j];
    const bool held = spec->fixed || spec->discrete;
    *p = (eis_param){.spec = spec,
                     .element = i,
                     .value = held ? spec->start : (double)NAN,
                     .lower = spec->lower,
                     .upper = spec->upper,
                     .fixed = held,
                     .tie = -1,
                     .tie_factor = 1};
    snprintf(p->name, sizeof p->name, "%s%s%s", e->name, spec->suffix[0] ? "_" : "", spec->suffix);
  }
}

/* ---- comparison ---- */

static bool same_number(double a, double b) { return a == b || (isnan(a) && isnan(b)); }

static bool same_param(const eis_param *a, const eis_param *b) {
  return strcmp(a->name, b->name) == 0 && a->spec == b->spec && a->element == b->element &&
         same_number(a->value, b->value) && a->lower == b->lower && a->upper == b->upper &&
         a->fixed == b->fixed && a->user_bounds == b->user_bounds && a->tie == b->tie &&
         a->tie_factor == b->tie_factor;
}

static bool same_node(const eis_node *a, const eis_node *b) {
  return a->kind == b->kind && a->parent == b->parent && a->first_child == b->first_child &&
         a->next_sibling == b->next_sibling && a->element == b->element;
}

static bool same_element(const eis_circuit_element *a, const eis_circuit_element *b) {
  return a->type == b->type && strcmp(a->name, b->name) == 0 && a->node == b->node &&
         a->first_param == b->first_param;
}

bool eisi_circuit_equal(const eis_circuit *a, const eis_circuit *b) {
  if (a->n_nodes != b->n_nodes || a->n_elements != b->n_elements || a->n_params != b->n_params)
    return false;
  for (int i = 0; i < a->n_nodes; i++)
    if (!same_node(&a->node[i], &b->node[i])) return false;
  for (int i = 0; i < a->n_elements; i++)
    if (!same_element(&a->element[i], &b->element[i])) return false;
  for (int i = 0; i < a->n_params; i++)
    if (!same_param(&a->param[i], &b->param[i])) return false;
  return true;
}

/* ---- names ---- */

const char *eisi_element_tag(const eis_circuit_element *e) {
  return e->name + strlen(e->type->symbol);
}

bool eisi_circuit_auto_names(const eis_circuit *c) {
  for (int i = 0; i < c->n_elements; i++) {
    const char *tag = eisi_element_tag(&c->element[i]);
    char want[16];
    int before = 1;
    if (tag[0] == '_') continue; /* labels are no numbers: printed as labels */
    for (int k = 0; k < i; k++)
      if (c->element[k].type == c->element[i].type && eisi_element_tag(&c->element[k])[0] != '_')
        before++;
    snprintf(want, sizeof want, "%d", before);
    if (strcmp(tag, want) != 0) return false;
  }
  return true;
}

static int find_exact(const eis_circuit *c, const char *name) {
  for (int i = 0; i < c->n_params; i++)
    if (strcmp(c->param[i].name, name) == 0) return i;
  return -1;
}

/* "CPE1_0" as impedance.py counts, or the bare name of an element with one parameter. */
static int find_position(const eis_circuit *c, const char *name) {
  for (int i = 0; i < c->n_elements; i++) {
    const eis_circuit_element *e = &c->element[i];
    const size_t n = strlen(e->name);
    if (strncmp(name, e->name, n) != 0) continue;
    if (name[n] == 0 && e->type->n_params == 1) return e->first_param;
    if (name[n] != '_' || name[n + 1] < '0' || name[n + 1] > '9') continue;
    char *end;
    const long k = strtol(name + n + 1, &end, 10);
    if (*end == 0 && k < e->type->n_params) return e->first_param + (int)k;
  }
  return -1;
}

/* "Q1_alpha" for "CPE1_alpha": another spelling of the symbol in front; false = none. */
static bool own_spelling(const char *name, char *out, size_t size) {
  size_t n = strcspn(name, "_0123456789");
  const eis_element *e = n > 0 ? eis_element_find(name, n) : NULL;
  if (!e || (strlen(e->symbol) == n && strncmp(e->symbol, name, n) == 0)) return false;
  return (size_t)snprintf(out, size, "%s%s", e->symbol, name + n) < size;
}

/* What other programs and papers call the two parameters of a constant phase element. */
static const struct {
  const char *word, *suffix;
} cpe_words[] = {{"n", "alpha"}, {"a", "alpha"}, {"P", "alpha"}, {"p", "alpha"}, {"phi", "alpha"},
                 {"T", "Q"},     {"Q0", "Q"},    {"Y", "Q"},     {"Y0", "Q"}};

/* "CPE1_n" for "CPE1_alpha", in elements that have both Q and alpha. */
static int find_other_word(const eis_circuit *c, const char *name) {
  const char *tail = strrchr(name, '_');
  char full[EIS_NAME_MAX + 16];
  for (size_t k = 0; tail && k < sizeof cpe_words / sizeof *cpe_words; k++) {
    const int stem = (int)(tail - name);
    if (strcmp(tail + 1, cpe_words[k].word) != 0 || stem >= EIS_NAME_MAX) continue;
    int both[2];
    for (int j = 0; j < 2; j++) {
      snprintf(full, sizeof full, "%.*s_%s", stem, name, j ? "alpha" : "Q");
      both[j] = find_exact(c, full);
    }
    if (both[0] >= 0 && both[1] >= 0) return both[strcmp(cpe_words[k].suffix, "alpha") == 0];
  }
  return -1;
}

static int find_spelled(const eis_circuit *c, const char *name) {
  int i = find_exact(c, name);
  if (i < 0) i = find_position(c, name);
  return i < 0 ? find_other_word(c, name) : i;
}

int eis_circuit_find_param(const eis_circuit *c, const char *name) {
  char own[EIS_NAME_MAX + 16];
  const int i = find_spelled(c, name);
  return i < 0 && own_spelling(name, own, sizeof own) ? find_spelled(c, own) : i;
}

/* ---- consistency ---- */

static eis_status check_numbers(const eis_param *p, eis_error *err) {
  char v[32], lo[32], hi[32];
  eisi_print_double(v, sizeof v, p->value);
  eisi_print_double(lo, sizeof lo, p->lower);
  eisi_print_double(hi, sizeof hi, p->upper);
  if (!(p->lower <= p->upper))
    return eis_error_set(err, EIS_ERROR_USAGE, "lower bound %s of '%s' is above upper bound %s", lo,
                         p->name, hi);
  if (p->fixed && isnan(p->value))
    return eis_error_set(err, EIS_ERROR_USAGE, "'%s' is fixed but has no value: write '%s=VALUE'",
                         p->name, p->name);
  if (p->value < p->lower || p->value > p->upper)
    return eis_error_set(err, EIS_ERROR_USAGE, "start %s of '%s' is outside its bounds %s to %s", v,
                         p->name, lo, hi);
  if (p->lower == p->upper && !p->fixed && p->tie < 0)
    return eis_error_set(err, EIS_ERROR_USAGE,
                         "lower and upper bound of '%s' are both %s: fix it instead ('%s=%s')",
                         p->name, lo, p->name, lo);
  return EIS_OK;
}

static eis_status check_tie(const eis_circuit *c, const eis_param *p, eis_error *err) {
  if (p->tie < 0) return EIS_OK;
  if (p->tie >= c->n_params)
    return eis_error_set(err, EIS_ERROR_USAGE, "'%s' is tied to a parameter that does not exist",
                         p->name);
  const eis_param *to = &c->param[p->tie];
  if (to->tie >= 0 || to == p)
    return eis_error_set(err, EIS_ERROR_USAGE,
                         "'%s' is tied to '%s', which is tied itself: tie both to one free "
                         "parameter",
                         p->name, to->name);
  if (to->fixed)
    return eis_error_set(err, EIS_ERROR_USAGE, "'%s' is tied to '%s', which is fixed: fix '%s' too",
                         p->name, to->name, p->name);
  if (p->fixed)
    return eis_error_set(err, EIS_ERROR_USAGE, "'%s' is both fixed and tied to '%s'", p->name,
                         to->name);
  return EIS_OK;
}

eis_status eis_circuit_check(const eis_circuit *c, eis_error *err) {
  for (int i = 0; i < c->n_params; i++) {
    eis_status st = check_numbers(&c->param[i], err);
    if (st == EIS_OK) st = check_tie(c, &c->param[i], err);
    if (st != EIS_OK) return st;
  }
  return EIS_OK;
}
