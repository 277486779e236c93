/* derive_scl.c - what an interface arc says about a space-charge layer, and what it can't say.

   C_int -> C_d -> dphi (depletion branch) -> R1 = R_scl + w/sigma -> R_pol = R_if - R1, all per
   area; without an area tau_if/tau_b = R_hat C_hat + 1 -> dphi. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/number.h"
#include "analysis/derived.h"
#include "base/base.h"
#include "physics/constants.h"
#include "physics/scl_hat.h"

/* ---- elements that are a space-charge layer ---- */

enum { EPS_R, N0, NU, DPHI, SIGMA, AREA, TEMP, MOBILITY }; /* as in the element table */

typedef struct scl_part {
  int element;
  size_t field; /* of eis_scl_values */
} scl_part;

static double q_element(const eisi_derive *d, const double *p, const void *arg) {
  const scl_part *part = arg;
  const eis_circuit_element *e = &d->c->element[part->element];
  const double *v = p + e->first_param;
  eis_scl_params s = {.eps_r = v[EPS_R], .n0 = v[N0], .nu = v[NU], .dphi = v[DPHI], .T = v[TEMP],
                      .sigma = v[SIGMA],
                      .mobility = v[MOBILITY] > 0.5 ? EIS_MOBILITY_B : EIS_MOBILITY_A};
  if (strcmp(e->type->symbol, "SCLD") == 0) {
    s.sigma *= EISI_E * EISI_E * s.n0 / (EISI_KB * s.T);
    if (s.mobility == EIS_MOBILITY_B) s.sigma *= 1.0 - s.nu;
  }
  eis_scl_values out;
  if (eis_scl_eval(&s, &out, NULL) != EIS_OK) return NAN;
  return *(const double *)(const void *)((const char *)&out + part->field);
}

static eis_status derive_elements(eisi_derive *d) {
  static const struct {
    const char *name, *unit, *doc;
    size_t field;
  } rows[] = {
      {"R_scl", "ohm m^2", "excess resistance of the layer", offsetof(eis_scl_values, R_scl)},
      {"C_scl", "F/m^2", "differential capacitance of the layer", offsetof(eis_scl_values, C_d)},
      {"w_scl", "m", "width eps/C of the layer", offsetof(eis_scl_values, width)}};
  for (int e = 0; e < d->c->n_elements; e++) {
    const char *symbol = d->c->element[e].type->symbol;
    if (strcmp(symbol, "SCL") != 0 && strcmp(symbol, "SCLD") != 0 && strcmp(symbol, "GBSCL") != 0)
      continue;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
      const scl_part part = {e, rows[i].field};
      char name[sizeof(((eis_derived *)0)->name)];
      snprintf(name, sizeof name, "%s(%s)", rows[i].name, d->c->element[e].name);
      const eis_status st = eisi_derive_add(
          d, &(eisi_quantity_row){q_element, &part, rows[i].unit, rows[i].doc, NULL}, name);
      if (st != EIS_OK) return st;
    }
  }
  return EIS_OK;
}

/* ---- the chain from an interface arc ---- */

/* A material put together on the command line may have none. */
static double reference_temperature(const eis_material *m) {
  return isnan(m->T_ref) ? 298.15 : m->T_ref;
}

/* The material at the temperature of the measurement; sigma T ~ exp(-Ea/kB T). */
static eis_scl_params layer_of(const eisi_derive *d) {
  const eis_material *m = d->material;
  const double T_ref = reference_temperature(m);
  const double T = d->cond.temperature_K > 0.0 ? d->cond.temperature_K : T_ref;
  const double x = EISI_E / EISI_KB * (1.0 / T_ref - 1.0 / T);
  eis_scl_params s = {.eps_r = m->eps_r, .n0 = m->n0, .nu = isnan(m->nu) ? 0.0 : m->nu, .T = T,
                      .sigma = m->sigma, .mobility = EIS_MOBILITY_A};
  if (!isnan(m->Ea_eV)) s.sigma *= T_ref / T * exp(m->Ea_eV * x);
  return s;
}

