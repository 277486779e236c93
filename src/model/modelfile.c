/* modelfile.c - named models: a circuit, its leaner variants, and what the parts mean.

   The format is described in doc/models.md; one row per key below, so the known keys are in one
   place.  Places inside a circuit or a value are carried over to line and column of the file. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/ini.h"
#include "base/shipped.h"
#include "model/laws.h"
#include "model/parse.h"

#include <eisfit/model.h>

/* Roles that the analysis looks for; anything else is a spelling mistake. */
static const char *const role_names[] = {
    "bulk",   "gb",      "gb.C",       "cei",     "cei.C",   "interface.R", "interface.C",
    "anode",  "anode.C", "diffusion",  "contact", "blocking", "inductance", "line",
    "intercept", "arc",  "arc.C",      "leak"};
enum { N_ROLES = sizeof role_names / sizeof role_names[0] };

typedef struct loader {
  const char *source;
  eis_model *m;
  eis_error *err;
} loader;

/* ---- memory ---- */

static void free_variant(eis_model_variant *v) {
  free(v->name);
  free(v->doc);
  eis_circuit_free(v->circuit);
}

void eis_model_free(eis_model *m) {
  if (!m) return;
  for (int i = 0; i < m->n_variants; i++) free_variant(&m->variant[i]);
  for (int i = 0; i < m->n_roles; i++) {
    free(m->role[i].role);
    free(m->role[i].doc);
  }
  for (int i = 0; i < m->n_laws; i++) {
    free(m->law[i].target);
    free(m->law[i].text);
  }
  free(m->variant);
  free(m->role);
  free(m->law);
  free(m->name);
  free(m->title);
  free(m->reference);
  free(m->when);
  free(m->path);
  free(m);
}

const char *eis_model_role_of(const eis_model *m, const char *element) {
  for (int i = 0; m && i < m->n_roles; i++)
    if (strcmp(m->role[i].element, element) == 0) return m->role[i].role;
  return NULL;
}

/* ---- pieces of text ---- */

/* A copy with the line breaks of continued values as blanks. */
static char *prose(const char *s, eis_error *err) {
  char *copy = eisi_strdup(s, err);
  for (char *c = copy; c && *c; c++)
    if (*c == '\n') *c = ' ';
  return copy;
}

/* The place of byte `offset`; only the first line of a continued value has columns of its own. */
static eis_status fail_at(const loader *l, const eisi_ini_entry *e, size_t offset, int span,
                          const char *text) {
  const char *nl = strchr(e->value, '\n');
  if (nl && (size_t)(nl - e->value) < offset) offset = 0;
  const bool first = !l->err || l->err->code == EIS_OK;
  const eis_status st = eisi_ini_error(e, l->source, offset, l->err, "%s", text);
  if (l->err && first && span > 0) l->err->span = span;
  return st;
}

/* At the key instead of the value. */
static eis_status fail_key(const loader *l, const eisi_ini_entry *e, const char *text) {
  const bool first = !l->err || l->err->code == EIS_OK;
  const eis_status st = fail_at(l, e, 0, (int)strlen(e->key), text);
  if (l->err && first) l->err->column = e->key_column;
  return st;
}

static const char *nearest_of(const char *word, const char *const *list, size_t n) {
  const int i = eisi_nearest(word, list, n);
  return i < 0 ? NULL : list[i];
}

static eis_status fail_unknown(const loader *l, const eisi_ini_entry *e, const char *what,
                               const char *word, const char *const *list, size_t n) {
  eisi_text t = {0};
  const char *near = nearest_of(word, list, n);
  eisi_text_addf(&t, "unknown %s '%s'", what, word);
  if (near) eisi_text_addf(&t, ": did you mean '%s'?", near);
  eisi_text_addf(&t, "%sexpected one of ", near ? " " : ": ");
  for (size_t i = 0; i < n; i++) eisi_text_addf(&t, "%s%s", i ? ", " : "", list[i]);
  const char *text = t.s ? t.s : what;
  const eis_status st =
      strcmp(what, "role") == 0 ? fail_at(l, e, 0, (int)strlen(word), text) : fail_key(l, e, text);
  eisi_text_clear(&t);
  return st;
}

/* ---- [model] and [variant NAME] ---- */

