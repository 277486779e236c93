#include "campaign/record.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "campaign/rows.h"
#include "campaign/schema.h"

/* ---- small things ---- */

/* A grid is known by its content: the same numbers, the same id, in every store. */
static int64_t grid_id(const double *x, size_t n) {
  char hex[65];
  uint64_t id = 0;
  eisi_sha256(x, n * sizeof *x, hex);
  for (int i = 0; i < 15; i++) {
    const char c = hex[i];
    id = id << 4 | (uint64_t)(c >= 'a' ? c - 'a' + 10 : c - '0');
  }
  return (int64_t)id;
}

static void put_grid(eisi_text *rows, const double *x, size_t n) {
  eisi_rows_begin(rows, EISI_TABLE_GRIDS);
  eisi_rows_integer(rows, grid_id(x, n));
  eisi_rows_integer(rows, (int64_t)n);
  eisi_rows_doubles(rows, x, n);
}

static void put_notes(eisi_text *rows, const eis_notes *notes) {
  eisi_text t = {0};
  for (size_t i = 0; i < notes->n; i++) eisi_text_addf(&t, "%s%s", i ? "\n" : "", notes->text[i]);
  eisi_rows_text(rows, t.s);
  if (t.failed) rows->failed = true;
  eisi_text_clear(&t);
}

static void put_flag(eisi_text *rows, bool b) { eisi_rows_integer(rows, b ? 1 : 0); }

/* ---- flags ---- */

static const eisi_modelfit *best_fit(const eisi_record *r) {
  return r->fits && r->fits->best >= 0 ? &r->fits->at[r->fits->best] : NULL;
}

static void add_flag(char *flags, size_t size, const char *flag) {
  const size_t n = strlen(flags);
  snprintf(flags + n, size - n, "%s%s", n ? "," : "", flag);
}

static void find_flags(const eisi_record *r, char *flags, size_t size) {
  const eisi_modelfit *best = best_fit(r);
  flags[0] = '\0';
  if (r->failure->code) add_flag(flags, size, "failed");
  if (r->kk && !r->kk->passed) add_flag(flags, size, "kk");
  if (best && best->fit.verdict != EIS_FIT_CONVERGED) add_flag(flags, size, "not-converged");
  if (best && best->fit.misfit) add_flag(flags, size, "misfit");
  if (r->drt_failure) add_flag(flags, size, "no-drt");
}

/* ---- spectra ---- */

static const char *meta(const eisi_record *r, const char *key) {
  const char *text = r->s ? eis_meta_find(&r->s->meta, key) : NULL;
  if (text) return text;
  for (size_t j = 0; eis_manifest_column(r->m, j); j++)
    if (strcmp(eis_manifest_column(r->m, j), key) == 0) {
      text = r->e->value[j];
      return *text ? text : NULL;
    }
  return NULL;
}

static double number_of(const char *text) {
  double v;
  return text && *text && eisi_parse_double(text, strlen(text), '.', &v) == strlen(text) ? v : NAN;
}

static bool is_column(const char *key) {
  for (size_t i = 0; eisi_known_at(i); i++)
    if (strcmp(key, eisi_known_at(i)->name) == 0) return true;
  return false;
}

static double soc_of(const eisi_record *r) {
  const double v = number_of(meta(r, "soc"));
  return r->s ? v : r->m->soc_percent ? v / 100 : v; /* the meta of a spectrum is a fraction */
}

static void put_state(const eisi_record *r, eisi_text *rows) {
  for (size_t i = EISI_KNOWN_CELL + 1; eisi_known_at(i); i++) {
    const eisi_known *k = eisi_known_at(i);
    if (i == EISI_KNOWN_SOC)
      eisi_rows_real(rows, soc_of(r));
    else if (k->number)
      eisi_rows_real(rows, number_of(meta(r, k->name)));
    else
      eisi_rows_text(rows, meta(r, k->name));
  }
}

