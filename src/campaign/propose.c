#include "campaign/propose.h"

#include <dirent.h>
#include <errno.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "campaign/natural.h"

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
  return eisi_natural_order(*(char *const *)a, *(char *const *)b);
}

/* By its name or with its folders. */
static bool fits(const char *file, const char *pattern) {
  const char *slash = strrchr(file, '/');
  return fnmatch(pattern, file, 0) == 0 || (slash && fnmatch(pattern, slash + 1, 0) == 0);
}

/* Drops what does not fit `files`. */
static eis_status choose_files(eisi_proposal *p, const char *files, eis_error *err) {
  size_t kept = 0;
  const size_t n = p->n_files;
  if (!files || n == 0) return EIS_OK;
  for (size_t i = 0; i < n; i++) kept += fits(p->file[i], files);
  if (kept == 0)
    return eis_error_set(err, EIS_ERROR_USAGE,
                         "option '--files': '%.200s' fits none of %zu files; the first is '%.200s'",
                         files, n, p->file[0]);
  p->n_files = 0;
  for (size_t i = 0; i < n; i++)
    if (fits(p->file[i], files))
      p->file[p->n_files++] = p->file[i];
    else
      free(p->file[i]);
  if (kept == n) return EIS_OK;
  return eis_notes_add(&p->how, err, "%zu of %zu files do not fit --files", n - kept, n);
}

/* ---- which of the files are spectra ---- */

/* Files that are left out for the same reason. */
typedef struct reason {
  size_t n;
  char first[104], text[184];
} reason;

enum { REASONS = 6 }; /* the last one: documentation, and all further reasons before it */
typedef struct left_out {
  size_t n;
  reason why[REASONS];
} left_out;

/* Text about the data, pictures, programs, settings: nobody misses them among the spectra. */
static bool is_documentation(const char *name) {
  static const char *const endings[] = {
      ".md",  ".rst",  ".pdf", ".html", ".htm", ".doc",  ".docx", ".odt", ".png",  ".jpg",
      ".jpeg", ".svg", ".gif", ".py",   ".m",   ".ipynb", ".r",   ".sh",  ".json", ".xml",
      ".yml", ".yaml", ".ini", ".cfg",  ".log", ".bib",   ".mdl", ".mps", ".db",   ".zip"};
  static const char *const heads[] = {"readme", "licen", "provenance", "changelog"};
  const char *slash = strrchr(name, '/'), *base = slash ? slash + 1 : name;
  const char *dot = strrchr(base, '.');
  for (size_t i = 0; dot && i < sizeof endings / sizeof *endings; i++)
    if (eisi_strcasecmp(dot, endings[i]) == 0) return true;
  for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) {
    size_t k = 0;
    while (heads[i][k] && eisi_lower(base[k]) == heads[i][k]) k++;
    if (!heads[i][k]) return true;
  }
  return false;
}

static void leave_out(left_out *out, const char *name, const char *why) {
  char text[sizeof out->why->text];
  size_t k = REASONS - 1;
  snprintf(text, sizeof text, "%.180s", why);
  if (!is_documentation(name)) {
    k = 0;
    while (k < REASONS - 2 && out->why[k].n && strcmp(out->why[k].text, text) != 0) k++;
  }
  reason *r = &out->why[k];
  if (!r->n++) {
    snprintf(r->first, sizeof r->first, "%.100s", name);
    snprintf(r->text, sizeof r->text, "%s", text);
  }
  out->n++;
}

/* First what may be a spectrum that could not be read, then the documentation. */
static eis_status tell_left_out(eisi_proposal *p, const left_out *out, size_t n, eis_error *err) {
  size_t k = 0;
  while (!out->why[k].n) k++;
  const reason *first = &out->why[k];
  eis_status st = eis_notes_add(
      &p->how, err, "%zu of %zu files left out, they are no spectra; the first: '%s': %s", out->n,
      n, first->first, first->text);
  for (k++; st == EIS_OK && k < REASONS; k++) {
    const reason *r = &out->why[k];
    if (r->n && k == REASONS - 1)
      st = eis_notes_add(&p->how, err, "left out, too: %zu of documentation and the like, '%s'%s",
                         r->n, r->first, r->n > 1 ? " ..." : "");
    else if (r->n)
      st = eis_notes_add(&p->how, err, "left out, too: %zu like '%s': %s", r->n, r->first, r->text);
  }
  return st;
}

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
  if (!*is) leave_out(out, name, why.text);
  eis_spectra_clear(&list);
  eisi_text_clear(&path);
  if (st == EIS_ERROR_MEMORY || st == EIS_ERROR_USAGE)
    return eis_error_set(err, st, "%s", why.text);
  return EIS_OK;
}

