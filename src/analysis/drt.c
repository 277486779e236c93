/* drt.c - the distribution of relaxation times as a whole: checks, methods, results. */
#include <eisfit/drt.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/drt_adaptive.h"
#include "analysis/drt_core.h"
#include "analysis/drt_peaks.h"
#include "analysis/drt_posterior.h"
#include "analysis/drt_sample.h"
#include "analysis/drt_shares.h"
#include "analysis/drt_tikhonov.h"
#include "base/base.h"
#include "numerics/stats.h"

struct eis_drt_work {
  eis_drt_options opt;
  eisi_drt_grid grid;
  eisi_drt_system system;
  eisi_drt_tikhonov tikhonov;
  eisi_drt_adaptive adaptive;
  eisi_drt_posterior posterior;
  double lambda; /* of the last run (Tikhonov) */
  bool ran;      /* there was one on the system as it is */
};

eis_drt_options eis_drt_options_default(void) {
  return (eis_drt_options){.method = EIS_DRT_ADAPTIVE,
                           .weighting = EIS_WEIGHT_MODULUS,
                           .tau_min = NAN,
                           .tau_max = NAN,
                           .extend_decades = 1,
                           .per_decade = 10,
                           .level = 0.95,
                           .part = EIS_DRT_COMPLEX,
                           .basis = "gaussian",
                           .fwhm = 0.5,
                           .order = {0, 1, 0},
                           .criterion = EIS_DRT_EVIDENCE,
                           .lambda = 1e-3,
                           .lambda_min = NAN,
                           .lambda_max = NAN,
                           .samples = 2000,
                           .seed = 1};
}

/* ---- workspace ---- */

static void clear_matrices(eis_drt_work *w) {
  eisi_drt_posterior_clear(&w->posterior);
  eisi_drt_adaptive_clear(&w->adaptive);
  eisi_drt_tikhonov_clear(&w->tikhonov);
  eisi_drt_system_clear(&w->system);
  eisi_drt_grid_clear(&w->grid);
}

static eis_status prepare(eis_drt_work *w, const eis_spectrum *s, eis_error *err) {
  if (eisi_drt_grid_fits(&w->grid, s)) return EIS_OK;
  clear_matrices(w);
  eis_status st = eisi_drt_grid_init(&w->grid, s, &w->opt, err);
  if (st == EIS_OK) st = eisi_drt_system_init(&w->system, &w->grid, err);
  if (st == EIS_OK && w->opt.method == EIS_DRT_ADAPTIVE)
    st = eisi_drt_adaptive_init(&w->adaptive, &w->grid, err);
  if (st == EIS_OK && w->opt.method == EIS_DRT_TIKHONOV) {
    st = eisi_drt_tikhonov_init(&w->tikhonov, &w->system, err);
    if (st == EIS_OK) st = eisi_drt_posterior_init(&w->posterior, &w->system, err);
  }
  if (st != EIS_OK) clear_matrices(w);
  return st;
}

eis_status eis_drt_work_new(const eis_drt_options *opt, eis_drt_work **out, eis_error *err) {
  const eis_drt_options o = opt ? *opt : eis_drt_options_default();
  *out = NULL;
  const eis_status st = eisi_drt_check_options(&o, err);
  if (st != EIS_OK) return st;
  if (!(*out = eisi_new(1, sizeof **out, err))) return EIS_ERROR_MEMORY;
  (*out)->opt = o;
  return EIS_OK;
}

void eis_drt_work_free(eis_drt_work *w) {
  if (!w) return;
  clear_matrices(w);
  free(w);
}

/* ---- results ---- */

