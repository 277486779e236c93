/* test_derive.c - derived quantities, their errors, the space-charge chain and its words. */
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

#include "derive_bench.h"
#include "numerics/rng.h"
#include "physics/constants.h"

/* ---- arcs ---- */

static void test_arc_quantities(void **state) {
  (void)state;
  const double Q = 2e-6, n = 0.8, R0 = 20, R1 = 300;
  const double p[] = {R0, R1, Q, n, 50, 1e-3, 70, 1e-4, 0.7};
  bench b;
  bench_circuit(&b, "R0-p(R1,CPE1)-p(R2,C2)-Zarc1", p, 0.01);
  bench_run(&b, NULL);
  check(&b, "tau(R1,CPE1)", pow(R1 * Q, 1 / n), "s");
  check(&b, "f_peak(R1,CPE1)", 1 / (2 * EISI_PI * pow(R1 * Q, 1 / n)), "Hz");
  check(&b, "C_eff(CPE1)", pow(Q, 1 / n) * pow(R1, (1 - n) / n), "F");
  check(&b, "C_Brug(CPE1)", pow(Q, 1 / n) * pow(1 / R0 + 1 / R1, (n - 1) / n), "F");
  check(&b, "tau(R2,C2)", 0.05, "s");
  check(&b, "tau(Zarc1)", 1e-4, "s");
  check(&b, "C_eff(Zarc1)", 1e-4 / 70, "F");
  const double Qz = pow(1e-4, 0.7) / 70;
  check(&b, "C_Brug(Zarc1)", pow(Qz, 1 / 0.7) * pow(1 / R0 + 1 / 70.0, -0.3 / 0.7), "F");
  check(&b, "R_arcs", 420, "ohm");
  assert_null(find(&b, "R_pol_total")); /* no model says what they are */
  assert_null(find(&b, "C_eff(C2)"));   /* a parameter already */
  assert_null(find(&b, "C_Brug(C2)"));
  assert_null(find(&b, "R_area(R1)")); /* no area */
  assert_int_equal(b.out.words.n, 0);
  bench_clear(&b);
}

/* Which pairs are arcs: Randles branch, ladder, elements that are arcs, and what is not. */
static void test_tree(void **state) {
  (void)state;
  static const struct {
    const char *circuit;
    const char *arcs[3]; /* NULL = no more */
  } row[] = {{"R0-p(R1-W1,CPE1)", {"tau(R1,CPE1)"}},
             {"R0-p(C1,R1-p(C2,R2))", {"tau(R1,C1)", "tau(R2,C2)"}},
             {"R0-p(CPE1,R1)-Kc1-Kq1", {"tau(R1,CPE1)", "tau(Kc1)", "tau(Kq1)"}},
             {"K1", {"tau(K1)"}},
             {"R0-CPE1", {NULL}},
             {"p(C1,C2)-p(R1,R2)", {NULL}},
             {"R0-p(R1,L1)", {NULL}},
             {"R0-G1-Wo1", {NULL}}};
  for (size_t i = 0; i < COUNT(row); i++) {
    double p[20];
    for (int k = 0; k < 20; k++) p[k] = 0.5;
    bench b;
    bench_circuit(&b, row[i].circuit, p, 0.01);
    bench_run(&b, NULL);
    size_t found = 0, want = 0;
    for (size_t k = 0; k < b.out.n; k++) found += strncmp(b.out.at[k].name, "tau(", 4) == 0;
    for (; want < 3 && row[i].arcs[want]; want++) need(&b, row[i].arcs[want]);
    if (found != want) fail_msg("%s: %zu arcs, expected %zu", row[i].circuit, found, want);
    bench_clear(&b);
  }
}

