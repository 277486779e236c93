/* track_link.c - peaks joined to tracks: the set of tracks of least cost over the whole path.  A
   track costs its birth and death, earns what its peaks are worth (log odds that they are real) and
   pays for jumps of tau and R, by Student's t over errors and the usual drift.  Tracks may cross in
   tau: R tells them apart; where two peaks merge, one track takes the peak and the other skips the
   place. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "campaign/track.h"
#include "numerics/stats.h"
#include "physics/constants.h"

/* Within the sequence; at its ends less, as it may have begun before. */
static const double BIRTH = 3.5, END_FIRST = 0.5, END_STEP = 0.6, END_MOST = 2.5;
/* A place without a peak, up to a limit. */
static const double SKIP = 1.2, SKIP_MOST = 6;
/* The same where another peak lies in the way: two that merge show as one. */
static const double HIDDEN = 0.3, HIDES = 1.2;
static const double T_DOF = 4, WORST = 60, FAR_LN_TAU = 4;
static const double SPREAD_START = 0.25, SPREAD_LEAST = 0.02, SPREAD_MOST = 0.6;
/* A change of SOC moves ln R and ln tau by so much per unit; and a change of the whole spectrum by
   that of the process, in so far as it makes that change up. */
static const double SOC_SLOPE = 3, SAME_SOC = 0.02, LEAST_PART = 0.05;
static const double ENERGY_MOST = 1.0, ENERGY_STEP = 0.1;
enum { REACH_LEAST = 4, REACH_MOST = 40, REACH_SUM = 20000, LINKS_LEAST = 5 };

typedef struct linker {
  const eis_track_input *in;
  const eisi_track_path *path;
  eisi_track_links *out;
  size_t reach;
  double *lt, *lr; /* nodes as measured */
  eisi_flow_edge *edge;
  size_t n_edges, room;
  size_t *first; /* place -> its first node, n + 1 */
} linker;

/* ---- the nodes ---- */

static double clamp(double v, double low, double high) { return fmin(fmax(v, low), high); }

static double error_or(double v, double other) { return isfinite(v) ? clamp(v, 0.005, 1) : other; }

static bool usable(const eis_drt_peak *p) {
  return p->R > 0 && p->tau > 0 && isfinite(p->R) && isfinite(p->tau);
}

bool eisi_track_beyond(const eis_track_spectrum *s, const eis_drt_peak *p) {
  return s->n > 0 && p->tau * s->f[0] * 2 * EISI_PI < 1;
}

static eis_status make_nodes(linker *k, eis_error *err) {
  size_t n = 0, room = 0;
  for (size_t i = 0; i < k->in->n; i++) room += k->in->at[i].n_peaks;
  eisi_track_node *node = k->out->node = eisi_new(room + 1, sizeof *node, err);
  k->lt = eisi_new(room + 1, sizeof *k->lt, err);
  k->lr = eisi_new(room + 1, sizeof *k->lr, err);
  k->first = eisi_new(k->in->n + 1, sizeof *k->first, err);
  if (!node || !k->lt || !k->lr || !k->first) return EIS_ERROR_MEMORY;
  for (size_t i = 0; i < k->path->n; i++) {
    const eis_track_spectrum *s = &k->in->at[k->path->at[i]];
    double all = 0;
    k->first[i] = n;
    for (size_t q = 0; q < s->n_peaks; q++) all += usable(&s->peak[q]) ? s->peak[q].R : 0;
    for (size_t q = 0; q < s->n_peaks; q++) {
      const eis_drt_peak *p = &s->peak[q];
      if (!usable(p) || eisi_track_beyond(s, p)) continue;
      k->lt[n] = log(p->tau);
      k->lr[n] = log(p->R);
      node[n++] = (eisi_track_node){.place = i,
                                    .peak = q,
                                    .track = -1,
                                    .part = p->R / all,
                                    .et = error_or(p->log10_tau_error * log(10), 0.3),
                                    .er = error_or(p->R_error / p->R, 0.5),
                                    .real = isfinite(p->probability) ? p->probability : 0.9};
    }
  }
  k->first[k->path->n] = k->out->n_nodes = n;
  return EIS_OK;
}

/* ---- places: how far apart, and how warm ---- */

