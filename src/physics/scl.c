/* scl.c - space-charge layer in SI units: evaluation and inversion. */
#include <eisfit/scl.h>

#include <math.h>

#include "physics/constants.h"
#include "physics/scl_hat.h"

/* lambda0 = sqrt(eps kB T/(e^2 n0)) */
double eisi_scl_lambda0(const eis_scl_params *p) {
  return sqrt(EISI_EPS0 * p->eps_r * EISI_KB * p->T / p->n0) / EISI_E;
}

double eisi_scl_y0(const eis_scl_params *p) { return EISI_E * p->dphi / (EISI_KB * p->T); }

static eis_status check_positive(double v, const char *name, const char *unit, eis_error *err) {
  if (v > 0.0 && isfinite(v)) return EIS_OK;
  return eis_error_set(err, EIS_ERROR_INPUT,
                       "%s = %g %s is not usable: a positive finite number is expected", name, v,
                       unit);
}

eis_status eisi_scl_check_material(const eis_scl_params *p, eis_error *err) {
  const struct {
    double v;
    const char *name, *unit;
  } row[] = {{p->eps_r, "eps_r", ""},
             {p->n0, "n0", "1/m^3"},
             {p->sigma, "sigma", "S/m"},
             {p->T, "T", "K"}};
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    const eis_status s = check_positive(row[i].v, row[i].name, row[i].unit, err);
    if (s != EIS_OK) return s;
  }
  if (!(p->nu >= 0.0 && p->nu < 1.0))
    return eis_error_set(err, EIS_ERROR_INPUT,
                         "nu = %g is outside 0 <= nu < 1: it is n0/n_max, the occupied fraction of "
                         "the cation sites",
                         p->nu);
  if (p->mobility != EIS_MOBILITY_A && p->mobility != EIS_MOBILITY_B)
    return eis_error_set(err, EIS_ERROR_INPUT, "mobility convention %d is not 0 (a) or 1 (b)",
                         (int)p->mobility);
  return EIS_OK;
}

static eis_status check_params(const eis_scl_params *p, eis_error *err) {
  const eis_status s = eisi_scl_check_material(p, err);
  if (s != EIS_OK) return s;
  const double y0 = eisi_scl_y0(p);
  if (!(fabs(y0) <= EISI_SCL_Y_MAX))
    return eis_error_set(err, EIS_ERROR_INPUT,
                         "dphi = %g V is %.3g kT/e at %g K: more than %d kT/e (%.3g V) is outside "
                         "the stability window of any electrolyte",
                         p->dphi, y0, p->T, (int)EISI_SCL_Y_MAX,
                         EISI_SCL_Y_MAX * EISI_KB * p->T / EISI_E);
  return EIS_OK;
}

eis_status eis_scl_eval(const eis_scl_params *p, eis_scl_values *out, eis_error *err) {
  const eis_status s = check_params(p, err);
  if (s != EIS_OK) return s;
  const double eps = EISI_EPS0 * p->eps_r, lambda0 = eisi_scl_lambda0(p), y0 = eisi_scl_y0(p);
  const double r0 = lambda0 / p->sigma, Q_hat = eisi_Q_hat(y0, p->nu);
  *out = (eis_scl_values){.lambda0 = lambda0,
                          .lambda_D = lambda0 / sqrt(1.0 - p->nu),
                          .tau_b = eps / p->sigma,
                          .R_scl = r0 * eis_scl_R_hat(y0, p->nu, p->mobility),
                          .C_d = eps / lambda0 * eis_scl_C_hat(y0, p->nu),
                          .R_blk = r0 * eis_scl_R_blk_hat(y0, p->nu, p->mobility),
                          .Q = Q_hat * EISI_E * p->n0 * lambda0,
                          .field = fabs(Q_hat) * EISI_KB * p->T / (EISI_E * lambda0)};
  out->width = eps / out->C_d;
  out->R1 = out->R_scl + out->width / p->sigma;
  out->f_peak = 1.0 / (2.0 * EISI_PI * out->R1 * out->C_d);
  return EIS_OK;
}

/* A curve against its target; the logarithm, where it can be taken, makes R1(y) nearly straight. */
typedef struct root_search {
  eisi_curve *f;
  const eis_scl_params *p;
  double target;
  bool log_scale;
} root_search;

static double miss(const root_search *r, double f) {
  return r->log_scale ? log(f / r->target) : f - r->target;
}

/* Regula falsi with the Illinois weight between a and b, where the curve is fa and fb. */
static double refine(root_search *r, double a, double b, double fa, double fb) {
  r->log_scale = r->target > 0.0 && fa > 0.0 && fb > 0.0;
  double ga = miss(r, fa), gb = miss(r, fb);
  for (int i = 0; i < 100 && fabs(b - a) > 1e-15 * fabs(b); i++) {
    const double c = (a * gb - b * ga) / (gb - ga);
    const double gc = miss(r, r->f(c, r->p->nu, r->p->mobility));
    if ((gc > 0.0) != (gb > 0.0)) {
      a = b;
      ga = gb;
    } else {
      ga *= 0.5;
    }
    b = c;
    gb = gc;
    if (fabs(gc) < (r->log_scale ? 1e-15 : 1e-15 * fabs(r->target))) break;
  }
  return b;
}

