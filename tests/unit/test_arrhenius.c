/* Activation energies against R 4.2 (lm, vcov) and lines that are known. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <eisfit/arrhenius.h>

#include "numerics/rng.h"

static void near(double got, double want, double relative) {
  if (!(fabs(got - want) <= relative * fabs(want)))
    fail_msg("got %.12g, expected %.12g", got, want);
}

static const double k_eV = 8.617333262e-5;
static const double T[] = {253.15, 263.15, 273.15, 283.15, 298.15, 313.15, 333.15};
static const double R[] = {2010, 905, 452, 236.5, 99.7, 46.1, 18.3};

/* R: lm(-log(R) ~ I(1/kT)), vcov. */
static void line_agrees_with_R(void **state) {
  (void)state;
  eis_arrhenius_result r;
  assert_int_equal(eis_arrhenius_fit(T, R, NULL, 7, NULL, &r, NULL), EIS_OK);
  near(r.line.Ea_eV, 0.425234620926, 1e-8);
  near(r.line.Ea_se, 0.00311784793532, 1e-7);
  near(r.line.ln_A, 11.932315920448, 1e-8);
  near(r.line.ln_A_se, 0.12709662867799, 1e-7);
  near(r.line.cov_lnA_Ea, 3.9469730767e-04, 1e-6); /* Ea = -slope turns the sign */
  near(r.line.aicc, -25.624149584 + 24.0 / 3, 1e-8);
  /* t(97.5 %, 5) = 2.570581836 */
  near(r.line.Ea_high - r.line.Ea_eV, 2.570581835636314 * r.line.Ea_se, 1e-9);
  eis_arrhenius_result_clear(&r);
  eis_arrhenius_options o = eis_arrhenius_options_default();
  o.form = "T/R";
  assert_int_equal(eis_arrhenius_fit(T, R, NULL, 7, &o, &r, NULL), EIS_OK);
  near(r.line.Ea_eV, 0.450144821623, 1e-8);
  near(r.line.ln_A, 18.603103928836, 1e-8);
  near(r.line.ln_A_se, 0.11048521139972, 1e-7);
  eis_arrhenius_result_clear(&r);
}

static void conductivity_is_the_reciprocal(void **state) {
  (void)state;
  double sigma[7];
  eis_arrhenius_result a, b;
  eis_arrhenius_options o = eis_arrhenius_options_default();
  for (int i = 0; i < 7; i++) sigma[i] = 3.5 / R[i];
  for (int pass = 0; pass < 2; pass++) {
    o.form = pass ? "T/R" : "1/R";
    assert_int_equal(eis_arrhenius_fit(T, R, NULL, 7, &o, &a, NULL), EIS_OK);
    o.form = pass ? "sigma-T" : "sigma";
    assert_int_equal(eis_arrhenius_fit(T, sigma, NULL, 7, &o, &b, NULL), EIS_OK);
    near(b.line.Ea_eV, a.line.Ea_eV, 1e-12);
    near(b.line.ln_A, a.line.ln_A + log(3.5), 1e-12);
    eis_arrhenius_result_clear(&a);
    eis_arrhenius_result_clear(&b);
  }
}

/* Band from (Ea, ln at T_ref) without covariance = band from (Ea, ln A) with it. */
static void reference_point_is_uncorrelated(void **state) {
  (void)state;
  eis_arrhenius_result r;
  double y, half;
  assert_int_equal(eis_arrhenius_fit(T, R, NULL, 7, NULL, &r, NULL), EIS_OK);
  for (double t = 230; t < 360; t += 13) {
    const double u = 1 / (k_eV * t);
    const double var = r.line.ln_A_se * r.line.ln_A_se - 2 * u * r.line.cov_lnA_Ea +
                       u * u * r.line.Ea_se * r.line.Ea_se;
    eis_arrhenius_band(&r, t, &y, &half);
    near(y, r.line.ln_A - r.line.Ea_eV * u, 1e-9);
    near(half, 2.570581835636314 * sqrt(var), 1e-6);
  }
  assert_true(r.line.correlation > 0.99 && r.line.correlation < 1);
  assert_true(r.line.T_ref_K > 270 && r.line.T_ref_K < 300);
  eis_arrhenius_result_clear(&r);
}

static void units(void **state) {
  (void)state;
  near(eis_ev_to_kj_mol(1), 96.4853321233, 1e-10); /* Faraday constant / 1000 */
}

