/* joint_solve.c - Levenberg-Marquardt where most unknowns belong to one spectrum.

   The normal equations have the form of an arrow: a block of shared unknowns, a block of its own
   for every spectrum, and nothing between the spectra.  Eliminating the own blocks leaves a Schur
   complement of the size of the shared block, so a step costs as much as the sum of its spectra. */
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/joint_core.h"
#include "numerics/kernel.h"
#include "numerics/linalg.h"

eis_status eisi_arrow_init(eisi_arrow *a, const eisi_joint *j, eis_error *err) {
  const size_t k = (size_t)j->n_slots;
  *a = (eisi_arrow){.n = j->n, .k = k};
  a->A = eisi_new(j->n * k * k + 1, sizeof *a->A, err);
  a->g = eisi_new(j->n * k + 1, sizeof *a->g, err);
  a->S = eisi_new(j->n, sizeof *a->S, err);
  return a->A && a->g && a->S ? EIS_OK : EIS_ERROR_MEMORY;
}

void eisi_arrow_clear(eisi_arrow *a) {
  free(a->A);
  free(a->g);
  free(a->S);
  *a = (eisi_arrow){0};
}

bool eisi_arrow_fill(eisi_arrow *a, eisi_joint *j, const double *x) {
  a->total = 0;
  for (size_t i = 0; i < a->n; i++) {
    size_t rows;
    if (!eisi_joint_residual(j, i, x, &rows)) return false;
    eisi_normal_equations(rows, a->k, j->J, j->r, a->A + i * a->k * a->k, a->g + i * a->k);
    a->S[i] = eisi_sum_squares(rows, j->r);
    a->total += a->S[i];
  }
  return isfinite(a->total);
}

/* Index into x of slot s of spectrum i. */
static size_t index_of(const eisi_joint *j, size_t i, size_t s) {
  const size_t shared = (size_t)j->n_shared_slots;
  if (s < shared) return (size_t)j->map[i * shared + s];
  return j->ns + i * j->nl + (s - shared);
}

static void gradient(const eisi_joint *j, const eisi_arrow *a, double *g, double *diagonal) {
  const size_t all = eisi_joint_size(j);
  memset(g, 0, all * sizeof *g);
  memset(diagonal, 0, all * sizeof *diagonal);
  for (size_t i = 0; i < a->n; i++)
    for (size_t s = 0; s < a->k; s++) {
      g[index_of(j, i, s)] += a->g[i * a->k + s];
      diagonal[index_of(j, i, s)] += a->A[(i * a->k + s) * a->k + s];
    }
}

static void freeze(const eisi_joint *j, const double *x, const double *g, const double *diagonal,
                   bool *frozen) {
  for (size_t q = 0; q < eisi_joint_size(j); q++)
    frozen[q] = j->held[q] || (x[q] <= j->lower[q] && g[q] > 0) ||
                (x[q] >= j->upper[q] && g[q] < 0) || !(diagonal[q] > 0);
}

void eisi_joint_frozen(const eisi_joint *j, const eisi_arrow *a, const double *x, bool *frozen) {
  double *g = eisi_joint_room(j, 2 * eisi_joint_size(j));
  gradient(j, a, g, g + eisi_joint_size(j));
  freeze(j, x, g, g + eisi_joint_size(j), frozen);
}

/* ---- elimination ---- */

/* One spectrum: own block (damped) and its coupling to the shared slots, frozen ones taken out. */
typedef struct block {
  double *B, *W, *v; /* nl x nl, nl x shared (row major: own by shared), nl */
  const bool *frozen;
  const double *damp; /* of all variables, NULL = none */
} block;

/* Lower Cholesky factor in place, row major. */
static bool cholesky(size_t n, double *H) {
  for (size_t c = 0; c < n; c++) {
    double d = H[c * n + c];
    const double before = d;
    for (size_t k = 0; k < c; k++) d -= H[c * n + k] * H[c * n + k];
    if (!(d > before * 1e-15)) return false;
    d = sqrt(d);
    H[c * n + c] = d;
    for (size_t r = c + 1; r < n; r++) {
      double t = H[r * n + c];
      for (size_t k = 0; k < c; k++) t -= H[r * n + k] * H[c * n + k];
      H[r * n + c] = t / d;
    }
  }
  return true;
}

