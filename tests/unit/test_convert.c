/* Dialects: symbols, parameter conventions both ways against their own formulas, and what they
   lack. */
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

#include <eisfit/convert.h>
#include <eisfit/eisfit.h>

#include "base/base.h"
#include "model/convert.h"

static const double f_hz[] = {1e5, 3e3, 100, 1.7, 0.01};
enum { N_F = sizeof f_hz / sizeof f_hz[0] };

static eis_circuit *from(const char *text, const char *dialect) {
  eis_circuit *c = NULL;
  eis_error err = EIS_ERROR_INIT;
  const eis_status st = dialect ? eis_circuit_parse_dialect(text, dialect, &c, &err)
                                : eis_circuit_parse(text, EIS_NOTATION_AUTO, &c, &err);
  if (st != EIS_OK) fail_msg("'%s' at %ld: %s", text, err.column, err.text);
  return c;
}

static char *to(const eis_circuit *c, const char *dialect, bool values) {
  char *text = NULL;
  eis_error err = EIS_ERROR_INIT;
  if (eis_circuit_print_dialect(c, dialect, values, &text, &err) != EIS_OK)
    fail_msg("%s: %s", dialect, err.text);
  return text;
}

static void impedance(const eis_circuit *c, double complex *z) {
  eis_eval *e = NULL;
  double p[64], planar[2 * N_F];
  assert_int_equal(eis_eval_new(c, f_hz, N_F, &e, NULL), EIS_OK);
  for (int i = 0; i < c->n_params; i++) p[i] = c->param[i].value;
  eis_eval_run(e, p, planar, NULL, NULL);
  for (int k = 0; k < N_F; k++) z[k] = planar[k] + I * planar[N_F + k];
  eis_eval_free(e);
}

/* ---- the formulas as the other programs write them; s = j omega ---- */

typedef double complex formula(double complex s, const double *p);

