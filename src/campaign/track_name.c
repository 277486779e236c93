/* track_name.c - which process a track is: one peak for each track, at the middle of its rows, with
   what the series says of it, all tracks of the cell assigned at once (doc/processes.md). */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/drt_forms.h"
#include "campaign/track.h"
#include "numerics/stats.h"
#include "physics/constants.h"

/* The middle of a track is known so well (ln R, decades of tau), and it is hardly ever none. */
static const double MIDDLE_ERROR = 0.05, REAL = 0.98;
static const double WIDTH_USUAL = 0.6;
static const char *const BULK = "SE_bulk";
/* In one cell of ten the series misleads: something else changes, or does not, than is thought.
   Then only the middle of the track speaks. */
static const double MISLED = 0.1;
/* How often a process makes an arc of its own is known of simulated cells at best: so much of a
   name is what its arc and its series say by themselves. */
static const double EVEN_PART = 0.5;
/* F/m2: polymers and oxides of 30 um have less, grain boundaries more.  m2 where the area is not
   known. How often both the series resistance and such an arc are the bulk. */
static const double PLATE = 2.5e-6, AREA_MOST = 4e-4, PLATE_AND_SERIES = 0.1;

/* ---- columns ---- */

static eis_status columns_of(const eis_track_input *in, const eis_track *t, eisi_track_series *s,
                             eis_error *err) {
  const size_t n = s->n = t->n_rows;
  s->room = eisi_new(8 * n + 1, sizeof *s->room, err);
  if (!s->room) return EIS_ERROR_MEMORY;
  double **const to[] = {&s->lr, &s->lt, &s->er, &s->et, &s->soc, &s->age, &s->warmth, &s->ln_p};
  for (size_t k = 0; k < 8; k++) *to[k] = s->room + k * n;
  for (size_t i = 0; i < n; i++) {
    const eis_track_row *r = &t->row[i];
    const eis_track_spectrum *a = &in->at[r->spectrum];
    s->lr[i] = log(r->R);
    s->lt[i] = log(r->tau);
    s->er[i] = isfinite(r->R_error) ? fmin(r->R_error / r->R, 3) : 0.5;
    s->et[i] = isfinite(r->log10_tau_error) ? r->log10_tau_error * log(10) : 0.3;
    s->soc[i] = a->soc;
    s->age[i] = a->age;
    s->warmth[i] = EISI_E / (EISI_KB * a->T);
    s->ln_p[i] = log(a->pressure);
  }
  return EIS_OK;
}

/* ---- the conditions ---- */

/* Of the spectra: the temperature nearest to 25 C, the middle SOC, all frequencies. */
static eis_status conditions_of(const eis_track_input *in, eis_process_conditions *c,
                                eis_error *err) {
  double *soc = eisi_new(in->n, sizeof *soc, err);
  size_t n_soc = 0;
  if (!soc) return EIS_ERROR_MEMORY;
  *c = in->conditions;
  c->T = c->f_min = c->f_max = NAN;
  for (size_t i = 0; i < in->n; i++) {
    const eis_track_spectrum *s = &in->at[i];
    if (!isnan(s->T) && !(fabs(s->T - EISI_T25) >= fabs(c->T - EISI_T25))) c->T = s->T;
    if (!isnan(s->soc)) soc[n_soc++] = s->soc;
    if (s->n == 0) continue;
    c->f_max = fmax(c->f_max, s->f[0]);
    c->f_min = fmin(c->f_min, s->f[s->n - 1]);
  }
  c->soc = eisi_median(soc, n_soc);
  free(soc);
  return EIS_OK;
}

