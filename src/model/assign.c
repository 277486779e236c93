/* assign.c - "R1=10,CPE1_Q=10u": values, fixed values, bounds and ties from the command line. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/parse.h"

/* One "name = right side" of a list; both parts trimmed, copied. */
typedef struct assignment {
  char name[EIS_NAME_MAX + 16];
  char value[128];
  bool has_value;
} assignment;

typedef eis_status assign_rule(eis_circuit *c, int param, const assignment *a, eis_error *err);

/* false: it does not fit and was cut. */
static bool trimmed(const char *s, size_t n, char *out, size_t size) {
  while (n > 0 && (*s == ' ' || *s == '\t')) {
    s++;
    n--;
  }
  while (n > 0 && (s[n - 1] == ' ' || s[n - 1] == '\t')) n--;
  const bool fits = n < size;
  if (!fits) n = size - 1;
  memcpy(out, s, n);
  out[n] = 0;
  return fits;
}

/* ---- names ---- */

static void list_names(const eis_circuit *c, char *out, size_t size) {
  size_t m = 0;
  out[0] = 0;
  for (int i = 0; i < c->n_params; i++) {
    const size_t n = strlen(c->param[i].name);
    if (m + n + 8 > size) {
      snprintf(out + m, size - m, ", ...");
      return;
    }
    m += (size_t)snprintf(out + m, size - m, "%s%s", i ? ", " : "", c->param[i].name);
  }
}

static const char *nearest_param(const eis_circuit *c, const char *name) {
  const char **list = eisi_new((size_t)c->n_params, sizeof *list, NULL);
  if (!list) return NULL;
  for (int i = 0; i < c->n_params; i++) list[i] = c->param[i].name;
  const int i = eisi_nearest(name, list, (size_t)c->n_params);
  free(list);
  return i < 0 ? NULL : c->param[i].name;
}

static int need_param(const eis_circuit *c, const char *name, eis_error *err) {
  char names[300];
  const int i = eis_circuit_find_param(c, name);
  if (i >= 0) return i;
  for (int k = 0; k < c->n_elements; k++)
    if (strcmp(c->element[k].name, name) == 0) {
      const int first = c->element[k].first_param;
      eis_error_set(err, EIS_ERROR_USAGE,
                    "'%s' is an element with %d parameters: name one of them, such as '%s'", name,
                    c->element[k].type->n_params, c->param[first].name);
      return -1;
    }
  list_names(c, names, sizeof names);
  const char *near = nearest_param(c, name);
  eis_error_set(err, EIS_ERROR_USAGE, "the circuit has no parameter '%s'%s%s%s; it has %s", name,
                near ? ": did you mean '" : "", near ? near : "", near ? "'?" : "", names);
  return -1;
}

/* ---- numbers with prefix and unit ---- */

static bool same_unit(const char *text, const char *unit) {
  static const char *const ohms[] = {"ohm", "Ohm", "ohms", "Ohms", "\xE2\x84\xA6", "\xCE\xA9"};
  if (strcmp(text, unit) == 0) return true;
  for (size_t i = 0; strcmp(unit, "ohm") == 0 && i < sizeof ohms / sizeof ohms[0]; i++)
    if (strcmp(text, ohms[i]) == 0) return true;
  return false;
}

static eis_status read_number(const eis_param *p, const char *text, double *out, eis_error *err) {
  char rest[64];
  size_t used = eisi_parse_double(text, strlen(text), '.', out);
  if (used == 0)
    return eis_error_set(err, EIS_ERROR_USAGE,
                         "'%s' is no number: '%s' takes a value such as '10', '4.7u' or '1e-5'",
                         text, p->name);
  trimmed(text + used, strlen(text + used), rest, sizeof rest);
  if (rest[0] == 0 || same_unit(rest, p->spec->unit)) return EIS_OK; /* "5 m" of a length */
  eisi_parse_prefixed(text, out, &used);
  trimmed(text + used, strlen(text + used), rest, sizeof rest);
  if (rest[0] == 0 || same_unit(rest, p->spec->unit)) return EIS_OK;
  return eis_error_set(err, EIS_ERROR_USAGE,
                       "can't read '%s' for '%s': behind the number '%s' is "
                       "neither a prefix nor its unit (%s)",
                       text, p->name, rest, p->spec->unit[0] ? p->spec->unit : "none");
}

static eis_status check_range(const eis_param *p, double v, eis_error *err) {
  char value[32], lo[32], hi[32];
  eisi_print_double(value, sizeof value, v);
  eisi_print_double(lo, sizeof lo, p->spec->lower);
  eisi_print_double(hi, sizeof hi, p->spec->upper);
  if (!(v >= p->spec->lower && v <= p->spec->upper))
    return eis_error_set(err, EIS_ERROR_USAGE, "%s is outside what '%s' is defined for (%s to %s)",
                         value, p->name, lo, hi);
  if (p->spec->discrete && v != floor(v))
    return eis_error_set(err, EIS_ERROR_USAGE, "'%s' is a switch and takes whole numbers, not %s",
                         p->name, value);
  return EIS_OK;
}

