/* spectrum.c - the container: points, metadata, notes. */
#include <eisfit/spectrum.h>

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"

eis_conditions eis_conditions_unknown(void) { return (eis_conditions){NAN, NAN, NAN, NAN, NAN}; }

/* ---- points ---- */

eis_status eis_spectrum_init(eis_spectrum *s, size_t n, eis_error *err) {
  *s = (eis_spectrum){.n = n, .sweep = 1, .n_sweeps = 1};
  size_t m = n ? n : 1;
  s->f = eisi_new(m, sizeof *s->f, err);
  s->re = eisi_new(m, sizeof *s->re, err);
  s->im = eisi_new(m, sizeof *s->im, err);
  s->row = eisi_new(m, sizeof *s->row, err);
  if (!s->f || !s->re || !s->im || !s->row) {
    eis_spectrum_clear(s);
    return EIS_ERROR_MEMORY;
  }
  for (size_t k = 0; k < n; k++) s->row[k] = (int)k + 1;
  return EIS_OK;
}

static eis_status copy_doubles(double **dst, const double *src, size_t n, eis_error *err) {
  if (!src) return EIS_OK;
  *dst = eisi_new(n ? n : 1, sizeof **dst, err);
  if (!*dst) return EIS_ERROR_MEMORY;
  memcpy(*dst, src, n * sizeof **dst);
  return EIS_OK;
}

static eis_status copy_text(char **dst, const char *src, eis_error *err) {
  if (!src) return EIS_OK;
  *dst = eisi_strdup(src, err);
  return *dst ? EIS_OK : EIS_ERROR_MEMORY;
}

static eis_status copy_notes(eis_notes *dst, const eis_notes *src, eis_error *err) {
  for (size_t i = 0; i < src->n; i++) {
    eis_status st = eis_notes_add(dst, err, "%s", src->text[i]);
    if (st != EIS_OK) return st;
  }
  return EIS_OK;
}

static eis_status copy_meta(eis_meta *dst, const eis_meta *src, eis_error *err) {
  for (size_t i = 0; i < src->n; i++) {
    eis_status st = eis_meta_set(dst, src->item[i].key, src->item[i].value, err);
    if (st != EIS_OK) return st;
  }
  return EIS_OK;
}

eis_status eis_spectrum_copy(eis_spectrum *dst, const eis_spectrum *src, eis_error *err) {
  eis_status st = eis_spectrum_init(dst, src->n, err);
  if (st != EIS_OK) return st;
  size_t bytes = src->n * sizeof(double);
  if (src->n > 0) {
    memcpy(dst->f, src->f, bytes);
    memcpy(dst->re, src->re, bytes);
    memcpy(dst->im, src->im, bytes);
    memcpy(dst->row, src->row, src->n * sizeof *src->row);
  }
  dst->sweep = src->sweep;
  dst->n_sweeps = src->n_sweeps;
  memcpy(dst->sha256, src->sha256, sizeof dst->sha256);
  st = copy_doubles(&dst->sigma, src->sigma, src->n, err);
  if (st == EIS_OK) st = copy_doubles(&dst->time_s, src->time_s, src->n, err);
  if (st == EIS_OK) st = copy_text(&dst->source, src->source, err);
  if (st == EIS_OK) st = copy_text(&dst->format, src->format, err);
  if (st == EIS_OK) st = copy_meta(&dst->meta, &src->meta, err);
  if (st == EIS_OK) st = copy_notes(&dst->decisions, &src->decisions, err);
  if (st == EIS_OK) st = copy_notes(&dst->warnings, &src->warnings, err);
  if (st != EIS_OK) eis_spectrum_clear(dst);
  return st;
}

void eis_spectrum_clear(eis_spectrum *s) {
  if (!s) return;
  free(s->f);
  free(s->re);
  free(s->im);
  free(s->sigma);
  free(s->time_s);
  free(s->row);
  free(s->source);
  free(s->format);
  eis_meta_clear(&s->meta);
  eis_notes_clear(&s->decisions);
  eis_notes_clear(&s->warnings);
  *s = (eis_spectrum){0};
}

void eis_spectra_clear(eis_spectra *list) {
  if (!list) return;
  for (size_t i = 0; i < list->n; i++) eis_spectrum_clear(&list->at[i]);
  free(list->at);
  *list = (eis_spectra){0};
}

/* Capacity is the next power of two: no member for it is needed. */
static eis_status grow_to_one_more(void *array, size_t n, size_t size, eis_error *err) {
  if (n & (n - 1)) return EIS_OK;
  return eisi_grow(array, n, n ? 2 * n : 1, size, err);
}

eis_status eis_spectra_push(eis_spectra *list, eis_spectrum *s, eis_error *err) {
  eis_status st = grow_to_one_more(&list->at, list->n, sizeof *list->at, err);
  if (st != EIS_OK) return st;
  list->at[list->n++] = *s;
  *s = (eis_spectrum){0};
  return EIS_OK;
}

/* ---- order ---- */

typedef struct sort_item {
  double f;
  size_t k;
} sort_item;

static int descending(const void *a, const void *b) {
  const sort_item *x = a, *y = b;
  if (x->f != y->f) return x->f < y->f ? 1 : -1;
  return (x->k > y->k) - (x->k < y->k);
}

static bool is_descending(const double *f, size_t n) {
  for (size_t k = 1; k < n; k++)
    if (f[k] > f[k - 1]) return false;
  return true;
}

