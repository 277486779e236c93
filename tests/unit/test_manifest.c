/* test_manifest.c - manifests: what they mean, what is wrong with them and where. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include <eisfit/eisfit.h>

#define COUNT(a) (sizeof(a) / sizeof *(a))

static char home[256];

static void put(const char *name, const char *text) {
  char path[512];
  snprintf(path, sizeof path, "%s/%s", home, name);
  FILE *f = fopen(path, "w");
  assert_non_null(f);
  fputs(text, f);
  fclose(f);
}

/* A spectrum of a resistor and a capacitor for each of `cycles` cycles. */
static void put_spectrum(const char *name, int cycles, const char *extra, const char *value) {
  char path[512];
  snprintf(path, sizeof path, "%s/%s", home, name);
  FILE *f = fopen(path, "w");
  assert_non_null(f);
  fprintf(f, "cycle number,freq/Hz,Re(Z)/Ohm,-Im(Z)/Ohm%s\n", extra);
  for (int c = 1; c <= cycles; c++)
    for (int k = 0; k < 12; k++) {
      const double hz = pow(10, 4 - 0.5 * k), wt = 2 * M_PI * hz * 1e-2;
      fprintf(f, "%d,%.6g,%.8g,%.8g%s\n", c, hz, 10 + c / (1 + wt * wt), c * wt / (1 + wt * wt),
              value);
    }
  fclose(f);
}