static eis_status read_value(const eis_param *p, const char *text, double *out, eis_error *err) {
  const eis_status st = read_number(p, text, out, err);
  return st == EIS_OK ? check_range(p, *out, err) : st;
}

/* ---- the four rules ---- */

static eis_status need_value(const assignment *a, const char *example, eis_error *err) {
  if (a->has_value && a->value[0]) return EIS_OK;
  return eis_error_set(err, EIS_ERROR_USAGE, "'%s' is given no value: write '%s%s'", a->name,
                       a->name, example);
}

static eis_status refuse_tied(const eis_circuit *c, const eis_param *p, eis_error *err) {
  if (p->tie < 0) return EIS_OK;
  return eis_error_set(err, EIS_ERROR_USAGE, "'%s' follows '%s' and takes no value of its own",
                       p->name, c->param[p->tie].name);
}

static eis_status set_rule(eis_circuit *c, int param, const assignment *a, eis_error *err) {
  eis_param *p = &c->param[param];
  double v;
  eis_status st = need_value(a, "=10", err);
  if (st == EIS_OK) st = refuse_tied(c, p, err);
  if (st == EIS_OK) st = read_value(p, a->value, &v, err);
  if (st == EIS_OK) p->value = v;
  return st;
}

static eis_status fix_rule(eis_circuit *c, int param, const assignment *a, eis_error *err) {
  eis_param *p = &c->param[param];
  double v = p->value;
  eis_status st = refuse_tied(c, p, err);
  if (st == EIS_OK && a->has_value) st = need_value(a, "=10", err);
  if (st == EIS_OK && a->has_value) st = read_value(p, a->value, &v, err);
  if (st == EIS_OK && isnan(v))
    st = eis_error_set(err, EIS_ERROR_USAGE,
                       "'%s' has no value it could be fixed at: write '%s=10'", p->name, p->name);
  if (st != EIS_OK) return st;
  p->value = v;
  p->fixed = p->held = true;
  return EIS_OK;
}

/* A bound that is left out, 0 for a positive quantity and inf mean the element's own limit. */
static eis_status read_bound(const eis_param *p, const char *text, double limit, double *out,
                             eis_error *err) {
  *out = limit;
  if (text[0] == 0 || strcmp(text, "inf") == 0 || strcmp(text, "-inf") == 0) return EIS_OK;
  double v;
  eis_status st = read_number(p, text, &v, err);
  if (st != EIS_OK || (v == 0 && p->spec->scale == EIS_SCALE_LOG && p->spec->lower == limit))
    return st;
  st = check_range(p, v, err);
  if (st == EIS_OK) *out = v;
  return st;
}

static eis_status bound_rule(eis_circuit *c, int param, const assignment *a, eis_error *err) {
  eis_param *p = &c->param[param];
  char low[sizeof a->value], high[sizeof a->value], lo[32], hi[32];
  double lower = 0, upper = 0;
  eis_status st = need_value(a, "=1:100", err);
  if (st != EIS_OK) return st;
  const char *colon = strchr(a->value, ':');
  if (!colon)
    return eis_error_set(err, EIS_ERROR_USAGE,
                         "bounds are written 'lower:upper', such as "
                         "'%s=1:100' or '%s=:100'",
                         p->name, p->name);
  if (p->spec->discrete)
    return eis_error_set(err, EIS_ERROR_USAGE, "'%s' is a switch and takes no bounds", p->name);
  trimmed(a->value, (size_t)(colon - a->value), low, sizeof low);
  trimmed(colon + 1, strlen(colon + 1), high, sizeof high);
  st = read_bound(p, low, p->spec->lower, &lower, err);
  if (st == EIS_OK) st = read_bound(p, high, p->spec->upper, &upper, err);
  if (st != EIS_OK) return st;
  eisi_print_double(lo, sizeof lo, lower);
  eisi_print_double(hi, sizeof hi, upper);
  if (lower > upper)
    return eis_error_set(err, EIS_ERROR_USAGE, "'%s': lower bound %s is above upper bound %s",
                         p->name, lo, hi);
  if (lower == upper)
    return eis_error_set(err, EIS_ERROR_USAGE,
                         "'%s': lower and upper bound are both %s; to hold "
                         "it fix it ('%s=%s')",
                         p->name, lo, p->name, lo);
  p->lower = lower;
  p->upper = upper;
  p->user_bounds = true;
  p->held = false;
  if (p->spec->fixed) p->fixed = false; /* who gives bounds wants it fitted */
  return EIS_OK;
}