/* L L' x = b in place; b has `stride` between its entries. */
static void substitute(size_t n, const double *L, double *b, size_t stride) {
  for (size_t r = 0; r < n; r++) {
    for (size_t k = 0; k < r; k++) b[r * stride] -= L[r * n + k] * b[k * stride];
    b[r * stride] /= L[r * n + r];
  }
  for (size_t r = n; r-- > 0;) {
    for (size_t k = r + 1; k < n; k++) b[r * stride] -= L[k * n + r] * b[k * stride];
    b[r * stride] /= L[r * n + r];
  }
}

/* B = own block (its factor), W = B^-1 A_ls, v = B^-1 g_l. */
static bool eliminate(const eisi_joint *j, const eisi_arrow *a, size_t i, const block *b) {
  const size_t shared = (size_t)j->n_shared_slots, nl = j->nl, k = a->k;
  const double *A = a->A + i * k * k, *g = a->g + i * k;
  for (size_t r = 0; r < nl; r++) {
    const size_t q = index_of(j, i, shared + r);
    const bool out = b->frozen[q];
    for (size_t c = 0; c < nl; c++)
      b->B[r * nl + c] = out || b->frozen[index_of(j, i, shared + c)]
                             ? (r == c)
                             : A[(shared + r) * k + shared + c];
    if (b->damp && !out) b->B[r * nl + r] += b->damp[q];
    for (size_t s = 0; s < shared; s++)
      b->W[r * shared + s] = out || b->frozen[index_of(j, i, s)] ? 0 : A[(shared + r) * k + s];
    b->v[r] = out ? 0 : g[shared + r];
  }
  if (!cholesky(nl, b->B)) return false;
  for (size_t s = 0; s < shared; s++) substitute(nl, b->B, b->W + s, shared);
  substitute(nl, b->B, b->v, 1);
  return true;
}

/* H += A_ss - A_sl W, rhs += -g_s + A_sl v */
static void condense(const eisi_joint *j, const eisi_arrow *a, size_t i, const block *b, double *H,
                     double *rhs) {
  const size_t shared = (size_t)j->n_shared_slots, nl = j->nl, k = a->k;
  const double *A = a->A + i * k * k, *g = a->g + i * k;
  for (size_t s = 0; s < shared; s++) {
    const size_t row = index_of(j, i, s);
    if (b->frozen[row]) continue;
    double t = -g[s];
    for (size_t r = 0; r < nl; r++)
      if (!b->frozen[index_of(j, i, shared + r)]) t += A[(shared + r) * k + s] * b->v[r];
    if (rhs) rhs[row] += t;
    for (size_t c = 0; c < shared; c++) {
      const size_t column = index_of(j, i, c);
      if (b->frozen[column]) continue;
      double h = A[s * k + c];
      for (size_t r = 0; r < nl; r++)
        if (!b->frozen[index_of(j, i, shared + r)])
          h -= A[(shared + r) * k + s] * b->W[r * shared + c];
      H[row * j->ns + column] += h;
    }
  }
}

static void unit_diagonal(const eisi_joint *j, const bool *frozen, double *H) {
  for (size_t q = 0; q < j->ns; q++)
    if (frozen[q]) H[q * j->ns + q] = 1;
}

bool eisi_arrow_schur(const eisi_arrow *a, const eisi_joint *j, const bool *frozen, double *schur,
                      double *inverse, double *W) {
  const size_t shared = (size_t)j->n_shared_slots, nl = j->nl;
  double *room = eisi_joint_room(j, nl * (nl + shared + 1));
  memset(schur, 0, j->ns * j->ns * sizeof *schur);
  bool ok = true;
  for (size_t i = 0; i < a->n && ok; i++) {
    const block b = {room, W ? W + i * nl * shared : room + nl * nl, room + nl * nl + nl * shared,
                     frozen, NULL};
    ok = eliminate(j, a, i, &b);
    if (ok) condense(j, a, i, &b, schur, NULL);
    for (size_t c = 0; ok && inverse && c < nl; c++) {
      double *to = inverse + i * nl * nl + c;
      for (size_t r = 0; r < nl; r++) to[r * nl] = r == c;
      substitute(nl, b.B, to, nl);
    }
  }
  unit_diagonal(j, frozen, schur);
  return ok;
}

/* ---- the search ---- */

