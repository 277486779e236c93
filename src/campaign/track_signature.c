/* track_signature.c - how ln R and ln C of a track depend on SOC, age, temperature and pressure:
   one weighted linear regression for all of them, its scatter learned from the residuals. */
#include <math.h>
#include <stdlib.h>

#include "campaign/track.h"
#include "numerics/linalg.h"

/* Columns of the regression. */
enum { ONE, SOC, BEND, AGE, WARMTH, PRESSURE, COLUMNS };
enum { SPARE = 2, ROUNDS = 4, TIME_STEPS = 28 };

/* What has to change so that its influence can be told. */
static const double SOC_RANGE = 0.05, AGE_RANGE = 0.4, WARMTH_RANGE = 0.2, PRESSURE_RANGE = 0.1;
/* A change of ln R with age that can be looked at more closely. */
static const double GROWTH = 0.1, GROWTH_ERRORS = 3;
static const double SOC_CHANGE = 0.3, SOC_CHANGE_NOISE = 5;
static const double TIME_FIRST = 0.15, TIME_STEP = 0.05;
/* What does not move with SOC has no bend either: the same fact is not told twice. */
static const double FLAT_SLOPE = 0.3, FLAT_BEND = 0.6;
/* No series is better than that: other things change, too. */
static const double LEAST_ERROR[EIS_SIGNATURES] = {0.01, 0.15, 0.5, 0.05, 0.05, 0.1, 0.05};

typedef struct model {
  size_t n, n_columns;
  size_t column[COLUMNS]; /* which ones */
  double *X;              /* n x n_columns, column major */
  double *A, *b;          /* weighted */
  double centre_soc, first_age, last_age;
} model;

typedef struct fitted {
  double value[COLUMNS], error[COLUMNS]; /* by column number; NaN = not in it */
  double scatter2;
} fitted;

/* ---- the columns ---- */

static double range_of(const double *v, size_t n, double *low, double *high) {
  *low = INFINITY;
  *high = -INFINITY;
  for (size_t i = 0; i < n; i++) {
    if (isnan(v[i])) return 0; /* not known everywhere */
    *low = fmin(*low, v[i]);
    *high = fmax(*high, v[i]);
  }
  return n ? *high - *low : 0;
}

static size_t distinct(const double *v, size_t n) {
  size_t count = 0;
  for (size_t i = 0; i < n; i++) {
    bool seen = false;
    for (size_t k = 0; k < i && !seen; k++) seen = fabs(v[k] - v[i]) < 1e-9;
    count += !seen;
    if (count > COLUMNS) break;
  }
  return count;
}

static double first_age(const eisi_track_series *s) {
  double first = INFINITY;
  for (size_t i = 0; i < s->n; i++)
    if (s->age[i] > 0) first = fmin(first, s->age[i]);
  return first;
}

static void choose(const eisi_track_series *s, model *m) {
  double low, high;
  const double soc = range_of(s->soc, s->n, &low, &high);
  m->column[m->n_columns++] = ONE;
  m->centre_soc = soc > 0 ? (low + high) / 2 : 0;
  if (soc > SOC_RANGE) m->column[m->n_columns++] = SOC;
  if (soc > SOC_RANGE && distinct(s->soc, s->n) > 3) m->column[m->n_columns++] = BEND;
  m->first_age = first_age(s);
  if (range_of(s->age, s->n, &low, &high) > 0 && isfinite(m->first_age) && low >= 0 &&
      log((high + m->first_age) / (low + m->first_age)) > AGE_RANGE) {
    m->column[m->n_columns++] = AGE;
    m->last_age = high;
  }
  if (range_of(s->warmth, s->n, &low, &high) > WARMTH_RANGE) m->column[m->n_columns++] = WARMTH;
  if (range_of(s->ln_p, s->n, &low, &high) > PRESSURE_RANGE) m->column[m->n_columns++] = PRESSURE;
  while (m->n_columns > 1 && s->n < m->n_columns + SPARE) m->n_columns--;
}

static double entry(const eisi_track_series *s, const model *m, size_t column, size_t i) {
  const double x = s->soc[i] - m->centre_soc;
  switch (column) {
    case SOC: return x;
    case BEND: return x * x / 2;
    case AGE: return log(s->age[i] + m->first_age);
    case WARMTH: return s->warmth[i] - s->warmth[0];
    case PRESSURE: return s->ln_p[i];
    default: return 1;
  }
}

