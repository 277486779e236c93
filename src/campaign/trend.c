/* trend.c - fits all laws, compares them, finds the end of life. */
#include <eisfit/trend.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "campaign/places.h"
#include "campaign/regress.h"
#include "numerics/stats.h"
#include "base/choices.h"

/* Deviations that follow each other by more than this chance leaves. */
static const double BY_CHANCE = 0.1;
/* With fewer points a correlation is no more than suspected. */
enum { ROUNDS = 2, SUSPECTED = 12 };

eis_trend_options eis_trend_options_default(void) {
  return (eis_trend_options){.threshold = NAN, .factor = NAN, .horizon = 100, .level = 0.95};
}

typedef struct points {
  size_t n; /* as they were given */
  const double *x, *y;
  double *se;
  eisi_places at; /* each x once */
  double rho;     /* of the deviations of neighbours */
} points;

/* Errors that are not known become the median of those that are, or zero when none is. */
static eis_status fill_errors(points *p, const double *se, eis_notes *notes, eis_error *err) {
  size_t known = 0;
  for (size_t i = 0; se && i < p->n; i++)
    if (isfinite(se[i]) && se[i] > 0) p->se[known++] = se[i];
  const double usual = known ? eisi_median(p->se, known) : 0;
  for (size_t i = 0; i < p->n; i++) p->se[i] = se && isfinite(se[i]) && se[i] > 0 ? se[i] : usual;
  if (known == 0 || known == p->n) return EIS_OK;
  return eis_notes_add(notes, err,
                       "%zu of %zu points have no error; they get the median of the others",
                       p->n - known, p->n);
}

/* What is measured again at one x shares what happened to the cell until then. */
static eis_status prepare(points *p, const double *se, eis_trend_result *out, eis_error *err) {
  double size = 0;
  p->se = eisi_new(p->n, sizeof(double), err);
  if (!p->se) return EIS_ERROR_MEMORY;
  for (size_t i = 0; i < p->n; i++) {
    if (!isfinite(p->x[i]) || !isfinite(p->y[i]))
      return eis_error_set(err, EIS_ERROR_INPUT, "point %zu is not a finite number", i + 1);
    size = fmax(size, fabs(p->x[i]));
  }
  eis_status st = fill_errors(p, se, &out->notes, err);
  if (!st) st = eisi_places_make(p->n, p->x, p->y, p->se, 1e-9 * size, &p->at, err);
  if (st) return st;
  out->n = p->n;
  out->x_min = p->at.x[0];
  out->x_max = p->at.x[p->at.n - 1];
  if (p->at.n == p->n) return EIS_OK;
  return eis_notes_add(&out->notes, err,
                       "%zu points at %zu different x: what was measured again at one x counts "
                       "once, by its mean",
                       p->n, p->at.n);
}

/* NULL when the law can be fitted. */
static const char *why_not(const eis_law *law, const points *p) {
  if (p->at.n < (size_t)law->n_params + 3)
    return p->at.n < p->n ? "too few different x" : "too few points";
  if (law->domain == EIS_LAW_NOT_NEGATIVE && p->at.x[0] < 0) return "x below zero";
  if (law->domain == EIS_LAW_POSITIVE && p->at.x[0] <= 0) return "x not above zero";
  return NULL;
}

static void set_range(const eis_law *law, const points *p, eisi_curve *c) {
  const double unit = fmax(fabs(p->at.x[0]), fabs(p->at.x[p->at.n - 1]));
  c->q_low = law->q_low * (law->q_relative ? unit : 1);
  c->q_high = law->q_high * (law->q_relative ? unit : 1);
  c->q_log = law->q_relative;
  if (law->q_low < law->q_high) return;
  c->q_low = p->at.x[1]; /* a knee has two different x at least on both sides */
  c->q_high = p->at.x[p->at.n - 2];
}

static eisi_curve curve_of(const eis_law *law, const points *p) {
  eisi_curve c = {.n = p->at.n, .x = p->at.x, .y = p->at.y, .se = p->at.se, .basis = law->basis,
                  .n_linear = (size_t)(law->n_params - law->has_shape), .shape = law->has_shape,
                  .rho = p->rho};
  set_range(law, p, &c);
  return c;
}

