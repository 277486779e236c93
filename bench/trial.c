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
#include "numerics/linalg.h"
#include "numerics/stats.h"
#include "random_circuit.h"

typedef struct outcome {
  double S_auto, S_true, seconds;
  bool ok;
} outcome;

static eis_status run_one(uint64_t seed, uint64_t i, outcome *o, random_case *r, eis_error *err) {
  eis_fit_result automatic = {0}, reference = {0};
  eis_fit_options opt = eis_fit_options_default();
  eis_status st = random_case_make(seed, i, r, err);
  if (st != EIS_OK) return st;
  const double t0 = eisi_now();
  st = eis_fit_run(&r->spectrum, r->circuit, &opt, &automatic, err);
  o->seconds = eisi_now() - t0;
  for (int j = 0; j < r->circuit->n_params; j++) r->circuit->param[j].value = r->truth[j];
  opt.optimizer = "lm";
  opt.kk = false;
  if (st == EIS_OK) st = eis_fit_run(&r->spectrum, r->circuit, &opt, &reference, err);
  o->S_auto = automatic.S;
  o->S_true = reference.S;
  o->ok = automatic.S <= 1.001 * reference.S;
  eis_fit_result_clear(&automatic);
  eis_fit_result_clear(&reference);
  return st;
}

static void print_failure(uint64_t i, const outcome *o, const double *p) {
  printf("failed %4llu  %s  S %.6g, from the truth %.6g (%+.2f %%); truth", (unsigned long long)i,
         random_topology(i), o->S_auto, o->S_true, 100 * (o->S_auto / o->S_true - 1));
  for (int j = 0; j < RANDOM_PARAMS_MAX && !isnan(p[j]); j++) printf(" %.4g", p[j]);
  printf("\n");
}

int main(int argc, char **argv) {
  const uint64_t n = argc > 1 ? strtoull(argv[1], NULL, 10) : 2000;
  const uint64_t seed = argc > 2 ? strtoull(argv[2], NULL, 10) : 20261123;
  const uint64_t first = argc > 3 ? strtoull(argv[3], NULL, 10) : 0;
  double *seconds = calloc(n ? n : 1, sizeof *seconds), total[RANDOM_TOPOLOGIES] = {0};
  uint64_t good[RANDOM_TOPOLOGIES] = {0}, all[RANDOM_TOPOLOGIES] = {0}, passed = 0;
  if (!seconds) return 5;
  eisi_blas_single_thread();
  for (uint64_t i = first; i < first + n; i++) {
    eis_error err = EIS_ERROR_INIT;
    random_case r;
    outcome o = {0};
    if (run_one(seed, i, &o, &r, &err) != EIS_OK) {
      fprintf(stderr, "%s: %s\n", random_topology(i), err.text);
      o.ok = false;
    }
    if (!o.ok) print_failure(i, &o, r.truth);
    random_case_clear(&r);
    seconds[i - first] = o.seconds;
    total[i % RANDOM_TOPOLOGIES] += o.seconds;
    good[i % RANDOM_TOPOLOGIES] += o.ok;
    all[i % RANDOM_TOPOLOGIES]++;
    passed += o.ok;
  }
  printf("%-44s %8s %8s %12s\n", "topology", "trials", "reached", "mean time");
  for (int t = 0; t < RANDOM_TOPOLOGIES; t++)
    printf("%-44s %8llu %8llu %9.2f ms\n", random_topology((uint64_t)t), (unsigned long long)all[t],
           (unsigned long long)good[t], 1e3 * total[t] / (double)(all[t] ? all[t] : 1));
  printf(
      "reached S <= 1.001 S(truth) in %llu of %llu (%.2f %%), median %.2f ms per automatic "
      "fit\n",
      (unsigned long long)passed, (unsigned long long)n, 100.0 * (double)passed / (double)n,
      1e3 * eisi_median(seconds, n));
  free(seconds);
  return 1000 * passed >= 995 * n ? 0 : 1;
}
