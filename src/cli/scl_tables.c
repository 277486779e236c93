/* scl_tables.c - eisfit scl: tables over the band bending. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/scl_job.h"

#define CM2 1e4 /* ohm m^2 -> ohm cm^2 */
#define UF 100  /* F/m^2 -> uF/cm^2 */
#define NM 1e9

const eisi_sheet_name cli_scl_name_dphi = {"dphi", "dphi", "V", "V", 1};
static const eisi_sheet_name eps_r = {"eps_r", "eps_r", "", "", 1};
static const eisi_sheet_name n0 = {"n0", "n0", "1/m^3", "1/cm³", 1e-6};
static const eisi_sheet_name nu = {"nu", "nu = n0/n_max", "", "", 1};
static const eisi_sheet_name sigma = {"sigma", "sigma", "S/m", "mS/cm", 10};
static const eisi_sheet_name T = {"T", "T", "K", "K", 1};
static const eisi_sheet_name lambda0 = {"lambda0", "λ0", "m", "nm", NM};
static const eisi_sheet_name lambda_D = {"lambda_D", "λ_D", "m", "nm", NM};
static const eisi_sheet_name lambda_2 = {"lambda_binary", "λ (2 n0)", "m", "nm", NM};
static const eisi_sheet_name tau_b = {"tau_b", "tau_b", "s", "ns", 1e9};
static const eisi_sheet_name r_unit = {"lambda0_over_sigma", "λ0/sigma", "ohm m^2", "Ω cm²", CM2};
static const eisi_sheet_name c_unit = {"eps_over_lambda0", "eps/λ0", "F/m^2", "µF/cm²", UF};
static const eisi_sheet_name gamma_ = {"Gamma", "Γ", "", "", 1};
static const eisi_sheet_name l_B = {"l_B", "l_B", "m", "nm", NM};
static const eisi_sheet_name spacing = {"spacing", "n0^(-1/3)", "m", "nm", NM};

static void columns(eisi_sheet *s, const eisi_sheet_name *const *name, size_t n) {
  for (size_t i = 0; i < n; i++) eisi_sheet_column(s, name[i]);
}
#define COLUMNS(s, list) columns((s), (list), sizeof(list) / sizeof *(list))

static void titled(eisi_sheet *s, const scl_job *job, const char *what, const char *title) {
  s->what = what;
  snprintf(s->title, sizeof s->title, "%s: %s", job->material.name, title);
}

eis_status cli_scl_describe(const scl_job *job, eisi_sheet *out, eis_error *err) {
  eis_scl_params p = job->p;
  eis_scl_values v;
  p.dphi = 0;
  const eis_status st = eis_scl_eval(&p, &v, err);
  if (st) return st;
  eisi_sheet_add_fact(out, &eps_r, p.eps_r);
  eisi_sheet_add_fact(out, &n0, p.n0);
  eisi_sheet_add_fact(out, &nu, p.nu);
  eisi_sheet_add_fact(out, &sigma, p.sigma);
  eisi_sheet_add_fact(out, &T, p.T);
  eisi_sheet_add_fact(out, &lambda0, v.lambda0);
  eisi_sheet_add_fact(out, &tau_b, v.tau_b);
  return EIS_OK;
}

