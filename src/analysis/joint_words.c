/* joint_words.c - what a joint fit tells and what not, in words. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/number.h"
#include "analysis/joint_result.h"

/* ---- warnings ---- */

static eis_status warn_fit(const eisi_joint *j, eis_joint_result *r, eis_error *err) {
  eis_status st = EIS_OK;
  if (r->verdict == EIS_FIT_NOT_CONVERGED)
    st = eis_notes_add(&r->warnings, err,
                       "the search did not converge: the numbers may still move; try other "
                       "start values in [joint], or --starts");
  if (r->verdict == EIS_FIT_TIMEOUT)
    st = eis_notes_add(&r->warnings, err, "the time was up: this is the best so far");
  size_t missed = 0;
  for (size_t i = 0; i < r->n; i++) missed += r->spectrum[i].missed;
  if (st == EIS_OK && (r->missed || missed > 0))
    st = eis_notes_add(
        &r->warnings, err,
        "the model misses the data by %g %% of |Z|, neighbouring points scatter by %g %%%s: "
        "the errors below are those of a right model, and too small here; %zu of %zu spectra are "
        "missed by more than their noise",
        eisi_signif(r->noise_percent, 2), eisi_signif(r->scatter_percent, 2),
        r->missed ? "" : " only in some spectra", missed, r->n);
  else if (st == EIS_OK && r->noise_percent > 2)
    st = eis_notes_add(&r->warnings, err, "the data scatter by %g %% of |Z|",
                       eisi_signif(r->noise_percent, 2));
  if (st == EIS_OK && r->second_S < r->S * (1 + 10 / (double)(r->dof > 0 ? r->dof : 1)))
    st = eis_notes_add(&r->warnings, err,
                       "another minimum is nearly as good (S higher by %g %%): the data hardly "
                       "tell the two apart",
                       eisi_signif(100 * (r->second_S / r->S - 1), 2));
  for (size_t i = 0; i < r->n && st == EIS_OK; i++) {
    const eis_spectrum *s = j->data->spectrum[i];
    if (r->spectrum[i].outlier)
      st = eis_notes_add(
          &r->warnings, err,
          "%s, sweep %d, stands out: its misfit of %g %% is %.1f robust standard deviations "
          "above the others",
          s->source && *s->source ? s->source : "a spectrum", s->sweep,
          eisi_signif(r->spectrum[i].noise_percent, 2), r->spectrum[i].z);
  }
  return st;
}

static eis_status warn_bounds(eis_joint_result *r, eis_error *err) {
  eis_status st = EIS_OK;
  for (size_t q = 0; q < r->n_numbers && st == EIS_OK; q++)
    if (r->number[q].at_bound &&
        !(r->number[q].value == 1 && !*r->number[q].unit)) /* an exponent of 1 is a capacitor */
      st = eis_notes_add(
          &r->warnings, err,
          "%s%s%s ran to its bound %g%s%s: the data do not show it, or want it beyond",
          r->number[q].name, *r->number[q].group ? " of " : "", r->number[q].group,
          r->number[q].value, *r->number[q].unit ? " " : "", r->number[q].unit);
  return st;
}

/* ---- directions ---- */

/* "0.8 ln A - 0.6 ln B" of the components that matter. */
static void combination(const eis_joint_result *r, const double *part, eisi_text *out) {
  bool first = true;
  for (size_t q = 0; q < r->n_numbers; q++) {
    if (fabs(part[q]) < 0.25) continue;
    eisi_text_addf(out, "%s%.2g %s%s%s%s",
                   first         ? (part[q] < 0 ? "-" : "")
                   : part[q] < 0 ? " - "
                                 : " + ",
                   fabs(part[q]), r->number[q].name, *r->number[q].group ? "(" : "",
                   r->number[q].group, *r->number[q].group ? ")" : "");
    first = false;
  }
}

