/* json_stats.c - trends, activation energies and comparisons as JSON Lines; schemas in doc/schema.
 */
#include <eisfit/eisfit.h>
#include <math.h>

#include "report/json_parts.h"
#include "report/stats_view.h"

static void head(eisi_json doc, const char *schema, const char *source, const eisi_series *s) {
  eisi_json_head(doc, schema);
  eisi_json_string(doc, "source", source);
  eisi_json_string(doc, "parameter", s->sample->name);
  eisi_json_string(doc, "unit", s->sample->unit);
  eisi_json_string(doc, "series", s->label);
}

static void data(eisi_json doc, const eisi_series *s) {
  eisi_json o = eisi_json_object(doc, "data");
  eisi_json_numbers(o, "x", s->x, s->n);
  eisi_json_numbers(o, "y", s->y, s->n);
  eisi_json_numbers(o, "stderr", s->se, s->n);
}

static void interval(eisi_json in, const char *key, double low, double high) {
  eisi_json_numbers(in, key, (double[]){low, high}, 2);
}

/* ---- trend ---- */

static void put_law(eisi_json list, const eis_law_fit *f) {
  const int k = f->law->n_params;
  eisi_json o = eisi_json_object(list, NULL);
  eisi_json_string(o, "law", f->law->key);
  eisi_json_string(o, "formula", f->law->formula);
  eisi_json_string(o, "why_not", f->why_not);
  eisi_json params = eisi_json_array(o, "parameters");
  for (int j = 0; !f->why_not && j < k; j++) {
    eisi_json p = eisi_json_object(params, NULL);
    eisi_json_string(p, "name", f->law->param[j]);
    eisi_json_number(p, "value", f->p[j]);
    eisi_json_number(p, "stderr", f->se[j]);
  }
  eisi_json cov = eisi_json_array(o, "covariance");
  for (int j = 0; !f->why_not && j < k; j++)
    eisi_json_numbers(cov, NULL, f->cov + (size_t)j * (size_t)k, (size_t)k);
  eisi_json_number(o, "scatter", f->scatter);
  eisi_json_number(o, "chi2", f->chi2);
  eisi_json_int(o, "dof", f->dof);
  eisi_json_number(o, "aicc", f->aicc);
  eisi_json_number(o, "delta", f->delta);
  eisi_json_number(o, "weight", f->weight);
  eisi_json_bool(o, "plausible", f->plausible);
  eisi_json_bool(o, "shape_at_end", f->shape_at_end);
  eisi_json_number(o, "end", f->end);
  eisi_json_bool(o, "end_never", isinf(f->end));
  interval(o, "end_interval", f->end_low, f->end_high);
}

static void put_drift(eisi_json doc, const eisi_trend_view *v) {
  const eis_drift_result *d = v->drift;
  if (eisi_json_null(doc, "drift", d)) return;
  eisi_json o = eisi_json_object(doc, "drift");
  eisi_json_string(o, "partner", v->partner);
  eisi_json_int(o, "n", (long long)d->n);
  eisi_json_number(o, "slope", d->slope);
  eisi_json_number(o, "stderr", d->se);
  interval(o, "ci95", d->low, d->high);
  eisi_json_bool(o, "moved", d->moved);
  for (int pass = 0; pass < 2; pass++) {
    eisi_json list = eisi_json_array(o, pass ? "favoured" : "possible");
    for (int m = 0; m < EIS_N_MECHANISMS; m++)
      if (pass ? d->favoured[m] : d->possible[m])
        eisi_json_string(list, NULL, eis_mechanism_name((eis_mechanism)m));
  }
  interval(o, "band_bending_kT", d->y0_low, d->y0_high);
  eisi_json_notes(o, "words", &d->words);
}

static void put_rank(eisi_json doc, const eisi_trend_view *v) {
  const eis_rank_result *r = v->rank;
  if (eisi_json_null(doc, "rank", r)) return;
  eisi_json o = eisi_json_object(doc, "rank");
  eisi_json_string(o, "column", v->rank_name);
  eisi_json_int(o, "n", (long long)r->n);
  eisi_json_number(o, "spearman", r->spearman);
  eisi_json_number(o, "p_spearman", r->p_spearman);
  eisi_json_number(o, "kendall", r->kendall);
  eisi_json_number(o, "p_kendall", r->p_kendall);
  eisi_json_bool(o, "exact", r->exact);
}

