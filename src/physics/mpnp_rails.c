/* mpnp_rails.c - impedance of the three-rail ladder, one frequency at a time. */
#include "physics/mpnp_rails.h"

#include <math.h>

#include "physics/cplx.h"

/* A rail without ions before this node: v = i/q.  The star is turned so that its arm 2 is nothing.
 */
static void join(eisi_rails_node *s, int rail, double complex q) {
  s->A[1 - rail] += s->A[2];
  s->e[1 - rail] += s->A[2];
  s->c += s->A[2];
  s->A[2] = 0.0;
  s->A[rail] = 1.0 / q;
  s->e[rail] = 0.0;
}

static void shunt(eisi_rails_node *s, int rail, double complex q) {
  const int other = 1 - rail;
  const double complex A = s->A[rail], B = s->A[2], e = s->e[rail], i = 1.0 / (1.0 + q * (A + B));
  s->c += q * (B * (A - 2.0 * e) - e * e) * i;
  s->A[other] += q * A * B * i;
  s->e[other] += q * B * (A - e) * i;
  s->A[rail] = A * i;
  s->A[2] = B * i;
  s->e[rail] = e * i;
}

/* The shunts of node k, between cell k - 1 and cell k. */
static void add_shunts(const eisi_rails *l, size_t k, double w, bool cations, eisi_rails_node *s) {
  const double m = (k > 0 ? l->m[k - 1] : 0.0) + (k < l->n ? l->m[k] : 0.0);
  const double before = k > 0 ? l->ma[k - 1] : 0.0, after = k < l->n ? l->ma[k] : 0.0;
  s->q[0] = CMPLX(0.0, 0.5 * w * m);
  s->q[1] = CMPLX(0.0, 0.5 * w * (before + after));
  if (cations)
    shunt(s, 0, s->q[0]);
  else
    join(s, 0, s->q[0]);
  if (before + after > 0.0 && s->anions)
    shunt(s, 1, s->q[1]);
  else if (after > 0.0)
    join(s, 1, s->q[1]);
  s->anions = before + after > 0.0;
}

static eisi_rails_node far_end(const eisi_rails *l, const eisi_rails_ends *ends, double w) {
  const double complex k = CMPLX(0.0, -ends->far_iCH / w);
  eisi_rails_node s = {.c = 0.0, .anions = ends->grounded && l->ma[0] > 0.0};
  if (ends->grounded) return s;
  if (isinf(ends->far_RF))
    s.c = k;
  else {
    s.A[0] = ends->far_RF;
    s.A[2] = k;
  }
  return s;
}

/* Z, and the current of the cations into the interface. */
static double complex terminate(const eisi_rails_node *s, const eisi_rails_ends *ends, double w,
                                double complex *i) {
  const double complex X = s->A[2] + CMPLX(0.0, -ends->near_iCH / w), e = s->e[0];
  *i = 0.0;
  if (isinf(ends->near_RF)) return s->c + X;
  const double complex A = s->A[0] + ends->near_RF, sum = 1.0 / (A + X);
  *i = (X + e) * sum;
  return s->c + (X * (A - 2.0 * e) - e * e) * sum;
}

static void sweep_back(const eisi_rails *l, double w, const eisi_rails_node *node,
                       double complex *i, double complex *d) {
  double complex near[2] = {0.0, 0.0};
  for (int k = 0; k < l->n_dirs; k++) d[k] = 0.0;
  i[1] = 0.0;
  for (size_t k = l->n + 1; k-- > 0;) {
    const eisi_rails_node *s = &node[k];
    double complex v2[2] = {0.0, 0.0};
    const double complex in[2] = {i[0], i[1]};
    for (int a = 0; a < 2; a++) {
      if (a == 1 && !s->anions) continue;
      const double complex v = s->A[a] * in[a] + s->A[2] * (in[0] + in[1] - 1.0) - s->e[a];
      v2[a] = v * v;
      i[a] = in[a] - s->q[a] * v;
    }
    if (k < l->n) { /* cell k, between this node and the one nearer to the interface */
      const double *slope = l->slope + EISI_RAILS_SLOPES * (size_t)l->n_dirs * k;
      const double complex half = CMPLX(0.0, -0.5 * w), j = 1.0 - in[0] - in[1];
      const double complex g[EISI_RAILS_SLOPES] = {in[0] * in[0], j * j * CMPLX(0.0, -1.0 / w), half * (near[0] + v2[0]),
                                                   in[1] * in[1], half * (near[1] + v2[1])};
      for (int a = 0; a < l->n_dirs; a++)
        for (int b = 0; b < EISI_RAILS_SLOPES; b++) d[a] += g[b] * slope[EISI_RAILS_SLOPES * a + b];
    }
    near[0] = v2[0];
    near[1] = v2[1];
  }
}

double complex eisi_rails_solve(const eisi_rails *l, const eisi_rails_ends *ends, double w,
                                eisi_rails_node *node, double complex *d,
                                double complex by_end[4]) {
  eisi_rails_node s = far_end(l, ends, w);
  for (size_t k = 0; k <= l->n; k++) {
    add_shunts(l, k, w, k > 0 || ends->grounded || !isinf(ends->far_RF), &s);
    if (d) node[k] = s;
    if (k == l->n) break;
    s.anions = l->ma[k] > 0.0;
    s.A[0] += l->r[k];
    s.A[1] += l->ra[k];
    s.A[2] += CMPLX(0.0, -l->h[k] / w);
  }
  double complex i[2];
  const double complex z = terminate(&s, ends, w, &i[0]);
  if (!d) return z;
  by_end[0] = i[0] * i[0];
  by_end[1] = (1.0 - i[0]) * (1.0 - i[0]) * CMPLX(0.0, -1.0 / w);
  sweep_back(l, w, node, i, d);
  by_end[2] = i[0] * i[0];
  by_end[3] = (1.0 - i[0] - i[1]) * (1.0 - i[0] - i[1]) * CMPLX(0.0, -1.0 / w);
  return z;
}