/* Band bending [kT/e] that no electrolyte stands: about 0.5 V at room temperature. */
enum { Y_STABLE = 20 };

typedef struct chain {
  double R_if, C_int; /* per area */
  /* NaN when no depletion layer has this capacitance; C_scl is C_int otherwise */
  double dphi, C_scl, R_scl, R1, width, R_pol;
} chain;

static chain chain_at(const eisi_derive *d, const eisi_arc *a, const double *p) {
  const double area = d->cond.area_m2;
  chain c = {.R_if = p[a->R] * area, .C_int = eisi_arc_C(a, p) / area, .dphi = NAN,
             .C_scl = NAN, .R_scl = NAN, .R1 = NAN, .width = NAN, .R_pol = NAN};
  eis_scl_params s = layer_of(d);
  eis_scl_values v;
  s.dphi = eis_scl_dphi_from_C(&s, c.C_int);
  if (isnan(s.dphi) || eisi_scl_y0(&s) > Y_STABLE || eis_scl_eval(&s, &v, NULL) != EIS_OK) return c;
  c.dphi = s.dphi;
  c.C_scl = c.C_int;
  c.R_scl = v.R_scl;
  c.R1 = v.R1;
  c.width = v.width;
  c.R_pol = c.R_if - v.R1;
  return c;
}

typedef struct chain_part {
  const eisi_arc *arc;
  size_t field;
} chain_part;

static double q_chain(const eisi_derive *d, const double *p, const void *arg) {
  const chain_part *part = arg;
  const chain c = chain_at(d, part->arc, p);
  return *(const double *)(const void *)((const char *)&c + part->field);
}

/* tau_scl/tau_b */
static double ratio_curve(double y, double nu, eis_mobility mobility) {
  return eis_scl_R_hat(y, nu, mobility) * eis_scl_C_hat(y, nu) + 1.0;
}

static double q_dphi_tau(const eisi_derive *d, const double *p, const void *arg) {
  const eis_scl_params s = layer_of(d);
  const double tau_b = EISI_EPS0 * s.eps_r / s.sigma;
  const double y = eisi_scl_root(ratio_curve, eisi_arc_tau(arg, p) / tau_b, &s,
                                 (const double[2]){0.0, EISI_SCL_Y_MAX});
  return y * EISI_KB * s.T / EISI_E;
}

static const struct {
  const char *name, *unit, *doc;
  size_t field;
  bool positive; /* shown only when > 0 */
} chain_rows[] = {
    {"C_scl", "F/m^2", "C of the interface; fit error only", offsetof(chain, C_scl), true},
    {"dphi", "V", "depletion with this C_scl; fit error only", offsetof(chain, dphi), false},
    {"w_scl", "m", "eps/C_scl; fit error only", offsetof(chain, width), true},
    {"R_scl", "ohm m^2", "excess R at this dphi; fit error only", offsetof(chain, R_scl), false},
    {"R_pol", "ohm m^2", "R_if - R_scl - w_scl/sigma; fit error only", offsetof(chain, R_pol),
     true}};

static eis_status derive_chain(eisi_derive *d, const eisi_arc *a) {
  for (size_t i = 0; i < sizeof chain_rows / sizeof *chain_rows; i++) {
    const chain_part part = {a, chain_rows[i].field};
    if (chain_rows[i].positive && !(q_chain(d, d->p, &part) > 0.0)) continue;
    const eis_status st = eisi_derive_add(
        d, &(eisi_quantity_row){q_chain, &part, chain_rows[i].unit, chain_rows[i].doc, a},
        chain_rows[i].name);
    if (st != EIS_OK) return st;
  }
  return EIS_OK;
}

/* ---- words ---- */

#define SAY EISI_SAY
#define TO_OHM_CM2 1e4
#define TO_UF_CM2 100.0

