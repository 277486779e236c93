/* process_sum.c - sums and maxima over all assignments of peaks to processes.

   Peaks are gone through in the order of tau; the state is the set of processes used so far (a bit
   each).  That is all the past has to say: a process is used once, and the order of two processes
   depends on which of them was used first.  Only sets that can be reached are kept, with the steps
   between them. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/process.h"

struct eisi_process_state_sum {
  size_t set;
  double before, after; /* sums up to here and from here on */
};

struct eisi_process_step {
  size_t from, to; /* states */
  size_t process;  /* n: unassigned */
  double w;
};

void eisi_process_lattice_clear(eisi_process_lattice *z) {
  free(z->state);
  free(z->order);
  free(z->step);
  free(z->at);
  *z = (eisi_process_lattice){0};
}

static eis_status enough(void *array, size_t *have, size_t need, size_t size, eis_error *err) {
  if (need <= *have) return EIS_OK;
  const eis_status st = eisi_grow(array, *have, need + need / 2, size, err);
  if (st == EIS_OK) *have = need + need / 2;
  return st;
}

/* Room for a peak behind `now` states. */
static eis_status make_room(eisi_process_lattice *z, size_t n, size_t now, eis_error *err) {
  const size_t more = now * (n + 1);
  eis_status st = enough(&z->state, &z->room_states, z->n_states + more, sizeof *z->state, err);
  if (st == EIS_OK)
    st = enough(&z->order, &z->room_order, (z->n_states + more) * n + 1, sizeof *z->order, err);
  if (st != EIS_OK) return st;
  return enough(&z->step, &z->room_steps, z->n_steps + more, sizeof *z->step, err);
}

/* A table of the sets, 0: there is none, else 1 + the state. */
static eis_status start(eisi_process_lattice *z, size_t n, eis_error *err) {
  const eis_status st = enough(&z->at, &z->room_sets, (size_t)1 << n, sizeof *z->at, err);
  if (st != EIS_OK) return st;
  z->n_states = z->n_steps = 0;
  const eis_status room = make_room(z, n, 1, err);
  if (room != EIS_OK) return room;
  z->state[0].set = 0;
  z->state[0].before = 1;
  for (size_t l = 0; l < n; l++)
    z->order[l] = 1; /* product of the factors of process l after a set */
  z->n_states = 1;
  return EIS_OK;
}

/* The state of a set behind a peak, made when it's new; k = n: the set stays. */
static size_t reach(eisi_process_lattice *z, const eisi_process_weights *w, size_t from, size_t k) {
  const size_t n = w->n, set = z->state[from].set | (k < n ? (size_t)1 << k : 0);
  if (z->at[set]) return z->at[set] - 1;
  const size_t to = z->n_states++;
  z->at[set] = to + 1;
  z->state[to].set = set;
  z->state[to].before = 0;
  const double *had = z->order + from * n;
  double *now = z->order + to * n;
  memcpy(now, had, n * sizeof *now);
  if (set == z->state[from].set) return to;
  for (size_t l = 0; l < n; l++)
    if (l != k) now[l] *= w->order[k * n + l];
  return to;
}

static void take(eisi_process_lattice *z, size_t from, size_t to, size_t process, double w) {
  z->step[z->n_steps].from = from;
  z->step[z->n_steps].to = to;
  z->step[z->n_steps].process = process;
  z->step[z->n_steps++].w = w;
  z->state[to].before += z->state[from].before * w;
}

/* All steps of peak i, from the states [first, last). */
static void go(eisi_process_lattice *z, const eisi_process_weights *w, size_t i, size_t first,
               size_t last) {
  const size_t n = w->n;
  for (size_t from = first; from < last; from++) {
    take(z, from, reach(z, w, from, n), n, w->none[i]);
    for (size_t k = 0; k < n; k++) {
      const bool used = z->state[from].set >> k & 1;
      const double x = (used ? w->again : w->w)[i * n + k];
      if (x > 0) take(z, from, reach(z, w, from, k), k, x * z->order[from * n + k]);
    }
  }
  for (size_t s = last; s < z->n_states; s++) z->at[z->state[s].set] = 0;
}

/* The last peak: there and back; the sum of everything is returned. */
static double turn(eisi_process_lattice *z, const eisi_process_weights *w, size_t first, double *p,
                   double *used) {
  const size_t n = w->n, i = w->n_peaks - 1;
  double total = 0;
  for (size_t from = first; from < z->n_states; from++) {
    struct eisi_process_state_sum *s = &z->state[from];
    const double *order = z->order + from * n;
    double sum = w->none[i];
    p[n] += s->before * w->none[i];
    for (size_t k = 0; k < n; k++) {
      const bool again = s->set >> k & 1;
      const double x = (again ? w->again : w->w)[i * n + k] * order[k], all = s->before * x;
      sum += x;
      p[k] += all;
      used[k] += again ? 0 : all;
    }
    s->after = sum;
    total += s->before * sum;
  }
  return total;
}

