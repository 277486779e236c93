/* manifest.h - a table that says what many files of spectra are: cell, cycle, state of charge ...
 */
#ifndef EISFIT_MANIFEST_H
#define EISFIT_MANIFEST_H

#include <eisfit/reader.h>
#include <eisfit/spectrum.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Delimited text with one line of column names.  `file` is a name or a glob pattern, relative to
   the folder of the manifest.  Further columns with a meaning: sweep (all, first, last, 3, 1-3,7),
   cell, group, cycle, time_h, soc (0..1, or per cent; soc_percent), temperature_C, area_cm2,
   thickness_um, pressure_MPa, electrolyte, anode; all others are free.  Columns of the files
   themselves that are constant within a sweep stand in where the manifest says nothing. */
typedef struct eis_manifest eis_manifest;

/* One spectrum of the campaign. */
typedef struct eis_manifest_entry {
  const char *file;   /* as shown: relative to the manifest's folder */
  char sha256[65];    /* of the whole file, 64 hexadecimal digits; "" = it can't be read */
  const char *cell;   /* the name of the file where there is no column `cell` */
  int sweep;          /* 1-based; 0: the file can't be read */
  int n_sweeps;       /* of the file */
  size_t file_number; /* 0-based, in the order in which the files appear */
  size_t cell_number; /* 0-based, in the order in which the cells appear */
  long line;          /* of the manifest, 1-based */
  size_t n_values;    /* columns other than file and sweep */
  const char **value; /* n_values: what the manifest says, "" = nothing; soc as it stands there */
  char *texts;        /* the bytes of all of these */
} eis_manifest_entry;

/* Reads and checks the manifest and every file it names.  read: how spectra are read, NULL = all
   automatic; it must outlive the manifest, as must the texts in it.  *out is new, to be freed, also
   after EIS_ERROR_INPUT: then eis_manifest_problem() lists everything that is wrong, and *err is
   the first of it.  A file that exists but can't be read as spectra is no error: it is an entry
   with sweep 0.  What it says is kept in a temporary file (TMPDIR) once it is longer than half
   a megabyte: memory does not grow with the number of lines. Further errors: EIS_ERROR_OUTPUT,
   there is no room for that file. */
eis_status eis_manifest_read(const char *path, const eis_read_options *read, eis_manifest **out,
                             eis_error *err);
void eis_manifest_free(eis_manifest *m);

/* Problem i, NULL past the end; at most 200 are kept. */
const eis_error *eis_manifest_problem(const eis_manifest *m, size_t i);
/* How many problems there are, those that were not kept included. */
size_t eis_manifest_problem_count(const eis_manifest *m);
/* What was decided, and what to look at, in sentences. */
const eis_notes *eis_manifest_notes(const eis_manifest *m);

/* Number of spectra, cells and files. */
size_t eis_manifest_size(const eis_manifest *m);
size_t eis_manifest_cell_count(const eis_manifest *m); /* number of cells */
size_t eis_manifest_file_count(const eis_manifest *m); /* number of files */

/* Entry i < eis_manifest_size(): by cell in the order in which they appear, within a cell in the
   order of the manifest (files of a pattern in the order of the numbers in their names, then
   sweeps).  *out is overwritten, to be cleared, also after a failure.  Errors: EIS_ERROR_OUTPUT the
   temporary file can't be read, EIS_ERROR_MEMORY. */
eis_status eis_manifest_get(const eis_manifest *m, size_t i, eis_manifest_entry *out,
                            eis_error *err);
void eis_manifest_entry_clear(eis_manifest_entry *e);
/* Name of column j other than file and sweep, NULL past the end. */
const char *eis_manifest_column(const eis_manifest *m, size_t j);

/* Reads the spectrum of entry i.  Its meta gets everything that is known: columns of the manifest
   before those of the file, under their names, soc as a fraction, and cell.
   *out is overwritten, to be cleared.  Errors: EIS_ERROR_INPUT, also when the file has changed
   since the manifest was read. */
eis_status eis_manifest_load(const eis_manifest *m, size_t i, eis_spectrum *out, eis_error *err);
/* The conditions that a spectrum's meta state (area_cm2, thickness_um, temperature_C or _K, soc);
   NaN = not stated. */
eis_conditions eis_manifest_conditions(const eis_spectrum *s);

#ifdef __cplusplus
}
#endif
#endif
