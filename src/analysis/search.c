#include "analysis/search.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/shapes.h"
#include "numerics/kernel.h"
#include "numerics/linalg.h"
#include "numerics/optimize.h"

enum {
  BATCH = 12,         /* starts drawn at a time around an optimum */
  STARTS_MAX = 240,   /* of the automatic search */
  RIVAL = 4,          /* minima with so many times the S of the best are no rivals */
  MINIMA_MAX = 32,    /* distinct minima told apart */
  MISFIT_FITS = 120,  /* so many at least while the best optimum misses the data */
  ROUNDS = 3          /* of refinement without success before it ends */
};

typedef struct search {
  eisi_problem *q;
  eisi_starts *starts; /* NULL: no dictionary for this circuit */
  const eis_fit_options *opt;
  double deadline;
  eisi_optimum *best;
  double *trial;
  double minima[MINIMA_MAX]; /* S of the distinct minima, ascending */
  int n_minima, n_fits;
  eis_error *err;
} search;

static eis_lsq_options local_options(double deadline, bool polish) {
  eis_lsq_options o = eis_lsq_options_default();
  o.dtol = polish ? 1e-7 : 1e-3;
  o.ftol = polish ? 1e-16 : 1e-11;
  o.max_iter = polish ? 300 : 80;
  o.deadline_s = deadline;
  return o;
}

static bool same_minimum(double a, double b) { return fabs(a - b) <= 1e-6 * fmax(a, b); }

/* Minima that differ by less than anybody cares about count as one. */
static void count_minimum(search *s, double S) {
  int at = s->n_minima;
  for (int i = 0; i < s->n_minima; i++)
    if (fabs(S - s->minima[i]) <= 3e-4 * s->minima[i]) return;
  if (at == MINIMA_MAX && S >= s->minima[--at]) return;
  for (; at > 0 && s->minima[at - 1] > S; at--) s->minima[at] = s->minima[at - 1];
  s->minima[at] = S;
  if (s->n_minima < MINIMA_MAX) s->n_minima++;
}

/* Books the outcome of one local fit. */
static void record(search *s, const double *x, double S) {
  eisi_optimum *b = s->best;
  b->tried++;
  s->n_fits++;
  count_minimum(s, S);
  if (b->agreed > 0 && same_minimum(S, b->S)) {
    b->agreed++;
  } else if (S < b->S) {
    if (b->agreed > 0) b->second_S = b->S;
    b->agreed = 1;
  } else if (!(S >= b->second_S)) {
    b->second_S = S;
  }
  if (S < b->S) {
    memcpy(b->x, x, (size_t)s->q->n_free * sizeof *x);
    b->S = S;
  }
}

static bool expired(const search *s) { return isfinite(s->deadline) && eisi_now() > s->deadline; }

/* One local fit from s->trial; a start that can't be evaluated is passed over. */
static void local_fit(search *s) {
  eis_lsq_info info;
  eis_lsq_options o = local_options(s->deadline, false);
  if (s->best->tried > 3) o.S_hopeless = RIVAL * s->best->S;
  if (eisi_problem_solve(s->q, &o, s->trial, &info, NULL) == EIS_OK) record(s, s->trial, info.S);
}

/* Given values, the rest from `x`. */
static bool overlay_given(const eisi_problem *q, double *x) {
  bool any = false;
  for (int i = 0; i < q->n_free; i++) {
    const int j = q->free_param[i];
    double v = q->given ? q->given[j] : q->c->param[j].value;
    if (isnan(v)) continue;
    if (eisi_problem_is_log(q, i)) v = log(v);
    x[i] = q->given ? fmin(fmax(v, q->lower[i]), q->upper[i]) : v;
    any = true;
  }
  return any;
}

static void typical_start(const eisi_problem *q, double *x) {
  for (int i = 0; i < q->n_free; i++) {
    const eis_param *a = &q->c->param[q->free_param[i]];
    const double v = fmin(fmax(a->spec->start, a->lower), a->upper);
    x[i] = eisi_problem_is_log(q, i) ? log(v) : v;
  }
}

/* ---- NLopt -------------------------------------------------------------------------------- */

typedef struct sum_of_squares {
  eisi_problem *q;
  double *r; /* residuals and Jacobian */
} sum_of_squares;

