/* page_figures.c - trends of the parameters of a campaign with their laws, and what all figures
 * share. */
#include <eisfit/trend.h>

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report/figure.h"
#include "report/html.h"
#include "report/page_chart.h"
#include "report/page_track.h"

enum { POINTS_MAX = 900, LEGEND_MAX = 8, LAW_ROWS_MAX = 40, MAIN_MAX = 6, LAW_POINTS_MIN = 6 };

/* ---- shared ---- */

eis_status eisi_figures_add(eisi_page_figures *f, eisi_page_section section, const char *name,
                            const char *caption, eisi_text *script, eis_error *err) {
  eis_status st = eisi_grow(&f->at, f->n, f->n + 1, sizeof *f->at, err);
  if (st) return st;
  eisi_page_figure *one = &f->at[f->n++];
  one->section = (int)section;
  one->name = eisi_strdup(name, err);
  one->caption = eisi_strdup(caption, err);
  for (char *c = one->name; c && *c; c++) /* part of a file name */
    if (!eisi_is_letter(*c) && !eisi_is_digit(*c) && !strchr("-_.", *c)) *c = '_';
  st = one->name && one->caption ? EIS_OK : EIS_ERROR_MEMORY;
  return st ? st : eisi_text_take(script, &one->script, err);
}

void eisi_page_figures_clear(eisi_page_figures *f) {
  for (size_t i = 0; i < f->n; i++) {
    free(f->at[i].name);
    free(f->at[i].caption);
    free(f->at[i].script);
  }
  free(f->at);
  for (size_t i = 0; i < sizeof f->text / sizeof *f->text; i++) {
    eisi_text_clear(&f->lead[i]);
    eisi_text_clear(&f->text[i]);
  }
  *f = (eisi_page_figures){0};
}

static int by_value(const void *a, const void *b) {
  const double *x = a, *y = b;
  return (*x > *y) - (*x < *y);
}

eisi_scale eisi_scale_for(double *v, size_t n, const char *unit) {
  eisi_scale s = {.factor = 1};
  size_t m = 0;
  int exponent = 0;
  const eisi_shown_unit u = eisi_unit_for(unit);
  for (size_t i = 0; i < n; i++)
    if (isfinite(v[i])) v[m++] = v[i];
  qsort(v, m, sizeof *v, by_value);
  const double low = v[m / 100], high = v[m - 1 - m / 100], middle = fabs(v[m / 2]) * u.factor;
  const char *prefix = u.prefix && middle > 0 ? eisi_prefix_for(middle, &exponent) : "";
  s.factor = u.factor * pow(10, -exponent);
  snprintf(s.unit, sizeof s.unit, "%s%s", prefix, u.text);
  s.log = v[0] > 0 && high > 20 * low;
  const double room = s.log ? 0 : 0.08 * (high - low) + 0.02 * fabs(high);
  s.low = s.log ? low / 1.5 : low - room;
  if (low >= 0 && s.low < 0) s.low = 0;
  s.high = s.log ? high * 1.5 : high + room;
  s.low = fmax(s.low * s.factor, s.log ? DBL_MIN : -DBL_MAX);
  s.high = fmin(s.high * s.factor, DBL_MAX);
  if (!(s.high > s.low)) s.high = s.low + 1;
  return s;
}

/* 1, 2, 5, 10 ...; powers of ten when there are many. */
static void log_tics(const eisi_scale *s, eisi_text *out) {
  const bool few = log10(s->high / s->low) < 2.5;
  const char *comma = "";
  eisi_text_addf(out, "set logscale y\nset ytics (");
  for (int d = (int)floor(log10(s->low)); d <= (int)ceil(log10(s->high)); d++)
    for (int k = 0; k < (few ? 3 : 1); k++) {
      static const double digit[] = {1, 2, 5};
      const double v = digit[k] * pow(10, d);
      if (v < s->low || v > s->high) continue;
      eisi_text_addf(out, "%s'%g' %.6g", comma, v, v);
      comma = ", ";
    }
  eisi_text_addf(out, ")\n");
}

