/* derive.c - from fitted parameters to what they mean: time constants, effective capacitances,
   area-specific values, conductivities; errors by the delta method. */
#include <eisfit/derive.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/derived.h"
#include "base/base.h"
#include "physics/constants.h"

/* ---- delta method ---- */

/* Central difference of a quantity by parameter i. */
static double slope(eisi_derive *d, const eisi_quantity_row *row, int i) {
  const double p0 = d->p[i];
  const bool log_scale = d->c->param[i].spec->scale == EIS_SCALE_LOG;
  const double h = 1e-4 * (log_scale ? fabs(p0) : fmax(fabs(p0), 0.05));
  if (!(h > 0.0)) return 0.0;
  d->p[i] = p0 + h;
  const double up = row->value(d, d->p, row->arg);
  d->p[i] = p0 - h;
  const double down = row->value(d, d->p, row->arg);
  d->p[i] = p0;
  return (up - down) / (2.0 * h);
}

static bool depends(const eisi_quantity_row *row, int i) {
  const eisi_arc *a = row->only;
  return !a || i == a->R || i == a->C || i == a->Q || i == a->n || i == a->tau;
}

/* sqrt(g^T cov g); NaN when nothing uncertain enters, or something whose error is not known. */
double eisi_derive_stderr(eisi_derive *d, const eisi_quantity_row *row) {
  const int n = d->fit->n_params;
  double var = 0.0;
  bool any = false;
  if (!d->fit->covariance) return NAN;
  for (int i = 0; i < n; i++) {
    const bool known = isfinite(d->fit->covariance[i * n + i]);
    /* what is held (fixed, at a bound) has no error of its own */
    const bool held = d->fit->param[i].fixed || d->fit->param[i].at_bound;
    if ((!known && held) || !depends(row, i)) {
      d->gradient[i] = 0.0;
      continue;
    }
    const double g = slope(d, row, i);
    if (!isfinite(g) || (g != 0.0 && !known)) return NAN;
    d->gradient[i] = g;
    any = any || g != 0.0;
  }
  for (int i = 0; i < n; i++)
    for (int k = 0; k < n; k++)
      if (d->gradient[i] != 0.0 && d->gradient[k] != 0.0)
        var += d->gradient[i] * d->gradient[k] * d->fit->covariance[i * n + k];
  return any && var >= 0.0 ? sqrt(var) : NAN;
}

bool eisi_derive_unseen(const eisi_derive *d, int i) {
  const eis_param *a = &d->c->param[i];
  if (!d->fit->param[i].at_bound || a->spec->scale != EIS_SCALE_LOG) return false;
  const bool low = fabs(log(d->p[i] / a->lower)) < fabs(log(d->p[i] / a->upper));
  return low ? a->lower == a->spec->lower : a->upper == a->spec->upper;
}

/* Does the value hang on a parameter that the data don't show?  It is that bound in disguise. */
static bool rests_on_bound(eisi_derive *d, const eisi_quantity_row *row, double value) {
  for (int i = 0; i < d->fit->n_params; i++)
    if (eisi_derive_unseen(d, i) && depends(row, i) &&
        !(fabs(slope(d, row, i) * d->p[i]) < 1e-3 * fabs(value)))
      return true;
  return false;
}

eis_status eisi_derive_add(eisi_derive *d, const eisi_quantity_row *row, const char *name) {
  const double value = row->value(d, d->p, row->arg);
  if (!isfinite(value)) return EIS_OK; /* not defined here; the words say why where it matters */
  if (rests_on_bound(d, row, value)) return EIS_OK;
  eis_derived_list *l = d->out;
  const eis_status st = eisi_grow(&l->at, l->n, l->n + 1, sizeof *l->at, d->err);
  if (st != EIS_OK) return st;
  eis_derived *q = &l->at[l->n++];
  q->value = value;
  q->arc = -1;
  q->stderr_ = eisi_derive_stderr(d, row);
  snprintf(q->name, sizeof q->name, "%s", name);
  snprintf(q->unit, sizeof q->unit, "%s", row->unit);
  snprintf(q->doc, sizeof q->doc, "%s", row->doc);
  return EIS_OK;
}

int eisi_derive_role(const eisi_derive *d, const char *role, int from) {
  for (int i = from; d->model && i < d->c->n_elements; i++) {
    const char *have = eis_model_role_of(d->model, d->c->element[i].name);
    if (have && strcmp(have, role) == 0) return i;
  }
  return -1;
}

/* ---- arcs ---- */

