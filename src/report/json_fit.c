/* json_fit.c - the JSON Lines contract; the schemas stand in doc/schema. */
#include <eisfit/eisfit.h>
#include <math.h>
#include <stdlib.h>

#include "report/json_parts.h"

static void put_model(eisi_json in, const eisi_modelfit *m) {
  eisi_json o = eisi_json_object(in, "model");
  const eisi_candidate *c = m->candidate;
  char *text = eisi_circuit_text(m->circuit);
  *o.failed |= !text;
  eisi_json_string(o, "name", c->model ? c->name : NULL);
  eisi_json_string(o, "variant", c->model ? c->variant[m->variant].name : NULL);
  eisi_json_string(o, "circuit", text);
  eisi_json_bool(o, "inductance_added", m->inductive);
  free(text);
  eisi_json list = eisi_json_array(o, "variants");
  for (int k = 0; c->model && k < c->n_variants; k++) {
    eisi_json v = eisi_json_object(list, NULL);
    eisi_json_string(v, "name", c->variant[k].name);
    eisi_json_number(v, "bic", m->variant_bic[k]);
    eisi_json_int(v, "n_free", m->variant_free[k]);
    eisi_json_bool(v, "chosen", k == m->variant);
  }
}

static void put_parameters(eisi_json in, const eisi_modelfit *m) {
  eisi_json list = eisi_json_array(in, "parameters");
  for (int i = 0; i < m->circuit->n_params; i++) {
    const eis_fit_param *f = &m->fit.param[i];
    const eis_param *p = &m->circuit->param[i];
    eisi_json o = eisi_json_object(list, NULL);
    eisi_json_string(o, "name", p->name);
    eisi_json_number(o, "value", f->value);
    eisi_json_number(o, "stderr", f->stderr_);
    eisi_json_numbers(o, "ci95", (double[]){f->ci_low, f->ci_high}, 2);
    eisi_json_string(o, "unit", p->spec->unit);
    eisi_json_bool(o, "fixed", f->fixed);
    eisi_json_bool(o, "tied", f->tied);
    eisi_json_bool(o, "at_bound", f->at_bound);
    eisi_json_bool(o, "identifiable", f->identifiable);
  }
}

static void put_derived(eisi_json in, const eis_derived_list *d) {
  eisi_json list = eisi_json_array(in, "derived");
  for (size_t i = 0; i < d->n; i++) {
    eisi_json o = eisi_json_object(list, NULL);
    eisi_json_string(o, "name", d->at[i].name);
    eisi_json_number(o, "value", d->at[i].value);
    eisi_json_number(o, "stderr", d->at[i].stderr_);
    eisi_json_string(o, "unit", d->at[i].unit);
    eisi_json_string(o, "meaning", d->at[i].doc);
  }
  eisi_json_notes(in, "notes", &d->words);
}

/* Correlation coefficients, null where a parameter has no error. */
static void put_correlation(eisi_json in, const eis_fit_result *r) {
  eisi_json rows = eisi_json_array(in, "correlation");
  for (int i = 0; i < r->n_params; i++) {
    eisi_json row = eisi_json_array(rows, NULL);
    for (int j = 0; j < r->n_params; j++) {
      const double *c = r->covariance;
      double scale = sqrt(c[i * r->n_params + i] * c[j * r->n_params + j]);
      double v = scale > 0 ? c[i * r->n_params + j] / scale : NAN;
      eisi_json_number(row, NULL, i == j && isfinite(v) ? 1 : v);
    }
  }
}

static void put_statistics(eisi_json in, const eis_fit_result *r) {
  eisi_json o = eisi_json_object(in, "statistics");
  eisi_json_number(o, "S", r->S);
  eisi_json_int(o, "dof", r->dof);
  eisi_json_int(o, "n_free", r->n_free);
  eisi_json_number(o, "reduced", r->reduced);
  eisi_json_number(o, "pseudo_chi2", r->pseudo_chi2);
  eisi_json_number(o, "noise_percent", r->noise_percent);
  eisi_json_number(o, "misfit_percent", r->noise_percent);
  eisi_json_bool(o, "misfit", r->misfit);
  eisi_json_number(o, "aic", r->aic);
  eisi_json_number(o, "aicc", r->aicc);
  eisi_json_number(o, "bic", r->bic);
}

static void put_starts(eisi_json in, const eis_fit_result *r) {
  eisi_json o = eisi_json_object(in, "starts");
  eisi_json_int(o, "tried", r->starts_tried);
  eisi_json_int(o, "agreed", r->starts_agreed);
  eisi_json_int(o, "seed", (long long)r->seed);
  eisi_json_number(o, "second_S", r->second_S);
  eisi_json_int(o, "evaluations", r->evaluations);
}

