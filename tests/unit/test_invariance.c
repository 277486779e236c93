/* test_invariance.c - what must not depend on the unit of impedance or of time: Z times k is R
   times k, C over k and the same tau; f times s is tau over s.  Fit, Kramers-Kronig test and
   distribution of relaxation times. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <eisfit/drt.h>
#include <eisfit/fit.h>

#include "../../bench/random_circuit.h"

enum { CASES = 6 };
static const double LAMBDA = 1e-3;

typedef struct scaling {
  double z, f;
} scaling;

static const scaling scalings[] = {{7.3e3, 1}, {1, 0.037}, {2e-2, 41}};
enum { SCALINGS = sizeof scalings / sizeof *scalings };

static void assert_ok(eis_status st, const eis_error *err) {
  if (st != EIS_OK) fail_msg("%s", err->text);
}

static void assert_near(double a, double b, double relative, const char *what) {
  if (!(fabs(a - b) <= relative * fmax(fabs(a), fabs(b)) + 1e-300))
    fail_msg("%s: %.12g, %.12g", what, a, b);
}

static void scaled(const eis_spectrum *s, const scaling *by, eis_spectrum *out) {
  eis_error err = EIS_ERROR_INIT;
  assert_ok(eis_spectrum_copy(out, s, &err), &err);
  for (size_t k = 0; k < s->n; k++) {
    out->f[k] *= by->f;
    out->re[k] *= by->z;
    out->im[k] *= by->z;
  }
}

/* Value of a parameter in the scaled world: by its unit. */
static double expected(const eis_circuit *c, const double *p, int k, const scaling *by) {
  const char *unit = c->param[k].spec->unit;
  double v = p[k] * pow(by->z, c->param[k].spec->z_power);
  if (strcmp(unit, "F") == 0 || strcmp(unit, "H") == 0 || strcmp(unit, "s") == 0)
    v /= by->f;
  else if (strcmp(unit, "ohm s^-1/2") == 0)
    v *= sqrt(by->f);
  else if (strcmp(unit, "S s^alpha") == 0)
    v *= pow(by->f, -p[k + 1]);
  else
    assert_true(strcmp(unit, "ohm") == 0 || strcmp(unit, "") == 0);
  return v;
}

static void fit(const eis_circuit *c, const eis_spectrum *s, eis_fit_result *out) {
  eis_error err = EIS_ERROR_INIT;
  const eis_fit_options opt = eis_fit_options_default();
  assert_ok(eis_fit_run(s, c, &opt, out, &err), &err);
}

static void fits(void **state) {
  (void)state;
  for (uint64_t i = 0; i < CASES; i++) {
    random_case r;
    eis_error err = EIS_ERROR_INIT;
    eis_fit_result one, other;
    double p[RANDOM_PARAMS_MAX];
    assert_ok(random_case_make(31, i, &r, &err), &err);
    fit(r.circuit, &r.spectrum, &one);
    for (int k = 0; k < one.n_params; k++) p[k] = one.param[k].value;
    for (int j = 0; j < SCALINGS; j++) {
      eis_spectrum s;
      scaled(&r.spectrum, &scalings[j], &s);
      fit(r.circuit, &s, &other);
      assert_int_equal(one.verdict, other.verdict);
      assert_near(one.S, other.S, 1e-7, "sum of squares"); /* weights are relative */
      for (int k = 0; k < one.n_params; k++) {
        if (!one.param[k].identifiable || one.param[k].at_bound) continue;
        const double sd = one.param[k].stderr_ / fabs(p[k]); /* flat directions move more */
        assert_near(other.param[k].value, expected(r.circuit, p, k, &scalings[j]), 1e-6 + 0.02 * sd,
                    r.circuit->param[k].name);
      }
      eis_fit_result_clear(&other);
      eis_spectrum_clear(&s);
    }
    eis_fit_result_clear(&one);
    random_case_clear(&r);
  }
}

