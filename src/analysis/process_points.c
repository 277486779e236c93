/* process_points.c - the integration: over kinds of cells, temperatures, wetted areas and areas
   that are not known, and for each point of it over all assignments (process_sum.c). */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/process.h"

enum { MOST_POSSIBLE = 16, MOST_NODES = 7 };

/* An unassigned peak is at least this probable, relative to the best process: keeps sums in range.
 */
static const double LEAST_NONE = 1e-9;
/* Weights of less than this, relative to the best of the peak, are none. */
static const double LEAST_WEIGHT = 1e-8;
/* Points below e^-MOST_BELOW of the best one are left out. */
static const double MOST_BELOW = 17;
/* A kind of cell of less than this is not looked at in detail. */
static const double LEAST_KIND = .001;
static const double TENTHS = 1.6448536269514722;

/* A kind of cell: ln of its prior and, from the middle of temperature and wetted area, of its sum.
 */
typedef struct kind {
  uint64_t words;
  double ln_prior, ln_sum;
} kind;

typedef struct integral {
  const eisi_process_cell *c;
  eisi_process_sums *s;
  eisi_process_model model[MOST_POSSIBLE], background;
  size_t n, possible[MOST_POSSIBLE]; /* processes for this kind of cell */
  uint64_t words;                    /* of this kind */
  eisi_process_expected expected[MOST_POSSIBLE];
  double present[MOST_POSSIBLE];                  /* where the data are */
  eisi_process_pair *pair, *none_pair;            /* n_peaks x n; n_peaks */
  double *w, *again, *none, *order, *part, *used; /* see eisi_process_weights; part: of the sum */
  eisi_process_lattice lattice;
  struct kind *kind;
  size_t n_kinds;
  double top,
      *probe; /* ln of the best point so far; sum of a kind, when that is all that is wanted */
  eis_error *err;
} integral;

static eis_status make_room(integral *a) {
  const size_t m = a->c->n_peaks, k = MOST_POSSIBLE;
  a->pair = eisi_new(m * (k + 1), sizeof *a->pair, a->err);
  a->w = eisi_new(m * (3 * k + 2) + k * k + k, sizeof *a->w, a->err);
  if (!a->pair || !a->w) return EIS_ERROR_MEMORY;
  a->none_pair = a->pair + m * k;
  a->again = a->w + m * k;
  a->part = a->again + m * k;
  a->none = a->part + m * (k + 1);
  a->order = a->none + m;
  a->used = a->order + k * k;
  return EIS_OK;
}

/* ---- what is the same for all areas ---- */

/* Every pair at most `order` times against its order, as much as the windows leave that open. */
static void weigh_order(integral *a) {
  for (size_t i = 0; i < a->n; i++)
    for (size_t j = 0; j < a->n; j++) {
      const size_t k = a->possible[i], l = a->possible[j];
      const bool k_first = a->model[i].above >> l & 1, l_first = a->model[j].above >> k & 1;
      double *factor = &a->order[i * a->n + j]; /* k has the higher frequency */
      *factor = 1;
      if (k_first == l_first) continue;
      const eisi_process_expected *x = &a->expected[i], *y = &a->expected[j];
      const double p = eisi_process_cdf((x->mean[1] - y->mean[1]) / sqrt(x->cov[2] + y->cov[2]));
      const double ordered = k_first ? p : 1 - p, v = a->c->t->order;
      *factor = (k_first ? 1 : v) / (ordered + v * (1 - ordered));
    }
}

/* Every peak against every process, and against the background. */
static void pair_peak(integral *a, size_t i, const eisi_process_state *s, const double *seen) {
  const eis_drt_peak *p = a->c->peak[i];
  const eisi_process_observed o = {.peak = p, .evidence = a->c->evidence[i],
                                   .f_min = s->known->f_min, .f_max = s->known->f_max};
  const double real = p->probability >= 0 && p->probability <= 1 ? p->probability : 1;
  const eisi_process_model *none = &a->background;
  eisi_process_expected x;
  eisi_process_expect(none, none, s, &x);
  eisi_process_pair_up(none, none, &x, &o, &a->none_pair[i]);
  eisi_process_pair_scale(&a->none_pair[i], log(real * none->present + 1 - real));
  for (size_t k = 0; k < a->n; k++) {
    eisi_process_pair *pair = &a->pair[i * a->n + k];
    eisi_process_pair_up(&a->model[k], none, &a->expected[k], &o, pair);
    eisi_process_pair_scale(pair, log(real) - seen[k]);
    eisi_process_pair_hide(&a->expected[k], &o, a->c->t->resolution, pair);
  }
}