/* What limits the numbers; dphi of largest modulus counts. */
eis_status cli_scl_warn(const scl_job *job, eisi_sheet *out, eis_error *err) {
  eis_scl_validity a;
  eis_scl_params p = job->p;
  double least = INFINITY, most = -INFINITY;
  for (size_t i = 0; i < job->n_dphi; i++) {
    least = fmin(least, job->dphi[i]);
    most = fmax(most, job->dphi[i]);
  }
  p.dphi = job->n_dphi ? (most > -least ? most : least) : 0;
  eis_status st = eis_scl_validity_of(&p, &a, err);
  if (!st && *job->material.source)
    st = eis_notes_add(&out->notes, err, "Numbers of %s: %s.", job->material.name,
                       job->material.source);
  if (!st && a.Gamma > 1)
    st = eis_notes_add(
        &out->notes, err,
        "Γ = l_B n0^(1/3) = %.2g > 1 (l_B %.2g nm, distance of cations %.2g nm): mean field is "
        "outside its range, eps_r, n0 and dphi are effective values.",
        a.Gamma, a.l_B * NM, a.spacing * NM);
  if (!st && a.width < 0.3e-9)
    st = eis_notes_add(
        &out->notes, err,
        "The layer is %.2g nm wide, less than the distance of sites (0.3 nm): a continuum only "
        "indicates the order of magnitude.",
        a.width * NM);
  if (!st && fabs(a.y0) > 20)
    st = eis_notes_add(
        &out->notes, err,
        "|dphi| of %.2g V is %.0f kT/e: beyond 20 kT/e other defects conduct first, the "
        "resistance is an upper limit.",
        fabs(p.dphi), fabs(a.y0));
  if (!st && a.field > 1e9)
    st = eis_notes_add(
        &out->notes, err,
        "At %.2g V the field at the wall is %.2g V/m: above 1e9 V/m the permittivity is not "
        "constant.",
        p.dphi, a.field);
  p.dphi = least < 0 ? least : 0;
  if (!st) st = eis_scl_validity_of(&p, &a, err);
  if (!st && job->n_dphi && least < 0 && p.nu == 0)
    st = eis_notes_add(
        &out->notes, err,
        "nu is not known, 0 is used: a Li-rich layer then collects cations without limit; give "
        "--set nu=... for dphi < 0.");
  else if (!st && a.saturation > 0.5 && p.dphi < 0)
    st = eis_notes_add(&out->notes, err,
                       "At %.2g V the sites at the wall are %.0f %% full: saturated.", p.dphi,
                       100 * a.saturation);
  return st;
}

/* ---- debye ---- */

static eis_status debye_row(const eis_material *m, double T_K, eisi_sheet *out, eis_error *err) {
  const eis_scl_params p = {.eps_r = m->eps_r, .n0 = m->n0, .nu = isnan(m->nu) ? 0 : m->nu, .sigma = m->sigma,
                            .T = T_K};
  eis_scl_values v;
  eis_scl_validity a;
  eis_status st = eis_scl_eval(&p, &v, err);
  if (!st) st = eis_scl_validity_of(&p, &a, err);
  if (st) return st;
  const double row[] = {p.eps_r, p.n0, v.lambda0, v.lambda_D, v.lambda0 / sqrt(2), v.lambda0 / p.sigma,
                        p.eps_r * 8.8541878128e-12 / v.lambda0, v.tau_b, a.l_B, a.spacing, a.Gamma};
  return eisi_sheet_row(out, row, m->name, err);
}

eis_status cli_scl_debye(scl_job *job, eisi_sheet *out, eis_error *err) {
  static const eisi_sheet_name *const names[] = {&eps_r,  &n0,     &lambda0, &lambda_D, &lambda_2, &r_unit,
                                                 &c_unit, &tau_b, &l_B,     &spacing,  &gamma_};
  eis_status st = EIS_OK;
  out->label = "material";
  COLUMNS(out, names);
  if (job->set->material || job->set->set.n) {
    titled(out, job, "debye", "Debye lengths");
    st = debye_row(&job->material, job->p.T, out, err);
    return st ? st : cli_scl_warn(job, out, err);
  }
  char **name = NULL;
  out->what = "debye";
  snprintf(out->title, sizeof out->title, "Debye lengths of the material table");
  st = eis_material_list(&name, err);
  for (size_t i = 0; !st && name[i]; i++) {
    eis_material m;
    st = eis_material_load(name[i], &m, err);
    if (!st)
      st = debye_row(&m, isnan(job->set->temperature) ? m.T_ref : job->set->temperature, out, err);
  }
  for (size_t i = 0; name && name[i]; i++) free(name[i]);
  free(name);
  if (!st)
    st = eis_notes_add(
        &out->notes, err,
        "λ0 = sqrt(eps kT/(e² n0)), λ_D = λ0/sqrt(1 - nu), λ (2 n0): of a binary electrolyte. Γ > 1: "
        "outside mean field. 'eisfit scl debye --material NAME' says where the numbers are from.");
  return st;
}

/* ---- tables with a row for each value of a list ---- */

/* Fills the row of x; p holds the electrolyte at flat band. */
typedef eis_status row_fn(scl_job *job, double x, eis_scl_params *p, double *row, eisi_sheet *out,
                          eis_error *err);

static eis_status fill(scl_job *job, const double *x, size_t n, row_fn *fn, eisi_sheet *out,
                       eis_error *err) {
  eis_status st = cli_scl_describe(job, out, err);
  for (size_t i = 0; !st && i < n; i++) {
    eis_scl_params p = job->p;
    double row[EISI_SHEET_COLUMNS];
    st = fn(job, x[i], &p, row, out, err);
    if (!st) st = eisi_sheet_row(out, row, NULL, err);
  }
  return st;
}

