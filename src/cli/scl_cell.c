/* scl_cell.c - eisfit scl: the cell of `profile` and `spectrum`, and its spectrum. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/scl_job.h"

/* "eps_r=20,n0=1e26,sigma=0.1,thickness=5 nm,offset=0.1": the last two are taken out, the rest is a
 * material. */
static eis_status read_coating(const char *text, eis_mpnp_layer *out, eis_error *err) {
  eis_material m = {.eps_r = NAN, .n0 = NAN, .nu = NAN, .sigma = NAN};
  double thickness = NAN, offset = 0;
  eisi_text rest = {0};
  eis_status st = EIS_OK;
  for (const char *s = text; !st && *s;) {
    const size_t n = strcspn(s, ",");
    char one[128];
    snprintf(one, sizeof one, "%.*s", (int)n, s);
    if (strncmp(one, "thickness=", 10) == 0)
      st = eisi_parse_quantity(one + 10, EISI_LENGTH, &thickness, err);
    else if (strncmp(one, "offset=", 7) == 0) {
      if (!eisi_parse_double(one + 7, strlen(one + 7), '.', &offset))
        st = eis_error_set(err, EIS_ERROR_USAGE, "--coating: '%s' is not a number of volts",
                           one + 7);
    } else
      eisi_text_addf(&rest, "%s%s", rest.n ? "," : "", one);
    s += n + (s[n] == ',');
  }
  if (!st) st = eisi_text_state(&rest, err);
  if (!st && rest.n) st = eis_material_set(&m, rest.s, err);
  eisi_text_clear(&rest);
  if (st) return st;
  if (isnan(thickness) || isnan(m.eps_r) || isnan(m.n0) || isnan(m.sigma))
    return eis_error_set(err, EIS_ERROR_USAGE,
                         "--coating needs eps_r, n0, sigma and thickness, for example "
                         "'eps_r=20,n0=1e26,sigma=1e-4 S/m,thickness=5 nm,offset=0.1'");
  *out = (eis_mpnp_layer){.eps_r = m.eps_r,
                          .n0 = m.n0,
                          .nu = isnan(m.nu) ? 0 : m.nu,
                          .sigma = m.sigma,
                          .thickness = thickness,
                          .offset = offset};
  return EIS_OK;
}

/* "sigma=1e-5 S/m,n0=1e25,nu=0" into the electrolyte. */
static eis_status read_anion(const char *text, eis_mpnp_layer *l, eis_error *err) {
  eis_material m = {.eps_r = NAN, .n0 = NAN, .nu = NAN, .sigma = NAN, .T_ref = NAN, .Ea_eV = NAN};
  const eis_status st = eis_material_set(&m, text, err);
  if (st) return st;
  if (isnan(m.sigma) || !isnan(m.eps_r) || !isnan(m.T_ref) || !isnan(m.Ea_eV))
    return eis_error_set(
        err, EIS_ERROR_USAGE,
        "--anion '%s': expected the conductivity of the anions, and if you like their density and share of "
        "sites: 'sigma=1e-5 S/m,n0=1e25,nu=0'",
        text);
  l->n_anion = isnan(m.n0) ? l->n0 : m.n0;
  l->nu_anion = isnan(m.nu) ? 0 : m.nu;
  l->sigma_anion = m.sigma;
  return EIS_OK;
}

/* The charge of the layer, so that dphi is what the space charge gets. */
static eis_status electrode(const scl_job *job, const eis_mpnp_layer *l, double dphi,
                            eis_mpnp_electrode *out, eis_error *err) {
  eis_scl_params p = job->p;
  eis_scl_values v;
  p.dphi = dphi;
  const eis_status st = eis_scl_eval(&p, &v, err);
  if (!st)
    *out = (eis_mpnp_electrode){dphi + eis_mpnp_charge(l, p.T, dphi) / job->CH, job->RF, job->CH};
  return st;
}

