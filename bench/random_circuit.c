#include "random_circuit.h"

#include <math.h>
#include <string.h>

#include "numerics/rng.h"

static const char *const topologies[RANDOM_TOPOLOGIES] = {
    "R0-p(R1,C1)",
    "R0-p(R1,CPE1)",
    "R0-p(R1,C1)-p(R2,C2)",
    "R0-p(R1-W1,CPE1)",
    "R0-p(R1,CPE1)-p(R2,CPE2)",
    "L0-R0-p(R1,CPE1)-p(R2-Wo1,CPE2)",
    "R0-p(R1,CPE1)-p(R2,CPE2)-Ws1",
    "L0-R0-p(R1,CPE1)-p(R2,CPE2)-p(R3,CPE3)-W1",
};

const char *random_topology(uint64_t i) { return topologies[i % RANDOM_TOPOLOGIES]; }

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
    if (c->param[j].spec->scale == EIS_SCALE_LINEAR)
      p[j] = 0.6 + 0.4 * eisi_rng_uniform(rng);
    else if (strcmp(unit, "ohm") == 0)
      p[j] = R = level * log_uniform(rng, 0.1, 10);
    else if (strcmp(unit, "F") == 0)
      p[j] = log_uniform(rng, tau[0], tau[1]) / R;
    else if (strcmp(unit, "H") == 0)
      p[j] = tau[0] * level * log_uniform(rng, 0.1, 1);
    else if (strcmp(unit, "s") == 0)
      p[j] = log_uniform(rng, tau[0], tau[1]);
    else if (strcmp(unit, "ohm s^-1/2") == 0)
      p[j] = level * log_uniform(rng, 0.1, 10) / sqrt(log_uniform(rng, tau[0], tau[1]));
    else
      p[j] = NAN; /* Q: below, its exponent comes behind it */
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
  double z[2 * RANDOM_POINTS];
  eis_status st = eis_spectrum_init(s, RANDOM_POINTS, err);
  if (st != EIS_OK) return st;
  for (int k = 0; k < RANDOM_POINTS; k++) s->f[k] = f_max * pow(10, -6.0 * k / (RANDOM_POINTS - 1));
  st = eis_eval_new(c, s->f, RANDOM_POINTS, &e, err);
  if (st != EIS_OK) return st;
  const double noise = log_uniform(rng, 1e-3, 1e-2);
  eis_eval_run(e, p, z, NULL, NULL);
  eis_eval_free(e);
  for (int k = 0; k < RANDOM_POINTS; k++) {
    const double size = noise * hypot(z[k], z[RANDOM_POINTS + k]);
    s->re[k] = z[k] + size * eisi_rng_normal(rng);
    s->im[k] = z[RANDOM_POINTS + k] + size * eisi_rng_normal(rng);
  }
  return EIS_OK;
}

eis_status random_case_make(uint64_t seed, uint64_t i, random_case *out, eis_error *err) {
  eisi_rng rng;
  *out = (random_case){0};
  for (int j = 0; j < RANDOM_PARAMS_MAX; j++) out->truth[j] = NAN;
  eisi_rng_seed(&rng, seed, i);
  const eis_status st =
      eis_circuit_parse(random_topology(i), EIS_NOTATION_AUTO, &out->circuit, err);
  if (st != EIS_OK) return st;
  const double f_max = log_uniform(&rng, 1e4, 1e6);
  const double tau[2] = {1 / (2 * M_PI * f_max), 1e6 / (2 * M_PI * f_max)};
  true_values(&rng, out->circuit, log_uniform(&rng, 1e-3, 1e3), tau, out->truth);
  return make_spectrum(&rng, out->circuit, out->truth, f_max, &out->spectrum, err);
}

void random_case_clear(random_case *r) {
  eis_circuit_free(r->circuit);
  eis_spectrum_clear(&r->spectrum);
  *r = (random_case){0};
}
