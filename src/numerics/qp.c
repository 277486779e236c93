/* qp.c - block principal pivoting: all variables and gradients with the wrong sign change sides at
   once (J. J. Judice, F. M. Pires, Comput. Oper. Res. 21 (1994) 587).  A few factorisations do on
   the problems at hand.  Where the rounds do not help any more (nearly singular matrices), the
   active-set method of Lawson and Hanson takes over, which is slower and can't fail to descend. */
#include "numerics/qp.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "numerics/kernel_tri.h"
#include "numerics/linalg.h"

enum { PATIENCE = 3, REFINEMENTS = 3 };

struct eisi_qp {
  size_t n;
  double *H;      /* scaled to a unit diagonal */
  double *scale;  /* x = scale * scaled x */
  double *factor; /* lower Cholesky factor on the variables of list[0 .. n_factor - 1] */
  size_t *list;
  size_t n_factor;
  bool factored; /* factor belongs to H and `active` */
  bool *bounded, *active;
  double *c, *x, *y, *t; /* scaled right-hand side, solution, gradient; scratch */
  double *point;         /* feasible point of the slow method */
  bool *blocked;
};

eis_status eisi_qp_new(size_t n, eisi_qp **out, eis_error *err) {
  eisi_qp *qp = eisi_new(1, sizeof *qp, err);
  *out = qp;
  if (!qp) return EIS_ERROR_MEMORY;
  qp->n = n;
  if ((qp->H = eisi_new(n * n, sizeof(double), err)) &&
      (qp->factor = eisi_new(n * n, sizeof(double), err)) &&
      (qp->scale = eisi_new(6 * n, sizeof(double), err)) &&
      (qp->list = eisi_new(n, sizeof(size_t), err)) &&
      (qp->bounded = eisi_new(3 * n, sizeof(bool), err))) {
    qp->c = qp->scale + n;
    qp->x = qp->c + n;
    qp->y = qp->x + n;
    qp->t = qp->y + n;
    qp->point = qp->t + n;
    qp->active = qp->bounded + n;
    qp->blocked = qp->active + n;
    eisi_qp_bounded(qp, true, NULL);
    return EIS_OK;
  }
  eisi_qp_free(qp);
  *out = NULL;
  return EIS_ERROR_MEMORY;
}

void eisi_qp_free(eisi_qp *qp) {
  if (!qp) return;
  free(qp->H);
  free(qp->factor);
  free(qp->scale);
  free(qp->list);
  free(qp->bounded);
  free(qp);
}

void eisi_qp_matrix(eisi_qp *qp, const double *H) {
  const size_t n = qp->n;
  for (size_t i = 0; i < n; i++) {
    const double d = H[i * n + i];
    qp->scale[i] = d > 0 ? 1 / sqrt(d) : 1;
  }
  for (size_t j = 0; j < n; j++)
    for (size_t i = 0; i < n; i++) qp->H[j * n + i] = H[j * n + i] * qp->scale[i] * qp->scale[j];
  qp->factored = false;
}

void eisi_qp_bounded(eisi_qp *qp, bool any, const bool *which) {
  for (size_t i = 0; i < qp->n; i++) qp->bounded[i] = any && (!which || which[i]);
  eisi_qp_reset(qp);
}

size_t eisi_qp_size(const eisi_qp *qp) { return qp->n; }

void eisi_qp_reset(eisi_qp *qp) {
  memset(qp->active, 0, qp->n * sizeof(bool));
  qp->factored = false;
}

bool eisi_qp_is_active(const eisi_qp *qp, size_t i) { return qp->active[i]; }

/* L L' v = b in place for the n x n lower factor. */
static void solve_factor(size_t n, const double *L, double *b) {
  for (size_t j = 0; j < n; j++) {
    const double v = b[j] /= L[j * n + j];
    const double *column = L + j * n;
    for (size_t i = j + 1; i < n; i++) b[i] -= column[i] * v;
  }
  for (size_t j = n; j-- > 0;) {
    const double *column = L + j * n;
    double s = b[j];
    for (size_t i = j + 1; i < n; i++) s -= column[i] * b[i];
    b[j] = s / column[j];
  }
}

