/* plot_drt.c - the figure of a distribution of relaxation times: gamma with its band and the peaks,
   what it makes of the spectrum, and what lambda does to it. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "report/figure.h"

static const panel gamma_panel = {0.085, 0.975, 0.545, 0.845};
static const panel nyquist_panel = {0.085, 0.385, 0.095, 0.415};
static const panel residual_panel = {0.465, 0.70, 0.095, 0.415};
static const panel lambda_panel = {0.785, 0.975, 0.095, 0.415};

enum { BETWEEN = 4 }; /* points of the curve per step of the grid */

typedef struct gamma_axes {
  double factor, low, high; /* ohm -> shown; shown */
  char unit[32];
} gamma_axes;

/* gamma at a peak as it is drawn: between the points of the grid it may be higher than on them; and
   the peak may be one of a sum that is not drawn. */
static double top_of(const eisi_drt_view *v, size_t i) {
  const eis_drt_peak *p = &v->drt->peak[i];
  const double drawn = eis_drt_solution_at(v->solution, p->tau);
  return v->solution->gamma_by == v->solution->peaks_by ? fmax(p->height, drawn) : drawn;
}

/* The peaks decide the height: what rises beyond the data must not hide them. */
static gamma_axes axes_of(const figure *g, const eisi_drt_view *v) {
  const eis_drt_result *r = v->drt;
  gamma_axes a = {0};
  double top = 0, peak = 0, low = 0;
  for (size_t j = 0; j < r->n_tau; j++) {
    top = fmax(top, r->gamma[j]);
    low = fmin(low, r->gamma[j]);
  }
  for (size_t i = 0; i < r->n_peaks; i++) peak = fmax(peak, top_of(v, i));
  top = fmax(top, peak);
  if (peak > 0 && top > 2 * peak) top = 2 * peak;
  if (!(top > 0)) top = fmax(-low, 1e-12);
  const bool area = g->p->area_m2 > 0;
  const double scale = area ? g->p->area_m2 * 1e4 : 1;
  int exponent;
  const char *prefix = eisi_prefix_for(top * scale, &exponent);
  a.factor = scale * pow(10, -exponent);
  a.high = 1.42 * top * a.factor; /* room for the labels */
  a.low = low < -1e-6 * top ? 1.15 * low * a.factor : 0;
  snprintf(a.unit, sizeof a.unit, "%s%s", prefix, area ? "Ω cm²" : "Ω");
  return a;
}

static void gamma_block(figure *g, const eisi_drt_view *v, const gamma_axes *a) {
  const eis_drt_result *r = v->drt;
  const eis_drt_stability *t = v->stability;
  eisi_text_addf(g->out,
                 "# tau/s, gamma, lower and upper limit of the band, gamma at weaker and "
                 "stronger smoothing in %s\n$gamma << EOD\n",
                 a->unit);
  for (size_t j = 0; j < r->n_tau; j++) {
    const bool same = t && t->n_tau == r->n_tau;
    const double value[5] = {r->gamma[j], r->gamma_low ? r->gamma_low[j] : r->gamma[j],
                             r->gamma_high ? r->gamma_high[j] : r->gamma[j],
                             same ? t->gamma[EIS_DRT_WEAKER][j] : NAN,
                             same ? t->gamma[EIS_DRT_STRONGER][j] : NAN};
    eisi_text_addf(g->out, "%.9g", r->tau[j]);
    for (int k = 0; k < 5; k++)
      eisi_text_addf(g->out, " %.9g",
                     fmax(fmin(value[k] * a->factor, 1e3 * a->high), -1e3 * a->high));
    eisi_text_addf(g->out, "\n");
  }
  eisi_text_addf(g->out, "EOD\n# tau/s, gamma between the points, too\n$curve << EOD\n");
  for (size_t j = 0; j + 1 < r->n_tau; j++)
    for (int k = 0; k < BETWEEN; k++) {
      const double tau = r->tau[j] * pow(r->tau[j + 1] / r->tau[j], (double)k / BETWEEN);
      eisi_text_addf(g->out, "%.9g %.9g\n", tau,
                     fmin(eis_drt_solution_at(v->solution, tau) * a->factor, 1e3 * a->high));
    }
  eisi_text_addf(g->out, "EOD\n");
}

