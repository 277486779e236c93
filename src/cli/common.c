/* common.c - options that several commands have, and what follows from them. */
#include "cli/common.h"
#include "cli/words.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *const sweep_names[] = {"first", "last", "all", NULL};

#define AT(member) offsetof(cli_input, member)
const cli_option cli_input_options[] = {
    {.name = "format", .arg = "NAME", .kind = CLI_TEXT, .at = AT(format),
     .words = cli_words_formats,
     .help = "read as this format (see 'eisfit formats'); by content otherwise"},
    {.name = "sweep", .arg = "WHICH", .kind = CLI_TEXT, .at = AT(sweep),
     .choices = sweep_names,
     .help = "which sweeps of a file: a number, a list like 1-3,7, first, last or all"},
    {.name = "columns", .arg = "LIST", .kind = CLI_TEXT, .at = AT(columns),
     .help = "columns of a table by number or header name, f=1,re=2,im=3 or f=1,mod=2,phase=3"},
    {.name = "units", .arg = "LIST", .kind = CLI_TEXT, .at = AT(units),
     .help = "units that the file does not state, f=kHz,z=mohm,phase=rad"},
    {.name = "negate-imag", .kind = CLI_FLAG, .at = AT(negate_imag),
     .help = "the imaginary column has the other sign than the reader thinks"},
    {.name = "keep-imag", .kind = CLI_FLAG, .at = AT(keep_imag),
     .help = "take the sign of the imaginary column as the file has it, without a check"},
    {.name = "fmin", .arg = "FREQ", .kind = CLI_QUANTITY, .quantity = EISI_FREQUENCY,
     .at = AT(fmin), .help = "leave out lower frequencies (10, '10 mHz')"},
    {.name = "fmax", .arg = "FREQ", .kind = CLI_QUANTITY, .quantity = EISI_FREQUENCY,
     .at = AT(fmax), .help = "leave out higher frequencies"},
    {.name = "exclude", .arg = "ROWS", .kind = CLI_TEXT, .at = AT(exclude),
     .help = "leave out data rows of each sweep, 1,5-7"},
    {.name = "area", .arg = "AREA", .kind = CLI_QUANTITY, .quantity = EISI_AREA,
     .at = AT(cond.area_m2), .help = "electrode area with unit, '0.785 cm2'"},
    {.name = "thickness", .arg = "LENGTH", .kind = CLI_QUANTITY, .quantity = EISI_LENGTH,
     .at = AT(cond.thickness_m), .help = "electrolyte thickness with unit, '650 um'"},
    {.name = "temperature", .arg = "TEMP", .kind = CLI_QUANTITY, .quantity = EISI_TEMPERATURE,
     .at = AT(cond.temperature_K), .help = "temperature with unit, '25 C' or '298 K'"},
    {.name = "soc", .arg = "FRACTION", .kind = CLI_NUMBER, .at = AT(cond.soc), .low = 0, .high = 1,
     .help = "state of charge, 0 to 1"},
    {0},
};
#undef AT

void cli_input_defaults(cli_input *in) {
  in->sweep = "all";
  in->fmin = in->fmax = NAN;
  in->cond = eis_conditions_unknown();
}

/* "3" or "1-3" at the head of s; false = neither.  *s is moved behind it. */
static bool sweep_range(const char **s, int *from, int *to) {
  long v[2] = {0, 0};
  char *end;
  if (**s < '1' || **s > '9') return false;
  v[0] = v[1] = strtol(*s, &end, 10);
  if (*end == '-' && end[1] >= '1' && end[1] <= '9') v[1] = strtol(end + 1, &end, 10);
  if (v[0] > v[1] || v[1] > 1000000000 || (*end && *end != ',')) return false;
  *s = *end ? end + 1 : end;
  *from = (int)v[0];
  *to = (int)v[1];
  return *end != ',' || **s;
}

/* A list of sweeps is read as all of them, and chosen from by cli_sweep_pick. */
static eis_status parse_sweep(const char *s, int *sweep, eis_error *err) {
  const char *rest = s;
  int from = 0, to = 0, parts = 0;
  *sweep = strcmp(s, "all") == 0 ? EIS_SWEEP_ALL : strcmp(s, "last") == 0 ? EIS_SWEEP_LAST : 1;
  if (strcmp(s, "all") == 0 || strcmp(s, "last") == 0 || strcmp(s, "first") == 0) return EIS_OK;
  while (sweep_range(&rest, &from, &to) && ++parts && *rest) continue;
  if (!parts || *rest || s[strlen(s) - 1] == ',')
    return eis_error_set(
        err, EIS_ERROR_USAGE,
        "option '--sweep': '%s' is none of first, last, all, a number from 1, or a "
        "list like 1-3,7",
        s);
  *sweep = parts == 1 && from == to ? from : EIS_SWEEP_ALL;
  return EIS_OK;
}

