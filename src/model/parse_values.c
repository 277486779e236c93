/* parse_values.c - what stands in braces behind an element, in either notation:

     values  := '{' [item (',' item)*] [':' label] '}'
     item    := name '=' number            | name '=' [number] '/' [limit] ['/' [limit]]
     number  := decimal [prefix] ['f']     f or F: fixed
     limit   := decimal [prefix] ['%']     | 'inf' | '-inf'   (% of the value; inf: no limit)

   prefix is one of p n u m k M G T; femto has none, its letter means fixed.  All names of one
   element are ours ("alpha") or all those of the dialect ("n"). */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "model/convert.h"

typedef struct value_item {
  char name[32];
  size_t offset, span; /* of the name */
  size_t value_offset, value_span;
  eisi_said said;
} value_item;

typedef struct value_list {
  int n;
  value_item at[EIS_ELEMENT_MAX_PARAMS];
} value_list;

/* ---- numbers ---- */

/* A decimal with an optional prefix; 0 = none here. */
static size_t scan_number(const eisi_parser *p, double *out) {
  char buf[64];
  size_t n = eisi_parse_double(p->text + p->at, p->n - p->at, '.', out), used;
  if (n == 0 || n + 3 > sizeof buf) return n;
  const char *rest = p->text + p->at + n;
  const size_t left = p->n - p->at - n;
  size_t prefix = 0;
  if (left > 0 && *rest && strchr("pnumkMGT", *rest)) prefix = 1;
  if (left > 1 && (memcmp(rest, "\xC2\xB5", 2) == 0 || memcmp(rest, "\xCE\xBC", 2) == 0))
    prefix = 2; /* the two micro signs */
  if (prefix == 0) return n;
  memcpy(buf, p->text + p->at, n + prefix);
  buf[n + prefix] = 0;
  return eisi_parse_prefixed(buf, out, &used) ? used : n;
}

static size_t token_span(const eisi_parser *p) {
  size_t i = p->at;
  while (i < p->n && !strchr(" \t\n,/:{}()[]=", p->text[i])) i++;
  return i > p->at ? i - p->at : 1;
}

static eis_status not_a_number(eisi_parser *p) {
  const size_t span = token_span(p);
  return eisi_parse_error(p, p->at, span,
                          "'%.*s' is no number: expected a value such as '10', '4.7u' or '1e-5f'",
                          (int)(span > 40 ? 40 : span), p->text + p->at);
}

static bool scan_inf(eisi_parser *p) {
  const bool sign = p->text[p->at] == '-' || p->text[p->at] == '+';
  const size_t i = p->at + (sign ? 1 : 0);
  if (p->n - i < 3 || memcmp(p->text + i, "inf", 3) != 0) return false;
  p->at = i + 3;
  return true;
}

static bool limit_ends(char c) { return c == '/' || c == ',' || c == ':' || c == '}'; }

static eis_status read_limit(eisi_parser *p, double value, double *limit) {
  const char c = eisi_parse_peek(p);
  if (limit_ends(c)) return EIS_OK; /* left out */
  if (scan_inf(p)) return EIS_OK;
  const size_t start = p->at, n = scan_number(p, limit);
  if (n == 0) return not_a_number(p);
  p->at += n;
  if (!eisi_parse_take(p, '%')) return EIS_OK;
  if (isnan(value))
    return eisi_parse_error(p, start, p->at - start,
                            "a limit in percent needs a value it is a part of");
  *limit *= value / 100.0;
  return EIS_OK;
}

static eis_status read_number(eisi_parser *p, value_item *item) {
  item->value_offset = p->at;
  if (eisi_parse_peek(p) == '/') return EIS_OK; /* bounds only */
  item->value_offset = p->at;
  const size_t n = scan_number(p, &item->said.value);
  if (n == 0) return not_a_number(p);
  p->at += n;
  item->said.fixed = eisi_parse_take(p, 'f') || eisi_parse_take(p, 'F');
  return EIS_OK;
}

