/* track_band.c - errors of the joint sum: each spectrum's block of the inverse of the whole
   curvature, which is block tridiagonal, by elimination from both ends. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "campaign/track.h"
#include "numerics/linalg.h"

/* Resistances that are known as a sum only: so much correlation at so large an error. */
static const double SHARED_CORRELATION = -0.8, SHARED_ERROR = 0.1;
static const double HELD = 1e20;

typedef struct band {
  eisi_track_joint *j;
  eisi_track_room *room;
  double *F; /* p x p per place: what the places before it know */
  double *G; /* p x p: what those behind it know */
  double *A, *inverse;
} band;

/* A parameter that the data hold at the end of its range is known; but not the exponent of what
   lies beyond the fast end: of that arc only the tail is seen, and the whole of R_inf hangs on it.
 */
static void pin(const band *b, size_t i, double *A) {
  const eisi_track_joint *j = b->j;
  const size_t p = j->p, n2 = 2 * j->in->at[j->path->at[i]].n;
  for (size_t k = 0; k < p; k++) {
    double slope = 0;
    if (k / EISI_TRACK_PARAMS == j->n_tracks) continue;
    for (size_t m = 0; m < n2; m++) slope += b->room->J[k * n2 + m] * b->room->r[m];
    if (eisi_track_stopped(j, k, j->x[i * p + k], slope)) A[k * p + k] += HELD;
  }
}

/* Curvature of place i, its ties to both sides included. */
static void curvature(const band *b, size_t i, double *A) {
  const eisi_track_joint *j = b->j;
  const size_t p = j->p, n = j->in->at[j->path->at[i]].n;
  double unused;
  memset(A, 0, p * p * sizeof *A);
  if (eisi_track_has_data(j, i)) {
    eisi_track_residual(j, i, &j->x[i * p], true, b->room);
    eisi_gram(2 * n, p, b->room->J, A);
    pin(b, i, A);
  }
  for (size_t k = 0; k < p; k++) {
    A[k * p + k] += eisi_track_known(j, i, k, &unused);
    if (i > 0) A[k * p + k] += eisi_track_tie(j, i, k, &unused);
    if (i + 1 < j->n) A[k * p + k] += eisi_track_tie(j, i + 1, k, &unused);
  }
}

/* to = Q A^-1 Q with the ties Q of step i; zero when A can't be inverted.  A is destroyed. */
static void hand_on(const band *b, size_t i, double *A, double *to) {
  const size_t p = b->j->p;
  double unused;
  memset(to, 0, p * p * sizeof *to);
  for (size_t k = 0; k < p; k++) to[k * p + k] = 1;
  if (!eisi_chol_solve(p, A, to, p)) {
    memset(to, 0, p * p * sizeof *to);
    return;
  }
  for (size_t k = 0; k < p; k++) {
    const double q = eisi_track_tie(b->j, i, k, &unused);
    for (size_t m = 0; m < p; m++) {
      to[k * p + m] *= q;
      to[m * p + k] *= q;
    }
  }
}

static void subtract(double *A, const double *B, size_t n) {
  for (size_t k = 0; k < n; k++) A[k] -= B[k];
}

static void find_shared(eisi_track_joint *j, size_t i, const double *cov) {
  const size_t p = j->p, n = j->n;
  for (size_t t = 0; t < j->n_tracks; t++) j->shared[t * n + i] = -1;
  for (size_t t = 0; t < j->n_tracks; t++) {
    double least = SHARED_CORRELATION;
    const size_t a = t * EISI_TRACK_PARAMS;
    if (!j->on[t * n + i] || sqrt(cov[a * p + a]) < SHARED_ERROR) continue;
    for (size_t u = 0; u < j->n_tracks; u++) {
      const size_t c = u * EISI_TRACK_PARAMS;
      if (u == t || !j->on[u * n + i]) continue;
      const double r = cov[a * p + c] / sqrt(cov[a * p + a] * cov[c * p + c]);
      if (!(r < least)) continue;
      least = r;
      j->shared[t * n + i] = (int)u;
    }
    const int with = j->shared[t * n + i]; /* what holds for one holds for the other */
    if (with >= 0 && j->shared[(size_t)with * n + i] < 0) j->shared[(size_t)with * n + i] = (int)t;
  }
}

/* R_inf and the process beyond the fast end are known as a sum. */
static double high_error(const eisi_track_joint *j, size_t i, const double *cov) {
  const size_t p = j->p, a = EISI_TRACK_PARAMS * j->n_all, b = EISI_TRACK_PARAMS * j->n_tracks;
  const double R = j->on[j->n_tracks * j->n + i] ? exp(j->x[i * p + b]) : 0;
  return sqrt(fmax(cov[a * p + a] + 2 * R * cov[a * p + b] + R * R * cov[b * p + b], 0));
}

static void finish(const band *b, size_t i) {
  const size_t p = b->j->p;
  double *inverse = b->inverse;
  memset(inverse, 0, p * p * sizeof *inverse);
  for (size_t k = 0; k < p; k++) inverse[k * p + k] = 1;
  const bool ok = eisi_chol_solve(p, b->A, inverse, p);
  for (size_t k = 0; k < p; k++) b->j->sd[i * p + k] = ok ? sqrt(fmax(inverse[k * p + k], 0)) : NAN;
  b->j->sd_high[i] = ok ? high_error(b->j, i, inverse) : NAN;
  if (ok) find_shared(b->j, i, inverse);
}

static void eliminate(const band *b) {
  const size_t n = b->j->n, p2 = b->j->p * b->j->p;
  for (size_t i = 1; i < n; i++) {
    curvature(b, i - 1, b->A);
    subtract(b->A, &b->F[(i - 1) * p2], p2);
    hand_on(b, i, b->A, &b->F[i * p2]);
  }
  memset(b->G, 0, p2 * sizeof *b->G);
  for (size_t i = n; i-- > 0;) {
    curvature(b, i, b->A);
    subtract(b->A, b->G, p2);
    memcpy(b->inverse, b->A, p2 * sizeof *b->A);
    if (i > 0) hand_on(b, i, b->inverse, b->G);
    subtract(b->A, &b->F[i * p2], p2);
    finish(b, i);
  }
}

eis_status eisi_track_errors(eisi_track_joint *j, eisi_track_room *room, eis_error *err) {
  const size_t p2 = j->p * j->p;
  band b = {.j = j, .room = room};
  b.F = eisi_new((j->n + 3) * p2, sizeof *b.F, err);
  if (!b.F) return EIS_ERROR_MEMORY;
  b.G = b.F + j->n * p2;
  b.A = b.G + p2;
  b.inverse = b.A + p2;
  eliminate(&b);
  free(b.F);
  return EIS_OK;
}
