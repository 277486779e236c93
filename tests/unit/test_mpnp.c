/* The numerical MPNP solution (SCLX): table T8 of oracles/mpnp.md read as it stands, the exact
   flat-band film, and what any such solution must obey. */
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

#include <eisfit/eisfit.h>

#include "model/elem_rows.h"
#include "physics/constants.h"
#include "physics/cplx.h"

enum { MOST = 128 };
enum { EPS_R, N0, NU, DPHI, SIGMA, AREA, TEMP, CONV, RF, CH, N };

static const double VT = EISI_KB * EISI_T25 / EISI_E;

static void element(const eis_element *e, const double *w, int n, const double *p,
                    double complex *z) {
  double lw[MOST], v[2 * MOST];
  for (int k = 0; k < n; k++) lw[k] = log(w[k]);
  const eis_grid g = {(size_t)n, w, lw};
  e->eval(&g, p, NULL, v, NULL, NULL);
  for (int k = 0; k < n; k++) z[k] = CMPLX(v[k], v[n + k]);
}

/* Any electrolyte; lambda0 and lambda0/sigma are the units of the table. */
static const double base[N] = {12.0, 2e25, 0.1, 0.1, 0.02, 1.0, EISI_T25, 0.0, 1e-12, 1e30};

static double lambda0(const double *p) {
  return sqrt(p[EPS_R] * EISI_EPS0 * EISI_KB * p[TEMP] / p[N0]) / EISI_E;
}

static double tau(const double *p) { return p[EPS_R] * EISI_EPS0 / p[SIGMA]; }

/* SCLX with its bulk: Z sigma/lambda0 of a half cell of 100 lambda0 at w tau = x. */
static double complex half_cell(const double *p, double x) {
  const double l0 = lambda0(p), r0 = l0 / p[SIGMA], w = x / tau(p);
  double complex z;
  element(&eisi_elem_sclx, &w, 1, p, &z);
  const double width = 1.0 / eis_scl_C_hat(p[DPHI] / VT, p[NU]);
  return z / r0 + (100.0 - width) / (1.0 + I * x);
}

/* "dphi=0.05 nu=0.1 conv=a RF=1000,CH=0.5 ..." */
static bool read_state(const char *line, double *p) {
  char conv, kind[64];
  double dphi, nu, R = 0.0, C = 0.0;
  if (sscanf(line, "dphi=%lf nu=%lf conv=%c %63s", &dphi, &nu, &conv, kind) != 4) return false;
  memcpy(p, base, sizeof base);
  const double l0 = lambda0(p), r0 = l0 / p[SIGMA];
  p[DPHI] = dphi;
  p[NU] = nu;
  p[CONV] = conv == 'b';
  if (strcmp(kind, "blocking") == 0) p[RF] = 1e30;
  if (sscanf(kind, "RF=%lf,CH=%lf", &R, &C) == 2) {
    p[RF] = R * r0;
    p[CH] = C * p[EPS_R] * EISI_EPS0 / l0;
  }
  return true;
}

static void T8_biased_half_cell(void **state) {
  (void)state;
  const char *dir = getenv("EISFIT_SHARED");
  char path[1024], line[1024];
  double p[N] = {0}, x, re, im;
  bool inside = false;
  int rows = 0;
  snprintf(path, sizeof path, "%s/oracles/mpnp.md", dir ? dir : ".");
  FILE *f = fopen(path, "r");
  if (!f) skip();
  while (fgets(line, sizeof line, f)) {
    if (strncmp(line, "# T8", 4) == 0)
      inside = true;
    else if (inside && strncmp(line, "# T", 3) == 0)
      break;
    if (!inside || read_state(line, p) || sscanf(line, "%lf %lf %lf", &x, &re, &im) != 3) continue;
    const double complex z = half_cell(p, x), want = CMPLX(re, im);
    if (!(cabs(z - want) <= 1e-4 * cabs(want)))
      fail_msg("dphi %g conv %g RF %g at %g: %.10g%+.10gj, printed %.10g%+.10gj", p[DPHI], p[CONV],
               p[RF], x, creal(z), cimag(z), re, im);
    rows++;
  }
  fclose(f);
  assert_int_equal(rows, 147);
}

/* Flat band: the layer is a slab of bulk of the width of the layer. */
static void flat_band_is_bulk(void **state) {
  (void)state;
  for (int i = 0; i < 6; i++) {
    double p[N];
    memcpy(p, base, sizeof p);
    p[DPHI] = 0.0;
    p[NU] = i * 0.15;
    p[CONV] = i % 2;
    p[RF] = 1e-12;
    const double w = pow(10.0, 2 * i - 5) / tau(p), width = lambda0(p) / sqrt(1.0 - p[NU]);
    double complex z;
    element(&eisi_elem_sclx, &w, 1, p, &z);
    const double complex want = width / (p[SIGMA] + I * w * p[EPS_R] * EISI_EPS0);
    if (!(cabs(z - want) <= 1e-9 * cabs(want) + p[RF]))
      fail_msg("flat band, row %d: %g of it off", i, cabs(z / want - 1));
  }
}

