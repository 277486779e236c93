/* modelfit.c - fits all candidates to one spectrum: the best variant of each by BIC, then a
   ranking of the candidates. */
#include "analysis/modelfit.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/geometry.h"

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

/* How many fitted parameters the data leave open: on a bound (an exponent of 1 is none: the CPE is
   a capacitor), or not known to half their value. */
static int undetermined(const eis_circuit *c, const eis_fit_result *r) {
  int n = 0;
  for (int j = 0; j < r->n_params; j++) {
    const eis_fit_param *p = &r->param[j];
    const bool exponent = c->param[j].spec->scale == EIS_SCALE_LINEAR;
    if (p->fixed || p->tied || (p->at_bound && exponent && p->value == c->param[j].upper)) continue;
    n += p->at_bound || !p->identifiable || !(p->stderr_ <= 0.5 * fabs(p->value));
  }
  return n;
}

/* The fits of all variants of one candidate. */
typedef struct trial {
  const eis_circuit *c;
  eis_fit_result r;
  double cost; /* what the choice goes by, below */
  bool ok, full;
} trial;

/* An undetermined parameter costs a variant so much BIC: such a variant is taken only when the data
   insist (a difference of 10 is called very strong, Kass and Raftery 1995, J. Am. Stat. Assoc. 90,
   773; it is doubled because the place of a further arc was searched for). */
static const double undetermined_cost = 20;
/* what a variant further down in the file has to be better by ("positive", ibid.) */
static const double positive_evidence = 2;
/* local fits per variant in the first round */
enum { SCREENING_STARTS = 16 };

static int choose(const trial *t, int n, bool *overruled) {
  int lowest = -1, best = -1;
  for (int k = 0; k < n; k++) {
    if (!t[k].ok) continue;
    if (lowest < 0 || better(&t[k].r, &t[lowest].r)) lowest = k;
    /* variants that are the same circuit under other names must not be chosen by rounding */
    if (best < 0 || t[k].cost < t[best].cost - positive_evidence) best = k;
  }
  if (lowest >= 0 && t[lowest].r.verdict != t[best].r.verdict) best = lowest;
  *overruled = best != lowest;
  return best;
}

/* ---- sequences of spectra ---- */

void eisi_fit_memory_forget(eisi_fit_memory *m) {
  for (size_t i = 0; i < m->n; i++) m->slot[i].have_last = false;
}

void eisi_fit_memory_clear(eisi_fit_memory *m) {
  for (size_t i = 0; i < m->n; i++) {
    eis_fit_work_free(m->slot[i].work);
    free(m->slot[i].last);
  }
  free(m->slot);
  *m = (eisi_fit_memory){0};
}

static struct eisi_fit_slot *slot_of(eisi_fit_memory *m, const eis_circuit *c, eis_error *err) {
  for (size_t i = 0; i < m->n; i++)
    if (m->slot[i].c == c) return &m->slot[i];
  if (eisi_grow(&m->slot, m->n, m->n + 1, sizeof *m->slot, err)) return NULL;
  struct eisi_fit_slot *slot = &m->slot[m->n];
  slot->c = c;
  slot->last = eisi_new((size_t)c->n_params, sizeof *slot->last, err);
  if (slot->last && eis_fit_work_new(c, &slot->work, err) == EIS_OK) {
    m->n++;
    return slot;
  }
  free(slot->last);
  return NULL;
}

/* Independent starts that check whether the last spectrum's parameters still lead to the best
   optimum: a dozen.  With few points a start costs less and there are more optima of nearly the
   same S: as many as cost the same as a dozen at 60 points. */
static int check_starts(size_t n_points) {
  enum { FEWEST = 12, MOST = 64, POINTS = 60 };
  if (n_points >= POINTS) return FEWEST;
  const int n = FEWEST * POINTS / (1 + (int)n_points);
  return n > MOST ? MOST : n;
}

/* The last optimum of the sequence is one start.  Starts of the data's own must not find a better
   place; where they do, or the fit does not converge, everything is searched. */