static eis_status tell_directions(eis_joint_result *r, eis_error *err) {
  eis_status st = EIS_OK;
  for (size_t k = 0; k < r->n_directions && k < 3 && st == EIS_OK; k++) {
    if (r->direction[k].stderr_ < 1) break;
    eisi_text t = {0};
    combination(r, r->direction[k].part, &t);
    st = eis_notes_add(&r->identifiability, err,
                       "not determined: the combination %s (logarithms and natural steps); "
                       "each of its numbers alone is as uncertain",
                       t.s ? t.s : "?");
    eisi_text_clear(&t);
  }
  return st;
}

/* ---- the degeneracies that are known by name ---- */

typedef struct state {
  const eisi_joint *j;
  eis_joint_result *r;
  int element;
  int theta, E_fb, n0, CH, RF; /* shared numbers, -1 = none */
  double E_low, E_high, T_low, T_high;
} state;

static int number_of(const state *s, const char *par, const char *suffix) {
  for (int k = 0; k < s->j->n_shared_slots; k++) {
    const eisi_slot *a = &s->j->slot[k];
    const eis_param *p = &s->j->c->param[a->param];
    if (a->fixed || p->element != s->element) continue;
    if (par && a->law_par && strcmp(a->law_par, par) == 0) return (int)a->at;
    if (suffix && a->reference && strcmp(p->spec->suffix, suffix) == 0) return (int)a->at;
  }
  return -1;
}

static void span(const state *s, double *E_low, double *E_high) {
  *E_low = INFINITY;
  *E_high = -INFINITY;
  for (int k = 0; k < s->j->n_rules; k++)
    for (int l = 0; l < s->j->rule[k].n_links; l++) {
      const eisi_link *a = &s->j->rule[k].link[l];
      for (size_t i = 0; a->law->n_inputs == 5 && i < s->j->n; i++) {
        *E_low = fmin(*E_low, a->x[i]);
        *E_high = fmax(*E_high, a->x[i]);
      }
    }
}

static double correlation(const state *s, int a, int b) {
  const size_t n = s->r->n_numbers;
  const double *C = s->r->covariance;
  if (a < 0 || b < 0) return 0;
  return C[(size_t)a * n + (size_t)b] /
         sqrt(C[(size_t)a * n + (size_t)a] * C[(size_t)b * n + (size_t)b]);
}

static eis_status tell(state *s, eis_error *err, const char *text) {
  return eis_notes_add(&s->r->identifiability, err, "%s", text);
}

static bool known(const state *s, int q) { return q >= 0 && s->r->number[q].identifiable; }

static eis_status tell_potentials(state *s, eis_error *err) {
  const double kT = 0.025 * (isfinite(s->T_low) ? s->T_low / 298.15 : 1);
  if (!(s->E_high >= s->E_low) || s->theta < 0) return EIS_OK;
  if (s->E_high - s->E_low < 1e-6)
    return tell(
        s, err,
        "all spectra have the same cathode potential: one arc has one resistance and one capacitance, "
        "and theta and E_fb only enter as theta (E - E_fb); nothing about the space charge can be told "
        "from charge transfer. Measure at several states of charge");
  const double swing = fabs(s->r->number[s->theta].value) * (s->E_high - s->E_low);
  if (swing < 3 * kT)
    return eis_notes_add(
        &s->r->identifiability, err,
        "the potential moves theta E by %.0f mV only, %.1f kT/e: the exponential "
        "rise of R_scl needs about 3 kT/e to be told from a constant; widen the range of SOC",
        1e3 * swing, swing / kT);
  return EIS_OK;
}

static eis_status tell_temperatures(state *s, eis_error *err) {
  if (s->T_high - s->T_low > 5 || s->RF < 0) return EIS_OK;
  return tell(
      s, err,
      "one temperature only: charge transfer and space charge are told apart by their course over SOC "
      "alone, which a wrong U-shape of R_ct can imitate. Three temperatures give a second handle: "
      "Ea(R_scl) = E_sigma + e dphi - 2 kT follows SOC, that of R_ct does not");
}

