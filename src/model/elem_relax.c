/* elem_relax.c - relaxations: RC, ZARC, Havriliak-Negami, Gerischer. */
#include "model/elem_rows.h"
#include "model/vec.h"

/* ---- K: R/(1 + j w tau) ---- */
EISI_INLINE void voigt_body(const eis_grid *g, const double *p, double *restrict z,
                            double *restrict dz, bool want) {
  const size_t n = g->n;
  const double *restrict w = g->w;
  const double r = p[0], tau = p[1];
  EISI_EACH(k, n) {
    const double complex i = eisi_inv(eisi_cplx(1.0, w[k] * tau));
    eisi_put(z, n, k, r * i);
    if (want) {
      eisi_put(dz, n, k, i);
      eisi_put_d(dz, n, 1, k, r * i * i * eisi_cplx(0.0, -w[k]));
    }
  }
}
EISI_EVAL(voigt)

const eis_element eisi_elem_k = {
    .symbol = "K",
    .aliases = "",
    .name = "RC element by its time constant",
    .formula = "R/(1 + j w tau)",
    .reference = "Voigt element; convention of impedance.py and pyimpspec",
    .n_params = 2,
    .param = {EISI_PARAM_R("R", "resistance"), EISI_PARAM_TAU("tau", "time constant R C")},
    .eval = voigt,
};

/* ---- Kc: the same by its capacitance.  With i = 1/(1 + j w R C) dZ/dR = i^2. ---- */
EISI_INLINE void parallel_rc_body(const eis_grid *g, const double *p, double *restrict z,
                                  double *restrict dz, bool want) {
  const size_t n = g->n;
  const double *restrict w = g->w;
  const double r = p[0], rc = p[0] * p[1];
  EISI_EACH(k, n) {
    const double complex i = eisi_inv(eisi_cplx(1.0, w[k] * rc)), x = r * i;
    eisi_put(z, n, k, x);
    if (want) {
      eisi_put(dz, n, k, i * i);
      eisi_put_d(dz, n, 1, k, x * x * eisi_cplx(0.0, -w[k]));
    }
  }
}
EISI_EVAL(parallel_rc)

const eis_element eisi_elem_kc = {
    .symbol = "Kc",
    .aliases = "",
    .name = "resistor and capacitor in parallel",
    .formula = "R/(1 + j w R C)",
    .reference = "Voigt element",
    .n_params = 2,
    .param = {EISI_PARAM_R("R", "resistance"), EISI_PARAM_C("C", "capacitance")},
    .eval = parallel_rc,
};

/* ---- Kq: v = R Q (j w)^alpha, i = 1/(1 + v), dZ/dR = i^2 ---- */
EISI_INLINE void parallel_rq_body(const eis_grid *g, const double *p, double *restrict z,
                                  double *restrict dz, bool want) {
  const size_t n = g->n;
  const double *restrict lw = g->lw;
  const double r = p[0], iq = 1.0 / p[1], a = p[2];
  const double complex u = p[0] * p[1] * eisi_jpow(0.0, a);
  EISI_EACH(k, n) {
    const double complex v = exp(a * lw[k]) * u, i = eisi_inv(1.0 + v);
    eisi_put(z, n, k, r * i);
    if (want) {
      const double complex d = -r * (v * i) * i;
      eisi_put(dz, n, k, i * i);
      eisi_put_d(dz, n, 1, k, iq * d);
      eisi_put_d(dz, n, 2, k, d * eisi_cplx(lw[k], EISI_HALF_PI));
    }
  }
}
EISI_EVAL(parallel_rq)

const eis_element eisi_elem_kq = {
    .symbol = "Kq",
    .aliases = "",
    .name = "resistor and constant phase element in parallel",
    .formula = "R/(1 + R Q (j w)^alpha)",
    .reference = "Cole-Cole form of impedance; tau = (R Q)^(1/alpha)",
    .n_params = 3,
    .param = {EISI_PARAM_R("R", "resistance"),
              EISI_PARAM_Q("Q", "S s^alpha", "admittance of the CPE at 1 rad/s"),
              EISI_PARAM_EXP("alpha", 1.0, 0.9, "exponent; 1 is K")},
    .eval = parallel_rq,
};

