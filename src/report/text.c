/* text.c - the screen a person reads after a fit. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/number.h"
#include "report/report.h"
#include "report/shown.h"
#include "report/table.h"

void eisi_text_range(const eis_spectrum *s, char *buf, size_t size) {
  char high[48] = "?", low[48] = "?";
  if (s->n) {
    eisi_show_one(s->f[0], 4, "Hz", high, sizeof high);
    eisi_show_one(s->f[s->n - 1], 4, "Hz", low, sizeof low);
  }
  snprintf(buf, size, "%zu points, %s to %s", s->n, high, low);
}

/* In few words what is usual, in full what is not. */
static void reader_lines(const eis_spectrum *s, bool verbose, eisi_text *out) {
  eisi_text brief = {0};
  const char *lead = "  reader  ";
  bool *rest = eisi_new(s->decisions.n + 1, sizeof *rest, NULL);
  out->failed = out->failed || !rest;
  for (size_t i = 0; rest && i < s->decisions.n; i++)
    rest[i] = verbose || !eisi_decision_short(s->decisions.text[i], &brief);
  if (brief.n) {
    eisi_wrap(out, lead, brief.s, EISI_SCREEN);
    lead = "          ";
  }
  for (size_t i = 0; rest && i < s->decisions.n; i++) {
    if (!rest[i]) continue;
    eisi_wrap(out, lead, s->decisions.text[i], EISI_SCREEN);
    lead = "          ";
  }
  out->failed = out->failed || brief.failed;
  eisi_text_clear(&brief);
  free(rest);
}

void eisi_text_spectrum_head(const eis_spectrum *s, bool color, bool verbose, eisi_text *out) {
  char range[160];
  eisi_text_range(s, range, sizeof range);
  eisi_text_addf(out, "%s", eisi_style_on(EISI_BOLD, color));
  for (const char *c = s->source ? s->source : "-"; *c;) c += eisi_text_add_shown(out, c);
  eisi_text_addf(out, "%s", eisi_style_off(color));
  if (s->n_sweeps > 1) eisi_text_addf(out, ", sweep %d of %d", s->sweep, s->n_sweeps);
  eisi_text_addf(out, ": %s\n", range);
  reader_lines(s, verbose, out);
}

void eisi_text_warnings(const eis_notes *warnings, bool color, eisi_text *out) {
  for (size_t i = 0; i < warnings->n; i++) {
    eisi_text_addf(out, "%s", eisi_style_on(EISI_WARN, color));
    eisi_wrap(out, "  warning: ", warnings->text[i], EISI_SCREEN);
    eisi_text_addf(out, "%s", eisi_style_off(color));
  }
}

/* " (3 points stand out by up to 0.2 %: 408, 303, 90.1 kHz; used in the fit)" */
static void standing_out(const eis_spectrum *s, const eis_kk_result *kk, eisi_text *out) {
  enum { SHOWN = 4 };
  double largest = 0;
  size_t shown = 0;
  eisi_text list = {0};
  for (size_t k = 0; k < kk->n && kk->n_outliers; k++) {
    if (!kk->outlier[k]) continue;
    largest = fmax(largest, fmax(fabs(kk->res_re[k]), fabs(kk->res_im[k])));
    char f[48];
    if (shown == SHOWN) continue;
    eisi_show_one(s->f[k], 3, "Hz", f, sizeof f);
    eisi_text_addf(&list, "%s%s", shown++ ? ", " : "", f);
  }
  if (kk->n_outliers > SHOWN) eisi_text_addf(&list, " and %zu more", kk->n_outliers - SHOWN);
  if (kk->n_outliers)
    eisi_text_addf(out, " (%zu point%s out by %s%g %%: %s; used in the fit)", kk->n_outliers,
                   kk->n_outliers > 1 ? "s stand" : " stands", kk->n_outliers > 1 ? "up to " : "",
                   eisi_signif(largest, 2), eisi_text_part(out, &list));
  eisi_text_clear(&list);
}

void eisi_text_kk_line(const eis_spectrum *s, const eis_kk_result *kk, bool color, eisi_text *out) {
  eisi_text line = {0};
  eisi_text_addf(&line, "%s%s%s", eisi_style_on(kk->passed ? EISI_GOOD : EISI_BAD, color),
                 kk->passed ? "passed" : "failed", eisi_style_off(color));
  standing_out(s, kk, &line);
  eisi_text_addf(&line, ", noise %g %% of |Z| (%d RC, mu %g)", eisi_signif(kk->noise_percent, 2),
                 kk->m, eisi_signif(kk->mu, 2));
  eisi_wrap(out, "  KK      ", eisi_text_part(out, &line), EISI_SCREEN);
  eisi_text_clear(&line);
  if (!kk->passed) eisi_wrap(out, "          ", kk->reason, EISI_SCREEN);
}

