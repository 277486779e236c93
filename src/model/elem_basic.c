/* elem_basic.c - lumped elements and diffusion.

   j^a is taken once per call; ln w comes with the grid, so a power costs one exp. */
#include "model/elem_rows.h"
#include "model/vec.h"

/* ---- R ---- */
EISI_INLINE void resistor_body(const eis_grid *g, const double *p, double *restrict z,
                               double *restrict dz, bool want) {
  const size_t n = g->n;
  const double r = p[0];
  EISI_EACH(k, n) {
    eisi_put(z, n, k, r);
    if (want) eisi_put(dz, n, k, 1.0);
  }
}
EISI_EVAL(resistor)

const eis_element eisi_elem_r = {
    .symbol = "R",
    .aliases = "",
    .name = "resistor",
    .formula = "R",
    .reference = "Ohm's law",
    .n_params = 1,
    .param = {EISI_PARAM_R("", "resistance")},
    .eval = resistor,
};

/* ---- C ---- */
EISI_INLINE void capacitor_body(const eis_grid *g, const double *p, double *restrict z,
                                double *restrict dz, bool want) {
  const size_t n = g->n;
  const double *restrict w = g->w;
  const double s = 1.0 / p[0];
  EISI_EACH(k, n) {
    const double x = s / w[k];
    eisi_put(z, n, k, eisi_cplx(0.0, -x));
    if (want) eisi_put(dz, n, k, eisi_cplx(0.0, s * x));
  }
}
EISI_EVAL(capacitor)

const eis_element eisi_elem_c = {
    .symbol = "C",
    .aliases = "",
    .name = "capacitor",
    .formula = "1/(j w C)",
    .reference = "definition of capacitance",
    .n_params = 1,
    .param = {EISI_PARAM_C("", "capacitance")},
    .eval = capacitor,
};

/* ---- L ---- */
EISI_INLINE void inductor_body(const eis_grid *g, const double *p, double *restrict z,
                               double *restrict dz, bool want) {
  const size_t n = g->n;
  const double *restrict w = g->w;
  const double l = p[0];
  EISI_EACH(k, n) {
    eisi_put(z, n, k, eisi_cplx(0.0, l * w[k]));
    if (want) eisi_put(dz, n, k, eisi_cplx(0.0, w[k]));
  }
}
EISI_EVAL(inductor)

const eis_element eisi_elem_l = {
    .symbol = "L",
    .aliases = "",
    .name = "inductor",
    .formula = "j w L",
    .reference = "definition of inductance",
    .n_params = 1,
    .param = {{.suffix = "",
               .unit = "H",
               .lower = 1e-18,
               .upper = 1e9,
               .start = 1e-7,
               .scale = EIS_SCALE_LOG,
               .z_power = 1,
               .doc = "inductance"}},
    .eval = inductor,
};

/* ---- La: an inductor with losses.  impedance.py evaluates (L j w)^alpha although its manual has
   L (j w)^alpha; only the latter has a parameter that scales with the impedance. ---- */
EISI_INLINE void lossy_inductor_body(const eis_grid *g, const double *p, double *restrict z,
                                     double *restrict dz, bool want) {
  const size_t n = g->n;
  const double *restrict lw = g->lw;
  const double l = p[0], a = p[1];
  const double complex u = eisi_jpow(0.0, a);
  EISI_EACH(k, n) {
    const double complex v = exp(a * lw[k]) * u, x = l * v;
    eisi_put(z, n, k, x);
    if (want) {
      eisi_put(dz, n, k, v);
      eisi_put_d(dz, n, 1, k, x * eisi_cplx(lw[k], EISI_HALF_PI));
    }
  }
}
EISI_EVAL(lossy_inductor)

