/* Joint fits: derivatives against differences, the arrow-shaped solver against a dense one, sharing
   by group, outliers, warm starts, what is not identifiable, choice of hypotheses, and refusals. */
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

#include "analysis/joint_fisher.h"

enum { MOST = 40 };

/* A campaign made in memory. */
typedef struct campaign {
  size_t n;
  eis_spectrum spectrum[MOST];
  const eis_spectrum *pointer[MOST];
  double soc[MOST], T_C[MOST], time_h[MOST], area[MOST], thickness[MOST];
  const char *cell[MOST];
  eis_joint_column column[6];
  eis_joint_data data;
} campaign;

static void set_columns(campaign *c) {
  const eis_joint_column columns[] = {{"soc", c->soc, NULL},        {"temperature_C", c->T_C, NULL},
                                      {"time_h", c->time_h, NULL},  {"area_cm2", c->area, NULL},
                                      {"thickness_um", c->thickness, NULL}, {"cell", NULL, c->cell}};
  memcpy(c->column, columns, sizeof columns);
  c->data = (eis_joint_data){c->n, c->pointer, 6, c->column};
}

static void clear(campaign *c) {
  for (size_t i = 0; i < c->n; i++) eis_spectrum_clear(&c->spectrum[i]);
}

static eis_model *model(const char *text) {
  eis_model *m = NULL;
  eis_error err = EIS_ERROR_INIT;
  if (eis_model_parse(text, "test.model", &m, &err) != EIS_OK)
    fail_msg("%ld: %s", err.line, err.text);
  return m;
}

/* n spectra of `points` at 11 SOC, then the next temperature; cells take turns. */
static void grid(campaign *c, size_t n) {
  static const char *const names[] = {"A", "B"};
  memset(c, 0, sizeof *c);
  c->n = n;
  for (size_t i = 0; i < n; i++) {
    c->soc[i] = (double)(i % 11) / 10;
    c->T_C[i] = 25.0 * (double)(i / 11);
    c->time_h[i] = 10.0 * (double)i;
    c->area[i] = 1;
    c->thickness[i] = 100;
    c->cell[i] = names[i % 2];
    c->pointer[i] = &c->spectrum[i];
  }
  set_columns(c);
}

static void simulate(campaign *c, size_t i, const eis_circuit *circuit, const double *p,
                     double noise) {
  eis_simulate_options o = eis_simulate_options_default();
  eis_error err = EIS_ERROR_INIT;
  o.fmin_hz = 0.1;
  o.points_per_decade = 5;
  o.noise = noise > 0 ? EIS_NOISE_MODULUS : EIS_NOISE_NONE;
  o.noise_level = noise;
  o.seed = 5;
  o.stream = i;
  if (eis_simulate_run(circuit, p, &o, &c->spectrum[i], &err) != EIS_OK) fail_msg("%s", err.text);
  free(c->spectrum[i].sigma);
  c->spectrum[i].sigma = NULL;
}

static double activated(double R, double Ea, double T_C) {
  return R * exp(Ea / 8.617333262e-5 * (1 / (T_C + 273.15) - 1 / 298.15));
}

/* ---- a cell with a space-charge layer, from the closed form ---- */

static const char scl_text[] =
    "[model]\nname = scl\ntitle = t\ncircuit = R_b-Zarc_cei-SCL_if\n"
    "[roles]\nZarc_cei = cei: interphase\n"
    "[parameters]\nSCL_if_eps_r = 10f\nZarc_cei_alpha = 0.95f\n"
    "[joint]\nR_b = arrhenius-rho?\nZarc_cei_R = arrhenius?\nZarc_cei_tau = arrhenius(Ea=Zarc_cei_R.Ea)?\n"
    "SCL_if_n0 = shared\nSCL_if_CH = shared\nSCL_if_sigma = conductivity(R_b)\n"
    "SCL_if_dphi = ocv(NCM)\nSCL_if_RF = butler-volmer * arrhenius?\n";

