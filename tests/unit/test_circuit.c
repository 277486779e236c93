/* Circuit grammar: both notations, canonical printing, errors with their places. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <eisfit/convert.h>
#include <eisfit/eisfit.h>

#include "base/base.h"
#include "model/parse.h"

static eis_circuit *parsed(const char *text, eis_notation notation) {
  eis_circuit *c = NULL;
  eis_error err = EIS_ERROR_INIT;
  if (eis_circuit_parse(text, notation, &c, &err) != EIS_OK)
    fail_msg("'%s' at %ld: %s", text, err.column, err.text);
  return c;
}

static char *printed(const eis_circuit *c, eis_notation notation, bool values) {
  char *text = NULL;
  eis_error err = EIS_ERROR_INIT;
  if (eis_circuit_print(c, notation, values, &text, &err) != EIS_OK) fail_msg("%s", err.text);
  return text;
}

/* ---- pairs that mean the same ---- */

static const struct pair {
  const char *a, *b, *canonical;
} pairs[] = {
    {"R1", "R", "R1"},
    {"R1-C1", "RC", "R1-C1"},
    {"R1-p(R2,CPE1)-p(C1,R3-W1)", "R(RQ)(C[RW])", "R1-p(R2,CPE1)-p(C1,R3-W1)"},
    {"R0-p(R1,CPE1)-Wo1", "R0(R1Q1)Wo1", "R0-p(R1,CPE1)-Wo1"},
    {"R0 - p( R1 , CPE1 )", "R0 (R1 Q1)", "R0-p(R1,CPE1)"},
    {"R0-[R1,P1]", "R0(R1P1)", "R0-p(R1,CPE1)"},
    {"[R2-Wo1,C2]", "([R2Wo1]C2)", "p(R2-Wo1,C2)"},
    {"p(R1-p(R2,C2),C1)", "([R1(R2C2)]C1)", "p(R1-p(R2,C2),C1)"},
    {"p(R1,p(C1,L1))", "(R(CL))", "p(R1,C1,L1)"},
    {"R-p(R,C)", "R(RC)", "R1-p(R2,C1)"},
    {"R_ct", "R{:ct}", "R_ct"},
    {"R_b-p(R_ct,CPE_dl)", "R{:b}(R{:ct}Q{:dl})", "R_b-p(R_ct,CPE_dl)"},
    {"TL2_1(p(R1,C1))", "TL2{Z=(RC):1}", "TL2_1(p(R1,C1))"},
    {"TL21(R1-C1)", "TL2{Z=[RC]}", "TL21(R1-C1)"},
    {"TL21(R1-TL22(C1))", "TL2{Z=[RTL2{Z=C}]}", "TL21(R1-TL22(C1))"},
    {"R1{R=5}-C1", "R{R=5}C", "R1-C1"},
    {"R1-Ws1-Wo1", "ROT", "R1-Ws1-Wo1"},
    {"R1-C1", "[[R][C]]", "R1-C1"},
    {"R1-C1", "!V=1!RC", "R1-C1"},
    {"T1-R1", "TmhR", "T1-R1"},
    {"SCL1-PNP11", "SCLPNP1", "SCL1-PNP11"},
    {"CPE1-R1", "CPER", "CPE1-R1"},
    {"R2-R1-R", "R2R1R", "R2-R1-R3"},
};

static void test_pairs(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
    eis_circuit *a = parsed(pairs[i].a, EIS_NOTATION_IMPEDANCE);
    eis_circuit *b = parsed(pairs[i].b, EIS_NOTATION_CDC);
    eis_circuit *ab = parsed(pairs[i].a, EIS_NOTATION_AUTO);
    eis_circuit *bb = parsed(pairs[i].b, EIS_NOTATION_AUTO);
    if (!eisi_circuit_equal(a, b) || !eisi_circuit_equal(a, ab) || !eisi_circuit_equal(b, bb))
      fail_msg("'%s' and '%s' differ", pairs[i].a, pairs[i].b);
    char *text = printed(a, EIS_NOTATION_IMPEDANCE, false);
    assert_string_equal(text, pairs[i].canonical);
    free(text);
    eis_circuit_free(a);
    eis_circuit_free(b);
    eis_circuit_free(ab);
    eis_circuit_free(bb);
  }
}

/* "R_ctQ" is one label. */
static void test_label_is_greedy(void **state) {
  (void)state;
  eis_circuit *c = parsed("R_ctQ", EIS_NOTATION_CDC);
  assert_int_equal(c->n_elements, 1);
  assert_string_equal(c->element[0].name, "R_ctQ");
  eis_circuit_free(c);
}

/* ---- the flat tree ---- */