static eis_status read_value(eisi_parser *p, value_item *item) {
  item->said = (eisi_said){NAN, NAN, NAN, false};
  eis_status st = read_number(p, item);
  if (st == EIS_OK && eisi_parse_take(p, '/')) {
    st = read_limit(p, item->said.value, &item->said.lower);
    if (st == EIS_OK && eisi_parse_take(p, '/'))
      st = read_limit(p, item->said.value, &item->said.upper);
  }
  if (st != EIS_OK) return st;
  item->value_span = p->at - item->value_offset;
  if (!limit_ends(eisi_parse_peek(p)) || p->text[p->at] == '/') {
    if (p->at >= p->n) return EIS_OK; /* the missing '}' is reported by the caller */
    return eisi_parse_error(p, p->at, token_span(p),
                            "unexpected '%.*s' behind a value: expected ',', ':' or '}'",
                            (int)token_span(p), p->text + p->at);
  }
  return EIS_OK;
}

/* ---- names ---- */

static const char *own_name(const eis_element *type, int j) {
  return type->param[j].suffix[0] ? type->param[j].suffix : type->symbol;
}

static int find_own(const eis_element *type, const char *name) {
  for (int j = 0; j < type->n_params; j++)
    if (strcmp(own_name(type, j), name) == 0) return j;
  return -1;
}

static int find_foreign(const eisi_foreign *row, const char *name) {
  for (int j = 0; row && j < row->n; j++)
    if (strcmp(row->param[j].name, name) == 0) return j;
  return -1;
}

static void known_names(const eis_element *type, const eisi_foreign *row, char *out, size_t size) {
  size_t m = 0;
  out[0] = 0;
  for (int j = 0; j < type->n_params && m < size; j++)
    m += (size_t)snprintf(out + m, size - m, "%s%s", j ? ", " : "", own_name(type, j));
  for (int j = 0; row && j < row->n && m < size; j++)
    if (find_own(type, row->param[j].name) < 0)
      m += (size_t)snprintf(out + m, size - m, ", %s", row->param[j].name);
}

static eis_status unknown_name(eisi_parser *p, const value_item *item, const eis_element *type,
                               const eisi_foreign *row) {
  char names[256];
  known_names(type, row, names, sizeof names);
  return eisi_parse_error(p, item->offset, item->span,
                          "element '%s' has no parameter '%s': expected one of %s", type->symbol,
                          item->name, names);
}

static eis_status read_name(eisi_parser *p, value_item *item, const eis_element *type) {
  eisi_parse_peek(p);
  item->offset = p->at;
  item->span = eisi_parse_word(p);
  if (item->span == 0 || item->span >= sizeof item->name)
    return eisi_parse_error(p, p->at, item->span ? item->span : 1,
                            "a parameter name of '%s' is expected here, such as '%s'", type->symbol,
                            own_name(type, 0));
  memcpy(item->name, p->text + p->at, item->span);
  item->name[item->span] = 0;
  p->at += item->span;
  if (eisi_parse_take(p, '=')) return EIS_OK;
  return eisi_parse_error(p, item->offset, item->span, "'=' is missing behind '%s'", item->name);
}

/* ---- what was read goes to the element ---- */

static eis_status check_said(eisi_parser *p, const value_item *item, const eis_element *type, int j,
                             const eisi_said *said) {
  const eis_param_spec *spec = &type->param[j];
  const bool held = spec->fixed || spec->discrete;
  eis_param scratch = {.spec = spec, .lower = spec->lower, .upper = spec->upper,
                       .value = held ? spec->start : (double)NAN, .fixed = held};
  const char *why = eisi_param_apply(&scratch, said);
  if (!why && spec->discrete && scratch.value != floor(scratch.value))
    why = "a switch takes whole numbers only";
  if (!why) return EIS_OK;
  char reason[160];
  eisi_param_reason(&scratch, said, why, reason, sizeof reason);
  return eisi_parse_error(p, item->value_offset, item->value_span, "'%s' of '%s': %s", item->name,
                          type->symbol, reason);
}

