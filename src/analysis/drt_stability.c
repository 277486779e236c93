/* drt_stability.c - the distribution at weaker and at stronger regularisation, peak by peak. */
#include <eisfit/drt_stability.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"

/* Local strengths are known better than one lambda for all processes. */
static const double ADAPTIVE_FACTOR = 4, LAMBDA_FACTOR = 10;

static double distance(const eis_drt_peak *a, const eis_drt_peak *b) {
  return fabs(log10(a->tau / b->tau));
}

static double farthest(const eis_drt_peak *p) { return fmax(0.3, fmin(p->width / 2, 0.6)); }

/* The nearest pair that is still free; false when there is none near enough. */
static bool nearest_pair(const eis_drt_result *r, const eis_drt_result *other, const bool *taken,
                         const eis_drt_stability *t, int side, size_t pair[2]) {
  double best = HUGE_VAL;
  for (size_t i = 0; i < r->n_peaks; i++)
    for (size_t j = 0; j < other->n_peaks && !t->peak[i].found[side]; j++) {
      const double d = distance(&r->peak[i], &other->peak[j]);
      if (taken[j] || d > farthest(&r->peak[i]) || d >= best) continue;
      best = d;
      pair[0] = i;
      pair[1] = j;
    }
  return isfinite(best);
}

static eis_status match(const eis_drt_result *r, const eis_drt_result *other, int side,
                        eis_drt_stability *t, eis_error *err) {
  size_t pair[2] = {0, 0};
  bool *taken = eisi_new(other->n_peaks + 1, sizeof *taken, err);
  if (!taken) return EIS_ERROR_MEMORY;
  while (nearest_pair(r, other, taken, t, side, pair)) {
    eis_drt_persistence *p = &t->peak[pair[0]];
    p->found[side] = taken[pair[1]] = true;
    p->tau[side] = other->peak[pair[1]].tau;
    p->R[side] = other->peak[pair[1]].R;
  }
  free(taken);
  return EIS_OK;
}

/* gamma of both sides on the grid of the first one. */
static eis_status keep_gamma(eis_drt_stability *t, const eis_drt_result *other, int side,
                             eis_error *err) {
  if (!t->tau) {
    t->n_tau = other->n_tau;
    t->tau = eisi_new(3 * t->n_tau, sizeof(double), err);
    if (!t->tau) return EIS_ERROR_MEMORY;
    memcpy(t->tau, other->tau, t->n_tau * sizeof(double));
    for (int k = 0; k < 2; k++) t->gamma[k] = t->tau + (size_t)(k + 1) * t->n_tau;
  }
  memcpy(t->gamma[side], other->gamma, t->n_tau * sizeof(double));
  return EIS_OK;
}

static eis_status one_side(eis_drt_work *w, const eis_spectrum *s, const eis_drt_result *r,
                           int side, eis_drt_stability *t, eis_error *err) {
  const double factor = side == EIS_DRT_WEAKER ? 1 / t->factor : t->factor;
  eis_drt_result other;
  eis_status st = eis_drt_work_again(w, s, factor, &other, err);
  if (st) return st;
  t->n_peaks[side] = other.n_peaks;
  st = keep_gamma(t, &other, side, err);
  if (!st) st = match(r, &other, side, t, err);
  eis_drt_result_clear(&other);
  return st;
}

eis_status eis_drt_stability_run(eis_drt_work *w, const eis_spectrum *s, const eis_drt_result *r,
                                 eis_drt_stability *out, eis_error *err) {
  *out = (eis_drt_stability){.factor = r->coef ? LAMBDA_FACTOR : ADAPTIVE_FACTOR, .n = r->n_peaks};
  eis_status st = EIS_OK;
  if (!(out->peak = eisi_new(out->n + 1, sizeof *out->peak, err))) st = EIS_ERROR_MEMORY;
  for (size_t i = 0; !st && i < out->n; i++)
    out->peak[i] = (eis_drt_persistence){.tau = {NAN, NAN}, .R = {NAN, NAN}};
  for (int side = 0; !st && side < 2; side++) st = one_side(w, s, r, side, out, err);
  for (size_t i = 0; !st && i < out->n; i++)
    out->n_stable += out->peak[i].found[EIS_DRT_WEAKER] && out->peak[i].found[EIS_DRT_STRONGER];
  if (st) eis_drt_stability_clear(out);
  return st;
}

void eis_drt_stability_clear(eis_drt_stability *t) {
  free(t->peak);
  free(t->tau);
  *t = (eis_drt_stability){0};
}

/* ---- the whole range of lambda ---- */

enum { SCANNED = 13 };

static double rms_of(const eis_drt_result *r) {
  double sum = 0;
  for (size_t k = 0; k < r->n; k++)
    sum += r->res_re[k] * r->res_re[k] + r->res_im[k] * r->res_im[k];
  return sqrt(sum / (2 * (double)r->n));
}

eis_status eis_drt_scan_run(eis_drt_work *w, const eis_spectrum *s, eis_drt_scan *out,
                            eis_error *err) {
  *out = (eis_drt_scan){.lambda = eisi_new(3 * (size_t)SCANNED, sizeof(double), err)};
  if (!out->lambda) return EIS_ERROR_MEMORY;
  out->misfit_percent = out->lambda + SCANNED;
  out->n_peaks = out->misfit_percent + SCANNED;
  eis_status st = EIS_OK;
  for (int i = 0; !st && i < SCANNED; i++) {
    eis_drt_result r;
    st = eis_drt_work_again(w, s, pow(10, 0.5 * (i - SCANNED / 2)), &r, err);
    if (st) break;
    out->lambda[out->n] = r.lambda;
    out->misfit_percent[out->n] = rms_of(&r);
    out->n_peaks[out->n++] = (double)r.n_peaks;
    eis_drt_result_clear(&r);
  }
  if (st) eis_drt_scan_clear(out);
  return st;
}

void eis_drt_scan_clear(eis_drt_scan *scan) {
  free(scan->lambda);
  *scan = (eis_drt_scan){0};
}
