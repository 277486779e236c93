/* spool.h - what a manifest says, in a temporary file instead of memory: however long it is, a
   campaign takes the same room. */
#ifndef EISI_SPOOL_H
#define EISI_SPOOL_H

#include "campaign/store.h"

typedef struct eisi_spool eisi_spool;

eis_status eisi_spool_new(eisi_spool **out, eis_error *err);
void eisi_spool_free(eisi_spool *s);

/* Tables of the spool, all numbers from 0 but for those of entries:
   chunk(id, bytes)                    the manifest as it came, until its lines are known
   line(id, number, text)              its rows as they stand; their lines, from 1
   row(id, line, cell, texts)          its rows as they are meant; texts each end in NUL
   file(id, name), cell(id, name)      in the order in which they come
   match(name)                         the files of a pattern
   pair(id, row, file)                 files of each row
   look(id, n_sweeps, sha256)          of each file; NULL = it can't be read
   taken(id, file, row, cell, sweep)   spectra in the order of the rows
   entry(id, file, row, cell, sweep)   the same by cell, from 1
   conflict(id, col, row, line, cell, here, was)
   block(id, first, n, position), pending(id, block)   of the plan: plan.h */
typedef enum eisi_spool_sql {
  EISI_SPOOL_PUT_CHUNK,
  EISI_SPOOL_CHUNKS,
  EISI_SPOOL_DROP_CHUNKS,
  EISI_SPOOL_PUT_LINE,
  EISI_SPOOL_LINES, /* from, how many: number, text */
  EISI_SPOOL_PUT_ROW,
  EISI_SPOOL_LINE_OF_ROW,
  EISI_SPOOL_ROWS_BY_CELL, /* cell, id, line, texts */
  EISI_SPOOL_PUT_CONFLICT,
  EISI_SPOOL_CONFLICTS, /* column, row, line before, name of the cell, here, before */
  EISI_SPOOL_PUT_MATCH,
  EISI_SPOOL_MATCHES, /* by the numbers in their names */
  EISI_SPOOL_DROP_MATCHES,
  EISI_SPOOL_FILE_NAME,
  EISI_SPOOL_PUT_PAIR,
  EISI_SPOOL_PAIRS, /* row, file, cell of the row, n_sweeps */
  EISI_SPOOL_PUT_LOOK,
  EISI_SPOOL_LOOKS,        /* from, how many: n_sweeps, sha256 */
  EISI_SPOOL_LOOKS_BY_SUM, /* id, sha256 */
  EISI_SPOOL_PUT_TAKEN,
  EISI_SPOOL_TAKEN_BY_FILE, /* file, sweep, row */
  EISI_SPOOL_SORT,
  EISI_SPOOL_ENTRIES, /* from, up to: all of an entry, manifest.c */
  EISI_SPOOL_CELLS_OF_ENTRIES,
  EISI_SPOOL_CLEAR_BLOCKS,
  EISI_SPOOL_PUT_BLOCK,
  EISI_SPOOL_BLOCK,
  EISI_SPOOL_CLEAR_PENDING,
  EISI_SPOOL_PUT_PENDING,
  EISI_SPOOL_PENDING,
  EISI_SPOOL_COUNT_PENDING, /* spectra */
  EISI_SPOOL_N
} eisi_spool_sql;

/* Values of a statement: n whole numbers, then texts, which stay the caller's. */
typedef struct eisi_spool_args {
  int n, n_texts;
  int64_t v[5];
  struct eisi_spool_text {
    const void *at;
    size_t n;
  } text[3];
} eisi_spool_args;

/* A row of the answer; what fails ends it. */
typedef eis_status eisi_spool_take(void *ctx, eis_query *row, eis_error *err);

/* Runs a statement, in any thread; `take` (NULL = there are none) gets its rows, and may run other
   statements.  args NULL = none.  Errors: EIS_ERROR_OUTPUT no room, EIS_ERROR_MEMORY. */
eis_status eisi_spool_run(eisi_spool *s, eisi_spool_sql which, const eisi_spool_args *args,
                          eisi_spool_take *take, void *ctx, eis_error *err);
/* The first number of the first row; 0 = there is none. */
eis_status eisi_spool_integer(eisi_spool *s, eisi_spool_sql which, const eisi_spool_args *args,
                              int64_t *out, eis_error *err);
/* The name of a file, allocated. */
eis_status eisi_spool_file_name(eisi_spool *s, size_t file, char **out, eis_error *err);

typedef enum eisi_spool_names { EISI_SPOOL_FILE, EISI_SPOOL_CELL } eisi_spool_names;
/* The number of a name, 0, 1, 2 ... in the order in which they come. */
eis_status eisi_spool_number(eisi_spool *s, eisi_spool_names names, const char *text, size_t n,
                             uint32_t *number, eis_error *err);
/* How many names there are. */
size_t eisi_spool_count(const eisi_spool *s, eisi_spool_names names);

#endif
