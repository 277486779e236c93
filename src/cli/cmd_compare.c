/* cmd_compare.c - eisfit compare: does the coating help? */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/compare_ends.h"
#include "cli/stats_run.h"

typedef struct compare_settings {
  cli_general general;
  cli_table_input in;
  cli_output out;
  const char *by, *cell, *reference;
  cli_list covariate, match;
  bool adjust;
  double detect, power;
  int permutations;
  uint64_t seed;
} compare_settings;

#define AT(member) offsetof(compare_settings, member)
static const cli_option compare_options[] = {
    {.name = "by",
     .arg = "COLUMN",
     .kind = CLI_TEXT,
     .at = AT(by),
     .help = "column with the groups"},
    {.name = "reference",
     .arg = "GROUP",
     .kind = CLI_TEXT,
     .at = AT(reference),
     .help = "the group that the others are compared with; without: the first in the table"},
    {.name = "cell",
     .arg = "COLUMN",
     .kind = CLI_TEXT,
     .at = AT(cell),
     .help = "column with the cells, the units of the comparison"},
    {.name = "match",
     .arg = "COLUMNS",
     .kind = CLI_LIST,
     .at = AT(match),
     .help =
         "compare at equal values of these (soc, or soc:0.05 rounded to steps of 0.05); values that "
         "a group does not have are left out"},
    {.name = "covariate",
     .arg = "COLUMNS",
     .kind = CLI_LIST,
     .at = AT(covariate),
     .help = "ln of the parameter changes linearly with these"},
    {.name = "no-adjust",
     .kind = CLI_FLAG_OFF,
     .at = AT(adjust),
     .help =
         "do not match soc, temperature, pressure and cycle or time by yourself where they vary"},
    {.name = "detect",
     .arg = "RATIO",
     .kind = CLI_NUMBER,
     .at = AT(detect),
     .low = 0.001,
     .high = 1000,
     .help = "how many cells does it take to find this ratio?"},
    {.name = "power",
     .arg = "CHANCE",
     .kind = CLI_NUMBER,
     .at = AT(power),
     .low = 0.1,
     .high = 0.999,
     .help = "chance with which a difference is to be found"},
    {.name = "permutations",
     .arg = "N",
     .kind = CLI_INT,
     .at = AT(permutations),
     .low = 100,
     .high = 10000000,
     .help = "all of them up to this number, so many random ones beyond"},
    {.name = "seed",
     .arg = "N",
     .kind = CLI_SEED,
     .at = AT(seed),
     .help = "of random permutations"},
    {0},
};
static const cli_group groups[] = {
    {"Comparison", compare_options, 0},
    {"Data", cli_table_input_options, AT(in)},
    {"Output", cli_stats_output_options, AT(out)},
    {"Figures", cli_stats_figure_options, AT(out)},
    {0},
};

static void defaults(void *settings) {
  compare_settings *s = settings;
  const eis_compare_options o = eis_compare_options_default();
  s->by = "group";
  s->cell = "cell";
  s->adjust = true;
  s->detect = o.detect;
  s->power = o.power;
  s->permutations = (int)o.permutations;
  s->seed = o.seed;
}

enum { COVARIATES_MAX = 8, LEVELS_MAX = 60 };

/* Something to adjust for. */
typedef struct wish {
  int column;
  bool levels;
  double step; /* rounded to, 0 = not */
} wish;

/* One parameter. */
typedef struct found {
  eisi_compare_view view;
  eisi_grouping grouping;
  eis_compare_options options;
  eis_compare_result result;
  double *values; /* of the covariates */
  eis_error why;
} found;

typedef struct compare_run {
  cli_stats base;
  const compare_settings *set;
  int cell, group;
  size_t n_wishes;
  wish wish[COVARIATES_MAX];
  eisi_text adjusted;
  found *at;
} compare_run;

/* ---- what to adjust for ---- */

