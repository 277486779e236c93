/* process_assign.c - what is asked is checked, integrated (process_points.c), and told. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/process.h"

enum { MOST_LABELS = 16 };

typedef struct assigner {
  const eis_process_table *t;
  const eis_process_input *in;
  eis_process_assignment *out;
  eisi_process_cell cell; /* peaks in the order of tau */
  size_t *place;          /* of them in the input */
  eisi_process_sums sums;
  eis_error *err;
} assigner;

/* ---- what is asked ---- */

eis_process_conditions eis_process_conditions_default(void) {
  return (eis_process_conditions){
      .area_m2 = NAN, .thickness_m = NAN, .T = NAN, .soc = NAN, .f_min = NAN, .f_max = NAN};
}

eis_process_evidence eis_process_evidence_default(void) {
  eis_process_evidence e;
  for (int i = 0; i < EIS_SIGNATURES; i++) e.value[i] = e.error[i] = NAN;
  return e;
}

static eis_status check_word(const eis_process_table *t, int group, const char *word,
                             eis_error *err) {
  eisi_text all = {0};
  if (!word || eisi_process_word_index(t, group, word, strlen(word)) >= 0) return EIS_OK;
  for (size_t i = 0; i < t->n_words; i++)
    if (t->word[i].group == group) eisi_text_addf(&all, "%s%s", all.n ? ", " : "", t->word[i].text);
  const eis_status st =
      eis_error_set(err, EIS_ERROR_USAGE, "unknown %s '%s': there are %s",
                    eisi_process_group_name(group), word, all.s ? all.s : "none in the table");
  eisi_text_clear(&all);
  return st;
}

typedef struct limit {
  const char *name, *range;
  double value, lower, upper;
} limit;

static eis_status check_conditions(const eis_process_table *t, const eis_process_conditions *c,
                                   eis_error *err) {
  const limit limits[] = {{"area", "1e-8 to 1e8 cm2", c->area_m2, 1e-12, 1e4},
                          {"thickness", "1 nm to 1 m", c->thickness_m, 1e-9, 1},
                          {"temperature", "50 to 2000 K", c->T, 50, 2000},
                          {"SOC", "0 to 1", c->soc, 0, 1},
                          {"lowest frequency", "a positive one", c->f_min, 1e-300, 1e300},
                          {"highest frequency", "a positive one", c->f_max, 1e-300, 1e300}};
  const char *const word[EISI_GROUPS] = {c->electrolyte, c->anode, c->coating};
  for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
    const limit *l = &limits[i];
    if (l->value < l->lower || l->value > l->upper)
      return eis_error_set(err, EIS_ERROR_USAGE, "%s %g is out of range: expected %s", l->name,
                           l->value, l->range);
  }
  for (int g = 0; g < EISI_GROUPS; g++) {
    const eis_status st = check_word(t, g, word[g], err);
    if (st != EIS_OK) return st;
  }
  return EIS_OK;
}

static eis_status check_peaks(const eis_process_input *in, eis_error *err) {
  if (in->n_peaks > EISI_MOST_PEAKS)
    return eis_error_set(err, EIS_ERROR_INPUT, "%zu peaks are too many to assign: at most %d",
                         in->n_peaks, (int)EISI_MOST_PEAKS);
  for (size_t i = 0; i < in->n_peaks; i++) {
    const eis_drt_peak *p = &in->peak[i];
    if (!(p->R > 0 && p->tau > 0 && isfinite(p->R) && isfinite(p->tau)))
      return eis_error_set(err, EIS_ERROR_INPUT,
                           "peak %zu can't be assigned: R = %g ohm and tau = %g s have to be "
                           "positive",
                           i + 1, p->R, p->tau);
    for (int k = 0; in->evidence && k < EIS_SIGNATURES; k++) {
      const double v = in->evidence[i].value[k], e = in->evidence[i].error[k];
      if (isnan(v) || (isfinite(v) && e >= 0 && isfinite(e))) continue;
      return eis_error_set(err, EIS_ERROR_USAGE,
                           "%s of peak %zu needs a finite value and an error >= 0",
                           eis_process_signature_key((size_t)k, NULL), i + 1);
    }
  }
  return EIS_OK;
}

static eis_status make_room(assigner *a, eis_error *err) {
  const size_t m = a->in->n_peaks, n = a->t->n;
  eis_process_assignment *out = a->out;
  out->n_peaks = m;
  out->n_processes = n;
  out->peak = eisi_new(m, sizeof *out->peak, err);
  out->present = eisi_new(n, sizeof *out->present, err);
  for (size_t i = 0; out->peak && i < m; i++) {
    out->peak[i].posterior = eisi_new(n + 1, sizeof *out->peak[i].posterior, err);
    if (!out->peak[i].posterior) return EIS_ERROR_MEMORY;
  }
  a->cell.peak = eisi_new(m, sizeof *a->cell.peak, err);
  a->cell.evidence = eisi_new(m, sizeof *a->cell.evidence, err);
  a->place = eisi_new(m, sizeof *a->place, err);
  a->sums.posterior = eisi_new(m * (n + 1), sizeof *a->sums.posterior, err);
  a->sums.present = out->present;
  const bool ok = out->peak && out->present && a->cell.peak && a->cell.evidence && a->place &&
                  a->sums.posterior;
  return ok ? EIS_OK : EIS_ERROR_MEMORY;
}

static void free_room(assigner *a) {
  free(a->cell.peak);
  free(a->cell.evidence);
  free(a->place);
  free(a->sums.posterior);
}

