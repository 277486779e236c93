/* text_joint.c - the screen a person reads after a joint fit. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/number.h"
#include "report/joint_report.h"
#include "report/report.h"
#include "report/shown.h"
#include "report/table.h"

const eisi_joint_hypothesis *eisi_joint_best(const eisi_joint_view *v) {
  return v->choice->best < 0 ? NULL : &v->at[v->choice->best];
}

const eis_joint_column *eisi_joint_view_column(const eisi_joint_view *v, const char *name) {
  for (size_t k = 0; k < v->data->n_columns; k++)
    if (eisi_strcasecmp(v->data->column[k].name, name) == 0) return &v->data->column[k];
  return NULL;
}

/* Different values of a parameter among (at most 50) spectra. */
static int different(const eis_joint_result *r, int param) {
  const size_t n = r->n < 50 ? r->n : 50;
  int count = 0;
  for (size_t i = 0; i < n; i++) {
    size_t k = 0;
    while (k < i && r->spectrum[k].param[param] != r->spectrum[i].param[param]) k++;
    count += k == i;
  }
  return count;
}

int eisi_joint_varying(const eis_joint_result *r, int most, int *which) {
  int n = 0;
  for (int level = 50; level > 1 && n < most; level--)
    for (int k = 0; k < r->circuit->n_params && n < most; k++) {
      const eis_param_spec *spec = r->circuit->param[k].spec;
      if (!spec->discrete && strcmp(spec->unit, "K") && different(r, k) == level) which[n++] = k;
    }
  return n;
}

static void notes(const char *lead, const eis_notes *list, eisi_text *out) {
  char blank[32];
  snprintf(blank, sizeof blank, "%*s", (int)strlen(lead), "");
  for (size_t k = 0; k < list->n; k++) eisi_wrap(out, k ? blank : lead, list->text[k], EISI_SCREEN);
}

static void head(const eisi_joint_view *v, eisi_text *out) {
  size_t points = 0;
  eisi_text names = {0};
  for (size_t i = 0; i < v->data->n; i++) points += v->data->spectrum[i]->n;
  for (size_t k = 0; k < v->data->n_columns; k++)
    eisi_text_addf(&names, "%s%s", k ? ", " : "", v->data->column[k].name);
  eisi_text_addf(out, "%s%s%s  %zu spectra, %zu points\n", eisi_style_on(EISI_BOLD, v->color),
                 v->manifest, eisi_style_off(v->color), v->data->n, points);
  const char *list = eisi_text_part(out, &names);
  eisi_wrap(out, "  columns   ", *list ? list : "none", EISI_SCREEN);
  if (v->verbose) notes("  campaign  ", v->notes, out);
  eisi_text_clear(&names);
}

static eis_status hypotheses(const eisi_joint_view *v, eisi_text *out, eis_error *err) {
  static const eisi_grid_column columns[] = {{"hypothesis", EISI_LEFT}, {"misfit / %", EISI_RIGHT},
                                             {"unknowns", EISI_RIGHT}, {"ΔBIC", EISI_RIGHT},
                                             {"ΔAICc", EISI_RIGHT}, {"", EISI_LEFT}};
  eisi_grid t = {.column = columns, .n_columns = 6};
  const eisi_joint_hypothesis *best = eisi_joint_best(v);
  double aicc = INFINITY;
  eis_status st = EIS_OK;
  for (size_t k = 0; k < v->n; k++)
    if (v->at[k].fitted) aicc = fmin(aicc, v->at[k].result.aicc);
  for (size_t k = 0; k < v->n && !st; k++) {
    const eis_joint_result *r = &v->at[k].result;
    st = eisi_grid_cell(&t, err, "%s", v->at[k].name);
    if (!st && !v->at[k].fitted) {
      for (int c = 0; c < 4 && !st; c++) st = eisi_grid_cell(&t, err, "–");
      if (!st) st = eisi_grid_cell(&t, err, "not tested: %s", v->at[k].why.text);
      continue;
    }
    if (!st) st = eisi_grid_cell(&t, err, "%g", eisi_signif(r->noise_percent, 3));
    if (!st) st = eisi_grid_cell(&t, err, "%ld", r->n_free);
    if (!st) st = eisi_grid_cell(&t, err, "%.1f", r->bic - best->result.bic);
    if (!st) st = eisi_grid_cell(&t, err, "%.1f", r->aicc - aicc);
    if (!st)
      st = eisi_grid_cell(&t, err, "%s", r->verdict == EIS_FIT_CONVERGED ? "" : "not converged");
  }
  if (!st) eisi_grid_print(&t, 2, v->color, out);
  eisi_grid_clear(&t);
  if (!st) notes("  verdict   ", &v->choice->words, out);
  return st;
}