static eis_status new_result(const eisi_drt_grid *g, const eis_drt_options *opt,
                             eis_drt_result *out, eis_error *err) {
  out->n = g->n;
  out->n_tau = g->m;
  out->sharp_decades = 2 * g->step / log(10);
  if (!(out->tau = eisi_new(g->m, sizeof(double), err)) ||
      !(out->gamma = eisi_new(g->m, sizeof(double), err)) ||
      !(out->fit_re = eisi_new(g->n, sizeof(double), err)) ||
      !(out->fit_im = eisi_new(g->n, sizeof(double), err)) ||
      !(out->res_re = eisi_new(g->n, sizeof(double), err)) ||
      !(out->res_im = eisi_new(g->n, sizeof(double), err)))
    return EIS_ERROR_MEMORY;
  for (size_t j = 0; j < g->m; j++) out->tau[j] = exp(g->ltau[j]);
  out->R_inf_error = out->L_error = out->C_inv_error = out->R_pol_error = NAN;
  if (!(opt->level > 0)) return EIS_OK;
  if (!(out->gamma_low = eisi_new(g->m, sizeof(double), err)) ||
      !(out->gamma_high = eisi_new(g->m, sizeof(double), err)))
    return EIS_ERROR_MEMORY;
  return EIS_OK;
}

/* The model on all rows, whatever part was fitted; x: coefficients of the basis. */
static void reconstruct(const eisi_drt_grid *g, const eis_spectrum *s, const double *x,
                        eis_drt_result *out) {
  const size_t n = g->n;
  const double term[EISI_DRT_TERMS] = {out->R_inf, out->L, out->C_inv};
  for (size_t j = 0; j < g->m + EISI_DRT_TERMS; j++) {
    const double v = j < g->m ? x[j] : term[j - g->m], *re = g->A + j * 2 * n, *im = re + n;
    if (v == 0) continue;
    for (size_t k = 0; k < n; k++) {
      out->fit_re[k] += v * re[k];
      out->fit_im[k] += v * im[k];
    }
  }
  for (size_t k = 0; k < n; k++) {
    const double f = 100 / fmax(hypot(s->re[k], s->im[k]), 1e-300);
    out->res_re[k] = (s->re[k] - out->fit_re[k]) * f;
    out->res_im[k] = (s->im[k] - out->fit_im[k]) * f;
  }
}

/* What the numbers can't say by themselves. */
static void advise(eis_drt_result *out) {
  const double *g = out->gamma;
  const size_t m = out->n_tau;
  double highest = 0;
  for (size_t j = 0; j < m; j++) highest = fmax(highest, fabs(g[j]));
  const char *text = "";
  if (out->lambda_at_limit)
    text = "the best lambda is at the end of the search range: widen the range";
  else if (out->R_pol < 2 * out->R_pol_error)
    text = ""; /* no gamma, so that it needs no end */
  else if (g[m - 1] > 0.2 * highest)
    text =
        "gamma does not end within the grid: there is a process slower than the lowest frequency "
        "shows; its resistance is a lower limit";
  else if (g[0] > 0.2 * highest)
    text =
        "gamma does not end within the grid: there is a process faster than the highest frequency "
        "shows; part of it may count as series resistance";
  snprintf(out->advice, sizeof out->advice, "%s", text);
}

/* ---- the two methods ---- */

static double sd_adaptive(const void *ctx, const double *a) {
  const eisi_drt_adaptive *t = ctx;
  return eisi_drt_adaptive_sd(t, a);
}

/* Room for the shares of the peaks, where they are sampled. */
static eis_status new_shares(const eis_drt_options *opt, size_t m, double **out, eis_error *err) {
  *out = NULL;
  if (opt->band == EIS_DRT_BAND_FAST) return EIS_OK;
  *out = eisi_new(EISI_FORMS_MOST * m, sizeof **out, err);
  return *out ? EIS_OK : EIS_ERROR_MEMORY;
}

static eisi_drt_profile profile_of(const eis_drt_work *w, const eis_drt_result *out) {
  return (eisi_drt_profile){.m = w->grid.m,
                            .ltau = w->grid.ltau,
                            .y = w->adaptive.u,
                            .gamma = out->gamma,
                            .step = w->grid.step,
                            .log = true,
                            .sd = sd_adaptive,
                            .ctx = &w->adaptive};
}

static void remove_form(eisi_drt_forms *f, size_t q) {
  f->n--;
  for (size_t i = q; i < f->n; i++) {
    f->form[i] = f->form[i + 1];
    f->found[i] = f->found[i + 1];
  }
}

