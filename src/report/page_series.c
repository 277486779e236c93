/* page_series.c - the values of one parameter over one axis, cell by cell and condition by
 * condition. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "report/page.h"

enum { CONDITIONS_MAX = 12 }; /* values of another axis that make series of their own */

/* Does it change within a cell? */
static bool varies_within(const eisi_page *p, int axis, eis_status *st) {
  bool varies = false;
  double *first = eisi_new(p->cell.n + 1, sizeof *first, NULL);
  if (!first) *st = EIS_ERROR_MEMORY;
  for (size_t c = 0; first && c < p->cell.n; c++) first[c] = NAN;
  for (size_t i = 0; first && i < p->n && !varies; i++) {
    double *f = &first[p->at[i].cell];
    const double v = p->at[i].axis[axis];
    if (isnan(*f))
      *f = v;
    else
      varies = v < *f || v > *f;
  }
  free(first);
  return varies;
}

/* Few different values of an axis: conditions; many: it goes along with the other one. */
static bool few_values(const eisi_page *p, int axis) {
  double seen[CONDITIONS_MAX];
  int n = 0;
  for (size_t i = 0; i < p->n; i++) {
    const double v = p->at[i].axis[axis];
    int k = 0;
    if (isnan(v)) continue;
    while (k < n && fabs(seen[k] - v) > 1e-9 * fabs(v)) k++;
    if (k < n) continue;
    if (n == CONDITIONS_MAX) return false;
    seen[n++] = v;
  }
  return n > 1;
}

/* "cell A, state V, soc 0.5" */
static void label_of(const eisi_page *p, const eisi_page_spectrum *s, const bool *split,
                     eisi_text *out) {
  out->n = 0;
  eisi_text_addf(out, "%s", p->cell.at[s->cell]);
  if (s->label > 0) eisi_text_addf(out, ", %s", p->label.at[s->label]);
  for (int a = 0; a < EISI_AXIS_POSITION; a++)
    if (split[a] && !isnan(s->axis[a]))
      eisi_text_addf(out, ", %s %.4g", eisi_axes[a].name, s->axis[a]);
}

typedef struct point {
  double x;
  size_t i;
  int series;
} point;

static int by_series_and_x(const void *a, const void *b) {
  const point *p = a, *q = b;
  if (p->series != q->series) return p->series < q->series ? -1 : 1;
  if (p->x < q->x || p->x > q->x) return p->x < q->x ? -1 : 1;
  return p->i < q->i ? -1 : p->i > q->i;
}

static eis_status collect(const eisi_page *p, const eisi_page_parameter *q, eisi_axis_id axis,
                          bool all, point *at, eisi_names *names) {
  bool split[EISI_N_AXES] = {false};
  eisi_text text = {0};
  eis_status st = EIS_OK;
  size_t n = 0;
  for (int a = 0; a < EISI_AXIS_POSITION; a++)
    split[a] = a != (int)axis && p->used[a] && few_values(p, a) && varies_within(p, a, &st);
  for (size_t i = 0; i < p->n && !st; i++) {
    if (isnan(p->at[i].axis[axis]) || !isfinite(q->value[i])) continue;
    if (!all && !eisi_page_counts(p, q, i)) continue;
    label_of(p, &p->at[i], split, &text);
    const int series = text.failed ? -1 : eisi_name_number(names, text.s);
    if (series < 0) st = EIS_ERROR_MEMORY;
    at[n++] = (point){p->at[i].axis[axis], i, series};
  }
  eisi_text_clear(&text);
  at[n].series = -1; /* the end */
  return st;
}

static eis_status fill(const eisi_page_parameter *q, const eisi_page *p, const point *at, size_t n,
                       eisi_page_series *s, eis_error *err) {
  s->spectrum = eisi_new(n, sizeof *s->spectrum, err);
  s->x = eisi_new(n, sizeof *s->x, err);
  s->y = eisi_new(n, sizeof *s->y, err);
  s->se = eisi_new(n, sizeof *s->se, err);
  if (!s->spectrum || !s->x || !s->y || !s->se) return EIS_ERROR_MEMORY;
  s->n = n;
  s->cell = p->at[at[0].i].cell;
  for (size_t k = 0; k < n; k++) {
    s->spectrum[k] = at[k].i;
    s->x[k] = at[k].x;
    s->y[k] = q->value[at[k].i];
    s->se[k] = q->se[at[k].i];
  }
  return EIS_OK;
}

eis_status eisi_page_split(const eisi_page *p, const eisi_page_parameter *q, eisi_axis_id axis,
                           bool all, eisi_page_list *out, eis_error *err) {
  eisi_names names = {0};
  *out = (eisi_page_list){0};
  point *at = eisi_new(p->n + 1, sizeof *at, err);
  eis_status st = at ? collect(p, q, axis, all, at, &names) : EIS_ERROR_MEMORY;
  if (!st && names.n) {
    size_t n = 0;
    while (at[n].series >= 0) n++;
    qsort(at, n, sizeof *at, by_series_and_x);
    out->at = eisi_new(names.n, sizeof *out->at, err);
    if (!out->at) st = EIS_ERROR_MEMORY;
    for (size_t k = 0, end = 0; !st && k < n; k = end) {
      while (end < n && at[end].series == at[k].series) end++;
      eisi_page_series *s = &out->at[out->n++];
      s->label = eisi_strdup(names.at[at[k].series], err);
      st = s->label ? fill(q, p, at + k, end - k, s, err) : EIS_ERROR_MEMORY;
    }
  }
  if (st) eis_error_set(err, EIS_ERROR_MEMORY, "out of memory");
  eisi_names_clear(&names);
  free(at);
  return st;
}

void eisi_page_list_clear(eisi_page_list *l) {
  for (size_t i = 0; i < l->n; i++) {
    free(l->at[i].label);
    free(l->at[i].spectrum);
    free(l->at[i].x);
    free(l->at[i].y);
    free(l->at[i].se);
  }
  free(l->at);
  *l = (eisi_page_list){0};
}
