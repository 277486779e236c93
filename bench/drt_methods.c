/* drt_methods.c - the methods for the distribution of relaxation times side by side: spectra with a
   known answer, noise in proportion to |Z|, many seeds.

   usage: drt_methods [METHOD [SEEDS [FIRST [CASE]]]]
          METHOD a key of the table or 'all' (default), SEEDS per case and noise (20), FIRST the
   first seed (0), CASE the number of the only case (all)

   Columns: median relative L2 error of gamma on 161 points over the time constants of the data, its
   maximum, how often the number of peaks is right, median errors of area and place of the peaks
   where it is, the largest area error, median error of R_pol, how often 1.96 errors of R hold the
   truth, how often the residual test passes, processor time per spectrum.  Delta functions and
   singularities (Gerischer) have no L2 error. */
#include <complex.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <eisfit/eisfit.h>

#include "analysis/drt_forms.h"
#include "numerics/rng.h"
#include "numerics/stats.h"

enum { TRUTH = 161, MOST_SEEDS = 1000, MOST_PARTS = 5, LEVELS = 3 };

static const double levels[LEVELS] = {0.001, 0.005, 0.01};

/* R/(1 + (j w tau)^alpha)^beta; R < 0: that much of a loop, whose constant is in R_inf. */
typedef struct part {
  double R, alpha, beta, tau;
} part;

typedef struct trial_case {
  const char *name;
  double top, bottom; /* Hz */
  double R_inf, C;
  double R_wo, tau_wo; /* R coth(sqrt(j w tau))/sqrt(j w tau) */
  double goal[LEVELS];
  part part[MOST_PARTS];
} trial_case;

static const trial_case cases[] = {
    {"two ZARCs", 1e6, 1e-2, 10, 0, 0, 0, {0.002, 0.008, 0.014}, {{50, 0.8, 1, 1e-4}, {50, 0.8, 1, 0.1}}},
    {"RC", 1e6, 1e-2, 10, 0, 0, 0, {0}, {{50, 1, 1, 1e-2}}},
    {"ZARC .6", 1e6, 1e-2, 10, 0, 0, 0, {0}, {{50, 0.6, 1, 1e-2}}},
    {"ZARC .8", 1e6, 1e-2, 10, 0, 0, 0, {0}, {{50, 0.8, 1, 1e-2}}},
    {"ZARC .95", 1e6, 1e-2, 10, 0, 0, 0, {0}, {{50, 0.95, 1, 1e-2}}},
    {".5 decade apart", 1e6, 1e-2, 10, 0, 0, 0, {0}, {{50, 0.85, 1, 1e-2}, {50, 0.85, 1, 3.1623e-2}}},
    {"Gerischer", 1e6, 1e-2, 10, 0, 0, 0, {0}, {{50, 1, 0.5, 1e-2}}},
    {"HN .9 .6", 1e6, 1e-2, 10, 0, 0, 0, {0}, {{50, 0.9, 0.6, 1e-2}}},
    {"Wo + C", 1e6, 1e-2, 10, 1, 30, 3, {0}, {{50, 0.8, 1, 1e-4}}},
    {"loop", 1e6, 1e-2, 20, 0, 0, 0, {0}, {{50, 0.8, 1, 1e-3}, {-8, 1, 1, 3}}},
    {"five, 9 decades", 1e7, 1e-3, 10, 0, 0, 0, {0},
     {{20, 0.85, 1, 1e-7}, {30, 0.8, 1, 3e-5}, {10, 0.9, 1, 3e-3}, {40, 0.75, 1, 0.3}, {20, 0.9, 1, 100}}}};

enum { CASES = sizeof cases / sizeof *cases };

static size_t count_parts(const trial_case *c) {
  size_t n = 0;
  while (n < MOST_PARTS && c->part[n].R != 0) n++;
  return n;
}

