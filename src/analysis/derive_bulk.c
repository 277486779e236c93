/* derive_bulk.c - which resistance is leads, bulk, grain boundary or electrode, and what follows.

   Where the roles of a model say it, they are believed.  Where the model leaves it open (roles
   "intercept" and "arc"), the capacitances decide, after the orders of magnitude of Irvine,
   Sinclair and West, Adv. Mater. 2 (1990) 132, table 1: bulk 1 pF, second phase 10 pF, grain
   boundary 10 pF to 10 nF, surface layer and electrode 1 nF to 10 uF, for 1 cm and 1 cm2. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/number.h"
#include "analysis/derived.h"
#include "base/base.h"
#include "physics/constants.h"

/* A bulk has less, ferroelectrics apart. */
static const double bulk_eps_r = 300;
/* Double layers and blocking contacts have more, grain boundaries less [F/m^2]: 0.1 uF/cm2. */
static const double electrode_C_area = 1e-3;
/* The same where no area is known [F]. */
static const double electrode_C = 1e-7;
/* Below, an arc is bulk (and the stray capacitance of the holder) even if eps_r says otherwise;
   up to the second it is when the intercept is too small to be the bulk [F]. */
static const double surely_bulk_C = 100e-12, perhaps_bulk_C = 300e-12;
/* An intercept below this share of the arc is leads and contacts. */
static const double lead_share = 0.1;
/* An intercept below this share of the arc is none. */
static const double no_intercept = 1e-3;
/* Arcs within this factor of the bulk's C are bulk, too: grain boundaries are thin, their
   capacitance is that of the bulk times grain size/thickness. */
static const double same_factor = 10;
/* Beyond this factor it may be an electrode; only the area tells. */
static const double thin_factor = 1000;

/* ---- parts ---- */

static bool has_area(const eisi_derive *d) { return d->cond.area_m2 > 0.0; }
static bool has_geometry(const eisi_derive *d) { return has_area(d) && d->cond.thickness_m > 0.0; }

static double C_of(const eisi_derive *d, const eisi_part *part) {
  return eisi_arc_C(part->arc, d->p);
}
static double eps_r_of(const eisi_derive *d, double C) {
  return C * d->cond.thickness_m / (EISI_EPS0 * d->cond.area_m2);
}

static bool like_electrode(const eisi_derive *d, double C) {
  return has_area(d) ? C / d->cond.area_m2 >= electrode_C_area : C >= electrode_C;
}

/* The fastest process: R_hf is the resistance in front of it, 0 = none. */
static eisi_kind kind_of_first(const eisi_derive *d, double C, double R, double R_hf) {
  if (like_electrode(d, C)) return EISI_KIND_ELECTRODE;
  if (R_hf < no_intercept * R || C <= surely_bulk_C) return EISI_KIND_BULK;
  if (has_geometry(d) && eps_r_of(d, C) < bulk_eps_r) return EISI_KIND_BULK;
  return C <= perhaps_bulk_C && R_hf < lead_share * R ? EISI_KIND_BULK : EISI_KIND_GB;
}

/* Any other, whose C is larger than C0 of the first. */
static eisi_kind kind_of_other(const eisi_derive *d, double C, double C0, eisi_kind first) {
  if (like_electrode(d, C) || first == EISI_KIND_ELECTRODE) return EISI_KIND_ELECTRODE;
  if (first == EISI_KIND_BULK && C <= same_factor * C0) return EISI_KIND_BULK;
  return C > thin_factor * C0 && !has_area(d) ? EISI_KIND_UNSETTLED : EISI_KIND_GB;
}

static bool has_role(const eisi_part *part, const char *role) {
  return part->role && strcmp(part->role, role) == 0;
}

static eisi_part *smallest_C(const eisi_derive *d) {
  eisi_part *first = NULL;
  for (size_t i = 0; i < d->n_parts; i++) {
    eisi_part *part = &d->part[i];
    if (!has_role(part, "arc") || !part->arc) continue;
    if (!first || C_of(d, part) < C_of(d, first)) first = part;
  }
  return first;
}

