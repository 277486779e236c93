/* The distribution of relaxation times on spectra whose answer is known: accuracy, peaks, series
   terms, every method and basis, reproducibility, bad input. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <complex.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <eisfit/drt.h>

#include "analysis/drt_basis.h"
#include "analysis/drt_centre.h"
#include "numerics/rng.h"

typedef struct zarc {
  double R, n, tau;
} zarc;

typedef struct cell {
  double R_inf, L, C;
  zarc part[5];
} cell;

static const cell two = {.R_inf = 10, .part = {{50, 0.8, 1e-4}, {50, 0.8, 0.1}}};

static double gamma_of(const cell *c, double tau) {
  double sum = 0;
  for (const zarc *p = c->part; p < c->part + 5 && p->R > 0; p++) {
    const double theta = (1 - p->n) * M_PI;
    sum += p->R / (2 * M_PI) * sin(theta) / (cosh(p->n * log(tau / p->tau)) - cos(theta));
  }
  return sum;
}

static void make(const cell *c, double noise, uint64_t seed, size_t n, double top,
                 eis_spectrum *s) {
  eisi_rng r;
  eisi_rng_seed(&r, 11, seed);
  assert_int_equal(eis_spectrum_init(s, n, NULL), EIS_OK);
  for (size_t k = 0; k < n; k++) {
    s->f[k] = pow(10, top - 0.1 * (double)k);
    const double complex jw = I * 2 * M_PI * s->f[k];
    double complex z = c->R_inf + jw * c->L;
    if (c->C > 0) z += 1 / (jw * c->C);
    for (const zarc *p = c->part; p < c->part + 5 && p->R > 0; p++)
      z += p->R / (1 + cpow(jw * p->tau, p->n));
    s->re[k] = creal(z) + noise * cabs(z) * eisi_rng_normal(&r);
    s->im[k] = cimag(z) + noise * cabs(z) * eisi_rng_normal(&r);
  }
}

static eis_drt_result run(const eis_spectrum *s, const eis_drt_options *o) {
  eis_drt_result r;
  eis_error err = EIS_ERROR_INIT;
  if (eis_drt_run(s, o, &r, &err) != EIS_OK) fail_msg("%s", err.text);
  return r;
}

static double error_of(const cell *c, const eis_drt_result *r) {
  double sum = 0, size = 0;
  for (int i = 0; i <= 160; i++) {
    const double tau = pow(10, -6 + 0.05 * i), g = gamma_of(c, tau), d = eis_drt_at(r, tau) - g;
    sum += d * d;
    size += g * g;
  }
  return sqrt(sum / size);
}

static void near(double value, double expected, double relative, const char *what) {
  if (!(fabs(value / expected - 1) <= relative))
    fail_msg("%s: %.8g, expected %.8g within %g", what, value, expected, relative);
}

/* ---- the default ---- */

static void test_two_arcs(void **state) {
  static const struct {
    double noise, error, area, place;
  } row[] = {{0.001, 0.03, 0.005, 0.02}, {0.005, 0.09, 0.02, 0.05}, {0.01, 0.15, 0.04, 0.1}};
  (void)state;
  for (size_t i = 0; i < 3; i++)
    for (uint64_t seed = 0; seed < 4; seed++) {
      eis_spectrum s;
      make(&two, row[i].noise, seed, 81, 6, &s);
      eis_drt_result r = run(&s, NULL);
      const double e = error_of(&two, &r);
      if (!(e < row[i].error)) fail_msg("noise %g, seed %d: error %g", row[i].noise, (int)seed, e);
      assert_int_equal(r.n_peaks, 2);
      for (int q = 0; q < 2; q++) {
        const eis_drt_peak *p = &r.peak[q];
        near(p->R, 50, row[i].area, "area");
        assert_true(fabs(log10(p->tau / two.part[q].tau)) < row[i].place);
        assert_true(p->probability > 0.9 && !p->shoulder);
        near(p->C, p->tau / p->R, 1e-12, "C");
        assert_true(p->R_error > 0 && p->R_error < 5 && p->log10_tau_error > 0);
        /* cosh(n x) = 2 - cos theta at half height: 0.662 decades for n = .8 */
        near(p->width, 0.662, 0.25, "width");
      }
      near(r.peak[0].R + r.peak[1].R, r.R_pol, 1e-9, "areas");
      near(r.noise_percent, 100 * row[i].noise, 0.2, "noise");
      near(r.R_inf, 10, 0.02, "R_inf");
      assert_true(r.kkt < 1e-6);
      assert_string_equal(r.advice, "");
      eis_drt_result_clear(&r);
      eis_spectrum_clear(&s);
    }
}

