/* manifest_files.c - from the names in a manifest to files, sweeps and the list of spectra. */
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "analysis/pool.h"
#include "campaign/manifest.h"

/* ---- names to files ---- */

static eis_status add_pair(eisi_mdraft *d, size_t row, const char *name) {
  uint32_t file;
  while (eisi_starts_with(name, "./")) name += 2;
  eis_status st = eisi_intern_add(&d->m->name, name, strlen(name), &file, d->err);
  if (st == EIS_OK && d->n_pairs == d->cap_pairs) {
    const size_t cap = d->cap_pairs ? 2 * d->cap_pairs : 64;
    st = eisi_grow(&d->pair, d->cap_pairs, cap, sizeof *d->pair, d->err);
    if (st == EIS_OK) d->cap_pairs = cap;
  }
  if (st == EIS_OK) d->pair[d->n_pairs++] = (struct eisi_mpair){(uint32_t)row, file};
  return st;
}

/* "c9.csv" before "c10.csv", the same in every locale. */
static int by_number(const void *a, const void *b) {
  return strverscmp(*(char *const *)a, *(char *const *)b);
}

/* The folder may hold characters that mean something in a pattern. */
static eis_status escaped(const char *folder, const char *pattern, char **out, eis_error *err) {
  eisi_text t = {0};
  for (const char *s = pattern[0] == '/' ? "" : folder; *s; s++)
    eisi_text_addf(&t, strchr("*?[\\", *s) ? "\\%c" : "%c", *s);
  eisi_text_addf(&t, "%s", pattern);
  return eisi_text_take(&t, out, err);
}

static eis_status add_pattern(eisi_mdraft *d, size_t row, const char *pattern) {
  glob_t found = {0};
  char *full = NULL;
  size_t n_files = 0;
  const size_t skip = pattern[0] == '/' ? 0 : strlen(d->m->folder);
  eis_status st = escaped(d->m->folder, pattern, &full, d->err);
  if (st != EIS_OK) return st;
  const int code = glob(full, GLOB_NOSORT | GLOB_MARK, NULL, &found);
  free(full);
  if (code == GLOB_NOSPACE) return eis_error_set(d->err, EIS_ERROR_MEMORY, "out of memory");
  if (found.gl_pathc) qsort(found.gl_pathv, found.gl_pathc, sizeof *found.gl_pathv, by_number);
  for (size_t i = 0; st == EIS_OK && i < found.gl_pathc; i++) {
    const char *path = found.gl_pathv[i]; /* the manifest itself may match */
    if (eisi_ends_with(path, "/") || strcmp(path, d->m->path) == 0) continue;
    st = add_pair(d, row, path + skip);
    n_files++;
  }
  globfree(&found);
  if (st == EIS_OK && n_files == 0)
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
  }
  d->m->file = st == EIS_OK ? eisi_new(d->m->name.n, sizeof *d->m->file, d->err) : NULL;
  return d->m->file ? st : st ? st : EIS_ERROR_MEMORY;
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
  soc_seen soc;
  eis_error why; /* not this file's fault */
} look;

typedef struct scan {
  eis_manifest *m;
  size_t window, unreadable;
  look *look;                     /* ring of `window` */
  const char *fraction, *percent; /* the last files with such a soc */
  eis_error *err;
  eis_status st;
} scan;

static void look_into(void *ctx, size_t k) {
  const scan *s = ctx;
  const eis_manifest *m = s->m;
  look *l = &s->look[k % s->window];
  eisi_mfile *file = &m->file[k];
  eis_spectra list = {0};
  char *path = NULL, *bytes = NULL;
  size_t size = 0;
  const char *name = eisi_intern_text(&m->name, (uint32_t)k);
  *l = (look){.why = EIS_ERROR_INIT};
  eis_status st = eisi_manifest_file_path(m, name, &path, &l->why);
  if (st == EIS_OK) st = eisi_read_whole(path, 0, &bytes, &size, &l->why);
  if (st == EIS_OK) {
    eisi_sha256_bytes(bytes, size, file->sha256);
    file->read = true;
    st = eis_read_memory(bytes, size, name, &m->read, &list, &l->why);
  }
  file->n_sweeps = st == EIS_OK && list.n ? list.at[0].n_sweeps : 0;
  l->soc = look_at_soc(&list);
  if (st != EIS_ERROR_MEMORY && st != EIS_ERROR_USAGE) eis_error_clear(&l->why);
  eis_spectra_clear(&list);
  free(bytes);
  free(path);
}