static eis_status none_left(const char *folder, const left_out *out, eis_error *err) {
  size_t k = 0;
  while (k < REASONS && !out->why[k].n) k++;
  if (k == REASONS)
    return eis_error_at(err, EIS_ERROR_INPUT, folder, 0, 0, "there is no file in this folder");
  return eis_error_at(err, EIS_ERROR_INPUT, folder, 0, 0,
                      "none of its %zu files can be read as spectra; the first: '%s': %s", out->n,
                      out->why[k].first, out->why[k].text);
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
  if (st == EIS_OK && kept == 0) return none_left(folder, &out, err);
  return st == EIS_OK && out.n ? tell_left_out(p, &out, n, err) : st;
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

/* A pattern that takes the last number of a name for the cycle, and what stands before it for the
   cell; "" where there is no number. */
static void suggest(const char *file, char *out, size_t size) {
  const char *slash = strrchr(file, '/'), *base = slash ? slash + 1 : file;
  const char *dot = strrchr(base, '.'), *end = dot ? dot : base + strlen(base);
  const char *stop = end;
  out[0] = '\0';
  while (stop > base && !eisi_is_digit(stop[-1])) stop--;
  const char *start = stop;
  while (start > base && eisi_is_digit(start[-1])) start--;
  if (stop == start) return;
  const char *tail = stop < end ? "*" : "";
  if (slash)
    snprintf(out, size, "%s{cell}/%.*s{cycle}%s",
             memchr(file, '/', (size_t)(slash - file)) ? "*/" : "", (int)(start - base), base,
             tail);
  else
    snprintf(out, size, "{cell}%.*s{cycle}%s", start > base && !eisi_is_letter(start[-1]) ? 1 : 0,
             start - 1, tail);
}

/* Files of one cell whose names don't say so would be cells without a sequence. */
static eis_status tell_lone_cells(eisi_proposal *p, eis_error *err) {
  const eisi_pcolumn *cell = eisi_proposal_find(p, "cell");
  size_t with = 0, distinct = p->n_files;
  char pattern[300];
  eis_status st = cell ? eisi_proposal_count(p, cell, &with, &distinct, err) : EIS_OK;
  if (st != EIS_OK || p->n_files < 4 || p->n_spectra > 2 * p->n_files ||
      10 * p->n_guessed < 9 * p->n_files || 10 * distinct < 9 * p->n_files)
    return st;
  suggest(p->file[0], pattern, sizeof pattern);
  p->told_lone = true;
  return eis_notes_add(&p->how, err,
                       "%s file became a cell of its own (%zu cells of %zu files): if they are "
                       "spectra of one cell, say how their names are read%s%s%s",
                       distinct == p->n_files ? "every" : "nearly every", distinct, p->n_files,
                       *pattern ? ", as --pattern '" : " with --pattern", pattern,
                       *pattern ? "'" : "");
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

eis_status eisi_propose(const char *folder, const char *files, const char *pattern,
                        const eis_read_options *read, eisi_proposal *out, eis_error *err) {
  *out = (eisi_proposal){0};
  eis_status st = name_folder(out, folder, err);
  if (st == EIS_OK) st = walk(out, folder, "", 0, err);
  if (st == EIS_OK && out->n_files) qsort(out->file, out->n_files, sizeof *out->file, by_number);
  if (st == EIS_OK) st = choose_files(out, files, err);
  if (st == EIS_OK) st = keep_spectra(out, folder, read, err);
  if (st == EIS_OK)
    st = pattern ? eisi_propose_by_pattern(out, pattern, err) : eisi_propose_by_words(out, err);
  if (st == EIS_OK) st = tell(out, err);
  return st == EIS_OK && !pattern ? tell_lone_cells(out, err) : st;
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
