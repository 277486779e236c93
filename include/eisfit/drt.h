/* drt.h - the distribution of relaxation times gamma(ln tau), with a band, and its peaks. */
#ifndef EISFIT_DRT_H
#define EISFIT_DRT_H

#include <stdint.h>

#include <eisfit/fit.h>
#include <eisfit/spectrum.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Z(w) = R_inf + j w L + 1/(j w C) + integral gamma(ln tau) / (1 + j w tau) d ln tau; the integral
   of gamma is the polarisation resistance. */

typedef enum eis_drt_method {
  EIS_DRT_ADAPTIVE, /* ln gamma with local strength of the regularisation: nothing to choose */
  EIS_DRT_TIKHONOV  /* one lambda: |W(Z - Z_fit)|^2 + lambda |D gamma|^2 */
} eis_drt_method;

typedef enum eis_drt_part { EIS_DRT_COMPLEX, EIS_DRT_REAL, EIS_DRT_IMAG } eis_drt_part;

/* How a series term is treated.  AUTO: fitted, left out where the data do not ask for it. */
typedef enum eis_drt_term {
  EIS_DRT_TERM_AUTO,
  EIS_DRT_TERM_NONE,
  EIS_DRT_TERM_FIT,   /* R_inf, L, 1/C >= 0 unless signed_gamma */
  EIS_DRT_TERM_FIXED  /* the value is taken off the data */
} eis_drt_term;

/* How lambda is chosen (EIS_DRT_TIKHONOV). */
typedef enum eis_drt_criterion {
  EIS_DRT_FIXED,       /* lambda as given */
  EIS_DRT_GCV,         /* generalised cross-validation (Wahba 1985) */
  EIS_DRT_MGCV,        /* modified (Kim and Gu 2004) */
  EIS_DRT_RGCV,        /* robust (Lukas 2006) */
  EIS_DRT_L_CURVE,     /* largest curvature (Hansen 1992) */
  EIS_DRT_RE_IM,       /* one part predicts the other (Saccoccio 2014) */
  EIS_DRT_K_FOLD,      /* fivefold cross-validation over the frequencies */
  EIS_DRT_DISCREPANCY, /* residual = noise of the Kramers-Kronig test */
  EIS_DRT_EVIDENCE     /* marginal likelihood */
} eis_drt_criterion;

typedef enum eis_drt_band {
  EIS_DRT_BAND_FAST, /* Gaussian approximation of the posterior */
  EIS_DRT_BAND_EXACT /* the posterior itself (strengths and noise held), by sampling */
} eis_drt_band;

typedef struct eis_drt_options {
  eis_drt_method method;
  eis_weighting weighting;
  eis_drt_term R_inf, L, C;
  double R_inf_value, L_value, C_value; /* for EIS_DRT_TERM_FIXED: ohm, H, F */
  double tau_min, tau_max;              /* s; NaN = extend_decades beyond 1/w of the data */
  double extend_decades;
  double per_decade; /* points of the tau grid */
  double level;      /* of the credible band; 0 = neither band, errors nor peaks */
  /* the rest is for EIS_DRT_TIKHONOV */
  eis_drt_part part;
  const char *basis;    /* a key of eis_drt_basis_at() */
  double fwhm;          /* RBF: full width at half maximum = spacing of the grid / fwhm */
  double order[3];      /* shares of |gamma|^2, |gamma'|^2, |gamma''|^2 in the penalty */
  bool signed_gamma;    /* gamma, R_inf, L, 1/C may be negative */
  bool tau_at_1_over_f; /* grid tau_k = 1/f_k (no 2 pi), as pyDRTtools has it */
  eis_drt_criterion criterion;
  double lambda;                 /* for EIS_DRT_FIXED */
  double lambda_min, lambda_max; /* search range; NaN = as wide as can matter */
  /* of both methods */
  eis_drt_band band;
  int samples;   /* EIS_DRT_BAND_EXACT: 100 to 1000000 */
  uint64_t seed; /* of the sampling; the same seed gives the same numbers */
} eis_drt_options;
/* Adaptive, modulus weights, everything AUTO, one decade beyond the data, 10 points per decade,
   fast 95 % band (2000 samples, seed 1, for the exact one); for Tikhonov: both parts, "gaussian" of
   fwhm .5, first derivative, non-negative, evidence. */
eis_drt_options eis_drt_options_default(void);

