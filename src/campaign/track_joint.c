/* track_joint.c - one sum of processes fitted to all spectra of a cell: each spectrum by its own
   data and by what its neighbours make of the same processes.  A process that a single distribution
   of relaxation times does not show stays where the spectrum itself speaks for it. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/drt_forms.h"
#include "campaign/track.h"
#include "numerics/linalg.h"
#include "numerics/stats.h"

enum { SWEEPS = 2, NEAR_STEPS = 8, STEPS = 30, TRIES = 4, TRIAL_STEPS = 3, PATIENCE = 10, LINKS_LEAST = 4, POINTS_LEAST = 8 };
static const double LEAST_NOISE = 1e-4;
/* The sum describes a spectrum when its misfit is not much more than that of gamma. */
static const double MISFIT_MOST = 2.5, MISFIT_MORE = 1e-3;
/* What an unseen process must explain, in units of the noise squared: one number is free, its place
   and form are those of the neighbours; beyond the ends of a track two are. */
static const double EVIDENCE = 11;
static const double HIDES = 1.15;  /* ln tau */
static const double AGAINST = 1.6; /* ln R: a fifth */
static const double N_STEP = 0.005, B_STEP = 0.008, FORM_STEP = 0.1;
static const double SPREAD_LEAST = 0.02, SPREAD_MOST = 0.7;
static const double SAME_SOC = 0.02, SLOPE_USUAL = 3, SLOPE_LEAST = 0.3, SLOPE_MOST = 10;
/* A share of the spectra that makes something a part of all of them. */
static const double COMMON = 0.5, ENDS = 0.3;
static const size_t BEYOND = 2; /* places beyond its ends where a track is looked for */

static const eis_track_spectrum *spectrum(const eisi_track_joint *j, size_t i) {
  return &j->in->at[j->path->at[i]];
}

/* ---- room ---- */

static void room_clear(eisi_track_room *r) {
  free(r->w);
  free(r->J);
  *r = (eisi_track_room){0};
}

static eis_status room_make(const eisi_track_joint *j, eisi_track_room *r, eis_error *err) {
  size_t n = 1;
  for (size_t i = 0; i < j->n; i++)
    if (j->in->at[i].n > n) n = j->in->at[i].n;
  const size_t p = j->p;
  r->w = eisi_new(6 * n + 8 * n + p * p + 3 * p, sizeof *r->w, err);
  r->J = eisi_new((2 * n > p ? 2 * n : p) * p, sizeof *r->J, err);
  if (!r->w || !r->J) return EIS_ERROR_MEMORY;
  r->lw = r->w + n;
  r->r = r->lw + n;
  r->z = r->r + 2 * n;
  r->dz = r->z + 2 * n;
  r->H = r->dz + 8 * n;
  r->g = r->H + p * p;
  r->step = r->g + p;
  r->try = r->step + p;
  return EIS_OK;
}

static eis_status make(eisi_track_joint *j, eis_error *err) {
  const size_t n = j->n;
  j->n_tracks = j->links->n_tracks;
  j->n_all = j->n_tracks + 2;
  j->p = EISI_TRACK_PARAMS * j->n_all + EISI_TRACK_SERIES;
  j->peak = eisi_new(j->n_tracks * n + 1, sizeof *j->peak, err);
  j->shared = eisi_new(j->n_tracks * n + 1, sizeof *j->shared, err);
  j->on = eisi_new(j->n_all * n, sizeof *j->on, err);
  j->x = eisi_new(j->p * n, sizeof *j->x, err);
  j->sd = eisi_new(j->p * n, sizeof *j->sd, err);
  j->sd_high = eisi_new(n, sizeof *j->sd_high, err);
  j->spread = eisi_new(j->p, sizeof *j->spread, err);
  j->slope = eisi_new(j->p, sizeof *j->slope, err);
  j->noise = eisi_new(n, sizeof *j->noise, err);
  j->fits = eisi_new(n, sizeof *j->fits, err);
  return j->peak && j->shared && j->on && j->x && j->sd && j->sd_high && j->spread && j->slope &&
                 j->noise && j->fits
             ? EIS_OK
             : EIS_ERROR_MEMORY;
}

void eisi_track_joint_clear(eisi_track_joint *j) {
  free(j->peak);
  free(j->shared);
  free(j->on);
  free(j->x);
  free(j->sd);
  free(j->sd_high);
  free(j->spread);
  free(j->slope);
  free(j->noise);
  free(j->fits);
  *j = (eisi_track_joint){0};
}