eis_status eisi_json_trend_line(const eisi_trend_view *v, eisi_text *out, eis_error *err) {
  bool failed;
  const eis_notes none = {0};
  eisi_json doc = eisi_json_begin(&failed);
  head(doc, "eisfit.trend/1", v->source, v->series);
  eisi_json_string(doc, "x", v->x_name);
  data(doc, v->series);
  eisi_json_string(doc, "best", v->trend ? v->trend->fit[v->trend->best].law->key : NULL);
  eisi_json_string(doc, "why_not", v->trend ? NULL : v->why_not);
  eisi_json list = eisi_json_array(doc, "laws");
  for (size_t i = 0; v->trend && i < v->trend->n_laws; i++) put_law(list, &v->trend->fit[i]);
  eisi_json_number(doc, "limit", v->trend ? v->trend->limit : NAN);
  interval(doc, "end_over_plausible", v->trend ? v->trend->end_low : NAN,
           v->trend ? v->trend->end_high : NAN);
  eisi_json_number(doc, "neighbour_correlation", v->trend ? v->trend->rho : NAN);
  eisi_json_number(doc, "neighbour_chance", v->trend ? v->trend->p_rho : NAN);
  put_drift(doc, v);
  put_rank(doc, v);
  eisi_json_notes(doc, "notes", v->trend ? &v->trend->notes : &none);
  return eisi_json_end(doc, out, err);
}

/* ---- Arrhenius ---- */

static void put_line(eisi_json doc, const eis_arrhenius_line *l) {
  const double kj = eis_ev_to_kj_mol(1);
  eisi_json o = eisi_json_object(doc, "line");
  eisi_json_number(o, "Ea_eV", l->Ea_eV);
  eisi_json_number(o, "Ea_stderr", l->Ea_se);
  interval(o, "Ea_ci95", l->Ea_low, l->Ea_high);
  eisi_json_number(o, "Ea_kJ_mol", l->Ea_eV * kj);
  eisi_json_number(o, "Ea_kJ_mol_stderr", l->Ea_se * kj);
  eisi_json_number(o, "ln_A", l->ln_A);
  eisi_json_number(o, "ln_A_stderr", l->ln_A_se);
  eisi_json_number(o, "cov_lnA_Ea", l->cov_lnA_Ea);
  eisi_json_number(o, "correlation", l->correlation);
  eisi_json_number(o, "T_ref_K", l->T_ref_K);
  eisi_json_number(o, "ln_ref", l->ln_ref);
  eisi_json_number(o, "ln_ref_stderr", l->ln_ref_se);
  eisi_json_number(o, "scatter", l->scatter);
  eisi_json_number(o, "aicc", l->aicc);
  eisi_json_int(o, "dof", l->dof);
}

static void put_break(eisi_json doc, const eis_arrhenius_break *b) {
  if (eisi_json_null(doc, "break", b->tested ? b : NULL)) return;
  eisi_json o = eisi_json_object(doc, "break");
  eisi_json_bool(o, "found", b->found);
  eisi_json_number(o, "delta_aicc", b->delta_aicc);
  eisi_json_number(o, "T_K", b->T_K);
  eisi_json_number(o, "T_stderr", b->T_se);
  eisi_json_number(o, "ln_break", b->ln_break);
  eisi_json_number(o, "Ea_cold_eV", b->Ea_cold_eV);
  eisi_json_number(o, "Ea_cold_stderr", b->Ea_cold_se);
  eisi_json_number(o, "Ea_hot_eV", b->Ea_hot_eV);
  eisi_json_number(o, "Ea_hot_stderr", b->Ea_hot_se);
}

eis_status eisi_json_arrhenius_line(const eisi_arrhenius_view *v, eisi_text *out, eis_error *err) {
  bool failed;
  const eis_notes none = {0};
  const eis_arrhenius_result *r = v->fit;
  eisi_json doc = eisi_json_begin(&failed);
  head(doc, "eisfit.arrhenius/1", v->source, v->series);
  data(doc, v->series);
  eisi_json_string(doc, "why_not", r ? NULL : v->why_not);
  eisi_json_string(doc, "form", r ? r->form->key : NULL);
  if (r) {
    put_line(doc, &r->line);
    put_break(doc, &r->bend);
  } else {
    eisi_json_string(doc, "line", NULL);
    eisi_json_string(doc, "break", NULL);
  }
  eisi_json list = eisi_json_array(doc, "outliers");
  for (size_t i = 0; r && i < r->n; i++)
    if (r->outlier[i]) eisi_json_int(list, NULL, (long long)i);
  eisi_json_number(doc, "Ea_without_outliers_eV", r ? r->Ea_without_eV : NAN);
  eisi_json_notes(doc, "notes", r ? &r->notes : &none);
  return eisi_json_end(doc, out, err);
}

/* ---- groups ---- */

