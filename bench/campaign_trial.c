/* campaign_trial.c - what does a campaign find of what is true?  Simulated campaigns of coated and
   uncoated cells (campaign_cell.c) over state of charge and age.

   usage: campaign_trial make DIR [KEY=VALUE ...]    spectra, manifest.csv and truth.csv in a new
   folder campaign_trial bound [KEY=VALUE ...]       what the noise allows, and how good arcs are
          campaign_trial cells N [KEY=VALUE ...]     N campaigns without spectra: true resistances
   with an error of 2 %, what the comparison of groups makes of them campaign_trial score STORE
   TRUTH [tracks|parameters] a store of eisfit campaign against the truth: the processes that were
   followed, or fits of L-R_b-Zarc_scl-Zarc_cei-Zarc_ct-Zarc_an keys: seed (1), effect (1; 0 = the
   coating does nothing), tau_cei (6e-4 s), scatter (1), noise (.003), cells (12), socs (11), ages
   (10), temperatures (1, up to 3: 25, 40, 10 C); other kinds of cells: r_bulk, r_cei, r_ct,
   r_anode, tau_gb, lead, soc_slope (factors, 1), bending (V, 0), no_scl, no_cei (1 = there is
   none), tau_growth (0), arcs (exponent of the cathode's arcs, 0 = the solver), r_extra (ohm, 0)
   and tau_extra (3e-6 s) of an arc of something else */
#include "campaign_trial.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <eisfit/eisfit.h>

#include "base/base.h"
#include "numerics/linalg.h"
#include "numerics/stats.h"

/* ---- the plan ---- */

size_t sim_count(const sim_plan *p) {
  return (size_t)p->cells * (size_t)(p->socs * p->ages * p->temperatures);
}

sim_job sim_job_at(const sim_plan *p, size_t i) {
  static const double celsius[SIM_TEMPERATURES] = {25, 40, 10};
  int k = (int)i;
  sim_job j = {.soc = k % p->socs};
  k /= p->socs;
  j.temperature = k % p->temperatures;
  k /= p->temperatures;
  j.age = k % p->ages;
  j.cell = k / p->ages;
  j.coated = j.cell % 2;
  j.cycle = 20.0 * j.age;
  j.state = (sim_state){(j.soc + 0.5) / p->socs, 273.15 + celsius[j.temperature], 10 * j.cycle};
  if (p->socs > 1) j.state.soc = j.soc / (double)(p->socs - 1);
  return j;
}

static eis_status set_key(sim_plan *p, const char *text, eis_error *err) {
  const char *equals = strchr(text, '=');
  const struct {
    const char *key;
    double *real;
    int *whole;
    int most;
  } keys[] = {{"effect", &p->design.effect, NULL, 0},
              {"tau_cei", &p->design.tau_cei, NULL, 0},
              {"scatter", &p->design.scatter, NULL, 0},
              {"noise", &p->design.noise, NULL, 0},
              {"r_bulk", &p->design.r_bulk, NULL, 0},
              {"r_cei", &p->design.r_cei, NULL, 0},
              {"r_ct", &p->design.r_ct, NULL, 0},
              {"r_anode", &p->design.r_anode, NULL, 0},
              {"tau_gb", &p->design.tau_gb, NULL, 0},
              {"lead", &p->design.lead, NULL, 0},
              {"soc_slope", &p->design.soc_slope, NULL, 0},
              {"bending", &p->design.bending, NULL, 0},
              {"no_scl", &p->design.no_scl, NULL, 0},
              {"no_cei", &p->design.no_cei, NULL, 0},
              {"tau_growth", &p->design.tau_growth, NULL, 0},
              {"arcs", &p->design.arcs, NULL, 0},
              {"r_extra", &p->design.r_extra, NULL, 0},
              {"tau_extra", &p->design.tau_extra, NULL, 0},
              {"cells", NULL, &p->cells, SIM_CELLS * 8},
              {"socs", NULL, &p->socs, 101},
              {"ages", NULL, &p->ages, 100},
              {"temperatures", NULL, &p->temperatures, SIM_TEMPERATURES}};
  char *end = NULL;
  const double v = equals ? strtod(equals + 1, &end) : NAN;
  const bool number = equals && end != equals + 1 && *end == '\0' && isfinite(v) &&
                      (v >= 0 || strncmp(text, "bending", 7) == 0);
  const size_t n = equals ? (size_t)(equals - text) : 0;
  if (number && n == 4 && strncmp(text, "seed", n) == 0) {
    p->seed = (uint64_t)v;
    return EIS_OK;
  }
  for (size_t k = 0; number && k < sizeof keys / sizeof *keys; k++) {
    if (strlen(keys[k].key) != n || strncmp(text, keys[k].key, n) != 0) continue;
    if (keys[k].real)
      *keys[k].real = v;
    else if (v < 1 || v > keys[k].most)
      break;
    else
      *keys[k].whole = (int)v;
    return EIS_OK;
  }
  return eis_error_set(err, EIS_ERROR_USAGE, "'%s' is no KEY=VALUE of this program", text);
}

