/* The Tikhonov core against published numbers: exact optima of the quadratic program of pyDRTtools
   (50-digit arithmetic), and what pyDRTtools and pyimpspec agree on for a ZARC. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <eisfit/drt.h>

#include "analysis/drt_basis.h"
#include "analysis/drt_forms.h"
#include "interior.h"
#include "numerics/linalg.h"
#include "numerics/qp.h"

/* A file of f, re, im; `skip` leading columns; false when there are no shared data. */
static bool read_spectrum(const char *name, int skip_columns, eis_spectrum *s) {
  const char *root = getenv("EISFIT_SHARED");
  char path[512], line[512];
  double v[4];
  size_t n = 0;
  if (!root) return false;
  snprintf(path, sizeof path, "%s/%s", root, name);
  FILE *f = fopen(path, "r");
  if (!f) return false;
  assert_int_equal(eis_spectrum_init(s, 200, NULL), EIS_OK);
  while (n < 200 && fgets(line, sizeof line, f)) {
    int got = sscanf(line, "%lf%*[, \t]%lf%*[, \t]%lf%*[, \t]%lf", &v[0], &v[1], &v[2], &v[3]);
    if (got < 3 + skip_columns) continue;
    s->f[n] = v[skip_columns];
    s->re[n] = v[skip_columns + 1];
    s->im[n++] = v[skip_columns + 2];
  }
  fclose(f);
  s->n = n;
  eis_spectrum_sort(s);
  return n > 0;
}

static eis_drt_options like_pydrttools(void) {
  eis_drt_options o = eis_drt_options_default();
  o.method = EIS_DRT_TIKHONOV;
  o.weighting = EIS_WEIGHT_UNIT;
  o.R_inf = EIS_DRT_TERM_FIT;
  o.L = o.C = EIS_DRT_TERM_NONE;
  o.tau_at_1_over_f = true;
  o.criterion = EIS_DRT_FIXED;
  o.lambda = 1e-3;
  return o;
}

/* zarc_data has frequencies rounded to six decimals; pyDRTtools takes such a grid for an even one
   (its Toeplitz shortcut), which moves gamma by 9e-7 of its height; here they are made even, which
   comes within 2e-7. */
static void make_even(eis_spectrum *s) {
  for (size_t k = 0; k < s->n; k++) s->f[k] = pow(10, 6 - 0.1 * (double)k);
}

static void check_exact(json_t *root, const char *data, const char *order, double tolerance) {
  char key[80], file[80];
  eis_spectrum s;
  eis_drt_result r;
  eis_error err = EIS_ERROR_INIT;
  eis_drt_options o = like_pydrttools();
  snprintf(key, sizeof key, "%s|%s order|lam=1e-3", data, order);
  snprintf(file, sizeof file, "oracles/spectra/%s.csv", data);
  json_t *entry = json_object_get(root, key);
  assert_non_null(entry);
  if (!read_spectrum(file, 0, &s)) skip();
  make_even(&s);
  o.L = EIS_DRT_TERM_FIT;
  if (strcmp(order, "2nd") == 0) o.order[1] = 0, o.order[2] = 1;
  if (eis_drt_run(&s, &o, &r, &err) != EIS_OK) fail_msg("%s", err.text);
  double most = 0, height = 0;
  json_t *gamma = json_object_get(entry, "gamma");
  assert_int_equal(json_array_size(gamma), r.n_tau);
  for (size_t j = 0; j < r.n_tau; j++) {
    const double exact = json_number_value(json_array_get(gamma, j));
    most = fmax(most, fabs(r.gamma[j] - exact));
    height = fmax(height, exact);
  }
  const double R = json_number_value(json_object_get(entry, "R"));
  const double L = json_number_value(json_object_get(entry, "L"));
  if (getenv("DRT_VERBOSE"))
    printf("%s: gamma %.2e, R %.2e, L %g, kkt %.1e, %d factorisations\n", key, most / height,
           r.R_inf / R - 1, r.L - L, r.kkt, r.iterations);
  if (!(most <= tolerance * height)) fail_msg("%s: gamma is off by %g", key, most / height);
  assert_true(fabs(r.R_inf / R - 1) < 1e-8);
  assert_true(fabs(r.L - L) < 1e-12);
  assert_true(r.kkt < 1e-12);
  eis_drt_result_clear(&r);
  eis_spectrum_clear(&s);
}

