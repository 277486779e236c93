/* drt_speed.c - the speed of a distribution of relaxation times, as ratios to the bare arithmetic
   of one with a fixed lambda, and many spectra through one workspace: time and memory.

   usage: drt_speed [SPECTRA]      (default 10000)

   The floor: K'z and the quadratic program (gamma >= 0, 100 points and R_inf, L) by block principal
   pivoting with LAPACK's Cholesky factorisation, kernel and Gram matrix in memory.  Rounds run
   every job once, the ratio is the median over the rounds. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <eisfit/drt.h>

#include "numerics/linalg.h"
#include "numerics/rng.h"
#include "numerics/stats.h"

enum { POINTS = 81, ROWS = 2 * POINTS, TAUS = 100, COLS = TAUS + 2, ROUNDS = 200 };

static void make(double noise, uint64_t seed, eis_spectrum *s) {
  eisi_rng r;
  eisi_rng_seed(&r, 77, seed);
  for (size_t k = 0; k < POINTS; k++) {
    s->f[k] = pow(10, 6 - 0.1 * (double)k);
    double re = 10, im = 0;
    for (int q = 0; q < 2; q++) { /* 50/(1 + (j w tau)^.8) */
      const double v = pow(2 * M_PI * s->f[k] * (q ? 0.1 : 1e-4), 0.8);
      const double a = 1 + v * cos(0.4 * M_PI), b = v * sin(0.4 * M_PI);
      re += 50 * a / (a * a + b * b);
      im -= 50 * b / (a * a + b * b);
    }
    const double sigma = noise * hypot(re, im);
    s->re[k] = re + sigma * eisi_rng_normal(&r);
    s->im[k] = im + sigma * eisi_rng_normal(&r);
  }
}

/* ---- the floor ---- */

typedef struct floor_qp {
  double K[COLS * ROWS], z[ROWS], H[COLS * COLS], c[COLS], x[COLS];
  double sub[COLS * COLS], v[COLS], y[COLS];
} floor_qp;

static void floor_init(floor_qp *q, const eis_spectrum *s) {
  const double first = log(1e-7), step = log(1e9) / (TAUS - 1), slope = 1e-3 / step;
  for (size_t k = 0; k < POINTS; k++) {
    const double w = 2 * M_PI * s->f[k];
    q->K[k] = 1;
    q->K[ROWS + POINTS + k] = 1e-6 * w;
    q->z[k] = s->re[k], q->z[POINTS + k] = s->im[k];
    for (size_t j = 0; j < TAUS; j++) {
      const double u = w * exp(first + step * (double)j), d = step / (1 + u * u);
      q->K[(2 + j) * ROWS + k] = d;
      q->K[(2 + j) * ROWS + POINTS + k] = -u * d;
    }
  }
  eisi_gram(ROWS, COLS, q->K, q->H);
  for (size_t j = 2; j + 1 < COLS; j++) {
    q->H[j * COLS + j] += slope, q->H[(j + 1) * COLS + j + 1] += slope;
    q->H[j * COLS + j + 1] -= slope, q->H[(j + 1) * COLS + j] -= slope;
  }
}

static size_t exchange(const floor_qp *q, bool *is_free, bool last_only) {
  size_t bad = 0, last = 0;
  for (size_t i = 0; i < COLS; i++)
    if (is_free[i] ? q->x[i] < -1e-12 : q->y[i] - q->c[i] < -1e-10) {
      bad++;
      last = i;
      if (!last_only) is_free[i] = !is_free[i];
    }
  if (bad && last_only) is_free[last] = !is_free[last];
  return bad;
}

static bool floor_run(floor_qp *q) {
  bool is_free[COLS];
  size_t index[COLS], best = COLS + 1;
  int patience = 3;
  memset(is_free, true, sizeof is_free);
  eisi_gemv_t(ROWS, COLS, q->K, q->z, q->c);
  for (int round = 0; round < 200; round++) {
    size_t n = 0;
    for (size_t i = 0; i < COLS; i++)
      if (is_free[i]) index[n++] = i;
    for (size_t a = 0; a < n; a++) {
      for (size_t b = a; b < n; b++) q->sub[a * n + b] = q->H[index[a] * COLS + index[b]];
      q->v[a] = q->c[index[a]];
    }
    if (!eisi_chol_solve(n, q->sub, q->v, 1)) return false;
    memset(q->x, 0, sizeof q->x);
    for (size_t a = 0; a < n; a++) q->x[index[a]] = q->v[a];
    eisi_gemv_t(COLS, COLS, q->H, q->x, q->y);
    bool trial[COLS];
    memcpy(trial, is_free, sizeof trial);
    const size_t bad = exchange(q, trial, false);
    if (bad == 0) return true;
    if (bad < best)
      best = bad, patience = 3;
    else if (patience-- <= 0)
      exchange(q, memcpy(trial, is_free, sizeof trial), true);
    memcpy(is_free, trial, sizeof trial);
  }
  return false;
}