void eisi_chart_y(const eisi_scale *s, const char *name, eisi_text *out) {
  eisi_text label = {0};
  eisi_text_addf(&label, "%s%s%s", name, *s->unit ? " / " : "", s->unit);
  if (s->log) log_tics(s, out);
  eisi_text_addf(out, "set yrange [%.6g:%.6g]\nset ylabel ", s->low, s->high);
  eisi_figure_quoted(out, eisi_text_part(out, &label));
  eisi_text_addf(out, "\n");
  eisi_text_clear(&label);
}

const char *eisi_chart_color(int i) {
  static const char *const colors[] = {"#0072b2", "#d55e00", "#009e73", "#cc79a7", "#b8860b",
                                       "#3fa0d8", "#666666", "#7b3fa0", "#8b4513", "#000000"};
  return colors[(size_t)i % (sizeof colors / sizeof *colors)];
}

eis_status eisi_page_draw(const eisi_page *p, const eisi_page_figure *f, const char *ending,
                          char **image, size_t *size, eis_error *err) {
  static const char common[] =
      "set encoding utf8\nset border lw 0.8\nset tics nomirror\n"
      "set grid lc rgb '#dddddd' lw 0.6\n";
  const bool pdf = strcmp(ending, ".pdf") == 0;
  eisi_text script = {0};
  eisi_text_addf(&script, "set terminal %s\n%s%s",
                 pdf ? "pdfcairo noenhanced size 15cm,9.6cm font 'Helvetica,11'"
                     : "svg noenhanced size 700,450 font 'Helvetica,14' background '#ffffff'",
                 common, f->script);
  eis_status st = script.failed ? eis_error_set(err, EIS_ERROR_MEMORY, "out of memory")
                                : eisi_gnuplot_run(p->gnuplot, script.s, image, size, err);
  eisi_text_clear(&script);
  return st;
}

/* ---- trends ---- */

typedef struct trend {
  eisi_page *page;
  const eisi_page_parameter *parameter;
  eisi_axis_id axis;
  eisi_page_list all, counted; /* what is drawn; what laws are fitted to */
  eis_trend_result *law;       /* per series of counted; .n = 0: none */
  eisi_scale scale;
} trend;

/* Without an error, or with one above the value, it says nothing: it stands in the table only. */
static bool drawn(const eisi_page_series *s, size_t i) {
  return s->se[i] <= fabs(s->y[i]) && isfinite(s->y[i]);
}

/* Does x change within some series? */
static bool moves(const eisi_page_list *l) {
  for (size_t k = 0; k < l->n; k++)
    if (l->at[k].n > 1 && l->at[k].x[l->at[k].n - 1] > l->at[k].x[0]) return true;
  return false;
}

static eis_status find_scale(trend *t, size_t *total, eis_error *err) {
  double *v = eisi_new(t->page->n + 1, sizeof *v, err);
  *total = 0;
  if (!v) return EIS_ERROR_MEMORY;
  for (size_t k = 0; k < t->counted.n; k++)
    for (size_t i = 0; i < t->counted.at[k].n; i++)
      if (drawn(&t->counted.at[k], i)) v[(*total)++] = t->counted.at[k].y[i];
  if (*total) t->scale = eisi_scale_for(v, *total, t->parameter->unit);
  free(v);
  return EIS_OK;
}

static eis_status fit_laws(trend *t, eis_error *err) {
  eis_trend_options opt = eis_trend_options_default();
  t->law = eisi_new(t->counted.n + 1, sizeof *t->law, err);
  if (!t->law) return EIS_ERROR_MEMORY;
  for (size_t k = 0; k < t->counted.n && eisi_axes[t->axis].age && k < LAW_ROWS_MAX; k++) {
    const eisi_page_series *s = &t->counted.at[k];
    if (s->n < LAW_POINTS_MIN || !(s->x[s->n - 1] > s->x[0])) continue;
    const eis_status st = eis_trend_fit(s->x, s->y, s->se, s->n, &opt, &t->law[k], NULL);
    if (st == EIS_ERROR_MEMORY) return eis_error_set(err, st, "out of memory");
    if (st != EIS_OK) {
      eis_trend_result_clear(&t->law[k]); /* no law: the points stand for themselves */
      t->law[k] = (eis_trend_result){0};
    }
  }
  return EIS_OK;
}

