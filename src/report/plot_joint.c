/* plot_joint.c - the figure of a joint fit: what it found over SOC (or what else changes), with
 * bands. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report/figure.h"
#include "report/joint_report.h"

enum { MOST_SERIES = 7, MOST_CURVES = 3, N_PANELS = 4 };

/* What a curve shows of a spectrum; PARAM and following: a parameter of the circuit. */
typedef enum quantity { DPHI, R_SCL, R_CT, R_CEI, SHARE, MISFIT, PARAM } quantity;

typedef struct chart {
  char label[96];
  bool log_y, band, zero, positive; /* positive: the axis begins at zero */
  int n, curve[MOST_CURVES];        /* quantity, or PARAM + index */
} chart;

typedef struct drawing {
  const eisi_joint_view *v;
  const eis_joint_result *r;
  const eis_joint_column *x, *series;
  int n_series;
  size_t first[MOST_SERIES]; /* a spectrum of each series */
  size_t *order;             /* spectra by x */
  double font, mark;
  eisi_text *out;
} drawing;

static const char *const colors[MOST_SERIES] = {"#0072b2", "#009e73", "#d55e00", "#cc79a7",
                                                "#e69f00", "#56b4e9", "#666666"};
static const panel places[N_PANELS] = {{0.085, 0.475, 0.575, 0.925}, {0.585, 0.975, 0.575, 0.925},
                                       {0.085, 0.475, 0.095, 0.445}, {0.585, 0.975, 0.095, 0.445}};

static double value(const drawing *d, int q, size_t i, double *se) {
  const eis_joint_share *s = d->r->share ? &d->r->share[i] : NULL;
  *se = 0;
  if (q >= PARAM) {
    *se = d->r->spectrum[i].stderr_[q - PARAM];
    return d->r->spectrum[i].param[q - PARAM];
  }
  switch ((quantity)q) {
    case DPHI: *se = 1e3 * s->dphi_se; return 1e3 * s->dphi;
    case R_SCL: *se = s->R_scl_se; return s->R_scl;
    case R_CT: return s->R_ct;
    case R_CEI: return s->R_cei;
    case SHARE: *se = 100 * s->share_se; return 100 * s->share;
    default: return d->r->spectrum[i].noise_percent;
  }
}

static const char *curve_name(const drawing *d, int q) {
  static const char *const names[] = {"Δφ", "R_{scl}", "R_{ct}", "R_{cei}", "share", "misfit"};
  return q >= PARAM ? d->r->circuit->param[q - PARAM].name : names[q];
}

/* ---- what goes against what ---- */

static bool differs(const eis_joint_column *c, size_t n) {
  for (size_t i = 1; c->number && i < n; i++)
    if (!isfinite(c->number[i]) || !isfinite(c->number[0])) return false;
  for (size_t i = 1; c->number && i < n; i++)
    if (c->number[i] != c->number[0]) return true;
  return false;
}

static const eis_joint_column *pick_x(const eisi_joint_view *v) {
  static const char *const wanted[] = {"soc", "cycle", "time_h", "temperature_C"};
  for (size_t k = 0; k < sizeof wanted / sizeof *wanted; k++) {
    const eis_joint_column *c = eisi_joint_view_column(v, wanted[k]);
    if (c && differs(c, v->data->n)) return c;
  }
  for (size_t k = 0; k < v->data->n_columns; k++)
    if (differs(&v->data->column[k], v->data->n)) return &v->data->column[k];
  return NULL;
}

static bool same_entry(const eis_joint_column *c, size_t a, size_t b) {
  if (c->text && c->text[a] && c->text[b]) return strcmp(c->text[a], c->text[b]) == 0;
  return c->number && c->number[a] == c->number[b];
}

/* Different entries of a column; MOST_SERIES + 1 when there are more. */
static int count_series(const eis_joint_column *c, size_t n, size_t *first) {
  int count = 0;
  for (size_t i = 0; i < n; i++) {
    int k = 0;
    while (k < count && !same_entry(c, first[k], i)) k++;
    if (k < count) continue;
    if (count == MOST_SERIES) return MOST_SERIES + 1;
    first[count++] = i;
  }
  return count;
}

static void pick_series(drawing *d) {
  static const char *const wanted[] = {"temperature_C", "cell", "group", "cycle"};
  for (size_t k = 0; k < sizeof wanted / sizeof *wanted; k++) {
    const eis_joint_column *c = eisi_joint_view_column(d->v, wanted[k]);
    if (!c || c == d->x) continue;
    d->n_series = count_series(c, d->r->n, d->first);
    if (d->n_series < 2 || d->n_series > MOST_SERIES) continue;
    d->series = c;
    return;
  }
  d->n_series = 1;
  d->first[0] = 0;
}