/* Forms: area R, slopes as differences, the same shape as a ZARC for b = 1. */
static void test_forms(void **state) {
  double l[5] = {-6, -1, 0.02, 1.5, 7};
  const eisi_centre_form f[2] = {{3, 0.1, 0.75, 0.7, false}, {2, -0.4, 0.9, 1, false}};
  eisi_drt_centre c;
  (void)state;
  for (int i = 0; i < 2; i++) {
    double sum = 0;
    for (double x = -120; x < 120; x += 0.01) sum += 0.01 * eisi_centre_form_value(&f[i], x);
    near(sum, f[i].R, 1e-9, "area");
  }
  const cell same = {.part = {{2, 0.9, exp(-0.4)}}};
  near(eisi_centre_form_value(&f[1], 1.1), gamma_of(&same, exp(1.1)), 1e-12, "ZARC");
  assert_int_equal(eisi_drt_centre_init(&c, 5, l, NULL), EIS_OK);
  eisi_drt_centre_set(&c, 2, f);
  near(eisi_drt_centre_form(&c, 0).b, 0.7, 1e-12, "b");
  for (size_t k = 0; k < c.q; k++) {
    double up[5], p[2 * EISI_FORM_PARAMS];
    const double h = 1e-5;
    memcpy(p, c.p, sizeof p);
    p[k] += h;
    eisi_drt_centre_fill(&c, p, false);
    memcpy(up, c.value, sizeof up);
    p[k] -= 2 * h;
    eisi_drt_centre_fill(&c, p, false);
    double down[5];
    memcpy(down, c.value, sizeof down);
    eisi_drt_centre_fill(&c, c.p, true);
    for (int j = 0; j < 5; j++) {
      const double slope = (up[j] - down[j]) / (2 * h);
      if (fabs(c.J[k * 5 + (size_t)j] - slope) > 1e-8) fail_msg("slope %zu at %d", k, j);
    }
  }
  for (int j = 0; j < 5; j++)
    near(exp(c.value[j]), eisi_centre_form_value(&f[0], l[j]) + eisi_centre_form_value(&f[1], l[j]),
         1e-12, "sum");
  eisi_drt_centre_clear(&c);
}

/* Errors of R are those of the scatter, and forms say what the processes are, also where they
   overlap. */
static void test_errors(void **state) {
  const cell close = {.R_inf = 10, .part = {{50, 0.8, 1e-2}, {50, 0.8, 0.1}}};
  int in = 0;
  (void)state;
  for (uint64_t seed = 0; seed < 20; seed++) {
    eis_spectrum s;
    make(&close, 0.003, 300 + seed, 81, 6, &s);
    eis_drt_result r = run(&s, NULL);
    assert_int_equal(r.n_peaks, 2);
    assert_int_equal(r.n_forms, 2);
    for (int q = 0; q < 2; q++) {
      in += fabs(r.peak[q].R - 50) < 1.96 * r.peak[q].R_error;
      assert_true(r.peak[q].R_error < 15);
      near(r.form[q].n, 0.8, 0.1, "exponent");
    }
    eis_drt_result_clear(&r);
    eis_spectrum_clear(&s);
  }
  if (in < 34) fail_msg("only %d of 40 inside", in); /* expected 38 */
}

/* The band holds the truth between the two processes about as often as it says. */
static void test_band(void **state) {
  int in = 0, of = 0;
  (void)state;
  for (uint64_t seed = 0; seed < 12; seed++) {
    eis_spectrum s;
    make(&two, 0.005, 100 + seed, 81, 6, &s);
    eis_drt_result r = run(&s, NULL);
    for (size_t j = 0; j < r.n_tau; j++) {
      if (r.tau[j] < 5e-5 || r.tau[j] > 0.2) continue;
      const double g = gamma_of(&two, r.tau[j]);
      in += r.gamma_low[j] <= g && g <= r.gamma_high[j];
      of++;
    }
    eis_drt_result_clear(&r);
    eis_spectrum_clear(&s);
  }
  if (in < 0.85 * of) fail_msg("only %d of %d inside", in, of);
}

