/* ini.h - sections of key = value lines with places, for model and material files. */
#ifndef EISI_INI_H
#define EISI_INI_H

#include "base/base.h"

typedef struct eisi_ini_entry {
  char *section, *key, *value; /* trimmed; a continuation line (indented) is joined by '\n' */
  long line;
  long key_column, value_column; /* 1-based, of the first line */
  char *text;                    /* the raw line, for the caret */
} eisi_ini_entry;
typedef struct eisi_ini {
  size_t n;
  eisi_ini_entry *at;
} eisi_ini;

/* "[section]", "key = value", '#' comments to the end of a line that starts with it (after blanks)
   or behind two blanks; errors with source:line:column and caret. */
eis_status eisi_ini_parse(const char *text, const char *source, eisi_ini *out, eis_error *err);
void eisi_ini_clear(eisi_ini *ini);
/* Sets err at the value of an entry, `offset` bytes into it. */
eis_status eisi_ini_error(const eisi_ini_entry *e, const char *source, size_t offset,
                          eis_error *err, const char *fmt, ...)
    __attribute__((format(printf, 5, 6)));

#endif
