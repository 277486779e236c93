/* campaign_cell.c - see campaign_cell.h.

   How the cells were chosen.  Between electrolyte and active material there is a layer of a third
   phase, a coating or what the electrolyte has decomposed to; its own arc separates the space
   charge in front of it from the charge transfer behind it (doc/physics.md, section 4).  Without
   such a layer both share one arc and no spectrum splits them.  Conductivity, permittivity and
   density are those of the oxide of models/materials.ini; thickness, roughness, layer and charge
   transfer lie inside the ranges of models/processes.ini.  Of what these leave open the values are
   such that a spectrum holds the answer: with 0.3 % noise the Cramer-Rao bound (`campaign_trial
   bound`) of the resistance of space charge and layer is below 5 % in most spectra, with exponents
   of all arcs free.  A typical composite cathode with a hundredfold true area hides the space
   charge below the noise. */
#include "campaign_cell.h"

#include <complex.h>
#include <math.h>

#include <eisfit/mpnp.h>

#include "physics/constants.h"

static const double eps_r = 10, n0 = 1e25;         /* electrolyte */
static const double n0_layer = 5e27, age_h = 1800; /* layer: its own screening is out of the way */

static const char *const keys[SIM_PROCESSES] = {"SE_bulk", "SCL", "CEI", "CT", "CT_InLi"};
const char *sim_process(int process) { return keys[process]; }

sim_design sim_design_default(void) {
  return (sim_design){.effect = 1,
                      .tau_cei = 6e-4,
                      .scatter = 1,
                      .noise = 0.003,
                      .r_bulk = 1,
                      .r_cei = 1,
                      .r_ct = 1,
                      .r_anode = 1,
                      .tau_gb = 1,
                      .lead = 1,
                      .soc_slope = 1,
                      .tau_extra = 3e-6};
}

/* A layer of next to no thickness is none. */
static void vary(const sim_design *d, sim_cell *c) {
  const double none = 0.02;
  c->thickness *= d->r_bulk;
  c->sigma_cei /= d->r_cei;
  c->eps_cei /= d->r_cei; /* tau stays */
  c->R_F *= d->r_ct;
  c->C_H /= d->r_ct;
  c->R_anode *= d->r_anode;
  c->C_anode /= d->r_anode;
  c->tau_gb *= d->tau_gb;
  c->L *= d->lead;
  c->theta *= d->soc_slope;
  c->shift += d->bending;
  if (d->no_scl > 0) c->theta = c->shift = 0;
  if (d->no_cei > 0) {
    c->cei_0 *= none;
    c->cei_growth *= none;
  }
  c->tau_growth = d->tau_growth;
  c->arcs = d->arcs;
  c->r_extra = d->r_extra;
  c->tau_extra = d->tau_extra;
}

void sim_cell_typical(const sim_design *d, bool coated, sim_cell *c) {
  const bool acts = coated && d->effect > 0;
  *c = (sim_cell){.area = 0.785e-4, .rough = 4, .thickness = 30e-6, .sigma = 0.03, .E_sigma = 0.32};
  c->gb = 0.3;
  c->tau_gb = 4e-9;
  c->theta = 0.065;
  c->shift = 0.33 - (acts ? 0.012 : 0);
  c->cei_0 = acts ? 0.7 * 8e-9 : 8e-9;
  c->cei_growth = 0.6 * c->cei_0 / sqrt(age_h);
  c->sigma_cei = 4.35e-7;
  c->eps_cei = d->tau_cei * c->sigma_cei / EISI_EPS0;
  c->E_cei = 0.5;
  c->R_F = 200e-4;
  c->C_H = 0.3;
  c->E_F = 0.6;
  c->R_anode = 30e-4;
  c->C_anode = 50;
  c->n_anode = 0.85;
  c->E_anode = 0.55;
  c->L = 5e-8;
  vary(d, c);
}

void sim_cell_draw(const sim_design *d, bool coated, eisi_rng *rng, sim_cell *c) {
  sim_cell_typical(d, coated, c);
  const struct {
    double *value, sd; /* of the logarithm */
  } spread[] = {{&c->rough, 0.06},  {&c->thickness, 0.05}, {&c->sigma, 0.06},
                {&c->gb, 0.1},      {&c->tau_gb, 0.1},     {&c->theta, 0.05},
                {&c->cei_0, 0.06},  {&c->cei_growth, 0.1}, {&c->sigma_cei, 0.08},
                {&c->R_F, 0.1},     {&c->C_H, 0.08},       {&c->R_anode, 0.1},
                {&c->C_anode, 0.1}, {&c->L, 0.1}};
  for (size_t k = 0; k < sizeof spread / sizeof *spread; k++)
    *spread[k].value *= exp(d->scatter * spread[k].sd * eisi_rng_normal(rng));
  const double bent = 0.003 * eisi_rng_normal(rng);
  if (!(d->no_scl > 0)) c->shift += d->scatter * bent;
  c->n_anode += 0.01 * eisi_rng_normal(rng);
}

