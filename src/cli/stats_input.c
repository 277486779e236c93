/* stats_input.c - see stats_input.h. */
#include "cli/stats_input.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char *const from_names[] = {
    [EISI_STORE_PARAMETERS] = "parameters", [EISI_STORE_TRACKS] = "tracks", NULL,
};

#define AT(member) offsetof(cli_table_input, member)
const cli_option cli_table_input_options[] = {
    {.name = "parameter", .letter = 'p', .arg = "NAMES", .kind = CLI_LIST, .at = AT(parameter),
     .help = "parameters, R_cei,R_b or patterns such as 'R_*'; without: all resistances (R_cei, Zarc_cei_R)"},
    {.name = "where", .arg = "COND", .kind = CLI_LIST, .at = AT(where),
     .help = "only these rows: soc=0.5, cycle=0:100, group=coated; several: all have to hold"},
    {.name = "meta", .arg = "FILE", .kind = CLI_TEXT, .at = AT(meta),
     .help = "table with file, cell, group, cycle ... to join to the rows by file (and sweep); ./a.csv is a.csv"},
    {.name = "from", .kind = CLI_CHOICE, .at = AT(from), .choices = from_names,
     .help = "of a store: parameters of the best fit, or R and C of the processes that were tracked"},
    {0},
};
#undef AT

const cli_option cli_stats_output_options[] = {
    {.name = "json", .kind = CLI_FLAG, .at = offsetof(cli_output, json),
     .help = "JSON Lines, one object per series or parameter (schemas in doc/schema)"},
    {.name = "csv", .kind = CLI_FLAG, .at = offsetof(cli_output, csv),
     .help = "a tidy table as CSV"},
    {.name = "output", .letter = 'o', .arg = "FILE", .writes = true, .kind = CLI_TEXT,
     .at = offsetof(cli_output, path), .help = "write the result to a file; it appears there whole"},
    {0},
};
const cli_option cli_stats_figure_options[] = {
    {.name = "plot", .arg = "FILE", .writes = true, .kind = CLI_TEXT, .at = offsetof(cli_output, plot),
     .help = "figure, .svg, .png or .pdf; several are numbered"},
    {.name = "keep-plot-script", .arg = "FILE", .writes = true, .kind = CLI_TEXT,
     .at = offsetof(cli_output, keep_script),
     .help = "write the gnuplot script of the figure, with its data"},
    {0},
};

static eis_status join(const cli_general *g, const char *path, eisi_frame *f, eis_error *err) {
  eisi_frame *meta = NULL;
  eisi_joined j;
  eis_status st = eisi_frame_read(path, &meta, err);
  if (!st) st = eisi_frame_join(f, meta, &j, err);
  if (st) return st;
  if (j.unmatched == eisi_frame_rows(f))
    return eis_error_at(err, EIS_ERROR_INPUT, path, 0, 0,
                        "no row of '%s' has a file that is named here; there: '%s', here: '%s'",
                        eisi_frame_source(f), j.first_unmatched,
                        j.first_unused ? j.first_unused : "nothing");
  if (j.unmatched)
    cli_say(g, "%zu of %zu rows have no metadata in '%s', the first of them of '%s'", j.unmatched,
            eisi_frame_rows(f), path, j.first_unmatched);
  if (j.unused)
    cli_say(g, "%zu row%s of '%s' match%s nothing, the first of them '%s'", j.unused,
            j.unused == 1 ? "" : "s", path, j.unused == 1 ? "es" : "", j.first_unused);
  return EIS_OK;
}

/* A pattern may name more than R and C. */
static eis_status read_frame(const cli_table_input *in, const char *path, eisi_frame **f,
                             eis_error *err) {
  if (eisi_store_is(path))
    return eisi_frame_store(path, (eisi_store_source)in->from, in->parameter.n > 0, f, err);
  if (in->from != EISI_STORE_PARAMETERS)
    return eis_error_set(err, EIS_ERROR_USAGE, "--from %s needs a store; '%s' is none",
                         from_names[in->from], path);
  return eisi_frame_read(path, f, err);
}

