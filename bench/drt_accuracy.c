/* drt_accuracy.c - how well the distribution of relaxation times is found: spectra with a known
   gamma, noise in proportion to |Z|, many seeds.

   usage: drt_accuracy [SEEDS [METHOD [FIRST]]]   seeds FIRST (0) to FIRST + SEEDS - 1; METHOD: adaptive (default), or a criterion for lambda
                                            (gcv mgcv rgcv l-curve re-im k-fold discrepancy evidence,
                                            best = the lambda nearest to the truth) */
#include <complex.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <eisfit/drt.h>

#include "numerics/rng.h"
#include "numerics/stats.h"

enum { POINTS = 81, TRUTH = 161, MOST_SEEDS = 1000, MOST_PARTS = 6 };

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
  part part[MOST_PARTS]; /* in the order of increasing tau, as peaks are */
} trial_case;

static const trial_case cases[] = {
    {"two ZARCs", 10, 0, 0, {0.015, 0.05, 0.09}, {{50, 0.8, 1e-4, 1, HN}, {50, 0.8, 0.1, 1, HN}}},
    {"ZARC .6", 10, 0, 0, {0}, {{50, 0.6, 1e-2, 1, HN}}},
    {"ZARC .95", 10, 0, 0, {0}, {{50, 0.95, 1e-2, 1, HN}}},
    {"RC", 10, 0, 0, {0}, {{50, 1, 1e-2, 1, HN}}},
    {"broad + sharp", 10, 0, 0, {0}, {{50, 0.7, 1e-4, 1, HN}, {30, 0.95, 0.1, 1, HN}}},
    {".5 decade apart", 10, 0, 0, {0}, {{50, 0.85, 1e-2, 1, HN}, {50, 0.85, 3.1623e-2, 1, HN}}},
    {"1 decade apart", 10, 0, 0, {0}, {{50, 0.8, 1e-2, 1, HN}, {50, 0.8, 0.1, 1, HN}}},
    {"10 : 1", 10, 0, 0, {0}, {{50, 0.8, 1e-4, 1, HN}, {5, 0.85, 0.1, 1, HN}}},
    {"five", 10, 0, 0, {0},
     {{20, 0.85, 2e-6, 1, HN}, {30, 0.8, 1e-4, 1, HN}, {10, 0.9, 3e-3, 1, HN}, {40, 0.75, 0.1, 1, HN}, {20, 0.9, 3, 1, HN}}},
    {"two + L", 10, 1e-6, 0, {0}, {{50, 0.8, 1e-4, 1, HN}, {50, 0.8, 0.1, 1, HN}}},
    {"two + C", 10, 0, 0.1, {0}, {{50, 0.8, 1e-4, 1, HN}, {50, 0.8, 0.01, 1, HN}}},
    {"Cole-Davidson .6", 10, 0, 0, {0}, {{50, 1, 1e-2, 0.6, HN}}},
    {"HN .8, .6", 10, 0, 0, {0}, {{50, 0.8, 1e-4, 0.6, HN}, {50, 0.8, 0.1, 0.6, HN}}},
    {"log-normal 1", 10, 0, 0, {0}, {{50, 1, 1e-4, 1, LOG_NORMAL}, {50, 1, 0.1, 1, LOG_NORMAL}}},
    {"Gerischer", 10, 0, 0, {0}, {{50, 1, 1e-2, 0.5, HN}}},
    {"Warburg, open", 10, 0, 0, {0}, {{50, 1, 10, 1, WARBURG}}}};

static double complex impedance_of(const part *p, double w) {
  const double complex jwt = I * w * p->tau;
  double complex z = 0;
  if (p->kind == HN) return p->R / cpow(1 + cpow(jwt, p->n), p->b);
  if (p->kind == WARBURG) return p->R / (csqrt(jwt) * ctanh(csqrt(jwt)));
  const double h = 0.02 * p->n; /* the trapezoidal rule is exact for a Gaussian */
  for (int i = -500; i <= 500; i++)
    z += p->R * h / (p->n * sqrt(2 * M_PI)) * exp(-0.5 * h * h / (p->n * p->n) * i * i) /
         (1 + jwt * exp(h * i));
  return z;
}

static double complex impedance(const trial_case *c, double w) {
  double complex z = c->R_inf + I * w * c->L;
  if (c->C > 0) z += 1 / (I * w * c->C);
  for (const part *p = c->part; p < c->part + MOST_PARTS && p->R > 0; p++) z += impedance_of(p, w);
  return z;
}

/* A sum of delta functions, or not square integrable: there is no error to be stated. */
static bool has_gamma(const trial_case *c) {
  for (const part *p = c->part; p < c->part + MOST_PARTS && p->R > 0; p++)
    if (p->kind == WARBURG || (p->kind == HN && p->n >= 1 && (p->b == 1 || p->b <= 0.5)))
      return false;
  return true;
}

