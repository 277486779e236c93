/* sheet.c - see sheet.h. */
#include "report/sheet.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/number.h"
#include "report/json_parts.h"
#include "report/shown.h"
#include "report/table.h"

void eisi_sheet_column(eisi_sheet *s, const eisi_sheet_name *name) {
  if (s->n_columns < EISI_SHEET_COLUMNS) s->column[s->n_columns++] = *name;
}

void eisi_sheet_add_fact(eisi_sheet *s, const eisi_sheet_name *name, double v) {
  if (s->n_facts < EISI_SHEET_FACTS) s->fact[s->n_facts++] = (eisi_sheet_fact){*name, v};
}

eis_status eisi_sheet_row(eisi_sheet *s, const double *v, const char *label, eis_error *err) {
  const size_t at = s->n_rows * s->n_columns;
  eis_status st = eisi_grow(&s->v, at, at + s->n_columns, sizeof *s->v, err);
  if (!st && s->label)
    st = eisi_grow(&s->row_label, s->n_rows, s->n_rows + 1, sizeof *s->row_label, err);
  if (!st && s->label && !(s->row_label[s->n_rows] = eisi_strdup(label ? label : "", err)))
    st = EIS_ERROR_MEMORY;
  if (st) return st;
  memcpy(s->v + at, v, s->n_columns * sizeof *v);
  s->n_rows++;
  return EIS_OK;
}

void eisi_sheet_clear(eisi_sheet *s) {
  for (size_t i = 0; s->row_label && i < s->n_rows; i++) free(s->row_label[i]);
  free(s->row_label);
  free(s->v);
  eis_notes_clear(&s->notes);
  *s = (eisi_sheet){0};
}

/* ---- text ---- */

static eis_status number_cell(eisi_grid *t, double v, eis_error *err) {
  return isnan(v) ? eisi_grid_cell(t, err, "–") : eisi_grid_cell(t, err, "%.4g", v == 0 ? 0 : v);
}

static void print_facts(const eisi_sheet *s, eisi_text *out) {
  size_t width = 0;
  for (size_t i = 0; i < s->n_facts; i++) {
    const size_t w = eisi_text_columns(s->fact[i].name.title);
    if (w > width) width = w;
  }
  for (size_t i = 0; i < s->n_facts; i++) {
    const eisi_sheet_fact *f = &s->fact[i];
    if (isnan(f->v)) continue;
    const int pad = (int)(width - eisi_text_columns(f->name.title));
    eisi_text_addf(out, "  %s%*s  %.5g%s%s\n", f->name.title, pad, "", f->v * f->name.factor,
                   *f->name.shown ? " " : "", f->name.shown);
  }
}

static void column_title(const eisi_sheet_name *c, char *buf, size_t size) {
  snprintf(buf, size, *c->shown ? "%s / %s" : "%s", c->title, c->shown);
}

eis_status eisi_sheet_text(const eisi_sheet *s, bool color, eisi_text *out, eis_error *err) {
  char title[EISI_SHEET_COLUMNS + 1][96];
  eisi_grid_column column[EISI_SHEET_COLUMNS + 1];
  eisi_grid t = {column, 0, NULL, 0};
  eis_status st = EIS_OK;
  if (s->label) column[t.n_columns++] = (eisi_grid_column){s->label, EISI_LEFT};
  for (size_t c = 0; c < s->n_columns; c++) {
    column_title(&s->column[c], title[c], sizeof title[c]);
    column[t.n_columns++] = (eisi_grid_column){title[c], EISI_RIGHT};
  }
  for (size_t i = 0; !st && i < s->n_rows; i++) {
    if (s->show > 1 && i % s->show && i + 1 < s->n_rows) continue;
    if (s->label) st = eisi_grid_cell(&t, err, "%s", s->row_label[i]);
    for (size_t c = 0; !st && c < s->n_columns; c++)
      st = number_cell(&t, s->v[i * s->n_columns + c] * s->column[c].factor, err);
  }
  if (!st) {
    eisi_text_addf(out, "%s%s%s\n", eisi_style_on(EISI_BOLD, color), s->title,
                   eisi_style_off(color));
    print_facts(s, out);
    if (s->n_rows) {
      if (s->n_facts) eisi_text_addf(out, "\n");
      eisi_grid_print(&t, 2, color, out);
    }
    if (s->notes.n) eisi_text_addf(out, "\n");
    for (size_t i = 0; i < s->notes.n; i++) eisi_wrap(out, "  - ", s->notes.text[i], EISI_SCREEN);
  }
  eisi_grid_clear(&t);
  return st;
}

