/* cmd_arrhenius.c - eisfit arrhenius: activation energies. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/stats_run.h"

typedef struct arrhenius_settings {
  cli_general general;
  cli_table_input in;
  cli_output out;
  const char *by, *temperature;
  int form;
  double temperature_error;
} arrhenius_settings;

static const char *const form_names[] = {"1/R", "T/R", "sigma", "sigma-T", NULL};

#define AT(member) offsetof(arrhenius_settings, member)
static const cli_option arrhenius_options[] = {
    {.name = "form", .kind = CLI_CHOICE, .at = AT(form), .choices = form_names,
     .help = "what is proportional to exp(-Ea/kT); 1/R and T/R for resistances, sigma and sigma-T for "
             "conductivities"},
    {.name = "temperature", .arg = "COLUMN", .kind = CLI_TEXT, .at = AT(temperature),
     .help = "column with the temperature, its name ending in _C or _K; without: temperature_C or "
             "temperature_K"},
    {.name = "temperature-error", .arg = "K", .kind = CLI_NUMBER, .at = AT(temperature_error), .low = 0,
     .high = 50, .help = "standard error of each temperature"},
    {.name = "by", .arg = "COLUMNS", .kind = CLI_TEXT, .at = AT(by),
     .help = "one line for each value of these; without: cell, soc, pressure where they vary"},
    {0},
};
static const cli_group groups[] = {
    {"Arrhenius", arrhenius_options, 0},
    {"Data", cli_table_input_options, AT(in)},
    {"Output", cli_stats_output_options, AT(out)},
    {"Figures", cli_stats_figure_options, AT(out)},
    {0},
};

typedef struct found {
  eisi_arrhenius_view view;
  eis_arrhenius_result fit;
  eis_error why;
} found;

typedef struct arrhenius_run {
  cli_stats base;
  const arrhenius_settings *set;
  cli_series series;
  eis_arrhenius_options options;
  double offset; /* to K */
  found *at;
} arrhenius_run;

static eis_status find_temperature(arrhenius_run *r, eis_error *err) {
  static const char *const usual[] = {"temperature_C", "temperature_K", NULL};
  r->series.x = EISI_NO_COLUMN;
  if (r->set->temperature) {
    eis_status st = eisi_frame_need(r->base.table.frame, r->set->temperature, "for --temperature",
                                    &r->series.x, err);
    if (st) return st;
  } else {
    r->series.x = cli_column_first(r->base.table.frame, usual);
  }
  if (r->series.x < 0)
    return eis_error_at(err, EIS_ERROR_INPUT, eisi_frame_source(r->base.table.frame), 0, 0,
                        "no column temperature_C or temperature_K that changes; name it with "
                        "--temperature, or join metadata with --meta FILE");
  const char *name = eisi_frame_name(r->base.table.frame, r->series.x);
  if (!eisi_ends_with(name, "_C") && !eisi_ends_with(name, "_K"))
    return eis_error_set(err, EIS_ERROR_USAGE,
                         "column '%s': the name has to end in _C or _K, so that the "
                         "unit is known",
                         name);
  r->offset = eisi_ends_with(name, "_C") ? 273.15 : 0;
  return EIS_OK;
}

static eis_status prepare(cli_stats *run, eis_error *err) {
  arrhenius_run *r = (arrhenius_run *)run;
  r->options = eis_arrhenius_options_default();
  r->options.form = form_names[r->set->form];
  r->options.temperature_se = r->set->temperature_error;
  eis_status st = find_temperature(r, err);
  return st ? st
            : cli_series_columns(r->base.table.frame, r->set->by, r->series.x, r->series.by,
                                 &r->series.n_by, err);
}

static eis_status analyse(const arrhenius_run *r, const eisi_series *s, found *f, eis_error *err) {
  for (size_t i = 0; i < s->n; i++) s->x[i] += r->offset;
  f->view = (eisi_arrhenius_view){.source = eisi_frame_source(r->base.table.frame), .series = s};
  eis_status st = eis_arrhenius_fit(s->x, s->y, s->se, s->n, &r->options, &f->fit, &f->why);
  if (st == EIS_ERROR_USAGE || st == EIS_ERROR_MEMORY)
    return eis_error_set(err, st, "%s", f->why.text);
  if (st)
    f->view.why_not = f->why.text;
  else
    f->view.fit = &f->fit;
  return EIS_OK;
}

