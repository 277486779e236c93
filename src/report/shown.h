/* shown.h - numbers as people read them: engineering prefixes, errors with two digits and the
   value rounded to match; parameters and derived quantities of a fit. */
#ifndef EISI_SHOWN_H
#define EISI_SHOWN_H

#include "analysis/modelfit.h"
#include "base/base.h"

typedef struct eisi_shown {
  char value[64], error[40], low[40], high[40]; /* "" where the number is NaN (value: "?") */
  char unit[40];                                /* "mΩ" */
} eisi_shown;

/* A quantity in SI with its standard error and 95 % interval (NaN = none). */
eisi_shown eisi_show(double value, double error, double low, double high, const char *unit);
/* The same with the prefix that suits `size` (in SI), for columns with one unit; no interval. */
eisi_shown eisi_show_like(double value, double error, double size, const char *unit);
/* "1.5 kHz", with `digits` significant digits. */
void eisi_show_one(double v, int digits, const char *unit, char *buf, size_t size);
/* "ohm m^2" -> factor and text of the unit that is shown ("Ω cm²"). */
typedef struct eisi_shown_unit {
  const char *si;
  double factor;
  const char *text;
  bool prefix; /* takes m, k, µ ... in front */
} eisi_shown_unit;
eisi_shown_unit eisi_unit_for(const char *si);

/* Columns that the text fills on the screen (UTF-8 code points). */
size_t eisi_text_columns(const char *s);

/* The parameter ran to the end of what its element allows: the data do not show it. */
bool eisi_param_unseen(const eis_circuit *c, const eis_fit_result *r, int i);
/* "fixed", "= C1", "at your lower bound 1 Ω", "not identifiable", "poorly determined" or "". */
void eisi_param_note(const eisi_modelfit *m, int i, char *buf, size_t size);
/* As eisi_show; "≈ 0 (not seen)" or "> 1e9 Ω (not seen)" in value for one that is not seen, "not
   determined" in low for an interval of more than three decades. */
eisi_shown eisi_param_shown(const eisi_modelfit *m, int i);
/* The same for a derived quantity: "–" when a parameter it is made of is not seen. */
eisi_shown eisi_derived_shown(const eisi_modelfit *m, const eis_derived *d);

#endif
