/* fft.h - convolution by fast Fourier transform, the only use the project has for one. */
#ifndef EISI_FFT_H
#define EISI_FFT_H

#include "base/base.h"

/* Linear convolution out[i] = sum_j a[j] b[i - j], i = 0 .. na + nb - 2.  Safe from any number of
   threads.  Errors: EIS_ERROR_MEMORY, EIS_ERROR_NUMERIC when no transform of that size can be
   planned. */
eis_status eisi_convolve(const double *a, size_t na, const double *b, size_t nb, double *out,
                         eis_error *err);

/* Linear filter of the n values of a period, in place: every component of k cycles per period,
   0 <= k <= n/2, times response[k].  power (may be NULL) = |component|^2 before that, same length;
   response NULL = x is left as it is. */
eis_status eisi_fft_filter(double *x, size_t n, const double *response, double *power,
                           eis_error *err);

#endif