static void test_tree(void **state) {
  (void)state;
  eis_circuit *c = parsed("R0-p(R1-p(R2,C2),C1)", EIS_NOTATION_AUTO);
  /* children first: R0 R1 R2 C2 (R2C2) R1-(..) C1 p(..) root */
  static const struct {
    eis_node_kind kind;
    int parent, first, next, element;
  } want[] = {{EIS_NODE_ELEMENT, 8, -1, 7, 0},   {EIS_NODE_ELEMENT, 5, -1, 4, 1},
              {EIS_NODE_ELEMENT, 4, -1, 3, 2},   {EIS_NODE_ELEMENT, 4, -1, -1, 3},
              {EIS_NODE_PARALLEL, 5, 2, -1, -1}, {EIS_NODE_SERIES, 7, 1, 6, -1},
              {EIS_NODE_ELEMENT, 7, -1, -1, 4},  {EIS_NODE_PARALLEL, 8, 5, -1, -1},
              {EIS_NODE_SERIES, -1, 0, -1, -1}};
  assert_int_equal(c->n_nodes, 9);
  for (int i = 0; i < c->n_nodes; i++) {
    assert_int_equal(c->node[i].kind, want[i].kind);
    assert_int_equal(c->node[i].parent, want[i].parent);
    assert_int_equal(c->node[i].first_child, want[i].first);
    assert_int_equal(c->node[i].next_sibling, want[i].next);
    assert_int_equal(c->node[i].element, want[i].element);
  }
  static const char *const names[] = {"R0", "R1", "R2", "C2", "C1"};
  for (int i = 0; i < 5; i++) assert_string_equal(c->element[i].name, names[i]);
  eis_circuit *copy = NULL;
  assert_int_equal(eis_circuit_copy(c, &copy, NULL), EIS_OK);
  assert_true(eisi_circuit_equal(c, copy));
  copy->param[0].value = 1;
  assert_false(eisi_circuit_equal(c, copy));
  eis_circuit_free(copy);
  eis_circuit_free(c);
  eis_circuit_free(NULL);
}

static void test_container_tree(void **state) {
  (void)state;
  eis_circuit *c = parsed("TL2_a(p(R1,C1))", EIS_NOTATION_AUTO);
  assert_int_equal(c->n_nodes, 4);
  assert_int_equal(c->node[3].kind, EIS_NODE_ELEMENT);
  assert_int_equal(c->node[3].first_child, 2);
  assert_int_equal(c->node[2].parent, 3);
  assert_string_equal(c->element[0].name, "TL2_a"); /* text order, not node order */
  assert_int_equal(c->element[0].node, 3);
  assert_string_equal(c->param[0].name, "TL2_a_Ri");
  eis_circuit_free(c);
}

/* ---- values ---- */

static const struct value_case {
  const char *text, *name;
  double value, lower, upper; /* NaN: none; bounds NaN: the element's own */
  bool fixed;
} values[] = {
    {"R{R=10}", "R1", 10, NAN, NAN, false},
    {"R{R=100f/1/1e4:label}", "R_label", 100, 1, 1e4, true},
    {"R{R=100F}", "R1", 100, NAN, NAN, true},
    {"R{R=50/50%/150%}", "R1", 50, 25, 75, false},
    {"R{R=50//150%}", "R1", 50, NAN, 75, false},
    {"R{R=50/10}", "R1", 50, 10, NAN, false},
    {"R{R=50/inf/inf}", "R1", 50, NAN, NAN, false},
    {"R{R=50/0/inf}", "R1", 50, NAN, NAN, false},
    {"R{R=/10/20}", "R1", NAN, 10, 20, false},
    {"R{R=//20}", "R1", NAN, NAN, 20, false},
    {"C{C=1u}", "C1", 1e-6, NAN, NAN, false},
    {"C{C=4.7n/1p/1m}", "C1", 4.7e-9, 1e-12, 1e-3, false},
    {"C{C=10\xC2\xB5}", "C1", 10e-6, NAN, NAN, false},
    {"C{C=10f}", "C1", 10, NAN, NAN, true}, /* f is fixed, not femto */
    {"Q{Q=1u,alpha=0.9}", "CPE1_alpha", 0.9, NAN, NAN, false},
    {"Q{ Q = 1u , alpha = 0.9f : dl }", "CPE_dl_alpha", 0.9, NAN, NAN, true},
    {"Q{n=0.8/0/1,Y=2m}", "CPE1_alpha", 0.8, NAN, 1, false},
    {"Q{n=0.8/0/1,Y=2m}", "CPE1_Q", 2e-3, NAN, NAN, false},
    {"R1{R=5}-p(R2{R=7f},C1)", "R2", 7, NAN, NAN, true},
    {"SCL{T=300}", "SCL1_T", 300, NAN, NAN, true}, /* held by default */
    {"SCL{sigma=0.1/0.01/1}", "SCL1_sigma", 0.1, 0.01, 1, false},
    {"TL2{Ri=3,Z=[RC],Re=1e-3f}", "TL21_Re", 1e-3, NAN, NAN, true},
};

