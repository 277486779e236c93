/* regress.c - curves that are linear in all parameters but one: the linear ones are solved for, the
   shape is searched over its range (variable projection: G. H. Golub, V. Pereyra, SIAM J. Numer.
   Anal. 10 (1973) 413), so that no start value is needed and no local optimum is missed.  The
   scatter: J. Mandel, R. C. Paule, Anal. Chem. 42 (1970) 1194. */
#include "campaign/regress.h"

#include <eisfit/lsq.h>
#include <float.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#include "numerics/linalg.h"

enum { GRID = 48, MAX = EISI_REGRESS_MAX };

typedef struct room {
  const eisi_curve *c;
  double *A, *b, *work;
  double unit2;   /* size of y, squared: what counts as no scatter */
  eis_status *st; /* why there is no result */
} room;

typedef struct solution {
  double c[MAX], q, chi2;
} solution;

/* Of n rows that follow each other what is new in each (S. J. Prais, C. B. Winsten, Cowles
   Commission Discussion Paper 383 (1954)); variance one stays one. */
static void take_news(double *v, size_t n, double rho) {
  const double unit = 1 / sqrt(1 - rho * rho);
  for (size_t i = n; rho > 0 && i-- > 1;) v[i] = unit * (v[i] - rho * v[i - 1]);
}

/* Rows sqrt(w) phi, sqrt(w) y at the shape q; returns false when the columns are dependent. */
static bool solve_linear(const room *r, double s2, double q, solution *out) {
  const eisi_curve *c = r->c;
  const size_t n = c->n, m = c->n_linear;
  for (size_t i = 0; i < n; i++) {
    double phi[MAX];
    const double w = 1 / sqrt(c->se[i] * c->se[i] + s2);
    c->basis(c->x[i], q, phi, NULL);
    for (size_t j = 0; j < m; j++) r->A[j * n + i] = w * phi[j];
    r->b[i] = w * c->y[i];
  }
  for (size_t j = 0; j < m; j++) take_news(r->A + j * n, n, c->rho);
  take_news(r->b, n, c->rho);
  out->q = q;
  out->chi2 = INFINITY;
  if (!eisi_qr_solve(n, m, r->A, r->b, &out->chi2, r->work)) return false;
  for (size_t j = 0; j < m; j++) out->c[j] = r->b[j];
  return isfinite(out->chi2);
}

static double scale(const eisi_curve *c, double u) {
  return c->q_log ? c->q_low * pow(c->q_high / c->q_low, u) : c->q_low + (c->q_high - c->q_low) * u;
}

static double chi2_at(const room *r, double s2, double u, solution *best) {
  solution s;
  if (!solve_linear(r, s2, scale(r->c, u), &s)) return INFINITY;
  if (s.chi2 < best->chi2) *best = s;
  return s.chi2;
}

/* Golden section between lo and hi in u = 0..1. */
static void golden(const room *r, double s2, double lo, double hi, solution *best) {
  const double g = 0.5 * (sqrt(5) - 1);
  double a = hi - g * (hi - lo), b = lo + g * (hi - lo);
  double fa = chi2_at(r, s2, a, best), fb = chi2_at(r, s2, b, best);
  for (int k = 0; k < 60 && hi - lo > 1e-10; k++) {
    if (fa < fb) {
      hi = b;
      b = a;
      fb = fa;
      a = hi - g * (hi - lo);
      fa = chi2_at(r, s2, a, best);
    } else {
      lo = a;
      a = b;
      fa = fb;
      b = lo + g * (hi - lo);
      fb = chi2_at(r, s2, b, best);
    }
  }
}

/* Best coefficients and shape at this scatter. */
static bool solve(const room *r, double s2, solution *out) {
  *out = (solution){.chi2 = INFINITY};
  if (!r->c->shape) return solve_linear(r, s2, 0, out);
  double top = INFINITY;
  int at = 0;
  for (int k = 0; k <= GRID; k++) {
    const double v = chi2_at(r, s2, (double)k / GRID, out);
    if (v < top) {
      top = v;
      at = k;
    }
  }
  if (isinf(top)) return false;
  golden(r, s2, at ? (at - 1.0) / GRID : 0, at < GRID ? (at + 1.0) / GRID : 1, out);
  return true;
}