static eis_status read_plan(int argc, char **argv, sim_plan *p, eis_error *err) {
  eis_status st = EIS_OK;
  *p = (sim_plan){.design = sim_design_default(),
                  .seed = 1,
                  .cells = SIM_CELLS,
                  .socs = SIM_SOCS,
                  .ages = SIM_AGES,
                  .temperatures = 1};
  for (int i = 0; i < argc && !st; i++) st = set_key(p, argv[i], err);
  return st;
}

/* ---- the spectra ---- */

static sim_cell cell_of(const sim_plan *p, const sim_job *j) {
  eisi_rng rng;
  sim_cell c;
  eisi_rng_seed(&rng, p->seed, (uint64_t)j->cell);
  sim_cell_draw(&p->design, j->coated, &rng, &c);
  return c;
}

eis_status sim_effects(const sim_plan *p, const eis_ocv *ocv, double effect[SIM_PROCESSES],
                       eis_error *err) {
  const size_t n = (size_t)(p->socs * p->ages * p->temperatures);
  eis_status st = EIS_OK;
  for (int k = 0; k < SIM_PROCESSES; k++) effect[k] = 0;
  for (size_t i = 0; i < n && !st; i++) {
    double z[2 * SIM_POINTS];
    const sim_job j = sim_job_at(p, i);
    for (int coated = 0; coated < 2 && !st; coated++) {
      sim_cell c;
      sim_truth t;
      sim_cell_typical(&p->design, coated, &c);
      st = sim_cell_impedance(&c, ocv, &j.state, z, &t, err);
      for (int k = 0; k < SIM_PROCESSES && !st; k++)
        effect[k] += (coated ? 1 : -1) * log(t.R[k]) / (double)n;
    }
  }
  for (int k = 0; k < SIM_PROCESSES; k++) effect[k] = exp(effect[k]);
  return st;
}

typedef struct output {
  const sim_plan *plan;
  const char *folder;
  eis_ocv *ocv;
  FILE *manifest, *truth;
  double effect[SIM_PROCESSES];
} output;

static FILE *open_in(const char *folder, const char *name, eis_error *err) {
  char path[512];
  snprintf(path, sizeof path, "%s/%s", folder, name);
  FILE *f = fopen(path, "w");
  if (!f) eis_error_set(err, EIS_ERROR_OUTPUT, "%s: %s", path, strerror(errno));
  return f;
}

static void put_rows(const output *o, const sim_job *j, const sim_cell *c, const sim_truth *t,
                     const char *file) {
  const char *group = j->coated ? "coated" : "uncoated";
  const double celsius = j->state.T - 273.15;
  fprintf(o->manifest, "%s,c%02d,%s,%g,%g,%.4g,%.4g,%.6g,%.6g,oxide,In-Li\n", file, j->cell + 1,
          group, j->cycle, j->state.time_h, j->state.soc, celsius, c->area * 1e4,
          c->thickness * 1e6);
  fprintf(o->truth, "%s,c%02d,%s,%g,%g,%.4g,%.4g", file, j->cell + 1, group, j->cycle,
          j->state.time_h, j->state.soc, celsius);
  for (int k = 0; k < SIM_PROCESSES; k++) fprintf(o->truth, ",%.9g,%.9g", t->R[k], t->tau[k]);
  fprintf(o->truth, ",%.6g,sqrt", t->dphi);
  for (int k = 0; k < SIM_PROCESSES; k++) fprintf(o->truth, ",%.9g", o->effect[k]);
  fputc('\n', o->truth);
}