static eis_status tell_pairs(state *s, eis_error *err) {
  const struct {
    int a, b;
    const char *text;
  } pairs[] = {
      {s->theta, s->CH,
       "theta and the compact layer C_H go together: a small C_H takes part of the potential, as a smaller "
       "theta does; spectra at low SOC, where the layer is rich in lithium and C_int tends to C_H, "
       "tell them apart"},
      {s->E_fb, s->n0,
       "E_fb and the size of A sqrt(n0) go together: a prefactor of R_scl looks like a shift of the flat "
       "band; the capacitance around flat band tells them apart"},
      {s->E_fb, s->RF,
       "E_fb and R_ct go together: near flat band the arc is charge transfer alone; a wider range of SOC "
       "helps"},
      {s->n0, s->CH,
       "A sqrt(n0) and C_H go together: two capacitances in series of which one hardly changes; spectra at low "
       "SOC tell them apart"}};
  eis_status st = EIS_OK;
  for (size_t k = 0; k < sizeof pairs / sizeof *pairs && st == EIS_OK; k++)
    if (fabs(correlation(s, pairs[k].a, pairs[k].b)) > 0.98 &&
        !(known(s, pairs[k].a) && known(s, pairs[k].b)))
      st = tell(s, err, pairs[k].text);
  return st;
}

static eis_status tell_dominated(state *s, eis_error *err) {
  double largest = 0;
  for (size_t i = 0; i < s->r->n; i++) largest = fmax(largest, s->r->share[i].share);
  if (largest > EIS_JOINT_LEAST_SHARE) return EIS_OK;
  return eis_notes_add(
      &s->r->identifiability, err,
      "R_scl is at most %g %% of the interface: charge transfer and interphase "
      "dominate. What is said of the space charge rests on the capacitance and the theory, not on a "
      "resistance that was seen",
      eisi_signif(100 * fmax(largest, 0), 2));
}

/* "0.5 to 1" of spectra that fulfil something. */
static eis_status tell_verdict(state *s, eis_error *err) {
  const eis_joint_result *r = s->r;
  const eis_joint_column *soc = eisi_joint_column(s->j->data, "soc");
  size_t good = 0;
  double low = INFINITY, high = -INFINITY, unit = 1;
  for (size_t i = 0; soc && soc->number && i < r->n; i++) unit = soc->number[i] > 1.5 ? 0.01 : unit;
  for (size_t i = 0; i < r->n; i++) {
    if (!r->share[i].identifiable) continue;
    good++;
    if (!soc || !soc->number) continue;
    low = fmin(low, unit * soc->number[i]);
    high = fmax(high, unit * soc->number[i]);
  }
  if (good == 0)
    return tell(s, err, "the share of R_scl in the interface is NOT identifiable in any spectrum");
  char where[64] = "";
  if (isfinite(low) && high > low)
    snprintf(where, sizeof where, ", SOC %.3g to %.3g", low, high);
  else if (isfinite(low))
    snprintf(where, sizeof where, ", SOC %.3g", low);
  return eis_notes_add(
      &s->r->identifiability, err,
      "the share of R_scl in the interface is identifiable (within 10 %%) in %zu of %zu "
      "spectra%s",
      good, r->n, where);
}

static eis_status tell_area(state *s, eis_error *err) {
  if (s->n0 < 0) return EIS_OK;
  return tell(
      s, err,
      "n0 holds for the area in the table: C ~ A sqrt(eps_r n0) and R ~ sqrt(eps_r/n0)/(sigma A), so with eps_r "
      "and sigma given only A sqrt(n0) is measured; n0 itself needs the true contact area");
}

static void temperatures(state *s) {
  const int at = eisi_joint_layer_param(s->j->c, s->element, "T");
  s->T_low = INFINITY;
  s->T_high = -INFINITY;
  for (size_t i = 0; at >= 0 && i < s->r->n; i++) {
    s->T_low = fmin(s->T_low, s->r->spectrum[i].param[at]);
    s->T_high = fmax(s->T_high, s->r->spectrum[i].param[at]);
  }
}

