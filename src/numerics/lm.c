/* lm.c - Levenberg-Marquardt with box bounds.

   A bound is handled by an active set: a parameter that sits on a bound with the gradient pushing
   outwards is left out of the step; every step is cut at the bounds.  The damping follows the gain
   ratio (Nielsen 1999, IMM-REP-1999-05, eq. 2.21); the scaling is Marquardt's with a fading
   memory of earlier steps.  Convergence is judged by the Newton decrement in units of the standard
   error, which does not depend on the scale of parameters or residuals. */
#include <float.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <eisfit/lsq.h>

#include "base/base.h"
#include "numerics/kernel.h"
#include "numerics/linalg.h"

/* How much of the earlier Marquardt scaling is kept per step.  With 1 (More's rule) a parameter
   whose influence fades, such as ln R on the way to R = 0, would crawl. */
static const double scale_memory = 0.2;

/* Distance to the optimum in standard errors that nobody minds when S can't be lowered any more. */
static const double stuck_tolerance = 1e-4;

struct eis_lsq {
  size_t m, n;
  double *r, *J, *r_new, *J_new; /* residuals and Jacobian at x and at the trial point */
  double *A, *g, *diag;          /* J'J, J'r, Marquardt scaling */
  double *H, *step, *x_new;
  double *qr_a, *qr_b, *qr_work; /* damped QR steps: (m+n) x n */
  bool *frozen;
};

typedef struct lm_state {
  eis_lsq *w;
  const eis_lsq_problem *p;
  const eis_lsq_options *o;
  double *x;
  double S, lambda, nu;
  eis_lsq_info *info;
} lm_state;

eis_lsq_options eis_lsq_options_default(void) {
  return (eis_lsq_options){.ftol = 1e-15,
                           .dtol = 1e-5,
                           .max_iter = 200,
                           .S_hopeless = INFINITY,
                           .step_max = INFINITY,
                           .qr = false,
                           .deadline_s = INFINITY};
}

void eis_lsq_free(eis_lsq *w) {
  if (!w) return;
  double *const all[] = {w->r, w->J,    w->r_new, w->J_new, w->A,    w->g,      w->diag,
                         w->H, w->step, w->x_new, w->qr_a,  w->qr_b, w->qr_work};
  for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) free(all[i]);
  free(w->frozen);
  free(w);
}

eis_status eis_lsq_new(size_t m, size_t n, eis_lsq **out, eis_error *err) {
  *out = NULL;
  if (n < 1 || m < n)
    return eis_error_set(err, EIS_ERROR_INPUT,
                         "least squares needs at least as many residuals (%zu) as parameters (%zu)",
                         m, n);
  eis_lsq *w = eisi_new(1, sizeof *w, err);
  if (!w) return EIS_ERROR_MEMORY;
  w->m = m;
  w->n = n;
  const struct {
    double **slot;
    size_t count;
  } want[] = {{&w->r, m},
              {&w->J, m * n},
              {&w->r_new, m},
              {&w->J_new, m * n},
              {&w->A, n * n},
              {&w->g, n},
              {&w->diag, n},
              {&w->H, n * n},
              {&w->step, n},
              {&w->x_new, n},
              {&w->qr_a, (m + n) * n},
              {&w->qr_b, m + n},
              {&w->qr_work, eisi_linalg_work(m + n, n)}};
  bool ok = (w->frozen = eisi_new(n, sizeof *w->frozen, err)) != NULL;
  for (size_t i = 0; i < sizeof want / sizeof want[0] && ok; i++)
    ok = (*want[i].slot = eisi_new(want[i].count, sizeof(double), err)) != NULL;
  if (!ok) {
    eis_lsq_free(w);
    return EIS_ERROR_MEMORY;
  }
  *out = w;
  return EIS_OK;
}

static double clip(const eis_lsq_problem *p, size_t i, double x) {
  if (p->lower && x < p->lower[i]) x = p->lower[i];
  if (p->upper && x > p->upper[i]) x = p->upper[i];
  return x;
}

/* Frozen: on a bound and pushed against it. */
static size_t find_active(lm_state *s) {
  eis_lsq *w = s->w;
  size_t free_params = 0;
  for (size_t i = 0; i < w->n; i++) {
    const double g = w->g[i];
    w->frozen[i] = (s->p->lower && s->x[i] <= s->p->lower[i] && g > 0) ||
                   (s->p->upper && s->x[i] >= s->p->upper[i] && g < 0) || w->A[i * w->n + i] <= 0;
    free_params += !w->frozen[i];
  }
  return free_params;
}

