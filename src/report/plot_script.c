/* plot_script.c - the gnuplot script of one figure: Nyquist with equal axes, Bode, residuals. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "report/figure.h"
#include "report/shown.h"

static const panel nyquist_panel = {0.085, 0.485, 0.575, 0.925};
static const panel nyquist_alone = {0.085, 0.485, 0.30, 0.74};
static const panel modulus_panel = {0.58, 0.975, 0.575, 0.925};
static const panel phase_panel = {0.58, 0.975, 0.095, 0.445};
static const panel residual_panel = {0.085, 0.485, 0.095, 0.445};
static const double page_height = EISI_PAGE_HEIGHT;

static const char *const colors[EISI_PLOT_CURVES] = {"#0072b2", "#d55e00", "#009e73", "#cc79a7",
                                                     "#e69f00", "#56b4e9", "#666666", "#000000"};

void eisi_range_widen(range *r, double v) {
  if (!isfinite(v)) return;
  if (v < r->low) r->low = v;
  if (v > r->high) r->high = v;
}

/* Calls eisi_range_widen on all points and curves; which: 0 Re, 1 -Im. */
static range data_range(const eisi_plot *p, int which) {
  range r = {INFINITY, -INFINITY};
  const eis_spectrum *s = p->spectrum;
  for (size_t k = 0; k < s->n; k++) eisi_range_widen(&r, which ? -s->im[k] : s->re[k]);
  for (size_t i = 0; i < p->n_curves; i++)
    for (size_t k = 0; k < p->curve[i].n; k++)
      eisi_range_widen(&r, which ? -p->curve[i].im[k] : p->curve[i].re[k]);
  return r;
}

double eisi_nice_step(double v) {
  double base = pow(10, floor(log10(v)));
  double m = v / base;
  return base * (m <= 1 ? 1 : m <= 2 ? 2 : m <= 5 ? 5 : 10);
}

void eisi_figure_window(figure *g, const panel *box, range x, range y) {
  double shape = (box->top - box->bottom) * page_height / (box->right - box->left);
  if (y.low > 0 && y.low < 0.5 * y.high) y.low = 0;
  double w = (x.high - x.low) * g->factor, h = (y.high - y.low) * g->factor;
  double span = fmax(w, h / shape) * 1.16;
  if (!(span > 0)) span = 1;
  double middle = 0.5 * (x.low + x.high) * g->factor;
  g->x0 = middle - 0.5 * span;
  g->x1 = middle + 0.5 * span;
  double least = -0.05 * span; /* passive data need no more room left of zero */
  if (x.low >= 0 && g->x0 < least) {
    g->x1 += least - g->x0;
    g->x0 = least;
  }
  g->y0 = y.low * g->factor - 0.06 * span * shape;
  g->y1 = g->y0 + (g->x1 - g->x0) * shape;
  g->step = eisi_nice_step(span / 5.5);
}

void eisi_figure_unit(figure *g, range x, range y, double area_m2) {
  double size = fmax(x.high - fmin(x.low, 0), y.high - y.low);
  bool area = area_m2 > 0;
  double scale = area ? area_m2 * 1e4 : 1; /* ohm cm2 */
  int exponent;
  const char *prefix = eisi_prefix_for(size * scale, &exponent);
  g->factor = scale * pow(10, -exponent);
  snprintf(g->unit, sizeof g->unit, "%s%s", prefix, area ? "Ω cm²" : "Ω");
}

/* A quote becomes an apostrophe, as gnuplot does not read a doubled quote together with a
   backtick. */
void eisi_figure_quoted(eisi_text *out, const char *s) {
  eisi_text_add(out, "'", 1);
  while (*s) {
    if (*s == '\'') {
      eisi_text_addf(out, "’");
      s++;
    } else {
      s += eisi_text_add_shown(out, s);
    }
  }
  eisi_text_add(out, "'", 1);
}

void eisi_figure_row(figure *g, double f, double re, double im) {
  eisi_text_addf(g->out, "%.9g %.9g %.9g %.9g %.9g\n", f, re * g->factor, -im * g->factor,
                 hypot(re, im) * g->factor, -atan2(im, re) * 180 / acos(-1));
}

