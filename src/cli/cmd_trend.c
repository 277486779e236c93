/* cmd_trend.c - eisfit trend: ageing laws, end of life, drift signatures, correlation. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "campaign/facts.h"
#include "cli/commands.h"
#include "cli/stats_run.h"
#include "cli/words.h"

typedef struct trend_settings {
  cli_general general;
  cli_table_input in;
  cli_output out;
  const char *against, *by, *law, *end, *correlate;
  double horizon;
  bool drift;
  uint64_t seed;
} trend_settings;

#define AT(member) offsetof(trend_settings, member)
static const cli_option trend_options[] = {
    {.name = "against", .arg = "COLUMN", .kind = CLI_TEXT, .at = AT(against),
     .help = "what changes; without: time_h, cycle, age or time_s, the first that is there"},
    {.name = "by", .arg = "COLUMNS", .kind = CLI_TEXT, .at = AT(by),
     .help = "one series for each value of these; without: cell, soc, temperature, pressure where they "
             "vary"},
    {.name = "law", .arg = "NAMES", .kind = CLI_TEXT, .at = AT(law),
     .words = cli_words_laws,
     .help = "laws to try: constant,sqrt,linear,parabolic,power,log,saturating,knee,scaling; without: "
             "all but scaling, or constant and scaling over a pressure"},
    {.name = "end-of-life", .arg = "LIMIT", .kind = CLI_TEXT, .at = AT(end),
     .help = "when is this reached? 2x = twice the first value, 0.8x, or a value in the table's unit"},
    {.name = "horizon", .arg = "TIMES", .kind = CLI_NUMBER, .at = AT(horizon), .low = 1, .high = 10000,
     .help = "look for the end of life up to so many times the range of the data"},
    {.name = "correlate", .arg = "COLUMN", .kind = CLI_TEXT, .at = AT(correlate),
     .help = "rank correlation with this column (capacity ...)"},
    {.name = "no-drift", .kind = CLI_FLAG_OFF, .at = AT(drift),
     .help = "no drift signature dlnC/dlnR from R_x and the C_x beside it"},
    {.name = "seed", .arg = "N", .kind = CLI_SEED, .at = AT(seed),
     .help = "of the random permutations of the rank correlation"},
    {0},
};
static const cli_group groups[] = {
    {"Trend", trend_options, 0},
    {"Data", cli_table_input_options, AT(in)},
    {"Output", cli_stats_output_options, AT(out)},
    {"Figures", cli_stats_figure_options, AT(out)},
    {0},
};

static void defaults(void *settings) {
  trend_settings *s = settings;
  s->horizon = eis_trend_options_default().horizon;
  s->drift = true;
  s->seed = 1;
}

/* A series with everything that was found of it. */
typedef struct found {
  eisi_trend_view view;
  eis_trend_result trend;
  eis_drift_result drift;
  eis_rank_result rank;
  char *partner;
  eis_error why;
} found;

typedef struct trend_run {
  cli_stats base;
  const trend_settings *set;
  cli_series series;
  eisi_samples partners;
  eis_trend_options options;
  const char *laws[EIS_LAWS_MAX + 1];
  char *law_text;
  int correlate;
  eisi_fact_columns facts;
  found *at;
} trend_run;

/* ---- what is asked for ---- */

static eis_status parse_end(const char *s, eis_trend_options *o, eis_error *err) {
  double v;
  if (!s) return EIS_OK;
  const size_t n = strlen(s), used = eisi_parse_double(s, n, '.', &v);
  if (used > 0 && used == n)
    o->threshold = v;
  else if (used > 0 && used + 1 == n && eisi_lower(s[used]) == 'x')
    o->factor = v;
  else
    return eis_error_set(err, EIS_ERROR_USAGE,
                         "option '--end-of-life': '%s' is neither a value nor a "
                         "factor like 2x",
                         s);
  return EIS_OK;
}

static eis_status parse_laws(trend_run *r, eis_error *err) {
  static const char *const over_pressure[] = {"constant", "scaling", NULL};
  const bool pressure =
      eisi_starts_with(eisi_frame_name(r->base.table.frame, r->series.x), "pressure");
  size_t n = 0;
  if (!r->set->law) {
    r->options.laws = pressure ? over_pressure : NULL;
    return EIS_OK;
  }
  r->law_text = eisi_strdup(r->set->law, err);
  if (!r->law_text) return EIS_ERROR_MEMORY;
  for (char *s = r->law_text; *s && n < EIS_LAWS_MAX;) {
    char *end = s + strcspn(s, ",");
    r->laws[n++] = s;
    s = *end ? end + 1 : end;
    *end = '\0';
  }
  r->options.laws = r->laws;
  return EIS_OK;
}

