/* derive_bench.h - a fit result made by hand, what is derived from it, and questions to that. */
#ifndef DERIVE_BENCH_H
#define DERIVE_BENCH_H

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <eisfit/eisfit.h>

#define COUNT(a) (sizeof(a) / sizeof *(a))

typedef struct bench {
  eis_circuit *c;
  eis_model *model;
  eis_fit_result fit;
  eis_conditions cond;
  eis_derived_list out;
} bench;

/* Relative error `rel` on every parameter, uncorrelated. */
static inline void bench_fit(bench *b, const double *p, double rel) {
  const int n = b->c->n_params;
  b->fit.n_params = n;
  b->fit.param = calloc((size_t)n, sizeof *b->fit.param);
  b->fit.covariance = calloc((size_t)(n * n), sizeof *b->fit.covariance);
  for (int i = 0; i < n; i++) {
    b->fit.param[i].value = p[i];
    b->fit.param[i].fixed = b->c->param[i].fixed;
    b->fit.param[i].stderr_ = b->c->param[i].fixed ? NAN : rel * p[i];
    b->fit.covariance[i * n + i] = b->c->param[i].fixed ? NAN : rel * p[i] * rel * p[i];
  }
}

static inline void bench_circuit(bench *b, const char *circuit, const double *p, double rel) {
  eis_error err = EIS_ERROR_INIT;
  *b = (bench){.cond = eis_conditions_unknown()};
  if (eis_circuit_parse(circuit, EIS_NOTATION_AUTO, &b->c, &err) != EIS_OK)
    fail_msg("%s: %s", circuit, err.text);
  bench_fit(b, p, rel);
}

static inline void bench_model(bench *b, const char *circuit, const char *roles, const double *p,
                               double rel) {
  eis_error err = EIS_ERROR_INIT;
  char text[1000];
  *b = (bench){.cond = eis_conditions_unknown()};
  snprintf(text, sizeof text,
           "[model]\nname = t\ntitle = t\ncircuit = %s\nwhen = t\n"
           "reference = t\n[roles]\n%s",
           circuit, roles);
  if (eis_model_parse(text, "test", &b->model, &err) != EIS_OK) fail_msg("%s", err.text);
  if (eis_circuit_copy(b->model->variant[0].circuit, &b->c, &err) != EIS_OK)
    fail_msg("%s", err.text);
  bench_fit(b, p, rel);
}

static inline void bench_run(bench *b, const eis_material *material) {
  eis_error err = EIS_ERROR_INIT;
  eis_derived_list_clear(&b->out);
  const eis_derive_input in = {b->c, &b->fit, b->model, &b->cond, material};
  if (eis_derive(&in, &b->out, &err) != EIS_OK) fail_msg("%s", err.text);
}

static inline void bench_clear(bench *b) {
  eis_derived_list_clear(&b->out);
  eis_circuit_free(b->c);
  eis_model_free(b->model);
  free(b->fit.param);
  free(b->fit.covariance);
}

static inline const eis_derived *find(const bench *b, const char *name) {
  for (size_t i = 0; i < b->out.n; i++)
    if (strcmp(b->out.at[i].name, name) == 0) return &b->out.at[i];
  return NULL;
}

static inline const eis_derived *need(const bench *b, const char *name) {
  const eis_derived *q = find(b, name);
  if (!q) fail_msg("no '%s'", name);
  return q;
}

static inline void check(const bench *b, const char *name, double want, const char *unit) {
  const eis_derived *q = need(b, name);
  if (!(fabs(q->value - want) <= 1e-9 * fabs(want)))
    fail_msg("%s = %.12g, expected %.12g", name, q->value, want);
  assert_string_equal(q->unit, unit);
  assert_true(q->doc[0] != 0);
  if (strlen(q->doc) > 45) fail_msg("%s: '%s' has %zu bytes", name, q->doc, strlen(q->doc));
}

static inline bool says(const bench *b, const char *words) {
  for (size_t i = 0; i < b->out.words.n; i++)
    if (strstr(b->out.words.text[i], words)) return true;
  return false;
}

#endif
