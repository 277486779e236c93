/* assb_cell.c - random solid-state cells.

   Nothing here is read from models/processes.ini: resistances and capacitances follow from
   conductivity, permittivity, thickness, particle size, coverage and band bending (doc/physics.md
   for the space-charge layer, the transmission line for the composite cathode).  The physics is the
   same as behind the windows, so a trial with these cells tests the inference, not whether the
   physics holds for a given chemistry. */
#include "assb_cell.h"

#include <math.h>
#include <string.h>

#include <eisfit/scl.h>

#include "numerics/rng.h"
#include "physics/constants.h"

static const double EPS0_CM = EISI_EPS0 * 1e-2; /* F/cm */

static const char *const keys[ASSB_PROCESSES] = {"SE_bulk", "SE_gb", "constriction", "SCL", "CEI",
                                                 "composite", "SEI_Li", "CT", "CT_InLi",
                                                 "diffusion"};

const char *assb_process(int process) { return keys[process]; }

/* ---- ranges: 25 C; ranges of ten and more are logarithmic ---- */

typedef struct range {
  double low, high;
} range;

typedef struct electrolyte_row {
  const char *name;
  range sigma;               /* S/cm */
  range eps_r, Ea;           /* Ea of sigma, eV */
  range n0;                  /* mobile ions, effective, 1/m3 */
  range thickness;           /* cm */
  double gb_share;           /* cells with a resistance of grain boundaries */
  range gb_R;                /* of it, relative to the bulk */
  double constriction_share; /* with a lithium anode */
  double cei_share;          /* without a coating */
  range celsius;
  range pores;     /* S/cm in the pores of the cathode; 0 = the electrolyte itself */
  range sei_sigma; /* S/cm, interphase of lithium */
} electrolyte_row;

static const electrolyte_row electrolytes[3] = {
    {"sulfide", {7e-4, 8e-3}, {10, 30}, {0.25, 0.40}, {3e25, 1e27}, {0.03, 0.1}, 0.4, {0.1, 1.5},
     0.15, 0.85, {0, 60}, {0, 0}, {1e-8, 3e-7}},
    {"oxide", {1e-4, 2e-3}, {10, 60}, {0.28, 0.45}, {1e25, 5e26}, {0.03, 0.15}, 0.85, {0.2, 4},
     0.3, 0.6, {0, 60}, {3e-4, 3e-3}, {1e-8, 3e-7}}, /* a soft electrolyte fills the pores */
    {"polymer", {1e-5, 2e-4}, {5, 12}, {0.5, 0.8}, {5e25, 1e27}, {0.005, 0.02}, 0, {0.1, 1}, 0, 0.5,
     {50, 80}, {0, 0}, {2e-9, 3e-8}}};

static const range gb_grain = {1e-4, 1e-3}, gb_layer = {2e-7, 2e-6}; /* cm */
static const range gb_dphi = {0.1, 0.25};                            /* V, when space charge */
static const range sei_thickness = {5e-7, 6e-6}, sei_eps = {8, 20}, sei_rough = {1, 4};
static const range in_R = {3, 60}, in_rough = {15, 300}, in_C = {1e-5, 4e-5}; /* F/cm2, true area */
static const range in_R_W = {2, 40}, in_tau_W = {1, 300};
static const range pore = {2e-4, 3e-3}, gap = {1e-5, 5e-4}, contact = {0.1, 0.7};
static const range particle = {1.5e-4, 4e-4}, active = {0.35, 0.55}, covered = {0.5, 0.95},
                   cathode = {3e-3, 1.2e-2}, pore_volume = {0.3, 0.5}, tortuosity = {1.5, 6};
static const range cei_thickness = {5e-7, 6e-6}, cei_sigma = {2e-9, 2e-7}, cei_eps = {8, 30};
static const range coat_thickness = {2e-7, 1.5e-6}, coat_sigma = {3e-9, 1e-6}, coat_eps = {15, 45};
static const range ct_R = {100, 3000}, ct_C = {5e-6, 3e-5};     /* per true area */
static const range solid_D = {3e-12, 1e-9}, slope_E = {0.3, 2}; /* cm2/s; V per mole fraction */
static const double SITES = 0.05;                               /* mol/cm3 */

/* ---- drawing ---- */

static double uniform(eisi_rng *r, range a) {
  return a.low + (a.high - a.low) * eisi_rng_uniform(r);
}

