/* kernel_rows.h - loops over a few rows of equal length, vectorised (compiled with fast-math): W is
   q x n, row after row. */
#ifndef EISI_KERNEL_ROWS_H
#define EISI_KERNEL_ROWS_H

#include <stdbool.h>
#include <stddef.h>

double eisi_dot(size_t n, const double *a, const double *b);
/* out = exp(x), entry by entry. */
void eisi_exp_each(size_t n, const double *x, double *out);
/* out_k = row k of W times v. */
void eisi_rows_dot(size_t q, size_t n, const double *W, const double *v, double *out);
/* y += f W'v. */
void eisi_rows_add(size_t q, size_t n, const double *W, double f, const double *v, double *y);
/* S = f W W', q x q, lower triangle: entries i <= k of row k. */
void eisi_rows_gram(size_t q, size_t n, const double *W, double f, double *S);
/* In place L^-1 W or, transposed, L^-T W, for the lower triangle L with rows one after the other.
 */
void eisi_rows_solve(size_t q, const double *L, size_t n, double *W, bool transposed);
/* W = C X' for the lower triangle X (column major, n x n): rows X c.  Returns the sum of their
 * squares. */
double eisi_rows_times_tri(size_t q, size_t n, const double *C, const double *X, double *W);
/* |x_0 - 2 x_1 + x_2 less the rows of W times d|^2 for three neighbouring rows x of n; coefficient
   k of the q is d[k * n].  t: scratch of n. */
double eisi_rows_bend(size_t q, size_t n, const double *x, const double *W, const double *d,
                      double *t);

#endif