static void test_shapes(void **state) {
  static const struct {
    cell c;
    size_t peaks;
    double area; /* relative, of R_pol */
  } row[] = {{{10, 0, 0, {{50, 1, 1e-2}}}, 1, 0.003},
             {{10, 0, 0, {{50, 0.6, 1e-2}}}, 1, 0.01},
             {{10, 0, 0, {{50, 0.95, 1e-2}}}, 1, 0.003},
             {{10, 0, 0, {{50, 0.8, 1e-2}, {50, 0.8, 0.1}}}, 2, 0.005},
             {{10, 0, 0, {{50, 0.8, 1e-4}, {5, 0.85, 0.1}}}, 2, 0.005},
             {{10,
               0,
               0,
               {{20, 0.85, 2e-6}, {30, 0.8, 1e-4}, {10, 0.9, 3e-3}, {40, 0.75, 0.1}, {20, 0.9, 3}}},
              5,
              0.02}};
  (void)state;
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    eis_spectrum s;
    double total = 0, sum = 0;
    make(&row[i].c, 0.001, i, 81, 6, &s);
    eis_drt_result r = run(&s, NULL);
    for (int q = 0; q < 5; q++) total += row[i].c.part[q].R;
    if (r.n_peaks != row[i].peaks) fail_msg("row %zu: %zu peaks", i, r.n_peaks);
    near(r.R_pol, total, row[i].area, "R_pol");
    for (size_t q = 0; q < r.n_peaks; q++) {
      sum += r.peak[q].R;
      assert_true(fabs(log10(r.peak[q].tau / row[i].c.part[q].tau)) < 0.1);
    }
    near(sum, r.R_pol, 1e-9, "areas");
    eis_drt_result_clear(&r);
    eis_spectrum_clear(&s);
  }
}

/* Series terms are found where they are and left out where they are not. */
static void test_terms(void **state) {
  const cell with_L = {.R_inf = 10, .L = 1e-6, .part = {{50, 0.8, 1e-4}, {50, 0.8, 0.1}}};
  const cell with_C = {.R_inf = 10, .C = 0.1, .part = {{50, 0.8, 1e-4}, {50, 0.8, 0.01}}};
  eis_spectrum s;
  (void)state;
  make(&with_L, 0.002, 1, 81, 6, &s);
  eis_drt_result r = run(&s, NULL);
  near(r.L, 1e-6, 0.02, "L");
  assert_true(fabs(r.L - 1e-6) < 4 * r.L_error && r.C_inv == 0 && isnan(r.C_inv_error));
  eis_drt_result_clear(&r);
  eis_spectrum_clear(&s);
  make(&with_C, 0.002, 1, 81, 6, &s);
  r = run(&s, NULL);
  near(r.C_inv, 10, 0.01, "1/C");
  assert_int_equal(r.n_peaks, 2);
  eis_drt_result_clear(&r);
  eis_drt_options o = eis_drt_options_default(); /* held: the same answer */
  o.C = EIS_DRT_TERM_FIXED;
  o.C_value = 0.1;
  r = run(&s, &o);
  near(r.C_inv, 10, 1e-15, "held 1/C");
  near(r.R_pol, 100, 0.02, "R_pol");
  eis_drt_result_clear(&r);
  eis_spectrum_clear(&s);
  make(&two, 0.002, 3, 81, 6, &s);
  r = run(&s, NULL);
  assert_true(r.L == 0 || r.L > 2 * r.L_error);
  eis_drt_result_clear(&r);
  eis_spectrum_clear(&s);
}

