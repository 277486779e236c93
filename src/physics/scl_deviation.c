/* scl_deviation.c - simpler circuits of an interface against the MPNP equations. */
#include <complex.h>
#include <math.h>
#include <stdlib.h>

#include <eisfit/mpnp.h>

#include "base/base.h"
#include "physics/constants.h"
#include "physics/cplx.h"
#include "physics/mpnp_layer.h"

enum { POINTS = 89, CELLS = 1000 }; /* 8 per decade, 1e-9 to 1e2 */

/* One interface in front of a bulk of length L. */
typedef struct half_cell {
  const eis_scl_params *p;
  double L, RF, CH, eps;
  eis_scl_values v;
  eisi_hat times[2]; /* of a rich layer */
  eisi_layer layer;
} half_cell;

static double complex parallel(double R, double C, double w) { return 1.0 / CMPLX(1.0 / R, w * C); }

/* RF || C_H, 0 without either. */
static double complex contact(const half_cell *h, double w) {
  if (h->RF <= 0.0 || isinf(h->CH)) return h->RF > 0.0 && isinf(h->CH) ? h->RF : 0.0;
  return parallel(h->RF, h->CH, w);
}

static double complex slab(const half_cell *h, double length, double w) {
  return length / CMPLX(h->p->sigma, w * h->eps);
}

static double complex bulk(const half_cell *h, double w) { return slab(h, h->L - h->v.width, w); }

/* R_scl where it makes no arc: a rich layer. */
static double complex rich(const half_cell *h, double w) {
  const double complex p = CMPLX(0.0, w * h->v.tau_b);
  return h->v.R_scl / ((1.0 + p) * csqrt((1.0 + h->times[0].v * p) * (1.0 + h->times[1].v * p)));
}

static double complex one_arc(const half_cell *h, double w) {
  const bool arc = h->v.R_scl >= 0.0;
  const double R = h->v.R1 - (arc ? 0.0 : h->v.R_scl) + h->RF,
               C = 1.0 / (1.0 / h->v.C_d + 1.0 / h->CH);
  return bulk(h, w) + parallel(R, C, w) + (arc ? 0.0 : rich(h, w));
}

static double complex in_series(const half_cell *h, double w) {
  const double R1 = h->v.R1, shorter = fmin(R1, 0.0) * h->p->sigma;
  return slab(h, h->L - h->v.width + shorter, w) + (R1 > 0.0 ? parallel(R1, h->v.C_d, w) : 0.0) +
         contact(h, w);
}

static double complex frozen(const half_cell *h, double w) {
  const double unit = h->v.lambda0 / h->p->sigma, x = w * h->eps / h->p->sigma;
  double complex z = slab(h, h->L - h->layer.length.v * h->v.lambda0, w) + contact(h, w);
  for (size_t i = 0; i < h->layer.n; i++) {
    const double dx = h->layer.h[i], sigma = dx / h->layer.r[i];
    z += unit * dx / CMPLX(sigma, x);
  }
  return z;
}

static eis_status solve(const half_cell *h, const double *f, double *z, eis_error *err) {
  const eis_scl_params *p = h->p;
  const eis_mpnp_options o = {.cells = 250, .richardson = true};
  eis_mpnp_cell c = eis_mpnp_cell_default();
  c.T = p->T;
  c.mobility = p->mobility;
  c.half = true;
  c.layer[0] = (eis_mpnp_layer){
      .eps_r = p->eps_r, .n0 = p->n0, .nu = p->nu, .sigma = p->sigma, .thickness = h->L};
  c.left = (eis_mpnp_electrode){p->dphi + h->v.Q / h->CH, h->RF, h->CH};
  return eis_mpnp_impedance(&c, &o, f, POINTS, z, NULL, err);
}

static void compare(const half_cell *h, const double *f, const double *z, eis_scl_deviation *out) {
  *out = (eis_scl_deviation){.arc = 0.0};
  for (int k = 0; k < POINTS; k++) {
    const double w = 2.0 * EISI_PI * f[k];
    const double complex exact = CMPLX(z[k], z[POINTS + k]);
    const double miss = cabs(one_arc(h, w) - exact), size = cabs(exact);
    out->arc = fmax(out->arc, miss / size);
    out->arc_units = fmax(out->arc_units, miss * h->p->sigma / h->v.lambda0);
    out->series = fmax(out->series, cabs(in_series(h, w) - exact) / size);
    out->frozen = fmax(out->frozen, cabs(frozen(h, w) - exact) / size);
  }
}

eis_status eis_scl_deviation_of(const eis_scl_params *p, double L, double RF, double CH,
                                eis_scl_deviation *out, eis_error *err) {
  half_cell h = {.p = p, .L = L, .RF = fmin(RF, 1e30), .CH = CH, .eps = EISI_EPS0 * p->eps_r};
  double f[POINTS], z[2 * POINTS];
  eis_status st = eis_scl_eval(p, &h.v, err);
  if (st != EIS_OK) return st;
  if (h.v.R_scl < 0.0) {
    const double y0 = eisi_scl_y0(p);
    eisi_rich_times(eisi_R_hat(y0, p->nu, p->mobility), y0, p->nu, p->mobility, h.times);
  }
  for (int k = 0; k < POINTS; k++) f[k] = pow(10.0, 2.0 - 0.125 * k) / (2.0 * EISI_PI * h.v.tau_b);
  st = solve(&h, f, z, err);
  double *room = eisi_new(CELLS * EISI_LAYER_DOUBLES, sizeof *room, err);
  if (st == EIS_OK && !room) st = EIS_ERROR_MEMORY;
  if (st == EIS_OK) {
    eisi_layer_use(&h.layer, CELLS, room);
    eisi_layer_cut(&h.layer, eisi_scl_y0(p), p->nu, p->mobility);
    compare(&h, f, z, out);
  }
  free(room);
  return st;
}
