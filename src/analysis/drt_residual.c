/* drt_residual.c - is what a model leaves of the data noise? */
#include <math.h>
#include <stdio.h>

#include "base/number.h"
#include "analysis/drt_sum.h"
#include "numerics/kernel.h"
#include "numerics/stats.h"

static const double LEAST_P = 1e-3;  /* less probable is no chance */
static const double ROUNDING = 1e-6; /* of the data: nothing to be judged */

/* Runs of equal sign in standard deviations from those of a random sequence (A. Wald, J. Wolfowitz,
   Ann. Math. Stat. 11 (1940) 147). */
static double runs_of(const double *r, size_t n) {
  double up = 0, down = 0, runs = 1;
  for (size_t k = 0; k < n; k++) {
    up += r[k] > 0;
    down += r[k] <= 0;
    if (k > 0 && (r[k] > 0) != (r[k - 1] > 0)) runs++;
  }
  const double all = up + down, mean = 2 * up * down / all + 1;
  const double variance = (mean - 1) * (mean - 2) / (all - 1);
  if (variance > 0) return (runs - mean) / sqrt(variance);
  return all > 8 ? -sqrt(all) : 0; /* one sign only */
}

/* Sum of squares of the Kramers-Kronig fit in the weights of the model. */
static double kk_squares(const eis_kk_result *kk, const double *weight, const eis_spectrum *s) {
  double sum = 0;
  for (size_t k = 0; k < s->n; k++) {
    const double a = weight[k] * (kk->fit_re[k] - s->re[k]);
    const double b = weight[s->n + k] * (kk->fit_im[k] - s->im[k]);
    sum += a * a + b * b;
  }
  return sum;
}

static void put_words(eis_drt_residual_test *t) {
  const char *what = t->passed              ? "the residuals are noise"
                     : t->p_ratio < LEAST_P ? "the residuals are larger than the noise"
                                            : "the residuals have a trend";
  if (isnan(t->ratio))
    snprintf(t->text, sizeof t->text,
             "%s: runs %.1f standard deviations from chance; their size can't be judged, the noise "
             "is not known",
             what, t->runs);
  else
    snprintf(t->text, sizeof t->text,
             "%s: variance %g times that of the noise (%g %% of |Z|), runs %.1f standard "
             "deviations from chance",
             what, eisi_signif(t->ratio, 3), eisi_signif(t->noise_percent, 3), t->runs);
}

/* Weighted data, squared and summed. */
static double data_squares(const double *weight, const eis_spectrum *s) {
  double sum = 0;
  for (size_t k = 0; k < s->n; k++)
    sum += pow(weight[k] * s->re[k], 2) + pow(weight[s->n + k] * s->im[k], 2);
  return sum;
}

void eisi_residual_test(eisi_sums *w, int dof, const eis_kk_result *kk,
                        eis_drt_residual_test *out) {
  const eis_spectrum *s = eisi_sums_spectrum(w);
  const double *residual = eisi_sums_residual(w), *weight = eisi_sums_weight(w);
  const size_t n = s->n;
  const double S = eisi_sum_squares(2 * n, residual);
  *out = (eis_drt_residual_test){.noise_percent = NAN, .ratio = NAN, .p_ratio = NAN};
  out->runs = (runs_of(residual, n) + runs_of(residual + n, n)) / sqrt(2);
  out->p_runs = 0.5 * erfc(-out->runs / sqrt(2));
  if (kk && kk->n == n && 2 * (int)n - kk->m - 3 > 0 && dof > 0) {
    /* the test's many RC elements hold what a sum of processes can: more squares than theirs, per
       degree of freedom, are misfit */
    const double free_kk = 2 * (double)n - kk->m - 3, S_kk = kk_squares(kk, weight, s);
    const double more = dof - free_kk, noise = S_kk / free_kk;
    out->noise_percent = kk->noise_percent;
    out->ratio = S / dof / noise;
    if (more > 0)
      out->p_ratio = S > S_kk ? eisi_f_upper((S - S_kk) / more / noise, more, free_kk) : 1;
    else
      out->p_ratio = eisi_f_upper(out->ratio, dof, free_kk);
  }
  out->passed = !(out->p_ratio < LEAST_P) && !(out->p_runs < LEAST_P);
  if (S <= ROUNDING * ROUNDING * data_squares(weight, s)) out->passed = true;
  put_words(out);
}
