/* element_probe.h - evaluating one element at a few frequencies, for the tests of the table
   (test_elements.c) and of its values (test_element_values.c). */
#ifndef ELEMENT_PROBE_H
#define ELEMENT_PROBE_H

#include <complex.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <eisfit/element.h>

enum { MAX_W = 40, P = EIS_ELEMENT_MAX_PARAMS };

/* ---- evaluation at a few frequencies ---- */

typedef struct spot {
  size_t n;
  double w[MAX_W], lw[MAX_W];
} spot;

typedef struct values {
  double z[2 * MAX_W], dz[2 * MAX_W * P], dsub[2 * MAX_W];
} values;

static inline double complex at(const double *v, size_t n, size_t k) { return v[k] + I * v[n + k]; }

static inline double complex column(const values *v, size_t n, int j, size_t k) {
  return at(v->dz + 2 * n * (size_t)j, n, k);
}

static inline void spot_add(spot *s, double w) {
  s->w[s->n] = w;
  s->lw[s->n++] = log(w);
}

static inline spot decades(double low, double high, size_t n) {
  spot s = {0};
  for (size_t i = 0; i < n; i++) spot_add(&s, low * pow(high / low, (double)i / (double)(n - 1)));
  return s;
}

static inline void run(const eis_element *e, const spot *s, const double *p, const double *sub,
                       values *out) {
  const eis_grid g = {s->n, s->w, s->lw};
  e->eval(&g, p, sub, out->z, out->dz, e->container ? out->dsub : NULL);
}

static inline void run_fast(const eis_element *e, const spot *s, const double *p, const double *sub,
                            double *z) {
  const eis_grid g = {s->n, s->w, s->lw};
  e->eval(&g, p, sub, z, NULL, NULL);
}

/* A passive wall, 1/(1/R + Q (j w)^0.8), times `scale`. */
static inline void wall(const spot *s, double r, double q, double scale, double *sub) {
  for (size_t k = 0; k < s->n; k++) {
    const double complex z = scale / (1.0 / r + q * cpow(I * s->w[k], 0.8));
    sub[k] = creal(z);
    sub[s->n + k] = cimag(z);
  }
}

static inline const eis_element *find(const char *symbol) {
  const eis_element *e = eis_element_find(symbol, strlen(symbol));
  if (!e) fail_msg("no element '%s'", symbol);
  return e;
}

/* Re-entrant random numbers in [0, 1): the same points on every machine. */
static inline double draw(uint64_t *state) {
  *state = *state * 6364136223846793005u + 1442695040888963407u;
  return (double)(*state >> 11) / 9007199254740992.0;
}

/* Point of a bound interval: t = 0 lower, 1 upper; logarithmic where the scale is. */
static inline double inside(const eis_param_spec *s, double t) {
  if (s->scale == EIS_SCALE_LOG) return s->lower * pow(s->upper / s->lower, t);
  return s->lower + t * (s->upper - s->lower);
}

static inline double clamped(const eis_param_spec *s, double x) {
  return x < s->lower ? s->lower : x > s->upper ? s->upper : x;
}

/* "SYMBOL R=1 C=2" for messages; `text` is the caller's. */
static inline const char *described(const eis_element *e, const double *p, char text[400]) {
  int n = snprintf(text, 400, "%s", e->symbol);
  for (int j = 0; j < e->n_params && n < 360; j++)
    n += snprintf(text + n, 400 - (size_t)n, " %s=%.9g", e->param[j].suffix, p[j]);
  return text;
}

#define FOR_EACH_ROW(e) \
  const eis_element *e; \
  for (size_t row_ = 0; (e = eis_element_at(row_)) != NULL; row_++)

#endif