static double complex ctanh_over(double complex x, bool open) {
  return (open ? 1.0 / ctanh(x) : ctanh(x));
}
static double complex q_py(double complex s, const double *p) { return 1 / (p[0] * cpow(s, p[1])); }
static double complex w_py(double complex s, const double *p) { return 1 / (p[0] * cpow(s, 0.5)); }
static double complex wo_py(double complex s, const double *p) {
  return ctanh_over(cpow(p[1] * s, 0.5), true) / cpow(p[0] * s, 0.5);
}
static double complex ws_py(double complex s, const double *p) {
  return ctanh_over(cpow(p[1] * s, 0.5), false) / cpow(p[0] * s, 0.5);
}
static double complex o_boukamp(double complex s, const double *p) {
  return ctanh_over(p[1] * csqrt(s), false) / (p[0] * csqrt(s));
}
static double complex t_boukamp(double complex s, const double *p) {
  return ctanh_over(p[1] * csqrt(s), true) / (p[0] * csqrt(s));
}
static double complex g_py(double complex s, const double *p) {
  return 1 / (p[0] * cpow(p[1] + s, 0.5));
}
static double complex ga_py(double complex s, const double *p) {
  return p[0] / cpow(1 + s * p[1], p[2]);
}
static double complex ha_py(double complex s, const double *p) {
  return p[0] / cpow(1 + cpow(s * p[1], p[2]), p[3]);
}
static double complex h_py(double complex s, const double *p) {
  return cpow(1 + cpow(s * p[1], p[2]), p[3]) / (s * p[0]);
}
static double complex zarc(double complex s, const double *p) {
  return p[0] / (1 + cpow(s * p[1], p[2]));
}
static double complex la_py(double complex s, const double *p) { return p[0] * cpow(s, p[1]); }
static double complex la_imp(double complex s, const double *p) { return cpow(p[0] * s, p[1]); }
static double complex w_imp(double complex s, const double *p) {
  return p[0] * (1 - I) / sqrt(cimag(s));
}
static double complex wo_imp(double complex s, const double *p) {
  return p[0] / (csqrt(s * p[1]) * ctanh(csqrt(s * p[1])));
}
static double complex g_imp(double complex s, const double *p) {
  return p[0] / csqrt(1 + s * p[1]);
}
static double complex gs_imp(double complex s, const double *p) {
  const double complex r = csqrt(1 + s * p[1]);
  return p[0] / (r * ctanh(p[2] * r));
}
static double complex tlmq(double complex s, const double *p) {
  const double complex zs = 1 / (p[1] * cpow(s, p[2]));
  return csqrt(p[0] * zs) / ctanh(csqrt(p[0] / zs));
}
static double complex tlmbs(double complex s, const double *p) {
  const double complex a = cpow(p[0] * p[1] * cpow(s, p[2]), 0.5);
  return p[0] / a * ctanh(a);
}
static double complex tlmno(double complex s, const double *p) { /* R_i, R_ct, Y, n */
  const double complex a = 1 + p[1] * p[2] * cpow(s, p[3]);
  return csqrt(p[0] * p[1] / a) / ctanh(sqrt(p[0] / p[1]) * csqrt(a));
}
static double complex tlmns(double complex s, const double *p) {
  const double complex zi = csqrt(p[1] / (p[0] * (p[2] * p[1] * cpow(s, p[3]) + 1)));
  return p[0] * zi * ctanh(1 / zi);
}
static double complex tlmbq(double complex s, const double *p) { /* R_i, Y, n, Y_B, n_B */
  const double complex zb = 1 / (p[3] * cpow(s, p[4])), an = p[0] * p[1] * cpow(s, p[2]);
  const double complex b = csqrt(an), ct = 1 / ctanh(b);
  return p[0] * (1 + zb / p[0] * ct * b) / (an * zb / p[0] + ct * b);
}
static double complex tlmnq(double complex s, const double *p) { /* R_i R_ct Y n R_B Y_B n_B */
  const double complex a = p[2] * p[1] * cpow(s, p[3]), b = p[5] * p[4] * cpow(s, p[6]);
  const double complex zi = csqrt(p[1] / (p[0] * (a + 1))), ct = 1 / ctanh(1 / zi);
  return p[1] * (p[4] * ct + p[0] * zi * (b + 1)) / (p[4] * zi * (a + 1) + p[1] * (b + 1) * ct);
}
static double complex ls_py(double complex s, const double *p) { /* R_i, R_r, Y, n, d in cm */
  const double complex b = csqrt(1 + p[2] * cpow(s, p[3]));
  return sqrt(p[0] * p[1]) / (ctanh(p[4] * sqrt(p[0] / p[1]) * b) * b);
}
static double complex paasch(double complex s, const double *p) {
  const double complex b = csqrt(p[2] + p[3] * s);
  return p[0] / (b * ctanh(b)) + p[1] / (b * csinh(b));
}

