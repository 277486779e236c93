/* bench.c - the speed of eisfit as ratios to the bare arithmetic.

   Usage: bench [PROGRAM [PART ...]]; PROGRAM is the eisfit to start, parts are scl, joint, scaling,
   campaign and batch (default: all), after the table of single jobs.  Every round runs each job
   once (the short ones many times), so that whatever else the machine does meets all of them alike;
   the ratio is the median over the rounds of time/(time of the floor's fit in the same round).
   Times are processor time, where another process or thread takes part wall-clock time.  Exit 1
   when a job fails or gives a wrong result; a requirement that is missed is printed, no more: it
   may be the machine. */
#include "bench.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "numerics/linalg.h"
#include "numerics/stats.h"
#include "random_circuit.h"

enum { ROUNDS = 104, PROGRAM_EVERY = 7 };

static const uint64_t mix_seed = 20261123;

typedef struct bench_job {
  const char *name;
  bool (*run)(bench_data *d); /* false: failed or wrong */
  int inner;                  /* times per round */
  int every;                  /* runs in every so many rounds, 0 = in each */
  double (*clock)(void);      /* us; NULL = processor time */
  double most_ratio, most_us; /* requirements, 0 = none */
} bench_job;

static bool run_floor_model(bench_data *d) {
  double r[FLOOR_ROWS], J[FLOOR_ROWS * FLOOR_PARAMS];
  floor_model(&d->floor, floor_truth, r, J);
  return true;
}

static bool run_floor_fit(bench_data *d) {
  double p[FLOOR_PARAMS];
  int evaluations;
  memcpy(p, floor_start, sizeof p);
  return floor_fit(&d->floor, p, &evaluations) == d->floor_S;
}

static bool run_eval(bench_data *d) {
  double z[FLOOR_ROWS], dz[FLOOR_ROWS * FLOOR_PARAMS];
  eis_eval_run(d->eval, floor_truth, z, dz, NULL);
  return true;
}

static bool run_local_fit(bench_data *d) {
  const eis_lsq_options o = eis_lsq_options_default();
  double x[FLOOR_PARAMS];
  eis_lsq_info info;
  memcpy(x, d->start, sizeof x);
  return eisi_problem_solve(&d->problem, &o, x, &info, NULL) == EIS_OK &&
         info.verdict == EIS_LSQ_CONVERGED && fabs(info.S / d->floor_S - 1) < 1e-8;
}

static bool run_kk(bench_data *d) {
  const eis_kk_options o = eis_kk_options_default();
  eis_kk_result kk;
  const bool ok = eis_kk_run(&d->spectrum, &o, &kk, NULL) == EIS_OK && kk.passed;
  eis_kk_result_clear(&kk);
  return ok;
}

static bool run_automatic(bench_data *d) {
  const eis_fit_options o = eis_fit_options_default();
  eis_fit_result r;
  const bool ok = eis_fit_work_run(d->work, &d->spectrum, &o, &r, NULL) == EIS_OK &&
                  r.S < d->floor_S * (1 + 1e-8) && r.have_kk && isfinite(r.param[0].stderr_);
  eis_fit_result_clear(&r);
  return ok;
}

/* Another circuit each round, with its workspace made from nothing. */
static bool run_mix(bench_data *d) {
  const eis_fit_options o = eis_fit_options_default();
  random_case c;
  eis_fit_result r = {0};
  const bool ok = random_case_make(mix_seed, d->round, &c, NULL) == EIS_OK &&
                  eis_fit_run(&c.spectrum, c.circuit, &o, &r, NULL) == EIS_OK && r.have_kk;
  eis_fit_result_clear(&r);
  random_case_clear(&c);
  return ok;
}

static bool run_read(bench_data *d) {
  const eis_read_options o = eis_read_options_default();
  eis_spectra list = {0};
  const bool ok = eis_read_memory(d->csv, d->csv_size, "bench", &o, &list, NULL) == EIS_OK &&
                  list.n == 1 && list.at[0].n == FLOOR_POINTS;
  eis_spectra_clear(&list);
  return ok;
}

