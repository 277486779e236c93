/* joint_columns.c - what the columns of a campaign are to a law: numbers in the right unit, groups.
 */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/joint_core.h"

eis_status eisi_law_error(const eisi_law_place *at, eis_error *err, const char *fmt, ...) {
  char text[400];
  va_list ap;
  va_start(ap, fmt);
  vsnprintf(text, sizeof text, fmt, ap);
  va_end(ap);
  const eis_model_law *law = at->law;
  if (!law) return eis_error_set(err, EIS_ERROR_INPUT, "%s", text);
  if (law->line == 0)
    return eis_error_set(err, EIS_ERROR_INPUT, "law '%s = %s': %s", law->target, law->text, text);
  const bool first = !err || err->code == EIS_OK;
  const eis_status st = eis_error_at(err, EIS_ERROR_INPUT, at->model->path, law->line,
                                     law->column + (long)at->offset, "%s", text);
  if (err && first)
    snprintf(err->context, sizeof err->context, "%*s%s", (int)law->column - 1, "", law->text);
  if (err && first) err->span = 1;
  return st;
}

const eis_joint_column *eisi_joint_column(const eis_joint_data *data, const char *name) {
  for (size_t k = 0; k < data->n_columns; k++)
    if (eisi_strcasecmp(data->column[k].name, name) == 0) return &data->column[k];
  return strcmp(name, "temperature_C") == 0 ? eisi_joint_column(data, "temperature_K") : NULL;
}

static eis_status no_column(const eis_joint_data *data, const char *name, const eisi_law_place *at,
                            eis_error *err) {
  eisi_text t = {0};
  for (size_t k = 0; k < data->n_columns; k++)
    eisi_text_addf(&t, "%s%s", k ? ", " : "", data->column[k].name);
  const eis_status st = eisi_law_error(at, err,
                                       "it needs the column '%s', which the data do not have; "
                                       "there are: %s",
                                       name, t.s ? t.s : "none");
  eisi_text_clear(&t);
  return st;
}

/* The name of a file or, when spectra have none, its number. */
static const char *label(const eis_joint_data *data, size_t i, char *buf, size_t size) {
  const char *source = data->spectrum[i]->source;
  if (source && *source)
    snprintf(buf, size, "'%s'", source);
  else
    snprintf(buf, size, "spectrum %zu", i + 1);
  return buf;
}

static eis_status check_numbers(const eis_joint_data *data, const eis_joint_column *c,
                                const eisi_law_place *at, eis_error *err) {
  char name[160];
  for (size_t i = 0; i < data->n; i++) {
    if (c->number && isfinite(c->number[i])) continue;
    if (c->text && c->text[i] && c->text[i][0])
      return eisi_law_error(at, err, "the column '%s' says '%s' for %s: a number is expected",
                            c->name, c->text[i], label(data, i, name, sizeof name));
    return eisi_law_error(at, err,
                          "the column '%s' is empty for %s: fill it in or leave the row out",
                          c->name, label(data, i, name, sizeof name));
  }
  return EIS_OK;
}

/* SOC in per cent is recognised by values above 1.5. */
static eis_status check_soc(const eis_joint_data *data, const eis_joint_column *c, double *x,
                            const eisi_law_place *at, eis_error *err) {
  double most = 0;
  char name[160];
  for (size_t i = 0; i < data->n; i++) most = fmax(most, x[i]);
  for (size_t i = 0; i < data->n; i++) {
    if (most > 1.5) x[i] /= 100;
    if (!(x[i] >= 0 && x[i] <= 1))
      return eisi_law_error(at, err,
                            "the column '%s' is %g for %s: SOC is a fraction from 0 to 1 or 0 to "
                            "100 per cent",
                            c->name, c->number[i], label(data, i, name, sizeof name));
  }
  return EIS_OK;
}

static bool soc_in_percent(const eis_joint_data *data, const eis_joint_column *c) {
  for (size_t i = 0; i < data->n; i++)
    if (c->number && c->number[i] > 1.5) return true;
  return false;
}

/* A column in the unit a circuit calculates in: by the ending of its name. */
static void to_si(const char *name, double *x, size_t n) {
  static const struct {
    const char *ending;
    double factor, offset;
  } rows[] = {{"_C", 1, 273.15}, {"_cm2", 1e-4, 0}, {"_um", 1e-6, 0}, {"_mm", 1e-3, 0}};
  for (size_t r = 0; r < sizeof rows / sizeof *rows; r++)
    for (size_t i = 0; eisi_ends_with(name, rows[r].ending) && i < n; i++)
      x[i] = x[i] * rows[r].factor + rows[r].offset;
}

static bool all_same(const eis_joint_data *data, const eis_joint_column *c) {
  for (size_t i = 1; i < data->n; i++)
    if (!c->number || !(fabs(c->number[i] - c->number[0]) <= 1e-9 * fabs(c->number[0])))
      return false;
  return c->number != NULL;
}

