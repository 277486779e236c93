/* Groups of cells: results in closed forms of balanced data; effect sizes and power against R 4.2,
   permutations, corrections. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <eisfit/compare.h>

#include "campaign/effect.h"
#include "campaign/mixed.h"
#include "numerics/rng.h"
#include "numerics/stats.h"

static void near(double got, double want, double relative) {
  if (!(fabs(got - want) <= relative * fabs(want)))
    fail_msg("got %.12g, expected %.12g", got, want);
}

/* ---- groups ---- */

typedef struct example {
  double value[400], se[400], soc[400];
  int cell[400], group[40];
  eis_covariate covariate;
  eis_compare_data d;
} example;

/* cells cells in two groups, n spectra each: ln value = ln 50 + effect + cell + spectrum. */
static void make_example(example *e, int cells, int n, double effect, double tau, double sigma) {
  eisi_rng rng;
  eisi_rng_seed(&rng, 2024, 1);
  for (int c = 0; c < cells; c++) {
    e->group[c] = c >= cells / 2;
    const double u = tau * eisi_rng_normal(&rng);
    for (int i = 0; i < n; i++) {
      const int k = c * n + i;
      e->soc[k] = 0.1 * (i + 1);
      e->cell[k] = c;
      e->value[k] = 50 * exp(effect * e->group[c] + u + sigma * eisi_rng_normal(&rng));
      e->se[k] = NAN;
    }
  }
  e->d = (eis_compare_data){.n = (size_t)(cells * n),
                            .value = e->value,
                            .cell = e->cell,
                            .group = e->group,
                            .n_cells = cells,
                            .n_groups = 2};
}

/* One spectrum per cell is Student's two-sample test: A. Student's sleep data (R: datasets::sleep),
   t.test(extra ~ group, var.equal = TRUE): t = -1.8608, 18 degrees of freedom, p = 0.07919. */
static void one_spectrum_per_cell_is_students_test(void **state) {
  (void)state;
  static const double extra[] = {0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0,
                                 1.9, 0.8,  1.1,  0.1,  -0.1, 4.4, 5.5, 1.6, 4.6, 3.4};
  double value[20];
  int cell[20], group[20];
  eis_compare_result r;
  for (int i = 0; i < 20; i++) {
    value[i] = exp(extra[i]);
    cell[i] = i;
    group[i] = i >= 10;
  }
  const eis_compare_data d = {.n = 20, .value = value, .cell = cell, .group = group, .n_cells = 20,
                              .n_groups = 2};
  assert_int_equal(eis_compare_run(&d, NULL, &r, NULL), EIS_OK);
  const eis_group_effect *e = &r.effect[0];
  near(e->t, 1.860813467486853, 1e-6);
  near(e->dof, 18, 1e-6);
  near(e->p, 0.07918671421593818, 1e-5);
  near(e->ln_ratio, 2.33 - 0.75, 1e-9);
  near(log(e->low), -0.2038740, 1e-5); /* R: conf.int 0.203874 to -3.363874 of the difference */
  near(log(e->high), 3.363874, 1e-5);
  /* t.test(extra ~ group): 17.776 degrees of freedom */
  near(e->p_unequal, 0.07939414018735815, 1e-9);
  /* g = J(18) t sqrt(1/10 + 1/10), J(18) = Gamma(9)/(3 Gamma(8.5)) */
  near(e->g, 0.957646427024 * 1.860813467486853 * sqrt(0.2), 1e-6);
  eis_compare_result_clear(&r);
}

/* Balanced groups: the t test of the cell means, exactly. */
static void balanced_groups_are_a_test_of_cell_means(void **state) {
  (void)state;
  example e;
  eis_compare_result r;
  make_example(&e, 10, 6, 0.2, 0.15, 0.1);
  double mean[10] = {0}, group[2] = {0, 0}, ss = 0;
  for (int k = 0; k < 60; k++) mean[e.cell[k]] += log(e.value[k]) / 6;
  for (int c = 0; c < 10; c++) group[c / 5] += mean[c] / 5;
  for (int c = 0; c < 10; c++) ss += (mean[c] - group[c / 5]) * (mean[c] - group[c / 5]);
  assert_int_equal(eis_compare_run(&e.d, NULL, &r, NULL), EIS_OK);
  const eis_group_effect *x = &r.effect[0];
  near(x->ln_ratio, group[1] - group[0], 1e-9);
  near(x->se, sqrt(ss / 8 * (2.0 / 5)), 1e-7);
  near(x->dof, 8, 1e-6);
  assert_int_equal(x->cells + x->reference_cells, 10);
  for (int c = 0; c < 10; c++) near(r.cell[c].ln_mean, mean[c], 1e-9);
  /* exact permutation p by counting: 252 deals of the means */
  int hits = 0, all = 0;
  for (int m = 0; m < 1024; m++) {
    double a = 0;
    if (__builtin_popcount((unsigned)m) != 5) continue;
    for (int c = 0; c < 10; c++) a += (m >> c & 1 ? 1 : -1) * mean[c] / 5;
    hits += fabs(a) >= fabs(group[1] - group[0]) * (1 - 1e-10);
    all++;
  }
  assert_true(x->exact);
  near(x->n_permutations, 252, 1e-12);
  near(x->p_permutation, (double)hits / all, 1e-12);
  near(x->p_smallest, 2.0 / 252, 1e-12);
  eis_compare_result_clear(&r);
}