static void test_values(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
    const struct value_case *v = &values[i];
    eis_circuit *c = parsed(v->text, EIS_NOTATION_AUTO);
    const int k = eis_circuit_find_param(c, v->name);
    if (k < 0) fail_msg("%s: no %s", v->text, v->name);
    const eis_param *p = &c->param[k];
    const double lower = isnan(v->lower) ? p->spec->lower : v->lower;
    const double upper = isnan(v->upper) ? p->spec->upper : v->upper;
    if (isnan(v->value) ? !isnan(p->value) : fabs(p->value - v->value) > 1e-15 * fabs(v->value))
      fail_msg("%s: value %g", v->text, p->value);
    if (fabs(p->lower / lower - 1) > 1e-14 || fabs(p->upper / upper - 1) > 1e-14)
      fail_msg("%s: bounds %g %g", v->text, p->lower, p->upper);
    assert_int_equal(p->fixed, v->fixed);
    assert_int_equal(p->tie, -1);
    eis_circuit_free(c);
  }
}

static void test_defaults(void **state) {
  (void)state;
  eis_circuit *c = parsed("R0-CPE1-SCL1", EIS_NOTATION_AUTO);
  for (int i = 0; i < c->n_params; i++) {
    const eis_param *p = &c->param[i];
    const bool held = p->spec->fixed || p->spec->discrete;
    assert_true(held ? p->value == p->spec->start : isnan(p->value));
    assert_int_equal(p->fixed, held);
    assert_false(p->user_bounds);
    assert_true(p->lower == p->spec->lower && p->upper == p->spec->upper);
  }
  assert_int_equal(eis_circuit_check(c, NULL), EIS_OK);
  eis_circuit_free(c);
}

static void test_find_param(void **state) {
  (void)state;
  static const struct {
    const char *name;
    int index;
  } cases[] = {{"R0", 0},       {"R0_0", 0},     {"CPE1_Q", 1}, {"CPE1_alpha", 2}, {"CPE1_0", 1},
               {"CPE1_1", 2},   {"CPE1_2", -1},  {"CPE1", -1},  {"Q1_alpha", 2},   {"P1_0", 1},
               {"W_diff", 3},   {"W_diff_0", 3}, {"R", -1},     {"", -1},          {"CPE1_", -1},
               {"CPE1_0x", -1}, {"CPE1_n", 2},   {"CPE1_a", 2}, {"CPE1_P", 2},     {"CPE1_T", 1},
               {"CPE1_Y0", 1},  {"Q1_n", 2},     {"P1_Y", 1},   {"R0_n", -1},      {"W_diff_n", -1},
               {"CPE2_n", -1},  {"CPE_gb_n", 5}, {"Q_gb_T", 4}, {"_n", -1}};
  eis_circuit *c = parsed("R0-CPE1-W_diff-CPE_gb", EIS_NOTATION_AUTO);
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
    if (eis_circuit_find_param(c, cases[i].name) != cases[i].index)
      fail_msg("'%s' -> %d", cases[i].name, eis_circuit_find_param(c, cases[i].name));
  eis_circuit_free(c);
}

/* ---- errors ---- */