/* The same over the band bending. */
static eis_status fill_dphi(scl_job *job, row_fn *fn, eisi_sheet *out, eis_error *err) {
  return fill(job, job->dphi, job->n_dphi, fn, out, err);
}

static void take(double *row, const double *v, size_t n) { memcpy(row, v, n * sizeof *v); }
#define TAKE(row, v) take((row), (v), sizeof(v) / sizeof *(v))

/* What is to be said of the table, then what limits its numbers. */
static eis_status finish(const scl_job *job, eisi_sheet *out, const char *note, eis_error *err) {
  const eis_status st = eis_notes_add(&out->notes, err, "%s", note);
  return st ? st : cli_scl_warn(job, out, err);
}

/* ---- field ---- */

static eis_status field_row(scl_job *job, double x, eis_scl_params *p, double *row, eisi_sheet *out,
                            eis_error *err) {
  eis_scl_values v;
  (void)job, (void)out;
  p->dphi = x;
  const eis_status st = eis_scl_eval(p, &v, err);
  if (st) return st;
  const double E = fabs(x) / v.lambda0;
  const double all[] = {x, E, fabs(x) / v.lambda_D, v.field, v.Q, E > 0 ? v.field / E : NAN};
  TAKE(row, all);
  return EIS_OK;
}

eis_status cli_scl_field(scl_job *job, eisi_sheet *out, eis_error *err) {
  static const eisi_sheet_name linear = {"field_linear", "dphi/λ0", "V/m", "V/m", 1};
  static const eisi_sheet_name debye = {"field_debye", "dphi/λ_D", "V/m", "V/m", 1};
  static const eisi_sheet_name wall = {"field", "field at the wall", "V/m", "V/m", 1};
  static const eisi_sheet_name charge = {"Q", "charge", "C/m^2", "µC/cm²", 100};
  static const eisi_sheet_name ratio = {"ratio", "wall/linear", "", "", 1};
  static const eisi_sheet_name *const names[] = {
      &cli_scl_name_dphi, &linear, &debye, &wall, &charge, &ratio};
  titled(out, job, "field", "field and charge of the layer");
  COLUMNS(out, names);
  out->panel[out->n_panels++] =
      (eisi_sheet_panel){.x = 0, .y = {3, 1}, .n = 2, .log_y = true, .label = "field / V/m"};
  out->panel[out->n_panels++] =
      (eisi_sheet_panel){.x = 0, .y = {4}, .n = 1, .label = "charge / µC/cm²"};
  eis_status st = fill_dphi(job, field_row, out, err);
  if (st) return st;
  return finish(
      job, out,
      "dphi/λ0, the usual estimate, is right for small dphi only: a depleted layer is wider than "
      "λ0 and its wall field smaller, a Li-rich one is thinner and its field greater.",
      err);
}

/* ---- resistance ---- */

static eis_status resistance_row(scl_job *job, double x, eis_scl_params *p, double *row,
                                 eisi_sheet *out, eis_error *err) {
  eis_scl_values v;
  (void)job, (void)out;
  p->dphi = x;
  const eis_status st = eis_scl_eval(p, &v, err);
  if (st) return st;
  const bool arc = v.R_scl >= 0;
  const double all[] = {x, v.R_scl, v.R1, v.C_d, v.width, arc ? v.f_peak : NAN,
                        arc ? v.R1 * v.C_d / v.tau_b : NAN, v.R_blk};
  TAKE(row, all);
  return EIS_OK;
}

