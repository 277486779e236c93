/* stats_run.h - how trend, arrhenius and compare go: read a table, find something for each of its
   series or parameters, write that as text, JSON, CSV and figures. */
#ifndef EISI_CLI_STATS_RUN_H
#define EISI_CLI_STATS_RUN_H

#include "cli/stats_input.h"

/* The head of what each of them works on. */
typedef struct cli_stats {
  const cli_general *general;
  const cli_table_input *in;
  const cli_output *out;
  cli_table table;
  size_t n; /* results that there are */
} cli_stats;

/* One of the three.  A view is what the writers show of a result; functions with `views` take them
   one behind the other. */
typedef struct cli_stats_kind {
  const char *name;
  eis_status (*prepare)(cli_stats *run, eis_error *err);
  eis_status (*analyse)(cli_stats *run, eis_error *err);
  void (*clear)(cli_stats *run); /* all but the head */
  size_t view_size;
  const void *(*view)(const cli_stats *run, size_t i);
  bool (*worked)(const void *view); /* false: it is not in figures that need it */
  bool (*passed)(const void *view); /* false: exit code 1 */
  eis_status (*text)(const cli_stats *run, const void *views, bool color, eisi_text *out,
                     eis_error *err);
  eis_status (*json)(const void *view, eisi_text *out, eis_error *err);
  void (*csv)(const void *view, eisi_text *out);    /* NULL: the head */
  size_t (*in_figure)(const void *views, size_t n); /* how many of n one figure takes */
  eis_status (*script)(const void *views, size_t n, const eisi_terminal *terminal,
                       const char *output, eisi_text *out, eis_error *err);
} cli_stats_kind;
/* Everything; the exit code. */
int cli_stats_run(const cli_stats_kind *kind, cli_stats *run, int n, char **operand);

/* The series of all parameters of the table. */
typedef struct cli_series {
  int x, by[CLI_BY_MAX]; /* columns: over what, and what tells series apart */
  size_t n_by, n, n_lists;
  eisi_series_list *list; /* per parameter */
  eisi_series **at;       /* all of them, parameter by parameter */
} cli_series;
/* By x and by, which are set; says how many rows have no x.  EIS_ERROR_INPUT where none has. */
eis_status cli_series_split(const cli_stats *run, cli_series *s, eis_error *err);
void cli_series_clear(cli_series *s);

#endif