/* Goes on around the sum of processes that the peaks suggest, less those that turn out to be none.
 */
static eis_status centre(eis_drt_work *w, eis_drt_result *out, eisi_drt_forms *forms,
                         eis_error *err) {
  eisi_drt_adaptive *a = &w->adaptive;
  size_t doubtful;
  for (size_t j = 0; j < a->m; j++) out->gamma[j] = exp(a->u[j]);
  const eisi_drt_profile p = profile_of(w, out);
  const eis_status st = eisi_drt_find_forms(&p, forms, err);
  if (st != EIS_OK) return st;
  while (eisi_drt_adaptive_refine(a, forms->n, forms->form) && eisi_drt_doubtful(a, &doubtful))
    remove_form(forms, doubtful);
  return EIS_OK;
}

/* factor NaN: a run from the start; else the last run again with so many times its lambda. */
static eis_status adaptive(eis_drt_work *w, const eis_spectrum *s, const eis_drt_options *opt,
                           double factor, eis_drt_result *out, eis_error *err) {
  eisi_drt_adaptive *a = &w->adaptive;
  const bool may_drop[EISI_DRT_TERMS] = {w->opt.R_inf == EIS_DRT_TERM_AUTO,
                                         w->opt.L == EIS_DRT_TERM_AUTO,
                                         w->opt.C == EIS_DRT_TERM_AUTO};
  eisi_drt_forms forms = {0};
  eis_status st = EIS_OK;
  if (!isnan(factor)) {
    st = eisi_drt_adaptive_again(a, &w->system, factor, err);
  } else {
    st = eisi_drt_adaptive_run(a, &w->system, may_drop, err);
    if (st == EIS_OK) st = centre(w, out, &forms, err);
    if (st == EIS_OK) st = eisi_drt_adaptive_finish(a, &w->system, err);
  }
  if (st != EIS_OK) return st;
  out->R_inf = a->term[EISI_DRT_R], out->R_inf_error = a->term_sd[EISI_DRT_R];
  out->L = a->term[EISI_DRT_L], out->L_error = a->term_sd[EISI_DRT_L];
  out->C_inv = a->term[EISI_DRT_C], out->C_inv_error = a->term_sd[EISI_DRT_C];
  out->lambda = a->lambda * (isnan(factor) ? 1 : factor);
  out->noise_percent = 100 * sqrt(a->noise2);
  out->dof = a->dof;
  out->kkt = a->gradient;
  out->iterations = a->iterations;
  for (size_t j = 0; j < a->m; j++) {
    out->gamma[j] = exp(a->u[j]);
    out->R_pol += out->gamma[j] * w->grid.step;
  }
  reconstruct(&w->grid, s, out->gamma, out);
  if (a->prior.centred && (st = eisi_drt_list_forms(a, out, err)) != EIS_OK) return st;
  if (!(opt->level > 0)) return EIS_OK;
  const double z = eisi_normal_quantile(0.5 + opt->level / 2);
  for (size_t j = 0; j < a->m; j++) {
    const double f = exp(fmin(z * sqrt(a->band[j]), 700));
    out->gamma_low[j] = out->gamma[j] / f;
    out->gamma_high[j] = out->gamma[j] * f;
    a->local[j] = out->gamma[j] * w->grid.step;
  }
  out->R_pol_error = eisi_drt_adaptive_sd(a, a->local);
  double *shares = NULL;
  if (a->prior.centred && isnan(factor)) {
    st = eisi_drt_describe_shares(a, forms.found, out, err);
  } else {
    eisi_drt_profile p = profile_of(w, out);
    st = new_shares(opt, a->m, &shares, err);
    p.shares = shares;
    if (st == EIS_OK) st = eisi_drt_find_peaks(&p, out, err);
  }
  if (st == EIS_OK && opt->band == EIS_DRT_BAND_EXACT)
    st = eisi_drt_sample_adaptive(a, opt, shares, out, err);
  free(shares);
  return st;
}

static double sd_posterior(const void *ctx, const double *a) {
  return eisi_drt_posterior_sd(ctx, a);
}

