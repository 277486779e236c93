/* elem_line.c - transmission lines: porous electrodes by total resistances (length x per-length).

   One rail, resistance Ri, wall admittance Yw (of the whole wall), b^2 = Ri Yw:
     far end open           Z = Ri coth(b)/b
     far end shorted        Z = Ri tanh(b)/b
     far end closed by Zb   Z = (Zb + Ri F)/(1 + Zb Yw F), F = tanh(b)/b
   The wall is a CPE, "blocking", or a CPE parallel to Rct.  A program that has a length L and
   values per length gives Ri = L r_i, Q = L Y, Rct = R_ct/L here. */
#include "model/elem_rows.h"
#include "model/vec.h"

/* ---- blocking wall: b = (Ri Q)^(1/2) (j w)^(alpha/2) ---- */
EISI_INLINE void blocking_body(const eis_grid *g, const double *p, double *restrict z,
                               double *restrict dz, bool want, bool open) {
  const size_t n = g->n;
  const double *restrict lw = g->lw;
  const double r = p[0], a = 0.5 * p[2], s = 0.5 * r / p[1];
  const double complex u = sqrt(p[0] * p[1]) * eisi_jpow(0.0, a);
  EISI_EACH(k, n) {
    const double complex b = exp(a * lw[k]) * u;
    const eisi_fd t = open ? eisi_coth_over(b) : eisi_tanh_over(b);
    eisi_put(z, n, k, r * t.f);
    if (want) {
      eisi_put(dz, n, k, t.f + 0.5 * t.d);
      eisi_put_d(dz, n, 1, k, s * t.d);
      eisi_put_d(dz, n, 2, k, (0.5 * r) * t.d * eisi_cplx(lw[k], EISI_HALF_PI));
    }
  }
}
EISI_INLINE void blocking_open_body(const eis_grid *g, const double *p, double *restrict z,
                                    double *restrict dz, bool want) {
  blocking_body(g, p, z, dz, want, true);
}
EISI_EVAL(blocking_open)
EISI_INLINE void blocking_short_body(const eis_grid *g, const double *p, double *restrict z,
                                     double *restrict dz, bool want) {
  blocking_body(g, p, z, dz, want, false);
}
EISI_EVAL(blocking_short)

#define PARAM_RI EISI_PARAM_R("Ri", "resistance along the whole pore")
#define PARAM_RCT EISI_PARAM_R("Rct", "charge transfer resistance of the whole wall")
#define PARAM_QW EISI_PARAM_Q("Q", "S s^alpha", "CPE of the whole wall, admittance at 1 rad/s")
#define PARAM_AW EISI_PARAM_EXP("alpha", 1.0, 0.9, "exponent of the wall")
#define BISQUERT "J. Bisquert, Phys. Chem. Chem. Phys. 2 (2000) 4185"

const eis_element eisi_elem_tlmq = {
    .symbol = "TLMQ",
    .aliases = "Tlmbo",
    .cdc = "Tlmbo",
    .name = "transmission line, blocking wall, far end open",
    .formula = "sqrt(Ri Zs) coth(sqrt(Ri/Zs)), Zs = 1/(Q (j w)^alpha)",
    .reference = BISQUERT "; TLMQ of impedance.py, Tlmbo of pyimpspec (L = 1)",
    .n_params = 3,
    .param = {PARAM_RI, PARAM_QW, PARAM_AW},
    .eval = blocking_open,
};

const eis_element eisi_elem_tlmbs = {
    .symbol = "Tlmbs",
    .aliases = "",
    .name = "transmission line, blocking wall, far end shorted",
    .formula = "sqrt(Ri Zs) tanh(sqrt(Ri/Zs)), Zs = 1/(Q (j w)^alpha)",
    .reference = BISQUERT "; Tlmbs of pyimpspec (L = 1)",
    .n_params = 3,
    .param = {PARAM_RI, PARAM_QW, PARAM_AW},
    .eval = blocking_short,
};

