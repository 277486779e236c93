#include "analysis/problem.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/weights.h"
#include "numerics/kernel.h"

/* How far one step may go: a factor of e^3 in a scale parameter, 0.3 in an exponent-like one is
   reached through the bounds. */
static const double largest_step = 3.0;

void eisi_problem_clear(eisi_problem *q) {
  free(q->f);
  free(q->data);
  free(q->weight);
  free(q->free_param);
  free(q->want);
  free(q->held);
  free(q->lower);
  free(q->upper);
  free(q->p);
  free(q->z);
  free(q->dz);
  eis_eval_free(q->eval);
  eis_lsq_free(q->lsq);
  *q = (eisi_problem){0};
}

static double to_x(const eis_param *a, double p) {
  return a->spec->scale == EIS_SCALE_LOG ? log(p) : p;
}

static void collect_free(eisi_problem *q) {
  const eis_circuit *c = q->c;
  for (int j = 0; j < c->n_params; j++) {
    const eis_param *a = &c->param[j];
    if (a->fixed) continue;
    if (a->tie >= 0) {
      q->want[j] = !c->param[a->tie].fixed;
      continue; /* its bounds: bind_ties */
    }
    q->want[j] = true;
    q->lower[q->n_free] = to_x(a, a->lower);
    q->upper[q->n_free] = to_x(a, a->upper);
    q->free_param[q->n_free++] = j;
  }
}

/* The bounds of a parameter that follows another bind the one it follows. */
static eis_status bind_ties(eisi_problem *q, eis_error *err) {
  const eis_circuit *c = q->c;
  for (int j = 0; j < c->n_params; j++) {
    const eis_param *a = &c->param[j];
    if (a->fixed || a->tie < 0) continue;
    for (int i = 0; i < q->n_free; i++) {
      if (q->free_param[i] != a->tie) continue;
      const eis_param *master = &c->param[a->tie];
      const bool positive = a->tie_factor > 0;
      const double lo = (positive ? a->lower : a->upper) / a->tie_factor;
      const double hi = (positive ? a->upper : a->lower) / a->tie_factor;
      q->lower[i] = fmax(q->lower[i], to_x(master, fmax(lo, master->lower)));
      q->upper[i] = fmin(q->upper[i], to_x(master, fmin(hi, master->upper)));
      if (q->lower[i] >= q->upper[i])
        return eis_error_set(err, EIS_ERROR_USAGE,
                             "the bounds of %s and %s leave no room for %s = %g %s", a->name,
                             master->name, a->name, a->tie_factor, master->name);
    }
  }
  return EIS_OK;
}

eis_status eisi_problem_init(eisi_problem *q, const eis_circuit *c, const double *f, size_t n,
                             eis_error *err) {
  const size_t np = (size_t)c->n_params;
  *q = (eisi_problem){.c = c, .n = n};
  q->f = eisi_new(n, sizeof *q->f, err);
  q->data = eisi_new(2 * n, sizeof *q->data, err);
  q->weight = eisi_new(2 * n, sizeof *q->weight, err);
  q->free_param = eisi_new(np, sizeof *q->free_param, err);
  q->want = eisi_new(np, sizeof *q->want, err);
  q->held = eisi_new(np, sizeof *q->held, err);
  q->lower = eisi_new(np, sizeof *q->lower, err);
  q->upper = eisi_new(np, sizeof *q->upper, err);
  q->p = eisi_new(np, sizeof *q->p, err);
  q->z = eisi_new(2 * n, sizeof *q->z, err);
  q->dz = eisi_new(2 * n * np, sizeof *q->dz, err);
  eis_status st = EIS_OK;
  if (!q->f || !q->data || !q->weight || !q->free_param || !q->want || !q->held || !q->lower ||
      !q->upper || !q->p || !q->z || !q->dz)
    st = EIS_ERROR_MEMORY;
  if (st == EIS_OK) {
    memcpy(q->f, f, n * sizeof *f);
    collect_free(q);
    st = bind_ties(q, err);
  }
  if (st == EIS_OK) {
    st = eis_eval_new(c, f, n, &q->eval, err);
  }
  if (st == EIS_OK && q->n_free > 0) {
    if (q->n_free > EISI_FREE_MAX)
      st = eis_error_set(
          err, EIS_ERROR_INPUT,
          "the circuit has %d free parameters, at most %d can be fitted: fix or tie some",
          q->n_free, EISI_FREE_MAX);
    else if (2 * n < (size_t)q->n_free)
      st = eis_error_set(err, EIS_ERROR_INPUT,
                         "%zu points give %zu numbers, fewer than the %d free parameters: fix some "
                         "parameters or use a simpler circuit",
                         n, 2 * n, q->n_free);
    else
      st = eis_lsq_new(2 * n, (size_t)q->n_free, &q->lsq, err);
  }
  if (st != EIS_OK) eisi_problem_clear(q);
  return st;
}