static void swap(double **a, double **b) {
  double *t = *a;
  *a = *b;
  *b = t;
}

/* In-place Cholesky of the lower triangle, row-wise, with the solve of one right-hand side. */
static bool small_cholesky(size_t n, double *H, double *b) {
  for (size_t j = 0; j < n; j++) {
    double d = H[j * n + j];
    const double before = d;
    for (size_t k = 0; k < j; k++) d -= H[j * n + k] * H[j * n + k];
    if (!(d > before * 1e-15)) return false;
    d = sqrt(d);
    H[j * n + j] = d;
    for (size_t i = j + 1; i < n; i++) {
      double t = H[i * n + j];
      for (size_t k = 0; k < j; k++) t -= H[i * n + k] * H[j * n + k];
      H[i * n + j] = t / d;
    }
  }
  for (size_t i = 0; i < n; i++) {
    for (size_t k = 0; k < i; k++) b[i] -= H[i * n + k] * b[k];
    b[i] /= H[i * n + i];
  }
  for (size_t i = n; i-- > 0;) {
    for (size_t k = i + 1; k < n; k++) b[i] -= H[k * n + i] * b[k];
    b[i] /= H[i * n + i];
  }
  return true;
}

/* (A + lambda D) step = -g over the parameters that are not frozen (their step is 0). */
static bool step_by_normal(lm_state *s, double lambda) {
  eis_lsq *w = s->w;
  const size_t n = w->n;
  memcpy(w->H, w->A, n * n * sizeof(double));
  for (size_t i = 0; i < n; i++) {
    w->step[i] = -w->g[i];
    w->H[i * n + i] += lambda * w->diag[i];
    if (!w->frozen[i]) continue;
    for (size_t j = 0; j < n; j++) w->H[i * n + j] = w->H[j * n + i] = 0;
    w->H[i * n + i] = 1;
    w->step[i] = 0;
  }
  return small_cholesky(n, w->H, w->step);
}

/* The same from [J; sqrt(lambda D)] by QR: no squared condition number. */
static bool step_by_qr(lm_state *s, double lambda) {
  eis_lsq *w = s->w;
  const size_t m = w->m, n = w->n, rows = m + n;
  for (size_t j = 0; j < n; j++) {
    double *col = w->qr_a + j * rows;
    /* columns scaled to unit length so that the damping row is well above rounding */
    memset(col, 0, rows * sizeof(double));
    if (w->frozen[j]) {
      col[m + j] = 1;
      continue;
    }
    const double scale = 1 / sqrt(w->A[j * n + j]);
    for (size_t k = 0; k < m; k++) col[k] = w->J[j * m + k] * scale;
    col[m + j] = sqrt(lambda * w->diag[j]) * scale;
  }
  for (size_t k = 0; k < m; k++) w->qr_b[k] = -w->r[k];
  memset(w->qr_b + m, 0, n * sizeof(double));
  if (!eisi_qr_solve(rows, n, w->qr_a, w->qr_b, NULL, w->qr_work)) return false;
  for (size_t j = 0; j < n; j++) w->step[j] = w->frozen[j] ? 0 : w->qr_b[j] / sqrt(w->A[j * n + j]);
  return true;
}

static bool compute_step(lm_state *s, double lambda) {
  return s->o->qr ? step_by_qr(s, lambda) : step_by_normal(s, lambda);
}

/* g'A^-1 g: twice the decrease of S that a full Gauss-Newton step promises. */
static double decrement2(lm_state *s) {
  const eis_lsq *w = s->w;
  double d = 0;
  if (!compute_step(s, 0) && !compute_step(s, 1e-12)) return INFINITY;
  for (size_t i = 0; i < w->n; i++) d -= w->frozen[i] ? 0 : w->g[i] * w->step[i];
  return d;
}

/* Decrease of S that the linear model promises for the step as it was cut. */
static double predicted(const eis_lsq *w) {
  double linear = 0, quadratic = 0;
  for (size_t i = 0; i < w->n; i++) {
    double t = 0;
    for (size_t j = 0; j < w->n; j++) t += w->A[i * w->n + j] * w->step[j];
    linear += w->g[i] * w->step[i];
    quadratic += w->step[i] * t;
  }
  return -2 * linear - quadratic;
}

