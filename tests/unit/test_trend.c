/* Ageing laws against R 4.2 (lm, nls), drift signatures of simulated mechanisms. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <eisfit/trend.h>

#include "campaign/regress.h"
#include "numerics/rng.h"

static void near(double got, double want, double relative) {
  if (!(fabs(got - want) <= relative * fabs(want)))
    fail_msg("got %.12g, expected %.12g", got, want);
}

static const double age[] = {0, 1, 2, 4, 6, 9, 12, 16, 20, 25};
static const double grown[] = {10.13, 11.92, 12.81, 14.14, 14.78,
                               16.23, 16.87, 18.12, 18.79, 20.23};

/* R: lm(y ~ sqrt(x)), nls(y ~ a + k x^z) ...: values, standard errors, AIC (k counts sigma). */
typedef struct r_fit {
  const char *law;
  int n;
  double p[3], se[3], aic, sigma;
} r_fit;
static const r_fit r_fits[] = {
    {"constant", 1, {15.402}, {1.01998126344}, 54.7467015966, 3.22546396318},
    {"linear", 2, {11.95625435276, 0.36271006813}, {0.4464441123289, 0.0357098158728},
     30.4307129192, 0.917749215339},
    {"sqrt", 2, {10.02061474260, 2.00798400356}, {0.0975323942906, 0.0316436872162},
     -5.48568763214, 0.152338366144},
    {"power", 3, {10.104244007121, 1.909572056105, 0.514471580169},
     {0.1485778053231, 0.1323203250710, 0.0193997038629}, -4.2841078788, 0.156483226263},
    {"log", 3, {10.42780220169, 4.21887073237, 3.03304341728},
     {0.261019659350, 0.462347256603, 0.846146964960}, 8.83372219771, 0.301521199652},
    {"saturating", 3, {10.8383456862, 10.1964333016, 12.0872490739},
     {0.321917811534, 0.841257319203, 2.454113099364}, 17.0589683608, 0.454911382291},
    {"parabolic", 2, {11.5109478057, 11.0716984042}, {0.382181496163, 1.441754136372},
     24.9759209159, 0.698674219615},
};
enum { N_R_FITS = sizeof r_fits / sizeof *r_fits };

static const eis_law_fit *fit_of(const eis_trend_result *r, const char *law) {
  for (size_t i = 0; i < r->n_laws; i++)
    if (strcmp(r->fit[i].law->key, law) == 0) return &r->fit[i];
  fail_msg("no law %s", law);
  return NULL;
}

static void laws_agree_with_R(void **state) {
  (void)state;
  eis_trend_result r;
  assert_int_equal(eis_trend_fit(age, grown, NULL, 10, NULL, &r, NULL), EIS_OK);
  for (size_t k = 0; k < N_R_FITS; k++) {
    const r_fit *want = &r_fits[k];
    const eis_law_fit *f = fit_of(&r, want->law);
    const double k1 = want->n + 1;
    assert_null(f->why_not);
    for (int j = 0; j < want->n; j++) {
      near(f->p[j], want->p[j], 1e-5); /* nls stops there */
      near(f->se[j], want->se[j], 2e-5);
    }
    near(f->scatter, want->sigma, 1e-6);
    near(f->aicc, want->aic + 2 * k1 * (k1 + 1) / (10 - k1 - 1), 1e-7);
  }
  assert_string_equal(r.fit[r.best].law->key, "sqrt");
  eis_trend_result_clear(&r);
}

static void knee_agrees_with_R(void **state) {
  (void)state;
  static const double x[] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11};
  static const double y[] = {1.02, 1.97, 3.05, 3.96, 5.03, 6.02, 8.95, 12.06, 14.97, 18.03, 21.05,
                             23.94};
  static const double p[] = {1.00190477129, 1.00257142666, 1.99685714546, 5.00639099673};
  static const double se[] = {0.0363335202331, 0.0120005664047, 0.0169713649736, 0.0296375426707};
  eis_trend_result r;
  assert_int_equal(eis_trend_fit(x, y, NULL, 12, NULL, &r, NULL), EIS_OK);
  const eis_law_fit *f = fit_of(&r, "knee");
  for (int j = 0; j < 4; j++) {
    near(f->p[j], p[j], 1e-6);
    near(f->se[j], se[j], 1e-5);
  }
  assert_string_equal(r.fit[r.best].law->key, "knee");
  eis_trend_result_clear(&r);
}

