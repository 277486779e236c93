/* elem_sclx.c - SCLX: what SCL approximates, by numerical solution of the linearised MPNP equations.

   The space-charge layer and the semi-infinite bulk behind it, minus a bulk slab that ends at the width
   w = lambda0/C_hat of the layer: with R or R || C for the whole bulk of length L - w in series the
   circuit is exact, and SCL and SCLX have the same parameters and the same place in it.  Everything is
   computed dimensionless: Z = lambda0/(sigma A) Z_hat(w eps/sigma; y0, nu, RF_hat, CH_hat). */
#include <complex.h>
#include <math.h>
#include <string.h>

#include "model/elem_rows.h"
#include "model/elem_scl.h"
#include "physics/constants.h"
#include "physics/mpnp_layer.h"
#include "physics/scl_hat.h"

enum { CELLS = 250, BY_W = 0, BY_Y, BY_NU, N_DIRS };

/* The cells as the ladder wants them. */
typedef struct layer {
  double r[CELLS], h[CELLS], m[CELLS], slope[CELLS * N_DIRS * 3];
  eisi_hat length; /* of the cells, minus the width of the layer */
  double nu;
} layer;

static void make_layer(double y0, double nu, eis_mobility mobility, layer *l) {
  eisi_layer_cell cell[CELLS];
  eisi_layer_cells(y0, nu, mobility, CELLS, cell);
  const eisi_hat C = eisi_C_hat(y0, nu);
  const double iC = 1.0 / C.v;
  l->nu = nu;
  l->length = (eisi_hat){.v = -iC, .d_y = C.d_y * iC * iC, .d_nu = C.d_nu * iC * iC};
  for (int i = 0; i < CELLS; i++) {
    const eisi_layer_cell *c = &cell[i];
    double *s = l->slope + 3 * N_DIRS * i;
    l->r[i] = c->r;
    l->h[i] = c->h;
    l->m[i] = c->m;
    l->length.v += c->h;
    l->length.d_y += c->by_y0[1];
    l->length.d_nu += c->by_nu[1];
    s[3 * BY_W] = 0.0; /* h/(j w) and j w m, by ln w */
    s[3 * BY_W + 1] = -c->h;
    s[3 * BY_W + 2] = c->m;
    memcpy(s + 3 * BY_Y, c->by_y0, sizeof c->by_y0);
    memcpy(s + 3 * BY_NU, c->by_nu, sizeof c->by_nu);
  }
}

static double complex at(const eisi_vec8 *v, int k) { return CMPLX(v->re[k], v->im[k]); }

static void set(eisi_vec8 *v, int k, double complex x) {
  v->re[k] = creal(x);
  v->im[k] = cimag(x);
}

/* The semi-infinite bulk without its infinite slab, p = j w: A = 1/sqrt((1 - nu)(1 + p)), B = A/p,
   C = -A B/(A + B) = -A/(1 + p), and less the slab that belongs to the cells. */
static void start_at_bulk(const layer *l, eisi_ladder_run *run) {
  for (int k = 0; k < EISI_LADDER_WIDTH; k++) {
    const double complex p = CMPLX(0.0, run->w[k]), A = 1.0 / csqrt((1.0 - l->nu) * (1.0 + p));
    set(&run->A, k, A);
    set(&run->B, k, A / p);
    set(&run->C, k, -(l->length.v + A) / (1.0 + p));
  }
}

/* Derivatives of Z_hat by ln w, y0, nu, ln RF_hat, ln CH_hat. */
enum { BY_RF = N_DIRS, BY_CH, N_HAT };

static void hat_derivatives(const layer *l, const eisi_ladder_run *run, int k,
                            double complex d[N_HAT]) {
  const double complex p = CMPLX(0.0, run->w[k]), s = 1.0 / (1.0 + p);
  const double complex A = at(&run->A, k), a = at(&run->d_A, k) * A, b = at(&run->d_B, k) * at(&run->B, k);
  const double complex end = at(&run->d_iCH, k) * run->iCH;
  d[BY_W] = at(&run->d_dir[BY_W], k) - (a + b) * (0.5 * p * s) - b - end +
            (l->length.v + 1.5 * A) * p * s * s;
  d[BY_Y] = at(&run->d_dir[BY_Y], k) - l->length.d_y * s;
  d[BY_NU] = at(&run->d_dir[BY_NU], k) + (a + b - A * s) * (0.5 / (1.0 - l->nu)) -
             l->length.d_nu * s;
  d[BY_RF] = at(&run->d_RF, k) * run->RF;
  d[BY_CH] = -end;
}

