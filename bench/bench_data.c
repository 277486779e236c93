#include "bench.h"

#include <fcntl.h>
#include <math.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "numerics/rng.h"

extern char **environ;

static const uint64_t noise_seed = 20260317;

eis_status bench_grid(eis_spectrum *s, size_t n, eis_error *err) {
  const eis_status st = eis_spectrum_init(s, n, err);
  for (size_t k = 0; st == EIS_OK && k < n; k++)
    s->f[k] = pow(10, 6 - 9.0 * (double)k / (double)(n - 1));
  return st;
}

void bench_noise(const double *z, double noise, uint64_t stream, eis_spectrum *s) {
  eisi_rng rng;
  eisi_rng_seed(&rng, noise_seed, stream);
  for (size_t k = 0; k < s->n; k++) {
    const double size = noise * hypot(z[k], z[s->n + k]);
    s->re[k] = z[k] + size * eisi_rng_normal(&rng);
    s->im[k] = z[s->n + k] + size * eisi_rng_normal(&rng);
  }
}

/* The spectrum as a file for the reader and the program. */
static eis_status write_csv(bench_data *d, eis_error *err) {
  const eis_status st = eis_spectrum_print_csv(&d->spectrum, &d->csv, err);
  if (st != EIS_OK) return st;
  const char *dir = getenv("TMPDIR");
  char path[sizeof d->csv_path];
  d->csv_size = strlen(d->csv);
  if (!d->program) return EIS_OK;
  const int length = snprintf(path, sizeof path, "%s/eisfit-bench-XXXXXX", dir ? dir : "/tmp");
  if (length < 0 || (size_t)length >= sizeof path)
    return eis_error_set(err, EIS_ERROR_OUTPUT, "TMPDIR is too long");
  const int fd = mkstemp(path);
  if (fd < 0) return eis_error_set(err, EIS_ERROR_OUTPUT, "can't make a temporary file");
  memcpy(d->csv_path, path, sizeof path);
  const bool written = write(fd, d->csv, d->csv_size) == (ssize_t)d->csv_size;
  if (close(fd) == 0 && written) return EIS_OK;
  return eis_error_set(err, EIS_ERROR_OUTPUT, "can't write '%s'", path);
}

eis_status bench_data_init(bench_data *d, const char *program, eis_error *err) {
  double z[FLOOR_ROWS], p[FLOOR_PARAMS];
  int evaluations;
  *d = (bench_data){.program = program};
  eis_status st = eis_circuit_parse(FLOOR_CIRCUIT, EIS_NOTATION_AUTO, &d->circuit, err);
  if (st == EIS_OK) st = bench_grid(&d->spectrum, FLOOR_POINTS, err);
  if (st == EIS_OK) st = eis_eval_new(d->circuit, d->spectrum.f, FLOOR_POINTS, &d->eval, err);
  if (st != EIS_OK) return st;
  eis_eval_run(d->eval, floor_truth, z, NULL, NULL);
  bench_noise(z, 1e-3, 0, &d->spectrum);
  floor_load(&d->floor, d->spectrum.f, d->spectrum.re, d->spectrum.im);
  memcpy(p, floor_start, sizeof p);
  d->floor_S = floor_fit(&d->floor, p, &evaluations);
  st = eisi_problem_init(&d->problem, d->circuit, d->spectrum.f, FLOOR_POINTS, err);
  if (st == EIS_OK)
    st = eisi_problem_load(&d->problem, &d->spectrum, EIS_WEIGHT_MODULUS, NULL, err);
  if (st == EIS_OK) eisi_problem_from_params(&d->problem, floor_start, d->start);
  if (st == EIS_OK) st = eis_fit_work_new(d->circuit, &d->work, err);
  if (st == EIS_OK) st = eis_drt_work_new(NULL, &d->drt, err);
  eis_drt_options fixed = eis_drt_options_default();
  fixed.method = EIS_DRT_TIKHONOV;
  fixed.criterion = EIS_DRT_FIXED;
  fixed.lambda = 1e-6;
  fixed.level = 0;
  if (st == EIS_OK) st = eis_drt_work_new(&fixed, &d->drt_fixed, err);
  if (st == EIS_OK) st = write_csv(d, err);
  return st;
}

void bench_data_clear(bench_data *d) {
  if (d->csv_path[0]) unlink(d->csv_path);
  free(d->csv);
  eis_fit_work_free(d->work);
  eis_drt_work_free(d->drt);
  eis_drt_work_free(d->drt_fixed);
  if (d->problem.c) eisi_problem_clear(&d->problem);
  eis_eval_free(d->eval);
  eis_spectrum_clear(&d->spectrum);
  eis_circuit_free(d->circuit);
}

int bench_spawn(const char *program, char *const *args, double *processor_us) {
  posix_spawn_file_actions_t quiet;
  struct rusage used = {0};
  pid_t pid;
  int status = -1;
  if (posix_spawn_file_actions_init(&quiet) != 0) return -1;
  posix_spawn_file_actions_addopen(&quiet, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_addopen(&quiet, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  if (posix_spawn(&pid, program, &quiet, NULL, args, environ) == 0) wait4(pid, &status, 0, &used);
  posix_spawn_file_actions_destroy(&quiet);
  *processor_us = 1e6 * (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
                  (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

bool bench_run_program(bench_data *d) {
  char name[] = "eisfit", option[] = "--circuit", circuit[] = FLOOR_CIRCUIT;
  char *const args[] = {name, d->csv_path, option, circuit, NULL};
  double processor_us;
  return bench_spawn(d->program, args, &processor_us) == 0;
}
