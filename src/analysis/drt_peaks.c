/* drt_peaks.c - maxima and shoulders, how sure they are, and whose share of gamma is whose. */
#include "analysis/drt_peaks.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"

enum { MOST_PEAKS = 24, ROUNDS = 60 };

/* Smaller ones are tails of others, not processes. */
static const double LEAST_HEIGHT = 2e-3; /* of the highest */
/* Less sure ones are not reported. */
static const double LEAST_PEAK = 0.75, LEAST_SHOULDER = 0.95;
/* Standard deviation of the division of a contested area, as a part of it (doc/drt.md). */
static const double DOUBT = 0.15;
/* Of gamma beyond the outermost peak, for another process there: over the valley between; over the
   nearest peak. */
static const double RISE = 2, RISE_TO = 0.05;
static const double SHOULDER_DECADES = 0.3; /* from the next maximum */

typedef struct finder {
  const eisi_drt_profile *p;
  double *a;         /* scratch of m for linear forms */
  double *curvature; /* y'' */
  double *share;     /* (MOST_PEAKS + 2) x m: peaks, then ends */
  size_t n;
  eisi_drt_found peak[MOST_PEAKS];
} finder;

static double normal_cdf(double x) { return 0.5 * erfc(-x / sqrt(2)); }

/* Standard deviation of sum of coef[k] y[at[k]]. */
static double sd_of(finder *f, size_t n, const size_t *at, const double *coef) {
  for (size_t k = 0; k < n; k++) f->a[at[k]] += coef[k];
  const double sd = f->p->sd(f->p->ctx, f->a);
  for (size_t k = 0; k < n; k++) f->a[at[k]] = 0;
  return sd;
}

static double sure_positive(double value, double sd) {
  if (isnan(sd)) return value > 0 ? 1 : 0;
  return sd > 0 ? normal_cdf(value / sd) : value > 0;
}

/* That the peak stands higher than some point on that side, before the profile gets higher than it:
   the lowest one may be known too badly, hence points on the way to it are asked, too. */
static double probability_of_side(finder *f, size_t at, int side) {
  const eisi_drt_profile *p = f->p;
  const size_t reach = side < 0 ? at : p->m - 1 - at;
  size_t end = 0, low = 0;
  double best = 0;
  for (size_t k = 1; k <= reach; k++) {
    const size_t i = side < 0 ? at - k : at + k;
    if (p->y[i] > p->y[at]) break;
    end = k;
    if (low == 0 || p->y[i] < p->y[side < 0 ? at - low : at + low]) low = k;
  }
  for (size_t k = low; k > 0; k = k > 1 ? (k + 1) / 2 : 0) {
    const size_t pair[2] = {at, side < 0 ? at - k : at + k};
    const double coef[2] = {1, -1}, sd = sd_of(f, 2, pair, coef);
    best = fmax(best, sure_positive(p->y[at] - p->y[pair[1]], sd));
  }
  return end > 0 ? best : 0;
}

static double probability_of_maximum(finder *f, size_t at) {
  return fmin(probability_of_side(f, at, -1), probability_of_side(f, at, 1));
}

static void add_peak(finder *f, size_t at, bool shoulder, double probability) {
  if (f->n == MOST_PEAKS) return;
  f->peak[f->n++] = (eisi_drt_found){.at = at, .shoulder = shoulder, .probability = probability};
}

static void find_maxima(finder *f, double highest) {
  const eisi_drt_profile *p = f->p;
  for (size_t i = 1; i + 1 < p->m; i++) {
    if (!(p->y[i] > p->y[i - 1] && p->y[i] >= p->y[i + 1])) continue;
    if (p->gamma[i] < LEAST_HEIGHT * highest) continue;
    const double sure = probability_of_maximum(f, i);
    if (sure >= LEAST_PEAK) add_peak(f, i, false, sure);
  }
}

/* A shoulder is a place of negative curvature with less negative curvature between it and the
   nearest maximum, both beyond doubt. */
