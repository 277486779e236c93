/* law_parse.c - the text of a law: name(argument, key=value, ...)? * name ... */
#include <stdio.h>
#include <string.h>

#include "model/laws.h"

typedef struct scanner {
  const char *text;
  size_t at;
  size_t *offset;
  eis_error *err;
} scanner;

static void blanks(scanner *s) {
  while (s->text[s->at] == ' ' || s->text[s->at] == '\n' || s->text[s->at] == '\t') s->at++;
}

static bool take(scanner *s, char c) {
  blanks(s);
  if (s->text[s->at] != c) return false;
  s->at++;
  return true;
}

static bool in_word(char c) {
  return eisi_is_letter(c) || eisi_is_digit(c) || (c && strchr("_-.+/~", c)) ||
         (unsigned char)c >= 0x80;
}

/* Bytes of the word at the scanner. */
static size_t word(scanner *s) {
  size_t n = 0;
  blanks(s);
  while (in_word(s->text[s->at + n])) n++;
  return n;
}

static eis_status fail(scanner *s, size_t offset, const char *text) {
  *s->offset = offset;
  return eis_error_set(s->err, EIS_ERROR_INPUT, "%s", text);
}

static eis_status unknown_law(scanner *s, size_t n) {
  eisi_text t = {0};
  eisi_text_addf(&t, "unknown law '%.*s': expected one of ", (int)n, s->text + s->at);
  for (size_t i = 0; eisi_law_at(i); i++)
    eisi_text_addf(&t, "%s%s", i ? ", " : "", eisi_law_at(i)->name);
  const eis_status st = fail(s, s->at, t.s ? t.s : "unknown law");
  eisi_text_clear(&t);
  return st;
}

static eis_status unknown_key(scanner *s, size_t offset, size_t n, const eisi_law *law) {
  eisi_text t = {0};
  eisi_text_addf(&t, "the law '%s' has no '%.*s'", law->name, (int)n, s->text + offset);
  if (law->n_pars + law->n_constants > 0) eisi_text_addf(&t, ": it has");
  for (int i = 0; i < law->n_pars; i++) eisi_text_addf(&t, " %s", law->par[i].name);
  for (int i = 0; i < law->n_constants; i++) eisi_text_addf(&t, " %s", law->constant[i].name);
  const eis_status st = fail(s, offset, t.s ? t.s : "unknown key");
  eisi_text_clear(&t);
  return st;
}

static eis_status constant_value(scanner *s, size_t n, const eisi_law_constant *c, double *out) {
  char text[160];
  const size_t used = eisi_parse_double(s->text + s->at, n, '.', out);
  if (used != n || !(*out >= c->lower && *out <= c->upper)) {
    snprintf(text, sizeof text, "%s = '%.*s': expected a number from %g to %g", c->name, (int)n,
             s->text + s->at, c->lower, c->upper);
    return fail(s, s->at, text);
  }
  s->at += n;
  return EIS_OK;
}

/* A number holds it there; a name makes it the same as another one. */
static eis_status par_value(scanner *s, size_t n, const eisi_law_par *p, eisi_law_given *out) {
  char text[160];
  const char *w = s->text + s->at;
  if (eisi_parse_double(w, n, '.', &out->value) == n) {
    if (!(out->value >= p->lower && out->value <= p->upper)) {
      snprintf(text, sizeof text, "%s = %g is out of range: expected %g to %g", p->name, out->value,
               p->lower, p->upper);
      return fail(s, s->at, text);
    }
    out->how = EISI_GIVEN_NUMBER;
  } else {
    const bool minus = *w == '-';
    out->how = EISI_GIVEN_NAME;
    out->value = minus ? -1 : 1;
    snprintf(out->name, sizeof out->name, "%.*s", (int)(n - minus), w + minus);
  }
  s->at += n;
  return EIS_OK;
}

static eis_status named(scanner *s, size_t key, size_t n_key, eisi_term *t) {
  const eisi_law *law = t->law;
  const size_t n = word(s);
  if (n == 0) return fail(s, s->at, "a value is missing behind '='");
  for (int i = 0; i < law->n_constants; i++)
    if (strlen(law->constant[i].name) == n_key &&
        !memcmp(law->constant[i].name, s->text + key, n_key))
      return constant_value(s, n, &law->constant[i], &t->constant[i]);
  for (int i = 0; i < law->n_pars; i++)
    if (strlen(law->par[i].name) == n_key && !memcmp(law->par[i].name, s->text + key, n_key))
      return par_value(s, n, &law->par[i], &t->par[i]);
  return unknown_key(s, key, n_key, law);
}

