/* kk_pass.c - the test on a run of points, and the search for the run that passes. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/kk_fit.h"
#include "base/base.h"

static const double PI = 3.14159265358979323846;
static const double COARSE = 1.6; /* elements per decade: compliant spectra are met to 7 % */

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
    p->re[k] = admittance ? s->re[k] / (size * size) : s->re[k];
    p->im[k] = admittance ? -s->im[k] / (size * size) : s->im[k];
    p->base[k] = admittance ? size : 1 / size;
    most_fitted = fmax(most_fitted, 1 / p->base[k]);
  }
  if (p->opt->unit_weight)
    for (size_t k = 0; k < s->n; k++) p->base[k] = 1 / most_fitted;
}

static eisi_kk_problem problem_of(const eisi_kk_pass *p) {
  return (eisi_kk_problem){.n = p->n,
                           .omega = p->omega + p->first,
                           .re = p->re + p->first,
                           .im = p->im + p->first,
                           .weight = p->weight + p->first,
                           .opt = p->opt};
}

static int most_elements(const eisi_kk_pass *p) {
  eisi_kk_problem problem = problem_of(p);
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
  pass->out = eisi_new(n, sizeof *pass->out, err);
  if (!pass->out) return EIS_ERROR_MEMORY;
  double **part[] = {&pass->re,     &pass->im,     &pass->base,   &pass->weight, &pass->modulus,
                     &pass->fit_re, &pass->fit_im, &pass->res_re, &pass->res_im, &pass->scratch};
  for (size_t i = 0; i < sizeof part / sizeof *part; i++) *part[i] = a + (i + 1) * n;
  copy_data(pass, s);
  return eisi_kk_work_init(&pass->work, n, (size_t)most_elements(pass), err);
}

void eisi_kk_pass_clear(eisi_kk_pass *pass) {
  free(pass->omega);
  free(pass->out);
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

void eisi_kk_pass_run(eisi_kk_pass *p) {
  for (size_t k = 0; k < p->s->n; k++) p->weight[k] = p->out[k] ? 0 : p->base[k];
  eisi_kk_problem problem = problem_of(p);
  size_t f = p->first;
  p->fit = eisi_kk_select(&problem, &p->work);
  eisi_kk_grid(&problem, p->fit.m, p->work.tau);
  eisi_kk_eval(&problem, p->fit.m, p->work.tau, p->work.x, p->fit_re + f, p->fit_im + f);
  for (size_t k = f; k < f + p->n; k++) {
    if (p->opt->admittance) {
      double size = p->fit_re[k] * p->fit_re[k] + p->fit_im[k] * p->fit_im[k];
      p->fit_re[k] /= size;
      p->fit_im[k] /= -size;
    }
    p->res_re[k] = 100 * (p->s->re[k] - p->fit_re[k]) / p->modulus[k];
    p->res_im[k] = 100 * (p->s->im[k] - p->fit_im[k]) / p->modulus[k];
  }
  eisi_kk_residuals residuals = eisi_kk_pass_residuals(p);
  p->verdict = eisi_kk_judge(&residuals, p->fit.p, p->opt->tolerance_percent);
  p->verdict.coarse = eisi_kk_density(&problem, eisi_kk_most(&problem)) < COARSE;
}

/* ---- window ---- */

static double try_run(eisi_kk_pass *p, size_t first, size_t n) {
  p->first = first;
  p->n = n;
  eisi_kk_pass_run(p);
  double bad = hypot(p->verdict.noise, p->verdict.systematic);
  return p->verdict.passed ? bad - 1e6 : bad; /* any run that passes is better than any other */
}

/* Takes back single points at the end where a whole step was dropped, as long as it passes. */
static void regrow(eisi_kk_pass *p, size_t step, bool at_start) {
  size_t first = p->first, n = p->n;
  for (size_t i = 1; i < step; i++) {
    try_run(p, at_start ? first - 1 : first, n + 1);
    if (!p->verdict.passed) break;
    first = p->first;
    n = p->n;
  }
  p->first = first;
  p->n = n;
}

bool eisi_kk_window(eisi_kk_pass *p) {
  size_t all_first = p->first, all_n = p->n, first = p->first, n = p->n;
  size_t step = n / 12 > 0 ? n / 12 : 1, least = n / 3 > 7 ? n / 3 : 7;
  while (n >= least + step) {
    double without_start = try_run(p, first + step, n - step);
    double without_end = try_run(p, first, n - step);
    bool at_start = without_start < without_end;
    if (at_start) first += step;
    n -= step;
    p->first = first;
    p->n = n;
    if (fmin(without_start, without_end) < -1e5) {
      regrow(p, step, at_start);
      return true;
    }
  }
  p->first = all_first;
  p->n = all_n;
  return false;
}
