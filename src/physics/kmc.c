/* kmc.c - ions on a lattice by the rejection method, field by Gauss's law plane by plane. */
#include <eisfit/kmc.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <eisfit/mpnp.h>

#include "base/base.h"
#include "numerics/rng.h"
#include "physics/constants.h"
#include "physics/scl_hat.h"

eis_kmc_options eis_kmc_options_default(void) {
  return (eis_kmc_options){.lattice = 1e-9,
                           .planes = 150,
                           .width = 16,
                           .bias = 0.1,
                           .settle = 6e4,
                           .sweeps = 6e5,
                           .blocks = 20,
                           .seed = 1};
}

/* The lattice.  Charges in units of one ion per area; field in kT/e per lattice constant. */
typedef struct lattice {
  int planes, width, ions;
  uint8_t *taken;    /* planes x width x width */
  int32_t *site;     /* of every ion */
  int32_t *count;    /* ions of every plane */
  double background; /* negative charge of every plane */
  double *q; /* charge left of gap 0 ... planes (before plane 0, between planes, behind the last) */
  double sum_q;   /* sum of q times the length of the gap (half a lattice constant at both ends) */
  double bias;    /* e V/kT */
  double unit;    /* field of one ion per area, e^2 a/(eps A kT) */
  double gain[2]; /* exp(-dE/2kT) is never above gain[0], for the rate that rejection needs */
  eisi_rng rng;
} lattice;

static double gap_length(const lattice *l, int k) { return k == 0 || k == l->planes ? 0.5 : 1.0; }

/* Charge of the left electrode at constant voltage: the field adds up to the bias over the cell. */
static double electrode(const lattice *l) { return (l->bias / l->unit - l->sum_q) / l->planes; }

static void fill(lattice *l) {
  const int sites = l->planes * l->width * l->width;
  for (int i = 0; i < l->ions; i++) {
    int32_t s;
    do s = (int32_t)(eisi_rng_uniform(&l->rng) * sites);
    while (l->taken[s]);
    l->taken[s] = 1;
    l->site[i] = s;
    l->count[s / (l->width * l->width)]++;
  }
  l->sum_q = 0.0;
  for (int k = 0; k <= l->planes; k++) {
    l->q[k] = k == 0 ? 0.0 : l->q[k - 1] + l->count[k - 1] - l->background;
    l->sum_q += l->q[k] * gap_length(l, k);
  }
}

/* Energy of a hop across gap k (from the plane before it, direction +1, or from the one behind it):
   force of the mean of the fields before and after, which is exact for charged planes. */
static double hop_energy(const lattice *l, int k, int direction) {
  const double field = electrode(l) + l->q[k] - 0.5 * direction * (1.0 - 1.0 / l->planes);
  return -direction * field * l->unit;
}

/* Site beside s in one of six directions, periodic within the plane; -1: electrode. */
static int32_t neighbour(const lattice *l, int32_t s, int way) {
  const int w = l->width, area = w * w, plane = s / area, row = s % area / w, column = s % w;
  switch (way) {
    case 0: return plane + 1 < l->planes ? s + area : -1;
    case 1: return plane > 0 ? s - area : -1;
    case 2: return plane * area + (row + 1) % w * w + column;
    case 3: return plane * area + (row + w - 1) % w * w + column;
    case 4: return plane * area + row * w + (column + 1) % w;
    default: return plane * area + row * w + (column + w - 1) % w;
  }
}

/* One attempt; the field follows an ion that changes its plane. */
static void attempt(lattice *l) {
  const double u = eisi_rng_uniform(&l->rng) * 6.0 * l->ions;
  const int i = (int)(u / 6.0), way = (int)(u - 6.0 * i);
  const int32_t from = l->site[i], to = neighbour(l, from, way);
  if (to < 0 || l->taken[to]) return;
  const int area = l->width * l->width, a = from / area, b = to / area, gap = a < b ? b : a;
  double rate = l->gain[1];
  if (a != b) rate *= exp(-0.5 * hop_energy(l, gap, b - a));
  if (rate < 1.0 && eisi_rng_uniform(&l->rng) >= rate) return;
  l->taken[from] = 0;
  l->taken[to] = 1;
  l->site[i] = to;
  if (a == b) return;
  l->count[a]--;
  l->count[b]++;
  l->q[gap] -= b - a;
  l->sum_q -= b - a;
}

/* ---- averages ---- */

typedef struct sums {
  double n, charge, charge2;
  double *count, *phi; /* planes each */
} sums;

