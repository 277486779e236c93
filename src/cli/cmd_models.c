/* cmd_models.c - eisfit models: what there is to fit. */
#include <stdlib.h>

#include "cli/commands.h"
#include "cli/common.h"
#include "cli/words.h"
#include "report/shown.h"
#include "report/table.h"

typedef struct models_settings {
  cli_general general;
  cli_output out;
} models_settings;

static const cli_group groups[] = {
    {"Output", cli_json_options, offsetof(models_settings, out)}, {0}};

static void put_parameters(const eis_circuit *c, eisi_json in) {
  eisi_json list = eisi_json_array(in, "parameters");
  for (int i = 0; i < c->n_params; i++) {
    const eis_param *p = &c->param[i];
    eisi_json o = eisi_json_object(list, NULL);
    eisi_json_string(o, "name", p->name);
    eisi_json_string(o, "unit", p->spec->unit);
    eisi_json_number(o, "lower", p->lower);
    eisi_json_number(o, "upper", p->upper);
    eisi_json_number(o, "value", p->value);
    eisi_json_bool(o, "fixed", p->fixed);
    eisi_json_string(o, "doc", p->spec->doc);
  }
}

static eis_status model_json(const eis_model *m, eisi_text *out, eis_error *err) {
  bool failed;
  eisi_json doc = eisi_json_begin(&failed);
  eisi_json_string(doc, "schema", "eisfit.model/1");
  eisi_json_string(doc, "name", m->name);
  eisi_json_string(doc, "title", m->title);
  eisi_json_string(doc, "when", m->when);
  eisi_json_string(doc, "reference", m->reference);
  eisi_json_string(doc, "path", m->path);
  eisi_json_bool(doc, "auto_inductance", m->auto_inductance);
  eisi_json list = eisi_json_array(doc, "variants");
  for (int i = 0; i < m->n_variants; i++) {
    eisi_json v = eisi_json_object(list, NULL);
    char *circuit = eisi_circuit_text(m->variant[i].circuit);
    *v.failed |= !circuit;
    eisi_json_string(v, "name", m->variant[i].name);
    eisi_json_string(v, "circuit", circuit);
    eisi_json_string(v, "doc", m->variant[i].doc);
    put_parameters(m->variant[i].circuit, v);
    free(circuit);
  }
  list = eisi_json_array(doc, "roles");
  for (int i = 0; i < m->n_roles; i++) {
    eisi_json r = eisi_json_object(list, NULL);
    eisi_json_string(r, "element", m->role[i].element);
    eisi_json_string(r, "role", m->role[i].role);
    eisi_json_string(r, "doc", m->role[i].doc);
  }
  return eisi_json_end(doc, out, err);
}

static const eisi_grid_column param_columns[] = {
    {"parameter", EISI_LEFT}, {"from", EISI_RIGHT}, {"to", EISI_RIGHT},
    {"unit", EISI_LEFT},      {"note", EISI_LEFT},  {"meaning", EISI_LEFT},
};

static eis_status parameter_table(const eis_circuit *c, bool color, eisi_text *out,
                                  eis_error *err) {
  eisi_grid t = {param_columns, 6, NULL, 0};
  eis_status st = EIS_OK;
  for (int i = 0; !st && i < c->n_params; i++) {
    const eis_param *p = &c->param[i];
    st = eisi_grid_cell(&t, err, "%s", p->name);
    if (!st) st = eisi_grid_cell(&t, err, "%.3g", p->lower);
    if (!st) st = eisi_grid_cell(&t, err, "%.3g", p->upper);
    if (!st) st = eisi_grid_cell(&t, err, "%s", p->spec->unit);
    if (!st && p->tie >= 0)
      st = eisi_grid_cell(&t, err, "= %.3g × %s", p->tie_factor, c->param[p->tie].name);
    else if (!st && p->fixed && p->value == p->value)
      st = eisi_grid_cell(&t, err, "fixed at %g", p->value);
    else if (!st)
      st = eisi_grid_cell(&t, err, "%s", p->fixed ? "fixed" : "");
    if (!st) st = eisi_grid_cell(&t, err, "%s", p->spec->doc);
  }
  if (!st) eisi_grid_print(&t, 2, color, out);
  eisi_grid_clear(&t);
  return st;
}

static void wrapped(eisi_text *out, const char *lead, const char *text) {
  if (text && *text) eisi_wrap(out, lead, text, EISI_SCREEN);
}

