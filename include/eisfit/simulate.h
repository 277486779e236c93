/* simulate.h - a spectrum from a circuit and its parameters, with noise and drift. */
#ifndef EISFIT_SIMULATE_H
#define EISFIT_SIMULATE_H

#include <stdint.h>

#include <eisfit/circuit.h>
#include <eisfit/spectrum.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Standard deviation of the normal noise added to Re Z and, independently, to Im Z. */
typedef enum eis_noise {
  EIS_NOISE_NONE,
  EIS_NOISE_MODULUS,   /* noise_level per cent of |Z|, the same for both parts */
  EIS_NOISE_COMPONENT, /* noise_level per cent of |Re Z| and of |Im Z| */
  EIS_NOISE_ABSOLUTE   /* noise_level ohm */
} eis_noise;

typedef struct eis_simulate_options {
  double fmin_hz, fmax_hz;  /* both ends are points of the grid */
  double points_per_decade; /* the step is rounded so that the ends fit */
  const double *f_hz;       /* explicit frequencies instead of a grid, in any order; NULL = grid */
  size_t n_f;
  eis_noise noise;
  double noise_level;      /* per cent or ohm, see eis_noise */
  double drift_percent;    /* change over the whole sweep, growing with the time the points take
                              (one period each, highest frequency first) */
  const char *drift_param; /* what drifts: a parameter by name, NULL = the whole impedance */
  uint64_t seed, stream;   /* one stream per spectrum of a series */
} eis_simulate_options;

/* 0.01 Hz to 1 MHz, 10 points per decade, no noise, no drift, seed 1. */
eis_simulate_options eis_simulate_options_default(void);

/* p: n_params values in the order of the circuit, NULL = the circuit's own; tied parameters follow
   theirs.  *out is overwritten: format "simulated", sigma where both parts have the same one,
   time_s with drift, metadata circuit/seed, decisions in words; cleared by the caller.
   Errors: EIS_ERROR_USAGE for options or values that make no sense, EIS_ERROR_NUMERIC when the
   impedance is not finite. */
eis_status eis_simulate_run(const eis_circuit *c, const double *p, const eis_simulate_options *opt,
                            eis_spectrum *out, eis_error *err);

#ifdef __cplusplus
}
#endif
#endif