static double probability_of_shoulder(finder *f, size_t at) {
  double least = 1;
  for (size_t q = 0; q < f->n; q++) {
    const size_t peak = f->peak[q].at, from = peak < at ? peak : at, to = peak < at ? at : peak;
    size_t flat = at;
    if (f->peak[q].shoulder) continue;
    for (size_t i = from; i <= to; i++)
      if (f->curvature[i] > f->curvature[flat]) flat = i;
    const size_t points[6] = {at - 1, at, at + 1, flat - 1, flat, flat + 1};
    const double coef[6] = {-1, 2, -1, 1, -2, 1};
    if (flat == 0 || flat + 1 >= f->p->m) return 0;
    const double h2 = f->p->step * f->p->step;
    const double self = sd_of(f, 3, points, coef) / h2, both = sd_of(f, 6, points, coef) / h2;
    least = fmin(least, sure_positive(-f->curvature[at], self));
    least = fmin(least, sure_positive(f->curvature[flat] - f->curvature[at], both));
  }
  return least;
}

static bool near_a_peak(const finder *f, size_t at) {
  const double reach = SHOULDER_DECADES * log(10);
  for (size_t q = 0; q < f->n; q++)
    if (fabs(f->p->ltau[f->peak[q].at] - f->p->ltau[at]) < reach) return true;
  return false;
}

static void find_shoulders(finder *f, double highest) {
  const eisi_drt_profile *p = f->p;
  const size_t maxima = f->n;
  for (size_t i = 2; maxima > 0 && i + 2 < p->m; i++) {
    const double *c = f->curvature;
    if (!(c[i] < 0 && c[i] < c[i - 1] && c[i] <= c[i + 1])) continue;
    if (p->gamma[i] < 10 * LEAST_HEIGHT * highest || near_a_peak(f, i)) continue;
    const double sure = probability_of_shoulder(f, i);
    if (sure >= LEAST_SHOULDER) add_peak(f, i, true, sure);
  }
}

/* ---- shares ---- */

/* gamma of a ZARC of R = 1 with exponent n, at distance x in ln tau. */
static double zarc(double n, double x) {
  const double theta = (1 - n) * M_PI;
  return sin(theta) / (2 * M_PI * (cosh(fmin(n * fabs(x), 300)) - cos(theta)));
}

/* Largest exponent whose ZARC is at most twice as curved at its top as the profile is: behind a
   share of one half the curvature of the profile is half that of the process. */
static double largest_exponent(const finder *f, size_t at) {
  const double gamma = fmax(f->p->gamma[at], 1e-300);
  const double bend = fabs(f->curvature[at]) / (f->p->log ? 1 : gamma);
  double low = 0.3, high = 0.98;
  for (int round = 0; round < 30; round++) {
    const double n = (low + high) / 2;
    if (n * n / (1 - cos((1 - n) * M_PI)) < 2 * bend)
      low = n;
    else
      high = n;
  }
  return low;
}

typedef struct form {
  size_t at;
  double R, n, most;
} form;

static double form_at(const finder *f, const form *q, size_t i) {
  return q->R * zarc(q->n, f->p->ltau[i] - f->p->ltau[q->at]);
}

/* No process is less than half of gamma at its own top: the forms of its neighbours are guesses. */
static void keep_half(const finder *f, form *form_of, size_t n) {
  for (size_t q = 0; q < n; q++) {
    double others = 0;
    for (size_t r = 0; r < n; r++)
      if (r != q) others += form_at(f, &form_of[r], form_of[q].at);
    form_of[q].R = fmax(form_of[q].R, others / zarc(form_of[q].n, 0));
  }
}

static void fill_shares(finder *f, const form *form_of, size_t n) {
  const size_t m = f->p->m;
  for (size_t i = 0; i < m; i++) {
    double sum = 0;
    for (size_t q = 0; q < n; q++) sum += f->share[q * m + i] = form_at(f, &form_of[q], i);
    for (size_t q = 0; q < n; q++) f->share[q * m + i] /= fmax(sum, 1e-300);
  }
}

/* Area and exponent of a form from its share; returns the relative change of the area. */
static double refit(const finder *f, form *q, const double *share) {
  const eisi_drt_profile *p = f->p;
  const double before = q->R, height = fmax(p->gamma[q->at] * share[q->at], 1e-300);
  double area = 0;
  for (size_t i = 0; i < p->m; i++) area += share[i] * fmax(p->gamma[i], 0) * p->step;
  q->R = area;
  /* height = R/(2 pi) cot(theta/2), theta = (1 - n) pi */
  q->n = fmax(0.3, fmin(q->most, 1 - 2 / M_PI * atan(area / (2 * M_PI * height))));
  return fabs(area - before) / fmax(area, 1e-300);
}

