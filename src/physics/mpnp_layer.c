/* mpnp_layer.c - cells of a space-charge layer by quadrature over the potential. */
#include "physics/mpnp_layer.h"

#include <math.h>

#include "physics/scl_hat.h"

/* Corners are at t = 16 (e^(4 s) - 1)/(e^4 - 1), s from 0 at the interface to 1: e^-16 of the band
   bending counts as bulk. */
static double corner(size_t i, size_t n) {
  return 16.0 * expm1(4.0 * (1.0 - (double)i / (double)n)) / expm1(4.0);
}

double eisi_layer_corner(size_t i, size_t n) { return exp(-corner(i, n)); }

/* sigma_b/sigma at y, with slopes by y and nu. */
static eisi_hat resistivity(double y, double nu, eis_mobility mobility) {
  const double e = exp(y), up = expm1(y);
  if (mobility == EIS_MOBILITY_A)
    return (eisi_hat){.v = 1.0 + (1.0 - nu) * up, .d_y = (1.0 - nu) * e, .d_nu = -up};
  const double a = (1.0 - nu) * (1.0 - nu), down = expm1(-y);
  return (eisi_hat){.v = 1.0 + a * up + nu * nu * down,
                    .d_y = a * e - nu * nu * (1.0 + down),
                    .d_nu = -2.0 * (1.0 - nu) * up + 2.0 * nu * down};
}

/* c (1 - nu c) = -dc/dy, c = e^-y/D, D = 1 + nu (e^-y - 1) */
static eisi_hat storage(double y, double nu) {
  const double E = expm1(-y), iD = 1.0 / (1.0 + nu * E), c = (1.0 + E) * iD;
  const double v = c * (1.0 - nu) * iD;
  return (eisi_hat){.v = v, .d_y = -v * (1.0 - 2.0 * nu * c), .d_nu = -c * iD - 2.0 * v * E * iD};
}

/* Adds weight times the integrands at y = y0 s; dx = dt/sqrt(2 G/y^2). */
static void add_point(double y0, double s, double nu, eis_mobility mobility, double weight,
                      eisi_layer_cell *c) {
  const double y = y0 * s;
  const eisi_hat x = eisi_dx_hat(y, nu), r = resistivity(y, nu, mobility), m = storage(y, nu);
  const double w = weight * x.v;
  const double ln_y = x.d_y / x.v * s, ln_nu = x.d_nu / x.v;
  c->r += w * r.v;
  c->h += w;
  c->m += w * m.v;
  c->by_y0[0] += w * (r.v * ln_y + r.d_y * s);
  c->by_y0[1] += w * ln_y;
  c->by_y0[2] += w * (m.v * ln_y + m.d_y * s);
  c->by_nu[0] += w * (r.v * ln_nu + r.d_nu);
  c->by_nu[1] += w * ln_nu;
  c->by_nu[2] += w * (m.v * ln_nu + m.d_nu);
}

void eisi_layer_cells(double y0, double nu, eis_mobility mobility, size_t n, eisi_layer_cell *cell) {
  static const double x3[3] = {-0.77459666924148337704, 0.0, 0.77459666924148337704};
  static const double w3[3] = {5.0 / 18.0, 8.0 / 18.0, 5.0 / 18.0};
  double far = corner(0, n);
  for (size_t i = 0; i < n; i++) {
    const double near = corner(i + 1, n), dt = far - near;
    cell[i] = (eisi_layer_cell){.r = 0.0};
    for (int k = 0; k < 3; k++)
      add_point(y0, exp(-(near + dt * 0.5 * (1.0 + x3[k]))), nu, mobility, w3[k] * dt, &cell[i]);
    far = near;
  }
}
