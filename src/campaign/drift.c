/* drift.c - what a process does when it ages: the slope d ln C/d ln R with errors in both, and what
   it leaves.  Line: D. York et al., "Unified equations for the slope, intercept, and standard
   errors of the best straight line", Am. J. Phys. 72 (2004) 367 (uncorrelated errors).  Signatures:
   doc/trends.md. */
#include <eisfit/trend.h>
#include <math.h>
#include <stdlib.h>

#include "base/number.h"
#include "base/base.h"
#include "numerics/stats.h"

const char *eis_mechanism_name(eis_mechanism m) {
  static const char *const names[] = {"CEI growth", "contact loss", "kinetics",
                                      "space-charge layer"};
  return m < EIS_N_MECHANISMS ? names[m] : "?";
}

eis_drift_facts eis_drift_facts_unknown(void) {
  return (eis_drift_facts){NAN, NAN, NAN, NAN, NAN, NAN, false};
}

typedef struct line {
  size_t n;
  double *x, *y, *vx, *vy; /* logarithms and variances */
  double slope, se, chi2;
} line;

/* One step of York's iteration with an extra variance s2 of both coordinates; returns the slope. */
static double york_step(line *l, double b, double s2) {
  double W = 0, X = 0, Y = 0, top = 0, bottom = 0, x2 = 0, mean = 0;
  for (size_t i = 0; i < l->n; i++) {
    const double w = 1 / (l->vy[i] + s2 + b * b * (l->vx[i] + s2));
    W += w;
    X += w * l->x[i];
    Y += w * l->y[i];
  }
  X /= W;
  Y /= W;
  l->chi2 = 0;
  for (int pass = 0; pass < 2; pass++)
    for (size_t i = 0; i < l->n; i++) {
      const double vx = l->vx[i] + s2, vy = l->vy[i] + s2, w = 1 / (vy + b * b * vx);
      const double u = l->x[i] - X, v = l->y[i] - Y, beta = w * (u * vy + b * v * vx);
      if (pass) {
        x2 += w * (X + beta - mean) * (X + beta - mean);
        continue;
      }
      top += w * beta * v;
      bottom += w * beta * u;
      mean += w * (X + beta) / W;
      l->chi2 += w * (v - b * u) * (v - b * u);
    }
  l->se = 1 / sqrt(x2);
  return top / bottom;
}

static void york(line *l, double start, double s2) {
  l->slope = start;
  for (int k = 0; k < 200; k++) {
    const double next = york_step(l, l->slope, s2);
    if (!isfinite(next)) break;
    const double moved = fabs(next - l->slope);
    l->slope = next;
    if (moved < 1e-13 * (1 + fabs(next))) break;
  }
}

static double plain_slope(const line *l) {
  double mx = 0, my = 0, xy = 0, xx = 0;
  for (size_t i = 0; i < l->n; i++) {
    mx += l->x[i] / (double)l->n;
    my += l->y[i] / (double)l->n;
  }
  for (size_t i = 0; i < l->n; i++) {
    xy += (l->x[i] - mx) * (l->y[i] - my);
    xx += (l->x[i] - mx) * (l->x[i] - mx);
  }
  return xx > 0 ? xy / xx : 0;
}

/* Scatter, the same in ln R and ln C, that the known errors do not explain: chi2 = n - 2. */
static void fit_line(line *l) {
  const double start = plain_slope(l), dof = (double)l->n - 2;
  double lo = 1e-20, hi = 1e-20, top = 1e4;
  york(l, start, lo);
  if (l->chi2 <= dof) return;
  for (hi = 1e-12; hi < top; hi *= 100) {
    york(l, start, hi);
    if (l->chi2 < dof) break;
    lo = hi;
  }
  for (int k = 0; k < 60 && hi > lo * (1 + 1e-10); k++) {
    const double s2 = sqrt(lo * hi);
    york(l, start, s2);
    if (l->chi2 > dof)
      lo = s2;
    else
      hi = s2;
  }
}