/* Raised until it covers none of the labels that are there (fractions of the panel). */
static double free_height(const double (*taken)[2], size_t n, double x, double y) {
  for (size_t i = 0; i < n; i++) {
    if (fabs(taken[i][0] - x) > 0.1 || fabs(taken[i][1] - y) > 0.065) continue;
    y = taken[i][1] + 0.07;
    i = (size_t)-1; /* all of them again */
  }
  return y;
}

enum { MOST_LABELS = 24 };

/* "1: 50.1 Ω" above the peak. */
static void peak_labels(figure *g, const eisi_drt_view *v, const gamma_axes *a) {
  const eis_drt_result *r = v->drt;
  const double decades = log10(r->tau[r->n_tau - 1] / r->tau[0]);
  const bool area = v->cond->area_m2 > 0;
  double taken[MOST_LABELS][2];
  for (size_t i = 0; i < r->n_peaks && i < MOST_LABELS; i++) {
    const eis_drt_peak *p = &r->peak[i];
    char R[64], text[128];
    const double x = log10(p->tau / r->tau[0]) / decades;
    const double y = (fmin(top_of(v, i) * a->factor, a->high / 1.42) - a->low) / (a->high - a->low);
    taken[i][0] = x;
    taken[i][1] = free_height(taken, i, x, y + 0.05);
    eisi_show_one(p->R * (area ? v->cond->area_m2 : 1), 3, area ? "ohm m^2" : "ohm", R, sizeof R);
    const char *process = eisi_drt_process(v, i);
    if (process && strcmp(process, "unassigned") == 0) process = NULL;
    snprintf(text, sizeof text, "%zu: %s%s%s", i + 1, R, process ? ", " : "",
             process ? process : "");
    eisi_text_addf(g->out, "set label ");
    eisi_figure_quoted(g->out, text);
    eisi_text_addf(g->out, " at graph %.4g,%.4g %s font ',%.3g' noenhanced front\n", x, taken[i][1],
                   x > 0.94   ? "right"
                   : x < 0.06 ? "left"
                              : "center",
                   0.8 * g->font);
  }
}

/* Grey where no frequency was measured. */
static void unmeasured(figure *g, const eisi_drt_view *v) {
  const eis_spectrum *s = v->spectrum;
  const double w = 2 * acos(-1);
  eisi_text_addf(g->out,
                 "set object 1 rectangle from graph 0, graph 0 to first %.9g, graph 1 fc rgb "
                 "'#f0f0f0' fs noborder behind\n"
                 "set object 2 rectangle from first %.9g, graph 0 to graph 1, graph 1 fc rgb "
                 "'#f0f0f0' fs noborder behind\n",
                 1 / (w * s->f[0]), 1 / (w * s->f[s->n - 1]));
}

static void gamma_axis(figure *g, const eis_drt_result *r, const gamma_axes *a) {
  const double w = 2 * acos(-1), first = r->tau[0], last = r->tau[r->n_tau - 1];
  eisi_text_addf(g->out,
                 "set logscale x\nset logscale x2\nset xrange [%.9g:%.9g]\nset x2range "
                 "[%.9g:%.9g]\nset xtics nomirror auto\nset x2tics auto\n"
                 "set mxtics 10\nset mx2tics 10\n"
                 "set format x '10^{%%L}'\nset format x2 '10^{%%L}'\nset xlabel 'τ / s'\n"
                 "set x2label 'f = 1/(2πτ) / Hz'\nset yrange [%.9g:%.9g]\nset ytics auto\n"
                 "set mytics 2\nset ylabel 'γ(ln τ) / %s' offset 0.5,0\n"
                 "set key top right samplen 1.5 font ',%.3g'\n",
                 first, last, 1 / (w * first), 1 / (w * last), a->low, a->high, a->unit,
                 0.72 * g->font);
}