/* R: predict(lm(y ~ sqrt(x)), x = 36, interval = "confidence" | "prediction"). */
static void band_agrees_with_R(void **state) {
  (void)state;
  eis_trend_result r;
  double y, half, predicted;
  assert_int_equal(eis_trend_fit(age, grown, NULL, 10, NULL, &r, NULL), EIS_OK);
  eis_law_band(fit_of(&r, "sqrt"), 36, 0.95, &y, &half, &predicted);
  near(y, 22.068518764, 1e-9);
  near(half, 22.3350365731 - 22.068518764, 1e-8);
  near(predicted, 22.5094705139 - 22.068518764, 1e-8);
  eis_trend_result_clear(&r);
}

/* Unequal known errors and scatter: R, uniroot of chi2 = n - 2; optimize of the deviance. */
static void scatter_beyond_known_errors(void **state) {
  (void)state;
  static const double se[] = {.1, .3, .2, .1, .4, .2, .1, .2, .3, .1};
  const char *laws[] = {"linear", NULL};
  eis_trend_options o = eis_trend_options_default();
  eis_trend_result r;
  o.laws = laws;
  assert_int_equal(eis_trend_fit(age, grown, se, 10, &o, &r, NULL), EIS_OK);
  const eis_law_fit *f = &r.fit[0];
  near(f->scatter * f->scatter, 0.815267564082, 1e-8);
  near(f->p[0], 11.9417698032, 1e-9);
  near(f->p[1], 0.363354432936, 1e-8);
  near(f->se[0], 0.45156240707, 1e-8);
  near(f->se[1], 0.0359372478868, 1e-8);
  near(f->aicc, 24.7446647268 + 6 + 24.0 / 6, 1e-9);
  eis_trend_result_clear(&r);
}

static void derivatives_of_laws(void **state) {
  (void)state;
  static const double p[] = {1.3, 0.7, 2.1, 1.9};
  const eis_law *law;
  for (size_t i = 0; (law = eis_law_at(i)) != NULL; i++)
    for (double x = 0.3; x < 9; x *= 1.7) {
      double grad[EIS_LAW_PARAMS], q[EIS_LAW_PARAMS];
      eis_law_value(law, p, x, grad);
      for (int j = 0; j < law->n_params; j++) {
        const double h = 1e-6;
        memcpy(q, p, sizeof q);
        q[j] += h;
        const double up = eis_law_value(law, q, x, NULL);
        q[j] -= 2 * h;
        const double d = (up - eis_law_value(law, q, x, NULL)) / (2 * h);
        if (fabs(grad[j] - d) > 1e-7 * (1 + fabs(d))) fail_msg("%s, %s", law->key, law->param[j]);
      }
    }
}

/* Noise-free laws: parameters exact, the right law chosen, end of life where it is. */
static void exact_data(void **state) {
  (void)state;
  static const struct {
    const char *law;
    double p[4], end; /* end: twice the first value */
  } rows[] = {{"sqrt", {10, 2}, 25},
              {"linear", {10, 0.5}, 20},
              {"power", {10, 1, 1.5}, 4.641588833612779},
              {"parabolic", {10, 7}, 21},
              {"log", {10, 3, 2}, 54.06318489750936},
              {"saturating", {10, 15, 8}, 8.788898309344878},
              {"knee", {10, 0.2, 1, 15}, 20.833333333333332}};
  for (size_t k = 0; k < sizeof rows / sizeof *rows; k++) {
    double x[24], y[24];
    eis_trend_options o = eis_trend_options_default();
    eis_trend_result r;
    const eis_law *law = eis_law_find(rows[k].law);
    for (int i = 0; i < 24; i++) {
      x[i] = 1.25 * i;
      y[i] = eis_law_value(law, rows[k].p, x[i], NULL);
    }
    o.factor = 2;
    assert_int_equal(eis_trend_fit(x, y, NULL, 24, &o, &r, NULL), EIS_OK);
    const eis_law_fit *f = fit_of(&r, rows[k].law);
    for (int j = 0; j < law->n_params; j++) near(f->p[j], rows[k].p[j], 1e-4);
    near(f->end, rows[k].end, 1e-4);
    assert_true(f->end_low <= f->end && f->end_high >= f->end);
    if (strcmp(r.fit[r.best].law->key, rows[k].law) != 0)
      fail_msg("%s taken for %s", rows[k].law, r.fit[r.best].law->key);
    eis_trend_result_clear(&r);
  }
}

