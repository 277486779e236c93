/* What a fit says about itself, and the errors it ends with: exact words, one case each. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <eisfit/eisfit.h>

static eis_circuit *circuit_of(const char *text) {
  eis_circuit *c = NULL;
  assert_int_equal(eis_circuit_parse(text, EIS_NOTATION_AUTO, &c, NULL), EIS_OK);
  return c;
}

/* A spectrum of the circuit with the values given, 0.1 % noise. */
static eis_spectrum spectrum_of(const char *text, const char *values) {
  eis_spectrum s;
  eis_circuit *c = circuit_of(text);
  eis_simulate_options opt = eis_simulate_options_default();
  opt.noise = EIS_NOISE_MODULUS;
  opt.noise_level = 0.1;
  opt.seed = 5;
  assert_int_equal(eis_circuit_set(c, values, NULL), EIS_OK);
  assert_int_equal(eis_simulate_run(c, NULL, &opt, &s, NULL), EIS_OK);
  eis_circuit_free(c);
  return s;
}

static bool says(const eis_fit_result *r, const char *words) {
  for (size_t i = 0; i < r->warnings.n; i++)
    if (strstr(r->warnings.text[i], words)) return true;
  for (size_t i = 0; i < r->warnings.n; i++) printf("# %s\n", r->warnings.text[i]);
  return false;
}

typedef struct remark_case {
  const char *data, *values;   /* what is measured */
  const char *circuit, *bound; /* what is fitted */
  eis_weighting weighting;
  const char *words;
  bool misfit;
} remark_case;

static const remark_case remark_cases[] = {
    {"R0-p(R1,C1)-p(R2,C2)", "R0=10,R1=50,C1=1u,R2=100,C2=1m", "R0-p(R1,C1)", NULL,
     EIS_WEIGHT_MODULUS, "the circuit lacks a process", true},
    {"R0-p(R1,C1)", "R0=10,R1=50,C1=1u", "R0-p(R1,CPE1)", "CPE1_alpha=0.05:0.2",
     EIS_WEIGHT_MODULUS, "that is a resistor rather than a capacitor", true},
    {"R0-p(R1,C1)", "R0=10,R1=50,C1=1u", "R0-p(R1,C1)", "R1=1:40", EIS_WEIGHT_MODULUS,
     "R1 is at the upper bound 40 that was set for it", true},
    {"R0-p(R1,C1)", "R0=10,R1=50,C1=1u", "R0-p(R1,CPE1)", NULL, EIS_WEIGHT_MODULUS,
     "CPE1_alpha is at its upper bound 1 and held there", false},
    {"R0-p(R1,C1)", "R0=10,R1=50,C1=1u", "R0-R2-p(R1,C1)", NULL, EIS_WEIGHT_MODULUS,
     "ran into its lower bound: the data do not show it", false},
    {"R0-p(R1,C1)", "R0=10,R1=50,C1=1", "R0-p(R1,C1)", NULL, EIS_WEIGHT_MODULUS,
     "R1 is extrapolated: its arc has its top at 3.21 mHz, below the lowest frequency 10 mHz", false},
    {"R0-p(R1,C1)", "R0=10,R1=50,C1=1u", "R0-p(R1,C1)", NULL, EIS_WEIGHT_SIGMA,
     "the standard deviations in the file are", false},
};

static void test_remarks(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof remark_cases / sizeof remark_cases[0]; i++) {
    const remark_case *k = &remark_cases[i];
    eis_spectrum s = spectrum_of(k->data, k->values);
    eis_circuit *c = circuit_of(k->circuit);
    eis_fit_options opt = eis_fit_options_default();
    eis_fit_result r;
    opt.weighting = k->weighting;
    for (size_t j = 0; s.sigma && j < s.n; j++) s.sigma[j] *= 10;
    if (k->bound) assert_int_equal(eis_circuit_bound(c, k->bound, NULL), EIS_OK);
    assert_int_equal(eis_fit_run(&s, c, &opt, &r, NULL), EIS_OK);
    if (!says(&r, k->words)) fail_msg("case %zu does not say '%s'", i, k->words);
    assert_int_equal(r.misfit, k->misfit);
    eis_fit_result_clear(&r);
    eis_circuit_free(c);
    eis_spectrum_clear(&s);
  }
}

/* Two points that stand out are not a process that the circuit lacks. */
static void test_outliers(void **state) {
  (void)state;
  eis_spectrum s = spectrum_of("R0-p(R1,C1)", "R0=10,R1=50,C1=10u");
  eis_circuit *c = circuit_of("R0-p(R1,C1)");
  eis_fit_options opt = eis_fit_options_default();
  eis_fit_result r;
  s.re[20] *= 1.08;
  s.im[35] -= 0.06 * s.re[35];
  assert_int_equal(eis_fit_run(&s, c, &opt, &r, NULL), EIS_OK);
  assert_int_equal(r.kk.n_outliers, 2);
  assert_true(
      says(&r, "the points that stand out account for that; leave them out with --exclude"));
  eis_fit_result_clear(&r);
  eis_circuit_free(c);
  c = circuit_of("R0-C1");
  assert_int_equal(eis_fit_run(&s, c, &opt, &r, NULL), EIS_OK);
  assert_true(says(&r, "the circuit lacks a process"));
  eis_fit_result_clear(&r);
  eis_circuit_free(c);
  eis_spectrum_clear(&s);
}

