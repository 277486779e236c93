/* mpnp_layer.c - one interface: cells of its space-charge layer by quadrature over the potential,
   and the impedance of the ladder that they and the semi-infinite bulk behind them are. */
#include "physics/mpnp_layer.h"

#include <math.h>

#include "physics/cplx.h"

/* Corners are at t = 16 (e^(4 s) - 1)/(e^4 - 1), s from 0 at the interface to 1: e^-16 of the band
   bending counts as bulk. */
static double corner(size_t i, size_t n) {
  return 16.0 * expm1(4.0 * (1.0 - (double)i / (double)n)) / expm1(4.0);
}

/* r, h, m of a cell and their derivatives by y0 and nu. */
typedef struct cell {
  double v[3], by_y0[3], by_nu[3];
} cell;

/* Adds weight times the integrands at y = y0 s; dx = dt/sqrt(2 G/y^2). */
static void add_point(double y0, double s, double nu, eis_mobility mobility, double weight,
                      cell *c) {
  const double y = y0 * s;
  const eisi_hat x = eisi_dx_hat(y, nu), one = {1.0, 0.0, 0.0};
  const eisi_hat f[3] = {eisi_resistivity_hat(y, nu, mobility), one, eisi_storage_hat(y, nu)};
  const double w = weight * x.v, ln_y = x.d_y / x.v, ln_nu = x.d_nu / x.v;
  for (int k = 0; k < 3; k++) {
    c->v[k] += w * f[k].v;
    c->by_y0[k] += w * s * (f[k].v * ln_y + f[k].d_y);
    c->by_nu[k] += w * (f[k].v * ln_nu + f[k].d_nu);
  }
}

static cell make_cell(double y0, double nu, eis_mobility mobility, double near, double far) {
  static const double x3[3] = {-0.77459666924148337704, 0.0, 0.77459666924148337704};
  static const double w3[3] = {5.0 / 18.0, 8.0 / 18.0, 5.0 / 18.0};
  const double dt = far - near;
  cell c = {{0.0}, {0.0}, {0.0}};
  for (int k = 0; k < 3; k++)
    add_point(y0, exp(-(near + dt * 0.5 * (1.0 + x3[k]))), nu, mobility, w3[k] * dt, &c);
  return c;
}

void eisi_layer_use(eisi_layer *l, size_t n, double *room) {
  *l = (eisi_layer){.n = n, .r = room, .h = room + n, .m = room + 2 * n, .slope = room + 3 * n};
}

void eisi_layer_cut(eisi_layer *l, double y0, double nu, eis_mobility mobility) {
  l->nu = nu;
  l->length = (eisi_hat){.v = 0.0};
  for (size_t i = 0; i < l->n; i++) {
    const cell c = make_cell(y0, nu, mobility, corner(i + 1, l->n), corner(i, l->n));
    double *s = l->slope + 9 * i;
    l->r[i] = c.v[0];
    l->h[i] = c.v[1];
    l->m[i] = c.v[2];
    l->length.v += c.v[1];
    l->length.d_y += c.by_y0[1];
    l->length.d_nu += c.by_nu[1];
    s[0] = 0.0; /* h/(j w) and j w m, by ln w */
    s[1] = -c.v[1];
    s[2] = c.v[2];
    for (int k = 0; k < 3; k++) {
      s[3 + k] = c.by_y0[k];
      s[6 + k] = c.by_nu[k];
    }
  }
}

void eisi_layer_keep_width(eisi_layer *l, double y0) {
  const eisi_hat C = eisi_C_hat(y0, l->nu);
  l->length.v -= 1.0 / C.v;
  l->length.d_y += C.d_y / (C.v * C.v);
  l->length.d_nu += C.d_nu / (C.v * C.v);
}

static double complex at(const eisi_vec8 *v, int k) { return CMPLX(v->re[k], v->im[k]); }

static void set(eisi_vec8 *v, int k, double complex x) {
  v->re[k] = creal(x);
  v->im[k] = cimag(x);
}

/* The semi-infinite bulk without its infinite slab, p = j w: A = 1/sqrt((1 - nu)(1 + p)), B = A/p,
   C = -A B/(A + B) = -A/(1 + p), and less the slab that belongs to the cells. */
static void start_at_bulk(const eisi_layer *l, eisi_ladder_run *run) {
  for (int k = 0; k < EISI_LADDER_WIDTH; k++) {
    const double complex p = CMPLX(0.0, run->w[k]), A = 1.0 / csqrt((1.0 - l->nu) * (1.0 + p));
    set(&run->A, k, A);
    set(&run->B, k, A / p);
    set(&run->C, k, -(l->length.v + A) / (1.0 + p));
  }
}

static void hat_derivatives(const eisi_layer *l, const eisi_ladder_run *run, int k,
                            double complex *d) {
  const double complex p = CMPLX(0.0, run->w[k]), s = 1.0 / (1.0 + p);
  const double complex A = at(&run->A, k), a = at(&run->d_A, k) * A,
                       b = at(&run->d_B, k) * at(&run->B, k);
  const double complex end = at(&run->d_iCH, k) * run->iCH;
  d[EISI_BY_W] = at(&run->d_dir[0], k) - (a + b) * (0.5 * p * s) - b - end +
                 (l->length.v + 1.5 * A) * p * s * s;
  d[EISI_BY_Y] = at(&run->d_dir[1], k) - l->length.d_y * s;
  d[EISI_BY_NU] =
      at(&run->d_dir[2], k) + (a + b - A * s) * (0.5 / (1.0 - l->nu)) - l->length.d_nu * s;
  d[EISI_BY_RF] = at(&run->d_RF, k) * run->RF;
  d[EISI_BY_CH] = -end;
}

void eisi_layer_run(const eisi_layer *l, eisi_ladder_run *run, eisi_ladder_node *node,
                    double complex z[EISI_LADDER_WIDTH],
                    double complex d[EISI_LADDER_WIDTH][EISI_HAT_N]) {
  const eisi_ladder ladder = {l->n, l->r, l->h, l->m, 3, l->slope};
  start_at_bulk(l, run);
  eisi_ladder_solve(&ladder, run, node);
  for (int k = 0; k < EISI_LADDER_WIDTH; k++) {
    z[k] = at(&run->z, k);
    if (node) hat_derivatives(l, run, k, d[k]);
  }
}
