/* track_path.c - the order in which the spectra of a cell are followed: a short path through them,
   where the distance of two spectra is the rms difference of ln Z at common frequencies.  A
   campaign over SOC and age becomes a line that goes to and fro, with like next to like. */
#include <math.h>
#include <stdlib.h>

#include "campaign/track.h"

enum {
  PROBES = 24,    /* frequencies at which spectra are compared */
  WINDOW = 128,   /* places within which the path may be turned round */
  PASSES = 12
};
/* Distance of spectra that can't be compared. */
static const double FAR = 3.0, NOISE_MARGIN = 1.4;

typedef struct finder {
  size_t n;
  double *probe; /* n x PROBES x 2: ln |Z| and phase, NaN outside of the data */
  size_t *at;
} finder;

/* ln Z at ln f, by a straight line between its neighbours. */
static void sample(const eis_track_spectrum *s, double lf, double *out) {
  size_t k = 1;
  out[0] = out[1] = NAN;
  if (s->n < 2 || lf > log(s->f[0]) + 1e-9 || lf < log(s->f[s->n - 1]) - 1e-9) return;
  while (k + 1 < s->n && log(s->f[k]) > lf) k++;
  const double a = log(s->f[k - 1]), b = log(s->f[k]), t = a > b ? (a - lf) / (a - b) : 0;
  const double re = s->re[k - 1] + t * (s->re[k] - s->re[k - 1]);
  const double im = s->im[k - 1] + t * (s->im[k] - s->im[k - 1]);
  out[0] = log(fmax(hypot(re, im), 1e-300));
  out[1] = atan2(im, re);
}

static void sample_all(const eis_track_input *in, finder *p) {
  double low = INFINITY, high = 0;
  for (size_t i = 0; i < in->n; i++) {
    const eis_track_spectrum *s = &in->at[i];
    if (s->n < 2) continue;
    high = fmax(high, s->f[0]);
    low = fmin(low, s->f[s->n - 1]);
  }
  const double first = log(low), last = log(high);
  for (size_t i = 0; i < in->n; i++)
    for (int q = 0; q < PROBES; q++)
      sample(&in->at[i], last + (first - last) * q / (PROBES - 1),
             &p->probe[(i * PROBES + (size_t)q) * 2]);
}

static double distance(const finder *p, size_t a, size_t b) {
  const double *x = &p->probe[a * PROBES * 2], *y = &p->probe[b * PROBES * 2];
  double sum = 0, n = 0;
  for (int q = 0; q < 2 * PROBES; q += 2) {
    const double u = x[q] - y[q], v = x[q + 1] - y[q + 1];
    if (isnan(u)) continue;
    sum += u * u + v * v;
    n++;
  }
  return n < 4 ? FAR : fmin(sqrt(sum / n), FAR);
}

/* Distance of two places; nothing before the first and behind the last. */
static double gap(const finder *p, size_t i, size_t j) {
  return i == SIZE_MAX || j == p->n ? 0 : distance(p, p->at[i], p->at[j]);
}

static void reverse(size_t *v, size_t i, size_t j) {
  for (; i < j; i++, j--) {
    const size_t swap = v[i];
    v[i] = v[j];
    v[j] = swap;
  }
}

/* Turns every piece round that makes the path shorter; false = there is none. */
static bool shorten(finder *p) {
  bool any = false;
  for (size_t i = 0; i + 1 < p->n; i++) {
    const double before = gap(p, i - 1, i); /* i - 1 wraps for the first */
    for (size_t j = i + 1; j < p->n && j - i < WINDOW; j++) {
      const double now = before + gap(p, j, j + 1);
      const double then =
          gap(p, i - 1, j) + (j + 1 == p->n ? 0 : distance(p, p->at[i], p->at[j + 1]));
      if (then > now - 1e-9) continue;
      reverse(p->at, i, j);
      any = true;
      break;
    }
  }
  return any;
}

/* Two spectra of one cell in one state differ by their noise: relative to |Z|, of four parts. */
static double noise_of(const eis_track_spectrum *a, const eis_track_spectrum *b) {
  const double x = a->noise_percent / 100, y = b->noise_percent / 100, sum = 2 * (x * x + y * y);
  return isfinite(sum) ? sum : 0;
}

static void measure(const eis_track_input *in, const finder *p, eisi_track_path *out) {
  for (size_t i = 1; i < in->n; i++) {
    const double step = out->step[i] = gap(p, i - 1, i);
    const double moved =
        step * step - NOISE_MARGIN * noise_of(&in->at[p->at[i - 1]], &in->at[p->at[i]]);
    out->moved[i] = out->moved[i - 1] + fmax(moved, 0);
  }
}

eis_status eisi_track_path_find(const eis_track_input *in, eisi_track_path *out, eis_error *err) {
  finder p = {.n = in->n};
  *out = (eisi_track_path){.n = in->n};
  out->at = eisi_new(in->n, sizeof *out->at, err);
  out->step = eisi_new(in->n, sizeof *out->step, err);
  out->moved = eisi_new(in->n, sizeof *out->moved, err);
  p.probe = eisi_new(in->n * PROBES * 2, sizeof *p.probe, err);
  p.at = out->at;
  const bool room = out->at && out->step && out->moved && p.probe;
  if (room) {
    for (size_t i = 0; i < in->n; i++) out->at[i] = i;
    sample_all(in, &p);
    for (int k = 0; k < PASSES && shorten(&p); k++) continue;
    measure(in, &p, out);
  }
  free(p.probe);
  return room ? EIS_OK : EIS_ERROR_MEMORY;
}

void eisi_track_path_clear(eisi_track_path *p) {
  free(p->at);
  free(p->step);
  free(p->moved);
  *p = (eisi_track_path){0};
}
