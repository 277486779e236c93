/* page_track_choice.c - which spectra a figure of the followed processes shows, and the means of
   their cells. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "numerics/stats.h"
#include "report/page_track.h"

/* ---- does one axis go along with another? ---- */

typedef struct pair {
  double x, y;
} pair;

static int by_pair(const void *a, const void *b) {
  const pair *p = a, *q = b;
  if (p->x < q->x || p->x > q->x) return p->x < q->x ? -1 : 1;
  return (p->y > q->y) - (p->y < q->y);
}

/* Different values of x, and of both together, among the spectra of a cell. */
static void count_pairs(pair *at, size_t n, size_t *values, size_t *pairs) {
  *values = *pairs = n > 0;
  qsort(at, n, sizeof *at, by_pair);
  for (size_t i = 1; i < n; i++) {
    const bool new_x = at[i].x > at[i - 1].x;
    *values += new_x;
    *pairs += new_x || at[i].y > at[i - 1].y;
  }
}

/* The cell with most spectra that were followed; -1 = none. */
static int largest_cell(const eisi_page *p, eis_status *st, eis_error *err) {
  size_t *n = eisi_new(p->cell.n + 1, sizeof *n, err), best = 0;
  int cell = -1;
  if (!n) *st = EIS_ERROR_MEMORY;
  for (size_t i = 0; n && i < p->n; i++) n[p->at[i].cell] += eisi_track_followed(p, i);
  for (size_t c = 0; n && c < p->cell.n; c++)
    if (n[c] > best) {
      best = n[c];
      cell = (int)c;
    }
  free(n);
  return cell;
}

/* Values of axis a, of b, and pairs of both in the cell; rows without one of them do not count. */
typedef struct crossing {
  size_t a, b, pairs;
} crossing;

static eis_status cross(const eisi_page *p, int cell, int a, int b, crossing *out, eis_error *err) {
  pair *at = eisi_new(p->n + 1, sizeof *at, err);
  size_t n = 0;
  *out = (crossing){0, 0, 0};
  if (!at) return EIS_ERROR_MEMORY;
  for (size_t i = 0; i < p->n; i++) {
    const double *v = p->at[i].axis;
    if (p->at[i].cell != cell || isnan(v[a]) || isnan(v[b]) || !eisi_track_followed(p, i)) continue;
    at[n++] = (pair){v[a], v[b]};
  }
  count_pairs(at, n, &out->a, &out->pairs);
  for (size_t i = 0; i < n; i++) at[i] = (pair){at[i].y, at[i].x};
  count_pairs(at, n, &out->b, &out->pairs);
  free(at);
  return EIS_OK;
}

/* ---- the choice ---- */

/* The value of cell c that is next to the target. */
static void find_near(const eisi_page *p, int axis, double target, double *near) {
  for (size_t c = 0; c < p->cell.n; c++) near[c] = NAN;
  for (size_t i = 0; i < p->n; i++) {
    const double v = p->at[i].axis[axis];
    double *best = &near[p->at[i].cell];
    if (isnan(v) || !eisi_track_followed(p, i)) continue;
    const bool nearer = isinf(target) ? (target > 0 ? v > *best : v < *best)
                                      : fabs(v - target) < fabs(*best - target);
    if (isnan(*best) || nearer) *best = v;
  }
}

static eis_status hold(const eisi_page *p, int axis, eisi_track_choice *c, eis_error *err) {
  static const double usual[EISI_N_AXES] = {[EISI_AXIS_SOC] = 0.5, [EISI_AXIS_TEMPERATURE] = 25};
  const bool ages = eisi_axes[axis].age;
  c->fixed[axis] = true;
  c->target[axis] = ages ? -INFINITY : usual[axis];
  if (axis == EISI_AXIS_PRESSURE) c->target[axis] = INFINITY;
  if (ages && c->age < 0) {
    c->age = axis;
    c->ends = 2;
  }
  for (int end = 0; end < 2; end++) {
    c->near[axis][end] = eisi_new(p->cell.n + 1, sizeof(double), err);
    if (!c->near[axis][end]) return EIS_ERROR_MEMORY;
    find_near(p, axis, ages && end ? INFINITY : c->target[axis], c->near[axis][end]);
  }
  return EIS_OK;
}

