/* kk_spectra.h - spectra for the tests of the Kramers-Kronig methods: read from the shared data
   (plain f,re,im lines; ZPlot tables) or computed from closed formulas. */
#ifndef KK_SPECTRA_H
#define KK_SPECTRA_H

#include <complex.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <eisfit/spectrum.h>

#include "numerics/rng.h"

enum { KK_POINTS = 512 };

/* Storage with a spectrum looking into it. */
typedef struct kk_data {
  double f[KK_POINTS], re[KK_POINTS], im[KK_POINTS];
  eis_spectrum s;
} kk_data;

static inline void kk_point(kk_data *d, double f, double re, double im) {
  size_t k = d->s.n;
  if (k == KK_POINTS) return;
  d->f[k] = f;
  d->re[k] = re;
  d->im[k] = im;
  d->s = (eis_spectrum){.n = k + 1, .f = d->f, .re = d->re, .im = d->im};
}

static inline void kk_swap(double *v, size_t i, size_t k) {
  double keep = v[i];
  v[i] = v[k];
  v[k] = keep;
}

static inline void kk_descending(kk_data *d) {
  size_t n = d->s.n;
  if (n < 2 || d->f[0] > d->f[n - 1]) return;
  for (size_t i = 0, k = n - 1; i < k; i++, k--) {
    kk_swap(d->f, i, k);
    kk_swap(d->re, i, k);
    kk_swap(d->im, i, k);
  }
}

/* Text of a file below $EISFIT_SHARED, NULL when it is not there. */
static inline char *kk_shared(const char *name) {
  const char *root = getenv("EISFIT_SHARED");
  char path[512];
  snprintf(path, sizeof path, "%s/%s", root ? root : "", name);
  FILE *file = root ? fopen(path, "rb") : NULL;
  if (!file) return NULL;
  enum { SIZE = 1 << 22 };
  char *text = calloc(SIZE, 1);
  if (text) text[fread(text, 1, SIZE - 1, file)] = 0;
  fclose(file);
  return text;
}

/* f,re,im triples separated by line ends or by ";". */
static inline void kk_parse_csv(const char *text, const char *end, kk_data *d) {
  double f, re, im;
  *d = (kk_data){0};
  while (text && text < end && *text) {
    if (sscanf(text, "%lf ,%lf ,%lf", &f, &re, &im) == 3) kk_point(d, f, re, im);
    text += strcspn(text, ";\n");
    text += strspn(text, "; \r\n");
  }
  kk_descending(d);
}

static inline void kk_parse_zplot(const char *text, kk_data *d) {
  double v[6];
  *d = (kk_data){0};
  text = strstr(text, "End Comments");
  while (text && *text) {
    if (sscanf(text, "%lf %lf %lf %lf %lf %lf", v, v + 1, v + 2, v + 3, v + 4, v + 5) == 6)
      kk_point(d, v[0], v[4], v[5]);
    text += strcspn(text, "\n");
    text += *text != 0;
  }
  kk_descending(d);
}

/* By name: "*.z", "*.csv", or "CIRCUIT_1" (in the collected published results). */
static inline int kk_load(const char *name, kk_data *d) {
  int circuit = strcmp(name, "CIRCUIT_1") == 0;
  char *text = kk_shared(circuit ? "oracles/published-and-refit.md" : name);
  if (!text) return 0;
  if (circuit) {
    const char *start = strstr(text, "`10000,109.0370472");
    const char *end = start ? strchr(start + 1, '`') : NULL;
    kk_parse_csv(start ? start + 1 : NULL, end, d);
  } else if (strstr(name, ".csv")) {
    kk_parse_csv(text, text + strlen(text), d);
  } else {
    kk_parse_zplot(text, d);
  }
  free(text);
  return d->s.n > 0;
}

/* ---- circuits, p = j omega ---- */

typedef double complex (*kk_circuit)(double complex p);

