/* cmd_fit.c - eisfit fit: parameters with uncertainties from spectra and models. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/common.h"

typedef struct fit_settings {
  cli_general general;
  cli_input in;
  cli_models models;
  cli_output out;
  int weight, loss, ci;
  const char *optimizer, *electrolyte, *material, *max_time;
  int starts, bootstrap, threads;
  uint64_t seed;
  bool kk;
} fit_settings;

static const char *const weight_names[] = {
    [EIS_WEIGHT_MODULUS] = "modulus",           [EIS_WEIGHT_UNIT] = "unit",
    [EIS_WEIGHT_PROPORTIONAL] = "proportional", [EIS_WEIGHT_SIGMA] = "sigma",
    [EIS_WEIGHT_ERROR_MODEL] = "error-model",   NULL,
};
static const char *const loss_names[] = {
    [EIS_LOSS_SQUARE] = "square",   [EIS_LOSS_HUBER] = "huber",
    [EIS_LOSS_SOFT_L1] = "soft-l1", [EIS_LOSS_CAUCHY] = "cauchy", NULL,
};
static const char *const ci_names[] = {
    [EIS_CI_COV] = "cov", [EIS_CI_PROFILE] = "profile", [EIS_CI_BOOTSTRAP] = "bootstrap", NULL,
};

#define MODEL(member) offsetof(cli_models, member)
const cli_option cli_model_options[] = {
    {.name = "model", .letter = 'm', .arg = "NAME", .kind = CLI_LIST, .at = MODEL(model),
     .help = "named model or .model file (see 'eisfit models'); several by comma or repetition"},
    {.name = "circuit", .letter = 'c', .arg = "STRING", .kind = CLI_LIST, .at = MODEL(circuit),
     .help = "circuit, R0-p(R1,CPE1)-Wo1 or R(RQ)W; may be repeated"},
    {.name = "variant", .arg = "NAME", .kind = CLI_TEXT, .at = MODEL(variant),
     .help = "only this variant of the model; otherwise the one with the lowest BIC"},
    {.name = "set", .arg = "P=V", .kind = CLI_LIST, .at = MODEL(set),
     .help = "value (in a fit: start value) of a parameter, R1=10 or CPE1_Q=10u"},
    {.name = "fix", .arg = "P[=V]", .kind = CLI_LIST, .at = MODEL(fix),
     .help = "hold a parameter, R0 or R0=10"},
    {.name = "bound", .arg = "P=L:U", .kind = CLI_LIST, .at = MODEL(bound),
     .help = "bounds of a parameter, R1=1:100 or R1=:100"},
    {.name = "tie", .arg = "P=F*Q", .kind = CLI_LIST, .at = MODEL(tie),
     .help = "a parameter follows another, C2=C1 or R2=2*R1"},
    {0},
};

#define AT(member) offsetof(fit_settings, member)
static const cli_option fit_options[] = {
    {.name = "weight", .letter = 'w', .kind = CLI_CHOICE, .at = AT(weight),
     .choices = weight_names, .help = "weights of the residuals"},
    {.name = "loss", .kind = CLI_CHOICE, .at = AT(loss), .choices = loss_names,
     .help = "loss function; all but square bear outliers"},
    {.name = "optimizer", .arg = "NAME", .kind = CLI_TEXT, .at = AT(optimizer),
     .help = "auto, lm (one start only) or nlopt:NAME; 'list' shows the names"},
    {.name = "starts", .arg = "N", .kind = CLI_INT, .at = AT(starts), .low = 0, .high = 1e6,
     .help = "most local fits of the global search, 0 = as many as needed"},
    {.name = "seed", .arg = "N", .kind = CLI_SEED, .at = AT(seed),
     .help = "seed of everything random"},
    {.name = "ci", .kind = CLI_CHOICE, .at = AT(ci), .choices = ci_names,
     .help = "how the 95 % intervals are made"},
    {.name = "bootstrap", .arg = "N", .kind = CLI_INT, .at = AT(bootstrap), .low = 10, .high = 1e6,
     .help = "replicates for --ci bootstrap"},
    {.name = "max-time", .arg = "TIME", .kind = CLI_TEXT, .at = AT(max_time),
     .help = "stop one fit after this time, 30 or '2 min'; the best so far is reported"},
    {.name = "electrolyte", .arg = "NAME", .kind = CLI_TEXT, .at = AT(electrolyte),
     .help = "solid electrolyte of the material table, for space-charge quantities (LPSCl)"},
    {.name = "material", .arg = "LIST", .kind = CLI_TEXT, .at = AT(material),
     .help = "material data, eps_r=20,n0=1e27,nu=0.1,sigma=0.2 S/m"},
    {.name = "no-kk", .kind = CLI_FLAG_OFF, .at = AT(kk),
     .help = "no Kramers-Kronig test before the fit"},
    {.name = "threads", .letter = 'j', .arg = "N", .kind = CLI_INT, .at = AT(threads), .low = 0,
     .high = 1024, .help = "spectra fitted at the same time, 0 = one per processor"},
    {0},
};

static const cli_group groups[] = {
    {"Model", cli_model_options, AT(models)}, {"Fit", fit_options, 0},
    {"Input", cli_input_options, AT(in)},     {"Output", cli_table_options, AT(out)},
    {"Figures", cli_figure_options, AT(out)}, {"Report", cli_report_options, AT(out)},
    {0},
};

static void defaults(void *settings) {
  fit_settings *s = settings;
  eis_fit_options o = eis_fit_options_default();
  cli_input_defaults(&s->in);
  s->weight = (int)o.weighting;
  s->loss = (int)o.loss;
  s->ci = (int)o.ci;
  s->optimizer = o.optimizer;
  s->starts = o.starts;
  s->bootstrap = o.bootstrap;
  s->seed = o.seed;
  s->kk = true;
}

typedef struct fit_context {
  const fit_settings *set;
  eisi_candidates candidates;
  eisi_fitset_options options;
  eis_material material;
  bool have_material;
  eisi_csv_keys keys;
} fit_context;

typedef struct fit_outcome {
  eisi_fitset set;
  eisi_fitset_options options; /* with the conditions of this spectrum */
} fit_outcome;

