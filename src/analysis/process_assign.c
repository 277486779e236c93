/* process_assign.c - the posterior: over kinds of cells, areas and temperatures that are not known,
   and for each of them over all assignments (process_sum.c). */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/process.h"

enum { AREAS = 13, TEMPERATURES = 7, WETTED = 5, MOST_POSSIBLE = 16 };

/* An unassigned peak is at least this probable, relative to the best process: keeps sums in range. */
static const double LEAST_NONE = 1e-9;
static const double TENTHS = 1.6448536269514722;

typedef struct assigner {
  const eis_process_table *t;
  const eis_process_input *in;
  eis_process_assignment *out;
  const eis_drt_peak **peak;            /* in the order of tau */
  const eis_process_evidence **evidence;
  size_t *place;                        /* of them in the input */
  eisi_process_model model[EISI_MOST_PROCESSES], background;
  size_t n, possible[MOST_POSSIBLE];    /* processes for this kind of cell */
  eisi_process_expected expected[MOST_POSSIBLE];
  double *w, *again, *none, *order, *part, *used; /* see eisi_process_weights; part: of the sum */
  double *posterior;                    /* n_peaks x (n_processes + 1), in the order of tau */
  double ln_scale;                      /* of posterior, present and the sums below */
  double sum, area[2], T[2];            /* weight; first and second moments, of ln area */
  double word[EISI_MOST_WORDS];
  eis_error *err;
} assigner;

/* ---- what is asked ---- */

eis_process_conditions eis_process_conditions_default(void) {
  return (eis_process_conditions){.area_m2 = NAN, .thickness_m = NAN, .T = NAN, .soc = NAN,
                                  .f_min = NAN, .f_max = NAN};
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
    if (t->word[i].group == group)
      eisi_text_addf(&all, "%s%s", all.n ? ", " : "", t->word[i].text);
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
  const size_t m = a->in->n_peaks, n = a->t->n, k = MOST_POSSIBLE;
  eis_process_assignment *out = a->out;
  out->n_peaks = m;
  out->n_processes = n;
  out->peak = eisi_new(m, sizeof *out->peak, err);
  out->present = eisi_new(n, sizeof *out->present, err);
  for (size_t i = 0; out->peak && i < m; i++) {
    out->peak[i].posterior = eisi_new(n + 1, sizeof *out->peak[i].posterior, err);
    if (!out->peak[i].posterior) return EIS_ERROR_MEMORY;
  }
  a->peak = eisi_new(m, sizeof *a->peak, err);
  a->evidence = eisi_new(m, sizeof *a->evidence, err);
  a->place = eisi_new(m, sizeof *a->place, err);
  a->posterior = eisi_new(m * (n + 1), sizeof *a->posterior, err);
  a->w = eisi_new(m * (3 * k + 2) + k * k + k, sizeof *a->w, err);
  if (!out->peak || !out->present || !a->peak || !a->evidence || !a->place || !a->posterior ||
      !a->w)
    return EIS_ERROR_MEMORY;
  a->again = a->w + m * k;
  a->part = a->again + m * k;
  a->none = a->part + m * (k + 1);
  a->order = a->none + m;
  a->used = a->order + k * k;
  return EIS_OK;
}

static void free_room(assigner *a) {
  free(a->peak);
  free(a->evidence);
  free(a->place);
  free(a->posterior);
  free(a->w);
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
    a->peak[i] = &p[a->place[i]];
    a->evidence[i] = a->in->evidence ? &a->in->evidence[a->place[i]] : NULL;
  }
}

/* ---- one point: kind of cell, area, temperature ---- */

