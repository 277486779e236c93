/* Kinetic Monte Carlo against the continuum and against itself: seeded, so that it says the same
 * every time. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <eisfit/kmc.h>

/* LICGC with four times its ions, so that half the thickness will do. */
static const eis_scl_params licgc = {.eps_r = 677, .n0 = 2.4e25, .T = 298.15};

static eis_kmc_options small_run(double bias) {
  eis_kmc_options o = eis_kmc_options_default();
  o.planes = 60;
  o.width = 8;
  o.settle = 2e4;
  o.sweeps = 3e5;
  o.bias = bias;
  return o;
}

/* Small bias: profile, charge and capacitance within their errors. */
static void small_bias_is_the_continuum(void **state) {
  (void)state;
  static const double bias[] = {0.05, -0.1};
  for (int i = 0; i < 2; i++) {
    const eis_kmc_options o = small_run(bias[i]);
    eis_kmc_result r;
    assert_int_equal(eis_kmc_run(&licgc, &o, &r, NULL), EIS_OK);
    if (!(fabs(r.Q - r.Q_mpnp) < 4 * r.Q_err && r.Q_err < 0.1 * fabs(r.Q)))
      fail_msg("bias %g: charge %g +- %g, continuum %g", bias[i], r.Q, r.Q_err, r.Q_mpnp);
    if (!(fabs(r.C - r.C_mpnp) < 4 * r.C_err && r.C_err < 0.5 * r.C))
      fail_msg("bias %g: capacitance %g +- %g, continuum %g", bias[i], r.C, r.C_err, r.C_mpnp);
    if (!(r.chi2 > 0.2 && r.chi2 < 2.5)) fail_msg("bias %g: chi2 %g", bias[i], r.chi2);
    /* the asymmetry: depleted where the electrode is positive, and more so than it is rich at the
     * other */
    const int end = bias[i] > 0 ? 0 : r.n - 1;
    assert_true(1 - r.c[end] > 0.2 && r.c[r.n - 1 - end] - 1 > 0.2);
    eis_kmc_result_clear(&r);
  }
}

/* No bias: nothing but fluctuations; the number of ions is kept. */
static void flat_band(void **state) {
  (void)state;
  eis_kmc_options o = small_run(0);
  o.sweeps = 1e5;
  eis_kmc_result r;
  double sum = 0;
  assert_int_equal(eis_kmc_run(&licgc, &o, &r, NULL), EIS_OK);
  for (int k = 0; k < r.n; k++) sum += r.c[k];
  assert_true(fabs(sum / r.n - 1) < 1e-12);
  if (!(fabs(r.Q) < 4 * r.Q_err && fabs(r.Q_mpnp) < 1e-12))
    fail_msg("charge %g +- %g, continuum %g", r.Q, r.Q_err, r.Q_mpnp);
  if (!(fabs(r.C - r.C_mpnp) < 4 * r.C_err))
    fail_msg("capacitance %g +- %g, continuum %g", r.C, r.C_err, r.C_mpnp);
  eis_kmc_result_clear(&r);
}

/* A Debye length of a lattice constant: the continuum is off by far more than the errors. */
static void departs_where_it_must(void **state) {
  (void)state;
  const eis_scl_params oxide = {.eps_r = 10, .n0 = 1e26, .T = 298.15};
  eis_kmc_options o = small_run(0.4);
  eis_kmc_result r;
  o.planes = 20;
  o.width = 10;
  assert_int_equal(eis_kmc_run(&oxide, &o, &r, NULL), EIS_OK);
  assert_true(r.chi2 > 10);
  eis_kmc_result_clear(&r);
}

static void seeds(void **state) {
  (void)state;
  eis_kmc_options o = small_run(0.1);
  eis_kmc_result a, b, c;
  o.sweeps = 2000;
  o.settle = 100;
  assert_int_equal(eis_kmc_run(&licgc, &o, &a, NULL), EIS_OK);
  assert_int_equal(eis_kmc_run(&licgc, &o, &b, NULL), EIS_OK);
  o.seed = 2;
  assert_int_equal(eis_kmc_run(&licgc, &o, &c, NULL), EIS_OK);
  assert_true(a.Q == b.Q && a.c[3] == b.c[3] && a.Q != c.Q);
  eis_kmc_result_clear(&a);
  eis_kmc_result_clear(&b);
  eis_kmc_result_clear(&c);
}

static void refusals(void **state) {
  (void)state;
  const struct {
    int what;
    double v;
    const char *text;
  } row[] = {{0, 1e-3, "lattice = 0.001 is not usable"},
             {0, 1e-8, "ions on 3840 sites: expected at most 95 %"},
             {1, 5, "planes = 5 is not usable: expected 10 to 5000"},
             {2, 1, "width = 1 is not usable"},
             {3, 2, "16 ions on 240 sites: expected 20 or more"},
             {4, 2, "bias = 2 is not usable: expected less than 40 kT/e"},
             {5, 10, "sweeps = 10 is not usable"},
             {6, 1, "blocks = 1 is not usable"},
             {7, -1, "settle = -1 is not usable"}};
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    eis_error err = EIS_ERROR_INIT;
    eis_kmc_options o = small_run(0.1);
    eis_kmc_result r;
    const double v = row[i].v;
    switch (row[i].what) {
      case 0: o.lattice = v; break;
      case 1: o.planes = (int)v; break;
      case 2: o.width = (int)v; break;
      case 3: o.width = 2, o.lattice = 1.4e-9; break;
      case 4: o.bias = v; break;
      case 5: o.sweeps = v; break;
      case 6: o.blocks = (int)v; break;
      default: o.settle = v;
    }
    assert_int_equal(eis_kmc_run(&licgc, &o, &r, &err), EIS_ERROR_INPUT);
    if (!strstr(err.text, row[i].text)) fail_msg("'%s' has no '%s'", err.text, row[i].text);
    eis_kmc_result_clear(&r);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(small_bias_is_the_continuum),
      cmocka_unit_test(flat_band),
      cmocka_unit_test(departs_where_it_must),
      cmocka_unit_test(seeds),
      cmocka_unit_test(refusals),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
