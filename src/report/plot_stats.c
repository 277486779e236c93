/* plot_stats.c - gnuplot scripts of trends, Arrhenius lines and groups. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "report/figure.h"
#include "report/shown.h"
#include "report/stats_view.h"

static const char *const colors[] = {"#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9",
                                     "#666666", "#000000"};
enum { N_COLORS = sizeof colors / sizeof *colors, BANDS = 3, DENSE = 160 };

static eis_status finish(eisi_text *out, eis_error *err) {
  eisi_text_addf(out, "unset output\n");
  return out->failed ? eis_error_set(err, EIS_ERROR_MEMORY, "out of memory") : EIS_OK;
}

/* The unit that is shown and the factor to it: one prefix for all values. */
typedef struct axis {
  double factor;
  char unit[48];
} axis;

static axis axis_for(const char *si, double size) {
  const eisi_shown_unit u = eisi_unit_for(si);
  axis a = {.factor = u.factor};
  int exponent = 0;
  const char *prefix = u.prefix && size > 0 ? eisi_prefix_for(size * u.factor, &exponent) : "";
  a.factor *= pow(10, -exponent);
  snprintf(a.unit, sizeof a.unit, "%s%s", prefix, u.text);
  return a;
}

static void y_label(const char *name, const axis *a, eisi_text *out) {
  char text[160];
  snprintf(text, sizeof text, "%s%s%s", name, *a->unit ? " / " : "", a->unit);
  eisi_text_addf(out, "set ylabel ");
  eisi_figure_quoted(out, text);
  eisi_text_addf(out, " noenhanced\n");
}

static void series_title(const eisi_series *s, const char *tail, eisi_text *out) {
  char text[200];
  snprintf(text, sizeof text, "%s%s%s", s->label, *s->label && *tail ? ": " : "", tail);
  eisi_text_addf(out, " title ");
  eisi_figure_quoted(out, *text ? text : "all");
  eisi_text_addf(out, " noenhanced");
}

/* ---- trend ---- */

static double largest(const eisi_series *s) {
  double size = 0;
  for (size_t i = 0; i < s->n; i++) size = fmax(size, fabs(s->y[i]));
  return size;
}

static void points(const eisi_series *s, const axis *a, size_t k, eisi_text *out) {
  eisi_text_addf(out, "# x, y, standard error\n$points%zu << EOD\n", k);
  for (size_t i = 0; i < s->n; i++)
    eisi_text_addf(out, "%.9g %.9g %.9g\n", s->x[i], s->y[i] * a->factor,
                   s->se[i] > 0 ? s->se[i] * a->factor : 0.0);
  eisi_text_addf(out, "EOD\n");
}

static void law_line(const eisi_trend_view *v, const axis *a, size_t k, eisi_text *out) {
  const eis_trend_result *r = v->trend;
  eisi_text_addf(out, "# x, law, lower and upper end of its interval\n$law%zu << EOD\n", k);
  if (!r) eisi_text_addf(out, "NaN NaN NaN NaN\n");
  /* a fifth beyond the data: enough to see where it goes, not enough to believe it */
  const double span = r ? 1.2 * (r->x_max - r->x_min) : 0;
  for (int i = 0; r && i <= DENSE; i++) {
    double y, half;
    const double x = r->x_min + span * i / DENSE;
    eis_law_band(&r->fit[r->best], x, r->level, &y, &half, NULL);
    eisi_text_addf(out, "%.9g %.9g %.9g %.9g\n", x, y * a->factor, (y - half) * a->factor,
                   (y + half) * a->factor);
  }
  eisi_text_addf(out, "EOD\n");
}

/* The data, and a fifth beyond. */
static void x_range(const eisi_trend_view *v, size_t n, eisi_text *out) {
  double low = INFINITY, high = -INFINITY;
  for (size_t k = 0; k < n; k++)
    for (size_t i = 0; i < v[k].series->n; i++) {
      low = fmin(low, v[k].series->x[i]);
      high = fmax(high, v[k].series->x[i]);
    }
  const double span = high > low ? high - low : 1;
  eisi_text_addf(out, "set xrange [%.9g:%.9g]\n", low - 0.04 * span, high + 0.22 * span);
}