/* "fixed", "at its bound", "not identifiable", "open upwards" or "". */
static const char *remark(const eis_joint_number *n) {
  if (n->fixed) return "fixed";
  if (n->at_bound) return "at its bound";
  if (n->profiled && isinf(n->ci_high)) return "not identifiable: open upwards";
  if (n->profiled && (isinf(n->ci_low) || n->ci_low == 0))
    return "not identifiable: open downwards";
  if (!n->identifiable) return "not identifiable";
  return "";
}

static eis_status number_row(eisi_grid *t, const eis_joint_number *n, eis_error *err) {
  const eisi_shown s = eisi_show(n->value, n->stderr_, n->ci_low, n->ci_high, n->unit);
  eis_status st = eisi_grid_cell(t, err, "%s", n->name);
  if (!st) st = eisi_grid_cell(t, err, "%s", n->group);
  if (!st) st = eisi_grid_cell(t, err, "%s", s.value);
  if (!st) st = eisi_grid_cell(t, err, "%s", s.error);
  if (!st && n->identifiable && *s.low)
    st = eisi_grid_cell(t, err, "%s … %s", s.low, s.high);
  else if (!st)
    st = eisi_grid_cell(t, err, "%s", "");
  if (!st) st = eisi_grid_cell(t, err, "%s", s.unit);
  return st ? st
            : eisi_grid_cell(t, err, "%s%s", remark(n),
                             n->profiled && n->identifiable ? "profile" : "");
}

static eis_status numbers(const eisi_joint_view *v, const eis_joint_result *r, eisi_text *out,
                          eis_error *err) {
  static const eisi_grid_column columns[] = {{"shared", EISI_LEFT}, {"group", EISI_LEFT}, {"value", EISI_RIGHT},
                                             {"± error", EISI_RIGHT}, {"95 %", EISI_RIGHT}, {"unit", EISI_LEFT},
                                             {"", EISI_LEFT}};
  eisi_grid t = {.column = columns, .n_columns = 7};
  eis_status st = EIS_OK;
  for (size_t k = 0; k < r->n_numbers && !st; k++) st = number_row(&t, &r->number[k], err);
  if (!st && r->n_numbers) eisi_grid_print(&t, 2, v->color, out);
  eisi_grid_clear(&t);
  return st;
}

/* ---- spectra ---- */

enum { MOST_COLUMNS = 12, MOST_ROWS = 40, MOST_PARAMS = 5 };

/* Columns of the campaign that say which spectrum it is. */
static size_t labels(const eisi_joint_view *v, const char **names) {
  static const char *const wanted[] = {"cell", "group", "soc", "temperature_C", "cycle", "time_h"};
  size_t n = 0;
  for (size_t k = 0; k < sizeof wanted / sizeof *wanted; k++) {
    const eis_joint_column *c = eisi_joint_view_column(v, wanted[k]);
    bool differs = false;
    for (size_t i = 1; c && i < v->data->n; i++)
      differs =
          differs || (c->text ? strcmp(c->text[i], c->text[0]) != 0 : c->number[i] != c->number[0]);
    if (differs) names[n++] = wanted[k];
  }
  return n;
}

static eis_status label_cells(const eisi_joint_view *v, const char *const *names, size_t n,
                              size_t i, eisi_grid *t, eis_error *err) {
  eis_status st = EIS_OK;
  for (size_t k = 0; k < n && !st; k++) {
    const eis_joint_column *c = eisi_joint_view_column(v, names[k]);
    if (c->number && isfinite(c->number[i]))
      st = eisi_grid_cell(t, err, "%.6g", c->number[i]);
    else
      st = eisi_grid_cell(t, err, "%s", c->text ? c->text[i] : "");
  }
  const char *file = v->data->spectrum[i]->source;
  if (!st && n == 0) st = eisi_grid_cell(t, err, "%s", file ? file : "");
  return st;
}

