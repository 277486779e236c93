/* vec.h - helpers for element families: loops over the frequency grid that vectorise.

   Rules for a family file (they are compiled with fast-math, see Makefile.am, so that exp, log,
   sin, cos of the whole grid run in vector registers):
     - one evaluation function per element; the loop body is written once as a static inline
       function with a constant `want` flag and called as want ? f(..., true) : f(..., false)
     - read and write planar arrays (element.h); use double complex inside the body
     - never rely on NaN or Inf; keep every intermediate finite for all parameters inside the
       bounds (tanh, coth, exp saturate by construction in the helpers below)
     - mark the evaluation function EISI_CLONES: one binary, AVX2/AVX-512 where there is. */
#ifndef EISI_VEC_H
#define EISI_VEC_H

#include <complex.h>
#include <math.h>

#include <eisfit/element.h>

#include "base/clones.h"

#define EISI_HALF_PI 1.57079632679489661923

/* a + jb without the traps of a + b*I */
#define EISI_INLINE static inline __attribute__((always_inline))

EISI_INLINE double complex eisi_cplx(double re, double im) { return __builtin_complex(re, im); }

/* Entry k of a planar vector. */
EISI_INLINE void eisi_put(double *v, size_t n, size_t k, double complex x) {
  v[k] = creal(x);
  v[n + k] = cimag(x);
}
EISI_INLINE double complex eisi_get(const double *v, size_t n, size_t k) {
  return eisi_cplx(v[k], v[n + k]);
}

EISI_INLINE double complex eisi_inv(double complex z) {
  const double a = creal(z), b = cimag(z), d = 1.0 / (a * a + b * b);
  return eisi_cplx(a * d, -b * d);
}

/* cos x, written so that the compiler does not fuse it with a sin x of the same argument into a
   sincos, which has no vector version: absolute error < 3e-16 */
EISI_INLINE double eisi_cos(double x) {
  const double s = sin(0.5 * x);
  return 1.0 - 2.0 * s * s;
}

/* exp(a) (cos b + j sin b) */
EISI_INLINE double complex eisi_expj(double a, double b) {
  const double m = exp(a);
  return eisi_cplx(m * eisi_cos(b), m * sin(b));
}

/* Principal square root, any quadrant; fine for 1e-150 < |z| < 1e150. */
EISI_INLINE double complex eisi_sqrt(double complex z) {
  const double a = creal(z), b = cimag(z), m = sqrt(a * a + b * b);
  const double s = sqrt(0.5 * (m + fabs(a)));   /* >= half the modulus of the root */
  const double t = s > 0.0 ? 0.5 * b / s : 0.0; /* the smaller part, without cancellation */
  return eisi_cplx(a >= 0.0 ? s : fabs(t), a >= 0.0 ? t : (b < 0.0 ? -s : s));
}

/* ln z, Re z > 0 */
EISI_INLINE double complex eisi_log(double complex z) {
  const double a = creal(z), b = cimag(z);
  return eisi_cplx(0.5 * log(a * a + b * b), atan(b / a));
}

/* (j x)^a from ln x */
EISI_INLINE double complex eisi_jpow(double ln_x, double a) {
  return eisi_expj(a * ln_x, a * EISI_HALF_PI);
}

/* The pieces of all hyperbolic functions of z, Re z >= 0: q = exp(-2 z), 1 - q and 1 + q; 1 - q
   keeps its relative accuracy for small z, and from Re z = 18 on q is 0 to rounding.
     tanh = (1-q)/(1+q), coth = (1+q)/(1-q), 1/cosh^2 = 4 q/(1+q)^2, 1/sinh^2 = 4 q/(1-q)^2 */
typedef struct eisi_hyp {
  double complex q, minus, plus;
} eisi_hyp;

EISI_INLINE eisi_hyp eisi_hyp_of(double complex z) {
  const bool small = creal(z) < 18.0;
  const double m = expm1(-2.0 * (small ? creal(z) : 18.0)); /* e - 1, e = exp(-2 Re z) */
  const double e = small ? 1.0 + m : 0.0, y = small ? cimag(z) : 0.0, s = sin(y);
  const double re = small ? 2.0 * e * s * s - m : 1.0, im = e * sin(2.0 * y);
  return (eisi_hyp){eisi_cplx(1.0 - re, -im), eisi_cplx(re, im), eisi_cplx(2.0 - re, -im)};
}

/* tanh(z), Re z >= 0, no overflow */
EISI_INLINE double complex eisi_tanh(double complex z) {
  const eisi_hyp h = eisi_hyp_of(z);
  return h.minus * eisi_inv(h.plus);
}

/* A function of b with the derivative the logarithm of b asks for: f(b) and b f'(b). */
typedef struct eisi_fd {
  double complex f, d;
} eisi_fd;

/* tanh(b)/b */
EISI_INLINE eisi_fd eisi_tanh_over(double complex b) {
  const eisi_hyp h = eisi_hyp_of(b);
  const double complex i = eisi_inv(h.plus), f = h.minus * i * eisi_inv(b);
  return (eisi_fd){f, 4.0 * h.q * i * i - f};
}

/* coth(b)/b */
EISI_INLINE eisi_fd eisi_coth_over(double complex b) {
  const eisi_hyp h = eisi_hyp_of(b);
  const double complex i = eisi_inv(h.minus), f = h.plus * i * eisi_inv(b);
  return (eisi_fd){f, -4.0 * h.q * i * i - f};
}

/* 1/(b sinh b) */
EISI_INLINE eisi_fd eisi_csch_over(double complex b) {
  const eisi_hyp h = eisi_hyp_of(b);
  const bool small = creal(b) < 600.0; /* beyond it is 0 */
  const double complex i = eisi_inv(h.minus);
  const double complex r = eisi_expj(small ? -creal(b) : -600.0, small ? -cimag(b) : 0.0);
  const double complex f = 2.0 * r * i * eisi_inv(b);
  return (eisi_fd){f, -f * (1.0 + b * h.plus * i)};
}

/* The loop over the grid: no value written is read again, whatever the compiler can prove. */
#if defined(__GNUC__) && !defined(__clang__)
#define EISI_EACH(k, n) _Pragma("GCC ivdep") for (size_t k = 0; k < (n); k++)
#else
#define EISI_EACH(k, n) for (size_t k = 0; k < (n); k++)
#endif

/* The evaluation function `fn` of a plain element from its body
   fn_body(g, p, z, dz, want): once with derivatives, once without. */
#define EISI_EVAL(fn)                                                                        \
  EISI_CLONES static void fn(const eis_grid *g, const double *p, const double *sub, double *z, \
                             double *dz, double *dsub) {                                     \
    (void)sub;                                                                               \
    (void)dsub;                                                                              \
    if (dz)                                                                                  \
      fn##_body(g, p, z, dz, true);                                                          \
    else                                                                                     \
      fn##_body(g, p, z, NULL, false);                                                       \
  }

/* Derivative column j, entry k, of a planar Jacobian with columns of 2n. */
EISI_INLINE void eisi_put_d(double *dz, size_t n, size_t j, size_t k, double complex x) {
  eisi_put(dz + 2 * n * j, n, k, x);
}

#endif