/* ---- where it starts ---- */

static double *params(const eisi_track_joint *j, size_t i, size_t t) {
  return &j->x[i * j->p + t * EISI_TRACK_PARAMS];
}

static void place_peaks(eisi_track_joint *j) {
  for (size_t k = 0; k < j->n_tracks * j->n; k++) j->peak[k] = j->shared[k] = -1;
  for (size_t k = 0; k < j->links->n_nodes; k++) {
    const eisi_track_node *x = &j->links->node[k];
    if (x->track < 0) continue;
    const eis_drt_peak *p = &spectrum(j, x->place)->peak[x->peak];
    double *to = params(j, x->place, (size_t)x->track);
    j->peak[(size_t)x->track * j->n + x->place] = (int)x->peak;
    to[EISI_TRACK_R] = log(p->R);
    to[EISI_TRACK_TAU] = log(p->tau);
    to[EISI_TRACK_N] = fmin(fmax(eisi_drt_zarc_alpha(p->width), 0.4), 0.98);
  }
}

/* Places without a peak, between places with one: along a line; beyond them: as the nearest. */
static void fill_between(eisi_track_joint *j, size_t t) {
  const int *peak = &j->peak[t * j->n];
  const double *time = j->links->time, *warm = j->links->shift;
  size_t before = SIZE_MAX;
  for (size_t i = 0; i < j->n; i++) {
    if (peak[i] >= 0) {
      before = i;
      continue;
    }
    size_t after = i;
    while (after < j->n && peak[after] < 0) after++;
    const size_t a = before == SIZE_MAX ? after : before, b = after == j->n ? a : after;
    const double share = b > a && time[b] > time[a] ? (time[i] - time[a]) / (time[b] - time[a]) : 0;
    const double shift = warm[i] - warm[a] - share * (warm[b] - warm[a]);
    for (size_t q = 0; q < EISI_TRACK_PARAMS; q++) {
      const double from = params(j, a, t)[q], to = params(j, b, t)[q];
      params(j, i, t)[q] =
          from + share * (to - from) + (q <= EISI_TRACK_TAU ? j->links->energy * shift : 0);
    }
  }
}

/* From its first to its last peak and a little beyond; everywhere, if it has most of the spectra.
 */
static void switch_on(eisi_track_joint *j, size_t t) {
  const int *peak = &j->peak[t * j->n];
  size_t first = j->n, last = 0, n = 0;
  for (size_t i = 0; i < j->n; i++) {
    if (peak[i] < 0) continue;
    if (first == j->n) first = i;
    last = i;
    n++;
  }
  if ((double)n >= COMMON * (double)j->n) first = 0, last = j->n - 1;
  for (size_t i = 0; i < j->n; i++) j->on[t * j->n + i] = i + BEYOND >= first && i <= last + BEYOND;
}

bool eisi_track_has_data(const eisi_track_joint *j, size_t i) {
  return spectrum(j, i)->n >= POINTS_LEAST;
}

/* There always is something faster: with the peaks beyond the data, or with half of R_inf. */
static void start_fast(eisi_track_joint *j, size_t i, double *x) {
  const eis_track_spectrum *s = spectrum(j, i);
  double R = s->R_fast;
  for (size_t q = 0; q < s->n_peaks; q++)
    if (eisi_track_beyond(s, &s->peak[q])) R += s->peak[q].R;
  if (!(R > 0) && !(s->R_inf > 0)) return;
  if (!(R > 0)) {
    R = 0.5 * s->R_inf;
    j->x[i * j->p + EISI_TRACK_PARAMS * j->n_all] -= R;
  }
  j->on[j->n_tracks * j->n + i] = true;
  x[EISI_TRACK_R] = log(R);
  x[EISI_TRACK_N] = 0.9;
}

