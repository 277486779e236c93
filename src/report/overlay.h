/* overlay.h - the figure of several spectra: Nyquist with equal axes and Bode. */
#ifndef EISI_OVERLAY_H
#define EISI_OVERLAY_H

#include "report/plot.h"

typedef struct eisi_overlay {
  const eis_spectra *list;
  double area_m2;       /* NaN: axes in ohm, else in ohm cm2 */
  const char *color_by; /* key of the metadata with numbers, NULL = no colour scale */
  bool lines;           /* between the points */
} eisi_overlay;

/* The key that colours follow where nobody says: the first of soc, cycle, time, temperature and
   pressure that is a number in all spectra and not the same in all; NULL = none. */
const char *eisi_overlay_key(const eis_spectra *list);
/* EIS_ERROR_INPUT where a spectrum has no number for that key. */
eis_status eisi_overlay_check(const eis_spectra *list, const char *key, eis_error *err);
eis_status eisi_overlay_script(const eisi_overlay *o, const eisi_terminal *terminal,
                               const char *output, eisi_text *out, eis_error *err);

#endif
