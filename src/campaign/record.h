/* record.h - what was found out about a spectrum, as rows of a store. */
#ifndef EISI_RECORD_H
#define EISI_RECORD_H

#include <eisfit/drt.h>
#include <eisfit/process.h>

#include "analysis/modelfit.h"
#include "campaign/manifest.h"

typedef struct eisi_record {
  const eis_manifest *m;
  const eis_manifest_entry *e;
  bool new_file;                 /* the entry before it in its cell is of another one */
  size_t entry, block, position; /* from 0: of the campaign; of the plan; within the cell */
  const eis_spectrum *s;         /* NULL: it could not be read */
  const eis_error *failure;      /* code EIS_OK = none */
  const eis_kk_result *kk;       /* these: NULL = there is none */
  const eisi_fitset *fits;
  const eis_drt_result *drt;
  const eis_process_assignment *labels; /* of its peaks */
  const eis_process_table *processes;
  const char *drt_failure; /* why there is none, NULL = not asked for */
} eisi_record;

/* Appends the rows of one spectrum; *flagged: it is not as it should be. */
void eisi_record_rows(const eisi_record *r, eisi_text *rows, bool *flagged);

#endif