static void test_exact_optima(void **state) {
  const char *shared = getenv("EISFIT_SHARED");
  char path[512];
  (void)state;
  snprintf(path, sizeof path, "%s/oracles/drt_oracles.json", shared ? shared : "");
  json_t *root = shared ? json_load_file(path, 0, NULL) : NULL;
  if (!root) {
    print_message("no shared oracles: skipped\n");
    skip();
  }
  check_exact(root, "drt2z_n0.5_s101", "1st", 1e-9);
  check_exact(root, "drt2z_n0.5_s101", "2nd", 1e-9);
  check_exact(root, "zarc_data", "1st", 2e-7);
  check_exact(root, "zarc_data", "2nd", 2e-7);
  json_decref(root);
}

/* pyDRTtools' shortcut: matrices of a grid that is nearly even are filled from their first column
   and row.  With it, the program of zarc_data has the optimum of the oracle. */
typedef struct shortcut {
  size_t n, cols;     /* x = R, L, coefficients */
  double epsilon, *l; /* ln tau */
  double *A, *M;      /* 2n x cols; first row of the penalty */
} shortcut;

static void clear_program(shortcut *t) {
  free(t->l);
  free(t->A);
  free(t->M);
}

/* The program with unit weights and tau = 1/f; `nearly`: filled by the shortcut. */
static void fill_program(shortcut *t, const eis_spectrum *s, const char *basis, int order,
                         bool nearly) {
  const eisi_drt_basis *b = eisi_drt_basis_find(basis);
  double *x, *weight;
  size_t nodes;
  t->n = s->n, t->cols = s->n + 2;
  t->l = calloc(t->n, sizeof(double));
  t->A = calloc(2 * t->n * t->cols, sizeof(double));
  t->M = calloc(t->n, sizeof(double));
  for (size_t j = 0; j < t->n; j++) t->l[j] = -log(s->f[j]);
  t->epsilon = 2 * b->half * 0.5 / ((t->l[t->n - 1] - t->l[0]) / (double)(t->n - 1));
  assert_int_equal(eisi_drt_basis_rule(b, t->epsilon, &nodes, &x, &weight, NULL), EIS_OK);
  for (size_t i = 0; i < t->n; i++) {
    t->A[i] = 1;
    t->A[2 * t->n + t->n + i] = 2 * M_PI * s->f[i];
    t->M[i] = pow(t->epsilon, 2 * order - 1) *
              eisi_drt_basis_overlap(b, order, (t->l[i] - t->l[0]) * t->epsilon);
    for (size_t j = 0; j < t->n; j++) {
      const double f = nearly ? s->f[i >= j ? i - j : 0] : s->f[i];
      const double tau = 1 / s->f[!nearly ? j : i >= j ? 0 : j - i];
      double re = 0, im = 0;
      for (size_t q = 0; q < nodes; q++) {
        const double u = 2 * M_PI * f * tau * exp(x[q]), v = weight[q] / (1 + u * u);
        re += v;
        im -= v * u;
      }
      t->A[(j + 2) * 2 * t->n + i] = re;
      t->A[(j + 2) * 2 * t->n + t->n + i] = im;
    }
  }
  free(x);
  free(weight);
}