static const double theta = 0.55, E_fb = 3.75, n0 = 1.2e25, C_H = 0.2;

static void scl_campaign(campaign *c, const eis_circuit *circuit, size_t n, double RF) {
  eis_ocv *ocv = NULL;
  assert_int_equal(eis_ocv_load("NCM", &ocv, NULL), EIS_OK);
  grid(c, n);
  for (size_t i = 0; i < n; i++) {
    const double T = c->T_C[i] + 273.15, R_b = T / 298.15 * activated(30, 0.3, c->T_C[i]),
                 sigma = 1 / R_b;
    const double x = 0.95 - 0.65 * c->soc[i];
    const eis_scl_params s = {10, n0, 0, sigma, 0, T, EIS_MOBILITY_A};
    eis_scl_balance_values b;
    assert_int_equal(
        eis_scl_balance(&s, C_H, theta * (eis_ocv_potential(ocv, c->soc[i], NULL) - E_fb), &b,
                        NULL),
        EIS_OK);
    const double p[] = {R_b, activated(4, 0.5, c->T_C[i]), activated(1e-6, 0.5, c->T_C[i]), 0.95,
                        10, n0, 0, b.dphi, sigma, 1e-4, T, 0,
                        activated(RF, 0.6, c->T_C[i]) * 0.5 / sqrt(x * (1 - x)), C_H};
    simulate(c, i, circuit, p, 0.3);
  }
  eis_ocv_free(ocv);
}

static const eis_joint_number *number(const eis_joint_result *r, const char *name) {
  for (size_t k = 0; k < r->n_numbers; k++)
    if (strcmp(r->number[k].name, name) == 0) return &r->number[k];
  fail_msg("no number %s", name);
  return NULL;
}

static bool says(const eis_notes *notes, const char *text) {
  for (size_t k = 0; k < notes->n; k++)
    if (strstr(notes->text[k], text)) return true;
  return false;
}

static void run(const eis_model *m, const eis_joint_data *d, const eis_joint_options *o,
                eis_joint_result *r) {
  eis_error err = EIS_ERROR_INIT;
  if (eis_joint_run(m, d, o, r, &err) != EIS_OK)
    fail_msg("%s:%ld:%ld %s", err.source, err.line, err.column, err.text);
}

static void layer_is_found(void **state) {
  (void)state;
  campaign c;
  eis_joint_result r;
  eis_model *m = model(scl_text);
  const eis_joint_options o = eis_joint_options_default();
  scl_campaign(&c, m->variant[0].circuit, 33, 4e-4);
  run(m, &c.data, &o, &r);
  const struct {
    const char *name;
    double truth;
  } want[] = {{"SCL_if_dphi.theta", theta},
              {"SCL_if_dphi.E_fb", E_fb},
              {"SCL_if_n0", n0},
              {"SCL_if_CH", C_H},
              {"SCL_if_RF.ref", 4e-4},
              {"SCL_if_RF.Ea", 0.6},
              {"R_b.ref", 30},
              {"R_b.Ea", 0.3},
              {"Zarc_cei_R.ref", 4},
              {"Zarc_cei_R.Ea", 0.5},
              {"Zarc_cei_tau.ref", 1e-6}};
  assert_int_equal(r.verdict, EIS_FIT_CONVERGED);
  assert_true(fabs(r.noise_percent - 0.3) < 0.02);
  for (size_t k = 0; k < sizeof want / sizeof *want; k++) {
    const eis_joint_number *q = number(&r, want[k].name);
    if (!(fabs(q->value - want[k].truth) < 4 * q->stderr_ && q->stderr_ < 0.05 * fabs(q->value) &&
          q->identifiable))
      fail_msg("%s = %g +- %g, true %g", q->name, q->value, q->stderr_, want[k].truth);
  }
  assert_true(number(&r, "SCL_if_dphi.theta")->profiled && !number(&r, "R_b.Ea")->profiled);
  /* R_scl at full charge is seen, at none it is not */
  assert_true(r.share[10].identifiable && !r.share[0].identifiable && !r.share[0].resolved);
  assert_true(r.share[10].dphi_profiled || r.share[32].dphi_profiled);
  assert_true(says(&r.identifiability, "is identifiable (within 10 %)"));
  assert_true(says(&r.identifiability, "only A sqrt(n0) is measured"));
  assert_true(says(&r.identifiability, "all shared numbers are identifiable"));
  for (size_t i = 0; i < r.n; i++)
    assert_true(!r.share[i].identifiable || r.share[i].share >= EIS_JOINT_LEAST_SHARE);
  assert_true(says(&r.decisions, "potential of the cathode from table NCM (a typical curve"));
  eis_joint_result_clear(&r);
  eis_model_free(m);
  clear(&c);
}

