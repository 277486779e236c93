/* Compiled like the inner loops of the library (-O3 -ffast-math, base/clones.h), so that both use
   the same vector instructions and the same vector exp, sin, cos. */
#include "floor.h"

#include <math.h>
#include <string.h>

#include "base/clones.h"

#define INLINE static inline __attribute__((always_inline))

/* No point depends on another one. */
#if defined(__GNUC__) && !defined(__clang__)
#define EACH_POINT(k) _Pragma("GCC ivdep") for (int k = 0; k < FLOOR_POINTS; k++)
#else
#define EACH_POINT(k) for (int k = 0; k < FLOOR_POINTS; k++)
#endif

enum { P_L, P_R0, P_R1, P_Q1, P_N1, P_R2, P_Q2, P_N2, P_RW, P_TAU, P_P };

static const double quarter = 1.57079632679489661923; /* angle of j */

const double floor_truth[FLOOR_PARAMS] = {5e-7, 10, 50, 1e-5, 0.9, 80, 1e-3, 0.85, 60, 20, 0.45};
const double floor_start[FLOOR_PARAMS] = {1e-6, 5, 100, 5e-5, 0.8, 40, 4e-3, 0.75, 120, 60, 0.5};

void floor_load(floor_data *d, const double *f, const double *re, const double *im) {
  for (int k = 0; k < FLOOR_POINTS; k++) {
    d->w[k] = 4 * quarter * f[k];
    d->lw[k] = log(d->w[k]);
    d->re[k] = re[k];
    d->im[k] = im[k];
    d->weight[k] = 1 / sqrt(re[k] * re[k] + im[k] * im[k]);
  }
}

/* ---- model: one loop per branch, each adds to the impedance z and fills its columns of J ----- */

typedef struct branch_sum {
  double re[FLOOR_POINTS], im[FLOOR_POINTS];
} branch_sum;

/* R and L in series. */
INLINE void add_ends(const floor_data *d, const double *p, branch_sum *z, double *J) {
  const double L = p[P_L], R = p[P_R0];
  double *dL = J + P_L * FLOOR_ROWS, *dR = J + P_R0 * FLOOR_ROWS;
  EACH_POINT(k) {
    z->re[k] = R;
    z->im[k] = L * d->w[k];
    dL[k] = 0;
    dL[FLOOR_POINTS + k] = d->weight[k] * d->w[k];
    dR[k] = d->weight[k];
    dR[FLOOR_POINTS + k] = 0;
  }
}

/* Z = R/(1 + v), v = R Q (jw)^n:  dZ/dR = 1/(1+v)^2,  Q dZ/dQ = -R v/(1+v)^2,
   dZ/dn = Q dZ/dQ ln(jw) */
INLINE void add_arc(const floor_data *d, const double *p, branch_sum *z, double *J) {
  const double R = p[0], Q = p[1], n = p[2];
  const double c = R * Q * cos(n * quarter), s = R * Q * sin(n * quarter);
  double *dR = J, *dQ = J + FLOOR_ROWS, *dn = J + 2 * FLOOR_ROWS;
  EACH_POINT(k) {
    const double size = exp(n * d->lw[k]), v_re = size * c, v_im = size * s;
    const double a = 1 + v_re, q = 1 / (a * a + v_im * v_im), i_re = a * q, i_im = -v_im * q;
    const double i2_re = i_re * i_re - i_im * i_im, i2_im = 2 * i_re * i_im;
    const double t_re = -R * (v_re * i2_re - v_im * i2_im);
    const double t_im = -R * (v_re * i2_im + v_im * i2_re);
    const double g = d->weight[k];
    z->re[k] += R * i_re;
    z->im[k] += R * i_im;
    dR[k] = g * i2_re;
    dR[FLOOR_POINTS + k] = g * i2_im;
    dQ[k] = g / Q * t_re;
    dQ[FLOOR_POINTS + k] = g / Q * t_im;
    dn[k] = g * (t_re * d->lw[k] - t_im * quarter);
    dn[FLOOR_POINTS + k] = g * (t_im * d->lw[k] + t_re * quarter);
  }
}

