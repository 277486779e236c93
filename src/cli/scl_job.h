/* scl_job.h - eisfit scl: what the calculators share. */
#ifndef EISI_SCL_JOB_H
#define EISI_SCL_JOB_H

#include <eisfit/kmc.h>
#include <eisfit/mpnp.h>

#include "cli/common.h"
#include "report/sheet.h"

typedef struct scl_settings {
  cli_general general;
  cli_output out;
  const char *material, *dphi, *values;
  cli_list set;
  int conv;
  double temperature, Ea, slope, thickness, area, RF_cm2, CH_cm2, sigma_e,
      bias; /* NaN: not given */
  const char *coating, *anion, *polymer;
  bool cell, extrapolate, blocking;
  double fmin, fmax, per_decade;
  eis_kmc_options kmc;
} scl_settings;

/* One calculation. */
typedef struct scl_job {
  const scl_settings *set;
  eis_material material;
  eis_scl_params p;     /* dphi: 0, or of the row at hand */
  double *dphi, *value; /* lists of --dphi [V] and of the operands behind the word */
  size_t n_dphi, n_values;
  double RF, CH, L; /* ohm m^2, F/m^2, m */
} scl_job;

typedef eis_status scl_word_fn(scl_job *job, eisi_sheet *out, eis_error *err);

/* scl_tables.c, scl_checks.c, scl_polymer.c */
scl_word_fn cli_scl_debye, cli_scl_field, cli_scl_resistance, cli_scl_ea, cli_scl_inverse,
    cli_scl_tau_ratio;
scl_word_fn cli_scl_validate, cli_scl_review, cli_scl_profile, cli_scl_kmc, cli_scl_polymer;

/* scl_cell.c: the cell that profile and spectrum ask for, with its band bending dphi. */
eis_status cli_scl_make_cell(const scl_job *job, eis_mpnp_cell *out, eis_error *err);
eis_status cli_scl_spectrum(const scl_job *job, eis_spectrum *out, eis_error *err);

/* The facts of the electrolyte, and what limits them (doc/physics.md, section 8). */
eis_status cli_scl_describe(const scl_job *job, eisi_sheet *out, eis_error *err);
eis_status cli_scl_warn(const scl_job *job, eisi_sheet *out, eis_error *err);

extern const eisi_sheet_name cli_scl_name_dphi;

#endif
