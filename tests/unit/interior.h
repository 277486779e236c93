/* interior.h - the interior-point method of cvxopt, to stop where it stops. */
#ifndef INTERIOR_H
#define INTERIOR_H

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "numerics/linalg.h"

/* The interior-point method of cvxopt's coneqp for x'Px/2 + q'x, x >= 0 (predictor and corrector
   with Nesterov-Todd scaling, L. Vandenberghe, The CVXOPT linear and quadratic cone program
   solvers, 2010) with its tolerances: residuals 1e-7, gap 1e-7 or 1e-6 of the objective. */
enum { MOST_INTERIOR = 100 };

typedef struct interior {
  size_t n;
  double *P, *q, *K;       /* n x n, n, n x n */
  double *x, *s, *z;       /* point, slack, multipliers */
  double *rx, *rz, *w, *l; /* residuals, scaling, scaled variable */
  double *dx, *ds, *dz;    /* direction; scaled the last two */
} interior;

static double dot(size_t n, const double *a, const double *b) {
  double sum = 0;
  for (size_t i = 0; i < n; i++) sum += a[i] * b[i];
  return sum;
}

/* (P + diag(1/w^2)) y = b in place. */
static void solve_scaled(interior *p, double *b) {
  memcpy(p->K, p->P, p->n * p->n * sizeof(double));
  for (size_t i = 0; i < p->n; i++) p->K[i * p->n + i] += 1 / (p->w[i] * p->w[i]);
  assert_true(eisi_chol_solve(p->n, p->K, b, 1));
}

static void make_positive(size_t n, double *v) {
  double least = HUGE_VAL;
  for (size_t i = 0; i < n; i++) least = fmin(least, v[i]);
  for (size_t i = 0; least <= 1e-8 && i < n; i++) v[i] += 1 - least;
}

static void start_interior(interior *p) {
  for (size_t i = 0; i < p->n; i++) p->w[i] = 1, p->x[i] = -p->q[i];
  solve_scaled(p, p->x);
  for (size_t i = 0; i < p->n; i++) p->s[i] = p->x[i], p->z[i] = -p->x[i];
  make_positive(p->n, p->s);
  make_positive(p->n, p->z);
}

static bool interior_stops(interior *p, double *gap) {
  const size_t n = p->n;
  double xPx = 0;
  for (size_t i = 0; i < n; i++) {
    const double Px = dot(n, p->P + i * n, p->x);
    xPx += p->x[i] * Px;
    p->rx[i] = Px + p->q[i] - p->z[i];
    p->rz[i] = p->s[i] - p->x[i];
    p->w[i] = sqrt(p->s[i] / p->z[i]);
    p->l[i] = sqrt(p->s[i] * p->z[i]);
  }
  *gap = dot(n, p->s, p->z);
  const double primal = xPx / 2 + dot(n, p->q, p->x), dres = sqrt(dot(n, p->rx, p->rx));
  const double pres = sqrt(dot(n, p->rz, p->rz)), size = fmax(1, sqrt(dot(n, p->q, p->q)));
  return pres <= 1e-7 && dres <= 1e-7 * size && (*gap <= 1e-7 || *gap <= -1e-6 * primal);
}

/* Direction for the complementarity l^2 -> sigma mu - second-order term, and the step to the wall.
 */
static double interior_direction(interior *p, double sigma_mu, bool second) {
  double most = 0;
  for (size_t i = 0; i < p->n; i++) {
    p->dx[i] = (sigma_mu - (second ? p->ds[i] * p->dz[i] : 0)) / p->l[i] - p->l[i];
    p->dz[i] = p->dx[i];
    p->dx[i] = -p->rx[i] + (p->dx[i] + p->rz[i] / p->w[i]) / p->w[i];
  }
  solve_scaled(p, p->dx);
  for (size_t i = 0; i < p->n; i++) {
    p->ds[i] = (p->dx[i] - p->rz[i]) / p->w[i];
    p->dz[i] -= p->ds[i];
    most = fmax(most, fmax(-p->ds[i], -p->dz[i]) / p->l[i]);
  }
  return most;
}

static int solve_interior(interior *p) {
  double gap;
  int round = 0;
  start_interior(p);
  for (; !interior_stops(p, &gap); round++) {
    assert_true(round < MOST_INTERIOR);
    const double wall = interior_direction(p, 0, false);
    const double a = wall > 1 ? 1 / wall : 1;
    const double left = 1 - a + dot(p->n, p->ds, p->dz) / gap * a * a;
    const double sigma = pow(fmin(1, fmax(0, left)), 3);
    const double edge = interior_direction(p, sigma * gap / (double)p->n, true);
    const double step = edge > 0.99 ? 0.99 / edge : 1;
    for (size_t i = 0; i < p->n; i++) {
      p->x[i] += step * p->dx[i];
      p->s[i] += step * p->ds[i] * p->w[i];
      p->z[i] += step * p->dz[i] / p->w[i];
    }
  }
  return round;
}

#endif
