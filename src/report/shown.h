/* shown.h - numbers as people read them: engineering prefixes, errors with two digits and the
   value rounded to match. */
#ifndef EISI_SHOWN_H
#define EISI_SHOWN_H

#include "base/base.h"

typedef struct eisi_shown {
  char value[40], error[40], low[40], high[40]; /* "" where the number is NaN (value: "?") */
  char unit[40];                                /* "mΩ" */
} eisi_shown;

/* A quantity in SI with its standard error and 95 % interval (NaN = none). */
eisi_shown eisi_show(double value, double error, double low, double high, const char *unit);
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

#endif
