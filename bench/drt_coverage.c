/* drt_coverage.c - whether the uncertainty of a distribution of relaxation times is true: how often
   95 % bands of gamma and 95 % intervals of R hold the truth, over many realisations of the noise.

   usage: drt_coverage [REALISATIONS [FIRST [exact]]]      (default 500 from seed 100000)
   exact: the band by sampling instead of the fast one, first case only

   band: of all tau between the outermost processes and all realisations, against gamma itself, not
   smoothed.  R, tau: of the peaks of realisations in which their number is right. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <eisfit/drt.h>

#include "drt_cases.h"

static const char *const names[] = {"two ZARCs", "1 decade apart", "10 : 1", "broad + sharp", "five",
                                    "two + L"};
static const double noises[] = {0.001, 0.005, 0.01};

typedef struct count {
  long in, of;
} count;

typedef struct tally {
  count band, R, tau;
  long right, runs;
} tally;

static void add(count *c, bool in) {
  c->in += in;
  c->of++;
}

static double percent(const count *c) { return 100.0 * (double)c->in / (double)c->of; }

static void look(const trial_case *c, const eis_drt_result *r, tally *t) {
  const size_t n = trial_parts(c);
  for (size_t j = 0; j < r->n_tau; j++) {
    if (r->tau[j] < c->part[0].tau || r->tau[j] > c->part[n - 1].tau) continue;
    const double exact = trial_gamma(c, r->tau[j]);
    add(&t->band, exact >= r->gamma_low[j] && exact <= r->gamma_high[j]);
  }
  t->runs++;
  if (r->n_peaks != n) return;
  t->right++;
  for (size_t q = 0; q < n; q++) {
    const eis_drt_peak *p = &r->peak[q];
    add(&t->R, fabs(p->R - c->part[q].R) < 1.959964 * p->R_error);
    add(&t->tau, fabs(log10(p->tau / c->part[q].tau)) < 1.959964 * p->log10_tau_error);
  }
}

static bool run_case(const trial_case *c, eis_drt_work *w, uint64_t first, uint64_t runs) {
  eis_error err = EIS_ERROR_INIT;
  eis_spectrum s;
  if (eis_spectrum_init(&s, MOST_POINTS, NULL) != EIS_OK) return false;
  for (size_t level = 0; level < sizeof noises / sizeof *noises; level++) {
    tally t = {0};
    for (uint64_t i = 0; i < runs; i++) {
      eis_drt_result r;
      trial_make(c, noises[level], first + i, &s);
      if (eis_drt_work_run(w, &s, &r, &err) != EIS_OK) {
        fprintf(stderr, "drt_coverage: %s\n", err.text);
        return false;
      }
      look(c, &r, &t);
      eis_drt_result_clear(&r);
    }
    printf("%-16s %4.1f %%   band %5.1f %%   R %5.1f %%   tau %5.1f %%   peaks right %ld of %ld\n",
           c->name, 100 * noises[level], percent(&t.band), percent(&t.R), percent(&t.tau), t.right,
           t.runs);
    fflush(stdout);
  }
  eis_spectrum_clear(&s);
  return true;
}

int main(int argc, char **argv) {
  const uint64_t runs = argc > 1 ? strtoull(argv[1], NULL, 10) : 500;
  const uint64_t first = argc > 2 ? strtoull(argv[2], NULL, 10) : 100000;
  const bool exact = argc > 3 && strcmp(argv[3], "exact") == 0;
  const size_t last = exact ? 1 : sizeof names / sizeof *names;
  eis_drt_options o = eis_drt_options_default();
  eis_drt_work *w;
  if (exact) o.band = EIS_DRT_BAND_EXACT;
  bool ok = eis_drt_work_new(&o, &w, NULL) == EIS_OK;
  for (size_t i = 0; ok && i < trial_cases_count(); i++)
    for (size_t k = 0; ok && k < last; k++)
      if (strcmp(trial_cases[i].name, names[k]) == 0)
        ok = run_case(&trial_cases[i], w, first, runs);
  eis_drt_work_free(w);
  return ok ? 0 : 1;
}
