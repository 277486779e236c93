/* test_process_area.c - what depends on an area: likelihood and hidden arcs as functions of that of
   the cell, the wetted area that the arcs of a cathode share. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "process_bench.h"

/* All wetted areas together make the window: means are at it, variances add up to it; where the
   area would move more than the window holds, a tenth of it stays. */
static void test_wetted_area_makes_window(void **state) {
  (void)state;
  eisi_process_model m = {.thickness = NAN}, none = {.thickness = NAN};
  m.q[EISI_Q_C] = window(-10, -7);
  m.q[EISI_Q_F] = window(3, 8);
  m.q[EISI_Q_R] = window(0, 2);
  const eis_process_conditions known = eis_process_conditions_default();
  const eisi_process_state whole = {.T = 298.15, .known = &known};
  eisi_process_expected x, low, high;
  eisi_process_expect(&m, &none, &whole, &x);
  for (int big = 0; big < 2; big++) {
    m.wetted[0] = big ? 9 : 0.5;
    m.wetted[1] = big ? 4 : -0.3;
    eisi_process_state at = {.T = 298.15, .known = &known, .ln_wetted = 0.8, .wetted_sd = 0.8};
    eisi_process_expect(&m, &none, &at, &high);
    at.ln_wetted = -0.8;
    eisi_process_expect(&m, &none, &at, &low);
    const double dC = (high.mean[0] - low.mean[0]) / 2, df = (high.mean[1] - low.mean[1]) / 2;
    assert_true(fabs(low.mean[0] + high.mean[0] - 2 * x.mean[0]) < 1e-12);
    assert_true(fabs(high.cov[0] + dC * dC - x.cov[0]) < 1e-12);
    assert_true(fabs(high.cov[1] + dC * df - x.cov[1]) < 1e-12);
    assert_true(fabs(high.cov[2] + df * df - x.cov[2]) < 1e-12);
    const double det = high.cov[0] * high.cov[2] - high.cov[1] * high.cov[1];
    const double before = x.cov[0] * x.cov[2] - x.cov[1] * x.cov[1];
    assert_true(high.cov[0] > 0 && (big ? fabs(det / before - 0.1) < 1e-9 : det > 0.1 * before));
    if (!big) assert_true(fabs(dC - 0.4) < 1e-12 && fabs(df + 0.24) < 1e-12);
  }
}

/* Hidden: f within the resolution of the peak, and C above what makes R smaller; by summing. */
static void test_hidden(void **state) {
  (void)state;
  const eisi_process_expected x = {{-5, 6}, {0.8, -0.5, 1.5}};
  const double f0 = 6.4, C0 = -4.7, area = 0.3, within = 0.02, h = 0.01;
  const double tau = 1 / (2 * M_PI * exp(f0));
  const eis_drt_peak p = {.tau = tau, .R = tau / exp(C0 + area)};
  const eisi_process_observed o = {.peak = &p, .ln_area = area};
  const double det = x.cov[0] * x.cov[2] - x.cov[1] * x.cov[1];
  double sum = 0;
  for (double C = C0 + h / 2; C < 6; C += h) {
    const double c = C - x.mean[0], f = f0 - x.mean[1];
    sum += h * 2 * within / (2 * M_PI * sqrt(det)) *
           exp(-(c * c * x.cov[2] - 2 * c * f * x.cov[1] + f * f * x.cov[0]) / (2 * det));
  }
  assert_true(fabs(eisi_process_hidden(&x, &o, within) / sum - 1) < 1e-3);
  assert_true(eisi_process_hidden(&x, &o, 0) == 0);
}

