/* kk_pass.c - the test on a run of points, and the search for the run that passes. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/kk_fit.h"
#include "base/base.h"

static const double PI = 3.14159265358979323846;
static const double COARSE = 1.6; /* elements per decade: compliant spectra are met to 7 % */
enum {
  MOST_FITTED = 600, /* points; more are averaged to so many for the fit */
  FEWEST = 5         /* of a window */
};

static double largest_modulus(const eis_spectrum *s) {
  double most = 0;
  for (size_t k = 0; k < s->n; k++) most = fmax(most, hypot(s->re[k], s->im[k]));
  return most;
}

static void copy_data(eisi_kk_pass *p, const eis_spectrum *s) {
  double most = largest_modulus(s), most_fitted = 0;
  for (size_t k = 0; k < s->n; k++) {
    double size = fmax(hypot(s->re[k], s->im[k]), 1e-9 * most); /* a short must not divide by 0 */
    bool admittance = p->opt->admittance;
    p->omega[k] = 2 * PI * s->f[k];
    p->modulus[k] = size;
    p->re[k] = admittance ? s->re[k] / size / size : s->re[k];
    p->im[k] = admittance ? -s->im[k] / size / size : s->im[k];
    p->base[k] = admittance ? size : 1 / size;
    most_fitted = fmax(most_fitted, 1 / p->base[k]);
  }
  if (p->opt->unit_weight)
    for (size_t k = 0; k < s->n; k++) p->base[k] = 1 / most_fitted;
}

static eisi_kk_problem all_points(const eisi_kk_pass *p) {
  return (eisi_kk_problem){.n = p->n,
                           .omega = p->omega + p->first,
                           .re = p->re + p->first,
                           .im = p->im + p->first,
                           .weight = p->weight + p->first,
                           .opt = p->opt};
}

typedef struct bin {
  double count, omega, re, im, weight;
} bin;

static void collect(const eisi_kk_problem *all, bin *bins) {
  double low = all->omega[0], high = low;
  memset(bins, 0, MOST_FITTED * sizeof *bins);
  for (size_t k = 1; k < all->n; k++) {
    low = fmin(low, all->omega[k]);
    high = fmax(high, all->omega[k]);
  }
  double per_bin = high > low ? (MOST_FITTED - 1) / log(high / low) : 0;
  for (size_t k = 0; k < all->n; k++) {
    if (!(all->weight[k] > 0)) continue;
    bin *b = bins + (size_t)(log(high / all->omega[k]) * per_bin + 0.5);
    b->count++;
    b->omega += all->omega[k];
    b->re += all->re[k];
    b->im += all->im[k];
    b->weight += all->weight[k];
  }
}

/* Long runs are fitted through averages of neighbours, equal steps of ln w: 1/50 decade of a
   spectrum of 12 decades, over which the mean of Z is off by 1e-4 at most. */
static eisi_kk_problem averages(const eisi_kk_pass *p, const eisi_kk_problem *all) {
  bin *bins = p->bins;
  double *omega = (double *)(bins + MOST_FITTED), *re = omega + MOST_FITTED;
  double *im = re + MOST_FITTED, *weight = im + MOST_FITTED;
  double total = 0;
  size_t n = 0;
  collect(all, bins);
  for (size_t i = 0; i < MOST_FITTED; i++) {
    double count = bins[i].count;
    if (!(count > 0)) continue;
    omega[n] = bins[i].omega / count;
    re[n] = bins[i].re / count;
    im[n] = bins[i].im / count;
    weight[n] = bins[i].weight / sqrt(count); /* mean x sqrt(count): the mean scatters less */
    total += count;
    n++;
  }
  for (size_t i = 0; i < n; i++) weight[i] *= sqrt((double)n / total); /* 1/|Z| as usual */
  return (eisi_kk_problem){
      .n = n, .omega = omega, .re = re, .im = im, .weight = weight, .opt = all->opt};
}

/* What is fitted. */
static eisi_kk_problem problem_of(const eisi_kk_pass *p) {
  eisi_kk_problem all = all_points(p);
  return all.n > MOST_FITTED ? averages(p, &all) : all;
}

static int most_elements(const eisi_kk_pass *p) {
  eisi_kk_problem problem = all_points(p);
  if (p->opt->rule == EIS_KK_RULE_FIXED) return p->opt->m;
  if (p->opt->rule == EIS_KK_RULE_MU && p->opt->m_max > 0) return p->opt->m_max;
  return eisi_kk_most(&problem);
}

