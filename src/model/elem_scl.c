/* elem_scl.c - space-charge elements: interface arc (SCL, SCLD), polarisation resistance (RPOL),
   electronic leak (EBLK), double Schottky grain boundaries (GBSCL).

   One mobile lattice-limited cation on a fixed background ("MPNP-type" model).  An abrupt interface
   has one Gauss-law node, hence ONE arc (R1 + RF) || C_int; see <eisfit/scl.h> for the symbols. */
#include <string.h>

#include "model/elem_rows.h"
#include "model/elem_scl.h"
#include "model/vec.h"
#include "physics/constants.h"
#include "physics/scl_hat.h"

/* ---- the physics of one interface, per area, with gradient ---- */

/* A value and its derivatives by the parameters of an element. */
typedef struct grad {
  double v, d[EIS_ELEMENT_MAX_PARAMS];
} grad;

typedef struct arc {
  grad Rs, tau, Rp, C; /* Z = Rs/(1 + j w tau) + Rp/(1 + j w Rp C): ohm, s, F */
} arc;

/* R1 = (lambda0/sigma)(R_hat + 1/C_hat) and C_d = (eps/lambda0) C_hat; p in the order above. */
static void interface_at(const double *p, grad *R1, grad *Cd) {
  const eis_mobility mobility = p[MOBILITY] > 0.5 ? EIS_MOBILITY_B : EIS_MOBILITY_A;
  const eis_scl_params s = {.eps_r = p[EPS_R], .n0 = p[N0], .nu = p[NU], .sigma = p[SIGMA],
                            .dphi = p[DPHI], .T = p[TEMP], .mobility = mobility};
  const double lambda0 = eisi_scl_lambda0(&s), y0 = eisi_scl_y0(&s);
  const double r0 = lambda0 / p[SIGMA], c0 = EISI_EPS0 * p[EPS_R] / lambda0;
  const double y_dphi = EISI_E / (EISI_KB * p[TEMP]), y_T = -y0 / p[TEMP];
  eisi_hat R, C;
  eisi_R_and_C_hat(y0, p[NU], mobility, &R, &C);
  const double iC = 1.0 / C.v;
  const double r_y = r0 * (R.d_y - C.d_y * iC * iC), c_y = c0 * C.d_y;
  *R1 = (grad){.v = r0 * (R.v + iC)};
  R1->d[EPS_R] = 0.5 * R1->v / p[EPS_R];
  R1->d[N0] = -0.5 * R1->v / p[N0];
  R1->d[NU] = r0 * (R.d_nu - C.d_nu * iC * iC);
  R1->d[DPHI] = r_y * y_dphi;
  R1->d[SIGMA] = -R1->v / p[SIGMA];
  R1->d[TEMP] = 0.5 * R1->v / p[TEMP] + r_y * y_T;
  *Cd = (grad){.v = c0 * C.v};
  Cd->d[EPS_R] = 0.5 * Cd->v / p[EPS_R];
  Cd->d[N0] = 0.5 * Cd->v / p[N0];
  Cd->d[NU] = c0 * C.d_nu;
  Cd->d[DPHI] = c_y * y_dphi;
  Cd->d[TEMP] = -0.5 * Cd->v / p[TEMP] + c_y * y_T;
}

/* g = scale * g and its derivative by parameter i, d ln scale/dp = slope. */
static void grad_scale(grad *g, double scale, int i, double slope) {
  for (int k = 0; k < EIS_ELEMENT_MAX_PARAMS; k++) g->d[k] *= scale;
  g->v *= scale;
  g->d[i] += g->v * slope;
}

/* Frequencies are taken in blocks, so that everything stays on the stack. */
enum { BLOCK = 128 };

/* 1/(1 + j x)^2 and what the columns are made of. */
typedef struct basis {
  double re[BLOCK], im[BLOCK]; /* by Rp: 1/(1 + j w Rp C)^2 */
  double c_re[BLOCK], c_im[BLOCK]; /* by C: -j w Rp^2 of it */
} basis;