static double objective(void *ctx, const double *x, double *grad) {
  const sum_of_squares *f = ctx;
  const size_t m = 2 * f->q->n, n = (size_t)f->q->n_free;
  if (!grad) return eisi_problem_S(f->q, x);
  eisi_problem_residual(f->q, x, f->r, f->r + m);
  eisi_gemv_t(m, n, f->r + m, f->r, grad);
  for (size_t i = 0; i < n; i++) grad[i] *= 2;
  const double S = eisi_sum_squares(m, f->r);
  return isfinite(S) ? S : INFINITY;
}

/* Global algorithms need a finite box: three decades each way of a sensible start. */
static void search_box(const eisi_problem *q, const double *x, double *lower, double *upper) {
  for (int i = 0; i < q->n_free; i++) {
    const double reach = eisi_problem_is_log(q, i) ? 7 : INFINITY;
    lower[i] = fmax(q->lower[i], x[i] - reach);
    upper[i] = fmin(q->upper[i], x[i] + reach);
  }
}

static eis_status run_nlopt(search *s, const char *name, long max_eval) {
  const size_t m = 2 * s->q->n, n = (size_t)s->q->n_free;
  double *box = eisi_new(2 * n + m * (n + 1), sizeof *box, s->err), S = INFINITY;
  if (!box) return EIS_ERROR_MEMORY;
  sum_of_squares sum = {s->q, box + 2 * n};
  search_box(s->q, s->trial, box, box + n);
  const eisi_objective f = {.n = n, .lower = box, .upper = box + n, .eval = objective, .ctx = &sum};
  const eisi_nlopt_options o = {
      .algorithm = name,
      .max_eval = max_eval,
      .max_time_s = isfinite(s->deadline) ? fmax(s->deadline - eisi_now(), 1e-3) : INFINITY,
      .ftol_rel = 1e-9,
      .xtol_rel = 1e-9,
      .seed = s->opt->seed};
  const eis_status st = eisi_nlopt_run(&f, &o, s->trial, &S, s->err);
  free(box);
  if (st == EIS_OK) local_fit(s);
  return st;
}

/* ---- strategies --------------------------------------------------------------------------- */

/* Bayesian stopping rule for multistart (Boender and Rinnooy Kan 1987, Math. Program. 37, 59):
   N fits that ended in W different minima let one expect W (N - 1)/(N - W - 2) minima in all; stop
   when that is less than half a minimum more than were seen.  Minima far above the best one are
   no rivals and do not count.  An optimum that leaves more than the data's noise is searched on. */
static bool misfits(const search *s) {
  return s->q->noise_S > 0 && s->best->S > 1.5 * s->q->noise_S;
}

static bool enough(const search *s) {
  double w = 0;
  if (misfits(s) && s->n_fits < MISFIT_FITS) return false;
  for (int i = 0; i < s->n_minima; i++) w += s->minima[i] <= RIVAL * s->minima[0];
  const double n = s->n_fits;
  return n > w + 2 && w * (n - 1) / (n - w - 2) < w + 0.5;
}

static void run_starts(search *s, const double *x, int n, bool all) {
  for (int k = 0; k < n && (s->n_fits == 0 || !expired(s)); k++) { /* one in any case */
    memcpy(s->trial, x + (size_t)k * (size_t)s->q->n_free, (size_t)s->q->n_free * sizeof *x);
    local_fit(s);
    if (!all && enough(s)) break;
  }
}

/* Iterated local search: branches of the best optimum are drawn anew until that stops helping. */
static void refine(search *s, double *x) {
  const int rounds = misfits(s) ? 2 * ROUNDS : s->n_minima > 1 ? ROUNDS : 1;
  for (int k = 0, idle = 0; k < 4 * rounds && idle < rounds && !expired(s); k++) {
    const double before = s->best->S;
    const int n =
        eisi_starts_refine(s->starts, s->q, s->best->x, s->opt->seed + (uint64_t)k, BATCH, x);
    run_starts(s, x, n, true);
    idle = s->best->S < before * (1 - 1e-6) ? 0 : idle + 1;
  }
}

/* ---- parameters that went to sleep ---- */

/* ln R has no slope at R = 0 even where R would help: a fit that runs into such a corner stays
   there. Elements with a parameter that has no influence on the optimum are set to noticeable
   values and everything is fitted again: so many ohms, time constants spread over the measured
   window. */
typedef struct alarm_ring {
  double level; /* ohm */
  double ln_tau;
} alarm_ring;

enum { LEVELS = 3, TIMES = 4 };
_Static_assert(LEVELS *TIMES <= BATCH, "the starts of one element fit into one batch");

