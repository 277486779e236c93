/* page_html.c - the report of a campaign as one page that needs nothing beside itself. */
#include <eisfit/eisfit.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/number.h"
#include "report/html.h"
#include "report/page.h"

enum { MAIN_MAX = 5 };

static bool has_flag(const char *flags, const char *flag) {
  const size_t n = strlen(flag);
  for (const char *s = flags; *s; s += strcspn(s, ","), s += *s == ',')
    if (strncmp(s, flag, n) == 0 && (s[n] == ',' || !s[n])) return true;
  return false;
}

/* ---- overview ---- */

static void tile(eisi_text *out, size_t n, const char *what, const char *class) {
  eisi_text_addf(out, "<div class=\"tile %s\"><b>%zu</b>%s</div>\n", class, n, what);
}

static size_t count_flag(const eisi_page *p, int cell, const char *flag) {
  size_t n = 0;
  for (size_t i = 0; i < p->n; i++)
    n += (cell < 0 || p->at[i].cell == cell) &&
         (flag ? has_flag(p->at[i].flags, flag) : *p->at[i].flags != '\0');
  return n;
}

static eis_status origin(const eisi_page *p, eisi_text *out, eis_error *err) {
  static const struct {
    const char *key, *name;
  } keys[] = {{"manifest", "manifest"}, {"version", "eisfit"}, {"options", "options"}};
  eis_status st = EIS_OK;
  eisi_text_addf(out, "<table class=\"origin\">\n");
  eisi_html_pair(out, "store", eis_store_path(p->store));
  for (size_t i = 0; i < sizeof keys / sizeof *keys && !st; i++) {
    char *value = NULL;
    st = eis_store_setting(p->store, keys[i].key, &value, err);
    if (!st && value) {
      eisi_html_element(out, "<tr><th>", keys[i].name, "</th>");
      eisi_html_element(out, "<td class=\"pre\">", value, "</td></tr>\n");
    }
    free(value);
  }
  for (size_t i = 0; i < p->model.n; i++) eisi_html_pair(out, "model", p->model.at[i]);
  eisi_text_addf(out, "</table>\n");
  return st;
}

static void flags_table(const eisi_page *p, eisi_text *out) {
  static const struct {
    const char *flag, *words;
  } flags[] = {
      {"failed", "could not be read, or nothing could be computed"},
      {"kk",
       "Kramers-Kronig test not passed: the cell changed during the measurement, or the data "
       "are disturbed"},
      {"not-converged", "the fit did not converge: its values mean nothing"},
      {"misfit", "the model misses the data by more than their noise: a process is missing"},
      {"no-drt", "no distribution of relaxation times"}};
  eisi_text_addf(out,
                 "<table>\n<tr><th>flag</th><th class=\"n\">spectra</th><th class=\"n\">share</th>"
                 "<th>meaning</th></tr>\n");
  for (size_t i = 0; i < sizeof flags / sizeof *flags; i++) {
    const size_t n = count_flag(p, -1, flags[i].flag);
    if (n)
      eisi_text_addf(
          out,
          "<tr><td><code>%s</code></td><td class=\"n\">%zu</td><td class=\"n\">%g %%</td>"
          "<td>%s</td></tr>\n",
          flags[i].flag, n, eisi_signif(100.0 * (double)n / (double)p->n, 3), flags[i].words);
  }
  eisi_text_addf(out, "</table>\n");
}

static int by_value(const void *a, const void *b) {
  const double *x = a, *y = b;
  return (*x > *y) - (*x < *y);
}

static double median_of(double *v, size_t n) {
  qsort(v, n, sizeof *v, by_value);
  return n == 0 ? NAN : 0.5 * (v[(n - 1) / 2] + v[n / 2]);
}

