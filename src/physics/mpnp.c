/* mpnp.c - impedance of a cell: checks, the two ways to cut it, electronic leak, extrapolation. */
#include <eisfit/mpnp.h>

#include <complex.h>
#include <math.h>
#include <stdlib.h>

#include "base/base.h"
#include "physics/constants.h"
#include "physics/cplx.h"
#include "physics/mpnp_layer.h"
#include "physics/mpnp_rails.h"
#include "physics/mpnp_steady.h"

#define BLOCKING \
  1e40 /* times lambda0/sigma, or ohm m^2: as good as infinite, squares still finite */

eis_mpnp_options eis_mpnp_options_default(void) { return (eis_mpnp_options){.cells = 250}; }

eis_mpnp_cell eis_mpnp_cell_default(void) {
  return (eis_mpnp_cell){.T = EISI_T25,
                         .n_layers = 1,
                         .left = {.CH = INFINITY},
                         .right = {.CH = INFINITY},
                         .layer = {{.eps_r = 10, .n0 = 1e25, .sigma = 0.03, .thickness = 1e-6}}};
}

/* ---- parameters by number ---- */

typedef struct param_row {
  size_t field;
  const char *name;
} param_row;

static const param_row layer_rows[EISI_PER_LAYER] = {
    [EISI_EPS_R] = {offsetof(eis_mpnp_layer, eps_r), "eps_r"},
    [EISI_N0] = {offsetof(eis_mpnp_layer, n0), "n0"},
    [EISI_NU] = {offsetof(eis_mpnp_layer, nu), "nu"},
    [EISI_SIGMA] = {offsetof(eis_mpnp_layer, sigma), "sigma"},
    [EISI_THICKNESS] = {offsetof(eis_mpnp_layer, thickness), "thickness"},
    [EISI_OFFSET] = {offsetof(eis_mpnp_layer, offset), "offset"},
    [EISI_N_ANION] = {offsetof(eis_mpnp_layer, n_anion), "n_anion"},
    [EISI_NU_ANION] = {offsetof(eis_mpnp_layer, nu_anion), "nu_anion"},
    [EISI_SIGMA_ANION] = {offsetof(eis_mpnp_layer, sigma_anion), "sigma_anion"}};
static const param_row electrode_rows[EISI_PER_ELECTRODE] = {
    [EISI_POTENTIAL] = {offsetof(eis_mpnp_electrode, potential), "potential"},
    [EISI_RF] = {offsetof(eis_mpnp_electrode, RF), "RF"},
    [EISI_CH] = {offsetof(eis_mpnp_electrode, CH), "CH"}};

#define NAMES(prefix)                                                                            \
  {prefix ".eps_r",     prefix ".n0",     prefix ".nu",      prefix ".sigma",      prefix ".thickness", \
   prefix ".offset",    prefix ".n_anion", prefix ".nu_anion", prefix ".sigma_anion"}
static const char *const layer_names[EIS_MPNP_MAX_LAYERS][EISI_PER_LAYER] = {
    NAMES("layer1"), NAMES("layer2"), NAMES("layer3"), NAMES("layer4")};
static const char *const other_names[] = {"left.potential",  "left.RF",  "left.CH", "right.potential",
                                          "right.RF", "right.CH", "T",       "sigma_e"};
enum { N_OTHERS = sizeof other_names / sizeof *other_names };

size_t eis_mpnp_n_params(const eis_mpnp_cell *c) { return EISI_PER_LAYER * c->n_layers + N_OTHERS; }

const char *eis_mpnp_param_name(const eis_mpnp_cell *c, size_t i) {
  const size_t n = EISI_PER_LAYER * c->n_layers;
  if (i < n) return layer_names[i / EISI_PER_LAYER][i % EISI_PER_LAYER];
  return i < n + N_OTHERS ? other_names[i - n] : NULL;
}

static double *field(void *base, size_t at) { return (double *)(void *)((char *)base + at); }

