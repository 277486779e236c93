/* compare_trial.c - do the statistics of campaigns keep what they say?  Coverage of intervals and
   false positives of group comparisons, choice of ageing laws, coverage of end-of-life times and
   activation energies, false alarms of breaks and outliers.

   usage: compare_trial [REPETITIONS [SEED [groups|laws|serial|arrhenius]]] */
#include <eisfit/arrhenius.h>
#include <eisfit/compare.h>
#include <eisfit/trend.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "numerics/linalg.h"
#include "numerics/rng.h"

static bool line(const char *what, double hits, double n, double low, double high) {
  const double share = hits / n, se = sqrt(share * (1 - share) / n);
  const bool ok = share >= low && share <= high;
  printf("  %-58s %6.2f %% ± %.2f%s\n", what, 100 * share, 100 * se, ok ? "" : "  outside");
  return ok;
}

/* ---- groups ---- */

enum { SOC = 11, AGES = 10, CELLS_MAX = 12, SPECTRA = CELLS_MAX * SOC * AGES };

typedef struct layout {
  const char *name;
  int cells[2];      /* reference, coated */
  double tau, sigma; /* between cells, within */
  double noise;      /* mean relative error of a fit; it varies threefold */
  bool told;         /* the errors are known to the comparison */
  double missing;    /* share of spectra lost; the coated cells lose low SOC, too */
  int ages;
} layout;

static const layout layouts[] = {
    {"6 + 6 cells, 110 spectra each", {6, 6}, 0.10, 0.05, 0.02, true, 0, AGES},
    {"3 + 3 cells", {3, 3}, 0.10, 0.05, 0.02, true, 0, AGES},
    {"4 + 8 cells, a third of the spectra missing", {4, 8}, 0.10, 0.05, 0.02, true, 0.33, AGES},
    {"5 + 5 cells, 11 spectra each, cells alike", {5, 5}, 0.0, 0.05, 0.02, true, 0, 1},
    {"5 + 5 cells, 11 spectra each, errors not known", {5, 5}, 0.05, 0.05, 0.10, false, 0, 1},
    {"2 + 2 cells", {2, 2}, 0.10, 0.05, 0.02, true, 0, AGES},
};
enum { N_LAYOUTS = sizeof layouts / sizeof *layouts };

typedef struct campaign {
  double value[SPECTRA], se[SPECTRA], soc[SPECTRA], age[SPECTRA];
  int cell[SPECTRA], group[CELLS_MAX];
  eis_covariate covariate[2];
  eis_compare_data d;
} campaign;

/* ln R = ln 30 + effect + cell - 1.2 soc^2 + 0.1 sqrt(age) + scatter + error of the fit. */
static void simulate(const layout *l, double effect, eisi_rng *rng, campaign *c) {
  size_t n = 0;
  const int cells = l->cells[0] + l->cells[1];
  for (int k = 0; k < cells; k++) {
    const double u = l->tau * eisi_rng_normal(rng);
    c->group[k] = k >= l->cells[0];
    for (int s = 0; s < SOC; s++)
      for (int a = 0; a < l->ages; a++) {
        const double error = l->noise * pow(3, eisi_rng_uniform(rng) * 2 - 1);
        const double y = log(30) + effect * c->group[k] + u - 0.012 * s * s + 0.1 * sqrt(a) +
                         l->sigma * eisi_rng_normal(rng) + error * eisi_rng_normal(rng);
        const bool lost =
            eisi_rng_uniform(rng) < l->missing || (l->missing > 0 && c->group[k] && s < 3);
        if (lost) continue;
        c->value[n] = exp(y);
        c->se[n] = error * c->value[n];
        c->soc[n] = 0.1 * s;
        c->age[n] = a;
        c->cell[n++] = k;
      }
  }
  c->covariate[0] = (eis_covariate){"soc", c->soc, true};
  c->covariate[1] = (eis_covariate){"age", c->age, true};
  c->d = (eis_compare_data){.n = n,
                            .value = c->value,
                            .se = l->told ? c->se : NULL,
                            .cell = c->cell,
                            .group = c->group,
                            .n_cells = cells,
                            .n_groups = 2,
                            .n_covariates = 2,
                            .covariate = c->covariate};
}

