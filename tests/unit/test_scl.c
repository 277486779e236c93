/* test_scl.c - space-charge functions, their inversion and the elements made of them. */
#include <complex.h>
#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <eisfit/eisfit.h>

#include "model/elem_rows.h"
#include "physics/constants.h"
#include "physics/scl_hat.h"
#include "scl_reference.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

static const double VT = EISI_KB * EISI_T25 / EISI_E;

static void check_near(double got, double want, double tol, const char *what, double where) {
  if (fabs(got - want) <= tol * fmax(fabs(want), DBL_MIN)) return;
  fail_msg("%s at %g: got %.16g, expected %.16g (tolerance %g)", what, where, got, want, tol);
}

/* ---- dimensionless functions ---- */

static void test_hat_functions(void **state) {
  (void)state;
  for (size_t i = 0; i < COUNT(hat_rows); i++) {
    const double *r = hat_rows[i], y = r[0] / VT;
    check_near(eis_scl_R_hat(y, r[1], EIS_MOBILITY_A), r[2], 2e-14, "R_hat a", r[0]);
    check_near(eis_scl_R_hat(y, r[1], EIS_MOBILITY_B), r[3], 4e-14, "R_hat b", r[0]);
    check_near(eis_scl_C_hat(y, r[1]), r[4], 2e-14, "C_hat", r[0]);
    check_near(eis_scl_R_blk_hat(y, r[1], EIS_MOBILITY_A), r[5], 2e-14, "R_blk_hat a", r[0]);
    check_near(eis_scl_R_blk_hat(y, r[1], EIS_MOBILITY_B), r[6], 4e-14, "R_blk_hat b", r[0]);
  }
}

static void test_time_constant_ratio(void **state) {
  (void)state;
  for (size_t i = 0; i < COUNT(ratio_rows); i++) {
    const double *r = ratio_rows[i], R = eis_scl_R_hat(r[0], 0.0, EIS_MOBILITY_A);
    check_near(R, r[1], 3e-14, "R_hat", r[0]);
    check_near(R * eis_scl_C_hat(r[0], 0.0) + 1.0, r[2], 3e-14, "tau ratio", r[0]);
  }
}

static void test_capacitance(void **state) {
  (void)state;
  static const double nu[3] = {0.0, 0.1, 0.5};
  for (size_t i = 0; i < COUNT(C_rows); i++)
    for (int k = 0; k < 3; k++) {
      check_near(eis_scl_C_hat(C_rows[i].y, nu[k]), C_rows[i].plus[k], 1e-14, "C", C_rows[i].y);
      check_near(eis_scl_C_hat(-C_rows[i].y, nu[k]), C_rows[i].minus[k], 1e-14, "C", -C_rows[i].y);
    }
}

static void test_flat_band_and_symmetry(void **state) {
  (void)state;
  static const double nu[] = {0.0, 1e-9, 0.1, 0.5, 0.9, 0.99};
  for (size_t i = 0; i < COUNT(nu); i++) {
    const double root = sqrt(1.0 - nu[i]);
    assert_true(eis_scl_R_hat(0.0, nu[i], EIS_MOBILITY_A) == 0.0);
    check_near(eis_scl_C_hat(0.0, nu[i]), root, 4e-15, "C_hat", 0.0);
    check_near(eis_scl_R_blk_hat(0.0, nu[i], EIS_MOBILITY_A), -1.5 / root, 4e-15, "R_blk_hat", 0.0);
    check_near(eis_scl_R_blk_hat(1e-9, nu[i], EIS_MOBILITY_A), -1.5 / root, 1e-8, "R_blk_hat",
               1e-9);
    check_near(eis_scl_R_hat(1e-7, nu[i], EIS_MOBILITY_A), root * 1e-7, 1e-5, "R_hat", 1e-7);
  }
  for (double y = 0.5; y <= 30.0; y += 2.9) { /* particle-hole symmetry */
    check_near(eis_scl_R_hat(-y, 0.5, EIS_MOBILITY_B), eis_scl_R_hat(y, 0.5, EIS_MOBILITY_B), 3e-14,
               "R_hat b, nu = 1/2", y);
    check_near(eis_scl_C_hat(-y, 0.5), eis_scl_C_hat(y, 0.5), 1e-14, "C_hat, nu = 1/2", y);
    check_near(eis_scl_C_hat(-y, 0.3) * sqrt(0.3 / 0.7), eis_scl_C_hat(y, 0.7), 1e-13,
               "C_hat(-y, nu) sqrt(nu/(1-nu)) = C_hat(y, 1-nu)", y);
  }
  /* Mott-Schottky limit: C^-2 = 2 (y0 - 1), saturation: C = sqrt((1/nu - 1)/(2 |y0|)) */
  check_near(pow(eis_scl_C_hat(30.0, 0.0), -2.0), 58.0, 1e-10, "C^-2", 30.0);
  check_near(eis_scl_C_hat(-40.0, 0.5), sqrt(0.5 / 0.5 / 80.0), 0.02, "C saturated", -40.0);
}

