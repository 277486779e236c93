/* elem_scl.c - space-charge elements: interface arc (SCL, SCLD), polarisation resistance (RPOL),
   electronic leak (EBLK), double Schottky grain boundaries (GBSCL).

   One mobile lattice-limited cation on a fixed background ("MPNP-type" model).  An abrupt interface
   has one Gauss-law node, hence ONE arc (R1 + RF) || C_int; see <eisfit/scl.h> for the symbols. */
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

/* Z = Rp/(1 + j w Rp C) + Rs g(w), g = 1/[(1 + j w tau[0]) sqrt((1 + j w tau[1]) (1 + j w tau[2]))]
 */
enum { N_TAU = 3 };
typedef struct arc {
  grad Rp, C, Rs, tau[N_TAU]; /* ohm, F, ohm, s */
} arc;

/* A resistance (lambda0/sigma) h_hat, or its time constant tau_b h_hat. */
static grad scaled(const double *p, eisi_hat h, double unit, double power) {
  const double y_dphi = EISI_E / (EISI_KB * p[TEMP]), v = unit * h.v, by_y = unit * h.d_y;
  grad g = {.v = v};
  g.d[EPS_R] = power * v / p[EPS_R];
  g.d[N0] = (power - 1.0) * v / p[N0];
  g.d[NU] = unit * h.d_nu;
  g.d[DPHI] = by_y * y_dphi;
  g.d[SIGMA] = -v / p[SIGMA];
  g.d[TEMP] = ((1.0 - power) * v - by_y * y_dphi * p[DPHI]) / p[TEMP];
  return g;
}

/* A layer where cations gather: R_scl < 0.  It has no arc of its own but is a part of the bulk that
   conducts better, eisi_rich_times. */
static void rich_layer(const double *p, eisi_hat R, eis_mobility mobility, double y0, double r0,
                       arc *a) {
  const double tau_b = EISI_EPS0 * p[EPS_R] / p[SIGMA];
  eisi_hat times[N_TAU] = {{1.0, 0.0, 0.0}};
  eisi_rich_times(R, y0, p[NU], mobility, times + 1);
  a->Rs = scaled(p, R, r0, 0.5);
  for (int i = 0; i < N_TAU; i++) a->tau[i] = scaled(p, times[i], tau_b, 1.0);
}

/* One interface without charge transfer and compact layer: C = C_d = (eps/lambda0) C_hat, Rp =
   (lambda0/sigma)/C_hat, to which R_scl = (lambda0/sigma) R_hat adds where it is positive; p in the
   order above. */
static void interface_at(const double *p, arc *a) {
  const eis_mobility mobility = p[MOBILITY] > 0.5 ? EIS_MOBILITY_B : EIS_MOBILITY_A;
  const eis_scl_params s = {.eps_r = p[EPS_R], .n0 = p[N0], .nu = p[NU], .sigma = p[SIGMA],
                            .dphi = p[DPHI], .T = p[TEMP], .mobility = mobility};
  const double lambda0 = eisi_scl_lambda0(&s), y0 = eisi_scl_y0(&s);
  const double r0 = lambda0 / p[SIGMA], c0 = EISI_EPS0 * p[EPS_R] / lambda0;
  eisi_hat R, C;
  eisi_R_and_C_hat(y0, p[NU], mobility, &R, &C);
  const double iC = 1.0 / C.v;
  const eisi_hat width = {iC, -C.d_y * iC * iC, -C.d_nu * iC * iC};
  *a = (arc){.C = scaled(p, C, c0, 0.5)};
  a->C.d[N0] = 0.5 * a->C.v / p[N0]; /* as 1/lambda0, and not by sigma */
  a->C.d[SIGMA] = 0.0;
  a->C.d[TEMP] -= a->C.v / p[TEMP];
  const bool rich = R.v < 0.0;
  if (rich) rich_layer(p, R, mobility, y0, r0, a);
  const eisi_hat own = {rich ? 0.0 : R.v, rich ? 0.0 : R.d_y, rich ? 0.0 : R.d_nu};
  a->Rp =
      scaled(p, (eisi_hat){own.v + width.v, own.d_y + width.d_y, own.d_nu + width.d_nu}, r0, 0.5);
}

/* g = scale * g and its derivative by parameter i, d ln scale/dp = slope. */
static void grad_scale(grad *g, double scale, int i, double slope) {
  for (int k = 0; k < EIS_ELEMENT_MAX_PARAMS; k++) g->d[k] *= scale;
  g->v *= scale;
  g->d[i] += g->v * slope;
}

/* Frequencies are taken in blocks, so that everything stays on the stack. */
enum { BLOCK = 128 };

/* 1/(1 + j x)^2 and what the columns are made of; planar, like a column of a spectrum that is one
 * block. */
typedef struct basis {
  double by_Rp[2 * BLOCK]; /* 1/(1 + j w Rp C)^2 */
  double by_C[2 * BLOCK];  /* -j w Rp^2 of it */
} basis;

EISI_INLINE void arc_block(const double *restrict w, size_t n, const arc *a, double *restrict re,
                           double *restrict im, basis *restrict b) {
  const double Rp = a->Rp.v, C = a->C.v;
  EISI_EACH(k, n) {
    const double x = w[k] * Rp * C, d = 1.0 / (1.0 + x * x), u = x * d, m = w[k] * Rp * Rp;
    re[k] = Rp * d;
    im[k] = -Rp * u;
    const double square_re = d * d - u * u, square_im = -2.0 * d * u;
    b->by_Rp[k] = square_re;
    b->by_Rp[n + k] = square_im;
    b->by_C[k] = m * square_im;
    b->by_C[n + k] = -m * square_re;
  }
}

