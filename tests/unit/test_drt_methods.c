/* The rows of the table of DRT methods: each against an answer that is known from elsewhere. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <complex.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <eisfit/eisfit.h>

#include "analysis/drt_forms.h"
#include "drt_method_bench.h"

/* ---- the table ---- */

static void test_rows(void **state) {
  size_t n = 0;
  (void)state;
  for (const eis_drt_method_row *r; (r = eis_drt_method_at(n)); n++) {
    assert_true(r->key[0] && r->name[0] && r->reference[0] && r->run);
    assert_ptr_equal(method(r->key), r);
  }
  assert_int_equal(n, 9);
}

static void test_errors(void **state) {
  static const struct {
    int processes, most, order;
    double cutoff;
    const char *text;
  } row[] = {
      {13, 8, 0, NAN, "the number of processes: 13 is out of range, expected 0 to 12"},
      {0, 0, 0, NAN, "the largest number of processes: 0 is out of range, expected 1 to 12"},
      {0, 8, -1, NAN, "the order of the Loewner model: -1 is out of range, expected 0 to 200"},
      {0, 8, 0, -2,
       "a Fourier window that ends at -2 cycles per decade: expected a positive "
       "number"}};
  const eis_drt_method_row *found;
  eis_spectrum s;
  eis_drt_solution out;
  eis_error err = EIS_ERROR_INIT;
  (void)state;
  make(&two, 0, 0, &s);
  expect_error(eis_drt_method_find("tikonov", &found, &err), EIS_ERROR_USAGE, &err,
               "there is no DRT method 'tikonov'; did you mean 'tikhonov'?");
  assert_null(found);
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    eis_drt_method_options o = eis_drt_method_options_default();
    o.processes = row[i].processes;
    o.most_processes = row[i].most;
    o.order = row[i].order;
    o.cutoff = row[i].cutoff;
    eis_error_clear(&err);
    expect_error(eis_drt_method_run(method("adaptive"), &s, &o, &out, &err), EIS_ERROR_USAGE, &err,
                 row[i].text);
    eis_drt_solution_clear(&out);
  }
  eis_spectrum_clear(&s);
}

/* A series term at a given value is held, or refused: never found anew. */
static void test_held(void **state) {
  eis_spectrum s;
  size_t held = 0;
  (void)state;
  make(&two, 0, 0, &s);
  for (size_t i = 0; eis_drt_method_at(i); i++) {
    const eis_drt_method_row *row = eis_drt_method_at(i);
    eis_drt_method_options o = eis_drt_method_options_default();
    eis_drt_solution out;
    eis_error err = EIS_ERROR_INIT;
    o.drt.R_inf = EIS_DRT_TERM_FIXED;
    o.drt.R_inf_value = 9.5;
    const eis_status st = eis_drt_method_run(row, &s, &o, &out, &err);
    held += st == EIS_OK;
    assert_int_equal(st == EIS_OK, row->holds);
    if (st == EIS_OK)
      assert_true(out.drt.R_inf == 9.5);
    else
      expect_error(st, EIS_ERROR_USAGE, &err,
                   "finds series resistance, inductance and capacitance itself: to hold one at a "
                   "value use another method");
    eis_drt_solution_clear(&out);
  }
  assert_int_equal(held, 7);
  eis_spectrum_clear(&s);
}

static bool has_inductor(const eis_drt_solution *s) {
  return eis_circuit_find_param(s->parametric->circuit, "L0") >= 0;
}

/* Sums of processes: no inductance although there is one, one although there is none, one at its
 * value. */
