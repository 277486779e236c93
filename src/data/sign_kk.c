/* sign_kk.c - a small linear Kramers-Kronig fit with both signs of Im.

   Re Z = R0 + sum R_k/(1+x^2),  Im Z = -sum R_k x/(1+x^2) + w L - 1/(w C),  x = w tau_k
   (Boukamp 1995, J. Electrochem. Soc. 142, 1885, eqs 5-6), weighted by 1/|Z|.  Real part and RC
   part of Im share their coefficients, so the wrong sign leaves a residual; the series L and C do
   not, but a cell is passive, so a negative L or C is taken out. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "data/sign.h"

enum { M = 12, NC = M + 3, R0 = M, IND = M + 1, CAP = M + 2, MAX_POINTS = 160 };

typedef struct system {
  size_t n;
  int m;                          /* RC terms in use, fewer than M for few points */
  double row[2 * MAX_POINTS][NC]; /* weighted; Im rows are those of -Im for a negated column */
  double y[2 * MAX_POINTS];
  double gram[NC][NC]; /* row^T row, lower half, the same for both signs */
  double a[NC][NC], b[NC], x[NC];
} linear;

static void fill_rows(linear *s, size_t k, double w, const double *tau, double re, double im) {
  double weight = 1 / hypot(re, im), *p = s->row[2 * k], *q = s->row[2 * k + 1];
  memset(p, 0, sizeof s->row[0]);
  memset(q, 0, sizeof s->row[0]);
  for (int m = 0; m < s->m; m++) {
    double x = w * tau[m], d = weight / (1 + x * x);
    p[m] = d;
    q[m] = -x * d;
  }
  p[R0] = weight;
  q[IND] = weight * w;
  q[CAP] = -weight / w;
  s->y[2 * k] = weight * re;
  s->y[2 * k + 1] = weight * im;
}

static void fill_gram(linear *s) {
  memset(s->gram, 0, sizeof s->gram);
  for (size_t i = 0; i < 2 * s->n; i++)
    for (int c = 0; c < NC; c++)
      for (int d = 0; d <= c; d++) s->gram[c][d] += s->row[i][c] * s->row[i][d];
}

/* Cholesky in place and both substitutions: a x = b. */
static bool cholesky(linear *s) {
  for (int c = 0; c < NC; c++)
    for (int d = 0; d <= c; d++) {
      double sum = s->a[c][d];
      for (int e = 0; e < d; e++) sum -= s->a[c][e] * s->a[d][e];
      if (c == d && !(sum > 0)) return false;
      s->a[c][d] = c == d ? sqrt(sum) : sum / s->a[d][d];
    }
  for (int c = 0; c < NC; c++) {
    double sum = s->b[c];
    for (int e = 0; e < c; e++) sum -= s->a[c][e] * s->x[e];
    s->x[c] = sum / s->a[c][c];
  }
  for (int c = NC - 1; c >= 0; c--) {
    for (int e = c + 1; e < NC; e++) s->x[c] -= s->a[e][c] * s->x[e];
    s->x[c] /= s->a[c][c];
  }
  return true;
}

/* Normal equations of the columns in use, scaled, with a little ridge. */
static bool solve(linear *s, const bool *use) {
  double scale[NC];
  for (int c = 0; c < NC; c++) scale[c] = use[c] && s->gram[c][c] > 0 ? 1 / sqrt(s->gram[c][c]) : 0;
  memset(s->b, 0, sizeof s->b);
  for (size_t i = 0; i < 2 * s->n; i++)
    for (int c = 0; c < NC; c++) s->b[c] += s->row[i][c] * s->y[i];
  for (int c = 0; c < NC; c++) {
    s->b[c] *= scale[c];
    for (int d = 0; d < c; d++) s->a[c][d] = s->gram[c][d] * scale[c] * scale[d];
    s->a[c][c] = scale[c] > 0 ? 1 + 1e-6 : 1;
  }
  if (!cholesky(s)) return false;
  for (int c = 0; c < NC; c++) s->x[c] *= scale[c];
  return true;
}

static double residual(const linear *s) {
  double sum = 0;
  for (size_t i = 0; i < 2 * s->n; i++) {
    double r = s->y[i];
    for (int c = 0; c < NC; c++) r -= s->row[i][c] * s->x[c];
    sum += r * r;
  }
  return sqrt(sum / (double)(2 * s->n));
}