/* Likelihood and hiding as functions of the area are those of each area. */
static void test_all_areas(void **state) {
  (void)state;
  eisi_process_model m = {.thickness = NAN, .present = 0.1, .beyond = 0.03}, none = m;
  const eis_process_conditions known = eis_process_conditions_default();
  m.q[EISI_Q_C] = window(-12, -7);
  m.q[EISI_Q_F] = window(3, 8);
  m.q[EISI_Q_WIDTH] = window(-1, 0.5);
  for (int end = 0; end < 3; end++) { /* among the data, beyond them, a shoulder there */
    eis_drt_peak p = peak_at(30, 200);
    p.shoulder = end == 2;
    for (double ln_area = -12; ln_area < -4; ln_area += 0.7) {
      const eisi_process_observed o = {&p, NULL, ln_area, end ? 500 : 1, 1e6};
      const eisi_process_state at = {.ln_area = ln_area, .T = 298.15, .known = &known};
      eisi_process_expected x;
      eisi_process_pair pair;
      double term[EISI_PAIR_TERMS], sum = 0;
      eisi_process_expect(&m, &none, &at, &x);
      eisi_process_pair_up(&m, &none, &x, &o, &pair);
      eisi_process_pair_hide(&x, &o, 0.4, &pair);
      assert_true(fabs(eisi_process_pair_hides(&pair, ln_area) / eisi_process_hidden(&x, &o, 0.4) -
                       1) < 1e-12);
      const double most = eisi_process_pair_terms(&pair, ln_area, term);
      for (int i = 0; i < EISI_PAIR_TERMS; i++) {
        sum += exp(term[i]);
        assert_true(term[i] <= most);
      }
      assert_true(fabs(log(sum) - eisi_process_likelihood(&m, &none, &x, &o, NULL)) < 1e-12);
    }
  }
}

/* B and D have the same windows, but B shares the wetted area with A: when the C of A is large, a
   large C speaks for B and a small one for D. */
static void test_shared_area_tells(void **state) {
  (void)state;
  eis_process_table *t = read_table(
      "[cell]\nwetted = 5 to 100; prior\nresolution = 0 decades; prior\n"
      "[A]\npresent = 0.9; prior\nC = 10 to 1000 uF/cm2; prior\nf = 1 to 10 Hz; prior\n"
      "dlnC_dlnwetted = 1; prior\n"
      "[B]\npresent = 0.4; prior\nC = 1 to 100 uF/cm2; prior\nf = 1 to 10 kHz; prior\n"
      "dlnC_dlnwetted = 1; prior\n"
      "[D]\npresent = 0.4; prior\nC = 1 to 100 uF/cm2; prior\nf = 1 to 10 kHz; prior\n");
  only(t, "A", "B", 0.4);
  for (size_t i = 0; i < t->n; i++) /* D besides them */
    for (size_t k = 0; k < t->row[i].n && strcmp(t->row[i].key, "D") == 0; k++)
      if (t->row[i].entry[k].quantity == EISI_Q_PRESENT) t->row[i].entry[k].low = 0.4;
  for (int sign = -1; sign <= 1; sign++) {
    const double tau[2] = {1 / (2 * M_PI * 3162), 1 / (2 * M_PI * 3.162)};
    const double C[2] = {1e-5 * exp(1.5 * sign), 1e-4 * exp(1.8)}; /* F, 1 cm2 */
    eis_drt_peak p[2];
    for (int i = 0; i < 2; i++)
      p[i] = (eis_drt_peak){.tau = tau[i],
                            .R = tau[i] / C[i],
                            .R_error = 0.01 * tau[i] / C[i],
                            .log10_tau_error = 0.01,
                            .width = 0.6,
                            .probability = 1};
    eis_process_input in = {2, p, NULL, eis_process_conditions_default(), false};
    eis_process_assignment out;
    in.conditions.area_m2 = 1e-4;
    in.conditions.T = 298.15;
    assert_int_equal(eis_process_assign(t, &in, &out, NULL), EIS_OK);
    const double B = out.peak[0].posterior[index_of(t, "B")];
    const double D = out.peak[0].posterior[index_of(t, "D")];
    assert_true(out.wetted > 22.37 && out.wetted < 100 && out.wetted_factor > 1 &&
                out.wetted_factor < 2.4);
    const char *why = out.peak[0].explanation;
    assert_true((strstr(why, "C and f for a wetted area of the cathode of ") != NULL) ==
                (sign != 0));
    assert_true(sign > 0 ? B > 1.3 * D : sign < 0 ? D > 1.8 * B : B < 1.3 * D && B > 0.7 * D);
    eis_process_assignment_clear(&out);
  }
  eis_process_table_free(t);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_wetted_area_makes_window),
      cmocka_unit_test(test_hidden),
      cmocka_unit_test(test_all_areas),
      cmocka_unit_test(test_shared_area_tells),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
