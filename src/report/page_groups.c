/* page_groups.c - groups of cells compared: a figure with every cell, a table of ratios. */
#include <eisfit/compare.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/number.h"
#include "report/figure.h"
#include "report/html.h"
#include "report/page_chart.h"
#include "report/page_track.h"
#include "report/stats_view.h"

enum { MAIN_MAX = 6, LEVELS_MAX = 30 };

typedef struct comparison {
  const eisi_page *page;
  const eisi_page_parameter *parameter;
  size_t n, *spectrum;
  int *cell, *group; /* per row; per cell, without gaps */
  double *value, *se, *axis[EISI_N_AXES];
  eis_covariate covariate[EISI_N_AXES];
  size_t n_covariates;
  eis_compare_result result;
  eis_error why; /* code not OK: could not be compared */
} comparison;

static bool few_levels(const double *v, size_t n) {
  double seen[LEVELS_MAX];
  int m = 0;
  for (size_t i = 0; i < n; i++) {
    int k = 0;
    while (k < m && fabs(seen[k] - v[i]) > 1e-9 * fabs(v[i])) k++;
    if (k < m || isnan(v[i])) continue;
    if (m == LEVELS_MAX) return false;
    seen[m++] = v[i];
  }
  return true;
}

static eis_status covariates(comparison *c, eis_error *err) {
  for (int a = 0; a < EISI_AXIS_POSITION; a++) {
    if (!c->page->used[a] || (a == EISI_AXIS_TIME && c->page->used[EISI_AXIS_CYCLE])) continue;
    double *v = c->axis[a] = eisi_new(c->n + 1, sizeof *v, err);
    if (!v) return EIS_ERROR_MEMORY;
    for (size_t i = 0; i < c->n; i++) v[i] = c->page->at[c->spectrum[i]].axis[a];
    c->covariate[c->n_covariates++] = (eis_covariate){eisi_axes[a].name, v, few_levels(v, c->n)};
  }
  return EIS_OK;
}

static eis_status collect(comparison *c, eis_error *err) {
  const eisi_page *p = c->page;
  c->spectrum = eisi_new(p->n, sizeof *c->spectrum, err);
  c->cell = eisi_new(p->n, sizeof *c->cell, err);
  c->value = eisi_new(p->n, sizeof *c->value, err);
  c->se = eisi_new(p->n, sizeof *c->se, err);
  if (!c->spectrum || !c->cell || !c->value || !c->se) return EIS_ERROR_MEMORY;
  for (size_t i = 0; i < p->n; i++) {
    if (p->group_of[p->at[i].cell] < 0 || !eisi_page_counts(p, c->parameter, i)) continue;
    c->spectrum[c->n] = i;
    c->cell[c->n] = p->at[i].cell;
    c->value[c->n] = c->parameter->value[i];
    c->se[c->n++] = c->parameter->se[i];
  }
  c->group = eisi_new(p->cell.n, sizeof *c->group, err);
  if (!c->group) return EIS_ERROR_MEMORY;
  for (size_t k = 0; k < p->cell.n; k++) c->group[k] = p->group_of[k] < 0 ? 0 : p->group_of[k];
  return covariates(c, err);
}

static eis_status compare(comparison *c, eis_error *err) {
  const eis_compare_options opt = eis_compare_options_default();
  eis_status st = collect(c, err);
  if (st) return st;
  const eis_compare_data d = {.n = c->n, .value = c->value, .se = c->se, .cell = c->cell,
                              .group = c->group, .n_cells = (int)c->page->cell.n,
                              .n_groups = (int)c->page->group.n, .n_covariates = c->n_covariates,
                              .covariate = c->covariate};
  st = eis_compare_run(&d, &opt, &c->result, &c->why);
  return st == EIS_ERROR_MEMORY ? eis_error_set(err, st, "%s", c->why.text) : EIS_OK;
}

static void clear(comparison *c) {
  for (int a = 0; a < EISI_N_AXES; a++) free(c->axis[a]);
  free(c->spectrum);
  free(c->cell);
  free(c->group);
  free(c->value);
  free(c->se);
  eis_compare_result_clear(&c->result);
}

/* ---- table ---- */