static void put_points(const eis_spectrum *s, eisi_text *rows) {
  if (!s) {
    for (int i = 0; i < 6; i++) eisi_rows_null(rows);
    return;
  }
  eisi_rows_integer(rows, (int64_t)s->n);
  eisi_rows_real(rows, s->f[s->n - 1]);
  eisi_rows_real(rows, s->f[0]);
  eisi_rows_integer(rows, grid_id(s->f, s->n));
  eisi_rows_doubles(rows, s->re, s->n);
  eisi_rows_doubles(rows, s->im, s->n);
}

static void put_spectrum(const eisi_record *r, const char *flags, eisi_text *rows) {
  static const eis_notes none = {0};
  const eis_manifest_entry *e = r->e;
  char reason[1200];
  eisi_rows_begin(rows, EISI_TABLE_SPECTRA);
  eisi_rows_integer(rows, (int64_t)r->entry + 1);
  eisi_rows_integer(rows, (int64_t)r->block + 1);
  eisi_rows_text(rows, e->file);
  eisi_rows_integer(rows, e->sweep);
  eisi_rows_text(rows, e->cell);
  eisi_rows_integer(rows, (int64_t)r->position + 1);
  put_state(r, rows);
  eisi_rows_text(rows, r->failure->code ? "failed" : "ok");
  eis_error_print(r->failure, reason, sizeof reason);
  reason[strcspn(reason, "\n")] = '\0'; /* without the caret */
  eisi_rows_text(rows, r->failure->code ? reason : NULL);
  eisi_rows_text(rows, flags);
  put_points(r->s, rows);
  put_notes(rows, r->s ? &r->s->warnings : &none);
}

static void put_metadata(const eisi_record *r, eisi_text *rows) {
  for (size_t i = 0; r->s && i < r->s->meta.n; i++) {
    const eis_meta_item *item = &r->s->meta.item[i];
    if (is_column(item->key)) continue;
    eisi_rows_begin(rows, EISI_TABLE_METADATA);
    eisi_rows_integer(rows, (int64_t)r->entry + 1);
    eisi_rows_text(rows, item->key);
    eisi_rows_text(rows, item->value);
    eisi_rows_real(rows, number_of(item->value));
  }
}

static void put_file(const eisi_record *r, eisi_text *rows) {
  static const eis_notes none = {0};
  const eis_manifest_entry *e = r->e;
  eisi_rows_begin(rows, EISI_TABLE_FILES);
  eisi_rows_text(rows, e->file);
  eisi_rows_text(rows, *e->sha256 ? e->sha256 : NULL);
  eisi_rows_text(rows, r->s ? r->s->format : NULL);
  eisi_rows_integer(rows, e->n_sweeps);
  put_notes(rows, r->s ? &r->s->decisions : &none);
}

/* ---- results ---- */

static void put_quality(const eisi_record *r, eisi_text *rows) {
  const eis_kk_result *k = r->kk;
  eisi_rows_begin(rows, EISI_TABLE_QUALITY);
  eisi_rows_integer(rows, (int64_t)r->entry + 1);
  put_flag(rows, k->passed);
  eisi_rows_text(rows, k->reason);
  eisi_rows_integer(rows, k->m);
  eisi_rows_real(rows, k->mu);
  eisi_rows_real(rows, k->pseudo_chi2);
  eisi_rows_real(rows, k->noise_percent);
  eisi_rows_real(rows, k->systematic_percent);
  eisi_rows_real(rows, k->max_residual_percent);
  eisi_rows_real(rows, k->f_low_hz);
  eisi_rows_real(rows, k->f_high_hz);
  eisi_rows_integer(rows, (int64_t)k->n_outliers);
}

static const char *verdict_name(const eisi_modelfit *m) {
  static const char *const names[] = {[EIS_FIT_CONVERGED] = "converged",
                                      [EIS_FIT_NOT_CONVERGED] = "not converged",
                                      [EIS_FIT_TIMEOUT] = "timeout"};
  return m->variant < 0 ? "failed" : names[m->fit.verdict];
}

