/* opt_nlopt.c - the NLopt algorithms as rows of one table, with one way to call them. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <nlopt.h>

#include "numerics/optimize.h"

typedef struct algorithm {
  const char *name; /* as NLopt spells it, without "NLOPT_" */
  nlopt_algorithm id;
  bool global;           /* needs finite bounds */
  nlopt_algorithm local; /* subsidiary optimiser; 0 (GN_DIRECT, which never is one) = none */
  size_t min_n;          /* fewest variables it takes */
  const char *doc;
} algorithm;

/* Left out: LN_NEWUOA (ignores bounds), LD_LBFGS_NOCEDAL, GN_AGS, GD_STOGO (not in common
   builds), the _EQ forms of AUGLAG (differ for inequality constraints only). */
static const algorithm algorithms[] = {
    {.name = "LN_SBPLX", .id = NLOPT_LN_SBPLX, .doc = "subplex: Nelder-Mead on subspaces, robust"},
    {.name = "LN_NELDERMEAD", .id = NLOPT_LN_NELDERMEAD, .doc = "simplex"},
    {.name = "LN_BOBYQA",
     .id = NLOPT_LN_BOBYQA,
     .min_n = 2,
     .doc = "quadratic models by interpolation, smooth functions"},
    {.name = "LN_NEWUOA_BOUND",
     .id = NLOPT_LN_NEWUOA_BOUND,
     .min_n = 2,
     .doc = "older relative of BOBYQA"},
    {.name = "LN_COBYLA", .id = NLOPT_LN_COBYLA, .doc = "linear models on a simplex"},
    {.name = "LN_PRAXIS", .id = NLOPT_LN_PRAXIS, .doc = "Brent's principal axes"},
    {.name = "LD_LBFGS", .id = NLOPT_LD_LBFGS, .doc = "limited-memory quasi-Newton"},
    {.name = "LD_VAR1", .id = NLOPT_LD_VAR1, .doc = "shifted variable metric, rank 1"},
    {.name = "LD_VAR2", .id = NLOPT_LD_VAR2, .doc = "shifted variable metric, rank 2"},
    {.name = "LD_TNEWTON", .id = NLOPT_LD_TNEWTON, .doc = "truncated Newton"},
    {.name = "LD_TNEWTON_RESTART",
     .id = NLOPT_LD_TNEWTON_RESTART,
     .doc = "truncated Newton with restarts"},
    {.name = "LD_TNEWTON_PRECOND",
     .id = NLOPT_LD_TNEWTON_PRECOND,
     .doc = "preconditioned truncated Newton"},
    {.name = "LD_TNEWTON_PRECOND_RESTART",
     .id = NLOPT_LD_TNEWTON_PRECOND_RESTART,
     .doc = "preconditioned truncated Newton with restarts"},
    {.name = "LD_MMA", .id = NLOPT_LD_MMA, .doc = "method of moving asymptotes"},
    {.name = "LD_CCSAQ",
     .id = NLOPT_LD_CCSAQ,
     .doc = "conservative convex separable approximations, quadratic"},
    {.name = "LD_SLSQP", .id = NLOPT_LD_SLSQP, .doc = "sequential quadratic programming"},
    {.name = "LN_AUGLAG",
     .id = NLOPT_LN_AUGLAG,
     .local = NLOPT_LN_SBPLX,
     .doc = "augmented Lagrangian around LN_SBPLX"},
    {.name = "LD_AUGLAG",
     .id = NLOPT_LD_AUGLAG,
     .local = NLOPT_LD_LBFGS,
     .doc = "augmented Lagrangian around LD_LBFGS"},
    {.name = "AUGLAG",
     .id = NLOPT_AUGLAG,
     .local = NLOPT_LD_LBFGS,
     .doc = "augmented Lagrangian around LD_LBFGS"},
    {.name = "GN_CRS2_LM",
     .id = NLOPT_GN_CRS2_LM,
     .global = true,
     .doc = "controlled random search with local mutation"},
    {.name = "GN_ISRES", .id = NLOPT_GN_ISRES, .global = true, .doc = "evolution strategy"},
    {.name = "GN_ESCH", .id = NLOPT_GN_ESCH, .global = true, .doc = "evolutionary algorithm"},
    {.name = "GN_DIRECT", .id = NLOPT_GN_DIRECT, .global = true, .doc = "dividing rectangles"},
    {.name = "GN_DIRECT_L",
     .id = NLOPT_GN_DIRECT_L,
     .global = true,
     .doc = "dividing rectangles, locally biased"},
    {.name = "GN_DIRECT_L_RAND",
     .id = NLOPT_GN_DIRECT_L_RAND,
     .global = true,
     .doc = "the same, randomised"},
    {.name = "GN_DIRECT_NOSCAL",
     .id = NLOPT_GN_DIRECT_NOSCAL,
     .global = true,
     .doc = "dividing rectangles, box not scaled"},
    {.name = "GN_DIRECT_L_NOSCAL",
     .id = NLOPT_GN_DIRECT_L_NOSCAL,
     .global = true,
     .doc = "locally biased, box not scaled"},
    {.name = "GN_DIRECT_L_RAND_NOSCAL",
     .id = NLOPT_GN_DIRECT_L_RAND_NOSCAL,
     .global = true,
     .doc = "locally biased, randomised, box not scaled"},
    {.name = "GN_ORIG_DIRECT",
     .id = NLOPT_GN_ORIG_DIRECT,
     .global = true,
     .doc = "dividing rectangles, original code"},
    {.name = "GN_ORIG_DIRECT_L",
     .id = NLOPT_GN_ORIG_DIRECT_L,
     .global = true,
     .doc = "locally biased, original code"},
    {.name = "G_MLSL",
     .id = NLOPT_G_MLSL,
     .global = true,
     .local = NLOPT_LD_LBFGS,
     .doc = "multi-level single linkage around LD_LBFGS"},
    {.name = "G_MLSL_LDS",
     .id = NLOPT_G_MLSL_LDS,
     .global = true,
     .local = NLOPT_LD_LBFGS,
     .doc = "the same from low-discrepancy starts"},
    {.name = "GN_MLSL",
     .id = NLOPT_GN_MLSL,
     .global = true,
     .local = NLOPT_LN_SBPLX,
     .doc = "multi-level single linkage around LN_SBPLX"},
    {.name = "GN_MLSL_LDS",
     .id = NLOPT_GN_MLSL_LDS,
     .global = true,
     .local = NLOPT_LN_SBPLX,
     .doc = "the same from low-discrepancy starts"},
    {.name = "GD_MLSL",
     .id = NLOPT_GD_MLSL,
     .global = true,
     .local = NLOPT_LD_LBFGS,
     .doc = "multi-level single linkage around LD_LBFGS"},
    {.name = "GD_MLSL_LDS",
     .id = NLOPT_GD_MLSL_LDS,
     .global = true,
     .local = NLOPT_LD_LBFGS,
     .doc = "the same from low-discrepancy starts"},
};
enum { ALGORITHMS = sizeof algorithms / sizeof algorithms[0] };