static bool cut_step(lm_state *s) {
  eis_lsq *w = s->w;
  bool moved = false;
  for (size_t i = 0; i < w->n; i++) {
    double d = w->step[i];
    if (d > s->o->step_max) d = s->o->step_max;
    if (d < -s->o->step_max) d = -s->o->step_max;
    w->x_new[i] = clip(s->p, i, s->x[i] + d);
    w->step[i] = w->x_new[i] - s->x[i];
    moved |= w->x_new[i] != s->x[i];
  }
  return moved;
}

/* A step that takes all influence from a parameter at once has overshot into a desert (BoxBOD of
   the NIST set): it is refused like one that raises S. */
static bool kills_parameter(const eis_lsq *w) {
  for (size_t i = 0; i < w->n; i++)
    if (eisi_sum_squares(w->m, w->J_new + i * w->m) < 1e-16 * w->A[i * w->n + i]) return true;
  return false;
}

/* Evaluates at x_new into the spare arrays; INFINITY when it can't be. */
static double try_point(lm_state *s) {
  eis_lsq *w = s->w;
  s->info->evaluations++;
  if (!s->p->eval(s->p->ctx, w->x_new, w->r_new, w->J_new)) return INFINITY;
  if (s->o->qr && kills_parameter(w)) return INFINITY;
  const double S = eisi_sum_squares(w->m, w->r_new);
  return isfinite(S) ? S : INFINITY;
}

static void accept_point(lm_state *s, double S) {
  eis_lsq *w = s->w;
  memcpy(s->x, w->x_new, w->n * sizeof(double));
  swap(&w->r, &w->r_new);
  swap(&w->J, &w->J_new);
  s->S = S;
  eisi_normal_equations(w->m, w->n, w->J, w->r, w->A, w->g);
  for (size_t i = 0; i < w->n; i++)
    w->diag[i] = fmax(w->A[i * w->n + i], scale_memory * w->diag[i]);
}

/* One accepted step, raising the damping until S falls.  false: nothing helps any more. */
static bool iterate(lm_state *s, double *decrease) {
  for (int tries = 0; tries < 40; tries++) {
    if (compute_step(s, s->lambda)) {
      if (!cut_step(s)) return false;
      const double promise = predicted(s->w), S = try_point(s);
      if (S < s->S) {
        const double gain = promise > 0 ? (s->S - S) / promise : 1, q = 2 * gain - 1;
        *decrease = (s->S - S) / s->S;
        accept_point(s, S);
        s->lambda *= fmax(1.0 / 12, 1 - q * q * q);
        if (s->lambda < 1e-15) s->lambda = 1e-15;
        s->nu = 2;
        return true;
      }
    }
    s->lambda *= s->nu;
    s->nu *= 2;
    if (s->lambda > 1e20) return false;
  }
  return false;
}

static bool converged(lm_state *s) {
  eis_lsq *w = s->w;
  const double dof = w->m > w->n ? (double)(w->m - w->n) : 1;
  if (s->S <= s->o->S_zero || find_active(s) == 0) {
    s->info->decrement = 0;
    return true;
  }
  const double d2 = decrement2(s);
  s->info->decrement = sqrt(d2 * dof / s->S);
  return d2 * dof <= s->o->dtol * s->o->dtol * s->S || d2 <= s->o->ftol * s->S;
}

static eis_lsq_verdict minimise(lm_state *s) {
  double decrease = 1;
  int slow = 0; /* steps in a row that gained little */
  for (s->info->iterations = 0; s->info->iterations < s->o->max_iter; s->info->iterations++) {
    find_active(s);
    if ((decrease < 1e-2 || s->S <= s->o->S_zero) && converged(s)) return EIS_LSQ_CONVERGED;
    if (isfinite(s->o->deadline_s) && eisi_now() > s->o->deadline_s) return EIS_LSQ_TIMEOUT;
    if (!iterate(s, &decrease)) /* S is flat to rounding: how far is it still? */
      return converged(s) || s->info->decrement < stuck_tolerance ? EIS_LSQ_CONVERGED
                                                                  : EIS_LSQ_STUCK;
    slow = decrease < 0.05 ? slow + 1 : 0;
    if (slow >= 4 && s->S > s->o->S_hopeless) return EIS_LSQ_STUCK;
  }
  return EIS_LSQ_MAX_ITER;
}

/* Length^2 of the residual change of a full Gauss-Newton step (left in w->step): the decrement
   without the cancellation of g'step.  Negative when there is no step. */
static double gauss_newton(lm_state *s) {
  const eis_lsq *w = s->w;
  double sum = 0;
  find_active(s);
  if (!compute_step(s, 0)) return -1;
  for (size_t k = 0; k < w->m; k++) {
    double t = 0;
    for (size_t j = 0; j < w->n; j++) t += w->J[j * w->m + k] * w->step[j];
    sum += t * t;
  }
  return sum;
}

