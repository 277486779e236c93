/* Assignments: values, fixing, bounds, ties, and every way they can contradict. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <eisfit/eisfit.h>

#include "base/base.h"

typedef eis_status rule(eis_circuit *c, const char *text, eis_error *err);

static eis_circuit *parsed(const char *text) {
  eis_circuit *c = NULL;
  eis_error err = EIS_ERROR_INIT;
  if (eis_circuit_parse(text, EIS_NOTATION_AUTO, &c, &err) != EIS_OK) fail_msg("%s", err.text);
  return c;
}

static void apply(eis_circuit *c, rule *r, const char *text) {
  eis_error err = EIS_ERROR_INIT;
  if (r(c, text, &err) != EIS_OK) fail_msg("'%s': %s", text, err.text);
}

static eis_param *param(eis_circuit *c, const char *name) {
  const int i = eis_circuit_find_param(c, name);
  if (i < 0) fail_msg("no %s", name);
  return &c->param[i];
}

static void test_set(void **state) {
  (void)state;
  static const struct {
    const char *text, *name;
    double value;
  } cases[] = {
      {"R1=10", "R1", 10},
      {"R1 = 10", "R1", 10},
      {" R1=10k ", "R1", 1e4},
      {"R1=4.7kohm", "R1", 4700},
      {"R1=4.7 kOhm", "R1", 4700},
      {"R1=10 \xE2\x84\xA6", "R1", 10},
      {"R1=1e3", "R1", 1000},
      {"CPE1_Q=10u", "CPE1_Q", 1e-5},
      {"CPE1_0=10u", "CPE1_Q", 1e-5},
      {"Q1_alpha=0.8", "CPE1_alpha", 0.8},
      {"C1=4.7uF", "C1", 4.7e-6},
      {"C1=4.7 uF", "C1", 4.7e-6},
      {"C1=2F", "C1", 2},
      {"C1=10 pF", "C1", 10e-12},
      {"C1=10\xC2\xB5"
       "F",
       "C1", 10e-6},
      {"R1=1,C1=2u,R1=3", "R1", 3},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    eis_circuit *c = parsed("R1-p(C1,CPE1)");
    apply(c, eis_circuit_set, cases[i].text);
    const double v = param(c, cases[i].name)->value;
    if (fabs(v / cases[i].value - 1) > 1e-15) fail_msg("'%s': %.17g", cases[i].text, v);
    eis_circuit_free(c);
  }
}

static void test_fix(void **state) {
  (void)state;
  eis_circuit *c = parsed("R1-p(C1,CPE1)");
  apply(c, eis_circuit_set, "R1=5");
  apply(c, eis_circuit_fix, "R1, C1=2u");
  assert_true(param(c, "R1")->fixed && param(c, "R1")->value == 5);
  assert_true(param(c, "C1")->fixed && param(c, "C1")->value == 2e-6);
  assert_false(param(c, "CPE1_Q")->fixed);
  assert_int_equal(eis_circuit_check(c, NULL), EIS_OK);
  eis_circuit_free(c);
}

static void test_bound(void **state) {
  (void)state;
  static const struct {
    const char *text;
    double lower, upper; /* NaN: the element's own */
  } cases[] = {{"R1=1:100", 1, 100},         {"R1=:100", NAN, 100}, {"R1=1:", 1, NAN},
               {"R1=0:100", NAN, 100},       {"R1=1:inf", 1, NAN},  {"R1 = 1m : 10k", 1e-3, 1e4},
               {"R1=1 ohm:2 kohm", 1, 2000}, {"R1=-inf:5", NAN, 5}};
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    eis_circuit *c = parsed("R1-C1");
    apply(c, eis_circuit_bound, cases[i].text);
    const eis_param *p = param(c, "R1");
    assert_true(p->lower == (isnan(cases[i].lower) ? p->spec->lower : cases[i].lower));
    assert_true(p->upper == (isnan(cases[i].upper) ? p->spec->upper : cases[i].upper));
    assert_true(p->user_bounds);
    eis_circuit_free(c);
  }
}

