#include "analysis/remarks.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/derived.h"
#include "analysis/shapes.h"
#include "base/base.h"
#include "base/number.h"
#include "physics/constants.h"

static eis_status about_run(eis_fit_result *out, eis_error *err) {
  if (out->verdict == EIS_FIT_TIMEOUT)
    return eis_notes_add(
        &out->warnings, err,
        "the time limit stopped the search: a better optimum may exist; allow more "
        "time");
  if (out->verdict == EIS_FIT_NOT_CONVERGED)
    return eis_notes_add(
        &out->warnings, err,
        "the fit did not converge: the model may have more parameters than the data "
        "bear; try a simpler circuit");
  if (out->starts_tried > 3 && out->starts_agreed < 2)
    return eis_notes_add(
        &out->warnings, err,
        "only one of %d starts reached this optimum: it may not be the best one; try "
        "--starts %d",
        out->starts_tried, 8 * out->starts_tried);
  return EIS_OK;
}

/* The scatter by Kramers-Kronig leaves outliers out, the misfit has them: is that all there is
   between the two? */
static bool outliers_explain(const eis_fit_result *out) {
  const eis_kk_result *kk = &out->kk;
  double sum = 0;
  for (size_t k = 0; k < kk->n && kk->n_outliers; k++)
    if (kk->outlier[k]) sum += kk->res_re[k] * kk->res_re[k] + kk->res_im[k] * kk->res_im[k];
  const double noise = kk->noise_percent;
  return sum > 0 && out->noise_percent <= 1.3 * sqrt(noise * noise + sum / (2 * (double)kk->n));
}

static eis_status about_data(eis_fit_result *out, eis_error *err) {
  eis_status st = EIS_OK;
  const char *reason = out->kk.reason;
  if (out->have_kk && !out->kk.passed) {
    if (eisi_starts_with(reason, "failed: ")) reason += strlen("failed: ");
    st = eis_notes_add(&out->warnings, err, "the data fail the Kramers-Kronig test: %s", reason);
  }
  if (st != EIS_OK) return st;
  if (out->have_kk && out->noise_percent > 1.3 * out->kk.noise_percent && out->noise_percent > 0.05)
    return eis_notes_add(
        &out->warnings, err, "the model misses %g %% of |Z| where the data are good to %g %%: %s%s",
        eisi_signif(out->noise_percent, 2), eisi_signif(fmax(out->kk.noise_percent, 0.01), 2),
        outliers_explain(out) ? "the points that stand out account for that; leave them out with "
                                "--exclude ('eisfit kk' says their rows), or take --loss huber"
                              : "the circuit lacks a process, or has one of the wrong kind",
        out->misfit ? "; the errors above are too small" : "");
  if (out->misfit)
    return eis_notes_add(&out->warnings, err,
                         "the model misses %g %% of |Z|: the errors above are too small",
                         eisi_signif(out->noise_percent, 2));
  return EIS_OK;
}

/* Another set of values that fits nearly as well is a warning, not a footnote. */
static eis_status about_rivals(eis_fit_result *out, eis_error *err) {
  const double excess = (out->second_S - out->S) / (out->reduced > 0 ? out->reduced : INFINITY);
  if (!(excess >= 0 && excess < 4)) return EIS_OK;
  return eis_notes_add(&out->warnings, err,
                       "another set of values fits as well (S %g %% higher): the circuit has more "
                       "freedom than the data settle; compare with a simpler one",
                       eisi_signif(100 * (out->second_S / out->S - 1), 2));
}

static eis_status about_param(const eis_param *a, const eis_fit_param *p, eis_fit_result *out,
                              eis_error *err) {
  if (p->fixed || p->tied) return EIS_OK;
  const bool low = p->at_bound && fabs(p->value - a->lower) <= fabs(p->value - a->upper);
  const bool exponent = a->spec->scale == EIS_SCALE_LINEAR;
  if (p->at_bound && a->user_bounds)
    return eis_notes_add(&out->warnings, err, "%s is at the %s bound %.6g that was set for it",
                         a->name, low ? "lower" : "upper", p->value);
  if (p->at_bound && exponent)
    return eis_notes_add(
        &out->warnings, err,
        "%s is at its %s bound %g and held there: the errors of the others hold only "
        "if that is its value",
        a->name, low ? "lower" : "upper", p->value);
  if (p->at_bound)
    return eis_notes_add(
        &out->warnings, err,
        "%s ran into its %s bound: the data do not show it; leave the element out, or "
        "set a bound that means something",
        a->name, low ? "lower" : "upper");
  if (!p->identifiable)
    return eis_notes_add(
        &out->warnings, err,
        "%s is not identifiable from these data: fix it (--fix %s) or use a simpler "
        "circuit",
        a->name, a->name);
  if (p->stderr_ > 0.5 * fabs(p->value))
    return eis_notes_add(
        &out->warnings, err,
        "%s is poorly determined (standard error %.0f %% of the value): do not quote "
        "it; widen the frequency range, or fix it",
        a->name, 100 * p->stderr_ / fabs(p->value));
  return EIS_OK;
}

