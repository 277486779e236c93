/* work.c - one block of spectra: read, test, fit, distribution of relaxation times, rows. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "campaign/record.h"
#include "campaign/rows.h"
#include "campaign/run.h"
#include "campaign/schema.h"

void eisi_worker_clear(eisi_worker *w) {
  eisi_fit_memory_clear(&w->memory);
  eis_drt_work_free(w->drt);
  *w = (eisi_worker){0};
}

/* What one spectrum gave, before it is put down. */
typedef struct outcome {
  eis_spectrum s;
  bool cut;  /* to the window in which the test passes: it is not the spectrum of kk any more */
  bool gone; /* the file is not what the manifest was checked with */
  bool have_s, have_kk, have_fits, have_drt, have_labels;
  eis_kk_result kk;
  eisi_fitset fits;
  eis_drt_result drt;
  eis_process_assignment labels;
  eis_error failure, drt_failure;
} outcome;

static void outcome_clear(outcome *o) {
  eis_spectrum_clear(&o->s);
  eis_kk_result_clear(&o->kk);
  if (o->have_fits) eisi_fitset_clear(&o->fits);
  eis_drt_result_clear(&o->drt);
  if (o->have_labels) eis_process_assignment_clear(&o->labels);
}

static eis_status read_spectrum(eisi_filecache *files, const eis_manifest *m,
                                const eis_manifest_entry *e, outcome *o, eis_error *err) {
  const eis_spectrum *shared;
  int handle;
  eis_status st = eisi_filecache_get(files, e, &shared, &handle, &o->failure);
  o->gone = eisi_filecache_gone(files, handle);
  if (st == EIS_OK) {
    st = eis_spectrum_copy(&o->s, shared, err);
    if (st == EIS_OK) st = eisi_manifest_apply(m, e, &o->s, err);
    o->have_s = st == EIS_OK;
  } else if (st != EIS_ERROR_MEMORY) {
    st = EIS_OK; /* this spectrum's failure, not ours */
  } else if (err) {
    *err = o->failure;
  }
  eisi_filecache_release(files, handle);
  return st;
}

/* Cuts the spectrum to the window in which it passes; *open false = there is none worth while. */
static eis_status cut_to_window(outcome *o, bool *open, eis_error *err) {
  size_t n = 0;
  if (!(o->kk.f_high_hz > 0)) return EIS_OK;
  bool *keep = eisi_new(o->s.n, sizeof *keep, err);
  if (!keep) return EIS_ERROR_MEMORY;
  for (size_t k = 0; k < o->s.n; k++) {
    keep[k] = o->s.f[k] >= o->kk.f_low_hz * (1 - 1e-9) && o->s.f[k] <= o->kk.f_high_hz * (1 + 1e-9);
    n += keep[k];
  }
  o->cut = n >= 8 && n < o->s.n;
  if (o->cut) eis_spectrum_filter(&o->s, keep);
  free(keep);
  *open = n >= 8;
  return EIS_OK;
}

/* The Kramers-Kronig gate; *open: go on. */
static eis_status gate(const eisi_campaign_options *opt, outcome *o, bool *open, eis_error *err) {
  eis_error why = EIS_ERROR_INIT;
  eis_status st = eis_kk_run(&o->s, &opt->kk, &o->kk, &why);
  o->have_kk = st == EIS_OK;
  *open = false;
  if (st == EIS_ERROR_MEMORY) return eis_error_set(err, st, "%s", why.text);
  if (!o->have_kk) {
    o->failure = why;
    return EIS_OK;
  }
  *open = o->kk.passed || opt->gate == EISI_GATE_FLAG;
  if (*open) return EIS_OK;
  if (opt->gate == EISI_GATE_WINDOW) st = cut_to_window(o, open, err);
  if (!*open)
    eis_error_set(&o->failure, EIS_ERROR_NUMERIC, "left out: Kramers-Kronig failed (%.400s)",
                  o->kk.reason);
  return st;
}

