/* rng.h - seeded random numbers, the same on every machine: xoshiro256** seeded by splitmix64. */
#ifndef EISI_RNG_H
#define EISI_RNG_H

#include <stdint.h>

typedef struct eisi_rng {
  uint64_t s[4];
  double spare; /* second normal of a pair, NaN = none */
} eisi_rng;

/* Independent streams for (seed, stream): stream = job index. */
void eisi_rng_seed(eisi_rng *r, uint64_t seed, uint64_t stream);
uint64_t eisi_rng_next(eisi_rng *r);
double eisi_rng_uniform(eisi_rng *r); /* [0, 1) */
double eisi_rng_normal(eisi_rng *r);  /* mean 0, variance 1 (polar method) */

/* The next output of splitmix64, advancing its state. */
uint64_t eisi_splitmix64(uint64_t *state);

#endif
