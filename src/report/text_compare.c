/* text_compare.c - groups of cells for people. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/number.h"
#include "report/shown.h"
#include "report/stats_view.h"
#include "report/table.h"

void eisi_p_text(double p, char *buf, size_t size) {
  if (isnan(p))
    snprintf(buf, size, "-");
  else if (p < 1e-4)
    snprintf(buf, size, "< 0.0001");
  else
    snprintf(buf, size, p < 0.1 ? "%.2g" : "%.2f", p);
}

/* ---- in plain words ---- */

static const char *group_name(const eisi_compare_view *v, int g) { return v->grouping->group[g]; }

/* A ratio as "29 % lower", "2.4 times as high"; returns the word that goes on: than, as. */
static const char *change(double ratio, char *buf, size_t size) {
  if (ratio > 1e4 || ratio < 1e-4)
    snprintf(buf, size, "more than 10000 times %s", ratio > 1 ? "as high" : "lower");
  else if (ratio >= 2)
    snprintf(buf, size, "%g times as high", eisi_signif(ratio, 2));
  else if (ratio >= 1)
    snprintf(buf, size, "%.*f %% higher", ratio < 1.095 ? 1 : 0, 100 * (ratio - 1));
  else if (ratio >= 0.1)
    snprintf(buf, size, "%.*f %% lower", ratio > 0.905 ? 1 : 0, 100 * (1 - ratio));
  else
    snprintf(buf, size, "%g times lower", eisi_signif(1 / ratio, 2));
  return ratio >= 2 ? "as" : "than";
}

static void refused_words(const eisi_compare_view *v, const eis_group_effect *e, eisi_text *out) {
  char ratio[48];
  const char *joint = change(e->ratio, ratio, sizeof ratio);
  eisi_text_addf(out,
                 "%s is %s in '%s' %s in '%s', but with %d and %d cell%s nobody can say whether "
                 "that is the group or just the cell: at least 2 cells of each are needed.",
                 v->sample->name, ratio, group_name(v, e->group), joint,
                 group_name(v, v->options->reference), e->cells, e->reference_cells,
                 e->cells + e->reference_cells == 2 ? "" : "s");
}

static void found_words(const eisi_compare_view *v, const eis_group_effect *e, double p,
                        eisi_text *out) {
  char ratio[48], low[48], high[48], text[32];
  const char *joint = change(e->ratio, ratio, sizeof ratio);
  change(e->ratio < 1 ? e->high : e->low, low, sizeof low);
  change(e->ratio < 1 ? e->low : e->high, high, sizeof high);
  eisi_p_text(p, text, sizeof text);
  eisi_text_addf(out, "%s is %s in '%s' %s in '%s' (95 %% interval: %s to %s); p %s%s",
                 v->sample->name, ratio, group_name(v, e->group), joint,
                 group_name(v, v->options->reference), low, high, *text == '<' ? "" : "= ", text);
  if (isfinite(e->p_holm) && e->p_holm > e->p * (1 + 1e-9))
    eisi_text_addf(out, ", corrected for the number of comparisons");
  eisi_text_addf(out, ".");
}

static void open_words(const eisi_compare_view *v, const eis_group_effect *e, bool alone,
                       eisi_text *out) {
  char low[48], high[48];
  change(e->low, low, sizeof low);
  change(e->high, high, sizeof high);
  if (alone)
    eisi_text_addf(out,
                   "%s: a hint only (p = %.2g by itself, %.2g after correction for the number of "
                   "comparisons); ",
                   v->sample->name, e->p, e->p_holm);
  else
    eisi_text_addf(out, "%s: no difference shown; ", v->sample->name);
  eisi_text_addf(out, "in '%s' it may be from %s to %s, against '%s'. ", group_name(v, e->group),
                 low, high, group_name(v, v->options->reference));
  if (e->detectable < 1e4)
    eisi_text_addf(out, "A factor of %.2f would have been found in %.0f %% of such experiments; ",
                   e->detectable, 100 * v->options->power);
  if (e->cells_needed)
    eisi_text_addf(out, "for a factor of %g it takes %d cells per group.",
                   eisi_signif(v->options->detect, 2), e->cells_needed);
  else
    eisi_text_addf(out, "for a factor of %g it takes more than 10000 cells per group.",
                   eisi_signif(v->options->detect, 2));
}

static void permutation_words(const eisi_compare_view *v, const eis_group_effect *e,
                              eisi_text *out) {
  if (e->p_smallest > v->options->alpha)
    eisi_text_addf(out, " With %d + %d cells no permutation test can give p below %.2g.", e->cells,
                   e->reference_cells, e->p_smallest);
  else if (e->p < v->options->alpha && e->p_permutation > 2 * v->options->alpha)
    eisi_text_addf(out,
                   " The permutation test, which assumes no distribution, does not agree (p = "
                   "%.2g): look at the single cells.",
                   e->p_permutation);
}

