/* mpnp_steady.c - Poisson-Boltzmann with finite volumes: Gauss's law for the volume around every
   node, Newton's method, and the derivatives of the potential by the implicit function theorem. */
#include "physics/mpnp_steady.h"

#include <math.h>
#include <stdlib.h>

#include "base/base.h"
#include "physics/constants.h"
#include "physics/scl_hat.h"

size_t eisi_mpnp_electrode_at(const eis_mpnp_cell *c, int side) {
  return EISI_PER_LAYER * c->n_layers + (side ? EISI_PER_ELECTRODE : 0);
}

size_t eisi_mpnp_T_at(const eis_mpnp_cell *c) {
  return EISI_PER_LAYER * c->n_layers + 2 * EISI_PER_ELECTRODE;
}

bool eisi_mpnp_has_anions(const eis_mpnp_cell *c) {
  for (size_t l = 0; l < c->n_layers; l++)
    if (c->layer[l].n_anion > 0.0) return true;
  return false;
}

/* ---- the grid: from both faces of a layer corners at a (e^(b s) - 1), a = lambda0/1000 ---- */

/* Width of a cell and its slopes by ln a and by the thickness of the layer. */
typedef struct width {
  double v, by_ln_a, by_d;
} width;

static width corner_at(double a, double half, double s) {
  const double b = log1p(half / a), e = exp(b * s);
  return (width){a * expm1(b * s), a * expm1(b * s) - a * e * s * half / (a + half),
                 0.5 * a * e * s / (a + half)};
}

static width cell_width(double a, double half, size_t i, size_t cells) {
  const size_t k = i < cells ? i : 2 * cells - 1 - i;
  const width p = corner_at(a, half, (double)k / (double)cells);
  const width q = corner_at(a, half, (double)(k + 1) / (double)cells);
  return (width){q.v - p.v, q.by_ln_a - p.by_ln_a, q.by_d - p.by_d};
}

/* ---- Gauss's law ---- */

typedef struct problem {
  const eis_mpnp_cell *c;
  eisi_steady *s;
  width *w; /* n */
  double V_T;
  double *F, *low, *diag, *up, *pivot; /* n + 1 each */
} problem;

/* k (y_i - y_neighbour) and q (c - 1): field and charge of half a cell, C/m^2. */
typedef struct cell_terms {
  double k, q, u; /* u: offset of the layer over V_T */
  double nu, q_anion, nu_anion;
} cell_terms;

static cell_terms terms_of(const problem *p, size_t i) {
  const eis_mpnp_layer *l = &p->c->layer[p->s->layer[i]];
  return (cell_terms){.k = l->eps_r * EISI_EPS0 * p->V_T / p->w[i].v,
                      .q = 0.5 * EISI_E * l->n0 * p->w[i].v,
                      .u = l->offset / p->V_T,
                      .nu = l->nu,
                      .q_anion = 0.5 * EISI_E * l->n_anion * p->w[i].v,
                      .nu_anion = l->nu_anion};
}

/* Charge of half a cell at potential y, and its slope by y. */
typedef struct charge {
  double v, d_y;
} charge;

static charge charge_at(const cell_terms *t, double y) {
  const eisi_hat c = eisi_density_hat(y - t->u, t->nu);
  charge out = {t->q * (c.v - 1.0), t->q * c.d_y};
  if (t->q_anion > 0.0) {
    const eisi_hat a = eisi_density_hat(t->u - y, t->nu_anion);
    out.v -= t->q_anion * (a.v - 1.0);
    out.d_y += t->q_anion * a.d_y;
  }
  return out;
}

static bool fixed(const eis_mpnp_electrode *e) { return isinf(e->CH); }

static void add_electrode(problem *p, const eis_mpnp_electrode *e, size_t i) {
  const double y = p->s->y[i], want = e->potential / p->V_T;
  if (fixed(e)) {
    p->F[i] = y - want;
    p->diag[i] = 1.0;
    p->low[i] = p->up[i] = 0.0;
  } else {
    p->F[i] += e->CH * p->V_T * (y - want);
    p->diag[i] += e->CH * p->V_T;
  }
}

