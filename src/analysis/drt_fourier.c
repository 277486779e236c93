/* drt_fourier.c - deconvolution of the imaginary part.

   -Im Z(w) = integral gamma(t) sech(ln w + t)/2 dt, a convolution in ln w, whose kernel has the
   Fourier transform pi/2 sech(pi s/2): gamma is -Im Z times (2/pi) cosh(pi s/2), cut off by a Hann
   window where the noise takes over (H. Schichlein, A. C. Mueller, M. Voigts, A. Kruegel, E.
   Ivers-Tiffee, J. Appl. Electrochem. 32 (2002) 875; B. A. Boukamp, Electrochim. Acta 154 (2015)
   35).  Series L and C are those of the adaptive method. */
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/drt_method.h"
#include "analysis/drt_peaks.h"
#include "numerics/fft.h"

/* Points per decade of the even grid, and decades beyond the data on either side, over which the
   flanks are continued as exponentials. */
enum { PER_DECADE = 32, BEYOND = 14, ENDS = 5 };

static const double FLATTEST = 0.3, STEEPEST = 1; /* slopes of ln(-Im Z) against ln w at the ends */
static const double ABOVE_NOISE = 4;     /* power at which the window ends, in that of noise */
static const double LEAST_NOISE = 1e-10; /* of the power of the data */
static const double STRETCH = 0.3;       /* cycles per decade */

typedef struct fourier {
  const eis_spectrum *s;
  size_t n, m;   /* points; of the even grid */
  double *u, *v; /* ascending -ln w of the data, -Im Z without L and C */
  double *slope; /* of the interpolating cubics */
  double *x, *response, *power;
  double h, first; /* of the grid */
  double cutoff;   /* angular frequency in ln tau where the window ends */
} fourier;

static eis_status start(fourier *q, const eis_spectrum *s, const eis_drt_result *terms,
                        eis_error *err) {
  const size_t n = s->n;
  *q = (fourier){.s = s, .n = n, .h = log(10) / PER_DECADE};
  const double span = log(s->f[0] / s->f[n - 1]);
  q->m = (size_t)(span / q->h) + 2 * BEYOND * PER_DECADE;
  q->m += q->m % 2;
  q->u = eisi_new(3 * n, sizeof *q->u, err);
  q->x = eisi_new(3 * q->m, sizeof *q->x, err);
  if (!q->u || !q->x) return EIS_ERROR_MEMORY;
  q->v = q->u + n;
  q->slope = q->v + n;
  q->response = q->x + q->m;
  q->power = q->response + q->m;
  for (size_t k = 0; k < n; k++) {
    const double w = 2 * M_PI * s->f[k];
    if (k > 0 && !(s->f[k] < s->f[k - 1]))
      return eis_error_set(err, EIS_ERROR_INPUT,
                           "frequency %g Hz occurs twice: the Fourier method needs different ones",
                           s->f[k]);
    q->u[k] = -log(w);
    q->v[k] = -s->im[k] + w * terms->L - terms->C_inv / w;
  }
  q->first = q->u[0] - (double)(q->m - (size_t)(span / q->h)) / 2 * q->h;
  return EIS_OK;
}

/* ---- the even grid ---- */

/* Slopes of the cubics through neighbouring points: of the parabola through three points. */
static void fill_slopes(fourier *q) {
  const double *u = q->u, *v = q->v;
  const size_t n = q->n;
  for (size_t k = 1; k + 1 < n; k++) {
    const double a = u[k] - u[k - 1], b = u[k + 1] - u[k];
    q->slope[k] = (b * (v[k] - v[k - 1]) / a + a * (v[k + 1] - v[k]) / b) / (a + b);
  }
  q->slope[0] = (v[1] - v[0]) / (u[1] - u[0]);
  q->slope[n - 1] = (v[n - 1] - v[n - 2]) / (u[n - 1] - u[n - 2]);
}

static double cubic(const fourier *q, size_t k, double u) {
  const double h = q->u[k + 1] - q->u[k], t = (u - q->u[k]) / h;
  const double a = q->v[k], b = q->v[k + 1], c = h * q->slope[k], d = h * q->slope[k + 1];
  return a + t * (c + t * (3 * (b - a) - 2 * c - d + t * (2 * (a - b) + c + d)));
}

/* Value and slope of ln v at one end by a straight line through a few points. */
static void flank(const fourier *q, bool end, double *value, double *slope) {
  double n = 0, su = 0, sv = 0, suu = 0, suv = 0;
  const double at = end ? q->u[q->n - 1] : q->u[0];
  *value = 0;
  *slope = end ? -1 : 1;
  for (size_t i = 0; i < ENDS; i++) {
    const size_t k = end ? q->n - 1 - i : i;
    if (!(q->v[k] > 0)) return; /* sunk into the noise: nothing to continue */
    const double u = q->u[k] - at, v = log(q->v[k]);
    n++, su += u, sv += v, suu += u * u, suv += u * v;
  }
  const double b = (n * suv - su * sv) / (n * suu - su * su);
  *value = exp((sv - b * su) / n);
  *slope = end ? fmax(-STEEPEST, fmin(-FLATTEST, b)) : fmin(STEEPEST, fmax(FLATTEST, b));
}

static void fill_grid(fourier *q) {
  double value[2], slope[2];
  size_t k = 0;
  fill_slopes(q);
  flank(q, false, &value[0], &slope[0]);
  flank(q, true, &value[1], &slope[1]);
  for (size_t i = 0; i < q->m; i++) {
    const double u = q->first + q->h * (double)i;
    while (k + 2 < q->n && q->u[k + 1] < u) k++;
    if (u < q->u[0])
      q->x[i] = value[0] * exp(slope[0] * (u - q->u[0]));
    else if (u > q->u[q->n - 1])
      q->x[i] = value[1] * exp(slope[1] * (u - q->u[q->n - 1]));
    else
      q->x[i] = cubic(q, k, u);
  }
}