/* What one arc leaves open, and which measurement would tell. */
static eis_status say_open(eisi_derive *d, const eisi_arc *a) {
  const bool anode = eisi_derive_role(d, "anode", 0) >= 0;
  eis_status st = SAY(
      d,
      "space charge and charge transfer share one arc: one spectrum can't split R and C of '%s'. "
      "A series over state of charge would (ln R of space charge is linear in the potential, "
      "charge transfer is U-shaped), or over temperature (space charge: Ea of sigma + e dphi - "
      "2 kT)%s",
      a->name, anode ? "" : "; a three-electrode or symmetric cell shows what is the anode's");
  if (st == EIS_OK && a->n >= 0 && d->p[a->n] < 0.8)
    st = SAY(d,
             "the exponent %.2f is low: the capacitance depends on the formula that makes it, and "
             "so does everything computed from it",
             d->p[a->n]);
  return st;
}

/* R_scl goes with 1/sigma: the electrolyte in the cell against the table. */
static eis_status say_sigma(eisi_derive *d) {
  const double table = layer_of(d).sigma;
  for (size_t i = 0; i < d->out->n; i++) {
    if (strcmp(d->out->at[i].name, "sigma_bulk") != 0) continue;
    const double ratio = d->out->at[i].value / table;
    if (ratio > 0.5 && ratio < 2.0) continue;
    return SAY(d,
               "the bulk of this cell conducts %.3g S/m, %s in the table %.3g S/m: R_scl goes with "
               "1/sigma, set sigma to the measured value",
               d->out->at[i].value, d->material->name, table);
  }
  return EIS_OK;
}

/* Is the model inside its own limits? */
static eis_status say_validity(eisi_derive *d) {
  const eis_scl_params s = layer_of(d);
  const double bjerrum = EISI_E * EISI_E / (4.0 * EISI_PI * EISI_EPS0 * s.eps_r * EISI_KB * s.T);
  const double gamma = bjerrum * cbrt(s.n0);
  eis_status st = EIS_OK;
  if (gamma > 1.0)
    st = SAY(d,
             "for %s Gamma = l_B n0^(1/3) = %.2g > 1: mean-field values (eps_r, n0, dphi) are "
             "effective parameters, not properties",
             d->material->name, gamma);
  const double T_ref = reference_temperature(d->material);
  if (st == EIS_OK && fabs(s.T - T_ref) > 2.0 && isnan(d->material->Ea_eV))
    st = SAY(d, "sigma of %s is that at %.1f K: no activation energy is known", d->material->name,
             T_ref);
  if (st == EIS_OK && !(d->cond.temperature_K > 0.0))
    st = SAY(d, "no temperature was given: %.1f K is used", s.T);
  return st;
}

/* The capacitance against the layer that could have it. */
static eis_status say_capacitance(eisi_derive *d, const chain *c) {
  eis_scl_params s = layer_of(d);
  eis_scl_values flat;
  s.dphi = 0.0;
  if (eis_scl_eval(&s, &flat, NULL) != EIS_OK) return EIS_OK;
  if (isnan(c->dphi) && c->C_int > flat.C_d)
    return SAY(d,
               "C of the interface, %.3g uF/cm2, is above the flat-band value of %s, %.3g uF/cm2: "
               "a Li-rich layer, or a true contact area at least %.2g times the geometric one",
               c->C_int * TO_UF_CM2, d->material->name, flat.C_d * TO_UF_CM2, c->C_int / flat.C_d);
  if (isnan(c->dphi))
    return SAY(
        d,
        "C of the interface, %.3g uF/cm2, is far below what a layer in %s can have: rather a "
        "true contact area smaller than the geometric one, a compact layer or an interphase",
        c->C_int * TO_UF_CM2, d->material->name);
  return EIS_OK;
}

/* dphi with the material and the area given, one of them times `factor`. */
static double dphi_if(const eisi_derive *d, const eisi_arc *a, int which, double factor) {
  eisi_derive other = *d;
  eis_material m = *d->material;
  other.material = &m;
  double *const varied[] = {&m.n0, &m.eps_r, &other.cond.area_m2};
  *varied[which] *= factor;
  return chain_at(&other, a, d->p).dphi;
}

