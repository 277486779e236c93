/* bench.h - what the parts of the benchmark share: the spectrum, the table. */
#ifndef EISFIT_BENCH_BENCH_H
#define EISFIT_BENCH_BENCH_H

#include <eisfit/eisfit.h>

#include "analysis/problem.h"
#include "floor.h"

/* Everything a job may need; jobs change nothing but their own results in it. */
typedef struct bench_data {
  eis_circuit *circuit; /* FLOOR_CIRCUIT */
  eis_spectrum spectrum;
  floor_data floor;
  double floor_S; /* what the floor's fit ends at: local and automatic fits must, too */
  eisi_problem problem;
  double start[FLOOR_PARAMS]; /* floor_start in internal variables */
  eis_eval *eval;
  eis_fit_work *work;
  eis_drt_work *drt, *drt_fixed; /* the default; one lambda that is given */
  char *csv;
  size_t csv_size;
  char csv_path[64];   /* the same as a file, "" = none */
  const char *program; /* eisfit to start, NULL = leave that job out */
  uint64_t round;
} bench_data;

eis_status bench_data_init(bench_data *d, const char *program, eis_error *err);
void bench_data_clear(bench_data *d);

/* Impedance z (planar) plus noise, a fraction of |Z| for each component, into s; every stream is
   another realisation. */
void bench_noise(const double *z, double noise, uint64_t stream, eis_spectrum *s);
/* n points from 1 MHz down to 1 mHz. */
eis_status bench_grid(eis_spectrum *s, size_t n, eis_error *err);

/* Processor time of this thread: other programs do not count. */
double bench_processor_us(void);

typedef enum bench_verdict { BENCH_NONE, BENCH_MET, BENCH_MISSED } bench_verdict;

void bench_print_head(void);
/* NaN leaves a column empty. */
void bench_print_row(const char *job, double median_us, double min_us, double ratio,
                     bench_verdict verdict, const char *requirement);
bench_verdict bench_judge(bool met);

/* Starts a program with its arguments, waits, throws away what it prints: its exit code, -1 = none,
   and the processor time of all its threads. */
int bench_spawn(const char *program, char *const *args, double *processor_us);
/* The program on the file. */
bool bench_run_program(bench_data *d);

/* ---- parts of the table: each prints its rows; floor_us: the floor's fit ---- */

/* Elements of space-charge layers. */
eis_status bench_scl(const bench_data *d, double floor_us, eis_error *err);
/* Joint fits. */
eis_status bench_joint(const bench_data *d, double floor_us, eis_error *err);
/* How the cost grows with points and parameters. */
eis_status bench_scaling(const bench_data *d, double floor_us, eis_error *err);
/* A campaign, stage by stage, and with threads. */
eis_status bench_campaign(const bench_data *d, double floor_us, eis_error *err);
/* 10,000 spectra through one workspace, and two threads. */
eis_status bench_batch(const bench_data *d, double floor_us, eis_error *err);

#endif
