/* page_arrhenius.c - activation energies of a campaign: a figure per parameter, a table. */
#include <eisfit/arrhenius.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report/figure.h"
#include "report/html.h"
#include "report/page_chart.h"

enum { MAIN_MAX = 6, SERIES_MAX = 40 };

typedef struct arrhenius {
  const eisi_page *page;
  const eisi_page_parameter *parameter;
  eisi_page_list list;       /* x in degrees Celsius */
  eis_arrhenius_result *fit; /* per series; form NULL: none */
} arrhenius;

static int temperatures(const eisi_page_series *s) {
  int n = 0;
  for (size_t i = 0; i < s->n; i++) n += i == 0 || fabs(s->x[i] - s->x[i - 1]) > 0.5;
  return n;
}

static eis_status fit_series(arrhenius *a, size_t k, eis_error *err) {
  const eis_arrhenius_options opt = eis_arrhenius_options_default();
  const eisi_page_series *s = &a->list.at[k];
  double *T = eisi_new(s->n, sizeof *T, err);
  if (!T) return EIS_ERROR_MEMORY;
  for (size_t i = 0; i < s->n; i++) T[i] = s->x[i] + 273.15;
  eis_status st = EIS_ERROR_NUMERIC;
  if (temperatures(s) >= 3) st = eis_arrhenius_fit(T, s->y, s->se, s->n, &opt, &a->fit[k], NULL);
  if (st != EIS_OK) {
    eis_arrhenius_result_clear(&a->fit[k]); /* no line through these points */
    a->fit[k] = (eis_arrhenius_result){0};
  }
  free(T);
  return st == EIS_ERROR_MEMORY ? eis_error_set(err, st, "out of memory") : EIS_OK;
}

static void row(const arrhenius *a, size_t k, eisi_text *out) {
  const eis_arrhenius_line *l = &a->fit[k].line;
  if (!out->n)
    eisi_text_addf(
        out,
        "<table>\n<tr><th>series</th><th>parameter</th><th class=\"n\">activation energy</th>"
        "<th>95 %% interval</th><th class=\"n\">kJ/mol</th><th class=\"n\">points</th>"
        "<th></th></tr>\n");
  eisi_html_element(out, "<tr><td>", a->list.at[k].label, "</td>");
  eisi_html_element(out, "<td><code>", a->parameter->name, "</code></td>");
  eisi_text_addf(
      out,
      "<td class=\"n\">%.3f ± %.3f eV</td><td>%.3f … %.3f eV</td><td class=\"n\">%.1f</td>"
      "<td class=\"n\">%zu</td><td>%s%s</td></tr>\n",
      l->Ea_eV, l->Ea_se, l->Ea_low, l->Ea_high, eis_ev_to_kj_mol(l->Ea_eV), a->fit[k].n,
      a->fit[k].bend.found ? "bends: two slopes are better. " : "",
      a->fit[k].n_outliers ? "points stand out" : "");
}

static void data(const arrhenius *a, size_t k, const eisi_scale *s, eisi_text *out) {
  const eisi_page_series *q = &a->list.at[k];
  const eis_arrhenius_result *r = &a->fit[k];
  eisi_text_addf(out, "$s%zu << EOD\n", k);
  for (size_t i = 0; i < q->n; i++)
    eisi_text_addf(out, "%.7g %.6g %.4g\n", 1000 / (q->x[i] + 273.15), q->y[i] * s->factor,
                   q->se[i] * s->factor);
  eisi_text_addf(out, "EOD\n$l%zu << EOD\n", k);
  for (int i = 0; i <= 40; i++) {
    const double T = r->T_min_K + (r->T_max_K - r->T_min_K) * i / 40;
    double ln_y, half;
    eis_arrhenius_band(r, T, &ln_y, &half);
    eisi_text_addf(out, "%.7g %.6g %.6g %.6g\n", 1000 / T, exp(-ln_y) * s->factor,
                   exp(-ln_y - half) * s->factor, exp(-ln_y + half) * s->factor);
  }
  eisi_text_addf(out, "EOD\n");
}