static void sort_by_x(drawing *d) {
  for (size_t i = 0; i < d->r->n; i++) d->order[i] = i;
  for (size_t a = 1; d->x && a < d->r->n; a++)
    for (size_t b = a; b > 0 && d->x->number[d->order[b]] < d->x->number[d->order[b - 1]]; b--) {
      const size_t t = d->order[b];
      d->order[b] = d->order[b - 1];
      d->order[b - 1] = t;
    }
}

static double x_of(const drawing *d, size_t i) { return d->x ? d->x->number[i] : (double)i + 1; }

static bool in_series(const drawing *d, int s, size_t i) {
  return !d->series || same_entry(d->series, d->first[s], i);
}

/* ---- charts ---- */

/* Does a parameter stay within a decade or so? */
static bool narrow(const eis_joint_result *r, int param) {
  double low = INFINITY, high = 0;
  for (size_t i = 0; i < r->n; i++) {
    low = fmin(low, r->spectrum[i].param[param]);
    high = fmax(high, r->spectrum[i].param[param]);
  }
  return high < 12 * low;
}

static int charts(const drawing *d, chart *c) {
  int n = 0;
  if (d->r->share) {
    c[n++] = (chart){"band bending Δφ / mV", false, true, true, false, 1, {DPHI}};
    c[n++] = (chart){"resistance / Ω", true, false, false, false, 3, {R_SCL, R_CT, R_CEI}};
    c[n++] = (chart){"R_{scl} in the interface / %", false, true, true, false, 1, {SHARE}};
  }
  int which[N_PANELS - 1];
  const int varying = d->r->share ? 0 : eisi_joint_varying(d->r, N_PANELS - 1, which);
  for (int q = 0; q < varying; q++) {
    const int k = which[q];
    const eis_param *p = &d->r->circuit->param[k];
    c[n] = (chart){
        "",         p->spec->scale == EIS_SCALE_LOG && !narrow(d->r, k), true, false, false, 1,
        {PARAM + k}};
    snprintf(c[n].label, sizeof c[n].label, "%s%s%s", p->name, *p->spec->unit ? " / " : "",
             strcmp(p->spec->unit, "ohm") ? p->spec->unit : "Ω");
    n++;
  }
  c[n++] = (chart){"misfit / % of |Z|", false, false, false, true, 1, {MISFIT}};
  return n;
}

/* One block per curve and series: x, value, low, high. */
static void data_blocks(drawing *d, const chart *c, int n) {
  for (int k = 0; k < n; k++)
    for (int q = 0; q < c[k].n; q++)
      for (int s = 0; s < d->n_series; s++) {
        eisi_text_addf(d->out, "$p%dc%ds%d << EOD\n", k, q, s);
        for (size_t a = 0; a < d->r->n; a++) {
          const size_t i = d->order[a];
          double se, y;
          if (!in_series(d, s, i)) continue;
          y = value(d, c[k].curve[q], i, &se);
          if (!isfinite(y) || (c[k].log_y && y <= 0)) continue;
          double low = y - 1.96 * se, high = y + 1.96 * se;
          if (c[k].log_y && isfinite(se)) {
            low = y * exp(-1.96 * se / y);
            high = y * exp(1.96 * se / y);
          }
          if (!isfinite(se) || se > 3 * fabs(y) + 1e-12)
            low = high = y; /* not known: no band, see the table */
          eisi_text_addf(d->out, "%.9g %.9g %.9g %.9g\n", x_of(d, i), y, low, high);
        }
        eisi_text_addf(d->out, "EOD\n");
      }
}

static void series_name(const drawing *d, int s, char *buf, size_t size) {
  const eis_joint_column *c = d->series;
  const size_t i = d->first[s];
  buf[0] = '\0';
  if (!c) return;
  if (strcmp(c->name, "temperature_C") == 0 && c->number)
    snprintf(buf, size, "%.4g °C", c->number[i]);
  else if (c->text && c->text[i])
    snprintf(buf, size, "%s", c->text[i]);
  else
    snprintf(buf, size, "%.6g", c->number[i]);
}

static bool has_points(const drawing *d, const chart *c, int q, int s) {
  double se;
  for (size_t i = 0; i < d->r->n; i++) {
    const double y = value(d, c->curve[q], i, &se);
    if (in_series(d, s, i) && isfinite(y) && (!c->log_y || y > 0)) return true;
  }
  return false;
}