static double shortcut_error(const eis_spectrum *s, int order, json_t *gamma) {
  shortcut t;
  eisi_qp *qp;
  const eisi_drt_basis *b = eisi_drt_basis_find("gaussian");
  fill_program(&t, s, "gaussian", order, true);
  const size_t rows = 2 * t.n;
  double *H = calloc(t.cols * t.cols, sizeof(double)), *c = calloc(2 * t.cols, sizeof(double));
  double *z = calloc(rows, sizeof(double)), *x = c + t.cols, most = 0, height = 0;
  memcpy(z, s->re, t.n * sizeof(double));
  memcpy(z + t.n, s->im, t.n * sizeof(double));
  eisi_gram(rows, t.cols, t.A, H);
  for (size_t i = 0; i < t.n; i++)
    for (size_t j = 0; j < t.n; j++)
      H[(i + 2) * t.cols + j + 2] += 1e-3 * t.M[i > j ? i - j : j - i];
  eisi_gemv_t(rows, t.cols, t.A, z, c);
  assert_int_equal(eisi_qp_new(t.cols, &qp, NULL), EIS_OK);
  eisi_qp_matrix(qp, H);
  eisi_qp_bounded(qp, true, NULL);
  assert_int_equal(eisi_qp_solve(qp, c, x, NULL, NULL), EIS_OK);
  for (size_t i = 0; i < t.n; i++) {
    const double exact = json_number_value(json_array_get(gamma, i));
    double g = 0;
    for (size_t j = 0; j < t.n; j++)
      g += x[j + 2] * eisi_drt_basis_value(b, (t.l[i] - t.l[j]) * t.epsilon);
    most = fmax(most, fabs(g - exact));
    height = fmax(height, exact);
  }
  eisi_qp_free(qp);
  clear_program(&t);
  free(H);
  free(c);
  free(z);
  return most / height;
}

static void test_shortcut(void **state) {
  static const char *const keys[2] = {"zarc_data|1st order|lam=1e-3",
                                      "zarc_data|2nd order|lam=1e-3"};
  const char *shared = getenv("EISFIT_SHARED");
  char path[512];
  eis_spectrum s;
  (void)state;
  snprintf(path, sizeof path, "%s/oracles/drt_oracles.json", shared ? shared : "");
  json_t *root = shared ? json_load_file(path, 0, NULL) : NULL;
  if (!root || !read_spectrum("oracles/spectra/zarc_data.csv", 0, &s)) skip();
  for (int i = 0; i < 2; i++) {
    json_t *gamma = json_object_get(json_object_get(root, keys[i]), "gamma");
    const double off = shortcut_error(&s, i + 1, gamma);
    if (getenv("DRT_VERBOSE")) printf("%s, shortcut: %.2e\n", keys[i], off);
    if (!(off < 1e-8)) fail_msg("%s: gamma is off by %g", keys[i], off);
  }
  eis_spectrum_clear(&s);
  json_decref(root);
}

/* Highest gamma on the fine grid of pyDRTtools (10 n points, half a decade beyond 1/f), and the
   trapezoidal area there. */
static void on_fine_grid(const eis_drt_result *r, double *height, double *place, double *area) {
  const size_t n = 10 * r->n_tau;
  const double first = log10(r->tau[0]) - 0.5, last = log10(r->tau[r->n_tau - 1]) + 0.5;
  double before = 0;
  *height = *area = 0;
  for (size_t i = 0; i < n; i++) {
    const double tau = pow(10, first + (last - first) * (double)i / (double)(n - 1));
    const double g = eis_drt_at(r, tau);
    if (g > *height) *height = g, *place = tau;
    if (i > 0) *area += (g + before) / 2 * (last - first) / (double)(n - 1) * log(10);
    before = g;
  }
}

typedef struct published {
  const char *basis;
  int order;
  bool L;
  eis_drt_part part;
  double lambda;
  double R_inf, inductance, height, place, area; /* NaN = not published */
  double height_off, area_off;                   /* by how much it may miss the optimum */
} published;

/* The published numbers are what cvxopt's stopping rule leaves, and two programs that agree share
   cvxopt.  The tolerances are what holds of gamma to 1e-4 and area to 1e-5.  pyDRTtools' penalties
   of Matern C4 and C6 are 9 and 225 times the integral of the squared derivative (their functions
   are normalised, the overlaps are not): lambda stands for that. */
