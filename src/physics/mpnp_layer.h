/* mpnp_layer.h - a space-charge layer cut into cells, dimensionless (<eisfit/scl.h>: x/lambda0,
   R sigma/lambda0, C lambda0/eps), with derivatives by y0 and nu. */
#ifndef EISI_MPNP_LAYER_H
#define EISI_MPNP_LAYER_H

#include "physics/mpnp_ladder.h"

#include <eisfit/scl.h>

/* One value per cell, from the bulk to the interface. */
typedef struct eisi_layer_cell {
  double r, h, m;          /* int sigma_b/sigma dx, int dx, int c (1 - nu c) dx */
  double by_y0[3], by_nu[3]; /* derivatives of the three */
} eisi_layer_cell;

/* n cells of the layer with band bending y0 at the interface.  Their corners are where y = y0 e^-t for
   fixed t: the grid follows the layer, and cells are smooth functions of y0 and nu, through flat band
   too.  Beyond the first corner the electrolyte counts as bulk. */
void eisi_layer_cells(double y0, double nu, eis_mobility mobility, size_t n, eisi_layer_cell *cell);

/* y at corner i = 0 (bulk) ... n (interface) over y0. */
double eisi_layer_corner(size_t i, size_t n);

#endif
