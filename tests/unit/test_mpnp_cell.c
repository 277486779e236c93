/* Cells of one and several layers: T8 to 1e-6 both ways to cut a cell, exact films, derivatives
   against differences, what the steady state must obey, refusals. */
#include <complex.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <eisfit/eisfit.h>

#include "model/elem_rows.h"
#include "physics/constants.h"
#include "physics/cplx.h"

static const double VT = EISI_KB * EISI_T25 / EISI_E;
static const eis_mpnp_layer base = {.eps_r = 12, .n0 = 2e25, .nu = 0.1, .sigma = 0.02};

static double lambda0(const eis_mpnp_layer *l, double T) {
  return sqrt(l->eps_r * EISI_EPS0 * EISI_KB * T / l->n0) / EISI_E;
}

static double tau(const eis_mpnp_layer *l) { return l->eps_r * EISI_EPS0 / l->sigma; }

static void impedance(const eis_mpnp_cell *c, const eis_mpnp_options *o, const double *f, size_t n,
                      double complex *z) {
  double v[2 * 64];
  eis_error err = EIS_ERROR_INIT;
  if (eis_mpnp_impedance(c, o, f, n, v, NULL, &err) != EIS_OK) fail_msg("%s", err.text);
  for (size_t k = 0; k < n; k++) z[k] = CMPLX(v[k], v[n + k]);
}

static eis_mpnp_cell one_layer(double L) {
  eis_mpnp_cell c = eis_mpnp_cell_default();
  c.layer[0] = base;
  c.layer[0].thickness = L * lambda0(&base, c.T);
  return c;
}

/* The same electrolyte as two layers of the same stuff. */
static void divide(eis_mpnp_cell *c, double share) {
  c->layer[1] = c->layer[0];
  c->layer[0].thickness *= share;
  c->layer[1].thickness *= 1.0 - share;
  c->n_layers = 2;
}

/* "dphi=0.05 nu=0.1 conv=a RF=1000,CH=0.5 ..." */
static bool read_state(const char *line, eis_mpnp_cell *c) {
  char conv, kind[64];
  double dphi, nu, R = 0, C = 0;
  if (sscanf(line, "dphi=%lf nu=%lf conv=%c %63s", &dphi, &nu, &conv, kind) != 4) return false;
  *c = one_layer(100);
  const double l0 = lambda0(&base, c->T), r0 = l0 / base.sigma;
  c->half = true;
  c->layer[0].nu = nu;
  c->mobility = conv == 'b' ? EIS_MOBILITY_B : EIS_MOBILITY_A;
  c->left.potential = dphi;
  if (strcmp(kind, "blocking") == 0) c->left.RF = INFINITY;
  if (sscanf(kind, "RF=%lf,CH=%lf", &R, &C) == 2) {
    const eis_scl_params p = {
        .eps_r = 12, .n0 = 2e25, .nu = nu, .sigma = 1, .dphi = dphi, .T = c->T};
    eis_scl_values v;
    assert_int_equal(eis_scl_eval(&p, &v, NULL), EIS_OK);
    c->left.RF = R * r0;
    c->left.CH = C * 12 * EISI_EPS0 / l0;
    c->left.potential = dphi + v.Q / c->left.CH; /* the table names what the space charge gets */
  }
  return true;
}

/* Worst |dZ|/|Z| over the table; -1 when it is not there. */
static double table_T8(bool divided, int *rows) {
  const char *dir = getenv("EISFIT_SHARED");
  char path[1024], line[1024];
  double x, re, im, worst = 0;
  bool inside = false;
  eis_mpnp_cell c = eis_mpnp_cell_default();
  const eis_mpnp_options o = {.cells = 250, .richardson = true};
  snprintf(path, sizeof path, "%s/oracles/mpnp.md", dir ? dir : ".");
  FILE *f = fopen(path, "r");
  if (!f) return -1;
  while (fgets(line, sizeof line, f)) {
    if (strncmp(line, "# T8", 4) == 0)
      inside = true;
    else if (inside && strncmp(line, "# T", 3) == 0)
      break;
    if (!inside) continue;
    if (read_state(line, &c)) {
      if (divided) divide(&c, 0.3);
      continue;
    }
    if (sscanf(line, "%lf %lf %lf", &x, &re, &im) != 3) continue;
    const double f_hz = x / (2 * EISI_PI * tau(&base));
    double complex z;
    impedance(&c, &o, &f_hz, 1, &z);
    z *= base.sigma / lambda0(&base, c.T);
    worst = fmax(worst, cabs(z - CMPLX(re, im)) / hypot(re, im));
    ++*rows;
  }
  fclose(f);
  return worst;
}

