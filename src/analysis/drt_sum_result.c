/* drt_sum_result.c - from a fitted sum to gamma with its band, peaks and errors. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/drt_forms.h"
#include "analysis/drt_sum.h"
#include "analysis/uncertainty.h"
#include "numerics/kernel.h"
#include "numerics/stats.h"

enum { FINER = 4 }; /* grid than that of the regularised gamma */

/* R of a process in its errors: where it is less, the sum is one of many that fit. */
static const double LEAST_KNOWN = 2;
static const double FASTEST = 0.5;  /* w tau at the highest frequency */
static const double FLATTEST = 0.4; /* exponent of a start */

/* Terms of the gamma; one that is asked for and is not in it begins with next to nothing. */
static void start_terms(const eisi_sums *w, const eis_drt_result *r, double size, eisi_sum *out) {
  const eis_spectrum *s = eisi_sums_spectrum(w);
  const bool found[EISI_SUM_TERMS] = {true, r->L > 0, r->C_inv > 0};
  bool *const has[EISI_SUM_TERMS] = {&out->has_R, &out->has_L, &out->has_C};
  for (int i = 0; i < EISI_SUM_TERMS; i++) {
    const eis_drt_term term = eisi_sums_term(w, i);
    *has[i] = term != EIS_DRT_TERM_NONE && (term != EIS_DRT_TERM_AUTO || found[i]);
  }
  out->R_inf = r->R_inf > 0 ? r->R_inf : 1e-3 * size;
  out->L = r->L > 0 ? r->L : 1e-3 * size / (2 * M_PI * s->f[0]);
  out->C = 1 / (r->C_inv > 0 ? r->C_inv : 1e-3 * size * 2 * M_PI * s->f[s->n - 1]);
}

void eisi_sum_from_result(const eisi_sums *w, const eis_drt_result *r, eisi_sum_kind kind,
                          eisi_sum *out) {
  const eis_spectrum *s = eisi_sums_spectrum(w);
  double most = 0;
  *out = (eisi_sum){0};
  for (size_t k = 0; k < s->n; k++) most = fmax(most, hypot(s->re[k], s->im[k]));
  start_terms(w, r, most, out);
  for (size_t q = 0; q < r->n_peaks && out->n + 2 < EISI_SUM_MOST; q++) {
    const eis_drt_peak *p = &r->peak[q];
    if (!(p->R > 0)) continue;
    out->p[out->n++] =
        (eisi_sum_process){.kind = kind,
                           .R = p->R,
                           .tau = p->tau,
                           .beta = kind == EISI_SUM_HN ? 0.9 : 1,
                           .alpha = fmin(fmax(eisi_drt_zarc_alpha(p->width), FLATTEST), 0.95)};
  }
  if (out->n > 0) return;
  out->p[out->n++] = (eisi_sum_process){.kind = kind,
                                        .R = r->R_pol > 0 ? r->R_pol : most,
                                        .alpha = 0.8,
                                        .beta = kind == EISI_SUM_HN ? 0.9 : 1,
                                        .tau = 1 / (2 * M_PI * sqrt(s->f[0] * s->f[s->n - 1]))};
}

/* ---- processes with errors ---- */

static double sd_of(const eis_fit_result *f, int j) { return f->param[j].stderr_; }

/* tau = L/R. */
static double loop_tau_error(const eis_fit_result *f, int at) {
  const size_t np = (size_t)f->n_params, i = (size_t)at, j = i + 1;
  const double R = f->param[i].value, L = f->param[j].value, *c = f->covariance;
  const double v = c[i + i * np] / (R * R) + c[j + j * np] / (L * L) - 2 * c[i + j * np] / (R * L);
  return v >= 0 ? sqrt(v) / log(10) : NAN;
}

static void fill_process(const eisi_sum_process *v, const eis_fit_result *f, int at,
                         eis_drt_process *out) {
  const eisi_sum_row *row = eisi_sum_row_of(v->kind);
  *out = (eis_drt_process){.element = row->element,
                           .R = v->R,
                           .tau = v->tau,
                           .alpha = v->alpha,
                           .beta = v->beta,
                           .first = at};
  out->R_error = sd_of(f, at);
  out->log10_tau_error =
      v->kind == EISI_SUM_LOOP ? loop_tau_error(f, at) : sd_of(f, at + 1) / v->tau / log(10);
  if (!isfinite(out->log10_tau_error)) out->R_error = NAN; /* tau at its limit: R is, too */
  out->alpha_error = row->at_alpha > 0 ? sd_of(f, at + row->at_alpha) : NAN;
  out->beta_error = row->at_beta > 0 ? sd_of(f, at + row->at_beta) : NAN;
}