static void test_geometry(void **state) {
  (void)state;
  const double A = 0.785e-4, L = 650e-6, p[] = {80, 2e-10, 40, 1e-8, 0.9, 500, 1e-5, 70, 1e-3};
  bench b;
  bench_model(&b, "p(R_b,C_b)-p(R_gb,CPE_gb)-p(R_x,C_x)-p(R_y,C_y)",
              "R_b = bulk: b\nR_gb = gb: g\nCPE_gb = gb.C: g\n", p, 0.02);
  b.cond.area_m2 = A;
  bench_run(&b, NULL);
  check(&b, "R_area(R_b)", 80 * A, "ohm m^2");
  check(&b, "C_area(C_x)", 1e-5 / A, "F/m^2");
  check(&b, "R_pol_total", 570, "ohm");
  assert_null(find(&b, "R_arcs"));
  assert_null(find(&b, "sigma(R_x)")); /* no thickness */
  assert_null(find(&b, "sigma_bulk"));
  b.cond.thickness_m = L;
  bench_run(&b, NULL);
  check(&b, "sigma_bulk", L / (80 * A), "S/m");
  check(&b, "sigma_total", L / (120 * A), "S/m");
  check(&b, "sigma(R_x)", L / (500 * A), "S/m");
  assert_null(find(&b, "sigma(R_b)")); /* sigma_bulk it is */
  check(&b, "eps_r(bulk)", 2e-10 * L / (EISI_EPS0 * A), "");
  assert_true(fabs(need(&b, "sigma_bulk")->stderr_ / need(&b, "sigma_bulk")->value - 0.02) < 1e-6);
  assert_true(fabs(need(&b, "sigma_total")->stderr_ * 120 * A / L - 0.02 * hypot(80, 40) / 120) <
              1e-6);
  bench_clear(&b);
}

/* Own circuits: every R of an arc and in series. */
static void test_conductivity(void **state) {
  (void)state;
  const double A = 2e-4, L = 3e-4, p[] = {5, 100, 1e-10, 3, 1e-3};
  bench b;
  bench_circuit(&b, "R0-p(R1,C1)-p(R2,L2)", p, 0.02);
  b.cond.area_m2 = A;
  b.cond.thickness_m = L;
  bench_run(&b, NULL);
  check(&b, "sigma(R0)", L / (5 * A), "S/m");
  check(&b, "sigma(R1)", L / (100 * A), "S/m");
  assert_int_equal(need(&b, "sigma(R0)")->arc, -1);
  assert_int_equal(need(&b, "sigma(R1)")->arc, 0);
  assert_true(fabs(need(&b, "sigma(R1)")->stderr_ / need(&b, "sigma(R1)")->value - 0.02) < 1e-6);
  assert_null(find(&b, "sigma(R2)")); /* shunted: no path of ions */
  assert_null(find(&b, "R_arcs"));    /* a single arc */
  assert_int_equal(b.out.words.n, 0);
  bench_clear(&b);
}

/* What rests on a parameter that ran into a bound of its element is that bound: left out. */
static void test_open_arc(void **state) {
  (void)state;
  double p[] = {10, 100, 1e-5, 0, 1e-3};
  bench b;
  bench_circuit(&b, "R0-p(R1,C1)-p(R2,C2)", (const double[]){1, 1, 1, 1, 1}, 0.01);
  p[3] = b.c->param[3].upper;
  free(b.fit.param);
  free(b.fit.covariance);
  bench_fit(&b, p, 0.01);
  b.fit.param[3].at_bound = true;
  b.cond.area_m2 = 1e-4;
  bench_run(&b, NULL);
  need(&b, "tau(R1,C1)");
  assert_null(find(&b, "tau(R2,C2)"));
  assert_null(find(&b, "f_peak(R2,C2)"));
  assert_null(find(&b, "R_area(R2)"));
  assert_null(find(&b, "R_arcs"));
  assert_non_null(find(&b, "R_area(R1)"));
  assert_non_null(find(&b, "C_area(C2)")); /* of C2 alone */
  b.c->param[3].upper = 1e3;               /* a bound of the user means something */
  b.c->param[3].user_bounds = true;
  b.fit.param[3].value = 1e3;
  bench_run(&b, NULL);
  check(&b, "tau(R2,C2)", 1.0, "s");
  check(&b, "R_arcs", 1100, "ohm");
  bench_clear(&b);
}

