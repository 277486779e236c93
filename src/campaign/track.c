/* track.c - the processes of one cell followed through its spectra; see track.h and
 * doc/tracking.md. */
#include <math.h>
#include <stdlib.h>

#include "analysis/drt_forms.h"
#include "campaign/track.h"

/* A peak within half a decade of a process that has none of its own holds both. */
static const double SAME_PEAK = 1.15;

static const double *params(const eisi_track_joint *j, size_t i, size_t t) {
  return &j->x[i * j->p + t * EISI_TRACK_PARAMS];
}

/* ---- rows ---- */

/* Where gamma of R/(1 + (j w tau)^n)^b has its maximum, relative to ln tau: between golden
 * sections. */
static double top_of(double n, double b) {
  double low = -3, high = 3;
  if (fabs(b - 1) < 1e-3) return 0;
  for (int k = 0; k < 40; k++) {
    const double x = low + 0.382 * (high - low), y = low + 0.618 * (high - low);
    if (eisi_drt_form(1, n, b, x, 0.1) > eisi_drt_form(1, n, b, y, 0.1))
      high = y;
    else
      low = x;
  }
  return (low + high) / 2;
}

/* A process that hides in the peak of another: how far its R is from the line between the places
   where it has a peak of its own.  So much is open about who has which part. */
static double open_part(const eisi_track_joint *j, size_t t, size_t i) {
  const int *peak = &j->peak[t * j->n];
  const double *time = j->links->time;
  size_t a = i, b = i;
  if (peak[i] >= 0) return 0;
  while (a > 0 && peak[a] < 0) a--;
  while (b + 1 < j->n && peak[b] < 0) b++;
  if (peak[a] < 0) a = b;
  if (peak[b] < 0) b = a;
  const double from = params(j, a, t)[EISI_TRACK_R], to = params(j, b, t)[EISI_TRACK_R];
  const double share = time[b] > time[a] ? (time[i] - time[a]) / (time[b] - time[a]) : 0;
  return fabs(exp(params(j, i, t)[EISI_TRACK_R]) - exp(from + share * (to - from)));
}

static void row_of_sum(const eisi_track_joint *j, size_t t, size_t i, eis_track_row *r) {
  const double *x = params(j, i, t), *sd = &j->sd[i * j->p + t * EISI_TRACK_PARAMS];
  r->R = exp(x[EISI_TRACK_R]);
  r->R_error = r->R * sd[EISI_TRACK_R];
  r->tau = exp(x[EISI_TRACK_TAU] + top_of(fmin(x[EISI_TRACK_N], 0.98), exp(x[EISI_TRACK_B])));
  r->log10_tau_error = sd[EISI_TRACK_TAU] / log(10);
  const int with = j->shared[t * j->n + i];
  if (with < 0) return;
  r->shared = with + 1;
  r->R_error = hypot(r->R_error, fmax(open_part(j, t, i), open_part(j, (size_t)with, i)));
}

static void row_of_peak(const eisi_track_joint *j, size_t t, size_t i, const eis_drt_peak *p,
                        eis_track_row *r) {
  r->R = p->R;
  r->R_error = p->R_error;
  r->tau = p->tau;
  r->log10_tau_error = p->log10_tau_error;
  for (size_t u = 0; u < j->n_tracks; u++) {
    const double *x = params(j, i, u);
    if (u == t || !j->on[u * j->n + i] || j->peak[u * j->n + i] >= 0) continue;
    if (fabs(x[EISI_TRACK_TAU] - log(p->tau)) > SAME_PEAK || exp(x[EISI_TRACK_R]) < r->R_error)
      continue;
    r->shared = (int)u + 1;
    r->R_error = hypot(r->R_error, exp(x[EISI_TRACK_R]));
  }
}

/* false = the track has no row here. */
static bool make_row(const eisi_track_joint *j, size_t t, size_t i, eis_track_row *r) {
  const int peak = j->peak[t * j->n + i];
  const size_t at = j->path->at[i];
  *r = (eis_track_row){.spectrum = at, .peak = peak, .shared = -1};
  if (!j->on[t * j->n + i]) return false;
  if (j->fits[i] && isfinite(j->sd[i * j->p + t * EISI_TRACK_PARAMS]))
    row_of_sum(j, t, i, r);
  else if (peak >= 0)
    row_of_peak(j, t, i, &j->in->at[at].peak[peak], r);
  else
    return false;
  r->C = r->tau / r->R;
  return true;
}