static void pair_all(integral *a, const eisi_process_state *s) {
  double seen[MOST_POSSIBLE];
  for (size_t k = 0; k < a->n; k++) {
    eisi_process_expect(&a->model[k], &a->background, s, &a->expected[k]);
    const double view = eisi_process_in_view(&a->expected[k], s->known);
    seen[k] = log(view);
    a->present[k] = fmin(a->model[k].present * view, 0.999);
  }
  weigh_order(a);
  for (size_t i = 0; i < a->c->n_peaks; i++) pair_peak(a, i, s, seen);
}

/* ---- one area ---- */

/* Weights of peak i; their scale is returned (ln), their sum multiplies *bound. */
static double weigh_peak(integral *a, size_t i, double ln_area, const double *odds, double *bound) {
  double *w = a->w + i * a->n, *again = a->again + i * a->n;
  double term[MOST_POSSIBLE + 1][EISI_PAIR_TERMS], best = -HUGE_VAL, sum = 0;
  for (size_t k = 0; k <= a->n; k++) {
    const eisi_process_pair *pair = k < a->n ? &a->pair[i * a->n + k] : &a->none_pair[i];
    best = fmax(best, eisi_process_pair_terms(pair, ln_area, term[k]));
  }
  for (size_t k = 0; k <= a->n; k++) {
    double x = 0;
    for (int q = 0; q < EISI_PAIR_TERMS; q++)
      if (term[k][q] - best > -26) x += exp(term[k][q] - best);
    if (k == a->n) {
      a->none[i] = fmax(x, LEAST_NONE);
      break;
    }
    w[k] = x * odds[k] < LEAST_WEIGHT ? 0 : x * odds[k];
    again[k] = x < LEAST_WEIGHT ? 0 : x * a->model[k].again;
    sum += w[k] + again[k];
  }
  *bound *= sum + a->none[i];
  return best;
}

/* ln of the sum's scale; *bound: ln of what the sum can be at most, for usual orders. */
static double weigh(integral *a, double ln_area, double *bound) {
  double odds[MOST_POSSIBLE], absent = 1, scale = 0, most = 1;
  const size_t m = a->c->n_peaks;
  for (size_t k = 0; k < a->n; k++) {
    double open = 1; /* none of the peaks hides it */
    for (size_t i = 0; i < m; i++)
      open *= 1 - eisi_process_pair_hides(&a->pair[i * a->n + k], ln_area);
    const double out = 1 - a->present[k] * open;
    odds[k] = a->present[k] / out;
    absent *= out;
  }
  for (size_t i = 0; i < m; i++) scale += weigh_peak(a, i, ln_area, odds, &most);
  scale += log(absent);
  *bound = scale + log(most);
  if (m > 1) *bound -= (double)(m * (m - 1)) / 2 * log(a->c->t->order);
  return scale;
}

/* Moves all sums to a larger scale. */
static void rescale(integral *a, double ln_scale) {
  eisi_process_sums *s = a->s;
  const size_t n = a->c->t->n;
  const double f = exp(s->ln_scale - ln_scale);
  for (size_t i = 0; i < a->c->n_peaks * (n + 1); i++) s->posterior[i] *= f;
  for (size_t k = 0; k < n; k++) s->present[k] *= f;
  for (size_t k = 0; k < a->c->t->n_words; k++) s->word[k] *= f;
  s->sum *= f;
  for (int k = 0; k < 2; k++) {
    s->area[k] *= f;
    s->T[k] *= f;
    s->wetted[k] *= f;
  }
  s->ln_scale = ln_scale;
}

static void add_moments(double moment[2], double weight, double x) {
  moment[0] += weight * x;
  moment[1] += weight * x * x;
}

