/* compare.c - groups of cells: usable spectra, common levels, mixed model, contrasts. */
#include <eisfit/compare.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "campaign/effect.h"
#include "campaign/mixed.h"
#include "numerics/stats.h"

eis_compare_options eis_compare_options_default(void) {
  return (eis_compare_options){
      .level = 0.95, .alpha = 0.05, .power = 0.8, .detect = 1.2, .permutations = 20000, .seed = 1};
}

enum { LEVELS_MAX = 60 };

/* Values of a covariate that count as one level. */
typedef struct levels {
  size_t n, kept;
  double at[LEVELS_MAX];
  bool common[LEVELS_MAX];
  double near;
} levels;

typedef struct work {
  const eis_compare_data *d;
  const eis_compare_options *o;
  eis_compare_result *out;
  bool *use;     /* n rows */
  size_t *row;   /* used rows, sorted by cell */
  size_t *first; /* by cell in use, one more than there are */
  int *cells;    /* numbers of the cells in use */
  levels *lev;   /* per covariate */
  double *X, *y, *known;
  size_t p, p_group; /* columns; those of intercept and groups come first */
  size_t *slope_column;
  eis_error *err;
} work;

/* ---- which spectra ---- */

static eis_status tell_left_out(work *w, size_t n, const char *why) {
  if (!n) return EIS_OK;
  return eis_notes_add(&w->out->notes, w->err, "%zu of %zu spectra left out: %s", n, w->d->n, why);
}

static size_t cells_in_use(const work *w, bool *seen) {
  size_t count = 0;
  memset(seen, 0, (size_t)w->d->n_cells * sizeof *seen);
  for (size_t i = 0; i < w->d->n; i++) seen[w->d->cell[i]] |= w->use[i];
  for (int c = 0; c < w->d->n_cells; c++) count += seen[c];
  return count;
}

/* Spectra that do not state a covariate; a cell that never does is lost, which is more. */
static eis_status drop_unstated(work *w, const eis_covariate *v) {
  char why[160];
  size_t bad = 0;
  bool *seen = eisi_new((size_t)w->d->n_cells + 1, sizeof *seen, w->err);
  if (!seen) return EIS_ERROR_MEMORY;
  const size_t before = cells_in_use(w, seen);
  for (size_t i = 0; i < w->d->n; i++) {
    const bool drop = w->use[i] && !isfinite(v->value[i]);
    bad += drop;
    w->use[i] = w->use[i] && !drop;
  }
  const size_t lost = before - cells_in_use(w, seen);
  free(seen);
  if (lost)
    snprintf(why, sizeof why, "no %.60s; of %zu cell%s these were all", v->name, lost,
             lost == 1 ? "" : "s");
  else
    snprintf(why, sizeof why, "no %.60s", v->name);
  return tell_left_out(w, bad, why);
}

static eis_status usable_values(work *w) {
  const eis_compare_data *d = w->d;
  size_t bad = 0;
  eis_status st;
  for (size_t i = 0; i < d->n; i++) {
    w->use[i] = isfinite(d->value[i]) && d->value[i] > 0;
    bad += !w->use[i];
  }
  st = tell_left_out(w, bad, "the value is missing or not above zero");
  for (size_t c = 0; !st && c < d->n_covariates; c++) st = drop_unstated(w, &d->covariate[c]);
  return st;
}

static size_t level_of(const levels *l, double v) {
  for (size_t k = 0; k < l->n; k++)
    if (fabs(l->at[k] - v) <= l->near) return k;
  return l->n;
}

static eis_status find_levels(work *w, const eis_covariate *v, levels *l) {
  double low = INFINITY, high = -INFINITY;
  for (size_t i = 0; i < w->d->n; i++)
    if (w->use[i]) {
      low = fmin(low, v->value[i]);
      high = fmax(high, v->value[i]);
    }
  l->near = 0.001 * (high - low) + 1e-12 * fabs(high);
  for (size_t i = 0; i < w->d->n; i++) {
    if (!w->use[i] || level_of(l, v->value[i]) < l->n) continue;
    if (l->n == LEVELS_MAX)
      return eis_error_set(w->err, EIS_ERROR_INPUT,
                           "'%s' has more than %d different values: it can't "
                           "be matched; use it as a number",
                           v->name, LEVELS_MAX);
    l->at[l->n++] = v->value[i];
  }
  return EIS_OK;
}