/* ---- errors ---- */

static void test_errors_closed_form(void **state) {
  (void)state;
  const double p[] = {10, 100, 1e-5};
  bench b;
  bench_circuit(&b, "R0-p(R1,C1)", p, 0.03);
  const double rho = -0.6;
  b.fit.covariance[1 * 3 + 2] = b.fit.covariance[2 * 3 + 1] = rho * 0.03 * 100 * 0.03 * 1e-5;
  bench_run(&b, NULL);
  const eis_derived *tau = need(&b, "tau(R1,C1)");
  assert_true(fabs(tau->stderr_ / tau->value - 0.03 * sqrt(2 + 2 * rho)) < 1e-6);
  bench_clear(&b);
}

/* NaN where an input has no error; fixed parameters are exact. */
static void test_errors_unknown(void **state) {
  (void)state;
  const double p[] = {10, 100, 1e-5};
  bench b;
  bench_circuit(&b, "R0-p(R1,C1)", p, 0.03);
  for (int k = 0; k < 3; k++) b.fit.covariance[2 * 3 + k] = b.fit.covariance[k * 3 + 2] = NAN;
  b.cond.area_m2 = 2.0;
  bench_run(&b, NULL);
  assert_true(isnan(need(&b, "tau(R1,C1)")->stderr_)); /* C1 not identifiable */
  assert_true(fabs(need(&b, "R_area(R1)")->stderr_ - 6.0) < 1e-6);
  b.fit.param[2].fixed = true;
  bench_run(&b, NULL);
  assert_true(fabs(need(&b, "tau(R1,C1)")->stderr_ / 1e-3 - 0.03) < 1e-6);
  b.fit.param[1].fixed = true;
  b.fit.covariance[1 * 3 + 1] = NAN;
  bench_run(&b, NULL);
  assert_true(isnan(need(&b, "tau(R1,C1)")->stderr_)); /* all inputs fixed: no error to give */
  free(b.fit.covariance);
  b.fit.covariance = NULL;
  bench_run(&b, NULL);
  assert_true(isnan(need(&b, "R_area(R1)")->stderr_));
  bench_clear(&b);
}

static void test_errors_monte_carlo(void **state) {
  (void)state;
  enum { N = 20000 };
  const double p[] = {20, 300, 2e-6, 0.8}, rel = 0.004;
  bench b;
  bench_circuit(&b, "R0-p(R1,CPE1)", p, rel);
  /* ln Q and alpha are strongly correlated in practice */
  const double rho = -0.9;
  b.fit.covariance[2 * 4 + 3] = b.fit.covariance[3 * 4 + 2] = rho * rel * p[2] * rel * p[3];
  bench_run(&b, NULL);
  eisi_rng rng;
  eisi_rng_seed(&rng, 7, 0);
  double s[2] = {0}, ss[2] = {0};
  for (int i = 0; i < N; i++) {
    double g[4], q[4];
    for (int k = 0; k < 4; k++) g[k] = eisi_rng_normal(&rng);
    g[3] = rho * g[2] + sqrt(1 - rho * rho) * g[3];
    for (int k = 0; k < 4; k++) q[k] = p[k] * (1 + rel * g[k]);
    const double v[2] = {pow(q[2], 1 / q[3]) * pow(q[1], (1 - q[3]) / q[3]),
                         pow(q[2], 1 / q[3]) * pow(1 / q[0] + 1 / q[1], (q[3] - 1) / q[3])};
    for (int k = 0; k < 2; k++) {
      s[k] += v[k];
      ss[k] += v[k] * v[k];
    }
  }
  static const char *const name[2] = {"C_eff(CPE1)", "C_Brug(CPE1)"};
  for (int k = 0; k < 2; k++) {
    const double sd = sqrt(ss[k] / N - s[k] / N * s[k] / N), got = need(&b, name[k])->stderr_;
    if (fabs(got / sd - 1.0) > 0.03) fail_msg("%s: %g, Monte Carlo %g", name[k], got, sd);
  }
  bench_clear(&b);
}

