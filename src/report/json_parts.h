/* json_parts.h - what the documents of several commands share; see doc/schema/common.json. */
#ifndef EISI_JSON_PARTS_H
#define EISI_JSON_PARTS_H

#include "report/report.h"

/* schema, version */
void eisi_json_head(eisi_json doc, const char *schema);
void eisi_json_input(eisi_json doc, const eis_spectrum *s);
/* What the reader and, unless it is NULL, the work on the spectrum want to be looked at. */
void eisi_json_warnings(eisi_json doc, const eis_spectrum *s, const eis_notes *more);
void eisi_json_conditions(eisi_json doc, const eis_conditions *c);
/* The verdict of the Kramers-Kronig test as members of o. */
void eisi_json_kk(eisi_json o, const eis_kk_result *kk);
/* Outliers by the row of the file they stand in. */
void eisi_json_outliers(eisi_json o, const eis_kk_result *kk, const eis_spectrum *s);
/* Both as the member "kk", null where there was no test. */
void eisi_json_kk_test(eisi_json doc, const eis_kk_result *kk, const eis_spectrum *s);
void eisi_json_data(eisi_json doc, const eis_spectrum *s);

#endif
