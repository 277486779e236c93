/* cmd_fit.c - eisfit fit: parameters with uncertainties from spectra and models. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/common.h"

typedef struct fit_settings {
  cli_general general;
  cli_input in;
  cli_models models;
  cli_output out;
  cli_fitting fit;
  const char *cathode;
  int threads;
  bool kk;
} fit_settings;

#define AT(member) offsetof(fit_settings, member)
static const cli_option more_options[] = {
    {.name = "no-kk", .kind = CLI_FLAG_OFF, .at = AT(kk),
     .help = "no Kramers-Kronig test before the fit"},
    {.name = "cathode", .arg = "LIST", .kind = CLI_TEXT, .at = AT(cathode),
     .help = "thickness and effective ionic conductivity of a composite cathode, 'thickness=50 um,sigma=0.1 mS/cm': how far "
             "a simple arc overstates the resistance of its interface"},
    {.name = "threads", .letter = 'j', .arg = "N", .kind = CLI_INT, .at = AT(threads), .low = 0,
     .high = 1024, .help = "spectra fitted at the same time, 0 = one per processor"},
    {0},
};

static const cli_group groups[] = {
    {"Model", cli_model_options, AT(models)}, {"Fit", cli_fitting_options, AT(fit)},
    {"Run", more_options, 0},
    {"Input", cli_input_options, AT(in)},     {"Output", cli_table_options, AT(out)},
    {"Figures", cli_figure_options, AT(out)}, {"Report", cli_report_options, AT(out)},
    {0},
};

static void defaults(void *settings) {
  fit_settings *s = settings;
  cli_input_defaults(&s->in);
  cli_fitting_defaults(&s->fit);
  s->kk = true;
}

typedef struct fit_context {
  const fit_settings *set;
  eisi_candidates candidates;
  eisi_fitset_options options;
  eis_material material;
  double cathode_ohm_m2;
  eisi_csv_keys keys;
} fit_context;

typedef struct fit_outcome {
  eisi_fitset set;
  eisi_fitset_options options; /* with the conditions of this spectrum */
} fit_outcome;

/* "thickness=50 um,sigma=0.1 mS/cm" as ohm m^2. */
static eis_status read_cathode(const char *text, double *out, eis_error *err) {
  eis_material m = {.eps_r = NAN, .n0 = NAN, .nu = NAN, .sigma = NAN, .T_ref = NAN, .Ea_eV = NAN};
  double thickness = NAN;
  eis_status st = EIS_OK;
  for (const char *s = text; !st && *s;) {
    const size_t n = strcspn(s, ",");
    char one[128];
    snprintf(one, sizeof one, "%.*s", (int)n, s);
    st = strncmp(one, "thickness=", 10) == 0
             ? eisi_parse_quantity(one + 10, EISI_LENGTH, &thickness, err)
             : eis_material_set(&m, one, err);
    s += n + (s[n] == ',');
  }
  if (st) return st;
  const bool other =
      !isnan(m.eps_r) || !isnan(m.n0) || !isnan(m.nu) || !isnan(m.T_ref) || !isnan(m.Ea_eV);
  if (isnan(m.sigma) || isnan(thickness) || other)
    return eis_error_set(err, EIS_ERROR_USAGE,
                         "--cathode '%s': expected thickness and effective ionic conductivity, "
                         "'thickness=50 um,sigma=0.1 mS/cm'",
                         text);
  *out = thickness / m.sigma;
  return EIS_OK;
}

static eis_status prepare(fit_context *c, eis_error *err) {
  const fit_settings *s = c->set;
  eis_status st = cli_fit_options(&s->fit, &c->options.fit, err);
  c->options.fit.kk = s->kk;
  if (!st) st = cli_output_check(&s->out, err);
  if (!st && s->cathode) st = read_cathode(s->cathode, &c->cathode_ohm_m2, err);
  if (!st) st = cli_candidates(&s->models, "fit", &c->candidates, err);
  return st ? st : cli_material(&s->fit, &c->material, &c->options.material, err);
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
  f->options.cond.cathode_ohm_m2 = c->cathode_ohm_m2;
  eis_status st = eisi_fitset_run(s, &c->candidates, &f->options, &f->set, err);
  if (st) return st;
  *judgement = eisi_fit_judgement(&f->set.at[f->set.best].fit);
  eisi_fit_view v = view_of(c, s, f);
  if (c->set->out.json) return eisi_json_fit_line(&v, out, err);
  if (!c->set->out.csv) return eisi_text_fit(&v, out, err);
  eisi_csv_fit_rows(&v, &c->keys, out);
  return EIS_OK;
}

static void begin_csv(void *ctx, eisi_text *out) {
  const fit_context *c = ctx;
  eisi_csv_fit_header(&c->keys, out);
}

static eis_status page(const void *view, const char *svg, eisi_text *out, eis_error *err) {
  return eisi_html_fit(view, svg, out, err);
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
    st = cli_write_page(&c->set->general, o, &plot, page, &v, number, err);
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
  if (s->fit.optimizer && strcmp(s->fit.optimizer, "list") == 0) return list_optimizers(s);
  fit_context c = {.set = s, .cathode_ohm_m2 = NAN};
  eis_error err = EIS_ERROR_INIT;
  int code;
  if (!cli_need_files("fit", n, &err)) prepare(&c, &err);
  if (err.code) {
    code = cli_fail(&s->general, &err);
  } else {
    cli_batch b = {.general = &s->general, .input = &s->in, .output = &s->out,
                   .threads = s->threads, .shows_reader = true, .ctx = &c,
                   .keys = s->out.csv ? &c.keys : NULL,
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