/* Medians of ln R and ln tau, moved to the temperature of the conditions. */
static void middle(eisi_track_series *s, double energy, double T, double width, eis_drt_peak *out) {
  const double to = EISI_E / (EISI_KB * T);
  for (size_t i = 0; i < s->n; i++) {
    const double move = isnan(to - s->warmth[i]) ? 0 : energy * (to - s->warmth[i]);
    s->lr[i] += move;
    s->lt[i] += move;
  }
  *out = (eis_drt_peak){.R = exp(eisi_median(s->lr, s->n)),
                        .tau = exp(eisi_median(s->lt, s->n)),
                        .log10_tau_error = MIDDLE_ERROR,
                        .width = width,
                        .probability = REAL,
                        .height = NAN,
                        .n = NAN,
                        .b = NAN};
  out->R_error = MIDDLE_ERROR * out->R;
  out->C = out->tau / out->R;
}

static double width_of(const eis_track_input *in, const eis_track *t) {
  double sum = 0, n = 0;
  for (size_t i = 0; i < t->n_rows; i++) {
    const eis_track_row *r = &t->row[i];
    if (r->peak < 0 || !isfinite(in->at[r->spectrum].peak[r->peak].width)) continue;
    sum += in->at[r->spectrum].peak[r->peak].width;
    n++;
  }
  return n > 0 ? sum / n : WIDTH_USUAL;
}

/* ---- names ---- */

static bool is_plate(const eis_process_input *what, size_t peak) {
  const double area = what->conditions.area_m2;
  return what->peak[peak].C < PLATE * (isnan(area) ? AREA_MOST : area);
}

/* Does an arc have the capacitance of the electrolyte between its two faces?  Then the bulk is that
   arc, whatever its name, and the series resistance hardly is. */
static bool has_plate(const eis_process_input *what) {
  for (size_t k = 0; k < what->n_peaks; k++)
    if (is_plate(what, k)) return true;
  return false;
}

static bool taken(const eis_track_result *r, size_t process) {
  for (size_t t = 0; t < r->n_tracks; t++)
    if (r->track[t].process == (int)process) return true;
  return false;
}

/* An arc that is called the bulk and has more capacitance than the electrolyte between its two
   faces is not: it is the edge of what lies above the data.  It gets the name that is next. */
static void not_bulk(const eis_track_input *in, const eis_process_input *what,
                     const eis_process_assignment *a, size_t first, eis_track_result *r) {
  for (size_t k = 0; k < what->n_peaks; k++) {
    eis_track *t = &r->track[first + k];
    const double *posterior = a->peak[k].posterior;
    const size_t was = t->process < 0 ? a->n_processes : (size_t)t->process;
    const char *key = eis_process_key(in->processes, was);
    size_t best = a->n_processes;
    if (!key || strcmp(key, BULK) != 0 || is_plate(what, k)) continue;
    for (size_t q = 0; q < a->n_processes; q++)
      if (posterior[q] > posterior[best] && !taken(r, q)) best = q;
    t->process = best == a->n_processes ? -1 : (int)best;
    t->probability = posterior[best] / fmax(1 - posterior[was], 1e-9);
  }
}

/* The series resistance is the bulk of the electrolyte where no arc is. */
static void name_series(const eis_track_input *in, const eis_process_input *what,
                        const eis_process_assignment *a, eis_track_result *r) {
  size_t bulk = 0;
  const char *key;
  while ((key = eis_process_key(in->processes, bulk)) && strcmp(key, BULK) != 0) bulk++;
  if (!key || !r->track[0].series) return;
  r->track[0].process = (int)bulk;
  r->track[0].probability = 1 - (a->present ? fmin(a->present[bulk], 1) : 0);
  if (has_plate(what)) {
    r->track[0].process = -1;
    r->track[0].probability = 1 - PLATE_AND_SERIES * r->track[0].probability;
    return;
  }
  r->track[0].probability = 1 - PLATE_AND_SERIES * (1 - r->track[0].probability);
}

/* One and the same name of each track, by what else could be meant: part of the probability is that
   of `what`. */