/* Faster than all data, with no R_inf beside it: which of the two it is can't be told. */
static void forget_fast(const eisi_sums *w, const eisi_sum *m, const eis_fit_result *f,
                        eis_drt_process *p) {
  const double w_tau = 2 * M_PI * eisi_sums_spectrum(w)->f[0] * p->tau;
  const bool held = eisi_sums_term(w, 0) == EIS_DRT_TERM_FIXED;
  if (w_tau < FASTEST && !(m->has_R && (held || isfinite(sd_of(f, 0))))) p->R_error = NAN;
}

static void fill_tried(const eisi_sum_found *found, eis_drt_parametric *out) {
  double best = HUGE_VAL, sum = 0;
  for (size_t n = 1; n <= EISI_SUM_MOST; n++) {
    const eisi_sum *m = &found->at[n];
    if (!(m->S > 0)) continue;
    out->tried[out->n_tried++] =
        (eis_drt_tried){.processes = (int)n, .parameters = m->k, .S = m->S, .bic = m->bic};
    best = fmin(best, m->bic);
  }
  for (size_t i = 0; i < out->n_tried; i++)
    sum += out->tried[i].probability = exp((best - out->tried[i].bic) / 2);
  for (size_t i = 0; i < out->n_tried; i++) out->tried[i].probability /= sum;
}

static eis_status room(const eis_circuit *c, size_t n, eis_fit_result *f, eis_drt_parametric *p,
                       eis_error *err) {
  const size_t np = (size_t)c->n_params;
  f->n_params = c->n_params;
  f->param = eisi_new(np, sizeof *f->param, err);
  f->covariance = eisi_new(np * np, sizeof *f->covariance, err);
  p->process = eisi_new(n, sizeof *p->process, err);
  p->tried = eisi_new(EISI_SUM_MOST, sizeof *p->tried, err);
  if (!f->param || !f->covariance || !p->process || !p->tried) return EIS_ERROR_MEMORY;
  return eis_circuit_copy(c, &p->circuit, err);
}

eis_status eisi_sum_describe(eisi_sums *w, const eisi_sum_found *found, eis_drt_parametric **out,
                             eis_error *err) {
  eisi_problem *q = eisi_sums_problem(w);
  const eisi_sum *m = &found->at[found->best];
  const eis_fit_options o = eis_fit_options_default();
  eis_fit_result f = {0};
  eis_drt_parametric *p = *out = eisi_new(1, sizeof *p, err);
  if (!p) return EIS_ERROR_MEMORY;
  eis_status st = room(q->c, m->n, &f, p, err);
  if (st == EIS_OK) st = eisi_uncertainty_covariance(q, eisi_sums_x(w), m->S, &o, &f, err);
  if (st == EIS_OK) {
    int at = m->has_R + m->has_L + m->has_C;
    for (int j = 0; j < f.n_params; j++) p->circuit->param[j].value = f.param[j].value;
    for (size_t i = 0; i < m->n; i++) {
      fill_process(&m->p[i], &f, at, &p->process[i]);
      forget_fast(w, m, &f, &p->process[i]);
      at += eisi_sum_row_of(m->p[i].kind)->params;
    }
    p->n = m->n;
    p->S = m->S;
    p->bic = m->bic;
    p->dof = f.dof;
    p->covariance = f.covariance;
    f.covariance = NULL;
    fill_tried(found, p);
  }
  eis_fit_result_clear(&f);
  return st;
}

/* ---- linear forms of the parameters ---- */

/* Standard deviation of sum g_j p_j; parameters without a variance do not count. */
static double spread(const eis_drt_parametric *p, const double *g) {
  const size_t np = (size_t)p->circuit->n_params;
  double v = 0;
  for (size_t j = 0; j < np; j++)
    for (size_t i = 0; g[j] != 0 && i < np; i++) {
      const double c = p->covariance[i + j * np];
      if (g[i] != 0 && isfinite(c)) v += g[i] * g[j] * c;
    }
  return v > 0 ? sqrt(v) : 0;
}