/* Judgements of all fits of a comparison. */
static void put_comparison(eisi_json doc, const eisi_fitset *set) {
  eisi_json list = eisi_json_array(doc, "comparison");
  for (size_t i = 0; set->n > 1 && i < set->n; i++) {
    const eisi_modelfit *m = &set->at[i];
    eisi_json o = eisi_json_object(list, NULL);
    eisi_json_bool(o, "best", (int)i == set->best);
    if (m->variant < 0) {
      eisi_json_string(o, "name", m->candidate->name);
      eisi_json_string(o, "error", m->err.text);
      continue;
    }
    put_model(o, m);
    eisi_json_string(o, "verdict", eisi_verdict_name(&m->fit));
    eisi_json_number(o, "delta_aicc", m->delta_aicc);
    eisi_json_number(o, "weight", m->weight);
    eisi_json_number(o, "delta_bic", m->delta_bic);
    eisi_json_number(o, "f_test_p", m->f_test_p);
    put_parameters(o, m);
    put_statistics(o, &m->fit);
  }
}

static void put_fit(eisi_json doc, const eisi_fit_view *v, const eisi_modelfit *m) {
  put_model(doc, m);
  eisi_json_string(doc, "weighting", eisi_weighting_name(v->options->fit.weighting));
  eisi_json_string(doc, "verdict", eisi_verdict_name(&m->fit));
  put_parameters(doc, m);
  put_derived(doc, &m->derived);
  put_correlation(doc, &m->fit);
  put_statistics(doc, &m->fit);
  put_starts(doc, &m->fit);
  eisi_json_kk_test(doc, m->fit.have_kk ? &m->fit.kk : NULL, v->spectrum);
}

eis_status eisi_json_fit_line(const eisi_fit_view *v, eisi_text *out, eis_error *err) {
  bool failed;
  eisi_json doc = eisi_json_begin(&failed);
  const eisi_modelfit *best = &v->set->at[v->set->best];
  eisi_json_head(doc, "eisfit.fit/1");
  eisi_json_input(doc, v->spectrum);
  eisi_json_warnings(doc, v->spectrum, &best->fit.warnings);
  eisi_json_conditions(doc, &v->options->cond);
  put_fit(doc, v, best);
  put_comparison(doc, v->set);
  eisi_json_data(doc, v->spectrum);
  eisi_json o = eisi_json_object(doc, "fit");
  eisi_json_numbers(o, "re_ohm", best->fit.fit_re, best->fit.n);
  eisi_json_numbers(o, "im_ohm", best->fit.fit_im, best->fit.n);
  return eisi_json_end(doc, out, err);
}

static void put_hilbert(eisi_json doc, const eis_hilbert_result *h) {
  if (eisi_json_null(doc, "hilbert", h)) return;
  eisi_json o = eisi_json_object(doc, "hilbert");
  eisi_json_number(o, "zhit_max_percent", h->zhit_max_percent);
  eisi_json_number(o, "hilbert_max_percent", h->hilbert_max_percent);
  eisi_json_number(o, "bias_percent", h->bias_percent);
  eisi_json_numbers(o, "zhit_percent", h->zhit_percent, h->n);
  eisi_json_numbers(o, "hilbert_percent", h->hilbert_percent, h->n);
}

eis_status eisi_json_kk_line(const eisi_kk_view *v, eisi_text *out, eis_error *err) {
  bool failed;
  eisi_json doc = eisi_json_begin(&failed);
  const eis_kk_result *kk = v->kk;
  eisi_json_head(doc, "eisfit.kk/1");
  eisi_json_input(doc, v->spectrum);
  eisi_json_warnings(doc, v->spectrum, NULL);
  eisi_json_kk(doc, kk);
  eisi_json_number(doc, "R_inf", kk->R_inf);
  eisi_json_number(doc, "L", kk->L);
  eisi_json_number(doc, "C_inv", kk->C_inv);
  eisi_json_numbers(doc, "tau", kk->tau, (size_t)kk->m);
  eisi_json_numbers(doc, "R", kk->R, (size_t)kk->m);
  eisi_json_numbers(doc, "f_hz", v->spectrum->f, kk->n);
  eisi_json_numbers(doc, "residual_re_percent", kk->res_re, kk->n);
  eisi_json_numbers(doc, "residual_im_percent", kk->res_im, kk->n);
  eisi_json_outliers(doc, kk, v->spectrum);
  put_hilbert(doc, v->hilbert);
  return eisi_json_end(doc, out, err);
}

eis_status eisi_json_spectrum_line(const eis_spectrum *s, const char *schema, eisi_text *out,
                                   eis_error *err) {
  bool failed;
  eisi_json doc = eisi_json_begin(&failed);
  eisi_json_head(doc, schema);
  eisi_json_input(doc, s);
  eisi_json_warnings(doc, s, NULL);
  eisi_json_data(doc, s);
  return eisi_json_end(doc, out, err);
}

eis_status eisi_json_failure_line(const char *schema, const char *file, const eis_error *cause,
                                  eisi_text *out, eis_error *err) {
  bool failed;
  char text[2048];
  eis_error plain = *cause;
  plain.context[0] = '\0'; /* no caret display inside JSON */
  eis_error_print(&plain, text, sizeof text);
  eisi_json doc = eisi_json_begin(&failed);
  eisi_json_head(doc, schema);
  eisi_json_string(eisi_json_object(doc, "input"), "file", file);
  eisi_json e = eisi_json_object(doc, "error");
  eisi_json_string(e, "status", eis_status_name(cause->code));
  eisi_json_string(e, "message", text);
  return eisi_json_end(doc, out, err);
}