static eis_status find_x(trend_run *r, eis_error *err) {
  static const char *const usual[] = {"time_h", "cycle", "age", "age_d", "time_s", NULL};
  r->series.x = EISI_NO_COLUMN;
  if (r->set->against)
    return eisi_frame_need(r->base.table.frame, r->set->against, "for --against", &r->series.x,
                           err);
  r->series.x = cli_column_first(r->base.table.frame, usual);
  if (r->series.x >= 0) return EIS_OK;
  return eis_error_at(
      err, EIS_ERROR_INPUT, eisi_frame_source(r->base.table.frame), 0, 0,
      "no column time_h, cycle, age, age_d or time_s that changes; say over what with "
      "--against COLUMN, or join metadata with --meta FILE");
}

static eis_status prepare(cli_stats *run, eis_error *err) {
  trend_run *r = (trend_run *)run;
  eis_status st = find_x(r, err);
  r->options = eis_trend_options_default();
  r->options.horizon = r->set->horizon;
  if (!st) st = parse_end(r->set->end, &r->options, err);
  if (!st) st = parse_laws(r, err);
  if (!st)
    st = cli_series_columns(r->base.table.frame, r->set->by, r->series.x, r->series.by,
                            &r->series.n_by, err);
  r->correlate = EISI_NO_COLUMN;
  if (!st && r->set->correlate)
    st = eisi_frame_need(r->base.table.frame, r->set->correlate, "for --correlate", &r->correlate,
                         err);
  const bool age =
      st ? false : !eisi_starts_with(eisi_frame_name(r->base.table.frame, r->series.x), "pressure");
  r->facts = (eisi_fact_columns){eisi_frame_find(r->base.table.frame, "cell"),
                                 age ? r->series.x : EISI_NO_COLUMN,
                                 eisi_frame_find(r->base.table.frame, "pressure_MPa"),
                                 eisi_frame_find(r->base.table.frame, "soc")};
  return st;
}

/* ---- one series ---- */

/* The sample of that name, head, n bytes and tail; NULL = none. */
static const eisi_sample *partner_called(const trend_run *r, const char *head, const char *middle,
                                         size_t n, const char *tail) {
  for (size_t i = 0; i < r->partners.n; i++) {
    const char *c = r->partners.at[i].name;
    if (!eisi_starts_with(c, head) || strncmp(c + strlen(head), middle, n) != 0) continue;
    if (strcmp(c + strlen(head) + n, tail) == 0) return &r->partners.at[i];
  }
  return NULL;
}

/* By the arcs of a bare circuit: tau(R1,CPE2) is R1 and C_eff(CPE2), tau(R1,C2) is R1 and C2. */
static const eisi_sample *partner_in_arc(const trend_run *r, const char *name) {
  const size_t n = strlen(name);
  for (size_t i = 0; i < r->partners.n; i++) {
    const char *tau = r->partners.at[i].name;
    if (!eisi_starts_with(tau, "tau(") || strncmp(tau + 4, name, n) != 0 || tau[4 + n] != ',')
      continue;
    const char *c = tau + 5 + n;
    const size_t length = strcspn(c, ",)");
    const eisi_sample *effective = partner_called(r, "C_eff(", c, length, ")");
    return effective ? effective : partner_called(r, "", c, length, "");
  }
  return NULL;
}

/* The capacitance that belongs to a resistance: that of its arc, or by the names R_cei and C_cei,
   C_eff_cei ...; NULL = none. */
static const eisi_sample *partner_of(const trend_run *r, const char *name) {
  static const char *const heads[] = {"C_eff_", "C_Brug_", "C_", "C_area_", "C"};
  if (name[0] != 'R') return NULL;
  const char *tail = name + 1 + (name[1] == '_');
  const eisi_sample *c = partner_in_arc(r, name);
  for (size_t k = 0; !c && k < sizeof heads / sizeof *heads; k++)
    c = partner_called(r, heads[k], tail, strlen(tail), "");
  return c;
}

