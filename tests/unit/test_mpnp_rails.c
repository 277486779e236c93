/* Cells with two mobile ions: the exact film, one ion as the limit of both ladders, Gouy-Chapman
   layers under a bias, dc resistances by quadrature, layers, derivatives against differences,
   refusals. */
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
static const eis_mpnp_options exact = {.cells = 250, .richardson = true};

static double complex impedance(const eis_mpnp_cell *c, const eis_mpnp_options *o, double f) {
  double v[2];
  eis_error err = EIS_ERROR_INIT;
  if (eis_mpnp_impedance(c, o, &f, 1, v, NULL, &err) != EIS_OK) fail_msg("%s", err.text);
  return CMPLX(v[0], v[1]);
}

/* A binary salt between blocking electrodes: eps_r 16.6, 1e25/m^3, D+ 3e-12, D- a share of it, 1
 * um. */
static eis_mpnp_cell film(double share) {
  eis_mpnp_cell c = eis_mpnp_cell_default();
  const double sigma = EISI_E * EISI_E * 3e-12 * 1e25 / (EISI_KB * c.T);
  c.left.RF = c.right.RF = INFINITY;
  c.layer[0] = (eis_mpnp_layer){.eps_r = 16.6,
                                .n0 = 1e25,
                                .sigma = sigma,
                                .thickness = 1e-6,
                                .n_anion = 1e25,
                                .sigma_anion = share * sigma};
  return c;
}

static double lambda2(const eis_mpnp_layer *l, double T) { /* of both ions */
  return sqrt(l->eps_r * EISI_EPS0 * EISI_KB * T / (l->n0 + l->n_anion)) / EISI_E;
}

/* PNP2, itself within 6e-12 of the reference tables T3; also half of the film, and with compact
 * layers. */
static void flat_band_is_exact(void **state) {
  (void)state;
  static const double shares[] = {1, 0.3, 1e-2, 1e-4}, CH[] = {1e30, 0.1};
  for (int i = 0; i < 16; i++)
    for (double f = 1e-4; f < 2e8; f *= 100) {
      eis_mpnp_cell c = film(shares[i % 4]);
      const double p[] = {16.6, 1e25, 3e-12,    shares[i % 4] * 3e-12,
                          1e-6, 1,    EISI_T25, CH[i / 4 % 2]};
      const double w = 2 * EISI_PI * f, lw = log(w), part = i < 8 ? 1 : 0.5;
      const eis_grid g = {1, &w, &lw};
      double z[2];
      eisi_elem_pnp2.eval(&g, p, NULL, z, NULL, NULL);
      c.left.CH = c.right.CH = CH[i / 4 % 2] < 1 ? CH[i / 4 % 2] : INFINITY;
      c.half = i >= 8;
      c.layer[0].thickness *= part;
      const double complex got = impedance(&c, &exact, f), want = part * CMPLX(z[0], z[1]);
      if (cabs(got - want) > 1e-6 * cabs(want) || fabs(creal(got - want)) > 1e-5 * creal(want))
        fail_msg("D- %g, %g Hz: %.10g%+.10gj, expected %.10g%+.10gj", shares[i % 4], f, creal(got),
                 cimag(got), creal(want), cimag(want));
    }
}

/* Next to no anions: the ladder with two rails, at any band bending and every kind of interface. */
static void one_ion_is_the_limit(void **state) {
  (void)state;
  static const double RF[] = {0, 1e-4, INFINITY};
  for (int i = 0; i < 6; i++)
    for (double f = 1e-3; f < 2e8; f *= 1000) {
      eis_mpnp_cell c = film(1);
      c.mobility = i % 2 ? EIS_MOBILITY_B : EIS_MOBILITY_A;
      c.left = (eis_mpnp_electrode){i % 2 ? 0.2 : -0.15, RF[i / 2], 0.2};
      c.right = (eis_mpnp_electrode){-0.05, RF[2 - i / 2], INFINITY};
      c.layer[0].nu = 0.1;
      c.layer[0].thickness = 4e-8;
      c.layer[0].n_anion = 0;
      c.layer[1] = c.layer[0]; /* two of the same, so that both go through the finite volumes */
      c.n_layers = 2;
      const double complex want = impedance(&c, NULL, f);
      for (int l = 0; l < 2; l++) {
        c.layer[l].n_anion = 1e13;
        c.layer[l].sigma_anion = 1e-12;
      }
      const double complex got = impedance(&c, NULL, f);
      if (cabs(got - want) > 2e-8 * cabs(want) || fabs(creal(got - want)) > 1e-6 * creal(want))
        fail_msg("case %d, %g Hz: %.12g%+.12gj, expected %.12g%+.12gj", i, f, creal(got),
                 cimag(got), creal(want), cimag(want));
    }
}