static eis_status add_wish(compare_run *r, int column, bool levels, double step, eis_error *err) {
  if (column == r->cell || column == r->group)
    return eis_error_set(err, EIS_ERROR_USAGE,
                         "'%s' tells cells or groups apart; it can't be adjusted for",
                         eisi_frame_name(r->base.table.frame, column));
  if (r->n_wishes == COVARIATES_MAX)
    return eis_error_set(err, EIS_ERROR_USAGE, "more than %d columns to adjust for",
                         COVARIATES_MAX);
  r->wish[r->n_wishes++] = (wish){column, levels, step};
  eisi_text_addf(&r->adjusted, "%s%s%s", r->adjusted.n ? ", " : "",
                 eisi_frame_name(r->base.table.frame, column),
                 levels ? " (at equal values)" : " (linear)");
  return r->adjusted.failed ? eis_error_set(err, EIS_ERROR_MEMORY, "out of memory") : EIS_OK;
}

/* "soc" or "soc:0.05" */
static eis_status one_wish(compare_run *r, const char *s, size_t n, bool levels, eis_error *err) {
  char name[128];
  double step = 0;
  int column = EISI_NO_COLUMN;
  snprintf(name, sizeof name, "%.*s", (int)n, s);
  char *colon = strchr(name, ':');
  if (colon) {
    const size_t m = strlen(colon + 1);
    if (!levels || !m || eisi_parse_double(colon + 1, m, '.', &step) != m || !(step > 0))
      return eis_error_set(err, EIS_ERROR_USAGE, "'%s': expected COLUMN%s", name,
                           levels ? " or COLUMN:STEP with a step above zero" : "");
    *colon = '\0';
  }
  eis_status st = eisi_frame_need(r->base.table.frame, name,
                                  levels ? "for --match" : "for --covariate", &column, err);
  return st ? st : add_wish(r, column, levels, step, err);
}

static eis_status wishes(compare_run *r, const cli_list *list, bool levels, eis_error *err) {
  eis_status st = EIS_OK;
  for (size_t i = 0; i < list->n; i++)
    for (const char *s = list->text[i]; !st && *s;) {
      const size_t n = strcspn(s, ",");
      st = one_wish(r, s, n, levels, err);
      s += n + (s[n] == ',');
    }
  return st;
}

/* So many different values that matching would lose most of them? */
static bool few_levels(const eisi_frame *f, int column) {
  double at[LEVELS_MAX];
  int n = 0;
  for (size_t i = 0; i < eisi_frame_rows(f); i++) {
    double v;
    int k = 0;
    if (eisi_frame_number(f, i, column, &v, NULL) || isnan(v)) continue;
    while (k < n && fabs(at[k] - v) > 1e-9 * fabs(v)) k++;
    if (k < n) continue;
    if (n == LEVELS_MAX / 2) return false;
    at[n++] = v;
  }
  return true;
}

/* Does it take different values in the rows that are compared? */
static bool varies(const compare_run *r, int column) {
  const char *first = NULL;
  if (column < 0) return false;
  for (size_t k = 0; k < r->base.table.samples.n; k++)
    for (size_t i = 0; i < r->base.table.samples.at[k].n; i++) {
      const char *s =
          eisi_frame_text(r->base.table.frame, r->base.table.samples.at[k].row[i], column);
      if (*s && first && strcmp(first, s) != 0) return true;
      if (*s) first = s;
    }
  return false;
}

/* What usually differs between spectra, where the table has it; said in the head of the result. */
static eis_status usual_wishes(compare_run *r, eis_error *err) {
  static const char *const state[] = {"soc", "temperature_C", "temperature_K", "pressure_MPa",
                                      NULL};
  static const char *const age[] = {"cycle", "time_h", "age", NULL};
  eis_status st = EIS_OK;
  for (size_t k = 0; !st && state[k]; k++) {
    const int j = eisi_frame_find(r->base.table.frame, state[k]);
    if (varies(r, j) && eisi_frame_numeric(r->base.table.frame, j))
      st = add_wish(r, j, few_levels(r->base.table.frame, j), 0, err);
  }
  for (size_t k = 0; !st && age[k]; k++) {
    const int j = eisi_frame_find(r->base.table.frame, age[k]);
    if (!varies(r, j) || !eisi_frame_numeric(r->base.table.frame, j)) continue;
    return add_wish(r, j, few_levels(r->base.table.frame, j), 0, err);
  }
  return st;
}

/* --match and --covariate take the place of what is adjusted for by itself: what is left open must
   not go unnoticed. */
