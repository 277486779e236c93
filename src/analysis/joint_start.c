/* joint_start.c - start values of a joint fit: single fits, laws regressed on them, several starts
   on a thinned campaign, the best of them on all of it. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/joint_arcs.h"
#include "analysis/joint_single.h"

enum { THIN_SPECTRA = 24, THIN_POINTS = 16, FINALISTS = 3, RANDOM_STARTS = 24, MOST_STARTS = 1000 };

/* ---- starts of single slots ---- */

static double inside(const eisi_slot *s, double p) { return fmin(fmax(p, s->lower), s->upper); }

/* Natural start of a shared slot, before regression. */
static double plain_start(const eisi_joint *j, const eisi_singles *singles, const eisi_slot *s) {
  if (!isnan(s->start)) return s->start;
  double v = NAN;
  if (s->reference && singles->of[s->param] >= 0)
    v = eisi_singles_median(singles, j->n, singles->of[s->param]);
  if (s->reference && isnan(v)) v = j->c->param[s->param].spec->start;
  for (int r = 0; !s->reference && r < j->n_rules; r++)
    for (int l = 0; l < j->rule[r].n_links; l++)
      for (int k = 0; k < j->rule[r].link[l].law->n_pars; k++)
        if (j->rule[r].param == s->param &&
            !strcmp(j->rule[r].link[l].law->par[k].name, s->law_par))
          v = j->rule[r].link[l].law->par[k].start;
  return inside(s, isnan(v) ? 0 : v);
}

static void plain_starts(const eisi_joint *j, const eisi_singles *singles, double *x) {
  for (int s = 0; s < j->n_slots; s++) {
    const eisi_slot *a = &j->slot[s];
    const double v = eisi_slot_internal(a, plain_start(j, singles, a));
    const size_t times = a->reach == EISI_LOCAL   ? j->n
                         : a->reach == EISI_GROUP ? (size_t)a->n_groups
                                                  : 1;
    for (size_t k = 0; k < times; k++)
      x[a->reach == EISI_LOCAL ? j->ns + k * j->nl + a->at : a->at + k] = v;
  }
}

/* Own reference values: what the single fit gives, without the factors of the law. */
static void own_starts(const eisi_joint *j, const eisi_singles *singles, double *x) {
  double own[64], *p = eisi_joint_room(j, (size_t)j->c->n_params);
  for (size_t i = 0; i < j->n; i++) {
    eisi_joint_gather(j, i, x, own);
    const bool known = eisi_joint_params(j, i, own, p, NULL);
    for (int s = j->n_shared_slots; s < j->n_slots; s++) {
      const eisi_slot *a = &j->slot[s];
      const int k = a->reference ? singles->of[a->param] : -1;
      const double v = k < 0 ? NAN : singles->p[i * (size_t)singles->c->n_params + (size_t)k];
      if (!isfinite(v) || !isnan(a->start)) continue;
      const double now = eisi_slot_natural(a, own[s]);
      const double wanted = known && a->log && p[a->param] > 0 ? now * v / p[a->param] : v;
      x[j->ns + i * j->nl + a->at] = eisi_slot_internal(a, inside(a, wanted));
    }
  }
}

/* ---- regression of the laws on the single fits ---- */

typedef struct regression {
  const eisi_joint *j;
  const eisi_singles *singles;
  double *full; /* all of x; the shared part is what is looked for */
  const double *x0;
  double *p, *D;
  size_t every, m;
} regression;

/* Parameters that a law with shared numbers has to hit. */
static bool is_target(const regression *g, const eisi_rule *r) {
  if (r->tie >= 0 || g->singles->of[r->param] < 0) return false;
  return r->ref < 0 || g->j->slot[r->ref].reach != EISI_LOCAL;
}

static const double bend = 0.3; /* of ln p: beyond, a single fit counts less */

