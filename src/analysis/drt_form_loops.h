/* drt_form_loops.h - ln gamma of Havriliak-Negami processes on the whole grid, vectorised (compiled
   with fast-math). */
#ifndef EISI_DRT_FORM_LOOPS_H
#define EISI_DRT_FORM_LOOPS_H

#include <stddef.h>

/* ln of size times gamma/R with exponents n (fall) and n b (rise). */
typedef struct eisi_log_form {
  double size, place, n, b;
} eisi_log_form;

/* out = ln form at ltau, m entries. */
void eisi_form_log(const eisi_log_form *f, size_t m, const double *ltau, double *out);
/* The same with its derivatives with x = ltau - place, n and b: by[0 .. 2], m entries each. */
void eisi_form_slopes(const eisi_log_form *f, size_t m, const double *ltau, double *out,
                      double *const by[3]);
/* part: q x m logarithms, which become the shares of their sum; value: the logarithm of the sum.
   total: scratch of m. */
void eisi_form_shares(size_t q, size_t m, double *part, double *value, double *total);

#endif
