/* drt_parametric.c - the methods that fit a sum of processes to the spectrum, and the choice
   between them and the regularised gamma. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/drt_core.h"
#include "analysis/drt_sum.h"
#include "analysis/kk_fit.h"

/* Between two points of the data, at a lower frequency than capacitive ones, Im Z > 0: a loop. */
static bool has_loop(const eis_spectrum *s, double noise_percent) {
  bool capacitive = false;
  int inductive = 0;
  for (size_t k = 0; k < s->n; k++) { /* descending frequency */
    const double size = hypot(s->re[k], s->im[k]),
                 least = fmax(3 * noise_percent, 0.1) / 100 * size;
    if (s->im[k] < -least) capacitive = true;
    inductive += capacitive && s->im[k] > least;
  }
  return inductive >= 2;
}

/* The noise is a help, no need: where the test can't run, nothing is known of it. */
static eis_status run_kk(const eis_spectrum *s, eis_kk_result *store, const eis_kk_result **kk,
                         eis_error *err) {
  bool have;
  const eis_status st = eisi_kk_try(s, store, &have, err);
  *kk = have ? store : NULL;
  return st;
}

static void advise(eis_drt_solution *out) {
  const eis_drt_residual_test *t = &out->parametric->test;
  if (t->passed) return;
  snprintf(out->drt.advice, sizeof out->drt.advice,
           "%.180s: no sum of such processes; compare with 'adaptive'", t->text);
}

/* The best sum of that kind from the peaks of `from`, with its residual test. */
static eis_status refine(eis_drt_solver *v, eisi_sum_kind kind, bool no_broad,
                         const eis_kk_result *kk, const eis_drt_result *from,
                         eis_drt_parametric **out, eis_error *err) {
  const eis_spectrum *s = eisi_sums_spectrum(v->sums);
  const bool tail = eisi_drt_tail(s) > 0.3; /* diffusion or a capacitance */
  const eisi_sum_goal goal = {.kind = kind, .exactly = (size_t)v->opt.processes,
                              .most = (size_t)v->opt.most_processes,
                              .loops = has_loop(s, kk ? kk->noise_percent : 1),
                              .tail = tail,
                              .no_broad = no_broad && tail};
  eisi_sum start;
  eisi_sum_found *found = eisi_new(1, sizeof *found, err);
  if (!found) return EIS_ERROR_MEMORY;
  eisi_sum_from_result(v->sums, from, kind, &start);
  eis_status st = eisi_sum_search(v->sums, &goal, &start, found, err);
  if (st == EIS_OK) st = eisi_sum_describe(v->sums, found, out, err);
  if (st == EIS_OK) eisi_residual_test(v->sums, (*out)->dof, kk, &(*out)->test);
  free(found);
  return st;
}

static eis_status prepare(eis_drt_solver *v, const eis_spectrum *s, const eis_kk_result *kk,
                          eis_error *err) {
  eis_status st = EIS_OK;
  if (!v->sums) st = eisi_sums_new(&v->sums, err);
  return st == EIS_OK ? eisi_sums_load(v->sums, s, &v->opt.drt, kk, err) : st;
}

/* The regularised gamma with peaks, whatever the level asked for. */
static eis_status start_from(eis_drt_solver *v, const eis_spectrum *s, eis_drt_result *out,
                             eis_error *err) {
  const double level = v->opt.drt.level;
  if (!(level > 0)) v->opt.drt.level = 0.95;
  const eis_status st = eisi_drt_solver_core(v, EIS_DRT_ADAPTIVE, false, s, out, err);
  v->opt.drt.level = level;
  return st;
}

static eis_status sum_of(eis_drt_solver *v, eisi_sum_kind kind, const eis_spectrum *s,
                         eis_drt_solution *out, eis_error *err) {
  eis_drt_result from = {0};
  eis_kk_result store;
  eis_status st = start_from(v, s, &from, err);
  if (st != EIS_OK) return st;
  const eis_kk_result *kk;
  st = run_kk(s, &store, &kk, err);
  if (st == EIS_OK) st = prepare(v, s, kk, err);
  if (st == EIS_OK) st = refine(v, kind, false, kk, &from, &out->parametric, err);
  if (st == EIS_OK) st = eisi_sum_result(v->sums, out->parametric, &v->opt.drt, &out->drt, err);
  if (st == EIS_OK) advise(out);
  eis_drt_result_clear(&from);
  eis_kk_result_clear(&store);
  return st;
}