/* Bounds on something that is held by default ask for it to be fitted. */
static void test_bound_frees(void **state) {
  (void)state;
  eis_circuit *c = parsed("SCL1");
  assert_true(param(c, "SCL1_sigma")->fixed);
  apply(c, eis_circuit_bound, "SCL1_sigma=1m:1");
  assert_false(param(c, "SCL1_sigma")->fixed);
  apply(c, eis_circuit_set, "SCL1_T=350 K");
  assert_true(param(c, "SCL1_T")->fixed && param(c, "SCL1_T")->value == 350);
  apply(c, eis_circuit_set, "SCL1_conv=1");
  eis_circuit_free(c);
}

static void test_tie(void **state) {
  (void)state;
  eis_circuit *c = parsed("p(R1,C1)-p(R2,C2)-p(R3,C3)");
  apply(c, eis_circuit_tie, "C2=C1, R2 = 2*R1");
  assert_int_equal(param(c, "C2")->tie, eis_circuit_find_param(c, "C1"));
  assert_true(param(c, "C2")->tie_factor == 1 && param(c, "R2")->tie_factor == 2);
  apply(c, eis_circuit_tie, "R3=R2*5"); /* a chain ends at R1 */
  assert_int_equal(param(c, "R3")->tie, eis_circuit_find_param(c, "R1"));
  assert_true(param(c, "R3")->tie_factor == 10);
  apply(c, eis_circuit_tie, "C1=0.5*C3"); /* C2 follows its leader */
  assert_int_equal(param(c, "C2")->tie, eis_circuit_find_param(c, "C3"));
  assert_true(param(c, "C2")->tie_factor == 0.5 && param(c, "C1")->tie_factor == 0.5);
  assert_int_equal(eis_circuit_check(c, NULL), EIS_OK);
  eis_circuit_free(c);
}

static void test_tie_frees_held(void **state) {
  (void)state;
  eis_circuit *c = parsed("SCL1{sigma=0.1/0.01/1}-SCL2");
  apply(c, eis_circuit_tie, "SCL2_sigma=SCL1_sigma");
  assert_false(param(c, "SCL2_sigma")->fixed);
  assert_int_equal(eis_circuit_check(c, NULL), EIS_OK);
  eis_circuit_free(c);
}