static void gather(integral *a, double weight, const eisi_process_state *state) {
  eisi_process_sums *s = a->s;
  const size_t n = a->c->t->n;
  for (size_t i = 0; i < a->c->n_peaks; i++) {
    const double *p = a->part + i * (a->n + 1);
    for (size_t k = 0; k < a->n; k++) s->posterior[i * (n + 1) + a->possible[k]] += weight * p[k];
    s->posterior[i * (n + 1) + n] += weight * p[a->n];
  }
  for (size_t k = 0; k < a->n; k++) s->present[a->possible[k]] += weight * a->used[k];
  for (size_t k = 0; k < a->c->t->n_words; k++)
    if (a->words >> k & 1) s->word[k] += weight;
  s->sum += weight;
  add_moments(s->area, weight, state->ln_area);
  add_moments(s->T, weight, state->T);
  add_moments(s->wetted, weight, state->ln_wetted);
}

/* ln(e^x + e^y) */
static double add_ln(double x, double y) {
  const double top = fmax(x, y);
  return isinf(top) ? top : top + log(exp(x - top) + exp(y - top));
}

static eis_status add_area(integral *a, double ln_prior, const eisi_process_state *s) {
  double total, bound;
  const double scale = weigh(a, s->ln_area, &bound);
  if (ln_prior + bound < a->top - MOST_BELOW) return EIS_OK;
  const eisi_process_weights w = {.n_peaks = a->c->n_peaks, .n = a->n, .w = a->w,
                                  .again = a->again, .none = a->none, .order = a->order};
  const eis_status st = eisi_process_sum(&w, &a->lattice, &total, a->part, a->used, a->err);
  if (st != EIS_OK || !(total > 0)) return st;
  const double ln = ln_prior + scale + log(total);
  a->top = fmax(a->top, ln);
  if (a->probe) {
    *a->probe = add_ln(*a->probe, ln);
    return EIS_OK;
  }
  if (ln > a->s->ln_scale) rescale(a, ln);
  gather(a, exp(ln - a->s->ln_scale), s);
  return EIS_OK;
}

/* ---- all points ---- */

typedef struct nodes {
  int n;
  double x[MOST_NODES], ln_w[MOST_NODES];
} nodes;

/* Number of nodes and how many sd they reach. */
typedef struct spacing {
  int n;
  double reach;
} spacing;

/* When only the wetted area is open, and when many things are. */
typedef struct grid {
  spacing area, T, wetted;
} grid;
static const grid fine = {{1, 0}, {1, 0}, {5, 2.2}}, coarse = {{7, 2.2}, {3, 1.5}, {3, 1.5}};

/* Nodes of a normal whose middle nine tenths are [low, high], from the middle outwards, or one node
   for a known value. */
static nodes nodes_of(double known, double low, double high, const spacing *sp) {
  const double sd = (high - low) / (2 * TENTHS), mean = (low + high) / 2;
  nodes g = {.n = isnan(known) ? sp->n : 1, .x = {known}};
  double sum = 0;
  for (int i = 0; i < g.n && isnan(known); i++) {
    const double u = sp->reach * 2 / (sp->n - 1) * ((i + 1) / 2 * (i % 2 ? 1 : -1));
    g.x[i] = mean + sd * u;
    g.ln_w[i] = -u * u / 2;
    sum += exp(g.ln_w[i]);
  }
  for (int i = 0; i < g.n && isnan(known); i++) g.ln_w[i] -= log(sum);
  return g;
}

static void only_middle(nodes *g) {
  g->n = 1;
  g->ln_w[0] = 0;
}

/* See eis_process_input. */
static const double RARE = 0.05, EVEN = 0.5;

static eis_status resolve(integral *a) {
  const eis_process_table *t = a->c->t;
  a->n = 0;
  for (size_t k = 0; k < t->n; k++) {
    eisi_process_model m;
    eisi_process_resolve(&t->row[k], a->words, &m);
    if (m.present <= 0) continue;
    if (a->c->even && m.present >= RARE) m.present = EVEN;
    if (a->n == MOST_POSSIBLE)
      return eis_error_set(a->err, EIS_ERROR_INPUT,
                           "more than %d processes are possible in one cell: set 'present' of "
                           "some to 0",
                           (int)MOST_POSSIBLE);
    a->model[a->n] = m;
    a->possible[a->n++] = k;
  }
  eisi_process_resolve(&t->background, a->words, &a->background);
  return EIS_OK;
}

static bool any_wetted(const integral *a) {
  for (size_t k = 0; k < a->n; k++)
    if (a->model[k].wetted[0] != 0 || a->model[k].wetted[1] != 0) return true;
  return false;
}