/* ---- jobs ---- */

typedef struct bench {
  floor_qp floor;
  eis_spectrum s;
  eis_drt_work *fixed, *automatic;
} bench;

static bool run_work(eis_drt_work *w, const eis_spectrum *s) {
  eis_drt_result r;
  const bool ok = eis_drt_work_run(w, s, &r, NULL) == EIS_OK && fabs(r.R_pol / 100 - 1) < 0.1;
  eis_drt_result_clear(&r);
  return ok;
}

static bool run_floor(bench *b) { return floor_run(&b->floor); }
static bool run_fixed(bench *b) { return run_work(b->fixed, &b->s); }
static bool run_automatic(bench *b) { return run_work(b->automatic, &b->s); }

static const struct job {
  const char *name;
  bool (*run)(bench *b);
  double most; /* ratio */
} jobs[] = {{"floor: one DRT at fixed lambda", run_floor, 0},
            {"fixed lambda, kernel cached", run_fixed, 1.5},
            {"default: strengths, band, peaks", run_automatic, 15}};
enum { JOBS = sizeof jobs / sizeof *jobs };

static double processor_us(void) {
  struct timespec t;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return 1e6 * (double)t.tv_sec + 1e-3 * (double)t.tv_nsec;
}

static bool ratios(bench *b) {
  static double us[JOBS][ROUNDS], ratio[JOBS][ROUNDS];
  for (size_t k = 0; k < ROUNDS; k++) {
    make(0.005, k, &b->s); /* another spectrum every time: the effort depends on it */
    for (int j = 0; j < JOBS; j++) {
      const double t0 = processor_us();
      if (!jobs[j].run(b)) return false;
      us[j][k] = processor_us() - t0;
      ratio[j][k] = us[j][k] / us[0][k];
    }
  }
  for (int j = 0; j < JOBS; j++) {
    const double r = eisi_median(ratio[j], ROUNDS);
    printf("%-34s %9.1f us %8.2f x", jobs[j].name, eisi_median(us[j], ROUNDS), r);
    if (jobs[j].most > 0)
      printf("  under %g: %s", jobs[j].most, r < jobs[j].most ? "met" : "MISSED");
    printf("\n");
  }
  return true;
}

static double resident_kB(void) {
  long size, resident = -1;
  FILE *f = fopen("/proc/self/statm", "r");
  if (!f) return NAN;
  if (fscanf(f, "%ld %ld", &size, &resident) != 2) resident = -1;
  fclose(f);
  return resident < 0 ? NAN : (double)resident * (double)sysconf(_SC_PAGESIZE) / 1024;
}

static bool batch(bench *b, long spectra) {
  double early = NAN;
  const double t0 = processor_us();
  for (long i = 0; i < spectra; i++) {
    make(0.003, 1000 + (uint64_t)i, &b->s);
    if (!run_work(b->automatic, &b->s)) return false;
    if (i == spectra / 10) early = resident_kB();
  }
  const double seconds = 1e-6 * (processor_us() - t0), rate = 60 * (double)spectra / seconds;
  printf("%ld spectra in %.1f s of processor time: %.0f per minute, at least 10000: %s\n", spectra,
         seconds, rate, rate >= 1e4 ? "met" : "MISSED");
  printf("resident memory from the tenth part to the end: %+.0f kB\n", resident_kB() - early);
  return true;
}

int main(int argc, char **argv) {
  static bench b;
  const long spectra = argc > 1 ? atol(argv[1]) : 10000;
  eis_drt_options o = eis_drt_options_default();
  eisi_blas_single_thread();
  if (eis_spectrum_init(&b.s, POINTS, NULL) != EIS_OK) return 1;
  make(0.005, 1, &b.s);
  floor_init(&b.floor, &b.s);
  if (eis_drt_work_new(&o, &b.automatic, NULL) != EIS_OK) return 1;
  o.method = EIS_DRT_TIKHONOV;
  o.criterion = EIS_DRT_FIXED;
  o.level = 0;
  o.weighting = EIS_WEIGHT_UNIT; /* the program of the floor: K'K stays */
  o.basis = "linear";
  if (eis_drt_work_new(&o, &b.fixed, NULL) != EIS_OK) return 1;
  o = eis_drt_options_default();
  const bool ok =
      run_fixed(&b) && run_automatic(&b) && ratios(&b) && (spectra < 10 || batch(&b, spectra));
  if (!ok) fprintf(stderr, "drt_speed: a job failed or gave a wrong result\n");
  eis_drt_work_free(b.fixed);
  eis_drt_work_free(b.automatic);
  eis_spectrum_clear(&b.s);
  return ok ? 0 : 1;
}