static double spread(eisi_rng *r, range a) {
  return exp(uniform(r, (range){log(a.low), log(a.high)}));
}

static bool chance(eisi_rng *r, double p) { return eisi_rng_uniform(r) < p; }

/* A resistance of 25 C at T. */
static double at_T(const assb_cell *c, double R, double Ea) {
  return R * exp(Ea * EISI_E / EISI_KB * (1 / c->T - 1 / EISI_T25));
}

typedef struct drawn {
  eisi_rng rng;
  const electrolyte_row *e;
  double sigma, eps_r, Ea, n0; /* sigma at T, S/cm */
  double rough;                /* wetted over geometric area of the cathode */
} drawn;

static void draw_conditions(drawn *d, assb_cell *c) {
  eisi_rng *r = &d->rng;
  static const double tops[] = {7e6, 1e6, 1e6, 1e6}, bottoms[] = {1e-3, 1e-2, 1e-2, 1e-1};
  const double kind = eisi_rng_uniform(r);
  d->e = &electrolytes[kind < 0.45 ? 0 : kind < 0.8 ? 1 : 2];
  c->electrolyte = d->e->name;
  const double ends = eisi_rng_uniform(r);
  c->anode = ends < 0.05 ? "no-anode" : ends < 0.53 ? "Li" : "In-Li";
  c->coating = ends > 0.95 ? "no-cathode" : chance(r, 0.5) ? "coated" : "uncoated";
  c->area = spread(r, (range){0.25, 3});
  const bool warm = strcmp(c->electrolyte, "polymer") == 0 || chance(r, 0.4);
  c->T = 273.15 + (warm ? uniform(r, d->e->celsius) : uniform(r, (range){22, 28}));
  c->soc = uniform(r, (range){0.1, 0.9});
  c->f_max = tops[(int)(4 * eisi_rng_uniform(r))];
  c->f_min = bottoms[(int)(4 * eisi_rng_uniform(r))];
  c->noise = spread(r, (range){0.001, 0.01});
  c->R0 = uniform(r, (range){0.2, 2});
  c->L = spread(r, (range){1e-7, 1e-6});
}

/* R1 and C_d of a space-charge layer, per true cm2. */
static void space_charge(const drawn *d, const assb_cell *c, double dphi, double *R, double *C) {
  const eis_scl_params p = {.eps_r = d->eps_r, .n0 = d->n0, .nu = 0, .sigma = d->sigma * 100,
                            .dphi = dphi, .T = c->T};
  eis_scl_values v;
  *R = *C = 0;
  if (eis_scl_eval(&p, &v, NULL) != EIS_OK) return;
  *R = fmax(v.R1 * 1e4, 0);
  *C = v.C_d * 1e-4;
}

static void draw_electrolyte(drawn *d, assb_cell *c) {
  eisi_rng *r = &d->rng;
  c->thickness = spread(r, d->e->thickness);
  d->eps_r = spread(r, d->e->eps_r);
  d->Ea = uniform(r, d->e->Ea);
  d->n0 = spread(r, d->e->n0);
  d->sigma = 1 / at_T(c, 1 / spread(r, d->e->sigma), d->Ea);
  const double R = c->thickness / d->sigma, C = d->eps_r * EPS0_CM / c->thickness;
  c->arc[ASSB_BULK] = (assb_arc){R, C, uniform(r, (range){0.93, 1})};
  if (!chance(r, d->e->gb_share)) return;
  const double grain = spread(r, gb_grain), n = c->thickness / grain;
  assb_arc *gb = &c->arc[ASSB_GB];
  gb->n = uniform(r, (range){0.75, 0.95});
  gb->R = at_T(c, R * spread(r, d->e->gb_R), uniform(r, (range){0, 0.15}));
  gb->C = C * grain / spread(r, gb_layer);
  if (strcmp(c->electrolyte, "oxide") != 0 || chance(r, 0.5)) return;
  double R1, C_d;
  space_charge(d, c, uniform(r, gb_dphi), &R1, &C_d);
  if (2 * R1 * n < 0.05 * R || 2 * R1 * n > 5 * R)
    return; /* invisible, or no electrolyte any more */
  gb->R = 2 * R1 * n;
  gb->C = C_d / 2 / n;
}