/* Near the optimum S is flat to rounding while the parameters still have digits to gain: plain
   Gauss-Newton steps as long as they shrink and leave S where it is.  Where they end at a step of
   no consequence the fit has converged, even if the search above could not find a lower S. */
static void polish(lm_state *s) {
  const double dof = s->w->m > s->w->n ? (double)(s->w->m - s->w->n) : 1;
  double d2 = gauss_newton(s);
  for (int k = 0; k < 60 && d2 > 0 && d2 < 1e-6 * s->S; k++) {
    if (!cut_step(s)) break;
    const double S = try_point(s);
    if (!(S <= s->S * (1 + 1e-10))) break;
    accept_point(s, S);
    const double next = gauss_newton(s);
    if (!(next < 0.9 * d2)) break;
    d2 = next;
  }
  if (d2 < 0 || !(d2 * dof <= s->o->dtol * s->o->dtol * s->S)) return;
  s->info->decrement = sqrt(d2 * dof / s->S);
  if (s->info->verdict == EIS_LSQ_STUCK) s->info->verdict = EIS_LSQ_CONVERGED;
}

eis_status eis_lsq_run(eis_lsq *work, const eis_lsq_problem *prob, const eis_lsq_options *opt,
                       double *x, eis_lsq_info *info, eis_error *err) {
  const size_t n = work->n;
  *info = (eis_lsq_info){0};
  if (prob->m != work->m || prob->n != n)
    return eis_error_set(err, EIS_ERROR_USAGE, "least squares workspace has another size");
  for (size_t i = 0; i < n; i++) work->x_new[i] = clip(prob, i, x[i]);
  lm_state s = {.w = work, .p = prob, .o = opt, .x = x, .lambda = 1e-3, .nu = 2, .info = info};
  memset(work->A, 0, n * n * sizeof(double));
  const double S = try_point(&s);
  if (!isfinite(S))
    return eis_error_set(err, EIS_ERROR_NUMERIC, "the residuals can't be evaluated at the start");
  memset(work->diag, 0, n * sizeof(double));
  accept_point(&s, S);
  info->verdict = minimise(&s);
  if (opt->qr) polish(&s);
  info->S = s.S;
  return EIS_OK;
}

/* (J'J)^-1 = V diag(1/s^2) V' of the column-scaled Jacobian; directions whose singular value is
   below rounding are not determined, nor is any parameter that takes part in one. */
size_t eis_lsq_covariance(const double *J, size_t m, size_t n, double *cov, bool *identifiable) {
  const size_t words = m * n + n * n + 2 * n;
  double *buf = eisi_new(words, sizeof *buf, NULL);
  size_t rank = 0;
  if (!buf) return SIZE_MAX;
  double *A = buf, *Vt = buf + m * n, *sv = Vt + n * n, *scale = sv + n;
  memcpy(A, J, m * n * sizeof *A);
  for (size_t j = 0; j < n; j++) {
    const double norm = sqrt(eisi_sum_squares(m, A + j * m));
    scale[j] = norm > 0 && isfinite(norm) ? 1 / norm : 0;
    for (size_t k = 0; k < m; k++) A[j * m + k] *= scale[j];
  }
  const eis_status st = eisi_svd(m, n, A, sv, Vt, NULL);
  const bool ok = st == EIS_OK;
  if (st == EIS_ERROR_MEMORY) {
    free(buf);
    return SIZE_MAX;
  }
  const double limit = ok ? sv[0] * (double)m * DBL_EPSILON : 0;
  while (ok && rank < n && sv[rank] > limit) rank++;
  for (size_t i = 0; i < n; i++) {
    bool lost = !ok || scale[i] == 0;
    for (size_t q = rank; q < n && !lost; q++) lost = fabs(Vt[q + i * n]) > 1e-3;
    if (identifiable) identifiable[i] = !lost;
    for (size_t j = 0; j <= i; j++) {
      double c = 0;
      for (size_t q = 0; q < rank; q++) c += Vt[q + i * n] * Vt[q + j * n] / (sv[q] * sv[q]);
      cov[i + j * n] = cov[j + i * n] = ok ? c * scale[i] * scale[j] : NAN;
    }
  }
  for (size_t i = 0; identifiable && i < n; i++)
    for (size_t j = 0; j < n && !identifiable[i]; j++) cov[i + j * n] = cov[j + i * n] = NAN;
  free(buf);
  return rank;
}
