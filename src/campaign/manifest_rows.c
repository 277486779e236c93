/* manifest_rows.c - the rows of a manifest that is being read: a part of them at a time, so that a
   long table takes no more room than a short one. */
#include <stdarg.h>
#include <stdio.h>

#include "campaign/manifest.h"

/* Rows that are split at a time. */
enum { PART = 512 };

static eis_status take_line(void *ctx, eis_query *row, eis_error *err) {
  eisi_mdraft *d = ctx;
  size_t n;
  const char *text = eisi_query_bytes(row, 1, &n);
  const size_t k = d->part.n_lines++;
  d->part_line[k] = (uint32_t)eis_query_integer(row, 0);
  d->part.line[k] = (eisi_line){(uint32_t)d->part_text.n, (uint32_t)n};
  eisi_text_add(&d->part_text, text, n);
  return eisi_text_state(&d->part_text, err);
}

static eis_status room(eisi_mdraft *d) {
  if (d->part.line && d->part_line) return EIS_OK;
  if (!d->part.line) d->part.line = eisi_new(PART, sizeof *d->part.line, d->err);
  if (!d->part_line) d->part_line = eisi_new(PART, sizeof *d->part_line, d->err);
  return d->part.line && d->part_line ? EIS_OK : EIS_ERROR_MEMORY;
}

/* Gets and splits the part with row r, if it is not there; false = it can't be had, d->lost. */
static bool split(eisi_mdraft *d, size_t r) {
  if (r >= d->base && r - d->base < d->table.n_rows) return true;
  eisi_table_clear(&d->table);
  d->base = r;
  d->part_text.n = 0;
  eis_status st = room(d);
  d->part = (eisi_doc){.source = d->m->path, .line = d->part.line, .number = d->part_line};
  if (st == EIS_OK)
    st = eisi_spool_run(d->m->spool, EISI_SPOOL_LINES,
                        &(eisi_spool_args){.n = 2, .v = {(int64_t)r, PART}}, take_line, d, d->err);
  d->part.text = d->part_text.s;
  if (st == EIS_OK)
    st = eisi_table_append(&d->table, &d->part, d->dialect, 0, d->part.n_lines, EISI_NO_LINE,
                           d->err);
  if (st == EIS_OK && d->table.n_rows) return true;
  eisi_table_clear(&d->table);
  d->lost = st ? st
               : eis_error_at(d->err, EIS_ERROR_NUMERIC, d->m->path, 0, 0,
                              "row %zu is not in the table that was made of the manifest", r + 1);
  return false;
}

const char *eisi_mdraft_cell(eisi_mdraft *d, size_t r, size_t col, size_t *n) {
  *n = 0;
  return split(d, r) ? eisi_table_cell(&d->table, r - d->base, col, n) : "";
}

long eisi_mdraft_line(eisi_mdraft *d, size_t r) {
  return split(d, r) ? (long)d->part_line[r - d->base] : 0;
}

size_t eisi_mdraft_width(eisi_mdraft *d, size_t r) {
  return split(d, r) ? eisi_table_width(&d->table, r - d->base) : 0;
}

void eisi_mdraft_complain(eisi_mdraft *d, size_t r, size_t col, const char *fmt, ...) {
  char text[512];
  va_list ap;
  eis_error *e = eisi_manifest_complain(d->m);
  if (d->m->n_problems > EISI_PROBLEMS_KEPT) return; /* counted, not kept */
  va_start(ap, fmt);
  vsnprintf(text, sizeof text, fmt, ap);
  va_end(ap);
  if (split(d, r)) eisi_csvtab_error(&d->part, d->dialect, r - d->base, col, e, text);
}