/* One potential of the cathode: theta and E_fb only enter as theta (E - E_fb), whatever their
 * errors look like. */
static void withdraw(state *s) {
  if (!(s->E_high - s->E_low < 1e-6)) return;
  for (size_t i = 0; i < s->r->n; i++) s->r->share[i].identifiable = false;
  if (s->theta >= 0) s->r->number[s->theta].identifiable = false;
  if (s->E_fb >= 0) s->r->number[s->E_fb].identifiable = false;
}

static eis_status tell_layer(const eisi_joint *j, eis_joint_result *r, eis_error *err) {
  state s = {.j = j, .r = r, .element = eisi_joint_layer(j->c)};
  if (!r->share) return EIS_OK;
  s.theta = number_of(&s, "theta", NULL);
  s.E_fb = number_of(&s, "E_fb", NULL);
  s.n0 = number_of(&s, NULL, "n0");
  s.CH = number_of(&s, NULL, "CH");
  s.RF = number_of(&s, NULL, "RF");
  span(&s, &s.E_low, &s.E_high);
  temperatures(&s);
  withdraw(&s);
  eis_status (*const rows[])(state *, eis_error *) = {tell_verdict, tell_potentials, tell_dominated,
                                                      tell_temperatures, tell_pairs, tell_area};
  eis_status st = EIS_OK;
  for (size_t k = 0; k < sizeof rows / sizeof *rows && st == EIS_OK; k++) st = rows[k](&s, err);
  return st;
}

static eis_status tell_numbers(eis_joint_result *r, eis_error *err) {
  eisi_text t = {0};
  for (size_t q = 0; q < r->n_numbers; q++)
    if (!r->number[q].identifiable && !r->number[q].fixed && !r->number[q].at_bound)
      eisi_text_addf(&t, "%s%s%s%s%s", t.n ? ", " : "", r->number[q].name,
                     *r->number[q].group ? " (" : "", r->number[q].group,
                     *r->number[q].group ? ")" : "");
  const eis_status st =
      t.n ? eis_notes_add(&r->identifiability, err, "not identifiable: %s", t.s) : EIS_OK;
  eisi_text_clear(&t);
  return st;
}

/* Own parameters whose error is as large as they are, and a word when all shared ones are known. */
static eis_status tell_own(const eisi_joint *j, eis_joint_result *r, eis_error *err) {
  eis_status st = EIS_OK;
  bool all = r->n_numbers > 0;
  for (size_t q = 0; q < r->n_numbers; q++)
    all = all && (r->number[q].identifiable || r->number[q].fixed || r->number[q].at_bound);
  if (all)
    st = eis_notes_add(&r->identifiability, err,
                       "all shared numbers are identifiable, each with the others free%s",
                       r->missed ? ", if the model were right; it misses the data" : "");
  for (int s = j->n_shared_slots; s < j->n_slots && st == EIS_OK; s++) {
    const int k = j->slot[s].param;
    size_t lost = 0;
    for (size_t i = 0; i < r->n; i++) {
      const eis_joint_spectrum *one = &r->spectrum[i];
      lost += !(one->stderr_[k] > 0 && one->stderr_[k] < 0.5 * fabs(one->param[k]));
    }
    if (lost)
      st = eis_notes_add(&r->identifiability, err,
                         "%s is not determined (on a bound, or error above half of it) in %zu "
                         "of %zu spectra",
                         j->c->param[k].name, lost, r->n);
  }
  return st;
}

eis_status eisi_joint_words(const eisi_joint *j, eis_joint_result *r, eis_error *err) {
  eis_status st = warn_fit(j, r, err);
  if (st == EIS_OK) st = warn_bounds(r, err);
  if (st == EIS_OK) st = tell_layer(j, r, err);
  if (st == EIS_OK) st = tell_numbers(r, err);
  if (st == EIS_OK) st = tell_own(j, r, err);
  return st == EIS_OK ? tell_directions(r, err) : st;
}
