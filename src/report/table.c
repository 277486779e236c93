/* table.c - see table.h. */
#include "report/table.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report/shown.h"

static const char *const style_table[] = {
    [EISI_PLAIN] = "", [EISI_BOLD] = "\033[1m", [EISI_GOOD] = "\033[32m",
    [EISI_BAD] = "\033[31m", [EISI_WARN] = "\033[33m",
};
const char *eisi_style_on(eisi_style style, bool color) { return color ? style_table[style] : ""; }
const char *eisi_style_off(bool color) { return color ? "\033[0m" : ""; }

eis_status eisi_grid_cell(eisi_grid *t, eis_error *err, const char *fmt, ...) {
  eisi_text text = {0};
  char buf[1024];
  va_list ap;
  va_start(ap, fmt);
  vsnprintf(buf, sizeof buf, fmt, ap);
  va_end(ap);
  eis_status st = eisi_grow(&t->cell, t->n_cells, t->n_cells + 1, sizeof *t->cell, err);
  if (st) return st;
  eisi_text_add(&text, buf, strlen(buf));
  st = eisi_text_take(&text, &t->cell[t->n_cells], err);
  if (!st) t->n_cells++;
  return st;
}

void eisi_grid_clear(eisi_grid *t) {
  for (size_t i = 0; i < t->n_cells; i++) free(t->cell[i]);
  free(t->cell);
  t->cell = NULL;
  t->n_cells = 0;
}

/* Width of a column; 0 = nothing in it. */
static size_t column_width(const eisi_grid *t, size_t col) {
  size_t width = 0;
  for (size_t i = col; i < t->n_cells; i += t->n_columns) {
    size_t w = eisi_text_columns(t->cell[i]);
    if (w > width) width = w;
  }
  size_t title = eisi_text_columns(t->column[col].title);
  return width && title > width ? title : width;
}

static void pad(eisi_text *out, size_t n) {
  while (n--) eisi_text_add(out, " ", 1);
}

/* Where the last column begins. */
static size_t last_place(const eisi_grid *t, const size_t *width, int indent) {
  size_t at = (size_t)indent;
  for (size_t c = 0; c + 1 < t->n_columns; c++)
    if (width[c]) at += width[c] + 2;
  return at;
}

/* A sentence in the last column goes on below itself, where it is wide enough for that. */
static void print_last(eisi_text *out, const char *s, size_t place) {
  enum { LEAST = 28 };
  char lead[EISI_SCREEN + 1];
  eisi_text body = {0};
  if (place + eisi_text_columns(s) <= EISI_SCREEN || place + LEAST > EISI_SCREEN) {
    eisi_text_add(out, s, strlen(s));
    return;
  }
  memset(lead, ' ', place);
  lead[place] = '\0';
  eisi_wrap(&body, lead, s, EISI_SCREEN);
  out->failed = out->failed || body.failed;
  if (body.n > place + 1) eisi_text_add(out, body.s + place, body.n - place - 1);
  eisi_text_clear(&body);
}

/* Blanks that are owed are kept back, so that no line ends in them. */
static void print_row(const eisi_grid *t, const size_t *width, size_t first, int indent,
                      eisi_text *out) {
  size_t owed = (size_t)indent;
  for (size_t c = 0; c < t->n_columns; c++) {
    if (!width[c]) continue;
    const char *s = first == SIZE_MAX        ? t->column[c].title
                    : first + c < t->n_cells ? t->cell[first + c]
                                             : "";
    size_t blanks = width[c] - eisi_text_columns(s);
    if (t->column[c].align == EISI_RIGHT) owed += blanks;
    if (*s) {
      pad(out, owed);
      owed = 0;
      if (c + 1 == t->n_columns && t->column[c].align == EISI_LEFT)
        print_last(out, s, last_place(t, width, indent));
      else
        eisi_text_add(out, s, strlen(s));
    }
    owed += 2 + (t->column[c].align == EISI_LEFT ? blanks : 0);
  }
}

void eisi_grid_print(const eisi_grid *t, int indent, bool color, eisi_text *out) {
  size_t *width = calloc(t->n_columns, sizeof *width);
  if (!width) {
    out->failed = true;
    return;
  }
  for (size_t c = 0; c < t->n_columns; c++) width[c] = column_width(t, c);
  eisi_text_addf(out, "%s", eisi_style_on(EISI_BOLD, color));
  print_row(t, width, SIZE_MAX, indent, out);
  eisi_text_addf(out, "%s\n", eisi_style_off(color));
  for (size_t i = 0; i < t->n_cells; i += t->n_columns) {
    print_row(t, width, i, indent, out);
    eisi_text_add(out, "\n", 1);
  }
  free(width);
}

void eisi_wrap(eisi_text *out, const char *lead, const char *text, size_t width) {
  size_t indent = eisi_text_columns(lead), at = indent;
  eisi_text_add(out, lead, strlen(lead));
  bool fresh = true;
  while (*text) {
    while (*text == ' ' || *text == '\n') text++;
    size_t n = strcspn(text, " \n");
    if (!n) break;
    char word[512];
    snprintf(word, sizeof word, "%.*s", (int)(n < sizeof word ? n : sizeof word - 1), text);
    size_t w = eisi_text_columns(word);
    if (!fresh && at + 1 + w > width) {
      eisi_text_add(out, "\n", 1);
      pad(out, indent);
      at = indent;
      fresh = true;
    }
    if (!fresh) eisi_text_add(out, " ", 1);
    eisi_text_add(out, text, n);
    at += w + !fresh;
    fresh = false;
    text += n;
  }
  eisi_text_add(out, "\n", 1);
}
