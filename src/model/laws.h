/* laws.h - how a parameter varies over the spectra of a campaign: one row per law, and the text
   form "each * arrhenius(Ea=0.3)" of the [joint] section of model files (doc/joint.md). */
#ifndef EISI_LAWS_H
#define EISI_LAWS_H

#include <eisfit/element.h>
#include <eisfit/model.h>

#include "base/base.h"

enum { EISI_LAW_PARS = 2, EISI_LAW_CONSTANTS = 3, EISI_LAW_INPUTS = 5, EISI_LAW_TERMS = 6 };

typedef enum eisi_law_kind {
  EISI_LAW_SHARING, /* says for which spectra the reference value is the same number */
  EISI_LAW_FACTOR,  /* multiplies the reference value */
  EISI_LAW_SUM,     /* is added to the reference value, before the factors */
  EISI_LAW_WHOLE    /* is the value itself: there is no reference value */
} eisi_law_kind;

typedef enum eisi_law_argument {
  EISI_ARG_NONE,
  EISI_ARG_COLUMN, /* of the manifest */
  EISI_ARG_TABLE,  /* OCV table, of the column soc */
  EISI_ARG_PARAM   /* another parameter of the circuit */
} eisi_law_argument;

/* A number that is fitted. */
typedef struct eisi_law_par {
  const char *name, *unit; /* unit "": of the parameter, per unit of the column, or a pure number */
  double lower, upper, start;
  double resolution; /* known to no better than this: not known at all; 0 = its own size */
  const char *doc;
} eisi_law_par;

/* A number that is given, not fitted. */
typedef struct eisi_law_constant {
  const char *name;
  double value, lower, upper;
} eisi_law_constant;

typedef struct eisi_law_point {
  double x; /* the column, OCV or geometry in SI */
  const double *par, *constant, *in;
} eisi_law_point;

typedef struct eisi_law {
  const char *name, *formula, *doc;
  eisi_law_kind kind;
  eisi_law_argument argument;
  const char *column; /* taken when none is named; NULL = one must be named */
  int n_pars, n_constants, n_inputs;
  eisi_law_par par[EISI_LAW_PARS];
  eisi_law_constant constant[EISI_LAW_CONSTANTS];
  const char *input[EISI_LAW_INPUTS]; /* suffixes of parameters of the same element; "" = the
                                         parameter that is the argument */
  /* NaN where it can't be had.  d_par, d_in: derivatives. */
  double (*eval)(const eisi_law_point *at, double *d_par, double *d_in);
} eisi_law;

/* Row i of the table, NULL past the end. */
const eisi_law *eisi_law_at(size_t i);
const eisi_law *eisi_law_find(const char *name, size_t len);

/* A fitted number of a law as the text has it. */
typedef struct eisi_law_given {
  enum { EISI_GIVEN_NOT, EISI_GIVEN_NUMBER, EISI_GIVEN_NAME } how;
  double value;                /* the number; for a name the factor: -1 for "-NAME", else 1 */
  char name[2 * EIS_NAME_MAX]; /* of the number it is the same as, "R_cei.Ea" */
} eisi_law_given;

typedef struct eisi_term {
  const eisi_law *law;
  char argument[128];
  eisi_law_given par[EISI_LAW_PARS];
  double constant[EISI_LAW_CONSTANTS];
  bool optional; /* "name?": left out where the column is missing or the same everywhere */
  size_t offset; /* of its name in the text */
} eisi_term;

/* value = (reference + sums) * factors, or a whole times factors. */
typedef struct eisi_expression {
  int n;
  eisi_term term[EISI_LAW_TERMS];
} eisi_expression;

/* Errors: EIS_ERROR_INPUT, *offset (bytes into the text) says where. */
eis_status eisi_expression_parse(const char *text, eisi_expression *out, size_t *offset,
                                 eis_error *err);

#endif
