#include <eisfit/fit.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/kk_fit.h"
#include "analysis/order.h"
#include "analysis/problem.h"
#include "analysis/remarks.h"
#include "analysis/search.h"
#include "analysis/starts.h"
#include "analysis/uncertainty.h"
#include "numerics/optimize.h"
#include "numerics/stats.h"

struct eis_fit_work {
  eis_circuit *c;
  bool ready; /* problem and starts are made for the grid in problem.f */
  eisi_problem problem;
  eisi_starts *starts;
  double *given; /* n_params start values, NULL = those of the circuit */
};

eis_fit_options eis_fit_options_default(void) {
  return (eis_fit_options){.weighting = EIS_WEIGHT_MODULUS,
                           .loss = EIS_LOSS_SQUARE,
                           .optimizer = "auto",
                           .starts = 0,
                           .seed = 1,
                           .ci = EIS_CI_COV,
                           .bootstrap = 200,
                           .max_time_s = INFINITY,
                           .kk = true};
}

void eis_fit_result_clear(eis_fit_result *r) {
  if (!r) return;
  free(r->param);
  free(r->covariance);
  free(r->fit_re);
  free(r->fit_im);
  free(r->weight_re);
  free(r->weight_im);
  eis_kk_result_clear(&r->kk);
  eis_notes_clear(&r->warnings);
  *r = (eis_fit_result){0};
}

static void forget_grid(eis_fit_work *w) {
  eisi_starts_free(w->starts);
  w->starts = NULL;
  if (w->ready) eisi_problem_clear(&w->problem);
  w->ready = false;
}

eis_status eis_fit_work_new(const eis_circuit *c, eis_fit_work **out, eis_error *err) {
  *out = eisi_new(1, sizeof **out, err);
  if (!*out) return EIS_ERROR_MEMORY;
  eis_status st = eis_circuit_check(c, err);
  if (st == EIS_OK) st = eis_circuit_copy(c, &(*out)->c, err);
  if (st != EIS_OK) {
    free(*out);
    *out = NULL;
  }
  return st;
}

void eis_fit_work_free(eis_fit_work *w) {
  if (!w) return;
  forget_grid(w);
  free(w->given);
  eis_circuit_free(w->c);
  free(w);
}

eis_status eis_fit_work_start(eis_fit_work *w, const double *value, eis_error *err) {
  const size_t n = (size_t)w->c->n_params;
  if (!value) {
    free(w->given);
    w->given = NULL;
    return EIS_OK;
  }
  if (!w->given) w->given = eisi_new(n, sizeof *w->given, err);
  if (!w->given) return EIS_ERROR_MEMORY;
  memcpy(w->given, value, n * sizeof *value);
  return EIS_OK;
}

static eis_status prepare_grid(eis_fit_work *w, const eis_spectrum *s, eis_error *err) {
  if (w->ready && w->problem.n == s->n && memcmp(w->problem.f, s->f, s->n * sizeof *s->f) == 0)
    return EIS_OK;
  forget_grid(w);
  if (s->n == 0) return eis_error_set(err, EIS_ERROR_INPUT, "the spectrum has no points");
  eis_status st = eisi_problem_init(&w->problem, w->c, s->f, s->n, err);
  if (st != EIS_OK) return st;
  w->ready = true;
  return EIS_OK;
}

static eis_status allocate(eis_fit_result *out, const eis_circuit *c, size_t n, eis_error *err) {
  const size_t np = (size_t)c->n_params;
  out->n = n;
  out->n_params = c->n_params;
  out->param = eisi_new(np, sizeof *out->param, err);
  out->covariance = eisi_new(np * np, sizeof *out->covariance, err);
  out->fit_re = eisi_new(n, sizeof(double), err);
  out->fit_im = eisi_new(n, sizeof(double), err);
  out->weight_re = eisi_new(n, sizeof(double), err);
  out->weight_im = eisi_new(n, sizeof(double), err);
  if (out->param && out->covariance && out->fit_re && out->fit_im && out->weight_re &&
      out->weight_im)
    return EIS_OK;
  return EIS_ERROR_MEMORY;
}

/* Where a robust loss starts to bend: 1.345 standard deviations of the noise (Huber's constant for
   95 % efficiency), the noise from the first residuals of a plain fit by their median. */
static eis_status bend_residuals(eisi_problem *q, const eis_fit_options *opt, eisi_optimum *best,
                                 double deadline, eis_error *err) {
  const size_t m = 2 * q->n;
  eis_lsq_info info;
  eis_lsq_options o = eis_lsq_options_default();
  o.deadline_s = deadline;
  if (opt->loss == EIS_LOSS_SQUARE || q->n_free == 0) return EIS_OK;
  double *r = eisi_new(m, sizeof *r, err);
  if (!r) return EIS_ERROR_MEMORY;
  /* two rounds: the scale of the first may be spoilt by the outliers */
  for (int round = 0; round < 2; round++) {
    q->loss = EIS_LOSS_SQUARE;
    eisi_problem_residual(q, best->x, r, NULL);
    for (size_t k = 0; k < m; k++) r[k] = fabs(r[k]);
    q->loss_scale = fmax(1.345 * 1.4826 * eisi_median(r, m), 1e-300);
    q->loss = opt->loss;
    eis_status st = eisi_problem_solve(q, &o, best->x, &info, err);
    if (st != EIS_OK) {
      free(r);
      return st;
    }
    best->S = info.S;
    best->verdict = info.verdict;
  }
  free(r);
  return EIS_OK;
}