static double passive_residual(linear *s) {
  bool use[NC];
  for (int c = 0; c < NC; c++) use[c] = true;
  for (int pass = 0; pass < 3; pass++) {
    if (!solve(s, use)) return NAN;
    if (use[IND] && s->x[IND] < 0)
      use[IND] = false;
    else if (use[CAP] && s->x[CAP] < 0)
      use[CAP] = false;
    else
      break;
  }
  return residual(s);
}

static size_t load(linear *s, const double *f, const double *re, const double *im, size_t n) {
  const double two_pi = 6.28318530717958647692;
  size_t step = n / MAX_POINTS + 1;
  double lo = INFINITY, hi = 0, tau[M];
  for (size_t k = 0; k < n; k++) {
    lo = fmin(lo, f[k]);
    hi = fmax(hi, f[k]);
  }
  s->m = n < 2 * M ? (int)n / 2 : M;
  for (int m = 0; m < s->m; m++)
    tau[m] = pow(10, log10(1 / (two_pi * hi)) - 0.3 + m * (log10(hi / lo) + 0.6) / (s->m - 1));
  s->n = 0;
  for (size_t k = 0; k < n && s->n < MAX_POINTS; k += step)
    if (isfinite(re[k]) && isfinite(im[k]) && hypot(re[k], im[k]) > 0)
      fill_rows(s, s->n++, two_pi * f[k], tau, re[k], im[k]);
  fill_gram(s);
  return s->n;
}

static void turn(linear *s) {
  for (size_t k = 0; k < s->n; k++) s->y[2 * k + 1] = -s->y[2 * k + 1];
}

eis_status eisi_sign_misfit(const double *f, const double *re, const double *im, size_t n,
                            double *misfit, eis_error *err) {
  linear *s = eisi_new(1, sizeof *s, err);
  *misfit = NAN;
  if (!s) return EIS_ERROR_MEMORY;
  if (load(s, f, re, im, n) >= 5) {
    *misfit = passive_residual(s);
    turn(s);
    *misfit = fmin(*misfit, passive_residual(s));
  }
  free(s);
  return EIS_OK;
}

eis_status eisi_sign_kk(const double *f, const double *re, const double *im, size_t n,
                        double *ratio, eis_error *err) {
  linear *s = eisi_new(1, sizeof *s, err);
  *ratio = NAN;
  if (!s) return EIS_ERROR_MEMORY;
  if (load(s, f, re, im, n) >= 5) {
    double as_is = passive_residual(s);
    turn(s);
    double flipped = passive_residual(s);
    *ratio = log((flipped + 1e-5) / (as_is + 1e-5));
  }
  free(s);
  return EIS_OK;
}

double eisi_sign_capacitive(const double *f, const double *re, const double *im, size_t n) {
  double lo = INFINITY, hi = 0, sum = 0, total = 0;
  for (size_t k = 0; k < n; k++) {
    lo = fmin(lo, f[k]);
    hi = fmax(hi, f[k]);
  }
  double limit = lo * pow(hi / lo, 2.0 / 3);
  for (size_t k = 0; k < n; k++) {
    double z = hypot(re[k], im[k]);
    if (!(f[k] <= limit) || !(z > 0)) continue;
    sum -= im[k] / z;
    total += fabs(im[k]) / z;
  }
  return total > 0 ? sum / total : 0;
}

static int by_value(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

double eisi_sign_phase_scale(const double *f, const double *mod, const double *phase, size_t n) {
  double *p = calloc(2 * n + 1, sizeof *p), *slope = p ? p + n : NULL, scale = NAN;
  size_t m = 0;
  for (size_t k = 2; p && k + 2 < n; k++) {
    double d = log(f[k + 2] / f[k - 2]), s = log(mod[k + 2] / mod[k - 2]) / d;
    if (!isfinite(s) || fabs(d) < 1e-3 || !isfinite(phase[k])) continue;
    p[m] = fabs(phase[k]);
    slope[m++] = fabs(s) * 1.57079632679489661923;
  }
  if (m >= 3) {
    qsort(p, m, sizeof *p, by_value);
    qsort(slope, m, sizeof *slope, by_value);
    if (slope[m / 2] > 1e-3 && p[m / 2] > 0) scale = log(p[m / 2] / slope[m / 2]);
  }
  free(p);
  return scale;
}
