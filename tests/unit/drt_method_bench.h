/* drt_method_bench.h - spectra with a known distribution of relaxation times, and how its methods
   are run on them. */
#ifndef EISI_DRT_METHOD_BENCH_H
#define EISI_DRT_METHOD_BENCH_H

#include <complex.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include <eisfit/eisfit.h>

#include "numerics/rng.h"

typedef struct zarc {
  double R, n, tau;
} zarc;

typedef struct cell {
  double R_inf, L, C;
  zarc part[5];
} cell;

static const cell two = {.R_inf = 10, .part = {{50, 0.8, 1e-4}, {50, 0.8, 0.1}}};

static inline void make(const cell *c, double noise, uint64_t seed, eis_spectrum *s) {
  eisi_rng r;
  eisi_rng_seed(&r, 71, seed);
  assert_int_equal(eis_spectrum_init(s, 81, NULL), EIS_OK);
  for (size_t k = 0; k < s->n; k++) {
    s->f[k] = pow(10, 6 - 0.1 * (double)k);
    const double complex jw = I * 2 * M_PI * s->f[k];
    double complex z = c->R_inf + jw * c->L;
    if (c->C > 0) z += 1 / (jw * c->C);
    for (const zarc *p = c->part; p < c->part + 5 && p->R > 0; p++)
      z += p->R / (1 + cpow(jw * p->tau, p->n));
    s->re[k] = creal(z) + noise * cabs(z) * eisi_rng_normal(&r);
    s->im[k] = cimag(z) + noise * cabs(z) * eisi_rng_normal(&r);
  }
}

static inline const eis_drt_method_row *method(const char *key) {
  const eis_drt_method_row *row;
  eis_error err = EIS_ERROR_INIT;
  if (eis_drt_method_find(key, &row, &err) != EIS_OK) fail_msg("%s", err.text);
  return row;
}

static inline eis_drt_solution run(const char *key, const eis_spectrum *s,
                                   const eis_drt_method_options *o) {
  eis_drt_solution r;
  eis_error err = EIS_ERROR_INIT;
  if (eis_drt_method_run(method(key), s, o, &r, &err) != EIS_OK) fail_msg("%s: %s", key, err.text);
  return r;
}

static inline void near(double value, double expected, double relative, const char *what) {
  if (!(fabs(value - expected) <= relative * fabs(expected)))
    fail_msg("%s: %.10g, expected %.10g within %g", what, value, expected, relative);
}

static inline void expect_error(eis_status st, eis_status expected, const eis_error *err,
                                const char *text) {
  assert_int_equal(st, expected);
  if (!strstr(err->text, text)) fail_msg("'%s' instead of '%s'", err->text, text);
}

#endif