/* What lies beyond the data: h = 0 fast, 1 slow. */
static void start_end(eisi_track_joint *j, size_t h) {
  const size_t t = j->n_tracks + h;
  size_t seen = 0;
  double usual = 0;
  for (size_t i = 0; i < j->n; i++) {
    const double R = h ? spectrum(j, i)->R_slow : spectrum(j, i)->R_fast;
    if (!(R > 0)) continue;
    seen++;
    usual += (log(R) - usual) / (double)seen;
  }
  const bool common = (double)seen > ENDS * (double)j->n;
  for (size_t i = 0; i < j->n; i++) {
    const eis_track_spectrum *s = spectrum(j, i);
    const double R = h ? s->R_slow : s->R_fast;
    double *x = params(j, i, t);
    x[EISI_TRACK_R] = R > 0 ? log(R) : usual;
    x[EISI_TRACK_TAU] = log(h ? s->tau_max : s->tau_min);
    x[EISI_TRACK_N] = 0.6;
    j->on[t * j->n + i] = common || R > 0;
    if (h == 0) start_fast(j, i, x);
  }
}

static void start_series(eisi_track_joint *j) {
  for (size_t i = 0; i < j->n; i++) {
    const eis_track_spectrum *s = spectrum(j, i);
    const double v[EISI_TRACK_SERIES] = {s->R_inf, s->L, s->C_inv};
    for (size_t k = 0; k < EISI_TRACK_SERIES; k++) {
      j->x[i * j->p + EISI_TRACK_PARAMS * j->n_all + k] = isfinite(v[k]) ? v[k] : 0;
      if (isfinite(v[k])) j->series[k] = true;
    }
    j->noise[i] = fmax(isfinite(s->noise_percent) ? s->noise_percent / 100 : 0.01, LEAST_NOISE);
  }
}

/* Steps of a track from peak to peak: ln R and ln tau, squared, and the squares of their errors. */
typedef struct steps {
  size_t n;
  double *square[2], *error[2];
} steps;

/* Robust spread in units of what the squares were divided by; `otherwise` when there are too few.
 */
static double spread_of(const steps *v, size_t q, double least, double most, double otherwise) {
  if (v->n < LINKS_LEAST) return otherwise; /* .455: median of chi2 */
  const double s2 = eisi_median(v->square[q], v->n) / 0.455 - eisi_median(v->error[q], v->n);
  return sqrt(fmin(fmax(s2, least * least), most * most));
}

static void add_step(steps *v, const eisi_track_node *a, const eisi_track_node *b, double unit) {
  const double r = b->lr - a->lr, t = b->lt - a->lt;
  v->square[0][v->n] = r * r / unit;
  v->square[1][v->n] = t * t / unit;
  v->error[0][v->n] = (a->er * a->er + b->er * b->er) / unit;
  v->error[1][v->n] = (a->et * a->et + b->et * b->et) / unit;
  v->n++;
}

/* Two sets of steps: at one SOC, from SOC to SOC. */
static void divide_room(steps *v, double *room, size_t n) {
  for (size_t q = 0; q < 8; q++)
    (q % 4 < 2 ? v[q / 4].square : v[q / 4].error)[q % 2] = room + q * (n + 1);
}

static void set_spread(eisi_track_joint *j, size_t t, const steps *v) {
  for (size_t q = 0; q < 2; q++) {
    const double usual = q == EISI_TRACK_R ? j->links->spread_r : j->links->spread_t;
    j->spread[t * EISI_TRACK_PARAMS + q] = spread_of(&v[0], q, SPREAD_LEAST, SPREAD_MOST, usual);
    j->slope[t * EISI_TRACK_PARAMS + q] = spread_of(&v[1], q, SLOPE_LEAST, SLOPE_MOST, SLOPE_USUAL);
  }
  j->spread[t * EISI_TRACK_PARAMS + EISI_TRACK_N] = N_STEP;
  j->spread[t * EISI_TRACK_PARAMS + EISI_TRACK_B] = B_STEP;
}

/* How far ln R and ln tau of a track usually move, in time and with SOC, from its peaks less their
   errors. */
static eis_status learn_spread(eisi_track_joint *j, size_t t, eis_error *err) {
  const eisi_track_node *last = NULL;
  double *room = eisi_new(8 * (j->n + 1), sizeof *room, err);
  steps v[2] = {{0}, {0}};
  if (!room) return EIS_ERROR_MEMORY;
  divide_room(v, room, j->n);
  for (size_t k = 0; k < j->links->n_nodes; k++) {
    const eisi_track_node *x = &j->links->node[k];
    if (x->track != (int)t) continue;
    if (last) {
      const double soc = eisi_track_soc_step(spectrum(j, last->place), spectrum(j, x->place));
      const double time = j->links->time[x->place] - j->links->time[last->place];
      if (soc > SAME_SOC)
        add_step(&v[1], last, x, soc * soc);
      else
        add_step(&v[0], last, x, time);
    }
    last = x;
  }
  set_spread(j, t, v);
  free(room);
  return EIS_OK;
}