static const eisi_grid_column param_columns[] = {
    {"parameter", EISI_LEFT},     {"value", EISI_RIGHT}, {"± std. error", EISI_LEFT},
    {"95 % interval", EISI_LEFT}, {"unit", EISI_LEFT},   {"note", EISI_LEFT},
};

/* name, value, error, interval, unit: the first five cells of a row. */
static eis_status quantity_cells(eisi_grid *t, const char *name, const eisi_shown *q,
                                 eis_error *err) {
  eis_status st = eisi_grid_cell(t, err, "%s", name);
  if (!st) st = eisi_grid_cell(t, err, "%s", q->value);
  if (!st) st = eisi_grid_cell(t, err, "%s%s", *q->error ? "± " : "", q->error);
  if (!st) st = eisi_grid_cell(t, err, "%s%s%s", q->low, *q->low && *q->high ? " … " : "", q->high);
  if (!st) st = eisi_grid_cell(t, err, "%s", q->unit);
  return st;
}

static eis_status param_rows(const eisi_modelfit *m, eisi_grid *t, eis_error *err) {
  for (int i = 0; i < m->circuit->n_params; i++) {
    const eisi_shown q = eisi_param_shown(m, i);
    char note[96];
    eisi_param_note(m, i, note, sizeof note);
    eis_status st = quantity_cells(t, m->circuit->param[i].name, &q, err);
    if (!st) st = eisi_grid_cell(t, err, "%s", note);
    if (st) return st;
  }
  return EIS_OK;
}

static const eisi_grid_column derived_columns[] = {
    {"derived", EISI_LEFT},       {"value", EISI_RIGHT}, {"± std. error", EISI_LEFT},
    {"95 % interval", EISI_LEFT}, {"unit", EISI_LEFT},   {"meaning", EISI_LEFT},
};

/* Those of the whole circuit; what describes an arc stands in the table of arcs, and with -v here
   too. */
static eis_status derived_rows(const eisi_modelfit *m, bool all, eisi_grid *t, eis_error *err) {
  for (size_t i = 0; i < m->derived.n; i++) {
    const eis_derived *d = &m->derived.at[i];
    if (!all && d->arc >= 0) continue;
    const eisi_shown q = eisi_derived_shown(m, d);
    eis_status st = quantity_cells(t, d->name, &q, err);
    if (!st) st = eisi_grid_cell(t, err, "%s", d->doc);
    if (st) return st;
  }
  return EIS_OK;
}

/* ---- arcs: one line each ---- */

/* What an arc is described by, in the order of the columns. */
static const struct {
  const char *head, *title;
} arc_parts[] = {{"tau", "tau"},
                 {"f_peak", "f_peak"},
                 {"C_eff", "C_eff (HM)"},
                 {"C_area", "C/area"},
                 {"R_area", "R x area"}};
enum { ARC_PARTS = sizeof arc_parts / sizeof arc_parts[0] };

static bool begins_with_name(const eis_derived *q, const char *head) {
  const size_t n = strlen(head);
  return strncmp(q->name, head, n) == 0 && q->name[n] == '(';
}

static const eis_derived *arc_part(const eis_derived_list *d, int arc, const char *head) {
  for (size_t i = 0; i < d->n; i++)
    if (d->at[i].arc == arc && begins_with_name(&d->at[i], head)) return &d->at[i];
  return NULL;
}

/* "1.450 ± 0.013 µF" */
static eis_status quantity_cell(eisi_grid *t, const eisi_modelfit *m, const eis_derived *q,
                                eis_error *err) {
  if (!q) return eisi_grid_cell(t, err, "%s", "");
  const eisi_shown v = eisi_derived_shown(m, q);
  return eisi_grid_cell(t, err, "%s%s%s%s%s", v.value, *v.error ? " ± " : "", v.error,
                        *v.unit ? " " : "", v.unit);
}