static eis_status put_own(eisi_parser *p, int node, const value_list *list) {
  const eis_element *type = p->proto[node].type;
  for (int i = 0; i < list->n; i++) {
    const int j = find_own(type, list->at[i].name);
    const eis_status st = check_said(p, &list->at[i], type, j, &list->at[i].said);
    if (st != EIS_OK) return st;
    p->proto[node].said[j] = list->at[i].said;
  }
  return EIS_OK;
}

static eis_status put_foreign(eisi_parser *p, int node, const value_list *list,
                              const eisi_foreign *row) {
  const eis_element *type = p->proto[node].type;
  eisi_said said[EISI_FOREIGN_MAX_PARAMS], own[EIS_ELEMENT_MAX_PARAMS];
  const value_item *first = &list->at[0];
  for (int j = 0; j < EISI_FOREIGN_MAX_PARAMS; j++) said[j] = (eisi_said){NAN, NAN, NAN, false};
  for (int i = 0; i < list->n; i++) {
    const eisi_said *s = &list->at[i].said;
    const int j = find_foreign(row, list->at[i].name);
    if (s->lower > s->value || s->upper < s->value || s->lower > s->upper)
      return eisi_parse_error(p, list->at[i].value_offset, list->at[i].value_span,
                              "'%s' of '%s': the start is outside its bounds", list->at[i].name,
                              row->symbol);
    if (s->value <= 0)
      return eisi_parse_error(p, list->at[i].value_offset, list->at[i].value_span,
                              "'%s' of '%s' must be positive", list->at[i].name, row->symbol);
    said[j] = *s;
  }
  const char *why = eisi_foreign_to_own(row, said, own);
  if (why)
    return eisi_parse_error(p, first->offset, p->at - first->offset, "'%s' of '%s': %s%s%s%s",
                            first->name, row->symbol, why, row->rule ? " (here " : "",
                            row->rule ? row->rule : "", row->rule ? ")" : "");
  for (int j = 0; j < type->n_params; j++) {
    const eis_status st = check_said(p, first, type, j, &own[j]);
    if (st != EIS_OK) return st;
    p->proto[node].said[j] = own[j];
  }
  return EIS_OK;
}

/* All ours, or all theirs; the first name that fits neither way is the culprit. */
static eis_status put_values(eisi_parser *p, int node, const value_list *list,
                             const eisi_foreign *row) {
  const eis_element *type = p->proto[node].type;
  int own = 0, foreign = 0;
  for (int i = 0; i < list->n; i++) {
    const bool is_own = find_own(type, list->at[i].name) >= 0;
    const bool is_foreign = find_foreign(row, list->at[i].name) >= 0;
    if (!is_own && !is_foreign) return unknown_name(p, &list->at[i], type, row);
    own += is_own;
    foreign += is_foreign;
  }
  if (list->n == 0) return EIS_OK;
  if (foreign == list->n && (p->dialect || own < list->n)) return put_foreign(p, node, list, row);
  if (own == list->n) return put_own(p, node, list);
  return eisi_parse_error(p, list->at[0].offset, p->at - list->at[0].offset,
                          "parameters of '%s' from two conventions are mixed here: use those of "
                          "one",
                          type->symbol);
}

/* ---- the braces ---- */