/* The error of the fit is the smallest part: what n0, eps_r and the area do, which are not known
   to a factor 2. */
static eis_status say_sensitivity(eisi_derive *d, const eisi_arc *a, const chain *c) {
  static const char *const names[] = {"n0", "eps_r", "the area"};
  const chain_part part = {a, offsetof(chain, dphi)};
  const double error = eisi_derive_stderr(d, &(eisi_quantity_row){q_chain, &part, "", "", a});
  eisi_text t = {0};
  char *text = NULL;
  if (isnan(error))
    eisi_text_addf(&t, "dphi:");
  else
    eisi_text_addf(&t, "dphi: ±%g mV from the fit alone;", eisi_signif(1e3 * error, 2));
  for (int i = 0; i < 3; i++) {
    eisi_text_addf(&t, "%s half or twice %s:", i ? "," : "", names[i]);
    for (int k = 0; k < 2; k++) {
      const double moved = dphi_if(d, a, i, k ? 2.0 : 0.5) - c->dphi;
      eisi_text_addf(&t, "%s", k ? " or " : " ");
      if (isnan(moved))
        eisi_text_addf(&t, "no such layer");
      else
        eisi_text_addf(&t, "%+.0f mV", 1e3 * moved);
    }
  }
  eisi_text_addf(&t, "; R_scl goes with exp(e dphi/kT)");
  eis_status st = eisi_text_take(&t, &text, d->err);
  if (st == EIS_OK) st = SAY(d, "%s", text);
  free(text);
  return st;
}

/* A continuum needs more than one layer of atoms. */
static eis_status say_width(eisi_derive *d, const chain *c) {
  if (!(c->width < 0.3e-9)) return EIS_OK;
  return SAY(d,
             "the layer would be thinner than the distance of two atoms (%.2g nm): no continuum "
             "layer; take dphi as an effective number",
             1e9 * c->width);
}

/* The resistance that follows from C against the one that was measured. */
static eis_status say_resistance(eisi_derive *d, const eisi_arc *a, const chain *c) {
  if (isnan(c->R1)) return EIS_OK;
  const chain_part part = {a, offsetof(chain, R_pol)};
  const double error = eisi_derive_stderr(d, &(eisi_quantity_row){q_chain, &part, "", "", a});
  const double margin = fmax(isnan(error) ? 0.0 : 2.0 * error, 0.02 * c->R_if);
  if (c->R_pol < -margin)
    return SAY(d,
               "contradiction: a layer with this C has R_scl = %.3g ohm cm2, more than the whole "
               "interface, %.3g ohm cm2: C belongs to something else, or contact area, n0 or sigma "
               "are different",
               c->R1 * TO_OHM_CM2, c->R_if * TO_OHM_CM2);
  if (c->R_pol <= margin)
    return SAY(d, "within the errors space charge alone explains the whole interface resistance");
  return SAY(d,
             "by its C the layer has %.2g %% of the interface resistance; the rest would be charge "
             "transfer or an interphase",
             100.0 * c->R1 / c->R_if);
}

/* Without the area: what tau says, and when it may. */
static eis_status derive_by_tau(eisi_derive *d, const eisi_arc *a, const chain *c) {
  const eisi_quantity_row row = {
      q_dphi_tau, a, "V", "if all R were space charge; fit error only", a};
  const double dphi_tau = q_dphi_tau(d, d->p, a);
  if (isnan(dphi_tau)) return EIS_OK;
  eis_status st = eisi_derive_add(d, &row, "dphi_tau");
  if (st == EIS_OK)
    st = SAY(d,
             "dphi_tau = %.3f V needs no area, but holds only without charge transfer and compact "
             "layer; otherwise it is an upper limit",
             dphi_tau);
  if (st != EIS_OK || !c) return st;
  eis_scl_params s = layer_of(d);
  eis_scl_values v;
  s.dphi = dphi_tau;
  if (eis_scl_eval(&s, &v, NULL) != EIS_OK) return EIS_OK;
  const double contact = c->C_int / v.C_d;
  if (contact > 0.5 && contact < 2.0) return EIS_OK;
  return SAY(d,
             "if the arc were all space charge, the true contact area would be %.2g times the "
             "geometric one",
             contact);
}

