/* bench_batch.c - many spectra of one circuit: time, memory, threads. */
#include "bench.h"

#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "numerics/stats.h"

enum { SPECTRA = 10000, EARLY = 1000, POINTS = 61, CHUNK = 32, CHUNKS = 100, PARAMS = 4 };

#define BATCH_CIRCUIT "R0-p(R1,CPE1)"
static const double batch_truth[PARAMS] = {10, 100, 2e-5, 0.88};

/* One worker: a workspace, a spectrum that takes new noise for every fit. */
typedef struct worker {
  eis_fit_work *work;
  eis_spectrum spectrum;
  double z[2 * POINTS];
  uint64_t first, count; /* its share */
  eis_error err;
} worker;

static eis_status worker_init(worker *w, eis_error *err) {
  eis_circuit *c = NULL;
  eis_eval *e = NULL;
  *w = (worker){.err = EIS_ERROR_INIT};
  eis_status st = eis_circuit_parse(BATCH_CIRCUIT, EIS_NOTATION_AUTO, &c, err);
  if (st == EIS_OK) st = bench_grid(&w->spectrum, POINTS, err);
  if (st == EIS_OK) st = eis_eval_new(c, w->spectrum.f, POINTS, &e, err);
  if (st == EIS_OK) eis_eval_run(e, batch_truth, w->z, NULL, NULL);
  if (st == EIS_OK) st = eis_fit_work_new(c, &w->work, err);
  eis_eval_free(e);
  eis_circuit_free(c);
  return st;
}

static void worker_clear(worker *w) {
  eis_fit_work_free(w->work);
  eis_spectrum_clear(&w->spectrum);
}

static eis_status fit_one(worker *w, uint64_t i) {
  const eis_fit_options opt = eis_fit_options_default();
  eis_fit_result result;
  bench_noise(w->z, 3e-3, i, &w->spectrum);
  const eis_status st = eis_fit_work_run(w->work, &w->spectrum, &opt, &result, &w->err);
  eis_fit_result_clear(&result);
  return st;
}

static void *fit_share(void *arg) {
  worker *w = arg;
  for (uint64_t i = 0; i < w->count; i++)
    if (fit_one(w, w->first + i) != EIS_OK) break;
  return NULL;
}

/* Resident memory, kB; NaN where the system does not say. */
static double resident_kB(void) {
  long size, resident = -1;
  FILE *f = fopen("/proc/self/statm", "r");
  if (!f) return NAN;
  if (fscanf(f, "%ld %ld", &size, &resident) != 2) resident = -1;
  fclose(f);
  return resident < 0 ? NAN : (double)resident * (double)sysconf(_SC_PAGESIZE) / 1024;
}

static void report_long_run(double *us, double early_kB, double late_kB, double floor_us) {
  char text[96];
  double early = NAN, all = 0, least = us[0];
  for (size_t i = 0; i < SPECTRA; i++) least = fmin(least, us[i]);
  for (size_t i = 0; i < SPECTRA; i += EARLY) { /* medians: a burst of other work does not count */
    const double part = eisi_median(us + i, EARLY);
    if (i == 0) early = part;
    all += part;
  }
  const double times = all / early, growth = late_kB - early_kB;
  snprintf(text, sizeof text, "%.2f times as long as 1,000 (9 to 11)", times);
  const double middle = eisi_median(us, SPECTRA);
  bench_print_row("10,000 spectra of " BATCH_CIRCUIT ", each", middle, least, middle / floor_us,
                  bench_judge(times > 9 && times < 11), text);
  if (isnan(growth)) return;
  snprintf(text, sizeof text, "%+.0f kB from 1,000 to 10,000 (at most 256)", growth);
  bench_print_row("  resident memory", NAN, NAN, NAN, bench_judge(growth <= 256), text);
}

static eis_status long_run(worker *w, double floor_us, eis_error *err) {
  double *us = malloc(SPECTRA * sizeof *us), early_kB = NAN;
  if (!us) return eis_error_set(err, EIS_ERROR_MEMORY, "out of memory");
  eis_status st = EIS_OK;
  for (size_t i = 0; st == EIS_OK && i < SPECTRA; i++) {
    const double t0 = bench_processor_us();
    st = fit_one(w, i);
    us[i] = bench_processor_us() - t0;
    if (i + 1 == EARLY) early_kB = resident_kB();
  }
  if (st == EIS_OK)
    report_long_run(us, early_kB, resident_kB(), floor_us);
  else
    *err = w->err;
  free(us);
  return st;
}

/* Wall time of CHUNK spectra in one thread, then shared by two. */
static bool time_chunk(worker w[2], uint64_t first, double *one_us, double *two_us) {
  pthread_t other;
  double t0 = eisi_now();
  w[0].first = first;
  w[0].count = CHUNK;
  fit_share(&w[0]);
  *one_us = 1e6 * (eisi_now() - t0);
  w[0].count = w[1].count = CHUNK / 2;
  w[1].first = first + CHUNK / 2;
  t0 = eisi_now();
  if (pthread_create(&other, NULL, fit_share, &w[1]) != 0) return false;
  fit_share(&w[0]);
  pthread_join(other, NULL);
  *two_us = 1e6 * (eisi_now() - t0);
  return w[0].err.code == EIS_OK && w[1].err.code == EIS_OK;
}

/* Other programs can only take time away, so the speed-up is that of the least times. */
static eis_status two_threads(worker w[2], double floor_us, eis_error *err) {
  double each[CHUNKS], one, two, least_one = INFINITY, least_two = INFINITY;
  char text[96];
  for (int k = 0; k < CHUNKS; k++) {
    if (!time_chunk(w, (uint64_t)k * CHUNK, &one, &two))
      return eis_error_set(err, EIS_ERROR_NUMERIC, "the fits in two threads failed");
    each[k] = two / CHUNK;
    least_one = fmin(least_one, one);
    least_two = fmin(least_two, two);
  }
  const double middle = eisi_median(each, CHUNKS), speedup = least_one / least_two;
  snprintf(text, sizeof text, "%.2f times as fast as one (at least 1.8)", speedup);
  bench_print_row("the same in two threads, each", middle, least_two / CHUNK, middle / floor_us,
                  bench_judge(speedup >= 1.8), text);
  return EIS_OK;
}

eis_status bench_batch(const bench_data *d, double floor_us, eis_error *err) {
  worker w[2];
  (void)d;
  eis_status st = worker_init(&w[0], err), other = worker_init(&w[1], err);
  if (st == EIS_OK) st = other;
  if (st == EIS_OK) st = long_run(&w[0], floor_us, err);
  if (st == EIS_OK) st = two_threads(w, floor_us, err);
  worker_clear(&w[0]);
  worker_clear(&w[1]);
  return st;
}