/* Columns that no arc fills are left out. */
static eis_status arcs_table(const eisi_modelfit *m, bool color, eisi_text *out, eis_error *err) {
  const eis_derived_list *d = &m->derived;
  eisi_grid_column column[1 + ARC_PARTS] = {{"arc", EISI_LEFT}};
  const char *head[ARC_PARTS];
  int n_arcs = 0, n = 0;
  for (size_t i = 0; i < d->n; i++)
    if (d->at[i].arc >= n_arcs) n_arcs = d->at[i].arc + 1;
  for (int k = 0; k < ARC_PARTS; k++) {
    bool used = false;
    for (int a = 0; a < n_arcs; a++) used = used || arc_part(d, a, arc_parts[k].head);
    if (!used) continue;
    column[1 + n] = (eisi_grid_column){arc_parts[k].title, EISI_LEFT};
    head[n++] = arc_parts[k].head;
  }
  eisi_grid t = {column, (size_t)(1 + n), NULL, 0};
  eis_status st = EIS_OK;
  for (int a = 0; !st && a < n_arcs; a++) {
    const eis_derived *tau = arc_part(d, a, "tau");
    if (!tau) continue;
    st = eisi_grid_cell(&t, err, "%.*s", (int)strlen(tau->name) - 5, tau->name + 4);
    for (int k = 0; !st && k < n; k++) st = quantity_cell(&t, m, arc_part(d, a, head[k]), err);
  }
  if (!st && n_arcs > 0) {
    eisi_text_add(out, "\n", 1);
    eisi_grid_print(&t, 2, color, out);
  }
  eisi_grid_clear(&t);
  return st;
}

static eis_status fit_tables(const eisi_fit_view *v, const eisi_modelfit *m, eisi_text *out,
                             eis_error *err) {
  eisi_grid params = {param_columns, 6, NULL, 0}, derived = {derived_columns, 6, NULL, 0};
  eis_status st = param_rows(m, &params, err);
  if (!st) eisi_grid_print(&params, 2, v->color, out);
  if (!st && m->fit.misfit)
    eisi_text_addf(out, "  errors assume random residuals; here they are systematic: too small\n");
  if (!st) st = arcs_table(m, v->color, out, err);
  if (!st) st = derived_rows(m, v->verbose, &derived, err);
  if (!st && derived.n_cells > 0) {
    eisi_text_add(out, "\n", 1);
    eisi_grid_print(&derived, 2, v->color, out);
  }
  eisi_grid_clear(&params);
  eisi_grid_clear(&derived);
  return st;
}

static void model_head(const eisi_modelfit *m, bool color, eisi_text *out) {
  const eisi_candidate *c = m->candidate;
  char *circuit = eisi_circuit_text(m->circuit);
  if (c->model) {
    eisi_text_addf(out, "  model   %s%s%s", eisi_style_on(EISI_BOLD, color), c->name,
                   eisi_style_off(color));
    if (c->model->n_variants > 1) {
      eisi_text_addf(out, ", variant %s", c->variant[m->variant].name);
      if (c->n_variants > 1)
        eisi_text_addf(out,
                       m->overruled
                           ? " (lowest BIC of the variants, of %d, that the data determine)"
                           : " (lowest BIC of %d variants)",
                       c->n_variants);
    }
    eisi_text_add(out, "\n", 1);
    if (m->inductive)
      eisi_text_addf(out, "          L_hf added: the high-frequency end is inductive\n");
  }
  out->failed |= !circuit;
  eisi_wrap(out, "  circuit ", circuit ? circuit : "", EISI_SCREEN);
  free(circuit);
}

static const char *const sum_text[] = {
    [EIS_WEIGHT_MODULUS] = "Σ|ΔZ|²/|Z|²",
    [EIS_WEIGHT_UNIT] = "Σ|ΔZ|² in ohm²",
    [EIS_WEIGHT_PROPORTIONAL] = "Σ(ΔRe²/Re² + ΔIm²/Im²)",
    [EIS_WEIGHT_SIGMA] = "Σ|ΔZ|²/σ²",
    [EIS_WEIGHT_ERROR_MODEL] = "Σ|ΔZ|²/σ², σ from the KK residuals",
};

static void second_minimum(const eis_fit_result *r, eisi_text *out) {
  double ratio = r->second_S / r->S;
  if (isfinite(ratio) && ratio < 1.0005)
    eisi_text_addf(out, "; another minimum is just as good");
  else if (isfinite(ratio) && ratio < 2)
    eisi_text_addf(out, "; next best minimum: S %g %% higher", eisi_signif(100 * (ratio - 1), 2));
  else if (isfinite(ratio))
    eisi_text_addf(out, "; next best minimum: S %g times as large", eisi_signif(ratio, 3));
  eisi_text_add(out, "\n", 1);
}

