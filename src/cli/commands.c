/* commands.c - the table of commands. */
#include <string.h>

#include "cli/commands.h"

static const cli_command *const commands[] = {
    &cli_cmd_fit,
    &cli_cmd_drt,
    &cli_cmd_kk,
    &cli_cmd_joint,
    &cli_cmd_simulate,
    &cli_cmd_scl,
    &cli_cmd_convert,
    &cli_cmd_campaign,
    &cli_cmd_trend,
    &cli_cmd_arrhenius,
    &cli_cmd_compare,
    &cli_cmd_plot,
    &cli_cmd_report,
    &cli_cmd_models,
    &cli_cmd_elements,
    &cli_cmd_formats,
    &cli_cmd_help,
    &cli_cmd_version,
};
enum { N_COMMANDS = sizeof commands / sizeof *commands };

const cli_command *cli_command_at(size_t i) { return i < N_COMMANDS ? commands[i] : NULL; }

const cli_command *cli_command_find(const char *name) {
  for (size_t i = 0; i < N_COMMANDS; i++)
    if (strcmp(commands[i]->name, name) == 0) return commands[i];
  return NULL;
}
