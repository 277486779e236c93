/* laws.c - the table of laws. */
#include "model/laws.h"

#include <math.h>
#include <string.h>

#include <eisfit/scl.h>

#include "physics/constants.h"

static const double per_kelvin = EISI_E / EISI_KB; /* eV/kB in K */

static double as_it_is(const eisi_law_point *at, double *d_par, double *d_in) {
  (void)d_par;
  (void)d_in;
  return at->x;
}

/* exp(Ea/kB (1/T - 1/T0)) */
static double arrhenius(const eisi_law_point *at, double *d_par, double *d_in) {
  const double u = per_kelvin * (1.0 / at->x - 1.0 / at->constant[0]), v = exp(at->par[0] * u);
  (void)d_in;
  d_par[0] = u * v;
  return v;
}

/* (T0/T) exp(-Ea/kB (1/T - 1/T0)): sigma T is thermally activated */
static double arrhenius_sigma(const eisi_law_point *at, double *d_par, double *d_in) {
  const double T0 = at->constant[0], u = per_kelvin * (1.0 / at->x - 1.0 / T0);
  const double v = T0 / at->x * exp(-at->par[0] * u);
  (void)d_in;
  d_par[0] = -u * v;
  return v;
}

/* T/T0 exp(Ea/kB (1/T - 1/T0)): the resistance that goes with it */
static double arrhenius_rho(const eisi_law_point *at, double *d_par, double *d_in) {
  const double T0 = at->constant[0], u = per_kelvin * (1.0 / at->x - 1.0 / T0);
  const double v = at->x / T0 * exp(at->par[0] * u);
  (void)d_in;
  d_par[0] = u * v;
  return v;
}

/* 1/j0 of Butler-Volmer kinetics, j0 ~ x^alpha (1 - x)^(1 - alpha), x the lithium content; 1 at its
   smallest */
static double butler_volmer(const eisi_law_point *at, double *d_par, double *d_in) {
  const double alpha = at->constant[0];
  const double x = at->constant[1] + (at->constant[2] - at->constant[1]) * at->x;
  (void)d_par;
  (void)d_in;
  if (!(x > 0.0 && x < 1.0)) return NAN;
  return pow(alpha / x, alpha) * pow((1.0 - alpha) / (1.0 - x), 1.0 - alpha);
}

static double linear(const eisi_law_point *at, double *d_par, double *d_in) {
  (void)d_in;
  d_par[0] = at->x - at->constant[0];
  return at->par[0] * d_par[0];
}

static double square_root(const eisi_law_point *at, double *d_par, double *d_in) {
  (void)d_in;
  if (at->x < 0.0) return NAN;
  d_par[0] = sqrt(at->x);
  return at->par[0] * d_par[0];
}

static double power(const eisi_law_point *at, double *d_par, double *d_in) {
  const double u = at->x / at->constant[0];
  (void)d_in;
  if (!(u > 0.0)) return NAN;
  const double v = pow(u, at->par[0]);
  d_par[0] = v * log(u);
  return v;
}

static double exponential(const eisi_law_point *at, double *d_par, double *d_in) {
  const double u = at->x - at->constant[0], v = exp(at->par[0] * u);
  (void)d_in;
  d_par[0] = u * v;
  return v;
}

static double parabola(const eisi_law_point *at, double *d_par, double *d_in) {
  const double u = at->x - at->constant[0], v = exp((at->par[0] + at->par[1] * u) * u);
  (void)d_in;
  d_par[0] = u * v;
  d_par[1] = u * u * v;
  return v;
}

