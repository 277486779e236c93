/* help.c - help texts and the manual page, made from the tables. */
#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "report/shown.h"
#include "report/table.h"

enum { HELP_COLUMN = 30 };

void cli_option_default(const cli_option *o, const void *base, char *buf, size_t size) {
  const void *at = (const char *)base + o->at;
  double v = NAN;
  buf[0] = '\0';
  switch (o->kind) {
    case CLI_TEXT:
      if (*(const char *const *)at) snprintf(buf, size, "%s", *(const char *const *)at);
      return;
    case CLI_INT: snprintf(buf, size, "%d", *(const int *)at); return;
    case CLI_SEED: snprintf(buf, size, "%llu", (unsigned long long)*(const uint64_t *)at); return;
    case CLI_CHOICE: snprintf(buf, size, "%s", o->choices[*(const int *)at]); return;
    case CLI_NUMBER:
    case CLI_QUANTITY: v = *(const double *)at; break;
    default: return;
  }
  if (!isfinite(v)) return;
  if (o->kind == CLI_QUANTITY && o->quantity == EISI_FREQUENCY)
    eisi_show_one(v, 4, "Hz", buf, size);
  else
    snprintf(buf, size, "%g", v);
}

/* "NAME", or the choices separated by bars. */
static void argument_text(const cli_option *o, eisi_text *out) {
  if (o->kind != CLI_CHOICE) {
    eisi_text_addf(out, "%s", o->arg);
    return;
  }
  for (size_t i = 0; o->choices[i]; i++) eisi_text_addf(out, "%s%s", i ? "|" : "", o->choices[i]);
}

static void help_sentence(const cli_option *o, const void *base, eisi_text *out) {
  char text[128];
  cli_option_default(o, base, text, sizeof text);
  eisi_text_addf(out, "%s", o->help);
  if (*text) eisi_text_addf(out, " [default: %s]", text);
}

void cli_option_help(const cli_option *o, const void *base, eisi_text *out) {
  eisi_text head = {0}, sentence = {0};
  if (o->letter)
    eisi_text_addf(&head, "  -%c, --%s", o->letter, o->name);
  else
    eisi_text_addf(&head, "      --%s", o->name);
  if (o->arg || o->kind == CLI_CHOICE) {
    eisi_text_addf(&head, " ");
    argument_text(o, &head);
  }
  help_sentence(o, base, &sentence);
  size_t used = head.s ? eisi_text_columns(head.s) : 0;
  if (used + 2 > HELP_COLUMN) {
    eisi_text_addf(&head, "\n");
    used = 0;
  }
  for (; used < HELP_COLUMN; used++) eisi_text_add(&head, " ", 1);
  if (head.s && sentence.s) {
    /* wrap behind a blank lead, then put the head in its place */
    eisi_text body = {0};
    char blanks[HELP_COLUMN + 1];
    memset(blanks, ' ', HELP_COLUMN);
    blanks[HELP_COLUMN] = '\0';
    eisi_wrap(&body, blanks, sentence.s, EISI_SCREEN);
    eisi_text_addf(out, "%s%s", head.s, body.s ? body.s + HELP_COLUMN : "\n");
    eisi_text_clear(&body);
  }
  eisi_text_clear(&head);
  eisi_text_clear(&sentence);
}

/* Settings with the defaults of the command; NULL when out of memory. */
static void *default_settings(const cli_command *cmd) {
  void *settings = eisi_new(1, cmd->settings_size, NULL);
  if (settings && cmd->defaults) cmd->defaults(settings);
  return settings;
}

typedef void option_printer(const cli_option *o, const void *base, eisi_text *out);
typedef void title_printer(const char *title, eisi_text *out);

static void each_option(const cli_command *cmd, title_printer *title, option_printer *print,
                        eisi_text *out) {
  void *settings = default_settings(cmd);
  if (!settings) {
    out->failed = true;
    return;
  }
  for (const cli_group *g = cmd->groups; g && g->title; g++) {
    title(g->title, out);
    for (const cli_option *o = g->option; o->name; o++)
      print(o, (const char *)settings + g->at, out);
  }
  title("General", out);
  for (const cli_option *o = cli_general_options; o->name; o++) print(o, settings, out);
  free(settings);
}

