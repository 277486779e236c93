/* The automatic fit against independent optima: oracles/cnls.json and the published cases (a), (b),
   (c) of published-and-refit.md 5.2, no start values given. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include <eisfit/eisfit.h>

/* ---- data ---------------------------------------------------------------------------------- */

static char *shared_path(const char *name) {
  const char *dir = getenv("EISFIT_SHARED");
  static char path[1024];
  snprintf(path, sizeof path, "%s/%s", dir ? dir : ".", name);
  return path;
}

/* Plain f,Re,Im rows, as the oracle stores them. */
static bool load_plain(const char *path, eis_spectrum *s) {
  FILE *f = fopen(path, "r");
  double row[3];
  size_t n = 0;
  if (!f) return false;
  assert_int_equal(eis_spectrum_init(s, 400, NULL), EIS_OK);
  while (n < 400 && fscanf(f, "%lf,%lf,%lf", &row[0], &row[1], &row[2]) == 3) {
    s->f[n] = row[0];
    s->re[n] = row[1];
    s->im[n++] = row[2];
  }
  fclose(f);
  s->n = n;
  return n > 0;
}

static eis_circuit *circuit_of(const char *text) {
  eis_error err = EIS_ERROR_INIT;
  eis_circuit *c = NULL;
  if (eis_circuit_parse(text, EIS_NOTATION_AUTO, &c, &err) != EIS_OK)
    fail_msg("%s: %s", text, err.text);
  return c;
}

static void fit_or_fail(const eis_spectrum *s, const eis_circuit *c, const eis_fit_options *opt,
                        eis_fit_result *r) {
  eis_error err = EIS_ERROR_INIT;
  if (eis_fit_run(s, c, opt, r, &err) != EIS_OK) fail_msg("fit failed: %s", err.text);
}

/* ---- cnls.json ----------------------------------------------------------------------------- */

static double number(const json_t *obj, const char *key) {
  return strtod(json_string_value(json_object_get(obj, key)), NULL);
}

static bool listed(const json_t *array, const char *name) {
  size_t i;
  json_t *v;
  json_array_foreach(array, i, v) if (strcmp(json_string_value(v), name) == 0) return true;
  return false;
}

/* "CPE1_0" of the oracle -> index in our circuit; its conventions are ours for these elements. */
static int oracle_index(const eis_circuit *c, const char *name) {
  const int j = eis_circuit_find_param(c, name);
  if (j < 0) fail_msg("no parameter %s", name);
  return j;
}

/* The oracle may have exchangeable arcs the other way round: ours are sorted by tau.  Returns the
   oracle's name for our parameter. */
static const char *exchanged(const char *case_name, const char *name) {
  static const char *const pairs[][3] = {
      {"drt2z05_mod", "Zarc1_0", "Zarc2_0"}, {"drt2z05_mod", "Zarc1_1", "Zarc2_1"},
      {"drt2z05_mod", "Zarc1_2", "Zarc2_2"}, {"ex_custom_unit", "R1", "R2"},
      {"ex_custom_unit", "C1", "C2"}};
  for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
    if (strcmp(pairs[i][0], case_name) != 0) continue;
    if (strcmp(pairs[i][1], name) == 0) return pairs[i][2];
    if (strcmp(pairs[i][2], name) == 0) return pairs[i][1];
  }
  return name;
}

static void check_param(const char *case_name, const json_t *o, const eis_circuit *c,
                        const eis_fit_result *r, const char *key) {
  const char *name = exchanged(case_name, key);
  const int j = oracle_index(c, key);
  const eis_fit_param *p = &r->param[j];
  if (listed(json_object_get(o, "unidentifiable"), name)) {
    if (p->identifiable && !p->at_bound && isfinite(p->stderr_))
      fail_msg("%s: %s should be flagged", case_name, key);
    return;
  }
  const double value = number(json_object_get(o, "params"), name);
  const double se = number(json_object_get(o, "stderr"), name);
  if (listed(json_object_get(o, "at_bound"), name)) {
    assert_true(p->at_bound);
    assert_true(fabs(p->value - value) <= 1e-9 * fabs(value));
    return;
  }
  if (fabs(p->value - value) > 1e-3 * se)
    fail_msg("%s: %s %.12g, expected %.12g (off by %.2g standard errors)", case_name, key, p->value,
             value, (p->value - value) / se);
  if (fabs(p->stderr_ - se) > 1e-3 * se)
    fail_msg("%s: standard error of %s %.8g, expected %.8g", case_name, key, p->stderr_, se);
}

