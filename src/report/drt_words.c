/* drt_words.c - names, numbers and sentences about a distribution of relaxation times. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/number.h"
#include "report/drt_report.h"

static const char *const criterion_names[] = {
    [EIS_DRT_FIXED] = "given",     [EIS_DRT_GCV] = "gcv",       [EIS_DRT_MGCV] = "mgcv",
    [EIS_DRT_RGCV] = "rgcv",       [EIS_DRT_L_CURVE] = "l-curve", [EIS_DRT_RE_IM] = "re-im",
    [EIS_DRT_K_FOLD] = "k-fold",   [EIS_DRT_DISCREPANCY] = "discrepancy",
    [EIS_DRT_EVIDENCE] = "evidence",
};
const char *eisi_drt_criterion_name(eis_drt_criterion c) { return criterion_names[c]; }

static void order_words(const double order[3], eisi_text *out) {
  int used = 0, last = 0;
  for (int k = 0; k < 3; k++)
    if (order[k] > 0) used++, last = k;
  if (used == 1 && order[last] == 1)
    eisi_text_addf(out, "derivative %d", last);
  else
    eisi_text_addf(out, "derivatives 0, 1, 2 with shares %g, %g, %g", order[0], order[1], order[2]);
}

bool eisi_drt_one_lambda(const eisi_drt_view *v) {
  return v->drt->coef && v->solution->gamma_by && isfinite(v->drt->lambda) && v->drt->lambda > 0;
}

bool eisi_drt_sharp(const eisi_drt_view *v, const eis_drt_peak *p) {
  return eisi_drt_smooths(v->solution->peaks_by->key) && p->width <= 1.15 * v->drt->sharp_decades;
}

bool eisi_drt_smooths(const char *key) {
  static const char *const keys[] = {"adaptive", "tikhonov", "ridge", "bht"};
  for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
    if (strcmp(keys[i], key) == 0) return true;
  return false;
}

static void lambda_words(const eisi_drt_view *v, eisi_text *out) {
  static const char *const parts[] = {
      [EIS_DRT_COMPLEX] = "", [EIS_DRT_REAL] = "; Re Z only", [EIS_DRT_IMAG] = "; Im Z only"};
  const eis_drt_options *o = v->options;
  const bool free_sign = o->signed_gamma || strcmp(v->solution->gamma_by->key, "ridge") == 0;
  eisi_text_addf(out, "one lambda, %.3g %s%s; basis %s; ", v->drt->lambda,
                 o->criterion == EIS_DRT_FIXED ? "" : "by ", criterion_names[o->criterion],
                 v->drt->basis);
  order_words(o->order, out);
  eisi_text_addf(out, "; gamma %s%s", free_sign ? "of both signs" : ">= 0", parts[o->part]);
}

void eisi_drt_method_words(const eisi_drt_view *v, eisi_text *out) {
  const eis_drt_solution *s = v->solution;
  eisi_text_addf(out, "%s: ", s->method->key);
  if (strcmp(s->method->key, "adaptive") == 0)
    eisi_text_addf(out,
                   "ln gamma smoothed with local strength, both chosen by the evidence (common "
                   "precision %.2g)",
                   v->drt->lambda);
  else if (eisi_drt_one_lambda(v))
    lambda_words(v, out);
  else
    eisi_text_addf(out, "%s", s->verdict[0] ? s->verdict : s->method->name);
  if (v->options->weighting != EIS_WEIGHT_MODULUS)
    eisi_text_addf(out, "; weighting %s", eisi_weighting_name(v->options->weighting));
}

void eisi_drt_percent(double p, char *buf, size_t size) {
  if (isnan(p))
    buf[0] = '\0';
  else if (p > 0.99)
    snprintf(buf, size, "> 99 %%");
  else if (p < 0.01)
    snprintf(buf, size, "< 1 %%");
  else
    snprintf(buf, size, "%.0f %%", 100 * p);
}

bool eisi_drt_unlikely(const eis_drt_peak *p) { return p->probability < 0.5; }

const char *eisi_drt_process(const eisi_drt_view *v, size_t i) {
  if (!v->assigned) return NULL;
  const int k = v->assigned->peak[i].process;
  return k < 0 ? "unassigned" : eis_process_key(v->table, (size_t)k);
}

static void guess_words(const char *what, const char *word, double probability, eisi_text *out) {
  if (!word) return;
  eisi_text_addf(out, "%s%s %s", out->n ? "; " : "", what, word);
  if (probability < 0.9995) eisi_text_addf(out, " (guessed, %.0f %%)", 100 * probability);
}

void eisi_drt_cell_words(const eisi_drt_view *v, eisi_text *out) {
  const eis_process_assignment *a = v->assigned;
  char text[64];
  guess_words("electrolyte", a->electrolyte, a->electrolyte_probability, out);
  guess_words("anode", a->anode, a->anode_probability, out);
  guess_words("cathode", a->coating, a->coating_probability, out);
  eisi_show_one(a->area_m2, 3, "m^2", text, sizeof text);
  eisi_text_addf(out, "; area %s", text);
  if (a->area_factor > 1.0005)
    eisi_text_addf(out, " (guessed, within a factor %.2g)", a->area_factor);
  eisi_text_addf(out, "; %.0f °C", a->T - 273.15);
  if (a->T_error > 0) eisi_text_addf(out, " (assumed, ± %.0f)", a->T_error);
}

double eisi_drt_C_error(const eis_drt_peak *p) {
  return fabs(p->C) * hypot(log(10) * p->log10_tau_error, p->R_error / p->R);
}

bool eisi_drt_within(const eis_spectrum *s, double tau) {
  const double f = 1 / (2 * acos(-1) * tau);
  return f >= s->f[s->n - 1] && f <= s->f[0];
}

void eisi_drt_strength_name(const eis_drt_stability *t, int side, char *buf, size_t size) {
  snprintf(buf, size, side == EIS_DRT_WEAKER ? "λ/%g" : "%gλ", t->factor);
}

eisi_shown eisi_drt_show_R(const eis_conditions *c, double R, double error) {
  const bool area = c->area_m2 > 0;
  const double f = area ? c->area_m2 : 1;
  return eisi_show(R * f, error * f, NAN, NAN, area ? "ohm m^2" : "ohm");
}

eisi_shown eisi_drt_show_C(const eis_conditions *c, double C, double error) {
  const bool area = c->area_m2 > 0;
  const double f = area ? 1 / c->area_m2 : 1;
  return eisi_show(C * f, error * f, NAN, NAN, area ? "F/m^2" : "F");
}

void eisi_drt_shown(const eisi_shown *q, char *buf, size_t size) {
  snprintf(buf, size, "%s%s%s%s%s", q->value, *q->error ? " ± " : "", q->error, *q->unit ? " " : "",
           q->unit);
}

/* ---- warnings ---- */