static void test_terms_of_sums(void **state) {
  static const char *const sum[] = {"mrq", "hn"};
  (void)state;
  for (int i = 0; i < 2; i++) {
    eis_spectrum s;
    eis_drt_solution out;
    eis_drt_method_options o = eis_drt_method_options_default();
    make(&two, 0.001, 3, &s);
    assert_int_equal(eis_drt_method_run(method(sum[i]), &s, &o, &out, NULL), EIS_OK);
    assert_false(has_inductor(&out));
    eis_drt_solution_clear(&out);
    o.drt.L = EIS_DRT_TERM_FIT;
    assert_int_equal(eis_drt_method_run(method(sum[i]), &s, &o, &out, NULL), EIS_OK);
    assert_true(has_inductor(&out) && out.drt.L < 1e-6);
    eis_drt_solution_clear(&out);
    for (size_t k = 0; k < s.n; k++) s.im[k] += 2 * M_PI * s.f[k] * 2e-6;
    o.drt.L = EIS_DRT_TERM_NONE;
    assert_int_equal(eis_drt_method_run(method(sum[i]), &s, &o, &out, NULL), EIS_OK);
    assert_true(!has_inductor(&out) && out.drt.L == 0);
    eis_drt_solution_clear(&out);
    o.drt.L = EIS_DRT_TERM_FIXED;
    o.drt.L_value = 2e-6;
    assert_int_equal(eis_drt_method_run(method(sum[i]), &s, &o, &out, NULL), EIS_OK);
    assert_true(has_inductor(&out) && out.drt.L == 2e-6 && isnan(out.drt.L_error));
    assert_true(out.drt.n_peaks == 2 && fabs(out.drt.peak[0].R / 50 - 1) < 0.02);
    eis_drt_solution_clear(&out);
    eis_spectrum_clear(&s);
  }
}

/* What can't be is refused by every method in the words of the core. */
static void test_bad_data(void **state) {
  (void)state;
  for (size_t i = 0; eis_drt_method_at(i); i++) {
    static const char *const text[] = {"needs at least 8 points, this spectrum has 7",
                                       "Im Z is positive at all 81 points",
                                       "point 3 is not a finite impedance"};
    for (int kind = 0; kind < 3; kind++) {
      eis_spectrum s;
      eis_drt_solution out;
      eis_error err = EIS_ERROR_INIT;
      make(&two, 0.001, 0, &s);
      if (kind == 0) s.n = 7;
      for (size_t k = 0; kind == 1 && k < s.n; k++) s.im[k] = fabs(s.im[k]) + 1e-6;
      if (kind == 2) s.re[2] = NAN;
      expect_error(eis_drt_method_run(eis_drt_method_at(i), &s, NULL, &out, &err), EIS_ERROR_INPUT,
                   &err, text[kind]);
      assert_null(out.drt.gamma);
      eis_drt_solution_clear(&out);
      eis_spectrum_clear(&s);
    }
  }
}

/* A solver gives the same as a single run, also after another spectrum. */
static void test_solver(void **state) {
  (void)state;
  for (size_t i = 0; eis_drt_method_at(i); i++) {
    const eis_drt_method_row *row = eis_drt_method_at(i);
    eis_spectrum s[2];
    eis_drt_solver *v;
    eis_drt_solution other, kept, once = {0};
    eis_error err = EIS_ERROR_INIT;
    make(&two, 0.005, 1, &s[0]);
    make(&two, 0.01, 2, &s[1]);
    assert_int_equal(eis_drt_solver_new(row, NULL, &v, &err), EIS_OK);
    assert_int_equal(eis_drt_solver_run(v, &s[0], &other, &err), EIS_OK);
    assert_int_equal(eis_drt_solver_run(v, &s[1], &kept, &err), EIS_OK);
    once = run(row->key, &s[1], NULL);
    assert_int_equal(once.drt.n_tau, kept.drt.n_tau);
    assert_memory_equal(once.drt.gamma, kept.drt.gamma, once.drt.n_tau * sizeof(double));
    assert_int_equal(once.drt.n_peaks, kept.drt.n_peaks);
    assert_ptr_equal(once.method, row);
    eis_drt_solution_clear(&other);
    eis_drt_solution_clear(&kept);
    eis_drt_solution_clear(&once);
    eis_drt_solver_free(v);
    eis_spectrum_clear(&s[0]);
    eis_spectrum_clear(&s[1]);
  }
}

/* ---- forms ---- */

