/* rank.c - Spearman's rho and Kendall's tau-b.  p values: all n! orders up to nine points, random
   orders up to 60, beyond that Student's t for rho and the normal distribution for tau (variance
   with ties: M. G. Kendall, Rank Correlation Methods, ch. 4). */
#include <eisfit/trend.h>
#include <math.h>
#include <stdlib.h>

#include "base/base.h"
#include "numerics/rng.h"
#include "numerics/stats.h"

enum { EXACT_MAX = 9, RANDOM_MAX = 60, RANDOM = 20000 };

typedef struct ranked {
  size_t n;
  double *x, *y; /* midranks minus their mean */
  double xx, yy; /* sums of squares */
  double tx, ty; /* pairs that are not tied */
} ranked;

static void midranks(const double *v, double *rank, size_t n) {
  for (size_t i = 0; i < n; i++) {
    double below = 0, equal = 0;
    for (size_t j = 0; j < n; j++) {
      below += v[j] < v[i];
      equal += v[j] == v[i];
    }
    rank[i] = below + 0.5 * (equal + 1) - 0.5 * ((double)n + 1);
  }
}

static double untied(const double *rank, size_t n) {
  double pairs = 0;
  for (size_t i = 0; i < n; i++)
    for (size_t j = 0; j < i; j++) pairs += rank[i] != rank[j];
  return pairs;
}

static double product(const ranked *r, const size_t *order) {
  double sum = 0;
  for (size_t i = 0; i < r->n; i++) sum += r->x[i] * r->y[order[i]];
  return sum;
}

/* Concordant minus discordant pairs. */
static double concordance(const ranked *r, const size_t *order) {
  double sum = 0;
  for (size_t i = 0; i < r->n; i++)
    for (size_t j = 0; j < i; j++) {
      const double p = (r->x[i] - r->x[j]) * (r->y[order[i]] - r->y[order[j]]);
      sum += (p > 0) - (p < 0);
    }
  return sum;
}

typedef struct tally {
  double rho, tau; /* |observed| */
  double n, rho_hits, tau_hits;
  double most, most_hits; /* largest |rho| of all orders, and how many have it */
} tally;

static void count(const ranked *r, const size_t *order, tally *t) {
  const double rho = fabs(product(r, order));
  t->n++;
  t->rho_hits += rho >= t->rho * (1 - 1e-12) - 1e-9;
  if (rho > t->most + 1e-9) {
    t->most = rho;
    t->most_hits = 0;
  }
  t->most_hits += rho >= t->most - 1e-9;
  t->tau_hits += fabs(concordance(r, order)) >= t->tau - 0.5;
}

/* Heap's algorithm, without recursion. */
static void all_orders(const ranked *r, size_t *order, tally *t) {
  size_t c[EXACT_MAX] = {0};
  count(r, order, t);
  for (size_t i = 1; i < r->n;) {
    if (c[i] >= i) {
      c[i++] = 0;
      continue;
    }
    const size_t a = i % 2 ? c[i] : 0, swap = order[a];
    order[a] = order[i];
    order[i] = swap;
    count(r, order, t);
    c[i]++;
    i = 1;
  }
}

static void random_orders(const ranked *r, size_t *order, uint64_t seed, tally *t) {
  eisi_rng rng;
  eisi_rng_seed(&rng, seed, 0);
  count(r, order, t); /* the observed order is one of them: p is never zero */
  for (int k = 0; k < RANDOM; k++) {
    for (size_t i = r->n - 1; i > 0; i--) {
      const size_t j = (size_t)(eisi_rng_uniform(&rng) * (double)(i + 1)), swap = order[i];
      order[i] = order[j];
      order[j] = swap;
    }
    count(r, order, t);
  }
}

typedef struct ties {
  double two, three, five; /* sums of t(t-1), t(t-1)(t-2), t(t-1)(2t+5) over the tied groups */
} ties;

static ties count_ties(const double *rank, size_t n) {
  ties s = {0, 0, 0};
  for (size_t i = 0; i < n; i++) {
    double t = 0;
    for (size_t j = 0; j < n; j++) t += rank[j] == rank[i];
    s.two += t - 1; /* each group is met t times */
    s.three += (t - 1) * (t - 2);
    s.five += (t - 1) * (2 * t + 5);
  }
  return s;
}

static void large_sample(const ranked *r, double tau, eis_rank_result *out) {
  const double n = (double)r->n, rho = out->spearman;
  const ties x = count_ties(r->x, r->n), y = count_ties(r->y, r->n);
  const double var = (n * (n - 1) * (2 * n + 5) - x.five - y.five) / 18 +
                     x.three * y.three / (9 * n * (n - 1) * (n - 2)) +
                     x.two * y.two / (2 * n * (n - 1));
  out->p_spearman = eisi_t_both(rho * sqrt((n - 2) / fmax(1 - rho * rho, 1e-300)), n - 2);
  out->p_kendall = eisi_t_both(tau / sqrt(var), INFINITY);
  out->p_smallest = 0;
}

static void test(const ranked *r, size_t *order, uint64_t seed, eis_rank_result *out) {
  const double rho = product(r, order), tau = concordance(r, order);
  out->spearman = rho / sqrt(r->xx * r->yy);
  out->kendall = tau / sqrt(r->tx * r->ty);
  if (!(r->xx > 0) || !(r->yy > 0)) return;
  if (r->n > RANDOM_MAX) {
    large_sample(r, tau, out);
    return;
  }
  tally t = {.rho = fabs(rho), .tau = fabs(tau)};
  out->exact = r->n <= EXACT_MAX;
  if (out->exact)
    all_orders(r, order, &t);
  else
    random_orders(r, order, seed, &t);
  out->p_spearman = t.rho_hits / t.n;
  out->p_kendall = t.tau_hits / t.n;
  /* with no ties the two perfect orders are the most extreme ones, with ties there are more */
  out->p_smallest = t.most_hits / t.n;
}

eis_status eis_rank_correlation(const double *x, const double *y, size_t n, uint64_t seed,
                                eis_rank_result *out, eis_error *err) {
  *out = (eis_rank_result){
      .spearman = NAN, .kendall = NAN, .p_spearman = NAN, .p_kendall = NAN, .p_smallest = NAN};
  double *room = eisi_new(4 * (n + 1), sizeof *room, err);
  size_t *order = eisi_new(n + 1, sizeof *order, err);
  eis_status st = room && order ? EIS_OK : EIS_ERROR_MEMORY;
  if (!st) {
    double *px = room, *py = room + n;
    size_t m = 0;
    for (size_t i = 0; i < n; i++) {
      if (!isfinite(x[i]) || !isfinite(y[i])) continue;
      px[m] = x[i];
      py[m] = y[i];
      order[m] = m;
      m++;
    }
    ranked r = {.n = m, .x = room + 2 * n, .y = room + 3 * n};
    out->n = m;
    if (m < 3) {
      st = eis_error_set(err, EIS_ERROR_INPUT,
                         "a rank correlation needs at least 3 pairs, there %s "
                         "%zu",
                         m == 1 ? "is" : "are", m);
    } else {
      midranks(px, r.x, m);
      midranks(py, r.y, m);
      for (size_t i = 0; i < m; i++) {
        r.xx += r.x[i] * r.x[i];
        r.yy += r.y[i] * r.y[i];
      }
      r.tx = untied(r.x, m);
      r.ty = untied(r.y, m);
      test(&r, order, seed, out);
    }
  }
  free(room);
  free(order);
  return st;
}
