/* plot.c - collects what a figure shows: points, dense curves of the fits, residuals. */
#include "report/plot.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report/drt_report.h"
#include "report/figure.h"

enum { DENSE = 240 };

static eis_status curve_init(eisi_plot_curve *c, size_t n, const char *label, eis_error *err) {
  c->n = n;
  c->label = eisi_strdup(label, err);
  c->f = eisi_new(n, sizeof(double), err);
  c->re = eisi_new(n, sizeof(double), err);
  c->im = eisi_new(n, sizeof(double), err);
  return c->label && c->f && c->re && c->im ? EIS_OK : EIS_ERROR_MEMORY;
}

void eisi_plot_clear(eisi_plot *p) {
  for (size_t i = 0; i < EISI_PLOT_CURVES; i++) {
    free(p->curve[i].label);
    free(p->curve[i].f);
    free(p->curve[i].re);
    free(p->curve[i].im);
  }
  free(p->title);
  free(p->res_re);
  free(p->res_im);
  free(p->outlier);
  *p = (eisi_plot){0};
}

static eis_status plot_init(eisi_plot *p, const eis_spectrum *s, const char *what, double area_m2,
                            eis_error *err) {
  *p = (eisi_plot){.spectrum = s, .area_m2 = area_m2};
  eisi_text t = {0};
  const char *name = s->source ? strrchr(s->source, '/') : NULL;
  eisi_text_addf(&t, "%s", name ? name + 1 : s->source ? s->source : "spectrum");
  if (s->n_sweeps > 1) eisi_text_addf(&t, ", sweep %d", s->sweep);
  if (*what) eisi_text_addf(&t, ": %s", what);
  return eisi_text_take(&t, &p->title, err);
}

/* The fitted circuit on a dense logarithmic grid over the range of the data. */
static eis_status curve_of_fit(eisi_plot_curve *c, const eis_spectrum *s, const eisi_modelfit *m,
                               const char *label, eis_error *err) {
  eis_status st = curve_init(c, DENSE, label, err);
  eis_eval *eval = NULL;
  double *p = eisi_new((size_t)m->circuit->n_params, sizeof *p, err);
  double *z = eisi_new(2 * DENSE, sizeof *z, err);
  if (!p || !z) st = EIS_ERROR_MEMORY;
  if (st) goto out;
  double high = log(s->f[0]), low = log(s->f[s->n - 1]);
  for (size_t k = 0; k < DENSE; k++) c->f[k] = exp(high + (low - high) * (double)k / (DENSE - 1));
  for (int i = 0; i < m->circuit->n_params; i++) p[i] = m->fit.param[i].value;
  st = eis_eval_new(m->circuit, c->f, DENSE, &eval, err);
  if (st) goto out;
  eis_eval_run(eval, p, z, NULL, NULL);
  memcpy(c->re, z, DENSE * sizeof *z);
  memcpy(c->im, z + DENSE, DENSE * sizeof *z);
out:
  eis_eval_free(eval);
  free(p);
  free(z);
  return st;
}

/* (measured - fit)/|Z| in per cent, as the Kramers-Kronig test has it. */
static eis_status residuals(eisi_plot *p, const double *re, const double *im, eis_error *err) {
  const eis_spectrum *s = p->spectrum;
  p->res_re = eisi_new(s->n, sizeof(double), err);
  p->res_im = eisi_new(s->n, sizeof(double), err);
  if (!p->res_re || !p->res_im) return EIS_ERROR_MEMORY;
  for (size_t k = 0; k < s->n; k++) {
    double size = hypot(s->re[k], s->im[k]);
    p->res_re[k] = 100 * (s->re[k] - re[k]) / size;
    p->res_im[k] = 100 * (s->im[k] - im[k]) / size;
  }
  return EIS_OK;
}

/* Points that stand out by less than this are seen in the residuals well enough. */
static const double marked_percent = 1;

static eis_status mark_outliers(eisi_plot *p, const eis_kk_result *kk, eis_error *err) {
  p->outlier = eisi_new(kk->n, sizeof *p->outlier, err);
  if (!p->outlier) return EIS_ERROR_MEMORY;
  for (size_t k = 0; k < kk->n; k++)
    p->outlier[k] = kk->outlier[k] && hypot(kk->res_re[k], kk->res_im[k]) > marked_percent;
  return EIS_OK;
}