/* ---- Zarc: v = (j w tau)^alpha, Z = R/(1 + v), dZ/dln v = -R v/(1 + v)^2 ---- */
EISI_INLINE void zarc_body(const eis_grid *g, const double *p, double *restrict z,
                           double *restrict dz, bool want) {
  const size_t n = g->n;
  const double *restrict lw = g->lw;
  const double r = p[0], lt = log(p[1]), a = p[2], s = a / p[1];
  const double complex u = eisi_jpow(0.0, a);
  EISI_EACH(k, n) {
    const double l = lw[k] + lt;
    const double complex v = exp(a * l) * u, i = eisi_inv(1.0 + v);
    eisi_put(z, n, k, r * i);
    if (want) {
      const double complex d = -r * (v * i) * i;
      eisi_put(dz, n, k, i);
      eisi_put_d(dz, n, 1, k, s * d);
      eisi_put_d(dz, n, 2, k, d * eisi_cplx(l, EISI_HALF_PI));
    }
  }
}
EISI_EVAL(zarc)

const eis_element eisi_elem_zarc = {
    .symbol = "Zarc",
    .aliases = "ZARC",
    .name = "ZARC, depressed semicircle",
    .formula = "R/(1 + (j w tau)^alpha)",
    .reference = "K. S. Cole, R. H. Cole, J. Chem. Phys. 9 (1941) 341, as an impedance",
    .n_params = 3,
    .param = {EISI_PARAM_R("R", "resistance"), EISI_PARAM_TAU("tau", "time constant"),
              EISI_PARAM_EXP("alpha", 1.0, 0.9, "exponent; 1 is K")},
    .eval = zarc,
};

/* ---- HN: u = 1 + v, v = (j w tau)^alpha, Z = R u^-beta, dZ/dln v = -beta Z v/u ---- */
EISI_INLINE void havriliak_body(const eis_grid *g, const double *p, double *restrict z,
                                double *restrict dz, bool want) {
  const size_t n = g->n;
  const double *restrict lw = g->lw;
  const double r = p[0], lt = log(p[1]), a = p[2], b = p[3], s = a / p[1];
  const double complex ja = eisi_jpow(0.0, a);
  EISI_EACH(k, n) {
    const double l = lw[k] + lt;
    const double complex v = exp(a * l) * ja, ln = eisi_log(1.0 + v);
    const double complex f = eisi_expj(-b * creal(ln), -b * cimag(ln));
    eisi_put(z, n, k, r * f);
    if (want) {
      const double complex d = (-b * r) * f * (v * eisi_inv(1.0 + v));
      eisi_put(dz, n, k, f);
      eisi_put_d(dz, n, 1, k, s * d);
      eisi_put_d(dz, n, 2, k, d * eisi_cplx(l, EISI_HALF_PI));
      eisi_put_d(dz, n, 3, k, -r * f * ln);
    }
  }
}
EISI_EVAL(havriliak)

const eis_element eisi_elem_hn = {
    .symbol = "HN",
    .aliases = "Ha",
    .cdc = "Ha",
    .name = "Havriliak-Negami relaxation as an impedance",
    .formula = "R/(1 + (j w tau)^alpha)^beta",
    .reference =
        "S. Havriliak, S. Negami, Polymer 8 (1967) 161, as an impedance; "
        "alpha = 1 is Cole-Davidson",
    .n_params = 4,
    .param = {EISI_PARAM_R("R", "resistance"), EISI_PARAM_TAU("tau", "time constant"),
              EISI_PARAM_EXP("alpha", 1.0, 0.9, "symmetric broadening"),
              EISI_PARAM_EXP("beta", 1.0, 0.9, "asymmetric broadening")},
    .eval = havriliak,
};

