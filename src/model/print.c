/* print.c - circuits as text, in our notations and in the dialects of other programs. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/convert.h"

typedef struct printer {
  const eis_circuit *c;
  const eisi_dialect *d;
  bool inline_values, tags; /* values in braces; numbers or labels behind the symbols */
  bool renumber;            /* labels can't be kept: count per symbol */
  bool numbers; /* behind the symbols of a description code: others than counting gives */
  eisi_text t;
} printer;

/* Our reading of impedance.py's notation: all our elements, under their own names. */
static const eisi_dialect own_impedance = {.info = {.name = "impedance.py notation"},
                                           .notation = EIS_NOTATION_IMPEDANCE,
                                           .spelling = {"-", "p(", ",", ")", "", ""},
                                           .named = true};

static const char *symbol_of(const printer *p, const eis_element *type) {
  const eisi_foreign *row = eisi_foreign_by_own(p->d, type);
  if (row) return row->symbol;
  return p->d->notation == EIS_NOTATION_CDC ? eisi_cdc_symbol(type) : type->symbol;
}

/* What stands behind the symbol where names are kept: "1", "_ct", or a new number. */
static void tag_of(const printer *p, int element, char *out, size_t size) {
  const eis_circuit_element *e = &p->c->element[element];
  int k = 1;
  for (int i = 0; i < element; i++) k += p->c->element[i].type == e->type;
  if (p->renumber)
    snprintf(out, size, "%d", k);
  else
    snprintf(out, size, "%s", eisi_element_tag(e));
}

static bool has_labels(const eis_circuit *c) {
  for (int i = 0; i < c->n_elements; i++)
    if (eisi_element_tag(&c->element[i])[0] == '_') return true;
  return false;
}

/* ---- values in braces ---- */

static void add_number(eisi_text *t, double v) {
  char buf[40];
  eisi_print_double(buf, sizeof buf, v);
  eisi_text_add(t, buf, strlen(buf));
}

/* A bound that is the element's own limit goes without saying, unless the other one is too. */
static eisi_said said_of(const eis_param *q) {
  const bool low = q->lower > q->spec->lower, high = q->upper < q->spec->upper;
  eisi_said s = {q->value, NAN, NAN, q->fixed};
  if (!q->user_bounds) return s;
  if (low || !high) s.lower = q->lower;
  if (high || !low) s.upper = q->upper;
  return s;
}

/* Nothing that the element does not say by itself? */
static bool is_default(const eis_param *q) {
  const bool held = q->spec->fixed || q->spec->discrete;
  if (q->user_bounds || q->fixed != held) return false;
  return held ? q->value == q->spec->start : isnan(q->value);
}

static void add_said(eisi_text *t, const char *name, const eisi_said *s) {
  eisi_text_addf(t, "%s=", name);
  if (!isnan(s->value)) add_number(t, s->value);
  if (s->fixed) eisi_text_add(t, "f", 1);
  if (isnan(s->lower) && isnan(s->upper)) return;
  eisi_text_add(t, "/", 1);
  if (!isnan(s->lower)) add_number(t, s->lower);
  if (isnan(s->upper)) return;
  eisi_text_add(t, "/", 1);
  add_number(t, s->upper);
}

static void add_own_values(printer *p, const eis_circuit_element *e, int *items) {
  for (int j = 0; j < e->type->n_params; j++) {
    const eis_param *q = &p->c->param[e->first_param + j];
    const eisi_said s = said_of(q);
    if (is_default(q)) continue;
    eisi_text_add(&p->t, ",", *items ? 1 : 0);
    add_said(&p->t, q->spec->suffix[0] ? q->spec->suffix : e->type->symbol, &s);
    ++*items;
  }
}

/* Their values of an element; parameters nobody has given a value keep NaN. */
static const char *foreign_said(const printer *p, const eis_circuit_element *e,
                                const eisi_foreign *row, eisi_said *out) {
  eisi_said own[EIS_ELEMENT_MAX_PARAMS];
  for (int j = 0; j < e->type->n_params; j++) {
    own[j] = said_of(&p->c->param[e->first_param + j]);
    own[j].fixed = own[j].fixed && !isnan(own[j].value);
  }
  return eisi_foreign_from_own(row, own, out);
}

static eis_status cannot_convert(const printer *p, const eis_circuit_element *e, const char *why,
                                 eis_error *err) {
  return eis_error_set(err, EIS_ERROR_INPUT, "'%s' can't be converted to %s: %s", e->name,
                       p->d->info.name, why);
}

static eis_status add_foreign_values(printer *p, const eis_circuit_element *e,
                                     const eisi_foreign *row, int *items, eis_error *err) {
  eisi_said said[EISI_FOREIGN_MAX_PARAMS];
  const char *why = foreign_said(p, e, row, said);
  if (why) return cannot_convert(p, e, why, err);
  for (int j = 0; j < row->n; j++) {
    eisi_said s = said[j];
    if (row->param[j].constant) continue; /* theirs by default */
    if (isnan(s.value)) {
      if (isnan(s.lower) && isnan(s.upper)) continue;
      s.value = sqrt((isnan(s.lower) ? s.upper : s.lower) * (isnan(s.upper) ? s.lower : s.upper));
    }
    if (s.fixed) s.lower = s.upper = NAN; /* no bounds behind a fixed value there */
    eisi_text_add(&p->t, ",", *items ? 1 : 0);
    add_said(&p->t, row->param[j].name, &s);
    ++*items;
  }
  return EIS_OK;
}