static const published listed[] = {
    {"gaussian", 1, false, EIS_DRT_COMPLEX, 1e-3, 10.092761, NAN, 22.669193, .0849033, 49.859167,
     1.6e-3, 3.3e-4},
    {"gaussian", 2, false, EIS_DRT_COMPLEX, 1e-3, 10.09163, NAN, 21.665526, .0871063, 49.857462, 1e-4,
     8e-5},
    {"gaussian", 1, true, EIS_DRT_COMPLEX, 1e-3, 10.070163, 4.955e-6, 22.637822, .0849033, 49.871936,
     1e-4, 1.6e-5},
    {"gaussian", 2, true, EIS_DRT_COMPLEX, 1e-3, 10.070871, 4.955e-6, 21.667058, .0871063, 49.877501,
     1e-4, 4.3e-5},
    {"gaussian", 2, false, EIS_DRT_IMAG, 1e-3, 0, NAN, 21.805207, .0916852, 50.476291, 1e-4, 4.3e-5},
    {"matern-c0", 1, false, EIS_DRT_COMPLEX, 1e-3, 10.0895, NAN, 23.663843, NAN, 49.861967, 3.1e-3,
     2.1e-4},
    {"matern-c2", 1, false, EIS_DRT_COMPLEX, 1e-3, 10.0926, NAN, 22.870694, NAN, 49.859815, 3e-3, 2.8e-4},
    {"matern-c4", 1, false, EIS_DRT_COMPLEX, 9e-3, 10.0903, NAN, 21.140117, NAN, 49.863488, 6e-4, 1.5e-4},
    {"matern-c6", 1, false, EIS_DRT_COMPLEX, 225e-3, 10.0856, NAN, 17.381843, NAN, 49.76766, 1e-4, 1e-5},
    {"inverse-quadratic", 1, false, EIS_DRT_COMPLEX, 1e-3, 9.69952, NAN, 23.625392, NAN, 50.349409,
     1.2e-4, 1e-5}};

/* Violation of the conditions of optimality, from matrices made here and in extended precision: the
   gradient is zero where x > 0 and not negative where x = 0; relative to the size of its terms. The
   program is strictly convex: what meets them has the least objective. */
static double optimality(const eis_spectrum *s, const published *p, const eis_drt_result *r) {
  shortcut t;
  double worst = 0;
  fill_program(&t, s, p->basis, p->order, false);
  const size_t rows = 2 * t.n, first = p->part == EIS_DRT_IMAG ? t.n : 0;
  long double *res = calloc(rows, sizeof *res);
  double *x = calloc(t.cols, sizeof *x);
  x[0] = r->R_inf, x[1] = r->L;
  memcpy(x + 2, r->coef, t.n * sizeof *x);
  for (size_t k = first; k < rows; k++) {
    res[k] = -(long double)(k < t.n ? s->re[k] : s->im[k - t.n]);
    for (size_t j = 0; j < t.cols; j++) res[k] += (long double)t.A[j * rows + k] * x[j];
  }
  for (size_t j = 0; j < t.cols; j++) {
    long double g = 0, size = 0;
    if ((j == 0 && first) || (j == 1 && !p->L)) continue;
    for (size_t k = first; k < rows; k++) {
      g += t.A[j * rows + k] * res[k];
      size += fabsl(t.A[j * rows + k] * (k < t.n ? s->re[k] : s->im[k - t.n]));
    }
    for (size_t i = 0; j >= 2 && i < t.n; i++)
      g += (long double)p->lambda * t.M[i > j - 2 ? i - j + 2 : j - 2 - i] * x[i + 2];
    worst = fmax(worst, (double)((x[j] > 0 ? fabsl(g) : -g) / size));
    assert_true(x[j] >= 0);
  }
  free(res);
  free(x);
  clear_program(&t);
  return worst;
}