double eisi_scl_root(eisi_curve *f, double target, const eis_scl_params *p, const double range[2]) {
  root_search r = {.f = f, .p = p, .target = target};
  double high = range[1], f_high = f(high, p->nu, p->mobility);
  while (high > range[0]) { /* all curves are monotone above 16 */
    const double low = fmax(high - (high > 16.0 ? 6.0 : 1.0), range[0]);
    const double f_low = f(low, p->nu, p->mobility);
    if (fabs(f_low - target) <= 1e-14 * fabs(target)) return low;
    if ((f_low > target) != (f_high > target)) return refine(&r, low, high, f_low, f_high);
    high = low;
    f_high = f_low;
  }
  return NAN;
}

static double C_curve(double y, double nu, eis_mobility mobility) {
  (void)mobility;
  return eis_scl_C_hat(y, nu);
}

/* R1 sigma/lambda0 = R_hat + 1/C_hat */
static double R1_curve(double y, double nu, eis_mobility mobility) {
  return eis_scl_R_hat(y, nu, mobility) + 1.0 / eis_scl_C_hat(y, nu);
}

double eis_scl_dphi_from_C(const eis_scl_params *p, double C_d) {
  const double target = C_d * eisi_scl_lambda0(p) / (EISI_EPS0 * p->eps_r);
  const double y = eisi_scl_root(C_curve, target, p, (const double[2]){0.0, EISI_SCL_Y_MAX});
  return y * EISI_KB * p->T / EISI_E;
}

double eis_scl_dphi_from_R(const eis_scl_params *p, double R1) {
  const double target = R1 * p->sigma / eisi_scl_lambda0(p);
  const double range[2] = {-EISI_SCL_Y_MAX, EISI_SCL_Y_MAX};
  return eisi_scl_root(R1_curve, target, p, range) * EISI_KB * p->T / EISI_E;
}

double eis_scl_dphi_from_R_scl(const eis_scl_params *p, double R_scl) {
  const double target = R_scl * p->sigma / eisi_scl_lambda0(p);
  const double range[2] = {-EISI_SCL_Y_MAX, EISI_SCL_Y_MAX};
  return eisi_scl_root(eis_scl_R_hat, target, p, range) * EISI_KB * p->T / EISI_E;
}

/* tau_scl/tau_b = R1 C_d sigma/eps */
static double ratio_curve(double y, double nu, eis_mobility mobility) {
  return R1_curve(y, nu, mobility) * eis_scl_C_hat(y, nu);
}

double eis_scl_dphi_from_tau_ratio(const eis_scl_params *p, double ratio) {
  const double range[2] = {0.0, EISI_SCL_Y_MAX};
  return eisi_scl_root(ratio_curve, ratio, p, range) * EISI_KB * p->T / EISI_E;
}

/* R ~ T^(3/2) e^(E_sigma/kT) R_hat(y0): lambda0 ~ T^(1/2), 1/sigma ~ T e^(E_sigma/kT) */
eis_status eis_scl_activation(const eis_scl_params *p, double E_sigma, double slope,
                              eis_scl_energy *out, eis_error *err) {
  const eis_status st = check_params(p, err);
  if (st != EIS_OK) return st;
  const double kT = EISI_KB * p->T / EISI_E, y0 = eisi_scl_y0(p), dphi = p->dphi - p->T * slope;
  const eisi_hat R = eisi_R_hat(y0, p->nu, p->mobility), C = eisi_C_hat(y0, p->nu);
  const double R1 = R.v + 1.0 / C.v, R1_y = R.d_y - C.d_y / (C.v * C.v);
  const double base = E_sigma - 1.5 * kT;
  *out = (eis_scl_energy){.R_scl = R.v > 0.0 ? base + dphi * R.d_y / R.v : NAN,
                          .R1 = R1 > 0.0 ? base + dphi * R1_y / R1 : NAN,
                          .estimate = E_sigma + dphi - 2.0 * kT};
  return EIS_OK;
}

eis_status eis_scl_validity_of(const eis_scl_params *p, eis_scl_validity *out, eis_error *err) {
  eis_scl_values v;
  const eis_status st = eis_scl_eval(p, &v, err);
  if (st != EIS_OK) return st;
  const double y0 = eisi_scl_y0(p);
  *out = (eis_scl_validity){
      .l_B = EISI_E * EISI_E / (4.0 * EISI_PI * EISI_EPS0 * p->eps_r * EISI_KB * p->T),
      .spacing = pow(p->n0, -1.0 / 3.0),
      .y0 = y0,
      .saturation = p->nu * eisi_density_hat(y0, p->nu).v,
      .field = v.field,
      .width = v.width};
  out->Gamma = out->l_B / out->spacing;
  return EIS_OK;
}
