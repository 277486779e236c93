/* spectrum.h - one measured or simulated impedance spectrum, and a list of them. */
#ifndef EISFIT_SPECTRUM_H
#define EISFIT_SPECTRUM_H

#include <stdbool.h>
#include <stddef.h>

#include <eisfit/status.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Key/value strings that a reader found in the file (instrument, date, cycle, soc ...).
   Keys are lower_snake_case with the unit at the end where there is one (temperature_C). */
typedef struct eis_meta_item {
  char *key, *value;
} eis_meta_item;
typedef struct eis_meta {
  size_t n;
  eis_meta_item *item;
} eis_meta;

/* A growing list of sentences (reader decisions, warnings). */
typedef struct eis_notes {
  size_t n;
  char **text;
} eis_notes;

/* Z = re + j im in ohm, capacitive im < 0, frequencies in Hz strictly positive and stored in
   DESCENDING order (equal neighbours allowed: repeated points).  row[k] is the 1-based data row
   of the file the point came from.  Arrays have n entries; sigma (standard deviation of re and of
   im, ohm) and time_s (seconds since the start of the sweep) are NULL when not measured.
   The struct owns everything in it. */
typedef struct eis_spectrum {
  size_t n;
  double *f, *re, *im;
  double *sigma, *time_s;
  int *row;
  char *source;        /* file name as given */
  char *format;        /* key of the reader ("biologic-mpt"), "simulated", ... */
  int sweep, n_sweeps; /* 1-based number of this sweep in its file, and how many it has */
  char sha256[65];     /* of the whole file, "" when not from a file */
  eis_meta meta;
  eis_notes decisions; /* what the reader decided: columns, sign, units, dropped points */
  eis_notes warnings;  /* what the user should look at */
} eis_spectrum;

/* Lists (meta, notes, spectra) start zeroed and grow by _set, _add and _push only: their room is
   not recorded. */
typedef struct eis_spectra {
  size_t n;
  eis_spectrum *at;
} eis_spectra;

/* Geometry and state that belong to a spectrum; NaN = not known.  SI units. */
typedef struct eis_conditions {
  double area_m2, thickness_m, temperature_K;
  double soc;            /* fraction 0..1 */
  double cathode_ohm_m2; /* ionic resistance of a composite cathode: thickness over effective ionic
                            conductivity */
} eis_conditions;

/* All NaN. */
eis_conditions eis_conditions_unknown(void);

/* Allocates the arrays for n points (values zero, row 1..n).  *s is overwritten. */
eis_status eis_spectrum_init(eis_spectrum *s, size_t n, eis_error *err);
/* Copies everything. */
eis_status eis_spectrum_copy(eis_spectrum *dst, const eis_spectrum *src, eis_error *err);
/* Frees what the struct owns and zeroes it; fine on a zeroed struct. */
void eis_spectrum_clear(eis_spectrum *s);
void eis_spectra_clear(eis_spectra *list);
/* Appends *s to the list and takes ownership (zeroes *s); on failure *s is unchanged. */
eis_status eis_spectra_push(eis_spectra *list, eis_spectrum *s, eis_error *err);
/* Sorts by descending frequency (stable), keeping all per-point arrays together. */
void eis_spectrum_sort(eis_spectrum *s);
/* Keeps points with keep[k] true (n entries); the order is unchanged. */
void eis_spectrum_filter(eis_spectrum *s, const bool *keep);

/* Sets or replaces a key; both strings are copied. */
eis_status eis_meta_set(eis_meta *meta, const char *key, const char *value, eis_error *err);
const char *eis_meta_find(const eis_meta *meta, const char *key); /* NULL = absent */
/* Frees all items; fine on a zeroed struct, as are the others of this kind. */
void eis_meta_clear(eis_meta *meta);
/* Appends a sentence, printf style. */
eis_status eis_notes_add(eis_notes *notes, eis_error *err, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
void eis_notes_clear(eis_notes *notes);

#ifdef __cplusplus
}
#endif
#endif