/* ---- wall with charge transfer: Yw = 1/Rct + Q (j w)^alpha ---- */
EISI_INLINE void reacting_body(const eis_grid *g, const double *p, double *restrict z,
                               double *restrict dz, bool want, bool open) {
  const size_t n = g->n;
  const double *restrict lw = g->lw;
  const double r = p[0], gct = 1.0 / p[1], q = p[2], a = p[3], h = 0.5 * p[0];
  const double complex u = eisi_jpow(0.0, a);
  EISI_EACH(k, n) {
    const double complex v = exp(a * lw[k]) * u, yw = gct + q * v, b = eisi_sqrt(r * yw);
    const eisi_fd t = open ? eisi_coth_over(b) : eisi_tanh_over(b);
    eisi_put(z, n, k, r * t.f);
    if (want) {
      const double complex d = h * t.d * eisi_inv(yw); /* dZ/dYw */
      eisi_put(dz, n, k, t.f + 0.5 * t.d);
      eisi_put_d(dz, n, 1, k, -gct * gct * d);
      eisi_put_d(dz, n, 2, k, d * v);
      eisi_put_d(dz, n, 3, k, d * (q * v) * eisi_cplx(lw[k], EISI_HALF_PI));
    }
  }
}
EISI_INLINE void reacting_open_body(const eis_grid *g, const double *p, double *restrict z,
                                    double *restrict dz, bool want) {
  reacting_body(g, p, z, dz, want, true);
}
EISI_EVAL(reacting_open)
EISI_INLINE void reacting_short_body(const eis_grid *g, const double *p, double *restrict z,
                                     double *restrict dz, bool want) {
  reacting_body(g, p, z, dz, want, false);
}
EISI_EVAL(reacting_short)

const eis_element eisi_elem_tlmno = {
    .symbol = "Tlmno",
    .aliases = "",
    .name = "transmission line, reacting wall, far end open",
    .formula = "sqrt(Ri Zs) coth(sqrt(Ri/Zs)), Zs = 1/(1/Rct + Q (j w)^alpha)",
    .reference = BISQUERT "; Tlmno of pyimpspec (L = 1)",
    .n_params = 4,
    .param = {PARAM_RI, PARAM_RCT, PARAM_QW, PARAM_AW},
    .eval = reacting_open,
};

const eis_element eisi_elem_tlmns = {
    .symbol = "Tlmns",
    .aliases = "",
    .name = "transmission line, reacting wall, far end shorted",
    .formula = "sqrt(Ri Zs) tanh(sqrt(Ri/Zs)), Zs = 1/(1/Rct + Q (j w)^alpha)",
    .reference = BISQUERT "; Tlmns of pyimpspec (L = 1)",
    .n_params = 4,
    .param = {PARAM_RI, PARAM_RCT, PARAM_QW, PARAM_AW},
    .eval = reacting_short,
};

/* ---- far end closed by Zb.  With F = tanh(b)/b, N = Zb + Ri F, D = 1 + Zb Yw F, Z = N/D:
     dZ/dZb = (1 - Yw F Z)/D,  dZ/dRi = (F + E/(2 Ri))/D,  dZ/dYw = (E/(2 Yw) - Z Zb F)/D,
   E = b F'(b) (Ri - Z Zb Yw): both Ri and Yw reach F through ln b. ---- */
typedef struct closed_line {
  double complex z, d_ri, d_yw, d_zb;
} closed_line;

EISI_INLINE closed_line closed(double ri, double complex yw, double complex zb) {
  const eisi_fd t = eisi_tanh_over(eisi_sqrt(ri * yw));
  const double complex yf = yw * t.f, i = eisi_inv(1.0 + zb * yf);
  const double complex z = (zb + ri * t.f) * i, zzb = z * zb;
  const double complex e = 0.5 * t.d * (ri - zzb * yw);
  return (closed_line){z, (t.f + e * (1.0 / ri)) * i, (e * eisi_inv(yw) - zzb * t.f) * i,
                       (1.0 - yf * z) * i};
}

