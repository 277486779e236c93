/* drt_basis.c - the table of basis functions. */
#include "analysis/drt_basis.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <eisfit/drt.h>

/* ---- Gaussian ---- */

static double gaussian(double x) { return exp(-x * x); }

/* From phi * phi = sqrt(pi/2) exp(-a^2/2); derivatives with (-1)^k d^2k/da^2k. */
static double gaussian_overlap(int k, double a) {
  const double q = a * a, f = sqrt(M_PI / 2) * exp(-q / 2);
  return f * (k == 0 ? 1 : k == 1 ? 1 - q : 3 - 6 * q + q * q);
}

/* ---- inverse quadratic ---- */

static double inverse_quadratic(double x) { return 1 / (1 + x * x); }

/* From phi * phi = 2 pi/(4 + a^2). */
static double inverse_quadratic_overlap(int k, double a) {
  const double q = a * a, d = 4 + q;
  if (k == 0) return 2 * M_PI / d;
  if (k == 1) return 4 * M_PI * (4 - 3 * q) / (d * d * d);
  return 48 * M_PI * (16 - 40 * q + 5 * q * q) / (d * d * d * d * d);
}

/* ---- hat ---- */

static double hat(double x) { return fmax(1 - fabs(x), 0); }

/* k = 0: integral of the products; k = 1, 2: second differences of that cubic spline are squares
   of first and second differences of the coefficients (a is a whole number). */
static double hat_overlap(int k, double a) {
  static const double row[3][3] = {{2.0 / 3, 1.0 / 6, 0}, {2, -1, 0}, {6, -4, 1}};
  const double d = fabs(a);
  return d < 2.5 ? row[k][(int)(d + 0.5)] : 0;
}

/* ---- Matern ---- */

enum { MOST_DEGREE = 7 };

/* p(|x|) exp(-|x|) with p(0) = 1 and half-integer smoothness, degree n:
   p = sum (n + i)!/(i! (n - i)!) (2x)^(n-i) n!/(2n)!. */
static void matern_polynomial(int n, double p[MOST_DEGREE + 1]) {
  double c = 1; /* of the highest power, i = 0 */
  for (int i = 0; i < n; i++) c *= 2.0 / (2 * n - i);
  for (int i = 0; i <= n; i++) {
    p[n - i] = c;
    c *= (double)(n + i + 1) * (n - i) / (2.0 * (i + 1));
  }
}

static double polynomial(int n, const double *p, double x) {
  double sum = 0;
  for (int i = n; i >= 0; i--) sum = sum * x + p[i];
  return sum;
}

static double matern(int n, double x) {
  double p[MOST_DEGREE + 1];
  matern_polynomial(n, p);
  return polynomial(n, p, fabs(x)) * exp(-fabs(x));
}

/* The spectrum of degree n is (1 + w^2)^-(n+1): the square has degree 2n + 1.  Derivatives of p
   e^-x by p -> p' - p.  Scale: integral of phi^2, whose spectrum's integral gives 4 B(n + 3/2, ..)
   in closed form; found here from the value at zero of the product. */
static double matern_overlap(int n, int k, double a) {
  double p[MOST_DEGREE + 1], square[2 * MOST_DEGREE + 1] = {0}, scale = 0, factorial = 1;
  const int m = 2 * n + 1;
  matern_polynomial(n, p);
  for (int i = 0; i <= n; i++)
    for (int j = 0; j <= n; j++) square[i + j] += p[i] * p[j];
  for (int i = 0; i <= 2 * n; i++) { /* 2 * integral of x^i e^-2x over x > 0 */
    if (i > 0) factorial *= i;
    scale += 2 * square[i] * factorial / pow(2, i + 1);
  }
  matern_polynomial(m, p);
  for (int round = 0; round < 2 * k; round++)
    for (int i = 0; i <= m; i++) p[i] = (i < m ? (i + 1) * p[i + 1] : 0) - p[i];
  return (k == 1 ? -1 : 1) * scale * polynomial(m, p, fabs(a)) * exp(-fabs(a));
}

static double one(double x) { return fabs(x) < 0.5; }

/* Sum over the points instead of an integral; differences as for the hat. */
static double point_overlap(int k, double a) { return k == 0 ? fabs(a) < 0.5 : hat_overlap(k, a); }

static const eisi_drt_basis table[] = {
    {.key = "gaussian", .doc = "Gaussian radial basis functions", .matern = -1, .reach = 6.2,
     .half = 0.83255461115769769, .orders = 2, .value = gaussian, .overlap = gaussian_overlap},
    {.key = "linear", .doc = "piecewise linear", .matern = -1, .local = true, .reach = 1,
     .half = 0.5, .orders = 2, .value = hat, .overlap = hat_overlap},
    {.key = "points", .doc = "sum over the points of the grid (a Voigt chain)", .matern = -1,
     .local = true, .reach = 0, .half = 0.5, .orders = 2, .value = one, .overlap = point_overlap},
    {.key = "matern-c0", .doc = "Matern functions without derivative (exponential)", .matern = 0,
     .reach = 38, .half = 0.69314718055994531, .orders = 1},
    {.key = "matern-c2", .doc = "Matern functions with two derivatives", .matern = 1, .reach = 42,
     .half = 1.6783469900166606, .orders = 2},
    {.key = "matern-c4", .doc = "Matern functions with four derivatives", .matern = 2, .reach = 46,
     .half = 2.3302561921561674, .orders = 2},
    {.key = "matern-c6", .doc = "Matern functions with six derivatives", .matern = 3, .reach = 50,
     .half = 2.8495676978866616, .orders = 2},
    {.key = "inverse-quadratic", .doc = "1/(1 + x^2): tails that compete with R_inf", .matern = -1,
     .reach = HUGE_VAL, .half = 1, .orders = 2, .value = inverse_quadratic,
     .overlap = inverse_quadratic_overlap}};

