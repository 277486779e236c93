/* bench_scl.c - what the space-charge elements cost: 70 frequencies with all derivatives.  The
   elements take turns; the requirement is in evaluations of a ZARC in the same round. */
#include "bench.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include <eisfit/element.h>

#include "numerics/stats.h"

enum { POINTS = 70, ROUNDS = 41, JOBS = 5, ZARC = 0 };

typedef struct job {
  const char *symbol;
  int inner;
  double most_ratio, most_ms; /* requirements, 0 = none */
} job;

static const job jobs[JOBS] = {
    {"ZARC", 400, 0, 0}, {"SCL", 400, 2, 0}, {"PNP1", 200, 0, 0}, {"SCLX", 4, 0, 5}, {"GBSCL", 400, 0, 0}};

static double run(const job *j, const eis_grid *g, double *sum) {
  static double z[2 * POINTS], dz[2 * POINTS * EIS_ELEMENT_MAX_PARAMS];
  const eis_element *e = eis_element_find(j->symbol, strlen(j->symbol));
  double p[EIS_ELEMENT_MAX_PARAMS] = {0};
  if (!e) return NAN;
  for (int i = 0; i < e->n_params; i++) p[i] = e->param[i].start;
  const double t0 = bench_processor_us();
  for (int i = 0; i < j->inner; i++) {
    e->eval(g, p, NULL, z, dz, NULL);
    *sum += z[0]; /* so that nothing is left out */
  }
  return (bench_processor_us() - t0) / j->inner;
}

static void print_job(const job *j, const double *us, const double *ratio, double floor_us) {
  double a[ROUNDS], b[ROUNDS], least = us[0];
  char name[64], text[64];
  memcpy(a, us, sizeof a);
  memcpy(b, ratio, sizeof b);
  for (int i = 0; i < ROUNDS; i++) least = fmin(least, us[i]);
  const double t = eisi_median(a, ROUNDS), r = eisi_median(b, ROUNDS);
  bench_verdict verdict = BENCH_NONE;
  snprintf(name, sizeof name, "element %s, 70 points, all derivatives", j->symbol);
  snprintf(text, sizeof text, "%.2f ZARCs", r);
  if (j->most_ratio > 0) {
    snprintf(text, sizeof text, "%.2f ZARCs (at most %g)", r, j->most_ratio);
    verdict = bench_judge(r <= j->most_ratio);
  } else if (j->most_ms > 0) {
    snprintf(text, sizeof text, "under %g ms", j->most_ms);
    verdict = bench_judge(t < 1e3 * j->most_ms);
  }
  bench_print_row(name, t, least, t / floor_us, verdict, text);
}

eis_status bench_scl(const bench_data *d, double floor_us, eis_error *err) {
  double w[POINTS], lw[POINTS], sum = 0;
  static double us[JOBS][ROUNDS], ratio[JOBS][ROUNDS];
  (void)d;
  for (int k = 0; k < POINTS; k++) {
    lw[k] = log(2 * 3.14159265358979) + log(10.0) * (7.0 - 9.0 * k / (POINTS - 1));
    w[k] = exp(lw[k]);
  }
  const eis_grid g = {POINTS, w, lw};
  for (int i = 0; i < ROUNDS; i++) {
    for (int j = 0; j < JOBS; j++) us[j][i] = run(&jobs[j], &g, &sum);
    for (int j = 0; j < JOBS; j++) ratio[j][i] = us[j][i] / us[ZARC][i];
  }
  if (!isfinite(sum)) return eis_error_set(err, EIS_ERROR_NUMERIC, "an element is not finite");
  for (int j = 0; j < JOBS; j++) print_job(&jobs[j], us[j], ratio[j], floor_us);
  return EIS_OK;
}