/* Two slopes that meet at 300 K: found, with both energies; one slope: not. */
static void breaks(void **state) {
  (void)state;
  double t[12], v[12];
  eisi_rng rng;
  eis_arrhenius_result r;
  for (int bent = 0; bent < 2; bent++) {
    eisi_rng_seed(&rng, 3, 0);
    for (int i = 0; i < 12; i++) {
      t[i] = 250 + 9 * i;
      const double u = (1 / t[i] - 1 / 300.0) / k_eV;
      v[i] = 100 * exp((bent && t[i] < 300 ? 0.6 : 0.35) * u + 0.02 * eisi_rng_normal(&rng));
    }
    assert_int_equal(eis_arrhenius_fit(t, v, NULL, 12, NULL, &r, NULL), EIS_OK);
    assert_true(r.bend.tested && r.bend.found == bent);
    if (bent) {
      assert_true(fabs(r.bend.Ea_cold_eV - 0.6) < 3 * r.bend.Ea_cold_se);
      assert_true(fabs(r.bend.Ea_hot_eV - 0.35) < 3 * r.bend.Ea_hot_se);
      assert_true(fabs(r.bend.T_K - 300) < 3 * r.bend.T_se && r.bend.T_se < 6);
      assert_non_null(strstr(r.notes.text[0], "two slopes fit better"));
    }
    eis_arrhenius_result_clear(&r);
  }
}

static void an_outlier(void **state) {
  (void)state;
  double v[7];
  eis_arrhenius_result r;
  for (int i = 0; i < 7; i++)
    v[i] = exp(-10 + 0.4 / (k_eV * T[i]) + 0.01 * (i % 2 ? 1 : -1)) * (i == 2 ? 1.35 : 1);
  assert_int_equal(eis_arrhenius_fit(T, v, NULL, 7, NULL, &r, NULL), EIS_OK);
  assert_int_equal(r.n_outliers, 1);
  assert_true(r.outlier[2]);
  assert_true(fabs(r.Ea_without_eV - 0.4) < 3 * r.Ea_without_se && r.Ea_without_se < r.line.Ea_se);
  assert_non_null(strstr(r.notes.text[0], "1 point lies far off the line"));
  eis_arrhenius_result_clear(&r);
}

/* An error of 1 K is one of Ea/(kT^2) in ln R: the known error, and nothing else, when the points
   lie on the line. */
static void temperature_error(void **state) {
  (void)state;
  double v[7], weight = 0, mean = 0, xx = 0;
  eis_arrhenius_options o = eis_arrhenius_options_default();
  eis_arrhenius_result r;
  for (int i = 0; i < 7; i++) v[i] = exp(-10 + 0.4 / (k_eV * T[i]));
  o.temperature_se = 1;
  assert_int_equal(eis_arrhenius_fit(T, v, NULL, 7, &o, &r, NULL), EIS_OK);
  for (int pass = 0; pass < 2; pass++)
    for (int i = 0; i < 7; i++) {
      const double s = 0.4 / (k_eV * T[i] * T[i]), w = 1 / (s * s), x = 1 / (k_eV * T[i]);
      if (!pass) {
        weight += w;
        mean += w * x;
      } else {
        xx += w * (x - mean / weight) * (x - mean / weight);
      }
    }
  near(r.line.Ea_se, 1 / sqrt(xx), 1e-6);
  near(r.line.Ea_eV, 0.4, 1e-9);
  eis_arrhenius_result_clear(&r);
}

/* A short form of bench/compare_trial.c: 95 % of 400 intervals hold the truth (binomial limits of
   99.9 %). */
static void coverage(void **state) {
  (void)state;
  int inside = 0;
  for (int k = 0; k < 400; k++) {
    double v[7];
    eisi_rng rng;
    eis_arrhenius_result r;
    eisi_rng_seed(&rng, 9, (uint64_t)k);
    for (int i = 0; i < 7; i++)
      v[i] = exp(-10 + 0.4 / (k_eV * T[i]) + 0.03 * eisi_rng_normal(&rng));
    assert_int_equal(eis_arrhenius_fit(T, v, NULL, 7, NULL, &r, NULL), EIS_OK);
    inside += r.line.Ea_low <= 0.4 && 0.4 <= r.line.Ea_high;
    eis_arrhenius_result_clear(&r);
  }
  assert_in_range(inside, 365, 394);
}

static void refusal(const double *t, const double *v, size_t n, const char *form,
                    const char *words) {
  eis_arrhenius_result r;
  eis_error err = EIS_ERROR_INIT;
  eis_arrhenius_options o = eis_arrhenius_options_default();
  if (form) o.form = form;
  assert_int_not_equal(eis_arrhenius_fit(t, v, NULL, n, &o, &r, &err), EIS_OK);
  if (!strstr(err.text, words)) fail_msg("'%s' lacks '%s'", err.text, words);
}

