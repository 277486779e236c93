#include "analysis/shapes.h"

#include <math.h>
#include <string.h>

#include "base/base.h"

/* ---- dimensions --------------------------------------------------------------------------- */

/* "^-1/2", "^2", "^alpha", "^(alpha-1)" behind a unit symbol; *s is moved behind it. */
static double unit_power(const char **s, double alpha) {
  const char *p = *s;
  double sign = 1, v = 0;
  if (*p != '^') return 1;
  p++;
  const bool bracket = *p == '(';
  if (bracket) p++;
  if (*p == '-') {
    sign = -1;
    p++;
  }
  if (*p >= '0' && *p <= '9') {
    p += eisi_parse_double(p, strlen(p), '.', &v);
    double below = 1;
    if (*p == '/') p += 1 + eisi_parse_double(p + 1, strlen(p + 1), '.', &below);
    v /= below;
  } else {
    while ((*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z') || *p == '_') p++;
    v = alpha;
    if (bracket && (*p == '-' || *p == '+')) {
      double shift = 0;
      const double direction = *p == '-' ? -1 : 1;
      p += 1 + eisi_parse_double(p + 1, strlen(p + 1), '.', &shift);
      v += direction * shift;
    }
  }
  if (bracket && *p == ')') p++;
  *s = p;
  return sign * v;
}

double eisi_time_power(const char *unit, double alpha) {
  static const struct {
    const char *symbol;
    double time;
  } symbols[] = {{"ohm", 0}, {"rad", 0}, {"Hz", -1}, {"S", 0}, {"F", 1}, {"H", 1}, {"s", 1}};
  double power = 0, direction = 1;
  const char *s = unit;
  while (*s) {
    bool known = false;
    if (*s == ' ' || *s == '*' || *s == '1') {
      s++;
      continue;
    }
    if (*s == '/') {
      direction = -1;
      s++;
      continue;
    }
    for (size_t k = 0; k < sizeof symbols / sizeof symbols[0] && !known; k++) {
      if (!eisi_starts_with(s, symbols[k].symbol)) continue;
      s += strlen(symbols[k].symbol);
      if ((*s >= 'a' && *s <= 'z') || (*s >= 'A' && *s <= 'Z')) return NAN;
      power += direction * symbols[k].time * unit_power(&s, alpha);
      known = true;
    }
    if (!known) return NAN;
  }
  return power;
}

/* ---- blocks ------------------------------------------------------------------------------- */

/* Parameters are stored in the order of the elements, elements in text order: those of a subtree
   are neighbours. */
static void param_range(const eis_circuit *c, int node, int *first, int *last) {
  if (c->node[node].kind == EIS_NODE_ELEMENT) {
    const eis_circuit_element *e = &c->element[c->node[node].element];
    if (*first < 0 || e->first_param < *first) *first = e->first_param;
    if (e->first_param + e->type->n_params > *last) *last = e->first_param + e->type->n_params;
  }
  for (int k = c->node[node].first_child; k >= 0; k = c->node[k].next_sibling)
    param_range(c, k, first, last);
}

static bool is_free(const eis_param *a) { return !a->fixed && a->tie < 0; }

static void describe(const eis_circuit *c, eisi_block *b) {
  int first = -1, last = 0;
  param_range(c, b->node, &first, &last);
  b->first_param = first < 0 ? 0 : first;
  b->n_params = first < 0 ? 0 : last - first;
  b->scalable = false;
  b->n_shape = 0;
  b->size_param = -1;
  bool pinned = false;
  for (int j = first; j < last; j++) {
    const eis_param *a = &c->param[j];
    if (is_free(a)) b->n_shape++;
    if (a->spec->z_power == 0) continue;
    if (!is_free(a))
      pinned = true;
    else if (b->size_param < 0 ||
             (a->spec->z_power == 1 && c->param[b->size_param].spec->z_power != 1))
      b->size_param = j;
  }
  b->scalable = !pinned && b->size_param >= 0;
  if (b->scalable)
    b->n_shape--;
  else
    b->size_param = -1;
}

int eisi_blocks_find(const eis_circuit *c, eisi_block block[EISI_BLOCKS_MAX]) {
  const int root = c->n_nodes - 1;
  int n = 0;
  if (c->node[root].kind != EIS_NODE_SERIES) {
    block[n++].node = root;
  } else {
    for (int k = c->node[root].first_child; k >= 0; k = c->node[k].next_sibling) {
      if (n == EISI_BLOCKS_MAX) return 0; /* more branches than the search is made for */
      block[n++].node = k;
    }
  }
  for (int i = 0; i < n; i++) describe(c, &block[i]);
  return n;
}

/* ---- blocks built alike ------------------------------------------------------------------- */

static bool same_tree(const eis_circuit *c, int a, int b) {
  const eis_node *na = &c->node[a], *nb = &c->node[b];
  if (na->kind != nb->kind) return false;
  if (na->kind == EIS_NODE_ELEMENT && c->element[na->element].type != c->element[nb->element].type)
    return false;
  int ka = na->first_child, kb = nb->first_child;
  for (; ka >= 0 && kb >= 0; ka = c->node[ka].next_sibling, kb = c->node[kb].next_sibling)
    if (!same_tree(c, ka, kb)) return false;
  return ka < 0 && kb < 0;
}

/* Every parameter free, untied, without a given value. */
static bool anonymous(const eis_circuit *c, const eisi_block *b) {
  for (int j = 0; j < c->n_params; j++) {
    const eis_param *a = &c->param[j];
    const bool inside = j >= b->first_param && j < b->first_param + b->n_params;
    if (inside && (a->fixed || a->tie >= 0 || !isnan(a->value))) return false;
    if (a->tie >= b->first_param && a->tie < b->first_param + b->n_params) return false;
  }
  return b->n_params > 0;
}

bool eisi_blocks_alike(const eis_circuit *c, const eisi_block *a, const eisi_block *b) {
  if (a->n_params != b->n_params || !same_tree(c, a->node, b->node)) return false;
  for (int j = 0; j < a->n_params; j++) {
    const eis_param *pa = &c->param[a->first_param + j], *pb = &c->param[b->first_param + j];
    if (pa->lower != pb->lower || pa->upper != pb->upper) return false;
  }
  return anonymous(c, a) && anonymous(c, b);
}

/* ---- sample values ------------------------------------------------------------------------ */

typedef struct sampler {
  const eis_circuit *c;
  uint64_t t;
  int dim; /* next dimension of the quasi-random sequence */
  const eisi_scope *scope;
} sampler;

/* Richtmyer sequence: multiples of square roots of primes modulo 1 fill the cube evenly. */
static double next(sampler *s) {
  static const double root[] = {1.4142135623730951, 1.7320508075688772, 2.23606797749979,
                                2.6457513110645907, 3.3166247903554,    3.605551275463989,
                                4.123105625617661,  4.358898943540674,  4.795831523312719,
                                5.385164807134504,  5.5677643628300215, 6.082762530298219};
  const double v = 0.5 + (double)s->t * root[s->dim++ % 12];
  return v - floor(v);
}

static double clamp(const eis_param *a, double v) { return fmin(fmax(v, a->lower), a->upper); }

static double log_between(double lo, double hi, double u) { return lo * pow(hi / lo, u); }

/* Exponents (0.01..1) mostly between 0.5 and 1, where real ones are; other linear parameters over
   their bounds. */
static double sample_linear(sampler *s, const eis_param *a) {
  const double lo =
      a->spec->lower >= 0 && a->spec->upper <= 2 ? fmax(a->lower, fmin(0.5, a->upper)) : a->lower;
  return lo + (a->upper - lo) * next(s);
}

/* The first exponent of the element that the parameter belongs to, 1 when it has none. */
static double element_exponent(const sampler *s, const eis_param *a, const double *p) {
  const eis_circuit_element *e = &s->c->element[a->element];
  for (int j = e->first_param; j < e->first_param + e->type->n_params; j++)
    if (s->c->param[j].spec->scale == EIS_SCALE_LINEAR && s->c->param[j].spec->unit[0] == 0 &&
        !s->c->param[j].spec->discrete)
      return p[j];
  return 1;
}

static double sample_log(sampler *s, const eisi_block *b, int j, const double *p) {
  const eis_param *a = &s->c->param[j];
  const double power = eisi_time_power(a->spec->unit, element_exponent(s, a, p));
  const double level = b->scalable ? 1 : s->scope->level * pow(10, -2 * next(s));
  const double middle = sqrt(s->scope->tau_min * s->scope->tau_max);
  double v = 1;
  if (isnan(power)) /* a material constant: around its typical value */
    return clamp(a, a->spec->start * pow(10, 3 * next(s) - 1.5));
  if (power != 0)
    v = pow(
        j == b->size_param ? middle : log_between(s->scope->tau_min, s->scope->tau_max, next(s)),
        power);
  else if (j != b->size_param && a->spec->z_power != 0)
    v = pow(10, 3 * next(s) - 1.5); /* a second resistance in the block: ratio to the first */
  else if (a->spec->z_power == 0)
    return clamp(a, a->spec->start * pow(10, 2 * next(s) - 1)); /* pure number */
  v *= pow(level, a->spec->z_power);
  return b->scalable && a->spec->z_power ? v : clamp(a, v);
}

/* Exponents first: pseudo-capacitances need them. */
static void sample_block(sampler *s, const eisi_block *b, double *p) {
  const int end = b->first_param + b->n_params;
  for (int j = b->first_param; j < end; j++) {
    const eis_param *a = &s->c->param[j];
    if (a->fixed)
      p[j] = a->value;
    else if (a->tie < 0 && a->spec->scale == EIS_SCALE_LINEAR)
      p[j] = sample_linear(s, a);
  }
  for (int j = b->first_param; j < end; j++) {
    const eis_param *a = &s->c->param[j];
    if (is_free(a) && a->spec->scale == EIS_SCALE_LOG) p[j] = sample_log(s, b, j, p);
  }
}

void eisi_shape_values(const eis_circuit *c, const eisi_block *block, int n_blocks, uint64_t t,
                       const eisi_scope *scope, double *p) {
  for (int i = 0; i < n_blocks; i++) {
    sampler s = {.c = c, .t = t, .dim = 0, .scope = scope};
    sample_block(&s, &block[i], p);
  }
  for (int j = 0; j < c->n_params; j++)
    if (!c->param[j].fixed && c->param[j].tie >= 0)
      p[j] = c->param[j].tie_factor * p[c->param[j].tie];
}
