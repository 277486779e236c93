/* PNP2: tables T3 of oracles/mpnp.md read as they stand, equal mobilities against PNP1, limits. */
#include <complex.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "model/elem_rows.h"
#include "physics/constants.h"
#include "physics/cplx.h"

static double complex run(const eis_element *e, const double *p, double w) {
  const double lw = log(w);
  const eis_grid g = {1, &w, &lw};
  double z[2];
  e->eval(&g, p, NULL, z, NULL, NULL);
  return CMPLX(z[0], z[1]);
}

static void near(double got, double want, double tolerance, const char *what, double where) {
  if (!(fabs(got - want) <= tolerance * fabs(want)))
    fail_msg("%s at %g: %.14g, expected %.14g", what, where, got, want);
}

static void T3_two_ions(void **state) {
  (void)state;
  const char *dir = getenv("EISFIT_SHARED");
  char path[1024], line[512];
  double share = 0, f, re, im;
  int rows = 0;
  snprintf(path, sizeof path, "%s/oracles/mpnp.md", dir ? dir : ".");
  FILE *in = fopen(path, "r");
  if (!in) skip();
  while (fgets(line, sizeof line, in)) {
    const char *D = strstr(line, "D-=");
    if (line[0] == '#') share = strncmp(line, "# T3 ", 5) == 0 && D ? strtod(D + 3, NULL) : 0;
    if (share == 0 || sscanf(line, "%lf %lf %lf", &f, &re, &im) != 3) continue;
    const double p[] = {16.6, 1e25, 3e-12, share * 3e-12, 1e-6, 1, EISI_T25, 1e30};
    const double complex z = run(&eisi_elem_pnp2, p, 2 * EISI_PI * f);
    near(creal(z), re, 6e-12, "Re Z", f);
    near(cimag(z), im, 6e-12, "Im Z", f);
    rows++;
  }
  fclose(in);
  assert_int_equal(rows, 14);
}

/* Equal diffusion coefficients: PNP1 with twice the conductivity and lambda_D/sqrt(2). */
static void equal_mobilities(void **state) {
  (void)state;
  static const double L[] = {3e-9, 1e-7, 1e-4}, C[] = {1e30, 0.2};
  for (int i = 0; i < 6; i++)
    for (int k = -6; k <= 9; k++) {
      const double D = 2e-13, n0 = 3e25, T = 320, CH = C[i % 2];
      const double sigma = 2 * EISI_E * EISI_E * D * n0 / (EISI_KB * T);
      const double two[] = {20, n0, D, D, L[i / 2], 1e-4, T, CH};
      const double one[] = {20, 2 * n0, 0, sigma, L[i / 2], 1e-4, T, 1e30, CH};
      const double w = pow(10, k);
      const double complex a = run(&eisi_elem_pnp2, two, w), b = run(&eisi_elem_pnp1, one, w);
      assert_true(cabs(a - b) < 1e-12 * cabs(b));
    }
}

/* Low frequency: capacitance of both layers, Re Z -> (L/4)(1/sigma+ + 1/sigma-); in between the
 * bulk. */
static void limits(void **state) {
  (void)state;
  const double p[] = {16.6, 1e25, 3e-12, 3e-14, 1e-5, 1, EISI_T25, 1e30};
  const double unit = EISI_E * EISI_E * p[1] / (EISI_KB * p[6]),
               l2 = sqrt(16.6 * EISI_EPS0 / unit * 0.5);
  const double complex low = run(&eisi_elem_pnp2, p, 1e-8);
  near(creal(low), 0.25 * p[4] * (1 / (unit * p[2]) + 1 / (unit * p[3])), 2e-3, "Re Z", 0);
  near(-1e8 / cimag(low), 0.5 * 16.6 * EISI_EPS0 / l2, 1e-9, "capacitance", 0);
  const double complex middle = run(&eisi_elem_pnp2, p, 1e4);
  near(creal(middle), p[4] / (unit * (p[2] + p[3])), 3e-3, "bulk", 1e4);
}

/* Where both modes meet (r = 0) Z is as smooth as elsewhere. */
static void modes_meet(void **state) {
  (void)state;
  const double p[] = {16.6, 1e25, 3e-12, 3e-14, 1e-8, 1, EISI_T25, 1e30};
  const double l2 = 16.6 * EISI_EPS0 * EISI_KB * p[6] / (EISI_E * EISI_E * p[1]);
  const double w = 2 / (l2 * (1 / p[3] - 1 / p[2]));
  const double complex at = run(&eisi_elem_pnp2, p, w);
  const double complex mean =
      0.5 * (run(&eisi_elem_pnp2, p, w * (1 + 1e-4)) + run(&eisi_elem_pnp2, p, w * (1 - 1e-4)));
  assert_true(cabs(at - mean) < 1e-7 * cabs(at));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(T3_two_ions),
      cmocka_unit_test(equal_mobilities),
      cmocka_unit_test(limits),
      cmocka_unit_test(modes_meet),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
