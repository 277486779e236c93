/* kk.h - Kramers-Kronig tests: is the spectrum that of a linear, causal, stationary system? */
#ifndef EISFIT_KK_H
#define EISFIT_KK_H

#include <eisfit/spectrum.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum eis_kk_part { EIS_KK_COMPLEX, EIS_KK_REAL, EIS_KK_IMAG } eis_kk_part;
typedef enum eis_kk_rule {
  EIS_KK_RULE_AUTO,   /* neither under- nor over-fits: see doc/kk.md */
  EIS_KK_RULE_MU,     /* Schoenleber's mu < c */
  EIS_KK_RULE_FIXED   /* m as given */
} eis_kk_rule;

typedef struct eis_kk_options {
  eis_kk_part part; /* which part is fitted; the verdict always rests on a fit of both */
  bool capacitance, inductance; /* series C and L terms */
  bool admittance;              /* test Y instead of Z */
  bool unit_weight;             /* default false: modulus weighting */
  eis_kk_rule rule;
  int m;                 /* for EIS_KK_RULE_FIXED */
  int m_max;             /* 0 = as many as the data bear */
  double mu_limit;       /* for EIS_KK_RULE_MU */
  double extend_decades; /* log10 F_ext: time constants beyond the measured window, both sides */
  /* Largest trend that still passes, rms over the whole range, per cent of |Z|; compared with
     systematic_percent.  A trend below 0.4 of the scatter passes in any case, as it can't be told
     from it.  A single residual may be 6 times the scatter, or 3 times the tolerance (at least
     0.3 %).  0.15, the default, is what good spectra of batteries at rest keep; 0.03 finds a drift
     of 5 % at low noise; 0.3 and more is conventional practice.  See doc/kk.md. */
  double tolerance_percent;
} eis_kk_options;
/* complex, C and L on, impedance, modulus, AUTO, half a decade beyond the window, .15 % trend. */
eis_kk_options eis_kk_options_default(void);

typedef struct eis_kk_result {
  bool passed;
  char reason[256]; /* one sentence in plain words, why passed or not */
  int m;            /* number of RC elements used */
  double mu;
  double R_inf, L, C_inv; /* ohm, H, 1/F (0 when not fitted) */
  double *tau, *R;        /* m each: time constants [s] and resistances [ohm] of the RC elements */
  size_t n;
  double *fit_re, *fit_im;     /* ohm; (for admittance tests converted back to Z) */
  double *res_re, *res_im;     /* (measured - fit)/|Z| in percent */
  double pseudo_chi2;          /* sum |dZ|^2/|Z|^2 (Boukamp 1995, eq. for pseudo chi^2) */
  double noise_percent;        /* estimated random noise, per cent of |Z|, robust */
  double systematic_percent;   /* rms of the part of the residuals that is not random, over
                                  all points and both parts: sqrt(total^2 - noise^2).  A trend
                                  of this size passes up to tolerance_percent; `reason` then
                                  says so and where it sits */
  double max_residual_percent; /* over the points that are not outliers */
  double f_low_hz, f_high_hz;  /* window in which the data pass; = data range when passed,
                                  0 when there is none */
  bool *outlier;               /* n flags */
  size_t n_outliers;
} eis_kk_result;

/* Linear KK (Boukamp 1995, J. Electrochem. Soc. 142, 1885; Schoenleber et al. 2014, Electrochim.
   Acta 131, 20).  opt NULL = defaults.  *out is overwritten, to be cleared by the caller.
   More than 600 points are fitted through averages of neighbours, and all of them judged.
   Errors: EIS_ERROR_INPUT for fewer than 5 points, all-zero data, a frequency that is not positive
   or an impedance that is no number (or beyond 1e+-30 Hz, 1e+-100 ohm); EIS_ERROR_USAGE for numbers
   of elements out of range or a negative tolerance. */
eis_status eis_kk_run(const eis_spectrum *s, const eis_kk_options *opt, eis_kk_result *out,
                      eis_error *err);
void eis_kk_result_clear(eis_kk_result *r);

/* Second opinions: ln|Z| from the phase by Z-HIT (Ehm et al. 2000) with 1 or 3 correction terms,
   and the real from the imaginary part by the KK integral (FFT on a log grid, tails from the linear
   test).  Z-HIT is an approximation, off by 2-3 % on perfect data.  The bias of both is found by
   applying them to the model of the linear test, which obeys KK exactly, within the range where
   that test passes. */
typedef struct eis_hilbert_result {
  size_t n;
  double *zhit_percent;    /* n: 100 (ln|Z| - reconstruction), at the measured frequencies */
  double *hilbert_percent; /* n: 100 (Re Z - reconstruction)/|Z| */
  double zhit_max_percent, hilbert_max_percent;
  double zhit_bias_percent, hilbert_bias_percent;
  double bias_percent; /* the larger one: below it neither says anything */
} eis_hilbert_result;
eis_status eis_hilbert_run(const eis_spectrum *s, int zhit_terms, eis_hilbert_result *out,
                           eis_error *err);
void eis_hilbert_result_clear(eis_hilbert_result *r);

#ifdef __cplusplus
}
#endif
#endif