/* Ideal salt under a bias, low frequency: both layers have (eps/lambda2) cosh(y/2) (Gouy-Chapman),
   y = half of the bias without compact layers, and Q = (2 eps V_T/lambda2) sinh(y/2).  Both layers
   take up salt, which the inside lacks: the difference goes as 1/L. */
static void gouy_chapman_under_bias(void **state) {
  (void)state;
  for (double bias = 0.05; bias < 0.5; bias *= 2) {
    eis_mpnp_cell c = film(0.2);
    const double l = lambda2(&c.layer[0], c.T), eps = 16.6 * EISI_EPS0;
    double off[2];
    assert_int_equal(eis_mpnp_set_bias(&c, bias, NULL), EIS_OK);
    assert_true(fabs(c.left.potential - 0.5 * bias) < 1e-12 &&
                fabs(c.right.potential + 0.5 * bias) < 1e-12);
    for (int i = 0; i < 2; i++) {
      c.layer[0].thickness = i ? 1e-3 : 1e-4;
      const double f = i ? 1e-15 : 1e-13;
      off[i] = -1 / (2 * EISI_PI * f * cimag(impedance(&c, &exact, f))) /
                   (0.5 * eps / l * cosh(0.25 * bias / VT)) -
               1;
    }
    if (!(fabs(off[1]) < 1e-4 && fabs(off[0] / off[1] - 10) < 0.7))
      fail_msg("%g V: off by %g and %g", bias, off[0], off[1]);
    const double Q = eis_mpnp_charge(&c.layer[0], c.T, 0.5 * bias);
    assert_true(fabs(Q - 2 * eps * VT / l * sinh(0.25 * bias / VT)) < 1e-12 * Q);
    /* a compact layer takes its part: one charge, two layers, the whole bias */
    c.left.CH = 0.3;
    assert_int_equal(eis_mpnp_set_bias(&c, bias, NULL), EIS_OK);
    const double charge = -eis_mpnp_charge(&c.layer[0], c.T, c.right.potential),
                 first = c.left.potential - charge / 0.3;
    assert_true(fabs(c.left.potential - c.right.potential - bias) < 1e-12);
    assert_true(charge > 0 && charge < Q &&
                fabs(eis_mpnp_charge(&c.layer[0], c.T, first) / charge - 1) < 1e-11);
  }
}

/* Electrodes reversible for the cation.  Direct current: anions at rest, so that Z is that of the
   cations alone, L/sigma + (2 lambda2/sigma)(e^(y/2) - 1) (exact for Gouy-Chapman layers); while
   the salt has no time to rearrange, both ions carry: L/(sigma + sigma_anion). */
static void direct_current(void **state) {
  (void)state;
  eis_mpnp_cell c = film(0.5);
  const double l = lambda2(&c.layer[0], c.T), s = c.layer[0].sigma, L = c.layer[0].thickness;
  c.left.RF = c.right.RF = 0;
  for (int i = -3; i <= 4; i++) {
    c.left.potential = 0.1 * i;
    const double want = L / s + 2 * l / s * (exp(0.05 * i / VT) - 1),
                 got = creal(impedance(&c, &exact, 1e-9));
    if (!(fabs(got - want) < 3e-6 * want))
      fail_msg("dphi %g: %.10g, expected %.10g", 0.1 * i, got, want);
  }
  c.left.potential = 0;
  const double want = L / (1.5 * s), got = creal(impedance(&c, &exact, 2e4));
  if (!(fabs(got - want) < 0.01 * want)) fail_msg("both ions: %.10g, expected %.10g", got, want);
}

