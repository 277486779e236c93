/* The cells of simulated campaigns: the truth that is told against the impedance from the solver,
   and against the closed form of the space charge. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <eisfit/scl.h>

#include "../../bench/campaign_cell.h"

static eis_ocv *ocv;

static int load(void **state) {
  (void)state;
  return eis_ocv_load("NCM", &ocv, NULL) != EIS_OK;
}

static int unload(void **state) {
  (void)state;
  eis_ocv_free(ocv);
  return 0;
}

static sim_truth truth_at(const sim_cell *c, double soc, double T, double time_h, double *z) {
  const sim_state s = {soc, T, time_h};
  sim_truth t;
  assert_int_equal(sim_cell_impedance(c, ocv, &s, z, &t, NULL), EIS_OK);
  return t;
}

static sim_cell typical(bool coated) {
  const sim_design d = sim_design_default();
  sim_cell c;
  sim_cell_typical(&d, coated, &c);
  return c;
}

/* Arcs with the true values are within 2 % of the solver at every frequency. */
static void truth_is_in_the_spectrum(void **state) {
  (void)state;
  for (int k = 0; k < 18; k++) {
    double z[2 * SIM_POINTS], sum[2 * SIM_POINTS];
    const sim_cell c = typical(k % 2);
    const sim_truth t = truth_at(&c, 0.5 * (k % 3), 283.15 + 15 * (k / 6), 900 * (k % 2), z);
    sim_arcs(&c, &t, sum);
    for (int i = 0; i < SIM_POINTS; i++) {
      const double off = hypot(z[i] - sum[i], z[SIM_POINTS + i] - sum[SIM_POINTS + i]);
      assert_true(off < 0.02 * hypot(z[i], z[SIM_POINTS + i]));
    }
  }
}

static void space_charge_as_the_closed_form(void **state) {
  (void)state;
  for (int k = 0; k < 5; k++) {
    double z[2 * SIM_POINTS];
    eis_scl_values v;
    const sim_cell c = typical(false);
    const sim_truth t = truth_at(&c, 0.25 * k, 298.15, 0, z);
    const eis_scl_params p = {10, 1e25, 0, c.sigma, t.dphi, 298.15, EIS_MOBILITY_A};
    assert_int_equal(eis_scl_eval(&p, &v, NULL), EIS_OK);
    assert_true(fabs(t.R[SIM_SCL] * c.area * c.rough / v.R_scl - 1) < 2e-3);
    assert_true(t.dphi > 0.25 && t.dphi < 0.4);
  }
}

/* R of the layer grows with the root of time, at constant tau; nothing else changes. */
static void ageing(void **state) {
  (void)state;
  double z[2 * SIM_POINTS];
  const sim_cell c = typical(false);
  const sim_truth fresh = truth_at(&c, 0.5, 298.15, 0, z), old = truth_at(&c, 0.5, 298.15, 1600, z),
                  between = truth_at(&c, 0.5, 298.15, 400, z);
  const double whole = old.R[SIM_CEI] - fresh.R[SIM_CEI],
               half = between.R[SIM_CEI] - fresh.R[SIM_CEI];
  assert_true(whole > 0.4 * fresh.R[SIM_CEI]);
  assert_true(fabs(half / whole - 0.5) < 1e-3);
  assert_true(fabs(old.tau[SIM_CEI] / fresh.tau[SIM_CEI] - 1) < 5e-3);
  for (int k = 0; k < SIM_PROCESSES; k++)
    if (k != SIM_CEI) assert_true(fabs(old.R[k] / fresh.R[k] - 1) < 1e-3);
}

static void coating(void **state) {
  (void)state;
  double z[2 * SIM_POINTS];
  const sim_cell bare = typical(false), coated = typical(true);
  const sim_truth a = truth_at(&bare, 0.5, 298.15, 400, z),
                  b = truth_at(&coated, 0.5, 298.15, 400, z);
  assert_true(fabs(b.R[SIM_CEI] / a.R[SIM_CEI] - 0.7) < 0.01);
  assert_true(b.R[SIM_SCL] < 0.7 * a.R[SIM_SCL] && b.R[SIM_SCL] > 0.55 * a.R[SIM_SCL]);
  assert_true(b.R[SIM_CT] == a.R[SIM_CT]);
}

static void cells_scatter_and_repeat(void **state) {
  (void)state;
  const sim_design d = sim_design_default();
  double sum = 0, sum2 = 0;
  for (uint64_t k = 0; k < 200; k++) {
    eisi_rng one, same;
    sim_cell a, b;
    eisi_rng_seed(&one, 7, k);
    eisi_rng_seed(&same, 7, k);
    sim_cell_draw(&d, false, &one, &a);
    sim_cell_draw(&d, false, &same, &b);
    assert_memory_equal(&a, &b, sizeof a);
    const double x = log(a.R_F / 200e-4);
    sum += x;
    sum2 += x * x;
  }
  assert_true(fabs(sum / 200) < 0.03);
  assert_true(fabs(sqrt(sum2 / 200) - 0.1) < 0.02);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(truth_is_in_the_spectrum), cmocka_unit_test(space_charge_as_the_closed_form),
      cmocka_unit_test(ageing), cmocka_unit_test(coating), cmocka_unit_test(cells_scatter_and_repeat),
  };
  return cmocka_run_group_tests(tests, load, unload);
}
