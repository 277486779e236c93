/* The mixed model against R 4.2 (lme4 1.1-31, pbkrtest 0.5-2), against dense matrices and against
   closed forms of balanced data. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "campaign/mixed.h"
#include "numerics/rng.h"
#include "numerics/stats.h"

static void near(double got, double want, double relative) {
  if (!(fabs(got - want) <= relative * fabs(want)))
    fail_msg("got %.12g, expected %.12g", got, want);
}

/* Seven cells of unequal size, the same numbers as the R script wrote down. */
enum { UNEVEN = 31 };
typedef struct uneven {
  double y[UNEVEN], X[3 * UNEVEN], known[UNEVEN];
  size_t first[8];
} uneven;

/* `alike`: cells do not differ, and the spectra of each go up and down, so that tau2 < 0. */
static void make_uneven(uneven *u, bool known, bool alike) {
  static const int n[] = {4, 6, 3, 5, 2, 7, 4}, group[] = {0, 0, 0, 1, 1, 1, 1};
  int k = 0;
  for (int c = 1; c <= 7; c++) {
    u->first[c - 1] = (size_t)k;
    for (int i = 1; i <= n[c - 1]; i++, k++) {
      const double x = (i * 37 + c * 11) % 10 / 10.0;
      u->X[k] = 1;
      u->X[UNEVEN + k] = group[c - 1];
      u->X[2 * UNEVEN + k] = x;
      u->y[k] = 1 + 0.3 * group[c - 1] + 0.5 * x + 0.1 * sin((k + 1) * 12.9898);
      u->y[k] += !alike ? 0.4 * sin(c * 2.3) : i % 2 ? 0.1 : -0.1;
      u->known[k] = known ? 0.0002 * (1 + (k + 1) * 7 % 5) : 0;
    }
  }
  u->first[7] = (size_t)k;
}

typedef struct mixed_oracle {
  bool known, alike;
  double tau2, sigma2, b[3], plain_se[3], se[3], dof;
} mixed_oracle;

/* Without known errors: lmer(y ~ g + x + (1 | cell)), vcovAdj, Lb_ddf.  With: the restricted
   likelihood maximised and Kenward-Roger's formulas in plain matrices in R (optim, solve).  With
   cells that are alike: likewise with dense matrices in plain Python (which has the first two rows,
   too, to 7 digits); lme4 stops at zero. */
static void model_agrees_with_R(void **state) {
  (void)state;
  static const mixed_oracle rows[] = {
      {false, false, 0.10684558682311, 0.00281490171469,
       {1.030873669195413, 0.271542422754277, 0.517718318254903},
       {0.1900145146977446, 0.2505056113904380, 0.0330885198348132},
       {0.19001484188399, 0.25050648175128, 0.0330950133966008}, 4.99810868542199},
      {true, false, 0.1069930822531590, 0.0023491674250819,
       {1.0287778962134, 0.27031305784148, 0.52269744523135},
       {0.190180953354556, 0.250710941933253, 0.033546454965743},
       {0.19018253645804, 0.25071285188071, 0.0335720840137}, 4.9984138114613},
      {true, true, -0.00084389780051011, 0.015778240217265,
       {0.984214797922366, 0.301168941643312, 0.552944311707034},
       {0.0488505149417548, 0.0401684659190612, 0.0769826066638419},
       {0.0510664527745824, 0.0434321262892282, 0.0791973162922668}, 3.5056202392679}};
  for (int k = 0; k < 3; k++) {
    const mixed_oracle *want = &rows[k];
    uneven u;
    eisi_mixed_fit f;
    double l[3] = {0, 1, 0}, value, se, dof;
    make_uneven(&u, want->known, want->alike);
    const eisi_mixed_data d = {UNEVEN, 3, 7, u.X, u.y, u.known, u.first};
    assert_int_equal(eisi_mixed_run(&d, &f, NULL), EIS_OK);
    near(f.tau2, want->tau2, 1e-5);
    near(f.sigma2, want->sigma2, 1e-5);
    for (int j = 0; j < 3; j++) {
      near(f.b[j], want->b[j], 1e-6);
      near(sqrt(f.plain[j * 4]), want->plain_se[j], 1e-5);
      near(sqrt(f.cov[j * 4]), want->se[j], 1e-5);
    }
    eisi_mixed_contrast(&f, l, &value, &se, &dof);
    near(dof, want->dof, 1e-4);
    near(se, want->se[1], 1e-5);
    eisi_mixed_clear(&f);
  }
}

/* Balanced one-way layout, a cells of n: mean squares between and within give sigma2 = MSW,
   tau2 = (MSB - MSW)/n (Searle, Casella, McCulloch, Variance Components, 1992, ch. 4), se of the
   mean sqrt(MSB/(a n)) with a - 1 degrees of freedom; also where tau2 comes out negative. */
static void balanced_layout_in_closed_form(void **state) {
  (void)state;
  enum { A = 6, N = 4 };
  for (int k = 0; k < 20; k++) {
    double y[A * N], X[A * N], known[A * N] = {0}, mean[A] = {0}, all = 0, between = 0, within = 0;
    size_t first[A + 1];
    eisi_rng rng;
    eisi_mixed_fit f;
    eisi_rng_seed(&rng, 77, (uint64_t)k);
    for (int c = 0; c < A; c++) {
      const double u = (k % 2 ? 0 : 0.5) * eisi_rng_normal(&rng);
      first[c] = (size_t)(c * N);
      for (int i = c * N; i < (c + 1) * N; i++) {
        y[i] = 2 + u + 0.4 * eisi_rng_normal(&rng);
        X[i] = 1;
        mean[c] += y[i] / N;
      }
      all += mean[c] / A;
    }
    first[A] = A * N;
    for (int c = 0; c < A; c++) {
      between += N * (mean[c] - all) * (mean[c] - all) / (A - 1);
      for (int i = c * N; i < (c + 1) * N; i++)
        within += (y[i] - mean[c]) * (y[i] - mean[c]) / (A * (N - 1));
    }
    const eisi_mixed_data d = {A * N, 1, A, X, y, known, first};
    double l = 1, value, se, dof;
    assert_int_equal(eisi_mixed_run(&d, &f, NULL), EIS_OK);
    near(f.sigma2, within, 1e-8);
    assert_true(fabs(f.tau2 - (between - within) / N) < 1e-8 * (between + within));
    eisi_mixed_contrast(&f, &l, &value, &se, &dof);
    near(value, all, 1e-12);
    near(se, sqrt(between / (A * N)), 1e-7);
    near(dof, A - 1, 1e-6);
    eisi_mixed_clear(&f);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(model_agrees_with_R),
      cmocka_unit_test(balanced_layout_in_closed_form),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