double *eis_mpnp_param(eis_mpnp_cell *c, size_t i) {
  const size_t n = EISI_PER_LAYER * c->n_layers;
  if (i < n) return field(&c->layer[i / EISI_PER_LAYER], layer_rows[i % EISI_PER_LAYER].field);
  i -= n;
  if (i < 2 * EISI_PER_ELECTRODE)
    return field(i < EISI_PER_ELECTRODE ? &c->left : &c->right,
                 electrode_rows[i % EISI_PER_ELECTRODE].field);
  return i == 2 * EISI_PER_ELECTRODE ? &c->T : i + 1 == N_OTHERS ? &c->sigma_e : NULL;
}

/* ---- checks ---- */

static eis_status refuse(const char *where, const char *name, double v, const char *expected,
                         eis_error *err) {
  return eis_error_set(err, EIS_ERROR_INPUT, "%s%s = %g is not usable: expected %s", where, name, v,
                       expected);
}

static eis_status check_layer(const eis_mpnp_cell *c, const eis_mpnp_layer *l, eis_error *err) {
  const eis_scl_params p = {.eps_r = l->eps_r, .n0 = l->n0, .nu = l->nu, .sigma = l->sigma, .T = c->T,
                            .mobility = c->mobility};
  const eis_status st = eisi_scl_check_material(&p, err);
  if (st != EIS_OK) return st;
  if (!(l->thickness > 0.0 && isfinite(l->thickness)))
    return refuse("", "thickness", l->thickness, "a positive finite number of metres", err);
  if (!isfinite(l->offset)) return refuse("", "offset", l->offset, "a finite number of volts", err);
  if (!(l->n_anion >= 0.0 && isfinite(l->n_anion)))
    return refuse("", "n_anion", l->n_anion, "0 (no mobile anions) or a positive number per m^3",
                  err);
  if (!(l->nu_anion >= 0.0 && l->nu_anion < 1.0))
    return refuse("", "nu_anion", l->nu_anion,
                  "0 to below 1, the occupied share of the anions' sites", err);
  if (l->n_anion > 0.0 && !(l->sigma_anion > 0.0 && isfinite(l->sigma_anion)))
    return refuse("", "sigma_anion", l->sigma_anion, "a positive finite number of S/m", err);
  return EIS_OK;
}

static eis_status check_electrode(const eis_mpnp_cell *c, const eis_mpnp_electrode *e,
                                  const char *where, double offset, eis_error *err) {
  const double limit = EISI_SCL_Y_MAX * EISI_KB * c->T / EISI_E;
  if (!(e->RF >= 0.0))
    return refuse(where, "RF", e->RF,
                  "0 (reversible), a positive number of ohm m^2 or infinity (blocking)", err);
  if (!(e->CH > 0.0))
    return refuse(where, "CH", e->CH, "a positive number of F/m^2, infinity for none", err);
  if (!isfinite(e->potential))
    return refuse(where, "potential", e->potential, "a finite number of volts", err);
  if (isinf(e->CH) && fabs(e->potential - offset) > limit)
    return eis_error_set(
        err, EIS_ERROR_INPUT,
        "%spotential = %g V bends the bands of the layer beside it by more than %d kT/e "
        "(%.3g V), outside the stability window of any electrolyte",
        where, e->potential, (int)EISI_SCL_Y_MAX, limit);
  return EIS_OK;
}