const eis_element eisi_elem_la = {
    .symbol = "La",
    .aliases = "Lq",
    .name = "modified inductor",
    .formula = "L (j w)^alpha",
    .reference =
        "convention of pyimpspec and EC-Lab; impedance.py computes (L' j w)^alpha: "
        "L = L'^alpha",
    .n_params = 2,
    .param = {{.suffix = "L",
               .unit = "H s^(alpha-1)",
               .lower = 1e-18,
               .upper = 1e9,
               .start = 1e-7,
               .scale = EIS_SCALE_LOG,
               .z_power = 1,
               .doc = "pseudo-inductance"},
              EISI_PARAM_EXP("alpha", 1.0, 0.95, "exponent; 1 is an inductor")},
    .eval = lossy_inductor,
};

/* ---- CPE ---- */
EISI_INLINE void cpe_body(const eis_grid *g, const double *p, double *restrict z,
                          double *restrict dz, bool want) {
  const size_t n = g->n;
  const double *restrict lw = g->lw;
  const double s = 1.0 / p[0], a = p[1];
  const double complex u = s * eisi_jpow(0.0, -a);
  EISI_EACH(k, n) {
    const double complex x = exp(-a * lw[k]) * u;
    eisi_put(z, n, k, x);
    if (want) {
      eisi_put(dz, n, k, -s * x);
      eisi_put_d(dz, n, 1, k, -x * eisi_cplx(lw[k], EISI_HALF_PI));
    }
  }
}
EISI_EVAL(cpe)

const eis_element eisi_elem_cpe = {
    .symbol = "CPE",
    .aliases = "Q P",
    .cdc = "Q",
    .name = "constant phase element",
    .formula = "1/(Q (j w)^alpha)",
    .reference = "convention of Boukamp's Equivalent Circuit, impedance.py and pyimpspec",
    .n_params = 2,
    .param = {EISI_PARAM_Q("Q", "S s^alpha", "admittance at 1 rad/s"),
              EISI_PARAM_EXP("alpha", 1.0, 0.9, "exponent; 1 is a capacitor, 0.5 Warburg")},
    .eval = cpe,
};

/* ---- W ---- */
EISI_INLINE void warburg_body(const eis_grid *g, const double *p, double *restrict z,
                              double *restrict dz, bool want) {
  const size_t n = g->n;
  const double *restrict w = g->w;
  const double sigma = p[0];
  EISI_EACH(k, n) {
    const double x = 1.0 / sqrt(w[k]);
    eisi_put(z, n, k, eisi_cplx(sigma * x, -sigma * x));
    if (want) eisi_put(dz, n, k, eisi_cplx(x, -x));
  }
}
EISI_EVAL(warburg)

const eis_element eisi_elem_w = {
    .symbol = "W",
    .aliases = "",
    .name = "Warburg element, semi-infinite diffusion",
    .formula = "sigma (1 - j)/sqrt(w)",
    .reference = "convention of impedance.py; Boukamp's Y0 = 1/(sigma sqrt(2))",
    .n_params = 1,
    .param = {{.suffix = "",
               .unit = "ohm s^-1/2",
               .lower = 1e-9,
               .upper = 1e15,
               .start = 100.0,
               .scale = EIS_SCALE_LOG,
               .z_power = 1,
               .doc = "Warburg coefficient sigma"}},
    .eval = warburg,
};

/* ---- Wo, Ws: b = sqrt(j w tau), Z = Z0 f(b), dZ/dtau = Z0 b f'(b)/(2 tau) ---- */
EISI_INLINE void finite_body(const eis_grid *g, const double *p, double *restrict z,
                             double *restrict dz, bool want, bool open) {
  const size_t n = g->n;
  const double *restrict w = g->w;
  const double r = p[0], half = 0.5 * p[1], s = 0.5 * r / p[1];
  EISI_EACH(k, n) {
    const double x = sqrt(w[k] * half);
    const double complex b = eisi_cplx(x, x);
    const eisi_fd t = open ? eisi_coth_over(b) : eisi_tanh_over(b);
    eisi_put(z, n, k, r * t.f);
    if (want) {
      eisi_put(dz, n, k, t.f);
      eisi_put_d(dz, n, 1, k, s * t.d);
    }
  }
}
EISI_INLINE void warburg_open_body(const eis_grid *g, const double *p, double *restrict z,
                                   double *restrict dz, bool want) {
  finite_body(g, p, z, dz, want, true);
}
EISI_EVAL(warburg_open)
EISI_INLINE void warburg_short_body(const eis_grid *g, const double *p, double *restrict z,
                                    double *restrict dz, bool want) {
  finite_body(g, p, z, dz, want, false);
}
EISI_EVAL(warburg_short)

