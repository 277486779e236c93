/* cmd_drt.c - eisfit drt: the distribution of relaxation times and its peaks. */
#include <stdlib.h>
#include <string.h>

#include "analysis/pool.h"
#include "cli/commands.h"
#include "cli/common.h"
#include "cli/drt_options.h"
#include "report/drt_report.h"

typedef struct drt_settings {
  cli_general general;
  cli_input in;
  cli_drt drt;
  cli_output out;
  int table, threads;
  bool kk, stability;
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
    {0},
};
static const cli_group groups[] = {
    {"Distribution", cli_drt_options, AT(drt)},
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
  eis_drt_options options;
  const char *method;
  eisi_stock *stock; /* of eis_drt_work */
  eisi_csv_keys keys;
} drt_context;

typedef struct drt_outcome {
  eis_conditions cond;
  eis_drt_result drt;
  eis_kk_result kk;
  bool have_kk, have_stability, have_scan;
  eis_drt_stability stability;
  eis_drt_scan scan;
  eis_notes warnings;
  eisi_drt_view view;
} drt_outcome;

static void free_work(void *work) { eis_drt_work_free(work); }

static void free_outcome(void *result) {
  drt_outcome *f = result;
  eis_drt_result_clear(&f->drt);
  if (f->have_kk) eis_kk_result_clear(&f->kk);
  eis_drt_stability_clear(&f->stability);
  eis_drt_scan_clear(&f->scan);
  eis_notes_clear(&f->warnings);
  free(f);
}

static eis_status prepare(drt_context *c, eis_error *err) {
  const drt_settings *s = c->set;
  eis_drt_work *first = NULL;
  eis_status st = cli_output_check(&s->out, err);
  if (!st && s->table != EISI_DRT_PEAKS && !s->out.csv)
    st = eis_error_set(err, EIS_ERROR_USAGE, "--table chooses what --csv writes; add --csv");
  if (!st) st = cli_drt_read(&s->drt, &c->options, &c->method, err);
  if (!st) st = eisi_stock_new(free_work, &c->stock, err);
  if (!st) st = eis_drt_work_new(&c->options, &first, err);
  if (!st) eisi_stock_give(c->stock, first);
  return st;
}

/* ---- one spectrum ---- */

static bool draws(const drt_context *c) {
  const cli_output *o = &c->set->out;
  return o->plot || o->keep_script || o->report;
}

static eis_status distribution(const drt_context *c, const eis_spectrum *s, drt_outcome *f,
                               eis_error *err) {
  eis_drt_work *w = eisi_stock_take(c->stock);
  eis_status st = w ? EIS_OK : eis_drt_work_new(&c->options, &w, err);
  if (!st) st = eis_drt_work_run(w, s, &f->drt, err);
  if (!st && c->set->stability && c->options.level > 0) {
    st = eis_drt_stability_run(w, s, &f->drt, &f->stability, err);
    f->have_stability = st == EIS_OK;
  }
  if (!st && draws(c)) {
    st = eis_drt_scan_run(w, s, &f->scan, err);
    f->have_scan = st == EIS_OK;
  }
  if (w) eisi_stock_give(c->stock, w);
  return st;
}

static eisi_drt_view *look(const drt_context *c, const eis_spectrum *s, drt_outcome *f) {
  f->view = (eisi_drt_view){.spectrum = s,
                            .cond = &f->cond,
                            .options = &c->options,
                            .method = c->method,
                            .drt = &f->drt,
                            .kk = f->have_kk ? &f->kk : NULL,
                            .stability = f->have_stability ? &f->stability : NULL,
                            .scan = f->have_scan ? &f->scan : NULL,
                            .warnings = &f->warnings,
                            .color = !c->set->out.path && cli_color(&c->set->general, stdout),
                            .verbose = c->set->general.verbose};
  return &f->view;
}

static eis_status work(void *ctx, const eis_spectrum *s, eisi_text *out, void **result,
                       eisi_judgement *judgement, eis_error *err) {
  const drt_context *c = ctx;
  drt_outcome *f = eisi_new(1, sizeof *f, err);
  if (!f) return EIS_ERROR_MEMORY;
  *result = f;
  f->cond = cli_conditions(&c->set->in, s);
  eis_status st = distribution(c, s, f, err);
  /* where the test can't be made, the distribution still stands */
  f->have_kk = !st && c->set->kk && eis_kk_run(s, NULL, &f->kk, NULL) == EIS_OK;
  const eisi_drt_view *v = look(c, s, f);
  if (!st) st = eisi_drt_warnings(v, &f->warnings, err);
  if (st) return st;
  *judgement = eisi_drt_judgement(v);
  if (c->set->out.json) return eisi_json_drt_line(v, out, err);
  if (!c->set->out.csv) return eisi_text_drt(v, out, err);
  eisi_csv_drt_rows(v, (eisi_drt_table)c->set->table, &c->keys, out);
  return EIS_OK;
}

static eis_status begin_csv(void *ctx, const eis_spectrum *const *s, size_t n, eisi_text *out,
                            eis_error *err) {
  drt_context *c = ctx;
  for (size_t i = 0; i < n; i++) {
    eis_status st = eisi_csv_collect(&c->keys, s[i], err);
    if (st) return st;
  }
  eisi_csv_drt_header((eisi_drt_table)c->set->table, &c->keys, out);
  return EIS_OK;
}

/* ---- figures and pages ---- */

static eis_status write_page(const drt_context *c, const drt_outcome *f, const eisi_plot *plot,
                             int number, eis_error *err) {
  char *path = NULL, *svg = NULL;
  eisi_text page = {0};
  eis_status st = cli_draw_svg(plot, &svg, err);
  if (!st) st = eisi_html_drt(&f->view, svg, &page, err);
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
  const drt_context *c = ctx;
  drt_outcome *f = result;
  eisi_plot plot = {0};
  if (!draws(c)) return EIS_OK;
  f->view.spectrum = s;
  eis_status st = eisi_plot_drt(&f->view, &plot, err);
  if (!st) st = cli_draw(&c->set->general, &c->set->out, &plot, number, err);
  if (!st && c->set->out.report) st = write_page(c, f, &plot, number, err);
  eisi_plot_clear(&plot);
  return st;
}

/* --method list, --basis list */
static int list_methods(const cli_general *g) {
  eisi_text out = {0};
  eisi_text_addf(&out, "%-10s %s\n%-10s %s\n", "adaptive",
                 "ln gamma with local strength of the smoothing; nothing to choose (default)",
                 "tikhonov", "one lambda: |W(Z - Z_fit)|^2 + lambda |D gamma|^2");
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
  if (n == 0)
    eis_error_set(&err, EIS_ERROR_USAGE, "drt needs at least one file; '-' is standard input");
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
  eisi_stock_free(c.stock);
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
        "stays when gamma is smoothed less and more. There is no lambda to choose. The "
        "Kramers-Kronig test is made beside it: data that fail it have no distribution. Exit code 1 "
        "when they do.",
    .examples = "eisfit drt cell.mpt\neisfit drt cell.csv --area '0.785 cm2' --plot drt.svg\n"
                "eisfit drt *.csv --csv -o peaks.csv -j 4\n"
                "eisfit drt cell.csv --csv --table gamma -o gamma.csv\n"
                "eisfit drt cell.csv --lambda gcv --order 2 --json",
    .groups = groups,
    .settings_size = sizeof(drt_settings),
    .defaults = defaults,
    .run = run,
};