/* "30" are seconds. */
static eis_status parse_max_time(const char *text, double *out, eis_error *err) {
  size_t n = strlen(text);
  if (eisi_parse_double(text, n, '.', out) != n || !n) {
    eis_error why = EIS_ERROR_INIT;
    if (eisi_parse_quantity(text, EISI_TIME, out, &why))
      return eis_error_set(err, EIS_ERROR_USAGE, "option '--max-time': %s", why.text);
  }
  if (*out > 0) return EIS_OK;
  return eis_error_set(err, EIS_ERROR_USAGE, "option '--max-time': '%s' is not above zero", text);
}

static eis_status load_material(fit_context *c, eis_error *err) {
  const fit_settings *s = c->set;
  if (!s->electrolyte && !s->material) return EIS_OK;
  c->material = (eis_material){.name = "custom", .eps_r = NAN, .n0 = NAN, .nu = NAN, .sigma = NAN,
                               .T_ref = NAN, .Ea_eV = NAN, .source = "given by --material"};
  eis_status st = EIS_OK;
  if (s->electrolyte) st = eis_material_load(s->electrolyte, &c->material, err);
  if (!st && s->material) st = eis_material_set(&c->material, s->material, err);
  c->options.material = &c->material;
  return st;
}

static eis_status prepare(fit_context *c, eis_error *err) {
  const fit_settings *s = c->set;
  eis_fit_options *o = &c->options.fit;
  *o = eis_fit_options_default();
  o->weighting = (eis_weighting)s->weight;
  o->loss = (eis_loss)s->loss;
  o->ci = (eis_ci)s->ci;
  o->optimizer = s->optimizer;
  o->starts = s->starts;
  o->bootstrap = s->bootstrap;
  o->seed = s->seed;
  o->kk = s->kk;
  eis_status st = s->max_time ? parse_max_time(s->max_time, &o->max_time_s, err) : EIS_OK;
  if (!st) st = cli_output_check(&s->out, err);
  if (!st) st = cli_candidates(&s->models, "fit", &c->candidates, err);
  return st ? st : load_material(c, err);
}

static eisi_fit_view view_of(const fit_context *c, const eis_spectrum *s, const fit_outcome *f) {
  bool color = !c->set->out.path && cli_color(&c->set->general, stdout);
  return (eisi_fit_view){s, &f->set, &f->options, color, c->set->general.verbose};
}

static void free_outcome(void *result) {
  fit_outcome *f = result;
  eisi_fitset_clear(&f->set);
  free(f);
}

static eis_status work(void *ctx, const eis_spectrum *s, eisi_text *out, void **result,
                       eisi_judgement *judgement, eis_error *err) {
  const fit_context *c = ctx;
  fit_outcome *f = eisi_new(1, sizeof *f, err);
  if (!f) return EIS_ERROR_MEMORY;
  *result = f;
  f->options = c->options;
  f->options.cond = cli_conditions(&c->set->in, s);
  eis_status st = eisi_fitset_run(s, &c->candidates, &f->options, &f->set, err);
  if (st) return st;
  *judgement = eisi_fit_judgement(&f->set.at[f->set.best].fit);
  eisi_fit_view v = view_of(c, s, f);
  if (c->set->out.json) return eisi_json_fit_line(&v, out, err);
  if (!c->set->out.csv) return eisi_text_fit(&v, out, err);
  eisi_csv_fit_rows(&v, &c->keys, out);
  return EIS_OK;
}

