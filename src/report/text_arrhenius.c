/* text_arrhenius.c - activation energies for people. */
#include <math.h>
#include <stdio.h>

#include "base/number.h"
#include "report/shown.h"
#include "report/stats_view.h"
#include "report/table.h"

static const eisi_grid_column columns[] = {
    {"series", EISI_LEFT},   {"n", EISI_RIGHT},          {"T / °C", EISI_LEFT},
    {"Ea / eV", EISI_LEFT},  {"95 % interval", EISI_LEFT}, {"kJ/mol", EISI_LEFT},
    {"ln A", EISI_LEFT},     {"scatter", EISI_RIGHT},    {"note", EISI_LEFT},
};

static void pair(double v, double se, char *buf, size_t size) {
  const eisi_shown s = eisi_show(v, se, NAN, NAN, "");
  snprintf(buf, size, "%s ± %s", s.value, s.error);
}

static eis_status failed_row(eisi_grid *t, const eisi_arrhenius_view *v, eis_error *err) {
  eis_status st = EIS_OK;
  for (int k = 0; !st && k < 6; k++) st = eisi_grid_cell(t, err, "%s", k == 1 ? "-" : "");
  return st ? st : eisi_grid_cell(t, err, "%s", v->why_not ? v->why_not : "");
}

static eis_status row(eisi_grid *t, const eisi_arrhenius_view *v, eis_error *err) {
  const eis_arrhenius_result *r = v->fit;
  char text[128];
  eis_status st = eisi_grid_cell(t, err, "%s", *v->series->label ? v->series->label : "all");
  if (!st) st = eisi_grid_cell(t, err, "%zu", v->series->n);
  if (st || !r) return st ? st : failed_row(t, v, err);
  const eis_arrhenius_line *l = &r->line;
  const double kj = eis_ev_to_kj_mol(1);
  st = eisi_grid_cell(t, err, "%.0f to %.0f", r->T_min_K - 273.15, r->T_max_K - 273.15);
  pair(l->Ea_eV, l->Ea_se, text, sizeof text);
  if (!st) st = eisi_grid_cell(t, err, "%s", text);
  if (!st) st = eisi_grid_cell(t, err, "%.3f to %.3f", l->Ea_low, l->Ea_high);
  pair(l->Ea_eV * kj, l->Ea_se * kj, text, sizeof text);
  if (!st) st = eisi_grid_cell(t, err, "%s", text);
  pair(l->ln_A, l->ln_A_se, text, sizeof text);
  if (!st) st = eisi_grid_cell(t, err, "%s", text);
  if (!st) st = eisi_grid_cell(t, err, "%g %%", eisi_signif(100 * l->scatter, 2));
  if (st) return st;
  return eisi_grid_cell(t, err, "%s%s%s", r->bend.found ? "break" : "",
                        r->bend.found && r->n_outliers ? ", " : "", r->n_outliers ? "outlier" : "");
}

static void details(const eisi_arrhenius_view *v, eisi_text *out) {
  const eis_arrhenius_result *r = v->fit;
  char lead[160];
  if (!r) return;
  snprintf(lead, sizeof lead, "  %s%s%s: ", v->series->sample->name, *v->series->label ? ", " : "",
           v->series->label);
  char ref[128];
  pair(r->line.ln_ref, r->line.ln_ref_se, ref, sizeof ref);
  eisi_text text = {0};
  eisi_text_addf(&text,
                 "ln(%s) = %s at %.1f K, where it does not depend on Ea; ln A and Ea are "
                 "correlated by %.4f",
                 r->form->formula, ref, r->line.T_ref_K, r->line.correlation);
  if (r->bend.tested && !r->bend.found)
    eisi_text_addf(&text, "; no break: two slopes are %s by %.1f in AICc",
                   r->bend.delta_aicc > 0 ? "better only" : "worse", fabs(r->bend.delta_aicc));
  eisi_wrap(out, lead, eisi_text_part(out, &text), EISI_SCREEN);
  eisi_text_clear(&text);
}

static void notes(const eisi_arrhenius_view *v, eisi_text *out) {
  for (size_t i = 0; v->fit && i < v->fit->notes.n; i++) {
    char lead[160];
    snprintf(lead, sizeof lead, "  note%s%s: ", *v->series->label ? ", " : "", v->series->label);
    eisi_wrap(out, lead, v->fit->notes.text[i], EISI_SCREEN);
  }
}

eis_status eisi_text_arrhenius(const eisi_arrhenius_view *v, size_t n, bool detail, bool color,
                               eisi_text *out, eis_error *err) {
  eis_status st = EIS_OK;
  for (size_t i = 0, k; !st && i < n; i = k) {
    eisi_grid t = {columns, 9, NULL, 0};
    const char *form = NULL;
    for (k = i; k < n && v[k].series->sample == v[i].series->sample; k++)
      if (v[k].fit) form = v[k].fit->form->formula;
    eisi_text_addf(out, "%s%s%s%s", i ? "\n" : "", eisi_style_on(EISI_BOLD, color),
                   v[i].series->sample->name, eisi_style_off(color));
    if (form) eisi_text_addf(out, ", ln(%s) over 1/T", form);
    eisi_text_addf(out, "\n");
    for (size_t m = i; !st && m < k; m++) st = row(&t, &v[m], err);
    if (!st) eisi_grid_print(&t, 2, color, out);
    eisi_grid_clear(&t);
    for (size_t m = i; m < k; m++) {
      if (detail) details(&v[m], out);
      notes(&v[m], out);
    }
  }
  return st;
}
