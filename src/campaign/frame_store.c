/* frame_store.c - see frame_store.h.  A cell says what it would say in a CSV file, so that both
   mean the same. */
#include "campaign/frame_store.h"

#include <eisfit/store.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define WHO                                                                                          \
  "SELECT s.id AS spectrum, s.file, s.sweep, s.cell, s.group_name AS \"group\", s.position, s.cycle," \
  " s.time_h, s.soc, s.temperature_C, s.area_cm2, s.thickness_um, s.pressure_MPa, s.electrolyte,"   \
  " s.anode, s.flags"

static const char *const queries[] = {
    [EISI_STORE_PARAMETERS] =
        WHO ", f.model_name AS model, f.verdict, p.name, p.value, p.stderr, p.unit, p.state AS " EISI_PARAMETER_STATE
            " FROM parameters p JOIN fits f ON f.spectrum = p.spectrum AND f.model = p.model AND f.best"
            " JOIN spectra s ON s.id = p.spectrum",
    [EISI_STORE_TRACKS] =
        WHO ", t.track, 'R_' || t.process AS name, t.R AS value, t.R_error AS stderr, 'ohm' AS unit,"
            " 'free' AS " EISI_PARAMETER_STATE " FROM tracks t JOIN spectra s ON s.id = t.spectrum WHERE t.process IS NOT NULL"
            " UNION ALL " WHO ", t.track, 'C_' || t.process, t.C, NULL, 'F', 'free'"
            " FROM tracks t JOIN spectra s ON s.id = t.spectrum WHERE t.process IS NOT NULL",
};

bool eisi_store_is(const char *path) {
  char head[16] = "";
  const int fd =
      open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* no stream: its memory might be missing */
  if (fd < 0) return false;
  const bool whole = read(fd, head, sizeof head) == sizeof head;
  close(fd);
  return whole && memcmp(head, "SQLite format 3", sizeof head) == 0;
}

typedef struct dump {
  eis_store *store;
  eis_query *rows, *meta;
  char **key; /* free columns */
  size_t n_keys;
  char **value; /* of the spectrum at hand */
  int64_t spectrum;
  eisi_frame *frame;
  eis_error *err;
} dump;

static bool blank(char c) { return c == ' ' || c == '\t'; }

/* A cell as a table in a file would have it: on one line, without blanks around it. */
static eis_status put(dump *d, int j, const char *s) {
  size_t n = strlen(s);
  while (n && blank(*s)) s++, n--;
  while (n && blank(s[n - 1])) n--;
  if (!memchr(s, '\n', n) && !memchr(s, '\r', n)) return eisi_frame_set(d->frame, j, s, n, d->err);
  char *line = eisi_strndup(s, n, d->err);
  if (!line) return EIS_ERROR_MEMORY;
  for (size_t i = 0; i < n; i++)
    if (line[i] == '\n' || line[i] == '\r') line[i] = ' ';
  const eis_status st = eisi_frame_set(d->frame, j, line, n, d->err);
  free(line);
  return st;
}

/* Columns that make room for a column of the manifest with the same name: a user who writes
   `--by model` means his own. */
static const char *const yielding[] = {"position", "flags", "model", "verdict", "name",
                                       "value",    "stderr", "unit", "track",   NULL};

static bool yields(const char *name) {
  for (const char *const *y = yielding; *y; y++)
    if (eisi_strcasecmp(*y, name) == 0) return true;
  return false;
}

static bool is_column(const dump *d, const char *name) {
  for (int j = 0; j < eis_query_columns(d->rows); j++)
    if (eisi_strcasecmp(eis_query_name(d->rows, j), name) == 0) return !yields(name);
  return false;
}

static bool is_key(const dump *d, const char *name) {
  for (size_t k = 0; k < d->n_keys; k++)
    if (eisi_strcasecmp(d->key[k], name) == 0) return true;
  return false;
}

/* Names of the free columns of the manifest. */
static eis_status find_keys(dump *d, eis_error *err) {
  eis_query *q = NULL;
  bool more = true;
  eis_status st =
      eis_store_query(d->store, "SELECT DISTINCT name FROM metadata ORDER BY name", &q, err);
  while (!st) {
    st = eis_query_next(q, &more, err);
    if (st || !more) break;
    if (is_column(d, eis_query_text(q, 0))) continue;
    st = eisi_grow(&d->key, d->n_keys, d->n_keys + 1, sizeof *d->key, err);
    if (!st) d->key[d->n_keys] = eisi_strdup(eis_query_text(q, 0), err);
    if (!st && !d->key[d->n_keys++]) st = EIS_ERROR_MEMORY;
  }
  eis_query_free(q);
  if (st) return st;
  d->value = eisi_new(d->n_keys + 1, sizeof *d->value, err);
  return d->value ? EIS_OK : EIS_ERROR_MEMORY;
}