static eis_status begin_csv(void *ctx, const eis_spectrum *const *s, size_t n, eisi_text *out,
                            eis_error *err) {
  fit_context *c = ctx;
  for (size_t i = 0; i < n; i++) {
    eis_status st = eisi_csv_collect(&c->keys, s[i], err);
    if (st) return st;
  }
  eisi_csv_fit_header(&c->keys, out);
  return EIS_OK;
}

static eis_status write_page(const fit_context *c, const eisi_fit_view *v, const eisi_plot *plot,
                             int number, eis_error *err) {
  char *path = NULL, *svg = NULL;
  eisi_text page = {0};
  eis_status st = cli_draw_svg(plot, &svg, err);
  if (!st) st = eisi_html_fit(v, svg, &page, err);
  if (!st) st = cli_numbered(c->set->out.report, number, &path, err);
  if (!st) st = cli_write_file(path, page.s, page.n, err);
  if (!st) cli_say(&c->set->general, "report: %s", path);
  eisi_text_clear(&page);
  free(svg);
  free(path);
  return st;
}

static eis_status deliver(void *ctx, const eis_spectrum *s, void *result, int number,
                          eis_error *err) {
  const fit_context *c = ctx;
  const fit_outcome *f = result;
  const cli_output *o = &c->set->out;
  if (!o->plot && !o->keep_script && !o->report) return EIS_OK;
  eisi_plot plot = {0};
  eis_status st = eisi_plot_fit(s, &f->set, f->options.cond.area_m2, &plot, err);
  if (!st) st = cli_draw(&c->set->general, o, &plot, number, err);
  if (!st && o->report) {
    eisi_fit_view v = view_of(c, s, f);
    st = write_page(c, &v, &plot, number, err);
  }
  eisi_plot_clear(&plot);
  return st;
}

/* --optimizer list */
static int list_optimizers(const fit_settings *s) {
  eisi_text out = {0};
  eisi_text_addf(&out, "%-24s %s\n%-24s %s\n", "auto",
                 "starts from the data, Levenberg-Marquardt, NLopt where fits disagree", "lm",
                 "Levenberg-Marquardt from the given values, or typical ones");
  for (size_t i = 0; eis_fit_optimizer_at(i); i++)
    eisi_text_addf(&out, "nlopt:%-18s %s\n", eis_fit_optimizer_at(i),
                   eis_fit_optimizer_doc(eis_fit_optimizer_at(i)));
  return cli_put(&s->general, NULL, &out);
}

static int run(void *settings, int n, char **operand) {
  fit_settings *s = settings;
  if (s->optimizer && strcmp(s->optimizer, "list") == 0) return list_optimizers(s);
  fit_context c = {.set = s};
  eis_error err = EIS_ERROR_INIT;
  int code;
  if (n == 0)
    eis_error_set(&err, EIS_ERROR_USAGE, "fit needs at least one file; '-' is standard input");
  else
    prepare(&c, &err);
  if (err.code) {
    code = cli_fail(&s->general, &err);
  } else {
    cli_batch b = {.general = &s->general, .input = &s->in, .output = &s->out,
                   .threads = s->threads, .shows_reader = true, .read_all = s->out.csv, .ctx = &c,
                   .begin = s->out.csv ? begin_csv : NULL, .work = work, .deliver = deliver,
                   .free_result = free_outcome};
    code = cli_batch_run(&b, n, operand);
  }
  eisi_candidates_clear(&c.candidates);
  eisi_csv_keys_clear(&c.keys);
  return code;
}

const cli_command cli_cmd_fit = {
    .name = "fit",
    .operands = "FILE...",
    .summary = "fit models or circuits to spectra",
    .about =
        "Fits every model and circuit that is named to every spectrum; '-' is standard input. No "
        "start values are needed. Several are compared by BIC and AICc. A model with variants is "
        "represented by the variant with the lowest BIC.",
    .examples = "eisfit fit cell.mpt --circuit 'R0-p(R1,CPE1)-Wo1'\n"
                "eisfit fit cell.csv --model scl-randles --electrolyte LPSCl --area '0.785 cm2'\n"
                "eisfit fit *.csv -c 'R0-p(R1,C1)' -c 'R0-p(R1,CPE1)' --csv -o table.csv\n"
                "eisfit fit cell.csv -c 'R0-p(R1,CPE1)' --fix R0=10 --bound CPE1_alpha=0.7:1 "
                "--json",
    .groups = groups,
    .settings_size = sizeof(fit_settings),
    .defaults = defaults,
    .run = run,
};
