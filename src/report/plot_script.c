/* plot_script.c - the gnuplot script of one figure: Nyquist with equal axes, Bode, residuals. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "report/plot.h"
#include "report/shown.h"

/* Places of the panels on the page, as fractions, and the shape of the page. */
typedef struct panel {
  double left, right, bottom, top;
} panel;
static const panel nyquist_panel = {0.085, 0.485, 0.40, 0.915};
static const panel bode_panel = {0.585, 0.925, 0.40, 0.915};
static const panel bode_tall = {0.585, 0.925, 0.12, 0.915};
static const panel nyquist_tall = {0.085, 0.485, 0.12, 0.915};
static const panel residual_panel = {0.085, 0.925, 0.10, 0.27};
static const double page_height = 0.76; /* per width */

static const char *const colors[EISI_PLOT_CURVES] = {"#0072b2", "#d55e00", "#009e73", "#cc79a7",
                                                     "#e69f00", "#56b4e9", "#666666", "#000000"};

typedef struct figure {
  const eisi_plot *p;
  double factor;  /* ohm -> shown */
  char unit[32];  /* "mΩ cm²" */
  double x0, x1, y0, y1, step; /* Nyquist window and distance of tics */
  eisi_text *out;
} figure;

typedef struct range {
  double low, high;
} range;

static void widen(range *r, double v) {
  if (!isfinite(v)) return;
  if (v < r->low) r->low = v;
  if (v > r->high) r->high = v;
}

/* Calls widen on all points and curves; which: 0 Re, 1 -Im. */
static range data_range(const eisi_plot *p, int which) {
  range r = {INFINITY, -INFINITY};
  const eis_spectrum *s = p->spectrum;
  for (size_t k = 0; k < s->n; k++) widen(&r, which ? -s->im[k] : s->re[k]);
  for (size_t i = 0; i < p->n_curves; i++)
    for (size_t k = 0; k < p->curve[i].n; k++)
      widen(&r, which ? -p->curve[i].im[k] : p->curve[i].re[k]);
  return r;
}

/* 1, 2 or 5 times a power of ten, at least v. */
static double nice_step(double v) {
  double base = pow(10, floor(log10(v)));
  double m = v / base;
  return base * (m <= 1 ? 1 : m <= 2 ? 2 : m <= 5 ? 5 : 10);
}

/* Both axes with the same length per ohm in a box of the given shape. */
static void nyquist_window(figure *g, const panel *box) {
  range x = data_range(g->p, 0), y = data_range(g->p, 1);
  double shape = (box->top - box->bottom) * page_height / (box->right - box->left);
  if (y.low > 0 && y.low < 0.5 * y.high) y.low = 0;
  double w = (x.high - x.low) * g->factor, h = (y.high - y.low) * g->factor;
  double span = fmax(w, h / shape) * 1.16;
  if (!(span > 0)) span = 1;
  double middle = 0.5 * (x.low + x.high) * g->factor;
  g->x0 = middle - 0.5 * span;
  g->x1 = middle + 0.5 * span;
  if (x.low >= 0 && g->x0 < 0) {
    g->x1 -= g->x0;
    g->x0 = 0;
  }
  g->y0 = y.low * g->factor - 0.06 * span * shape;
  g->y1 = g->y0 + (g->x1 - g->x0) * shape;
  g->step = nice_step(span / 5.5);
}

static void choose_unit(figure *g) {
  range x = data_range(g->p, 0), y = data_range(g->p, 1);
  double size = fmax(x.high - fmin(x.low, 0), y.high - y.low);
  bool area = g->p->area_m2 > 0;
  double scale = area ? g->p->area_m2 * 1e4 : 1; /* ohm cm2 */
  int exponent;
  const char *prefix = eisi_prefix_for(size * scale, &exponent);
  g->factor = scale * pow(10, -exponent);
  snprintf(g->unit, sizeof g->unit, "%s%s", prefix, area ? "Ω cm²" : "Ω");
}

