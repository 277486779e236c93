/* campaign_score.c - a store of eisfit campaign against the truth of campaign_trial make: errors of
   the resistances over SOC, names of the peaks, growth law, effect of the coating. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <eisfit/compare.h>
#include <eisfit/store.h>
#include <eisfit/trend.h>

#include "campaign_trial.h"

#include "base/base.h"
#include "campaign/frame_store.h"
#include "numerics/stats.h"

enum { MOST_CELLS = SIM_CELLS * 8 };

static const char *const title[SIM_PROCESSES] = {"bulk", "space charge", "layer", "charge transfer",
                                                 "anode"};

/* A spectrum: truth and estimates in ohm; NaN = not found. */
typedef struct row {
  const char *file;
  int cell, group; /* 1 = coated */
  double cycle, time_h, soc, T_C;
  double R[SIM_PROCESSES], tau[SIM_PROCESSES];
  double found[SIM_PROCESSES], se[SIM_PROCESSES];
} row;

typedef struct score {
  eisi_frame *truth;
  size_t n;
  row *at; /* by file */
  int n_cells, group[MOST_CELLS];
  double effect[SIM_PROCESSES];
} score;

/* ---- the truth ---- */

static int by_file(const void *a, const void *b) {
  return strcmp(((const row *)a)->file, ((const row *)b)->file);
}

static eis_status number_of(const score *s, size_t i, const char *prefix, const char *name,
                            double *v, eis_error *err) {
  char column[64];
  int j;
  snprintf(column, sizeof column, "%s%s", prefix, name);
  const eis_status st = eisi_frame_need(s->truth, column, "of campaign_trial make", &j, err);
  return st ? st : eisi_frame_number(s->truth, i, j, v, err);
}

static eis_status read_row(score *s, size_t i, row *r, eis_error *err) {
  const struct {
    const char *name;
    double *v;
  } plain[] = {
      {"cycle", &r->cycle}, {"time_h", &r->time_h}, {"soc", &r->soc}, {"temperature_C", &r->T_C}};
  eis_status st = EIS_OK;
  int file, cell, group;
  if (!st) st = eisi_frame_need(s->truth, "file", "of campaign_trial make", &file, err);
  if (!st) st = eisi_frame_need(s->truth, "cell", "of campaign_trial make", &cell, err);
  if (!st) st = eisi_frame_need(s->truth, "group", "of campaign_trial make", &group, err);
  for (size_t k = 0; k < sizeof plain / sizeof *plain && !st; k++)
    st = number_of(s, i, "", plain[k].name, plain[k].v, err);
  for (int k = 0; k < SIM_PROCESSES && !st; k++) {
    st = number_of(s, i, "R_", sim_process(k), &r->R[k], err);
    if (!st) st = number_of(s, i, "tau_", sim_process(k), &r->tau[k], err);
    if (!st) st = number_of(s, i, "effect_", sim_process(k), &s->effect[k], err);
  }
  if (st) return st;
  r->file = eisi_frame_text(s->truth, i, file);
  r->cell = (int)strtol(eisi_frame_text(s->truth, i, cell) + 1, NULL, 10) - 1;
  r->group = strcmp(eisi_frame_text(s->truth, i, group), "coated") == 0;
  for (int k = 0; k < SIM_PROCESSES; k++) r->found[k] = r->se[k] = NAN;
  if (r->cell < 0 || r->cell >= MOST_CELLS)
    return eis_error_set(err, EIS_ERROR_INPUT, "cell of row %zu", i + 1);
  s->group[r->cell] = r->group;
  if (r->cell >= s->n_cells) s->n_cells = r->cell + 1;
  return EIS_OK;
}

static eis_status read_truth(score *s, const char *path, eis_error *err) {
  eis_status st = eisi_frame_read(path, &s->truth, err);
  if (st) return st;
  s->n = eisi_frame_rows(s->truth);
  s->at = eisi_new(s->n, sizeof *s->at, err);
  if (!s->at) return EIS_ERROR_MEMORY;
  for (size_t i = 0; i < s->n && !st; i++) st = read_row(s, i, &s->at[i], err);
  if (!st) qsort(s->at, s->n, sizeof *s->at, by_file);
  return st;
}

