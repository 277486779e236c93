/* bench_campaign.c - one spectrum through all stages of a campaign: shares of the time, rate, size
   and memory of a store; the program on all of them with one thread and with two. */
#include "bench.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "campaign/record.h"
#include "campaign/run.h"
#include "campaign/store.h"
#include "numerics/stats.h"

#define CAMPAIGN_CIRCUIT "R0-p(R1,CPE1)-p(R2,CPE2)-CPE3"
enum { SPECTRA = 576, POINTS_MAX = 81, CAMPAIGN_PARAMS = 9, SEQUENCE = 32 };

#define CELLS "cells.csv" /* every sequence is a cell */

/* What a battery cycler and what an impedance analyser measure. */
typedef struct grid {
  const char *title;
  size_t points;
  double high, low; /* decades of Hz */
} grid;
static const grid grids[] = {
    {"campaign: 60 points, 20 kHz to 20 mHz, all stages", 60, 4.3, -1.7},
    {"campaign: 81 points, 1 MHz to 10 mHz, all stages", 81, 6, -2},
};

/* NAMES are asked for (--processes), the others are always there */
typedef enum stage { READ, KK, FIT, DRT, STORE, NAMES, STAGES } stage;
static const char *const stage_names[STAGES] = {
    "  reading (CSV, columns, sign, sha256)", "  Kramers-Kronig gate", "  fit, warm and checked",
    "  DRT with band and peaks", "  rows, insert, commit",
    "  --processes: names of the peaks"};

typedef struct line {
  const grid *grid;
  eisi_candidates candidates;
  eisi_fit_memory memory;
  eis_drt_work *drt;
  eis_process_table *processes;
  eis_manifest *manifest;
  eis_store *store;
  char folder[384], store_path[400];
  double *us[STAGES];
  double now;
} line;

/* A cell that ages: arcs grow from spectrum to spectrum. */
static void parameters(int k, double *p) {
  const double age = (double)(k % SEQUENCE) / SEQUENCE;
  const double v[CAMPAIGN_PARAMS] = {12, 35 * (1 + 0.6 * age), 2e-6, 0.92, 60 * (1 + age), 4e-4, 0.85,
                                     0.05, 0.55};
  for (int j = 0; j < CAMPAIGN_PARAMS; j++) p[j] = v[j];
}

static eis_status write_one(const line *l, eis_eval *e, eis_spectrum *s, int k, eis_error *err) {
  double p[CAMPAIGN_PARAMS], z[2 * POINTS_MAX];
  char path[420], *text = NULL;
  parameters(k, p);
  eis_eval_run(e, p, z, NULL, NULL);
  bench_noise(z, 2e-3, (uint64_t)k + 77, s);
  const eis_status st = eis_spectrum_print_csv(s, &text, err);
  snprintf(path, sizeof path, "%s/s%d.csv", l->folder, k);
  FILE *f = st ? NULL : fopen(path, "w");
  if (f) fputs(text, f), fclose(f);
  free(text);
  return f ? st : eis_error_set(err, EIS_ERROR_OUTPUT, "can't write '%s'", path);
}

static eis_status write_files(const line *l, eis_error *err) {
  eis_circuit *c = NULL;
  eis_eval *e = NULL;
  eis_spectrum s = {0};
  eis_status st = eis_circuit_parse(CAMPAIGN_CIRCUIT, EIS_NOTATION_AUTO, &c, err);
  const grid *g = l->grid;
  if (!st) st = eis_spectrum_init(&s, g->points, err);
  for (size_t k = 0; !st && k < g->points; k++)
    s.f[k] = pow(10, g->high + (g->low - g->high) * (double)k / (double)(g->points - 1));
  if (!st) st = eis_eval_new(c, s.f, g->points, &e, err);
  for (int k = 0; !st && k < SPECTRA; k++) st = write_one(l, e, &s, k, err);
  char path[420];
  snprintf(path, sizeof path, "%s/manifest.csv", l->folder);
  FILE *f = st ? NULL : fopen(path, "w");
  if (f) fputs("file,cell,temperature_C\ns*.csv,A,25\n", f), fclose(f);
  snprintf(path, sizeof path, "%s/" CELLS, l->folder);
  f = f ? fopen(path, "w") : NULL;
  for (int k = 0; f && k < SPECTRA; k++)
    fprintf(f, "%ss%d.csv,%d\n", k ? "" : "file,cell\n", k, k / SEQUENCE);
  if (f)
    fclose(f);
  else if (!st)
    st = eis_error_set(err, EIS_ERROR_OUTPUT, "can't write '%s'", path);
  eis_eval_free(e);
  eis_circuit_free(c);
  eis_spectrum_clear(&s);
  return st;
}

static void remove_files(const line *l) {
  char path[420];
  for (int k = 0; k < SPECTRA; k++) {
    snprintf(path, sizeof path, "%s/s%d.csv", l->folder, k);
    unlink(path);
  }
  snprintf(path, sizeof path, "%s/manifest.csv", l->folder);
  unlink(path);
  snprintf(path, sizeof path, "%s/" CELLS, l->folder);
  unlink(path);
  unlink(l->store_path);
  rmdir(l->folder);
}