/* ---- space charge ---- */

static const eis_material oxide = {.name = "oxide", .eps_r = 10, .n0 = 1e25, .nu = 3.9e-4,
                                   .sigma = 0.03, .T_ref = 298.15, .Ea_eV = 0.3};
static const eis_material big_eps = {.name = "LICGC", .eps_r = 677, .n0 = 6e24, .nu = NAN,
                                     .sigma = 0.01, .T_ref = 298.15, .Ea_eV = NAN};
static const char roles[] =
    "R_b = bulk: b\nR_if = interface.R: space charge and charge transfer\n"
    "CPE_if = interface.C: c\n";

static eis_scl_values layer(const eis_material *m, double dphi, double T) {
  const double x = EISI_E / EISI_KB * (1 / m->T_ref - 1 / T);
  const eis_scl_params s = {
      .eps_r = m->eps_r,
      .n0 = m->n0,
      .nu = isnan(m->nu) ? 0 : m->nu,
      .T = T,
      .dphi = dphi,
      .sigma = m->sigma * (isnan(m->Ea_eV) ? 1.0 : m->T_ref / T * exp(m->Ea_eV * x))};
  eis_scl_values v;
  assert_int_equal(eis_scl_eval(&s, &v, NULL), EIS_OK);
  return v;
}

/* An interface with a known layer and charge-transfer resistance RF [ohm m^2]. */
static void interface_bench(bench *b, const eis_scl_values *v, double RF, double area, double rel) {
  const double p[] = {30, (v->R1 + RF) / area, v->C_d * area, 1.0};
  bench_model(b, "R_b-p(R_if,CPE_if)", roles, p, rel);
  b->cond.area_m2 = area;
  b->cond.temperature_K = 298.15;
}

static void test_scl_round_trip(void **state) {
  (void)state;
  static const double dphi[] = {0.02, 0.1, 0.25, 0.4};
  const eis_material *const ms[] = {&oxide, &big_eps};
  for (size_t m = 0; m < 2; m++)
    for (size_t i = 0; i < COUNT(dphi); i++)
      for (double T = 298.15; T < 350.0; T += 35.0) {
        const eis_scl_values v = layer(ms[m], dphi[i], T);
        const double area = 0.8e-4, RF = 0.7 * v.R1;
        bench b;
        interface_bench(&b, &v, RF, area, 1e-4);
        b.cond.temperature_K = T;
        bench_run(&b, ms[m]);
        check(&b, "dphi", dphi[i], "V");
        check(&b, "C_scl", v.C_d, "F/m^2");
        check(&b, "w_scl", v.width, "m");
        check(&b, "R_scl", v.R_scl, "ohm m^2");
        check(&b, "R_pol", RF, "ohm m^2");
        assert_true(need(&b, "dphi_tau")->value > dphi[i]); /* an upper limit when RF > 0 */
        bench_clear(&b);
      }
}

static void test_scl_by_tau(void **state) {
  (void)state;
  const eis_scl_values v = layer(&big_eps, 0.3, 298.15);
  bench b;
  interface_bench(&b, &v, 0.0, 5e-5, 1e-3);
  b.cond.area_m2 = NAN; /* not needed */
  bench_run(&b, &big_eps);
  check(&b, "dphi_tau", 0.3, "V");
  assert_null(find(&b, "dphi"));
  assert_true(says(&b, "for dphi and R_scl an area is needed"));
  assert_true(says(&b, "dphi_tau = 0.300 V needs no area, but holds only without charge transfer"));
  bench_clear(&b);
}