static eis_conditions conditions(const eisi_campaign_options *opt, const eis_spectrum *s) {
  eis_conditions c = eis_manifest_conditions(s);
  if (isnan(c.area_m2)) c.area_m2 = opt->cond.area_m2;
  if (isnan(c.thickness_m)) c.thickness_m = opt->cond.thickness_m;
  if (isnan(c.temperature_K)) c.temperature_K = opt->cond.temperature_K;
  if (isnan(c.soc)) c.soc = opt->cond.soc;
  return c;
}

static eis_status fit(const eisi_campaign_options *opt, eisi_worker *w, outcome *o,
                      eis_error *err) {
  if (opt->candidates->n == 0) return EIS_OK;
  eisi_fitset_options set = {.fit = opt->fit,
                             .cond = conditions(opt, &o->s),
                             .material = opt->material,
                             .memory = &w->memory};
  if (!o->cut) set.fit.known_kk = &o->kk;
  const eis_status st = eisi_fitset_run(&o->s, opt->candidates, &set, &o->fits, &o->failure);
  o->have_fits = true;
  if (st == EIS_ERROR_MEMORY && err) *err = o->failure;
  return st == EIS_ERROR_MEMORY ? st : EIS_OK;
}

static eis_status drt(const eisi_campaign_options *opt, eisi_worker *w, outcome *o,
                      eis_error *err) {
  eis_status st = EIS_OK;
  if (!opt->drt) return st;
  if (!w->drt) st = eis_drt_work_new(&opt->drt_options, &w->drt, err);
  if (st != EIS_OK) return st;
  st = eis_drt_work_run(w->drt, &o->s, &o->drt, &o->drt_failure);
  o->have_drt = st == EIS_OK;
  if (st == EIS_ERROR_MEMORY && err) *err = o->drt_failure;
  return st == EIS_ERROR_MEMORY ? st : EIS_OK;
}

static eis_process_conditions process_conditions(const eisi_campaign_options *opt,
                                                 const eis_spectrum *s) {
  const eis_conditions known = conditions(opt, s);
  eis_process_conditions c = eis_process_conditions_default();
  c.area_m2 = known.area_m2;
  c.thickness_m = known.thickness_m;
  c.T = known.temperature_K;
  c.soc = known.soc;
  c.f_min = s->f[s->n - 1];
  c.f_max = s->f[0];
  c.electrolyte = eis_meta_find(&s->meta, "electrolyte");
  c.anode = eis_meta_find(&s->meta, "anode");
  c.coating = eis_meta_find(&s->meta, "coating");
  return c;
}

/* Which process is behind each peak.  Words of the manifest that the table of processes does not
   know are left out; without peaks, or where it can't be done, there are no names. */
static eis_status name_peaks(const eisi_campaign_options *opt, outcome *o, eis_error *err) {
  if (!opt->processes || !o->have_drt || o->drt.n_peaks == 0) return EIS_OK;
  eis_process_input in = {.n_peaks = o->drt.n_peaks, .peak = o->drt.peak,
                          .conditions = process_conditions(opt, &o->s)};
  eis_error why = EIS_ERROR_INIT;
  eis_status st = eis_process_assign(opt->processes, &in, &o->labels, &why);
  if (st == EIS_ERROR_USAGE) {
    eis_process_assignment_clear(&o->labels);
    eis_error_clear(&why);
    in.conditions.electrolyte = in.conditions.anode = in.conditions.coating = NULL;
    st = eis_process_assign(opt->processes, &in, &o->labels, &why);
  }
  o->have_labels = st == EIS_OK;
  if (st != EIS_OK) eis_process_assignment_clear(&o->labels);
  return st == EIS_ERROR_MEMORY ? eis_error_set(err, st, "%s", why.text) : EIS_OK;
}

static eis_status examine(const eisi_campaign_options *opt, eisi_worker *w, outcome *o,
                          eis_error *err) {
  bool open = false;
  eis_status st = o->have_s ? gate(opt, o, &open, err) : EIS_OK;
  if (st != EIS_OK || !open) return st;
  st = fit(opt, w, o, err);
  eis_status next = st == EIS_OK ? drt(opt, w, o, err) : st;
  return next == EIS_OK ? name_peaks(opt, o, err) : next;
}

