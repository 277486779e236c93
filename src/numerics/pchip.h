/* pchip.h - monotone piecewise cubic interpolation: between monotone points it never overshoots. */
#ifndef EISI_PCHIP_H
#define EISI_PCHIP_H

#include <stddef.h>

/* Slopes d[n] at strictly ascending x[n], n >= 2. */
void eisi_pchip_slopes(size_t n, const double *x, const double *y, double *d);
/* Value at t, its slope in *slope (may be NULL); beyond the ends the straight line of the end
 * slope. */
double eisi_pchip_eval(size_t n, const double *const xyd[3], double t, double *slope);

#endif
