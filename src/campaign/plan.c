#include "campaign/plan.h"

#include <stdlib.h>
#include <string.h>

eis_status eisi_plan_make(const eis_manifest *m, eisi_plan *out, eis_error *err) {
  *out = (eisi_plan){.m = m};
  size_t cap = 0;
  out->cell_first = eisi_new(m->cell_name.n, sizeof *out->cell_first, err);
  if (!out->cell_first) return EIS_ERROR_MEMORY;
  for (size_t i = 0; i <= m->n; i++) {
    const bool end = i == m->n;
    if (!end && (i == 0 || m->entry[i].cell != m->entry[i - 1].cell))
      out->cell_first[m->entry[i].cell] = (uint32_t)i;
    const bool next = end || i == 0 || m->entry[i].cell != m->entry[i - 1].cell ||
                      i - out->first[out->n - 1] == EISI_BLOCK_MAX;
    if (!next) continue;
    if (out->n + 1 > cap) {
      const size_t more = cap + cap / 2 + 64;
      const eis_status st = eisi_grow(&out->first, cap, more, sizeof *out->first, err);
      if (st != EIS_OK) return st;
      cap = more;
    }
    out->first[out->n] = (uint32_t)i;
    if (!end) out->n++;
  }
  return EIS_OK;
}

void eisi_plan_clear(eisi_plan *p) {
  free(p->first);
  free(p->cell_first);
  free(p->pending);
  *p = (eisi_plan){0};
}

eis_status eisi_plan_hash(const eisi_plan *p, size_t block, char hex[65], eis_error *err) {
  const eis_manifest *m = p->m;
  eisi_text t = {0};
  eisi_text_addf(&t, "%d %d\n", m->soc_percent, m->soc_column < 0 && m->file_soc_percent);
  for (size_t i = p->first[block]; i < p->first[block + 1]; i++) {
    const eis_manifest_entry e = eis_manifest_at(m, i);
    eisi_text_addf(&t, "%s\n%d %s\n%s\n", e.file, e.sweep, e.sha256, e.cell);
    for (size_t j = 0; j < m->n_columns; j++)
      eisi_text_addf(&t, "%s=%s\n", m->column[j].name, eis_manifest_value(m, i, j));
  }
  const eis_status st = eisi_text_state(&t, err);
  if (st == EIS_OK) eisi_sha256(t.s, t.n, hex);
  eisi_text_clear(&t);
  return st;
}

/* ---- the store against the plan ---- */

static eis_status write_plan(const eisi_plan *p, eis_store *s, eis_error *err) {
  eis_query *q = NULL;
  bool row;
  char hex[65];
  eis_status st =
      eis_store_execute(s,
                        "CREATE TEMP TABLE plan(id INTEGER PRIMARY KEY, hash TEXT UNIQUE,"
                        " first INTEGER)",
                        err);
  if (st == EIS_OK) st = eis_store_query(s, "INSERT INTO temp.plan VALUES(?, ?, ?)", &q, err);
  for (size_t b = 0; st == EIS_OK && b < p->n; b++) {
    st = eisi_plan_hash(p, b, hex, err);
    if (st != EIS_OK) break;
    eis_query_bind_integer(q, 0, (int64_t)b + 1);
    eis_query_bind_text(q, 1, hex);
    eis_query_bind_integer(q, 2, (int64_t)p->first[b] + 1);
    st = eis_query_next(q, &row, err);
  }
  eis_query_free(q);
  return st;
}

/* What moved gets its new number, by way of negative ones: none is given twice at any time. */
static const char renumber[] =
    "CREATE TEMP TABLE moved AS SELECT b.id AS old, p.id AS new, p.first - b.first_spectrum AS shift"
    " FROM blocks b JOIN temp.plan p ON p.hash = b.hash"
    " WHERE p.id <> b.id OR p.first <> b.first_spectrum;"
    "UPDATE spectra SET id = -(id + (SELECT shift FROM temp.moved WHERE old = block))"
    " WHERE block IN (SELECT old FROM temp.moved);"
    "UPDATE spectra SET id = -id WHERE id < 0;"
    "UPDATE blocks SET first_spectrum = first_spectrum +"
    " (SELECT shift FROM temp.moved WHERE old = id),"
    " id = -(SELECT new FROM temp.moved WHERE old = id) WHERE id IN (SELECT old FROM temp.moved);"
    "UPDATE blocks SET id = -id WHERE id < 0;"
    "DROP TABLE temp.moved;";

static eis_status adapt(eisi_plan *p, eis_store *s, eis_error *err) {
  int64_t before = 0, kept = 0;
  eis_status st = eisi_store_count(s, "SELECT count(*) FROM spectra", &before, err);
  if (st == EIS_OK)
    st = eis_store_execute(
        s,
        "DELETE FROM campaign WHERE key IN (SELECT 'tracks of ' || cell FROM blocks"
        " WHERE hash NOT IN (SELECT hash FROM temp.plan));"
        "DELETE FROM blocks WHERE hash NOT IN (SELECT hash FROM temp.plan)",
        err);
  if (st == EIS_OK) st = eisi_store_count(s, "SELECT count(*) FROM spectra", &kept, err);
  if (st == EIS_OK) st = eis_store_execute(s, renumber, err);
  if (st == EIS_OK && kept < before)
    st = eis_store_execute(s,
                           "DELETE FROM files WHERE path NOT IN (SELECT file FROM spectra);"
                           "DELETE FROM grids WHERE id NOT IN (SELECT grid FROM spectra WHERE grid"
                           " IS NOT NULL UNION SELECT grid FROM drt WHERE grid IS NOT NULL)",
                           err);
  p->n_kept = (size_t)kept;
  p->n_dropped = (size_t)(before - kept);
  return st;
}

static eis_status find_pending(eisi_plan *p, eis_store *s, int k, int n, eis_error *err) {
  eis_query *q;
  bool row = true;
  free(p->pending);
  p->n_pending = 0;
  p->pending = eisi_new(p->n, sizeof *p->pending, err);
  if (!p->pending) return EIS_ERROR_MEMORY;
  eis_status st = eis_store_query(s,
                                  "SELECT id FROM temp.plan WHERE (id - 1) % ? = ? AND"
                                  " hash NOT IN (SELECT hash FROM blocks) ORDER BY id",
                                  &q, err);
  if (st != EIS_OK) return st;
  eis_query_bind_integer(q, 0, n);
  eis_query_bind_integer(q, 1, k - 1);
  while ((st = eis_query_next(q, &row, err)) == EIS_OK && row)
    p->pending[p->n_pending++] = (uint32_t)(eis_query_integer(q, 0) - 1);
  eis_query_free(q);
  return st;
}

eis_status eisi_plan_reconcile(eisi_plan *p, eis_store *s, int k, int n, eis_error *err) {
  eis_status st = eis_store_begin(s, err);
  if (st != EIS_OK) return st;
  st = write_plan(p, s, err);
  if (st == EIS_OK) st = adapt(p, s, err);
  if (st == EIS_OK) st = find_pending(p, s, k, n, err);
  if (st == EIS_OK) st = eis_store_execute(s, "DROP TABLE temp.plan", err);
  if (st == EIS_OK) return eis_store_commit(s, err);
  eis_store_rollback(s);
  return st;
}
