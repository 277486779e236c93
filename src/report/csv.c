/* csv.c - tidy tables: one row per spectrum and parameter, metadata repeated in every row. */
#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/number.h"
#include "report/csv.h"

void eisi_csv_field(eisi_text *out, const char *s) {
  if (!s) return;
  if (!s[strcspn(s, ",\"\r\n")]) {
    eisi_text_add(out, s, strlen(s));
    return;
  }
  eisi_text_add(out, "\"", 1);
  for (; *s; s++) eisi_text_addf(out, *s == '"' ? "\"\"" : "%c", *s);
  eisi_text_add(out, "\"", 1);
}

void eisi_csv_text(eisi_text *out, const char *s) {
  eisi_csv_field(out, s);
  eisi_text_add(out, ",", 1);
}

void eisi_csv_number(eisi_text *out, double v) {
  if (isfinite(v)) {
    char buf[40];
    eisi_print_double(buf, sizeof buf, v);
    eisi_text_add(out, buf, strlen(buf));
  }
  eisi_text_add(out, ",", 1);
}

void eisi_csv_bool(eisi_text *out, bool v) { eisi_text_addf(out, "%d,", v ? 1 : 0); }

void eisi_csv_keys_clear(eisi_csv_keys *keys) {
  for (size_t i = 0; i < keys->n; i++) free(keys->key[i]);
  free(keys->key);
  *keys = (eisi_csv_keys){0};
}

/* The last column has no comma behind it. */
static void end_row(eisi_text *out) {
  if (out->n && out->s[out->n - 1] == ',') out->s[--out->n] = '\0';
  eisi_text_add(out, "\n", 1);
}

/* ---- conditions: columns of their own; what the file states fills what was not given ---- */

typedef struct condition {
  const char *name;
  size_t at;
} condition;
static const condition conditions[] = {
    {"area_m2", offsetof(eis_conditions, area_m2)},
    {"thickness_m", offsetof(eis_conditions, thickness_m)},
    {"temperature_K", offsetof(eis_conditions, temperature_K)},
    {"soc", offsetof(eis_conditions, soc)},
};
enum { N_CONDITIONS = sizeof conditions / sizeof *conditions };

static bool is_condition(const char *key) {
  for (size_t i = 0; i < N_CONDITIONS; i++)
    if (strcmp(conditions[i].name, key) == 0) return true;
  return false;
}

void eisi_csv_conditions(const eis_conditions *cond, const eis_meta *meta, eisi_text *out) {
  for (size_t i = 0; i < N_CONDITIONS; i++) {
    const double v = cond ? *(const double *)((const char *)cond + conditions[i].at) : NAN;
    if (!cond)
      eisi_csv_text(out, conditions[i].name);
    else if (isfinite(v))
      eisi_csv_number(out, v);
    else
      eisi_csv_text(out, eis_meta_find(meta, conditions[i].name));
  }
}

eis_status eisi_csv_collect(eisi_csv_keys *keys, const eis_spectrum *s, eis_error *err) {
  for (size_t i = 0; i < s->meta.n; i++) {
    size_t k = 0;
    if (is_condition(s->meta.item[i].key)) continue;
    while (k < keys->n && strcmp(keys->key[k], s->meta.item[i].key) != 0) k++;
    if (k < keys->n) continue;
    eis_status st = eisi_grow(&keys->key, keys->n, keys->n + 1, sizeof *keys->key, err);
    if (st) return st;
    keys->key[keys->n] = eisi_strdup(s->meta.item[i].key, err);
    if (!keys->key[keys->n++]) return EIS_ERROR_MEMORY;
  }
  return EIS_OK;
}

/* Is the name that of a column of this header already? */
static bool is_taken(const eisi_text *header, const char *name) {
  const size_t n = strlen(name);
  for (const char *s = header->s; s && *s; s += strcspn(s, ","), s += *s == ',')
    if (strcspn(s, ",\n") == n && memcmp(s, name, n) == 0) return true;
  return false;
}

void eisi_csv_end(const eisi_csv_keys *keys, const eis_meta *meta, eisi_text *out) {
  /* the last field keeps its place even when it is empty: end_row drops exactly one comma */
  for (size_t k = 0; k < keys->n; k++) {
    if (!meta && is_taken(out, keys->key[k])) eisi_text_addf(out, "file_");
    eisi_csv_text(out, meta ? eis_meta_find(meta, keys->key[k]) : keys->key[k]);
  }
  end_row(out);
}

void eisi_csv_fit_header(const eisi_csv_keys *keys, eisi_text *out) {
  eisi_text_addf(out,
                 "file,sweep,model,variant,circuit,best,kind,name,value,stderr,ci95_low,ci95_high,"
                 "unit,fixed,tied,at_bound,identifiable,verdict,weighting,S,dof,pseudo_chi2,"
                 "misfit_percent,aicc,bic,kk_passed,kk_noise_percent,warnings,");
  eisi_csv_conditions(NULL, NULL, out);
  eisi_csv_end(keys, NULL, out);
}

typedef struct fit_rows {
  const eisi_fit_view *view;
  const eisi_csv_keys *keys;
  eisi_text head, tail; /* the same in every row of one fit */
} fit_rows;

static void fit_row_head(fit_rows *r, const eisi_modelfit *m, bool best) {
  const eis_spectrum *s = r->view->spectrum;
  const eisi_candidate *c = m->candidate;
  char *circuit = eisi_circuit_text(m->circuit);
  r->head.failed |= !circuit;
  eisi_csv_text(&r->head, s->source);
  eisi_text_addf(&r->head, "%d,", s->sweep);
  eisi_csv_text(&r->head, c->model ? c->name : "");
  eisi_csv_text(&r->head, c->model ? c->variant[m->variant].name : "");
  eisi_csv_text(&r->head, circuit ? circuit : "");
  eisi_csv_bool(&r->head, best);
  free(circuit);
}