static double complex impedance(const trial_case *c, double w) {
  double complex z = c->R_inf;
  if (c->C > 0) z += 1 / (I * w * c->C);
  if (c->R_wo > 0) {
    const double complex root = csqrt(I * w * c->tau_wo);
    z += c->R_wo / (root * ctanh(root));
  }
  for (size_t q = 0; q < count_parts(c); q++) {
    const part *p = &c->part[q];
    z += p->R * cpow(1 + cpow(I * w * p->tau, p->alpha), -p->beta);
  }
  return z;
}

static eis_status make(const trial_case *c, double noise, uint64_t seed, eis_spectrum *s) {
  const double decades = log10(c->top / c->bottom);
  const size_t n = (size_t)(10 * decades + 1.5);
  eisi_rng r;
  const eis_status st = eis_spectrum_init(s, n, NULL);
  eisi_rng_seed(&r, 20260303, seed);
  for (size_t k = 0; st == EIS_OK && k < n; k++) {
    s->f[k] = c->top * pow(10, -0.1 * (double)k);
    const double complex z = impedance(c, 2 * M_PI * s->f[k]);
    const double sigma = noise * cabs(z);
    s->re[k] = creal(z) + sigma * eisi_rng_normal(&r);
    s->im[k] = cimag(z) + sigma * eisi_rng_normal(&r);
  }
  return st;
}

static double error_of(const trial_case *c, const eis_drt_solution *r) {
  double sum = 0, size = 0;
  const double first = log10(1 / c->top), last = log10(1 / c->bottom);
  if (c->R_wo > 0) return NAN;
  for (size_t q = 0; q < count_parts(c); q++)
    if (c->part[q].alpha >= 1) return NAN; /* delta function, or singular at its tau */
  for (int i = 0; i < TRUTH; i++) {
    const double tau = pow(10, first + (last - first) * i / (TRUTH - 1));
    double g = 0;
    for (size_t q = 0; q < count_parts(c); q++) {
      const part *p = &c->part[q];
      g += eisi_drt_form(p->R, p->alpha, p->beta, log(tau / p->tau), 0.01);
    }
    const double d = eis_drt_solution_at(r, tau) - g;
    sum += d * d;
    size += g * g;
  }
  return sqrt(sum / size);
}

typedef struct tally {
  double error[MOST_SEEDS], area[MOST_SEEDS * MOST_PARTS], place[MOST_SEEDS * MOST_PARTS];
  double rpol[MOST_SEEDS], us[MOST_SEEDS], worst;
  size_t n, n_parts, right, failed, peaks, passed, covered, of;
} tally;

static void note_peak(const eis_drt_peak *p, double R, double tau, tally *t) {
  const double off = fabs(p->R / R - 1);
  t->area[t->n_parts] = off;
  t->worst = fmax(t->worst, off);
  t->place[t->n_parts++] = fabs(log10(p->tau / tau));
  if (!isfinite(p->R_error)) return;
  t->covered += fabs(p->R - R) < 1.96 * p->R_error;
  t->of++;
}

/* Wo has R/3 besides its capacitance. */
static void compare(const trial_case *c, const eis_drt_solution *r, tally *t) {
  const size_t n = count_parts(c);
  double total = c->R_wo / 3;
  for (size_t q = 0; q < n; q++) total += c->part[q].R;
  t->error[t->n] = error_of(c, r);
  t->rpol[t->n] = fabs(r->drt.R_pol / total - 1);
  t->peaks += r->drt.n_peaks;
  t->passed += r->parametric && r->parametric->test.passed;
  t->n++;
  if (r->drt.n_peaks != n + (c->R_wo > 0)) return;
  t->right++;
  if (c->R_wo > 0) {
    const eis_drt_peak *p = &r->drt.peak[n]; /* R/3, first of its time constants */
    note_peak(p, c->R_wo / 3, c->tau_wo / (M_PI * M_PI), t);
  }
  for (size_t q = 0; q < n; q++) note_peak(&r->drt.peak[q], c->part[q].R, c->part[q].tau, t);
}