static eis_weighting weighting_of(const json_t *o) {
  const char *w = json_string_value(json_object_get(o, "weighting"));
  if (strcmp(w, "unit") == 0) return EIS_WEIGHT_UNIT;
  return strcmp(w, "proportional") == 0 ? EIS_WEIGHT_PROPORTIONAL : EIS_WEIGHT_MODULUS;
}

static void check_case(const char *name, const json_t *o) {
  char file[128];
  eis_spectrum s;
  eis_fit_result r;
  eis_fit_options opt = eis_fit_options_default();
  const double S = number(o, "S");
  snprintf(file, sizeof file, "oracles/spectra/%s.csv",
           json_string_value(json_object_get(o, "data")));
  if (!load_plain(shared_path(file), &s)) skip();
  eis_circuit *c = circuit_of(json_string_value(json_object_get(o, "circuit")));
  opt.weighting = weighting_of(o);
  fit_or_fail(&s, c, &opt, &r);
  if (!(r.S <= S * (1 + 1e-6))) fail_msg("%s: S %.12g, expected %.12g", name, r.S, S);
  assert_int_equal(r.n_free, (int)json_integer_value(json_object_get(o, "n_free")));
  const char *key;
  json_t *unused;
  json_object_foreach(json_object_get(o, "params"), key, unused) check_param(name, o, c, &r, key);
  eis_fit_result_clear(&r);
  eis_spectrum_clear(&s);
  eis_circuit_free(c);
}

static void test_oracle_cases(void **state) {
  (void)state;
  json_error_t e;
  json_t *root = json_load_file(shared_path("oracles/cnls.json"), 0, &e), *o;
  const char *name;
  if (!root) skip();
  json_object_foreach(json_object_get(root, "cases"), name, o) check_case(name, o);
  json_decref(root);
}

/* ---- published cases ------------------------------------------------------------------------ */

/* Boukamp's test circuit with 0.05 % noise: published-and-refit.md 5.2 (a). */
static const double circuit_1[][3] = {
    {10000, 109.0370472, -26.54606636},     {7943.282347, 110.989023, -32.33190706},
    {6309.573445, 113.7622689, -39.3526032}, {5011.872336, 117.6304354, -47.85660728},
    {3981.071706, 122.9031523, -57.77346099}, {3162.27766, 130.5162954, -69.20886989},
    {2511.886432, 141.2912628, -81.67970215}, {1995.262315, 155.6418083, -94.65089995},
    {1584.893192, 174.1444068, -106.7361083}, {1258.925412, 196.7509482, -115.6101127},
    {1000, 221.6323706, -120.4476979},      {794.3282347, 246.9696802, -120.2578184},
    {630.9573445, 270.5714583, -115.4727897}, {501.1872336, 290.4914727, -107.9880957},
    {398.1071706, 307.1475404, -99.54114328}, {316.227766, 320.7808862, -91.74623876},
    {251.1886432, 331.7445552, -84.80279573}, {199.5262315, 341.4300302, -79.44290396},
    {158.4893192, 349.7790067, -75.74712802}, {125.8925412, 357.8947205, -73.99001202},
    {100, 366.673682, -73.29062591},        {79.43282347, 374.918122, -73.98284463},
    {63.09573445, 384.0479898, -75.47284845}, {50.11872336, 393.4737126, -77.29498606},
    {39.81071706, 404.1195495, -79.96167271}, {31.6227766, 415.5366295, -83.42591929},
    {25.11886432, 427.3852902, -86.57867925}, {19.95262315, 440.6912646, -90.1589282},
    {15.84893192, 454.2630194, -93.73344624}, {12.58925412, 468.9041676, -96.59538672},
    {10, 484.0967915, -99.01909694},        {7.943282347, 500.5872569, -101.6243035},
    {6.309573445, 516.4518904, -102.8157721}, {5.011872336, 532.8352673, -104.8697635},
    {3.981071706, 550.1865732, -104.1237795}, {3.16227766, 566.4381473, -103.7651308},
    {2.511886432, 583.5178157, -102.560385}, {1.995262315, 599.1985991, -100.4024517},
    {1.584893192, 615.2450445, -98.34112716}, {1.258925412, 630.984848, -94.49112883},
    {1, 645.7193696, -90.50174379}};

