/* drt_basis.h - functions that gamma(ln tau) is made of, and their integrals. */
#ifndef EISI_DRT_BASIS_H
#define EISI_DRT_BASIS_H

#include "base/base.h"

/* One row per basis.  x is in units of the width: phi((ln tau - ln tau_m) * epsilon). */
typedef struct eisi_drt_basis {
  const char *key, *doc;
  int matern;   /* order p of exp(-|x|) times a polynomial of degree p, -1 = none of them */
  bool local;   /* spans the neighbouring points of an even grid; epsilon = 1/step */
  double reach; /* phi is nothing beyond */
  double half;  /* phi(half) = 1/2 */
  int orders;   /* derivatives that are square integrable: 0 .. orders */
  double (*value)(double x);
  /* integral of phi^(k)(x) phi^(k)(x + a) dx */
  double (*overlap)(int k, double a);
} eisi_drt_basis;

const eisi_drt_basis *eisi_drt_basis_find(const char *key);
const eisi_drt_basis *eisi_drt_basis_row(size_t i); /* NULL past the end */
double eisi_drt_basis_value(const eisi_drt_basis *b, double x);
double eisi_drt_basis_overlap(const eisi_drt_basis *b, int k, double a);

/* Nodes t_q and weights c_q (allocated) such that for smooth kernels
   integral phi(epsilon t) k(t) dt = sum c_q k(t_q). */
eis_status eisi_drt_basis_rule(const eisi_drt_basis *b, double epsilon, size_t *n, double **t,
                               double **c, eis_error *err);

#endif
