/* scl_quad.c - R_hat by Gauss-Legendre quadrature, all points of a panel at once (fast-math and
   vector registers, see Makefile.am; every intermediate is finite for |y| < 300). */
#include <math.h>

#include "base/clones.h"
#include "physics/scl_hat.h"

enum { NODES = 24, LANES = 32, END = NODES }; /* lane END is the interface itself, the rest fills up */

/* Gauss-Legendre rule on [-1, 1]; the last lanes have no weight. */
static const double gl_x[LANES] = {
    -0.99518721999702136018,  -0.97472855597130949820, -0.93827455200273275852, -0.88641552700440103421,
    -0.82000198597390292195,  -0.74012419157855436424, -0.64809365193697556925, -0.54542147138883953566,
    -0.43379350762604513849,  -0.31504267969616337439, -0.19111886747361630916, -0.064056892862605626085,
    0.064056892862605626085,  0.19111886747361630916,  0.31504267969616337439,  0.43379350762604513849,
    0.54542147138883953566,   0.64809365193697556925,  0.74012419157855436424,  0.82000198597390292195,
    0.88641552700440103421,   0.93827455200273275852,  0.97472855597130949820,  0.99518721999702136018,
    1, 1, 1, 1, 1, 1, 1, 1};
static const double gl_w[LANES] = {
    0.012341229799987199547, 0.028531388628933663181, 0.044277438817419806169, 0.059298584915436780746,
    0.073346481411080305734, 0.086190161531953275917, 0.097618652104113888270, 0.10744427011596563478,
    0.11550566805372560135,  0.12167047292780339120,  0.12583745634682829612,  0.12793819534675215697,
    0.12793819534675215697,  0.12583745634682829612,  0.12167047292780339120,  0.11550566805372560135,
    0.10744427011596563478,  0.097618652104113888270, 0.086190161531953275917, 0.073346481411080305734,
    0.059298584915436780746, 0.044277438817419806169, 0.028531388628933663181, 0.012341229799987199547};

/* h1 = up (e^y - 1) + down (e^-y - 1), and by nu:
   (a) (1 - nu)(e^y - 1)   (b) (1 - nu)^2 (e^y - 1) + nu^2 (e^-y - 1) */
typedef struct shape {
  double nu, up, down, up_nu, down_nu;
} shape;

static shape shape_of(double nu, eis_mobility mobility) {
  if (mobility == EIS_MOBILITY_A) return (shape){nu, 1.0 - nu, 0.0, -1.0, 0.0};
  return (shape){nu, (1.0 - nu) * (1.0 - nu), nu * nu, -2.0 * (1.0 - nu), 2.0 * nu};
}

/* (e^-x - 1 + x)/x^2 for |x| <= 0.5 */
#define E2(x) \
  ((1.0 / 2.0) + (x) * ((-1.0 / 6.0) + (x) * ((1.0 / 24.0) + (x) * ((-1.0 / 120.0) + (x) *  \
  ((1.0 / 720.0) + (x) * ((-1.0 / 5040.0) + (x) * ((1.0 / 40320.0) + (x) * ((-1.0 / 362880.0) + (x) *  \
  ((1.0 / 3628800.0) + (x) * ((-1.0 / 39916800.0) + (x) * ((1.0 / 479001600.0) + (x) *  \
  (-1.0 / 6227020800.0))))))))))))
/* (ln(1 + x) - x)/x^2 for small x */
#define LT(x) \
  ((-1.0 / 2.0) + (x) * ((1.0 / 3.0) + (x) * ((-1.0 / 4.0) + (x) * ((1.0 / 5.0) + (x) * ((-1.0 / 6.0) + (x) *  \
  ((1.0 / 7.0) + (x) * ((-1.0 / 8.0) + (x) * ((1.0 / 9.0) + (x) * ((-1.0 / 10.0) + (x) * ((1.0 / 11.0) + (x) *  \
  ((-1.0 / 12.0) + (x) * ((1.0 / 13.0) + (x) * (-1.0 / 14.0)))))))))))))
/* (x/(1 + x) - ln(1 + x))/x^2 for small x */
#define RT(x) \
  ((-1.0 / 2.0) + (x) * ((2.0 / 3.0) + (x) * ((-3.0 / 4.0) + (x) * ((4.0 / 5.0) + (x) * ((-5.0 / 6.0) + (x) *  \
  ((6.0 / 7.0) + (x) * ((-7.0 / 8.0) + (x) * ((8.0 / 9.0) + (x) * ((-9.0 / 10.0) + (x) * ((10.0 / 11.0) + (x) *  \
  ((-11.0 / 12.0) + (x) * ((12.0 / 13.0) + (x) * (-13.0 / 14.0)))))))))))))

/* At every point: e^-y - 1, G/y^2, d ln G/d nu, h1/sqrt(2 G) and its derivative by nu. */
typedef struct points {
  double E[LANES], G[LANES], G_nu[LANES], v[LANES], d_nu[LANES];
} points;

