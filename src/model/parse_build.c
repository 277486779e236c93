/* parse_build.c - from the tree that was read to the flat circuit. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "model/parse.h"

eis_status eisi_proto_new(eisi_parser *p, eis_node_kind kind, int *node) {
  if ((p->n_proto & (p->n_proto - 1)) == 0) { /* room for the next power of two */
    const size_t old = (size_t)p->n_proto, cap = old ? 2 * old : 1;
    const eis_status st = eisi_grow(&p->proto, old, cap, sizeof *p->proto, p->err);
    if (st != EIS_OK) return st;
  }
  *node = p->n_proto++;
  eisi_proto *e = &p->proto[*node];
  *e = (eisi_proto){.kind = kind, .first_child = -1, .last_child = -1, .next = -1};
  for (int j = 0; j < EIS_ELEMENT_MAX_PARAMS; j++) e->said[j] = (eisi_said){NAN, NAN, NAN, false};
  return EIS_OK;
}

eis_status eisi_proto_element(eisi_parser *p, const eis_element *type, size_t offset, int *node) {
  int elements = 0;
  for (int i = 0; i < p->n_proto; i++) elements += p->proto[i].kind == EIS_NODE_ELEMENT;
  if (elements >= EISI_CIRCUIT_MAX_ELEMENTS)
    return eisi_parse_error(p, offset, 1, "the circuit has more than %d elements",
                            EISI_CIRCUIT_MAX_ELEMENTS);
  const eis_status st = eisi_proto_new(p, EIS_NODE_ELEMENT, node);
  if (st != EIS_OK) return st;
  p->proto[*node].type = type;
  p->proto[*node].offset = offset;
  return EIS_OK;
}

void eisi_proto_append(eisi_parser *p, int parent, int child) {
  eisi_proto *up = &p->proto[parent];
  if (up->last_child >= 0)
    p->proto[up->last_child].next = child;
  else
    up->first_child = child;
  up->last_child = child;
}

/* ---- names ---- */

static bool number_taken(const eisi_parser *p, const eis_element *type, const char *tag) {
  for (int i = 0; i < p->n_proto; i++) {
    const eisi_proto *e = &p->proto[i];
    if (e->type == type && !e->labelled && strcmp(e->tag, tag) == 0) return true;
  }
  return false;
}

/* Elements without number or label get the lowest numbers that are free, in text order. */
static void give_numbers(eisi_parser *p) {
  for (int i = 0; i < p->n_proto; i++) {
    eisi_proto *e = &p->proto[i];
    if (e->kind != EIS_NODE_ELEMENT || e->tag[0]) continue;
    char tag[16];
    int k = 1;
    do snprintf(tag, sizeof tag, "%d", k++);
    while (number_taken(p, e->type, tag));
    memcpy(e->tag, tag, sizeof tag);
  }
}

static eis_status name_element(eisi_parser *p, const eisi_proto *e, eis_circuit_element *out) {
  out->type = e->type;
  const int n = snprintf(out->name, sizeof out->name, "%s%s%s", e->type->symbol,
                         e->labelled ? "_" : "", e->tag);
  if (n >= (int)sizeof out->name)
    return eisi_parse_error(p, e->offset, e->span, "the name is too long");
  return EIS_OK;
}

static const eisi_proto *proto_of(const eisi_parser *p, int element) {
  for (int i = 0; i < p->n_proto; i++)
    if (p->proto[i].kind == EIS_NODE_ELEMENT && element-- == 0) return &p->proto[i];
  return NULL;
}

static eis_status check_unique(eisi_parser *p, const eis_circuit *c) {
  for (int i = 1; i < c->n_elements; i++)
    for (int k = 0; k < i; k++)
      if (strcmp(c->element[i].name, c->element[k].name) == 0) {
        const eisi_proto *e = proto_of(p, i);
        return eisi_parse_error(p, e->offset, e->span,
                                "'%s' stands twice: every element needs a name of its own",
                                c->element[i].name);
      }
  return EIS_OK;
}

/* ---- the flat tree ---- */

typedef struct emitter {
  eisi_parser *p;
  eis_circuit *c;
  int n_nodes;
} emitter;

/* A group of one is its member; it may come from brackets such as "[R]". */
static int without_single(const eisi_parser *p, int i) {
  while (p->proto[i].kind != EIS_NODE_ELEMENT && p->proto[i].first_child == p->proto[i].last_child)
    i = p->proto[i].first_child;
  return i;
}

static int emit(emitter *m, int i);

/* Emits the children of group i, those of nested groups of the same kind among them, and links
   them behind *last (-1 = none yet). */