/* d(dphi)/d ln C = C/(dC/d dphi), and d ln R_scl follows; against differences of the layer. */
static void test_scl_errors(void **state) {
  (void)state;
  const double rel = 1e-3, h = 1e-4, area = 1e-4;
  const eis_scl_values v = layer(&oxide, 0.2, 298.15), up = layer(&oxide, 0.2 + h, 298.15),
                       down = layer(&oxide, 0.2 - h, 298.15);
  bench b;
  interface_bench(&b, &v, v.R1, area, rel);
  /* an exact C: only Q is uncertain (alpha and R_if fixed) */
  for (int i = 1; i < 4; i += 2) {
    b.fit.covariance[i * 4 + i] = NAN;
    b.fit.param[i].fixed = true;
  }
  bench_run(&b, &oxide);
  const double slope = 2 * h / log(up.C_d / down.C_d);
  assert_true(fabs(need(&b, "dphi")->stderr_ / fabs(rel * slope) - 1) < 1e-4);
  const double dR = (up.R_scl - down.R_scl) / (2 * h) * rel * slope;
  assert_true(fabs(need(&b, "R_scl")->stderr_ / fabs(dR) - 1) < 1e-4);
  assert_true(fabs(need(&b, "C_scl")->stderr_ / (rel * v.C_d) - 1) < 1e-6);
  bench_clear(&b);
}

static void test_scl_words(void **state) {
  (void)state;
  const eis_scl_values flat = layer(&oxide, 0.0, 298.15), mid = layer(&oxide, 0.3, 298.15);
  static const char *const common[] = {
      "share one arc: one spectrum can't split R and C of 'R_if,CPE_if'",
      "A series over state of charge would",
      "a three-electrode or symmetric cell shows what is the anode's",
      "for oxide Gamma = l_B n0^(1/3) = 1.2 > 1: mean-field values"};
  const struct {
    double C, R; /* per area */
    const char *words;
  } row[] = {{2.5 * flat.C_d, 1e-3,
              "above the flat-band value of oxide, 7.43 uF/cm2: a Li-rich layer, or a "
              "true contact area at least 2.5 times"},
             {0.72 * mid.C_d, 1e-3, "is far below what a layer in oxide can have"}, /* 0.54 V */
             {mid.C_d, 0.1 * mid.R1,
              "contradiction: a layer with this C has R_scl = 10.7 ohm cm2, more than "
              "the whole interface, 1.07 ohm cm2"},
             {mid.C_d, mid.R1, "within the errors space charge alone explains"},
             {mid.C_d, 4.0 * mid.R1, "by its C the layer has 25 % of the interface resistance"},
             {0.3 * mid.C_d, 1e-3, "the true contact area would be 0.28 times the geometric one"}};
  for (size_t i = 0; i < COUNT(row); i++) {
    const double p[] = {30, row[i].R / 1e-4, row[i].C * 1e-4, 1.0};
    bench b;
    bench_model(&b, "R_b-p(R_if,CPE_if)", roles, p, 1e-3);
    b.cond.area_m2 = 1e-4;
    b.cond.temperature_K = 298.15;
    bench_run(&b, &oxide);
    for (size_t k = 0; k < COUNT(common); k++)
      if (!says(&b, common[k])) fail_msg("row %zu does not say '%s'", i, common[k]);
    if (!says(&b, row[i].words)) fail_msg("row %zu does not say '%s'", i, row[i].words);
    const bool none = i < 2 || i == 5;
    assert_int_equal(none, !find(&b, "dphi"));
    assert_int_equal(none, !find(&b, "C_scl")); /* not called that where no layer has it */
    assert_int_equal(none, !says(&b, "mV from the fit alone"));
    if (i == 2) assert_null(find(&b, "R_pol"));
    bench_clear(&b);
  }
}