static void put_effect(eisi_json list, const eisi_compare_view *v, size_t i) {
  const eis_group_effect *e = &v->result->effect[i];
  eisi_text words = {0};
  eisi_json o = eisi_json_object(list, NULL);
  eisi_json_string(o, "group", v->grouping->group[e->group]);
  eisi_json_int(o, "cells", e->cells);
  eisi_json_int(o, "reference_cells", e->reference_cells);
  eisi_json_int(o, "spectra", (long long)e->spectra);
  eisi_json_int(o, "reference_spectra", (long long)e->reference_spectra);
  eisi_json_number(o, "ratio", e->ratio);
  interval(o, "ci95", e->low, e->high);
  eisi_json_number(o, "ln_ratio", e->ln_ratio);
  eisi_json_number(o, "ln_ratio_stderr", e->se);
  eisi_json_number(o, "dof", e->dof);
  eisi_json_number(o, "t", e->t);
  eisi_json_number(o, "p", e->p);
  eisi_json_number(o, "p_holm", e->p_holm);
  eisi_json_number(o, "p_bh", e->p_bh);
  eisi_json_number(o, "p_unequal", e->p_unequal);
  eisi_json_number(o, "p_permutation", e->p_permutation);
  eisi_json_bool(o, "permutation_exact", e->exact);
  eisi_json_number(o, "p_permutation_smallest", e->p_smallest);
  eisi_json_number(o, "hedges_g", e->g);
  interval(o, "hedges_g_ci95", e->g_low, e->g_high);
  eisi_json_number(o, "detectable_ratio", e->detectable);
  eisi_json_int(o, "cells_needed", e->cells_needed);
  eisi_compare_conclusion(v, i, &words);
  eisi_json_string(o, "conclusion", words.s);
  *o.failed |= words.failed;
  eisi_text_clear(&words);
}

static void put_slopes(eisi_json doc, const eis_compare_result *r) {
  eisi_json list = eisi_json_array(doc, "covariates");
  for (size_t i = 0; r && i < r->n_slopes; i++) {
    const eis_covariate_slope *s = &r->slope[i];
    eisi_json o = eisi_json_object(list, NULL);
    eisi_json_string(o, "name", s->name);
    eisi_json_number(o, "from", s->from);
    eisi_json_number(o, "to", s->to);
    eisi_json_number(o, "ln_slope", s->slope);
    eisi_json_number(o, "ln_slope_stderr", s->se);
    interval(o, "ln_slope_ci95", s->low, s->high);
    eisi_json_number(o, "p", s->p);
  }
}

static void put_cells(eisi_json doc, const eisi_compare_view *v) {
  eisi_json list = eisi_json_array(doc, "cells");
  for (size_t i = 0; v->result && i < v->result->n_cells; i++) {
    const eis_cell_mean *m = &v->result->cell[i];
    eisi_json o = eisi_json_object(list, NULL);
    eisi_json_string(o, "cell", v->grouping->cell[m->cell]);
    eisi_json_string(o, "group", v->grouping->group[m->group]);
    eisi_json_int(o, "spectra", (long long)m->n);
    eisi_json_number(o, "mean", exp(m->ln_mean));
    eisi_json_number(o, "ln_mean_stderr", m->se);
  }
}

eis_status eisi_json_compare_line(const eisi_compare_view *v, eisi_text *out, eis_error *err) {
  bool failed;
  const eis_notes none = {0};
  const eis_compare_result *r = v->result;
  eisi_json doc = eisi_json_begin(&failed);
  eisi_json_head(doc, "eisfit.compare/1");
  eisi_json_string(doc, "source", v->source);
  eisi_json_string(doc, "parameter", v->sample->name);
  eisi_json_string(doc, "unit", v->sample->unit);
  eisi_json_string(doc, "by", v->group_column);
  eisi_json_string(doc, "reference", v->grouping->group[v->options->reference]);
  eisi_json_string(doc, "adjusted_for", v->adjusted);
  eisi_json_string(doc, "why_not", r ? NULL : v->why_not);
  eisi_json_bool(doc, "refused", !r || r->refused);
  eisi_json_int(doc, "spectra", r ? (long long)r->n_used : 0);
  eisi_json_number(doc, "cell_sd", r ? r->cell_sd : NAN);
  eisi_json_number(doc, "spectrum_sd", r ? r->spectrum_sd : NAN);
  eisi_json_number(doc, "known_sd", r ? r->known_sd : NAN);
  eisi_json_number(doc, "detect", v->options->detect);
  eisi_json_number(doc, "power", v->options->power);
  eisi_json list = eisi_json_array(doc, "effects");
  for (size_t i = 0; r && i < r->n_effects; i++) put_effect(list, v, i);
  put_slopes(doc, r);
  put_cells(doc, v);
  eisi_json_notes(doc, "notes", r ? &r->notes : &none);
  return eisi_json_end(doc, out, err);
}