/* S of the Kramers-Kronig fit, which takes m + 3 parameters, brought to the degrees of freedom of
   this circuit. */
static double noise_from_kk(const eisi_problem *q, const eis_kk_result *kk) {
  const double m = 2.0 * (double)q->n, dof = m - kk->m - 3;
  double S = 0;
  for (size_t k = 0; k < q->n; k++) {
    const double r = q->weight[k] * (kk->fit_re[k] - q->data[k]);
    const double i = q->weight[q->n + k] * (kk->fit_im[k] - q->data[q->n + k]);
    S += r * r + i * i;
  }
  return dof > 0 ? S / dof * (m - q->n_free) : 0;
}

eis_status eisi_problem_load(eisi_problem *q, const eis_spectrum *s, eis_weighting weighting,
                             const eis_kk_result *kk, eis_error *err) {
  memcpy(q->data, s->re, q->n * sizeof(double));
  memcpy(q->data + q->n, s->im, q->n * sizeof(double));
  q->loss = EIS_LOSS_SQUARE;
  q->evaluations = 0;
  eis_status st = eisi_weights(s, weighting, kk, q->weight, err);
  q->noise_S = st == EIS_OK && kk ? noise_from_kk(q, kk) : 0;
  return st;
}

bool eisi_problem_is_log(const eisi_problem *q, int i) {
  return q->c->param[q->free_param[i]].spec->scale == EIS_SCALE_LOG;
}

double eisi_problem_slope(const eisi_problem *q, int i, double p) {
  return eisi_problem_is_log(q, i) ? p : 1.0;
}

void eisi_problem_to_params(const eisi_problem *q, const double *x, double *p) {
  const eis_circuit *c = q->c;
  for (int j = 0; j < c->n_params; j++)
    if (c->param[j].fixed) p[j] = c->param[j].value;
  for (int i = 0; i < q->n_free; i++) { /* exp(ln p) may be a rounding off the bound */
    const eis_param *a = &c->param[q->free_param[i]];
    const double v = a->spec->scale == EIS_SCALE_LOG ? exp(x[i]) : x[i];
    p[q->free_param[i]] = v < a->lower ? a->lower : v > a->upper ? a->upper : v;
  }
  for (int j = 0; j < c->n_params; j++)
    if (!c->param[j].fixed && c->param[j].tie >= 0)
      p[j] = c->param[j].tie_factor * p[c->param[j].tie];
}

void eisi_problem_from_params(const eisi_problem *q, const double *p, double *x) {
  for (int i = 0; i < q->n_free; i++) {
    const eis_param *a = &q->c->param[q->free_param[i]];
    x[i] = to_x(a, fmin(fmax(p[q->free_param[i]], a->lower), a->upper));
  }
}

/* Robust losses written as least squares (Triggs et al. 2000): the residual is replaced by
   rho^(1/2) with rho(0) = 0, rho''= 1 at small r, so that J is bent along.  u = (r/c)^2 */
static double bend(eis_loss loss, double u, double *slope) {
  double rho = u, d = 1; /* d = drho/du */
  if (loss == EIS_LOSS_HUBER && u > 1) {
    rho = 2 * sqrt(u) - 1;
    d = 1 / sqrt(u);
  } else if (loss == EIS_LOSS_SOFT_L1) {
    rho = 2 * (sqrt(1 + u) - 1);
    d = 1 / sqrt(1 + u);
  } else if (loss == EIS_LOSS_CAUCHY) {
    rho = log1p(u);
    d = 1 / (1 + u);
  }
  *slope = rho > 0 ? d * sqrt(u / rho) : 1;
  return sqrt(rho);
}

