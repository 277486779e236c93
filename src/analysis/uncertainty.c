#include "analysis/uncertainty.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/search.h"
#include "numerics/rng.h"
#include "numerics/stats.h"

static double to_p(const eisi_problem *q, int i, double x) {
  return eisi_problem_is_log(q, i) ? exp(x) : x;
}

/* 95 % interval x +- half in internal variables, cut at the bounds. */
static void set_interval(const eisi_problem *q, int i, double x, double half, eis_fit_param *p) {
  p->ci_low = to_p(q, i, fmax(x - half, q->lower[i]));
  p->ci_high = to_p(q, i, fmin(x + half, q->upper[i]));
}

/* Jacobian columns of the parameters off their bounds, packed; returns how many. */
static size_t pack_columns(const eisi_problem *q, const double *x, double *J, int *index) {
  const size_t m = 2 * q->n;
  size_t k = 0;
  for (int i = 0; i < q->n_free; i++) {
    if (eisi_at_bound(q, i, x[i])) continue;
    if (k != (size_t)i) memmove(J + k * m, J + (size_t)i * m, m * sizeof *J);
    index[k++] = i;
  }
  return k;
}

/* Values that need no covariance; everything else NaN. */
static void start_result(const eisi_problem *q, const double *x, eis_fit_result *out) {
  const eis_circuit *c = q->c;
  const size_t np = (size_t)c->n_params;
  eisi_problem_to_params(q, x, q->p);
  for (size_t j = 0; j < np * np; j++) out->covariance[j] = NAN;
  for (int j = 0; j < c->n_params; j++) {
    const eis_param *a = &c->param[j];
    out->param[j] = (eis_fit_param){.value = q->p[j],
                                    .stderr_ = NAN,
                                    .ci_low = NAN,
                                    .ci_high = NAN,
                                    .fixed = a->fixed,
                                    .tied = !a->fixed && a->tie >= 0,
                                    .identifiable = true};
  }
  for (int i = 0; i < q->n_free; i++)
    out->param[q->free_param[i]].at_bound = eisi_at_bound(q, i, x[i]);
}

/* Tied parameters follow their master with all errors. */
static void fill_ties(const eis_circuit *c, eis_fit_result *out) {
  const size_t np = (size_t)c->n_params;
  for (int j = 0; j < c->n_params; j++) {
    const eis_param *a = &c->param[j];
    if (a->fixed || a->tie < 0) continue;
    const eis_fit_param *from = &out->param[a->tie];
    eis_fit_param *to = &out->param[j];
    to->stderr_ = from->stderr_ * a->tie_factor;
    to->ci_low = from->ci_low * a->tie_factor;
    to->ci_high = from->ci_high * a->tie_factor;
    to->identifiable = from->identifiable;
    to->at_bound = from->at_bound;
    for (size_t k = 0; k < np; k++)
      out->covariance[(size_t)j + k * np] = out->covariance[k + (size_t)j * np] =
          a->tie_factor * out->covariance[(size_t)a->tie + k * np];
    out->covariance[(size_t)j + (size_t)j * np] =
        a->tie_factor * a->tie_factor * out->covariance[(size_t)a->tie * (np + 1)];
  }
}

/* (J'J)^-1 of the parameters off their bounds. */
typedef struct packed {
  const double *cov; /* n x n */
  const int *index;  /* which free parameters they are */
  size_t n;
} packed;

static void fill_covariance(const eisi_problem *q, const double *x, const packed *k, double s2,
                            eis_fit_result *out) {
  const size_t np = (size_t)q->c->n_params;
  const double t = eisi_t_quantile(0.975, out->dof);
  for (size_t a = 0; a < k->n; a++) {
    const int i = k->index[a], j = q->free_param[i];
    eis_fit_param *p = &out->param[j];
    const double slope = eisi_problem_slope(q, i, p->value), v = k->cov[a + a * k->n] * s2;
    for (size_t b = 0; b < k->n; b++) {
      const int ib = k->index[b], jb = q->free_param[ib];
      out->covariance[(size_t)j + (size_t)jb * np] =
          k->cov[a + b * k->n] * s2 * slope * eisi_problem_slope(q, ib, out->param[jb].value);
    }
    if (!p->identifiable || !(v >= 0)) continue;
    p->stderr_ = sqrt(v) * slope;
    set_interval(q, i, x[i], t * sqrt(v), p);
  }
}

/* s^2: what one unit of S stands for. */
static double variance_unit(const eis_fit_options *opt, double reduced) {
  const bool absolute =
      opt->weighting == EIS_WEIGHT_SIGMA || opt->weighting == EIS_WEIGHT_ERROR_MODEL;
  return absolute ? fmax(reduced, 1) : reduced;
}

