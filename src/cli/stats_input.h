/* stats_input.h - what trend, arrhenius and compare share: a table of parameters and its columns.
 */
#ifndef EISI_CLI_STATS_INPUT_H
#define EISI_CLI_STATS_INPUT_H

#include "campaign/frame_store.h"
#include "campaign/series.h"
#include "cli/common.h"
#include "report/stats_view.h"

typedef struct cli_table_input {
  cli_list parameter, where;
  const char *meta;
  int from; /* eisi_store_source */
} cli_table_input;
extern const cli_option cli_table_input_options[];  /* --parameter --where --meta --from */
extern const cli_option cli_stats_output_options[]; /* --json --csv -o */
extern const cli_option cli_stats_figure_options[]; /* --plot --keep-plot-script */

typedef struct cli_table {
  eisi_frame *frame;
  eisi_samples samples;
} cli_table;
/* Reads the one table that was named, joins the metadata and picks the parameters; says what was
   left out.  To be cleared, also after a failure. */
eis_status cli_table_open(const cli_general *g, const cli_table_input *in, const char *command,
                          int n, char **operand, cli_table *out, eis_error *err);
void cli_table_clear(cli_table *t);

enum { CLI_BY_MAX = 8 };
/* Column numbers of a list "cell,soc". */
eis_status cli_columns_parse(const eisi_frame *f, const char *list, const char *what, int *column,
                             size_t *n, eis_error *err);
/* Does the column exist and take more than one value (numbers: that differ)? */
bool cli_column_varies(const eisi_frame *f, int column);
/* First of the names (NULL terminated) that is there and varies; EISI_NO_COLUMN. */
int cli_column_first(const eisi_frame *f, const char *const *names);
/* The columns that tell series apart, except x: what was asked for, else cell, SOC, temperature,
   pressure, where they are and vary. */
eis_status cli_series_columns(const eisi_frame *f, const char *by, int x, int *column, size_t *n,
                              eis_error *err);

#endif