/* Cells of one temperature each: together they would have a line, and nobody says so. */
static void say_how_to_join(const arrhenius_run *r) {
  double seen[3];
  size_t n = 0;
  for (size_t i = 0; i < r->base.n; i++) {
    const eisi_series *s = r->at[i].view.series;
    if (r->at[i].view.fit) return;
    for (size_t k = 0, j; k < s->n && n < 3; k++) {
      for (j = 0; j < n && seen[j] != s->x[k]; j++) continue;
      if (j == n) seen[n++] = s->x[k];
    }
  }
  if (n == 3 && r->series.n_by && !r->set->by)
    cli_say(&r->set->general,
            "no series has 3 temperatures, all of them together have: --by COLUMN makes a line of "
            "what has the same value there (--by group), --by '' one of everything");
}

static eis_status analyse_all(cli_stats *run, eis_error *err) {
  arrhenius_run *r = (arrhenius_run *)run;
  eis_status st = cli_series_split(run, &r->series, err);
  if (!st && !(r->at = eisi_new(r->series.n, sizeof *r->at, err))) st = EIS_ERROR_MEMORY;
  for (size_t i = 0; !st && i < r->series.n; i++)
    st = analyse(r, r->series.at[i], &r->at[run->n++], err);
  if (!st) say_how_to_join(r);
  return st;
}

static void clear(cli_stats *run) {
  arrhenius_run *r = (arrhenius_run *)run;
  for (size_t i = 0; i < run->n; i++) eis_arrhenius_result_clear(&r->at[i].fit);
  free(r->at);
  cli_series_clear(&r->series);
}

/* ---- output ---- */

static const void *view(const cli_stats *run, size_t i) {
  return &((const arrhenius_run *)run)->at[i].view;
}

static bool passed(const void *view_) { return ((const eisi_arrhenius_view *)view_)->fit != NULL; }

static eis_status text(const cli_stats *run, const void *views, bool color, eisi_text *out,
                       eis_error *err) {
  return eisi_text_arrhenius(views, run->n, run->general->verbose || run->n <= 6, color, out, err);
}

static eis_status json(const void *view_, eisi_text *out, eis_error *err) {
  return eisi_json_arrhenius_line(view_, out, err);
}

static void csv(const void *view_, eisi_text *out) { eisi_csv_arrhenius(view_, out); }

/* Those of one parameter. */
static size_t in_figure(const void *views, size_t n) {
  const eisi_arrhenius_view *v = views;
  size_t k = 1;
  while (k < n && v[k].series->sample == v[0].series->sample) k++;
  return k;
}

static eis_status script(const void *views, size_t n, const eisi_terminal *terminal,
                         const char *output, eisi_text *out, eis_error *err) {
  return eisi_arrhenius_script(views, n, terminal, output, out, err);
}

static const cli_stats_kind kind = {.name = "arrhenius", .prepare = prepare,
                                    .analyse = analyse_all, .clear = clear,
                                    .view_size = sizeof(eisi_arrhenius_view), .view = view,
                                    .passed = passed, .text = text, .json = json, .csv = csv,
                                    .in_figure = in_figure, .script = script};

static int run(void *settings, int n, char **operand) {
  const arrhenius_settings *s = settings;
  arrhenius_run r = {.base = {&s->general, &s->in, &s->out, {0}, 0}, .set = s};
  return cli_stats_run(&kind, &r.base, n, operand);
}

const cli_command cli_cmd_arrhenius = {
    .name = "arrhenius",
    .operands = "TABLE|STORE",
    .summary = "activation energies, with breaks and outliers",
    .about = "Reads the same stores and tables as 'eisfit trend' and fits a line over 1/T to each series, weighted by the "
             "errors of the fits and the scatter beyond them. doc/trends.md has the formulas.\n\n"
             "Exit code 1: some series could not be fitted.",
    .examples = "eisfit arrhenius temperatures.csv --parameter R_gb --plot arrhenius.svg\n"
                "eisfit arrhenius fits.csv --meta cells.csv --form T/R",
    .groups = groups,
    .settings_size = sizeof(arrhenius_settings),
    .run = run,
};