static void test_scl_words_conditions(void **state) {
  (void)state;
  const double p[] = {30, 100, 1e-6, 0.7, 1e3, 1e-3, 0.9};
  bench b;
  bench_model(&b, "R_b-p(R_if,CPE_if)-p(R_a,CPE_a)",
              "R_b = bulk: b\nR_if = interface.R: space charge\nCPE_if = interface.C: c\n"
              "R_a = anode: a\nCPE_a = anode.C: a\n",
              p, 0.01);
  bench_run(&b, NULL);
  assert_true(says(&b, "for dphi and R_scl an area and a material are needed"));
  assert_true(says(&b, "the exponent 0.70 is low"));
  assert_false(says(&b, "three-electrode")); /* the anode has its arc */
  b.cond.area_m2 = 1e-4;
  bench_run(&b, NULL);
  assert_true(says(&b, "for dphi and R_scl a material is needed"));
  bench_run(&b, &big_eps);
  assert_true(says(&b, "no temperature was given: 298.1 K is used"));
  assert_false(says(&b, "Gamma"));
  b.cond.temperature_K = 330;
  bench_run(&b, &big_eps);
  assert_true(says(&b, "sigma of LICGC is that at 298.1 K: no activation energy is known"));
  assert_false(says(&b, "the bulk of this cell"));
  b.cond.thickness_m = 1e-3;
  bench_run(&b, &big_eps); /* 0.333 S/m against 0.01 */
  assert_true(says(&b, "the bulk of this cell conducts 0.333 S/m, LICGC in the table 0.01 S/m"));
  bench_clear(&b);
  /* a double layer in a liquid is not talked into a space-charge layer */
  bench_model(&b, "R_s-p(R_ct,CPE_dl)",
              "R_ct = interface.R: charge transfer\nCPE_dl = interface.C: double layer\n", p, 0.01);
  bench_run(&b, NULL);
  assert_int_equal(b.out.words.n, 0);
  bench_clear(&b);
}

/* The inputs are known far worse than the fit is: what a factor 2 does, by going there. */
static void test_scl_sensitivity(void **state) {
  (void)state;
  const double area = 1e-4;
  const eis_scl_values v = layer(&oxide, 0.2, 298.15);
  eis_material twice = oxide;
  twice.n0 *= 2.0;
  const eis_scl_params at = {.eps_r = oxide.eps_r, .n0 = twice.n0, .nu = oxide.nu, .T = 298.15,
                             .sigma = oxide.sigma};
  char words[80];
  bench b;
  interface_bench(&b, &v, v.R1, area, 1e-3);
  bench_run(&b, &oxide);
  snprintf(words, sizeof words, "dphi: ±%.2g mV from the fit alone; half or twice n0: -",
           1e3 * need(&b, "dphi")->stderr_);
  if (!says(&b, words)) fail_msg("'%s' is not said", words);
  snprintf(words, sizeof words,
           " or +%.0f mV, half or twice eps_r:", 1e3 * (eis_scl_dphi_from_C(&at, v.C_d) - 0.2));
  if (!says(&b, words)) fail_msg("'%s' is not said", words);
  assert_true(says(&b, "half or twice the area: -"));
  assert_true(says(&b, "or no such layer")); /* 0.2 V times 4 is off the branch */
  assert_false(says(&b, "thinner than the distance of two atoms"));
  bench_clear(&b);
  const eis_material dense = {.name = "dense", .eps_r = 7, .n0 = 2e28, .nu = NAN, .sigma = 0.3,
                              .T_ref = NAN, .Ea_eV = 0.3};
  eis_material at_room = dense;
  at_room.T_ref = 298.15;
  const eis_scl_values thin = layer(&at_room, 0.3, 298.15);
  interface_bench(&b, &thin, thin.R1, area, 1e-3);
  b.cond.temperature_K = NAN;
  bench_run(&b, &dense); /* no T_ref either: room temperature */
  check(&b, "dphi", 0.3, "V");
  check(&b, "R_scl", thin.R_scl, "ohm m^2");
  assert_true(says(&b, "no temperature was given: 298.1 K is used"));
  snprintf(words, sizeof words, "thinner than the distance of two atoms (%.2g nm)",
           1e9 * thin.width);
  assert_true(says(&b, words));
  bench_clear(&b);
}

