/* mpnp_layer.h - one interface with its space-charge layer, cut into cells, dimensionless
   (<eisfit/scl.h>: x/lambda0, R sigma/lambda0, C lambda0/eps, w eps/sigma). */
#ifndef EISI_MPNP_LAYER_H
#define EISI_MPNP_LAYER_H

#include <complex.h>

#include "physics/mpnp_ladder.h"
#include "physics/scl_hat.h"

/* Values of the cells, from the bulk to the interface; the room is the caller's. */
typedef struct eisi_layer {
  size_t n;
  double *r, *h, *m; /* n each: int sigma_b/sigma dx, int dx, int c (1 - nu c) dx */
  double *slope;     /* n times 9: of the three by ln w, y0, nu, as the ladder wants them */
  eisi_hat length;   /* of the cells */
  double nu;
} eisi_layer;
enum { EISI_LAYER_DOUBLES = 12 }; /* per cell */

/* Divides room for n EISI_LAYER_DOUBLES. */
void eisi_layer_use(eisi_layer *l, size_t n, double *room);
/* Cells of the layer with band bending y0 at the interface.  Their corners are where y = y0 e^-t
   for fixed t: the grid follows the layer, and cells are smooth functions of y0 and nu, through
   flat band too.  Beyond the first corner the electrolyte counts as bulk. */
void eisi_layer_cut(eisi_layer *l, double y0, double nu, eis_mobility mobility);
/* From now on the width 1/C_hat of the layer counts as its own, not as bulk. */
void eisi_layer_keep_width(eisi_layer *l, double y0);

/* What Z_hat depends on: ln w, y0, nu, ln RF, ln CH. */
enum { EISI_BY_W, EISI_BY_Y, EISI_BY_NU, EISI_BY_RF, EISI_BY_CH, EISI_HAT_N };

/* Impedance of the interface and a bulk of length L -> infinity less the slab L/(1 + j w), at the
   frequencies run->w with run->RF, run->iCH.  node: n + 1, NULL = no derivatives (d is not used).
 */
void eisi_layer_run(const eisi_layer *l, eisi_ladder_run *run, eisi_ladder_node *node,
                    double complex z[EISI_LADDER_WIDTH],
                    double complex d[EISI_LADDER_WIDTH][EISI_HAT_N]);

#endif
