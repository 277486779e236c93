/* drt_shares.c - resistance, place and width of every process, with errors from the joint posterior
   of gamma and of the forms by which it is divided.

   The share of process q is s_q = form_q/(sum of forms), its part of gamma is gamma s_q: the parts
   add up to gamma at every tau, nothing counts twice, and for a sum of ZARCs they are exact. */
#include "analysis/drt_shares.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double LEAST_RATIO = 1; /* of a resistance to its error: a process */
static const double FINE = 0.02;     /* of ln tau: step of the search for a top */
static const double SEARCH = 1.5;    /* of ln tau: to both sides of a form's place */
static const double WIDEST = 20;     /* of ln tau: half width at half height */

/* ---- a process between the points of the grid ---- */

/* Deviation of ln gamma from the centre, by a cubic through four points; constant beyond the grid.
 */
static double deviation_at(const eisi_drt_adaptive *a, double l) {
  const size_t m = a->m;
  const double *dev = a->prior.dev, *ltau = a->prior.centre.ltau;
  const double at = fmax(0, fmin((l - ltau[0]) * a->prior.h1, (double)m - 1));
  const double i = fmax(1, fmin(floor(at), (double)m - 3)), t = at - i, *d = dev + (size_t)i;
  return -t * (t - 1) * (t - 2) / 6 * d[-1] + (t + 1) * (t - 1) * (t - 2) / 2 * d[0] -
         (t + 1) * t * (t - 2) / 2 * d[1] + (t + 1) * t * (t - 1) / 6 * d[2];
}

static double part_at(const eisi_drt_adaptive *a, const eisi_centre_form *f, double l) {
  return eisi_centre_form_value(f, l) * exp(deviation_at(a, l));
}

static double top_of(const eisi_drt_adaptive *a, const eisi_centre_form *f) {
  double best = f->place, highest = 0;
  for (double x = -SEARCH; x <= SEARCH; x += FINE) {
    const double v = part_at(a, f, f->place + x);
    if (v > highest) highest = v, best = f->place + x;
  }
  const double before = log(part_at(a, f, best - FINE)), after = log(part_at(a, f, best + FINE));
  const double bend = before + after - 2 * log(highest);
  return bend < 0 ? best + FINE * fmax(-1, fmin(1, 0.5 * (before - after) / bend)) : best;
}

/* Full width at half height, in decades. */
static double width_of(const eisi_drt_adaptive *a, const eisi_centre_form *f, double top) {
  const double half = part_at(a, f, top) / 2, step = 2 * FINE;
  double sum = 0;
  for (int side = -1; side <= 1; side += 2) {
    double x = 0, before = 2 * half, now = before;
    while (now > half && x < WIDEST) {
      x += step;
      before = now;
      now = part_at(a, f, top + side * x);
    }
    sum += x - (now < half ? step * (half - now) / (before - now) : 0);
  }
  return sum / log(10);
}

/* ---- errors ---- */

/* Resistance of process q; its slopes with u (of) and with the parameters of the forms (by). */
static double resistance(const eisi_drt_adaptive *a, size_t q, double *of, double *by) {
  const eisi_drt_centre *c = &a->prior.centre;
  const double *share = c->share + q * a->m, h = 1 / a->prior.h1;
  double R = 0;
  for (size_t j = 0; j < a->m; j++) R += of[j] = a->g[j] * share[j] * h;
  for (size_t k = 0; k < c->q; k++) {
    const double *J = c->J + k * a->m, own = k / EISI_FORM_PARAMS == q;
    by[k] = 0;
    for (size_t j = 0; j < a->m; j++) by[k] += a->g[j] * h * (own - share[j]) * J[j];
  }
  return R;
}

bool eisi_drt_doubtful(eisi_drt_adaptive *a, size_t *which) {
  double least = LEAST_RATIO, by[EISI_FORMS_MOST * EISI_FORM_PARAMS];
  bool any = false;
  for (size_t q = 0; q < a->prior.centre.n; q++) {
    if (a->prior.centre.end[q]) continue;
    const double R = resistance(a, q, a->trial, by);
    const double ratio = R / eisi_drt_adaptive_sd_joint(a, a->trial, by);
    if (!(ratio < least)) continue;
    least = ratio;
    *which = q;
    any = true;
  }
  return any;
}

/* -d^2 ln form/d l^2 at the top. */
static double bend_of(const eisi_centre_form *f, double top) {
  const double a = eisi_centre_form_value(f, top - FINE), b = eisi_centre_form_value(f, top),
               c = eisi_centre_form_value(f, top + FINE);
  return fmax(log(b / a) + log(b / c), 1e-9) / (FINE * FINE);
}

