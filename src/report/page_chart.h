/* page_chart.h - gnuplot scripts of the figures of a campaign. */
#ifndef EISI_PAGE_CHART_H
#define EISI_PAGE_CHART_H

#include "report/page.h"

/* Adds a figure; name may be NULL for one that is built up further.  The texts are copied. */
eis_status eisi_figures_add(eisi_page_figures *f, eisi_page_section section, const char *name,
                            const char *caption, eisi_text *script, eis_error *err);

/* How values in SI are shown on an axis. */
typedef struct eisi_scale {
  double factor, low, high; /* range of what is shown, without the outermost per cent */
  char unit[48];
  bool log;
} eisi_scale;
/* v: n values in SI, not all NaN; it is sorted. */
eisi_scale eisi_scale_for(double *v, size_t n, const char *unit);
/* "set yrange", "set logscale", "set ylabel 'R1 / mΩ'". */
void eisi_chart_y(const eisi_scale *s, const char *name, eisi_text *out);
/* Colour i. */
const char *eisi_chart_color(int i);

/* page_groups.c, page_arrhenius.c, page_maps.c: figures and the HTML of a section */
eis_status eisi_figures_groups(eisi_page *p, bool every, eisi_page_figures *out, eis_error *err);
/* The table of ratios of the processes that were followed. */
eis_status eisi_groups_tracks(const eisi_page *p, eisi_text *out, eis_error *err);
eis_status eisi_figures_arrhenius(eisi_page *p, bool every, eisi_page_figures *out, eis_error *err);
eis_status eisi_figures_maps(eisi_page *p, bool every, eisi_page_figures *out, eis_error *err);

#endif