static bool take_look(void *ctx, size_t k) {
  scan *s = ctx;
  const look *l = &s->look[k % s->window];
  const char *name = eisi_intern_text(&s->m->name, (uint32_t)k);
  s->st = l->why.code;
  if (s->st != EIS_OK && s->err) *s->err = l->why;
  if (l->soc.fraction) s->fraction = name;
  if (l->soc.percent) s->percent = name;
  s->unreadable += s->m->file[k].n_sweeps == 0;
  return s->st == EIS_OK;
}

static eis_status look_into_all(scan *s, int threads) {
  s->window = (size_t)eisi_pool_threads(threads) * AHEAD;
  s->look = eisi_new(s->window, sizeof *s->look, s->err);
  if (!s->look) return EIS_ERROR_MEMORY;
  const eisi_pool pool = {.n = s->m->name.n,
                          .threads = eisi_pool_threads(threads),
                          .work = look_into,
                          .done = take_look,
                          .ctx = s,
                          .window = s->window};
  const eis_status st = eisi_pool_run(&pool, NULL, s->err);
  free(s->look);
  return st == EIS_OK ? s->st : st;
}

static int by_sha(const void *a, const void *b, void *files) {
  const eisi_mfile *f = files;
  const uint32_t i = *(const uint32_t *)a, j = *(const uint32_t *)b;
  const int order = memcmp(f[i].sha256, f[j].sha256, sizeof f[i].sha256);
  return order ? order : (i > j) - (i < j);
}

/* The same bytes under two names are worth a look. */
static eis_status note_copies(eisi_mdraft *d) {
  eis_manifest *m = d->m;
  uint32_t *order = eisi_new(m->name.n, sizeof *order, d->err);
  if (!order) return EIS_ERROR_MEMORY;
  eis_status st = EIS_OK;
  size_t copies = 0;
  uint32_t one = 0, other = 0;
  for (uint32_t i = 0; i < m->name.n; i++) order[i] = i;
  qsort_r(order, m->name.n, sizeof *order, by_sha, m->file);
  for (size_t i = 1; i < m->name.n; i++) {
    const eisi_mfile *f = &m->file[order[i]], *before = &m->file[order[i - 1]];
    if (!f->read || !before->read || memcmp(f->sha256, before->sha256, sizeof f->sha256) != 0)
      continue;
    if (!copies++) one = order[i - 1], other = order[i];
  }
  if (copies)
    st = eis_notes_add(&m->notes, d->err,
                       "%zu file%s the same content as another, the first '%.100s' and '%.100s'",
                       copies, copies == 1 ? " has" : "s have", eisi_intern_text(&m->name, one),
                       eisi_intern_text(&m->name, other));
  free(order);
  return st;
}

static eis_status take_known(eisi_mdraft *d) {
  eis_manifest *m = d->m;
  if (d->known->n != m->name.n)
    return eis_error_at(d->err, EIS_ERROR_INPUT, m->path, 0, 0,
                        "another process sees other files (%zu, here %zu)", d->known->n, m->name.n);
  if (m->name.n) memcpy(m->file, d->known->file, m->name.n * sizeof *m->file);
  m->file_soc_percent = d->known->soc_percent;
  return EIS_OK;
}