/* Were rho known, the squares after the transformation would have all dof degrees of freedom; it
   comes from the same few points.  An allowance for that, not a theorem: as many as the squares of
   the deviations themselves would have, (1 - rho^2)/(1 + rho^2) of them (M. S. Bartlett, J. R.
   Stat. Soc. 98 (1935) 536). */
static int effective(int dof, double rho) {
  const double left = dof * (1 - rho * rho) / (1 + rho * rho);
  return left < 1 ? 1 : (int)left;
}

static eis_status fit_law(const eis_law *law, const points *p, eis_law_fit *out, eis_error *err) {
  eisi_curve_fit f;
  *out = (eis_law_fit){.law = law, .aicc = INFINITY, .end = NAN, .end_low = NAN, .end_high = NAN};
  out->why_not = why_not(law, p);
  if (out->why_not) return EIS_OK;
  const eisi_curve c = curve_of(law, p);
  const eis_status st = eisi_curve_run(&c, &f, NULL);
  if (st == EIS_ERROR_MEMORY) return eis_error_set(err, st, "out of memory");
  if (st) {
    out->why_not = "the points do not determine it";
    return EIS_OK;
  }
  memcpy(out->p, f.p, sizeof out->p);
  memcpy(out->cov, f.cov, sizeof out->cov);
  for (int j = 0; j < law->n_params; j++) out->se[j] = sqrt(f.cov[j * law->n_params + j]);
  out->scatter = f.scatter;
  out->chi2 = f.chi2;
  out->dof = effective(f.dof, p->rho);
  out->shape_at_end = f.shape_at_end;
  out->aicc = eisi_aicc(f.deviance, p->at.n, law->n_params + 1 + (p->rho > 0));
  return EIS_OK;
}

/* ---- choice ---- */

/* A law whose shape ran to an end of its range is another law in disguise: it stays in the table,
   but it is not chosen while there is one that is as good. */
static bool better(const eis_law_fit *a, const eis_law_fit *b) {
  if (a->shape_at_end != b->shape_at_end) return !a->shape_at_end;
  if (a->law->n_params != b->law->n_params) return a->law->n_params < b->law->n_params;
  return a->aicc < b->aicc;
}

static void choose(eis_trend_result *r) {
  double least = INFINITY, sum = 0;
  for (size_t i = 0; i < r->n_laws; i++) least = fmin(least, r->fit[i].aicc);
  for (size_t i = 0; i < r->n_laws; i++) {
    eis_law_fit *f = &r->fit[i];
    f->delta = f->why_not ? NAN : f->aicc - least;
    f->weight = f->why_not ? 0 : exp(-0.5 * f->delta);
    f->plausible = !f->why_not && f->delta <= 2;
    sum += f->weight;
    if (f->plausible && (r->best < 0 || better(f, &r->fit[r->best]))) r->best = (int)i;
  }
  for (size_t i = 0; i < r->n_laws; i++) r->fit[i].weight /= sum;
}

/* ---- band and end of life ---- */

static double half_width(const eis_law_fit *f, const double *grad, double level) {
  const int k = f->law->n_params;
  double var = 0;
  for (int i = 0; i < k; i++)
    for (int j = 0; j < k; j++) var += grad[i] * f->cov[j * k + i] * grad[j];
  return isnan(var) ? INFINITY : eisi_t_quantile(0.5 + level / 2, f->dof) * sqrt(fmax(var, 0));
}

void eis_law_band(const eis_law_fit *f, double x, double level, double *y, double *half,
                  double *predicted) {
  double grad[EIS_LAW_PARAMS];
  *y = eis_law_value(f->law, f->p, x, grad);
  *half = half_width(f, grad, level);
  if (predicted) {
    const double t = eisi_t_quantile(0.5 + level / 2, f->dof);
    *predicted = hypot(*half, t * f->scatter);
  }
}

typedef struct limit {
  const eis_law_fit *f;
  double factor, value; /* y = factor * y(x0) + value */
  double x0, level;
} limit;

/* Distance of the law from the limit, and the half width of its interval. */
static double distance(const limit *l, double x, double *half) {
  double g[EIS_LAW_PARAMS], g0[EIS_LAW_PARAMS];
  double d = eis_law_value(l->f->law, l->f->p, x, g) - l->value;
  if (l->factor != 0) {
    d -= l->factor * eis_law_value(l->f->law, l->f->p, l->x0, g0);
    for (int j = 0; j < l->f->law->n_params; j++) g[j] -= l->factor * g0[j];
  }
  *half = half_width(l->f, g, l->level);
  return d;
}