/* ---- the solver ---- */

static double activated(double Ea, double T) {
  return exp(Ea * EISI_E / EISI_KB * (1 / T - 1 / EISI_T25));
}

static double conductivity(double sigma, double Ea, double T) {
  return sigma * EISI_T25 / T / activated(Ea, T);
}

/* Half a cell: contact, layer, electrolyte. */
static eis_mpnp_cell half_cell(const sim_cell *c, const eis_ocv *ocv, const sim_state *s) {
  eis_mpnp_cell m = eis_mpnp_cell_default();
  const double x = 0.95 - 0.65 * s->soc; /* lithium in the active material */
  const double E = eis_ocv_potential(ocv, s->soc, NULL) - eis_ocv_potential(ocv, 0.5, NULL);
  const double offset = c->theta * E + c->shift;
  m.T = s->T;
  m.half = true;
  m.n_layers = 2;
  m.layer[0] = (eis_mpnp_layer){.eps_r = c->eps_cei,
                                .n0 = n0_layer,
                                .nu = 0,
                                .sigma = c->sigma_cei / activated(c->E_cei, s->T) /
                                         (1 + c->tau_growth * sqrt(s->time_h / age_h)),
                                .thickness = c->cei_0 + c->cei_growth * sqrt(s->time_h),
                                .offset = offset};
  m.layer[1] = (eis_mpnp_layer){.eps_r = eps_r,
                                .n0 = n0,
                                .nu = 0,
                                .sigma = conductivity(c->sigma, c->E_sigma, s->T),
                                .thickness = c->thickness};
  m.left = (eis_mpnp_electrode){offset, c->R_F * activated(c->E_F, s->T) * 0.5 / sqrt(x * (1 - x)),
                                c->C_H};
  return m;
}

/* Integral of 1/sigma over the nodes [a, b), less that of `flat` [S/m], 0 = nothing less. */
static double resistance(const eis_mpnp_profile *p, size_t a, size_t b, double flat) {
  const double off = flat > 0 ? 1 / flat : 0;
  double R = 0;
  for (size_t i = a; i + 1 < b; i++)
    R += (p->x[i + 1] - p->x[i]) * (0.5 / p->sigma[i] + 0.5 / p->sigma[i + 1] - off);
  return R;
}

static double series(double a, double b) { return a * b / (a + b); }

/* Resistances of layer and space charge from the steady state, per true area; time constants from
   the capacitances of both sides of either contact. */
static eis_status interface_truth(const eis_mpnp_cell *m, sim_truth *t, eis_error *err) {
  eis_mpnp_profile p;
  const eis_mpnp_layer *layer = &m->layer[0], *se = &m->layer[1];
  const eis_status st = eis_mpnp_profile_run(m, NULL, &p, err);
  if (st != EIS_OK) return st;
  size_t in = 0; /* first node of the electrolyte: the second of two at the contact */
  while (in < p.n && p.x[in] < layer->thickness * (1 + 1e-9)) in++;
  in--;
  t->R[SIM_CEI] = resistance(&p, 0, in, 0);
  t->R[SIM_SCL] = resistance(&p, in, p.n, se->sigma);
  t->dphi = p.phi[in];
  eis_mpnp_profile_clear(&p);
  const eis_scl_params depleted = {se->eps_r, se->n0, 0, se->sigma, t->dphi, m->T, EIS_MOBILITY_A};
  eis_scl_params screen = {layer->eps_r, layer->n0, 0, layer->sigma, 0, m->T, EIS_MOBILITY_A};
  eis_scl_values d = {0}, flat = {0}, rich = {0};
  eis_status ok = eis_scl_eval(&depleted, &d, err);
  if (ok == EIS_OK) ok = eis_scl_eval(&screen, &flat, err);
  screen.dphi = t->dphi - layer->offset;
  if (ok == EIS_OK) ok = eis_scl_eval(&screen, &rich, err);
  if (ok != EIS_OK) return ok;
  t->tau[SIM_SCL] = d.R1 * series(d.C_d, rich.C_d);
  t->tau[SIM_CEI] = t->R[SIM_CEI] * layer->eps_r * EISI_EPS0 / layer->thickness;
  t->R[SIM_CT] = m->left.RF;
  t->tau[SIM_CT] = m->left.RF * series(m->left.CH, flat.C_d);
  return EIS_OK;
}

