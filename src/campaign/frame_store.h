/* frame_store.h - the results of a campaign store as a tidy table. */
#ifndef EISI_FRAME_STORE_H
#define EISI_FRAME_STORE_H

#include "campaign/frame.h"

/* What of a store is taken. */
typedef enum eisi_store_source {
  EISI_STORE_PARAMETERS, /* of the best fit of each spectrum */
  EISI_STORE_TRACKS      /* R and C of the processes that were followed, R_cei, C_cei ... */
} eisi_store_source;

/* Is the file a store (SQLite)? */
bool eisi_store_is(const char *path);
/* Rows name, value, stderr, unit, parameter_state with what is known of the spectrum, free columns
   of the manifest included, before which others of the same name step back (EISI_OWN_PREFIX).  all:
   every parameter, not only resistances and capacitances (R_cei, Zarc_cei_R, C_cei ...).  *out is
   new, to be freed. */
eis_status eisi_frame_store(const char *path, eisi_store_source source, bool all, eisi_frame **out,
                            eis_error *err);

#endif
