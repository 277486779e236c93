/* drt_prior.h - the prior of u = ln gamma: a smooth random function of local strength around zero
   or around the logarithm of a sum of ZARCs. */
#ifndef EISI_DRT_PRIOR_H
#define EISI_DRT_PRIOR_H

#include "analysis/drt_centre.h"
#include "analysis/drt_core.h"
#include "analysis/drt_stencil.h"

enum { EISI_PRIOR_BAND = 4 }; /* of the precision, to one side of the diagonal */

typedef struct eisi_drt_prior {
  size_t m, n;                  /* grid; curvatures, m - 2 */
  double h1, h2;                /* 1/h and 1/h^2 */
  int reach;                    /* points of a neighbourhood to one side, plus one */
  eisi_stencil stencil;         /* rows B of the whitened second differences */
  double *weight, *rho, *local; /* strength, correlation and mean square of every curvature */
  double *dev, *row;            /* u less the centre; scratch */
  bool centred;
  eisi_drt_centre centre;
} eisi_drt_prior;

eis_status eisi_drt_prior_init(eisi_drt_prior *p, const eisi_drt_grid *g, eis_error *err);
void eisi_drt_prior_clear(eisi_drt_prior *p);
/* Equal strengths, no centre. */
void eisi_drt_prior_reset(eisi_drt_prior *p);
/* Stencils from the strengths; with a centre the slopes and the elimination of its parameters, too:
   false when they can't be told apart. */
bool eisi_drt_prior_fill(eisi_drt_prior *p, double lambda);
/* -2 ln prior of u and, with a centre, of its parameters q. */
double eisi_drt_prior_cost(eisi_drt_prior *p, double lambda, const double *u, const double *q);
/* grad -= half the slope of the cost (parameters of the centre at their best), H += precision;
   returns the cost. */
double eisi_drt_prior_add(eisi_drt_prior *p, double lambda, const double *u, double *H,
                          double *grad);
/* Steps of the parameters of the centre that go with a step of u, after eisi_drt_prior_add(). */
const double *eisi_drt_prior_follow(eisi_drt_prior *p, const double *step);
/* Adds half the slopes of the cost with u and with the parameters q to by_u and by_q. */
void eisi_drt_prior_slopes(eisi_drt_prior *p, double lambda, const double *u, const double *q,
                           double *by_u, double *by_q);
/* White coordinates of slopes: by_u and by_q of the point u + du, p + T du + chol(S)^-T zeta become
   those with du and with zeta. */
void eisi_drt_prior_whiten(const eisi_drt_prior *p, double *by_u, double *by_q);
/* p = parameters that follow the change du of u, plus a draw from what they have beyond that (zeta:
   independent normals).  Nothing without a centre. */
void eisi_drt_prior_draw(const eisi_drt_prior *p, const double *du, const double *zeta, double *q);
/* The form sum a_j u_j + sum b_k p_k as one in u alone (into a), and the variance that p has beyond
   that; b is overwritten. */
double eisi_drt_prior_give(eisi_drt_prior *p, double *a, double *b);
/* |B (u - centre)|^2. */
double eisi_drt_prior_roughness(eisi_drt_prior *p, const double *u);
/* lambda tr(H^-1 d precision/d lambda) from the factor X of H^-1 = X'X and its band. */
double eisi_drt_prior_trace(eisi_drt_prior *p, double lambda, const double *X, const double *band);
/* Parameters of the centre less those that the data and gamma determine: the trace of their
   posterior covariance times the precision of their prior.  Directly after eisi_drt_prior_trace().
 */
double eisi_drt_prior_open(eisi_drt_prior *p);
/* After these two: local strengths from the expected squares of the curvatures. */
void eisi_drt_prior_learn(eisi_drt_prior *p, double lambda, const double *u, const double *X,
                          const double *band, double *work);

#endif
