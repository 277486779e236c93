#include "campaign/propose.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { DEPTH_MAX = 12 };

void eisi_proposal_clear(eisi_proposal *p) {
  for (size_t j = 0; j < p->n_columns; j++) {
    for (size_t i = 0; i < p->n_files; i++) free(p->column[j].value[i]);
    free(p->column[j].value);
    free(p->column[j].name);
  }
  for (size_t i = 0; i < p->n_files; i++) free(p->file[i]);
  free(p->column);
  free(p->file);
  free(p->folder);
  eis_notes_clear(&p->how);
  *p = (eisi_proposal){0};
}

/* ---- columns ---- */

eisi_pcolumn *eisi_proposal_find(const eisi_proposal *p, const char *column) {
  for (size_t j = 0; j < p->n_columns; j++)
    if (strcmp(p->column[j].name, column) == 0) return &p->column[j];
  return NULL;
}

void eisi_proposal_drop(eisi_proposal *p, const char *column) {
  eisi_pcolumn *c = eisi_proposal_find(p, column);
  if (!c) return;
  for (size_t i = 0; i < p->n_files; i++) free(c->value[i]);
  free(c->value);
  free(c->name);
  const size_t at = (size_t)(c - p->column);
  memmove(c, c + 1, (p->n_columns - at - 1) * sizeof *c);
  p->n_columns--;
}

static eis_status add_column(eisi_proposal *p, const char *name, eis_error *err) {
  eis_status st = eisi_grow(&p->column, p->n_columns, p->n_columns + 1, sizeof *p->column, err);
  if (st != EIS_OK) return st;
  eisi_pcolumn *c = &p->column[p->n_columns];
  c->name = eisi_strdup(name, err);
  c->value = eisi_new(p->n_files, sizeof *c->value, err);
  if (c->name && c->value) {
    p->n_columns++;
    return EIS_OK;
  }
  free(c->name);
  free(c->value);
  return EIS_ERROR_MEMORY;
}

eis_status eisi_proposal_set(eisi_proposal *p, size_t file, const char *column, const char *value,
                             eis_error *err) {
  eis_status st = EIS_OK;
  if (!eisi_proposal_find(p, column)) st = add_column(p, column, err);
  if (st != EIS_OK) return st;
  eisi_pcolumn *c = eisi_proposal_find(p, column);
  if (c->value[file]) return EIS_OK;
  c->value[file] = eisi_strdup(value, err);
  return c->value[file] ? EIS_OK : EIS_ERROR_MEMORY;
}

/* ---- the folder ---- */

static eis_status add_file(eisi_proposal *p, const char *name, eis_error *err) {
  eis_status st = EIS_OK;
  if ((p->n_files & (p->n_files - 1)) == 0)
    st = eisi_grow(&p->file, p->n_files, p->n_files ? 2 * p->n_files : 1, sizeof *p->file, err);
  if (st != EIS_OK) return st;
  p->file[p->n_files] = eisi_strdup(name, err);
  return p->file[p->n_files++] ? EIS_OK : EIS_ERROR_MEMORY;
}

static eis_status walk(eisi_proposal *p, const char *folder, const char *under, int depth,
                       eis_error *err);

static eis_status visit(eisi_proposal *p, const char *folder, const char *name, int depth,
                        eis_error *err) {
  struct stat info;
  eisi_text path = {0};
  eis_status st = EIS_OK;
  eisi_text_addf(&path, "%s/%s", folder, name);
  if (path.failed) return eis_error_set(err, EIS_ERROR_MEMORY, "out of memory");
  if (stat(path.s, &info) == 0) {
    if (S_ISDIR(info.st_mode) && depth < DEPTH_MAX) {
      eisi_text inside = {0};
      eisi_text_addf(&inside, "%s/", name);
      st = inside.s ? walk(p, folder, inside.s, depth + 1, err)
                    : eis_error_set(err, EIS_ERROR_MEMORY, "out of memory");
      eisi_text_clear(&inside);
    } else if (S_ISREG(info.st_mode)) {
      st = add_file(p, name, err);
    }
  }
  eisi_text_clear(&path);
  return st;
}