/* R/(1 + j w tau)^alpha)^beta is the integral of its gamma: by the trapezoidal rule in ln tau. */
static void test_forms(void **state) {
  static const double alpha[] = {0.5, 0.8, 0.95, 0.7, 0.6, 0.9}, beta[] = {1, 1, 1, 0.5, 0.8, 0.3};
  (void)state;
  for (size_t i = 0; i < sizeof alpha / sizeof *alpha; i++)
    for (double lw = -6; lw < 7; lw += 1.5) {
      const double h = 2e-3;
      double complex sum = 0;
      for (double x = -160; x < 160; x += h)
        sum += h * eisi_drt_form(1, alpha[i], beta[i], x, h) / (1 + I * exp(x + lw));
      const double complex z = cpow(1 + cpow(I * exp(lw), alpha[i]), -beta[i]);
      if (!(cabs(sum - z) < 1e-6))
        fail_msg("alpha %g beta %g: off by %g", alpha[i], beta[i], cabs(sum - z));
    }
}

/* R coth(b)/b without R/(j w tau) is the integral of its gamma, of area R/3; a coarser grid draws
   the delta functions as triangles. */
static void test_diffusion_form(void **state) {
  const eis_drt_process p = {.element = "Wo", .R = 3, .tau = 10, .alpha = 1, .beta = 1};
  (void)state;
  for (double lw = -5; lw < 6; lw += 1.5) {
    const double h = 2e-3;
    double complex sum = 0;
    for (double x = -40; x < 3; x += h)
      sum += h * eisi_drt_process_gamma(&p, x, h) / (1 + I * exp(x + lw));
    const double complex jw = I * exp(lw), b = csqrt(10 * jw),
                         z = 3 / (b * ctanh(b)) - 3 / (10 * jw);
    if (!(cabs(sum - z) < 2e-5)) fail_msg("ln w %g: off by %g", lw, cabs(sum - z));
  }
}

/* Gerischer: gamma = R/pi sqrt(tau/(tau_0 - tau)), nothing beyond; the delta function has its area;
   the maximum of a ZARC is R/(2 pi) cot((1 - n) pi/2), and its width that of the formula. */
static void test_special_forms(void **state) {
  (void)state;
  for (double x = -8; x < -0.1; x += 0.3)
    near(eisi_drt_form(2, 1, 0.5, x, 1), 2 / M_PI * sqrt(exp(x) / (1 - exp(x))), 1e-12,
         "Gerischer");
  assert_true(eisi_drt_form(2, 1, 0.5, 0.1, 1) == 0);
  double area = 0;
  for (int i = -20; i < 20; i++) area += 0.05 * eisi_drt_form(7, 1, 1, 0.05 * i + 0.013, 0.05);
  near(area, 7, 1e-12, "area of a delta function");
  near(eisi_drt_form(50, 0.8, 1, 0, 1), 25 / M_PI / tan(0.1 * M_PI), 1e-12, "height");
  for (double a = 0.4; a < 0.98; a += 0.1) {
    const double w = eisi_drt_zarc_width(a) * log(10);
    near(eisi_drt_form(1, a, 1, w / 2, 1), eisi_drt_form(1, a, 1, 0, 1) / 2, 1e-9, "half height");
    near(eisi_drt_zarc_alpha(eisi_drt_zarc_width(a)), a, 1e-9, "exponent from the width");
  }
  assert_true(eisi_drt_zarc_alpha(0) == 1);
}

/* ---- ridge ---- */

/* x of (A'W'W A + lambda M) x = A'W'W z with long double elimination: without constraint the
   solution satisfies it.  `linear` with a first-order penalty: A and M by formulas written here. */