static const struct conversion {
  const char *dialect, *text; /* one element with all its values, as the dialect has them */
  formula *z;
  double p[8];
} conversions[] = {
    {"pyimpspec", "Q{Y=2e-05,n=0.85}", q_py, {2e-5, 0.85}},
    {"pyimpspec", "W{Y=0.003}", w_py, {3e-3}},
    {"pyimpspec", "Wo{Y=0.5,B=8}", wo_py, {0.5, 8}},
    {"pyimpspec", "Ws{Y=0.5,B=8}", ws_py, {0.5, 8}},
    {"pyimpspec", "G{Y=0.02,k=5}", g_py, {0.02, 5}},
    {"pyimpspec", "Ga{R=30,tau=0.1,n=0.4}", ga_py, {30, 0.1, 0.4}},
    {"pyimpspec", "Ha{R=30,tau=0.1,a=0.7,b=0.8}", ha_py, {30, 0.1, 0.7, 0.8}},
    {"pyimpspec", "H{dC=1e-06,tau=0.1,a=0.7,b=0.8}", h_py, {1e-6, 0.1, 0.7, 0.8}},
    {"pyimpspec", "Zarc{R=30,tau=0.1,n=0.7}", zarc, {30, 0.1, 0.7}},
    {"pyimpspec", "La{L=1e-06,n=0.9}", la_py, {1e-6, 0.9}},
    {"pyimpspec", "Tlmbo{R_i=40,Y=0.001,n=0.9}", tlmq, {40, 1e-3, 0.9}},
    {"pyimpspec", "Tlmbs{R_i=40,Y=0.001,n=0.9}", tlmbs, {40, 1e-3, 0.9}},
    {"pyimpspec", "Tlmno{R_i=40,R_ct=90,Y=0.001,n=0.9}", tlmno, {40, 90, 1e-3, 0.9}},
    {"pyimpspec", "Tlmns{R_i=40,R_ct=90,Y=0.001,n=0.9}", tlmns, {40, 90, 1e-3, 0.9}},
    {"pyimpspec",
     "Tlmbq{R_i=40,Y=0.001,n=0.9,Y_B=0.02,n_B=0.7}",
     tlmbq,
     {40, 1e-3, 0.9, 0.02, 0.7}},
    {"pyimpspec",
     "Tlmnq{R_i=40,R_ct=90,Y=0.001,n=0.9,R_B=7,Y_B=0.02,n_B=0.7}",
     tlmnq,
     {40, 90, 1e-3, 0.9, 7, 0.02, 0.7}},
    {"pyimpspec", "Ls{R_i=10,R_r=2,Y=0.01,n=0.8,d=0.25f}", ls_py, {10, 2, 0.01, 0.8, 0.25}},
    {"boukamp", "Q{Y0=2e-05,n=0.85}", q_py, {2e-5, 0.85}},
    {"boukamp", "W{Y0=0.003}", w_py, {3e-3}},
    {"boukamp", "O{Y0=0.5,B=3}", o_boukamp, {0.5, 3}},
    {"boukamp", "T{Y0=0.5,B=3}", t_boukamp, {0.5, 3}},
    {"boukamp", "G{Y0=0.02,k=5}", g_py, {0.02, 5}},
    {"impedance.py", "CPE1{Q=2e-05,alpha=0.85}", q_py, {2e-5, 0.85}},
    {"impedance.py", "W1{A_W=30}", w_imp, {30}},
    {"impedance.py", "Wo1{Z_0=40,tau=20}", wo_imp, {40, 20}},
    {"impedance.py", "La1{L=1e-06,alpha=0.9}", la_imp, {1e-6, 0.9}},
    {"impedance.py", "G1{R_G=40,t_G=20}", g_imp, {40, 20}},
    {"impedance.py", "Gs1{R_G=40,t_G=20,phi=0.7}", gs_imp, {40, 20, 0.7}},
    {"impedance.py", "Zarc1{R=30,tau_k=0.1,gamma=0.7}", zarc, {30, 0.1, 0.7}},
    {"impedance.py", "TLMQ1{R_ion=40,Q_s=0.001,gamma=0.9}", tlmq, {40, 1e-3, 0.9}},
    {"impedance.py", "T1{A=30,B=10,a=2,b=0.3}", paasch, {30, 10, 2, 0.3}},
    {"autoeis", "P1{w=2e-05,n=0.85}", q_py, {2e-5, 0.85}},
};

/* Their formula with their numbers against our element with the converted ones. */
static void test_formulas(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof conversions / sizeof conversions[0]; i++) {
    const struct conversion *v = &conversions[i];
    double complex z[N_F];
    eis_circuit *c = from(v->text, v->dialect);
    impedance(c, z);
    for (int k = 0; k < N_F; k++) {
      const double complex want = v->z(2 * M_PI * f_hz[k] * I, v->p);
      if (!(cabs(z[k] - want) <= 1e-12 * cabs(want)))
        fail_msg("%s %s at %g Hz: %g %+gj, expected %g %+gj", v->dialect, v->text, f_hz[k],
                 creal(z[k]), cimag(z[k]), creal(want), cimag(want));
    }
    eis_circuit_free(c);
  }
}

static bool close_to(double a, double b) { return fabs(a - b) <= 4e-15 * fabs(b); }

/* Their numbers -> ours -> their numbers, through the rows, every parameter. */
static void test_there_and_back(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof conversions / sizeof conversions[0]; i++) {
    const struct conversion *v = &conversions[i];
    eis_circuit *c = from(v->text, v->dialect);
    const eisi_foreign *row =
        eisi_foreign_by_own(eisi_dialect_find(v->dialect), c->element[0].type);
    eisi_said own[EIS_ELEMENT_MAX_PARAMS], back[EISI_FOREIGN_MAX_PARAMS];
    assert_non_null(row);
    for (int j = 0; j < c->n_params; j++) own[j] = (eisi_said){c->param[j].value, NAN, NAN, false};
    assert_null(eisi_foreign_from_own(row, own, back));
    for (int j = 0; j < row->n; j++)
      if (!row->param[j].constant && !close_to(back[j].value, v->p[j]))
        fail_msg("%s %s: %s = %.17g", v->dialect, v->text, row->param[j].name, back[j].value);
    eis_circuit_free(c);
  }
}