static eis_status make_places(linker *k, eis_error *err) {
  const size_t n = k->path->n;
  k->out->time = eisi_new(n, sizeof *k->out->time, err);
  k->out->shift = eisi_new(n, sizeof *k->out->shift, err);
  if (!k->out->time || !k->out->shift) return EIS_ERROR_MEMORY;
  memcpy(k->out->time, k->path->step, n * sizeof *k->out->time);
  const double usual = n > 1 ? fmax(eisi_median(k->out->time + 1, n - 1), 1e-6) : 1; /* reorders */
  k->out->time[0] = 0;
  for (size_t i = 1; i < n; i++) {
    const double r = k->path->step[i] / usual;
    k->out->time[i] = k->out->time[i - 1] + clamp(r * r, 0.3, 20);
  }
  double low = INFINITY, high = 0;
  for (size_t i = 0; i < n; i++) {
    const double T = k->in->at[i].T;
    if (!(T > 0)) continue;
    low = fmin(low, T);
    high = fmax(high, T);
  }
  if (!(high > low + 2)) return EIS_OK;
  const double mean = 2 / (1 / low + 1 / high);
  for (size_t i = 0; i < n; i++) {
    const double T = k->in->at[k->path->at[i]].T;
    k->out->shift[i] = T > 0 ? EISI_E / EISI_KB * (1 / T - 1 / mean) : 0;
  }
  k->out->energy = NAN; /* to be found */
  return EIS_OK;
}

static void move_to(linker *k, double energy) {
  for (size_t i = 0; i < k->out->n_nodes; i++) {
    eisi_track_node *x = &k->out->node[i];
    x->lt = k->lt[i] - energy * k->out->shift[x->place];
    x->lr = k->lr[i] - energy * k->out->shift[x->place];
  }
}

/* ---- the graph: 0 source, 1 sink, then two vertices per node ---- */

static size_t in_of(size_t node) { return 2 + 2 * node; }
static size_t out_of(size_t node) { return 3 + 2 * node; }

static eis_status add_edge(linker *k, size_t from, size_t to, double cost, eis_error *err) {
  if (k->n_edges == k->room) {
    const size_t more = k->room * 2 + 256;
    const eis_status st = eisi_grow(&k->edge, k->room, more, sizeof *k->edge, err);
    if (st != EIS_OK) return st;
    k->room = more;
  }
  k->edge[k->n_edges++] = (eisi_flow_edge){.from = from, .to = to, .cost = cost};
  return EIS_OK;
}

static double end_cost(const linker *k, size_t place, size_t end) {
  const double least = fmin(END_FIRST + END_STEP * (double)(k->path->n - 1), END_MOST);
  return place == end ? least : BIRTH;
}

double eisi_track_soc_step(const eis_track_spectrum *a, const eis_track_spectrum *b) {
  const double d = fabs(a->soc - b->soc);
  return isnan(d) ? 0 : d;
}

static double soc_step(const linker *k, const eisi_track_node *a, const eisi_track_node *b) {
  return eisi_track_soc_step(&k->in->at[k->path->at[a->place]], &k->in->at[k->path->at[b->place]]);
}

static double jump(const linker *k, const eisi_track_node *a, const eisi_track_node *b) {
  const double t = k->out->time[b->place] - k->out->time[a->place];
  const double st = k->out->spread_t, sr = k->out->spread_r, x = b->lt - a->lt, y = b->lr - a->lr;
  const double soc = SOC_SLOPE * soc_step(k, a, b), part = fmax(fmin(a->part, b->part), LEAST_PART);
  const double more =
      soc * soc + (k->path->moved[b->place] - k->path->moved[a->place]) / (part * part);
  return x * x / (a->et * a->et + b->et * b->et + st * st * t + more) +
         y * y / (a->er * a->er + b->er * b->er + sr * sr * t + more);
}

/* What it costs to have no peak between two nodes. */
static double skips(const linker *k, const eisi_track_node *a, const eisi_track_node *b) {
  double cost = 0;
  for (size_t i = a->place + 1; i < b->place && cost < SKIP_MOST; i++) {
    const double share = (double)(i - a->place) / (double)(b->place - a->place);
    const double lt = a->lt + share * (b->lt - a->lt);
    bool hidden = false;
    for (size_t q = k->first[i]; q < k->first[i + 1]; q++)
      hidden |= fabs(k->out->node[q].lt - lt) < HIDES && k->out->node[q].lr > fmin(a->lr, b->lr);
    cost += hidden ? HIDDEN : SKIP;
  }
  return fmin(cost, SKIP_MOST);
}