/* ---- the tree ---- */

static eis_status add_node(printer *p, int node, bool in_parallel, eis_error *err);

static eis_status add_braces(printer *p, const eis_circuit_element *e, int sub, eis_error *err) {
  const eisi_foreign *row = eisi_foreign_by_own(p->d, e->type);
  const char *tag = eisi_element_tag(e);
  /* other programs want a label to begin with a letter */
  const bool label = tag[0] == '_' && (!row || tag[1] < '0' || tag[1] > '9');
  const size_t start = p->t.n;
  int items = 0;
  eis_status st = EIS_OK;
  eisi_text_add(&p->t, "{", 1);
  if (p->inline_values && row)
    st = add_foreign_values(p, e, row, &items, err);
  else if (p->inline_values)
    add_own_values(p, e, &items);
  if (st == EIS_OK && sub >= 0) {
    eisi_text_addf(&p->t, "%sZ=[", items++ ? "," : "");
    st = add_node(p, sub, false, err);
    eisi_text_add(&p->t, "]", 1);
  }
  if (label && p->tags) eisi_text_addf(&p->t, ":%s", tag + 1);
  if (items == 0 && !(label && p->tags) && !p->t.failed) {
    p->t.n = start; /* nothing to say: no braces */
    p->t.s[start] = 0;
  } else {
    eisi_text_add(&p->t, "}", 1);
  }
  return st;
}

static eis_status add_element(printer *p, const eis_node *node, eis_error *err) {
  const eis_circuit_element *e = &p->c->element[node->element];
  char tag[EIS_NAME_MAX];
  tag_of(p, node->element, tag, sizeof tag);
  if (p->d->row && !eisi_foreign_by_own(p->d, e->type))
    return eis_error_set(err, EIS_ERROR_INPUT,
                         "%s has no element for '%s' (%s): '%s' can't be "
                         "written there",
                         p->d->info.name, e->type->symbol, e->type->name, e->name);
  const char *symbol = symbol_of(p, e->type);
  eisi_text_add(&p->t, symbol, strlen(symbol));
  if (p->d->named) {
    eisi_text_add(&p->t, tag, strlen(tag));
    if (node->first_child < 0) return EIS_OK;
    eisi_text_add(&p->t, "(", 1);
    const eis_status st = add_node(p, node->first_child, false, err);
    eisi_text_add(&p->t, ")", 1);
    return st;
  }
  if (p->numbers && tag[0] != '_') eisi_text_add(&p->t, tag, strlen(tag));
  return add_braces(p, e, node->first_child, err);
}

static eis_status add_group(printer *p, const eis_node *group, const char *separator,
                            eis_error *err) {
  eis_status st = EIS_OK;
  for (int k = group->first_child; k >= 0 && st == EIS_OK; k = p->c->node[k].next_sibling) {
    if (k != group->first_child) eisi_text_add(&p->t, separator, strlen(separator));
    st = add_node(p, k, group->kind == EIS_NODE_PARALLEL, err);
  }
  return st;
}

static eis_status add_node(printer *p, int node, bool in_parallel, eis_error *err) {
  const eis_node *n = &p->c->node[node];
  const eisi_spelling *s = &p->d->spelling;
  eis_status st;
  if (n->kind == EIS_NODE_ELEMENT) return add_element(p, n, err);
  if (n->kind == EIS_NODE_PARALLEL) {
    eisi_text_add(&p->t, s->par_open, strlen(s->par_open));
    st = add_group(p, n, s->par_sep, err);
    eisi_text_add(&p->t, s->par_close, strlen(s->par_close));
    return st;
  }
  if (in_parallel) eisi_text_add(&p->t, s->ser_open, strlen(s->ser_open));
  st = add_group(p, n, s->series, err);
  if (in_parallel) eisi_text_add(&p->t, s->ser_close, strlen(s->ser_close));
  return st;
}

/* ---- values on a line of their own ---- */

/* One converted value; `name` in the way of the dialect. */
typedef struct listed_value {
  char name[2 * EIS_NAME_MAX];
  double value;
  bool fixed;
} listed_value;

static void name_value(const printer *p, int element, const eisi_foreign *row, int j,
                       listed_value *v) {
  char tag[EIS_NAME_MAX];
  printer counted = *p;
  counted.renumber = p->renumber || !p->d->named;
  tag_of(&counted, element, tag, sizeof tag);
  const char *param = row->param[j].name;
  if (p->d->values == EISI_VALUES_DICT)
    snprintf(v->name, sizeof v->name, "%s%s%s", row->symbol, tag, param);
  else if (row->n == 1 && strcmp(param, row->symbol) == 0)
    snprintf(v->name, sizeof v->name, "%s%s", row->symbol, tag);
  else if (p->d->values == EISI_VALUES_NAMED)
    snprintf(v->name, sizeof v->name, "%s%s.%s", row->symbol, tag, param);
  else if (row->n == 1)
    snprintf(v->name, sizeof v->name, "%s%s", row->symbol, tag);
  else
    snprintf(v->name, sizeof v->name, "%s%s_%d", row->symbol, tag, j);
}