/* Every pair at most `order` times against its order, as much as the windows leave that open. */
static void weigh_order(assigner *a) {
  for (size_t i = 0; i < a->n; i++)
    for (size_t j = 0; j < a->n; j++) {
      const size_t k = a->possible[i], l = a->possible[j];
      const bool k_first = a->model[k].above >> l & 1, l_first = a->model[l].above >> k & 1;
      double *factor = &a->order[i * a->n + j]; /* k has the higher frequency */
      *factor = 1;
      if (k_first == l_first) continue;
      const eisi_process_expected *x = &a->expected[i], *y = &a->expected[j];
      const double p =
          eisi_process_cdf((x->mean[1] - y->mean[1]) / sqrt(x->cov[2] + y->cov[2]));
      const double ordered = k_first ? p : 1 - p, v = a->t->order;
      *factor = (k_first ? 1 : v) / (ordered + v * (1 - ordered));
    }
}

/* ln of the sum's scale. */
static double weigh_peak(assigner *a, size_t i, const eisi_process_state *s, const double *odds,
                         const double *seen) {
  const eis_drt_peak *p = a->peak[i];
  const eisi_process_observed o = {p, a->evidence[i], s->ln_area, s->known->f_min,
                                   s->known->f_max};
  const double real = p->probability >= 0 && p->probability <= 1 ? p->probability : 1;
  double *w = a->w + i * a->n, *again = a->again + i * a->n, best;
  eisi_process_expected x;
  eisi_process_expect(&a->background, &a->background, s, &x);
  a->none[i] = log(real * a->background.present + 1 - real) +
               eisi_process_likelihood(&a->background, &a->background, &x, &o, NULL);
  best = a->none[i];
  for (size_t k = 0; k < a->n; k++) {
    const eisi_process_model *m = &a->model[a->possible[k]];
    w[k] = log(real) - seen[k] +
           eisi_process_likelihood(m, &a->background, &a->expected[k], &o, NULL);
    again[k] = m->again > 0 ? w[k] + log(m->again) : -HUGE_VAL;
    w[k] += odds[k];
    best = fmax(best, w[k]);
  }
  a->none[i] = fmax(exp(a->none[i] - best), LEAST_NONE);
  for (size_t k = 0; k < a->n; k++) {
    w[k] = exp(w[k] - best);
    again[k] = exp(again[k] - best);
  }
  return best;
}

/* Probability that one of the peaks hides a process. */
static double hidden(const assigner *a, size_t k, const eisi_process_state *s) {
  double open = 1;
  for (size_t i = 0; i < a->in->n_peaks && a->t->resolution > 0; i++) {
    const eisi_process_observed o = {.peak = a->peak[i], .ln_area = s->ln_area};
    open *= 1 - eisi_process_hidden(&a->expected[k], &o, a->t->resolution);
  }
  return 1 - open;
}

static double weigh(assigner *a, const eisi_process_state *s) {
  double odds[MOST_POSSIBLE], seen[MOST_POSSIBLE], scale = 0;
  for (size_t k = 0; k < a->n; k++) {
    const eisi_process_model *m = &a->model[a->possible[k]];
    eisi_process_expect(m, &a->background, s, &a->expected[k]);
    seen[k] = log(eisi_process_in_view(&a->expected[k], s->known));
    const double present = fmin(m->present * exp(seen[k]), 0.999);
    const double absent = log1p(-present * (1 - hidden(a, k, s)));
    odds[k] = log(present) - absent;
    scale += absent;
  }
  weigh_order(a);
  for (size_t i = 0; i < a->in->n_peaks; i++) scale += weigh_peak(a, i, s, odds, seen);
  return scale;
}

/* Moves all sums to a larger scale. */
static void rescale(assigner *a, double ln_scale) {
  const double f = exp(a->ln_scale - ln_scale);
  for (size_t i = 0; i < a->in->n_peaks * (a->t->n + 1); i++) a->posterior[i] *= f;
  for (size_t k = 0; k < a->t->n; k++) a->out->present[k] *= f;
  for (size_t k = 0; k < a->t->n_words; k++) a->word[k] *= f;
  a->sum *= f;
  for (int k = 0; k < 2; k++) {
    a->area[k] *= f;
    a->T[k] *= f;
  }
  a->ln_scale = ln_scale;
}