static eis_status walk(eisi_proposal *p, const char *folder, const char *under, int depth,
                       eis_error *err) {
  eisi_text path = {0};
  eisi_text_addf(&path, "%s/%s", folder, under);
  DIR *d = path.failed ? NULL : opendir(path.s);
  if (path.failed || (!d && errno == ENOMEM)) {
    eisi_text_clear(&path);
    return eis_error_at(err, EIS_ERROR_MEMORY, folder, 0, 0, "out of memory");
  }
  eisi_text_clear(&path);
  if (!d && depth == 0)
    return eis_error_at(err, EIS_ERROR_INPUT, folder, 0, 0, "can't look into this folder: %s",
                        strerror(errno));
  if (!d) return EIS_OK; /* a folder inside that is not ours to read */
  eis_status st = EIS_OK;
  for (const struct dirent *e; st == EIS_OK && (e = readdir(d)) != NULL;) {
    eisi_text name = {0};
    if (e->d_name[0] == '.') continue;
    eisi_text_addf(&name, "%s%s", under, e->d_name);
    st = name.s ? visit(p, folder, name.s, depth, err)
                : eis_error_set(err, EIS_ERROR_MEMORY, "out of memory");
    eisi_text_clear(&name);
  }
  closedir(d);
  return st;
}

static int by_number(const void *a, const void *b) {
  return strverscmp(*(char *const *)a, *(char *const *)b);
}

/* ---- which of the files are spectra ---- */

typedef struct left_out {
  size_t n;
  char first[300];
} left_out;

static eis_status try_file(eisi_proposal *p, const char *folder, const char *name,
                           const eis_read_options *read, left_out *out, bool *is, eis_error *err) {
  eis_spectra list = {0};
  eis_error why = EIS_ERROR_INIT;
  eisi_text path = {0};
  eisi_text_addf(&path, "%s/%s", folder, name);
  eis_status st = eisi_text_state(&path, &why);
  if (st == EIS_OK) st = eis_read_file(path.s, read, &list, &why);
  *is = st == EIS_OK && list.n > 0;
  p->n_spectra += *is ? list.n : 0;
  if (!*is && !out->n++)
    snprintf(out->first, sizeof out->first, "'%.100s': %.180s", name, why.text);
  eis_spectra_clear(&list);
  eisi_text_clear(&path);
  if (st == EIS_ERROR_MEMORY || st == EIS_ERROR_USAGE)
    return eis_error_set(err, st, "%s", why.text);
  return EIS_OK;
}

static eis_status keep_spectra(eisi_proposal *p, const char *folder, const eis_read_options *read,
                               eis_error *err) {
  size_t kept = 0, n = p->n_files;
  left_out out = {0};
  eis_status st = EIS_OK;
  for (size_t i = 0; i < n; i++) {
    bool is = false;
    char *name = p->file[i];
    p->file[i] = NULL;
    if (st == EIS_OK) st = try_file(p, folder, name, read, &out, &is, err);
    if (is)
      p->file[kept++] = name;
    else
      free(name);
  }
  p->n_files = kept;
  if (st == EIS_OK && kept == 0)
    st = eis_error_at(err, EIS_ERROR_INPUT, folder, 0, 0,
                      n ? "none of its %zu files can be read as spectra; the first: %s"
                        : "there is no file in this folder",
                      n, out.first);
  if (st == EIS_OK && out.n)
    st =
        eis_notes_add(&p->how, err, "%zu of %zu files left out, they are no spectra; the first: %s",
                      out.n, n, out.first);
  return st;
}

/* ---- in words ---- */

static int by_text(const void *a, const void *b) {
  return strcmp(*(char *const *)a, *(char *const *)b);
}