double eisi_problem_robust_variance(const eisi_problem *q, const double *r, double dof) {
  const size_t m = 2 * q->n;
  double sum = 0, mean = 0;
  for (size_t k = 0; k < m; k++) {
    const double t = r[k] / q->loss_scale, u = t * t;
    double weight = 1, slope = 1; /* psi/r and psi' */
    if (q->loss == EIS_LOSS_HUBER && u > 1) {
      weight = 1 / sqrt(u);
      slope = 0;
    } else if (q->loss == EIS_LOSS_SOFT_L1) {
      weight = 1 / sqrt(1 + u);
      slope = weight / (1 + u);
    } else if (q->loss == EIS_LOSS_CAUCHY) {
      weight = 1 / (1 + u);
      slope = (1 - u) * weight * weight;
    }
    sum += r[k] * weight * r[k] * weight;
    mean += slope / (double)m;
  }
  return mean > 0 && dof > 0 ? sum / dof / (mean * mean) : NAN;
}

static void apply_loss(const eisi_problem *q, double *r, double *J) {
  const size_t m = 2 * q->n;
  for (size_t k = 0; k < m; k++) {
    double slope, t = r[k] / q->loss_scale;
    const double size = bend(q->loss, t * t, &slope) * q->loss_scale;
    r[k] = r[k] < 0 ? -size : size;
    for (int i = 0; J && i < q->n_free; i++) J[(size_t)i * m + k] *= slope;
  }
}

/* Columns of tied parameters are added to those of the parameter they follow. */
static void add_ties(eisi_problem *q) {
  const size_t m = 2 * q->n;
  for (int j = 0; j < q->c->n_params; j++) {
    const eis_param *a = &q->c->param[j];
    if (a->fixed || a->tie < 0 || !q->want[j]) continue;
    double *to = q->dz + m * (size_t)a->tie;
    const double *from = q->dz + m * (size_t)j;
    for (size_t k = 0; k < m; k++) to[k] += a->tie_factor * from[k];
  }
}

bool eisi_problem_residual(void *ctx, const double *x, double *r, double *J) {
  eisi_problem *q = ctx;
  const size_t m = 2 * q->n;
  q->evaluations++;
  eisi_problem_to_params(q, x, q->p);
  eis_eval_run(q->eval, q->p, q->z, J ? q->dz : NULL, q->want);
  eisi_weighted_residual(m, q->weight, q->z, q->data, r);
  if (J) add_ties(q);
  for (int i = 0; J && i < q->n_free; i++) {
    const int j = q->free_param[i];
    eisi_weighted_column(m, q->weight, q->dz + m * (size_t)j, eisi_problem_slope(q, i, q->p[j]),
                         J + m * (size_t)i);
  }
  if (q->loss != EIS_LOSS_SQUARE) apply_loss(q, r, J);
  return true;
}

double eisi_problem_S(eisi_problem *q, const double *x) {
  const size_t m = 2 * q->n;
  double S = 0;
  q->evaluations++;
  eisi_problem_to_params(q, x, q->p);
  eis_eval_run(q->eval, q->p, q->z, NULL, NULL);
  eisi_weighted_residual(m, q->weight, q->z, q->data, q->dz);
  if (q->loss != EIS_LOSS_SQUARE) apply_loss(q, q->dz, NULL);
  S = eisi_sum_squares(m, q->dz);
  return isfinite(S) ? S : INFINITY;
}

eis_status eisi_problem_solve(eisi_problem *q, const eis_lsq_options *opt, double *x,
                              eis_lsq_info *info, eis_error *err) {
  const size_t n = (size_t)q->n_free;
  double lower[EISI_FREE_MAX], upper[EISI_FREE_MAX]; /* n_free was checked by _init */
  for (size_t i = 0; i < n; i++) {
    lower[i] = q->held[i] ? x[i] : q->lower[i];
    upper[i] = q->held[i] ? x[i] : q->upper[i];
  }
  const eis_lsq_problem prob = {.m = 2 * q->n, .n = n, .eval = eisi_problem_residual, .ctx = q,
                                .lower = lower, .upper = upper};
  eis_lsq_options o = *opt;
  double size = 0; /* residuals of rounding size are none */
  for (size_t k = 0; k < 2 * q->n; k++)
    size += q->weight[k] * q->data[k] * q->weight[k] * q->data[k];
  o.S_zero = 1e-27 * size;
  if (!isfinite(o.step_max)) o.step_max = largest_step;
  return eis_lsq_run(q->lsq, &prob, &o, x, info, err);
}