/* One run: what NLopt's callback needs, and the best point seen. */
typedef struct run {
  const eisi_objective *f;
  nlopt_opt top;    /* the one to stop: a subsidiary's stop would only end its own descent */
  double *x, *best; /* scratch, best point */
  double best_f;
  bool begun, any; /* a point was asked for; one of them has a value */
} run;

static const algorithm *find(const char *name) {
  if (eisi_starts_with(name, "NLOPT_")) name += strlen("NLOPT_");
  for (size_t i = 0; i < ALGORITHMS; i++)
    if (eisi_strcasecmp(algorithms[i].name, name) == 0) return &algorithms[i];
  return NULL;
}

const char *eisi_nlopt_name_at(size_t i) { return i < ALGORITHMS ? algorithms[i].name : NULL; }

const char *eisi_nlopt_doc(const char *name) {
  const algorithm *a = find(name);
  return a ? a->doc : NULL;
}

bool eisi_nlopt_is_global(const char *name) {
  const algorithm *a = find(name);
  return a && a->global;
}

static double clip(const eisi_objective *f, size_t i, double x) {
  if (f->lower && x < f->lower[i]) x = f->lower[i];
  if (f->upper && x > f->upper[i]) x = f->upper[i];
  return x;
}

/* NLopt's quadratic models can't take infinity: a point to avoid gets a huge finite value and no
   slope.  Some algorithms step outside the box by rounding: evaluated on its edge.  None is stopped
   in its first point: ORIG_DIRECT of NLopt 2.7 then looks up the best one with an index that it has
   not set. */
static double callback(unsigned n, const double *x, double *grad, void *data) {
  static const double avoid = 1e100;
  run *r = data;
  for (unsigned i = 0; i < n; i++) r->x[i] = clip(r->f, i, x[i]);
  double value = r->f->eval(r->f->ctx, r->x, grad);
  const bool first = !r->begun;
  r->begun = true;
  if (isnan(value)) {
    if (!first) nlopt_force_stop(r->top);
    value = INFINITY;
  }
  if (isfinite(value) && (!r->any || value < r->best_f)) {
    r->any = true;
    r->best_f = value;
    memcpy(r->best, r->x, n * sizeof *x);
  }
  bool good = value < avoid;
  for (unsigned i = 0; grad && i < n && good; i++) good = isfinite(grad[i]);
  for (unsigned i = 0; grad && i < n && !good; i++) grad[i] = 0;
  return value < avoid ? value : avoid;
}

static eis_status unknown_algorithm(const char *name, eis_error *err) {
  const char *names[ALGORITHMS];
  for (size_t i = 0; i < ALGORITHMS; i++) names[i] = algorithms[i].name;
  if (eisi_starts_with(name, "NLOPT_")) name += strlen("NLOPT_");
  const int near = eisi_nearest(name, names, ALGORITHMS);
  if (near >= 0)
    return eis_error_set(err, EIS_ERROR_USAGE, "unknown nlopt algorithm '%s'; did you mean '%s'?",
                         name, names[near]);
  return eis_error_set(err, EIS_ERROR_USAGE,
                       "unknown nlopt algorithm '%s'; expected a name such as 'LN_SBPLX'", name);
}