static bool is_new_file(const eisi_plan_block *b, size_t i) {
  return i == 0 ? !b->same_file : b->entry[i].file_number != b->entry[i - 1].file_number;
}

/* Entry i of the block. */
static void put_down(const eisi_setup *s, const eisi_plan_block *b, size_t i, const outcome *o,
                     eisi_block_result *out) {
  bool flagged;
  const eisi_record r = {.m = s->plan.m, .e = &b->entry[i], .new_file = is_new_file(b, i),
                         .entry = b->first + i, .block = b->number, .position = b->position + i,
                         .s = o->have_s ? &o->s : NULL, .failure = &o->failure,
                         .kk = o->have_kk ? &o->kk : NULL,
                         .fits = o->have_fits ? &o->fits : NULL,
                         .drt = o->have_drt ? &o->drt : NULL,
                         .labels = o->have_labels ? &o->labels : NULL,
                         .processes = s->opt->processes,
                         .drt_failure = o->drt_failure.code ? o->drt_failure.text : NULL};
  eisi_record_rows(&r, &out->rows, &flagged);
  out->done++;
  out->failed += o->failure.code != EIS_OK;
  out->flagged += flagged;
}

enum { HASH_LENGTH = 64 };

/* *hash_at: where the hash of the block stands in the rows. */
static eis_status put_block(const eis_manifest *m, const eisi_plan_block *b, eisi_text *rows,
                            size_t *hash_at, eis_error *err) {
  char hex[HASH_LENGTH + 1];
  const eis_status st = eisi_plan_block_hash(m, b, hex, err);
  if (st != EIS_OK) return st;
  eisi_rows_begin(rows, EISI_TABLE_BLOCKS);
  eisi_rows_integer(rows, (int64_t)b->number + 1);
  eisi_rows_text(rows, hex);
  *hash_at = rows->n - HASH_LENGTH;
  eisi_rows_text(rows, b->entry[0].cell);
  eisi_rows_integer(rows, (int64_t)b->first + 1);
  eisi_rows_integer(rows, (int64_t)b->n);
  return EIS_OK;
}

static eis_status work_through(const eisi_setup *s, const eisi_plan_block *b, eisi_worker *w,
                               eisi_block_result *out) {
  eis_error *err = &out->err;
  bool gone = false;
  size_t hash_at = 0;
  eis_status st = put_block(s->plan.m, b, &out->rows, &hash_at, err);
  for (size_t i = 0; st == EIS_OK && i < b->n; i++) {
    outcome o = {.failure = EIS_ERROR_INIT, .drt_failure = EIS_ERROR_INIT};
    st = read_spectrum(s->files, s->plan.m, &b->entry[i], &o, err);
    if (st == EIS_OK) st = examine(s->opt, w, &o, err);
    if (st == EIS_OK) put_down(s, b, i, &o, out);
    gone |= o.gone;
    outcome_clear(&o);
  }
  /* a file that vanished: what was found counts for this run only, the next one does the block
   * again */
  if (st == EIS_OK && gone && !out->rows.failed) memcpy(out->rows.s + hash_at, "gone", 4);
  return st == EIS_OK ? eisi_text_state(&out->rows, err) : st;
}

void eisi_work_block(const eisi_setup *s, size_t block, eisi_worker *w, eisi_block_result *out) {
  eis_error *err = &out->err;
  eisi_plan_block b;
  eis_error_clear(err);
  out->rows.n = 0;
  out->done = out->failed = out->flagged = 0;
  eisi_fit_memory_forget(&w->memory);
  eis_status st = eisi_plan_take(&s->plan, block, &b, err);
  if (st == EIS_OK) st = work_through(s, &b, w, out);
  eisi_plan_block_clear(&b);
  if (st != EIS_OK && err->code == EIS_OK) eis_error_set(err, st, "%s", eis_status_name(st));
}
