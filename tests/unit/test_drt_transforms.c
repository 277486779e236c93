/* Methods that transform the data: Loewner, Fourier, Bayesian Hilbert transform, against closed
 * forms. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "analysis/drt_forms.h"
#include "analysis/drt_method.h"
#include "drt_method_bench.h"

/* ---- Loewner ---- */

/* R140(R230 C1u)(R576 C100u)(R150 L40): time constants R C and L/R, the loop with negative R
   because R L in parallel is R - R/(1 + j w L/R).  The values pyimpspec asserts for this circuit.
 */
static void test_loewner(void **state) {
  static const double tau[3] = {2.3e-4, 0.0576, 40.0 / 150}, R[3] = {230, 576, -150};
  static const int orders[] = {0, 4};
  eis_spectrum s;
  (void)state;
  make(&(cell){.R_inf = 140}, 0, 0, &s);
  for (size_t k = 0; k < s.n; k++) {
    const double complex jw = I * 2 * M_PI * s.f[k];
    const double complex z =
        230 / (1 + jw * 230e-6) + 576 / (1 + jw * 576e-4) + 1 / (1.0 / 150 + 1 / (jw * 40));
    s.re[k] += creal(z);
    s.im[k] += cimag(z);
  }
  for (size_t i = 0; i < 2; i++) {
    eis_drt_method_options o = eis_drt_method_options_default();
    o.order = orders[i];
    eis_drt_solution r = run("loewner", &s, &o);
    size_t n = 0;
    for (size_t q = 0; q < r.n_poles; q++) {
      const eis_drt_pole *p = &r.pole[q];
      if (fabs(p->R) < 1e-3) continue; /* of rounding */
      assert_true(n < 3 && p->tau_im == 0);
      near(p->tau, tau[n], 1e-6, "tau");
      near(p->R, R[n], 1e-6, "R");
      assert_true(p->inductive == (R[n] < 0));
      n++;
    }
    assert_int_equal(n, 3);
    near(r.drt.R_inf, 290, 1e-6, "R_inf");
    near(r.drt.R_pol, 656, 1e-5, "R_pol");
    for (size_t k = 0; k < s.n; k++)
      assert_true(fabs(r.drt.res_re[k]) < 1e-6 && fabs(r.drt.res_im[k]) < 1e-6);
    eis_drt_solution_clear(&r);
  }
  eis_spectrum_clear(&s);
}

/* Many points: the matrices take some of them, the fit all. */
static void test_loewner_many(void **state) {
  enum { N = 1001 };
  eis_spectrum s;
  (void)state;
  assert_int_equal(eis_spectrum_init(&s, N, NULL), EIS_OK);
  for (size_t k = 0; k < N; k++) {
    s.f[k] = pow(10, 6 - 8.0 * (double)k / (N - 1));
    const double complex z = 10 + 50 / (1 + I * 2 * M_PI * s.f[k] * 1e-3);
    s.re[k] = creal(z);
    s.im[k] = cimag(z);
  }
  eis_drt_solution r = run("loewner", &s, NULL);
  near(r.drt.R_pol, 50, 1e-6, "R_pol");
  near(r.drt.R_inf, 10, 1e-6, "R_inf");
  assert_true(fabs(r.drt.res_re[500]) < 1e-6 && r.drt.n == N);
  eis_drt_solution_clear(&r);
  eis_spectrum_clear(&s);
}

/* A series capacitance is no relaxation. */
static void test_loewner_capacitance(void **state) {
  eis_spectrum s;
  (void)state;
  for (int i = 0; i < 2; i++) {
    make(&(cell){.R_inf = 10, .C = 0.01, .part = {{50, 1, 1e-3}}}, i == 0 ? 0 : 0.002, 8, &s);
    eis_drt_solution r = run("loewner", &s, NULL);
    near(1 / r.drt.C_inv, 0.01, i == 0 ? 1e-6 : 0.01, "C");
    near(r.drt.R_pol, 50, i == 0 ? 1e-5 : 0.05, "R_pol");
    eis_drt_solution_clear(&r);
    eis_spectrum_clear(&s);
  }
}