static void plain_title(const char *title, eisi_text *out) {
  eisi_text_addf(out, "\n%s:\n", title);
}

/* Calls put for every line of text. */
static void each_line(const char *text, void (*put)(const char *line, eisi_text *out),
                      eisi_text *out) {
  while (text && *text) {
    size_t n = strcspn(text, "\n");
    char line[512];
    snprintf(line, sizeof line, "%.*s", (int)n, text);
    put(line, out);
    text += n + (text[n] == '\n');
  }
}

static void plain_paragraph(const char *line, eisi_text *out) {
  if (*line) eisi_wrap(out, "", line, EISI_SCREEN);
  else eisi_text_addf(out, "\n");
}
static void plain_example(const char *line, eisi_text *out) { eisi_text_addf(out, "  %s\n", line); }

void cli_command_help(const cli_command *cmd, eisi_text *out) {
  eisi_text_addf(out, "usage: eisfit %s%s%s [options]\n\n", cmd->name, *cmd->operands ? " " : "",
                 cmd->operands);
  eisi_text_addf(out, "%c%s.\n", toupper((unsigned char)cmd->summary[0]), cmd->summary + 1);
  if (cmd->about) {
    eisi_text_addf(out, "\n");
    each_line(cmd->about, plain_paragraph, out);
  }
  each_option(cmd, plain_title, cli_option_help, out);
  if (cmd->examples) {
    eisi_text_addf(out, "\nExamples:\n");
    each_line(cmd->examples, plain_example, out);
  }
}

void cli_overview(eisi_text *out) {
  eisi_text_addf(out, "usage: eisfit COMMAND [arguments] [options]\n"
                      "       eisfit FILE... [options]        (the same as eisfit fit)\n\n"
                      "Impedance spectra to parameters one can trust.\n\nCommands:\n");
  const cli_command *cmd;
  for (size_t i = 0; (cmd = cli_command_at(i)) != NULL; i++)
    eisi_text_addf(out, "  %-10s %s\n", cmd->name, cmd->summary);
  eisi_text_addf(out, "\n'eisfit help COMMAND' explains a command and its options.\n"
                      "Exit codes: 0 done; 1 a result did not pass; 2 usage; 3 input; 4 numeric "
                      "failure;\n5 output or memory; 130 interrupted.\n");
}

/* ---- manual page ---- */

/* troff: backslashes, hyphens of options and leading dots made literal. */
static void troff(const char *s, eisi_text *out) {
  for (bool fresh = true; *s; s++, fresh = false) {
    if (fresh && (*s == '.' || *s == '\'')) eisi_text_addf(out, "\\&");
    if (*s == '\\') eisi_text_addf(out, "\\e");
    else if (*s == '-') eisi_text_addf(out, "\\-");
    else eisi_text_add(out, s, 1);
  }
}

static void troff_title(const char *title, eisi_text *out) {
  eisi_text_addf(out, ".PP\n");
  troff(title, out);
  eisi_text_addf(out, ":\n");
}

static void troff_option(const cli_option *o, const void *base, eisi_text *out) {
  eisi_text words = {0};
  if (o->letter) eisi_text_addf(&words, "-%c, ", o->letter);
  eisi_text_addf(&words, "--%s", o->name);
  eisi_text_addf(out, ".TP\n.B ");
  troff(words.s ? words.s : "", out);
  eisi_text_clear(&words);
  if (o->arg || o->kind == CLI_CHOICE) {
    argument_text(o, &words);
    eisi_text_addf(out, " \\fI");
    troff(words.s ? words.s : "", out);
    eisi_text_addf(out, "\\fR");
    eisi_text_clear(&words);
  }
  eisi_text_addf(out, "\n");
  help_sentence(o, base, &words);
  troff(words.s ? words.s : "", out);
  eisi_text_clear(&words);
  eisi_text_addf(out, "\n");
}

