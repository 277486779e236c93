/* drt_method.h - the ways to a distribution of relaxation times, one row each, and what they have
   in common. */
#ifndef EISFIT_DRT_METHOD_H
#define EISFIT_DRT_METHOD_H

#include <eisfit/circuit.h>
#include <eisfit/drt.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct eis_drt_method_options {
  eis_drt_options drt; /* grid, weights, terms, band, and all of Tikhonov; drt.method is set by the
                          method itself */
  int processes;       /* mrq, hn, auto: exactly so many; 0 = as many as the data ask for */
  int most_processes;  /* mrq, hn, auto: never more */
  int order;           /* loewner: order of the model; 0 = by the noise of the data */
  double cutoff;       /* fourier: where the window ends, cycles per decade of tau; NaN = by the
                          noise of the data */
} eis_drt_method_options;
/* eis_drt_options_default(), the numbers found from the data, at most 8 processes. */
eis_drt_method_options eis_drt_method_options_default(void);

/* A number that says something about the data or the result. */
typedef struct eis_drt_score {
  char name[32]; /* "hellinger_re" */
  double value;
  const char *doc; /* what it is and between which limits */
} eis_drt_score;

/* A pole of a rational model: Z = ... + R/(1 + s tau), the pole at s = -1/tau. */
typedef struct eis_drt_pole {
  double tau, tau_im; /* s; tau_im 0 for a real pole, else one of a conjugate pair */
  double R, R_im;     /* ohm; R < 0: the branch of an inductive loop, -R = L/tau */
  bool inductive;     /* real pole with R < 0: R parallel to L */
} eis_drt_pole;

/* One process of a sum.  Errors are standard deviations, NaN = held or not determined. */
typedef struct eis_drt_process {
  const char *element; /* symbol in the element table: "K" (RC), "Zarc", "HN", "Ga" (Cole-Davidson),
                          "Wo"; "RL": R and L in parallel, a loop */
  double R, R_error;   /* ohm */
  double tau, log10_tau_error; /* s; decades.  RL: L/R */
  double alpha, alpha_error;   /* exponents, 1 where the element has none */
  double beta, beta_error;
  int first; /* index of the first of its parameters in circuit->param */
} eis_drt_process;

/* One row of the comparison between sums of different numbers of processes. */
typedef struct eis_drt_tried {
  int processes, parameters;
  double S;           /* weighted sum of squares */
  double bic;         /* with the term for the choice of the places (see doc/drt.md) */
  double probability; /* from the BIC of all rows */
} eis_drt_tried;

/* Is what a sum of processes leaves of the data noise? */
typedef struct eis_drt_residual_test {
  bool passed;
  double noise_percent;  /* of the data, from the Kramers-Kronig test; NaN = not known */
  double ratio, p_ratio; /* variance of the residuals over that of the noise; P of a larger one */
  double runs, p_runs;   /* runs of equal sign, in standard deviations from chance; P of as few */
  char text[200];        /* in words */
} eis_drt_residual_test;

typedef struct eis_drt_parametric {
  size_t n;
  eis_drt_process *process; /* in the order of increasing tau */
  eis_circuit *circuit;     /* with the values found */
  double *covariance;       /* n_params x n_params of the circuit, NaN where not determined */
  double S, bic;
  int dof;
  size_t n_tried;
  eis_drt_tried *tried; /* in the order of increasing number of processes */
  eis_drt_residual_test test;
} eis_drt_parametric;

typedef struct eis_drt_method_row eis_drt_method_row;

/* What every method gives; the optional parts are NULL or 0 where a method has none. */
typedef struct eis_drt_solution {
  const eis_drt_method_row *method;   /* that ran */
  const eis_drt_method_row *gamma_by; /* whose gamma, band and residuals are in drt */
  const eis_drt_method_row *peaks_by; /* whose peaks are in drt; auto: mrq, hn or adaptive */
  char verdict[360];                  /* auto: which and why; else "" */
  eis_drt_result drt;
  size_t n_scores;
  eis_drt_score *score;        /* bht */
  double *gamma_re, *gamma_im; /* bht: n_tau each, from Re Z and Im Z alone */
  size_t n_poles;
  eis_drt_pole *pole;             /* loewner: in the order of increasing |tau| */
  eis_drt_parametric *parametric; /* mrq, hn, auto */
} eis_drt_solution;

/* Settings and matrices that are kept from one spectrum to the next.  Results do not depend on what
   was run before. */
typedef struct eis_drt_solver eis_drt_solver;

struct eis_drt_method_row {
  const char *key;       /* "mrq" */
  const char *name;      /* one line for lists */
  const char *reference; /* where it is from */
  eis_status (*run)(eis_drt_solver *v, const eis_spectrum *s, eis_drt_solution *out,
                    eis_error *err);
  bool holds; /* series terms at given values (EIS_DRT_TERM_FIXED) */
};

/* Row i in the order of display, NULL past the end. */
const eis_drt_method_row *eis_drt_method_at(size_t i);
/* By key.  Errors: EIS_ERROR_USAGE, with the nearest key. */
eis_status eis_drt_method_find(const char *key, const eis_drt_method_row **out, eis_error *err);

/* opt NULL = defaults.  *out is overwritten, to be cleared by the caller also after an error.
   Errors: those of eis_drt_run() and EIS_ERROR_USAGE for numbers out of range and for
   EIS_DRT_TERM_FIXED where the row does not hold terms. */
eis_status eis_drt_method_run(const eis_drt_method_row *row, const eis_spectrum *s,
                              const eis_drt_method_options *opt, eis_drt_solution *out,
                              eis_error *err);
/* The same for many spectra. */
eis_status eis_drt_solver_new(const eis_drt_method_row *row, const eis_drt_method_options *opt,
                              eis_drt_solver **out, eis_error *err);
void eis_drt_solver_free(eis_drt_solver *v);
eis_status eis_drt_solver_run(eis_drt_solver *v, const eis_spectrum *s, eis_drt_solution *out,
                              eis_error *err);
void eis_drt_solution_clear(eis_drt_solution *s);
/* The workspace of the regularised gamma that the last run rests on, for eis_drt_stability_run();
   NULL for methods without one.  Owned by the solver. */
eis_drt_work *eis_drt_solver_work(const eis_drt_solver *v);

/* gamma at any tau: of a sum of processes by its formula (a delta function as a triangle as wide as
   drt.sharp_decades), otherwise eis_drt_at(). */
double eis_drt_solution_at(const eis_drt_solution *s, double tau);

/* A circuit with start values for a fit: series terms and one arc per process, from the processes
   of a sum or from the peaks of any other method.  Text for eis_circuit_parse() and `eisfit fit
   -c`, in the notation asked for (AUTO: impedance.py's), allocated. Errors: EIS_ERROR_INPUT when
   there is no peak. */
eis_status eis_drt_circuit(const eis_drt_solution *s, eis_notation notation, char **text,
                           eis_error *err);

#ifdef __cplusplus
}
#endif
#endif
