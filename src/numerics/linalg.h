/* linalg.h - the few dense operations the project needs, on top of LAPACK/BLAS. Column major. */
#ifndef EISI_LINALG_H
#define EISI_LINALG_H

#include "base/base.h"

/* Doubles of scratch that the functions below need for an m x n problem. */
size_t eisi_linalg_work(size_t m, size_t n);

/* min ||A x - b|| by QR (dgeqrf), m >= n. A and b are destroyed; b[0..n-1] becomes x.
 *resid2 (may be NULL) = ||A x - b||^2.  false when R is singular. */
bool eisi_qr_solve(size_t m, size_t n, double *A, double *b, double *resid2, double *work);

/* Thin singular value decomposition (dgesdd) of the m x n matrix A (destroyed): s[n] descending,
   Vt n x n.  Errors: EIS_ERROR_MEMORY, EIS_ERROR_NUMERIC when it does not converge. */
eis_status eisi_svd(size_t m, size_t n, double *A, double *s, double *Vt, eis_error *err);

/* Eigenvalues re + j im of the n x n matrix A (dgeev; A is destroyed), conjugate pairs adjacent.
   Errors: as of eisi_svd. */
eis_status eisi_eigenvalues(size_t n, double *A, double *re, double *im, eis_error *err);

/* G = A^T A, both triangles, n x n. */
void eisi_gram(size_t m, size_t n, const double *A, double *G);
/* y = A^T x. */
void eisi_gemv_t(size_t m, size_t n, const double *A, const double *x, double *y);
/* Cholesky of the symmetric positive definite n x n H (lower triangle overwritten) and solve in
   place for nrhs right-hand sides; false when not positive definite. */
bool eisi_chol_solve(size_t n, double *H, double *B, size_t nrhs);

/* One BLAS thread for the whole process (called by the CLI, never by the library). */
void eisi_blas_single_thread(void);

#endif
