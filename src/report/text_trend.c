/* text_trend.c - ageing laws and drift for people. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/number.h"
#include "report/report.h"
#include "report/shown.h"
#include "report/stats_view.h"
#include "report/table.h"

/* "2.008 ± 0.032" */
static void with_error(double v, double se, char *buf, size_t size) {
  const eisi_shown s = eisi_show(v, se, NAN, NAN, "");
  if (isfinite(se))
    snprintf(buf, size, "%s ± %s", s.value, s.error);
  else
    snprintf(buf, size, "%s", s.value);
}

static void parameters(const eis_law_fit *f, char *buf, size_t size) {
  size_t at = 0;
  buf[0] = '\0';
  for (int j = 0; j < f->law->n_params && at < size; j++) {
    char one[128];
    with_error(f->p[j], f->se[j], one, sizeof one);
    at += (size_t)snprintf(buf + at, size - at, "%s%s %s", j ? ", " : "", f->law->param[j], one);
  }
}

static void end_text(double end, double low, double high, char *buf, size_t size) {
  if (isnan(end))
    buf[0] = '\0';
  else if (isinf(end) && isinf(low))
    snprintf(buf, size, "not reached");
  else if (isinf(end))
    snprintf(buf, size, "not reached (from %g)", eisi_signif(low, 3));
  else if (isinf(high))
    snprintf(buf, size, "%g (%g to never)", eisi_signif(end, 3), eisi_signif(low, 3));
  else
    snprintf(buf, size, "%g (%g to %g)", eisi_signif(end, 3), eisi_signif(low, 3),
             eisi_signif(high, 3));
}

static void others(const eis_trend_result *r, char *buf, size_t size) {
  size_t at = 0;
  buf[0] = '\0';
  for (size_t i = 0; i < r->n_laws && at < size; i++)
    if (r->fit[i].plausible && (int)i != r->best)
      at += (size_t)snprintf(buf + at, size - at, "%s%s", at ? ", " : "", r->fit[i].law->key);
}

static const eisi_grid_column summary_columns[] = {
    {"series", EISI_LEFT}, {"n", EISI_RIGHT},          {"law", EISI_LEFT},
    {"also fits", EISI_LEFT}, {"end of life", EISI_LEFT}, {"parameters", EISI_LEFT},
};

static eis_status summary_row(eisi_grid *t, const eisi_trend_view *v, eis_error *err) {
  char also[160] = "", end[96] = "", what[320];
  const eis_trend_result *r = v->trend;
  if (r) {
    others(r, also, sizeof also);
    const eis_law_fit *f = &r->fit[r->best];
    end_text(f->end, r->end_low, r->end_high, end, sizeof end);
    parameters(f, what, sizeof what);
  } else {
    snprintf(what, sizeof what, "%s", v->why_not ? v->why_not : "");
  }
  eis_status st = eisi_grid_cell(t, err, "%s", *v->series->label ? v->series->label : "all");
  if (!st) st = eisi_grid_cell(t, err, "%zu", v->series->n);
  if (!st) st = eisi_grid_cell(t, err, "%s", r ? r->fit[r->best].law->key : "-");
  if (!st) st = eisi_grid_cell(t, err, "%s", also);
  if (!st) st = eisi_grid_cell(t, err, "%s", end);
  return st ? st : eisi_grid_cell(t, err, "%s", what);
}

static void unit_text(const char *si, char *buf, size_t size) {
  snprintf(buf, size, "%s%s%s", *si ? " [" : "", *si ? si : "", *si ? "]" : "");
}

static eis_status summary(const eisi_trend_view *v, size_t n, bool color, eisi_text *out,
                          eis_error *err) {
  eisi_grid t = {summary_columns, 6, NULL, 0};
  eis_status st = EIS_OK;
  char unit[40];
  unit_text(v->series->sample->unit, unit, sizeof unit);
  eisi_text_addf(out, "%s%s%s%s over %s\n", eisi_style_on(EISI_BOLD, color),
                 v->series->sample->name, eisi_style_off(color), unit, v->x_name);
  for (size_t i = 0; !st && i < n; i++) st = summary_row(&t, &v[i], err);
  if (!st) eisi_grid_print(&t, 2, color, out);
  eisi_grid_clear(&t);
  return st;
}

