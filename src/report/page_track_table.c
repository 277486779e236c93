/* page_track_table.c - tables of the followed processes: their resistances at the ends of an axis,
   and every track of every cell. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/number.h"
#include "report/html.h"
#include "report/page_track.h"

enum { UNITS_MAX = 12, PROCESSES_MAX = 8, ROWS_MAX = 120 };

typedef struct eisi_page_track track;

/* ---- at a glance ---- */

/* "12.3 Ω (11.0 … 13.8)" */
static void mean_cell(const eisi_track_mean *m, const char *unit, bool place, eisi_text *out) {
  const eisi_shown s = eisi_show(m->mean, 0.5 * (m->high - m->low), m->low, m->high, unit);
  eisi_text_addf(out, "<td class=\"n\">%s %s", s.value, s.unit);
  if (!isnan(m->low)) eisi_text_addf(out, " <span class=\"dim\">%s … %s</span>", s.low, s.high);
  if (place) eisi_text_addf(out, " <span class=\"dim\">at %.4g</span>", m->x);
  eisi_text_addf(out, "</td>");
}

/* The places of the table: both ends and the middle; of groups the same for all of them. */
typedef struct glance {
  const eisi_page *page;
  const eisi_track_choice *choice;
  double x[3];
  int n;
  eisi_text *out;
} glance;

static void heads(glance *g, const eisi_track_means *m) {
  const eisi_track_choice *c = g->choice;
  const char *unit = c->axis == EISI_AXIS_TEMPERATURE ? " °C"
                     : c->axis == EISI_AXIS_PRESSURE  ? " MPa"
                     : c->axis == EISI_AXIS_TIME      ? " h"
                                                      : "";
  static const char *const ends[] = {"first", "middle", "last"};
  const size_t at[] = {0, (m->n - 1) / 2, m->n - 1};
  eisi_text_addf(g->out,
                 "<h3>R over %s</h3>\n<table class=\"tracks\">\n<tr><th>process</th><th>%s</th>",
                 eisi_axes[c->axis].name, g->page->group.n > 1 ? "group" : "cell");
  if (c->ends > 1) eisi_text_addf(g->out, "<th class=\"n\">%s</th>", eisi_axes[c->age].label);
  for (int k = 0; k < 3; k++) {
    if (k && at[k] == at[k - 1] && g->page->group.n > 1) continue;
    g->x[g->n++] = m->at[at[k]].x;
    if (g->page->group.n > 1)
      eisi_text_addf(g->out, "<th class=\"n\">at %.4g%s</th>", m->at[at[k]].x, unit);
    else
      eisi_text_addf(g->out, "<th class=\"n\">%s</th>", ends[k]);
  }
  eisi_text_addf(g->out, "<th class=\"n\">cells</th></tr>\n");
}

/* The range of the age that this end of a unit has. */
static void age_cell(const glance *g, int unit, int end) {
  double low = INFINITY, high = -INFINITY;
  for (size_t k = 0; k < g->page->cell.n; k++) {
    const double v = g->choice->near[g->choice->age][end][k];
    if (eisi_track_unit(g->page, (int)k) != unit || isnan(v)) continue;
    low = fmin(low, v);
    high = fmax(high, v);
  }
  eisi_text_addf(g->out, "<td class=\"n\">%.4g", low);
  if (high > low) eisi_text_addf(g->out, " … %.4g", high);
  eisi_text_addf(g->out, "</td>");
}

static void glance_row(const glance *g, const track *t, int unit, int end,
                       const eisi_track_means *m) {
  size_t cells = 0;
  const double near = 1e-3 * (g->x[g->n - 1] - g->x[0]);
  for (size_t k = 0; k < m->n; k++) cells = m->at[k].n_cells > cells ? m->at[k].n_cells : cells;
  eisi_html_element(g->out, "<tr><td><b>", t->R.name, "</b></td>");
  eisi_html_element(g->out, "<td>", eisi_track_unit_name(g->page, unit), "</td>");
  if (g->choice->ends > 1) age_cell(g, unit, end);
  const size_t own[] = {0, (m->n - 1) / 2, m->n - 1};
  for (int j = 0; j < 3; j++) {
    size_t k = 0;
    if (g->page->group.n < 2) {
      if (!j || own[j] > own[j - 1])
        mean_cell(&m->at[own[j]], t->R.unit, true, g->out);
      else
        eisi_text_addf(g->out, "<td></td>");
      continue;
    }
    if (j >= g->n) break;
    while (k < m->n && fabs(m->at[k].x - g->x[j]) > near) k++;
    if (k < m->n)
      mean_cell(&m->at[k], t->R.unit, false, g->out);
    else
      eisi_text_addf(g->out, "<td></td>");
  }
  eisi_text_addf(g->out, "<td class=\"n\">%zu</td></tr>\n", cells);
}

