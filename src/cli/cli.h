/* cli.h - the frame of the command line: option tables, commands, messages, output. */
#ifndef EISI_CLI_H
#define EISI_CLI_H

#include <signal.h>
#include <stdint.h>
#include <stdio.h>

#include <eisfit/eisfit.h>

#include "base/base.h"

/* ---- options: one row each; parsing, help, defaults and the manual page follow ---- */
typedef enum cli_kind {
  CLI_FLAG,     /* bool, sets true */
  CLI_FLAG_OFF, /* bool, sets false */
  CLI_TEXT,     /* const char * */
  CLI_LIST,     /* cli_list, may be repeated */
  CLI_INT,      /* int in [low, high] */
  CLI_SEED,     /* uint64_t */
  CLI_NUMBER,   /* double in [low, high] */
  CLI_CHOICE,   /* int, index into choices */
  CLI_QUANTITY  /* double in SI, by eisi_parse_quantity */
} cli_kind;

typedef struct cli_list {
  size_t n;
  const char **text; /* point into argv */
} cli_list;

/* Adds words that may stand in a place of the command line, one per line, for completion. */
typedef void cli_words(eisi_text *out);

typedef struct cli_option {
  const char *name; /* without the dashes; NULL ends a table */
  char letter;      /* short form, 0 = none */
  const char *arg;  /* "FILE"; NULL for flags */
  bool writes;      /* names a file that is made or written over */
  cli_kind kind;
  size_t at;                  /* offset of the value in the group's struct */
  const char *const *choices; /* NULL terminated; of CLI_TEXT: its usual words, for completion */
  cli_words *words;           /* likewise, where they are in a table of the library */
  eisi_quantity quantity;
  double low, high;
  const char *help;
} cli_option;

typedef struct cli_group {
  const char *title; /* NULL ends a list of groups */
  const cli_option *option;
  size_t at; /* offset of the group's struct in the settings of the command */
} cli_group;

/* Settings of every command begin with this. */
typedef struct cli_general {
  bool help, quiet, verbose, no_color;
} cli_general;

typedef struct cli_command {
  const char *name, *operands, *summary;
  const char *about;    /* paragraphs for the help, blank line between */
  const char *examples; /* one command a line, indented by the printer */
  cli_words *words;     /* for the first operand, or for all of "[NAME...]" */
  const char
      *own_spectra; /* in the first line of the canonical CSV it writes, NULL = writes none */
  const cli_group *groups;
  size_t settings_size;
  void (*defaults)(void *settings);
  int (*run)(void *settings, int n, char **operand); /* exit code */
} cli_command;

/* Row i of the command table, NULL past the end. */
const cli_command *cli_command_at(size_t i);
const cli_command *cli_command_find(const char *name);

extern const cli_option cli_general_options[];

/* Fills settings (already holding the defaults) from argv[0..argc-1]; operands are moved to the
   front of argv and counted in *n.  Errors: EIS_ERROR_USAGE. */
eis_status cli_parse(const cli_command *cmd, void *settings, int argc, char **argv, int *n,
                     eis_error *err);
/* No result is written over an operand, a spectrum, a store or the file of an instrument; a
   command that writes spectra may replace one of its own.  Errors: EIS_ERROR_USAGE. */
eis_status cli_spare(const cli_command *cmd, const void *settings, int n, char **operand,
                     eis_error *err);
/* Frees the lists in the settings. */
void cli_settings_clear(const cli_command *cmd, void *settings);
/* Group g of a command, the general options last; NULL past the end. */
const cli_group *cli_group_at(const cli_command *cmd, size_t g);
/* A list of numbers, "0.1,0.2" or "0:0.4:0.05" (from:to:step), added to the *n of *list, which is
   freed by the caller, also after an error; `what` names it in messages.  Errors: EIS_ERROR_USAGE.
 */
eis_status cli_numbers(const char *what, const char *text, double **list, size_t *n,
                       eis_error *err);

/* ---- exit codes and messages ---- */
enum { CLI_DONE = 0, CLI_NOT_PASSED = 1, CLI_USAGE = 2, CLI_INTERRUPTED = 130 };
int cli_exit_code(eis_status st);
/* "eisfit: error: ..." on stderr with the caret display; returns the exit code. */
int cli_fail(const cli_general *g, const eis_error *err);
/* A line on stderr, unless quiet. */
void cli_say(const cli_general *g, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
bool cli_color(const cli_general *g, FILE *fp);
/* Set by Ctrl-C (the second one kills). */
const volatile sig_atomic_t *cli_stop_flag(void);
void cli_catch_interrupts(void);

/* ---- output ---- */
typedef struct cli_sink {
  FILE *fp;
  char *temporary, *target; /* NULL for stdout and for devices */
  size_t written;
} cli_sink;
/* path NULL = stdout.  A regular file is written beside its place and moved there at the end. */
eis_status cli_sink_open(cli_sink *s, const char *path, eis_error *err);
eis_status cli_sink_write(cli_sink *s, const char *text, size_t n, eis_error *err);
/* keep false: the temporary file is removed. */
eis_status cli_sink_close(cli_sink *s, bool keep, eis_error *err);
/* A whole file at once, atomically. */
eis_status cli_write_file(const char *path, const char *bytes, size_t n, eis_error *err);
/* Text to stdout or a file; returns the exit code and reports what went wrong. */
int cli_put(const cli_general *g, const char *path, eisi_text *text);

#endif
