/* bench_joint.c - cost of a joint fit: N spectra of 60 points with 8 shared and 4 own parameters
 * each. */
#include "bench.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "numerics/rng.h"

static const char model_text[] =
    "[model]\nname = bench\ntitle = bench\ncircuit = R_b-p(R_1,CPE_1)-p(R_2,CPE_2)-p(R_3,CPE_3)\n"
    "[parameters]\nCPE_1_alpha = /0.6/1\nCPE_2_alpha = /0.6/1\nCPE_3_alpha = /0.6/1\n"
    "[joint]\nR_b = arrhenius\nR_1 = arrhenius\nCPE_1_Q = shared\nCPE_1_alpha = shared\n"
    "CPE_2_alpha = shared\nCPE_3_alpha = shared\n";

enum { POINTS = 60 };

typedef struct campaign {
  size_t n;
  eis_spectrum *at;
  const eis_spectrum **pointer;
  double *T;
} campaign;

static void campaign_free(campaign *c) {
  for (size_t i = 0; i < c->n; i++) eis_spectrum_clear(&c->at[i]);
  free(c->at);
  free(c->pointer);
  free(c->T);
}

/* Truth: R_b 20 ohm, 0.3 eV; R_1 50 ohm, 0.5 eV; the other arcs change from spectrum to spectrum.
 */
static eis_status simulate(const eis_circuit *c, size_t n, campaign *out, eis_error *err) {
  *out = (campaign){.n = n};
  out->at = eisi_new(n, sizeof *out->at, err);
  out->pointer = eisi_new(n, sizeof *out->pointer, err);
  out->T = eisi_new(n, sizeof *out->T, err);
  if (!out->at || !out->pointer || !out->T) return EIS_ERROR_MEMORY;
  eisi_rng rng;
  eisi_rng_seed(&rng, 7, 0);
  double f[POINTS];
  for (int k = 0; k < POINTS; k++) f[k] = pow(10, 6 - 8.0 * k / (POINTS - 1));
  for (size_t i = 0; i < n; i++) {
    out->T[i] = 15 + 30 * eisi_rng_uniform(&rng);
    const double u = (1 / (out->T[i] + 273.15) - 1 / 298.15) / 8.617333262e-5;
    const double p[] = {20 * exp(0.3 * u), 50 * exp(0.5 * u), 2e-7, 0.95, 30 * exp(0.3 * eisi_rng_normal(&rng)),
                        2e-5 * exp(0.2 * eisi_rng_normal(&rng)), 0.85, 80 * exp(0.3 * eisi_rng_normal(&rng)),
                        1e-3 * exp(0.2 * eisi_rng_normal(&rng)), 0.9};
    eis_simulate_options o = eis_simulate_options_default();
    o.f_hz = f;
    o.n_f = POINTS;
    o.noise = EIS_NOISE_MODULUS;
    o.noise_level = 0.3;
    o.seed = 1;
    o.stream = i;
    const eis_status st = eis_simulate_run(c, p, &o, &out->at[i], err);
    if (st != EIS_OK) return st;
    free(out->at[i].sigma);
    out->at[i].sigma = NULL;
    out->pointer[i] = &out->at[i];
  }
  return EIS_OK;
}

/* How many standard errors the worst of four shared numbers is off. */
static double worst_of(const eis_joint_result *r) {
  static const double truth[] = {0.3, 20, 0.5, 50};
  double worst = 0;
  for (int k = 0; k < 4; k++)
    worst = fmax(worst, fabs(r->number[k].value - truth[k]) / r->number[k].stderr_);
  return worst;
}

static eis_status run(const eis_model *m, size_t n, double floor_us, eis_error *err) {
  campaign c;
  eis_joint_result r = {0};
  double us = 0, worst = 0;
  eis_status st = simulate(m->variant[0].circuit, n, &c, err);
  const eis_joint_column column = {"temperature_C", c.T, NULL};
  const eis_joint_data data = {n, c.pointer, 1, &column};
  const eis_joint_options o = eis_joint_options_default();
  if (!st) {
    const double t0 = bench_processor_us();
    st = eis_joint_run(m, &data, &o, &r, err);
    us = (bench_processor_us() - t0) / (double)n;
  }
  if (!st && !((worst = worst_of(&r)) < 5))
    st = eis_error_set(err, EIS_ERROR_NUMERIC,
                       "the joint fit of %zu spectra is %.1f standard errors off", n, worst);
  if (!st) {
    char name[64], text[96];
    snprintf(name, sizeof name, "joint fit of %zu spectra, each", n);
    snprintf(text, sizeof text, "%d iterations, %d of %d starts agree", r.iterations,
             r.starts_agreed, r.starts_tried);
    bench_print_row(name, us, NAN, us / floor_us, BENCH_NONE, text);
  }
  eis_joint_result_clear(&r);
  campaign_free(&c);
  return st;
}

eis_status bench_joint(const bench_data *d, double floor_us, eis_error *err) {
  static const size_t sizes[] = {100, 500, 2000};
  eis_model *m = NULL;
  (void)d;
  eis_status st = eis_model_parse(model_text, "bench", &m, err);
  for (size_t k = 0; !st && k < sizeof sizes / sizeof *sizes; k++)
    st = run(m, sizes[k], floor_us, err);
  eis_model_free(m);
  return st;
}
