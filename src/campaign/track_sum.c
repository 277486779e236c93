/* track_sum.c - a spectrum as a sum of Havriliak-Negami processes and series terms, and what is
   known of its parameters from the spectra beside it. */
#include <eisfit/element.h>
#include <math.h>
#include <string.h>

#include "campaign/track.h"
#include "physics/constants.h"

/* Beforehand: exponents as processes of solids have them, symmetric arcs. */
static const double N_USUAL = 0.85, N_SPREAD = 0.15, B_SPREAD = 0.15;
static const double END_TAU_SPREAD = 1.0, END_N = 0.6, END_R_SPREAD = 3.0;
/* Faster than the data: the dielectric arc of the bulk, as a rule. */
static const double FAST_N = 0.9, FAST_N_SPREAD = 0.15;
/* Steps beyond the usual are Student's t. */
static const double STEP_DOF = 4;
/* Activation energies differ by so much (eV). */
static const double ENERGY_SPREAD = 0.12;
/* Series terms: step of R_inf (relative), and how well the single spectrum knows L and 1/C. */
static const double R_STEP = 0.02, TERM_SPREAD = 0.3;
/* What a single distribution makes of L is what the arcs beyond the data leave of it, often zero:
   here it is open by so much of |Z|/w at the highest frequency, and the leads are the same in the
   next spectrum but for so much. */
static const double L_SPREAD = 0.5, L_STEP = 0.01;

static const eis_track_spectrum *spectrum(const eisi_track_joint *j, size_t i) {
  return &j->in->at[j->path->at[i]];
}

static double series_start(const eis_track_spectrum *s, size_t k) {
  const double v[EISI_TRACK_SERIES] = {s->R_inf, s->L, s->C_inv};
  return isfinite(v[k]) ? v[k] : 0;
}

static double size_at(const eis_track_spectrum *s, size_t k) { return hypot(s->re[k], s->im[k]); }

/* |Z|/w at the highest frequency. */
static double henries(const eis_track_spectrum *s) {
  return s->n ? size_at(s, 0) / (2 * EISI_PI * s->f[0]) : 0;
}

/* ---- the model ---- */

static void add_process(const eisi_track_joint *j, size_t t, const eis_grid *g, const double *x,
                        bool want, eisi_track_room *room) {
  static const size_t to_log[EISI_TRACK_PARAMS] = {1, 1, 0, 1};
  const double p[EISI_TRACK_PARAMS] = {exp(x[EISI_TRACK_R]), exp(x[EISI_TRACK_TAU]), x[EISI_TRACK_N],
                                       exp(x[EISI_TRACK_B])};
  const size_t n2 = 2 * g->n;
  (void)j;
  eis_element_find("HN", 2)->eval(g, p, NULL, room->z, want ? room->dz : NULL, NULL);
  for (size_t k = 0; k < n2; k++) room->r[k] += room->z[k];
  for (size_t q = 0; want && q < EISI_TRACK_PARAMS; q++) {
    double *to = &room->J[(t * EISI_TRACK_PARAMS + q) * n2];
    const double *from = &room->dz[q * n2], f = to_log[q] ? p[q] : 1;
    for (size_t k = 0; k < n2; k++) to[k] = f * from[k];
  }
}

static void add_series(const eisi_track_joint *j, const eis_grid *g, const double *x, bool want,
                       eisi_track_room *room) {
  const size_t n = g->n, first = EISI_TRACK_PARAMS * j->n_all;
  double *J = &room->J[first * 2 * n];
  for (size_t k = 0; k < n; k++) {
    room->r[k] += x[first];
    room->r[n + k] += g->w[k] * x[first + 1] - x[first + 2] / g->w[k];
    if (!want) continue;
    J[k] = 1;
    J[3 * n + k] = g->w[k];
    J[5 * n + k] = -1 / g->w[k];
  }
}

double eisi_track_residual(const eisi_track_joint *j, size_t i, const double *x, bool want,
                           eisi_track_room *room) {
  const eis_track_spectrum *s = spectrum(j, i);
  const size_t n = s->n;
  double sum = 0;
  for (size_t k = 0; k < n; k++) {
    room->w[k] = 2 * EISI_PI * s->f[k];
    room->lw[k] = log(room->w[k]);
    room->r[k] = -s->re[k];
    room->r[n + k] = -s->im[k];
  }
  const eis_grid g = {n, room->w, room->lw};
  if (want) memset(room->J, 0, 2 * n * j->p * sizeof *room->J);
  for (size_t t = 0; t < j->n_all; t++)
    if (j->on[t * j->n + i]) add_process(j, t, &g, &x[t * EISI_TRACK_PARAMS], want, room);
  add_series(j, &g, x, want, room);
  for (size_t k = 0; k < n; k++) {
    const double w = 1 / (fmax(hypot(s->re[k], s->im[k]), 1e-300) * j->noise[i]);
    for (size_t h = 0; h < 2; h++) {
      room->r[h * n + k] *= w;
      sum += room->r[h * n + k] * room->r[h * n + k];
      for (size_t c = 0; want && c < j->p; c++) room->J[c * 2 * n + h * n + k] *= w;
    }
  }
  return sum;
}