static eis_status line_init(line *l, eis_error *err) {
  char path[420];
  const eis_drt_options drt = eis_drt_options_default();
  const char *base = getenv("TMPDIR");
  snprintf(l->folder, sizeof l->folder, "%.300s/eisfit-bench-XXXXXX",
           base && *base ? base : "/tmp");
  if (!mkdtemp(l->folder)) return eis_error_set(err, EIS_ERROR_OUTPUT, "can't make a folder");
  snprintf(l->store_path, sizeof l->store_path, "%s/store.db", l->folder);
  snprintf(path, sizeof path, "%s/manifest.csv", l->folder);
  eis_status st = write_files(l, err);
  for (int i = 0; !st && i < STAGES; i++)
    if (!(l->us[i] = eisi_new(SPECTRA, sizeof(double), err))) st = EIS_ERROR_MEMORY;
  if (!st) st = eis_manifest_read(path, NULL, &l->manifest, err);
  if (!st) st = eisi_candidates_add_circuit(&l->candidates, CAMPAIGN_CIRCUIT, err);
  if (!st) st = eis_drt_work_new(&drt, &l->drt, err);
  if (!st) st = eis_process_table_read(NULL, &l->processes, err);
  return st ? st : eis_store_open(l->store_path, EIS_STORE_CREATE, &l->store, err);
}

static void line_clear(line *l) {
  eis_store_close(l->store);
  eis_manifest_free(l->manifest);
  eisi_fit_memory_clear(&l->memory);
  eisi_candidates_clear(&l->candidates);
  eis_drt_work_free(l->drt);
  eis_process_table_free(l->processes);
  for (int i = 0; i < STAGES; i++) free(l->us[i]);
  if (l->folder[0]) remove_files(l);
}

static void lap(line *l, stage which, int k) {
  const double t = bench_processor_us();
  l->us[which][k] = t - l->now;
  l->now = t;
}

typedef struct results {
  eis_spectrum s;
  eis_kk_result kk;
  eisi_fitset fits;
  eis_drt_result drt;
  eis_process_assignment labels;
} results;

static void results_clear(results *r) {
  eis_process_assignment_clear(&r->labels);
  eis_drt_result_clear(&r->drt);
  eisi_fitset_clear(&r->fits);
  eis_kk_result_clear(&r->kk);
  eis_spectrum_clear(&r->s);
}

static eis_status store_one(line *l, int k, const results *r, eis_error *err) {
  eisi_text rows = {0};
  bool flagged;
  const eis_error none = EIS_ERROR_INIT;
  eis_manifest_entry e;
  eis_status st = eis_manifest_get(l->manifest, (size_t)k, &e, err);
  if (st) return st;
  const eisi_record record = {.m = l->manifest, .e = &e, .new_file = true, .entry = (size_t)k, .position = (size_t)k, .s = &r->s,
                              .failure = &none, .kk = &r->kk, .fits = &r->fits, .drt = &r->drt,
                              .labels = &r->labels, .processes = l->processes};
  const bool first = k % SEQUENCE == 0, last = k % SEQUENCE == SEQUENCE - 1;
  eisi_record_rows(&record, &rows, &flagged);
  eis_manifest_entry_clear(&e);
  st = first ? eis_store_begin(l->store, err) : EIS_OK;
  if (!st && k == 0)
    st = eis_store_execute(l->store, "INSERT INTO blocks VALUES(1, 'bench', 'A', 1, 576)", err);
  if (!st) st = eisi_store_insert(l->store, rows.s, rows.n, err);
  if (!st && last) st = eis_store_commit(l->store, err);
  eisi_text_clear(&rows);
  return st;
}

static eis_status one_spectrum(line *l, int k, results *r, eis_error *err) {
  eisi_fitset_options set = {.fit = eis_fit_options_default(),
                                   .cond = eis_conditions_unknown(), .memory = &l->memory};
  if (k % SEQUENCE == 0) eisi_fit_memory_forget(&l->memory);
  l->now = bench_processor_us();
  eis_status st = eis_manifest_load(l->manifest, (size_t)k, &r->s, err);
  lap(l, READ, k);
  if (!st) st = eis_kk_run(&r->s, NULL, &r->kk, err);
  lap(l, KK, k);
  set.fit.known_kk = &r->kk;
  if (!st) st = eisi_fitset_run(&r->s, &l->candidates, &set, &r->fits, err);
  lap(l, FIT, k);
  if (!st) st = eis_drt_work_run(l->drt, &r->s, &r->drt, err);
  lap(l, DRT, k);
  eis_process_input in = {.n_peaks = r->drt.n_peaks, .peak = r->drt.peak,
                          .conditions = eis_process_conditions_default()};
  in.conditions.T = 298.15;
  in.conditions.area_m2 = 1e-4;
  if (!st && in.n_peaks) st = eis_process_assign(l->processes, &in, &r->labels, err);
  lap(l, NAMES, k);
  if (!st) st = store_one(l, k, r, err);
  lap(l, STORE, k);
  return st;
}

