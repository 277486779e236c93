/* draw.c - figures and pages in the files that were asked for. */
#include <stdlib.h>
#include <string.h>

#include "cli/common.h"

const char *cli_gnuplot(void) {
  const char *program = getenv("EISFIT_GNUPLOT");
  return program && *program ? program : EISI_GNUPLOT;
}

eis_status cli_numbered(const char *path, int number, char **out, eis_error *err) {
  eisi_text t = {0};
  const char *slash = strrchr(path, '/'), *dot = strrchr(path, '.');
  if (!dot || (slash && dot < slash)) dot = path + strlen(path);
  eisi_text_add(&t, path, (size_t)(dot - path));
  if (number > 0) eisi_text_addf(&t, "-%d", number);
  eisi_text_addf(&t, "%s", dot);
  return eisi_text_take(&t, out, err);
}

/* The script that is kept names its own output file; the one that is run writes to a pipe. */
static eis_status keep(const cli_general *g, const cli_output *o, cli_script script,
                       const void *ctx, int number, eis_error *err) {
  const eisi_terminal *terminal = NULL;
  char *figure = NULL, *path = NULL;
  eisi_text text = {0};
  eis_status st = cli_numbered(o->plot ? o->plot : "eisfit.svg", number, &figure, err);
  if (!st) st = cli_numbered(o->keep_script, number, &path, err);
  if (!st) st = eisi_plot_terminal(figure, &terminal, err);
  if (!st) st = script(ctx, terminal, figure, &text, err);
  if (!st) st = cli_write_file(path, text.s, text.n, err);
  if (!st) cli_say(g, "script: %s", path);
  eisi_text_clear(&text);
  free(figure);
  free(path);
  return st;
}

static eis_status draw(const cli_general *g, const cli_output *o, cli_script script,
                       const void *ctx, int number, eis_error *err) {
  const eisi_terminal *terminal = NULL;
  char *path = NULL, *image = NULL;
  size_t size = 0;
  eisi_text text = {0};
  eis_status st = cli_numbered(o->plot, number, &path, err);
  if (!st) st = eisi_plot_terminal(path, &terminal, err);
  if (!st) st = script(ctx, terminal, NULL, &text, err);
  if (!st) st = eisi_gnuplot_run(cli_gnuplot(), text.s, &image, &size, err);
  if (!st) st = cli_write_file(path, image, size, err);
  if (!st) cli_say(g, "figure: %s", path);
  eisi_text_clear(&text);
  free(image);
  free(path);
  return st;
}

eis_status cli_draw_script(const cli_general *g, const cli_output *o, cli_script script,
                           const void *ctx, int number, eis_error *err) {
  eis_status st = EIS_OK;
  if (o->keep_script) st = keep(g, o, script, ctx, number, err);
  return !st && o->plot ? draw(g, o, script, ctx, number, err) : st;
}

static eis_status plot_script(const void *ctx, const eisi_terminal *terminal, const char *output,
                              eisi_text *out, eis_error *err) {
  return eisi_plot_script(ctx, terminal, output, out, err);
}

eis_status cli_draw(const cli_general *g, const cli_output *o, const eisi_plot *plot, int number,
                    eis_error *err) {
  return cli_draw_script(g, o, plot_script, plot, number, err);
}

static eis_status draw_svg(const eisi_plot *plot, char **svg, eis_error *err) {
  const eisi_terminal *terminal = NULL;
  size_t size = 0;
  eisi_text script = {0};
  eis_status st = eisi_plot_terminal(".svg", &terminal, err);
  if (!st) st = eisi_plot_script(plot, terminal, NULL, &script, err);
  if (!st) st = eisi_gnuplot_run(cli_gnuplot(), script.s, svg, &size, err);
  eisi_text_clear(&script);
  return st;
}

eis_status cli_write_page(const cli_general *g, const cli_output *o, const eisi_plot *plot,
                          cli_page page, const void *view, int number, eis_error *err) {
  char *path = NULL, *svg = NULL;
  eisi_text text = {0};
  eis_status st = draw_svg(plot, &svg, err);
  if (!st) st = page(view, svg, &text, err);
  if (!st) st = cli_numbered(o->report, number, &path, err);
  if (!st) st = cli_write_file(path, text.s, text.n, err);
  if (!st) cli_say(g, "report: %s", path);
  eisi_text_clear(&text);
  free(svg);
  free(path);
  return st;
}
