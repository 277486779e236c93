#include "analysis/drt_forms.h"

#include <math.h>
#include <string.h>

/* Distance from a singularity (Cole-Davidson at its tau) within which gamma counts as level. */
static const double NEAREST = 1e-3;
static const double LARGEST_ALPHA = 0.99;

/* S. Havriliak, S. Negami, Polymer 8 (1967) 161, eq. of the distribution in ln tau:
   y^(alpha beta) sin(beta theta)/(pi (1 + 2 y^alpha cos(pi alpha) + y^(2 alpha))^(beta/2)) with
   y = tau'/tau, theta = arg(y^alpha + cos(pi alpha) + j sin(pi alpha)). */
static double havriliak(double alpha, double beta, double x) {
  const double t = alpha * x, e = exp(-fabs(t)), c = cos(M_PI * alpha), s = sin(M_PI * alpha);
  const double ln_d = 2 * fmax(t, 0) + log(1 + 2 * c * e + e * e);
  const double theta = t > 0 ? atan2(s * e, 1 + c * e) : atan2(s, e + c);
  return sin(beta * theta) / M_PI * exp(beta * (t - 0.5 * ln_d));
}

double eisi_drt_form(double R, double alpha, double beta, double x, double h) {
  if (alpha >= 1 && beta >= 1) return R * fmax(1 - fabs(x) / h, 0) / h;
  if (alpha >= 1) { /* nothing beyond tau */
    if (x >= 0) return 0;
    const double d = -fmin(x, -NEAREST);
    return R / M_PI * sin(beta * M_PI) * exp(-beta * log(expm1(d)));
  }
  if (beta != 1) return R * havriliak(alpha, beta, x);
  const double theta = (1 - alpha) * M_PI;
  return R / (2 * M_PI) * sin(theta) / (cosh(fmin(alpha * fabs(x), 700)) - cos(theta));
}

/* Half height where cosh(alpha x) = 2 - cos((1 - alpha) pi). */
double eisi_drt_zarc_width(double alpha) {
  if (alpha >= 1) return 0;
  return 2 * acosh(2 - cos((1 - alpha) * M_PI)) / alpha / log(10);
}

double eisi_drt_zarc_alpha(double width) {
  double low = 0.1, high = LARGEST_ALPHA;
  if (!(width > eisi_drt_zarc_width(high))) return 1;
  for (int round = 0; round < 60; round++) {
    const double middle = (low + high) / 2;
    if (eisi_drt_zarc_width(middle) > width)
      low = middle;
    else
      high = middle;
  }
  return low;
}

/* R coth(b)/b, b = sqrt(j w tau), is R/(j w tau) and delta functions of 2R/(k pi)^2 at tau/(k
   pi)^2, k = 1, 2 ...; where they are closer than the grid, sqrt(tau'/tau) R/pi. */
static double finite_space(double R, double x, double h) {
  const double first = exp((-x - h) / 2) / M_PI, last = exp((-x + h) / 2) / M_PI;
  double sum = 0;
  if (first > 400) return R / M_PI * exp(x / 2);
  for (double k = fmax(ceil(first), 1); k <= last; k++) {
    const double kp = k * M_PI;
    sum += eisi_drt_form(2 * R / (kp * kp), 1, 1, x + 2 * log(kp), h);
  }
  return sum;
}

double eisi_drt_process_gamma(const eis_drt_process *p, double ltau, double h) {
  const double R = strcmp(p->element, "RL") == 0 ? -p->R : p->R;
  if (strcmp(p->element, "Wo") == 0) return finite_space(R, ltau - log(p->tau), h);
  return eisi_drt_form(R, p->alpha, p->beta, ltau - log(p->tau), h);
}

/* gamma that may have any sign, between the points of its even grid; 0 outside. */
static double between(const eis_drt_result *r, double tau) {
  const double h = log(r->tau[1] / r->tau[0]), at = log(tau / r->tau[0]) / h;
  if (!(at >= 0 && at <= (double)(r->n_tau - 1))) return 0;
  const size_t i = at < (double)(r->n_tau - 1) ? (size_t)at : r->n_tau - 2;
  const double t = at - (double)i;
  return (1 - t) * r->gamma[i] + t * r->gamma[i + 1];
}

double eis_drt_solution_at(const eis_drt_solution *s, double tau) {
  const eis_drt_parametric *p = s->parametric;
  double sum = 0;
  if (!(tau > 0)) return 0;
  if (s->drt.coef || strcmp(s->gamma_by->key, "adaptive") == 0) return eis_drt_at(&s->drt, tau);
  if (!p) return between(&s->drt, tau);
  for (size_t q = 0; q < p->n; q++)
    sum += eisi_drt_process_gamma(&p->process[q], log(tau), s->drt.sharp_decades * log(10) / 2);
  return sum;
}