/* d/dx by Richardson-extrapolated central differences (error h^6). */
typedef double curve(double x, double other, eis_mobility mobility);
static double slope(curve *f, double x, double other, eis_mobility m, double h) {
  const double a = f(x + h, other, m) - f(x - h, other, m);
  const double b = f(x + 2 * h, other, m) - f(x - 2 * h, other, m);
  const double c = f(x + 3 * h, other, m) - f(x - 3 * h, other, m);
  return (45.0 * a - 9.0 * b + c) / (60.0 * h);
}
static double R_by_y(double y, double nu, eis_mobility m) { return eis_scl_R_hat(y, nu, m); }
static double R_by_nu(double nu, double y, eis_mobility m) { return eis_scl_R_hat(y, nu, m); }
static double C_by_y(double y, double nu, eis_mobility m) {
  (void)m;
  return eis_scl_C_hat(y, nu);
}
static double C_by_nu(double nu, double y, eis_mobility m) {
  (void)m;
  return eis_scl_C_hat(y, nu);
}

static void test_hat_derivatives(void **state) {
  (void)state;
  static const double nus[] = {0.05, 0.1, 0.5, 0.9};
  static const double ys[] = {-15.0, -4.0, -0.3, -2e-3, -5e-4, 0.0, 5e-4, 2e-3, 0.3, 4.0, 15.0};
  for (size_t i = 0; i < COUNT(nus); i++)
    for (size_t j = 0; j < COUNT(ys); j++)
      for (int m = 0; m < 2; m++) {
        const double y = ys[j], nu = nus[i];
        const eis_mobility mob = (eis_mobility)m;
        const eisi_hat R = eisi_R_hat(y, nu, mob), C = eisi_C_hat(y, nu);
        const double scale = fabs(R.v) + 1.0;
        assert_true(fabs(R.d_y - slope(R_by_y, y, nu, mob, 1e-2)) < 1e-9 * scale);
        assert_true(fabs(R.d_nu - slope(R_by_nu, nu, y, mob, 2e-3)) < 1e-7 * scale);
        assert_true(fabs(C.d_y - slope(C_by_y, y, nu, mob, 1e-2)) < 1e-9 * C.v);
        assert_true(fabs(C.d_nu - slope(C_by_nu, nu, y, mob, 2e-3)) < 2e-7 * (C.v + fabs(C.d_nu)));
      }
}

/* ---- SI units ---- */

static eis_scl_params material_params(size_t i) {
  return (eis_scl_params){.eps_r = material_rows[i].eps_r,
                          .n0 = material_rows[i].n0,
                          .nu = material_rows[i].nu,
                          .sigma = material_rows[i].sigma,
                          .T = EISI_T25};
}

static void test_materials_in_si(void **state) {
  (void)state;
  for (size_t i = 0; i < COUNT(material_rows); i++)
    for (int k = 0; k < 7; k++) {
      const double *r = material_rows[i].at[k];
      eis_scl_params p = material_params(i);
      p.dphi = r[0];
      eis_scl_values v;
      eis_error err = EIS_ERROR_INIT;
      assert_int_equal(eis_scl_eval(&p, &v, &err), EIS_OK);
      check_near(v.lambda0, material_rows[i].lambda0, 1e-13, "lambda0", r[0]);
      check_near(v.tau_b, material_rows[i].tau_b, 1e-11, "tau_b", r[0]);
      check_near(v.R_scl, r[1], 1e-12, "R_scl", r[0]);
      check_near(v.C_d, r[2], 1e-12, "C_d", r[0]);
      check_near(v.width, r[3], 1e-12, "width", r[0]);
      check_near(v.f_peak, r[4], 1e-11, "f_peak", r[0]);
      check_near(v.lambda_D, v.lambda0 / sqrt(1.0 - p.nu), 1e-15, "lambda_D", r[0]);
      check_near(v.R1, v.R_scl + v.width / p.sigma, 1e-15, "R1", r[0]);
    }
}

