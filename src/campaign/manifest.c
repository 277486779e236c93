/* manifest.c - a manifest as a whole: reading, what it says of a spectrum, loading one. */
#include "campaign/manifest.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

eis_error *eisi_manifest_complain(eis_manifest *m) {
  m->n_problems++;
  if (m->kept_problems < EISI_PROBLEMS_KEPT) m->kept_problems++;
  /* the last place is for all that don't fit */
  eis_error *e = &m->problem[m->kept_problems - 1];
  if (m->n_problems <= EISI_PROBLEMS_KEPT) return e;
  e = &m->problem[EISI_PROBLEMS_KEPT];
  eis_error_clear(e);
  return e;
}

/* ---- reading ---- */

static eis_status read_draft(eisi_mdraft *d, const eisi_mtext *text) {
  eis_manifest *m = d->m;
  eis_status st = eisi_mdraft_text(d, text);
  if (st == EIS_OK) st = eisi_mdraft_header(d);
  if (st == EIS_OK && m->n_problems == 0) st = eisi_mdraft_values(d);
  if (st == EIS_OK && m->n_problems == 0) st = eisi_mdraft_contradictions(d);
  if (st == EIS_OK && d->valued) st = eisi_mdraft_files(d);
  if (st == EIS_OK && m->n_problems == 0) st = eisi_mdraft_scan(d);
  if (st == EIS_OK && m->n_problems == 0) st = eisi_mdraft_entries(d);
  if (st == EIS_OK && m->n_problems == 0 && m->cell_column < 0)
    st = eis_notes_add(&m->notes, d->err,
                       "no column 'cell': every file is taken as a cell of its own");
  return st == EIS_OK ? d->lost : st;
}

static eis_status keep_path(eis_manifest *m, const char *path, eis_error *err) {
  const char *slash = strrchr(path, '/');
  m->path = eisi_strdup(path, err);
  m->folder = slash ? eisi_strndup(path, (size_t)(slash - path) + 1, err) : eisi_strdup("", err);
  m->problem = eisi_new(EISI_PROBLEMS_KEPT + 1, sizeof *m->problem, err);
  return m->path && m->folder && m->problem ? eisi_spool_new(&m->spool, err) : EIS_ERROR_MEMORY;
}

static eisi_mdraft draft(eis_manifest *m, int threads, const eisi_scanned *known, eis_error *err) {
  return (eisi_mdraft){.m = m,
                       .file_column = -1,
                       .sweep_column = -1,
                       .known = known,
                       .threads = threads,
                       .err = err};
}

static void draft_clear(eisi_mdraft *d) {
  eisi_table_clear(&d->header);
  eisi_doc_clear(&d->head);
  eisi_table_clear(&d->table);
  eisi_text_clear(&d->part_text);
  free(d->part.line);
  free(d->part_line);
  free(d->source);
}

eis_status eis_manifest_read(const char *path, const eis_read_options *read, eis_manifest **out,
                             eis_error *err) {
  return eisi_manifest_read(path, read, 1, NULL, out, err);
}

/* An empty manifest. */
static eis_status begin(const char *path, const eis_read_options *read, eis_manifest **out,
                        eis_error *err) {
  eis_manifest *m = *out = eisi_new(1, sizeof *m, err);
  if (!m) return EIS_ERROR_MEMORY;
  m->cell_column = m->soc_column = -1;
  m->read = read ? *read : eis_read_options_default();
  m->read.sweep = EIS_SWEEP_ALL;
  return keep_path(m, path, err);
}

static eis_status read_text(const eisi_mtext *text, eisi_mdraft *d) {
  eis_manifest *m = d->m;
  const eis_status st = read_draft(d, text);
  /* what is not there is no problem */
  if (d->lost != EIS_OK || (st != EIS_OK && st != EIS_ERROR_INPUT))
    m->n_problems = m->kept_problems = 0;
  draft_clear(d);
  if (st != EIS_OK || m->n_problems == 0) return st;
  if (d->err) *d->err = m->problem[0];
  return EIS_ERROR_INPUT;
}

eis_status eisi_manifest_parse(const eisi_mtext *text, const eis_read_options *read,
                               const eisi_scanned *known, eis_manifest **out, eis_error *err) {
  eis_status st = begin(text->path, read, out, err);
  if (st != EIS_OK) return st;
  eisi_mdraft d = draft(*out, 1, known, err);
  return read_text(text, &d);
}

eis_status eisi_manifest_read(const char *path, const eis_read_options *read, int threads,
                              const eisi_scanned *known, eis_manifest **out, eis_error *err) {
  eis_status st = begin(path, read, out, err);
  if (st != EIS_OK) return st;
  eisi_mdraft d = draft(*out, threads, known, err);
  return read_text(NULL, &d);
}

