/* test_stats.c - distributions against numbers computed with 45 digits (for the doubles nearest to
   the arguments), and properties. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "numerics/stats.h"

/* Relative deviation allowed everywhere. */
static const double tolerance = 1e-12;

static void expect(const char *what, double got, double want) {
  const double off = want == 0 ? fabs(got) : fabs(got / want - 1);
  if (!(off <= tolerance)) fail_msg("%s: got %.17g, expected %.17g", what, got, want);
}

typedef struct row {
  double a, b, c, value;
} row;

/* a, b, x: I_x(a, b) */
static const row beta_rows[] = {
    {0.5, 0.5, 0.3, 3.6901011956554537504e-1},
    {2, 3, 0.4, 5.2480000000000003837e-1},
    {1.5, 12, 0.01, 3.0182712824085153826e-2},
    {30, 0.5, 0.99, 4.3933436890525101195e-1},
    {5, 5, 0.5, 5.0e-1},
    {100, 120, 0.45, 4.4780123014770762084e-1},
    {1000, 1200, 0.47, 9.2710060859395636582e-1},
    {0.1, 7, 1e-6, 3.1865798693677580812e-1},
    {40, 3, 0.2, 6.1330758597345414531e-26},
    {12.5, 80, 0.9, 1.0},
    {2000, 3000, 0.41, 9.2526212620830417522e-1},
};
/* p: normal quantile */
static const row normal_rows[] = {
    {0.5000001, 0, 0, 2.5066282733116483012e-7},
    {0.51, 0, 0, 2.5068908258711058033e-2},
    {0.6, 0, 0, 2.5334710313579974132e-1},
    {0.75, 0, 0, 6.744897501960817432e-1},
    {0.8413447460685429, 0, 0, 9.9999999999999990574e-1},
    {0.9, 0, 0, 1.2815515655446005935},
    {0.975, 0, 0, 1.9599639845400538556},
    {0.995, 0, 0, 2.5758293035489004539},
    {0.999, 0, 0, 3.0902323061678132778},
    {0.9999999, 0, 0, 5.1993375822906610937},
    {1e-3, 0, 0, -3.0902323061678135354},
    {0.025, 0, 0, -1.9599639845400542118},
    {1e-10, 0, 0, -6.3613409024040561991},
    {1e-100, 0, 0, -2.1273453560965324294e+1},
    {1e-300, 0, 0, -3.7047096299361199237e+1},
    {0.3, 0, 0, -5.2440051270804081597e-1},
};
/* p, dof */
static const row t_rows[] = {
    {0.975, 1, 0, 1.2706204736174693314e+1},  {0.975, 2, 0, 4.3026527297494617894},
    {0.975, 4, 0, 2.7764451051977934898},     {0.975, 30, 0, 2.0422724563012378878},
    {0.975, 237, 0, 1.970024010403550621},    {0.995, 7.5, 0, 3.4214226881240437547},
    {0.9, 0.7, 0, 5.0099479596464064438},     {0.5001, 5, 0, 2.6343055607018551454e-4},
    {0.6, 3, 0, 2.7667066233268984701e-1},    {0.025, 12, 0, -2.1788128296672288353},
    {1e-8, 10, 0, -1.5895687652513544632e+1}, {0.8, 100, 0, 8.4523042449101624117e-1},
};
/* f, d1, d2: P(F > f) */
static const row f_upper_rows[] = {
    {1, 3, 5, 4.6485478999363503023e-1},       {4.5, 2, 40, 1.7269438853102626581e-2},
    {0.02, 7, 9, 9.9998411177788611409e-1},    {250, 1, 12, 2.1246827674480440242e-9},
    {3.1, 5.5, 200, 8.0172790806139286293e-3}, {1.02, 400, 600, 4.1174999759452244049e-1},
    {1e-5, 4, 4, 9.9999999970000799985e-1},
};
/* p, d1, d2 */
static const row f_rows[] = {
    {0.95, 3, 5, 5.4094513180564888471},       {0.95, 2, 40, 3.2317269928308446045},
    {0.05, 7, 9, 2.7198489991198750912e-1},    {0.999, 1, 12, 1.8643321568785540901e+1},
    {0.5, 5.5, 200, 8.8473136072869184523e-1}, {0.99, 500, 500, 1.2316649363908615733},
    {1e-6, 2, 3, 1.0000008333340740295e-6},
};
/* p, dof */
static const row chi2_rows[] = {
    {0.95, 1, 0, 3.8414588206941244691},       {0.95, 2, 0, 5.9914645471079802105},
    {0.5, 3, 0, 2.3659738843753382661},        {0.05, 10, 0, 3.9402991361190600947},
    {0.999, 4.5, 0, 1.9506365470833747597e+1}, {0.683, 7, 0, 8.1798795976233643154},
    {0.95, 100, 0, 1.2434211340400407469e+2},  {0.95, 5000, 0, 5.1656145186758031968e+3},
    {1e-6, 3, 0, 2.4181048720124281965e-4},    {0.01, 0.5, 0, 1.3499395859116936507e-8},
};