static eis_status read_meta(dump *d, int64_t spectrum, eis_error *err) {
  bool more = true;
  eis_status st = EIS_OK;
  if (spectrum == d->spectrum || !d->n_keys) return EIS_OK;
  d->spectrum = spectrum;
  for (size_t k = 0; k < d->n_keys; k++) {
    free(d->value[k]);
    d->value[k] = NULL;
  }
  eis_query_bind_integer(d->meta, 0, spectrum);
  while (!st) {
    st = eis_query_next(d->meta, &more, err);
    if (st || !more) break;
    for (size_t k = 0; !st && k < d->n_keys; k++)
      if (strcmp(d->key[k], eis_query_text(d->meta, 0)) == 0 && !d->value[k]) {
        d->value[k] = eisi_strdup(eis_query_text(d->meta, 1), err);
        if (!d->value[k]) st = EIS_ERROR_MEMORY;
      }
  }
  return st;
}

static eis_status head(dump *d) {
  const int n = eis_query_columns(d->rows);
  eis_status st = EIS_OK;
  for (int j = 0; !st && j < n; j++) {
    char name[128];
    const char *own = eis_query_name(d->rows, j);
    snprintf(name, sizeof name, "%s%s", is_key(d, own) ? EISI_OWN_PREFIX : "", own);
    st = eisi_frame_add_column(d->frame, name, d->err);
  }
  for (size_t k = 0; !st && k < d->n_keys; k++)
    st = eisi_frame_add_column(d->frame, d->key[k], d->err);
  return st;
}

static const char *cell(dump *d, int j, char number[40]) {
  switch (eis_query_kind_of(d->rows, j)) {
    case EIS_QUERY_REAL: eisi_print_double(number, 40, eis_query_real(d->rows, j)); return number;
    case EIS_QUERY_INTEGER:
      snprintf(number, 40, "%lld", (long long)eis_query_integer(d->rows, j));
      return number;
    case EIS_QUERY_TEXT: return eis_query_text(d->rows, j);
    case EIS_QUERY_NULL:
    case EIS_QUERY_BLOB: break;
  }
  return "";
}

static eis_status row(dump *d) {
  const int n = eis_query_columns(d->rows);
  eis_status st = eisi_frame_add_row(d->frame, d->err);
  for (int j = 0; !st && j < n; j++) {
    char number[40];
    st = put(d, j, cell(d, j, number));
  }
  for (size_t k = 0; !st && k < d->n_keys; k++)
    st = put(d, n + (int)k, d->value[k] ? d->value[k] : "");
  return st;
}

static eis_status read_rows(dump *d) {
  bool more = true;
  eis_status st = find_keys(d, d->err);
  if (!st)
    st = eis_store_query(d->store,
                         "SELECT name, text FROM metadata WHERE spectrum = ? ORDER BY name",
                         &d->meta, d->err);
  if (!st) st = head(d);
  while (!st) {
    st = eis_query_next(d->rows, &more, d->err);
    if (st || !more) break;
    st = read_meta(d, eis_query_integer(d->rows, 0), d->err);
    if (!st) st = row(d);
  }
  if (st) return st;
  eisi_frame_seal(d->frame);
  return eisi_frame_check(d->frame, d->err);
}

static void dump_clear(dump *d) {
  eis_query_free(d->rows);
  eis_query_free(d->meta);
  eis_store_close(d->store);
  for (size_t k = 0; k < d->n_keys; k++) {
    free(d->key[k]);
    if (d->value) free(d->value[k]);
  }
  free(d->key);
  free(d->value);
}

eis_status eisi_frame_store(const char *path, eisi_store_source source, bool all, eisi_frame **out,
                            eis_error *err) {
  dump d = {.spectrum = -1, .err = err};
  eisi_text sql = {0};
  *out = NULL;
  eisi_text_addf(&sql, "SELECT * FROM (%s)%s ORDER BY spectrum", queries[source],
                 all ? "" : " WHERE name GLOB '[RC]*' OR name GLOB '*_[RC]'");
  eis_status st = eisi_text_state(&sql, err);
  if (!st) st = eis_store_open(path, EIS_STORE_READ, &d.store, err);
  if (!st) st = eis_store_query(d.store, sql.s, &d.rows, err);
  if (!st) st = eisi_frame_new(path, &d.frame, err);
  if (!st) st = read_rows(&d);
  if (st)
    eisi_frame_free(d.frame);
  else
    *out = d.frame;
  dump_clear(&d);
  eisi_text_clear(&sql);
  return st;
}
