/* commands.h - one row per command; adding one = its file, this line, and one line in commands.c.
 */
#ifndef EISI_CLI_COMMANDS_H
#define EISI_CLI_COMMANDS_H

#include "cli/cli.h"

extern const cli_command cli_cmd_fit;
extern const cli_command cli_cmd_drt;
extern const cli_command cli_cmd_joint;
extern const cli_command cli_cmd_kk;
extern const cli_command cli_cmd_plot;
extern const cli_command cli_cmd_report;
extern const cli_command cli_cmd_simulate;
extern const cli_command cli_cmd_scl;
extern const cli_command cli_cmd_convert;
extern const cli_command cli_cmd_campaign;
extern const cli_command cli_cmd_trend;
extern const cli_command cli_cmd_arrhenius;
extern const cli_command cli_cmd_compare;
extern const cli_command cli_cmd_models;
extern const cli_command cli_cmd_elements;
extern const cli_command cli_cmd_formats;
extern const cli_command cli_cmd_help;
extern const cli_command cli_cmd_version;

/* Options that name models and change their parameters (fitting.c). */
extern const cli_option cli_model_options[];

#endif
