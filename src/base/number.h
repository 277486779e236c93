/* number.h - numbers and physical quantities in text, the same in every locale. */
#ifndef EISI_NUMBER_H
#define EISI_NUMBER_H

#include <stdbool.h>
#include <stddef.h>

#include <eisfit/status.h>

/* Reads a number at s (at most n bytes; no leading blanks; decimal sign `point`, '.' or ',');
   "inf"/"nan" and what is too large for a double are not numbers.  Returns the bytes used, 0 = no
   number here. */
size_t eisi_parse_double(const char *s, size_t n, char point, double *out);
/* Shortest of %.15g..%.17g that reads back equal; with '.' always.  buf of >= 32 bytes. */
void eisi_print_double(char *buf, size_t size, double v);
/* v with this many significant digits, for "%g": 130 where "%.2g" would say 1.3e+02. */
double eisi_signif(double v, int digits);
/* Number with an engineering prefix and optional unit: "10u", "4.7 uF", "1e3", "2.5Meg".
 *used = bytes taken.  The rest (unit text) is left to the caller. */
bool eisi_parse_prefixed(const char *s, double *out, size_t *used);
/* A physical quantity with unit: kinds below; accepts "0.785 cm2", "650 um", "25 C", "298 K",
   "3e-5 m^2", and says what it expected when it can't.  A bare number is refused. */
typedef enum eisi_quantity {
  EISI_AREA,        /* -> m^2 */
  EISI_LENGTH,      /* -> m */
  EISI_TEMPERATURE, /* -> K */
  EISI_TIME,        /* -> s */
  EISI_FREQUENCY    /* -> Hz; a bare number is Hz */
} eisi_quantity;
eis_status eisi_parse_quantity(const char *s, eisi_quantity kind, double *out, eis_error *err);
/* Prefix for people: 0.0032 -> 3.2, "m".  exponent is the power of ten taken out (multiple of 3,
   -15..12); micro is "µ" in UTF-8. */
const char *eisi_prefix_for(double v, int *exponent);

#endif