static double gamma_of_part(const part *p, double tau) {
  const double x = log(tau / p->tau), v = exp(p->n * x), angle = p->n * M_PI;
  if (p->kind == LOG_NORMAL)
    return p->R / (p->n * sqrt(2 * M_PI)) * exp(-0.5 * x * x / (p->n * p->n));
  if (p->n >= 1 && x >= 0) return 0;
  const double theta = atan2(p->n >= 1 ? 0 : sin(angle), v + cos(angle));
  return p->R / M_PI * pow(v, p->b) * sin(p->b * theta) /
         pow(v * v + 2 * v * cos(angle) + 1, p->b / 2);
}

static double gamma_of(const trial_case *c, double tau) {
  double sum = 0;
  for (const part *p = c->part; p < c->part + MOST_PARTS && p->R > 0; p++)
    sum += gamma_of_part(p, tau);
  return sum;
}

/* Integral of gamma, and the place of the (first) peak. */
static double resistance_of(const part *p) { return p->kind == WARBURG ? p->R / 3 : p->R; }

static double place_of(const part *p) {
  double best = p->tau;
  if (p->kind == WARBURG) return p->tau / (M_PI * M_PI);
  if (p->n >= 1) return p->tau;
  for (int i = -200; i <= 200; i++)
    if (gamma_of_part(p, p->tau * exp(0.01 * i)) > gamma_of_part(p, best)) best = p->tau * exp(0.01 * i);
  return best;
}

static void make(const trial_case *c, double noise, uint64_t seed, eis_spectrum *s) {
  eisi_rng r;
  eisi_rng_seed(&r, 20260101, seed);
  for (size_t k = 0; k < s->n; k++) {
    s->f[k] = pow(10, 6 - 0.1 * (double)k);
    const double complex z = impedance(c, 2 * M_PI * s->f[k]);
    const double sigma = noise * cabs(z);
    s->re[k] = creal(z) + sigma * eisi_rng_normal(&r);
    s->im[k] = cimag(z) + sigma * eisi_rng_normal(&r);
  }
}

/* Relative L2 error on the grid of the truth; NaN for a delta function. */
static double error_of(const trial_case *c, const eis_drt_result *r) {
  double sum = 0, size = 0;
  if (!has_gamma(c)) return NAN;
  for (int i = 0; i < TRUTH; i++) {
    const double tau = pow(10, -6 + 0.05 * i), g = gamma_of(c, tau), d = eis_drt_at(r, tau) - g;
    sum += d * d;
    size += g * g;
  }
  return sqrt(sum / size);
}

typedef struct tally {
  double error[MOST_SEEDS], area[MOST_SEEDS * MOST_PARTS], place[MOST_SEEDS * MOST_PARTS];
  double rpol[MOST_SEEDS], us[MOST_SEEDS];
  size_t n, n_parts, right, failed;
  int covered, of;   /* gamma within the band */
  int R_covered, R_of;
} tally;

static void compare_peaks(const trial_case *c, const eis_drt_result *r, tally *t) {
  size_t n = 0;
  double total = 0;
  while (n < MOST_PARTS && c->part[n].R > 0) total += resistance_of(&c->part[n++]);
  t->rpol[t->n] = fabs(r->R_pol / total - 1);
  if (r->n_peaks != n) return;
  t->right++;
  for (size_t q = 0; q < n; q++) {
    const part *p = &c->part[q];
    t->area[t->n_parts] = fabs(r->peak[q].R / resistance_of(p) - 1);
    t->place[t->n_parts++] = fabs(log10(r->peak[q].tau / place_of(p)));
    t->R_covered += fabs(r->peak[q].R - resistance_of(p)) < 1.96 * r->peak[q].R_error;
    t->R_of++;
  }
}

static void count_band(const trial_case *c, const eis_drt_result *r, tally *t) {
  double first = HUGE_VAL, last = 0;
  if (!has_gamma(c)) return;
  for (const part *p = c->part; p < c->part + MOST_PARTS && p->R > 0; p++) {
    first = fmin(first, p->tau);
    last = fmax(last, p->tau);
  }
  for (size_t j = 0; r->gamma_low && j < r->n_tau; j++) {
    if (r->tau[j] < first / 2 || r->tau[j] > last * 2) continue;
    const double g = gamma_of(c, r->tau[j]);
    t->covered += g >= r->gamma_low[j] && g <= r->gamma_high[j];
    t->of++;
  }
}