static bool is_loop(const eis_drt_process *p) { return strcmp(p->element, "RL") == 0; }

static bool is_diffusion(const eis_drt_process *p) { return strcmp(p->element, "Wo") == 0; }

/* Area of its gamma for R = 1. */
static double area_of(const eis_drt_process *p) {
  return is_loop(p) ? -1 : is_diffusion(p) ? 1.0 / 3 : 1;
}

static int index_of(const eis_drt_parametric *p, const char *name) {
  return eis_circuit_find_param(p->circuit, name);
}

/* Z = R_inf + ...: what a loop has at high frequencies belongs to R_inf. */
static void fill_terms(const eis_drt_parametric *p, double *g, eis_drt_result *out) {
  const size_t np = (size_t)p->circuit->n_params;
  const int R = index_of(p, "R0"), L = index_of(p, "L0"), C = index_of(p, "C0");
  const eis_param *a = p->circuit->param;
  out->R_inf_error = out->L_error = out->C_inv_error = NAN;
  memset(g, 0, np * sizeof *g);
  out->R_inf = R >= 0 ? a[R].value : 0;
  if (R >= 0) g[R] = 1;
  for (size_t q = 0; q < p->n; q++) {
    if (!is_loop(&p->process[q])) continue;
    out->R_inf += p->process[q].R;
    g[p->process[q].first] = 1;
  }
  if (spread(p, g) > 0) out->R_inf_error = spread(p, g);
  memset(g, 0, np * sizeof *g);
  for (size_t q = 0; q < p->n; q++) {
    const double area = area_of(&p->process[q]);
    out->R_pol += area * p->process[q].R;
    g[p->process[q].first] = area;
  }
  out->R_pol_error = spread(p, g);
  for (size_t q = 0; q < p->n; q++)
    if (!isfinite(p->process[q].R_error)) out->R_pol_error = NAN;
  if (L >= 0) {
    out->L = a[L].value;
    if (!a[L].fixed) out->L_error = sqrt(p->covariance[(size_t)L * (np + 1)]);
  }
  memset(g, 0, np * sizeof *g);
  if (C >= 0) {
    out->C_inv = 1 / a[C].value;
    g[C] = -out->C_inv * out->C_inv;
  }
  for (size_t q = 0; q < p->n; q++) { /* finite-space diffusion ends as R/(j w tau) */
    const eis_drt_process *v = &p->process[q];
    if (!is_diffusion(v)) continue;
    out->C_inv += v->R / v->tau;
    g[v->first] = 1 / v->tau;
    g[v->first + 1] = -v->R / (v->tau * v->tau);
  }
  if (spread(p, g) > 0) out->C_inv_error = spread(p, g);
}

/* ---- gamma ---- */

/* Derivatives of gamma at ltau in the parameters of a process, by differences; the place of a delta
   function has none. */
static void slopes(const eis_drt_process *p, double ltau, double h, double *g) {
  const double step = 1e-4;
  const bool delta = p->alpha >= 1 && p->beta >= 1;
  int at = p->first;
  g[at] += eisi_drt_process_gamma(p, ltau, h) / p->R;
  if (delta) return;
  const double value[3] = {p->tau, p->alpha, p->beta};
  const bool has[3] = {true, strcmp(p->element, "Ga") != 0, strcmp(p->element, "Zarc") != 0};
  for (int i = 0; i < 3; i++) {
    if (!has[i]) continue;
    eis_drt_process low = *p, high = *p;
    double *const l = i == 0 ? &low.tau : i == 1 ? &low.alpha : &low.beta;
    double *const u = i == 0 ? &high.tau : i == 1 ? &high.alpha : &high.beta;
    const double d = step * value[i];
    *l -= 2 * d; /* to the side where exponents are below one */
    *u -= i == 0 ? -2 * d : 0;
    g[++at] += (eisi_drt_process_gamma(&high, ltau, h) - eisi_drt_process_gamma(&low, ltau, h)) /
               (*u - *l);
  }
}