static eis_status fit_next(struct eisi_fit_slot *slot, const eis_spectrum *s,
                           const eis_fit_options *opt, eis_fit_result *out, eis_error *err) {
  eis_fit_options check = *opt;
  const bool automatic = opt->starts == 0 && strcmp(opt->optimizer, "auto") == 0;
  eis_status st = eis_fit_work_start(slot->work, slot->have_last ? slot->last : NULL, err);
  if (st != EIS_OK) return st;
  if (automatic && slot->have_last) {
    check.starts = check_starts(s->n);
    st = eis_fit_work_run(slot->work, s, &check, out, err);
    if (st == EIS_OK && out->verdict == EIS_FIT_CONVERGED && out->given_S <= out->S * (1 + 1e-6))
      return st;
    eis_fit_result_clear(out);
    if (st != EIS_OK) return st;
  }
  return eis_fit_work_run(slot->work, s, opt, out, err);
}

static eis_status fit_circuit(eisi_fit_memory *memory, const eis_spectrum *s, const eis_circuit *c,
                              const eis_fit_options *opt, eis_fit_result *out, eis_error *err) {
  if (!memory) return eis_fit_run(s, c, opt, out, err);
  struct eisi_fit_slot *slot = slot_of(memory, c, err);
  if (!slot) return EIS_ERROR_MEMORY;
  const eis_status st = fit_next(slot, s, opt, out, err);
  slot->have_last = st == EIS_OK && out->verdict == EIS_FIT_CONVERGED;
  for (int j = 0; slot->have_last && j < out->n_params; j++) slot->last[j] = out->param[j].value;
  return st;
}

/* A variant that can't be fitted is one that is not chosen; out of memory is an error. */
static eis_status fit_variant(eisi_modelfit *m, int k, const eis_spectrum *s,
                              const eisi_fitset_options *set, const eis_fit_options *opt,
                              trial *t) {
  const eisi_variant *v = &m->candidate->variant[k];
  eis_error err = EIS_ERROR_INIT;
  eis_fit_result_clear(&t->r);
  t->c = v->inductive && eisi_spectrum_inductive(s) ? v->inductive : v->plain;
  const eis_status st = fit_circuit(set->memory, s, t->c, opt, &t->r, &err);
  t->ok = st == EIS_OK;
  /* as many parameters as numbers: no evidence at all */
  if (t->ok && isnan(t->r.aicc)) t->r.bic = INFINITY;
  t->cost = t->ok ? t->r.bic + undetermined_cost * undetermined(t->c, &t->r) : NAN;
  m->variant_bic[k] = t->ok ? t->r.bic : NAN;
  m->variant_free[k] = t->ok ? t->r.n_free : 0;
  if (st == EIS_ERROR_MEMORY) m->err = err;
  if (!t->ok && m->err.code == EIS_OK) m->err = err;
  return st == EIS_ERROR_MEMORY ? st : EIS_OK;
}

/* All variants with a short search; the one to be chosen is fitted again with all effort, until it
   still is the one. */
static eis_status fit_variants(eisi_modelfit *m, const eis_spectrum *s,
                               const eisi_fitset_options *set, trial *t) {
  const eis_fit_options *opt = &set->fit;
  const int n = m->candidate->n_variants;
  eis_fit_options quick = *opt, thorough = *opt;
  const bool screen = n > 1 && opt->starts == 0 && strcmp(opt->optimizer, "auto") == 0;
  if (screen) quick.starts = SCREENING_STARTS;
  quick.ci = screen ? EIS_CI_COV : opt->ci;
  quick.ordered = thorough.ordered = m->candidate->model != NULL;
  eis_status st = EIS_OK;
  for (int k = 0; st == EIS_OK && k < n; k++) {
    st = fit_variant(m, k, s, set, &quick, &t[k]);
    t[k].full = !screen;
  }
  while (st == EIS_OK && (m->variant = choose(t, n, &m->overruled)) >= 0 && !t[m->variant].full) {
    st = fit_variant(m, m->variant, s, set, &thorough, &t[m->variant]);
    t[m->variant].full = true;
  }
  return st;
}

