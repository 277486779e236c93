/* common.h - what the commands that read spectra share: input, output and figure options, and the
   loop over files. */
#ifndef EISI_CLI_COMMON_H
#define EISI_CLI_COMMON_H

#include "analysis/modelfit.h"
#include "cli/cli.h"
#include "report/plot.h"
#include "report/report.h"

/* ---- input ---- */
typedef struct cli_input {
  const char *format, *sweep, *columns, *units, *exclude;
  bool negate_imag, keep_imag;
  double fmin, fmax;
  eis_conditions cond;
} cli_input;
extern const cli_option cli_input_options[];
void cli_input_defaults(cli_input *in);
eis_status cli_read_options(const cli_input *in, eis_read_options *out, eis_error *err);
/* Leaves in *list the sweeps that a list like 1-3,7 names; a sweep that is not there is an error.
 */
eis_status cli_sweep_pick(const cli_input *in, const char *file, eis_spectra *list, eis_error *err);
/* Conditions of one spectrum: the options, else a temperature the file states. */
eis_conditions cli_conditions(const cli_input *in, const eis_spectrum *s);

/* ---- output ---- */
typedef struct cli_output {
  bool json, csv, script;
  const char *path, *plot, *keep_script, *report;
} cli_output;
extern const cli_option cli_table_options[];  /* --json --csv -o */
extern const cli_option cli_json_options[];   /* --json -o */
extern const cli_option cli_figure_options[]; /* --plot --keep-plot-script */
extern const cli_option cli_report_options[]; /* --report */
/* Contradictions, endings of file names and folders that can't be written to, before anything is
   computed. */
eis_status cli_output_check(const cli_output *out, eis_error *err);

/* ---- figures and pages (draw.c) ---- */
/* Makes the gnuplot script of a figure; output NULL = standard output of gnuplot. */
typedef eis_status (*cli_script)(const void *ctx, const eisi_terminal *terminal, const char *output,
                                 eisi_text *out, eis_error *err);
/* The figure, and its script, in the files that were asked for; number > 0: one of several,
   "x.svg" -> "x-3.svg". */
eis_status cli_draw_script(const cli_general *g, const cli_output *o, cli_script script,
                           const void *ctx, int number, eis_error *err);
eis_status cli_draw(const cli_general *g, const cli_output *o, const eisi_plot *plot, int number,
                    eis_error *err);
/* Adds the HTML of a view around its figure. */
typedef eis_status (*cli_page)(const void *view, const char *svg, eisi_text *out, eis_error *err);
eis_status cli_write_page(const cli_general *g, const cli_output *o, const eisi_plot *plot,
                          cli_page page, const void *view, int number, eis_error *err);
/* path with "-number" before its ending (number 0: as it is); caller frees. */
eis_status cli_numbered(const char *path, int number, char **out, eis_error *err);
const char *cli_gnuplot(void);

/* ---- models and parameters, for fit and simulate ---- */
typedef struct cli_models {
  cli_list model, circuit, set, fix, bound, tie;
  const char *variant;
} cli_models;
/* Loads, adjusts and checks everything; EIS_ERROR_USAGE when nothing was named. */
eis_status cli_candidates(const cli_models *m, const char *command, eisi_candidates *out,
                          eis_error *err);

/* ---- how it is fitted ---- */
typedef struct cli_fitting {
  int weight, loss, ci, starts, bootstrap;
  const char *optimizer, *electrolyte, *material, *max_time;
  uint64_t seed;
} cli_fitting;
extern const cli_option cli_fitting_options[];
/* By eis_weighting and eis_loss, NULL terminated. */
extern const char *const cli_weight_names[], *const cli_loss_names[];
void cli_fitting_defaults(cli_fitting *f);
eis_status cli_fit_options(const cli_fitting *f, eis_fit_options *out, eis_error *err);
/* *out is room, or NULL when no material was named. */
eis_status cli_material(const cli_fitting *f, eis_material *room, const eis_material **out,
                        eis_error *err);

/* ---- many spectra ---- */
typedef struct cli_batch cli_batch;
struct cli_batch {
  const cli_general *general;
  const cli_input *input;
  const cli_output *output;
  int threads;       /* 0 = one per processor */
  bool shows_reader; /* the text of a spectrum says what the reader decided */
  bool dense;        /* no empty line between the texts of two spectra */
  bool uncounted;    /* nothing is judged: no count of those that passed */
  void *ctx;
  /* The metadata columns of a table, collected from every spectrum before the first one is worked
     on; NULL = no such table. Files are read twice then: memory does not grow with their number. */
  eisi_csv_keys *keys;
  /* The table's head; may be NULL. */
  void (*begin)(void *ctx, eisi_text *out);
  /* Any thread: the text of one spectrum; *judgement (passed when it is left alone) is counted;
   *result is handed to deliver. */
  eis_status (*work)(void *ctx, const eis_spectrum *s, eisi_text *out, void **result,
                     eisi_judgement *judgement, eis_error *err);
  /* Calling thread, in order, after the text was written: figures; may be NULL. */
  eis_status (*deliver)(void *ctx, const eis_spectrum *s, void *result, int number, eis_error *err);
  void (*free_result)(void *result); /* NULL with results that are NULL */
};
/* EIS_ERROR_USAGE for a command without a file. */
eis_status cli_need_files(const char *command, int n, eis_error *err);
/* Reads the files, works, writes; returns the exit code. */
int cli_batch_run(const cli_batch *b, int n, char **files);

#endif