static void observe(const lattice *l, sums *s) {
  const double sigma = electrode(l);
  double phi = l->bias;
  s->n += 1.0;
  s->charge += sigma;
  s->charge2 += sigma * sigma;
  for (int k = 0; k < l->planes; k++) {
    phi -= (sigma + l->q[k]) * l->unit * gap_length(l, k);
    s->count[k] += l->count[k];
    s->phi[k] += phi;
  }
}

/* Mean of the parts and its standard error, var/n (1 + 2 sum of autocorrelations), the sum by pairs
   of lags as long as they are positive (Geyer's initial positive sequence, Stat. Sci. 7 (1992)
   473). */
static void mean_of_parts(const double *v, int n, double *mean, double *error) {
  double sum = 0.0;
  for (int b = 0; b < n; b++) sum += v[b];
  *mean = sum / n;
  double total = 0.0, variance = 0.0, last = INFINITY;
  for (int lag = 0; lag + 1 < n / 2; lag += 2) {
    double pair = 0.0, first = 0.0;
    for (int k = lag; k < lag + 2; k++) {
      double t = 0.0;
      for (int b = k; b < n; b++) t += (v[b] - *mean) * (v[b - k] - *mean);
      if (k == lag) first = t;
      pair += t;
    }
    if (lag == 0) variance = first;
    if (!(pair > 0.0)) break;
    last = fmin(last, pair); /* they fall */
    total += last;
  }
  *error = sqrt(fmax(2.0 * total - variance, variance / n) / n / (n - 1));
}

/* ---- the continuum beside it ---- */

static double interpolate(const eis_mpnp_profile *p, const double *v, double x) {
  size_t k = 1;
  while (k + 1 < p->n && p->x[k] < x) k++;
  const double s = (x - p->x[k - 1]) / (p->x[k] - p->x[k - 1]);
  return v[k - 1] + s * (v[k] - v[k - 1]);
}

static eis_status compare(const eis_scl_params *p, const eis_kmc_options *o, eis_kmc_result *r,
                          eis_error *err) {
  static const double none[2] = {INFINITY, INFINITY};
  eis_scl_params q = *p;
  eis_scl_split split;
  eis_mpnp_cell c = eis_mpnp_cell_default();
  eis_mpnp_profile profile = {0};
  q.n0 = r->n0;
  q.nu = r->nu;
  q.sigma = 1.0;
  q.mobility = EIS_MOBILITY_B;
  c.T = q.T;
  c.layer[0] = (eis_mpnp_layer){.eps_r = q.eps_r,
                                .n0 = q.n0,
                                .nu = q.nu,
                                .sigma = q.sigma,
                                .thickness = o->planes * o->lattice};
  c.left.RF = c.right.RF = INFINITY;
  eis_status st = eis_mpnp_set_bias(&c, o->bias, err);
  if (st == EIS_OK) st = eis_scl_bias(&q, o->bias, none, &split, err);
  if (st == EIS_OK) st = eis_mpnp_profile_run(&c, NULL, &profile, err);
  if (st == EIS_OK) {
    const double V_T = EISI_KB * q.T / EISI_E, unit = EISI_EPS0 * q.eps_r / eisi_scl_lambda0(&q);
    const double middle = interpolate(&profile, profile.phi, 0.5 * o->planes * o->lattice);
    r->Q_mpnp = split.Q;
    r->C_mpnp = unit / (1.0 / eis_scl_C_hat(split.first / V_T, q.nu) +
                        1.0 / eis_scl_C_hat(split.second / V_T, q.nu));
    for (int k = 0; k < r->n; k++) {
      r->c_mpnp[k] = interpolate(&profile, profile.c, r->x[k]);
      r->phi_mpnp[k] = interpolate(&profile, profile.phi, r->x[k]) - middle;
    }
  }
  eis_mpnp_profile_clear(&profile);
  return st;
}

/* ---- set up and run ---- */

static eis_status refuse(const char *what, double v, const char *expected, eis_error *err) {
  return eis_error_set(err, EIS_ERROR_INPUT, "%s = %g is not usable: expected %s", what, v,
                       expected);
}