/* dphi + Q(dphi)/C_H = theta (E - E_fb); doc/physics.md section 9 */
static double balance(const eisi_law_point *at, double *d_par, double *d_in) {
  const double *in = at->in, theta = at->par[0], E = at->x - at->par[1];
  const eis_scl_params p = {.eps_r = in[0], .n0 = in[1], .nu = in[2], .sigma = 1.0, .T = in[3]};
  eis_scl_balance_values v;
  if (eis_scl_balance(&p, in[4], theta * E, &v, NULL) != EIS_OK) return NAN;
  d_par[0] = E / v.slope;
  d_par[1] = -theta / v.slope;
  d_in[0] = v.d_ln_eps_r / in[0];
  d_in[1] = v.d_ln_n0 / in[1];
  d_in[2] = v.d_nu;
  d_in[3] = v.d_T;
  d_in[4] = v.d_ln_C_H / in[4];
  return v.dphi;
}

/* sigma = L/(A R), x = L/A */
static double conductivity(const eisi_law_point *at, double *d_par, double *d_in) {
  (void)d_par;
  d_in[0] = -at->x / (at->in[0] * at->in[0]);
  return at->x / at->in[0];
}

#define T_COLUMN "temperature_C"
#define T0_CONSTANT \
  { "T0", 298.15, 100.0, 2000.0 }
#define ANY (-1e30), 1e30
#define C0(VALUE) \
  { "c0", (VALUE), ANY }
#define EA(LOW, START) \
  { "Ea", "eV", (LOW), 3.0, (START), 0.2, "activation energy" }
#define BALANCE_PARS                                                                             \
  {{"theta", "", -1.5, 1.5, 0.5, 0.3, "part of the change of E_cathode that bends the bands"},   \
   {"E_fb", "V", 0.0, 6.0, 3.8, 0.1, "cathode potential without band bending (flat band)"}}
#define BALANCE_INPUTS \
  { "eps_r", "n0", "nu", "T", "CH" }