/* Ohms and seconds have no meaning of their own. */
static void test_units(void **state) {
  eis_spectrum s;
  (void)state;
  make(&two, 0.005, 5, 81, 6, &s);
  eis_drt_result a = run(&s, NULL);
  for (size_t k = 0; k < s.n; k++) s.re[k] *= 1e6, s.im[k] *= 1e6, s.f[k] *= 1e-3;
  eis_drt_result b = run(&s, NULL);
  assert_int_equal(a.n_peaks, b.n_peaks);
  for (size_t q = 0; q < a.n_peaks; q++) {
    near(b.peak[q].R, 1e6 * a.peak[q].R, 1e-6, "R");
    near(b.peak[q].tau, 1e3 * a.peak[q].tau, 1e-6, "tau");
  }
  eis_drt_result_clear(&a);
  eis_drt_result_clear(&b);
  eis_spectrum_clear(&s);
}

/* A workspace gives bit for bit what a fresh one gives, whatever it has seen. */
static void test_workspace(void **state) {
  (void)state;
  for (int method = 0; method < 2; method++) {
    eis_drt_options o = eis_drt_options_default();
    eis_drt_work *w;
    eis_spectrum s[3];
    o.method = method ? EIS_DRT_TIKHONOV : EIS_DRT_ADAPTIVE;
    o.basis = "linear";
    make(&two, 0.01, 1, 81, 6, &s[0]);
    make(&two, 0.001, 2, 81, 6, &s[1]);
    make(&two, 0.005, 3, 61, 5, &s[2]);
    assert_int_equal(eis_drt_work_new(&o, &w, NULL), EIS_OK);
    for (int i = 0; i < 5; i++) {
      eis_drt_result warm, fresh = run(&s[i % 3], &o);
      assert_int_equal(eis_drt_work_run(w, &s[i % 3], &warm, NULL), EIS_OK);
      assert_int_equal(warm.n_tau, fresh.n_tau);
      assert_memory_equal(warm.gamma, fresh.gamma, warm.n_tau * sizeof(double));
      assert_memory_equal(warm.gamma_low, fresh.gamma_low, warm.n_tau * sizeof(double));
      assert_true(warm.R_inf == fresh.R_inf && warm.lambda == fresh.lambda);
      eis_drt_result_clear(&warm);
      eis_drt_result_clear(&fresh);
    }
    for (int i = 0; i < 3; i++) eis_spectrum_clear(&s[i]);
    eis_drt_work_free(w);
  }
  eis_drt_work_free(NULL);
}

/* A process slower than the data is said to be one. */
static void test_advice(void **state) {
  const cell slow = {.R_inf = 10, .part = {{50, 0.8, 1e-4}, {80, 0.5, 300}}};
  eis_spectrum s;
  (void)state;
  make(&slow, 0.001, 1, 81, 6, &s);
  eis_drt_result r = run(&s, NULL);
  assert_non_null(strstr(r.advice, "slower than the lowest frequency shows"));
  eis_drt_result_clear(&r);
  eis_spectrum_clear(&s);
  const cell fast = {.R_inf = 10, .part = {{50, 0.8, 1e-2}, {80, 0.8, 1e-8}}};
  make(&fast, 0.001, 1, 81, 6, &s);
  r = run(&s, NULL);
  assert_non_null(strstr(r.advice, "faster than the highest frequency shows"));
  eis_drt_result_clear(&r);
  eis_spectrum_clear(&s);
}

/* ---- Tikhonov ---- */

static void test_criteria(void **state) {
  eis_spectrum s;
  (void)state;
  make(&two, 0.005, 1, 81, 6, &s);
  for (int c = EIS_DRT_GCV; c <= EIS_DRT_EVIDENCE; c++) {
    eis_drt_options o = eis_drt_options_default();
    o.method = EIS_DRT_TIKHONOV;
    o.criterion = (eis_drt_criterion)c;
    eis_drt_result r = run(&s, &o);
    assert_true(r.lambda > 0 && r.kkt < 1e-10);
    near(r.R_pol, 100, 0.03, "R_pol");
    assert_true(error_of(&two, &r) < 0.45);
    if (c == EIS_DRT_DISCREPANCY) near(r.noise_percent, 0.5, 0.15, "noise");
    if (c == EIS_DRT_EVIDENCE) assert_true(error_of(&two, &r) < 0.2);
    eis_drt_result_clear(&r);
  }
  eis_spectrum_clear(&s);
}

/* Another start can't change what a search over the whole range finds: the same lambda with other
   ohms, up to the square of the unit. */