/* Charge and field: the wall field of the oxide estimate, and C_d = dQ/d(dphi). */
static void test_charge_and_field(void **state) {
  (void)state;
  eis_scl_params p = {.eps_r = 8.0, .n0 = 1e25, .sigma = 0.03, .dphi = 0.1, .T = EISI_T25};
  eis_scl_values v, up, down;
  assert_int_equal(eis_scl_eval(&p, &v, NULL), EIS_OK);
  check_near(v.field, 5.818e7, 1e-4, "wall field", p.dphi);
  check_near(v.Q, v.field * EISI_EPS0 * p.eps_r, 1e-13, "charge", p.dphi);
  p.dphi = 0.1 + 1e-5;
  eis_scl_eval(&p, &up, NULL);
  p.dphi = 0.1 - 1e-5;
  eis_scl_eval(&p, &down, NULL);
  check_near((up.Q - down.Q) / 2e-5, v.C_d, 1e-8, "dQ/d(dphi)", 0.1);
}

static void test_inversion(void **state) {
  (void)state;
  static const double dphi[] = {0.0, 0.02, 0.1, 0.3, 0.5, 1.0};
  for (size_t i = 0; i < COUNT(material_rows); i++)
    for (size_t k = 0; k < COUNT(dphi); k++) {
      eis_scl_params p = material_params(i);
      p.dphi = dphi[k];
      eis_scl_values v;
      assert_int_equal(eis_scl_eval(&p, &v, NULL), EIS_OK);
      p.dphi = NAN;
      assert_true(fabs(eis_scl_dphi_from_C(&p, v.C_d) - dphi[k]) < 1e-12);
      assert_true(fabs(eis_scl_dphi_from_R(&p, v.R1) - dphi[k]) < 1e-12);
    }
}

static void test_inversion_edges(void **state) {
  (void)state;
  eis_scl_params p = material_params(0);
  eis_scl_values v;
  assert_int_equal(eis_scl_eval(&p, &v, NULL), EIS_OK); /* flat band */
  assert_true(isnan(eis_scl_dphi_from_C(&p, 1.001 * v.C_d)));
  assert_true(isnan(eis_scl_dphi_from_C(&p, 1e-6 * v.C_d)));
  assert_true(isnan(eis_scl_dphi_from_C(&p, -1.0)));
  assert_true(isnan(eis_scl_dphi_from_R(&p, 1e30)));
  assert_true(isnan(eis_scl_dphi_from_R(&p, -1e3 * v.R1)));
  p.dphi = -0.03; /* Li-rich, still with R1 > 0 */
  assert_int_equal(eis_scl_eval(&p, &v, NULL), EIS_OK);
  assert_true(fabs(eis_scl_dphi_from_R(&p, v.R1) + 0.03) < 1e-12);
  p.nu = 0.9; /* C_hat rises before it falls: the branch with the larger band bending */
  p.dphi = 0.25;
  assert_int_equal(eis_scl_eval(&p, &v, NULL), EIS_OK);
  assert_true(fabs(eis_scl_dphi_from_C(&p, v.C_d) - 0.25) < 1e-12);
}

static void test_input_errors(void **state) {
  (void)state;
  const eis_scl_params ok = {.eps_r = 10, .n0 = 1e25, .sigma = 0.03, .T = 300.0, .dphi = 0.1};
  struct {
    eis_scl_params p;
    const char *text;
  } row[] = {{ok, "eps_r = -1 "},
             {ok, "n0 = 0 1/m^3 is not usable: a positive finite number"},
             {ok, "sigma = inf S/m"},
             {ok, "T = 0 K"},
             {ok, "nu = 1 is outside 0 <= nu < 1"},
             {ok, "nu = nan is outside"},
             {ok, "mobility convention 7 is not 0 (a) or 1 (b)"},
             {ok, "dphi = 2 V is 77.4 kT/e at 300 K: more than 40 kT/e (1.03 V)"},
             {ok, "dphi = nan V"}};
  row[0].p.eps_r = -1.0;
  row[1].p.n0 = 0.0;
  row[2].p.sigma = INFINITY;
  row[3].p.T = 0.0;
  row[4].p.nu = 1.0;
  row[5].p.nu = NAN;
  row[6].p.mobility = (eis_mobility)7;
  row[7].p.dphi = 2.0;
  row[8].p.dphi = NAN;
  for (size_t i = 0; i < COUNT(row); i++) {
    eis_error err = EIS_ERROR_INIT;
    eis_scl_values v;
    assert_int_equal(eis_scl_eval(&row[i].p, &v, &err), EIS_ERROR_INPUT);
    if (!strstr(err.text, row[i].text)) fail_msg("row %zu: '%s'", i, err.text);
  }
}

