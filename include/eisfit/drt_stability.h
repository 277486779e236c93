/* drt_stability.h - which peaks of a distribution of relaxation times depend on its lambda. */
#ifndef EISFIT_DRT_STABILITY_H
#define EISFIT_DRT_STABILITY_H

#include <eisfit/drt.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { EIS_DRT_WEAKER, EIS_DRT_STRONGER }; /* lambda / factor, lambda * factor */

/* One peak of the result, and where it is found again.  Arrays by EIS_DRT_WEAKER, _STRONGER. */
typedef struct eis_drt_persistence {
  bool found[2];
  double tau[2], R[2]; /* s, ohm; NaN where it is not found */
} eis_drt_persistence;

typedef struct eis_drt_stability {
  double factor;             /* 4 for the adaptive method, 10 for one lambda */
  size_t n_peaks[2];         /* all peaks there */
  size_t n;                  /* peaks of the result */
  eis_drt_persistence *peak; /* n */
  size_t n_stable;           /* found again in both */
  size_t n_tau;
  double *tau, *gamma[2]; /* s, ohm: n_tau each */
} eis_drt_stability;

/* Directly after eis_drt_work_run(w, s, r), or with eis_drt_solver_work() of a method whose peaks
   are looked for in the gamma that it rests on: both strengths are run, and peaks matched, the
   nearest first, each one once, no farther apart than half the width of the peak (at least .3, at
   most .6 decades).  *out is overwritten, to be cleared by the caller. Errors: those of
   eis_drt_work_again(). */
eis_status eis_drt_stability_run(eis_drt_work *w, const eis_spectrum *s, const eis_drt_result *r,
                                 eis_drt_stability *out, eis_error *err);
void eis_drt_stability_clear(eis_drt_stability *t);

/* What becomes of the fit over six decades of lambda, half a decade apart. */
typedef struct eis_drt_scan {
  size_t n;
  double *lambda, *misfit_percent; /* rms of all residuals, per cent of |Z| */
  double *n_peaks;
} eis_drt_scan;
/* Directly after eis_drt_work_run(w, s, r), as above. */
eis_status eis_drt_scan_run(eis_drt_work *w, const eis_spectrum *s, eis_drt_scan *out,
                            eis_error *err);
void eis_drt_scan_clear(eis_drt_scan *scan);

#ifdef __cplusplus
}
#endif
#endif