/* Parameters: Ri, Q, alpha, Qb, alphab */
EISI_INLINE void blocking_closed_body(const eis_grid *g, const double *p, double *restrict z,
                                      double *restrict dz, bool want) {
  const size_t n = g->n;
  const double *restrict lw = g->lw;
  const double ri = p[0], q = p[1], a = p[2], ib = 1.0 / p[3], c = p[4];
  const double complex ja = eisi_jpow(0.0, a), jc = ib * eisi_jpow(0.0, -c);
  EISI_EACH(k, n) {
    const double complex v = exp(a * lw[k]) * ja, zb = exp(-c * lw[k]) * jc;
    const closed_line t = closed(ri, q * v, zb);
    eisi_put(z, n, k, t.z);
    if (want) {
      const double complex l = eisi_cplx(lw[k], EISI_HALF_PI), y = v * t.d_yw, e = zb * t.d_zb;
      eisi_put(dz, n, k, t.d_ri);
      eisi_put_d(dz, n, 1, k, y);
      eisi_put_d(dz, n, 2, k, q * y * l);
      eisi_put_d(dz, n, 3, k, -ib * e);
      eisi_put_d(dz, n, 4, k, -e * l);
    }
  }
}
EISI_EVAL(blocking_closed)

/* Parameters: Ri, Rct, Q, alpha, Rb, Qb, alphab; Zb = 1/(1/Rb + Qb (j w)^alphab) */
EISI_INLINE void reacting_closed_body(const eis_grid *g, const double *p, double *restrict z,
                                      double *restrict dz, bool want) {
  const size_t n = g->n;
  const double *restrict lw = g->lw;
  const double gct = 1.0 / p[1], q = p[2], a = p[3], gb = 1.0 / p[4], qb = p[5], c = p[6];
  const double complex ja = eisi_jpow(0.0, a), jc = eisi_jpow(0.0, c);
  EISI_EACH(k, n) {
    const double complex v = exp(a * lw[k]) * ja, vb = exp(c * lw[k]) * jc;
    const double complex zb = eisi_inv(gb + qb * vb);
    const closed_line t = closed(p[0], gct + q * v, zb);
    eisi_put(z, n, k, t.z);
    if (want) {
      const double complex l = eisi_cplx(lw[k], EISI_HALF_PI), y = v * t.d_yw;
      const double complex e = -zb * zb * t.d_zb, f = vb * e; /* dZ/dYb, dZ/dQb */
      eisi_put(dz, n, k, t.d_ri);
      eisi_put_d(dz, n, 1, k, -gct * gct * t.d_yw);
      eisi_put_d(dz, n, 2, k, y);
      eisi_put_d(dz, n, 3, k, q * y * l);
      eisi_put_d(dz, n, 4, k, -gb * gb * e);
      eisi_put_d(dz, n, 5, k, f);
      eisi_put_d(dz, n, 6, k, qb * f * l);
    }
  }
}
EISI_EVAL(reacting_closed)

#define PARAM_RB EISI_PARAM_R("Rb", "charge transfer resistance at the far end")
#define PARAM_QB EISI_PARAM_Q("Qb", "S s^alphab", "CPE at the far end, admittance at 1 rad/s")
#define PARAM_AB EISI_PARAM_EXP("alphab", 1.0, 0.9, "exponent at the far end")

const eis_element eisi_elem_tlmbq = {
    .symbol = "Tlmbq",
    .aliases = "",
    .name = "transmission line, blocking wall, CPE at the far end",
    .formula =
        "(Zb + Ri F)/(1 + Zb F Q (j w)^alpha), F = tanh(b)/b, b^2 = Ri Q (j w)^alpha, "
        "Zb = 1/(Qb (j w)^alphab)",
    .reference = BISQUERT "; Tlmbq of pyimpspec (L = 1)",
    .n_params = 5,
    .param = {PARAM_RI, PARAM_QW, PARAM_AW, PARAM_QB, PARAM_AB},
    .eval = blocking_closed,
};

const eis_element eisi_elem_tlmnq = {
    .symbol = "Tlmnq",
    .aliases = "",
    .name = "transmission line, reacting wall, reacting far end",
    .formula =
        "(Zb + Ri F)/(1 + Zb Yw F), F = tanh(b)/b, b^2 = Ri Yw, "
        "Yw = 1/Rct + Q (j w)^alpha, Zb = 1/(1/Rb + Qb (j w)^alphab)",
    .reference = BISQUERT "; Tlmnq of pyimpspec (L = 1)",
    .n_params = 7,
    .param = {PARAM_RI, PARAM_RCT, PARAM_QW, PARAM_AW, PARAM_RB, PARAM_QB, PARAM_AB},
    .eval = reacting_closed,
};