typedef struct tally {
  double n, inside, false_t, false_perm, found;
} tally;

static bool trial_groups(const layout *l, int n, uint64_t seed, campaign *c, tally *t) {
  const double effect = log(0.7);
  eis_compare_options o = eis_compare_options_default();
  o.permutations = 1000;
  for (int k = 0; k < n; k++)
    for (int with = 0; with < 2; with++) {
      eisi_rng rng;
      eis_compare_result r;
      eis_error err = EIS_ERROR_INIT;
      eisi_rng_seed(&rng, seed, (uint64_t)(2 * k + with));
      simulate(l, with ? effect : 0, &rng, c);
      if (eis_compare_run(&c->d, &o, &r, &err)) {
        fprintf(stderr, "compare_trial: repetition %d: %s\n", k, err.text);
        return false;
      }
      const eis_group_effect *e = &r.effect[0];
      if (with) {
        t->n++;
        t->inside += log(e->low) <= effect && effect <= log(e->high);
        t->found += e->p < 0.05;
      } else {
        t->false_t += e->p < 0.05;
        t->false_perm += e->p_permutation <= 0.05;
      }
      eis_compare_result_clear(&r);
    }
  return true;
}

static bool groups(int n, uint64_t seed) {
  bool ok = true;
  campaign *c = malloc(sizeof *c);
  printf("Groups: effect of 0.7 times and none, %d repetitions each; 95 %% intervals, alpha 5 %%\n",
         n);
  for (int k = 0; c && k < N_LAYOUTS; k++) {
    tally t = {0};
    if (!trial_groups(&layouts[k], n, seed + (uint64_t)k, c, &t)) {
      ok = false;
      break;
    }
    printf(" %s\n", layouts[k].name);
    ok &= line("effect inside its interval", t.inside, t.n, 0.93, 0.975);
    ok &= line("false positives, t test", t.false_t, t.n, 0.03, 0.07);
    ok &=
        line("false positives, permutation (discrete with few cells)", t.false_perm, t.n, 0, 0.07);
    line("effect found", t.found, t.n, 0, 1);
  }
  free(c);
  return ok;
}

/* ---- laws ---- */

enum { POINTS = 25 };

typedef struct ageing {
  const char *law;
  double p[EIS_LAW_PARAMS];
  double noise; /* relative */
} ageing;

/* Twice the first value is reached within three times the data. */
static const ageing ageings[] = {
    {"constant", {50}, 0.02},
    {"sqrt", {50, 2.5}, 0.02},
    {"linear", {50, 0.25}, 0.02},
    {"parabolic", {50, 60}, 0.02},
    {"power", {50, 0.01, 1.8}, 0.02},
    {"log", {50, 12, 3}, 0.02},
    {"saturating", {50, 30, 20}, 0.02},
    {"knee", {50, 0.15, 1.0, 60}, 0.02},
};
enum { N_AGEINGS = sizeof ageings / sizeof *ageings };

typedef struct choice {
  double n, chosen, kept, end_inside, end_asked;
} choice;

static bool trial_law(const ageing *a, int n, uint64_t seed, choice *t) {
  const eis_law *law = eis_law_find(a->law);
  const double limit = 60; /* inside the data for all but the constant */
  eis_trend_options o = eis_trend_options_default();
  o.threshold = limit;
  for (int k = 0; k < n; k++) {
    double x[POINTS], y[POINTS], se[POINTS];
    eisi_rng rng;
    eis_trend_result r;
    eisi_rng_seed(&rng, seed, (uint64_t)k);
    for (int i = 0; i < POINTS; i++) {
      x[i] = 4 * i;
      const double exact = eis_law_value(law, a->p, x[i], NULL);
      se[i] = 0.5 * a->noise * exact * pow(2, 2 * eisi_rng_uniform(&rng) - 1);
      y[i] = exact + se[i] * eisi_rng_normal(&rng) + 0.8 * a->noise * 50 * eisi_rng_normal(&rng);
    }
    if (eis_trend_fit(x, y, se, POINTS, &o, &r, NULL)) return false;
    t->n++;
    t->chosen += strcmp(r.fit[r.best].law->key, a->law) == 0;
    double truth = INFINITY;
    for (double u = 0; u < 400 && isinf(truth); u += 0.01)
      if (eis_law_value(law, a->p, u, NULL) >= limit) truth = u;
    for (size_t i = 0; i < r.n_laws; i++) {
      const eis_law_fit *f = &r.fit[i];
      if (strcmp(f->law->key, a->law) != 0) continue;
      t->kept += f->plausible;
      if (isinf(truth)) continue;
      t->end_asked++;
      t->end_inside += f->end_low <= truth && truth <= f->end_high;
    }
    eis_trend_result_clear(&r);
  }
  return true;
}