static void test_ridge(void **state) {
  enum { M = 40 };
  eis_drt_method_options o = eis_drt_method_options_default();
  eis_spectrum s;
  (void)state;
  make(&two, 0.005, 3, &s);
  o.drt.basis = "points";
  o.drt.criterion = EIS_DRT_FIXED;
  o.drt.lambda = 1e-4;
  o.drt.tau_min = 1e-7, o.drt.tau_max = 1e2;
  o.drt.per_decade = (M - 1) / 9.0;
  o.drt.R_inf = EIS_DRT_TERM_FIT, o.drt.L = o.drt.C = EIS_DRT_TERM_NONE;
  eis_drt_solution r = run("ridge", &s, &o);
  assert_int_equal(r.drt.n_tau, M);
  static long double A[162][M + 1], H[M + 1][M + 2];
  const long double step = logl(1e9L) / (M - 1);
  memset(H, 0, sizeof H);
  for (size_t k = 0; k < 81; k++) {
    const long double w = 2 * acosl(-1.0L) * s.f[k], size = hypotl(s.re[k], s.im[k]);
    for (int j = 0; j <= M; j++) {
      const long double u = w * expl(logl(1e-7L) + step * j);
      A[k][j] = (j == M ? 1 : step / (1 + u * u)) / size;
      A[81 + k][j] = (j == M ? 0 : -step * u / (1 + u * u)) / size;
    }
    for (int i = 0; i <= M; i++) {
      for (int j = 0; j <= M; j++) H[i][j] += A[k][i] * A[k][j] + A[81 + k][i] * A[81 + k][j];
      H[i][M + 1] += (A[k][i] * s.re[k] + A[81 + k][i] * s.im[k]) / size;
    }
  }
  for (int i = 0; i + 1 < M; i++) {
    const long double f = 1e-4L / step;
    H[i][i] += f, H[i + 1][i + 1] += f, H[i][i + 1] -= f, H[i + 1][i] -= f;
  }
  for (int p = 0; p <= M; p++)
    for (int i = 0; i <= M; i++) {
      const long double f = H[i][p] / H[p][p];
      for (int j = p; i != p && j <= M + 1; j++) H[i][j] -= f * H[p][j];
    }
  for (int j = 0; j < M; j++) {
    const double x = (double)(H[j][M + 1] / H[j][j]);
    if (!(fabs(r.drt.gamma[j] - x) < 1e-7 * 25)) fail_msg("%d: %.9g, %.9g", j, r.drt.gamma[j], x);
  }
  near(r.drt.R_inf, (double)(H[M][M + 1] / H[M][M]), 1e-8, "R_inf");
  bool negative = false;
  for (int j = 0; j < M; j++) negative |= r.drt.gamma[j] < 0;
  assert_true(negative); /* no constraint */
  eis_drt_solution_clear(&r);
  eis_spectrum_clear(&s);
}

/* The starts, evaluated as they are, are already near the data, in every notation. */
static void check_circuits(const eis_drt_solution *r, const eis_spectrum *s, double most) {
  static const eis_notation notation[] = {EIS_NOTATION_AUTO, EIS_NOTATION_IMPEDANCE,
                                          EIS_NOTATION_CDC};
  eis_error err = EIS_ERROR_INIT;
  for (size_t i = 0; i < 3; i++) {
    char *text;
    eis_circuit *c;
    eis_eval *e;
    double z[162], p[16];
    if (eis_drt_circuit(r, notation[i], &text, &err) != EIS_OK) fail_msg("%s", err.text);
    if (eis_circuit_parse(text, EIS_NOTATION_AUTO, &c, &err) != EIS_OK)
      fail_msg("%s: %s", text, err.text);
    assert_true(c->n_params <= 16);
    assert_int_equal(eis_eval_new(c, s->f, s->n, &e, &err), EIS_OK);
    for (int j = 0; j < c->n_params; j++) p[j] = c->param[j].value;
    eis_eval_run(e, p, z, NULL, NULL);
    for (size_t k = 0; k < s->n; k++) {
      const double size = hypot(s->re[k], s->im[k]);
      const double off = hypot(z[k] - s->re[k], z[81 + k] - s->im[k]) / size;
      if (!(off < most)) fail_msg("%s: off by %g at %g Hz", text, off, s->f[k]);
    }
    eis_eval_free(e);
    eis_circuit_free(c);
    free(text);
  }
}

/* ---- sums of processes ---- */

