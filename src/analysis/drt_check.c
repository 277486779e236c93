/* drt_check.c - what a distribution of relaxation times can't be made of, in plain words. */
#include <math.h>

#include "analysis/drt_core.h"
#include "base/choices.h"

enum { FEWEST_POINTS = 8 };
static const double LEAST_DECADES = 1, LEAST_LOSS = 1e-5;

/* ---- data ---- */

/* Only loops, only a capacitor: there is nothing to distribute. */
static eis_status check_character(const eis_spectrum *s, eis_error *err) {
  double re = 0, im = 0;
  size_t positive = 0, above = 0;
  for (size_t k = 0; k < s->n; k++) {
    re = fmax(re, fabs(s->re[k]));
    im = fmax(im, fabs(s->im[k]));
    positive += s->im[k] > 0;
    above += s->re[k] > 0;
  }
  if (positive == s->n)
    return eis_error_set(err, EIS_ERROR_INPUT,
                         "Im Z is positive at all %zu points: an inductor has no distribution of "
                         "relaxation times; is the sign of Im Z right?",
                         s->n);
  if (above == 0)
    return eis_error_set(err, EIS_ERROR_INPUT,
                         "Re Z is nowhere positive: gamma would be negative throughout; check the "
                         "columns");
  if (re < LEAST_LOSS * im)
    return eis_error_set(err, EIS_ERROR_INPUT,
                         "Re Z is at most %.2g of Im Z: a pure capacitor has no distribution of "
                         "relaxation times",
                         re / im);
  return EIS_OK;
}

eis_status eisi_drt_check_data(const eis_spectrum *s, eis_error *err) {
  double low = HUGE_VAL, high = 0;
  if (s->n < FEWEST_POINTS)
    return eis_error_set(err, EIS_ERROR_INPUT,
                         "a distribution of relaxation times needs at least %d points, this "
                         "spectrum has %zu",
                         FEWEST_POINTS, s->n);
  for (size_t k = 0; k < s->n; k++) {
    if (!(s->f[k] > 0) || !isfinite(s->f[k]) || !isfinite(s->re[k]) || !isfinite(s->im[k]))
      return eis_error_set(err, EIS_ERROR_INPUT,
                           "point %zu is not a finite impedance at a positive frequency", k + 1);
    low = fmin(low, s->f[k]);
    high = fmax(high, s->f[k]);
  }
  if (!(log10(high / low) >= LEAST_DECADES))
    return eis_error_set(err, EIS_ERROR_INPUT,
                         "the frequencies span %.2g decades (%g to %g Hz): a distribution of "
                         "relaxation times needs at least one",
                         log10(high / low), low, high);
  return check_character(s, err);
}

/* ---- options ---- */

typedef struct limits {
  const char *what;
  double value, low, high;
} limits;

static eis_status check_numbers(const eis_drt_options *o, eis_error *err) {
  const limits row[] = {{"points per decade", o->per_decade, 2, 100},
                        {"decades beyond the data", o->extend_decades, 0, 5},
                        {"the level of the band", o->level, 0, 0.9999},
                        {"the width of the basis functions (fwhm)", o->fwhm, 0.05, 20},
                        {"lambda", o->lambda, 1e-30, 1e30}};
  for (size_t i = 0; i < sizeof row / sizeof *row; i++)
    if (!(row[i].value >= row[i].low && row[i].value <= row[i].high))
      return eis_error_set(err, EIS_ERROR_USAGE, "%s: %g is out of range, expected %g to %g",
                           row[i].what, row[i].value, row[i].low, row[i].high);
  return EIS_OK;
}

static eis_status check_sampling(const eis_drt_options *o, eis_error *err) {
  if (o->band == EIS_DRT_BAND_FAST || (o->samples >= 100 && o->samples <= 1000000)) return EIS_OK;
  return eis_error_set(err, EIS_ERROR_USAGE,
                       "%d samples of the posterior are out of range, expected 100 to 1000000",
                       o->samples);
}

static eis_status check_range(const char *what, double low, double high, eis_error *err) {
  if ((!isnan(low) && !(low > 0 && isfinite(low))) ||
      (!isnan(high) && !(high > 0 && isfinite(high))) || low >= high)
    return eis_error_set(err, EIS_ERROR_USAGE,
                         "%s from %g to %g: expected two positive numbers, the smaller one first",
                         what, low, high);
  return EIS_OK;
}

static eis_status check_basis(const eis_drt_options *o, eis_error *err) {
  const eisi_drt_basis *b = eisi_drt_basis_find(o->basis);
  double sum = 0;
  if (!b) {
    const char *keys[32];
    size_t n = 0;
    while (n < 32 && eisi_drt_basis_row(n)) keys[n] = eisi_drt_basis_row(n)->key, n++;
    return eisi_no_such("there is no basis", o->basis, keys, n, err);
  }
  for (int k = 0; k < 3; k++) {
    if (!(o->order[k] >= 0) || !isfinite(o->order[k]))
      return eis_error_set(err, EIS_ERROR_USAGE,
                           "the share of derivative %d in the penalty is %g: expected 0 or more", k,
                           o->order[k]);
    if (o->order[k] > 0 && k > b->orders)
      return eis_error_set(
          err, EIS_ERROR_USAGE,
          "basis '%s' has no derivative of order %d: use a smoother one or a lower "
          "order",
          b->key, k);
    sum += o->order[k];
  }
  if (sum > 0) return EIS_OK;
  return eis_error_set(err, EIS_ERROR_USAGE,
                       "the penalty is empty: give a share to one of the derivatives 0, 1, 2");
}

static eis_status check_terms(const eis_drt_options *o, eis_error *err) {
  if (o->C == EIS_DRT_TERM_FIXED && (o->C_value == 0 || isnan(o->C_value)))
    return eis_error_set(err, EIS_ERROR_USAGE,
                         "a fixed series capacitance of %g F: expected another number than 0",
                         o->C_value);
  if ((o->R_inf == EIS_DRT_TERM_FIXED && !isfinite(o->R_inf_value)) ||
      (o->L == EIS_DRT_TERM_FIXED && !isfinite(o->L_value)))
    return eis_error_set(err, EIS_ERROR_USAGE, "a fixed series term has no value");
  return EIS_OK;
}

eis_status eisi_drt_check_options(const eis_drt_options *o, eis_error *err) {
  eis_status st = check_numbers(o, err);
  if (st == EIS_OK) st = check_range("tau", o->tau_min, o->tau_max, err);
  if (st == EIS_OK) st = check_range("lambda", o->lambda_min, o->lambda_max, err);
  if (st == EIS_OK) st = check_terms(o, err);
  if (st == EIS_OK) st = check_sampling(o, err);
  if (st == EIS_OK && o->method == EIS_DRT_TIKHONOV) st = check_basis(o, err);
  return st;
}
