/* json_drt.c - a distribution of relaxation times as one line; schema eisfit.drt/1. */
#include <math.h>

#include "report/drt_report.h"
#include "report/json_parts.h"

static void put_method(eisi_json doc, const eisi_drt_view *v) {
  const eis_drt_options *o = v->options;
  const bool one_lambda = v->drt->coef != NULL;
  eisi_json_string(doc, "method", v->method);
  eisi_json_string(doc, "weighting", eisi_weighting_name(o->weighting));
  eisi_json_number(doc, "lambda", v->drt->lambda);
  eisi_json_string(doc, "criterion",
                   one_lambda ? eisi_drt_criterion_name(o->criterion) : "evidence");
  eisi_json_bool(doc, "lambda_at_limit", v->drt->lambda_at_limit);
  eisi_json_string(doc, "basis", v->drt->basis);
  eisi_json_numbers(doc, "order", o->order, one_lambda ? 3 : 0);
  eisi_json_bool(doc, "signed", one_lambda && o->signed_gamma);
}

/* NaN error: left out or held. */
static void put_terms(eisi_json doc, const eis_drt_result *r) {
  const double C = r->C_inv != 0 ? 1 / r->C_inv : NAN;
  eisi_json_number(doc, "R_inf", r->R_inf);
  eisi_json_number(doc, "R_inf_stderr", r->R_inf_error);
  eisi_json_number(doc, "L", r->L);
  eisi_json_number(doc, "L_stderr", r->L_error);
  eisi_json_number(doc, "C", C);
  eisi_json_number(doc, "C_stderr", r->C_inv_error * C * C);
  eisi_json_number(doc, "R_pol", r->R_pol);
  eisi_json_number(doc, "R_pol_stderr", r->R_pol_error);
}

static void put_distribution(eisi_json doc, const eisi_drt_view *v) {
  const eis_drt_result *r = v->drt;
  eisi_json_numbers(doc, "tau", r->tau, r->n_tau);
  eisi_json_numbers(doc, "gamma", r->gamma, r->n_tau);
  eisi_json_number(doc, "level", v->options->level);
  eisi_json_numbers(doc, "gamma_low", r->gamma_low, r->gamma_low ? r->n_tau : 0);
  eisi_json_numbers(doc, "gamma_high", r->gamma_high, r->gamma_high ? r->n_tau : 0);
}

static void put_peak(eisi_json list, const eisi_drt_view *v, size_t i) {
  const eis_drt_peak *p = &v->drt->peak[i];
  eisi_json o = eisi_json_object(list, NULL);
  eisi_json_number(o, "tau", p->tau);
  eisi_json_number(o, "log10_tau_stderr", p->log10_tau_error);
  eisi_json_number(o, "f_hz", 1 / (2 * acos(-1) * p->tau));
  eisi_json_number(o, "R", p->R);
  eisi_json_number(o, "R_stderr", p->R_error);
  eisi_json_number(o, "C", p->C);
  eisi_json_number(o, "C_stderr", eisi_drt_C_error(p));
  eisi_json_number(o, "width_decades", p->width);
  eisi_json_number(o, "height", p->height);
  eisi_json_number(o, "probability_real", p->probability);
  eisi_json_bool(o, "shoulder", p->shoulder);
  eisi_json_bool(o, "within_data", eisi_drt_within(v->spectrum, p->tau));
  if (v->stability) {
    const bool *found = v->stability->peak[i].found;
    eisi_json_bool(o, "found_weaker", found[EIS_DRT_WEAKER]);
    eisi_json_bool(o, "found_stronger", found[EIS_DRT_STRONGER]);
  } else {
    eisi_json_string(o, "found_weaker", NULL);
    eisi_json_string(o, "found_stronger", NULL);
  }
}

static void put_stability(eisi_json doc, const eis_drt_stability *t) {
  if (!t) {
    eisi_json_string(doc, "stability", NULL);
    return;
  }
  eisi_json o = eisi_json_object(doc, "stability");
  eisi_json_number(o, "factor", t->factor);
  eisi_json_int(o, "peaks_weaker", (long long)t->n_peaks[EIS_DRT_WEAKER]);
  eisi_json_int(o, "peaks_stronger", (long long)t->n_peaks[EIS_DRT_STRONGER]);
  eisi_json_int(o, "peaks_stable", (long long)t->n_stable);
  eisi_json_numbers(o, "gamma_weaker", t->gamma[EIS_DRT_WEAKER], t->n_tau);
  eisi_json_numbers(o, "gamma_stronger", t->gamma[EIS_DRT_STRONGER], t->n_tau);
}

static void put_statistics(eisi_json doc, const eisi_drt_view *v) {
  const eis_drt_result *r = v->drt;
  eisi_json o = eisi_json_object(doc, "statistics");
  eisi_json_number(o, "noise_percent", r->noise_percent);
  eisi_json_number(o, "dof", r->dof);
  eisi_json_number(o, "optimality", r->kkt);
  eisi_json_int(o, "iterations", r->iterations);
  eisi_json_number(o, "sharp_decades", r->sharp_decades);
}

static void put_fit(eisi_json doc, const eis_drt_result *r) {
  eisi_json o = eisi_json_object(doc, "fit");
  eisi_json_numbers(o, "re_ohm", r->fit_re, r->n);
  eisi_json_numbers(o, "im_ohm", r->fit_im, r->n);
  eisi_json_numbers(o, "residual_re_percent", r->res_re, r->n);
  eisi_json_numbers(o, "residual_im_percent", r->res_im, r->n);
}

eis_status eisi_json_drt_line(const eisi_drt_view *v, eisi_text *out, eis_error *err) {
  bool failed;
  eisi_json doc = eisi_json_begin(&failed);
  eisi_json_head(doc, "eisfit.drt/1");
  eisi_json_input(doc, v->spectrum);
  eisi_json_warnings(doc, v->spectrum, v->warnings);
  eisi_json_conditions(doc, v->cond);
  put_method(doc, v);
  put_terms(doc, v->drt);
  put_distribution(doc, v);
  eisi_json peaks = eisi_json_array(doc, "peaks");
  for (size_t i = 0; i < v->drt->n_peaks; i++) put_peak(peaks, v, i);
  put_stability(doc, v->stability);
  put_statistics(doc, v);
  if (v->kk) {
    eisi_json kk = eisi_json_object(doc, "kk");
    eisi_json_kk(kk, v->kk);
    eisi_json_outliers(kk, v->kk, v->spectrum);
  } else {
    eisi_json_string(doc, "kk", NULL);
  }
  eisi_json_data(doc, v->spectrum);
  put_fit(doc, v->drt);
  return eisi_json_end(doc, out, err);
}