static eis_status check(const eis_scl_params *p, const eis_kmc_options *o, double ions,
                        eis_error *err) {
  eis_scl_params q = *p;
  q.sigma = 1.0;
  q.nu = 0.0;
  const eis_status st = eisi_scl_check_material(&q, err);
  if (st != EIS_OK) return st;
  if (!(o->lattice > 1e-11 && o->lattice < 1e-6))
    return refuse("lattice", o->lattice, "1e-11 to 1e-6 m", err);
  if (o->planes < 10 || o->planes > 5000) return refuse("planes", o->planes, "10 to 5000", err);
  if (o->width < 2 || o->width > 500) return refuse("width", o->width, "2 to 500", err);
  if (o->blocks < 5 || o->blocks > 1000) return refuse("blocks", o->blocks, "5 to 1000", err);
  if (!(o->settle >= 0.0 && o->settle < 1e9)) return refuse("settle", o->settle, "0 to 1e9", err);
  if (!(o->sweeps >= 10.0 * o->blocks && o->sweeps < 1e9))
    return refuse("sweeps", o->sweeps, "10 per block to 1e9", err);
  if (!(fabs(o->bias) < 40.0 * EISI_KB * p->T / EISI_E))
    return refuse("bias", o->bias, "less than 40 kT/e", err);
  const double sites = (double)o->planes * o->width * o->width;
  if (ions < 20.0)
    return eis_error_set(
        err, EIS_ERROR_INPUT,
        "%.0f ions on %.0f sites: expected 20 or more; take more planes or a greater width", ions,
        sites);
  if (ions > 0.95 * sites || ions > 1e6)
    return eis_error_set(
        err, EIS_ERROR_INPUT,
        "%.0f ions on %.0f sites: expected at most 95 %% of the sites and a million; take a smaller "
        "lattice constant or fewer planes",
        ions, sites);
  return EIS_OK;
}

static eis_status make_lattice(const eis_scl_params *p, const eis_kmc_options *o, int ions,
                               lattice *l, eis_error *err) {
  const size_t n = (size_t)o->planes;
  const double a = o->lattice, area = a * a * o->width * o->width, kT = EISI_KB * p->T;
  *l = (lattice){.planes = o->planes,
                 .width = o->width,
                 .ions = ions,
                 .background = (double)ions / o->planes,
                 .bias = EISI_E * o->bias / kT,
                 .unit = EISI_E * EISI_E * a / (EISI_EPS0 * p->eps_r * area * kT)};
  /* No rejection of the fastest hop of a depleted wall; a faster one than that (in a fluctuation)
     goes at this rate. */
  const double wall = fabs(eisi_Q_hat(-fabs(l->bias), 0.5)) * a *
                      sqrt(p->n0 * EISI_E * EISI_E / (EISI_EPS0 * p->eps_r * kT));
  l->gain[0] = exp(0.5 * fmin(wall + 0.5, 6.0));
  l->gain[1] = 1.0 / l->gain[0];
  eisi_rng_seed(&l->rng, o->seed, 0);
  l->taken = eisi_new(n * (size_t)o->width * (size_t)o->width, sizeof *l->taken, err);
  l->site = eisi_new((size_t)ions, sizeof *l->site, err);
  l->count = eisi_new(n, sizeof *l->count, err);
  l->q = eisi_new(n + 1, sizeof *l->q, err);
  if (!l->taken || !l->site || !l->count || !l->q) return EIS_ERROR_MEMORY;
  fill(l);
  return EIS_OK;
}

static void clear_lattice(lattice *l) {
  free(l->taken);
  free(l->site);
  free(l->count);
  free(l->q);
}

static void sweep(lattice *l, double sweeps) {
  const double attempts = sweeps * l->ions;
  for (double k = 0.0; k < attempts; k += 1.0) attempt(l);
}

enum { CHARGE, CHARGE2, BLOCK_COLUMNS }; /* then count and phi of every plane */
enum { PARTS = 16 };                     /* of a block */

static int parts_of(const eis_kmc_options *o) { return PARTS * o->blocks; }

/* Averages of every part: parts x (2 + 2 planes). */
static void run_blocks(lattice *l, const eis_kmc_options *o, double *block) {
  const size_t n = (size_t)l->planes, row = BLOCK_COLUMNS + 2 * n;
  const double per_part = o->sweeps / parts_of(o), step = fmin(2.0, per_part);
  for (int b = 0; b < parts_of(o); b++) {
    double *v = block + row * (size_t)b;
    sums s = {.count = v + BLOCK_COLUMNS, .phi = v + BLOCK_COLUMNS + n};
    memset(v, 0, row * sizeof *v);
    for (double k = 0.0; k < per_part; k += step) {
      sweep(l, step);
      observe(l, &s);
    }
    v[CHARGE] = s.charge / s.n;
    v[CHARGE2] = s.charge2 / s.n;
    for (size_t k = BLOCK_COLUMNS; k < row; k++) v[k] /= s.n;
  }
}

static void column(const double *block, size_t row, size_t at, int blocks, double *out) {
  for (int b = 0; b < blocks; b++) out[b] = block[row * (size_t)b + at];
}