static void test_lambda_scale(void **state) {
  eis_spectrum s;
  eis_drt_options o = eis_drt_options_default();
  (void)state;
  o.method = EIS_DRT_TIKHONOV;
  o.weighting = EIS_WEIGHT_UNIT;
  o.criterion = EIS_DRT_GCV;
  make(&two, 0.005, 1, 81, 6, &s);
  eis_drt_result a = run(&s, &o);
  for (size_t k = 0; k < s.n; k++) s.re[k] *= 1e-3, s.im[k] *= 1e-3;
  eis_drt_result b = run(&s, &o);
  near(a.lambda, b.lambda, 1e-3, "lambda");
  near(a.R_pol, 1e3 * b.R_pol, 1e-6, "R_pol");
  eis_drt_result_clear(&a);
  eis_drt_result_clear(&b);
  eis_spectrum_clear(&s);
}

static void test_every_basis(void **state) {
  const char *key;
  eis_spectrum s;
  (void)state;
  make(&two, 0.002, 1, 81, 6, &s);
  for (size_t i = 0; (key = eis_drt_basis_at(i, NULL)) != NULL; i++) {
    const eisi_drt_basis *b = eisi_drt_basis_find(key);
    for (int k = 0; k <= b->orders; k++) {
      eis_drt_options o = eis_drt_options_default();
      double sum = 0;
      o.method = EIS_DRT_TIKHONOV;
      o.basis = key;
      o.order[1] = 0;
      o.order[k] = 1;
      if (!isfinite(b->reach)) o.fwhm = 1; /* heavy tails */
      eis_drt_result r = run(&s, &o);
      if (isfinite(b->reach)) near(r.R_pol, 100, 0.03, key);
      assert_true(r.kkt < 1e-10);
      for (int q = 0; q <= 4000; q++)
        sum += eis_drt_at(&r, pow(10, -9 + 0.003 * q)) * 0.003 * log(10);
      if (isfinite(b->reach)) near(sum, r.R_pol, 2e-3, "integral of gamma");
      eis_drt_result_clear(&r);
    }
  }
  eis_spectrum_clear(&s);
}

/* Overlaps against sums over a fine grid, integrals against the closed form of the kernel. */
static void test_basis_integrals(void **state) {
  (void)state;
  for (size_t i = 0; eisi_drt_basis_row(i); i++) {
    const eisi_drt_basis *b = eisi_drt_basis_row(i);
    near(eisi_drt_basis_value(b, b->half * (1 - 1e-12)), b->reach > 0 ? 0.5 : 1, 1e-9, b->key);
    if (b->local) continue;
    for (int k = 0; k <= 1; k++)
      for (double a = 0; a < 3; a += 1.3) {
        const double h = 1e-3, e = 1e-4, end = isfinite(b->reach) ? 30 : 2000;
        double sum = 0;
        for (double x = -end + h / 2; x < end; x += h) {
          double p = eisi_drt_basis_value(b, x), q = eisi_drt_basis_value(b, x + a);
          if (k == 1) {
            p = (eisi_drt_basis_value(b, x + e) - eisi_drt_basis_value(b, x - e)) / (2 * e);
            q = (eisi_drt_basis_value(b, x + a + e) - eisi_drt_basis_value(b, x + a - e)) / (2 * e);
          }
          sum += p * q * h;
        }
        if (fabs(eisi_drt_basis_overlap(b, k, a) - sum) > 2e-3 * eisi_drt_basis_overlap(b, 0, 0))
          fail_msg("%s, order %d, a = %g: %g, expected %g", b->key, k, a,
                   eisi_drt_basis_overlap(b, k, a), sum);
      }
    size_t n;
    double *t, *c, sum = 0, direct = 0;
    assert_int_equal(eisi_drt_basis_rule(b, 3.6, &n, &t, &c, NULL), EIS_OK);
    for (size_t q = 0; q < n; q++) sum += c[q] / (1 + exp(2 * (t[q] - 0.3)));
    const double h = 1e-4;
    for (double x = -50 + h / 2; x < 50; x += h)
      direct += eisi_drt_basis_value(b, 3.6 * x) / (1 + exp(2 * (x - 0.3))) * h;
    near(sum, direct, 1e-6, b->key);
    free(t);
    free(c);
  }
}

