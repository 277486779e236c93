/* elem_pnp.c - PNP1: a film of electrolyte between two equal electrodes at flat band, exact. */
#include "model/elem_rows.h"
#include "model/vec.h"
#include "physics/constants.h"

#define ABSENT 1e30 /* RF: blocking; CH: no compact layer */

enum { EPS_R, N0, NU, SIGMA, LENGTH, AREA, TEMP, RF, CH, N_PNP };

/* Values that do not depend on the frequency. */
typedef struct film {
  double eps, sigma, half, RF, iC, kappa; /* kappa = e^2 n0 (1 - nu)/(kB T) = eps/lambda_D^2 */
} film;

/* Partial derivatives of the impedance per area. */
typedef struct partials {
  double complex z, eps, sigma, kappa, half, RF, iC;
} partials;

/* With s = sigma + j w eps, k = sqrt(kappa s/(eps sigma)), T = tanh(k L/2):
     Z = (2/s) [L/2 + N/D],
     N = RF sigma^2 T + j w eps^2 T/CH + RF sigma s eps k/CH,
     D = T s + eps sigma k (j w RF + 1/CH)
   the exact flat-band solution with RF and CH at both electrodes, freed of cancellation; RF -> inf
   is R_b/(1+p) [1 + tanh(q)/(p q)], p = j w eps/sigma, q = k L/2. */
EISI_INLINE partials film_at(const film *f, double w, bool want) {
  const double e = f->eps, g = f->sigma, R = f->RF, h = f->iC;
  const double p = w * e / g, m = sqrt(1.0 + p * p), a = sqrt(0.5 * (m + 1.0));
  const double complex s = eisi_cplx(g, w * e), jw = eisi_cplx(0.0, w);
  const double complex k = sqrt(f->kappa / e) * eisi_cplx(a, 0.5 * p / a);
  const eisi_hyp y = eisi_hyp_of(k * f->half);
  const double complex ip = eisi_inv(y.plus), T = y.minus * ip, is = eisi_inv(s);
  const double complex b = jw * R + h;
  const double complex nT = R * g * g + jw * (e * e * h);
  const double complex N = nT * T + (R * g * e * h) * s * k;
  const double complex iD = eisi_inv(T * s + (e * g) * k * b), q = N * iD;
  partials out = {.z = 2.0 * is * (f->half + q)};
  if (!want) return out;
  /* total derivative of N/D through T and k: dT = (1 - T^2) d(k L/2) */
  const double complex dT = (nT - q * s) * (4.0 * y.q * ip * ip);
  const double complex dk = (R * g * e * h) * s - q * (e * g) * b + dT * f->half;
  const double complex by_s = (R * g * e * h) * k - q * T; /* through s in N and D */
  const double complex k2 = 0.5 * k, c = 2.0 * is * iD, z_s = -out.z * is;
  out.half = 2.0 * is * (1.0 + iD * dT * k);
  out.kappa = c * dk * k2 / f->kappa;
  /* k^2 = kappa (1/eps + j w/sigma) = kappa s/(eps sigma) */
  const double complex k_e = -k2 * (g / e) * is, k_g = -k2 * jw * (e / g) * is;
  out.eps = jw * z_s + c * (dk * k_e + by_s * jw + 2.0 * jw * (e * h) * T + (R * g * h) * s * k -
                            q * g * k * b);
  out.sigma = z_s + c * (dk * k_g + by_s + 2.0 * R * g * T + (R * e * h) * s * k - q * e * k * b);
  /* RF and 1/CH enter N = a x + b and D = c x + d: d(N/D)/dx = (a d - b c)/D^2 */
  const double complex gk = (e * g) * k, Ts = T * s, ek = (e * g) * s * k;
  out.RF = c * iD * ((g * g * T + h * ek) * (Ts + gk * h) - jw * (e * e * h) * T * jw * gk);
  out.iC = c * iD * ((jw * (e * e) * T + R * ek) * (Ts + gk * jw * R) - (R * g * g) * T * gk);
  return out;
}

