/* html.c - one fit as a page that needs nothing beside itself. */
#include <math.h>
#include <stdlib.h>

#include "report/html.h"
#include "base/number.h"

static void quantity_row(eisi_text *out, const char *name, const eisi_shown *q, const char *note) {
  eisi_html_element(out, "<tr><td><code>", name, "</code></td>");
  eisi_html_number(out, q->value);
  eisi_html_element(out, *q->error ? "<td>± " : "<td>", q->error, "</td>");
  eisi_html_element(out, "<td>", q->low, *q->low && *q->high ? " … " : "");
  eisi_html_element(out, "", q->high, "</td>");
  eisi_html_element(out, "<td>", q->unit, "</td>");
  eisi_html_element(out, "<td>", note, "</td></tr>\n");
}

static void tables(const eisi_modelfit *m, eisi_text *out) {
  static const char head[] =
      "<th class=\"n\">value</th><th>std. error</th><th>95 % interval</th>"
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
    eisi_text_addf(out,
                   "<p class=\"warn\">Errors assume random residuals; here they are "
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
  out->failed |= !circuit;
  eisi_html_element(out, "<h2>", m->candidate->name, "");
  eisi_text_addf(out, "%s</h2>\n<p>Circuit <code>", best && v->set->n > 1 ? " (best)" : "");
  eisi_html_text(out, circuit ? circuit : "");
  free(circuit);
  eisi_text_addf(out, "</code>");
  if (m->candidate->model)
    eisi_html_element(out, ", variant ", m->candidate->variant[m->variant].name, "");
  eisi_text_addf(out, ". Verdict: <b class=\"%s\">%s</b>.</p>\n",
                 r->verdict != EIS_FIT_CONVERGED ? "bad"
                 : r->misfit                     ? "odd"
                                                 : "good",
                 eisi_verdict_name(r));
  tables(m, out);
  eisi_text_addf(out,
                 "<p>Weighting %s: S = %.6g, S/dof = %.4g (dof %d). Pseudo chi² = Σ|ΔZ|²/|Z|² = "
                 "%.4g, misfit %g %% of |Z|. AICc %.2f, BIC %.2f. %d of %d starts ended in this "
                 "optimum (seed %llu).</p>\n",
                 eisi_weighting_name(v->options->fit.weighting), r->S, r->reduced, r->dof,
                 r->pseudo_chi2, eisi_signif(r->noise_percent, 2), r->aicc, r->bic,
                 r->starts_agreed, r->starts_tried, (unsigned long long)r->seed);
  eisi_html_notes(out, &m->derived.words, "<p>", "</p>\n");
  eisi_html_notes(out, &r->warnings, "<p class=\"warn\">", "</p>\n");
}

static void comparison(const eisi_fitset *set, eisi_text *out) {
  eisi_text_addf(out,
                 "<h2>Comparison</h2>\n<table>\n<tr><th>model</th><th class=\"n\">free</th>"
                 "<th class=\"n\">S</th><th class=\"n\">ΔAICc</th><th class=\"n\">weight</th>"
                 "<th class=\"n\">ΔBIC</th><th class=\"n\">F-test p</th></tr>\n");
  for (size_t i = 0; i < set->n; i++) {
    const eisi_modelfit *m = &set->at[i];
    eisi_html_element(out, "<tr><td>", m->candidate->name,
                      (int)i == set->best ? " *</td>" : "</td>");
    if (m->variant < 0) {
      eisi_html_element(out, "<td colspan=\"6\">failed: ", m->err.text, "</td></tr>\n");
      continue;
    }
    eisi_text_addf(out,
                   "<td class=\"n\">%d</td><td class=\"n\">%.5g</td><td class=\"n\">%.2f</td>"
                   "<td class=\"n\">%.3f</td><td class=\"n\">%.2f</td><td class=\"n\">",
                   m->fit.n_free, m->fit.S, m->delta_aicc, m->weight, m->delta_bic);
    if (!isnan(m->f_test_p)) eisi_text_addf(out, "%.2g", m->f_test_p);
    eisi_text_addf(out, "</td></tr>\n");
  }
  eisi_text_addf(out, "</table>\n<p>* lowest BIC.</p>\n");
}

eis_status eisi_html_fit(const eisi_fit_view *v, const char *svg, eisi_text *out, eis_error *err) {
  const eis_spectrum *s = v->spectrum;
  const eisi_fitset *set = v->set;
  eisi_html_begin(s, "Impedance", svg, out);
  fit_section(v, &set->at[set->best], true, out);
  for (size_t i = 0; i < set->n; i++)
    if ((int)i != set->best && set->at[i].variant >= 0) fit_section(v, &set->at[i], false, out);
  if (set->n > 1) comparison(set, out);
  if (set->at[set->best].fit.have_kk) eisi_html_kk(&set->at[set->best].fit.kk, out);
  return eisi_html_end(s, out, err);
}