/* pyimpspec has places for the values: the text itself comes back. */
static void test_text_back(void **state) {
  (void)state;
  static const char *const texts[] = {
      "R{R=10}(R{R=100}Q{Y=2e-05,n=0.85})", "R{R=10f:sol}(C{C=2.5e-05//0.001:dl}[R{R=100/50/200:ct}W])",
      "Wo{Y=0.5,B=8}", "([RWs]C)", "La{L=1e-06,n=0.9}", "Tlmbo{R_i=40,Y=0.001,n=0.9}",
      "Ha{R=30,tau=0.1,a=0.7,b=0.8}"};
  for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
    eis_circuit *c = from(texts[i], "pyimpspec");
    char *text = to(c, "pyimpspec", true);
    assert_string_equal(text, texts[i]);
    free(text);
    eis_circuit_free(c);
  }
}

/* ---- translations ---- */

static const struct translation {
  const char *text, *dialect, *want;
} translations[] = {
    {"R0-p(R1,CPE1)-Wo1", "cdc", "R0(R1Q1)Wo1"},
    {"R1-p(R2,CPE1)-Wo1", "cdc", "R(RQ)Wo"},
    {"R1-p(R2,CPE1)-Wo1", "boukamp", "R(RQ)T"},
    {"R1-p(R2-Ws1,C1)", "boukamp", "R([RO]C)"},
    {"R1-p(R2-Ws1,C1)", "pyimpspec", "R([RWs]C)"},
    {"R_b-p(R_ct,CPE_dl)", "pyimpspec", "R{:b}(R{:ct}Q{:dl})"},
    {"R_b-p(R_ct,CPE_dl)", "impedance.py", "R1-p(R2,CPE1)"},
    {"R_b-p(R_ct,CPE_dl)", "boukamp", "R(RQ)"},
    {"R_b-p(R_ct,CPE_dl)", "autoeis", "R1-[R2,P1]"},
    {"R_b-p(R_ct,CPE_dl)", "cdc", "R{:b}(R{:ct}Q{:dl})"},
    {"R(RQ)(C[RL])", "impedance.py", "R1-p(R2,CPE1)-p(C1,R3-L1)"},
    {"R(RQ)(C[RL])", "autoeis", "R1-[R2,P1]-[C1,R3-L1]"},
    {"R0-HN1", "pyimpspec", "RHa"},
    {"R0-TLMQ1", "pyimpspec", "RTlmbo"},
    {"R0-T1", "impedance.py", "R0-T1"},
    {"R1-T1", "cdc", "RTmh"},
};

static void test_translations(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof translations / sizeof translations[0]; i++) {
    eis_circuit *c = from(translations[i].text, NULL);
    char *text = to(c, translations[i].dialect, false);
    assert_string_equal(text, translations[i].want);
    free(text);
    eis_circuit_free(c);
  }
}

