/* manifest_entries.c - from rows and files to the list of spectra. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "campaign/manifest.h"

/* A file of a row. */
typedef struct pair {
  size_t row, file;
  int64_t cell;
  long last; /* number of its sweeps */
} pair;

typedef struct listing {
  eisi_mdraft *d;
  size_t file; /* of the entry before */
  long sweep;
  bool by_file; /* each entry comes behind the one before: none is there twice */
} listing;

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

static eis_status add_entry(listing *t, const pair *p, long sweep) {
  eis_manifest *m = t->d->m;
  const bool behind = p->file > t->file || (p->file == t->file && sweep > t->sweep);
  t->by_file &= m->n == 0 || behind;
  t->file = p->file;
  t->sweep = sweep;
  m->n++;
  const eisi_spool_args args = {.n = 4,
                                .v = {(int64_t)p->file, (int64_t)p->row, p->cell, sweep}};
  return eisi_spool_run(m->spool, EISI_SPOOL_PUT_TAKEN, &args, NULL, NULL, t->d->err);
}

static eis_status add_range(listing *t, const pair *p, long from, long to) {
  eis_status st = EIS_OK;
  for (long k = from; st == EIS_OK && k <= to; k++) st = add_entry(t, p, k);
  return st;
}

static eis_status too_few(eisi_mdraft *d, const pair *p, long sweep) {
  char *name = NULL;
  const eis_status st = eisi_spool_file_name(d->m->spool, p->file, &name, d->err);
  if (st == EIS_OK)
    eisi_mdraft_complain(d, p->row, (size_t)d->sweep_column, "sweep %ld: '%.200s' has %ld sweep%s",
                         sweep, name, p->last, p->last == 1 ? "" : "s");
  free(name);
  return st;
}

static eis_status add_list(listing *t, const pair *p, const char *list) {
  eisi_mdraft *d = t->d;
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
    if (to > p->last) return too_few(d, p, to);
    st = add_range(t, p, from, to);
  } while (st == EIS_OK && *s);
  return st;
}

static eis_status add_sweeps(listing *t, const pair *p) {
  eisi_mdraft *d = t->d;
  size_t n = 0;
  const char *s =
      d->sweep_column >= 0 ? eisi_mdraft_cell(d, p->row, (size_t)d->sweep_column, &n) : "";
  if (p->last == 0) return add_entry(t, p, 0);
  char *which = eisi_strndup(s, n, d->err);
  if (!which) return EIS_ERROR_MEMORY;
  eis_status st;
  if (!*which || eisi_strcasecmp(which, "all") == 0)
    st = add_range(t, p, 1, p->last);
  else if (eisi_strcasecmp(which, "first") == 0)
    st = add_entry(t, p, 1);
  else if (eisi_strcasecmp(which, "last") == 0)
    st = add_entry(t, p, p->last);
  else
    st = add_list(t, p, which);
  free(which);
  return st == EIS_OK ? d->lost : st;
}

static eis_status take_pair(void *ctx, eis_query *row, eis_error *err) {
  listing *t = ctx;
  pair p = {(size_t)eis_query_integer(row, 0), (size_t)eis_query_integer(row, 1),
            eis_query_integer(row, 2), (long)eis_query_integer(row, 3)};
  (void)err;
  if (t->d->m->cell_column < 0) p.cell = (int64_t)p.file;
  return add_sweeps(t, &p);
}

/* ---- the same spectrum twice ---- */

typedef struct twins {
  eisi_mdraft *d;
  bool begun, told;         /* told: of this file, once is enough */
  int64_t file, sweep, row; /* of the entry before */
} twins;

static eis_status tell(const twins *t, int64_t row) {
  eisi_mdraft *d = t->d;
  eisi_spool *spool = d->m->spool;
  char sweep[40] = "", *name = NULL;
  int64_t n_sweeps = 0, line = 0;
  eis_status st = eisi_spool_file_name(spool, (size_t)t->file, &name, d->err);
  if (st == EIS_OK)
    st = eisi_spool_integer(spool, EISI_SPOOL_LOOKS, &(eisi_spool_args){.n = 2, .v = {t->file, 1}},
                            &n_sweeps, d->err);
  if (st == EIS_OK)
    st = eisi_spool_integer(spool, EISI_SPOOL_LINE_OF_ROW,
                            &(eisi_spool_args){.n = 1, .v = {t->row}}, &line, d->err);
  if (t->sweep && n_sweeps > 1) snprintf(sweep, sizeof sweep, ", sweep %lld,", (long long)t->sweep);
  if (st == EIS_OK)
    eisi_mdraft_complain(d, (size_t)row, (size_t)d->file_column,
                         "'%.200s'%s is named in line %lld already", name, sweep, (long long)line);
  free(name);
  return st == EIS_OK ? d->lost : st;
}

static eis_status compare(void *ctx, eis_query *q, eis_error *err) {
  twins *t = ctx;
  const int64_t file = eis_query_integer(q, 0), sweep = eis_query_integer(q, 1),
                row = eis_query_integer(q, 2);
  const bool same_file = t->begun && file == t->file;
  eis_status st = EIS_OK;
  (void)err;
  t->told &= same_file;
  if (same_file && sweep == t->sweep && !t->told) {
    st = tell(t, row);
    t->told = true;
  }
  t->begun = true;
  t->file = file;
  t->sweep = sweep;
  t->row = row;
  return st;
}

/* One spectrum in two lines would count twice in everything that follows. */
static eis_status find_duplicates(eisi_mdraft *d) {
  twins t = {.d = d};
  return eisi_spool_run(d->m->spool, EISI_SPOOL_TAKEN_BY_FILE, NULL, compare, &t, d->err);
}

eis_status eisi_mdraft_entries(eisi_mdraft *d) {
  listing t = {.d = d, .by_file = true};
  eisi_spool *spool = d->m->spool;
  eis_status st = eisi_spool_run(spool, EISI_SPOOL_PAIRS, NULL, take_pair, &t, d->err);
  if (st == EIS_OK && !t.by_file) st = find_duplicates(d);
  return st == EIS_OK ? eisi_spool_run(spool, EISI_SPOOL_SORT, NULL, NULL, NULL, d->err) : st;
}