static const struct error_case {
  const char *text;
  eis_notation notation;
  long column;
  int span;
  const char *message;
} errors[] = {
    {"", EIS_NOTATION_AUTO, 1, 1, "the circuit is empty"},
    {"  ", EIS_NOTATION_CDC, 1, 1, "the circuit is empty"},
    {"", EIS_NOTATION_IMPEDANCE, 1, 1, "the circuit is empty"},
    {"Rx-C1", EIS_NOTATION_AUTO, 1, 2, "unknown element 'Rx'"},
    {"Rx", EIS_NOTATION_CDC, 1, 2, "unknown element 'Rx'"},
    {"R0-Cpe1", EIS_NOTATION_AUTO, 4, 4, "unknown element 'Cpe': did you mean 'CPE'?"},
    {"R0-RC1", EIS_NOTATION_AUTO, 4, 3,
     "unknown element 'RC': with numbers or '-' in the circuit a series is written 'R-C1'"},
    {"RXC", EIS_NOTATION_CDC, 2, 1, "unknown element 'X': see 'eisfit elements' for what there is"},
    {"r0-C1", EIS_NOTATION_AUTO, 1, 2, "unknown element 'r': did you mean 'R'?"},
    {"R0-p(R1,C1", EIS_NOTATION_AUTO, 5, 1, "'(' is not closed: ')' is missing"},
    {"R0-[R1,C1", EIS_NOTATION_AUTO, 4, 1, "'[' is not closed: ']' is missing"},
    {"R(RC", EIS_NOTATION_CDC, 2, 1, "'(' is not closed: ')' is missing"},
    {"R[RC", EIS_NOTATION_CDC, 2, 1, "'[' is not closed: ']' is missing"},
    {"R{R=1", EIS_NOTATION_CDC, 2, 1, "'{' is not closed: '}' is missing"},
    {"R0-C1)", EIS_NOTATION_AUTO, 6, 1, "')' closes nothing that was opened"},
    {"RC]", EIS_NOTATION_CDC, 3, 1, "']' closes nothing that was opened"},
    {"R}", EIS_NOTATION_CDC, 2, 1, "'}' closes nothing that was opened"},
    {"p(R1,C1]", EIS_NOTATION_AUTO, 8, 1, "unexpected ']': expected '-', ',' or ')'"},
    {"p(R1,)", EIS_NOTATION_AUTO, 6, 1, "an element is missing in front of ')'"},
    {"p(,R1)", EIS_NOTATION_AUTO, 3, 1, "an element is missing in front of ','"},
    {"R0--C1", EIS_NOTATION_AUTO, 4, 1, "an element is missing in front of '-'"},
    {"R0-", EIS_NOTATION_AUTO, 4, 1, "an element is missing here, at the end of the circuit"},
    {"R()", EIS_NOTATION_CDC, 2, 2, "nothing stands between '(' and ')'"},
    {"R[]", EIS_NOTATION_CDC, 2, 2, "nothing stands between '[' and ']'"},
    {"R0-p(R1)", EIS_NOTATION_AUTO, 5, 4,
     "a parallel connection needs at least two branches, separated by ','"},
    {"R(C)", EIS_NOTATION_CDC, 2, 3, "a parallel connection needs at least two branches: '(RC)'"},
    {"R0-(R1,C1)", EIS_NOTATION_AUTO, 4, 1,
     "unexpected '(': in this notation a parallel connection is written 'p(a,b)'"},
    {"R0,R1", EIS_NOTATION_AUTO, 3, 1,
     "',' outside brackets: a parallel connection is written 'p(a,b)'"},
    {"R1-R1", EIS_NOTATION_AUTO, 4, 2, "'R1' stands twice: every element needs a name of its own"},
    {"R{:a}CR{:a}", EIS_NOTATION_CDC, 7, 1,
     "'R_a' stands twice: every element needs a name of its own"},
    {"Q1-CPE1", EIS_NOTATION_AUTO, 4, 4,
     "'CPE1' stands twice: every element needs a name of its own"},
    {"CPE_a-CPE_a_Q-R1", EIS_NOTATION_AUTO, 0, 0, NULL}, /* odd but unambiguous */
    {"R0-C1 x", EIS_NOTATION_AUTO, 7, 1,
     "unexpected 'x' behind the circuit: a series is written with '-'"},
    {"R0-C1 R2", EIS_NOTATION_AUTO, 7, 1,
     "unexpected 'R' behind the circuit: a series is written with '-'"},
    {"R?", EIS_NOTATION_CDC, 2, 1, "unexpected '?': expected an element such as 'R', '(' or '['"},
    {"R0-?", EIS_NOTATION_AUTO, 4, 1,
     "unexpected '?': expected an element such as 'R1', or 'p(a,b)'"},
    {"R{X=1}", EIS_NOTATION_CDC, 3, 1, "element 'R' has no parameter 'X': expected one of R"},
    {"Q{beta=1}", EIS_NOTATION_CDC, 3, 4,
     "element 'CPE' has no parameter 'beta': expected one of Q, alpha, Y, n"},
    {"Q{Q=1u,Q=2u}", EIS_NOTATION_CDC, 8, 1, "parameter 'Q' stands twice"},
    {"Q{Q=1u,n=0.9}", EIS_NOTATION_CDC, 3, 10,
     "parameters of 'CPE' from two conventions are mixed here: use those of one"},
    {"R{R=abc}", EIS_NOTATION_CDC, 5, 3,
     "'abc' is no number: expected a value such as '10', '4.7u' or '1e-5f'"},
    {"R{R=1/x}", EIS_NOTATION_CDC, 7, 1,
     "'x' is no number: expected a value such as '10', '4.7u' or '1e-5f'"},
    {"R{R}", EIS_NOTATION_CDC, 3, 1, "'=' is missing behind 'R'"},
    {"R{=1}", EIS_NOTATION_CDC, 3, 1, "a parameter name of 'R' is expected here, such as 'R'"},
    {"R{R=1;}", EIS_NOTATION_CDC, 6, 1, "unexpected ';' behind a value: expected ',', ':' or '}'"},
    {"R{R=5/10/20}", EIS_NOTATION_CDC, 5, 7, "'R' of 'R': the start is outside its bounds"},
    {"R{R=15/20/10}", EIS_NOTATION_CDC, 5, 8,
     "'R' of 'R': the lower bound is above the upper bound"},
    {"R{R=15/15/15}", EIS_NOTATION_CDC, 5, 8,
     "'R' of 'R': lower and upper bound are the same: fix the value instead (such as '10f')"},
    {"R{R=/50%}", EIS_NOTATION_CDC, 6, 3, "a limit in percent needs a value it is a part of"},
    {"Q{alpha=1.5}", EIS_NOTATION_CDC, 9, 3,
     "'alpha' of 'CPE': the value is outside what the element is defined for (0.01 to 1)"},
    {"R{R=-5}", EIS_NOTATION_CDC, 5, 2,
     "'R' of 'R': the value is outside what the element is defined for (1e-09 to 1e+15)"},
    {"SCL{conv=0.5}", EIS_NOTATION_CDC, 10, 3,
     "'conv' of 'SCL': a switch takes whole numbers only"},
    {"SCL{conv=0/0/1}", EIS_NOTATION_CDC, 10, 5,
     "'conv' of 'SCL': a switch takes no bounds, only a value"},
    {"R{R=/1/10f}", EIS_NOTATION_CDC, 10, 1,
     "unexpected 'f' behind a value: expected ',', ':' or '}'"},
    {"R{:a b}", EIS_NOTATION_CDC, 4, 3, "bad label 'a b': letters, digits and '_' are allowed"},
    {"R{:}", EIS_NOTATION_CDC, 3, 1, "a label is missing behind ':'"},
    {"R1{:a}", EIS_NOTATION_CDC, 5, 1, "'R1' already has the number '1': give one name only"},
    {"R1_a-C1", EIS_NOTATION_AUTO, 1, 3, "'R1_...' has a number and a label: give one of them"},
    {"R_-C1", EIS_NOTATION_AUTO, 2, 1, "a label is missing behind '_'"},
    {"R_abcdefghijklmnopqrstuvwxyz", EIS_NOTATION_IMPEDANCE, 3, 26,
     "the label is too long: at most 24 characters"},
    {"R{:abcdefghijklmnopqrstuvwxyz}", EIS_NOTATION_CDC, 4, 26,
     "the label is too long: at most 24 characters"},
    {"R1234567890123456789012345", EIS_NOTATION_IMPEDANCE, 2, 25,
     "the number is too long: at most 24 characters"},
    {"TL21-R1", EIS_NOTATION_AUTO, 1, 4, "'TL2' needs a sub-circuit in brackets: 'TL21(p(R1,C1))'"},
    {"RTL2C", EIS_NOTATION_CDC, 2, 3,
     "'TL2' needs a sub-circuit: in this notation 'TL2{Z=[(RC)]}'"},
    {"R1(C1)-R2", EIS_NOTATION_AUTO, 3, 1,
     "'R' takes no sub-circuit; a parallel connection is written 'p(a,b)', a series 'a-b'"},
    {"TL21{Z=[R]}(R1)-C1", EIS_NOTATION_AUTO, 6, 1,
     "in this notation what 'TL2' holds stands in brackets behind it: 'TL21(...)'"},
    {"TL21(R1", EIS_NOTATION_IMPEDANCE, 5, 1, "'(' is not closed: ')' is missing"},
    {"TL2{Z=R,Z=C}", EIS_NOTATION_CDC, 9, 1, "'Z' stands twice"},
    {"!V=2!R", EIS_NOTATION_CDC, 1, 5, "unknown version '!V=2!': expected '!V=1!'"},
    {"T1", EIS_NOTATION_AUTO, 1, 0,
     "'T1' has two meanings: finite-space Warburg, reflecting boundary ('Wo') in circuit "
     "description codes, macrohomogeneous porous electrode ('T') in impedance.py's notation; write "
     "'Wo' for the first, 'Tmh' for the second"},
    {"W{Y=1,n=0.4}", EIS_NOTATION_CDC, 3, 9,
     "'Y' of 'W': the exponent n is 0.5 in this element: for another one use Q (here sigma = 1/(Y "
     "sqrt 2))"},
    {"Wo{Y=1f,B=2}", EIS_NOTATION_CDC, 4, 8,
     "'Y' of 'Wo': one of two parameters that mix in the conversion is fixed: fix both or neither "
     "(here Z0 = sqrt(B/Y), tau = B)"},
    {"Wo{Y=-1,B=2}", EIS_NOTATION_CDC, 6, 2, "'Y' of 'Wo' must be positive"},
    {"Wo{Y=1/2/3,B=2}", EIS_NOTATION_CDC, 6, 5, "'Y' of 'Wo': the start is outside its bounds"},
    {"Tlmbo{Y=1,L=2}", EIS_NOTATION_CDC, 7, 7,
     "'Y' of 'Tlmbo': L is 1 here (resistances and CPE of the whole pore)"},
};