/* Status and words of a fit that can't be run. */
static void refuse(const eis_spectrum *s, const eis_circuit *c, const eis_fit_options *opt,
                   eis_status code, const char *words) {
  eis_error err = EIS_ERROR_INIT;
  eis_fit_result r;
  assert_int_equal(eis_fit_run(s, c, opt, &r, &err), code);
  assert_int_equal(err.code, code);
  if (!strstr(err.text, words)) fail_msg("'%s' does not say '%s'", err.text, words);
  eis_fit_result_clear(&r);
}

static void test_refused(void **state) {
  (void)state;
  eis_fit_options opt = eis_fit_options_default();
  eis_spectrum s = spectrum_of("R0-p(R1,C1)", "R0=10,R1=50,C1=1u");
  eis_circuit *c = circuit_of("R0-p(R1,C1)-p(R2,C2)");
  assert_int_equal(eis_circuit_tie(c, "R2=3*R1", NULL), EIS_OK);
  assert_int_equal(eis_circuit_bound(c, "R1=30:60", NULL), EIS_OK);
  assert_int_equal(eis_circuit_bound(c, "R2=1:60", NULL), EIS_OK);
  refuse(&s, c, &opt, EIS_ERROR_USAGE, "the bounds of R2 and R1 leave no room for R2 = 3 R1");
  eis_circuit_free(c);

  c = circuit_of("R0-p(R1,C1)");
  opt.optimizer = "simplex";
  refuse(&s, c, &opt, EIS_ERROR_USAGE,
         "unknown optimizer 'simplex': expected auto, lm or nlopt:NAME");
  opt.optimizer = "auto";
  s.n = 1;
  refuse(&s, c, &opt, EIS_ERROR_INPUT, "1 points give 2 numbers, fewer than the 3 free parameters");
  s.n = 61;
  for (size_t k = 0; k < s.n; k++) s.re[k] = s.im[k] = 0;
  refuse(&s, c, &opt, EIS_ERROR_INPUT, "all impedances are zero: nothing to fit");
  s.re[3] = NAN;
  refuse(&s, c, &opt, EIS_ERROR_INPUT, "point 4 is not a finite impedance at a positive frequency");
  eis_circuit_free(c);
  eis_spectrum_clear(&s);
}

/* A bound of a parameter that follows another holds. */
static void test_tied_bound(void **state) {
  (void)state;
  eis_fit_result r;
  eis_fit_options opt = eis_fit_options_default();
  eis_spectrum s = spectrum_of("R0-p(R1,C1)-p(R2,C2)", "R0=10,R1=50,C1=1u,R2=150,C2=1m");
  eis_circuit *c = circuit_of("R0-p(R1,C1)-p(R2,C2)");
  assert_int_equal(eis_circuit_tie(c, "R2=3*R1", NULL), EIS_OK);
  assert_int_equal(eis_circuit_bound(c, "R2=1:90", NULL), EIS_OK);
  assert_int_equal(eis_fit_run(&s, c, &opt, &r, NULL), EIS_OK);
  assert_true(r.param[eis_circuit_find_param(c, "R2")].value <= 90 * (1 + 1e-12));
  eis_fit_result_clear(&r);
  eis_circuit_free(c);
  eis_spectrum_clear(&s);
}

/* Data without noise are the easiest, not a failure. */
static void test_exact_data(void **state) {
  (void)state;
  static const char *const circuits[][2] = {{"R0-p(R1,C1)", "R0=10,R1=50,C1=1u"},
                                            {"R0-p(R1,CPE1)", "R0=1m,R1=5m,CPE1_Q=3,CPE1_alpha=0.8"},
                                            {"R0", "R0=1Meg"}};
  for (size_t i = 0; i < sizeof circuits / sizeof circuits[0]; i++) {
    eis_fit_result r;
    eis_fit_options opt = eis_fit_options_default();
    eis_circuit *c = circuit_of(circuits[i][0]);
    eis_simulate_options sim = eis_simulate_options_default();
    eis_spectrum s;
    assert_int_equal(eis_circuit_set(c, circuits[i][1], NULL), EIS_OK);
    assert_int_equal(eis_simulate_run(c, NULL, &sim, &s, NULL), EIS_OK);
    assert_int_equal(eis_fit_run(&s, c, &opt, &r, NULL), EIS_OK);
    assert_int_equal(r.verdict, EIS_FIT_CONVERGED);
    for (int j = 0; j < c->n_params; j++)
      assert_true(fabs(r.param[j].value / c->param[j].value - 1) < 1e-9);
    eis_fit_result_clear(&r);
    eis_spectrum_clear(&s);
    eis_circuit_free(c);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_remarks),
      cmocka_unit_test(test_outliers), cmocka_unit_test(test_refused),
      cmocka_unit_test(test_tied_bound),
      cmocka_unit_test(test_exact_data),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