/* Levels that every group has; spectra at others are left out, and counted in *left. */
static eis_status match_levels(work *w, const eis_covariate *v, levels *l, size_t *left) {
  const eis_compare_data *d = w->d;
  size_t bad = 0;
  l->kept = 0;
  bool *seen = eisi_new(LEVELS_MAX * (size_t)d->n_groups, sizeof *seen, w->err);
  if (!seen) return EIS_ERROR_MEMORY;
  for (size_t i = 0; i < d->n; i++)
    if (w->use[i])
      seen[level_of(l, v->value[i]) * (size_t)d->n_groups + (size_t)d->group[d->cell[i]]] = true;
  for (size_t k = 0; k < l->n; k++) {
    l->common[k] = true;
    for (int g = 0; g < d->n_groups; g++)
      l->common[k] = l->common[k] && seen[k * (size_t)d->n_groups + (size_t)g];
    l->kept += l->common[k];
  }
  free(seen);
  if (!l->kept)
    return eis_error_set(
        w->err, EIS_ERROR_INPUT,
        "the groups have no common value of '%s': they can't be compared at the same "
        "%s; without adjusting for it, its effect would count as that of the group. "
        "Measure both at the same, match in steps (--match %s:STEP), or take it as a "
        "straight line (--covariate %s)",
        v->name, v->name, v->name, v->name);
  for (size_t i = 0; i < d->n; i++)
    if (w->use[i] && !l->common[level_of(l, v->value[i])]) {
      w->use[i] = false;
      bad++;
    }
  *left += bad;
  char why[128];
  snprintf(why, sizeof why, "their %s does not occur in every group", v->name);
  return tell_left_out(w, bad, why);
}

/* What one covariate leaves out may take the last spectra of a group from a level of another. */
static eis_status match_all(work *w) {
  const eis_compare_data *d = w->d;
  eis_status st = EIS_OK;
  size_t left = 1;
  while (!st && left) {
    left = 0;
    for (size_t c = 0; !st && c < d->n_covariates; c++)
      if (d->covariate[c].levels) st = match_levels(w, &d->covariate[c], &w->lev[c], &left);
  }
  return st;
}

/* Rows in order of their cell. */
static void sort_rows(work *w) {
  const eis_compare_data *d = w->d;
  size_t n = 0, cells = 0;
  for (int c = 0; c < d->n_cells; c++) {
    const size_t from = n;
    for (size_t i = 0; i < d->n; i++)
      if (w->use[i] && d->cell[i] == c) w->row[n++] = i;
    if (n == from) continue;
    w->first[cells] = from;
    w->cells[cells++] = c;
  }
  w->first[cells] = n;
  w->out->n_cells = cells;
  w->out->n_used = n;
}

static eis_status select_rows(work *w) {
  const eis_compare_data *d = w->d;
  eis_status st = usable_values(w);
  for (size_t c = 0; !st && c < d->n_covariates; c++)
    if (d->covariate[c].levels) st = find_levels(w, &d->covariate[c], &w->lev[c]);
  if (!st) st = match_all(w);
  if (!st) sort_rows(w);
  return st;
}

/* ---- design ---- */

static int group_of_row(const work *w, size_t i) { return w->d->group[w->d->cell[w->row[i]]]; }

/* Centred, and of size one: what is found goes back to the unit by `scale`. */
static double put_linear(work *w, size_t n, const double *v, size_t col) {
  double mean = 0, size = 0;
  for (size_t i = 0; i < n; i++) mean += v[w->row[i]] / (double)n;
  for (size_t i = 0; i < n; i++) size = fmax(size, fabs(v[w->row[i]] - mean));
  for (size_t i = 0; i < n; i++) w->X[col * n + i] = size > 0 ? (v[w->row[i]] - mean) / size : 0;
  return size;
}

