/* html.h - what the pages of several commands are made of. */
#ifndef EISI_HTML_H
#define EISI_HTML_H

#include "report/report.h"
#include "report/shown.h"

/* Text with the characters that mean something in HTML made harmless. */
void eisi_html_text(eisi_text *out, const char *s);
/* open and close as they are, the text between them made harmless. */
void eisi_html_element(eisi_text *out, const char *open, const char *text, const char *close);
void eisi_html_number(eisi_text *out, const char *text);
void eisi_html_pair(eisi_text *out, const char *key, const char *value);
void eisi_html_notes(eisi_text *out, const eis_notes *list, const char *open, const char *close);
void eisi_html_kk(const eis_kk_result *kk, eisi_text *out);
/* The page up to the figure and what the reader warns of: "WHAT of FILE". */
void eisi_html_begin(const eis_spectrum *s, const char *what, const char *svg, eisi_text *out);
/* The data and the end of the page. */
eis_status eisi_html_end(const eis_spectrum *s, eisi_text *out, eis_error *err);

#endif