/* ---- elements ---- */

static const eis_element *const elements[] = {&eisi_elem_scl,  &eisi_elem_scld,  &eisi_elem_rpol,
                                              &eisi_elem_eblk, &eisi_elem_gbscl, &eisi_elem_pnp1};

enum { MAX_GRID = 64 };

static void element_run(const eis_element *e, const double *f, size_t n, const double *p, double *z,
                        double *dz) {
  double w[MAX_GRID], lw[MAX_GRID];
  for (size_t k = 0; k < n; k++) {
    w[k] = 2.0 * EISI_PI * f[k];
    lw[k] = log(w[k]);
  }
  const eis_grid g = {n, w, lw};
  e->eval(&g, p, NULL, z, dz, NULL);
}

static void test_films(void **state) {
  (void)state;
  for (size_t i = 0; i < COUNT(film_rows); i++) {
    double f[7], z[14];
    const double none = 1e30;
    const double p[] = {16.6, 1e25, film_rows[i].nu, film_sigma, 1e-6, 1.0, EISI_T25,
                        film_rows[i].RF > 0 ? film_rows[i].RF : none,
                        film_rows[i].CH > 0 ? film_rows[i].CH : none};
    for (int k = 0; k < 7; k++) f[k] = film_rows[i].at[k][0];
    element_run(&eisi_elem_pnp1, f, 7, p, z, NULL);
    for (int k = 0; k < 7; k++) {
      check_near(z[k], film_rows[i].at[k][1], 5e-13, "Re Z of the film", f[k]);
      check_near(z[7 + k], film_rows[i].at[k][2], 5e-13, "Im Z of the film", f[k]);
    }
  }
}

/* RF CH = tau_b: Z = (L + 2 RF sigma)/(sigma + j w eps) for any thickness; both reversible:
   Z = L/(sigma + j w eps). */
static void test_film_identities(void **state) {
  (void)state;
  static const double f[] = {1e-3, 1.0, 1e3, 1e6, 1e9};
  static const double L[] = {1e-9, 1e-8, 1e-6, 1e-2, 10.0};
  const double eps = 20.0 * EISI_EPS0, sigma = 0.01;
  for (size_t i = 0; i < COUNT(L); i++)
    for (int reversible = 0; reversible < 2; reversible++) {
      const double RF = reversible ? 1e-12 : 3e-7, CH = reversible ? 1e30 : eps / sigma / RF;
      const double p[] = {20.0, 1e26, 0.2, sigma, L[i], 2.0, 320.0, RF, CH};
      double z[10];
      element_run(&eisi_elem_pnp1, f, 5, p, z, NULL);
      for (size_t k = 0; k < 5; k++) {
        const double complex s = sigma + I * 2.0 * EISI_PI * f[k] * eps;
        const double complex want = 0.5 * (L[i] + (reversible ? 0.0 : 2.0 * RF * sigma)) / s;
        const double tol = reversible ? 4e-5 : 1e-13; /* RF = 1e-12 is small, not zero */
        assert_true(cabs(z[k] + I * z[5 + k] - want) <= tol * cabs(want));
      }
    }
}

/* The closed form SCL + slab against a numerical solution of the linearised equations (hat units,
   L = 100 lambda0, 298.15 K, nu = 0.1): the documented error is below 4.3 lambda0/sigma. */
