/* parse_cdc.c - circuit description codes (Boukamp; pyimpspec's extended form):

     circuit := ['!V=1!'] item+
     item    := '(' item item+ ')'  parallel  |  '[' item+ ']'  series  |  element
     element := symbol [number | '_' label] [values]

   A container holds its sub-circuit in its braces: TL2{Ri=10,Z=[R(RC)]}.  The letters O and T mean
   finite-length (tanh) and finite-space (coth) diffusion here, as Boukamp has them. */
#include <string.h>

#include "model/convert.h"

static eis_status parse_item(eisi_parser *p, int *node);

enum { MAX_SYMBOL = 12 };

/* The longest known symbol at the scanner.  Symbols of the dialect go before ours. */
static size_t find_symbol(const eisi_parser *p, const eisi_dialect *d, const eisi_foreign **row,
                          const eis_element **type) {
  size_t n = p->n - p->at;
  const char *s = p->text + p->at;
  for (n = n < MAX_SYMBOL ? n : MAX_SYMBOL; n > 0; n--) {
    *row = eisi_foreign_by_symbol(d, s, n);
    *type = *row ? eis_element_find((*row)->own, strlen((*row)->own)) : eisi_cdc_find(s, n);
    if (*row || (*type && !p->dialect)) return n;
  }
  return 0;
}

static bool is_lower(const eisi_parser *p, size_t i) {
  return i < p->n && p->text[i] >= 'a' && p->text[i] <= 'z';
}

/* What is no symbol: a capital (or the `known` bytes that are one) with the small letters behind
   it, as pyimpspec cuts the text. */
static eis_status unknown_symbol(eisi_parser *p, size_t known) {
  size_t n = known > 0 ? known : 1;
  while (is_lower(p, p->at + n)) n++;
  for (size_t k = p->n - p->at < MAX_SYMBOL ? p->n - p->at : MAX_SYMBOL; p->dialect && k > 0; k--)
    if (eisi_cdc_find(p->text + p->at, k))
      return eisi_parse_error(p, p->at, k, "%s has no element '%.*s'", p->dialect->info.name,
                              (int)k, p->text + p->at);
  return eisi_parse_unknown_element(p, p->at, n);
}

static eis_status parse_element(eisi_parser *p, int *node) {
  const eisi_dialect *d = p->dialect ? p->dialect : eisi_dialect_find("pyimpspec");
  const eisi_foreign *row = NULL;
  const eis_element *type = NULL;
  const size_t n = find_symbol(p, d, &row, &type);
  if (n == 0 || is_lower(p, p->at + n)) return unknown_symbol(p, n);
  if (!type)
    return eisi_parse_error(p, p->at, n, "unknown element '%.*s'", (int)n, p->text + p->at);
  eis_status st = eisi_proto_element(p, type, p->at, node);
  if (st != EIS_OK) return st;
  p->at += n;
  st = eisi_parse_tag(p, *node);
  if (st == EIS_OK) st = eisi_parse_values(p, *node, row, parse_item);
  if (st != EIS_OK || !type->container || p->proto[*node].first_child >= 0) return st;
  return eisi_parse_error(p, p->proto[*node].offset, p->proto[*node].span,
                          "'%s' needs a sub-circuit: in this notation '%s{Z=[(RC)]}'", type->symbol,
                          type->symbol);
}

static eis_status parse_group(eisi_parser *p, char close, int *node) {
  const size_t open = p->at++;
  const bool parallel = close == ')';
  int members = 0, child;
  eis_status st = eisi_parse_enter(p, open);
  if (st == EIS_OK) st = eisi_proto_new(p, parallel ? EIS_NODE_PARALLEL : EIS_NODE_SERIES, node);
  while (st == EIS_OK && eisi_parse_peek(p) != close && p->at < p->n) {
    st = parse_item(p, &child);
    if (st == EIS_OK) eisi_proto_append(p, *node, child);
    members++;
  }
  if (st != EIS_OK) return st;
  eisi_parse_leave(p);
  if (!eisi_parse_take(p, close))
    return eisi_parse_error(p, open, 1, "'%c' is not closed: '%c' is missing", p->text[open],
                            close);
  if (members == 0)
    return eisi_parse_error(p, open, p->at - open, "nothing stands between '%c' and '%c'",
                            p->text[open], close);
  if (parallel && members < 2)
    return eisi_parse_error(p, open, p->at - open,
                            "a parallel connection needs at least two branches: '(RC)'");
  return EIS_OK;
}

static eis_status parse_item(eisi_parser *p, int *node) {
  const char c = eisi_parse_peek(p);
  if (c == '(') return parse_group(p, ')', node);
  if (c == '[') return parse_group(p, ']', node);
  if (eisi_parse_word(p) > 0 && c != '_' && !(c >= '0' && c <= '9')) return parse_element(p, node);
  if (p->at >= p->n)
    return eisi_parse_error(p, p->at, 1, "an element is missing here, at the end of the circuit");
  if (c == ')' || c == ']' || c == '}')
    return eisi_parse_error(p, p->at, 1, "'%c' closes nothing that was opened", c);
  return eisi_parse_error(p, p->at, 1,
                          "unexpected '%c': expected an element such as 'R', '(' or "
                          "'['",
                          c);
}

static eis_status skip_version(eisi_parser *p) {
  if (eisi_parse_peek(p) != '!') return EIS_OK;
  const size_t start = p->at;
  const char *end = memchr(p->text + start + 1, '!', p->n - start - 1);
  const size_t n = end ? (size_t)(end - p->text) - start + 1 : p->n - start;
  if (n == 5 && memcmp(p->text + start, "!V=1!", 5) == 0) {
    p->at += n;
    return EIS_OK;
  }
  return eisi_parse_error(p, start, n, "unknown version '%.*s': expected '!V=1!'",
                          (int)(n > 20 ? 20 : n), p->text + start);
}

eis_status eisi_parse_cdc(eisi_parser *p, int *root) {
  int child;
  eis_status st = skip_version(p);
  if (st != EIS_OK) return st;
  if (eisi_parse_peek(p) == 0 && p->at >= p->n)
    return eisi_parse_error(p, 0, 1, "the circuit is empty");
  st = eisi_proto_new(p, EIS_NODE_SERIES, root);
  do {
    if (st == EIS_OK) st = parse_item(p, &child);
    if (st != EIS_OK) return st;
    eisi_proto_append(p, *root, child);
    eisi_parse_peek(p);
  } while (p->at < p->n);
  return EIS_OK;
}