static const struct failure {
  const char *circuit;
  rule *first; /* may be NULL */
  const char *before;
  rule *second;
  const char *text, *message;
} failures[] = {
    {"R0-p(R1,CPE1)", NULL, NULL, eis_circuit_set, "R9=1",
     "the circuit has no parameter 'R9': did you mean 'R0'?; it has R0, R1, CPE1_Q, CPE1_alpha"},
    {"R0-p(R1,CPE1)", NULL, NULL, eis_circuit_set, "tau=1",
     "the circuit has no parameter 'tau'; it has R0, R1, CPE1_Q, CPE1_alpha"},
    {"R0-CPE1", NULL, NULL, eis_circuit_fix, "CPE1_alpa=1",
     "the circuit has no parameter 'CPE1_alpa': did you mean 'CPE1_alpha'?; it has R0, CPE1_Q, "
     "CPE1_alpha"},
    {"R0-CPE1", NULL, NULL, eis_circuit_set, "CPE1=1",
     "'CPE1' is an element with 2 parameters: name one of them, such as 'CPE1_Q'"},
    {"R0", NULL, NULL, eis_circuit_set, "R0", "'R0' is given no value: write 'R0=10'"},
    {"R0", NULL, NULL, eis_circuit_set, "R0=", "'R0' is given no value: write 'R0=10'"},
    {"R0", NULL, NULL, eis_circuit_set, "=5",
     "'=5': a parameter name is missing, such as in 'R1=10'"},
    {"R0", NULL, NULL, eis_circuit_set, "R0=1,",
     "'R0=1,': a parameter name is missing, such as in 'R1=10'"},
    {"R0", NULL, NULL, eis_circuit_set, "R0=abc",
     "'abc' is no number: 'R0' takes a value such as '10', '4.7u' or '1e-5'"},
    {"R0", NULL, NULL, eis_circuit_set, "R0=10F",
     "can't read '10F' for 'R0': behind the number 'F' is neither a prefix nor its unit (ohm)"},
    {"CPE1", NULL, NULL, eis_circuit_set, "CPE1_alpha=0.9x",
     "can't read '0.9x' for 'CPE1_alpha': behind the number 'x' is neither a prefix nor its unit "
     "(none)"},
    {"CPE1", NULL, NULL, eis_circuit_set, "CPE1_alpha=1.2",
     "1.2 is outside what 'CPE1_alpha' is defined for (0.01 to 1)"},
    {"R0", NULL, NULL, eis_circuit_set, "R0=-1",
     "-1 is outside what 'R0' is defined for (1e-09 to 1e+15)"},
    {"R0", NULL, NULL, eis_circuit_set, "R0=0",
     "0 is outside what 'R0' is defined for (1e-09 to 1e+15)"},
    {"SCL1", NULL, NULL, eis_circuit_set, "SCL1_conv=0.5",
     "'SCL1_conv' is a switch and takes whole numbers, not 0.5"},
    {"R0", NULL, NULL, eis_circuit_fix, "R0",
     "'R0' has no value it could be fixed at: write 'R0=10'"},
    {"R0", NULL, NULL, eis_circuit_fix, "R0=", "'R0' is given no value: write 'R0=10'"},
    {"R0", NULL, NULL, eis_circuit_bound, "R0", "'R0' is given no value: write 'R0=1:100'"},
    {"R0", NULL, NULL, eis_circuit_bound, "R0=5",
     "bounds are written 'lower:upper', such as 'R0=1:100' or 'R0=:100'"},
    {"R0", NULL, NULL, eis_circuit_bound, "R0=10:1", "'R0': lower bound 10 is above upper bound 1"},
    {"R0", NULL, NULL, eis_circuit_bound, "R0=5:5",
     "'R0': lower and upper bound are both 5; to hold it fix it ('R0=5')"},
    {"R0", NULL, NULL, eis_circuit_bound, "R0=a:5",
     "'a' is no number: 'R0' takes a value such as '10', '4.7u' or '1e-5'"},
    {"CPE1", NULL, NULL, eis_circuit_bound, "CPE1_alpha=0.5:1.5",
     "1.5 is outside what 'CPE1_alpha' is defined for (0.01 to 1)"},
    {"SCL1", NULL, NULL, eis_circuit_bound, "SCL1_conv=0:1",
     "'SCL1_conv' is a switch and takes no bounds"},
    {"R1-R2", NULL, NULL, eis_circuit_tie, "R1", "'R1' is given no value: write 'R1=OTHER'"},
    {"R1-R2", NULL, NULL, eis_circuit_tie, "R1=R1", "'R1' can't follow itself"},
    {"R1-R2", NULL, NULL, eis_circuit_tie, "R1=R3",
     "the circuit has no parameter 'R3': did you mean 'R1'?; it has R1, R2"},
    {"R1-R2", NULL, NULL, eis_circuit_tie, "R1=x*R2",
     "can't read 'x*R2': a tie is written 'R1=OTHER' or 'R1=2*OTHER'"},
    {"R1-R2", NULL, NULL, eis_circuit_tie, "R1=-2*R2",
     "the factor of a tie must be positive, not '-2'"},
    {"R1-R2", NULL, NULL, eis_circuit_tie, "R1=0*R2",
     "the factor of a tie must be positive, not '0'"},
    {"R1-C1", NULL, NULL, eis_circuit_tie, "R1=C1",
     "'R1' (ohm) can't follow 'C1' (F): the units differ"},
    {"R1-R2", eis_circuit_tie, "R1=R2", eis_circuit_tie, "R2=R1",
     "'R2' can't follow a parameter that follows 'R2': the ties go in a circle"},
    {"R1-R2", eis_circuit_fix, "R2=5", eis_circuit_tie, "R1=R2",
     "'R1' can't follow 'R2', which is fixed: fix 'R1' too"},
    {"R1-R2", eis_circuit_fix, "R1=5", eis_circuit_tie, "R1=R2",
     "'R1' is fixed and can't follow 'R2' as well"},
    {"SCL1-CPE1", NULL, NULL, eis_circuit_tie, "SCL1_conv=CPE1_alpha",
     "'SCL1_conv' is a switch and can't follow another parameter"},
    {"R1-R2", eis_circuit_tie, "R1=R2", eis_circuit_set, "R1=5",
     "'R1' follows 'R2' and takes no value of its own"},
    {"R1-R2", eis_circuit_tie, "R1=R2", eis_circuit_fix, "R1=5",
     "'R1' follows 'R2' and takes no value of its own"},
};

