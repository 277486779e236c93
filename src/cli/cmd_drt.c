/* cmd_drt.c - eisfit drt: the distribution of relaxation times and its peaks. */
#include <stdlib.h>
#include <string.h>

#include "analysis/kk_fit.h"
#include "analysis/pool.h"
#include "cli/commands.h"
#include "cli/common.h"
#include "cli/drt_options.h"
#include "report/drt_report.h"

typedef struct drt_settings {
  cli_general general;
  cli_input in;
  cli_drt drt;
  cli_cell cell;
  cli_output out;
  int table, threads;
  bool kk, stability, circuit;
} drt_settings;

static const char *const table_names[] = {
    [EISI_DRT_PEAKS] = "peaks", [EISI_DRT_GAMMA] = "gamma", NULL,
};

#define AT(member) offsetof(drt_settings, member)
static const cli_option run_options[] = {
    {.name = "no-kk", .kind = CLI_FLAG_OFF, .at = AT(kk),
     .help = "no Kramers-Kronig test beside it"},
    {.name = "no-stability", .kind = CLI_FLAG_OFF, .at = AT(stability),
     .help = "do not look at the peaks with weaker and stronger smoothing"},
    {.name = "threads", .letter = 'j', .arg = "N", .kind = CLI_INT, .at = AT(threads), .low = 0,
     .high = 1024, .help = "spectra worked on at the same time, 0 = one per processor"},
    {0},
};
static const cli_option table_options[] = {
    {.name = "table", .kind = CLI_CHOICE, .at = AT(table), .choices = table_names,
     .help = "--csv: one row per peak, or per point of tau"},
    {.name = "as-circuit", .kind = CLI_FLAG, .at = AT(circuit),
     .help = "only a circuit with the values of the peaks, one line per spectrum, for 'eisfit fit -c'"},
    {0},
};
static const cli_group groups[] = {
    {"Distribution", cli_drt_options, AT(drt)},
    {"Processes", cli_cell_options, AT(cell)},
    {"Run", run_options, 0},
    {"Input", cli_input_options, AT(in)},
    {"Output", cli_table_options, AT(out)},
    {"Table", table_options, 0},
    {"Figures", cli_figure_options, AT(out)},
    {"Report", cli_report_options, AT(out)},
    {0},
};

static void defaults(void *settings) {
  drt_settings *s = settings;
  cli_input_defaults(&s->in);
  cli_drt_defaults(&s->drt);
  s->kk = s->stability = true;
}

typedef struct drt_context {
  const drt_settings *set;
  eis_drt_method_options options;
  const eis_drt_method_row *method;
  eis_process_table *table; /* NULL = no names */
  eisi_stock *stock;        /* of eis_drt_solver */
  eisi_csv_keys keys;
} drt_context;

typedef struct drt_outcome {
  eis_conditions cond;
  eis_drt_solution solution;
  eis_kk_result kk;
  eis_drt_stability stability;
  eis_drt_scan scan;
  eis_process_assignment assigned;
  bool have_kk, have_stability, have_scan, have_assigned;
  char *circuit;
  eis_notes warnings;
  eisi_drt_view view;
} drt_outcome;

static void free_solver(void *solver) { eis_drt_solver_free(solver); }

static void free_outcome(void *result) {
  drt_outcome *f = result;
  eis_drt_solution_clear(&f->solution);
  if (f->have_kk) eis_kk_result_clear(&f->kk);
  if (f->have_assigned) eis_process_assignment_clear(&f->assigned);
  eis_drt_stability_clear(&f->stability);
  eis_drt_scan_clear(&f->scan);
  eis_notes_clear(&f->warnings);
  free(f->circuit);
  free(f);
}

static eis_status check_outputs(const drt_settings *s, eis_error *err) {
  if (s->table != EISI_DRT_PEAKS && !s->out.csv)
    return eis_error_set(err, EIS_ERROR_USAGE, "--table chooses what --csv writes; add --csv");
  if (s->circuit && (s->out.csv || s->out.json))
    return eis_error_set(err, EIS_ERROR_USAGE,
                         "--as-circuit is an output of its own; --json has the circuit, too");
  if (s->circuit && s->cell.explain)
    return eis_error_set(err, EIS_ERROR_USAGE,
                         "--as-circuit prints the circuit only; leave out --explain, or run twice");
  return cli_output_check(&s->out, err);
}

static eis_status prepare(drt_context *c, eis_error *err) {
  const drt_settings *s = c->set;
  eis_status st = check_outputs(s, err);
  if (!st) st = cli_drt_read(&s->drt, &c->options, &c->method, err);
  if (!st && s->circuit && !(c->options.drt.level > 0))
    st = eis_error_set(err, EIS_ERROR_USAGE, "--as-circuit needs peaks, and --level 0 has none");
  if (!st) st = cli_cell_read(&s->cell, &c->table, err);
  return st ? st : eisi_stock_new(free_solver, &c->stock, err);
}

