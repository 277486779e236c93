/* A run again at other strengths, and which peaks are found there. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <complex.h>
#include <math.h>
#include <string.h>

#include <eisfit/drt_stability.h>

#include "numerics/rng.h"

/* Two ZARCs of 50 ohm, three decades apart, behind 10 ohm. */
static eis_spectrum two_arcs(double noise) {
  eis_spectrum s;
  eisi_rng r;
  eisi_rng_seed(&r, 5, 2);
  assert_int_equal(eis_spectrum_init(&s, 81, NULL), EIS_OK);
  for (size_t k = 0; k < s.n; k++) {
    s.f[k] = pow(10, 6 - 0.1 * (double)k);
    const double complex jw = I * 2 * M_PI * s.f[k];
    const double complex z = 10 + 50 / (1 + cpow(jw * 1e-4, 0.8)) + 50 / (1 + cpow(jw * 0.1, 0.8));
    s.re[k] = creal(z) + noise * cabs(z) * eisi_rng_normal(&r);
    s.im[k] = cimag(z) + noise * cabs(z) * eisi_rng_normal(&r);
  }
  return s;
}

typedef struct pair {
  eis_drt_work *work;
  eis_drt_result result;
} pair;

static pair run(const eis_spectrum *s, const eis_drt_options *o) {
  pair p;
  eis_error err = EIS_ERROR_INIT;
  assert_int_equal(eis_drt_work_new(o, &p.work, &err), EIS_OK);
  if (eis_drt_work_run(p.work, s, &p.result, &err)) fail_msg("%s", err.text);
  return p;
}

static eis_drt_result again(pair *p, const eis_spectrum *s, double factor) {
  eis_drt_result r;
  eis_error err = EIS_ERROR_INIT;
  if (eis_drt_work_again(p->work, s, factor, &r, &err)) fail_msg("%s", err.text);
  return r;
}

static void end(pair *p) {
  eis_drt_result_clear(&p->result);
  eis_drt_work_free(p->work);
}

/* Largest difference of gamma against its height. */
static double off(const eis_drt_result *a, const eis_drt_result *b) {
  double most = 0, top = 0;
  assert_int_equal(a->n_tau, b->n_tau);
  for (size_t j = 0; j < a->n_tau; j++) {
    most = fmax(most, fabs(a->gamma[j] - b->gamma[j]));
    top = fmax(top, fabs(b->gamma[j]));
  }
  return most / top;
}

static double roughness(const eis_drt_result *r) {
  double sum = 0;
  for (size_t j = 1; j + 1 < r->n_tau; j++) {
    const double d = log(r->gamma[j - 1] * r->gamma[j + 1] / (r->gamma[j] * r->gamma[j]));
    sum += d * d;
  }
  return sum;
}

static double misfit(const eis_drt_result *r) {
  double sum = 0;
  for (size_t k = 0; k < r->n; k++)
    sum += r->res_re[k] * r->res_re[k] + r->res_im[k] * r->res_im[k];
  return sum;
}

/* With one lambda: the same as a run of its own with that lambda. */
static void test_again_is_a_run_with_that_lambda(void **state) {
  (void)state;
  eis_spectrum s = two_arcs(0.003);
  eis_drt_options o = eis_drt_options_default();
  o.method = EIS_DRT_TIKHONOV;
  pair p = run(&s, &o);
  for (int k = -1; k <= 1; k++) {
    const double factor = pow(30, k);
    eis_drt_result r = again(&p, &s, factor), alone;
    o.criterion = EIS_DRT_FIXED;
    o.lambda = p.result.lambda * factor;
    assert_int_equal(eis_drt_run(&s, &o, &alone, NULL), EIS_OK);
    assert_true(fabs(r.lambda / o.lambda - 1) < 1e-12);
    assert_true(off(&r, &alone) < 1e-10);
    assert_int_equal(r.n_peaks, alone.n_peaks);
    eis_drt_result_clear(&r);
    eis_drt_result_clear(&alone);
  }
  end(&p);
  eis_spectrum_clear(&s);
}

static void test_adaptive_again(void **state) {
  (void)state;
  eis_spectrum s = two_arcs(0.01);
  pair p = run(&s, NULL);
  eis_drt_result strong = again(&p, &s, 4), weak = again(&p, &s, 0.25), same = again(&p, &s, 1);
  assert_true(off(&same, &p.result) < 0.3); /* but for the centre of the prior */
  assert_true(fabs(same.R_inf / p.result.R_inf - 1) < 1e-2);
  assert_true(fabs(strong.lambda / same.lambda - 4) < 1e-9);
  eis_drt_result later = again(&p, &s, 4);
  assert_true(off(&later, &strong) < 1e-12);
  eis_drt_result_clear(&later);
  assert_true(roughness(&strong) < roughness(&same) && roughness(&same) < roughness(&weak));
  assert_true(misfit(&weak) < misfit(&same) && misfit(&same) < misfit(&strong));
  eis_drt_result_clear(&strong);
  eis_drt_result_clear(&weak);
  eis_drt_result_clear(&same);
  end(&p);
  eis_spectrum_clear(&s);
}