typedef struct search {
  eisi_joint *j;
  const eis_lsq_options *o;
  double *x, *x_new, *step, *g, *diagonal, *memory, *damp, *H, *rhs, *B, *W, *v;
  bool *frozen;
  eisi_arrow now, next;
  double lambda, nu;
} search;

static const double scale_memory = 0.5; /* how much of the largest diagonal so far is kept */

static void search_clear(search *s) {
  double *const owned[] = {s->x_new, s->step, s->g, s->diagonal, s->memory, s->damp,
                           s->H,     s->rhs,  s->B, s->W,        s->v};
  for (size_t k = 0; k < sizeof owned / sizeof *owned; k++) free(owned[k]);
  free(s->frozen);
  eisi_arrow_clear(&s->now);
  eisi_arrow_clear(&s->next);
}

static eis_status search_init(search *s, eis_error *err) {
  const eisi_joint *j = s->j;
  const size_t all = eisi_joint_size(j) + 1, nl = j->nl, shared = (size_t)j->n_shared_slots;
  struct {
    double **to;
    size_t n;
  } want[] = {{&s->x_new, all},
              {&s->step, all},
              {&s->g, all},
              {&s->diagonal, all},
              {&s->memory, all},
              {&s->damp, all},
              {&s->H, j->ns * j->ns + 1},
              {&s->rhs, j->ns + 1},
              {&s->B, nl * nl + 1},
              {&s->W, j->n * nl * shared + 1},
              {&s->v, j->n * nl + 1}};
  for (size_t k = 0; k < sizeof want / sizeof *want; k++)
    if (!(*want[k].to = eisi_new(want[k].n, sizeof(double), err))) return EIS_ERROR_MEMORY;
  s->frozen = eisi_new(all, sizeof *s->frozen, err);
  if (!s->frozen) return EIS_ERROR_MEMORY;
  const eis_status st = eisi_arrow_init(&s->now, j, err);
  return st == EIS_OK ? eisi_arrow_init(&s->next, j, err) : st;
}

/* Step of (A + lambda D) step = -g into s->step. */
static bool compute_step(search *s, double lambda) {
  eisi_joint *j = s->j;
  const size_t all = eisi_joint_size(j), shared = (size_t)j->n_shared_slots, nl = j->nl;
  for (size_t q = 0; q < all; q++) s->damp[q] = lambda * s->memory[q];
  memset(s->H, 0, j->ns * j->ns * sizeof *s->H);
  memset(s->rhs, 0, j->ns * sizeof *s->rhs);
  for (size_t i = 0; i < j->n; i++) {
    const block b = {s->B, s->W + i * nl * shared, s->v + i * nl, s->frozen, s->damp};
    if (!eliminate(j, &s->now, i, &b)) return false;
    condense(j, &s->now, i, &b, s->H, s->rhs);
  }
  unit_diagonal(j, s->frozen, s->H);
  for (size_t q = 0; q < j->ns; q++)
    if (!s->frozen[q]) s->H[q * j->ns + q] += s->damp[q];
  if (!cholesky(j->ns, s->H)) return false;
  memcpy(s->step, s->rhs, j->ns * sizeof *s->step);
  substitute(j->ns, s->H, s->step, 1);
  for (size_t i = 0; i < j->n; i++)
    for (size_t r = 0; r < nl; r++) {
      double t = -s->v[i * nl + r];
      for (size_t c = 0; c < shared; c++)
        t -= s->W[(i * nl + r) * shared + c] * s->step[index_of(j, i, c)];
      s->step[j->ns + i * nl + r] = s->frozen[j->ns + i * nl + r] ? 0 : t;
    }
  return true;
}

/* Cuts the step to bounds and length; decrease of S that the linear model promises for it. */
static double cut_step(search *s, bool *moved) {
  const eisi_joint *j = s->j;
  *moved = false;
  for (size_t q = 0; q < eisi_joint_size(j); q++) {
    const double d = fmax(-s->o->step_max, fmin(s->o->step_max, s->step[q]));
    s->x_new[q] = fmax(j->lower[q], fmin(j->upper[q], s->x[q] + d));
    if (j->held[q]) s->x_new[q] = s->x[q];
    s->step[q] = s->x_new[q] - s->x[q];
    *moved = *moved || s->x_new[q] != s->x[q];
  }
  double promise = 0;
  for (size_t i = 0; i < j->n; i++) {
    const double *A = s->now.A + i * s->now.k * s->now.k;
    for (size_t a = 0; a < s->now.k; a++) {
      const double da = s->step[index_of(j, i, a)];
      promise -= 2 * s->now.g[i * s->now.k + a] * da;
      for (size_t b = 0; b < s->now.k; b++)
        promise -= da * A[a * s->now.k + b] * s->step[index_of(j, i, b)];
    }
  }
  return promise;
}