/* tanh(x + jy) = (sinh 2x + j sin 2y)/(cosh 2x + cos 2y), multiplied by 2 q, q = exp(-2x).  The
   functions are taken in a loop of their own, and the cosine as 1 - 2 sin^2 y: a fused sincos has
   no vector version. */
typedef struct tanh_parts {
  double size[FLOOR_POINTS], q[FLOOR_POINTS], sine[FLOOR_POINTS], sine2[FLOOR_POINTS];
} tanh_parts;

INLINE void take_functions(const floor_data *d, double ln_tau, double e, double c, double s,
                           tanh_parts *t) {
  EACH_POINT(k) {
    t->size[k] = exp(e * (d->lw[k] + ln_tau));
    t->q[k] = exp(-2 * t->size[k] * c);
  }
  EACH_POINT(k) t->sine[k] = sin(t->size[k] * s);
  EACH_POINT(k) t->sine2[k] = sin(2 * t->size[k] * s);
}

/* Z = R tanh(v)/v, v = (jw tau)^p:  v dZ/dv = R (1 - tanh^2 v - tanh(v)/v) */
INLINE void add_warburg(const floor_data *d, const double *p, branch_sum *z, double *J) {
  const double R = p[0], ln_tau = log(p[1]), e = p[2], c = cos(e * quarter), s = sin(e * quarter);
  const double slope = e / p[1];
  double *dR = J, *dtau = J + FLOOR_ROWS, *dp = J + 2 * FLOOR_ROWS;
  _Alignas(64) tanh_parts t;
  take_functions(d, ln_tau, e, c, s, &t);
  EACH_POINT(k) {
    const double lx = d->lw[k] + ln_tau, g = d->weight[k], q = t.q[k], sine = t.sine[k];
    const double over = 1 / ((1 + q) * (1 + q) - 4 * q * sine * sine), iv = 1 / t.size[k];
    const double th_re = (1 - q * q) * over, th_im = 2 * q * t.sine2[k] * over;
    const double u_re = (th_re * c + th_im * s) * iv, u_im = (th_im * c - th_re * s) * iv;
    const double x_re = R * (1 - th_re * th_re + th_im * th_im - u_re);
    const double x_im = R * (-2 * th_re * th_im - u_im);
    z->re[k] += R * u_re;
    z->im[k] += R * u_im;
    dR[k] = g * u_re;
    dR[FLOOR_POINTS + k] = g * u_im;
    dtau[k] = g * slope * x_re;
    dtau[FLOOR_POINTS + k] = g * slope * x_im;
    dp[k] = g * (x_re * lx - x_im * quarter);
    dp[FLOOR_POINTS + k] = g * (x_im * lx + x_re * quarter);
  }
}

INLINE void model(const floor_data *d, const double *p, double *r, double *J) {
  _Alignas(64) branch_sum z;
  add_ends(d, p, &z, J);
  add_arc(d, p + P_R1, &z, J + P_R1 * FLOOR_ROWS);
  add_arc(d, p + P_R2, &z, J + P_R2 * FLOOR_ROWS);
  add_warburg(d, p + P_RW, &z, J + P_RW * FLOOR_ROWS);
  for (int k = 0; k < FLOOR_POINTS; k++) {
    r[k] = d->weight[k] * (z.re[k] - d->re[k]);
    r[FLOOR_POINTS + k] = d->weight[k] * (z.im[k] - d->im[k]);
  }
}

EISI_CLONES void floor_model(const floor_data *d, const double *p, double *r, double *J) {
  model(d, p, r, J);
}

/* ---- fit ----------------------------------------------------------------------------------- */

INLINE double dot(const double *a, const double *b) {
  double s = 0;
  for (int k = 0; k < FLOOR_ROWS; k++) s += a[k] * b[k];
  return s;
}

