/* test_spectrum.c - the container: copies, order, filter, metadata, notes, canonical CSV. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <eisfit/reader.h>
#include <eisfit/spectrum.h>

static eis_spectrum make(const double *f, size_t n, bool extras) {
  eis_spectrum s;
  assert_int_equal(eis_spectrum_init(&s, n, NULL), EIS_OK);
  if (extras) {
    s.sigma = calloc(n, sizeof *s.sigma);
    s.time_s = calloc(n, sizeof *s.time_s);
    assert_non_null(s.sigma);
    assert_non_null(s.time_s);
  }
  for (size_t k = 0; k < n; k++) {
    s.f[k] = f[k];
    s.re[k] = 100 + (double)k;
    s.im[k] = -200 - (double)k;
    if (extras) {
      s.sigma[k] = 300 + (double)k;
      s.time_s[k] = 400 + (double)k;
    }
  }
  return s;
}

static void test_init(void **state) {
  (void)state;
  eis_spectrum s;
  assert_int_equal(eis_spectrum_init(&s, 4, NULL), EIS_OK);
  assert_int_equal(s.n, 4);
  assert_int_equal(s.row[3], 4);
  assert_true(s.f[3] == 0 && s.re[3] == 0 && s.im[3] == 0);
  assert_null(s.sigma);
  assert_int_equal(s.n_sweeps, 1);
  eis_spectrum_clear(&s);
  eis_spectrum_clear(&s);
  eis_spectrum_clear(NULL);
  eis_spectra_clear(NULL);
  eis_conditions c = eis_conditions_unknown();
  assert_true(isnan(c.area_m2) && isnan(c.thickness_m) && isnan(c.temperature_K) && isnan(c.soc));
}

/* Every order must come out descending, with all arrays and the rows moved together, ties stable.
 */