static eis_status argument(scanner *s, eisi_term *t) {
  const size_t n = word(s), start = s->at;
  char text[200];
  if (n == 0) return fail(s, s->at, "expected a name, or key=value, inside the brackets");
  s->at += n;
  if (take(s, '=')) return named(s, start, n, t);
  if (t->law->argument == EISI_ARG_NONE || t->argument[0]) {
    snprintf(text, sizeof text, "the law '%s' takes %s", t->law->name,
             t->law->argument == EISI_ARG_NONE ? "no name, only key=value" : "one name");
    return fail(s, start, text);
  }
  if (n >= sizeof t->argument) return fail(s, start, "this name is too long");
  memcpy(t->argument, s->text + start, n);
  t->argument[n] = 0;
  return EIS_OK;
}

static eis_status arguments(scanner *s, eisi_term *t) {
  if (!take(s, '(') || take(s, ')')) return EIS_OK;
  do {
    const eis_status st = argument(s, t);
    if (st != EIS_OK) return st;
  } while (take(s, ','));
  if (take(s, ')')) return EIS_OK;
  return fail(s, s->at, "expected ',' or ')'");
}

static eis_status complete(scanner *s, eisi_term *t) {
  static const char *const what[] = {"", "a column of the manifest", "an OCV table",
                                     "a parameter of the circuit"};
  char text[200];
  if (t->law->argument == EISI_ARG_NONE || t->argument[0]) return EIS_OK;
  if (t->law->column) {
    snprintf(t->argument, sizeof t->argument, "%s", t->law->column);
    return EIS_OK;
  }
  if (t->law->argument == EISI_ARG_TABLE) return EIS_OK; /* may be named later (--ocv) */
  snprintf(text, sizeof text, "the law '%s' needs %s: '%s(NAME)'", t->law->name,
           what[t->law->argument], t->law->name);
  return fail(s, t->offset, text);
}

static eis_status term(scanner *s, eisi_term *t) {
  const size_t n = word(s);
  *t = (eisi_term){.offset = s->at};
  if (n == 0) return fail(s, s->at, "expected the name of a law");
  t->law = eisi_law_find(s->text + s->at, n);
  if (!t->law) return unknown_law(s, n);
  for (int i = 0; i < t->law->n_constants; i++) t->constant[i] = t->law->constant[i].value;
  s->at += n;
  const eis_status st = arguments(s, t);
  t->optional = take(s, '?');
  if (t->optional && (t->law->kind == EISI_LAW_SHARING || t->law->kind == EISI_LAW_WHOLE))
    return fail(s, t->offset,
                "'?' is for laws that can be left out, this one says what the value is");
  return st == EIS_OK ? complete(s, t) : st;
}

/* At most one term says what the reference value is; sums need one. */
static eis_status check(scanner *s, const eisi_expression *e) {
  int bases = 0;
  bool whole = false;
  for (int i = 0; i < e->n; i++) {
    const eisi_law_kind kind = e->term[i].law->kind;
    bases += kind == EISI_LAW_SHARING || kind == EISI_LAW_WHOLE;
    whole = whole || kind == EISI_LAW_WHOLE;
    if (bases > 1 && kind != EISI_LAW_FACTOR && kind != EISI_LAW_SUM)
      return fail(s, e->term[i].offset, "a second term that says what the value is: leave one out");
  }
  for (int i = 0; i < e->n; i++)
    if (whole && e->term[i].law->kind == EISI_LAW_SUM)
      return fail(s, e->term[i].offset,
                  "this is added to a reference value, but there is none here");
  return EIS_OK;
}

eis_status eisi_expression_parse(const char *text, eisi_expression *out, size_t *offset,
                                 eis_error *err) {
  scanner s = {.text = text, .offset = offset, .err = err};
  out->n = 0;
  *offset = 0;
  do {
    blanks(&s);
    if (out->n == EISI_LAW_TERMS) return fail(&s, s.at, "too many terms: at most 6");
    const eis_status st = term(&s, &out->term[out->n]);
    if (st != EIS_OK) return st;
    out->n++;
  } while (take(&s, '*'));
  blanks(&s);
  if (text[s.at]) return fail(&s, s.at, "expected '*' and another law, or the end of the line");
  return check(&s, out);
}