/* What rises through zero where an end of life, or the end of its interval, is. */
typedef struct rise {
  double (*at)(const struct rise *r, double x);
  const limit *l; /* of each law ... */
  size_t n;       /* ... of these */
  double side, shift;
} rise;

/* side * distance + shift * half width */
static double one_law(const rise *r, double x) {
  double half;
  const double d = r->side * distance(r->l, x, &half);
  return r->shift == 0 ? d : d + r->shift * half;
}

/* Chance that the limit is met at x, over all laws by their weights, less `shift`.  Of a law that
   the data do not determine nothing is known. */
static double all_laws(const rise *r, double x) {
  double sum = 0;
  for (size_t i = 0; i < r->n; i++) {
    const limit *l = &r->l[i];
    double half, chance = 0.5;
    const double d = r->side * distance(l, x, &half);
    const double se = half / eisi_t_quantile(0.5 + l->level / 2, l->f->dof);
    if (se == 0)
      chance = d >= 0;
    else if (isfinite(se))
      chance = 0.5 * eisi_t_both(d / se, l->f->dof);
    sum += l->f->weight * (isfinite(se) && d > 0 && se > 0 ? 1 - chance : chance);
  }
  return sum - r->shift;
}

/* First x in [from, to] where it is not below zero; INFINITY = nowhere. */
static double first_crossing(const rise *r, double from, double to) {
  enum { STEPS = 400 };
  double a = from;
  if (r->at(r, a) >= 0) return a;
  const double unit = fmax(fabs(from), 1e-3 * (to - from) / STEPS);
  const double ratio = pow(1 + (to - from) / unit, 1.0 / STEPS);
  for (int k = 1; k <= STEPS; k++) {
    double b = k == STEPS ? to : from + unit * (pow(ratio, k) - 1);
    if (!(r->at(r, b) >= 0)) {
      a = b;
      continue;
    }
    for (int i = 0; i < 100 && b - a > 1e-13 * (fabs(a) + fabs(b)); i++) {
      const double m = 0.5 * (a + b);
      if (r->at(r, m) >= 0)
        b = m;
      else
        a = m;
    }
    return b;
  }
  return INFINITY;
}

static limit limit_of(const eis_law_fit *f, const eis_trend_options *o, const eis_trend_result *r) {
  const bool by_factor = isfinite(o->factor);
  return (limit){f, by_factor ? o->factor : 0, by_factor ? 0 : o->threshold, r->x_min, o->level};
}

static double horizon(const eis_trend_options *o, const eis_trend_result *r) {
  return r->x_min + o->horizon * (r->x_max - r->x_min);
}

static double side_of(const limit *l) {
  double half;
  return distance(l, l->x0, &half) > 0 ? -1 : 1;
}

/* The interval holds every x at which the law may meet the limit: where the band does. */
static void find_end(eis_law_fit *f, const eis_trend_options *o, const eis_trend_result *r) {
  const limit l = limit_of(f, o, r);
  rise up = {one_law, &l, 1, side_of(&l), 0};
  f->end = first_crossing(&up, r->x_min, horizon(o, r));
  up.shift = 1;
  f->end_low = first_crossing(&up, r->x_min, horizon(o, r));
  up.shift = -1;
  f->end_high = first_crossing(&up, r->x_min, horizon(o, r));
}

/* Between the x where the chance is 2.5 and 97.5 %, all laws taken by their Akaike weights (D.
   Turek, D. Fletcher, Comput. Stat. Data Anal. 56 (2012) 2809), and not narrower than that of the
   law that is shown.  A law in disguise has no vote. */