static eis_status put_spectrum(const output *o, size_t i, eis_error *err) {
  double z[2 * SIM_POINTS];
  char file[64], *text = NULL;
  const sim_job j = sim_job_at(o->plan, i);
  const sim_cell c = cell_of(o->plan, &j);
  eisi_rng rng;
  eis_spectrum s = {0};
  sim_truth t;
  eisi_rng_seed(&rng, o->plan->seed, 1000 + i);
  eis_status st = sim_cell_impedance(&c, o->ocv, &j.state, z, &t, err);
  if (!st) st = sim_measure(z, o->plan->design.noise, &rng, &s, err);
  if (!st) st = eis_spectrum_print_csv(&s, &text, err);
  snprintf(file, sizeof file, "c%02d_a%02d_t%d_s%02d.csv", j.cell + 1, j.age, j.temperature, j.soc);
  FILE *f = st ? NULL : open_in(o->folder, file, err);
  if (f) {
    fputs(text, f);
    put_rows(o, &j, &c, &t, file);
    if (fclose(f) != 0) st = eis_error_set(err, EIS_ERROR_OUTPUT, "%s: %s", file, strerror(errno));
  }
  free(text);
  eis_spectrum_clear(&s);
  return st ? st : f ? EIS_OK : EIS_ERROR_OUTPUT;
}

static eis_status make(const char *folder, const sim_plan *p, eis_error *err) {
  output o = {.plan = p, .folder = folder};
  if (mkdir(folder, 0777) != 0)
    return eis_error_set(err, EIS_ERROR_OUTPUT, "%s: %s", folder, strerror(errno));
  eis_status st = eis_ocv_load("NCM", &o.ocv, err);
  if (!st) st = sim_effects(p, o.ocv, o.effect, err);
  if (!st && !(o.manifest = open_in(folder, "manifest.csv", err))) st = EIS_ERROR_OUTPUT;
  if (!st && !(o.truth = open_in(folder, "truth.csv", err))) st = EIS_ERROR_OUTPUT;
  if (!st) {
    fputs(
        "file,cell,group,cycle,time_h,soc,temperature_C,area_cm2,thickness_um,electrolyte,anode\n",
        o.manifest);
    fputs("file,cell,group,cycle,time_h,soc,temperature_C", o.truth);
    for (int k = 0; k < SIM_PROCESSES; k++)
      fprintf(o.truth, ",R_%s,tau_%s", sim_process(k), sim_process(k));
    fputs(",dphi,law_CEI", o.truth);
    for (int k = 0; k < SIM_PROCESSES; k++) fprintf(o.truth, ",effect_%s", sim_process(k));
    fputc('\n', o.truth);
  }
  for (size_t i = 0; i < sim_count(p) && !st; i++) st = put_spectrum(&o, i, err);
  if (o.manifest && fclose(o.manifest) != 0 && !st)
    st = eis_error_set(err, EIS_ERROR_OUTPUT, "manifest: %s", strerror(errno));
  if (o.truth && fclose(o.truth) != 0 && !st)
    st = eis_error_set(err, EIS_ERROR_OUTPUT, "truth: %s", strerror(errno));
  eis_ocv_free(o.ocv);
  return st;
}

/* ---- what the noise allows ---- */

enum { BOUND_PARAMS = 3 * SIM_PROCESSES + 1 };

/* Series of arcs with free exponents and an inductance: ln R, ln tau, n of each, L. */
static void arcs_of(const double *p, double *z) {
  double f[SIM_POINTS];
  sim_frequencies(f);
  for (int k = 0; k < SIM_POINTS; k++) {
    const double w = 2 * acos(-1) * f[k];
    z[k] = 0;
    z[SIM_POINTS + k] = w * p[BOUND_PARAMS - 1];
    for (int i = 0; i < SIM_PROCESSES; i++) {
      const double n = p[3 * i + 2], a = pow(w * exp(p[3 * i + 1]), n), c = cos(n * acos(-1) / 2),
                   s = sin(n * acos(-1) / 2), d = 1 + 2 * a * c + a * a, R = exp(p[3 * i]);
      z[k] += R * (1 + a * c) / d;
      z[SIM_POINTS + k] -= R * a * s / d;
    }
  }
}

/* Cramer-Rao bounds of the ln R. */
static bool bounds_of(const sim_cell *c, const sim_truth *t, double noise,
                      double bound[SIM_PROCESSES]) {
  enum { M = 2 * SIM_POINTS, N = BOUND_PARAMS };
  double p[N], z[M], up[M], down[M], F[N * N] = {0}, unit[N * N] = {0};
  static double J[M * N];
  for (int i = 0; i < SIM_PROCESSES; i++) {
    p[3 * i] = log(t->R[i]);
    p[3 * i + 1] = log(t->tau[i]);
    p[3 * i + 2] = i == SIM_ANODE ? c->n_anode : i == SIM_BULK ? 0.95 : 0.999;
  }
  p[N - 1] = c->L;
  arcs_of(p, z);
  for (int j = 0; j < N; j++) {
    const double x = p[j], h = j == N - 1 ? x * 1e-4 : 1e-5;
    p[j] = x + h;
    arcs_of(p, up);
    p[j] = x - h;
    arcs_of(p, down);
    p[j] = x;
    for (int k = 0; k < M; k++) {
      const double size = noise * hypot(z[k % SIM_POINTS], z[SIM_POINTS + k % SIM_POINTS]);
      J[j * M + k] = (up[k] - down[k]) / (2 * h) / size * (j == N - 1 ? x : 1);
    }
    unit[j * N + j] = 1;
  }
  eisi_gram(M, N, J, F);
  if (!eisi_chol_solve(N, F, unit, N)) return false;
  for (int i = 0; i < SIM_PROCESSES; i++) bound[i] = sqrt(unit[3 * i * N + 3 * i]);
  return true;
}