static void decide(eisi_derive *d) {
  eisi_part *first = smallest_C(d);
  double R_hf = 0.0;
  for (size_t i = 0; i < d->n_parts; i++)
    if (has_role(&d->part[i], "intercept")) R_hf += d->p[d->part[i].R];
  if (first) first->kind = kind_of_first(d, C_of(d, first), d->p[first->R], R_hf);
  const bool bulk_arc = first && first->kind == EISI_KIND_BULK;
  for (size_t i = 0; i < d->n_parts; i++) {
    eisi_part *part = &d->part[i];
    if (has_role(part, "intercept"))
      part->kind = bulk_arc ? EISI_KIND_LEAD : EISI_KIND_BULK;
    else if (part != first && has_role(part, "arc") && part->arc)
      part->kind = kind_of_other(d, C_of(d, part), C_of(d, first), first->kind);
  }
}

static eisi_kind kind_by_role(const eisi_derive *d, const eisi_part *part) {
  if (has_role(part, "bulk")) return EISI_KIND_BULK;
  if (!has_role(part, "gb")) return EISI_KIND_OTHER;
  const bool doubtful = part->arc && has_area(d) && like_electrode(d, C_of(d, part));
  return doubtful ? EISI_KIND_ELECTRODE : EISI_KIND_GB;
}

static const eisi_arc *arc_with(const eisi_derive *d, int element) {
  for (size_t i = 0; i < d->n_arcs; i++)
    if (d->arc[i].R_element == element) return &d->arc[i];
  return NULL;
}

eis_status eisi_derive_parts(eisi_derive *d) {
  d->part = eisi_new((size_t)d->c->n_elements + 1, sizeof *d->part, d->err);
  if (!d->part) return EIS_ERROR_MEMORY;
  for (int e = 0; e < d->c->n_elements; e++) {
    const eis_circuit_element *element = &d->c->element[e];
    const eisi_arc *arc = arc_with(d, e);
    if (!arc && strcmp(element->type->symbol, "R") != 0) continue;
    eisi_part *part = &d->part[d->n_parts++];
    *part = (eisi_part){.element = e,
                        .R = arc ? arc->R : element->first_param,
                        .arc = arc,
                        .role = d->model ? eis_model_role_of(d->model, element->name) : NULL};
    part->kind = kind_by_role(d, part);
    d->decided = d->decided || has_role(part, "intercept") || has_role(part, "arc");
  }
  if (d->decided) decide(d);
  return EIS_OK;
}

/* ---- quantities ---- */

/* Which parts are summed. */
typedef struct path {
  bool bulk, gb;
} path;

static bool on_path(const eisi_part *part, const path *which) {
  return (which->bulk && part->kind == EISI_KIND_BULK) || (which->gb && part->kind == EISI_KIND_GB);
}

static size_t count(const eisi_derive *d, eisi_kind kind) {
  size_t n = 0;
  for (size_t i = 0; i < d->n_parts; i++) n += d->part[i].kind == kind;
  return n;
}

static double q_R(const eisi_derive *d, const double *p, const void *arg) {
  double R = 0.0;
  for (size_t i = 0; i < d->n_parts; i++)
    if (on_path(&d->part[i], arg)) R += p[d->part[i].R];
  return R > 0.0 ? R : NAN;
}

static double q_sigma(const eisi_derive *d, const double *p, const void *arg) {
  return d->cond.thickness_m / (q_R(d, p, arg) * d->cond.area_m2);
}

static double q_sigma_leak(const eisi_derive *d, const double *p, const void *arg) {
  return d->cond.thickness_m / (p[((const eisi_part *)arg)->R] * d->cond.area_m2);
}

/* Of the arcs that are bulk; two of them are in series, like slices of the sample. */
static double q_eps_r(const eisi_derive *d, const double *p, const void *arg) {
  (void)arg;
  double elastance = 0.0;
  for (size_t i = 0; i < d->n_parts; i++)
    if (d->part[i].kind == EISI_KIND_BULK && d->part[i].arc)
      elastance += 1.0 / eisi_arc_C(d->part[i].arc, p);
  return elastance > 0.0 ? eps_r_of(d, 1.0 / elastance) : NAN;
}

