/* joint_trial.c - do joint fits find the truth?  Simulated campaigns of one cell, 11 SOC x 3
   temperatures, 0.3 % noise, from the numerical MPNP solver (not from the closed form that is
   fitted), with an interphase and charge transfer.

   usage: joint_trial [campaigns] [seed] [part]
     part  all, intervals (coverage of theta, E_fb, dphi(SOC); share of R_scl), single (one spectrum
   at a time), dominated (charge transfer 300 times larger), hypotheses (four truths, four models),
           show or show:MODEL (campaign number [campaigns] in full), sample, manifest (its spectra
   as files) */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <eisfit/eisfit.h>

#include "base/base.h"
#include "numerics/linalg.h"
#include "numerics/rng.h"

enum { SOCS = 11, TEMPERATURES = 3, SPECTRA = SOCS * TEMPERATURES, POINTS = 60 };

static const double noise = 0.003, per_kelvin = 1.602176634e-19 / 1.380649e-23;

typedef enum truth_kind { TRUE_SCL, TRUE_CT, TRUE_CEI, TRUE_CONTACT, N_TRUTHS } truth_kind;
static const char *const model_names[N_TRUTHS] = {"joint-scl", "joint-ct", "joint-cei-growth",
                                                  "joint-contact"};

/* A cell, per area, at 25 C. */
typedef struct cell {
  truth_kind kind;
  double sigma, E_sigma, theta, E_fb, n0, CH, RF, E_RF, R_cei, E_cei, tau_cei, growth, loss;
} cell;

#define area_of_cells 1e-4
static const double eps_r = 10, nu = 0, thickness = 1e-4, area = area_of_cells;

static double uniform(eisi_rng *r, double a, double b) { return a + (b - a) * eisi_rng_uniform(r); }

static cell draw(eisi_rng *r, truth_kind kind) {
  cell c = {.kind = kind};
  c.sigma = 0.03 * exp(0.3 * eisi_rng_normal(r));
  c.E_sigma = uniform(r, 0.25, 0.4);
  c.E_fb = uniform(r, 3.6, 3.9);
  c.theta = uniform(r, 0.18, 0.36) / (4.3 - c.E_fb);
  c.n0 = 1e25 * exp(0.4 * eisi_rng_normal(r));
  c.CH = uniform(r, 0.1, 0.4);
  c.RF = uniform(r, 2e-4, 1e-3);
  c.E_RF = uniform(r, 0.5, 0.7);
  c.R_cei = uniform(r, 1e-4, 6e-4);
  c.E_cei = uniform(r, 0.4, 0.55);
  c.tau_cei = 1e-6 * exp(0.3 * eisi_rng_normal(r));
  c.growth = uniform(r, 0.05, 0.2); /* of R_cei, per root of an hour */
  c.loss = uniform(r, 0.3, 1.2);    /* of ln A, per unit of SOC */
  return c;
}

/* What one spectrum is measured at, and what is true there. */
typedef struct state {
  double soc, T, E, time_h, dphi, R_scl, share;
} state;

static double activated(double R, double Ea, double T) {
  return R * exp(Ea * per_kelvin * (1 / T - 1 / 298.15));
}

static double kinetics(const cell *c, const state *s) {
  const double x = 0.95 - 0.65 * s->soc;
  return activated(c->RF, c->E_RF, s->T) * 0.5 / sqrt(x * (1 - x));
}

static double conductivity(const cell *c, double T) {
  return c->sigma * 298.15 / T * exp(-c->E_sigma * per_kelvin * (1 / T - 1 / 298.15));
}