eis_status eisi_mdraft_scan(eisi_mdraft *d) {
  eis_manifest *m = d->m;
  if (d->known) return take_known(d);
  scan s = {.m = m, .err = d->err};
  eis_status st = look_into_all(&s, d->threads);
  if (st != EIS_OK) return st;
  m->file_soc_percent = s.percent != NULL;
  if (s.percent && s.fraction && m->soc_column < 0)
    eis_error_at(eisi_manifest_complain(m), EIS_ERROR_INPUT, s.percent, 0, 0,
                 "its column soc is in per cent, that of '%.200s' a fraction; a column soc in the "
                 "manifest decides",
                 s.fraction);
  if (s.unreadable)
    st = eis_notes_add(&m->notes, d->err,
                       "%zu of %zu files can't be read as spectra: they will be recorded as failed",
                       s.unreadable, m->name.n);
  return st == EIS_OK ? note_copies(d) : st;
}

/* ---- sweeps to entries ---- */

/* "7" or "1-3" at the head of *s; false = neither. */
static bool take_range(const char **s, long *from, long *to) {
  char *end;
  if (**s < '1' || **s > '9') return false;
  *from = *to = strtol(*s, &end, 10);
  if (*end == '-' && end[1] >= '1' && end[1] <= '9') *to = strtol(end + 1, &end, 10);
  const bool more = *end == ',' && end[1];
  if (*from > *to || *to > 1000000000 || (*end && !more)) return false;
  *s = more ? end + 1 : end;
  return true;
}

static eis_status add_entry(eisi_mdraft *d, const struct eisi_mpair *p, uint32_t cell, long sweep) {
  eis_manifest *m = d->m;
  if (m->n == m->cap) {
    const size_t cap = m->cap ? m->cap + m->cap / 2 : 64;
    const eis_status st = eisi_grow(&m->entry, m->cap, cap, sizeof *m->entry, d->err);
    if (st != EIS_OK) return st;
    m->cap = cap;
  }
  m->entry[m->n++] = (eisi_mentry){p->file, p->row, cell, (int32_t)sweep};
  return EIS_OK;
}

static eis_status add_range(eisi_mdraft *d, const struct eisi_mpair *p, uint32_t cell, long from,
                            long to) {
  eis_status st = EIS_OK;
  for (long k = from; st == EIS_OK && k <= to; k++) st = add_entry(d, p, cell, k);
  return st;
}

static eis_status add_list(eisi_mdraft *d, const struct eisi_mpair *p, uint32_t cell,
                           const char *list) {
  const long last = d->m->file[p->file].n_sweeps;
  const char *s = list;
  long from = 0, to = 0;
  eis_status st = EIS_OK;
  do {
    if (!take_range(&s, &from, &to)) {
      eisi_mdraft_complain(
          d, p->row, (size_t)d->sweep_column,
          "sweep '%.80s' is none of all, first, last, a number from 1, or a list like "
          "1-3,7",
          list);
      return st;
    }
    if (to > last) {
      eisi_mdraft_complain(d, p->row, (size_t)d->sweep_column,
                           "sweep %ld: '%.200s' has %ld sweep%s", to,
                           eisi_intern_text(&d->m->name, p->file), last, last == 1 ? "" : "s");
      return st;
    }
    st = add_range(d, p, cell, from, to);
  } while (st == EIS_OK && *s);
  return st;
}

static eis_status add_sweeps(eisi_mdraft *d, const struct eisi_mpair *p, uint32_t cell) {
  const long last = d->m->file[p->file].n_sweeps;
  size_t n = 0;
  const char *s =
      d->sweep_column >= 0 ? eisi_mdraft_cell(d, p->row, (size_t)d->sweep_column, &n) : "";
  if (last == 0) return add_entry(d, p, cell, 0);
  char *which = eisi_strndup(s, n, d->err);
  if (!which) return EIS_ERROR_MEMORY;
  eis_status st;
  if (!*which || eisi_strcasecmp(which, "all") == 0)
    st = add_range(d, p, cell, 1, last);
  else if (eisi_strcasecmp(which, "first") == 0)
    st = add_entry(d, p, cell, 1);
  else if (eisi_strcasecmp(which, "last") == 0)
    st = add_entry(d, p, cell, last);
  else
    st = add_list(d, p, cell, which);
  free(which);
  return st;
}