const eis_element eisi_elem_wo = {
    .symbol = "Wo",
    .aliases = "",
    .name = "finite-space Warburg, reflecting boundary",
    .formula = "Z0 coth(sqrt(j w tau))/sqrt(j w tau)",
    .reference = "convention of impedance.py; pyimpspec: tau = B, Z0 = sqrt(B/Y)",
    .n_params = 2,
    .param = {EISI_PARAM_R("Z0", "diffusion resistance; Z(0) = Z0/3 + 1/(j w C), C = tau/Z0"),
              EISI_PARAM_TAU("tau", "diffusion time L^2/D")},
    .eval = warburg_open,
};

const eis_element eisi_elem_ws = {
    .symbol = "Ws",
    .aliases = "",
    .name = "finite-length Warburg, absorbing boundary",
    .formula = "Z0 tanh(sqrt(j w tau))/sqrt(j w tau)",
    .reference = "convention of impedance.py; pyimpspec: tau = B, Z0 = sqrt(B/Y)",
    .n_params = 2,
    .param = {EISI_PARAM_R("Z0", "diffusion resistance, Z(0) = Z0"),
              EISI_PARAM_TAU("tau", "diffusion time L^2/D")},
    .eval = warburg_short,
};

/* ---- the same with a free exponent: b = (j w tau)^(h alpha).  Z is passive up to h alpha = 1/2
   (open) and 3/4 (short), hence the upper bounds. ---- */
typedef struct power_kind {
  bool open;
  double h;
} power_kind;

EISI_INLINE void power_body(const eis_grid *g, const double *p, double *restrict z,
                            double *restrict dz, bool want, const power_kind kind) {
  const size_t n = g->n;
  const double *restrict lw = g->lw;
  const bool open = kind.open;
  const double h = kind.h, r = p[0], lt = log(p[1]), a = h * p[2], s = r * a / p[1];
  const double complex u = eisi_jpow(0.0, a);
  EISI_EACH(k, n) {
    const double l = lw[k] + lt;
    const double complex b = exp(a * l) * u;
    const eisi_fd t = open ? eisi_coth_over(b) : eisi_tanh_over(b);
    eisi_put(z, n, k, r * t.f);
    if (want) {
      eisi_put(dz, n, k, t.f);
      eisi_put_d(dz, n, 1, k, s * t.d);
      eisi_put_d(dz, n, 2, k, h * r * t.d * eisi_cplx(l, EISI_HALF_PI));
    }
  }
}
EISI_INLINE void power_open_body(const eis_grid *g, const double *p, double *restrict z,
                                 double *restrict dz, bool want) {
  power_body(g, p, z, dz, want, (power_kind){true, 1.0});
}
EISI_EVAL(power_open)
EISI_INLINE void power_short_body(const eis_grid *g, const double *p, double *restrict z,
                                  double *restrict dz, bool want) {
  power_body(g, p, z, dz, want, (power_kind){false, 1.0});
}
EISI_EVAL(power_short)
EISI_INLINE void restricted_body(const eis_grid *g, const double *p, double *restrict z,
                                 double *restrict dz, bool want) {
  power_body(g, p, z, dz, want, (power_kind){true, 0.5});
}
EISI_EVAL(restricted)

