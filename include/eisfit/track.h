/* track.h - the processes of one cell followed through its spectra: peaks of their distributions of
   relaxation times joined to tracks over SOC, age and temperature, one sum of processes fitted to
   all spectra together, and a name for each track.  doc/tracking.md has the method. */
#ifndef EISFIT_TRACK_H
#define EISFIT_TRACK_H

#include <eisfit/process.h>

#ifdef __cplusplus
extern "C" {
#endif

/* One spectrum of the cell with its distribution of relaxation times; NaN = not known or left out.
   Nothing is owned. */
typedef struct eis_track_spectrum {
  size_t n;                  /* points; 0 = the spectrum itself is not at hand */
  const double *f, *re, *im; /* Hz, descending; ohm */
  size_t n_peaks;
  const eis_drt_peak *peak;     /* in the order of increasing tau */
  double R_inf, R_inf_error;    /* ohm */
  double L, C_inv;              /* H, 1/F */
  double noise_percent;         /* of |Z| */
  double R_fast, R_slow;        /* ohm: what gamma has at its two ends beside the peaks */
  double tau_min, tau_max;      /* s, of its grid */
  double soc, age, T, pressure; /* 0..1; hours or cycles, all in one unit; K; Pa */
} eis_track_spectrum;

typedef struct eis_track_input {
  size_t n;
  const eis_track_spectrum *at;       /* in the order of the measurement */
  const eis_process_table *processes; /* NULL = no names */
  eis_process_conditions conditions;  /* of the cell; T, soc, f_min and f_max are taken from `at` */
} eis_track_input;

/* A track in one spectrum.  Errors are standard deviations. */
typedef struct eis_track_row {
  size_t spectrum; /* index of the input */
  int peak;        /* of that spectrum, -1 = it shows none: seen with its neighbours only */
  double tau, log10_tau_error; /* s; decades; NaN for the series resistance */
  double R, R_error;           /* ohm */
  double C;                    /* F, NaN for the series resistance */
  int shared;                  /* track from which R can't be told apart here, -1 = none */
} eis_track_row;

typedef struct eis_track {
  bool series; /* the series resistance */
  size_t n_rows;
  eis_track_row *row; /* in the order of the input */
  eis_process_evidence evidence;
  int process;        /* index in the table; -1 = unassigned */
  double probability; /* of this name */
} eis_track;

typedef struct eis_track_result {
  size_t n_tracks;
  eis_track *track; /* the series resistance, then by increasing tau */
  size_t n;
  size_t *order;  /* n: the spectra in the order in which they were followed */
  size_t n_joint; /* spectra that the sum of processes describes */
} eis_track_result;

/* *out is overwritten, to be cleared by the caller.  The result depends on the input only.
   Errors: EIS_ERROR_INPUT for no spectra at all; EIS_ERROR_MEMORY. */
eis_status eis_track_run(const eis_track_input *in, eis_track_result *out, eis_error *err);
void eis_track_result_clear(eis_track_result *r);

#ifdef __cplusplus
}
#endif
#endif
