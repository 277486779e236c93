/* frame.c - see frame.h. */
#include "campaign/frame.h"

#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "campaign/intern.h"
#include "data/csvtab.h"

/* A column that says one thing in all rows, as most do, has no array. */
typedef struct column {
  char *name;
  uint32_t all;     /* the text of all rows, while number is NULL */
  uint32_t *number; /* of the texts, per row */
} column;

struct eisi_frame {
  char *source;
  eisi_doc doc; /* of a file: to say where something stands */
  eisi_delimiting dialect;
  size_t n_rows, cap_rows; /* without the names */
  uint32_t *line;          /* of the document, per row; NULL without one */
  int n_columns;           /* own */
  column *column;
  eisi_intern text;
  struct eisi_frame *meta;
  size_t *partner; /* row of meta, SIZE_MAX = none */
};

static size_t first_line(const eisi_doc *doc) {
  size_t k = 0;
  while (k < doc->n_lines && (eisi_doc_blank(doc, k) || eisi_csvtab_comment(doc, k))) k++;
  return k;
}

/* ---- rows ---- */

eis_status eisi_frame_new(const char *source, eisi_frame **out, eis_error *err) {
  eisi_frame *f = *out = eisi_new(1, sizeof *f, err);
  if (!f) return EIS_ERROR_MEMORY;
  f->dialect = (eisi_delimiting){',', '.'};
  f->source = eisi_strdup(source, err);
  return f->source ? EIS_OK : EIS_ERROR_MEMORY;
}

eis_status eisi_frame_add_column(eisi_frame *f, const char *name, eis_error *err) {
  const size_t n = (size_t)f->n_columns;
  eis_status st = eisi_grow(&f->column, n, n + 1, sizeof *f->column, err);
  if (st) return st;
  f->column[n].name = eisi_strdup(name, err);
  if (!f->column[n].name) return EIS_ERROR_MEMORY;
  f->n_columns++;
  return EIS_OK;
}

/* Room for another row, in steps of a quarter. */
static eis_status room(eisi_frame *f, eis_error *err) {
  if (f->n_rows < f->cap_rows) return EIS_OK;
  const size_t cap = f->cap_rows + f->cap_rows / 4 + 64;
  eis_status st = EIS_OK;
  for (int j = 0; !st && j < f->n_columns; j++)
    if (f->column[j].number)
      st = eisi_grow(&f->column[j].number, f->cap_rows, cap, sizeof(uint32_t), err);
  if (!st && f->line) st = eisi_grow(&f->line, f->cap_rows, cap, sizeof *f->line, err);
  if (!st) f->cap_rows = cap;
  return st;
}

eis_status eisi_frame_add_row(eisi_frame *f, eis_error *err) {
  const eis_status st = room(f, err);
  if (st) return st;
  for (int j = 0; j < f->n_columns; j++)
    if (f->column[j].number) f->column[j].number[f->n_rows] = 0;
  f->n_rows++;
  return EIS_OK;
}

eis_status eisi_frame_set(eisi_frame *f, int j, const char *s, size_t n, eis_error *err) {
  column *c = &f->column[j];
  const size_t row = f->n_rows - 1;
  uint32_t number = 0;
  eis_status st = eisi_intern_add(&f->text, s, n, &number, err);
  if (st) return st;
  if (row == 0) c->all = number;
  if (!c->number && number != c->all) {
    c->number = eisi_new(f->cap_rows, sizeof *c->number, err);
    if (!c->number) return EIS_ERROR_MEMORY;
    for (size_t i = 0; i < row; i++) c->number[i] = c->all;
  }
  if (c->number) c->number[row] = number;
  return EIS_OK;
}

void eisi_frame_seal(eisi_frame *f) { eisi_intern_seal(&f->text); }

/* ---- of a file ---- */

static eis_status take_names(eisi_frame *f, const eisi_table *t, eis_error *err) {
  const size_t n_columns = eisi_table_width(t, 0);
  for (size_t j = 0; j < n_columns; j++) {
    size_t n;
    const char *s = eisi_table_cell(t, 0, j, &n);
    char *name = eisi_strndup(s, n, err);
    eis_status st = name ? eisi_frame_add_column(f, name, err) : EIS_ERROR_MEMORY;
    for (size_t k = 0; !st && n && k < j; k++)
      if (strcmp(f->column[k].name, name) == 0)
        st = eisi_table_error(t, 0, j, err, "there are two columns '%s'", name);
    free(name);
    if (st) return st;
  }
  return EIS_OK;
}

