/* fuzz.h - what the fuzz targets share.  A target is one function of bytes; it ends the program by
   abort() when what it was told can't be, and the sanitizers find the rest.  With libFuzzer
   (--enable-fuzzing) each target is a program of its own; the tests run them all on the corpus
   (replay.c). */
#ifndef EISFIT_FUZZ_H
#define EISFIT_FUZZ_H

#include <stdint.h>

#include <eisfit/eisfit.h>

#include "base/base.h"

#ifdef EISI_FUZZ_ENGINE
#define FUZZ_ENTRY(name)                                       \
  int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size); \
  int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) { \
    fuzz_##name(data, size);                                   \
    return 0;                                                  \
  }
#else
#define FUZZ_ENTRY(name)
#endif
/* Begins the definition of a target. */
#define FUZZ_TARGET(name)                             \
  void fuzz_##name(const uint8_t *data, size_t size); \
  FUZZ_ENTRY(name)                                    \
  void fuzz_##name(const uint8_t *data, size_t size)

/* Ends the program unless the condition holds. */
void fuzz_require(bool condition, const char *what);
/* A status and its error have to agree, and the error has to have words; returns true when it is
 * OK. */
bool fuzz_ok(eis_status st, const eis_error *err);
/* The bytes as text, of exactly that length, to be freed. */
char *fuzz_text(const uint8_t *data, size_t size);
/* Cuts the line at *rest off: ends it with a NUL and moves *rest behind it; NULL when there is
 * none. */
char *fuzz_line(char **rest);
/* A folder of its own, made by the first call and removed at the end of the program. */
const char *fuzz_folder(void);
/* To be called before SQLite is used: with libFuzzer its memory isn't AddressSanitizer's then. */
void fuzz_sqlite_memory(void);
/* What every spectrum that was read has to be. */
void fuzz_spectra(const eis_spectra *list);

#endif