/* J'J and J'r for derivatives in ln p, by scaling the products instead of the columns. */
EISI_CLONES static void normal_equations(const double *J, const double *r, const double *p,
                                         double *A, double *g) {
  for (int i = 0; i < FLOOR_PARAMS; i++) {
    const double *a = J + i * FLOOR_ROWS;
    g[i] = p[i] * dot(a, r);
    for (int j = 0; j <= i; j++) A[i * FLOOR_PARAMS + j] = p[i] * p[j] * dot(a, J + j * FLOOR_ROWS);
  }
}

EISI_CLONES static double sum_squares(const double *r) { return dot(r, r); }

/* Solves A x = b by Cholesky in the lower triangle; b becomes x. */
static bool solve(double *A, double *b) {
  enum { N = FLOOR_PARAMS };
  for (int j = 0; j < N; j++) {
    for (int i = j; i < N; i++) {
      double t = A[i * N + j];
      for (int k = 0; k < j; k++) t -= A[i * N + k] * A[j * N + k];
      if (i == j && t <= 0) return false;
      A[i * N + j] = i == j ? sqrt(t) : t / A[j * N + j];
    }
  }
  for (int i = 0; i < N; i++) {
    for (int k = 0; k < i; k++) b[i] -= A[i * N + k] * b[k];
    b[i] /= A[i * N + i];
  }
  for (int i = N; i-- > 0;) {
    for (int k = i + 1; k < N; k++) b[i] -= A[k * N + i] * b[k];
    b[i] /= A[i * N + i];
  }
  return true;
}

/* The damped step as factors on the parameters, at most e^2; exponents stay below 1. */
static bool step(const double *A, const double *g, const double *damping, double lambda,
                 const double *p, double *out) {
  double H[FLOOR_PARAMS * FLOOR_PARAMS], d[FLOOR_PARAMS];
  memcpy(H, A, sizeof H);
  for (int i = 0; i < FLOOR_PARAMS; i++) {
    H[i * FLOOR_PARAMS + i] += lambda * damping[i];
    d[i] = -g[i];
  }
  if (!solve(H, d)) return false;
  for (int i = 0; i < FLOOR_PARAMS; i++) {
    const double t = d[i] > 2 ? 2 : d[i] < -2 ? -2 : d[i];
    out[i] = p[i] * exp(t);
    if ((i == P_N1 || i == P_N2 || i == P_P) && out[i] > 1) out[i] = 1;
  }
  return true;
}

static void raise_damping(const double *A, double *damping) {
  for (int i = 0; i < FLOOR_PARAMS; i++)
    if (A[i * (FLOOR_PARAMS + 1)] > damping[i]) damping[i] = A[i * (FLOOR_PARAMS + 1)];
}

double floor_fit(const floor_data *d, double *p, int *evaluations) {
  _Alignas(64) double r[FLOOR_ROWS], J[FLOOR_ROWS * FLOOR_PARAMS];
  double A[FLOOR_PARAMS * FLOOR_PARAMS];
  double g[FLOOR_PARAMS], damping[FLOOR_PARAMS] = {0}, trial[FLOOR_PARAMS], lambda = 1e-3;
  floor_model(d, p, r, J);
  normal_equations(J, r, p, A, g);
  raise_damping(A, damping);
  double S = sum_squares(r);
  *evaluations = 1;
  while (lambda < 1e12) {
    double S_new = S;
    if (step(A, g, damping, lambda, p, trial)) {
      floor_model(d, trial, r, J);
      S_new = sum_squares(r);
      ++*evaluations;
    }
    if (!(S_new < S)) {
      lambda *= 10;
      continue;
    }
    const double fall = (S - S_new) / S;
    S = S_new;
    memcpy(p, trial, sizeof trial);
    lambda *= 0.1;
    if (fall <= 1e-10) break;
    normal_equations(J, r, p, A, g);
    raise_damping(A, damping);
  }
  return S;
}