static void draw_constriction(drawn *d, assb_cell *c) {
  eisi_rng *r = &d->rng;
  if (!chance(r, d->e->constriction_share)) return;
  const double part = uniform(r, contact), a = spread(r, pore);
  c->arc[ASSB_CONSTRICTION] =
      (assb_arc){a / d->sigma * (1 / part - 1) * spread(r, (range){1, 5}),
                 EPS0_CM * (1 - part) / spread(r, gap), uniform(r, (range){0.8, 0.95})};
}

static void draw_anode(drawn *d, assb_cell *c) {
  eisi_rng *r = &d->rng;
  if (strcmp(c->anode, "Li") == 0) {
    draw_constriction(d, c);
    if (!chance(r, 0.9)) return;
    const double thick = spread(r, sei_thickness), rough = spread(r, sei_rough);
    c->arc[ASSB_SEI_LI] = (assb_arc){
        at_T(c, thick / spread(r, d->e->sei_sigma) / rough, uniform(r, (range){0.35, 0.6})),
        spread(r, sei_eps) * EPS0_CM / thick * rough, uniform(r, (range){0.8, 0.95})};
  } else if (strcmp(c->anode, "In-Li") == 0 && chance(r, 0.9)) {
    const double rich = 1 + uniform(r, (range){0, 2}) * (1 - c->soc); /* in indium */
    c->arc[ASSB_CT_INLI] =
        (assb_arc){at_T(c, spread(r, in_R) * rich, uniform(r, (range){0.4, 0.7})),
                   spread(r, in_C) * spread(r, in_rough), uniform(r, (range){0.75, 0.92})};
    if (!chance(r, 0.7)) return;
    c->R_W = at_T(c, spread(r, in_R_W), 0.4);
    c->tau_W = at_T(c, spread(r, in_tau_W), 0.4);
  }
}

/* Interphase, or coating and the space charge in front of it; per geometric area. */
static void draw_layers(drawn *d, assb_cell *c, bool coated) {
  eisi_rng *r = &d->rng;
  if (!coated && !chance(r, d->e->cei_share)) return;
  const double thick = spread(r, coated ? coat_thickness : cei_thickness);
  const double sigma = spread(r, coated ? coat_sigma : cei_sigma);
  const double eps = spread(r, coated ? coat_eps : cei_eps) * EPS0_CM;
  c->arc[ASSB_CEI] = (assb_arc){at_T(c, thick / sigma / d->rough, uniform(r, (range){0.4, 0.6})),
                                eps / thick * d->rough, uniform(r, (range){0.85, 0.97})};
  double R1, C_d;
  if (!coated) return;
  space_charge(d, c, uniform(r, (range){0, 0.35}), &R1, &C_d);
  c->arc[ASSB_SCL] = (assb_arc){R1 / d->rough, C_d * d->rough, uniform(r, (range){0.9, 1})};
}

static void draw_charge_transfer(drawn *d, assb_cell *c, bool coated) {
  eisi_rng *r = &d->rng;
  const double kinetic = 0.5 / sqrt(c->soc * (1 - c->soc)); /* Butler-Volmer */
  double R = at_T(c, spread(r, ct_R) * kinetic, uniform(r, (range){0.5, 0.75}));
  double C = spread(r, ct_C), R1, C_d;
  if (!coated) { /* one arc: (R1 + R_F) || (C_d and C_H in series) */
    space_charge(d, c, uniform(r, (range){0, 0.4}), &R1, &C_d);
    R += R1;
    if (C_d > 0) C = C * C_d / (C + C_d);
  }
  c->arc[ASSB_CT] = (assb_arc){R / d->rough, C * d->rough, uniform(r, (range){0.8, 0.95})};
}

static void draw_cathode(drawn *d, assb_cell *c) {
  eisi_rng *r = &d->rng;
  const bool coated = strcmp(c->coating, "coated") == 0;
  const double radius = spread(r, particle), depth = spread(r, cathode);
  d->rough = 3 * uniform(r, active) * uniform(r, covered) / radius * depth;
  const bool filled = d->e->pores.low > 0;
  const double sigma = filled ? 1 / at_T(c, 1 / spread(r, d->e->pores), 0.3) : d->sigma;
  c->R_ion = depth * uniform(r, tortuosity) / (sigma * uniform(r, pore_volume));
  draw_layers(d, c, coated);
  draw_charge_transfer(d, c, coated);
  const double D = 1 / at_T(c, 1 / spread(r, solid_D), 0.45);
  c->R_D = spread(r, slope_E) / SITES * radius / (D * 96485) / d->rough;
  c->tau_D = radius * radius / D;
}