/* Two cells that scatter ten times as much as ten others, and the other way round, no difference:
   Welch's test, and cells of 30 spectra against such of 3. Limits: 99.9 % of the binomial
   distribution of 200 at 5 %, upwards. */
static void groups_that_scatter_differently(void **state) {
  (void)state;
  enum { N = 200 };
  int pooled = 0, welch = 0, dealt = 0;
  eisi_rng rng;
  eisi_rng_seed(&rng, 31, 0);
  for (int k = 0; k < N; k++) {
    double value[165];
    int cell[165], group[12];
    size_t n = 0;
    eis_compare_result r;
    for (int c = 0; c < 12; c++) {
      group[c] = c >= 2;
      cell[n] = c;
      value[n++] = exp((c < 2 ? 0.5 : 0.05) * eisi_rng_normal(&rng));
    }
    const eis_compare_data few = {.n = n, .value = value, .cell = cell, .group = group,
                                  .n_cells = 12, .n_groups = 2};
    assert_int_equal(eis_compare_run(&few, NULL, &r, NULL), EIS_OK);
    pooled += r.effect[0].p < 0.05;
    welch += r.effect[0].p_unequal < 0.05;
    eis_compare_result_clear(&r);
    n = 0;
    for (int c = 0; c < 10; c++) {
      group[c] = c >= 5;
      for (int i = 0; i < (c < 5 ? 30 : 3); i++) {
        cell[n] = c;
        value[n++] = exp(0.1 * eisi_rng_normal(&rng));
      }
    }
    const eis_compare_data many = {.n = n, .value = value, .cell = cell, .group = group,
                                     .n_cells = 10, .n_groups = 2};
    assert_int_equal(eis_compare_run(&many, NULL, &r, NULL), EIS_OK);
    dealt += r.effect[0].p_permutation < 0.05;
    eis_compare_result_clear(&r);
  }
  assert_true(pooled > 60);
  assert_in_range(welch, 0, 21);
  assert_in_range(dealt, 0, 21);
}

/* Coated cells are missing at low SOC, where resistances are high: without SOC in the model that
   would count as an effect of the coating. */
static void common_levels(void **state) {
  (void)state;
  example e;
  eis_compare_result plain, matched;
  make_example(&e, 8, 8, 0, 0.02, 0.01);
  for (int k = 0; k < 64; k++) e.value[k] *= exp(-1.5 * e.soc[k]);
  e.covariate = (eis_covariate){"soc", e.soc, true};
  size_t n = 0;
  for (int k = 0; k < 64; k++) {
    if (e.cell[k] >= 4 && e.soc[k] < 0.35) continue;
    e.value[n] = e.value[k];
    e.soc[n] = e.soc[k];
    e.cell[n++] = e.cell[k];
  }
  e.d.n = n;
  assert_int_equal(eis_compare_run(&e.d, NULL, &plain, NULL), EIS_OK);
  e.d.covariate = &e.covariate;
  e.d.n_covariates = 1;
  assert_int_equal(eis_compare_run(&e.d, NULL, &matched, NULL), EIS_OK);
  assert_true(plain.effect[0].ratio < 0.9);
  assert_true(fabs(matched.effect[0].ln_ratio) < 0.05 && matched.effect[0].se < 0.03);
  assert_int_equal(matched.n_used, 40);
  assert_non_null(strstr(matched.notes.text[0], "their soc does not occur in every group"));
  eis_compare_result_clear(&plain);
  eis_compare_result_clear(&matched);
}

/* Every cell at the same states of charge: the slope and its error are those of ordinary least
   squares around the means of the cells, with N - cells - 1 degrees of freedom. */