eis_status cli_scl_make_cell(const scl_job *job, eis_mpnp_cell *out, eis_error *err) {
  const scl_settings *set = job->set;
  eis_status st = EIS_OK;
  *out = eis_mpnp_cell_default();
  out->T = job->p.T;
  out->mobility = job->p.mobility;
  out->half = !set->cell && isnan(set->bias);
  out->sigma_e = set->sigma_e;
  if (set->coating) {
    st = read_coating(set->coating, &out->layer[0], err);
    out->n_layers = 2;
  }
  eis_mpnp_layer *l = &out->layer[out->n_layers - 1];
  *l = (eis_mpnp_layer){.eps_r = job->p.eps_r,
                        .n0 = job->p.n0,
                        .nu = job->p.nu,
                        .sigma = job->p.sigma,
                        .thickness = job->L};
  if (!st && set->anion) st = read_anion(set->anion, l, err);
  if (!st && job->n_dphi > 2)
    st = eis_error_set(err, EIS_ERROR_USAGE,
                       "--dphi has %zu values: expected one, or with --cell one for each electrode",
                       job->n_dphi);
  if (!st && set->coating) /* the compact layer and the coating take their part of the potential */
    out->left = (eis_mpnp_electrode){job->dphi[0], job->RF, job->CH};
  else if (!st)
    st = electrode(job, l, job->dphi[0], &out->left, err);
  if (!st) st = electrode(job, l, job->dphi[job->n_dphi - 1], &out->right, err);
  if (!st && !isnan(set->bias)) st = eis_mpnp_set_bias(out, set->bias, err);
  return st;
}

static eis_status describe(const scl_job *job, double area, eis_spectrum *s, eis_error *err) {
  char text[256];
  eis_status st = EIS_OK;
  if (!(s->format = eisi_strdup("simulated", err)) || !(s->source = eisi_strdup("mpnp", err)))
    return EIS_ERROR_MEMORY;
  snprintf(text, sizeof text, "%s: eps_r %g, n0 %g 1/m^3, nu %g, sigma %g S/m", job->material.name,
           job->p.eps_r, job->p.n0, job->p.nu, job->p.sigma);
  st = eis_meta_set(&s->meta, "electrolyte", text, err);
  const bool biased = !isnan(job->set->bias);
  snprintf(text, sizeof text, "%g", biased ? job->set->bias : job->dphi[0]);
  if (!st) st = eis_meta_set(&s->meta, biased ? "bias_V" : "dphi_V", text, err);
  snprintf(text, sizeof text, "%g", job->p.T);
  if (!st) st = eis_meta_set(&s->meta, "temperature_K", text, err);
  snprintf(text, sizeof text, "%g", job->L);
  if (!st) st = eis_meta_set(&s->meta, "thickness_m", text, err);
  snprintf(text, sizeof text, "%g", area);
  if (!st) st = eis_meta_set(&s->meta, "area_m2", text, err);
  return st;
}

eis_status cli_scl_spectrum(const scl_job *job, eis_spectrum *out, eis_error *err) {
  const scl_settings *set = job->set;
  const eis_mpnp_options o = {.cells = 250, .richardson = set->extrapolate};
  const double decades = log10(set->fmax / set->fmin), area = isnan(set->area) ? 1e-4 : set->area;
  eis_mpnp_cell cell;
  if (!(decades > 0))
    return eis_error_set(err, EIS_ERROR_USAGE, "--fmin %g Hz is not below --fmax %g Hz", set->fmin,
                         set->fmax);
  if (!(decades * set->per_decade < 1e5))
    return eis_error_set(err, EIS_ERROR_USAGE, "--per-decade %g makes more than 100000 points",
                         set->per_decade);
  eis_status st = cli_scl_make_cell(job, &cell, err);
  const size_t n = (size_t)fmax(1, round(decades * set->per_decade)) + 1;
  if (!st) st = eis_spectrum_init(out, n, err);
  double *z = eisi_new(2 * n, sizeof *z, err);
  if (!st && !z) st = EIS_ERROR_MEMORY;
  for (size_t k = 0; !st && k < n; k++)
    out->f[k] = set->fmax * pow(10, -decades * (double)k / (double)(n - 1));
  if (!st) st = eis_mpnp_impedance(&cell, &o, out->f, n, z, NULL, err);
  for (size_t k = 0; !st && k < n; k++) {
    out->re[k] = z[k] / area;
    out->im[k] = z[n + k] / area;
    out->row[k] = (int)k + 1;
  }
  free(z);
  return st ? st : describe(job, area, out, err);
}
