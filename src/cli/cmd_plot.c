/* cmd_plot.c - eisfit plot: several spectra in one figure. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/common.h"
#include "report/overlay.h"

typedef struct plot_settings {
  cli_general general;
  cli_input in;
  cli_output out; /* plot and keep_script */
  const char *color_by;
  bool lines;
} plot_settings;

static const char *const usual_keys[] = {"soc", "cycle", "time_h", "temperature_C", "none", NULL};

#define AT(member) offsetof(plot_settings, member)
static const cli_option plot_options[] = {
    {.name = "color-by", .arg = "KEY", .kind = CLI_TEXT, .at = AT(color_by), .choices = usual_keys,
     .help = "metadata that the colours follow, none = a colour each; without: soc, cycle, time, temperature or "
             "pressure, the first that all spectra have and that differs"},
    {.name = "lines", .kind = CLI_FLAG, .at = AT(lines), .help = "join the points"},
    {0},
};
static const cli_option output_options[] = {
    {.name = "output", .letter = 'o', .arg = "FILE", .writes = true, .kind = CLI_TEXT, .at = AT(out.plot),
     .help = "the figure: .svg, .png or .pdf"},
    {.name = "keep-plot-script", .arg = "FILE", .writes = true, .kind = CLI_TEXT, .at = AT(out.keep_script),
     .help = "write the gnuplot script of the figure, with its data"},
    {0},
};
static const cli_group groups[] = {
    {"Figure", plot_options, 0},
    {"Input", cli_input_options, AT(in)},
    {"Output", output_options, 0},
    {0},
};

static void defaults(void *settings) {
  plot_settings *s = settings;
  cli_input_defaults(&s->in);
}

typedef struct plot_context {
  const plot_settings *set;
  eis_spectra list;
} plot_context;

static eis_status work(void *ctx, const eis_spectrum *s, eisi_text *out, void **result,
                       eisi_judgement *judgement, eis_error *err) {
  const plot_context *c = ctx;
  (void)result;
  (void)judgement;
  (void)err;
  eisi_text_spectrum_head(s, cli_color(&c->set->general, stdout), c->set->general.verbose, out);
  return EIS_OK;
}

static eis_status deliver(void *ctx, const eis_spectrum *s, void *result, int number,
                          eis_error *err) {
  plot_context *c = ctx;
  eis_spectrum copy = {0};
  (void)result;
  (void)number;
  eis_status st = eis_spectrum_copy(&copy, s, err);
  if (!st) st = eis_spectra_push(&c->list, &copy, err);
  eis_spectrum_clear(&copy);
  return st;
}

static eis_status script(const void *ctx, const eisi_terminal *terminal, const char *output,
                         eisi_text *out, eis_error *err) {
  return eisi_overlay_script(ctx, terminal, output, out, err);
}

static eis_status draw(const plot_context *c, eis_error *err) {
  const plot_settings *s = c->set;
  eisi_overlay o = {.list = &c->list, .area_m2 = s->in.cond.area_m2, .lines = s->lines};
  eis_status st = EIS_OK;
  if (!s->color_by)
    o.color_by = eisi_overlay_key(&c->list);
  else if (strcmp(s->color_by, "none") != 0)
    o.color_by = s->color_by;
  if (s->color_by && o.color_by) st = eisi_overlay_check(&c->list, o.color_by, err);
  return st ? st : cli_draw_script(&s->general, &s->out, script, &o, 0, err);
}

static int run(void *settings, int n, char **operand) {
  const plot_settings *s = settings;
  plot_context c = {.set = s};
  eis_error err = EIS_ERROR_INIT;
  eis_status st = cli_need_files("plot", n, &err);
  if (!st && !s->out.plot && !s->out.keep_script)
    st = eis_error_set(&err, EIS_ERROR_USAGE,
                       "plot needs -o FILE for the figure: its name ends in .svg, .png or .pdf");
  if (!st) st = cli_output_check(&s->out, &err);
  if (st) return cli_fail(&s->general, &err);
  const cli_output nothing = {0};
  cli_batch b = {.general = &s->general, .input = &s->in, .output = &nothing, .threads = 1,
                 .shows_reader = true, .dense = true, .uncounted = true, .ctx = &c, .work = work, .deliver = deliver};
  int code = cli_batch_run(&b, n, operand);
  if (c.list.n && code <= CLI_NOT_PASSED && draw(&c, &err)) code = cli_fail(&s->general, &err);
  eis_spectra_clear(&c.list);
  return code;
}

const cli_command cli_cmd_plot = {
    .name = "plot",
    .operands = "FILE...",
    .summary = "several spectra in one figure",
    .about =
        "Draws spectra over each other: Nyquist with equal axes, modulus and phase. Colours follow "
        "the state of charge, the cycle or what else differs between the spectra, where their files "
        "state it. Exit code 1 when a file could not be read; the others are drawn.",
    .examples = "eisfit plot a.mpt b.mpt c.mpt -o cells.svg\n"
                "eisfit plot cell.csv --sweep 1-5 --area '0.785 cm2' -o sweeps.png\n"
                "eisfit plot *.csv --color-by cycle -o ageing.pdf",
    .groups = groups,
    .settings_size = sizeof(plot_settings),
    .defaults = defaults,
    .run = run,
};