/* Bulk and interface per area [ohm m^2] in z, and the truth in s. */
static eis_status interface(const cell *c, state *s, const double *f, double *z, eis_error *err) {
  const double sigma = conductivity(c, s->T), RF = kinetics(c, s);
  eis_mpnp_cell m = eis_mpnp_cell_default();
  const bool layer = c->kind == TRUE_SCL;
  m.T = s->T;
  m.half = true;
  m.layer[0] = (eis_mpnp_layer){
      .eps_r = eps_r, .n0 = c->n0, .nu = nu, .sigma = sigma, .thickness = thickness};
  m.left = (eis_mpnp_electrode){layer ? c->theta * (s->E - c->E_fb) : 0, RF, c->CH};
  const eis_scl_params p = {eps_r, c->n0, nu, sigma, 0, s->T, EIS_MOBILITY_A};
  eis_scl_balance_values b;
  eis_status st = eis_scl_balance(&p, c->CH, m.left.potential, &b, err);
  if (st == EIS_OK) st = eis_mpnp_impedance(&m, NULL, f, POINTS, z, NULL, err);
  if (st != EIS_OK) return st;
  eis_scl_params q = p;
  eis_scl_values v;
  q.dphi = b.dphi;
  st = eis_scl_eval(&q, &v, err);
  const double cei = activated(c->R_cei, c->E_cei, s->T);
  s->dphi = b.dphi;
  s->R_scl = v.R_scl;
  s->share = v.R_scl / (v.R_scl + RF + cei);
  return st;
}

/* Without a layer: a flat slab, and the double layer beside the charge transfer. */
static void plain(const cell *c, const state *s, const double *f, double *z) {
  const double sigma = conductivity(c, s->T), RF = kinetics(c, s), eps = 8.8541878128e-12 * eps_r;
  const double A = c->kind == TRUE_CONTACT ? exp(-c->loss * s->soc) : 1;
  for (int k = 0; k < POINTS; k++) {
    const double w = 2 * acos(-1) * f[k], g = sigma * sigma + w * w * eps * eps;
    const double G = A / RF, B = w * A * c->CH, y = G * G + B * B;
    z[k] = thickness * sigma / g + G / y;
    z[POINTS + k] = -thickness * w * eps / g - B / y;
  }
}

static void add_interphase(const cell *c, const state *s, const double *f, double *z) {
  double R = activated(c->R_cei, c->E_cei, s->T);
  const double tau = activated(c->tau_cei, c->E_cei, s->T);
  if (c->kind == TRUE_CEI) R *= 1 + c->growth * sqrt(s->time_h);
  if (c->kind == TRUE_CONTACT) R *= exp(c->loss * s->soc);
  for (int k = 0; k < POINTS; k++) {
    const double x = 2 * acos(-1) * f[k] * tau;
    z[k] += R / (1 + x * x);
    z[POINTS + k] -= R * x / (1 + x * x);
  }
}

/* A campaign with its columns. */
typedef struct campaign {
  cell truth;
  state state[SPECTRA];
  eis_spectrum spectrum[SPECTRA];
  const eis_spectrum *pointer[SPECTRA];
  double soc[SPECTRA], T_C[SPECTRA], time_h[SPECTRA], area_cm2[SPECTRA], thickness_um[SPECTRA];
  eis_joint_column column[5];
  eis_joint_data data;
} campaign;

static void campaign_clear(campaign *c) {
  for (int i = 0; i < SPECTRA; i++) eis_spectrum_clear(&c->spectrum[i]);
}

static eis_status make_spectrum(campaign *c, int i, eisi_rng *rng, const eis_ocv *ocv,
                                eis_error *err) {
  double z[2 * POINTS];
  state *s = &c->state[i];
  eis_spectrum *to = &c->spectrum[i];
  s->soc = c->soc[i] = (i % SOCS) / (double)(SOCS - 1);
  s->T = 273.15 + 25 * (i / SOCS);
  s->E = eis_ocv_potential(ocv, s->soc, NULL);
  s->time_h = c->time_h[i] = 10.0 * i;
  c->T_C[i] = s->T - 273.15;
  c->area_cm2[i] = area * 1e4;
  c->thickness_um[i] = thickness * 1e6;
  c->pointer[i] = to;
  eis_status st = eis_spectrum_init(to, POINTS, err);
  if (st != EIS_OK) return st;
  for (int k = 0; k < POINTS; k++) to->f[k] = pow(10, 6 - 7.0 * k / (POINTS - 1));
  if (c->truth.kind == TRUE_SCL)
    st = interface(&c->truth, s, to->f, z, err);
  else
    plain(&c->truth, s, to->f, z);
  if (st != EIS_OK) return st;
  add_interphase(&c->truth, s, to->f, z);
  for (int k = 0; k < POINTS; k++) {
    const double size = noise * hypot(z[k], z[POINTS + k]) / area;
    to->re[k] = z[k] / area + size * eisi_rng_normal(rng);
    to->im[k] = z[POINTS + k] / area + size * eisi_rng_normal(rng);
  }
  return EIS_OK;
}

