/* html_drt.c - one distribution of relaxation times as a page that needs nothing beside itself. */
#include <math.h>
#include <stdio.h>

#include "base/number.h"
#include "report/drt_report.h"
#include "report/html.h"

static void shown_cell(eisi_text *out, const eisi_shown *q) {
  char text[128];
  eisi_drt_shown(q, text, sizeof text);
  eisi_html_number(out, text);
}

static void series_row(eisi_text *out, const char *name, const eisi_shown *q, const char *meaning) {
  eisi_html_element(out, "<tr><td><code>", name, "</code></td>");
  shown_cell(out, q);
  eisi_html_element(out, "<td>", meaning, "</td></tr>\n");
}

static void series_section(const eisi_drt_view *v, eisi_text *out) {
  const eis_drt_result *r = v->drt;
  eisi_text_addf(out,
                 "<table>\n<tr><th></th><th class=\"n\">value ± std. error</th><th>meaning</th>"
                 "</tr>\n");
  eisi_shown q = eisi_drt_show_R(v->cond, r->R_inf, r->R_inf_error);
  if (r->R_inf != 0) series_row(out, "R_inf", &q, "series resistance");
  q = eisi_show(r->L, r->L_error, NAN, NAN, "H");
  if (r->L != 0) series_row(out, "L", &q, "series inductance");
  q = eisi_drt_show_C(v->cond, 1 / r->C_inv, r->C_inv_error / (r->C_inv * r->C_inv));
  if (r->C_inv != 0) series_row(out, "C", &q, "series capacitance");
  q = eisi_drt_show_R(v->cond, r->R_pol, r->R_pol_error);
  series_row(out, "R_pol", &q, "integral of gamma");
  eisi_text_addf(out, "</table>\n");
}

static void peak_row(const eisi_drt_view *v, size_t i, eisi_text *out) {
  const eis_drt_peak *p = &v->drt->peak[i];
  const eis_drt_stability *t = v->stability;
  char f[48];
  eisi_show_one(1 / (2 * acos(-1) * p->tau), 3, "Hz", f, sizeof f);
  eisi_text_addf(out, "<tr><td>%zu</td>", i + 1);
  eisi_html_number(out, f);
  eisi_shown q = eisi_show(p->tau, p->tau * log(10) * p->log10_tau_error, NAN, NAN, "s");
  shown_cell(out, &q);
  q = eisi_drt_show_R(v->cond, p->R, p->R_error);
  shown_cell(out, &q);
  q = eisi_drt_show_C(v->cond, p->C, eisi_drt_C_error(p));
  if (p->C > 0)
    shown_cell(out, &q);
  else
    eisi_text_addf(out, "<td></td>");
  char real[16];
  eisi_drt_percent(p->probability, real, sizeof real);
  eisi_text_addf(out, "<td class=\"n\">%.2f</td>", p->width);
  eisi_html_number(out, real);
  for (int side = 0; t && side < 2; side++)
    eisi_text_addf(out, "<td>%s</td>", t->peak[i].found[side] ? "yes" : "no");
  if (v->assigned) {
    eisi_html_element(out, "<td>", eisi_drt_process(v, i), "");
    char sure[16];
    eisi_drt_percent(v->assigned->peak[i].probability, sure, sizeof sure);
    eisi_html_element(out, " ", sure, "</td>");
  }
  eisi_text_addf(out, "<td>%s%s%s%s</td></tr>\n", p->R < 0 ? "inductive loop " : "",
                 p->shoulder ? "shoulder " : "",
                 eisi_drt_within(v->spectrum, p->tau) ? "" : "beyond the data ",
                 eisi_drt_unlikely(p) ? "doubtful" : "");
}

static void peak_section(const eisi_drt_view *v, eisi_text *out) {
  if (!v->drt->n_peaks) return;
  eisi_text_addf(out,
                 "<h2>Peaks</h2>\n<table>\n<tr><th></th><th class=\"n\">f</th>"
                 "<th class=\"n\">tau</th><th class=\"n\">R</th><th class=\"n\">C</th>"
                 "<th class=\"n\">width / decades</th><th class=\"n\">real</th>");
  for (int side = 0; v->stability && side < 2; side++) {
    char name[16];
    eisi_drt_strength_name(v->stability, side, name, sizeof name);
    eisi_text_addf(out, "<th>at %s</th>", name);
  }
  eisi_text_addf(out, "%s<th></th></tr>\n", v->assigned ? "<th>process</th>" : "");
  for (size_t i = 0; i < v->drt->n_peaks; i++) peak_row(v, i, out);
  eisi_text_addf(out,
                 "</table>\n<p>± is one standard deviation. Real: probability that the maximum "
                 "stands out of its neighbours.");
  if (v->stability)
    eisi_text_addf(out, " λ: is it found again with weaker and stronger smoothing?");
  eisi_text_addf(out, "</p>\n");
}

/* What the names of the peaks rest on. */
static void process_section(const eisi_drt_view *v, eisi_text *out) {
  eisi_text cell = {0};
  if (!v->assigned) return;
  eisi_drt_cell_words(v, &cell);
  eisi_html_element(out, "<h2>Processes</h2>\n<p>Cell: ", eisi_text_part(out, &cell), ".</p>\n");
  eisi_text_clear(&cell);
  for (size_t i = 0; i < v->drt->n_peaks; i++) {
    eisi_text_addf(out, "<details%s><summary>Peak %zu: ", v->explain ? " open" : "", i + 1);
    eisi_html_text(out, eisi_drt_process(v, i));
    eisi_html_element(out, "</summary><pre>", v->assigned->peak[i].explanation,
                      "</pre></details>\n");
  }
}

static void method_section(const eisi_drt_view *v, eisi_text *out) {
  const eis_drt_solution *s = v->solution;
  eisi_text words = {0};
  eisi_drt_method_words(v, &words);
  eisi_html_element(out, "<h2>Method</h2>\n<p>", eisi_text_part(out, &words), ".");
  eisi_text_clear(&words);
  if (isfinite(v->drt->noise_percent))
    eisi_text_addf(out, " Residuals %g %%.", eisi_signif(v->drt->noise_percent, 2));
  if (s->parametric) eisi_html_element(out, " Sum of processes: ", s->parametric->test.text, ".");
  eisi_text_addf(out, "</p>\n");
  for (size_t i = 0; i < s->n_scores; i++) {
    eisi_text_addf(out, "<p>%s %.3g: ", s->score[i].name, s->score[i].value);
    eisi_html_element(out, "", s->score[i].doc, "</p>\n");
  }
  if (v->circuit)
    eisi_html_element(out, "<p>Circuit with starts for a fit: <code>", v->circuit, "</code></p>\n");
}

eis_status eisi_html_drt(const eisi_drt_view *v, const char *svg, eisi_text *out, eis_error *err) {
  eisi_html_begin(v->spectrum, "Distribution of relaxation times", svg, out);
  eisi_html_notes(out, v->warnings, "<p class=\"warn\">", "</p>\n");
  peak_section(v, out);
  process_section(v, out);
  eisi_text_addf(out, "<h2>Series terms and sum</h2>\n");
  series_section(v, out);
  method_section(v, out);
  if (v->kk) eisi_html_kk(v->kk, out);
  return eisi_html_end(v->spectrum, out, err);
}