static void cell_row(const eisi_page *p, int cell, const size_t *index, size_t n_main, double *room,
                     eisi_text *out) {
  size_t n = 0, m = 0;
  char text[64];
  for (size_t i = 0; i < p->n; i++) {
    if (p->at[i].cell != cell) continue;
    n++;
    if (isfinite(p->at[i].kk_noise)) room[m++] = p->at[i].kk_noise;
  }
  eisi_html_element(out, "<tr><td>", p->cell.at[cell], "</td>");
  if (p->group.n)
    eisi_html_element(out, "<td>", p->group_of[cell] < 0 ? "" : p->group.at[p->group_of[cell]],
                      "</td>");
  eisi_text_addf(
      out,
      "<td class=\"n\">%zu</td><td class=\"n\">%zu</td><td class=\"n\">%zu</td><td class=\"n\">", n,
      count_flag(p, cell, NULL), count_flag(p, cell, "kk"));
  if (m) eisi_text_addf(out, "%g %%", eisi_signif(median_of(room, m), 2));
  eisi_text_addf(out, "</td>");
  for (size_t k = 0; k < n_main; k++) {
    const eisi_page_parameter *q = &p->parameter[index[k]];
    m = 0;
    for (size_t i = 0; i < p->n; i++)
      if (p->at[i].cell == cell && eisi_page_counts(p, q, i)) room[m++] = q->value[i];
    eisi_show_one(median_of(room, m), 3, q->unit, text, sizeof text);
    eisi_html_number(out, m ? text : "");
  }
  eisi_text_addf(out, "</tr>\n");
}

static eis_status cells_table(const eisi_page *p, eisi_text *out, eis_error *err) {
  size_t index[MAIN_MAX];
  const size_t n = eisi_page_main(p, MAIN_MAX, index);
  double *room = eisi_new(p->n + 1, sizeof *room, err);
  if (!room) return EIS_ERROR_MEMORY;
  eisi_text_addf(
      out,
      "<h3>Cells</h3>\n<div class=\"wide\"><table>\n<tr><th>cell</th>%s<th class=\"n\">spectra"
      "</th><th class=\"n\">flagged</th><th class=\"n\">KK not passed</th>"
      "<th class=\"n\">noise (median)</th>",
      p->group.n ? "<th>group</th>" : "");
  for (size_t k = 0; k < n; k++)
    eisi_html_element(out, "<th class=\"n\">", p->parameter[index[k]].name, " (median)</th>");
  eisi_text_addf(out, "</tr>\n");
  for (size_t c = 0; c < p->cell.n; c++) cell_row(p, (int)c, index, n, room, out);
  eisi_text_addf(out, "</table></div>\n");
  free(room);
  return EIS_OK;
}

static eis_status overview(const eisi_page *p, eisi_text *out, eis_error *err) {
  const size_t flagged = count_flag(p, -1, NULL);
  eisi_text_addf(out, "<section id=\"overview\">\n<div class=\"tiles\">\n");
  tile(out, p->n, "spectra", "");
  tile(out, p->cell.n, p->cell.n == 1 ? "cell" : "cells", "");
  if (p->group.n) tile(out, p->group.n, p->group.n == 1 ? "group" : "groups", "");
  tile(out, p->n - flagged, "without flags", "good");
  tile(out, flagged, "flagged", flagged ? "odd" : "");
  tile(out, count_flag(p, -1, "failed"), "failed", count_flag(p, -1, "failed") ? "bad" : "");
  eisi_text_addf(out, "</div>\n");
  if (flagged) flags_table(p, out);
  eisi_text_addf(
      out, "<p>%s</p>\n",
      !flagged ? "No spectrum is flagged."
      : p->unflagged_only
          ? "Medians, laws, activation energies and the comparison of groups use the spectra "
            "without flags; figures and tables show all."
          : "<b>More than half of the spectra are flagged: medians, laws, activation energies and the "
            "comparison of groups had to use them all. Look at the flags before you believe "
            "them.</b>");
  eis_status st = cells_table(p, out, err);
  if (!st) st = origin(p, out, err);
  eisi_text_addf(out, "</section>\n");
  return st;
}

/* ---- sections with figures ---- */

