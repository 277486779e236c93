/* page_maps.c - the distributions of relaxation times of a cell as a map over its sequence. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "report/figure.h"
#include "report/page_chart.h"

enum { ROWS = 72, COLUMNS_MAX = 120, TICKS = 8, MAPS_MAX = 12, SPECTRA_MIN = 3 };

/* gamma of one spectrum on ROWS points of ln tau. */
typedef struct column {
  long spectrum;
  double gamma[ROWS];
} column;

typedef struct map {
  const eisi_page *page;
  int cell;
  int axis; /* the columns stand in this order; EISI_AXIS_POSITION = as measured */
  size_t n;
  column *at;
  double low, high; /* log10 tau */
} map;

static const char drt_sql[] =
    "SELECT d.spectrum, g.x, d.gamma FROM drt d JOIN spectra s ON s.id = d.spectrum"
    " JOIN grids g ON g.id = d.grid WHERE s.cell = ? ORDER BY d.spectrum";

static void resample(const map *m, const double *tau, const double *gamma, size_t n, double *out) {
  size_t k = 0;
  for (int r = 0; r < ROWS; r++) {
    const double x = m->low + (m->high - m->low) * r / (ROWS - 1);
    while (k + 2 < n && log10(tau[k + 1]) < x) k++;
    const double a = log10(tau[k]), b = log10(tau[k + 1]), w = (x - a) / (b - a);
    out[r] = w < -1e-6 || w > 1 + 1e-6 ? NAN : gamma[k] + w * (gamma[k + 1] - gamma[k]);
  }
}

/* The range of time constants, from the first pass; the columns in the second one. */
static eis_status take(map *m, eis_query *q, bool second, size_t room, eis_error *err) {
  double *tau = NULL, *gamma = NULL;
  size_t n = 0, k = 0;
  eis_status st = eis_query_numbers(q, 1, 8, &tau, &n, err);
  if (!st) st = eis_query_numbers(q, 2, 4, &gamma, &k, err);
  if (!st && n > 2 && n == k && tau[0] > 0 && tau[n - 1] > tau[0]) {
    if (!second) {
      m->low = fmin(m->low, log10(tau[0]));
      m->high = fmax(m->high, log10(tau[n - 1]));
    } else if (m->n < room) {
      m->at[m->n].spectrum = eisi_page_find(m->page, eis_query_integer(q, 0));
      resample(m, tau, gamma, n, m->at[m->n].gamma);
      if (m->at[m->n].spectrum >= 0) m->n++;
    }
  }
  free(tau);
  free(gamma);
  return st;
}

static eis_status read_map(map *m, eis_error *err) {
  eis_query *q = NULL;
  bool row = true;
  size_t rows = 0;
  m->low = INFINITY;
  m->high = -INFINITY;
  eis_status st = eis_store_query(m->page->store, drt_sql, &q, err);
  for (int pass = 0; pass < 2 && !st; pass++) {
    if (pass) m->at = eisi_new(rows + 1, sizeof *m->at, err);
    if (pass && !m->at) st = EIS_ERROR_MEMORY;
    if (st) break;
    const size_t room = rows;
    eis_query_bind_text(q, 0, m->page->cell.at[m->cell]);
    while (!st && !(st = eis_query_next(q, &row, err)) && row) {
      st = take(m, q, pass == 1, room, err);
      rows += !pass;
    }
  }
  eis_query_free(q);
  return st;
}

/* ---- order of the columns ---- */

typedef struct key {
  double value;
  size_t i;
} key;

static int by_key(const void *a, const void *b) {
  const key *x = a, *y = b;
  if (x->value < y->value || x->value > y->value) return x->value < y->value ? -1 : 1;
  return (x->i > y->i) - (x->i < y->i);
}

/* An axis whose values differ from spectrum to spectrum; else the order in which they were
 * measured. */
static eis_status order(map *m, key *out, eis_error *err) {
  for (m->axis = 0; m->axis < EISI_N_AXES; m->axis++) {
    size_t different = 1;
    for (size_t i = 0; i < m->n; i++) {
      const double v = m->page->at[m->at[i].spectrum].axis[m->axis];
      out[i] = (key){isnan(v) ? HUGE_VAL : v, i};
    }
    qsort(out, m->n, sizeof *out, by_key);
    for (size_t i = 1; i < m->n; i++) different += out[i].value > out[i - 1].value;
    if (m->axis == EISI_AXIS_POSITION || (m->page->used[m->axis] && 10 * different >= 9 * m->n))
      return EIS_OK;
  }
  return eis_error_set(err, EIS_ERROR_INPUT, "spectra without a place in their sequence");
}

/* ---- script ---- */

/* The highest maximum within the map; what rises to its edges (diffusion) must not hide the rest.
 */
