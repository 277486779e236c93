/* test_simulate.c - simulated spectra against closed formulas; statistics of the noise; drift;
   error texts. */
#include <complex.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <eisfit/simulate.h>

/* R0 + R1 || C1 with 10 ohm, 100 ohm, 1 uF. */
static eis_circuit *circuit(void) {
  eis_circuit *c = NULL;
  eis_error err = EIS_ERROR_INIT;
  if (eis_circuit_parse("R0-p(R1,C1)", EIS_NOTATION_IMPEDANCE, &c, &err) != EIS_OK ||
      eis_circuit_set(c, "R0=10,R1=100,C1=1e-6", &err) != EIS_OK)
    fail_msg("%s", err.text);
  return c;
}

static double complex model(double f, double r1) {
  return 10 + 1 / (1 / r1 + 2 * M_PI * f * 1e-6 * I);
}

static eis_spectrum simulate(const eis_circuit *c, const double *p,
                             const eis_simulate_options *opt) {
  eis_spectrum s;
  eis_error err = EIS_ERROR_INIT;
  if (eis_simulate_run(c, p, opt, &s, &err) != EIS_OK) fail_msg("%s", err.text);
  return s;
}

static void expect_close(double got, double want, double tolerance) {
  if (!(fabs(got - want) <= tolerance)) fail_msg("got %.15g, expected %.15g", got, want);
}

static void test_grid(void **state) {
  (void)state;
  eis_circuit *c = circuit();
  eis_spectrum s = simulate(
      c, NULL, &(eis_simulate_options){.fmin_hz = 0.1, .fmax_hz = 1e5, .points_per_decade = 10});
  assert_int_equal(s.n, 61);
  assert_true(s.f[0] == 1e5 && s.f[60] == 0.1);
  for (size_t k = 0; k < s.n; k++) {
    const double complex z = model(s.f[k], 100);
    if (k) expect_close(s.f[k - 1] / s.f[k], pow(10, 0.1), 1e-12);
    expect_close(s.re[k], creal(z), 1e-11);
    expect_close(s.im[k], cimag(z), 1e-11);
    assert_int_equal(s.row[k], k + 1);
  }
  assert_true(s.sigma == NULL && s.time_s == NULL);
  assert_string_equal(s.format, "simulated");
  assert_string_equal(s.source, "simulated");
  assert_true(s.sweep == 1 && s.n_sweeps == 1);
  assert_non_null(eis_meta_find(&s.meta, "circuit"));
  assert_null(eis_meta_find(&s.meta, "seed"));
  assert_int_equal(s.decisions.n, 2);
  assert_string_equal(s.decisions.text[0], "61 points from 100000 Hz to 0.1 Hz, 10 per decade");
  assert_string_equal(s.decisions.text[1], "no noise");
  eis_spectrum_clear(&s);
  eis_circuit_free(c);
}

/* Ends are kept when the step does not fit, one frequency is enough. */
static void test_odd_grids(void **state) {
  (void)state;
  static const struct {
    double fmin, fmax, per_decade;
    size_t n;
  } rows[] = {{3, 700, 7, 18}, {5, 5, 10, 1}, {1, 1.01, 10, 2}, {1, 1e6, 0.5, 4}};
  eis_circuit *c = circuit();
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    eis_spectrum s = simulate(c, NULL,
                              &(eis_simulate_options){.fmin_hz = rows[i].fmin,
                                                      .fmax_hz = rows[i].fmax,
                                                      .points_per_decade = rows[i].per_decade});
    assert_int_equal(s.n, rows[i].n);
    assert_true(s.f[0] == rows[i].fmax && s.f[s.n - 1] == rows[i].fmin);
    for (size_t k = 1; k < s.n; k++) assert_true(s.f[k] < s.f[k - 1]);
    eis_spectrum_clear(&s);
  }
  eis_circuit_free(c);
}

static void test_explicit_frequencies(void **state) {
  (void)state;
  static const double f[] = {10, 1000, 0.5, 200};
  static const int row[] = {2, 4, 1, 3};
  const double p[] = {10, 50, 1e-6};
  eis_circuit *c = circuit();
  eis_spectrum s = simulate(c, p, &(eis_simulate_options){.f_hz = f, .n_f = 4});
  assert_int_equal(s.n, 4);
  for (size_t k = 0; k < 4; k++) {
    assert_int_equal(s.row[k], row[k]);
    assert_true(s.f[k] == f[row[k] - 1]);
    expect_close(s.re[k], creal(model(s.f[k], 50)), 1e-11);
    expect_close(s.im[k], cimag(model(s.f[k], 50)), 1e-11);
  }
  assert_string_equal(s.decisions.text[0], "4 points from 1000 Hz to 0.5 Hz, as given");
  eis_spectrum_clear(&s);
  eis_circuit_free(c);
}

