/* coverage.c - do the 95 % intervals hold the truth in 95 % of the cases?

   Simulated spectra with 0.5 % noise of |Z| per component are fitted automatically; counted is how
   often the interval of each parameter contains the value the data were made of, for the covariance
   and for the profile likelihood.  Usage: coverage [N [SEED]] (1000 realisations per circuit).
   Exit 1 when a parameter or all of a circuit together lie outside 93 to 97 %. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include <eisfit/eisfit.h>

#include "numerics/linalg.h"
#include "numerics/rng.h"

enum { POINTS = 61, PARAMS_MAX = 16, KINDS = 2 };

static const double noise = 5e-3, least = 0.93, most = 0.97;

typedef struct coverage_case {
  const char *circuit;
  double f_max, decades;
  double truth[PARAMS_MAX]; /* exchangeable arcs by rising time constant, as results are */
} coverage_case;

static const coverage_case cases[] = {
    {"R0-p(R1,CPE1)", 1e6, 8, {10, 100, 2e-5, 0.88}},
    {"R0-p(R1,C1)-p(R2-W1,C2)", 1e5, 8, {100, 200, 8e-7, 500, 400, 1e-4}},
    {"R0-p(R1,CPE1)-p(R2,CPE2)", 1e6, 8, {10, 50, 2e-7, 0.9, 80, 3e-5, 0.8}},
};
enum { CASES = sizeof cases / sizeof cases[0] };

static const struct {
  eis_ci ci;
  const char *name;
} kinds[KINDS] = {{EIS_CI_COV, "covariance"}, {EIS_CI_PROFILE, "profile"}};

typedef struct count {
  long inside, below, above; /* the truth lies in, below, above the interval */
} count;

static eis_status make_model(const coverage_case *k, const eis_circuit *c, eis_spectrum *s,
                             double *z, eis_error *err) {
  eis_eval *e;
  eis_status st = eis_spectrum_init(s, POINTS, err);
  if (st != EIS_OK) return st;
  for (int i = 0; i < POINTS; i++) s->f[i] = k->f_max * pow(10, -k->decades * i / (POINTS - 1));
  st = eis_eval_new(c, s->f, POINTS, &e, err);
  if (st != EIS_OK) return st;
  eis_eval_run(e, k->truth, z, NULL, NULL);
  eis_eval_free(e);
  return EIS_OK;
}

static void add_noise(const double *z, uint64_t seed, uint64_t i, eis_spectrum *s) {
  eisi_rng rng;
  eisi_rng_seed(&rng, seed, i);
  for (size_t k = 0; k < POINTS; k++) {
    const double size = noise * hypot(z[k], z[POINTS + k]);
    s->re[k] = z[k] + size * eisi_rng_normal(&rng);
    s->im[k] = z[POINTS + k] + size * eisi_rng_normal(&rng);
  }
}

static void judge(const eis_fit_result *r, const double *truth, count *n) {
  for (int j = 0; j < r->n_params; j++) {
    const eis_fit_param *p = &r->param[j];
    n[j].below += truth[j] < p->ci_low;
    n[j].above += truth[j] > p->ci_high;
    n[j].inside += truth[j] >= p->ci_low && truth[j] <= p->ci_high;
  }
}

static eis_status run_case(const coverage_case *k, const eis_circuit *c, uint64_t n, uint64_t seed,
                           count counts[KINDS][PARAMS_MAX], eis_error *err) {
  eis_spectrum s = {0};
  eis_fit_work *w = NULL;
  double z[2 * POINTS];
  eis_status st = make_model(k, c, &s, z, err);
  if (st == EIS_OK) st = eis_fit_work_new(c, &w, err);
  for (uint64_t i = 0; st == EIS_OK && i < n; i++) {
    add_noise(z, seed, i, &s);
    for (int kind = 0; kind < KINDS && st == EIS_OK; kind++) {
      eis_fit_options o = eis_fit_options_default();
      eis_fit_result r;
      o.ci = kinds[kind].ci;
      st = eis_fit_work_run(w, &s, &o, &r, err);
      if (st == EIS_OK) judge(&r, k->truth, counts[kind]);
      eis_fit_result_clear(&r);
    }
  }
  eis_fit_work_free(w);
  eis_spectrum_clear(&s);
  return st;
}

static bool print_line(const char *name, const char *kind, const count *n, double all) {
  const double inside = (double)n->inside / all;
  const bool ok = inside >= least && inside <= most;
  printf("  %-12s %-11s %6.2f %%  %6.2f %%  %6.2f %%%s\n", name, kind, 100 * inside,
         100 * (double)n->below / all, 100 * (double)n->above / all, ok ? "" : "  outside");
  return ok;
}

/* false: something lies outside. */
static bool print_case(const eis_circuit *c, const count counts[KINDS][PARAMS_MAX], double n) {
  bool ok = true;
  for (int kind = 0; kind < KINDS; kind++) {
    count all = {0};
    for (int j = 0; j < c->n_params; j++) {
      const count *one = &counts[kind][j];
      all.inside += one->inside;
      all.below += one->below;
      all.above += one->above;
      ok &= print_line(c->param[j].name, kinds[kind].name, one, n);
    }
    ok &= print_line("all", kinds[kind].name, &all, n * c->n_params);
  }
  return ok;
}

int main(int argc, char **argv) {
  const uint64_t n = argc > 1 ? strtoull(argv[1], NULL, 10) : 1000;
  const uint64_t seed = argc > 2 ? strtoull(argv[2], NULL, 10) : 20260401;
  bool ok = n > 0;
  eisi_blas_single_thread();
  for (int k = 0; k < CASES && n > 0; k++) {
    eis_error err = EIS_ERROR_INIT;
    eis_circuit *c = NULL;
    count counts[KINDS][PARAMS_MAX] = {{{0}}};
    eis_status st = eis_circuit_parse(cases[k].circuit, EIS_NOTATION_AUTO, &c, &err);
    if (st == EIS_OK) st = run_case(&cases[k], c, n, seed + (uint64_t)k, counts, &err);
    printf("%s, %llu realisations, %g %% noise\n", cases[k].circuit, (unsigned long long)n,
           100 * noise);
    if (st == EIS_OK) {
      printf("  %-12s %-11s %8s  %8s  %8s\n", "parameter", "interval", "inside", "below", "above");
      ok &= print_case(c, counts, (double)n);
    } else {
      fprintf(stderr, "coverage: %s\n", err.text);
      ok = false;
    }
    eis_circuit_free(c);
  }
  return ok ? 0 : 1;
}
