/* track_scatter.c - are the errors of a track as large as its values scatter?  What the data leave
   open of a sum of arcs has two parts: one differs from spectrum to spectrum and can be seen along
   the sequence; the other is common to all of them (forms of the arcs, what the ties hold) and
   can't. */
#include <math.h>
#include <stdlib.h>

#include "campaign/track.h"
#include "numerics/stats.h"

enum { RESIDUALS_LEAST = 10 };
static const double SAME_SOC = 0.02, SAME_T = 1.0;
/* Of the variance, the part that is common. */
static const double COMMON = 0.5;
/* An arc of the solver for space charge and layers is not quite one of the sum: R is off by so much
   when there is no noise (doc/tracking.md). */
static const double FORM_ERROR = 0.01;

typedef struct entry {
  double T, soc, age; /* 0 when not known */
  double lr, se;
} entry;

static int order(double a, double b, double same) {
  return fabs(a - b) <= same ? 0 : a < b ? -1 : 1;
}

static int by_state(const void *a, const void *b) {
  const entry *x = a, *y = b;
  const int T = order(x->T, y->T, 0), soc = order(x->soc, y->soc, 0);
  return T ? T : soc ? soc : order(x->age, y->age, 0);
}

static double known_or(double v, double other) { return isfinite(v) ? v : other; }

static size_t collect(const eis_track_input *in, const eis_track *t, entry *at) {
  size_t n = 0;
  for (size_t k = 0; k < t->n_rows; k++) {
    const eis_track_row *r = &t->row[k];
    const eis_track_spectrum *s = &in->at[r->spectrum];
    if (r->shared >= 0 || !(r->R_error > 0)) continue;
    at[n++] = (entry){.T = round(known_or(s->T, 0) / SAME_T),
                      .soc = round(known_or(s->soc, 0) / SAME_SOC),
                      .age = known_or(s->age, (double)r->spectrum),
                      .lr = log(r->R),
                      .se = r->R_error / r->R};
  }
  qsort(at, n, sizeof *at, by_state);
  return n;
}

/* Squares of what ln R has beside the line between the ages before and behind at one SOC and
   temperature, over the square of its error; both as variances of one value. */
static size_t residuals(const entry *at, size_t n, double *square, double *told) {
  size_t m = 0;
  for (size_t i = 1; i + 1 < n; i++) {
    const entry *a = &at[i - 1], *x = &at[i], *b = &at[i + 1];
    const bool together = order(a->T, b->T, 0) == 0 && order(a->soc, b->soc, 0) == 0;
    if (!together) continue;
    const double w = b->age > a->age ? (x->age - a->age) / (b->age - a->age) : 0.5;
    const double off = x->lr - (1 - w) * a->lr - w * b->lr;
    square[m] = off * off / (1 + w * w + (1 - w) * (1 - w));
    told[m++] = x->se * x->se;
  }
  return m;
}

static double factor_of(const entry *at, size_t n, double *room) {
  double *told = room + n;
  const size_t m = residuals(at, n, room, told);
  if (m < RESIDUALS_LEAST) return 1; /* .455: median of chi2 with one degree of freedom */
  const double seen = eisi_median(room, m) / 0.455, said = eisi_median(told, m);
  return sqrt(COMMON + (1 - COMMON) * fmin(seen / said, 1));
}

eis_status eisi_track_scatter(const eis_track_input *in, eis_track *t, eis_error *err) {
  const size_t n = t->n_rows;
  if (t->series) return EIS_OK;
  entry *at = eisi_new(n + 1, sizeof *at, err);
  double *room = eisi_new(2 * n + 1, sizeof *room, err);
  if (at && room) {
    const double factor = factor_of(at, collect(in, t, at), room);
    for (size_t k = 0; k < n; k++) {
      eis_track_row *r = &t->row[k];
      if (r->shared < 0) r->R_error *= factor;
      r->R_error = hypot(r->R_error, FORM_ERROR * r->R);
    }
  }
  const bool ok = at && room;
  free(at);
  free(room);
  return ok ? EIS_OK : EIS_ERROR_MEMORY;
}