/* A value in units that are the same for the whole column. */
static eis_status scaled(eisi_grid *t, eis_error *err, double v, double se, double factor) {
  if (!isfinite(v)) return eisi_grid_cell(t, err, "–");
  if (!isfinite(se) || !(se < 10 * fabs(v))) return eisi_grid_cell(t, err, "%.3g ± ?", v * factor);
  const double shown = fabs(v * factor);
  if (se > 0 && shown > 0 && shown < 1e-4) {
    const int more = (int)fmax(1, fmin(8, floor(log10(shown)) - floor(log10(se * factor)) + 1));
    return eisi_grid_cell(t, err, "%.*e ± %.1e", more, v * factor, se * factor);
  }
  const int digits = se > 0 ? (int)fmax(0, fmin(8, 1 - floor(log10(se * factor)))) : 3;
  return eisi_grid_cell(t, err, "%.*f ± %.*f", digits, v * factor, digits, se * factor);
}

static eis_status share_cells(const eis_joint_share *s, bool missed, eisi_grid *t, eis_error *err) {
  eis_status st = scaled(t, err, s->dphi, s->dphi_se, 1e3);
  if (!st) st = scaled(t, err, s->R_scl, s->R_scl_se, 1);
  if (!st) st = eisi_grid_cell(t, err, "%.4g", s->R_ct);
  if (!st) st = eisi_grid_cell(t, err, "%.4g", s->R_cei);
  if (!st) st = eisi_grid_cell(t, err, "%.2f", 100 * s->share);
  const char *why = s->share < EIS_JOINT_LEAST_SHARE ? "dominated" : missed ? "missed" : "no";
  return st ? st
            : eisi_grid_cell(t, err, "%s",
                             s->identifiable ? "yes"
                             : !s->resolved  ? "too small"
                                             : why);
}

static eis_status fit_cells(const eis_joint_spectrum *s, eisi_grid *t, eis_error *err) {
  const eis_status st = eisi_grid_cell(t, err, "%g", eisi_signif(s->noise_percent, 2));
  return st ? st
            : eisi_grid_cell(t, err, "%s",
                             s->outlier  ? "stands out"
                             : s->missed ? "missed"
                                         : "");
}

/* Prefix that makes the middle of a column handy: "mΩ" and 1e3. */
static double column_unit(const eis_joint_result *r, int param, char *unit, size_t size) {
  const char *si = r->circuit->param[param].spec->unit;
  const bool takes = !strcmp(si, "ohm") || !strcmp(si, "F") || !strcmp(si, "H") || !strcmp(si, "s");
  int exponent = 0;
  const char *prefix = takes ? eisi_prefix_for(r->spectrum[r->n / 2].param[param], &exponent) : "";
  snprintf(unit, size, "%s%s", prefix, strcmp(si, "ohm") ? si : "Ω");
  return pow(10, -exponent);
}

static size_t table_columns(const eisi_joint_view *v, const eis_joint_result *r,
                            const char *const *names, size_t n, eisi_grid_column *c,
                            char titles[][96]) {
  size_t k = 0;
  int which[MOST_PARAMS];
  for (size_t q = 0; q < n; q++)
    c[k++] = (eisi_grid_column){names[q], q && v ? EISI_RIGHT : EISI_LEFT};
  if (n == 0) c[k++] = (eisi_grid_column){"file", EISI_LEFT};
  if (r->share) {
    static const char *const heads[] = {"Δφ / mV",   "R_scl / Ω", "R_ct / Ω",
                                        "R_cei / Ω", "share / %", "identifiable"};
    for (int q = 0; q < 6; q++)
      c[k++] = (eisi_grid_column){heads[q], q < 5 ? EISI_RIGHT : EISI_LEFT};
  } else {
    const int count = eisi_joint_varying(r, MOST_PARAMS, which);
    for (int q = 0; q < count; q++) {
      char unit[24];
      column_unit(r, which[q], unit, sizeof unit);
      snprintf(titles[q], 96, "%s%s%s", r->circuit->param[which[q]].name, *unit ? " / " : "", unit);
      c[k++] = (eisi_grid_column){titles[q], EISI_RIGHT};
    }
  }
  c[k++] = (eisi_grid_column){"misfit / %", EISI_RIGHT};
  c[k++] = (eisi_grid_column){"", EISI_LEFT};
  return k;
}

