/* kmc.h - lattice kinetic Monte Carlo of space-charge layers: ions that hop on a cubic lattice
   between two blocking electrodes under a dc bias, in the field of all charges averaged over
   planes.  An independent check of the continuum (MPNP) profile, charge and capacitance. */
#ifndef EISFIT_KMC_H
#define EISFIT_KMC_H

#include <stdint.h>

#include <eisfit/scl.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct eis_kmc_options {
  double lattice;        /* distance of sites [m]: n_max = 1/lattice^3 */
  int planes, width;     /* planes of width x width sites between the electrodes */
  double bias;           /* left against right electrode [V] */
  double settle, sweeps; /* attempted hops per ion before, and during, the averages */
  int blocks;            /* 16 times as many parts give the errors, by their autocorrelation */
  uint64_t seed;
} eis_kmc_options;
/* 1 nm, 150 planes of 16 x 16, 0.1 V, 60 000 and 600 000 sweeps, 20 blocks, seed 1. */
eis_kmc_options eis_kmc_options_default(void);

/* Everything with standard errors from the autocorrelation along the run. */
typedef struct eis_kmc_result {
  int n;                     /* planes */
  double *x;                 /* m, middle of the planes */
  double *c, *c_err;         /* mean density over n0 */
  double *phi;               /* mean potential, against the middle of the cell [V] */
  double *c_mpnp, *phi_mpnp; /* the continuum steady state at the same places; NaN without */
  double n0, nu;             /* of the ions that are there: a whole number of them */
  double Q, Q_err;           /* charge of the left electrode [C/m^2] */
  double Q_mpnp;             /* by eis_scl_bias */
  double C, C_err;           /* d(charge)/d(bias) from its fluctuations [F/m^2] */
  double C_mpnp;             /* both layers in series, eis_scl_C_hat */
  double chi2;               /* mean of ((c - c_mpnp)/c_err)^2 over planes with 10 or more visits */
  double time;               /* of the averages, in units of 1/(rate of a hop without field) */
  double charging_times; /* the same in charging times of the cell, (L/2) lambda_D/D: fluctuations
                            forget that fast; the errors want a hundred of them */
} eis_kmc_result;

/* p: eps_r, n0, T count; nu follows from lattice.  Hops to a free neighbour with rate exp(-dE/2kT),
   dE the exact change of the electrostatic energy of charged planes between electrodes at constant
   voltage. Errors: EIS_ERROR_INPUT for what makes no lattice (fewer than 20 ions, more ions than
   half of the sites ... ); EIS_ERROR_MEMORY.  *out is cleared by the caller. */
eis_status eis_kmc_run(const eis_scl_params *p, const eis_kmc_options *o, eis_kmc_result *out,
                       eis_error *err);
void eis_kmc_result_clear(eis_kmc_result *r);

#ifdef __cplusplus
}
#endif
#endif
