/* mpnp_ladder.h - impedance of the two-rail ladder that the linearised MPNP equations are: the ion
   rail (resistance), the displacement rail (capacitance), and between them the chemical
   capacitance.

   Seen from the interface the ladder is a star: impedance A to the ion rail, B to the displacement
   rail, C common to both.  A cell adds its series elements to A and B; a shunt admittance q between
   the rails turns the star into another one:

     d = 1 + q (A + B),  C += q A B/d,  A /= d,  B /= d

   - sums and products of passive elements, no differences, so nothing cancels and the result is
   that of a passive network.  By Tellegen's theorem dZ/d(series element) is the square of its
   current and dZ/d(shunt admittance) minus the square of its voltage, for unit current at the
   terminals: one sweep back gives the derivatives by everything. */
#ifndef EISI_MPNP_LADDER_H
#define EISI_MPNP_LADDER_H

#include <stddef.h>

enum {
  EISI_LADDER_WIDTH = 8,    /* frequencies that go through the ladder together */
  EISI_LADDER_MAX_DIRS = 44 /* parameters by which cells may be differentiated */
};

/* Cells from the far end to the interface; any consistent units. */
typedef struct eisi_ladder {
  size_t n;
  const double *r; /* int dx/sigma */
  const double *h; /* int dx/eps */
  const double *m; /* int C_ch dx */
  int n_dirs;
  const double *slope; /* [n][n_dirs][3]: d(r, h, m)/d parameter */
} eisi_ladder;

typedef struct eisi_vec8 {
  double re[EISI_LADDER_WIDTH], im[EISI_LADDER_WIDTH];
} eisi_vec8;

/* One run: in w, the far end, the interface; out the rest.  The interface has RF to the ion rail
   and 1/(j w CH) to the displacement rail. */
typedef struct eisi_ladder_run {
  double w[EISI_LADDER_WIDTH];
  eisi_vec8 A, B, C; /* star at the far end */
  double RF, iCH;
  eisi_vec8 z;
  /* with derivatives */
  eisi_vec8 d_dir[EISI_LADDER_MAX_DIRS]; /* by the parameters, through the cells */
  eisi_vec8 d_RF, d_iCH;
  eisi_vec8 d_A, d_B; /* by the star of the far end; by C it is 1 */
} eisi_ladder_run;

/* Values of nodes that the sweep back needs: n + 1 of them. */
typedef struct eisi_ladder_node {
  eisi_vec8 A, B;
} eisi_ladder_node;

/* node == NULL: no derivatives. */
void eisi_ladder_solve(const eisi_ladder *l, eisi_ladder_run *run, eisi_ladder_node *node);

#endif
