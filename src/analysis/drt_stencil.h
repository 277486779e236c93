/* drt_stencil.h - rows of the whitened second differences of the prior of ln gamma, vectorised
   (compiled with fast-math). */
#ifndef EISI_DRT_STENCIL_H
#define EISI_DRT_STENCIL_H

#include <stddef.h>

enum { EISI_STENCIL = 5 };

/* Row i < n touches entries i - 2 .. i + 2 of a vector of m = n + 2: entry k of it is at[k * m +
   i], nought where it would lie before the first. */
typedef struct eisi_stencil {
  size_t m, n;
  double *at; /* EISI_STENCIL x m */
} eisi_stencil;

/* Row i whitens y_i - 2 rho y_(i-1) + rho^2 y_(i-2) of y = sqrt(w) u'' for the stationary process
   with that double pole; the first two rows start it at its stationary variance.  h2 = 1/h^2; root:
   scratch of m. */
void eisi_stencil_fill(eisi_stencil *s, const double *w, const double *rho, double h2,
                       double *root);
/* out = B v, n entries. */
void eisi_stencil_times(const eisi_stencil *s, const double *v, double *out);
/* out += f B'v. */
void eisi_stencil_add_transposed(const eisi_stencil *s, double f, const double *v, double *out);
/* H += f B'B, lower triangle, column major. */
void eisi_stencil_add_square(const eisi_stencil *s, double f, double *H);
/* tr(B'B V) from the band of V: band[d * m + i] = V[i + d, i]. */
double eisi_stencil_trace(const eisi_stencil *s, const double *band);

#endif