/* ---- window ---- */

/* Noise of one component: the points' variances, spread over the grid points they stand for. */
static double noise_power(const fourier *q, double noise_percent) {
  double sum = 0;
  for (size_t k = 0; k < q->n; k++) {
    const double before = q->u[k > 0 ? k - 1 : 0], after = q->u[k + 1 < q->n ? k + 1 : k];
    const double size = noise_percent / 100 * hypot(q->s->re[k], q->s->im[k]);
    const double points = (after - before) / 2 / q->h;
    sum += size * size * points * points;
  }
  return sum;
}

/* First component from which on the mean power over a stretch is below that; a stretch, because two
   processes interfere: the power has zeros. */
static size_t where_noise_begins(const fourier *q, double least) {
  const size_t wide = (size_t)(STRETCH * (double)q->m * q->h / log(10)) + 1;
  size_t k = 1;
  for (; k + wide < q->m / 2; k++) {
    double sum = 0;
    for (size_t i = 0; i < wide; i++) sum += q->power[k + i];
    if (sum / (double)wide < least) break;
  }
  return k;
}

static eis_status choose_window(fourier *q, double cutoff, eis_error *err) {
  const double unit = 2 * M_PI / ((double)q->m * q->h); /* angular frequency of one cycle */
  const double most = M_PI / q->h;
  eis_kk_result kk = {0};
  q->cutoff = isnan(cutoff) ? 0 : fmin(2 * M_PI * cutoff / log(10), most);
  eis_status st = eisi_fft_filter(q->x, q->m, NULL, q->power, err);
  if (st != EIS_OK || q->cutoff > 0) return st;
  st = eis_kk_run(q->s, NULL, &kk, err);
  if (st == EIS_OK) {
    const double noise = ABOVE_NOISE * noise_power(q, kk.noise_percent);
    const double least = fmax(noise, LEAST_NOISE * q->power[0]);
    q->cutoff = fmin(unit * (double)where_noise_begins(q, least), most);
  }
  eis_kk_result_clear(&kk);
  return st;
}

static void fill_response(fourier *q) {
  const double unit = 2 * M_PI / ((double)q->m * q->h);
  for (size_t k = 0; k <= q->m / 2; k++) {
    const double s = unit * (double)k;
    const bool in = s < q->cutoff;
    q->response[k] =
        in ? 2 / M_PI * cosh(M_PI / 2 * s) * (0.5 + 0.5 * cos(M_PI * s / q->cutoff)) : 0;
  }
}

/* ---- results ---- */

static double on_grid(const fourier *q, double u) {
  const double at = (u - q->first) / q->h;
  if (!(at >= 0) || at >= (double)(q->m - 1)) return 0;
  const size_t i = (size_t)at;
  const double t = at - (double)i;
  return (1 - t) * q->x[i] + t * q->x[i + 1];
}

static double unknown_sd(const void *ctx, const double *a) {
  (void)ctx;
  (void)a;
  return NAN;
}

static eis_status fill(const fourier *q, eis_drt_result *out, eis_error *err) {
  const double h = log(out->tau[1] / out->tau[0]);
  double *ltau = eisi_new(out->n_tau, sizeof *ltau, err);
  if (!ltau) return EIS_ERROR_MEMORY;
  out->sharp_decades =
      2 * M_PI / q->cutoff / log(10); /* the window at half height, as a function of ln tau */
  for (size_t j = 0; j < out->n_tau; j++) {
    ltau[j] = log(out->tau[j]);
    out->gamma[j] = on_grid(q, ltau[j]);
  }
  for (size_t i = 0; i < q->m; i++) out->R_pol += q->x[i] * q->h;
  eisi_drt_reconstruct(q->s, out);
  const eisi_drt_profile p = {.m = out->n_tau, .ltau = ltau, .y = out->gamma, .gamma = out->gamma,
                              .step = h, .sd = unknown_sd};
  const eis_status st = eisi_drt_find_peaks(&p, out, err);
  free(ltau);
  return st;
}

eis_status eisi_drt_fourier(eis_drt_solver *v, const eis_spectrum *s, eis_drt_solution *out,
                            eis_error *err) {
  fourier q = {0};
  eis_drt_result terms = {0}, *r = &out->drt;
  eis_status st = eisi_drt_solver_core(v, EIS_DRT_ADAPTIVE, false, s, &terms, err);
  if (st == EIS_OK) st = eisi_drt_new_result(&v->opt.drt, s, 1, false, r, err);
  if (st == EIS_OK) st = start(&q, s, &terms, err);
  if (st == EIS_OK) {
    fill_grid(&q);
    st = choose_window(&q, v->opt.cutoff, err);
  }
  if (st == EIS_OK) {
    fill_response(&q);
    st = eisi_fft_filter(q.x, q.m, q.response, NULL, err);
  }
  if (st == EIS_OK) {
    r->R_inf = terms.R_inf, r->R_inf_error = terms.R_inf_error;
    r->L = terms.L, r->L_error = terms.L_error;
    r->C_inv = terms.C_inv, r->C_inv_error = terms.C_inv_error;
    r->lambda = q.cutoff * log(10) / (2 * M_PI);
    st = fill(&q, r, err);
  }
  free(q.u);
  free(q.x);
  eis_drt_result_clear(&terms);
  return st;
}