eis_status eisi_uncertainty_covariance(eisi_problem *q, const double *x, double S,
                                       const eis_fit_options *opt, eis_fit_result *out,
                                       eis_error *err) {
  const size_t m = 2 * q->n, n = (size_t)q->n_free;
  double *r = eisi_new(m * (n + 1) + n * n + 1, sizeof *r, err);
  int *index = eisi_new(n, sizeof *index, err);
  bool *known = eisi_new(n, sizeof *known, err);
  eis_status st = r && index && known ? EIS_OK : EIS_ERROR_MEMORY;
  const eis_loss loss = q->loss;
  double *J = NULL, *cov = NULL;
  size_t k = 0, rank = 0;
  if (st == EIS_OK) {
    J = r + m;
    cov = J + m * n;
    q->loss = EIS_LOSS_SQUARE; /* plain residuals and derivatives, see robust_variance */
    if (n > 0) eisi_problem_residual(q, x, r, J);
    q->loss = loss;
    start_result(q, x, out);
    k = pack_columns(q, x, J, index);
    if (k > 0) rank = eis_lsq_covariance(J, m, k, cov, known);
    if (rank == SIZE_MAX) st = eis_error_set(err, EIS_ERROR_MEMORY, "out of memory");
  }
  if (st == EIS_OK) {
    out->S = S;
    out->n_free = (int)rank;
    out->dof = (int)m - (int)rank;
    out->reduced = out->dof > 0 ? S / out->dof : NAN;
    for (size_t a = 0; a < k; a++) out->param[q->free_param[index[a]]].identifiable = known[a];
    const double s2 = loss == EIS_LOSS_SQUARE ? variance_unit(opt, out->reduced)
                                              : eisi_problem_robust_variance(q, r, out->dof);
    if (out->dof > 0) fill_covariance(q, x, &(packed){cov, index, k}, s2, out);
    fill_ties(q->c, out);
  }
  free(r);
  free(index);
  free(known);
  return st;
}

/* ---- profile likelihood ------------------------------------------------------------------- */

typedef struct profile {
  eisi_problem *q;
  const double *x; /* optimum */
  double target;   /* S to reach */
  double *trial;
  eis_lsq_options o;
} profile;

/* S with x_i = value, the others refitted from the last trial point. */
static double profile_S(profile *pr, int i, double value) {
  eis_lsq_info info;
  pr->trial[i] = value;
  pr->q->held[i] = true;
  const eis_status st = eisi_problem_solve(pr->q, &pr->o, pr->trial, &info, NULL);
  pr->q->held[i] = false;
  return st == EIS_OK ? info.S : INFINITY;
}

/* Where S crosses the target on one side (direction +-1): the distance d, bracketed by doubling,
   then secant/bisection on sqrt(S - S_min), which is nearly linear in d. */
static double profile_side(profile *pr, int i, double d, double direction, double S_min) {
  const size_t n = (size_t)pr->q->n_free;
  const double limit = direction > 0 ? pr->q->upper[i] - pr->x[i] : pr->x[i] - pr->q->lower[i];
  const double goal = sqrt(pr->target - S_min);
  double lo = 0, f_lo = 0, hi = d < limit ? d : limit, f_hi = 0;
  memcpy(pr->trial, pr->x, n * sizeof(double));
  for (int k = 0; k < 40; k++) {
    f_hi = sqrt(fmax(profile_S(pr, i, pr->x[i] + direction * hi) - S_min, 0));
    if (f_hi >= goal) break;
    if (hi >= limit) return limit; /* the bound comes first */
    lo = hi;
    f_lo = f_hi;
    hi = 2 * hi < limit ? 2 * hi : limit;
  }
  for (int k = 0; k < 30 && hi - lo > 1e-4 * hi; k++) {
    double mid = lo + (goal - f_lo) / (f_hi - f_lo) * (hi - lo);
    const double margin = 0.02 * (hi - lo);
    mid = fmin(fmax(mid, lo + margin), hi - margin);
    const double f = sqrt(fmax(profile_S(pr, i, pr->x[i] + direction * mid) - S_min, 0));
    if (fabs(f - goal) < 1e-4 * goal) return mid;
    if (f < goal) {
      lo = mid;
      f_lo = f;
    } else {
      hi = mid;
      f_hi = f;
    }
  }
  return 0.5 * (lo + hi);
}