/* An interface along the wall of a line has an area of its own. */
static bool in_wall(const eis_circuit *c, int element) {
  for (int k = c->node[c->element[element].node].parent; k >= 0; k = c->node[k].parent)
    if (c->node[k].kind == EIS_NODE_ELEMENT) return true;
  return false;
}

/* Is this about a solid electrolyte at all?  The model says so in the words of its role. */
static bool about_space_charge(const eisi_derive *d, const eisi_arc *a) {
  const char *name = d->c->element[a->R_element].name;
  for (int i = 0; i < d->model->n_roles; i++)
    if (strcmp(d->model->role[i].element, name) == 0)
      return d->model->role[i].doc && strstr(d->model->role[i].doc, "space") != NULL;
  return false;
}

static eis_status derive_by_material(eisi_derive *d, const eisi_arc *a, bool area) {
  eis_status st = EIS_OK;
  if (area) {
    const chain c = chain_at(d, a, d->p);
    st = derive_chain(d, a);
    if (st == EIS_OK) st = say_capacitance(d, &c);
    if (st == EIS_OK && !isnan(c.dphi)) st = say_sensitivity(d, a, &c);
    if (st == EIS_OK) st = say_width(d, &c);
    if (st == EIS_OK) st = say_resistance(d, a, &c);
    if (st == EIS_OK) st = derive_by_tau(d, a, &c);
  } else {
    st = derive_by_tau(d, a, NULL);
  }
  if (st == EIS_OK) st = say_sigma(d);
  return st == EIS_OK ? say_validity(d) : st;
}

/* Words of the fit (fit.c) when the arcs can't be put in the order that gives them their names. */
static bool out_of_order(const eisi_derive *d) {
  for (size_t i = 0; i < d->fit->warnings.n; i++)
    if (strstr(d->fit->warnings.text[i], "do not stand in the order of the model")) return true;
  return false;
}

static bool open_arc(const eisi_derive *d, const eisi_arc *a) {
  return eisi_derive_unseen(d, a->R) || (a->C >= 0 && eisi_derive_unseen(d, a->C)) ||
         (a->Q >= 0 && eisi_derive_unseen(d, a->Q)) ||
         (a->tau >= 0 && eisi_derive_unseen(d, a->tau));
}

/* Exponents that a simple arc takes on a line whose wall is ideal, R_ion from R_wall upwards: 0.54
   to 0.67 (tests/cli/test_line.py); half of that of the wall and more. */
static const double line_exponent = 0.7, sure_exponent = 0.6;

/* The rail of a porous electrode stretches the arc, and then R_if is not the resistance of its
 * wall. */
static eis_status say_line(eisi_derive *d, const eisi_arc *a) {
  const eis_fit_result *f = d->fit;
  const bool misses =
      f->misfit || (f->have_kk && f->noise_percent > fmax(1.2 * f->kk.noise_percent, 0.05));
  if (a->n < 0 || !(d->p[a->n] < (misses ? line_exponent : sure_exponent))) return EIS_OK;
  return SAY(
      d,
      "'%s' looks like the interface of a thick composite cathode, spread along a line: exponent "
      "%.2f, flank of about 45 degrees%s. There R of a simple arc is biased, about "
      "sqrt(R_ion R_wall), not R_wall, and so are R_scl and C: compare with --model "
      "%s,composite-cathode-tlm; composite-cathode-scl gives R_scl along the line",
      a->name, d->p[a->n], misses ? ", and the data are missed" : "", d->model->name);
}