eis_status eisi_mpnp_check(const eis_mpnp_cell *c, const eis_mpnp_options *o, eis_error *err) {
  if (c->n_layers < 1 || c->n_layers > EIS_MPNP_MAX_LAYERS)
    return eis_error_set(err, EIS_ERROR_INPUT, "%zu layers: expected 1 to %d", c->n_layers,
                         (int)EIS_MPNP_MAX_LAYERS);
  if (o->cells < 20 || o->cells > 4000)
    return eis_error_set(err, EIS_ERROR_INPUT, "%zu cells per layer: expected 20 to 4000",
                         o->cells);
  if (!(c->sigma_e >= 0.0 && isfinite(c->sigma_e)))
    return refuse("", "sigma_e", c->sigma_e, "0 or a positive number of S/m", err);
  for (size_t l = 0; l < c->n_layers; l++) {
    const eis_status st = check_layer(c, &c->layer[l], err);
    if (st != EIS_OK) return st;
  }
  eis_status st = check_electrode(c, &c->left, "left.", c->layer[0].offset, err);
  if (st == EIS_OK && !c->half)
    st = check_electrode(c, &c->right, "right.", c->layer[c->n_layers - 1].offset, err);
  return st;
}

/* ---- one run ---- */

/* Frequencies and results: z n, dz n per parameter (NULL: not wanted). */
typedef struct run_data {
  const eis_mpnp_cell *c;
  const double *f;
  size_t n, n_params, cells;
  double complex *z, *dz;
} run_data;

static void take_block(const run_data *r, size_t k0, double tau, eisi_ladder_run *run) {
  for (size_t k = 0; k < EISI_LADDER_WIDTH; k++)
    run->w[k] = 2.0 * EISI_PI * r->f[k0 + k < r->n ? k0 + k : r->n - 1] * tau;
}

static void add(const run_data *r, size_t j, size_t k, double complex d) {
  r->dz[r->n * j + k] += d;
}

/* One end of a thick layer. */
typedef struct end {
  eisi_layer layer;
  eis_scl_balance_values at;
  const eis_mpnp_electrode *e;
  size_t params; /* of the electrode */
  double lambda0, y0;
} end;

/* Derivatives of one interface at frequency k: Z = (lambda0/sigma) Z_hat, by all that it depends
 * on. */
static void add_end(const run_data *r, const end *s, size_t k, double complex z,
                    const double complex *hat) {
  const eis_mpnp_layer *l = &r->c->layer[0];
  const double unit = s->lambda0 / l->sigma, T = r->c->T;
  const double complex w = unit * hat[EISI_BY_W], y = unit * hat[EISI_BY_Y];
  const double complex RF = unit * hat[EISI_BY_RF], CH = unit * hat[EISI_BY_CH];
  const double complex by_dphi = y * (EISI_E / (EISI_KB * T));
  add(r, EISI_EPS_R, k, (0.5 * z + w - 0.5 * (RF + CH) + by_dphi * s->at.d_ln_eps_r) / l->eps_r);
  add(r, EISI_N0, k, (0.5 * (RF - CH - z) + by_dphi * s->at.d_ln_n0) / l->n0);
  add(r, EISI_NU, k, unit * hat[EISI_BY_NU] + by_dphi * s->at.d_nu);
  add(r, EISI_SIGMA, k, (RF - w - z) / l->sigma);
  add(r, eisi_mpnp_T_at(r->c), k, (0.5 * (z - RF + CH) - s->y0 * y) / T + by_dphi * s->at.d_T);
  add(r, s->params + EISI_POTENTIAL, k, by_dphi / s->at.slope);
  if (s->e->RF > 0.0 && !isinf(s->e->RF)) add(r, s->params + EISI_RF, k, RF / s->e->RF);
  if (!isinf(s->e->CH)) add(r, s->params + EISI_CH, k, (CH + by_dphi * s->at.d_ln_C_H) / s->e->CH);
}