eis_status eisi_kk_pass_init(eisi_kk_pass *pass, const eis_spectrum *s, const eis_kk_options *opt,
                             eis_error *err) {
  size_t n = s->n;
  *pass = (eisi_kk_pass){.s = s, .opt = opt, .n = n};
  double *a = eisi_new(14 * n, sizeof *a, err);
  pass->omega = a;
  if (!a) return EIS_ERROR_MEMORY;
  pass->out = eisi_new(2 * n, sizeof *pass->out, err);
  if (!pass->out) return EIS_ERROR_MEMORY;
  pass->saved = pass->out + n;
  if (n > MOST_FITTED) {
    pass->bins = eisi_new(MOST_FITTED, sizeof(bin) + 4 * sizeof(double), err);
    if (!pass->bins) return EIS_ERROR_MEMORY;
  }
  double **part[] = {&pass->re,     &pass->im,     &pass->base,   &pass->weight, &pass->modulus,
                     &pass->fit_re, &pass->fit_im, &pass->res_re, &pass->res_im, &pass->scratch};
  for (size_t i = 0; i < sizeof part / sizeof *part; i++) *part[i] = a + (i + 1) * n;
  copy_data(pass, s);
  size_t fitted = n < MOST_FITTED ? n : MOST_FITTED;
  return eisi_kk_work_init(&pass->work, fitted, (size_t)most_elements(pass), err);
}

void eisi_kk_pass_clear(eisi_kk_pass *pass) {
  free(pass->omega);
  free(pass->out);
  free(pass->bins);
  eisi_kk_work_clear(&pass->work);
  *pass = (eisi_kk_pass){0};
}

eisi_kk_residuals eisi_kk_pass_residuals(const eisi_kk_pass *p) {
  return (eisi_kk_residuals){.n = p->n,
                             .re = p->res_re + p->first,
                             .im = p->res_im + p->first,
                             .out = p->out + p->first,
                             .scratch = p->scratch};
}

/* Model, residuals and verdict of the run after its fit. */
static void judge_fit(eisi_kk_pass *p, const eisi_kk_problem *fitted) {
  eisi_kk_problem all = all_points(p);
  size_t f = p->first;
  eisi_kk_grid(fitted, p->fit.m, p->work.tau);
  eisi_kk_eval(&all, p->fit.m, p->work.tau, p->work.x, p->fit_re + f, p->fit_im + f);
  for (size_t k = f; k < f + p->n; k++) {
    if (p->opt->admittance) {
      double size = hypot(p->fit_re[k], p->fit_im[k]);
      if (!(size > 0)) size = 1;
      p->fit_re[k] /= size * size;
      p->fit_im[k] /= -size * size;
    }
    p->res_re[k] = 100 * (p->s->re[k] - p->fit_re[k]) / p->modulus[k];
    p->res_im[k] = 100 * (p->s->im[k] - p->fit_im[k]) / p->modulus[k];
  }
  eisi_kk_residuals residuals = eisi_kk_pass_residuals(p);
  p->fitted = fitted->n;
  p->verdict = eisi_kk_judge(&residuals, p->fit.p, p->opt->tolerance_percent);
  p->verdict.coarse = eisi_kk_density(fitted, eisi_kk_most(fitted)) < COARSE;
}

static eisi_kk_problem weighted(eisi_kk_pass *p) {
  for (size_t k = 0; k < p->s->n; k++) p->weight[k] = p->out[k] ? 0 : p->base[k];
  return problem_of(p);
}

void eisi_kk_pass_run(eisi_kk_pass *p) {
  eisi_kk_problem problem = weighted(p);
  p->fit = eisi_kk_select(&problem, &p->work);
  judge_fit(p, &problem);
}

void eisi_kk_pass_run_with(eisi_kk_pass *p, int m) {
  eisi_kk_problem problem = weighted(p);
  p->fit = eisi_kk_solve(&problem, m, &p->work, p->work.x);
  judge_fit(p, &problem);
}

double eisi_kk_pass_scatter(const eisi_kk_pass *p) {
  eisi_kk_residuals residuals = eisi_kk_pass_residuals(p);
  return eisi_kk_scatter(&residuals);
}

void eisi_kk_pass_quick(eisi_kk_pass *p, double scatter) {
  const eis_kk_options *o = p->opt;
  eisi_kk_problem problem = weighted(p);
  int m = o->m;
  if (o->rule != EIS_KK_RULE_FIXED)
    m = eisi_kk_needed(&problem, fmax(scatter, 0.1 * o->tolerance_percent) / 100);
  if (o->rule == EIS_KK_RULE_MU && o->m_max > 0 && m > o->m_max) m = o->m_max;
  p->fit = eisi_kk_solve(&problem, m, &p->work, p->work.x);
  judge_fit(p, &problem);
}