static void fill_gamma(const eis_drt_parametric *p, double level, double step, double *g,
                       eis_drt_result *out) {
  const size_t np = (size_t)p->circuit->n_params;
  const double z = level > 0 ? eisi_normal_quantile(0.5 + level / 2) : 0;
  for (size_t j = 0; j < out->n_tau; j++) {
    const double l = log(out->tau[j]);
    double sum = 0;
    memset(g, 0, np * sizeof *g);
    for (size_t q = 0; q < p->n; q++) {
      sum += eisi_drt_process_gamma(&p->process[q], l, step);
      if (z > 0) slopes(&p->process[q], l, step, g);
    }
    out->gamma[j] = sum;
    if (!(z > 0)) continue;
    const double d = z * spread(p, g);
    if (sum > 0 && isfinite(d / sum)) { /* never negative, like gamma */
      out->gamma_low[j] = sum * exp(-d / sum);
      out->gamma_high[j] = sum * exp(fmin(d / sum, 700));
    } else {
      out->gamma_low[j] = sum - d;
      out->gamma_high[j] = sum + d;
    }
  }
}

static void fill_fit(eisi_sums *w, eis_drt_result *out) {
  const eis_spectrum *s = eisi_sums_spectrum(w);
  const eisi_problem *q = eisi_sums_problem(w);
  for (size_t k = 0; k < s->n; k++) {
    const double f = 100 / fmax(hypot(s->re[k], s->im[k]), 1e-300);
    out->fit_re[k] = q->z[k];
    out->fit_im[k] = q->z[s->n + k];
    out->res_re[k] = (s->re[k] - q->z[k]) * f;
    out->res_im[k] = (s->im[k] - q->z[s->n + k]) * f;
  }
}

/* Largest cosine between a column of the Jacobian and the residuals, off the bounds. */
static double gradient_of(eisi_sums *w) {
  const eisi_problem *q = eisi_sums_problem(w);
  const size_t m = 2 * q->n;
  const double *r = eisi_sums_residual(w), *J = eisi_sums_jacobian(w), *x = eisi_sums_x(w);
  const double size = sqrt(eisi_sum_squares(m, r));
  double most = 0;
  for (int i = 0; i < q->n_free; i++) {
    const double *c = J + (size_t)i * m, length = sqrt(eisi_sum_squares(m, c));
    double dot = 0;
    if (x[i] <= q->lower[i] || x[i] >= q->upper[i]) continue;
    for (size_t k = 0; k < m; k++) dot += c[k] * r[k];
    if (length > 0 && size > 0) most = fmax(most, fabs(dot) / length / size);
  }
  return most;
}

eis_status eisi_sum_result(eisi_sums *w, const eis_drt_parametric *p, const eis_drt_options *opt,
                           eis_drt_result *out, eis_error *err) {
  const eis_spectrum *s = eisi_sums_spectrum(w);
  const eis_status st = eisi_drt_new_result(opt, s, FINER, opt->level > 0, out, err);
  if (st != EIS_OK) return st;
  double *g = eisi_new((size_t)p->circuit->n_params + 1, sizeof *g, err);
  if (!g) return EIS_ERROR_MEMORY;
  const double step = log(out->tau[1] / out->tau[0]);
  out->noise_percent = p->dof > 0 ? 100 * sqrt(p->S / p->dof) : NAN;
  out->dof = 2 * (double)s->n - p->dof;
  fill_gamma(p, opt->level, step, g, out);
  fill_terms(p, g, out);
  fill_fit(w, out);
  out->kkt = gradient_of(w);
  out->iterations = (int)eisi_sums_problem(w)->evaluations;
  free(g);
  return opt->level > 0 ? eisi_sum_peaks(w, p, out, err) : EIS_OK;
}

/* ---- peaks ---- */

/* Full width at half height by looking, for forms without a formula for it. */
static double width_of(const eis_drt_process *p) {
  const double step = 0.02, reach = 30;
  double most = 0, low = 0, high = 0;
  if (p->alpha >= 1 && p->beta >= 1) return 0;
  if (p->beta >= 1) return eisi_drt_zarc_width(p->alpha);
  for (double x = -reach; x < reach; x += step)
    most = fmax(most, eisi_drt_form(1, p->alpha, p->beta, x, step));
  for (double x = -reach; x < reach; x += step) {
    if (eisi_drt_form(1, p->alpha, p->beta, x, step) < most / 2) continue;
    if (low == 0) low = x;
    high = x + step;
  }
  return (high - low) / log(10);
}

