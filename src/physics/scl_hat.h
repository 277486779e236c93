/* scl_hat.h - dimensionless space-charge functions with derivatives, and the parameters of the arc
   that an interface makes.  Symbols as in <eisfit/scl.h>; "hat": x/lambda0, R sigma/lambda0,
   C lambda0/eps, Q/(e n0 lambda0). */
#ifndef EISI_SCL_HAT_H
#define EISI_SCL_HAT_H

#include <eisfit/scl.h>

/* A value with its derivatives by y0 and by nu. */
typedef struct eisi_hat {
  double v, d_y, d_nu;
} eisi_hat;

eisi_hat eisi_R_hat(double y0, double nu, eis_mobility mobility);
eisi_hat eisi_C_hat(double y0, double nu);
/* Both for the price of the first. */
void eisi_R_and_C_hat(double y0, double nu, eis_mobility mobility, eisi_hat *R, eisi_hat *C);
/* A layer with R_hat < 0 (R, as eisi_R_hat gives it) in a bulk of L: beside the bulk it is
   R_hat/[(1 + p) sqrt((1 + times[0] p)(1 + times[1] p))], p = j w tau_b. */
void eisi_rich_times(eisi_hat R, double y0, double nu, eis_mobility mobility, eisi_hat times[2]);
/* sgn(y0) sqrt(2 G(y0)); its slope by y0 is C_hat. */
double eisi_Q_hat(double y0, double nu);
eisi_hat eisi_Q_hat_d(double y0, double nu);

/* Largest y in [low, high] where f(y) = target; NaN when there is none. */
typedef double eisi_curve(double y, double nu, eis_mobility mobility);
double eisi_scl_root(eisi_curve *f, double target, const eis_scl_params *p, const double range[2]);

/* c/n0, sigma_b/sigma and the storage c (1 - nu c) = -dc/dy of the ladder, c over n0; all at y. */
eisi_hat eisi_density_hat(double y, double nu);
eisi_hat eisi_resistivity_hat(double y, double nu, eis_mobility mobility);
eisi_hat eisi_storage_hat(double y, double nu);
/* dx/(-d ln y) = 1/sqrt(2 G/y^2), lambda_D/lambda0 at flat band */
eisi_hat eisi_dx_hat(double y, double nu);
/* EIS_ERROR_INPUT unless everything but dphi is inside its range. */
eis_status eisi_scl_check_material(const eis_scl_params *p, eis_error *err);
/* lambda0 [m] of p. */
double eisi_scl_lambda0(const eis_scl_params *p);
/* y0 = e dphi/(kB T) */
double eisi_scl_y0(const eis_scl_params *p);

enum { EISI_SCL_Y_MAX = 40 }; /* |y0| beyond which the public functions refuse */

#endif