static void T8_extrapolated(void **state) {
  (void)state;
  int rows = 0;
  const double worst = table_T8(false, &rows);
  if (worst < 0) skip();
  assert_int_equal(rows, 147);
  if (!(worst < 1e-7)) fail_msg("T8 missed by %g", worst);
}

static void T8_by_finite_volumes(void **state) {
  (void)state;
  int rows = 0;
  const double worst = table_T8(true, &rows);
  if (worst < 0) skip();
  assert_int_equal(rows, 147);
  if (!(worst < 1e-6)) fail_msg("T8 missed by %g", worst);
}

/* PNP1 is exact for any thickness at flat band: films of 0.3 to 1000 lambda0. */
static void flat_films(void **state) {
  (void)state;
  static const double L[] = {0.3, 3, 30, 1000}, R[] = {1e-8, 1e-6, 1e30}, C[] = {1e30, 0.05};
  const eis_mpnp_options o = {.cells = 200, .richardson = true};
  for (int i = 0; i < 24; i++) {
    eis_mpnp_cell c = one_layer(L[i % 4]);
    const double RF = R[i / 4 % 3], CH = C[i / 12];
    c.left.RF = c.right.RF = RF > 1e29 ? INFINITY : RF;
    c.left.CH = c.right.CH = CH > 1e29 ? INFINITY : CH;
    const double p[] = {12, 2e25, 0.1, 0.02, c.layer[0].thickness, 1, c.T, RF, CH};
    double f[21], w[21], lw[21], want[42];
    double complex z[21];
    for (int k = 0; k < 21; k++) {
      w[k] = pow(10, 0.5 * k - 7) / tau(&base);
      f[k] = w[k] / (2 * EISI_PI);
      lw[k] = log(w[k]);
    }
    const eis_grid g = {21, w, lw};
    eisi_elem_pnp1.eval(&g, p, NULL, want, NULL, NULL);
    impedance(&c, &o, f, 21, z);
    for (int k = 0; k < 21; k++)
      if (!(cabs(z[k] - CMPLX(want[k], want[21 + k])) <= 1e-6 * cabs(z[k])))
        fail_msg("L %g RF %g CH %g at %g: %g%+gj, exact %g%+gj", L[i % 4], RF, CH,
                 w[k] * tau(&base), creal(z[k]), cimag(z[k]), want[k], want[21 + k]);
  }
}

