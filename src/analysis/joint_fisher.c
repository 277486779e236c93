/* joint_fisher.c - Fisher information of a joint fit.

   F = J'J/s^2 of the shared variables, the own ones eliminated (Schur complement): its inverse is
   their covariance with everything else free.  Each variable is measured in its resolution, so a
   direction whose standard error is 1 or more is one the data know nothing about. */
#include "analysis/joint_fisher.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "numerics/linalg.h"
#include "numerics/stats.h"

void eisi_fisher_clear(eisi_fisher *f) {
  void *const owned[] = {f->frozen, f->resolution, f->C, f->inverse, f->W, f->size, f->part};
  for (size_t k = 0; k < sizeof owned / sizeof *owned; k++) free(owned[k]);
  eisi_arrow_clear(&f->arrow);
  *f = (eisi_fisher){0};
}

static eis_status allocate(eisi_fisher *f, const eisi_joint *j, eis_error *err) {
  const size_t ns = j->ns, nl = j->nl, all = eisi_joint_size(j) + 1;
  f->frozen = eisi_new(all, sizeof *f->frozen, err);
  struct {
    double **to;
    size_t n;
  } want[] = {{&f->resolution, ns + 1},
              {&f->C, ns * ns + 1},
              {&f->inverse, j->n * nl * nl + 1},
              {&f->W, j->n * nl * (size_t)j->n_shared_slots + 1},
              {&f->size, ns + 1},
              {&f->part, ns * ns + 1}};
  for (size_t k = 0; k < sizeof want / sizeof *want; k++)
    if (!(*want[k].to = eisi_new(want[k].n, sizeof(double), err))) return EIS_ERROR_MEMORY;
  return f->frozen ? eisi_arrow_init(&f->arrow, j, err) : EIS_ERROR_MEMORY;
}

/* A number without a size of its own: what changes its parameter by a factor e somewhere. */
static void resolve(eisi_fisher *f, eisi_joint *j, const double *x) {
  double own[64];
  double *largest = eisi_joint_room(j, j->ns);
  for (size_t i = 0; i < j->n; i++) {
    eisi_joint_gather(j, i, x, own);
    if (!eisi_joint_params(j, i, own, j->p, j->D)) continue;
    for (int s = 0; s < j->n_shared_slots; s++) {
      const int param = j->slot[s].param;
      const size_t q = (size_t)j->map[i * (size_t)j->n_shared_slots + (size_t)s];
      const double d = j->D[(size_t)param * (size_t)j->n_slots + (size_t)s];
      const bool log_scale = j->c->param[param].spec->scale == EIS_SCALE_LOG;
      largest[q] = fmax(largest[q], fabs(log_scale ? d / j->p[param] : d));
    }
  }
  for (int s = 0; s < j->n_shared_slots; s++) {
    const eisi_slot *a = &j->slot[s];
    for (int g = 0; g < (a->reach == EISI_GROUP ? a->n_groups : 1); g++) {
      const double d = largest[a->at + (size_t)g];
      f->resolution[a->at + (size_t)g] = a->resolution > 0 ? a->resolution : d > 0 ? 1 / d : 1;
    }
  }
}

/* The symmetric positive matrix M (n x n) in directions: sizes 1/sqrt(eigenvalue), ascending
   eigenvalues first; a floor keeps what is not known at all finite. */
static eis_status decompose(size_t n, double *M, double *size, double *part, eis_error *err) {
  double *sv = eisi_new(n + 1, sizeof *sv, err), *Vt = eisi_new(n * n + 1, sizeof *Vt, err);
  eis_status st = sv && Vt ? EIS_OK : EIS_ERROR_MEMORY;
  if (st == EIS_OK && n > 0) st = eisi_svd(n, n, M, sv, Vt, err);
  for (size_t q = 0; st == EIS_OK && q < n; q++) {
    const size_t from = n - 1 - q; /* smallest singular value first */
    size[q] = 1 / sqrt(fmax(sv[from], 1e-14 * sv[0] + 1e-300));
    for (size_t i = 0; i < n; i++) part[q * n + i] = Vt[from + i * n];
  }
  free(sv);
  free(Vt);
  return st;
}

static eis_status invert(eisi_fisher *f, const eisi_joint *j, double *schur, eis_error *err) {
  const size_t ns = j->ns;
  size_t *at = eisi_new(ns + 1, sizeof *at, err), n = 0;
  double *M = eisi_new(ns * ns + 1, sizeof *M, err);
  double *part = eisi_new(ns * ns + 1, sizeof *part, err);
  eis_status st = at && M && part ? EIS_OK : EIS_ERROR_MEMORY;
  for (size_t q = 0; st == EIS_OK && q < ns; q++)
    if (!f->frozen[q]) at[n++] = q;
  for (size_t a = 0; st == EIS_OK && a < n; a++)
    for (size_t b = 0; b < n; b++)
      M[a * n + b] =
          schur[at[a] * ns + at[b]] * f->resolution[at[a]] * f->resolution[at[b]] / f->s2;
  if (st == EIS_OK) st = decompose(n, M, f->size, part, err);
  f->n_directions = n;
  for (size_t q = 0; st == EIS_OK && q < n; q++)
    for (size_t a = 0; a < n; a++) {
      f->part[q * ns + at[a]] = part[q * n + a];
      for (size_t b = 0; b < n; b++)
        f->C[at[a] * ns + at[b]] += part[q * n + a] * part[q * n + b] * f->size[q] * f->size[q] *
                                    f->resolution[at[a]] * f->resolution[at[b]];
    }
  free(at);
  free(M);
  free(part);
  return st;
}