static void run_end(const run_data *r, const end *s, eisi_ladder_node *node) {
  const eis_mpnp_layer *l = &r->c->layer[0];
  const double eps = EISI_EPS0 * l->eps_r, unit = s->lambda0 / l->sigma;
  eisi_ladder_run run = {.RF = fmin(s->e->RF / unit, BLOCKING),
                         .iCH = eps / (s->lambda0 * s->e->CH)};
  for (size_t k0 = 0; k0 < r->n; k0 += EISI_LADDER_WIDTH) {
    double complex z[EISI_LADDER_WIDTH], d[EISI_LADDER_WIDTH][EISI_HAT_N];
    take_block(r, k0, eps / l->sigma, &run);
    eisi_layer_run(&s->layer, &run, node, z, d);
    for (size_t k = 0; k < EISI_LADDER_WIDTH && k0 + k < r->n; k++) {
      r->z[k0 + k] += unit * z[k];
      if (r->dz) add_end(r, s, k0 + k, unit * z[k], d[k]);
      if (r->dz && s->e->RF == 0.0) /* by RF itself, not by its logarithm */
        add(r, s->params + EISI_RF, k0 + k, CMPLX(run.d_RF.re[k], run.d_RF.im[k]));
    }
  }
}

/* L/(sigma + j w eps) */
static void add_slab(const run_data *r) {
  const eis_mpnp_layer *l = &r->c->layer[0];
  for (size_t k = 0; k < r->n; k++) {
    const double w = 2.0 * EISI_PI * r->f[k];
    const double complex s = 1.0 / CMPLX(l->sigma, w * EISI_EPS0 * l->eps_r), z = l->thickness * s;
    r->z[k] += z;
    if (!r->dz) continue;
    add(r, EISI_THICKNESS, k, s);
    add(r, EISI_SIGMA, k, -z * s);
    add(r, EISI_EPS_R, k, -z * s * CMPLX(0.0, w * EISI_EPS0));
  }
}

static eis_status make_end(const run_data *r, int side, double *room, end *s, eis_error *err) {
  const eis_mpnp_layer *l = &r->c->layer[0];
  const eis_scl_params p = {
      .eps_r = l->eps_r, .n0 = l->n0, .nu = l->nu, .sigma = l->sigma, .T = r->c->T};
  s->e = side ? &r->c->right : &r->c->left;
  s->params = eisi_mpnp_electrode_at(r->c, side);
  const eis_status st = eis_scl_balance(&p, s->e->CH, s->e->potential - l->offset, &s->at, err);
  if (st != EIS_OK) return st;
  s->lambda0 = eisi_scl_lambda0(&p);
  s->y0 = s->at.dphi * EISI_E / (EISI_KB * r->c->T);
  eisi_layer_use(&s->layer, r->cells, room);
  eisi_layer_cut(&s->layer, s->y0, l->nu, r->c->mobility);
  return EIS_OK;
}

/* One layer whose space charges do not meet: interfaces and bulk add up.  *done false: they do. */
static eis_status run_thick(const run_data *r, bool *done, eis_error *err) {
  const int sides = r->c->half ? 1 : 2;
  const size_t per_end = r->cells * EISI_LAYER_DOUBLES;
  end s[2];
  double reach = 0.0;
  *done = false;
  double *room = eisi_new(2 * per_end, sizeof *room, err);
  eisi_ladder_node *node = r->dz ? eisi_new(r->cells + 1, sizeof *node, err) : NULL;
  eis_status st = room && (node || !r->dz) ? EIS_OK : EIS_ERROR_MEMORY;
  for (int i = 0; i < sides && st == EIS_OK; i++) {
    st = make_end(r, i, room + per_end * (size_t)i, &s[i], err);
    reach += s[i].layer.length.v * s[i].lambda0;
  }
  if (st == EIS_OK && reach <= r->c->layer[0].thickness) {
    for (int i = 0; i < sides; i++) run_end(r, &s[i], node);
    add_slab(r);
    if (r->dz) /* the electrodes' potentials count against the layer's own */
      for (size_t k = 0; k < r->n; k++)
        for (int i = 0; i < sides; i++)
          add(r, EISI_OFFSET, k, -r->dz[r->n * (s[i].params + EISI_POTENTIAL) + k]);
    *done = true;
  }
  free(node);
  free(room);
  return st;
}