static eis_status tikhonov(eis_drt_work *w, const eis_spectrum *s, const eis_drt_options *opt,
                           double factor, eis_drt_result *out, eis_error *err) {
  const eisi_drt_grid *g = &w->grid;
  const eisi_drt_system *y = &w->system;
  eisi_drt_tikhonov *t = &w->tikhonov;
  eisi_drt_lambda best = {.lambda = w->lambda * factor};
  double *term[EISI_DRT_TERMS] = {&out->R_inf, &out->L, &out->C_inv};
  t->opt = opt;
  t->s = s;
  eis_status st = isnan(factor) ? eisi_drt_choose_lambda(t, &best, err) : EIS_OK;
  if (isnan(factor)) w->lambda = best.lambda;
  if (st == EIS_OK) st = eisi_drt_tikhonov_solve(t, y->G, y->c, best.lambda, t->x, err);
  if (st != EIS_OK) return st;
  if (!(out->coef = eisi_new(g->m, sizeof *out->coef, err))) return EIS_ERROR_MEMORY;
  memcpy(out->coef, t->x, g->m * sizeof *out->coef);
  for (int i = 0; i < EISI_DRT_TERMS; i++) *term[i] = y->at[i] ? t->x[y->at[i]] : y->held[i];
  eisi_drt_grid_gamma(g, t->x, out->gamma);
  for (size_t j = 0; j < g->m; j++) out->R_pol += t->x[j] * g->weight;
  out->basis = g->basis->key;
  out->epsilon = g->epsilon;
  out->lambda = best.lambda;
  out->lambda_at_limit = best.at_limit;
  out->kkt = t->info.kkt;
  out->iterations = t->info.factorizations;
  reconstruct(g, s, t->x, out);
  const double rss = eisi_drt_misfit(t, t->x);
  out->noise_percent = 100 * sqrt(rss / (double)y->rows);
  out->dof = NAN;
  if (!(opt->level > 0)) return EIS_OK;
  st = eisi_drt_posterior_fill(&w->posterior, t, best.lambda, rss, out, err);
  if (st != EIS_OK) return st;
  eisi_drt_posterior_band(&w->posterior, eisi_normal_quantile(0.5 + opt->level / 2),
                          !opt->signed_gamma, out);
  double *shares;
  if ((st = new_shares(opt, g->m, &shares, err)) != EIS_OK) return st;
  const eisi_drt_profile p = {.m = g->m,
                              .ltau = g->ltau,
                              .y = out->gamma,
                              .gamma = out->gamma,
                              .step = g->step,
                              .sd = sd_posterior,
                              .shares = shares,
                              .ctx = &w->posterior};
  st = eisi_drt_find_peaks(&p, out, err);
  if (st == EIS_OK && opt->band == EIS_DRT_BAND_EXACT)
    st = eisi_drt_sample_tikhonov(&w->posterior, t, shares, out, err);
  free(shares);
  return st;
}

/* ---- public ---- */

static eis_status run_method(eis_drt_work *w, const eis_spectrum *s, const eis_drt_options *opt,
                             double factor, eis_drt_result *out, eis_error *err) {
  eis_status st = new_result(&w->grid, opt, out, err);
  if (st == EIS_OK)
    st = opt->method == EIS_DRT_ADAPTIVE ? adaptive(w, s, opt, factor, out, err)
                                         : tikhonov(w, s, opt, factor, out, err);
  if (st == EIS_OK)
    advise(out);
  else
    eis_drt_result_clear(out);
  return st;
}

eis_status eis_drt_work_run(eis_drt_work *w, const eis_spectrum *s, eis_drt_result *out,
                            eis_error *err) {
  eis_drt_options opt = w->opt;
  *out = (eis_drt_result){0};
  w->ran = false;
  eis_status st = eisi_drt_check_data(s, err);
  if (st == EIS_OK) st = prepare(w, s, err);
  if (st != EIS_OK) return st;
  eisi_drt_resolve_terms(s, &opt);
  st = eisi_drt_system_fill(&w->system, s, &opt, err);
  if (st == EIS_OK) st = run_method(w, s, &opt, NAN, out, err);
  w->ran = st == EIS_OK;
  return st;
}