/* ---- H: a capacitance dC/(1 + v)^beta; Z = (1 + v)^beta/(j w dC) ---- */
EISI_INLINE void dielectric_body(const eis_grid *g, const double *p, double *restrict z,
                                 double *restrict dz, bool want) {
  const size_t n = g->n;
  const double *restrict w = g->w, *restrict lw = g->lw;
  const double s = 1.0 / p[0], lt = log(p[1]), a = p[2], b = p[3], t = a / p[1];
  const double complex ja = eisi_jpow(0.0, a);
  EISI_EACH(k, n) {
    const double l = lw[k] + lt;
    const double complex v = exp(a * l) * ja, ln = eisi_log(1.0 + v);
    const double complex x = eisi_cplx(0.0, -s / w[k]) * eisi_expj(b * creal(ln), b * cimag(ln));
    eisi_put(z, n, k, x);
    if (want) {
      const double complex d = b * x * (v * eisi_inv(1.0 + v));
      eisi_put(dz, n, k, -s * x);
      eisi_put_d(dz, n, 1, k, t * d);
      eisi_put_d(dz, n, 2, k, d * eisi_cplx(l, EISI_HALF_PI));
      eisi_put_d(dz, n, 3, k, x * ln);
    }
  }
}
EISI_EVAL(dielectric)

const eis_element eisi_elem_h = {
    .symbol = "H",
    .aliases = "",
    .name = "Havriliak-Negami dielectric relaxation",
    .formula = "(1 + (j w tau)^alpha)^beta/(j w dC)",
    .reference = "S. Havriliak, S. Negami, Polymer 8 (1967) 161; convention of pyimpspec",
    .n_params = 4,
    .param = {EISI_PARAM_C("dC", "capacitance step"), EISI_PARAM_TAU("tau", "time constant"),
              EISI_PARAM_EXP("alpha", 1.0, 0.9, "symmetric broadening; 1 is Debye"),
              EISI_PARAM_EXP("beta", 1.0, 0.9, "asymmetric broadening; 1 is Cole-Cole")},
    .eval = dielectric,
};

/* ---- G ---- */
EISI_INLINE void gerischer_body(const eis_grid *g, const double *p, double *restrict z,
                                double *restrict dz, bool want) {
  const size_t n = g->n;
  const double *restrict w = g->w;
  const double r = p[0], tau = p[1];
  EISI_EACH(k, n) {
    const double complex i = eisi_inv(eisi_cplx(1.0, w[k] * tau)), f = eisi_sqrt(i);
    eisi_put(z, n, k, r * f);
    if (want) {
      eisi_put(dz, n, k, f);
      eisi_put_d(dz, n, 1, k, r * f * i * eisi_cplx(0.0, -0.5 * w[k]));
    }
  }
}
EISI_EVAL(gerischer)

const eis_element eisi_elem_g = {
    .symbol = "G",
    .aliases = "",
    .name = "Gerischer element",
    .formula = "R/sqrt(1 + j w tau)",
    .reference = "convention of impedance.py; Boukamp: tau = 1/k, R = 1/(Y0 sqrt(k))",
    .n_params = 2,
    .param = {EISI_PARAM_R("R", "resistance, Z(0)"), EISI_PARAM_TAU("tau", "reaction time 1/k")},
    .eval = gerischer,
};

/* ---- Ga ---- */
EISI_INLINE void fractal_gerischer_body(const eis_grid *g, const double *p, double *restrict z,
                                        double *restrict dz, bool want) {
  const size_t n = g->n;
  const double *restrict w = g->w;
  const double r = p[0], tau = p[1], a = p[2];
  EISI_EACH(k, n) {
    const double complex u = eisi_cplx(1.0, w[k] * tau), ln = eisi_log(u);
    const double complex f = eisi_expj(-a * creal(ln), -a * cimag(ln));
    eisi_put(z, n, k, r * f);
    if (want) {
      eisi_put(dz, n, k, f);
      eisi_put_d(dz, n, 1, k, r * f * eisi_inv(u) * eisi_cplx(0.0, -a * w[k]));
      eisi_put_d(dz, n, 2, k, -r * f * ln);
    }
  }
}
EISI_EVAL(fractal_gerischer)