/* Twice half a symmetrical cell; more bulk adds a slab; turning the cell changes nothing. */
static void bulk_and_symmetry(void **state) {
  (void)state;
  const double f[3] = {1e2 / tau(&base) * 1e-9, 1e-3 / tau(&base), 0.3 / tau(&base)};
  double complex a[3], b[3];
  eis_mpnp_cell whole = one_layer(200), half = one_layer(100);
  whole.left = whole.right = (eis_mpnp_electrode){.potential = 0.12, .RF = 2e-7, .CH = 0.3};
  half.left = whole.left;
  half.half = true;
  impedance(&whole, NULL, f, 3, a);
  impedance(&half, NULL, f, 3, b);
  for (int k = 0; k < 3; k++) assert_true(cabs(a[k] - 2 * b[k]) < 1e-12 * cabs(a[k]));
  eis_mpnp_cell longer = whole;
  longer.layer[0].thickness *= 1.7;
  impedance(&longer, NULL, f, 3, b);
  for (int k = 0; k < 3; k++) {
    const double complex slab = 0.7 * whole.layer[0].thickness /
                                CMPLX(base.sigma, 2 * EISI_PI * f[k] * base.eps_r * EISI_EPS0);
    assert_true(cabs(b[k] - a[k] - slab) < 1e-12 * cabs(b[k]));
  }
  eis_mpnp_cell c = one_layer(20), turned;
  divide(&c, 0.25);
  c.layer[0].eps_r = 30;
  c.layer[0].offset = 0.04;
  c.left = (eis_mpnp_electrode){.potential = 0.2, .RF = 1e-7, .CH = 0.5};
  c.right = (eis_mpnp_electrode){.potential = -0.1, .RF = INFINITY, .CH = INFINITY};
  turned = c;
  turned.layer[0] = c.layer[1];
  turned.layer[1] = c.layer[0];
  turned.left = c.right;
  turned.right = c.left;
  impedance(&c, NULL, f, 3, a);
  impedance(&turned, NULL, f, 3, b);
  for (int k = 0; k < 3; k++) assert_true(cabs(a[k] - b[k]) < 1e-9 * cabs(a[k]));
}

static void electronic_leak(void **state) {
  (void)state;
  const double f[1] = {1e-9 / tau(&base)};
  double complex a, b;
  eis_mpnp_cell c = one_layer(300);
  c.left.RF = c.right.RF = INFINITY;
  c.left.potential = 0.1;
  impedance(&c, NULL, f, 1, &a);
  c.sigma_e = 1e-6;
  impedance(&c, NULL, f, 1, &b);
  const double R_e = c.layer[0].thickness / 1e-6;
  assert_true(cabs(b - 1 / (1 / a + 1 / R_e)) < 1e-13 * R_e);
}

/* Under a bias the two layers are in series: their capacitances are those of the closed form. */
static void bias(void **state) {
  (void)state;
  const double f[1] = {1e-12 / tau(&base)};
  eis_mpnp_cell c = one_layer(300);
  eis_scl_split s;
  double complex z;
  c.left.RF = c.right.RF = INFINITY;
  c.left.CH = 0.4;
  assert_int_equal(eis_mpnp_set_bias(&c, 0.5, NULL), EIS_OK);
  assert_true(fabs(c.left.potential - c.right.potential - 0.5) < 1e-12);
  const eis_scl_params p = {.eps_r = 12, .n0 = 2e25, .nu = 0.1, .sigma = 1, .T = c.T};
  eis_scl_bias(&p, 0.5, (const double[]){0.4, INFINITY}, &s, NULL);
  const double unit = 12 * EISI_EPS0 / lambda0(&base, c.T);
  const double want = 1 / (unit * eis_scl_C_hat(s.first / VT, 0.1)) + 1 / 0.4 +
                      1 / (unit * eis_scl_C_hat(s.second / VT, 0.1));
  const eis_mpnp_options o = {.cells = 250, .richardson = true};
  impedance(&c, &o, f, 1, &z);
  const double got = -cimag(z) * 2 * EISI_PI * f[0];
  if (!(fabs(got - want) < 1e-7 * want)) fail_msg("1/C %.10g, expected %.10g", got, want);
}

/* ---- derivatives ---- */

