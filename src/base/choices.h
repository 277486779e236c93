/* choices.h - a word that is none of a list, and what the list has. */
#ifndef EISI_CHOICES_H
#define EISI_CHOICES_H

#include "base/base.h"

/* "WHAT 'word'; did you mean 'near'? There are a, b, c": EIS_ERROR_USAGE, word NULL as "". */
eis_status eisi_no_such(const char *what, const char *word, const char *const *candidates, size_t n,
                        eis_error *err);

#endif
