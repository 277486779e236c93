/* drt_sum.h - a spectrum as a sum of processes that have a formula: fits, search, results. */
#ifndef EISI_DRT_SUM_H
#define EISI_DRT_SUM_H

#include "analysis/drt_method.h"
#include "analysis/problem.h"

enum { EISI_SUM_MOST = 14 };

/* What a process can be. */
typedef enum eisi_sum_kind {
  EISI_SUM_RC,
  EISI_SUM_ZARC,
  EISI_SUM_CD, /* Cole-Davidson, (1 + j w tau)^-beta */
  EISI_SUM_HN,
  EISI_SUM_LOOP,
  EISI_SUM_WO, /* finite-space diffusion: a capacitance and R/3 */
  EISI_SUM_KINDS
} eisi_sum_kind;

typedef struct eisi_sum_process {
  eisi_sum_kind kind;
  double R, tau, alpha, beta;
  double R_error; /* of the last fit, from the curvature of S */
} eisi_sum_process;

/* A sum with its series terms, and how well it fits. */
typedef struct eisi_sum {
  size_t n;
  eisi_sum_process p[EISI_SUM_MOST];
  bool has_R, has_L, has_C;
  double R_inf, L, C;
  double S, bic;
  int k; /* parameters */
} eisi_sum;

/* Series terms, in the order of R_inf, L, C. */
enum { EISI_SUM_TERMS = 3 };

/* Circuits, columns and scratch for one grid of frequencies. */
typedef struct eisi_sums eisi_sums;

eis_status eisi_sums_new(eisi_sums **out, eis_error *err);
void eisi_sums_free(eisi_sums *w);
/* Takes the spectrum, and weighting and series terms from opt; matrices are kept where the
   frequencies are those of the last one. */
eis_status eisi_sums_load(eisi_sums *w, const eis_spectrum *s, const eis_drt_options *opt,
                          const eis_kk_result *kk, eis_error *err);

/* Fits the sum from the values in it; sorts its processes by tau.  Searches that end up above
   hopeless are given up early. */
eis_status eisi_sums_fit(eisi_sums *w, eisi_sum *m, double hopeless, eis_error *err);
/* The least-squares problem of the last fit, with its circuit. */
eisi_problem *eisi_sums_problem(eisi_sums *w);
/* Internal variables of the last fit. */
const double *eisi_sums_x(const eisi_sums *w);
const eis_spectrum *eisi_sums_spectrum(const eisi_sums *w);
/* auto: goes when the data don't ask for it. */
eis_drt_term eisi_sums_term(const eisi_sums *w, int term);
/* Residuals (2n) and Jacobian (2n x n_free) of the last fit. */
const double *eisi_sums_residual(eisi_sums *w);
const double *eisi_sums_jacobian(eisi_sums *w);
const double *eisi_sums_weight(const eisi_sums *w);

/* What stands for a process in a circuit. */
typedef struct eisi_sum_row {
  const char *element;
  int params;
  int at_alpha, at_beta; /* index of the parameter, -1 = none */
} eisi_sum_row;
const eisi_sum_row *eisi_sum_row_of(eisi_sum_kind kind);

typedef struct eisi_sum_goal {
  eisi_sum_kind kind; /* the most general one: ZARC or HN */
  size_t exactly, most;
  bool loops, tail; /* may there be loops; does it end like a capacitance */
  bool no_broad;    /* no arcs that may be a mere patch for a form that is not among these */
} eisi_sum_goal;

/* Best sum of each number that was tried: at[n].n = n, or S = 0. */
typedef struct eisi_sum_found {
  eisi_sum at[EISI_SUM_MOST + 1];
  size_t best;
} eisi_sum_found;

eis_status eisi_sum_search(eisi_sums *w, const eisi_sum_goal *goal, const eisi_sum *start,
                           eisi_sum_found *out, eis_error *err);

/* An arc over several decades that mends a misfit as well as it describes a process. */
bool eisi_sum_is_broad(const eisi_sum_process *p);

/* ln of the prior odds against a process at a given place of the axis of ln tau. */
double eisi_sum_cost(const eis_spectrum *s);
/* A start from the peaks of a regularised gamma, with the series terms that were asked for. */
void eisi_sum_from_result(const eisi_sums *w, const eis_drt_result *r, eisi_sum_kind kind,
                          eisi_sum *out);

/* Everything a solution holds about a sum, from the last fit, which was of found->at[found->best].
 */
eis_status eisi_sum_describe(eisi_sums *w, const eisi_sum_found *found, eis_drt_parametric **out,
                             eis_error *err);
/* gamma, band, residuals, terms. */
eis_status eisi_sum_result(eisi_sums *w, const eis_drt_parametric *p, const eis_drt_options *opt,
                           eis_drt_result *out, eis_error *err);
/* Is R of every process, or what the data know of it, above two of its errors? */
bool eisi_sum_is_known(const eisi_sums *w, const eis_drt_parametric *p);
/* Peaks only. */
eis_status eisi_sum_peaks(const eisi_sums *w, const eis_drt_parametric *p, eis_drt_result *out,
                          eis_error *err);

/* Is the misfit of the last fit noise?  kk may be NULL: noise not known. */
void eisi_residual_test(eisi_sums *w, int dof, const eis_kk_result *kk, eis_drt_residual_test *out);

#endif
