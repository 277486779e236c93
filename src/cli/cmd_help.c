/* cmd_help.c - eisfit help and eisfit version. */
#include "cli/commands.h"

typedef struct help_settings {
  cli_general general;
  bool man;
} help_settings;

static const cli_option help_options[] = {
    {.name = "man", .kind = CLI_FLAG, .at = offsetof(help_settings, man),
     .help = "the manual page of the whole program, as troff"},
    {0},
};
static const cli_group help_groups[] = {{"Form", help_options, 0}, {0}};

static int help(void *settings, int n, char **operand) {
  help_settings *s = settings;
  eisi_text out = {0};
  if (s->man) {
    cli_manual(&out);
  } else if (n == 0) {
    cli_overview(&out);
  }
  for (int i = 0; i < n; i++) {
    const cli_command *cmd = cli_command_find(operand[i]);
    if (!cmd) {
      eis_error err = EIS_ERROR_INIT;
      eis_error_set(&err, EIS_ERROR_USAGE, "no command '%s'; 'eisfit help' lists them", operand[i]);
      eisi_text_clear(&out);
      return cli_fail(&s->general, &err);
    }
    if (i) eisi_text_addf(&out, "\n");
    cli_command_help(cmd, &out);
  }
  return cli_put(&s->general, NULL, &out);
}

const cli_command cli_cmd_help = {
    .name = "help",
    .operands = "[COMMAND...]",
    .summary = "this list, or a command with its options",
    .examples = "eisfit help fit",
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
