/* kernel.h - small dense loops of the optimiser, vectorised (compiled with fast-math). */
#ifndef EISI_KERNEL_H
#define EISI_KERNEL_H

#include <stddef.h>

/* A = J^T J (n x n, both triangles), g = J^T r for the m x n column-major J. */
void eisi_normal_equations(size_t m, size_t n, const double *J, const double *r, double *A,
                           double *g);
double eisi_sum_squares(size_t m, const double *r);

/* out = w dz scale and out = w (model - data), elementwise. */
void eisi_weighted_column(size_t m, const double *w, const double *dz, double scale, double *out);
void eisi_weighted_residual(size_t m, const double *w, const double *model, const double *data,
                            double *out);

#endif