EISI_INLINE void arc_block(const double *restrict w, size_t n, const arc *a, double *restrict re,
                           double *restrict im, basis *restrict b) {
  const double Rp = a->Rp.v, C = a->C.v;
  EISI_EACH(k, n) {
    const double x = w[k] * Rp * C, d = 1.0 / (1.0 + x * x), u = x * d, m = w[k] * Rp * Rp;
    re[k] = Rp * d;
    im[k] = -Rp * u;
    b->re[k] = d * d - u * u;
    b->im[k] = -2.0 * d * u;
    b->c_re[k] = m * b->im[k];
    b->c_im[k] = -m * b->re[k];
  }
}

EISI_INLINE void arc_column(const basis *restrict b, size_t n, double dp, double dc, double *restrict re,
                            double *restrict im) {
  EISI_EACH(k, n) {
    re[k] = dp * b->re[k] + dc * b->c_re[k];
    im[k] = dp * b->im[k] + dc * b->c_im[k];
  }
}

/* Adds Rs/(1 + j w tau). */
EISI_INLINE void add_slab(const double *restrict w, size_t n, const arc *a, int i, double *restrict re,
                          double *restrict im) {
  const double Rs = i < 0 ? a->Rs.v : a->Rs.d[i], by_tau = i < 0 ? 0.0 : a->Rs.v * a->tau.d[i];
  EISI_EACH(k, n) {
    const double x = w[k] * a->tau.v, d = 1.0 / (1.0 + x * x), u = x * d;
    const double m = w[k] * by_tau; /* -j w dtau/(1 + jx)^2 */
    re[k] += Rs * d - 2.0 * m * d * u;
    im[k] -= Rs * u + m * (d * d - u * u);
  }
}

EISI_CLONES
static void arc_impedance(const eis_grid *g, const arc *a, double *z, double *dz, int n_params) {
  const bool slab = a->Rs.v != 0.0;
  basis b;
  for (size_t k0 = 0; k0 < g->n; k0 += BLOCK) {
    const size_t n = g->n - k0 < BLOCK ? g->n - k0 : BLOCK;
    const double *w = g->w + k0;
    arc_block(w, n, a, z + k0, z + g->n + k0, &b);
    if (slab) add_slab(w, n, a, -1, z + k0, z + g->n + k0);
    for (int i = 0; dz && i < n_params; i++) {
      double *column = dz + 2 * g->n * (size_t)i + k0;
      if (a->Rp.d[i] == 0.0 && a->C.d[i] == 0.0) {
        memset(column, 0, n * sizeof *column);
        memset(column + g->n, 0, n * sizeof *column);
      } else
        arc_column(&b, n, a->Rp.d[i], a->C.d[i], column, column + g->n);
      if (slab) add_slab(w, n, a, i, column, column + g->n);
    }
  }
}

/* A Li-rich layer (R1 <= 0, convention a) makes no arc: it makes the bulk before it shorter, by a slab
   that conducts like bulk.  Z is continuous there, its slope in dphi has a kink. */
static void split_sign(const grad *R1, const double *p, arc *a) {
  if (R1->v > 0.0) {
    a->Rp = *R1;
    return;
  }
  a->Rs = *R1;
  a->tau.v = EISI_EPS0 * p[EPS_R] / p[SIGMA];
  a->tau.d[EPS_R] = a->tau.v / p[EPS_R];
  a->tau.d[SIGMA] = -a->tau.v / p[SIGMA];
}

/* ---- SCL, SCLD ---- */