static void data_blocks(figure *g) {
  const eisi_plot *p = g->p;
  const eis_spectrum *s = p->spectrum;
  eisi_text_addf(g->out, "# frequency/Hz, Re Z, -Im Z, |Z| in %s, -phase/degrees\n$data << EOD\n",
                 g->unit);
  for (size_t k = 0; k < s->n; k++) eisi_figure_row(g, s->f[k], s->re[k], s->im[k]);
  eisi_text_addf(g->out, "EOD\n");
  for (size_t i = 0; i < p->n_curves; i++) {
    eisi_text_addf(g->out, "$curve%zu << EOD\n", i);
    for (size_t k = 0; k < p->curve[i].n; k++)
      eisi_figure_row(g, p->curve[i].f[k], p->curve[i].re[k], p->curve[i].im[k]);
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
    if (p->outlier[k]) eisi_figure_row(g, s->f[k], s->re[k], s->im[k]);
  eisi_text_addf(g->out, "EOD\n");
}

void eisi_figure_place(figure *g, const panel *box) {
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

/* A rectangle in fractions of the panel. */
typedef struct spot {
  double left, right, low, high;
} spot;

typedef struct label_place {
  const char *side;
  double dx, dy; /* characters */
} label_place;

/* Size of a character, of one of a label, and of a line, in fractions of a usual panel. */
enum { PLACES = 9 };
static const double char_width = 0.020, label_width = 0.0172, line_height = 0.060;

/* Beside point k on the outer side of the curve, which runs clockwise with falling frequency. */
static label_place outside(const figure *g, size_t k, double x) {
  const eis_spectrum *s = g->p->spectrum;
  size_t a = k < 3 ? 0 : k - 3, b = k + 3 < s->n ? k + 3 : s->n - 1;
  double tx = s->re[b] - s->re[a], ty = -(s->im[b] - s->im[a]), size = hypot(tx, ty);
  double nx = size > 0 ? -ty / size : 0, ny = size > 0 ? tx / size : 1;
  if (ny < 0) { /* a loop or noise: above is as good */
    nx = 0;
    ny = 1;
  }
  /* an axis is in the way: the inner side */
  if (nx < -0.4 && x < 0.14) return (label_place){"left", 1.0, -0.25};
  if (nx > 0.4 && x > 0.86) return (label_place){"right", -1.0, -0.25};
  return (label_place){nx > 0.4 ? "left" : nx < -0.4 ? "right" : "center", 1.1 * nx, 0.9 * ny};
}

static spot label_box(spot at, label_place where, const char *text, double size) {
  const double w = (double)eisi_text_columns(text) * label_width / size, h = line_height / size;
  const double x = at.left + where.dx * char_width / size, y = at.low + where.dy * h;
  const double left = *where.side == 'l' ? x : *where.side == 'r' ? x - w : x - w / 2;
  return (spot){left, left + w, y - 0.45 * h, y + 0.45 * h};
}

static spot place_in(const figure *g, double re, double im) {
  const double x = (re * g->factor - g->x0) / (g->x1 - g->x0);
  const double y = (-im * g->factor - g->y0) / (g->y1 - g->y0);
  return (spot){x, x, y, y};
}

static bool overlap(const spot *a, const spot *b) {
  return a->left < b->right && b->left < a->right && a->low < b->high && b->low < a->high;
}

/* What a rectangle would cover: points count, the line a little. */
static double covers(const figure *g, const spot *box) {
  const eis_spectrum *s = g->p->spectrum;
  double sum = 0;
  for (size_t k = 0; k < s->n; k++) {
    const spot at = place_in(g, s->re[k], s->im[k]);
    sum += overlap(box, &at);
  }
  bool line = false;
  for (size_t k = 0; g->p->n_curves && k < g->p->curve[0].n && !line; k++) {
    const spot at = place_in(g, g->p->curve[0].re[k], g->p->curve[0].im[k]);
    line = overlap(box, &at);
  }
  return sum + (line ? 0.5 : 0);
}

/* The labels of a panel that are there already; size: of the panel, against the usual one. */
typedef struct crowd {
  spot taken[40];
  int n;
  double size;
} crowd;

/* Where a label covers no point and no other label; false = nowhere. */
static bool find_place(const figure *g, size_t k, const char *text, crowd *c, label_place *out) {
  static const label_place others[PLACES - 1] = {
      {"left", 1.0, 0.7},   {"left", 1.0, -0.2},  {"left", 1.0, -0.9}, {"center", 0.0, 0.9},
      {"right", -1.0, 0.7}, {"right", -1.0, -0.2}, {"right", -1.0, -0.9}, {"center", 0.0, -1.0}};
  const spot at = place_in(g, g->p->spectrum->re[k], g->p->spectrum->im[k]);
  double best = 1; /* a point covered is one too many */
  for (int i = 0; i < PLACES; i++) {
    const label_place where = i ? others[i - 1] : outside(g, k, at.left);
    const spot b = label_box(at, where, text, c->size);
    bool free = b.left > 0 && b.right < 1 && b.low > 0 && b.high < 1;
    for (int m = 0; m < c->n && free; m++) free = !overlap(&b, &c->taken[m]);
    const double cost = free ? covers(g, &b) : 1;
    if (cost >= best) continue;
    best = cost;
    *out = where;
    c->taken[c->n] = b;
  }
  return best < 1;
}

/* Returns false when there is no room. */
static bool decade_label(figure *g, size_t k, int decade, crowd *c) {
  const eis_spectrum *s = g->p->spectrum;
  char text[48];
  label_place where = {"center", 0, 0};
  eisi_show_one(pow(10, decade), 3, "Hz", text, sizeof text);
  if (!find_place(g, k, text, c, &where)) return false;
  c->n++;
  eisi_text_addf(g->out,
                 "set label '%s' at %.9g,%.9g %s offset %.3g,%.3g font ',%.3g' "
                 "textcolor '#333333' front boxed\n",
                 text, s->re[k] * g->factor, -s->im[k] * g->factor, where.side, where.dx, where.dy,
                 0.75 * g->font);
  return true;
}

/* So near to that part of the plane that a label would cover it? */
static bool is_near(const range part[2], double x, double y) {
  return x < part[0].high + 0.2 * (part[0].high - part[0].low) && y < 2.5 * part[1].high;
}

/* Decades of frequency: filled points with "1 kHz" beside them.  name: of the data block; size: of
   the panel; elsewhere: Re and -Im [ohm] of a part that is shown enlarged, NULL = none. */
static void decade_marks(figure *g, const char *name, double size, const range *elsewhere) {
  const eis_spectrum *s = g->p->spectrum;
  crowd labels = {.size = size};
  eisi_text marks = {0};
  for (int d = (int)floor(log10(s->f[0])) + 1; d >= (int)floor(log10(s->f[s->n - 1])); d--) {
    size_t k = 0;
    if (labels.n == 40 || !nearest_point(s, pow(10, d), &k)) continue;
    double x = s->re[k] * g->factor, y = -s->im[k] * g->factor;
    if (x < g->x0 || x > g->x1 || y < g->y0 || y > g->y1) continue;
    if (elsewhere && is_near(elsewhere, s->re[k], -s->im[k])) continue;
    if (!decade_label(g, k, d, &labels)) continue;
    eisi_text_addf(&marks, "%.9g %.9g\n", x, y);
  }
  eisi_text_addf(g->out, "%s << EOD\n%sEOD\n", name, marks.s ? marks.s : "NaN NaN\n");
  g->out->failed = g->out->failed || marks.failed;
  eisi_text_clear(&marks);
}

static void curve_lines(figure *g) {
  for (size_t i = 0; i < g->p->n_curves; i++) {
    eisi_text_addf(g->out, ", \\\n  $curve%zu using 2:3 with lines lw %s lc '%s' dt %d title ", i,
                   i ? "1.6" : "2.2", colors[i], i ? 2 : 1);
    eisi_figure_quoted(g->out, g->p->curve[i].label);
    eisi_text_addf(g->out, " noenhanced");
  }
}

static bool any_outlier(const eisi_plot *p) {
  for (size_t k = 0; p->outlier && k < p->spectrum->n; k++)
    if (p->outlier[k]) return true;
  return false;
}

/* The axes as they are in g, the data, the lines and the marks. */
static void nyquist_plot(figure *g, const char *marks) {
  eisi_text *out = g->out;
  eisi_text_addf(out,
                 "set xrange [%.9g:%.9g]\nset yrange [%.9g:%.9g]\n"
                 "set xtics %.9g\nset ytics %.9g\nset mxtics 2\nset mytics 2\n"
                 "plot 0 with lines lc '#bbbbbb' lw 1 notitle, \\\n"
                 "  $data using 2:3 with points pt 6 ps %.3g lw 1.2 lc '#333333' title 'data'",
                 g->x0, g->x1, g->y0, g->y1, g->step, g->step, 0.8 * g->mark);
  curve_lines(g);
  eisi_text_addf(out,
                 ", \\\n  %s using 1:2 with points pt 7 ps %.3g lc '#333333' notitle, \\\n"
                 "  $odd using 2:3 with points pt 2 ps %.3g lw 1 lc '#888888' %s\nunset label\n",
                 marks, 0.85 * g->mark, 1.2 * g->mark,
                 any_outlier(g->p) ? "title 'stands out'" : "notitle");
}

/* ---- the arcs, enlarged, where a spike of diffusion or blocking makes them small ---- */

/* Height of the arcs [ohm] and their part of the real axis; false when the rest is not much taller,
   or there is no arc.  The best curve, which has no noise, tells it. */
static bool small_arcs(const eisi_plot *p, range *x, range *y) {
  const bool curve = p->n_curves > 0;
  const double *re = curve ? p->curve[0].re : p->spectrum->re;
  const double *im = curve ? p->curve[0].im : p->spectrum->im;
  const size_t n = curve ? p->curve[0].n : p->spectrum->n;
  size_t valley = n - 1;
  while (valley > 0 && -im[valley - 1] < -im[valley]) valley--;
  *x = *y = (range){INFINITY, -INFINITY};
  for (size_t k = 0; k <= valley; k++) {
    eisi_range_widen(x, re[k]);
    eisi_range_widen(y, -im[k]);
  }
  return valley > 3 && y->high > 1.1 * -im[valley] && y->high > 0 && -im[n - 1] > 3 * y->high &&
         x->high > x->low;
}

/* Points inside a part of the panel, which is given in fractions, with room for their labels. */
static size_t points_in(const figure *g, const panel *part) {
  const eis_spectrum *s = g->p->spectrum;
  size_t inside = 0;
  for (size_t k = 0; k < s->n; k++) {
    double x = (s->re[k] * g->factor - g->x0) / (g->x1 - g->x0);
    double y = (-s->im[k] * g->factor - g->y0) / (g->y1 - g->y0);
    inside += x > part->left - 0.02 && x < part->right + 0.02 && y > part->bottom - 0.02 &&
              y < part->top + 0.02;
  }
  return inside;
}

/* The first of n parts with the fewest points in it. */
static size_t emptiest(const figure *g, const panel *part, size_t n) {
  size_t best = 0;
  for (size_t i = 1; i < n; i++)
    if (points_in(g, &part[i]) < points_in(g, &part[best])) best = i;
  return best;
}

/* A free part of the panel, without the margin for the numbers at its axes; false = there is
   none. */
static bool inset_panel(const figure *g, const panel *box, panel *out) {
  static const panel parts[] = {
      {0.44, 0.97, 0.03, 0.56}, {0.03, 0.54, 0.28, 0.79}, {0.44, 0.97, 0.41, 0.94},
      {0.57, 0.97, 0.03, 0.43}, {0.57, 0.97, 0.54, 0.94}, {0.03, 0.43, 0.36, 0.76},
      {0.30, 0.70, 0.54, 0.94}, {0.30, 0.70, 0.03, 0.43}};
  const panel *p = &parts[emptiest(g, parts, sizeof parts / sizeof *parts)];
  const double w = box->right - box->left, h = box->top - box->bottom;
  *out = (panel){box->left + w * (p->left + 0.12), box->left + w * p->right,
                 box->bottom + h * (p->bottom + 0.14), box->bottom + h * p->top};
  return points_in(g, p) == 0;
}

/* An inset that shows the arcs hardly larger than they are is none. */
static bool enlarges(const figure *g, const panel *box, const panel *room, const range arcs[2]) {
  const double x = (g->x1 - g->x0) / g->factor / (arcs[0].high - arcs[0].low) *
                   (room->right - room->left) / (box->right - box->left);
  const double y = (g->y1 - g->y0) / g->factor / (arcs[1].high - fmin(arcs[1].low, 0)) *
                   (room->top - room->bottom) / (box->top - box->bottom);
  return fmin(x, y) > 1.4;
}

static void inset(const figure *whole, const panel *box, const panel *room, const range arcs[2]) {
  const panel part = *room;
  figure g = *whole;
  g.font = 0.85 * whole->font;
  eisi_figure_window(&g, &part, arcs[0], arcs[1]);
  eisi_figure_place(&g, &part);
  decade_marks(&g, "$arcmarks", (part.right - part.left) / (box->right - box->left), NULL);
  eisi_text_addf(g.out, "unset key\nunset xlabel\nunset ylabel\nset tics font ',%.3g'\n",
                 0.7 * whole->font);
  nyquist_plot(&g, "$arcmarks");
  eisi_text_addf(g.out, "set tics font ',%.3g'\n", whole->font);
}

void eisi_figure_nyquist(figure *g, const panel *box) {
  static const panel key_parts[] = {{0, 0.42, 0.78, 1}, {0.62, 1, 0.78, 1}};
  eisi_text *out = g->out;
  range arcs[2];
  panel room;
  eisi_figure_window(g, box, data_range(g->p, 0), data_range(g->p, 1));
  const bool small = small_arcs(g->p, &arcs[0], &arcs[1]) && inset_panel(g, box, &room) &&
                     enlarges(g, box, &room, arcs);
  eisi_figure_place(g, box);
  const double usual = nyquist_panel.right - nyquist_panel.left;
  decade_marks(g, "$marks", (box->right - box->left) / usual, small ? arcs : NULL);
  eisi_text_addf(out,
                 "set style textbox opaque noborder fillcolor 'white' margins 0.15,0.1\n"
                 "set xlabel 'Re Z / %s'\nset ylabel '-Im Z / %s' offset 0.5,0\n"
                 "set key top %s samplen 1.5 font ',%.3g' noenhanced\n",
                 g->unit, g->unit, emptiest(g, key_parts, 2) ? "right" : "left reverse Left",
                 0.72 * g->font);
  nyquist_plot(g, "$marks");
  if (small) inset(g, box, &room, arcs);
  eisi_text_addf(out, "set key noreverse Right\nset label 1 ");
  eisi_figure_quoted(out, g->p->title);
  eisi_text_addf(out, " at screen 0.5,0.965 center noenhanced font ',%.3g'\n", 1.05 * g->font);
}

void eisi_figure_frequency(figure *g, double low, double high) {
  eisi_text_addf(g->out,
                 "set logscale x\nset xrange [%.6g:%.6g]\nset xtics %s\nset format x '10^{%%L}'\n"
                 "set mxtics 10\nset xlabel 'frequency / Hz'\n"
                 "unset key\nset yrange [*:*]\nset ytics auto\nset mytics default\n",
                 low / 1.5, high * 1.5, g->narrow && high > 1e4 * low ? "100" : "auto");
}

static void frequency_axis(figure *g) {
  const eis_spectrum *s = g->p->spectrum;
  eisi_figure_frequency(g, s->f[s->n - 1], s->f[0]);
}

void eisi_figure_modulus(figure *g, range m) {
  bool wide = m.high > 4 * m.low;
  eisi_text_addf(g->out, "%sset ylabel '|Z| / %s' offset 0.5,0\n",
                 m.high > 1e3 * m.low ? "set logscale y\nset format y '10^{%L}'\n"
                 : wide               ? "set logscale y\n"
                                      : "",
                 g->unit);
  double pad = wide ? 1.25 : 1, room = wide ? 0 : 0.1 * (m.high - m.low);
  if (m.high > m.low)
    eisi_text_addf(g->out, "set yrange [%.9g:%.9g]\n", (m.low - room) * g->factor / pad,
                   (m.high + room) * g->factor * pad);
}

void eisi_figure_phase(figure *g) {
  eisi_text_addf(g->out,
                 "unset label\nunset logscale y\nset format y '%% h'\nset yrange [*:*]\n"
                 "set offsets graph 0,0,0.06,0.06\n"
                 "set ylabel '-phase / degrees' offset 0.5,0\n");
}

/* A column of the data against the frequency, with the curves of the fits. */
static void bode_plot(figure *g, int column) {
  eisi_text_addf(g->out, "plot $data using 1:%d with points pt 6 ps %.3g lw 1.2 lc '#333333'",
                 column, 0.75 * g->mark);
  for (size_t i = 0; i < g->p->n_curves; i++)
    eisi_text_addf(g->out, ", \\\n  $curve%zu using 1:%d with lines lw %s lc '%s' dt %d", i, column,
                   i ? "1.6" : "2.2", colors[i], i ? 2 : 1);
  eisi_text_addf(g->out, ", \\\n  $odd using 1:%d with points pt 2 ps %.3g lw 1 lc '#888888'\n",
                 column, 1.2 * g->mark);
}

static void bode(figure *g) {
  const eis_spectrum *s = g->p->spectrum;
  range m = {INFINITY, 0};
  for (size_t k = 0; k < s->n; k++) eisi_range_widen(&m, hypot(s->re[k], s->im[k]));
  eisi_figure_place(g, &modulus_panel);
  frequency_axis(g);
  eisi_figure_modulus(g, m);
  bode_plot(g, 4);
  eisi_figure_place(g, &phase_panel);
  eisi_figure_phase(g);
  bode_plot(g, 5);
  eisi_text_addf(g->out, "set offsets 0,0,0,0\n");
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
  double limit = fmin(1.3 * largest, 5 * rms);
  return limit > 0 ? limit : 1;
}

void eisi_figure_residuals(figure *g, const panel *box) {
  double limit = residual_limit(g->p);
  eisi_figure_place(g, box);
  frequency_axis(g);
  eisi_text_addf(g->out,
                 "set yrange [%.6g:%.6g]\nset ytics %.6g\nset mytics 2\n"
                 "set ylabel 'residual / %% of |Z|' offset 0.5,0\n"
                 "set key top right horizontal samplen 1 font ',%.3g'\n"
                 "plot 0 with lines lc '#999999' lw 1 notitle, \\\n"
                 "  $res using 1:2 with linespoints pt 7 ps %.3g lw 0.8 lc '#0072b2' title 'Re', "
                 "\\\n"
                 "  $res using 1:3 with linespoints pt 4 ps %.3g lw 0.8 lc '#d55e00' title 'Im'\n",
                 -limit, limit, eisi_nice_step(limit / 2.5), 0.72 * g->font, 0.6 * g->mark,
                 0.6 * g->mark);
}

eis_status eisi_plot_script(const eisi_plot *p, const eisi_terminal *terminal, const char *output,
                            eisi_text *out, eis_error *err) {
  if (p->spectrum->n < 2)
    return eis_error_set(err, EIS_ERROR_INPUT, "a figure needs at least two points");
  const eis_status st = eisi_figure_begin(terminal, output, out, err);
  if (st) return st;
  figure g = {.p = p, .out = out, .font = terminal->font,
              .mark = terminal->mark};
  eisi_figure_unit(&g, data_range(p, 0), data_range(p, 1), p->area_m2);
  data_blocks(&g);
  eisi_text_addf(out, "set multiplot\n");
  if (p->drt) {
    eisi_figure_drt(&g, p->drt);
  } else {
    eisi_figure_nyquist(&g, p->res_re ? &nyquist_panel : &nyquist_alone);
    bode(&g);
    if (p->res_re) eisi_figure_residuals(&g, &residual_panel);
  }
  eisi_text_addf(out, "unset multiplot\nunset output\n");
  return out->failed ? eis_error_set(err, EIS_ERROR_MEMORY, "out of memory") : EIS_OK;
}