static eis_status start(eisi_track_joint *j, eis_error *err) {
  eis_status st = EIS_OK;
  place_peaks(j);
  start_series(j);
  for (size_t t = 0; st == EIS_OK && t < j->n_tracks; t++) {
    fill_between(j, t);
    switch_on(j, t);
    st = learn_spread(j, t, err);
  }
  for (size_t h = 0; h < 2; h++) {
    double *s = &j->spread[(j->n_tracks + h) * EISI_TRACK_PARAMS];
    start_end(j, h);
    s[EISI_TRACK_R] = s[EISI_TRACK_TAU] = 0.5;
    s[EISI_TRACK_N] = h ? FORM_STEP : N_STEP; /* grain boundaries have a form, diffusion has none */
    s[EISI_TRACK_B] = h ? FORM_STEP : B_STEP;
  }
  return st;
}

/* ---- one spectrum, its neighbours held ---- */

double eisi_track_pull(const eisi_track_joint *j, size_t i, const double *x, double *g, double *H) {
  double sum = 0;
  for (size_t k = 0; k < j->p; k++) {
    double value, expected, w = eisi_track_known(j, i, k, &value), d = x[k] - value;
    double diagonal = w, slope = w * d;
    sum += w * d * d;
    for (size_t side = 0; side < 2; side++) {
      const size_t at = i + side;
      if (at == 0 || at == j->n) continue;
      w = eisi_track_tie(j, at, k, &expected);
      d = side ? x[k] - j->x[at * j->p + k] + expected
               : x[k] - j->x[(at - 1) * j->p + k] - expected;
      sum += w * d * d;
      diagonal += w;
      slope += w * d;
    }
    if (!g) continue;
    g[k] += slope;
    H[k * j->p + k] += diagonal;
  }
  return sum;
}

static const double range_low[EISI_TRACK_PARAMS] = {-60, -60, 0.3, -1},
                    range_high[EISI_TRACK_PARAMS] = {60, 60, 1, 0.5};

void eisi_track_keep_in_range(const eisi_track_joint *j, double *x) {
  for (size_t k = 0; k < EISI_TRACK_PARAMS * j->n_all; k++)
    x[k] = fmin(fmax(x[k], range_low[k % EISI_TRACK_PARAMS]), range_high[k % EISI_TRACK_PARAMS]);
}

bool eisi_track_stopped(const eisi_track_joint *j, size_t k, double x, double g) {
  const size_t q = k % EISI_TRACK_PARAMS;
  if (k >= EISI_TRACK_PARAMS * j->n_all) return false;
  return (x >= range_high[q] && g < 0) || (x <= range_low[q] && g > 0);
}

/* A step of Levenberg and Marquardt; false = no lower sum was found.  *misfit: that of the data. */
static bool improve(eisi_track_joint *j, size_t i, double *damping, eisi_track_room *o,
                    double *misfit) {
  const size_t p = j->p, n2 = 2 * spectrum(j, i)->n;
  double *x = &j->x[i * p];
  *misfit = eisi_track_residual(j, i, x, true, o);
  eisi_gram(n2, p, o->J, o->H);
  eisi_gemv_t(n2, p, o->J, o->r, o->g);
  const double now = *misfit + eisi_track_pull(j, i, x, o->g, o->H);
  double *A = o->J; /* it has done its work */
  for (size_t q = 0; q < p; q++)
    if (eisi_track_stopped(j, q, x[q], o->g[q])) o->H[q * p + q] = 1e20, o->g[q] = 0;
  for (int k = 0; k < TRIES; k++, *damping = fmin(*damping * 10, 1e6)) {
    memcpy(A, o->H, p * p * sizeof *A);
    for (size_t q = 0; q < p; q++) A[q * p + q] *= 1 + *damping;
    for (size_t q = 0; q < p; q++) o->step[q] = -o->g[q];
    if (!eisi_chol_solve(p, A, o->step, 1)) continue;
    for (size_t q = 0; q < p; q++) o->try[q] = x[q] + o->step[q];
    eisi_track_keep_in_range(j, o->try);
    const double data = eisi_track_residual(j, i, o->try, false, o);
    const double then = data + eisi_track_pull(j, i, o->try, NULL, NULL);
    if (!(then < now)) continue;
    memcpy(x, o->try, p * sizeof *x);
    *damping = fmax(*damping / 10, 1e-9);
    *misfit = data;
    return now - then > 1e-4 * now;
  }
  return false;
}