static eisi_style verdict_style(const eis_fit_result *r) {
  return r->verdict != EIS_FIT_CONVERGED ? EISI_BAD : r->misfit ? EISI_WARN : EISI_GOOD;
}

static const char *const loss_text[] = {
    [EIS_LOSS_SQUARE] = "",
    [EIS_LOSS_HUBER] = " (terms by the loss huber)",
    [EIS_LOSS_SOFT_L1] = " (terms by the loss soft-l1)",
    [EIS_LOSS_CAUCHY] = " (terms by the loss cauchy)",
};

/* With modulus weights S and pseudo chi-squared are one number. */
static void goodness(const eisi_fit_view *v, const eis_fit_result *r, eisi_text *out) {
  const eis_weighting w = v->options->fit.weighting;
  const bool same = w == EIS_WEIGHT_MODULUS && fabs(r->S - r->pseudo_chi2) <= 1e-9 * r->S;
  eisi_text_addf(out, "  fit     %s%s%s; misfit %g %% of |Z|; weighting %s\n",
                 eisi_style_on(verdict_style(r), v->color), eisi_verdict_name(r),
                 eisi_style_off(v->color), eisi_signif(r->noise_percent, 2),
                 eisi_weighting_name(w));
  if (same)
    eisi_text_addf(out, "          S = pseudo chi² = %s = %.6g", sum_text[w], r->S);
  else
    eisi_text_addf(out, "          S = %s%s = %.6g", sum_text[w], loss_text[v->options->fit.loss],
                   r->S);
  eisi_text_addf(out, ", S/dof = %.4g (dof %d)\n          ", r->reduced, r->dof);
  if (!same) eisi_text_addf(out, "pseudo chi² = Σ|ΔZ|²/|Z|² = %.4g; ", r->pseudo_chi2);
  eisi_text_addf(out, "AICc %.2f, BIC %.2f\n", r->aicc, r->bic);
  if (r->starts_tried > 0) {
    eisi_text_addf(out, "  starts  %d of %d ended in this optimum (seed %llu)", r->starts_agreed,
                   r->starts_tried, (unsigned long long)r->seed);
    second_minimum(r, out);
  }
  if (v->verbose) eisi_text_addf(out, "          %d evaluations of the model\n", r->evaluations);
}

static void variants_line(const eisi_modelfit *m, eisi_text *out) {
  const eisi_candidate *c = m->candidate;
  if (c->n_variants < 2) return;
  eisi_text text = {0};
  for (int k = 0; k < c->n_variants; k++) {
    eisi_text_addf(&text, "%s%s: ", k ? "; " : "", c->variant[k].name);
    if (isnan(m->variant_bic[k]))
      eisi_text_addf(&text, "failed");
    else
      eisi_text_addf(&text, "%+.1f", m->variant_bic[k] - m->fit.bic);
  }
  eisi_wrap(out, "  variants ", eisi_text_part(out, &text), EISI_SCREEN);
  eisi_text_clear(&text);
}

/* Pairs that can hardly be told apart. */
static void strong_correlations(const eisi_modelfit *m, eisi_text *out) {
  int n = m->fit.n_params;
  for (int i = 0; i < n; i++) {
    for (int j = i + 1; j < n; j++) {
      const double *c = m->fit.covariance;
      double r = c[i * n + j] / sqrt(c[i * n + i] * c[j * n + j]);
      if (fabs(r) > 0.95)
        eisi_text_addf(out, "  correlation %s, %s: %.3f\n", m->circuit->param[i].name,
                       m->circuit->param[j].name, r);
    }
  }
}

/* Without the one that the line of the Kramers-Kronig test has said. */
static void fit_warnings(const eis_fit_result *r, bool color, eisi_text *out) {
  for (size_t i = 0; i < r->warnings.n; i++) {
    const eis_notes one = {1, &r->warnings.text[i]};
    const char *reason = strchr(r->kk.reason, ':');
    const char *told = r->have_kk && !r->kk.passed ? strstr(one.text[0], "Kramers-Kronig") : NULL;
    if (!(told && reason && eisi_ends_with(told, reason + 1)) &&
        !(told && eisi_ends_with(told, r->kk.reason)))
      eisi_text_warnings(&one, color, out);
  }
}

