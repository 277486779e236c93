/* process_table.c - the table of processes: the shipped file and the user's on top of it. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/process.h"

static const char cell_section[] = "cell", background_section[] = "background";
/* [LOW, HIGH] of a normal holds nine tenths. */
static const double TENTHS = 1.6448536269514722;

/* ---- rows ---- */

static void clear_row(eisi_process_row *r) {
  for (size_t i = 0; i < r->n; i++) free(r->entry[i].source);
  free(r->entry);
  free(r->key);
  free(r->name);
}

void eis_process_table_free(eis_process_table *t) {
  if (!t) return;
  for (size_t i = 0; i < t->n; i++) clear_row(&t->row[i]);
  clear_row(&t->background);
  for (size_t i = 0; i < t->n_words; i++) free(t->word[i].text);
  free(t);
}

size_t eis_process_count(const eis_process_table *t) { return t->n; }

const char *eis_process_key(const eis_process_table *t, size_t i) {
  return i < t->n ? t->row[i].key : NULL;
}

const char *eis_process_name(const eis_process_table *t, size_t i) {
  if (i >= t->n) return NULL;
  return t->row[i].name ? t->row[i].name : t->row[i].key;
}

const char *eis_process_signature_key(size_t i, const char **doc) {
  if (i >= EIS_SIGNATURES) return NULL;
  if (doc) *doc = eisi_q_rows[EISI_Q_SIGNATURE + i].doc;
  return eisi_q_rows[EISI_Q_SIGNATURE + i].key;
}

static eisi_process_row *row_of(eis_process_table *t, const char *section) {
  if (strcmp(section, background_section) == 0) return &t->background;
  for (size_t i = 0; i < t->n; i++)
    if (strcmp(t->row[i].key, section) == 0) return &t->row[i];
  return NULL;
}

/* A row for every section of a file, so that lines may name processes further down. */
static eis_status make_rows(eis_process_table *t, const eisi_ini *ini, const char *path,
                            eis_error *err) {
  for (size_t i = 0; i < ini->n; i++) {
    const eisi_ini_entry *e = &ini->at[i];
    if (strcmp(e->section, cell_section) == 0 || row_of(t, e->section)) continue;
    if (strlen(e->section) > 31 || strpbrk(e->section, " ,;@=\t"))
      return eis_error_at(err, EIS_ERROR_INPUT, path, e->line, 0,
                          "'%.60s' is no name for a process: expected at most 31 letters, digits, "
                          "_ or -",
                          e->section);
    if (t->n == EISI_MOST_PROCESSES)
      return eis_error_at(err, EIS_ERROR_INPUT, path, e->line, 0, "too many processes: at most %d",
                          (int)EISI_MOST_PROCESSES);
    t->row[t->n].key = eisi_strdup(e->section, err);
    if (!t->row[t->n].key) return EIS_ERROR_MEMORY;
    t->n++;
  }
  return EIS_OK;
}

static eis_status set_name(eisi_process_row *r, const char *name, eis_error *err) {
  free(r->name);
  r->name = eisi_strdup(name, err);
  return r->name ? EIS_OK : EIS_ERROR_MEMORY;
}

/* Puts an entry in the place of the one it replaces, or behind the others. */
static eis_status put_entry(eisi_process_row *r, eisi_process_entry *e, eis_error *err) {
  for (size_t i = 0; i < r->n; i++)
    if (r->entry[i].quantity == e->quantity && r->entry[i].words == e->words) {
      free(r->entry[i].source);
      r->entry[i] = *e;
      return EIS_OK;
    }
  const eis_status st = eisi_grow(&r->entry, r->n, r->n + 1, sizeof *r->entry, err);
  if (st != EIS_OK) {
    free(e->source);
    return st;
  }
  r->entry[r->n++] = *e;
  return EIS_OK;
}

static eis_status read_entry(eis_process_table *t, const eisi_ini_entry *e, const char *path,
                             eis_error *err) {
  eisi_process_row *r = row_of(t, e->section);
  eisi_process_entry entry;
  if (strcmp(e->key, "name") == 0) return set_name(r, e->value, err);
  const eis_status st = eisi_process_parse(t, e, path, &entry, err);
  return st == EIS_OK ? put_entry(r, &entry, err) : st;
}

/* ---- files ---- */

static eis_status take_ini(eis_process_table *t, const eisi_ini *ini, const char *path,
                           eis_error *err) {
  eis_status st = make_rows(t, ini, path, err);
  for (size_t i = 0; i < ini->n && st == EIS_OK; i++)
    if (strcmp(ini->at[i].section, cell_section) == 0)
      st = eisi_process_parse_cell(t, &ini->at[i], path, err);
  for (size_t i = 0; i < ini->n && st == EIS_OK; i++)
    if (strcmp(ini->at[i].section, cell_section) != 0) st = read_entry(t, &ini->at[i], path, err);
  return st;
}

static eis_status take_text(eis_process_table *t, const char *text, const char *source,
                            eis_error *err) {
  eisi_ini ini;
  eis_status st = eisi_ini_parse(text, source, &ini, err);
  if (st != EIS_OK) return st;
  st = take_ini(t, &ini, source, err);
  eisi_ini_clear(&ini);
  return st;
}

static eis_status take_file(eis_process_table *t, const char *path, eis_error *err) {
  char *bytes = NULL;
  size_t size;
  eis_status st = eisi_read_whole(path, 1u << 20, &bytes, &size, err);
  if (st == EIS_OK && memchr(bytes, 0, size))
    st = eis_error_at(err, EIS_ERROR_INPUT, path, 0, 0, "not a text file: it has zero bytes");
  if (st == EIS_OK) st = take_text(t, bytes, path, err);
  free(bytes);
  return st;
}