void eisi_csv_warnings(const eis_notes *reader, const eis_notes *fit, eisi_text *out) {
  eisi_text all = {0};
  for (size_t i = 0; i < reader->n; i++)
    eisi_text_addf(&all, "%s%s", all.n ? " | " : "", reader->text[i]);
  for (size_t i = 0; fit && i < fit->n; i++)
    eisi_text_addf(&all, "%s%s", all.n ? " | " : "", fit->text[i]);
  eisi_csv_text(out, all.s);
  out->failed = out->failed || all.failed;
  eisi_text_clear(&all);
}

static void fit_row_tail(fit_rows *r, const eis_fit_result *f) {
  eisi_text *t = &r->tail;
  eisi_csv_text(t, eisi_verdict_name(f));
  eisi_csv_text(t, eisi_weighting_name(r->view->options->fit.weighting));
  eisi_csv_number(t, f->S);
  eisi_text_addf(t, "%d,", f->dof);
  eisi_csv_number(t, f->pseudo_chi2);
  eisi_csv_number(t, f->noise_percent);
  eisi_csv_number(t, f->aicc);
  eisi_csv_number(t, f->bic);
  eisi_text_addf(t, "%s,", !f->have_kk ? "" : f->kk.passed ? "1" : "0");
  eisi_csv_number(t, f->have_kk ? f->kk.noise_percent : NAN);
  eisi_csv_warnings(&r->view->spectrum->warnings, &f->warnings, t);
  eisi_csv_conditions(&r->view->options->cond, &r->view->spectrum->meta, t);
  eisi_csv_end(r->keys, &r->view->spectrum->meta, t);
}

static void quantity_fields(fit_rows *r, eisi_text *out, const char *kind, const char *name) {
  eisi_text_add(out, r->head.s, r->head.n);
  eisi_csv_text(out, kind);
  eisi_csv_text(out, name);
}

static void param_row(fit_rows *r, const eisi_modelfit *m, int i, eisi_text *out) {
  const eis_fit_param *f = &m->fit.param[i];
  quantity_fields(r, out, "parameter", m->circuit->param[i].name);
  eisi_csv_number(out, f->value);
  eisi_csv_number(out, f->stderr_);
  eisi_csv_number(out, f->ci_low);
  eisi_csv_number(out, f->ci_high);
  eisi_csv_text(out, m->circuit->param[i].spec->unit);
  eisi_csv_bool(out, f->fixed);
  eisi_csv_bool(out, f->tied);
  eisi_csv_bool(out, f->at_bound);
  eisi_csv_bool(out, f->identifiable);
  eisi_text_add(out, r->tail.s, r->tail.n);
}

static void derived_row(fit_rows *r, const eis_derived *d, eisi_text *out) {
  quantity_fields(r, out, "derived", d->name);
  eisi_csv_number(out, d->value);
  eisi_csv_number(out, d->stderr_);
  eisi_text_addf(out, ",,");
  eisi_csv_text(out, d->unit);
  eisi_text_addf(out, ",,,,");
  eisi_text_add(out, r->tail.s, r->tail.n);
}

void eisi_csv_fit_rows(const eisi_fit_view *v, const eisi_csv_keys *keys, eisi_text *out) {
  for (size_t i = 0; i < v->set->n; i++) {
    const eisi_modelfit *m = &v->set->at[i];
    if (m->variant < 0) continue;
    fit_rows r = {.view = v, .keys = keys};
    fit_row_head(&r, m, (int)i == v->set->best);
    fit_row_tail(&r, &m->fit);
    out->failed = out->failed || r.head.failed || r.tail.failed;
    if (!out->failed) {
      for (int k = 0; k < m->circuit->n_params; k++) param_row(&r, m, k, out);
      for (size_t k = 0; k < m->derived.n; k++) derived_row(&r, &m->derived.at[k], out);
    }
    eisi_text_clear(&r.head);
    eisi_text_clear(&r.tail);
  }
}

void eisi_csv_kk_header(const eisi_csv_keys *keys, eisi_text *out) {
  eisi_text_addf(out,
                 "file,sweep,passed,m,mu,pseudo_chi2,noise_percent,max_residual_percent,"
                 "valid_low_hz,valid_high_hz,outliers,reason,warnings,");
  eisi_csv_conditions(NULL, NULL, out);
  eisi_csv_end(keys, NULL, out);
}

void eisi_csv_kk_row(const eisi_kk_view *v, const eisi_csv_keys *keys, eisi_text *out) {
  const eis_kk_result *kk = v->kk;
  eisi_csv_text(out, v->spectrum->source);
  eisi_text_addf(out, "%d,%d,%d,", v->spectrum->sweep, kk->passed ? 1 : 0, kk->m);
  eisi_csv_number(out, kk->mu);
  eisi_csv_number(out, kk->pseudo_chi2);
  eisi_csv_number(out, kk->noise_percent);
  eisi_csv_number(out, kk->max_residual_percent);
  eisi_csv_number(out, eisi_kk_has_window(kk) ? kk->f_low_hz : NAN);
  eisi_csv_number(out, eisi_kk_has_window(kk) ? kk->f_high_hz : NAN);
  eisi_text_addf(out, "%zu,", kk->n_outliers);
  eisi_csv_text(out, kk->reason);
  eisi_csv_warnings(&v->spectrum->warnings, NULL, out);
  eisi_csv_conditions(v->cond, &v->spectrum->meta, out);
  eisi_csv_end(keys, &v->spectrum->meta, out);
}