typedef struct heading {
  eisi_page_section section;
  const char *id, *title;
} heading;
static const heading headings[] = {
    {EISI_SECTION_TRACKS, "tracks", "Processes: how their resistances change"},
    {EISI_SECTION_GROUPS, "groups", "Comparison of groups"},
    {EISI_SECTION_TRENDS, "trends", "Trends"},
    {EISI_SECTION_ARRHENIUS, "arrhenius", "Activation energies"},
    {EISI_SECTION_DRT, "drt", "Distribution of relaxation times"},
};
enum { N_HEADINGS = sizeof headings / sizeof *headings };

static bool has_section(const eisi_page_figures *f, eisi_page_section section) {
  for (size_t i = 0; i < f->n; i++)
    if (f->at[i].section == (int)section) return true;
  return f->text[section].n > 0 || f->lead[section].n > 0;
}

static eis_status figure(const eisi_page *p, const eisi_page_figure *f, eisi_text *out,
                         eis_error *err) {
  char *image = NULL;
  size_t size;
  eis_status st = eisi_page_draw(p, f, ".svg", &image, &size, err);
  if (st) return st;
  eisi_html_element(out, "<figure><img alt=\"", f->caption, "\" src=\"data:image/svg+xml;base64,");
  eisi_text_base64(out, image, size);
  eisi_html_element(out, "\"><figcaption>", f->caption, "</figcaption></figure>\n");
  free(image);
  return EIS_OK;
}

/* Charts and rows of single spectra. */
static void tracks_live(eisi_text *out) {
  eisi_text_addf(
      out,
      "<div class=\"live\"><h3>Spectrum by spectrum</h3>\n<div class=\"controls\">"
      "<label>over <select id=\"p-axis\"></select></label><label>cell <select id=\"p-cell\"></select></label>"
      "<span id=\"p-held\"></span><label><input type=\"checkbox\" id=\"p-flagged\"> with flagged spectra</label>"
      "<label><input type=\"checkbox\" id=\"p-log\"> logarithmic</label></div>\n"
      "<div id=\"p-charts\" class=\"panels\"></div>\n<p class=\"dim\">Bars are 95 %% intervals; pale: the name is less "
      "than 80 %% sure. Click a point or a row to see its spectrum. <span id=\"p-count\"></span></p>\n"
      "<div class=\"wide\"><table id=\"p-table\"><thead></thead><tbody></tbody></table></div></div>\n");
}

static eis_status section(const eisi_page *p, const eisi_page_figures *f, const heading *h,
                          eisi_text *out, eis_error *err) {
  eis_status st = EIS_OK;
  if (!has_section(f, h->section)) return EIS_OK;
  eisi_text_addf(out, "<section id=\"%s\">\n<h2>%s</h2>\n", h->id, h->title);
  eisi_text_add(out, eisi_text_part(out, &f->lead[h->section]), f->lead[h->section].n);
  eisi_text_addf(out, "<div class=\"figures\">\n");
  for (size_t i = 0; i < f->n && !st; i++)
    if (f->at[i].section == (int)h->section) st = figure(p, &f->at[i], out, err);
  eisi_text_addf(out, "</div>\n<div class=\"wide\">");
  if (f->text[h->section].n) eisi_text_add(out, f->text[h->section].s, f->text[h->section].n);
  eisi_text_addf(out, "</div>\n");
  if (h->section == EISI_SECTION_TRACKS && p->n_tracks) tracks_live(out);
  eisi_text_addf(out, "</section>\n");
  return st;
}

/* ---- what the script fills ---- */