static double normal3(double p, double b, double c) {
  (void)b, (void)c;
  return eisi_normal_quantile(p);
}
static double t3(double p, double dof, double c) {
  (void)c;
  return eisi_t_quantile(p, dof);
}
static double chi2_3(double p, double dof, double c) {
  (void)c;
  return eisi_chi2_quantile(p, dof);
}

#define ROWS(t) t, sizeof t / sizeof t[0]
static const struct {
  const char *what;
  double (*f)(double a, double b, double c);
  const row *rows;
  size_t n;
} tables[] = {
    {"incomplete beta", eisi_beta_inc, ROWS(beta_rows)},
    {"normal quantile", normal3, ROWS(normal_rows)},
    {"t quantile", t3, ROWS(t_rows)},
    {"F upper tail", eisi_f_upper, ROWS(f_upper_rows)},
    {"F quantile", eisi_f_quantile, ROWS(f_rows)},
    {"chi-squared quantile", chi2_3, ROWS(chi2_rows)},
};

static void test_reference(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++)
    for (size_t k = 0; k < tables[i].n; k++) {
      const row *r = &tables[i].rows[k];
      expect(tables[i].what, tables[i].f(r->a, r->b, r->c), r->value);
    }
}

/* Closed forms: t with 1 and 2 degrees of freedom, chi-squared with 2, F with d1 = 2. */
static void test_closed_forms(void **state) {
  (void)state;
  for (int k = 1; k < 200; k++) {
    const double p = k / 200.0;
    if (k != 100) {
      expect("t, 1 dof", eisi_t_quantile(p, 1),
             p > 0.5 ? 1 / tan(M_PI * (1 - p)) : -1 / tan(M_PI * p));
      expect("t, 2 dof", eisi_t_quantile(p, 2), (2 * p - 1) / sqrt(2 * p * (1 - p)));
    }
    expect("chi2, 2 dof", eisi_chi2_quantile(p, 2), -2 * log1p(-p));
    expect("F(2, 7)", eisi_f_quantile(p, 2, 7), 3.5 * expm1(-2.0 / 7 * log1p(-p)));
    expect("F upper (2, 7)", eisi_f_upper(p, 2, 7), pow(1 + 2 * p / 7, -3.5));
    assert_true(fabs(eisi_beta_inc(3, 1.5, p) + eisi_beta_inc(1.5, 3, 1 - p) - 1) < 1e-15);
  }
}

