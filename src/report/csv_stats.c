/* csv_stats.c - tidy tables: one row per series and law, per series, per parameter and group. */
#include <math.h>

#include "report/csv.h"
#include "report/stats_view.h"

static void end_row(eisi_text *out) {
  if (out->n && out->s[out->n - 1] == ',') out->s[--out->n] = '\0';
  eisi_text_addf(out, "\n");
}

static void series_fields(const char *source, const eisi_series *s, eisi_text *out) {
  eisi_csv_text(out, source);
  eisi_csv_text(out, s->sample->name);
  eisi_csv_text(out, s->sample->unit);
  eisi_csv_text(out, s->label);
  eisi_text_addf(out, "%zu,", s->n);
}

static void law_fields(const eis_law_fit *f, bool best, eisi_text *out) {
  eisi_csv_text(out, f->law->key);
  eisi_csv_bool(out, best);
  eisi_csv_bool(out, f->plausible);
  eisi_csv_number(out, f->aicc);
  eisi_csv_number(out, f->delta);
  eisi_csv_number(out, f->weight);
  eisi_csv_number(out, f->why_not ? NAN : f->scatter);
  for (int j = 0; j < EIS_LAW_PARAMS; j++) {
    const bool there = !f->why_not && j < f->law->n_params;
    eisi_csv_text(out, there ? f->law->param[j] : "");
    eisi_csv_number(out, there ? f->p[j] : NAN);
    eisi_csv_number(out, there ? f->se[j] : NAN);
  }
  eisi_csv_number(out, f->end);
  eisi_csv_number(out, f->end_low);
  eisi_csv_number(out, f->end_high);
  eisi_csv_text(out, f->why_not);
}

static void drift_fields(const eisi_trend_view *v, eisi_text *out) {
  const eis_drift_result *d = v->drift;
  eisi_csv_text(out, d ? v->partner : "");
  eisi_csv_number(out, d ? d->slope : NAN);
  eisi_csv_number(out, d ? d->low : NAN);
  eisi_csv_number(out, d ? d->high : NAN);
  eisi_csv_warnings(d ? &d->words : &(const eis_notes){0}, NULL, out);
  eisi_csv_text(out, v->rank ? v->rank_name : "");
  eisi_csv_number(out, v->rank ? v->rank->spearman : NAN);
  eisi_csv_number(out, v->rank ? v->rank->p_spearman : NAN);
  eisi_csv_number(out, v->rank ? v->rank->kendall : NAN);
  eisi_csv_number(out, v->rank ? v->rank->p_kendall : NAN);
}

void eisi_csv_trend(const eisi_trend_view *v, eisi_text *out) {
  if (!v) {
    eisi_text_addf(
        out, "source,parameter,unit,series,n,x,law,best,plausible,aicc,delta,weight,scatter,");
    for (int j = 1; j <= EIS_LAW_PARAMS; j++)
      eisi_text_addf(out, "name%d,value%d,stderr%d,", j, j, j);
    eisi_text_addf(out,
                   "end,end_low,end_high,why_not,partner,drift,drift_low,drift_high,drift_words,"
                   "rank_column,spearman,p_spearman,kendall,p_kendall,end_low_all,end_high_all\n");
    return;
  }
  for (size_t i = 0; v->trend && i < v->trend->n_laws; i++) {
    series_fields(v->source, v->series, out);
    eisi_csv_text(out, v->x_name);
    law_fields(&v->trend->fit[i], (int)i == v->trend->best, out);
    drift_fields(v, out);
    eisi_csv_number(out, v->trend->end_low); /* over all laws: the same in each row */
    eisi_csv_number(out, v->trend->end_high);
    end_row(out);
  }
  if (v->trend) return;
  series_fields(v->source, v->series, out);
  eisi_csv_text(out, v->x_name);
  for (int k = 0; k < 22; k++) eisi_csv_text(out, "");
  eisi_csv_text(out, v->why_not);
  drift_fields(v, out);
  for (int k = 0; k < 2; k++) eisi_csv_text(out, "");
  end_row(out);
}