static size_t add_target(const regression *g, size_t i, int param, size_t at, double *r,
                         double *J) {
  const eisi_joint *j = g->j;
  const bool log_scale = j->c->param[param].spec->scale == EIS_SCALE_LOG;
  const double want =
      g->singles->p[i * (size_t)g->singles->c->n_params + (size_t)g->singles->of[param]];
  const double v = g->p[param], unit = log_scale ? v : 1;
  double d = isfinite(want) ? (log_scale ? log(v / want) : v - want) : 0;
  const double t = d / bend, root = sqrt(1 + t * t), size = bend * sqrt(2 * (root - 1));
  const double slope = !isfinite(want)  ? 0
                       : fabs(t) < 1e-6 ? 1
                                        : bend * bend * t / bend / (size * root);
  r[at] = d < 0 ? -size : size;
  for (size_t q = 0; J && q < j->ns; q++) J[q * g->m + at] = 0;
  for (int s = 0; J && s < j->n_shared_slots; s++)
    J[(size_t)j->map[i * (size_t)j->n_shared_slots + (size_t)s] * g->m + at] +=
        fabs(slope) * g->D[(size_t)param * (size_t)j->n_slots + (size_t)s] / unit;
  return at + 1;
}

static bool regression_eval(void *ctx, const double *x, double *r, double *J) {
  regression *g = ctx;
  const eisi_joint *j = g->j;
  double own[64];
  size_t at = 0;
  memcpy(g->full, x, j->ns * sizeof *x);
  for (size_t i = 0; i < j->n; i += g->every) {
    eisi_joint_gather(j, i, g->full, own);
    if (!eisi_joint_params(j, i, own, g->p, g->D)) return false;
    for (int k = 0; k < j->n_rules; k++)
      if (is_target(g, &j->rule[k])) at = add_target(g, i, j->rule[k].param, at, r, J);
  }
  for (size_t q = 0; q < j->ns; q++, at++) { /* what nothing hangs on stays where it is */
    r[at] = 1e-3 * (x[q] - g->x0[q]);
    for (size_t c = 0; J && c < j->ns; c++) J[c * g->m + at] = c == q ? 1e-3 : 0;
  }
  return true;
}

static eis_status regress(const eisi_joint *j, const eisi_singles *singles, double *x,
                          eis_error *err) {
  size_t targets = 0;
  regression g = {.j = j, .singles = singles, .full = x, .every = j->n > 200 ? j->n / 200 : 1};
  for (int k = 0; k < j->n_rules; k++) targets += is_target(&g, &j->rule[k]);
  g.m = ((j->n + g.every - 1) / g.every) * targets + j->ns;
  if (!targets || !j->ns) return EIS_OK;
  double *room = eisi_joint_room(j, 2 * j->ns + (size_t)j->c->n_params * (size_t)(j->n_slots + 1));
  eis_lsq *work = NULL;
  eis_lsq_info info;
  eis_status st = eis_lsq_new(g.m, j->ns, &work, err);
  if (st == EIS_OK) {
    double *x0 = room, *best = room + j->ns;
    g.x0 = x0;
    g.p = room + 2 * j->ns;
    g.D = g.p + j->c->n_params;
    memcpy(x0, x, j->ns * sizeof *x);
    memcpy(best, x, j->ns * sizeof *x);
    eis_lsq_options o = eis_lsq_options_default();
    o.max_iter = 60;
    o.step_max = 2;
    const eis_lsq_problem prob = {.m = g.m, .n = j->ns, .eval = regression_eval, .ctx = &g,
                                  .lower = j->lower, .upper = j->upper};
    st = eis_lsq_run(work, &prob, &o, best, &info, NULL);
    memcpy(x, st == EIS_OK ? best : x0, j->ns * sizeof *x);
    st = EIS_OK; /* without the laws' help the starts are as good as they were */
  }
  eis_lsq_free(work);
  return st;
}

/* ---- space charge: guesses from resistance, capacitance and potential ---- */

typedef struct layer {
  int theta, E_fb, n0, CH, RF; /* slots, -1 = not fitted */
  const double *E;
  double area, eps_r, R_low, C_high, E_low, E_high;
} layer;

static int reference_of(const eisi_joint *j, int param) {
  for (int r = 0; r < j->n_rules; r++)
    if (j->rule[r].param == param) return j->rule[r].ref;
  return -1;
}