static bool in_sweep_list(const char *list, int sweep) {
  int from = 0, to = 0;
  while (sweep_range(&list, &from, &to)) {
    if (sweep >= from && sweep <= to) return true;
    if (!*list) break;
  }
  return false;
}

eis_status cli_sweep_pick(const cli_input *in, const char *file, eis_spectra *list,
                          eis_error *err) {
  const char *rest = in->sweep;
  int from = 0, to = 0, last = list->n ? list->at[0].n_sweeps : 0;
  size_t kept = 0;
  if (*rest < '1' || *rest > '9' || !strpbrk(rest, "-,")) return EIS_OK;
  while (sweep_range(&rest, &from, &to)) {
    if (to > last)
      return eis_error_set(err, EIS_ERROR_USAGE, "--sweep %s: '%s' has %d sweep%s", in->sweep, file,
                           last, last == 1 ? "" : "s");
    if (!*rest) break;
  }
  for (size_t i = 0; i < list->n; i++) {
    if (!in_sweep_list(in->sweep, list->at[i].sweep)) {
      eis_spectrum_clear(&list->at[i]);
      continue;
    }
    const eis_spectrum keep = list->at[i];
    list->at[i] = (eis_spectrum){0};
    list->at[kept++] = keep;
  }
  list->n = kept;
  return EIS_OK;
}

eis_status cli_read_options(const cli_input *in, eis_read_options *out, eis_error *err) {
  *out = eis_read_options_default();
  out->format = in->format;
  out->columns = in->columns;
  out->units = in->units;
  out->exclude = in->exclude;
  out->negate_imag = in->negate_imag;
  out->trust_imag = in->keep_imag;
  out->fmin_hz = in->fmin;
  out->fmax_hz = in->fmax;
  if (in->negate_imag && in->keep_imag)
    return eis_error_set(err, EIS_ERROR_USAGE,
                         "--negate-imag and --keep-imag contradict each other; give one of them");
  if (in->fmin > in->fmax)
    return eis_error_set(err, EIS_ERROR_USAGE, "--fmin %g Hz is above --fmax %g Hz", in->fmin,
                         in->fmax);
  return parse_sweep(in->sweep, &out->sweep, err);
}

static const char *find_any_case(const eis_meta *meta, const char *key) {
  for (size_t i = 0; i < meta->n; i++)
    if (eisi_strcasecmp(meta->item[i].key, key) == 0) return meta->item[i].value;
  return NULL;
}

eis_conditions cli_conditions(const cli_input *in, const eis_spectrum *s) {
  static const struct {
    const char *key;
    double offset;
  } known[] = {{"temperature_C", 273.15}, {"temperature_K", 0}};
  eis_conditions c = in->cond;
  for (size_t i = 0; i < 2 && isnan(c.temperature_K); i++) {
    const char *text = find_any_case(&s->meta, known[i].key);
    double v;
    if (text && *text && eisi_parse_double(text, strlen(text), '.', &v) == strlen(text) &&
        v + known[i].offset > 0)
      c.temperature_K = v + known[i].offset;
  }
  return c;
}

#define JSON_ROW                                                                  \
  {.name = "json", .kind = CLI_FLAG, .at = offsetof(cli_output, json),            \
   .help = "JSON Lines, one object per spectrum (schemas in doc/schema)"}
#define PATH_ROW                                                                                 \
  {.name = "output", .letter = 'o', .arg = "FILE", .writes = true, .kind = CLI_TEXT,                             \
   .at = offsetof(cli_output, path), .help = "write the result to a file; it appears there whole"}
const cli_option cli_table_options[] = {
    JSON_ROW,
    {.name = "csv", .kind = CLI_FLAG, .at = offsetof(cli_output, csv),
     .help = "a tidy table as CSV, metadata columns repeated in every row"},
    PATH_ROW,
    {0},
};
const cli_option cli_json_options[] = {JSON_ROW, PATH_ROW, {0}};
const cli_option cli_figure_options[] = {
    {.name = "plot", .arg = "FILE", .writes = true, .kind = CLI_TEXT, .at = offsetof(cli_output, plot),
     .help = "figure: Nyquist, Bode, residuals; .svg, .png or .pdf; several spectra are numbered"},
    {.name = "keep-plot-script", .arg = "FILE", .writes = true, .kind = CLI_TEXT,
     .at = offsetof(cli_output, keep_script),
     .help = "write the gnuplot script of the figure, with its data"},
    {0},
};
const cli_option cli_report_options[] = {
    {.name = "report", .arg = "FILE", .writes = true, .kind = CLI_TEXT, .at = offsetof(cli_output, report),
     .help = "HTML page with the figure and all numbers, one file that needs no other"},
    {0},
};

