/* mpnp.h - impedance of a cell of solid electrolyte from the linearised modified
   Poisson-Nernst-Planck equations, solved numerically around the steady state without current: one
   mobile lattice-limited cation in every layer, a fixed background and, where wanted, a mobile
   anion with sites of its own; compact layers, charge transfer or blocking, electronic leak.  Model
   and symbols: <eisfit/scl.h>, doc/physics.md.  SI units, per area. */
#ifndef EISFIT_MPNP_H
#define EISFIT_MPNP_H

#include <eisfit/scl.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { EIS_MPNP_MAX_LAYERS = 4 };

typedef struct eis_mpnp_layer {
  double eps_r, n0,
      nu;           /* of the layer where it is neutral: permittivity, cations per m^3, n0/n_max */
  double sigma;     /* S/m */
  double thickness; /* m */
  double offset; /* potential of its neutral inside against that of the reference [V]: the Galvani
                    potential difference of two electrolytes in contact; 0 for the reference */
  double n_anion, nu_anion,
      sigma_anion; /* a second mobile ion, of charge -1: where the layer is neutral, share of its
     sites, S/m.  The fixed background is n0 - n_anion; n_anion 0 = none, n0 = a binary salt.
     It passes into neighbours that have it, never into an electrode */
} eis_mpnp_layer;

typedef struct eis_mpnp_electrode {
  double potential; /* of the electrode against the neutral reference, no current [V]; with a
                       compact layer the space charge gets what that leaves (eis_scl_balance) */
  double RF;        /* charge-transfer resistance [ohm m^2]: 0 reversible, INFINITY blocking */
  double CH;        /* compact layer [F/m^2], INFINITY none */
} eis_mpnp_electrode;

/* left electrode | layer 0 | layer 1 ... | right electrode. */
typedef struct eis_mpnp_cell {
  double T; /* K */
  eis_mobility mobility;
  size_t n_layers;
  eis_mpnp_layer layer[EIS_MPNP_MAX_LAYERS];
  eis_mpnp_electrode left, right;
  bool half; /* half of a symmetrical cell: the right end is its middle, `right` is not used, Z is
                that of the half */
  double sigma_e; /* electronic conductivity, parallel to the ions over the whole thickness [S/m] */
} eis_mpnp_cell;

typedef struct eis_mpnp_options {
  size_t cells;    /* per space-charge layer, 20 to 4000; 250 = 1e-4 of Z */
  bool richardson; /* extrapolate from `cells` and twice as many: 1e-7 of Z */
} eis_mpnp_options;
/* 250 cells, no extrapolation. */
eis_mpnp_options eis_mpnp_options_default(void);

/* One layer, 25 C, convention a, reversible electrodes at flat band, no leak. */
eis_mpnp_cell eis_mpnp_cell_default(void);

/* Parameters of a cell in the order of the derivatives: 9 of every layer (in the order of the
   struct), 3 of the left and 3 of the right electrode, T, sigma_e.  Name of parameter i
   ("layer1.eps_r", "left.RF"), NULL past the end; static storage. */
size_t eis_mpnp_n_params(const eis_mpnp_cell *c);
const char *eis_mpnp_param_name(const eis_mpnp_cell *c, size_t i);
/* Value of parameter i, to read or change. */
double *eis_mpnp_param(eis_mpnp_cell *c, size_t i);

/* Z [ohm m^2] at n frequencies [Hz].  z: n, planar (all real parts, then all imaginary parts: 2n
   doubles); dz: 2n per parameter, the same way, NULL = not wanted.  opt NULL = defaults. Thick
   single layers (their space charges do not meet) of one mobile ion are cut along the exact
   profile, everything else by finite volumes.  The derivative by n_anion = 0 is 0: there is no rail
   to add to. Errors: EIS_ERROR_INPUT for parameters outside their range; EIS_ERROR_NUMERIC when the
   steady state is not found; EIS_ERROR_MEMORY. */
eis_status eis_mpnp_impedance(const eis_mpnp_cell *c, const eis_mpnp_options *opt,
                              const double *f_hz, size_t n, double *z, double *dz, eis_error *err);

/* Charge of a space-charge layer in it [C/m^2], band bending dphi [V]: that of eis_scl_eval with
 * the anions. */
double eis_mpnp_charge(const eis_mpnp_layer *l, double T, double dphi);

/* Potentials of both electrodes of a cell with one layer and blocking electrodes under a dc bias
   [V] (left against right): equal and opposite charge, which leaves the number of ions unchanged
   where the inside of the layer stays neutral.  Errors as eis_scl_bias. */
eis_status eis_mpnp_set_bias(eis_mpnp_cell *c, double bias, eis_error *err);

/* The steady state along the cell, from left to right. */
typedef struct eis_mpnp_profile {
  size_t n;
  double *x;     /* m */
  double *phi;   /* V, against the neutral reference */
  double *c;     /* density over that of the neutral layer */
  double *sigma; /* S/m, of the cations */
  double *anion; /* density over n_anion, NaN where there are none */
} eis_mpnp_profile;
eis_status eis_mpnp_profile_run(const eis_mpnp_cell *c, const eis_mpnp_options *opt,
                                eis_mpnp_profile *out, eis_error *err);
void eis_mpnp_profile_clear(eis_mpnp_profile *p);

#ifdef __cplusplus
}
#endif
#endif