static void back(eisi_process_lattice *z, size_t n, size_t first_step, double *p, double *used) {
  for (size_t e = z->n_steps; e-- > first_step;) {
    const struct eisi_process_step *step = &z->step[e];
    struct eisi_process_state_sum *from = &z->state[step->from];
    const double part = step->w * z->state[step->to].after, all = from->before * part;
    from->after += part;
    p[step->process] += all;
    if (step->process < n && !(from->set >> step->process & 1)) used[step->process] += all;
  }
  z->n_steps = first_step;
}

eis_status eisi_process_sum(const eisi_process_weights *w, eisi_process_lattice *z, double *total,
                            double *posterior, double *used, eis_error *err) {
  const size_t n = w->n, m = w->n_peaks;
  size_t first = 0, step[EISI_MOST_PEAKS];
  *total = 1;
  memset(posterior, 0, m * (n + 1) * sizeof *posterior);
  memset(used, 0, n * sizeof *used);
  eis_status st = start(z, n, err);
  for (size_t i = 0; i + 1 < m && st == EIS_OK; i++) {
    const size_t last = z->n_states;
    st = make_room(z, n, last - first, err);
    step[i] = z->n_steps;
    if (st == EIS_OK) go(z, w, i, first, last);
    first = last;
  }
  if (st != EIS_OK || m == 0) return st;
  for (size_t s = 0; s < first; s++) z->state[s].after = 0;
  *total = turn(z, w, first, posterior + (m - 1) * (n + 1), used);
  for (size_t i = m - 1; i-- > 0;) back(z, n, step[i], posterior + i * (n + 1), used);
  for (size_t i = 0; i < m * (n + 1); i++) posterior[i] /= *total;
  for (size_t k = 0; k < n; k++) used[k] /= *total;
  return EIS_OK;
}

/* ---- the best labels ---- */

typedef struct decision {
  double *best; /* n_sets: the largest sum that ends in this set */
  double *then; /* the same behind the next peak */
  int *label;   /* n_peaks x n_sets: what led there */
  size_t *from; /* and from where */
  size_t n_sets;
} decision;

static void improve(decision *d, size_t i, size_t set, size_t next, int label, double gain) {
  const double sum = d->best[set] + gain;
  if (!(sum > d->then[next])) return;
  d->then[next] = sum;
  d->label[i * d->n_sets + next] = label;
  d->from[i * d->n_sets + next] = set;
}

static void decide_peak(decision *d, size_t i, size_t n, const double *p, const bool *again) {
  for (size_t set = 0; set < d->n_sets; set++) d->then[set] = -1;
  for (size_t set = 0; set < d->n_sets; set++) {
    if (d->best[set] < 0) continue;
    improve(d, i, set, set, -1, p[n]);
    for (size_t k = 0; k < n; k++) {
      const size_t bit = (size_t)1 << k;
      if (!(set & bit) || again[k]) improve(d, i, set, set | bit, (int)k, p[k]);
    }
  }
  double *swap = d->best;
  d->best = d->then;
  d->then = swap;
}

eis_status eisi_process_decide(size_t n_peaks, size_t n, const double *posterior, const bool *again,
                               int *label, eis_error *err) {
  decision d = {.n_sets = (size_t)1 << n};
  d.best = eisi_new(2 * d.n_sets, sizeof *d.best, err);
  d.label = eisi_new(n_peaks * d.n_sets, sizeof *d.label, err);
  d.from = eisi_new(n_peaks * d.n_sets, sizeof *d.from, err);
  double *const memory = d.best;
  const bool ok = d.best && d.label && d.from;
  if (ok) {
    size_t set = 0;
    d.then = d.best + d.n_sets;
    for (size_t s = 1; s < d.n_sets; s++) d.best[s] = -1;
    for (size_t i = 0; i < n_peaks; i++) decide_peak(&d, i, n, posterior + i * (n + 1), again);
    for (size_t s = 1; s < d.n_sets; s++)
      if (d.best[s] > d.best[set]) set = s;
    for (size_t i = n_peaks; i-- > 0;) {
      label[i] = d.label[i * d.n_sets + set];
      set = d.from[i * d.n_sets + set];
    }
  }
  free(memory);
  free(d.label);
  free(d.from);
  return ok ? EIS_OK : EIS_ERROR_MEMORY;
}
