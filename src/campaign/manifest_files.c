/* manifest_files.c - from the names in a manifest to files, and what is in these. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "analysis/pool.h"
#include "campaign/manifest.h"

/* ---- names to files ---- */

static eis_status add_pair(eisi_mdraft *d, size_t row, const char *name) {
  uint32_t file = 0;
  eisi_spool *spool = d->m->spool;
  while (eisi_starts_with(name, "./")) name += 2;
  const eis_status st =
      eisi_spool_number(spool, EISI_SPOOL_FILE, name, strlen(name), &file, d->err);
  if (st != EIS_OK) return st;
  return eisi_spool_run(spool, EISI_SPOOL_PUT_PAIR,
                        &(eisi_spool_args){.n = 2, .v = {(int64_t)row, file}}, NULL, NULL, d->err);
}

typedef struct matches {
  eisi_mdraft *d;
  size_t row, n;
} matches;

static eis_status add_match(void *ctx, const char *path, eis_error *err) {
  matches *t = ctx;
  (void)err;
  t->n++;
  return add_pair(t->d, t->row, path);
}

static eis_status add_pattern(eisi_mdraft *d, size_t row, const char *pattern) {
  matches t = {d, row, 0};
  const eis_status st = eisi_manifest_glob(d->m, pattern, add_match, &t, d->err);
  if (st == EIS_OK && t.n == 0)
    eisi_mdraft_complain(d, row, (size_t)d->file_column, "no file matches '%.200s' in '%.200s'",
                         pattern, *d->m->folder ? d->m->folder : ".");
  return st;
}

static eis_status row_files(eisi_mdraft *d, size_t row, const char *name) {
  struct stat info;
  char *path = NULL;
  if (!*name)
    return eisi_mdraft_complain(d, row, (size_t)d->file_column, "no file is named"), EIS_OK;
  eis_status st = eisi_manifest_file_path(d->m, name, &path, d->err);
  if (st != EIS_OK) return st;
  const bool there = stat(path, &info) == 0;
  if (there && !S_ISDIR(info.st_mode)) {
    st = add_pair(d, row, name);
  } else if (there) {
    eisi_mdraft_complain(d, row, (size_t)d->file_column,
                         "'%.200s' is a directory; '%.200s/*' names the files in it", name, name);
  } else if (strpbrk(name, "*?[")) {
    st = add_pattern(d, row, name);
  } else {
    eisi_mdraft_complain(d, row, (size_t)d->file_column, "there is no file '%.400s'", path);
  }
  free(path);
  return st;
}

eis_status eisi_mdraft_files(eisi_mdraft *d) {
  eis_status st = EIS_OK;
  if (d->file_column < 0) return EIS_OK;
  for (size_t r = 0; st == EIS_OK && r < d->m->n_rows; r++) {
    size_t n;
    const char *s = eisi_mdraft_cell(d, r, (size_t)d->file_column, &n);
    char *name = eisi_strndup(s, n, d->err);
    if (!name) return EIS_ERROR_MEMORY;
    st = row_files(d, r, name);
    free(name);
    if (st == EIS_OK) st = d->lost;
  }
  d->m->n_files = eisi_spool_count(d->m->spool, EISI_SPOOL_FILE);
  return st;
}

/* ---- what is in the files ---- */

/* What one file says of soc. */
typedef struct soc_seen {
  bool fraction, percent;
} soc_seen;

static soc_seen look_at_soc(const eis_spectra *list) {
  soc_seen seen = {0};
  for (size_t i = 0; i < list->n; i++) {
    double v;
    const char *text = eis_meta_find(&list->at[i].meta, "soc");
    if (!text || !*text || eisi_parse_double(text, strlen(text), '.', &v) != strlen(text)) continue;
    seen.fraction |= v > 0 && v < 1;
    seen.percent |= v > 1;
  }
  return seen;
}

/* Files are looked at ahead of the one whose result is taken, per thread. */
enum { AHEAD = 8 };

typedef struct look {
  eisi_mfile file;
  soc_seen soc;
  eis_error why; /* not this file's fault */
} look;

