/* shapes.h - blocks of a circuit, and sample values for their parameters. */
#ifndef EISI_SHAPES_H
#define EISI_SHAPES_H

#include <stdint.h>

#include <eisfit/circuit.h>

enum { EISI_BLOCKS_MAX = 16 };

/* A branch of the outermost series connection (the last one takes what is over). */
typedef struct eisi_block {
  int node;
  int first_param, n_params;
  bool scalable;  /* its size is free: nothing in it pins the impedance to an absolute value */
  int n_shape;    /* free parameters that remain when the size is taken out */
  int size_param; /* the parameter that stands for the size, -1 = none */
} eisi_block;

int eisi_blocks_find(const eis_circuit *c, eisi_block block[EISI_BLOCKS_MAX]);

/* Same tree of elements, same bounds, no given values and no ties: exchanging the parameters of the
   two blocks does not change the circuit. */
bool eisi_blocks_alike(const eis_circuit *c, const eisi_block *a, const eisi_block *b);

/* Where to look. */
typedef struct eisi_scope {
  double tau_min, tau_max; /* time constants, s */
  double level;            /* impedance of blocks that are not scalable, ohm */
} eisi_scope;

/* Sample t of the parameters of all blocks: scalable blocks at 1 ohm, the others around the level;
   quasi-random in t. */
void eisi_shape_values(const eis_circuit *c, const eisi_block *block, int n_blocks, uint64_t t,
                       const eisi_scope *scope, double *p);

/* Exponent b of a parameter whose unit is ohm^z_power s^b; alpha: exponent of its element.
   NaN for a unit that is no such product. */
double eisi_time_power(const char *unit, double alpha);

#endif
