/* plot.h - figures through gnuplot: a script made here, a program run there. */
#ifndef EISI_PLOT_H
#define EISI_PLOT_H

#include <eisfit/kk.h>

#include "analysis/modelfit.h"

enum { EISI_PLOT_CURVES = 8 };

/* A line through the data. */
typedef struct eisi_plot_curve {
  char *label;
  size_t n;
  double *f, *re, *im; /* ohm */
} eisi_plot_curve;

/* Everything the figure of one spectrum shows; built by the functions below. */
typedef struct eisi_plot {
  char *title;
  const eis_spectrum *spectrum;
  bool *outlier;  /* points that are marked because they stand out, NULL = none */
  double area_m2; /* NaN: axes in ohm, else in ohm cm2 */
  size_t n_curves;
  eisi_plot_curve curve[EISI_PLOT_CURVES];
  double *res_re, *res_im; /* n each, per cent of |Z|; NULL = no residuals (simulated data) */
  const struct eisi_drt_view *drt; /* the figure of a distribution of relaxation times, else NULL */
} eisi_plot;

eis_status eisi_plot_fit(const eis_spectrum *s, const eisi_fitset *set, double area_m2,
                         eisi_plot *out, eis_error *err);
eis_status eisi_plot_kk(const eis_spectrum *s, const eis_kk_result *kk, double area_m2,
                        eisi_plot *out, eis_error *err);
/* The spectrum alone, as a line. */
eis_status eisi_plot_spectrum(const eis_spectrum *s, eisi_plot *out, eis_error *err);
void eisi_plot_clear(eisi_plot *p);

/* A kind of figure, by the ending of the file name. */
typedef struct eisi_terminal {
  const char *ending, *text; /* ".svg", the argument of "set terminal" */
  double font;               /* points */
  double mark;               /* what makes point size 1 the same part of the figure in each kind */
} eisi_terminal;
/* EIS_ERROR_USAGE when the ending is not svg, png or pdf. */
eis_status eisi_plot_terminal(const char *path, const eisi_terminal **terminal, eis_error *err);
/* The gnuplot script; output NULL = standard output of gnuplot. */
eis_status eisi_plot_script(const eisi_plot *p, const eisi_terminal *terminal, const char *output,
                            eisi_text *out, eis_error *err);
/* Runs `program` on the script and returns what it draws (allocated, NUL terminated). */
eis_status eisi_gnuplot_run(const char *program, const char *script, char **image, size_t *size,
                            eis_error *err);

#endif