static eis_status take_shipped(eis_process_table *t, eis_error *err) {
  static const char *const names[] = {"processes.ini", "models/processes.ini"};
  char *path = NULL;
  eis_status st = EIS_OK;
  for (size_t i = 0; i < 2 && st == EIS_OK && !path; i++) st = eisi_data_path(names[i], &path, err);
  if (st == EIS_OK && !path)
    st = eis_error_set(err, EIS_ERROR_INPUT,
                       "no processes.ini was found; set EISFIT_DATADIR to the data directory of "
                       "eisfit");
  if (st == EIS_OK) st = take_file(t, path, err);
  free(path);
  return st;
}

/* What the computation needs: at least one process and the background, with C, f and number. */
static eis_status check_complete(const eis_process_table *t, const char *path, eis_error *err) {
  static const int needed[] = {EISI_Q_PRESENT, EISI_Q_C, EISI_Q_F};
  for (size_t i = 0; i < sizeof needed / sizeof *needed; i++)
    if (!eisi_process_find(&t->background, needed[i], 0))
      return eis_error_at(err, EIS_ERROR_INPUT, path, 0, 0, "[background] has no '%s'",
                          eisi_q_rows[needed[i]].key);
  for (size_t i = 0; i < t->n; i++) {
    if (!eisi_process_find(&t->row[i], EISI_Q_PRESENT, 0))
      return eis_error_at(err, EIS_ERROR_INPUT, path, 0, 0,
                          "[%s] has no 'present': expected for example 'present = 0.5; prior'",
                          t->row[i].key);
  }
  return EIS_OK;
}

/* An empty table with the limits that [cell] may change. */
static eis_process_table *new_table(eis_error *err) {
  eis_process_table *t = eisi_new(1, sizeof *t, err);
  if (!t) return NULL;
  t->order = 0.1;
  t->area[0] = 2e-5;
  t->area[1] = 4e-4;
  t->wetted[0] = 5;
  t->wetted[1] = 100;
  t->temperature[0] = 278.15;
  t->temperature[1] = 328.15;
  return t;
}

/* Hands the table over when it was read and is complete. */
static eis_status finish(eis_process_table *t, eis_status st, const char *source,
                         eis_process_table **out, eis_error *err) {
  if (st == EIS_OK) st = check_complete(t, source, err);
  if (st == EIS_OK)
    *out = t;
  else
    eis_process_table_free(t);
  return st;
}

eis_status eis_process_table_read(const char *path, eis_process_table **out, eis_error *err) {
  eis_process_table *t = new_table(err);
  *out = NULL;
  if (!t) return EIS_ERROR_MEMORY;
  eis_status st = take_shipped(t, err);
  if (st == EIS_OK && path) st = take_file(t, path, err);
  return finish(t, st, path ? path : "processes.ini", out, err);
}

eis_status eisi_process_table_parse(const char *text, const char *source, eis_process_table **out,
                                    eis_error *err) {
  eis_process_table *t = new_table(err);
  *out = NULL;
  if (!t) return EIS_ERROR_MEMORY;
  return finish(t, take_text(t, text, source, err), source, out, err);
}

/* ---- what holds for a cell ---- */

static int count_bits(uint64_t v) {
  int n = 0;
  for (; v; v &= v - 1) n++;
  return n;
}

const eisi_process_entry *eisi_process_find(const eisi_process_row *r, int quantity,
                                            uint64_t words) {
  const eisi_process_entry *best = NULL;
  for (size_t i = 0; i < r->n; i++) {
    const eisi_process_entry *e = &r->entry[i];
    if (e->quantity != quantity || (e->words & ~words) != 0) continue;
    if (!best || count_bits(e->words) >= count_bits(best->words)) best = e;
  }
  return best;
}

static eisi_window window_of(const eisi_process_entry *e) {
  if (!e) return (eisi_window){.set = false, .mean = NAN, .sd = NAN};
  const bool log_scale = eisi_q_rows[e->quantity].kind == EISI_KIND_LOG;
  const double low = log_scale ? log(e->low) : e->low, high = log_scale ? log(e->high) : e->high;
  return (eisi_window){.set = true, .mean = (low + high) / 2, .sd = (high - low) / (2 * TENTHS)};
}

void eisi_process_resolve(const eisi_process_row *r, uint64_t words, eisi_process_model *out) {
  const eisi_process_entry *e;
  *out = (eisi_process_model){.thickness = NAN};
  for (int q = 0; q < EISI_Q_PRESENT; q++) out->q[q] = window_of(eisi_process_find(r, q, words));
  if ((e = eisi_process_find(r, EISI_Q_PRESENT, words))) out->present = e->low;
  if ((e = eisi_process_find(r, EISI_Q_AGAIN, words))) out->again = e->low;
  if ((e = eisi_process_find(r, EISI_Q_STILL, words))) out->still = e->low;
  if ((e = eisi_process_find(r, EISI_Q_BEYOND, words))) out->beyond = e->low;
  if ((e = eisi_process_find(r, EISI_Q_THICKNESS, words))) out->thickness = e->low;
  if ((e = eisi_process_find(r, EISI_Q_WETTED_C, words))) out->wetted[0] = e->low;
  if ((e = eisi_process_find(r, EISI_Q_WETTED_F, words))) out->wetted[1] = e->low;
  if ((e = eisi_process_find(r, EISI_Q_ABOVE, words))) out->above = e->names;
  out->butler_volmer = eisi_process_find(r, EISI_Q_SOC_LAW, words) != NULL;
}