static void test_round_trip(void **state) {
  (void)state;
  for (double d1 = 1; d1 < 3000; d1 *= 3.7)
    for (double d2 = 1; d2 < 3000; d2 *= 5.3)
      for (double p = 0.001; p < 1; p += 0.0831) {
        const double f = eisi_f_quantile(p, d1, d2);
        if (fabs(eisi_f_upper(f, d1, d2) - (1 - p)) > 1e-13)
          fail_msg("F(%g, %g) quantile of %g", d1, d2, p);
      }
  expect("t becomes normal", eisi_t_quantile(0.975, INFINITY), eisi_normal_quantile(0.975));
  assert_true(fabs(eisi_t_quantile(0.975, 1e8) / eisi_normal_quantile(0.975) - 1) < 2e-8);
}

static void test_limits(void **state) {
  (void)state;
  assert_true(eisi_beta_inc(2, 3, 0) == 0);
  assert_true(eisi_beta_inc(2, 3, -1) == 0);
  assert_true(eisi_beta_inc(2, 3, 1) == 1);
  assert_true(eisi_f_upper(0, 2, 3) == 1);
  assert_true(eisi_f_upper(INFINITY, 2, 3) == 0);
  assert_true(eisi_normal_quantile(0.5) == 0);
  assert_true(eisi_normal_quantile(0) == -INFINITY);
  assert_true(eisi_normal_quantile(1) == INFINITY);
  assert_true(eisi_t_quantile(0.5, 3) == 0);
  assert_true(eisi_t_quantile(1, 3) == INFINITY);
  assert_true(eisi_t_quantile(0, 3) == -INFINITY);
  assert_true(eisi_f_quantile(0, 2, 3) == 0);
  assert_true(eisi_f_quantile(1, 2, 3) == INFINITY);
  assert_true(eisi_chi2_quantile(0, 2) == 0);
  const double nonsense[] = {
      eisi_beta_inc(0, 1, 0.5),    eisi_beta_inc(1, -1, 0.5),  eisi_beta_inc(1, 1, NAN),
      eisi_f_upper(1, 0, 1),       eisi_f_upper(NAN, 1, 1),    eisi_f_quantile(0.5, 0, 1),
      eisi_f_quantile(1.5, 1, 1),  eisi_f_quantile(NAN, 1, 1), eisi_t_quantile(0.5, 0),
      eisi_t_quantile(-0.1, 2),    eisi_t_quantile(NAN, 2),    eisi_chi2_quantile(0.5, -1),
      eisi_chi2_quantile(-0.5, 1), eisi_normal_quantile(1.1),  eisi_normal_quantile(NAN),
      eisi_median(NULL, 0),        eisi_mad_sigma(NULL, 0)};
  for (size_t i = 0; i < sizeof nonsense / sizeof nonsense[0]; i++)
    if (!isnan(nonsense[i])) fail_msg("case %zu is %g, not NaN", i, nonsense[i]);
}

static void test_robust(void **state) {
  (void)state;
  double odd[] = {3, -1, 7, 2, 100}, even[] = {4, 1, 3, 2}, one[] = {5};
  assert_true(eisi_median(odd, 5) == 3);
  assert_true(eisi_median(even, 4) == 2.5);
  assert_true(eisi_median(one, 1) == 5);
  assert_true(eisi_mad_sigma(one, 1) == 0);
  /* deviations of odd from 3: 0 1 4 4 97 -> 4; of even from 2.5: 0.5 0.5 1.5 1.5 -> 1 */
  const double k = 1 / eisi_normal_quantile(0.75);
  expect("mad, odd", eisi_mad_sigma(odd, 5), 4 * k);
  expect("mad, even", eisi_mad_sigma(even, 4), 1 * k);
  double same[] = {2, 2, 2, 2, 9};
  expect("mad of equal values", eisi_mad_sigma(same, 5), 0);
  double skew[] = {0, 0, 0, 0, 1, 2, 3, 4}; /* median 0.5: deviations 0.5 x5, 1.5, 2.5, 3.5 */
  expect("mad, skewed", eisi_mad_sigma(skew, 8), 0.5 * k);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_reference),  cmocka_unit_test(test_closed_forms),
      cmocka_unit_test(test_round_trip), cmocka_unit_test(test_limits),
      cmocka_unit_test(test_robust),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
