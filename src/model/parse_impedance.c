/* parse_impedance.c - the notation of impedance.py, and AutoEIS's brackets:

     series  := item ('-' item)*
     item    := 'p' '(' series (',' series)+ ')' | '[' series (',' series)+ ']' | element
     element := symbol [number | '_' label] [values] ['(' series ')']     (...): containers only */
#include <string.h>

#include "model/convert.h"

static eis_status parse_series(eisi_parser *p, int *node);

static eis_status expected_item(eisi_parser *p) {
  const char c = eisi_parse_peek(p);
  if (c == 0)
    return eisi_parse_error(p, p->at, 1,
                            p->n == 0 || p->at == 0 ? "the circuit is empty"
                                                    : "an element is missing here, "
                                                      "at the end of the circuit");
  if (c == '(')
    return eisi_parse_error(p, p->at, 1,
                            "unexpected '(': in this notation a parallel connection "
                            "is written 'p(a,b)'");
  if (strchr(",)]-", c))
    return eisi_parse_error(p, p->at, 1, "an element is missing in front of '%c'", c);
  return eisi_parse_error(p, p->at, 1,
                          "unexpected '%c': expected an element such as 'R1', or "
                          "'p(a,b)'",
                          c);
}

/* Longest symbol the word starts with such that only a number or a label follows. */
static size_t symbol_length(const eisi_parser *p, size_t word) {
  const char *s = p->text + p->at;
  size_t n = 0;
  while (n < word && s[n] != '_') n++;
  const size_t alnum = n;
  size_t digits = alnum;
  while (digits > 0 && s[digits - 1] >= '0' && s[digits - 1] <= '9') digits--;
  for (n = alnum; n >= digits && n > 0; n--) {
    if (eis_element_find(s, n) || eisi_foreign_by_symbol(p->dialect, s, n)) return n;
  }
  return 0;
}

static eis_status parse_inside(eisi_parser *p, int node) {
  const eis_element *type = p->proto[node].type;
  const char c = eisi_parse_peek(p);
  const size_t open = p->at;
  int child;
  if (!type->container) {
    if (c != '(') return EIS_OK;
    return eisi_parse_error(p, open, 1,
                            "'%s' takes no sub-circuit; a parallel connection is "
                            "written 'p(a,b)', a series 'a-b'",
                            type->symbol);
  }
  if (c != '(')
    return eisi_parse_error(p, p->proto[node].offset, p->proto[node].span,
                            "'%s' needs a sub-circuit in brackets: '%s1(p(R1,C1))'", type->symbol,
                            type->symbol);
  eis_status st = eisi_parse_enter(p, open);
  if (st != EIS_OK) return st;
  p->at++;
  st = parse_series(p, &child);
  if (st != EIS_OK) return st;
  eisi_parse_leave(p);
  eisi_proto_append(p, node, child);
  if (eisi_parse_take(p, ')')) return EIS_OK;
  return eisi_parse_error(p, open, 1, "'(' is not closed: ')' is missing");
}

static eis_status parse_element(eisi_parser *p, int *node) {
  const size_t word = eisi_parse_word(p), offset = p->at, n = symbol_length(p, word);
  if (n == 0)
    return eisi_parse_unknown_element(
        p, offset, strcspn(p->text + offset, "_") < word ? strcspn(p->text + offset, "_") : word);
  const eisi_foreign *row = eisi_foreign_by_symbol(p->dialect, p->text + offset, n);
  if (p->dialect && !row)
    return eisi_parse_error(p, offset, n, "%s has no element '%.*s'", p->dialect->info.name, (int)n,
                            p->text + offset);
  const eis_element *type =
      row ? eis_element_find(row->own, strlen(row->own)) : eis_element_find(p->text + offset, n);
  eis_status st = eisi_proto_element(p, type, offset, node);
  if (st != EIS_OK) return st;
  p->at += n;
  st = eisi_parse_tag(p, *node);
  if (st == EIS_OK) st = eisi_parse_values(p, *node, row, NULL);
  return st == EIS_OK ? parse_inside(p, *node) : st;
}

/* The branches behind the opening bracket, up to `close`. */
static eis_status parse_parallel(eisi_parser *p, size_t open, char close, int *node) {
  int branches = 0, child;
  eis_status st = eisi_parse_enter(p, open);
  if (st == EIS_OK) st = eisi_proto_new(p, EIS_NODE_PARALLEL, node);
  if (st != EIS_OK) return st;
  do {
    st = parse_series(p, &child);
    if (st != EIS_OK) return st;
    eisi_proto_append(p, *node, child);
    branches++;
  } while (eisi_parse_take(p, ','));
  eisi_parse_leave(p);
  const char got = eisi_parse_peek(p);
  if (!eisi_parse_take(p, close)) {
    if (got == 0)
      return eisi_parse_error(p, open, 1, "'%c' is not closed: '%c' is missing", p->text[open],
                              close);
    return eisi_parse_error(p, p->at, 1, "unexpected '%c': expected '-', ',' or '%c'", got, close);
  }
  if (branches > 1) return EIS_OK;
  return eisi_parse_error(p, open, p->at - open,
                          "a parallel connection needs at least two branches, separated by ','");
}

static eis_status parse_item(eisi_parser *p, int *node) {
  const char c = eisi_parse_peek(p);
  size_t i = p->at + 1;
  if (eisi_parse_take(p, '[')) return parse_parallel(p, p->at - 1, ']', node);
  while (i < p->n && (p->text[i] == ' ' || p->text[i] == '\t')) i++;
  if (c == 'p' && i < p->n && p->text[i] == '(') {
    p->at = i + 1;
    return parse_parallel(p, i, ')', node);
  }
  return eisi_parse_word(p) > 0 ? parse_element(p, node) : expected_item(p);
}

static eis_status parse_series(eisi_parser *p, int *node) {
  int child;
  eis_status st = parse_item(p, node);
  if (st != EIS_OK || eisi_parse_peek(p) != '-') return st;
  child = *node;
  st = eisi_proto_new(p, EIS_NODE_SERIES, node);
  if (st != EIS_OK) return st;
  eisi_proto_append(p, *node, child);
  while (eisi_parse_take(p, '-')) {
    st = parse_item(p, &child);
    if (st != EIS_OK) return st;
    eisi_proto_append(p, *node, child);
  }
  return EIS_OK;
}

eis_status eisi_parse_impedance(eisi_parser *p, int *root) {
  const eis_status st = parse_series(p, root);
  const char c = st == EIS_OK ? eisi_parse_peek(p) : 0;
  if (st != EIS_OK || p->at >= p->n) return st;
  if (c == ')' || c == ']')
    return eisi_parse_error(p, p->at, 1, "'%c' closes nothing that was opened", c);
  if (c == ',')
    return eisi_parse_error(p, p->at, 1,
                            "',' outside brackets: a parallel connection is written 'p(a,b)'");
  return eisi_parse_error(p, p->at, 1,
                          "unexpected '%c' behind the circuit: a series is written "
                          "with '-'",
                          c);
}