static void put_circuit(const eis_circuit *c, eisi_text *rows) {
  char *text = NULL;
  if (eis_circuit_print(c, EIS_NOTATION_IMPEDANCE, false, &text, NULL) == EIS_OK)
    eisi_rows_text(rows, text);
  else
    rows->failed = true;
  free(text);
}

static void put_numbers_of_fit(const eis_fit_result *f, double weight, eisi_text *rows) {
  put_flag(rows, f->misfit);
  eisi_rows_integer(rows, f->n_free);
  eisi_rows_integer(rows, f->dof);
  eisi_rows_real(rows, f->S);
  eisi_rows_real(rows, f->second_S);
  eisi_rows_real(rows, f->pseudo_chi2);
  eisi_rows_real(rows, f->noise_percent);
  eisi_rows_real(rows, f->aicc);
  eisi_rows_real(rows, f->bic);
  eisi_rows_real(rows, weight);
  eisi_rows_integer(rows, f->starts_tried);
  eisi_rows_integer(rows, f->starts_agreed);
  if (isnan(f->given_S))
    eisi_rows_null(rows);
  else
    put_flag(rows, f->given_S <= f->S * (1 + 1e-6));
  eisi_rows_doubles(rows, f->covariance, (size_t)f->n_params * (size_t)f->n_params);
  put_notes(rows, &f->warnings);
}

static void put_fit(const eisi_record *r, size_t k, eisi_text *rows) {
  const eisi_modelfit *m = &r->fits->at[k];
  const bool ok = m->variant >= 0;
  eisi_rows_begin(rows, EISI_TABLE_FITS);
  eisi_rows_integer(rows, (int64_t)r->entry + 1);
  eisi_rows_integer(rows, (int64_t)k + 1);
  eisi_rows_text(rows, m->candidate->name);
  eisi_rows_text(rows, ok ? m->candidate->variant[m->variant].name : NULL);
  if (ok)
    put_circuit(m->circuit, rows);
  else
    eisi_rows_null(rows);
  put_flag(rows, (int)k == r->fits->best);
  eisi_rows_text(rows, verdict_name(m));
  if (ok) {
    put_numbers_of_fit(&m->fit, m->weight, rows);
    return;
  }
  for (int i = 0; i < 14; i++) eisi_rows_null(rows);
  eisi_rows_text(rows, m->err.text);
}

static void begin_parameter(const eisi_record *r, size_t k, int position, eisi_text *rows) {
  eisi_rows_begin(rows, EISI_TABLE_PARAMETERS);
  eisi_rows_integer(rows, (int64_t)r->entry + 1);
  eisi_rows_integer(rows, (int64_t)k + 1);
  eisi_rows_integer(rows, position);
}

static const char *state_of(const eis_fit_param *p) {
  if (p->fixed) return "fixed";
  if (p->tied) return "tied";
  if (p->at_bound) return "bound";
  return p->identifiable ? "free" : "open";
}

static void put_parameter(const eisi_record *r, size_t k, int j, eisi_text *rows) {
  const eisi_modelfit *m = &r->fits->at[k];
  const eis_param *a = &m->circuit->param[j];
  const eis_fit_param *p = &m->fit.param[j];
  const char *element = m->circuit->element[a->element].name;
  begin_parameter(r, k, j + 1, rows);
  eisi_rows_text(rows, a->name);
  eisi_rows_real(rows, p->value);
  eisi_rows_real(rows, p->stderr_);
  eisi_rows_real(rows, p->ci_low);
  eisi_rows_real(rows, p->ci_high);
  eisi_rows_text(rows, a->spec->unit);
  eisi_rows_text(rows,
                 m->candidate->model ? eis_model_role_of(m->candidate->model, element) : NULL);
  put_flag(rows, false);
  eisi_rows_text(rows, state_of(p));
}