static const eisi_grid_column law_columns[] = {
    {"law", EISI_LEFT},         {"formula", EISI_LEFT},     {"AICc", EISI_RIGHT},
    {"behind", EISI_RIGHT},     {"weight", EISI_RIGHT},     {"scatter", EISI_RIGHT},
    {"end of life", EISI_LEFT}, {"note", EISI_LEFT},
};

static eis_status law_row(eisi_grid *t, const eis_law_fit *f, bool best, eis_error *err) {
  char end[96];
  end_text(f->end, f->end_low, f->end_high, end, sizeof end);
  eis_status st = eisi_grid_cell(t, err, "%s", f->law->key);
  if (!st) st = eisi_grid_cell(t, err, "%s", f->law->formula);
  if (f->why_not) {
    for (int k = 0; !st && k < 5; k++) st = eisi_grid_cell(t, err, "%s", k ? "" : "-");
    return st ? st : eisi_grid_cell(t, err, "%s", f->why_not);
  }
  if (!st) st = eisi_grid_cell(t, err, "%.1f", f->aicc);
  if (!st) st = eisi_grid_cell(t, err, "%.1f", f->delta);
  if (!st) st = eisi_grid_cell(t, err, "%.2f", f->weight);
  if (!st) st = eisi_grid_cell(t, err, "%g", eisi_signif(f->scatter, 3));
  if (!st) st = eisi_grid_cell(t, err, "%s", end);
  if (st) return st;
  return eisi_grid_cell(t, err, "%s",
                        best              ? "shown"
                        : f->shape_at_end ? "parameter at the end of its range"
                        : f->plausible    ? "fits as well"
                                          : "");
}

static void notes(const eis_notes *list, eisi_text *out) {
  for (size_t i = 0; i < list->n; i++) eisi_wrap(out, "  note: ", list->text[i], EISI_SCREEN);
}

/* In what is shown of it? */
static bool differs(double a, double b) { return a != b && !(fabs(a - b) <= 5e-3 * fabs(a)); }

static eis_status laws(const eis_trend_result *r, bool color, eisi_text *out, eis_error *err) {
  eisi_grid t = {law_columns, 8, NULL, 0};
  eis_status st = EIS_OK;
  for (size_t i = 0; !st && i < r->n_laws; i++)
    st = law_row(&t, &r->fit[i], (int)i == r->best, err);
  if (!st) eisi_grid_print(&t, 2, color, out);
  eisi_grid_clear(&t);
  if (isfinite(r->end_low) && (differs(r->end_low, r->fit[r->best].end_low) ||
                               differs(r->end_high, r->fit[r->best].end_high))) {
    char text[96];
    if (isinf(r->end_high))
      snprintf(text, sizeof text, "from %g, maybe never", eisi_signif(r->end_low, 3));
    else
      snprintf(text, sizeof text, "%g to %g", eisi_signif(r->end_low, 3),
               eisi_signif(r->end_high, 3));
    eisi_text_addf(out, "  end of life over all laws, by their weights: %s\n", text);
  }
  notes(&r->notes, out);
  return st;
}

static eis_status details(const eisi_trend_view *v, bool color, eisi_text *out, eis_error *err) {
  if (!v->trend) return EIS_OK;
  eisi_text_addf(out, "\n%s, %s\n", v->series->sample->name,
                 *v->series->label ? v->series->label : "all rows");
  return laws(v->trend, color, out, err);
}

static void drift_text(const eisi_trend_view *v, bool color, eisi_text *out) {
  if (!v->drift) return;
  eisi_text_addf(out, "\n%sdrift of %s and %s%s%s%s\n", eisi_style_on(EISI_BOLD, color),
                 v->series->sample->name, v->partner, *v->series->label ? ", " : "",
                 v->series->label, eisi_style_off(color));
  for (size_t i = 0; i < v->drift->words.n; i++)
    eisi_wrap(out, "  ", v->drift->words.text[i], EISI_SCREEN);
}

static const eisi_grid_column drift_columns[] = {
    {"series", EISI_LEFT}, {"dlnC/dlnR", EISI_LEFT}, {"95 % interval", EISI_LEFT},
    {"fits", EISI_LEFT},   {"rather", EISI_LEFT},
};

static void mechanisms(const bool *which, char *buf, size_t size) {
  size_t at = 0;
  buf[0] = '\0';
  for (int m = 0; m < EIS_N_MECHANISMS && at < size; m++)
    if (which[m])
      at += (size_t)snprintf(buf + at, size - at, "%s%s", at ? ", " : "",
                             eis_mechanism_name((eis_mechanism)m));
}

