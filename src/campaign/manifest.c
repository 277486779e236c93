/* manifest.c - a manifest as a whole: reading, what it says of a spectrum, loading one. */
#include "campaign/manifest.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { PROBLEMS_KEPT = 200 };

eis_error *eisi_manifest_complain(eis_manifest *m) {
  m->n_problems++;
  if (m->kept_problems < PROBLEMS_KEPT) m->kept_problems++;
  /* the last place is for all that don't fit */
  eis_error *e = &m->problem[m->kept_problems - 1];
  if (m->n_problems <= PROBLEMS_KEPT) return e;
  e = &m->problem[PROBLEMS_KEPT];
  eis_error_clear(e);
  return e;
}

/* ---- reading ---- */

/* The delimiter that the line of names has most of. */
static char header_delimiter(const eisi_doc *doc, size_t line) {
  static const char candidates[] = {',', ';', '\t'};
  size_t n, most = 0;
  char best = ',';
  const char *s = eisi_doc_line(doc, line, &n);
  for (size_t i = 0; i < sizeof candidates; i++) {
    size_t count = 0;
    for (size_t k = 0; k < n; k++) count += s[k] == candidates[i];
    if (count > most) {
      most = count;
      best = candidates[i];
    }
  }
  return best;
}

static eis_status split_table(eisi_mdraft *d) {
  size_t head = 0;
  while (head < d->doc.n_lines &&
         (eisi_doc_blank(&d->doc, head) || eisi_csvtab_comment(&d->doc, head)))
    head++;
  if (head == d->doc.n_lines)
    return eis_error_at(d->err, EIS_ERROR_INPUT, d->m->path, 0, 0,
                        "the manifest is empty: its first line names the columns, each further "
                        "one a file");
  d->dialect = (eisi_delimiting){header_delimiter(&d->doc, head), '.'};
  eis_status st =
      eisi_table_append(&d->header, &d->doc, d->dialect, head, head + 1, EISI_NO_LINE, d->err);
  if (st == EIS_OK) st = eisi_mdraft_rows(d, head);
  if (st == EIS_OK && d->m->n_rows == 0)
    st = eis_error_at(d->err, EIS_ERROR_INPUT, d->m->path, 0, 0,
                      "the manifest names columns, but no file");
  return st;
}