static void put_derived(const eisi_record *r, size_t k, size_t i, eisi_text *rows) {
  const eisi_modelfit *m = &r->fits->at[k];
  const eis_derived *d = &m->derived.at[i];
  begin_parameter(r, k, m->circuit->n_params + (int)i + 1, rows);
  eisi_rows_text(rows, d->name);
  eisi_rows_real(rows, d->value);
  eisi_rows_real(rows, d->stderr_);
  eisi_rows_null(rows);
  eisi_rows_null(rows);
  eisi_rows_text(rows, d->unit);
  eisi_rows_null(rows);
  put_flag(rows, true);
  eisi_rows_text(rows, "derived");
}

static void put_fits(const eisi_record *r, eisi_text *rows) {
  for (size_t k = 0; k < r->fits->n; k++) {
    const eisi_modelfit *m = &r->fits->at[k];
    put_fit(r, k, rows);
    if (m->variant < 0) continue;
    for (int j = 0; j < m->circuit->n_params; j++) put_parameter(r, k, j, rows);
    for (size_t i = 0; i < m->derived.n; i++) put_derived(r, k, i, rows);
  }
}

static void put_label(const eisi_record *r, size_t k, eisi_text *rows) {
  const eis_process_label *l = r->labels ? &r->labels->peak[k] : NULL;
  eisi_rows_text(rows, !l               ? NULL
                       : l->process < 0 ? "unassigned"
                                        : eis_process_key(r->processes, (size_t)l->process));
  eisi_rows_real(rows, l ? l->probability : NAN);
}

static void put_peak(const eisi_record *r, size_t k, eisi_text *rows) {
  const eis_drt_peak *p = &r->drt->peak[k];
  eisi_rows_begin(rows, EISI_TABLE_PEAKS);
  eisi_rows_integer(rows, (int64_t)r->entry + 1);
  eisi_rows_integer(rows, (int64_t)k + 1);
  eisi_rows_real(rows, p->tau);
  eisi_rows_real(rows, p->log10_tau_error);
  eisi_rows_real(rows, p->R);
  eisi_rows_real(rows, p->R_error);
  eisi_rows_real(rows, p->C);
  eisi_rows_real(rows, p->width);
  eisi_rows_real(rows, p->height);
  eisi_rows_real(rows, p->probability);
  put_flag(rows, p->shoulder);
  put_label(r, k, rows);
}

static void put_drt(const eisi_record *r, eisi_text *rows) {
  const eis_drt_result *d = r->drt;
  put_grid(rows, d->tau, d->n_tau);
  eisi_rows_begin(rows, EISI_TABLE_DRT);
  eisi_rows_integer(rows, (int64_t)r->entry + 1);
  eisi_rows_real(rows, d->lambda);
  eisi_rows_real(rows, d->noise_percent);
  eisi_rows_real(rows, d->dof);
  eisi_rows_real(rows, d->R_inf);
  eisi_rows_real(rows, d->R_inf_error);
  eisi_rows_real(rows, d->L);
  eisi_rows_real(rows, d->L_error);
  eisi_rows_real(rows, d->C_inv);
  eisi_rows_real(rows, d->C_inv_error);
  eisi_rows_real(rows, d->R_pol);
  eisi_rows_real(rows, d->R_pol_error);
  eisi_rows_integer(rows, grid_id(d->tau, d->n_tau));
  eisi_rows_floats(rows, d->gamma, d->n_tau);
  eisi_rows_floats(rows, d->gamma_low, d->n_tau);
  eisi_rows_floats(rows, d->gamma_high, d->n_tau);
  eisi_rows_real(rows, d->sharp_decades);
  eisi_rows_text(rows, d->advice);
  for (size_t k = 0; k < d->n_peaks; k++) put_peak(r, k, rows);
}

void eisi_record_rows(const eisi_record *r, eisi_text *rows, bool *flagged) {
  char flags[96];
  find_flags(r, flags, sizeof flags);
  *flagged = flags[0] != '\0';
  if (r->s) put_grid(rows, r->s->f, r->s->n);
  put_spectrum(r, flags, rows);
  put_metadata(r, rows);
  if (r->new_file) put_file(r, rows);
  if (r->kk) put_quality(r, rows);
  if (r->fits) put_fits(r, rows);
  if (r->drt) put_drt(r, rows);
}
