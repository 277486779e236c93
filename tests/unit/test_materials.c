/* test_materials.c - the material table: presets, user files, overrides, messages. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include <eisfit/eisfit.h>

#define COUNT(a) (sizeof(a) / sizeof *(a))

static char home[256]; /* stands for $XDG_DATA_HOME */

static int enter(void **state) {
  (void)state;
  snprintf(home, sizeof home, "%s/eisfit-materials-XXXXXX",
           getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp");
  if (!mkdtemp(home)) return -1;
  char dir[512];
  snprintf(dir, sizeof dir, "%s/eisfit", home);
  setenv("XDG_DATA_HOME", home, 1);
  if (getenv("srcdir")) setenv("EISFIT_DATADIR", getenv("srcdir"), 0);
  return mkdir(dir, 0700);
}

static void user_file(const char *text) {
  char path[512];
  snprintf(path, sizeof path, "%s/eisfit/materials.ini", home);
  if (!text) {
    unlink(path);
    return;
  }
  FILE *f = fopen(path, "w");
  assert_non_null(f);
  fputs(text, f);
  fclose(f);
}

static int leave(void **state) {
  (void)state;
  char dir[512];
  user_file(NULL);
  snprintf(dir, sizeof dir, "%s/eisfit", home);
  rmdir(dir);
  return rmdir(home);
}

/* sigma = e^2 D n0/(kB T) where the source gives D */
static void test_presets(void **state) {
  (void)state;
  static const struct {
    const char *name;
    double eps_r, n0, nu, sigma, D, Ea;
  } row[] = {{"LPSCl", 7.218, 2.2475e28, NAN, 0.350382, 2.5e-12, NAN},
             {"LGPS", 8.89, 6.454e27, NAN, 1.2074, 3e-11, NAN},
             {"LLZO", 60, 2.565e28, NAN, 0.0639809, 4e-13, NAN},
             {"LATP", 15, 5.37e27, NAN, 0.0100461, 3e-13, NAN},
             {"LiPON", 16.6, 1e25, NAN, 2e-4, NAN, 0.55},
             {"LiPON-total-Li", 5.601, 6.169e27, NAN, 1e-4, NAN, NAN},
             {"LICGC", 677, 6e24, NAN, 0.01, NAN, NAN},
             {"LICGC-1400", 1400, 3e24, NAN, 0.01, NAN, NAN},
             {"sulfide", 30, 1e27, 0.0445, 0.2, NAN, NAN},
             {"oxide", 10, 1e25, 3.9e-4, 0.03, NAN, NAN}};
  for (size_t i = 0; i < COUNT(row); i++) {
    eis_material m;
    eis_error err = EIS_ERROR_INIT;
    if (eis_material_load(row[i].name, &m, &err) != EIS_OK)
      fail_msg("%s: %s", row[i].name, err.text);
    assert_string_equal(m.name, row[i].name);
    assert_true(m.eps_r == row[i].eps_r && m.n0 == row[i].n0 && m.sigma == row[i].sigma);
    assert_true(m.T_ref == 298.15);
    assert_true(isnan(row[i].nu) ? isnan(m.nu) : m.nu == row[i].nu);
    assert_true(isnan(row[i].Ea) ? isnan(m.Ea_eV) : m.Ea_eV == row[i].Ea);
    assert_true(strlen(m.source) > 40 && !strchr(m.source, '\n'));
    const double by_D =
        1.602176634e-19 * 1.602176634e-19 * row[i].D * m.n0 / (1.380649e-23 * 298.15);
    if (!isnan(row[i].D)) assert_true(fabs(m.sigma / by_D - 1.0) < 5e-5);
  }
}

static void test_name_case(void **state) {
  (void)state;
  eis_material m;
  assert_int_equal(eis_material_load("lpscl", &m, NULL), EIS_OK);
  assert_string_equal(m.name, "LPSCl");
}

static void test_list(void **state) {
  (void)state;
  char **names;
  user_file("[aardvark]\neps_r = 5\n[LLZO]\neps_r = 5\n");
  assert_int_equal(eis_material_list(&names, NULL), EIS_OK);
  size_t n = 0;
  for (; names[n]; n++) {
    if (n) assert_true(strcasecmp(names[n - 1], names[n]) < 0);
  }
  assert_int_equal(n, 11);
  assert_string_equal(names[0], "aardvark");
  for (size_t i = 0; i < n; i++) free(names[i]);
  free(names);
  user_file(NULL);
}

static void test_user_file(void **state) {
  (void)state;
  user_file(
      "# mine\n[LLZO]\neps_r = 50\nn0 = 1e19 cm^-3\nsigma = 0.5 mS/cm\nT_ref = 25 C\n"
      "Ea = 30 kJ/mol\nnu = 0.25\nsource = own\n");
  eis_material m;
  eis_error err = EIS_ERROR_INIT;
  assert_int_equal(eis_material_load("LLZO", &m, &err), EIS_OK);
  assert_true(m.eps_r == 50.0 && fabs(m.n0 / 1e25 - 1.0) < 1e-15 && fabs(m.sigma - 0.05) < 1e-16);
  assert_true(fabs(m.T_ref - 298.15) < 1e-12 && fabs(m.Ea_eV - 0.310928) < 1e-6 && m.nu == 0.25);
  assert_string_equal(m.source, "own");
  assert_int_equal(eis_material_load("LATP", &m, &err), EIS_OK); /* from the installed file */
  user_file(NULL);
}

static void test_unknown(void **state) {
  (void)state;
  eis_material m;
  eis_error err = EIS_ERROR_INIT;
  assert_int_equal(eis_material_load("unobtainium", &m, &err), EIS_ERROR_USAGE);
  assert_string_equal(err.text,
                      "unknown material 'unobtainium': there are LATP, LGPS, LICGC, LICGC-1400, "
                      "LiPON, LiPON-total-Li, LLZO, LPSCl, oxide, sulfide");
}

static void test_file_errors(void **state) {
  (void)state;
#define HEAD "[X]\neps_r = 10\nn0 = 1e25\n"
  static const struct {
    const char *text;
    long line, column;
    const char *message;
  } row[] = {{HEAD "sigma = fast\nT_ref = 300 K\n", 4, 9,
              "'fast' is not a number: expected for example 'sigma = 0.2'"},
             {HEAD "sigma = 0.1 Ohm\nT_ref = 300 K\n", 4, 13,
              "unknown unit 'Ohm' for sigma: expected S/m or nothing"},
             {HEAD "sigma = 1\nT_ref = 300 K\nnu = 1.5\n", 6, 6,
              "nu = 1.5 is out of range: expected 0 <= nu < 1"},
             {HEAD "sigma = 1\nT_ref = 300 K\nnu = 1\n", 6, 6, "nu = 1 is out of range"},
             {HEAD "sigma = 1\nT_ref = 300 K\nnu = 0.1 m\n", 6, 10,
              "nu is a pure number, 'm' is not expected here"},
             {"[X]\nn0 = -1e25 1/m^3\n", 2, 6,
              "n0 = -1e25 1/m^3 is out of range: expected 1e15 to 1e31 1/m^3"},
             {HEAD "colour = red\n", 4, 1,
              "unknown key 'colour': expected one of eps_r, n0, nu, sigma, T_ref, Ea, source"},
             {HEAD "sigma = 1\n", 2, 0, "material 'X' has no 'T_ref': expected 50 to 2000 K"},
             {"[a-name-of-more-than-thirty-one-bytes]\neps_r = 1\n", 2, 0,
              "material name 'a-name-of-more-than-thirty-one-bytes' is too long: at most 31 bytes"},
             {"[X\neps_r = 1\n", 1, 1, "section is not closed"}};
  for (size_t i = 0; i < COUNT(row); i++) {
    eis_material m;
    eis_error err = EIS_ERROR_INIT;
    user_file(row[i].text);
    const char *name = i == 8 ? "a-name-of-more-than-thirty-one-bytes" : "X";
    assert_int_equal(eis_material_load(name, &m, &err), EIS_ERROR_INPUT);
    if (!strstr(err.text, row[i].message) || err.line != row[i].line || err.column != row[i].column)
      fail_msg("row %zu: %ld:%ld: %s", i, err.line, err.column, err.text);
    assert_non_null(strstr(err.source, "eisfit/materials.ini"));
  }
  char text[700] = HEAD "source = ";
  memset(text + strlen(text), 'x', 300);
  user_file(text);
  eis_material m;
  eis_error err = EIS_ERROR_INIT;
  assert_int_equal(eis_material_load("X", &m, &err), EIS_ERROR_INPUT);
  assert_string_equal(err.text, "source text is too long: at most 255 bytes");
  user_file(NULL);
}

static void test_set(void **state) {
  (void)state;
  eis_material m;
  assert_int_equal(eis_material_load("sulfide", &m, NULL), EIS_OK);
  assert_int_equal(
      eis_material_set(&m, "eps_r=20, n0=2e21 1/cm^3,nu = 0.1,sigma=0.3 S/cm,T_ref=60 C,Ea=0.3",
                       NULL),
      EIS_OK);
  assert_true(m.eps_r == 20.0 && fabs(m.n0 / 2e27 - 1.0) < 1e-15 && m.nu == 0.1);
  assert_true(fabs(m.sigma - 30.0) < 1e-13 && fabs(m.T_ref - 333.15) < 1e-12 && m.Ea_eV == 0.3);
  static const struct {
    const char *text;
    long column;
    const char *message;
  } row[] = {{"eps_r=5,foo=1", 9, "unknown key 'foo': expected one of eps_r, n0, nu, sigma"},
             {"eps_r", 1, "expected 'key=value', for example 'sigma=0.2 S/m'"},
             {"eps_r=5,", 9, "expected 'key=value'"},
             {"sigma=-1", 7, "sigma = -1 is out of range: expected 1e-15 to 1e6 S/m"},
             {"sigma=1 m", 9, "unknown unit 'm' for sigma: expected S/m or nothing"},
             {"nu=x", 4, "'x' is not a number: expected for example 'nu = 0.1'"}};
  for (size_t i = 0; i < COUNT(row); i++) {
    const eis_material before = m;
    eis_error err = EIS_ERROR_INIT;
    assert_int_equal(eis_material_set(&m, row[i].text, &err), EIS_ERROR_USAGE);
    if (!strstr(err.text, row[i].message) || err.column != row[i].column)
      fail_msg("'%s': column %ld: %s", row[i].text, err.column, err.text);
    assert_string_equal(err.source, "material");
    assert_true(memcmp(&before, &m, sizeof m) == 0); /* nothing was changed */
  }
}

/* The presets work in the calculator. */
static void test_presets_evaluate(void **state) {
  (void)state;
  char **names;
  assert_int_equal(eis_material_list(&names, NULL), EIS_OK);
  for (size_t i = 0; names[i]; i++) {
    eis_material m;
    eis_scl_values v;
    assert_int_equal(eis_material_load(names[i], &m, NULL), EIS_OK);
    const eis_scl_params p = {.eps_r = m.eps_r, .n0 = m.n0, .nu = isnan(m.nu) ? 0.0 : m.nu,
                              .sigma = m.sigma, .dphi = 0.3, .T = m.T_ref};
    assert_int_equal(eis_scl_eval(&p, &v, NULL), EIS_OK);
    assert_true(v.R_scl > 1e-7 && v.R_scl < 1.0 && v.C_d > 1e-3 && v.C_d < 10.0);
    free(names[i]);
  }
  free(names);
}

static void test_from_text(void **state) {
  static const char text[] =
      "[other]\neps_r = 1\n[mine]\neps_r = 7\nn0 = 1e27\nsigma = 2 mS/cm\nT_ref = 25 C\n";
  eis_material m;
  eis_error err = EIS_ERROR_INIT;
  (void)state;
  assert_int_equal(eis_material_parse(text, "t.ini", "MINE", &m, &err), EIS_OK);
  assert_true(m.eps_r == 7 && m.sigma == 0.2 && m.T_ref == 298.15);
  assert_int_equal(eis_material_parse(text, "t.ini", "nobody", &m, &err), EIS_ERROR_INPUT);
  assert_string_equal(err.text, "there is no section '[nobody]'");
  assert_string_equal(err.source, "t.ini");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_presets),     cmocka_unit_test(test_name_case),
      cmocka_unit_test(test_list),        cmocka_unit_test(test_user_file),
      cmocka_unit_test(test_unknown),     cmocka_unit_test(test_file_errors),
      cmocka_unit_test(test_set),         cmocka_unit_test(test_presets_evaluate),
      cmocka_unit_test(test_from_text),
  };
  return cmocka_run_group_tests(tests, enter, leave);
}