/* What the numbers rest on. */
static void say_what_is_in(const cli_general *g, const eisi_samples *s) {
  if (s->n_flagged)
    cli_say(g,
            "%zu of %zu values are of spectra with flags (Kramers-Kronig, misfit ...); --where "
            "'flags=' leaves them out",
            s->n_flagged, s->n_values);
  if (s->models_differ)
    cli_say(g, "values of one name come from several models; --where 'model=NAME' takes one");
}

eis_status cli_table_open(const cli_general *g, const cli_table_input *in, const char *command,
                          int n, char **operand, cli_table *out, eis_error *err) {
  const eisi_pick pick = {in->parameter.n, in->where.n, in->parameter.text, in->where.text};
  *out = (cli_table){0};
  if (n != 1)
    return eis_error_set(err, EIS_ERROR_USAGE,
                         "%s takes one table of parameters (CSV) or one store; '-' is "
                         "standard input",
                         command);
  eis_status st = read_frame(in, operand[0], &out->frame, err);
  if (!st && in->meta) st = join(g, in->meta, out->frame, err);
  if (!st) st = eisi_samples_pick(out->frame, &pick, &out->samples, err);
  if (!st && out->samples.n_unusable)
    cli_say(
        g,
        "%zu rows left out: fixed, at a bound, not identifiable, not of the best model, or without "
        "a value",
        out->samples.n_unusable);
  if (!st) say_what_is_in(g, &out->samples);
  return st;
}

void cli_table_clear(cli_table *t) {
  eisi_samples_clear(&t->samples);
  eisi_frame_free(t->frame);
  *t = (cli_table){0};
}

eis_status cli_columns_parse(const eisi_frame *f, const char *list, const char *what, int *column,
                             size_t *n, eis_error *err) {
  eis_status st = EIS_OK;
  *n = 0;
  while (!st && *list) {
    const size_t length = strcspn(list, ",");
    if (*n == CLI_BY_MAX)
      return eis_error_set(err, EIS_ERROR_USAGE, "more than %d columns %s", CLI_BY_MAX, what);
    char *name = eisi_strndup(list, length, err);
    if (!name) return EIS_ERROR_MEMORY;
    st = eisi_frame_need(f, name, what, &column[(*n)++], err);
    free(name);
    list += length + (list[length] == ',');
  }
  return st;
}

bool cli_column_varies(const eisi_frame *f, int column) {
  const char *first = NULL;
  if (column < 0) return false;
  for (size_t i = 0; i < eisi_frame_rows(f); i++) {
    const char *s = eisi_frame_text(f, i, column);
    if (!*s) continue;
    if (first && strcmp(first, s) != 0) return true;
    first = s;
  }
  return false;
}

int cli_column_first(const eisi_frame *f, const char *const *names) {
  for (; *names; names++) {
    const int j = eisi_frame_find(f, *names);
    if (cli_column_varies(f, j)) return j;
  }
  return EISI_NO_COLUMN;
}

eis_status cli_series_columns(const eisi_frame *f, const char *by, int x, int *column, size_t *n,
                              eis_error *err) {
  static const char *const usual[] = {"cell",          "electrode", "soc", "temperature_C",
                                      "temperature_K", "pressure_MPa"};
  if (by) return cli_columns_parse(f, by, "to tell series apart", column, n, err);
  *n = 0;
  for (size_t k = 0; k < sizeof usual / sizeof *usual; k++) {
    const int j = eisi_frame_find(f, usual[k]);
    const bool temperatures = eisi_starts_with(usual[k], "temperature") && x >= 0 &&
                              eisi_starts_with(eisi_frame_name(f, x), "temperature");
    if (j != x && cli_column_varies(f, j) && !temperatures) column[(*n)++] = j;
  }
  return EIS_OK;
}