static void gamma_plot(figure *g, const eisi_drt_view *v) {
  const gamma_axes a = axes_of(g, v);
  eisi_text *out = g->out;
  char weak[16], strong[16];
  gamma_block(g, v, &a);
  eisi_figure_place(g, &gamma_panel);
  gamma_axis(g, v->drt, &a);
  unmeasured(g, v);
  peak_labels(g, v, &a);
  eisi_text_addf(out, "plot ");
  if (v->drt->gamma_low)
    eisi_text_addf(out,
                   "$gamma using 1:3:4 with filledcurves fc rgb '#0072b2' fs transparent solid "
                   "0.22 noborder title '%g %% band', \\\n  ",
                   100 * v->options->level);
  if (v->stability) {
    eisi_drt_strength_name(v->stability, EIS_DRT_WEAKER, weak, sizeof weak);
    eisi_drt_strength_name(v->stability, EIS_DRT_STRONGER, strong, sizeof strong);
    eisi_text_addf(out,
                   "$gamma using 1:5 with lines lw 1 lc '#d55e00' dt 3 title '%s', \\\n  "
                   "$gamma using 1:6 with lines lw 1 lc '#009e73' dt 2 title '%s', \\\n  ",
                   weak, strong);
  }
  if (a.low < 0) eisi_text_addf(out, "0 with lines lc '#999999' lw 1 notitle, \\\n  ");
  eisi_text_addf(out, "$curve using 1:2 with lines lw 2.4 lc '#0072b2' title 'γ'\n");
  eisi_text_addf(out,
                 "unset label\nunset object\nunset logscale x\nunset logscale x2\n"
                 "unset x2tics\nunset x2label\nset xtics mirror\n");
}

/* The misfit over six decades of lambda, the number of peaks at each point. */
static void lambda_plot(figure *g, const eisi_drt_view *v) {
  const eis_drt_scan *s = v->scan;
  eisi_text *out = g->out;
  double top = 0;
  eisi_text_addf(out,
                 "# lambda, rms of the residuals in %% of |Z|, number of peaks\n$lambda << EOD\n");
  for (size_t i = 0; i < s->n; i++) {
    eisi_text_addf(out, "%.9g %.9g %g\n", s->lambda[i], s->misfit_percent[i], s->n_peaks[i]);
    top = fmax(top, s->misfit_percent[i]);
  }
  eisi_text_addf(out, "EOD\n");
  eisi_figure_place(g, &lambda_panel);
  eisi_text_addf(out,
                 "set logscale x\nset xrange [%.9g:%.9g]\nset xtics 100\nset format x '10^{%%L}'\n"
                 "set xlabel 'λ (points: number of peaks)'\n"
                 "set ylabel 'rms residual / %% of |Z|' offset 0.5,0\nset yrange [0:%.9g]\n"
                 "set ytics auto\nunset key\n"
                 "set arrow 1 from first %.9g, graph 0 to first %.9g, graph 1 nohead lc '#0072b2' "
                 "lw 1.2 dt 2\n"
                 "plot $lambda using 1:2 with linespoints pt 7 ps %.3g lw 1 lc '#333333', \\\n"
                 "  $lambda using 1:2:3 with labels offset 0,0.9 font ',%.3g' tc '#333333'\n"
                 "unset arrow\n",
                 s->lambda[0] / 2, s->lambda[s->n - 1] * 2, top > 0 ? 1.25 * top : 1,
                 s->lambda[s->n / 2], s->lambda[s->n / 2], 0.6 * g->mark, 0.72 * g->font);
}

void eisi_figure_drt(figure *g, const eisi_drt_view *v) {
  g->narrow = true;
  eisi_figure_nyquist(g, &nyquist_panel);
  eisi_figure_residuals(g, &residual_panel);
  if (v->scan) lambda_plot(g, v);
  gamma_plot(g, v);
}