static void series_data(const trend *t, size_t k, size_t step, eisi_text *out) {
  const eisi_page_series *s = &t->counted.at[k];
  eisi_text_addf(out, "$s%zu << EOD\nNaN NaN NaN\n", k);
  for (size_t i = 0; i < s->n; i += step)
    if (drawn(s, i))
      eisi_text_addf(out, "%.7g %.6g %.4g\n", s->x[i], s->y[i] * t->scale.factor,
                     isfinite(s->se[i]) ? s->se[i] * t->scale.factor : 0);
  eisi_text_addf(out, "EOD\n");
}

/* What does not count, and the range of x; is there something? */
static bool other_data(const trend *t, size_t step, eisi_text *out) {
  double low = INFINITY, high = -INFINITY;
  bool any = false;
  eisi_text_addf(out, "$other << EOD\nNaN NaN\n");
  for (size_t k = 0; k < t->all.n; k++)
    for (size_t i = 0; i < t->all.at[k].n; i++) {
      const eisi_page_series *s = &t->all.at[k];
      low = fmin(low, s->x[i]);
      high = fmax(high, s->x[i]);
      if (i % step || !drawn(s, i) || eisi_page_counts(t->page, t->parameter, s->spectrum[i]))
        continue;
      eisi_text_addf(out, "%.7g %.6g\n", s->x[i], s->y[i] * t->scale.factor);
      any = true;
    }
  const double room = high > low ? 0.03 * (high - low) : 1;
  eisi_text_addf(out, "EOD\nset xrange [%.7g:%.7g]\n", low - room, high + room);
  return any;
}

static void law_data(const trend *t, size_t k, eisi_text *out) {
  const eis_trend_result *r = &t->law[k];
  eisi_text_addf(out, "$l%zu << EOD\n", k);
  for (int i = 0; i <= 60; i++) {
    const double x = r->x_min + (r->x_max - r->x_min) * i / 60;
    double y, half;
    eis_law_band(&r->fit[r->best], x, r->level, &y, &half, NULL);
    eisi_text_addf(out, "%.7g %.6g %.6g %.6g\n", x, y * t->scale.factor,
                   (y - half) * t->scale.factor, (y + half) * t->scale.factor);
  }
  eisi_text_addf(out, "EOD\n");
}

/* The colour tells groups apart where there are some, else cells, else series. */
static int color_of(const trend *t, const eisi_page_series *s, size_t k) {
  if (t->page->group.n > 1) return t->page->group_of[s->cell] + 1;
  return t->page->cell.n > 1 ? s->cell : (int)k;
}

/* What the legend calls series k; "" = nothing. */
static const char *legend_of(const trend *t, size_t k) {
  const eisi_page_series *s = &t->counted.at[k];
  const eisi_page *p = t->page;
  const int color = color_of(t, s, k);
  if (t->counted.n <= LEGEND_MAX && p->group.n < 2) return s->label;
  for (size_t i = 0; i < k; i++)
    if (color_of(t, &t->counted.at[i], i) == color) return "";
  if (p->group.n > 1) return color > 0 ? p->group.at[color - 1] : "without group";
  return p->cell.n > 1 && p->cell.n <= 2 * LEGEND_MAX ? p->cell.at[s->cell] : "";
}

