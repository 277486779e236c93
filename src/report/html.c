/* html.c - one fit as a page that needs nothing beside itself. */
#include <eisfit/eisfit.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "report/report.h"
#include "report/shown.h"

static const char style_sheet[] =
    "body{font:15px/1.45 system-ui,sans-serif;max-width:62rem;margin:2rem auto;padding:0 1rem;"
    "color:#222}h1{font-size:1.35rem}h2{font-size:1.1rem;margin-top:1.8rem}"
    "table{border-collapse:collapse;margin:.6rem 0}th,td{padding:.2rem .8rem .2rem 0;"
    "text-align:left;border-bottom:1px solid #ddd;vertical-align:top}"
    "td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}.good{color:#00702a}"
    ".bad{color:#b00020}.odd{color:#9a5b00}.warn{background:#fff4d6;padding:.3rem .6rem;margin:.3rem 0}"
    "code{font-size:.95em}svg{width:100%;height:auto}footer{margin-top:2rem;color:#666}";

/* Text with the characters that mean something in HTML made harmless. */
static void esc(eisi_text *out, const char *s) {
  for (; s && *s; s++) {
    const char *with = *s == '&' ? "&amp;" : *s == '<' ? "&lt;" : *s == '>' ? "&gt;"
                     : *s == '"' ? "&quot;" : *s == '\'' ? "&#39;" : NULL;
    if (with)
      eisi_text_addf(out, "%s", with);
    else
      eisi_text_add(out, s, 1);
  }
}

static void element(eisi_text *out, const char *open, const char *text, const char *close) {
  eisi_text_addf(out, "%s", open);
  esc(out, text);
  eisi_text_addf(out, "%s", close);
}

static void number_cell(eisi_text *out, const char *text) {
  element(out, "<td class=\"n\">", text, "</td>");
}

static void pair_row(eisi_text *out, const char *key, const char *value) {
  element(out, "<tr><th>", key, "</th>");
  element(out, "<td>", value, "</td></tr>\n");
}

static void notes(eisi_text *out, const eis_notes *list, const char *open, const char *close) {
  for (size_t i = 0; i < list->n; i++) element(out, open, list->text[i], close);
}

static void input_section(const eis_spectrum *s, eisi_text *out) {
  char range[160];
  eisi_text_range(s, range, sizeof range);
  eisi_text_addf(out, "<h2>Data</h2>\n<table>\n");
  pair_row(out, "file", s->source);
  if (s->n_sweeps > 1) {
    element(out, "<tr><th>sweep</th><td>", "", "");
    eisi_text_addf(out, "%d of %d</td></tr>\n", s->sweep, s->n_sweeps);
  }
  pair_row(out, "points", range);
  pair_row(out, "format", s->format);
  for (size_t i = 0; i < s->decisions.n; i++)
    pair_row(out, i ? "" : "reader decided", s->decisions.text[i]);
  for (size_t i = 0; i < s->meta.n; i++)
    pair_row(out, s->meta.item[i].key, s->meta.item[i].value);
  if (s->sha256[0]) pair_row(out, "SHA-256", s->sha256);
  eisi_text_addf(out, "</table>\n");
}

static void kk_section(const eis_kk_result *kk, eisi_text *out) {
  eisi_text_addf(out, "<h2>Kramers-Kronig test</h2>\n<p><b class=\"%s\">%s</b>, noise %.2g %% of "
                      "|Z|, largest residual %.2g %%. ",
                 kk->passed ? "good" : "bad", kk->passed ? "passed" : "failed", kk->noise_percent,
                 kk->max_residual_percent);
  esc(out, kk->reason);
  eisi_text_addf(out, "</p>\n");
}

static void quantity_row(eisi_text *out, const char *name, const eisi_shown *q, const char *note) {
  element(out, "<tr><td><code>", name, "</code></td>");
  number_cell(out, q->value);
  element(out, *q->error ? "<td>± " : "<td>", q->error, "</td>");
  element(out, "<td>", q->low, *q->low && *q->high ? " … " : "");
  element(out, "", q->high, "</td>");
  element(out, "<td>", q->unit, "</td>");
  element(out, "<td>", note, "</td></tr>\n");
}

static void tables(const eisi_modelfit *m, eisi_text *out) {
  static const char head[] = "<th class=\"n\">value</th><th>std. error</th><th>95 % interval</th>"
                             "<th>unit</th>";
  eisi_text_addf(out, "<table>\n<tr><th>parameter</th>%s<th>note</th></tr>\n", head);
  for (int i = 0; i < m->circuit->n_params; i++) {
    const eisi_shown q = eisi_param_shown(m, i);
    char note[96];
    eisi_param_note(m, i, note, sizeof note);
    quantity_row(out, m->circuit->param[i].name, &q, note);
  }
  eisi_text_addf(out, "</table>\n");
  if (m->fit.misfit)
    eisi_text_addf(out, "<p class=\"warn\">Errors assume random residuals; here they are "
                        "systematic: too small.</p>\n");
  if (!m->derived.n) return;
  eisi_text_addf(out, "<table>\n<tr><th>derived</th>%s<th>meaning</th></tr>\n", head);
  for (size_t i = 0; i < m->derived.n; i++) {
    const eis_derived *d = &m->derived.at[i];
    const eisi_shown q = eisi_derived_shown(m, d);
    quantity_row(out, d->name, &q, d->doc);
  }
  eisi_text_addf(out, "</table>\n");
}