/* With noise and inductance: the process of an RC; errors in words. */
static void test_loewner_noise(void **state) {
  eis_spectrum s;
  eis_drt_method_options o = eis_drt_method_options_default();
  eis_drt_solution r;
  eis_error err = EIS_ERROR_INIT;
  (void)state;
  make(&(cell){.R_inf = 10, .L = 1e-5, .part = {{50, 1, 1e-2}}}, 0.001, 7, &s);
  r = run("loewner", &s, NULL);
  double best = 0;
  for (size_t q = 0; q < r.n_poles; q++)
    if (fabs(log(r.pole[q].tau / 1e-2)) < 0.02) best = r.pole[q].R;
  near(best, 50, 0.01, "R");
  near(r.drt.L, 1e-5, 0.01, "L");
  near(r.drt.noise_percent, 0.1, 0.3, "noise");
  eis_drt_solution_clear(&r);
  o.order = 81;
  expect_error(eis_drt_method_run(method("loewner"), &s, &o, &r, &err), EIS_ERROR_USAGE, &err,
               "a Loewner model of order 81: these data have rank");
  eis_drt_solution_clear(&r);
  s.f[5] = s.f[4];
  eis_error_clear(&err);
  expect_error(eis_drt_method_run(method("loewner"), &s, NULL, &r, &err), EIS_ERROR_INPUT, &err,
               "Hz occurs twice: the Loewner method needs different ones");
  eis_error_clear(&err);
  expect_error(eis_drt_method_run(method("fourier"), &s, NULL, &r, &err), EIS_ERROR_INPUT, &err,
               "Hz occurs twice: the Fourier method needs different ones");
  eis_spectrum_clear(&s);
}

/* ---- Fourier ---- */

/* gamma of a ZARC seen through the window: its Fourier transform is (R/n) sinh(pi s)/sinh(pi s/n)
   (the integral of cos(s x) sin(theta)/(cosh(n x) - cos(theta))), times the Hann window, and back.
 */
static double windowed(const zarc *p, double cutoff, double x) {
  enum { STEPS = 2000 };
  double sum = 0;
  for (int i = 0; i < STEPS; i++) {
    const double s = cutoff * (i + 0.5) / STEPS;
    sum += p->R / p->n * sinh(M_PI * s) / sinh(M_PI * s / p->n) * cos(s * x) *
           (0.5 + 0.5 * cos(M_PI * s / cutoff)) * cutoff / STEPS / M_PI;
  }
  return sum;
}

static void test_fourier(void **state) {
  static const struct {
    cell c;
    double cutoff;
  } row[] = {{{.R_inf = 10, .part = {{50, 0.6, 1e-2}}}, 1.2},
             {{.R_inf = 10, .part = {{50, 0.8, 1e-3}}}, 1},
             {{.R_inf = 10, .part = {{50, 0.8, 1e-4}, {30, 0.9, 0.03}}}, 0.8}};
  (void)state;
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    eis_spectrum s;
    eis_drt_method_options o = eis_drt_method_options_default();
    o.cutoff = row[i].cutoff;
    make(&row[i].c, 0, 0, &s);
    eis_drt_solution r = run("fourier", &s, &o);
    const double cutoff = 2 * M_PI * row[i].cutoff / log(10);
    for (size_t j = 0; j < r.drt.n_tau; j++) {
      double g = 0;
      for (const zarc *p = row[i].c.part; p->R > 0; p++)
        g += windowed(p, cutoff, log(r.drt.tau[j] / p->tau));
      if (!(fabs(r.drt.gamma[j] - g) < 5e-3 * 10))
        fail_msg("row %zu, tau %g: %g, expected %g", i, r.drt.tau[j], r.drt.gamma[j], g);
    }
    near(r.drt.R_pol, row[i].c.part[0].R + row[i].c.part[1].R, 2e-3, "R_pol");
    eis_drt_solution_clear(&r);
    eis_spectrum_clear(&s);
  }
}

/* The window found from the noise: narrower for more noise; two processes are two peaks. */
static void test_fourier_noise(void **state) {
  double before = HUGE_VAL;
  (void)state;
  for (int i = 0; i < 3; i++) {
    eis_spectrum s;
    make(&two, i == 0 ? 1e-4 : i == 1 ? 1e-3 : 1e-2, 80, &s);
    eis_drt_solution r = run("fourier", &s, NULL);
    assert_true(r.drt.lambda < before);
    before = r.drt.lambda;
    size_t large = 0;
    for (size_t q = 0; q < r.drt.n_peaks; q++) large += r.drt.peak[q].R > 20;
    assert_int_equal(large, 2);
    near(r.drt.R_pol, 100, 0.02, "R_pol");
    eis_drt_solution_clear(&r);
    eis_spectrum_clear(&s);
  }
}