/* Data that are on the curve to the last digit have no deviations that could follow each other. */
static void data_to_the_last_digit(void **state) {
  (void)state;
  double x[14], y[14];
  eis_trend_result r;
  for (int i = 0; i < 14; i++) {
    char digits[40];
    x[i] = 4 * i + 1;
    snprintf(digits, sizeof digits, "%.14g", 50.47 + 2.5123 * sqrt(x[i]));
    y[i] = strtod(digits, NULL);
  }
  assert_int_equal(eis_trend_fit(x, y, NULL, 14, NULL, &r, NULL), EIS_OK);
  assert_true(r.rho == 0 && r.p_rho == 1);
  for (size_t k = 0; k < r.notes.n; k++) assert_null(strstr(r.notes.text[k], "follow each other"));
  eis_trend_result_clear(&r);
}

/* The interval of a straight line's end of life by Fieller's quadratic, and its missing end. */
static void end_of_life_interval(void **state) {
  (void)state;
  const char *laws[] = {"linear", NULL};
  eis_trend_options o = eis_trend_options_default();
  eis_trend_result r;
  o.laws = laws;
  o.threshold = 25;
  assert_int_equal(eis_trend_fit(age, grown, NULL, 10, &o, &r, NULL), EIS_OK);
  const eis_law_fit *f = &r.fit[0];
  const double t = 2.306004135204166; /* 97.5 %, 8 degrees of freedom */
  const double d = f->p[0] - 25, c00 = f->cov[0], c01 = f->cov[2], c11 = f->cov[3];
  const double A = f->p[1] * f->p[1] - t * t * c11, B = 2 * (d * f->p[1] - t * t * c01),
               C = d * d - t * t * c00, root = sqrt(B * B - 4 * A * C);
  near(f->end, -d / f->p[1], 1e-10);
  near(f->end_low, (-B - root) / (2 * A), 1e-9);
  near(f->end_high, (-B + root) / (2 * A), 1e-9);
  eis_trend_result_clear(&r);
  /* a slope that may be zero never gets there within its errors */
  static const double flat[] = {10, 11, 10.2, 10.9, 9.9, 10.8, 10.1, 11.2, 10.5, 10.9};
  assert_int_equal(eis_trend_fit(age, flat, NULL, 10, &o, &r, NULL), EIS_OK);
  assert_true(isinf(r.fit[0].end_high));
  eis_trend_result_clear(&r);
}

/* Falling quantities end below; a limit that is passed already ends at the first age. */
static void end_of_life_downwards(void **state) {
  (void)state;
  double y[10];
  const char *laws[] = {"linear", NULL};
  eis_trend_options o = eis_trend_options_default();
  eis_trend_result r;
  for (int i = 0; i < 10; i++) y[i] = 100 - 0.8 * age[i] + 0.1 * (i % 3 - 1);
  o.laws = laws;
  o.factor = 0.8;
  assert_int_equal(eis_trend_fit(age, y, NULL, 10, &o, &r, NULL), EIS_OK);
  near(r.fit[0].end, 25, 0.02);
  near(r.limit, 80, 0.01);
  assert_true(r.fit[0].end_low < r.fit[0].end && r.fit[0].end < r.fit[0].end_high);
  eis_trend_result_clear(&r);
}

static void laws_that_look_alike_are_said(void **state) {
  (void)state;
  double y[10];
  eis_trend_result r;
  eisi_rng rng;
  eisi_rng_seed(&rng, 5, 0);
  for (int i = 0; i < 10; i++) y[i] = 10 + 0.3 * sqrt(age[i]) + 0.5 * eisi_rng_normal(&rng);
  assert_int_equal(eis_trend_fit(age, y, NULL, 10, NULL, &r, NULL), EIS_OK);
  int plausible = 0;
  double sum = 0;
  for (size_t i = 0; i < r.n_laws; i++) {
    plausible += r.fit[i].plausible;
    sum += r.fit[i].weight;
  }
  near(sum, 1, 1e-12);
  assert_true(plausible > 1);
  assert_non_null(strstr(r.notes.text[0], "the data do not tell"));
  eis_trend_result_clear(&r);
}