static void fit_section(const eisi_fit_view *v, const eisi_modelfit *m, bool best, eisi_text *out) {
  const eis_fit_result *r = &m->fit;
  char *circuit = eisi_circuit_text(m->circuit);
  element(out, "<h2>", m->candidate->name, "");
  eisi_text_addf(out, "%s</h2>\n<p>Circuit <code>", best && v->set->n > 1 ? " (best)" : "");
  esc(out, circuit);
  free(circuit);
  eisi_text_addf(out, "</code>");
  if (m->candidate->model) element(out, ", variant ", m->candidate->variant[m->variant].name, "");
  eisi_text_addf(out, ". Verdict: <b class=\"%s\">%s</b>.</p>\n",
                 r->verdict != EIS_FIT_CONVERGED ? "bad" : r->misfit ? "odd" : "good",
                 eisi_verdict_name(r));
  tables(m, out);
  eisi_text_addf(out,
                 "<p>Weighting %s: S = %.6g, S/dof = %.4g (dof %d). Pseudo chi² = Σ|ΔZ|²/|Z|² = "
                 "%.4g, misfit %.2g %% of |Z|. AICc %.2f, BIC %.2f. %d of %d starts ended in this "
                 "optimum (seed %llu).</p>\n",
                 eisi_weighting_name(v->options->fit.weighting), r->S, r->reduced, r->dof,
                 r->pseudo_chi2, r->noise_percent, r->aicc, r->bic, r->starts_agreed,
                 r->starts_tried, (unsigned long long)r->seed);
  notes(out, &m->derived.words, "<p>", "</p>\n");
  notes(out, &r->warnings, "<p class=\"warn\">", "</p>\n");
}

static void comparison(const eisi_fitset *set, eisi_text *out) {
  eisi_text_addf(out, "<h2>Comparison</h2>\n<table>\n<tr><th>model</th><th class=\"n\">free</th>"
                      "<th class=\"n\">S</th><th class=\"n\">ΔAICc</th><th class=\"n\">weight</th>"
                      "<th class=\"n\">ΔBIC</th><th class=\"n\">F-test p</th></tr>\n");
  for (size_t i = 0; i < set->n; i++) {
    const eisi_modelfit *m = &set->at[i];
    element(out, "<tr><td>", m->candidate->name, (int)i == set->best ? " *</td>" : "</td>");
    if (m->variant < 0) {
      element(out, "<td colspan=\"6\">failed: ", m->err.text, "</td></tr>\n");
      continue;
    }
    eisi_text_addf(out, "<td class=\"n\">%d</td><td class=\"n\">%.5g</td><td class=\"n\">%.2f</td>"
                        "<td class=\"n\">%.3f</td><td class=\"n\">%.2f</td><td class=\"n\">",
                   m->fit.n_free, m->fit.S, m->delta_aicc, m->weight, m->delta_bic);
    if (!isnan(m->f_test_p)) eisi_text_addf(out, "%.2g", m->f_test_p);
    eisi_text_addf(out, "</td></tr>\n");
  }
  eisi_text_addf(out, "</table>\n<p>* lowest BIC.</p>\n");
}

/* gnuplot writes a whole file; only the <svg> element belongs into the page. */
static const char *svg_element(const char *svg) {
  const char *start = strstr(svg, "<svg");
  return start ? start : "";
}

eis_status eisi_html_fit(const eisi_fit_view *v, const char *svg, eisi_text *out, eis_error *err) {
  const eis_spectrum *s = v->spectrum;
  const eisi_fitset *set = v->set;
  element(out, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>",
          s->source, " - eisfit</title>\n");
  eisi_text_addf(out, "<style>%s</style>\n</head>\n<body>\n", style_sheet);
  element(out, "<h1>Impedance of ", s->source, "</h1>\n");
  eisi_text_addf(out, "<figure>%s</figure>\n", svg_element(svg));
  notes(out, &s->warnings, "<p class=\"warn\">", "</p>\n");
  fit_section(v, &set->at[set->best], true, out);
  for (size_t i = 0; i < set->n; i++)
    if ((int)i != set->best && set->at[i].variant >= 0) fit_section(v, &set->at[i], false, out);
  if (set->n > 1) comparison(set, out);
  if (set->at[set->best].fit.have_kk) kk_section(&set->at[set->best].fit.kk, out);
  input_section(s, out);
  eisi_text_addf(out, "<footer>eisfit %s</footer>\n</body>\n</html>\n", eis_version());
  return out->failed ? eis_error_set(err, EIS_ERROR_MEMORY, "out of memory") : EIS_OK;
}