eis_status cli_scl_resistance(scl_job *job, eisi_sheet *out, eis_error *err) {
  static const eisi_sheet_name R_scl = {"R_scl", "R_scl", "ohm m^2", "Ω cm²", CM2};
  static const eisi_sheet_name R1 = {"R1", "R1", "ohm m^2", "Ω cm²", CM2};
  static const eisi_sheet_name C = {"C_scl", "C_scl", "F/m^2", "µF/cm²", UF};
  static const eisi_sheet_name width = {"width", "width", "m", "nm", NM};
  static const eisi_sheet_name f_peak = {"f_peak", "f_peak", "Hz", "Hz", 1};
  static const eisi_sheet_name ratio = {"tau_ratio", "tau/tau_b", "", "", 1};
  static const eisi_sheet_name R_blk = {"R_blk", "R_blk", "ohm m^2", "Ω cm²", CM2};
  static const eisi_sheet_name *const names[] = {
      &cli_scl_name_dphi, &R_scl, &R1, &C, &width, &f_peak, &ratio, &R_blk};
  titled(out, job, "resistance", "space-charge resistance and capacitance");
  COLUMNS(out, names);
  out->panel[out->n_panels++] = (eisi_sheet_panel){
      .x = 0, .y = {1, 2}, .n = 2, .log_y = true, .label = "R (where > 0) / Ω cm²"};
  out->panel[out->n_panels++] =
      (eisi_sheet_panel){.x = 0, .y = {3}, .n = 1, .log_y = true, .label = "C_scl / µF/cm²"};
  eis_status st = fill_dphi(job, resistance_row, out, err);
  if (st) return st;
  return finish(
      job, out,
      "R_scl: excess over bulk; R1 = R_scl + width/sigma: the resistance of the arc R1 || C_scl "
      "(R_scl < 0: Li-rich, no arc of its own); R_blk: correction of the dc resistance at a blocking electrode. "
      "Per true contact area: a rough or porous contact has less, a poor one more.",
      err);
}

/* ---- ea ---- */

static double activation_energy(const scl_job *job) {
  return isnan(job->set->Ea) ? job->material.Ea_eV : job->set->Ea;
}

static eis_status ea_row(scl_job *job, double x, eis_scl_params *p, double *row, eisi_sheet *out,
                         eis_error *err) {
  eis_scl_energy e;
  (void)out;
  p->dphi = x;
  const eis_status st = eis_scl_activation(p, activation_energy(job), job->set->slope, &e, err);
  if (st) return st;
  const double all[] = {x, e.R_scl, e.R1, e.estimate};
  TAKE(row, all);
  return EIS_OK;
}

eis_status cli_scl_ea(scl_job *job, eisi_sheet *out, eis_error *err) {
  static const eisi_sheet_name R_scl = {"E_R_scl", "E(R_scl)", "eV", "eV", 1};
  static const eisi_sheet_name R1 = {"E_R1", "E(R1)", "eV", "eV", 1};
  static const eisi_sheet_name estimate = {"E_estimate", "E_sigma + e dphi - 2 kT", "eV", "eV", 1};
  static const eisi_sheet_name *const names[] = {&cli_scl_name_dphi, &R_scl, &R1, &estimate};
  static const eisi_sheet_name E_sigma = {"E_sigma", "E_sigma (of sigma T)", "eV", "eV", 1};
  static const eisi_sheet_name slope = {"dphi_slope", "d dphi/dT", "V/K", "mV/K", 1000};
  const double Ea = activation_energy(job);
  if (isnan(Ea))
    return eis_error_set(
        err, EIS_ERROR_USAGE,
        "the activation energy of sigma is not known for %s: give --ea 0.35 (eV, of sigma T)",
        job->material.name);
  titled(out, job, "ea", "apparent activation energy of the space-charge resistance");
  COLUMNS(out, names);
  out->panel[out->n_panels++] =
      (eisi_sheet_panel){.x = 0, .y = {1, 2, 3}, .n = 3, .label = "activation energy / eV"};
  eisi_sheet_add_fact(out, &E_sigma, Ea);
  eisi_sheet_add_fact(out, &slope, job->set->slope);
  eis_status st = fill_dphi(job, ea_row, out, err);
  if (!st)
    st = eis_notes_add(
        &out->notes, err,
        "Slope of ln R over 1/kT at this temperature, dphi constant unless --slope says otherwise; "
        "charge transfer in the same arc adds its own.");
  return st;
}

/* ---- inverse ---- */

/* Warnings are about what came out. */
static eis_status remember(scl_job *job, double dphi, eis_error *err) {
  if (isnan(dphi)) return EIS_OK;
  const eis_status st = eisi_grow(&job->dphi, job->n_dphi, job->n_dphi + 1, sizeof *job->dphi, err);
  if (!st) job->dphi[job->n_dphi++] = dphi;
  return st;
}