static void test_signed(void **state) {
  const cell loop = {.R_inf = 10, .part = {{50, 0.8, 1e-4}, {1e-9, 0.8, 1}}};
  eis_drt_options o = eis_drt_options_default();
  eis_spectrum s;
  (void)state;
  make(&loop, 0.0005, 1, 81, 6, &s);
  for (size_t k = 0; k < s.n; k++) { /* an R-L loop: -10 ohm at tau = .1 s */
    const double complex z = -10 / (1 + I * 2 * M_PI * s.f[k] * 0.1);
    s.re[k] += creal(z);
    s.im[k] += cimag(z);
  }
  o.method = EIS_DRT_TIKHONOV;
  o.signed_gamma = true;
  eis_drt_result r = run(&s, &o);
  near(r.R_pol, 40, 0.05, "R_pol");
  assert_true(eis_drt_at(&r, 0.1) < -2);
  eis_drt_result_clear(&r);
  eis_spectrum_clear(&s);
}

/* ---- bad input ---- */

static void expect(const eis_spectrum *s, const eis_drt_options *o, eis_status status,
                   const char *text) {
  eis_error err = EIS_ERROR_INIT;
  eis_drt_result r;
  assert_int_equal(eis_drt_run(s, o, &r, &err), status);
  if (!strstr(err.text, text)) fail_msg("'%s' instead of '%s'", err.text, text);
  assert_null(r.gamma);
  eis_drt_result_clear(&r);
}

static void test_bad_data(void **state) {
  eis_spectrum s;
  (void)state;
  make(&two, 0, 1, 7, 6, &s);
  expect(&s, NULL, EIS_ERROR_INPUT,
         "a distribution of relaxation times needs at least 8 points, this spectrum has 7");
  eis_spectrum_clear(&s);
  make(&two, 0, 1, 10, 6, &s);
  expect(
      &s, NULL, EIS_ERROR_INPUT,
      "the frequencies span 0.9 decades (125893 to 1e+06 Hz): a distribution of relaxation times "
      "needs at least one");
  eis_spectrum_clear(&s);
  make(&two, 0, 1, 41, 6, &s);
  s.im[3] = NAN;
  expect(&s, NULL, EIS_ERROR_INPUT, "point 4 is not a finite impedance at a positive frequency");
  for (size_t k = 0; k < s.n; k++) s.im[k] = 1;
  expect(&s, NULL, EIS_ERROR_INPUT,
         "Im Z is positive at all 41 points: an inductor has no distribution of relaxation times; "
         "is the sign of Im Z right?");
  for (size_t k = 0; k < s.n; k++) s.im[k] = -1, s.re[k] = -1;
  expect(&s, NULL, EIS_ERROR_INPUT, "Re Z is nowhere positive");
  for (size_t k = 0; k < s.n; k++) s.re[k] = 1e-7;
  expect(&s, NULL, EIS_ERROR_INPUT,
         "Re Z is at most 1e-07 of Im Z: a pure capacitor has no distribution of relaxation times");
  for (size_t k = 0; k < s.n; k++) s.re[k] = s.im[k] = 0;
  expect(&s, NULL, EIS_ERROR_INPUT, "Re Z is nowhere positive");
  s.f[5] = s.f[4];
  for (size_t k = 0; k < s.n; k++) s.re[k] = 1, s.im[k] = -1;
  eis_drt_options o = eis_drt_options_default();
  o.method = EIS_DRT_TIKHONOV;
  o.tau_at_1_over_f = true;
  expect(&s, &o, EIS_ERROR_INPUT, "occurs twice: a grid at tau = 1/f needs different ones");
  eis_spectrum_clear(&s);
}