EISI_INLINE void pnp1_body(const eis_grid *g, const double *p, double *restrict z,
                           double *restrict dz, bool want) {
  const film f = {.eps = EISI_EPS0 * p[EPS_R], .sigma = p[SIGMA], .half = 0.5 * p[LENGTH],
                  .RF = p[RF], .iC = 1.0 / p[CH],
                  .kappa = EISI_E * EISI_E * p[N0] * (1.0 - p[NU]) / (EISI_KB * p[TEMP])};
  const double iA = 1.0 / p[AREA];
  const size_t n = g->n;
  const double *restrict w = g->w;
  EISI_EACH(k, n) {
    const partials d = film_at(&f, w[k], want);
    eisi_put(z, n, k, iA * d.z);
    if (!want) continue;
    eisi_put_d(dz, n, EPS_R, k, iA * EISI_EPS0 * d.eps);
    eisi_put_d(dz, n, N0, k, iA * f.kappa / p[N0] * d.kappa);
    eisi_put_d(dz, n, NU, k, -iA * f.kappa / (1.0 - p[NU]) * d.kappa);
    eisi_put_d(dz, n, SIGMA, k, iA * d.sigma);
    eisi_put_d(dz, n, LENGTH, k, 0.5 * iA * d.half);
    eisi_put_d(dz, n, AREA, k, -iA * iA * d.z);
    eisi_put_d(dz, n, TEMP, k, -iA * f.kappa / p[TEMP] * d.kappa);
    eisi_put_d(dz, n, RF, k, iA * d.RF);
    eisi_put_d(dz, n, CH, k, -iA * f.iC * f.iC * d.iC);
  }
}

EISI_EVAL(pnp1)

const eis_element eisi_elem_pnp1 = {
    .symbol = "PNP1",
    .aliases = "",
    .name = "electrolyte film between two equal electrodes, flat band, one mobile cation",
    .formula =
        "R_b/(1+p) (1 + tanh(q)/(p q)) for RF = CH = inf; p = j w eps/sigma, "
        "q = L/(2 l_D) sqrt(1+p)",
    .reference =
        "Macdonald, J. Chem. Phys. 22 (1954) 1317 (class of model); with RF and CH derived "
        "for eisfit, doc/physics.md",
    .n_params = N_PNP,
    .param = {[EPS_R] = {"eps_r", "", 1.0, 1e5, 15.0, EIS_SCALE_LOG, 0, false, false,
                         "relative permittivity"},
              [N0] = {"n0", "1/m^3", 1e20, 1e30, 1e26, EIS_SCALE_LOG, 0, false, false,
                      "bulk density of mobile cations"},
              [NU] = {"nu", "", 0.0, 0.99, 0.0, EIS_SCALE_LINEAR, 0, true, false,
                      "site occupation n0/n_max"},
              [SIGMA] = {"sigma", "S/m", 1e-12, 1e4, 0.03, EIS_SCALE_LOG, 0, false, false,
                         "bulk conductivity"},
              [LENGTH] = {"L", "m", 1e-9, 10.0, 1e-3, EIS_SCALE_LOG, 0, true, false,
                          "thickness of the film"},
              [AREA] = {"area", "m^2", 1e-12, 1e4, 1e-4, EIS_SCALE_LOG, -1, true, false, "area"},
              [TEMP] = {"T", "K", 150.0, 1000.0, 298.15, EIS_SCALE_LINEAR, 0, true, false,
                        "temperature"},
              [RF] = {"RF", "ohm m^2", 1e-12, ABSENT, ABSENT, EIS_SCALE_LOG, 0, true, false,
                      "charge-transfer resistance of each electrode, per area; 1e30 = blocking"},
              [CH] = {"CH", "F/m^2", 1e-9, ABSENT, ABSENT, EIS_SCALE_LOG, 0, true, false,
                      "compact layer of each electrode; 1e30 = none"}},
    .eval = pnp1};