static eis_status read_draft(eisi_mdraft *d) {
  eis_manifest *m = d->m;
  eis_status st = split_table(d);
  if (st == EIS_OK) st = eisi_mdraft_header(d);
  if (st == EIS_OK && m->n_problems == 0) st = eisi_mdraft_values(d);
  if (st == EIS_OK && m->n_problems == 0) st = eisi_mdraft_contradictions(d);
  if (st == EIS_OK && m->value) st = eisi_mdraft_files(d);
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
  m->problem = eisi_new(PROBLEMS_KEPT + 1, sizeof *m->problem, err);
  return m->path && m->folder && m->problem ? EIS_OK : EIS_ERROR_MEMORY;
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
  eisi_table_clear(&d->table);
  eisi_doc_clear(&d->doc);
  free(d->source);
  free(d->pair);
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

static eis_status open_text(eisi_mdraft *d, const char *bytes, size_t size) {
  eisi_sha256(bytes, size, d->m->sha256);
  return eisi_doc_open(&d->doc, bytes, size, d->m->path, d->err);
}

/* st: of the steps before. */
static eis_status finish(eisi_mdraft *d, eis_status st) {
  eis_manifest *m = d->m;
  if (st == EIS_OK) st = read_draft(d);
  if (d->lost != EIS_OK) m->n_problems = m->kept_problems = 0; /* what is not there is no problem */
  draft_clear(d);
  eisi_intern_seal(&m->text);
  eisi_intern_seal(&m->name);
  eisi_intern_seal(&m->cell_name);
  if (st != EIS_OK || m->n_problems == 0) return st;
  if (d->err) *d->err = m->problem[0];
  return EIS_ERROR_INPUT;
}

eis_status eisi_manifest_parse(const eisi_mtext *text, const eis_read_options *read,
                               const eisi_scanned *known, eis_manifest **out, eis_error *err) {
  eis_status st = begin(text->path, read, out, err);
  if (st != EIS_OK) return st;
  eisi_mdraft d = draft(*out, 1, known, err);
  return finish(&d, open_text(&d, text->bytes, text->size));
}

eis_status eisi_manifest_read(const char *path, const eis_read_options *read, int threads,
                              const eisi_scanned *known, eis_manifest **out, eis_error *err) {
  char *bytes = NULL;
  size_t size = 0;
  eis_status st = begin(path, read, out, err);
  if (st != EIS_OK) return st;
  eisi_mdraft d = draft(*out, threads, known, err);
  st = eisi_read_whole(path, 0, &bytes, &size, err);
  if (st == EIS_OK) st = open_text(&d, bytes, size);
  free(bytes);
  return finish(&d, st);
}

void eis_manifest_free(eis_manifest *m) {
  if (!m) return;
  for (size_t j = 0; j < m->n_columns; j++) free(m->column[j].name);
  free(m->column);
  free(m->path);
  free(m->folder);
  free(m->line);
  free(m->value);
  free(m->file);
  free(m->entry);
  free(m->problem);
  eisi_intern_clear(&m->text);
  eisi_intern_clear(&m->name);
  eisi_intern_clear(&m->cell_name);
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
size_t eis_manifest_cell_count(const eis_manifest *m) { return m->cell_name.n; }
size_t eis_manifest_file_count(const eis_manifest *m) { return m->name.n; }

void eisi_mfile_hex(const eisi_mfile *f, char hex[65]) {
  if (f->read)
    eisi_sha256_hex(f->sha256, hex);
  else
    *hex = '\0';
}

bool eisi_mfile_same(const eisi_mfile *f, const void *bytes, size_t size) {
  unsigned char now[EISI_SHA256_SIZE];
  eisi_sha256_bytes(bytes, size, now);
  return f->read && memcmp(now, f->sha256, sizeof now) == 0;
}

eis_manifest_entry eis_manifest_at(const eis_manifest *m, size_t i) {
  const eisi_mentry *e = &m->entry[i];
  eis_manifest_entry out = {.file = eisi_intern_text(&m->name, e->file),
                            .cell = eisi_intern_text(&m->cell_name, e->cell),
                            .sweep = e->sweep,
                            .n_sweeps = m->file[e->file].n_sweeps,
                            .cell_number = e->cell,
                            .line = (long)m->line[e->row]};
  eisi_mfile_hex(&m->file[e->file], out.sha256);
  return out;
}

const char *eis_manifest_column(const eis_manifest *m, size_t j) {
  return j < m->n_columns ? m->column[j].name : NULL;
}

const char *eis_manifest_value(const eis_manifest *m, size_t i, size_t j) {
  return eisi_intern_text(&m->text, m->value[m->entry[i].row * m->n_columns + j]);
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

static eis_status apply_row(const eis_manifest *m, size_t i, eis_spectrum *s, eis_error *err) {
  eis_status st = EIS_OK;
  for (size_t j = 0; st == EIS_OK && j < m->n_columns; j++) {
    const char *value = eis_manifest_value(m, i, j);
    if (!*value) continue;
    st = (int)j == m->soc_column ? set_soc(&s->meta, value, m->soc_percent, err)
                                 : eis_meta_set(&s->meta, m->column[j].name, value, err);
  }
  return st;
}

eis_status eisi_manifest_apply(const eis_manifest *m, size_t i, eis_spectrum *s, eis_error *err) {
  const eis_manifest_entry e = eis_manifest_at(m, i);
  const char *cycle = eis_meta_find(&s->meta, "cycle_number");
  const char *own = eis_meta_find(&s->meta, "soc");
  eis_status st = own ? set_soc(&s->meta, own, m->file_soc_percent, err) : EIS_OK;
  if (st == EIS_OK && cycle && !eis_meta_find(&s->meta, "cycle"))
    st = eis_meta_set(&s->meta, "cycle", cycle, err);
  if (st == EIS_OK) st = apply_row(m, i, s, err);
  return st == EIS_OK ? eis_meta_set(&s->meta, "cell", e.cell, err) : st;
}

eis_status eis_manifest_load(const eis_manifest *m, size_t i, eis_spectrum *out, eis_error *err) {
  const eis_manifest_entry e = eis_manifest_at(m, i);
  eis_read_options one = m->read;
  eis_spectra list = {0};
  char *path = NULL, *bytes = NULL;
  size_t size = 0;
  *out = (eis_spectrum){0};
  one.sweep = e.sweep ? e.sweep : EIS_SWEEP_ALL;
  eis_status st = eisi_manifest_file_path(m, e.file, &path, err);
  if (st == EIS_OK) st = eisi_read_whole(path, 0, &bytes, &size, err);
  if (st == EIS_OK && !eisi_mfile_same(&m->file[m->entry[i].file], bytes, size))
    st = eis_error_at(err, EIS_ERROR_INPUT, e.file, 0, 0,
                      "the file has changed since the manifest was read");
  if (st == EIS_OK) st = eis_read_memory(bytes, size, e.file, &one, &list, err);
  if (st == EIS_OK) st = eisi_manifest_apply(m, i, &list.at[0], err);
  if (st == EIS_OK) {
    *out = list.at[0];
    list.at[0] = (eis_spectrum){0};
  }
  eis_spectra_clear(&list);
  free(bytes);
  free(path);
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
