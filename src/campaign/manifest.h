/* manifest.h - the inside of a manifest, for the files that make and use it. */
#ifndef EISI_MANIFEST_H
#define EISI_MANIFEST_H

#include <eisfit/manifest.h>

#include "campaign/spool.h"
#include "data/csvtab.h"

/* A column with a meaning. */
typedef struct eisi_known {
  const char *name;
  bool number;      /* else text */
  bool of_cell;     /* the same for all spectra of a cell */
  double low, high; /* range of a number, closed */
  const char *expected;
} eisi_known;
/* Row i, NULL past the end. */
const eisi_known *eisi_known_at(size_t i);
enum { EISI_KNOWN_FREE = -1, EISI_KNOWN_CELL = 0, EISI_KNOWN_SOC = 4 };

typedef struct eisi_mcolumn {
  char *name;
  int known;
} eisi_mcolumn;

typedef struct eisi_mfile {
  unsigned char sha256[EISI_SHA256_SIZE];
  int n_sweeps; /* 0 = no spectra */
  bool read;    /* false: not even its bytes; no sha256 */
} eisi_mfile;

struct eis_manifest {
  char *path, *folder; /* folder ends in '/', "" = here */
  char sha256[65];
  eis_read_options read;
  size_t n_columns; /* without file and sweep */
  eisi_mcolumn *column;
  eisi_spool *spool;           /* rows, names, what is in the files, entries */
  size_t n_rows, n_files, n;   /* n: entries */
  int cell_column, soc_column; /* -1 = none */
  bool soc_percent, file_soc_percent;
  size_t n_problems, kept_problems;
  eis_error *problem;
  eis_notes notes;
};
enum { EISI_PROBLEMS_KEPT = 200 };

/* What was found in the files, by whoever looked first. */
typedef struct eisi_scanned {
  size_t n;
  bool soc_percent;
  eis_status (*next)(void *ctx, eisi_mfile *file, eis_error *err); /* file 0, 1, 2 ... */
  void *ctx;
} eisi_scanned;
/* eis_manifest_read without a look into the files; known NULL: with one, in so many threads (0 =
   one per processor). */
eis_status eisi_manifest_read(const char *path, const eis_read_options *read, int threads,
                              const eisi_scanned *known, eis_manifest **out, eis_error *err);

/* A manifest in memory; the folder of the path is where its files are. */
typedef struct eisi_mtext {
  const char *path, *bytes;
  size_t size;
} eisi_mtext;
/* The same as eisi_manifest_read. */
eis_status eisi_manifest_parse(const eisi_mtext *text, const eis_read_options *read,
                               const eisi_scanned *known, eis_manifest **out, eis_error *err);

/* While it is read: the table as it stands in the file. */
typedef struct eisi_mdraft {
  eis_manifest *m;
  eisi_delimiting dialect;
  eisi_doc head; /* the line of names */
  uint32_t head_line;
  eisi_table header;
  eisi_doc part; /* the rows from `base` on, a part of all */
  eisi_text part_text;
  uint32_t *part_line;
  eisi_table table; /* the same as cells */
  size_t base;
  eis_status lost;               /* rows could not be read or split; d->err says why */
  int file_column, sweep_column; /* of the table; sweep -1 = none */
  int *source;                   /* per column of the manifest: column of the table */
  bool valued;                   /* the rows were looked at */
  const eisi_scanned *known;
  int threads;
  eis_error *err;
} eisi_mdraft;

/* Room for another problem; never NULL, but what is beyond the 200th is thrown away. */
eis_error *eisi_manifest_complain(eis_manifest *m);

/* ---- manifest_text.c ---- */
/* The line of names and the rows of the text, NULL = of the manifest's file: head, n_rows, sha256.
 */
eis_status eisi_mdraft_text(eisi_mdraft *d, const eisi_mtext *text);

/* ---- manifest_rows.c ---- */
/* Text of a cell of row r, valid until the next call; "" with *n = 0 behind the end of the row. */
const char *eisi_mdraft_cell(eisi_mdraft *d, size_t r, size_t col, size_t *n);
/* Line of row r in the file, from 1. */
long eisi_mdraft_line(eisi_mdraft *d, size_t r);
size_t eisi_mdraft_width(eisi_mdraft *d, size_t r);
/* A problem at a cell of row r. */
void eisi_mdraft_complain(eisi_mdraft *d, size_t r, size_t col, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

/* ---- manifest_check.c ---- */
/* Names of the columns. */
eis_status eisi_mdraft_header(eisi_mdraft *d);
/* Cells: numbers, ranges, units of soc; fills value. */
eis_status eisi_mdraft_values(eisi_mdraft *d);
/* What must be the same for one cell is. */
eis_status eisi_mdraft_contradictions(eisi_mdraft *d);

/* ---- manifest_glob.c ---- */
/* Calls take for every path that the pattern (behind the folder, unless it begins with '/') fits,
   without the folder, directories not among them, in the order of the numbers in their names. */
typedef eis_status eisi_take_path(void *ctx, const char *path, eis_error *err);
eis_status eisi_manifest_glob(const eis_manifest *m, const char *pattern, eisi_take_path *take,
                              void *ctx, eis_error *err);

/* ---- manifest_files.c ---- */
/* Names and patterns to files that exist. */
eis_status eisi_mdraft_files(eisi_mdraft *d);
/* Reads every file: sweeps, sha256, soc. */
eis_status eisi_mdraft_scan(eisi_mdraft *d);
/* ---- manifest_entries.c ---- */
/* Rows x files x sweeps to entries, by cell; no spectrum twice. */
eis_status eisi_mdraft_entries(eisi_mdraft *d);

/* ---- manifest.c ---- */
/* Path to open a file by. */
eis_status eisi_manifest_file_path(const eis_manifest *m, const char *name, char **path,
                                   eis_error *err);
/* Entries first .. first + n - 1; those that were read are to be cleared, also after a failure. */
eis_status eisi_manifest_range(const eis_manifest *m, size_t first, size_t n,
                               eis_manifest_entry *out, eis_error *err);
/* What was found in files first .. first + n - 1. */
eis_status eisi_manifest_looks(const eis_manifest *m, size_t first, size_t n, eisi_mfile *out,
                               eis_error *err);
/* Are these still the bytes of its file? */
bool eisi_mentry_same(const eis_manifest_entry *e, const void *bytes, size_t size);
/* Adds what is known of an entry to a spectrum that was read from its file. */
eis_status eisi_manifest_apply(const eis_manifest *m, const eis_manifest_entry *e, eis_spectrum *s,
                               eis_error *err);

#endif