/* Curves of a chart: colours are series; in a chart of several quantities the dash says which. */
static void plot(drawing *d, const chart *c, int k) {
  bool first = true;
  for (int q = 0; q < c->n; q++)
    for (int s = 0; s < d->n_series; s++) {
      char name[128];
      if (!has_points(d, c, q, s)) continue;
      series_name(d, s, name, sizeof name);
      if (c->band)
        eisi_text_addf(
            d->out,
            "%s$p%dc%ds%d using 1:3:4 with filledcurves fc '%s' fs transparent solid 0.18 notitle",
            first ? "plot " : ", \\\n  ", k, q, s, colors[s]);
      eisi_text_addf(d->out, "%s$p%dc%ds%d using 1:2 with %s pt %d ps %.3g lw 1.6 dt %d lc '%s' ",
                     first && !c->band ? "plot " : ", \\\n  ", k, q, s,
                     c->positive ? "points" : "linespoints", 7 - 2 * (q > 0) + (q > 1),
                     0.55 * d->mark, q + 1, colors[s]);
      first = false;
      if (c->n == 1 && *name && k == 0) {
        eisi_text_addf(d->out, "title ");
        eisi_figure_quoted(d->out, name);
      } else if (c->n > 1 && s == 0) {
        eisi_text_addf(d->out, "title '%s'", curve_name(d, c->curve[q]));
      } else {
        eisi_text_addf(d->out, "notitle");
      }
    }
  if (first) eisi_text_addf(d->out, "plot [0:1][0:1] NaN notitle");
  eisi_text_addf(d->out, "\n");
}

static void axis_title(const drawing *d, char *buf, size_t size) {
  static const struct {
    const char *name, *title;
  } rows[] = {{"soc", "state of charge"},
              {"temperature_C", "temperature / °C"},
              {"time_h", "time / h"},
              {"cycle", "cycle"}};
  snprintf(buf, size, "%s", d->x ? d->x->name : "spectrum");
  for (size_t k = 0; d->x && k < sizeof rows / sizeof *rows; k++)
    if (strcmp(d->x->name, rows[k].name) == 0) snprintf(buf, size, "%s", rows[k].title);
}

/* A little more than the data. */
static void x_range(const drawing *d) {
  const double low = x_of(d, d->order[0]), high = x_of(d, d->order[d->r->n - 1]);
  const double pad = high > low ? 0.04 * (high - low) : fmax(0.05 * fabs(low), 0.5);
  eisi_text_addf(d->out, "set xrange [%.6g:%.6g]\n", low - pad, high + pad);
}

static void draw(drawing *d, const chart *c, int k) {
  char title[128];
  figure g = {.out = d->out};
  eisi_figure_place(&g, &places[k]);
  axis_title(d, title, sizeof title);
  eisi_text_addf(d->out, "set xlabel ");
  eisi_figure_quoted(d->out, title);
  eisi_text_addf(d->out, " noenhanced\nset ylabel ");
  eisi_figure_quoted(d->out, c->label);
  eisi_text_addf(
      d->out,
      " offset 0.5,0 %s\n%s\nset format y '%s'\nset yrange [%s:*]\n"
      "set offsets 0, 0, graph 0.06, graph 0.03\nset key %s reverse Left samplen 1.5 font ',%.3g' %s\n",
      c->curve[0] >= PARAM ? "noenhanced" : "enhanced",
      c->log_y ? "set logscale y" : "unset logscale y", c->log_y ? "10^{%L}" : "%g",
      c->positive ? "0" : "*", c->n > 1 ? "bottom right" : "top left", 0.72 * d->font,
      c->n > 1 ? "enhanced" : "noenhanced");
  x_range(d);
  if (c->zero)
    eisi_text_addf(
        d->out, "set arrow 1 from graph 0,first 0 to graph 1,first 0 nohead lw 0.7 lc '#999999'\n");
  plot(d, c, k);
  eisi_text_addf(d->out, "unset arrow\nunset label 1\n");
}

eis_status eisi_joint_script(const eisi_joint_view *v, const eisi_terminal *terminal,
                             const char *output, eisi_text *out, eis_error *err) {
  const eisi_joint_hypothesis *best = eisi_joint_best(v);
  chart c[N_PANELS];
  char title[512];
  drawing d = {.v = v,
               .r = &best->result,
               .x = pick_x(v),
               .font = terminal->font,
               .mark = terminal->mark,
               .out = out};
  d.order = eisi_new(d.r->n, sizeof *d.order, err);
  if (!d.order) return EIS_ERROR_MEMORY;
  sort_by_x(&d);
  pick_series(&d);
  const int n = charts(&d, c);
  const eis_status st = eisi_figure_begin(terminal, output, out, err);
  if (st) {
    free(d.order);
    return st;
  }
  data_blocks(&d, c, n);
  snprintf(title, sizeof title, "%s: %s, %zu spectra", v->manifest, best->name, d.r->n);
  eisi_text_addf(out, "set multiplot\nset label 1 ");
  eisi_figure_quoted(out, title);
  eisi_text_addf(out, " at screen 0.5,0.965 center noenhanced font ',%.3g'\n", 1.05 * d.font);
  for (int k = 0; k < n; k++) draw(&d, &c[k], k);
  eisi_text_addf(out, "unset multiplot\nunset output\n");
  free(d.order);
  return out->failed ? eis_error_set(err, EIS_ERROR_MEMORY, "out of memory") : EIS_OK;
}