static void check_derivatives(const eis_mpnp_cell *cell, const eis_mpnp_options *o,
                              const char *what) {
  enum { N = 4 };
  const double f[N] = {1e-6 / tau(&base), 1e-3 / tau(&base), 0.1 / tau(&base), 20 / tau(&base)};
  eis_mpnp_cell c = *cell;
  const size_t P = eis_mpnp_n_params(&c);
  double z[2 * N], up[2 * N], down[2 * N], dz[2 * N * 32];
  assert_int_equal(eis_mpnp_impedance(&c, o, f, N, z, dz, NULL), EIS_OK);
  for (size_t j = 0; j < P; j++) {
    double *p = eis_mpnp_param(&c, j);
    const double x = *p;
    if (isinf(x)) continue;
    const char *name = eis_mpnp_param_name(&c, j);
    if (strstr(name, "anion")) continue; /* test_mpnp_rails.c */
    const bool volts = strstr(name, "potential") || strstr(name, "offset");
    const double h = volts ? 1e-5 : 1e-5 * (x > 0 ? x : 1e-8);
    *p = x + h;
    assert_int_equal(eis_mpnp_impedance(&c, o, f, N, up, NULL, NULL), EIS_OK);
    *p = x > 0 || volts ? x - h : x;
    assert_int_equal(eis_mpnp_impedance(&c, o, f, N, down, NULL, NULL), EIS_OK);
    const double step = x + h - *p;
    *p = x;
    for (size_t k = 0; k < N; k++) {
      const double complex got = CMPLX(dz[2 * N * j + k], dz[2 * N * j + N + k]);
      const double complex want = CMPLX(up[k] - down[k], up[N + k] - down[N + k]) / step;
      const double size = hypot(z[k], z[N + k]);
      if (!(cabs(got - want) <= 2e-6 * cabs(want) + 1e-11 * size / step))
        fail_msg("%s, d/d%s at f tau = %g: %.9g%+.9gj, differences %.9g%+.9gj", what, name,
                 f[k] * tau(&base), creal(got), cimag(got), creal(want), cimag(want));
    }
  }
  assert_null(eis_mpnp_param_name(&c, P));
}

static void derivatives(void **state) {
  (void)state;
  const eis_mpnp_options fine = {.cells = 60, .richardson = true}, coarse = {.cells = 60};
  eis_mpnp_cell c = one_layer(150);
  c.left = (eis_mpnp_electrode){.potential = 0.17, .RF = 3e-7, .CH = 0.4};
  c.right = (eis_mpnp_electrode){.potential = -0.15, .RF = INFINITY, .CH = INFINITY};
  c.layer[0].offset = 0.02;
  c.sigma_e = 1e-4;
  check_derivatives(&c, &coarse, "thick layer");
  check_derivatives(&c, &fine, "thick layer, extrapolated");
  c.mobility = EIS_MOBILITY_B;
  c.right = (eis_mpnp_electrode){.potential = -0.2, .RF = 0, .CH = 0.2};
  check_derivatives(&c, &coarse, "thick layer, b");
  divide(&c, 0.02);
  c.layer[0].eps_r = 25;
  c.layer[0].n0 = 5e24;
  c.layer[0].sigma = 1e-3;
  c.layer[0].nu = 0.3;
  c.layer[0].offset = -0.05;
  check_derivatives(&c, &coarse, "coating");
  check_derivatives(&c, &fine, "coating, extrapolated");
  c.left.CH = INFINITY;
  c.right.CH = INFINITY;
  check_derivatives(&c, &coarse, "coating, no compact layers");
  c.half = true;
  c.mobility = EIS_MOBILITY_A;
  check_derivatives(&c, &coarse, "half a coated cell");
}

/* ---- the steady state ---- */

/* Charge by Gauss's law at both ends, potential of electrodes and of the neutral inside. */
static void profile(void **state) {
  (void)state;
  eis_mpnp_cell c = one_layer(80);
  eis_mpnp_profile p;
  c.left.potential = 0.25;
  c.right.potential = -0.1;
  assert_int_equal(eis_mpnp_profile_run(&c, NULL, &p, NULL), EIS_OK);
  assert_true(p.n == 501 && fabs(p.phi[0] - 0.25) < 1e-12 && fabs(p.phi[500] + 0.1) < 1e-12);
  assert_true(fabs(p.phi[250]) < 1e-9 && fabs(p.c[250] - 1) < 1e-7 &&
              fabs(p.sigma[250] / 0.02 - 1) < 1e-7);
  assert_true(fabs(p.x[500] / c.layer[0].thickness - 1) < 1e-12);
  double charge = 0;
  for (size_t i = 0; i < 500; i++)
    charge += 0.5 * (p.c[i] + p.c[i + 1] - 2) * (p.x[i + 1] - p.x[i]) * EISI_E * base.n0;
  eis_scl_params s = {.eps_r = 12, .n0 = 2e25, .nu = 0.1, .sigma = 1, .T = c.T, .dphi = 0.25};
  eis_scl_values left, right;
  eis_scl_eval(&s, &left, NULL);
  s.dphi = -0.1;
  eis_scl_eval(&s, &right, NULL);
  const double want = -left.Q - right.Q; /* the electrodes carry the opposite */
  if (!(fabs(charge - want) < 1e-3 * (fabs(left.Q) + fabs(right.Q))))
    fail_msg("charge %g, expected %g", charge, want);
  const double y = 0.25 / VT, c0 = exp(-y) / (0.9 + 0.1 * exp(-y));
  assert_true(fabs(p.c[0] / c0 - 1) < 1e-12);
  eis_mpnp_profile_clear(&p);
  eis_mpnp_profile_clear(&p);
}