/* Below this exponent a CPE is a resistor with a twist. */
static const double least_exponent = 0.3;

static bool is_storage(const eis_circuit_element *e) {
  for (int j = 0; j < e->type->n_params; j++)
    if (e->type->param[j].z_power == -1 && eisi_time_power(e->type->param[j].unit, 1) > 0)
      return true;
  return false;
}

static eis_status about_exponents(const eis_circuit *c, eis_fit_result *out, eis_error *err) {
  eis_status st = EIS_OK;
  for (int j = 0; st == EIS_OK && j < c->n_params; j++) {
    const eis_param *a = &c->param[j];
    if (a->fixed || a->spec->scale != EIS_SCALE_LINEAR || a->spec->discrete ||
        !(out->param[j].value < least_exponent) || !is_storage(&c->element[a->element]))
      continue;
    st = eis_notes_add(
        &out->warnings, err,
        "%s = %.2g: that is a resistor rather than a capacitor, and a time constant or "
        "capacitance means nothing; keep it up with --bound %s=0.5:1",
        a->name, out->param[j].value, a->name);
  }
  return st;
}

static eis_status about_pairs(const eis_circuit *c, eis_fit_result *out, eis_error *err) {
  const size_t np = (size_t)c->n_params;
  for (size_t i = 0; i < np; i++)
    for (size_t j = 0; j < i; j++) {
      const double v = out->covariance[i + i * np] * out->covariance[j + j * np];
      const double r = out->covariance[i + j * np] / sqrt(v);
      /* Q and alpha of one element always go together */
      if (c->param[i].element == c->param[j].element) continue;
      if (out->param[i].tied || out->param[j].tied || !(fabs(r) > 0.995)) continue;
      const eis_status st = eis_notes_add(
          &out->warnings, err,
          "%s and %s can hardly be told apart (correlation %.4f): only their combination is known",
          c->param[j].name, c->param[i].name, r);
      if (st != EIS_OK) return st;
    }
  return EIS_OK;
}

/* Of an arc that has not come to its top the resistance is what the shape of the circuit makes of
 * its rise. */
static eis_status about_arcs(const eis_circuit *c, double f_low, eis_fit_result *out,
                             eis_error *err) {
  eisi_arc *arc = NULL;
  size_t n = 0;
  double *p = eisi_new((size_t)c->n_params + 1, sizeof *p, err);
  eis_status st = p ? eisi_arcs_find(c, &arc, &n, err) : EIS_ERROR_MEMORY;
  for (int j = 0; !st && j < c->n_params; j++) p[j] = out->param[j].value;
  for (size_t i = 0; !st && i < n; i++) {
    const eis_fit_param *R = &out->param[arc[i].R];
    const double f = 1 / (2 * EISI_PI * eisi_arc_tau(&arc[i], p));
    int e_top = 0, e_low = 0;
    if (arc[i].diffusion || R->fixed || R->at_bound || !R->identifiable || !(f < f_low)) continue;
    const char *top = eisi_prefix_for(f, &e_top), *low = eisi_prefix_for(f_low, &e_low);
    st = eis_notes_add(
        &out->warnings, err,
        "%s is extrapolated: its arc has its top at %.3g %sHz, below the lowest frequency %.3g %sHz, "
        "and its error holds only if the arc has just this shape; measure lower",
        c->param[arc[i].R].name, f / pow(10, e_top), top, f_low / pow(10, e_low), low);
  }
  free(arc);
  free(p);
  return st;
}

/* Given standard deviations are a claim that S/dof can check. */
static eis_status about_sigma(const eis_fit_options *opt, eis_fit_result *out, eis_error *err) {
  if (opt->weighting != EIS_WEIGHT_SIGMA || !(out->reduced < 0.5 || out->reduced > 2))
    return EIS_OK;
  return eis_notes_add(
      &out->warnings, err,
      "S/dof is %.2g, not about 1: the standard deviations in the file are %g times "
      "the scatter of the residuals%s",
      out->reduced, eisi_signif(1 / sqrt(out->reduced), 2),
      out->reduced > 1 ? ", or the model misses the data" : "");
}

eis_status eisi_remarks(const eis_circuit *c, const eis_fit_options *opt, double f_low,
                        eis_fit_result *out, eis_error *err) {
  eis_status st = about_run(out, err);
  if (st == EIS_OK) st = about_sigma(opt, out, err);
  if (st == EIS_OK) st = about_data(out, err);
  if (st == EIS_OK) st = about_rivals(out, err);
  for (int j = 0; st == EIS_OK && j < c->n_params; j++)
    st = about_param(&c->param[j], &out->param[j], out, err);
  if (st == EIS_OK) st = about_exponents(c, out, err);
  if (st == EIS_OK) st = about_arcs(c, f_low, out, err);
  return st == EIS_OK ? about_pairs(c, out, err) : st;
}