/* The same spectrum: same file and sweep in a tidy table, same row in a wide one. */
static bool same_spectrum(const trend_run *r, size_t a, size_t b) {
  static const char *const keys[] = {"file", "sweep", "spectrum"};
  bool any = false;
  if (a == b) return true;
  for (size_t k = 0; k < 3; k++) {
    const int j = eisi_frame_find(r->base.table.frame, keys[k]);
    if (j < 0 || !*eisi_frame_text(r->base.table.frame, a, j)) continue;
    any = true;
    if (strcmp(eisi_frame_text(r->base.table.frame, a, j),
               eisi_frame_text(r->base.table.frame, b, j)) != 0)
      return false;
  }
  return any;
}

static size_t pair_up(const trend_run *r, const eisi_series *s, const eisi_sample *c, double *v) {
  size_t n = 0, from = 0;
  for (size_t i = 0; i < s->n; i++)
    for (size_t k = 0; k < c->n; k++) {
      const size_t m = (from + k) % c->n; /* the partner of the next row is usually the next one */
      if (!same_spectrum(r, s->sample->row[s->at[i]], c->row[m])) continue;
      if (s->y[i] > 0 && c->value[m] > 0) {
        v[n] = s->y[i];
        v[s->n + n] = s->se[i];
        v[2 * s->n + n] = c->value[m];
        v[3 * s->n + n++] = c->se[m];
      }
      from = m + 1;
      break;
    }
  return n;
}

static eis_status find_drift(const trend_run *r, found *f, eis_error *err) {
  const eisi_series *s = f->view.series;
  const eisi_sample *c = r->set->drift && r->facts.x >= 0 ? partner_of(r, s->sample->name) : NULL;
  const eis_law_fit *power = NULL;
  eis_drift_facts facts;
  if (!c || s->n < 3) return EIS_OK;
  for (size_t i = 0; f->view.trend && i < f->trend.n_laws; i++)
    if (strcmp(f->trend.fit[i].law->key, "power") == 0) power = &f->trend.fit[i];
  double *v = eisi_new(4 * s->n, sizeof *v, err);
  if (!v) return EIS_ERROR_MEMORY;
  const size_t n = pair_up(r, s, c, v);
  eis_status st = eisi_facts_find(r->base.table.frame, s, &r->facts, power, &facts, err);
  if (f->view.trend)
    facts.unchanged = strcmp(f->trend.fit[f->trend.best].law->key, "constant") == 0;
  if (!st && n >= 3) {
    const eis_drift_data d = {n, v, v + s->n, v + 2 * s->n, v + 3 * s->n};
    st = eis_drift_signature(&d, &facts, &f->drift, err);
    if (!st) {
      f->view.drift = &f->drift;
      f->view.partner = c->name;
    }
  }
  free(v);
  return st;
}

static eis_status find_rank(const trend_run *r, found *f, eis_error *err) {
  const eisi_series *s = f->view.series;
  if (r->correlate < 0) return EIS_OK;
  double *v = eisi_new(s->n + 1, sizeof *v, err);
  eis_status st = v ? EIS_OK : EIS_ERROR_MEMORY;
  for (size_t i = 0; !st && i < s->n; i++)
    st = eisi_frame_number(r->base.table.frame, s->sample->row[s->at[i]], r->correlate, &v[i], err);
  eis_status ranked = st ? st : eis_rank_correlation(s->y, v, s->n, r->set->seed, &f->rank, NULL);
  if (!st && ranked == EIS_ERROR_MEMORY) st = eis_error_set(err, ranked, "out of memory");
  if (!ranked) {
    f->view.rank = &f->rank;
    f->view.rank_name = eisi_frame_name(r->base.table.frame, r->correlate);
  }
  free(v);
  return st;
}

/* A series that can't be fitted is told in its row; wrong options end everything. */
static eis_status analyse(const trend_run *r, const eisi_series *s, found *f, eis_error *err) {
  f->view = (eisi_trend_view){.source = eisi_frame_source(r->base.table.frame),
                              .series = s,
                              .x_name = eisi_frame_name(r->base.table.frame, r->series.x)};
  eis_status st = eis_trend_fit(s->x, s->y, s->se, s->n, &r->options, &f->trend, &f->why);
  if (st == EIS_ERROR_USAGE || st == EIS_ERROR_MEMORY)
    return eis_error_set(err, st, "%s", f->why.text);
  if (st)
    f->view.why_not = f->why.text;
  else
    f->view.trend = &f->trend;
  st = find_drift(r, f, err);
  return st ? st : find_rank(r, f, err);
}