static void start_slope(work *w, const eis_covariate *v, size_t col) {
  const size_t n = w->out->n_used;
  eis_covariate_slope *s = &w->out->slope[w->out->n_slopes];
  w->slope_column[w->out->n_slopes++] = col;
  *s = (eis_covariate_slope){.name = v->name, .from = INFINITY, .to = -INFINITY};
  for (size_t i = 0; i < n; i++) {
    s->from = fmin(s->from, v->value[w->row[i]]);
    s->to = fmax(s->to, v->value[w->row[i]]);
  }
  s->se = put_linear(w, n, v->value, col); /* until the fit is there, what one means */
}

static size_t put_levels(work *w, size_t n, const double *v, const levels *l, size_t col) {
  bool first = true;
  for (size_t k = 0; k < l->n; k++) {
    if (!l->common[k]) continue;
    if (!first) { /* the first level is in the intercept */
      for (size_t i = 0; i < n; i++) w->X[col * n + i] = level_of(l, v[w->row[i]]) == k;
      col++;
    }
    first = false;
  }
  return col;
}

static eis_status design(work *w) {
  const eis_compare_data *d = w->d;
  const size_t n = w->out->n_used;
  size_t most = (size_t)d->n_groups, sum = 0;
  for (size_t c = 0; c < d->n_covariates; c++) most += d->covariate[c].levels ? w->lev[c].kept : 1;
  w->X = eisi_new(n * most, sizeof(double), w->err);
  w->y = eisi_new(2 * n, sizeof(double), w->err);
  if (!w->X || !w->y) return EIS_ERROR_MEMORY;
  w->known = w->y + n;
  for (size_t i = 0; i < n; i++) {
    const double v = d->value[w->row[i]], se = d->se ? d->se[w->row[i]] : NAN;
    w->y[i] = log(v);
    w->known[i] = isfinite(se) && se > 0 ? se / v * (se / v) : NAN;
    if (isfinite(w->known[i])) w->out->known_sd += w->known[i], sum++;
    w->X[i] = 1;
    for (int g = 0, col = 1; g < d->n_groups; g++)
      if (g != w->o->reference) w->X[(size_t)col++ * n + i] = group_of_row(w, i) == g;
  }
  const double usual = sum ? w->out->known_sd / (double)sum : 0;
  for (size_t i = 0; i < n; i++)
    if (isnan(w->known[i])) w->known[i] = usual;
  w->out->known_sd = sqrt(usual);
  w->p_group = w->p = (size_t)d->n_groups;
  for (size_t c = 0; c < d->n_covariates; c++) {
    if (d->covariate[c].levels)
      w->p = put_levels(w, n, d->covariate[c].value, &w->lev[c], w->p);
    else
      start_slope(w, &d->covariate[c], w->p++);
  }
  return EIS_OK;
}

/* ---- cells ---- */

/* Means of the cells of y without the part of the columns from `from` on; weight 1/(se^2 + tau2).
 */
static void cell_means(const work *w, const eisi_mixed_fit *f, size_t from, size_t shift,
                       eis_cell_mean *out) {
  const size_t n = w->out->n_used;
  for (size_t c = 0; c < w->out->n_cells; c++) {
    double sum = 0, mean = 0;
    for (size_t i = w->first[c]; i < w->first[c + 1]; i++) {
      const double weight = 1 / fmax(w->known[i] + f->sigma2, 1e-300);
      double y = w->y[i];
      for (size_t j = from; j < w->p; j++) y -= w->X[j * n + i] * f->b[j - shift];
      sum += weight;
      mean += weight * y;
    }
    out[c] = (eis_cell_mean){.cell = w->cells[c],
                             .group = w->d->group[w->cells[c]],
                             .n = w->first[c + 1] - w->first[c],
                             .ln_mean = mean / sum,
                             .se = f->sigma2 > 0 || w->out->known_sd > 0 ? 1 / sqrt(sum) : 0};
  }
}