static void refusals(void **state) {
  (void)state;
  static const double two[] = {298.15, 298.15, 298.15, 313.15}, cold[] = {298, -25, 313};
  static const double minus[] = {3, -1, 2};
  refusal(two, R, 4, NULL, "at least 3 different temperatures, there are 2");
  refusal(cold, R, 3, NULL, "point 2: the temperature has to be above 0 K");
  refusal(T, minus, 3, NULL, "point 2: the value has to be above zero");
  refusal(T, R, 7, "rho", "unknown form 'rho'; it is one of 1/R, T/R, sigma, sigma-T");
}

static void a_narrow_span_is_said(void **state) {
  (void)state;
  static const double t[] = {298, 301, 304, 307};
  static const double v[] = {100, 88, 78, 69};
  eis_arrhenius_result r;
  assert_int_equal(eis_arrhenius_fit(t, v, NULL, 4, NULL, &r, NULL), EIS_OK);
  assert_non_null(strstr(r.notes.text[0], "the temperatures span only 9 K"));
  assert_false(r.bend.tested);
  eis_arrhenius_result_clear(&r);
}

/* Ten sweeps at each temperature that is 0.7 K off tell as much as one: the least squares line of
   the means, two degrees of freedom at four temperatures. */
static void repetitions_are_no_temperatures(void **state) {
  (void)state;
  enum { M = 10 };
  static const double off[] = {0.7, -0.9, 0.4, -0.5};
  double t[4 * M], v[4 * M], x[4], y[4], mx = 0, my = 0, xx = 0, xy = 0, ss = 0;
  eis_arrhenius_result r;
  for (int k = 0; k < 4; k++) {
    y[k] = 0;
    for (int i = 0; i < M; i++) {
      t[M * k + i] = 283.15 + 15 * k;
      v[M * k + i] = exp(0.4 / (k_eV * (t[M * k + i] + off[k])) + 0.01 * ((7 * i + k) % 5 - 2));
      y[k] -= log(v[M * k + i]) / M;
    }
    x[k] = 1 / (k_eV * t[M * k]);
    mx += x[k] / 4;
    my += y[k] / 4;
  }
  for (int k = 0; k < 4; k++) {
    xx += (x[k] - mx) * (x[k] - mx);
    xy += (x[k] - mx) * (y[k] - my);
  }
  for (int k = 0; k < 4; k++) ss += pow(y[k] - my - xy / xx * (x[k] - mx), 2);
  assert_int_equal(eis_arrhenius_fit(t, v, NULL, 4 * M, NULL, &r, NULL), EIS_OK);
  near(r.line.Ea_eV, -xy / xx, 1e-9);
  near(r.line.Ea_se, sqrt(ss / 2 / xx), 1e-7);
  assert_int_equal(r.line.dof, 2);
  assert_non_null(strstr(r.notes.text[0], "40 points at 4 temperatures"));
  eis_arrhenius_result_clear(&r);
}

/* The thermometer's last digits make no temperatures: no break between ten sweeps at one. */
static void jitter_makes_no_break(void **state) {
  (void)state;
  double t[30], v[30];
  eis_arrhenius_result r;
  eisi_rng rng;
  eisi_rng_seed(&rng, 11, 0);
  for (int i = 0; i < 30; i++) {
    static const double off[] = {0.5, -0.8, 0.6};
    t[i] = 283.15 + 15 * (i / 10) + 0.1 * eisi_rng_normal(&rng);
    v[i] =
        exp(0.4 / (k_eV * (283.15 + 15 * (i / 10) + off[i / 10])) + 0.01 * eisi_rng_normal(&rng));
  }
  assert_int_equal(eis_arrhenius_fit(t, v, NULL, 30, NULL, &r, NULL), EIS_OK);
  assert_false(r.bend.tested);
  assert_int_equal(r.line.dof, 1);
  assert_true(r.line.Ea_low < 0.4 && r.line.Ea_high > 0.4);
  eis_arrhenius_result_clear(&r);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(line_agrees_with_R),
      cmocka_unit_test(conductivity_is_the_reciprocal),
      cmocka_unit_test(reference_point_is_uncorrelated),
      cmocka_unit_test(units),
      cmocka_unit_test(breaks),
      cmocka_unit_test(an_outlier),
      cmocka_unit_test(temperature_error),
      cmocka_unit_test(coverage),
      cmocka_unit_test(refusals),
      cmocka_unit_test(a_narrow_span_is_said),
      cmocka_unit_test(repetitions_are_no_temperatures),
      cmocka_unit_test(jitter_makes_no_break),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