/* ---- Bayesian Hilbert transform ---- */

/* Hellinger by its closed form for equal widths, sqrt(1 - exp(-d^2/8)); Jensen-Shannon by a Riemann
   sum of 80,000 terms in Python. */
static void test_distances(void **state) {
  static const double row[][4] = {{1, 1, 1, 0.16074721979643009}, {1, 1, 2, 0.18491739799165516},
                                  {3, 1, 1, 0.7599790077712525},  {0, 1, 3, 0.26905399648358735},
                                  {9, 1, 1, 0.9999853631185817},  {0, 1, 1, 0}};
  (void)state;
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    const double d = eisi_bht_divergence(row[i][0], row[i][1], row[i][2]);
    if (!(fabs(d - row[i][3]) < 1e-6)) fail_msg("row %zu: %.9g", i, d);
    if (row[i][1] == row[i][2])
      near(eisi_bht_hellinger(row[i][0], 1, 1), sqrt(1 - exp(-row[i][0] * row[i][0] / 8)), 1e-12,
           "Hellinger");
  }
}

static double score_of(const eis_drt_solution *r, const char *name) {
  for (size_t i = 0; i < r->n_scores; i++)
    if (strcmp(r->score[i].name, name) == 0) {
      assert_true(r->score[i].value >= -1e-9 && r->score[i].value <= 1 + 1e-9);
      return r->score[i].value;
    }
  fail_msg("no score %s", name);
  return NAN;
}

/* A broad process: gamma of the formula from Re, from Im and from both, within its own band; the
   scores of data that obey the Kramers-Kronig relations are better than those of data that do not
   (a sample that changes by a fifth between the ends of the sweep). */
static void test_bht(void **state) {
  static const char *const names[] = {"residual_3s", "mean", "hellinger", "jensen_shannon"};
  const cell broad = {.R_inf = 10, .part = {{50, 0.6, 1e-2}}};
  eis_spectrum s[2];
  eis_drt_solution r[2];
  (void)state;
  for (int drift = 0; drift < 2; drift++) {
    make(&broad, 0.002, 90, &s[drift]);
    for (size_t k = 0; drift && k < s[1].n; k++) {
      s[1].re[k] *= 1 + 0.2 * (double)k / 80;
      s[1].im[k] *= 1 + 0.2 * (double)k / 80;
    }
    r[drift] = run("bht", &s[drift], NULL);
  }
  int inside = 0, of = 0;
  for (size_t j = 0; j < r[0].drt.n_tau; j++) {
    const double tau = r[0].drt.tau[j], g = eisi_drt_form(50, 0.6, 1, log(tau / 1e-2), 1);
    if (tau < 1e-5 || tau > 3) continue;
    assert_true(fabs(r[0].drt.gamma[j] - g) < 1.2);
    assert_true(fabs(r[0].gamma_re[j] - g) < 2 && fabs(r[0].gamma_im[j] - g) < 2);
    inside += r[0].drt.gamma_low[j] <= g && g <= r[0].drt.gamma_high[j];
    of++;
  }
  if (inside < 0.8 * of) fail_msg("band: %d of %d", inside, of);
  near(r[0].drt.noise_percent, 0.2, 0.2, "noise");
  near(r[0].drt.R_pol + r[0].drt.R_inf, 60, 0.02, "R_inf + R_pol");
  assert_int_equal(r[0].n_scores, 12);
  double sum[2] = {0, 0};
  for (size_t i = 0; i < 4; i++)
    for (int part = 0; part < 2; part++) {
      char name[32];
      snprintf(name, sizeof name, "%s_%s", names[i], part ? "im" : "re");
      for (int d = 0; d < 2; d++) sum[d] += score_of(&r[d], name) / 8;
    }
  if (!(sum[0] > 0.75 && sum[1] < sum[0] - 0.1)) fail_msg("scores %g and %g", sum[0], sum[1]);
  for (int d = 0; d < 2; d++) {
    eis_drt_solution_clear(&r[d]);
    eis_spectrum_clear(&s[d]);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_loewner),   cmocka_unit_test(test_loewner_noise),
      cmocka_unit_test(test_loewner_capacitance), cmocka_unit_test(test_loewner_many),
      cmocka_unit_test(test_fourier),   cmocka_unit_test(test_fourier_noise),
      cmocka_unit_test(test_distances), cmocka_unit_test(test_bht)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