void eisi_csv_arrhenius(const eisi_arrhenius_view *v, eisi_text *out) {
  if (!v) {
    eisi_text_addf(out,
                   "source,parameter,unit,series,n,form,Ea_eV,Ea_stderr,Ea_low,Ea_high,Ea_kJ_mol,"
                   "ln_A,ln_A_stderr,cov_lnA_Ea,T_ref_K,ln_ref,ln_ref_stderr,scatter,break_found,"
                   "break_T_K,Ea_cold_eV,Ea_hot_eV,outliers,why_not\n");
    return;
  }
  const eis_arrhenius_result *r = v->fit;
  const eis_arrhenius_line none = {NAN, NAN, NAN, NAN, NAN, NAN, NAN,
                                   NAN, NAN, NAN, NAN, NAN, NAN, 0};
  const eis_arrhenius_line *l = r ? &r->line : &none;
  series_fields(v->source, v->series, out);
  eisi_csv_text(out, r ? r->form->key : "");
  const double numbers[] = {l->Ea_eV,      l->Ea_se,   l->Ea_low, l->Ea_high,   l->Ea_eV * eis_ev_to_kj_mol(1),
                            l->ln_A,       l->ln_A_se, l->cov_lnA_Ea, l->T_ref_K, l->ln_ref,
                            l->ln_ref_se,  l->scatter};
  for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) eisi_csv_number(out, numbers[i]);
  const bool bent = r && r->bend.found;
  eisi_csv_bool(out, bent);
  eisi_csv_number(out, bent ? r->bend.T_K : NAN);
  eisi_csv_number(out, bent ? r->bend.Ea_cold_eV : NAN);
  eisi_csv_number(out, bent ? r->bend.Ea_hot_eV : NAN);
  eisi_text_addf(out, "%zu,", r ? r->n_outliers : 0);
  eisi_csv_text(out, v->why_not);
  end_row(out);
}

void eisi_csv_compare(const eisi_compare_view *v, eisi_text *out) {
  if (!v) {
    eisi_text_addf(
        out,
        "source,parameter,unit,by,group,reference,cells,reference_cells,spectra,"
        "reference_spectra,ratio,low,high,ln_ratio,stderr,dof,t,p,p_holm,p_bh,"
        "p_unequal,p_permutation,permutation_exact,hedges_g,g_low,g_high,detectable_ratio,"
        "cells_needed,refused,adjusted_for,conclusion\n");
    return;
  }
  for (size_t i = 0; v->result && i < v->result->n_effects; i++) {
    const eis_group_effect *e = &v->result->effect[i];
    const double numbers[] = {e->ratio, e->low, e->high, e->ln_ratio, e->se,    e->dof,
                              e->t,     e->p,   e->p_holm, e->p_bh,   e->p_unequal,
                              e->p_permutation};
    eisi_text words = {0};
    eisi_csv_text(out, v->source);
    eisi_csv_text(out, v->sample->name);
    eisi_csv_text(out, v->sample->unit);
    eisi_csv_text(out, v->group_column);
    eisi_csv_text(out, v->grouping->group[e->group]);
    eisi_csv_text(out, v->grouping->group[v->options->reference]);
    eisi_text_addf(out, "%d,%d,%zu,%zu,", e->cells, e->reference_cells, e->spectra,
                   e->reference_spectra);
    for (size_t k = 0; k < sizeof numbers / sizeof *numbers; k++) eisi_csv_number(out, numbers[k]);
    eisi_csv_bool(out, e->exact);
    eisi_csv_number(out, e->g);
    eisi_csv_number(out, e->g_low);
    eisi_csv_number(out, e->g_high);
    eisi_csv_number(out, e->detectable);
    eisi_text_addf(out, "%d,", e->cells_needed);
    eisi_csv_bool(out, v->result->refused);
    eisi_csv_text(out, v->adjusted);
    eisi_compare_conclusion(v, i, &words);
    eisi_csv_text(out, words.s);
    out->failed = out->failed || words.failed;
    eisi_text_clear(&words);
    end_row(out);
  }
}
