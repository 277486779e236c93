/* manifest_glob.c - files that a pattern fits: what glob() finds, one at a time and sorted on the
   disk, since a pattern may stand for a hundred thousand. */
#include <dirent.h>
#include <errno.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "campaign/manifest.h"

typedef struct walk {
  const eis_manifest *m;
  eisi_text path; /* found so far; a folder ends in '/' */
  size_t shown;   /* bytes of the folder of the manifest in front */
} walk;

static eis_status descend(walk *w, const char *pattern, eis_error *err);

static bool is_folder(const char *path) {
  struct stat info;
  return stat(path, &info) == 0 && S_ISDIR(info.st_mode);
}

/* A file that fits: the manifest itself may be among them. */
static eis_status found(walk *w, eis_error *err) {
  const char *path = w->path.s;
  if (is_folder(path) || strcmp(path, w->m->path) == 0) return EIS_OK;
  const eisi_spool_args name = {.n_texts = 1,
                                .text = {{path + w->shown, w->path.n - w->shown}}};
  return eisi_spool_run(w->m->spool, EISI_SPOOL_PUT_MATCH, &name, NULL, NULL, err);
}

/* Cuts the path back. */
static void back_to(walk *w, size_t n) {
  w->path.n = n;
  if (w->path.s) w->path.s[n] = '\0';
}

/* One name of a folder that fits its part of the pattern; `rest` is behind that, NULL = nothing. */
static eis_status step(walk *w, const char *name, const char *rest, eis_error *err) {
  const size_t before = w->path.n;
  eisi_text_addf(&w->path, rest ? "%s/" : "%s", name);
  eis_status st = eisi_text_state(&w->path, err);
  if (st != EIS_OK) return st;
  st = rest ? descend(w, rest, err) : found(w, err);
  back_to(w, before);
  return st;
}

/* All names of the folder that fit; one that can't be read has none, as for glob(). */
static eis_status each_name(walk *w, const char *part, const char *rest, eis_error *err) {
  DIR *folder = opendir(w->path.n ? w->path.s : ".");
  eis_status st = EIS_OK;
  const bool shortage = errno == ENOMEM || errno == EMFILE || errno == ENFILE || errno == EIO;
  if (!folder) return shortage ? eisi_cant_open(w->path.n ? w->path.s : ".", errno, err) : EIS_OK;
  const struct dirent *e;
  while (st == EIS_OK && (errno = 0, e = readdir(folder)) != NULL)
    if (fnmatch(part, e->d_name, FNM_PERIOD) == 0) st = step(w, e->d_name, rest, err);
  if (st == EIS_OK && errno) st = eisi_cant_open(w->path.n ? w->path.s : ".", errno, err);
  closedir(folder);
  return st;
}

/* The text that a part without '*', '?' and '[' stands for: without its backslashes. */
static void unescape(char *s) {
  char *to = s;
  for (; *s; s++) {
    if (*s == '\\' && s[1]) s++;
    *to++ = *s;
  }
  *to = '\0';
}

static eis_status descend(walk *w, const char *pattern, eis_error *err) {
  struct stat info;
  while (*pattern == '/' || (pattern[0] == '.' && pattern[1] == '/')) pattern++;
  const size_t n = strcspn(pattern, "/");
  const char *rest = pattern[n] ? pattern + n + 1 : NULL;
  char *part = eisi_strndup(pattern, n, err);
  eis_status st = part ? EIS_OK : EIS_ERROR_MEMORY;
  if (st == EIS_OK && strpbrk(part, "*?[")) {
    st = each_name(w, part, rest, err);
  } else if (st == EIS_OK) {
    unescape(part);
    const size_t before = w->path.n;
    eisi_text_addf(&w->path, "%s", part);
    st = eisi_text_state(&w->path, err);
    const bool there = st == EIS_OK && lstat(w->path.s, &info) == 0;
    back_to(w, before);
    if (there) st = step(w, part, rest, err);
  }
  free(part);
  return st;
}

typedef struct giving {
  eisi_take_path *take;
  void *ctx;
} giving;

static eis_status give(void *ctx, eis_query *row, eis_error *err) {
  const giving *g = ctx;
  return g->take(g->ctx, eis_query_text(row, 0), err);
}

eis_status eisi_manifest_glob(const eis_manifest *m, const char *pattern, eisi_take_path *take,
                              void *ctx, eis_error *err) {
  const bool absolute = pattern[0] == '/';
  walk w = {.m = m, .shown = absolute ? 0 : strlen(m->folder)};
  giving g = {take, ctx};
  eisi_text_addf(&w.path, "%s", absolute ? "/" : m->folder);
  eis_status st = eisi_text_state(&w.path, err);
  if (st == EIS_OK) st = descend(&w, pattern, err);
  eisi_text_clear(&w.path);
  if (st == EIS_OK) st = eisi_spool_run(m->spool, EISI_SPOOL_MATCHES, NULL, give, &g, err);
  return st == EIS_OK ? eisi_spool_run(m->spool, EISI_SPOOL_DROP_MATCHES, NULL, NULL, NULL, err)
                      : st;
}