/* One spectrum: theta and E_fb can't be told apart, and it is said. */
static void one_spectrum_tells_nothing(void **state) {
  (void)state;
  campaign c;
  eis_joint_result r;
  eis_model *m = model(scl_text);
  const eis_joint_options o = eis_joint_options_default();
  scl_campaign(&c, m->variant[0].circuit, 11, 4e-4);
  eis_joint_column column[6];
  for (int k = 0; k < 6; k++)
    column[k] =
        (eis_joint_column){c.column[k].name, c.column[k].number ? c.column[k].number + 10 : NULL,
                           c.column[k].text ? c.column[k].text + 10 : NULL};
  const eis_joint_data one = {1, c.pointer + 10, 6, column};
  run(m, &one, &o, &r);
  assert_false(r.share[0].identifiable);
  assert_false(number(&r, "SCL_if_dphi.theta")->identifiable);
  assert_false(number(&r, "SCL_if_dphi.E_fb")->identifiable);
  assert_true(isnan(number(&r, "SCL_if_dphi.theta")->stderr_));
  assert_true(says(&r.identifiability, "NOT identifiable in any spectrum"));
  assert_true(says(&r.identifiability, "all spectra have the same cathode potential"));
  assert_true(says(&r.identifiability, "one temperature only"));
  assert_true(says(&r.identifiability, "not determined: the combination"));
  assert_true(says(&r.decisions, "arrhenius-rho' without 'temperature_C'") ||
              says(&r.decisions, "R_b without"));
  eis_joint_result_clear(&r);
  eis_model_free(m);
  clear(&c);
}

static void charge_transfer_hides_the_layer(void **state) {
  (void)state;
  campaign c;
  eis_joint_result r;
  eis_model *m = model(scl_text);
  eis_joint_options o = eis_joint_options_default();
  o.profile = false;
  scl_campaign(&c, m->variant[0].circuit, 33, 0.4);
  run(m, &c.data, &o, &r);
  for (size_t i = 0; i < r.n; i++) assert_false(r.share[i].identifiable);
  assert_true(says(&r.identifiability, "charge transfer and interphase dominate"));
  assert_true(says(&r.identifiability, "NOT identifiable in any spectrum"));
  eis_joint_result_clear(&r);
  eis_model_free(m);
  clear(&c);
}

/* ---- derivatives and solver ---- */

static const char law_text[] =
    "[model]\nname = laws\ntitle = t\ncircuit = R_b-Zarc_cei-SCL_if-p(R_1,CPE_1)-p(R_2,C_2)\n"
    "[joint]\nR_b = each * arrhenius-rho\nZarc_cei_R = sqrt(time_h) * arrhenius\nZarc_cei_tau = linear(time_h, c0=50)\n"
    "SCL_if_n0 = shared\nSCL_if_CH = shared\nSCL_if_sigma = conductivity(R_b)\nSCL_if_eps_r = shared\n"
    "SCL_if_dphi = ocv(NCM)\nSCL_if_RF = butler-volmer * arrhenius\nR_1 = group(cell) * exp(soc) * exp(time_h, k=-R_1.k_soc)\n"
    "CPE_1_Q = power(thickness_um, c0=200)\nCPE_1_alpha = group(cell)\nR_2 = parabola(soc, c0=0.5)\nC_2 = shared\n";