/* Adjusted means are those at the average of the covariates. */
static void centre_means(const work *w, const eisi_mixed_fit *f) {
  const size_t n = w->out->n_used;
  double shift = 0;
  for (size_t j = w->p_group; j < w->p; j++)
    for (size_t i = 0; i < n; i++) shift += w->X[j * n + i] * f->b[j] / (double)n;
  for (size_t c = 0; c < w->out->n_cells; c++) w->out->cell[c].ln_mean += shift;
}

static void count_cells(const work *w, eis_group_effect *e) {
  for (size_t c = 0; c < w->out->n_cells; c++) {
    const int g = w->d->group[w->cells[c]];
    const size_t n = w->first[c + 1] - w->first[c];
    if (g == e->group) e->cells++, e->spectra += n;
    if (g == w->o->reference) e->reference_cells++, e->reference_spectra += n;
  }
}

static eis_status start_effects(work *w) {
  const eis_compare_data *d = w->d;
  w->out->effect = eisi_new((size_t)d->n_groups, sizeof *w->out->effect, w->err);
  w->out->cell = eisi_new(w->out->n_cells + 1, sizeof *w->out->cell, w->err);
  if (!w->out->effect || !w->out->cell) return EIS_ERROR_MEMORY;
  for (int g = 0; g < d->n_groups; g++) {
    if (g == w->o->reference) continue;
    eis_group_effect *e = &w->out->effect[w->out->n_effects++];
    *e = (eis_group_effect){.group = g,
                            .low = NAN,
                            .high = NAN,
                            .se = NAN,
                            .dof = NAN,
                            .t = NAN,
                            .p = NAN,
                            .p_unequal = NAN,
                            .p_permutation = NAN,
                            .p_smallest = NAN,
                            .g = NAN,
                            .g_low = NAN,
                            .g_high = NAN,
                            .detectable = NAN,
                            .p_holm = NAN,
                            .p_bh = NAN,
                            .ratio = NAN,
                            .ln_ratio = NAN};
    count_cells(w, e);
    if (!e->cells || !e->reference_cells)
      return eis_error_set(w->err, EIS_ERROR_INPUT, "a group has no usable spectrum");
    w->out->refused |= e->cells < 2 || e->reference_cells < 2;
  }
  return EIS_OK;
}

/* ---- one cell in a group: the ratio of geometric means, and no more ---- */

static void describe(work *w) {
  const eisi_mixed_fit none = {.sigma2 = 1}; /* equal weights for the spectra of a cell */
  const size_t p = w->p;
  w->p = w->p_group; /* no covariates */
  for (size_t i = 0; i < w->out->n_used; i++) w->known[i] = 0;
  cell_means(w, &none, w->p_group, 0, w->out->cell);
  w->p = p;
  w->out->cell_sd = w->out->spectrum_sd = NAN;
  for (size_t k = 0; k < w->out->n_effects; k++) {
    eis_group_effect *e = &w->out->effect[k];
    double sum[2] = {0, 0};
    for (size_t c = 0; c < w->out->n_cells; c++) {
      eis_cell_mean *m = &w->out->cell[c];
      m->se = NAN;
      if (m->group == e->group) sum[0] += m->ln_mean / e->cells;
      if (m->group == w->o->reference) sum[1] += m->ln_mean / e->reference_cells;
    }
    e->ln_ratio = sum[0] - sum[1];
    e->ratio = exp(e->ln_ratio);
  }
}

/* ---- model ---- */

static eisi_mixed_data model_data(const work *w, const double *X, size_t p) {
  return (eisi_mixed_data){.n = w->out->n_used,
                           .p = p,
                           .n_cells = w->out->n_cells,
                           .X = X,
                           .y = w->y,
                           .known = w->known,
                           .first = w->first};
}