/* Ohmic resistance in front of everything: R elements of the outermost series chain. */
static double series_resistance(const eis_circuit *c, const double *p) {
  double sum = 0.0;
  for (int i = 0; i < c->n_elements; i++)
    if (strcmp(c->element[i].type->symbol, "R") == 0 && eisi_node_is_outer(c, c->element[i].node))
      sum += p[c->element[i].first_param];
  return sum;
}

static double q_tau(const eisi_derive *d, const double *p, const void *arg) {
  (void)d;
  return eisi_arc_tau(arg, p);
}
static double q_f_peak(const eisi_derive *d, const double *p, const void *arg) {
  (void)d;
  return 1.0 / (2.0 * EISI_PI * eisi_arc_tau(arg, p));
}
static double q_C_eff(const eisi_derive *d, const double *p, const void *arg) {
  (void)d;
  return eisi_arc_C(arg, p);
}
static double q_C_area(const eisi_derive *d, const double *p, const void *arg) {
  return eisi_arc_C(arg, p) / d->cond.area_m2;
}

/* Brug et al. 1984: Q^(1/n) (1/R0 + 1/R1)^((n-1)/n) */
static double q_C_brug(const eisi_derive *d, const double *p, const void *arg) {
  const eisi_arc *a = arg;
  const double R0 = series_resistance(d->c, p), n = p[a->n];
  const double Q = a->Q >= 0 ? p[a->Q] : pow(p[a->tau], n) / p[a->R];
  /* no resistance in series to speak of: the formula is for a surface layer in front of one */
  return R0 > 1e-3 * p[a->R] ? pow(Q, 1.0 / n) * pow(1.0 / R0 + 1.0 / p[a->R], (n - 1.0) / n) : NAN;
}

typedef struct arc_quantity {
  const char *head;
  eisi_quantity_fn *value;
  const char *unit, *doc;
  bool by_capacitor, if_dispersed, if_area; /* named after the capacitor; only when ... */
  bool if_hidden;                           /* only where C is not a parameter itself */
} arc_quantity;

static const arc_quantity arc_quantities[] = {
    {.head = "tau", .value = q_tau, .unit = "s", .doc = "R C; (R Q)^(1/n) for a CPE"},
    {.head = "f_peak", .value = q_f_peak, .unit = "Hz",
     .doc = "1/(2 pi tau), the top of the arc"},
    {.head = "C_eff", .value = q_C_eff, .unit = "F", .by_capacitor = true, .if_hidden = true,
     .doc = "tau/R, Hsu and Mansfeld 2001"},
    {.head = "C_Brug", .value = q_C_brug, .unit = "F", .by_capacitor = true, .if_dispersed = true,
     .doc = "with R0 in series, Brug et al. 1984"},
    {.head = "C_area", .value = q_C_area, .unit = "F/m^2", .by_capacitor = true, .if_area = true,
     .doc = "tau/R per area"},
};

/* What was added last belongs to arc i. */
static void belongs_to(eisi_derive *d, size_t before, size_t i) {
  if (d->out->n > before) d->out->at[before].arc = (int)i;
}

static eis_status derive_arc(eisi_derive *d, const eisi_arc *a) {
  if (a->n >= 0 && d->p[a->n] < 0.3) return EIS_OK; /* no capacitance any more: see the warning */
  const bool area = d->cond.area_m2 > 0.0;
  for (size_t i = 0; i < sizeof arc_quantities / sizeof *arc_quantities; i++) {
    const arc_quantity *q = &arc_quantities[i];
    if ((q->if_area && !area) || (q->if_hidden && a->C >= 0)) continue;
    if (q->if_dispersed && (a->n < 0 || !a->outer)) continue;
    const char *of = q->by_capacitor ? d->c->element[a->C_element].name : a->name;
    const bool more = q->if_dispersed; /* Brug: the resistances in series, too */
    const eisi_quantity_row row = {q->value, a, q->unit, q->doc, more ? NULL : a};
    char name[sizeof(((eis_derived *)0)->name)];
    snprintf(name, sizeof name, "%s(%.*s)", q->head, (int)sizeof name - 10, of);
    const size_t before = d->out->n;
    const eis_status st = eisi_derive_add(d, &row, name);
    if (st != EIS_OK) return st;
    belongs_to(d, before, (size_t)(a - d->arc));
  }
  return EIS_OK;
}

/* ---- resistances ---- */

static double q_R_area(const eisi_derive *d, const double *p, const void *arg) {
  return p[((const eisi_part *)arg)->R] * d->cond.area_m2;
}

static double q_sigma(const eisi_derive *d, const double *p, const void *arg) {
  return d->cond.thickness_m / (p[((const eisi_part *)arg)->R] * d->cond.area_m2);
}