/* ---- one spectrum ---- */

static bool draws(const drt_context *c) {
  const cli_output *o = &c->set->out;
  return o->plot || o->keep_script || o->report;
}

static eis_status distribution(const drt_context *c, const eis_spectrum *s, drt_outcome *f,
                               eis_error *err) {
  eis_drt_solver *v = eisi_stock_take(c->stock);
  eis_status st = v ? EIS_OK : eis_drt_solver_new(c->method, &c->options, &v, err);
  if (!st) st = eis_drt_solver_run(v, s, &f->solution, err);
  const bool smooths = !st && (f->solution.parametric || eisi_drt_smooths(c->method->key));
  eis_drt_work *w = smooths ? eis_drt_solver_work(v) : NULL;
  if (w && c->set->stability && c->options.drt.level > 0) {
    st = eis_drt_stability_run(w, s, &f->solution.drt, &f->stability, err);
    f->have_stability = st == EIS_OK;
  }
  if (w && !st && draws(c)) {
    st = eis_drt_scan_run(w, s, &f->scan, err);
    f->have_scan = st == EIS_OK;
  }
  if (v) eisi_stock_give(c->stock, v);
  return st;
}

/* Peaks that can't have a name, as some are negative, are reported without. */
static eis_status assign(const drt_context *c, const eis_spectrum *s, drt_outcome *f,
                         eis_error *err) {
  eis_error why = EIS_ERROR_INIT;
  const eis_process_input in = {.n_peaks = f->solution.drt.n_peaks,
                                .peak = f->solution.drt.peak,
                                .conditions = cli_cell_conditions(&c->set->cell, s, &f->cond)};
  if (!c->table || !in.n_peaks) return EIS_OK;
  eis_status st = eis_process_assign(c->table, &in, &f->assigned, &why);
  f->have_assigned = st == EIS_OK;
  if (st == EIS_ERROR_INPUT)
    return eis_notes_add(&f->warnings, err, "the peaks have no names: %s", why.text);
  return st ? eis_error_set(err, st, "%s", why.text) : EIS_OK;
}

static const eisi_drt_view *look(const drt_context *c, const eis_spectrum *s, drt_outcome *f) {
  const cli_general *g = &c->set->general;
  f->view = (eisi_drt_view){.spectrum = s,
                            .cond = &f->cond,
                            .options = &c->options.drt,
                            .solution = &f->solution,
                            .drt = &f->solution.drt,
                            .kk = f->have_kk ? &f->kk : NULL,
                            .stability = f->have_stability ? &f->stability : NULL,
                            .scan = f->have_scan ? &f->scan : NULL,
                            .table = c->table,
                            .assigned = f->have_assigned ? &f->assigned : NULL,
                            .circuit = f->circuit,
                            .warnings = &f->warnings,
                            .color = !c->set->out.path && cli_color(g, stdout),
                            .verbose = g->verbose,
                            .explain = c->set->cell.explain};
  return &f->view;
}

static eis_status compute(const drt_context *c, const eis_spectrum *s, drt_outcome *f,
                          eis_error *err) {
  f->cond = cli_conditions(&c->set->in, s);
  eis_status st = distribution(c, s, f, err);
  /* where the test can't be made, the distribution still stands */
  if (!st && c->set->kk) st = eisi_kk_try(s, &f->kk, &f->have_kk, err);
  if (!st) st = assign(c, s, f, err);
  if (!st && f->solution.drt.n_peaks)
    st = eis_drt_circuit(&f->solution, EIS_NOTATION_IMPEDANCE, &f->circuit, err);
  return st ? st : eisi_drt_warnings(look(c, s, f), &f->warnings, err);
}

static eis_status circuit_line(const drt_outcome *f, eisi_text *out, eis_error *err) {
  if (!f->circuit) return eis_error_set(err, EIS_ERROR_NUMERIC, "no circuit, as gamma has no peak");
  eisi_text_addf(out, "%s\n", f->circuit);
  return EIS_OK;
}

