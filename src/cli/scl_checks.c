/* scl_checks.c - eisfit scl: the closed forms against the numerical solution, estimates of the
   literature recomputed, profiles. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/number.h"
#include "cli/scl_job.h"

/* ---- validate ---- */

static eis_status validity_notes(double worst, double reach, eisi_sheet *out, eis_error *err) {
  eis_status st = eis_notes_add(
      &out->notes, err,
      "Greatest |dZ|/|Z| of a half cell against the MPNP equations (250 and 500 cells, extrapolated), w tau_b from "
      "1e-9 to 1e2, with the same physical values. arc: (R1 + RF) || C_int, the element SCL; series: (R1 || C_d) + "
      "(RF || CH); frozen: carriers that do not move with the field.");
  if (!st && reach > 1)
    st = eis_notes_add(
        &out->notes, err,
        "The layer with its tail needs %.0f %% of the thickness: closed forms count on thick layers.",
        100 * reach);
  if (!st && worst > 0.02)
    st = eis_notes_add(&out->notes, err,
                       "SCL is off by %g %% here: use SCLX, or more bulk (--thickness).",
                       eisi_signif(100 * worst, 2));
  else if (!st)
    st = eis_notes_add(&out->notes, err, "SCL is good to %g %% here.", eisi_signif(100 * worst, 2));
  return st;
}

eis_status cli_scl_validate(scl_job *job, eisi_sheet *out, eis_error *err) {
  static const eisi_sheet_name names[] = {{"arc", "SCL arc", "", "%", 100},
                                          {"arc_units", "in λ0/sigma", "", "", 1},
                                          {"series", "series", "", "%", 100},
                                          {"frozen", "frozen", "", "%", 100}};
  static const eisi_sheet_name L_name = {"thickness", "thickness of the half cell", "m", "µm", 1e6};
  static const eisi_sheet_name ratio = {"L_over_lambda0", "in λ0", "", "", 1};
  eis_scl_values v;
  double worst = 0, widest = 0;
  out->what = "validate";
  snprintf(out->title, sizeof out->title, "%s: closed forms against MPNP", job->material.name);
  eisi_sheet_column(out, &cli_scl_name_dphi);
  for (size_t i = 0; i < 4; i++) eisi_sheet_column(out, &names[i]);
  out->panel[out->n_panels++] = (eisi_sheet_panel){
      .x = 0, .y = {1, 3, 4}, .n = 3, .log_y = true, .label = "greatest error / %"};
  eis_status st = cli_scl_describe(job, out, err);
  eis_scl_params p = job->p;
  if (!st) st = eis_scl_eval(&p, &v, err);
  if (st) return st;
  eisi_sheet_add_fact(out, &L_name, job->L);
  eisi_sheet_add_fact(out, &ratio, job->L / v.lambda0);
  for (size_t i = 0; !st && i < job->n_dphi; i++) {
    eis_scl_deviation d;
    p.dphi = job->dphi[i];
    st = eis_scl_deviation_of(&p, job->L, job->RF, job->CH, &d, err);
    if (!st) st = eis_scl_eval(&p, &v, err);
    const double row[] = {p.dphi, d.arc, d.arc_units, d.series, d.frozen};
    if (!st) st = eisi_sheet_row(out, row, NULL, err);
    if (st) break;
    worst = fmax(worst, d.arc);
    widest = fmax(widest, v.width + 16 * v.lambda_D);
  }
  if (!st) st = validity_notes(worst, widest / job->L, out, err);
  return st ? st : cli_scl_warn(job, out, err);
}

/* ---- review ---- */

typedef struct estimate {
  const char *label;
  double stated_low, stated_high; /* what the review says */
  double eps_low, eps_high, n0, dphi_low, dphi_high;
  int what; /* row of `compute` */
} estimate;

enum { DEBYE, BINARY, LINEAR, WALL };

static double compute(const estimate *e, double eps_r, double dphi) {
  const eis_scl_params p = {.eps_r = eps_r, .n0 = e->n0, .sigma = 1, .T = 298.15, .dphi = dphi};
  eis_scl_values v;
  if (eis_scl_eval(&p, &v, NULL)) return NAN;
  switch (e->what) {
    case DEBYE: return v.lambda0 * 1e9;
    case BINARY: return v.lambda0 / sqrt(2) * 1e9;
    case LINEAR: return dphi / v.lambda0;
    default: return v.field;
  }
}