static eis_status add_links(linker *k, size_t i, eis_error *err) {
  const eisi_track_node *a = &k->out->node[i];
  const size_t last = a->place + k->reach < k->path->n ? a->place + k->reach : k->path->n - 1;
  eis_status st = EIS_OK;
  for (size_t j = k->first[a->place + 1]; st == EIS_OK && j < k->first[last + 1]; j++) {
    const eisi_track_node *b = &k->out->node[j];
    if (fabs(b->lt - a->lt) > FAR_LN_TAU) continue;
    const double z2 = jump(k, a, b);
    if (z2 > WORST) continue;
    st = add_edge(k, out_of(i), in_of(j), 0.5 * (T_DOF + 2) * log1p(z2 / T_DOF) + skips(k, a, b),
                  err);
  }
  return st;
}

static eis_status solve(linker *k, eis_error *err) {
  eis_status st = EIS_OK;
  k->n_edges = 0;
  for (size_t i = 0; st == EIS_OK && i < k->out->n_nodes; i++) {
    const eisi_track_node *x = &k->out->node[i];
    const double p = clamp(x->real, 0.5, 0.995);
    st = add_edge(k, 0, in_of(i), end_cost(k, x->place, 0), err);
    if (st == EIS_OK) st = add_edge(k, in_of(i), out_of(i), -log(p / (1 - p)), err);
    if (st == EIS_OK) st = add_edge(k, out_of(i), 1, end_cost(k, x->place, k->path->n - 1), err);
    if (st == EIS_OK) st = add_links(k, i, err);
  }
  if (st != EIS_OK) return st;
  return eisi_flow_solve(2 + 2 * k->out->n_nodes, k->n_edges, k->edge, &k->out->cost, err);
}

/* ---- what was found ---- */

static bool is_link(const eisi_flow_edge *e) {
  return e->used && e->from > 1 && e->to > 1 && e->from % 2;
}

/* Drift from place to place beyond the errors, from the middle of all links. */
static eis_status learn_spread(linker *k, eis_error *err) {
  double *v = eisi_new(4 * (k->n_edges + 1), sizeof *v, err), *t2 = v, *r2, *te, *re;
  size_t n = 0;
  if (!v) return EIS_ERROR_MEMORY;
  r2 = t2 + k->n_edges, te = r2 + k->n_edges, re = te + k->n_edges;
  for (size_t e = 0; e < k->n_edges; e++) {
    if (!is_link(&k->edge[e])) continue;
    const eisi_track_node *a = &k->out->node[(k->edge[e].from - 3) / 2];
    const eisi_track_node *b = &k->out->node[(k->edge[e].to - 2) / 2];
    const double t = k->out->time[b->place] - k->out->time[a->place];
    if (soc_step(k, a, b) > SAME_SOC) continue;
    t2[n] = (b->lt - a->lt) * (b->lt - a->lt) / t;
    r2[n] = (b->lr - a->lr) * (b->lr - a->lr) / t;
    te[n] = (a->et * a->et + b->et * b->et) / t;
    re[n] = (a->er * a->er + b->er * b->er) / t;
    n++;
  }
  if (n >= LINKS_LEAST) { /* the median of chi2 with one degree of freedom is .455 */
    k->out->spread_t = sqrt(clamp(eisi_median(t2, n) / 0.455 - eisi_median(te, n),
                                  SPREAD_LEAST * SPREAD_LEAST, SPREAD_MOST * SPREAD_MOST));
    k->out->spread_r = sqrt(clamp(eisi_median(r2, n) / 0.455 - eisi_median(re, n),
                                  SPREAD_LEAST * SPREAD_LEAST, SPREAD_MOST * SPREAD_MOST));
  }
  free(v);
  return EIS_OK;
}

/* The activation energy that all processes have in common, on the whole: that of the least cost. */
static eis_status find_energy(linker *k, eis_error *err) {
  double best = 0, least = INFINITY;
  eis_status st = EIS_OK;
  for (int i = 0; st == EIS_OK && ENERGY_STEP * i < ENERGY_MOST + 1e-9; i++) {
    move_to(k, ENERGY_STEP * i);
    st = solve(k, err);
    if (k->out->cost < least - 1e-9) {
      least = k->out->cost;
      best = ENERGY_STEP * i;
    }
  }
  k->out->energy = best;
  return st;
}