static void slope_of_a_covariate(void **state) {
  (void)state;
  example e;
  eis_compare_result r;
  double sxx = 0, sxy = 0, ss = 0;
  make_example(&e, 8, 8, 0.3, 0.2, 0.01);
  for (int k = 0; k < 64; k++) e.value[k] *= exp(-1.5 * e.soc[k]);
  e.covariate = (eis_covariate){"soc", e.soc, false};
  e.d.covariate = &e.covariate;
  e.d.n_covariates = 1;
  for (int pass = 0; pass < 2; pass++)
    for (int c = 0; c < 8; c++) {
      double x = 0, y = 0;
      for (int k = 0; k < 64; k++)
        if (e.cell[k] == c) x += e.soc[k] / 8, y += log(e.value[k]) / 8;
      for (int k = 0; k < 64; k++) {
        if (e.cell[k] != c) continue;
        const double dx = e.soc[k] - x, dy = log(e.value[k]) - y;
        if (pass == 0) sxx += dx * dx, sxy += dx * dy;
        if (pass == 1) ss += (dy - sxy / sxx * dx) * (dy - sxy / sxx * dx);
      }
    }
  const double slope = sxy / sxx, se = sqrt(ss / (64 - 8 - 1) / sxx);
  assert_int_equal(eis_compare_run(&e.d, NULL, &r, NULL), EIS_OK);
  assert_int_equal(r.n_slopes, 1);
  assert_string_equal(r.slope[0].name, "soc");
  assert_true(fabs(r.slope[0].slope - slope) < 1e-6 * fabs(slope));
  assert_true(fabs(r.slope[0].se - se) < 1e-4 * se);
  /* Student's t, 97.5 % at 55 degrees of freedom: 2.00404 (tables) */
  assert_true(fabs(r.slope[0].high - (slope + 2.00404 * se)) < 1e-3 * se);
  assert_true(fabs(r.slope[0].low - (slope - 2.00404 * se)) < 1e-3 * se);
  assert_true(r.slope[0].p < 1e-10 && r.slope[0].from == e.soc[0] && r.slope[0].to == e.soc[7]);
  eis_compare_result_clear(&r);
}

static void linear_covariate(void **state) {
  (void)state;
  example e;
  eis_compare_result r;
  make_example(&e, 8, 8, 0.3, 0.02, 0.01);
  for (int k = 0; k < 64; k++) e.value[k] *= exp(-1.5 * e.soc[k]);
  e.soc[5] = NAN;
  e.covariate = (eis_covariate){"soc", e.soc, false};
  e.d.covariate = &e.covariate;
  e.d.n_covariates = 1;
  assert_int_equal(eis_compare_run(&e.d, NULL, &r, NULL), EIS_OK);
  assert_true(r.spectrum_sd < 0.015 && fabs(r.effect[0].ln_ratio - 0.3) < 0.05);
  assert_int_equal(r.n_used, 63);
  assert_non_null(strstr(r.notes.text[0], "1 of 64 spectra left out: no soc"));
  eis_compare_result_clear(&r);
}

/* Known errors take their part of the scatter; a wild spectrum with a large error counts little. */
static void known_errors(void **state) {
  (void)state;
  example e;
  eis_compare_result without, with;
  make_example(&e, 8, 6, 0.2, 0.05, 0.03);
  e.value[0] *= 3;
  for (int k = 0; k < 48; k++) e.se[k] = (k ? 0.03 : 1) * e.value[k];
  assert_int_equal(eis_compare_run(&e.d, NULL, &without, NULL), EIS_OK);
  e.d.se = e.se;
  assert_int_equal(eis_compare_run(&e.d, NULL, &with, NULL), EIS_OK);
  assert_true(with.spectrum_sd < 0.3 * without.spectrum_sd);
  assert_true(with.effect[0].se < without.effect[0].se);
  eis_compare_result_clear(&without);
  eis_compare_result_clear(&with);
}

static void three_groups(void **state) {
  (void)state;
  example e;
  eis_compare_result r;
  eis_compare_options o = eis_compare_options_default();
  make_example(&e, 12, 3, 0, 0.03, 0.02);
  for (int c = 0; c < 12; c++) e.group[c] = c / 4;
  for (int k = 0; k < 36; k++) e.value[k] *= e.group[e.cell[k]] == 2 ? 1.5 : 1;
  e.d.n_groups = 3;
  o.reference = 1;
  assert_int_equal(eis_compare_run(&e.d, &o, &r, NULL), EIS_OK);
  assert_int_equal(r.n_effects, 2);
  assert_int_equal(r.effect[0].group, 0);
  assert_int_equal(r.effect[1].group, 2);
  assert_true(r.effect[1].p < 1e-4 && fabs(r.effect[1].ratio - 1.5) < 0.15);
  assert_true(r.effect[0].p > 0.01);
  eis_compare_result_clear(&r);
}