static void interactive(const eisi_page *p, const eisi_page_parts *parts, eisi_text *out) {
  const size_t step = eisi_page_step(p->n, parts->max_rows);
  eisi_text_addf(
      out,
      "<section id=\"explore\" class=\"live\">\n<h2>Any parameter over anything</h2>\n"
      "<div class=\"controls\"><label>parameter <select id=\"x-parameter\"></select></label>"
      "<label>over <select id=\"x-axis\"></select></label>"
      "<label>cell <select id=\"x-cell\"></select></label>"
      "<label><input type=\"checkbox\" id=\"x-flagged\"> with flagged spectra</label>"
      "<label><input type=\"checkbox\" id=\"x-log\"> logarithmic</label></div>\n"
      "<div id=\"x-chart\" class=\"chart\"></div><p class=\"dim\">Click a point to see its spectrum. Points with "
      "a standard error above their value are left out.%s</p>\n</section>\n",
      parts->plotly
          ? ""
          : " This eisfit was built without plotly: charts are drawn without zoom, and the figures "
            "above are static.");
  eisi_text_addf(out, "<section id=\"fits\">\n<h2>%s</h2>\n", step > 1 ? "Spectra" : "All spectra");
  if (step > 1)
    eisi_text_addf(
        out,
        "<p class=\"warn\">This table and the chart above have one of every %zu of the %zu spectra, more would "
        "be too much for a browser. Numbers, laws, comparisons and figures above are from all of "
        "them.</p>\n",
        step, p->n);
  eisi_text_addf(
      out,
      "<noscript><p class=\"warn\">This table and the spectra "
      "need JavaScript.</p></noscript>\n<div class=\"controls live\">"
      "<input id=\"t-words\" type=\"search\" placeholder=\"filter: words of file, cell, flags\" size=\"34\">"
      "<label>cell <select id=\"t-cell\"></select></label>"
      "<label>flags <select id=\"t-flag\"></select></label> <span id=\"t-count\"></span></div>\n"
      "<div class=\"wide\"><table id=\"table\"><thead></thead><tbody></tbody></table></div>\n"
      "<p class=\"live\"><button id=\"t-more\">show more</button> <span class=\"dim\">Click a heading to sort, a "
      "row to see its spectrum.</span></p>\n</section>\n"
      "<dialog id=\"spectrum\"><div class=\"bar\"><button id=\"s-previous\">◀ previous</button>"
      "<button id=\"s-next\">next ▶</button><b id=\"s-title\"></b><button id=\"s-close\">close</button></div>\n"
      "<p id=\"s-words\"></p>\n<div class=\"four\"><div class=\"chart\" id=\"s-nyquist\"></div>"
      "<div class=\"chart\" id=\"s-bode\"></div><div class=\"chart\" id=\"s-residual\"></div>"
      "<div class=\"chart\" id=\"s-drt\"></div></div>\n<div id=\"s-values\"></div></dialog>\n");
}

static void begin(const eisi_page *p, const eisi_page_figures *f, const eisi_page_parts *parts,
                  eisi_text *out) {
  const char *path = eis_store_path(p->store), *slash = strrchr(path, '/');
  const char *name = slash ? slash + 1 : path;
  eisi_html_element(
      out,
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src data: "
      "blob:; style-src 'unsafe-inline'; script-src 'unsafe-inline'\">\n<title>",
      name, " - eisfit campaign</title>\n");
  eisi_text_addf(out, "<style>%s</style>\n</head>\n<body>\n", parts->style);
  eisi_html_element(out, "<h1>Campaign ", name, "</h1>\n<nav><a href=\"#overview\">overview</a>");
  for (size_t i = 0; i < N_HEADINGS; i++)
    if (has_section(f, headings[i].section))
      eisi_text_addf(out, "<a href=\"#%s\">%s</a>", headings[i].id, headings[i].title);
  eisi_text_addf(
      out,
      "<a class=\"live\" href=\"#explore\">any parameter</a><a href=\"#fits\">all spectra</a></nav>\n");
}

eis_status eisi_page_html(eisi_page *p, const eisi_page_figures *f, const eisi_page_parts *parts,
                          eisi_text *out, eis_error *err) {
  begin(p, f, parts, out);
  eis_status st = overview(p, out, err);
  for (size_t i = 0; i < N_HEADINGS && !st; i++) st = section(p, f, &headings[i], out, err);
  interactive(p, parts, out);
  eisi_text_addf(out, "<footer>eisfit %s</footer>\n", eis_version());
  if (!st) st = eisi_page_embed(p, parts->max_rows, parts->max_curves, out, err);
  if (parts->plotly) eisi_text_addf(out, "<script>%s</script>\n", parts->plotly);
  eisi_text_addf(out, "<script>%s</script>\n</body>\n</html>\n", parts->script);
  return st ? st : out->failed ? eis_error_set(err, EIS_ERROR_MEMORY, "out of memory") : EIS_OK;
}
