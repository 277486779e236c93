/* track_newton.c - all spectra of a cell at once: Gauss-Newton steps of the joint sum, whose
   curvature is block tridiagonal (diagonal blocks off the diagonal: each parameter is tied to
   itself in the next spectrum). */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "campaign/track.h"
#include "numerics/linalg.h"

enum { TRIES = 3 };
static const double LEAST_GAIN = 1e-5; /* of the sum */
static const double HELD = 1e20;

typedef struct newton {
  eisi_track_joint *j;
  eisi_track_room *room;
  double *inverse; /* p x p per place: of what is left of its block when those before it are
                      eliminated */
  double *g;       /* p per place: gradient, then the step */
  double *tie;     /* p per place: to the place before */
  double *saved;   /* p per place: parameters */
  double *A, *T;   /* p x p */
} newton;

static double total(const newton *w) {
  const eisi_track_joint *j = w->j;
  double sum = 0, value;
  for (size_t i = 0; i < j->n; i++) {
    const double *x = &j->x[i * j->p];
    if (eisi_track_has_data(j, i)) sum += eisi_track_residual(j, i, x, false, w->room);
    for (size_t k = 0; k < j->p; k++) {
      const double known = eisi_track_known(j, i, k, &value);
      sum += known * (x[k] - value) * (x[k] - value) + (i ? eisi_track_strain(j, i, k) : 0);
    }
  }
  return sum;
}

/* Gradient and curvature of place i. */
static void fill(const newton *w, size_t i, double damping) {
  const eisi_track_joint *j = w->j;
  const size_t p = j->p, n2 = 2 * j->in->at[j->path->at[i]].n;
  double *g = &w->g[i * p], expected;
  memset(w->A, 0, p * p * sizeof *w->A);
  memset(g, 0, p * sizeof *g);
  if (eisi_track_has_data(j, i)) {
    eisi_track_residual(j, i, &j->x[i * p], true, w->room);
    eisi_gram(n2, p, w->room->J, w->A);
    eisi_gemv_t(n2, p, w->room->J, w->room->r, g);
  }
  eisi_track_pull(j, i, &j->x[i * p], g, w->A);
  for (size_t k = 0; k < p; k++) {
    w->A[k * p + k] *= 1 + damping;
    if (eisi_track_stopped(j, k, j->x[i * p + k], g[k])) {
      w->A[k * p + k] = HELD;
      g[k] = 0;
    }
    w->tie[i * p + k] = i ? eisi_track_tie(j, i, k, &expected) : 0;
  }
}

static void times(const double *M, const double *v, size_t p, double *out) {
  memset(out, 0, p * sizeof *out);
  for (size_t c = 0; c < p; c++)
    for (size_t r = 0; r < p; r++) out[r] += M[c * p + r] * v[c];
}

/* Eliminates from the first place on; false = a block is not positive definite. */
static bool forward(const newton *w, double damping) {
  const size_t p = w->j->p, p2 = p * p;
  for (size_t i = 0; i < w->j->n; i++) {
    double *inverse = &w->inverse[i * p2], *q = &w->tie[i * p];
    fill(w, i, damping);
    if (i > 0) {
      const double *before = &w->inverse[(i - 1) * p2];
      times(before, &w->g[(i - 1) * p], p, w->T);
      for (size_t k = 0; k < p; k++) w->g[i * p + k] += q[k] * w->T[k];
      for (size_t c = 0; c < p; c++)
        for (size_t r = 0; r < p; r++) w->A[c * p + r] -= q[c] * q[r] * before[c * p + r];
    }
    memset(inverse, 0, p2 * sizeof *inverse);
    for (size_t k = 0; k < p; k++) inverse[k * p + k] = 1;
    if (!eisi_chol_solve(p, w->A, inverse, p)) return false;
  }
  return true;
}

/* The step, from the last place back. */
static void backward(const newton *w) {
  const size_t p = w->j->p;
  for (size_t i = w->j->n; i-- > 0;) {
    double *g = &w->g[i * p];
    for (size_t k = 0; k < p; k++) {
      g[k] = -g[k];
      if (i + 1 < w->j->n) g[k] += w->tie[(i + 1) * p + k] * w->g[(i + 1) * p + k];
    }
    times(&w->inverse[i * p * p], g, p, w->T);
    memcpy(g, w->T, p * sizeof *g);
  }
}

/* What the data hardly determine may not run away: steps of a spectrum are cut to ln R and ln tau
   .5, n .08, ln b .15. */
static double cut(const eisi_track_joint *j, const double *d) {
  static const double reach[EISI_TRACK_PARAMS] = {0.5, 0.5, 0.08, 0.15};
  double share = 1;
  for (size_t k = 0; k < EISI_TRACK_PARAMS * j->n_all; k++)
    share = fmin(share, reach[k % EISI_TRACK_PARAMS] / fmax(fabs(d[k]), 1e-12));
  return share;
}

/* One step; *sum: the whole sum before and after.  false = nothing to be gained. */
static bool step(const newton *w, double *damping, double *sum) {
  eisi_track_joint *j = w->j;
  const size_t n = j->n * j->p;
  for (int k = 0; k < TRIES; k++, *damping *= 10) {
    if (!forward(w, *damping)) continue;
    backward(w);
    memcpy(w->saved, j->x, n * sizeof *w->saved);
    for (size_t i = 0; i < j->n; i++) {
      const double share = cut(j, &w->g[i * j->p]);
      for (size_t q = i * j->p; q < (i + 1) * j->p; q++) j->x[q] += share * w->g[q];
      eisi_track_keep_in_range(j, &j->x[i * j->p]);
    }
    const double now = total(w);
    if (now < *sum) {
      const bool enough = *sum - now > LEAST_GAIN * *sum;
      *sum = now;
      *damping = fmax(*damping / 3, 1e-3);
      return enough;
    }
    memcpy(j->x, w->saved, n * sizeof *w->saved);
  }
  return false;
}

eis_status eisi_track_newton(eisi_track_joint *j, int steps, eisi_track_room *room,
                             eis_error *err) {
  const size_t p = j->p, n = j->n * p;
  newton w = {.j = j, .room = room};
  double damping = 1e-3;
  w.inverse = eisi_new((j->n + 2) * p * p + 3 * n, sizeof *w.inverse, err);
  if (!w.inverse) return EIS_ERROR_MEMORY;
  w.A = w.inverse + j->n * p * p;
  w.T = w.A + p * p;
  w.g = w.T + p * p;
  w.tie = w.g + n;
  w.saved = w.tie + n;
  double sum = total(&w);
  for (int k = 0; k < steps && step(&w, &damping, &sum); k++) continue;
  free(w.inverse);
  return EIS_OK;
}