eis_status eisi_uncertainty_profile(eisi_problem *q, const double *x, const eis_fit_options *opt,
                                    double deadline, eis_fit_result *out, eis_error *err) {
  const double t = eisi_t_quantile(0.975, out->dof), s2 = variance_unit(opt, out->reduced);
  profile pr = {.q = q, .x = x, .o = eis_lsq_options_default()};
  pr.o.deadline_s = deadline;
  pr.o.dtol = 1e-4;
  if (out->dof < 1) return EIS_OK;
  pr.target = out->S + t * t * s2;
  pr.trial = eisi_new((size_t)q->n_free, sizeof *pr.trial, err);
  if (!pr.trial) return EIS_ERROR_MEMORY;
  for (int i = 0; i < q->n_free; i++) {
    eis_fit_param *p = &out->param[q->free_param[i]];
    const double se = p->stderr_ / eisi_problem_slope(q, i, p->value);
    const double d = isfinite(se) && se > 0 ? t * se : 1;
    if (isfinite(deadline) && eisi_now() > deadline) break;
    p->ci_low = to_p(q, i, x[i] - profile_side(&pr, i, d, -1, out->S));
    p->ci_high = to_p(q, i, x[i] + profile_side(&pr, i, d, +1, out->S));
  }
  fill_ties(q->c, out);
  free(pr.trial);
  return EIS_OK;
}

/* ---- residual bootstrap ------------------------------------------------------------------- */

/* Data = fit + resampled residual / weight.  Residuals are those of the fit, blown up by
   sqrt(2n/dof) for the degrees of freedom that the fit took. */
static void resample(eisi_problem *q, const double *model, const double *residual, double blow_up,
                     eisi_rng *rng) {
  const size_t m = 2 * q->n;
  for (size_t k = 0; k < m; k++) {
    const size_t pick = (size_t)(eisi_rng_uniform(rng) * (double)m);
    const double e = residual[pick] * blow_up;
    q->data[k] = model[k] + (q->weight[k] > 0 ? e / q->weight[k] : 0);
  }
}

static int by_value(const void *a, const void *b) {
  const double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static double quantile_sorted(const double *v, size_t n, double prob) {
  const double at = prob * (double)(n - 1);
  const size_t i = (size_t)at;
  return i + 1 < n ? v[i] + (at - (double)i) * (v[i + 1] - v[i]) : v[n - 1];
}

static void summarise(eisi_problem *q, int i, double *v, size_t n, eis_fit_result *out) {
  eis_fit_param *p = &out->param[q->free_param[i]];
  if (!p->identifiable) return; /* replicates that stay in the valley of the start prove nothing */
  qsort(v, n, sizeof *v, by_value);
  /* half the central 68.27 %: single replicates that ran off do not count */
  if (!p->at_bound)
    p->stderr_ = 0.5 * (quantile_sorted(v, n, 0.84135) - quantile_sorted(v, n, 0.15865)) *
                 eisi_problem_slope(q, i, p->value);
  p->ci_low = to_p(q, i, quantile_sorted(v, n, 0.025));
  p->ci_high = to_p(q, i, quantile_sorted(v, n, 0.975));
}

eis_status eisi_uncertainty_bootstrap(eisi_problem *q, const double *x, const eis_fit_options *opt,
                                      double deadline, eis_fit_result *out, eis_error *err) {
  const size_t m = 2 * q->n, n = (size_t)q->n_free, reps = (size_t)opt->bootstrap;
  double *buf = eisi_new(3 * m + n + n * reps, sizeof *buf, err);
  if (!buf) return EIS_ERROR_MEMORY;
  double *data = buf, *model = buf + m, *residual = model + m, *trial = residual + m,
         *sample = trial + n;
  eis_lsq_options o = eis_lsq_options_default();
  size_t done = 0;
  o.dtol = 1e-3;
  o.deadline_s = deadline;
  memcpy(data, q->data, m * sizeof *data);
  eisi_problem_S(q, x);
  memcpy(model, q->z, m * sizeof *model);
  for (size_t k = 0; k < m; k++) residual[k] = q->weight[k] * (data[k] - model[k]);
  for (size_t b = 0; b < reps && !(isfinite(deadline) && eisi_now() > deadline); b++) {
    eis_lsq_info info;
    eisi_rng rng;
    eisi_rng_seed(&rng, opt->seed, 1000 + b);
    resample(q, model, residual, sqrt((double)m / fmax(out->dof, 1)), &rng);
    memcpy(trial, x, n * sizeof *trial);
    if (eisi_problem_solve(q, &o, trial, &info, NULL) != EIS_OK) continue;
    for (size_t i = 0; i < n; i++) sample[i * reps + done] = trial[i];
    done++;
  }
  memcpy(q->data, data, m * sizeof *data);
  for (int i = 0; i < q->n_free && done >= EISI_BOOTSTRAP_MIN; i++)
    summarise(q, i, sample + (size_t)i * reps, done, out);
  fill_ties(q->c, out);
  free(buf);
  if (done >= EISI_BOOTSTRAP_MIN) return EIS_OK;
  return eis_notes_add(&out->warnings, err,
                       "only %zu bootstrap fits finished in the time allowed: the intervals are "
                       "those of the covariance",
                       done);
}