/* A short form of bench/compare_trial.c: of 60 noisy square roots most are found or said to be as
   good, and the end of life is inside its interval (binomial limits of 99.9 % at 95 %). */
static void laws_under_noise(void **state) {
  (void)state;
  int kept = 0, inside = 0;
  eis_trend_options o = eis_trend_options_default();
  o.threshold = 60; /* 50 + 2.5 sqrt(16) */
  for (int k = 0; k < 60; k++) {
    double x[20], y[20];
    eis_trend_result r;
    eisi_rng rng;
    eisi_rng_seed(&rng, 13, (uint64_t)k);
    for (int i = 0; i < 20; i++) {
      x[i] = 5 * i;
      y[i] = 50 + 2.5 * sqrt(x[i]) + eisi_rng_normal(&rng);
    }
    assert_int_equal(eis_trend_fit(x, y, NULL, 20, &o, &r, NULL), EIS_OK);
    const eis_law_fit *f = fit_of(&r, "sqrt");
    kept += f->plausible;
    inside += f->end_low <= 16 && 16 <= f->end_high;
    eis_trend_result_clear(&r);
  }
  assert_in_range(kept, 45, 60);
  assert_in_range(inside, 50, 60);
}

static void pressure_exponent(void **state) {
  (void)state;
  static const double P[] = {5, 10, 20, 40, 80, 160}, noise[] = {.4, -.3, .2, -.1, .15, -.2};
  const char *laws[] = {"constant", "scaling", NULL};
  double R[6];
  eis_trend_options o = eis_trend_options_default();
  eis_trend_result r;
  o.laws = laws;
  for (int i = 0; i < 6; i++) R[i] = 100 / sqrt(P[i]) + noise[i];
  assert_int_equal(eis_trend_fit(P, R, NULL, 6, &o, &r, NULL), EIS_OK);
  assert_string_equal(r.fit[r.best].law->key, "scaling");
  assert_true(fabs(r.fit[r.best].p[1] + 0.5) < 2 * r.fit[r.best].se[1] + 0.01);
  eis_trend_result_clear(&r);
}

static void refusal(const double *x, const double *y, size_t n, const eis_trend_options *o,
                    const char *words) {
  eis_trend_result r;
  eis_error err = EIS_ERROR_INIT;
  assert_int_not_equal(eis_trend_fit(x, y, NULL, n, o, &r, &err), EIS_OK);
  if (!strstr(err.text, words)) fail_msg("'%s' lacks '%s'", err.text, words);
}

static void refusals(void **state) {
  (void)state;
  const double same[] = {1, 1, 1, 1, 1}, bad[] = {1, NAN, 3, 4, 5};
  const char *wrong[] = {"sqrd", NULL}, *root[] = {"sqrt", NULL};
  const double minus[] = {-1, 2, 3, 4, 5};
  eis_trend_options o = eis_trend_options_default();
  refusal(age, grown, 3, NULL, "a trend needs at least 4 points, there are 3");
  refusal(age, bad, 5, NULL, "point 2 is not a finite number");
  o.laws = wrong;
  refusal(age, grown, 10, &o, "unknown law 'sqrd'; did you mean 'sqrt'?");
  o.laws = root;
  refusal(same, grown, 5, &o,
          "none of the laws can be fitted to 5 points at 1 different x: too few "
          "different x");
  refusal(minus, grown, 5, &o, "x below zero");
  o.factor = 1;
  refusal(age, grown, 10, &o, "the end of life at 1 times the first value makes no sense");
  o.threshold = 20;
  refusal(age, grown, 10, &o, "the end of life is a value or a factor, not both");
}

/* ---- drift ---- */

typedef struct drift_case {
  const char *what;
  double slope; /* ln C over ln R */
  bool possible[EIS_N_MECHANISMS];
} drift_case;