static eis_status drift_row(eisi_grid *t, const eisi_trend_view *v, eis_error *err) {
  const eis_drift_result *d = v->drift;
  char fits[128], rather[128];
  mechanisms(d->possible, fits, sizeof fits);
  mechanisms(d->favoured, rather, sizeof rather);
  eis_status st = eisi_grid_cell(t, err, "%s", *v->series->label ? v->series->label : "all");
  const bool known = isfinite(d->slope) && isfinite(d->low);
  if (!st)
    st = known ? eisi_grid_cell(t, err, "%.2f ± %.2f", d->slope, d->se)
               : eisi_grid_cell(t, err, "not determined");
  if (!st)
    st = known ? eisi_grid_cell(t, err, "%.2f to %.2f", d->low, d->high)
               : eisi_grid_cell(t, err, " ");
  if (!st)
    st = eisi_grid_cell(t, err, "%s",
                        !known      ? ""
                        : !d->moved ? "R changes too little"
                        : *fits     ? fits
                                    : "none");
  return st ? st : eisi_grid_cell(t, err, "%s", rather);
}

/* A table for many series, sentences for few. */
static eis_status drifts(const eisi_trend_view *v, size_t n, bool color, eisi_text *out,
                         eis_error *err) {
  eisi_grid t = {drift_columns, 5, NULL, 0};
  eis_status st = EIS_OK;
  size_t there = 0, last = 0;
  for (size_t i = 0; i < n; i++)
    if (v[i].drift) there++, last = i;
  for (size_t i = 0; there <= 3 && i < n; i++) drift_text(&v[i], color, out);
  if (there <= 3) return EIS_OK;
  for (size_t i = 0; !st && i < n; i++)
    if (v[i].drift) st = drift_row(&t, &v[i], err);
  eisi_text_addf(out, "\n%sdrift of %s and %s%s\n", eisi_style_on(EISI_BOLD, color),
                 v->series->sample->name, v[last].partner, eisi_style_off(color));
  if (!st) eisi_grid_print(&t, 2, color, out);
  eisi_grid_clear(&t);
  return st;
}

static void rank_text(const eisi_trend_view *v, eisi_text *out) {
  char p[32], q[32];
  if (!v->rank) return;
  if (isnan(v->rank->p_spearman)) {
    eisi_text_addf(out, "  %s with %s%s%s: one of them does not change, %zu pairs\n",
                   v->series->sample->name, v->rank_name, *v->series->label ? ", " : "",
                   v->series->label, v->rank->n);
    return;
  }
  eisi_p_text(v->rank->p_spearman, p, sizeof p);
  eisi_p_text(v->rank->p_kendall, q, sizeof q);
  eisi_text_addf(out, "  %s with %s%s%s: rho = %.2f (p %s), tau = %.2f (p %s), %zu pairs\n",
                 v->series->sample->name, v->rank_name, *v->series->label ? ", " : "",
                 v->series->label, v->rank->spearman, p, v->rank->kendall, q, v->rank->n);
}

static void ranks(const eisi_trend_view *v, size_t n, eisi_text *out) {
  bool any = false;
  for (size_t i = 0; i < n; i++) {
    if (v[i].rank && !any) eisi_text_addf(out, "\nrank correlation (Spearman, Kendall)\n");
    any |= v[i].rank != NULL;
    rank_text(&v[i], out);
  }
  if (any)
    eisi_wrap(out, "  note: ",
              "two quantities that both change with age are correlated by that alone: "
              "the p value asks whether they change together, not whether one causes the other",
              EISI_SCREEN);
}

eis_status eisi_text_trend(const eisi_trend_view *v, size_t n, bool detail, bool color,
                           eisi_text *out, eis_error *err) {
  eis_status st = EIS_OK;
  for (size_t i = 0, k; !st && i < n; i = k) {
    for (k = i; k < n && v[k].series->sample == v[i].series->sample; k++) continue;
    if (i) eisi_text_addf(out, "\n");
    st = summary(&v[i], k - i, color, out, err);
    for (size_t m = i; !st && detail && m < k; m++) st = details(&v[m], color, out, err);
    if (!st) st = drifts(&v[i], k - i, color, out, err);
    ranks(&v[i], k - i, out);
  }
  return st;
}
