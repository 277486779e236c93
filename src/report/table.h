/* table.h - text tables with columns that line up, and sentences wrapped to a width. */
#ifndef EISI_TABLE_H
#define EISI_TABLE_H

#include "base/base.h"

typedef enum eisi_align { EISI_LEFT, EISI_RIGHT } eisi_align;
typedef struct eisi_grid_column {
  const char *title;
  eisi_align align;
} eisi_grid_column;

/* Cells are added row by row, left to right; the texts are copied. */
typedef struct eisi_grid {
  const eisi_grid_column *column;
  size_t n_columns;
  char **cell;
  size_t n_cells;
} eisi_grid;

eis_status eisi_grid_cell(eisi_grid *t, eis_error *err, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* Prints with an indent; columns that are empty in every row are left out, and a text in the last
   one that would leave the screen goes on in further lines. */
void eisi_grid_print(const eisi_grid *t, int indent, bool color, eisi_text *out);
void eisi_grid_clear(eisi_grid *t);

/* First line behind `lead`, the others indented as wide as it, broken before column `width`. */
void eisi_wrap(eisi_text *out, const char *lead, const char *text, size_t width);

enum { EISI_SCREEN = 96 };

/* ANSI styles: codes when color, nothing otherwise. */
typedef enum eisi_style {
  EISI_PLAIN,
  EISI_BOLD,
  EISI_GOOD,
  EISI_BAD,
  EISI_WARN
} eisi_style;
const char *eisi_style_on(eisi_style style, bool color);
const char *eisi_style_off(bool color);

#endif