/* With few cells in one group that scatter more, the model finds what is not there. */
static void unequal_words(const eisi_compare_view *v, const eis_group_effect *e, double p,
                          eisi_text *out) {
  const double unequal = e->p > 0 ? fmin(1, e->p_unequal * p / e->p) : e->p_unequal;
  char text[32];
  if (!(p < v->options->alpha) || !(unequal >= v->options->alpha)) return;
  eisi_p_text(unequal, text, sizeof text);
  eisi_text_addf(
      out,
      " That holds if the cells of both groups scatter alike; where that is not known, p = "
      "%s (Welch's test of the cell means) and %d + %d cells do not show it.",
      text, e->cells, e->reference_cells);
}

void eisi_compare_conclusion(const eisi_compare_view *v, size_t i, eisi_text *out) {
  const eis_group_effect *e = &v->result->effect[i];
  if (v->result->refused) {
    refused_words(v, e, out);
    return;
  }
  const double p = isnan(e->p_holm) ? e->p : e->p_holm;
  if (p < v->options->alpha)
    found_words(v, e, p, out);
  else
    open_words(v, e, e->p < v->options->alpha, out);
  unequal_words(v, e, p, out);
  permutation_words(v, e, out);
}

/* ---- table ---- */

static const eisi_grid_column columns[] = {
    {"parameter", EISI_LEFT}, {"group", EISI_LEFT},  {"cells", EISI_RIGHT}, {"ratio", EISI_RIGHT},
    {"95 % interval", EISI_LEFT}, {"p", EISI_RIGHT}, {"Holm", EISI_RIGHT},  {"BH", EISI_RIGHT},
    {"perm.", EISI_RIGHT},    {"g", EISI_RIGHT},     {"finds", EISI_RIGHT}, {"needs", EISI_RIGHT},
};

static eis_status p_cell(eisi_grid *t, double p, eis_error *err) {
  char text[32];
  eisi_p_text(p, text, sizeof text);
  return eisi_grid_cell(t, err, "%s", text);
}

static eis_status numbers(eisi_grid *t, const eis_group_effect *e, bool refused, eis_error *err) {
  if (refused) {
    eis_status st = EIS_OK;
    for (int k = 0; !st && k < 8; k++) st = eisi_grid_cell(t, err, "%s", k ? "" : "one cell");
    return st;
  }
  eis_status st = eisi_grid_cell(t, err, "%.3f–%.3f", e->low, e->high);
  if (!st) st = p_cell(t, e->p, err);
  if (!st) st = p_cell(t, e->p_holm, err);
  if (!st) st = p_cell(t, e->p_bh, err);
  if (!st) st = p_cell(t, e->p_permutation, err);
  if (!st) st = eisi_grid_cell(t, err, "%.2f", e->g);
  if (!st)
    st = e->detectable < 1e4 ? eisi_grid_cell(t, err, "%.2f", e->detectable)
                             : eisi_grid_cell(t, err, "> 10000");
  if (st) return st;
  return e->cells_needed ? eisi_grid_cell(t, err, "%d", e->cells_needed)
                         : eisi_grid_cell(t, err, "> 10000");
}

static eis_status rows(eisi_grid *t, const eisi_compare_view *v, eis_error *err) {
  eis_status st = EIS_OK;
  for (size_t i = 0; !st && v->result && i < v->result->n_effects; i++) {
    const eis_group_effect *e = &v->result->effect[i];
    st = eisi_grid_cell(t, err, "%s", v->sample->name);
    if (!st) st = eisi_grid_cell(t, err, "%s", group_name(v, e->group));
    if (!st) st = eisi_grid_cell(t, err, "%d + %d", e->cells, e->reference_cells);
    if (!st) st = eisi_grid_cell(t, err, "%.3f", e->ratio);
    if (!st) st = numbers(t, e, v->result->refused, err);
  }
  return st;
}

static void head(const eisi_compare_view *v, bool color, eisi_text *out) {
  eisi_text_addf(out, "%scompared with '%s'%s by %s", eisi_style_on(EISI_BOLD, color),
                 group_name(v, v->options->reference), eisi_style_off(color), v->group_column);
  eisi_text_addf(out, "; the cell is the unit, its spectra are repeated measures\n");
  if (*v->adjusted) eisi_text_addf(out, "adjusted for %s\n", v->adjusted);
}

