/* cmd_arrhenius.c - eisfit arrhenius: activation energies. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/stats_input.h"

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
  const arrhenius_settings *set;
  cli_table table;
  eisi_series_list *lists;
  eis_arrhenius_options options;
  int x, by[CLI_BY_MAX];
  size_t n_by, n;
  double offset; /* to K */
  found *at;
} arrhenius_run;

static eis_status find_temperature(arrhenius_run *r, eis_error *err) {
  static const char *const usual[] = {"temperature_C", "temperature_K", NULL};
  r->x = EISI_NO_COLUMN;
  if (r->set->temperature) {
    eis_status st =
        eisi_frame_need(r->table.frame, r->set->temperature, "for --temperature", &r->x, err);
    if (st) return st;
  } else {
    r->x = cli_column_first(r->table.frame, usual);
  }
  if (r->x < 0)
    return eis_error_at(err, EIS_ERROR_INPUT, eisi_frame_source(r->table.frame), 0, 0,
                        "no column temperature_C or temperature_K that changes; name it with "
                        "--temperature, or join metadata with --meta FILE");
  const char *name = eisi_frame_name(r->table.frame, r->x);
  if (!eisi_ends_with(name, "_C") && !eisi_ends_with(name, "_K"))
    return eis_error_set(err, EIS_ERROR_USAGE,
                         "column '%s': the name has to end in _C or _K, so that the "
                         "unit is known",
                         name);
  r->offset = eisi_ends_with(name, "_C") ? 273.15 : 0;
  return EIS_OK;
}

static eis_status prepare(arrhenius_run *r, eis_error *err) {
  r->options = eis_arrhenius_options_default();
  r->options.form = form_names[r->set->form];
  r->options.temperature_se = r->set->temperature_error;
  eis_status st = find_temperature(r, err);
  return st ? st : cli_series_columns(r->table.frame, r->set->by, r->x, r->by, &r->n_by, err);
}

static eis_status analyse(const arrhenius_run *r, const eisi_series *s, found *f, eis_error *err) {
  for (size_t i = 0; i < s->n; i++) s->x[i] += r->offset;
  f->view = (eisi_arrhenius_view){.source = eisi_frame_source(r->table.frame), .series = s};
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
  for (size_t i = 0; i < r->n; i++) {
    const eisi_series *s = r->at[i].view.series;
    if (r->at[i].view.fit) return;
    for (size_t k = 0, j; k < s->n && n < 3; k++) {
      for (j = 0; j < n && seen[j] != s->x[k]; j++) continue;
      if (j == n) seen[n++] = s->x[k];
    }
  }
  if (n == 3 && r->n_by && !r->set->by)
    cli_say(&r->set->general,
            "no series has 3 temperatures, all of them together have: --by COLUMN makes a line of "
            "what has the same value there (--by group), --by '' one of everything");
}

static eis_status analyse_all(arrhenius_run *r, eis_error *err) {
  size_t n = 0, without = 0;
  eis_status st = EIS_OK;
  r->lists = eisi_new(r->table.samples.n, sizeof *r->lists, err);
  if (!r->lists) return EIS_ERROR_MEMORY;
  for (size_t i = 0; !st && i < r->table.samples.n; i++) {
    st = eisi_series_split(r->table.frame, &r->table.samples.at[i], r->x, r->by, r->n_by,
                           &r->lists[i], err);
    n += r->lists[i].n;
    without += r->lists[i].n_without_x;
  }
  if (st) return st;
  if (without)
    cli_say(&r->set->general, "%zu rows left out: no %s", without,
            eisi_frame_name(r->table.frame, r->x));
  r->at = eisi_new(n + 1, sizeof *r->at, err);
  if (!r->at) return EIS_ERROR_MEMORY;
  for (size_t i = 0; !st && i < r->table.samples.n; i++)
    for (size_t k = 0; !st && k < r->lists[i].n; k++)
      st = analyse(r, &r->lists[i].at[k], &r->at[r->n++], err);
  if (!st) say_how_to_join(r);
  if (!st && !r->n)
    st = eis_error_at(err, EIS_ERROR_INPUT, eisi_frame_source(r->table.frame), 0, 0,
                      "no row has a value of '%s'", eisi_frame_name(r->table.frame, r->x));
  return st;
}