static bool make_series_row(const eisi_track_joint *j, size_t i, eis_track_row *r) {
  const eis_track_spectrum *s = &j->in->at[j->path->at[i]];
  const size_t k = i * j->p + EISI_TRACK_PARAMS * j->n_all;
  *r = (eis_track_row){.spectrum = j->path->at[i],
                       .peak = -1,
                       .shared = -1,
                       .tau = NAN,
                       .log10_tau_error = NAN,
                       .C = NAN,
                       .R = s->R_inf + s->R_fast,
                       .R_error = s->R_inf_error};
  if (s->R_inf == 0 && isnan(s->R_inf_error)) r->R_error = 0; /* all of it is in peaks */
  for (size_t q = 0; q < s->n_peaks; q++) {
    if (!eisi_track_beyond(s, &s->peak[q])) continue;
    r->R += s->peak[q].R;
    r->R_error = hypot(r->R_error, s->peak[q].R_error);
  }
  if (j->fits[i] && isfinite(j->sd[k])) {
    const size_t fast = j->n_tracks;
    r->R = j->x[k] + (j->on[fast * j->n + i] ? exp(params(j, i, fast)[EISI_TRACK_R]) : 0);
    r->R_error = j->sd_high[i];
  }
  if (r->R_error == 0) r->R_error = NAN;
  return isfinite(s->R_inf) && r->R > 0;
}

static int by_spectrum(const void *a, const void *b) {
  const eis_track_row *x = a, *y = b;
  return (x->spectrum > y->spectrum) - (x->spectrum < y->spectrum);
}

static eis_status fill_track(const eisi_track_joint *j, size_t t, eis_track *out, eis_error *err) {
  out->series = t == 0;
  out->row = eisi_new(j->n, sizeof *out->row, err);
  if (!out->row) return EIS_ERROR_MEMORY;
  for (size_t i = 0; i < j->n; i++) {
    eis_track_row *r = &out->row[out->n_rows];
    out->n_rows += t == 0 ? make_series_row(j, i, r) : make_row(j, t - 1, i, r);
  }
  qsort(out->row, out->n_rows, sizeof *out->row, by_spectrum);
  return EIS_OK;
}

static eis_status collect(const eisi_track_joint *j, eis_track_result *out, eis_error *err) {
  eis_status st = EIS_OK;
  out->n = j->n;
  out->n_tracks = j->n_tracks + 1;
  out->track = eisi_new(out->n_tracks, sizeof *out->track, err);
  out->order = eisi_new(j->n, sizeof *out->order, err);
  if (!out->track || !out->order) return EIS_ERROR_MEMORY;
  for (size_t i = 0; i < j->n; i++) {
    out->order[i] = j->path->at[i];
    out->n_joint += j->fits[i];
  }
  for (size_t t = 0; st == EIS_OK && t < out->n_tracks; t++)
    st = fill_track(j, t, &out->track[t], err);
  for (size_t t = 0; st == EIS_OK && t < out->n_tracks; t++)
    st = eisi_track_scatter(j->in, &out->track[t], err);
  return st;
}

eis_status eis_track_run(const eis_track_input *in, eis_track_result *out, eis_error *err) {
  eisi_track_path path = {0};
  eisi_track_links links = {0};
  eisi_track_joint joint = {0};
  *out = (eis_track_result){0};
  if (in->n == 0) return eis_error_set(err, EIS_ERROR_INPUT, "there are no spectra to follow");
  eis_status st = eisi_track_path_find(in, &path, err);
  if (st == EIS_OK) st = eisi_track_link(in, &path, &links, err);
  if (st == EIS_OK) st = eisi_track_joint_run(in, &path, &links, &joint, err);
  if (st == EIS_OK) st = collect(&joint, out, err);
  if (st == EIS_OK) st = eisi_track_name(in, links.energy, out, err);
  eisi_track_joint_clear(&joint);
  eisi_track_links_clear(&links);
  eisi_track_path_clear(&path);
  if (st != EIS_OK) eis_track_result_clear(out);
  return st;
}

void eis_track_result_clear(eis_track_result *r) {
  for (size_t t = 0; r->track && t < r->n_tracks; t++) free(r->track[t].row);
  free(r->track);
  free(r->order);
  *r = (eis_track_result){0};
}