static void troff_paragraph(const char *line, eisi_text *out) {
  if (*line) troff(line, out);
  else eisi_text_addf(out, ".PP");
  eisi_text_addf(out, "\n");
}

static void manual_command(const cli_command *cmd, eisi_text *out) {
  eisi_text_addf(out, ".SS \"eisfit %s%s%s\"\n", cmd->name, *cmd->operands ? " " : "",
                 cmd->operands);
  eisi_text_addf(out, "%c", toupper((unsigned char)cmd->summary[0]));
  troff(cmd->summary + 1, out);
  eisi_text_addf(out, ".\n");
  if (cmd->about) {
    eisi_text_addf(out, ".PP\n");
    each_line(cmd->about, troff_paragraph, out);
  }
  each_option(cmd, troff_title, troff_option, out);
  if (cmd->examples) {
    eisi_text_addf(out, ".PP\nExamples:\n.PP\n.nf\n");
    each_line(cmd->examples, troff_paragraph, out);
    eisi_text_addf(out, ".fi\n");
  }
}

static const char manual_head[] =
    ".SH NAME\neisfit \\- impedance spectra to parameters one can trust\n"
    ".SH SYNOPSIS\n.B eisfit\n.I COMMAND\n[\\fIarguments\\fR] [\\fIoptions\\fR]\n.br\n"
    ".B eisfit\n.IR FILE ...\n[\\fIoptions\\fR]\n"
    ".SH DESCRIPTION\n"
    "eisfit reads electrochemical impedance spectra, tests them (Kramers\\-Kronig), and fits "
    "equivalent circuits and named models, above all space\\-charge\\-layer models of "
    "solid\\-state batteries.  No start values are needed.  Every parameter comes with its uncertainty, and the "
    "program says what the data can not tell.\n.PP\n"
    "When the first word is not a command but a readable file (or \\(lq\\-\\(rq, standard input), "
    "the command is\n.BR fit .\n.PP\n"
    "Results go to standard output, everything else to standard error.  Progress is shown only on "
    "a terminal.  The same input, options and seed give the same bytes for any number of "
    "threads.\n.SH COMMANDS\n";

static const char manual_tail[] =
    ".SH EXIT STATUS\n.TP\n.B 0\ndone\n.TP\n.B 1\nran, but a result did not pass: not converged, "
    "the model misses the data, "
    "Kramers\\-Kronig test failed, or one of several files failed\n.TP\n.B 2\nusage\n.TP\n.B 3\n"
    "input\n.TP\n.B 4\nnumeric failure\n.TP\n.B 5\noutput or memory\n.TP\n.B 130\ninterrupted; "
    "results that were finished are kept\n"
    ".SH ENVIRONMENT\n.TP\n.B EISFIT_DATADIR\na directory searched for models and material data "
    "before the installed one\n.TP\n.B XDG_DATA_HOME\nits subdirectory eisfit holds the user's own "
    "models and materials\n.TP\n.B EISFIT_GNUPLOT\nthe gnuplot program to draw figures with\n.TP\n"
    ".B NO_COLOR\nno colours when it is set\n"
    ".SH FILES\nModel files end in .model and are looked for in $XDG_DATA_HOME/eisfit/models, "
    "$EISFIT_DATADIR/models and the installed directory; where nothing is installed, beside the program "
    "and in the folder above it.\n"
    ".SH SEE ALSO\n.BR gnuplot (1)\n";

void cli_manual(eisi_text *out) {
  eisi_text_addf(out, ".\\\" made by 'eisfit help --man' from the option tables\n"
                      ".TH EISFIT 1 \"\" \"eisfit %s\" \"User Commands\"\n%s", eis_version(),
                 manual_head);
  const cli_command *cmd;
  for (size_t i = 0; (cmd = cli_command_at(i)) != NULL; i++) manual_command(cmd, out);
  eisi_text_addf(out, "%s", manual_tail);
}