typedef struct part {
  const eisi_arrhenius_view *view;
  size_t n;
} part;

static eis_status script(void *ctx, const eisi_terminal *terminal, const char *output,
                         eisi_text *out, eis_error *err) {
  const part *p = ctx;
  return eisi_arrhenius_script(p->view, p->n, terminal, output, out, err);
}

static eis_status figures(const arrhenius_run *r, const eisi_arrhenius_view *views,
                          eis_error *err) {
  eis_status st = EIS_OK;
  int number = 0;
  if (!r->set->out.plot && !r->set->out.keep_script) return EIS_OK;
  const bool several = views[0].series->sample != views[r->n - 1].series->sample;
  for (size_t i = 0, k; !st && i < r->n; i = k) {
    for (k = i; k < r->n && views[k].series->sample == views[i].series->sample; k++) continue;
    part p = {&views[i], k - i};
    number++;
    st = cli_draw_script(&r->set->general, &r->set->out, script, &p, several ? number : 0, err);
  }
  return st;
}

static eis_status put(const arrhenius_run *r, const eisi_arrhenius_view *views, eisi_text *out,
                      eis_error *err) {
  const cli_output *o = &r->set->out;
  eis_status st = EIS_OK;
  if (!o->json && !o->csv)
    return eisi_text_arrhenius(views, r->n, r->set->general.verbose || r->n <= 6,
                               !o->path && cli_color(&r->set->general, stdout), out, err);
  if (o->csv) eisi_csv_arrhenius(NULL, out);
  for (size_t i = 0; !st && i < r->n; i++) {
    if (o->json)
      st = eisi_json_arrhenius_line(&views[i], out, err);
    else
      eisi_csv_arrhenius(&views[i], out);
  }
  return st;
}

static eis_status report(const arrhenius_run *r, eisi_text *out, eis_error *err) {
  eisi_arrhenius_view *views = eisi_new(r->n, sizeof *views, err);
  if (!views) return EIS_ERROR_MEMORY;
  for (size_t i = 0; i < r->n; i++) views[i] = r->at[i].view;
  eis_status st = put(r, views, out, err);
  if (!st) st = figures(r, views, err);
  free(views);
  return st;
}

static void clear(arrhenius_run *r) {
  for (size_t i = 0; i < r->n; i++) eis_arrhenius_result_clear(&r->at[i].fit);
  free(r->at);
  for (size_t i = 0; r->lists && i < r->table.samples.n; i++) eisi_series_clear(&r->lists[i]);
  free(r->lists);
  cli_table_clear(&r->table);
}

static int run(void *settings, int n, char **operand) {
  const arrhenius_settings *s = settings;
  arrhenius_run r = {.set = s};
  eis_error err = EIS_ERROR_INIT;
  eisi_text out = {0};
  int code = CLI_DONE;
  eis_status st = cli_output_check(&s->out, &err);
  if (!st) st = cli_table_open(&s->general, &s->in, "arrhenius", n, operand, &r.table, &err);
  if (!st) st = prepare(&r, &err);
  if (!st) st = analyse_all(&r, &err);
  if (!st) st = report(&r, &out, &err);
  for (size_t i = 0; i < r.n; i++)
    if (!r.at[i].view.fit) code = CLI_NOT_PASSED;
  clear(&r);
  if (st) {
    eisi_text_clear(&out);
    return cli_fail(&s->general, &err);
  }
  const int written = cli_put(&s->general, s->out.path, &out);
  return written ? written : code;
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
