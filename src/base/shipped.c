/* shipped.c - see shipped.h. */
#include "base/shipped.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

void eisi_names_free(char **names) {
  for (char **s = names; s && *s; s++) free(*s);
  free(names);
}

static int by_name(const void *a, const void *b) {
  return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The first `len` bytes of file, unless that name is there. */
static eis_status add_name(char ***names, size_t *n, const char *file, size_t len, eis_error *err) {
  for (size_t i = 0; i < *n; i++)
    if (strlen((*names)[i]) == len && memcmp((*names)[i], file, len) == 0) return EIS_OK;
  const eis_status st = eisi_grow(names, *n + 1, *n + 2, sizeof **names, err);
  if (st != EIS_OK) return st;
  (*names)[*n] = eisi_strndup(file, len, err);
  return (*names)[*n] ? (++*n, EIS_OK) : EIS_ERROR_MEMORY;
}

static eis_status list_folder(const char *dir, const eisi_shipped *kind, char ***names, size_t *n,
                              eis_error *err) {
  const size_t tail = strlen(kind->ending);
  eisi_text text = {0};
  char *path;
  eisi_text_addf(&text, "%s/%s", dir, kind->folder);
  eis_status st = eisi_text_take(&text, &path, err);
  if (st != EIS_OK) return st;
  DIR *d = opendir(path);
  if (!d && errno == ENOMEM) st = eisi_cant_open(path, ENOMEM, err);
  free(path);
  if (!d) return st; /* a place of the search that does not exist */
  for (struct dirent *e; st == EIS_OK && (e = readdir(d)) != NULL;)
    if (eisi_ends_with(e->d_name, kind->ending) && strlen(e->d_name) > tail)
      st = add_name(names, n, e->d_name, strlen(e->d_name) - tail, err);
  closedir(d);
  return st;
}

eis_status eisi_shipped_list(const eisi_shipped *kind, char ***names, eis_error *err) {
  char **dirs;
  size_t n = 0;
  *names = NULL;
  eis_status st = eisi_data_dirs(&dirs, err);
  if (st != EIS_OK) return st;
  *names = eisi_new(1, sizeof **names, err);
  if (!*names) st = EIS_ERROR_MEMORY;
  for (char **d = dirs; st == EIS_OK && *d; d++) st = list_folder(*d, kind, names, &n, err);
  eisi_names_free(dirs);
  if (st == EIS_OK) {
    if (n > 1) qsort(*names, n, sizeof **names, by_name);
    return EIS_OK;
  }
  eisi_names_free(*names);
  *names = NULL;
  return st;
}

static eis_status unknown(const eisi_shipped *kind, const char *name, eis_error *err) {
  char **names;
  const eis_status st = eisi_shipped_list(kind, &names, err);
  if (st != EIS_OK) return st;
  size_t n = 0;
  eisi_text list = {0};
  for (; names[n]; n++) eisi_text_addf(&list, "%s%s", n ? ", " : "", names[n]);
  const int i = kind->similar ? eisi_nearest(name, (const char *const *)names, n) : -1;
  eis_error_set(err, EIS_ERROR_USAGE, "unknown %s '%s'%s%s%s; there are %s%s", kind->what, name,
                i < 0 ? "" : ": did you mean '", i < 0 ? "" : names[i], i < 0 ? "" : "'?",
                n == 0   ? "none (is EISFIT_DATADIR set rightly?)"
                : list.s ? list.s
                         : "others",
                kind->hint);
  eisi_text_clear(&list);
  eisi_names_free(names);
  return EIS_ERROR_USAGE;
}

eis_status eisi_shipped_find(const eisi_shipped *kind, const char *name, char **path,
                             eis_error *err) {
  if (strchr(name, '/') || eisi_ends_with(name, kind->ending)) {
    *path = eisi_strdup(name, err);
    return *path ? EIS_OK : EIS_ERROR_MEMORY;
  }
  eisi_text file = {0};
  char *relative;
  eisi_text_addf(&file, "%s/%s%s", kind->folder, name, kind->ending);
  eis_status st = eisi_text_take(&file, &relative, err);
  if (st != EIS_OK) return st;
  st = eisi_data_path(relative, path, err);
  free(relative);
  return st == EIS_OK && !*path ? unknown(kind, name, err) : st;
}