static void test_errors(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof errors / sizeof errors[0]; i++) {
    const struct error_case *e = &errors[i];
    eis_error err = EIS_ERROR_INIT;
    eis_circuit *c = NULL;
    const eis_status st = eis_circuit_parse(e->text, e->notation, &c, &err);
    if (!e->message) {
      assert_int_equal(st, EIS_OK);
      eis_circuit_free(c);
      continue;
    }
    if (st != EIS_ERROR_INPUT || c) fail_msg("'%s': status %d", e->text, st);
    if (!eisi_starts_with(err.text, e->message)) fail_msg("'%s': '%s'", e->text, err.text);
    if (err.column != e->column || err.span != e->span)
      fail_msg("'%s': column %ld span %d (%s)", e->text, err.column, err.span, err.text);
    assert_string_equal(err.source, "circuit");
    assert_int_equal(err.line, 1);
    if (err.span > 0) assert_string_equal(err.context, e->text);
    assert_int_equal(eis_circuit_parse(e->text, e->notation, &c, NULL), EIS_ERROR_INPUT);
  }
}

static void test_caret(void **state) {
  (void)state;
  eis_error err = EIS_ERROR_INIT;
  eis_circuit *c;
  char buf[300];
  eis_circuit_parse("R0-Cpe1-R2", EIS_NOTATION_AUTO, &c, &err);
  eis_error_print(&err, buf, sizeof buf);
  assert_string_equal(buf,
                      "circuit:1:4: unknown element 'Cpe': did you mean 'CPE'?\n"
                      "  R0-Cpe1-R2\n"
                      "     ^~~~");
  eis_error_clear(&err);
  eis_circuit_parse("R0-\n C1-Cpe1", EIS_NOTATION_AUTO, &c, &err);
  assert_int_equal(err.line, 2);
  assert_int_equal(err.column, 5);
  assert_string_equal(err.context, " C1-Cpe1");
}

