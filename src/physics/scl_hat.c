/* scl_hat.c - one mobile lattice cation on a fixed background: charge, capacitance, resistance.

   c = n0 e^-y / D,  D = 1 - nu + nu e^-y,  (lambda0 y')^2 = 2 G(y),
   G(y) = ln(D)/nu + y  (nu -> 0: e^-y - 1 + y).
   Everything is written with the ratios E/y and G/y^2, E = e^-y - 1, which are smooth at y = 0,
   so that flat band needs no special case. */
#include "physics/scl_hat.h"

#include <math.h>

/* (e^-y - 1)/y */
static double e1_ratio(double y) { return fabs(y) < 1e-300 ? -1.0 : expm1(-y) / y; }

/* (e^-y - 1 + y)/y^2 */
static double e2_ratio(double y) {
  if (fabs(y) > 0.5) return (expm1(-y) + y) / (y * y);
  double s = 0.0; /* sum (-y)^k/(k+2)! by Horner */
  for (int k = 12; k >= 0; k--) s = (1.0 - y * s) / (k + 2);
  return s;
}

/* (ln(1 + x) - x)/x^2 = -1/2 + x/3 - x^2/4 ... */
static double log_tail(double x) {
  if (fabs(x) > 0.05) return (log1p(x) - x) / (x * x);
  double s = 0.0;
  for (int k = 12; k >= 0; k--) s = -1.0 / (k + 2) - x * s;
  return s;
}

/* (x/(1 + x) - ln(1 + x))/x^2 = -1/2 + 2x/3 - 3x^2/4 ... */
static double ratio_tail(double x) {
  if (fabs(x) > 0.05) return (x / (1.0 + x) - log1p(x)) / (x * x);
  double s = 0.0;
  for (int k = 12; k >= 0; k--) s = -(k + 1.0) / (k + 2) - x * s;
  return s;
}

/* What the profile is at one y. */
typedef struct point {
  double E_y;   /* E/y */
  double D;     /* 1 + nu E */
  double G_y2;  /* G/y^2 */
  double Gnu_G; /* d ln G/d nu */
} point;

static point point_at(double y, double nu) {
  const double E_y = e1_ratio(y), E = E_y * y, x = nu * E;
  point p = {.E_y = E_y, .D = 1.0 + x};
  /* the split form has no cancellation near flat band, the direct one none at saturation */
  if (fabs(x) < 0.5)
    p.G_y2 = e2_ratio(y) + nu * E_y * E_y * log_tail(x);
  else
    p.G_y2 = (log1p(x) / nu + y) / (y * y);
  p.Gnu_G = E_y * E_y * ratio_tail(x) / p.G_y2;
  return p;
}

double eisi_Q_hat(double y0, double nu) { return y0 * sqrt(2.0 * point_at(y0, nu).G_y2); }

eisi_hat eisi_Q_hat_d(double y0, double nu) {
  const point p = point_at(y0, nu);
  const double root = sqrt(2.0 * p.G_y2), Q = y0 * root;
  return (eisi_hat){.v = Q, .d_y = -(1.0 - nu) * p.E_y / (p.D * root), .d_nu = 0.5 * Q * p.Gnu_G};
}

/* d(G/y^2)/dy; near flat band, where the closed form loses digits, its series */
static double G_y2_slope(double y, double nu, const point *p) {
  const double s = 1.0 - 2.0 * nu, q = nu * (1.0 - nu);
  if (fabs(y) < 2e-3)
    return (1.0 - nu) * (-s / 6.0 + y * ((1.0 - 6.0 * q) / 12.0 - y * s * (1.0 - 12.0 * q) / 40.0));
  /* dG/dy = 1 - c = -(1 - nu) E/D */
  return (-(1.0 - nu) * p->E_y / p->D - 2.0 * p->G_y2) / y;
}

eisi_hat eisi_dx_hat(double y, double nu) {
  const point p = point_at(y, nu);
  const double v = 1.0 / sqrt(2.0 * p.G_y2);
  return (eisi_hat){
      .v = v, .d_y = -0.5 * v * G_y2_slope(y, nu, &p) / p.G_y2, .d_nu = -0.5 * v * p.Gnu_G};
}

