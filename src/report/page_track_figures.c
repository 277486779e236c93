/* page_track_figures.c - resistances of the followed processes over state of charge, age and
   temperature: a figure for each, and the section of the page. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "report/figure.h"
#include "report/html.h"
#include "report/page_chart.h"
#include "report/page_track.h"

enum { COLORS = 10, PROCESSES_MAX = 6, AXES_MAX = 2, MANY_CELLS = 24, DOTS_MAX = 1500 };

typedef struct eisi_page_track track;

typedef struct drawing {
  const eisi_page *page;
  const track *t;
  const eisi_track_choice *choice;
  eisi_scale scale;
  size_t *order, n; /* spectra that are drawn, by end, colour, cell and x */
  int *end;         /* of each of them */
  bool many;        /* so many cells that their means have to do */
  bool used[COLORS][2], means[COLORS][2], other, unsure;
  eisi_text *out;
} drawing;

static int color_of(const eisi_page *p, int cell) {
  return (p->group.n > 1 ? p->group_of[cell] + 1 : cell) % COLORS;
}

/* ---- which points ---- */

static bool drawn(const drawing *d, size_t i) {
  return eisi_page_counts(d->page, &d->t->R, i) && d->t->R.se[i] <= d->t->R.value[i];
}

typedef struct place {
  const drawing *d;
  size_t i;
  int end;
} place;

static int by_place(const void *a, const void *b) {
  const place *p = a, *q = b;
  const eisi_page *page = p->d->page;
  const eisi_page_spectrum *s = &page->at[p->i], *r = &page->at[q->i];
  const double x = s->axis[p->d->choice->axis], y = r->axis[p->d->choice->axis];
  if (p->end != q->end) return p->end - q->end;
  if (s->cell != r->cell) return s->cell - r->cell;
  if (x < y || x > y) return x < y ? -1 : 1;
  return (p->i > q->i) - (p->i < q->i);
}

/* Spectra of the process at the ends, in order; v: their values. */
static eis_status find_points(drawing *d, eisi_track_choice const *c, eis_error *err) {
  const eisi_page *p = d->page;
  place *at = eisi_new(2 * p->n + 1, sizeof *at, err);
  double *v = eisi_new(4 * p->n + 1, sizeof *v, err);
  d->order = eisi_new(2 * p->n + 1, sizeof *d->order, err);
  d->end = eisi_new(2 * p->n + 1, sizeof *d->end, err);
  eis_status st = at && v && d->order && d->end ? EIS_OK : EIS_ERROR_MEMORY;
  for (int end = 0; !st && end < c->ends; end++)
    for (size_t i = 0; i < p->n; i++) {
      if (!drawn(d, i) || !eisi_track_chosen(p, c, i, end)) continue;
      if (end && eisi_track_chosen(p, c, i, 0)) continue; /* a cell with one age */
      const double y = d->t->R.value[i], half = fmin(1.96 * d->t->R.se[i], 0.5 * y);
      v[2 * d->n] = y - half;
      v[2 * d->n + 1] = y + half;
      at[d->n++] = (place){d, i, end};
    }
  if (!st && d->n) {
    qsort(at, d->n, sizeof *at, by_place);
    d->scale = eisi_scale_for(v, 2 * d->n, d->t->R.unit);
    for (size_t k = 0; k < d->n; k++) {
      d->order[k] = at[k].i;
      d->end[k] = at[k].end;
    }
  }
  free(at);
  free(v);
  return st;
}

/* ---- data of the script ---- */

static void point_data(drawing *d, int color, int end) {
  const eisi_page *p = d->page;
  const size_t step = d->many ? (d->n + DOTS_MAX - 1) / DOTS_MAX : 1;
  int cell = -1;
  eisi_text_addf(d->out, "$p%d_%d << EOD\nNaN NaN NaN NaN NaN\n", color, end);
  for (size_t k = 0; k < d->n; k++) {
    const size_t i = d->order[k];
    const double y = d->t->R.value[i], half = 1.96 * d->t->R.se[i];
    if (d->end[k] != end || color_of(p, p->at[i].cell) != color || k % step) continue;
    if (cell >= 0 && p->at[i].cell != cell) eisi_text_addf(d->out, "\n");
    cell = p->at[i].cell;
    d->used[color][end] = true;
    d->unsure |= d->t->named && d->t->sure[i] < 0.8;
    eisi_text_addf(
        d->out, "%.7g %.6g %.6g %.6g %.3g\n", p->at[i].axis[d->choice->axis], y * d->scale.factor,
        fmax(y - half, d->scale.log ? 0.01 * y : 0) * d->scale.factor, (y + half) * d->scale.factor,
        !d->t->named || isnan(d->t->sure[i]) ? 1 : d->t->sure[i]);
  }
  eisi_text_addf(d->out, "EOD\n");
}