/* Noise-free data: every parameter to many digits, by formula. */
static void test_sum_exact(void **state) {
  static const struct {
    const char *key, *element[2];
    double part[2][4]; /* R, tau, alpha, beta */
    double loop;
  } row[] = {{"mrq", {"Zarc", "Zarc"}, {{50, 1e-4, 0.8, 1}, {30, 0.1, 0.7, 1}}, 0},
             {"mrq", {"K", "Zarc"}, {{50, 1e-4, 1, 1}, {30, 0.1, 0.85, 1}}, 0},
             {"hn", {"Ga", NULL}, {{50, 1e-3, 1, 0.5}}, 0},
             {"hn", {"Zarc", "HN"}, {{20, 1e-5, 0.85, 1}, {50, 0.05, 0.9, 0.6}}, 0},
             {"mrq", {"Zarc", "RL"}, {{50, 1e-3, 0.8, 1}, {8, 3, 1, 1}}, 1},
             {"mrq", {"Zarc", "Wo"}, {{50, 1e-3, 0.8, 1}, {30, 3, 1, 1}}, 0}};
  (void)state;
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    eis_spectrum s;
    make(&(cell){.R_inf = 10, .L = 1e-6}, 0, 0, &s);
    const size_t n = row[i].element[1] ? 2 : 1;
    for (size_t k = 0; k < s.n; k++)
      for (size_t q = 0; q < n; q++) {
        const double *p = row[i].part[q];
        const double complex jw = I * 2 * M_PI * s.f[k];
        double complex z = p[0] * cpow(1 + cpow(jw * p[1], p[2]), -p[3]);
        if (q == 1 && row[i].loop > 0) z = p[0] - z;
        if (q == 1 && strcmp(row[i].element[1], "Wo") == 0)
          z = p[0] / (csqrt(jw * p[1]) * ctanh(csqrt(jw * p[1])));
        s.re[k] += creal(z);
        s.im[k] += cimag(z);
      }
    eis_drt_solution r = run(row[i].key, &s, NULL);
    if (r.parametric->n != n) fail_msg("row %zu: %zu processes", i, r.parametric->n);
    for (size_t q = 0; q < n; q++) {
      const eis_drt_process *p = &r.parametric->process[q];
      assert_string_equal(p->element, row[i].element[q]);
      near(p->R, row[i].part[q][0], 1e-5, "R");
      near(p->tau, row[i].part[q][1], 1e-5, "tau");
      near(p->alpha, row[i].part[q][2], 1e-5, "alpha");
      near(p->beta, row[i].part[q][3], 1e-5, "beta");
    }
    near(r.drt.R_inf, 10 + row[i].loop * 8, 1e-5, "R_inf");
    near(r.drt.L, 1e-6, 1e-4, "L");
    const bool diffusion = n == 2 && strcmp(row[i].element[1], "Wo") == 0;
    const double area = row[i].loop > 0 ? -1 : diffusion ? 1.0 / 3 : 1;
    near(r.drt.R_pol, row[i].part[0][0] + area * row[i].part[1][0], 1e-5, "R_pol");
    if (diffusion) near(r.drt.C_inv, 30.0 / 3, 1e-5, "1/C");
    check_circuits(&r, &s, 1e-4);
    assert_true(r.parametric->test.passed);
    eis_drt_solution_clear(&r);
    eis_spectrum_clear(&s);
  }
}

/* Two processes, each parameter within four and a half of its errors; S is that of a fit of the
   same circuit by the ordinary way; gamma is that of the formula; the band holds the truth. */