static double seconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* The lambda of a scan whose gamma is nearest to the truth: no criterion can do better. */
static eis_status run_best(const trial_case *c, const eis_spectrum *s, eis_drt_result *r,
                           eis_error *err) {
  eis_drt_options o = eis_drt_options_default();
  double best = HUGE_VAL;
  *r = (eis_drt_result){0};
  o.method = EIS_DRT_TIKHONOV;
  o.criterion = EIS_DRT_FIXED;
  for (int i = -45; i <= 5; i++) {
    eis_drt_result now;
    o.lambda = pow(10, 0.2 * i);
    const eis_status st = eis_drt_run(s, &o, &now, err);
    if (st != EIS_OK) return st;
    const double e = error_of(c, &now);
    if (e < best || !r->n) {
      best = e;
      eis_drt_result_clear(r);
      *r = now;
    } else {
      eis_drt_result_clear(&now);
    }
  }
  return EIS_OK;
}

static void report(const trial_case *c, int level, tally *t) {
  static const double noise[3] = {0.1, 0.5, 1};
  double most = 0;
  for (size_t i = 0; i < t->n; i++) most = fmax(most, t->error[i]);
  const double e = eisi_median(t->error, t->n);
  printf("%-17s %4.1f %%  error %.4f (max %.3f)%s  peaks right %3zu/%zu  area %5.2f %%  place %.4f "
         "dec  R_pol %.2f %%  band %4.1f %%  R in error %4.1f %%  %6.0f us%s\n",
         c->name, noise[level], e, most,
         c->goal[level] > 0 ? e <= c->goal[level] ? " met   " : " missed" : "       ", t->right,
         t->n, 100 * eisi_median(t->area, t->n_parts), eisi_median(t->place, t->n_parts),
         100 * eisi_median(t->rpol, t->n), t->of ? 100.0 * t->covered / t->of : NAN,
         t->R_of ? 100.0 * t->R_covered / t->R_of : NAN, 1e6 * eisi_median(t->us, t->n),
         t->failed ? "  FAILURES" : "");
}

static int run_case(const trial_case *c, eis_drt_work *w, bool best, uint64_t first,
                    uint64_t seeds) {
  static const double noise[3] = {0.001, 0.005, 0.01};
  eis_spectrum s;
  eis_error err = EIS_ERROR_INIT;
  tally *t = calloc(1, sizeof *t);
  if (!t || eis_spectrum_init(&s, POINTS, &err) != EIS_OK) return 1;
  for (int level = 0; level < 3; level++) {
    memset(t, 0, sizeof *t);
    for (uint64_t seed = 0; seed < seeds; seed++) {
      eis_drt_result r;
      make(c, noise[level], first + seed, &s);
      const double start = seconds();
      const eis_status st = best ? run_best(c, &s, &r, &err) : eis_drt_work_run(w, &s, &r, &err);
      t->us[t->n] = seconds() - start;
      if (st != EIS_OK) {
        fprintf(stderr, "%s seed %d: %s\n", c->name, (int)seed, err.text);
        eis_error_clear(&err);
        t->failed++;
        continue;
      }
      t->error[t->n] = error_of(c, &r);
      compare_peaks(c, &r, t);
      count_band(c, &r, t);
      t->n++;
      eis_drt_result_clear(&r);
    }
    report(c, level, t);
  }
  eis_spectrum_clear(&s);
  free(t);
  return 0;
}

int main(int argc, char **argv) {
  static const char *const names[] = {
      [EIS_DRT_GCV] = "gcv",       [EIS_DRT_MGCV] = "mgcv",
      [EIS_DRT_RGCV] = "rgcv",     [EIS_DRT_L_CURVE] = "l-curve",
      [EIS_DRT_RE_IM] = "re-im",   [EIS_DRT_K_FOLD] = "k-fold",
      [EIS_DRT_DISCREPANCY] = "discrepancy", [EIS_DRT_EVIDENCE] = "evidence"};
  const uint64_t seeds = argc > 1 ? strtoull(argv[1], NULL, 10) : 20;
  const uint64_t first = argc > 3 ? strtoull(argv[3], NULL, 10) : 0;
  const char *method = argc > 2 ? argv[2] : "adaptive";
  const bool best = strcmp(method, "best") == 0;
  eis_drt_options o = eis_drt_options_default();
  eis_drt_work *w;
  if (seeds < 1 || seeds > MOST_SEEDS) {
    fprintf(stderr, "drt_accuracy: 1 to %d seeds\n", MOST_SEEDS);
    return 2;
  }
  for (int i = EIS_DRT_GCV; i <= EIS_DRT_EVIDENCE; i++)
    if (strcmp(method, names[i]) == 0) o.method = EIS_DRT_TIKHONOV, o.criterion = (eis_drt_criterion)i;
  if (!best && o.method == EIS_DRT_ADAPTIVE && strcmp(method, "adaptive") != 0) {
    fprintf(stderr, "drt_accuracy: there is no method '%s'\n", method);
    return 2;
  }
  if (eis_drt_work_new(&o, &w, NULL) != EIS_OK) return 1;
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
    if (run_case(&cases[i], w, best, first, seeds) != 0) return 1;
  eis_drt_work_free(w);
  return 0;
}
