/* facts.h - what the rows of one cell say besides age: pressure and SOC. */
#ifndef EISI_FACTS_H
#define EISI_FACTS_H

#include <eisfit/trend.h>

#include "campaign/series.h"

/* Regression of ln value on ln(pressure), SOC and x over all rows of the sample whose `cell` is
   that of the series (cell < 0: all rows); each only where it takes three values at least.  Columns
   that are EISI_NO_COLUMN are left out.  power: the fit whose exponent z is taken, NULL = none. */
typedef struct eisi_fact_columns {
  int cell, x, pressure, soc;
} eisi_fact_columns;
eis_status eisi_facts_find(const eisi_frame *f, const eisi_series *s, const eisi_fact_columns *c,
                           const eis_law_fit *power, eis_drift_facts *out, eis_error *err);

#endif