static void assemble(problem *p) {
  const size_t n = p->s->n;
  const double *y = p->s->y;
  for (size_t i = 0; i <= n; i++) p->F[i] = p->low[i] = p->diag[i] = p->up[i] = 0.0;
  for (size_t i = 0; i < n; i++) {
    const cell_terms t = terms_of(p, i);
    const double flux = t.k * (y[i + 1] - y[i]);
    for (size_t side = 0; side < 2; side++) {
      const charge c = charge_at(&t, y[i + side]);
      p->F[i + side] += (side ? flux : -flux) - c.v;
      p->diag[i + side] += t.k - c.d_y;
    }
    p->up[i] = p->low[i + 1] = -t.k;
  }
  add_electrode(p, &p->c->left, 0);
  if (!p->c->half) add_electrode(p, &p->c->right, n);
}

/* Solves the tridiagonal system for right-hand side b, in place; factor once with `pivot`. */
static void factor(problem *p) {
  p->pivot[0] = p->diag[0];
  for (size_t i = 1; i <= p->s->n; i++)
    p->pivot[i] = p->diag[i] - p->low[i] * p->up[i - 1] / p->pivot[i - 1];
}

static void back_solve(const problem *p, double *b) {
  const size_t n = p->s->n;
  for (size_t i = 1; i <= n; i++) b[i] -= p->low[i] / p->pivot[i - 1] * b[i - 1];
  b[n] /= p->pivot[n];
  for (size_t i = n; i-- > 0;) b[i] = (b[i] - p->up[i] * b[i + 1]) / p->pivot[i];
}

/* Steps of at most 1 kT/e: the charge falls with the potential, so that the way leads down. */
static eis_status newton(problem *p, eis_error *err) {
  const size_t n = p->s->n;
  for (int it = 0; it < 400; it++) {
    assemble(p);
    factor(p);
    back_solve(p, p->F);
    double most = 0.0;
    for (size_t i = 0; i <= n; i++) most = fmax(most, fabs(p->F[i]));
    if (!isfinite(most)) break;
    const double scale = most > 1.0 ? 1.0 / most : 1.0;
    for (size_t i = 0; i <= n; i++) p->s->y[i] -= scale * p->F[i];
    if (most < 1e-13) return EIS_OK;
  }
  return eis_error_set(
      err, EIS_ERROR_NUMERIC,
      "the steady state of the cell was not found: try a smaller potential difference");
}

/* ---- derivatives ---- */

/* Relative slopes by one parameter of what a cell of a layer has. */
typedef struct cell_slopes {
  double eps, n0, nu, sigma, u, T, width, n_anion, nu_anion, sigma_anion;
} cell_slopes;

/* Parameter j of the whole cell as it acts on cell i; false: not at all. */
static bool slopes_of(const problem *p, size_t i, size_t j, cell_slopes *d) {
  const size_t at = p->s->layer[i];
  const eis_mpnp_layer *l = &p->c->layer[at];
  const double by_a = 0.5 * p->w[i].by_ln_a / p->w[i].v, T = p->c->T;
  *d = (cell_slopes){.eps = 0.0};
  if (j == eisi_mpnp_T_at(p->c)) {
    *d = (cell_slopes){.u = -l->offset / (p->V_T * T), .T = 1.0 / T, .width = by_a / T};
    return true;
  }
  if (j < EISI_PER_LAYER * at || j >= EISI_PER_LAYER * (at + 1)) return false;
  switch (j - EISI_PER_LAYER * at) {
    case EISI_EPS_R: *d = (cell_slopes){.eps = 1.0 / l->eps_r, .width = by_a / l->eps_r}; break;
    case EISI_N0: *d = (cell_slopes){.n0 = 1.0 / l->n0, .width = -by_a / l->n0}; break;
    case EISI_NU: d->nu = 1.0; break;
    case EISI_SIGMA: d->sigma = 1.0 / l->sigma; break;
    case EISI_THICKNESS: d->width = p->w[i].by_d / p->w[i].v; break;
    case EISI_N_ANION: d->n_anion = l->n_anion > 0.0 ? 1.0 / l->n_anion : 0.0; break;
    case EISI_NU_ANION: d->nu_anion = 1.0; break;
    case EISI_SIGMA_ANION: d->sigma_anion = l->n_anion > 0.0 ? 1.0 / l->sigma_anion : 0.0; break;
    default: d->u = 1.0 / p->V_T; break;
  }
  return true;
}