/* ---- CSV ---- */

/* "ohm m^2" -> "ohm_m2", "1/m^3" -> "per_m3" */
static void unit_key(const char *si, eisi_text *out) {
  for (; *si; si++) {
    if (*si == '^') continue;
    if (*si == '1' && si[1] == '/') {
      eisi_text_addf(out, "per_");
      si++;
    } else if (*si == ' ')
      eisi_text_addf(out, "_");
    else if (*si == '/')
      eisi_text_addf(out, "_per_");
    else
      eisi_text_add(out, si, 1);
  }
}

static void csv_label(const char *s, eisi_text *out) {
  eisi_text_addf(out, "\"");
  for (; *s; s++) eisi_text_addf(out, *s == '"' ? "\"\"" : "%c", *s);
  eisi_text_addf(out, "\"");
}

void eisi_sheet_csv(const eisi_sheet *s, eisi_text *out) {
  if (s->label) eisi_text_addf(out, "%s", s->label);
  for (size_t c = 0; c < s->n_columns; c++) {
    eisi_text_addf(out, "%s%s", c || s->label ? "," : "", s->column[c].key);
    if (*s->column[c].si) eisi_text_addf(out, "_");
    unit_key(s->column[c].si, out);
  }
  eisi_text_addf(out, "\n");
  for (size_t i = 0; i < s->n_rows; i++) {
    if (s->label) csv_label(s->row_label[i], out);
    for (size_t c = 0; c < s->n_columns; c++) {
      char buf[32] = "";
      const double v = s->v[i * s->n_columns + c];
      if (isfinite(v)) eisi_print_double(buf, sizeof buf, v);
      eisi_text_addf(out, "%s%s", c || s->label ? "," : "", buf);
    }
    eisi_text_addf(out, "\n");
  }
}

/* ---- JSON ---- */

eis_status eisi_sheet_json(const eisi_sheet *s, eisi_text *out, eis_error *err) {
  bool failed;
  eisi_json doc = eisi_json_begin(&failed);
  eisi_json_head(doc, "eisfit.scl/1");
  eisi_json_string(doc, "what", s->what);
  eisi_json_string(doc, "title", s->title);
  eisi_json facts = eisi_json_object(doc, "facts"), units = eisi_json_object(doc, "units");
  for (size_t i = 0; i < s->n_facts; i++) {
    eisi_json_number(facts, s->fact[i].name.key, s->fact[i].v);
    eisi_json_string(units, s->fact[i].name.key, s->fact[i].name.si);
  }
  for (size_t c = 0; c < s->n_columns; c++)
    eisi_json_string(units, s->column[c].key, s->column[c].si);
  eisi_json rows = eisi_json_array(doc, "rows");
  for (size_t i = 0; i < s->n_rows; i++) {
    eisi_json o = eisi_json_object(rows, NULL);
    if (s->label) eisi_json_string(o, s->label, s->row_label[i]);
    for (size_t c = 0; c < s->n_columns; c++)
      eisi_json_number(o, s->column[c].key, s->v[i * s->n_columns + c]);
  }
  eisi_json_notes(doc, "notes", &s->notes);
  return eisi_json_end(doc, out, err);
}