static eis_status add_part(eisi_derive *d, const eisi_part *part, const eisi_quantity_row *row,
                           const char *head) {
  char name[sizeof(((eis_derived *)0)->name)];
  snprintf(name, sizeof name, "%s(%s)", head, d->c->element[part->element].name);
  const size_t before = d->out->n;
  const eis_status st = eisi_derive_add(d, row, name);
  if (st == EIS_OK && part->arc) belongs_to(d, before, (size_t)(part->arc - d->arc));
  return st;
}

static eis_status derive_resistances(eisi_derive *d) {
  const bool area = d->cond.area_m2 > 0.0, both = area && d->cond.thickness_m > 0.0;
  eis_status st = EIS_OK;
  for (size_t i = 0; st == EIS_OK && i < d->n_parts; i++) {
    const eisi_part *part = &d->part[i];
    const bool series = eisi_node_is_outer(d->c, d->c->element[part->element].node);
    if (area)
      st = add_part(d, part, &(eisi_quantity_row){q_R_area, part, "ohm m^2", "R times area", NULL},
                    "R_area");
    /* where a model says what it is, sigma_bulk and sigma_total are there instead */
    if (st == EIS_OK && both && !part->role && (part->arc || series))
      st = add_part(d, part, &(eisi_quantity_row){q_sigma, part, "S/m", "L/(R A)", NULL}, "sigma");
  }
  return st;
}

/* Arcs that are not the electrolyte's. */
static bool counts(const eisi_part *part) {
  return part->arc && part->kind != EISI_KIND_BULK && part->kind != EISI_KIND_GB;
}

static double q_R_arcs(const eisi_derive *d, const double *p, const void *arg) {
  (void)arg;
  double sum = 0.0;
  for (size_t i = 0; i < d->n_parts; i++)
    if (counts(&d->part[i])) sum += p[d->part[i].R];
  return sum;
}

/* One arc has no sum worth a line. */
static eis_status derive_sum(eisi_derive *d) {
  size_t n = 0;
  bool said = false; /* does the model say what they are? */
  for (size_t i = 0; i < d->n_parts; i++) {
    n += counts(&d->part[i]);
    said = said || (d->part[i].arc && d->part[i].role);
  }
  if (n < 2 || d->decided) return EIS_OK;
  const char *doc = said ? "sum of the arcs of electrodes and layers" : "sum of all arcs";
  return eisi_derive_add(d, &(eisi_quantity_row){q_R_arcs, NULL, "ohm", doc, NULL},
                         said ? "R_pol_total" : "R_arcs");
}

static eis_status derive_circuit(eisi_derive *d) {
  eis_status st = EIS_OK;
  for (size_t i = 0; st == EIS_OK && i < d->n_arcs; i++) st = derive_arc(d, &d->arc[i]);
  if (st == EIS_OK) st = derive_sum(d);
  if (st == EIS_OK) st = derive_resistances(d);
  return st == EIS_OK ? eisi_derive_bulk(d) : st;
}

eis_status eis_derive(const eis_derive_input *in, eis_derived_list *out, eis_error *err) {
  const eis_circuit *c = in->circuit;
  const eis_fit_result *fit = in->fit;
  *out = (eis_derived_list){0};
  if (fit->n_params != c->n_params)
    return eis_error_set(err, EIS_ERROR_USAGE,
                         "the fit has %d parameters and the circuit %d: they don't belong together",
                         fit->n_params, c->n_params);
  eisi_derive d = {.c = c, .fit = fit, .model = in->model, .material = in->material, .out = out,
                   .err = err, .cond = in->cond ? *in->cond : eis_conditions_unknown()};
  const size_t n = (size_t)c->n_params;
  d.p = eisi_new(n + 1, sizeof *d.p, err);
  d.gradient = eisi_new(n + 1, sizeof *d.gradient, err);
  eis_status st = d.p && d.gradient ? EIS_OK : EIS_ERROR_MEMORY;
  if (st == EIS_OK) st = eisi_arcs_find(c, &d.arc, &d.n_arcs, err);
  for (size_t i = 0; st == EIS_OK && i < n; i++) d.p[i] = fit->param[i].value;
  if (st == EIS_OK) st = eisi_derive_parts(&d);
  if (st == EIS_OK) st = derive_circuit(&d);
  if (st == EIS_OK) st = eisi_derive_scl(&d);
  free(d.p);
  free(d.gradient);
  free(d.arc);
  free(d.part);
  if (st != EIS_OK) eis_derived_list_clear(out);
  return st;
}

void eis_derived_list_clear(eis_derived_list *list) {
  free(list->at);
  eis_notes_clear(&list->words);
  *list = (eis_derived_list){0};
}
