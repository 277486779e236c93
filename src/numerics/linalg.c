/* linalg.c - the project's only contact with LAPACK and BLAS. */
#include "numerics/linalg.h"

#include <cblas.h>
#include <float.h>
#include <lapacke.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Largest block size that the reference ILAENV and OpenBLAS hand to the blocked routines, and the
   triangular factor that dormqr keeps in its workspace (65 x 64). */
enum { BLOCK = 64, DORMQR_T = 65 * 64 };

size_t eisi_linalg_work(size_t m, size_t n) {
  size_t small = m < n ? m : n;
  /* dgesdd, any JOBZ: at most 8 small^2 + 7 small + max(m, n) (or (m + n) BLOCK when blocked);
     one more small^2 for the U that a wide matrix needs, n for the factors tau of dgeqrf. */
  return 9 * small * small + 8 * small + (BLOCK + 1) * (m + n) + DORMQR_T;
}

/* A pivot is zero when what is left of its column after the earlier ones is rounding error.  Each
   column is its own measure, so that badly scaled columns do not count as singular. */
static bool upper_is_regular(size_t m, size_t n, const double *A) {
  for (size_t j = 0; j < n; j++) {
    double norm = cblas_dnrm2((int)j + 1, A + j * m, 1);
    double pivot = fabs(A[j * m + j]);
    if (!(pivot > 4 * DBL_EPSILON * sqrt((double)m) * norm)) return false;
  }
  return true;
}

bool eisi_qr_solve(size_t m, size_t n, double *A, double *b, double *resid2, double *work) {
  lapack_int rows = (lapack_int)m, cols = (lapack_int)n;
  double *tau = work;
  lapack_int size = (lapack_int)(eisi_linalg_work(m, n) - n);
  if (m < n || n == 0) return false;
  if (LAPACKE_dgeqrf_work(LAPACK_COL_MAJOR, rows, cols, A, rows, tau, work + n, size) != 0)
    return false;
  if (!upper_is_regular(m, n, A)) return false;
  if (LAPACKE_dormqr_work(LAPACK_COL_MAJOR, 'L', 'T', rows, 1, cols, A, rows, tau, b, rows,
                          work + n, size) != 0)
    return false;
  if (resid2) {
    double norm = m > n ? cblas_dnrm2(rows - cols, b + n, 1) : 0;
    *resid2 = norm * norm;
  }
  cblas_dtrsv(CblasColMajor, CblasUpper, CblasNoTrans, CblasNonUnit, cols, A, rows, b, 1);
  return true;
}

eis_status eisi_svd(size_t m, size_t n, double *A, double *s, double *Vt, eis_error *err) {
  lapack_int rows = (lapack_int)m, cols = (lapack_int)n;
  lapack_int size = (lapack_int)eisi_linalg_work(m, n), info = -1;
  double *work = eisi_new((size_t)size, sizeof *work, err);
  int *iwork = eisi_new(8 * n, sizeof *iwork, err);
  const bool room = work && iwork;
  if (room && m >= n && n > 0) { /* 'O': U replaces A */
    info = LAPACKE_dgesdd_work(LAPACK_COL_MAJOR, 'O', rows, cols, A, rows, s, NULL, 1, Vt, cols,
                               work, size, iwork);
  } else if (room && m > 0 && n > 0) {
    /* wide: all of V wanted, U only as scratch; the missing singular values are zero */
    memset(s + m, 0, (n - m) * sizeof *s);
    info = LAPACKE_dgesdd_work(LAPACK_COL_MAJOR, 'A', rows, cols, A, rows, s, work, rows, Vt, cols,
                               work + m * m, size - rows * rows, iwork);
  }
  free(work);
  free(iwork);
  if (!room) return EIS_ERROR_MEMORY;
  return info == 0 ? EIS_OK
                   : eis_error_set(err, EIS_ERROR_NUMERIC,
                                   "no singular values of a %zu x %zu matrix", m, n);
}

eis_status eisi_eigenvalues(size_t n, double *A, double *re, double *im, eis_error *err) {
  const lapack_int size = (lapack_int)n, room = (lapack_int)(4 * n);
  double *work = eisi_new((size_t)room, sizeof *work, err);
  if (!work) return EIS_ERROR_MEMORY;
  const lapack_int info = LAPACKE_dgeev_work(LAPACK_COL_MAJOR, 'N', 'N', size, A, size, re, im,
                                             NULL, 1, NULL, 1, work, room);
  free(work);
  return info == 0
             ? EIS_OK
             : eis_error_set(err, EIS_ERROR_NUMERIC, "no eigenvalues of a %zu x %zu matrix", n, n);
}

void eisi_gram(size_t m, size_t n, const double *A, double *G) {
  cblas_dsyrk(CblasColMajor, CblasLower, CblasTrans, (int)n, (int)m, 1, A, (int)m, 0, G, (int)n);
  for (size_t j = 1; j < n; j++)
    for (size_t i = 0; i < j; i++) G[j * n + i] = G[i * n + j];
}

void eisi_gemv_t(size_t m, size_t n, const double *A, const double *x, double *y) {
  cblas_dgemv(CblasColMajor, CblasTrans, (int)m, (int)n, 1, A, (int)m, x, 1, 0, y, 1);
}

bool eisi_chol_solve(size_t n, double *H, double *B, size_t nrhs) {
  lapack_int size = (lapack_int)n;
  if (LAPACKE_dpotrf_work(LAPACK_COL_MAJOR, 'L', size, H, size) != 0) return false;
  for (size_t i = 0; i < n; i++) /* a NaN slips through the pivot test of some BLAS */
    if (!(H[i * n + i] > 0) || !isfinite(H[i * n + i])) return false;
  return LAPACKE_dpotrs_work(LAPACK_COL_MAJOR, 'L', size, (lapack_int)nrhs, H, size, B, size) == 0;
}

void eisi_blas_single_thread(void) { openblas_set_num_threads(1); }