static alarm_ring ring(const eisi_problem *q, int k) {
  static const double levels[LEVELS] = {0.02, 0.2, 1};
  const double lw0 = log(2 * M_PI * q->f[0]), lw1 = log(2 * M_PI * q->f[q->n - 1]);
  const size_t mid = q->n / 2;
  return (alarm_ring){levels[k / TIMES] * hypot(q->data[mid], q->data[q->n + mid]),
                      -(lw0 + (lw1 - lw0) * (k % TIMES + 0.5) / TIMES)};
}

static void set_awake(const eisi_problem *q, int element, const alarm_ring *a, double *x) {
  for (int i = 0; i < q->n_free; i++) {
    const eis_param *p = &q->c->param[q->free_param[i]];
    const double b = eisi_time_power(p->spec->unit, 0.8);
    if (p->element != element || !eisi_problem_is_log(q, i) || isnan(b)) continue;
    if (b == 0 && p->spec->z_power == 0) continue; /* a pure number */
    const double v = p->spec->z_power * log(a->level) + b * a->ln_tau;
    x[i] = fmin(fmax(v, q->lower[i]), q->upper[i]);
  }
}

/* Elements of the best optimum with a parameter of no influence: less than a tenth of s. */
static bool asleep(const search *s, int element, const double *work) {
  const eisi_problem *q = s->q;
  const size_t m = 2 * q->n;
  bool found = false;
  for (int i = 0; i < q->n_free; i++)
    found |= q->c->param[q->free_param[i]].element == element && eisi_problem_is_log(q, i) &&
             eisi_sum_squares(m, work + m * (size_t)(i + 1)) <= 1e-2 * s->best->S / (double)m;
  return found;
}

static eis_status wake(search *s, double *x) {
  eisi_problem *q = s->q;
  const size_t n = (size_t)q->n_free;
  double *work = eisi_new(2 * q->n * (n + 1), sizeof *work, s->err);
  if (!work) return EIS_ERROR_MEMORY;
  double S = INFINITY;
  for (int e = 0; e < q->c->n_elements && !expired(s); e++) {
    if (s->best->S < S) { /* residuals and Jacobian of the best optimum */
      S = s->best->S;
      eisi_problem_residual(q, s->best->x, work, work + 2 * q->n);
    }
    if (!asleep(s, e, work)) continue;
    for (int k = 0; k < LEVELS * TIMES; k++) {
      const alarm_ring a = ring(q, k);
      memcpy(x + (size_t)k * n, s->best->x, n * sizeof *x);
      set_awake(q, e, &a, x + (size_t)k * n);
    }
    run_starts(s, x, LEVELS * TIMES, true);
  }
  free(work);
  return EIS_OK;
}

/* Dictionary starts until no new minima are expected, then some around the best one
   too; a stochastic global search when no two fits agree. */
static eis_status run_auto(search *s, double *x, int n) {
  const size_t stride = (size_t)s->q->n_free;
  run_starts(s, x, n, s->opt->starts > 0);
  if (s->opt->starts > 0 || expired(s)) return EIS_OK;
  if (s->starts && s->best->tried) refine(s, x);
  const eis_status st = s->best->tried ? wake(s, x) : EIS_OK;
  if (st != EIS_OK || s->best->agreed >= 2 || expired(s)) return st;
  memcpy(s->trial, s->best->tried ? s->best->x : x, stride * sizeof *x);
  return run_nlopt(s, "GN_CRS2_LM", 1500L * (s->q->n_free + 1));
}

static eis_status run_named(search *s, double *x, int n) {
  const char *name = s->opt->optimizer;
  if (strcmp(name, "lm") == 0) {
    local_fit(s);
    return EIS_OK;
  }
  if (strcmp(name, "auto") == 0) return run_auto(s, x, n);
  if (!eisi_starts_with(name, "nlopt:"))
    return eis_error_set(s->err, EIS_ERROR_USAGE,
                         "unknown optimizer '%s': expected auto, lm or nlopt:NAME", name);
  return run_nlopt(s, name + 6, eisi_nlopt_is_global(name + 6) ? 20000 : 5000);
}

static eis_status polish(search *s) {
  eis_lsq_info info;
  const eis_lsq_options o = local_options(s->deadline, true);
  if (s->best->tried == 0 || !isfinite(s->best->S))
    return eis_error_set(s->err, EIS_ERROR_NUMERIC,
                         "the model can't be evaluated at any start: check values and bounds");
  const eis_status st = eisi_problem_solve(s->q, &o, s->best->x, &info, s->err);
  if (st != EIS_OK) return st;
  s->best->S = info.S;
  s->best->verdict = info.verdict;
  return st;
}