eis_status eis_drt_work_again(eis_drt_work *w, const eis_spectrum *s, double factor,
                              eis_drt_result *out, eis_error *err) {
  eis_drt_options opt = w->opt;
  *out = (eis_drt_result){0};
  if (!w->ran || !eisi_drt_grid_fits(&w->grid, s))
    return eis_error_set(err, EIS_ERROR_USAGE,
                         "eis_drt_work_again() needs a run of the same spectrum before it");
  if (!(factor >= 1e-6 && factor <= 1e6))
    return eis_error_set(err, EIS_ERROR_USAGE,
                         "%g times the strength is out of range, expected 1e-6 to 1e6", factor);
  opt.band = EIS_DRT_BAND_FAST; /* what is looked at are the peaks */
  return run_method(w, s, &opt, factor, out, err);
}

eis_status eis_drt_run(const eis_spectrum *s, const eis_drt_options *opt, eis_drt_result *out,
                       eis_error *err) {
  eis_drt_work *w;
  *out = (eis_drt_result){0};
  eis_status st = eis_drt_work_new(opt, &w, err);
  if (st != EIS_OK) return st;
  st = eis_drt_work_run(w, s, out, err);
  eis_drt_work_free(w);
  return st;
}

void eis_drt_result_clear(eis_drt_result *r) {
  free(r->tau);
  free(r->gamma);
  free(r->gamma_low);
  free(r->gamma_high);
  free(r->coef);
  free(r->fit_re);
  free(r->fit_im);
  free(r->res_re);
  free(r->res_im);
  free(r->peak);
  free(r->form);
  *r = (eis_drt_result){0};
}

/* ln of the sum of forms; 0 without. */
static double log_forms(const eis_drt_result *r, double l) {
  double sum = 0;
  if (r->n_forms == 0) return 0;
  for (size_t i = 0; i < r->n_forms; i++) {
    const eisi_centre_form f = {
        .R = r->form[i].R, .place = log(r->form[i].tau), .n = r->form[i].n, .b = r->form[i].b};
    sum += eisi_centre_form_value(&f, l);
  }
  return log(fmax(sum, 1e-300));
}

/* Cubic through four neighbouring points of ln gamma less that of the forms (Lagrange on an even
   grid). */
static double cubic_log(const eis_drt_result *r, double l) {
  const size_t m = r->n_tau;
  const double first = log(r->tau[0]), step = (log(r->tau[m - 1]) - first) / (double)(m - 1);
  const double at = (l - first) / step;
  if (at < -1e-9 || at > (double)(m - 1) + 1e-9) return 0;
  const double i = fmax(1, fmin(floor(at), (double)m - 3)), t = at - i;
  const double w[4] = {-t * (t - 1) * (t - 2) / 6, (t + 1) * (t - 1) * (t - 2) / 2,
                       -(t + 1) * t * (t - 2) / 2, (t + 1) * t * (t - 1) / 6};
  double sum = log_forms(r, l);
  for (size_t k = 0; k < 4; k++)
    sum += w[k] *
           (log(r->gamma[(size_t)i - 1 + k]) - log_forms(r, first + step * (i - 1 + (double)k)));
  return exp(sum);
}

double eis_drt_at(const eis_drt_result *r, double tau) {
  const double l = log(tau);
  double sum = 0;
  if (r->n_tau < 4 || !(tau > 0)) return 0;
  if (!r->coef) return cubic_log(r, l);
  /* between the points of a sum over points: straight lines */
  const bool points = strcmp(r->basis, "points") == 0;
  const eisi_drt_basis *b = eisi_drt_basis_find(points ? "linear" : r->basis);
  for (size_t j = 0; j < r->n_tau; j++) {
    const double x = (l - log(r->tau[j])) * r->epsilon;
    if (fabs(x) <= b->reach) sum += r->coef[j] * eisi_drt_basis_value(b, x);
  }
  return sum;
}
