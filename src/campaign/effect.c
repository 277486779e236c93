/* effect.c - effect size, power, permutations, corrections for many tests.
   Welch's test: B. L. Welch, Biometrika 34 (1947) 28.
   Hedges g: L. V. Hedges, J. Educ. Stat. 6 (1981) 107; interval by the noncentral t distribution.
   Holm: S. Holm, Scand. J. Stat. 6 (1979) 65.  Y. Benjamini, Y. Hochberg, J. R. Stat. Soc. B 57
   (1995) 289. */
#include "campaign/effect.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "numerics/rng.h"
#include "numerics/stats.h"

double eis_hedges_j(double dof) {
  int unused;
  if (!(dof > 1)) return NAN;
  if (dof > 1e6) return 1;
  return exp(lgamma_r(dof / 2, &unused) - lgamma_r((dof - 1) / 2, &unused)) / sqrt(dof / 2);
}

/* Cells per group of equal size so that a difference d of ln value is found; variance of one cell.
 */
static int cells_needed(double d, double variance, const eis_compare_options *o) {
  for (int n = 2; n <= 10000; n += n < 100 ? 1 : n / 50)
    if (eisi_t_power(d / sqrt(2 * variance / n), 2.0 * n - 2, o->alpha) >= o->power) return n;
  return 0;
}

void eisi_effect_fill(eis_group_effect *e, const eis_compare_options *o) {
  const double each = 1.0 / e->cells + 1.0 / e->reference_cells;
  const double q = eisi_t_quantile(0.5 + o->level / 2, e->dof), half = q * e->se;
  const double tail = 0.5 - o->level / 2, j = eis_hedges_j(e->dof);
  e->ratio = exp(e->ln_ratio);
  e->low = exp(e->ln_ratio - half);
  e->high = exp(e->ln_ratio + half);
  e->t = e->ln_ratio / e->se;
  e->p = eisi_t_both(e->t, e->dof);
  e->g = j * e->t * sqrt(each);
  e->g_low = j * eisi_nct_ncp(1 - tail, e->t, e->dof) * sqrt(each);
  e->g_high = j * eisi_nct_ncp(tail, e->t, e->dof) * sqrt(each);
  e->detectable = exp(eisi_t_detectable(o->power, e->dof, o->alpha) * e->se);
  e->cells_needed = cells_needed(fabs(log(o->detect)), e->se * e->se / each, o);
}

/* Mean of n numbers, and the variance of that mean. */
static double mean_of(const double *m, size_t n, double *var) {
  double mean = 0, ss = 0;
  for (size_t i = 0; i < n; i++) mean += m[i] / (double)n;
  for (size_t i = 0; i < n; i++) ss += (m[i] - mean) * (m[i] - mean);
  *var = ss / (double)(n - 1) / (double)n;
  return mean;
}

double eisi_welch(const double *m, size_t n1, size_t n) {
  double v1, v2;
  const double d = mean_of(m, n1, &v1) - mean_of(m + n1, n - n1, &v2), v = v1 + v2;
  if (!(v > 0)) return d == 0 ? 1 : 0;
  const double dof = v * v / (v1 * v1 / (double)(n1 - 1) + v2 * v2 / (double)(n - n1 - 1));
  return eisi_t_both(d / sqrt(v), dof);
}

/* ---- permutations ---- */

typedef struct deal {
  const double *m;
  size_t n, n1;
  double all; /* sum over all cells */
} deal;

/* |difference of the means| when the marked cells are the first group. */
static double difference(const deal *d, const bool *first) {
  double sum = 0;
  for (size_t i = 0; i < d->n; i++)
    if (first[i]) sum += d->m[i];
  return fabs(sum / (double)d->n1 - (d->all - sum) / (double)(d->n - d->n1));
}

static double choose(size_t n, size_t k) {
  double c = 1;
  for (size_t i = 1; i <= k; i++) c = c * (double)(n - k + i) / (double)i;
  return round(c);
}

/* The next subset of the same size in lexicographic order of its indices; false behind the last. */
static bool next_subset(size_t *index, size_t k, size_t n) {
  size_t i = k;
  while (i > 0 && index[i - 1] == n - k + i - 1) i--;
  if (i == 0) return false;
  index[i - 1]++;
  for (; i < k; i++) index[i] = index[i - 1] + 1;
  return true;
}

static void count_all(const deal *d, bool *first, size_t *index, double seen, eis_group_effect *e) {
  double hits = 0, n = 0;
  for (size_t i = 0; i < d->n1; i++) index[i] = i;
  do {
    memset(first, 0, d->n * sizeof *first);
    for (size_t i = 0; i < d->n1; i++) first[index[i]] = true;
    hits += difference(d, first) >= seen * (1 - 1e-10);
    n++;
  } while (next_subset(index, d->n1, d->n));
  e->n_permutations = n;
  e->p_permutation = hits / n;
}