static void find_end_over_laws(eis_trend_result *r, const eis_trend_options *o) {
  limit l[EIS_LAWS_MAX];
  const eis_law_fit *best = &r->fit[r->best];
  const limit shown = limit_of(best, o, r);
  double sum = 0;
  rise up = {all_laws, l, 0, side_of(&shown), 0};
  for (size_t i = 0; i < r->n_laws; i++) {
    const eis_law_fit *f = &r->fit[i];
    if (f->why_not || (f->shape_at_end && f != best) || !(f->weight > 1e-6)) continue;
    l[up.n++] = limit_of(f, o, r);
    sum += f->weight;
  }
  up.shift = sum * (0.5 - o->level / 2);
  r->end_low = fmin(best->end_low, first_crossing(&up, r->x_min, horizon(o, r)));
  up.shift = sum * (0.5 + o->level / 2);
  r->end_high = fmax(best->end_high, first_crossing(&up, r->x_min, horizon(o, r)));
}

static eis_status end_words(eis_trend_result *r, eis_error *err) {
  const eis_law_fit *f = &r->fit[r->best];
  eis_status st = EIS_OK;
  if (isinf(f->end))
    st = eis_notes_add(&r->notes, err, "the law does not reach the limit within the horizon");
  else if (f->end > r->x_min + 2 * (r->x_max - r->x_min))
    st = eis_notes_add(&r->notes, err,
                       "the end of life lies %.1f times as far as the data reach: it is as good as "
                       "the law, which nothing out there tests",
                       (f->end - r->x_min) / (r->x_max - r->x_min));
  if (!st && isinf(r->end_high) && isfinite(f->end))
    st = eis_notes_add(&r->notes, err, "the end of life has no upper limit: %s",
                       isinf(f->end_high) ? "the law may never get there within its errors"
                                          : "other laws that the data allow may never get there");
  return st;
}

static eis_status end_of_life(eis_trend_result *r, const eis_trend_options *o, eis_error *err) {
  if (!isfinite(o->threshold) && !isfinite(o->factor)) return EIS_OK;
  for (size_t i = 0; i < r->n_laws; i++)
    if (!r->fit[i].why_not) find_end(&r->fit[i], o, r);
  find_end_over_laws(r, o);
  const eis_law_fit *best = &r->fit[r->best];
  r->limit = isfinite(o->factor) ? o->factor * eis_law_value(best->law, best->p, r->x_min, NULL)
                                 : o->threshold;
  return end_words(r, err);
}

static eis_status choice_words(eis_trend_result *r, eis_error *err) {
  eisi_text others = {0};
  for (size_t i = 0; i < r->n_laws; i++)
    if (r->fit[i].plausible && (int)i != r->best)
      eisi_text_addf(&others, "%s%s", others.n ? ", " : "", r->fit[i].law->key);
  eis_status st = EIS_OK;
  if (others.n)
    st =
        eis_notes_add(&r->notes, err,
                      "the data do not tell '%s' from %s (AICc differs by 2 or less); the one with "
                      "fewest parameters is shown",
                      r->fit[r->best].law->key, others.s);
  eisi_text_clear(&others);
  if (!st && r->fit[r->best].shape_at_end)
    st = eis_notes_add(&r->notes, err,
                       "parameter '%s' ran to the end of its range: the data do not "
                       "determine it",
                       r->fit[r->best].law->param[r->fit[r->best].law->n_params - 1]);
  return st;
}

/* ---- all of it ---- */

static eis_status check(size_t n, const eis_trend_options *o, eis_error *err) {
  if (n < 4)
    return eis_error_set(err, EIS_ERROR_INPUT, "a trend needs at least 4 points, there %s %zu",
                         n == 1 ? "is" : "are", n);
  if (isfinite(o->threshold) && isfinite(o->factor))
    return eis_error_set(err, EIS_ERROR_USAGE,
                         "the end of life is a value or a factor, not both; choose one");
  if (isfinite(o->factor) && (!(o->factor > 0) || o->factor == 1))
    return eis_error_set(
        err, EIS_ERROR_USAGE,
        "the end of life at %g times the first value makes no sense; give a factor "
        "such as 2 or 0.8",
        o->factor);
  for (size_t i = 0; o->laws && o->laws[i]; i++)
    if (!eis_law_find(o->laws[i])) {
      const char *keys[EIS_LAWS_MAX];
      size_t k = 0;
      for (; eis_law_at(k); k++) keys[k] = eis_law_at(k)->key;
      return eisi_no_such("unknown law", o->laws[i], keys, k, err);
    }
  return EIS_OK;
}