/* The far end of the ladder: the right electrode, or the grounded middle. */
static void start_at_right(const eis_mpnp_cell *c, eisi_ladder_run *run) {
  for (int k = 0; k < EISI_LADDER_WIDTH; k++) {
    run->A.re[k] = c->half ? 0.0 : fmin(c->right.RF, BLOCKING);
    run->B.im[k] = c->half ? 0.0 : -1.0 / (run->w[k] * c->right.CH);
    run->A.im[k] = run->B.re[k] = run->C.re[k] = run->C.im[k] = 0.0;
  }
}

static void take_derivatives(const run_data *r, const eisi_ladder_run *run, size_t k0) {
  const size_t left = eisi_mpnp_electrode_at(r->c, 0), right = eisi_mpnp_electrode_at(r->c, 1);
  const eis_mpnp_electrode *a = &r->c->left, *b = &r->c->right;
  for (size_t k = 0; k < EISI_LADDER_WIDTH && k0 + k < r->n; k++) {
    for (size_t j = 0; j < r->n_params; j++)
      add(r, j, k0 + k, CMPLX(run->d_dir[j].re[k], run->d_dir[j].im[k]));
    if (!isinf(a->RF)) add(r, left + EISI_RF, k0 + k, CMPLX(run->d_RF.re[k], run->d_RF.im[k]));
    if (!isinf(a->CH))
      add(r, left + EISI_CH, k0 + k, -CMPLX(run->d_iCH.re[k], run->d_iCH.im[k]) / (a->CH * a->CH));
    if (r->c->half) continue;
    const double complex by_B = CMPLX(run->d_B.re[k], run->d_B.im[k]);
    if (!isinf(b->RF)) add(r, right + EISI_RF, k0 + k, CMPLX(run->d_A.re[k], run->d_A.im[k]));
    if (!isinf(b->CH))
      add(r, right + EISI_CH, k0 + k, by_B * CMPLX(0.0, 1.0 / (run->w[k] * b->CH * b->CH)));
  }
}

/* Three rails, one frequency at a time. */
static eis_status run_rails(const run_data *r, const eisi_steady *s, eis_error *err) {
  const eis_mpnp_cell *c = r->c;
  const eisi_rails l = {s->n,    s->r, s->h, s->m, s->ra, s->ma, (int)(r->dz ? r->n_params : 0),
                        s->slope};
  const eisi_rails_ends ends = {c->left.RF, 1.0 / c->left.CH, c->right.RF, 1.0 / c->right.CH,
                                c->half};
  const size_t at[2] = {eisi_mpnp_electrode_at(c, 0), eisi_mpnp_electrode_at(c, 1)};
  const eis_mpnp_electrode *const e[2] = {&c->left, &c->right};
  double complex d[EISI_LADDER_MAX_DIRS], by_end[4];
  eisi_rails_node *node = r->dz ? eisi_new(s->n + 1, sizeof *node, err) : NULL;
  if (r->dz && !node) return EIS_ERROR_MEMORY;
  for (size_t k = 0; k < r->n; k++) {
    r->z[k] = eisi_rails_solve(&l, &ends, 2.0 * EISI_PI * r->f[k], node, r->dz ? d : NULL, by_end);
    for (size_t j = 0; r->dz && j < r->n_params; j++) add(r, j, k, d[j]);
    for (int side = 0; r->dz && side < (c->half ? 1 : 2); side++) {
      if (!isinf(e[side]->RF)) add(r, at[side] + EISI_RF, k, by_end[2 * side]);
      if (!isinf(e[side]->CH))
        add(r, at[side] + EISI_CH, k, -by_end[2 * side + 1] / (e[side]->CH * e[side]->CH));
    }
  }
  free(node);
  return EIS_OK;
}

