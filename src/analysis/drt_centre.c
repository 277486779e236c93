#include "analysis/drt_centre.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/drt_form_loops.h"
#include "analysis/drt_forms.h"

/* Exponents of both flanks are between these limits, logistic functions of shape + skew (rise) and
   of shape - skew (fall). */
static const double LEAST_N = 0.3, MOST_N = 0.99;
/* The prior: of ln R and ln tau around the start, of shape around n = .8, of skew around none. */
static const double prior_sd[EISI_FORM_PARAMS] = {10, 1.5, 2, 0.4};
static const double PRIOR_N = 0.8;

eis_status eisi_drt_centre_init(eisi_drt_centre *c, size_t m, const double *ltau, eis_error *err) {
  const size_t q = EISI_FORMS_MOST * EISI_FORM_PARAMS;
  *c = (eisi_drt_centre){.m = m, .ltau = ltau};
  if ((c->value = eisi_new((2 + EISI_FORMS_MOST + 4 * q) * m, sizeof(double), err)) &&
      (c->S = eisi_new(q * q + 2 * q, sizeof(double), err))) {
    c->share = c->value + m;
    c->J = c->share + EISI_FORMS_MOST * m;
    c->T = c->J + q * m;
    c->C = c->T + q * m;
    c->W = c->C + q * m;
    c->total = c->W + q * m;
    c->v = c->S + q * q;
    return EIS_OK;
  }
  return EIS_ERROR_MEMORY;
}

void eisi_drt_centre_clear(eisi_drt_centre *c) {
  free(c->value);
  free(c->S);
  *c = (eisi_drt_centre){0};
}

static double exponent(double x) { return LEAST_N + (MOST_N - LEAST_N) / (1 + exp(-x)); }

static double logit(double n) {
  const double s = fmax(0.02, fmin(0.98, (n - LEAST_N) / (MOST_N - LEAST_N)));
  return log(s / (1 - s));
}

void eisi_drt_centre_set(eisi_drt_centre *c, size_t n, const eisi_centre_form *f) {
  c->n = n;
  c->q = n * EISI_FORM_PARAMS;
  for (size_t i = 0; i < n; i++) {
    double *p = c->p + i * EISI_FORM_PARAMS, *prior = c->prior + i * EISI_FORM_PARAMS;
    const double rise = logit(f[i].n * f[i].b), fall = logit(f[i].n);
    prior[EISI_FORM_SIZE] = p[EISI_FORM_SIZE] = log(fmax(f[i].R, 1e-300));
    prior[EISI_FORM_PLACE] = p[EISI_FORM_PLACE] = f[i].place;
    p[EISI_FORM_SHAPE] = (rise + fall) / 2;
    p[EISI_FORM_SKEW] = (rise - fall) / 2;
    prior[EISI_FORM_SHAPE] = logit(PRIOR_N);
    prior[EISI_FORM_SKEW] = 0;
    c->end[i] = f[i].end;
  }
}

eisi_centre_form eisi_drt_centre_form(const eisi_drt_centre *c, size_t i) {
  const double *p = c->p + i * EISI_FORM_PARAMS;
  const double rise = exponent(p[EISI_FORM_SHAPE] + p[EISI_FORM_SKEW]);
  const double fall = exponent(p[EISI_FORM_SHAPE] - p[EISI_FORM_SKEW]);
  return (eisi_centre_form){.R = exp(p[EISI_FORM_SIZE]),
                            .place = p[EISI_FORM_PLACE],
                            .n = fall,
                            .b = rise / fall,
                            .end = c->end[i]};
}

double eisi_centre_form_value(const eisi_centre_form *f, double l) {
  return eisi_drt_form(f->R, f->n, f->b, l - f->place, 1);
}

/* ---- the sum ---- */

static void fill_form(eisi_drt_centre *c, const double *all, size_t i, bool want) {
  const size_t m = c->m;
  const double *p = all + i * EISI_FORM_PARAMS, range = MOST_N - LEAST_N;
  const double rise = exponent(p[EISI_FORM_SHAPE] + p[EISI_FORM_SKEW]);
  const double n = exponent(p[EISI_FORM_SHAPE] - p[EISI_FORM_SKEW]), b = rise / n;
  const eisi_log_form f = {.size = p[EISI_FORM_SIZE], .place = p[EISI_FORM_PLACE], .n = n, .b = b};
  double *J = c->J + i * EISI_FORM_PARAMS * m, *out = c->share + i * m;
  double *x = J + EISI_FORM_PLACE * m, *shape = J + EISI_FORM_SHAPE * m,
         *skew = J + EISI_FORM_SKEW * m;
  double *const by[3] = {x, shape, skew};
  if (!want) {
    eisi_form_log(&f, m, c->ltau, out);
    return;
  }
  eisi_form_slopes(&f, m, c->ltau, out, by);
  const double d_rise = (rise - LEAST_N) * (MOST_N - rise) / range;
  const double d_n = (n - LEAST_N) * (MOST_N - n) / range;
  for (size_t j = 0; j < m; j++) { /* from n and b to shape and skew */
    const double by_rise = skew[j] / n * d_rise, by_n = (shape[j] - b / n * skew[j]) * d_n;
    x[j] = -x[j];
    shape[j] = by_rise + by_n;
    skew[j] = by_rise - by_n;
  }
}

void eisi_drt_centre_fill(eisi_drt_centre *c, const double *p, bool want) {
  const size_t m = c->m;
  for (size_t i = 0; i < c->n; i++) fill_form(c, p, i, want);
  eisi_form_shares(c->n, m, c->share, c->value, c->total);
  for (size_t i = 0; want && i < c->n; i++) {
    const double *share = c->share + i * m;
    double *J = c->J + i * EISI_FORM_PARAMS * m;
    for (size_t j = 0; j < m; j++) {
      J[EISI_FORM_SIZE * m + j] = share[j];
      J[EISI_FORM_PLACE * m + j] *= share[j];
      J[EISI_FORM_SHAPE * m + j] *= share[j];
      J[EISI_FORM_SKEW * m + j] *= share[j];
    }
  }
}

double eisi_drt_centre_precision(size_t k) {
  const double sd = prior_sd[k % EISI_FORM_PARAMS];
  return 1 / (sd * sd);
}

double eisi_drt_centre_cost(const eisi_drt_centre *c, const double *p) {
  double sum = 0;
  for (size_t k = 0; k < c->q; k++) {
    const double d = p[k] - c->prior[k];
    sum += d * d * eisi_drt_centre_precision(k);
  }
  return sum;
}
