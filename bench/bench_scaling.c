/* bench_scaling.c - how the cost of a fit, of a Kramers-Kronig test and of a distribution of
   relaxation times grows with the points of a spectrum and with the parameters of the circuit. */
#include "bench.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "numerics/stats.h"

enum { ROUNDS = 15, MOST_POINTS = 321, MOST_PARAMS = 13 };

/* Arcs two decades apart. */
static const double truth[MOST_PARAMS] = {10,  50,   1e-7, 0.95, 80,  1e-5, 0.9,
                                          120, 1e-3, 0.88, 150,  0.1, 0.9};

/* A circuit on so many points. */
typedef struct scale {
  eis_circuit *circuit;
  eis_fit_work *fit;
  eis_drt_work *drt;
  eis_spectrum s;
  double z[2 * MOST_POINTS];
} scale;

static eis_status scale_init(scale *c, const char *circuit, size_t points, eis_error *err) {
  eis_eval *e = NULL;
  *c = (scale){0};
  eis_status st = eis_circuit_parse(circuit, EIS_NOTATION_AUTO, &c->circuit, err);
  if (!st) st = bench_grid(&c->s, points, err);
  if (!st) st = eis_eval_new(c->circuit, c->s.f, points, &e, err);
  if (!st) eis_eval_run(e, truth, c->z, NULL, NULL);
  if (!st) st = eis_fit_work_new(c->circuit, &c->fit, err);
  if (!st) st = eis_drt_work_new(NULL, &c->drt, err);
  eis_eval_free(e);
  return st;
}

static void scale_clear(scale *c) {
  eis_drt_work_free(c->drt);
  eis_fit_work_free(c->fit);
  eis_spectrum_clear(&c->s);
  eis_circuit_free(c->circuit);
}

static eis_status fit(scale *c, eis_error *err) {
  const eis_fit_options o = eis_fit_options_default();
  eis_fit_result r;
  const eis_status st = eis_fit_work_run(c->fit, &c->s, &o, &r, err);
  eis_fit_result_clear(&r);
  return st;
}

static eis_status kk(scale *c, eis_error *err) {
  eis_kk_result r;
  const eis_status st = eis_kk_run(&c->s, NULL, &r, err);
  eis_kk_result_clear(&r);
  return st;
}

static eis_status drt(scale *c, eis_error *err) {
  eis_drt_result r;
  const eis_status st = eis_drt_work_run(c->drt, &c->s, &r, err);
  eis_drt_result_clear(&r);
  return st;
}

typedef struct job {
  const char *name;
  eis_status (*run)(scale *c, eis_error *err);
} job;

/* Another noise every round; the first is not counted (matrices that are kept). */
static eis_status time_job(const job *j, scale *c, const char *what, double floor_us,
                           eis_error *err) {
  double us[ROUNDS + 1], least = INFINITY;
  char name[80];
  eis_status st = EIS_OK;
  for (int i = 0; !st && i <= ROUNDS; i++) {
    bench_noise(c->z, 1e-3, 500 + (uint64_t)i, &c->s);
    const double t0 = bench_processor_us();
    st = j->run(c, err);
    us[i] = bench_processor_us() - t0;
    if (i > 0) least = fmin(least, us[i]);
  }
  if (st) return st;
  const double middle = eisi_median(us + 1, ROUNDS);
  snprintf(name, sizeof name, "%s, %s", j->name, what);
  bench_print_row(name, middle, least, middle / floor_us, BENCH_NONE, "");
  return EIS_OK;
}

static eis_status with_points(const job *j, double floor_us, eis_error *err) {
  static const size_t points[] = {21, 41, 81, 161, MOST_POINTS};
  eis_status st = EIS_OK;
  for (size_t i = 0; !st && i < sizeof points / sizeof *points; i++) {
    scale c;
    char what[32];
    snprintf(what, sizeof what, "%zu points", points[i]);
    st = scale_init(&c, "R0-p(R1,CPE1)-p(R2,CPE2)", points[i], err);
    if (!st) st = time_job(j, &c, what, floor_us, err);
    scale_clear(&c);
  }
  return st;
}

static eis_status with_parameters(const job *j, double floor_us, eis_error *err) {
  char circuit[96] = "R0";
  eis_status st = EIS_OK;
  for (int arcs = 1; !st && 1 + 3 * arcs <= MOST_PARAMS; arcs++) {
    scale c;
    char what[32];
    const size_t used = strlen(circuit);
    snprintf(circuit + used, sizeof circuit - used, "-p(R%d,CPE%d)", arcs, arcs);
    snprintf(what, sizeof what, "%d parameters", 1 + 3 * arcs);
    st = scale_init(&c, circuit, 81, err);
    if (!st) st = time_job(j, &c, what, floor_us, err);
    scale_clear(&c);
  }
  return st;
}

eis_status bench_scaling(const bench_data *d, double floor_us, eis_error *err) {
  static const job automatic = {"automatic fit", fit}, test = {"Kramers-Kronig test", kk},
                   distribution = {"DRT, default", drt};
  (void)d;
  eis_status st = with_points(&automatic, floor_us, err);
  if (!st) st = with_parameters(&automatic, floor_us, err);
  if (!st) st = with_points(&test, floor_us, err);
  return st ? st : with_points(&distribution, floor_us, err);
}
