/* cplx.h - a complex number from its parts, where the C library leaves that to the compiler
 * (clang). */
#ifndef EISI_CPLX_H
#define EISI_CPLX_H

#include <complex.h>

#ifndef CMPLX
#define CMPLX(re, im) __builtin_complex((double)(re), (double)(im))
#endif

#endif