static double worst_of(const double *z, const double *other) {
  double worst = 0;
  for (int k = 0; k < SIM_POINTS; k++)
    worst = fmax(worst, hypot(z[k] - other[k], z[SIM_POINTS + k] - other[SIM_POINTS + k]) /
                            hypot(z[k], z[SIM_POINTS + k]));
  return worst;
}

/* The bounds of all spectra at one state of charge, in per cent. */
static eis_status bound_at(const sim_plan *p, const eis_ocv *ocv, int soc, eis_error *err) {
  enum { MOST = 4000 };
  static double bound[SIM_PROCESSES][MOST], ratio[MOST], R[SIM_PROCESSES][MOST], off[MOST];
  size_t n = 0;
  for (size_t i = 0; i < sim_count(p) && n < MOST; i++) {
    double z[2 * SIM_POINTS], sum[2 * SIM_POINTS], b[SIM_PROCESSES];
    const sim_job j = sim_job_at(p, i);
    if (j.soc != soc) continue;
    const sim_cell c = cell_of(p, &j);
    sim_truth t;
    const eis_status st = sim_cell_impedance(&c, ocv, &j.state, z, &t, err);
    if (st) return st;
    sim_arcs(&c, &t, sum);
    off[n] = worst_of(z, sum);
    ratio[n] = t.tau[SIM_CEI] / t.tau[SIM_SCL];
    const bool known = bounds_of(&c, &t, p->design.noise, b);
    for (int k = 0; k < SIM_PROCESSES; k++) {
      R[k][n] = t.R[k];
      bound[k][n] = known ? 100 * b[k] : INFINITY;
    }
    n++;
  }
  printf("%8.2f %8.3g", (double)soc / (p->socs > 1 ? p->socs - 1 : 1), eisi_median(ratio, n));
  for (int k = 0; k < SIM_PROCESSES; k++)
    printf("  %7.3g %7.3g", eisi_median(R[k], n), eisi_median(bound[k], n));
  printf("  %7.3g\n", 100 * eisi_median(off, n));
  return EIS_OK;
}

static eis_status bound(const sim_plan *p, eis_error *err) {
  eis_ocv *ocv = NULL;
  double effect[SIM_PROCESSES];
  eis_status st = eis_ocv_load("NCM", &ocv, err);
  if (!st) st = sim_effects(p, ocv, effect, err);
  if (!st) {
    printf(
        "# medians over %zu spectra: tau of the layer over that of the space charge; R in ohm and the Cramer-Rao\n"
        "# bound of its relative error in %%; arcs with the true values against the solver, worst |dZ|/|Z| in %%\n#",
        sim_count(p));
    for (int k = 0; k < SIM_PROCESSES; k++)
      printf(" %s coated/uncoated %.3f", sim_process(k), effect[k]);
    printf("\n#    SOC    ratio");
    for (int k = 0; k < SIM_PROCESSES; k++) printf("  %7s   bound", sim_process(k));
    printf("     arcs\n");
  }
  for (int k = 0; k < p->socs && !st; k++) st = bound_at(p, ocv, k, err);
  eis_ocv_free(ocv);
  return st;
}

/* ---- many campaigns of cells alone ---- */

typedef struct cells_run {
  size_t n; /* spectra */
  double *value, *se, *soc, *age;
  int *cell, group[SIM_CELLS * 8];
  long inside[SIM_PROCESSES], found[SIM_PROCESSES], permuted[SIM_PROCESSES];
} cells_run;

static eis_status compare_cells(const sim_plan *p, cells_run *r, int process, double effect,
                                eis_error *err) {
  const eis_covariate covariate[] = {{"soc", r->soc, true}, {"cycle", r->age, true}};
  const eis_compare_data d = {.n = r->n, .value = r->value + r->n * (size_t)process, .cell = r->cell, .group = r->group,
                              .se = r->se + r->n * (size_t)process, .n_cells = p->cells, .n_groups = 2,
                              .n_covariates = 2, .covariate = covariate};
  eis_compare_result c;
  const eis_status st = eis_compare_run(&d, NULL, &c, err);
  if (st) return st;
  const eis_group_effect *e = &c.effect[0];
  r->inside[process] += effect >= e->low && effect <= e->high;
  r->found[process] += e->p < 0.05;
  r->permuted[process] += e->p_permutation <= 0.05;
  eis_compare_result_clear(&c);
  return EIS_OK;
}

