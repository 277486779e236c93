/* test_rng.c - known answers (from an independent implementation of the published algorithms),
   moments, independence of streams. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "numerics/rng.h"

static void test_splitmix(void **state) {
  (void)state;
  static const uint64_t want[] = {UINT64_C(6457827717110365317), UINT64_C(3203168211198807973),
                                  UINT64_C(9817491932198370423), UINT64_C(4593380528125082431),
                                  UINT64_C(16408922859458223821)};
  uint64_t s = 1234567;
  for (int i = 0; i < 5; i++) assert_true(eisi_splitmix64(&s) == want[i]);
  s = 0;
  assert_true(eisi_splitmix64(&s) == UINT64_C(16294208416658607535));
}

static void test_xoshiro(void **state) {
  (void)state;
  static const uint64_t want[] = {UINT64_C(11520),
                                  UINT64_C(0),
                                  UINT64_C(1509978240),
                                  UINT64_C(1215971899390074240),
                                  UINT64_C(1216172134540287360),
                                  UINT64_C(607988272756665600),
                                  UINT64_C(16172922978634559625),
                                  UINT64_C(8476171486693032832),
                                  UINT64_C(10595114339597558777),
                                  UINT64_C(2904607092377533576)};
  eisi_rng r = {.s = {1, 2, 3, 4}, .spare = NAN};
  for (int i = 0; i < 10; i++) assert_true(eisi_rng_next(&r) == want[i]);
}

/* The seeding is part of the contract: campaigns must give the same numbers in every version. */
static void test_seeding(void **state) {
  (void)state;
  static const struct {
    uint64_t seed, stream, want[3];
  } rows[] = {
      {0, 0, {0xa7614dc3c9ef6789, 0x83e4557719b4c068, 0x018809c99aef1f47}},
      {42, 0, {0xf1e070879a7bee55, 0xb778188ac3703c17, 0xc0b60d6691a90284}},
      {42, 1, {0x979ee59e4ed61ddf, 0x75e4533e39e8ba69, 0x6c199ea2f8fb92db}},
      {UINT64_MAX, UINT64_MAX, {0x1bd6a863b396ce3a, 0xb5f81f29b5fa8acf, 0xbd9d912bfb7c03b8}},
  };
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    eisi_rng r;
    eisi_rng_seed(&r, rows[i].seed, rows[i].stream);
    assert_true(isnan(r.spare));
    for (int k = 0; k < 3; k++) assert_true(eisi_rng_next(&r) == rows[i].want[k]);
  }
}

static void test_uniform(void **state) {
  (void)state;
  enum { N = 200000, BINS = 20 };
  eisi_rng r;
  eisi_rng_seed(&r, 1, 0);
  int count[BINS] = {0};
  double sum = 0, sum2 = 0, serial = 0, previous = 0.5;
  for (int i = 0; i < N; i++) {
    const double u = eisi_rng_uniform(&r);
    assert_true(u >= 0 && u < 1);
    count[(int)(u * BINS)]++;
    sum += u;
    sum2 += (u - 0.5) * (u - 0.5);
    serial += (u - 0.5) * (previous - 0.5);
    previous = u;
  }
  assert_true(fabs(sum / N - 0.5) < 4 * sqrt(1.0 / 12 / N));
  assert_true(fabs(sum2 / N - 1.0 / 12) < 4 * sqrt(1.0 / 180 / N));
  assert_true(fabs(serial / N) < 4 / 12.0 / sqrt(N));
  double chi2 = 0;
  for (int k = 0; k < BINS; k++) chi2 += pow(count[k] - (double)N / BINS, 2) * BINS / N;
  assert_true(chi2 < 43.8); /* 99.9 % for 19 degrees of freedom */
}

static void test_normal(void **state) {
  (void)state;
  enum { N = 200000 };
  eisi_rng r;
  eisi_rng_seed(&r, 7, 3);
  double m[5] = {0};
  int beyond = 0;
  for (int i = 0; i < N; i++) {
    const double z = eisi_rng_normal(&r);
    double power = 1;
    for (int k = 1; k <= 4; k++) m[k] += (power *= z);
    beyond += fabs(z) > 1.959963984540054;
  }
  const double n = N; /* standard errors of the raw moments: sqrt(1, 2, 15, 96 / n) */
  assert_true(fabs(m[1] / n) < 4 * sqrt(1 / n));
  assert_true(fabs(m[2] / n - 1) < 4 * sqrt(2 / n));
  assert_true(fabs(m[3] / n) < 4 * sqrt(15 / n));
  assert_true(fabs(m[4] / n - 3) < 4 * sqrt(96 / n));
  assert_true(fabs(beyond / n - 0.05) < 4 * sqrt(0.05 * 0.95 / n));
}

/* Both normals of a pair are used: the sequence continues where the uniforms went. */
static void test_normal_pair(void **state) {
  (void)state;
  eisi_rng a, b;
  eisi_rng_seed(&a, 5, 0);
  b = a;
  eisi_rng_normal(&a);
  assert_true(!isnan(a.spare));
  const double second = a.spare;
  assert_true(eisi_rng_normal(&a) == second);
  assert_true(isnan(a.spare));
  eisi_rng_normal(&b);
  assert_memory_equal(a.s, b.s, sizeof a.s);
}

static void test_streams(void **state) {
  (void)state;
  enum { N = 20000, STREAMS = 8 };
  eisi_rng r[STREAMS], again;
  for (int k = 0; k < STREAMS; k++) eisi_rng_seed(&r[k], 2024, (uint64_t)k);
  double cross[STREAMS][STREAMS] = {{0}};
  for (int i = 0; i < N; i++) {
    double z[STREAMS];
    for (int k = 0; k < STREAMS; k++) z[k] = eisi_rng_normal(&r[k]);
    for (int j = 0; j < STREAMS; j++)
      for (int k = 0; k < j; k++) cross[j][k] += z[j] * z[k];
  }
  for (int j = 0; j < STREAMS; j++)
    for (int k = 0; k < j; k++) assert_true(fabs(cross[j][k] / N) < 4 / sqrt(N));
  /* swapped seed and stream are different streams; the same pair is the same one */
  eisi_rng_seed(&r[0], 1, 2);
  eisi_rng_seed(&r[1], 2, 1);
  eisi_rng_seed(&again, 1, 2);
  const uint64_t first = eisi_rng_next(&r[0]);
  assert_true(first != eisi_rng_next(&r[1]));
  assert_true(first == eisi_rng_next(&again));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_splitmix),       cmocka_unit_test(test_xoshiro),
      cmocka_unit_test(test_seeding),        cmocka_unit_test(test_uniform),
      cmocka_unit_test(test_normal),         cmocka_unit_test(test_normal_pair),
      cmocka_unit_test(test_streams),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