/* ---- the cell ---- */

void sim_frequencies(double *f) {
  for (int k = 0; k < SIM_POINTS; k++) f[k] = 7e6 * pow(10, -0.1 * k);
}

static double complex arc(double R, double tau, double n, double w) {
  return R / (1 + cpow(I * w * tau, n));
}

/* What the electrolyte has without the solver, and the anode. */
static double complex others(const sim_cell *c, const sim_truth *t, double R_gb, double w) {
  return arc(R_gb, c->tau_gb * R_gb * c->area / (c->gb * c->thickness / c->sigma), 1, w) +
         I * w * c->L + arc(t->R[SIM_ANODE], t->tau[SIM_ANODE], c->n_anode, w) +
         (c->r_extra > 0 ? arc(c->r_extra, c->tau_extra, 0.95, w) : 0);
}

/* Of the bulk without its boundaries; the rest of R[SIM_BULK] is theirs. */
static double crystal(const sim_cell *c, const sim_truth *t) {
  return t->R[SIM_BULK] / (1 + c->gb);
}

eis_status sim_cell_impedance(const sim_cell *c, const eis_ocv *ocv, const sim_state *s, double *z,
                              sim_truth *t, eis_error *err) {
  double f[SIM_POINTS];
  const eis_mpnp_cell m = half_cell(c, ocv, s);
  *t = (sim_truth){.dphi = 0};
  sim_frequencies(f);
  eis_status st = eis_mpnp_impedance(&m, NULL, f, SIM_POINTS, z, NULL, err);
  if (st == EIS_OK) st = interface_truth(&m, t, err);
  if (st != EIS_OK) return st;
  const double R_b = c->thickness / m.layer[1].sigma / c->area;
  for (int k = SIM_SCL; k <= SIM_CT; k++) t->R[k] /= c->area * c->rough;
  t->R[SIM_BULK] = R_b * (1 + c->gb);
  t->tau[SIM_BULK] = EISI_EPS0 * eps_r / m.layer[1].sigma;
  t->R[SIM_ANODE] = c->R_anode / c->area * activated(c->E_anode, s->T) * (1 + 0.5 * (1 - s->soc));
  t->tau[SIM_ANODE] = t->R[SIM_ANODE] * c->C_anode * c->area;
  for (int k = 0; k < SIM_POINTS;
       k++) { /* the bulk has the geometric area, all in front of it the true one */
    const double w = 2 * EISI_PI * f[k];
    const double complex bulk = arc(R_b, t->tau[SIM_BULK], 1, w), true_area = c->area * c->rough;
    const double complex sum = (z[k] + I * z[SIM_POINTS + k]) / true_area -
                               bulk * c->area / true_area + bulk + others(c, t, R_b * c->gb, w);
    z[k] = creal(sum);
    z[SIM_POINTS + k] = cimag(sum);
  }
  if (c->arcs > 0) sim_arcs(c, t, z);
  return EIS_OK;
}

void sim_arcs(const sim_cell *c, const sim_truth *t, double *z) {
  double f[SIM_POINTS];
  const double R_b = crystal(c, t);
  sim_frequencies(f);
  for (int k = 0; k < SIM_POINTS; k++) {
    const double w = 2 * EISI_PI * f[k];
    double complex sum = others(c, t, R_b * c->gb, w) + arc(R_b, t->tau[SIM_BULK], 1, w);
    for (int i = SIM_SCL; i <= SIM_CT; i++)
      sum += arc(t->R[i], t->tau[i], c->arcs > 0 ? c->arcs : 1, w);
    z[k] = creal(sum);
    z[SIM_POINTS + k] = cimag(sum);
  }
}

eis_status sim_measure(const double *z, double noise, eisi_rng *rng, eis_spectrum *s,
                       eis_error *err) {
  const eis_status st = eis_spectrum_init(s, SIM_POINTS, err);
  if (st != EIS_OK) return st;
  sim_frequencies(s->f);
  for (int k = 0; k < SIM_POINTS; k++) {
    const double size = noise * hypot(z[k], z[SIM_POINTS + k]);
    s->re[k] = z[k] + size * eisi_rng_normal(rng);
    s->im[k] = z[SIM_POINTS + k] + size * eisi_rng_normal(rng);
  }
  return EIS_OK;
}