typedef struct scan {
  eis_manifest *m;
  size_t window, unreadable;
  look *look;               /* ring of `window` */
  size_t fraction, percent; /* the last files with such a soc, from 1; 0 = none */
  eis_error *err;
  eis_status st;
} scan;

static void look_into(void *ctx, size_t k) {
  const scan *s = ctx;
  const eis_manifest *m = s->m;
  look *l = &s->look[k % s->window];
  eis_spectra list = {0};
  char *name = NULL, *path = NULL, *bytes = NULL;
  size_t size = 0;
  *l = (look){.why = EIS_ERROR_INIT};
  const eis_status there = eisi_spool_file_name(m->spool, k, &name, &l->why);
  eis_status st = there;
  if (st == EIS_OK) st = eisi_manifest_file_path(m, name, &path, &l->why);
  if (st == EIS_OK) st = eisi_read_whole(path, 0, &bytes, &size, &l->why);
  if (st == EIS_OK) {
    eisi_sha256_bytes(bytes, size, l->file.sha256);
    l->file.read = true;
    st = eis_read_memory(bytes, size, name, &m->read, &list, &l->why);
  }
  l->file.n_sweeps = st == EIS_OK && list.n ? list.at[0].n_sweeps : 0;
  l->soc = look_at_soc(&list);
  if (there == EIS_OK && st != EIS_ERROR_MEMORY && st != EIS_ERROR_USAGE) eis_error_clear(&l->why);
  eis_spectra_clear(&list);
  free(bytes);
  free(path);
  free(name);
}

static eis_status put_look(const eis_manifest *m, size_t k, const eisi_mfile *f, eis_error *err) {
  const eisi_spool_args args = {.n = 2, .v = {(int64_t)k, f->n_sweeps}, .n_texts = 1,
                                .text = {{f->sha256, f->read ? sizeof f->sha256 : 0}}};
  return eisi_spool_run(m->spool, EISI_SPOOL_PUT_LOOK, &args, NULL, NULL, err);
}

static bool take_look(void *ctx, size_t k) {
  scan *s = ctx;
  const look *l = &s->look[k % s->window];
  s->st = l->why.code;
  if (s->st != EIS_OK && s->err) *s->err = l->why;
  if (l->soc.fraction) s->fraction = k + 1;
  if (l->soc.percent) s->percent = k + 1;
  s->unreadable += l->file.n_sweeps == 0;
  if (s->st == EIS_OK) s->st = put_look(s->m, k, &l->file, s->err);
  return s->st == EIS_OK;
}

static eis_status look_into_all(scan *s, int threads) {
  s->window = (size_t)eisi_pool_threads(threads) * AHEAD;
  s->look = eisi_new(s->window, sizeof *s->look, s->err);
  if (!s->look) return EIS_ERROR_MEMORY;
  const eisi_pool pool = {.n = s->m->n_files,
                          .threads = eisi_pool_threads(threads),
                          .work = look_into,
                          .done = take_look,
                          .ctx = s,
                          .window = s->window};
  const eis_status st = eisi_pool_run(&pool, NULL, s->err);
  free(s->look);
  return st == EIS_OK ? s->st : st;
}

/* Files by what is in them: neighbours may be the same. */
typedef struct copies {
  size_t n, one, other, before;
  unsigned char sum[EISI_SHA256_SIZE]; /* of the file before */
} copies;

static eis_status count_copy(void *ctx, eis_query *row, eis_error *err) {
  copies *t = ctx;
  size_t n;
  const size_t id = (size_t)eis_query_integer(row, 0);
  const void *sum = eisi_query_bytes(row, 1, &n);
  (void)err;
  if (n != sizeof t->sum) return EIS_OK;
  if (memcmp(t->sum, sum, n) == 0 && !t->n++) t->one = t->before, t->other = id;
  memcpy(t->sum, sum, n);
  t->before = id;
  return EIS_OK;
}