/* Middling values inside all bounds. */
static void middle(const eisi_joint *j, double *x) {
  for (int s = 0; s < j->n_slots; s++) {
    const eisi_slot *a = &j->slot[s];
    const eis_param_spec *spec = j->c->param[a->param].spec;
    double v = a->reference ? spec->start : 0.01;
    if (strstr(a->name, ".Ea")) v = 0.3;
    if (strstr(a->name, "theta")) v = 0.4;
    if (strstr(a->name, "E_fb")) v = 3.8;
    if (strstr(a->name, "tau.k")) v = 1e-5;
    if (!strcmp(a->name, "SCL_if_CH")) v = 0.2;
    if (!strcmp(a->name, "SCL_if_RF.ref")) v = 1e-3;
    const bool local = a->reach == EISI_LOCAL;
    const size_t times = local ? j->n : a->reach == EISI_GROUP ? (size_t)a->n_groups : 1;
    for (size_t k = 0; k < times; k++)
      x[local ? j->ns + k * j->nl + a->at : a->at + k] =
          eisi_slot_internal(a, v) * (1 + 0.01 * (double)k);
  }
}

static void derivatives_of_all_laws(void **state) {
  (void)state;
  campaign c;
  eisi_joint j;
  eis_error err = EIS_ERROR_INIT;
  eis_model *m = model(law_text);
  const eis_joint_options o = eis_joint_options_default();
  scl_campaign(&c, m->variant[0].circuit, 0, 1);
  grid(&c, 12);
  for (size_t i = 0; i < c.n; i++) {
    assert_int_equal(eis_spectrum_init(&c.spectrum[i], 8, NULL), EIS_OK);
    for (int k = 0; k < 8; k++) {
      c.spectrum[i].f[k] = pow(10, 6 - k);
      c.spectrum[i].re[k] = 100 + k;
      c.spectrum[i].im[k] = -10;
    }
  }
  if (eisi_joint_init(&j, m, &c.data, &c.data, &o, &err) != EIS_OK) fail_msg("%s", err.text);
  double x[200], y[200], up[17];
  assert_true(eisi_joint_size(&j) < 200);
  middle(&j, x);
  for (size_t i = 0; i < c.n; i += 5) {
    size_t rows;
    assert_true(eisi_joint_residual(&j, i, x, &rows));
    double *J = malloc(rows * (size_t)j.n_slots * sizeof *J);
    memcpy(J, j.J, rows * (size_t)j.n_slots * sizeof *J);
    for (int s = 0; s < j.n_slots; s++) {
      const size_t q = s < j.n_shared_slots
                           ? (size_t)j.map[i * (size_t)j.n_shared_slots + (size_t)s]
                           : j.ns + i * j.nl + (size_t)(s - j.n_shared_slots);
      const double h = 1e-5 * fmax(fabs(x[q]), 1e-3);
      memcpy(y, x, sizeof y);
      y[q] = x[q] + h;
      assert_true(eisi_joint_residual(&j, i, y, &rows));
      memcpy(up, j.r, rows * sizeof *up);
      y[q] = x[q] - h;
      assert_true(eisi_joint_residual(&j, i, y, &rows));
      double size = 0, off = 0;
      for (size_t k = 0; k < rows; k++) {
        size = fmax(size, fabs(J[(size_t)s * rows + k]));
        off = fmax(off, fabs((up[k] - j.r[k]) / (2 * h) - J[(size_t)s * rows + k]));
      }
      if (!(off <= 1e-5 * size + 1e-9))
        fail_msg("%s of spectrum %zu: off by %g of %g", j.slot[s].name, i, off, size);
    }
    free(J);
  }
  eisi_joint_clear(&j);
  eis_model_free(m);
  clear(&c);
}