static int ascending(const void *a, const void *b) {
  const double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

/* Parameter k of the single fits that a fraction of the spectra are below; some fits are nonsense,
   so the extremes are not asked for. */
static double quantile(const eisi_joint *j, const eisi_singles *s, int k, double fraction) {
  double *v = eisi_joint_room(j, j->n), found = NAN;
  size_t n = 0;
  for (size_t i = 0; i < j->n; i++) {
    const double p = s->p[i * (size_t)s->c->n_params + (size_t)k];
    if (isfinite(p)) v[n++] = p;
  }
  if (n) {
    qsort(v, n, sizeof *v, ascending);
    found = v[(size_t)(fraction * (double)(n - 1) + 0.5)];
  }
  return found;
}

static bool find_layer(const eisi_joint *j, const eisi_singles *singles, layer *a) {
  *a = (layer){.theta = -1, .E_fb = -1, .RF = -1, .area = 1e-4};
  for (int r = 0; r < j->n_rules; r++) {
    const eisi_link *l = &j->rule[r].link[0];
    if (j->rule[r].n_links != 1 || l->law->n_inputs != 5) continue;
    const eis_circuit_element *e = &j->c->element[j->c->param[j->rule[r].param].element];
    a->theta = l->slot[0];
    a->E_fb = l->slot[1];
    a->E = l->x;
    a->n0 = reference_of(j, l->in[1]);
    a->CH = reference_of(j, l->in[4]);
    a->eps_r = j->constant[l->in[0]];
    for (int k = 0; k < e->type->n_params; k++) {
      const char *suffix = e->type->param[k].suffix;
      if (!strcmp(suffix, "RF")) a->RF = reference_of(j, e->first_param + k);
      if (strcmp(suffix, "area")) continue;
      a->area = j->constant[e->first_param + k];
      for (int q = 0; q < j->n_rules; q++)
        if (j->rule[q].param == e->first_param + k && j->rule[q].n_links)
          a->area = j->rule[q].link[0].x[0];
    }
  }
  if (!a->E || singles->R < 0) return false;
  a->R_low = quantile(j, singles, singles->R, 0.15) * a->area;
  a->C_high = quantile(j, singles, singles->C, 0.8) / a->area;
  a->E_low = a->E_high = a->E[0];
  for (size_t i = 1; i < j->n; i++) {
    a->E_low = fmin(a->E_low, a->E[i]);
    a->E_high = fmax(a->E_high, a->E[i]);
  }
  return isfinite(a->R_low) && isfinite(a->C_high);
}

static void put(const eisi_joint *j, int slot, double v, double *x) {
  if (slot < 0) return;
  const eisi_slot *s = &j->slot[slot];
  if (s->reach == EISI_LOCAL || s->fixed || !isnan(s->start)) return;
  for (int g = 0; g < (s->reach == EISI_GROUP ? s->n_groups : 1); g++)
    x[s->at + (size_t)g] = eisi_slot_internal(s, inside(s, v));
}

/* theta, flat band within the span of potentials, share of the layer in the smallest resistance and
   in the largest capacitance */
static const double guesses[][4] = {
    {0.5, 0.5, 0.5, 0.5},  {0.8, 0.5, 0.5, 0.5},   {0.3, 0.2, 0.5, 0.5},  {0.5, -0.1, 0.9, 0.5},
    {0.8, 0.1, 0.9, 0.8},  {0.3, -0.5, 0.5, 0.2},  {0.6, 0.8, 0.9, 0.5},  {0.6, 0.3, 0.9, 0.2},
    {-0.5, 0.5, 0.5, 0.5}, {-0.8, 0.9, 0.9, 0.5},  {-0.3, 1.2, 0.5, 0.5}, {1.0, 0.4, 0.2, 0.5}};
enum { N_GUESSES = sizeof guesses / sizeof guesses[0] };

static void guess_layer(const eisi_joint *j, const layer *a, int k, double *x) {
  const double *g = guesses[k % N_GUESSES], span = fmax(a->E_high - a->E_low, 0.1);
  /* eps/lambda0 = sqrt(eps0 eps_r n0 e^2/(kB T)); at 298 K: n0 = (C lambda0/eps)^2 ... */
  const double C_layer = a->C_high / g[3], C_compact = a->C_high / fmax(1 - g[3], 0.05);
  const double n0 =
      C_layer * C_layer * 1.380649e-23 * 298.15 / (8.8541878128e-12 * a->eps_r * 2.56697e-38);
  put(j, a->theta, g[0], x);
  put(j, a->E_fb, a->E_low + g[1] * span, x);
  put(j, a->n0, n0, x);
  put(j, a->CH, C_compact, x);
  put(j, a->RF, g[2] * a->R_low, x);
}

/* ---- a thinned campaign ---- */

typedef struct thin {
  eis_joint_data data;
  eis_spectrum *spectrum;
  const eis_spectrum **pointer;
  eis_joint_column *column;
  double *number;
  const char **text;
  size_t *of; /* spectrum of the full campaign */
} thin;

static void thin_clear(thin *t) {
  for (size_t i = 0; t->spectrum && i < t->data.n; i++) eis_spectrum_clear(&t->spectrum[i]);
  free(t->spectrum);
  free(t->pointer);
  free(t->column);
  free(t->number);
  free(t->text);
  free(t->of);
}

/* Enough points to be worth more than the unknowns of the spectrum. */
static eis_status thin_spectrum(const eis_spectrum *from, size_t points, eis_spectrum *to,
                                eis_error *err) {
  eis_status st = eis_spectrum_copy(to, from, err);
  bool *keep = st == EIS_OK ? eisi_new(from->n, sizeof *keep, err) : NULL;
  if (!keep) return st ? st : EIS_ERROR_MEMORY;
  const double step = from->n > points ? (double)(from->n - 1) / (double)(points - 1) : 1;
  for (size_t k = 0; k < from->n; k++) keep[(size_t)lround(floor((double)k / step) * step)] = true;
  eis_spectrum_filter(to, keep);
  free(keep);
  return EIS_OK;
}

static eis_status thin_init(thin *t, const eisi_joint *j, eis_error *err) {
  const eis_joint_data *d = j->data;
  const size_t n = d->n < THIN_SPECTRA ? d->n : THIN_SPECTRA, points = THIN_POINTS + (size_t)j->nl;
  *t = (thin){.data = {.n = n, .n_columns = d->n_columns}};
  t->spectrum = eisi_new(n, sizeof *t->spectrum, err);
  t->pointer = eisi_new(n, sizeof *t->pointer, err);
  t->column = eisi_new(d->n_columns + 1, sizeof *t->column, err);
  t->number = eisi_new(n * (d->n_columns + 1), sizeof *t->number, err);
  t->text = eisi_new(n * (d->n_columns + 1), sizeof *t->text, err);
  t->of = eisi_new(n, sizeof *t->of, err);
  if (!t->spectrum || !t->pointer || !t->column || !t->number || !t->text || !t->of)
    return EIS_ERROR_MEMORY;
  for (size_t i = 0; i < n; i++) {
    t->of[i] = n > 1 ? i * (d->n - 1) / (n - 1) : 0;
    const eis_status st = thin_spectrum(d->spectrum[t->of[i]], points, &t->spectrum[i], err);
    if (st != EIS_OK) return st;
    t->pointer[i] = &t->spectrum[i];
  }
  for (size_t c = 0; c < d->n_columns; c++) {
    const eis_joint_column *from = &d->column[c];
    t->column[c] = (eis_joint_column){from->name, from->number ? t->number + c * n : NULL,
                                      from->text ? t->text + c * n : NULL};
    for (size_t i = 0; i < n; i++) {
      if (from->number) t->number[c * n + i] = from->number[t->of[i]];
      if (from->text) t->text[c * n + i] = from->text[t->of[i]];
    }
  }
  t->data.spectrum = t->pointer;
  t->data.column = t->column;
  return EIS_OK;
}

/* Shared numbers and own ones between the campaign and its thinned form, by slot and group. */
static int group_named(const eisi_slot *s, const char *name) {
  for (int g = 0; g < s->n_groups; g++)
    if (strcmp(s->group_name[g], name) == 0) return g;
  return -1;
}

static void to_thin(const eisi_joint *j, const eisi_joint *small, const thin *t, const double *x,
                    double *y) {
  for (int s = 0; s < small->n_slots; s++) {
    const eisi_slot *a = &small->slot[s], *b = &j->slot[s];
    if (a->reach == EISI_SHARED) y[a->at] = x[b->at];
    for (int g = 0; g < a->n_groups; g++)
      y[a->at + (size_t)g] = x[b->at + (size_t)group_named(b, a->group_name[g])];
    for (size_t i = 0; a->reach == EISI_LOCAL && i < small->n; i++)
      y[small->ns + i * small->nl + a->at] = x[j->ns + t->of[i] * j->nl + b->at];
  }
}

static void from_thin(const eisi_joint *j, const eisi_joint *small, const double *y, double *x) {
  for (int s = 0; s < small->n_slots; s++) {
    const eisi_slot *a = &small->slot[s], *b = &j->slot[s];
    if (a->reach == EISI_SHARED) x[b->at] = y[a->at];
    for (int g = 0; g < b->n_groups; g++) {
      const int k = group_named(a, b->group_name[g]);
      x[b->at + (size_t)g] = y[a->at + (size_t)(k < 0 ? 0 : k)];
    }
  }
}

/* ---- all together ---- */

typedef struct candidate {
  double S, *x;
  int times; /* starts that ended there */
} candidate;

static void keep_best(candidate *best, double S, const double *x, size_t size) {
  int at = FINALISTS;
  for (int k = 0; k < FINALISTS; k++)
    if (fabs(S - best[k].S) <= 1e-4 * S) { /* the same optimum */
      best[k].times++;
      return;
    }
  while (at > 0 && S < best[at - 1].S) at--;
  if (at == FINALISTS) return;
  double *room = best[FINALISTS - 1].x;
  for (int k = FINALISTS - 1; k > at; k--) best[k] = best[k - 1];
  best[at] = (candidate){S, room, 1};
  memcpy(room, x, size * sizeof *x);
}

/* Numbers of laws other than references back to where they start without data. */
static void forget_laws(const eisi_joint *j, const eisi_singles *singles, double *x) {
  for (int s = 0; s < j->n_shared_slots; s++) {
    const eisi_slot *a = &j->slot[s];
    if (!a->reference) x[a->at] = eisi_slot_internal(a, plain_start(j, singles, a));
  }
}

/* Every second one has its arcs elsewhere. */
static void scatter(const eisi_joint *j, const eisi_singles *singles, uint64_t seed, int k,
                    double *x) {
  eisi_rng rng;
  eisi_rng_seed(&rng, seed, (uint64_t)k);
  if (k % 2) {
    layer l;
    forget_laws(j, singles, x);
    if (find_layer(j, singles, &l)) guess_layer(j, &l, k / 2, x);
    eisi_joint_draw_arcs(j, &rng, x);
    return;
  }
  for (int s = 0; s < j->n_shared_slots; s++) {
    const eisi_slot *a = &j->slot[s];
    const double width = a->log ? 0.8 : a->resolution > 0 ? a->resolution : 0;
    for (int g = 0; g < (a->reach == EISI_GROUP ? a->n_groups : 1); g++) {
      double *v = &x[a->at + (size_t)g];
      if (!a->fixed)
        *v = fmin(fmax(*v + width * eisi_rng_normal(&rng), j->lower[a->at]), j->upper[a->at]);
    }
  }
}

typedef struct starter {
  eisi_joint *j, *small;
  const eisi_singles *singles;
  const thin *t;
  const eis_joint_options *opt;
  double deadline;
  candidate best[FINALISTS];
  int tried;
} starter;

/* Start k into x (full size): the regression, guesses of the layer, then scattered ones. */
static void make_start(const starter *a, const double *x0, int k, double *x) {
  const eisi_joint *j = a->j;
  layer l;
  const bool scl = find_layer(j, a->singles, &l);
  memcpy(x, x0, eisi_joint_size(j) * sizeof *x);
  if (scl) guess_layer(j, &l, k, x);
  if (k >= (scl ? (int)N_GUESSES : 1)) scatter(j, a->singles, a->opt->seed, k, x);
}

static eis_status try_starts(starter *a, const double *x0, double *x, double *y, eis_error *err) {
  layer l;
  int wanted = a->opt->starts;
  if (wanted == 0) wanted = RANDOM_STARTS + (find_layer(a->j, a->singles, &l) ? (int)N_GUESSES : 1);
  if (wanted > MOST_STARTS) wanted = MOST_STARTS;
  eis_status last = EIS_ERROR_NUMERIC;
  for (int k = 0; k < wanted; k++) {
    eis_lsq_options o = eis_lsq_options_default();
    eisi_joint_info info;
    if (a->tried && isfinite(a->deadline) && eisi_now() > a->deadline) break;
    o.max_iter = 80;
    o.dtol = 1e-2;
    o.step_max = 1.5;
    o.deadline_s = a->deadline;
    o.S_hopeless = a->best[0].S * 4;
    make_start(a, x0, k, x);
    to_thin(a->j, a->small, a->t, x, y);
    eis_error inner = EIS_ERROR_INIT;
    const eis_status st = eisi_joint_solve(a->small, &o, y, &info, &inner);
    if (st == EIS_ERROR_MEMORY) return eis_error_set(err, st, "%s", inner.text);
    if (st != EIS_OK) continue;
    a->tried++;
    last = EIS_OK;
    keep_best(a->best, info.S, y, eisi_joint_size(a->small));
  }
  if (last == EIS_OK) return EIS_OK;
  return eis_error_set(err, EIS_ERROR_NUMERIC,
                       "the joint model can't be evaluated at any of %d starts: the laws "
                       "lead out of the range of their parameters; give start values in [joint]",
                       wanted);
}

/* The finalists on all data. */
static eis_status finish(starter *a, const double *x0, double *x, double *trial,
                         eisi_joint_search *out, eis_error *err) {
  const size_t all = eisi_joint_size(a->j);
  *out = (eisi_joint_search){.tried = a->tried, .second_S = NAN, .info = {.S = INFINITY}};
  for (int k = 0; k < FINALISTS && isfinite(a->best[k].S); k++) {
    eis_lsq_options o = eis_lsq_options_default();
    eisi_joint_info info;
    o.max_iter = 300;
    o.step_max = 2;
    o.deadline_s = a->deadline;
    o.S_hopeless = k ? out->info.S * 1.5 : INFINITY;
    memcpy(trial, x0, all * sizeof *trial);
    from_thin(a->j, a->small, a->best[k].x, trial);
    own_starts(a->j, a->singles, trial);
    eis_error inner = EIS_ERROR_INIT;
    eis_status st = eisi_joint_solve(a->j, &o, trial, &info, &inner);
    bool better = true;
    for (int round = 0; st == EIS_OK && round < 3; round++) {
      st = eisi_joint_repair(a->j, trial, &better, &inner);
      if (st != EIS_OK || !better) break;
      st = eisi_joint_solve(a->j, &o, trial, &info, &inner);
    }
    if (st == EIS_ERROR_MEMORY) return eis_error_set(err, st, "%s", inner.text);
    if (st != EIS_OK) continue;
    const bool same = fabs(info.S - out->info.S) <= 1e-6 * info.S;
    if (same) out->agreed += a->best[k].times;
    if (!same && isfinite(out->info.S))
      out->second_S =
          fmin(isnan(out->second_S) ? INFINITY : out->second_S, fmax(info.S, out->info.S));
    if (!(info.S < out->info.S)) continue;
    if (!same) out->agreed = a->best[k].times;
    out->info = info;
    memcpy(x, trial, all * sizeof *x);
  }
  if (isfinite(out->info.S)) return EIS_OK;
  return eis_error_set(err, EIS_ERROR_NUMERIC,
                       "no start of the joint fit could be evaluated on all spectra");
}

static eis_status run_starts(starter *a, double *x, eisi_joint_search *out, eis_error *err) {
  const size_t all = eisi_joint_size(a->j), few = eisi_joint_size(a->small);
  double *x0 = eisi_new(2 * all + (FINALISTS + 1) * few + 1, sizeof *x0, err);
  if (!x0) return EIS_ERROR_MEMORY;
  double *trial = x0 + all, *y = trial + all;
  for (int k = 0; k < FINALISTS; k++)
    a->best[k] = (candidate){INFINITY, y + (size_t)(k + 1) * few, 0};
  plain_starts(a->j, a->singles, x0);
  eis_status st = regress(a->j, a->singles, x0, err);
  own_starts(a->j, a->singles, x0);
  if (st == EIS_OK) st = try_starts(a, x0, trial, y, err);
  if (st == EIS_OK) st = finish(a, x0, x, trial, out, err);
  free(x0);
  return st;
}

eis_status eisi_joint_search_run(eisi_joint *j, const eis_joint_options *opt, double deadline,
                                 double *x, eisi_joint_search *out, eis_error *err) {
  eisi_singles singles = {0};
  eisi_joint small = {0};
  thin t = {0};
  starter a = {
      .j = j, .small = &small, .singles = &singles, .t = &t, .opt = opt, .deadline = deadline};
  eis_status st = eisi_singles_run(j, opt->weighting, opt->seed, deadline, &singles, err);
  if (st == EIS_OK) st = thin_init(&t, j, err);
  if (st == EIS_OK) st = eisi_joint_init(&small, j->model, &t.data, j->whole, opt, err);
  if (st == EIS_OK) st = run_starts(&a, x, out, err);
  eisi_joint_clear(&small);
  thin_clear(&t);
  eisi_singles_clear(&singles);
  return st;
}
