/* cmd_report.c - eisfit report: the results of a campaign as one HTML page, and its figures as
 * files. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/commands.h"
#include "cli/common.h"
#include "report/page.h"

typedef struct report_settings {
  cli_general general;
  const char *output, *figures;
  int format, rows, curves;
} report_settings;

static const char *const format_names[] = {"svg", "pdf", NULL};

#define AT(member) offsetof(report_settings, member)
static const cli_option report_options[] = {
    {.name = "output", .letter = 'o', .arg = "FILE.html", .writes = true, .kind = CLI_TEXT, .at = AT(output),
     .help = "the page"},
    {.name = "rows", .arg = "N", .kind = CLI_INT, .at = AT(rows), .low = 0, .high = 1000000,
     .help = "most spectra in the table and charts of the page; of more, one of every second, third ...; numbers, laws, "
             "comparisons and figures are always from all; 0 = all"},
    {.name = "curves", .arg = "N", .kind = CLI_INT, .at = AT(curves), .low = 0, .high = 1000000,
     .help = "most spectra whose points, fit and distribution are in the page, of those in the table; "
             "0 = all"},
    {.name = "figures", .arg = "FOLDER", .kind = CLI_TEXT, .at = AT(figures),
     .help = "every parameter over every axis, all maps: a file each; made if it is not there"},
    {.name = "figure-format", .kind = CLI_CHOICE, .at = AT(format), .choices = format_names,
     .help = "of the files in --figures"},
    {0},
};
static const cli_group groups[] = {{"Output", report_options, 0}, {0}};

static void defaults(void *settings) {
  report_settings *s = settings;
  s->rows = 20000;
  s->curves = 5000;
}

static eis_status check(const report_settings *s, int n, eis_error *err) {
  if (n != 1)
    return eis_error_set(err, EIS_ERROR_USAGE,
                         "report needs one store: eisfit report results.db -o report.html");
  if (!s->output && !s->figures)
    return eis_error_set(err, EIS_ERROR_USAGE,
                         "report needs -o FILE.html for the page, or --figures FOLDER");
  if (s->output && strcmp(s->output, "-") != 0 && !eisi_ends_with(s->output, ".html"))
    return eis_error_set(err, EIS_ERROR_USAGE, "option '--output': '%s' does not end in .html",
                         s->output);
  return EIS_OK;
}

/* ---- files ---- */

/* Text of a file of the data folder; with `must`, one that is not there is an error. */
static eis_status data_file(const char *name, bool must, char **text, eis_error *err) {
  char *path = NULL;
  size_t size;
  *text = NULL;
  eis_status st = eisi_data_path(name, &path, err);
  if (!st && path)
    st = eisi_read_whole(path, 0, text, &size, err);
  else if (!st && must)
    st = eis_error_set(err, EIS_ERROR_INPUT,
                       "the data folder has no '%s': install eisfit, or set EISFIT_DATADIR "
                       "to its sources",
                       name);
  free(path);
  return st;
}

/* The bundle of charts, where eisfit was built with it. */
static eis_status plotly(char **text, eis_error *err) {
  size_t size;
  *text = NULL;
  if (!*EISI_PLOTLY) return EIS_OK;
  eis_status st = data_file("web/plotly-basic.min.js", false, text, err);
  if (!st && !*text && eisi_read_whole(EISI_PLOTLY, 0, text, &size, err))
    st = eis_error_set(err, EIS_ERROR_INPUT, "can't read '%s', with which eisfit was built",
                       EISI_PLOTLY);
  return st;
}

/* ---- output ---- */

static eis_status write_page(const report_settings *s, eisi_page *p, eisi_text *out,
                             eis_error *err) {
  eisi_page_figures figures = {0};
  char *style = NULL, *script = NULL, *bundle = NULL;
  eis_status st = data_file("web/report.css", true, &style, err);
  if (!st) st = data_file("web/report.js", true, &script, err);
  if (!st) st = plotly(&bundle, err);
  if (!st) st = eisi_page_figures_make(p, false, &figures, err);
  const eisi_page_parts parts = {style, script, bundle, (size_t)s->rows, (size_t)s->curves};
  if (!st) st = eisi_page_html(p, &figures, &parts, out, err);
  eisi_page_figures_clear(&figures);
  free(style);
  free(script);
  free(bundle);
  return st;
}

