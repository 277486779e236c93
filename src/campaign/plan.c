#include "campaign/plan.h"

/* ---- cutting ---- */

typedef struct cutter {
  eisi_plan *p;
  int64_t cell;           /* of the block that is open, -1 = none is */
  size_t at, n, position; /* next entry; entries of the block; position of its first in the cell */
} cutter;

static eis_status put_block(cutter *c, eis_error *err) {
  const eisi_spool_args args = {.n = 4,
                                .v = {(int64_t)c->p->n++, (int64_t)(c->at - c->n), (int64_t)c->n,
                                      (int64_t)c->position}};
  c->position += c->n;
  c->n = 0;
  return eisi_spool_run(c->p->m->spool, EISI_SPOOL_PUT_BLOCK, &args, NULL, NULL, err);
}

static eis_status take_cell(void *ctx, eis_query *row, eis_error *err) {
  cutter *c = ctx;
  const int64_t cell = eis_query_integer(row, 0);
  eis_status st = EIS_OK;
  if (c->n && (cell != c->cell || c->n == EISI_BLOCK_MAX)) st = put_block(c, err);
  if (cell != c->cell) c->position = 0;
  c->cell = cell;
  c->n++;
  c->at++;
  return st;
}

eis_status eisi_plan_make(const eis_manifest *m, eisi_plan *out, eis_error *err) {
  *out = (eisi_plan){.m = m};
  cutter c = {.p = out, .cell = -1};
  eis_status st = eisi_spool_run(m->spool, EISI_SPOOL_CLEAR_BLOCKS, NULL, NULL, NULL, err);
  if (st == EIS_OK)
    st = eisi_spool_run(m->spool, EISI_SPOOL_CELLS_OF_ENTRIES, NULL, take_cell, &c, err);
  return st == EIS_OK && c.n ? put_block(&c, err) : st;
}

/* ---- a block ---- */

static eis_status take_block(void *ctx, eis_query *row, eis_error *err) {
  eisi_plan_block *b = ctx;
  (void)err;
  b->first = (size_t)eis_query_integer(row, 0);
  b->n = (size_t)eis_query_integer(row, 1);
  b->position = (size_t)eis_query_integer(row, 2);
  return EIS_OK;
}

static eis_status look_before(const eis_manifest *m, eisi_plan_block *b, eis_error *err) {
  eis_manifest_entry before;
  if (b->position == 0) return EIS_OK;
  const eis_status st = eis_manifest_get(m, b->first - 1, &before, err);
  b->same_file = st == EIS_OK && before.file_number == b->entry[0].file_number;
  eis_manifest_entry_clear(&before);
  return st;
}

eis_status eisi_plan_take(const eisi_plan *p, size_t number, eisi_plan_block *out, eis_error *err) {
  *out = (eisi_plan_block){.number = number};
  eis_status st =
      eisi_spool_run(p->m->spool, EISI_SPOOL_BLOCK,
                     &(eisi_spool_args){.n = 1, .v = {(int64_t)number}}, take_block, out, err);
  if (st == EIS_OK && (out->n == 0 || out->n > EISI_BLOCK_MAX))
    st = eis_error_set(err, EIS_ERROR_NUMERIC, "the plan has no block %zu", number);
  if (st == EIS_OK) st = eisi_manifest_range(p->m, out->first, out->n, out->entry, err);
  return st == EIS_OK ? look_before(p->m, out, err) : st;
}

void eisi_plan_block_clear(eisi_plan_block *b) {
  for (size_t i = 0; i < EISI_BLOCK_MAX; i++) eis_manifest_entry_clear(&b->entry[i]);
}

