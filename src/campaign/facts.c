/* facts.c - see facts.h. */
#include "campaign/facts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "numerics/linalg.h"

enum { PRESSURE, SOC, AGE, N_FACTS };

typedef struct regression {
  const eisi_frame *f;
  const eisi_series *s;
  const eisi_fact_columns *c;
  size_t n;
  double *v[N_FACTS], *y; /* rows of the cell */
  size_t p;
  int what[N_FACTS]; /* column of X -> fact */
} regression;

static bool same_cell(const regression *r, size_t row) {
  if (r->c->cell < 0) return true;
  const size_t first = r->s->sample->row[r->s->at[0]];
  return strcmp(eisi_frame_text(r->f, row, r->c->cell), eisi_frame_text(r->f, first, r->c->cell)) ==
         0;
}

static void gather(regression *r) {
  const int column[N_FACTS] = {r->c->pressure, r->c->soc, r->c->x};
  const eisi_sample *a = r->s->sample;
  for (size_t i = 0; i < a->n; i++) {
    bool whole = a->value[i] > 0 && same_cell(r, a->row[i]);
    for (int k = 0; whole && k < N_FACTS; k++) {
      double v = 0;
      if (column[k] >= 0 && eisi_frame_number(r->f, a->row[i], column[k], &v, NULL)) v = NAN;
      if (k == PRESSURE && column[k] >= 0) v = v > 0 ? log(v) : NAN;
      r->v[k][r->n] = v;
      whole = isfinite(v);
    }
    if (whole) r->y[r->n++] = log(a->value[i]);
  }
}

static bool varies(const double *v, size_t n) {
  for (size_t i = 1; i < n; i++)
    if (fabs(v[i] - v[0]) > 1e-9 * fabs(v[0])) return true;
  return false;
}

/* Normal equations of centred columns; false when they are dependent. */
static bool solve(regression *r, double *b, double *se) {
  double G[N_FACTS * N_FACTS], B[N_FACTS * (N_FACTS + 1)] = {0}, ss = 0;
  const size_t n = r->n, p = r->p;
  double mean_y = 0, mean[N_FACTS] = {0};
  for (size_t i = 0; i < n; i++) mean_y += r->y[i] / (double)n;
  for (size_t j = 0; j < p; j++)
    for (size_t i = 0; i < n; i++) mean[j] += r->v[r->what[j]][i] / (double)n;
  for (size_t j = 0; j < p; j++) {
    for (size_t k = 0; k < p; k++) {
      G[k * p + j] = 0;
      for (size_t i = 0; i < n; i++)
        G[k * p + j] += (r->v[r->what[j]][i] - mean[j]) * (r->v[r->what[k]][i] - mean[k]);
    }
    for (size_t i = 0; i < n; i++) B[j] += (r->v[r->what[j]][i] - mean[j]) * (r->y[i] - mean_y);
    B[(j + 1) * p + j] = 1;
  }
  if (!eisi_chol_solve(p, G, B, p + 1)) return false;
  for (size_t i = 0; i < n; i++) {
    double e = r->y[i] - mean_y;
    for (size_t j = 0; j < p; j++) e -= B[j] * (r->v[r->what[j]][i] - mean[j]);
    ss += e * e;
  }
  for (size_t j = 0; j < p; j++) {
    b[r->what[j]] = B[j];
    se[r->what[j]] = sqrt(ss / (double)(n - p - 1) * B[(j + 1) * p + j]);
  }
  return true;
}

static void regress(regression *r, eis_drift_facts *out) {
  double b[N_FACTS] = {NAN, NAN, NAN}, se[N_FACTS] = {NAN, NAN, NAN};
  const int column[N_FACTS] = {r->c->pressure, r->c->soc, r->c->x};
  for (int k = 0; k < N_FACTS; k++)
    if (column[k] >= 0 && varies(r->v[k], r->n)) r->what[r->p++] = k;
  if (r->p == 0 || r->n < r->p + 3 || !solve(r, b, se)) return;
  out->pressure_exponent = b[PRESSURE];
  out->pressure_exponent_se = se[PRESSURE];
  out->soc_slope = b[SOC];
  out->soc_slope_se = se[SOC];
}

eis_status eisi_facts_find(const eisi_frame *f, const eisi_series *s, const eisi_fact_columns *c,
                           const eis_law_fit *power, eis_drift_facts *out, eis_error *err) {
  regression r = {.f = f, .s = s, .c = c};
  *out = eis_drift_facts_unknown();
  if (power && !power->why_not && !power->shape_at_end && isfinite(power->se[2])) {
    out->age_exponent = power->p[2];
    out->age_exponent_se = power->se[2];
  }
  if (c->pressure < 0 && c->soc < 0) return EIS_OK;
  double *room = eisi_new(4 * s->sample->n, sizeof *room, err);
  if (!room) return EIS_ERROR_MEMORY;
  for (int k = 0; k < N_FACTS; k++) r.v[k] = room + (size_t)k * s->sample->n;
  r.y = room + 3 * s->sample->n;
  gather(&r);
  regress(&r, out);
  free(room);
  return EIS_OK;
}