/* A cell cut in two is the same cell; a coating without anions keeps them in, so that with blocked
   cations it is a capacitor in front. */
static void layers(void **state) {
  (void)state;
  eis_mpnp_cell one = film(0.1), two = film(0.1);
  one.left.potential = 0.12;
  one.right = (eis_mpnp_electrode){-0.08, 2e-4, 0.15};
  one.left.RF = 1e-4;
  two.left = one.left;
  two.right = one.right;
  two.n_layers = 2;
  two.layer[1] = two.layer[0];
  two.layer[0].thickness *= 0.35;
  two.layer[1].thickness *= 0.65;
  for (double f = 1e-2; f < 2e8; f *= 100) {
    const double complex a = impedance(&one, &exact, f), b = impedance(&two, &exact, f);
    if (cabs(a - b) > 1e-6 * cabs(a))
      fail_msg("cut in two, %g Hz: %.10g%+.10gj, %.10g%+.10gj", f, creal(a), cimag(a), creal(b),
               cimag(b));
  }
  /* mirror image */
  eis_mpnp_cell back = two;
  two.layer[0].n_anion = 0;
  two.layer[0].eps_r = 8;
  back = two;
  back.layer[0] = two.layer[1];
  back.layer[1] = two.layer[0];
  back.left = two.right;
  back.right = two.left;
  for (double f = 1e-2; f < 2e8; f *= 100) {
    const double complex a = impedance(&two, &exact, f), b = impedance(&back, &exact, f);
    if (cabs(a - b) > 1e-6 * cabs(a))
      fail_msg("turned round, %g Hz: %.10g%+.10gj, %.10g%+.10gj", f, creal(a), cimag(a), creal(b),
               cimag(b));
  }
}

static void check_derivatives(eis_mpnp_cell *c, const char *what) {
  const double f[2] = {300, 3e5};
  const eis_mpnp_options o = {.cells = 40};
  double z[4], dz[44 * 4], low[4], high[4];
  const size_t n = eis_mpnp_n_params(c);
  assert_int_equal(eis_mpnp_impedance(c, &o, f, 2, z, dz, NULL), EIS_OK);
  for (size_t j = 0; j < n; j++) {
    double *p = eis_mpnp_param(c, j);
    const double keep = *p, h = isinf(keep) ? 0 : keep != 0 ? 1e-5 * fabs(keep) : 1e-6;
    if (h == 0 || (keep == 0 && strstr(eis_mpnp_param_name(c, j), "_anion"))) continue;
    if (keep == 0 && !strstr(eis_mpnp_param_name(c, j), "potential") &&
        !strstr(eis_mpnp_param_name(c, j), "offset"))
      continue;
    *p = keep + h;
    assert_int_equal(eis_mpnp_impedance(c, &o, f, 2, high, NULL, NULL), EIS_OK);
    *p = keep - h;
    assert_int_equal(eis_mpnp_impedance(c, &o, f, 2, low, NULL, NULL), EIS_OK);
    *p = keep;
    for (int k = 0; k < 2; k++) {
      const double complex got = CMPLX(dz[4 * j + (size_t)k], dz[4 * j + 2 + (size_t)k]);
      const double complex want = CMPLX(high[k] - low[k], high[2 + k] - low[2 + k]) / (2 * h);
      const double size = hypot(z[k], z[2 + k]) / (keep != 0 ? fabs(keep) : 1);
      if (cabs(got - want) > 2e-6 * cabs(want) + 2e-9 * size)
        fail_msg("%s, by %s at %g Hz: %.10g%+.10gj, differences %.10g%+.10gj", what,
                 eis_mpnp_param_name(c, j), f[k], creal(got), cimag(got), creal(want), cimag(want));
    }
  }
}