/* A file that can be made or written over at this place, as far as that can be told. */
static eis_status check_place(const char *path, eis_error *err) {
  if (!path) return EIS_OK;
  struct stat info;
  const char *slash = strrchr(path, '/');
  char *folder = !slash          ? eisi_strdup(".", err)
                 : slash == path ? eisi_strdup("/", err)
                                 : eisi_strndup(path, (size_t)(slash - path), err);
  if (!folder) return EIS_ERROR_MEMORY;
  int code = 0;
  if (stat(path, &info) == 0)
    code = S_ISDIR(info.st_mode) ? EISDIR : access(path, W_OK) != 0 ? errno : 0;
  else if (stat(folder, &info) != 0)
    code = errno;
  else
    code = !S_ISDIR(info.st_mode) ? ENOTDIR : access(folder, W_OK | X_OK) != 0 ? errno : 0;
  free(folder);
  if (!code) return EIS_OK;
  return eis_error_set(err, EIS_ERROR_OUTPUT, "can't write '%s': %s", path, strerror(code));
}

eis_status cli_output_check(const cli_output *out, eis_error *err) {
  const eisi_terminal *terminal;
  eis_status st = EIS_OK;
  if (out->json && out->csv)
    return eis_error_set(err, EIS_ERROR_USAGE, "--json and --csv can't go together; choose one");
  if (out->report && !eisi_ends_with(out->report, ".html") && !eisi_ends_with(out->report, ".htm"))
    return eis_error_set(err, EIS_ERROR_USAGE,
                         "--report writes HTML; the name '%s' has to end in .html", out->report);
  if (out->plot) st = eisi_plot_terminal(out->plot, &terminal, err);
  if (!st) st = check_place(out->plot, err);
  if (!st) st = check_place(out->report, err);
  return st ? st : check_place(out->keep_script, err);
}

/* "a,b" are two models unless a file has that name. */
static eis_status add_models(eisi_candidates *list, const char *names, const char *variant,
                             eis_error *err) {
  eis_status st = EIS_OK;
  if (access(names, R_OK) == 0) return eisi_candidates_add_model(list, names, variant, err);
  for (const char *s = names; !st; s++) {
    size_t n = strcspn(s, ",");
    char *one = eisi_strndup(s, n, err);
    if (!one) return EIS_ERROR_MEMORY;
    st = eisi_candidates_add_model(list, one, variant, err);
    free(one);
    s += n;
    if (!*s) break;
  }
  return st;
}

static eis_status adjust(eisi_candidates *list, eisi_adjustment kind, const cli_list *wishes,
                         eis_error *err) {
  eis_status st = EIS_OK;
  for (size_t i = 0; !st && i < wishes->n; i++)
    st = eisi_candidates_adjust(list, kind, wishes->text[i], err);
  return st;
}

eis_status cli_candidates(const cli_models *m, const char *command, eisi_candidates *out,
                          eis_error *err) {
  eis_status st = EIS_OK;
  if (m->model.n + m->circuit.n == 0)
    return eis_error_set(err, EIS_ERROR_USAGE,
                         "%s needs --model NAME or --circuit STRING, for example --circuit "
                         "'R0-p(R1,CPE1)'; 'eisfit models' lists the models",
                         command);
  if (m->variant && !m->model.n)
    return eis_error_set(err, EIS_ERROR_USAGE, "--variant needs a --model to choose it from");
  for (size_t i = 0; !st && i < m->model.n; i++)
    st = add_models(out, m->model.text[i], m->variant, err);
  for (size_t i = 0; !st && i < m->circuit.n; i++)
    st = eisi_candidates_add_circuit(out, m->circuit.text[i], err);
  if (!st) st = adjust(out, EISI_ADJUST_SET, &m->set, err);
  if (!st) st = adjust(out, EISI_ADJUST_BOUND, &m->bound, err);
  if (!st) st = adjust(out, EISI_ADJUST_FIX, &m->fix, err);
  if (!st) st = adjust(out, EISI_ADJUST_TIE, &m->tie, err);
  return st ? st : eisi_candidates_check(out, err);
}