static eis_status one_fit(const eisi_fit_view *v, const eisi_modelfit *m, eisi_text *out,
                          eis_error *err) {
  bool color = v->color;
  model_head(m, color, out);
  eisi_text_add(out, "\n", 1);
  eis_status st = fit_tables(v, m, out, err);
  if (st) return st;
  eisi_text_add(out, "\n", 1);
  goodness(v, &m->fit, out);
  if (v->verbose) {
    variants_line(m, out);
    strong_correlations(m, out);
  }
  for (size_t i = 0; i < m->derived.words.n; i++)
    eisi_wrap(out, "  note    ", m->derived.words.text[i], EISI_SCREEN);
  fit_warnings(&m->fit, color, out);
  return EIS_OK;
}

static const eisi_grid_column rank_columns[] = {
    {"", EISI_LEFT},      {"model", EISI_LEFT},     {"free", EISI_RIGHT},
    {"S", EISI_RIGHT},    {"ΔAICc", EISI_RIGHT},    {"weight", EISI_RIGHT},
    {"ΔBIC", EISI_RIGHT}, {"F-test p", EISI_RIGHT}, {"note", EISI_LEFT},
};

static eis_status rank_row(const eisi_fitset *set, size_t i, eisi_grid *t, eis_error *err) {
  const eisi_modelfit *m = &set->at[i];
  bool failed = m->variant < 0;
  eis_status st = eisi_grid_cell(t, err, "%s", (int)i == set->best ? "*" : "");
  if (!st) st = eisi_grid_cell(t, err, "%.44s", m->candidate->name);
  if (failed) {
    for (int k = 2; !st && k < 8; k++) st = eisi_grid_cell(t, err, "%s", "");
    return st ? st : eisi_grid_cell(t, err, "failed: %.60s", m->err.text);
  }
  if (!st) st = eisi_grid_cell(t, err, "%d", m->fit.n_free);
  if (!st) st = eisi_grid_cell(t, err, "%.5g", m->fit.S);
  if (!st) st = eisi_grid_cell(t, err, "%.2f", m->delta_aicc);
  if (!st) st = eisi_grid_cell(t, err, "%.3f", m->weight);
  if (!st) st = eisi_grid_cell(t, err, "%.2f", m->delta_bic);
  if (!st && isnan(m->f_test_p))
    st = eisi_grid_cell(t, err, "%s", "");
  else if (!st)
    st = eisi_grid_cell(t, err, "%g", eisi_signif(m->f_test_p, 2));
  if (!st)
    st = eisi_grid_cell(t, err, "%s",
                        eisi_fit_judgement(&m->fit) == EISI_MISFIT ? "misses the data"
                        : m->fit.verdict != EIS_FIT_CONVERGED      ? eisi_verdict_name(&m->fit)
                                                                   : "");
  return st;
}

static eis_status comparison(const eisi_fitset *set, bool color, eisi_text *out, eis_error *err) {
  eisi_grid t = {rank_columns, 9, NULL, 0};
  eis_status st = EIS_OK;
  for (size_t i = 0; !st && i < set->n; i++) st = rank_row(set, i, &t, err);
  if (!st) {
    eisi_text_addf(out, "\n");
    eisi_grid_print(&t, 2, color, out);
    eisi_wrap(out, "  ",
              "* lowest BIC. weight: probability by AICc among these. F-test p: nested with the "
              "best; small = the additional parameters are justified. The best one in full below, "
              "the others with -v.",
              EISI_SCREEN);
    if (set->best_aicc >= 0 && set->best_aicc != set->best)
      eisi_text_addf(out, "  AICc prefers %s: the data do not decide clearly.\n",
                     set->at[set->best_aicc].candidate->name);
  }
  eisi_grid_clear(&t);
  return st;
}

eis_status eisi_text_fit(const eisi_fit_view *v, eisi_text *out, eis_error *err) {
  const eisi_fitset *set = v->set;
  eisi_text_spectrum_head(v->spectrum, v->color, v->verbose, out);
  const eis_fit_result *best = &set->at[set->best].fit;
  if (best->have_kk) eisi_text_kk_line(v->spectrum, &best->kk, v->color, out);
  eisi_text_warnings(&v->spectrum->warnings, v->color, out);
  eis_status st = set->n > 1 ? comparison(set, v->color, out, err) : EIS_OK;
  if (!st && set->n > 1) eisi_text_add(out, "\n", 1);
  if (!st) st = one_fit(v, &set->at[set->best], out, err);
  for (size_t i = 0; !st && v->verbose && i < set->n; i++) {
    if ((int)i == set->best || set->at[i].variant < 0) continue;
    eisi_text_add(out, "\n", 1);
    st = one_fit(v, &set->at[i], out, err);
  }
  return st;
}