static void derivatives(void **state) {
  (void)state;
  eis_mpnp_cell c = film(0.3);
  c.layer[0].nu = 0.05;
  c.layer[0].nu_anion = 0.02;
  c.layer[0].n_anion = 0.6e25;
  c.layer[0].thickness = 3e-8;
  c.layer[0].offset = 0.03;
  c.left = (eis_mpnp_electrode){0.12, 1e-4, 0.2};
  c.right = (eis_mpnp_electrode){-0.07, INFINITY, 0.3};
  c.sigma_e = 1e-7;
  check_derivatives(&c, "film");
  c.n_layers = 2;
  c.layer[1] = c.layer[0];
  c.layer[1].n_anion = 0;
  c.layer[1].eps_r = 30;
  c.layer[1].offset = 0;
  c.mobility = EIS_MOBILITY_B;
  c.right.RF = 5e-5;
  check_derivatives(&c, "beside a layer without anions");
  c.n_layers = 3;
  c.layer[2] = c.layer[0];
  c.layer[2].n0 = 2e25;
  c.left = (eis_mpnp_electrode){0.12, INFINITY, INFINITY};
  check_derivatives(&c, "on both sides of one");
  c.half = true;
  check_derivatives(&c, "half");
}

/* Passive, and causal: Re Z > 0, and the Kramers-Kronig test finds nothing. */
static void passive_and_causal(void **state) {
  (void)state;
  enum { N = 61 };
  eis_mpnp_cell c = film(0.01);
  eis_spectrum s;
  eis_kk_result kk;
  double z[2 * N];
  c.left = (eis_mpnp_electrode){0.15, 1e-3, 0.2};
  c.right.potential = -0.1;
  assert_int_equal(eis_spectrum_init(&s, N, NULL), EIS_OK);
  for (int k = 0; k < N; k++) s.f[k] = pow(10, 6 - 0.15 * k);
  assert_int_equal(eis_mpnp_impedance(&c, &exact, s.f, N, z, NULL, NULL), EIS_OK);
  for (int k = 0; k < N; k++) {
    s.re[k] = z[k];
    s.im[k] = z[N + k];
    assert_true(z[k] > 0 && z[N + k] < 0);
  }
  eis_kk_options o = eis_kk_options_default();
  assert_int_equal(eis_kk_run(&s, &o, &kk, NULL), EIS_OK);
  if (!(kk.max_residual_percent < 0.01)) fail_msg("KK: %g %%", kk.max_residual_percent);
  eis_kk_result_clear(&kk);
  eis_spectrum_clear(&s);
}

static void refusals(void **state) {
  (void)state;
  eis_mpnp_cell c = film(0);
  eis_error err = EIS_ERROR_INIT;
  double z[2];
  assert_int_equal(eis_mpnp_impedance(&c, NULL, (const double[]){1}, 1, z, NULL, &err),
                   EIS_ERROR_INPUT);
  assert_non_null(
      strstr(err.text, "sigma_anion = 0 is not usable: expected a positive finite number of S/m"));
  err = (eis_error)EIS_ERROR_INIT;
  c = film(1);
  assert_int_equal(eis_mpnp_set_bias(&c, 3, &err), EIS_ERROR_INPUT);
  assert_non_null(strstr(err.text, "a bias of 3 V bends the bands by more than 40 kT/e"));
  err = (eis_error)EIS_ERROR_INIT;
  c.layer[0].nu_anion = -1;
  assert_int_equal(eis_mpnp_set_bias(&c, 0.1, &err), EIS_ERROR_INPUT);
  assert_non_null(strstr(err.text, "nu_anion = -1 is not usable"));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(flat_band_is_exact),  cmocka_unit_test(one_ion_is_the_limit),
      cmocka_unit_test(gouy_chapman_under_bias), cmocka_unit_test(direct_current),
      cmocka_unit_test(layers),              cmocka_unit_test(derivatives),
      cmocka_unit_test(passive_and_causal),  cmocka_unit_test(refusals),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
