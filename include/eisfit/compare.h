/* compare.h - groups of cells: how much do they differ, and is that more than chance?  The cell is
   the unit; its spectra are repeated measures. */
#ifndef EISFIT_COMPARE_H
#define EISFIT_COMPARE_H

#include <stdint.h>

#include <eisfit/spectrum.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Something else that differs between spectra. */
typedef struct eis_covariate {
  const char *name;
  const double *value; /* n; rows where it is NaN are left out */
  bool levels; /* true: each value is a level of its own, and only levels that all groups have
                  are used; false: ln(value) changes linearly with it */
} eis_covariate;

typedef struct eis_compare_data {
  size_t n;            /* spectra */
  const double *value; /* n; > 0 (others are left out) */
  const double *se;    /* n standard errors; NULL or NaN = not known */
  const int *cell;     /* n numbers 0 .. n_cells - 1 */
  const int *group;    /* n_cells numbers 0 .. n_groups - 1 */
  int n_cells, n_groups;
  size_t n_covariates;
  const eis_covariate *covariate;
} eis_compare_data;

typedef struct eis_compare_options {
  int reference;       /* the group that the others are compared with */
  double level;        /* of the intervals */
  double alpha, power; /* of the detectable difference */
  double detect;       /* ratio for which the number of cells is asked */
  long permutations;   /* all of them up to this number, else as many random ones */
  uint64_t seed;
} eis_compare_options;
/* Reference 0, level 0.95, alpha 0.05, power 0.8, ratio 1.2, 20000 permutations, seed 1. */
eis_compare_options eis_compare_options_default(void);

/* One group against the reference. */
typedef struct eis_group_effect {
  int group;
  int cells, reference_cells; /* that have usable spectra */
  size_t spectra, reference_spectra;
  double ratio, low, high;        /* geometric means; interval NaN when refused */
  double ln_ratio, se, dof, t, p; /* of ln ratio */
  double
      p_unequal; /* Welch's test of the cell means: cells need not scatter alike in both groups */
  double p_permutation;              /* over cells */
  bool exact;                        /* all permutations were counted */
  double n_permutations, p_smallest; /* the smallest p that they allow */
  double g, g_low, g_high;           /* Hedges g: difference over the spread of cells */
  double detectable;                 /* ratio > 1 that is found with the given power */
  int cells_needed;                  /* per group, to find options.detect; 0 = more than 10000 */
  double p_holm, p_bh;               /* filled by eis_compare_adjust */
} eis_group_effect;

typedef struct eis_cell_mean {
  int cell, group;
  size_t n;
  double ln_mean, se; /* adjusted for the covariates */
} eis_cell_mean;

/* How ln(value) goes with a covariate that was taken as a straight line, all groups alike. */
typedef struct eis_covariate_slope {
  const char *name;               /* of eis_covariate; not owned */
  double from, to;                /* values that the spectra used have */
  double slope, se, low, high, p; /* of ln(value) per unit of the covariate */
} eis_covariate_slope;

typedef struct eis_compare_result {
  bool refused; /* a group has fewer than two cells: ratios only */
  size_t n_effects;
  eis_group_effect *effect;
  size_t n_cells;
  eis_cell_mean *cell;
  size_t n_slopes; /* of the covariates without levels; none when refused */
  eis_covariate_slope *slope;
  size_t n_used;      /* spectra */
  double cell_sd;     /* of ln value between cells; 0 when they scatter less than their spectra */
  double spectrum_sd; /* within a cell, beyond the known errors */
  double known_sd;    /* root mean square of the known errors */
  eis_notes notes;
} eis_compare_result;

/* Linear mixed model of ln(value): groups and covariates fixed, cell random, measurement variance
   known; restricted maximum likelihood, covariance and degrees of freedom for small samples.
   Errors: EIS_ERROR_USAGE (reference), EIS_ERROR_INPUT (fewer than two groups with usable spectra,
   no common level), EIS_ERROR_NUMERIC (covariates that say the same as the group). */
eis_status eis_compare_run(const eis_compare_data *data, const eis_compare_options *opt,
                           eis_compare_result *out, eis_error *err);
void eis_compare_result_clear(eis_compare_result *r);
/* Corrects the p values of n results, all effects together (refused ones left out): Holm
   (family-wise error) and Benjamini-Hochberg (false discovery rate). */
eis_status eis_compare_adjust(eis_compare_result *const *results, size_t n, eis_error *err);

/* The corrections by themselves, for n p values; out may be p. */
eis_status eis_holm(const double *p, size_t n, double *out, eis_error *err);
/* The same for Benjamini and Hochberg. */
eis_status eis_benjamini_hochberg(const double *p, size_t n, double *out, eis_error *err);

/* Hedges' factor for small samples, Gamma(m/2) / (sqrt(m/2) Gamma((m-1)/2)). */
double eis_hedges_j(double dof);

#ifdef __cplusplus
}
#endif
#endif