static eis_status make_campaign(campaign *c, const cell *truth, eisi_rng *rng, eis_error *err) {
  eis_ocv *ocv = NULL;
  memset(c, 0, sizeof *c);
  c->truth = *truth;
  eis_status st = eis_ocv_load("NCM", &ocv, err);
  for (int i = 0; i < SPECTRA && st == EIS_OK; i++) st = make_spectrum(c, i, rng, ocv, err);
  eis_ocv_free(ocv);
  const eis_joint_column columns[] = {{"soc", c->soc, NULL}, {"temperature_C", c->T_C, NULL},
                                      {"time_h", c->time_h, NULL}, {"area_cm2", c->area_cm2, NULL},
                                      {"thickness_um", c->thickness_um, NULL}};
  memcpy(c->column, columns, sizeof columns);
  c->data = (eis_joint_data){SPECTRA, c->pointer, 5, c->column};
  return st;
}

typedef enum effort { QUICK, PROFILED, NUMERIC } effort;

static eis_status fit(const char *name, const eis_joint_data *data, effort how, eis_joint_result *r,
                      eis_error *err) {
  eis_model *m = NULL;
  eis_joint_options o = eis_joint_options_default();
  o.variant = "bulk-arc";
  o.profile = how == PROFILED;
  o.numeric = how == NUMERIC;
  *r = (eis_joint_result){0};
  eis_status st = eis_model_load(name, &m, err);
  if (st == EIS_OK) st = eis_joint_run(m, data, &o, r, err);
  eis_model_free(m);
  return st;
}

static const eis_joint_number *number(const eis_joint_result *r, const char *name) {
  for (size_t k = 0; k < r->n_numbers; k++)
    if (strcmp(r->number[k].name, name) == 0) return &r->number[k];
  return NULL;
}

/* ---- intervals and shares ---- */

/* The numbers of the model with their truth. */
static const struct known {
  const char *name;
  size_t at; /* in cell */
  double factor;
} known[] = {{"SCL_if_dphi.theta", offsetof(cell, theta), 1},
             {"SCL_if_dphi.E_fb", offsetof(cell, E_fb), 1},
             {"SCL_if_n0", offsetof(cell, n0), 1},
             {"SCL_if_CH", offsetof(cell, CH), 1},
             {"SCL_if_RF.ref", offsetof(cell, RF), 1},
             {"SCL_if_RF.Ea", offsetof(cell, E_RF), 1},
             {"R_b.Ea", offsetof(cell, E_sigma), 1},
             {"Zarc_cei_R.ref", offsetof(cell, R_cei), 1 / area_of_cells},
             {"Zarc_cei_R.Ea", offsetof(cell, E_cei), 1},
             {"Zarc_cei_tau.ref", offsetof(cell, tau_cei), 1}};
enum { N_KNOWN = sizeof known / sizeof known[0] };

typedef struct tally {
  long n, inside[N_KNOWN], dphi, dphis, called, within, resolved, dominated, converged;
  double z[N_KNOWN], z2[N_KNOWN]; /* sums of (estimate - truth)/stderr */
  double worst, seconds;
} tally;