/* cvxopt's answer takes the place of R_inf, L and the coefficients of r. */
static int like_cvxopt(const eis_spectrum *s, const published *p, eis_drt_result *r) {
  shortcut t;
  fill_program(&t, s, p->basis, p->order, false);
  const size_t all = 2 * t.n, first = p->part == EIS_DRT_IMAG ? t.n : 0, n = t.n + !first + p->L;
  double *v = calloc(2 * n * n + 11 * n, sizeof *v), *next = v + 2 * n * n;
  interior q = {.n = n, .P = v, .K = v + n * n};
  double **part[11] = {&q.q, &q.x, &q.s, &q.z, &q.rx, &q.rz, &q.w, &q.l, &q.dx, &q.ds, &q.dz};
  for (int i = 0; i < 11; i++) *part[i] = next, next += n;
  for (size_t i = 0; i < n; i++) {
    const size_t c = i + t.n >= n ? i + t.n - n + 2 : i == 0 ? first != 0 : 1;
    const double *a = t.A + c * all;
    q.q[i] = -2 * ((first ? 0 : dot(t.n, a, s->re)) + dot(t.n, a + t.n, s->im));
    for (size_t j = 0; j < n; j++) {
      const size_t d = j + t.n >= n ? j + t.n - n + 2 : j == 0 ? first != 0 : 1;
      q.P[i * n + j] = 2 * dot(all - first, a + first, t.A + d * all + first);
      if (c > 1 && d > 1) q.P[i * n + j] += 2 * p->lambda * t.M[c > d ? c - d : d - c];
    }
  }
  const int rounds = solve_interior(&q);
  if (!first) r->R_inf = q.x[0];
  memcpy(r->coef, q.x + n - t.n, t.n * sizeof(double));
  free(v);
  clear_program(&t);
  return rounds;
}

static void check_published(const eis_spectrum *s, const published *p, eis_drt_result *r) {
  eis_drt_options o = like_pydrttools();
  eis_error err = EIS_ERROR_INIT;
  double height, place = 0, area;
  o.basis = p->basis;
  o.order[1] = p->order == 1;
  o.order[2] = p->order == 2;
  o.part = p->part;
  o.lambda = p->lambda;
  if (p->L) o.L = EIS_DRT_TERM_FIT;
  if (p->part == EIS_DRT_IMAG) o.R_inf = EIS_DRT_TERM_NONE;
  if (eis_drt_run(s, &o, r, &err) != EIS_OK) fail_msg("%s", err.text);
  on_fine_grid(r, &height, &place, &area);
  const double off = optimality(s, p, r);
  if (getenv("DRT_VERBOSE"))
    printf(
        "%-10s %d%s: R %.6f (%.6f) L %.4g height %.6f (%.6f, %.1e) at %.6g area %.6f (%.6f, %.1e), "
        "optimal to %.1e\n",
        p->basis, p->order, p->L ? " L" : "", r->R_inf, p->R_inf, r->L, height, p->height,
        height / p->height - 1, place, area, p->area, area / p->area - 1, off);
  if (!(off < 1e-12)) fail_msg("%s %d: not the optimum by %g", p->basis, p->order, off);
  if (!(fabs(height / p->height - 1) < p->height_off))
    fail_msg("%s: height %.7g", p->basis, height);
  if (!(fabs(area / p->area - 1) < p->area_off)) fail_msg("%s: area %.8g", p->basis, area);
  assert_true(fabs(r->R_inf - p->R_inf) < 6e-3);
  if (!isnan(p->place)) assert_true(fabs(place / p->place - 1) < 1e-4);
  if (!isnan(p->inductance)) assert_true(fabs(r->L / p->inductance - 1) < 1e-4);
}

/* The published digits themselves, where cvxopt stops. */
static void check_stopped(const eis_spectrum *s, const published *p, eis_drt_result *r) {
  double height, place, area;
  const int rounds = like_cvxopt(s, p, r);
  on_fine_grid(r, &height, &place, &area);
  if (getenv("DRT_VERBOSE"))
    printf("  stopped after %d: R %.6f height %.6f (%.1e) area %.6f (%.1e)\n", rounds, r->R_inf,
           height, height / p->height - 1, area, area / p->area - 1);
  if (!(fabs(height - p->height) < 2e-6)) fail_msg("%s stopped: height %.8g", p->basis, height);
  if (!(fabs(area - p->area) < 6e-6)) fail_msg("%s stopped: area %.8g", p->basis, area);
  assert_true(fabs(r->R_inf - p->R_inf) < 6e-5);
}