static void signatures(void **state) {
  (void)state;
  static const drift_case rows[] = {{"layer", -1, {true, true, false, false}},
                                    {"kinetics", 0, {false, false, true, true}},
                                    {"scl, y0 = 5", -1.0 / 7, {false, false, false, true}},
                                    {"both at once", -0.5, {false, false, false, false}}};
  for (size_t k = 0; k < sizeof rows / sizeof *rows; k++) {
    double R[20], C[20], sR[20], sC[20];
    eis_drift_result d;
    eisi_rng rng;
    eisi_rng_seed(&rng, 11, k);
    for (int i = 0; i < 20; i++) {
      const double u = 0.08 * i;
      R[i] = 50 * exp(u) * (1 + 0.01 * eisi_rng_normal(&rng));
      C[i] = 2e-6 * exp(rows[k].slope * u) * (1 + 0.02 * eisi_rng_normal(&rng));
      sR[i] = 0.01 * R[i];
      sC[i] = 0.02 * C[i];
    }
    assert_int_equal(eis_drift_signature(&(eis_drift_data){20, R, sR, C, sC}, NULL, &d, NULL),
                     EIS_OK);
    assert_true(d.moved);
    assert_true(fabs(d.slope - rows[k].slope) < 3 * d.se && d.se < 0.02);
    for (int m = 0; m < EIS_N_MECHANISMS; m++)
      if (d.possible[m] != rows[k].possible[m])
        fail_msg("%s: %s (slope %g +- %g)", rows[k].what, eis_mechanism_name((eis_mechanism)m),
                 d.slope, d.se);
    if (k == 2) assert_true(d.y0_low < 5 && d.y0_high > 5);
    eis_drift_result_clear(&d);
  }
}

static bool says(const eis_notes *n, const char *words) {
  for (size_t i = 0; i < n->n; i++)
    if (strstr(n->text[i], words)) return true;
  return false;
}

/* Contact loss and CEI growth look the same until a pressure series says which. */
static void contact_and_growth(void **state) {
  (void)state;
  static const double R[] = {50, 60, 71, 83, 99, 120, 141};
  double C[7];
  eis_drift_facts f = eis_drift_facts_unknown();
  eis_drift_result d;
  for (int i = 0; i < 7; i++) C[i] = 1e-4 / R[i] * (1 + 0.003 * (i % 3 - 1));
  assert_int_equal(eis_drift_signature(&(eis_drift_data){7, R, NULL, C, NULL}, NULL, &d, NULL),
                   EIS_OK);
  assert_true(d.possible[EIS_MECH_CEI] && d.possible[EIS_MECH_CONTACT]);
  assert_true(says(&d.words, "CEI growth and contact loss can't be told apart"));
  eis_drift_result_clear(&d);
  f.pressure_exponent = -0.9;
  f.pressure_exponent_se = 0.1;
  assert_int_equal(eis_drift_signature(&(eis_drift_data){7, R, NULL, C, NULL}, &f, &d, NULL),
                   EIS_OK);
  assert_true(d.favoured[EIS_MECH_CONTACT] && !d.favoured[EIS_MECH_CEI]);
  assert_true(says(&d.words, "contact loss, not CEI growth"));
  eis_drift_result_clear(&d);
  f.pressure_exponent = 0.02;
  f.pressure_exponent_se = 0.05;
  assert_int_equal(eis_drift_signature(&(eis_drift_data){7, R, NULL, C, NULL}, &f, &d, NULL),
                   EIS_OK);
  assert_true(d.favoured[EIS_MECH_CEI] && says(&d.words, "R does not depend on pressure"));
  eis_drift_result_clear(&d);
  f = eis_drift_facts_unknown();
  f.age_exponent = 0.48;
  f.age_exponent_se = 0.05;
  assert_int_equal(eis_drift_signature(&(eis_drift_data){7, R, NULL, C, NULL}, &f, &d, NULL),
                   EIS_OK);
  assert_true(d.favoured[EIS_MECH_CEI] && says(&d.words, "square root of age"));
  eis_drift_result_clear(&d);
}