static void count_random(const deal *d, bool *first, size_t *index, double seen,
                         const eis_compare_options *o, eis_group_effect *e) {
  eisi_rng rng;
  double hits = 1; /* the groups as they are */
  eisi_rng_seed(&rng, o->seed, (uint64_t)e->group);
  for (size_t i = 0; i < d->n; i++) index[i] = i;
  for (long k = 0; k < o->permutations; k++) {
    memset(first, 0, d->n * sizeof *first);
    for (size_t i = 0; i < d->n1; i++) {
      const size_t j = i + (size_t)(eisi_rng_uniform(&rng) * (double)(d->n - i)), swap = index[i];
      index[i] = index[j];
      index[j] = swap;
      first[index[i]] = true;
    }
    hits += difference(d, first) >= seen * (1 - 1e-10);
  }
  e->n_permutations = (double)o->permutations;
  e->p_permutation = hits / ((double)o->permutations + 1);
}

eis_status eisi_permute(const double *m, size_t n1, size_t n, const eis_compare_options *o,
                        eis_group_effect *e, eis_error *err) {
  deal d = {.m = m, .n = n, .n1 = n1};
  bool *first = eisi_new(n, sizeof *first, err);
  size_t *index = eisi_new(n, sizeof *index, err);
  if (first && index) {
    for (size_t i = 0; i < n; i++) {
      d.all += m[i];
      first[i] = i < n1;
    }
    const double seen = difference(&d, first), ways = choose(n, n1);
    e->exact = ways <= (double)o->permutations;
    e->p_smallest = e->exact ? (2 * n1 == n ? 2 : 1) / ways : 1 / ((double)o->permutations + 1);
    if (e->exact)
      count_all(&d, first, index, seen, e);
    else
      count_random(&d, first, index, seen, o, e);
  }
  const bool room = first && index;
  free(first);
  free(index);
  return room ? EIS_OK : EIS_ERROR_MEMORY;
}

/* ---- many tests ---- */

typedef struct ranked_p {
  double p;
  size_t at;
} ranked_p;

static int by_p(const void *a, const void *b) {
  const ranked_p *x = a, *y = b;
  return x->p != y->p ? (x->p > y->p) - (x->p < y->p) : (x->at > y->at) - (x->at < y->at);
}

static ranked_p *sorted(const double *p, size_t n, eis_error *err) {
  ranked_p *r = eisi_new(n + 1, sizeof *r, err);
  for (size_t i = 0; r && i < n; i++) r[i] = (ranked_p){p[i], i};
  if (r) qsort(r, n, sizeof *r, by_p);
  return r;
}

eis_status eis_holm(const double *p, size_t n, double *out, eis_error *err) {
  ranked_p *r = sorted(p, n, err);
  double most = 0;
  if (!r) return EIS_ERROR_MEMORY;
  for (size_t i = 0; i < n; i++) {
    most = fmax(most, fmin(1, (double)(n - i) * r[i].p));
    out[r[i].at] = most;
  }
  free(r);
  return EIS_OK;
}

eis_status eis_benjamini_hochberg(const double *p, size_t n, double *out, eis_error *err) {
  ranked_p *r = sorted(p, n, err);
  double least = 1;
  if (!r) return EIS_ERROR_MEMORY;
  for (size_t i = n; i-- > 0;) {
    least = fmin(least, (double)n / (double)(i + 1) * r[i].p);
    out[r[i].at] = least;
  }
  free(r);
  return EIS_OK;
}

eis_status eis_compare_adjust(eis_compare_result *const *results, size_t n, eis_error *err) {
  size_t m = 0, most = 0;
  for (size_t i = 0; i < n; i++) most += results[i]->n_effects;
  double *p = eisi_new(3 * most + 1, sizeof *p, err);
  if (!p) return EIS_ERROR_MEMORY;
  for (size_t i = 0; i < n; i++)
    for (size_t k = 0; !results[i]->refused && k < results[i]->n_effects; k++)
      p[m++] = results[i]->effect[k].p;
  eis_status st = eis_holm(p, m, p + most, err);
  if (!st) st = eis_benjamini_hochberg(p, m, p + 2 * most, err);
  m = 0;
  for (size_t i = 0; !st && i < n; i++)
    for (size_t k = 0; !results[i]->refused && k < results[i]->n_effects; k++, m++) {
      results[i]->effect[k].p_holm = p[most + m];
      results[i]->effect[k].p_bh = p[2 * most + m];
    }
  free(p);
  return st;
}
