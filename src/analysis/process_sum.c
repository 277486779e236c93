/* process_sum.c - sums and maxima over all assignments of peaks to processes.

   Peaks are gone through in the order of tau; the state is the set of processes used so far (a bit
   each).  That is all the past has to say: a process is used once, and the order of two processes
   depends on which of them was used first. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/process.h"

typedef struct lattice {
  const eisi_process_weights *w;
  size_t n_sets;
  double *order;          /* n_sets x n: product of the order factors for process l after a set */
  double *before, *after; /* (n_peaks + 1) x n_sets: sums up to a peak, and from it on */
} lattice;

static void fill_order(lattice *z) {
  const size_t n = z->w->n;
  for (size_t l = 0; l < n; l++) z->order[l] = 1;
  for (size_t set = 1; set < z->n_sets; set++) {
    size_t k = 0;
    while (!(set >> k & 1)) k++;
    const double *rest = z->order + (set & (set - 1)) * n, *factor = z->w->order + k * n;
    for (size_t l = 0; l < n; l++) z->order[set * n + l] = rest[l] * factor[l];
  }
}

/* Weight of process k for peak i after a set; *next is the set then. */
static double step(const lattice *z, size_t i, size_t set, size_t k, size_t *next) {
  const size_t n = z->w->n, bit = (size_t)1 << k;
  const double *w = set & bit ? z->w->again : z->w->w;
  *next = set | bit;
  return w[i * n + k] * z->order[(set & ~bit) * n + k];
}

static void forward(lattice *z) {
  const size_t n = z->w->n;
  z->before[0] = 1;
  for (size_t i = 0; i < z->w->n_peaks; i++) {
    const double *now = z->before + i * z->n_sets;
    double *then = z->before + (i + 1) * z->n_sets;
    for (size_t set = 0; set < z->n_sets; set++) {
      if (now[set] == 0) continue;
      then[set] += now[set] * z->w->none[i];
      for (size_t k = 0; k < n; k++) {
        size_t next;
        const double w = step(z, i, set, k, &next);
        then[next] += now[set] * w;
      }
    }
  }
}

static void backward(lattice *z, double *posterior) {
  const size_t n = z->w->n, m = z->w->n_peaks;
  for (size_t set = 0; set < z->n_sets; set++) z->after[m * z->n_sets + set] = 1;
  for (size_t i = m; i-- > 0;) {
    const double *then = z->after + (i + 1) * z->n_sets, *from = z->before + i * z->n_sets;
    double *now = z->after + i * z->n_sets, *p = posterior + i * (n + 1);
    for (size_t set = 0; set < z->n_sets; set++) {
      if (from[set] == 0) continue; /* can't be reached */
      const double none = z->w->none[i] * then[set];
      now[set] = none;
      p[n] += from[set] * none;
      for (size_t k = 0; k < n; k++) {
        size_t next;
        const double w = step(z, i, set, k, &next), part = w > 0 ? w * then[next] : 0;
        now[set] += part;
        p[k] += from[set] * part;
      }
    }
  }
}

static void normalise(const lattice *z, double total, double *posterior, double *used) {
  const size_t n = z->w->n, m = z->w->n_peaks;
  const double *last = z->before + m * z->n_sets;
  for (size_t i = 0; i < m * (n + 1); i++) posterior[i] /= total;
  for (size_t k = 0; k < n; k++) {
    used[k] = 0;
    for (size_t set = 0; set < z->n_sets; set++)
      if (set >> k & 1) used[k] += last[set] / total;
  }
}

eis_status eisi_process_sum(const eisi_process_weights *w, double *total, double *posterior,
                            double *used, eis_error *err) {
  lattice z = {.w = w, .n_sets = (size_t)1 << w->n};
  z.order = eisi_new(z.n_sets * (w->n + 1 + 2 * (w->n_peaks + 1)), sizeof *z.order, err);
  if (!z.order) return EIS_ERROR_MEMORY;
  z.before = z.order + z.n_sets * (w->n + 1);
  z.after = z.before + z.n_sets * (w->n_peaks + 1);
  memset(posterior, 0, w->n_peaks * (w->n + 1) * sizeof *posterior);
  fill_order(&z);
  forward(&z);
  backward(&z, posterior);
  *total = z.after[0];
  normalise(&z, *total, posterior, used);
  free(z.order);
  return EIS_OK;
}

/* ---- the best labels ---- */

typedef struct decision {
  double *best;    /* n_sets: the largest sum that ends in this set */
  double *then;    /* the same behind the next peak */
  int *label;      /* n_peaks x n_sets: what led there */
  size_t *from;    /* and from where */
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