eis_status eisi_plan_block_hash(const eis_manifest *m, const eisi_plan_block *b, char hex[65],
                                eis_error *err) {
  eisi_text t = {0};
  eisi_text_addf(&t, "%d %d\n", m->soc_percent, m->soc_column < 0 && m->file_soc_percent);
  for (size_t i = 0; i < b->n; i++) {
    const eis_manifest_entry *e = &b->entry[i];
    eisi_text_addf(&t, "%s\n%d %s\n%s\n", e->file, e->sweep, e->sha256, e->cell);
    for (size_t j = 0; j < m->n_columns; j++)
      eisi_text_addf(&t, "%s=%s\n", m->column[j].name, e->value[j]);
  }
  const eis_status st = eisi_text_state(&t, err);
  if (st == EIS_OK) eisi_sha256(t.s, t.n, hex);
  eisi_text_clear(&t);
  return st;
}

/* ---- the store against the plan ---- */

static eis_status write_block(const eisi_plan *p, size_t number, eis_query *q, eis_error *err) {
  char hex[65] = "";
  bool row;
  eisi_plan_block b;
  eis_status st = eisi_plan_take(p, number, &b, err);
  if (st == EIS_OK) st = eisi_plan_block_hash(p->m, &b, hex, err);
  eisi_plan_block_clear(&b);
  if (st != EIS_OK) return st;
  eis_query_bind_integer(q, 0, (int64_t)number + 1);
  eis_query_bind_text(q, 1, hex);
  eis_query_bind_integer(q, 2, (int64_t)b.first + 1);
  return eis_query_next(q, &row, err);
}

static eis_status write_plan(const eisi_plan *p, eis_store *s, eis_error *err) {
  eis_query *q = NULL;
  eis_status st =
      eis_store_execute(s,
                        "CREATE TEMP TABLE plan(id INTEGER PRIMARY KEY, hash TEXT UNIQUE,"
                        " first INTEGER)",
                        err);
  if (st == EIS_OK) st = eis_store_query(s, "INSERT INTO temp.plan VALUES(?, ?, ?)", &q, err);
  for (size_t b = 0; st == EIS_OK && b < p->n; b++) st = write_block(p, b, q, err);
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

static eis_status keep_pending(eisi_plan *p, eis_query *q, eis_error *err) {
  bool row = true;
  eis_status st;
  eisi_spool *spool = p->m->spool;
  while ((st = eis_query_next(q, &row, err)) == EIS_OK && row) {
    const eisi_spool_args args = {.n = 2,
                                  .v = {(int64_t)p->n_pending++, eis_query_integer(q, 0) - 1}};
    st = eisi_spool_run(spool, EISI_SPOOL_PUT_PENDING, &args, NULL, NULL, err);
    if (st != EIS_OK) return st;
  }
  return st;
}

static eis_status find_pending(eisi_plan *p, eis_store *s, int k, int n, eis_error *err) {
  eis_query *q = NULL;
  eisi_spool *spool = p->m->spool;
  p->n_pending = 0;
  eis_status st = eisi_spool_run(spool, EISI_SPOOL_CLEAR_PENDING, NULL, NULL, NULL, err);
  if (st == EIS_OK)
    st = eis_store_query(s,
                         "SELECT id FROM temp.plan WHERE (id - 1) % ? = ? AND"
                         " hash NOT IN (SELECT hash FROM blocks) ORDER BY id",
                         &q, err);
  if (st != EIS_OK) return st;
  eis_query_bind_integer(q, 0, n);
  eis_query_bind_integer(q, 1, k - 1);
  st = keep_pending(p, q, err);
  eis_query_free(q);
  if (st != EIS_OK) return st;
  int64_t pending = 0;
  st = eisi_spool_integer(spool, EISI_SPOOL_COUNT_PENDING, NULL, &pending, err);
  p->pending_spectra = (size_t)pending;
  return st;
}

eis_status eisi_plan_pending(const eisi_plan *p, size_t k, size_t *block, eis_error *err) {
  int64_t number = 0;
  const eis_status st = eisi_spool_integer(
      p->m->spool, EISI_SPOOL_PENDING, &(eisi_spool_args){.n = 1, .v = {(int64_t)k}}, &number, err);
  *block = (size_t)number;
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