/* Scaled deviations must be standard normal, real and imaginary part independent. */
static void test_noise(void **state) {
  (void)state;
  static const struct {
    eis_noise noise;
    double level;
    const char *text;
  } rows[] = {
      {EIS_NOISE_MODULUS, 0.5,
       "normal noise, standard deviation 0.5 % of |Z| for each part, seed 7, stream 3"},
      {EIS_NOISE_COMPONENT, 2,
       "normal noise, standard deviation 2 % of the part itself, seed 7, stream 3"},
      {EIS_NOISE_ABSOLUTE, 0.25,
       "normal noise, standard deviation 0.25 ohm for each part, seed 7, stream 3"},
  };
  eis_circuit *c = circuit();
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    const eis_simulate_options opt = {.fmin_hz = 1,
                                      .fmax_hz = 1e6,
                                      .points_per_decade = 2000,
                                      .noise = rows[i].noise,
                                      .noise_level = rows[i].level,
                                      .seed = 7,
                                      .stream = 3};
    eis_spectrum s = simulate(c, NULL, &opt);
    assert_string_equal(s.decisions.text[1], rows[i].text);
    assert_string_equal(eis_meta_find(&s.meta, "seed"), "7");
    assert_true((s.sigma == NULL) == (rows[i].noise == EIS_NOISE_COMPONENT));
    double m1[2] = {0}, m2[2] = {0}, cross = 0;
    for (size_t k = 0; k < s.n; k++) {
      const double complex z = model(s.f[k], 100);
      double sd[2] = {rows[i].level, rows[i].level};
      if (rows[i].noise == EIS_NOISE_MODULUS) sd[0] = sd[1] = rows[i].level / 100 * cabs(z);
      if (rows[i].noise == EIS_NOISE_COMPONENT)
        sd[0] = rows[i].level / 100 * creal(z), sd[1] = rows[i].level / 100 * -cimag(z);
      if (s.sigma) expect_close(s.sigma[k] / sd[0], 1, 1e-12);
      const double u[2] = {(s.re[k] - creal(z)) / sd[0], (s.im[k] - cimag(z)) / sd[1]};
      for (int j = 0; j < 2; j++) m1[j] += u[j], m2[j] += u[j] * u[j];
      cross += u[0] * u[1];
    }
    const double n = (double)s.n;
    for (int j = 0; j < 2; j++) {
      expect_close(m1[j] / n, 0, 4 / sqrt(n));
      expect_close(m2[j] / n, 1, 4 * sqrt(2 / n));
    }
    expect_close(cross / n, 0, 4 / sqrt(n));
    eis_spectrum_clear(&s);
  }
  eis_circuit_free(c);
}

static void test_seed(void **state) {
  (void)state;
  eis_circuit *c = circuit();
  eis_simulate_options opt = eis_simulate_options_default();
  opt.noise = EIS_NOISE_MODULUS;
  opt.noise_level = 1;
  eis_spectrum a = simulate(c, NULL, &opt), b = simulate(c, NULL, &opt);
  opt.stream = 1;
  eis_spectrum d = simulate(c, NULL, &opt);
  assert_int_equal(a.n, 81);
  assert_memory_equal(a.re, b.re, a.n * sizeof *a.re);
  assert_memory_equal(a.im, b.im, a.n * sizeof *a.im);
  for (size_t k = 0; k < a.n; k++) assert_true(a.re[k] != d.re[k] && a.im[k] != d.im[k]);
  eis_spectrum_clear(&a);
  eis_spectrum_clear(&b);
  eis_spectrum_clear(&d);
  eis_circuit_free(c);
}

static void test_drift(void **state) {
  (void)state;
  eis_circuit *c = circuit();
  eis_simulate_options opt = {
      .fmin_hz = 1, .fmax_hz = 1e4, .points_per_decade = 5, .drift_percent = 8};
  eis_spectrum whole = simulate(c, NULL, &opt);
  opt.drift_param = "R1";
  eis_spectrum one = simulate(c, NULL, &opt);
  double t = 0, total = 0;
  for (size_t k = 0; k < whole.n; k++) total += 1 / whole.f[k];
  for (size_t k = 0; k < whole.n; k++) {
    t += 1 / whole.f[k];
    const double factor = 1 + 0.08 * t / total;
    const double complex a = factor * model(whole.f[k], 100), b = model(one.f[k], 100 * factor);
    expect_close(whole.time_s[k], t, 1e-12);
    expect_close(whole.re[k], creal(a), 1e-10);
    expect_close(whole.im[k], cimag(a), 1e-10);
    expect_close(one.re[k], creal(b), 1e-10);
    expect_close(one.im[k], cimag(b), 1e-10);
  }
  assert_string_equal(whole.decisions.text[2],
                      "the impedance drifts by 8 % over the sweep, in proportion to time");
  assert_string_equal(one.decisions.text[2],
                      "R1 drifts by 8 % over the sweep, in proportion to time");
  eis_spectrum_clear(&whole);
  eis_spectrum_clear(&one);
  eis_circuit_free(c);
}