/* No maximum of the whole gamma within a tenth of a decade. */
static bool is_shoulder(const eis_drt_parametric *p, double ltau, double h) {
  const double step = 0.02, reach = 0.23;
  double before = 0, now = 0;
  for (double x = -reach; x <= reach; x += step) {
    double next = 0;
    for (size_t q = 0; q < p->n; q++) next += eisi_drt_process_gamma(&p->process[q], ltau + x, h);
    if (x > -reach + 1.5 * step && now > before && now >= next) return false;
    before = now;
    now = next;
  }
  return true;
}

/* ln R - b ln tau in its errors, for the b between 0 and 1 that the data know best: R of a process
   within the data, R/tau^alpha of one that ends beyond them, R/tau^(1/2) or R/tau of diffusion. */
static double best_known(const eis_drt_parametric *p, const eis_drt_process *v) {
  const size_t np = (size_t)p->circuit->n_params, i = (size_t)v->first, j = i + 1;
  const double *c = p->covariance;
  const double RR = c[i + i * np] / (v->R * v->R), tt = c[j + j * np] / (v->tau * v->tau);
  const double Rt = c[i + j * np] / (v->R * v->tau);
  if (!(tt > 0) || !isfinite(Rt)) return 1 / sqrt(RR); /* tau at its limit */
  const double b = fmin(fmax(Rt / tt, 0), 1);
  return 1 / sqrt(fmax(RR - 2 * b * Rt + b * b * tt, 1e-12 * RR));
}

static bool is_slow(const eis_spectrum *s, const eis_drt_process *v) {
  return !is_loop(v) && 2 * M_PI * s->f[s->n - 1] * v->tau > 1;
}

static int parameters_of(const eis_drt_parametric *p, size_t q) {
  return (q + 1 < p->n ? p->process[q + 1].first : p->circuit->n_params) - p->process[q].first;
}

/* How many of its errors a process is away from none. */
static double distance_of(const eisi_sums *w, const eis_drt_parametric *all, size_t q) {
  const eis_drt_process *p = &all->process[q];
  return is_slow(eisi_sums_spectrum(w), p) ? best_known(all, p) : p->R / p->R_error;
}

/* By the criterion: against the sum without it, whose S is higher by (R/error)^2 s^2. */
static double probability_of(const eisi_sums *w, const eis_drt_parametric *all, size_t q) {
  const eis_spectrum *s = eisi_sums_spectrum(w);
  const double z = distance_of(w, all, q);
  const double cost = parameters_of(all, q) * log(2 * (double)s->n) + 2 * eisi_sum_cost(s);
  return isfinite(z) ? 1 / (1 + exp(fmin((cost - z * z) / 2, 700))) : NAN;
}

bool eisi_sum_is_known(const eisi_sums *w, const eis_drt_parametric *p) {
  for (size_t q = 0; q < p->n; q++)
    if (distance_of(w, p, q) < LEAST_KNOWN) return false;
  return true;
}

eis_status eisi_sum_peaks(const eisi_sums *w, const eis_drt_parametric *p, eis_drt_result *out,
                          eis_error *err) {
  const double h = out->sharp_decades * log(10) / 2;
  eis_drt_peak *peak = eisi_new(p->n, sizeof *peak, err);
  if (!peak) return EIS_ERROR_MEMORY;
  free(out->peak);
  out->peak = peak;
  out->n_peaks = p->n;
  for (size_t q = 0; q < p->n; q++) {
    const eis_drt_process *v = &p->process[q];
    const double R = area_of(v) * v->R, tau = is_diffusion(v) ? v->tau / (M_PI * M_PI) : v->tau;
    const double l = log(tau);
    const bool singular = v->alpha >= 1;
    peak[q] = (eis_drt_peak){.tau = tau,
                             .log10_tau_error = v->log10_tau_error,
                             .R = R,
                             .R_error = fabs(area_of(v)) * v->R_error,
                             .C = R > 0 ? tau / R : NAN};
    for (size_t i = 0; i < p->n; i++)
      peak[q].height += eisi_drt_process_gamma(&p->process[i], l, h);
    peak[q].width = width_of(v);
    peak[q].shoulder = !singular && is_shoulder(p, l, h);
    peak[q].probability = probability_of(w, p, q);
  }
  return EIS_OK;
}
