/* overlay.c - see overlay.h. */
#include "report/overlay.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report/figure.h"

static const panel nyquist_panel = {0.085, 0.485, 0.5, 0.925};
static const panel modulus_panel = {0.58, 0.975, 0.575, 0.925};
static const panel phase_panel = {0.58, 0.975, 0.095, 0.445};

/* More spectra than this have a colour bar, or a legend that ends early. */
enum { MOST_NAMES = 16, N_COLORS = 8, N_MARKS = 7 };
static const char *const colors[N_COLORS] = {"#0072b2", "#d55e00", "#009e73", "#cc79a7",
                                             "#e69f00", "#56b4e9", "#666666", "#000000"};
static const int marks[N_MARKS] = {6, 4, 8, 12, 10, 1, 2};
/* From dark to light, in equal steps of lightness, none as light as the page. */
static const char scale[] = "0 '#440154', 1 '#3e4a89', 2 '#26828e', 3 '#35b779', 4 '#b8de29'";

/* ---- the numbers behind colours ---- */

static double number_of(const eis_spectrum *s, const char *key) {
  const char *text = eis_meta_find(&s->meta, key);
  double v = NAN;
  if (!text || !*text || eisi_parse_double(text, strlen(text), '.', &v) != strlen(text)) return NAN;
  return isfinite(v) ? v : NAN;
}

static range numbers(const eis_spectra *list, const char *key) {
  range r = {INFINITY, -INFINITY};
  for (size_t i = 0; i < list->n; i++) eisi_range_widen(&r, number_of(&list->at[i], key));
  return r;
}

static const eis_spectrum *without_number(const eis_spectra *list, const char *key) {
  for (size_t i = 0; i < list->n; i++)
    if (isnan(number_of(&list->at[i], key))) return &list->at[i];
  return NULL;
}

const char *eisi_overlay_key(const eis_spectra *list) {
  static const char *const usual[] = {"soc",    "cycle",         "time_h",        "age",
                                      "time_s", "temperature_C", "temperature_K", "pressure_MPa"};
  for (size_t k = 0; k < sizeof usual / sizeof *usual; k++) {
    const range r = numbers(list, usual[k]);
    if (!without_number(list, usual[k]) && r.high > r.low) return usual[k];
  }
  return NULL;
}

eis_status eisi_overlay_check(const eis_spectra *list, const char *key, eis_error *err) {
  const eis_spectrum *s = without_number(list, key);
  if (!s) return EIS_OK;
  const char *text = eis_meta_find(&s->meta, key);
  return eis_error_set(err, EIS_ERROR_INPUT, "--color-by %s: '%s' has %s%s%s of that name", key,
                       s->source, text ? "'" : "nothing", text ? text : "",
                       text ? "', which is no number," : "");
}

/* ---- names ---- */

static const char *base_name(const char *path) {
  const char *slash = strrchr(path, '/');
  return slash && slash[1] ? slash + 1 : path;
}

/* Files of one name in several folders are told apart by the whole path. */
static bool same_base(const eis_spectra *list, const eis_spectrum *s) {
  for (size_t i = 0; i < list->n; i++) {
    const char *other = list->at[i].source;
    if (strcmp(other, s->source) != 0 && strcmp(base_name(other), base_name(s->source)) == 0)
      return true;
  }
  return false;
}

static void add_title(const eisi_overlay *o, const eis_spectrum *s, eisi_text *out) {
  eisi_text name = {0};
  eisi_text_addf(&name, "%s", same_base(o->list, s) ? s->source : base_name(s->source));
  if (s->n_sweeps > 1) eisi_text_addf(&name, ", sweep %d", s->sweep);
  if (o->color_by)
    eisi_text_addf(&name, ", %s %s", o->color_by, eis_meta_find(&s->meta, o->color_by));
  eisi_text_addf(out, "title ");
  eisi_figure_quoted(out, eisi_text_part(out, &name));
  eisi_text_addf(out, " noenhanced");
  eisi_text_clear(&name);
}

/* ---- the script ---- */

typedef struct extent {
  range re, im, f, modulus;
} extent;

static extent measure(const eis_spectra *list) {
  const range none = {INFINITY, -INFINITY};
  extent e = {none, none, none, none};
  for (size_t i = 0; i < list->n; i++)
    for (size_t k = 0; k < list->at[i].n; k++) {
      const eis_spectrum *s = &list->at[i];
      eisi_range_widen(&e.re, s->re[k]);
      eisi_range_widen(&e.im, -s->im[k]);
      eisi_range_widen(&e.f, s->f[k]);
      eisi_range_widen(&e.modulus, hypot(s->re[k], s->im[k]));
    }
  return e;
}