static void test_arc_against_mpnp(void **state) {
  (void)state;
  static const struct {
    double dphi, conv, RF, CH, wtau, re, im, tol;
  } row[] = {{0.05, 0, 0, 0, 1e-2, 103.858216291, -1.132084956957, 1.1},
             {0.1, 0, 0, 0, 1e-4, 121.3214505882, -0.03004000821, 1e-2},
             {0.1, 0, 0, 0, 1e-2, 121.1430911868, -2.989830085891, 2.0},
             {0.1, 0, 1000, 0.5, 1e-2, 261.0794172027, -376.1222521582, 2.0},
             {0.3, 0, 0, 0, 1e-4, 19109.60098315, -10016.97314653, 4.3},
             {0.3, 0, 0, 0, 1e-2, 104.1281206532, -461.8853558585, 4.3},
             {0.3, 0, 0, 0, 1.0, 47.69538646993, -52.30510095350, 4.3},
             {0.3, 0, 1000, 0.5, 1e-4, 22158.21903531, -8439.740325872, 4.3},
             {-0.1, 0, 0, 0, 1e-2, 98.43327914465, -0.976368140206, 1.1},
             {-0.3, 0, 1000, 0.5, 1e-2, 202.1907093446, -307.4952138379, 1.8},
             {-0.3, 1, 0, 0, 1e-2, 164.2664857566, -47.10666427661, 4.3},
             {-0.3, 1, 1000, 0.5, 1e-2, 194.7105604145, -313.1437108749, 4.3}};
  for (size_t i = 0; i < COUNT(row); i++) {
    const double n0 = 1e25, sigma = 0.02, eps = 12.0 * EISI_EPS0;
    const double l0 = sqrt(eps * EISI_KB * EISI_T25 / n0) / EISI_E, r0 = l0 / sigma;
    const double C = eis_scl_C_hat(row[i].dphi / VT, 0.1), w = row[i].wtau * sigma / eps;
    const double p[] = {12.0, n0, 0.1, row[i].dphi, sigma, 1.0, EISI_T25, row[i].conv,
                        fmax(row[i].RF * r0, 1e-30), row[i].CH > 0 ? row[i].CH * eps / l0 : 1e30};
    double z[2];
    element_run(&eisi_elem_scl, (const double[]){w / (2.0 * EISI_PI)}, 1, p, z, NULL);
    const double complex slab = (100.0 - 1.0 / C) / (1.0 + I * row[i].wtau);
    const double complex got = (z[0] + I * z[1]) / r0 + slab, want = row[i].re + I * row[i].im;
    if (cabs(got - want) > row[i].tol)
      fail_msg("row %zu: %g%+gj, expected %g%+gj", i, creal(got), cimag(got), creal(want),
               cimag(want));
  }
}

/* Parameter sets inside the bounds: the defaults with one parameter moved, and a few more. */
static int element_cases(const eis_element *e, double cases[][EIS_ELEMENT_MAX_PARAMS]) {
  int n = 0;
  for (int i = -1; i < e->n_params; i++)
    for (int side = 0; side < (i < 0 ? 1 : 2); side++, n++) {
      for (int k = 0; k < e->n_params; k++) {
        const eis_param_spec *s = &e->param[k];
        cases[n][k] = s->start;
        if (!strcmp(s->suffix, "nu")) cases[n][k] = 0.15;
        if (!strcmp(s->suffix, "RF")) cases[n][k] = 0.01;
        if (!strcmp(s->suffix, "CH")) cases[n][k] = 0.3;
        if (k != i) continue;
        const double up = side ? 1.0 : -1.0;
        if (s->discrete)
          cases[n][k] = side;
        else if (s->scale == EIS_SCALE_LOG)
          cases[n][k] *= pow(30.0, up);
        else
          cases[n][k] += up * 0.3 * (side ? s->upper - cases[n][k] : cases[n][k] - s->lower);
      }
    }
  return n;
}

static void column_difference(const eis_element *e, const double *f, size_t n, const double *p,
                              int i, double *out) {
  static const double weight[3] = {45.0 / 60.0, -9.0 / 60.0, 1.0 / 60.0};
  const bool log_scale = e->param[i].scale == EIS_SCALE_LOG;
  const double h = log_scale ? 3e-3 * p[i] : 3e-3 * fmax(0.1, fabs(p[i]));
  double q[EIS_ELEMENT_MAX_PARAMS], up[2 * MAX_GRID], down[2 * MAX_GRID];
  memcpy(q, p, sizeof q);
  memset(out, 0, 2 * n * sizeof *out);
  for (int m = 0; m < 3; m++) {
    q[i] = p[i] + (m + 1) * h;
    element_run(e, f, n, q, up, NULL);
    q[i] = p[i] - (m + 1) * h;
    element_run(e, f, n, q, down, NULL);
    for (size_t k = 0; k < 2 * n; k++) out[k] += weight[m] * (up[k] - down[k]) / h;
  }
}