/* ---- limits ---- */

static char *repeated(const char *head, const char *unit, int n, const char *middle,
                      const char *end) {
  eisi_text t = {0};
  char *out = NULL;
  eisi_text_addf(&t, "%s", head);
  for (int i = 0; i < n; i++) eisi_text_addf(&t, "%s", unit);
  eisi_text_addf(&t, "%s", middle);
  for (int i = 0; i < n; i++) eisi_text_addf(&t, "%s", end);
  assert_int_equal(eisi_text_take(&t, &out, NULL), EIS_OK);
  return out;
}

static void test_limits(void **state) {
  (void)state;
  const struct {
    const char *head, *unit, *middle, *end, *message;
    int n;
    eis_status status;
  } cases[] = {
      {"", "p(R,", "C", ")", "", 64, EIS_OK},
      {"", "p(R,", "C", ")", "brackets are nested too deep (more than 64 levels)", 65,
       EIS_ERROR_INPUT},
      {"R", "[", "C", "]", "brackets are nested too deep (more than 64 levels)", 65,
       EIS_ERROR_INPUT},
      {"", "(R", "C", ")", "brackets are nested too deep", 5000, EIS_ERROR_INPUT},
      {"", "TL2{Z=", "C", "}", "brackets are nested too deep", 65, EIS_ERROR_INPUT},
      {"", "TL21(", "C", ")", "brackets are nested too deep", 65, EIS_ERROR_INPUT},
      {"", "R", "", "", "", 256, EIS_OK},
      {"", "R", "", "", "the circuit has more than 256 elements", 257, EIS_ERROR_INPUT},
      {"", "R", "", "", "the circuit text is too long: 20000 bytes, at most 16384", 20000,
       EIS_ERROR_INPUT},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    char *text = repeated(cases[i].head, cases[i].unit, cases[i].n, cases[i].middle, cases[i].end);
    eis_error err = EIS_ERROR_INIT;
    eis_circuit *c = NULL;
    const eis_status st = eis_circuit_parse(text, EIS_NOTATION_AUTO, &c, &err);
    if (st != cases[i].status || !strstr(err.text, cases[i].message))
      fail_msg("case %zu: %d '%s'", i, st, err.text);
    eis_circuit_free(c);
    free(text);
  }
}