/* Two rails, eight frequencies at a time. */
static eis_status run_ladder(const run_data *r, const eisi_steady *s, eis_error *err) {
  eisi_ladder_node *node = r->dz ? eisi_new(s->n + 1, sizeof *node, err) : NULL;
  if (r->dz && !node) return EIS_ERROR_MEMORY;
  const eisi_ladder l = {s->n, s->r, s->h, s->m, (int)(r->dz ? r->n_params : 0), s->slope};
  eisi_ladder_run run = {.RF = fmin(r->c->left.RF, BLOCKING), .iCH = 1.0 / r->c->left.CH};
  for (size_t k0 = 0; k0 < r->n; k0 += EISI_LADDER_WIDTH) {
    take_block(r, k0, 1.0, &run);
    start_at_right(r->c, &run);
    eisi_ladder_solve(&l, &run, node);
    for (size_t k = 0; k < EISI_LADDER_WIDTH && k0 + k < r->n; k++)
      r->z[k0 + k] = CMPLX(run.z.re[k], run.z.im[k]);
    if (r->dz) take_derivatives(r, &run, k0);
  }
  free(node);
  return EIS_OK;
}

/* Anything else: finite volumes through all layers. */
static eis_status run_volumes(const run_data *r, eis_error *err) {
  eisi_steady s;
  eis_status st = eisi_steady_solve(r->c, r->cells, r->dz != NULL, &s, err);
  if (st == EIS_OK) st = s.per_cell > 3 ? run_rails(r, &s, err) : run_ladder(r, &s, err);
  eisi_steady_clear(&s);
  return st;
}

/* 1/(1/Z + sigma_e/L) */
static void add_leak(const run_data *r) {
  const eis_mpnp_cell *c = r->c;
  double L = 0.0;
  for (size_t l = 0; l < c->n_layers; l++) L += c->layer[l].thickness;
  for (size_t k = 0; k < r->n; k++) {
    const double complex s = 1.0 / (1.0 + r->z[k] * (c->sigma_e / L)), z = r->z[k] * s;
    r->z[k] = z;
    for (size_t j = 0; r->dz && j < r->n_params; j++) r->dz[r->n * j + k] *= s * s;
    if (!r->dz) continue;
    for (size_t l = 0; l < c->n_layers; l++)
      add(r, EISI_PER_LAYER * l + EISI_THICKNESS, k, z * z * (c->sigma_e / (L * L)));
    add(r, r->n_params - 1, k, -z * z / L);
  }
}

static eis_status run_once(const run_data *r, eis_error *err) {
  bool done = false;
  eis_status st = EIS_OK;
  if (r->c->n_layers == 1 && !eisi_mpnp_has_anions(r->c)) st = run_thick(r, &done, err);
  if (st == EIS_OK && !done) st = run_volumes(r, err);
  if (st == EIS_OK) add_leak(r);
  return st;
}

/* ---- public ---- */

static void to_planar(const double complex *v, const double complex *finer, size_t n, double *out) {
  for (size_t k = 0; k < n; k++) {
    const double complex x = finer ? finer[k] + (finer[k] - v[k]) / 3.0 : v[k];
    out[k] = creal(x);
    out[n + k] = cimag(x);
  }
}

eis_status eis_mpnp_impedance(const eis_mpnp_cell *c, const eis_mpnp_options *opt,
                              const double *f_hz, size_t n, double *z, double *dz, eis_error *err) {
  const eis_mpnp_options o = opt ? *opt : eis_mpnp_options_default();
  eis_status st = eisi_mpnp_check(c, &o, err);
  for (size_t k = 0; k < n && st == EIS_OK; k++)
    if (!(f_hz[k] > 0.0 && f_hz[k] < 1e30))
      st = refuse("", "frequency", f_hz[k], "a positive number of Hz", err);
  if (st != EIS_OK || n == 0) return st;
  const size_t n_params = eis_mpnp_n_params(c), per_run = n * (dz ? n_params + 1 : 1);
  double complex *room = eisi_new(2 * per_run, sizeof *room, err);
  if (!room) return EIS_ERROR_MEMORY;
  for (size_t i = 0; i < (o.richardson ? 2 : 1) && st == EIS_OK; i++) {
    double complex *at = room + per_run * i;
    const run_data r = {.c = c, .f = f_hz, .n = n, .n_params = n_params, .cells = o.cells << i,
                        .z = at, .dz = dz ? at + n : NULL};
    st = run_once(&r, err);
  }
  if (st == EIS_OK) {
    const double complex *finer = o.richardson ? room + per_run : NULL;
    to_planar(room, finer, n, z);
    for (size_t j = 0; dz && j < n_params; j++)
      to_planar(room + n * (j + 1), finer ? finer + n * (j + 1) : NULL, n, dz + 2 * n * j);
  }
  free(room);
  return st;
}