static eis_status spectrum_row(const eisi_joint_view *v, const eis_joint_result *r,
                               const char *const *names, size_t n, size_t i, eisi_grid *t) {
  int which[MOST_PARAMS];
  eis_status st = label_cells(v, names, n, i, t, NULL);
  if (!st && r->share) st = share_cells(&r->share[i], r->spectrum[i].missed, t, NULL);
  const int count = r->share ? 0 : eisi_joint_varying(r, MOST_PARAMS, which);
  for (int q = 0; q < count && !st; q++) {
    char unit[24];
    const double factor = column_unit(r, which[q], unit, sizeof unit),
                 se = r->spectrum[i].stderr_[which[q]];
    st = scaled(t, NULL, r->spectrum[i].param[which[q]], se > 0 ? se : NAN, factor);
  }
  return st ? st : fit_cells(&r->spectrum[i], t, NULL);
}

static eis_status spectra(const eisi_joint_view *v, const eis_joint_result *r, eisi_text *out,
                          eis_error *err) {
  const char *names[8];
  char titles[MOST_PARAMS][96];
  eisi_grid_column columns[MOST_COLUMNS + 8];
  const size_t n = labels(v, names),
               step = v->verbose || r->n <= MOST_ROWS ? 1 : (r->n + MOST_ROWS - 1) / MOST_ROWS;
  eisi_grid t = {.column = columns, .n_columns = table_columns(v, r, names, n, columns, titles)};
  eis_status st = EIS_OK;
  for (size_t i = 0; i < r->n && !st; i++)
    if (i % step == 0 || r->spectrum[i].outlier) st = spectrum_row(v, r, names, n, i, &t);
  if (!st) eisi_grid_print(&t, 2, v->color, out);
  if (!st && step > 1)
    eisi_text_addf(
        out, "  (every %zuth spectrum and those that stand out; all with -v, --csv or --json)\n",
        step);
  eisi_grid_clear(&t);
  return st ? eis_error_set(err, st, "out of memory") : EIS_OK;
}

static void result_head(const eisi_joint_view *v, const eisi_joint_hypothesis *h, eisi_text *out) {
  const eis_joint_result *r = &h->result;
  char *text = eisi_circuit_text(r->circuit);
  out->failed |= !text;
  const bool good = r->verdict == EIS_FIT_CONVERGED;
  eisi_text_addf(out, "\n%s%s%s  %s\n", eisi_style_on(EISI_BOLD, v->color), h->name,
                 eisi_style_off(v->color), text ? text : "");
  eisi_text_addf(
      out,
      "  fit       %s%s%s, misfit %g %% of |Z|; %zu shared, %zu of each spectrum; %d of %d starts agree\n",
      eisi_style_on(good ? EISI_GOOD : EISI_BAD, v->color), good ? "converged" : "not converged",
      eisi_style_off(v->color), eisi_signif(r->noise_percent, 3), r->n_numbers, r->n_local,
      r->starts_agreed, r->starts_tried);
  free(text);
  notes("  data      ", &r->decisions, out);
}

eis_status eisi_text_joint(const eisi_joint_view *v, eisi_text *out, eis_error *err) {
  const eisi_joint_hypothesis *best = eisi_joint_best(v);
  head(v, out);
  eis_status st = v->n > 1 ? hypotheses(v, out, err) : EIS_OK;
  if (st || !best) return st;
  result_head(v, best, out);
  st = numbers(v, &best->result, out, err);
  if (!st) st = spectra(v, &best->result, out, err);
  if (st) return st;
  notes("  known     ", &best->result.identifiability, out);
  eisi_text_warnings(&best->result.warnings, v->color, out);
  return out->failed ? eis_error_set(err, EIS_ERROR_MEMORY, "out of memory") : EIS_OK;
}