/* A caret line that would not fit is left out, the column stays. */
static void test_long_line(void **state) {
  (void)state;
  char *text = repeated("", "R", 250, "       ", "");
  char *longer = repeated(text, " ", 100, "X", "");
  eis_error err = EIS_ERROR_INIT;
  eis_circuit *c;
  assert_int_equal(eis_circuit_parse(longer, EIS_NOTATION_CDC, &c, &err), EIS_ERROR_INPUT);
  assert_int_equal(err.column, 358);
  assert_int_equal(err.span, 0);
  assert_string_equal(err.context, "");
  free(text);
  free(longer);
}

/* ---- parse(print(c)) == c over random circuits ---- */

typedef struct dice {
  uint64_t s;
} dice;

static unsigned roll(dice *d, unsigned n) { /* xorshift64* */
  d->s ^= d->s >> 12;
  d->s ^= d->s << 25;
  d->s ^= d->s >> 27;
  return (unsigned)((d->s * UINT64_C(2685821657736338717)) >> 33) % n;
}

static void random_item(dice *d, eisi_text *t, int depth, int *label);

static void random_series(dice *d, eisi_text *t, int depth, int *label) {
  const unsigned n = 1 + roll(d, 3);
  for (unsigned i = 0; i < n; i++) {
    if (i) eisi_text_addf(t, "-");
    random_item(d, t, depth, label);
  }
}

static void random_item(dice *d, eisi_text *t, int depth, int *label) {
  size_t n = 0;
  while (eis_element_at(n)) n++;
  if (depth > 0 && roll(d, 3) == 0) {
    eisi_text_addf(t, "p(");
    const unsigned branches = 2 + roll(d, 2);
    for (unsigned i = 0; i < branches; i++) {
      if (i) eisi_text_addf(t, ",");
      random_series(d, t, depth - 1, label);
    }
    eisi_text_addf(t, ")");
    return;
  }
  const eis_element *e = eis_element_at(roll(d, (unsigned)n));
  if (e->container && depth == 0) e = eis_element_at(0);
  eisi_text_addf(t, "%s", e->symbol);
  switch (roll(d, 3)) {
    case 0: eisi_text_addf(t, "%d", ++*label); break;
    case 1: eisi_text_addf(t, "_x%d", ++*label); break;
    default: break;
  }
  if (!e->container) return;
  eisi_text_addf(t, "(");
  random_series(d, t, depth - 1, label);
  eisi_text_addf(t, ")");
}

static double between(dice *d, double lower, double upper, eis_scale scale) {
  const double u = (1 + roll(d, 998)) / 1000.0;
  if (scale == EIS_SCALE_LOG) return exp(log(lower) + u * (log(upper) - log(lower)));
  return lower + u * (upper - lower);
}

/* Values, bounds and fixing on about half of the parameters. */
static void random_values(dice *d, eis_circuit *c) {
  for (int i = 0; i < c->n_params; i++) {
    eis_param *p = &c->param[i];
    if (p->spec->discrete || roll(d, 2)) continue;
    const unsigned kind = roll(d, 4);
    p->value = between(d, p->spec->lower, p->spec->upper, p->spec->scale);
    if (kind == 0) p->fixed = true;
    if (kind < 2) continue;
    p->user_bounds = true;
    p->fixed = false;
    p->lower = between(d, p->spec->lower, p->value, p->spec->scale);
    p->upper = between(d, p->value, p->spec->upper, p->spec->scale);
    if (kind == 3) p->upper = p->spec->upper;
    if (p->lower > p->value) p->lower = p->value;
    if (p->upper < p->value) p->upper = p->value;
  }
}

static void check_round_trip(const eis_circuit *c, eis_notation notation, bool with) {
  char *text = printed(c, notation, with);
  eis_error err = EIS_ERROR_INIT;
  eis_circuit *back = NULL;
  if (eis_circuit_parse(text, notation, &back, &err) != EIS_OK)
    fail_msg("'%s' at %ld: %s", text, err.column, err.text);
  if (!eisi_circuit_equal(c, back)) fail_msg("'%s' is read differently", text);
  char *again = printed(back, notation, with);
  assert_string_equal(text, again);
  free(text);
  free(again);
  eis_circuit_free(back);
}

static void test_round_trip(void **state) {
  (void)state;
  dice d = {UINT64_C(88172645463325252)};
  for (int k = 0; k < 2000; k++) {
    eisi_text t = {0};
    char *text = NULL;
    int label = 0;
    random_series(&d, &t, 3, &label);
    assert_int_equal(eisi_text_take(&t, &text, NULL), EIS_OK);
    eis_circuit *c = parsed(text, EIS_NOTATION_IMPEDANCE);
    assert_int_equal(eis_circuit_check(c, NULL), EIS_OK);
    check_round_trip(c, EIS_NOTATION_IMPEDANCE, false);
    check_round_trip(c, EIS_NOTATION_CDC, false);
    random_values(&d, c);
    check_round_trip(c, EIS_NOTATION_CDC, true);
    eis_circuit_free(c);
    free(text);
  }
}