static void scl_and_kinetics(void **state) {
  (void)state;
  static const double R[] = {50, 60, 71, 83, 99, 120, 141};
  static const double C[] = {1.02e-6, 0.97e-6, 1.01e-6, 0.96e-6, 1.0e-6, 0.98e-6, 0.95e-6};
  eis_drift_facts f = eis_drift_facts_unknown();
  eis_drift_result d;
  assert_int_equal(eis_drift_signature(&(eis_drift_data){7, R, NULL, C, NULL}, NULL, &d, NULL),
                   EIS_OK);
  assert_true(says(&d.words, "space-charge layer and kinetics can't be told apart"));
  eis_drift_result_clear(&d);
  f.soc_slope = 2;
  f.soc_slope_se = 0.3;
  assert_int_equal(eis_drift_signature(&(eis_drift_data){7, R, NULL, C, NULL}, &f, &d, NULL),
                   EIS_OK);
  assert_true(d.favoured[EIS_MECH_SCL] && says(&d.words, "R depends on SOC"));
  eis_drift_result_clear(&d);
}

static void drift_refusals(void **state) {
  (void)state;
  static const double R[] = {50, 50.1, 49.9, 50.05}, C[] = {1e-6, 1.3e-6, 0.8e-6, 1.1e-6};
  static const double zero[] = {50, 0, 60};
  eis_drift_result d;
  eis_error err = EIS_ERROR_INIT;
  assert_int_equal(eis_drift_signature(&(eis_drift_data){4, R, NULL, C, NULL}, NULL, &d, NULL),
                   EIS_OK);
  assert_true(!d.moved && says(&d.words, "R changes too little"));
  eis_drift_result_clear(&d);
  static const double same[] = {50, 50, 50, 50};
  assert_int_equal(eis_drift_signature(&(eis_drift_data){4, same, NULL, C, NULL}, NULL, &d, NULL),
                   EIS_OK);
  assert_true(!d.moved && says(&d.words, "R changes too little (by 0 %)"));
  eis_drift_result_clear(&d);
  assert_int_equal(eis_drift_signature(&(eis_drift_data){2, R, NULL, C, NULL}, NULL, &d, &err),
                   EIS_ERROR_INPUT);
  assert_non_null(strstr(err.text, "at least 3 pairs of R and C, there are 2"));
  eis_error_clear(&err);
  assert_int_equal(eis_drift_signature(&(eis_drift_data){3, zero, NULL, C, NULL}, NULL, &d, &err),
                   EIS_ERROR_INPUT);
  assert_non_null(strstr(err.text, "pair 2: R and C have to be above zero"));
}

/* Chance of Student's t with four degrees of freedom, in closed form. */
static double t4(double t) {
  const double u = 1 + t * t / 4;
  return 0.5 + 0.375 * t / sqrt(u) * (1 - t * t / u / 12);
}

/* Chance that the limit of 3.2 is met at x, from p and cov of the two laws. */
static double met(const eis_trend_result *r, double x) {
  double sum = 0;
  for (size_t i = 0; i < 2; i++) {
    const eis_law_fit *f = &r->fit[i];
    const double u = i ? x : sqrt(x), d = f->p[0] + f->p[1] * u - 3.2;
    sum += f->weight * t4(d / sqrt(f->cov[0] + 2 * u * f->cov[1] + u * u * f->cov[3]));
  }
  return sum;
}

/* Square root or straight line: ends where the chances of both, by their weights, are 2.5 and
   97.5 %. */
static void end_of_life_when_the_law_is_not_known(void **state) {
  (void)state;
  static const double x[] = {4, 9, 16, 25, 36, 49}, y[] = {1.31, 1.42, 1.58, 1.69, 1.95, 2.11};
  const char *laws[] = {"sqrt", "linear", NULL};
  eis_trend_options o = eis_trend_options_default();
  eis_trend_result r;
  o.laws = laws;
  o.threshold = 3.2;
  assert_int_equal(eis_trend_fit(x, y, NULL, 6, &o, &r, NULL), EIS_OK);
  assert_true(r.fit[0].weight > 0.01 && r.fit[1].weight > 0.01);
  const eis_law_fit *best = &r.fit[r.best];
  assert_true(r.end_low <= best->end_low && r.end_high >= best->end_high);
  assert_true(r.end_high > best->end_high * 1.1);
  near(met(&r, r.end_high), 0.975, 1e-9);
  if (r.end_low < best->end_low) near(met(&r, r.end_low), 0.025, 1e-9);
  eis_trend_result_clear(&r);
}

