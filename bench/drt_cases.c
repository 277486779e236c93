#include "drt_cases.h"

#include <complex.h>
#include <math.h>

#include "numerics/rng.h"

const trial_case trial_cases[] = {
    {.name = "two ZARCs", .R_inf = 10, .goal = {0.015, 0.05, 0.09}, .part = {{50, 0.8, 1e-4, 1, HN}, {50, 0.8, 0.1, 1, HN}}},
    {.name = "ZARC .6", .R_inf = 10, .part = {{50, 0.6, 1e-2, 1, HN}}},
    {.name = "ZARC .95", .R_inf = 10, .part = {{50, 0.95, 1e-2, 1, HN}}},
    {.name = "RC", .R_inf = 10, .part = {{50, 1, 1e-2, 1, HN}}},
    {.name = "broad + sharp", .R_inf = 10, .part = {{50, 0.7, 1e-4, 1, HN}, {30, 0.95, 0.1, 1, HN}}},
    {.name = ".5 decade apart", .R_inf = 10, .part = {{50, 0.85, 1e-2, 1, HN}, {50, 0.85, 3.1623e-2, 1, HN}}},
    {.name = "1 decade apart", .R_inf = 10, .part = {{50, 0.8, 1e-2, 1, HN}, {50, 0.8, 0.1, 1, HN}}},
    {.name = "10 : 1", .R_inf = 10, .part = {{50, 0.8, 1e-4, 1, HN}, {5, 0.85, 0.1, 1, HN}}},
    {.name = "five", .R_inf = 10,
     .part = {{20, 0.85, 2e-6, 1, HN}, {30, 0.8, 1e-4, 1, HN}, {10, 0.9, 3e-3, 1, HN},
      {40, 0.75, 0.1, 1, HN}, {20, 0.9, 3, 1, HN}}},
    {.name = "two + L", .R_inf = 10, .L = 1e-6, .part = {{50, 0.8, 1e-4, 1, HN}, {50, 0.8, 0.1, 1, HN}}},
    {.name = "two + C", .R_inf = 10, .C = 0.1, .part = {{50, 0.8, 1e-4, 1, HN}, {50, 0.8, 0.01, 1, HN}}},
    {.name = "Cole-Davidson .6", .R_inf = 10, .part = {{50, 1, 1e-2, 0.6, HN}}},
    {.name = "HN .8, .6", .R_inf = 10, .part = {{50, 0.8, 1e-4, 0.6, HN}, {50, 0.8, 0.1, 0.6, HN}}},
    {.name = "log-normal 1", .R_inf = 10, .part = {{50, 1, 1e-4, 1, LOG_NORMAL}, {50, 1, 0.1, 1, LOG_NORMAL}}},
    {.name = "Gerischer", .R_inf = 10, .part = {{50, 1, 1e-2, 0.5, HN}}},
    {.name = "Warburg, open", .R_inf = 10, .part = {{50, 1, 10, 1, WARBURG}}},
    {.name = "loop", .R_inf = 10, .part = {{50, 0.8, 1e-4, 1, HN}, {-10, 0.8, 0.1, 1, HN}}},
    {.name = "five, nine decades", .R_inf = 10,
     .part = {{20, 0.85, 1e-7, 1, HN}, {30, 0.8, 2e-5, 1, HN}, {10, 0.9, 3e-3, 1, HN},
      {40, 0.75, 0.5, 1, HN}, {20, 0.9, 100, 1, HN}}, .top = 7, .points = 101}};

size_t trial_cases_count(void) { return sizeof trial_cases / sizeof *trial_cases; }

static double complex impedance_of(const part *p, double w) {
  const double complex jwt = I * w * p->tau;
  double complex z = 0;
  if (p->kind == HN) return p->R / cpow(1 + cpow(jwt, p->n), p->b);
  if (p->kind == WARBURG) return p->R / (csqrt(jwt) * ctanh(csqrt(jwt)));
  const double h = 0.02 * p->n; /* the trapezoidal rule is exact for a Gaussian */
  for (int i = -500; i <= 500; i++)
    z += p->R * h / (p->n * sqrt(2 * M_PI)) * exp(-0.5 * h * h / (p->n * p->n) * i * i) /
         (1 + jwt * exp(h * i));
  return z;
}

static double complex impedance(const trial_case *c, double w) {
  double complex z = c->R_inf + I * w * c->L;
  if (c->C > 0) z += 1 / (I * w * c->C);
  for (const part *p = c->part; p < c->part + MOST_PARTS && p->R != 0; p++) z += impedance_of(p, w);
  return z;
}

/* A sum of delta functions, or not square integrable: there is no error to be stated. */
bool trial_has_gamma(const trial_case *c) {
  for (const part *p = c->part; p < c->part + MOST_PARTS && p->R != 0; p++)
    if (p->kind == WARBURG || (p->kind == HN && p->n >= 1 && (p->b == 1 || p->b <= 0.5)))
      return false;
  return true;
}

static double gamma_of_part(const part *p, double tau) {
  const double x = log(tau / p->tau), v = exp(p->n * x), angle = p->n * M_PI;
  if (p->kind == LOG_NORMAL)
    return p->R / (p->n * sqrt(2 * M_PI)) * exp(-0.5 * x * x / (p->n * p->n));
  if (p->n >= 1 && x >= 0) return 0;
  const double theta = atan2(p->n >= 1 ? 0 : sin(angle), v + cos(angle));
  return p->R / M_PI * pow(v, p->b) * sin(p->b * theta) /
         pow(v * v + 2 * v * cos(angle) + 1, p->b / 2);
}

double trial_gamma(const trial_case *c, double tau) {
  double sum = 0;
  for (const part *p = c->part; p < c->part + MOST_PARTS && p->R != 0; p++)
    sum += gamma_of_part(p, tau);
  return sum;
}

/* Integral of gamma, and the place of the (first) peak. */
double trial_resistance(const part *p) { return p->kind == WARBURG ? p->R / 3 : p->R; }

double trial_place(const part *p) {
  double best = p->tau;
  if (p->kind == WARBURG) return p->tau / (M_PI * M_PI);
  if (p->n >= 1) return p->tau;
  for (int i = -200; i <= 200; i++)
    if (gamma_of_part(p, p->tau * exp(0.01 * i)) > gamma_of_part(p, best))
      best = p->tau * exp(0.01 * i);
  return best;
}

size_t trial_parts(const trial_case *c) {
  size_t n = 0;
  while (n < MOST_PARTS && c->part[n].R != 0) n++;
  return n;
}

bool trial_is_signed(const trial_case *c) {
  for (size_t q = 0; q < MOST_PARTS; q++)
    if (c->part[q].R < 0) return true;
  return false;
}

void trial_make(const trial_case *c, double noise, uint64_t seed, eis_spectrum *s) {
  eisi_rng r;
  eisi_rng_seed(&r, 20260101, seed);
  s->n = c->points ? c->points : 81;
  for (size_t k = 0; k < s->n; k++) {
    s->f[k] = pow(10, (c->top > 0 ? c->top : 6) - 0.1 * (double)k);
    const double complex z = impedance(c, 2 * M_PI * s->f[k]);
    const double sigma = noise * cabs(z);
    s->re[k] = creal(z) + sigma * eisi_rng_normal(&r);
    s->im[k] = cimag(z) + sigma * eisi_rng_normal(&r);
  }
}
