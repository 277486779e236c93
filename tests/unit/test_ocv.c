/* Open-circuit potentials: interpolation against another form of the cubic in exact rationals,
   shape, shipped tables, and the place of every mistake in a table. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <eisfit/ocv.h>

#include "numerics/pchip.h"

static eis_ocv *parsed(const char *text) {
  eis_ocv *o = NULL;
  eis_error err = EIS_ERROR_INIT;
  if (eis_ocv_parse(text, strlen(text), "x.csv", &o, &err) != EIS_OK)
    fail_msg("%ld:%ld: %s", err.line, err.column, err.text);
  return o;
}

/* Newton's divided-difference form with Python's fractions gave these. */
static void pchip_values(void **state) {
  (void)state;
  static const double x[] = {0, 0.2, 0.3, 0.6, 0.9, 1}, y[] = {3.4, 3.6, 3.62, 3.62, 3.9, 4.3};
  static const double want[][3] = {{0.05, 3.4714655172413793, 1.3155172413793104},
                                   {0.25, 3.6138793103448275, 0.22241379310344828},
                                   {0.45, 3.62, 0},
                                   {0.7, 3.655071654569142, 0.68163037409268568},
                                   {0.95, 4.0615221943048576, 4.386222780569514}};
  double d[6], slope;
  eisi_pchip_slopes(6, x, y, d);
  for (int i = 0; i < 5; i++) {
    const double v = eisi_pchip_eval(6, (const double *const[]){x, y, d}, want[i][0], &slope);
    assert_true(fabs(v - want[i][1]) < 1e-14);
    assert_true(fabs(slope - want[i][2]) < 1e-12);
  }
}

/* Two points are a line, and the line goes on. */
static void pchip_line(void **state) {
  (void)state;
  const double x[] = {1, 3}, y[] = {10, 4};
  double d[2], slope;
  eisi_pchip_slopes(2, x, y, d);
  for (double t = 0; t < 4.1; t += 0.5) {
    assert_true(fabs(eisi_pchip_eval(2, (const double *const[]){x, y, d}, t, &slope) -
                     (13 - 3 * t)) < 1e-14);
    assert_true(fabs(slope + 3) < 1e-14);
  }
}

static void shipped_tables(void **state) {
  (void)state;
  char **names = NULL;
  int found = 0;
  assert_int_equal(eis_ocv_list(&names, NULL), EIS_OK);
  for (char **name = names; *name; name++, found++) {
    eis_ocv *o = NULL;
    eis_error err = EIS_ERROR_INIT;
    if (eis_ocv_load(*name, &o, &err) != EIS_OK) fail_msg("%s: %s", *name, err.text);
    assert_string_equal(o->name, *name);
    assert_true(o->prior && strstr(o->source, "not read from a publication"));
    assert_true(o->li_0 > o->li_1 && o->li_1 > 0 && o->li_0 < 1);
    assert_true(o->soc[0] == 0 && o->soc[o->n - 1] == 1);
    for (size_t i = 0; i < o->n; i++) assert_true(eis_ocv_potential(o, o->soc[i], NULL) == o->E[i]);
    double before = 0;
    for (double x = 0; x <= 1;
         x += 1.0 / 512) { /* rising, between 2.5 and 5 V; slope is the slope */
      double slope, h = 1e-6;
      const double E = eis_ocv_potential(o, x, &slope);
      assert_true(E >= before && E > 2.5 && E < 5 && slope >= 0);
      before = E;
      if (x < 0.01 || x > 0.99) continue;
      const double difference =
          (eis_ocv_potential(o, x + h, NULL) - eis_ocv_potential(o, x - h, NULL)) / (2 * h);
      assert_true(fabs(slope - difference) < 1e-3 * (1 + fabs(slope)));
    }
    assert_true(isnan(eis_ocv_potential(o, -0.01, NULL)) &&
                isnan(eis_ocv_potential(o, 1.01, NULL)));
    eis_ocv_free(o);
    free(*name);
  }
  free(names);
  assert_true(found >= 5);
}

static void forms_of_a_file(void **state) {
  (void)state;
  eis_ocv *o = parsed("# source: cell 7, C/50\n0,3.5\n0.5,3.8\n1,4.2\n");
  assert_true(o->n == 3 && !o->percent && !o->prior && isnan(o->li_0));
  assert_string_equal(o->source, "cell 7, C/50");
  assert_string_equal(o->name, "x");
  eis_ocv_free(o);
  o = parsed("SOC / %;E / V\n100;4,2\n50;3,8\n0;3,5\n"); /* per cent, falling, decimal comma */
  assert_true(o->percent && o->n == 3 && o->soc[0] == 0 && o->soc[1] == 0.5 && o->E[2] == 4.2);
  eis_ocv_free(o);
}

static const struct mistake {
  const char *text;
  long line;
  const char *says;
} mistakes[] = {
    {"soc,E\n0,3.5\n0.5,3.9\n0.7,3.8\n1,4.2\n", 4,
     "the potential is not monotone: 3.9 V at SOC 0.5, 3.8 V at 0.7"},
    {"soc,E\n0,4.2\n0.5,3.9\n1,3.5\n", 3, "depth of discharge"},
    {"0,3.5\n51e-320,3.9\n", 2, "it must keep its direction and not repeat"},
    {"0,3.5\n0.5,3.9\n0.5,4\n", 3, "SOC goes from 0.5 to 0.5: it must keep its direction"},
    {"0,3.5\n0.5,3.7\n1.2,4.2\n", 3, "SOC 1.2 is outside 0 to 1"},
    {"0,3.5\n50,3.7\n120,4.2\n", 3, "SOC 1.2 is outside 0 to 1 (read as per cent"},
    {"-0.1,3.5\n0.5,3.7\n", 1, "SOC -0.1 is outside 0 to 1"},
    {"0,3.5\n0.5,high\n", 2, "'high' is not a number"},
    {"0,3.5\n0.5\n1,4.2\n", 2, "the potential is missing"},
    {"soc,E\n0,3.5\n", 0, "needs at least two rows"},
};

static void mistakes_are_named(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof mistakes / sizeof *mistakes; i++) {
    eis_ocv *o = NULL;
    eis_error err = EIS_ERROR_INIT;
    const char *text = mistakes[i].text;
    assert_int_equal(eis_ocv_parse(text, strlen(text), "x.csv", &o, &err), EIS_ERROR_INPUT);
    assert_null(o);
    if (err.line != mistakes[i].line || !strstr(err.text, mistakes[i].says))
      fail_msg("%s: %ld: %s", text, err.line, err.text);
  }
}

static void unknown_names(void **state) {
  (void)state;
  eis_ocv *o = NULL;
  eis_error err = EIS_ERROR_INIT;
  assert_int_equal(eis_ocv_load("NMC", &o, &err), EIS_ERROR_USAGE);
  assert_non_null(strstr(err.text, "unknown OCV table 'NMC'; there are LCO, LFP, LMO, NCA, NCM"));
  eis_error_clear(&err);
  assert_int_equal(eis_ocv_load("./nowhere.csv", &o, &err), EIS_ERROR_INPUT);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(pchip_values),       cmocka_unit_test(pchip_line),
      cmocka_unit_test(shipped_tables),     cmocka_unit_test(forms_of_a_file),
      cmocka_unit_test(mistakes_are_named), cmocka_unit_test(unknown_names)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