typedef struct published {
  const char *circuit;
  eis_weighting weighting;
  double S, value[8], percent[8]; /* percent: relative standard errors */
  double S_tol, value_tol, percent_tol;
} published;

static void check_published(const eis_spectrum *s, const published *p) {
  eis_fit_result r;
  eis_fit_options opt = eis_fit_options_default();
  eis_circuit *c = circuit_of(p->circuit);
  opt.weighting = p->weighting;
  fit_or_fail(s, c, &opt, &r);
  if (fabs(r.S / p->S - 1) > p->S_tol)
    fail_msg("%s: S %.12g, expected %.12g", p->circuit, r.S, p->S);
  for (int j = 0; j < c->n_params; j++) {
    const double v = r.param[j].value, e = 100 * r.param[j].stderr_ / v;
    if (fabs(v / p->value[j] - 1) > p->value_tol)
      fail_msg("%s: %s %.10g, expected %.10g", p->circuit, c->param[j].name, v, p->value[j]);
    if (fabs(e / p->percent[j] - 1) > p->percent_tol)
      fail_msg("%s: error of %s %.6g %%, expected %.6g %%", p->circuit, c->param[j].name, e,
               p->percent[j]);
  }
  eis_fit_result_clear(&r);
  eis_circuit_free(c);
}

static void test_boukamp_circuit(void **state) {
  (void)state;
  eis_spectrum s;
  const size_t n = sizeof circuit_1 / sizeof circuit_1[0];
  assert_int_equal(eis_spectrum_init(&s, n, NULL), EIS_OK);
  for (size_t k = 0; k < n; k++) {
    s.f[k] = circuit_1[k][0];
    s.re[k] = circuit_1[k][1];
    s.im[k] = circuit_1[k][2];
  }
  /* Y_W = 1/(sigma sqrt 2) */
  const published modulus = {
      "R(RC)(RW)", EIS_WEIGHT_MODULUS, 1.7279138e-5,
      {100.009547, 199.902978, 7.99922134e-7, 500.015068, 1 / (3.99955376e-4 * M_SQRT2)},
      {0.02553778, 0.03973025, 0.04370545, 0.05897879, 0.09925026}, 1e-6, 1e-6, 1e-4};
  check_published(&s, &modulus);
  eis_spectrum_clear(&s);
}

/* EquivalentCircuits.jl: truth 20, 4e-9, 3400, 4e-6, 2500, data rounded to 0.01. */
static void test_nested_circuit(void **state) {
  (void)state;
  eis_spectrum s;
  assert_int_equal(eis_spectrum_init(&s, 20, NULL), EIS_OK);
  for (size_t k = 0; k < 20; k++) {
    const double f = pow(10, 5 - 6.0 * (double)k / 19), w = 2 * M_PI * f, a = w * 4e-6 * 2500,
                 b = 1 / (1 + a * a);
    const double r3 = 3400 + 2500 * b, x3 = -2500 * a * b; /* R3 - [C4,R5] */
    const double g = r3 / (r3 * r3 + x3 * x3), y = -x3 / (r3 * r3 + x3 * x3) + w * 4e-9;
    s.f[k] = round(100 * f) / 100; /* the published list rounds frequencies as well */
    s.re[k] = round(100 * (20 + g / (g * g + y * y))) / 100;
    s.im[k] = round(100 * (-y / (g * g + y * y))) / 100;
  }
  const published modulus = {"R1-[C2,R3-[C4,R5]]", EIS_WEIGHT_MODULUS, 3.58454404e-8,
                             {19.996728, 3.99997667e-9, 3400.00054, 3.9996819e-6, 2500.00298},
                             {.05766, .00186, .00116, .00779, .00314}, 1e-5, 2e-8, 4e-3}; /* errors are printed with 3 digits */
  const published unit = {"R1-[C2,R3-[C4,R5]]", EIS_WEIGHT_UNIT, 1.22919785,
                          {19.9968165, 3.99998644e-9, 3400.00056, 3.99967747e-6, 2500.00292},
                          {.569, .00947, .00364, .01059, .00379}, 1e-5, 2e-8, 4e-3}; /* errors are printed with 3 digits */
  check_published(&s, &modulus);
  check_published(&s, &unit);
  eis_spectrum_clear(&s);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_oracle_cases),
      cmocka_unit_test(test_boukamp_circuit),
      cmocka_unit_test(test_nested_circuit),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
