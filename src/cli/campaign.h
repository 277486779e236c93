/* campaign.h - the settings of eisfit campaign, and its actions that show what is in a store. */
#ifndef EISI_CLI_CAMPAIGN_H
#define EISI_CLI_CAMPAIGN_H

#include <eisfit/store.h>

#include "cli/common.h"

typedef struct cli_campaign {
  cli_general general;
  cli_input in;
  cli_models models;
  cli_fitting fit;
  bool drt, processes, no_track;
  int gate;
  double tolerance;
  int threads;
  const char *shard, *store;
  bool redo;
  const char *table, *output, *pattern, *files;
  bool json, hash;
} cli_campaign;

/* Names of the tables of an export, one per line. */
void cli_campaign_tables(eisi_text *out);
/* Exit codes. */
int cli_campaign_init(const cli_campaign *s, int n, char **operand);
int cli_campaign_status(const cli_campaign *s, int n, char **operand);
int cli_campaign_track(const cli_campaign *s, int n, char **operand);
int cli_campaign_export(const cli_campaign *s, int n, char **operand);

/* Follows the processes of all cells whose results changed, or of all, and says so; exit code. */
int cli_campaign_follow(const cli_campaign *s, eis_store *store, bool again, eis_error *err);

#endif