/* p: state, RF, CH.  Z = 1/[1/(R1 + RF) + j w C_int]/area */
static void scl_arc(const double *p, arc *a) {
  grad R1, Cd;
  interface_at(p, &R1, &Cd);
  *a = (arc){.C = Cd};
  split_sign(&R1, p, a);
  a->Rp.v += p[RF];
  a->Rp.d[RF] = 1.0;
  const double by_H = 1.0 / (1.0 + p[CH] / Cd.v),
               by_d = 1.0 / (1.0 + Cd.v / p[CH]); /* C_int/C_H, C_int/C_d */
  a->C.v = Cd.v * by_d;
  for (int i = 0; i < N_STATE; i++) a->C.d[i] = Cd.d[i] * by_d * by_d;
  a->C.d[CH] = by_H * by_H;
  grad_scale(&a->Rs, 1.0 / p[AREA], AREA, -1.0 / p[AREA]);
  grad_scale(&a->Rp, 1.0 / p[AREA], AREA, -1.0 / p[AREA]);
  grad_scale(&a->C, p[AREA], AREA, 1.0 / p[AREA]);
}

static void scl_eval(const eis_grid *g, const double *p, const double *sub, double *z, double *dz,
                     double *dsub) {
  (void)sub;
  (void)dsub;
  arc a;
  scl_arc(p, &a);
  arc_impedance(g, &a, z, dz, N_SCL);
}

/* Chain rule from sigma to (D, n0, T, nu): sigma = e^2 D n0 [1 - nu]/(kB T). */
static void through_D(grad *v, const double *p, double D) {
  const double by_sigma = v->d[SIGMA], sigma = p[SIGMA];
  v->d[SIGMA] = by_sigma * sigma / D;
  v->d[N0] += by_sigma * sigma / p[N0];
  v->d[TEMP] -= by_sigma * sigma / p[TEMP];
  if (p[MOBILITY] > 0.5) v->d[NU] -= by_sigma * sigma / (1.0 - p[NU]);
}

static void scld_eval(const eis_grid *g, const double *p, const double *sub, double *z, double *dz,
                      double *dsub) {
  (void)sub;
  (void)dsub;
  double q[N_SCL];
  for (int i = 0; i < N_SCL; i++) q[i] = p[i];
  const double D = p[SIGMA];
  q[SIGMA] = EISI_E * EISI_E * D * p[N0] / (EISI_KB * p[TEMP]);
  if (p[MOBILITY] > 0.5) q[SIGMA] *= 1.0 - p[NU];
  arc a;
  scl_arc(q, &a);
  through_D(&a.Rs, q, D);
  through_D(&a.tau, q, D);
  through_D(&a.Rp, q, D);
  arc_impedance(g, &a, z, dz, N_SCL);
}

const eis_element eisi_elem_scl = {
    .symbol = "SCL",
    .aliases = "",
    .name = "space-charge layer of an interface, by conductivity",
    .formula = "1/(A (1/(R1+RF) + j w C_int)), R1 = (l0/sigma)(R^+1/C^), 1/C_int = 1/C_d + 1/CH",
    .reference = MODEL_REF,
    .n_params = N_SCL,
    .param = {[EPS_R] = EPS_R_SPEC,
              [N0] = N0_SPEC,
              [NU] = NU_SPEC,
              [DPHI] = DPHI_SPEC,
              [SIGMA] = SIGMA_SPEC(true),
              [AREA] = AREA_SPEC,
              [TEMP] = T_SPEC,
              [MOBILITY] = CONV_SPEC,
              [RF] = RF_SPEC(1e-12, "charge-transfer resistance in the same arc, per area"),
              [CH] = CH_SPEC},
    .active = true,
    .eval = scl_eval};

const eis_element eisi_elem_scld = {
    .symbol = "SCLD",
    .aliases = "",
    .name = "space-charge layer of an interface, by diffusion coefficient",
    .formula = "SCL with sigma = e^2 D n0/(kB T), times (1-nu) for conv = 1",
    .reference = MODEL_REF,
    .n_params = N_SCL,
    .param = {[EPS_R] = EPS_R_SPEC,
              [N0] = N0_SPEC,
              [NU] = NU_SPEC,
              [DPHI] = DPHI_SPEC,
              [SIGMA] = {"D", "m^2/s", 1e-24, 1e-6, 1e-12, EIS_SCALE_LOG, 0, true, false,
                         "diffusion coefficient of the mobile cations"},
              [AREA] = AREA_SPEC,
              [TEMP] = T_SPEC,
              [MOBILITY] = CONV_SPEC,
              [RF] = RF_SPEC(1e-12, "charge-transfer resistance in the same arc, per area"),
              [CH] = CH_SPEC},
    .active = true,
    .eval = scld_eval};