static void test_two_arcs_are_stable(void **state) {
  static const double factor[] = {4, 10};
  (void)state;
  eis_spectrum s = two_arcs(0.005);
  for (int method = EIS_DRT_ADAPTIVE; method <= EIS_DRT_TIKHONOV; method++) {
    eis_drt_options o = eis_drt_options_default();
    eis_drt_stability t;
    eis_error err = EIS_ERROR_INIT;
    o.method = (eis_drt_method)method;
    pair p = run(&s, &o);
    if (eis_drt_stability_run(p.work, &s, &p.result, &t, &err)) fail_msg("%s", err.text);
    assert_true(t.factor == factor[method]);
    assert_int_equal(t.n, p.result.n_peaks);
    assert_true(t.n_stable >= 2 && t.n_stable <= t.n);
    assert_int_equal(t.n_tau, p.result.n_tau);
    size_t stable = 0;
    for (size_t i = 0; i < t.n; i++) {
      for (int side = 0; side < 2; side++) {
        assert_true(t.peak[i].found[side] == !isnan(t.peak[i].R[side]));
        if (t.peak[i].found[side])
          assert_true(fabs(log10(t.peak[i].tau[side] / p.result.peak[i].tau)) <= 0.6);
      }
      stable += t.peak[i].found[0] && t.peak[i].found[1] && fabs(t.peak[i].R[0] / 50 - 1) < 0.1;
    }
    assert_true(stable >= 2);
    assert_true(t.n_peaks[EIS_DRT_STRONGER] <= t.n_peaks[EIS_DRT_WEAKER]);
    eis_drt_stability_clear(&t);
    assert_null(t.peak);
    end(&p);
  }
  eis_spectrum_clear(&s);
}

/* A peak that only the lack of smoothing makes is gone where there is more of it: over a wide range
   of lambda, each lambda loses what the next decade does not have. */
static void test_noise_is_not_stable(void **state) {
  (void)state;
  eis_spectrum s = two_arcs(0.02);
  eis_drt_options o = eis_drt_options_default();
  size_t lost = 0, most = 0;
  o.method = EIS_DRT_TIKHONOV;
  o.criterion = EIS_DRT_FIXED;
  for (int k = -7; k <= 0; k++) {
    eis_drt_stability t;
    o.lambda = pow(10, k);
    pair p = run(&s, &o);
    assert_int_equal(eis_drt_stability_run(p.work, &s, &p.result, &t, NULL), EIS_OK);
    if (p.result.n_peaks > t.n_peaks[EIS_DRT_STRONGER]) assert_true(t.n_stable < t.n);
    lost += t.n - t.n_stable;
    if (t.n > most) most = t.n;
    eis_drt_stability_clear(&t);
    end(&p);
  }
  assert_true(most > 2 && lost > 0);
  eis_spectrum_clear(&s);
}

/* More smoothing never fits better; the middle is the run itself. */
static void test_scan(void **state) {
  (void)state;
  eis_spectrum s = two_arcs(0.005);
  for (int method = EIS_DRT_ADAPTIVE; method <= EIS_DRT_TIKHONOV; method++) {
    eis_drt_options o = eis_drt_options_default();
    eis_drt_scan scan;
    o.method = (eis_drt_method)method;
    pair p = run(&s, &o);
    assert_int_equal(eis_drt_scan_run(p.work, &s, &scan, NULL), EIS_OK);
    assert_int_equal(scan.n, 13);
    const double rms = sqrt(misfit(&p.result) / (2 * (double)s.n));
    assert_true(fabs(scan.misfit_percent[6] / rms - 1) < (method == EIS_DRT_TIKHONOV ? 1e-9 : 0.1));
    if (method == EIS_DRT_TIKHONOV) assert_true(fabs(scan.lambda[6] / p.result.lambda - 1) < 1e-9);
    for (size_t i = 1; i < scan.n; i++) {
      assert_true(fabs(scan.lambda[i] / scan.lambda[i - 1] / sqrt(10) - 1) < 1e-9);
      assert_true(scan.misfit_percent[i] >= scan.misfit_percent[i - 1] * (1 - 1e-3));
    }
    eis_drt_scan_clear(&scan);
    end(&p);
  }
  eis_spectrum_clear(&s);
}

static void test_misuse(void **state) {
  (void)state;
  eis_spectrum s = two_arcs(0.005);
  eis_drt_work *w;
  eis_drt_result r;
  eis_error err = EIS_ERROR_INIT;
  assert_int_equal(eis_drt_work_new(NULL, &w, &err), EIS_OK);
  assert_int_equal(eis_drt_work_again(w, &s, 2, &r, &err), EIS_ERROR_USAGE);
  assert_non_null(strstr(err.text, "needs a run"));
  eis_drt_work_free(w);
  pair p = run(&s, NULL);
  err = (eis_error){.code = EIS_OK};
  assert_int_equal(eis_drt_work_again(p.work, &s, NAN, &r, &err), EIS_ERROR_USAGE);
  assert_non_null(strstr(err.text, "out of range"));
  s.f[0] *= 2;
  assert_int_equal(eis_drt_work_again(p.work, &s, 2, &r, NULL), EIS_ERROR_USAGE);
  end(&p);
  eis_spectrum_clear(&s);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_again_is_a_run_with_that_lambda),
      cmocka_unit_test(test_adaptive_again),
      cmocka_unit_test(test_two_arcs_are_stable),
      cmocka_unit_test(test_noise_is_not_stable),
      cmocka_unit_test(test_scan),
      cmocka_unit_test(test_misuse),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
