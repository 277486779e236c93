/* reader.h - spectra from what potentiostats write. */
#ifndef EISFIT_READER_H
#define EISFIT_READER_H

#include <eisfit/spectrum.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { EIS_SWEEP_ALL = 0, EIS_SWEEP_LAST = -1 };

/* How to read; start from eis_read_options_default() (everything automatic). */
typedef struct eis_read_options {
  const char *format;  /* key of a row of the format table, NULL = by content */
  const char *columns; /* "f=1,re=2,im=3" or "f=1,mod=2,phase=3": 1-based numbers or header
                          names; NULL = by header, else f, Re, Im */
  const char *units;   /* "f=kHz,z=mohm,phase=rad"; overrides what headers say; NULL = headers */
  int sweep;           /* EIS_SWEEP_ALL, EIS_SWEEP_LAST or 1.. */
  bool negate_imag;    /* the imaginary column holds the other sign than the reader thinks */
  bool trust_imag;     /* take the imaginary column as Im Z exactly as the header says / as is,
                          no physics check (--keep-imag) */
  double fmin_hz, fmax_hz; /* window, NaN = open */
  const char *exclude;     /* "1,5-7": data rows of the sweep to leave out, NULL = none */
} eis_read_options;

/* Everything automatic. */
eis_read_options eis_read_options_default(void);

/* One row of the format table. */
typedef struct eis_format {
  const char *key;        /* "biologic-mpt": what --format takes */
  const char *name;       /* "BioLogic EC-Lab text (.mpt)" */
  const char *recognised; /* one line: by what content */
  const char *sign;       /* one line: sign convention and quirks */
} eis_format;

/* Row i of the table, NULL past the end. */
const eis_format *eis_format_at(size_t i);

/* Reads all sweeps asked for and appends them to *out.  "-" is standard input.
   Errors: EIS_ERROR_INPUT with file:line:column, EIS_ERROR_USAGE for bad options. */
eis_status eis_read_file(const char *path, const eis_read_options *opt, eis_spectra *out,
                         eis_error *err);
/* The same from memory; `source` is the name used in messages. */
eis_status eis_read_memory(const char *bytes, size_t size, const char *source,
                           const eis_read_options *opt, eis_spectra *out, eis_error *err);

/* Writes the canonical CSV frequency_Hz,Zreal_ohm,Zimag_ohm (+ sigma_ohm, time_s and metadata
   columns when present) to buf, allocated, to be freed by the caller. */
eis_status eis_spectrum_print_csv(const eis_spectrum *s, char **text, eis_error *err);

#ifdef __cplusplus
}
#endif
#endif