/* Insertion sort: peaks come in order as a rule. */
static void sort_peaks(assigner *a) {
  const eis_drt_peak *p = a->in->peak;
  for (size_t i = 0; i < a->in->n_peaks; i++) {
    size_t k = i;
    for (; k > 0 && p[a->place[k - 1]].tau > p[i].tau; k--) a->place[k] = a->place[k - 1];
    a->place[k] = i;
  }
  for (size_t i = 0; i < a->in->n_peaks; i++) {
    a->cell.peak[i] = &p[a->place[i]];
    a->cell.evidence[i] = a->in->evidence ? &a->in->evidence[a->place[i]] : NULL;
  }
}

/* ---- the result ---- */

static const char *best_word(const assigner *a, int group, double *probability) {
  const char *best = NULL;
  *probability = 0;
  for (size_t k = 0; k < a->t->n_words; k++)
    if (a->t->word[k].group == group && a->sums.word[k] / a->sums.sum > *probability) {
      *probability = a->sums.word[k] / a->sums.sum;
      best = a->t->word[k].text;
    }
  return best;
}

static void spread(const double moment[2], double sum, double *mean, double *sd) {
  *mean = moment[0] / sum;
  *sd = sqrt(fmax(moment[1] / sum - *mean * *mean, 0));
}

static void finish(assigner *a) {
  eis_process_assignment *out = a->out;
  const size_t n = a->t->n;
  double ln_area, sd;
  spread(a->sums.area, a->sums.sum, &ln_area, &sd);
  out->area_m2 = exp(ln_area);
  out->area_factor = isnan(a->in->conditions.area_m2) ? exp(sd) : 1;
  spread(a->sums.T, a->sums.sum, &out->T, &out->T_error);
  if (!isnan(a->in->conditions.T)) out->T_error = 0;
  double ln_wetted;
  spread(a->sums.wetted, a->sums.sum, &ln_wetted, &sd);
  out->wetted = sqrt(a->t->wetted[0] * a->t->wetted[1]) * exp(ln_wetted);
  out->wetted_factor = exp(sd);
  out->electrolyte = best_word(a, 0, &out->electrolyte_probability);
  out->anode = best_word(a, 1, &out->anode_probability);
  out->coating = best_word(a, 2, &out->coating_probability);
  for (size_t k = 0; k < n; k++) out->present[k] /= a->sums.sum;
  for (size_t i = 0; i < a->in->n_peaks; i++)
    for (size_t k = 0; k <= n; k++)
      out->peak[a->place[i]].posterior[k] = a->sums.posterior[i * (n + 1) + k] / a->sums.sum;
}

/* Labels among the processes that have any probability. */
static eis_status decide(assigner *a) {
  const size_t n = a->t->n, m = a->in->n_peaks;
  const uint64_t words = eisi_process_words_of(a->t, a->out);
  size_t some[EISI_MOST_PROCESSES], n_some = 0;
  bool again[EISI_MOST_PROCESSES];
  int label[EISI_MOST_PEAKS];
  double p[EISI_MOST_PEAKS * (EISI_MOST_PROCESSES + 1)] = {0};
  for (size_t k = 0; k < n && n_some < MOST_LABELS; k++) {
    double most = 0;
    for (size_t i = 0; i < m; i++)
      most = fmax(most, a->sums.posterior[i * (n + 1) + k] / a->sums.sum);
    if (most <= 1e-3) continue;
    eisi_process_model model;
    eisi_process_resolve(&a->t->row[k], words, &model);
    again[n_some] = model.again > 0;
    some[n_some++] = k;
  }
  for (size_t i = 0; i < m; i++) {
    for (size_t k = 0; k < n_some; k++)
      p[i * (n_some + 1) + k] = a->sums.posterior[i * (n + 1) + some[k]] / a->sums.sum;
    p[i * (n_some + 1) + n_some] = a->sums.posterior[i * (n + 1) + n] / a->sums.sum;
  }
  const eis_status st = eisi_process_decide(m, n_some, p, again, label, a->err);
  for (size_t i = 0; i < m && st == EIS_OK; i++) {
    eis_process_label *l = &a->out->peak[a->place[i]];
    l->process = label[i] < 0 ? -1 : (int)some[label[i]];
    l->probability = l->posterior[label[i] < 0 ? n : some[label[i]]];
  }
  return st;
}

static eis_status assign(assigner *a, eis_error *err) {
  eis_status st = make_room(a, err);
  if (st != EIS_OK) return st;
  sort_peaks(a);
  st = eisi_process_integrate(&a->cell, &a->sums, err);
  if (st != EIS_OK) return st;
  finish(a);
  st = decide(a);
  return st == EIS_OK ? eisi_process_explain(a->t, a->in, a->out, err) : st;
}

eis_status eis_process_assign(const eis_process_table *t, const eis_process_input *in,
                              eis_process_assignment *out, eis_error *err) {
  *out = (eis_process_assignment){0};
  eis_status st = check_conditions(t, &in->conditions, err);
  if (st == EIS_OK) st = check_peaks(in, err);
  if (st != EIS_OK) return st;
  assigner *a = eisi_new(1, sizeof *a, err);
  if (!a) return EIS_ERROR_MEMORY;
  a->t = a->cell.t = t;
  a->in = in;
  a->cell.known = &in->conditions;
  a->cell.even = in->even;
  a->cell.n_peaks = in->n_peaks;
  a->out = out;
  a->err = err;
  st = assign(a, err);
  free_room(a);
  free(a);
  if (st != EIS_OK) eis_process_assignment_clear(out);
  return st;
}

void eis_process_assignment_clear(eis_process_assignment *a) {
  for (size_t i = 0; a->peak && i < a->n_peaks; i++) {
    free(a->peak[i].posterior);
    free(a->peak[i].explanation);
  }
  free(a->peak);
  free(a->present);
  *a = (eis_process_assignment){0};
}