static void reverse_doubles(double *v, size_t n) {
  for (size_t k = 0; v && k < n / 2; k++) {
    double t = v[k];
    v[k] = v[n - 1 - k];
    v[n - 1 - k] = t;
  }
}

static bool is_rising(const double *f, size_t n) {
  for (size_t k = 1; k < n; k++)
    if (!(f[k] > f[k - 1])) return false;
  return true;
}

static void reverse(eis_spectrum *s) {
  double *const v[] = {s->f, s->re, s->im, s->sigma, s->time_s};
  for (size_t i = 0; i < sizeof v / sizeof *v; i++) reverse_doubles(v[i], s->n);
  for (size_t k = 0; k < s->n / 2; k++) {
    int t = s->row[k];
    s->row[k] = s->row[s->n - 1 - k];
    s->row[s->n - 1 - k] = t;
  }
}

/* Puts point `item[k].k` at k, following the cycles of the permutation: no array is copied. */
static void permute(eis_spectrum *s, sort_item *item) {
  double *const v[] = {s->f, s->re, s->im, s->sigma, s->time_s};
  for (size_t start = 0; start < s->n; start++) {
    double first[5];
    int row = s->row[start];
    size_t k = start;
    for (int i = 0; i < 5; i++) first[i] = v[i] ? v[i][start] : 0;
    while (item[k].k != k) {
      size_t from = item[k].k;
      bool last = from == start;
      for (int i = 0; i < 5; i++)
        if (v[i]) v[i][k] = last ? first[i] : v[i][from];
      s->row[k] = last ? row : s->row[from];
      item[k].k = k;
      k = from;
    }
  }
}

/* Insertion: slow, but needs no memory. */
static void sort_in_place(eis_spectrum *s) {
  double *const v[] = {s->f, s->re, s->im, s->sigma, s->time_s};
  for (size_t k = 1; k < s->n; k++)
    for (size_t j = k; j > 0 && s->f[j - 1] < s->f[j]; j--) {
      for (int i = 0; i < 5; i++) {
        if (!v[i]) continue;
        double t = v[i][j];
        v[i][j] = v[i][j - 1];
        v[i][j - 1] = t;
      }
      int row = s->row[j];
      s->row[j] = s->row[j - 1];
      s->row[j - 1] = row;
    }
}

void eis_spectrum_sort(eis_spectrum *s) {
  if (is_descending(s->f, s->n)) return;
  if (is_rising(s->f, s->n)) {
    reverse(s);
    return;
  }
  sort_item *item = eisi_new(s->n, sizeof *item, NULL);
  if (!item) {
    sort_in_place(s);
    return;
  }
  for (size_t k = 0; k < s->n; k++) item[k] = (sort_item){s->f[k], k};
  qsort(item, s->n, sizeof *item, descending);
  permute(s, item);
  free(item);
}

void eis_spectrum_filter(eis_spectrum *s, const bool *keep) {
  size_t m = 0;
  for (size_t k = 0; k < s->n; k++) {
    if (!keep[k]) continue;
    s->f[m] = s->f[k];
    s->re[m] = s->re[k];
    s->im[m] = s->im[k];
    s->row[m] = s->row[k];
    if (s->sigma) s->sigma[m] = s->sigma[k];
    if (s->time_s) s->time_s[m] = s->time_s[k];
    m++;
  }
  s->n = m;
}

/* ---- metadata and notes ---- */

eis_status eis_meta_set(eis_meta *meta, const char *key, const char *value, eis_error *err) {
  char *copy = eisi_strdup(value, err);
  if (!copy) return EIS_ERROR_MEMORY;
  for (size_t i = 0; i < meta->n; i++)
    if (strcmp(meta->item[i].key, key) == 0) {
      free(meta->item[i].value);
      meta->item[i].value = copy;
      return EIS_OK;
    }
  char *name = eisi_strdup(key, err);
  if (!name || grow_to_one_more(&meta->item, meta->n, sizeof *meta->item, err) != EIS_OK) {
    free(name);
    free(copy);
    return EIS_ERROR_MEMORY;
  }
  meta->item[meta->n++] = (eis_meta_item){name, copy};
  return EIS_OK;
}

const char *eis_meta_find(const eis_meta *meta, const char *key) {
  for (size_t i = 0; i < meta->n; i++)
    if (strcmp(meta->item[i].key, key) == 0) return meta->item[i].value;
  return NULL;
}

void eis_meta_clear(eis_meta *meta) {
  for (size_t i = 0; i < meta->n; i++) {
    free(meta->item[i].key);
    free(meta->item[i].value);
  }
  free(meta->item);
  *meta = (eis_meta){0};
}

eis_status eis_notes_add(eis_notes *notes, eis_error *err, const char *fmt, ...) {
  va_list ap, again;
  va_start(ap, fmt);
  va_copy(again, ap);
  int n = vsnprintf(NULL, 0, fmt, ap);
  va_end(ap);
  char *text = n < 0 ? NULL : eisi_new((size_t)n + 1, 1, err);
  if (text) vsnprintf(text, (size_t)n + 1, fmt, again);
  va_end(again);
  if (!text) return EIS_ERROR_MEMORY;
  eis_status st = grow_to_one_more(&notes->text, notes->n, sizeof *notes->text, err);
  if (st != EIS_OK) {
    free(text);
    return st;
  }
  notes->text[notes->n++] = text;
  return EIS_OK;
}

void eis_notes_clear(eis_notes *notes) {
  for (size_t i = 0; i < notes->n; i++) free(notes->text[i]);
  free(notes->text);
  *notes = (eis_notes){0};
}