static eis_status fit_laws(const points *p, const eis_trend_options *o, eis_trend_result *out,
                           eis_error *err) {
  const eis_law *law;
  eis_status st = EIS_OK;
  for (size_t i = 0; !st && (law = eis_law_at(i)) != NULL && out->n_laws < EIS_LAWS_MAX; i++) {
    bool wanted = !o->laws && law->by_default;
    for (size_t k = 0; o->laws && o->laws[k]; k++) wanted |= strcmp(o->laws[k], law->key) == 0;
    if (wanted) st = fit_law(law, p, &out->fit[out->n_laws++], err);
  }
  return st;
}

/* ---- deviations that follow each other ---- */

/* Of the law that is shown, fitted as if there were none. */
static eis_status correlation(const eis_trend_result *r, const points *p, double *rho,
                              double *chance, eis_error *err) {
  points white = *p;
  eisi_curve_fit f;
  white.rho = 0;
  const eisi_curve c = curve_of(r->fit[r->best].law, &white);
  *rho = 0;
  *chance = 1;
  const eis_status st = eisi_curve_run(&c, &f, NULL);
  if (st == EIS_ERROR_MEMORY) return eis_error_set(err, st, "out of memory");
  return st ? EIS_OK : eisi_autocorrelation(&c, &f, rho, chance, err);
}

/* Where the deviations from the law that is shown follow each other, all laws are fitted once more
   with that; where another law is shown then, whose deviations do so more, again with theirs. */
static eis_status with_correlation(points *p, const eis_trend_options *o, eis_trend_result *r,
                                   eis_error *err) {
  double rho, chance;
  eis_status st = correlation(r, p, &rho, &chance, err);
  r->p_rho = chance;
  if (!st && p->at.n < SUSPECTED && chance < 0.01)
    return eis_notes_add(
        &r->notes, err,
        "deviations from the law seem to follow each other (chance %.2g by Durbin and "
        "Watson), as those of a law that does not fit do; %zu points are too few to allow "
        "for that: errors and intervals are too small",
        chance, p->at.n);
  if (st || p->at.n < SUSPECTED || !(chance < BY_CHANCE)) return st;
  for (int k = 0; k < ROUNDS && !st && rho > p->rho; k++) {
    p->rho = rho;
    r->n_laws = 0;
    r->best = -1;
    st = fit_laws(p, o, r, err);
    if (st) break;
    choose(r);
    if (r->best < 0) return EIS_OK;
    st = correlation(r, p, &rho, &chance, err);
    r->rho = p->rho;
  }
  if (st || p->rho == 0) return st;
  return eis_notes_add(
      &r->notes, err,
      "deviations from the law follow each other (correlation of neighbours %.2f, chance "
      "%.2g by Durbin and Watson): errors and intervals allow for that, and stay rough with %zu points",
      r->rho, r->p_rho, p->at.n);
}

eis_status eis_trend_fit(const double *x, const double *y, const double *se, size_t n,
                         const eis_trend_options *opt, eis_trend_result *out, eis_error *err) {
  const eis_trend_options o = opt ? *opt : eis_trend_options_default();
  points p = {.n = n, .x = x, .y = y};
  *out = (eis_trend_result){
      .best = -1, .limit = NAN, .level = o.level, .end_low = NAN, .end_high = NAN, .p_rho = NAN};
  eis_status st = check(n, &o, err);
  if (!st) st = prepare(&p, se, out, err);
  if (!st) st = fit_laws(&p, &o, out, err);
  if (!st) choose(out);
  if (!st && out->best >= 0) st = with_correlation(&p, &o, out, err);
  if (!st) {
    if (out->best < 0)
      st = eis_error_set(err, EIS_ERROR_NUMERIC,
                         "none of the laws can be fitted to %zu points at "
                         "%zu different x: %s",
                         n, p.at.n,
                         out->n_laws ? out->fit[out->n_laws - 1].why_not : "no law was named");
  }
  if (!st) st = choice_words(out, err);
  if (!st) st = end_of_life(out, &o, err);
  free(p.se);
  eisi_places_clear(&p.at);
  if (st) eis_trend_result_clear(out);
  return st;
}

void eis_trend_result_clear(eis_trend_result *r) {
  eis_notes_clear(&r->notes);
  *r = (eis_trend_result){.best = -1};
}
