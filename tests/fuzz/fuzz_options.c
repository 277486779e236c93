/* The command line: each line is a word, the first one the command.  Options are read as far as
   that goes without files; words that are no options are read as lists of numbers. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/common.h"
#include "cli/drt_options.h"
#include "fuzz.h"

enum { WORDS = 24 };

/* The settings of a group of options, NULL = the command has no such group. */
static void *group_of(const cli_command *cmd, void *settings, const cli_option *options) {
  for (const cli_group *g = cmd->groups; g && g->title; g++)
    if (g->option == options) return (char *)settings + g->at;
  return NULL;
}

static void read_drt(const cli_drt *drt) {
  eis_error err = EIS_ERROR_INIT;
  eis_drt_method_options opt;
  const eis_drt_method_row *method;
  fuzz_ok(cli_drt_read(drt, &opt, &method, &err), &err);
}

static void read_groups(const cli_command *cmd, void *settings) {
  eis_error err = EIS_ERROR_INIT;
  const cli_input *in = group_of(cmd, settings, cli_input_options);
  const cli_fitting *fit = group_of(cmd, settings, cli_fitting_options);
  const cli_drt *drt = group_of(cmd, settings, cli_drt_options);
  eis_read_options read;
  eis_fit_options opt;
  if (in && fuzz_ok(cli_read_options(in, &read, &err), &err)) {
    fuzz_require(isnan(in->fmin) || in->fmin > 0, "a frequency that is not above zero");
    fuzz_require(isnan(in->cond.area_m2) || in->cond.area_m2 > 0, "an area that is not above zero");
    fuzz_require(isnan(in->cond.soc) || (in->cond.soc >= 0 && in->cond.soc <= 1),
                 "state of charge");
  }
  eis_error_clear(&err);
  if (fit && fuzz_ok(cli_fit_options(fit, &opt, &err), &err))
    fuzz_require(opt.starts >= 0 && opt.max_time_s > 0, "options of the fit");
  if (drt) read_drt(drt);
}

static void read_numbers(const char *word) {
  eis_error err = EIS_ERROR_INIT;
  double *list = NULL;
  size_t n = 0;
  if (fuzz_ok(cli_numbers("values", word, &list, &n, &err), &err)) {
    fuzz_require(n > 0 && n <= 10000, "too many numbers");
    for (size_t i = 0; i < n; i++) fuzz_require(isfinite(list[i]), "no number");
  }
  free(list);
}

static void run(const cli_command *cmd, char **word, int n_words) {
  eis_error err = EIS_ERROR_INIT;
  int n = 0;
  void *settings = eisi_new(1, cmd->settings_size, &err);
  fuzz_require(settings != NULL, err.text);
  if (cmd->defaults) cmd->defaults(settings);
  if (fuzz_ok(cli_parse(cmd, settings, n_words, word, &n, &err), &err)) {
    read_groups(cmd, settings);
    for (int i = 0; i < n; i++) read_numbers(word[i]);
  }
  cli_settings_clear(cmd, settings);
  free(settings);
}

FUZZ_TARGET(options) {
  char *text = fuzz_text(data, size), *rest = text, *word[WORDS];
  const cli_command *cmd = cli_command_find(fuzz_line(&rest));
  int n = 0;
  while (n < WORDS && (word[n] = fuzz_line(&rest)) != NULL) n++;
  if (cmd) run(cmd, word, n);
  free(text);
}
