/* cmd_simulate.c - eisfit simulate: spectra from a circuit or model, with noise and drift. */
#include <eisfit/simulate.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/common.h"

typedef struct simulate_settings {
  cli_general general;
  cli_models models;
  cli_output out;
  eis_simulate_options opt;
  int noise_kind, repeat;
} simulate_settings;

static const char *const noise_names[] = {
    [EIS_NOISE_NONE] = "none", [EIS_NOISE_MODULUS] = "modulus",
    [EIS_NOISE_COMPONENT] = "component", [EIS_NOISE_ABSOLUTE] = "absolute", NULL,
};

#define AT(member) offsetof(simulate_settings, member)
static const cli_option simulate_options[] = {
    {.name = "fmin", .arg = "FREQ", .kind = CLI_QUANTITY, .quantity = EISI_FREQUENCY,
     .at = AT(opt.fmin_hz), .help = "lowest frequency"},
    {.name = "fmax", .arg = "FREQ", .kind = CLI_QUANTITY, .quantity = EISI_FREQUENCY,
     .at = AT(opt.fmax_hz), .help = "highest frequency"},
    {.name = "per-decade", .arg = "N", .kind = CLI_NUMBER, .at = AT(opt.points_per_decade),
     .low = 0.01, .high = 1e5, .help = "points per decade"},
    {.name = "noise", .arg = "LEVEL", .kind = CLI_NUMBER, .at = AT(opt.noise_level), .low = 0,
     .high = INFINITY, .help = "standard deviation of the noise, per cent (or ohm when absolute)"},
    {.name = "noise-kind", .kind = CLI_CHOICE, .at = AT(noise_kind), .choices = noise_names,
     .help = "what the noise is relative to: |Z|, each part by itself, or nothing (ohm)"},
    {.name = "drift", .arg = "PERCENT", .kind = CLI_NUMBER, .at = AT(opt.drift_percent),
     .help = "change during the sweep, per cent"},
    {.name = "drift-param", .arg = "P", .kind = CLI_TEXT, .at = AT(opt.drift_param),
     .help = "the parameter that drifts; the whole impedance otherwise"},
    {.name = "seed", .arg = "N", .kind = CLI_SEED, .at = AT(opt.seed), .help = "seed of the noise"},
    {.name = "repeat", .arg = "N", .kind = CLI_INT, .at = AT(repeat), .low = 1, .high = 1e6,
     .help = "number of spectra, each with noise of its own"},
    {0},
};
static const cli_group groups[] = {
    {"Model", cli_model_options, AT(models)}, {"Simulation", simulate_options, 0},
    {"Output", cli_table_options, AT(out)},   {"Figures", cli_figure_options, AT(out)},
    {0},
};

static void defaults(void *settings) {
  simulate_settings *s = settings;
  s->opt = eis_simulate_options_default();
  s->noise_kind = EIS_NOISE_MODULUS;
  s->repeat = 1;
}

/* One circuit: the only one that was named, of a model its first variant. */
static eis_status choose(const eisi_candidates *list, const eis_circuit **c, eis_error *err) {
  if (list->n != 1)
    return eis_error_set(err, EIS_ERROR_USAGE,
                         "simulate takes one model or circuit, but %zu were given", list->n);
  *c = list->at[0].variant[0].plain;
  return EIS_OK;
}

/* Values that nobody gave are the typical ones, and that is said. */
static eis_status values(const simulate_settings *s, const eis_circuit *c, double **out,
                         eis_error *err) {
  double *p = eisi_new((size_t)c->n_params, sizeof *p, err);
  eisi_text missing = {0};
  if (!p) return EIS_ERROR_MEMORY;
  for (int i = 0; i < c->n_params; i++) {
    const eis_param *q = &c->param[i];
    p[i] = isnan(q->value) ? q->spec->start : q->value;
    if (isnan(q->value) && q->tie < 0)
      eisi_text_addf(&missing, "%s%s=%g", missing.n ? "," : "", q->name, q->spec->start);
  }
  const eis_status st = eisi_text_state(&missing, err);
  if (!st && missing.n)
    cli_say(&s->general, "typical values are used for what has none: --set %s", missing.s);
  eisi_text_clear(&missing);
  if (st)
    free(p);
  else
    *out = p;
  return st;
}

static eis_status print_one(const simulate_settings *s, const eis_spectrum *z, eisi_text *out,
                            eis_error *err) {
  char *text = NULL;
  if (s->out.json) return eisi_json_spectrum_line(z, "eisfit.spectrum/1", out, err);
  eis_status st = eis_spectrum_print_csv(z, &text, err);
  if (!st) eisi_text_addf(out, "%s%s", out->n ? "\n" : "", text);
  free(text);
  return st;
}

static eis_status simulate_one(const simulate_settings *s, const eis_circuit *c, const double *p,
                               int k, eisi_text *out, eis_error *err) {
  eis_simulate_options opt = s->opt;
  eis_spectrum z = {0};
  eisi_plot plot = {0};
  opt.noise = opt.noise_level > 0 ? (eis_noise)s->noise_kind : EIS_NOISE_NONE;
  opt.stream = (uint64_t)k;
  eis_status st = eis_simulate_run(c, p, &opt, &z, err);
  if (!st && s->repeat > 1) {
    z.sweep = k + 1;
    z.n_sweeps = s->repeat;
  }
  if (!st) st = print_one(s, &z, out, err);
  if (!st && (s->out.plot || s->out.keep_script)) {
    st = eisi_plot_spectrum(&z, &plot, err);
    if (!st) st = cli_draw(&s->general, &s->out, &plot, s->repeat > 1 ? k + 1 : 0, err);
  }
  eisi_plot_clear(&plot);
  eis_spectrum_clear(&z);
  return st;
}

static int run(void *settings, int n, char **operand) {
  simulate_settings *s = settings;
  eis_error err = EIS_ERROR_INIT;
  eisi_candidates list = {0};
  eisi_text out = {0};
  const eis_circuit *c = NULL;
  double *p = NULL;
  eis_status st = EIS_OK;
  if (n)
    st = eis_error_set(&err, EIS_ERROR_USAGE, "simulate reads no files, but there is '%s'",
                       operand[0]);
  if (!st) st = cli_output_check(&s->out, &err);
  if (!st) st = cli_candidates(&s->models, "simulate", &list, &err);
  if (!st) st = choose(&list, &c, &err);
  if (!st) st = values(s, c, &p, &err);
  for (int k = 0; !st && k < s->repeat && !*cli_stop_flag(); k++)
    st = simulate_one(s, c, p, k, &out, &err);
  int code = st ? cli_fail(&s->general, &err) : cli_put(&s->general, s->out.path, &out);
  eisi_text_clear(&out);
  eisi_candidates_clear(&list);
  free(p);
  return code == CLI_DONE && *cli_stop_flag() ? CLI_INTERRUPTED : code;
}

const cli_command cli_cmd_simulate = {
    .name = "simulate",
    .operands = "",
    .summary = "spectra from a circuit or model, with noise",
    .about = "Writes canonical CSV, or JSON Lines with --json. Parameters are given by --set, "
             "or stand in the circuit or model; a model is represented by its first variant.",
    .examples =
        "eisfit simulate --circuit 'R0-p(R1,C1)' --set R0=10,R1=100,C1=1u --noise 0.5 --seed 7\n"
        "eisfit simulate --model scl-randles --fmin '10 mHz' --fmax '1 MHz' -o made.csv",
    .own_spectra = ",circuit",
    .groups = groups,
    .settings_size = sizeof(simulate_settings),
    .defaults = defaults,
    .run = run,
};