static void check_column(const eis_element *e, const double *f, size_t n, const double *p, int i,
                         const double *column) {
  double want[2 * MAX_GRID], z[2 * MAX_GRID];
  element_run(e, f, n, p, z, NULL);
  column_difference(e, f, n, p, i, want);
  const double unit = fmax(fabs(p[i]), e->param[i].scale == EIS_SCALE_LOG ? 0.0 : 0.1);
  for (size_t k = 0; k < n; k++) {
    const double size = hypot(want[k], want[n + k]) + 1e-4 * hypot(z[k], z[n + k]) / unit;
    const double d = hypot(column[k] - want[k], column[n + k] - want[n + k]);
    if (!(d <= 1e-7 * size))
      fail_msg("%s: d/d%s at %g Hz: %.10g%+.10gj, differences %.10g%+.10gj", e->symbol,
               e->param[i].suffix, f[k], column[k], column[n + k], want[k], want[n + k]);
  }
}

static void test_element_derivatives(void **state) {
  (void)state;
  static const double f[] = {1e-3, 1.0, 1e3, 1e5, 3e6, 1e8};
  enum { N = 6 };
  for (size_t m = 0; m < COUNT(elements); m++) {
    const eis_element *e = elements[m];
    double cases[2 * EIS_ELEMENT_MAX_PARAMS + 1][EIS_ELEMENT_MAX_PARAMS];
    const int n = element_cases(e, cases);
    for (int c = 0; c < n; c++) {
      double z[2 * N], z2[2 * N], dz[2 * N * EIS_ELEMENT_MAX_PARAMS];
      element_run(e, f, N, cases[c], z, NULL);
      element_run(e, f, N, cases[c], z2, dz);
      for (int k = 0; k < N; k++) /* the same up to contraction of products */
        assert_true(hypot(z[k] - z2[k], z[N + k] - z2[N + k]) <= 1e-13 * hypot(z[k], z[N + k]));
      for (int i = 0; i < e->n_params; i++) {
        if (e->param[i].discrete)
          for (int k = 0; k < 2 * N; k++) assert_true(dz[2 * N * i + k] == 0.0);
        else
          check_column(e, f, N, cases[c], i, dz + 2 * N * i);
      }
    }
  }
}

static void test_element_bounds(void **state) {
  (void)state;
  static const double f[] = {1e-5, 1.0, 1e4, 1e9};
  enum { N = 4 };
  for (size_t m = 0; m < COUNT(elements); m++) {
    const eis_element *e = elements[m];
    for (unsigned mask = 0; mask < 1u << e->n_params; mask++) {
      double p[EIS_ELEMENT_MAX_PARAMS], z[2 * N], dz[2 * N * EIS_ELEMENT_MAX_PARAMS];
      for (int i = 0; i < e->n_params; i++)
        p[i] = mask >> i & 1 ? e->param[i].upper : e->param[i].lower;
      element_run(e, f, N, p, z, dz);
      for (int k = 0; k < 2 * N; k++) assert_true(isfinite(z[k]) && fabs(z[k]) < 1e140);
      for (int k = 0; k < 2 * N * e->n_params; k++)
        if (!isfinite(dz[k]))
          fail_msg("%s mask %x: derivative %d is not finite", e->symbol, mask, k);
      if (!e->active)
        for (int k = 0; k < N; k++) assert_true(z[k] >= -1e-12 * hypot(z[k], z[N + k]));
    }
  }
}

/* The area carries the whole scale of the impedance. */
static void test_element_area_power(void **state) {
  (void)state;
  static const double f[] = {1.0, 1e5};
  for (size_t m = 0; m < COUNT(elements); m++) {
    const eis_element *e = elements[m];
    double p[EIS_ELEMENT_MAX_PARAMS], z[4], z7[4];
    for (int i = 0; i < e->n_params; i++) p[i] = e->param[i].start;
    element_run(e, f, 2, p, z, NULL);
    for (int i = 0; i < e->n_params; i++) p[i] *= pow(7.0, e->param[i].z_power);
    element_run(e, f, 2, p, z7, NULL);
    for (int k = 0; k < 4; k++) assert_true(fabs(z7[k] - 7.0 * z[k]) <= 1e-13 * fabs(z7[k]));
  }
}