/* ---- the regression ---- */

/* Least squares with weights 1/(error^2 + scatter^2); false when the columns depend on each other.
 */
static bool solve(const model *m, const double *y, const double *error, double scatter2,
                  double *beta, double *covariance) {
  const size_t n = m->n, p = m->n_columns;
  for (size_t i = 0; i < n; i++) {
    const double w = 1 / sqrt(error[i] * error[i] + scatter2);
    for (size_t c = 0; c < p; c++) m->A[c * n + i] = w * m->X[c * n + i];
    m->b[i] = w * y[i];
  }
  double G[COLUMNS * COLUMNS];
  eisi_gram(n, p, m->A, G);
  eisi_gemv_t(n, p, m->A, m->b, beta);
  for (size_t k = 0; k < p * p; k++) covariance[k] = k % (p + 1) == 0;
  double H[COLUMNS * COLUMNS];
  for (size_t k = 0; k < p * p; k++) H[k] = G[k];
  return eisi_chol_solve(p, G, beta, 1) && eisi_chol_solve(p, H, covariance, p);
}

static double residual(const model *m, const double *beta, const double *y, size_t i) {
  double r = y[i];
  for (size_t c = 0; c < m->n_columns; c++) r -= beta[c] * m->X[c * m->n + i];
  return r;
}

static void regress(const model *m, const double *y, const double *error, fitted *out) {
  double beta[COLUMNS], cov[COLUMNS * COLUMNS], scatter2 = 2.5e-3;
  const double dof = (double)(m->n - m->n_columns);
  for (size_t c = 0; c < COLUMNS; c++) out->value[c] = out->error[c] = NAN;
  for (int k = 0; k < ROUNDS; k++) {
    double square = 0, known = 0;
    if (!solve(m, y, error, scatter2, beta, cov)) return;
    for (size_t i = 0; i < m->n; i++) {
      const double r = residual(m, beta, y, i);
      square += r * r;
      known += error[i] * error[i] / (double)m->n;
    }
    scatter2 = fmax(square / dof - known, 1e-8);
  }
  out->scatter2 = scatter2;
  for (size_t c = 0; c < m->n_columns; c++) {
    out->value[m->column[c]] = beta[c];
    out->error[m->column[c]] = sqrt(cov[c * m->n_columns + c]);
  }
}

/* ---- the signatures ---- */

static void put(eis_process_evidence *out, eis_process_signature which, double value,
                double error) {
  if (!isfinite(value) || !isfinite(error)) return;
  out->value[which] = value;
  out->error[which] = fmax(error, LEAST_ERROR[which]);
}

/* z of R = R0 + b t^z: for each z a straight line, then the z of the least sum of squares. */
static void put_exponent(const eisi_track_series *s, const model *m, const fitted *r,
                         eis_process_evidence *out) {
  double sum[TIME_STEPS], least = INFINITY;
  int best = 0, low, high;
  for (int k = 0; k < TIME_STEPS; k++) {
    double w = 0, x = 0, y = 0, xx = 0, xy = 0, yy = 0;
    for (size_t i = 0; i < s->n; i++) {
      double ln = s->lr[i];
      for (size_t c = 1; c < m->n_columns; c++)
        if (m->column[c] != AGE) ln -= r->value[m->column[c]] * m->X[c * m->n + i];
      const double R = exp(ln), e = R * sqrt(s->er[i] * s->er[i] + r->scatter2);
      const double u = pow(s->age[i] / m->last_age, TIME_FIRST + TIME_STEP * k), v = 1 / (e * e);
      w += v, x += v * u, y += v * R, xx += v * u * u, xy += v * u * R, yy += v * R * R;
    }
    const double sxx = xx - x * x / w, sxy = xy - x * y / w;
    sum[k] = yy - y * y / w - sxy * sxy / fmax(sxx, 1e-300);
    if (sum[k] < least) least = sum[k], best = k;
  }
  const double limit = least + fmax(1, least / (double)(m->n - m->n_columns));
  for (low = best; low > 0 && sum[low] < limit; low--) continue;
  for (high = best; high + 1 < TIME_STEPS && sum[high] < limit; high++) continue;
  put(out, EIS_SIGNATURE_TIME, TIME_FIRST + TIME_STEP * best, TIME_STEP * (high - low) / 2);
}