static double highest_peak(const double *g) {
  double peak = 0, any = 0;
  for (int r = 0; r < ROWS; r++) {
    const bool inside = r > ROWS / 8 && r < ROWS - 1 - ROWS / 8;
    any = fmax(any, g[r]);
    if (inside && g[r] >= g[r - 1] && g[r] >= g[r + 1]) peak = fmax(peak, g[r]);
  }
  return peak > 0.02 * any ? peak : any;
}

/* A mean: one odd spectrum must not leave the others pale. */
static double top_of(const map *m) {
  double top = 0;
  for (size_t i = 0; i < m->n; i++) top += highest_peak(m->at[i].gamma) / (double)m->n;
  return top > 0 ? 1.3 * top : 1;
}

static void write_script(const map *m, const key *at, eisi_text *out) {
  const size_t step = (m->n + COLUMNS_MAX - 1) / COLUMNS_MAX, n = (m->n + step - 1) / step;
  int exponent = 0;
  const double top = top_of(m);
  const char *prefix = eisi_prefix_for(top, &exponent);
  const double factor = pow(10, -exponent);
  eisi_text_addf(out, "$map << EOD\n");
  for (int r = 0; r < ROWS; r++) {
    for (size_t i = 0; i < n; i++) {
      const double v = m->at[at[i * step].i].gamma[r];
      if (isnan(v))
        eisi_text_addf(out, "NaN ");
      else
        eisi_text_addf(out, "%.4g ", fmax(v, 0) * factor);
    }
    eisi_text_addf(out, "\n");
  }
  eisi_text_addf(
      out,
      "EOD\nset palette defined (0 '#ffffff', 0.15 '#cfe3f3', 0.4 '#4a90c4', 0.7 '#7b3f8c', "
      "1 '#2a0a2a')\nunset key\nunset grid\nset tics out\nset cbrange [0:%.4g]\n"
      "set cblabel 'gamma / %sΩ'\nset ylabel 'time constant / s'\nset xlabel ",
      top * factor, prefix);
  eisi_figure_quoted(out, eisi_axes[m->axis].label);
  eisi_text_addf(out, "\nset yrange [%.6g:%.6g]\nset xrange [-0.5:%g]\nset ytics (", m->low,
                 m->high, (double)n - 0.5);
  for (int d = (int)ceil(m->low), first = d; d <= (int)floor(m->high); d++)
    eisi_text_addf(out, "%s'1e%d' %d", d > first ? ", " : "", d, d);
  eisi_text_addf(out, ")\nset xtics (");
  const size_t every = (n + TICKS - 1) / TICKS;
  for (size_t i = 0; i < n; i += every)
    eisi_text_addf(out, "%s'%.4g' %zu", i ? ", " : "", at[i * step].value, i);
  eisi_text_addf(out, ")\nplot $map matrix using 1:(%.6g + $2*%.6g):3 with image\n", m->low,
                 (m->high - m->low) / (ROWS - 1));
}

static eis_status draw_map(map *m, eisi_page_figures *out, eis_error *err) {
  eisi_text script = {0}, name = {0}, caption = {0};
  key *at = eisi_new(m->n + 1, sizeof *at, err);
  eis_status st = at ? order(m, at, err) : EIS_ERROR_MEMORY;
  if (!st) {
    write_script(m, at, &script);
    eisi_text_addf(&name, "drt-%d-%s", m->cell + 1, m->page->cell.at[m->cell]);
    eisi_text_addf(&caption, "%s: distribution of relaxation times over %s, %zu spectra",
                   m->page->cell.at[m->cell], eisi_axes[m->axis].name, m->n);
    st = name.failed || caption.failed
             ? eis_error_set(err, EIS_ERROR_MEMORY, "out of memory")
             : eisi_figures_add(out, EISI_SECTION_DRT, name.s, caption.s, &script, err);
  }
  free(at);
  eisi_text_clear(&name);
  eisi_text_clear(&caption);
  eisi_text_clear(&script);
  return st;
}

eis_status eisi_figures_maps(eisi_page *p, bool every, eisi_page_figures *out, eis_error *err) {
  eis_status st = EIS_OK;
  int maps = 0, left = 0;
  for (size_t c = 0; c < p->cell.n && !st; c++) {
    map m = {.page = p, .cell = (int)c};
    if (!every && maps == MAPS_MAX) {
      left++;
      continue;
    }
    st = read_map(&m, err);
    if (!st && m.n >= SPECTRA_MIN) {
      st = draw_map(&m, out, err);
      maps++;
    }
    free(m.at);
  }
  eisi_text *text = &out->text[EISI_SECTION_DRT];
  if (maps)
    eisi_text_addf(
        text,
        "<p>Each column is one spectrum; dark is where the impedance relaxes. A band that "
        "keeps its height is a process with a constant time constant.</p>\n");
  if (left)
    eisi_text_addf(text,
                   "<p>%d more cells are not shown here; <code>--figures</code> draws them "
                   "all.</p>\n",
                   left);
  return st;
}