static eis_status take_row(eisi_frame *f, const eisi_table *t, size_t i, eis_error *err) {
  const size_t width = eisi_table_width(t, i);
  if (width != (size_t)f->n_columns)
    return eisi_table_error(t, i, width ? width - 1 : 0, err, "the row has %zu cells, the names %d",
                            width, f->n_columns);
  eis_status st = eisi_frame_add_row(f, err);
  if (!st) f->line[f->n_rows - 1] = t->line[i];
  for (int j = 0; !st && j < f->n_columns; j++) {
    size_t n;
    const char *s = eisi_table_cell(t, i, (size_t)j, &n);
    st = eisi_frame_set(f, j, s, n, err);
  }
  return st;
}

/* Lines from .. to - 1; the first row of all has the names. */
static eis_status take_part(eisi_frame *f, size_t from, size_t to, eis_error *err) {
  eisi_table t = {0};
  eis_status st = eisi_table_append(&t, &f->doc, f->dialect, from, to, EISI_NO_LINE, err);
  size_t i = 0;
  if (!st && t.n_rows && !f->n_columns) {
    st = take_names(f, &t, err);
    i = 1;
  }
  for (; !st && i < t.n_rows; i++) st = take_row(f, &t, i, err);
  eisi_table_clear(&t);
  return st;
}

static eis_status build(eisi_frame *f, const char *bytes, size_t size, eis_error *err) {
  enum { PART = 512 }; /* lines that are split at a time */
  eis_status st = eisi_doc_open(&f->doc, bytes, size, f->source, err);
  if (st) return st;
  const size_t first = first_line(&f->doc);
  f->dialect.delimiter = eisi_csvtab_of_names(&f->doc, first);
  if (f->dialect.delimiter != ',')
    f->dialect.point = eisi_csvtab_point(&f->doc, first + 1, f->doc.n_lines, f->dialect.delimiter);
  f->cap_rows = 64;
  f->line = eisi_new(f->cap_rows, sizeof *f->line, err);
  if (!f->line) return EIS_ERROR_MEMORY;
  for (size_t k = first; !st && k < f->doc.n_lines; k += PART) st = take_part(f, k, k + PART, err);
  eisi_frame_seal(f);
  return st ? st : eisi_frame_check(f, err);
}

eis_status eisi_frame_check(const eisi_frame *f, eis_error *err) {
  if (f->n_rows) return EIS_OK;
  return eis_error_at(err, EIS_ERROR_INPUT, f->source, 0, 0,
                      "a table needs a line of column names and rows below it");
}

eis_status eisi_frame_parse(const char *bytes, size_t size, const char *source, eisi_frame **out,
                            eis_error *err) {
  eis_status st = eisi_frame_new(source, out, err);
  if (!st) st = build(*out, bytes, size, err);
  if (!st) return EIS_OK;
  eisi_frame_free(*out);
  *out = NULL;
  return st;
}

eis_status eisi_frame_read(const char *path, eisi_frame **out, eis_error *err) {
  char *bytes = NULL;
  size_t size = 0;
  *out = NULL;
  eis_status st = eisi_read_whole(path, 0, &bytes, &size, err);
  if (!st) st = eisi_frame_parse(bytes, size, path, out, err);
  free(bytes);
  return st;
}

void eisi_frame_free(eisi_frame *f) {
  if (!f) return;
  eisi_frame_free(f->meta);
  for (int j = 0; j < f->n_columns; j++) {
    free(f->column[j].name);
    free(f->column[j].number);
  }
  free(f->column);
  free(f->line);
  eisi_intern_clear(&f->text);
  free(f->partner);
  eisi_doc_clear(&f->doc);
  free(f->source);
  free(f);
}

/* Something about the cell of a row: where it stands in the file, if it is one. */
static eis_status cell_error(const eisi_frame *f, size_t row, int j, eis_error *err,
                             const char *fmt, ...) {
  char text[512];
  va_list ap;
  va_start(ap, fmt);
  vsnprintf(text, sizeof text, fmt, ap);
  va_end(ap);
  if (f->line) return eisi_csvtab_error(&f->doc, f->dialect, f->line[row], (size_t)j, err, text);
  return eis_error_at(err, EIS_ERROR_INPUT, f->source, 0, 0, "%s", text);
}

/* ---- join ---- */

typedef struct keyed {
  char *file; /* as file_key has it */
  const char *sweep;
  size_t row;
  bool used;
} keyed;