eis_status eisi_trend_script(const eisi_trend_view *v, size_t n, const eisi_terminal *terminal,
                             const char *output, eisi_text *out, eis_error *err) {
  double size = 0;
  eis_status st = eisi_figure_begin(terminal, output, out, err);
  if (st) return st;
  for (size_t k = 0; k < n; k++) size = fmax(size, largest(v[k].series));
  const axis a = axis_for(v->series->sample->unit, size);
  for (size_t k = 0; k < n; k++) {
    points(v[k].series, &a, k, out);
    law_line(&v[k], &a, k, out);
  }
  eisi_text_addf(out, "set key %s font ',%.3g'\nset xlabel ",
                 n > 4 ? "outside right center" : "top left reverse Left", 0.75 * terminal->font);
  eisi_figure_quoted(out, v->x_name);
  eisi_text_addf(out, " noenhanced\nset offsets 0,0,graph 0.06,graph 0.06\n");
  x_range(v, n, out);
  y_label(v->series->sample->name, &a, out);
  eisi_text_addf(out, "plot NaN notitle");
  for (size_t k = 0; n <= BANDS && k < n; k++)
    eisi_text_addf(out,
                   ", \\\n  $law%zu using 1:3:4 with filledcurves lc '%s' fs transparent solid "
                   "0.15 noborder notitle",
                   k, colors[k % N_COLORS]);
  for (size_t k = 0; k < n; k++)
    eisi_text_addf(out, ", \\\n  $law%zu using 1:2 with lines lw 1.6 lc '%s' notitle", k,
                   colors[k % N_COLORS]);
  for (size_t k = 0; k < n; k++) {
    eisi_text_addf(out, ", \\\n  $points%zu using 1:2:3 with yerrorbars pt %d ps %.3g lw 1 lc '%s'",
                   k, k < N_COLORS ? 7 : 5, 0.8 * terminal->mark, colors[k % N_COLORS]);
    series_title(v[k].series, v[k].trend ? v[k].trend->fit[v[k].trend->best].law->name : "", out);
  }
  eisi_text_addf(out, "\n");
  return finish(out, err);
}

/* ---- Arrhenius ---- */

/* ln of the form in base ten, as people plot it. */
static double log_form(const eis_arrhenius_form *f, double T, double value) {
  return ((f->inverse ? -1 : 1) * log(value) + (f->times_T ? log(T) : 0)) / log(10);
}

/* Two slopes at 1/T = x; NaN = there is no break. */
static double bent(const eis_arrhenius_result *r, double x) {
  const eis_arrhenius_break *b = &r->bend;
  const double u = (x - 1 / b->T_K) / 8.617333262e-5; /* eV/K */
  return b->found ? b->ln_break - (u > 0 ? b->Ea_cold_eV : b->Ea_hot_eV) * u : NAN;
}

static void arrhenius_data(const eisi_arrhenius_view *v, const eis_arrhenius_form *form, size_t k,
                           eisi_text *out) {
  const eisi_series *s = v->series;
  eisi_text_addf(out, "# 1000/T, log10, standard error, outlier\n$points%zu << EOD\n", k);
  for (size_t i = 0; i < s->n; i++)
    if (s->y[i] > 0 && s->x[i] > 0)
      eisi_text_addf(out, "%.9g %.9g %.9g %d\n", 1000 / s->x[i], log_form(form, s->x[i], s->y[i]),
                     s->se[i] > 0 ? s->se[i] / s->y[i] / log(10) : 0.0,
                     v->fit && v->fit->outlier[i] ? 1 : 0);
  eisi_text_addf(out, "EOD\n# 1000/T, line, interval, two slopes\n$line%zu << EOD\n", k);
  if (!v->fit) eisi_text_addf(out, "NaN NaN NaN NaN NaN\n");
  for (int i = 0; v->fit && i <= DENSE; i++) {
    const double u = (i - 0.05 * DENSE) / (0.9 * DENSE);
    const double x = (1 - u) / v->fit->T_max_K + u / v->fit->T_min_K;
    double y, half;
    eis_arrhenius_band(v->fit, 1 / x, &y, &half);
    eisi_text_addf(out, "%.9g %.9g %.9g %.9g %.9g\n", 1000 * x, y / log(10), (y - half) / log(10),
                   (y + half) / log(10), bent(v->fit, x) / log(10));
  }
  eisi_text_addf(out, "EOD\n");
}