static void test_published_zarc(void **state) {
  /* the optimum of the first two rows, from scipy.optimize.nnls on the stacked system */
  static const double exact[2][3] = {{10.097769628847637, 22.633506108327225, 49.843188932512255},
                                     {10.093025749893043, 21.663682637275738, 49.85366949702779}};
  eis_spectrum s;
  (void)state;
  if (!read_spectrum("data/pydrttools/synthetic/1ZARC.csv", 1, &s)) {
    print_message("no shared data: skipped\n");
    skip();
  }
  assert_int_equal(s.n, 81);
  for (size_t i = 0; i < sizeof listed / sizeof *listed; i++) {
    eis_drt_result r;
    double height, place, area;
    check_published(&s, &listed[i], &r);
    on_fine_grid(&r, &height, &place, &area);
    if (i < 2) {
      assert_true(fabs(r.R_inf - exact[i][0]) < 1e-6);
      assert_true(fabs(height / exact[i][1] - 1) < 1e-7);
      assert_true(fabs(area / exact[i][2] - 1) < 1e-7);
    }
    check_stopped(&s, &listed[i], &r);
    eis_drt_result_clear(&r);
  }
  eis_spectrum_clear(&s);
}

/* The shared spectra of two ZARCs (R 50, n .8 at 1e-4 and .1 s) with the default method. */
static double error_of_gamma(const eis_drt_result *r) {
  double num = 0, den = 0;
  for (int i = 0; i <= 160; i++) {
    const double tau = pow(10, -6 + i / 20.0);
    const double g = eisi_drt_form(50, 0.8, 1, log(tau / 1e-4), 1) +
                     eisi_drt_form(50, 0.8, 1, log(tau / 0.1), 1);
    const double d = eis_drt_at(r, tau) - g;
    num += d * d;
    den += g * g;
  }
  return sqrt(num / den);
}

static void test_two_zarcs(void **state) {
  static const struct {
    const char *name;
    double gamma, area, place; /* relative, relative, decades */
  } table[] = {{"exact", .015, .005, .02},     {"n0.1_s101", .015, .005, .02},
               {"n0.1_s102", .015, .005, .02}, {"n0.5_s101", .05, .01, .02},
               {"n0.5_s102", .05, .01, .02},   {"n1_s101", .09, .02, .02},
               {"n1_s102", .09, .02, .02}};
  (void)state;
  for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
    char file[80];
    eis_spectrum s;
    eis_drt_result r;
    eis_error err = EIS_ERROR_INIT;
    snprintf(file, sizeof file, "oracles/spectra/drt2z_%s.csv", table[i].name);
    if (!read_spectrum(file, 0, &s)) skip();
    if (eis_drt_run(&s, NULL, &r, &err) != EIS_OK) fail_msg("%s", err.text);
    const double off = error_of_gamma(&r);
    if (getenv("DRT_VERBOSE")) printf("%s: gamma %.4f, %zu peaks", table[i].name, off, r.n_peaks);
    assert_int_equal(r.n_peaks, 2);
    for (int k = 0; k < 2; k++) {
      const double area = r.peak[k].R / 50 - 1, place = log10(r.peak[k].tau / (k ? 0.1 : 1e-4));
      if (getenv("DRT_VERBOSE")) printf(", %+.2f %% %+.4f", 100 * area, place);
      if (!(fabs(area) < table[i].area)) fail_msg("%s: area %g", table[i].name, r.peak[k].R);
      if (!(fabs(place) < table[i].place)) fail_msg("%s: tau %g", table[i].name, r.peak[k].tau);
    }
    if (getenv("DRT_VERBOSE")) printf("\n");
    if (!(off < table[i].gamma)) fail_msg("%s: gamma is off by %g", table[i].name, off);
    eis_drt_result_clear(&r);
    eis_spectrum_clear(&s);
  }
}

/* The lambda that pyDRTtools' SLSQP ends at (from 1e-3, range 1e-7 to 1), the height it prints
   there, and the optimum of the criterion as defined here: inside (found by a scan of the score,
   too) or at the end of the range. */
typedef struct chosen {
  eis_drt_criterion criterion;
  double lambda, height, height_off;
  double optimum;
  bool at_limit;
} chosen;