/* Parameters of the place that the data settle. */
static double degrees(const eisi_track_joint *j, size_t i) {
  double n = 2 * (double)spectrum(j, i)->n - EISI_TRACK_SERIES;
  for (size_t t = 0; t < j->n_all; t++) n -= j->on[t * j->n + i] ? 3 : 0;
  return fmax(n, 4);
}

/* Places that the sum does not describe get a few steps more. */
static void persist(eisi_track_joint *j, double *damping, eisi_track_room *o) {
  for (size_t i = 0; i < j->n; i++) {
    double misfit;
    if (j->fits[i] || !eisi_track_has_data(j, i)) continue;
    for (int k = 0; k < PATIENCE && improve(j, i, &damping[i], o, &misfit); k++) continue;
  }
}

static void sweep(eisi_track_joint *j, bool up, double *damping, eisi_track_room *o) {
  for (size_t k = 0; k < j->n; k++) {
    const size_t i = up ? k : j->n - 1 - k;
    double misfit;
    if (eisi_track_has_data(j, i)) improve(j, i, &damping[i], o, &misfit);
  }
}

/* The noise is not smaller than what is left over; where that is much more than gamma leaves, the
   sum is not the right one. */
static void judge(eisi_track_joint *j, eisi_track_room *o) {
  for (size_t i = 0; i < j->n; i++) {
    const eis_track_spectrum *s = spectrum(j, i);
    if (!eisi_track_has_data(j, i)) continue;
    const double single = isfinite(s->noise_percent) ? s->noise_percent / 100 : 0.01;
    const double misfit = eisi_track_residual(j, i, &j->x[i * j->p], false, o);
    const double left = j->noise[i] * sqrt(misfit / degrees(j, i));
    j->fits[i] = left <= MISFIT_MOST * single + MISFIT_MORE;
    j->noise[i] = fmax(fmax(single, LEAST_NOISE), left);
  }
}

/* ---- is it there at all? ---- */

/* What the misfit rises by when the process is taken out and the others have settled. */
static double evidence(eisi_track_joint *j, size_t t, size_t i, eisi_track_room *o, double *saved) {
  double *x = &j->x[i * j->p], with, without, damping = 1e-3;
  memcpy(saved, x, j->p * sizeof *x);
  with = eisi_track_residual(j, i, x, false, o);
  j->on[t * j->n + i] = false;
  without = eisi_track_residual(j, i, x, false, o);
  for (int k = 0; k < TRIAL_STEPS && without - with > EVIDENCE; k++)
    if (!improve(j, i, &damping, o, &without)) break;
  memcpy(x, saved, j->p * sizeof *x);
  j->on[t * j->n + i] = true;
  return without - with;
}

/* Within half a decade of another process that is there: the two are one arc, and which part of it
   is which is known from the neighbours only. */
static bool hidden(const eisi_track_joint *j, size_t t, size_t i) {
  const double lt = params(j, i, t)[EISI_TRACK_TAU];
  size_t first = j->n, last = 0;
  for (size_t k = 0; k < j->n; k++) {
    if (j->peak[t * j->n + k] < 0) continue;
    if (first == j->n) first = k;
    last = k;
  }
  if (i < first || i > last) return false;
  for (size_t u = 0; u < j->n_tracks; u++)
    if (u != t && j->peak[u * j->n + i] >= 0 && fabs(params(j, i, u)[EISI_TRACK_TAU] - lt) < HIDES)
      return true;
  return false;
}

/* The process is in most spectra, before and behind this place too, and the data do not speak
   against it: R is not far below the line between the nearest places that show it.  To leave it out
   would give its resistance to the others. */
static bool expected(const eisi_track_joint *j, size_t t, size_t i) {
  const int *peak = &j->peak[t * j->n];
  const double *time = j->links->time;
  size_t a = i, b = i, seen = 0;
  for (size_t k = 0; k < j->n; k++) seen += peak[k] >= 0;
  while (a > 0 && peak[a] < 0) a--;
  while (b + 1 < j->n && peak[b] < 0) b++;
  if ((double)seen < COMMON * (double)j->n || (peak[a] < 0 && peak[b] < 0)) return false;
  if (peak[a] < 0) a = b;
  if (peak[b] < 0) b = a;
  const double share = time[b] > time[a] ? (time[i] - time[a]) / (time[b] - time[a]) : 0;
  const double from = params(j, a, t)[EISI_TRACK_R], to = params(j, b, t)[EISI_TRACK_R];
  return params(j, i, t)[EISI_TRACK_R] > from + share * (to - from) - AGAINST;
}

