/* hilbert.c - second opinions: Z-HIT (modulus from phase) and the KK integral (real from imaginary
   part). */
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <eisfit/kk.h>

#include "base/base.h"
#include "numerics/fft.h"
#include "numerics/linalg.h"
#include "numerics/stats.h"

static const double PI = 3.14159265358979323846;

/* Log grid of the KK integral: step in ln f, and how far beyond the data (the odd kernel is
   constant there to 1e-8, so that what lies beyond is a constant, too). */
static const double STEP = 0.05, BEYOND = 9.2;

/* A spectrum in ascending order of u = ln omega. */
typedef struct curve {
  size_t n;
  double *u, *log_modulus, *phase, *re, *im, *modulus;
} curve;

/* ---- Z-HIT ---- */

/* ln|Z| = c + (2/pi) int phi d ln omega + gamma_1 phi' + gamma_3 phi''' (Ehm et al. 2000), with
   gamma_1 = -pi/6, gamma_3 = -pi^3/360; phi < 0 for a capacitance. */
static const double GAMMA_1 = -0.52359877559829887, GAMMA_3 = -0.086128546343322748;

/* Local polynomial through the points nearest to k: value and first three derivatives.
   Width: some 0.55 in ln f at either side, at least what the degree needs. */
enum { DEGREE_1 = 3, DEGREE_3 = 4, MOST_NEAR = 41 };

static size_t half_width(const curve *c, int terms) {
  size_t least = terms == 3 ? 3 : 2;
  double step = (c->u[c->n - 1] - c->u[0]) / (double)(c->n - 1);
  double wide = step > 0 ? 0.55 / step : 0;
  size_t half = wide > MOST_NEAR / 2 ? MOST_NEAR / 2 : (size_t)wide;
  return half > least ? half : least;
}

static void local_derivatives(const curve *c, size_t k, int terms, double *work, double d[4]) {
  size_t half = half_width(c, terms), near = 2 * half + 1, cols = terms == 3 ? DEGREE_3 : DEGREE_1;
  if (near > c->n) near = c->n;
  if (++cols > near) cols = near;
  size_t start = k > half ? k - half : 0;
  if (start + near > c->n) start = c->n - near;
  double A[MOST_NEAR * (DEGREE_3 + 1)], b[MOST_NEAR];
  double unit = fmax(c->u[start + near - 1] - c->u[start], DBL_MIN);
  for (size_t i = 0; i < near; i++) {
    double x = (c->u[start + i] - c->u[k]) / unit, power = 1;
    for (size_t j = 0; j < cols; j++, power *= x) A[j * near + i] = power;
    b[i] = c->phase[start + i];
  }
  d[0] = c->phase[k];
  d[1] = d[2] = d[3] = 0;
  if (!eisi_qr_solve(near, cols, A, b, NULL, work)) return; /* coinciding frequencies: no slope */
  double factor = 1;
  for (size_t j = 0; j < cols && j < 4; j++, factor *= (double)j / unit) d[j] = b[j] * factor;
}

/* 100 (ln|Z| - reconstruction), the free constant by the median. */
static void zhit(const curve *c, int terms, double *deviation, double *scratch) {
  double integral = 0, last[4] = {0};
  double *sorted = scratch, *work = scratch + c->n;
  for (size_t i = 0; i < c->n; i++) {
    double d[4];
    local_derivatives(c, i, terms, work, d);
    if (i > 0) { /* trapezium with end correction */
      double h = c->u[i] - c->u[i - 1];
      integral += h / 2 * (c->phase[i] + c->phase[i - 1]) + h * h / 12 * (last[1] - d[1]);
    }
    double series = GAMMA_1 * d[1] + (terms == 3 ? GAMMA_3 * d[3] : 0);
    deviation[i] = 100 * (c->log_modulus[i] - 2 / PI * integral - series);
    memcpy(last, d, sizeof last);
  }
  memcpy(sorted, deviation, c->n * sizeof *sorted);
  double constant = eisi_median(sorted, c->n);
  for (size_t i = 0; i < c->n; i++) deviation[i] -= constant;
}

/* ---- KK integral ---- */

/* The RC elements alone: without L and C, which have no real part, and R, which has no imaginary
   one; both parts then vanish or level off outside of the window. */
static void relaxation(const eis_kk_result *model, double omega, double *re, double *im) {
  *re = *im = 0;
  for (int j = 0; j < model->m; j++) {
    double wt = omega * model->tau[j], q = model->R[j] / (1 + wt * wt);
    *re += q;
    *im -= wt * q;
  }
}