static void test_sum_noise(void **state) {
  int inside = 0, of = 0;
  (void)state;
  for (uint64_t seed = 0; seed < 6; seed++) {
    eis_spectrum s;
    eis_circuit *c;
    eis_fit_result fit;
    make(&two, 0.005, 40 + seed, &s);
    eis_drt_solution r = run("mrq", &s, NULL);
    const eis_drt_parametric *p = r.parametric;
    assert_int_equal(p->n, 2);
    assert_int_equal(r.drt.n_peaks, 2);
    for (size_t q = 0; q < 2; q++) {
      const eis_drt_process *v = &p->process[q];
      const zarc *t = &two.part[q];
      assert_true(fabs(v->R - t->R) < 4.5 * v->R_error && v->R_error < 1);
      assert_true(fabs(log10(v->tau / t->tau)) < 4.5 * v->log10_tau_error);
      assert_true(fabs(v->alpha - t->n) < 4.5 * v->alpha_error && v->alpha_error < 0.02);
      near(r.drt.peak[q].R, v->R, 1e-12, "R of the peak");
      near(r.drt.peak[q].C, v->tau / v->R, 1e-12, "C of the peak");
      assert_true(r.drt.peak[q].probability > 0.999 && !r.drt.peak[q].shoulder);
    }
    assert_int_equal(eis_circuit_parse("R0-Zarc1-Zarc2", EIS_NOTATION_AUTO, &c, NULL), EIS_OK);
    assert_int_equal(
        eis_fit_run(&s, c,
                    &(eis_fit_options){.optimizer = "auto", .seed = 1, .max_time_s = INFINITY},
                    &fit, NULL),
        EIS_OK);
    near(p->S, fit.S, 1e-6, "S");
    near(p->process[0].R_error, fit.param[1].stderr_, 1e-3, "error of R");
    for (size_t j = 0; j < r.drt.n_tau; j++) {
      const double tau = r.drt.tau[j];
      double g = 0, truth = 0;
      for (size_t q = 0; q < 2; q++) {
        const double n = p->process[q].alpha, x = n * log(tau / p->process[q].tau);
        g += p->process[q].R * sin(M_PI * n) / (2 * M_PI) / (cosh(x) + cos(M_PI * n));
        truth += 50 * sin(M_PI * 0.8) / (2 * M_PI) /
                 (cosh(0.8 * log(tau / two.part[q].tau)) + cos(M_PI * 0.8));
      }
      near(r.drt.gamma[j], g, 1e-9, "gamma");
      near(eis_drt_solution_at(&r, tau), g, 1e-9, "gamma at tau");
      inside += r.drt.gamma_low[j] <= truth && truth <= r.drt.gamma_high[j];
      of++;
    }
    eis_circuit_free(c);
    eis_fit_result_clear(&fit);
    eis_drt_solution_clear(&r);
    eis_spectrum_clear(&s);
  }
  if (inside < 0.8 * of) fail_msg("band: %d of %d", inside, of);
}

/* The table: the number found has the lowest criterion, S falls with the number, probabilities add
   up; a number asked for is the number given. */
static void test_sum_numbers(void **state) {
  eis_spectrum s;
  eis_drt_method_options o = eis_drt_method_options_default();
  (void)state;
  make(&two, 0.005, 60, &s);
  eis_drt_solution r = run("mrq", &s, NULL);
  double sum = 0;
  assert_true(r.parametric->n_tried >= 3);
  for (size_t i = 0; i < r.parametric->n_tried; i++) {
    const eis_drt_tried *t = &r.parametric->tried[i];
    sum += t->probability;
    assert_true(t->bic >= r.parametric->bic);
    if (i > 0) assert_true(t->processes > t[-1].processes && t->S < t[-1].S);
    if (t->processes == 2) assert_true(t->probability > 0.9);
  }
  near(sum, 1, 1e-12, "probabilities");
  eis_drt_solution_clear(&r);
  for (int n = 1; n <= 3; n++) {
    o.processes = n;
    r = run("mrq", &s, &o);
    assert_int_equal(r.parametric->n, n);
    if (n == 1) {
      assert_false(r.parametric->test.passed); /* one arc for two */
      assert_non_null(strstr(r.drt.advice, "no sum of such processes"));
    }
    eis_drt_solution_clear(&r);
  }
  o.processes = 12;
  s.n = 20;
  eis_error err = EIS_ERROR_INIT;
  expect_error(eis_drt_method_run(method("mrq"), &s, &o, &r, &err), EIS_ERROR_NUMERIC, &err,
               "no sum of 12 processes can be fitted to 20 points: ask for fewer");
  eis_drt_solution_clear(&r);
  eis_spectrum_clear(&s);
}

/* The regularised gamma stays; peaks are those of the sum where its residuals are noise: two ZARCs
   are a sum of ZARCs, a Gerischer element is one of HN; where the sample changes by a tenth during
   the sweep, no sum leaves noise. */
