/* cmd_kk.c - eisfit kk: is the spectrum that of a linear, causal, stationary system? */
#include <stdlib.h>

#include "cli/commands.h"
#include "cli/common.h"

typedef struct kk_settings {
  cli_general general;
  cli_input in;
  cli_output out;
  int part, rule, m, m_max, zhit_terms, threads;
  bool capacitance, inductance, admittance, unit_weight, others;
  double mu_limit, extend, tolerance;
} kk_settings;

static const char *const part_names[] = {
    [EIS_KK_COMPLEX] = "complex", [EIS_KK_REAL] = "real", [EIS_KK_IMAG] = "imag", NULL,
};
static const char *const rule_names[] = {
    [EIS_KK_RULE_AUTO] = "auto", [EIS_KK_RULE_MU] = "mu", [EIS_KK_RULE_FIXED] = "fixed", NULL,
};

#define AT(member) offsetof(kk_settings, member)
static const cli_option kk_options[] = {
    {.name = "part", .kind = CLI_CHOICE, .at = AT(part), .choices = part_names,
     .help = "which part of the spectrum is fitted"},
    {.name = "rule", .kind = CLI_CHOICE, .at = AT(rule), .choices = rule_names,
     .help = "how the number of RC elements is chosen"},
    {.name = "m", .arg = "N", .kind = CLI_INT, .at = AT(m), .low = 0, .high = 1000,
     .help = "number of RC elements, for --rule fixed"},
    {.name = "m-max", .arg = "N", .kind = CLI_INT, .at = AT(m_max), .low = 0, .high = 1000,
     .help = "most RC elements, 0 = as many as the data bear"},
    {.name = "mu-limit", .arg = "MU", .kind = CLI_NUMBER, .at = AT(mu_limit), .low = 0, .high = 1,
     .help = "for --rule mu: stop at the first mu below"},
    {.name = "extend", .arg = "DECADES", .kind = CLI_NUMBER, .at = AT(extend), .low = -5, .high = 5,
     .help = "time constants beyond the measured window, on both sides"},
    {.name = "tolerance", .arg = "PERCENT", .kind = CLI_NUMBER, .at = AT(tolerance), .low = 0,
     .high = 100, .help = "largest trend of the residuals that still passes, rms in per cent of |Z|"},
    {.name = "no-capacitance", .kind = CLI_FLAG_OFF, .at = AT(capacitance),
     .help = "no series capacitance"},
    {.name = "no-inductance", .kind = CLI_FLAG_OFF, .at = AT(inductance),
     .help = "no series inductance"},
    {.name = "admittance", .kind = CLI_FLAG, .at = AT(admittance),
     .help = "test the admittance instead of the impedance"},
    {.name = "unit-weight", .kind = CLI_FLAG, .at = AT(unit_weight),
     .help = "no weights; otherwise 1/|Z|"},
    {.name = "zhit-terms", .arg = "N", .kind = CLI_INT, .at = AT(zhit_terms), .low = 1, .high = 3,
     .help = "correction terms of Z-HIT, 1 or 3"},
    {.name = "no-others", .kind = CLI_FLAG_OFF, .at = AT(others),
     .help = "no second opinion by Z-HIT and the KK integral"},
    {.name = "threads", .letter = 'j', .arg = "N", .kind = CLI_INT, .at = AT(threads), .low = 0,
     .high = 1024, .help = "spectra tested at the same time, 0 = one per processor"},
    {0},
};
static const cli_group groups[] = {
    {"Test", kk_options, 0},
    {"Input", cli_input_options, AT(in)},
    {"Output", cli_table_options, AT(out)},
    {"Figures", cli_figure_options, AT(out)},
    {0},
};

static void defaults(void *settings) {
  kk_settings *s = settings;
  eis_kk_options o = eis_kk_options_default();
  cli_input_defaults(&s->in);
  s->part = (int)o.part;
  s->rule = (int)o.rule;
  s->m = 0;
  s->m_max = o.m_max;
  s->mu_limit = o.mu_limit;
  s->extend = o.extend_decades;
  s->tolerance = o.tolerance_percent;
  s->capacitance = o.capacitance;
  s->inductance = o.inductance;
  s->zhit_terms = 1;
  s->others = true;
}

typedef struct kk_context {
  const kk_settings *set;
  eis_kk_options options;
  eisi_csv_keys keys;
} kk_context;

typedef struct kk_outcome {
  eis_kk_result kk;
  eis_hilbert_result hilbert;
  bool have_hilbert;
  eis_conditions cond;
} kk_outcome;