static void one_cell_in_a_group(void **state) {
  (void)state;
  example e;
  eis_compare_result r;
  make_example(&e, 2, 50, 0.3, 0.1, 0.05);
  assert_int_equal(eis_compare_run(&e.d, NULL, &r, NULL), EIS_OK);
  assert_true(r.refused && isnan(r.effect[0].p) && isnan(r.effect[0].low));
  assert_true(r.effect[0].ratio > 1 && r.effect[0].ratio < 2);
  assert_non_null(strstr(r.notes.text[0], "a group has only one cell"));
  eis_compare_result_clear(&r);
}

static void refusal(const eis_compare_data *d, const eis_compare_options *o, const char *words) {
  eis_compare_result r;
  eis_error err = EIS_ERROR_INIT;
  assert_int_not_equal(eis_compare_run(d, o, &r, &err), EIS_OK);
  if (!strstr(err.text, words)) fail_msg("'%s' lacks '%s'", err.text, words);
}

static void refusals(void **state) {
  (void)state;
  example e;
  eis_compare_options o = eis_compare_options_default();
  make_example(&e, 6, 4, 0, 0.1, 0.1);
  o.reference = 2;
  refusal(&e.d, &o, "there is no group number 2");
  o = eis_compare_options_default();
  o.detect = 1;
  refusal(&e.d, &o, "a ratio of 1 can't be looked for");
  e.d.n_groups = 1;
  refusal(&e.d, NULL, "needs two groups at least, there is 1");
  e.d.n_groups = 3;
  refusal(&e.d, NULL, "a group has no usable spectrum");
  e.d.n_groups = 2;
  e.covariate = (eis_covariate){"soc", e.soc, true};
  e.d.covariate = &e.covariate;
  e.d.n_covariates = 1;
  for (int k = 0; k < 24; k++) e.soc[k] = e.cell[k] >= 3 ? 0.9 : 0.1;
  refusal(&e.d, NULL, "the groups have no common value of 'soc'");
  e.covariate.levels = false;
  refusal(&e.d, NULL, "what it adjusts for says the same as the group");
  e.covariate.levels = true;
  example big;
  make_example(&big, 4, 80, 0, 0.1, 0.1);
  big.covariate = e.covariate;
  big.covariate.value = big.soc;
  big.d.covariate = &big.covariate;
  big.d.n_covariates = 1;
  refusal(&big.d, NULL, "'soc' has more than 60 different values: it can't be matched");
}

/* Group 1 has its spectra at SOC .1 at another temperature: with them SOC .1 is gone in group 1,
   and so it has to go in group 0.  The same as if there never had been such spectra. */
static void matching_of_two_covariates_agrees(void **state) {
  (void)state;
  example e, without;
  double heat[24];
  eis_compare_result r, s;
  make_example(&e, 6, 4, 0.2, 0.1, 0.1);
  make_example(&without, 6, 4, 0.2, 0.1, 0.1);
  for (int k = 0; k < 24; k++) {
    heat[k] = k % 4 == 0 && e.group[e.cell[k]] ? 60 : 25;
    if (k % 4 == 0) without.value[k] = NAN;
  }
  const eis_covariate two[] = {{"soc", e.soc, true}, {"temperature_C", heat, true}};
  const eis_covariate one = {"soc", without.soc, true};
  e.d.covariate = two;
  e.d.n_covariates = 2;
  without.d.covariate = &one;
  without.d.n_covariates = 1;
  assert_int_equal(eis_compare_run(&e.d, NULL, &r, NULL), EIS_OK);
  assert_int_equal(eis_compare_run(&without.d, NULL, &s, NULL), EIS_OK);
  assert_int_equal(r.n_used, 18);
  near(r.effect[0].ln_ratio, s.effect[0].ln_ratio, 1e-12);
  near(r.effect[0].se, s.effect[0].se, 1e-12);
  eis_compare_result_clear(&r);
  eis_compare_result_clear(&s);
}