/* ---- window ---- */

typedef struct run {
  size_t first, n;
} run;

/* A candidate has to pass a little more clearly, so that the verdict proper will agree. */
static const double STRICT = 0.9;

static double try_run(eisi_kk_pass *p, run r, double scatter) {
  p->first = r.first;
  p->n = r.n;
  eisi_kk_pass_quick(p, scatter);
  eisi_kk_residuals residuals = eisi_kk_pass_residuals(p);
  p->verdict = eisi_kk_judge(&residuals, p->fit.p, STRICT * p->opt->tolerance_percent);
  double bad = hypot(p->verdict.noise, p->verdict.systematic);
  return p->verdict.passed ? bad - 1e6 : bad; /* any run that passes is better than any other */
}

/* Takes back as many of `limit` - 1 points before (or behind) the run as it passes with. */
static run regrow(eisi_kk_pass *p, run r, size_t limit, bool before, double scatter) {
  size_t good = 0, bad = limit;
  while (bad > good + 1) {
    size_t middle = (good + bad) / 2;
    run more = {before ? r.first - middle : r.first, r.n + middle};
    try_run(p, more, scatter);
    if (p->verdict.passed)
      good = middle;
    else
      bad = middle;
  }
  return (run){before ? r.first - good : r.first, r.n + good};
}

/* The verdict proper, with its own number of elements. */
static bool confirm(eisi_kk_pass *p, run r) {
  if (r.n < FEWEST) return false;
  p->first = r.first;
  p->n = r.n;
  eisi_kk_pass_run(p);
  return p->verdict.passed;
}

/* An outlier just inside a cut end was the first of what was cut; the points beyond it prove
   nothing, as the model is free to follow them. */
static run trim(const eisi_kk_pass *p, run all, run r) {
  enum { NEAR = 3 };
  size_t first = r.first, end = r.first + r.n;
  if (first > all.first)
    for (size_t k = first; k < end && k < first + NEAR; k++)
      if (p->out[k]) first = k + 1;
  if (end < all.first + all.n)
    for (size_t k = end; k > first && k + NEAR > end; k--)
      if (p->out[k - 1]) end = k - 1;
  return (run){first, end - first};
}

/* Both ends in turn; the one cut last is known to fail with all it lost. */
static bool settle(eisi_kk_pass *p, run all, run r, size_t step, bool at_start) {
  double scatter = p->scatter;
  size_t before = r.first - all.first, behind = all.first + all.n - r.first - r.n;
  run more = regrow(p, r, step, at_start, scatter);
  more = at_start ? regrow(p, more, behind + 1, false, scatter)
                  : regrow(p, more, before + 1, true, scatter);
  if (confirm(p, trim(p, all, more))) return true;
  run half = {(r.first + more.first + 1) / 2, 0};
  half.n = (r.first + r.n + more.first + more.n) / 2 - half.first;
  return confirm(p, trim(p, all, half)) || confirm(p, trim(p, all, r));
}

/* Where shrinking went astray: the run that grows from either end. */
static bool grow_from_an_end(eisi_kk_pass *p, run all, size_t least) {
  run best = {all.first, 0};
  if (least >= all.n) return false;
  for (int end = 0; end < 2; end++) {
    run r = {end ? all.first + all.n - least : all.first, least};
    try_run(p, r, p->scatter);
    if (!p->verdict.passed) continue;
    r = trim(p, all, regrow(p, r, all.n - least + 1, end, p->scatter));
    if (r.n > best.n) best = r;
  }
  return best.n >= least && confirm(p, best);
}

bool eisi_kk_window(eisi_kk_pass *p) {
  run all = {p->first, p->n}, r = all;
  size_t step = r.n / 8 > 0 ? r.n / 8 : 1, least = r.n / 3 > 7 ? r.n / 3 : 7;
  while (r.n >= least + step) {
    run late = {r.first + step, r.n - step}, early = {r.first, r.n - step};
    double without_start = try_run(p, late, p->scatter);
    double without_end = try_run(p, early, p->scatter);
    bool at_start = without_start < without_end;
    r = at_start ? late : early;
    if (fmin(without_start, without_end) < -1e5 && settle(p, all, r, step, at_start)) return true;
  }
  if (grow_from_an_end(p, all, least)) return true;
  p->first = all.first;
  p->n = all.n;
  return false;
}