static eis_status glance_process(glance *g, const track *t, eis_error *err) {
  eis_status st = EIS_OK;
  const int units = eisi_track_units(g->page);
  for (int unit = 0; unit < units && unit < UNITS_MAX && !st; unit++)
    for (int end = 0; end < g->choice->ends && !st; end++) {
      eisi_track_means m;
      st = eisi_track_average(g->page, t, g->choice, unit, end, &m, err);
      if (!st && m.n && !g->n) heads(g, &m);
      if (!st && m.n) glance_row(g, t, unit, end, &m);
      free(m.at);
    }
  return st;
}

eis_status eisi_track_glance(const eisi_page *p, const eisi_track_choice *c, eisi_text *out,
                             eis_error *err) {
  eis_status st = EIS_OK;
  glance g = {.page = p, .choice = c, .out = out};
  for (size_t k = 0; k < p->n_tracks && k < PROCESSES_MAX && !st; k++)
    st = glance_process(&g, &p->track[k], err);
  if (st || !g.n) return st;
  eisi_text_addf(
      out, "</table>\n<p class=\"dim\">In grey the 95 %% interval: %s",
      p->group.n > 1
          ? "of the geometric mean of a group, from how its cells differ; of a single cell, "
            "from the error of that spectrum"
          : "from the error of that spectrum");
  eisi_text words = {0};
  eisi_track_choice_words(p, c, &words);
  eisi_html_element(out, "", eisi_text_part(out, &words), "");
  eisi_text_clear(&words);
  eisi_text_addf(out, ".%s</p>\n", eisi_track_units(p) > UNITS_MAX ? " The first 12 cells." : "");
  return EIS_OK;
}

/* ---- every track ---- */

typedef struct summary {
  size_t n, followed, unseen, sum;
  double sure, x_low, x_high;  /* where it is missing */
  double *R, *error, *tau, *C; /* n */
  double most;                 /* upper end of the largest interval of R */
  int pieces;
} summary;

static void summarise(const eisi_page *p, const track *t, const eisi_track_choice *c, int cell,
                      double *room, summary *s) {
  *s = (summary){.sure = NAN, .x_low = INFINITY, .x_high = -INFINITY};
  s->R = room;
  s->pieces = t->pieces[cell];
  s->error = room + p->n;
  s->tau = room + 2 * p->n;
  s->C = room + 3 * p->n;
  for (size_t i = 0; i < p->n; i++) {
    if (p->at[i].cell != cell) continue;
    const double x = p->at[i].axis[c->axis];
    if (!isfinite(t->R.value[i])) {
      if (!eisi_track_followed(p, i)) continue;
      s->followed++;
      s->x_low = fmin(s->x_low, x);
      s->x_high = fmax(s->x_high, x);
      continue;
    }
    s->followed++;
    s->unseen += t->unseen[i];
    s->sum += t->sum[i];
    s->sure = isnan(s->sure) ? t->sure[i] : fmin(s->sure, t->sure[i]);
    s->most = fmax(s->most, t->R.value[i] + 1.96 * t->R.se[i]);
    s->R[s->n] = t->R.value[i];
    s->error[s->n] = 100 * t->R.se[i] / t->R.value[i];
    s->tau[s->n] = t->tau[i];
    s->C[s->n++] = t->C[i];
  }
}

static int by_value(const void *a, const void *b) {
  const double *x = a, *y = b;
  return (*x > *y) - (*x < *y);
}

/* "1.2 Ω … 3.4 Ω" of those that are known. */
static void range_cell(double *v, size_t n, const char *unit, eisi_text *out) {
  char low[64], high[64];
  size_t m = 0;
  for (size_t i = 0; i < n; i++)
    if (isfinite(v[i])) v[m++] = v[i];
  if (!m) {
    eisi_text_addf(out, "<td></td>");
    return;
  }
  qsort(v, m, sizeof *v, by_value);
  eisi_show_one(v[0], 3, unit, low, sizeof low);
  eisi_show_one(v[m - 1], 3, unit, high, sizeof high);
  if (strcmp(low, high) == 0)
    eisi_text_addf(out, "<td class=\"n\">%s</td>", low);
  else
    eisi_text_addf(out, "<td class=\"n\">%s … %s</td>", low, high);
}

static void notes_cell(const eisi_track_choice *c, const summary *s, eisi_text *out) {
  const char *comma = "";
  eisi_text_addf(out, "<td>");
  if (!(s->tau[0] > 0)) {
    eisi_text_addf(out, "series resistance");
    comma = "; ";
  }
  if (s->n < s->followed) {
    eisi_text_addf(out, "%snot found in %zu", comma, s->followed - s->n);
    if (s->x_high >= s->x_low && c->axis != EISI_AXIS_POSITION)
      eisi_text_addf(out, " (%s %.4g", eisi_axes[c->axis].name, s->x_low);
    if (s->x_high > s->x_low && c->axis != EISI_AXIS_POSITION)
      eisi_text_addf(out, " … %.4g", s->x_high);
    if (s->x_high >= s->x_low && c->axis != EISI_AXIS_POSITION) eisi_text_addf(out, ")");
    comma = "; ";
  }
  if (s->unseen) {
    eisi_text_addf(out, "%swithout a peak of its own in %zu", comma, s->unseen);
    comma = "; ";
  }
  if (s->sum) {
    eisi_text_addf(out, "%sonly as a sum with another in %zu", comma, s->sum);
    comma = "; ";
  }
  if (s->pieces > 1) eisi_text_addf(out, "%sin %d pieces", comma, s->pieces);
  eisi_text_addf(out, "</td></tr>\n");
}

