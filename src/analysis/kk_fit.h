/* kk_fit.h - inner parts of the linear Kramers-Kronig test: model, choice of M, judgement. */
#ifndef EISI_KK_FIT_H
#define EISI_KK_FIT_H

#include <eisfit/kk.h>

/* A run of neighbouring points of a spectrum.  re, im: the fitted quantity (Z, or Y for an
   admittance test); weight 0 leaves a point out. */
typedef struct eisi_kk_problem {
  size_t n;
  const double *omega, *re, *im, *weight;
  const eis_kk_options *opt;
} eisi_kk_problem;

/* Scratch for problems of up to n points and m elements; x of a solution is
   [R, R_1 .. R_m, 1/C, L] (admittance: [1/R, g_1 .. g_m, C, 1/L]), 0 where not fitted. */
typedef struct eisi_kk_work {
  size_t n, m;
  double *A, *b, *scale, *lapack, *other, *try_x;
  double *tau; /* of the last solve */
  double *x;
} eisi_kk_work;

typedef struct eisi_kk_fit {
  int m;      /* RC elements */
  size_t p;   /* fitted unknowns */
  double rss; /* weighted */
} eisi_kk_fit;

eis_status eisi_kk_work_init(eisi_kk_work *w, size_t n, size_t m, eis_error *err);
void eisi_kk_work_clear(eisi_kk_work *w);

/* Time constants, log-spaced from 1/(w_max F_ext) to F_ext/w_min; a single one sits at the long
   end. */
void eisi_kk_grid(const eisi_kk_problem *p, int m, double *tau);
/* Largest number of elements that leaves the fit enough degrees of freedom. */
int eisi_kk_most(const eisi_kk_problem *p);
/* Elements per decade of the grid of time constants. */
double eisi_kk_density(const eisi_kk_problem *p, int m);
/* Elements that meet a compliant spectrum three times better than its noise (a fraction of |Z|). */
int eisi_kk_needed(const eisi_kk_problem *p, double noise);
/* Least squares with m elements; the solution goes to x (m + 3). */
eisi_kk_fit eisi_kk_solve(const eisi_kk_problem *p, int m, eisi_kk_work *w, double *x);
/* The model with the solution x, n values each. */
void eisi_kk_eval(const eisi_kk_problem *p, int m, const double *tau, const double *x, double *re,
                  double *im);
/* 1 - sum of the negative over sum of the positive R_k (Schoenleber 2014, eq. 21). */
double eisi_kk_mu(const double *R, int m);
/* Picks M by the rule of the options; the solution is left in w->x. */
eisi_kk_fit eisi_kk_select(const eisi_kk_problem *p, eisi_kk_work *w);

/* ---- judgement; all in percent of |Z| ---- */
typedef struct eisi_kk_judgement {
  double noise;      /* random part of the residuals */
  double systematic; /* rms of the part that is a trend, not scatter */
  double trend;      /* how many standard deviations the residuals are from a random sequence */
  bool trending;     /* more than a random sequence would be by chance */
  double max;        /* largest residual that counts */
  size_t at;         /* its point */
  bool at_imag;      /* it is one of the imaginary part */
  bool structured, lone, noisy; /* the three ways to fail */
  bool coarse;                  /* too few elements per decade to blame the spectrum */
  bool passed;
} eisi_kk_judgement;

typedef struct eisi_kk_residuals {
  size_t n;
  const double *re, *im;
  bool *out;       /* not counted */
  double *scratch; /* 4n */
} eisi_kk_residuals;

/* Judges the residuals of a fit with p unknowns; limit: tolerated trend, percent. */
eisi_kk_judgement eisi_kk_judge(const eisi_kk_residuals *r, size_t p, double limit);
/* Scatter from the middle of the second differences: what a bad fit and bad points can't touch. */
double eisi_kk_scatter(const eisi_kk_residuals *r);
/* The shortest run of points that holds most of a trend over a scatter of `noise`. */
void eisi_kk_trend_place(const eisi_kk_residuals *r, double noise, size_t *first, size_t *n);
/* Flags points that stand out of their neighbours; at most one in ten, no three in a row.  Returns
   how many are new. */
size_t eisi_kk_outliers(const eisi_kk_residuals *r, const double *omega);

/* ---- one pass over a run of points ---- */
typedef struct eisi_kk_pass {
  const eis_spectrum *s;
  const eis_kk_options *opt;
  size_t first, n; /* the run of points */
  /* of the whole spectrum: the fitted quantity, its weight without and with outliers, |Z| */
  double *omega, *re, *im, *base, *weight, *modulus;
  bool *out, *saved;                         /* outliers; a copy for the search for reasons */
  void *bins;                                /* averages, for long spectra */
  size_t fitted;                             /* points or averages of the last fit */
  double scatter;                            /* percent; set before a search for a window */
  double *fit_re, *fit_im, *res_re, *res_im; /* ohm and percent; filled by a pass */
  double *scratch;                           /* 4n */
  eisi_kk_work work;
  eisi_kk_fit fit;
  eisi_kk_judgement verdict;
} eisi_kk_pass;

/* Copies the spectrum; to be cleared after failure, too. */
eis_status eisi_kk_pass_init(eisi_kk_pass *pass, const eis_spectrum *s, const eis_kk_options *opt,
                             eis_error *err);
void eisi_kk_pass_clear(eisi_kk_pass *pass);
/* Chooses M, fits, converts back to Z and judges the run first .. first + n - 1. */
void eisi_kk_pass_run(eisi_kk_pass *pass);
/* The same with m elements; with as many as a compliant spectrum of that scatter (percent)
   needs. */
void eisi_kk_pass_run_with(eisi_kk_pass *pass, int m);
void eisi_kk_pass_quick(eisi_kk_pass *pass, double scatter);
double eisi_kk_pass_scatter(const eisi_kk_pass *pass);
eisi_kk_residuals eisi_kk_pass_residuals(const eisi_kk_pass *pass);
/* Shrinks the run until it passes; false (and the run as it was) when none does.  The fit and the
   residuals are then those of the last try.  Candidates have one fit each, the winner has all. */
bool eisi_kk_window(eisi_kk_pass *pass);

/* What the sentence for the user is made of. */
typedef struct eisi_kk_story {
  eisi_kk_judgement full; /* of all points */
  bool window, mirrored;  /* a run of points passes; all pass with the other sign of Im Z */
  size_t first, n;        /* of the window */
  double below, above;    /* largest residual of the full fit at either side of it */
  bool below_imag, above_imag;
} eisi_kk_story;
/* The test as a help: a spectrum that it refuses leaves *have false; out of memory is an error all
 * the same. */
eis_status eisi_kk_try(const eis_spectrum *s, eis_kk_result *out, bool *have, eis_error *err);
eis_status eisi_kk_tell(const eisi_kk_pass *pass, const eisi_kk_story *story, eis_kk_result *out,
                        eis_error *err);

#endif
