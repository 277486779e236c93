/* main.c - the way from the first word to a command. */
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/commands.h"
#include "cli/help.h"
#include "numerics/linalg.h"

/* Standard output is flushed and closed by hand: a full disk must not look like success. */
static int close_stdout(int code) {
  bool bad = ferror(stdout) != 0;
  if ((fclose(stdout) != 0 || bad) && code != 5) {
    fputs("eisfit: error: can't write 'standard output'\n", stderr);
    return 5;
  }
  return code;
}

static int run_command(const cli_command *cmd, int argc, char **argv) {
  eis_error err = EIS_ERROR_INIT;
  int n = 0, code;
  cli_general *settings = eisi_new(1, cmd->settings_size, &err); /* its first member */
  if (!settings) return cli_fail(NULL, &err);
  if (cmd->defaults) cmd->defaults(settings);
  eis_status st = cli_parse(cmd, settings, argc, argv, &n, &err);
  if (st) {
    code = cli_fail(settings, &err);
  } else if (settings->help) {
    eisi_text text = {0};
    cli_command_help(cmd, &text);
    code = cli_put(settings, NULL, &text);
  } else {
    code = cmd->run(settings, n, argv);
  }
  cli_settings_clear(cmd, settings);
  free(settings);
  return code;
}

static int unknown_command(const char *word) {
  eis_error err = EIS_ERROR_INIT;
  const char *names[32];
  size_t n = 0;
  for (; n < 32 && cli_command_at(n); n++) names[n] = cli_command_at(n)->name;
  int near = eisi_nearest(word, names, n);
  if (strpbrk(word, "./"))
    eis_error_set(&err, EIS_ERROR_INPUT, "'%s' is neither a command nor a file that can be read",
                  word);
  else if (near >= 0)
    eis_error_set(&err, EIS_ERROR_USAGE, "unknown command '%s'; did you mean '%s'?", word,
                  names[near]);
  else
    eis_error_set(&err, EIS_ERROR_USAGE,
                  "'%s' is neither a command nor a readable file; 'eisfit help' lists the commands",
                  word);
  return cli_fail(NULL, &err);
}

static int dispatch(int argc, char **argv) {
  if (argc < 2) {
    eisi_text text = {0};
    cli_overview(&text);
    fputs(text.s ? text.s : "", stderr);
    eisi_text_clear(&text);
    return CLI_USAGE;
  }
  const char *word = argv[1];
  if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0)
    return run_command(&cli_cmd_help, argc - 2, argv + 2);
  if (strcmp(word, "--version") == 0 || strcmp(word, "-V") == 0)
    return run_command(&cli_cmd_version, argc - 2, argv + 2);
  const cli_command *cmd = cli_command_find(word);
  if (cmd) return run_command(cmd, argc - 2, argv + 2);
  /* a file, standard input or an option: it is a fit */
  if (word[0] == '-' || access(word, R_OK) == 0)
    return run_command(&cli_cmd_fit, argc - 1, argv + 1);
  return unknown_command(word);
}

/* Makes base the data directory when there are models in it. */
static bool use_data_of(const char *base) {
  char path[PATH_MAX];
  if ((size_t)snprintf(path, sizeof path, "%s/models", base) >= sizeof path) return false;
  return access(path, R_OK | X_OK) == 0 && setenv("EISFIT_DATADIR", base, 1) == 0;
}

/* A program that was built but not installed finds its models beside itself. */
static void find_models(void) {
  static const char installed[] = EISI_PKGDATADIR "/models";
  const char *given = getenv("EISFIT_DATADIR");
  char base[PATH_MAX];
  if ((given && *given) || access(installed, R_OK | X_OK) == 0) return;
  ssize_t n = readlink("/proc/self/exe", base, sizeof base - 1);
  if (n <= 0) return;
  for (int up = 0; up < 2; up++) { /* the folder of the program, then the one above: build/eisfit */
    base[n] = '\0';
    char *slash = strrchr(base, '/');
    if (!slash || slash == base) return;
    *slash = '\0';
    n = slash - base;
    if (use_data_of(base)) return;
  }
}

int main(int argc, char **argv) {
  find_models();
  cli_catch_interrupts();
  eisi_blas_single_thread();
  return close_stdout(dispatch(argc, argv));
}