static void emit_children(emitter *m, int i, int *first, int *last) {
  for (int k = m->p->proto[i].first_child; k >= 0; k = m->p->proto[k].next) {
    const int child = without_single(m->p, k);
    if (m->p->proto[child].kind == m->p->proto[i].kind && m->p->proto[i].kind != EIS_NODE_ELEMENT) {
      emit_children(m, child, first, last);
      continue;
    }
    const int node = emit(m, child);
    if (*last >= 0)
      m->c->node[*last].next_sibling = node;
    else
      *first = node;
    *last = node;
  }
}

static int element_index(const eisi_parser *p, int i) {
  int n = 0;
  for (int k = 0; k < i; k++) n += p->proto[k].kind == EIS_NODE_ELEMENT;
  return n;
}

static int emit(emitter *m, int i) {
  int first = -1, last = -1;
  emit_children(m, i, &first, &last);
  const int at = m->n_nodes++;
  const bool leaf = m->p->proto[i].kind == EIS_NODE_ELEMENT;
  m->c->node[at] =
      (eis_node){m->p->proto[i].kind, -1, first, -1, leaf ? element_index(m->p, i) : -1};
  if (leaf) m->c->element[m->c->node[at].element].node = at;
  for (int k = first; k >= 0; k = m->c->node[k].next_sibling) m->c->node[k].parent = at;
  return at;
}

/* ---- parameters ---- */

const char *eisi_param_apply(eis_param *param, const eisi_said *said) {
  const eis_param_spec *spec = param->spec;
  double lower = isnan(said->lower) ? param->lower : said->lower;
  double upper = isnan(said->upper) ? param->upper : said->upper;
  const double value = isnan(said->value) ? param->value : said->value;
  const bool bounds = !isnan(said->lower) || !isnan(said->upper);
  if (lower > upper) return "the lower bound is above the upper bound";
  if (bounds && spec->discrete) return "a switch takes no bounds, only a value";
  if (!isnan(value) && (value < spec->lower || value > spec->upper))
    return "the value is outside what the element is defined for";
  if (value < lower || value > upper) return "the start is outside its bounds";
  if (lower < spec->lower) lower = spec->lower;
  if (upper > spec->upper) upper = spec->upper;
  if (lower > upper) return "the bounds are outside what the element is defined for";
  if (lower == upper && !said->fixed)
    return "lower and upper bound are the same: fix the value instead (such as '10f')";
  if (said->fixed && isnan(value)) return "a fixed parameter needs a value";
  param->value = value;
  param->lower = lower;
  param->upper = upper;
  if (bounds) { /* who gives bounds to something held by default wants it fitted */
    param->user_bounds = true;
    param->fixed = false;
  }
  if (said->fixed) param->fixed = param->held = true;
  return NULL;
}

void eisi_param_reason(const eis_param *param, const eisi_said *said, const char *why, char *out,
                       size_t size) {
  const eis_param_spec *spec = param->spec;
  char lo[32], hi[32];
  eisi_print_double(lo, sizeof lo, spec->lower);
  eisi_print_double(hi, sizeof hi, spec->upper);
  if (said->value < spec->lower || said->value > spec->upper || said->lower > spec->upper ||
      said->upper < spec->lower)
    snprintf(out, size, "%s (%s to %s)", why, lo, hi);
  else
    snprintf(out, size, "%s", why);
}

static void fill_params(eisi_parser *p, eis_circuit *c) {
  int param = 0, element = 0;
  for (int i = 0; i < p->n_proto; i++) {
    if (p->proto[i].kind != EIS_NODE_ELEMENT) continue;
    eisi_circuit_default_params(c, element, param);
    for (int j = 0; j < p->proto[i].type->n_params; j++)
      /* what was said was checked where it stands (parse_values.c) */
      eisi_param_apply(&c->param[param + j], &p->proto[i].said[j]);
    param += p->proto[i].type->n_params;
    element++;
  }
}

eis_status eisi_proto_finish(eisi_parser *p, int root, eis_circuit **out) {
  int elements = 0, params = 0;
  for (int i = 0; i < p->n_proto; i++)
    if (p->proto[i].kind == EIS_NODE_ELEMENT) {
      elements++;
      params += p->proto[i].type->n_params;
    }
  eis_circuit *c;
  eis_status st = eisi_circuit_alloc(p->n_proto, elements, params, &c, p->err);
  if (st != EIS_OK) return st;
  give_numbers(p);
  for (int i = 0, k = 0; i < p->n_proto && st == EIS_OK; i++)
    if (p->proto[i].kind == EIS_NODE_ELEMENT) st = name_element(p, &p->proto[i], &c->element[k++]);
  if (st == EIS_OK) {
    fill_params(p, c);
    st = check_unique(p, c);
  }
  if (st != EIS_OK) {
    eis_circuit_free(c);
    return st;
  }
  emitter m = {p, c, 0};
  emit(&m, without_single(p, root));
  c->n_nodes = m.n_nodes;
  *out = c;
  return EIS_OK;
}