/* Arcs with two shared and two own parameters. */
static const char arc_text[] =
    "[model]\nname = arcs\ntitle = t\ncircuit = R_b-p(R_1,C_1)\n"
    "[joint]\nR_b = arrhenius\nR_1 = each\nC_1 = group(cell)\n";

static void arc_campaign(campaign *c, const eis_circuit *circuit, size_t n) {
  grid(c, n);
  for (size_t i = 0; i < n; i++) {
    c->T_C[i] = 5.0 * (double)i;
    const double p[] = {activated(20, 0.3, c->T_C[i]), 50 + 5 * (double)i, i % 2 ? 2e-6 : 5e-6};
    simulate(c, i, circuit, p, 0.5);
  }
}

typedef struct dense {
  eisi_joint *j;
} dense;

static bool dense_eval(void *ctx, const double *x, double *r, double *J) {
  eisi_joint *j = ((dense *)ctx)->j;
  const size_t all = eisi_joint_size(j), m = 2 * j->points;
  size_t at = 0, rows;
  if (J) memset(J, 0, m * all * sizeof *J);
  for (size_t i = 0; i < j->n; i++, at += rows) {
    if (!eisi_joint_residual(j, i, x, &rows)) return false;
    memcpy(r + at, j->r, rows * sizeof *r);
    for (int s = 0; J && s < j->n_slots; s++) {
      const size_t q = s < j->n_shared_slots
                           ? (size_t)j->map[i * (size_t)j->n_shared_slots + (size_t)s]
                           : j->ns + i * j->nl + (size_t)(s - j->n_shared_slots);
      memcpy(J + q * m + at, j->J + (size_t)s * rows, rows * sizeof *J);
    }
  }
  return true;
}

/* The optimum and the whole covariance are those of the problem written out densely. */
static void arrow_is_the_dense_problem(void **state) {
  (void)state;
  campaign c;
  eisi_joint j;
  eisi_fisher f = {0};
  eis_joint_result r;
  eis_lsq *work = NULL;
  eis_lsq_info info;
  eis_model *m = model(arc_text);
  const eis_joint_options o = eis_joint_options_default();
  arc_campaign(&c, m->variant[0].circuit, 6);
  run(m, &c.data, &o, &r);
  assert_int_equal(eisi_joint_init(&j, m, &c.data, &c.data, &o, NULL), EIS_OK);
  const size_t all = eisi_joint_size(&j), rows = 2 * j.points;
  assert_int_equal(all, 4 + 6);
  double x[10], *J = malloc(rows * all * sizeof *J), *res = malloc(rows * sizeof *res), cov[100];
  for (size_t q = 0; q < all; q++) x[q] = r.x[q] + 0.1 * (double)(q % 3);
  dense ctx = {&j};
  const eis_lsq_problem prob = {rows, all, dense_eval, &ctx, j.lower, j.upper};
  eis_lsq_options lo = eis_lsq_options_default();
  assert_int_equal(eis_lsq_new(rows, all, &work, NULL), EIS_OK);
  assert_int_equal(eis_lsq_run(work, &prob, &lo, x, &info, NULL), EIS_OK);
  assert_true(fabs(info.S - r.S) < 1e-9 * r.S);
  for (size_t q = 0; q < all; q++) assert_true(fabs(x[q] - r.x[q]) < 1e-5);
  assert_true(dense_eval(&ctx, r.x, res, J));
  assert_int_equal(eis_lsq_covariance(J, rows, all, cov, NULL), all);
  assert_int_equal(eisi_fisher_init(&f, &j, r.x, NULL), EIS_OK);
  for (size_t i = 0; i < j.n; i++) { /* blocks of what each spectrum sees, shared and own */
    double own[16];
    eisi_fisher_own(&f, i, own);
    for (int a = 0; a < 4; a++)
      for (int b = 0; b < 4; b++) {
        const size_t p = a < 3 ? (size_t)j.map[i * 3 + (size_t)a] : j.ns + i,
                     q = b < 3 ? (size_t)j.map[i * 3 + (size_t)b] : j.ns + i;
        const double want = f.s2 * cov[p * all + q];
        assert_true(fabs(own[4 * a + b] - want) <
                    1e-7 * f.s2 * sqrt(cov[p * all + p] * cov[q * all + q]));
      }
  }
  double b[10], y[10], t;
  for (size_t q = 0; q < all; q++) b[q] = sin((double)q + 1);
  eisi_fisher_solve(&f, b, y);
  for (size_t q = 0; q < all; q++) {
    t = 0;
    for (size_t p = 0; p < all; p++) t += cov[q * all + p] * b[p];
    assert_true(fabs(y[q] - t) < 1e-8 * fabs(t) + 1e-12);
  }
  eisi_fisher_clear(&f);
  eis_lsq_free(work);
  free(J);
  free(res);
  eisi_joint_clear(&j);
  eis_joint_result_clear(&r);
  eis_model_free(m);
  clear(&c);
}