/* all: columns beyond the ratio have something in them. */
static void legend(const eisi_compare_view *v, bool all, eisi_text *out) {
  eisi_text text = {0};
  eisi_text_addf(&text, "cells: of the group + of '%s'; ratio of geometric means",
                 group_name(v, v->options->reference));
  if (all)
    eisi_text_addf(
        &text,
        "; p of the mixed model, Holm and BH: corrected for all "
        "rows, perm.: permutation of the cells; g: Hedges; finds: factor found with %.0f %% power, needs: "
        "cells per group for a factor of %.2g",
        100 * v->options->power, v->options->detect);
  eisi_wrap(out, "  ", eisi_text_part(out, &text), EISI_SCREEN);
  eisi_text_clear(&text);
}

static void scatter_words(const eisi_compare_view *v, eisi_text *out) {
  const eis_compare_result *r = v->result;
  if (r->refused) return;
  eisi_text_addf(out, "    cells differ by %.1f %%, spectra of a cell by %.1f %%", 100 * r->cell_sd,
                 100 * r->spectrum_sd);
  if (r->known_sd > 0) eisi_text_addf(out, " beyond their errors of %.1f %%", 100 * r->known_sd);
  eisi_text_addf(out, "; %zu spectra\n", r->n_used);
}

/* "cycle, 0 to 500: a factor of 1.17 (95 % interval 1.13 to 1.22), +0.031 % per unit" */
static void slope_words(const eisi_compare_view *v, eisi_text *out) {
  for (size_t i = 0; i < v->result->n_slopes; i++) {
    const eis_covariate_slope *s = &v->result->slope[i];
    const double span = s->to - s->from;
    char p[32];
    eisi_text text = {0};
    eisi_p_text(s->p, p, sizeof p);
    eisi_text_addf(&text, "from %g to %g a factor of %g (95 %% interval %g to %g), %s%s", s->from,
                   s->to, eisi_signif(exp(span * s->slope), 3), eisi_signif(exp(span * s->low), 3),
                   eisi_signif(exp(span * s->high), 3), *p == '<' ? "p " : "p = ", p);
    if (fabs(s->slope) < 1)
      eisi_text_addf(&text, "; %+.2g %% (%+.2g to %+.2g %%) for each unit of it",
                     100 * expm1(s->slope), 100 * expm1(s->low), 100 * expm1(s->high));
    char lead[128];
    snprintf(lead, sizeof lead, "    %.80s: ", s->name);
    eisi_wrap(out, lead, eisi_text_part(out, &text), EISI_SCREEN);
    eisi_text_clear(&text);
  }
}

static bool has_note(const eisi_compare_view *v, const char *note) {
  for (size_t i = 0; v && v->result && i < v->result->notes.n; i++)
    if (strcmp(v->result->notes.text[i], note) == 0) return true;
  return false;
}

/* next: the view that follows, which says again what both have to say; NULL = none. */
static void words(const eisi_compare_view *v, const eisi_compare_view *next, eisi_text *out) {
  if (!v->result) {
    eisi_text_addf(out, "\n");
    eisi_text text = {0};
    eisi_text_addf(&text, "%s: %s", v->sample->name, v->why_not ? v->why_not : "");
    eisi_wrap(out, "  ", eisi_text_part(out, &text), EISI_SCREEN);
    eisi_text_clear(&text);
    return;
  }
  eisi_text_addf(out, "\n");
  for (size_t i = 0; i < v->result->n_effects; i++) {
    eisi_text text = {0};
    eisi_compare_conclusion(v, i, &text);
    eisi_wrap(out, "  ", eisi_text_part(out, &text), EISI_SCREEN);
    out->failed = out->failed || text.failed;
    eisi_text_clear(&text);
  }
  scatter_words(v, out);
  slope_words(v, out);
  for (size_t i = 0; i < v->result->notes.n; i++)
    if (!has_note(next, v->result->notes.text[i]))
      eisi_wrap(out, "    note: ", v->result->notes.text[i], EISI_SCREEN);
}

eis_status eisi_text_compare(const eisi_compare_view *v, size_t n, bool color, eisi_text *out,
                             eis_error *err) {
  eisi_grid t = {columns, 12, NULL, 0};
  eis_status st = EIS_OK;
  bool any = false, all = false;
  for (size_t i = 0; !st && i < n; i++) {
    st = rows(&t, &v[i], err);
    any |= v[i].result != NULL;
    all |= v[i].result && !v[i].result->refused;
  }
  if (!st) {
    head(v, color, out);
    if (any) {
      eisi_text_addf(out, "\n");
      eisi_grid_print(&t, 2, color, out);
      legend(v, all, out);
    }
    for (size_t i = 0; i < n; i++) words(&v[i], i + 1 < n ? &v[i + 1] : NULL, out);
  }
  eisi_grid_clear(&t);
  return st;
}