/* The best fit first, then the others. */
eis_status eisi_plot_fit(const eis_spectrum *s, const eisi_fitset *set, double area_m2,
                         eisi_plot *out, eis_error *err) {
  const eisi_modelfit *best = &set->at[set->best];
  eis_status st = plot_init(out, s, best->candidate->name, area_m2, err);
  for (size_t i = 0; !st && i < set->n + 1 && out->n_curves < EISI_PLOT_CURVES; i++) {
    size_t k = i ? i - 1 : (size_t)set->best;
    if (set->at[k].variant < 0 || (i && (int)k == set->best)) continue;
    const char *label = set->n > 1 ? set->at[k].candidate->name : "fit";
    st = curve_of_fit(&out->curve[out->n_curves++], s, &set->at[k], label, err);
  }
  if (!st) st = residuals(out, best->fit.fit_re, best->fit.fit_im, err);
  return !st && best->fit.have_kk ? mark_outliers(out, &best->fit.kk, err) : st;
}

/* A curve that is known at the measured frequencies only, and what it leaves. */
static eis_status curve_of_points(eisi_plot *p, const char *label, const double *re,
                                  const double *im, eis_error *err) {
  const eis_spectrum *s = p->spectrum;
  eis_status st = curve_init(&p->curve[0], s->n, label, err);
  if (st) return st;
  p->n_curves = 1;
  memcpy(p->curve[0].f, s->f, s->n * sizeof(double));
  memcpy(p->curve[0].re, re, s->n * sizeof(double));
  memcpy(p->curve[0].im, im, s->n * sizeof(double));
  return residuals(p, re, im, err);
}

eis_status eisi_plot_kk(const eis_spectrum *s, const eis_kk_result *kk, double area_m2,
                        eisi_plot *out, eis_error *err) {
  eis_status st =
      plot_init(out, s, kk->passed ? "Kramers-Kronig test passed" : "Kramers-Kronig test failed",
                area_m2, err);
  if (!st) st = mark_outliers(out, kk, err);
  return st ? st : curve_of_points(out, "KK model", kk->fit_re, kk->fit_im, err);
}

eis_status eisi_plot_drt(const eisi_drt_view *v, eisi_plot *out, eis_error *err) {
  eis_status st =
      plot_init(out, v->spectrum, "distribution of relaxation times", v->cond->area_m2, err);
  out->drt = v;
  if (!st && v->kk) st = mark_outliers(out, v->kk, err);
  return st ? st : curve_of_points(out, "from γ", v->drt->fit_re, v->drt->fit_im, err);
}

eis_status eisi_plot_spectrum(const eis_spectrum *s, eisi_plot *out, eis_error *err) {
  return plot_init(out, s, "", NAN, err);
}

static const eisi_terminal terminal_table[] = {
    {".svg", "svg size 1000,760 dynamic background 'white'", 14, 0.62},
    {".png", "pngcairo size 1600,1216 background 'white' linewidth 1.6 pointscale 1.5", 19, 1},
    {".pdf", "pdfcairo size 20cm,15.2cm background 'white'", 10, 0.62},
};

eis_status eisi_plot_terminal(const char *path, const eisi_terminal **terminal, eis_error *err) {
  for (size_t i = 0; i < sizeof terminal_table / sizeof *terminal_table; i++) {
    if (!eisi_ends_with(path, terminal_table[i].ending)) continue;
    *terminal = &terminal_table[i];
    return EIS_OK;
  }
  return eis_error_set(err, EIS_ERROR_USAGE,
                       "can't tell the kind of figure from '%s'; the name has to end in .svg, .png "
                       "or .pdf",
                       path);
}

eis_status eisi_figure_begin(const eisi_terminal *t, const char *output, eisi_text *out,
                             eis_error *err) {
  if (output && output[strcspn(output, "'\n\r")])
    return eis_error_set(err, EIS_ERROR_USAGE,
                         "gnuplot can't write to '%s': choose a name without quotes and line ends",
                         output);
  eisi_text_addf(out,
                 "# gnuplot script written by eisfit\nset encoding utf8\n"
                 "set terminal %s font 'Helvetica,%.3g'\n",
                 t->text, t->font);
  if (output) eisi_text_addf(out, "set output '%s'\n", output);
  eisi_text_addf(out, "set border lw 1\nset tics scale 0.7\n");
  return EIS_OK;
}