static eis_status read_label(eisi_parser *p, int node) {
  eisi_proto *e = &p->proto[node];
  eisi_parse_peek(p);
  const size_t start = p->at, n = eisi_parse_word(p);
  size_t span = n;
  while (start + span < p->n && p->text[start + span] != '}') span++;
  p->at += n;
  if (span == 0) return eisi_parse_error(p, start - 1, 1, "a label is missing behind ':'");
  if (n == 0 || eisi_parse_peek(p) != '}')
    return eisi_parse_error(p, start, span, "bad label '%.*s': letters, digits and '_' are allowed",
                            (int)(span > 40 ? 40 : span), p->text + start);
  if (n > EISI_LABEL_MAX)
    return eisi_parse_error(p, start, n, "the label is too long: at most %d characters",
                            EISI_LABEL_MAX);
  if (e->tag[0])
    return eisi_parse_error(p, start, n, "'%.*s' already has the %s '%s': give one name only",
                            (int)e->span, p->text + e->offset, e->labelled ? "label" : "number",
                            e->tag);
  memcpy(e->tag, p->text + start, n);
  e->tag[n] = 0;
  e->labelled = true;
  return EIS_OK;
}

/* "Z=[...]": the wall of a transmission line. */
static eis_status read_inner(eisi_parser *p, int node, const value_item *item,
                             eisi_parse_rule *inner) {
  if (!inner)
    return eisi_parse_error(p, item->offset, item->span,
                            "in this notation what '%s' holds stands in brackets behind it: "
                            "'%s1(...)'",
                            p->proto[node].type->symbol, p->proto[node].type->symbol);
  if (p->proto[node].first_child >= 0)
    return eisi_parse_error(p, item->offset, item->span, "'Z' stands twice");
  int child;
  eis_status st = eisi_parse_enter(p, p->at);
  if (st == EIS_OK) st = inner(p, &child);
  eisi_parse_leave(p);
  if (st == EIS_OK) eisi_proto_append(p, node, child);
  return st;
}

static eis_status read_item(eisi_parser *p, int node, value_list *list, eisi_parse_rule *inner) {
  const eis_element *type = p->proto[node].type;
  value_item item;
  eis_status st = read_name(p, &item, type);
  if (st != EIS_OK) return st;
  if (type->container && strcmp(item.name, "Z") == 0) return read_inner(p, node, &item, inner);
  for (int i = 0; i < list->n; i++)
    if (strcmp(list->at[i].name, item.name) == 0)
      return eisi_parse_error(p, item.offset, item.span, "parameter '%s' stands twice", item.name);
  if (list->n == EIS_ELEMENT_MAX_PARAMS)
    return eisi_parse_error(p, item.offset, item.span, "more parameters than '%s' has",
                            type->symbol);
  st = read_value(p, &item);
  list->at[list->n++] = item;
  return st;
}

eis_status eisi_parse_values(eisi_parser *p, int node, const eisi_foreign *foreign,
                             eisi_parse_rule *inner) {
  value_list list = {0};
  eis_status st = EIS_OK;
  if (eisi_parse_peek(p) != '{') return EIS_OK;
  const size_t open = p->at++;
  if (eisi_parse_peek(p) != ':' && eisi_parse_peek(p) != '}') do
      st = read_item(p, node, &list, inner);
    while (st == EIS_OK && eisi_parse_take(p, ','));
  if (st == EIS_OK) st = put_values(p, node, &list, foreign);
  if (st == EIS_OK && eisi_parse_take(p, ':')) st = read_label(p, node);
  if (st != EIS_OK || eisi_parse_take(p, '}')) return st;
  return eisi_parse_error(p, open, 1, "'{' is not closed: '}' is missing");
}

eis_status eisi_parse_said(eisi_parser *p, eisi_said *said) {
  value_item item = {.name = ""};
  eisi_parse_peek(p);
  if (p->at >= p->n)
    return eisi_parse_error(p, p->at, 1,
                            "a value is missing: 'start', 'start/lower/upper', "
                            "'/lower/upper' or '10f' for a fixed one");
  const eis_status st = read_value(p, &item);
  if (st != EIS_OK) return st;
  *said = item.said;
  if (eisi_parse_peek(p) == 0) return EIS_OK;
  return eisi_parse_error(p, p->at, p->n - p->at, "unexpected '%c' behind the value",
                          p->text[p->at]);
}
