/* scl_balance.c - potentials that layers share: a compact layer in series, two layers under bias.
 */
#include <eisfit/scl.h>

#include <math.h>

#include "physics/constants.h"
#include "physics/scl_hat.h"

/* A layer in units of kB T/e and e n0 lambda0. */
typedef struct scale {
  double V_T, charge; /* kB T/e [V]; e n0 lambda0 = sqrt(eps kB T n0) [C/m^2] */
} scale;

static scale scale_of(const eis_scl_params *p) {
  return (scale){EISI_KB * p->T / EISI_E, EISI_E * p->n0 * eisi_scl_lambda0(p)};
}

static eis_status check_inputs(const eis_scl_params *p, const double *C_H, int n, double V,
                               const char *name, eis_error *err) {
  eis_scl_params material = *p;
  material.sigma = 1.0; /* not used here */
  const eis_status st = eisi_scl_check_material(&material, err);
  if (st != EIS_OK) return st;
  for (int i = 0; i < n; i++)
    if (!(C_H[i] > 0.0))
      return eis_error_set(err, EIS_ERROR_INPUT,
                           "C_H = %g F/m^2 is not usable: a positive number is expected, infinity "
                           "for no compact layer",
                           C_H[i]);
  if (isfinite(V)) return EIS_OK;
  return eis_error_set(err, EIS_ERROR_INPUT, "%s = %g V is not usable: a finite number is expected",
                       name, V);
}

/* y + b Q(y) = t by Newton's method inside [0, t], which always contains the root. */
static double root_of(double t, double b, double nu) {
  double low = fmin(0.0, t), high = fmax(0.0, t), y = t / (1.0 + b * sqrt(1.0 - nu));
  for (int i = 0; i < 200; i++) {
    const eisi_hat Q = eisi_Q_hat_d(y, nu);
    const double f = y + b * Q.v - t;
    if (f > 0.0)
      high = y;
    else
      low = y;
    double next = y - f / (1.0 + b * Q.d_y);
    if (!(next > low && next < high)) next = 0.5 * (low + high);
    if (fabs(next - y) <= 4e-16 * fabs(y)) return next;
    y = next;
  }
  return y;
}

static eis_status too_far(const char *name, double V, double V_T, eis_error *err) {
  return eis_error_set(
      err, EIS_ERROR_INPUT,
      "%s = %g V bends the bands by more than %d kT/e (%.3g V), outside the stability "
      "window of any electrolyte",
      name, V, (int)EISI_SCL_Y_MAX, EISI_SCL_Y_MAX * V_T);
}

eis_status eis_scl_balance(const eis_scl_params *p, double C_H, double total,
                           eis_scl_balance_values *out, eis_error *err) {
  const eis_status st = check_inputs(p, &C_H, 1, total, "total", err);
  if (st != EIS_OK) return st;
  const scale s = scale_of(p);
  const double b = s.charge / (C_H * s.V_T), edge = copysign(EISI_SCL_Y_MAX, total);
  if (fabs(edge + b * eisi_Q_hat(edge, p->nu)) * s.V_T < fabs(total))
    return too_far("total", total, s.V_T, err);
  const double y = root_of(total / s.V_T, b, p->nu);
  const eisi_hat Q = eisi_Q_hat_d(y, p->nu);
  *out = (eis_scl_balance_values){
      .dphi = y * s.V_T, .Q = s.charge * Q.v, .C_d = s.charge / s.V_T * Q.d_y};
  out->slope = 1.0 + out->C_d / C_H;
  /* d dphi/dx = -(dQ/dx)/C_H / slope at constant dphi; Q = sqrt(eps kB T n0) Q_hat(e dphi/kB T, nu)
   */
  const double half = 0.5 * out->Q, unit = 1.0 / (C_H * out->slope);
  out->d_ln_eps_r = out->d_ln_n0 = -half * unit;
  out->d_nu = -s.charge * Q.d_nu * unit;
  out->d_T = -(half - out->C_d * out->dphi) / p->T * unit;
  out->d_ln_C_H = out->Q * unit;
  return EIS_OK;
}

/* y with Q_hat(y) = q; NaN beyond the range. */
static double y_of_charge(double q, double nu) {
  double low = -EISI_SCL_Y_MAX, high = EISI_SCL_Y_MAX, y = q / sqrt(1.0 - nu);
  if (!(q >= eisi_Q_hat(low, nu) && q <= eisi_Q_hat(high, nu))) return NAN;
  if (!(y > low && y < high)) y = copysign(0.5 * high, q);
  for (int i = 0; i < 200; i++) {
    const eisi_hat Q = eisi_Q_hat_d(y, nu);
    if (Q.v == q) return y;
    if (Q.v > q)
      high = y;
    else
      low = y;
    double next = y - (Q.v - q) / Q.d_y;
    if (!(next > low && next < high)) next = 0.5 * (low + high);
    if (fabs(next - y) <= 4e-16 * fabs(y)) return next;
    y = next;
  }
  return y;
}

eis_status eis_scl_bias(const eis_scl_params *p, double bias, const double C_H[2],
                        eis_scl_split *out, eis_error *err) {
  const eis_status st = check_inputs(p, C_H, 2, bias, "bias", err);
  if (st != EIS_OK) return st;
  const scale s = scale_of(p);
  const double b = s.charge / s.V_T * (1.0 / C_H[0] + 1.0 / C_H[1]), t = bias / s.V_T;
  /* t(y) = y - y_2 + b Q(y) with Q(y_2) = -Q(y) is monotone in the first layer's y */
  double low = fmin(0.0, t), high = fmax(0.0, t), y = 0.5 * t, other = 0.0;
  for (int i = 0; i < 200; i++) {
    const eisi_hat Q = eisi_Q_hat_d(y, p->nu);
    other = y_of_charge(-Q.v, p->nu);
    const bool beyond = isnan(other) || fabs(y) > EISI_SCL_Y_MAX;
    const double f = beyond ? copysign(1.0, t) : y - other + b * Q.v - t;
    if (f > 0.0)
      high = y;
    else
      low = y;
    double next = 0.5 * (low + high);
    if (!beyond) {
      const double newton = y - f / (1.0 + Q.d_y / eisi_C_hat(other, p->nu).v + b * Q.d_y);
      if (newton > low && newton < high) next = newton;
    }
    if (fabs(next - y) <= 4e-16 * fabs(y)) break;
    y = next;
  }
  if (isnan(other) || fabs(y - other + b * eisi_Q_hat(y, p->nu) - t) > 1e-9 * fabs(t) + 1e-14)
    return too_far("bias", bias, s.V_T, err);
  *out = (eis_scl_split){
      .first = y * s.V_T, .second = other * s.V_T, .Q = s.charge * eisi_Q_hat(y, p->nu)};
  return EIS_OK;
}