static void groups_and_outliers(void **state) {
  (void)state;
  campaign c;
  eis_joint_result r, again;
  eis_model *m = model(arc_text);
  eis_joint_options o = eis_joint_options_default();
  arc_campaign(&c, m->variant[0].circuit, 10);
  for (size_t k = 0; k < c.spectrum[4].n; k++)
    c.spectrum[4].im[k] *= k % 2 ? 1.06 : 0.95; /* noisier */
  free(c.spectrum[4].source);
  c.spectrum[4].source = strdup("spoilt.csv");
  run(m, &c.data, &o, &r);
  assert_int_equal(r.n_numbers, 4);
  assert_int_equal(r.n_local, 1);
  assert_string_equal(r.number[2].group, "A");
  assert_string_equal(r.number[3].group, "B");
  assert_true(fabs(r.number[2].value / 5e-6 - 1) < 0.02 &&
              fabs(r.number[3].value / 2e-6 - 1) < 0.02);
  for (size_t i = 0; i < r.n; i++) {
    assert_int_equal(r.spectrum[i].outlier, i == 4);
    assert_true(fabs(r.spectrum[i].param[1] / (50 + 5 * (double)i) - 1) < 0.03);
    assert_true(r.spectrum[i].stderr_[1] > 0);
  }
  assert_true(says(&r.warnings, "spoilt.csv, sweep 1, stands out"));
  o.warm = r.x; /* and from there it takes next to no steps */
  run(m, &c.data, &o, &again);
  assert_true(again.iterations <= 2 && fabs(again.S - r.S) < 1e-9 * r.S);
  eis_joint_result_clear(&r);
  eis_joint_result_clear(&again);
  eis_model_free(m);
  clear(&c);
}

/* ---- hypotheses ---- */