/* With middle, temperature and wetted area are those in the middle. */
static eis_status add_kind(integral *a, const kind *q, bool middle) {
  const eis_process_conditions *c = a->c->known;
  const eis_process_table *t = a->c->t;
  a->words = q->words;
  eis_status st = resolve(a);
  if (st != EIS_OK) return st;
  const double half = log(t->wetted[1] / t->wetted[0]) / 2;
  const grid *g = a->n_kinds > 1 || isnan(c->area_m2) || isnan(c->T) ? &coarse : &fine;
  nodes area = nodes_of(log(c->area_m2), log(t->area[0]), log(t->area[1]), &g->area);
  nodes T = nodes_of(c->T, t->temperature[0], t->temperature[1], &g->T);
  nodes wetted = nodes_of(any_wetted(a) ? NAN : 0, -half, half, &g->wetted);
  const double sd = wetted.n > 1 ? half / TENTHS : 0;
  if (middle) only_middle(&T);
  if (middle) only_middle(&wetted);
  for (int i = 0; i < T.n * wetted.n; i++) {
    const int k = i / wetted.n, l = i % wetted.n;
    eisi_process_state s = {.T = fmax(T.x[k], 50), .known = c, .ln_wetted = wetted.x[l],
                            .wetted_sd = sd};
    pair_all(a, &s);
    for (int j = 0; j < area.n && st == EIS_OK; j++) {
      s.ln_area = area.x[j];
      st = add_area(a, q->ln_prior + area.ln_w[j] + T.ln_w[k] + wetted.ln_w[l], &s);
    }
  }
  return st;
}

/* All kinds of cells: one word of each group, the known one where it is known. */
static eis_status list_kinds(integral *a, int group, uint64_t words, double ln_prior) {
  const eis_process_conditions *c = a->c->known;
  const eis_process_table *t = a->c->t;
  const char *const known[EISI_GROUPS] = {c->electrolyte, c->anode, c->coating};
  if (group == EISI_GROUPS) {
    const eis_status st = eisi_grow(&a->kind, a->n_kinds, a->n_kinds + 1, sizeof *a->kind, a->err);
    if (st == EIS_OK) a->kind[a->n_kinds++] = (kind){words, ln_prior, -HUGE_VAL};
    return st;
  }
  bool any = false;
  for (size_t k = 0; k < t->n_words; k++) {
    const eisi_process_word *w = &t->word[k];
    if (w->group != group) continue;
    if (known[group] ? strcmp(known[group], w->text) != 0 : !(w->probability > 0)) continue;
    any = true;
    const eis_status st = list_kinds(a, group + 1, words | UINT64_C(1) << k,
                                     ln_prior + (known[group] ? 0 : log(w->probability)));
    if (st != EIS_OK) return st;
  }
  return any ? EIS_OK : list_kinds(a, group + 1, words, ln_prior);
}

/* Kinds that are improbable in the middle of temperature and wetted area stay there. */
static eis_status add_kinds(integral *a) {
  double all = -HUGE_VAL;
  eis_status st = list_kinds(a, 0, 0, 0);
  for (size_t k = 0; k < a->n_kinds && a->n_kinds > 1 && st == EIS_OK; k++) {
    a->probe = &a->kind[k].ln_sum;
    st = add_kind(a, &a->kind[k], true);
    all = add_ln(all, a->kind[k].ln_sum);
  }
  a->probe = NULL;
  for (size_t k = 0; k < a->n_kinds && st == EIS_OK; k++)
    st = add_kind(a, &a->kind[k], a->kind[k].ln_sum < all + log(LEAST_KIND));
  return st;
}

eis_status eisi_process_integrate(const eisi_process_cell *c, eisi_process_sums *s,
                                  eis_error *err) {
  integral *a = eisi_new(1, sizeof *a, err);
  if (!a) return EIS_ERROR_MEMORY;
  a->c = c;
  a->s = s;
  a->err = err;
  s->ln_scale = a->top = -HUGE_VAL;
  eis_status st = make_room(a);
  if (st == EIS_OK) st = add_kinds(a);
  eisi_process_lattice_clear(&a->lattice);
  free(a->kind);
  free(a->pair);
  free(a->w);
  free(a);
  return st;
}