static bool run_drt_fixed(bench_data *d) {
  eis_drt_result r;
  const bool ok = eis_drt_work_run(d->drt_fixed, &d->spectrum, &r, NULL) == EIS_OK && r.kkt < 1e-8;
  eis_drt_result_clear(&r);
  return ok;
}

static bool run_drt(bench_data *d) {
  eis_drt_result r;
  const bool ok = eis_drt_work_run(d->drt, &d->spectrum, &r, NULL) == EIS_OK && r.n_peaks > 0;
  eis_drt_result_clear(&r);
  return ok;
}

/* What `eisfit drt` does with a spectrum but for reading and writing. */
static bool run_drt_command(bench_data *d) {
  eis_drt_result r;
  eis_drt_stability t = {0};
  const bool ok = eis_drt_work_run(d->drt, &d->spectrum, &r, NULL) == EIS_OK &&
                  eis_drt_stability_run(d->drt, &d->spectrum, &r, &t, NULL) == EIS_OK && run_kk(d);
  eis_drt_stability_clear(&t);
  eis_drt_result_clear(&r);
  return ok;
}

static bool run_program(bench_data *d) { return !d->program || bench_run_program(d); }

double bench_processor_us(void) {
  struct timespec t;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return 1e6 * (double)t.tv_sec + 1e-3 * (double)t.tv_nsec;
}

static double wall_us(void) { return 1e6 * eisi_now(); }

enum { FLOOR_FIT = 1 }; /* row the others are divided by */

static const bench_job jobs[] = {
    {.name = "floor: model + Jacobian", .run = run_floor_model, .inner = 400},
    {.name = "floor: complete fit", .run = run_floor_fit, .inner = 20},
    {.name = "model + Jacobian", .run = run_eval, .inner = 400},
    {.name = "local fit", .run = run_local_fit, .inner = 20, .most_ratio = 2},
    {.name = "Kramers-Kronig test", .run = run_kk, .inner = 2},
    {.name = "automatic fit, KK and errors", .run = run_automatic, .inner = 1},
    {.name = "the same, 8 kinds of circuits", .run = run_mix, .inner = 1, .most_ratio = 100},
    {.name = "DRT: lambda given, matrices kept", .run = run_drt_fixed, .inner = 5},
    {.name = "DRT: default, band and peaks", .run = run_drt, .inner = 1, .most_us = 6e3},
    {.name = "DRT: the same, stability and KK", .run = run_drt_command, .inner = 1},
    {.name = "reading 81 points of CSV", .run = run_read, .inner = 5},
    {.name = "program: one file, one circuit", .run = run_program, .inner = 1,
     .every = PROGRAM_EVERY, .clock = wall_us, .most_us = 60e3},
};
enum { JOBS = sizeof jobs / sizeof jobs[0] };

typedef struct bench_times {
  double us[JOBS][ROUNDS], ratio[JOBS][ROUNDS];
  size_t n[JOBS];
} bench_times;

static bool time_job(const bench_job *job, bench_data *d, double *us) {
  bool ok = true;
  double (*const clock_us)(void) = job->clock ? job->clock : bench_processor_us;
  const double t0 = clock_us();
  for (int i = 0; i < job->inner && ok; i++) ok = job->run(d);
  *us = (clock_us() - t0) / job->inner;
  if (!ok) fprintf(stderr, "bench: '%s' failed or gave a wrong result\n", job->name);
  return ok;
}

static bool run_round(bench_data *d, bench_times *t) {
  double us[JOBS];
  for (int j = 0; j < JOBS; j++) {
    const bench_job *job = &jobs[j];
    us[j] = NAN;
    if (job->every && d->round % (uint64_t)job->every) continue;
    if (!time_job(job, d, &us[j])) return false;
  }
  for (int j = 0; j < JOBS; j++) {
    if (isnan(us[j])) continue;
    t->us[j][t->n[j]] = us[j];
    t->ratio[j][t->n[j]++] = us[j] / us[FLOOR_FIT];
  }
  return true;
}

bench_verdict bench_judge(bool met) { return met ? BENCH_MET : BENCH_MISSED; }

void bench_print_head(void) {
  printf("%-48s %11s %11s %9s  %s\n", "job", "median us", "min us", "ratio", "requirement");
}