static void statistics(const eisi_problem *q, eis_fit_result *out) {
  const size_t n = q->n;
  /* a parameter that ended on a bound was free to choose it: it counts; the variance does too */
  const double m = 2.0 * (double)n, k = q->n_free + 1;
  out->pseudo_chi2 = 0;
  for (size_t i = 0; i < n; i++) {
    const double zr = q->data[i], zi = q->data[n + i], z2 = zr * zr + zi * zi;
    const double dr = q->z[i] - zr, di = q->z[n + i] - zi;
    out->fit_re[i] = q->z[i];
    out->fit_im[i] = q->z[n + i];
    out->weight_re[i] = q->weight[i];
    out->weight_im[i] = q->weight[n + i];
    if (z2 > 0) out->pseudo_chi2 += (dr * dr + di * di) / z2;
  }
  out->noise_percent = out->dof > 0 ? 100 * sqrt(out->pseudo_chi2 / out->dof) : NAN;
  out->misfit =
      out->noise_percent > 2 && !(out->have_kk && out->noise_percent <= 3 * out->kk.noise_percent);
  out->aic = m * log(out->S / m) + 2 * k;
  out->aicc = m - k - 1 > 0 ? out->aic + 2 * k * (k + 1) / (m - k - 1) : NAN;
  out->bic = m * log(out->S / m) + k * log(m);
}

static eis_fit_verdict verdict_of(eis_lsq_verdict v) {
  if (v == EIS_LSQ_TIMEOUT) return EIS_FIT_TIMEOUT;
  return v == EIS_LSQ_CONVERGED ? EIS_FIT_CONVERGED : EIS_FIT_NOT_CONVERGED;
}

/* Where two arcs may change their names without the data objecting (S higher by less than 4 s^2, as
   within the 95 % interval of a parameter), the order of the circuit decides, fastest first: noise
   must not give R1 to one arc in this spectrum and to the other in the next. */
static eis_status restore_order(eisi_problem *q, bool named, double deadline, eisi_optimum *best,
                                eis_error *err) {
  const size_t n = (size_t)q->n_free;
  const double dof = 2.0 * (double)q->n - q->n_free;
  eis_lsq_info info;
  eis_lsq_options o = eis_lsq_options_default();
  o.deadline_s = deadline;
  double *x = eisi_new(2 * n, sizeof *x, err);
  if (!x) return EIS_ERROR_MEMORY;
  memcpy(x, best->x, n * sizeof *x);
  if (eisi_order_arcs(q, named, x) && eisi_problem_solve(q, &o, x, &info, NULL) == EIS_OK &&
      info.S <= best->S * (1 + 4 / fmax(dof, 1))) {
    memcpy(x + n, x, n * sizeof *x);
    if (!eisi_order_arcs(q, named, x + n)) { /* and it stayed in order */
      memcpy(best->x, x, n * sizeof *x);
      best->second_S = best->S < info.S ? NAN : best->second_S; /* the rival is the same by name */
      best->S = info.S;
      best->verdict = info.verdict;
    }
  }
  free(x);
  return EIS_OK;
}

/* The optimum: searched, moved to bounds where that is as good, put in order, bent. */
static eis_status find_optimum(eis_fit_work *w, const eis_fit_options *opt, double deadline,
                               eisi_optimum *best, eis_error *err) {
  eisi_problem *q = &w->problem;
  eis_status st = EIS_OK;
  if (q->n_free == 0) {
    best->S = eisi_problem_S(q, best->x);
    best->verdict = EIS_LSQ_CONVERGED;
    return EIS_OK;
  }
  if (!w->starts) st = eisi_starts_new(q, &w->starts, err);
  if (st == EIS_OK) st = eisi_search_run(q, w->starts, opt, deadline, best, err);
  if (st == EIS_OK) st = restore_order(q, opt->ordered, deadline, best, err);
  if (st == EIS_OK) st = eisi_search_try_bounds(q, deadline, best, err);
  if (st == EIS_OK) st = bend_residuals(q, opt, best, deadline, err);
  if (st == EIS_OK) eisi_order_branches(q, best->x);
  return st;
}

