/* json_drt.c - a distribution of relaxation times as one line; schema eisfit.drt/1. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "report/drt_report.h"
#include "report/json_parts.h"

static void put_method(eisi_json doc, const eisi_drt_view *v) {
  const eis_drt_options *o = v->options;
  const eis_drt_solution *s = v->solution;
  const bool one_lambda = eisi_drt_one_lambda(v);
  const bool adaptive = strcmp(s->gamma_by->key, "adaptive") == 0;
  eisi_json_string(doc, "method", s->method->key);
  eisi_json_string(doc, "gamma_by", s->gamma_by->key);
  eisi_json_string(doc, "peaks_by", s->peaks_by->key);
  eisi_json_string(doc, "verdict", s->verdict);
  eisi_json_string(doc, "weighting", eisi_weighting_name(o->weighting));
  eisi_json_number(doc, "lambda", one_lambda || adaptive ? v->drt->lambda : NAN);
  eisi_json_string(doc, "criterion",
                   one_lambda ? eisi_drt_criterion_name(o->criterion)
                   : adaptive ? "evidence"
                              : NULL);
  eisi_json_bool(doc, "lambda_at_limit", v->drt->lambda_at_limit);
  eisi_json_string(doc, "basis", v->drt->basis);
  eisi_json_numbers(doc, "order", o->order, one_lambda ? 3 : 0);
  eisi_json_bool(doc, "signed",
                 one_lambda && (o->signed_gamma || strcmp(s->gamma_by->key, "ridge") == 0));
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
  eisi_json_string(doc, "band", v->options->band == EIS_DRT_BAND_EXACT ? "exact" : "fast");
  eisi_json_numbers(doc, "gamma_low", r->gamma_low, r->gamma_low ? r->n_tau : 0);
  eisi_json_numbers(doc, "gamma_high", r->gamma_high, r->gamma_high ? r->n_tau : 0);
}

/* What is less probable than this is left out of the list. */
static const double LEAST_PROBABILITY = 1e-3;

static void put_process(eisi_json peak, const eisi_drt_view *v, size_t i) {
  const eis_process_label *label = v->assigned ? &v->assigned->peak[i] : NULL;
  eisi_json_string(peak, "process", label ? eisi_drt_process(v, i) : NULL);
  eisi_json_number(peak, "probability", label ? label->probability : NAN);
  eisi_json_string(peak, "explanation", label && v->explain ? label->explanation : NULL);
  eisi_json list = eisi_json_array(peak, "processes");
  for (size_t k = 0; label && k <= v->assigned->n_processes; k++) {
    if (label->posterior[k] < LEAST_PROBABILITY) continue;
    eisi_json o = eisi_json_object(list, NULL);
    eisi_json_string(o, "process",
                     k < v->assigned->n_processes ? eis_process_key(v->table, k) : "unassigned");
    eisi_json_number(o, "probability", label->posterior[k]);
  }
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
  eisi_json_number(o, "n", p->n);
  eisi_json_number(o, "b", p->b);
  eisi_json_bool(o, "within_data", eisi_drt_within(v->spectrum, p->tau));
  if (v->stability) {
    const bool *found = v->stability->peak[i].found;
    eisi_json_bool(o, "found_weaker", found[EIS_DRT_WEAKER]);
    eisi_json_bool(o, "found_stronger", found[EIS_DRT_STRONGER]);
  } else {
    eisi_json_string(o, "found_weaker", NULL);
    eisi_json_string(o, "found_stronger", NULL);
  }
  put_process(o, v, i);
}

static void put_stability(eisi_json doc, const eis_drt_stability *t) {
  if (eisi_json_null(doc, "stability", t)) return;
  eisi_json o = eisi_json_object(doc, "stability");
  eisi_json_number(o, "factor", t->factor);
  eisi_json_int(o, "peaks_weaker", (long long)t->n_peaks[EIS_DRT_WEAKER]);
  eisi_json_int(o, "peaks_stronger", (long long)t->n_peaks[EIS_DRT_STRONGER]);
  eisi_json_int(o, "peaks_stable", (long long)t->n_stable);
  eisi_json_numbers(o, "gamma_weaker", t->gamma[EIS_DRT_WEAKER], t->n_tau);
  eisi_json_numbers(o, "gamma_stronger", t->gamma[EIS_DRT_STRONGER], t->n_tau);
}

static void put_guess(eisi_json o, const char *key, const char *word, double probability) {
  eisi_json g = eisi_json_object(o, key);
  eisi_json_string(g, "word", word);
  eisi_json_number(g, "probability", word ? probability : NAN);
}