/* A Li-rich layer (R1 < 0): no jump where R1 changes sign, C_int || RF behind a bulk that is
 * shorter. */
static void test_li_rich(void **state) {
  (void)state;
  const double l0 = material_rows[1].lambda0, r0 = l0 / 0.03, eps = 10.0 * EISI_EPS0,
               tau_b = eps / 0.03;
  double p[] = {10.0, 1e25, 3.9e-4, -0.2, 0.03, 1.0, EISI_T25, 0.0, 1e-4, 1e30};
  const double y = p[3] / VT, w = r0 / eis_scl_C_hat(y, p[2]);
  double z[2], left[2], right[2];
  /* direct current: the whole of R1 = R_scl + w/sigma, which is negative, and RF */
  element_run(&eisi_elem_scl, (const double[]){1e-5}, 1, p, z, NULL);
  const double dc = r0 * eis_scl_R_hat(y, p[2], 0) + w + 1e-4;
  if (!(dc - 1e-4 < 0.0 && fabs(z[0] - dc) < 1e-9 * r0))
    fail_msg("dc %.15g, expected %.15g", z[0], dc);
  /* far above the bulk: w/(j w eps), and minus the charge of the layer over (w tau_b)^2 */
  const double x = 1e9;
  p[8] = 1e20;
  element_run(&eisi_elem_scl, (const double[]){x / tau_b / (2.0 * EISI_PI)}, 1, p, z, NULL);
  check_near(z[1], -w / x, 1e-5, "displacement", 0);
  check_near(z[0], sqrt(2.0 * (log1p(p[2] * expm1(-y)) / p[2] + y)) * r0 / (x * x), 1e-6,
             "charge over p^2", 0);
  /* between, deep in a layer without a limit of sites: -2/p^(3/2), by the Bessel function */
  p[2] = 0.0, p[3] = -0.9, p[8] = 1e-12;
  element_run(&eisi_elem_scl, (const double[]){1e4 / tau_b / (2.0 * EISI_PI)}, 1, p, z, NULL);
  const double complex want = -2.0 * cpow(I * 1e4, -1.5);
  if (cabs((z[0] + I * z[1]) / r0 - want) > 2e-4 * cabs(want))
    fail_msg("%g%+gj", z[0] / r0, z[1] / r0);
  /* smooth through flat band */
  p[2] = 0.1;
  for (int side = 0; side < 2; side++) {
    p[3] = side ? 1e-9 : -1e-9;
    element_run(&eisi_elem_scl, (const double[]){1e7}, 1, p, side ? right : left, NULL);
  }
  assert_true(hypot(left[0] - right[0], left[1] - right[1]) < 1e-6 * hypot(left[0], left[1]));
}

/* Rich layers up to w tau_b = 100 against the tables of the reference (T8, nu = 0.1, L = 100
   lambda0), where |Z| is that of L/(eps j w) and what the layer does to it is 2.3 %. */
static void test_li_rich_against_mpnp(void **state) {
  (void)state;
  static const struct {
    double dphi, RF, wtau, re, im;
  } row[] = {{-0.3, 0, 1e-2, 97.65200593841, -0.967610672007},
             {-0.3, 0, 1, 49.32633784599, -48.68782671064},
             {-0.3, 0, 1e2, 0.01126041450966, -0.9997662968907},
             {-0.1, 0, 1, 49.66425827073, -49.11813181691},
             {-0.1, 0, 1e2, 0.01051449594967, -0.9998578360527},
             {-0.05, 0, 1e2, 0.01023236630592, -0.999888715028},
             {-0.3, 1e30, 1e2, 0.01045033789524, -0.9997036303034},
             {-0.1, 1e30, 1e2, 0.01038301867916, -0.9998013912734}};
  for (size_t i = 0; i < COUNT(row); i++) {
    const double n0 = 1e25, sigma = 0.02, eps = 12.0 * EISI_EPS0;
    const double l0 = sqrt(eps * EISI_KB * EISI_T25 / n0) / EISI_E, r0 = l0 / sigma;
    const double p[] = {12.0, n0, 0.1, row[i].dphi, sigma, 1.0, EISI_T25, 0, fmax(row[i].RF, 1e-30),
                        1e30};
    double z[2];
    element_run(&eisi_elem_scl, (const double[]){row[i].wtau * sigma / eps / (2.0 * EISI_PI)}, 1, p,
                z, NULL);
    const double complex slab =
        (100.0 - 1.0 / eis_scl_C_hat(row[i].dphi / VT, 0.1)) / (1.0 + I * row[i].wtau);
    const double complex got = (z[0] + I * z[1]) / r0 + slab, want = row[i].re + I * row[i].im;
    if (cabs(got - want) > (row[i].RF > 0 ? 1.1e-2 : 2.4e-3) * cabs(want))
      fail_msg("row %zu: %g%+gj, expected %g%+gj", i, creal(got), cimag(got), creal(want),
               cimag(want));
  }
}