static void resistance_cells(summary *s, eisi_text *out) {
  char text[64];
  size_t m = 0;
  for (size_t i = 0; i < s->n; i++)
    if (isfinite(s->error[i])) s->error[m++] = s->error[i];
  qsort(s->error, m, sizeof *s->error, by_value);
  const double error = m ? s->error[m / 2] : NAN;
  if (m == 0) {
    range_cell(s->R, s->n, "ohm", out);
    eisi_text_addf(out, "<td class=\"n dim\">not known</td>");
  } else if (error <= 100) {
    range_cell(s->R, s->n, "ohm", out);
    eisi_text_addf(out, "<td class=\"n\">%g %%</td>", eisi_signif(error, 2));
  } else {
    eisi_show_one(s->most, 2, "ohm", text, sizeof text);
    eisi_text_addf(out, "<td class=\"n dim\">not determined, below %s</td><td></td>", text);
  }
}

static void track_row(const eisi_page *p, const track *t, const eisi_track_choice *c, int cell,
                      summary *s, eisi_text *out) {
  eisi_html_element(out, "<tr><td>", p->cell.at[cell], "</td>");
  if (p->group.n)
    eisi_html_element(out, "<td>", p->group_of[cell] < 0 ? "" : p->group.at[p->group_of[cell]],
                      "</td>");
  eisi_html_element(out, "<td><b>", t->R.name, "</b></td>");
  if (!(s->tau[0] > 0))
    eisi_text_addf(out, "<td class=\"n dim\">by its place</td>");
  else if (t->named && isfinite(s->sure))
    eisi_text_addf(out, "<td class=\"n%s\">%.0f %%</td>", s->sure < 0.5 ? " odd" : "",
                   100 * s->sure);
  else
    eisi_text_addf(out, "<td class=\"n dim\">no name</td>");
  eisi_text_addf(out, "<td class=\"n\">%zu of %zu</td>", s->n, s->followed);
  const double tau = s->tau[0];
  resistance_cells(s, out);
  range_cell(s->tau, s->n, "s", out);
  range_cell(s->C, s->n, "F", out);
  s->tau[0] = tau;
  notes_cell(c, s, out);
}

static void table_head(const eisi_page *p, eisi_text *out) {
  eisi_text_addf(
      out,
      "<h3>All processes</h3>\n<table class=\"tracks\">\n<tr><th>cell</th>%s<th>process</th>"
      "<th class=\"n\">sure</th><th class=\"n\">spectra</th><th class=\"n\">R</th>"
      "<th class=\"n\">error (median)</th><th class=\"n\">time constant</th>"
      "<th class=\"n\">C</th><th>notes</th></tr>\n",
      p->group.n ? "<th>group</th>" : "");
}

/* What the names mean. */
static void legend(const eisi_page *p, eisi_text *out) {
  const char *comma = "<p class=\"dim\">";
  for (size_t k = 0; k < p->n_tracks; k++) {
    if (!*p->track[k].title || strcmp(p->track[k].title, p->track[k].R.name) == 0 ||
        strchr(p->track[k].R.name, ' '))
      continue;
    eisi_html_element(out, comma, p->track[k].R.name, ": ");
    eisi_html_element(out, "", p->track[k].title, "");
    comma = "; ";
  }
  eisi_text_addf(out,
                 "%s&ldquo;Sure&rdquo; is the probability of the name, not of the process.</p>\n",
                 *comma == ';' ? ". " : comma);
}

eis_status eisi_track_table(const eisi_page *p, const eisi_track_choice *c, eisi_text *out,
                            eis_error *err) {
  size_t rows = 0, left = 0;
  double *room = eisi_new(4 * p->n + 4, sizeof *room, err);
  if (!room) return EIS_ERROR_MEMORY;
  table_head(p, out);
  for (size_t cell = 0; cell < p->cell.n; cell++)
    for (size_t k = 0; k < p->n_tracks; k++) {
      const track *t = &p->track[k];
      summary s;
      if (!t->pieces[cell]) continue;
      if (rows == ROWS_MAX) {
        left++;
        continue;
      }
      summarise(p, t, c, (int)cell, room, &s);
      if (!s.n) continue;
      track_row(p, t, c, (int)cell, &s, out);
      rows++;
    }
  eisi_text_addf(out, "</table>\n");
  if (left)
    eisi_text_addf(
        out,
        "<p class=\"dim\">%zu more: <code>eisfit campaign export --table tracks</code> has every spectrum of "
        "all of them.</p>\n",
        left);
  legend(p, out);
  free(room);
  return EIS_OK;
}