static eis_status put_circuit(loader *l, const eisi_ini_entry *e, eis_circuit **out) {
  eis_error inner = EIS_ERROR_INIT;
  size_t offset = 0;
  const eis_status st = eisi_circuit_parse(e->value, EIS_NOTATION_AUTO, NULL, out, &offset, &inner);
  if (st == EIS_OK) return st;
  if (st == EIS_ERROR_MEMORY) return eis_error_set(l->err, st, "%s", inner.text);
  return fail_at(l, e, offset, inner.span, inner.text);
}

static eis_status put_text(loader *l, const eisi_ini_entry *e, char **out) {
  if (*out) return fail_key(l, e, "this key stands twice");
  *out = prose(e->value, l->err);
  return *out ? EIS_OK : EIS_ERROR_MEMORY;
}

static eis_status put_inductance(loader *l, const eisi_ini_entry *e) {
  if (strcmp(e->value, "auto") != 0 && strcmp(e->value, "none") != 0)
    return fail_at(l, e, 0, (int)strlen(e->value), "inductance is 'auto' or 'none'");
  l->m->auto_inductance = e->value[0] == 'a';
  return EIS_OK;
}

static eis_status read_model_key(loader *l, const eisi_ini_entry *e) {
  static const char *const keys[] = {"name", "title", "circuit", "variant", "reference", "when",
                                     "inductance"};
  eis_model_variant *first = &l->m->variant[0];
  if (strcmp(e->key, "name") == 0) return put_text(l, e, &l->m->name);
  if (strcmp(e->key, "title") == 0) return put_text(l, e, &l->m->title);
  if (strcmp(e->key, "reference") == 0) return put_text(l, e, &l->m->reference);
  if (strcmp(e->key, "when") == 0) return put_text(l, e, &l->m->when);
  if (strcmp(e->key, "variant") == 0) return put_text(l, e, &first->name);
  if (strcmp(e->key, "inductance") == 0) return put_inductance(l, e);
  if (strcmp(e->key, "circuit") != 0)
    return fail_unknown(l, e, "key", e->key, keys, sizeof keys / sizeof keys[0]);
  if (first->circuit) return fail_key(l, e, "this key stands twice");
  return put_circuit(l, e, &first->circuit);
}

/* The variant of a section, made when it is met first. */
static eis_status need_variant(loader *l, const eisi_ini_entry *e, const char *name,
                               eis_model_variant **out) {
  eis_model *m = l->m;
  for (int i = 1; i < m->n_variants; i++)
    if (strcmp(m->variant[i].name, name) == 0) {
      *out = &m->variant[i];
      return EIS_OK;
    }
  if (!*name) return fail_key(l, e, "the section needs a name: '[variant NAME]'");
  const size_t n = (size_t)m->n_variants;
  const eis_status st = eisi_grow(&m->variant, n, n + 1, sizeof *m->variant, l->err);
  if (st != EIS_OK) return st;
  *out = &m->variant[m->n_variants++];
  (*out)->name = eisi_strdup(name, l->err);
  return (*out)->name ? EIS_OK : EIS_ERROR_MEMORY;
}

static eis_status put_automatic(loader *l, const eisi_ini_entry *e, eis_model_variant *v) {
  if (strcmp(e->value, "yes") != 0 && strcmp(e->value, "no") != 0)
    return fail_at(l, e, 0, (int)strlen(e->value), "automatic is 'yes' or 'no'");
  v->on_request = e->value[0] == 'n';
  return EIS_OK;
}

static eis_status read_variant_key(loader *l, const eisi_ini_entry *e) {
  static const char *const keys[] = {"circuit", "when", "automatic"};
  const char *name = e->section + strlen("variant");
  eis_model_variant *v = NULL;
  const eis_status st = need_variant(l, e, name + strspn(name, " "), &v);
  if (st != EIS_OK) return st;
  if (strcmp(e->key, "when") == 0) return put_text(l, e, &v->doc);
  if (strcmp(e->key, "automatic") == 0) return put_automatic(l, e, v);
  if (strcmp(e->key, "circuit") != 0) return fail_unknown(l, e, "key", e->key, keys, 3);
  if (v->circuit) return fail_key(l, e, "this key stands twice");
  return put_circuit(l, e, &v->circuit);
}

/* ---- [roles] ---- */

static bool has_element(const eis_model *m, const char *name) {
  for (int i = 0; i < m->n_variants; i++)
    for (int k = 0; k < m->variant[i].circuit->n_elements; k++)
      if (strcmp(m->variant[i].circuit->element[k].name, name) == 0) return true;
  return m->auto_inductance && strcmp(name, "L_hf") == 0;
}