/* No dphi from an arc that may be another one, or that the data don't show. */
static void test_scl_refused(void **state) {
  (void)state;
  const eis_scl_values v = layer(&oxide, 0.3, 298.15);
  bench b;
  interface_bench(&b, &v, v.R1, 1e-4, 1e-3);
  assert_int_equal(
      eis_notes_add(&b.fit.warnings, NULL, "the arcs do not stand in the order of the model (x)"),
      EIS_OK);
  bench_run(&b, &oxide);
  assert_null(find(&b, "dphi"));
  assert_null(find(&b, "dphi_tau"));
  assert_true(says(&b, "whether 'R_if,CPE_if' is the interface is open, so no dphi and R_scl"));
  assert_int_equal(b.out.words.n, 1);
  eis_notes_clear(&b.fit.warnings);
  b.fit.param[1].value = b.c->param[1].upper;
  b.fit.param[1].at_bound = true;
  bench_run(&b, &oxide);
  assert_null(find(&b, "dphi"));
  assert_true(says(&b, "'R_if,CPE_if' is at a bound, the data do not show all of the arc"));
  bench_clear(&b);
}

static void test_scl_in_wall(void **state) {
  (void)state;
  bench b;
  double p[16];
  eis_error err = EIS_ERROR_INIT;
  bench_model(&b, "R_b-TL2_c(p(R_if,CPE_if))", roles, (const double[16]){0}, 0.01);
  for (int i = 0; i < b.c->n_params; i++) p[i] = b.c->param[i].spec->start;
  p[eis_circuit_find_param(b.c, "R_if")] = 100;
  p[eis_circuit_find_param(b.c, "CPE_if_Q")] = 1e-3;
  p[eis_circuit_find_param(b.c, "CPE_if_alpha")] = 1.0;
  free(b.fit.param);
  free(b.fit.covariance);
  bench_fit(&b, p, 0.01);
  b.cond.area_m2 = 1e-4;
  bench_run(&b, &oxide);
  (void)err;
  assert_null(find(&b, "dphi"));
  assert_true(need(&b, "dphi_tau")->value > 0.1);
  assert_true(says(&b, "the interface lies along the wall of a line"));
  bench_clear(&b);
}

/* Circuits with SCL elements: what the parameters mean. */
static void test_scl_element(void **state) {
  (void)state;
  bench b;
  double p[12];
  bench_circuit(&b, "R0-SCL1", (const double[12]){0}, 0.01);
  for (int i = 0; i < b.c->n_params; i++) p[i] = b.c->param[i].spec->start;
  p[eis_circuit_find_param(b.c, "SCL1_eps_r")] = oxide.eps_r;
  p[eis_circuit_find_param(b.c, "SCL1_n0")] = oxide.n0;
  p[eis_circuit_find_param(b.c, "SCL1_nu")] = oxide.nu;
  p[eis_circuit_find_param(b.c, "SCL1_dphi")] = 0.25;
  free(b.fit.param);
  free(b.fit.covariance);
  bench_fit(&b, p, 1e-4);
  bench_run(&b, NULL);
  const eis_scl_values v = layer(&oxide, 0.25, 298.15), up = layer(&oxide, 0.2501, 298.15),
                       down = layer(&oxide, 0.2499, 298.15);
  check(&b, "R_scl(SCL1)", v.R_scl, "ohm m^2");
  check(&b, "C_scl(SCL1)", v.C_d, "F/m^2");
  check(&b, "w_scl(SCL1)", v.width, "m");
  /* n0 and dphi are free, both with relative error 1e-4; R ~ n0^-1/2 */
  const double by_dphi = (up.R_scl - down.R_scl) / 2e-4 * 0.25e-4, by_n0 = 0.5e-4 * v.R_scl;
  assert_true(fabs(need(&b, "R_scl(SCL1)")->stderr_ / hypot(by_dphi, by_n0) - 1) < 1e-4);
  bench_clear(&b);
}