/* The formulas of scl_hat.c without branches. */
EISI_CLONES
static void integrand(const shape *s, const double *restrict y, points *restrict p) {
  const double nu = s->nu, by_nu = 1.0 / nu;
  for (int k = 0; k < LANES; k++) {
    const double yk = y[k], iy = 1.0 / yk, t = expm1(fabs(yk)), u = -t / (1.0 + t);
    const double E = yk > 0.0 ? u : t, up = yk > 0.0 ? t : u, E_y = E * iy; /* neither cancels */
    const double x = nu * E, log1 = log1p(x), safe = fabs(x) > 0.05 ? x : 1.0,
                 ix2 = 1.0 / (safe * safe);
    const double e2 = fabs(yk) > 0.5 ? (E + yk) * iy * iy : E2(yk);
    const double lt = fabs(x) > 0.05 ? (log1 - x) * ix2 : LT(x);
    const double rt = fabs(x) > 0.05 ? (x / (1.0 + x) - log1) * ix2 : RT(x);
    const double split = e2 + nu * E_y * E_y * lt, direct = (log1 * by_nu + yk) * iy * iy;
    const double G = fabs(x) < 0.5 ? split : direct, root = 1.0 / sqrt(2.0 * G),
                 G_nu = E_y * E_y * rt / G;
    const double h = (s->up * up + s->down * E) * iy, h_nu = (s->up_nu * up + s->down_nu * E) * iy;
    p->E[k] = E;
    p->G[k] = G;
    p->G_nu[k] = G_nu;
    p->v[k] = h * root;
    p->d_nu[k] = (h_nu - 0.5 * h * G_nu) * root;
  }
}

/* The same for nu = 0, where every logarithm is its limit and both conventions are one (but for the
   derivative by nu). */
EISI_CLONES
static void integrand_dilute(const shape *s, const double *restrict y, points *restrict p) {
  for (int k = 0; k < LANES; k++) {
    const double yk = y[k], iy = 1.0 / yk, t = expm1(fabs(yk)), u = -t / (1.0 + t);
    const double E = yk > 0.0 ? u : t, up = yk > 0.0 ? t : u, E_y = E * iy; /* neither cancels */
    const double G = fabs(yk) > 0.5 ? (E + yk) * iy * iy : E2(yk), root = 1.0 / sqrt(2.0 * G);
    const double h = up * iy, h_nu = s->up_nu * h, G_nu = -0.5 * E_y * E_y / G;
    p->E[k] = E;
    p->G[k] = G;
    p->G_nu[k] = G_nu;
    p->v[k] = h * root;
    p->d_nu[k] = (h_nu - 0.5 * h * G_nu) * root;
  }
}

/* Panels no longer than 8: the integrand has a branch point at distance pi from the real axis
   (saturation), which one rule over a long interval would feel. */
static eisi_hat integrate(const shape *s, double y0, points *p) {
  const double away = fabs(y0) < 1e-100 ? 1e-100 : y0; /* from 0/0 at flat band */
  const int panels = (int)fmin(ceil(fabs(away) / 8.0), 128.0);
  const double half = 0.5 * away / panels, weight = 0.5 * y0 / panels;
  eisi_hat R = {0.0, 0.0, 0.0};
  for (int i = 0; i < panels; i++) {
    double y[LANES], sum = 0.0, sum_nu = 0.0;
    for (int k = 0; k < LANES; k++) y[k] = half * (2 * i + 1 + gl_x[k]);
    if (s->nu > 1e-200)
      integrand(s, y, p);
    else
      integrand_dilute(s, y, p);
    for (int k = 0; k < NODES; k++) {
      sum += gl_w[k] * p->v[k];
      sum_nu += gl_w[k] * p->d_nu[k];
    }
    R.v += weight * sum;
    R.d_nu += weight * sum_nu;
  }
  R.d_y = p->v[END];
  return R;
}

eisi_hat eisi_R_hat(double y0, double nu, eis_mobility mobility) {
  const shape s = shape_of(nu, mobility);
  points p;
  return integrate(&s, y0, &p);
}

void eisi_R_and_C_hat(double y0, double nu, eis_mobility mobility, eisi_hat *R, eisi_hat *C) {
  const shape s = shape_of(nu, mobility);
  points p;
  *R = integrate(&s, y0, &p);
  if (fabs(y0) < 1e-3) { /* there the closed form of dC/dy loses digits */
    *C = eisi_C_hat(y0, nu);
    return;
  }
  const double E = p.E[END], D = 1.0 + nu * E, root = sqrt(2.0 * p.G[END]), iD = 1.0 / D;
  C->v = -(1.0 - nu) * E * iD / (y0 * root);
  C->d_nu = C->v * (-1.0 / (1.0 - nu) - E * iD - 0.5 * p.G_nu[END]);
  C->d_y = ((1.0 + E) * (1.0 - nu) * iD * iD - C->v * C->v) / (y0 * root);
}
