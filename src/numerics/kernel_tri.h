/* kernel_tri.h - dense loops over symmetric and triangular matrices, vectorised (compiled with
   fast-math).  Column major, n x n, lower triangles. */
#ifndef EISI_KERNEL_TRI_H
#define EISI_KERNEL_TRI_H

#include <stddef.h>

/* H = diag(g) G diag(g) q, lower triangle. */
void eisi_scale_both(size_t n, const double *G, const double *g, double q, double *H);
/* y = G x for the symmetric G with both triangles. */
void eisi_symmetric_times(size_t n, const double *G, const double *x, double *y);
/* y = |G| |x|: the sizes of the terms of G x. */
void eisi_symmetric_terms(size_t n, const double *G, const double *x, double *y);
/* H -= C'C, lower triangle, for the q x n matrix C of rows one after the other. */
void eisi_rank_downdate(size_t n, size_t q, const double *C, double *H);
/* X = L^-1 (lower triangle; of the upper one, nothing or zeros are written). */
void eisi_tri_invert(size_t n, const double *L, double *X);
/* band[d * n + i] = (X' X)[i + d, i], d = 0 .. width: a band of (L L')^-1 from X = L^-1. */
void eisi_tri_band(size_t n, const double *X, size_t width, double *band);
/* y = X' v: of covariance (L L')^-1 for v of covariance 1. */
void eisi_tri_transposed_times(size_t n, const double *X, const double *v, double *y);
/* |X v|^2 = v' (L L')^-1 v; y: scratch of n, X v afterwards. */
double eisi_tri_form(size_t n, const double *X, const double *v, double *y);

#endif
