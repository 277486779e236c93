/* elem_pnp2.c - PNP2: a film with two mobile ions between blocking electrodes at flat band, exact.

   In lengths of lambda0, p+- = j w lambda0^2/D+-, the densities follow two modes of wave number
   K = k^2 = s +- r, s = 1 + (p+ + p-)/2, r = sqrt(1 + d^2), d = (p+ - p-)/2.  The amplitudes that
   keep both fluxes out of the electrodes give, with M = L/(2 lambda0) and tau = tanh(M k)/(M k),

     j w eps Z/L = 1/(1 + 1/p+ + 1/p-) + (1 + 1/r) tau1/K1 + (1 - 1/r) tau2/K2

   where the first term is the bulk and nothing cancels: K2 = (p+ + p- + p+ p-)/K1,
   1 - 1/r = d^2/(r (r + 1)), (r + d)(r - d) = 1. */
#include "model/elem_rows.h"
#include "model/vec.h"
#include "physics/constants.h"

#define ABSENT 1e30 /* CH: no compact layer */

enum { EPS_R, N0, D_PLUS, D_MINUS, LENGTH, AREA, TEMP, CH, N_PNP2 };

/* F = j w eps Z/L and p dF/dp of both p, M dF/dM. */
typedef struct film {
  double complex F, plus, minus, M;
} film;

/* tau/K, K times its slope by K, M times its slope by M. */
typedef struct mode {
  double complex f, by_K, by_M;
} mode;

EISI_INLINE mode mode_at(double complex K, double M) {
  const eisi_fd t = eisi_tanh_over(M * eisi_sqrt(K));
  const double complex iK = eisi_inv(K);
  return (mode){t.f * iK, (0.5 * t.d - t.f) * iK, t.d * iK};
}

/* p+ = j a0, p- = j b0.  Both modes meet at r = 0, where Z is smooth: a step of 1e-10 goes round
 * it. */
EISI_INLINE film film_at(double a0, double b0, double M) {
  const double gap = 1.0 - 0.25 * (a0 - b0) * (a0 - b0),
               step = fabs(gap) > 1e-10 ? 1.0 : 1.0 - 1e-10;
  const double a = a0 * step, b = b0 * step, delta = 0.5 * (a - b), r2 = 1.0 - delta * delta;
  const double root = sqrt(fabs(r2));
  const double complex r = eisi_cplx(r2 > 0.0 ? root : 0.0, r2 > 0.0 ? 0.0 : root),
                       ir = eisi_inv(r);
  const double complex s = eisi_cplx(1.0, 0.5 * (a + b)), d = eisi_cplx(0.0, delta);
  const double complex large = r + eisi_cplx(0.0, fabs(delta)), small = eisi_inv(large);
  const double complex sum = delta > 0.0 ? large : small, dif = delta > 0.0 ? small : large;
  const double complex K1 = s + r, K2 = eisi_cplx(-a * b, a + b) * eisi_inv(K1);
  const double complex Q1 = 1.0 + ir, Q2 = -(delta * delta) * ir * eisi_inv(r + 1.0);
  const mode m1 = mode_at(K1, M), m2 = mode_at(K2, M);
  const double complex f1 = m1.by_K * eisi_inv(K1) * Q1, f2 = m2.by_K * eisi_inv(K2) * Q2;
  const double complex bulk = eisi_inv(eisi_cplx(1.0, -1.0 / a - 1.0 / b)), h = 0.5 * ir;
  const double complex split = (m2.f - m1.f) * ir * ir * d * h;
  film v = {.F = bulk + Q1 * m1.f + Q2 * m2.f, .M = Q1 * m1.by_M + Q2 * m2.by_M};
  v.plus = bulk * bulk * eisi_cplx(0.0, -1.0 / a) +
           eisi_cplx(0.0, a) * ((f1 * sum + f2 * dif) * h + split);
  v.minus = bulk * bulk * eisi_cplx(0.0, -1.0 / b) +
            eisi_cplx(0.0, b) * ((f1 * dif + f2 * sum) * h - split);
  return v;
}