static void hypotheses_are_told_apart(void **state) {
  (void)state;
  static const char growing[] =
      "[model]\nname = growth\ntitle = t\ncircuit = R_b-p(R_1,C_1)\n"
      "[joint]\nR_b = shared\nR_1 = sqrt(time_h)\nC_1 = shared\n";
  static const char still[] =
      "[model]\nname = still\ntitle = t\ncircuit = R_b-p(R_1,C_1)\n"
      "[joint]\nR_b = shared\nR_1 = shared\nC_1 = shared\n";
  campaign c;
  eis_joint_result r[2];
  eis_joint_choice choice;
  eis_model *m[2] = {model(growing), model(still)};
  const eis_joint_options o = eis_joint_options_default();
  for (int true_one = 0; true_one < 2; true_one++) {
    grid(&c, 6);
    for (size_t i = 0; i < c.n; i++) {
      const double p[] = {20, 50 + (true_one == 0 ? 2 * sqrt(c.time_h[i]) : 0), 1e-6};
      simulate(&c, i, m[0]->variant[0].circuit, p, 0.5);
    }
    for (int k = 0; k < 2; k++) run(m[k], &c.data, &o, &r[k]);
    assert_int_equal(
        eis_joint_compare((const eis_joint_result *const[]){&r[0], NULL, &r[1]}, 3, &choice, NULL),
        EIS_OK);
    assert_int_equal(choice.best, true_one == 0 ? 0 : 2);
    assert_true(fabs(choice.two_ln_B - fabs(r[0].bic - r[1].bic)) < 1e-9);
    assert_int_equal(choice.strength == EIS_JOINT_DECISIVE, choice.two_ln_B > 10);
    if (true_one == 0) assert_true(says(&choice.words, "growth is decisively favoured over still"));
    if (true_one == 0) assert_true(fabs(number(&r[0], "R_1.k_time_h")->value - 2) < 0.1);
    if (true_one == 1)
      assert_true(says(&choice.words, "what would decide: Growth with time shows"));
    eis_joint_choice_clear(&choice);
    for (int k = 0; k < 2; k++) eis_joint_result_clear(&r[k]);
    clear(&c);
  }
  for (int k = 0; k < 2; k++) eis_model_free(m[k]);
}

/* ---- refusals ---- */

#define BASE "[model]\nname = m\ntitle = t\ncircuit = R_b-p(R_1,C_1)\n[joint]\n"
#define SCL "[model]\nname = m\ntitle = t\ncircuit = R_b-SCL_if\n[joint]\n"

static const struct refusal {
  const char *text;
  long line;
  const char *says;
} refusals[] = {
    {BASE "R_1 = exp(pressure_MPa)\n", 6,
     "it needs the column 'pressure_MPa', which the data do not have; there are: soc, temperature_C"},
    {BASE "R_1 = exp(cell)\n", 6,
     "the column 'cell' says 'A' for 'simulated': a number is expected"},
    {BASE "R_1 = group(batch)\n", 6, "it needs the column 'batch'"},
    {BASE "R_1 = exp(holes)\n", 6,
     "the column 'holes' is empty for 'simulated': fill it in or leave the row out"},
    {BASE "R_1 = butler-volmer(soc_bad)\n", 6, "the column 'soc_bad' is empty"},
    {BASE "R_1 = arrhenius(Ea=R_b.Ea)\n", 6, "no law has a number 'R_b.Ea'"},
    {BASE "R_1 = conductivity(R_9)\n", 6, "the circuit has no parameter 'R_9'"},
    {BASE "R_1 = conductivity(R_b)\nR_b = conductivity(R_1)\n", 0,
     "the laws go in a circle: 'R_b' needs itself"},
    {BASE "R_1 = ocv(NCM)\n", 6, "the law 'ocv' is for an element with eps_r, R_1 has none"},
    {BASE "R_1 = arrhenius\nR_1.Ea = 0.5/0.6/0.7\n", 7,
     "R_1.Ea = 0.5 is not between its bounds 0.6 and 0.7"},
    {SCL "SCL_if_dphi = ocv\n", 6, "which cathode? Name an OCV table"},
    {BASE "R_b = 3f\n", 6, "unknown law '3f'"},
};

static void refused(const char *text, const eis_joint_data *d, const eis_joint_options *o,
                    long line, const char *words) {
  eis_model *m = NULL;
  eis_joint_result r = {0};
  eis_error err = EIS_ERROR_INIT;
  eis_status st = eis_model_parse(text, "x.model", &m, &err);
  if (st == EIS_OK) st = eis_joint_run(m, d, o, &r, &err);
  if (st == EIS_OK || err.line != line || !strstr(err.text, words))
    fail_msg("%s: %ld: %s", text, err.line, err.text);
  eis_joint_result_clear(&r);
  eis_model_free(m);
}