static eis_status write_figure(const report_settings *s, const eisi_page *p,
                               const eisi_page_figure *f, eis_error *err) {
  const char *ending = s->format ? ".pdf" : ".svg";
  char *image = NULL;
  size_t size;
  eisi_text path = {0};
  eisi_text_addf(&path, "%s/%s%s", s->figures, f->name, ending);
  eis_status st = path.failed ? eis_error_set(err, EIS_ERROR_MEMORY, "out of memory")
                              : eisi_page_draw(p, f, ending, &image, &size, err);
  if (!st) st = cli_write_file(path.s, image, size, err);
  eisi_text_clear(&path);
  free(image);
  return st;
}

static eis_status write_figures(const report_settings *s, eisi_page *p, eis_error *err) {
  eisi_page_figures figures = {0};
  eis_status st = EIS_OK;
  size_t done = 0;
  if (mkdir(s->figures, 0777) && errno != EEXIST)
    return eis_error_set(err, EIS_ERROR_OUTPUT, "can't make the folder '%s': %s", s->figures,
                         strerror(errno));
  st = eisi_page_figures_make(p, true, &figures, err);
  for (; !st && done < figures.n && !*cli_stop_flag(); done++)
    st = write_figure(s, p, &figures.at[done], err);
  if (!st && done < figures.n)
    st = eis_error_set(err, EIS_ERROR_INTERRUPTED, "interrupted; %zu of %zu figures are in '%s'",
                       done, figures.n, s->figures);
  if (!st) cli_say(&s->general, "%zu figures in '%s'", figures.n, s->figures);
  eisi_page_figures_clear(&figures);
  return st;
}

static eis_status open_page(const char *path, eis_store **store, eisi_page *page, eis_error *err) {
  eis_status st = eis_store_open(path, EIS_STORE_READ, store, err);
  if (!st)
    st = eis_store_execute(*store, "BEGIN", err); /* one state of it, also while a run adds to it */
  if (!st) st = eisi_page_load(*store, page, err);
  page->gnuplot = cli_gnuplot();
  return st;
}

static int run(void *settings, int n, char **operand) {
  const report_settings *s = settings;
  eis_error err = EIS_ERROR_INIT;
  eis_store *store = NULL;
  eisi_page page = {0};
  eisi_text out = {0};
  eis_status st = check(s, n, &err);
  if (!st) st = open_page(operand[0], &store, &page, &err);
  if (!st && s->output) st = write_page(s, &page, &out, &err);
  const size_t step = eisi_page_step(page.n, (size_t)s->rows);
  if (!st && s->output && step > 1)
    cli_say(
        &s->general,
        "the table and charts of the page have one of every %zu of %zu spectra (--rows %d); everything "
        "else is from all",
        step, page.n, s->rows);
  if (!st && s->figures) st = write_figures(s, &page, &err);
  eisi_page_clear(&page);
  eis_store_close(store);
  if (!st && s->output) return cli_put(&s->general, s->output, &out);
  eisi_text_clear(&out);
  return st ? cli_fail(&s->general, &err) : CLI_DONE;
}

const cli_command cli_cmd_report = {
    .name = "report",
    .operands = "STORE",
    .summary = "the results of a campaign as one HTML page",
    .about =
        "The page needs nothing beside itself and no network: overview with quality flags, the processes "
        "that were followed over state of charge and age, comparison of "
        "groups, trends with their laws, activation energies, maps of the distribution of relaxation times, "
        "any parameter over any axis, and a table of all spectra, of which each opens with its Nyquist and "
        "Bode plot, residuals and distribution. doc/report.md says how to read it.",
    .examples = "eisfit report results.db -o report.html\n"
                "eisfit report results.db --figures figures --figure-format pdf",
    .groups = groups,
    .settings_size = sizeof(report_settings),
    .defaults = defaults,
    .run = run,
};