/* Cut-off and mutated texts: an error or a circuit, never a crash (run with sanitizers). */
static void test_mutations(void **state) {
  (void)state;
  static const char seed[] = "R_b-p(R1{R=10u/1n/1:x},Q2)-TL2_1(p(R,C))([RW]C)!V=1!T{Y=1,B=50%}";
  static const char bytes[] = "RCp(),-[]{}:=/%_1uf!T \n";
  dice d = {UINT64_C(1442695040888963407)};
  for (int k = 0; k < 20000; k++) {
    char text[sizeof seed];
    const unsigned from = roll(&d, sizeof seed - 1), n = roll(&d, sizeof seed - from);
    memcpy(text, seed + from, n);
    text[n] = 0;
    for (unsigned m = roll(&d, 3); m > 0 && n > 0; m--)
      text[roll(&d, n)] = bytes[roll(&d, sizeof bytes - 1)];
    eis_circuit *c = NULL;
    eis_error err = EIS_ERROR_INIT;
    const eis_status st = eis_circuit_parse(text, (eis_notation)roll(&d, 3), &c, &err);
    assert_true(st == EIS_OK ? c != NULL && err.code == EIS_OK : c == NULL && err.text[0]);
    eis_circuit_free(c);
  }
}

/* ---- consistency of a circuit put together by hand ---- */

static void test_check(void **state) {
  (void)state;
  const struct {
    const char *text;
    int param;
    double value, lower, upper;
    bool fixed;
    int tie;
    const char *message;
  } cases[] = {
      {"R1-R2", 0, 5, 1, 10, false, -1, NULL},
      {"R1-R2", 0, 5, 10, 1, false, -1, "lower bound 10 of 'R1' is above upper bound 1"},
      {"R1-R2", 0, 50, 1, 10, false, -1, "start 50 of 'R1' is outside its bounds 1 to 10"},
      {"R1-R2", 0, NAN, 1, 10, true, -1, "'R1' is fixed but has no value: write 'R1=VALUE'"},
      {"R1-R2", 0, 5, 5, 5, false, -1,
       "lower and upper bound of 'R1' are both 5: fix it instead ('R1=5')"},
      {"R1-R2", 0, 5, 1, 10, false, 0,
       "'R1' is tied to 'R1', which is tied itself: tie both to one free parameter"},
      {"R1-R2", 0, 5, 1, 10, false, 7, "'R1' is tied to a parameter that does not exist"},
      {"R1-R2{R=5f}", 0, 5, 1, 10, false, 1, "'R1' is tied to 'R2', which is fixed: fix 'R1' too"},
      {"R1-R2", 0, 5, 1, 10, true, 1, "'R1' is both fixed and tied to 'R2'"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    eis_circuit *c = parsed(cases[i].text, EIS_NOTATION_AUTO);
    eis_param *p = &c->param[cases[i].param];
    eis_error err = EIS_ERROR_INIT;
    p->value = cases[i].value;
    p->lower = cases[i].lower;
    p->upper = cases[i].upper;
    p->fixed = cases[i].fixed;
    p->tie = cases[i].tie;
    assert_int_equal(eis_circuit_check(c, &err), cases[i].message ? EIS_ERROR_USAGE : EIS_OK);
    if (cases[i].message) assert_string_equal(err.text, cases[i].message);
    eis_circuit_free(c);
  }
}

/* Two letters that could be read as one symbol, or the reverse: no short symbol of the table may
   be a row of the classic one-letter elements. */
static void test_symbols_are_safe(void **state) {
  (void)state;
  const eis_element *e;
  for (size_t i = 0; (e = eis_element_at(i)) != NULL; i++) {
    const size_t n = strlen(e->symbol);
    if (n < 2 || n > 3) continue;
    assert_true(strspn(e->symbol, "RCLQWOTGK") < n);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_pairs),          cmocka_unit_test(test_label_is_greedy),
      cmocka_unit_test(test_tree),           cmocka_unit_test(test_container_tree),
      cmocka_unit_test(test_values),         cmocka_unit_test(test_defaults),
      cmocka_unit_test(test_find_param),     cmocka_unit_test(test_errors),
      cmocka_unit_test(test_caret),          cmocka_unit_test(test_limits),
      cmocka_unit_test(test_long_line),
      cmocka_unit_test(test_round_trip),     cmocka_unit_test(test_mutations),
      cmocka_unit_test(test_check),          cmocka_unit_test(test_symbols_are_safe),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
