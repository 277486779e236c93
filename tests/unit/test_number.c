/* test_number.c - numbers in text: the same as strtod says, there and back, and what is none. */
#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/base.h"
#include "numerics/rng.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

static void no_numbers(void **state) {
  static const char *const none[] = {"",     "-",     ".",      "e5",    "inf", "nan",
                                     "-inf", "1e999", "-1e400", "2e308", " 1"};
  double v;
  (void)state;
  for (size_t i = 0; i < COUNT(none); i++)
    assert_int_equal(eisi_parse_double(none[i], strlen(none[i]), '.', &v), 0);
}

static void same_as_strtod(void **state) {
  static const char *const text[] = {"0", "-0", "1.5", "+.5", "5.", "1e308", "1.7976931348623157e308", "5e-324",
                                     "1e-400", "12345678901234567890123", "2.2250738585072011e-308", "1e+5"};
  double v;
  (void)state;
  for (size_t i = 0; i < COUNT(text); i++) {
    assert_int_equal(eisi_parse_double(text[i], strlen(text[i]), '.', &v), strlen(text[i]));
    assert_true(v == strtod(text[i], NULL));
  }
  assert_int_equal(eisi_parse_double("1d5", 3, '.', &v), 3);
  assert_true(v == 1e5);
}

static void there_and_back(double v) {
  char text[32];
  double back = NAN;
  eisi_print_double(text, sizeof text, v);
  assert_int_equal(eisi_parse_double(text, strlen(text), '.', &back), strlen(text));
  if (memcmp(&back, &v, sizeof v) != 0) fail_msg("%.17g is written '%s'", v, text);
}

static void printed_and_read(void **state) {
  static const double odd[] = {0.0,          -0.0, DBL_MAX, -DBL_MAX, DBL_MIN,
                               DBL_TRUE_MIN, 0.1,  1.0 / 3, 1e22,     1e23};
  eisi_rng rng;
  (void)state;
  for (size_t i = 0; i < COUNT(odd); i++) there_and_back(odd[i]);
  eisi_rng_seed(&rng, 11, 0);
  for (int i = 0; i < 20000; i++) {
    const uint64_t bits = eisi_rng_next(&rng);
    double v;
    memcpy(&v, &bits, sizeof v);
    if (isfinite(v)) there_and_back(v);
  }
}

static void with_prefix(void **state) {
  double v;
  size_t used;
  (void)state;
  assert_true(eisi_parse_prefixed("4.7 uF", &v, &used) && used == 5 &&
              fabs(v / 4.7e-6 - 1) < 1e-15);
  assert_false(eisi_parse_prefixed("1e300T", &v, &used)); /* too large for a double */
  assert_false(eisi_parse_prefixed("1e999", &v, &used));
}

/* As "%.2g" shows it, without an exponent from a hundred on. */
static void significant_digits(void **state) {
  (void)state;
  static const struct {
    double v;
    int digits;
    const char *text;
  } row[] = {{130.4, 2, "130"},       {99.6, 2, "100"},           {0.285, 2, "0.28"},
             {1234.5, 3, "1230"},     {-0.0123456, 3, "-0.0123"}, {0, 2, "0"},
             {123456, 2, "120000"},   {1e-7, 1, "1e-07"},         {INFINITY, 2, "inf"},
             {1.7e308, 1, "1.7e+308"}};
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    char buf[40];
    snprintf(buf, sizeof buf, "%g", eisi_signif(row[i].v, row[i].digits));
    assert_string_equal(buf, row[i].text);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(no_numbers),
      cmocka_unit_test(same_as_strtod),
      cmocka_unit_test(significant_digits), cmocka_unit_test(printed_and_read),
      cmocka_unit_test(with_prefix),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