static eis_status mean_data(drawing *d, int group, int end, eis_error *err) {
  eisi_track_means m;
  const int color = (group + 1) % COLORS;
  const eis_status st = eisi_track_average(d->page, d->t, d->choice, group, end, &m, err);
  eisi_text_addf(d->out, "$m%d_%d << EOD\nNaN NaN NaN NaN\n", color, end);
  for (size_t k = 0; !st && k < m.n; k++) {
    if (m.at[k].n_cells < 2) continue;
    d->means[color][end] = true;
    eisi_text_addf(d->out, "%.7g %.6g %.6g %.6g\n", m.at[k].x, m.at[k].mean * d->scale.factor,
                   m.at[k].low * d->scale.factor, m.at[k].high * d->scale.factor);
  }
  eisi_text_addf(d->out, "EOD\n");
  free(m.at);
  return st;
}

/* What is flagged, and the range of x. */
static void other_data(drawing *d) {
  const eisi_page *p = d->page;
  double low = INFINITY, high = -INFINITY;
  eisi_text_addf(d->out, "$other << EOD\nNaN NaN\n");
  for (size_t i = 0; i < p->n; i++) {
    const double x = p->at[i].axis[d->choice->axis];
    bool chosen = false;
    for (int end = 0; end < d->choice->ends; end++)
      chosen |= eisi_track_chosen(p, d->choice, i, end);
    if (!chosen || !(d->t->R.se[i] <= d->t->R.value[i])) continue;
    low = fmin(low, x);
    high = fmax(high, x);
    if (drawn(d, i)) continue;
    d->other = true;
    eisi_text_addf(d->out, "%.7g %.6g\n", x, d->t->R.value[i] * d->scale.factor);
  }
  const double room = high > low ? 0.04 * (high - low) : 1;
  eisi_text_addf(d->out, "EOD\nset xrange [%.7g:%.7g]\n", low - room, high + room);
}

/* ---- the plot ---- */

static void plot_points(const drawing *d, int color, int end) {
  static const int mark[2][3] = {{7, 6, 1}, {9, 8, 2}};
  static const char *const class[] = {"$5 >= 0.8", "$5 < 0.8 && $5 >= 0.5", "$5 < 0.5"};
  const char *rgb = eisi_chart_color(color) + 1;
  if (!d->used[color][end]) return;
  if (d->many) {
    eisi_text_addf(d->out, ", $p%d_%d using 1:2 with points pt %d ps 0.2 lc rgb '#b0%s' notitle",
                   color, end, mark[end][0], rgb);
    return;
  }
  eisi_text_addf(d->out, ", $p%d_%d using 1:2 with lines lw 0.7 dt %d lc rgb '#90%s' notitle",
                 color, end, end ? 2 : 1, rgb);
  for (int k = 0; k < (d->unsure ? 3 : 1); k++)
    eisi_text_addf(d->out,
                   ", $p%d_%d using 1:(%s ? $2 : NaN):3:4 with yerrorbars pt %d ps %g lw 0.8 "
                   "lc rgb '#%s' notitle",
                   color, end, d->unsure ? class[k] : "1", mark[end][k], d->n > 150 ? 0.4 : 0.6,
                   rgb);
}