eis_status eisi_fisher_init(eisi_fisher *f, eisi_joint *j, const double *x, eis_error *err) {
  const size_t all = eisi_joint_size(j);
  *f = (eisi_fisher){.j = j};
  eis_status st = allocate(f, j, err);
  if (st == EIS_OK && !eisi_arrow_fill(&f->arrow, j, x))
    st = eis_error_set(err, EIS_ERROR_NUMERIC, "the joint model can't be evaluated at its optimum");
  if (st != EIS_OK) return st;
  eisi_joint_frozen(j, &f->arrow, x, f->frozen);
  for (size_t q = 0; q < all; q++) f->n_free += !f->frozen[q];
  f->dof = 2 * (long)j->points - f->n_free;
  f->s2 = f->arrow.total / (double)(f->dof > 0 ? f->dof : 1);
  if (!(f->s2 > 0)) f->s2 = 1e-300;
  f->t = eisi_t_quantile(0.975, (double)(f->dof > 0 ? f->dof : 1));
  resolve(f, j, x);
  double *schur = eisi_new(j->ns * j->ns + 1, sizeof *schur, err);
  if (!schur) return EIS_ERROR_MEMORY;
  if (!eisi_arrow_schur(&f->arrow, j, f->frozen, schur, f->inverse, f->W))
    st = eis_error_set(err, EIS_ERROR_NUMERIC,
                       "the parameters of single spectra can't be told apart: share or "
                       "fix some of them");
  else
    st = invert(f, j, schur, err);
  free(schur);
  return st;
}

/* C_ss of the slots, C_ls = -W C_ss, C_ll = s^2 B^-1 + W C_ss W'. */
void eisi_fisher_own(const eisi_fisher *f, size_t i, double *C) {
  const eisi_joint *j = f->j;
  const size_t shared = (size_t)j->n_shared_slots, nl = j->nl, k = (size_t)j->n_slots;
  const int *map = j->map + i * shared;
  const double *W = f->W + i * nl * shared, *B = f->inverse + i * nl * nl;
  for (size_t a = 0; a < shared; a++)
    for (size_t b = 0; b < shared; b++)
      C[a * k + b] = f->C[(size_t)map[a] * j->ns + (size_t)map[b]];
  for (size_t r = 0; r < nl; r++)
    for (size_t b = 0; b < shared; b++) {
      double t = 0;
      for (size_t a = 0; a < shared; a++) t -= W[r * shared + a] * C[a * k + b];
      C[(shared + r) * k + b] = C[b * k + shared + r] = t;
    }
  for (size_t r = 0; r < nl; r++)
    for (size_t c = 0; c < nl; c++) {
      const bool out = f->frozen[j->ns + i * nl + r] || f->frozen[j->ns + i * nl + c];
      double t = out ? 0 : f->s2 * B[r * nl + c];
      for (size_t a = 0; a < shared; a++) t -= C[(shared + r) * k + a] * W[c * shared + a];
      C[(shared + r) * k + shared + c] = t;
    }
}

void eisi_fisher_cross(const eisi_fisher *f, size_t i, double *C) {
  const eisi_joint *j = f->j;
  const size_t shared = (size_t)j->n_shared_slots, nl = j->nl, ns = j->ns;
  const int *map = j->map + i * shared;
  for (size_t a = 0; a < shared; a++)
    memcpy(C + a * ns, f->C + (size_t)map[a] * ns, ns * sizeof *C);
  for (size_t r = 0; r < nl; r++)
    for (size_t q = 0; q < ns; q++) {
      double t = 0;
      for (size_t a = 0; a < shared; a++) t -= f->W[(i * nl + r) * shared + a] * C[a * ns + q];
      C[(shared + r) * ns + q] = t;
    }
}

void eisi_fisher_solve(const eisi_fisher *f, const double *b, double *y) {
  const eisi_joint *j = f->j;
  const size_t shared = (size_t)j->n_shared_slots, nl = j->nl, ns = j->ns;
  double *rhs = eisi_joint_room(j, ns);
  for (size_t q = 0; q < ns; q++) rhs[q] = f->frozen[q] ? 0 : b[q];
  for (size_t i = 0; i < j->n; i++)
    for (size_t s = 0; s < shared; s++)
      for (size_t r = 0; r < nl; r++)
        if (!f->frozen[ns + i * nl + r])
          rhs[j->map[i * shared + s]] -= f->W[(i * nl + r) * shared + s] * b[ns + i * nl + r];
  for (size_t q = 0; q < ns; q++) {
    y[q] = 0;
    for (size_t p = 0; p < ns; p++) y[q] += f->C[q * ns + p] / f->s2 * rhs[p];
  }
  for (size_t i = 0; i < j->n; i++)
    for (size_t r = 0; r < nl; r++) {
      double t = 0;
      for (size_t c = 0; c < nl; c++)
        if (!f->frozen[ns + i * nl + r] && !f->frozen[ns + i * nl + c])
          t += f->inverse[(i * nl + r) * nl + c] * b[ns + i * nl + c];
      for (size_t s = 0; s < shared; s++)
        t -= f->W[(i * nl + r) * shared + s] * y[j->map[i * shared + s]];
      y[ns + i * nl + r] = t;
    }
}