double eis_mpnp_charge(const eis_mpnp_layer *l, double T, double dphi) {
  const double y = dphi * EISI_E / (EISI_KB * T), Q = eisi_Q_hat(y, l->nu);
  const double A = l->n_anion > 0.0 ? eisi_Q_hat(-y, l->nu_anion) : 0.0;
  return copysign(sqrt(EISI_EPS0 * l->eps_r * EISI_KB * T * (l->n0 * Q * Q + l->n_anion * A * A)),
                  dphi);
}

/* Band bending of charge Q, which rises with it; beyond 40 kT/e: that. */
static double bending_of(const eis_mpnp_layer *l, double T, double Q) {
  const double most = EISI_SCL_Y_MAX * EISI_KB * T / EISI_E;
  double low = -most, high = most;
  for (int i = 0; i < 200 && high - low > 1e-15 * most; i++) {
    const double mid = 0.5 * (low + high);
    if (eis_mpnp_charge(l, T, mid) < Q)
      low = mid;
    else
      high = mid;
  }
  return 0.5 * (low + high);
}

/* Two ions: the charge that takes up the bias. */
static eis_status split_bias(const eis_mpnp_cell *c, double bias, eis_scl_split *s,
                             eis_error *err) {
  const eis_mpnp_layer *l = &c->layer[0];
  const double most = EISI_SCL_Y_MAX * EISI_KB * c->T / EISI_E,
               compact = 1.0 / c->left.CH + 1.0 / c->right.CH;
  double low = -most, high = most;
  for (int i = 0; i < 200 && high - low > 1e-15 * most; i++) {
    s->first = 0.5 * (low + high);
    s->Q = eis_mpnp_charge(l, c->T, s->first);
    s->second = bending_of(l, c->T, -s->Q);
    if (s->first - s->second + s->Q * compact < bias)
      low = s->first;
    else
      high = s->first;
  }
  if (fmax(fabs(s->first), fabs(s->second)) < 0.999 * most) return EIS_OK;
  return eis_error_set(err, EIS_ERROR_INPUT, "a bias of %g V bends the bands by more than %d kT/e",
                       bias, (int)EISI_SCL_Y_MAX);
}

eis_status eis_mpnp_set_bias(eis_mpnp_cell *c, double bias, eis_error *err) {
  if (c->n_layers != 1 || c->half || !isinf(c->left.RF) || !isinf(c->right.RF))
    return eis_error_set(
        err, EIS_ERROR_INPUT,
        "a bias needs a whole cell with one layer and two blocking electrodes (RF infinite): "
        "otherwise a current flows");
  const eis_mpnp_layer *l = &c->layer[0];
  const eis_scl_params p = {.eps_r = l->eps_r, .n0 = l->n0, .nu = l->nu, .sigma = l->sigma, .T = c->T,
                            .mobility = c->mobility};
  eis_scl_split s;
  eis_status st = check_layer(c, l, err);
  if (st != EIS_OK) return st;
  st = l->n_anion > 0.0
           ? split_bias(c, bias, &s, err)
           : eis_scl_bias(&p, bias, (const double[]){c->left.CH, c->right.CH}, &s, err);
  if (st != EIS_OK) return st;
  c->left.potential = l->offset + s.first + s.Q / c->left.CH;
  c->right.potential = l->offset + s.second - s.Q / c->right.CH;
  return EIS_OK;
}
