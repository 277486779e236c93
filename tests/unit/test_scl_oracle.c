/* Space-charge closed forms against the printed tables of oracles/mpnp.md, read as they stand: T1,
   T2, T5, T6, T6b, T7, T10, all columns. */
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

#include "model/elem_rows.h"
#include "physics/constants.h"

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
    if (end == s)
      s++;
    else {
      v[n++] = x;
      s = end;
    }
  }
  return n;
}

static void agree(double got, double want, double tolerance, const char *what) {
  if (fabs(got - want) > tolerance * fabs(want))
    fail_msg("%s: %.12g, printed %.12g", what, got, want);
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
  *p = (eis_scl_params){.eps_r = strtod(eps + 4, NULL),
                        .n0 = strtod(n + 2, NULL),
                        .T = 298.15,
                        .nu = nu && nu < bar ? strtod(nu + 3, NULL) : 0,
                        .mobility = EIS_MOBILITY_A};
  const char *sigma = strchr(bar + 1, '|');
  const double e = 1.602176634e-19, kB = 1.380649e-23;
  p->sigma =
      D && D < bar ? e * e * strtod(D + 2, NULL) * p->n0 / (kB * p->T) : strtod(sigma + 1, NULL);
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

/* An element at one frequency. */
static void impedance(const eis_element *e, double w, const double *p, const double *sub,
                      double *z) {
  const double lw = log(w);
  const eis_grid g = {1, &w, &lw};
  e->eval(&g, p, sub, z, NULL, NULL);
}

/* T1, T1b, T2, T2b, T2c: films at flat band, set A, by PNP1. */
static void test_films_as_printed(void **state) {
  (void)state;
  static const struct {
    const char *head;
    double nu, RF, CH;
  } table[] = {{"# T1 set A", 0, 1e30, 1e30},
               {"# T1b ", 0.3, 1e30, 1e30},
               {"# T2 set A", 0, 1e-2, 0.1},
               {"# T2b set A", 0, 1e30, 0.1},
               {"# T2c set A", 0, 1e-2, 1e30}};
  for (size_t t = 0; t < 5; t++) {
    char line[512];
    double v[3], z[2];
    bool inside = false;
    int rows = 0;
    FILE *f = oracle();
    if (!f) skip();
    while (rows < 7 && fgets(line, sizeof line, f)) {
      if (!inside) {
        inside = strncmp(line, table[t].head, strlen(table[t].head)) == 0;
        continue;
      }
      if (line[0] == 'l' || line[0] == 'R' || line[0] == 'f' || numbers(line, v, 3) != 3) continue;
      const double sigma = EISI_E * EISI_E * 3e-12 * 1e25 / (EISI_KB * EISI_T25);
      const double p[] = {16.6, 1e25,     table[t].nu, sigma,      1e-6,
                          1,    EISI_T25, table[t].RF, table[t].CH};
      impedance(&eisi_elem_pnp1, 2 * M_PI * v[0], p, NULL, z);
      agree(z[0], v[1], 1e-11, table[t].head);
      agree(z[1], v[2], 1e-11, table[t].head);
      rows++;
    }
    fclose(f);
    assert_int_equal(rows, 7);
  }
}

static void test_T6(void **state) {
  (void)state;
  char line[512];
  double v[7];
  bool inside = false;
  int rows = 0;
  FILE *f = oracle();
  if (!f) skip();
  for (; next_line(f, "# T6 ", &inside, line, sizeof line); rows++) {
    assert_int_equal(numbers(line, v, 7), 7);
    const double y = v[0] * EISI_E / (EISI_KB * EISI_T25);
    agree(eis_scl_R_hat(y, v[1], EIS_MOBILITY_A), v[2], 1e-11, "R a");
    agree(eis_scl_R_hat(y, v[1], EIS_MOBILITY_B), v[3], 1e-11, "R b");
    agree(eis_scl_C_hat(y, v[1]), v[4], 1e-11, "C");
    agree(eis_scl_R_blk_hat(y, v[1], EIS_MOBILITY_A), v[5], 1e-11, "R_blk a");
    agree(eis_scl_R_blk_hat(y, v[1], EIS_MOBILITY_B), v[6], 1e-11, "R_blk b");
  }
  fclose(f);
  assert_int_equal(rows, 24);
}

/* T10: the line with two rails, Ri 20, Re 5 ohm, wall 1/(1/30 + j w 1e-3), over angular
 * frequencies. */
static void test_T10(void **state) {
  (void)state;
  char line[512];
  double v[3], z[2];
  bool inside = false;
  int rows = 0;
  FILE *f = oracle();
  if (!f) skip();
  for (; next_line(f, "# T10 ", &inside, line, sizeof line); rows++) {
    assert_int_equal(numbers(line, v, 3), 3);
    const double d = 1.0 / 900 + v[0] * v[0] * 1e-6, wall[] = {1.0 / 30 / d, -v[0] * 1e-3 / d};
    impedance(&eisi_elem_tl2, v[0], (const double[]){20, 5}, wall, z);
    agree(z[0], v[1], 1e-11, "Re Z");
    agree(z[1], v[2], 1e-11, "Im Z");
  }
  fclose(f);
  assert_int_equal(rows, 7);
}

/* The states of T14 (how good rules of 8 to 32 points are) by another rule, 5 points on 400 panels,
   of the formula written down here. */
static void test_T14(void **state) {
  (void)state;
  static const double y0[] = {1, 5, 12, 20, 30};
  static const double x[5] = {0, 0.53846931010568309104, -0.53846931010568309104, 0.90617984593866399280,
                              -0.90617984593866399280};
  static const double w[5] = {0.56888888888888888889, 0.47862867049936646804, 0.47862867049936646804,
                              0.23692688505618908751, 0.23692688505618908751};
  for (int i = 0; i < 5; i++) {
    double sum = 0;
    const double h = y0[i] / 400;
    for (int k = 0; k < 400; k++)
      for (int j = 0; j < 5; j++) {
        const double y = h * (k + 0.5 + 0.5 * x[j]), D = 0.9 + 0.1 * exp(-y);
        const double G = y < 1e-2 ? 0.9 * y * y *
                                        (0.5 - 0.8 * y / 6 + (1 - 6 * 0.09) * y * y / 24 -
                                         0.8 * (1 - 12 * 0.09) * y * y * y / 120)
                                  : log(D) / 0.1 + y;
        sum += 0.5 * h * w[j] * 0.9 * expm1(y) / sqrt(2 * G);
      }
    agree(eis_scl_R_hat(y0[i], 0.1, EIS_MOBILITY_A), sum, 2e-12, "R by another rule");
  }
}

/* A space-charge wall in a thick electrode: the arc shows Rw b coth(b), b^2 = Ri/Rw, not Rw. */
static void test_wall_of_a_line(void **state) {
  (void)state;
  static const double b[] = {0.1, 0.5, 1, 2, 3}, times[] = {1.0033, 1.0820, 1.3130, 2.0746, 3.0149};
  const double p[] = {10, 1e25, 0, 0.3, 0.03, 5e-3, EISI_T25, 0, 1e-12, 1e30};
  double wall[2], z[2];
  impedance(&eisi_elem_scl, 1e-9, p, NULL, wall);
  for (int i = 0; i < 5; i++) {
    impedance(&eisi_elem_tl2, 1e-9, (const double[]){b[i] * b[i] * wall[0], 1e-9 * wall[0]}, wall,
              z);
    agree(z[0] / wall[0], times[i], 5e-5, "arc of the line over that of the wall");
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_T5),
      cmocka_unit_test(test_T6b),
      cmocka_unit_test(test_T7),
      cmocka_unit_test(test_films_as_printed),
      cmocka_unit_test(test_T6),
      cmocka_unit_test(test_T10),
      cmocka_unit_test(test_T14),
      cmocka_unit_test(test_wall_of_a_line),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