/* Column values of one frequency from z and d, both times lambda0/(sigma A). */
static void to_parameters(const double *p, double y0, double complex z, const double complex *d,
                          double complex *out) {
  out[EPS_R] = (0.5 * z + d[BY_W] - 0.5 * (d[BY_RF] + d[BY_CH])) / p[EPS_R];
  out[N0] = 0.5 * (d[BY_RF] - d[BY_CH] - z) / p[N0];
  out[NU] = d[BY_NU];
  out[DPHI] = d[BY_Y] * (EISI_E / (EISI_KB * p[TEMP]));
  out[SIGMA] = (d[BY_RF] - d[BY_W] - z) / p[SIGMA];
  out[AREA] = -z / p[AREA];
  out[TEMP] = (0.5 * (z - d[BY_RF] + d[BY_CH]) - y0 * d[BY_Y]) / p[TEMP];
  out[MOBILITY] = 0.0;
  out[RF] = d[BY_RF] / p[RF];
  out[CH] = d[BY_CH] / p[CH];
}

/* Frequencies k0 ... of the grid; the last ones are repeated to fill the ladder. */
static void take_block(const eis_grid *g, size_t k0, double tau, eisi_ladder_run *run) {
  for (size_t k = 0; k < EISI_LADDER_WIDTH; k++)
    run->w[k] = g->w[k0 + k < g->n ? k0 + k : g->n - 1] * tau;
}

static void sclx_eval(const eis_grid *g, const double *p, const double *sub, double *z, double *dz,
                      double *dsub) {
  (void)sub;
  (void)dsub;
  const eis_mobility mobility = p[MOBILITY] > 0.5 ? EIS_MOBILITY_B : EIS_MOBILITY_A;
  const eis_scl_params q = {.eps_r = p[EPS_R], .n0 = p[N0], .dphi = p[DPHI], .T = p[TEMP]};
  const double lambda0 = eisi_scl_lambda0(&q), y0 = eisi_scl_y0(&q), eps = EISI_EPS0 * p[EPS_R];
  const double unit = lambda0 / (p[SIGMA] * p[AREA]);
  layer l;
  make_layer(y0, p[NU], mobility, &l);
  const eisi_ladder ladder = {CELLS, l.r, l.h, l.m, N_DIRS, l.slope};
  eisi_ladder_node node[CELLS + 1];
  eisi_ladder_run run = {.RF = p[RF] * p[SIGMA] / lambda0, .iCH = eps / (lambda0 * p[CH])};
  for (size_t k0 = 0; k0 < g->n; k0 += EISI_LADDER_WIDTH) {
    take_block(g, k0, eps / p[SIGMA], &run);
    start_at_bulk(&l, &run);
    eisi_ladder_solve(&ladder, &run, dz ? node : NULL);
    for (int k = 0; k < EISI_LADDER_WIDTH && k0 + (size_t)k < g->n; k++) {
      const size_t row = k0 + (size_t)k;
      const double complex value = unit * at(&run.z, k);
      z[row] = creal(value);
      z[g->n + row] = cimag(value);
      if (!dz) continue;
      double complex d[N_HAT], out[N_SCL];
      hat_derivatives(&l, &run, k, d);
      for (int i = 0; i < N_HAT; i++) d[i] *= unit;
      to_parameters(p, y0, value, d, out);
      for (size_t i = 0; i < N_SCL; i++) {
        dz[2 * g->n * i + row] = creal(out[i]);
        dz[2 * g->n * i + g->n + row] = cimag(out[i]);
      }
    }
  }
}

const eis_element eisi_elem_sclx = {
    .symbol = "SCLX",
    .aliases = "",
    .name = "space-charge layer of an interface, MPNP equations solved numerically",
    .formula = "Z(layer and bulk of length L, 250 cells) - (L-w)/(A (sigma + j w eps)), w = l0/C^",
    .reference = "two-rail ladder of the linearised one-cation MPNP equations, doc/physics.md",
    .n_params = N_SCL,
    .param = {[EPS_R] = EPS_R_SPEC,
              [N0] = N0_SPEC,
              [NU] = NU_SPEC,
              [DPHI] = DPHI_SPEC,
              [SIGMA] = SIGMA_SPEC(true),
              [AREA] = AREA_SPEC,
              [TEMP] = T_SPEC,
              [MOBILITY] = CONV_SPEC,
              [RF] = RF_SPEC(1e-12, "charge-transfer resistance of the interface, per area"),
              [CH] = CH_SPEC},
    .active = true,
    .eval = sclx_eval};