static void plot_command(const drawing *d) {
  /* a color that stands for several groups or cells names none of them */
  const bool one_each =
      d->page->group.n > 1 ? d->page->group.n < COLORS : d->page->cell.n <= COLORS;
  const int legend = one_each ? COLORS : 0;
  eisi_text_addf(d->out, "plot $other using 1:2 with points pt 7 ps 0.25 lc rgb '#c4c4c4' notitle");
  for (int color = 0; color < COLORS; color++)
    for (int end = 0; end < 2; end++) plot_points(d, color, end);
  for (int color = 0; color < COLORS; color++)
    for (int end = 0; end < 2; end++) {
      if (!d->means[color][end]) continue;
      eisi_text_addf(d->out, ", $m%d_%d using 1:2 with lines lw 2.6 dt %d lc rgb '%s' notitle",
                     color, end, end ? 2 : 1, eisi_chart_color(color));
      if (d->many)
        eisi_text_addf(
            d->out, ", $m%d_%d using 1:2:3:4 with yerrorbars pt %d ps 0.7 lw 1 lc rgb '%s' notitle",
            color, end, end ? 9 : 7, eisi_chart_color(color));
    }
  for (int color = 0; color < legend; color++) {
    if (!d->used[color][0] && !d->used[color][1]) continue;
    eisi_text_addf(d->out, ", NaN with lines lw 2.6 lc rgb '%s' title ", eisi_chart_color(color));
    eisi_figure_quoted(d->out,
                       eisi_track_unit_name(d->page, d->page->group.n > 1 ? color - 1 : color));
  }
  eisi_text_addf(d->out, "\n");
}

static void caption_of(const drawing *d, eisi_text *out) {
  const char *age = d->choice->age >= 0 ? eisi_axes[d->choice->age].name : NULL;
  bool means = false;
  for (int color = 0; color < COLORS; color++) means |= d->means[color][0] || d->means[color][1];
  eisi_text_addf(out, "%s", d->t->R.name);
  if (*d->t->title && strcmp(d->t->title, d->t->R.name) != 0)
    eisi_text_addf(out, ", %s,", d->t->title);
  eisi_text_addf(out, " over %s", eisi_axes[d->choice->axis].name);
  eisi_track_choice_words(d->page, d->choice, out);
  if (age)
    eisi_text_addf(out, "; circles, full lines: first %s of each cell, triangles, dashed: last",
                   age);
  if (d->many)
    eisi_text_addf(
        out, "; lines: geometric means of the cells of a group with 95 %% intervals, dots: cells");
  else
    eisi_text_addf(out, "; bars: 95 %% intervals%s",
                   means ? ", thick: geometric mean of the group" : "");
  if (d->unsure) eisi_text_addf(out, "; open: name less than 80 %% sure, crosses: less than 50 %%");
  if (d->other) eisi_text_addf(out, "; grey: flagged spectra");
}

static eis_status draw(drawing *d, eisi_page_figures *out, eis_error *err) {
  eisi_text script = {0}, name = {0}, caption = {0}, label = {0};
  eis_status st = EIS_OK;
  d->out = &script;
  other_data(d);
  for (int color = 0; color < COLORS; color++)
    for (int end = 0; end < d->choice->ends; end++) point_data(d, color, end);
  for (int g = 0; d->page->group.n > 1 && g < (int)d->page->group.n && g + 1 < COLORS; g++)
    for (int end = 0; !st && end < d->choice->ends; end++) st = mean_data(d, g, end, err);
  if (d->n > 60) eisi_text_addf(&script, "set errorbars 0\n");
  eisi_text_addf(&label, "R of %s", d->t->R.name);
  eisi_chart_y(&d->scale, eisi_text_part(&script, &label), &script);
  eisi_text_addf(&script, "set xlabel ");
  eisi_figure_quoted(&script, eisi_axes[d->choice->axis].label);
  eisi_text_addf(&script, "\nset key outside top center horizontal\n");
  plot_command(d);
  eisi_text_addf(&name, "tracks-%s-%s", d->t->R.name, eisi_axes[d->choice->axis].key);
  caption_of(d, &caption);
  if (!st && (name.failed || caption.failed || script.failed))
    st = eis_error_set(err, EIS_ERROR_MEMORY, "out of memory");
  if (!st) st = eisi_figures_add(out, EISI_SECTION_TRACKS, name.s, caption.s, &script, err);
  eisi_text_clear(&name);
  eisi_text_clear(&caption);
  eisi_text_clear(&label);
  eisi_text_clear(&script);
  return st;
}

static eis_status one_figure(const eisi_page *p, const track *t, const eisi_track_choice *c,
                             eisi_page_figures *out, eis_error *err) {
  drawing d = {.page = p, .t = t, .choice = c, .many = p->group.n > 1 && p->cell.n > MANY_CELLS};
  eis_status st = find_points(&d, c, err);
  if (!st && d.n > 1) st = draw(&d, out, err);
  free(d.order);
  free(d.end);
  return st;
}