static void kramers_kronig(void **state) {
  (void)state;
  for (uint64_t i = 0; i < CASES; i++) {
    random_case r;
    eis_error err = EIS_ERROR_INIT;
    eis_kk_result one, other;
    assert_ok(random_case_make(32, i, &r, &err), &err);
    assert_ok(eis_kk_run(&r.spectrum, NULL, &one, &err), &err);
    for (int j = 0; j < SCALINGS; j++) {
      eis_spectrum s;
      scaled(&r.spectrum, &scalings[j], &s);
      assert_ok(eis_kk_run(&s, NULL, &other, &err), &err);
      assert_int_equal(one.passed, other.passed);
      assert_int_equal(one.m, other.m);
      assert_near(one.noise_percent, other.noise_percent, 1e-5, "noise");
      assert_near(one.pseudo_chi2, other.pseudo_chi2, 1e-5, "pseudo chi2");
      assert_near(one.R_inf * scalings[j].z, other.R_inf, 1e-4, "R_inf");
      assert_near(one.f_low_hz * scalings[j].f, other.f_low_hz, 1e-12, "window");
      for (int k = 0; k < one.m; k++)
        assert_near(one.tau[k] / scalings[j].f, other.tau[k], 1e-9, "tau");
      eis_kk_result_clear(&other);
      eis_spectrum_clear(&s);
    }
    eis_kk_result_clear(&one);
    random_case_clear(&r);
  }
}

static void assert_same_drt(const eis_drt_result *one, const eis_drt_result *other,
                            const scaling *by, double tolerance) {
  assert_int_equal(one->n_peaks, other->n_peaks);
  assert_near(one->R_pol * by->z, other->R_pol, tolerance, "R_pol");
  assert_near(one->R_inf * by->z, other->R_inf, 10 * tolerance, "R_inf");
  assert_near(one->noise_percent, other->noise_percent, tolerance, "noise");
  for (size_t k = 0; k < one->n_peaks; k++) {
    assert_near(one->peak[k].tau / by->f, other->peak[k].tau, 10 * tolerance, "tau of a peak");
    assert_near(one->peak[k].R * by->z, other->peak[k].R, 10 * tolerance, "R of a peak");
    assert_near(one->peak[k].C / by->z / by->f, other->peak[k].C, 20 * tolerance, "C of a peak");
  }
}

static void distributions(void **state) {
  (void)state;
  for (uint64_t i = 1; i < CASES; i += 2) {
    random_case r;
    eis_error err = EIS_ERROR_INIT;
    eis_drt_options opt = eis_drt_options_default();
    eis_drt_result one, other;
    opt.criterion = EIS_DRT_FIXED; /* the same problem, exactly, at a lambda that counts the same */
    opt.method = EIS_DRT_TIKHONOV;
    opt.lambda = LAMBDA;
    assert_ok(random_case_make(33, i, &r, &err), &err);
    assert_ok(eis_drt_run(&r.spectrum, &opt, &one, &err), &err);
    for (int j = 0; j < SCALINGS; j++) {
      eis_spectrum s;
      scaled(&r.spectrum, &scalings[j], &s);
      opt.lambda =
          LAMBDA / (scalings[j].z * scalings[j].z); /* it is 1/ohm2 with relative weights */
      assert_ok(eis_drt_run(&s, &opt, &other, &err), &err);
      assert_same_drt(&one, &other, &scalings[j], 1e-5);
      eis_drt_result_clear(&other);
      eis_spectrum_clear(&s);
    }
    eis_drt_result_clear(&one);
    random_case_clear(&r);
  }
}

/* The automatic method, too, up to the tolerance of its search. */
static void automatic(void **state) {
  random_case r;
  eis_error err = EIS_ERROR_INIT;
  eis_drt_result one, other;
  (void)state;
  assert_ok(random_case_make(34, 4, &r, &err), &err);
  assert_ok(eis_drt_run(&r.spectrum, NULL, &one, &err), &err);
  for (int j = 0; j < SCALINGS; j++) {
    eis_spectrum s;
    scaled(&r.spectrum, &scalings[j], &s);
    assert_ok(eis_drt_run(&s, NULL, &other, &err), &err);
    assert_same_drt(&one, &other, &scalings[j], 2e-3);
    eis_drt_result_clear(&other);
    eis_spectrum_clear(&s);
  }
  eis_drt_result_clear(&one);
  random_case_clear(&r);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(fits),
      cmocka_unit_test(kramers_kronig),
      cmocka_unit_test(distributions),
      cmocka_unit_test(automatic),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