static void values_that_are_no_resistances(void **state) {
  (void)state;
  example e;
  eis_compare_result r;
  make_example(&e, 6, 4, 0, 0.1, 0.1);
  e.value[3] = -1;
  e.value[7] = NAN;
  assert_int_equal(eis_compare_run(&e.d, NULL, &r, NULL), EIS_OK);
  assert_int_equal(r.n_used, 22);
  assert_non_null(strstr(r.notes.text[0], "2 of 24 spectra left out: the value is missing or not"));
  eis_compare_result_clear(&r);
}

/* A short form of bench/compare_trial.c: of 300 campaigns 95 % of the intervals hold the truth, 5 %
   of those without an effect are found (binomial limits of 99.9 %). */
static void coverage_and_false_positives(void **state) {
  (void)state;
  example *e = test_malloc(sizeof *e);
  int inside = 0, found = 0;
  eis_compare_options o = eis_compare_options_default();
  o.permutations = 100;
  for (int k = 0; k < 600; k++) {
    const double effect = k % 2 ? -0.3 : 0;
    eis_compare_result r;
    eisi_rng rng;
    make_example(e, 8, 5, 0, 0, 0);
    eisi_rng_seed(&rng, 31, (uint64_t)k);
    for (int c = 0; c < 8; c++) {
      const double u = 0.1 * eisi_rng_normal(&rng);
      for (int i = 5 * c; i < 5 * c + 5; i++)
        e->value[i] = 50 * exp(effect * e->group[c] + u + 0.05 * eisi_rng_normal(&rng));
    }
    assert_int_equal(eis_compare_run(&e->d, &o, &r, NULL), EIS_OK);
    if (k % 2)
      inside += log(r.effect[0].low) <= effect && effect <= log(r.effect[0].high);
    else
      found += r.effect[0].p < 0.05;
    eis_compare_result_clear(&r);
  }
  assert_in_range(inside, 272, 297);
  assert_in_range(found, 3, 28);
  test_free(e);
}

/* ---- effect size, power: R pt(), power.t.test(), uniroot on pt() ---- */

static void noncentral_t_agrees_with_R(void **state) {
  (void)state;
  near(eisi_nct_lower(2, 10, 1), 0.807611562530311, 1e-10);
  near(eisi_nct_lower(-0.5, 5, 1.5), 0.0253863525286032, 1e-9);
  near(eisi_nct_lower(3.2, 7, -0.5), 0.997760481836574, 1e-10);
  near(eisi_nct_lower(12, 4, 10), 0.594583288496342, 1e-9);
  near(eisi_nct_lower(30, 20, 35), 0.134003142810059, 1e-8);
  near(eisi_nct_ncp(0.975, 2.5, 8), 0.144504884651197, 1e-8);
  near(eisi_nct_ncp(0.025, 2.5, 8), 4.7452316441715, 1e-8);
  /* power.t.test(n = 6, delta = 1, sd = 0.5) leaves out the far tail, 1e-8 here */
  near(eisi_t_power(1 / (0.5 * sqrt(2.0 / 6)), 10, 0.05), 0.876417636880615, 1e-6);
  near(eisi_t_power(eisi_t_detectable(0.8, 10, 0.05), 10, 0.05), 0.8, 1e-10);
  near(eisi_nct_lower(1.3, 1e7, 0.4), 0.5 * erfc(-0.9 / sqrt(2)), 1e-12);
  assert_true(isnan(eisi_nct_lower(1, 0, 1)) && isnan(eisi_nct_ncp(0, 1, 3)));
}

/* power.t.test(power = 0.8, delta = 1, sd = 0.8): n = 11.09, so 12 cells. */
static void cells_needed(void **state) {
  (void)state;
  eis_compare_options o = eis_compare_options_default();
  eis_group_effect e = {.cells = 5, .reference_cells = 5, .ln_ratio = 0.4, .dof = 8};
  o.detect = exp(1);
  e.se = 0.8 * sqrt(2.0 / 5);
  eisi_effect_fill(&e, &o);
  assert_int_equal(e.cells_needed, 12);
  o.detect = exp(-1); /* a fall as well as a rise */
  eisi_effect_fill(&e, &o);
  assert_int_equal(e.cells_needed, 12);
  near(eisi_t_power(log(e.detectable) / e.se, 8, 0.05), 0.8, 1e-9);
  /* the interval of g brackets it and holds zero exactly when p > 0.05 */
  assert_true(e.g_low < e.g && e.g < e.g_high);
  assert_true((e.g_low < 0) == (e.p > 0.05));
}