/* The same bytes under two names are worth a look. */
static eis_status note_copies(eisi_mdraft *d) {
  eis_manifest *m = d->m;
  copies t = {0};
  char *one = NULL, *other = NULL;
  eis_status st = eisi_spool_run(m->spool, EISI_SPOOL_LOOKS_BY_SUM, NULL, count_copy, &t, d->err);
  if (st != EIS_OK || t.n == 0) return st;
  st = eisi_spool_file_name(m->spool, t.one, &one, d->err);
  if (st == EIS_OK) st = eisi_spool_file_name(m->spool, t.other, &other, d->err);
  if (st == EIS_OK)
    st = eis_notes_add(&m->notes, d->err,
                       "%zu file%s the same content as another, the first '%.100s' and '%.100s'",
                       t.n, t.n == 1 ? " has" : "s have", one, other);
  free(one);
  free(other);
  return st;
}

static eis_status take_known(eisi_mdraft *d) {
  eis_manifest *m = d->m;
  eis_status st = EIS_OK;
  if (d->known->n != m->n_files)
    return eis_error_at(d->err, EIS_ERROR_INPUT, m->path, 0, 0,
                        "another process sees other files (%zu, here %zu)", d->known->n,
                        m->n_files);
  for (size_t k = 0; st == EIS_OK && k < m->n_files; k++) {
    eisi_mfile file;
    st = d->known->next(d->known->ctx, &file, d->err);
    if (st == EIS_OK) st = put_look(m, k, &file, d->err);
  }
  m->file_soc_percent = d->known->soc_percent;
  return st;
}

static eis_status mixed_soc(eis_manifest *m, const scan *s, eis_error *err) {
  char *fraction = NULL, *percent = NULL;
  eis_status st = eisi_spool_file_name(m->spool, s->fraction - 1, &fraction, err);
  if (st == EIS_OK) st = eisi_spool_file_name(m->spool, s->percent - 1, &percent, err);
  if (st == EIS_OK)
    eis_error_at(eisi_manifest_complain(m), EIS_ERROR_INPUT, percent, 0, 0,
                 "its column soc is in per cent, that of '%.200s' a fraction; a column soc in the "
                 "manifest decides",
                 fraction);
  free(fraction);
  free(percent);
  return st;
}

eis_status eisi_mdraft_scan(eisi_mdraft *d) {
  eis_manifest *m = d->m;
  if (d->known) return take_known(d);
  scan s = {.m = m, .err = d->err};
  eis_status st = look_into_all(&s, d->threads);
  m->file_soc_percent = s.percent > 0;
  if (st == EIS_OK && s.percent && s.fraction && m->soc_column < 0) st = mixed_soc(m, &s, d->err);
  if (st == EIS_OK && s.unreadable)
    st = eis_notes_add(&m->notes, d->err,
                       "%zu of %zu files can't be read as spectra: they will be recorded as failed",
                       s.unreadable, m->n_files);
  return st == EIS_OK ? note_copies(d) : st;
}

/* ---- for other processes ---- */

typedef struct looks {
  eisi_mfile *at;
  size_t n, got;
} looks;

static eis_status give_look(void *ctx, eis_query *row, eis_error *err) {
  looks *t = ctx;
  size_t n;
  (void)err;
  if (t->got == t->n) return EIS_OK;
  eisi_mfile *f = &t->at[t->got++];
  const void *sum = eisi_query_bytes(row, 1, &n);
  *f = (eisi_mfile){.n_sweeps = (int)eis_query_integer(row, 0), .read = n == sizeof f->sha256};
  if (f->read) memcpy(f->sha256, sum, n);
  return EIS_OK;
}

eis_status eisi_manifest_looks(const eis_manifest *m, size_t first, size_t n, eisi_mfile *out,
                               eis_error *err) {
  looks t = {out, n, 0};
  const eis_status st = eisi_spool_run(
      m->spool, EISI_SPOOL_LOOKS, &(eisi_spool_args){.n = 2, .v = {(int64_t)first, (int64_t)n}},
      give_look, &t, err);
  if (st != EIS_OK || t.got == n) return st;
  return eis_error_set(err, EIS_ERROR_NUMERIC, "the manifest has no file %zu", first + t.got);
}
