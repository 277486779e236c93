/* arrhenius.h - activation energies with their covariance, breaks and outliers. */
#ifndef EISFIT_ARRHENIUS_H
#define EISFIT_ARRHENIUS_H

#include <eisfit/spectrum.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What is plotted over 1/T: ln y = ln A - Ea/(kT). */
typedef struct eis_arrhenius_form {
  const char *key, *name;
  const char *formula; /* "1/R" */
  bool inverse;        /* the value is a resistance */
  bool times_T;
} eis_arrhenius_form;
const eis_arrhenius_form *eis_arrhenius_form_at(size_t i);          /* NULL past the end */
const eis_arrhenius_form *eis_arrhenius_form_find(const char *key); /* NULL = unknown */

typedef struct eis_arrhenius_options {
  const char *form;      /* key of a form; default "1/R" */
  double temperature_se; /* K, standard error of each temperature; 0 = none */
  double level;          /* of the intervals */
} eis_arrhenius_options;
eis_arrhenius_options eis_arrhenius_options_default(void);

/* One straight line.  ln_A and Ea are strongly correlated; ln_ref, ln y at T_ref, and Ea are not.
 */
typedef struct eis_arrhenius_line {
  double Ea_eV, Ea_se, Ea_low, Ea_high;
  double ln_A, ln_A_se;
  double cov_lnA_Ea, correlation; /* of ln A and Ea */
  double T_ref_K, ln_ref, ln_ref_se;
  double scatter; /* of ln y beyond the known errors */
  double aicc;
  int dof;
} eis_arrhenius_line;

typedef struct eis_arrhenius_break {
  bool tested;                /* there were enough temperatures (7) */
  bool found;                 /* two slopes are better by more than 6 in AICc */
  double delta_aicc;          /* AICc of one line - AICc of two */
  double T_K, T_se, ln_break; /* where the slopes meet: temperature, ln y */
  double Ea_cold_eV, Ea_cold_se, Ea_hot_eV, Ea_hot_se;
} eis_arrhenius_break;

typedef struct eis_arrhenius_result {
  const eis_arrhenius_form *form;
  size_t n;
  double T_min_K, T_max_K, level;
  eis_arrhenius_line line;
  eis_arrhenius_break bend;
  bool *outlier; /* n; deleted residual beyond its t limit (Bonferroni, 5 %) */
  size_t n_outliers;
  double Ea_without_eV, Ea_without_se; /* without the outliers; NaN = there are none */
  eis_notes notes;
} eis_arrhenius_result;

/* T: temperatures [K]; value > 0: resistances or conductivities as the form says, any unit; se:
   their standard errors, NULL or NaN = not known.  n >= 3 at 3 temperatures.  Errors:
   EIS_ERROR_USAGE for an unknown form, EIS_ERROR_INPUT for numbers that can't be (T <= 0, value <=
   0, too few). */
eis_status eis_arrhenius_fit(const double *T, const double *value, const double *se, size_t n,
                             const eis_arrhenius_options *opt, eis_arrhenius_result *out,
                             eis_error *err);
/* ln y of the line at T with the half width of its interval. */
void eis_arrhenius_band(const eis_arrhenius_result *r, double T, double *ln_y, double *half);
void eis_arrhenius_result_clear(eis_arrhenius_result *r);

/* eV -> kJ/mol */
double eis_ev_to_kj_mol(double ev);

#ifdef __cplusplus
}
#endif
#endif
