/* scl_junction.c - ceramic | polymer: two space-charge layers face to face. */
#include <eisfit/scl_junction.h>

#include <math.h>

#include "physics/constants.h"
#include "physics/scl_hat.h"

static eis_status check_numbers(const eis_polymer *p, double c_ref, double dphi_ref, double R_F,
                                eis_error *err) {
  const struct {
    double v;
    const char *name, *unit;
  } row[] = {{p->eps_r, "eps_r of the polymer", ""},
             {p->salt, "salt concentration", "1/m^3"},
             {p->D, "D of the cation in the polymer", "m^2/s"},
             {c_ref, "reference salt concentration", "1/m^3"}};
  for (size_t i = 0; i < sizeof row / sizeof *row; i++)
    if (!(row[i].v > 0.0 && isfinite(row[i].v)))
      return eis_error_set(err, EIS_ERROR_INPUT,
                           "%s = %g %s is not usable: a positive finite number is expected",
                           row[i].name, row[i].v, row[i].unit);
  if (!isfinite(dphi_ref))
    return eis_error_set(err, EIS_ERROR_INPUT,
                         "dphi of the junction = %g V is not usable: a finite number is expected",
                         dphi_ref);
  if (!(R_F >= 0.0 && isfinite(R_F)))
    return eis_error_set(err, EIS_ERROR_INPUT,
                         "R_F = %g ohm m^2 is not usable: zero or a positive number is expected",
                         R_F);
  return EIS_OK;
}

/* c Q(y) + 2 p sinh((y + Y)/2) = 0, c = eps_L/lambda_L, p = eps_P/lambda_P: the left side rises
   with y and changes its sign between 0 and -Y. */
static double ceramic_side(double c, double p, double Y, double nu) {
  double low = fmin(0.0, -Y), high = fmax(0.0, -Y);
  double y = -Y * p / (p + c * sqrt(1.0 - nu)); /* exact at small Y */
  for (int i = 0; i < 200; i++) {
    const eisi_hat Q = eisi_Q_hat_d(y, nu);
    const double half = 0.5 * (y + Y), f = c * Q.v + 2.0 * p * sinh(half);
    if (f > 0.0)
      high = y;
    else
      low = y;
    double next = y - f / (c * Q.d_y + p * cosh(half));
    if (!(next > low && next < high)) next = 0.5 * (low + high);
    if (fabs(next - y) <= 4e-16 * fabs(y)) return next;
    y = next;
  }
  return y;
}

eis_status eis_scl_junction(const eis_junction *j, eis_junction_values *out, eis_error *err) {
  eis_scl_params L = j->ceramic;
  const eis_polymer *P = &j->polymer;
  eis_status st = eisi_scl_check_material(&L, err);
  if (st == EIS_OK) st = check_numbers(P, j->c_ref, j->dphi_ref, j->R_F, err);
  if (st != EIS_OK) return st;
  const double V_T = EISI_KB * L.T / EISI_E, Y = j->dphi_ref / V_T + log(P->salt / j->c_ref);
  if (!(fabs(Y) <= EISI_SCL_Y_MAX))
    return eis_error_set(err, EIS_ERROR_INPUT,
                         "the potential between ceramic and polymer, %.3g V, is more than %d kT/e "
                         "(%.3g V), outside the stability window of any electrolyte",
                         Y * V_T, (int)EISI_SCL_Y_MAX, EISI_SCL_Y_MAX * V_T);
  const double eps_P = EISI_EPS0 * P->eps_r;
  const double lambda_P = sqrt(0.5 * eps_P * EISI_KB * L.T / P->salt) / EISI_E;
  const double c = EISI_EPS0 * L.eps_r / eisi_scl_lambda0(&L), p = eps_P / lambda_P;
  const double y = ceramic_side(c, p, Y, L.nu), y_P = y + Y;
  eis_scl_values v;
  L.dphi = y * V_T;
  st = eis_scl_eval(&L, &v, err);
  if (st != EIS_OK) return st;
  *out = (eis_junction_values){.dphi = Y * V_T,
                               .dphi_L = L.dphi,
                               .dphi_P = y_P * V_T,
                               .Q = v.Q,
                               .lambda_P = lambda_P,
                               .R_L = v.R_scl,
                               .C_L = v.C_d};
  out->sigma_P = EISI_E * EISI_E * P->D * P->salt / (EISI_KB * L.T);
  out->R_P = lambda_P / out->sigma_P * eis_scl_R_gouy_chapman(y_P);
  out->C_P = p * eis_scl_C_gouy_chapman(y_P);
  out->R_int = out->R_L + out->R_P + j->R_F;
  out->C_int = 1.0 / (1.0 / out->C_L + 1.0 / out->C_P);
  return EIS_OK;
}