/* Means of the cells of a group, then of the reference; returns their number. */
static size_t two_groups(const work *w, const eis_cell_mean *means, int group, double *v) {
  size_t m = 0;
  for (int pass = 0; pass < 2; pass++)
    for (size_t c = 0; c < w->out->n_cells; c++)
      if (means[c].group == (pass ? w->o->reference : group)) v[m++] = means[c].ln_mean;
  return m;
}

/* Residual means of the cells without the groups in the model: what chance would deal. */
static eis_status null_means(const work *w, eis_cell_mean *means) {
  const size_t n = w->out->n_used, p = w->p - w->p_group + 1;
  eisi_mixed_fit f;
  double *X = eisi_new(n * p, sizeof *X, w->err);
  if (!X) return EIS_ERROR_MEMORY;
  memcpy(X, w->X, n * sizeof *X);
  memcpy(X + n, w->X + w->p_group * n, n * (p - 1) * sizeof *X);
  const eisi_mixed_data d = model_data(w, X, p);
  eis_status st = eisi_mixed_run(&d, &f, w->err);
  if (!st) {
    cell_means(w, &f, w->p_group, w->p_group - 1, means);
    eisi_mixed_clear(&f);
  }
  free(X);
  return st;
}

/* Every cell counts the same: were those with more spectra to count more, and one group had them,
   the groups as they are would be more than one of many deals. */
static eis_status permute_one(const work *w, const eis_cell_mean *means, eis_group_effect *e) {
  const size_t n = w->out->n_cells;
  double *v = eisi_new(n, sizeof *v, w->err);
  if (!v) return EIS_ERROR_MEMORY;
  const size_t m = two_groups(w, means, e->group, v);
  eis_status st = eisi_permute(v, (size_t)e->cells, m, w->o, e, w->err);
  free(v);
  return st;
}

static eis_status permute(const work *w) {
  eis_cell_mean *means = eisi_new(w->out->n_cells, sizeof *means, w->err);
  if (!means) return EIS_ERROR_MEMORY;
  eis_status st = null_means(w, means);
  for (size_t k = 0; !st && k < w->out->n_effects; k++)
    st = permute_one(w, means, &w->out->effect[k]);
  free(means);
  return st;
}

static eis_status contrasts(const work *w, const eisi_mixed_fit *f) {
  const double between = (double)w->out->n_cells - (double)w->d->n_groups;
  double *l = eisi_new(w->p + w->out->n_cells, sizeof *l, w->err);
  if (!l) return EIS_ERROR_MEMORY;
  double *v = l + w->p;
  for (size_t k = 0; k < w->out->n_effects; k++) {
    eis_group_effect *e = &w->out->effect[k];
    const size_t m = two_groups(w, w->out->cell, e->group, v);
    e->p_unequal = eisi_welch(v, (size_t)e->cells, m);
    l[k + 1] = 1;
    eisi_mixed_contrast(f, l, &e->ln_ratio, &e->se, &e->dof);
    l[k + 1] = 0;
    e->dof = fmin(e->dof, between); /* the number of spectra is no number of cells */
    eisi_effect_fill(e, w->o);
  }
  free(l);
  return EIS_OK;
}

/* Spectra carry the slope, cells the groups: its degrees of freedom are those of the model. */
static eis_status slopes(const work *w, const eisi_mixed_fit *f) {
  double *l = eisi_new(w->p, sizeof *l, w->err);
  if (!l) return EIS_ERROR_MEMORY;
  for (size_t k = 0; k < w->out->n_slopes; k++) {
    eis_covariate_slope *s = &w->out->slope[k];
    const double scale = s->se > 0 ? 1 / s->se : 0;
    double dof = NAN;
    l[w->slope_column[k]] = 1;
    eisi_mixed_contrast(f, l, &s->slope, &s->se, &dof);
    l[w->slope_column[k]] = 0;
    const double half = eisi_t_quantile(0.5 + w->o->level / 2, dof) * s->se;
    s->p = eisi_t_both(s->slope / s->se, dof);
    s->low = (s->slope - half) * scale;
    s->high = (s->slope + half) * scale;
    s->slope *= scale;
    s->se *= scale;
  }
  free(l);
  return EIS_OK;
}