static const struct {
  const char *name, *unit, *doc;
  eisi_quantity_fn *value;
  path which;
  bool if_decided, if_geometry;
} rows[] = {
    {"R_bulk", "ohm", "of what the capacitance says is bulk", q_R, {true, false}, true, false},
    {"R_gb", "ohm", "of the grain boundaries", q_R, {false, true}, true, false},
    {"R_total", "ohm", "bulk and grain boundaries", q_R, {true, true}, true, false},
    {"sigma_bulk", "S/m", "L/(R_bulk A)", q_sigma, {true, false}, false, true},
    {"sigma_total", "S/m", "L/((R_bulk + R_gb) A)", q_sigma, {true, true}, false, true},
    {"eps_r(bulk)", "", "C L/(eps0 A) of the bulk arc", q_eps_r, {true, false}, false, true}};

static eis_status derive_rows(eisi_derive *d) {
  const bool gb = count(d, EISI_KIND_GB) > 0, bulk = count(d, EISI_KIND_BULK) > 0;
  const bool unsettled = count(d, EISI_KIND_UNSETTLED) > 0;
  eis_status st = EIS_OK;
  for (size_t i = 0; st == EIS_OK && i < sizeof rows / sizeof *rows; i++) {
    if ((rows[i].if_decided && !d->decided) || (rows[i].if_geometry && !has_geometry(d))) continue;
    if ((rows[i].which.bulk && !bulk) || (rows[i].which.gb && (!gb || unsettled))) continue;
    st = eisi_derive_add(
        d, &(eisi_quantity_row){rows[i].value, &rows[i].which, rows[i].unit, rows[i].doc, NULL},
        rows[i].name);
  }
  for (size_t i = 0; st == EIS_OK && i < d->n_parts && has_geometry(d); i++)
    if (has_role(&d->part[i], "leak"))
      st = eisi_derive_add(
          d, &(eisi_quantity_row){q_sigma_leak, &d->part[i], "S/m", "L/(R_e A), electrons", NULL},
          "sigma_e");
  return st;
}

/* ---- words ---- */

/* "59 ohm", "124 pF" */
const char *eisi_derive_si(double v, const char *unit, char buf[32]) {
  int exponent;
  const char *prefix = eisi_prefix_for(v, &exponent);
  snprintf(buf, 32, "%.3g %s%s", v * pow(10.0, -exponent), prefix, unit);
  return buf;
}

/* "124 pF, eps_r 22" or "25 nF, 1 uF/cm2": what decided. */
static const char *evidence(const eisi_derive *d, const eisi_part *part, bool as_bulk,
                            char buf[80]) {
  char number[32];
  const double C = C_of(d, part);
  int n = snprintf(buf, 80, "%s", eisi_derive_si(C, "F", number));
  if (as_bulk && has_geometry(d))
    snprintf(buf + n, 80 - (size_t)n, ", eps_r %.*f", eps_r_of(d, C) < 10 ? 1 : 0,
             eps_r_of(d, C) < 1e3 ? eisi_signif(eps_r_of(d, C), 2) : eps_r_of(d, C));
  else if (!as_bulk && has_area(d))
    snprintf(buf + n, 80 - (size_t)n, ", %g µF/cm2", eisi_signif(100.0 * C / d->cond.area_m2, 2));
  return buf;
}

static const eisi_part *intercept(const eisi_derive *d) {
  for (size_t i = 0; i < d->n_parts; i++)
    if (has_role(&d->part[i], "intercept")) return &d->part[i];
  return NULL;
}