static const struct translation values[] = {
    {"R0{R=10f}-p(R1{R=100},CPE1{Q=1e-5,alpha=0.9})", "impedance.py",
     "R0-p(R1,CPE1)\ninitial_guess = [100, 1e-05, 0.9]\nconstants = {'R0': 10}"},
    {"R0{R=10}-p(R1{R=100},CPE1{Q=1e-5,alpha=0.9f})", "impedance.py",
     "R0-p(R1,CPE1)\ninitial_guess = [10, 100, 1e-05]\nconstants = {'CPE1_1': 0.9}"},
    {"R0{R=10}-W1{W=20}", "impedance.py", "R0-W1\ninitial_guess = [10, 20]"},
    {"R0{R=10}-p(R1{R=100},CPE1{Q=1e-5,alpha=0.9})", "autoeis",
     "R0-[R1,P1]\n{'R0': 10, 'R1': 100, 'P1w': 1e-05, 'P1n': 0.9}"},
    {"R0{R=10f}-p(R1{R=100},CPE1{Q=1e-5,alpha=0.9})", "boukamp",
     "R(RQ)\nR1 = 10 (fixed), R2 = 100, Q1.Y0 = 1e-05, Q1.n = 0.9"},
    {"R0{R=10}-Ws1{Z0=6,tau=9}", "boukamp", "RO\nR1 = 10, O1.Y0 = 0.5, O1.B = 3"},
    {"R1{R=10}-Ws1{Z0=6,tau=9}", "cdc", "R{R=10}Ws{Z0=6,tau=9}"},
    {"R0{R=10}-Ws1{Z0=6,tau=9}", "pyimpspec", "R{R=10}Ws{Y=0.25,B=9}"},
    {"G1{R=2,tau=0.25}", "pyimpspec", "G{Y=0.25,k=4}"},
    {"Ws1{Z0=6/3/12,tau=9f}", "cdc", "Ws{Z0=6/3/12,tau=9f}"},
    {"R1{R=/4/9}-C1", "pyimpspec", "R{R=6/4/9}C"}, /* bounds need a value there: geometric mean */
    {"R_1{R=5}-C1", "pyimpspec", "R{R=5}C"},       /* a label of digits is none there */
};

static void test_values(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
    eis_circuit *c = from(values[i].text, NULL);
    char *text = to(c, values[i].dialect, true);
    assert_string_equal(text, values[i].want);
    free(text);
    eis_circuit_free(c);
  }
}

/* ---- bounds and fixing across a conversion ---- */

static void test_bounds(void **state) {
  (void)state;
  /* sigma = 1/(Y sqrt 2) falls with Y; Z0 = sqrt(B/Y) */
  eis_circuit *c =
      from("W{Y=1e-3/5e-4/2e-3}Wo{Y=4/1/16,B=9/4/25}G{Y=1f,k=4f}Wo{Y=2//8,B=2}", "pyimpspec");
  const eis_param *p = c->param;
  assert_true(close_to(p[0].value, 1e3 / M_SQRT2));
  assert_true(close_to(p[0].lower, 500 / M_SQRT2) && close_to(p[0].upper, 2000 / M_SQRT2));
  assert_true(close_to(p[1].value, 1.5) && close_to(p[1].lower, 0.5) && close_to(p[1].upper, 5));
  assert_true(close_to(p[2].value, 9) && close_to(p[2].lower, 4) && close_to(p[2].upper, 25));
  assert_true(p[3].fixed && close_to(p[3].value, 0.5) && p[4].fixed && close_to(p[4].value, 0.25));
  assert_true(p[5].value == 1 && p[5].lower == p[5].spec->lower && !p[6].user_bounds);
  eis_circuit_free(c);
  /* what pyimpspec itself writes: limits that are none, a fixed n */
  c = from("Wo{Y=2.0E+00/1.0E-24/inf,B=8.0E+00/1.0E-24/inf,n=5.0E-01F}", "pyimpspec");
  assert_true(c->param[0].value == 2 && c->param[1].value == 8);
  eis_circuit_free(c);
}

static void test_missing_values(void **state) {
  (void)state;
  eis_circuit *c = from("Wo{Y=4}W{n=0.5f}R", "pyimpspec"); /* B = 1 is pyimpspec's default */
  assert_true(close_to(c->param[0].value, 0.5));
  assert_true(isnan(c->param[1].value) && isnan(c->param[2].value));
  eis_circuit_free(c);
}

/* ---- errors ---- */

