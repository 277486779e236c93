#include "analysis/weights.h"

#include <math.h>

static eis_status check_data(const eis_spectrum *s, eis_error *err) {
  bool any = false;
  for (size_t k = 0; k < s->n; k++) {
    if (!isfinite(s->re[k]) || !isfinite(s->im[k]) || !(s->f[k] > 0))
      return eis_error_set(err, EIS_ERROR_INPUT,
                           "point %zu is not a finite impedance at a positive frequency", k + 1);
    any |= s->re[k] != 0 || s->im[k] != 0;
  }
  if (any) return EIS_OK;
  return eis_error_set(err, EIS_ERROR_INPUT, "all impedances are zero: nothing to fit");
}

/* sigma_k^2 = s^2 (t^2 + |Z_k|^2): a constant floor and a part proportional to |Z|, the two
   parameters by maximum likelihood from the Kramers-Kronig residuals e_k (Orazem's error structure
   reduced to what one spectrum bears). Returns -2 ln L for t; s2 out. */
static double error_model_score(const eis_spectrum *s, const eis_kk_result *kk, double t,
                                double *s2) {
  double sum = 0, logs = 0;
  size_t used = 0;
  for (size_t k = 0; k < s->n; k++) {
    const double z2 = s->re[k] * s->re[k] + s->im[k] * s->im[k], v = t * t + z2;
    const double er = s->re[k] - kk->fit_re[k], ei = s->im[k] - kk->fit_im[k];
    if (kk->outlier[k] || !(v > 0)) continue;
    sum += (er * er + ei * ei) / v;
    logs += 2 * log(v);
    used += 2;
  }
  *s2 = used ? sum / (double)used : 0;
  return (double)used * log(*s2 > 0 ? *s2 : 1e-300) + logs;
}

static eis_status error_model(const eis_spectrum *s, const eis_kk_result *kk, double *weight,
                              eis_error *err) {
  double zmax = 0, best = INFINITY, t_best = 0, s2 = 0;
  if (!kk)
    return eis_error_set(err, EIS_ERROR_USAGE,
                         "the error model is estimated from the Kramers-Kronig test: leave it on");
  for (size_t k = 0; k < s->n; k++) zmax = fmax(zmax, hypot(s->re[k], s->im[k]));
  for (int i = 0; i <= 60; i++) {
    const double t = zmax * pow(10, -5 + 0.1 * i), score = error_model_score(s, kk, t, &s2);
    if (score < best) {
      best = score;
      t_best = t;
    }
  }
  error_model_score(s, kk, t_best, &s2);
  if (!(s2 > 0))
    return eis_error_set(err, EIS_ERROR_NUMERIC,
                         "the Kramers-Kronig residuals are zero: there is no noise to model; use "
                         "modulus weighting");
  for (size_t k = 0; k < s->n; k++) {
    const double z2 = s->re[k] * s->re[k] + s->im[k] * s->im[k];
    weight[k] = weight[s->n + k] = 1 / sqrt(s2 * (t_best * t_best + z2));
  }
  return EIS_OK;
}

static eis_status sigma_weights(const eis_spectrum *s, double *weight, eis_error *err) {
  if (!s->sigma)
    return eis_error_set(err, EIS_ERROR_INPUT,
                         "the file has no column with standard deviations: use another weighting");
  for (size_t k = 0; k < s->n; k++) {
    if (!(s->sigma[k] > 0))
      return eis_error_set(err, EIS_ERROR_INPUT,
                           "the standard deviation of point %zu is not positive", k + 1);
    weight[k] = weight[s->n + k] = 1 / s->sigma[k];
  }
  return EIS_OK;
}

eis_status eisi_weights(const eis_spectrum *s, eis_weighting weighting, const eis_kk_result *kk,
                        double *weight, eis_error *err) {
  eis_status st = check_data(s, err);
  if (st != EIS_OK) return st;
  if (weighting == EIS_WEIGHT_SIGMA) return sigma_weights(s, weight, err);
  if (weighting == EIS_WEIGHT_ERROR_MODEL) return error_model(s, kk, weight, err);
  for (size_t k = 0; k < s->n; k++) {
    const double re = fabs(s->re[k]), im = fabs(s->im[k]), mod = hypot(re, im);
    /* a point of zero size has no relative error: it is left out */
    double a = mod > 0 ? 1 / mod : 0, b = a;
    if (weighting == EIS_WEIGHT_UNIT) a = b = 1;
    if (weighting == EIS_WEIGHT_PROPORTIONAL) {
      a = re > 0 ? 1 / re : 0;
      b = im > 0 ? 1 / im : 0;
    }
    weight[k] = a;
    weight[s->n + k] = b;
  }
  return EIS_OK;
}
