/* assb_cell.h - random solid-state cells from materials and geometry, with the share of each
   process in the impedance and in gamma.  Ranges: assb_cell.c. */
#ifndef ASSB_CELL_H
#define ASSB_CELL_H

#include <complex.h>
#include <stdbool.h>
#include <stdint.h>

#include <eisfit/spectrum.h>

enum {
  ASSB_BULK,
  ASSB_GB,
  ASSB_CONSTRICTION,
  ASSB_SCL,
  ASSB_CEI,
  ASSB_COMPOSITE,
  ASSB_SEI_LI,
  ASSB_CT,
  ASSB_CT_INLI,
  ASSB_DIFFUSION,
  ASSB_PROCESSES
};

/* R/(1 + (s tau)^n), ohm cm2; R = 0: not there. */
typedef struct assb_arc {
  double R, C, n; /* C = tau/R, F/cm2 */
} assb_arc;

typedef struct assb_cell {
  const char *electrolyte, *anode, *coating;
  double area, thickness, T, soc; /* cm2, cm, K */
  double f_min, f_max, noise;     /* Hz, part of |Z| */
  double R0, L;                   /* ohm, H of leads and contacts */
  assb_arc arc[ASSB_PROCESSES];   /* those in series; SCL, CEI, CT of the wall of the pores */
  double R_ion;                   /* of the pores, ohm cm2 */
  double R_D, tau_D;              /* particles: finite space, sphere */
  double R_W, tau_W;              /* anode: finite length */
} assb_cell;

/* The key of a process in models/processes.ini. */
const char *assb_process(int process);
void assb_cell_draw(uint64_t seed, uint64_t index, assb_cell *c);
/* ohm, at the complex frequency s. */
double complex assb_cell_impedance(const assb_cell *c, double complex s);
/* What a process has of gamma, ohm per unit of ln tau: R dgamma/dR at constant time constants; the
   shares add up to gamma.  For arcs in series it is the arc; where a wall and the ions in the pores
   make an arc together, it says how much the arc depends on either.  gamma is -Im Z(s)/pi at s =
   exp(.97 j pi)/tau, which shows delta functions as narrow peaks. */
double assb_cell_share(const assb_cell *c, int process, double tau);
/* The spectrum with noise; *s is to be cleared. */
eis_status assb_cell_measure(const assb_cell *c, uint64_t seed, uint64_t index, eis_spectrum *s,
                             eis_error *err);

#endif
