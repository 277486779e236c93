/* Rank correlation against R 4.2 (cor.test). */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <eisfit/trend.h>

static void near(double got, double want, double relative) {
  if (!(fabs(got - want) <= relative * fabs(want)))
    fail_msg("got %.12g, expected %.12g", got, want);
}

static void ranks_agree_with_R(void **state) {
  (void)state;
  static const double a[] = {1.2, 3.4, 2.2, 5.5, 4.1, 6.0, 3.9},
                      b[] = {10, 8.5, 9.1, 3, 6, 2.5, 7.7};
  static const double c[] = {3, 1, 4, 1.5, 5, 9, 2, 6}, d[] = {2, 7, 1, 8, 2.5, 8.5, 1.8, 2.9};
  eis_rank_result r;
  assert_int_equal(eis_rank_correlation(a, b, 7, 1, &r, NULL), EIS_OK);
  assert_true(r.exact);
  near(r.spearman, -1, 1e-12);
  near(r.kendall, -1, 1e-12);
  near(r.p_spearman, 2.0 / 5040, 1e-12);
  near(r.p_kendall, 2.0 / 5040, 1e-12);
  near(r.p_smallest, 2.0 / 5040, 1e-12);
  assert_int_equal(eis_rank_correlation(c, d, 8, 1, &r, NULL), EIS_OK);
  near(r.spearman, 0.0952380952380952, 1e-12);
  near(r.kendall, 0.142857142857143, 1e-12);
  near(r.p_spearman, 0.840128968253968, 1e-12);
  near(r.p_kendall, 0.719543650793651, 1e-12);
}

/* Two pairs of equal x: 4 of 24 orders of y go up with x, as many down. */
static void ties_allow_less(void **state) {
  static const double x[] = {1, 1, 2, 2}, y[] = {1, 2, 3, 4};
  eis_rank_result r;
  (void)state;
  assert_int_equal(eis_rank_correlation(x, y, 4, 1, &r, NULL), EIS_OK);
  near(r.p_smallest, 8.0 / 24, 1e-12);
  near(r.p_spearman, 8.0 / 24, 1e-12);
}

static void many_tied_ranks(void **state) {
  (void)state;
  double u[80], v[80];
  eis_rank_result r;
  for (int k = 1; k <= 80; k++) {
    u[k - 1] = nearbyint(k * 7919 % 101 / 10.0);
    v[k - 1] = nearbyint(k * 104729 % 97 / 10.0 + k / 40.0);
  }
  assert_int_equal(eis_rank_correlation(u, v, 80, 1, &r, NULL), EIS_OK);
  near(r.kendall, 0.0327982091278503, 1e-10);
  near(r.p_kendall, 0.690006843520373, 1e-8);
  near(r.spearman, 0.0395937705509511, 1e-10);
  near(r.p_spearman, 0.7273140702747287, 1e-8);
}

/* Random orders: near the exact p of the large-sample formula, the same for the same seed. */
static void random_orders_of_ranks(void **state) {
  (void)state;
  double x[30], y[30];
  eis_rank_result r, again;
  for (int k = 0; k < 30; k++) {
    x[k] = k;
    y[k] = (k * 11) % 30 + 0.4 * k;
  }
  assert_int_equal(eis_rank_correlation(x, y, 30, 3, &r, NULL), EIS_OK);
  assert_int_equal(eis_rank_correlation(x, y, 30, 3, &again, NULL), EIS_OK);
  assert_true(!r.exact && r.p_spearman == again.p_spearman);
  /* Kendall without ties: variance n(n-1)(2n+5)/18 */
  const double s = r.kendall * 30 * 29 / 2, z = (fabs(s) - 1) / sqrt(30.0 * 29 * 65 / 18);
  assert_true(fabs(r.p_kendall - erfc(z / sqrt(2))) < 0.02);
}

/* One 1 among ten: the p of the most extreme order is that of every tenth. */
static void ties_by_chance(void **state) {
  (void)state;
  double x[10], y[10] = {0};
  eis_rank_result r;
  for (int k = 0; k < 10; k++) x[k] = k;
  y[9] = 1;
  assert_int_equal(eis_rank_correlation(x, y, 10, 5, &r, NULL), EIS_OK);
  assert_true(!r.exact && fabs(r.p_smallest - 0.2) < 0.01 && fabs(r.p_spearman - 0.2) < 0.01);
}

static void ranks_that_say_nothing(void **state) {
  (void)state;
  const double same[] = {2, 2, 2, 2}, age[] = {0, 1, 2, 4}, x[] = {1, NAN, 3, NAN};
  eis_rank_result r;
  eis_error err = EIS_ERROR_INIT;
  assert_int_equal(eis_rank_correlation(age, same, 4, 1, &r, NULL), EIS_OK);
  assert_true(isnan(r.p_spearman));
  assert_int_equal(eis_rank_correlation(x, age, 4, 1, &r, &err), EIS_ERROR_INPUT);
  assert_non_null(strstr(err.text, "at least 3 pairs, there are 2"));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(ranks_agree_with_R),
      cmocka_unit_test(ties_allow_less),
      cmocka_unit_test(many_tied_ranks),
      cmocka_unit_test(random_orders_of_ranks),
      cmocka_unit_test(ties_by_chance),
      cmocka_unit_test(ranks_that_say_nothing),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
