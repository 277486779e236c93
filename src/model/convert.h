/* convert.h - elements and parameters of other programs: const rows, one per dialect and element,
   with both directions of the conversion. */
#ifndef EISI_CONVERT_H
#define EISI_CONVERT_H

#include <eisfit/convert.h>

#include "model/parse.h"

enum { EISI_FOREIGN_MAX_PARAMS = 8 };

/* Maps a whole parameter set; in and out do not overlap. */
typedef void eisi_param_map(const double *in, double *out);

typedef struct eisi_foreign_param {
  const char *name;
  double fallback; /* the dialect's own default value */
  bool constant;   /* must keep its default: ours has no such parameter */
} eisi_foreign_param;

struct eisi_foreign {
  const char *symbol; /* theirs */
  const char *own;    /* ours */
  int n;
  eisi_foreign_param param[EISI_FOREIGN_MAX_PARAMS];
  /* NULL = the same numbers in the same order; constant ones at the end have no counterpart */
  eisi_param_map *to_own, *from_own;
  /* which parameters (bits) of the other side enter each one; unused when the numbers are the same
   */
  unsigned own_uses[EIS_ELEMENT_MAX_PARAMS], foreign_uses[EISI_FOREIGN_MAX_PARAMS];
  const char *held; /* why the constant one can't be another: for messages */
  const char *rule; /* "Z0 = sqrt(B/Y), tau = B": for messages and documentation */
};

/* How the topology is spelled. */
typedef struct eisi_spelling {
  const char *series;                         /* between members of a series */
  const char *par_open, *par_sep, *par_close; /* a parallel group */
  const char *ser_open, *ser_close;           /* a series inside a parallel group */
} eisi_spelling;

/* Where the values go. */
typedef enum eisi_value_style {
  EISI_VALUES_INLINE, /* {R=10/1/100:label} */
  EISI_VALUES_LIST,   /* initial_guess = [10, 1e-05, 0.9] */
  EISI_VALUES_DICT,   /* {'R1': 10, 'P1w': 1e-05} */
  EISI_VALUES_NAMED   /* R1 = 10, Q1-Y0 = 1e-05 */
} eisi_value_style;

struct eisi_dialect {
  eis_dialect info;
  eis_notation notation;
  eisi_spelling spelling;
  eisi_value_style values;
  bool named; /* elements need their numbers in the text */
  size_t n_rows;
  const eisi_foreign *row; /* NULL = our own elements and parameters */
};

/* NULL: unknown.  eisi_dialect_need sets EIS_ERROR_USAGE with the nearest name. */
const eisi_dialect *eisi_dialect_find(const char *name);
const eisi_dialect *eisi_dialect_need(const char *name, eis_error *err);
const eisi_foreign *eisi_foreign_by_symbol(const eisi_dialect *d, const char *symbol, size_t len);
const eisi_foreign *eisi_foreign_by_own(const eisi_dialect *d, const eis_element *type);

/* Parameter sets across; `from` has row->n entries (theirs) or the element's n_params (ours).
   Bounds become the smallest box that holds theirs.  Returns NULL or the reason why not. */
const char *eisi_foreign_to_own(const eisi_foreign *row, const eisi_said *from, eisi_said *to);
const char *eisi_foreign_from_own(const eisi_foreign *row, const eisi_said *from, eisi_said *to);

/* Our own symbols in circuit description codes, where Boukamp's letters have other meanings. */
const char *eisi_cdc_symbol(const eis_element *type);
const eis_element *eisi_cdc_find(const char *symbol, size_t len);

#endif