static void gather(assigner *a, double weight, uint64_t words, const eisi_process_state *s) {
  const size_t n = a->t->n;
  for (size_t i = 0; i < a->in->n_peaks; i++) {
    const double *p = a->part + i * (a->n + 1);
    for (size_t k = 0; k < a->n; k++) a->posterior[i * (n + 1) + a->possible[k]] += weight * p[k];
    a->posterior[i * (n + 1) + n] += weight * p[a->n];
  }
  for (size_t k = 0; k < a->n; k++) a->out->present[a->possible[k]] += weight * a->used[k];
  for (size_t k = 0; k < a->t->n_words; k++)
    if (words >> k & 1) a->word[k] += weight;
  a->sum += weight;
  a->area[0] += weight * s->ln_area;
  a->area[1] += weight * s->ln_area * s->ln_area;
  a->T[0] += weight * s->T;
  a->T[1] += weight * s->T * s->T;
}

static eis_status add_point(assigner *a, uint64_t words, double ln_prior,
                            const eisi_process_state *s) {
  double total;
  const double scale = weigh(a, s);
  const eisi_process_weights w = {.n_peaks = a->in->n_peaks, .n = a->n, .w = a->w,
                                  .again = a->again, .none = a->none, .order = a->order};
  const eis_status st = eisi_process_sum(&w, &total, a->part, a->used, a->err);
  if (st != EIS_OK || !(total > 0)) return st;
  const double ln = ln_prior + scale + log(total);
  if (ln > a->ln_scale) rescale(a, ln);
  gather(a, exp(ln - a->ln_scale), words, s);
  return EIS_OK;
}

/* ---- the integration ---- */

/* Nodes of a normal whose middle nine tenths are [low, high], or one node for a known value. */
static int nodes(double known, double low, double high, int most, double *x, double *ln_w) {
  const double sd = (high - low) / (2 * TENTHS), mean = (low + high) / 2;
  if (!isnan(known)) {
    x[0] = known;
    ln_w[0] = 0;
    return 1;
  }
  double sum = 0;
  for (int i = 0; i < most; i++) {
    const double u = 2.2 * (2.0 * i / (most - 1) - 1);
    x[i] = mean + sd * u;
    ln_w[i] = -u * u / 2;
    sum += exp(ln_w[i]);
  }
  for (int i = 0; i < most; i++) ln_w[i] -= log(sum);
  return most;
}

static eis_status resolve(assigner *a, uint64_t words) {
  a->n = 0;
  for (size_t k = 0; k < a->t->n; k++) {
    eisi_process_resolve(&a->t->row[k], words, &a->model[k]);
    if (a->model[k].present <= 0) continue;
    if (a->n == MOST_POSSIBLE)
      return eis_error_set(a->err, EIS_ERROR_INPUT,
                           "more than %d processes are possible in one cell: set 'present' of "
                           "some to 0",
                           (int)MOST_POSSIBLE);
    a->possible[a->n++] = k;
  }
  eisi_process_resolve(&a->t->background, words, &a->background);
  return EIS_OK;
}

static bool any_wetted(const assigner *a) {
  for (size_t k = 0; k < a->n; k++) {
    const eisi_process_model *m = &a->model[a->possible[k]];
    if (m->wetted[0] != 0 || m->wetted[1] != 0) return true;
  }
  return false;
}

static eis_status add_kind(assigner *a, uint64_t words, double ln_prior) {
  const eis_process_conditions *c = &a->in->conditions;
  double area[AREAS], T[TEMPERATURES], area_w[AREAS], T_w[TEMPERATURES];
  double wetted[WETTED], wetted_w[WETTED];
  const int n_area = nodes(log(c->area_m2), log(a->t->area[0]), log(a->t->area[1]), AREAS, area,
                           area_w);
  const int n_T = nodes(c->T, a->t->temperature[0], a->t->temperature[1], TEMPERATURES, T, T_w);
  eis_status st = resolve(a, words);
  const double half = log(a->t->wetted[1] / a->t->wetted[0]) / 2;
  const int n_wetted = nodes(any_wetted(a) ? NAN : 0, -half, half, WETTED, wetted, wetted_w);
  for (int i = 0; i < n_area * n_T * n_wetted && st == EIS_OK; i++) {
    const int l = i % n_wetted, k = i / n_wetted % n_T, j = i / n_wetted / n_T;
    const eisi_process_state s = {.ln_area = area[j], .T = fmax(T[k], 50), .known = c,
                                  .ln_wetted = wetted[l],
                                  .wetted_sd = n_wetted > 1 ? half / TENTHS : 0};
    st = add_point(a, words, ln_prior + area_w[j] + T_w[k] + wetted_w[l], &s);
  }
  return st;
}

