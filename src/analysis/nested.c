/* nested.c - is one circuit a special case of another?  Decides where an F-test makes sense. */
#include <stdlib.h>
#include <string.h>

#include "analysis/modelfit.h"

enum { MAX_CHILDREN = 64 };

typedef struct pair {
  const eis_circuit *a, *b; /* a: the smaller */
  signed char *known; /* nodes of a x nodes of b: 0 not looked at, 1 embeds, -1 does not; without
                         it the search takes time exponential in the depth */
} pair;

static bool embeds(const pair *p, int na, int nb);

static int children(const eis_circuit *c, int node, int *list) {
  int n = 0;
  for (int i = c->node[node].first_child; i >= 0 && n < MAX_CHILDREN; i = c->node[i].next_sibling)
    list[n++] = i;
  return n;
}

/* A capacitor is a CPE with exponent 1. */
static bool same_element(const pair *p, int na, int nb) {
  const char *a = p->a->element[p->a->node[na].element].type->symbol;
  const char *b = p->b->element[p->b->node[nb].element].type->symbol;
  return strcmp(a, b) == 0 || (strcmp(a, "C") == 0 && strcmp(b, "CPE") == 0);
}

/* Every child of na gets its own child of nb (augmenting paths; used[j] = partner + 1). */
static bool assign(const pair *p, int child, const int *kids, int n, int *used, bool *seen) {
  for (int j = 0; j < n; j++) {
    if (seen[j] || !embeds(p, child, kids[j])) continue;
    seen[j] = true;
    if (!used[j] || assign(p, used[j] - 1, kids, n, used, seen)) {
      used[j] = child + 1;
      return true;
    }
  }
  return false;
}

static bool children_embed(const pair *p, int na, int nb) {
  int a[MAX_CHILDREN], b[MAX_CHILDREN], used[MAX_CHILDREN] = {0};
  int n = children(p->a, na, a), m = children(p->b, nb, b);
  for (int i = 0; i < n; i++) {
    bool seen[MAX_CHILDREN] = {false};
    if (!assign(p, a[i], b, m, used, seen)) return false;
  }
  return true;
}

static bool look(const pair *p, int na, int nb) {
  const eis_node *a = &p->a->node[na], *b = &p->b->node[nb];
  if (a->kind == b->kind) {
    if (a->kind == EIS_NODE_ELEMENT) {
      if (same_element(p, na, nb)) return a->first_child < 0 || children_embed(p, na, nb);
    } else if (children_embed(p, na, nb)) {
      return true;
    }
  }
  if (b->kind == EIS_NODE_ELEMENT) return false;
  /* all but one branch of b left out */
  int kids[MAX_CHILDREN];
  int n = children(p->b, nb, kids);
  for (int j = 0; j < n; j++)
    if (embeds(p, na, kids[j])) return true;
  return false;
}

static bool embeds(const pair *p, int na, int nb) {
  signed char *known = &p->known[(size_t)na * (size_t)p->b->n_nodes + (size_t)nb];
  if (*known == 0) *known = look(p, na, nb) ? 1 : -1;
  return *known > 0;
}

eis_status eisi_circuit_nested(const eis_circuit *small, const eis_circuit *large, bool *nested,
                               eis_error *err) {
  const size_t n = (size_t)small->n_nodes, m = (size_t)large->n_nodes;
  *nested = false;
  if (n == 0 || m == 0) return EIS_OK;
  const pair p = {small, large, eisi_new(n * m, 1, err)};
  if (!p.known) return EIS_ERROR_MEMORY;
  *nested = embeds(&p, small->n_nodes - 1, large->n_nodes - 1);
  free(p.known);
  return EIS_OK;
}