static row *row_of(const score *s, const char *file) {
  const row key = {.file = file};
  return bsearch(&key, s->at, s->n, sizeof *s->at, by_file);
}

/* ---- the estimates ---- */

/* Is it one of the names, by comma? */
static bool is_of(const char *name, const char *names) {
  const size_t n = strlen(name);
  for (const char *s = names; *s; s += strcspn(s, ","), s += *s == ',')
    if (strcspn(s, ",") == n && strncmp(s, name, n) == 0) return true;
  return false;
}

/* What the crystal and its boundaries have is one resistance in series. */
static void add_found(row *r, int k, double value, double se) {
  const bool first = isnan(r->found[k]);
  r->found[k] = first ? value : r->found[k] + value;
  r->se[k] = first ? se : hypot(r->se[k], se);
}

static eis_status read_found(score *s, const char *store, eisi_store_source source,
                             const char *const *names, eis_error *err) {
  eisi_frame *f = NULL;
  int file, name, value, error;
  eis_status st = eisi_frame_store(store, source, true, &f, err);
  if (!st) st = eisi_frame_need(f, "file", "", &file, err);
  if (!st) st = eisi_frame_need(f, "name", "", &name, err);
  if (!st) st = eisi_frame_need(f, "value", "", &value, err);
  if (!st) st = eisi_frame_need(f, "stderr", "", &error, err);
  for (size_t i = 0; !st && i < eisi_frame_rows(f); i++) {
    row *r = row_of(s, eisi_frame_text(f, i, file));
    double v, e;
    st = eisi_frame_number(f, i, value, &v, err);
    if (!st) st = eisi_frame_number(f, i, error, &e, err);
    for (int k = 0; r && k < SIM_PROCESSES && !st; k++)
      if (is_of(eisi_frame_text(f, i, name), names[k])) add_found(r, k, v, e);
  }
  eisi_frame_free(f);
  return st;
}

/* ---- errors ---- */

static void print_errors_at(const score *s, double soc, double *buffer) {
  if (isnan(soc))
    printf("    all");
  else
    printf("%7.2f", soc);
  for (int k = 0; k < SIM_PROCESSES; k++) {
    size_t n = 0, found = 0;
    double inside = 0, told = 0;
    for (size_t i = 0; i < s->n; i++) {
      const row *r = &s->at[i];
      const double truth = r->R[k], off = fabs(r->found[k] / truth - 1);
      if (!isnan(soc) && fabs(r->soc - soc) > 1e-6) continue;
      buffer[n++] = isnan(off) ? INFINITY : off;
      found += isnan(off) ? 0 : 1;
      told += r->se[k] > 0;
      inside += r->se[k] > 0 && fabs(r->found[k] - truth) < 1.96 * r->se[k];
    }
    printf("  %8.2f %6.1f %6.1f", 100 * eisi_median(buffer, n), 100 * (double)found / (double)n,
           100 * inside / told);
  }
  printf("\n");
}

static eis_status print_errors(const score *s, eis_error *err) {
  double *buffer = eisi_new(s->n, sizeof *buffer, err), next = -1;
  if (!buffer) return EIS_ERROR_MEMORY;
  printf(
      "# median error in %% (not found = infinite), found in %%, truth inside 95 %% interval in %%\n#   SOC");
  for (int k = 0; k < SIM_PROCESSES; k++) printf("  %-22s", title[k]);
  printf("\n");
  for (double soc = 0; isfinite(soc); soc = next) {
    next = INFINITY;
    bool there = false;
    for (size_t i = 0; i < s->n; i++) {
      there |= fabs(s->at[i].soc - soc) <= 1e-6;
      if (s->at[i].soc > soc + 1e-6) next = fmin(next, s->at[i].soc);
    }
    if (there) print_errors_at(s, soc, buffer);
  }
  print_errors_at(s, NAN, buffer);
  free(buffer);
  return EIS_OK;
}

/* One, when errors are as large as they are said to be. */
static void print_scale(const score *s) {
  printf("# rms of (R - truth)/error:");
  for (int k = 0; k < SIM_PROCESSES; k++) {
    double sum = 0, n = 0;
    for (size_t i = 0; i < s->n; i++) {
      const double z = (s->at[i].found[k] - s->at[i].R[k]) / s->at[i].se[k];
      if (!isfinite(z)) continue;
      sum += z * z;
      n++;
    }
    printf(" %s %.2f", sim_process(k), sqrt(sum / n));
  }
  printf("\n");
}