/* All kinds of cells: one word of each group, the known one where it is known. */
static eis_status add_kinds(assigner *a, int group, uint64_t words, double ln_prior) {
  const eis_process_conditions *c = &a->in->conditions;
  const char *const known[EISI_GROUPS] = {c->electrolyte, c->anode, c->coating};
  if (group == EISI_GROUPS) return add_kind(a, words, ln_prior);
  bool any = false;
  for (size_t k = 0; k < a->t->n_words; k++) {
    const eisi_process_word *w = &a->t->word[k];
    if (w->group != group) continue;
    if (known[group] ? strcmp(known[group], w->text) != 0 : !(w->probability > 0)) continue;
    any = true;
    const eis_status st = add_kinds(a, group + 1, words | UINT64_C(1) << k,
                                    ln_prior + (known[group] ? 0 : log(w->probability)));
    if (st != EIS_OK) return st;
  }
  return any ? EIS_OK : add_kinds(a, group + 1, words, ln_prior);
}

/* ---- the result ---- */

static const char *best_word(const assigner *a, int group, double *probability) {
  const char *best = NULL;
  *probability = 0;
  for (size_t k = 0; k < a->t->n_words; k++)
    if (a->t->word[k].group == group && a->word[k] / a->sum > *probability) {
      *probability = a->word[k] / a->sum;
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
  spread(a->area, a->sum, &ln_area, &sd);
  out->area_m2 = exp(ln_area);
  out->area_factor = isnan(a->in->conditions.area_m2) ? exp(sd) : 1;
  spread(a->T, a->sum, &out->T, &out->T_error);
  if (!isnan(a->in->conditions.T)) out->T_error = 0;
  out->electrolyte = best_word(a, 0, &out->electrolyte_probability);
  out->anode = best_word(a, 1, &out->anode_probability);
  out->coating = best_word(a, 2, &out->coating_probability);
  for (size_t k = 0; k < n; k++) out->present[k] /= a->sum;
  for (size_t i = 0; i < a->in->n_peaks; i++)
    for (size_t k = 0; k <= n; k++)
      out->peak[a->place[i]].posterior[k] = a->posterior[i * (n + 1) + k] / a->sum;
}

/* Labels among the processes that have any probability. */
static eis_status decide(assigner *a) {
  const size_t n = a->t->n, m = a->in->n_peaks;
  size_t some[EISI_MOST_PROCESSES], n_some = 0;
  bool again[EISI_MOST_PROCESSES];
  int label[EISI_MOST_PEAKS];
  double p[EISI_MOST_PEAKS * (EISI_MOST_PROCESSES + 1)] = {0};
  for (size_t k = 0; k < n && n_some < MOST_POSSIBLE; k++) {
    double most = 0;
    for (size_t i = 0; i < m; i++) most = fmax(most, a->posterior[i * (n + 1) + k] / a->sum);
    again[n_some] = a->model[k].again > 0;
    if (most > 1e-3) some[n_some++] = k;
  }
  for (size_t i = 0; i < m; i++) {
    for (size_t k = 0; k < n_some; k++)
      p[i * (n_some + 1) + k] = a->posterior[i * (n + 1) + some[k]] / a->sum;
    p[i * (n_some + 1) + n_some] = a->posterior[i * (n + 1) + n] / a->sum;
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
  a->ln_scale = -HUGE_VAL;
  st = add_kinds(a, 0, 0, 0);
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
  a->t = t;
  a->in = in;
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