static void judge_numbers(const campaign *c, const eis_joint_result *r, tally *t) {
  for (int k = 0; k < N_KNOWN; k++) {
    const eis_joint_number *v = number(r, known[k].name);
    const double truth =
        *(const double *)(const void *)((const char *)&c->truth + known[k].at) * known[k].factor;
    const double z = (v->value - truth) / v->stderr_;
    t->inside[k] += truth >= v->ci_low && truth <= v->ci_high;
    t->z[k] += z;
    t->z2[k] += z * z;
  }
}

static void judge(const campaign *c, const eis_joint_result *r, tally *t) {
  t->n++;
  judge_numbers(c, r, t);
  t->converged += r->verdict == EIS_FIT_CONVERGED;
  t->seconds += r->seconds;
  for (int i = 0; i < SPECTRA; i++) {
    const eis_joint_share *s = &r->share[i];
    t->dphis++;
    t->dphi += c->state[i].dphi >= s->dphi_low && c->state[i].dphi <= s->dphi_high;
    t->resolved += s->resolved;
    if (!s->identifiable) continue;
    const double off = fabs(s->share / c->state[i].share - 1);
    t->called++;
    t->within += off <= 0.10;
    t->dominated += c->state[i].share < 0.045;
    t->worst = fmax(t->worst, off);
  }
}

static void print_tally(const char *what, const tally *t) {
  const double n = (double)t->n;
  printf("%s: %ld campaigns, %ld converged, %.2f s each\n", what, t->n, t->converged,
         t->seconds / n);
  printf(
      "  95 %% intervals that hold the truth (mean and rms of the deviation in standard errors):\n");
  for (int k = 0; k < N_KNOWN; k++)
    printf("    %-20s %5.1f %%  (%+.2f, %.2f)\n", known[k].name, 100 * (double)t->inside[k] / n,
           t->z[k] / n, sqrt(t->z2[k] / n));
  printf("    %-20s %5.1f %%\n", "dphi(SOC)", 100 * (double)t->dphi / (double)t->dphis);
  printf(
      "  share of R_scl called identifiable in %ld of %ld spectra (R_scl large enough in %ld); of these "
      "%.2f %% within 10 %%, worst %.1f %%, %ld with a true share below 4.5 %%\n",
      t->called, t->dphis, t->resolved,
      t->called ? 100 * (double)t->within / (double)t->called : 100.0, 100 * t->worst,
      t->dominated);
}

static eis_status intervals(uint64_t n, uint64_t seed, double RF_factor, const char *what,
                            eis_error *err) {
  tally t = {0};
  eis_status st = EIS_OK;
  for (uint64_t k = 0; k < n && st == EIS_OK; k++) {
    eisi_rng rng;
    eisi_rng_seed(&rng, seed, k);
    cell truth = draw(&rng, TRUE_SCL);
    truth.RF *= RF_factor;
    campaign c;
    eis_joint_result r = {0};
    st = make_campaign(&c, &truth, &rng, err);
    if (st == EIS_OK) st = fit("joint-scl", &c.data, NUMERIC, &r, err);
    if (st == EIS_OK) judge(&c, &r, &t);
    eis_joint_result_clear(&r);
    campaign_clear(&c);
  }
  if (st == EIS_OK && t.n) print_tally(what, &t);
  return st;
}