/* A tied parameter follows, in the values and while the other one drifts. */
static void test_ties(void **state) {
  (void)state;
  eis_circuit *c = NULL;
  assert_int_equal(eis_circuit_parse("R0-R1", EIS_NOTATION_IMPEDANCE, &c, NULL), EIS_OK);
  assert_int_equal(eis_circuit_set(c, "R0=10", NULL), EIS_OK);
  assert_int_equal(eis_circuit_tie(c, "R1=3*R0", NULL), EIS_OK);
  const double f = 100, p[2] = {20, 1};
  eis_spectrum s = simulate(c, NULL, &(eis_simulate_options){.f_hz = &f, .n_f = 1});
  expect_close(s.re[0], 40, 1e-12);
  eis_spectrum_clear(&s);
  s = simulate(
      c, p,
      &(eis_simulate_options){.f_hz = &f, .n_f = 1, .drift_percent = 50, .drift_param = "R0"});
  expect_close(s.re[0], 120, 1e-12);
  eis_spectrum_clear(&s);
  eis_circuit_free(c);
}

static const double bad_list[] = {10, -1, 3};

static const struct {
  eis_simulate_options opt;
  const char *text;
} bad_options[] = {
    {{.fmin_hz = 0, .fmax_hz = 10, .points_per_decade = 5},
     "frequency range 0 Hz to 10 Hz: expected two positive numbers"},
    {{.fmin_hz = 1, .fmax_hz = NAN, .points_per_decade = 5}, "expected two positive numbers"},
    {{.fmin_hz = 100, .fmax_hz = 10, .points_per_decade = 5},
     "lowest frequency 100 Hz is above the highest, 10 Hz; swap them"},
    {{.fmin_hz = 1, .fmax_hz = 10, .points_per_decade = 0},
     "0 points per decade: expected more than 0"},
    {{.fmin_hz = 1, .fmax_hz = 10, .points_per_decade = 2e6},
     "2000000 points per decade make more than 1000000 points; use fewer"},
    {{.f_hz = bad_list, .n_f = 0}, "no frequency given; expected at least one"},
    {{.f_hz = bad_list, .n_f = 1000001}, "1000001 frequencies are more than 1000000"},
    {{.f_hz = bad_list, .n_f = 3}, "frequency 2 is -1 Hz, not a positive number"},
    {{.f_hz = bad_list, .n_f = 1, .noise = EIS_NOISE_MODULUS, .noise_level = -1},
     "noise level -1: expected a number of at least 0"},
    {{.f_hz = bad_list, .n_f = 1, .drift_percent = -100},
     "drift of -100 %: expected a number above -100"},
    {{.f_hz = bad_list, .n_f = 1, .drift_percent = 1, .drift_param = "Rx"},
     "drift of 'Rx': the circuit has no parameter of that name"},
};

static void test_bad_options(void **state) {
  (void)state;
  eis_circuit *c = circuit();
  for (size_t i = 0; i < sizeof bad_options / sizeof bad_options[0]; i++) {
    eis_spectrum s;
    eis_error err = EIS_ERROR_INIT;
    assert_int_equal(eis_simulate_run(c, NULL, &bad_options[i].opt, &s, &err), EIS_ERROR_USAGE);
    if (!strstr(err.text, bad_options[i].text)) fail_msg("'%s'", err.text);
    assert_true(s.n == 0 && s.f == NULL);
  }
  eis_circuit_free(c);
}

static void test_bad_values(void **state) {
  (void)state;
  static const struct {
    double p[3];
    const char *text;
  } rows[] = {
      {{10, NAN, 1e-6}, "parameter 'R1' has no value; give it, as in 'R1="},
      {{-5, 100, 1e-6}, "parameter 'R0' = -5 is outside the range of its element, "},
      {{10, 100, INFINITY}, "parameter 'C1' = "},
  };
  eis_circuit *c = circuit();
  const eis_simulate_options opt = eis_simulate_options_default();
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    eis_spectrum s;
    eis_error err = EIS_ERROR_INIT;
    assert_int_equal(eis_simulate_run(c, rows[i].p, &opt, &s, &err), EIS_ERROR_USAGE);
    assert_non_null(strstr(err.text, rows[i].text));
  }
  eis_circuit_free(c);
}

/* Noise of 1e308 ohm overflows at some point: told, not returned. */
static void test_not_finite(void **state) {
  (void)state;
  eis_circuit *c = circuit();
  eis_simulate_options opt = eis_simulate_options_default();
  opt.noise = EIS_NOISE_ABSOLUTE;
  opt.noise_level = 1.7e308;
  eis_spectrum s;
  eis_error err = EIS_ERROR_INIT;
  assert_int_equal(eis_simulate_run(c, NULL, &opt, &s, &err), EIS_ERROR_NUMERIC);
  assert_non_null(strstr(err.text, "the impedance is not finite at "));
  assert_non_null(strstr(err.text, " Hz; check the parameter values"));
  assert_true(s.n == 0 && s.f == NULL);
  eis_circuit_free(c);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_grid),
      cmocka_unit_test(test_odd_grids),
      cmocka_unit_test(test_explicit_frequencies),
      cmocka_unit_test(test_noise),
      cmocka_unit_test(test_seed),
      cmocka_unit_test(test_drift),
      cmocka_unit_test(test_ties),
      cmocka_unit_test(test_bad_options),
      cmocka_unit_test(test_bad_values),
      cmocka_unit_test(test_not_finite),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
