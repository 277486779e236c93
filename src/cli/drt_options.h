/* drt_options.h - options that say how a distribution of relaxation times is found. */
#ifndef EISI_CLI_DRT_OPTIONS_H
#define EISI_CLI_DRT_OPTIONS_H

#include <eisfit/drt_method.h>
#include <eisfit/process.h>

#include "cli/cli.h"

typedef struct cli_drt {
  const char *method, *lambda, *basis, *order, *tau_range;
  const char *resistance, *inductance, *capacitance;
  int weight, part;
  bool signed_gamma;
  double per_decade, extend, level, cutoff;
  int number, most, loewner_order, band, samples;
  uint64_t seed;
} cli_drt;
extern const cli_option cli_drt_options[];
void cli_drt_defaults(cli_drt *s);
/* Everything checked, before a file is read. */
eis_status cli_drt_read(const cli_drt *s, eis_drt_method_options *out,
                        const eis_drt_method_row **method, eis_error *err);

/* What is known of a solid-state cell, for the names of its peaks. */
typedef struct cli_cell {
  bool assign, explain;
  const char *electrolyte, *anode, *coating, *processes;
} cli_cell;
extern const cli_option cli_cell_options[];
/* The table of processes; NULL when names were not asked for.  Words are checked. */
eis_status cli_cell_read(const cli_cell *s, eis_process_table **out, eis_error *err);
/* Conditions of one spectrum. */
eis_process_conditions cli_cell_conditions(const cli_cell *s, const eis_spectrum *spectrum,
                                           const eis_conditions *c);

#endif
