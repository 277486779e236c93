/* elem_sclx.c - SCLX: what SCL approximates, by numerical solution of the linearised MPNP
   equations.

   The space-charge layer and the semi-infinite bulk behind it, minus a bulk slab that ends at the
   width w = lambda0/C_hat of the layer: with R or R || C for the whole bulk of length L - w in
   series the circuit is exact, and SCL and SCLX have the same parameters and the same place in it.
   Everything is computed dimensionless: Z = lambda0/(sigma A) Z_hat(w eps/sigma; y0, nu, RF_hat,
   CH_hat). */
#include <complex.h>
#include <math.h>

#include "model/elem_rows.h"
#include "model/elem_scl.h"
#include "physics/constants.h"
#include "physics/mpnp_layer.h"
#include "physics/scl_hat.h"

enum { CELLS = 250 };

/* Column values of one frequency from z and d, both times lambda0/(sigma A). */
static void to_parameters(const double *p, double y0, double complex z, const double complex *d,
                          double complex *out) {
  out[EPS_R] = (0.5 * z + d[EISI_BY_W] - 0.5 * (d[EISI_BY_RF] + d[EISI_BY_CH])) / p[EPS_R];
  out[N0] = 0.5 * (d[EISI_BY_RF] - d[EISI_BY_CH] - z) / p[N0];
  out[NU] = d[EISI_BY_NU];
  out[DPHI] = d[EISI_BY_Y] * (EISI_E / (EISI_KB * p[TEMP]));
  out[SIGMA] = (d[EISI_BY_RF] - d[EISI_BY_W] - z) / p[SIGMA];
  out[AREA] = -z / p[AREA];
  out[TEMP] = (0.5 * (z - d[EISI_BY_RF] + d[EISI_BY_CH]) - y0 * d[EISI_BY_Y]) / p[TEMP];
  out[MOBILITY] = 0.0;
  out[RF] = d[EISI_BY_RF] / p[RF];
  out[CH] = d[EISI_BY_CH] / p[CH];
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
  double room[CELLS * EISI_LAYER_DOUBLES];
  eisi_layer l;
  eisi_layer_use(&l, CELLS, room);
  eisi_layer_cut(&l, y0, p[NU], mobility);
  eisi_layer_keep_width(&l, y0);
  eisi_ladder_node node[CELLS + 1];
  eisi_ladder_run run = {.RF = p[RF] * p[SIGMA] / lambda0, .iCH = eps / (lambda0 * p[CH])};
  for (size_t k0 = 0; k0 < g->n; k0 += EISI_LADDER_WIDTH) {
    double complex value[EISI_LADDER_WIDTH], d[EISI_LADDER_WIDTH][EISI_HAT_N], out[N_SCL];
    take_block(g, k0, eps / p[SIGMA], &run);
    eisi_layer_run(&l, &run, dz ? node : NULL, value, d);
    for (size_t k = 0; k < EISI_LADDER_WIDTH && k0 + k < g->n; k++) {
      value[k] *= unit;
      z[k0 + k] = creal(value[k]);
      z[g->n + k0 + k] = cimag(value[k]);
      if (!dz) continue;
      for (int i = 0; i < EISI_HAT_N; i++) d[k][i] *= unit;
      to_parameters(p, y0, value[k], d[k], out);
      for (size_t i = 0; i < N_SCL; i++) {
        dz[2 * g->n * i + k0 + k] = creal(out[i]);
        dz[2 * g->n * i + g->n + k0 + k] = cimag(out[i]);
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
    .param = {STATE_ROWS(SIGMA_SPEC(true)),
              [RF] = RF_SPEC(1e-12, "charge-transfer resistance of the interface, per area"),
              [CH] = CH_SPEC},
    .active = true,
    .eval = sclx_eval};