/* ---- the section ---- */

static eis_status not_followed(const eisi_page *p, eisi_text *out, eis_error *err) {
  eis_query *q = NULL;
  bool row = false;
  eis_status st = eis_store_query(p->store, "SELECT count(*) FROM drt", &q, err);
  if (!st) st = eis_query_next(q, &row, err);
  if (!st && row && eis_query_integer(q, 0) > 0)
    eisi_html_element(
        out,
        "<p>The processes of this store have not been followed from spectrum to spectrum yet: "
        "<code>eisfit campaign track ",
        eis_store_path(p->store), "</code>, and make this page again.</p>\n");
  else if (!st)
    eisi_text_addf(
        out,
        "<p>Processes are followed through the distributions of relaxation times, and this store "
        "has none: run the campaign with <code>--drt</code>.</p>\n");
  eis_query_free(q);
  return st;
}

static void explain(const eisi_page *p, eisi_text *out) {
  size_t followed = 0, nameless = 0;
  for (size_t i = 0; i < p->n; i++) followed += eisi_track_followed(p, i);
  for (size_t k = 0; k < p->n_tracks; k++) nameless += !p->track[k].named;
  eisi_text_addf(
      out,
      "<p>Each process was followed through the spectra of its cell (%zu of %zu spectra) and named "
      "by its time constant, capacitance and by how it changes; the names are those of a cell with a solid "
      "electrolyte. The interval of a single spectrum is 1.96 standard errors.%s</p>\n",
      followed, p->n,
      nameless
          ? " <b>Not all could be named: numbers of tracks count from fast to slow within a cell, "
            "and need not be the same process in two cells.</b>"
          : "");
}

/* A track without a name that comes and goes has no figure on the page. */
static bool steady(const eisi_page *p, const track *t) {
  size_t has = 0, of = 0;
  for (size_t i = 0; i < p->n; i++) {
    if (!t->pieces[p->at[i].cell]) continue;
    has += isfinite(t->R.value[i]) ? 1 : 0;
    of += eisi_track_followed(p, i);
  }
  return t->named || 2 * has > of;
}

static bool on_page(const eisi_page *p, eisi_axis_id axis, bool every) {
  return every || axis != EISI_AXIS_TIME || !p->used[EISI_AXIS_CYCLE];
}

/* Figures over every axis that is of use, and the tables of the first. */
static eis_status all_axes(const eisi_page *p, bool every, eisi_page_figures *out, eis_error *err) {
  static const eisi_axis_id axes[] = {EISI_AXIS_SOC,  EISI_AXIS_CYCLE,    EISI_AXIS_TIME,
                                      EISI_AXIS_TEMPERATURE, EISI_AXIS_PRESSURE, EISI_AXIS_POSITION};
  eisi_text *text = &out->text[EISI_SECTION_TRACKS];
  eis_status st = EIS_OK;
  int done = 0;
  for (size_t a = 0; a < sizeof axes / sizeof *axes && !st && (every || done < AXES_MAX); a++) {
    eisi_track_choice c;
    bool useful;
    st = eisi_track_choose(p, axes[a], &c, &useful, err);
    if (!st && useful && on_page(p, axes[a], every)) {
      for (size_t k = 0; k < p->n_tracks && (every || k < PROCESSES_MAX) && !st; k++)
        if (every || steady(p, &p->track[k])) st = one_figure(p, &p->track[k], &c, out, err);
      if (!st && !done) st = eisi_track_glance(p, &c, text, err);
      if (!st && !done) st = eisi_groups_tracks(p, text, err);
      if (!st && !done) st = eisi_track_table(p, &c, text, err);
      done++;
    }
    eisi_track_choice_clear(&c);
  }
  if (st || done) return st;
  const eisi_track_choice none = {.axis = EISI_AXIS_POSITION, .ends = 1, .age = -1, .label = -1};
  eisi_text_addf(text, "<p>Nothing varies within a cell: there is nothing to draw.</p>\n");
  return eisi_track_table(p, &none, text, err);
}

eis_status eisi_figures_tracks(eisi_page *p, bool every, eisi_page_figures *out, eis_error *err) {
  if (!p->n_tracks) return not_followed(p, &out->lead[EISI_SECTION_TRACKS], err);
  explain(p, &out->lead[EISI_SECTION_TRACKS]);
  return all_axes(p, every, out, err);
}