static void plot_command(const trend *t, size_t total, eisi_text *out) {
  const double size = total > 300 ? 0.32 : 0.5;
  eisi_text_addf(out, "plot $other using 1:2 with points pt 7 ps 0.2 lc rgb '#c4c4c4' notitle");
  for (size_t k = 0; k < t->counted.n; k++) {
    const eisi_page_series *s = &t->counted.at[k];
    const char *color = eisi_chart_color(color_of(t, s, k)), *legend = legend_of(t, k);
    eisi_text_addf(out, ", $s%zu using 1:2:3 with yerrorbars pt 7 ps %g lw 0.7 lc rgb '%s' ", k,
                   size, color);
    eisi_text_addf(out, *legend ? "title " : "notitle");
    if (*legend) eisi_figure_quoted(out, legend);
    if (s->n > 1 && !eisi_axes[t->axis].age)
      eisi_text_addf(out, ", $s%zu using 1:2 with lines lw 0.8 lc rgb '#%s%s' notitle", k,
                     t->counted.n > LEGEND_MAX ? "a0" : "00", color + 1);
  }
  for (size_t k = 0; k < t->counted.n; k++) {
    if (!t->law[k].n) continue;
    const char *color = eisi_chart_color(color_of(t, &t->counted.at[k], k));
    if (t->counted.n <= 4)
      eisi_text_addf(out,
                     ", $l%zu using 1:3:4 with filledcurves fs transparent solid 0.18 noborder "
                     "lc rgb '%s' notitle",
                     k, color);
    eisi_text_addf(out, ", $l%zu using 1:2 with lines lw 1.6 lc rgb '%s' notitle", k, color);
  }
  eisi_text_addf(out, "\n");
}

static eis_status draw_trend(const trend *t, size_t total, eisi_page_figures *out, eis_error *err) {
  const size_t step = (total + POINTS_MAX - 1) / POINTS_MAX;
  eisi_text script = {0}, name = {0}, caption = {0};
  bool laws = false;
  const bool other = other_data(t, step, &script);
  for (size_t k = 0; k < t->counted.n; k++) series_data(t, k, step, &script);
  for (size_t k = 0; k < t->counted.n; k++)
    if (t->law[k].n) {
      law_data(t, k, &script);
      laws = true;
    }
  eisi_chart_y(&t->scale, t->parameter->name, &script);
  eisi_text_addf(&script, "set xlabel ");
  eisi_figure_quoted(&script, eisi_axes[t->axis].label);
  eisi_text_addf(&script, "\nset key outside top center horizontal\n");
  plot_command(t, total, &script);
  eisi_text_addf(&name, "trend-%s-%s", t->parameter->name, eisi_axes[t->axis].key);
  eisi_text_addf(&caption, "%s over %s; bars are standard errors%s%s", t->parameter->name,
                 eisi_axes[t->axis].name, laws ? ", lines the chosen laws" : "",
                 other ? ", grey: flagged spectra" : "");
  if (step > 1) eisi_text_addf(&caption, "; one of %zu points is drawn", step);
  eis_status st = name.failed || caption.failed
                      ? eis_error_set(err, EIS_ERROR_MEMORY, "out of memory")
                      : eisi_figures_add(out, EISI_SECTION_TRENDS, name.s, caption.s, &script, err);
  eisi_text_clear(&name);
  eisi_text_clear(&caption);
  eisi_text_clear(&script);
  return st;
}

static void law_row(const trend *t, size_t k, eisi_text *out) {
  const eis_trend_result *r = &t->law[k];
  const eis_law_fit *f = &r->fit[r->best];
  char text[160];
  double a, b, half_a, half_b;
  size_t plausible = 0;
  for (size_t i = 0; i < r->n_laws; i++) plausible += !r->fit[i].why_not && r->fit[i].plausible;
  eis_law_band(f, r->x_min, r->level, &a, &half_a, NULL);
  eis_law_band(f, r->x_max, r->level, &b, &half_b, NULL);
  eisi_html_element(out, "<tr><td>", t->counted.at[k].label, "</td>");
  eisi_html_element(out, "<td><code>", t->parameter->name, "</code></td>");
  eisi_html_element(out, "<td>", f->law->name, "");
  eisi_html_element(out, " <span class=\"dim\">", f->law->formula, "</span></td>");
  const eisi_shown from = eisi_show(a, half_a, NAN, NAN, t->parameter->unit);
  snprintf(text, sizeof text, "%s ± %s %s", from.value, from.error, from.unit);
  eisi_html_number(out, text);
  const eisi_shown to = eisi_show(b, half_b, NAN, NAN, t->parameter->unit);
  snprintf(text, sizeof text, "%s ± %s %s", to.value, to.error, to.unit);
  eisi_html_number(out, text);
  snprintf(text, sizeof text, "%+.3g %%", 100 * (b - a) / fabs(a));
  eisi_html_number(out, a != 0 ? text : "");
  eisi_text_addf(out, "<td class=\"n\">%zu</td><td>%s</td></tr>\n", r->n,
                 plausible > 1 ? "others fit as well" : "");
}