/* As many digits as the interval has; p as people write it. */
static void ratio_cells(const eis_group_effect *e, eisi_text *out) {
  const eisi_shown s = eisi_show(e->ratio, 0.25 * (e->high - e->low), e->low, e->high, "");
  const double p[] = {e->p, e->p_holm, e->p_permutation, e->p_smallest};
  char text[4][32];
  if (isnan(e->low)) {
    eisi_text_addf(out, "<td class=\"n\">%.3g</td><td>none</td><td></td><td></td><td></td>",
                   e->ratio);
    return;
  }
  for (int k = 0; k < 4; k++) eisi_p_text(p[k], text[k], sizeof text[k]);
  eisi_text_addf(out, "<td class=\"n\">%s</td><td class=\"n\">%s … %s</td>", s.value, s.low,
                 s.high);
  for (int k = 0; k < 3; k++) {
    eisi_html_element(out, "<td class=\"n\">", text[k], k < 2 ? "</td>" : "");
  }
  eisi_html_element(out, " <span class=\"dim\">(least ", text[3], ")</span></td>");
}

static void effect_row(const comparison *c, const eis_group_effect *e, eisi_text *out) {
  const char *one = c->page->group.at[e->group], *reference = c->page->group.at[0];
  eisi_html_element(out, "<tr><td><code>", c->parameter->name, "</code></td><td>");
  eisi_html_element(out, "", one, " / ");
  eisi_html_element(out, "", reference, "</td>");
  ratio_cells(e, out);
  eisi_text_addf(out, "<td class=\"n\">%d / %d</td><td>", e->cells, e->reference_cells);
  if (isnan(e->low))
    eisi_text_addf(out, "a group has fewer than two cells: nothing can be said about chance");
  else if (e->p_holm < 0.05)
    eisi_text_addf(out, "<b>%s by a factor of %g</b>", e->ratio < 1 ? "smaller" : "larger",
                   eisi_signif(e->ratio < 1 ? 1 / e->ratio : e->ratio, 2));
  else if (isfinite(e->detectable))
    eisi_text_addf(out, "no difference shown; a factor below %.2f would hardly have been found",
                   e->detectable);
  else
    eisi_text_addf(out, "no difference shown");
  eisi_text_addf(out, "</td></tr>\n");
}

static void table(comparison *c, size_t n, eisi_text *out) {
  eisi_text_addf(
      out,
      "<table>\n<tr><th>parameter</th><th>groups</th><th class=\"n\">ratio</th>"
      "<th class=\"n\">95 %% interval</th><th class=\"n\">p</th><th class=\"n\">p (Holm)</th><th class=\"n\">p (permutation)</th>"
      "<th class=\"n\">cells</th><th>in words</th></tr>\n");
  for (size_t k = 0; k < n; k++) {
    for (size_t i = 0; !c[k].why.code && i < c[k].result.n_effects; i++)
      effect_row(&c[k], &c[k].result.effect[i], out);
    if (!c[k].why.code) continue;
    eisi_html_element(out, "<tr><td><code>", c[k].parameter->name, "</code></td>");
    eisi_html_element(out, "<td colspan=\"8\">", c[k].why.text, "</td></tr>\n");
  }
  eisi_text_addf(out, "</table>\n<p>The cell is the unit: its spectra are repeated measurements. ");
  for (size_t i = 0; i < c->n_covariates; i++)
    eisi_text_addf(out, "%s%s (%s)%s", i ? ", " : "Adjusted for ", c->covariate[i].name,
                   c->covariate[i].levels ? "at equal values" : "linear",
                   i + 1 < c->n_covariates ? "" : ". ");
  eisi_text_addf(
      out,
      "p: of the mixed model; Holm: corrected for all rows of this table; permutation: of the cells, "
      "with the least value that so few cells allow.</p>\n");
}

/* ---- figure ---- */

static void cell_data(const comparison *c, const eisi_scale *s, eisi_text *out) {
  const eis_compare_result *r = &c->result;
  for (size_t g = 0; g < c->page->group.n; g++) {
    size_t k = 0, n = 0;
    for (size_t i = 0; i < r->n_cells; i++) n += r->cell[i].group == (int)g;
    eisi_text_addf(out, "$g%zu << EOD\nNaN NaN NaN NaN\n", g);
    for (size_t i = 0; i < r->n_cells; i++) {
      if (r->cell[i].group != (int)g) continue;
      const double y = exp(r->cell[i].ln_mean), e = exp(r->cell[i].se);
      const double x = (double)g + (n > 1 ? 0.5 * ((double)k++ / (double)(n - 1) - 0.5) : 0);
      eisi_text_addf(out, "%.4g %.6g %.6g %.6g\n", x, y * s->factor,
                     isfinite(e) ? y / e * s->factor : y * s->factor,
                     isfinite(e) ? y * e * s->factor : y * s->factor);
    }
    eisi_text_addf(out, "EOD\n");
  }
}