/* ---- GBSCL: N = L/d_g boundaries, each 2 R1 parallel to C_d/2 ---- */

enum { THICKNESS = N_STATE, GRAIN, N_GB };

static void gbscl_eval(const eis_grid *g, const double *p, const double *sub, double *z, double *dz,
                       double *dsub) {
  (void)sub;
  (void)dsub;
  const double pairs = 2.0 * p[THICKNESS] / p[GRAIN];
  grad R1, Cd;
  interface_at(p, &R1, &Cd);
  arc a = {.C = Cd};
  split_sign(&R1, p, &a);
  grad *part[] = {&a.Rs, &a.Rp, &a.C};
  for (int i = 0; i < 3; i++) {
    const double sign = i < 2 ? 1.0 : -1.0;
    grad_scale(part[i], i < 2 ? pairs / p[AREA] : p[AREA] / pairs, AREA, -sign / p[AREA]);
    part[i]->d[THICKNESS] = sign * part[i]->v / p[THICKNESS];
    part[i]->d[GRAIN] = -sign * part[i]->v / p[GRAIN];
  }
  arc_impedance(g, &a, z, dz, N_GB);
}

const eis_element eisi_elem_gbscl = {
    .symbol = "GBSCL",
    .aliases = "",
    .name = "space-charge grain boundaries (double Schottky, brick layer)",
    .formula = "N/A (2 R1 || C_d/2), N = L/dg",
    .reference = MODEL_REF,
    .n_params = N_GB,
    .param = {[EPS_R] = EPS_R_SPEC,
              [N0] = N0_SPEC,
              [NU] = NU_SPEC,
              [DPHI] = DPHI_SPEC,
              [SIGMA] = SIGMA_SPEC(true),
              [AREA] = AREA_SPEC,
              [TEMP] = T_SPEC,
              [MOBILITY] = CONV_SPEC,
              [THICKNESS] = {"L", "m", 1e-9, 10.0, 1e-3, EIS_SCALE_LOG, 0, true, false,
                             "thickness of the electrolyte"},
              [GRAIN] = {"dg", "m", 1e-9, 1.0, 1e-6, EIS_SCALE_LOG, 0, true, false,
                         "grain size"}},
    .active = true,
    .eval = gbscl_eval};

/* ---- real resistances: RPOL, EBLK ---- */

/* A resistance R with relative slopes d ln R/dp, frequency-independent. */
static void real_impedance(const eis_grid *g, double R, const double *slope, int n_params,
                           double *z, double *dz) {
  for (size_t k = 0; k < g->n; k++) {
    z[k] = R;
    z[g->n + k] = 0.0;
  }
  for (int i = 0; dz && i < n_params; i++) {
    double *col = dz + 2 * g->n * (size_t)i;
    for (size_t k = 0; k < g->n; k++) {
      col[k] = R * slope[i];
      col[g->n + k] = 0.0;
    }
  }
}

enum { POL_R0, POL_ALPHA, POL_DPHI, POL_NU, POL_T, POL_EF, POL_T0, N_POL };

/* R0 c0^-alpha [(1-nu)/(1-nu c0)]^(1-alpha) exp(...) = R0 e^(alpha y0) D exp(EF/kB (1/T - 1/T0)),
   because c0 = e^-y0/D and (1-nu)/(1-nu c0) = D = 1 - nu + nu e^-y0. */
