/* shipped.h - files that come with eisfit, or that people put beside those, by name. */
#ifndef EISI_SHIPPED_H
#define EISI_SHIPPED_H

#include "base/base.h"

/* A kind of file in the data directories that people ask for by name. */
typedef struct eisi_shipped {
  const char *what;   /* "model", in messages */
  const char *folder; /* "models" */
  const char *ending; /* ".model" */
  const char *hint;   /* behind the list of those that there are */
  bool similar;       /* names long enough for "did you mean" */
} eisi_shipped;
/* All names, sorted, NULL terminated; freed by eisi_names_free. */
eis_status eisi_shipped_list(const eisi_shipped *kind, char ***names, eis_error *err);
/* The path of a name; what has a '/' or the ending is taken as the path it is.  Caller frees.
   EIS_ERROR_USAGE with the names that there are. */
eis_status eisi_shipped_find(const eisi_shipped *kind, const char *name, char **path,
                             eis_error *err);
void eisi_names_free(char **names);

#endif