static eis_status figure_of(const comparison *c, eisi_page_figures *out, eis_error *err) {
  const eis_compare_result *r = &c->result;
  eisi_text script = {0}, name = {0}, caption = {0};
  double *v = eisi_new(2 * r->n_cells + 1, sizeof *v, err);
  if (!v) return EIS_ERROR_MEMORY;
  for (size_t i = 0; i < r->n_cells; i++) {
    const double e = isfinite(r->cell[i].se) ? r->cell[i].se : 0;
    v[2 * i] = exp(r->cell[i].ln_mean - e);
    v[2 * i + 1] = exp(r->cell[i].ln_mean + e);
  }
  const eisi_scale s = eisi_scale_for(v, 2 * r->n_cells, c->parameter->unit);
  free(v);
  cell_data(c, &s, &script);
  eisi_chart_y(&s, c->parameter->name, &script);
  eisi_text_addf(&script, "unset key\nset xrange [-0.6:%g]\nset xtics (",
                 (double)c->page->group.n - 0.4);
  for (size_t g = 0; g < c->page->group.n; g++) {
    eisi_text_addf(&script, g ? ", " : "");
    eisi_figure_quoted(&script, c->page->group.at[g]);
    eisi_text_addf(&script, " %zu", g);
  }
  eisi_text_addf(&script, ")\nplot ");
  for (size_t g = 0; g < c->page->group.n; g++)
    eisi_text_addf(&script, "%s$g%zu using 1:2:3:4 with yerrorbars pt 7 ps 0.8 lc rgb '%s'",
                   g ? ", " : "", g, eisi_chart_color((int)g + 1));
  eisi_text_addf(&script, "\n");
  eisi_text_addf(&name, "groups-%s", c->parameter->name);
  eisi_text_addf(&caption, "%s of every cell (geometric mean, adjusted); bars are standard errors",
                 c->parameter->name);
  eis_status st = name.failed || caption.failed
                      ? eis_error_set(err, EIS_ERROR_MEMORY, "out of memory")
                      : eisi_figures_add(out, EISI_SECTION_GROUPS, name.s, caption.s, &script, err);
  eisi_text_clear(&name);
  eisi_text_clear(&caption);
  eisi_text_clear(&script);
  return st;
}

/* Compares n parameters, in one table; figures: where they go, NULL = none. */
static eis_status compare_all(const eisi_page *p, const eisi_page_parameter *const *parameter,
                              size_t n, eisi_text *out, eisi_page_figures *figures,
                              eis_error *err) {
  comparison *c = eisi_new(n + 1, sizeof *c, err);
  eis_compare_result **results = eisi_new(n + 1, sizeof *results, err);
  size_t done = 0, n_results = 0;
  eis_status st = c && results ? EIS_OK : EIS_ERROR_MEMORY;
  while (!st && done < n) {
    comparison *one = &c[done];
    *one = (comparison){.page = p, .parameter = parameter[done++]};
    st = compare(one, err);
    if (!one->why.code) results[n_results++] = &one->result;
  }
  if (!st && n_results) st = eis_compare_adjust(results, n_results, err);
  if (!st && n) table(c, n, out);
  for (size_t k = 0; k < n && !st && figures; k++)
    if (!c[k].why.code) st = figure_of(&c[k], figures, err);
  for (size_t k = 0; k < done; k++) clear(&c[k]);
  free(c);
  free(results);
  return st;
}

eis_status eisi_figures_groups(eisi_page *p, bool every, eisi_page_figures *out, eis_error *err) {
  size_t *index = eisi_new(p->n_parameters + 1, sizeof *index, err);
  const eisi_page_parameter **list = eisi_new(p->n_parameters + 1, sizeof *list, err);
  eis_status st = index && list ? EIS_OK : EIS_ERROR_MEMORY;
  if (!st && p->group.n > 1) {
    const size_t n = eisi_page_main(p, every ? p->n_parameters : MAIN_MAX, index);
    for (size_t k = 0; k < n; k++) list[k] = &p->parameter[index[k]];
    st = compare_all(p, list, n, &out->text[EISI_SECTION_GROUPS], out, err);
  }
  free(index);
  free(list);
  return st;
}

eis_status eisi_groups_tracks(const eisi_page *p, eisi_text *out, eis_error *err) {
  size_t n = 0;
  if (p->group.n < 2) return EIS_OK;
  const eisi_page_parameter **list = eisi_new(p->n_tracks + 1, sizeof *list, err);
  if (!list) return EIS_ERROR_MEMORY;
  for (size_t k = 0; k < p->n_tracks && n < MAIN_MAX; k++)
    if (p->track[k].named) list[n++] = &p->track[k].R;
  if (n) eisi_text_addf(out, "<h3>R group by group</h3>\n");
  const eis_status st = compare_all(p, list, n, out, NULL, err);
  free(list);
  return st;
}