static bool laws(int n, uint64_t seed) {
  bool ok = true;
  printf("Laws: 25 ages, 2 %% scatter, %d repetitions each\n", n);
  for (int k = 0; k < N_AGEINGS; k++) {
    choice t = {0};
    char what[80];
    if (!trial_law(&ageings[k], n, seed + 100 + (uint64_t)k, &t)) return false;
    printf(" %s\n", ageings[k].law);
    line("chosen", t.chosen, t.n, 0, 1);
    ok &= line("chosen or said to be as good", t.kept, t.n, 0.8, 1);
    snprintf(what, sizeof what, "end of life inside its interval (law known)");
    if (t.end_asked > 0) ok &= line(what, t.end_inside, t.end_asked, 0.92, 0.985);
  }
  return ok;
}

/* ---- deviations that follow each other ---- */

typedef struct serial {
  double n, told, knee, law, shown, over;
} serial;

/* Scatter of 2 % with a correlation rho from age to age; the end of life lies at one and a half
   times the data. */
static bool trial_serial(const ageing *a, double rho, int points, int n, uint64_t seed, serial *t) {
  const eis_law *law = eis_law_find(a->law);
  const double truth = 1.5 * 4 * (points - 1);
  eis_trend_options o = eis_trend_options_default();
  o.threshold = eis_law_value(law, a->p, truth, NULL);
  for (int k = 0; k < n; k++) {
    double x[2 * POINTS], y[2 * POINTS], se[2 * POINTS], off = 0;
    eisi_rng rng;
    eis_trend_result r;
    eisi_rng_seed(&rng, seed, (uint64_t)k);
    for (int i = 0; i < points; i++) {
      const double step = eisi_rng_normal(&rng);
      off = i ? rho * off + sqrt(1 - rho * rho) * step : step;
      x[i] = 4 * i;
      se[i] = 0.1;
      y[i] = eis_law_value(law, a->p, x[i], NULL) + a->noise * 50 * off +
             se[i] * eisi_rng_normal(&rng);
    }
    if (eis_trend_fit(x, y, se, (size_t)points, &o, &r, NULL)) return false;
    t->n++;
    t->told += r.rho > 0 && r.p_rho < 0.1;
    t->knee += strcmp(r.fit[r.best].law->key, "knee") == 0;
    t->shown += r.fit[r.best].end_low <= truth && truth <= r.fit[r.best].end_high;
    t->over += r.end_low <= truth && truth <= r.end_high;
    for (size_t i = 0; i < r.n_laws; i++)
      if (strcmp(r.fit[i].law->key, a->law) == 0)
        t->law += r.fit[i].end_low <= truth && truth <= r.fit[i].end_high;
    eis_trend_result_clear(&r);
  }
  return true;
}

static bool serials(int n, uint64_t seed) {
  static const double rhos[] = {0, 0.5, 0.8};
  static const int points[] = {12, 25};
  static const ageing truths[] = {{"sqrt", {50, 2.5}, 0.02}, {"linear", {50, 0.25}, 0.02}};
  printf(
      "Deviations that follow each other, %d repetitions each, share in %%: told, a knee shown; end of "
      "life inside: law known, law shown, all laws\n",
      n);
  for (int a = 0; a < 2; a++)
    for (int i = 0; i < 6; i++) {
      serial t = {0};
      if (!trial_serial(&truths[a], rhos[i % 3], points[i / 3], n,
                        seed + 300 + (uint64_t)(10 * a + i), &t))
        return false;
      printf("  %-6s %2d ages, rho %.1f  %5.1f  %5.1f  %5.1f  %5.1f  %5.1f\n", truths[a].law,
             points[i / 3], rhos[i % 3], 100 * t.told / t.n, 100 * t.knee / t.n, 100 * t.law / t.n,
             100 * t.shown / t.n, 100 * t.over / t.n);
    }
  return true;
}