/* Height of gamma at the published lambda: optimum, and where cvxopt stops. */
static void heights_at(const eis_spectrum *s, double lambda, double *height, double *stopped) {
  const published p = {.basis = "gaussian", .order = 1, .part = EIS_DRT_COMPLEX, .lambda = lambda};
  eis_drt_options o = like_pydrttools();
  eis_drt_result r;
  double place, area;
  o.lambda = lambda;
  assert_int_equal(eis_drt_run(s, &o, &r, NULL), EIS_OK);
  on_fine_grid(&r, height, &place, &area);
  like_cvxopt(s, &p, &r);
  on_fine_grid(&r, stopped, &place, &area);
  eis_drt_result_clear(&r);
}

static void search_lambda(const eis_spectrum *s, eis_drt_criterion criterion, double low,
                          double high, eis_drt_result *r) {
  eis_drt_options o = like_pydrttools();
  eis_error err = EIS_ERROR_INIT;
  o.criterion = criterion;
  o.lambda_min = low;
  o.lambda_max = high;
  if (eis_drt_run(s, &o, r, &err) != EIS_OK) fail_msg("%s", err.text);
}

static void check_chosen(const eis_spectrum *s, const chosen *p) {
  eis_drt_result r, near;
  search_lambda(s, p->criterion, 1e-7, 1, &r);
  search_lambda(s, p->criterion, p->lambda / 1.1, p->lambda * 1.1, &near);
  double height, stopped;
  heights_at(s, p->lambda, &height, &stopped);
  if (getenv("DRT_VERBOSE"))
    printf(
        "criterion %d: %.6g (%.6g), within 10 %% of that %.6g%s; height there %.6f, stopped "
        "%.6f (%.6f, %.1e)\n",
        (int)p->criterion, r.lambda, p->lambda, near.lambda,
        near.lambda_at_limit ? ", the end" : "", height, stopped, p->height,
        stopped / p->height - 1);
  assert_int_equal(r.lambda_at_limit, p->at_limit);
  if (!(fabs(r.lambda / p->optimum - 1) < 0.01))
    fail_msg("criterion %d: %.6g", (int)p->criterion, r.lambda);
  if (p->at_limit) assert_non_null(strstr(r.advice, "end of the search range"));
  /* only the modified GCV has an optimum where the search of pyDRTtools stops */
  assert_int_equal(near.lambda_at_limit,
                   p->criterion != EIS_DRT_MGCV && p->criterion != EIS_DRT_K_FOLD);
  if (!(fabs(height / p->height - 1) < p->height_off))
    fail_msg("criterion %d: height %.7g", (int)p->criterion, height);
  if (!(fabs(stopped / p->height - 1) < 1e-6))
    fail_msg("criterion %d, stopped: height %.8g", (int)p->criterion, stopped);
  eis_drt_result_clear(&r);
  eis_drt_result_clear(&near);
}

static void test_published_lambda(void **state) {
  static const chosen table[] = {{EIS_DRT_GCV, 1.01689e-7, 47.570461, .08, 1e-7, true},
                                 {EIS_DRT_MGCV, .13439, 18.109421, 1e-6, .134763, false},
                                 {EIS_DRT_RGCV, 1.02157e-7, 47.570475, .08, 6.5658e-7, false},
                                 {EIS_DRT_L_CURVE, .0010014, 22.668159, 2e-3, 1, true},
                                 {EIS_DRT_RE_IM, .0026556, 22.01017, 2e-3, .00304609, false},
                                 {EIS_DRT_K_FOLD, .00416362, 21.715158, 2e-3, .00453922, false}};
  eis_spectrum s;
  (void)state;
  if (!read_spectrum("data/pydrttools/synthetic/1ZARC.csv", 1, &s)) skip();
  for (size_t i = 0; i < sizeof table / sizeof *table; i++) check_chosen(&s, &table[i]);
  eis_spectrum_clear(&s);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_exact_optima),
                                     cmocka_unit_test(test_shortcut),
                                     cmocka_unit_test(test_published_zarc),
                                     cmocka_unit_test(test_two_zarcs),
                                     cmocka_unit_test(test_published_lambda)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
