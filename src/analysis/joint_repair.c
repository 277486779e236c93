/* joint_repair.c - spectra whose own parameters ended in a local minimum. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <eisfit/lsq.h>

#include "analysis/joint_core.h"
#include "numerics/stats.h"

/* The own parameters of one spectrum, everything shared held. */
typedef struct own_problem {
  eisi_joint *j;
  size_t i;
  double *x; /* of everything; only the own part is changed */
  eis_status st;
  eis_error *err;
} own_problem;

static bool own_eval(void *ctx, const double *y, double *r, double *J) {
  own_problem *p = ctx;
  eisi_joint *j = p->j;
  size_t rows;
  memcpy(p->x + j->ns + p->i * j->nl, y, j->nl * sizeof *y);
  if (!eisi_joint_residual(j, p->i, p->x, &rows)) return false;
  memcpy(r, j->r, rows * sizeof *r);
  if (J) memcpy(J, j->J + rows * (size_t)j->n_shared_slots, rows * j->nl * sizeof *J);
  return true;
}

/* S after a fit of the own parameters from y (in: start, out: optimum); INFINITY when it fails. */
static double fit_own(own_problem *p, double *y) {
  const eisi_joint *j = p->j;
  const size_t m = 2 * j->data->spectrum[p->i]->n, first = j->ns + p->i * j->nl;
  eis_lsq *work = NULL;
  eis_lsq_info info = {.S = INFINITY};
  const eis_lsq_problem prob = {.m = m, .n = j->nl, .eval = own_eval, .ctx = p, .lower = j->lower + first,
                                .upper = j->upper + first};
  eis_lsq_options o = eis_lsq_options_default();
  o.max_iter = 60;
  o.step_max = 2;
  if (p->st == EIS_OK) p->st = eis_lsq_new(m, j->nl, &work, p->err);
  if (p->st == EIS_OK && eis_lsq_run(work, &prob, &o, y, &info, NULL) != EIS_OK) info.S = INFINITY;
  eis_lsq_free(work);
  return info.S;
}

/* Per own parameter the median over the spectra. */
static void typical(const eisi_joint *j, const double *x, double *column, double *y) {
  for (size_t q = 0; q < j->nl; q++) {
    for (size_t i = 0; i < j->n; i++) column[i] = x[j->ns + i * j->nl + q];
    y[q] = eisi_median(column, j->n);
  }
}

/* Tries what fits its neighbours and the typical spectrum; true when that is clearly better. */
static bool repair(own_problem *p, const double *middle, double S, double *y, double *best) {
  eisi_joint *j = p->j;
  const size_t nl = j->nl, first = j->ns + p->i * nl;
  const double was = S;
  memcpy(best, p->x + first, nl * sizeof *best);
  for (int k = 0; k < 3; k++) {
    if ((k == 1 && p->i == 0) || (k == 2 && p->i + 1 == j->n)) continue;
    const double *from = k == 0 ? middle : k == 1 ? p->x + first - nl : p->x + first + nl;
    memcpy(y, from, nl * sizeof *y);
    const double now = fit_own(p, y);
    if (now < S) {
      S = now;
      memcpy(best, y, nl * sizeof *best);
    }
  }
  memcpy(p->x + first, best, nl * sizeof *best);
  return S < was * (1 - 1e-3);
}

eis_status eisi_joint_repair(eisi_joint *j, double *x, bool *better, eis_error *err) {
  const size_t nl = j->nl;
  *better = false;
  if (nl == 0 || j->n < 3) return EIS_OK;
  double *room = eisi_joint_room(j, 2 * j->n + 3 * nl);
  double *S = room, *column = room + j->n, *middle = column + j->n, *y = middle + nl,
         *best = y + nl;
  for (size_t i = 0; i < j->n; i++) {
    size_t rows;
    double sum = 0;
    const bool ok = eisi_joint_residual(j, i, x, &rows);
    for (size_t k = 0; ok && k < rows; k++) sum += j->r[k] * j->r[k];
    S[i] = column[i] = ok ? sum / (double)rows : INFINITY;
  }
  const double limit = 1.15 * eisi_median(column, j->n);
  typical(j, x, column, middle);
  own_problem p = {.j = j, .x = x, .err = err};
  for (p.i = 0; p.i < j->n && p.st == EIS_OK; p.i++)
    if (S[p.i] > limit)
      *better |= repair(&p, middle, S[p.i] * 2 * (double)j->data->spectrum[p.i]->n, y, best);
  return p.st;
}