enum { ROWS = sizeof table / sizeof *table };

const eisi_drt_basis *eisi_drt_basis_row(size_t i) { return i < ROWS ? &table[i] : NULL; }

const eisi_drt_basis *eisi_drt_basis_find(const char *key) {
  for (size_t i = 0; key && i < ROWS; i++)
    if (strcmp(table[i].key, key) == 0) return &table[i];
  return NULL;
}

const char *eis_drt_basis_at(size_t i, const char **doc) {
  if (i >= ROWS) return NULL;
  if (doc) *doc = table[i].doc;
  return table[i].key;
}

double eisi_drt_basis_value(const eisi_drt_basis *b, double x) {
  return b->matern >= 0 ? matern(b->matern, x) : b->value(x);
}

double eisi_drt_basis_overlap(const eisi_drt_basis *b, int k, double a) {
  return b->matern >= 0 ? matern_overlap(b->matern, k, a) : b->overlap(k, a);
}

/* ---- integrals with the kernel ----
   1/(1 + e^(2(s+t))) is smooth on the scale pi/2, whatever the width of phi. */

enum { GAUSS = 10 };
static const double gauss_x[GAUSS / 2] = {0.14887433898163122, 0.43339539412924719,
                                          0.67940956829902441, 0.86506336668898451,
                                          0.97390652851717172};
static const double gauss_w[GAUSS / 2] = {0.29552422471475287, 0.26926671930999636,
                                          0.21908636251598204, 0.14945134915058059,
                                          0.066671344308688138};

typedef struct rule {
  const eisi_drt_basis *b;
  double epsilon, *t, *c;
  size_t n;
} rule;

static void add_node(rule *r, double x, double weight) {
  r->t[r->n] = x / r->epsilon;
  r->c[r->n++] = weight * eisi_drt_basis_value(r->b, x) / r->epsilon;
}

/* Gauss-Legendre on both sides of the kink at zero, in panels no wider than one in t and x. */
static void fill_panels(rule *r, size_t panels) {
  const double h = r->b->reach / (double)panels;
  for (size_t i = 0; i < 2 * panels; i++) {
    const double middle = ((double)i + 0.5) * h - r->b->reach;
    for (int q = 0; q < GAUSS; q++) {
      const double x = q % 2 ? gauss_x[q / 2] : -gauss_x[q / 2];
      add_node(r, middle + h / 2 * x, h / 2 * gauss_w[q / 2]);
    }
  }
}

/* Trapezoidal rule, exponentially accurate: for the Gaussian in x, for algebraic tails (cut where
   pyDRTtools cuts them, at |t| = 50) in x = sinh v. */
static void fill_trapezoid(rule *r, size_t half, double step) {
  const bool stretched = !isfinite(r->b->reach);
  for (size_t i = 0; i <= 2 * half; i++) {
    const double v = ((double)i - (double)half) * step;
    const double end = stretched && (i == 0 || i == 2 * half) ? 0.5 : 1;
    if (stretched)
      add_node(r, sinh(v), end * step * cosh(v));
    else
      add_node(r, v, step);
  }
}

eis_status eisi_drt_basis_rule(const eisi_drt_basis *b, double epsilon, size_t *n, double **t,
                               double **c, eis_error *err) {
  const double tail = asinh(50 * epsilon), wide = fmin(0.4, 0.25 * epsilon);
  const bool smooth = b->value == gaussian, stretched = !isfinite(b->reach);
  size_t panels = 1, half = 0, count = 1;
  rule r = {.b = b, .epsilon = epsilon};
  if (smooth) half = (size_t)ceil(b->reach / wide);
  if (stretched) half = (size_t)ceil(tail / 0.01);
  if (b->reach > 1) panels = (size_t)ceil(fmax(b->reach / 2, b->reach / epsilon));
  count = smooth || stretched ? 2 * half + 1 : b->reach > 0 ? 2 * panels * GAUSS : 1;
  *t = *c = NULL;
  r.t = *t = eisi_new(count, sizeof **t, err);
  r.c = *c = eisi_new(count, sizeof **c, err);
  if (!r.t || !r.c) {
    free(*t);
    free(*c);
    *t = *c = NULL;
    return EIS_ERROR_MEMORY;
  }
  if (stretched)
    fill_trapezoid(&r, half, tail / (double)half);
  else if (smooth)
    fill_trapezoid(&r, half, wide);
  else if (b->reach > 0)
    fill_panels(&r, panels);
  else
    add_node(&r, 0, 1);
  *n = r.n;
  return EIS_OK;
}