/* The numbers of one campaign beside the truth. */
static eis_status show(uint64_t k, uint64_t seed, truth_kind kind, eis_error *err) {
  eisi_rng rng;
  eisi_rng_seed(&rng, seed, k);
  const cell truth = draw(&rng, kind);
  campaign c;
  eis_joint_result r = {0};
  eis_status st = make_campaign(&c, &truth, &rng, err);
  if (st == EIS_OK) st = fit(model_names[kind], &c.data, NUMERIC, &r, err);
  for (size_t q = 0; st == EIS_OK && q < r.n_numbers; q++)
    printf("  %-20s %12.5g +- %-10.3g  %.5g ... %.5g%s\n", r.number[q].name, r.number[q].value,
           r.number[q].stderr_, r.number[q].ci_low, r.number[q].ci_high,
           r.number[q].identifiable ? "" : "  not identifiable");
  printf(
      "truth: sigma %.5g theta %.5g E_fb %.5g n0 %.5g CH %.5g RF %.5g ohm m^2 (%.4g eV), CEI %.5g ohm (%.4g eV, %.4g s)\n",
      truth.sigma, truth.theta, truth.E_fb, truth.n0, truth.CH, truth.RF, truth.E_RF,
      truth.R_cei / area, truth.E_cei, truth.tau_cei);
  printf("noise %.4f %%, starts %d of which %d agree, second S/S %.4g\n", r.noise_percent,
         r.starts_tried, r.starts_agreed, r.second_S / r.S);
  for (int i = 0; r.share && i < SPECTRA; i++)
    printf(
        "  SOC %.1f %2.0f C  dphi %8.5f true %8.5f (%+.1f se)  R_scl %9.4g true %9.4g ohm  share %7.4f true %7.4f direct %.3g%s\n",
        c.soc[i], c.T_C[i], r.share[i].dphi, c.state[i].dphi,
        (r.share[i].dphi - c.state[i].dphi) / r.share[i].dphi_se, r.share[i].R_scl,
        c.state[i].R_scl / area, r.share[i].share, c.state[i].share, r.share[i].direct_se,
        r.share[i].identifiable ? "  identifiable" : "");
  eis_joint_result_clear(&r);
  campaign_clear(&c);
  return st;
}

/* The spectra of a campaign as one table, every second point, or the manifest that goes with it. */
static eis_status sample(uint64_t k, uint64_t seed, bool manifest, eis_error *err) {
  eisi_rng rng;
  eisi_rng_seed(&rng, seed, k);
  const cell truth = draw(&rng, TRUE_SCL);
  campaign c;
  const eis_status st = make_campaign(&c, &truth, &rng, err);
  printf(manifest ? "file,sweep,cell,soc,temperature_C,area_cm2,thickness_um\n"
                  : "frequency_Hz,Zreal_ohm,Zimag_ohm\n");
  for (int i = 0; i < SPECTRA && !st; i++) {
    if (manifest)
      printf("joint-sample.csv,%d,sim,%g,%g,%g,%g\n", i + 1, c.soc[i], c.T_C[i], c.area_cm2[i],
             c.thickness_um[i]);
    for (int q = 0; q < POINTS && !manifest; q += 2)
      printf("%.6g,%.6g,%.6g\n", c.spectrum[i].f[q], c.spectrum[i].re[q], c.spectrum[i].im[q]);
  }
  campaign_clear(&c);
  return st;
}

/* One spectrum alone: nothing of the space charge may be called identifiable. */
static eis_status single(uint64_t n, uint64_t seed, eis_error *err) {
  long tried = 0, called = 0, refused = 0;
  eis_status st = EIS_OK;
  for (uint64_t k = 0; k < n && st == EIS_OK; k++) {
    eisi_rng rng;
    eisi_rng_seed(&rng, seed, k);
    const cell truth = draw(&rng, TRUE_SCL);
    campaign c;
    st = make_campaign(&c, &truth, &rng, err);
    for (int i = 10; i < SPECTRA && st == EIS_OK; i += 11) { /* the fullest of each temperature */
      eis_joint_column column[5];
      for (int q = 0; q < 5; q++)
        column[q] = (eis_joint_column){c.column[q].name, c.column[q].number + i, NULL};
      const eis_joint_data one = {1, c.pointer + i, 5, column};
      eis_joint_result r = {0};
      st = fit("joint-scl", &one, PROFILED, &r, err);
      tried++;
      called += st == EIS_OK && r.share[0].identifiable;
      for (size_t q = 0; st == EIS_OK && q < r.n_numbers; q++)
        called += (strstr(r.number[q].name, "theta") || strstr(r.number[q].name, "E_fb")) &&
                  r.number[q].identifiable;
      refused += st != EIS_OK;
      eis_joint_result_clear(&r);
    }
    campaign_clear(&c);
  }
  printf("single spectra: %ld fits, %ld refused, %ld called identifiable (share, theta or E_fb)\n",
         tried, refused, called);
  return st;
}