/* Slope of C_hat near flat band, where the closed form loses digits: series in y. */
static double C_slope_series(double y, double nu) {
  const double s = 1.0 - 2.0 * nu, q = nu * (1.0 - nu);
  const double a2 = 1.0 - 6.0 * q, a3 = s * (1.0 - 12.0 * q);
  const double c2 = a2 / 8.0 - s * s / 24.0;
  const double c3 = s * a2 / 36.0 - a3 / 30.0 - s * s * s / 108.0;
  return sqrt(1.0 - nu) * (-s / 3.0 + y * (2.0 * c2 + y * 3.0 * c3));
}

/* C = |1 - c0|/sqrt(2 G);  dC/dy0 = (c0 (1 - nu c0) - C^2)/Q */
eisi_hat eisi_C_hat(double y0, double nu) {
  const point p = point_at(y0, nu);
  const double root = sqrt(2.0 * p.G_y2), E = p.E_y * y0;
  eisi_hat C = {.v = -(1.0 - nu) * p.E_y / (p.D * root)};
  C.d_nu = C.v * (-1.0 / (1.0 - nu) - E / p.D - 0.5 * p.Gnu_G);
  const double c0 = (1.0 + E) / p.D;
  if (fabs(y0) < 1e-3)
    C.d_y = C_slope_series(y0, nu);
  else
    C.d_y = (c0 * (1.0 - nu) / p.D - C.v * C.v) / (y0 * root);
  return C;
}

/* The layer shortens the bulk by R_hat at low frequency; where 1/p of the bulk's conductivity no
   longer counts it is the displacement that it shortens, by Q_hat/p^2 in the end: the product of
   both times is a^2, a = R_hat/Q_hat.  In between, deep in a layer of nu = 0, c = 2/x^2 and the
   ladder is solved by the modified spherical Bessel function k_1: -2/p^(3/2), so that no time is
   above R_hat(-inf)^2/4.  Convention b counts c (1 - c/n_max): a with the slope of its conductivity
   at flat band. */
void eisi_rich_times(eisi_hat R, double y0, double nu, eis_mobility mobility, eisi_hat times[2]) {
  const double most =
      0.70473010; /* (1.67896409)^2/4, int_0^inf (1 - e^-t)/sqrt(2 (e^t - 1 - t)) dt */
  const eisi_hat Q = eisi_Q_hat_d(y0, nu);
  const double half = 1.0 - 2.0 * nu, b = mobility == EIS_MOBILITY_B ? 1.0 : 0.0;
  if (b > 0.0 && fabs(half) < 1e-6) { /* R_hat is nothing but rounding */
    times[0] = times[1] = (eisi_hat){1.0, 0.0, 0.0};
    return;
  }
  const double v = R.v / Q.v * (b > 0.0 ? (1.0 - nu) / half : 1.0);
  const double ln_nu = R.d_nu / R.v - Q.d_nu / Q.v + b * (2.0 / half - 1.0 / (1.0 - nu));
  const eisi_hat a = {v, v * (R.d_y / R.v - Q.d_y / Q.v), v * ln_nu};
  times[0] = times[1] = a;
  if (a.v > most) return;
  times[0] = (eisi_hat){most, 0.0, 0.0};
  times[1] = (eisi_hat){a.v * a.v / most, 2.0 * a.v * a.d_y / most, 2.0 * a.v * a.d_nu / most};
}

eisi_hat eisi_resistivity_hat(double y, double nu, eis_mobility mobility) {
  const double e = exp(y), up = expm1(y);
  if (mobility == EIS_MOBILITY_A)
    return (eisi_hat){.v = 1.0 + (1.0 - nu) * up, .d_y = (1.0 - nu) * e, .d_nu = -up};
  const double a = (1.0 - nu) * (1.0 - nu), down = expm1(-y);
  return (eisi_hat){.v = 1.0 + a * up + nu * nu * down,
                    .d_y = a * e - nu * nu * (1.0 + down),
                    .d_nu = -2.0 * (1.0 - nu) * up + 2.0 * nu * down};
}