static eis_status logarithms(line *l, const eis_drift_data *d, eis_error *err) {
  const double *R = d->R, *C = d->C;
  l->x = eisi_new(4 * l->n, sizeof(double), err);
  if (!l->x) return EIS_ERROR_MEMORY;
  l->y = l->x + l->n;
  l->vx = l->y + l->n;
  l->vy = l->vx + l->n;
  for (size_t i = 0; i < l->n; i++) {
    if (!(R[i] > 0) || !(C[i] > 0) || !isfinite(R[i]) || !isfinite(C[i]))
      return eis_error_set(err, EIS_ERROR_INPUT, "pair %zu: R and C have to be above zero", i + 1);
    l->x[i] = log(R[i]);
    l->y[i] = log(C[i]);
    const double a = d->se_R && d->se_R[i] > 0 ? d->se_R[i] / R[i] : 0;
    const double b = d->se_C && d->se_C[i] > 0 ? d->se_C[i] / C[i] : 0;
    l->vx[i] = a * a;
    l->vy[i] = b * b;
  }
  return EIS_OK;
}

/* ---- what the slope leaves ---- */

/* -1/(2 y0 - 3) for the band bendings for which the formula holds. */
static const double y0_range[2] = {4, 20};
static double scl_slope(double y0) { return -1 / (2 * y0 - 3); }

static void judge(eis_drift_result *r) {
  const double a = r->low, b = r->high;
  const double from = scl_slope(y0_range[0]), to = scl_slope(y0_range[1]);
  r->possible[EIS_MECH_CEI] = r->possible[EIS_MECH_CONTACT] = a <= -1 && b >= -1;
  r->possible[EIS_MECH_KINETICS] = a <= 0 && b >= 0;
  r->possible[EIS_MECH_SCL] = a <= to && b >= from;
  r->y0_low = r->y0_high = NAN;
  if (!r->possible[EIS_MECH_SCL]) return;
  r->y0_low = a <= from ? y0_range[0] : 0.5 * (3 - 1 / a);
  r->y0_high = b >= to ? y0_range[1] : 0.5 * (3 - 1 / b);
}

static bool holds(double value, double se, double claim) {
  return isfinite(value) && isfinite(se) && fabs(value - claim) <= 1.96 * se;
}

static bool excludes(double value, double se, double claim) {
  return isfinite(value) && isfinite(se) && fabs(value - claim) > 1.96 * se;
}

/* A fact speaks for a mechanism when it agrees with what that one does and with nothing else. */
static void weigh(eis_drift_result *r, const eis_drift_facts *f) {
  const bool parabolic =
      holds(f->age_exponent, f->age_exponent_se, 0.5) && f->age_exponent_se < 0.2;
  const bool pressed =
      f->pressure_exponent < 0 && excludes(f->pressure_exponent, f->pressure_exponent_se, 0);
  const bool unpressed =
      holds(f->pressure_exponent, f->pressure_exponent_se, 0) && f->pressure_exponent_se < 0.15;
  const bool by_soc = excludes(f->soc_slope, f->soc_slope_se, 0);
  r->favoured[EIS_MECH_CEI] = r->possible[EIS_MECH_CEI] && !pressed && (parabolic || unpressed);
  r->favoured[EIS_MECH_CONTACT] = r->possible[EIS_MECH_CONTACT] && pressed;
  r->favoured[EIS_MECH_SCL] = r->possible[EIS_MECH_SCL] && by_soc;
}

static eis_status say_left(eis_drift_result *r, eis_error *err) {
  eisi_text left = {0};
  int n = 0;
  for (int m = 0; m < EIS_N_MECHANISMS; m++)
    if (r->possible[m])
      eisi_text_addf(&left, "%s%s", n++ ? " or " : "", eis_mechanism_name((eis_mechanism)m));
  eis_status st = eisi_text_state(&left, err);
  if (!st)
    st = n ? eis_notes_add(&r->words, err, "dlnC/dlnR = %.2f ± %.2f fits %s", r->slope, r->se,
                           left.s)
           : eis_notes_add(&r->words, err,
                           "dlnC/dlnR = %.2f ± %.2f fits none of CEI growth and contact loss (-1), "
                           "kinetics (0) and space-charge layer (-0.2 to 0): several at once, or a "
                           "CPE exponent that drifts",
                           r->slope, r->se);
  eisi_text_clear(&left);
  return st;
}