static eis_status inverse_row(scl_job *job, double x, eis_scl_params *p, double *row,
                              eisi_sheet *out, eis_error *err) {
  eis_scl_values v = {.C_d = NAN, .f_peak = NAN};
  const double want = x / CM2, a = eis_scl_dphi_from_R_scl(p, want);
  eis_status st = EIS_OK;
  p->dphi = eis_scl_dphi_from_R(p, want);
  if (!isnan(p->dphi)) st = eis_scl_eval(p, &v, err);
  if (!st) st = remember(job, p->dphi, err);
  if (st) return st;
  const double all[] = {want, a, p->dphi, v.C_d, v.f_peak};
  TAKE(row, all);
  if (!isnan(p->dphi) || !isnan(a)) return EIS_OK;
  return eis_notes_add(&out->notes, err, "No band bending up to 40 kT/e gives %g Ω cm².", x);
}

eis_status cli_scl_inverse(scl_job *job, eisi_sheet *out, eis_error *err) {
  static const eisi_sheet_name R = {"R", "R", "ohm m^2", "Ω cm²", CM2};
  static const eisi_sheet_name from_R = {"dphi_R_scl", "dphi (R = R_scl)", "V", "V", 1};
  static const eisi_sheet_name from_R1 = {"dphi_R1", "dphi (R = R1)", "V", "V", 1};
  static const eisi_sheet_name C = {"C_scl", "C_scl", "F/m^2", "µF/cm²", UF};
  static const eisi_sheet_name f_peak = {"f_peak", "f_peak", "Hz", "Hz", 1};
  static const eisi_sheet_name *const names[] = {&R, &from_R, &from_R1, &C, &f_peak};
  titled(out, job, "inverse", "band bending for a given resistance");
  COLUMNS(out, names);
  out->panel[out->n_panels++] =
      (eisi_sheet_panel){.x = 0, .y = {1, 2}, .n = 2, .log_x = true, .label = "dphi / V"};
  eis_status st = fill(job, job->value, job->n_values, inverse_row, out, err);
  if (st) return st;
  return finish(
      job, out,
      "If all of the resistance were space charge: charge transfer in the same arc makes dphi "
      "smaller. R = R1: R is the resistance of an arc; C_scl and f_peak are those of that arc.",
      err);
}

/* ---- tau-ratio ---- */

static eis_status tau_ratio_row(scl_job *job, double x, eis_scl_params *p, double *row,
                                eisi_sheet *out, eis_error *err) {
  eis_scl_values v;
  (void)out;
  p->dphi = eis_scl_dphi_from_tau_ratio(p, x);
  if (isnan(p->dphi))
    return eis_error_set(
        err, EIS_ERROR_INPUT,
        "tau_scl/tau_b = %g is not possible: expected 1 (flat band) or more, up to that of 40 "
        "kT/e; is it f_b/f_scl, bulk over interface?",
        x);
  eis_status st = eis_scl_eval(p, &v, err);
  if (!st) st = remember(job, p->dphi, err);
  if (st) return st;
  const double all[] = {x, p->dphi, v.f_peak, v.R1, v.C_d};
  TAKE(row, all);
  return EIS_OK;
}

eis_status cli_scl_tau_ratio(scl_job *job, eisi_sheet *out, eis_error *err) {
  static const eisi_sheet_name ratio = {"tau_ratio", "tau_scl/tau_b", "", "", 1};
  static const eisi_sheet_name f_scl = {"f_scl", "f_scl", "Hz", "Hz", 1};
  static const eisi_sheet_name R1 = {"R1", "R1", "ohm m^2", "Ω cm²", CM2};
  static const eisi_sheet_name C = {"C_scl", "C_scl", "F/m^2", "µF/cm²", UF};
  static const eisi_sheet_name *const names[] = {&ratio, &cli_scl_name_dphi, &f_scl, &R1, &C};
  titled(out, job, "tau-ratio", "band bending from the ratio of time constants");
  COLUMNS(out, names);
  out->panel[out->n_panels++] =
      (eisi_sheet_panel){.x = 0, .y = {1}, .n = 1, .log_x = true, .label = "dphi / V"};
  eis_status st = fill(job, job->value, job->n_values, tau_ratio_row, out, err);
  if (st) return st;
  return finish(
      job, out,
      "Needs neither area nor thickness nor n0 (except through nu). Conditions: the resistance of "
      "the arc is space charge alone (R_F << R1), no compact layer takes part (C_H >> C_scl), and "
      "tau_b = eps/sigma is that of the bulk arc. With charge transfer or a compact layer dphi is "
      "an upper limit.",
      err);
}
