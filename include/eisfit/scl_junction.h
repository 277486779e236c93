/* scl_junction.h - interface of a ceramic and a polymer electrolyte (LLZO | PEO): how its
   resistance and capacitance follow from the salt concentration.  Derived for eisfit in place of a
   published formula that was not available (doc/physics.md, section 11); symbols as in
   <eisfit/scl.h>. */
#ifndef EISFIT_SCL_JUNCTION_H
#define EISFIT_SCL_JUNCTION_H

#include <eisfit/scl.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Binary salt, both ions mobile, singly charged. */
typedef struct eis_polymer {
  double eps_r;
  double salt; /* density of either ion [1/m^3]; 1 mol/l = 6.02214076e26 */
  double D;    /* of the cation [m^2/s]; its conductivity is e^2 D salt/(kB T) */
} eis_polymer;

typedef struct eis_junction {
  eis_scl_params ceramic; /* dphi is ignored; T holds for both sides */
  eis_polymer polymer;
  double c_ref, dphi_ref; /* phi(ceramic) - phi(polymer) [V] at the salt density c_ref [1/m^3] */
  double R_F;             /* transfer of the cation across the contact [ohm m^2] */
} eis_junction;

/* Per unit area.  L: ceramic, P: polymer. */
typedef struct eis_junction_values {
  double dphi;           /* phi(ceramic) - phi(polymer) of the bulks = dphi_P - dphi_L [V] */
  double dphi_L, dphi_P; /* phi(contact) - phi(bulk) on either side [V], > 0: cation depleted */
  double Q;        /* e times the cations missing in the ceramic [C/m^2]; < 0: it has gained some */
  double lambda_P; /* Debye length of the polymer, both ions [m] */
  double sigma_P;  /* conductivity of its cation [S/m] */
  double R_L, R_P; /* excess resistance of the layers, < 0 when rich in cations [ohm m^2] */
  double C_L, C_P; /* F/m^2 */
  double R_int, C_int; /* R_L + R_P + R_F; C_L and C_P in series */
} eis_junction_values;

/* Equilibrium of the cation, dphi = dphi_ref + (kB T/e) ln(salt/c_ref), and no net charge,
   (eps_L/lambda_L) Q^(y_L) + 2 (eps_P/lambda_P) sinh(y_P/2) = 0 with y_P - y_L = e dphi/(kB T): one
   root. *out is written on EIS_OK only.  Errors: EIS_ERROR_INPUT for parameters outside their range
   (those of the ceramic as eis_scl_eval; positive numbers for the polymer, R_F >= 0; |dphi| <= 40
   kB T/e). */
eis_status eis_scl_junction(const eis_junction *j, eis_junction_values *out, eis_error *err);

#ifdef __cplusplus
}
#endif
#endif