static void put_cell(eisi_json doc, const eis_process_assignment *a) {
  if (eisi_json_null(doc, "cell", a)) return;
  eisi_json o = eisi_json_object(doc, "cell");
  eisi_json_number(o, "area_m2", a->area_m2);
  eisi_json_number(o, "area_factor", a->area_factor);
  eisi_json_number(o, "wetted_area", a->wetted_factor > 1 ? a->wetted : NAN);
  eisi_json_number(o, "wetted_area_factor", a->wetted_factor > 1 ? a->wetted_factor : NAN);
  eisi_json_number(o, "temperature_K", a->T);
  eisi_json_number(o, "temperature_error_K", a->T_error);
  put_guess(o, "electrolyte", a->electrolyte, a->electrolyte_probability);
  put_guess(o, "anode", a->anode, a->anode_probability);
  put_guess(o, "coating", a->coating, a->coating_probability);
}

/* ---- what some methods have besides ---- */

static void put_processes(eisi_json o, const eis_drt_parametric *p) {
  eisi_json list = eisi_json_array(o, "processes");
  for (size_t i = 0; i < p->n; i++) {
    const eis_drt_process *q = &p->process[i];
    eisi_json e = eisi_json_object(list, NULL);
    eisi_json_string(e, "element", q->element);
    eisi_json_number(e, "R", q->R);
    eisi_json_number(e, "R_stderr", q->R_error);
    eisi_json_number(e, "tau", q->tau);
    eisi_json_number(e, "log10_tau_stderr", q->log10_tau_error);
    eisi_json_number(e, "alpha", q->alpha);
    eisi_json_number(e, "alpha_stderr", q->alpha_error);
    eisi_json_number(e, "beta", q->beta);
    eisi_json_number(e, "beta_stderr", q->beta_error);
  }
}

static void put_tried(eisi_json o, const eis_drt_parametric *p) {
  eisi_json list = eisi_json_array(o, "tried");
  for (size_t i = 0; i < p->n_tried; i++) {
    eisi_json e = eisi_json_object(list, NULL);
    eisi_json_int(e, "processes", p->tried[i].processes);
    eisi_json_int(e, "parameters", p->tried[i].parameters);
    eisi_json_number(e, "S", p->tried[i].S);
    eisi_json_number(e, "bic", p->tried[i].bic);
    eisi_json_number(e, "probability", p->tried[i].probability);
  }
}

static void put_parametric(eisi_json doc, const eis_drt_parametric *p) {
  if (eisi_json_null(doc, "parametric", p)) return;
  char *circuit = p->circuit ? eisi_circuit_text(p->circuit) : NULL;
  eisi_json o = eisi_json_object(doc, "parametric");
  *o.failed |= p->circuit && !circuit;
  eisi_json_string(o, "circuit", circuit);
  free(circuit);
  put_processes(o, p);
  eisi_json_number(o, "S", p->S);
  eisi_json_number(o, "bic", p->bic);
  eisi_json_int(o, "dof", p->dof);
  put_tried(o, p);
  eisi_json t = eisi_json_object(o, "test");
  eisi_json_bool(t, "passed", p->test.passed);
  eisi_json_number(t, "noise_percent", p->test.noise_percent);
  eisi_json_number(t, "ratio", p->test.ratio);
  eisi_json_number(t, "p_ratio", p->test.p_ratio);
  eisi_json_number(t, "runs", p->test.runs);
  eisi_json_number(t, "p_runs", p->test.p_runs);
  eisi_json_string(t, "text", p->test.text);
}

static void put_scores(eisi_json doc, const eis_drt_solution *s) {
  eisi_json list = eisi_json_array(doc, "scores");
  for (size_t i = 0; i < s->n_scores; i++) {
    eisi_json e = eisi_json_object(list, NULL);
    eisi_json_string(e, "name", s->score[i].name);
    eisi_json_number(e, "value", s->score[i].value);
    eisi_json_string(e, "meaning", s->score[i].doc);
  }
  eisi_json_numbers(doc, "gamma_re", s->gamma_re, s->gamma_re ? s->drt.n_tau : 0);
  eisi_json_numbers(doc, "gamma_im", s->gamma_im, s->gamma_im ? s->drt.n_tau : 0);
}

static void put_poles(eisi_json doc, const eis_drt_solution *s) {
  eisi_json list = eisi_json_array(doc, "poles");
  for (size_t i = 0; i < s->n_poles; i++) {
    eisi_json e = eisi_json_object(list, NULL);
    eisi_json_number(e, "tau", s->pole[i].tau);
    eisi_json_number(e, "tau_im", s->pole[i].tau_im);
    eisi_json_number(e, "R", s->pole[i].R);
    eisi_json_number(e, "R_im", s->pole[i].R_im);
    eisi_json_bool(e, "inductive", s->pole[i].inductive);
  }
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
  eisi_json_string(doc, "circuit", v->circuit);
  put_cell(doc, v->assigned);
  put_stability(doc, v->stability);
  put_parametric(doc, v->solution->parametric);
  put_scores(doc, v->solution);
  put_poles(doc, v->solution);
  put_statistics(doc, v);
  eisi_json_kk_test(doc, v->kk, v->spectrum);
  eisi_json_data(doc, v->spectrum);
  put_fit(doc, v->drt);
  return eisi_json_end(doc, out, err);
}