/* What the data have in addition to the model, between the points by a straight line; beyond the
   ends it fades away. */
static double excess_at(const curve *c, const double *excess, double u, size_t *hint) {
  size_t last = c->n - 1;
  if (u <= c->u[0]) return excess[0] * exp(u - c->u[0]);
  if (u >= c->u[last]) return excess[last] * exp(c->u[last] - u);
  while (c->u[*hint + 1] < u) ++*hint;
  double h = c->u[*hint + 1] - c->u[*hint], t = h > 0 ? (u - c->u[*hint]) / h : 0;
  return (1 - t) * excess[*hint] + t * excess[*hint + 1];
}

/* Z'(u0) = const - (1/pi) PV int Z''(u) coth(u - u0) du (u = ln omega).  The principal value on a
   grid: every other point, so that the pole lies half-way between two (Maclaurin's rule). */
static eis_status hilbert_on_grid(const double *g, size_t n, double *out, eis_error *err) {
  size_t width = 2 * n - 1;
  double *kernel = eisi_new(width, sizeof *kernel, err);
  double *product = eisi_new(n + width, sizeof *product, err);
  eis_status status = kernel && product ? EIS_OK : EIS_ERROR_MEMORY;
  if (status == EIS_OK) {
    for (size_t i = 0; i < width; i++) { /* kernel[i] belongs to u0 - u = (i - (n - 1)) STEP */
      double s = ((double)i - (double)(n - 1)) * STEP;
      bool odd = (i + n - 1) % 2 == 1;
      kernel[i] = odd ? 2 * STEP / PI / tanh(s) : 0; /* - coth(u - u0) = coth(u0 - u) */
    }
    status = eisi_convolve(g, n, kernel, width, product, err);
  }
  if (status == EIS_OK) memcpy(out, product + n - 1, n * sizeof *out);
  free(kernel);
  free(product);
  return status;
}

/* Imaginary excess on the grid, model added; afterwards the grid holds the real part that follows
   from it minus that of the model (smooth, so that a straight line serves between grid points). */
static eis_status integral_on_grid(const curve *c, const eis_kk_result *model, const double *excess,
                                   double *grid, size_t n, eis_error *err) {
  size_t hint = 0;
  double re, im, start = c->u[0] - BEYOND;
  for (size_t i = 0; i < n; i++) {
    double u = start + (double)i * STEP;
    relaxation(model, exp(u), &re, &im);
    grid[i] = im + excess_at(c, excess, u, &hint);
  }
  eis_status status = hilbert_on_grid(grid, n, grid, err);
  for (size_t i = 0; i < n && status == EIS_OK; i++) {
    relaxation(model, exp(start + (double)i * STEP), &re, &im);
    grid[i] -= re;
  }
  return status;
}

/* 100 (Z' - Z' from Z'') / |Z|, the free constant by the median; scratch 2n. */
static eis_status kk_integral(const curve *c, const eis_kk_result *model, double *deviation,
                              double *scratch, eis_error *err) {
  size_t n = (size_t)((c->u[c->n - 1] - c->u[0] + 2 * BEYOND) / STEP) + 2;
  double *grid = eisi_new(n, sizeof *grid, err), *excess = scratch, *difference = scratch + c->n;
  if (!grid) return EIS_ERROR_MEMORY;
  for (size_t i = 0; i < c->n; i++) {
    double re, im, omega = exp(c->u[i]);
    relaxation(model, omega, &re, &im);
    excess[i] = c->im[i] - im - omega * model->L + model->C_inv / omega;
    deviation[i] = c->re[i] - re;
  }
  eis_status status = integral_on_grid(c, model, excess, grid, n, err);
  for (size_t i = 0; i < c->n && status == EIS_OK; i++) {
    double at = (c->u[i] - c->u[0] + BEYOND) / STEP;
    size_t k = (size_t)at;
    double t = at - (double)k;
    difference[i] = deviation[i] -= (1 - t) * grid[k] + t * grid[k + 1];
  }
  double constant = eisi_median(difference, c->n);
  for (size_t i = 0; i < c->n; i++) deviation[i] = 100 * (deviation[i] - constant) / c->modulus[i];
  free(grid);
  return status;
}

/* ---- both, on the data and on the model ---- */