static eis_status prepare(kk_context *c, eis_error *err) {
  const kk_settings *s = c->set;
  eis_kk_options *o = &c->options;
  *o = eis_kk_options_default();
  o->part = (eis_kk_part)s->part;
  o->capacitance = s->capacitance;
  o->inductance = s->inductance;
  o->admittance = s->admittance;
  o->unit_weight = s->unit_weight;
  o->rule = (eis_kk_rule)s->rule;
  o->m = s->m;
  o->m_max = s->m_max;
  o->mu_limit = s->mu_limit;
  o->extend_decades = s->extend;
  o->tolerance_percent = s->tolerance;
  if (s->rule == EIS_KK_RULE_FIXED && s->m < 1)
    return eis_error_set(err, EIS_ERROR_USAGE,
                         "--rule fixed needs --m N, the number of RC elements");
  if (s->rule != EIS_KK_RULE_FIXED && s->m > 0)
    return eis_error_set(err, EIS_ERROR_USAGE, "--m is for --rule fixed; give that, or --m-max");
  if (s->zhit_terms == 2)
    return eis_error_set(err, EIS_ERROR_USAGE, "option '--zhit-terms': '2' is not 1 or 3");
  return cli_output_check(&s->out, err);
}

static void free_outcome(void *result) {
  kk_outcome *f = result;
  eis_kk_result_clear(&f->kk);
  eis_hilbert_result_clear(&f->hilbert);
  free(f);
}

static eis_status work(void *ctx, const eis_spectrum *s, eisi_text *out, void **result,
                       eisi_judgement *judgement, eis_error *err) {
  const kk_context *c = ctx;
  kk_outcome *f = eisi_new(1, sizeof *f, err);
  if (!f) return EIS_ERROR_MEMORY;
  *result = f;
  f->cond = cli_conditions(&c->set->in, s);
  eis_status st = eis_kk_run(s, &c->options, &f->kk, err);
  if (st) return st;
  /* a second opinion that can't be had is no failure of the test */
  eis_error why = EIS_ERROR_INIT;
  if (c->set->others) st = eis_hilbert_run(s, c->set->zhit_terms, &f->hilbert, &why);
  if (st == EIS_ERROR_MEMORY) return eis_error_set(err, st, "%s", why.text);
  f->have_hilbert = c->set->others && !st;
  *judgement = f->kk.passed ? EISI_PASSED : EISI_INCONSISTENT;
  bool color = !c->set->out.path && cli_color(&c->set->general, stdout);
  eisi_kk_view v = {s, &f->cond, &f->kk, f->have_hilbert ? &f->hilbert : NULL, color,
                    c->set->general.verbose};
  if (c->set->out.json) return eisi_json_kk_line(&v, out, err);
  if (!c->set->out.csv) return eisi_text_kk(&v, out, err);
  eisi_csv_kk_row(&v, &c->keys, out);
  return EIS_OK;
}

static void begin_csv(void *ctx, eisi_text *out) {
  const kk_context *c = ctx;
  eisi_csv_kk_header(&c->keys, out);
}

static eis_status deliver(void *ctx, const eis_spectrum *s, void *result, int number,
                          eis_error *err) {
  const kk_context *c = ctx;
  const kk_outcome *f = result;
  const cli_output *o = &c->set->out;
  if (!o->plot && !o->keep_script) return EIS_OK;
  eisi_plot plot = {0};
  eis_status st = eisi_plot_kk(s, &f->kk, f->cond.area_m2, &plot, err);
  if (!st) st = cli_draw(&c->set->general, o, &plot, number, err);
  eisi_plot_clear(&plot);
  return st;
}

static int run(void *settings, int n, char **operand) {
  kk_settings *s = settings;
  kk_context c = {.set = s};
  eis_error err = EIS_ERROR_INIT;
  if (!cli_need_files("kk", n, &err)) prepare(&c, &err);
  if (err.code) return cli_fail(&s->general, &err);
  cli_batch b = {.general = &s->general, .input = &s->in, .output = &s->out,
                 .threads = s->threads, .shows_reader = true, .ctx = &c,
                 .keys = s->out.csv ? &c.keys : NULL,
                 .begin = s->out.csv ? begin_csv : NULL, .work = work, .deliver = deliver,
                 .free_result = free_outcome};
  int code = cli_batch_run(&b, n, operand);
  eisi_csv_keys_clear(&c.keys);
  return code;
}

const cli_command cli_cmd_kk = {
    .name = "kk",
    .operands = "FILE...",
    .summary = "test spectra for Kramers-Kronig consistency",
    .about = "Says whether the data can be those of a linear, causal and stationary system, how "
             "large the noise is, in which window of frequencies the data are valid, and which "
             "points are outliers. Exit code 1 when a spectrum does not pass.",
    .examples = "eisfit kk cell.mpt\neisfit kk *.csv --csv -o quality.csv\n"
                "eisfit kk cell.csv --rule mu --mu-limit 0.85 --plot kk.svg",
    .groups = groups,
    .settings_size = sizeof(kk_settings),
    .defaults = defaults,
    .run = run,
};