eis_status cli_scl_review(scl_job *job, eisi_sheet *out, eis_error *err) {
  static const estimate rows[] = {
      {"sulfide λ0 / nm (one carrier)", 0.2, 1, 20, 40, 1e27, 0, 0, DEBYE},
      {"sulfide λ / nm (binary, 2 n0)", 0.2, 1, 20, 40, 1e27, 0, 0, BINARY},
      {"oxide λ0 / nm (one carrier)", 2, 10, 8, 12, 1e25, 0, 0, DEBYE},
      {"oxide λ / nm (binary, 2 n0)", 2, 10, 8, 12, 1e25, 0, 0, BINARY},
      {"sulfide dphi/λ0 at 0.3-0.5 V, V/m", 1e8, NAN, 40, 20, 1e27, 0.3, 0.5, LINEAR},
      {"sulfide wall field, depletion, V/m", 1e8, NAN, 40, 20, 1e27, 0.3, 0.5, WALL},
      {"oxide dphi/λ0 at 0.1 V, V/m", 1e7, NAN, 12, 8, 1e25, 0.1, 0.1, LINEAR},
      {"oxide wall field, depletion, V/m", 1e7, NAN, 12, 8, 1e25, 0.1, 0.1, WALL}};
  static const char *const remarks[] = {
      "Stated: EES Batteries 2026, d5eb00244c: sulfides (eps_r 20-40, n0 1e27/m³) 'below 1 nm', 0.2 nm used; oxides "
      "(eps_r 8-12, 1e25/m³) 'several nm', 2 nm used (shown as 2 to 10); fields 'approaching or exceeding 1e8' and "
      "about 1e7 V/m.",
      "Its sulfide length agrees. Its oxide length does not: 1.1 to 1.3 nm, not several.",
      "Its fields are too small even for its own lengths: 0.3-0.5 V over 0.2 nm is 1.5e9 to 2.5e9 V/m, 0.1 V over "
      "2 nm 5e7. The ratio of sulfide to oxide, about 15 to 30, supports its point.",
      "dphi/λ0 overstates the field of a depleted layer by a factor of 2 to 3: see the rows of the wall field.",
      "The larger field does not make the larger resistance: at 0.3 V R_scl is 0.27 Ω cm² for the sulfide (sigma 2 "
      "mS/cm) and 10.7 Ω cm² for the oxide (0.3 mS/cm): 'eisfit scl resistance --material sulfide --dphi 0.3'.",
      "Both sets are at or beyond the edge of mean field (Γ 1.4-2.8 and 1.0-1.5): 'eisfit scl debye'."};
  static const eisi_sheet_name names[] = {{"stated_low", "stated from", "", "", 1},
                                          {"stated_high", "to", "", "", 1},
                                          {"computed_low", "computed from", "", "", 1},
                                          {"computed_high", "to", "", "", 1},
                                          {"factor_low", "computed/stated", "", "", 1},
                                          {"factor_high", "to", "", "", 1}};
  eis_status st = EIS_OK;
  (void)job;
  out->what = "review";
  out->label = "estimate";
  snprintf(out->title, sizeof out->title, "Estimates of the review recomputed, 298.15 K");
  for (size_t i = 0; i < 6; i++) eisi_sheet_column(out, &names[i]);
  for (size_t i = 0; !st && i < sizeof rows / sizeof *rows; i++) {
    const estimate *e = &rows[i];
    const double a = compute(e, e->eps_low, e->dphi_low), b = compute(e, e->eps_high, e->dphi_high);
    const double top = isnan(e->stated_high) ? e->stated_low : e->stated_high;
    const double row[] = {e->stated_low, e->stated_high, a, b, a / top, b / e->stated_low};
    st = eisi_sheet_row(out, row, e->label, err);
  }
  for (size_t i = 0; !st && i < sizeof remarks / sizeof *remarks; i++)
    st = eis_notes_add(&out->notes, err, "%s", remarks[i]);
  return st;
}

/* ---- profile ---- */

eis_status cli_scl_profile(scl_job *job, eisi_sheet *out, eis_error *err) {
  static const eisi_sheet_name names[] = {{"x", "x", "m", "nm", 1e9},
                                          {"phi", "potential", "V", "V", 1},
                                          {"c", "c/n0", "", "", 1},
                                          {"sigma", "conductivity", "S/m", "mS/cm", 10},
                                          {"anion", "anions/bulk", "", "", 1}};
  const size_t columns = job->set->anion ? 5 : 4;
  eis_mpnp_cell cell;
  eis_mpnp_profile p = {0};
  eis_mpnp_options o = {.cells = 100};
  out->what = "profile";
  eis_status st = cli_scl_make_cell(job, &cell, err);
  if (st) return st;
  const bool biased = !isnan(job->set->bias);
  snprintf(out->title, sizeof out->title, "%s: potential, concentration and conductivity, %s %g V",
           job->material.name, biased ? "bias" : "dphi", biased ? job->set->bias : job->dphi[0]);
  for (size_t i = 0; i < columns; i++) eisi_sheet_column(out, &names[i]);
  out->panel[out->n_panels++] =
      (eisi_sheet_panel){.x = 0, .y = {1}, .n = 1, .label = "potential / V"};
  out->panel[out->n_panels++] = (eisi_sheet_panel){
      .x = 0, .y = {2, 4}, .n = columns > 4 ? 2 : 1, .log_y = true, .label = "c / n0"};
  out->panel[out->n_panels++] =
      (eisi_sheet_panel){.x = 0, .y = {3}, .n = 1, .log_y = true, .label = "sigma / mS/cm"};
  st = cli_scl_describe(job, out, err);
  if (!st) st = eis_mpnp_profile_run(&cell, &o, &p, err);
  for (size_t i = 0; !st && i < p.n; i++) {
    const double row[] = {p.x[i], p.phi[i], p.c[i], p.sigma[i], p.anion[i]};
    st = eisi_sheet_row(out, row, NULL, err);
  }
  out->show = p.n / 24 + 1;
  eis_mpnp_profile_clear(&p);
  return st ? st : cli_scl_warn(job, out, err);
}

