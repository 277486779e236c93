/* drt_cases.h - spectra whose distribution of relaxation times is known. */
#ifndef EISFIT_BENCH_DRT_CASES_H
#define EISFIT_BENCH_DRT_CASES_H

#include <stdint.h>

#include <eisfit/spectrum.h>

enum { MOST_PARTS = 6, MOST_POINTS = 101 };

typedef enum kind {
  HN,        /* R/(1 + (j w tau)^n)^b: ZARC for b = 1, RC for n = b = 1, Gerischer for n = 1, b = 1/2 */
  LOG_NORMAL, /* gamma a Gaussian of standard deviation n in ln tau */
  WARBURG    /* R coth(sqrt(j w tau))/sqrt(j w tau): a capacitance tau/R and a row of RCs */
} kind;

typedef struct part {
  double R, n, tau, b;
  kind kind;
} part;

typedef struct trial_case {
  const char *name;
  double R_inf, L, C;
  double goal[3]; /* error of gamma at .1, .5, 1 % */
  part
      part[MOST_PARTS]; /* in the order of increasing tau, as peaks are; R < 0: a loop of R and L */
  double top;           /* log10 of the highest frequency, 0 = 6 (1 MHz) */
  size_t points;        /* ten per decade, 0 = 81 */
} trial_case;

extern const trial_case trial_cases[];
size_t trial_cases_count(void);

/* s: room for MOST_POINTS; noise is a part of |Z|, for each component. */
void trial_make(const trial_case *c, double noise, uint64_t seed, eis_spectrum *s);
/* A sum of delta functions, or not square integrable: there is no error to be stated. */
bool trial_has_gamma(const trial_case *c);
double trial_gamma(const trial_case *c, double tau);
size_t trial_parts(const trial_case *c);
bool trial_is_signed(const trial_case *c);
/* Integral of gamma, and the place of the (first) peak. */
double trial_resistance(const part *p);
double trial_place(const part *p);

#endif