static eis_status fit_candidate(const eis_spectrum *s, const eisi_candidate *c,
                                const eisi_fitset_options *opt, eisi_modelfit *m, eis_error *err) {
  const size_t n = (size_t)c->n_variants;
  *m = (eisi_modelfit){.candidate = c, .variant = -1, .f_test_p = NAN};
  m->variant_bic = eisi_new(n, sizeof *m->variant_bic, err);
  m->variant_free = eisi_new(n, sizeof *m->variant_free, err);
  trial *t = eisi_new(n, sizeof *t, err);
  if (!m->variant_bic || !m->variant_free || !t) {
    free(t);
    return EIS_ERROR_MEMORY;
  }
  eis_status st = fit_variants(m, s, opt, t);
  if (st != EIS_OK) m->variant = -1;
  if (m->variant >= 0) {
    trial *best = &t[m->variant];
    m->fit = best->r;
    m->circuit = best->c;
    m->inductive = best->c == c->variant[m->variant].inductive;
    best->r = (eis_fit_result){0};
    eis_error_clear(&m->err);
  }
  for (size_t k = 0; k < n; k++) eis_fit_result_clear(&t[k].r);
  free(t);
  if (st != EIS_OK) return eis_error_set(err, st, "%s", m->err.text);
  if (m->variant < 0) return EIS_OK;
  const eis_derive_input in = {m->circuit, &m->fit, c->model, &opt->cond, opt->material};
  st = eis_derive(&in, &m->derived, err);
  return st == EIS_OK ? eisi_geometry_hint(s, &opt->cond, &m->derived.words, err) : st;
}

/* Nested one way or the other: how likely is the gain of the larger by chance? */
static eis_status f_test(const eisi_modelfit *a, const eisi_modelfit *b, double *p,
                         eis_error *err) {
  const eisi_modelfit *small = a->fit.n_free < b->fit.n_free ? a : b;
  const eisi_modelfit *large = small == a ? b : a;
  bool nested = false;
  *p = NAN;
  if (small->fit.n_free == large->fit.n_free) return EIS_OK;
  const eis_status st = eisi_circuit_nested(small->circuit, large->circuit, &nested, err);
  if (nested) *p = eis_fit_f_test(&small->fit, &large->fit);
  return st;
}

static eis_status rank(eisi_fitset *set, eis_error *err) {
  double lowest = INFINITY, total = 0;
  for (size_t i = 0; i < set->n; i++) {
    const eisi_modelfit *m = &set->at[i];
    if (m->variant < 0) continue;
    /* S of a fit that did not converge can only get lower: its BIC is not in its favour */
    if (set->best < 0 || m->fit.bic < set->at[set->best].fit.bic) set->best = (int)i;
    if (m->fit.aicc < lowest) {
      lowest = m->fit.aicc;
      set->best_aicc = (int)i;
    }
  }
  if (set->best < 0) return EIS_OK;
  for (size_t i = 0; i < set->n; i++) {
    eisi_modelfit *m = &set->at[i];
    if (m->variant < 0) continue;
    m->delta_aicc = m->fit.aicc - lowest;
    m->delta_bic = m->fit.bic - set->at[set->best].fit.bic;
    /* Burnham & Anderson, Model Selection and Multimodel Inference, 2nd ed., eq. 2.9 */
    m->weight = exp(-0.5 * m->delta_aicc);
    if (isfinite(m->weight)) total += m->weight;
    if ((int)i == set->best) continue;
    const eis_status st = f_test(m, &set->at[set->best], &m->f_test_p, err);
    if (st != EIS_OK) return st;
  }
  for (size_t i = 0; i < set->n && total > 0; i++) set->at[i].weight /= total;
  return EIS_OK;
}

eis_status eisi_fitset_run(const eis_spectrum *s, const eisi_candidates *list,
                           const eisi_fitset_options *opt, eisi_fitset *out, eis_error *err) {
  *out = (eisi_fitset){.best = -1, .best_aicc = -1};
  if (list->n == 0) return eis_error_set(err, EIS_ERROR_USAGE, "there is nothing to fit");
  out->at = eisi_new(list->n, sizeof *out->at, err);
  if (!out->at) return EIS_ERROR_MEMORY;
  for (size_t i = 0; i < list->n; i++) {
    out->n = i + 1;
    eis_status st = fit_candidate(s, &list->at[i], opt, &out->at[i], err);
    if (st) return st;
  }
  const eis_status st = rank(out, err);
  if (st != EIS_OK || out->best >= 0) return st;
  if (err && err->code == EIS_OK) *err = out->at[0].err;
  return out->at[0].err.code;
}