/* ---- Ls: Ri d coth(b)/b, b = d sqrt(Ri/Rr) sqrt(1 + Y (j w)^n).  pyimpspec writes the same
   formula and computes b = d sqrt(Ri Rr) ...: the two agree for Rr = 1 only. ---- */
EISI_INLINE void de_levie_body(const eis_grid *g, const double *p, double *restrict z,
                               double *restrict dz, bool want) {
  const size_t n = g->n;
  const double *restrict lw = g->lw;
  const double ri = p[0], ir = 1.0 / p[1], y = p[2], a = p[3], d = p[4], rd = p[0] * p[4];
  const double complex ja = eisi_jpow(0.0, a);
  const double root = d * sqrt(ri * ir);
  EISI_EACH(k, n) {
    const double complex v = exp(a * lw[k]) * ja, s = 1.0 + y * v;
    const eisi_fd t = eisi_coth_over(root * eisi_sqrt(s));
    eisi_put(z, n, k, rd * t.f);
    if (want) {
      const double complex e = (0.5 * rd) * t.d, f = e * v * eisi_inv(s);
      eisi_put(dz, n, k, d * (t.f + 0.5 * t.d));
      eisi_put_d(dz, n, 1, k, -ir * e);
      eisi_put_d(dz, n, 2, k, f);
      eisi_put_d(dz, n, 3, k, y * f * eisi_cplx(lw[k], EISI_HALF_PI));
      eisi_put_d(dz, n, 4, k, ri * (t.f + t.d));
    }
  }
}
EISI_EVAL(de_levie)

const eis_element eisi_elem_ls = {
    .symbol = "Ls",
    .aliases = "",
    .name = "de Levie pore of finite length",
    .formula = "sqrt(Ri Rr) coth(d sqrt(Ri/Rr) s)/s, s = sqrt(1 + Y (j w)^n)",
    .reference =
        "R. de Levie, Adv. Electrochem. Electrochem. Eng. 6 (1967) 329; "
        "parameters of pyimpspec",
    .n_params = 5,
    .param = {{.suffix = "Ri",
               .unit = "ohm/m",
               .lower = 1e-9,
               .upper = 1e15,
               .start = 1e3,
               .scale = EIS_SCALE_LOG,
               .z_power = 1,
               .doc = "resistance of the pore per length"},
              {.suffix = "Rr",
               .unit = "ohm m",
               .lower = 1e-9,
               .upper = 1e15,
               .start = 0.01,
               .scale = EIS_SCALE_LOG,
               .z_power = 1,
               .doc = "charge transfer resistance of the wall times length"},
              {.suffix = "Y",
               .unit = "s^n",
               .lower = 1e-18,
               .upper = 1e9,
               .start = 0.01,
               .scale = EIS_SCALE_LOG,
               .z_power = 0,
               .doc = "wall CPE over wall conductance: (tau)^n"},
              EISI_PARAM_EXP("n", 1.0, 0.8, "exponent of the wall"),
              {.suffix = "d",
               .unit = "m",
               .lower = 1e-9,
               .upper = 1e3,
               .start = 1e-3,
               .scale = EIS_SCALE_LOG,
               .z_power = 0,
               .fixed = true,
               .doc = "length of the pore; only Ri d and Rr/d can be told apart"}},
    .eval = de_levie,
};