static eis_status drop_absent(eisi_track_joint *j, eisi_track_room *o, eis_error *err) {
  double *saved = eisi_new(j->p, sizeof *saved, err);
  if (!saved) return EIS_ERROR_MEMORY;
  for (size_t t = 0; t < j->n_tracks; t++)
    for (size_t i = 0; i < j->n; i++) {
      if (j->peak[t * j->n + i] >= 0 || !j->on[t * j->n + i]) continue;
      if (hidden(j, t, i) || expected(j, t, i)) continue;
      if (eisi_track_has_data(j, i) && evidence(j, t, i, o, saved) > EVIDENCE) continue;
      j->on[t * j->n + i] = false;
    }
  free(saved);
  return EIS_OK;
}

/* ---- how far they move, once more ---- */

/* The steps of the joint sum itself, when it is near: those of single peaks may be nothing but
 * noise. */
static eis_status learn_again(eisi_track_joint *j, eis_error *err) {
  double *room = eisi_new(8 * (j->n + 1), sizeof *room, err);
  if (!room) return EIS_ERROR_MEMORY;
  for (size_t t = 0; t < j->n_tracks; t++) {
    steps v[2] = {{0}, {0}};
    divide_room(v, room, j->n);
    for (size_t i = 1; i < j->n; i++) {
      if (!j->on[t * j->n + i] || !j->on[t * j->n + i - 1] || !j->fits[i] || !j->fits[i - 1])
        continue;
      const double *a = params(j, i - 1, t), *b = params(j, i, t);
      const double warmer = j->links->energy * (j->links->shift[i] - j->links->shift[i - 1]);
      const eisi_track_node from = {.lr = a[EISI_TRACK_R], .lt = a[EISI_TRACK_TAU]};
      const eisi_track_node to = {.lr = b[EISI_TRACK_R] - warmer, .lt = b[EISI_TRACK_TAU] - warmer};
      const double soc = eisi_track_soc_step(spectrum(j, i - 1), spectrum(j, i));
      const double time = j->links->time[i] - j->links->time[i - 1];
      add_step(&v[soc > SAME_SOC], &from, &to, soc > SAME_SOC ? soc * soc : time);
    }
    set_spread(j, t, v);
  }
  free(room);
  return EIS_OK;
}

/* ---- the whole ---- */

/* Each spectrum by itself until it is near, then all together. */
static eis_status approach(eisi_track_joint *j, double *damping, eisi_track_room *o,
                           eis_error *err) {
  for (int k = 0; k < SWEEPS; k++) sweep(j, k % 2 == 0, damping, o);
  judge(j, o);
  persist(j, damping, o);
  eis_status st = eisi_track_newton(j, NEAR_STEPS, o, err);
  judge(j, o);
  persist(j, damping, o);
  if (st == EIS_OK) st = learn_again(j, err);
  if (st == EIS_OK) st = drop_absent(j, o, err);
  if (st == EIS_OK) st = eisi_track_newton(j, STEPS, o, err);
  judge(j, o);
  return st;
}

static eis_status fit(eisi_track_joint *j, eisi_track_room *o, eis_error *err) {
  double *damping = eisi_new(j->n, sizeof *damping, err);
  if (!damping) return EIS_ERROR_MEMORY;
  for (size_t i = 0; i < j->n; i++) damping[i] = 1e-3;
  const eis_status st = approach(j, damping, o, err);
  free(damping);
  return st;
}

eis_status eisi_track_joint_run(const eis_track_input *in, const eisi_track_path *path,
                                const eisi_track_links *links, eisi_track_joint *out,
                                eis_error *err) {
  eisi_track_room room = {0};
  *out = (eisi_track_joint){.in = in, .path = path, .links = links, .n = in->n};
  eis_status st = make(out, err);
  if (st == EIS_OK) st = room_make(out, &room, err);
  if (st == EIS_OK) st = start(out, err);
  if (st == EIS_OK) st = fit(out, &room, err);
  if (st == EIS_OK) st = eisi_track_errors(out, &room, err);
  room_clear(&room);
  return st;
}