static eis_status model(work *w) {
  const eisi_mixed_data d = model_data(w, w->X, w->p);
  eisi_mixed_fit f;
  eis_status st = eisi_mixed_run(&d, &f, w->err);
  if (st) return st;
  w->out->cell_sd = sqrt(fmax(f.tau2, 0));
  w->out->spectrum_sd = sqrt(f.sigma2);
  cell_means(w, &f, w->p_group, 0, w->out->cell);
  centre_means(w, &f);
  st = contrasts(w, &f);
  if (!st) st = slopes(w, &f);
  eisi_mixed_clear(&f);
  return st ? st : permute(w);
}

static eis_status refuse_words(work *w) {
  return eis_notes_add(
      &w->out->notes, w->err,
      "a group has only one cell: how much cells of one kind differ is not known, so "
      "nothing can be said about the groups, however many spectra there are; measure "
      "at least 2 cells of each, better %d or more",
      4);
}

static eis_status check(const eis_compare_data *d, const eis_compare_options *o, eis_error *err) {
  if (d->n_groups < 2)
    return eis_error_set(err, EIS_ERROR_INPUT,
                         "a comparison needs two groups at least, there %s %d",
                         d->n_groups == 1 ? "is" : "are", d->n_groups);
  if (o->reference < 0 || o->reference >= d->n_groups)
    return eis_error_set(err, EIS_ERROR_USAGE, "there is no group number %d", o->reference);
  if (!(o->detect > 0) || o->detect == 1)
    return eis_error_set(err, EIS_ERROR_USAGE,
                         "a ratio of %g can't be looked for; give one like 1.2", o->detect);
  return EIS_OK;
}

static eis_status work_init(work *w) {
  const size_t n = w->d->n;
  w->use = eisi_new(n + 1, sizeof *w->use, w->err);
  w->row = eisi_new(n + 1, sizeof *w->row, w->err);
  w->first = eisi_new((size_t)w->d->n_cells + 1, sizeof *w->first, w->err);
  w->cells = eisi_new((size_t)w->d->n_cells + 1, sizeof *w->cells, w->err);
  w->lev = eisi_new(w->d->n_covariates + 1, sizeof *w->lev, w->err);
  w->slope_column = eisi_new(w->d->n_covariates + 1, sizeof *w->slope_column, w->err);
  w->out->slope = eisi_new(w->d->n_covariates + 1, sizeof *w->out->slope, w->err);
  const bool all = w->use && w->row && w->first && w->cells && w->lev && w->slope_column;
  return all && w->out->slope ? EIS_OK : EIS_ERROR_MEMORY;
}

static void work_clear(work *w) {
  free(w->use);
  free(w->row);
  free(w->first);
  free(w->cells);
  free(w->lev);
  free(w->slope_column);
  free(w->X);
  free(w->y);
}

eis_status eis_compare_run(const eis_compare_data *data, const eis_compare_options *opt,
                           eis_compare_result *out, eis_error *err) {
  const eis_compare_options o = opt ? *opt : eis_compare_options_default();
  work w = {.d = data, .o = &o, .out = out, .err = err};
  *out = (eis_compare_result){0};
  eis_status st = check(data, &o, err);
  if (!st) st = work_init(&w);
  if (!st) st = select_rows(&w);
  if (!st) st = start_effects(&w);
  if (!st) st = design(&w);
  if (!st && out->refused) {
    out->n_slopes = 0;
    describe(&w);
    st = refuse_words(&w);
  } else if (!st) {
    st = model(&w);
  }
  work_clear(&w);
  if (st) eis_compare_result_clear(out);
  return st;
}

void eis_compare_result_clear(eis_compare_result *r) {
  free(r->effect);
  free(r->slope);
  free(r->cell);
  eis_notes_clear(&r->notes);
  *r = (eis_compare_result){0};
}