/* PNP1 of a thick film = two interfaces and the bulk between. */
static void flat_band_film(void **state) {
  (void)state;
  static const double R[] = {1e-12, 1e-8, 1e-6, 1e30}, C[] = {1e30, 0.05, 2.0};
  for (int i = 0; i < 12; i++) {
    double p[N];
    memcpy(p, base, sizeof p);
    p[DPHI] = 0.0;
    p[NU] = 0.3;
    p[RF] = R[i % 4];
    p[CH] = C[i / 4];
    const double L = 500 * lambda0(p), eps = p[EPS_R] * EISI_EPS0, width = lambda0(p) / sqrt(0.7);
    const double film[] = {p[EPS_R], p[N0], p[NU], p[SIGMA], L, 1.0, p[TEMP], p[RF], p[CH]};
    double w[25];
    double complex z[25], want[25];
    for (int k = 0; k < 25; k++) w[k] = pow(10.0, 0.5 * k - 8) / tau(p);
    element(&eisi_elem_sclx, w, 25, p, z);
    element(&eisi_elem_pnp1, w, 25, film, want);
    for (int k = 0; k < 25; k++) {
      const double complex got = 2.0 * z[k] + (L - 2.0 * width) / (p[SIGMA] + I * w[k] * eps);
      if (!(cabs(got - want[k]) <= 5e-5 * cabs(want[k])))
        fail_msg("RF %g CH %g at w tau %g: %g off", p[RF], p[CH], w[k] * tau(p),
                 cabs(got / want[k] - 1));
    }
  }
}

/* dc: R1 + RF to 1e-6 of it; high frequencies: the slab of width w and the compact layer. */
static void limits_of_frequency(void **state) {
  (void)state;
  static const double dphi[] = {-0.3, -0.1, 0.05, 0.2, 0.4};
  for (int i = 0; i < 10; i++) {
    double p[N];
    memcpy(p, base, sizeof p);
    p[DPHI] = dphi[i % 5];
    p[CONV] = i / 5;
    p[RF] = 1e-9;
    p[CH] = 0.3;
    const double l0 = lambda0(p), eps = p[EPS_R] * EISI_EPS0, y0 = p[DPHI] / VT;
    const double width = l0 / eis_scl_C_hat(y0, p[NU]);
    const double R1 =
        l0 / p[SIGMA] * eis_scl_R_hat(y0, p[NU], (eis_mobility)p[CONV]) + width / p[SIGMA];
    const double w[2] = {1e-14 / tau(p), 1e7 / tau(p)};
    double complex z[2];
    element(&eisi_elem_sclx, w, 2, p, z);
    if (!(fabs(creal(z[0]) - R1 - p[RF]) <= 1e-6 * (fabs(R1) + l0 / p[SIGMA] + p[RF])))
      fail_msg("dc at %g: %.10g, expected %.10g", p[DPHI], creal(z[0]), R1 + p[RF]);
    const double C_inv = -cimag(z[1]) * w[1], want = width / eps + 1.0 / p[CH];
    if (!(fabs(C_inv - want) <= 1e-6 * want))
      fail_msg("1/C at %g: %.10g, expected %.10g", p[DPHI], C_inv, want);
  }
}

/* Convention b with half of the sites taken: holes are as good as cations. */
static void particle_hole_symmetry(void **state) {
  (void)state;
  for (int i = 1; i < 6; i++) {
    double p[N], w[20];
    double complex up[20], down[20];
    memcpy(p, base, sizeof p);
    p[NU] = 0.5;
    p[CONV] = 1.0;
    p[RF] = 1e-7;
    p[CH] = 0.4;
    for (int k = 0; k < 20; k++) w[k] = pow(10.0, k - 12) / tau(p);
    p[DPHI] = 0.09 * i;
    element(&eisi_elem_sclx, w, 20, p, up);
    p[DPHI] = -0.09 * i;
    element(&eisi_elem_sclx, w, 20, p, down);
    for (int k = 0; k < 20; k++) assert_true(cabs(up[k] - down[k]) <= 1e-10 * cabs(up[k]));
  }
}

/* One layer and its bulk: the linear Kramers-Kronig test leaves less than 1e-4 %. */
static void kramers_kronig(void **state) {
  (void)state;
  static const double dphi[] = {-0.3, -0.1, 0.0, 0.1, 0.2, 0.3};
  for (int i = 0; i < 12; i++) {
    double p[N];
    eis_spectrum s;
    eis_kk_options o = eis_kk_options_default();
    eis_kk_result kk;
    memcpy(p, base, sizeof p);
    p[DPHI] = dphi[i % 6];
    p[RF] = i < 6 ? 1e-8 : 1e30;
    p[CH] = 0.5;
    assert_int_equal(eis_spectrum_init(&s, 91, NULL), EIS_OK);
    for (int k = 0; k < 91; k++) {
      s.f[k] = pow(10.0, 3.0 - 0.1 * k) / (2 * EISI_PI * tau(p));
      const double complex z = lambda0(p) / p[SIGMA] * half_cell(p, 2 * EISI_PI * s.f[k] * tau(p));
      s.re[k] = creal(z);
      s.im[k] = cimag(z);
    }
    o.rule = EIS_KK_RULE_FIXED;
    o.m = 80;
    assert_int_equal(eis_kk_run(&s, &o, &kk, NULL), EIS_OK);
    double worst = 0.0;
    for (size_t k = 0; k < kk.n; k++) worst = fmax(worst, hypot(kk.res_re[k], kk.res_im[k]));
    if (!(worst < 1e-4)) fail_msg("dphi %g, RF %g: residual %g %%", p[DPHI], p[RF], worst);
    eis_kk_result_clear(&kk);
    eis_spectrum_clear(&s);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(T8_biased_half_cell),
      cmocka_unit_test(flat_band_is_bulk),
      cmocka_unit_test(flat_band_film),
      cmocka_unit_test(limits_of_frequency),
      cmocka_unit_test(particle_hole_symmetry),
      cmocka_unit_test(kramers_kronig),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