static void test_bad_options(void **state) {
  const double zero[3] = {0, 0, 0};
  eis_spectrum s;
  eis_drt_options o;
  (void)state;
  make(&two, 0.001, 1, 81, 6, &s);
#define WITH(change, text)                         \
  o = eis_drt_options_default();                   \
  o.method = EIS_DRT_TIKHONOV;                     \
  change;                                          \
  expect(&s, &o, EIS_ERROR_USAGE, text)
  WITH(o.per_decade = 1, "points per decade: 1 is out of range, expected 2 to 100");
  WITH(o.level = 1, "the level of the band: 1 is out of range");
  WITH(o.lambda = -1, "lambda: -1 is out of range");
  WITH(o.extend_decades = 6, "decades beyond the data: 6 is out of range, expected 0 to 5");
  WITH(o.fwhm = 0, "the width of the basis functions (fwhm): 0 is out of range");
  WITH(o.tau_min = -1, "tau from -1 to nan: expected two positive numbers, the smaller one first");
  WITH((o.tau_min = 1, o.tau_max = 0.1), "tau from 1 to 0.1: expected two positive numbers");
  WITH(o.lambda_max = 0, "lambda from nan to 0: expected two positive numbers");
  WITH((o.tau_min = 1, o.tau_max = 2), "has 4 points: expected 10 to 2000");
  WITH(o.basis = "gausian", "there is no basis 'gausian'; did you mean 'gaussian'?");
  WITH(o.basis = NULL, "there is no basis ''");
  WITH((o.basis = "matern-c0", o.order[2] = 1),
       "basis 'matern-c0' has no derivative of order 2: use a smoother one or a lower order");
  WITH(memcpy(o.order, zero, sizeof zero), "the penalty is empty: give a share to one of");
  WITH(o.order[0] = -1, "the share of derivative 0 in the penalty is -1: expected 0 or more");
  WITH((o.C = EIS_DRT_TERM_FIXED),
       "a fixed series capacitance of 0 F: expected another number than 0");
  WITH((o.L = EIS_DRT_TERM_FIXED, o.L_value = NAN), "a fixed series term has no value");
  WITH((o.part = EIS_DRT_IMAG, o.criterion = EIS_DRT_RE_IM), "use both parts of the data");
  WITH(o.lambda_min = 1e25, "the end that was left open is at the other side, give both ends");
#undef WITH
  eis_spectrum_clear(&s);
}

/* What can only be said once it was tried. */
static void test_no_solution(void **state) {
  eis_drt_options o = eis_drt_options_default();
  eis_spectrum s;
  (void)state;
  make(&two, 0.001, 1, 81, 6, &s);
  o.method = EIS_DRT_TIKHONOV;
  o.signed_gamma = true;
  o.per_decade = 60;
  o.lambda_min = 1e-30, o.lambda_max = 1e-29;
  expect(&s, &o, EIS_ERROR_NUMERIC,
         "no lambda from 1e-30 to 1e-29 gives a solution: widen the range");
  o.criterion = EIS_DRT_FIXED;
  o.lambda = 1e-30;
  expect(&s, &o, EIS_ERROR_NUMERIC, "the quadratic program has no unique solution");
  o = eis_drt_options_default();
  o.weighting = EIS_WEIGHT_UNIT;
  for (size_t k = 0; k < s.n; k++) s.re[k] *= 1e170, s.im[k] *= 1e170;
  expect(
      &s, &o, EIS_ERROR_NUMERIC,
      "the distribution of relaxation times can't be determined: the equations are singular; check "
      "the spectrum with the Kramers-Kronig test");
  o.method = EIS_DRT_TIKHONOV;
  o.criterion = EIS_DRT_DISCREPANCY;
  for (size_t k = 0; k < s.n; k++) s.re[k] = 1, s.im[k] = 0;
  expect(
      &s, &o, EIS_ERROR_NUMERIC,
      "the Kramers-Kronig test finds no noise in these data: choose lambda by another criterion than "
      "the discrepancy");
  eis_spectrum_clear(&s);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_two_arcs),    cmocka_unit_test(test_forms),
      cmocka_unit_test(test_errors),      cmocka_unit_test(test_band),
      cmocka_unit_test(test_shapes),      cmocka_unit_test(test_terms),
      cmocka_unit_test(test_units),       cmocka_unit_test(test_workspace),
      cmocka_unit_test(test_advice),      cmocka_unit_test(test_criteria),
      cmocka_unit_test(test_lambda_scale), cmocka_unit_test(test_every_basis),
      cmocka_unit_test(test_basis_integrals), cmocka_unit_test(test_signed),
      cmocka_unit_test(test_bad_data),    cmocka_unit_test(test_bad_options),
      cmocka_unit_test(test_no_solution)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
