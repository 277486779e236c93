/* joint.h - one model for many spectra: parameters shared, per group, per spectrum, or by a law of
   temperature, state of charge, time ...; one covariance (doc/joint.md). */
#ifndef EISFIT_JOINT_H
#define EISFIT_JOINT_H

#include <stdint.h>

#include <eisfit/fit.h>
#include <eisfit/model.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What is known of the spectra besides their points: n entries each, NaN or "" where missing.  text
   is used for groups, number for laws; either may be NULL.  Owned by the caller, as all of the
   input. */
typedef struct eis_joint_column {
  const char *name; /* "temperature_C", "soc", "time_h", "area_cm2", "cell" ... */
  const double *number;
  const char *const *text;
} eis_joint_column;

typedef struct eis_joint_data {
  size_t n;
  const eis_spectrum *const *spectrum;
  size_t n_columns;
  const eis_joint_column *column;
} eis_joint_data;

typedef struct eis_joint_options {
  eis_weighting
      weighting; /* EIS_WEIGHT_ERROR_MODEL: from the Kramers-Kronig residuals of each spectrum */
  const char *variant; /* of the model, NULL = the first */
  const char *ocv;     /* table of the law "ocv" in place of the one in the model; NULL = that */
  int starts;          /* most starts of the search, 0 = automatic */
  uint64_t seed;
  double max_time_s; /* INFINITY = none */
  bool numeric; /* end with SCLX in place of SCL: the MPNP equations solved numerically, without
                   the error of the closed form (a few lambda0/sigma); about 1 ms per point */
  bool profile; /* profile likelihood of the numbers that the space charge hangs on, and of dphi at
                   both ends of its range */
  bool profile_all;   /* of dphi in every spectrum */
  const double *warm; /* internal variables of an earlier result of the same problem (x), NULL */
} eis_joint_options;
/* modulus weights, automatic, seed 1, no limit, with profiles */
eis_joint_options eis_joint_options_default(void);

/* A number that was fitted to all spectra, or to those of a group. */
typedef struct eis_joint_number {
  char name[256]; /* "R_b.ref", "SCL_if_dphi.theta" */
  char group[64]; /* entry of the group column, "" = all spectra */
  char unit[24];
  double value, stderr_, ci_low, ci_high;
  bool fixed, at_bound;
  bool identifiable; /* the data say more about it than nothing (see doc/joint.md) */
  bool profiled;     /* ci_low, ci_high are of the profile likelihood; infinite = open */
} eis_joint_number;

/* One spectrum under the joint model. */
typedef struct eis_joint_spectrum {
  double S, noise_percent;
  double scatter_percent; /* of neighbouring residuals against each other: noise, whatever the model
                             is */
  double z;               /* robust z value of its misfit among all spectra */
  bool outlier;
  bool missed; /* the misfit is more than this scatter, and that of all spectra, can be */
  double *param, *stderr_; /* n_params of the circuit */
  double *covariance;      /* n_params x n_params, of the circuit's parameters */
  double *cross;           /* n_params x n_numbers, of those with the shared numbers */
  double *fit_re, *fit_im; /* ohm, points of the spectrum */
} eis_joint_spectrum;

/* Least share that is called identifiable: below, one per cent of error in the law of charge
   transfer or of the interphase is more than ten per cent of R_scl, whatever statistics say. */
#define EIS_JOINT_LEAST_SHARE 0.10

/* Space charge and the other parts of the interface in one spectrum. */
typedef struct eis_joint_share {
  double dphi, dphi_se;       /* V */
  double dphi_low, dphi_high; /* 95 %, by profile likelihood where dphi_profiled; infinite = open */
  bool dphi_profiled;
  double R_scl, R_scl_se; /* ohm */
  double R_ct, R_cei;     /* ohm; R_cei: all elements of the role cei */
  double share, share_se; /* R_scl/(R_scl + R_ct + R_cei) */
  double direct_se;       /* of ln share, when the size of R_scl has to be seen in resistances and
                             does not follow from the capacitance by the theory */
  bool resolved;          /* R_scl is large enough for the closed form to hold within 10 % */
  bool identifiable; /* resolved, share at least 10 %, 95 % within 10 % of it, and the model does
                        not miss the spectrum */
} eis_joint_share;

/* A direction in the space of the shared numbers, by Fisher information. */
typedef struct eis_joint_direction {
  double stderr_; /* along the unit vector, in ln p or in units of what would be no knowledge */
  double *part;   /* n_numbers, length 1 */
} eis_joint_direction;

typedef struct eis_joint_result {
  char *model;
  eis_fit_verdict verdict;
  eis_circuit *circuit;         /* a copy */
  size_t n, n_numbers, n_local; /* n_local: parameters of its own per spectrum */
  eis_joint_number *number;
  double *covariance; /* n_numbers x n_numbers in natural units */
  eis_joint_spectrum *spectrum;
  eis_joint_share *share;         /* n, NULL when the model has no space-charge layer */
  eis_joint_direction *direction; /* n_directions, worst known first */
  size_t n_directions;
  double *x; /* internal variables, for a warm start */
  double S, reduced, noise_percent, scatter_percent;
  bool missed; /* the model as a whole */
  long points, dof, n_free;
  double aicc, bic;
  int starts_tried, starts_agreed;
  double second_S; /* best clearly different minimum, NaN = none */
  int iterations;
  double seconds;
  eis_notes decisions; /* columns used, laws left out */
  eis_notes warnings;
  eis_notes identifiability; /* plain words: what is known, what is not, and why */
} eis_joint_result;

/* Fits the model to all spectra.  *out is overwritten, cleared by the caller, also after an error.
   Errors: EIS_ERROR_INPUT a law that needs a column that is missing, has gaps or no numbers, names
   that do not exist, laws in a circle, fewer data than parameters; EIS_ERROR_USAGE unknown options;
   EIS_ERROR_NUMERIC nothing could be evaluated. */
eis_status eis_joint_run(const eis_model *model, const eis_joint_data *data,
                         const eis_joint_options *opt, eis_joint_result *out, eis_error *err);
void eis_joint_result_clear(eis_joint_result *r);

/* Comparison of hypotheses on the same data: what the differences in BIC mean. */
typedef enum eis_joint_strength {
  EIS_JOINT_UNDECIDED,  /* 2 ln B below 2 */
  EIS_JOINT_POSITIVE,   /* 2 to 6 */
  EIS_JOINT_STRONG,     /* 6 to 10 */
  EIS_JOINT_DECISIVE    /* above 10 */
} eis_joint_strength;

typedef struct eis_joint_choice {
  int best;                    /* index of the lowest BIC, -1 = nothing was fitted */
  int second;                  /* -1 = no other */
  eis_joint_strength strength; /* of the best over the second */
  double two_ln_B;
  eis_notes words; /* plain language, with the measurement that would decide */
} eis_joint_choice;

/* results: n of the same data, NULL entries for hypotheses that could not be tested.  Thresholds
   after Kass and Raftery, J. Am. Stat. Assoc. 90 (1995) 773. */
eis_status eis_joint_compare(const eis_joint_result *const *results, size_t n,
                             eis_joint_choice *out, eis_error *err);
void eis_joint_choice_clear(eis_joint_choice *c);

#ifdef __cplusplus
}
#endif
#endif