static inline double complex kk_parallel(double complex a, double complex b) {
  return 1 / (1 / a + 1 / b);
}
static inline double complex kk_rc(double complex p) { return 10 + 50 / (1 + p * 1e-3); }
static inline double complex kk_two_rc(double complex p) {
  return 5 + 20 / (1 + p * 1e-4) + 30 / (1 + p * 0.02);
}
static inline double complex kk_zarc(double complex p) {
  return 10 + 50 / (1 + cpow(p * 1e-2, 0.8));
}
static inline double complex kk_two_zarc(double complex p) {
  return 10 + 50 / (1 + cpow(p * 1e-2, 0.6)) + 30 / (1 + cpow(p * 1e-4, 0.9));
}
static inline double complex kk_warburg(double complex p) {
  return 10 + kk_parallel(100 + 20 / csqrt(p), 1 / (p * 1e-5));
}
static inline double complex kk_finite_length(double complex p) {
  double complex q = csqrt(p * 3);
  return 1 + kk_parallel(5 + 10 * ctanh(q) / q, 1 / (p * 1e-4));
}
static inline double complex kk_finite_space(double complex p) {
  double complex q = csqrt(p * 3);
  return 1 + kk_parallel(5 + 10 / ctanh(q) / q, 1 / (p * 1e-4));
}
static inline double complex kk_blocking(double complex p, double alpha) {
  return 20 + kk_parallel(500, 1 / (cpow(p, 0.9) * 1e-8)) + 1 / (cpow(p, alpha) * 1e-5);
}
static inline double complex kk_blocking_8(double complex p) { return kk_blocking(p, 0.8); }
static inline double complex kk_blocking_9(double complex p) { return kk_blocking(p, 0.9); }
static inline double complex kk_blocking_1(double complex p) { return kk_blocking(p, 1); }
static inline double complex kk_inductive_loop(double complex p) {
  return 10 + p * 1e-6 + 50 / (1 + p * 1e-3) - 15 / (1 + p * 0.3);
}
static inline double complex kk_cell(double complex p) {
  return 1e-2 + p * 1e-7 + 0.01 / (1 + cpow(p * 1e-3, 0.85)) + 0.02 / (1 + cpow(p * 0.05, 0.9)) +
         0.004 / csqrt(p);
}

static const struct {
  const char *name;
  kk_circuit z;
} KK_CIRCUITS[] = {
    {"RC", kk_rc},
    {"two RC", kk_two_rc},
    {"ZARC", kk_zarc},
    {"two ZARC", kk_two_zarc},
    {"Warburg", kk_warburg},
    {"finite length", kk_finite_length},
    {"finite space", kk_finite_space},
    {"blocking CPE .8", kk_blocking_8},
    {"blocking CPE .9", kk_blocking_9},
    {"blocking C", kk_blocking_1},
    {"inductive loop", kk_inductive_loop},
    {"cell", kk_cell},
};
enum { KK_N_CIRCUITS = sizeof KK_CIRCUITS / sizeof *KK_CIRCUITS };

/* A sweep of n points from 10^high down to 10^low Hz. */
static inline void kk_compute(kk_circuit z, double high, double low, size_t n, kk_data *d) {
  *d = (kk_data){0};
  for (size_t k = 0; k < n; k++) {
    double f = pow(10, high + (low - high) * (double)k / (double)(n - 1));
    double complex value = z(2 * M_PI * f * I);
    kk_point(d, f, creal(value), cimag(value));
  }
}

/* Independent normal noise on both parts, standard deviation `noise` |Z|. */
static inline void kk_add_noise(kk_data *d, double noise, uint64_t seed) {
  eisi_rng r;
  eisi_rng_seed(&r, seed, 17);
  for (size_t k = 0; k < d->s.n; k++) {
    double size = hypot(d->re[k], d->im[k]) * noise;
    d->re[k] += size * eisi_rng_normal(&r);
    d->im[k] += size * eisi_rng_normal(&r);
  }
}

/* |Z| grows by the fraction `drift` over the time of a sweep from high to low frequencies, each
   point taking a fixed number of periods. */
static inline void kk_add_drift(kk_data *d, double drift) {
  double total = 0, time = 0;
  for (size_t k = 0; k < d->s.n; k++) total += 1 / d->f[k];
  for (size_t k = 0; k < d->s.n; k++) {
    time += 1 / d->f[k];
    d->re[k] *= 1 + drift * time / total;
    d->im[k] *= 1 + drift * time / total;
  }
}

#endif
