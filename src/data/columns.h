/* columns.h - from the words above a column to quantity, unit and sign. */
#ifndef EISI_COLUMNS_H
#define EISI_COLUMNS_H

#include "base/base.h"

typedef enum eisi_role {
  EISI_COL_OTHER, /* unknown: kept as metadata where it is constant */
  EISI_COL_FREQ,
  EISI_COL_RE,
  EISI_COL_IM,
  EISI_COL_MOD,
  EISI_COL_PHASE,
  EISI_COL_SIGMA,
  EISI_COL_SIGMA_RE,
  EISI_COL_SIGMA_IM,
  EISI_COL_TIME,
  EISI_COL_CYCLE, /* cycle, loop, sweep, run number: a change begins a new spectrum */
  EISI_COL_STATE, /* the same in words */
  EISI_COL_INDEX, /* row number: no information */
  EISI_COL_WIDE,  /* one frequency of a wide table */
  EISI_N_ROLES
} eisi_role;

/* What a unit measures. */
typedef enum eisi_dimension {
  EISI_DIM_NONE,
  EISI_DIM_FREQ,
  EISI_DIM_Z,
  EISI_DIM_ANGLE,
  EISI_DIM_TIME
} eisi_dimension;

typedef struct eisi_unit {
  eisi_dimension dim;
  double factor;  /* times this gives Hz, ohm, rad, s */
  bool per_area;  /* ohm cm2: the factor gives ohm cm2 */
  bool ambiguous; /* "mhz" in capitals or small letters only: milli or mega */
} eisi_unit;

enum { EISI_RANK_SILENT = -1 }; /* the role does not come from the header */

typedef struct eisi_column {
  eisi_role role;
  int rank; /* how plainly the word names the role: the smallest wins */
  int sign; /* -1: the header says minus */
  bool has_unit;
  bool unknown_unit; /* there is a unit, but it is none that the role can have */
  bool unused;       /* zero in every row: what instruments fill columns with */
  eisi_unit unit;    /* of the header or the units row */
  char name[64];     /* as it stands in the file, cut to size */
  char unit_text[24];
  char key[64]; /* lower_snake_case for metadata */
} eisi_column;

/* Reads a unit in any of its spellings ("mΩ", "kOhm", "rad/s", "Ω cm²"); false = not one. */
bool eisi_unit_parse(const char *s, size_t n, eisi_unit *out);
/* Header cell to column; `unit` (may be empty) is the cell of a units row below it. */
void eisi_column_parse(const char *name, size_t n, const char *unit, size_t n_unit,
                       eisi_column *out);
/* Role of a bare compact name ("z'", "freq"); EISI_COL_OTHER = unknown.  *rank (may be NULL) is
   the place of the word in its list. */
eisi_role eisi_role_find(const char *name, int *rank);
/* "real part", for messages. */
const char *eisi_role_name(eisi_role role);
/* The dimension that the values of a role have. */
eisi_dimension eisi_role_dimension(eisi_role role);
/* Keys that differ in the case of their letters only ("Q", "q") keep it. */
void eisi_columns_unique_keys(eisi_column *column, size_t n);
/* "ZReal_2e+04Hz": role of the part in front and the frequency; false = not such a name, *role is
   as it was. */
bool eisi_column_wide(const char *name, size_t n, eisi_role *role, int *sign, double *f_hz);

/* A key of metadata that a reader would take for a column of the spectrum ("z", "phase"), or for
   one that has the prefix for that reason ("meta_z"): in eisfit's CSV EISI_META_PREFIX stands
   before it. */
#define EISI_META_PREFIX "meta_"
bool eisi_key_is_taken(const char *key);

#endif