/* ---- refusals ---- */

static void refusals(void **state) {
  (void)state;
  const struct {
    size_t param;
    double v;
    const char *text;
  } row[] = {{0, -1, "eps_r = -1"},
             {1, 0, "n0 = 0 1/m^3 is not usable"},
             {2, 1.2, "nu = 1.2 is outside 0 <= nu < 1"},
             {4, 0, "thickness = 0 is not usable: expected a positive finite number of metres"},
             {5, NAN, "offset = nan is not usable"},
             {6, -1, "n_anion = -1 is not usable: expected 0 (no mobile anions)"},
             {7, 1, "nu_anion = 1 is not usable"},
             {9, 1.5,
              "left.potential = 1.5 V bends the bands of the layer beside it by more than 40 kT/e"},
             {10, -1, "left.RF = -1 is not usable: expected 0 (reversible)"},
             {14, 0, "right.CH = 0 is not usable"},
             {12, NAN, "right.potential = nan is not usable"},
             {15, 0, "T = 0 K is not usable"},
             {16, -1, "sigma_e = -1 is not usable"}};
  const double f = 1;
  double z[2];
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    eis_error err = EIS_ERROR_INIT;
    eis_mpnp_cell c = one_layer(100);
    *eis_mpnp_param(&c, row[i].param) = row[i].v;
    assert_int_equal(eis_mpnp_impedance(&c, NULL, &f, 1, z, NULL, &err), EIS_ERROR_INPUT);
    if (!strstr(err.text, row[i].text)) fail_msg("'%s' has no '%s'", err.text, row[i].text);
  }
  eis_mpnp_cell c = one_layer(100);
  eis_error err = EIS_ERROR_INIT;
  assert_int_equal(eis_mpnp_impedance(&c, NULL, (const double[]){-1}, 1, z, NULL, &err),
                   EIS_ERROR_INPUT);
  assert_non_null(strstr(err.text, "frequency = -1 is not usable"));
  err = (eis_error)EIS_ERROR_INIT;
  const eis_mpnp_options few = {.cells = 3};
  assert_int_equal(eis_mpnp_impedance(&c, &few, &f, 1, z, NULL, &err), EIS_ERROR_INPUT);
  assert_non_null(strstr(err.text, "3 cells per layer: expected 20 to 4000"));
  err = (eis_error)EIS_ERROR_INIT;
  assert_int_equal(eis_mpnp_set_bias(&c, 0.1, &err), EIS_ERROR_INPUT);
  assert_non_null(strstr(err.text, "two blocking electrodes"));
  c.n_layers = 9;
  err = (eis_error)EIS_ERROR_INIT;
  assert_int_equal(eis_mpnp_impedance(&c, NULL, &f, 1, z, NULL, &err), EIS_ERROR_INPUT);
  assert_non_null(strstr(err.text, "9 layers: expected 1 to 4"));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(T8_extrapolated),   cmocka_unit_test(T8_by_finite_volumes),
      cmocka_unit_test(flat_films),        cmocka_unit_test(bulk_and_symmetry),
      cmocka_unit_test(electronic_leak),   cmocka_unit_test(bias),
      cmocka_unit_test(derivatives),       cmocka_unit_test(profile),
      cmocka_unit_test(refusals),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