/* Follows the used edges; nodes are in order, so a node's track is known when its turn comes. */
static void number_tracks(linker *k) {
  eisi_track_links *l = k->out;
  l->n_tracks = 0;
  for (size_t i = 0; i < l->n_nodes; i++) l->node[i].track = -1;
  for (size_t e = 0; e < k->n_edges; e++) {
    const eisi_flow_edge *x = &k->edge[e];
    if (!x->used) continue;
    if (x->from == 0)
      l->node[(x->to - 2) / 2].track = (int)l->n_tracks++;
    else if (is_link(x))
      l->node[(x->to - 2) / 2].track = l->node[(x->from - 3) / 2].track;
  }
}

typedef struct track_rank {
  int track;
  size_t n;
  double lt;
} track_rank;

static int by_size(const void *a, const void *b) {
  const track_rank *x = a, *y = b;
  return x->n != y->n ? (x->n < y->n) - (x->n > y->n)
                      : (x->track > y->track) - (x->track < y->track);
}

static int by_tau(const void *a, const void *b) {
  const track_rank *x = a, *y = b;
  return x->lt != y->lt ? (x->lt > y->lt) - (x->lt < y->lt)
                        : (x->track > y->track) - (x->track < y->track);
}

/* The largest ones, numbered by their mean ln tau. */
static eis_status sort_tracks(eisi_track_links *l, eis_error *err) {
  track_rank *rank = eisi_new(l->n_tracks + 1, sizeof *rank, err);
  int *to = eisi_new(l->n_tracks + 1, sizeof *to, err);
  if (rank && to) {
    for (size_t t = 0; t < l->n_tracks; t++) rank[t].track = (int)t;
    for (size_t i = 0; i < l->n_nodes; i++) {
      if (l->node[i].track < 0) continue;
      track_rank *r = &rank[l->node[i].track];
      r->n++;
      r->lt += (l->node[i].lt - r->lt) / (double)r->n;
    }
    qsort(rank, l->n_tracks, sizeof *rank, by_size);
    const size_t n = l->n_tracks < EISI_TRACKS_MOST ? l->n_tracks : EISI_TRACKS_MOST;
    qsort(rank, n, sizeof *rank, by_tau);
    for (size_t t = 0; t < l->n_tracks; t++) to[rank[t].track] = t < n ? (int)t : -1;
    for (size_t i = 0; i < l->n_nodes; i++)
      if (l->node[i].track >= 0) l->node[i].track = to[l->node[i].track];
    l->n_tracks = n;
  }
  const bool room = rank && to;
  free(rank);
  free(to);
  return room ? EIS_OK : EIS_ERROR_MEMORY;
}

static eis_status link_all(linker *k, eis_error *err) {
  eisi_track_links *l = k->out;
  eis_status st = make_nodes(k, err);
  if (st == EIS_OK) st = make_places(k, err);
  if (st == EIS_OK && isnan(l->energy)) st = find_energy(k, err);
  if (st != EIS_OK) return st;
  move_to(k, l->energy);
  st = solve(k, err);
  if (st == EIS_OK) st = learn_spread(k, err);
  if (st == EIS_OK) st = solve(k, err);
  if (st != EIS_OK) return st;
  number_tracks(k);
  return sort_tracks(l, err);
}

eis_status eisi_track_link(const eis_track_input *in, const eisi_track_path *p,
                           eisi_track_links *out, eis_error *err) {
  const size_t reach = REACH_SUM / (in->n + 1);
  linker k = {.in = in, .path = p, .out = out};
  *out = (eisi_track_links){.spread_t = SPREAD_START, .spread_r = SPREAD_START};
  k.reach = reach < REACH_LEAST ? REACH_LEAST : reach > REACH_MOST ? REACH_MOST : reach;
  const eis_status st = link_all(&k, err);
  free(k.lt);
  free(k.lr);
  free(k.edge);
  free(k.first);
  return st;
}

void eisi_track_links_clear(eisi_track_links *l) {
  free(l->node);
  free(l->time);
  free(l->shift);
  *l = (eisi_track_links){0};
}
