/* manual.c - the manual pages eisfit(1) and eisfit-COMMAND(1), made from the tables. */
#include <ctype.h>

#include "cli/help.h"

/* Backslashes, hyphens of options and leading dots made literal. */
static void troff(const char *s, eisi_text *out) {
  for (bool fresh = true; *s; s++, fresh = false) {
    if (fresh && (*s == '.' || *s == '\'')) eisi_text_addf(out, "\\&");
    if (*s == '\\')
      eisi_text_addf(out, "\\e");
    else if (*s == '-')
      eisi_text_addf(out, "\\-");
    else
      eisi_text_add(out, s, 1);
  }
}

static void troff_title(const char *title, eisi_text *out) {
  eisi_text_addf(out, ".SS \"");
  troff(title, out);
  eisi_text_addf(out, "\"\n");
}

static void troff_option(const cli_option *o, const void *base, eisi_text *out) {
  eisi_text words = {0};
  if (o->letter) eisi_text_addf(&words, "-%c, ", o->letter);
  eisi_text_addf(&words, "--%s", o->name);
  eisi_text_addf(out, ".TP\n.B ");
  troff(eisi_text_part(out, &words), out);
  eisi_text_clear(&words);
  if (o->arg || o->kind == CLI_CHOICE) {
    cli_option_argument(o, &words);
    eisi_text_addf(out, " \\fI");
    troff(eisi_text_part(out, &words), out);
    eisi_text_addf(out, "\\fR");
    eisi_text_clear(&words);
  }
  eisi_text_addf(out, "\n");
  cli_option_sentence(o, base, &words);
  troff(eisi_text_part(out, &words), out);
  eisi_text_clear(&words);
  eisi_text_addf(out, "\n");
}

static void troff_paragraph(const char *line, eisi_text *out) {
  if (*line)
    troff(line, out);
  else
    eisi_text_addf(out, ".PP");
  eisi_text_addf(out, "\n");
}

/* The comment and the title line of a page. */
static void head(const char *name, eisi_text *out) {
  eisi_text_addf(out, ".\\\" made by 'make manual' from the option tables\n.TH ");
  for (; *name; name++) {
    const char c = (char)toupper((unsigned char)*name);
    if (c == '-')
      eisi_text_addf(out, "\\-");
    else
      eisi_text_add(out, &c, 1);
  }
  eisi_text_addf(out, " 1 \"\" \"eisfit %s\" \"User Commands\"\n.SH NAME\n", eis_version());
}

void cli_manual_command(const cli_command *cmd, eisi_text *out) {
  char name[64];
  snprintf(name, sizeof name, "eisfit-%s", cmd->name);
  head(name, out);
  troff(name, out);
  eisi_text_addf(out, " \\- ");
  troff(cmd->summary, out);
  eisi_text_addf(out, "\n.SH SYNOPSIS\n.B eisfit %s\n", cmd->name);
  if (*cmd->operands) {
    eisi_text_addf(out, "\\fI");
    troff(cmd->operands, out);
    eisi_text_addf(out, "\\fR\n");
  }
  eisi_text_addf(out, "[\\fIoptions\\fR]\n.SH DESCRIPTION\n%c",
                 toupper((unsigned char)cmd->summary[0]));
  troff(cmd->summary + 1, out);
  eisi_text_addf(out, ".\n");
  if (cmd->about) {
    eisi_text_addf(out, ".PP\n");
    cli_each_line(cmd->about, troff_paragraph, out);
  }
  eisi_text_addf(out, ".SH OPTIONS\n");
  cli_each_option(cmd, troff_title, troff_option, out);
  if (cmd->examples) {
    eisi_text_addf(out, ".SH EXAMPLES\n.nf\n");
    cli_each_line(cmd->examples, troff_paragraph, out);
    eisi_text_addf(out, ".fi\n");
  }
  eisi_text_addf(out, ".SH SEE ALSO\n.BR eisfit (1)\n");
}

static const char manual_head[] =
    "eisfit \\- impedance spectra to parameters one can trust\n"
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
    "threads.\n.SH COMMANDS\nEach has a manual page of its own.\n";

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
    ".SH EXAMPLES\n.nf\neisfit cell.mpt \\-\\-model scl\\-randles\n"
    "eisfit kk cell.mpt\neisfit drt cell.mpt \\-\\-plot drt.png\n"
    "eisfit campaign run manifest.csv \\-\\-model two\\-zarc \\-\\-store results.db\n.fi\n";

void cli_manual(eisi_text *out) {
  const cli_command *cmd;
  head("eisfit", out);
  eisi_text_addf(out, "%s", manual_head);
  for (size_t i = 0; (cmd = cli_command_at(i)) != NULL; i++) {
    eisi_text_addf(out, ".TP\n.BR eisfit\\-%s (1)\n", cmd->name);
    troff(cmd->summary, out);
    eisi_text_addf(out, "\n");
  }
  eisi_text_addf(out, "%s.SH SEE ALSO\n", manual_tail);
  for (size_t i = 0; (cmd = cli_command_at(i)) != NULL; i++)
    eisi_text_addf(out, ".BR eisfit\\-%s (1),\n", cmd->name);
  eisi_text_addf(out, ".BR gnuplot (1)\n");
}