/* One process.  Errors are standard deviations, NaN = not determined. */
typedef struct eis_drt_peak {
  double tau, log10_tau_error; /* s; decades */
  double R, R_error;  /* ohm: its share of gamma; the shares of the peaks, and of gamma that
                         rises towards an end of the grid, add up to R_pol */
  double C;           /* tau/R, F */
  double width;       /* decades, full width at half height */
  double height;      /* gamma at the peak, ohm */
  double probability; /* that it stands out of its neighbours */
  bool shoulder;      /* no maximum of its own */
  double n, b;        /* of the form nearest to it (below), NaN = none */
  double R_low, R_high, tau_low, tau_high; /* sampled interval of the level of the band, else NaN */
} eis_drt_peak;

/* A Havriliak-Negami process, R/(1 + (j w tau)^n)^b; b = 1: ZARC. */
typedef struct eis_drt_form {
  double R, tau, n, b; /* ohm, s */
} eis_drt_form;

typedef struct eis_drt_result {
  size_t n_tau;
  double *tau, *gamma;            /* s, ohm (per unit of ln tau) */
  double *gamma_low, *gamma_high; /* credible band, NULL for level 0 */
  double *coef;                   /* Tikhonov: coefficients of the basis functions; else NULL */
  const char *basis;              /* key of the basis, NULL for adaptive */
  double epsilon;                 /* its functions are phi(epsilon (ln tau - ln tau_k)) */
  double R_inf, L, C_inv;         /* ohm, H, 1/F; 0 when left out */
  double R_inf_error, L_error, C_inv_error; /* NaN when left out or held */
  double R_pol, R_pol_error;                /* ohm: integral of gamma */
  size_t n;
  double *fit_re, *fit_im; /* ohm */
  double *res_re, *res_im; /* (measured - fit)/|Z| in percent */
  double lambda;           /* adaptive: the common part of the local strengths */
  bool lambda_at_limit;    /* of the search range */
  double noise_percent;    /* 100 sqrt(weighted residual square / degrees of freedom); percent
                              of |Z| for modulus weights */
  double dof;              /* effective number of parameters */
  double kkt;              /* of the quadratic program (adaptive: relative gradient) */
  int iterations;
  size_t n_peaks;
  eis_drt_peak *peak;   /* in the order of increasing tau */
  double sharp_decades; /* processes narrower than this look this wide */
  char advice[256];     /* what limits this result, "" = nothing to say */
  size_t n_forms;       /* adaptive: the processes around whose sum gamma was sought, */
  eis_drt_form *form;   /* peaks, then processes beyond the grid; NULL = none */
} eis_drt_result;

/* *out is overwritten, to be cleared by the caller.  opt NULL = defaults.
   Errors: EIS_ERROR_INPUT for fewer than 8 points, less than a decade of frequencies, data without
   any resistive or capacitive part; EIS_ERROR_USAGE for options out of range; EIS_ERROR_NUMERIC. */
eis_status eis_drt_run(const eis_spectrum *s, const eis_drt_options *opt, eis_drt_result *out,
                       eis_error *err);
void eis_drt_result_clear(eis_drt_result *r);

/* The same with a workspace that keeps kernel and penalty matrices from one spectrum to the next
   with the same frequencies and options.  Results do not depend on what was run before. */
typedef struct eis_drt_work eis_drt_work;
eis_status eis_drt_work_new(const eis_drt_options *opt, eis_drt_work **out, eis_error *err);
void eis_drt_work_free(eis_drt_work *w);
eis_status eis_drt_work_run(eis_drt_work *w, const eis_spectrum *s, eis_drt_result *out,
                            eis_error *err);

/* After a run of w on s: the same again with `factor` (1e-6 to 1e6) times the lambda that was
   found; terms that were left out stay out.  The adaptive method holds noise and local pattern of
   the strengths, and takes the lambda it had before it centred its prior on the processes found,
   which would bring every peak back.  The band is the fast one.  May be repeated; each factor is
   that to the run. */
eis_status eis_drt_work_again(eis_drt_work *w, const eis_spectrum *s, double factor,
                              eis_drt_result *out, eis_error *err);

/* gamma of a result at any tau, by interpolation (adaptive: of ln gamma less that of its forms); 0
   outside its grid. */
double eis_drt_at(const eis_drt_result *r, double tau);

/* Key of basis i and what it is; NULL past the end. */
const char *eis_drt_basis_at(size_t i, const char **doc);

#ifdef __cplusplus
}
#endif
#endif