static eis_status model_text(const eis_model *m, bool color, eisi_text *out, eis_error *err) {
  eisi_text_addf(out, "%s%s%s", eisi_style_on(EISI_BOLD, color), m->name, eisi_style_off(color));
  wrapped(out, ": ", m->title);
  wrapped(out, "  when       ", m->when);
  wrapped(out, "  reference  ", m->reference);
  wrapped(out, "  file       ", m->path);
  if (m->auto_inductance)
    wrapped(out, "  inductance ", "L_hf is put in front when the high-frequency end is inductive");
  for (int i = 0; i < m->n_variants; i++) {
    char *circuit = eisi_circuit_text(m->variant[i].circuit);
    out->failed |= !circuit;
    eisi_text_addf(out, "\n  variant %s%s%s: %s\n", eisi_style_on(EISI_BOLD, color),
                   m->variant[i].name, eisi_style_off(color), circuit ? circuit : "?");
    free(circuit);
    wrapped(out, "    ", m->variant[i].doc);
  }
  eisi_text_addf(out, "\n");
  for (int i = 0; i < m->n_roles; i++) {
    eisi_text_addf(out, "  %-10s %-12s", m->role[i].element, m->role[i].role);
    wrapped(out, " ", m->role[i].doc ? m->role[i].doc : "-");
    if (!m->role[i].doc || !*m->role[i].doc) eisi_text_addf(out, "\n");
  }
  if (m->n_roles) eisi_text_addf(out, "\n");
  return parameter_table(m->variant[0].circuit, color, out, err);
}

static eis_status show_model(const models_settings *s, const char *name, bool brief, eisi_text *out,
                             eis_error *err) {
  eis_model *m = NULL;
  eis_status st = eis_model_load(name, &m, err);
  if (st) return st;
  if (s->out.json) {
    st = model_json(m, out, err);
  } else if (brief) {
    eisi_text lead = {0};
    eisi_text_addf(&lead, "  %-22s ", m->name);
    eisi_wrap(out, eisi_text_part(out, &lead), m->title ? m->title : "", EISI_SCREEN);
    eisi_text_clear(&lead);
  } else {
    if (out->n) eisi_text_addf(out, "\n");
    st = model_text(m, !s->out.path && cli_color(&s->general, stdout), out, err);
  }
  eis_model_free(m);
  return st;
}

/* An installation that lost its models must not look like one that has none to offer. */
static eis_status no_models(eis_error *err) {
  char **dirs = NULL;
  eisi_text list = {0};
  eis_status st = eisi_data_dirs(&dirs, err);
  for (size_t i = 0; !st && dirs[i]; i++) {
    eisi_text_addf(&list, "%s'%s/models'", i ? ", " : "", dirs[i]);
    free(dirs[i]);
  }
  free(dirs);
  if (!st)
    st = eis_error_set(err, EIS_ERROR_INPUT,
                       "there are no models in %s; set EISFIT_DATADIR to the directory that has "
                       "models/ in it",
                       list.s ? list.s : "?");
  eisi_text_clear(&list);
  return st;
}

static eis_status list_models(const models_settings *s, eisi_text *out, eis_error *err) {
  char **names = NULL;
  eis_status st = eis_model_list(&names, err);
  if (!st && !(names && names[0])) st = no_models(err);
  for (size_t i = 0; !st && names && names[i]; i++) st = show_model(s, names[i], true, out, err);
  if (!st && !s->out.json)
    eisi_text_addf(out, "\n'eisfit models NAME' shows circuit, parameters and references.\n");
  for (size_t i = 0; names && names[i]; i++) free(names[i]);
  free(names);
  return st;
}

static int run(void *settings, int n, char **operand) {
  models_settings *s = settings;
  eis_error err = EIS_ERROR_INIT;
  eisi_text out = {0};
  eis_status st = n ? EIS_OK : list_models(s, &out, &err);
  for (int i = 0; !st && i < n; i++) st = show_model(s, operand[i], false, &out, &err);
  if (!st) return cli_put(&s->general, s->out.path, &out);
  eisi_text_clear(&out);
  return cli_fail(&s->general, &err);
}

const cli_command cli_cmd_models = {
    .name = "models",
    .operands = "[NAME...]",
    .summary = "named models, or one of them in detail",
    .examples = "eisfit models\neisfit models scl-randles\neisfit models --json",
    .words = cli_words_models,
    .groups = groups,
    .settings_size = sizeof(models_settings),
    .run = run,
};
