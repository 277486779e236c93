/* cmd_elements.c - eisfit elements: what circuits are made of. */
#include <string.h>

#include "cli/commands.h"
#include "cli/common.h"
#include "cli/words.h"
#include "report/table.h"

typedef struct elements_settings {
  cli_general general;
  cli_output out;
} elements_settings;

static const cli_group groups[] = {
    {"Output", cli_json_options, offsetof(elements_settings, out)}, {0}};

static eis_status element_json(const eis_element *e, eisi_text *out, eis_error *err) {
  bool failed;
  eisi_json doc = eisi_json_begin(&failed);
  eisi_json_string(doc, "schema", "eisfit.element/1");
  eisi_json_string(doc, "symbol", e->symbol);
  eisi_json_string(doc, "aliases", e->aliases);
  eisi_json_string(doc, "cdc", e->cdc ? e->cdc : e->symbol);
  eisi_json_string(doc, "name", e->name);
  eisi_json_string(doc, "formula", e->formula);
  eisi_json_string(doc, "reference", e->reference);
  eisi_json_bool(doc, "container", e->container);
  eisi_json_bool(doc, "active", e->active);
  eisi_json list = eisi_json_array(doc, "parameters");
  for (int i = 0; i < e->n_params; i++) {
    const eis_param_spec *p = &e->param[i];
    eisi_json o = eisi_json_object(list, NULL);
    eisi_json_string(o, "suffix", p->suffix);
    eisi_json_string(o, "unit", p->unit);
    eisi_json_number(o, "lower", p->lower);
    eisi_json_number(o, "upper", p->upper);
    eisi_json_number(o, "start", p->start);
    eisi_json_bool(o, "fixed", p->fixed);
    eisi_json_string(o, "doc", p->doc);
  }
  return eisi_json_end(doc, out, err);
}

static const eisi_grid_column list_columns[] = {
    {"element", EISI_LEFT}, {"also", EISI_LEFT}, {"cdc", EISI_LEFT},
    {"parameters", EISI_LEFT}, {"name", EISI_LEFT},
};

static eis_status list_row(const eis_element *e, eisi_grid *t, eis_error *err) {
  eisi_text params = {0};
  for (int i = 0; i < e->n_params; i++)
    eisi_text_addf(&params, "%s%s", i ? " " : "",
                   *e->param[i].suffix ? e->param[i].suffix : e->symbol);
  eis_status st = eisi_grid_cell(t, err, "%s%s", e->symbol, e->container ? "{...}" : "");
  if (!st) st = eisi_grid_cell(t, err, "%s", e->aliases);
  if (!st) st = eisi_grid_cell(t, err, "%s", e->cdc ? e->cdc : "");
  if (!st && params.failed) st = eis_error_set(err, EIS_ERROR_MEMORY, "out of memory");
  if (!st) st = eisi_grid_cell(t, err, "%s", params.s ? params.s : "");
  if (!st) st = eisi_grid_cell(t, err, "%s", e->name);
  eisi_text_clear(&params);
  return st;
}

static const eisi_grid_column param_columns[] = {
    {"parameter", EISI_LEFT}, {"unit", EISI_LEFT}, {"from", EISI_RIGHT},
    {"to", EISI_RIGHT},       {"", EISI_LEFT},     {"meaning", EISI_LEFT},
};

static eis_status element_text(const eis_element *e, bool color, eisi_text *out, eis_error *err) {
  eisi_grid t = {param_columns, 6, NULL, 0};
  eis_status st = EIS_OK;
  eisi_text_addf(out, "%s%s%s: %s\n", eisi_style_on(EISI_BOLD, color), e->symbol,
                 eisi_style_off(color), e->name);
  if (*e->aliases) eisi_text_addf(out, "  also       %s\n", e->aliases);
  if (e->cdc) eisi_text_addf(out, "  in CDC     %s\n", e->cdc);
  eisi_wrap(out, "  impedance  ", e->formula, EISI_SCREEN);
  eisi_wrap(out, "  reference  ", e->reference, EISI_SCREEN);
  if (e->container) eisi_text_addf(out, "  takes a circuit in braces: %s{...}\n", e->symbol);
  for (int i = 0; !st && i < e->n_params; i++) {
    const eis_param_spec *p = &e->param[i];
    st = eisi_grid_cell(&t, err, "%s1%s%s", e->symbol, *p->suffix ? "_" : "", p->suffix);
    if (!st) st = eisi_grid_cell(&t, err, "%s", p->unit);
    if (!st) st = eisi_grid_cell(&t, err, "%.3g", p->lower);
    if (!st) st = eisi_grid_cell(&t, err, "%.3g", p->upper);
    if (!st) st = eisi_grid_cell(&t, err, "%s", p->fixed ? "fixed" : "");
    if (!st) st = eisi_grid_cell(&t, err, "%s", p->doc);
  }
  if (!st && e->n_params) eisi_grid_print(&t, 2, color, out);
  eisi_grid_clear(&t);
  return st;
}

static eis_status unknown_element(const char *name, eis_error *err) {
  const char *symbols[256];
  size_t n = 0;
  const eis_element *e;
  while (n < 256 && (e = eis_element_at(n)) != NULL) symbols[n++] = e->symbol;
  int near = eisi_nearest(name, symbols, n);
  if (near >= 0)
    return eis_error_set(err, EIS_ERROR_USAGE, "unknown element '%s'; did you mean '%s'?", name,
                         symbols[near]);
  return eis_error_set(err, EIS_ERROR_USAGE, "unknown element '%s'; 'eisfit elements' lists them",
                       name);
}

static eis_status list_elements(const elements_settings *s, bool color, eisi_text *out,
                                eis_error *err) {
  eisi_grid t = {list_columns, 5, NULL, 0};
  eis_status st = EIS_OK;
  const eis_element *e;
  for (size_t i = 0; !st && (e = eis_element_at(i)) != NULL; i++)
    st = s->out.json ? element_json(e, out, err) : list_row(e, &t, err);
  if (!st && !s->out.json) {
    eisi_grid_print(&t, 0, color, out);
    eisi_text_addf(out, "\n'eisfit elements NAME' shows formula, units, bounds and reference.\n");
  }
  eisi_grid_clear(&t);
  return st;
}

static int run(void *settings, int n, char **operand) {
  elements_settings *s = settings;
  eis_error err = EIS_ERROR_INIT;
  eisi_text out = {0};
  bool color = !s->out.path && cli_color(&s->general, stdout);
  eis_status st = n ? EIS_OK : list_elements(s, color, &out, &err);
  for (int i = 0; !st && i < n; i++) {
    const eis_element *e = eis_element_find(operand[i], strlen(operand[i]));
    if (out.n && !s->out.json) eisi_text_addf(&out, "\n");
    st = !e            ? unknown_element(operand[i], &err)
         : s->out.json ? element_json(e, &out, &err)
                       : element_text(e, color, &out, &err);
  }
  if (!st) return cli_put(&s->general, s->out.path, &out);
  eisi_text_clear(&out);
  return cli_fail(&s->general, &err);
}

const cli_command cli_cmd_elements = {
    .name = "elements",
    .operands = "[NAME...]",
    .summary = "circuit elements with formula, parameters, units and references",
    .examples = "eisfit elements\neisfit elements CPE Wo\neisfit elements --json",
    .words = cli_words_elements,
    .groups = groups,
    .settings_size = sizeof(elements_settings),
    .run = run,
};
