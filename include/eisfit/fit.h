/* fit.h - complex nonlinear least squares: from a spectrum and a circuit to parameters. */
#ifndef EISFIT_FIT_H
#define EISFIT_FIT_H

#include <stdint.h>

#include <eisfit/circuit.h>
#include <eisfit/kk.h>
#include <eisfit/spectrum.h>

#ifdef __cplusplus
extern "C" {
#endif

/* S = sum_k (a_k (Re Zm_k - Re Z_k))^2 + (b_k (Im Zm_k - Im Z_k))^2, Z measured, Zm model. */
typedef enum eis_weighting {
  EIS_WEIGHT_MODULUS,      /* a = b = 1/|Z_k| */
  EIS_WEIGHT_UNIT,         /* a = b = 1 */
  EIS_WEIGHT_PROPORTIONAL, /* a = 1/|Re Z_k|, b = 1/|Im Z_k| */
  EIS_WEIGHT_SIGMA,        /* a = b = 1/sigma_k of the spectrum */
  EIS_WEIGHT_ERROR_MODEL   /* a = b = 1/(alpha |Z|/sqrt2 ... ) estimated from the KK residuals */
} eis_weighting;

typedef enum eis_loss { EIS_LOSS_SQUARE, EIS_LOSS_HUBER, EIS_LOSS_SOFT_L1, EIS_LOSS_CAUCHY } eis_loss;
typedef enum eis_ci { EIS_CI_COV, EIS_CI_PROFILE, EIS_CI_BOOTSTRAP } eis_ci;

typedef struct eis_fit_options {
  eis_weighting weighting;
  eis_loss loss;
  const char *optimizer; /* "auto", "lm" (from the given or typical start only), "nlopt:NAME" */
  int starts;            /* most local fits of the global stage, 0 = automatic */
  uint64_t seed;
  eis_ci ci;
  int bootstrap;                 /* replicates */
  double max_time_s;             /* INFINITY = none */
  bool kk;                       /* run the Kramers-Kronig test too */
  const eis_kk_result *known_kk; /* its result for this spectrum, when it was run before: it is used
                            and not copied to the result; NULL = not known */
  bool ordered; /* the circuit is a model whose arcs stand in the order of increasing tau: a result
                   in another order is warned of.  Of two optima that the data can't tell apart
                   the one in that order is taken anyway, but a bare circuit's arcs with values
                   or bounds of the caller keep their names */
} eis_fit_options;
eis_fit_options eis_fit_options_default(void);

/* One parameter of the result, in the order of the circuit. */
typedef struct eis_fit_param {
  double value, stderr_;  /* stderr_ NaN: fixed, at a bound, tied-to-fixed or not identifiable */
  double ci_low, ci_high; /* 95 % */
  bool fixed, tied, at_bound, identifiable;
} eis_fit_param;

typedef enum eis_fit_verdict {
  EIS_FIT_CONVERGED,
  EIS_FIT_NOT_CONVERGED,
  EIS_FIT_TIMEOUT
} eis_fit_verdict;

typedef struct eis_fit_result {
  eis_fit_verdict verdict;
  bool misfit;          /* the model misses the data: by more than 2 % of |Z|, and more than three
                           times their noise where the Kramers-Kronig test told it */
  size_t n;             /* points */
  int n_params, n_free; /* n_free: parameters that count (not fixed, tied, at bound) */
  int n_fitted;         /* n_free and those that ended at a bound or are not determined */
  eis_fit_param *param; /* n_params */
  double *covariance;   /* n_params x n_params in natural units, NaN rows where stderr is NaN */
  double *fit_re, *fit_im;       /* n, ohm */
  double *weight_re, *weight_im; /* a_k, b_k */
  double S, reduced;             /* reduced = S/dof */
  int dof;                       /* 2n - n_free */
  double pseudo_chi2;            /* sum |dZ|^2/|Z|^2 whatever the weighting */
  double noise_percent;          /* 100 sqrt(pseudo_chi2/(2n - n_free)) */
  double aic, aicc,
      bic; /* from 2n ln(S/2n), with every fitted parameter counted, and the variance */
  int starts_tried, starts_agreed; /* local fits, and how many ended in the reported optimum */
  double second_S;                 /* the best other minimum that was found, NaN = none */
  double given_S;                  /* where the given start values led, NaN = none were given */
  uint64_t seed;
  int evaluations;
  bool have_kk;
  eis_kk_result kk;
  eis_notes warnings; /* plain words, each with what to do */
} eis_fit_result;

/* Fits; no start values are needed, those in the circuit are one of the starts.
   *out is overwritten, to be cleared by the caller also after an error.
   Errors: EIS_ERROR_INPUT fewer data than parameters, all-zero data, no sigma for
   EIS_WEIGHT_SIGMA; EIS_ERROR_USAGE unknown optimizer; EIS_ERROR_NUMERIC nothing could be
   evaluated. */
eis_status eis_fit_run(const eis_spectrum *s, const eis_circuit *c, const eis_fit_options *opt,
                       eis_fit_result *out, eis_error *err);
void eis_fit_result_clear(eis_fit_result *r);

/* The same with a workspace kept between spectra of one circuit (campaigns, benchmarks). */
typedef struct eis_fit_work eis_fit_work;
eis_status eis_fit_work_new(const eis_circuit *c, eis_fit_work **out, eis_error *err);
void eis_fit_work_free(eis_fit_work *w);
/* Start values for the next fits (n_params of them, copied; NaN = none) in place of those in the
   circuit: one more start of the search.  NULL: those in the circuit again. */
eis_status eis_fit_work_start(eis_fit_work *w, const double *value, eis_error *err);
eis_status eis_fit_work_run(eis_fit_work *w, const eis_spectrum *s, const eis_fit_options *opt,
                            eis_fit_result *out, eis_error *err);

/* Value at index i of the NLopt algorithm names accepted behind "nlopt:", NULL past the end. */
const char *eis_fit_optimizer_at(size_t i);
/* What an algorithm of that name is, one line; NULL = none. */
const char *eis_fit_optimizer_doc(const char *name);

/* F-test that the larger of two nested fits is better: p value. */
double eis_fit_f_test(const eis_fit_result *small, const eis_fit_result *large);

#ifdef __cplusplus
}
#endif
#endif
