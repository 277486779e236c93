/* law.c - the laws by which a quantity changes: one row each. */
#include <eisfit/trend.h>
#include <math.h>
#include <string.h>

#include "campaign/regress.h"

static void constant_basis(double x, double q, double *phi, double *dphi) {
  (void)x, (void)q;
  phi[0] = 1;
  if (dphi) dphi[0] = 0;
}

void eisi_basis_line(double x, double q, double *phi, double *dphi) {
  (void)q;
  phi[0] = 1;
  phi[1] = x;
  if (dphi) dphi[0] = dphi[1] = 0;
}

static void sqrt_basis(double x, double q, double *phi, double *dphi) {
  eisi_basis_line(sqrt(fmax(x, 0)), q, phi, dphi);
}

/* sqrt(1 + x/q); derivative -x / (2 q^2 sqrt) */
static void parabolic_basis(double x, double q, double *phi, double *dphi) {
  phi[0] = sqrt(1 + x / q);
  if (dphi) dphi[0] = -x / (2 * q * q * phi[0]);
}

static void power_basis(double x, double q, double *phi, double *dphi) {
  phi[0] = 1;
  phi[1] = x > 0 ? pow(x, q) : 0;
  if (!dphi) return;
  dphi[0] = 0;
  dphi[1] = x > 0 ? phi[1] * log(x) : 0;
}

static void log_basis(double x, double q, double *phi, double *dphi) {
  phi[0] = 1;
  phi[1] = log1p(x / q);
  if (!dphi) return;
  dphi[0] = 0;
  dphi[1] = -x / (q * (q + x));
}

static void saturating_basis(double x, double q, double *phi, double *dphi) {
  const double e = exp(-x / q);
  phi[0] = 1;
  phi[1] = -expm1(-x / q);
  if (!dphi) return;
  dphi[0] = 0;
  dphi[1] = -e * x / (q * q);
}

void eisi_basis_bent(double x, double q, double *phi, double *dphi) {
  phi[0] = 1;
  phi[1] = x;
  phi[2] = fmax(x - q, 0);
  if (!dphi) return;
  dphi[0] = dphi[1] = 0;
  dphi[2] = x > q ? -1 : 0;
}

static void scaling_basis(double x, double q, double *phi, double *dphi) {
  phi[0] = pow(x, q);
  if (dphi) dphi[0] = phi[0] * log(x);
}

static const eis_law laws[] = {
    {.key = "constant", .name = "no change", .formula = "y0", .param = {"y0"}, .n_params = 1,
     .by_default = true, .basis = constant_basis, .reference = "the null hypothesis"},
    {.key = "sqrt", .name = "square root", .formula = "y0 + k sqrt(t)", .param = {"y0", "k"},
     .n_params = 2, .domain = EIS_LAW_NOT_NEGATIVE, .by_default = true, .basis = sqrt_basis,
     .reference = "layer that grows by diffusion through itself, from nothing"},
    {.key = "linear", .name = "linear", .formula = "y0 + k t", .param = {"y0", "k"}, .n_params = 2,
     .by_default = true, .basis = eisi_basis_line, .reference = "growth at a constant rate (reaction)"},
    {.key = "parabolic", .name = "parabolic", .formula = "y0 sqrt(1 + t/t0)",
     .param = {"y0", "t0"}, .n_params = 2, .has_shape = true, .domain = EIS_LAW_NOT_NEGATIVE,
     .by_default = true, .q_low = 1e-4, .q_high = 1e3, .q_relative = true, .basis = parabolic_basis,
     .reference = "delta^2 = delta0^2 + 2 k t: diffusion through a layer that was there before"},
    {.key = "power", .name = "power", .formula = "y0 + k t^z", .param = {"y0", "k", "z"},
     .n_params = 3, .has_shape = true, .domain = EIS_LAW_NOT_NEGATIVE, .by_default = true,
     .q_low = 0.05, .q_high = 4, .basis = power_basis, .reference = "empirical; z = 1/2: square root"},
    {.key = "log", .name = "logarithmic", .formula = "y0 + k ln(1 + t/t0)",
     .param = {"y0", "k", "t0"}, .n_params = 3, .has_shape = true, .domain = EIS_LAW_NOT_NEGATIVE,
     .by_default = true, .q_low = 1e-4, .q_high = 1e2, .q_relative = true, .basis = log_basis,
     .reference = "growth that slows down exponentially with what has grown"},
    {.key = "saturating", .name = "saturating", .formula = "y0 + a (1 - exp(-t/t0))",
     .param = {"y0", "a", "t0"}, .n_params = 3, .has_shape = true, .domain = EIS_LAW_NOT_NEGATIVE,
     .by_default = true, .q_low = 1e-2, .q_high = 1e2, .q_relative = true,
     .basis = saturating_basis, .reference = "first-order approach to a final state"},
    {.key = "knee", .name = "knee", .formula = "y0 + k1 t, slope k1 + k2 beyond tk",
     .param = {"y0", "k1", "k2", "tk"}, .n_params = 4, .has_shape = true, .by_default = true,
     .basis = eisi_basis_bent, .reference = "empirical: a second mechanism sets in"},
    {.key = "scaling", .name = "scaling", .formula = "a x^b", .param = {"a", "b"}, .n_params = 2,
     .has_shape = true, .domain = EIS_LAW_POSITIVE, .q_low = -4, .q_high = 4,
     .basis = scaling_basis, .reference = "pressure: b = -1/2 constriction, b = -1 contact area"},
};
enum { N_LAWS = sizeof laws / sizeof *laws };

const eis_law *eis_law_at(size_t i) { return i < N_LAWS ? &laws[i] : NULL; }

const eis_law *eis_law_find(const char *key) {
  for (size_t i = 0; i < N_LAWS; i++)
    if (strcmp(laws[i].key, key) == 0) return &laws[i];
  return NULL;
}

double eis_law_value(const eis_law *law, const double *p, double x, double *grad) {
  double phi[EIS_LAW_PARAMS], dphi[EIS_LAW_PARAMS], y = 0, slope = 0;
  const int m = law->n_params - law->has_shape;
  law->basis(x, law->has_shape ? p[m] : 0, phi, dphi);
  for (int j = 0; j < m; j++) {
    y += p[j] * phi[j];
    slope += p[j] * dphi[j];
    if (grad) grad[j] = phi[j];
  }
  if (grad && law->has_shape) grad[m] = slope;
  return y;
}