static eis_status column_numbers(eisi_joint *j, const eisi_term *t, const eisi_law_place *at,
                                 double **x, eis_error *err) {
  const char *name = t->law->argument == EISI_ARG_COLUMN ? t->argument : "soc";
  const eis_joint_column *c = eisi_joint_column(j->data, name);
  if (!c) return no_column(j->data, name, at, err);
  eis_status st = check_numbers(j->data, c, at, err);
  if (st != EIS_OK) return st;
  *x = eisi_new(j->n, sizeof **x, err);
  if (!*x) return EIS_ERROR_MEMORY;
  memcpy(*x, c->number, j->n * sizeof **x);
  if (strcmp(c->name, "soc") == 0) st = check_soc(j->data, c, *x, at, err);
  const bool physical = t->law->kind == EISI_LAW_WHOLE ||
                        (t->law->column && !strcmp(t->law->column, "temperature_C"));
  if (physical) to_si(c->name, *x, j->n);
  for (size_t i = 0;
       st == EIS_OK && t->law->column && !strcmp(t->law->column, "temperature_C") && i < j->n; i++)
    if (!((*x)[i] > 0))
      st = eisi_law_error(at, err, "the temperature %g K in '%s' is not above absolute zero",
                          (*x)[i], c->name);
  return st;
}

static eis_status geometry(eisi_joint *j, const eisi_law_place *at, double **x, eis_error *err) {
  const char *const names[] = {"thickness_um", "area_cm2"};
  *x = eisi_new(j->n, sizeof **x, err);
  if (!*x) return EIS_ERROR_MEMORY;
  for (int k = 0; k < 2; k++) {
    const eis_joint_column *c = eisi_joint_column(j->data, names[k]);
    if (!c) return no_column(j->data, names[k], at, err);
    const eis_status st = check_numbers(j->data, c, at, err);
    if (st != EIS_OK) return st;
    for (size_t i = 0; i < j->n; i++) {
      if (!(c->number[i] > 0))
        return eisi_law_error(at, err, "the column '%s' is %g in row %zu: it must be positive",
                              names[k], c->number[i], i + 1);
      (*x)[i] = k == 0 ? c->number[i] * 1e-6 : (*x)[i] / (c->number[i] * 1e-4);
    }
  }
  return EIS_OK;
}

/* SOC to potential. */
static eis_status potentials(eisi_joint *j, const eisi_term *t, const char *table,
                             const eisi_law_place *at, double *x, eis_error *err) {
  eis_ocv *ocv = NULL;
  const char *name = table ? table : t->argument;
  if (!*name)
    return eisi_law_error(at, err,
                          "which cathode? Name an OCV table: ocv(NCM), or your file by --ocv");
  eis_status st = eis_ocv_load(name, &ocv, err);
  if (st != EIS_OK) return st;
  for (size_t i = 0; i < j->n; i++) x[i] = eis_ocv_potential(ocv, x[i], NULL);
  st = eis_notes_add(&j->decisions, err, "potential of the cathode from table %s (%s)", ocv->name,
                     ocv->prior ? "a typical curve, not a measurement of this cell" : ocv->source);
  eis_ocv_free(ocv);
  return st;
}

/* Is this optional term to be left out, and why? */
static eis_status left_out(eisi_joint *j, const eisi_term *t, const eisi_law_place *at, bool *skip,
                           eis_error *err) {
  const eis_joint_column *c = eisi_joint_column(j->whole, t->argument);
  *skip = t->optional && (!c || all_same(j->whole, c));
  if (!*skip) return EIS_OK;
  return eis_notes_add(&j->decisions, err, "%s without '%s': %s",
                       at->law ? at->law->target : "parameter", t->law->name,
                       c ? "the column is the same everywhere" : "no such column");
}

eis_status eisi_joint_covariate(eisi_joint *j, const eisi_term *t, const eis_joint_options *opt,
                                const eisi_law_place *at, double **x, bool *skip, eis_error *err) {
  *skip = false;
  *x = NULL;
  if (t->law->argument == EISI_ARG_PARAM) return geometry(j, at, x, err);
  eis_status st = left_out(j, t, at, skip, err);
  if (st != EIS_OK || *skip) return st;
  st = column_numbers(j, t, at, x, err);
  const eis_joint_column *soc = eisi_joint_column(j->data, "soc");
  if (st == EIS_OK && t->law->argument == EISI_ARG_TABLE) {
    st = potentials(j, t, opt->ocv, at, *x, err);
    if (st == EIS_OK && soc_in_percent(j->data, soc))
      st = eis_notes_add(&j->decisions, err, "SOC was read as per cent, as values above 1.5 occur");
  }
  return st;
}

eis_status eisi_joint_groups(const eisi_joint *j, const char *column, const eisi_law_place *at,
                             eisi_slot *slot, eis_error *err) {
  const eis_joint_column *c = eisi_joint_column(j->data, column);
  char name[160], number[32];
  if (!c) return no_column(j->data, column, at, err);
  slot->group = eisi_new(j->n, sizeof *slot->group, err);
  slot->group_name = eisi_new(j->n, sizeof *slot->group_name, err);
  if (!slot->group || !slot->group_name) return EIS_ERROR_MEMORY;
  for (size_t i = 0; i < j->n; i++) {
    const char *text = c->text ? c->text[i] : NULL;
    if (!text && c->number && isfinite(c->number[i])) {
      eisi_print_double(number, sizeof number, c->number[i]);
      text = number;
    }
    if (!text || !*text)
      return eisi_law_error(at, err, "the group column '%s' is empty for %s", column,
                            label(j->data, i, name, sizeof name));
    int g = 0;
    while (g < slot->n_groups && strcmp(slot->group_name[g], text) != 0) g++;
    slot->group[i] = g;
    if (g < slot->n_groups) continue;
    slot->group_name[slot->n_groups++] = eisi_strdup(text, err);
    if (!slot->group_name[g]) return EIS_ERROR_MEMORY;
  }
  return EIS_OK;
}
