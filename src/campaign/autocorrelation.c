/* autocorrelation.c - do the deviations from a curve follow each other?  Serial correlation of the
   residuals, its mean and variance when there is none (J. Durbin, G. S. Watson, Biometrika 37
   (1950) 409), and the correlation of the deviations that makes the residuals what they are: those
   of a fit have less than the deviations, the curve follows part of them. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "campaign/regress.h"
#include "numerics/stats.h"

enum { MAX = EISI_REGRESS_MAX, BISECTIONS = 40 };
static const double MOST = 0.95;

typedef struct design {
  size_t n, k;
  const double *cov; /* k x k */
  double *J;         /* n x k, weighted */
  double *VJ;        /* the same times the correlation matrix */
  double *e;         /* n: weighted residuals */
} design;

static void fill(const eisi_curve *c, const eisi_curve_fit *f, design *d) {
  const size_t m = c->n_linear;
  for (size_t i = 0; i < d->n; i++) {
    double phi[MAX], dphi[MAX] = {0}, y = 0, slope = 0;
    const double w = 1 / sqrt(c->se[i] * c->se[i] + f->scatter * f->scatter);
    c->basis(c->x[i], c->shape ? f->p[m] : 0, phi, dphi);
    for (size_t j = 0; j < m; j++) {
      y += f->p[j] * phi[j];
      slope += f->p[j] * dphi[j];
      d->J[j * d->n + i] = w * phi[j];
    }
    if (c->shape) d->J[m * d->n + i] = w * slope;
    d->e[i] = w * (c->y[i] - y);
  }
}

/* x^T A y with A that has one half beside its diagonal: x = y gives the sum of x_i x_(i+1). */
static double beside(const double *x, const double *y, size_t n) {
  double sum = 0;
  for (size_t i = 0; i + 1 < n; i++) sum += 0.5 * (x[i] * y[i + 1] + x[i + 1] * y[i]);
  return sum;
}

static double straight(const double *x, const double *y, size_t n) {
  double sum = 0;
  for (size_t i = 0; i < n; i++) sum += x[i] * y[i];
  return sum;
}

/* (A x)^T (A y) */
static double twice(const double *x, const double *y, size_t n) {
  double sum = 0;
  for (size_t i = 0; i < n; i++) {
    const double a = (i > 0 ? x[i - 1] : 0) + (i + 1 < n ? x[i + 1] : 0);
    const double b = (i > 0 ? y[i - 1] : 0) + (i + 1 < n ? y[i + 1] : 0);
    sum += 0.25 * a * b;
  }
  return sum;
}

/* cov X^T form(Y), k x k */
static void reduce(const design *d, const double *X, const double *Y,
                   double (*form)(const double *, const double *, size_t), double *out) {
  double G[MAX * MAX];
  for (size_t a = 0; a < d->k; a++)
    for (size_t b = 0; b < d->k; b++) G[b * d->k + a] = form(X + a * d->n, Y + b * d->n, d->n);
  for (size_t a = 0; a < d->k; a++)
    for (size_t b = 0; b < d->k; b++) {
      out[b * d->k + a] = 0;
      for (size_t c = 0; c < d->k; c++) out[b * d->k + a] += d->cov[c * d->k + a] * G[b * d->k + c];
    }
}

static double trace(const double *G, size_t k) {
  double sum = 0;
  for (size_t a = 0; a < k; a++) sum += G[a * k + a];
  return sum;
}

static double trace_of_product(const double *G, const double *H, size_t k) {
  double sum = 0;
  for (size_t a = 0; a < k; a++)
    for (size_t b = 0; b < k; b++) sum += G[b * k + a] * H[a * k + b];
  return sum;
}

/* What the serial correlation of the residuals is in the mean when that of the deviations is rho:
   tr(M A M V)/tr(M V), M = 1 - J cov J^T. */
static double seen_of(const design *d, double rho) {
  const size_t n = d->n, k = d->k;
  double AVJ[MAX * MAX], AJ[MAX * MAX], VJ[MAX * MAX];
  for (size_t a = 0; a < k; a++) {
    const double *x = d->J + a * n;
    double *to = d->VJ + a * n, before = 0, behind = 0;
    for (size_t i = 0; i < n; i++) to[i] = before = x[i] + rho * before;
    for (size_t i = n; i-- > 0;) {
      to[i] += rho * behind;
      behind = x[i] + rho * behind;
    }
  }
  reduce(d, d->J, d->VJ, beside, AVJ);
  reduce(d, d->J, d->J, beside, AJ);
  reduce(d, d->J, d->VJ, straight, VJ);
  const double num = (double)(n - 1) * rho - 2 * trace(AVJ, k) + trace_of_product(AJ, VJ, k);
  return num / ((double)n - trace(VJ, k));
}

static double rho_of(const design *d, double seen) {
  double low = 0, high = MOST;
  if (seen <= seen_of(d, 0)) return 0;
  for (int i = 0; i < BISECTIONS; i++) {
    const double middle = (low + high) / 2;
    if (seen_of(d, middle) < seen)
      low = middle;
    else
      high = middle;
  }
  return (low + high) / 2;
}

/* One-sided, by a normal of the exact mean and variance. */
static double p_of(const design *d, double seen) {
  const size_t k = d->k;
  const double left = (double)(d->n - k);
  double AJ[MAX * MAX], AAJ[MAX * MAX];
  reduce(d, d->J, d->J, beside, AJ);
  reduce(d, d->J, d->J, twice, AAJ);
  const double first = -trace(AJ, k);
  const double second =
      (double)(d->n - 1) / 2 - 2 * trace(AAJ, k) + trace_of_product(AJ, AJ, k); /* tr (M A)^2 */
  const double mean = first / left;
  const double var = (first * first + 2 * second) / (left * (left + 2)) - mean * mean;
  const double z = (seen - mean) / sqrt(fmax(var, 1e-12));
  const double both = eisi_t_both(z, INFINITY);
  return z > 0 ? both / 2 : 1 - both / 2;
}

eis_status eisi_autocorrelation(const eisi_curve *c, const eisi_curve_fit *f, double *rho,
                                double *p, eis_error *err) {
  design d = {.n = c->n, .k = c->n_linear + c->shape, .cov = f->cov};
  *rho = 0;
  *p = 1;
  for (size_t i = 0; i < d.k * d.k; i++)
    if (!isfinite(f->cov[i])) return EIS_OK;
  if (d.n < d.k + 3 || !(f->chi2 > 0)) return EIS_OK;
  for (size_t i = 0; i < d.n; i++)
    if (!(c->se[i] > 0) && !(f->scatter > 0)) return EIS_OK; /* on the curve to the last digit */
  d.J = eisi_new((2 * d.k + 1) * d.n, sizeof *d.J, err);
  if (!d.J) return EIS_ERROR_MEMORY;
  d.VJ = d.J + d.k * d.n;
  d.e = d.VJ + d.k * d.n;
  fill(c, f, &d);
  const double square = straight(d.e, d.e, d.n);
  if (square > 0) {
    const double seen = beside(d.e, d.e, d.n) / square;
    *p = p_of(&d, seen);
    *rho = rho_of(&d, seen);
  }
  free(d.J);
  return EIS_OK;
}