/* ---- kmc ---- */

static eis_status kmc_notes(const eis_kmc_result *r, double lambda0, double lattice,
                            eisi_sheet *out, eis_error *err) {
  eis_status st = eis_notes_add(
      &out->notes, err,
      "Ions hop to free neighbours with rate exp(-dE/2kT) in the field of all charges averaged over planes; errors "
      "come from the autocorrelation of 320 parts of the run. mpnp: continuum, G(y1) = G(-(V - y1)), convention b.");
  if (!st)
    st = eis_notes_add(&out->notes, err,
                       "Charge %.1f and capacitance %.1f standard errors from the continuum.",
                       fabs(r->Q - r->Q_mpnp) / r->Q_err, fabs(r->C - r->C_mpnp) / r->C_err);
  if (!st && r->charging_times < 100)
    st = eis_notes_add(
        &out->notes, err,
        "The averages are %.0f charging times long; below 100 the errors are too small: more --sweeps.",
        r->charging_times);
  if (!st && lambda0 < 3 * lattice)
    st = eis_notes_add(&out->notes, err,
                       "λ0 is %g distances of sites: a continuum is not to be expected to hold.",
                       eisi_signif(lambda0 / lattice, 2));
  return st;
}

static eis_status kmc_table(const scl_job *job, const eis_kmc_result *r, eisi_sheet *out,
                            eis_error *err) {
  static const eisi_sheet_name names[] = {{"x", "x", "m", "nm", 1e9},          {"c", "c/n0", "", "", 1},
                                          {"c_err", "error", "", "", 1},       {"c_mpnp", "mpnp", "", "", 1},
                                          {"phi", "potential", "V", "mV", 1e3}, {"phi_mpnp", "mpnp (potential)", "V", "mV", 1e3}};
  static const eisi_sheet_name facts[] = {{"bias", "bias", "V", "V", 1},
                                          {"nu", "nu", "", "", 1},
                                          {"Q", "charge of the electrode", "C/m^2", "µC/cm²", 100},
                                          {"Q_err", "  its error", "C/m^2", "µC/cm²", 100},
                                          {"Q_mpnp", "  mpnp", "C/m^2", "µC/cm²", 100},
                                          {"C", "capacitance", "F/m^2", "µF/cm²", 100},
                                          {"C_err", "  its error", "F/m^2", "µF/cm²", 100},
                                          {"C_mpnp", "  mpnp", "F/m^2", "µF/cm²", 100},
                                          {"chi2", "mean square deviation of c, in errors", "", "", 1}};
  const double v[] = {job->set->kmc.bias, r->nu,     r->Q,   r->Q_err, r->Q_mpnp, r->C,
                      r->C_err,           r->C_mpnp, r->chi2};
  eis_status st = EIS_OK;
  for (size_t i = 0; i < 6; i++) eisi_sheet_column(out, &names[i]);
  for (size_t i = 0; i < 9; i++)
    eisi_sheet_add_fact(out, &facts[i], i ? v[i] : isnan(job->set->bias) ? v[i] : job->set->bias);
  for (int k = 0; !st && k < r->n; k++) {
    const double row[] = {r->x[k], r->c[k], r->c_err[k], r->c_mpnp[k], r->phi[k], r->phi_mpnp[k]};
    st = eisi_sheet_row(out, row, NULL, err);
  }
  out->show = (size_t)r->n / 24 + 1;
  out->panel[out->n_panels++] = (eisi_sheet_panel){.x = 0, .y = {1, 3}, .n = 2, .label = "c / n0"};
  out->panel[out->n_panels++] =
      (eisi_sheet_panel){.x = 0, .y = {4, 5}, .n = 2, .label = "potential / mV"};
  return st;
}

eis_status cli_scl_kmc(scl_job *job, eisi_sheet *out, eis_error *err) {
  eis_kmc_options o = job->set->kmc;
  eis_kmc_result r;
  eis_scl_values v;
  out->what = "kmc";
  snprintf(out->title, sizeof out->title, "%s: ions on a lattice", job->material.name);
  if (!isnan(job->set->bias)) o.bias = job->set->bias;
  eis_status st = eis_scl_eval(&job->p, &v, err);
  if (st) return st;
  st = eis_kmc_run(&job->p, &o, &r, err);
  if (!st) st = kmc_table(job, &r, out, err);
  if (!st) st = kmc_notes(&r, v.lambda0, o.lattice, out, err);
  eis_kmc_result_clear(&r);
  return st ? st : cli_scl_warn(job, out, err);
}