static eis_status warn_kk(const eisi_drt_view *v, eis_notes *out, eis_error *err) {
  const eis_kk_result *kk = v->kk;
  char low[48], high[48], window[160] = "";
  if (!kk || kk->passed) return EIS_OK;
  eisi_show_one(kk->f_low_hz, 3, "Hz", low, sizeof low);
  eisi_show_one(kk->f_high_hz, 3, "Hz", high, sizeof high);
  if (eisi_kk_has_window(kk))
    snprintf(window, sizeof window, "; they pass from %s to %s: try --fmin and --fmax with these",
             low, high);
  return eis_notes_add(out, err,
                       "the data fail the Kramers-Kronig test: gamma bends to fit what no set of "
                       "relaxation times can give, so peaks near the place where they fail may be "
                       "false and errors are too small%s",
                       window);
}

/* Inductive points below capacitive ones, by more than the noise: the first of them, n = none. */
static size_t loop_begins(const eisi_drt_view *v, size_t *points) {
  const eis_spectrum *s = v->spectrum;
  const double noise = (v->kk ? v->kk->noise_percent : v->drt->noise_percent) / 100;
  size_t first = s->n;
  bool capacitive = false;
  *points = 0;
  for (size_t k = 0; k < s->n; k++) {
    const double least = 3 * noise * hypot(s->re[k], s->im[k]);
    capacitive = capacitive || s->im[k] < -least;
    if (!capacitive || s->im[k] <= least) continue;
    if (!(*points)++) first = k;
  }
  return first;
}