static int enter(void **state) {
  (void)state;
  char path[512];
  snprintf(home, sizeof home, "%s/eisfit-manifest-XXXXXX",
           getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp");
  if (!mkdtemp(home)) return -1;
  snprintf(path, sizeof path, "%s/sub", home);
  if (mkdir(path, 0700)) return -1;
  put_spectrum("a.csv", 1, "", "");
  put_spectrum("b.csv", 1, ",x", ",1"); /* the same cell, other bytes */
  put_spectrum("stack.csv", 5, "", "");
  put_spectrum("sub/c2.csv", 1, ",k", ",2");
  put_spectrum("sub/c10.csv", 1, ",k", ",10");
  put_spectrum("half.csv", 1, ",soc", ",0.5");
  put_spectrum("full.csv", 1, ",soc", ",90");
  put_spectrum("<b>&\"x.csv", 1, ",k", ",11");
  put("broken.csv", "this is no spectrum\n");
  return 0;
}

static int leave(void **state) {
  (void)state;
  char command[600];
  snprintf(command, sizeof command, "rm -r '%s'", home);
  return system(command);
}

static eis_manifest *read_text(const char *text, eis_status *st, eis_error *err) {
  char path[512];
  eis_manifest *m = NULL;
  put("m.csv", text);
  snprintf(path, sizeof path, "%s/m.csv", home);
  eis_error_clear(err);
  *st = eis_manifest_read(path, NULL, &m, err);
  return m;
}

static eis_manifest *good(const char *text) {
  eis_status st;
  eis_error err;
  eis_manifest *m = read_text(text, &st, &err);
  if (st) print_error("%s:%ld:%ld %s\n", err.source, err.line, err.column, err.text);
  assert_int_equal(st, EIS_OK);
  return m;
}

static eis_manifest_entry get(const eis_manifest *m, size_t i) {
  eis_manifest_entry e;
  eis_error err = EIS_ERROR_INIT;
  assert_int_equal(eis_manifest_get(m, i, &e, &err), EIS_OK);
  assert_true(e.sweep >= 0 && e.sweep <= e.n_sweeps);
  return e;
}

static void assert_file(const eis_manifest *m, size_t i, const char *file, const char *cell) {
  eis_manifest_entry e = get(m, i);
  assert_string_equal(e.file, file);
  assert_string_equal(e.cell, cell);
  eis_manifest_entry_clear(&e);
}

static void assert_value(const eis_manifest *m, size_t i, const char *name, const char *value) {
  eis_manifest_entry e = get(m, i);
  size_t j = 0;
  while (eis_manifest_column(m, j) && strcmp(eis_manifest_column(m, j), name) != 0) j++;
  assert_true(j < e.n_values);
  assert_string_equal(e.value[j], value);
  eis_manifest_entry_clear(&e);
}

static void assert_sweep(const eis_manifest *m, size_t i, int sweep) {
  eis_manifest_entry e = get(m, i);
  assert_int_equal(e.sweep, sweep);
  eis_manifest_entry_clear(&e);
}

static void test_rows(void **state) {
  (void)state;
  eis_manifest *m = good(
      "# what was measured\nfile,cell,Cycle,temperature_C,electrode\n"
      "a.csv,one,3,25,\"NMC, coated\"\nb.csv,two,,-10,\nsub/c2.csv,one,4,25,x\n");
  assert_int_equal(eis_manifest_size(m), 3);
  assert_int_equal(eis_manifest_cell_count(m), 2);
  eis_manifest_entry e = get(m, 1); /* cells stay together */
  assert_string_equal(e.file, "sub/c2.csv");
  assert_string_equal(e.cell, "one");
  assert_int_equal(e.line, 5);
  assert_int_equal(e.sweep, 1);
  assert_int_equal(strlen(e.sha256), 64);
  eis_manifest_entry_clear(&e);
  assert_value(m, 0, "electrode", "NMC, coated");
  assert_value(m, 0, "cycle", "3");
  assert_value(m, 2, "cycle", "");
  assert_value(m, 2, "temperature_C", "-10");
  for (size_t j = 0; eis_manifest_column(m, j); j++)
    assert_string_not_equal(eis_manifest_column(m, j), "file");
  eis_manifest_free(m);
}

static void test_patterns(void **state) {
  (void)state;
  eis_manifest *m = good("file;area_cm2\nsub/*.csv;0,785\n");
  assert_int_equal(eis_manifest_size(m), 2);
  assert_file(m, 0, "sub/c2.csv", "sub/c2.csv"); /* by number, not by letter */
  assert_file(m, 1, "sub/c10.csv", "sub/c10.csv");
  assert_value(m, 0, "area_cm2", "0.785");
  eis_manifest_free(m);
  m = good("file\n\"<b>&\"\"x.csv\"\n"); /* odd names are names */
  assert_file(m, 0, "<b>&\"x.csv", "<b>&\"x.csv");
  eis_manifest_free(m);
}

/* As many files as the pattern fits, the first of them; against what the shell says. */
static void test_patterns_of_folders(void **state) {
  (void)state;
  static const struct {
    const char *pattern;
    int n;
    const char *first;
  } cases[] = {{"s?b/c*.csv", 2, "sub/c2.csv"},
               {"[r-t]u[!a]/c10*", 1, "sub/c10.csv"},
               {"*/../b.*v", 1, "sub/../b.csv"},
               {"[ab].csv", 2, "a.csv"},
               {"./sub//c?.csv", 1, "sub/c2.csv"},
               {"s*/c[0-9]*.csv", 2, "sub/c2.csv"},
               {".h*", 1, ".hidden.csv"},
               {"\"*\\[x\\]*\"", 1, "k[x].csv"},
               {"t*.csv", 3, "t0.csv"},
               {"./t*.csv", 3, "t0.csv"},
               {"nothing*/c2.csv", 0, NULL},
               {"s*/[!c]*.csv", 0, NULL}};
  static const char *const by_number[] = {"t0.csv", "t05.csv", "t10.csv"};
  for (int k = 0; k < 3; k++) put_spectrum(by_number[k], 1, ",k", ",14");
  put_spectrum("k[x].csv", 1, ",k", ",12");
  put_spectrum(".hidden.csv", 1, ",k", ",13");
  for (size_t k = 0; k < COUNT(cases); k++) {
    char text[200];
    eis_status st;
    eis_error err;
    snprintf(text, sizeof text, "file\n%s\n", cases[k].pattern);
    eis_manifest *m = read_text(text, &st, &err);
    assert_int_equal(eis_manifest_size(m), cases[k].n);
    assert_int_equal(st, cases[k].n ? EIS_OK : EIS_ERROR_INPUT);
    if (cases[k].n) assert_file(m, 0, cases[k].first, cases[k].first);
    eis_manifest_free(m);
  }
  eis_manifest *m = good("file\nt*.csv\n");
  for (int k = 0; k < 3; k++) assert_file(m, (size_t)k, by_number[k], by_number[k]);
  eis_manifest_free(m);
  char text[600];
  snprintf(text, sizeof text, "file\n%s/s*/c*.csv\n", home); /* from the root */
  m = good(text);
  assert_int_equal(eis_manifest_size(m), 2);
  eis_manifest_free(m);
}

/* A manifest of many pieces, rows and parts says of row i what was written into row i; the lines
   that are named are those of the file. */
static void test_long(void **state) {
  (void)state;
  enum { ROWS = 5000 };
  char path[512];
  eis_error err = EIS_ERROR_INIT;
  eis_manifest *m = NULL;
  snprintf(path, sizeof path, "%s/long.csv", home);
  for (int bad = 0; bad < 2; bad++) {
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fprintf(f, "file,sweep,cell,cycle,group,remark\r\n# of many cells\r\n");
    for (int i = 0; i < ROWS; i++)
      fprintf(f, "stack.csv,%d,cell %d,%d,g%d,\xc2\xb5 of %0*d\r\n", i % 5 + 1, i % 7, i,
              bad && i == 4321 ? 9 : i % 7, i % 90, i);
    fclose(f);
    put_spectrum("stack.csv", 5, "", "");
    eis_error_clear(&err);
    assert_int_equal(eis_manifest_read(path, NULL, &m, &err), EIS_ERROR_INPUT);
    /* sweeps 1 to 5 again and again */
    assert_int_equal(eis_manifest_problem_count(m), bad ? 2 : 1);
    const eis_error *e = eis_manifest_problem(m, 0);
    assert_int_equal(e->line, bad ? 4321 + 3 : 5 + 3);
    assert_non_null(strstr(e->text, bad ? "cell 'cell 2' has group 'g9' here and 'g2' in line 5"
                                        : "'stack.csv', sweep 1, is named in line 3 already"));
    if (bad)
      assert_non_null(strstr(eis_manifest_problem(m, 1)->text, "has group 'g2' here and 'g9'"));
    eis_manifest_free(m);
  }
}

static void test_sweeps(void **state) {
  (void)state;
  static const struct {
    const char *which;
    int n, sweep[5];
  } cases[] = {{"all", 5, {1, 2, 3, 4, 5}},
               {"", 5, {1, 2, 3, 4, 5}},
               {"first", 1, {1}},
               {"last", 1, {5}},
               {"3", 1, {3}},
               {"\"1-2,5\"", 3, {1, 2, 5}}};
  for (size_t k = 0; k < COUNT(cases); k++) {
    char text[200];
    snprintf(text, sizeof text, "file,sweep,cell\nstack.csv,%s,A\n", cases[k].which);
    eis_manifest *m = good(text);
    assert_int_equal(eis_manifest_size(m), cases[k].n);
    for (int i = 0; i < cases[k].n; i++) assert_sweep(m, (size_t)i, cases[k].sweep[i]);
    eis_manifest_free(m);
  }
}

static void test_load(void **state) {
  (void)state;
  eis_error err = EIS_ERROR_INIT;
  eis_spectrum s;
  eis_manifest *m = good(
      "file,sweep,cell,soc,area_cm2,temperature_C,thickness_um\n"
      "stack.csv,all,A,80,2,25,500\nfull.csv,,B,,,,\n");
  assert_int_equal(eis_manifest_load(m, 3, &s, &err), EIS_OK);
  assert_int_equal(s.sweep, 4);
  assert_string_equal(eis_meta_find(&s.meta, "cycle"), "4"); /* from a column of the file */
  assert_string_equal(eis_meta_find(&s.meta, "soc"), "0.8");
  assert_string_equal(eis_meta_find(&s.meta, "cell"), "A");
  const eis_conditions c = eis_manifest_conditions(&s);
  assert_float_equal(c.soc, 0.8, 1e-15);
  assert_float_equal(c.area_m2, 2e-4, 1e-18);
  assert_float_equal(c.thickness_m, 500e-6, 1e-18);
  assert_float_equal(c.temperature_K, 298.15, 1e-10);
  eis_spectrum_clear(&s);
  assert_int_equal(eis_manifest_load(m, 5, &s, &err), EIS_OK);
  assert_string_equal(eis_meta_find(&s.meta, "soc"), "0.9"); /* the file's 90 per cent */
  eis_spectrum_clear(&s);
  put_spectrum("full.csv", 1, ",soc", ",91");
  assert_int_equal(eis_manifest_load(m, 5, &s, &err), EIS_ERROR_INPUT);
  assert_string_equal(err.text, "the file has changed since the manifest was read");
  put_spectrum("full.csv", 1, ",soc", ",90");
  eis_manifest_free(m);
}

static void test_unreadable(void **state) {
  (void)state;
  eis_error err = EIS_ERROR_INIT;
  eis_spectrum s;
  eis_manifest *m = good("file,cell\na.csv,A\nbroken.csv,A\n");
  assert_int_equal(eis_manifest_size(m), 2);
  assert_sweep(m, 1, 0);
  assert_int_equal(eis_manifest_load(m, 1, &s, &err), EIS_ERROR_INPUT);
  assert_string_equal(err.source, "broken.csv");
  assert_non_null(strstr(eis_manifest_notes(m)->text[0], "1 of 2 files can't be read"));
  eis_manifest_free(m);
}

static void test_units_of_soc(void **state) {
  (void)state;
  eis_error err = EIS_ERROR_INIT;
  eis_spectrum s;
  static const struct {
    const char *column, *cell, *fraction;
  } cases[] = {{"soc", "0.5", "0.5"},
               {"soc", "1", "1"},
               {"soc", "50", "0.5"},
               {"soc_percent", "0.5", "0.005"},
               {"soc_percent", "1", "0.01"}};
  for (size_t k = 0; k < COUNT(cases); k++) {
    char text[200];
    snprintf(text, sizeof text, "file,%s\na.csv,%s\n", cases[k].column, cases[k].cell);
    eis_manifest *m = good(text);
    assert_int_equal(eis_manifest_load(m, 0, &s, &err), EIS_OK);
    assert_string_equal(eis_meta_find(&s.meta, "soc"), cases[k].fraction);
    eis_spectrum_clear(&s);
    eis_manifest_free(m);
  }
}

static void test_small_percent(void **state) {
  (void)state;
  eis_manifest *m = good("file,soc_percent\na.csv,0.25\nb.csv,0.5\nsub/c2.csv,0.75\n");
  assert_non_null(strstr(eis_manifest_notes(m)->text[0],
                         "3 of 3 values of soc_percent are below 1 per cent, the first in line 2 "
                         "(0.25): are they fractions? Then write 25"));
  eis_manifest_free(m);
  m = good("file,soc_percent\na.csv,0.5\nb.csv,50\nsub/c2.csv,100\n");
  for (size_t i = 0; i < eis_manifest_notes(m)->n; i++)
    assert_null(strstr(eis_manifest_notes(m)->text[i], "below 1 per cent"));
  eis_manifest_free(m);
}

static void test_errors(void **state) {
  (void)state;
  static const struct {
    const char *text;
    long line, column;
    const char *message;
  } cases[] = {
      {"", 0, 0, "the manifest is empty"},
      {"file,cell\n", 0, 0, "the manifest names columns, but no file"},
      {"cell,soc\nA,1\n", 1, 1, "no column 'file'"},
      {"file,cell,cell\na.csv,A,A\n", 1, 11, "there are two columns 'cell'"},
      {"file,soc,soc_percent\na.csv,1,1\n", 1, 10, "there are two columns 'soc_percent'"},
      {"file,,cell\na.csv,A,A\n", 1, 6, "a column has no name"},
      {"file,temprature_C\na.csv,25\n", 1, 6, "did you mean 'temperature_C'?"},
      {"file,area\na.csv,25\n", 1, 6, "unknown column 'area'; did you mean 'area_cm2'?"},
      {"file,time_s\na.csv,25\n", 1, 6, "did you mean 'time_h'?"},
      {"file,cell\na.csv,A\nnot.csv,A\n", 3, 1, "there is no file '"},
      {"file,cell\n*.xyz,A\n", 2, 1, "no file matches '*.xyz'"},
      {"file,cell\nsub,A\n", 2, 1, "'sub' is a directory; 'sub/*' names the files in it"},
      {"file,cell\n,A\n", 2, 1, "no file is named"},
      {"file,cell\na.csv,A\na.csv,B\n", 3, 1, "'a.csv' is named in line 2 already"},
      {"file,cell\na.csv,A\n./a.csv,B\n", 3, 1, "'a.csv' is named in line 2 already"},
      {"file,cell\n?.csv,A\na.csv,B\n", 3, 1, "'a.csv' is named in line 2 already"},
      {"file,sweep\nstack.csv,1-3\nstack.csv,\"2,5\"\n", 3, 1,
       "'stack.csv', sweep 2, is named in line 2 already"},
      {"file,sweep\nstack.csv,6\n", 2, 11, "sweep 6: 'stack.csv' has 5 sweeps"},
      {"file,sweep\nstack.csv,some\n", 2, 11, "sweep 'some' is none of all, first, last"},
      {"file,cycle\na.csv,third\n", 2, 7,
       "cycle 'third' is not a number; expected the number of a cycle"},
      {"file,cycle\na.csv,-1\n", 2, 7, "cycle -1 is out of range"},
      {"file,soc\na.csv,120\n", 2, 7, "soc 120 is out of range; expected a state of charge"},
      {"file,temperature_C\na.csv,-300\n", 2, 7, "temperature_C -300 is out of range"},
      {"file,area_cm2\na.csv,0\n", 2, 7,
       "area_cm2 0 is out of range; expected an area in cm2, above 0"},
      {"file,soc\na.csv,0.5\nb.csv,50\n", 3, 7,
       "soc 50 against 0.5 in line 2: per cent and fractions are mixed"},
      {"file,cell,area_cm2\na.csv,A,1\nb.csv,A,2\n", 3, 9,
       "cell 'A' has area_cm2 '2' here and '1' in line 2"},
      {"file,cell,group\na.csv,A,x\nb.csv,A,y\n", 3, 9,
       "cell 'A' has group 'y' here and 'x' in line 2"},
      {"file,cell\na.csv,A\nb.csv,\n", 3, 7, "no cell is named"},
      {"file,cell,cycle\na.csv,A\n", 2, 8, "the line has 2 cells, the first line names 3 columns"},
      {"file,cell\na.csv,A,3\n", 2, 9, "the line has 3 cells, the first line names 2 columns"},
  };
  for (size_t k = 0; k < COUNT(cases); k++) {
    eis_status st;
    eis_error err;
    eis_manifest *m = read_text(cases[k].text, &st, &err);
    if (st != EIS_ERROR_INPUT || err.line != cases[k].line || err.column != cases[k].column ||
        !strstr(err.text, cases[k].message))
      fail_msg("case %zu: %s:%ld:%ld: %s; expected %ld:%ld: %s", k, err.source, err.line,
               err.column, err.text, cases[k].line, cases[k].column, cases[k].message);
    eis_manifest_free(m);
  }
}

static void test_all_problems(void **state) {
  (void)state;
  eis_status st;
  eis_error err;
  eis_manifest *m = read_text("file,cycle,soc\na.csv,x,1\nno.csv,1,y\nb.csv,2,300\n", &st, &err);
  assert_int_equal(st, EIS_ERROR_INPUT);
  assert_int_equal(eis_manifest_problem_count(m), 4);
  assert_int_equal(eis_manifest_problem(m, 0)->line, 2);
  assert_non_null(strstr(eis_manifest_problem(m, 3)->text, "there is no file"));
  assert_null(eis_manifest_problem(m, 4));
  eis_manifest_free(m);
  char text[8000] = "file,cycle\n";
  for (int i = 0; i < 300; i++) strcat(text, "a.csv,x\n");
  m = read_text(text, &st, &err);
  assert_int_equal(eis_manifest_problem_count(m), 300);
  assert_int_equal(eis_manifest_problem(m, 199)->line, 201);
  assert_null(eis_manifest_problem(m, 200));
  eis_manifest_free(m);
}

static void test_soc_of_files(void **state) {
  (void)state;
  eis_status st;
  eis_error err;
  eis_manifest *m = read_text("file\nhalf.csv\nfull.csv\n", &st, &err);
  assert_int_equal(st, EIS_ERROR_INPUT);
  assert_string_equal(err.source, "full.csv");
  assert_non_null(strstr(err.text, "its column soc is in per cent, that of 'half.csv' a fraction"));
  eis_manifest_free(m);
  m = good("file,soc\nhalf.csv,0.5\nfull.csv,0.9\n"); /* the manifest decides */
  eis_manifest_free(m);
}

static void test_notes(void **state) {
  (void)state;
  put_spectrum("sub/copy.txt", 1, "", "");
  eis_manifest *m = good("file,soc\na.csv,50\nsub/copy.txt,60\n");
  const eis_notes *n = eis_manifest_notes(m);
  assert_int_equal(n->n, 3);
  assert_string_equal(n->text[0], "soc is taken as per cent (line 2 has 50)");
  assert_non_null(
      strstr(n->text[1], "1 file has the same content as another, the first 'a.csv' and"));
  assert_non_null(strstr(n->text[2], "every file is taken as a cell of its own"));
  eis_manifest_free(m);
}

static void test_missing_manifest(void **state) {
  (void)state;
  eis_error err = EIS_ERROR_INIT;
  eis_manifest *m = NULL;
  assert_int_equal(eis_manifest_read("/no/such/manifest.csv", NULL, &m, &err), EIS_ERROR_INPUT);
  assert_string_equal(err.source, "/no/such/manifest.csv");
  eis_manifest_free(m);
  eis_manifest_free(NULL);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_rows),         cmocka_unit_test(test_patterns),
      cmocka_unit_test(test_patterns_of_folders), cmocka_unit_test(test_long),
      cmocka_unit_test(test_sweeps),       cmocka_unit_test(test_load),
      cmocka_unit_test(test_unreadable),   cmocka_unit_test(test_units_of_soc),
      cmocka_unit_test(test_small_percent), cmocka_unit_test(test_errors),       cmocka_unit_test(test_all_problems),
      cmocka_unit_test(test_soc_of_files), cmocka_unit_test(test_notes),
      cmocka_unit_test(test_missing_manifest),
  };
  return cmocka_run_group_tests(tests, enter, leave);
}