static eis_status cell_of(eisi_mdraft *d, const struct eisi_mpair *p, uint32_t *cell) {
  eis_manifest *m = d->m;
  const char *name =
      m->cell_column < 0
          ? eisi_intern_text(&m->name, p->file)
          : eisi_intern_text(&m->text, m->value[p->row * m->n_columns + (size_t)m->cell_column]);
  return eisi_intern_add(&m->cell_name, name, strlen(name), cell, d->err);
}

static bool is_by_cell(const eis_manifest *m) {
  for (size_t i = 1; i < m->n; i++)
    if (m->entry[i].cell < m->entry[i - 1].cell) return false;
  return true;
}

/* Stable, by cell. */
static eis_status sort_by_cell(eisi_mdraft *d) {
  eis_manifest *m = d->m;
  if (is_by_cell(m)) return EIS_OK;
  size_t *start = eisi_new(m->cell_name.n + 1, sizeof *start, d->err);
  eisi_mentry *sorted = eisi_new(m->n, sizeof *sorted, d->err);
  const bool ok = start && sorted;
  if (ok) {
    for (size_t i = 0; i < m->n; i++) start[m->entry[i].cell + 1]++;
    for (size_t c = 0; c < m->cell_name.n; c++) start[c + 1] += start[c];
    for (size_t i = 0; i < m->n; i++) sorted[start[m->entry[i].cell]++] = m->entry[i];
    memcpy(m->entry, sorted, m->n * sizeof *sorted);
  }
  free(sorted);
  free(start);
  return ok ? EIS_OK : EIS_ERROR_MEMORY;
}

static int by_file(const void *a, const void *b, void *entries) {
  const eisi_mentry *e = entries;
  const eisi_mentry *p = &e[*(const uint32_t *)a], *q = &e[*(const uint32_t *)b];
  if (p->file != q->file) return p->file < q->file ? -1 : 1;
  if (p->sweep != q->sweep) return p->sweep < q->sweep ? -1 : 1;
  return (p->row > q->row) - (p->row < q->row);
}

static void duplicate(eisi_mdraft *d, const eisi_mentry *first, const eisi_mentry *again) {
  const eis_manifest *m = d->m;
  char sweep[32] = "";
  if (again->sweep && m->file[again->file].n_sweeps > 1)
    snprintf(sweep, sizeof sweep, ", sweep %d,", again->sweep);
  eisi_mdraft_complain(d, again->row, (size_t)d->file_column,
                       "'%.200s'%s is named in line %u already",
                       eisi_intern_text(&m->name, again->file), sweep, m->line[first->row]);
}

/* One spectrum in two lines would count twice in everything that follows. */
static eis_status find_duplicates(eisi_mdraft *d) {
  const eis_manifest *m = d->m;
  const eisi_mentry *e = m->entry;
  uint32_t *order = eisi_new(m->n, sizeof *order, d->err);
  if (!order) return EIS_ERROR_MEMORY;
  for (uint32_t i = 0; i < m->n; i++) order[i] = i;
  qsort_r(order, m->n, sizeof *order, by_file, m->entry);
  for (size_t i = 1; i < m->n; i++) {
    const eisi_mentry *p = &e[order[i - 1]], *q = &e[order[i]];
    if (p->file != q->file || p->sweep != q->sweep) continue;
    duplicate(d, p, q);
    while (i + 1 < m->n && e[order[i + 1]].file == q->file) i++; /* once a file is enough */
  }
  free(order);
  return EIS_OK;
}

static void forget_pairs(eisi_mdraft *d) {
  free(d->pair);
  d->pair = NULL;
  d->n_pairs = d->cap_pairs = 0;
}

eis_status eisi_mdraft_entries(eisi_mdraft *d) {
  eis_status st = EIS_OK;
  for (size_t i = 0; st == EIS_OK && i < d->n_pairs; i++) {
    uint32_t cell;
    st = cell_of(d, &d->pair[i], &cell);
    if (st == EIS_OK) st = add_sweeps(d, &d->pair[i], cell);
  }
  forget_pairs(d);
  if (st == EIS_OK) st = find_duplicates(d);
  return st == EIS_OK ? sort_by_cell(d) : st;
}