static void say_open(const compare_run *r) {
  static const char *const usual[] = {"soc",   "temperature_C", "temperature_K", "pressure_MPa",
                                      "cycle", "time_h",        "age",           NULL};
  for (size_t k = 0; usual[k]; k++) {
    const int j = eisi_frame_find(r->base.table.frame, usual[k]);
    bool wished = j == r->cell || j == r->group || !varies(r, j);
    for (size_t i = 0; i < r->n_wishes; i++) wished = wished || r->wish[i].column == j;
    if (!wished)
      cli_say(
          &r->set->general,
          "%s varies and is not adjusted for, as --match or --covariate name other columns: add "
          "--match %s, unless it does not matter",
          usual[k], usual[k]);
  }
}

static bool is_empty(const eisi_frame *f, int column) {
  for (size_t i = 0; i < eisi_frame_rows(f); i++)
    if (*eisi_frame_text(f, i, column)) return false;
  return true;
}

/* Names that only capitals tell apart are one group with a slip, most of the time. */
static void say_alike(const compare_run *r) {
  const eisi_frame *f = r->base.table.frame;
  const char *seen[32];
  size_t n = 0;
  for (size_t i = 0; i < eisi_frame_rows(f) && n < 32; i++) {
    const char *s = eisi_frame_text(f, i, r->group);
    size_t k = 0;
    while (k < n && strcmp(seen[k], s) != 0) k++;
    if (k < n) continue;
    for (k = 0; k < n; k++)
      if (eisi_strcasecmp(seen[k], s) == 0)
        cli_say(&r->set->general,
                "warning: the groups '%s' and '%s' differ in capitals only and are taken as two",
                seen[k], s);
    seen[n++] = s;
  }
}

/* Several spectra of a cell differ by something; what no column says can't be adjusted for. */
static void say_unstated(const compare_run *r) {
  const eisi_frame *f = r->base.table.frame;
  const eisi_sample *a = r->base.table.samples.n ? &r->base.table.samples.at[0] : NULL;
  const char *cell = NULL;
  for (size_t i = 0; a && i < a->n; i++) {
    const char *s = eisi_frame_text(f, a->row[i], r->cell);
    if (cell && strcmp(cell, s) == 0) {
      cli_say(
          &r->set->general,
          "cells have several spectra each, and no column that is filled in says how these differ "
          "(soc, temperature_C, pressure_MPa, cycle, time_h): nothing is adjusted for, and where "
          "the groups were measured under other conditions, that counts as what the group does");
      return;
    }
    cell = s;
  }
}

static eis_status prepare(cli_stats *run, eis_error *err) {
  compare_run *r = (compare_run *)run;
  const compare_settings *s = r->set;
  eis_status st =
      eisi_frame_need(r->base.table.frame, s->by, "with the groups (--by)", &r->group, err);
  if (!st)
    st = eisi_frame_need(r->base.table.frame, s->cell, "with the cells (--cell)", &r->cell, err);
  if (!st && is_empty(r->base.table.frame, r->group))
    st = eis_error_at(
        err, EIS_ERROR_INPUT, eisi_frame_source(r->base.table.frame), 0, 0,
        "the column '%s' is empty: name the column with the groups by --by, or fill it "
        "(in the manifest, or with --meta FILE)",
        s->by);
  if (!st) say_alike(r);
  if (!st && r->group == r->cell)
    st = eis_error_set(err, EIS_ERROR_USAGE, "--by and --cell name the same column '%s'", s->by);
  if (!st) st = wishes(r, &s->match, true, err);
  if (!st) st = wishes(r, &s->covariate, false, err);
  const bool own = r->n_wishes > 0;
  if (!st && s->adjust && !own) st = usual_wishes(r, err);
  if (!st && s->adjust && own) say_open(r);
  if (!st && s->adjust && r->n_wishes == 0) say_unstated(r);
  return st;
}

/* ---- one parameter ---- */