static void refusals_are_clear(void **state) {
  (void)state;
  campaign c;
  eis_model *m = model(arc_text);
  eis_joint_options o = eis_joint_options_default();
  double holes[MOST] = {1, NAN, 2, 3};
  arc_campaign(&c, m->variant[0].circuit, 4);
  eis_joint_column column[8];
  memcpy(column, c.column, sizeof c.column);
  column[6] = (eis_joint_column){"holes", holes, NULL};
  column[7] = (eis_joint_column){"soc_bad", holes, NULL};
  eis_joint_data d = {4, c.pointer, 8, column};
  for (size_t k = 0; k < sizeof refusals / sizeof *refusals; k++)
    refused(refusals[k].text, &d, &o, refusals[k].line, refusals[k].says);
  double soc[MOST] = {0, 50, 120, 3};
  column[0].number = soc;
  refused(BASE "R_1 = butler-volmer\n", &d, &o, 6,
          "the column 'soc' is 120 for 'simulated': SOC is a fraction from 0 to 1");
  double cold[MOST] = {-300, 1, 2, 3};
  column[1].number = cold;
  refused(BASE "R_1 = arrhenius\n", &d, &o, 6, "is not above absolute zero");
  double flat[MOST] = {0, 1, 1, 1};
  column[3].number = flat;
  refused(BASE "R_1 = conductivity(R_b)\n", &d, &o, 6,
          "the column 'area_cm2' is 0 in row 1: it must be positive");
  d.n = 0;
  refused(BASE, &d, &o, 0, "there are no spectra to fit");
  d.n = 4;
  o.weighting = EIS_WEIGHT_ERROR_MODEL;
  const size_t n = c.spectrum[2].n;
  c.spectrum[2].n = 3; /* too few for the Kramers-Kronig test that the error model is from */
  refused(BASE, &d, &o, 0, "at least 5 points");
  c.spectrum[2].n = n;
  o.weighting = EIS_WEIGHT_MODULUS;
  o.variant = "other";
  refused(BASE, &d, &o, 0, "model 'm' has no variant 'other'");
  o.variant = NULL;
  refused("[model]\nname = m\ntitle = t\ncircuit = R_b\n[parameters]\nR_b = 3f\n", &d, &o, 0,
          "nothing is left to fit");
  for (int i = 0; i < 4; i++) c.spectrum[i].n = 1;
  refused(BASE, &d, &o, 0,
          "not more than the 12 unknowns of this model: share or fix some parameters");
  for (int i = 0; i < 4; i++) c.spectrum[i].n = 36;
  eis_model_free(m);
  clear(&c);
}

/* SOC in per cent gives the same fit as a fraction, and is said. */
static void soc_in_percent(void **state) {
  (void)state;
  campaign c;
  eis_joint_result a, b;
  eis_model *m = model(scl_text);
  eis_joint_options o = eis_joint_options_default();
  o.profile = false;
  scl_campaign(&c, m->variant[0].circuit, 11, 4e-4);
  run(m, &c.data, &o, &a);
  for (size_t i = 0; i < c.n; i++) c.soc[i] *= 100;
  run(m, &c.data, &o, &b);
  assert_true(fabs(a.S - b.S) < 1e-9 * a.S);
  assert_true(says(&b.decisions, "SOC was read as per cent") && !says(&a.decisions, "per cent"));
  eis_joint_result_clear(&a);
  eis_joint_result_clear(&b);
  eis_model_free(m);
  clear(&c);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(derivatives_of_all_laws),    cmocka_unit_test(arrow_is_the_dense_problem),
      cmocka_unit_test(groups_and_outliers),        cmocka_unit_test(layer_is_found),
      cmocka_unit_test(one_spectrum_tells_nothing), cmocka_unit_test(charge_transfer_hides_the_layer),
      cmocka_unit_test(hypotheses_are_told_apart),  cmocka_unit_test(soc_in_percent),
      cmocka_unit_test(refusals_are_clear)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