/* Most columns have both parts, others (R_F, C_H, a parameter without effect) one or none. */
EISI_INLINE void combine(const double *restrict by_Rp, const double *restrict by_C, size_t n,
                         double dp, double dc, double *restrict out) {
  if (dc == 0.0) {
    EISI_EACH(k, n) out[k] = dp * by_Rp[k];
  } else if (dp == 0.0) {
    EISI_EACH(k, n) out[k] = dc * by_C[k];
  } else {
    EISI_EACH(k, n) out[k] = dp * by_Rp[k] + dc * by_C[k];
  }
}

/* Re and Im in one go where they follow each other. */
EISI_INLINE void arc_column(const basis *b, size_t n, double dp, double dc, double *re,
                            double *im) {
  if (im == re + n) {
    combine(b->by_Rp, b->by_C, 2 * n, dp, dc, re);
  } else {
    combine(b->by_Rp, b->by_C, n, dp, dc, re);
    combine(b->by_Rp + n, b->by_C + n, n, dp, dc, im);
  }
}

/* g and what its derivatives are made of: g j w/(1 + j w tau), of the roots half of it. */
typedef struct rich_basis {
  double re[N_TAU + 1][BLOCK], im[N_TAU + 1][BLOCK];
} rich_basis;

EISI_INLINE void rich_block(const double *restrict w, size_t n, const arc *a,
                            rich_basis *restrict b) {
  const double t0 = a->tau[0].v, t1 = a->tau[1].v, t2 = a->tau[2].v;
  EISI_EACH(k, n) {
    const double complex u0 = eisi_inv(eisi_cplx(1.0, w[k] * t0)),
                         u1 = eisi_inv(eisi_cplx(1.0, w[k] * t1));
    const double complex u2 = eisi_inv(eisi_cplx(1.0, w[k] * t2)), g = u0 * eisi_sqrt(u1 * u2);
    const double complex jwg = eisi_cplx(-w[k] * cimag(g), w[k] * creal(g));
    const double complex d0 = jwg * u0, d1 = 0.5 * jwg * u1, d2 = 0.5 * jwg * u2;
    b->re[0][k] = creal(g), b->im[0][k] = cimag(g);
    b->re[1][k] = creal(d0), b->im[1][k] = cimag(d0);
    b->re[2][k] = creal(d1), b->im[2][k] = cimag(d1);
    b->re[3][k] = creal(d2), b->im[3][k] = cimag(d2);
  }
}

/* Adds Rs g (i < 0), or its derivative by parameter i. */
EISI_INLINE void add_rich(const rich_basis *restrict b, size_t n, const arc *a, int i,
                          double *restrict re, double *restrict im) {
  const double f0 = i < 0 ? a->Rs.v : a->Rs.d[i], f1 = i < 0 ? 0.0 : -a->Rs.v * a->tau[0].d[i];
  const double f2 = i < 0 ? 0.0 : -a->Rs.v * a->tau[1].d[i],
               f3 = i < 0 ? 0.0 : -a->Rs.v * a->tau[2].d[i];
  EISI_EACH(k, n) {
    re[k] += f0 * b->re[0][k] + f1 * b->re[1][k] + f2 * b->re[2][k] + f3 * b->re[3][k];
    im[k] += f0 * b->im[0][k] + f1 * b->im[1][k] + f2 * b->im[2][k] + f3 * b->im[3][k];
  }
}

EISI_CLONES
static void arc_impedance(const eis_grid *g, const arc *a, double *z, double *dz, int n_params) {
  const bool rich = a->Rs.v != 0.0;
  rich_basis extra;
  basis b;
  for (size_t k0 = 0; k0 < g->n; k0 += BLOCK) {
    const size_t n = g->n - k0 < BLOCK ? g->n - k0 : BLOCK;
    const double *w = g->w + k0;
    arc_block(w, n, a, z + k0, z + g->n + k0, &b);
    if (rich) rich_block(w, n, a, &extra);
    if (rich) add_rich(&extra, n, a, -1, z + k0, z + g->n + k0);
    for (int i = 0; dz && i < n_params; i++) {
      double *column = dz + 2 * g->n * (size_t)i + k0;
      arc_column(&b, n, a->Rp.d[i], a->C.d[i], column, column + g->n);
      if (rich) add_rich(&extra, n, a, i, column, column + g->n);
    }
  }
}

/* ---- SCL, SCLD ---- */

/* p: state, RF, CH.  Z = 1/[1/(R1 + RF) + j w C_int]/area */
static void scl_arc(const double *p, arc *a) {
  interface_at(p, a);
  const grad Cd = a->C;
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
  for (int i = 0; i < N_TAU; i++) through_D(&a.tau[i], q, D);
  through_D(&a.Rp, q, D);
  arc_impedance(g, &a, z, dz, N_SCL);
}

const eis_element eisi_elem_scl = {
    .symbol = "SCL",
    .aliases = "",
    .name = "space-charge layer of an interface, by conductivity",
    .formula = "1/(A (1/(R1+RF) + j w C_int)), R1 = (l0/sigma)(R^+1/C^), 1/C_int = 1/C_d + 1/CH; R^ < 0: "
               "no arc, doc/physics.md (4a)",
    .reference = MODEL_REF,
    .n_params = N_SCL,
    .param = {STATE_ROWS(SIGMA_SPEC(true)),
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
    .param = {STATE_ROWS({"D", "m^2/s", 1e-24, 1e-6, 1e-12, EIS_SCALE_LOG, 0, true, false,
                         "diffusion coefficient of the mobile cations"}),
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
  arc a;
  interface_at(p, &a);
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
    .param = {STATE_ROWS(SIGMA_SPEC(true)),
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
