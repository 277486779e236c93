/* Potentials shared between layers: tables T13 and T15 of oracles/mpnp.md read as they stand, exact
   relations, derivatives against differences, refusals. */
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

static const double VT = 1.380649e-23 * 298.15 / 1.602176634e-19;
static const eis_scl_params oxide = {
    .eps_r = 10, .n0 = 1e25, .nu = 0.00039, .sigma = 0.03, .T = 298.15};

static void agree(double got, double want, double tolerance, const char *what, double where) {
  if (!(fabs(got - want) <= tolerance * fabs(want)))
    fail_msg("%s at %g: %.12g, expected %.12g", what, where, got, want);
}

static FILE *table(const char *head) {
  const char *dir = getenv("EISFIT_SHARED");
  char path[1024], line[1024];
  snprintf(path, sizeof path, "%s/oracles/mpnp.md", dir ? dir : ".");
  FILE *f = fopen(path, "r");
  while (f && fgets(line, sizeof line, f))
    if (strncmp(line, head, strlen(head)) == 0) return f;
  if (f) fail_msg("no table '%s' in %s", head, path);
  return NULL;
}

/* E_cat(x) = 3.6 + 0.7 x V, theta = 0.6, E_fb = 3.75 V, C_H = 0.2 F/m^2 */
static void T15_soc_campaign(void **state) {
  (void)state;
  char line[512];
  int rows = 0;
  FILE *f = table("# T15");
  if (!f) skip();
  while (fgets(line, sizeof line, f)) {
    double x, E, total, dphi, R, C, C_int;
    if (sscanf(line, "%lf E %lf tot %lf dphi %lf R_scl[Ohm cm2] %lf C_d[uF/cm2] %lf C_int %lf", &x,
               &E, &total, &dphi, &R, &C, &C_int) != 7)
      continue;
    eis_scl_balance_values b;
    eis_scl_values v;
    eis_scl_params p = oxide;
    assert_int_equal(eis_scl_balance(&p, 0.2, 0.6 * (3.6 + 0.7 * x - 3.75), &b, NULL), EIS_OK);
    p.dphi = b.dphi;
    assert_int_equal(eis_scl_eval(&p, &v, NULL), EIS_OK);
    agree(b.dphi, dphi, 6e-10, "dphi", x);
    agree(v.R_scl * 1e4, R, 6e-10, "R_scl", x);
    agree(b.C_d * 100, C, 6e-10, "C_d", x);
    agree(100 / (1 / b.C_d + 1 / 0.2), C_int, 6e-10, "C_int", x);
    agree(b.slope, 1 + v.C_d / 0.2, 1e-14, "slope", x);
    agree(b.Q, v.Q, 1e-13, "Q", x);
    rows++;
  }
  fclose(f);
  assert_int_equal(rows, 6);
}

static void T13_bias_split(void **state) {
  (void)state;
  static const double none[2] = {INFINITY, INFINITY};
  char line[512];
  int rows = 0;
  FILE *f = table("# T13");
  if (!f) skip();
  while (fgets(line, sizeof line, f) && line[0] != '#') {
    char *s = line;
    const double V = strtod(s, &s);
    for (; (s = strstr(s, "nu=")) != NULL; rows++) {
      eis_scl_params p = oxide;
      eis_scl_split split;
      p.nu = strtod(s + 3, &s);
      const double want = strtod(s + 1, &s);
      assert_int_equal(eis_scl_bias(&p, V * VT, none, &split, NULL), EIS_OK);
      agree(split.first / (V * VT), want, 1.1e-8, "share of the depleted layer", V);
      agree(split.first - split.second, V * VT, 1e-12, "sum", V);
      assert_int_equal(eis_scl_bias(&p, -V * VT, none, &split, NULL), EIS_OK);
      agree(split.second / (V * VT), want, 1.1e-8, "share, bias reversed", V);
    }
  }
  fclose(f);
  assert_int_equal(rows, 20);
}

/* Both layers carry the charge that their own balance with the compact layer gives. */
static void bias_with_compact_layers(void **state) {
  (void)state;
  static const double bias[] = {1e-6, 0.05, 0.4, -0.4, 1.1};
  const double C_H[2] = {0.3, 0.05};
  for (size_t i = 0; i < sizeof bias / sizeof *bias; i++) {
    eis_scl_params p = oxide;
    eis_scl_split split;
    eis_scl_balance_values b;
    p.nu = 0.2;
    assert_int_equal(eis_scl_bias(&p, bias[i], C_H, &split, NULL), EIS_OK);
    const double first = split.first + split.Q / C_H[0], second = split.second - split.Q / C_H[1];
    agree(first - second, bias[i], 1e-12, "bias", bias[i]);
    eis_scl_balance(&p, C_H[0], first, &b, NULL);
    agree(b.Q, split.Q, 1e-11, "charge of the first", bias[i]);
    eis_scl_balance(&p, C_H[1], second, &b, NULL);
    agree(b.Q, -split.Q, 1e-11, "charge of the second", bias[i]);
  }
}

