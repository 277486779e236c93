/* rng.c - xoshiro256** 1.0 and splitmix64 (D. Blackman, S. Vigna, "Scrambled linear pseudorandom
   number generators", ACM Trans. Math. Softw. 47 (2021) 36). */
#include "numerics/rng.h"

#include <math.h>

uint64_t eisi_splitmix64(uint64_t *state) {
  uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);
  z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
  z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
  return z ^ (z >> 31);
}

static uint64_t rotate(uint64_t x, int k) { return x << k | x >> (64 - k); }

uint64_t eisi_rng_next(eisi_rng *r) {
  uint64_t *s = r->s;
  const uint64_t result = rotate(s[1] * 5, 7) * 9, t = s[1] << 17;
  s[2] ^= s[0];
  s[3] ^= s[1];
  s[1] ^= s[2];
  s[0] ^= s[3];
  s[2] ^= t;
  s[3] = rotate(s[3], 45);
  return result;
}

/* s[0] depends on the seed alone and s[2] on the stream alone, both one to one: different pairs
   give different states.  The first outputs, where the state is not yet mixed, are thrown away. */
void eisi_rng_seed(eisi_rng *r, uint64_t seed, uint64_t stream) {
  uint64_t a = seed, b = stream ^ UINT64_C(0x6a09e667f3bcc909);
  r->s[0] = eisi_splitmix64(&a);
  r->s[2] = eisi_splitmix64(&b);
  const uint64_t a1 = eisi_splitmix64(&a), b1 = eisi_splitmix64(&b);
  r->s[1] = a1 ^ b1;
  r->s[3] = eisi_splitmix64(&a) ^ rotate(eisi_splitmix64(&b), 32);
  r->spare = NAN;
  for (int i = 0; i < 16; i++) eisi_rng_next(r);
}

double eisi_rng_uniform(eisi_rng *r) { return (double)(eisi_rng_next(r) >> 11) * 0x1p-53; }

double eisi_rng_normal(eisi_rng *r) {
  if (!isnan(r->spare)) {
    const double z = r->spare;
    r->spare = NAN;
    return z;
  }
  double u, v, q;
  do {
    u = 2 * eisi_rng_uniform(r) - 1;
    v = 2 * eisi_rng_uniform(r) - 1;
    q = u * u + v * v;
  } while (q >= 1 || q == 0);
  const double scale = sqrt(-2 * log(q) / q);
  r->spare = v * scale;
  return u * scale;
}
