/* drt_method.c - the table of methods. */
#include "analysis/drt_method.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/drt_core.h"
#include "analysis/drt_sum.h"
#include "base/choices.h"

enum { DEFAULT_MOST = 8, MOST_PROCESSES = 12, MOST_ORDER = 200 };

eis_drt_method_options eis_drt_method_options_default(void) {
  return (eis_drt_method_options){
      .drt = eis_drt_options_default(), .most_processes = DEFAULT_MOST, .cutoff = NAN};
}

/* ---- rows that are the core with other options ---- */

eis_status eisi_drt_solver_core(eis_drt_solver *v, eis_drt_method method, bool signed_gamma,
                                const eis_spectrum *s, eis_drt_result *out, eis_error *err) {
  eis_drt_options o = v->opt.drt;
  o.method = method;
  if (signed_gamma) o.signed_gamma = true;
  eis_status st = EIS_OK;
  if (!v->core) st = eis_drt_work_new(&o, &v->core, err);
  return st == EIS_OK ? eis_drt_work_run(v->core, s, out, err) : st;
}

static eis_status adaptive(eis_drt_solver *v, const eis_spectrum *s, eis_drt_solution *out,
                           eis_error *err) {
  return eisi_drt_solver_core(v, EIS_DRT_ADAPTIVE, false, s, &out->drt, err);
}

static eis_status tikhonov(eis_drt_solver *v, const eis_spectrum *s, eis_drt_solution *out,
                           eis_error *err) {
  return eisi_drt_solver_core(v, EIS_DRT_TIKHONOV, false, s, &out->drt, err);
}

static eis_status ridge(eis_drt_solver *v, const eis_spectrum *s, eis_drt_solution *out,
                        eis_error *err) {
  return eisi_drt_solver_core(v, EIS_DRT_TIKHONOV, true, s, &out->drt, err);
}

static const eis_drt_method_row table[] = {
    {"adaptive", "ln gamma with local strength of the regularisation (default)",
     "doc/drt.md; evidence: D. J. C. MacKay, Neural Comput. 4 (1992) 415", adaptive, true},
    {"tikhonov", "one lambda, gamma >= 0 (signed on request), exact quadratic program",
     "M. Saccoccio, T. H. Wan, C. Chen, F. Ciucci, Electrochim. Acta 147 (2014) 470", tikhonov, true},
    {"ridge", "one lambda, no constraint on the sign: linear least squares",
     "A. N. Tikhonov, Sov. Math. Dokl. 4 (1963) 1035", ridge, true},
    {"bht", "Bayesian Hilbert transform: scores of the consistency of Re and Im",
     "J. Liu, T. H. Wan, F. Ciucci, Electrochim. Acta 357 (2020) 136864", eisi_drt_bht, false},
    {"fourier", "deconvolution of Im Z by Fourier transform with a window",
     "H. Schichlein et al., J. Appl. Electrochem. 32 (2002) 875", eisi_drt_fourier, true},
    {"loewner", "poles of a rational function through the data: RC and RL branches",
     "A. Sorrentino et al., J. Power Sources 585 (2023) 233575", eisi_drt_loewner, false},
    {"mrq", "sum of ZARC and RC processes, their number by BIC; gamma by its formula",
     "B. A. Boukamp, A. Rolle, Solid State Ionics 302 (2017) 12", eisi_drt_mrq, true},
    {"hn", "the same with Havriliak-Negami processes where the data ask for them",
     "S. Havriliak, S. Negami, Polymer 8 (1967) 161", eisi_drt_hn, true},
    {"auto", "gamma of 'adaptive'; peaks of 'mrq' or 'hn' where their residuals are noise",
     "doc/drt.md", eisi_drt_auto, true},
};

enum { ROWS = sizeof table / sizeof *table };

const eis_drt_method_row *eis_drt_method_at(size_t i) { return i < ROWS ? &table[i] : NULL; }

eis_status eis_drt_method_find(const char *key, const eis_drt_method_row **out, eis_error *err) {
  const char *keys[ROWS];
  *out = NULL;
  for (size_t i = 0; i < ROWS; i++) {
    keys[i] = table[i].key;
    if (key && strcmp(table[i].key, key) == 0) *out = &table[i];
  }
  if (*out) return EIS_OK;
  return eisi_no_such("there is no DRT method", key, keys, ROWS, err);
}

/* ---- results that are not made by the core ---- */

static eis_status new_arrays(const eis_spectrum *s, size_t m, bool band, eis_drt_result *out,
                             eis_error *err) {
  double **const of_tau[] = {&out->tau, &out->gamma, &out->gamma_low, &out->gamma_high};
  double **const of_f[] = {&out->fit_re, &out->fit_im, &out->res_re, &out->res_im};
  out->n = s->n;
  out->n_tau = m;
  for (size_t i = 0; i < 4; i++) {
    if (i >= 2 && !band) break;
    if (!(*of_tau[i] = eisi_new(m, sizeof(double), err))) return EIS_ERROR_MEMORY;
  }
  for (size_t i = 0; i < 4; i++)
    if (!(*of_f[i] = eisi_new(s->n, sizeof(double), err))) return EIS_ERROR_MEMORY;
  return EIS_OK;
}