const eis_element eisi_elem_ga = {
    .symbol = "Ga",
    .aliases = "",
    .name = "fractal Gerischer element",
    .formula = "R/(1 + j w tau)^n",
    .reference = "convention of pyimpspec",
    .n_params = 3,
    .param = {EISI_PARAM_R("R", "resistance, Z(0)"), EISI_PARAM_TAU("tau", "reaction time"),
              EISI_PARAM_EXP("n", 1.0, 0.5, "exponent; 0.5 is G")},
    .eval = fractal_gerischer,
};

/* ---- Gk ---- */
EISI_INLINE void rate_gerischer_body(const eis_grid *g, const double *p, double *restrict z,
                                     double *restrict dz, bool want) {
  const size_t n = g->n;
  const double *restrict w = g->w;
  const double s = 1.0 / p[0], rate = p[1], a = p[2];
  EISI_EACH(k, n) {
    const double complex u = eisi_cplx(rate, w[k]), ln = eisi_log(u);
    const double complex x = s * eisi_expj(-a * creal(ln), -a * cimag(ln));
    eisi_put(z, n, k, x);
    if (want) {
      eisi_put(dz, n, k, -s * x);
      eisi_put_d(dz, n, 1, k, -a * x * eisi_inv(u));
      eisi_put_d(dz, n, 2, k, -x * ln);
    }
  }
}
EISI_EVAL(rate_gerischer)

const eis_element eisi_elem_gk = {
    .symbol = "Gk",
    .aliases = "",
    .name = "fractal Gerischer element by its rate constant",
    .formula = "1/(Y (k + j w)^n)",
    .reference = "convention of pyimpspec's G and of Boukamp",
    .n_params = 3,
    .param = {EISI_PARAM_Q("Y", "S s^n", "admittance factor"),
              {.suffix = "k",
               .unit = "s^-1",
               .lower = 1e-12,
               .upper = 1e12,
               .start = 1.0,
               .scale = EIS_SCALE_LOG,
               .z_power = 0,
               .doc = "rate constant"},
              EISI_PARAM_EXP("n", 1.0, 0.5, "exponent; 0.5 is the Gerischer element")},
    .eval = rate_gerischer,
};

/* ---- Gs: u = sqrt(1 + j w tau), b = phi u, Z = R phi f(b) with f = coth(b)/b ---- */
EISI_INLINE void finite_gerischer_body(const eis_grid *g, const double *p, double *restrict z,
                                       double *restrict dz, bool want) {
  const size_t n = g->n;
  const double *restrict w = g->w;
  const double r = p[0], tau = p[1], phi = p[2], rphi = p[0] * p[2];
  EISI_EACH(k, n) {
    const double complex s = eisi_cplx(1.0, w[k] * tau);
    const eisi_fd t = eisi_coth_over(phi * eisi_sqrt(s));
    eisi_put(z, n, k, rphi * t.f);
    if (want) {
      eisi_put(dz, n, k, phi * t.f);
      eisi_put_d(dz, n, 1, k, rphi * t.d * eisi_inv(s) * eisi_cplx(0.0, 0.5 * w[k]));
      eisi_put_d(dz, n, 2, k, r * (t.f + t.d));
    }
  }
}
EISI_EVAL(finite_gerischer)

const eis_element eisi_elem_gs = {
    .symbol = "Gs",
    .aliases = "",
    .name = "finite-length Gerischer element",
    .formula = "R/(sqrt(1 + j w tau) tanh(phi sqrt(1 + j w tau)))",
    .reference = "convention of impedance.py",
    .n_params = 3,
    .param = {EISI_PARAM_R("R", "resistance"),
              EISI_PARAM_TAU("tau", "reaction time"),
              {.suffix = "phi",
               .unit = "",
               .lower = 1e-6,
               .upper = 1e6,
               .start = 1.0,
               .scale = EIS_SCALE_LOG,
               .z_power = 0,
               .doc = "thickness over reaction length"}},
    .eval = finite_gerischer,
};
