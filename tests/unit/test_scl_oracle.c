/* Space-charge closed forms against the printed tables of oracles/mpnp.md, read as they stand: T5, T6b,
   T7, all columns. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <eisfit/scl.h>

static FILE *oracle(void) {
  const char *dir = getenv("EISFIT_SHARED");
  char path[1024];
  snprintf(path, sizeof path, "%s/oracles/mpnp.md", dir ? dir : ".");
  return fopen(path, "r");
}

/* The next line of the section that starts with `head`; false at its end. */
static bool next_line(FILE *f, const char *head, bool *inside, char *line, size_t size) {
  while (fgets(line, (int)size, f)) {
    if (!*inside) {
      *inside = strncmp(line, head, strlen(head)) == 0;
      continue;
    }
    if (line[0] == '#' || line[0] == '`') return false;
    if (line[0] != '\n') return true;
  }
  return false;
}

/* Numbers of a line, '|' skipped. */
static int numbers(const char *s, double *v, int max) {
  int n = 0;
  while (*s && n < max) {
    char *end;
    const double x = strtod(s, &end);
    if (end == s) s++;
    else {
      v[n++] = x;
      s = end;
    }
  }
  return n;
}

static void agree(double got, double want, double tolerance, const char *what) {
  if (fabs(got - want) > tolerance * fabs(want)) fail_msg("%s: %.12g, printed %.12g", what, got, want);
}

static void test_T5(void **state) {
  (void)state;
  static const double nu[] = {0, 0.1, 0.5};
  char line[512];
  double v[10];
  bool inside = false;
  int rows = 0;
  FILE *f = oracle();
  if (!f) skip();
  for (; next_line(f, "# T5 ", &inside, line, sizeof line); rows++) {
    assert_int_equal(numbers(line, v, 10), 10);
    agree(eis_scl_C_gouy_chapman(v[0]), v[1], 1e-11, "Gouy-Chapman C");
    agree(eis_scl_C_kilic(v[0], 0.1), v[2], 1e-11, "Kilic C, 0.1");
    agree(eis_scl_C_kilic(-v[0], 0.5), v[3], 1e-11, "Kilic C, 0.5");
    for (int k = 0; k < 3; k++) {
      agree(eis_scl_C_hat(v[0], nu[k]), v[4 + k], 1e-11, "C(+y)");
      agree(eis_scl_C_hat(-v[0], nu[k]), v[7 + k], 1e-11, "C(-y)");
    }
  }
  fclose(f);
  assert_int_equal(rows, 6);
}

static void test_T6b(void **state) {
  (void)state;
  char line[512];
  double v[6];
  bool inside = false;
  int rows = 0;
  FILE *f = oracle();
  if (!f) skip();
  for (; next_line(f, "# T6b ", &inside, line, sizeof line); rows++) {
    assert_int_equal(numbers(line, v, 6), 6);
    const double R = eis_scl_R_hat(v[0], 0, EIS_MOBILITY_A), C = eis_scl_C_hat(v[0], 0);
    agree(R, v[1], 1e-11, "R");
    agree(eis_scl_R_mott_schottky(v[0]), v[2], 1e-11, "Mott-Schottky R");
    agree(eis_scl_R_leading(v[0]), v[3], 1e-11, "leading R");
    agree(eis_scl_R_gouy_chapman(v[0]), v[4], 1e-11, "Gouy-Chapman R");
    agree(R * C + 1, v[5], 1e-11, "tau ratio");
  }
  fclose(f);
  assert_int_equal(rows, 11);
}

/* "name eps30 n1e27 nu.0445 | lambda | sigma | ..." */
static bool material_line(const char *line, eis_scl_params *p) {
  const char *eps = strstr(line, " eps"), *n = strstr(line, " n"), *nu = strstr(line, " nu");
  const char *D = strstr(line, " D"), *bar = strchr(line, '|');
  if (!eps || !bar) return false;
  while (n && (n[2] < '0' || n[2] > '9')) n = strstr(n + 1, " n");
  *p = (eis_scl_params){.eps_r = strtod(eps + 4, NULL), .n0 = strtod(n + 2, NULL), .T = 298.15,
                        .nu = nu && nu < bar ? strtod(nu + 3, NULL) : 0,
                        .mobility = EIS_MOBILITY_A};
  const char *sigma = strchr(bar + 1, '|');
  const double e = 1.602176634e-19, kB = 1.380649e-23;
  p->sigma = D && D < bar ? e * e * strtod(D + 2, NULL) * p->n0 / (kB * p->T) : strtod(sigma + 1, NULL);
  return true;
}

static void test_T7(void **state) {
  (void)state;
  char line[512];
  eis_scl_params p = {0};
  bool inside = false;
  int rows = 0;
  FILE *f = oracle();
  if (!f) skip();
  while (next_line(f, "# T7 ", &inside, line, sizeof line)) {
    double v[8];
    if (material_line(line, &p) || strstr(line, "dphi*")) continue;
    if (numbers(line, v, 8) != 5) continue;
    eis_scl_values out;
    p.dphi = v[0];
    assert_int_equal(eis_scl_eval(&p, &out, NULL), EIS_OK);
    agree(out.R_scl * 1e4, v[1], 6e-6, "R_scl [ohm cm2]");
    agree(out.C_d * 100, v[2], 6e-6, "C_d [uF/cm2]");
    agree(out.width * 1e9, v[3], 6e-5, "width [nm]");
    agree(1 / (2 * M_PI * out.R1 * out.C_d), v[4], 6e-4, "f_peak [Hz]");
    rows++;
  }
  fclose(f);
  assert_int_equal(rows, 63);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_T5),
      cmocka_unit_test(test_T6b),
      cmocka_unit_test(test_T7),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