/* The label that most cells have. */
static eis_status choose_label(const eisi_page *p, int *label, eis_error *err) {
  const size_t n = p->label.n, m = p->cell.n;
  size_t best = 0;
  *label = -1;
  if (n < 3) return EIS_OK; /* "" and one more: nothing to tell apart */
  size_t *count = eisi_new(n * m + 1, sizeof *count, err);
  if (!count) return EIS_ERROR_MEMORY;
  for (size_t i = 0; i < p->n; i++)
    if (p->at[i].label > 0 && eisi_track_followed(p, i))
      count[(size_t)p->at[i].label * m + (size_t)p->at[i].cell]++;
  for (size_t k = 1; k < n; k++) {
    size_t cells = 0, spectra = 0;
    for (size_t c = 0; c < m; c++) {
      cells += count[k * m + c] > 0;
      spectra += count[k * m + c];
    }
    if (cells * p->n + spectra <= best) continue;
    best = cells * p->n + spectra;
    *label = (int)k;
  }
  free(count);
  return EIS_OK;
}

/* Does the axis say the same as one that is held already (time and cycle)? */
static eis_status goes_along(const eisi_page *p, int cell, int axis, const eisi_track_choice *c,
                             bool *along, eis_error *err) {
  eis_status st = EIS_OK;
  for (int b = 0; b < EISI_AXIS_POSITION && !st; b++) {
    crossing k;
    if (!c->fixed[b]) continue;
    st = cross(p, cell, b, axis, &k, err);
    *along |= !st && 5 * k.pairs <= 6 * k.a;
  }
  return st;
}

eis_status eisi_track_choose(const eisi_page *p, eisi_axis_id axis, eisi_track_choice *out,
                             bool *useful, eis_error *err) {
  eis_status st = EIS_OK;
  *out = (eisi_track_choice){.axis = axis, .ends = 1, .age = -1, .label = -1};
  *useful = false;
  const int cell = largest_cell(p, &st, err);
  if (st || cell < 0 || !p->used[axis]) return st;
  for (int a = 0; a < EISI_AXIS_POSITION && !st; a++) {
    crossing c;
    bool along = false;
    if (a == (int)axis) st = cross(p, cell, a, a, &c, err);
    if (!st && a == (int)axis) *useful = c.a > 1;
    if (st || a == (int)axis || !p->used[a]) continue;
    st = cross(p, cell, (int)axis, a, &c, err);
    if (!st) st = goes_along(p, cell, a, out, &along, err);
    /* held where it takes several values at one x, and several x have one of its values */
    if (!st && 5 * c.pairs > 6 * c.a && c.pairs >= 2 * c.b && !along) st = hold(p, a, out, err);
  }
  if (!st && axis == EISI_AXIS_POSITION) *useful = true;
  return st ? st : choose_label(p, &out->label, err);
}

void eisi_track_choice_clear(eisi_track_choice *c) {
  for (int a = 0; a < EISI_N_AXES; a++)
    for (int end = 0; end < 2; end++) free(c->near[a][end]);
  *c = (eisi_track_choice){.age = -1};
}

bool eisi_track_chosen(const eisi_page *p, const eisi_track_choice *c, size_t i, int end) {
  const eisi_page_spectrum *s = &p->at[i];
  if (isnan(s->axis[c->axis]) || (c->label >= 0 && s->label != c->label)) return false;
  for (int a = 0; a < EISI_AXIS_POSITION; a++) {
    if (!c->fixed[a]) continue;
    const double near = c->near[a][end][s->cell];
    if (!isnan(near) && !(fabs(s->axis[a] - near) <= 1e-9 * fabs(near))) return false;
  }
  return true;
}