static eis_status add_role(eis_model *m, const char *element, char *role, char *doc,
                           eis_error *err) {
  eis_status st = role && doc ? EIS_OK : EIS_ERROR_MEMORY;
  if (st == EIS_OK)
    st = eisi_grow(&m->role, (size_t)m->n_roles, (size_t)m->n_roles + 1, sizeof *m->role, err);
  if (st != EIS_OK) {
    free(role);
    free(doc);
    return st;
  }
  eis_model_role *r = &m->role[m->n_roles++];
  strncpy(r->element, element, sizeof r->element - 1);
  r->role = role;
  r->doc = doc;
  return EIS_OK;
}

/* R_b = bulk: words */
static eis_status read_role(loader *l, const eisi_ini_entry *e) {
  const size_t n = strcspn(e->value, ": \n");
  const char *doc = strchr(e->value, ':');
  if (!has_element(l->m, e->key))
    return fail_key(l, e, "no circuit of this model has an element of this name");
  if (eis_model_role_of(l->m, e->key)) return fail_key(l, e, "this element has a role already");
  char *role = eisi_strndup(e->value, n, l->err);
  if (!role) return EIS_ERROR_MEMORY;
  bool known = false;
  for (size_t i = 0; i < N_ROLES; i++) known = known || strcmp(role, role_names[i]) == 0;
  if (!known) {
    const eis_status st = fail_unknown(l, e, "role", role, role_names, N_ROLES);
    free(role);
    return st;
  }
  doc = doc ? doc + 1 + strspn(doc + 1, " ") : "";
  return add_role(l->m, e->key, role, prose(doc, l->err), l->err);
}

/* ---- [parameters] ---- */

static eis_status apply_param(loader *l, const eisi_ini_entry *e, const eisi_said *said,
                              eis_param *p) {
  const char *why = eisi_param_apply(p, said);
  if (!why) return EIS_OK;
  char reason[160], text[256];
  eisi_param_reason(p, said, why, reason, sizeof reason);
  snprintf(text, sizeof text, "'%s': %s", p->name, reason);
  return fail_at(l, e, 0, (int)strcspn(e->value, "\n"), text);
}

/* R_b = start[f]/lower/upper, in every variant that has the parameter */
static eis_status read_param(loader *l, const eisi_ini_entry *e) {
  eis_error inner = EIS_ERROR_INIT;
  eisi_said said;
  eisi_parser p = {.text = e->value, .n = strlen(e->value), .err = &inner};
  eis_status st = eisi_parse_said(&p, &said);
  if (st != EIS_OK) return fail_at(l, e, p.error_offset, inner.span, inner.text);
  bool used = false;
  for (int i = 0; i < l->m->n_variants && st == EIS_OK; i++) {
    eis_circuit *c = l->m->variant[i].circuit;
    const int k = eis_circuit_find_param(c, e->key);
    used = used || k >= 0;
    if (k >= 0) st = apply_param(l, e, &said, &c->param[k]);
  }
  if (st != EIS_OK || used) return st;
  return fail_key(l, e, "no circuit of this model has a parameter of this name");
}

/* ---- [joint] ---- */

static const eis_param *find_param(const eis_model *m, const char *name) {
  for (int i = 0; i < m->n_variants; i++) {
    const int k = eis_circuit_find_param(m->variant[i].circuit, name);
    if (k >= 0) return &m->variant[i].circuit->param[k];
  }
  return NULL;
}

/* R_b = each * arrhenius, or R_b.Ea = 0.3/0/1; the names behind the dot are known when the laws are
   put together. */
static eis_status check_law(const eis_model *m, const char *target, const char *text,
                            size_t *offset, eis_error *err) {
  const char *dot = strchr(target, '.');
  eisi_expression e;
  eisi_said said;
  *offset = 0;
  char *param = eisi_strndup(target, dot ? (size_t)(dot - target) : strlen(target), err);
  if (!param) return EIS_ERROR_MEMORY;
  const bool known = find_param(m, param) != NULL;
  eis_status st = EIS_OK;
  if (!known)
    st =
        eis_error_set(err, EIS_ERROR_INPUT, "no circuit of this model has a parameter '%s'", param);
  free(param);
  if (st != EIS_OK) return st;
  if (!dot) return eisi_expression_parse(text, &e, offset, err);
  eisi_parser p = {.text = text, .n = strlen(text), .err = err};
  st = eisi_parse_said(&p, &said);
  *offset = p.error_offset;
  return st;
}

