/* trial.c - does the automatic fit find the best optimum?

   Random circuits of eight topologies with known parameters, noise of 0.1 to 1 % of |Z| per
   component.  The automatic fit gets the spectrum and the circuit only; its S is compared with that
   of a local fit that starts from the true parameters.  Usage: trial [N [SEED [FIRST]]], one line
   per failure, a table at the end; exit 1 when fewer than 99.5 % succeed. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <eisfit/eisfit.h>

#include "base/base.h"
#include "numerics/rng.h"
#include "numerics/stats.h"

enum { POINTS = 61, TOPOLOGIES = 8, PARAMS_MAX = 16 };

static const char *const topologies[TOPOLOGIES] = {
    "R0-p(R1,C1)",
    "R0-p(R1,CPE1)",
    "R0-p(R1,C1)-p(R2,C2)",
    "R0-p(R1-W1,CPE1)",
    "R0-p(R1,CPE1)-p(R2,CPE2)",
    "L0-R0-p(R1,CPE1)-p(R2-Wo1,CPE2)",
    "R0-p(R1,CPE1)-p(R2,CPE2)-Ws1",
    "L0-R0-p(R1,CPE1)-p(R2,CPE2)-p(R3,CPE3)-W1",
};

typedef struct outcome {
  double S_auto, S_true, seconds;
  bool ok;
} outcome;

static double log_uniform(eisi_rng *rng, double lo, double hi) {
  return exp(log(lo) + eisi_rng_uniform(rng) * log(hi / lo));
}

/* Time constants within the measured window, resistances within two decades of one level, exponents
   0.6 to 1; the capacitance of an arc follows from its time constant. */
static void true_values(eisi_rng *rng, const eis_circuit *c, double level, const double tau[2],
                        double *p) {
  double R = level, alpha = 1;
  for (int j = 0; j < c->n_params; j++) {
    const char *unit = c->param[j].spec->unit;
    if (c->param[j].spec->scale == EIS_SCALE_LINEAR) p[j] = 0.6 + 0.4 * eisi_rng_uniform(rng);
    else if (strcmp(unit, "ohm") == 0) p[j] = R = level * log_uniform(rng, 0.1, 10);
    else if (strcmp(unit, "F") == 0) p[j] = log_uniform(rng, tau[0], tau[1]) / R;
    else if (strcmp(unit, "H") == 0) p[j] = tau[0] * level * log_uniform(rng, 0.1, 1);
    else if (strcmp(unit, "s") == 0) p[j] = log_uniform(rng, tau[0], tau[1]);
    else if (strcmp(unit, "ohm s^-1/2") == 0)
      p[j] = level * log_uniform(rng, 0.1, 10) / sqrt(log_uniform(rng, tau[0], tau[1]));
    else p[j] = NAN; /* Q: below, its exponent comes behind it */
  }
  R = level;
  for (int j = 0; j < c->n_params; j++) {
    if (strcmp(c->param[j].spec->unit, "ohm") == 0) R = p[j];
    if (!isnan(p[j])) continue;
    alpha = p[j + 1];
    p[j] = pow(log_uniform(rng, tau[0], tau[1]), alpha) / R;
  }
}

static eis_status make_spectrum(eisi_rng *rng, const eis_circuit *c, const double *p, double f_max,
                                eis_spectrum *s, eis_error *err) {
  eis_eval *e;
  double z[2 * POINTS];
  eis_status st = eis_spectrum_init(s, POINTS, err);
  if (st != EIS_OK) return st;
  for (int k = 0; k < POINTS; k++) s->f[k] = f_max * pow(10, -6.0 * k / (POINTS - 1));
  st = eis_eval_new(c, s->f, POINTS, &e, err);
  if (st != EIS_OK) return st;
  const double noise = log_uniform(rng, 1e-3, 1e-2);
  eis_eval_run(e, p, z, NULL, NULL);
  eis_eval_free(e);
  for (int k = 0; k < POINTS; k++) {
    const double size = noise * hypot(z[k], z[POINTS + k]);
    s->re[k] = z[k] + size * eisi_rng_normal(rng);
    s->im[k] = z[POINTS + k] + size * eisi_rng_normal(rng);
  }
  return EIS_OK;
}

