/* Laws of campaign parameters: values by hand, derivatives against differences, the text form and
   the place of every mistake, also in a model file. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <eisfit/model.h>

#include "model/laws.h"

static const eisi_law *law(const char *name) {
  const eisi_law *l = eisi_law_find(name, strlen(name));
  if (!l) fail_msg("no law %s", name);
  return l;
}

/* kB = 8.617333262e-5 eV/K; oxide-like layer for the last ones. */
static const struct value {
  const char *law;
  double x, par[2], constant[3], in[5], want;
} values[] = {
    {"column", 0.25, {0}, {0}, {0}, 0.25},
    {"arrhenius", 323.15, {0.5}, {298.15}, {0}, 0.22189293563543443},
    {"arrhenius", 298.15, {0.5}, {298.15}, {0}, 1},
    {"arrhenius-sigma", 323.15, {0.5}, {298.15}, {0}, 4.158025778744167},
    {"arrhenius-rho", 323.15, {0.5}, {298.15}, {0}, 1 / 4.158025778744167},
    {"butler-volmer", 0.5, {0}, {0.5, 1 - 1e-6, 1e-6}, {0}, 1},
    {"butler-volmer", 1, {0}, {0.5, 0.8, 0.2}, {0}, 1.25},
    {"sqrt", 9, {0.7}, {0}, {0}, 2.1},
    {"linear", 3, {2}, {1}, {0}, 4},
    {"power", 8, {-0.5}, {2}, {0}, 0.5},
    {"exp", 2, {0.3}, {1}, {0}, 1.349858807576003},
    {"parabola", 2, {0.3, 0.1}, {1}, {0}, 1.4918246976412703},
    /* T15 of the oracle at SOC 0.8: E 4.16 V */
    {"ocv", 4.16, {0.6, 3.75}, {0}, {10, 1e25, 0.00039, 298.15, 0.2}, 2.098573094e-1},
    {"potential", 3.6, {0.6, 3.75}, {0}, {10, 1e25, 0.00039, 298.15, 0.2}, -5.701976873e-2},
    {"conductivity", 5, {0}, {0}, {250}, 0.02},
};

static double at(const struct value *v, double *dp, double *di) {
  const eisi_law_point p = {v->x, v->par, v->constant, v->in};
  return law(v->law)->eval(&p, dp, di);
}

static void values_and_derivatives(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
    const struct value *v = &values[i];
    const eisi_law *l = law(v->law);
    double dp[2] = {0}, di[5] = {0}, none[7];
    const double got = at(v, dp, di);
    if (!(fabs(got - v->want) < 3e-6 * fabs(v->want)))
      fail_msg("%s: %.10g, not %.10g", v->law, got, v->want);
    for (int k = 0; k < l->n_pars + l->n_inputs; k++) {
      struct value up = *v, down = *v;
      const bool par = k < l->n_pars;
      const double base = par ? v->par[k] : v->in[k - l->n_pars], h = 1e-5 * (fabs(base) + 1e-3);
      *(par ? &up.par[k] : &up.in[k - l->n_pars]) += h;
      *(par ? &down.par[k] : &down.in[k - l->n_pars]) -= h;
      const double difference = (at(&up, none, none + 2) - at(&down, none, none + 2)) / (2 * h);
      const double d = par ? dp[k] : di[k - l->n_pars];
      if (!(fabs(d - difference) <
            2e-6 * fabs(difference) + 1e-9 * fabs(got / (fabs(base) + 1e-3))))
        fail_msg("%s by %d: %.10g, differences %.10g", v->law, k, d, difference);
    }
  }
}

/* Outside of where a law means something it says so. */
static void no_value(void **state) {
  (void)state;
  static const struct value bad[] = {
      {"butler-volmer", 1, {0}, {0.5, 0.9, -0.1}, {0}, 0}, {"sqrt", -1, {1}, {0}, {0}, 0},
      {"power", -1, {1}, {1}, {0}, 0},
      {"ocv", 9, {1.5, 0}, {0}, {10, 1e25, 0, 298.15, 1e30}, 0}};
  double dp[2], di[5];
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) assert_true(isnan(at(&bad[i], dp, di)));
}

static void rows_are_whole(void **state) {
  (void)state;
  for (size_t i = 0; eisi_law_at(i); i++) {
    const eisi_law *l = eisi_law_at(i);
    assert_true(l->name[0] && l->formula[0] && l->doc[0]);
    assert_true((l->eval != NULL) == (l->kind != EISI_LAW_SHARING));
    assert_ptr_equal(law(l->name), l);
    for (int k = 0; k < l->n_pars; k++)
      assert_true(l->par[k].lower <= l->par[k].start && l->par[k].start <= l->par[k].upper);
  }
}

