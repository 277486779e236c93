/* places.c - see places.h. */
#include "campaign/places.h"

#include <math.h>
#include <stdlib.h>

typedef struct spot {
  double x;
  size_t at;
} spot;

static int by_x(const void *a, const void *b) {
  const spot *p = a, *q = b;
  return p->x != q->x ? (p->x > q->x) - (p->x < q->x) : (p->at > q->at) - (p->at < q->at);
}

/* Numbers the places along x. */
static void number_places(spot *s, size_t n, const double *x, double near, eisi_places *p) {
  double first = 0;
  for (size_t i = 0; i < n; i++) s[i] = (spot){x[i], i};
  qsort(s, n, sizeof *s, by_x);
  for (size_t i = 0; i < n; i++) {
    if (!i || s[i].x - first > near) {
      first = s[i].x;
      p->n++;
    }
    p->of[s[i].at] = p->n - 1;
  }
}

/* Variance of repetitions beyond their errors: in a place of m points the sum of (y - mean)^2 is
   (m - 1) w^2 + (1 - 1/m) sum se^2 on average.  count, mean: room for a number per place. */
static double repetition(size_t n, const double *y, const double *se, const eisi_places *p,
                         double *count, double *mean) {
  double sum = 0, dof = 0;
  for (size_t k = 0; k < p->n; k++) count[k] = mean[k] = 0;
  for (size_t i = 0; i < n; i++) count[p->of[i]]++;
  for (size_t i = 0; i < n; i++) mean[p->of[i]] += y[i] / count[p->of[i]];
  for (size_t i = 0; i < n; i++) {
    const double m = count[p->of[i]], d = y[i] - mean[p->of[i]];
    sum += d * d - se[i] * se[i] * (1 - 1 / m);
  }
  for (size_t k = 0; k < p->n; k++) dof += count[k] - 1;
  return dof > 0 ? fmax(sum / dof, 0) : 0;
}

/* Equal weights where neither the errors nor the scatter are known. */
static void average(size_t n, const double *x, const double *y, const double *se, double w2,
                    eisi_places *p) {
  double *sum = p->se;
  bool known = true;
  for (size_t i = 0; i < n; i++) known = known && se[i] * se[i] + w2 > 0;
  for (size_t k = 0; k < p->n; k++) p->x[k] = p->y[k] = sum[k] = 0;
  for (size_t i = 0; i < n; i++) {
    const size_t k = p->of[i];
    const double w = known ? 1 / (se[i] * se[i] + w2) : 1;
    sum[k] += w;
    p->x[k] += w * x[i];
    p->y[k] += w * y[i];
  }
  for (size_t k = 0; k < p->n; k++) {
    p->x[k] /= sum[k];
    p->y[k] /= sum[k];
    p->se[k] = known ? 1 / sqrt(sum[k]) : 0;
  }
}

static void keep(size_t n, const double *x, const double *y, const double *se, eisi_places *p) {
  for (size_t i = 0; i < n; i++) {
    p->x[p->of[i]] = x[i];
    p->y[p->of[i]] = y[i];
    p->se[p->of[i]] = se[i];
  }
}

eis_status eisi_places_make(size_t n, const double *x, const double *y, const double *se,
                            double near, eisi_places *out, eis_error *err) {
  *out = (eisi_places){0};
  spot *s = eisi_new(n + 1, sizeof *s, err);
  out->x = eisi_new(3 * n + 1, sizeof *out->x, err);
  out->of = eisi_new(n + 1, sizeof *out->of, err);
  if (!s || !out->x || !out->of) {
    free(s);
    eisi_places_clear(out);
    return EIS_ERROR_MEMORY;
  }
  out->y = out->x + n;
  out->se = out->y + n;
  number_places(s, n, x, near, out);
  free(s);
  if (out->n == n) {
    keep(n, x, y, se, out);
    return EIS_OK;
  }
  const double w2 = repetition(n, y, se, out, out->x, out->y);
  average(n, x, y, se, w2, out);
  return EIS_OK;
}

void eisi_places_clear(eisi_places *p) {
  free(p->x);
  free(p->of);
  *p = (eisi_places){0};
}