/* dF/d(parameter) of an electrode at constant y. */
static void electrode_slopes(const problem *p, const eis_mpnp_electrode *e, size_t at, size_t j,
                             double *b) {
  const double y = p->s->y[at];
  const size_t first = eisi_mpnp_electrode_at(p->c, at > 0);
  if (j == first + EISI_POTENTIAL) b[at] += fixed(e) ? -1.0 / p->V_T : -e->CH;
  if (fixed(e) && j == eisi_mpnp_T_at(p->c)) b[at] = e->potential / (p->V_T * p->c->T);
  if (!fixed(e) && j == first + EISI_CH) b[at] += p->V_T * y - e->potential;
  if (!fixed(e) && j == eisi_mpnp_T_at(p->c)) b[at] += e->CH * p->V_T * y / p->c->T;
}

/* d(charge of half a cell)/d(parameter) at constant y. */
static double charge_slope(const cell_terms *t, double y, const cell_slopes *d) {
  const eisi_hat c = eisi_density_hat(y - t->u, t->nu);
  double s = t->q * ((d->n0 + d->width) * (c.v - 1.0) + c.d_nu * d->nu - c.d_y * d->u);
  if (t->q_anion > 0.0) {
    const eisi_hat a = eisi_density_hat(t->u - y, t->nu_anion);
    s -= t->q_anion * ((d->n_anion + d->width) * (a.v - 1.0) + a.d_nu * d->nu_anion + a.d_y * d->u);
  }
  return s;
}

/* dy/d(parameter j) into b. */
static void potential_slope(const problem *p, size_t j, double *b) {
  const size_t n = p->s->n;
  const double *y = p->s->y;
  cell_slopes d;
  for (size_t i = 0; i <= n; i++) b[i] = 0.0;
  for (size_t i = 0; i < n; i++) {
    if (!slopes_of(p, i, j, &d)) continue;
    const cell_terms t = terms_of(p, i);
    const double flux = t.k * (y[i + 1] - y[i]) * (d.eps + d.T - d.width);
    for (size_t side = 0; side < 2; side++)
      b[i + side] += (side ? flux : -flux) - charge_slope(&t, y[i + side], &d);
  }
  if (fixed(&p->c->left)) b[0] = 0.0;
  electrode_slopes(p, &p->c->left, 0, j, b);
  if (!p->c->half) {
    if (fixed(&p->c->right)) b[n] = 0.0;
    electrode_slopes(p, &p->c->right, n, j, b);
  }
  for (size_t i = 0; i <= n; i++) b[i] = -b[i];
  back_solve(p, b);
}

/* ---- the ladder ---- */

static const double gauss_x[3] = {0.11270166537925831148, 0.5, 0.88729833462074168852};
static const double gauss_w[3] = {5.0 / 18.0, 8.0 / 18.0, 5.0 / 18.0};

/* Mean over a cell, along which y is linear: value, slopes by y at its two ends, by u and by nu. */
typedef struct mean {
  double v, by_y[2], by_u, by_nu;
} mean;

/* One ion in a cell; what it sees is sign (y - u). */
typedef struct ion {
  double sign, nu, store, resist; /* e n w/V_T, w/sigma */
  double by_n, by_nu,
      by_sigma; /* how far a parameter goes by n, nu and sigma, filled in per parameter */
  mean r, m;
} ion;