static eis_status say_pair(eis_drift_result *r, const eis_drift_facts *f, eis_error *err) {
  eis_status st = EIS_OK;
  if (r->possible[EIS_MECH_CEI]) {
    if (r->favoured[EIS_MECH_CONTACT])
      st = eis_notes_add(&r->words, err,
                         "R falls with pressure, R ~ P^%.2f: contact loss, not CEI "
                         "growth",
                         f->pressure_exponent);
    else if (r->favoured[EIS_MECH_CEI])
      st = eis_notes_add(&r->words, err, "%s: this speaks for CEI growth rather than contact loss",
                         holds(f->pressure_exponent, f->pressure_exponent_se, 0)
                             ? "R does not depend on pressure"
                             : "R grows with the square root of age");
    else
      st = eis_notes_add(&r->words, err,
                         "CEI growth and contact loss can't be told apart by R and C "
                         "(both keep tau = RC constant); a series over stack pressure would");
  }
  if (!st && r->possible[EIS_MECH_SCL] && r->possible[EIS_MECH_KINETICS])
    st = r->favoured[EIS_MECH_SCL]
             ? eis_notes_add(&r->words, err,
                             "R depends on SOC: this speaks for the space-charge layer, "
                             "though charge transfer has a SOC dependence of its own")
             : eis_notes_add(&r->words, err,
                             "space-charge layer and kinetics can't be told apart: the "
                             "slopes -1/(2 y0 - 3) and 0 differ by less than the error; SOC and "
                             "temperature series would");
  return st;
}

static eis_status conclude(eis_drift_result *r, const eis_drift_facts *f, eis_error *err) {
  if (!isfinite(r->slope) || !isfinite(r->low))
    return eis_notes_add(&r->words, err, "the pairs of R and C do not determine a slope dlnC/dlnR");
  if (f && f->unchanged) {
    r->moved = false; /* with tau known best, the errors of R and C = tau/R alone have slope -1 */
    return eis_notes_add(
        &r->words, err,
        "R does not change with age beyond its scatter: what R and C share are then "
        "the errors of their fits, no drift signature");
  }
  if (!r->moved)
    return eis_notes_add(&r->words, err,
                         "R changes too little (by %g %%) for a drift signature: "
                         "dlnC/dlnR is between %.2g and %.2g",
                         eisi_signif(100 * expm1(r->range), 3), r->low, r->high);
  judge(r);
  if (f) weigh(r, f);
  eis_status st = say_left(r, err);
  return st ? st : say_pair(r, f, err);
}

eis_status eis_drift_signature(const eis_drift_data *data, const eis_drift_facts *facts,
                               eis_drift_result *out, eis_error *err) {
  const size_t n = data->n;
  line l = {.n = n};
  *out = (eis_drift_result){.n = n, .y0_low = NAN, .y0_high = NAN};
  if (n < 3)
    return eis_error_set(err, EIS_ERROR_INPUT,
                         "a drift signature needs at least 3 pairs of R and C, "
                         "there %s %zu",
                         n == 1 ? "is" : "are", n);
  eis_status st = logarithms(&l, data, err);
  if (!st) {
    double low = INFINITY, high = -INFINITY;
    for (size_t i = 0; i < n; i++) {
      low = fmin(low, l.x[i]);
      high = fmax(high, l.x[i]);
    }
    fit_line(&l);
    const double t = eisi_t_quantile(0.975, (double)n - 2);
    out->slope = l.slope;
    out->se = l.se;
    out->low = l.slope - t * l.se;
    out->high = l.slope + t * l.se;
    out->chi2 = l.chi2;
    out->range = high - low;
    /* an interval that holds -1 and 0 with room says nothing */
    out->moved = isfinite(l.se) && out->high - out->low < 1.5;
    st = conclude(out, facts, err);
  }
  free(l.x);
  if (st) eis_drift_result_clear(out);
  return st;
}

void eis_drift_result_clear(eis_drift_result *r) {
  eis_notes_clear(&r->words);
  *r = (eis_drift_result){0};
}