static void renew(search *s) {
  gradient(s->j, &s->now, s->g, s->diagonal);
  for (size_t q = 0; q < eisi_joint_size(s->j); q++)
    s->memory[q] = fmax(s->diagonal[q], scale_memory * s->memory[q]);
  freeze(s->j, s->x, s->g, s->diagonal, s->frozen);
}

static void accept(search *s) {
  const eisi_arrow keep = s->now;
  s->now = s->next;
  s->next = keep;
  memcpy(s->x, s->x_new, eisi_joint_size(s->j) * sizeof *s->x);
  renew(s);
}

/* One accepted step, raising the damping until S falls.  false: nothing helps any more. */
static bool iterate(search *s, double *decrease) {
  for (int tries = 0; tries < 30 && s->lambda < 1e15; tries++) {
    bool moved = false;
    if (compute_step(s, s->lambda)) {
      const double promise = cut_step(s, &moved), S = s->now.total;
      if (!moved) return false;
      if (eisi_arrow_fill(&s->next, s->j, s->x_new) && s->next.total < S) {
        const double gain = promise > 0 ? (S - s->next.total) / promise : 1, q = 2 * gain - 1;
        *decrease = (S - s->next.total) / S;
        accept(s);
        s->lambda = fmax(1e-15, s->lambda * fmax(1.0 / 12, 1 - q * q * q));
        s->nu = 2;
        return true;
      }
    }
    s->lambda *= s->nu;
    s->nu *= 2;
  }
  return false;
}

/* Newton decrement in standard errors. */
static bool converged(search *s) {
  const size_t all = eisi_joint_size(s->j);
  const double dof = fmax(1, 2.0 * (double)s->j->points - (double)all);
  double d2 = 0;
  if (!compute_step(s, 0) && !compute_step(s, 1e-12)) return false;
  for (size_t q = 0; q < all; q++) d2 -= s->frozen[q] ? 0 : s->g[q] * s->step[q];
  return d2 * dof <= s->o->dtol * s->o->dtol * s->now.total || d2 <= s->o->ftol * s->now.total;
}

static eis_lsq_verdict minimise(search *s, int *iterations) {
  double decrease = 1;
  int slow = 0;
  for (*iterations = 0; *iterations < s->o->max_iter; ++*iterations) {
    if (s->now.total <= s->o->S_zero) return EIS_LSQ_CONVERGED;
    if (decrease < 1e-2 && converged(s)) return EIS_LSQ_CONVERGED;
    if (isfinite(s->o->deadline_s) && eisi_now() > s->o->deadline_s) return EIS_LSQ_TIMEOUT;
    if (!iterate(s, &decrease)) return converged(s) ? EIS_LSQ_CONVERGED : EIS_LSQ_STUCK;
    slow = decrease < 0.05 ? slow + 1 : 0;
    if (slow >= 6 && s->now.total > s->o->S_hopeless) return EIS_LSQ_STUCK;
  }
  return EIS_LSQ_MAX_ITER;
}

eis_status eisi_joint_solve(eisi_joint *j, const eis_lsq_options *opt, double *x,
                            eisi_joint_info *info, eis_error *err) {
  search s = {.j = j, .o = opt, .x = x, .lambda = 1e-3, .nu = 2};
  *info = (eisi_joint_info){.S = INFINITY};
  eis_status st = search_init(&s, err);
  for (size_t q = 0; q < eisi_joint_size(j); q++) x[q] = fmax(j->lower[q], fmin(j->upper[q], x[q]));
  if (st == EIS_OK && !eisi_arrow_fill(&s.now, j, x))
    st = eis_error_set(err, EIS_ERROR_NUMERIC,
                       "the joint model can't be evaluated at the start values: a law "
                       "leads out of the range of its parameter");
  if (st == EIS_OK) {
    renew(&s);
    info->verdict = minimise(&s, &info->iterations);
    info->S = s.now.total;
  }
  search_clear(&s);
  return st;
}