/* With thickness and conductivity of the cathode known: the arc that is seen has R = R_ion
   coth(beta)/beta, beta = sqrt(R_ion/R_wall), so that R/R_ion gives beta, and R is beta coth(beta)
   times that of the wall. */
static eis_status say_cathode(eisi_derive *d, const eisi_arc *a) {
  const double R_ion = d->cond.cathode_ohm_m2 / d->cond.area_m2, R = d->p[a->R];
  if (isnan(d->cond.cathode_ohm_m2)) return EIS_OK;
  if (!(d->cond.area_m2 > 0.0))
    return SAY(d, "what the ionic resistance of the cathode does to '%s' needs an area", a->name);
  double low = 1e-6, high = 1e6;
  for (int i = 0; i < 100; i++) {
    const double mid = sqrt(low * high);
    if (1.0 / (tanh(mid) * mid) > R / R_ion)
      low = mid;
    else
      high = mid;
  }
  const double beta = low, factor = beta / tanh(beta);
  char ion[32], wall[32];
  eisi_derive_si(R_ion, "ohm", ion);
  eisi_derive_si(R / factor, "ohm", wall);
  if (factor < 1.05)
    return SAY(
        d,
        "the cathode has %s of ionic resistance (thickness and conductivity as given): '%s' is too large by %.2g %% "
        "only, its interface is not spread along the cathode",
        ion, a->name, 100.0 * (factor - 1.0));
  const double T = isnan(d->cond.temperature_K) ? EISI_T25 : d->cond.temperature_K;
  return SAY(
      d,
      "the cathode has %s of ionic resistance (thickness and conductivity as given), which spreads its interface along a "
      "line (beta %.2g): the simple arc '%s' overstates its resistance by a factor of %.2f, R_wall = %s. R_scl from "
      "the arc is biased as much, dphi by %.0f mV; composite-cathode-scl fits the line",
      ion, beta, a->name, factor, wall, 1e3 * EISI_KB * T / EISI_E * log(factor));
}

static eis_status derive_interface(eisi_derive *d, const eisi_arc *a) {
  const bool area = d->cond.area_m2 > 0.0, wall = in_wall(d->c, a->R_element);
  if (!d->material && !about_space_charge(d, a)) return EIS_OK;
  eis_status line = wall ? EIS_OK : say_line(d, a);
  if (line == EIS_OK && !wall) line = say_cathode(d, a);
  if (line != EIS_OK) return line;
  if (out_of_order(d))
    return SAY(d,
               "the arcs do not stand in the order of the model: whether '%s' is the interface "
               "is open, so no dphi and R_scl from it",
               a->name);
  if (open_arc(d, a))
    return SAY(d,
               "'%s' is at a bound, the data do not show all of the arc: no dphi and R_scl from "
               "it",
               a->name);
  eis_status st = EIS_OK;
  if (wall)
    st = SAY(d,
             "the interface lies along the wall of a line, whose area is not the geometric one: "
             "no dphi and R_scl from its capacitance");
  else if (!d->material || !area)
    st = SAY(d, "for dphi and R_scl %s needed",
             d->material ? "an area is"
             : area      ? "a material is"
                         : "an area and a material are");
  if (st == EIS_OK && d->material) st = derive_by_material(d, a, area && !wall);
  return st == EIS_OK ? say_open(d, a) : st;
}

eis_status eisi_derive_scl(eisi_derive *d) {
  const eis_status st = derive_elements(d);
  if (st != EIS_OK) return st;
  const int R = eisi_derive_role(d, "interface.R", 0);
  const int C = eisi_derive_role(d, "interface.C", 0);
  eisi_arc a;
  if (R >= 0 && eisi_arc_of(d->c, R, C < 0 ? R : C, &a)) return derive_interface(d, &a);
  if (!d->material) return EIS_OK;
  return SAY(d,
             "the electrolyte %s is not used: this %s says of no arc that it is the interface with "
             "the cathode (scl-randles and assb-full-cell do), so there is no dphi and R_scl",
             d->material->name, d->model ? "model" : "circuit");
}