static void print_number(double v, int width) {
  if (isnan(v))
    printf(" %*s", width, "");
  else
    printf(" %*.*f", width, v < 0.1 ? 4 : v < 100 ? 2 : v < 1000 ? 1 : 0, v);
}

void bench_print_row(const char *job, double median_us, double min_us, double ratio,
                     bench_verdict verdict, const char *requirement) {
  static const char *const words[] = {
      [BENCH_NONE] = "", [BENCH_MET] = ": met", [BENCH_MISSED] = ": MISSED"};
  printf("%-48s", job);
  print_number(median_us, 11);
  print_number(min_us, 11);
  print_number(ratio, 9);
  printf("  %s%s\n", requirement, words[verdict]);
  fflush(stdout);
}

static void print_job(const bench_job *job, bench_times *t, size_t j) {
  char text[64] = "";
  bench_verdict verdict = BENCH_NONE;
  double least = t->us[j][0];
  for (size_t k = 0; k < t->n[j]; k++) least = fmin(least, t->us[j][k]);
  const double middle = eisi_median(t->us[j], t->n[j]), ratio = eisi_median(t->ratio[j], t->n[j]);
  if (job->most_ratio > 0) {
    snprintf(text, sizeof text, "under %g floor fits", job->most_ratio);
    verdict = bench_judge(ratio < job->most_ratio);
  } else if (job->most_us > 0) {
    snprintf(text, sizeof text, "under %g ms", 1e-3 * job->most_us);
    verdict = bench_judge(middle < job->most_us);
  }
  bench_print_row(job->name, middle, least, ratio, verdict, text);
}

typedef struct bench_part {
  const char *key;
  eis_status (*run)(const bench_data *d, double floor_us, eis_error *err);
} bench_part;

static const bench_part parts[] = {{"scl", bench_scl},
                                   {"joint", bench_joint},
                                   {"scaling", bench_scaling},
                                   {"campaign", bench_campaign},
                                   {"batch", bench_batch}};
enum { PARTS = sizeof parts / sizeof *parts };

static bool wanted(const char *key, int n, char *const *names) {
  bool found = n == 0;
  for (int i = 0; i < n; i++) found |= strcmp(names[i], key) == 0;
  return found;
}

static bool known(const char *name) {
  bool found = false;
  for (size_t i = 0; i < PARTS; i++) found |= strcmp(parts[i].key, name) == 0;
  return found;
}

static eis_status run_all(bench_data *d, int n, char *const *names, eis_error *err) {
  static bench_times times;
  for (d->round = 0; d->round < ROUNDS; d->round++)
    if (!run_round(d, &times)) return eis_error_set(err, EIS_ERROR_NUMERIC, "a job failed");
  printf("%s, %d points, %d parameters; ratio: to the floor's complete fit\n\n", FLOOR_CIRCUIT,
         FLOOR_POINTS, FLOOR_PARAMS);
  bench_print_head();
  for (size_t j = 0; j < JOBS; j++)
    if (jobs[j].run != run_program || d->program) print_job(&jobs[j], &times, j);
  /* the order of the samples is lost by now, their median not */
  const double floor_us = eisi_median(times.us[FLOOR_FIT], times.n[FLOOR_FIT]);
  eis_status st = EIS_OK;
  for (size_t i = 0; st == EIS_OK && i < PARTS; i++)
    if (wanted(parts[i].key, n, names)) st = parts[i].run(d, floor_us, err);
  return st;
}

int main(int argc, char **argv) {
  eis_error err = EIS_ERROR_INIT;
  bench_data d;
  for (int i = 2; i < argc; i++)
    if (!known(argv[i])) {
      fprintf(stderr,
              "bench: there is no part '%s': expected scl, joint, scaling, campaign or batch\n",
              argv[i]);
      return 2;
    }
  eisi_blas_single_thread();
  eis_status st = bench_data_init(&d, argc > 1 ? argv[1] : NULL, &err);
  if (st == EIS_OK) st = run_all(&d, argc > 2 ? argc - 2 : 0, argv + 2, &err);
  bench_data_clear(&d);
  if (st != EIS_OK) fprintf(stderr, "bench: %s\n", err.text);
  return st == EIS_OK ? 0 : 1;
}