static void rpol_eval(const eis_grid *g, const double *p, const double *sub, double *z, double *dz,
                      double *dsub) {
  (void)sub;
  (void)dsub;
  const double e_k = EISI_E / EISI_KB, y0 = e_k * p[POL_DPHI] / p[POL_T];
  const double E = expm1(-y0), D = 1.0 + p[POL_NU] * E;
  const double x = e_k * (1.0 / p[POL_T] - 1.0 / p[POL_T0]);
  const double by_y = p[POL_ALPHA] - p[POL_NU] * (1.0 + E) / D;
  const double slope[N_POL] = {
      [POL_R0] = 1.0 / p[POL_R0],
      [POL_ALPHA] = y0,
      [POL_DPHI] = by_y * e_k / p[POL_T],
      [POL_NU] = E / D,
      [POL_T] = -(by_y * y0 + e_k * p[POL_EF] / p[POL_T]) / p[POL_T],
      [POL_EF] = x,
      [POL_T0] = e_k * p[POL_EF] / (p[POL_T0] * p[POL_T0])};
  real_impedance(g, p[POL_R0] * D * exp(p[POL_ALPHA] * y0 + p[POL_EF] * x), slope, N_POL, z, dz);
}

const eis_element eisi_elem_rpol = {
    .symbol = "RPOL",
    .aliases = "",
    .name = "polarisation resistance depending on band bending and temperature",
    .formula = "R0 c^-alpha ((1-nu)/(1-nu c))^(1-alpha) exp(EF/kB (1/T - 1/T0)), c = c(0)/n0",
    .reference = "Frumkin-type detailed balance on lattice sites; a modelling choice of eisfit",
    .n_params = N_POL,
    .param = {[POL_R0] = {"R0", "ohm", 1e-6, 1e12, 100.0, EIS_SCALE_LOG, 1, false, false,
                          "resistance at flat band and T0"},
              [POL_ALPHA] = {"alpha", "", 0.0, 1.0, 0.5, EIS_SCALE_LINEAR, 0, true, false,
                             "symmetry factor"},
              [POL_DPHI] = {"dphi", "V", -1.0, 1.0, 0.0, EIS_SCALE_LINEAR, 0, true, false,
                            "band bending; tie it to that of an SCL"},
              [POL_NU] = NU_SPEC,
              [POL_T] = T_SPEC,
              [POL_EF] = {"EF", "eV", 0.0, 2.0, 0.5, EIS_SCALE_LINEAR, 0, true, false,
                          "activation energy"},
              [POL_T0] = {"T0", "K", 150.0, 1000.0, 298.15, EIS_SCALE_LINEAR, 0, true, false,
                          "temperature of R0"}},
    .eval = rpol_eval};

enum { LEAK_SIGMA, LEAK_L, LEAK_AREA, N_LEAK };

static void eblk_eval(const eis_grid *g, const double *p, const double *sub, double *z, double *dz,
                      double *dsub) {
  (void)sub;
  (void)dsub;
  const double slope[N_LEAK] = {[LEAK_SIGMA] = -1.0 / p[LEAK_SIGMA],
                                [LEAK_L] = 1.0 / p[LEAK_L],
                                [LEAK_AREA] = -1.0 / p[LEAK_AREA]};
  real_impedance(g, p[LEAK_L] / (p[LEAK_SIGMA] * p[LEAK_AREA]), slope, N_LEAK, z, dz);
}

const eis_element eisi_elem_eblk = {
    .symbol = "EBLK",
    .aliases = "",
    .name = "electronic leak (non-ideal electron blocking), parallel to the ionic path",
    .formula = "L/(sigma_e A)",
    .reference = "parallel electronic rail of the MPNP model, doc/physics.md",
    .n_params = N_LEAK,
    .param = {[LEAK_SIGMA] = {"sigma", "S/m", 1e-18, 1e2, 1e-7, EIS_SCALE_LOG, 0, false, false,
                              "electronic conductivity"},
              [LEAK_L] = {"L", "m", 1e-9, 10.0, 1e-3, EIS_SCALE_LOG, 0, true, false,
                          "thickness of the electrolyte"},
              [LEAK_AREA] = AREA_SPEC},
    .eval = eblk_eval};