/* ---- T: A coth(b)/b + B/(b sinh b), b = sqrt(a + j w b') ---- */
EISI_INLINE void paasch_body(const eis_grid *g, const double *p, double *restrict z,
                             double *restrict dz, bool want) {
  const size_t n = g->n;
  const double *restrict w = g->w;
  const double ca = p[0], cb = p[1], a = p[2], b = p[3];
  EISI_EACH(k, n) {
    const double complex s = eisi_cplx(a, w[k] * b), beta = eisi_sqrt(s);
    const eisi_fd c = eisi_coth_over(beta), h = eisi_csch_over(beta);
    eisi_put(z, n, k, ca * c.f + cb * h.f);
    if (want) {
      const double complex e = 0.5 * (ca * c.d + cb * h.d) * eisi_inv(s); /* dZ/da */
      eisi_put(dz, n, k, c.f);
      eisi_put_d(dz, n, 1, k, h.f);
      eisi_put_d(dz, n, 2, k, e);
      eisi_put_d(dz, n, 3, k, e * eisi_cplx(0.0, w[k]));
    }
  }
}
EISI_EVAL(paasch)

const eis_element eisi_elem_t = {
    .symbol = "T",
    .aliases = "",
    .name = "macrohomogeneous porous electrode",
    .formula = "A coth(x)/x + B/(x sinh(x)), x = sqrt(a + j w b)",
    .reference =
        "G. Paasch, K. Micka, P. Gersdorf, Electrochim. Acta 38 (1993) 2653; "
        "parameters of impedance.py",
    .n_params = 4,
    .param = {EISI_PARAM_R("A", "d (r1^2 + r2^2)/(r1 + r2) of the two rails"),
              EISI_PARAM_R("B", "2 d r1 r2/(r1 + r2) of the two rails; B > A is not passive"),
              {.suffix = "a",
               .unit = "",
               .lower = 1e-9,
               .upper = 1e9,
               .start = 1.0,
               .scale = EIS_SCALE_LOG,
               .z_power = 0,
               .doc = "reaction rate k d^2/K"},
              EISI_PARAM_TAU("b", "relaxation time d^2/K")},
    .active = true,
    .eval = paasch,
};

/* ---- two rails, ions and electrons, coupled by the wall Zs (the sub-circuit; of the whole wall,
   per-unit-area wall impedance over a_v L A).  X = Ri + Re, b^2 = X/Zs, P = Ri Re/X.
   A wall without any impedance is kept away from 0/0 by 1e-60 X. ---- */

/* TL2: ions enter at one face, electrons leave at the other.  S = (Ri^2 + Re^2)/X:
     Z = P + 2 P/(b sinh b) + S coth(b)/b */
EISI_INLINE void composite_body(const eis_grid *g, const double *p, const double *restrict sub,
                                double *restrict z, double *restrict dz, double *restrict dsub) {
  const size_t n = g->n;
  const double ri = p[0], re = p[1], x = ri + re, ix = 1.0 / x, hx = 0.5 * ix;
  const double par = ri * re * ix, sum = (ri * ri + re * re) * ix;
  const double fi = ri * ix, fe = re * ix; /* shares of the rails */
  const double sum_i = fi * fi + 2.0 * fi * fe - fe * fe, sum_e = fe * fe + 2.0 * fi * fe - fi * fi;
  EISI_EACH(k, n) {
    const double complex y = eisi_inv(eisi_get(sub, n, k) + 1e-60 * x), b = eisi_sqrt(x * y);
    const eisi_fd c = eisi_coth_over(b), h = eisi_csch_over(b);
    eisi_put(z, n, k, par + 2.0 * par * h.f + sum * c.f);
    const double complex e = 2.0 * par * h.d + sum * c.d; /* b dZ/db */
    if (dz) {
      const double complex m = 1.0 + 2.0 * h.f;
      eisi_put(dz, n, k, fe * fe * m + sum_i * c.f + hx * e);
      eisi_put_d(dz, n, 1, k, fi * fi * m + sum_e * c.f + hx * e);
    }
    if (dsub) eisi_put(dsub, n, k, -0.5 * e * y);
  }
}

/* Both terminals on rail `a` of a symmetric cell, rail `o` blocked at both ends:
     Z = P + a^2/X tanh(b/2)/(b/2) */
typedef struct rails {
  double a, o;      /* resistances */
  int col_a, col_o; /* their columns in dz */
} rails;