static void test_auto(void **state) {
  static const char *const by[] = {"mrq", "hn", "adaptive"};
  (void)state;
  for (size_t i = 0; i < 3; i++) {
    eis_spectrum s;
    eis_drt_solution r, a;
    make(&(cell){.R_inf = 10, .part = {{i == 0 ? 50 : 1e-3, 0.8, 1e-4}}}, 0.0005, i, &s);
    for (size_t k = 0; k < s.n; k++) {
      const double complex jw = I * 2 * M_PI * s.f[k];
      const double complex z = i == 0 ? 0 : 50 / csqrt(1 + jw * 1e-2);
      const double drift = i == 2 ? 1 + 0.1 * sin(0.4 * (double)k) : 1;
      s.re[k] = (s.re[k] + creal(z)) * drift;
      s.im[k] = (s.im[k] + cimag(z)) * drift;
    }
    r = run("auto", &s, NULL);
    a = run("adaptive", &s, NULL);
    assert_string_equal(r.gamma_by->key, "adaptive");
    assert_memory_equal(r.drt.gamma, a.drt.gamma, a.drt.n_tau * sizeof(double));
    if (strcmp(r.peaks_by->key, by[i]) != 0) fail_msg("row %zu: %s", i, r.verdict);
    assert_non_null(strstr(r.verdict, i < 2 ? "the residuals are noise" : "no sum of processes"));
    near(eis_drt_solution_at(&r, 1e-3), eis_drt_at(&r.drt, 1e-3), 0, "gamma at tau");
    eis_drt_solution_clear(&r);
    eis_drt_solution_clear(&a);
    eis_spectrum_clear(&s);
  }
}

/* ---- circuits ---- */

static void test_circuit(void **state) {
  eis_spectrum s;
  (void)state;
  make(&two, 0.001, 4, &s);
  eis_drt_solution r = run("adaptive", &s, NULL);
  check_circuits(&r, &s, 0.05);
  eis_drt_solution_clear(&r);
  eis_spectrum_clear(&s);
}

/* Six digits, plain or with an exponent. */
static void test_circuit_digits(void **state) {
  eis_drt_peak peak = {.R = 123.4567891, .tau = 123.4567891 * 1.9e-11, .width = 0};
  eis_drt_solution s = {.drt = {.R_inf = 0.109726432, .L = 8.0394912e-7, .C_inv = 1 / 2345678.9,
                                .n_peaks = 1, .peak = &peak}};
  char *text;
  (void)state;
  assert_int_equal(eis_drt_circuit(&s, EIS_NOTATION_AUTO, &text, NULL), EIS_OK);
  assert_string_equal(text,
                      "R0{R=0.109726}-L0{L=8.03949e-7}-C0{C=2345680}-p(R1{R=123.457},"
                      "C1{C=1.9e-11})");
  free(text);
}

static void test_no_circuit(void **state) {
  eis_spectrum s;
  eis_error err = EIS_ERROR_INIT;
  eis_drt_method_options o = eis_drt_method_options_default();
  char *text;
  (void)state;
  make(&two, 0.001, 4, &s);
  o.drt.level = 0; /* no peaks */
  eis_drt_solution r = run("adaptive", &s, &o);
  expect_error(eis_drt_circuit(&r, EIS_NOTATION_AUTO, &text, &err), EIS_ERROR_INPUT, &err,
               "no circuit can be made: this distribution of relaxation times has no peak");
  assert_null(text);
  eis_drt_solution_clear(&r);
  eis_spectrum_clear(&s);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_rows),          cmocka_unit_test(test_errors),
                                     cmocka_unit_test(test_held),
      cmocka_unit_test(test_terms_of_sums),
      cmocka_unit_test(test_bad_data),      cmocka_unit_test(test_solver),        cmocka_unit_test(test_forms),
      cmocka_unit_test(test_special_forms), cmocka_unit_test(test_ridge),
      cmocka_unit_test(test_diffusion_form),
      cmocka_unit_test(test_sum_exact),     cmocka_unit_test(test_sum_noise),
      cmocka_unit_test(test_sum_numbers),   cmocka_unit_test(test_auto),
      cmocka_unit_test(test_circuit),       cmocka_unit_test(test_circuit_digits),
            cmocka_unit_test(test_no_circuit)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