const eis_element eisi_elem_wog = {
    .symbol = "Wog",
    .aliases = "",
    .name = "generalised finite-space Warburg",
    .formula = "Z0 coth((j w tau)^alpha)/(j w tau)^alpha",
    .reference = "convention of ZView's open Warburg (R, T, P)",
    .n_params = 3,
    .param = {EISI_PARAM_R("Z0", "diffusion resistance"), EISI_PARAM_TAU("tau", "diffusion time"),
              EISI_PARAM_EXP("alpha", 0.5, 0.45, "exponent; 0.5 is Wo")},
    .eval = power_open,
};

const eis_element eisi_elem_wsg = {
    .symbol = "Wsg",
    .aliases = "",
    .name = "generalised finite-length Warburg",
    .formula = "Z0 tanh((j w tau)^alpha)/(j w tau)^alpha",
    .reference = "convention of ZView's short Warburg (R, T, P)",
    .n_params = 3,
    .param = {EISI_PARAM_R("Z0", "diffusion resistance, Z(0) = Z0"),
              EISI_PARAM_TAU("tau", "diffusion time"),
              EISI_PARAM_EXP("alpha", 0.75, 0.48, "exponent; 0.5 is Ws")},
    .eval = power_short,
};

const eis_element eisi_elem_ma = {
    .symbol = "Ma",
    .aliases = "",
    .name = "modified restricted diffusion",
    .formula = "R coth((j w tau)^(alpha/2))/(j w tau)^(alpha/2)",
    .reference = "convention of EC-Lab's element Ma",
    .n_params = 3,
    .param = {EISI_PARAM_R("R", "diffusion resistance"), EISI_PARAM_TAU("tau", "diffusion time"),
              EISI_PARAM_EXP("alpha", 1.0, 0.9, "dispersion; 1 is Wo")},
    .eval = restricted,
};

/* ---- anomalous diffusion Ib: b = (j w tau)^(gamma/2), Z = R b^s coth(b)/b, s = 2 - 2/gamma,
   because (j w tau)^(gamma - 1) = b^s ---- */
EISI_INLINE void anomalous_body(const eis_grid *g, const double *p, double *restrict z,
                                double *restrict dz, bool want) {
  const size_t n = g->n;
  const double *restrict lw = g->lw;
  const double r = p[0], lt = log(p[1]), c = p[2], a = 0.5 * c, it = 1.0 / p[1];
  const double complex u = eisi_jpow(0.0, a), v = eisi_jpow(0.0, c - 1.0);
  EISI_EACH(k, n) {
    const double l = lw[k] + lt;
    const double complex m = exp((c - 1.0) * l) * v;
    const eisi_fd t = eisi_coth_over(exp(a * l) * u);
    const double complex f = m * t.f, d = m * t.d;
    eisi_put(z, n, k, r * f);
    if (want) {
      eisi_put(dz, n, k, f);
      eisi_put_d(dz, n, 1, k, (r * it) * ((c - 1.0) * f + a * d));
      eisi_put_d(dz, n, 2, k, r * (f + 0.5 * d) * eisi_cplx(l, EISI_HALF_PI));
    }
  }
}
EISI_EVAL(anomalous)

const eis_element eisi_elem_wa = {
    .symbol = "Wa",
    .aliases = "",
    .name = "anomalous diffusion, reflecting boundary",
    .formula = "R (j w tau)^(gamma/2 - 1) coth((j w tau)^(gamma/2))",
    .reference = "J. Bisquert, A. Compte, J. Electroanal. Chem. 499 (2001) 112, case Ib",
    .n_params = 3,
    .param = {EISI_PARAM_R("R", "diffusion resistance; Z(w -> 0) = R/(j w tau)"),
              EISI_PARAM_TAU("tau", "diffusion time"),
              EISI_PARAM_EXP("gamma", 1.0, 0.9, "dispersion; 1 is Wo")},
    .eval = anomalous,
};