static void add_to_mean(mean *m, const eisi_hat *f, double sign, double s, double weight) {
  m->v += weight * f->v;
  m->by_y[0] += weight * (1.0 - s) * sign * f->d_y;
  m->by_y[1] += weight * s * sign * f->d_y;
  m->by_u -= weight * sign * f->d_y;
  m->by_nu += weight * f->d_nu;
}

static void means(const problem *p, size_t i, ion *a) {
  const double *y = &p->s->y[i], u = p->c->layer[p->s->layer[i]].offset / p->V_T;
  a->r = a->m = (mean){.v = 0.0};
  for (int g = 0; g < 3; g++) {
    const double s = gauss_x[g], at = a->sign * ((1.0 - s) * y[0] + s * y[1] - u);
    const eisi_hat r = eisi_resistivity_hat(at, a->nu, p->c->mobility),
                   m = eisi_storage_hat(at, a->nu);
    add_to_mean(&a->r, &r, a->sign, s, gauss_w[g]);
    add_to_mean(&a->m, &m, a->sign, s, gauss_w[g]);
  }
}

static double slope_of_mean(const mean *m, const double *dy, const cell_slopes *d, double nu) {
  return m->by_y[0] * dy[0] + m->by_y[1] * dy[1] + m->by_u * d->u + m->by_nu * nu;
}

/* d(resistance, storage) of an ion in out[0], out[1]. */
static void ion_slopes(const ion *a, const double *dy, const cell_slopes *d, double *resistance,
                       double *storage) {
  *resistance =
      a->resist * (a->r.v * (d->width - a->by_sigma) + slope_of_mean(&a->r, dy, d, a->by_nu));
  *storage =
      a->store * (a->m.v * (d->width + a->by_n - d->T) + slope_of_mean(&a->m, dy, d, a->by_nu));
}

static ion cation_of(const problem *p, size_t i) {
  const eis_mpnp_layer *l = &p->c->layer[p->s->layer[i]];
  ion a = {.sign = 1.0,
           .nu = l->nu,
           .store = EISI_E * l->n0 / p->V_T * p->w[i].v,
           .resist = p->w[i].v / l->sigma};
  means(p, i, &a);
  return a;
}

/* store 0: none */
static ion anion_of(const problem *p, size_t i) {
  const eis_mpnp_layer *l = &p->c->layer[p->s->layer[i]];
  ion a = {.sign = -1.0, .nu = l->nu_anion};
  if (!(l->n_anion > 0.0)) return a;
  a.store = EISI_E * l->n_anion / p->V_T * p->w[i].v;
  a.resist = p->w[i].v / l->sigma_anion;
  means(p, i, &a);
  return a;
}

/* Slopes of cell i by parameter j; by_p: dy/dp of all parameters, n + 1 each. */
static void cell_row(const problem *p, size_t i, size_t j, const double *by_p, ion *cation,
                     ion *anion) {
  eisi_steady *s = p->s;
  const size_t at = s->n - 1 - i;
  double *out = s->slope + s->per_cell * (s->n_params * at + j);
  const double *dy = by_p + (s->n + 1) * j + i;
  cell_slopes d;
  slopes_of(p, i, j, &d);
  cation->by_n = d.n0, cation->by_nu = d.nu, cation->by_sigma = d.sigma;
  ion_slopes(cation, dy, &d, &out[0], &out[2]);
  out[1] = s->h[at] * (d.width - d.eps);
  if (s->per_cell < 5) return;
  anion->by_n = d.n_anion, anion->by_nu = d.nu_anion, anion->by_sigma = d.sigma_anion;
  ion_slopes(anion, dy, &d, &out[3], &out[4]);
}