static eis_status fill_result(eis_fit_work *w, const eis_fit_options *opt, double deadline,
                              eisi_optimum *best, eis_fit_result *out, eis_error *err) {
  eisi_problem *q = &w->problem;
  out->verdict = verdict_of(best->verdict);
  out->starts_tried = best->tried;
  out->starts_agreed = best->agreed;
  out->second_S = best->tried ? best->second_S : NAN;
  out->given_S = best->tried ? best->given_S : NAN;
  out->seed = opt->seed;
  out->n_fitted = q->n_free;
  eis_status st = eisi_uncertainty_covariance(q, best->x, best->S, opt, out, err);
  if (st == EIS_OK && q->n_free > 0 && opt->ci == EIS_CI_PROFILE)
    st = eisi_uncertainty_profile(q, best->x, opt, deadline, out, err);
  if (st == EIS_OK && q->n_free > 0 && opt->ci == EIS_CI_BOOTSTRAP)
    st = eisi_uncertainty_bootstrap(q, best->x, opt, deadline, out, err);
  if (st != EIS_OK) return st;
  eisi_problem_S(q, best->x); /* leaves the model in q->z */
  statistics(q, out);
  out->evaluations = (int)q->evaluations;
  if (opt->ordered && eisi_order_arcs(q, true, best->x))
    st = eis_notes_add(&out->warnings, err,
                       "the arcs do not stand in the order of the model (first the fastest): their "
                       "names may be exchanged");
  if (st != EIS_OK) return st;
  double f_low = q->f[0];
  for (size_t k = 1; k < q->n; k++) f_low = fmin(f_low, q->f[k]);
  return eisi_remarks(w->c, opt, f_low, out, err);
}

static eis_status check_options(const eis_fit_options *opt, eis_error *err) {
  if (opt->ci == EIS_CI_BOOTSTRAP && opt->bootstrap < EISI_BOOTSTRAP_MIN)
    return eis_error_set(err, EIS_ERROR_USAGE,
                         "%d bootstrap replicates: at least %d are needed for an interval",
                         opt->bootstrap, EISI_BOOTSTRAP_MIN);
  if (opt->starts < 0)
    return eis_error_set(err, EIS_ERROR_USAGE, "%d starts: expected 0 (automatic) or more",
                         opt->starts);
  return EIS_OK;
}

/* A spectrum that the test refuses can still be fitted. */
static eis_status find_kk(const eis_spectrum *s, const eis_fit_options *opt, eis_fit_result *out,
                          eis_error *err) {
  if (!opt->known_kk) return eisi_kk_try(s, &out->kk, &out->have_kk, err);
  out->kk = *opt->known_kk;
  out->have_kk = true;
  return EIS_OK;
}

eis_status eis_fit_work_run(eis_fit_work *w, const eis_spectrum *s, const eis_fit_options *opt,
                            eis_fit_result *out, eis_error *err) {
  const double deadline = isfinite(opt->max_time_s) ? eisi_now() + opt->max_time_s : INFINITY;
  eisi_optimum best = {0};
  *out = (eis_fit_result){.second_S = NAN, .given_S = NAN};
  eis_status st = check_options(opt, err);
  if (st == EIS_OK) st = prepare_grid(w, s, err);
  if (st == EIS_OK) st = allocate(out, w->c, s->n, err);
  if (st == EIS_OK) w->problem.given = w->given;
  /* the automatic search wants to know the noise also where nobody asked for the verdict */
  if (st == EIS_OK && (opt->kk || opt->known_kk || strcmp(opt->optimizer, "auto") == 0))
    st = find_kk(s, opt, out, err);
  if (st == EIS_OK)
    st = eisi_problem_load(&w->problem, s, opt->weighting, out->have_kk ? &out->kk : NULL, err);
  if (st == EIS_OK) {
    best.x = eisi_new((size_t)w->problem.n_free, sizeof *best.x, err);
    st = best.x ? find_optimum(w, opt, deadline, &best, err) : EIS_ERROR_MEMORY;
  }
  if (out->have_kk && !opt->kk && !opt->known_kk) {
    eis_kk_result_clear(&out->kk);
    out->have_kk = false;
  }
  if (st == EIS_OK) st = fill_result(w, opt, deadline, &best, out, err);
  free(best.x);
  if (opt->known_kk) { /* it was borrowed */
    out->kk = (eis_kk_result){0};
    out->have_kk = false;
  }
  return st;
}

eis_status eis_fit_run(const eis_spectrum *s, const eis_circuit *c, const eis_fit_options *opt,
                       eis_fit_result *out, eis_error *err) {
  eis_fit_work *w;
  *out = (eis_fit_result){0};
  eis_status st = eis_fit_work_new(c, &w, err);
  if (st != EIS_OK) return st;
  st = eis_fit_work_run(w, s, opt, out, err);
  eis_fit_work_free(w);
  return st;
}

const char *eis_fit_optimizer_at(size_t i) { return eisi_nlopt_name_at(i); }
const char *eis_fit_optimizer_doc(const char *name) { return eisi_nlopt_doc(name); }

double eis_fit_f_test(const eis_fit_result *small, const eis_fit_result *large) {
  const double extra = large->n_fitted - small->n_fitted;
  const double dof = 2.0 * (double)large->n - large->n_fitted;
  if (!(extra > 0) || dof < 1 || !(large->S > 0)) return NAN;
  const double f = (small->S - large->S) / extra / (large->S / dof);
  return f > 0 ? eisi_f_upper(f, extra, dof) : 1;
}
