/* manifest_text.c - the text of a manifest, however long: bytes to lines in the spool. */
#include <stdlib.h>
#include <string.h>

#include "campaign/manifest.h"

/* ---- bytes ---- */

typedef struct intake {
  eisi_mdraft *d;
  eisi_sniff sniff;
  eisi_sha *sha;
} intake;

static eis_status keep_bytes(void *ctx, const char *bytes, size_t n, eis_error *err) {
  intake *t = ctx;
  eisi_sniff_add(&t->sniff, bytes, n);
  eisi_sha_add(t->sha, bytes, n);
  return eisi_spool_run(t->d->m->spool, EISI_SPOOL_PUT_CHUNK,
                        &(eisi_spool_args){.n_texts = 1, .text = {{bytes, n}}}, NULL, NULL, err);
}

/* ---- lines ---- */

typedef struct cutter {
  eisi_mdraft *d;
  eisi_encoding encoding;
  size_t skip;    /* bytes before the text */
  eisi_text rest; /* bytes of a line that has not ended yet */
  uint32_t line;  /* lines so far */
} cutter;

static eis_status take_names(eisi_mdraft *d, const char *s, size_t n, uint32_t line) {
  eis_status st = eisi_doc_open_piece(&d->head, s, n, EISI_UTF8, d->m->path, d->err);
  if (st != EIS_OK) return st;
  d->head_line = line;
  d->head.number = &d->head_line;
  d->dialect = (eisi_delimiting){eisi_csvtab_of_names(&d->head, 0), '.'};
  return eisi_table_append(&d->header, &d->head, d->dialect, 0, 1, EISI_NO_LINE, d->err);
}

static eis_status take_lines(cutter *c, const eisi_doc *piece) {
  eisi_mdraft *d = c->d;
  eis_manifest *m = d->m;
  eis_status st = EIS_OK;
  for (size_t k = 0; st == EIS_OK && k < piece->n_lines; k++) {
    size_t n;
    const char *s = eisi_doc_line(piece, k, &n);
    c->line++;
    if (eisi_doc_blank(piece, k) || eisi_csvtab_comment(piece, k)) continue;
    if (!d->head_line) {
      st = take_names(d, s, n, c->line);
      continue;
    }
    const eisi_spool_args row = {
        .n = 2, .v = {(int64_t)m->n_rows++, c->line}, .n_texts = 1, .text = {{s, n}}};
    st = eisi_spool_run(m->spool, EISI_SPOOL_PUT_LINE, &row, NULL, NULL, d->err);
  }
  return st;
}

static eis_status take_piece(cutter *c, const char *bytes, size_t n) {
  eisi_doc piece;
  if (n == 0) return EIS_OK;
  eis_status st = eisi_doc_open_piece(&piece, bytes, n, c->encoding, c->d->m->path, c->d->err);
  if (st == EIS_OK) st = take_lines(c, &piece);
  eisi_doc_clear(&piece);
  return st;
}

static eis_status cut(void *ctx, eis_query *row, eis_error *err) {
  cutter *c = ctx;
  size_t n;
  const char *bytes = eisi_query_bytes(row, 0, &n);
  const size_t skip = c->skip < n ? c->skip : n, seen = c->rest.n; /* without the end of a line */
  c->skip -= skip;
  eisi_text_add(&c->rest, bytes + skip, n - skip);
  const eis_status st = eisi_text_state(&c->rest, err);
  const size_t whole = st == EIS_OK ? eisi_doc_cut(c->rest.s, c->rest.n, seen, c->encoding) : 0;
  if (whole == 0) return st;
  const eis_status taken = take_piece(c, c->rest.s, whole);
  c->rest.n -= whole;
  memmove(c->rest.s, c->rest.s + whole, c->rest.n);
  return taken;
}

static eis_status find_lines(eisi_mdraft *d, const eisi_sniff *sniff) {
  cutter c = {.d = d};
  eisi_spool *spool = d->m->spool;
  eis_status st = eisi_sniff_end(sniff, d->m->path, &c.encoding, &c.skip, d->err);
  if (st == EIS_OK) st = eisi_spool_run(spool, EISI_SPOOL_CHUNKS, NULL, cut, &c, d->err);
  if (st == EIS_OK) st = take_piece(&c, c.rest.s, c.rest.n);
  eisi_text_clear(&c.rest);
  return st == EIS_OK ? eisi_spool_run(spool, EISI_SPOOL_DROP_CHUNKS, NULL, NULL, NULL, d->err)
                      : st;
}

eis_status eisi_mdraft_text(eisi_mdraft *d, const eisi_mtext *text) {
  intake t = {.d = d};
  eis_manifest *m = d->m;
  eis_status st = eisi_sha_new(&t.sha, d->err);
  if (st != EIS_OK) return st;
  st = text ? keep_bytes(&t, text->bytes, text->size, d->err)
            : eisi_read_pieces(m->path, 0, keep_bytes, &t, d->err);
  eisi_sha_end(t.sha, m->sha256);
  if (st == EIS_OK) st = find_lines(d, &t.sniff);
  if (st != EIS_OK) return st;
  if (!d->head_line)
    return eis_error_at(d->err, EIS_ERROR_INPUT, m->path, 0, 0,
                        "the manifest is empty: its first line names the columns, each further "
                        "one a file");
  if (m->n_rows == 0)
    return eis_error_at(d->err, EIS_ERROR_INPUT, m->path, 0, 0,
                        "the manifest names columns, but no file");
  return EIS_OK;
}