/* -2 ln of the determinant that the correlation adds. */
static double of_correlation(const eisi_curve *c) {
  return ((double)c->n - 1) * log(1 - c->rho * c->rho);
}

static double deviance(const room *r, double s2, double chi2) {
  const eisi_curve *c = r->c;
  double sum = chi2 + of_correlation(c);
  for (size_t i = 0; i < c->n; i++) sum += log(2 * M_PI * (c->se[i] * c->se[i] + s2));
  return sum;
}

/* The errors are one number for all points, se^2: the scatter follows from the sum of squares. */
static bool equal_errors(const eisi_curve *c, double *se2) {
  for (size_t i = 1; i < c->n; i++)
    if (fabs(c->se[i] - c->se[0]) > 1e-12 * c->se[0]) return false;
  *se2 = c->se[0] * c->se[0];
  return true;
}

/* Smallest and largest scatter^2 worth a thought. */
static double floor2(const room *r) { return 1e-26 * r->unit2; }

/* s2 with chi2(s2) = dof: chi2 falls with s2. */
static bool mandel_paule(const room *r, double dof, double top, double *s2, solution *out) {
  double lo = floor2(r), hi = top;
  *s2 = lo;
  if (!solve(r, lo, out)) return false;
  if (out->chi2 <= dof) return true;
  for (int k = 0; k < 48 && hi > lo * (1 + 1e-9); k++) {
    *s2 = sqrt(lo * hi);
    if (!solve(r, *s2, out)) return false;
    if (out->chi2 > dof)
      lo = *s2;
    else
      hi = *s2;
  }
  return true;
}

/* The smallest deviance over s2, on a logarithmic scale from about the errors' last digits. */
static double least_deviance(const room *r, double top) {
  const double g = 0.5 * (sqrt(5) - 1);
  double lo = log(top) - 25, hi = log(top), best = INFINITY;
  double x[2] = {hi - g * (hi - lo), lo + g * (hi - lo)}, f[2];
  solution s;
  for (int k = 0; k < 2; k++)
    f[k] = solve(r, exp(x[k]), &s) ? deviance(r, exp(x[k]), s.chi2) : INFINITY;
  if (solve(r, floor2(r), &s) && isfinite(s.chi2)) best = deviance(r, floor2(r), s.chi2);
  for (int k = 0; k < 36; k++) {
    const int low = f[0] < f[1]; /* the lower half is kept */
    if (low) {
      hi = x[1];
      x[1] = x[0];
      f[1] = f[0];
      x[0] = hi - g * (hi - lo);
    } else {
      lo = x[0];
      x[0] = x[1];
      f[0] = f[1];
      x[1] = lo + g * (hi - lo);
    }
    const int at = low ? 0 : 1;
    f[at] = solve(r, exp(x[at]), &s) ? deviance(r, exp(x[at]), s.chi2) : INFINITY;
    best = fmin(best, f[at]);
  }
  return best;
}

/* Jacobian of the weighted curve, and (J^T J)^-1. */
static bool covariance(const room *r, double s2, const solution *s, eisi_curve_fit *out) {
  const eisi_curve *c = r->c;
  const size_t n = c->n, m = c->n_linear, k = m + c->shape;
  for (size_t i = 0; i < n; i++) {
    double phi[MAX], dphi[MAX] = {0}, slope = 0;
    const double w = 1 / sqrt(c->se[i] * c->se[i] + s2);
    c->basis(c->x[i], s->q, phi, dphi);
    for (size_t j = 0; j < m; j++) {
      r->A[j * n + i] = w * phi[j];
      slope += s->c[j] * dphi[j];
    }
    if (c->shape) r->A[m * n + i] = w * slope;
  }
  for (size_t j = 0; j < k; j++) take_news(r->A + j * n, n, c->rho);
  const size_t rank = eis_lsq_covariance(r->A, n, k, out->cov, NULL);
  if (rank == SIZE_MAX) *r->st = EIS_ERROR_MEMORY;
  return rank != SIZE_MAX;
}

static bool fill(const room *r, double s2, const solution *s, eisi_curve_fit *out) {
  const eisi_curve *c = r->c;
  for (size_t j = 0; j < c->n_linear; j++) out->p[j] = s->c[j];
  if (c->shape) {
    const double span = c->q_high - c->q_low;
    out->p[c->n_linear] = s->q;
    out->shape_at_end = fabs(s->q - c->q_low) < 1e-6 * (c->q_log ? c->q_low : span) ||
                        fabs(s->q - c->q_high) < 1e-6 * (c->q_log ? c->q_high : span);
  }
  out->scatter = s2 > 4 * floor2(r) ? sqrt(s2) : 0;
  out->chi2 = s->chi2;
  return covariance(r, s2, s, out);
}