static void plot_command(const arrhenius *a, eisi_text *out) {
  const char *comma = "plot ";
  for (size_t k = 0; k < a->list.n; k++) {
    if (!a->fit[k].form) continue;
    const char *color = eisi_chart_color((int)k);
    eisi_text_addf(
        out,
        "%s$l%zu using 1:3:4 with filledcurves fs transparent solid 0.15 noborder lc rgb "
        "'%s' notitle, $l%zu using 1:2 with lines lw 1.2 lc rgb '%s' notitle, "
        "$s%zu using 1:2:3 with yerrorbars pt 7 ps 0.6 lc rgb '%s' ",
        comma, k, color, k, color, k, color);
    eisi_text_addf(out, a->list.n <= 8 ? "title " : "notitle");
    if (a->list.n <= 8) eisi_figure_quoted(out, a->list.at[k].label);
    comma = ", ";
  }
  eisi_text_addf(out, "\n");
}

static eis_status draw(const arrhenius *a, eisi_page_figures *out, eis_error *err) {
  eisi_text script = {0}, name = {0}, caption = {0};
  double *v = eisi_new(a->page->n + 1, sizeof *v, err);
  size_t n = 0;
  if (!v) return EIS_ERROR_MEMORY;
  for (size_t k = 0; k < a->list.n; k++)
    for (size_t i = 0; a->fit[k].form && i < a->list.at[k].n; i++) v[n++] = a->list.at[k].y[i];
  eisi_scale s = eisi_scale_for(v, n, a->parameter->unit);
  free(v);
  if (!s.log) { /* an Arrhenius plot is logarithmic */
    s.log = true;
    if (!(s.low > 0)) s.low = s.high / 1000;
  }
  for (size_t k = 0; k < a->list.n; k++)
    if (a->fit[k].form) data(a, k, &s, &script);
  eisi_chart_y(&s, a->parameter->name, &script);
  eisi_text_addf(&script,
                 "set xlabel '1000 K / T'\nset key outside top center horizontal\n"
                 "set offsets graph 0.03, graph 0.03, 0, 0\n");
  plot_command(a, &script);
  eisi_text_addf(&name, "arrhenius-%s", a->parameter->name);
  eisi_text_addf(&caption, "%s over inverse temperature, with 95 %% bands", a->parameter->name);
  eis_status st =
      name.failed || caption.failed
          ? eis_error_set(err, EIS_ERROR_MEMORY, "out of memory")
          : eisi_figures_add(out, EISI_SECTION_ARRHENIUS, name.s, caption.s, &script, err);
  eisi_text_clear(&name);
  eisi_text_clear(&caption);
  eisi_text_clear(&script);
  return st;
}

static eis_status one_parameter(const eisi_page *p, size_t index, eisi_page_figures *out,
                                eis_error *err) {
  arrhenius a = {.page = p, .parameter = &p->parameter[index]};
  bool any = false;
  eis_status st = eisi_page_split(p, a.parameter, EISI_AXIS_TEMPERATURE, false, &a.list, err);
  if (!st) a.fit = eisi_new(a.list.n + 1, sizeof *a.fit, err);
  if (!st && !a.fit) st = EIS_ERROR_MEMORY;
  for (size_t k = 0; !st && k < a.list.n && k < SERIES_MAX; k++) {
    st = fit_series(&a, k, err);
    if (st || !a.fit[k].form) continue;
    row(&a, k, &out->text[EISI_SECTION_ARRHENIUS]);
    any = true;
  }
  if (!st && any) st = draw(&a, out, err);
  for (size_t k = 0; a.fit && k < a.list.n; k++) eis_arrhenius_result_clear(&a.fit[k]);
  free(a.fit);
  eisi_page_list_clear(&a.list);
  return st;
}

eis_status eisi_figures_arrhenius(eisi_page *p, bool every, eisi_page_figures *out,
                                  eis_error *err) {
  eis_status st = EIS_OK;
  size_t index[MAIN_MAX];
  if (!p->used[EISI_AXIS_TEMPERATURE]) return EIS_OK;
  const size_t n = eisi_page_main(p, every ? MAIN_MAX : 4, index);
  for (size_t k = 0; k < n && !st; k++) st = one_parameter(p, index[k], out, err);
  eisi_text *text = &out->text[EISI_SECTION_ARRHENIUS];
  eisi_text_addf(text, text->n
                           ? "</table>\n<p>ln(1/R) over 1/T; one straight line per series.</p>\n"
                           : "<p>No series has usable values at three temperatures.</p>\n");
  return st;
}