/* A logarithm of which eleven points do not tell that it is none of the other laws: within the
   interval of the law that is shown the end of life is in one of ten, within that over all laws in
   95 of 100 (limits of 99.9 % of the binomial distribution). */
static void end_of_life_of_a_law_that_is_missed(void **state) {
  (void)state;
  int inside = 0, shown = 0;
  eis_trend_options o = eis_trend_options_default();
  o.factor = 2;
  for (int k = 0; k < 60; k++) {
    double x[11], y[11];
    eis_trend_result r;
    eisi_rng rng;
    eisi_rng_seed(&rng, 17, (uint64_t)k);
    for (int i = 0; i < 11; i++) {
      x[i] = 10 * i;
      y[i] = 1 + 0.5 * log1p(x[i] / 20) / log1p(5) + 0.02 * eisi_rng_normal(&rng);
    }
    const double end = 20 * expm1(2 * log1p(5)); /* 700 */
    assert_int_equal(eis_trend_fit(x, y, NULL, 11, &o, &r, NULL), EIS_OK);
    const eis_law_fit *f = &r.fit[r.best];
    inside += r.end_low <= end && end <= r.end_high;
    shown += f->end_low <= end && end <= f->end_high;
    eis_trend_result_clear(&r);
  }
  assert_in_range(inside, 50, 60);
  assert_in_range(shown, 0, 30);
}

/* Five sweeps at each of six ages: the line through the six means, with their scatter and four
   degrees of freedom. */
static void repetitions_are_no_ages(void **state) {
  (void)state;
  enum { M = 5, N = 6 };
  static const double off[N] = {0.6, -0.8, 0.1, 0.9, -1.1, 0.4};
  const char *laws[] = {"linear", NULL};
  double x[N * M], y[N * M], mean[N], mx = 0, my = 0, xx = 0, xy = 0, ss = 0;
  eis_trend_options o = eis_trend_options_default();
  eis_trend_result r;
  o.laws = laws;
  for (int k = 0; k < N; k++) {
    mean[k] = 0;
    for (int i = 0; i < M; i++) {
      x[i * N + k] = 20 * k;
      y[i * N + k] = 50 + 0.1 * 20 * k + off[k] + 0.1 * ((3 * i + k) % 5 - 2);
      mean[k] += y[i * N + k] / M;
    }
    mx += 20.0 * k / N;
    my += mean[k] / N;
  }
  for (int k = 0; k < N; k++) {
    xx += (20 * k - mx) * (20 * k - mx);
    xy += (20 * k - mx) * (mean[k] - my);
  }
  for (int k = 0; k < N; k++) ss += pow(mean[k] - my - xy / xx * (20 * k - mx), 2);
  assert_int_equal(eis_trend_fit(x, y, NULL, N * M, &o, &r, NULL), EIS_OK);
  near(r.fit[0].p[1], xy / xx, 1e-9);
  near(r.fit[0].se[1], sqrt(ss / (N - 2) / xx), 1e-7);
  assert_int_equal(r.fit[0].dof, N - 2);
  assert_int_equal(r.n, N * M);
  assert_non_null(strstr(r.notes.text[0], "30 points at 6 different x"));
  eis_trend_result_clear(&r);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(laws_agree_with_R),
      cmocka_unit_test(knee_agrees_with_R),
      cmocka_unit_test(band_agrees_with_R),
      cmocka_unit_test(scatter_beyond_known_errors),
      cmocka_unit_test(derivatives_of_laws),
      cmocka_unit_test(exact_data),
      cmocka_unit_test(data_to_the_last_digit),
      cmocka_unit_test(end_of_life_interval),
      cmocka_unit_test(end_of_life_downwards),
      cmocka_unit_test(laws_that_look_alike_are_said),
      cmocka_unit_test(laws_under_noise),
      cmocka_unit_test(pressure_exponent),
      cmocka_unit_test(refusals),
      cmocka_unit_test(signatures),
      cmocka_unit_test(contact_and_growth),
      cmocka_unit_test(scl_and_kinetics),
      cmocka_unit_test(drift_refusals),
      cmocka_unit_test(repetitions_are_no_ages),
      cmocka_unit_test(end_of_life_when_the_law_is_not_known),
      cmocka_unit_test(end_of_life_of_a_law_that_is_missed),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