/* Where gamma is highest beyond the outermost peak, from the lowest place behind it (`step` +1:
   towards long tau); false where it does not rise there.  A maximum that is no peak, as the data
   hardly see it, is such a place. */
static bool rise_beyond(const finder *f, size_t from, size_t end, int step, size_t *at) {
  const double *gamma = f->p->gamma;
  size_t low = from;
  for (size_t i = from; i != end; i = step > 0 ? i + 1 : i - 1)
    if (gamma[i] < gamma[low]) low = i;
  if (gamma[end] < gamma[low]) low = end;
  *at = low;
  for (size_t i = low; i != end; i = step > 0 ? i + 1 : i - 1)
    if (gamma[i] > gamma[*at]) *at = i;
  if (gamma[end] > gamma[*at]) *at = end;
  const bool rises_to_the_end = *at == end && low != end;
  return rises_to_the_end || gamma[*at] > fmax(RISE * gamma[low], RISE_TO * gamma[from]);
}

/* Ends towards which gamma rises: processes beyond the grid or hardly seen, which have a share but
   are no peaks. */
static size_t add_ends(const finder *f, form *form_of) {
  const eisi_drt_profile *p = f->p;
  size_t n = f->n, at;
  if (!n) return 0;
  if (rise_beyond(f, f->peak[0].at, 0, -1, &at))
    form_of[n++] = (form){.at = at, .R = p->gamma[at], .n = 0.8, .most = 0.95};
  if (rise_beyond(f, f->peak[f->n - 1].at, p->m - 1, 1, &at))
    form_of[n++] = (form){.at = at, .R = p->gamma[at], .n = 0.8, .most = 0.95};
  return n;
}

/* Every process has the form of the ZARC whose height and area are those of its share; the share is
   gamma times the form's part of the sum of forms.  Shares add up to gamma at every tau, so that
   nothing counts twice; for a sum of ZARCs they are exact. */
static size_t divide(finder *f, form form_of[MOST_PEAKS + 2]) {
  for (size_t q = 0; q < f->n; q++) {
    const size_t at = f->peak[q].at;
    form_of[q] = (form){.at = at, .R = f->p->gamma[at], .most = largest_exponent(f, at)};
    form_of[q].n = fmin(0.8, form_of[q].most);
  }
  const size_t n = add_ends(f, form_of);
  for (int round = 0; round < ROUNDS; round++) {
    double moved = 0;
    keep_half(f, form_of, n);
    fill_shares(f, form_of, n);
    for (size_t q = 0; q < n; q++)
      moved = fmax(moved, refit(f, &form_of[q], f->share + q * f->p->m));
    if (moved < 1e-6) break;
  }
  return n;
}

/* Full width at half height of a share, in decades. */
static double width_of(const finder *f, size_t q) {
  const eisi_drt_profile *p = f->p;
  const double *share = f->share + q * p->m;
  const size_t at = f->peak[q].at;
  const double half = p->gamma[at] * share[at] / 2;
  double reach[2];
  for (int side = 0; side < 2; side++) {
    size_t i = at;
    double before = 2 * half, now = before;
    reach[side] = 0;
    while (now > half && (side ? i + 1 < p->m : i > 0)) {
      before = now;
      i = side ? i + 1 : i - 1;
      now = p->gamma[i] * share[i];
      if (now > half) reach[side] += p->step;
    }
    if (before > now) reach[side] += p->step * (before - half) / (before - now);
  }
  return (reach[0] + reach[1]) / log(10);
}

/* Area that q shares with others: how it is divided rests on the assumed forms. */
static double contested(const finder *f, size_t q) {
  const eisi_drt_profile *p = f->p;
  const double *share = f->share + q * p->m;
  double sum = 0;
  for (size_t i = 0; i < p->m; i++)
    sum += fmax(p->gamma[i], 0) * share[i] * (1 - share[i]) * p->step;
  return sum;
}