static void arrhenius_curves(const eisi_arrhenius_view *v, size_t n, const eisi_terminal *terminal,
                             eisi_text *out) {
  eisi_text_addf(out, "plot NaN notitle");
  for (size_t k = 0; n <= BANDS && k < n; k++)
    eisi_text_addf(out,
                   ", \\\n  $line%zu using 1:3:4 with filledcurves lc '%s' fs transparent solid "
                   "0.15 noborder notitle",
                   k, colors[k % N_COLORS]);
  for (size_t k = 0; k < n; k++)
    eisi_text_addf(out,
                   ", \\\n  $line%zu using 1:2 with lines lw 1.6 lc '%s' notitle, \\\n"
                   "  $line%zu using 1:5 with lines lw 1.2 dt 2 lc '%s' notitle",
                   k, colors[k % N_COLORS], k, colors[k % N_COLORS]);
  for (size_t k = 0; k < n; k++) {
    char tail[96] = "";
    if (v[k].fit)
      snprintf(tail, sizeof tail, "Ea = %.3f ± %.3f eV%s", v[k].fit->line.Ea_eV,
               v[k].fit->line.Ea_se, v[k].fit->bend.found ? ", break" : "");
    eisi_text_addf(out, ", \\\n  $points%zu using 1:2:3 with yerrorbars pt 7 ps %.3g lw 1 lc '%s'",
                   k, 0.8 * terminal->mark, colors[k % N_COLORS]);
    series_title(v[k].series, tail, out);
    eisi_text_addf(out,
                   ", \\\n  $points%zu using 1:($4 > 0 ? $2 : NaN) with points pt 6 ps %.3g lw 1.2 "
                   "lc '#000000' notitle",
                   k, 1.7 * terminal->mark);
  }
  eisi_text_addf(out, "\n");
}

eis_status eisi_arrhenius_script(const eisi_arrhenius_view *v, size_t n,
                                 const eisi_terminal *terminal, const char *output, eisi_text *out,
                                 eis_error *err) {
  const eis_arrhenius_form *form = eis_arrhenius_form_at(0);
  eis_status st = eisi_figure_begin(terminal, output, out, err);
  if (st) return st;
  for (size_t k = 0; k < n; k++)
    if (v[k].fit) form = v[k].fit->form;
  for (size_t k = 0; k < n; k++) arrhenius_data(&v[k], form, k, out);
  char label[160];
  snprintf(label, sizeof label, "log10(%s), %s [%s]", form->formula, v->series->sample->name,
           *v->series->sample->unit ? v->series->sample->unit : "unit of the table");
  eisi_text_addf(out, "set key %s font ',%.3g'\nset xlabel '1000 K / T'\nset ylabel ",
                 n > 4 ? "outside right center" : "top right", 0.75 * terminal->font);
  eisi_figure_quoted(out, label);
  eisi_text_addf(out, " noenhanced\nset offsets graph 0.03,0.03,0.06,0.06\n");
  arrhenius_curves(v, n, terminal, out);
  return finish(out, err);
}

/* ---- groups ---- */