static void text_form(void **state) {
  (void)state;
  eisi_expression e;
  size_t offset;
  assert_int_equal(
      eisi_expression_parse("group(cell) * arrhenius(Ea=R_b.Ea, T0=300) * exp(cycle, k=-0.5)", &e,
                            &offset, NULL),
      EIS_OK);
  assert_int_equal(e.n, 3);
  assert_string_equal(e.term[0].law->name, "group");
  assert_string_equal(e.term[0].argument, "cell");
  assert_string_equal(e.term[1].argument, "temperature_C");
  assert_int_equal(e.term[1].par[0].how, EISI_GIVEN_NAME);
  assert_string_equal(e.term[1].par[0].name, "R_b.Ea");
  assert_true(e.term[1].par[0].value == 1 && e.term[1].constant[0] == 300);
  assert_true(e.term[2].par[0].how == EISI_GIVEN_NUMBER && e.term[2].par[0].value == -0.5);
  assert_int_equal(eisi_expression_parse("exp(cycle,k=-A.k_cycle)", &e, &offset, NULL), EIS_OK);
  assert_true(e.term[0].par[0].value == -1);
  assert_string_equal(e.term[0].par[0].name, "A.k_cycle");
}

static const struct {
  const char *text;
  size_t offset;
  const char *says;
} mistakes[] = {
    {"arhenius", 0, "unknown law 'arhenius': expected one of shared, each, group"},
    {"each * ", 7, "expected the name of a law"},
    {"each arrhenius", 5, "expected '*' and another law"},
    {"sqrt", 0, "the law 'sqrt' needs a column of the manifest: 'sqrt(NAME)'"},
    {"conductivity", 0, "the law 'conductivity' needs a parameter of the circuit"},
    {"exp(cycle", 9, "expected ',' or ')'"},
    {"exp(cycle, q=1)", 11, "the law 'exp' has no 'q': it has k c0"},
    {"exp(cycle, k=)", 13, "a value is missing behind '='"},
    {"arrhenius(T0=-5)", 13, "T0 = '-5': expected a number from 100 to 2000"},
    {"arrhenius(Ea=7)", 13, "Ea = 7 is out of range: expected -3 to 3"},
    {"exp(cycle, time_h)", 11, "the law 'exp' takes one name"},
    {"shared(cell)", 7, "the law 'shared' takes no name, only key=value"},
    {"each * column(x)", 7, "a second term that says what the value is"},
    {"column(x) * sqrt(t)", 12, "this is added to a reference value, but there is none here"},
    {"exp(a)*exp(b)*exp(c)*exp(d)*exp(e)*exp(f)*exp(g)", 42, "too many terms: at most 6"},
};

static void mistakes_are_named(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof mistakes / sizeof *mistakes; i++) {
    eisi_expression e;
    eis_error err = EIS_ERROR_INIT;
    size_t offset;
    assert_int_equal(eisi_expression_parse(mistakes[i].text, &e, &offset, &err), EIS_ERROR_INPUT);
    if (offset != mistakes[i].offset || !strstr(err.text, mistakes[i].says))
      fail_msg("%s: at %zu: %s", mistakes[i].text, offset, err.text);
  }
}

#define HEAD "[model]\nname = m\ntitle = t\ncircuit = R_b-p(R_1,C_1)\n[joint]\n"

static void in_model_files(void **state) {
  (void)state;
  eis_model *m = NULL;
  eis_error err = EIS_ERROR_INIT;
  assert_int_equal(
      eis_model_parse(HEAD "R_b = arrhenius\nR_b.Ea = 0.3/0/1\nR_1 = each\n", "x", &m, &err),
      EIS_OK);
  assert_int_equal(m->n_laws, 3);
  assert_string_equal(m->law[1].target, "R_b.Ea");
  assert_string_equal(m->law[1].text, "0.3/0/1");
  assert_true(m->law[1].line == 7 && m->law[1].column == 10);
  assert_int_equal(eis_model_set_law(m, "R_1 = sqrt(time_h)", &err), EIS_OK);
  assert_int_equal(eis_model_set_law(m, "C_1=shared", &err), EIS_OK);
  assert_int_equal(m->n_laws, 4);
  assert_string_equal(m->law[2].text, "sqrt(time_h)");
  assert_int_equal(eis_model_set_law(m, "C_1", &err), EIS_ERROR_USAGE);
  assert_non_null(strstr(err.text, "'C_1' is no law: expected 'R_b = arrhenius'"));
  eis_error_clear(&err);
  assert_int_equal(eis_model_set_law(m, "C_1 = whatever", &err), EIS_ERROR_USAGE);
  assert_non_null(strstr(err.text, "law 'C_1 = whatever': unknown law 'whatever'"));
  eis_model_free(m);
  static const struct {
    const char *line, *says;
    long column;
  } bad[] = {{"R_2 = each\n", "no circuit of this model has a parameter 'R_2'", 1},
             {"R_b = each * arhenius\n", "unknown law 'arhenius'", 14},
             {"R_b.Ea = 0.3/x\n", "", 0},
             {"R_b = each\nR_b = shared\n", "this parameter has a law already", 1}};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    char text[256];
    snprintf(text, sizeof text, "%s%s", HEAD, bad[i].line);
    eis_error_clear(&err);
    assert_int_equal(eis_model_parse(text, "x", &m, &err), EIS_ERROR_INPUT);
    if (!strstr(err.text, bad[i].says) || (bad[i].column && err.column != bad[i].column) ||
        err.line < 6)
      fail_msg("%s: %ld:%ld %s", bad[i].line, err.line, err.column, err.text);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(values_and_derivatives), cmocka_unit_test(no_value),
      cmocka_unit_test(rows_are_whole),         cmocka_unit_test(text_form),
      cmocka_unit_test(mistakes_are_named),     cmocka_unit_test(in_model_files)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