EISI_INLINE void pnp2_body(const eis_grid *g, const double *p, double *restrict z,
                           double *restrict dz, bool want) {
  const double eps = EISI_EPS0 * p[EPS_R], l2 = eps * EISI_KB * p[TEMP] / (EISI_E * EISI_E * p[N0]);
  const double M = 0.5 * p[LENGTH] / sqrt(l2), scale = p[LENGTH] / (eps * p[AREA]),
               end = 2.0 / (p[AREA] * p[CH]);
  const double plus = l2 / p[D_PLUS], minus = l2 / p[D_MINUS];
  const size_t n = g->n;
  const double *restrict w = g->w;
  EISI_EACH(k, n) {
    const film f = film_at(w[k] * plus, w[k] * minus, M);
    const double complex c = eisi_cplx(0.0, -scale / w[k]), cap = eisi_cplx(0.0, -end / w[k]);
    const double complex value = c * f.F + cap;
    eisi_put(z, n, k, value);
    if (!want) continue;
    const double complex by_l2 = c * (f.plus + f.minus - 0.5 * f.M); /* by ln lambda0^2 */
    eisi_put_d(dz, n, EPS_R, k, (by_l2 - c * f.F) * (1.0 / p[EPS_R]));
    eisi_put_d(dz, n, N0, k, by_l2 * (-1.0 / p[N0]));
    eisi_put_d(dz, n, D_PLUS, k, c * f.plus * (-1.0 / p[D_PLUS]));
    eisi_put_d(dz, n, D_MINUS, k, c * f.minus * (-1.0 / p[D_MINUS]));
    eisi_put_d(dz, n, LENGTH, k, c * (f.F + f.M) * (1.0 / p[LENGTH]));
    eisi_put_d(dz, n, AREA, k, value * (-1.0 / p[AREA]));
    eisi_put_d(dz, n, TEMP, k, by_l2 * (1.0 / p[TEMP]));
    eisi_put_d(dz, n, CH, k, cap * (-1.0 / p[CH]));
  }
}

EISI_EVAL(pnp2)

const eis_element eisi_elem_pnp2 = {
    .symbol = "PNP2",
    .aliases = "",
    .name = "electrolyte film between two blocking electrodes, flat band, two mobile ions",
    .formula = "L/(A j w eps) (1/(1+1/p+ +1/p-) + (1+1/r) tau1/K1 + (1-1/r) tau2/K2) + 2/(j w CH A)",
    .reference = "Macdonald (class of model: arbitrary mobilities); closed form derived for eisfit, doc/physics.md",
    .n_params = N_PNP2,
    .param = {[EPS_R] = {"eps_r", "", 1.0, 1e5, 15.0, EIS_SCALE_LOG, 0, false, false, "relative permittivity"},
              [N0] = {"n0", "1/m^3", 1e20, 1e30, 1e26, EIS_SCALE_LOG, 0, false, false,
                      "bulk density of cations, and of anions"},
              [D_PLUS] = {"Dp", "m^2/s", 1e-24, 1e-6, 1e-12, EIS_SCALE_LOG, 0, false, false,
                          "diffusion coefficient of the cations"},
              [D_MINUS] = {"Dm", "m^2/s", 1e-24, 1e-6, 1e-14, EIS_SCALE_LOG, 0, false, false,
                           "diffusion coefficient of the anions (or of the slow defect)"},
              [LENGTH] = {"L", "m", 1e-9, 10.0, 1e-3, EIS_SCALE_LOG, 0, true, false, "thickness of the film"},
              [AREA] = {"area", "m^2", 1e-12, 1e4, 1e-4, EIS_SCALE_LOG, -1, true, false, "area"},
              [TEMP] = {"T", "K", 150.0, 1000.0, 298.15, EIS_SCALE_LINEAR, 0, true, false, "temperature"},
              [CH] = {"CH", "F/m^2", 1e-9, ABSENT, ABSENT, EIS_SCALE_LOG, 0, true, false,
                      "compact layer of each electrode; 1e30 = none"}},
    .eval = pnp2};