/* A gnuplot string in single quotes: nothing in it is interpreted. */
static void quoted(eisi_text *out, const char *s) {
  eisi_text_add(out, "'", 1);
  for (; *s; s++) {
    if (*s == '\'')
      eisi_text_add(out, "''", 2);
    else
      eisi_text_add(out, (unsigned char)*s < 0x20 || *s == 0x7f ? "?" : s, 1);
  }
  eisi_text_add(out, "'", 1);
}

static void row(figure *g, double f, double re, double im) {
  eisi_text_addf(g->out, "%.9g %.9g %.9g %.9g %.9g\n", f, re * g->factor, -im * g->factor,
                 hypot(re, im) * g->factor, -atan2(im, re) * 180 / acos(-1));
}

static void data_blocks(figure *g) {
  const eisi_plot *p = g->p;
  const eis_spectrum *s = p->spectrum;
  eisi_text_addf(g->out, "# frequency/Hz, Re Z, -Im Z, |Z| in %s, -phase/degrees\n$data << EOD\n",
                 g->unit);
  for (size_t k = 0; k < s->n; k++) row(g, s->f[k], s->re[k], s->im[k]);
  eisi_text_addf(g->out, "EOD\n");
  for (size_t i = 0; i < p->n_curves; i++) {
    eisi_text_addf(g->out, "$curve%zu << EOD\n", i);
    for (size_t k = 0; k < p->curve[i].n; k++)
      row(g, p->curve[i].f[k], p->curve[i].re[k], p->curve[i].im[k]);
    eisi_text_addf(g->out, "EOD\n");
  }
  if (p->res_re) {
    eisi_text_addf(g->out, "# frequency/Hz, residuals of Re and Im in %% of |Z|\n$res << EOD\n");
    for (size_t k = 0; k < s->n; k++)
      eisi_text_addf(g->out, "%.9g %.9g %.9g\n", s->f[k], p->res_re[k], p->res_im[k]);
    eisi_text_addf(g->out, "EOD\n");
  }
  eisi_text_addf(g->out, "$odd << EOD\nNaN NaN NaN\n");
  for (size_t k = 0; p->outlier && k < s->n; k++)
    if (p->outlier[k]) row(g, s->f[k], s->re[k], s->im[k]);
  eisi_text_addf(g->out, "EOD\n");
}

static void place(figure *g, const panel *box) {
  eisi_text_addf(g->out,
                 "set lmargin at screen %g\nset rmargin at screen %g\nset bmargin at screen %g\n"
                 "set tmargin at screen %g\n",
                 box->left, box->right, box->bottom, box->top);
}

/* The point nearest to a frequency, when it is within a quarter of a decade. */
static bool nearest_point(const eis_spectrum *s, double f, size_t *k) {
  double best = 0.13;
  bool found = false;
  for (size_t i = 0; i < s->n; i++) {
    double d = fabs(log10(s->f[i] / f));
    if (d >= best) continue;
    best = d;
    *k = i;
    found = true;
  }
  return found;
}

typedef struct spot {
  double x, y;
} spot;

/* Far enough from the labels that are there already? (in fractions of the panel's width) */
static bool free_place(const spot *taken, int n, spot p) {
  for (int i = 0; i < n; i++)
    if (fabs(taken[i].x - p.x) < 0.16 && fabs(taken[i].y - p.y) < 0.07) return false;
  return true;
}