/* ---- what the neighbours know ---- */

static double series_tie(const eisi_track_joint *j, size_t i, size_t k) {
  const double leads = L_STEP * fmax(henries(spectrum(j, i - 1)), henries(spectrum(j, i)));
  if (k == 1) return j->series[1] && leads > 0 ? 1 / (leads * leads) : 0;
  const double a = series_start(spectrum(j, i - 1), k), b = series_start(spectrum(j, i), k);
  const double sd = R_STEP * (fabs(a) + fabs(b)) + fabs(a - b);
  return k == 0 && j->series[0] && sd > 0 ? 1 / (sd * sd) : 0;
}

/* Variance of the step of a process, and the step that the temperature asks for. */
static double variance_of(const eisi_track_joint *j, size_t i, size_t k, double *expected) {
  const double warmer = j->links->shift[i] - j->links->shift[i - 1], s = j->spread[k];
  const double soc = j->slope[k] * eisi_track_soc_step(spectrum(j, i - 1), spectrum(j, i));
  double variance = soc * soc + s * s * (j->links->time[i] - j->links->time[i - 1]);
  *expected = 0;
  if (k % EISI_TRACK_PARAMS <= EISI_TRACK_TAU) { /* ln R, ln tau */
    *expected = j->links->energy * warmer;
    variance += ENERGY_SPREAD * ENERGY_SPREAD * warmer * warmer;
  }
  return variance;
}

static double step_of(const eisi_track_joint *j, size_t i, size_t k) {
  return j->x[i * j->p + k] - j->x[(i - 1) * j->p + k];
}

double eisi_track_tie(const eisi_track_joint *j, size_t i, size_t k, double *expected) {
  *expected = 0;
  if (k >= EISI_TRACK_PARAMS * j->n_all) return series_tie(j, i, k - EISI_TRACK_PARAMS * j->n_all);
  const double variance = variance_of(j, i, k, expected), step = step_of(j, i, k) - *expected;
  return (STEP_DOF + 1) / (STEP_DOF + step * step / variance) / variance;
}

double eisi_track_strain(const eisi_track_joint *j, size_t i, size_t k) {
  double expected;
  if (k >= EISI_TRACK_PARAMS * j->n_all) {
    const double step = step_of(j, i, k);
    return series_tie(j, i, k - EISI_TRACK_PARAMS * j->n_all) * step * step;
  }
  const double variance = variance_of(j, i, k, &expected), step = step_of(j, i, k) - expected;
  return (STEP_DOF + 1) * log1p(step * step / variance / STEP_DOF);
}

static double known_series(const eis_track_spectrum *s, size_t k, double *value) {
  *value = series_start(s, k);
  if (k == 1 && !isfinite(s->L)) return 1e30; /* left out */
  const double size = s->n ? size_at(s, 0) : 0;
  const double sd = k == 0   ? 1e3 * fmax(fabs(*value), size)
                    : k == 1 ? hypot(TERM_SPREAD * *value, L_SPREAD * henries(s))
                             : TERM_SPREAD * *value;
  return sd > 0 ? 1 / (sd * sd) : 1e30;
}

double eisi_track_known(const eisi_track_joint *j, size_t i, size_t k, double *value) {
  const eis_track_spectrum *s = spectrum(j, i);
  const size_t t = k / EISI_TRACK_PARAMS, q = k % EISI_TRACK_PARAMS;
  const bool end = t >= j->n_tracks;
  const double once = 1 / (double)j->n; /* forms are handed on: what is known of them counts once */
  *value = 0;
  if (t >= j->n_all) return known_series(s, k - EISI_TRACK_PARAMS * j->n_all, value);
  if (q == EISI_TRACK_N) {
    const bool fast = t == j->n_tracks;
    const double spread = fast ? FAST_N_SPREAD : N_SPREAD;
    *value = !end ? N_USUAL : fast ? FAST_N : END_N;
    return once / (spread * spread);
  }
  if (q == EISI_TRACK_B) return 1 / (B_SPREAD * B_SPREAD);
  if (!end) return 1e-6; /* so that it is never singular */
  *value =
      q == EISI_TRACK_TAU ? log(t == j->n_tracks ? s->tau_min : s->tau_max) : j->x[i * j->p + k];
  return q == EISI_TRACK_TAU ? 1 / (END_TAU_SPREAD * END_TAU_SPREAD)
                             : 1 / (END_R_SPREAD * END_R_SPREAD);
}