/* Cells of a group side by side, in their order. */
static void cells(const eisi_compare_view *v, const axis *a, size_t number, eisi_text *out) {
  const eis_compare_result *r = v->result;
  eisi_text_addf(out,
                 "# group, mean of a cell, lower and upper end of one standard error\n"
                 "$cells%zu << EOD\n",
                 number);
  for (int g = 0; g < v->grouping->n_groups; g++) {
    int in = 0, at = 0;
    for (size_t i = 0; i < r->n_cells; i++) in += r->cell[i].group == g;
    for (size_t i = 0; i < r->n_cells; i++) {
      const eis_cell_mean *m = &r->cell[i];
      if (m->group != g) continue;
      const double x = g + (in > 1 ? 0.36 * (at++ / (in - 1.0) - 0.5) : 0),
                   se = isfinite(m->se) ? m->se : 0;
      eisi_text_addf(out, "%.4g %.9g %.9g %.9g\n", x, exp(m->ln_mean) * a->factor,
                     exp(m->ln_mean - se) * a->factor, exp(m->ln_mean + se) * a->factor);
    }
  }
  eisi_text_addf(out, "EOD\n$means%zu << EOD\n", number);
  for (int g = 0; g < v->grouping->n_groups; g++) {
    double sum = 0;
    int in = 0;
    for (size_t i = 0; i < r->n_cells; i++)
      if (r->cell[i].group == g) sum += r->cell[i].ln_mean, in++;
    if (in) eisi_text_addf(out, "%d %.9g\n", g, exp(sum / in) * a->factor);
  }
  eisi_text_addf(out, "EOD\n");
}

static void group_tics(const eisi_compare_view *v, eisi_text *out) {
  eisi_text_addf(out, "set xtics noenhanced (");
  for (int g = 0; g < v->grouping->n_groups; g++) {
    if (g) eisi_text_addf(out, ", ");
    eisi_figure_quoted(out, v->grouping->group[g]);
    eisi_text_addf(out, " %d", g);
  }
  eisi_text_addf(out, ")\nset xrange [-0.6:%.3g]\n", v->grouping->n_groups - 0.4);
}

static void panel_title(const eisi_compare_view *v, double font, eisi_text *out) {
  char text[200], p[32];
  const eis_group_effect *e = &v->result->effect[0];
  eisi_p_text(isnan(e->p_holm) ? e->p : e->p_holm, p, sizeof p);
  if (v->result->refused)
    snprintf(text, sizeof text, "× %.2f, one cell in a group: no interval", e->ratio);
  else
    snprintf(text, sizeof text, "× %.2f (%.2f to %.2f), p %s%s", e->ratio, e->low, e->high,
             *p == '<' ? "" : "= ", p);
  eisi_text_addf(out, "set title ");
  eisi_figure_quoted(out, v->result->n_effects == 1 ? text : "");
  eisi_text_addf(out, " noenhanced font ',%.3g'\n", 0.9 * font);
}

eis_status eisi_compare_script(const eisi_compare_view *v, size_t n, const eisi_terminal *terminal,
                               const char *output, eisi_text *out, eis_error *err) {
  static const int shape[][2] = {{1, 1}, {1, 1}, {1, 2}, {2, 2}, {2, 2}, {2, 3}, {2, 3}};
  if (n > 6) n = 6;
  eis_status st = eisi_figure_begin(terminal, output, out, err);
  if (st) return st;
  const double small = n > 2 ? 0.75 : 1;
  eisi_text_addf(
      out,
      "set tics font ',%.3g'\nset xlabel font ',%.3g'\nset ylabel font ',%.3g'\nunset key\n"
      "set multiplot layout %d,%d\n",
      small * terminal->font, small * terminal->font, small * terminal->font, shape[n][0],
      shape[n][1]);
  for (size_t k = 0; k < n; k++) {
    double size = 0;
    for (size_t i = 0; i < v[k].result->n_cells; i++)
      size = fmax(size, exp(v[k].result->cell[i].ln_mean));
    const axis a = axis_for(v[k].sample->unit, size);
    cells(&v[k], &a, k, out);
    group_tics(&v[k], out);
    panel_title(&v[k], small * terminal->font, out);
    y_label(v[k].sample->name, &a, out);
    eisi_text_addf(out,
                   "set offsets 0,0,graph 0.08,graph 0.08\n"
                   "plot $means%zu using 1:2:(0.27) with xerrorbars pt 0 lw 2 lc '#888888', \\\n"
                   "  $cells%zu using 1:2:3:4 with yerrorbars pt 7 ps %.3g lw 1 lc '#0072b2'\n",
                   k, k, 0.9 * terminal->mark);
  }
  eisi_text_addf(out, "unset multiplot\n");
  return finish(out, err);
}