static int by_key(const void *a, const void *b) {
  const keyed *x = a, *y = b;
  const int c = strcmp(x->file, y->file);
  return c ? c : strcmp(x->sweep, y->sweep);
}

/* "./a//b/../c.csv" -> "a/c.csv", in place. */
static void plain_path(char *path) {
  const bool rooted = path[0] == '/';
  char *out = path + rooted, *least = out;
  for (char *s = path, *next; *s; s = next) {
    const size_t n = strcspn(s, "/");
    next = s + n + (s[n] == '/');
    if (n == 0 || (n == 1 && s[0] == '.')) continue;
    const bool up = n == 2 && memcmp(s, "..", 2) == 0;
    if (up && out > least) {
      out--; /* the slash behind the folder that is left */
      while (out > least && out[-1] != '/') out--;
      continue;
    }
    if (up && rooted) continue;
    memmove(out, s, n);
    out += n;
    *out = *next ? '/' : '\0';
    out += *next != '\0';
    if (up) least = out;
  }
  if (out > path + rooted && out[-1] == '/') out--;
  *out = '\0';
}

/* The same for all names of one file: where it is, or a file that is not here by its plain name. */
static char *file_key(const char *name, eis_error *err) {
  char *real = realpath(name, NULL);
  if (real) return real;
  if (errno == ENOMEM) {
    eisi_cant_open(name, ENOMEM, err);
    return NULL;
  }
  char *plain = eisi_strdup(name, err);
  if (plain) plain_path(plain);
  return plain;
}

/* Rows of one spectrum stand together: the key of the row before is taken over. */
static eis_status make_keys(const eisi_frame *f, int file, int sweep, keyed **out, eis_error *err) {
  keyed *k = eisi_new(f->n_rows, sizeof *k, err);
  *out = k;
  if (!k) return EIS_ERROR_MEMORY;
  for (size_t i = 0; i < f->n_rows; i++) {
    const char *name = eisi_frame_text(f, i, file);
    const bool again = i && strcmp(name, eisi_frame_text(f, i - 1, file)) == 0;
    k[i] = (keyed){again ? eisi_strdup(k[i - 1].file, err) : file_key(name, err),
                   sweep >= 0 ? eisi_frame_text(f, i, sweep) : "", i, false};
    if (!k[i].file) return EIS_ERROR_MEMORY;
  }
  return EIS_OK;
}

static void free_keys(keyed *k, size_t n) {
  for (size_t i = 0; k && i < n; i++) free(k[i].file);
  free(k);
}

static eis_status sort_keys(const eisi_frame *meta, int file, keyed *k, eis_error *err) {
  qsort(k, meta->n_rows, sizeof *k, by_key);
  for (size_t i = 1; i < meta->n_rows; i++)
    if (by_key(&k[i - 1], &k[i]) == 0)
      return cell_error(meta, k[i].row, file, err, "'%s' stands in two rows",
                        eisi_frame_text(meta, k[i].row, file));
  return EIS_OK;
}

/* One of the two tables of a join. */
typedef struct side {
  eisi_frame *f;
  int file, sweep; /* columns */
  keyed *key;
} side;

/* Keys of meta are sorted. */
static eis_status match(const side *own, const side *meta, eisi_joined *out, eis_error *err) {
  const size_t n = own->f->n_rows, m = meta->f->n_rows;
  size_t first = SIZE_MAX;
  own->f->partner = eisi_new(n, sizeof *own->f->partner, err);
  if (!own->f->partner) return EIS_ERROR_MEMORY;
  for (size_t i = 0; i < n; i++) {
    keyed *hit = bsearch(&own->key[i], meta->key, m, sizeof *meta->key, by_key);
    own->f->partner[i] = hit ? hit->row : SIZE_MAX;
    if (hit)
      hit->used = true;
    else if (!out->unmatched++)
      out->first_unmatched = eisi_frame_text(own->f, i, own->file);
  }
  for (size_t i = 0; i < m; i++) {
    if (meta->key[i].used) continue;
    out->unused++;
    if (meta->key[i].row < first) first = meta->key[i].row;
  }
  if (out->unused) out->first_unused = eisi_frame_text(meta->f, first, meta->file);
  return EIS_OK;
}