static eis_status covariates(const compare_run *r, const eisi_sample *a, found *f,
                             eis_covariate *list, eis_error *err) {
  f->values = eisi_new(a->n * r->n_wishes + 1, sizeof *f->values, err);
  if (!f->values) return EIS_ERROR_MEMORY;
  for (size_t k = 0; k < r->n_wishes; k++) {
    double *v = f->values + k * a->n;
    const wish *w = &r->wish[k];
    for (size_t i = 0; i < a->n; i++) {
      eis_status st = eisi_frame_number(r->base.table.frame, a->row[i], w->column, &v[i], err);
      if (st) return st;
      if (w->step > 0) v[i] = w->step * round(v[i] / w->step);
    }
    list[k] = (eis_covariate){eisi_frame_name(r->base.table.frame, w->column), v, w->levels};
  }
  return EIS_OK;
}

/* A group that never states what is to be adjusted for can't be compared at equal values of it. */
static void check_stated(found *f, const eisi_sample *a, const eis_covariate *list, size_t n) {
  const eisi_grouping *g = &f->grouping;
  for (size_t k = 0; k < n; k++)
    for (int j = 0; j < g->n_groups; j++) {
      bool stated = false, any = false;
      for (size_t i = 0; i < a->n && !stated; i++) {
        if (g->group_of[g->cell_of[i]] != j) continue;
        any = true;
        stated = isfinite(list[k].value[i]);
      }
      if (any && !stated)
        eis_error_set(
            &f->why, EIS_ERROR_INPUT,
            "no spectrum of '%.80s' states its %s, so the groups can't be compared at the "
            "same %s: fill it in (in the manifest, or with --meta FILE), or leave it with "
            "--no-adjust; then what it does counts as what the group does",
            g->group[j], list[k].name, list[k].name);
    }
}

static eis_status find_reference(const compare_run *r, found *f, eis_error *err) {
  const char *want = r->set->reference;
  if (!want) return EIS_OK;
  for (int g = 0; g < f->grouping.n_groups; g++)
    if (strcmp(f->grouping.group[g], want) == 0) {
      f->options.reference = g;
      return EIS_OK;
    }
  eisi_text list = {0};
  for (int g = 0; g < f->grouping.n_groups; g++)
    eisi_text_addf(&list, "%s%s", g ? ", " : "", f->grouping.group[g]);
  eis_status st =
      eis_error_set(err, EIS_ERROR_USAGE, "option '--reference': no group '%s'; there are: %s",
                    want, list.s ? list.s : "none");
  eisi_text_clear(&list);
  return st;
}

static eis_status analyse(const compare_run *r, const eisi_sample *a, found *f, eis_error *err) {
  const compare_settings *s = r->set;
  eis_covariate list[COVARIATES_MAX];
  f->options = eis_compare_options_default();
  f->options.detect = s->detect;
  f->options.power = s->power;
  f->options.permutations = s->permutations;
  f->options.seed = s->seed;
  f->view = (eisi_compare_view){.source = eisi_frame_source(r->base.table.frame),
                                .group_column = s->by,
                                .sample = a,
                                .grouping = &f->grouping,
                                .options = &f->options,
                                .adjusted = r->adjusted.s ? r->adjusted.s : ""};
  eis_status st = eisi_grouping_make(r->base.table.frame, a, r->cell, r->group, &f->grouping, err);
  if (!st) st = find_reference(r, f, err);
  if (!st) st = covariates(r, a, f, list, err);
  if (st) return st;
  const eis_compare_data d = {.n = a->n,
                              .value = a->value,
                              .se = a->se,
                              .cell = f->grouping.cell_of,
                              .group = f->grouping.group_of,
                              .n_cells = f->grouping.n_cells,
                              .n_groups = f->grouping.n_groups,
                              .n_covariates = r->n_wishes,
                              .covariate = list};
  check_stated(f, a, list, r->n_wishes);
  st = f->why.code ? f->why.code : eis_compare_run(&d, &f->options, &f->result, &f->why);
  if (st == EIS_ERROR_USAGE || st == EIS_ERROR_MEMORY)
    return eis_error_set(err, st, "%s", f->why.text);
  const cli_ends ends = {r->base.table.frame, r->group, a, &f->grouping, f->options.reference};
  f->view.result = st ? NULL : &f->result;
  f->view.why_not = st ? f->why.text : NULL;
  if (!st) return cli_ends_notes(&ends, &f->result.notes, err);
  cli_ends_why(&ends, &f->why);
  return EIS_OK;
}

