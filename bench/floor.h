/* floor.h - what the bare arithmetic of one fit costs on this machine.

   One circuit, written out by hand: L0-R0-p(R1,CPE1)-p(R2,CPE2)-Wsg1, 11 parameters, 81 points,
   weights 1/|Z|.  No circuit text, no search for start values, no uncertainties, no checks:
   everything the library does besides is measured as a ratio to this. */
#ifndef EISFIT_BENCH_FLOOR_H
#define EISFIT_BENCH_FLOOR_H

#include <stdbool.h>

enum { FLOOR_POINTS = 81, FLOOR_ROWS = 2 * FLOOR_POINTS, FLOOR_PARAMS = 11 };

#define FLOOR_CIRCUIT "L0-R0-p(R1,CPE1)-p(R2,CPE2)-Wsg1"

/* Values in the order of the circuit: those the data are made of, and where local fits start. */
extern const double floor_truth[FLOOR_PARAMS], floor_start[FLOOR_PARAMS];

typedef struct floor_data {
  double w[FLOOR_POINTS], lw[FLOOR_POINTS]; /* rad/s, and its logarithm */
  double re[FLOOR_POINTS], im[FLOOR_POINTS], weight[FLOOR_POINTS];
} floor_data;

/* Frequencies [Hz] and impedance [ohm] to measure against. */
void floor_load(floor_data *d, const double *f, const double *re, const double *im);

/* Weighted residuals r (real parts, imaginary parts) and their derivatives J (column major,
   FLOOR_ROWS x FLOOR_PARAMS) with respect to the parameters. */
void floor_model(const floor_data *d, const double *p, double *r, double *J);

/* Levenberg-Marquardt in the logarithms of the parameters from p (in and out) until S falls by less
   than 1e-10 of itself; *evaluations counts calls of floor_model.  Returns S. */
double floor_fit(const floor_data *d, double *p, int *evaluations);

#endif
