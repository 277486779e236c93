/* arrhenius.c - straight lines over 1/kT, with the errors that both ends of a fit hand over. */
#include <eisfit/arrhenius.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "campaign/places.h"
#include "campaign/regress.h"
#include "numerics/stats.h"
#include "physics/constants.h"

static const double k_eV = EISI_KB / EISI_E; /* eV/K */
/* A break costs a search over all temperatures, which AICc does not count: see doc/trends.md. */
static const double break_delta = 6;
/* Temperatures that count as one [K]: a controller keeps its set point to some tenths. */
static const double same_temperature = 1;

static const eis_arrhenius_form forms[] = {
    {.key = "1/R", .name = "reciprocal resistance", .formula = "1/R", .inverse = true},
    {.key = "T/R", .name = "temperature over resistance", .formula = "T/R", .inverse = true,
     .times_T = true},
    {.key = "sigma", .name = "conductivity", .formula = "sigma"},
    {.key = "sigma-T", .name = "conductivity times temperature", .formula = "sigma T",
     .times_T = true},
};
enum { N_FORMS = sizeof forms / sizeof *forms };

const eis_arrhenius_form *eis_arrhenius_form_at(size_t i) { return i < N_FORMS ? &forms[i] : NULL; }

const eis_arrhenius_form *eis_arrhenius_form_find(const char *key) {
  for (size_t i = 0; i < N_FORMS; i++)
    if (eisi_strcasecmp(forms[i].key, key) == 0) return &forms[i];
  return NULL;
}

eis_arrhenius_options eis_arrhenius_options_default(void) {
  return (eis_arrhenius_options){.form = "1/R", .level = 0.95};
}

/* N_A e / 1000 */
double eis_ev_to_kj_mol(double ev) { return ev * EISI_E * 6.02214076e23 * 1e-3; }

/* One point per temperature in the straight coordinates: x = 1/kT [1/eV] from its middle, y = ln of
   the form. */
typedef struct straight {
  eisi_places places; /* y, own and T are here */
  size_t n;
  double *x, *y, *se, *own; /* own: error of y without that of the temperature */
  const double *T;
  double x0, dT;
} straight;

static eisi_curve line_curve(const straight *s) {
  return (eisi_curve){
      .n = s->n, .n_linear = 2, .x = s->x, .y = s->y, .se = s->se, .basis = eisi_basis_line};
}

static eis_status check_points(const double *T, const double *value, size_t n, eis_error *err) {
  for (size_t i = 0; i < n; i++) {
    if (!(T[i] > 0) || !isfinite(T[i]))
      return eis_error_set(err, EIS_ERROR_INPUT, "point %zu: the temperature has to be above 0 K",
                           i + 1);
    if (!(value[i] > 0) || !isfinite(value[i]))
      return eis_error_set(err, EIS_ERROR_INPUT, "point %zu: the value has to be above zero",
                           i + 1);
  }
  return EIS_OK;
}

/* ln y of all points and its errors; those that are not known become the median of those that are.
 */
static void logarithms(const double *T, const double *value, const double *se, size_t n,
                       const eis_arrhenius_form *form, double *y) {
  double *own = y + n;
  size_t known = 0;
  for (size_t i = 0; i < n; i++) {
    y[i] = (form->inverse ? -1 : 1) * log(value[i]) + (form->times_T ? log(T[i]) : 0);
    if (se && isfinite(se[i]) && se[i] > 0) own[known++] = se[i] / value[i];
  }
  const double usual = known ? eisi_median(own, known) : 0;
  for (size_t i = 0; i < n; i++)
    own[i] = se && isfinite(se[i]) && se[i] > 0 ? se[i] / value[i] : usual;
}

