/* campaign_cell.h - the cells of a simulated campaign: an electrolyte, a layer (interphase or
   coating) with a space charge in front of it, charge transfer and an indium-lithium anode.  The
   cathode side comes from the numerical MPNP solver. */
#ifndef CAMPAIGN_CELL_H
#define CAMPAIGN_CELL_H

#include <eisfit/ocv.h>
#include <eisfit/spectrum.h>

#include "numerics/rng.h"

enum { SIM_BULK, SIM_SCL, SIM_CEI, SIM_CT, SIM_ANODE, SIM_PROCESSES };

/* Key of the process in models/processes.ini; of the bulk that of the crystal. */
const char *sim_process(int process);

/* What a campaign is like. */
typedef struct sim_design {
  double effect; /* 1: the coating thins the layer to .7 and takes 12 mV of band bending; 0: it does
                    nothing */
  double tau_cei; /* s, of the layer; that of the space charge is 1e-5 ... 1e-4 s */
  double scatter; /* of cells, times the usual one */
  double noise;   /* standard deviation of either part of Z, part of |Z| */
  /* Other kinds of cells than the one everything was chosen with; factors on the usual value. */
  double r_bulk, r_cei, r_ct, r_anode, tau_gb, lead;
  double soc_slope; /* of the band bending; 0: space charge that does not move with SOC */
  double bending;   /* V, added to the band bending; no_scl: there is none at all */
  double no_scl, no_cei;
  double tau_growth; /* tau of the layer at 1800 h over that at the beginning, less 1 */
  double arcs;       /* > 0: cathode of ideal resistances behind depressed arcs of this exponent */
  double r_extra, tau_extra; /* ohm, s: an arc of something else, 0 = there is none */
} sim_design;
sim_design sim_design_default(void);

/* SI, at 25 C; per true area but for R_anode and C_anode. */
typedef struct sim_cell {
  double area, rough;               /* m2; true over geometric area of the cathode */
  double thickness, sigma, E_sigma; /* of the electrolyte */
  double gb, tau_gb;                /* of the grain boundaries: R over that of the bulk */
  double theta, shift;              /* potential of the layer: theta (E - E(SOC .5)) + shift, V */
  double cei_0, cei_growth;         /* m; m per root of an hour */
  double sigma_cei, eps_cei, E_cei;
  double R_F, C_H, E_F;
  double R_anode, C_anode, n_anode, E_anode; /* ohm m2, F/m2, geometric */
  double L;                                  /* H, of the leads */
  double tau_growth, arcs, r_extra, tau_extra;
} sim_cell;

void sim_cell_draw(const sim_design *d, bool coated, eisi_rng *rng, sim_cell *c);
/* The cell in the middle of the distribution. */
void sim_cell_typical(const sim_design *d, bool coated, sim_cell *c);

typedef struct sim_state {
  double soc, T, time_h;
} sim_state;

/* What is true at one state: ohm, s and V; R of space charge and layer are integrals over the
   steady state. */
typedef struct sim_truth {
  double R[SIM_PROCESSES], tau[SIM_PROCESSES], dphi;
} sim_truth;

enum { SIM_POINTS = 82 };
/* 7 MHz to 56 mHz, ten per decade. */
void sim_frequencies(double *f);
/* Z in ohm at SIM_POINTS frequencies: real parts, then imaginary parts. */
eis_status sim_cell_impedance(const sim_cell *c, const eis_ocv *ocv, const sim_state *s, double *z,
                              sim_truth *truth, eis_error *err);
/* The truth as a sum of arcs: what a circuit with the right values gives. */
void sim_arcs(const sim_cell *c, const sim_truth *t, double *z);
/* The same impedance with noise; *s is new, to be cleared. */
eis_status sim_measure(const double *z, double noise, eisi_rng *rng, eis_spectrum *s,
                       eis_error *err);

#endif
