/* mpnp_steady.h - the steady state of a cell of several layers by finite volumes, and the ladder of
   its small-signal impedance, with derivatives by every parameter of the cell. */
#ifndef EISI_MPNP_STEADY_H
#define EISI_MPNP_STEADY_H

#include <eisfit/mpnp.h>

/* Order of the parameters, eis_mpnp_param. */
enum { EISI_EPS_R, EISI_N0, EISI_NU, EISI_SIGMA, EISI_THICKNESS, EISI_OFFSET, EISI_N_ANION, EISI_NU_ANION,
       EISI_SIGMA_ANION, EISI_PER_LAYER };
enum { EISI_POTENTIAL, EISI_RF, EISI_CH, EISI_PER_ELECTRODE };
/* Index of the first parameter of an electrode (0 left, 1 right), and of T. */
size_t eisi_mpnp_electrode_at(const eis_mpnp_cell *c, int side);
size_t eisi_mpnp_T_at(const eis_mpnp_cell *c);

bool eisi_mpnp_has_anions(const eis_mpnp_cell *c);

/* EIS_ERROR_INPUT for what is outside its range. */
eis_status eisi_mpnp_check(const eis_mpnp_cell *c, const eis_mpnp_options *o, eis_error *err);

typedef struct eisi_steady {
  size_t n, n_params; /* cells; parameters of the cell */
  double *x, *y;      /* n + 1 nodes from left to right: m; e phi/(kB T) */
  size_t *layer;      /* n */
  double *r, *h, *m;  /* n each, from right to left as the ladder wants them, SI */
  double *ra, *ma;    /* of the anions, 0 where there are none */
  size_t per_cell;    /* 3, with anions 5 */
  double *slope;      /* n x n_params x per_cell, NULL unless wanted */
} eisi_steady;

/* Two halves of `cells` cells in every layer.  Errors: EIS_ERROR_NUMERIC when Newton's method does
   not end, EIS_ERROR_MEMORY.  Cleared by the caller in any case. */
eis_status eisi_steady_solve(const eis_mpnp_cell *c, size_t cells, bool derivatives,
                             eisi_steady *out, eis_error *err);
void eisi_steady_clear(eisi_steady *s);

#endif