eis_status eisi_proposal_count(const eisi_proposal *p, const eisi_pcolumn *c, size_t *with,
                               size_t *distinct, eis_error *err) {
  char **all = eisi_new(p->n_files, sizeof *all, err);
  if (!all) return EIS_ERROR_MEMORY;
  *with = *distinct = 0;
  for (size_t i = 0; i < p->n_files; i++)
    if (c->value[i]) all[(*with)++] = c->value[i];
  if (*with) qsort(all, *with, sizeof *all, by_text);
  for (size_t i = 0; i < *with; i++) *distinct += i == 0 || strcmp(all[i], all[i - 1]) != 0;
  free(all);
  return EIS_OK;
}

static eis_status tell(eisi_proposal *p, eis_error *err) {
  eis_status st = EIS_OK;
  for (size_t j = 0; st == EIS_OK && j < p->n_columns; j++) {
    const eisi_pcolumn *c = &p->column[j];
    size_t with, distinct, first = 0;
    st = eisi_proposal_count(p, c, &with, &distinct, err);
    if (st != EIS_OK || with == 0) continue;
    while (!c->value[first]) first++;
    char missing[48] = "";
    if (with < p->n_files)
      snprintf(missing, sizeof missing, "; %zu file%s nothing", p->n_files - with,
               p->n_files - with == 1 ? " says" : "s say");
    st =
        eis_notes_add(&p->how, err, "%s: '%s' in '%s'; %zu different value%s%s", c->name,
                      c->value[first], p->file[first], distinct, distinct == 1 ? "" : "s", missing);
  }
  return st;
}

static eis_status name_folder(eisi_proposal *p, const char *folder, eis_error *err) {
  char *real = realpath(folder, NULL);
  if (!real)
    return eis_error_at(err, errno == ENOMEM ? EIS_ERROR_MEMORY : EIS_ERROR_INPUT, folder, 0, 0,
                        "can't look into this folder: %s", strerror(errno));
  const char *slash = strrchr(real, '/');
  p->folder = eisi_strdup(slash && slash[1] ? slash + 1 : real, err);
  free(real);
  return p->folder ? EIS_OK : EIS_ERROR_MEMORY;
}

eis_status eisi_propose(const char *folder, const char *pattern, const eis_read_options *read,
                        eisi_proposal *out, eis_error *err) {
  *out = (eisi_proposal){0};
  eis_status st = name_folder(out, folder, err);
  if (st == EIS_OK) st = walk(out, folder, "", 0, err);
  if (st == EIS_OK && out->n_files) qsort(out->file, out->n_files, sizeof *out->file, by_number);
  if (st == EIS_OK) st = keep_spectra(out, folder, read, err);
  if (st == EIS_OK)
    st = pattern ? eisi_propose_by_pattern(out, pattern, err) : eisi_propose_by_words(out, err);
  return st == EIS_OK ? tell(out, err) : st;
}

/* ---- as CSV ---- */

static void field(eisi_text *out, const char *before, const char *s) {
  /* a name that looks like a comment or a pattern is quoted or begins with the folder */
  const bool quote = s[strcspn(s, ",\"\r\n;")] || s[0] == ' ';
  if (!quote) {
    eisi_text_addf(out, "%s%s", before, s);
    return;
  }
  eisi_text_addf(out, "\"%s", before);
  for (; *s; s++) eisi_text_addf(out, *s == '"' ? "\"\"" : "%c", *s);
  eisi_text_add(out, "\"", 1);
}

void eisi_proposal_print(const eisi_proposal *p, const char *prefix, eisi_text *out) {
  eisi_text_addf(out, "file");
  for (size_t j = 0; j < p->n_columns; j++) eisi_text_addf(out, ",%s", p->column[j].name);
  eisi_text_add(out, "\n", 1);
  for (size_t i = 0; i < p->n_files; i++) {
    const bool comment = !*prefix && strchr("#%!", p->file[i][0]);
    field(out, comment ? "./" : prefix, p->file[i]);
    for (size_t j = 0; j < p->n_columns; j++) {
      const char *v = p->column[j].value[i];
      eisi_text_add(out, ",", 1);
      if (v) field(out, "", v);
    }
    eisi_text_add(out, "\n", 1);
  }
}