static double dphi_at(const double *x) {
  const eis_scl_params p = {.eps_r = exp(x[0]), .n0 = exp(x[1]), .nu = x[2], .T = x[3]};
  eis_scl_balance_values b;
  assert_int_equal(eis_scl_balance(&p, exp(x[4]), x[5], &b, NULL), EIS_OK);
  return b.dphi;
}

static void derivatives(void **state) {
  (void)state;
  static const double total[] = {-0.6, -0.09, 0.0, 0.003, 0.1, 0.5}, nu[] = {0.01, 0.3, 0.5};
  for (size_t i = 0; i < 18; i++) {
    const double x[6] = {log(10), log(1e25), nu[i % 3], 310, log(0.2), total[i / 3]};
    const eis_scl_params p = {.eps_r = 10, .n0 = 1e25, .nu = x[2], .T = x[3]};
    eis_scl_balance_values b;
    assert_int_equal(eis_scl_balance(&p, 0.2, x[5], &b, NULL), EIS_OK);
    const double d[6] = {b.d_ln_eps_r, b.d_ln_n0, b.d_nu, b.d_T, b.d_ln_C_H, 1 / b.slope};
    for (int k = 0; k < 6; k++) {
      const double step[6] = {1e-4, 1e-4, 1e-4 * x[2], 1e-2, 1e-4, 1e-5};
      double up[6], down[6];
      memcpy(up, x, sizeof x);
      memcpy(down, x, sizeof x);
      up[k] += step[k];
      down[k] -= step[k];
      const double want = (dphi_at(up) - dphi_at(down)) / (2 * step[k]);
      if (!(fabs(d[k] - want) <= 1e-6 * fabs(want) + 1e-10))
        fail_msg("derivative %d at total %g, nu %g: %.10g, differences %.10g", k, x[5], x[2], d[k],
                 want);
    }
  }
}

/* No compact layer: all of it is in the space charge.  A soft one: nearly nothing. */
static void limits(void **state) {
  (void)state;
  eis_scl_balance_values b;
  assert_int_equal(eis_scl_balance(&oxide, INFINITY, 0.7, &b, NULL), EIS_OK);
  assert_true(b.dphi == 0.7 && b.slope == 1 && b.d_nu == 0);
  assert_int_equal(eis_scl_balance(&oxide, 1e-9, 0.7, &b, NULL), EIS_OK);
  assert_true(b.dphi > 0 && b.dphi < 1e-8);
  eis_scl_split split;
  assert_int_equal(eis_scl_bias(&oxide, 0, (const double[]){INFINITY, 0.2}, &split, NULL), EIS_OK);
  assert_true(split.first == 0 && split.second == 0 && split.Q == 0);
  assert_int_equal(eis_scl_balance(&oxide, 0.2, 0, &b, NULL), EIS_OK);
  assert_true(b.dphi == 0 && b.Q == 0);
}

static void refusals(void **state) {
  (void)state;
  const double bad[2] = {0.2, -1};
  const struct {
    double nu, C_H, total;
    const char *text;
  } row[] = {{0.1, 0, 0.1, "C_H = 0 F/m^2 is not usable"},
             {0.1, NAN, 0.1, "C_H = nan F/m^2"},
             {0.1, 0.2, NAN, "total = nan V is not usable"},
             {1.0, 0.2, 0.1, "nu = 1 is outside 0 <= nu < 1"},
             {0.1, INFINITY, 1.2, "total = 1.2 V bends the bands by more than 40 kT/e (1.03 V)"}};
  eis_scl_balance_values b;
  eis_scl_split split;
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    eis_error err = EIS_ERROR_INIT;
    eis_scl_params p = oxide;
    p.nu = row[i].nu;
    assert_int_equal(eis_scl_balance(&p, row[i].C_H, row[i].total, &b, &err), EIS_ERROR_INPUT);
    if (!strstr(err.text, row[i].text)) fail_msg("'%s'", err.text);
  }
  eis_error err = EIS_ERROR_INIT;
  assert_int_equal(eis_scl_bias(&oxide, 0.2, bad, &split, &err), EIS_ERROR_INPUT);
  assert_non_null(strstr(err.text, "C_H = -1 F/m^2"));
  err = (eis_error)EIS_ERROR_INIT;
  assert_int_equal(eis_scl_bias(&oxide, 3, (const double[]){INFINITY, INFINITY}, &split, &err),
                   EIS_ERROR_INPUT);
  assert_non_null(strstr(err.text, "bias = 3 V bends the bands by more than 40 kT/e"));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(T15_soc_campaign),
      cmocka_unit_test(T13_bias_split),
      cmocka_unit_test(bias_with_compact_layers),
      cmocka_unit_test(derivatives),
      cmocka_unit_test(limits),
      cmocka_unit_test(refusals),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