void eis_manifest_free(eis_manifest *m) {
  if (!m) return;
  for (size_t j = 0; j < m->n_columns; j++) free(m->column[j].name);
  free(m->column);
  free(m->path);
  free(m->folder);
  free(m->problem);
  eisi_spool_free(m->spool);
  eis_notes_clear(&m->notes);
  free(m);
}

/* ---- what it says ---- */

const eis_error *eis_manifest_problem(const eis_manifest *m, size_t i) {
  return i < m->kept_problems ? &m->problem[i] : NULL;
}
size_t eis_manifest_problem_count(const eis_manifest *m) { return m->n_problems; }
const eis_notes *eis_manifest_notes(const eis_manifest *m) { return &m->notes; }
size_t eis_manifest_size(const eis_manifest *m) { return m->n; }
size_t eis_manifest_cell_count(const eis_manifest *m) {
  return m->cell_column < 0 ? m->n_files : eisi_spool_count(m->spool, EISI_SPOOL_CELL);
}
size_t eis_manifest_file_count(const eis_manifest *m) { return m->n_files; }

const char *eis_manifest_column(const eis_manifest *m, size_t j) {
  return j < m->n_columns ? m->column[j].name : NULL;
}

/* ---- entries ---- */

bool eisi_mentry_same(const eis_manifest_entry *e, const void *bytes, size_t size) {
  char now[65];
  eisi_sha256(bytes, size, now);
  return strcmp(e->sha256, now) == 0;
}

void eis_manifest_entry_clear(eis_manifest_entry *e) {
  free(e->value);
  free(e->texts);
  *e = (eis_manifest_entry){0};
}

/* Texts of a row: name of the file, that of the cell, values. */
static eis_status take_texts(const eis_manifest *m, eis_query *row, eis_manifest_entry *e,
                             eis_error *err) {
  static const int columns[] = {1, 5, 8};
  eisi_text all = {0};
  for (int i = 0; i < 3; i++) {
    size_t n;
    const char *bytes = eisi_query_bytes(row, columns[i], &n);
    eisi_text_add(&all, bytes, n);
    if (i < 2) eisi_text_add(&all, "", 1);
  }
  e->value = eisi_new(m->n_columns, sizeof *e->value, err);
  const eis_status st = eisi_text_take(&all, &e->texts, err);
  if (st != EIS_OK || !e->value) return EIS_ERROR_MEMORY;
  const char *at = e->texts;
  e->file = at;
  at += strlen(at) + 1;
  e->cell = at;
  for (e->n_values = 0; e->n_values < m->n_columns; e->n_values++) {
    at += strlen(at) + 1;
    e->value[e->n_values] = at;
  }
  return EIS_OK;
}

typedef struct range {
  const eis_manifest *m;
  eis_manifest_entry *at;
  size_t n, got;
} range;

static eis_status take_entry(void *ctx, eis_query *row, eis_error *err) {
  range *r = ctx;
  size_t n;
  if (r->got == r->n) return EIS_OK;
  eis_manifest_entry *e = &r->at[r->got++];
  const void *sum = eisi_query_bytes(row, 3, &n);
  if (n == EISI_SHA256_SIZE) eisi_sha256_hex(sum, e->sha256);
  e->file_number = (size_t)eis_query_integer(row, 0);
  e->n_sweeps = (int)eis_query_integer(row, 2);
  e->cell_number = (size_t)eis_query_integer(row, 4);
  e->sweep = (int)eis_query_integer(row, 6);
  e->line = (long)eis_query_integer(row, 7);
  return take_texts(r->m, row, e, err);
}

eis_status eisi_manifest_range(const eis_manifest *m, size_t first, size_t n,
                               eis_manifest_entry *out, eis_error *err) {
  range r = {m, out, n, 0};
  for (size_t i = 0; i < n; i++) out[i] = (eis_manifest_entry){0};
  const eis_status st = eisi_spool_run(
      m->spool, EISI_SPOOL_ENTRIES,
      &(eisi_spool_args){.n = 2, .v = {(int64_t)first, (int64_t)(first + n)}}, take_entry, &r, err);
  if (st != EIS_OK || r.got == n) return st;
  return eis_error_set(err, EIS_ERROR_NUMERIC, "the manifest has no spectrum %zu", first + r.got);
}

eis_status eis_manifest_get(const eis_manifest *m, size_t i, eis_manifest_entry *out,
                            eis_error *err) {
  return eisi_manifest_range(m, i, 1, out, err);
}