static eis_status check(const algorithm *a, const eisi_objective *f, const double *x,
                        eis_error *err) {
  if (f->n == 0 || f->n < a->min_n)
    return eis_error_set(err, EIS_ERROR_USAGE,
                         "nlopt algorithm '%s' takes at least %zu variables, not %zu%s", a->name,
                         a->min_n ? a->min_n : 1, f->n, f->n ? "; use 'LN_SBPLX'" : "");
  for (size_t i = 0; i < f->n; i++) {
    const double lo = f->lower ? f->lower[i] : -INFINITY, hi = f->upper ? f->upper[i] : INFINITY;
    if (!(lo <= hi))
      return eis_error_set(err, EIS_ERROR_USAGE,
                           "bounds of variable %zu are not in order: %g to %g", i + 1, lo, hi);
    if (a->global && !(isfinite(lo) && isfinite(hi)))
      return eis_error_set(err, EIS_ERROR_USAGE,
                           "nlopt algorithm '%s' searches a box, but variable %zu has no finite "
                           "bounds; give bounds or use a local algorithm (LN_ or LD_)",
                           a->name, i + 1);
    if (!isfinite(x[i]))
      return eis_error_set(err, EIS_ERROR_USAGE, "start of variable %zu is not a number", i + 1);
  }
  return EIS_OK;
}

static nlopt_result set_stopping(nlopt_opt o, const eisi_nlopt_options *opt) {
  nlopt_result ok = nlopt_set_ftol_rel(o, opt->ftol_rel);
  if (ok > 0) ok = nlopt_set_xtol_rel(o, opt->xtol_rel);
  return ok;
}

/* The configured optimiser, NULL when out of memory. */
static nlopt_opt configure(const algorithm *a, const eisi_nlopt_options *opt, run *r) {
  const eisi_objective *f = r->f;
  nlopt_opt o = nlopt_create(a->id, (unsigned)f->n);
  if (!o) return NULL;
  nlopt_result ok = nlopt_set_min_objective(o, callback, r);
  if (ok > 0) ok = set_stopping(o, opt);
  if (ok > 0 && f->lower) ok = nlopt_set_lower_bounds(o, f->lower);
  if (ok > 0 && f->upper) ok = nlopt_set_upper_bounds(o, f->upper);
  if (ok > 0 && opt->max_eval > 0)
    ok = nlopt_set_maxeval(o, opt->max_eval < INT32_MAX ? (int)opt->max_eval : INT32_MAX);
  if (ok > 0 && isfinite(opt->max_time_s)) ok = nlopt_set_maxtime(o, fmax(opt->max_time_s, 1e-9));
  if (ok > 0 && a->local) {
    nlopt_opt local = nlopt_create(a->local, (unsigned)f->n);
    ok = local ? set_stopping(local, opt) : NLOPT_OUT_OF_MEMORY;
    if (ok > 0) ok = nlopt_set_local_optimizer(o, local); /* copies */
    nlopt_destroy(local);
  }
  if (ok > 0) return o;
  nlopt_destroy(o);
  return NULL;
}

static eis_status conclude(const algorithm *a, nlopt_result result, const run *r, eis_error *err) {
  if (result == NLOPT_OUT_OF_MEMORY)
    return eis_error_set(err, EIS_ERROR_MEMORY, "out of memory in nlopt algorithm '%s'", a->name);
  if (r->any) return EIS_OK;
  if (result == NLOPT_INVALID_ARGS)
    return eis_error_set(err, EIS_ERROR_USAGE, "nlopt algorithm '%s' refuses %zu variables",
                         a->name, r->f->n);
  return eis_error_set(err, EIS_ERROR_NUMERIC,
                       "nlopt algorithm '%s' found no point where the objective is finite",
                       a->name);
}

eis_status eisi_nlopt_run(const eisi_objective *f, const eisi_nlopt_options *opt, double *x,
                          double *fmin, eis_error *err) {
  const algorithm *a = find(opt->algorithm);
  if (!a) return unknown_algorithm(opt->algorithm, err);
  eis_status status = check(a, f, x, err);
  if (status != EIS_OK) return status;
  run r = {.f = f, .best_f = INFINITY};
  nlopt_opt o = NULL;
  r.x = eisi_new(2 * f->n, sizeof *r.x, err);
  if (!r.x) return EIS_ERROR_MEMORY;
  r.best = r.x + f->n;
  o = r.top = configure(a, opt, &r);
  if (!o) {
    status = eis_error_set(err, EIS_ERROR_MEMORY, "out of memory in nlopt algorithm '%s'", a->name);
    goto done;
  }
  nlopt_srand((unsigned long)opt->seed); /* the generator belongs to the thread */
  for (size_t i = 0; i < f->n; i++) x[i] = clip(f, i, x[i]);
  double last;
  const nlopt_result result = nlopt_optimize(o, x, &last);
  status = conclude(a, result, &r, err);
  if (status == EIS_OK) {
    memcpy(x, r.best, f->n * sizeof *x);
    *fmin = r.best_f;
  }
done:
  nlopt_destroy(o);
  free(r.x);
  return status;
}