static eis_status put_law(eis_model *m, const char *target, const char *text, eis_error *err) {
  eis_model_law new = {.target = eisi_strdup(target, err), .text = prose(text, err)};
  eis_status st = new.target &&new.text ? EIS_OK : EIS_ERROR_MEMORY;
  int at = 0;
  while (at < m->n_laws && strcmp(m->law[at].target, target) != 0) at++;
  if (st == EIS_OK && at == m->n_laws) {
    st = eisi_grow(&m->law, (size_t)m->n_laws, (size_t)m->n_laws + 1, sizeof *m->law, err);
    if (st == EIS_OK) m->n_laws++;
  }
  if (st != EIS_OK) {
    free(new.target);
    free(new.text);
    return st;
  }
  free(m->law[at].target);
  free(m->law[at].text);
  m->law[at] = new;
  return EIS_OK;
}

static eis_status read_law(loader *l, const eisi_ini_entry *e) {
  eis_error inner = EIS_ERROR_INIT;
  size_t offset;
  for (int i = 0; i < l->m->n_laws; i++)
    if (strcmp(l->m->law[i].target, e->key) == 0)
      return fail_key(l, e, "this parameter has a law already");
  eis_status st = check_law(l->m, e->key, e->value, &offset, &inner);
  if (st == EIS_ERROR_MEMORY) return eis_error_set(l->err, st, "%s", inner.text);
  if (st != EIS_OK) {
    if (!find_param(l->m, e->key) && !strchr(e->key, '.')) return fail_key(l, e, inner.text);
    return fail_at(l, e, offset, 1, inner.text);
  }
  st = put_law(l->m, e->key, e->value, l->err);
  if (st != EIS_OK) return st;
  eis_model_law *law = &l->m->law[l->m->n_laws - 1];
  law->line = e->line;
  law->column = e->value_column;
  return EIS_OK;
}

eis_status eis_model_set_law(eis_model *m, const char *assignment, eis_error *err) {
  const char *eq = strchr(assignment, '=');
  eis_error inner = EIS_ERROR_INIT;
  size_t offset, n = eq ? (size_t)(eq - assignment) : 0;
  while (n > 0 && assignment[n - 1] == ' ') n--;
  if (n == 0)
    return eis_error_set(err, EIS_ERROR_USAGE,
                         "'%s' is no law: expected 'R_b = arrhenius' or "
                         "'R_b.Ea = 0.3/0/1'",
                         assignment);
  char *target = eisi_strndup(assignment, n, err);
  if (!target) return EIS_ERROR_MEMORY;
  const char *text = eq + 1 + strspn(eq + 1, " ");
  eis_status st = check_law(m, target, text, &offset, &inner);
  if (st != EIS_OK)
    st = eis_error_set(err, st == EIS_ERROR_MEMORY ? st : EIS_ERROR_USAGE, "law '%s': %s",
                       assignment, inner.text);
  else
    st = put_law(m, target, text, err);
  free(target);
  return st;
}

/* ---- the file ---- */

typedef struct section_rule {
  const char *section;
  bool prefix;
  eis_status (*read)(loader *l, const eisi_ini_entry *e);
} section_rule;

/* Circuits first: roles and parameters refer to them wherever they stand in the file. */
static const section_rule rules[] = {{"model", false, read_model_key},
                                     {"variant", true, read_variant_key},
                                     {"roles", false, read_role},
                                     {"parameters", false, read_param},
                                     {"joint", false, read_law}};
enum { N_RULES = sizeof rules / sizeof rules[0] };

static const section_rule *rule_of(const char *section) {
  for (size_t i = 0; i < N_RULES; i++) {
    const size_t n = strlen(rules[i].section);
    if (strncmp(section, rules[i].section, n) != 0) continue;
    if (section[n] == 0 || (rules[i].prefix && section[n] == ' ')) return &rules[i];
  }
  return NULL;
}

static eis_status check_sections(loader *l, const eisi_ini *ini) {
  for (size_t i = 0; i < ini->n; i++) {
    if (rule_of(ini->at[i].section)) continue;
    eisi_text t = {0};
    eisi_text_addf(&t,
                   "unknown section '[%s]' above this line: expected [model], [variant NAME], "
                   "[roles], [parameters] or [joint]",
                   ini->at[i].section);
    const eis_status st = fail_key(l, &ini->at[i], t.s ? t.s : "unknown section");
    eisi_text_clear(&t);
    return st;
  }
  return EIS_OK;
}

