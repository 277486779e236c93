/* ocv.h - open-circuit potential of a cathode over the state of charge: tables with monotone
   interpolation. */
#ifndef EISFIT_OCV_H
#define EISFIT_OCV_H

#include <stdbool.h>
#include <stddef.h>

#include <eisfit/status.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Potential against Li/Li+ [V] over SOC (fraction 0..1, rising: charging takes lithium out). */
typedef struct eis_ocv {
  char *name, *source; /* source: where the numbers come from, "" = the file does not say */
  bool prior;          /* a typical curve, not a measurement */
  bool percent;        /* the file had SOC in per cent */
  double li_0, li_1;   /* lithium content x at SOC 0 and 1; NaN = not said */
  size_t n;
  double *soc, *E, *slope; /* n each */
} eis_ocv;

/* A file (path with '/' or ending in .csv) or a name ("NCM"): models/ocv/NCM.csv in the places
   of models.  The file: comment lines "# source: ...", "# status: prior", "# lithium: 0.95 0.30",
   then rows SOC,potential with or without a header; SOC as fraction, or in per cent (recognised by
   values above 1.5).  Errors: EIS_ERROR_INPUT with file:line:column for what is no number, SOC that
   does not go one way or lies outside 0..1, potentials that fall with SOC; EIS_ERROR_USAGE for an
   unknown name, with those there are. */
eis_status eis_ocv_load(const char *name_or_path, eis_ocv **out, eis_error *err);
/* The same from memory; source names it in messages. */
eis_status eis_ocv_parse(const char *bytes, size_t size, const char *source, eis_ocv **out,
                         eis_error *err);
void eis_ocv_free(eis_ocv *ocv);
/* Potential [V] at a state of charge in 0..1, *slope (may be NULL) = dE/dSOC; NaN outside 0..1.
   Where the table ends earlier its end slope goes on. */
double eis_ocv_potential(const eis_ocv *ocv, double soc, double *slope);
/* Names of all tables found, sorted, NULL terminated, allocated (strings and array). */
eis_status eis_ocv_list(char ***names, eis_error *err);

#ifdef __cplusplus
}
#endif
#endif