static double processor_seconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static void report(const char *key, const trial_case *c, int level, tally *t) {
  double most = 0;
  for (size_t i = 0; i < t->n; i++) most = fmax(most, t->error[i]);
  const double e = eisi_median(t->error, t->n);
  const char *verdict = "";
  if (strcmp(key, "mrq") == 0 && c->goal[level] > 0)
    verdict = e <= c->goal[level] ? " met" : " missed";
  printf(
      "%-9s %-16s %4.1f %%  error %7.4f (max %6.3f)%-7s  right %3zu/%zu (%.2f peaks)  area %6.2f %% "
      "(max %6.2f %%)  place %.4f dec  R_pol %5.2f %%  R in 95 %% %5.1f %%  noise %3zu  %7.0f us%s\n",
      key, c->name, 100 * levels[level], e, most, verdict, t->right, t->n,
      (double)t->peaks / (double)(t->n ? t->n : 1), 100 * eisi_median(t->area, t->n_parts),
      100 * t->worst, eisi_median(t->place, t->n_parts), 100 * eisi_median(t->rpol, t->n),
      t->of ? 100.0 * (double)t->covered / (double)t->of : NAN, t->passed,
      1e6 * eisi_median(t->us, t->n), t->failed ? "  FAILURES" : "");
  fflush(stdout);
}

static int run_level(eis_drt_solver *v, const char *key, const trial_case *c, int level,
                     const uint64_t seed[2], tally *t) {
  memset(t, 0, sizeof *t);
  for (uint64_t i = seed[0]; i < seed[1]; i++) {
    eis_spectrum s;
    eis_drt_solution r;
    eis_error err = EIS_ERROR_INIT;
    if (make(c, levels[level], i, &s) != EIS_OK) return 1;
    const double start = processor_seconds();
    const eis_status st = eis_drt_solver_run(v, &s, &r, &err);
    t->us[t->n] = processor_seconds() - start;
    if (st == EIS_OK) {
      compare(c, &r, t);
    } else {
      fprintf(stderr, "%s, %s, seed %d: %s\n", key, c->name, (int)i, err.text);
      t->failed++;
    }
    eis_drt_solution_clear(&r);
    eis_spectrum_clear(&s);
  }
  report(key, c, level, t);
  return 0;
}

static int run_method(const eis_drt_method_row *row, const uint64_t seed[2], int only) {
  tally *t = calloc(1, sizeof *t);
  eis_drt_solver *v = NULL;
  int bad = !t || eis_drt_solver_new(row, NULL, &v, NULL) != EIS_OK;
  for (int i = 0; !bad && i < CASES; i++)
    for (int level = 0; !bad && level < LEVELS; level++)
      if (only < 0 || i == only) bad = run_level(v, row->key, &cases[i], level, seed, t);
  eis_drt_solver_free(v);
  free(t);
  return bad;
}

int main(int argc, char **argv) {
  const char *key = argc > 1 ? argv[1] : "all";
  const uint64_t n = argc > 2 ? strtoull(argv[2], NULL, 10) : 20;
  const uint64_t first = argc > 3 ? strtoull(argv[3], NULL, 10) : 0, seed[2] = {first, first + n};
  const int only = argc > 4 ? (int)strtol(argv[4], NULL, 10) : -1;
  const eis_drt_method_row *row = NULL;
  eis_error err = EIS_ERROR_INIT;
  int bad = 0;
  if (n < 1 || n > MOST_SEEDS) {
    fprintf(stderr, "drt_methods: 1 to %d seeds\n", MOST_SEEDS);
    return 2;
  }
  if (strcmp(key, "all") != 0 && eis_drt_method_find(key, &row, &err) != EIS_OK) {
    fprintf(stderr, "drt_methods: %s\n", err.text);
    return 2;
  }
  for (size_t i = 0; !bad && eis_drt_method_at(i); i++)
    if (!row || row == eis_drt_method_at(i)) bad = run_method(eis_drt_method_at(i), seed, only);
  return bad;
}