static eis_status check_complete(loader *l) {
  const char *missing = !l->m->name ? "name" : !l->m->title ? "title" : NULL;
  if (!l->m->variant[0].circuit) missing = "circuit";
  if (missing)
    return eis_error_at(l->err, EIS_ERROR_INPUT, l->source, 0, 0,
                        "the model has no '%s': add '%s = ...' to its [model] section", missing,
                        missing);
  for (int i = 1; i < l->m->n_variants; i++)
    if (!l->m->variant[i].circuit)
      return eis_error_at(l->err, EIS_ERROR_INPUT, l->source, 0, 0,
                          "variant '%s' has no circuit: add 'circuit = ...' to its section",
                          l->m->variant[i].name);
  return EIS_OK;
}

static eis_status read_rule(loader *l, const eisi_ini *ini, const section_rule *rule) {
  eis_status st = EIS_OK;
  for (size_t i = 0; i < ini->n && st == EIS_OK; i++)
    if (rule_of(ini->at[i].section) == rule) st = rule->read(l, &ini->at[i]);
  return st;
}

/* What a file may leave out. */
static eis_status fill_gaps(loader *l) {
  eis_model *m = l->m;
  char **const texts[] = {&m->reference, &m->when};
  for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
    if (!*texts[i] && !(*texts[i] = eisi_strdup("", l->err))) return EIS_ERROR_MEMORY;
  if (!m->variant[0].name && !(m->variant[0].name = eisi_strdup("full", l->err)))
    return EIS_ERROR_MEMORY;
  for (int i = 0; i < m->n_variants; i++)
    if (!m->variant[i].doc && !(m->variant[i].doc = eisi_strdup(i ? "" : m->when, l->err)))
      return EIS_ERROR_MEMORY;
  if (!m->auto_inductance || eis_model_role_of(m, "L_hf")) return EIS_OK;
  return add_role(m, "L_hf", eisi_strdup("inductance", l->err),
                  eisi_strdup("leads and cell", l->err), l->err);
}

static eis_status build(loader *l, const eisi_ini *ini) {
  eis_status st = check_sections(l, ini);
  for (size_t k = 0; k < N_RULES && st == EIS_OK; k++) {
    if (k == 2) st = check_complete(l); /* roles and parameters need the circuits */
    if (st == EIS_OK) st = read_rule(l, ini, &rules[k]);
  }
  return st == EIS_OK ? fill_gaps(l) : st;
}

eis_status eis_model_parse(const char *text, const char *source, eis_model **out, eis_error *err) {
  eisi_ini ini = {0};
  loader l = {.source = source, .err = err};
  *out = NULL;
  eis_status st = eisi_ini_parse(text, source, &ini, err);
  if (st != EIS_OK) return st;
  l.m = eisi_new(1, sizeof *l.m, err);
  if (l.m) l.m->variant = eisi_new(1, sizeof *l.m->variant, err);
  if (l.m && l.m->variant) {
    l.m->n_variants = 1;
    st = build(&l, &ini);
  } else {
    st = EIS_ERROR_MEMORY;
  }
  if (st == EIS_OK) {
    l.m->path = eisi_strdup(source, err);
    if (!l.m->path) st = EIS_ERROR_MEMORY;
  }
  eisi_ini_clear(&ini);
  if (st == EIS_OK)
    *out = l.m;
  else
    eis_model_free(l.m);
  return st;
}

/* ---- finding them ---- */

static const eisi_shipped shipped_models = {
    .what = "model", .folder = "models", .ending = ".model", .hint = "", .similar = true};

eis_status eis_model_list(char ***names, eis_error *err) {
  return eisi_shipped_list(&shipped_models, names, err);
}

eis_status eis_model_load(const char *name_or_path, eis_model **out, eis_error *err) {
  char *path = NULL, *text = NULL;
  size_t size;
  *out = NULL;
  eis_status st = eisi_shipped_find(&shipped_models, name_or_path, &path, err);
  if (st == EIS_OK) st = eisi_read_whole(path, 1u << 20, &text, &size, err);
  if (st == EIS_OK && strlen(text) != size)
    st = eis_error_at(err, EIS_ERROR_INPUT, path, 0, 0, "a zero byte: this is no model file");
  if (st == EIS_OK) st = eis_model_parse(text, path, out, err);
  free(text);
  free(path);
  return st;
}