/* ---- Arrhenius ---- */

typedef struct arrhenius_case {
  const char *name;
  int n;
  double known, unknown, dT;
  bool told;
} arrhenius_case;

static const arrhenius_case arrhenius_cases[] = {
    {"6 temperatures, known errors", 6, 0.02, 0, 0, true},
    {"6 temperatures, scatter beyond the errors", 6, 0.01, 0.03, 0, true},
    {"5 temperatures, errors not known", 5, 0, 0.03, 0, false},
    {"10 temperatures, each wrong by 0.5 K", 10, 0.01, 0, 0.5, true},
    {"10 temperatures, errors not known", 10, 0, 0.03, 0, false},
};
enum { N_ARRHENIUS = sizeof arrhenius_cases / sizeof *arrhenius_cases };

typedef struct ea_tally {
  double n, inside, broken, flagged;
} ea_tally;

static bool trial_arrhenius(const arrhenius_case *a, int n, uint64_t seed, ea_tally *t) {
  const double k_eV = 8.617333262e-5, Ea = 0.42;
  eis_arrhenius_options o = eis_arrhenius_options_default();
  o.temperature_se = a->dT;
  for (int k = 0; k < n; k++) {
    double T[16], R[16], se[16];
    eisi_rng rng;
    eis_arrhenius_result r;
    eisi_rng_seed(&rng, seed, (uint64_t)k);
    for (int i = 0; i < a->n; i++) {
      T[i] = 253.15 + 80.0 * i / (a->n - 1);
      const double error = a->known * pow(2, 2 * eisi_rng_uniform(&rng) - 1);
      R[i] = 3e-5 * exp(Ea / (k_eV * (T[i] + a->dT * eisi_rng_normal(&rng))) +
                        error * eisi_rng_normal(&rng) + a->unknown * eisi_rng_normal(&rng));
      se[i] = error * R[i];
    }
    if (eis_arrhenius_fit(T, R, a->told ? se : NULL, (size_t)a->n, &o, &r, NULL)) return false;
    t->n++;
    t->inside += r.line.Ea_low <= Ea && Ea <= r.line.Ea_high;
    t->broken += r.bend.found;
    t->flagged += r.n_outliers > 0;
    eis_arrhenius_result_clear(&r);
  }
  return true;
}

static bool arrhenius(int n, uint64_t seed) {
  bool ok = true;
  printf("Arrhenius: -20 to 60 C, Ea 0.42 eV, %d repetitions each\n", n);
  for (int k = 0; k < N_ARRHENIUS; k++) {
    ea_tally t = {0};
    if (!trial_arrhenius(&arrhenius_cases[k], n, seed + 200 + (uint64_t)k, &t)) return false;
    printf(" %s\n", arrhenius_cases[k].name);
    ok &= line("Ea inside its interval", t.inside, t.n, 0.93, 1);
    ok &= line("false break", t.broken, t.n, 0, 0.07);
    ok &= line("false outlier", t.flagged, t.n, 0, 0.07);
  }
  return ok;
}

int main(int argc, char **argv) {
  const int n = argc > 1 ? (int)strtol(argv[1], NULL, 10) : 1000;
  const uint64_t seed = argc > 2 ? strtoull(argv[2], NULL, 10) : 20261101;
  if (n < 1) return 2;
  eisi_blas_single_thread();
  static const struct {
    const char *name;
    bool (*run)(int n, uint64_t seed);
  } parts[] = {{"groups", groups}, {"laws", laws}, {"serial", serials}, {"arrhenius", arrhenius}};
  bool ok = true, any = false;
  for (int k = 0; k < 4; k++) {
    if (argc >= 4 && strcmp(argv[3], parts[k].name) != 0) continue;
    ok &= parts[k].run(n, seed);
    any = true;
  }
  return !any ? 2 : ok ? 0 : 1;
}
