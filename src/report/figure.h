/* figure.h - parts of the gnuplot scripts that several figures share. */
#ifndef EISI_FIGURE_H
#define EISI_FIGURE_H

#include "report/drt_report.h"

#define EISI_PAGE_HEIGHT 0.76 /* of every page, per width */

/* Places of panels on the page, as fractions. */
typedef struct panel {
  double left, right, bottom, top;
} panel;

typedef struct figure {
  const eisi_plot *p;
  double factor;               /* ohm -> shown */
  char unit[32];               /* "mΩ cm²" */
  double x0, x1, y0, y1, step; /* Nyquist window and distance of tics */
  double font;                 /* points */
  double mark;                 /* scale of point sizes */
  bool narrow;                 /* the panel has room for every second decade only */
  eisi_text *out;
} figure;

typedef struct range {
  double low, high;
} range;

/* 1, 2 or 5 times a power of ten, at least v. */
double eisi_nice_step(double v);
/* A gnuplot string in single quotes: nothing in it is interpreted. */
void eisi_figure_quoted(eisi_text *out, const char *s);
/* The next plot goes there. */
void eisi_figure_place(figure *g, const panel *box);
/* With the title of the page. */
void eisi_figure_nyquist(figure *g, const panel *box);
void eisi_figure_residuals(figure *g, const panel *box);
/* All panels of a distribution of relaxation times (plot_drt.c). */
void eisi_figure_drt(figure *g, const eisi_drt_view *v);

#endif