eis_status eisi_manifest_file_path(const eis_manifest *m, const char *name, char **path,
                                   eis_error *err) {
  eisi_text t = {0};
  eisi_text_addf(&t, "%s%s", name[0] == '/' ? "" : m->folder, name);
  return eisi_text_take(&t, path, err);
}

/* ---- a spectrum with all that is known of it ---- */

static bool number_of(const char *text, double *v) {
  return text && *text && eisi_parse_double(text, strlen(text), '.', v) == strlen(text);
}

static eis_status set_soc(eis_meta *meta, const char *text, bool percent, eis_error *err) {
  double v;
  char buf[40];
  if (!number_of(text, &v)) return EIS_OK;
  eisi_print_double(buf, sizeof buf, percent ? v / 100 : v);
  return eis_meta_set(meta, "soc", buf, err);
}

static eis_status apply_row(const eis_manifest *m, const eis_manifest_entry *e, eis_spectrum *s,
                            eis_error *err) {
  eis_status st = EIS_OK;
  for (size_t j = 0; st == EIS_OK && j < m->n_columns; j++) {
    const char *value = e->value[j];
    if (!*value) continue;
    st = (int)j == m->soc_column ? set_soc(&s->meta, value, m->soc_percent, err)
                                 : eis_meta_set(&s->meta, m->column[j].name, value, err);
  }
  return st;
}

eis_status eisi_manifest_apply(const eis_manifest *m, const eis_manifest_entry *e, eis_spectrum *s,
                               eis_error *err) {
  const char *cycle = eis_meta_find(&s->meta, "cycle_number");
  const char *own = eis_meta_find(&s->meta, "soc");
  eis_status st = own ? set_soc(&s->meta, own, m->file_soc_percent, err) : EIS_OK;
  if (st == EIS_OK && cycle && !eis_meta_find(&s->meta, "cycle"))
    st = eis_meta_set(&s->meta, "cycle", cycle, err);
  if (st == EIS_OK) st = apply_row(m, e, s, err);
  return st == EIS_OK ? eis_meta_set(&s->meta, "cell", e->cell, err) : st;
}

static eis_status load(const eis_manifest *m, const eis_manifest_entry *e, eis_spectra *list,
                       eis_error *err) {
  eis_read_options one = m->read;
  char *path = NULL, *bytes = NULL;
  size_t size = 0;
  one.sweep = e->sweep ? e->sweep : EIS_SWEEP_ALL;
  eis_status st = eisi_manifest_file_path(m, e->file, &path, err);
  if (st == EIS_OK) st = eisi_read_whole(path, 0, &bytes, &size, err);
  if (st == EIS_OK && !eisi_mentry_same(e, bytes, size))
    st = eis_error_at(err, EIS_ERROR_INPUT, e->file, 0, 0,
                      "the file has changed since the manifest was read");
  if (st == EIS_OK) st = eis_read_memory(bytes, size, e->file, &one, list, err);
  if (st == EIS_OK) st = eisi_manifest_apply(m, e, &list->at[0], err);
  free(bytes);
  free(path);
  return st;
}

eis_status eis_manifest_load(const eis_manifest *m, size_t i, eis_spectrum *out, eis_error *err) {
  eis_manifest_entry e;
  eis_spectra list = {0};
  *out = (eis_spectrum){0};
  eis_status st = eis_manifest_get(m, i, &e, err);
  if (st == EIS_OK) st = load(m, &e, &list, err);
  if (st == EIS_OK) {
    *out = list.at[0];
    list.at[0] = (eis_spectrum){0};
  }
  eis_spectra_clear(&list);
  eis_manifest_entry_clear(&e);
  return st;
}

eis_conditions eis_manifest_conditions(const eis_spectrum *s) {
  static const struct {
    const char *key;
    double scale, offset;
    size_t at;
  } known[] = {{"area_cm2", 1e-4, 0, offsetof(eis_conditions, area_m2)},
               {"thickness_um", 1e-6, 0, offsetof(eis_conditions, thickness_m)},
               {"temperature_K", 1, 0, offsetof(eis_conditions, temperature_K)},
               {"temperature_C", 1, 273.15, offsetof(eis_conditions, temperature_K)},
               {"soc", 1, 0, offsetof(eis_conditions, soc)}};
  eis_conditions c = eis_conditions_unknown();
  for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
    double v;
    if (number_of(eis_meta_find(&s->meta, known[i].key), &v))
      *(double *)((char *)&c + known[i].at) = v * known[i].scale + known[i].offset;
  }
  return c;
}