/* What is measured again at a temperature shares the error of that temperature. */
static eis_status straighten(straight *s, const double *T, const double *value, const double *se,
                             eis_arrhenius_result *r, eis_error *err) {
  const size_t n = r->n;
  eis_status st = check_points(T, value, n, err);
  double *y = st ? NULL : eisi_new(2 * n + 1, sizeof *y, err);
  if (!y) return st ? st : EIS_ERROR_MEMORY;
  logarithms(T, value, se, n, r->form, y);
  st = eisi_places_make(n, T, y, y + n, same_temperature, &s->places, err);
  free(y);
  if (st) return st;
  s->n = s->places.n;
  if (s->n < 3)
    return eis_error_set(
        err, EIS_ERROR_INPUT,
        "an activation energy needs at least 3 different temperatures, there %s %zu",
        s->n == 1 ? "is" : "are", s->n);
  s->x = eisi_new(2 * s->n, sizeof(double), err);
  if (!s->x) return EIS_ERROR_MEMORY;
  s->se = s->x + s->n;
  s->T = s->places.x;
  s->y = s->places.y;
  s->own = s->places.se;
  for (size_t i = 0; i < s->n; i++) s->x0 += 1 / (k_eV * s->T[i] * (double)s->n);
  for (size_t i = 0; i < s->n; i++) {
    s->x[i] = 1 / (k_eV * s->T[i]) - s->x0;
    s->se[i] = s->own[i];
  }
  if (s->n == n) return EIS_OK;
  return eis_notes_add(&r->notes, err,
                       "%zu points at %zu temperatures: what was measured again within %g K counts "
                       "once, by its mean, as it shares the error of that temperature",
                       n, s->n, same_temperature);
}

/* An error of the temperature is one of ln y: Ea/(k T^2) dT. */
static eis_status fit_line(straight *s, eisi_curve_fit *f, eis_error *err) {
  for (int pass = 0;; pass++) {
    const eisi_curve c = line_curve(s);
    eis_status st = eisi_curve_run(&c, f, err);
    if (st || pass == 2 || !(s->dT > 0)) return st;
    for (size_t i = 0; i < s->n; i++)
      s->se[i] = hypot(s->own[i], f->p[1] * s->dT / (k_eV * s->T[i] * s->T[i]));
  }
}

/* ln y = c0 + c1 (x - x0): Ea = -c1, ln A = c0 - c1 x0 = c0 + Ea x0. */
static void put_line(const straight *s, const eisi_curve_fit *f, double level,
                     eis_arrhenius_line *l) {
  const double c00 = f->cov[0], c01 = f->cov[2], c11 = f->cov[3];
  const double t = eisi_t_quantile(0.5 + level / 2, f->dof);
  /* the point of the line where its height and its slope are not correlated */
  const double middle = -c01 / c11;
  l->Ea_eV = -f->p[1];
  l->Ea_se = sqrt(c11);
  l->Ea_low = l->Ea_eV - t * l->Ea_se;
  l->Ea_high = l->Ea_eV + t * l->Ea_se;
  l->ln_A = f->p[0] - f->p[1] * s->x0;
  l->ln_A_se = sqrt(c00 - 2 * s->x0 * c01 + s->x0 * s->x0 * c11);
  l->cov_lnA_Ea = -c01 + s->x0 * c11;
  l->correlation = l->cov_lnA_Ea / (l->ln_A_se * l->Ea_se);
  l->T_ref_K = 1 / (k_eV * (s->x0 + middle));
  l->ln_ref = f->p[0] + f->p[1] * middle;
  l->ln_ref_se = sqrt(fmax(c00 + 2 * middle * c01 + middle * middle * c11, 0));
  l->scatter = f->scatter;
  l->dof = f->dof;
  l->aicc = eisi_aicc(f->deviance, s->n, 3);
}