/* Solution on the free variables into x; factors H there unless that was done. */
static bool solve_free(eisi_qp *qp, int *factorizations) {
  const size_t n = qp->n;
  size_t m = 0;
  if (!qp->factored) {
    for (size_t i = 0; i < n; i++)
      if (!qp->active[i]) qp->list[m++] = i;
    qp->n_factor = m;
    for (size_t j = 0; j < m; j++) {
      const double *from = qp->H + qp->list[j] * n;
      for (size_t i = j; i < m; i++) qp->factor[j * m + i] = from[qp->list[i]];
    }
  }
  m = qp->n_factor;
  for (size_t j = 0; j < m; j++) qp->t[j] = qp->c[qp->list[j]];
  if (qp->factored) {
    solve_factor(m, qp->factor, qp->t);
  } else if (m > 0) {
    ++*factorizations;
    if (!eisi_chol_solve(m, qp->factor, qp->t, 1)) return false;
    qp->factored = true;
  }
  memset(qp->x, 0, n * sizeof *qp->x);
  for (size_t j = 0; j < m; j++) qp->x[qp->list[j]] = qp->t[j];
  return true;
}

/* y = H x - c. */
static void gradient(eisi_qp *qp) {
  eisi_symmetric_times(qp->n, qp->H, qp->x, qp->y);
  for (size_t i = 0; i < qp->n; i++) qp->y[i] -= qp->c[i];
}

static double largest(const double *v, size_t n) {
  double most = 0;
  for (size_t i = 0; i < n; i++) most = fmax(most, fabs(v[i]));
  return most;
}

/* Marks in t the free variables and the gradients at a bound that have the wrong sign. */
static size_t count_wrong(eisi_qp *qp) {
  const double least_x = -1e-13 * largest(qp->x, qp->n), least_y = -1e-12 * largest(qp->c, qp->n);
  size_t wrong = 0;
  for (size_t i = 0; i < qp->n; i++) {
    if (!qp->bounded[i]) continue;
    if (qp->active[i] ? qp->y[i] < least_y : qp->x[i] < least_x) {
      qp->t[i] = 1;
      wrong++;
    } else {
      qp->t[i] = 0;
    }
  }
  return wrong;
}

static void exchange(eisi_qp *qp) {
  for (size_t i = 0; i < qp->n; i++)
    if (qp->bounded[i] && qp->t[i] != 0) qp->active[i] = !qp->active[i];
  qp->factored = false;
}

/* Iterative refinement with residuals in extended precision: the digits that the condition of H
   costs come back. */
static void refine(eisi_qp *qp) {
  const size_t n = qp->n, m = qp->n_factor;
  double before = HUGE_VAL;
  for (int round = 0; round < REFINEMENTS; round++) {
    for (size_t j = 0; j < m; j++) {
      const double *column = qp->H + qp->list[j] * n;
      long double r = qp->c[qp->list[j]];
      for (size_t i = 0; i < m; i++) r -= (long double)column[qp->list[i]] * qp->x[qp->list[i]];
      qp->t[j] = (double)r;
    }
    solve_factor(m, qp->factor, qp->t);
    const double step = largest(qp->t, m);
    if (!(step < before / 2)) break;
    before = step;
    for (size_t j = 0; j < m; j++) qp->x[qp->list[j]] += qp->t[j];
    if (step <= 1e-9 * largest(qp->x, n)) break; /* the next one would be 1e-18 */
  }
}

static double violation(eisi_qp *qp) {
  const size_t n = qp->n;
  const double size = fmax(largest(qp->x, n), 1e-300);
  double most = 0;
  gradient(qp);
  eisi_symmetric_terms(n, qp->H, qp->x, qp->t);
  for (size_t i = 0; i < n; i++) {
    const double terms = qp->t[i] + fabs(qp->c[i]);
    const double g = qp->active[i] ? fmax(-qp->y[i], 0) : fabs(qp->y[i]);
    if (terms > 0) most = fmax(most, g / terms);
    if (qp->bounded[i] && qp->x[i] < 0) most = fmax(most, -qp->x[i] / size);
  }
  return most;
}

static eis_status singular(const eisi_qp *qp, eis_error *err) {
  return eis_error_set(err, EIS_ERROR_NUMERIC,
                       "the quadratic program has no unique solution: the matrix is not positive "
                       "definite on %zu free variables; more regularisation is needed",
                       qp->n_factor);
}

/* *done: all signs are right. */
static eis_status pivot(eisi_qp *qp, int *factorizations, bool *done, eis_error *err) {
  size_t best = qp->n + 1;
  int patience = PATIENCE;
  for (*done = false; patience >= 0;) {
    if (!solve_free(qp, factorizations)) return singular(qp, err);
    gradient(qp);
    const size_t wrong = count_wrong(qp);
    if (wrong == 0) {
      *done = true;
      return EIS_OK;
    }
    patience = wrong < best ? PATIENCE : patience - 1;
    if (wrong < best) best = wrong;
    exchange(qp);
  }
  return EIS_OK;
}