static eis_status work(void *ctx, const eis_spectrum *s, eisi_text *out, void **result,
                       eisi_judgement *judgement, eis_error *err) {
  const drt_context *c = ctx;
  drt_outcome *f = eisi_new(1, sizeof *f, err);
  if (!f) return EIS_ERROR_MEMORY;
  *result = f;
  eis_status st = compute(c, s, f, err);
  if (st) return st;
  const eisi_drt_view *v = look(c, s, f);
  *judgement = eisi_drt_judgement(v);
  if (c->set->circuit) return circuit_line(f, out, err);
  if (c->set->out.json) return eisi_json_drt_line(v, out, err);
  if (!c->set->out.csv) return eisi_text_drt(v, out, err);
  eisi_csv_drt_rows(v, (eisi_drt_table)c->set->table, &c->keys, out);
  return EIS_OK;
}

static void begin_csv(void *ctx, eisi_text *out) {
  const drt_context *c = ctx;
  eisi_csv_drt_header((eisi_drt_table)c->set->table, &c->keys, out);
}

/* ---- figures and pages ---- */

static eis_status page(const void *view, const char *svg, eisi_text *out, eis_error *err) {
  return eisi_html_drt(view, svg, out, err);
}

static eis_status deliver(void *ctx, const eis_spectrum *s, void *result, int number,
                          eis_error *err) {
  const drt_context *c = ctx;
  drt_outcome *f = result;
  eisi_plot plot = {0};
  if (!draws(c)) return EIS_OK;
  f->view.spectrum = s;
  eis_status st = eisi_plot_drt(&f->view, &plot, err);
  if (!st) st = cli_draw(&c->set->general, &c->set->out, &plot, number, err);
  if (!st && c->set->out.report)
    st = cli_write_page(&c->set->general, &c->set->out, &plot, page, &f->view, number, err);
  eisi_plot_clear(&plot);
  return st;
}

/* --method list, --basis list */
static int list_methods(const cli_general *g) {
  eisi_text out = {0};
  const eis_drt_method_row *row;
  for (size_t i = 0; (row = eis_drt_method_at(i)) != NULL; i++)
    eisi_text_addf(&out, "%-10s %s\n           %s\n", row->key, row->name, row->reference);
  return cli_put(g, NULL, &out);
}

static int list_bases(const cli_general *g) {
  eisi_text out = {0};
  const char *doc = NULL;
  for (size_t i = 0; eis_drt_basis_at(i, &doc); i++)
    eisi_text_addf(&out, "%-20s %s\n", eis_drt_basis_at(i, &doc), doc);
  return cli_put(g, NULL, &out);
}

static bool asks_list(const char *s) { return s && strcmp(s, "list") == 0; }

static int run(void *settings, int n, char **operand) {
  drt_settings *s = settings;
  if (asks_list(s->drt.method)) return list_methods(&s->general);
  if (asks_list(s->drt.basis)) return list_bases(&s->general);
  drt_context c = {.set = s};
  eis_error err = EIS_ERROR_INIT;
  int code;
  if (!cli_need_files("drt", n, &err)) prepare(&c, &err);
  if (err.code) {
    code = cli_fail(&s->general, &err);
  } else {
    cli_batch b = {.general = &s->general, .input = &s->in, .output = &s->out,
                   .threads = s->threads, .shows_reader = !s->circuit, .dense = s->circuit,
                   .ctx = &c,
                   .keys = s->out.csv ? &c.keys : NULL,
                   .begin = s->out.csv ? begin_csv : NULL, .work = work, .deliver = deliver,
                   .free_result = free_outcome};
    code = cli_batch_run(&b, n, operand);
  }
  eisi_stock_free(c.stock);
  eis_process_table_free(c.table);
  eisi_csv_keys_clear(&c.keys);
  return code;
}

const cli_command cli_cmd_drt = {
    .name = "drt",
    .operands = "FILE...",
    .summary = "distribution of relaxation times",
    .about =
        "Finds gamma(tau), the distribution of relaxation times, with a credible band, and its "
        "peaks: tau, R, C and width with errors, the probability that each is real, and whether it "
        "stays when gamma is smoothed less and more. There is no lambda to choose. For solid-state "
        "cells --assign names the process behind each peak. The Kramers-Kronig test is made beside "
        "it: data that fail it have no distribution. Exit code 1 when they do.",
    .examples = "eisfit drt cell.mpt\neisfit drt cell.csv --area '0.785 cm2' --plot drt.svg\n"
                "eisfit drt *.csv --csv -o peaks.csv -j 4\n"
                "eisfit drt cell.csv --csv --table gamma -o gamma.csv\n"
                "eisfit drt cell.csv --lambda gcv --order 2 --json\n"
                "eisfit drt cell.csv --electrolyte LPSCl --anode In-Li --area '0.785 cm2' --explain\n"
                "eisfit fit cell.csv -c \"$(eisfit drt cell.csv --as-circuit)\"",
    .groups = groups,
    .settings_size = sizeof(drt_settings),
    .defaults = defaults,
    .run = run,
};
