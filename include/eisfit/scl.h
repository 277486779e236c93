/* scl.h - space-charge layers at an interface of a solid electrolyte: closed forms of an
   MPNP-type model (one mobile lattice-limited cation, fixed background), and material data.

   Symbols (SI): eps_r relative permittivity; n0 bulk density of mobile cations [1/m^3]; nu =
   n0/n_max site occupation, 0 <= nu < 1; sigma bulk conductivity [S/m]; dphi = phi(interface) -
   phi(bulk) [V], > 0 repels the cation (depletion); lambda0 = sqrt(eps kB T/(e^2 n0)) [m]; y0 = e
   dphi/(kB T). */
#ifndef EISFIT_SCL_H
#define EISFIT_SCL_H

#include <stdbool.h>
#include <stddef.h>

#include <eisfit/status.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum eis_mobility {
  EIS_MOBILITY_A = 0, /* mobility constant, sigma ~ c (Kilic-Bazant-Ajdari) */
  EIS_MOBILITY_B = 1  /* lattice hopping, sigma ~ c (1 - c/n_max) */
} eis_mobility;

typedef struct eis_scl_params {
  double eps_r, n0, nu, sigma, dphi, T;
  eis_mobility mobility;
} eis_scl_params;

/* Per unit area. */
typedef struct eis_scl_values {
  double lambda0, lambda_D; /* m */
  double tau_b;             /* eps/sigma [s] */
  double R_scl;             /* excess resistance over bulk [ohm m^2]; negative when Li-rich */
  double C_d;               /* differential capacitance [F/m^2] */
  double width;             /* eps/C_d [m] */
  double R1;                /* R_scl + width/sigma: the resistance of the arc [ohm m^2] */
  double R_blk;             /* dc resistance correction of a blocking interface [ohm m^2] */
  double f_peak;            /* 1/(2 pi R1 C_d) [Hz] */
  double Q;                 /* charge [C/m^2] */
  double field;             /* wall field [V/m] */
} eis_scl_values;

/* Everything at once.  Errors: EIS_ERROR_INPUT for parameters outside their range
   (0 <= nu < 1, positive eps_r, n0, sigma, T, |y0| <= 40). */
eis_status eis_scl_eval(const eis_scl_params *p, eis_scl_values *out, eis_error *err);

/* Band bending [V] >= 0 (depletion side) whose differential capacitance is C_d [F/m^2]; NaN when
   there is none.  p->dphi is ignored. */
double eis_scl_dphi_from_C(const eis_scl_params *p, double C_d);
/* Band bending whose R1 [ohm m^2] is given; NaN when there is none. */
double eis_scl_dphi_from_R(const eis_scl_params *p, double R1);

/* Band bending where R_scl [ohm m^2] (without the width) is given; the ratio of time constants
   tau_scl/tau_b = R_hat C_hat + 1 >= 1, depletion.  NaN when there is none; p->dphi is ignored. */
double eis_scl_dphi_from_R_scl(const eis_scl_params *p, double R_scl);
double eis_scl_dphi_from_tau_ratio(const eis_scl_params *p, double ratio);

/* Apparent activation energies [eV]: k d ln R/d(1/T) with sigma T Arrhenius of E_sigma [eV]. */
typedef struct eis_scl_energy {
  double R_scl, R1; /* of both resistances at p->T, exact; NaN where R <= 0 */
  double estimate;  /* E_sigma + e dphi - 2 kB T (for strong depletion), less e T d dphi/dT */
} eis_scl_energy;
/* slope: d dphi/dT [V/K].  Errors as eis_scl_eval. */
eis_status eis_scl_activation(const eis_scl_params *p, double E_sigma, double slope,
                              eis_scl_energy *out, eis_error *err);

/* Where continuum and mean field stand. */
typedef struct eis_scl_validity {
  double Gamma;        /* l_B n0^(1/3), l_B = e^2/(4 pi eps kB T): mean field wants < 1 */
  double l_B, spacing; /* Bjerrum length; n0^(-1/3) [m] */
  double y0;           /* e dphi/(kB T): > 20 other defects conduct first */
  double saturation;   /* c(0)/n_max: the lattice limit acts from about 0.5 on */
  double field;        /* at the wall [V/m]: > 1e9 the permittivity is not constant */
  double width;        /* lambda0/C_hat [m]: wants more than a lattice constant, 0.3 nm */
} eis_scl_validity;
eis_status eis_scl_validity_of(const eis_scl_params *p, eis_scl_validity *out, eis_error *err);

/* How far simpler circuits of an interface are from the numerical solution of the MPNP equations,
   with the same physical values: greatest |dZ|/|Z| of a half cell of thickness L [m] over w tau_b =
   1e-9 ... 1e2. */
