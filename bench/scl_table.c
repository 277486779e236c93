/* scl_table.c - SCL against the MPNP equations over the range of parameters: the table of
   doc/physics.md.

   Usage: scl_table.  One line per thickness and band bending, worst of nu 0, 0.1, 0.3, 0.5, both
   conventions and four interfaces: reversible, RF and CH (30 and 1000 lambda0/sigma, half of
   eps/lambda0), blocking.  The absolute error leaves blocking out (|Z| has no end there), two arcs
   in series need RF and CH, frozen carriers RF = 0. */
#include <math.h>
#include <stdio.h>

#include <eisfit/scl.h>

static const double thickness[] = {30, 100, 1000, 1e4};
static const double nus[] = {0, 0.1, 0.3, 0.5};

typedef struct contact {
  double RF, CH; /* times lambda0/sigma, eps/lambda0 */
} contact;
static const contact contacts[] = {{0, INFINITY}, {30, 0.5}, {1000, 0.5}, {INFINITY, INFINITY}};

static double larger(double a, double b) { return a > b ? a : b; }

int main(void) {
  eis_error err = EIS_ERROR_INIT;
  eis_scl_params p = {.eps_r = 12, .n0 = 2e25, .sigma = 0.02, .T = 298.15};
  eis_scl_values v;
  printf("L/lambda0   dphi/V   SCL |dZ|/|Z|   |dZ| sigma/lambda0   series   frozen\n");
  for (int l = 0; l < 4; l++)
    for (int i = -6; i <= 8; i++) {
      eis_scl_deviation worst = {0};
      for (int k = 0; k < 32; k++) {
        const contact *c = &contacts[k / 8];
        eis_scl_deviation d;
        p.nu = nus[k % 4];
        p.mobility = k / 4 % 2 ? EIS_MOBILITY_B : EIS_MOBILITY_A;
        p.dphi = 0.05 * i;
        if (eis_scl_eval(&p, &v, &err) ||
            eis_scl_deviation_of(&p, thickness[l] * v.lambda0, c->RF * v.lambda0 / p.sigma,
                                 c->CH * p.eps_r * 8.8541878128e-12 / v.lambda0, &d, &err)) {
          fprintf(stderr, "scl_table: %s\n", err.text);
          return 1;
        }
        worst.arc = larger(worst.arc, d.arc);
        if (isfinite(c->RF)) worst.arc_units = larger(worst.arc_units, d.arc_units);
        if (isfinite(c->CH)) worst.series = larger(worst.series, d.series);
        if (c->RF == 0) worst.frozen = larger(worst.frozen, d.frozen);
      }
      printf("%9g %8.2f %14.2g %20.3g %8.2g %8.2g\n", thickness[l], 0.05 * i, worst.arc,
             worst.arc_units, worst.series, worst.frozen);
    }
  return 0;
}