static void report(line *l, double floor_us) {
  double mean[STAGES] = {0}, total = 0;
  char text[96];
  struct stat info;
  for (int i = 0; i < STAGES; i++) {
    for (int k = 0; k < SPECTRA; k++) mean[i] += l->us[i][k] / SPECTRA;
    if (i != NAMES) total += mean[i];
  }
  snprintf(text, sizeof text, "%.0f spectra/s in one thread (at least 150)", 1e6 / total);
  bench_print_row(l->grid->title, total, NAN, total / floor_us, bench_judge(total < 1e6 / 150),
                  text);
  for (int i = 0; i < STAGES; i++) {
    snprintf(text, sizeof text, "%.0f %% of the time%s", 100 * mean[i] / total,
             i == NAMES ? ", on top" : "");
    bench_print_row(stage_names[i], mean[i], NAN, mean[i] / floor_us, BENCH_NONE, text);
  }
  eis_store_close(l->store);
  l->store = NULL;
  if (stat(l->store_path, &info) != 0) return;
  const double each = (double)info.st_size / SPECTRA / 1000;
  snprintf(text, sizeof text, "%.1f kB per spectrum (under 20)", each);
  bench_print_row("  the store", NAN, NAN, NAN, bench_judge(each < 20), text);
}

/* ---- the program on all of them ---- */

enum { REPEATS = 5 };

typedef struct program_time {
  double wall[REPEATS], processor[REPEATS]; /* us per spectrum */
} program_time;

/* One `campaign run`; false when it fails. */
static bool time_program(const line *l, const char *program, const char *threads, program_time *t,
                         int i) {
  char name[] = "eisfit", campaign[] = "campaign", run[] = "run",
       circuit[] = "--circuit=" CAMPAIGN_CIRCUIT, drt[] = "--drt", manifest[420], store[430],
       number[24];
  char *const args[] = {name, campaign, run, manifest, circuit, drt, store, number, NULL};
  snprintf(manifest, sizeof manifest, "%s/" CELLS, l->folder);
  snprintf(store, sizeof store, "--store=%s", l->store_path);
  snprintf(number, sizeof number, "--threads=%s", threads);
  unlink(l->store_path);
  const double t0 = eisi_now();
  const int code = bench_spawn(program, args, &t->processor[i]);
  t->wall[i] = 1e6 * (eisi_now() - t0) / SPECTRA;
  t->processor[i] /= SPECTRA;
  return code == 0 || code == 1; /* 1: a spectrum did not pass the Kramers-Kronig test */
}

static double least_of(const double *v) {
  double least = v[0];
  for (int i = 1; i < REPEATS; i++) least = fmin(least, v[i]);
  return least;
}

/* Other programs can only take time away, so the speed-up is that of the least times. */
static eis_status with_threads(const line *l, const char *program, double floor_us,
                               eis_error *err) {
  program_time one, two;
  char text[96];
  for (int i = 0; i < REPEATS; i++)
    if (!time_program(l, program, "1", &one, i) || !time_program(l, program, "2", &two, i))
      return eis_error_set(err, EIS_ERROR_NUMERIC, "'%s campaign run' failed", program);
  const double wall_one = least_of(one.wall), wall_two = least_of(two.wall);
  const double used_one = least_of(one.processor), used_two = least_of(two.processor);
  snprintf(text, sizeof text, "%.0f spectra/s with start and check of the files", 1e6 / used_one);
  bench_print_row("  the program, processor time, each", eisi_median(one.processor, REPEATS),
                  used_one, used_one / floor_us, BENCH_NONE, text);
  snprintf(text, sizeof text, "%.2f times that of one", used_two / used_one);
  bench_print_row("  in two threads, processor time, each", eisi_median(two.processor, REPEATS),
                  used_two, used_two / floor_us, BENCH_NONE, text);
  snprintf(text, sizeof text, "%.2f times as fast as one (at least 1.8)", wall_one / wall_two);
  bench_print_row("  in two threads, wall clock, each", eisi_median(two.wall, REPEATS), wall_two,
                  wall_two / floor_us, bench_judge(wall_one / wall_two >= 1.8), text);
  return EIS_OK;
}

static eis_status run_grid(const bench_data *d, const grid *g, double floor_us, eis_error *err) {
  line l = {.grid = g};
  eis_status st = line_init(&l, err);
  for (int k = 0; !st && k < SPECTRA; k++) {
    results r = {0};
    st = one_spectrum(&l, k, &r, err);
    results_clear(&r);
  }
  if (!st) report(&l, floor_us);
  if (!st && d->program) st = with_threads(&l, d->program, floor_us, err);
  line_clear(&l);
  return st;
}

eis_status bench_campaign(const bench_data *d, double floor_us, eis_error *err) {
  eis_status st = EIS_OK;
  for (size_t i = 0; !st && i < sizeof grids / sizeof *grids; i++)
    st = run_grid(d, &grids[i], floor_us, err);
  return st;
}