static void law_rows(const trend *t, eisi_text *out) {
  for (size_t k = 0; k < t->counted.n; k++) {
    if (!t->law[k].n) continue;
    if (!out->n)
      eisi_text_addf(
          out,
          "<h3>Laws of ageing</h3>\n<table>\n<tr><th>series</th><th>parameter</th><th>law</th>"
          "<th class=\"n\">at the start (± 95 %%)</th><th class=\"n\">at the end (± 95 %%)</th><th class=\"n\">change</th>"
          "<th class=\"n\">points</th><th></th></tr>\n");
    law_row(t, k, out);
  }
}

static void trend_clear(trend *t) {
  for (size_t k = 0; t->law && k < t->counted.n; k++) eis_trend_result_clear(&t->law[k]);
  free(t->law);
  eisi_page_list_clear(&t->all);
  eisi_page_list_clear(&t->counted);
}

static eis_status one_trend(eisi_page *p, size_t parameter, eisi_axis_id axis,
                            eisi_page_figures *out, eis_error *err) {
  trend t = {.page = p, .parameter = &p->parameter[parameter], .axis = axis};
  size_t total = 0;
  eis_status st = eisi_page_split(p, t.parameter, axis, true, &t.all, err);
  if (!st) st = eisi_page_split(p, t.parameter, axis, false, &t.counted, err);
  if (!st) st = find_scale(&t, &total, err);
  if (!st) st = fit_laws(&t, err);
  if (!st && total > 1 && moves(&t.counted)) {
    law_rows(&t, &out->text[EISI_SECTION_TRENDS]);
    st = draw_trend(&t, total, out, err);
  }
  trend_clear(&t);
  return st;
}

static eis_status trends(eisi_page *p, bool every, eisi_page_figures *out, eis_error *err) {
  size_t index[MAIN_MAX];
  const size_t n = eisi_page_main(p, MAIN_MAX, index);
  eis_status st = EIS_OK;
  for (int a = 0; a < EISI_N_AXES && !st; a++)
    for (size_t k = 0; p->used[a] && k < (every ? p->n_parameters : n) && !st; k++)
      st = one_trend(p, every ? k : index[k], (eisi_axis_id)a, out, err);
  if (out->text[EISI_SECTION_TRENDS].n)
    eisi_text_addf(&out->text[EISI_SECTION_TRENDS], "</table>\n");
  return st;
}

/* A text that could not be written whole is no report. */
static eis_status whole_texts(const eisi_page_figures *out, eis_error *err) {
  eis_status st = EIS_OK;
  for (int k = 0; k <= EISI_SECTION_DRT && !st; k++) {
    st = eisi_text_state(&out->lead[k], err);
    if (!st) st = eisi_text_state(&out->text[k], err);
  }
  return st;
}

eis_status eisi_page_figures_make(eisi_page *p, bool every, eisi_page_figures *out,
                                  eis_error *err) {
  *out = (eisi_page_figures){0};
  eis_status st = eisi_figures_tracks(p, every, out, err);
  if (!st) st = trends(p, every, out, err);
  if (!st) st = eisi_figures_groups(p, every, out, err);
  if (!st) st = eisi_figures_arrhenius(p, every, out, err);
  if (!st) st = eisi_figures_maps(p, every, out, err);
  return st ? st : whole_texts(out, err);
}