eis_status eisi_search_run(eisi_problem *q, eisi_starts *starts, const eis_fit_options *opt,
                           double deadline, eisi_optimum *best, eis_error *err) {
  const size_t n = (size_t)q->n_free;
  const int most = opt->starts > 0 ? opt->starts : STARTS_MAX;
  const size_t rows = (size_t)(most > BATCH ? most : BATCH) + 1;
  double *room = eisi_new(rows * n, sizeof *room, err);
  if (!room) return EIS_ERROR_MEMORY;
  search s = {.q = q, .starts = starts, .opt = opt, .deadline = deadline, .best = best,
              .trial = room, .err = err};
  double *x = room + n;
  best->S = INFINITY;
  best->second_S = best->given_S = NAN;
  best->tried = best->agreed = 0;
  const int found = starts ? eisi_starts_find(starts, q, opt->seed, most, x) : 0;
  if (found > 0)
    memcpy(s.trial, x, n * sizeof *x);
  else
    typical_start(q, s.trial);
  if (found == 0) memcpy(x, s.trial, n * sizeof *x);
  if (overlay_given(q, s.trial) && strcmp(opt->optimizer, "auto") == 0) {
    local_fit(&s);
    if (best->tried) best->given_S = best->S;
  }
  eis_status st = run_named(&s, x, found > 0 ? found : 1);
  if (st == EIS_OK) st = polish(&s);
  free(room);
  return st;
}

/* ---- parameters that the data hardly determine -------------------------------------------- */

bool eisi_at_bound(const eisi_problem *q, int i, double x) {
  const double tol = 1e-9 * (1 + fabs(x));
  return x - q->lower[i] <= tol || q->upper[i] - x <= tol;
}

/* x_i held at `value`, the others fitted; adopted (true) when S does not rise. */
static bool try_value(eisi_problem *q, double deadline, int i, double value, double *trial,
                      eisi_optimum *best) {
  const eis_lsq_options o = local_options(deadline, true);
  eis_lsq_info info;
  memcpy(trial, best->x, (size_t)q->n_free * sizeof *trial);
  trial[i] = value;
  q->held[i] = true;
  const eis_status st = eisi_problem_solve(q, &o, trial, &info, NULL);
  q->held[i] = false;
  if (st != EIS_OK || !(info.S <= best->S * (1 + 1e-9))) return false;
  memcpy(best->x, trial, (size_t)q->n_free * sizeof *trial);
  best->S = info.S;
  best->verdict = info.verdict;
  return true;
}

/* Standard errors in x at the optimum; INFINITY where not determined. */
static eis_status spread(eisi_problem *q, const eisi_optimum *best, double *se, eis_error *err) {
  const size_t m = 2 * q->n, n = (size_t)q->n_free;
  double *r = eisi_new(m * (n + 1) + n * n, sizeof *r, err);
  if (!r) return EIS_ERROR_MEMORY;
  double *J = r + m, *cov = J + m * n;
  const double s2 = best->S / (m > n ? (double)(m - n) : 1);
  eisi_problem_residual(q, best->x, r, J);
  const bool room = eis_lsq_covariance(J, m, n, cov, NULL) != SIZE_MAX;
  for (size_t i = 0; i < n && room; i++) {
    const double v = cov[i + i * n] * s2;
    se[i] = v >= 0 && isfinite(v) ? sqrt(v) : INFINITY;
  }
  free(r);
  return room ? EIS_OK : eis_error_set(err, EIS_ERROR_MEMORY, "out of memory");
}

eis_status eisi_search_try_bounds(eisi_problem *q, double deadline, eisi_optimum *best,
                                  eis_error *err) {
  const size_t n = (size_t)q->n_free;
  double *se = eisi_new(2 * n, sizeof *se, err);
  if (!se) return EIS_ERROR_MEMORY;
  eis_status st = spread(q, best, se, err);
  for (int i = 0; st == EIS_OK && i < q->n_free; i++) {
    const double wide = eisi_problem_is_log(q, i) ? 1.0 : 0.5 * (q->upper[i] - q->lower[i]);
    if (eisi_at_bound(q, i, best->x[i]) || se[i] < wide) continue;
    if (!try_value(q, deadline, i, q->lower[i], se + n, best))
      try_value(q, deadline, i, q->upper[i], se + n, best);
  }
  free(se);
  return st;
}