static void describe(finder *f, size_t q, double R, eis_drt_peak *out) {
  const eisi_drt_profile *p = f->p;
  const size_t i = f->peak[q].at, around[3] = {i - 1, i, i + 1};
  const double h = p->step, slope[3] = {-0.5 / h, 0, 0.5 / h};
  const double first = (p->y[i + 1] - p->y[i - 1]) / (2 * h), second = f->curvature[i];
  const double *share = f->share + q * p->m;
  double shift = 0;
  *out = (eis_drt_peak){.R = R, .probability = f->peak[q].probability};
  out->log10_tau_error = out->n = out->b = NAN;
  out->R_low = out->R_high = out->tau_low = out->tau_high = NAN;
  out->shoulder = f->peak[q].shoulder;
  if (second < 0) {
    if (!out->shoulder) shift = fmax(-h, fmin(h, -first / second));
    out->log10_tau_error = sd_of(f, 3, around, slope) / fabs(second) / log(10);
    /* basis functions stand on the points of the grid and can't move */
    if (!p->log) out->log10_tau_error = hypot(out->log10_tau_error, h / sqrt(12) / log(10));
  }
  out->tau = exp(p->ltau[i] + shift);
  out->height = p->gamma[i];
  out->C = R > 0 ? out->tau / R : NAN;
  out->width = width_of(f, q);
  for (size_t k = 0; k < p->m; k++) f->a[k] = share[k] * h * (p->log ? p->gamma[k] : 1);
  out->R_error = hypot(p->sd(p->ctx, f->a), DOUBT * contested(f, q));
  memset(f->a, 0, p->m * sizeof *f->a);
}

static int by_place(const void *a, const void *b) {
  const eisi_drt_found *x = a, *y = b;
  return (x->at > y->at) - (x->at < y->at);
}

static eis_status collect(finder *f, eis_drt_result *out, eis_error *err) {
  form form_of[MOST_PEAKS + 2];
  divide(f, form_of);
  out->peak = eisi_new(f->n, sizeof *out->peak, err);
  if (!out->peak) return EIS_ERROR_MEMORY;
  out->n_peaks = f->n;
  if (f->p->shares) memcpy(f->p->shares, f->share, f->n * f->p->m * sizeof *f->share);
  for (size_t q = 0; q < f->n; q++) describe(f, q, form_of[q].R, &out->peak[q]);
  return EIS_OK;
}

static eis_status find(finder *f, eis_error *err) {
  const eisi_drt_profile *p = f->p;
  double highest = 0;
  for (size_t i = 0; i < p->m; i++) highest = fmax(highest, p->gamma[i]);
  f->a = eisi_new((4 + MOST_PEAKS) * p->m, sizeof *f->a, err);
  if (!f->a) return EIS_ERROR_MEMORY;
  f->curvature = f->a + p->m;
  f->share = f->curvature + p->m;
  for (size_t i = 1; i + 1 < p->m; i++)
    f->curvature[i] = (p->y[i - 1] - 2 * p->y[i] + p->y[i + 1]) / (p->step * p->step);
  find_maxima(f, highest);
  find_shoulders(f, highest);
  qsort(f->peak, f->n, sizeof *f->peak, by_place);
  return EIS_OK;
}

eis_status eisi_drt_find_forms(const eisi_drt_profile *p, eisi_drt_forms *out, eis_error *err) {
  finder f = {.p = p};
  form form_of[MOST_PEAKS + 2];
  const eis_status st = find(&f, err);
  out->n = 0;
  if (st == EIS_OK && f.n > 0) out->n = divide(&f, form_of);
  for (size_t q = 0; q < out->n; q++) {
    out->form[q] = (eisi_centre_form){.R = form_of[q].R,
                                      .place = p->ltau[form_of[q].at],
                                      .n = form_of[q].n,
                                      .b = 1,
                                      .end = q >= f.n};
    if (q < f.n) out->found[q] = f.peak[q];
  }
  free(f.a);
  return st;
}

eis_status eisi_drt_find_peaks(const eisi_drt_profile *p, eis_drt_result *out, eis_error *err) {
  finder f = {.p = p};
  eis_status st = find(&f, err);
  if (st == EIS_OK) st = collect(&f, out, err);
  free(f.a);
  return st;
}