static eis_status analyse_all(cli_stats *run, eis_error *err) {
  compare_run *r = (compare_run *)run;
  eis_compare_result **results = eisi_new(r->base.table.samples.n, sizeof *results, err);
  eis_status st = EIS_OK;
  size_t n = 0;
  r->at = eisi_new(r->base.table.samples.n, sizeof *r->at, err);
  if (!results || !r->at) st = EIS_ERROR_MEMORY;
  for (size_t i = 0; !st && i < r->base.table.samples.n; i++) {
    found *f = &r->at[run->n++];
    st = analyse(r, &r->base.table.samples.at[i], f, err);
    if (!st && f->view.result) results[n++] = &f->result;
  }
  if (!st) st = eis_compare_adjust(results, n, err);
  if (!st &&
      n == 0) /* nothing worked: the reason is the same for all, or the first is as good as any */
    st = eis_error_at(err, EIS_ERROR_INPUT, eisi_frame_source(r->base.table.frame), 0, 0, "%s: %s",
                      r->base.table.samples.at[0].name, r->at[0].why.text);
  free(results);
  return st;
}

static void clear(cli_stats *run) {
  compare_run *r = (compare_run *)run;
  for (size_t i = 0; i < run->n; i++) {
    eis_compare_result_clear(&r->at[i].result);
    eisi_grouping_clear(&r->at[i].grouping);
    free(r->at[i].values);
  }
  free(r->at);
  eisi_text_clear(&r->adjusted);
}

/* ---- output ---- */

static const void *view(const cli_stats *run, size_t i) {
  return &((const compare_run *)run)->at[i].view;
}

static bool worked(const void *view_) { return ((const eisi_compare_view *)view_)->result != NULL; }

static bool passed(const void *view_) {
  const eisi_compare_view *v = view_;
  return v->result && !v->result->refused;
}

static eis_status text(const cli_stats *run, const void *views, bool color, eisi_text *out,
                       eis_error *err) {
  return eisi_text_compare(views, run->n, color, out, err);
}

static eis_status json(const void *view_, eisi_text *out, eis_error *err) {
  return eisi_json_compare_line(view_, out, err);
}

static void csv(const void *view_, eisi_text *out) { eisi_csv_compare(view_, out); }

/* Six panels. */
static size_t in_figure(const void *views, size_t n) {
  (void)views;
  return n < 6 ? n : 6;
}

static eis_status script(const void *views, size_t n, const eisi_terminal *terminal,
                         const char *output, eisi_text *out, eis_error *err) {
  return eisi_compare_script(views, n, terminal, output, out, err);
}

static const cli_stats_kind kind = {.name = "compare",
                                    .prepare = prepare,
                                    .analyse = analyse_all,
                                    .clear = clear,
                                    .view_size = sizeof(eisi_compare_view),
                                    .view = view,
                                    .worked = worked,
                                    .passed = passed,
                                    .text = text,
                                    .json = json,
                                    .csv = csv,
                                    .in_figure = in_figure,
                                    .script = script};

static int run(void *settings, int n, char **operand) {
  const compare_settings *s = settings;
  compare_run r = {.base = {&s->general, &s->in, &s->out, {0}, 0}, .set = s};
  return cli_stats_run(&kind, &r.base, n, operand);
}

const cli_command cli_cmd_compare = {
    .name = "compare",
    .operands = "TABLE|STORE",
    .summary = "groups of cells: coated against uncoated, with the cell as unit",
    .about =
        "Reads the same stores and tables as 'eisfit trend', with a column of cells and one of groups. A mixed model "
        "of ln(parameter) gives the ratio of the groups with its interval; permutation test, Hedges g, "
        "corrections for many parameters, the difference that could have been found, and the number of "
        "cells it takes. doc/compare.md has the formulas.\n\n"
        "Exit code 1: some parameter could not be compared (one cell in a group).",
    .examples =
        "eisfit compare results.db --by group --reference uncoated\n"
        "eisfit compare aging.csv --by group --reference uncoated --plot groups.svg\n"
        "eisfit compare fits.csv --meta cells.csv --parameter R_cei --match soc:0.05",
    .groups = groups,
    .settings_size = sizeof(compare_settings),
    .defaults = defaults,
    .run = run,
};