/* ---- hypotheses ---- */

static eis_status hypotheses(uint64_t n, uint64_t seed, eis_error *err) {
  long table[N_TRUTHS][N_TRUTHS] = {{0}}, decisive[N_TRUTHS] = {0}, right[N_TRUTHS] = {0};
  eis_status st = EIS_OK;
  for (uint64_t k = 0; k < n && st == EIS_OK; k++) {
    eisi_rng rng;
    eisi_rng_seed(&rng, seed, k);
    const truth_kind kind = (truth_kind)(k % N_TRUTHS);
    const cell truth = draw(&rng, kind);
    campaign c;
    eis_joint_result r[N_TRUTHS] = {{0}};
    const eis_joint_result *list[N_TRUTHS] = {NULL};
    eis_joint_choice choice = {.best = -1};
    st = make_campaign(&c, &truth, &rng, err);
    for (int m = 0; m < N_TRUTHS && st == EIS_OK; m++) {
      st = fit(model_names[m], &c.data, QUICK, &r[m], err);
      list[m] = &r[m];
    }
    if (st == EIS_OK) st = eis_joint_compare(list, N_TRUTHS, &choice, err);
    if (st == EIS_OK) {
      table[kind][choice.best]++;
      decisive[kind] += choice.strength == EIS_JOINT_DECISIVE;
      right[kind] += choice.strength == EIS_JOINT_DECISIVE && choice.best == (int)kind;
      if (choice.best != (int)kind) {
        printf("  campaign %llu: %s was true, %s chosen; BIC", (unsigned long long)k,
               model_names[kind], model_names[choice.best]);
        for (int m = 0; m < N_TRUTHS; m++) printf(" %.1f (%.3f %%)", r[m].bic, r[m].noise_percent);
        printf("\n");
      }
    }
    eis_joint_choice_clear(&choice);
    for (int m = 0; m < N_TRUTHS; m++) eis_joint_result_clear(&r[m]);
    campaign_clear(&c);
  }
  printf("hypotheses: rows are the truth, columns the choice\n");
  for (int a = 0; a < N_TRUTHS; a++) {
    printf("  %-18s", model_names[a]);
    for (int b = 0; b < N_TRUTHS; b++) printf(" %5ld", table[a][b]);
    printf("   decisive %ld, of these right %ld\n", decisive[a], right[a]);
  }
  return st;
}

int main(int argc, char **argv) {
  const uint64_t n = argc > 1 ? strtoull(argv[1], NULL, 10) : 200;
  const uint64_t seed = argc > 2 ? strtoull(argv[2], NULL, 10) : 20260501;
  const char *part = argc > 3 ? argv[3] : "all";
  const bool all = strcmp(part, "all") == 0;
  eis_error err = EIS_ERROR_INIT;
  eisi_blas_single_thread();
  eis_status st = EIS_OK;
  if (!strcmp(part, "sample") || !strcmp(part, "manifest"))
    st = sample(n, seed, part[0] == 'm', &err);
  if (!strncmp(part, "show", 4)) {
    int kind = TRUE_SCL;
    while (part[4] && kind + 1 < N_TRUTHS && strcmp(part + 5, model_names[kind])) kind++;
    st = show(n, seed, (truth_kind)kind, &err);
  }
  if (all || !strcmp(part, "intervals"))
    st = intervals(n, seed, 1, "space charge and charge transfer", &err);
  if (!st && (all || !strcmp(part, "dominated")))
    st = intervals(n / 4, seed + 1, 300, "charge transfer 300 times larger", &err);
  if (!st && (all || !strcmp(part, "single"))) st = single(n / 10, seed + 2, &err);
  if (!st && (all || !strcmp(part, "hypotheses"))) st = hypotheses(n, seed + 3, &err);
  if (st) fprintf(stderr, "joint_trial: %s\n", err.text);
  return st ? 1 : 0;
}