static void test_failures(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof failures / sizeof failures[0]; i++) {
    const struct failure *f = &failures[i];
    eis_error err = EIS_ERROR_INIT;
    eis_circuit *c = parsed(f->circuit);
    if (f->first) apply(c, f->first, f->before);
    const eis_status st = f->second(c, f->text, &err);
    if (st != EIS_ERROR_USAGE || strcmp(err.text, f->message) != 0)
      fail_msg("'%s': %d '%s'", f->text, st, err.text);
    assert_int_equal(f->second(c, f->text, NULL), EIS_ERROR_USAGE);
    eis_circuit_free(c);
  }
}

/* Order of the options does not matter; what contradicts is found in the end. */
static void test_check_after(void **state) {
  (void)state;
  eis_error err = EIS_ERROR_INIT;
  eis_circuit *c = parsed("R1-R2");
  apply(c, eis_circuit_bound, "R1=1:10");
  apply(c, eis_circuit_set, "R1=50");
  assert_int_equal(eis_circuit_check(c, &err), EIS_ERROR_USAGE);
  assert_string_equal(err.text, "start 50 of 'R1' is outside its bounds 1 to 10");
  apply(c, eis_circuit_bound, "R1=1:100");
  assert_int_equal(eis_circuit_check(c, NULL), EIS_OK);
  apply(c, eis_circuit_tie, "R1=R2");
  apply(c, eis_circuit_fix, "R2=3");
  eis_error_clear(&err);
  assert_int_equal(eis_circuit_check(c, &err), EIS_ERROR_USAGE);
  assert_string_equal(err.text, "'R1' is tied to 'R2', which is fixed: fix 'R1' too");
  eis_circuit_free(c);
}

/* The list of names is cut, not the message. */
static void test_many_names(void **state) {
  (void)state;
  eisi_text t = {0};
  for (int i = 0; i < 200; i++) eisi_text_addf(&t, "R");
  eis_circuit *c = parsed(t.s);
  eis_error err = EIS_ERROR_INIT;
  assert_int_equal(eis_circuit_set(c, "C1=1", &err), EIS_ERROR_USAGE);
  assert_non_null(strstr(err.text, "it has R1, R2, R3"));
  assert_true(eisi_ends_with(err.text, ", ..."));
  eisi_text_clear(&t);
  eis_circuit_free(c);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_set),         cmocka_unit_test(test_fix),
      cmocka_unit_test(test_bound),       cmocka_unit_test(test_bound_frees),
      cmocka_unit_test(test_tie),         cmocka_unit_test(test_tie_frees_held),
      cmocka_unit_test(test_failures),    cmocka_unit_test(test_check_after),
      cmocka_unit_test(test_many_names),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