/* c = e^-y/D, D = 1 + nu (e^-y - 1), 1 - nu c = (1 - nu)/D */
eisi_hat eisi_storage_hat(double y, double nu) {
  const double E = expm1(-y), iD = 1.0 / (1.0 + nu * E), c = (1.0 + E) * iD;
  const double v = c * (1.0 - nu) * iD;
  return (eisi_hat){.v = v, .d_y = -v * (1.0 - 2.0 * nu * c), .d_nu = -c * iD - 2.0 * v * E * iD};
}

eisi_hat eisi_density_hat(double y, double nu) {
  const double E = expm1(-y), iD = 1.0 / (1.0 + nu * E), c = (1.0 + E) * iD;
  return (eisi_hat){.v = c, .d_y = -c * (1.0 - nu) * iD, .d_nu = -c * E * iD};
}

/* 24-point Gauss-Legendre rule on [-1, 1], positive half. */
static const double gl_x[12] = {
    0.064056892862605626085, 0.19111886747361630916, 0.31504267969616337439,
    0.43379350762604513849,  0.54542147138883953566, 0.64809365193697556925,
    0.74012419157855436424,  0.82000198597390292195, 0.88641552700440103421,
    0.93827455200273275852,  0.97472855597130949820, 0.99518721999702136018};
static const double gl_w[12] = {
    0.12793819534675215697,  0.12583745634682829612,  0.12167047292780339120,
    0.11550566805372560135,  0.10744427011596563478,  0.097618652104113888270,
    0.086190161531953275917, 0.073346481411080305734, 0.059298584915436780746,
    0.044277438817419806169, 0.028531388628933663181, 0.012341229799987199547};

/* An integrand, for quadrature from 0 to y0. */
typedef struct integrand {
  double nu, y0;
  eis_mobility mobility;
  point end; /* at y0 */
} integrand;
typedef double integrand_fn(const integrand *c, double y);

/* Panels no longer than 8: the integrand has a branch point at distance pi from the real axis
   (saturation), which one rule over a long interval would feel. */
static double integrate(integrand_fn *f, const integrand *c) {
  const int panels = (int)fmin(ceil(fabs(c->y0) / 8.0), 128.0);
  const double h = panels > 0 ? 0.5 * c->y0 / panels : 0.0;
  double sum = 0.0;
  for (int k = 0; k < panels; k++) {
    const double mid = h * (2 * k + 1);
    for (int i = 0; i < 12; i++)
      sum += h * gl_w[i] * (f(c, mid - h * gl_x[i]) + f(c, mid + h * gl_x[i]));
  }
  return sum;
}

/* h1/y, h1 = sigma_b/sigma - 1: (a) (1 - nu)(e^y - 1)   (b) (1 - nu)^2 (e^y - 1) + nu^2 (e^-y - 1)
 */
static double h1_ratio(const integrand *c, double y) {
  const double up = -e1_ratio(-y), down = e1_ratio(y), nu = c->nu;
  if (c->mobility == EIS_MOBILITY_A) return (1.0 - nu) * up;
  return (1.0 - nu) * (1.0 - nu) * up + nu * nu * down;
}

/* (f^2 sigma_b/sigma - 1)/sqrt(2 G) with the ion-current profile of a blocking interface
   f = 1 - rho/rho(0) = (e^-y - e^-y0)/(-E0 D) */
static double blocking_integrand(const integrand *c, double y) {
  const point p = point_at(y, c->nu);
  const double E0 = c->end.E_y * c->y0;
  const double r_y = p.E_y / E0 * c->end.D / p.D; /* rho/rho(0)/y */
  const double f = exp(-c->y0) * expm1(c->y0 - y) / (-E0 * p.D);
  const double g = -r_y * (1.0 + f) + f * f * h1_ratio(c, y);
  return g / sqrt(2.0 * p.G_y2);
}

double eis_scl_R_blk_hat(double y0, double nu, eis_mobility mobility) {
  if (fabs(y0) < 1e-12) return -1.5 / sqrt(1.0 - nu);
  const integrand c = {.nu = nu, .y0 = y0, .mobility = mobility, .end = point_at(y0, nu)};
  return integrate(blocking_integrand, &c);
}

double eis_scl_R_hat(double y0, double nu, eis_mobility mobility) {
  return eisi_R_hat(y0, nu, mobility).v;
}

double eis_scl_C_hat(double y0, double nu) { return eisi_C_hat(y0, nu).v; }