EISI_INLINE void blocked(const eis_grid *g, rails r, const double *restrict sub, double *restrict z,
                         double *restrict dz, double *restrict dsub) {
  const size_t n = g->n;
  const double x = r.a + r.o, fa = r.a / x, fo = r.o / x, hx = 0.5 / x;
  EISI_EACH(k, n) {
    const double complex y = eisi_inv(eisi_get(sub, n, k) + 1e-60 * x);
    const eisi_fd t = eisi_tanh_over(0.5 * eisi_sqrt(x * y));
    eisi_put(z, n, k, r.a * (fo + fa * t.f));
    const double complex e = (r.a * fa) * t.d;
    if (dz) {
      eisi_put_d(dz, n, (size_t)r.col_a, k, fo * fo + (fa * fa + 2.0 * fa * fo) * t.f + hx * e);
      eisi_put_d(dz, n, (size_t)r.col_o, k, fa * fa * (1.0 - t.f) + hx * e);
    }
    if (dsub) eisi_put(dsub, n, k, -0.5 * e * y);
  }
}
EISI_INLINE void electronic_body(const eis_grid *g, const double *p, const double *restrict sub,
                                 double *restrict z, double *restrict dz, double *restrict dsub) {
  blocked(g, (rails){p[1], p[0], 1, 0}, sub, z, dz, dsub);
}
EISI_INLINE void ionic_body(const eis_grid *g, const double *p, const double *restrict sub,
                            double *restrict z, double *restrict dz, double *restrict dsub) {
  blocked(g, (rails){p[0], p[1], 0, 1}, sub, z, dz, dsub);
}

/* One call per combination of wanted derivatives: the loop has no branches. */
#define EVAL_CONTAINER(fn)                                                                     \
  EISI_CLONES static void fn(const eis_grid *g, const double *p, const double *sub, double *z, \
                             double *dz, double *dsub) {                                       \
    if (dz && dsub)                                                                            \
      fn##_body(g, p, sub, z, dz, dsub);                                                       \
    else if (dz)                                                                               \
      fn##_body(g, p, sub, z, dz, NULL);                                                       \
    else if (dsub)                                                                             \
      fn##_body(g, p, sub, z, NULL, dsub);                                                     \
    else                                                                                       \
      fn##_body(g, p, sub, z, NULL, NULL);                                                     \
  }
EVAL_CONTAINER(composite)
EVAL_CONTAINER(electronic)
EVAL_CONTAINER(ionic)

#define PARAM_RAIL_I EISI_PARAM_R("Ri", "ionic resistance of the electrolyte phase")
#define PARAM_RAIL_E EISI_PARAM_R("Re", "electronic resistance of the active-material network")

const eis_element eisi_elem_tl2 = {
    .symbol = "TL2",
    .aliases = "",
    .name = "two-rail line of a composite electrode",
    .formula =
        "Ri Re/X (1 + 2/(b sinh(b))) + (Ri^2 + Re^2)/X coth(b)/b, X = Ri + Re, "
        "b^2 = X/Zs, Zs the sub-circuit",
    .reference = BISQUERT "; separator (ions) and collector (electrons) at opposite faces",
    .n_params = 2,
    .param = {PARAM_RAIL_I, PARAM_RAIL_E},
    .container = true,
    .eval = composite,
};

const eis_element eisi_elem_tle = {
    .symbol = "TLE",
    .aliases = "",
    .name = "two-rail line between electronic contacts, ions blocked",
    .formula = "Ri Re/X + Re^2/X tanh(b/2)/(b/2), X = Ri + Re, b^2 = X/Zs, Zs the sub-circuit",
    .reference = "the line of TL2 with ion-blocking contacts at both faces",
    .n_params = 2,
    .param = {PARAM_RAIL_I, PARAM_RAIL_E},
    .container = true,
    .eval = electronic,
};

const eis_element eisi_elem_tli = {
    .symbol = "TLI",
    .aliases = "",
    .name = "two-rail line between ionic contacts, electrons blocked",
    .formula = "Ri Re/X + Ri^2/X tanh(b/2)/(b/2), X = Ri + Re, b^2 = X/Zs, Zs the sub-circuit",
    .reference = "the line of TL2 with electron-blocking contacts at both faces",
    .n_params = 2,
    .param = {PARAM_RAIL_I, PARAM_RAIL_E},
    .container = true,
    .eval = ionic,
};
