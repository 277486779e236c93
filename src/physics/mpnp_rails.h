/* mpnp_rails.h - the ladder of the linearised MPNP equations with two mobile ions: cation rail,
   anion rail, displacement rail, and chemical capacitances of both ions to the latter.

   Seen from the interface the rails 0 (cation), 1 (anion) and 2 (displacement) are a star of arms
   A0, A1, A2 among themselves.  With unit total current their potentials against rail 2, and that
   of rail 2, are

     v_a = sum_b D_ab i_b - (A2 + e_a),   D_aa = A_a + A2,  D_01 = A2,   V_2 = A2 + c - sum_a (A2 +
   e_a) i_a

   Series elements add to the arms.  A shunt q from rail 0 to rail 2 (and from 1 likewise), d = 1 +
   q (A0 + A2):

     c += q [A2 (A0 - 2 e0) - e0^2]/d,  A1 += q A0 A2/d,  e1 += q A2 (A0 - e0)/d,  A0 /= d,  A2 /=
   d,  e0 /= d

   which for a single ion (e = 0) is the star of mpnp_ladder.h.  Derivatives by Tellegen's theorem
   as there. */
#ifndef EISI_MPNP_RAILS_H
#define EISI_MPNP_RAILS_H

#include <complex.h>
#include <stdbool.h>
#include <stddef.h>

/* Cells from the far end to the interface, SI; ma = 0: no anions in this cell. */
typedef struct eisi_rails {
  size_t n;
  const double *r, *h, *m, *ra, *ma;
  int n_dirs;
  const double *slope; /* [n][n_dirs][5]: of the five */
} eisi_rails;
enum { EISI_RAILS_SLOPES = 5 };

/* The two ends: RF [ohm m^2] of the cation, infinite = blocked; the anion is blocked at both. 1/CH.
   grounded: the far end is the middle of a symmetrical cell. */
typedef struct eisi_rails_ends {
  double near_RF, near_iCH, far_RF, far_iCH;
  bool grounded;
} eisi_rails_ends;

/* State of a node behind its shunts: for the sweep back, n + 1 of them. */
typedef struct eisi_rails_node {
  double complex A[3], e[2], c, q[2];
  bool anions;
} eisi_rails_node;

/* Z at angular frequency w; d[n_dirs] by the parameters of the cells, by_end[4]: by near RF, near
   1/CH, far RF, far 1/CH. d NULL: not wanted. */
double complex eisi_rails_solve(const eisi_rails *l, const eisi_rails_ends *ends, double w,
                                eisi_rails_node *node, double complex *d, double complex by_end[4]);

#endif
