/* csv.h - the fields that all tidy tables are made of; each adds itself and a comma. */
#ifndef EISI_CSV_H
#define EISI_CSV_H

#include "report/report.h"

void eisi_csv_text(eisi_text *out, const char *s); /* NULL = empty */
void eisi_csv_number(eisi_text *out, double v);    /* empty where it is not finite */
void eisi_csv_bool(eisi_text *out, bool v);
/* All sentences in one field; fit may be NULL. */
void eisi_csv_warnings(const eis_notes *reader, const eis_notes *fit, eisi_text *out);
/* Area, thickness, temperature, SOC; cond NULL: the head of the table. */
void eisi_csv_conditions(const eis_conditions *cond, const eis_meta *meta, eisi_text *out);
/* The metadata columns (meta NULL: their names) and the end of the row. */
void eisi_csv_end(const eisi_csv_keys *keys, const eis_meta *meta, eisi_text *out);

#endif