static eis_status list_values(const printer *p, listed_value *list, size_t *n, eis_error *err) {
  *n = 0;
  for (int i = 0; i < p->c->n_elements; i++) {
    const eis_circuit_element *e = &p->c->element[i];
    const eisi_foreign *row = eisi_foreign_by_own(p->d, e->type);
    eisi_said own[EIS_ELEMENT_MAX_PARAMS], said[EISI_FOREIGN_MAX_PARAMS];
    for (int j = 0; j < e->type->n_params; j++) {
      const eis_param *q = &p->c->param[e->first_param + j];
      own[j] = said_of(q);
      if (isnan(q->value)) own[j].value = q->spec->start;
    }
    const char *why = eisi_foreign_from_own(row, own, said);
    if (why) return cannot_convert(p, e, why, err);
    for (int j = 0; j < row->n; j++) {
      listed_value *v = &list[(*n)++];
      name_value(p, i, row, j, v);
      v->value = said[j].value;
      v->fixed = said[j].fixed;
    }
  }
  return EIS_OK;
}

static void add_list(eisi_text *t, const listed_value *v, size_t n) {
  const char *sep = "";
  eisi_text_addf(t, "\ninitial_guess = [");
  for (size_t i = 0; i < n; i++) {
    if (v[i].fixed) continue;
    eisi_text_addf(t, "%s", sep);
    add_number(t, v[i].value);
    sep = ", ";
  }
  eisi_text_addf(t, "]");
  sep = "\nconstants = {";
  for (size_t i = 0; i < n; i++) {
    if (!v[i].fixed) continue;
    eisi_text_addf(t, "%s'%s': ", sep, v[i].name);
    add_number(t, v[i].value);
    sep = ", ";
  }
  if (sep[0] == ',') eisi_text_addf(t, "}");
}

static void add_pairs(eisi_text *t, const listed_value *v, size_t n, bool dict) {
  eisi_text_addf(t, dict ? "\n{" : "\n");
  for (size_t i = 0; i < n; i++) {
    eisi_text_addf(t, dict ? "%s'%s': " : "%s%s = ", i ? ", " : "", v[i].name);
    add_number(t, v[i].value);
    if (v[i].fixed && !dict) eisi_text_addf(t, " (fixed)");
  }
  if (dict) eisi_text_addf(t, "}");
}

static eis_status add_values_line(printer *p, eis_error *err) {
  const size_t most = (size_t)p->c->n_elements * EISI_FOREIGN_MAX_PARAMS;
  size_t n;
  listed_value *list = eisi_new(most, sizeof *list, err);
  if (!list) return EIS_ERROR_MEMORY;
  const eis_status st = list_values(p, list, &n, err);
  if (st == EIS_OK && p->d->values == EISI_VALUES_LIST)
    add_list(&p->t, list, n);
  else if (st == EIS_OK)
    add_pairs(&p->t, list, n, p->d->values == EISI_VALUES_DICT);
  free(list);
  return st;
}

/* ---- entry points ---- */

static eis_status print_as(const eis_circuit *c, const eisi_dialect *d, bool values, char **text,
                           eis_error *err) {
  printer p = {.c = c, .d = d, .tags = true};
  p.inline_values = values && d->values == EISI_VALUES_INLINE && !d->named;
  p.renumber = d->row && d->named && has_labels(c);
  *text = NULL;
  if (d->row && d->values == EISI_VALUES_NAMED) p.tags = false; /* no place for labels */
  p.numbers = p.tags && !d->row && !d->named && !eisi_circuit_auto_names(c);
  eis_status st = add_node(&p, c->n_nodes - 1, false, err);
  if (st == EIS_OK && values && d->row && d->values != EISI_VALUES_INLINE)
    st = add_values_line(&p, err);
  if (st == EIS_OK) return eisi_text_take(&p.t, text, err);
  eisi_text_clear(&p.t);
  return st;
}

eis_status eis_circuit_print(const eis_circuit *c, eis_notation notation, bool with_values,
                             char **text, eis_error *err) {
  if (notation == EIS_NOTATION_AUTO)
    notation = with_values ? EIS_NOTATION_CDC : EIS_NOTATION_IMPEDANCE;
  const eisi_dialect *d = notation == EIS_NOTATION_CDC ? eisi_dialect_find("cdc") : &own_impedance;
  return print_as(c, d, with_values, text, err);
}

eis_status eis_circuit_print_dialect(const eis_circuit *c, const char *dialect, bool with_values,
                                     char **text, eis_error *err) {
  *text = NULL;
  const eisi_dialect *d = eisi_dialect_need(dialect, err);
  return d ? print_as(c, d, with_values, text, err) : EIS_ERROR_USAGE;
}
