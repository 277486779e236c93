/* trend.h - how a quantity changes with age, pressure or anything else: laws, their choice, the end
   of life, drift signatures, rank correlation. */
#ifndef EISFIT_TREND_H
#define EISFIT_TREND_H

#include <stdint.h>

#include <eisfit/spectrum.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { EIS_LAW_PARAMS = 4, EIS_LAWS_MAX = 12 };

typedef enum eis_law_domain {
  EIS_LAW_ANY,         /* every x */
  EIS_LAW_NOT_NEGATIVE,
  EIS_LAW_POSITIVE
} eis_law_domain;

/* y = sum c_j phi_j(x; q): the coefficients c come first in the parameters, the shape q last. */
typedef struct eis_law {
  const char *key, *name, *formula;
  const char *reference; /* where it comes from */
  const char *param[EIS_LAW_PARAMS];
  int n_params;
  bool has_shape;
  eis_law_domain domain;
  bool by_default;      /* among the laws that are tried when none is named */
  double q_low, q_high; /* range of the shape ... */
  bool q_relative;      /* ... in units of the largest x, searched on a logarithmic scale */
  /* n_linear = n_params - has_shape values; dphi = d phi/dq, NULL = not wanted */
  void (*basis)(double x, double q, double *phi, double *dphi);
} eis_law;

const eis_law *eis_law_at(size_t i);          /* NULL past the end */
const eis_law *eis_law_find(const char *key); /* NULL = unknown */
/* Value at x for n_params parameters; grad (n_params, or NULL) = d value/d parameter. */
double eis_law_value(const eis_law *law, const double *p, double x, double *grad);

typedef struct eis_law_fit {
  const eis_law *law;
  const char *why_not; /* NULL = fitted; else a sentence why it could not be */
  double p[EIS_LAW_PARAMS], se[EIS_LAW_PARAMS];
  double cov[EIS_LAW_PARAMS * EIS_LAW_PARAMS]; /* n_params x n_params, column major */
  double scatter;                              /* beyond the known errors, unit of y */
  double chi2;                                 /* over se^2 + scatter^2 */
  double aicc, delta, weight;                  /* delta to the smallest; Akaike weight */
  int dof;
  bool plausible;                /* delta <= 2: the data can't tell it from the best one */
  bool shape_at_end;             /* the shape parameter ran to an end of its range */
  double end, end_low, end_high; /* x of the end of life, NaN = none asked for; INFINITY = beyond
                                    the horizon (or never) */
} eis_law_fit;

typedef struct eis_trend_options {
  const char *const *laws; /* keys, NULL terminated; NULL = those with by_default */
  double threshold;        /* end of life: value of y; NaN = none */
  double factor;           /* end of life: this factor times the law's value at the smallest x */
  double horizon;          /* the end of life is looked for up to this many times the largest x */
  double level;            /* of the intervals */
} eis_trend_options;
/* Default laws, no end of life, horizon 100, level 0.95. */
eis_trend_options eis_trend_options_default(void);

typedef struct eis_trend_result {
  size_t n, n_laws;
  eis_law_fit fit[EIS_LAWS_MAX];
  int best; /* index; among the plausible ones the one with fewest parameters */
  double x_min, x_max, level;
  double limit;             /* y at the end of life, from the best law; NaN = none */
  double end_low, end_high; /* of the end of life when the law is not known: over all laws, by their
                               weights; not within the interval of the best one */
  double rho, p_rho; /* correlation of the deviations of neighbours, and the chance of as much
                        when there is none; it is allowed for where p_rho < 0.1 and there
                        are 12 points at least, else 0 */
  eis_notes notes;   /* what a reader should know */
} eis_trend_result;

/* Fits the laws to n points (any order); se: standard errors, NULL or NaN where not known (the
   median of the others is taken then).  The variance of a point is se^2 + scatter^2 with a scatter
   that the data tell; laws are compared by AICc.  Errors: EIS_ERROR_USAGE for an unknown law or a
   limit that makes no sense, EIS_ERROR_INPUT for numbers that are not finite, EIS_ERROR_NUMERIC
   when no law can be fitted. */
eis_status eis_trend_fit(const double *x, const double *y, const double *se, size_t n,
                         const eis_trend_options *opt, eis_trend_result *out, eis_error *err);
/* Value at x with the half width of its interval; predicted (may be NULL): the half width for one
   new measurement, scatter included. */
void eis_law_band(const eis_law_fit *f, double x, double level, double *y, double *half,
                  double *predicted);
void eis_trend_result_clear(eis_trend_result *r);

/* ---- drift signature: d ln C/d ln R of one process ---- */
typedef enum eis_mechanism {
  EIS_MECH_CEI,      /* a layer grows: -1 */
  EIS_MECH_CONTACT,  /* contact area is lost: -1 */
  EIS_MECH_KINETICS, /* 0 */
  EIS_MECH_SCL,      /* -1/(2 y0 - 3), y0 = band bending in kT/e */
  EIS_N_MECHANISMS
} eis_mechanism;
/* "CEI growth", "contact loss", "kinetics", "space-charge layer" */
const char *eis_mechanism_name(eis_mechanism m);

/* What else is known of the process; NaN = not known. */
typedef struct eis_drift_facts {
  double age_exponent, age_exponent_se;           /* R - R0 ~ t^z */
  double pressure_exponent, pressure_exponent_se; /* R ~ P^b */
  double soc_slope, soc_slope_se;                 /* d ln R/d SOC */
  bool unchanged; /* "no change" describes R over age: what R and C share are the errors of their
                     fit */
} eis_drift_facts;
eis_drift_facts eis_drift_facts_unknown(void);

typedef struct eis_drift_result {
  size_t n;
  double slope, se, low, high;     /* d ln C/d ln R, 95 % interval */
  double range;                    /* largest - smallest ln R */
  double chi2;                     /* of the line, n - 2 degrees of freedom */
  bool moved;                      /* R changes enough to say anything */
  bool possible[EIS_N_MECHANISMS]; /* what the slope leaves */
  bool favoured[EIS_N_MECHANISMS]; /* what the facts speak for, among the possible */
  double y0_low, y0_high;          /* band bending that the slope allows for a space-charge layer,
                                      NaN = none */
  eis_notes words;                 /* the conclusion, in sentences */
} eis_drift_result;

/* n >= 3 pairs, positive; standard errors NULL = not known. */
typedef struct eis_drift_data {
  size_t n;
  const double *R, *se_R, *C, *se_C;
} eis_drift_data;

/* Straight line of ln C over ln R with errors in both; facts may be NULL.  Errors: EIS_ERROR_INPUT.
 */
eis_status eis_drift_signature(const eis_drift_data *data, const eis_drift_facts *facts,
                               eis_drift_result *out, eis_error *err);
void eis_drift_result_clear(eis_drift_result *r);

/* ---- rank correlation ---- */
typedef struct eis_rank_result {
  size_t n;
  double spearman, kendall;     /* rho; tau-b */
  double p_spearman, p_kendall; /* two-sided; NaN when one column is constant */
  bool exact;        /* all permutations were counted (n <= 9); else 20000 random ones, and
                        the large-sample distributions above 60 points */
  double p_smallest; /* of the most extreme order, also by chance; 0 above 60 points */
} eis_rank_result;
/* Pairs with a NaN are left out; EIS_ERROR_INPUT with fewer than 3 pairs. */
eis_status eis_rank_correlation(const double *x, const double *y, size_t n, uint64_t seed,
                                eis_rank_result *out, eis_error *err);

#ifdef __cplusplus
}
#endif
#endif