static void test_mismatch(void **state) {
  (void)state;
  bench b;
  eis_error err = EIS_ERROR_INIT;
  bench_circuit(&b, "R0-p(R1,C1)", (const double[]){1, 1, 1}, 0.01);
  b.fit.n_params = 2;
  const eis_derive_input in = {.circuit = b.c, .fit = &b.fit};
  assert_int_equal(eis_derive(&in, &b.out, &err), EIS_ERROR_USAGE);
  assert_string_equal(err.text,
                      "the fit has 2 parameters and the circuit 3: they don't belong together");
  bench_clear(&b);
}

/* From a simulated spectrum through the fit to the band bending that made it. */
static void test_from_spectrum(void **state) {
  (void)state;
  enum { N = 60 };
  const double area = 1e-4, dphi = 0.28, RF = 2e-3, noise = 2e-3;
  const eis_scl_values v = layer(&oxide, dphi, 298.15);
  const double p[] = {25, (v.R1 + RF) / area, v.C_d * area, 1.0};
  double f[N], z[2 * N];
  bench b;
  bench_model(&b, "R_b-p(R_if,CPE_if)", roles, p, 0.01);
  eis_eval *e;
  eis_spectrum s;
  eis_error err = EIS_ERROR_INIT;
  for (int k = 0; k < N; k++) f[k] = 1e6 * pow(10.0, -6.0 * k / (N - 1));
  assert_int_equal(eis_eval_new(b.c, f, N, &e, &err), EIS_OK);
  eis_eval_run(e, p, z, NULL, NULL);
  eis_eval_free(e);
  assert_int_equal(eis_spectrum_init(&s, N, &err), EIS_OK);
  eisi_rng rng;
  eisi_rng_seed(&rng, 3, 0);
  for (int k = 0; k < N; k++) {
    const double sd = noise * hypot(z[k], z[N + k]);
    s.f[k] = f[k];
    s.re[k] = z[k] + sd * eisi_rng_normal(&rng);
    s.im[k] = z[N + k] + sd * eisi_rng_normal(&rng);
  }
  eis_fit_options opt = eis_fit_options_default();
  opt.kk = false;
  free(b.fit.param);
  free(b.fit.covariance);
  if (eis_fit_run(&s, b.c, &opt, &b.fit, &err) != EIS_OK) fail_msg("%s", err.text);
  b.cond.area_m2 = area;
  b.cond.temperature_K = 298.15;
  bench_run(&b, &oxide);
  const eis_derived *q = need(&b, "dphi");
  if (!(fabs(q->value - dphi) < 3 * q->stderr_ && q->stderr_ > 1e-5 && q->stderr_ < 0.02))
    fail_msg("dphi = %g +- %g", q->value, q->stderr_);
  q = need(&b, "R_scl");
  if (!(fabs(q->value - v.R_scl) < 3 * q->stderr_))
    fail_msg("R_scl = %g +- %g", q->value, q->stderr_);
  eis_fit_result_clear(&b.fit);
  memset(&b.fit, 0, sizeof b.fit);
  eis_spectrum_clear(&s);
  bench_clear(&b);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_arc_quantities),     cmocka_unit_test(test_tree),
      cmocka_unit_test(test_geometry),           cmocka_unit_test(test_conductivity),
      cmocka_unit_test(test_open_arc),           cmocka_unit_test(test_errors_closed_form),
      cmocka_unit_test(test_errors_unknown),     cmocka_unit_test(test_errors_monte_carlo),
      cmocka_unit_test(test_scl_round_trip),     cmocka_unit_test(test_scl_by_tau),
      cmocka_unit_test(test_scl_errors),         cmocka_unit_test(test_scl_words),
      cmocka_unit_test(test_scl_words_conditions), cmocka_unit_test(test_scl_sensitivity),
      cmocka_unit_test(test_scl_refused),        cmocka_unit_test(test_scl_in_wall),
      cmocka_unit_test(test_scl_element),        cmocka_unit_test(test_mismatch),
      cmocka_unit_test(test_from_spectrum),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