static eis_status warn_loop(const eisi_drt_view *v, eis_notes *out, eis_error *err) {
  const bool loops = v->options->signed_gamma || v->solution->n_poles || v->solution->parametric ||
                     strcmp(v->solution->gamma_by->key, "ridge") == 0;
  const bool rings = isfinite(v->drt->lambda) && v->drt->n_peaks > 1 &&
                     (v->options->signed_gamma || strcmp(v->solution->gamma_by->key, "ridge") == 0);
  size_t points;
  const size_t first = loop_begins(v, &points);
  char f[48];
  if (points < 2) return EIS_OK;
  eisi_show_one(v->spectrum->f[first], 3, "Hz", f, sizeof f);
  if (rings)
    return eis_notes_add(
        out, err,
        "an inductive loop at %s and below: with one lambda gamma rings on both sides of it, "
        "small peaks there are no processes; --method auto gives R and tau of the loop",
        f);
  if (loops) return EIS_OK;
  return eis_notes_add(
      out, err,
      "an inductive loop at %s and below (%zu points): a positive gamma can't show "
      "it and bends around it; use --signed or --method loewner",
      f, points);
}

/* Residuals of gamma that the data's own noise does not explain. */
static bool misses(const eisi_drt_view *v) {
  const double r = v->drt->noise_percent;
  return v->options->weighting == EIS_WEIGHT_MODULUS && v->kk && r > 2 &&
         r > 3 * v->kk->noise_percent;
}

static eis_status warn_misfit(const eisi_drt_view *v, eis_notes *out, eis_error *err) {
  const eis_drt_result *r = v->drt;
  size_t at = 0;
  char f[48];
  if (!misses(v)) return EIS_OK;
  for (size_t k = 1; k < r->n; k++)
    if (hypot(r->res_re[k], r->res_im[k]) > hypot(r->res_re[at], r->res_im[at])) at = k;
  eisi_show_one(v->spectrum->f[at], 3, "Hz", f, sizeof f);
  return eis_notes_add(out, err,
                       "gamma misses the data by %g %% of |Z|, the noise is %g %%; most at %s "
                       "(%g %%): cables, loops or outliers there are no relaxation; look with "
                       "--plot, leave out with --fmax, --fmin, --exclude",
                       eisi_signif(r->noise_percent, 2), eisi_signif(v->kk->noise_percent, 2), f,
                       eisi_signif(hypot(r->res_re[at], r->res_im[at]), 2));
}

static eis_status warn_stability(const eisi_drt_view *v, eis_notes *out, eis_error *err) {
  const eis_drt_stability *t = v->stability;
  eisi_text list = {0};
  char weak[16], strong[16];
  if (!t || t->n_stable == t->n) return EIS_OK;
  eisi_drt_strength_name(t, EIS_DRT_WEAKER, weak, sizeof weak);
  eisi_drt_strength_name(t, EIS_DRT_STRONGER, strong, sizeof strong);
  for (size_t i = 0; i < t->n; i++)
    if (!t->peak[i].found[0] || !t->peak[i].found[1])
      eisi_text_addf(&list, "%s%zu", list.n ? ", " : "", i + 1);
  const size_t n = t->n - t->n_stable;
  eis_status st = eisi_text_state(&list, err);
  if (!st)
    st = eis_notes_add(
        out, err,
        "peak%s %s depend%s on how strongly gamma is smoothed: not found at "
        "both %s and %s; measure with less noise or more points there before building "
        "on %s",
        n > 1 ? "s" : "", list.s ? list.s : "", n > 1 ? "" : "s", weak, strong,
        n > 1 ? "them" : "it");
  eisi_text_clear(&list);
  return st;
}