/* r, h, m of every cell, with slopes when by_p is there. */
static void make_ladder(problem *p, const double *by_p) {
  eisi_steady *s = p->s;
  for (size_t i = 0; i < s->n; i++) {
    const size_t at = s->n - 1 - i;
    ion cation = cation_of(p, i), anion = anion_of(p, i);
    s->r[at] = cation.resist * cation.r.v;
    s->h[at] = p->w[i].v / (p->c->layer[s->layer[i]].eps_r * EISI_EPS0);
    s->m[at] = cation.store * cation.m.v;
    s->ra[at] = anion.resist * anion.r.v;
    s->ma[at] = anion.store * anion.m.v;
    for (size_t j = 0; by_p && j < s->n_params; j++) cell_row(p, i, j, by_p, &cation, &anion);
  }
}

static void make_grid(problem *p, size_t cells) {
  eisi_steady *s = p->s;
  size_t i = 0;
  s->x[0] = 0.0;
  for (size_t l = 0; l < p->c->n_layers; l++) {
    const eis_mpnp_layer *q = &p->c->layer[l];
    const eis_scl_params e = {.eps_r = q->eps_r, .n0 = q->n0, .T = p->c->T};
    const double a = 1e-3 * eisi_scl_lambda0(&e);
    for (size_t k = 0; k < 2 * cells; k++, i++) {
      s->layer[i] = l;
      p->w[i] = cell_width(a, 0.5 * q->thickness, k, cells);
      s->x[i + 1] = s->x[i] + p->w[i].v;
      s->y[i] = s->y[i + 1] = q->offset / p->V_T;
    }
  }
}

static eis_status solve(problem *p, size_t cells, eis_error *err) {
  eisi_steady *s = p->s;
  make_grid(p, cells);
  const eis_status st = newton(p, err);
  if (st != EIS_OK) return st;
  if (!s->slope) {
    make_ladder(p, NULL);
    return EIS_OK;
  }
  double *by_p = eisi_new((s->n + 1) * s->n_params, sizeof *by_p, err);
  if (!by_p) return EIS_ERROR_MEMORY;
  assemble(p);
  factor(p);
  for (size_t j = 0; j < s->n_params; j++) potential_slope(p, j, by_p + (s->n + 1) * j);
  make_ladder(p, by_p);
  free(by_p);
  return EIS_OK;
}

eis_status eisi_steady_solve(const eis_mpnp_cell *c, size_t cells, bool derivatives,
                             eisi_steady *out, eis_error *err) {
  const size_t n = 2 * cells * c->n_layers;
  *out = (eisi_steady){.n = n, .n_params = eis_mpnp_n_params(c)};
  problem p = {.c = c, .s = out, .V_T = EISI_KB * c->T / EISI_E};
  double *room = eisi_new(5 * (n + 1), sizeof *room, err);
  p.w = eisi_new(n, sizeof *p.w, err);
  out->x = eisi_new(2 * (n + 1), sizeof *out->x, err);
  out->layer = eisi_new(n, sizeof *out->layer, err);
  out->r = eisi_new(5 * n, sizeof *out->r, err);
  out->per_cell = eisi_mpnp_has_anions(c) ? 5 : 3;
  if (derivatives)
    out->slope = eisi_new(out->per_cell * n * out->n_params, sizeof *out->slope, err);
  eis_status st = EIS_ERROR_MEMORY;
  if (room && p.w && out->x && out->layer && out->r && (out->slope || !derivatives)) {
    out->y = out->x + n + 1;
    out->h = out->r + n;
    out->m = out->h + n;
    out->ra = out->m + n;
    out->ma = out->ra + n;
    p.F = room;
    p.low = room + (n + 1);
    p.diag = room + 2 * (n + 1);
    p.up = room + 3 * (n + 1);
    p.pivot = room + 4 * (n + 1);
    st = solve(&p, cells, err);
  }
  free(room);
  free(p.w);
  return st;
}

void eisi_steady_clear(eisi_steady *s) {
  free(s->x);
  free(s->layer);
  free(s->r);
  free(s->slope);
  *s = (eisi_steady){.n = 0};
}
