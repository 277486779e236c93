/* drt_options.h - options that say how a distribution of relaxation times is found. */
#ifndef EISI_CLI_DRT_OPTIONS_H
#define EISI_CLI_DRT_OPTIONS_H

#include "cli/cli.h"

typedef struct cli_drt {
  const char *method, *lambda, *basis, *order, *tau_range;
  const char *resistance, *inductance, *capacitance;
  int weight, part;
  bool signed_gamma;
  double per_decade, extend, level;
} cli_drt;
extern const cli_option cli_drt_options[];
void cli_drt_defaults(cli_drt *s);
/* Everything checked, before a file is read; *method is the key of the method. */
eis_status cli_drt_read(const cli_drt *s, eis_drt_options *out, const char **method,
                        eis_error *err);

#endif