/* Data on the curve to the last digit: the scatter is rounding. */
static double squares(const room *r, solution *s) {
  const double least = floor2(r);
  if (!solve(r, r->unit2, s)) return NAN;
  double sum = 0;
  for (size_t i = 0; i < r->c->n; i++) {
    double phi[MAX], y = 0;
    r->c->basis(r->c->x[i], s->q, phi, NULL);
    for (size_t j = 0; j < r->c->n_linear; j++) y += s->c[j] * phi[j];
    r->b[i] = r->c->y[i] - y;
  }
  take_news(r->b, r->c->n, r->c->rho);
  for (size_t i = 0; i < r->c->n; i++) sum += r->b[i] * r->b[i];
  return fmax(sum, least * (double)r->c->n);
}

static bool run(const room *r, eisi_curve_fit *out) {
  const eisi_curve *c = r->c;
  const double n = (double)c->n, dof = out->dof;
  solution s;
  const double sum = squares(r, &s);
  double s2 = 0, se2;
  if (!(sum > 0)) return false;
  if (equal_errors(c, &se2)) {
    s2 = fmax(sum / dof - se2, floor2(r));
    const double likely = fmax(sum / n, se2 + floor2(r));
    s.chi2 = sum / (se2 + s2);
    out->deviance = n * log(2 * M_PI * likely) + sum / likely + of_correlation(c);
  } else {
    double top = 4 * sum / dof;
    if (!mandel_paule(r, dof, top, &s2, &s)) return false;
    out->deviance = least_deviance(r, top);
  }
  return fill(r, s2, &s, out);
}

eis_status eisi_curve_run(const eisi_curve *c, eisi_curve_fit *out, eis_error *err) {
  const size_t k = c->n_linear + c->shape;
  *out = (eisi_curve_fit){.n_params = (int)k, .dof = (int)c->n - (int)k};
  if (c->n <= k)
    return eis_error_set(err, EIS_ERROR_NUMERIC, "%zu points do not determine %zu parameters", c->n,
                         k);
  room r = {.c = c};
  r.A = eisi_new(c->n * (k + 1), sizeof(double), err);
  r.b = eisi_new(c->n, sizeof(double), err);
  r.work = eisi_new(eisi_linalg_work(c->n, k), sizeof(double), err);
  eis_status st = r.A && r.b && r.work ? EIS_OK : EIS_ERROR_MEMORY, reason = EIS_ERROR_NUMERIC;
  r.st = &reason;
  for (size_t i = 0; i < c->n; i++) r.unit2 = fmax(r.unit2, c->y[i] * c->y[i]);
  if (!(r.unit2 > 0)) r.unit2 = DBL_MIN * 1e30;
  if (!st && !run(&r, out))
    st = eis_error_set(err, reason,
                       reason == EIS_ERROR_MEMORY
                           ? "out of memory"
                           : "the points do not determine the curve: too few different places");
  free(r.A);
  free(r.b);
  free(r.work);
  return st;
}

void eisi_curve_at(const eisi_curve *c, const eisi_curve_fit *f, double x, double *y, double *se) {
  const size_t m = c->n_linear, k = m + c->shape;
  double phi[MAX], dphi[MAX] = {0}, g[MAX], var = 0, slope = 0;
  c->basis(x, c->shape ? f->p[m] : 0, phi, dphi);
  *y = 0;
  for (size_t j = 0; j < m; j++) {
    *y += f->p[j] * phi[j];
    slope += f->p[j] * dphi[j];
    g[j] = phi[j];
  }
  if (c->shape) g[m] = slope;
  for (size_t i = 0; i < k; i++)
    for (size_t j = 0; j < k; j++) var += g[i] * f->cov[j * k + i] * g[j];
  *se = sqrt(fmax(var, 0));
  if (isnan(var)) *se = NAN;
}

double eisi_aicc(double deviance, size_t n, int k) {
  const double left = (double)n - k - 1;
  return left > 0 ? deviance + 2.0 * k + 2.0 * k * (k + 1) / left : INFINITY;
}