static void summarise(const lattice *l, const eis_kmc_options *o, const double *block, double *v,
                      eis_kmc_result *r) {
  const size_t n = (size_t)l->planes, row = BLOCK_COLUMNS + 2 * n;
  const double area = o->lattice * o->lattice * o->width * o->width;
  double mean, error;
  column(block, row, CHARGE, parts_of(o), v);
  mean_of_parts(v, parts_of(o), &mean, &error);
  r->Q = mean * EISI_E / area;
  r->Q_err = error * EISI_E / area;
  const double bias = error * error;    /* of a variance about the mean of the same sample */
  for (int b = 0; b < parts_of(o); b++) /* mean of (charge - mean)^2 */
    v[b] = block[row * (size_t)b + CHARGE2] + mean * (mean - 2.0 * block[row * (size_t)b + CHARGE]);
  mean_of_parts(v, parts_of(o), &r->C, &r->C_err);
  r->C += bias;
  for (size_t k = 0; k < n; k++) {
    r->x[k] = ((double)k + 0.5) * o->lattice;
    column(block, row, BLOCK_COLUMNS + k, parts_of(o), v);
    mean_of_parts(v, parts_of(o), &mean, &error);
    r->c[k] = mean / l->background;
    r->c_err[k] = error / l->background;
    column(block, row, BLOCK_COLUMNS + n + k, parts_of(o), v);
    mean_of_parts(v, parts_of(o), &r->phi[k], &error);
  }
}

/* Fluctuations at constant voltage: C = eps/L + e^2 <dN^2>/(A kT); the geometric capacitor does not
 * fluctuate. */
static void finish(const eis_scl_params *p, const lattice *l, const eis_kmc_options *o,
                   eis_kmc_result *r) {
  const double area = o->lattice * o->lattice * o->width * o->width, kT = EISI_KB * p->T;
  const double middle = 0.5 * (r->phi[(l->planes - 1) / 2] + r->phi[l->planes / 2]);
  double sum = 0.0;
  int n = 0;
  r->C = r->C * EISI_E * EISI_E / (area * kT) + EISI_EPS0 * p->eps_r / (o->planes * o->lattice);
  r->C_err *= EISI_E * EISI_E / (area * kT);
  for (int k = 0; k < r->n; k++) {
    r->phi[k] = (r->phi[k] - middle) * kT / EISI_E;
    if (!(r->c_err[k] > 0.0) || r->c[k] * l->background * o->sweeps < 10.0) continue;
    const double d = (r->c[k] - r->c_mpnp[k]) / r->c_err[k];
    sum += d * d;
    n++;
  }
  r->chi2 = n ? sum / n : NAN;
  r->time = o->sweeps / (6.0 * l->gain[0]);
  /* charging time (L/2) lambda_D/D of the layers through the bulk, D = 1 in these units */
  const double lambda =
      sqrt(EISI_EPS0 * p->eps_r * kT / (EISI_E * EISI_E * r->n0 * (1.0 - r->nu))) / o->lattice;
  r->charging_times = r->time / (0.5 * o->planes * lambda);
}

eis_status eis_kmc_run(const eis_scl_params *p, const eis_kmc_options *o, eis_kmc_result *out,
                       eis_error *err) {
  const double volume = o->lattice * o->lattice * o->lattice * o->planes * o->width * o->width;
  const double ions = round(p->n0 * volume);
  lattice l = {0};
  *out = (eis_kmc_result){.n = 0};
  eis_status st = check(p, o, ions, err);
  if (st != EIS_OK) return st;
  const size_t n = (size_t)o->planes, row = BLOCK_COLUMNS + 2 * n;
  out->n = o->planes;
  out->n0 = ions / volume;
  out->nu = out->n0 * o->lattice * o->lattice * o->lattice;
  out->x = eisi_new(6 * n, sizeof *out->x, err);
  double *block = eisi_new((row + 1) * (size_t)parts_of(o), sizeof *block, err);
  st = out->x && block ? make_lattice(p, o, (int)ions, &l, err) : EIS_ERROR_MEMORY;
  if (st == EIS_OK) {
    double **const part[] = {&out->c, &out->c_err, &out->phi, &out->c_mpnp, &out->phi_mpnp};
    for (size_t k = 0; k < 5; k++) *part[k] = out->x + (k + 1) * n;
    sweep(&l, o->settle);
    run_blocks(&l, o, block);
    summarise(&l, o, block, block + row * (size_t)parts_of(o), out);
    st = compare(p, o, out, err);
  }
  if (st == EIS_OK) finish(p, &l, o, out);
  clear_lattice(&l);
  free(block);
  return st;
}

void eis_kmc_result_clear(eis_kmc_result *r) {
  free(r->x);
  *r = (eis_kmc_result){.n = 0};
}