/* Gamma(m/2) / (sqrt(m/2) Gamma((m-1)/2)) by hand: m = 2: Gamma(1)/Gamma(1/2) = 1/sqrt(pi); m = 4:
   1/(sqrt 2 * Gamma(3/2)) = sqrt(2/pi); large m: 1 - 3/(4 m - 1). */
static void hedges_factor(void **state) {
  (void)state;
  near(eis_hedges_j(2), 1 / sqrt(acos(-1)), 1e-13);
  near(eis_hedges_j(4), sqrt(2 / acos(-1)), 1e-13);
  near(eis_hedges_j(60), 1 - 3.0 / (4 * 60 - 1), 2e-5);
  assert_true(isnan(eis_hedges_j(1)));
}

static void random_permutations(void **state) {
  (void)state;
  example e;
  eis_compare_result exact, random;
  eis_compare_options o = eis_compare_options_default();
  make_example(&e, 12, 3, 0.08, 0.1, 0.02);
  assert_int_equal(eis_compare_run(&e.d, &o, &exact, NULL), EIS_OK);
  o.permutations = 900; /* fewer than 924 */
  assert_int_equal(eis_compare_run(&e.d, &o, &random, NULL), EIS_OK);
  assert_true(exact.effect[0].exact && !random.effect[0].exact);
  near(exact.effect[0].n_permutations, 924, 1e-12);
  assert_true(fabs(random.effect[0].p_permutation - exact.effect[0].p_permutation) < 0.06);
  eis_compare_result_clear(&exact);
  eis_compare_result_clear(&random);
}

/* R: p.adjust(p, "holm"), p.adjust(p, "BH"). */
static void corrections_agree_with_R(void **state) {
  (void)state;
  static const double p[] = {0.01, 0.04, 0.03, 0.005, 0.2};
  static const double holm[] = {0.040, 0.090, 0.090, 0.025, 0.200};
  static const double bh[] = {0.025, 0.050, 0.050, 0.025, 0.200};
  double out[5];
  assert_int_equal(eis_holm(p, 5, out, NULL), EIS_OK);
  for (int i = 0; i < 5; i++) near(out[i], holm[i], 1e-12);
  assert_int_equal(eis_benjamini_hochberg(p, 5, out, NULL), EIS_OK);
  for (int i = 0; i < 5; i++) near(out[i], bh[i], 1e-12);
}

static void corrections_over_results(void **state) {
  (void)state;
  example e, one;
  eis_compare_result r[3];
  make_example(&e, 8, 4, 0.3, 0.1, 0.05);
  make_example(&one, 2, 4, 0.3, 0.1, 0.05);
  assert_int_equal(eis_compare_run(&e.d, NULL, &r[0], NULL), EIS_OK);
  assert_int_equal(eis_compare_run(&one.d, NULL, &r[1], NULL), EIS_OK);
  for (int k = 0; k < 32; k++) e.value[k] = exp(sin(k * 7.1));
  assert_int_equal(eis_compare_run(&e.d, NULL, &r[2], NULL), EIS_OK);
  eis_compare_result *all[] = {&r[0], &r[1], &r[2]};
  assert_int_equal(eis_compare_adjust(all, 3, NULL), EIS_OK);
  assert_true(isnan(r[1].effect[0].p_holm));
  near(r[0].effect[0].p_holm, 2 * r[0].effect[0].p, 1e-12); /* two tests, this the smaller p */
  near(r[2].effect[0].p_bh, r[2].effect[0].p, 1e-12);
  for (int i = 0; i < 3; i++) eis_compare_result_clear(&r[i]);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(one_spectrum_per_cell_is_students_test),
      cmocka_unit_test(balanced_groups_are_a_test_of_cell_means),
      cmocka_unit_test(groups_that_scatter_differently),
      cmocka_unit_test(common_levels),
      cmocka_unit_test(slope_of_a_covariate),
      cmocka_unit_test(linear_covariate),
      cmocka_unit_test(known_errors),
      cmocka_unit_test(three_groups),
      cmocka_unit_test(one_cell_in_a_group),
      cmocka_unit_test(refusals),
      cmocka_unit_test(values_that_are_no_resistances), cmocka_unit_test(matching_of_two_covariates_agrees),
      cmocka_unit_test(coverage_and_false_positives),
      cmocka_unit_test(noncentral_t_agrees_with_R),
      cmocka_unit_test(cells_needed),
      cmocka_unit_test(hedges_factor),
      cmocka_unit_test(random_permutations),
      cmocka_unit_test(corrections_agree_with_R),
      cmocka_unit_test(corrections_over_results),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