static void test_element_relations(void **state) {
  (void)state;
  static const double f[] = {10.0, 1e4, 1e7};
  const double T = 310.0, n0 = 2e25, nu = 0.2, D = 1e-12;
  for (int conv = 0; conv < 2; conv++) { /* SCLD is SCL with Nernst-Einstein */
    double p[] = {10.0, n0, nu, 0.15, D, 1e-4, T, conv, 1e-12, 0.2}, a[6], b[6];
    element_run(&eisi_elem_scld, f, 3, p, a, NULL);
    p[4] = EISI_E * EISI_E * D * n0 / (EISI_KB * T) * (conv ? 1.0 - nu : 1.0);
    element_run(&eisi_elem_scl, f, 3, p, b, NULL);
    for (int k = 0; k < 6; k++) check_near(a[k], b[k], 1e-14, "SCLD", k);
  }
  const double grains[] = {10.0, n0, nu, 0.15, 0.05, 1e-4, T, 0.0, 1e-3, 2e-6};
  const double half[] = {10.0, n0, nu, 0.15, 0.05, 1e-4, T, 0.0, 1e-30, 1e30};
  double a[6], b[6];
  element_run(&eisi_elem_gbscl, f, 3, grains, a, NULL);
  element_run(&eisi_elem_scl, f, 3, half, b, NULL);
  for (int k = 0; k < 6; k++) check_near(a[k], 2.0 * 500.0 * b[k], 1e-13, "500 boundaries", k);
  /* RPOL as it is defined, with c0 = c(0)/n0 */
  const double pol[] = {50.0, 0.3, 0.1, 0.2, 330.0, 0.5, 300.0};
  const double y = 0.1 * EISI_E / (EISI_KB * 330.0), c0 = exp(-y) / (0.8 + 0.2 * exp(-y));
  const double want = 50.0 * pow(c0, -0.3) * pow(0.8 / (1.0 - 0.2 * c0), 0.7) *
                      exp(0.5 * EISI_E / EISI_KB * (1.0 / 330.0 - 1.0 / 300.0));
  element_run(&eisi_elem_rpol, f, 3, pol, a, NULL);
  check_near(a[0], want, 1e-14, "RPOL", 0.1);
  element_run(&eisi_elem_eblk, f, 3, (const double[]){1e-8, 1e-3, 1e-4}, a, NULL);
  check_near(a[1], 1e9, 1e-14, "EBLK", 0.0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_hat_functions),       cmocka_unit_test(test_time_constant_ratio),
      cmocka_unit_test(test_capacitance),         cmocka_unit_test(test_flat_band_and_symmetry),
      cmocka_unit_test(test_hat_derivatives),     cmocka_unit_test(test_materials_in_si),
      cmocka_unit_test(test_charge_and_field),    cmocka_unit_test(test_inversion),
      cmocka_unit_test(test_inversion_edges),     cmocka_unit_test(test_input_errors),
      cmocka_unit_test(test_films),               cmocka_unit_test(test_film_identities),
      cmocka_unit_test(test_arc_against_mpnp),    cmocka_unit_test(test_element_derivatives),
      cmocka_unit_test(test_element_bounds),      cmocka_unit_test(test_element_area_power),
      cmocka_unit_test(test_li_rich),             cmocka_unit_test(test_element_relations),
      cmocka_unit_test(test_li_rich_against_mpnp),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