void assb_cell_draw(uint64_t seed, uint64_t index, assb_cell *c) {
  drawn d;
  memset(&d, 0, sizeof d);
  memset(c, 0, sizeof *c);
  eisi_rng_seed(&d.rng, seed, index);
  draw_conditions(&d, c);
  draw_electrolyte(&d, c);
  draw_anode(&d, c);
  if (strcmp(c->coating, "no-cathode") != 0) draw_cathode(&d, c);
}

/* ---- impedance ---- */

static double complex arc_at(const assb_arc *a, double complex s) {
  return a->R > 0 ? a->R / (1 + cpow(s * a->R * a->C, a->n)) : 0;
}

/* coth(x)/x */
static double complex coth_over(double complex x) {
  if (cabs(x) < 1e-4) return 1 / (x * x) + 1.0 / 3;
  return fabs(creal(x)) > 30 ? 1 / x : 1 / (x * ctanh(x));
}

/* Charge transfer with diffusion into the particles behind it: (R + Z_D) || CPE. */
static double complex wall_at(const assb_cell *c, double complex s) {
  const assb_arc *a = &c->arc[ASSB_CT];
  const double complex x = csqrt(s * c->tau_D), t = fabs(creal(x)) > 30 ? 1 : ctanh(x);
  const double complex behind = a->R + c->R_D * t / (x - t);
  return 1 / (1 / behind + cpow(s * a->R * a->C, a->n) / a->R);
}

/* Transmission line of the pores, the wall along it. */
static double complex cathode_at(const assb_cell *c, double complex s) {
  if (!(c->R_ion > 0)) return 0;
  const double complex wall =
      arc_at(&c->arc[ASSB_CEI], s) + arc_at(&c->arc[ASSB_SCL], s) + wall_at(c, s);
  return c->R_ion * coth_over(csqrt(c->R_ion / wall));
}

static double complex anode_diffusion_at(const assb_cell *c, double complex s) {
  const double complex x = csqrt(s * c->tau_W);
  return c->R_W > 0 ? c->R_W * (fabs(creal(x)) > 30 ? 1 : ctanh(x)) / x : 0;
}

double complex assb_cell_impedance(const assb_cell *c, double complex s) {
  static const int series[] = {ASSB_BULK, ASSB_GB, ASSB_CONSTRICTION, ASSB_SEI_LI, ASSB_CT_INLI};
  double complex z = cathode_at(c, s) + anode_diffusion_at(c, s);
  for (size_t k = 0; k < sizeof series / sizeof *series; k++) z += arc_at(&c->arc[series[k]], s);
  return z / c->area + c->R0 + s * c->L;
}

/* The cell with the resistances of a process times x, time constants as they are. */
static void scale(assb_cell *c, int process, double x) {
  c->arc[process].R *= x;
  c->arc[process].C /= x;
  if (process == ASSB_COMPOSITE) c->R_ion *= x;
  if (process != ASSB_DIFFUSION) return;
  c->R_D *= x;
  c->R_W *= x;
}

static double gamma_of(const assb_cell *c, double tau) {
  return -cimag(assb_cell_impedance(c, cexp(0.97 * I * M_PI) / tau)) / M_PI;
}

double assb_cell_share(const assb_cell *c, int process, double tau) {
  const double h = 1e-3;
  assb_cell up = *c, down = *c;
  scale(&up, process, 1 + h);
  scale(&down, process, 1 - h);
  return (gamma_of(&up, tau) - gamma_of(&down, tau)) / (2 * h);
}

eis_status assb_cell_measure(const assb_cell *c, uint64_t seed, uint64_t index, eis_spectrum *s,
                             eis_error *err) {
  const size_t n = (size_t)(10 * log10(c->f_max / c->f_min) + 1.5);
  eisi_rng r;
  eisi_rng_seed(&r, seed + 1, index);
  const eis_status st = eis_spectrum_init(s, n, err);
  for (size_t k = 0; st == EIS_OK && k < n; k++) {
    s->f[k] = c->f_max * pow(10, -0.1 * (double)k);
    const double complex z = assb_cell_impedance(c, I * 2 * M_PI * s->f[k]);
    s->re[k] = creal(z) + c->noise * cabs(z) * eisi_rng_normal(&r);
    s->im[k] = cimag(z) + c->noise * cabs(z) * eisi_rng_normal(&r);
  }
  return st;
}
