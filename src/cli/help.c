/* help.c - help texts, made from the tables. */
#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/help.h"
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

void cli_option_argument(const cli_option *o, eisi_text *out) {
  if (o->kind != CLI_CHOICE) {
    eisi_text_addf(out, "%s", o->arg);
    return;
  }
  for (size_t i = 0; o->choices[i]; i++) eisi_text_addf(out, "%s%s", i ? "|" : "", o->choices[i]);
}

void cli_option_sentence(const cli_option *o, const void *base, eisi_text *out) {
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
    cli_option_argument(o, &head);
  }
  cli_option_sentence(o, base, &sentence);
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
    out->failed |= body.failed;
    eisi_text_addf(out, "%s%s", head.s, body.n > HELP_COLUMN ? body.s + HELP_COLUMN : "\n");
    eisi_text_clear(&body);
  }
  out->failed |= head.failed || sentence.failed;
  eisi_text_clear(&head);
  eisi_text_clear(&sentence);
}

/* Settings with the defaults of the command; NULL when out of memory. */
static void *default_settings(const cli_command *cmd) {
  void *settings = eisi_new(1, cmd->settings_size, NULL);
  if (settings && cmd->defaults) cmd->defaults(settings);
  return settings;
}

void cli_each_option(const cli_command *cmd, cli_title_printer *title, cli_option_printer *print,
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

void cli_each_line(const char *text, void (*put)(const char *line, eisi_text *out),
                   eisi_text *out) {
  while (text && *text) {
    size_t n = strcspn(text, "\n");
    eisi_text line = {0};
    eisi_text_addf(&line, "%.*s", (int)n, text);
    put(line.n ? line.s : "", out);
    out->failed |= line.failed;
    eisi_text_clear(&line);
    text += n + (text[n] == '\n');
  }
}

static void plain_paragraph(const char *line, eisi_text *out) {
  if (*line)
    eisi_wrap(out, "", line, EISI_SCREEN);
  else
    eisi_text_addf(out, "\n");
}
static void plain_example(const char *line, eisi_text *out) { eisi_text_addf(out, "  %s\n", line); }

void cli_command_help(const cli_command *cmd, eisi_text *out) {
  eisi_text_addf(out, "usage: eisfit %s%s%s [options]\n\n", cmd->name, *cmd->operands ? " " : "",
                 cmd->operands);
  eisi_text_addf(out, "%c%s.\n", toupper((unsigned char)cmd->summary[0]), cmd->summary + 1);
  if (cmd->about) {
    eisi_text_addf(out, "\n");
    cli_each_line(cmd->about, plain_paragraph, out);
  }
  cli_each_option(cmd, plain_title, cli_option_help, out);
  if (cmd->examples) {
    eisi_text_addf(out, "\nExamples:\n");
    cli_each_line(cmd->examples, plain_example, out);
  }
}

void cli_overview(eisi_text *out) {
  eisi_text_addf(out,
                 "usage: eisfit COMMAND [arguments] [options]\n"
                 "       eisfit FILE... [options]        (the same as eisfit fit)\n\n"
                 "Impedance spectra to parameters one can trust.\n\nCommands:\n");
  const cli_command *cmd;
  for (size_t i = 0; (cmd = cli_command_at(i)) != NULL; i++)
    eisi_text_addf(out, "  %-10s %s\n", cmd->name, cmd->summary);
  eisi_text_addf(out,
                 "\n'eisfit help COMMAND' explains a command and its options.\n"
                 "Exit codes: 0 done; 1 a result did not pass; 2 usage; 3 input; 4 numeric "
                 "failure;\n5 output or memory; 130 interrupted.\n");
}