static int ascending(const void *a, const void *b) {
  const double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

/* Two slopes that meet, with at least two temperatures on each side of the place. */
static eis_status look_for_break(const straight *s, eis_arrhenius_result *r, eis_error *err) {
  eisi_curve c = line_curve(s);
  eisi_curve_fit f;
  eis_arrhenius_break *b = &r->bend;
  *b = (eis_arrhenius_break){.delta_aicc = NAN, .T_K = NAN, .T_se = NAN, .ln_break = NAN};
  double *x = eisi_new(s->n, sizeof *x, err);
  if (!x) return EIS_ERROR_MEMORY;
  memcpy(x, s->x, s->n * sizeof *x);
  qsort(x, s->n, sizeof *x, ascending);
  size_t m = 0;
  for (size_t i = 0; i < s->n; i++)
    if (!m || x[i] - x[m - 1] > 1e-3) x[m++] = x[i];
  if (m >= 7) {
    c.n_linear = 3;
    c.shape = true;
    c.basis = eisi_basis_bent;
    c.q_low = x[1];
    c.q_high = x[m - 2];
  }
  free(x);
  if (m < 7) return EIS_OK;
  const eis_status st = eisi_curve_run(&c, &f, NULL);
  if (st == EIS_ERROR_MEMORY) return eis_error_set(err, st, "out of memory");
  if (st) return EIS_OK; /* the points do not determine it */
  b->tested = true;
  b->delta_aicc = r->line.aicc - eisi_aicc(f.deviance, s->n, 5);
  b->T_K = 1 / (k_eV * (s->x0 + f.p[3]));
  b->T_se = sqrt(f.cov[15]) * k_eV * b->T_K * b->T_K;
  b->ln_break = f.p[0] + f.p[1] * f.p[3];
  b->Ea_hot_eV = -f.p[1];
  b->Ea_hot_se = sqrt(f.cov[5]);
  b->Ea_cold_eV = -f.p[1] - f.p[2];
  b->Ea_cold_se = sqrt(f.cov[5] + 2 * f.cov[9] + f.cov[10]);
  b->found = b->delta_aicc > break_delta;
  if (!b->found) return EIS_OK;
  return eis_notes_add(&r->notes, err,
                       "two slopes fit better (AICc by %.1f): %.3f eV above and %.3f eV below "
                       "%.0f ± %.0f K; the single activation energy is an average",
                       b->delta_aicc, b->Ea_hot_eV, b->Ea_cold_eV, b->T_K, b->T_se);
}

/* The line without point k. */
static eis_status deleted(const straight *s, size_t k, double *t, double *limit, eis_error *err) {
  straight rest = {.n = s->n - 1};
  eisi_curve_fit f;
  double y, se;
  rest.x = eisi_new(3 * s->n, sizeof(double), err);
  if (!rest.x) return EIS_ERROR_MEMORY;
  rest.y = rest.x + s->n;
  rest.se = rest.y + s->n;
  for (size_t i = 0, m = 0; i < s->n; i++) {
    if (i == k) continue;
    rest.x[m] = s->x[i];
    rest.y[m] = s->y[i];
    rest.se[m++] = s->se[i];
  }
  const eisi_curve c = line_curve(&rest);
  eis_status st = eisi_curve_run(&c, &f, err);
  if (!st) {
    eisi_curve_at(&c, &f, s->x[k], &y, &se);
    *t = fabs(s->y[k] - y) / sqrt(se * se + s->se[k] * s->se[k] + f.scatter * f.scatter);
    *limit = eisi_t_quantile(1 - 0.025 / (double)s->n, f.dof);
  }
  free(rest.x);
  return st;
}

static eis_status without_outliers(const straight *s, const bool *off, size_t n_off,
                                   eis_arrhenius_result *r, eis_error *err) {
  straight rest = *s;
  eisi_curve_fit f;
  eis_status st = EIS_OK;
  double *room = eisi_new(3 * s->n, sizeof(double), err);
  if (!room) return EIS_ERROR_MEMORY;
  rest.x = room;
  rest.y = room + s->n;
  rest.se = room + 2 * s->n;
  rest.n = 0;
  for (size_t i = 0; i < s->n; i++) {
    if (off[i]) continue;
    rest.x[rest.n] = s->x[i];
    rest.y[rest.n] = s->y[i];
    rest.se[rest.n++] = s->se[i];
  }
  const eisi_curve c = line_curve(&rest);
  const eis_status fitted = rest.n >= 3 ? eisi_curve_run(&c, &f, NULL) : EIS_ERROR_NUMERIC;
  if (fitted == EIS_ERROR_MEMORY) st = eis_error_set(err, fitted, "out of memory");
  if (!fitted) {
    r->Ea_without_eV = -f.p[1];
    r->Ea_without_se = sqrt(f.cov[3]);
    st = eis_notes_add(&r->notes, err,
                       "%zu point%s far off the line of the others; without, "
                       "Ea = %.3f ± %.3f eV",
                       n_off, n_off == 1 ? " lies" : "s lie", r->Ea_without_eV, r->Ea_without_se);
  }
  free(room);
  return st;
}

static eis_status look_for_outliers(const straight *s, eis_arrhenius_result *r, eis_error *err) {
  eis_status st = EIS_OK;
  size_t n_off = 0;
  r->outlier = eisi_new(r->n, sizeof *r->outlier, err);
  r->Ea_without_eV = r->Ea_without_se = NAN;
  if (!r->outlier) return EIS_ERROR_MEMORY;
  /* what a break does to the points near it is no outlier; a large set costs n fits */
  if (s->n < 5 || s->n > 2000 || r->bend.found) return EIS_OK;
  bool *off = eisi_new(s->n, sizeof *off, err);
  if (!off) return EIS_ERROR_MEMORY;
  for (size_t i = 0; i < s->n; i++) {
    double t = 0, limit = INFINITY;
    if (deleted(s, i, &t, &limit, NULL)) continue;
    off[i] = t > limit;
    n_off += off[i];
  }
  for (size_t i = 0; i < r->n; i++) {
    r->outlier[i] = off[s->places.of[i]];
    r->n_outliers += r->outlier[i];
  }
  if (n_off) st = without_outliers(s, off, n_off, r, err);
  free(off);
  return st;
}

static eis_status span_words(eis_arrhenius_result *r, eis_error *err) {
  eis_status st = EIS_OK;
  if (r->T_max_K - r->T_min_K < 15)
    st =
        eis_notes_add(&r->notes, err, "the temperatures span only %.0f K", r->T_max_K - r->T_min_K);
  if (!st && r->line.Ea_high < 0)
    st =
        eis_notes_add(&r->notes, err,
                      "Ea is negative: %s with temperature, which what is thermally activated does "
                      "not; the rows may differ in more than temperature (cell, age, state of "
                      "charge), or %s",
                      r->form->inverse ? "the resistance rises" : "the conductivity falls",
                      r->form->inverse ? "it is the resistance of a metal"
                                       : "the values are resistances: their form is 1/R");
  return st;
}

eis_status eis_arrhenius_fit(const double *T, const double *value, const double *se, size_t n,
                             const eis_arrhenius_options *opt, eis_arrhenius_result *out,
                             eis_error *err) {
  const eis_arrhenius_options o = opt ? *opt : eis_arrhenius_options_default();
  straight s = {.dT = o.temperature_se};
  eisi_curve_fit f;
  *out = (eis_arrhenius_result){.n = n, .level = o.level, .form = eis_arrhenius_form_find(o.form)};
  if (!out->form)
    return eis_error_set(err, EIS_ERROR_USAGE,
                         "unknown form '%s'; it is one of 1/R, T/R, sigma, "
                         "sigma-T",
                         o.form);
  eis_status st = straighten(&s, T, value, se, out, err);
  if (!st) st = fit_line(&s, &f, err);
  if (!st) {
    out->T_min_K = out->T_max_K = T[0];
    for (size_t i = 0; i < n; i++) {
      out->T_min_K = fmin(out->T_min_K, T[i]);
      out->T_max_K = fmax(out->T_max_K, T[i]);
    }
    put_line(&s, &f, o.level, &out->line);
    st = span_words(out, err);
  }
  if (!st) st = look_for_break(&s, out, err);
  if (!st) st = look_for_outliers(&s, out, err);
  free(s.x);
  eisi_places_clear(&s.places);
  if (st) eis_arrhenius_result_clear(out);
  return st;
}

void eis_arrhenius_band(const eis_arrhenius_result *r, double T, double *ln_y, double *half) {
  const eis_arrhenius_line *l = &r->line;
  const double u = 1 / (k_eV * T) - 1 / (k_eV * l->T_ref_K);
  *ln_y = l->ln_ref - l->Ea_eV * u;
  *half = eisi_t_quantile(0.5 + r->level / 2, l->dof) * hypot(l->ln_ref_se, l->Ea_se * u);
}

void eis_arrhenius_result_clear(eis_arrhenius_result *r) {
  free(r->outlier);
  eis_notes_clear(&r->notes);
  *r = (eis_arrhenius_result){0};
}
