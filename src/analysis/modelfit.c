/* modelfit.c - fits all candidates to one spectrum: the best variant of each by BIC, then a
   ranking of the candidates. */
#include "analysis/modelfit.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

bool eisi_spectrum_inductive(const eis_spectrum *s) {
  size_t look = s->n < 3 ? s->n : 3, up = 0;
  for (size_t k = 0; k < look; k++) up += s->im[k] > 0;
  return up >= 2;
}

static void modelfit_clear(eisi_modelfit *m) {
  eis_fit_result_clear(&m->fit);
  eis_derived_list_clear(&m->derived);
  free(m->variant_bic);
  free(m->variant_free);
  *m = (eisi_modelfit){.variant = -1};
}

void eisi_fitset_clear(eisi_fitset *set) {
  for (size_t i = 0; i < set->n; i++) modelfit_clear(&set->at[i]);
  free(set->at);
  *set = (eisi_fitset){.best = -1};
}

/* A converged fit beats one that is not; then the lower BIC. */
static bool better(const eis_fit_result *a, const eis_fit_result *b) {
  bool ca = a->verdict == EIS_FIT_CONVERGED, cb = b->verdict == EIS_FIT_CONVERGED;
  return ca != cb ? ca : a->bic < b->bic;
}

/* Fits variant k and keeps it when it is the best so far.  Its error is kept while nothing else
   has worked. */
static void try_variant(eisi_modelfit *m, int k, const eis_spectrum *s,
                        const eisi_fitset_options *opt) {
  const eisi_variant *v = &m->candidate->variant[k];
  bool inductive = v->inductive && eisi_spectrum_inductive(s);
  const eis_circuit *c = inductive ? v->inductive : v->plain;
  eis_fit_result r = {0};
  eis_error err = EIS_ERROR_INIT;
  eis_status st = eis_fit_run(s, c, &opt->fit, &r, &err);
  m->variant_bic[k] = st ? NAN : r.bic;
  m->variant_free[k] = st ? 0 : r.n_free;
  if (!st && (m->variant < 0 || better(&r, &m->fit))) {
    eis_fit_result_clear(&m->fit);
    m->fit = r;
    m->variant = k;
    m->inductive = inductive;
    m->circuit = c;
    eis_error_clear(&m->err);
    return;
  }
  if (st && m->variant < 0) m->err = err;
  eis_fit_result_clear(&r);
}

static eis_status fit_candidate(const eis_spectrum *s, const eisi_candidate *c,
                                const eisi_fitset_options *opt, eisi_modelfit *m, eis_error *err) {
  *m = (eisi_modelfit){.candidate = c, .variant = -1, .f_test_p = NAN};
  m->variant_bic = eisi_new((size_t)c->n_variants, sizeof *m->variant_bic, err);
  m->variant_free = eisi_new((size_t)c->n_variants, sizeof *m->variant_free, err);
  if (!m->variant_bic || !m->variant_free) return EIS_ERROR_MEMORY;
  for (int k = 0; k < c->n_variants; k++) try_variant(m, k, s, opt);
  if (m->variant < 0) return EIS_OK;
  return eis_derive(m->circuit, &m->fit, c->model, &opt->cond, opt->material, &m->derived, err);
}

/* Nested one way or the other: how likely is the gain of the larger by chance? */
static double f_test(const eisi_modelfit *a, const eisi_modelfit *b) {
  const eisi_modelfit *small = a->fit.n_free < b->fit.n_free ? a : b;
  const eisi_modelfit *large = small == a ? b : a;
  if (small->fit.n_free == large->fit.n_free) return NAN;
  if (!eisi_circuit_nested(small->circuit, large->circuit)) return NAN;
  return eis_fit_f_test(&small->fit, &large->fit);
}

static void rank(eisi_fitset *set) {
  double lowest = INFINITY, total = 0;
  for (size_t i = 0; i < set->n; i++) {
    const eisi_modelfit *m = &set->at[i];
    if (m->variant < 0) continue;
    if (set->best < 0 || better(&m->fit, &set->at[set->best].fit)) set->best = (int)i;
    if (m->fit.aicc < lowest) {
      lowest = m->fit.aicc;
      set->best_aicc = (int)i;
    }
  }
  if (set->best < 0) return;
  for (size_t i = 0; i < set->n; i++) {
    eisi_modelfit *m = &set->at[i];
    if (m->variant < 0) continue;
    m->delta_aicc = m->fit.aicc - lowest;
    m->delta_bic = m->fit.bic - set->at[set->best].fit.bic;
    /* Burnham & Anderson, Model Selection and Multimodel Inference, 2nd ed., eq. 2.9 */
    m->weight = exp(-0.5 * m->delta_aicc);
    if (isfinite(m->weight)) total += m->weight;
    if ((int)i != set->best) m->f_test_p = f_test(m, &set->at[set->best]);
  }
  for (size_t i = 0; i < set->n; i++) set->at[i].weight /= total;
}

eis_status eisi_fitset_run(const eis_spectrum *s, const eisi_candidates *list,
                           const eisi_fitset_options *opt, eisi_fitset *out, eis_error *err) {
  *out = (eisi_fitset){.best = -1, .best_aicc = -1};
  out->at = eisi_new(list->n, sizeof *out->at, err);
  if (!out->at) return EIS_ERROR_MEMORY;
  for (size_t i = 0; i < list->n; i++) {
    out->n = i + 1;
    eis_status st = fit_candidate(s, &list->at[i], opt, &out->at[i], err);
    if (st) return st;
  }
  rank(out);
  if (out->best >= 0) return EIS_OK;
  if (err && err->code == EIS_OK) *err = out->at[0].err;
  return out->at[0].err.code;
}