eis_status eisi_frame_join(eisi_frame *f, eisi_frame *meta, eisi_joined *out, eis_error *err) {
  side a = {.f = f, .sweep = eisi_frame_find(f, "sweep")};
  side b = {.f = meta, .sweep = eisi_frame_find(meta, "sweep")};
  *out = (eisi_joined){0};
  eis_status st = eisi_frame_need(f, "file", "to join the metadata by", &a.file, err);
  if (!st) st = eisi_frame_need(meta, "file", "to join it by", &b.file, err);
  if (a.sweep < 0 || b.sweep < 0) a.sweep = b.sweep = -1;
  if (!st) st = make_keys(f, a.file, a.sweep, &a.key, err);
  if (!st) st = make_keys(meta, b.file, b.sweep, &b.key, err);
  f->meta = meta;
  if (!st) st = sort_keys(meta, b.file, b.key, err);
  if (!st) st = match(&a, &b, out, err);
  free_keys(a.key, f->n_rows);
  free_keys(b.key, meta->n_rows);
  return st;
}

/* ---- cells ---- */

size_t eisi_frame_rows(const eisi_frame *f) { return f->n_rows; }
const char *eisi_frame_source(const eisi_frame *f) { return f->source; }

const char *eisi_frame_name(const eisi_frame *f, int j) {
  if (j >= 0 && j < f->n_columns) return f->column[j].name;
  return j >= 0 && f->meta ? eisi_frame_name(f->meta, j - f->n_columns) : NULL;
}

/* A name of this table stands before the same one of the metadata, unless its column is empty. */
int eisi_frame_find(const eisi_frame *f, const char *name) {
  int own = EISI_NO_COLUMN;
  for (int j = 0; j < f->n_columns && own < 0; j++)
    if (eisi_strcasecmp(f->column[j].name, name) == 0) own = j;
  for (size_t i = 0; own >= 0 && i < f->n_rows; i++)
    if (*eisi_frame_text(f, i, own)) return own;
  const int other = f->meta ? eisi_frame_find(f->meta, name) : EISI_NO_COLUMN;
  return other >= 0 ? other + f->n_columns : own;
}

eis_status eisi_frame_need(const eisi_frame *f, const char *name, const char *what, int *j,
                           eis_error *err) {
  *j = eisi_frame_find(f, name);
  if (*j >= 0) return EIS_OK;
  eisi_text list = {0};
  const char *names[256], *s;
  size_t n = 0;
  for (; n < 256 && (s = eisi_frame_name(f, (int)n)) != NULL; n++) {
    names[n] = s;
    if (list.n < 300) eisi_text_addf(&list, "%s%s", n ? ", " : "", s);
  }
  const int near = eisi_nearest(name, names, n);
  char slip[80] = "";
  if (near >= 0) snprintf(slip, sizeof slip, "did you mean '%.60s'?", names[near]);
  const eis_status st = eis_error_at(
      err, EIS_ERROR_INPUT, f->source, 0, 0, "there is no column '%s' %s; %s%s%s", name, what, slip,
      near >= 0 ? " The columns are " : "the columns are ", list.s ? list.s : "");
  eisi_text_clear(&list);
  return st;
}

const char *eisi_frame_text(const eisi_frame *f, size_t row, int j) {
  if (j < 0 || row >= f->n_rows) return "";
  if (j < f->n_columns) {
    const column *c = &f->column[j];
    return eisi_intern_text(&f->text, c->number ? c->number[row] : c->all);
  }
  if (!f->meta || f->partner[row] == SIZE_MAX) return "";
  return eisi_frame_text(f->meta, f->partner[row], j - f->n_columns);
}

eis_status eisi_frame_number(const eisi_frame *f, size_t row, int j, double *v, eis_error *err) {
  if (j >= f->n_columns && f->meta && f->partner[row] != SIZE_MAX)
    return eisi_frame_number(f->meta, f->partner[row], j - f->n_columns, v, err);
  const char *s = eisi_frame_text(f, row, j);
  const size_t n = strlen(s);
  double got = NAN;
  *v = NAN;
  const eisi_cell_kind kind = eisi_cell_number(s, n, f->dialect.point, &got);
  if (kind == EISI_CELL_TEXT)
    return cell_error(f, row, j, err, "'%s' in column '%s' is not a number", s,
                      eisi_frame_name(f, j));
  if (kind == EISI_CELL_NUMBER) *v = got;
  return EIS_OK;
}

bool eisi_frame_numeric(const eisi_frame *f, int j) {
  bool any = false;
  for (size_t i = 0; i < f->n_rows; i++) {
    double v;
    if (eisi_frame_number(f, i, j, &v, NULL)) return false;
    any |= isfinite(v);
  }
  return any;
}