/* Decades of frequency: filled points with "1 kHz" beside them. */
static void decade_marks(figure *g) {
  const eis_spectrum *s = g->p->spectrum;
  spot taken[40];
  int n = 0;
  eisi_text marks = {0};
  double span = g->x1 - g->x0;
  for (int d = (int)floor(log10(s->f[0])) + 1; d >= (int)floor(log10(s->f[s->n - 1])); d--) {
    size_t k;
    if (n == 40 || !nearest_point(s, pow(10, d), &k)) continue;
    double x = s->re[k] * g->factor, y = -s->im[k] * g->factor;
    spot at = {(x - g->x0) / span, (y - g->y0) / span};
    if (!free_place(taken, n, at)) continue;
    taken[n++] = at;
    char text[48];
    eisi_show_one(pow(10, d), 3, "Hz", text, sizeof text);
    eisi_text_addf(g->out, "set label '%s' at %.9g,%.9g center offset 0,0.9 font ',0.8*' "
                           "textcolor '#333333'\n", text, x, y);
    eisi_text_addf(&marks, "%.9g %.9g\n", x, y);
  }
  eisi_text_addf(g->out, "$marks << EOD\n%sEOD\n", marks.s ? marks.s : "NaN NaN\n");
  g->out->failed = g->out->failed || marks.failed;
  eisi_text_clear(&marks);
}

static void curve_lines(figure *g, const char *using, const char *axes) {
  for (size_t i = 0; i < g->p->n_curves; i++) {
    eisi_text_addf(g->out, ", \\\n  $curve%zu using %s %s with lines lw %s lc '%s' dt %d title ", i,
                   using, axes, i ? "1.6" : "2.2", colors[i], i ? 2 : 1);
    quoted(g->out, g->p->curve[i].label);
    eisi_text_addf(g->out, " noenhanced");
  }
}

static void nyquist(figure *g, const panel *box) {
  eisi_text *out = g->out;
  nyquist_window(g, box);
  place(g, box);
  decade_marks(g);
  eisi_text_addf(out,
                 "set xrange [%.9g:%.9g]\nset yrange [%.9g:%.9g]\n"
                 "set xtics %.9g\nset ytics %.9g\nset mxtics 2\nset mytics 2\n"
                 "set xlabel 'Re Z / %s'\nset ylabel '-Im Z / %s' offset 0.5,0\n"
                 "set key top left reverse Left samplen 2 font ',0.8*'\n",
                 g->x0, g->x1, g->y0, g->y1, g->step, g->step, g->unit, g->unit);
  eisi_text_addf(out,
                 "plot 0 with lines lc '#bbbbbb' lw 1 notitle, \\\n"
                 "  $data using 2:3 with points pt 6 ps 0.8 lw 1.2 lc '#333333' title 'data'");
  curve_lines(g, "2:3", "");
  eisi_text_addf(out,
                 ", \\\n  $marks using 1:2 with points pt 7 ps 0.85 lc '#333333' notitle, \\\n"
                 "  $odd using 2:3 with points pt 2 ps 1.3 lw 2 lc '#cc0000' title %s\n"
                 "unset label\nset label 1 ",
                 g->p->outlier ? "'outliers'" : "''");
  quoted(out, g->p->title);
  eisi_text_addf(out, " at screen 0.5,0.965 center noenhanced font ',1.05*'\n");
}

/* |Z| on a logarithmic axis, unless it hardly changes. */
static void bode_axes(figure *g) {
  const eis_spectrum *s = g->p->spectrum;
  range m = {INFINITY, 0};
  for (size_t k = 0; k < s->n; k++) widen(&m, hypot(s->re[k], s->im[k]));
  bool wide = m.high > 6 * m.low;
  eisi_text_addf(g->out,
                 "set logscale x\nset xrange [%.6g:%.6g]\nset xtics auto\nset format x '10^{%%L}'\n"
                 "set mxtics 10\nset xlabel 'frequency / Hz'\n%s"
                 "set ytics auto nomirror\nset mytics default\n"
                 "set ylabel '|Z| / %s' offset 1,0 textcolor '#0072b2'\n"
                 "set ytics textcolor '#0072b2'\n"
                 "set y2tics auto textcolor '#d55e00'\nset y2range [*:*]\n"
                 "set y2label '-phase / degrees' offset -1,0 textcolor '#d55e00'\n",
                 s->f[s->n - 1] / 1.5, s->f[0] * 1.5,
                 wide ? "set logscale y\nset yrange [*:*]\n" : "unset logscale y\nset yrange [*:*]\n",
                 g->unit);
}