typedef struct eis_scl_deviation {
  double arc;       /* one arc (R1 + RF) || C_int: the SCL element */
  double arc_units; /* the same as greatest |dZ| over lambda0/sigma */
  double series;    /* (R1 || C_d) in series with (RF || C_H) */
  double frozen;    /* int dx/(sigma(x) + j w eps), then RF || C_H */
} eis_scl_deviation;
/* RF [ohm m^2] >= 0, INFINITY = blocking; CH [F/m^2], INFINITY = none.  Errors as eis_scl_eval. */
eis_status eis_scl_deviation_of(const eis_scl_params *p, double L, double RF, double CH,
                                eis_scl_deviation *out, eis_error *err);

/* Band bending of an interface with a compact layer, and what it does with every input. */
typedef struct eis_scl_balance_values {
  double dphi;  /* V */
  double Q;     /* charge of the layer [C/m^2] */
  double C_d;   /* differential capacitance at dphi [F/m^2] */
  double slope; /* d(dphi + Q/C_H)/d dphi = 1 + C_d/C_H, so d dphi/d total = 1/slope */
  double d_ln_eps_r, d_ln_n0, d_nu, d_T, d_ln_C_H; /* d dphi [V] at constant total */
} eis_scl_balance_values;

/* The root dphi of  dphi + Q(dphi)/C_H = total, total [V] the potential between electrode and bulk
   (for a cathode theta (E - E_fb), doc/physics.md section 9); Q(dphi) is monotone, so there is one.
   C_H [F/m^2] > 0, INFINITY = no compact layer.  p->dphi and p->sigma are ignored.
   Errors: EIS_ERROR_INPUT as eis_scl_eval, and where |dphi| would exceed 40 kB T/e. */
eis_status eis_scl_balance(const eis_scl_params *p, double C_H, double total,
                           eis_scl_balance_values *out, eis_error *err);

/* How two space-charge layers with blocking electrodes share a dc bias: equal and opposite charge.
 */
typedef struct eis_scl_split {
  double first, second; /* band bending of the layers [V], first - second + Q/C_H's = bias */
  double Q;             /* charge of the first layer, minus that of the second [C/m^2] */
} eis_scl_split;
/* bias [V] of either sign, > 0 drives the cation from the first electrode to the second; C_H
   [F/m^2] the compact layers of the two, INFINITY = none.  The layers must not overlap (thickness
   >> lambda0).  Errors as eis_scl_balance. */
eis_status eis_scl_bias(const eis_scl_params *p, double bias, const double C_H[2],
                        eis_scl_split *out, eis_error *err);

/* Dimensionless forms: R_hat, C_hat, R_blk_hat of y0, nu (see doc/physics.md). */
double eis_scl_R_hat(double y0, double nu, eis_mobility mobility);
double eis_scl_C_hat(double y0, double nu);
double eis_scl_R_blk_hat(double y0, double nu, eis_mobility mobility);

/* What others use in their place, for comparison (doc/physics.md, section 3); y0 = e dphi/(kB T).
   Both ions mobile, in eps/lambda2 with lambda2 = lambda0/sqrt(2): Gouy-Chapman, and Kilic, Bazant
   and Ajdari 2007 with packing fraction nu. */
double eis_scl_C_gouy_chapman(double y0);
double eis_scl_C_kilic(double y0, double nu);
/* Path of the depleted ion, both mobile, in lambda2/sigma+: 2 (e^(y/2) - 1). */
double eis_scl_R_gouy_chapman(double y0);
/* Depletion with a parabolic potential (Mott-Schottky) and its leading term w e^y/(2 y), in
   lambda0/sigma; y0 > 0, else NaN. */
double eis_scl_R_mott_schottky(double y0);
double eis_scl_R_leading(double y0);

/* A solid electrolyte of the material table. */
typedef struct eis_material {
  char name[32];
  double eps_r, n0, nu, sigma; /* sigma at T_ref; nu NaN = not known, 0 is used */
  double T_ref;                /* K */
  double Ea_eV;                /* of sigma T, NaN = not known */
  char source[256];            /* where the numbers come from, or "assumption" with the reason */
} eis_material;

/* By name ("LPSCl"), from $XDG_DATA_HOME/eisfit/materials.ini, $EISFIT_DATADIR, the installed
   directory.  EIS_ERROR_USAGE lists what there is. */
eis_status eis_material_load(const char *name, eis_material *out, eis_error *err);
/* Section `name` of a text like models/materials.ini; source names it in messages.  Errors:
   EIS_ERROR_INPUT, also when there is no such section. */
eis_status eis_material_parse(const char *text, const char *source, const char *name,
                              eis_material *out, eis_error *err);
/* Overrides: "eps_r=20,n0=1e27,nu=0.1,sigma=0.2 S/m". */
eis_status eis_material_set(eis_material *m, const char *assignments, eis_error *err);
/* Names, sorted, NULL terminated, allocated. */
eis_status eis_material_list(char ***names, eis_error *err);

#ifdef __cplusplus
}
#endif
#endif