static const eisi_law table[] = {
    {.name = "shared", .formula = "ref", .kind = EISI_LAW_SHARING,
     .doc = "one value for all spectra"},
    {.name = "each", .formula = "ref(spectrum)", .kind = EISI_LAW_SHARING,
     .doc = "a value of its own for every spectrum"},
    {.name = "group", .formula = "ref(group)", .kind = EISI_LAW_SHARING,
     .argument = EISI_ARG_COLUMN, .column = "group",
     .doc = "one value for all spectra that have the same entry in a column"},
    {.name = "column", .formula = "column", .kind = EISI_LAW_WHOLE, .argument = EISI_ARG_COLUMN,
     .doc = "the number in a column, in SI; nothing is fitted", .eval = as_it_is},
    {.name = "arrhenius", .formula = "exp(Ea/kB (1/T - 1/T0))", .kind = EISI_LAW_FACTOR,
     .argument = EISI_ARG_COLUMN, .column = T_COLUMN, .n_pars = 1, .par = {EA(-3.0, 0.4)},
     .n_constants = 1, .constant = {T0_CONSTANT},
     .doc = "activated resistance or time constant, ref at T0", .eval = arrhenius},
    {.name = "arrhenius-sigma", .formula = "T0/T exp(-Ea/kB (1/T - 1/T0))",
     .kind = EISI_LAW_FACTOR, .argument = EISI_ARG_COLUMN, .column = T_COLUMN, .n_pars = 1,
     .par = {EA(-3.0, 0.35)}, .n_constants = 1, .constant = {T0_CONSTANT},
     .doc = "activated conductivity (sigma T), ref at T0", .eval = arrhenius_sigma},
    {.name = "arrhenius-rho", .formula = "T/T0 exp(Ea/kB (1/T - 1/T0))", .kind = EISI_LAW_FACTOR,
     .argument = EISI_ARG_COLUMN, .column = T_COLUMN, .n_pars = 1, .par = {EA(-3.0, 0.35)},
     .n_constants = 1, .constant = {T0_CONSTANT},
     .doc = "resistance of a bulk whose sigma T is activated, ref at T0", .eval = arrhenius_rho},
    {.name = "butler-volmer", .formula = "(alpha/x)^alpha ((1-alpha)/(1-x))^(1-alpha), x = x0 + (x1-x0) SOC",
     .kind = EISI_LAW_FACTOR, .argument = EISI_ARG_COLUMN, .column = "soc", .n_constants = 3,
     .constant = {{"alpha", 0.5, 0.01, 0.99}, {"x0", 0.95, 1e-6, 1.0 - 1e-6},
                  {"x1", 0.30, 1e-6, 1.0 - 1e-6}},
     .doc = "charge transfer over SOC: U-shaped, ref at its minimum", .eval = butler_volmer},
    {.name = "sqrt", .formula = "ref + k column^(1/2)", .kind = EISI_LAW_SUM,
     .argument = EISI_ARG_COLUMN, .n_pars = 1, .par = {{"k", "", ANY, 0.0, 0, "growth"}},
     .doc = "parabolic growth of a layer", .eval = square_root},
    {.name = "linear", .formula = "ref + k (column - c0)", .kind = EISI_LAW_SUM,
     .argument = EISI_ARG_COLUMN, .n_pars = 1, .par = {{"k", "", ANY, 0.0, 0, "slope"}},
     .n_constants = 1, .constant = {C0(0.0)}, .doc = "straight line", .eval = linear},
    {.name = "power", .formula = "(column/c0)^z", .kind = EISI_LAW_FACTOR,
     .argument = EISI_ARG_COLUMN, .n_pars = 1, .par = {{"z", "", -20.0, 20.0, 0.0, 1.0, "exponent"}},
     .n_constants = 1, .constant = {C0(1.0)}, .doc = "power law, ref at c0", .eval = power},
    {.name = "exp", .formula = "exp(k (column - c0))", .kind = EISI_LAW_FACTOR,
     .argument = EISI_ARG_COLUMN, .n_pars = 1, .par = {{"k", "", ANY, 0.0, 0, "rate"}},
     .n_constants = 1, .constant = {C0(0.0)}, .doc = "exponential, ref at c0", .eval = exponential},
    {.name = "parabola", .formula = "exp(k u + q u^2), u = column - c0", .kind = EISI_LAW_FACTOR,
     .argument = EISI_ARG_COLUMN, .n_pars = 2,
     .par = {{"k", "", ANY, 0.0, 0, "rate"}, {"q", "", ANY, 0.0, 0, "curvature"}},
     .n_constants = 1, .constant = {C0(0.0)}, .doc = "parabola of the logarithm, ref at c0",
     .eval = parabola},
    {.name = "ocv", .formula = "dphi + Q(dphi)/CH = theta (E(SOC) - E_fb)", .kind = EISI_LAW_WHOLE,
     .argument = EISI_ARG_TABLE, .n_pars = 2, .par = BALANCE_PARS, .n_inputs = 5,
     .input = BALANCE_INPUTS, .doc = "band bending from an OCV table and SOC", .eval = balance},
    {.name = "potential", .formula = "dphi + Q(dphi)/CH = theta (column - E_fb)",
     .kind = EISI_LAW_WHOLE, .argument = EISI_ARG_COLUMN, .n_pars = 2, .par = BALANCE_PARS,
     .n_inputs = 5, .input = BALANCE_INPUTS,
     .doc = "band bending from a column with the cathode potential", .eval = balance},
    {.name = "conductivity", .formula = "L/(A R)", .kind = EISI_LAW_WHOLE,
     .argument = EISI_ARG_PARAM, .n_inputs = 1, .input = {""},
     .doc = "from a resistance of the circuit and the columns thickness and area",
     .eval = conductivity},
};

const eisi_law *eisi_law_at(size_t i) {
  return i < sizeof table / sizeof *table ? &table[i] : NULL;
}

const eisi_law *eisi_law_find(const char *name, size_t len) {
  for (size_t i = 0; i < sizeof table / sizeof *table; i++)
    if (strlen(table[i].name) == len && memcmp(table[i].name, name, len) == 0) return &table[i];
  return NULL;
}
