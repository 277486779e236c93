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

void eisi_range_widen(range *r, double v);
/* Begins a script; EIS_ERROR_USAGE where gnuplot can't write to a file of that name. */
eis_status eisi_figure_begin(const eisi_terminal *t, const char *output, eisi_text *out,
                             eis_error *err);
/* Chooses unit and factor for impedances [ohm] in these ranges of Re and -Im. */
void eisi_figure_unit(figure *g, range x, range y, double area_m2);
/* Chooses the window: both axes with the same length per ohm in a box of this shape. */
void eisi_figure_window(figure *g, const panel *box, range x, range y);
/* A line of data: frequency, Re, -Im, |Z| in the unit, -phase in degrees. */
void eisi_figure_row(figure *g, double f, double re, double im);
/* Axes of Bode plots; |Z| [ohm] logarithmic, unless it hardly changes. */
void eisi_figure_frequency(figure *g, double low, double high);
void eisi_figure_modulus(figure *g, range m);
void eisi_figure_phase(figure *g);
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