static void test_sort(void **state) {
  (void)state;
  static const struct {
    double f[6];
    int row[6];
  } rows[] = {
      {{6, 5, 4, 3, 2, 1}, {1, 2, 3, 4, 5, 6}}, {{1, 2, 3, 4, 5, 6}, {6, 5, 4, 3, 2, 1}},
      {{3, 1, 2, 6, 5, 4}, {4, 5, 6, 1, 3, 2}}, {{2, 2, 1, 1, 3, 3}, {5, 6, 1, 2, 3, 4}},
      {{1, 1, 1, 1, 1, 1}, {1, 2, 3, 4, 5, 6}}, {{1, 1, 2, 2, 3, 3}, {5, 6, 3, 4, 1, 2}},
      {{5, 6, 4, 3, 2, 1}, {2, 1, 3, 4, 5, 6}},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
    for (int extras = 0; extras < 2; extras++) {
      eis_spectrum s = make(rows[i].f, 6, extras);
      eis_spectrum_sort(&s);
      for (size_t k = 0; k < 6; k++) {
        int from = rows[i].row[k] - 1;
        assert_int_equal(s.row[k], rows[i].row[k]);
        assert_true(s.f[k] == rows[i].f[from]);
        assert_true(s.re[k] == 100 + from && s.im[k] == -200 - from);
        if (extras) assert_true(s.sigma[k] == 300 + from && s.time_s[k] == 400 + from);
      }
      eis_spectrum_clear(&s);
    }
}

static void test_filter(void **state) {
  (void)state;
  const double f[] = {5, 4, 3, 2, 1};
  const bool keep[] = {false, true, true, false, true};
  eis_spectrum s = make(f, 5, true);
  eis_spectrum_filter(&s, keep);
  assert_int_equal(s.n, 3);
  assert_true(s.f[0] == 4 && s.f[2] == 1 && s.im[2] == -204 && s.time_s[1] == 402);
  assert_int_equal(s.row[2], 5);
  eis_spectrum_clear(&s);
}

static void test_copy(void **state) {
  (void)state;
  const double f[] = {3, 2, 1};
  eis_spectrum s = make(f, 3, true), d;
  s.source = strdup("a.csv");
  s.format = strdup("csv");
  s.sweep = 2;
  s.n_sweeps = 7;
  strcpy(s.sha256, "abc");
  assert_int_equal(eis_meta_set(&s.meta, "cycle", "4", NULL), EIS_OK);
  assert_int_equal(eis_notes_add(&s.decisions, NULL, "a %d", 1), EIS_OK);
  assert_int_equal(eis_notes_add(&s.warnings, NULL, "w"), EIS_OK);
  assert_int_equal(eis_spectrum_copy(&d, &s, NULL), EIS_OK);
  eis_spectrum_clear(&s);
  assert_string_equal(d.source, "a.csv");
  assert_string_equal(d.format, "csv");
  assert_string_equal(d.sha256, "abc");
  assert_string_equal(eis_meta_find(&d.meta, "cycle"), "4");
  assert_string_equal(d.decisions.text[0], "a 1");
  assert_string_equal(d.warnings.text[0], "w");
  assert_true(d.sweep == 2 && d.n_sweeps == 7 && d.n == 3 && d.sigma[2] == 302);
  eis_spectrum_clear(&d);
}

static void test_meta(void **state) {
  (void)state;
  eis_meta m = {0};
  char key[16];
  for (int i = 0; i < 40; i++) {
    snprintf(key, sizeof key, "k%d", i);
    assert_int_equal(eis_meta_set(&m, key, "old", NULL), EIS_OK);
  }
  assert_int_equal(eis_meta_set(&m, "k7", "new", NULL), EIS_OK);
  assert_int_equal(m.n, 40);
  assert_string_equal(eis_meta_find(&m, "k7"), "new");
  assert_string_equal(eis_meta_find(&m, "k39"), "old");
  assert_null(eis_meta_find(&m, "none"));
  eis_meta_clear(&m);
  assert_int_equal(m.n, 0);
}

static void test_notes(void **state) {
  (void)state;
  eis_notes n = {0};
  char longer[600];
  memset(longer, 'x', sizeof longer);
  longer[sizeof longer - 1] = '\0';
  for (int i = 0; i < 20; i++)
    assert_int_equal(eis_notes_add(&n, NULL, "%d %s", i, longer), EIS_OK);
  assert_int_equal(n.n, 20);
  assert_int_equal(strlen(n.text[19]), 602);
  eis_notes_clear(&n);
  assert_null(n.text);
}

static void test_push(void **state) {
  (void)state;
  const double f[] = {1};
  eis_spectra list = {0};
  for (int i = 0; i < 33; i++) {
    eis_spectrum s = make(f, 1, false);
    s.sweep = i;
    assert_int_equal(eis_spectra_push(&list, &s, NULL), EIS_OK);
    assert_null(s.f);
  }
  assert_int_equal(list.n, 33);
  assert_int_equal(list.at[32].sweep, 32);
  eis_spectra_clear(&list);
  assert_int_equal(list.n, 0);
}

static void test_csv(void **state) {
  (void)state;
  const double f[] = {1e4, 0.1};
  eis_spectrum s = make(f, 2, false);
  char *text = NULL;
  assert_int_equal(eis_spectrum_print_csv(&s, &text, NULL), EIS_OK);
  assert_string_equal(text, "frequency_Hz,Zreal_ohm,Zimag_ohm\n10000,100,-200\n0.1,101,-201\n");
  free(text);
  assert_int_equal(eis_meta_set(&s.meta, "title", "a, \"b\"\nc", NULL), EIS_OK);
  assert_int_equal(eis_meta_set(&s.meta, "soc", "40", NULL), EIS_OK);
  s.sigma = calloc(2, sizeof *s.sigma);
  s.time_s = calloc(2, sizeof *s.time_s);
  s.im[1] = -1.0 / 3;
  s.time_s[1] = 2.5;
  s.sigma[0] = 1e-3;
  assert_int_equal(eis_spectrum_print_csv(&s, &text, NULL), EIS_OK);
  assert_string_equal(text,
                      "frequency_Hz,Zreal_ohm,Zimag_ohm,sigma_ohm,time_s,title,soc\n"
                      "10000,100,-200,0.001,0,\"a, \"\"b\"\" c\",40\n"
                      "0.1,101,-0.3333333333333333,0,2.5,\"a, \"\"b\"\" c\",40\n");
  free(text);
  eis_spectrum_clear(&s);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_init), cmocka_unit_test(test_sort),  cmocka_unit_test(test_filter),
      cmocka_unit_test(test_copy), cmocka_unit_test(test_meta),  cmocka_unit_test(test_notes),
      cmocka_unit_test(test_push), cmocka_unit_test(test_csv),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
