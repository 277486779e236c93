/* scl_polymer.c - eisfit scl polymer: interface of a ceramic and a polymer over the salt
 * concentration. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include <eisfit/scl_junction.h>

#include "cli/scl_job.h"

static const double per_mol_l = 6.02214076e26; /* 1/m^3 */

static eis_status bad_polymer(const char *what, eis_error *err) {
  return eis_error_set(
      err, EIS_ERROR_USAGE,
      "%s: 'polymer' needs --polymer with eps_r, D (m^2/s) and dphi (V, ceramic minus polymer at "
      "c_ref mol/l, 1 when not given), for example 'eps_r=10,D=1e-12,dphi=0.2,c_ref=1'",
      what);
}

/* "eps_r=10,D=1e-12,dphi=0.2,c_ref=1" */
static eis_status read_polymer(const char *text, eis_junction *j, eis_error *err) {
  double c_ref = 1, eps_r = NAN, D = NAN, dphi = NAN;
  const struct {
    const char *key;
    double *v;
  } keys[] = {{"eps_r=", &eps_r}, {"D=", &D}, {"dphi=", &dphi}, {"c_ref=", &c_ref}};
  for (const char *s = text; *s;) {
    const size_t n = strcspn(s, ",");
    char one[128];
    bool known = false;
    snprintf(one, sizeof one, "%.*s", (int)n, s);
    for (size_t i = 0; i < sizeof keys / sizeof *keys && !known; i++) {
      const size_t k = strlen(keys[i].key);
      known = strncmp(one, keys[i].key, k) == 0 && one[k] &&
              eisi_parse_double(one + k, strlen(one + k), '.', keys[i].v) == strlen(one + k);
    }
    if (!known) return bad_polymer(one, err);
    s += n + (s[n] == ',');
  }
  if (isnan(eps_r) || isnan(D) || isnan(dphi))
    return bad_polymer(*text ? text : "nothing is given", err);
  j->polymer = (eis_polymer){.eps_r = eps_r, .D = D};
  j->c_ref = c_ref * per_mol_l;
  j->dphi_ref = dphi;
  return EIS_OK;
}

static void layout(const scl_job *job, const eis_junction *j, eisi_sheet *out) {
  static const eisi_sheet_name columns[] = {{"salt", "salt", "1/m^3", "mol/l", 1 / 6.02214076e26},
                                            {"dphi_L", "dphi_L", "V", "V", 1},
                                            {"dphi_P", "dphi_P", "V", "V", 1},
                                            {"R_L", "R_L", "ohm m^2", "Ω cm²", 1e4},
                                            {"R_P", "R_P", "ohm m^2", "Ω cm²", 1e4},
                                            {"R_int", "R_int", "ohm m^2", "Ω cm²", 1e4},
                                            {"C_L", "C_L", "F/m^2", "µF/cm²", 100},
                                            {"C_P", "C_P", "F/m^2", "µF/cm²", 100},
                                            {"C_int", "C_int", "F/m^2", "µF/cm²", 100}};
  static const eisi_sheet_name eps_P = {"eps_r_P", "eps_r (polymer)", "", "", 1};
  static const eisi_sheet_name D = {"D", "D (polymer)", "m^2/s", "m²/s", 1};
  static const eisi_sheet_name dphi = {"dphi_ref", "dphi, L - P", "V", "V", 1};
  static const eisi_sheet_name c_ref = {"c_ref", "at salt", "1/m^3", "mol/l", 1 / 6.02214076e26};
  out->what = "polymer";
  snprintf(out->title, sizeof out->title, "%s | polymer: interface over the salt concentration",
           job->material.name);
  for (size_t i = 0; i < sizeof columns / sizeof *columns; i++) eisi_sheet_column(out, &columns[i]);
  eisi_sheet_add_fact(out, &eps_P, j->polymer.eps_r);
  eisi_sheet_add_fact(out, &D, j->polymer.D);
  eisi_sheet_add_fact(out, &dphi, j->dphi_ref);
  eisi_sheet_add_fact(out, &c_ref, j->c_ref);
  out->panel[out->n_panels++] = (eisi_sheet_panel){.x = 0,
                                                   .y = {3, 4, 5},
                                                   .n = 3,
                                                   .log_x = true,
                                                   .log_y = true,
                                                   .label = "R (where > 0) / Ω cm²"};
  out->panel[out->n_panels++] = (eisi_sheet_panel){
      .x = 0, .y = {6, 7, 8}, .n = 3, .log_x = true, .log_y = true, .label = "C / µF/cm²"};
}

eis_status cli_scl_polymer(scl_job *job, eisi_sheet *out, eis_error *err) {
  eis_junction j = {.ceramic = job->p, .R_F = job->RF};
  eis_status st = read_polymer(job->set->polymer ? job->set->polymer : "", &j, err);
  if (!st) st = cli_scl_describe(job, out, err);
  if (st) return st;
  layout(job, &j, out);
  for (size_t i = 0; !st && i < job->n_values; i++) {
    eis_junction_values v;
    j.polymer.salt = job->value[i] * per_mol_l;
    st = eis_scl_junction(&j, &v, err);
    if (st) break;
    const double row[] = {j.polymer.salt, v.dphi_L, v.dphi_P, v.R_L,  v.R_P,
                          v.R_int,        v.C_L,    v.C_P,    v.C_int};
    st = eisi_sheet_row(out, row, NULL, err);
  }
  if (!st)
    st = eis_notes_add(
        &out->notes, err,
        "L: ceramic, P: polymer. Equilibrium of Li+ and no net charge; dphi: contact minus bulk, > 0 poor in Li+. R are excesses "
        "over the bulk, negative where rich; C_int = C of both in series. Ideal salt. Derived for eisfit, "
        "not a published formula (doc/physics.md, section 11).");
  return st ? st : cli_scl_warn(job, out, err);
}
