/* cmd_help.c - eisfit help and eisfit version. */
#include "cli/commands.h"
#include "cli/help.h"

typedef struct help_settings {
  cli_general general;
  bool man, complete;
} help_settings;

static const cli_option help_options[] = {
    {.name = "man", .kind = CLI_FLAG, .at = offsetof(help_settings, man),
     .help = "the manual page of the program, or of each COMMAND, as troff"},
    {.name = "complete", .kind = CLI_FLAG, .at = offsetof(help_settings, complete),
     .help = "for shells: what may stand in place of the last of the words behind --"},
    {0},
};
static const cli_group help_groups[] = {{"Form", help_options, 0}, {0}};

static void command_names(eisi_text *out) {
  for (size_t i = 0; cli_command_at(i); i++) eisi_text_addf(out, "%s\n", cli_command_at(i)->name);
}

static int help(void *settings, int n, char **operand) {
  help_settings *s = settings;
  eisi_text out = {0};
  if (s->complete) {
    cli_complete(n, operand, &out);
    return cli_put(&s->general, NULL, &out);
  }
  if (n == 0) (s->man ? cli_manual : cli_overview)(&out);
  for (int i = 0; i < n; i++) {
    const cli_command *cmd = cli_command_find(operand[i]);
    if (!cmd) {
      eis_error err = EIS_ERROR_INIT;
      eis_error_set(&err, EIS_ERROR_USAGE, "no command '%s'; 'eisfit help' lists them", operand[i]);
      eisi_text_clear(&out);
      return cli_fail(&s->general, &err);
    }
    if (i && !s->man) eisi_text_addf(&out, "\n");
    (s->man ? cli_manual_command : cli_command_help)(cmd, &out);
  }
  return cli_put(&s->general, NULL, &out);
}

const cli_command cli_cmd_help = {
    .name = "help",
    .operands = "[COMMAND...]",
    .summary = "this list, or a command with its options",
    .examples = "eisfit help fit\neisfit help --complete -- drt --met",
    .words = command_names,
    .groups = help_groups,
    .settings_size = sizeof(help_settings),
    .run = help,
};

static int version(void *settings, int n, char **operand) {
  const cli_general *g = settings;
  eisi_text out = {0};
  if (n) {
    eis_error err = EIS_ERROR_INIT;
    eis_error_set(&err, EIS_ERROR_USAGE, "version takes no arguments, but there is '%s'",
                  operand[0]);
    return cli_fail(g, &err);
  }
  eisi_text_addf(&out, "eisfit %s\n", eis_version());
  return cli_put(g, NULL, &out);
}

const cli_command cli_cmd_version = {
    .name = "version",
    .operands = "",
    .summary = "version of the program",
    .settings_size = sizeof(cli_general),
    .run = version,
};