/* ---- names ---- */

/* The process behind a peak: most resistance within a quarter of a decade (standard deviation); -1
   when hardly any of the peak is there. */
static int behind(const row *r, double tau, double R) {
  double best = 0;
  int k = -1;
  for (int i = 0; i < SIM_PROCESSES; i++) {
    const double d = log10(tau / r->tau[i]) / 0.25, w = r->R[i] * exp(-d * d / 2);
    if (w > best) best = w, k = i;
  }
  return best > 0.05 * R ? k : -1;
}

static bool same_name(const char *name, int process) {
  if (strcmp(name, sim_process(process)) == 0) return true;
  return process == SIM_BULK && strcmp(name, "SE_gb") == 0;
}

static eis_status print_names(const score *s, const char *store, const char *table,
                              eis_error *err) {
  static const char *const none = "none";
  long count[SIM_PROCESSES + 1] = {0}, right[SIM_PROCESSES + 1] = {0}, all = 0, all_right = 0,
                             named = 0;
  eis_store *db = NULL;
  eis_query *q = NULL;
  char sql[160];
  bool more = true;
  snprintf(sql, sizeof sql,
           "SELECT s.file, t.process, t.tau, t.R FROM %s t JOIN spectra s ON s.id = t.spectrum",
           table);
  eis_status st = eis_store_open(store, EIS_STORE_READ, &db, err);
  if (!st) st = eis_store_query(db, sql, &q, err);
  while (!st) {
    st = eis_query_next(q, &more, err);
    if (st || !more) break;
    const row *r = row_of(s, eis_query_text(q, 0));
    const char *name = eis_query_text(q, 1);
    const double tau = eis_query_real(q, 2), R = eis_query_real(q, 3);
    if (!r || isnan(tau)) continue;
    const int truth = behind(r, tau, R), at = truth < 0 ? SIM_PROCESSES : truth;
    const bool ok = truth < 0 ? !*name || strcmp(name, "unassigned") == 0 : same_name(name, truth);
    named += *name != '\0';
    count[at]++;
    right[at] += ok;
    all++;
    all_right += ok;
  }
  if (!st && named) {
    printf("# %s: %ld, name right in %.1f %%:", table, all,
           100.0 * (double)all_right / (double)all);
    for (int k = 0; k <= SIM_PROCESSES; k++)
      printf(" %s %.1f %% of %ld", k < SIM_PROCESSES ? sim_process(k) : none,
             count[k] ? 100.0 * (double)right[k] / (double)count[k] : 0.0, count[k]);
    printf("\n");
  }
  eis_query_free(q);
  eis_store_close(db);
  return st;
}

/* ---- growth law ---- */

static int by_series(const void *a, const void *b) {
  const row *x = a, *y = b;
  if (x->cell != y->cell) return x->cell < y->cell ? -1 : 1;
  if (x->T_C != y->T_C) return x->T_C < y->T_C ? -1 : 1;
  if (x->soc != y->soc) return x->soc < y->soc ? -1 : 1;
  return x->time_h < y->time_h ? -1 : 1;
}

typedef struct law_count {
  long series, chosen[EIS_LAWS_MAX], kept, refused;
} law_count;

static void count_law(const row *r, size_t n, int k, const char *law, law_count *c) {
  enum { MOST = 128 };
  double x[MOST], y[MOST], se[MOST];
  size_t m = 0;
  eis_trend_result t;
  for (size_t i = 0; i < n && m < MOST; i++) {
    if (isnan(r[i].found[k])) continue;
    x[m] = r[i].time_h;
    y[m] = r[i].found[k];
    se[m++] = r[i].se[k];
  }
  c->series++;
  if (eis_trend_fit(x, y, se, m, NULL, &t, NULL) != EIS_OK) {
    c->refused++;
    return;
  }
  for (size_t i = 0; i < t.n_laws; i++) {
    const bool this = strcmp(t.fit[i].law->key, law) == 0;
    c->kept += this && t.fit[i].plausible;
    c->chosen[i] += (int)i == t.best;
  }
  eis_trend_result_clear(&t);
}