static eis_status run_one(uint64_t seed, uint64_t i, outcome *o, double *p, eis_error *err) {
  eisi_rng rng;
  eis_circuit *c = NULL;
  eis_spectrum s = {0};
  eis_fit_result automatic = {0}, reference = {0};
  eis_fit_options opt = eis_fit_options_default();
  eisi_rng_seed(&rng, seed, i);
  eis_status st = eis_circuit_parse(topologies[i % TOPOLOGIES], EIS_NOTATION_AUTO, &c, err);
  if (st != EIS_OK) return st;
  const double f_max = log_uniform(&rng, 1e4, 1e6);
  const double tau[2] = {1 / (2 * M_PI * f_max), 1e6 / (2 * M_PI * f_max)};
  true_values(&rng, c, log_uniform(&rng, 1e-3, 1e3), tau, p);
  st = make_spectrum(&rng, c, p, f_max, &s, err);
  const double t0 = eisi_now();
  if (st == EIS_OK) st = eis_fit_run(&s, c, &opt, &automatic, err);
  o->seconds = eisi_now() - t0;
  for (int j = 0; j < c->n_params; j++) c->param[j].value = p[j];
  opt.optimizer = "lm";
  opt.kk = false;
  if (st == EIS_OK) st = eis_fit_run(&s, c, &opt, &reference, err);
  o->S_auto = automatic.S;
  o->S_true = reference.S;
  o->ok = automatic.S <= 1.001 * reference.S;
  eis_fit_result_clear(&automatic);
  eis_fit_result_clear(&reference);
  eis_spectrum_clear(&s);
  eis_circuit_free(c);
  return st;
}

static void print_failure(uint64_t i, const outcome *o, const double *p) {
  printf("failed %4llu  %s  S %.6g, from the truth %.6g (%+.2f %%); truth",
         (unsigned long long)i, topologies[i % TOPOLOGIES], o->S_auto, o->S_true,
         100 * (o->S_auto / o->S_true - 1));
  for (int j = 0; j < PARAMS_MAX && !isnan(p[j]); j++) printf(" %.4g", p[j]);
  printf("\n");
}

int main(int argc, char **argv) {
  const uint64_t n = argc > 1 ? strtoull(argv[1], NULL, 10) : 2000;
  const uint64_t seed = argc > 2 ? strtoull(argv[2], NULL, 10) : 20261123;
  const uint64_t first = argc > 3 ? strtoull(argv[3], NULL, 10) : 0;
  double *seconds = calloc(n ? n : 1, sizeof *seconds), total[TOPOLOGIES] = {0};
  uint64_t good[TOPOLOGIES] = {0}, all[TOPOLOGIES] = {0}, passed = 0;
  if (!seconds) return 5;
  for (uint64_t i = first; i < first + n; i++) {
    eis_error err = EIS_ERROR_INIT;
    double p[PARAMS_MAX];
    outcome o = {0};
    for (int j = 0; j < PARAMS_MAX; j++) p[j] = NAN;
    if (run_one(seed, i, &o, p, &err) != EIS_OK) {
      fprintf(stderr, "%s: %s\n", topologies[i % TOPOLOGIES], err.text);
      o.ok = false;
    }
    if (!o.ok) print_failure(i, &o, p);
    seconds[i - first] = o.seconds;
    total[i % TOPOLOGIES] += o.seconds;
    good[i % TOPOLOGIES] += o.ok;
    all[i % TOPOLOGIES]++;
    passed += o.ok;
  }
  printf("%-44s %8s %8s %12s\n", "topology", "trials", "reached", "mean time");
  for (int t = 0; t < TOPOLOGIES; t++)
    printf("%-44s %8llu %8llu %9.2f ms\n", topologies[t], (unsigned long long)all[t],
           (unsigned long long)good[t], 1e3 * total[t] / (double)(all[t] ? all[t] : 1));
  printf("reached S <= 1.001 S(truth) in %llu of %llu (%.2f %%), median %.2f ms per automatic fit\n",
         (unsigned long long)passed, (unsigned long long)n, 100.0 * (double)passed / (double)n,
         1e3 * eisi_median(seconds, n));
  free(seconds);
  return 1000 * passed >= 995 * n ? 0 : 1;
}
