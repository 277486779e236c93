/* help.h - texts made from the option tables: help, manual pages, completion. */
#ifndef EISI_CLI_HELP_H
#define EISI_CLI_HELP_H

#include "cli/cli.h"

/* One line of help: "  -o, --output FILE  text [default]". */
void cli_option_help(const cli_option *o, const void *base, eisi_text *out);
/* The default of an option as text; "" when there is none. */
void cli_option_default(const cli_option *o, const void *base, char *buf, size_t size);
void cli_command_help(const cli_command *cmd, eisi_text *out);
void cli_overview(eisi_text *out);
/* Calls print for every option, the general ones last, with the defaults of the command. */
typedef void cli_option_printer(const cli_option *o, const void *base, eisi_text *out);
typedef void cli_title_printer(const char *title, eisi_text *out);
void cli_each_option(const cli_command *cmd, cli_title_printer *title, cli_option_printer *print,
                     eisi_text *out);
/* "NAME", or the choices separated by bars. */
void cli_option_argument(const cli_option *o, eisi_text *out);
/* The help of an option with its default. */
void cli_option_sentence(const cli_option *o, const void *base, eisi_text *out);
/* Calls put for every line of text. */
void cli_each_line(const char *text, void (*put)(const char *line, eisi_text *out), eisi_text *out);
/* Manual pages, troff: eisfit(1) and eisfit-COMMAND(1). */
void cli_manual(eisi_text *out);
void cli_manual_command(const cli_command *cmd, eisi_text *out);
/* What may stand in place of the last of these words (those behind "eisfit"), one per line;
   ":files" and ":folders" stand for names of files. */
void cli_complete(int n, char **word, eisi_text *out);

#endif