static void bode(figure *g, const panel *box) {
  place(g, box);
  bode_axes(g);
  eisi_text_addf(g->out,
                 "unset key\n"
                 "plot $data using 1:4 with points pt 6 ps 0.7 lw 1.2 lc '#0072b2', \\\n"
                 "  $data using 1:5 axes x1y2 with points pt 4 ps 0.7 lw 1.2 lc '#d55e00'");
  for (size_t i = 0; i < g->p->n_curves; i++)
    eisi_text_addf(g->out,
                   ", \\\n  $curve%zu using 1:4 with lines lw %s lc '#0072b2' dt %d, \\\n"
                   "  $curve%zu using 1:5 axes x1y2 with lines lw %s lc '#d55e00' dt %d",
                   i, i ? "1.3" : "2", i ? 2 : 1, i, i ? "1.3" : "2", i ? 2 : 1);
  eisi_text_addf(g->out, "\nunset y2tics\nunset y2label\nunset logscale y\n"
                         "set ytics mirror textcolor 'black'\n");
}

/* Symmetric about zero; one far outlier must not flatten the rest. */
static double residual_limit(const eisi_plot *p) {
  double largest = 0, sum = 0;
  size_t n = p->spectrum->n, used = 0;
  for (size_t k = 0; k < n; k++) {
    double r = fmax(fabs(p->res_re[k]), fabs(p->res_im[k]));
    if (!isfinite(r)) continue;
    if (r > largest) largest = r;
    sum += r * r;
    used++;
  }
  double rms = used ? sqrt(sum / (double)used) : 1;
  double limit = fmin(1.15 * largest, 5 * rms);
  return limit > 0 ? limit : 1;
}

static void residual_plot(figure *g) {
  double limit = residual_limit(g->p);
  place(g, &residual_panel);
  eisi_text_addf(g->out,
                 "set yrange [%.6g:%.6g]\nset ytics %.6g\nset mytics 2\n"
                 "set ylabel 'residual / %% of |Z|' offset 0.5,0 textcolor 'black'\n"
                 "set key outside top right horizontal samplen 1 font ',0.8*' at screen 0.925,0.305\n"
                 "plot 0 with lines lc '#999999' lw 1 notitle, \\\n"
                 "  $res using 1:2 with linespoints pt 7 ps 0.6 lw 0.8 lc '#0072b2' title 'Re', \\\n"
                 "  $res using 1:3 with linespoints pt 4 ps 0.6 lw 0.8 lc '#d55e00' title 'Im'\n",
                 -limit, limit, nice_step(limit / 2));
}

eis_status eisi_plot_script(const eisi_plot *p, const char *terminal, const char *output,
                            eisi_text *out, eis_error *err) {
  if (p->spectrum->n < 2)
    return eis_error_set(err, EIS_ERROR_INPUT, "a figure needs at least two points");
  figure g = {.p = p, .out = out};
  choose_unit(&g);
  eisi_text_addf(out, "# gnuplot script written by eisfit\nset encoding utf8\nset terminal %s\n",
                 terminal);
  if (output) {
    eisi_text_addf(out, "set output ");
    quoted(out, output);
    eisi_text_addf(out, "\n");
  }
  data_blocks(&g);
  eisi_text_addf(out, "set border lw 1\nset tics scale 0.7\nset multiplot\n");
  nyquist(&g, p->res_re ? &nyquist_panel : &nyquist_tall);
  bode(&g, p->res_re ? &bode_panel : &bode_tall);
  if (p->res_re) residual_plot(&g);
  eisi_text_addf(out, "unset multiplot\nunset output\n");
  return out->failed ? eis_error_set(err, EIS_ERROR_MEMORY, "out of memory") : EIS_OK;
}