static eis_status analyse_all(cli_stats *run, eis_error *err) {
  trend_run *r = (trend_run *)run;
  const cli_list *where = &r->set->in.where;
  const eisi_pick all = {2, where->n, (const char *const[]){"C*", "tau(*"}, where->text};
  /* there may be none */
  if (eisi_samples_pick(run->table.frame, &all, &r->partners, NULL) == EIS_ERROR_MEMORY)
    return eis_error_set(err, EIS_ERROR_MEMORY, "out of memory");
  eis_status st = cli_series_split(run, &r->series, err);
  if (!st && !(r->at = eisi_new(r->series.n, sizeof *r->at, err))) st = EIS_ERROR_MEMORY;
  for (size_t i = 0; !st && i < r->series.n; i++)
    st = analyse(r, r->series.at[i], &r->at[run->n++], err);
  return st;
}

static void clear(cli_stats *run) {
  trend_run *r = (trend_run *)run;
  for (size_t i = 0; i < run->n; i++) {
    eis_trend_result_clear(&r->at[i].trend);
    eis_drift_result_clear(&r->at[i].drift);
  }
  free(r->at);
  cli_series_clear(&r->series);
  eisi_samples_clear(&r->partners);
  free(r->law_text);
}

/* ---- output ---- */

static const void *view(const cli_stats *run, size_t i) {
  return &((const trend_run *)run)->at[i].view;
}

static bool passed(const void *view_) { return ((const eisi_trend_view *)view_)->trend != NULL; }

static eis_status text(const cli_stats *run, const void *views, bool color, eisi_text *out,
                       eis_error *err) {
  return eisi_text_trend(views, run->n, run->general->verbose || run->n <= 3, color, out, err);
}

static eis_status json(const void *view_, eisi_text *out, eis_error *err) {
  return eisi_json_trend_line(view_, out, err);
}

static void csv(const void *view_, eisi_text *out) { eisi_csv_trend(view_, out); }

/* Those of one parameter. */
static size_t in_figure(const void *views, size_t n) {
  const eisi_trend_view *v = views;
  size_t k = 1;
  while (k < n && v[k].series->sample == v[0].series->sample) k++;
  return k;
}

static eis_status script(const void *views, size_t n, const eisi_terminal *terminal,
                         const char *output, eisi_text *out, eis_error *err) {
  return eisi_trend_script(views, n, terminal, output, out, err);
}

static const cli_stats_kind kind = {.name = "trend", .prepare = prepare, .analyse = analyse_all,
                                    .clear = clear, .view_size = sizeof(eisi_trend_view),
                                    .view = view, .passed = passed, .text = text, .json = json,
                                    .csv = csv, .in_figure = in_figure, .script = script};

static int run(void *settings, int n, char **operand) {
  const trend_settings *s = settings;
  trend_run r = {.base = {&s->general, &s->in, &s->out, {0}, 0}, .set = s};
  return cli_stats_run(&kind, &r.base, n, operand);
}

const cli_command cli_cmd_trend = {
    .name = "trend",
    .operands = "TABLE|STORE",
    .summary = "ageing laws, end of life, what the drift of R and C says",
    .about = "Reads a store of 'eisfit campaign run' or a table of parameters: the CSV of 'eisfit fit --csv' (joined with --meta), or any CSV "
             "with one column per parameter and PARAMETER_stderr for its errors. All laws are fitted to each "
             "series and compared by AICc; what the data can't tell apart is said. doc/trends.md has the "
             "formulas.\n\n"
             "Exit code 1: some series could not be fitted.",
    .examples = "eisfit trend results.db --parameter R_if --where soc=0.5\n"
                "eisfit trend aging.csv --parameter R_cei --end-of-life 2x\n"
                "eisfit trend fits.csv --meta cells.csv --where soc=0.5 --plot trend.svg\n"
                "eisfit trend fits.csv --against pressure_MPa --parameter R_if",
    .groups = groups,
    .settings_size = sizeof(trend_settings),
    .defaults = defaults,
    .run = run,
};