static void set_point(curve *c, size_t i, double omega, double re, double im) {
  c->u[i] = log(omega);
  c->re[i] = re;
  c->im[i] = im;
  c->modulus[i] = fmax(hypot(re, im), DBL_MIN);
  c->log_modulus[i] = log(c->modulus[i]);
  c->phase[i] = atan2(im, re);
  if (i == 0) return; /* no jump by 2 pi where Z' < 0 */
  c->phase[i] -= 2 * PI * round((c->phase[i] - c->phase[i - 1]) / (2 * PI));
}

static double largest(const double *v, size_t n) {
  double most = 0;
  for (size_t k = 0; k < n; k++) most = fmax(most, fabs(v[k]));
  return most;
}

static void reverse(double *v, size_t n) {
  for (size_t i = 0, k = n - 1; i < k; i++, k--) {
    double swap = v[i];
    v[i] = v[k];
    v[k] = swap;
  }
}

static eis_status both(const curve *c, const eis_kk_result *model, int terms,
                       eis_hilbert_result *out, double *scratch, eis_error *err) {
  zhit(c, terms, out->zhit_percent, scratch);
  eis_status status = kk_integral(c, model, out->hilbert_percent, scratch, err);
  reverse(out->zhit_percent, c->n);
  reverse(out->hilbert_percent, c->n);
  return status;
}

static void fill_curve(curve *c, const double *f, const double *re, const double *im) {
  for (size_t i = 0; i < c->n; i++) {
    size_t k = c->n - 1 - i;
    set_point(c, i, 2 * PI * f[k], re[k], im[k]);
  }
}

/* The model of the linear test obeys the Kramers-Kronig relations exactly: what the methods find
   there is their own error on data of this range and density.  Only where the data pass: elsewhere
   the model follows a fault of the data with a shape that no spectrum has. */
static void note_bias(const eis_spectrum *s, const eis_kk_result *model, eis_hilbert_result *out) {
  size_t first = 0, n = s->n;
  if (model->f_low_hz > 0) {
    while (n > 0 && s->f[n - 1] < model->f_low_hz) n--;
    while (first < n && s->f[first] > model->f_high_hz) first++;
  }
  out->zhit_bias_percent = largest(out->zhit_percent + first, n - first);
  out->hilbert_bias_percent = largest(out->hilbert_percent + first, n - first);
  out->bias_percent = fmax(out->zhit_bias_percent, out->hilbert_bias_percent);
}

static eis_status run_both(const eis_spectrum *s, const eis_kk_result *model, int terms, double *a,
                           eis_hilbert_result *out, eis_error *err) {
  size_t n = s->n;
  curve c = {n, a, a + n, a + 2 * n, a + 3 * n, a + 4 * n, a + 5 * n};
  double *scratch = a + 6 * n;
  fill_curve(&c, s->f, model->fit_re, model->fit_im);
  eis_status status = both(&c, model, terms, out, scratch, err);
  if (status != EIS_OK) return status;
  note_bias(s, model, out);
  fill_curve(&c, s->f, s->re, s->im);
  status = both(&c, model, terms, out, scratch, err);
  out->zhit_max_percent = largest(out->zhit_percent, n);
  out->hilbert_max_percent = largest(out->hilbert_percent, n);
  return status;
}

eis_status eis_hilbert_run(const eis_spectrum *s, int zhit_terms, eis_hilbert_result *out,
                           eis_error *err) {
  eis_kk_result model = {0};
  *out = (eis_hilbert_result){0};
  if (zhit_terms != 1 && zhit_terms != 3)
    return eis_error_set(err, EIS_ERROR_USAGE, "%d correction terms for Z-HIT: expected 1 or 3",
                         zhit_terms);
  eis_status status = eis_kk_run(s, NULL, &model, err);
  if (status != EIS_OK) {
    eis_kk_result_clear(&model);
    return status;
  }
  size_t n = s->n;
  double *a = eisi_new(8 * n + eisi_linalg_work(MOST_NEAR, DEGREE_3 + 1), sizeof *a, err);
  out->n = n;
  out->zhit_percent = eisi_new(n, sizeof *out->zhit_percent, err);
  out->hilbert_percent = eisi_new(n, sizeof *out->hilbert_percent, err);
  status = EIS_ERROR_MEMORY;
  if (a && out->zhit_percent && out->hilbert_percent)
    status = run_both(s, &model, zhit_terms, a, out, err);
  free(a);
  eis_kk_result_clear(&model);
  return status;
}

void eis_hilbert_result_clear(eis_hilbert_result *r) {
  free(r->zhit_percent);
  free(r->hilbert_percent);
  *r = (eis_hilbert_result){0};
}
