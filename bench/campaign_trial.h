/* campaign_trial.h - a simulated campaign and what is true of it. */
#ifndef CAMPAIGN_TRIAL_H
#define CAMPAIGN_TRIAL_H

#include "campaign_cell.h"

enum { SIM_CELLS = 12, SIM_SOCS = 11, SIM_AGES = 10, SIM_TEMPERATURES = 3 };

typedef struct sim_plan {
  sim_design design;
  uint64_t seed;
  int cells, socs, ages, temperatures; /* cells: half of them coated */
} sim_plan;

typedef struct sim_job {
  int cell, soc, age, temperature; /* numbers from 0 */
  bool coated;
  sim_state state;
  double cycle;
} sim_job;

size_t sim_count(const sim_plan *p);
/* Spectrum i: cells one after the other, in each age by age. */
sim_job sim_job_at(const sim_plan *p, size_t i);
/* Ratio coated to uncoated of every resistance, geometric mean over the campaign, typical cells. */
eis_status sim_effects(const sim_plan *p, const eis_ocv *ocv, double effect[SIM_PROCESSES],
                       eis_error *err);

/* Reads a store against the truth (campaign_score.c). */
eis_status sim_score(int argc, char **argv, eis_error *err);

#endif
