/* propose_pattern.c - names of files against a pattern such as "cell{cell}/soc{soc_percent}_*". */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "campaign/manifest.h"
#include "campaign/propose.h"

enum { HOLES_MAX = 16 };

typedef struct hole {
  char name[48];
  bool number;
} hole;

typedef struct match {
  const char *from[HOLES_MAX];
  size_t n[HOLES_MAX];
} match;

static bool is_number_column(const char *name) {
  if (strcmp(name, "soc_percent") == 0) return true;
  for (size_t i = 0; eisi_known_at(i); i++)
    if (strcmp(name, eisi_known_at(i)->name) == 0) return eisi_known_at(i)->number;
  return false;
}

static eis_status bad_pattern(const char *pattern, const char *why, eis_error *err) {
  return eis_error_set(err, EIS_ERROR_USAGE,
                       "option '--pattern': '%.200s' %s; expected something like "
                       "'cell{cell}/soc{soc_percent}_*'",
                       pattern, why);
}

static eis_status find_holes(const char *pattern, hole *h, int *n, eis_error *err) {
  *n = 0;
  for (const char *s = pattern; (s = strchr(s, '{')) != NULL; s++) {
    const size_t len = strcspn(s + 1, "}");
    if (s[1 + len] != '}') return bad_pattern(pattern, "has a '{' without '}'", err);
    if (memchr(s + 1, '{', len))
      return bad_pattern(pattern, "has a '{' within the name of a column", err);
    if (len == 0 || len >= sizeof h->name)
      return bad_pattern(pattern, "has a column without a name", err);
    if (*n == HOLES_MAX) return bad_pattern(pattern, "names more than 16 columns", err);
    snprintf(h[*n].name, sizeof h->name, "%.*s", (int)len, s + 1);
    h[*n].number = is_number_column(h[*n].name);
    ++*n;
  }
  return *n ? EIS_OK : bad_pattern(pattern, "names no column", err);
}

typedef struct search {
  const char *pattern, *name;
  const hole *h;
  size_t width; /* of a row of `dead` */
  bool *dead;   /* place in the pattern x place in the name: no match from here */
} search;

static bool fits(const search *q, const char *pattern, const char *s, int k, match *m);

/* A number is taken as long as it goes, other text as short as will do. */
static bool fits_hole(const search *q, const char *pattern, const char *s, int k, match *m) {
  const char *rest = strchr(pattern, '}') + 1;
  const size_t longest = q->h[k].number ? strspn(s, "+-0123456789.,") : strcspn(s, "/");
  for (size_t i = 1; i <= longest; i++) {
    const size_t n = q->h[k].number ? longest + 1 - i : i;
    if (!fits(q, rest, s + n, k + 1, m)) continue;
    m->from[k] = s;
    m->n[k] = n;
    return true;
  }
  return false;
}

static bool fits_star(const search *q, const char *pattern, const char *s, int k, match *m) {
  for (;; s++) {
    if (fits(q, pattern + 1, s, k, m)) return true;
    if (!*s || *s == '/') return false;
  }
}

/* Each pair of places is tried once: a pattern of many stars takes no longer than its length times
   that of the name. */
static bool fits(const search *q, const char *pattern, const char *s, int k, match *m) {
  bool *dead = &q->dead[(size_t)(pattern - q->pattern) * q->width + (size_t)(s - q->name)];
  bool found;
  if (!*pattern) return !*s;
  if (*dead) return false;
  if (*pattern == '*')
    found = fits_star(q, pattern, s, k, m);
  else if (*pattern == '{')
    found = fits_hole(q, pattern, s, k, m);
  else
    found = *pattern == *s && fits(q, pattern + 1, s + 1, k, m);
  *dead = !found;
  return found;
}

static eis_status try_name(const char *pattern, const char *name, const hole *h, match *m,
                           bool *found, eis_error *err) {
  search q = {pattern, name, h, strlen(name) + 1, NULL};
  q.dead = eisi_new(strlen(pattern) + 1, q.width, err);
  if (!q.dead) return EIS_ERROR_MEMORY;
  *found = fits(&q, pattern, name, 0, m);
  free(q.dead);
  return EIS_OK;
}

static void without_ending(const char *name, char *out, size_t size) {
  const char *slash = strrchr(name, '/'), *dot = strrchr(name, '.');
  const size_t n = dot && (!slash || dot > slash) ? (size_t)(dot - name) : strlen(name);
  snprintf(out, size, "%.*s", (int)n, name);
}

static eis_status take(eisi_proposal *p, size_t file, const hole *h, int n, const match *m,
                       eis_error *err) {
  eis_status st = EIS_OK;
  for (int k = 0; st == EIS_OK && k < n; k++) {
    char *value = eisi_strndup(m->from[k], m->n[k], err);
    if (!value) return EIS_ERROR_MEMORY;
    for (char *s = value; h[k].number && *s; s++)
      if (*s == ',') *s = '.';
    st = eisi_proposal_set(p, file, h[k].name, value, err);
    free(value);
  }
  return st;
}

/* Where the pattern names cells, a file that it does not fit is one of its own. */
static eis_status name_lone_cell(eisi_proposal *p, size_t file, eis_error *err) {
  char name[4096];
  const eisi_pcolumn *cell = eisi_proposal_find(p, "cell");
  if (!cell || cell->value[file]) return EIS_OK;
  without_ending(p->file[file], name, sizeof name);
  return eisi_proposal_set(p, file, "cell", name, err);
}

eis_status eisi_propose_by_pattern(eisi_proposal *p, const char *pattern, eis_error *err) {
  hole h[HOLES_MAX];
  int n;
  size_t misses = 0, first = 0;
  eis_status st = find_holes(pattern, h, &n, err);
  for (size_t i = 0; st == EIS_OK && i < p->n_files; i++) {
    char name[4096];
    match m;
    bool found = false;
    without_ending(p->file[i], name, sizeof name);
    st = try_name(pattern, name, h, &m, &found, err);
    if (st == EIS_OK && !found) st = try_name(pattern, p->file[i], h, &m, &found, err);
    if (st == EIS_OK && found)
      st = take(p, i, h, n, &m, err);
    else if (st == EIS_OK && !misses++)
      first = i;
  }
  if (st != EIS_OK || !misses) return st;
  for (size_t i = 0; st == EIS_OK && i < p->n_files; i++) st = name_lone_cell(p, i, err);
  if (st != EIS_OK) return st;
  if (misses == p->n_files)
    return eis_error_set(err, EIS_ERROR_USAGE,
                         "option '--pattern': '%.200s' fits no file; the first is '%.200s'",
                         pattern, p->file[0]);
  return eis_notes_add(&p->how, err,
                       "%zu of %zu names do not fit the pattern and say nothing; the first "
                       "is '%s' (--files leaves files out)",
                       misses, p->n_files, p->file[first]);
}