static void put_ageing(const eisi_track_series *s, const model *m, const fitted *r, const fitted *t,
                       eis_process_evidence *out) {
  const double a = r->value[AGE], e = r->error[AGE], range = log(m->last_age / m->first_age + 1);
  put(out, EIS_SIGNATURE_AGEING, a, e);
  if (!(fabs(a) > GROWTH_ERRORS * e) || fabs(a) * range < GROWTH) return;
  const double drift = t->value[AGE] / a - 1; /* ln C = ln tau - ln R */
  put(out, EIS_SIGNATURE_DRIFT, drift, hypot(t->error[AGE], (drift + 1) * e) / fabs(a));
  if (a > 0) put_exponent(s, m, r, out);
}

/* What SOC does to R and C tells the mechanism as well as age does (doc/physics.md): space charge
   and kinetics keep C.  Straight line of ln tau over ln R between the SOCs, age and the rest taken
   off. */
static void put_soc_drift(const eisi_track_series *s, const model *m, const fitted *r,
                          const fitted *t, eis_process_evidence *out) {
  double x = 0, y = 0, xx = 0, xy = 0, yy = 0, n = 0, low = INFINITY, high = -INFINITY, noise = 0;
  if (!isnan(out->value[EIS_SIGNATURE_DRIFT]) || isnan(r->value[SOC])) return;
  for (size_t i = 0; i < s->n; i++) {
    double lr = s->lr[i], lt = s->lt[i];
    for (size_t c = 1; c < m->n_columns; c++) {
      const size_t k = m->column[c];
      if (k == SOC || k == BEND) continue;
      lr -= r->value[k] * m->X[c * m->n + i];
      lt -= t->value[k] * m->X[c * m->n + i];
    }
    low = fmin(low, lr), high = fmax(high, lr);
    x += lr, y += lt, xx += lr * lr, xy += lr * lt, yy += lt * lt, n++;
    noise += s->er[i] * s->er[i] + r->scatter2;
  }
  const double sxx = xx - x * x / n, sxy = xy - x * y / n, syy = yy - y * y / n;
  if (!(high - low > SOC_CHANGE) || !(sxx > SOC_CHANGE_NOISE * noise)) return;
  const double slope = sxy / sxx; /* ln C = ln tau - ln R */
  put(out, EIS_SIGNATURE_DRIFT, slope - 1, sqrt(fmax(syy - slope * sxy, 0) / ((n - 2) * sxx)));
}

static void put_all(const eisi_track_series *s, const model *m, eis_process_evidence *out) {
  fitted r, t;
  regress(m, s->lr, s->er, &r);
  regress(m, s->lt, s->et, &t);
  put(out, EIS_SIGNATURE_SOC, r.value[SOC], r.error[SOC]);
  if (!(fabs(r.value[SOC]) < FLAT_SLOPE && fabs(r.value[BEND]) < FLAT_BEND))
    put(out, EIS_SIGNATURE_SOC_BEND, r.value[BEND], r.error[BEND]);
  put(out, EIS_SIGNATURE_EA, r.value[WARMTH], r.error[WARMTH]);
  put(out, EIS_SIGNATURE_PRESSURE, r.value[PRESSURE], r.error[PRESSURE]);
  put_ageing(s, m, &r, &t, out);
  put_soc_drift(s, m, &r, &t, out);
}

eis_status eisi_track_signature(const eisi_track_series *s, eis_process_evidence *out,
                                eis_error *err) {
  model m = {.n = s->n};
  *out = eis_process_evidence_default();
  if (s->n < 1 + SPARE) return EIS_OK;
  choose(s, &m);
  if (m.n_columns < 2) return EIS_OK;
  m.X = eisi_new(s->n * (2 * m.n_columns + 1), sizeof *m.X, err);
  if (!m.X) return EIS_ERROR_MEMORY;
  m.A = m.X + s->n * m.n_columns;
  m.b = m.A + s->n * m.n_columns;
  for (size_t c = 0; c < m.n_columns; c++)
    for (size_t i = 0; i < s->n; i++) m.X[c * s->n + i] = entry(s, &m, m.column[c], i);
  put_all(s, &m, out);
  free(m.X);
  return EIS_OK;
}
