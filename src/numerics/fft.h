/* fft.h - convolution by fast Fourier transform, the only use the project has for one. */
#ifndef EISI_FFT_H
#define EISI_FFT_H

#include "base/base.h"

/* Linear convolution out[i] = sum_j a[j] b[i - j], i = 0 .. na + nb - 2.  Safe from any number of
   threads.  Errors: EIS_ERROR_MEMORY, EIS_ERROR_NUMERIC when no transform of that size can be
   planned. */
eis_status eisi_convolve(const double *a, size_t na, const double *b, size_t nb, double *out,
                         eis_error *err);

#endif