static eis_status blend(const eis_process_table *table, const eis_process_input *what, double part,
                        eis_track *track, eis_error *err) {
  eis_process_assignment a = {0};
  const eis_status st = eis_process_assign(table, what, &a, err);
  for (size_t k = 0; st == EIS_OK && k < what->n_peaks; k++) {
    const size_t name = track[k].process < 0 ? a.n_processes : (size_t)track[k].process;
    track[k].probability += part * (a.peak[k].posterior[name] - track[k].probability);
  }
  eis_process_assignment_clear(&a);
  return st;
}

/* Takes from the probability of each name what the table may be wrong about, that is how often a
   process is seen in cells like this one, and what the series may be wrong about. */
static eis_status temper(const eis_process_table *table, eis_process_input what, eis_track *track,
                         eis_error *err) {
  what.even = true;
  eis_status st = blend(table, &what, EVEN_PART, track, err);
  what.even = false;
  what.evidence = NULL;
  if (st == EIS_OK) st = blend(table, &what, MISLED, track, err);
  return st;
}

static eis_status assign(const eis_track_input *in, eis_process_input *what, size_t first,
                         eis_track_result *r, eis_error *err) {
  eis_process_assignment a = {0};
  eis_error why = EIS_ERROR_INIT;
  eis_status st = EIS_OK;
  if (what->n_peaks) st = eis_process_assign(in->processes, what, &a, &why);
  if (st == EIS_ERROR_USAGE) { /* words or numbers that the table does not have */
    const eis_process_conditions c = what->conditions;
    eis_error_clear(&why);
    what->conditions = eis_process_conditions_default();
    what->conditions.f_min = c.f_min;
    what->conditions.f_max = c.f_max;
    st = eis_process_assign(in->processes, what, &a, &why);
  }
  for (size_t k = 0; st == EIS_OK && k < what->n_peaks; k++) {
    r->track[first + k].process = a.peak[k].process;
    r->track[first + k].probability = a.peak[k].probability;
  }
  if (st == EIS_OK && what->n_peaks) not_bulk(in, what, &a, first, r);
  if (st == EIS_OK && what->n_peaks) st = temper(in->processes, *what, &r->track[first], &why);
  if (st == EIS_OK) name_series(in, what, &a, r);
  eis_process_assignment_clear(&a);
  if (st == EIS_ERROR_MEMORY) return eis_error_set(err, st, "%s", why.text);
  return EIS_OK; /* what can't be assigned has no name */
}

static eis_status describe(const eis_track_input *in, double energy,
                           const eis_process_conditions *c, eis_track *t, eis_drt_peak *peak,
                           eis_error *err) {
  eisi_track_series s = {0};
  eis_status st = columns_of(in, t, &s, err);
  if (st == EIS_OK) st = eisi_track_signature(&s, &t->evidence, err);
  if (st == EIS_OK && peak) {
    const double own = t->evidence.value[EIS_SIGNATURE_EA];
    middle(&s, isnan(own) ? energy : own, c->T, width_of(in, t), peak);
  }
  free(s.room);
  return st;
}

eis_status eisi_track_name(const eis_track_input *in, double energy, eis_track_result *r,
                           eis_error *err) {
  eis_process_conditions c;
  const size_t first = r->n_tracks && r->track[0].series;
  eis_drt_peak *peak = eisi_new(r->n_tracks + 1, sizeof *peak, err);
  eis_process_evidence *evidence = eisi_new(r->n_tracks + 1, sizeof *evidence, err);
  eis_status st = peak && evidence ? conditions_of(in, &c, err) : EIS_ERROR_MEMORY;
  for (size_t t = 0; st == EIS_OK && t < r->n_tracks; t++) {
    r->track[t].process = -1;
    r->track[t].probability = NAN;
    st = describe(in, energy, &c, &r->track[t], t < first ? NULL : &peak[t - first], err);
    if (t >= first) evidence[t - first] = r->track[t].evidence;
  }
  if (st == EIS_OK && in->processes) {
    eis_process_input what = {.n_peaks = r->n_tracks - first, .peak = peak, .evidence = evidence,
                              .conditions = c};
    st = assign(in, &what, first, r, err);
  }
  free(peak);
  free(evidence);
  return st;
}