/* The bound whose release promises most; n when none does. */
static size_t steepest(const eisi_qp *qp, const bool *blocked) {
  double least = -1e-12 * largest(qp->c, qp->n);
  size_t best = qp->n;
  for (size_t i = 0; i < qp->n; i++)
    if (qp->active[i] && !blocked[i] && qp->y[i] < least) least = qp->y[i], best = i;
  return best;
}

/* From the feasible point kept in `point` towards the minimum on the free variables; the first
   variable that meets its bound stays there.  true when the minimum was reached. */
static bool walk(eisi_qp *qp, double *point) {
  double part = 1;
  for (size_t i = 0; i < qp->n; i++)
    if (!qp->active[i] && qp->bounded[i] && qp->x[i] <= 0)
      part = fmin(part, point[i] / fmax(point[i] - qp->x[i], 1e-300));
  for (size_t i = 0; i < qp->n; i++) {
    const bool meets = part < 1 && !qp->active[i] && qp->bounded[i] && qp->x[i] <= 0 &&
                       point[i] * (1 - 1e-12) <= part * (point[i] - qp->x[i]);
    point[i] += part * (qp->x[i] - point[i]);
    if (!meets) continue;
    point[i] = 0;
    qp->active[i] = true;
    qp->factored = false;
  }
  return part >= 1;
}

/* Lawson and Hanson 1974, chapter 23, on the normal equations with refined solutions.  A variable
   that is released and wants to go negative is a matter of rounding and stays at its bound. */
static eis_status descend(eisi_qp *qp, double *point, bool *blocked, int *factorizations,
                          eis_error *err) {
  const size_t n = qp->n;
  memset(point, 0, n * sizeof *point);
  memset(blocked, 0, n * sizeof *blocked);
  for (size_t i = 0; i < n; i++) qp->active[i] = qp->bounded[i];
  qp->factored = false;
  for (size_t released = n, round = 0; round < 10 * n + 10; round++) {
    if (!solve_free(qp, factorizations)) return singular(qp, err);
    refine(qp);
    if (released < n && qp->x[released] <= 0 && point[released] <= 0) {
      qp->active[released] = blocked[released] = true;
      qp->factored = false;
      released = n;
      continue;
    }
    if (!walk(qp, point)) continue;
    memset(blocked, 0, released < n ? n * sizeof *blocked : 0);
    gradient(qp);
    released = steepest(qp, blocked);
    if (released == n) return EIS_OK;
    qp->active[released] = false;
    qp->factored = false;
  }
  return eis_error_set(err, EIS_ERROR_NUMERIC,
                       "the quadratic program did not end after %zu exchanges of bounds: the "
                       "matrix is too close to singular; more regularisation is needed",
                       10 * n + 10);
}

eis_status eisi_qp_solve(eisi_qp *qp, const double *c, double *x, eisi_qp_info *info,
                         eis_error *err) {
  int factorizations = 0;
  size_t n_active = 0;
  for (size_t i = 0; i < qp->n; i++) {
    qp->c[i] = c[i] * qp->scale[i];
    if (!isfinite(qp->c[i]))
      return eis_error_set(err, EIS_ERROR_NUMERIC,
                           "element %zu of the right-hand side of the quadratic program is not a "
                           "number",
                           i + 1);
  }
  bool done;
  eis_status st = pivot(qp, &factorizations, &done, err);
  if (st == EIS_OK && !done) st = descend(qp, qp->point, qp->blocked, &factorizations, err);
  if (st != EIS_OK) return st;
  refine(qp);
  for (size_t i = 0; i < qp->n; i++) {
    if (qp->bounded[i] && qp->x[i] < 0) qp->x[i] = 0;
    n_active += qp->active[i];
    x[i] = qp->x[i] * qp->scale[i];
  }
  if (info)
    *info = (eisi_qp_info){
        .factorizations = factorizations, .n_active = n_active, .kkt = violation(qp)};
  return EIS_OK;
}

void eisi_qp_apply_inverse(eisi_qp *qp, double *b) {
  const size_t m = qp->n_factor;
  for (size_t j = 0; j < m; j++) qp->t[j] = b[qp->list[j]] * qp->scale[qp->list[j]];
  solve_factor(m, qp->factor, qp->t);
  memset(b, 0, qp->n * sizeof *b);
  for (size_t j = 0; j < m; j++) b[qp->list[j]] = qp->t[j] * qp->scale[qp->list[j]];
}