/* One series per cell and SOC, as eisfit trend makes them. */
static void print_laws(score *s) {
  qsort(s->at, s->n, sizeof *s->at, by_series);
  for (int k = 0; k < SIM_PROCESSES; k++) {
    const char *law = k == SIM_CEI ? "sqrt" : "constant";
    law_count c = {0};
    for (size_t i = 0, next; i < s->n; i = next) {
      for (next = i; next < s->n && s->at[next].cell == s->at[i].cell &&
                     s->at[next].soc == s->at[i].soc && s->at[next].T_C == s->at[i].T_C;)
        next++;
      count_law(&s->at[i], next - i, k, law, &c);
    }
    printf("# law of the %s (%s): %ld series, among the plausible ones in %.1f %%; chosen:",
           title[k], law, c.series, 100 * (double)c.kept / (double)c.series);
    for (size_t i = 0; eis_law_at(i); i++)
      if (c.chosen[i]) printf(" %s %ld", eis_law_at(i)->key, c.chosen[i]);
    printf("; no law %ld\n", c.refused);
  }
}

/* ---- coated against uncoated ---- */

static void print_effect(const score *s, int k, double *column, int *cell) {
  double *value = column, *se = column + s->n, *soc = column + 2 * s->n, *age = column + 3 * s->n;
  eis_compare_result r;
  const double truth = s->effect[k];
  for (size_t i = 0; i < s->n; i++) {
    value[i] = s->at[i].found[k];
    se[i] = s->at[i].se[k];
    soc[i] = s->at[i].soc;
    age[i] = s->at[i].cycle;
    cell[i] = s->at[i].cell;
  }
  const eis_covariate covariate[] = {{"soc", soc, true}, {"cycle", age, true}};
  const eis_compare_data d = {.n = s->n, .value = value, .se = se, .cell = cell, .group = s->group, .n_cells = s->n_cells,
                              .n_groups = 2, .n_covariates = 2, .covariate = covariate};
  eis_error why = EIS_ERROR_INIT;
  if (eis_compare_run(&d, NULL, &r, &why)) {
    printf("# %s can't be compared: %s\n", title[k], why.text);
    return;
  }
  const eis_group_effect *e = &r.effect[0];
  printf(
      "effect %s truth %.4f found %.4f low %.4f high %.4f p %.3g permutation %.3g cells %.4f %s\n",
      sim_process(k), truth, e->ratio, e->low, e->high, e->p, e->p_permutation, r.cell_sd,
      truth >= e->low && truth <= e->high ? "inside" : "outside");
  eis_compare_result_clear(&r);
}

static eis_status print_effects(const score *s, eis_error *err) {
  double *column = eisi_new(4 * s->n, sizeof *column, err);
  int *cell = eisi_new(s->n, sizeof *cell, err);
  const eis_status st = column && cell ? EIS_OK : EIS_ERROR_MEMORY;
  for (int k = 0; k < SIM_PROCESSES && !st; k++) print_effect(s, k, column, cell);
  free(column);
  free(cell);
  return st;
}

eis_status sim_score(int argc, char **argv, eis_error *err) {
  static const char *const track_names[] = {"R_SE_bulk,R_SE_gb", "R_SCL", "R_CEI", "R_CT",
                                            "R_CT_InLi"};
  static const char *const fit_names[] = {"R_b", "Zarc_scl_R", "Zarc_cei_R", "Zarc_ct_R",
                                          "Zarc_an_R"};
  const bool fits = argc > 2 && strcmp(argv[2], "parameters") == 0;
  score s = {0};
  eis_status st = read_truth(&s, argv[1], err);
  if (!st)
    st = read_found(&s, argv[0], fits ? EISI_STORE_PARAMETERS : EISI_STORE_TRACKS,
                    fits ? fit_names : track_names, err);
  if (!st) st = print_errors(&s, err);
  if (!st) print_scale(&s);
  if (!st) st = print_names(&s, argv[0], "peaks", err);
  if (!st) st = print_names(&s, argv[0], "tracks", err);
  if (!st) print_laws(&s);
  if (!st) st = print_effects(&s, err);
  free(s.at);
  eisi_frame_free(s.truth);
  return st;
}