static void test_errors(void **state) {
  (void)state;
  static const struct {
    const char *text, *dialect, *message;
    eis_status status;
  } cases[] = {
      {"R1-SCL1", "impedance.py",
       "impedance.py has no element for 'SCL' (space-charge layer of an interface, by "
       "conductivity): 'SCL1' can't be written there",
       EIS_ERROR_INPUT},
      {"R1-W_d", "autoeis", "autoeis has no element for 'W' (", EIS_ERROR_INPUT},
      {"R1-TL2_c(R2)", "pyimpspec", "pyimpspec has no element for 'TL2' (", EIS_ERROR_INPUT},
      {"R1-Zarc1", "boukamp", "boukamp has no element for 'Zarc' (", EIS_ERROR_INPUT},
      {"R1-Wo1{Z0=5f,tau=2}", "pyimpspec",
       "'Wo1' can't be converted to pyimpspec: one of two parameters that mix in the conversion is "
       "fixed: fix both or neither",
       EIS_ERROR_INPUT},
      {"R1-Wo1{Z0=5f,tau=2}", "boukamp", "'Wo1' can't be converted to boukamp: ", EIS_ERROR_INPUT},
      {"R1", "boukam",
       "unknown dialect 'boukam': did you mean 'boukamp'?; there are cdc, impedance.py, boukamp, "
       "autoeis, pyimpspec",
       EIS_ERROR_USAGE},
      {"R1", "spice", "unknown dialect 'spice'; there are cdc, ", EIS_ERROR_USAGE},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    eis_circuit *c = from(cases[i].text, NULL);
    eis_error err = EIS_ERROR_INIT;
    char *text = NULL;
    const eis_status st = eis_circuit_print_dialect(c, cases[i].dialect, true, &text, &err);
    if (st != cases[i].status || !eisi_starts_with(err.text, cases[i].message))
      fail_msg("%s: %d '%s'", cases[i].text, st, err.text);
    assert_null(text);
    eis_circuit_free(c);
  }
}

static void test_parse_errors(void **state) {
  (void)state;
  static const struct {
    const char *text, *dialect, *message;
    long column;
    eis_status status;
  } cases[] = {
      {"R(RSCL)", "pyimpspec", "pyimpspec has no element 'SCL'", 4, EIS_ERROR_INPUT},
      {"R0-Wo1", "autoeis", "autoeis has no element 'Wo'", 4, EIS_ERROR_INPUT},
      {"R(RX)", "boukamp", "unknown element 'X'", 4, EIS_ERROR_INPUT},
      {"O{Y=1}", "boukamp", "element 'Ws' has no parameter 'Y': expected one of Z0, tau, Y0, B", 3,
       EIS_ERROR_INPUT},
      {"R", "levm", "unknown dialect 'levm'", 0, EIS_ERROR_USAGE},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    eis_error err = EIS_ERROR_INIT;
    eis_circuit *c = NULL;
    const eis_status st = eis_circuit_parse_dialect(cases[i].text, cases[i].dialect, &c, &err);
    if (st != cases[i].status || err.column != cases[i].column ||
        !eisi_starts_with(err.text, cases[i].message))
      fail_msg("%s: %d %ld '%s'", cases[i].text, st, err.column, err.text);
    assert_null(c);
  }
}

/* ---- the tables ---- */

static void test_tables(void **state) {
  (void)state;
  for (size_t i = 0; eis_dialect_at(i); i++) {
    const eisi_dialect *d = eisi_dialect_find(eis_dialect_at(i)->name);
    assert_ptr_equal(&d->info, eis_dialect_at(i));
    eis_circuit *c = from(d->info.example, d->info.name); /* examples are read and come back */
    char *text = to(c, d->info.name, false);
    assert_string_equal(text, d->info.example);
    free(text);
    eis_circuit_free(c);
    for (size_t r = 0; r < d->n_rows; r++) {
      const eisi_foreign *row = &d->row[r];
      const eis_element *type = eis_element_find(row->own, strlen(row->own));
      if (!type) fail_msg("%s: no element %s", d->info.name, row->own);
      int constant = 0;
      for (int j = 0; j < row->n; j++) constant += row->param[j].constant;
      assert_true(constant == 0 || row->held);
      assert_true((row->to_own == NULL) == (row->from_own == NULL));
      if (!row->to_own)
        assert_int_equal(row->n - constant, type->n_params);
      else
        assert_non_null(row->rule);
    }
  }
  assert_null(eis_dialect_at(5));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_formulas),     cmocka_unit_test(test_there_and_back),
      cmocka_unit_test(test_text_back),    cmocka_unit_test(test_translations),
      cmocka_unit_test(test_values),       cmocka_unit_test(test_bounds),
      cmocka_unit_test(test_missing_values), cmocka_unit_test(test_errors),
      cmocka_unit_test(test_parse_errors), cmocka_unit_test(test_tables),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
