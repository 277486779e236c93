/* manifest.h - the inside of a manifest, for the files that make and use it. */
#ifndef EISI_MANIFEST_H
#define EISI_MANIFEST_H

#include <eisfit/manifest.h>

#include "campaign/intern.h"
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
/* "" without a sha256. */
void eisi_mfile_hex(const eisi_mfile *f, char hex[65]);
/* Are these still its bytes? */
bool eisi_mfile_same(const eisi_mfile *f, const void *bytes, size_t size);

typedef struct eisi_mentry {
  uint32_t file, row, cell;
  int32_t sweep;
} eisi_mentry;

struct eis_manifest {
  char *path, *folder; /* folder ends in '/', "" = here */
  char sha256[65];
  eis_read_options read;
  size_t n_columns; /* without file and sweep */
  eisi_mcolumn *column;
  size_t n_rows;
  uint32_t *line;                    /* per row, 1-based */
  uint32_t *value;                   /* n_rows x n_columns: numbers in text */
  eisi_intern text, name, cell_name; /* values; files; cells */
  eisi_mfile *file;                  /* name.n */
  size_t n, cap;
  eisi_mentry *entry;
  int cell_column, soc_column; /* -1 = none */
  bool soc_percent, file_soc_percent;
  size_t n_problems, kept_problems;
  eis_error *problem;
  eis_notes notes;
};

/* What was found in the files, by whoever looked first. */
typedef struct eisi_scanned {
  size_t n;
  const eisi_mfile *file;
  bool soc_percent;
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
  eisi_doc doc;
  eisi_delimiting dialect;
  eisi_table header;
  eisi_table table; /* the rows from `base` on, a part of all */
  size_t base;
  eis_status lost;               /* rows could not be split: out of memory */
  int file_column, sweep_column; /* of the table; sweep -1 = none */
  int *source;                   /* per column of the manifest: column of the table */
  size_t n_pairs, cap_pairs;
  struct eisi_mpair {
    uint32_t row, file;
  } * pair; /* which files the row names */
  const eisi_scanned *known;
  int threads;
  eis_error *err;
} eisi_mdraft;

/* Room for another problem; never NULL, but what is beyond the 200th is thrown away. */
eis_error *eisi_manifest_complain(eis_manifest *m);

/* ---- manifest_rows.c ---- */
/* Finds the rows below line `head` of the document: n_rows and line of the manifest. */
eis_status eisi_mdraft_rows(eisi_mdraft *d, size_t head);
/* Text of a cell of row r, valid until the next call; "" with *n = 0 behind the end of the row. */
const char *eisi_mdraft_cell(eisi_mdraft *d, size_t r, size_t col, size_t *n);
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

/* ---- manifest_files.c ---- */
/* Names and patterns to files that exist. */
eis_status eisi_mdraft_files(eisi_mdraft *d);
/* Reads every file: sweeps, sha256, soc. */
eis_status eisi_mdraft_scan(eisi_mdraft *d);
/* Rows x files x sweeps to entries, by cell; no spectrum twice. */
eis_status eisi_mdraft_entries(eisi_mdraft *d);

/* ---- manifest.c ---- */
/* Path to open a file by. */
eis_status eisi_manifest_file_path(const eis_manifest *m, const char *name, char **path,
                                   eis_error *err);
/* Adds what is known of entry i to a spectrum that was read from its file. */
eis_status eisi_manifest_apply(const eis_manifest *m, size_t i, eis_spectrum *s, eis_error *err);

#endif