static void data_blocks(const eisi_overlay *o, figure *g) {
  eisi_text_addf(g->out, "# frequency/Hz, Re Z, -Im Z, |Z| in %s, -phase/degrees\n", g->unit);
  for (size_t i = 0; i < o->list->n; i++) {
    const eis_spectrum *s = &o->list->at[i];
    eisi_text_addf(g->out, "$z%zu << EOD\n", i);
    for (size_t k = 0; k < s->n; k++) eisi_figure_row(g, s->f[k], s->re[k], s->im[k]);
    eisi_text_addf(g->out, "EOD\n");
  }
}

/* All spectra, columns x and y of their data; named: with a legend. */
static void all_of(const eisi_overlay *o, figure *g, int x, int y, bool named) {
  const size_t n = o->list->n;
  for (size_t i = 0; i < n; i++) {
    const size_t cycle = i / N_COLORS;
    const int mark = o->color_by ? 6 : marks[cycle % N_MARKS];
    eisi_text_addf(g->out, "%s$z%zu using %d:%d", i ? ", \\\n  " : "", i, x, y);
    eisi_text_addf(g->out, " with %s pt %d ps %.3g lw 1.1 ", o->lines ? "linespoints" : "points",
                   mark, 0.65 * g->mark);
    if (o->color_by)
      eisi_text_addf(g->out, "lc palette cb %.9g ", number_of(&o->list->at[i], o->color_by));
    else
      eisi_text_addf(g->out, "lc '%s' ", colors[i % N_COLORS]);
    if (!named || i >= MOST_NAMES)
      eisi_text_addf(g->out, "notitle");
    else
      add_title(o, &o->list->at[i], g->out);
  }
  if (named && n > MOST_NAMES)
    eisi_text_addf(g->out, ", \\\n  NaN with points ps 0 lc '#ffffff' title 'and %zu more'",
                   n - MOST_NAMES);
  eisi_text_addf(g->out, "\n");
}

static void color_scale(const eisi_overlay *o, bool bar, figure *g) {
  if (!o->color_by) return;
  const range r = numbers(o->list, o->color_by);
  const double room = r.high > r.low ? 0 : 0.5;
  eisi_text_addf(g->out, "set palette defined (%s)\nset cbrange [%.9g:%.9g]\n", scale, r.low - room,
                 r.high + room);
  if (!bar) {
    eisi_text_addf(g->out, "unset colorbox\n");
    return;
  }
  eisi_text_addf(g->out,
                 "set colorbox horizontal user origin screen 0.085,0.3 size screen 0.4,0.025\n"
                 "set cblabel ");
  eisi_figure_quoted(g->out, o->color_by);
  eisi_text_addf(g->out, " noenhanced\n");
}

static void nyquist(const eisi_overlay *o, figure *g, const extent *e, bool bar) {
  eisi_figure_window(g, &nyquist_panel, e->re, e->im);
  eisi_figure_place(g, &nyquist_panel);
  eisi_text_addf(
      g->out,
      "set xlabel 'Re Z / %s'\nset ylabel '-Im Z / %s' offset 0.5,0\n"
      "set xrange [%.9g:%.9g]\nset yrange [%.9g:%.9g]\n"
      "set xtics %.9g\nset ytics %.9g\nset mxtics 2\nset mytics 2\n"
      "set key at screen 0.285,0.4 center top Left reverse maxrows %d samplen 1.2 font ',%.3g'\n",
      g->unit, g->unit, g->x0, g->x1, g->y0, g->y1, g->step, g->step, o->list->n > 8 ? 9 : 8,
      0.8 * g->font);
  color_scale(o, bar, g);
  eisi_text_addf(g->out, "plot 0 with lines lc '#bbbbbb' lw 1 notitle, \\\n  ");
  all_of(o, g, 2, 3, !bar);
  eisi_text_addf(g->out, "unset colorbox\n");
}

static void bode(const eisi_overlay *o, figure *g, const extent *e) {
  eisi_figure_place(g, &modulus_panel);
  eisi_figure_frequency(g, e->f.low, e->f.high);
  eisi_figure_modulus(g, e->modulus);
  eisi_text_addf(g->out, "plot ");
  all_of(o, g, 1, 4, false);
  eisi_figure_place(g, &phase_panel);
  eisi_figure_phase(g);
  eisi_text_addf(g->out, "plot ");
  all_of(o, g, 1, 5, false);
}

eis_status eisi_overlay_script(const eisi_overlay *o, const eisi_terminal *terminal,
                               const char *output, eisi_text *out, eis_error *err) {
  const extent e = measure(o->list);
  const bool bar = o->color_by && o->list->n > MOST_NAMES;
  figure g = {.out = out, .font = terminal->font, .mark = terminal->mark};
  const eis_status st = eisi_figure_begin(terminal, output, out, err);
  if (st) return st;
  eisi_figure_unit(&g, e.re, e.im, o->area_m2);
  data_blocks(o, &g);
  eisi_text_addf(out, "set multiplot\n");
  nyquist(o, &g, &e, bar);
  bode(o, &g, &e);
  eisi_text_addf(out, "unset multiplot\nunset output\n");
  return out->failed ? eis_error_set(err, EIS_ERROR_MEMORY, "out of memory") : EIS_OK;
}