void eisi_track_choice_words(const eisi_page *p, const eisi_track_choice *c, eisi_text *out) {
  for (int a = 0; a < EISI_AXIS_POSITION; a++) {
    double low = INFINITY, high = -INFINITY;
    if (!c->fixed[a] || eisi_axes[a].age) continue;
    for (size_t k = 0; k < p->cell.n; k++) {
      low = fmin(low, c->near[a][0][k]);
      high = fmax(high, c->near[a][0][k]);
    }
    if (!(high >= low)) continue;
    eisi_text_addf(out, ", at %s %.4g", eisi_axes[a].name, low);
    if (high > low) eisi_text_addf(out, " to %.4g", high);
    if (a == EISI_AXIS_TEMPERATURE) eisi_text_addf(out, " °C");
    if (a == EISI_AXIS_PRESSURE) eisi_text_addf(out, " MPa");
  }
  if (c->label >= 0) eisi_text_addf(out, ", %s", p->label.at[c->label]);
}

/* ---- groups, or cells ---- */

int eisi_track_unit(const eisi_page *p, int cell) {
  return p->group.n > 1 ? p->group_of[cell] : cell;
}

int eisi_track_units(const eisi_page *p) { return (int)(p->group.n > 1 ? p->group.n : p->cell.n); }

const char *eisi_track_unit_name(const eisi_page *p, int unit) {
  if (unit < 0) return "without group";
  return p->group.n > 1 ? p->group.at[unit] : p->cell.at[unit];
}

typedef struct point {
  double x, y, se;
  int cell;
} point;

static int by_x(const void *a, const void *b) {
  const point *p = a, *q = b;
  if (p->x < q->x || p->x > q->x) return p->x < q->x ? -1 : 1;
  return p->cell - q->cell;
}

/* n points at one x, sorted by cell: the mean of the means of the cells. */
static eisi_track_mean mean_of(const point *at, size_t n) {
  eisi_track_mean m = {.x = at->x, .low = NAN, .high = NAN};
  double sum = 0, squares = 0;
  for (size_t i = 0, end; i < n; i = end) {
    double cell = 0;
    for (end = i; end < n && at[end].cell == at[i].cell; end++) cell += log(at[end].y);
    cell /= (double)(end - i);
    sum += cell;
    squares += cell * cell;
    m.n_cells++;
  }
  const double k = (double)m.n_cells, mean = sum / k;
  m.mean = exp(mean);
  if (m.n_cells > 1) {
    const double sd = sqrt(fmax(squares - k * mean * mean, 0) / (k - 1));
    const double half = eisi_t_quantile(0.975, k - 1) * sd / sqrt(k);
    m.low = exp(mean - half);
    m.high = exp(mean + half);
  } else if (n == 1 && isfinite(at->se)) {
    m.low = fmax(at->y - 1.96 * at->se, 0);
    m.high = at->y + 1.96 * at->se;
  }
  return m;
}

eis_status eisi_track_average(const eisi_page *p, const struct eisi_page_track *t,
                              const eisi_track_choice *c, int unit, int end, eisi_track_means *out,
                              eis_error *err) {
  size_t n = 0;
  *out = (eisi_track_means){0};
  point *at = eisi_new(p->n + 1, sizeof *at, err);
  out->at = eisi_new(p->n + 1, sizeof *out->at, err);
  if (!at || !out->at) {
    free(at);
    return EIS_ERROR_MEMORY;
  }
  for (size_t i = 0; i < p->n; i++) {
    const int cell = p->at[i].cell;
    if (eisi_track_unit(p, cell) != unit || !eisi_page_counts(p, &t->R, i)) continue;
    if (t->R.se[i] > t->R.value[i] || !eisi_track_chosen(p, c, i, end)) continue;
    at[n++] = (point){p->at[i].axis[c->axis], t->R.value[i], t->R.se[i], cell};
  }
  qsort(at, n, sizeof *at, by_x);
  const double near = n ? 1e-3 * (at[n - 1].x - at[0].x) : 0;
  for (size_t i = 0, stop; i < n; i = stop) {
    for (stop = i + 1; stop < n && at[stop].x <= at[i].x + near;) stop++;
    const double x = at[i].x;
    for (size_t k = i; k < stop; k++) at[k].x = x;
    qsort(at + i, stop - i, sizeof *at, by_x);
    out->at[out->n++] = mean_of(at + i, stop - i);
  }
  free(at);
  return EIS_OK;
}
