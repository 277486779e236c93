/* eval.h - a look inside an evaluation: impedances of single nodes. */
#ifndef EISI_EVAL_H
#define EISI_EVAL_H

#include <eisfit/circuit.h>

/* Planar impedance of a node after the last eis_eval_run. */
const double *eisi_eval_node(const eis_eval *e, int node);

#endif