static eis_status one_campaign(const sim_plan *p, const eis_ocv *ocv, const double *effect,
                               cells_run *r, eis_error *err) {
  const double error = 0.02;
  double z[2 * SIM_POINTS];
  eis_status st = EIS_OK;
  eisi_rng rng;
  eisi_rng_seed(&rng, p->seed, 999);
  for (size_t i = 0; i < r->n && !st; i++) {
    const sim_job j = sim_job_at(p, i);
    const sim_cell c = cell_of(p, &j);
    sim_truth t;
    st = sim_cell_impedance(&c, ocv, &j.state, z, &t, err);
    for (int k = 0; k < SIM_PROCESSES && !st; k++) {
      const size_t at = r->n * (size_t)k + i;
      r->value[at] = t.R[k] * exp(error * eisi_rng_normal(&rng));
      r->se[at] = error * r->value[at];
    }
    r->soc[i] = j.state.soc;
    r->age[i] = j.cycle;
    r->cell[i] = j.cell;
    r->group[j.cell] = j.coated;
  }
  for (int k = 0; k < SIM_PROCESSES && !st; k++) st = compare_cells(p, r, k, effect[k], err);
  return st;
}

static eis_status cells(long n, sim_plan *p, eis_error *err) {
  const uint64_t first = p->seed;
  eis_ocv *ocv = NULL;
  double effect[SIM_PROCESSES];
  cells_run r = {.n = sim_count(p)};
  r.value = eisi_new(SIM_PROCESSES * r.n, sizeof *r.value, err);
  r.se = eisi_new(SIM_PROCESSES * r.n, sizeof *r.se, err);
  r.soc = eisi_new(r.n, sizeof *r.soc, err);
  r.age = eisi_new(r.n, sizeof *r.age, err);
  r.cell = eisi_new(r.n, sizeof *r.cell, err);
  eis_status st = r.value && r.se && r.soc && r.age && r.cell ? EIS_OK : EIS_ERROR_MEMORY;
  if (!st) st = eis_ocv_load("NCM", &ocv, err);
  if (!st) st = sim_effects(p, ocv, effect, err);
  for (long k = 0; k < n && !st; k++) {
    p->seed = first + (uint64_t)k;
    st = one_campaign(p, ocv, effect, &r, err);
  }
  for (int k = 0; k < SIM_PROCESSES && !st; k++)
    printf(
        "%-8s ratio %.3f inside its interval %.1f %% of %ld; p < 0.05 %.1f %%, permutation %.1f %%\n",
        sim_process(k), effect[k], 100.0 * (double)r.inside[k] / (double)n, n,
        100.0 * (double)r.found[k] / (double)n, 100.0 * (double)r.permuted[k] / (double)n);
  eis_ocv_free(ocv);
  free(r.value);
  free(r.se);
  free(r.soc);
  free(r.age);
  free(r.cell);
  return st;
}

int main(int argc, char **argv) {
  sim_plan plan;
  eis_error err = EIS_ERROR_INIT;
  eis_status st;
  eisi_blas_single_thread();
  if (argc >= 3 && strcmp(argv[1], "make") == 0) {
    st = read_plan(argc - 3, argv + 3, &plan, &err);
    if (!st) st = make(argv[2], &plan, &err);
  } else if (argc >= 2 && strcmp(argv[1], "bound") == 0) {
    st = read_plan(argc - 2, argv + 2, &plan, &err);
    if (!st) st = bound(&plan, &err);
  } else if (argc >= 3 && strcmp(argv[1], "cells") == 0) {
    st = read_plan(argc - 3, argv + 3, &plan, &err);
    if (!st) st = cells(strtol(argv[2], NULL, 10), &plan, &err);
  } else if (argc >= 4 && strcmp(argv[1], "score") == 0) {
    st = sim_score(argc - 2, argv + 2, &err);
  } else {
    st = eis_error_set(&err, EIS_ERROR_USAGE,
                       "expected make DIR, bound, cells N or score STORE TRUTH");
  }
  if (st) fprintf(stderr, "campaign_trial: %s\n", err.text);
  eis_error_clear(&err);
  return st ? 1 + (int)st : 0; /* 2 usage, 3 input, 4 numeric, 5 output, as the program */
}