/* Standard deviation of ln tau at the top: of the place, and of the slope of the deviation there,
   which shifts the top by its ratio to the bend of the form. */
static double place_error(eisi_drt_adaptive *a, size_t q, double top) {
  const eisi_drt_centre *c = &a->prior.centre;
  const eisi_centre_form f = eisi_drt_centre_form(c, q);
  const double bend = bend_of(&f, top);
  const double at = (top - c->ltau[0]) * a->prior.h1 + 0.5;
  const size_t i = (size_t)fmax(1, fmin(at, (double)a->m - 2));
  double *of = a->trial, by[EISI_FORMS_MOST * EISI_FORM_PARAMS];
  memset(of, 0, a->m * sizeof *of);
  of[i + 1] = a->prior.h1 / (2 * bend);
  of[i - 1] = -of[i + 1];
  for (size_t k = 0; k < c->q; k++) {
    const double *J = c->J + k * a->m;
    by[k] = (k == q * EISI_FORM_PARAMS + EISI_FORM_PLACE) - of[i + 1] * (J[i + 1] - J[i - 1]);
  }
  return eisi_drt_adaptive_sd_joint(a, of, by);
}

static void describe(eisi_drt_adaptive *a, size_t q, const eisi_drt_found *found,
                     eis_drt_peak *out) {
  const eisi_centre_form f = eisi_drt_centre_form(&a->prior.centre, q);
  double by[EISI_FORMS_MOST * EISI_FORM_PARAMS];
  const double top = top_of(a, &f), R = resistance(a, q, a->trial, by);
  *out = (eis_drt_peak){.tau = exp(top),
                        .R = R,
                        .probability = found->probability,
                        .shoulder = found->shoulder,
                        .n = f.n,
                        .b = f.b,
                        .R_low = NAN,
                        .R_high = NAN,
                        .tau_low = NAN,
                        .tau_high = NAN};
  out->R_error = eisi_drt_adaptive_sd_joint(a, a->trial, by);
  out->log10_tau_error = place_error(a, q, top) / log(10);
  out->C = R > 0 ? out->tau / R : NAN;
  out->width = width_of(a, &f, top);
  for (size_t i = 0; i < a->prior.centre.n; i++) {
    const eisi_centre_form other = eisi_drt_centre_form(&a->prior.centre, i);
    out->height += part_at(a, &other, top);
  }
}

/* Peaks into the order of tau, with their forms' places. */
static void sort_peaks(eisi_drt_adaptive *a, eis_drt_result *out) {
  size_t form_of[EISI_FORMS_MOST], n = 0;
  for (size_t q = 0; q < a->prior.centre.n; q++)
    if (!a->prior.centre.end[q]) form_of[n++] = q;
  for (size_t i = 1; i < n; i++)
    for (size_t k = i; k > 0 && out->peak[k].tau < out->peak[k - 1].tau; k--) {
      const eis_drt_peak peak = out->peak[k];
      const size_t form = form_of[k];
      out->peak[k] = out->peak[k - 1], out->peak[k - 1] = peak;
      form_of[k] = form_of[k - 1], form_of[k - 1] = form;
    }
  for (size_t i = 0; i < n; i++) a->peak_of[form_of[i]] = i;
}

eis_status eisi_drt_list_forms(const eisi_drt_adaptive *a, eis_drt_result *out, eis_error *err) {
  const eisi_drt_centre *c = &a->prior.centre;
  if (!(out->form = eisi_new(c->n, sizeof *out->form, err))) return EIS_ERROR_MEMORY;
  for (size_t q = 0; q < c->n; q++) {
    const eisi_centre_form f = eisi_drt_centre_form(c, q);
    out->form[out->n_forms++] = (eis_drt_form){.R = f.R, .tau = exp(f.place), .n = f.n, .b = f.b};
  }
  return EIS_OK;
}

eis_status eisi_drt_describe_shares(eisi_drt_adaptive *a, const eisi_drt_found *found,
                                    eis_drt_result *out, eis_error *err) {
  const eisi_drt_centre *c = &a->prior.centre;
  if (!(out->peak = eisi_new(c->n, sizeof *out->peak, err))) return EIS_ERROR_MEMORY;
  for (size_t j = 0; j < a->m; j++) a->prior.dev[j] = a->u[j] - c->value[j];
  for (size_t q = 0; q < c->n; q++)
    if (!c->end[q]) describe(a, q, found + q, &out->peak[out->n_peaks++]);
  sort_peaks(a, out);
  return EIS_OK;
}
