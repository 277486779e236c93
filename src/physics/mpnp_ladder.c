/* mpnp_ladder.c - the inner loops of the MPNP ladder, eight frequencies at a time (fast-math, see
   Makefile.am; nothing here relies on NaN or infinity). */
#include "physics/mpnp_ladder.h"

#include "base/clones.h"

#define INLINE static inline __attribute__((always_inline))
#define EACH(k) for (int k = 0; k < EISI_LADDER_WIDTH; k++)

/* The shunt j w m at a node. */
INLINE void shunt(const double *restrict w, double m, eisi_vec8 *restrict A, eisi_vec8 *restrict B,
                  eisi_vec8 *restrict C) {
  EACH(k) {
    const double q = w[k] * m;
    const double dr = 1.0 - q * (A->im[k] + B->im[k]), di = q * (A->re[k] + B->re[k]);
    const double s = 1.0 / (dr * dr + di * di), ir = dr * s, ii = -di * s;
    const double br = B->re[k] * ir - B->im[k] * ii, bi = B->re[k] * ii + B->im[k] * ir;
    const double ar = A->re[k], ai = A->im[k];
    C->re[k] -= q * (ar * bi + ai * br);
    C->im[k] += q * (ar * br - ai * bi);
    A->re[k] = ar * ir - ai * ii;
    A->im[k] = ar * ii + ai * ir;
    B->re[k] = br;
    B->im[k] = bi;
  }
}

/* C + (A + RF) || (B + 1/(j w CH)); i is the share of the ion rail in the current. */
INLINE void terminate(const eisi_ladder_run *restrict run, const eisi_vec8 *restrict A,
                      const eisi_vec8 *restrict B, eisi_vec8 *restrict z, eisi_vec8 *restrict i) {
  EACH(k) {
    const double ar = A->re[k] + run->RF, ai = A->im[k];
    const double br = B->re[k], bi = B->im[k] - run->iCH / run->w[k];
    const double sr = ar + br, si = ai + bi, s = 1.0 / (sr * sr + si * si);
    i->re[k] = (br * sr + bi * si) * s;
    i->im[k] = (bi * sr - br * si) * s;
    z->re[k] += ar * i->re[k] - ai * i->im[k];
    z->im[k] += ar * i->im[k] + ai * i->re[k];
  }
}

/* Voltage between the rails behind a shunt, its square, and the ion current before it. */
INLINE void back_shunt(const double *restrict w, double m, const eisi_ladder_node *restrict node,
                       eisi_vec8 *restrict i, eisi_vec8 *restrict v2) {
  EACH(k) {
    const double q = w[k] * m, ir = i->re[k], ii = i->im[k], jr = 1.0 - ir;
    const double vr =
        node->A.re[k] * ir - node->A.im[k] * ii - node->B.re[k] * jr - node->B.im[k] * ii;
    const double vi =
        node->A.re[k] * ii + node->A.im[k] * ir - node->B.im[k] * jr + node->B.re[k] * ii;
    i->re[k] = ir + q * vi;
    i->im[k] = ii - q * vr;
    v2->re[k] = vr * vr - vi * vi;
    v2->im[k] = 2.0 * vr * vi;
  }
}

/* dZ/dr, dZ/dh and dZ/dm of a cell from its current and the voltages at its two nodes. */
INLINE void cell_gradient(const double *restrict w, const eisi_vec8 *restrict i,
                          const eisi_vec8 *restrict near, const eisi_vec8 *restrict far,
                          eisi_vec8 *restrict g) {
  EACH(k) {
    const double ir = i->re[k], ii = i->im[k], jr = 1.0 - ir, u = 1.0 / w[k], v = 0.5 * w[k];
    g[0].re[k] = ir * ir - ii * ii;
    g[0].im[k] = 2.0 * ir * ii;
    g[1].re[k] = -2.0 * jr * ii * u;
    g[1].im[k] = (ii * ii - jr * jr) * u;
    g[2].re[k] = v * (near->im[k] + far->im[k]);
    g[2].im[k] = -v * (near->re[k] + far->re[k]);
  }
}

INLINE void contract(int n_dirs, const double *restrict slope, const eisi_vec8 *restrict g,
                     eisi_vec8 *restrict out) {
  for (int d = 0; d < n_dirs; d++) {
    const double r = slope[3 * d], h = slope[3 * d + 1], m = slope[3 * d + 2];
    EACH(k) {
      out[d].re[k] += r * g[0].re[k] + h * g[1].re[k] + m * g[2].re[k];
      out[d].im[k] += r * g[0].im[k] + h * g[1].im[k] + m * g[2].im[k];
    }
  }
}

/* (1 - i)^2/(j w) and i^2 */
INLINE void end_gradient(const double *restrict w, const eisi_vec8 *restrict i, double power,
                         eisi_vec8 *restrict ion, eisi_vec8 *restrict other) {
  EACH(k) {
    const double ir = i->re[k], ii = i->im[k], jr = 1.0 - ir;
    const double sr = jr * jr - ii * ii, si = -2.0 * jr * ii;
    ion->re[k] = ir * ir - ii * ii;
    ion->im[k] = 2.0 * ir * ii;
    other->re[k] = power > 0.0 ? sr : si / w[k];
    other->im[k] = power > 0.0 ? si : -sr / w[k];
  }
}

EISI_CLONES
static void sweep_back(const eisi_ladder *l, eisi_ladder_run *run, const eisi_ladder_node *node,
                       eisi_vec8 i) {
  eisi_vec8 near, far, g[3], out[EISI_LADDER_MAX_DIRS];
  for (int d = 0; d < l->n_dirs; d++) out[d] = (eisi_vec8){{0}, {0}};
  end_gradient(run->w, &i, 0.0, &run->d_RF, &run->d_iCH);
  back_shunt(run->w, 0.5 * l->m[l->n - 1], &node[l->n], &i, &near);
  for (size_t c = l->n; c-- > 0;) {
    const eisi_vec8 in_cell = i;
    back_shunt(run->w, 0.5 * (l->m[c] + (c > 0 ? l->m[c - 1] : 0.0)), &node[c], &i, &far);
    cell_gradient(run->w, &in_cell, &near, &far, g);
    contract(l->n_dirs, l->slope + 3 * (size_t)l->n_dirs * c, g, out);
    near = far;
  }
  end_gradient(run->w, &i, 1.0, &run->d_A, &run->d_B);
  for (int d = 0; d < l->n_dirs; d++) run->d_dir[d] = out[d];
}

EISI_CLONES
static void sweep(const eisi_ladder *l, eisi_ladder_run *run, eisi_ladder_node *node,
                  eisi_vec8 *i) {
  eisi_vec8 A = run->A, B = run->B, C = run->C;
  for (size_t c = 0; c <= l->n; c++) {
    const double before = c > 0 ? l->m[c - 1] : 0.0, after = c < l->n ? l->m[c] : 0.0;
    shunt(run->w, 0.5 * (before + after), &A, &B, &C);
    if (node) {
      node[c].A = A;
      node[c].B = B;
    }
    if (c < l->n) {
      EACH(k) {
        A.re[k] += l->r[c];
        B.im[k] -= l->h[c] / run->w[k];
      }
    }
  }
  run->z = C;
  terminate(run, &A, &B, &run->z, i);
}

void eisi_ladder_solve(const eisi_ladder *l, eisi_ladder_run *run, eisi_ladder_node *node) {
  eisi_vec8 i;
  sweep(l, run, node, &i);
  if (node) sweep_back(l, run, node, i);
}
