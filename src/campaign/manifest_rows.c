/* manifest_rows.c - the rows of a manifest that is being read: found once, split into cells a part
   at a time, so that a long table takes little more room than its text. */
#include <stdarg.h>
#include <stdio.h>

#include "campaign/manifest.h"

/* Rows that are split at a time. */
enum { PART = 512 };

static bool is_row(const eisi_doc *doc, size_t k) {
  return !eisi_doc_blank(doc, k) && !eisi_csvtab_comment(doc, k);
}

eis_status eisi_mdraft_rows(eisi_mdraft *d, size_t head) {
  eis_manifest *m = d->m;
  m->n_rows = 0;
  for (size_t k = head + 1; k < d->doc.n_lines; k++) m->n_rows += is_row(&d->doc, k);
  m->line = eisi_new(m->n_rows, sizeof *m->line, d->err);
  if (!m->line) return EIS_ERROR_MEMORY;
  size_t r = 0;
  for (size_t k = head + 1; k < d->doc.n_lines; k++)
    if (is_row(&d->doc, k)) m->line[r++] = (uint32_t)k + 1;
  return EIS_OK;
}

/* Splits the part with row r, if it is not there; false = out of memory, kept in d->lost. */
static bool split(eisi_mdraft *d, size_t r) {
  const eis_manifest *m = d->m;
  if (r >= d->base && r - d->base < d->table.n_rows) return true;
  const size_t last = r + PART < m->n_rows ? r + PART : m->n_rows;
  eisi_table_clear(&d->table);
  d->base = r;
  const eis_status st = eisi_table_append(&d->table, &d->doc, d->dialect, m->line[r] - 1,
                                          m->line[last - 1], EISI_NO_LINE, d->err);
  if (st == EIS_OK) return true;
  eisi_table_clear(&d->table);
  d->lost = st;
  return false;
}

const char *eisi_mdraft_cell(eisi_mdraft *d, size_t r, size_t col, size_t *n) {
  *n = 0;
  return split(d, r) ? eisi_table_cell(&d->table, r - d->base, col, n) : "";
}

size_t eisi_mdraft_width(eisi_mdraft *d, size_t r) {
  return split(d, r) ? eisi_table_width(&d->table, r - d->base) : 0;
}

void eisi_mdraft_complain(eisi_mdraft *d, size_t r, size_t col, const char *fmt, ...) {
  char text[512];
  va_list ap;
  va_start(ap, fmt);
  vsnprintf(text, sizeof text, fmt, ap);
  va_end(ap);
  eisi_csvtab_error(&d->doc, d->dialect, d->m->line[r] - 1, col, eisi_manifest_complain(d->m),
                    text);
}
