/* bench_scl.c - what the space-charge elements cost: 70 frequencies with derivatives, processor time.

   Usage: bench_scl.  The elements take turns, ratios are of the same round, medians over the rounds. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

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

static double processor_us(void) {
  struct timespec t;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return 1e6 * (double)t.tv_sec + 1e-3 * (double)t.tv_nsec;
}

static double run(const job *j, const eis_grid *g, double *sum) {
  static double z[2 * POINTS], dz[2 * POINTS * EIS_ELEMENT_MAX_PARAMS];
  const eis_element *e = eis_element_find(j->symbol, strlen(j->symbol));
  double p[EIS_ELEMENT_MAX_PARAMS] = {0};
  if (!e) return NAN;
  for (int i = 0; i < e->n_params; i++) p[i] = e->param[i].start;
  const double t0 = processor_us();
  for (int i = 0; i < j->inner; i++) {
    e->eval(g, p, NULL, z, dz, NULL);
    *sum += z[0]; /* so that nothing is left out */
  }
  return (processor_us() - t0) / j->inner;
}

static void print_job(const job *j, const double *us, const double *ratio) {
  double a[ROUNDS], b[ROUNDS];
  memcpy(a, us, sizeof a);
  memcpy(b, ratio, sizeof b);
  const double t = eisi_median(a, ROUNDS), r = eisi_median(b, ROUNDS);
  printf("%-8s %10.2f us %9.2f", j->symbol, t, r);
  if (j->most_ratio > 0) printf("   under %g times a ZARC: %s", j->most_ratio, r < j->most_ratio ? "met" : "MISSED");
  if (j->most_ms > 0) printf("   under %g ms: %s", j->most_ms, t < 1e3 * j->most_ms ? "met" : "MISSED");
  printf("\n");
}

int main(void) {
  double w[POINTS], lw[POINTS], sum = 0;
  static double us[JOBS][ROUNDS], ratio[JOBS][ROUNDS];
  for (int k = 0; k < POINTS; k++) {
    lw[k] = log(2 * 3.14159265358979) + log(10.0) * (7.0 - 9.0 * k / (POINTS - 1));
    w[k] = exp(lw[k]);
  }
  const eis_grid g = {POINTS, w, lw};
  for (int i = 0; i < ROUNDS; i++) {
    for (int j = 0; j < JOBS; j++) us[j][i] = run(&jobs[j], &g, &sum);
    for (int j = 0; j < JOBS; j++) ratio[j][i] = us[j][i] / us[ZARC][i];
  }
  if (!isfinite(sum)) return 1;
  printf("%d frequencies with all derivatives; ratio: to a ZARC\n\n", POINTS);
  for (int j = 0; j < JOBS; j++) print_job(&jobs[j], us[j], ratio[j]);
  return 0;
}
