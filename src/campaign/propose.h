/* propose.h - a manifest from a folder: which files are spectra, and what their names say. */
#ifndef EISI_PROPOSE_H
#define EISI_PROPOSE_H

#include <eisfit/reader.h>

#include "base/base.h"

typedef struct eisi_pcolumn {
  char *name;
  char **value;     /* per file, NULL = nothing */
  bool of_sequence; /* changes from spectrum to spectrum of a cell */
} eisi_pcolumn;

typedef struct eisi_proposal {
  char *folder; /* its name */
  size_t n_files;
  char **file; /* relative to the folder, in order */
  size_t n_columns;
  eisi_pcolumn *column;
  size_t n_spectra;
  size_t n_guessed; /* files whose cell is what was left of the name */
  bool told_lone;   /* `how` says that files became cells of their own */
  eis_notes how;    /* in words: how names were read, what was left out */
} eisi_proposal;

/* Looks through a folder and those in it.  files: only names (or names with their folders) that fit
   this pattern of a shell, NULL = all.  pattern NULL: by what numbers and words usually stand for;
   else like "cell{cell}/soc{soc_percent}_*". Errors: EIS_ERROR_INPUT no folder, no spectra in it;
   EIS_ERROR_USAGE a pattern that says nothing, or fits no file. */
eis_status eisi_propose(const char *folder, const char *files, const char *pattern,
                        const eis_read_options *read, eisi_proposal *out, eis_error *err);
void eisi_proposal_clear(eisi_proposal *p);
/* The manifest as CSV; names begin with `prefix`. */
void eisi_proposal_print(const eisi_proposal *p, const char *prefix, eisi_text *out);

/* ---- between its files ---- */
/* Sets a value of a column, which is made when there is none; a second value for the same file is
   ignored. */
eis_status eisi_proposal_set(eisi_proposal *p, size_t file, const char *column, const char *value,
                             eis_error *err);
eisi_pcolumn *eisi_proposal_find(const eisi_proposal *p, const char *column);
/* Files with a value in the column, and different values. */
eis_status eisi_proposal_count(const eisi_proposal *p, const eisi_pcolumn *c, size_t *with,
                               size_t *distinct, eis_error *err);
void eisi_proposal_drop(eisi_proposal *p, const char *column);
/* propose_names.c: fills columns from the names of the files. */
eis_status eisi_propose_by_words(eisi_proposal *p, eis_error *err);
/* propose_pattern.c: the same by the user's pattern; files that do not match say nothing. */
eis_status eisi_propose_by_pattern(eisi_proposal *p, const char *pattern, eis_error *err);

#endif
