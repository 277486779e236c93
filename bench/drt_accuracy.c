/* drt_accuracy.c - how well the distribution of relaxation times is found: spectra with a known
   gamma, noise in proportion to |Z|, many seeds.

   usage: drt_accuracy [SEEDS [METHOD [FIRST]]]     seeds FIRST (0) to FIRST + SEEDS - 1
   METHOD: adaptive (default), or a criterion for lambda (gcv mgcv rgcv l-curve re-im k-fold
   discrepancy evidence, best = the lambda nearest to the truth).  Loops: signed, by that criterion
   or evidence. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <eisfit/drt.h>

#include "drt_cases.h"
#include "numerics/stats.h"

enum { TRUTH = 161, MOST_SEEDS = 1000 };

/* Relative L2 error on the grid of the truth; NaN for a delta function. */
static double error_of(const trial_case *c, const eis_drt_result *r) {
  double sum = 0, size = 0;
  if (!trial_has_gamma(c)) return NAN;
  for (int i = 0; i < TRUTH; i++) {
    const double tau = pow(10, -6 + 0.05 * i), g = trial_gamma(c, tau), d = eis_drt_at(r, tau) - g;
    sum += d * d;
    size += g * g;
  }
  return sqrt(sum / size);
}

typedef struct tally {
  double error[MOST_SEEDS], area[MOST_SEEDS * MOST_PARTS], place[MOST_SEEDS * MOST_PARTS];
  double rpol[MOST_SEEDS], us[MOST_SEEDS];
  size_t n, n_parts, right, failed;
  int covered, of; /* gamma within the band */
  int R_covered, R_of;
} tally;

static void compare_peaks(const trial_case *c, const eis_drt_result *r, tally *t) {
  size_t n = 0;
  double total = 0;
  while (n < MOST_PARTS && c->part[n].R != 0) total += trial_resistance(&c->part[n++]);
  t->rpol[t->n] = fabs(r->R_pol / total - 1);
  if (r->n_peaks != n) return;
  t->right++;
  for (size_t q = 0; q < n; q++) {
    const part *p = &c->part[q];
    t->area[t->n_parts] = fabs(r->peak[q].R / trial_resistance(p) - 1);
    t->place[t->n_parts++] = fabs(log10(r->peak[q].tau / trial_place(p)));
    t->R_covered += fabs(r->peak[q].R - trial_resistance(p)) < 1.96 * r->peak[q].R_error;
    t->R_of++;
  }
}

static void count_band(const trial_case *c, const eis_drt_result *r, tally *t) {
  double first = HUGE_VAL, last = 0;
  if (!trial_has_gamma(c)) return;
  for (const part *p = c->part; p < c->part + MOST_PARTS && p->R != 0; p++) {
    first = fmin(first, p->tau);
    last = fmax(last, p->tau);
  }
  for (size_t j = 0; r->gamma_low && j < r->n_tau; j++) {
    if (r->tau[j] < first / 2 || r->tau[j] > last * 2) continue;
    const double g = trial_gamma(c, r->tau[j]);
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
  printf(
      "%-17s %4.1f %%  error %.4f (max %.3f)%s  peaks right %3zu/%zu  area %5.2f %%  place %.4f "
      "dec  R_pol %.2f %%  band %4.1f %%  R in error %4.1f %%  %6.0f us%s\n",
      c->name, noise[level], e, most,
      c->goal[level] > 0 ? e <= c->goal[level] ? " met   " : " missed" : "       ", t->right, t->n,
      100 * eisi_median(t->area, t->n_parts), eisi_median(t->place, t->n_parts),
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
  if (!t || eis_spectrum_init(&s, MOST_POINTS, &err) != EIS_OK) return 1;
  for (int level = 0; level < 3; level++) {
    memset(t, 0, sizeof *t);
    for (uint64_t seed = 0; seed < seeds; seed++) {
      eis_drt_result r;
      trial_make(c, noise[level], first + seed, &s);
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
  eis_drt_work *w, *loops;
  if (seeds < 1 || seeds > MOST_SEEDS) {
    fprintf(stderr, "drt_accuracy: 1 to %d seeds\n", MOST_SEEDS);
    return 2;
  }
  for (int i = EIS_DRT_GCV; i <= EIS_DRT_EVIDENCE; i++)
    if (strcmp(method, names[i]) == 0)
      o.method = EIS_DRT_TIKHONOV, o.criterion = (eis_drt_criterion)i;
  if (!best && o.method == EIS_DRT_ADAPTIVE && strcmp(method, "adaptive") != 0) {
    fprintf(stderr, "drt_accuracy: there is no method '%s'\n", method);
    return 2;
  }
  if (eis_drt_work_new(&o, &w, NULL) != EIS_OK) return 1;
  o.method = EIS_DRT_TIKHONOV; /* the adaptive method is positive */
  o.signed_gamma = true;
  if (eis_drt_work_new(&o, &loops, NULL) != EIS_OK) return 1;
  for (size_t i = 0; i < trial_cases_count(); i++)
    if (run_case(&trial_cases[i], trial_is_signed(&trial_cases[i]) ? loops : w, best, first,
                 seeds) != 0)
      return 1;
  eis_drt_work_free(w);
  eis_drt_work_free(loops);
  return 0;
}