eis_status eisi_drt_new_result(const eis_drt_options *opt, const eis_spectrum *s, int finer,
                               bool band, eis_drt_result *out, eis_error *err) {
  eis_status st = eisi_drt_check_data(s, err);
  if (st == EIS_OK) st = eisi_drt_check_options(opt, err);
  if (st != EIS_OK) return st;
  const double beyond = opt->extend_decades * log(10);
  double first = -log(2 * M_PI * s->f[0]) - beyond, last = -log(2 * M_PI * s->f[s->n - 1]) + beyond;
  if (!isnan(opt->tau_min)) first = log(opt->tau_min);
  if (!isnan(opt->tau_max)) last = log(opt->tau_max);
  const double count = floor((last - first) / log(10) * opt->per_decade * finer + 0.5) + 1;
  if (!(count >= 10 && count <= 20000))
    return eis_error_set(
        err, EIS_ERROR_USAGE,
        "a tau grid from %.3g to %.3g s with %g points per decade has %.0f points: "
        "expected 10 to 20000",
        exp(first), exp(last), opt->per_decade * finer, fmax(count, 0));
  st = new_arrays(s, (size_t)count, band, out, err);
  if (st != EIS_OK) return st;
  const double step = (last - first) / (count - 1);
  for (size_t j = 0; j < out->n_tau; j++) out->tau[j] = exp(first + step * (double)j);
  out->sharp_decades = 2 * step / log(10);
  out->lambda = out->kkt = out->dof = out->noise_percent = NAN;
  out->R_inf_error = out->L_error = out->C_inv_error = out->R_pol_error = NAN;
  return EIS_OK;
}

void eisi_drt_reconstruct(const eis_spectrum *s, eis_drt_result *out) {
  const double h = log(out->tau[1] / out->tau[0]);
  for (size_t k = 0; k < s->n; k++) {
    const double w = 2 * M_PI * s->f[k], f = 100 / fmax(hypot(s->re[k], s->im[k]), 1e-300);
    double re = out->R_inf, im = w * out->L - out->C_inv / w;
    for (size_t j = 0; j < out->n_tau; j++) {
      const double u = w * out->tau[j], v = h * out->gamma[j] / (1 + u * u);
      re += v;
      im -= v * u;
    }
    out->fit_re[k] = re;
    out->fit_im[k] = im;
    out->res_re[k] = (s->re[k] - re) * f;
    out->res_im[k] = (s->im[k] - im) * f;
  }
}

/* ---- solver ---- */

static eis_status check_options(const eis_drt_method_options *o, eis_error *err) {
  const struct {
    const char *what;
    int value, low, high;
  } row[] = {{"the number of processes", o->processes, 0, MOST_PROCESSES},
             {"the largest number of processes", o->most_processes, 1, MOST_PROCESSES},
             {"the order of the Loewner model", o->order, 0, MOST_ORDER}};
  for (size_t i = 0; i < sizeof row / sizeof *row; i++)
    if (row[i].value < row[i].low || row[i].value > row[i].high)
      return eis_error_set(err, EIS_ERROR_USAGE, "%s: %d is out of range, expected %d to %d",
                           row[i].what, row[i].value, row[i].low, row[i].high);
  if (o->cutoff <= 0 || isinf(o->cutoff))
    return eis_error_set(err, EIS_ERROR_USAGE,
                         "a Fourier window that ends at %g cycles per decade: expected a positive "
                         "number",
                         o->cutoff);
  return EIS_OK;
}

static eis_status check_held(const eis_drt_method_row *row, const eis_drt_options *o,
                             eis_error *err) {
  const eis_drt_term fixed = EIS_DRT_TERM_FIXED;
  if (row->holds || (o->R_inf != fixed && o->L != fixed && o->C != fixed)) return EIS_OK;
  return eis_error_set(err, EIS_ERROR_USAGE,
                       "method '%s' finds series resistance, inductance and capacitance itself: to "
                       "hold one at a value use another method",
                       row->key);
}

eis_status eis_drt_solver_new(const eis_drt_method_row *row, const eis_drt_method_options *opt,
                              eis_drt_solver **out, eis_error *err) {
  const eis_drt_method_options o = opt ? *opt : eis_drt_method_options_default();
  *out = NULL;
  eis_status st = check_options(&o, err);
  if (st == EIS_OK) st = check_held(row, &o.drt, err);
  if (st != EIS_OK) return st;
  if (!(*out = eisi_new(1, sizeof **out, err))) return EIS_ERROR_MEMORY;
  (*out)->row = row;
  (*out)->opt = o;
  return EIS_OK;
}

void eis_drt_solver_free(eis_drt_solver *v) {
  if (!v) return;
  eis_drt_work_free(v->core);
  eisi_sums_free(v->sums);
  free(v);
}

eis_drt_work *eis_drt_solver_work(const eis_drt_solver *v) { return v->core; }

eis_status eis_drt_solver_run(eis_drt_solver *v, const eis_spectrum *s, eis_drt_solution *out,
                              eis_error *err) {
  *out = (eis_drt_solution){.method = v->row, .gamma_by = v->row, .peaks_by = v->row};
  const eis_status st = v->row->run(v, s, out, err);
  if (st != EIS_OK) eis_drt_solution_clear(out);
  return st;
}

eis_status eis_drt_method_run(const eis_drt_method_row *row, const eis_spectrum *s,
                              const eis_drt_method_options *opt, eis_drt_solution *out,
                              eis_error *err) {
  eis_drt_solver *v;
  *out = (eis_drt_solution){0};
  eis_status st = eis_drt_solver_new(row, opt, &v, err);
  if (st != EIS_OK) return st;
  st = eis_drt_solver_run(v, s, out, err);
  eis_drt_solver_free(v);
  return st;
}

void eisi_drt_parametric_free(eis_drt_parametric *p) {
  if (!p) return;
  free(p->process);
  eis_circuit_free(p->circuit);
  free(p->covariance);
  free(p->tried);
  free(p);
}

void eis_drt_solution_clear(eis_drt_solution *s) {
  eis_drt_result_clear(&s->drt);
  free(s->score);
  free(s->gamma_re);
  free(s->gamma_im);
  free(s->pole);
  eisi_drt_parametric_free(s->parametric);
  *s = (eis_drt_solution){0};
}
