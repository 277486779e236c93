/* compare_ends.h - what is left out of a comparison because it lies at an end of its range. */
#ifndef EISFIT_COMPARE_ENDS_H
#define EISFIT_COMPARE_ENDS_H

#include "cli/stats_input.h"

typedef struct cli_ends {
  const eisi_frame *frame;
  int column; /* with the groups */
  const eisi_sample *sample;
  const eisi_grouping *grouping;
  int reference;
} cli_ends;

/* Of each group that lacks values: what that does to its ratio; and the groups that lack all. */
eis_status cli_ends_notes(const cli_ends *e, eis_notes *notes, eis_error *err);
/* The same where nothing can be compared: the reason, if this is it. */
void cli_ends_why(const cli_ends *e, eis_error *why);

#endif