eis_status eisi_drt_mrq(eis_drt_solver *v, const eis_spectrum *s, eis_drt_solution *out,
                        eis_error *err) {
  return sum_of(v, EISI_SUM_ZARC, s, out, err);
}

eis_status eisi_drt_hn(eis_drt_solver *v, const eis_spectrum *s, eis_drt_solution *out,
                       eis_error *err) {
  return sum_of(v, EISI_SUM_HN, s, out, err);
}

/* ---- auto ---- */

static const eis_drt_method_row *row_of(const char *key) {
  const eis_drt_method_row *row;
  return eis_drt_method_find(key, &row, NULL) == EIS_OK ? row : NULL;
}

static eis_status take_peaks(eis_drt_solver *v, const char *key, eis_drt_solution *out,
                             eis_error *err) {
  out->peaks_by = row_of(key);
  snprintf(out->verdict, sizeof out->verdict, "peaks from a sum of %zu process%s (%s): %s",
           out->parametric->n, out->parametric->n == 1 ? "" : "es", key,
           out->parametric->test.text);
  return v->opt.drt.level > 0 ? eisi_sum_peaks(v->sums, out->parametric, &out->drt, err) : EIS_OK;
}

/* A sum that passes is better than one that does not, then the lower criterion decides. */
static bool is_better(const eis_drt_parametric *p, const eis_drt_parametric *than) {
  if (!than || p->test.passed != than->test.passed) return !than || p->test.passed;
  return p->bic < than->bic;
}

/* One process and nothing left: there is no need to look further. */
static bool is_plain(const eis_drt_solution *s) {
  return s->parametric && s->parametric->test.passed && s->parametric->n == 1;
}

static eis_status choose(eis_drt_solver *v, const eis_kk_result *kk, eis_drt_solution *out,
                         eis_error *err) {
  static const struct {
    const char *key;
    eisi_sum_kind kind;
  } sums[] = {{"mrq", EISI_SUM_ZARC}, {"hn", EISI_SUM_HN}};
  const char *key = "";
  for (size_t i = 0; i < sizeof sums / sizeof *sums && !is_plain(out); i++) {
    eis_drt_parametric *p = NULL;
    eis_error why = EIS_ERROR_INIT;
    const eis_status st = refine(v, sums[i].kind, true, kk, &out->drt, &p, &why);
    const bool better = st == EIS_OK && is_better(p, out->parametric);
    eisi_drt_parametric_free(better ? out->parametric : p);
    if (better) {
      out->parametric = p;
      key = sums[i].key;
    }
    if (st == EIS_ERROR_MEMORY) return eis_error_set(err, st, "%s", why.text);
  }
  const bool passed = out->parametric && out->parametric->test.passed;
  if (passed && eisi_sum_is_known(v->sums, out->parametric)) return take_peaks(v, key, out, err);
  if (passed) {
    eisi_drt_parametric_free(out->parametric);
    out->parametric = NULL;
    snprintf(out->verdict, sizeof out->verdict,
             "peaks from the regularised gamma: the data do not determine a "
             "sum of processes");
    return EIS_OK;
  }
  snprintf(out->verdict, sizeof out->verdict,
           "peaks from the regularised gamma: no sum of processes describes the data%s%s",
           out->parametric ? "; " : "", out->parametric ? out->parametric->test.text : "");
  return EIS_OK;
}

eis_status eisi_drt_auto(eis_drt_solver *v, const eis_spectrum *s, eis_drt_solution *out,
                         eis_error *err) {
  eis_kk_result store;
  out->gamma_by = out->peaks_by = row_of("adaptive");
  eis_status st = start_from(v, s, &out->drt, err);
  if (st != EIS_OK) return st;
  const eis_kk_result *kk;
  st = run_kk(s, &store, &kk, err);
  if (st == EIS_OK) st = prepare(v, s, kk, err);
  if (st == EIS_OK) st = choose(v, kk, out, err);
  eis_kk_result_clear(&store);
  return st;
}