static eis_status say_first(eisi_derive *d, const eisi_part *first) {
  const eisi_part *front = intercept(d);
  const char *name = d->c->element[first->element].name;
  char e[80], ohm[32];
  if (first->kind == EISI_KIND_BULK && !front)
    return EISI_SAY(d, "the bulk is the arc of %s, %s", name, evidence(d, first, true, e));
  if (first->kind == EISI_KIND_BULK)
    return EISI_SAY(d,
                    "the high-frequency intercept of %s is leads and contacts: the bulk is the arc "
                    "of %s, %s",
                    eisi_derive_si(d->p[front->R], "ohm", ohm), name, evidence(d, first, true, e));
  if (first->kind == EISI_KIND_GB)
    return EISI_SAY(d,
                    "the high-frequency intercept is the bulk (and leads), %s a grain boundary: %s "
                    "is much for a bulk%s",
                    name, evidence(d, first, true, e),
                    has_geometry(d) ? "" : "; area and thickness would make it sure by eps_r");
  return EISI_SAY(d, "%s is an electrode: %s%s", name, evidence(d, first, false, e),
                  front ? ", the high-frequency intercept is the electrolyte (and leads)"
                        : ": no resistance of the electrolyte is seen");
}

static eis_status say_other(eisi_derive *d, const eisi_part *part, const eisi_part *first) {
  const char *name = d->c->element[part->element].name;
  const double ratio = C_of(d, part) / C_of(d, first);
  char e[80];
  switch (part->kind) {
    case EISI_KIND_BULK:
      return EISI_SAY(d,
                      "%s (%s) is bulk as well: its C is within a factor %g of the smallest; "
                      "sample or current are not homogeneous, or it is one arc of a shape the "
                      "circuit lacks",
                      name, evidence(d, part, true, e), same_factor);
    case EISI_KIND_GB:
      return EISI_SAY(d, "%s is a grain boundary: %s, %g times the C of %s", name,
                      evidence(d, part, false, e), eisi_signif(ratio, 2),
                      d->c->element[first->element].name);
    case EISI_KIND_UNSETTLED:
      return EISI_SAY(d,
                      "%s (%s, %g times the C of %s) is an electrode or a thin grain boundary: "
                      "the area would tell, an electrode has more than 0.1 µF/cm2",
                      name, evidence(d, part, false, e), eisi_signif(ratio, 2),
                      d->c->element[first->element].name);
    default:
      return EISI_SAY(d, "%s is an electrode, not a grain boundary: %s", name,
                      evidence(d, part, false, e));
  }
}

static eis_status say_decision(eisi_derive *d) {
  const eisi_part *first = smallest_C(d);
  eis_status st = first ? say_first(d, first) : EIS_OK;
  for (size_t i = 0; st == EIS_OK && i < d->n_parts; i++)
    if (first && &d->part[i] != first && has_role(&d->part[i], "arc") && d->part[i].arc)
      st = say_other(d, &d->part[i], first);
  if (st == EIS_OK && has_area(d) != (d->cond.thickness_m > 0.0))
    st = EISI_SAY(d, "for a conductivity --%s is needed too", has_area(d) ? "thickness" : "area");
  return st;
}

static eis_status say_doubts(eisi_derive *d) {
  eis_status st = EIS_OK;
  char e[80];
  for (size_t i = 0; st == EIS_OK && i < d->n_parts; i++)
    if (has_role(&d->part[i], "gb") && d->part[i].kind == EISI_KIND_ELECTRODE)
      st = EISI_SAY(d, "%s is an electrode, not a grain boundary: %s",
                    d->c->element[d->part[i].element].name, evidence(d, &d->part[i], false, e));
  const double eps_r = has_geometry(d) ? q_eps_r(d, d->p, NULL) : NAN;
  if (st == EIS_OK && eps_r > bulk_eps_r)
    st = EISI_SAY(d,
                  "eps_r(bulk) = %.0f is more than a bulk has (%g): area or thickness are not "
                  "those given, stray capacitance of holder and cables (10 to 100 pF) is in it, or "
                  "the arc is a grain boundary",
                  eps_r, bulk_eps_r);
  return st;
}

eis_status eisi_derive_bulk(eisi_derive *d) {
  eis_status st = derive_rows(d);
  if (st == EIS_OK && d->decided) st = say_decision(d);
  return st == EIS_OK ? say_doubts(d) : st;
}
