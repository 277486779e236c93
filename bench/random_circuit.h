/* random_circuit.h - spectra of random circuits with known parameters. */
#ifndef EISFIT_BENCH_RANDOM_CIRCUIT_H
#define EISFIT_BENCH_RANDOM_CIRCUIT_H

#include <eisfit/eisfit.h>

enum { RANDOM_POINTS = 61, RANDOM_TOPOLOGIES = 8, RANDOM_PARAMS_MAX = 16 };

typedef struct random_case {
  eis_circuit *circuit;
  eis_spectrum spectrum;
  double truth[RANDOM_PARAMS_MAX]; /* NaN behind the last one */
} random_case;

/* Circuit text of case i. */
const char *random_topology(uint64_t i);

/* Case i of a seed: topology i modulo RANDOM_TOPOLOGIES, random parameters, six decades of
   frequency, noise of 0.1 to 1 % of |Z| per component.  *out is overwritten, to be cleared also
   after an error. */
eis_status random_case_make(uint64_t seed, uint64_t i, random_case *out, eis_error *err);
void random_case_clear(random_case *r);

#endif
