/* scl_classic.c - the textbook approximations that the lattice model is compared with. */
#include <eisfit/scl.h>

#include <math.h>

double eis_scl_C_gouy_chapman(double y0) { return cosh(0.5 * y0); }

/* C = sinh|y| / {[1 + 2 nu sinh^2(y/2)] sqrt((2/nu) ln[1 + 2 nu sinh^2(y/2)])}; with q = 2 nu
   sinh^2(y/2) and sinh|y| = 2 sinh|y/2| cosh(y/2) the limit at y = 0 comes out by itself. */
double eis_scl_C_kilic(double y0, double nu) {
  const double s = sinh(0.5 * fabs(y0)), q = 2 * nu * s * s;
  if (s < 1e-150) return 1;
  if (!(nu > 0)) return eis_scl_C_gouy_chapman(y0);
  return cosh(0.5 * y0) / (1 + q) / sqrt(log1p(q) / q);
}

double eis_scl_R_gouy_chapman(double y0) { return 2 * expm1(0.5 * y0); }

/* (w/sigma) [e^y Daw(sqrt y)/sqrt y - 1], w = sqrt(2 y): the bracket is int_0^1 (e^(y s^2) - 1) ds,
   and that is sum_k y^k/(k! (2k + 1)), all terms positive. */
double eis_scl_R_mott_schottky(double y0) {
  double term = 1, sum = 0;
  if (!(y0 > 0) || y0 > 600) return y0 == 0 ? 0 : NAN;
  for (int k = 1; k < 4000; k++) {
    term *= y0 / k;
    sum += term / (2 * k + 1);
    if (k > y0 && term < 1e-18 * sum) break;
  }
  return sqrt(2 * y0) * sum;
}

double eis_scl_R_leading(double y0) { return y0 > 0 ? sqrt(2 * y0) * exp(y0) / (2 * y0) : NAN; }