static eis_status warn_peaks(const eisi_drt_view *v, eis_notes *out, eis_error *err) {
  if (!(v->options->level > 0) || v->drt->n_peaks) return EIS_OK;
  return eis_notes_add(out, err,
                       "no peak: within its band gamma has no maximum inside the grid; the "
                       "processes are faster or slower than the data show, or hidden by the noise");
}

/* Forms that are assumed decide how two processes share what they have in common: at 1 % of noise R
   of two equal ones half a decade apart came out as 78 and 21 with errors of 2. */
static const double CLOSE_DECADES = 0.8, UNSURE = 0.02;

static bool share_unsure(const eis_drt_peak *a, const eis_drt_peak *b) {
  const bool unsure = a->R_error > UNSURE * a->R || b->R_error > UNSURE * b->R;
  return a->R > 0 && b->R > 0 && unsure && fabs(log10(b->tau / a->tau)) < CLOSE_DECADES;
}

static eis_status warn_close(const eisi_drt_view *v, eis_notes *out, eis_error *err) {
  const eis_drt_result *r = v->drt;
  eisi_text list = {0};
  for (size_t i = 0; v->solution->parametric && i + 1 < r->n_peaks; i++)
    if (share_unsure(&r->peak[i], &r->peak[i + 1]))
      eisi_text_addf(&list, "%s%zu and %zu", list.n ? ", " : "", i + 1, i + 2);
  eis_status st = eisi_text_state(&list, err);
  if (!st && list.n)
    st =
        eis_notes_add(out, err,
                      "peaks %s are less than %.1g decades apart: how they share their R "
                      "rests on their forms, and its errors may be far too small; the sum is surer",
                      list.s, CLOSE_DECADES);
  eisi_text_clear(&list);
  return st;
}

/* Per cent of |Z|: less than the best instruments have. */
static const double NO_NOISE = 1e-3;

static eis_status warn_exact(const eisi_drt_view *v, eis_notes *out, eis_error *err) {
  const double noise = v->kk ? v->kk->noise_percent : v->drt->noise_percent;
  if (!v->drt->n_peaks || !(noise < NO_NOISE)) return EIS_OK;
  return eis_notes_add(
      out, err,
      "the data have no noise (%g %% of |Z|): they are computed, and the errors say how "
      "well numbers are fitted by formulas; of a measurement they would be a hundred "
      "times as large and more",
      eisi_signif(noise, 1));
}

static const double FEW_PER_DECADE = 4;

static eis_status warn_points(const eisi_drt_view *v, eis_notes *out, eis_error *err) {
  const eis_spectrum *s = v->spectrum;
  const double per_decade = (double)(s->n - 1) / log10(s->f[0] / s->f[s->n - 1]);
  if (per_decade >= FEW_PER_DECADE) return EIS_OK;
  return eis_notes_add(
      out, err,
      "only %.2g points per decade: processes within a decade of each other can't be "
      "told apart, and one that no frequency meets is not seen; measure 6 and more",
      per_decade);
}

eis_status eisi_drt_warnings(const eisi_drt_view *v, eis_notes *out, eis_error *err) {
  static eis_status (*const all[])(const eisi_drt_view *, eis_notes *, eis_error *) = {
      warn_kk, warn_misfit, warn_loop, warn_points, warn_peaks, warn_close, warn_stability,
      warn_exact};
  eis_status st = EIS_OK;
  for (size_t i = 0; !st && i < sizeof all / sizeof *all; i++) st = all[i](v, out, err);
  if (!st && v->drt->advice[0]) st = eis_notes_add(out, err, "%s", v->drt->advice);
  return st;
}

eisi_judgement eisi_drt_judgement(const eisi_drt_view *v) {
  if (v->kk && !v->kk->passed) return EISI_INCONSISTENT;
  return misses(v) ? EISI_MISFIT : EISI_PASSED;
}
