/* sheet_plot.c - the gnuplot script of a sheet: panels above each other. */
#include <math.h>
#include <string.h>

#include "report/figure.h"
#include "report/sheet.h"

static const char *const colors[EISI_SHEET_CURVES] = {"#0072b2", "#d55e00", "#009e73", "#cc79a7"};

/* Ten decades below it a logarithmic axis ends. */
static double largest(const eisi_sheet *s, const eisi_sheet_panel *p) {
  double most = 0.0;
  for (size_t i = 0; i < s->n_rows; i++)
    for (int k = 0; k < p->n; k++) {
      const double y = s->v[i * s->n_columns + (size_t)p->y[k]] * s->column[p->y[k]].factor;
      if (isfinite(y) && y > most) most = y;
    }
  return most;
}

static void data_block(const eisi_sheet *s, const eisi_sheet_panel *p, size_t number,
                       eisi_text *out) {
  const double least = p->log_y ? 1e-10 * largest(s, p) : 0.0;
  eisi_text_addf(out, "$panel%zu << EOD\n", number);
  for (size_t i = 0; i < s->n_rows; i++) {
    const double *v = s->v + i * s->n_columns;
    const double x = v[p->x] * s->column[p->x].factor;
    eisi_text_addf(out, "%.9g", x);
    for (int k = 0; k < p->n; k++) {
      const double y = v[p->y[k]] * s->column[p->y[k]].factor;
      if (isfinite(y) && (!p->log_y || y > least))
        eisi_text_addf(out, " %.9g", y);
      else
        eisi_text_addf(out, " NaN");
    }
    eisi_text_addf(out, "\n");
  }
  eisi_text_addf(out, "EOD\n");
}

static void axes(const eisi_sheet *s, const eisi_sheet_panel *p, bool last, eisi_text *out) {
  const eisi_sheet_name *x = &s->column[p->x];
  eisi_text_addf(out, "%s logscale x\n%s logscale y\nset format y '%s'\nset format x '%s'\n",
                 p->log_x ? "set" : "unset", p->log_y ? "set" : "unset",
                 p->log_y ? "10^{%L}" : "%g",
                 !last      ? ""
                 : p->log_x ? "10^{%L}"
                            : "%g");
  if (last)
    eisi_text_addf(out, *x->shown ? "set xlabel '%s / %s'\n" : "set xlabel '%s'\n", x->title,
                   x->shown);
  else
    eisi_text_addf(out, "unset xlabel\n");
  eisi_text_addf(out, "set ylabel '%s' offset 0.5,0 noenhanced\n", p->label);
}

static void one_panel(const eisi_sheet *s, size_t number, eisi_text *out) {
  const eisi_sheet_panel *p = &s->panel[number];
  const double height = 0.80 / (double)s->n_panels, top = 0.92 - height * (double)number;
  const panel box = {0.13, 0.96, top - height + 0.025, top};
  figure g = {.out = out};
  data_block(s, p, number, out);
  eisi_figure_place(&g, &box);
  axes(s, p, number + 1 == s->n_panels, out);
  eisi_text_addf(out, p->n > 1 ? "set key top left Left reverse samplen 1.5\n" : "unset key\n");
  eisi_text_addf(out, "plot ");
  for (int k = 0; k < p->n; k++) {
    eisi_text_addf(out, "%s$panel%zu using 1:%d with lines lw 2.2 lc '%s' title ",
                   k ? ", \\\n  " : "", number, k + 2, colors[k]);
    eisi_figure_quoted(out, s->column[p->y[k]].title);
    eisi_text_addf(out, " noenhanced");
  }
  eisi_text_addf(out, "\n");
  if (number == 0) eisi_text_addf(out, "unset label\n");
}

eis_status eisi_sheet_script(const eisi_sheet *s, const eisi_terminal *terminal, const char *output,
                             eisi_text *out, eis_error *err) {
  if (s->n_panels == 0 || s->n_rows < 2)
    return eis_error_set(
        err, EIS_ERROR_USAGE,
        "there is no figure of '%s' with %zu row%s: give a range, as --dphi 0:0.4:0.01", s->what,
        s->n_rows, s->n_rows == 1 ? "" : "s");
  const eis_status st = eisi_figure_begin(terminal, output, out, err);
  if (st) return st;
  eisi_text_addf(out, "set autoscale xfix\nset multiplot\nset label 1 ");
  eisi_figure_quoted(out, s->title);
  eisi_text_addf(out, " at screen 0.5,0.965 center noenhanced\n");
  for (size_t i = 0; i < s->n_panels; i++) one_panel(s, i, out);
  eisi_text_addf(out, "unset multiplot\n");
  return EIS_OK;
}