/* "2*R1", "R1*2" or "R1". */
static eis_status read_target(const eis_circuit *c, const assignment *a, int *target,
                              double *factor, eis_error *err) {
  char left[128], right[128];
  const char *star = strchr(a->value, '*');
  *factor = 1;
  if (!star) {
    *target = need_param(c, a->value, err);
    return *target < 0 ? EIS_ERROR_USAGE : EIS_OK;
  }
  trimmed(a->value, (size_t)(star - a->value), left, sizeof left);
  trimmed(star + 1, strlen(star + 1), right, sizeof right);
  const bool first = eisi_parse_double(left, strlen(left), '.', factor) == strlen(left) && left[0];
  const char *number = first ? left : right, *name = first ? right : left;
  if (eisi_parse_double(number, strlen(number), '.', factor) != strlen(number) || !number[0])
    return eis_error_set(err, EIS_ERROR_USAGE,
                         "can't read '%s': a tie is written '%s=OTHER' or "
                         "'%s=2*OTHER'",
                         a->value, a->name, a->name);
  if (!(*factor > 0) || !isfinite(*factor))
    return eis_error_set(err, EIS_ERROR_USAGE, "the factor of a tie must be positive, not '%s'",
                         number);
  *target = need_param(c, name, err);
  return *target < 0 ? EIS_ERROR_USAGE : EIS_OK;
}

static eis_status check_tie(const eis_param *p, const eis_param *to, eis_error *err) {
  if (to->fixed)
    return eis_error_set(err, EIS_ERROR_USAGE,
                         "'%s' can't follow '%s', which is fixed: fix '%s' "
                         "too",
                         p->name, to->name, p->name);
  if (p->fixed && !p->spec->fixed)
    return eis_error_set(err, EIS_ERROR_USAGE, "'%s' is fixed and can't follow '%s' as well",
                         p->name, to->name);
  if (p->spec->discrete)
    return eis_error_set(err, EIS_ERROR_USAGE,
                         "'%s' is a switch and can't follow another "
                         "parameter",
                         p->name);
  if (strcmp(p->spec->unit, to->spec->unit) != 0)
    return eis_error_set(err, EIS_ERROR_USAGE, "'%s' (%s) can't follow '%s' (%s): the units differ",
                         p->name, p->spec->unit[0] ? p->spec->unit : "no unit", to->name,
                         to->spec->unit[0] ? to->spec->unit : "no unit");
  return EIS_OK;
}

static eis_status tie_rule(eis_circuit *c, int param, const assignment *a, eis_error *err) {
  eis_param *p = &c->param[param];
  int target;
  double factor;
  eis_status st = need_value(a, "=OTHER", err);
  if (st == EIS_OK) st = read_target(c, a, &target, &factor, err);
  if (st != EIS_OK) return st;
  if (target == param)
    return eis_error_set(err, EIS_ERROR_USAGE, "'%s' can't follow itself", p->name);
  if (c->param[target].tie >= 0) { /* chains end at their free parameter */
    factor *= c->param[target].tie_factor;
    target = c->param[target].tie;
  }
  if (target == param)
    return eis_error_set(err, EIS_ERROR_USAGE,
                         "'%s' can't follow a parameter that follows '%s': "
                         "the ties go in a circle",
                         p->name, p->name);
  st = check_tie(p, &c->param[target], err);
  if (st != EIS_OK) return st;
  for (int i = 0; i < c->n_params; i++)
    if (c->param[i].tie == param) {
      c->param[i].tie = target;
      c->param[i].tie_factor *= factor;
    }
  p->tie = target;
  p->tie_factor = factor;
  p->fixed = p->held = false;
  return EIS_OK;
}

/* ---- lists ---- */

/* false: too long for a name or a value. */
static bool split(const char *item, size_t n, assignment *a) {
  const char *eq = memchr(item, '=', n);
  const size_t left = eq ? (size_t)(eq - item) : n;
  *a = (assignment){.has_value = eq != NULL};
  const bool fits = trimmed(item, left, a->name, sizeof a->name);
  return (!eq || trimmed(eq + 1, n - left - 1, a->value, sizeof a->value)) && fits;
}

static eis_status assign(eis_circuit *c, const char *text, assign_rule *rule, eis_error *err) {
  for (const char *s = text;; s++) {
    const size_t n = strcspn(s, ",");
    assignment a;
    if (!split(s, n, &a))
      return eis_error_set(err, EIS_ERROR_USAGE,
                           "'%s=%.20s...' is too long: names have at most %zu "
                           "bytes, values %zu",
                           a.name, a.value, sizeof a.name - 1, sizeof a.value - 1);
    if (!a.name[0])
      return eis_error_set(err, EIS_ERROR_USAGE,
                           "'%s': a parameter name is missing, such as in "
                           "'R1=10'",
                           text);
    const int i = need_param(c, a.name, err);
    if (i < 0) return EIS_ERROR_USAGE;
    const eis_status st = rule(c, i, &a, err);
    s += n;
    if (st != EIS_OK || *s == 0) return st;
  }
}

eis_status eis_circuit_set(eis_circuit *c, const char *text, eis_error *err) {
  return assign(c, text, set_rule, err);
}
eis_status eis_circuit_fix(eis_circuit *c, const char *text, eis_error *err) {
  return assign(c, text, fix_rule, err);
}
eis_status eis_circuit_bound(eis_circuit *c, const char *text, eis_error *err) {
  return assign(c, text, bound_rule, err);
}
eis_status eis_circuit_tie(eis_circuit *c, const char *text, eis_error *err) {
  return assign(c, text, tie_rule, err);
}
