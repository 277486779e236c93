/* kk.c - the linear Kramers-Kronig test as a whole: outliers, verdict, window, words. */
#include <eisfit/kk.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/kk_fit.h"
#include "base/base.h"

enum { FEWEST_POINTS = 5, MOST_ELEMENTS = 1000, OUTLIER_ROUNDS = 4 };

eis_kk_options eis_kk_options_default(void) {
  return (eis_kk_options){.part = EIS_KK_COMPLEX,
                          .capacitance = true,
                          .inductance = true,
                          .rule = EIS_KK_RULE_AUTO,
                          .m = 10,
                          .mu_limit = 0.85,
                          .extend_decades = 0.5,
                          .tolerance_percent = 0.15};
}

/* ---- checks ---- */

static eis_status check_data(const eis_spectrum *s, eis_error *err) {
  bool zero = true;
  if (s->n < FEWEST_POINTS)
    return eis_error_set(err, EIS_ERROR_INPUT,
                         "the Kramers-Kronig test needs at least %d points, this spectrum has %zu",
                         FEWEST_POINTS, s->n);
  for (size_t k = 0; k < s->n; k++) {
    if (!(s->f[k] > 0) || !isfinite(s->f[k]))
      return eis_error_set(err, EIS_ERROR_INPUT,
                           "point %zu: frequency %g Hz is not a positive number", k + 1, s->f[k]);
    if (!isfinite(s->re[k]) || !isfinite(s->im[k]))
      return eis_error_set(err, EIS_ERROR_INPUT, "point %zu (%g Hz): the impedance is not a number",
                           k + 1, s->f[k]);
    zero = zero && s->re[k] == 0 && s->im[k] == 0;
  }
  if (zero)
    return eis_error_set(err, EIS_ERROR_INPUT,
                         "all impedances are zero: there is nothing to test; check the columns");
  return EIS_OK;
}

static eis_status check_options(const eis_kk_options *o, eis_error *err) {
  if (o->rule == EIS_KK_RULE_FIXED && (o->m < 1 || o->m > MOST_ELEMENTS))
    return eis_error_set(err, EIS_ERROR_USAGE, "%d RC elements: expected 1 to %d", o->m,
                         MOST_ELEMENTS);
  if (o->m_max < 0 || o->m_max > MOST_ELEMENTS)
    return eis_error_set(err, EIS_ERROR_USAGE,
                         "at most %d RC elements: expected 1 to %d, or 0 for as many as the data "
                         "bear",
                         o->m_max, MOST_ELEMENTS);
  if (!(fabs(o->extend_decades) <= 10))
    return eis_error_set(err, EIS_ERROR_USAGE,
                         "time constants extended by %g decades: expected -10 to 10",
                         o->extend_decades);
  return EIS_OK;
}

/* ---- words ---- */

typedef struct phrase {
  char s[40];
} phrase;

static phrase frequency_text(double f) {
  phrase p;
  int exponent = 0;
  const char *prefix = eisi_prefix_for(f, &exponent);
  snprintf(p.s, sizeof p.s, "%.3g %sHz", f / pow(10, exponent), prefix);
  return p;
}

static const char *part_name(bool imaginary) { return imaginary ? "imaginary" : "real"; }

static void tell_outliers(const eisi_kk_pass *p, eisi_text *t) {
  size_t count = 0, first = 0;
  for (size_t k = p->s->n; k-- > 0;)
    if (p->out[k]) count++, first = k;
  if (count == 0) return;
  eisi_text_addf(t, "; %zu outlier%s left out (%s%s)", count, count > 1 ? "s" : "",
                 frequency_text(p->s->f[first]).s, count > 1 ? ", ..." : "");
}

static void tell_window(const eisi_kk_pass *p, const eisi_kk_story *story, eisi_text *t) {
  bool low = story->first + story->n<p->s->n, high = story->first> 0;
  phrase from = frequency_text(p->s->f[story->first + story->n - 1]);
  phrase to = frequency_text(p->s->f[story->first]);
  if (low && high)
    eisi_text_addf(t, "valid from %s to %s", from.s, to.s);
  else
    eisi_text_addf(t, low ? "valid from %s upwards" : "valid up to %s", low ? from.s : to.s);
  if (low && story->below > 3 * story->full.noise)
    eisi_text_addf(t, ": below, the %s part drifts away by up to %.2g %%",
                   part_name(story->below_imag), story->below);
  else if (low)
    eisi_text_addf(t, ": below, the residuals form a trend");
  if (high)
    eisi_text_addf(t, "%s above, the %s part is off by up to %.2g %%", low ? ";" : ":",
                   part_name(story->above_imag), story->above);
  eisi_text_addf(t, " (scatter %.2g %% of |Z|)", story->full.noise);
}

static void tell_failure(const eisi_kk_pass *p, const eisi_kk_judgement *v, eisi_text *t) {
  phrase at = frequency_text(p->s->f[v->at]);
  if (v->coarse)
    eisi_text_addf(
        t,
        "failed: residuals of up to %.2g %%, but %zu points are too few for this range to "
        "tell a bad spectrum from a coarse one",
        v->max, p->s->n);
  else if (v->noisy)
    eisi_text_addf(t, "failed: residuals scatter by %.2g %% of |Z|, too much for any verdict",
                   v->noise);
  else if (v->structured)
    eisi_text_addf(t,
                   "failed: the residuals form a trend, up to %.2g %% in the %s part at %s, over a "
                   "scatter of %.2g %%, and no part of the range is free of it",
                   v->max, part_name(v->at_imag), at.s, v->noise);
  else
    eisi_text_addf(t, "failed: the %s part at %s is off by %.2g %%, %.0f times the scatter",
                   part_name(v->at_imag), at.s, v->max, v->max / v->noise);
}

void eisi_kk_tell(const eisi_kk_pass *p, const eisi_kk_story *story, char *text, size_t size) {
  const eisi_kk_judgement *v = &story->full;
  eisi_text t = {0};
  if (v->passed)
    eisi_text_addf(&t,
                   "passed: the residuals scatter by %.2g %% of |Z| without a trend (largest "
                   "%.2g %% at %s)",
                   v->noise, v->max, frequency_text(p->s->f[v->at]).s);
  else if (story->mirrored)
    eisi_text_addf(&t,
                   "failed: the imaginary part seems to have the wrong sign, with the other one "
                   "the data pass");
  else if (story->window)
    tell_window(p, story, &t);
  else
    tell_failure(p, v, &t);
  tell_outliers(p, &t);
  snprintf(text, size, "%s", t.s ? t.s : "");
  eisi_text_clear(&t);
}

/* ---- the run ---- */

/* Fits, sets aside what stands out, fits again: a single bad point must not spoil the rest.  Where
   the fit is bad for other reasons its wiggles are no outliers: then all points count again.  The
   published procedures (other rules) take all points. */
static void fit_without_outliers(eisi_kk_pass *p) {
  eisi_kk_pass_run(p);
  if (p->opt->rule != EIS_KK_RULE_AUTO) return;
  for (int round = 0; round < OUTLIER_ROUNDS; round++) {
    eisi_kk_residuals residuals = eisi_kk_pass_residuals(p);
    if (eisi_kk_outliers(&residuals, p->omega) == 0) break;
    eisi_kk_pass_run(p);
  }
  if (p->verdict.passed) return;
  size_t found = 0;
  for (size_t k = 0; k < p->n; k++) found += p->out[k];
  if (found == 0) return;
  memset(p->out, 0, p->n * sizeof *p->out);
  eisi_kk_pass_run(p);
}

static double inverse(double x) { return x != 0 ? 1 / x : 0; }

static eis_status allocate_result(eis_kk_result *r, size_t n, int m, eis_error *err) {
  r->n = n;
  r->m = m;
  r->tau = eisi_new((size_t)m, sizeof *r->tau, err);
  r->R = eisi_new((size_t)m, sizeof *r->R, err);
  r->fit_re = eisi_new(n, sizeof *r->fit_re, err);
  r->fit_im = eisi_new(n, sizeof *r->fit_im, err);
  r->res_re = eisi_new(n, sizeof *r->res_re, err);
  r->res_im = eisi_new(n, sizeof *r->res_im, err);
  r->outlier = eisi_new(n, sizeof *r->outlier, err);
  bool ok = r->tau && r->R && r->fit_re && r->fit_im && r->res_re && r->res_im && r->outlier;
  return ok ? EIS_OK : EIS_ERROR_MEMORY;
}

static eis_status fill_result(const eisi_kk_pass *p, eis_kk_result *r, eis_error *err) {
  int m = p->fit.m;
  const double *x = p->work.x;
  bool y = p->opt->admittance;
  if (allocate_result(r, p->n, m, err) != EIS_OK) return EIS_ERROR_MEMORY;
  r->R_inf = y ? inverse(x[0]) : x[0];
  r->C_inv = y ? inverse(x[m + 1]) : x[m + 1];
  r->L = y ? inverse(x[m + 2]) : x[m + 2];
  r->mu = eisi_kk_mu(x + 1, m);
  for (int k = 0; k < m; k++) {
    r->tau[k] = p->work.tau[k];
    r->R[k] = y ? inverse(x[k + 1]) : x[k + 1];
  }
  memcpy(r->fit_re, p->fit_re, p->n * sizeof *r->fit_re);
  memcpy(r->fit_im, p->fit_im, p->n * sizeof *r->fit_im);
  memcpy(r->res_re, p->res_re, p->n * sizeof *r->res_re);
  memcpy(r->res_im, p->res_im, p->n * sizeof *r->res_im);
  memcpy(r->outlier, p->out, p->n * sizeof *r->outlier);
  for (size_t k = 0; k < p->n; k++) {
    r->n_outliers += p->out[k];
    r->pseudo_chi2 += (p->res_re[k] * p->res_re[k] + p->res_im[k] * p->res_im[k]) / 1e4;
  }
  r->noise_percent = p->verdict.noise;
  r->systematic_percent = p->verdict.systematic;
  r->max_residual_percent = p->verdict.max;
  r->passed = p->verdict.passed;
  return EIS_OK;
}

static bool passes_mirrored(eisi_kk_pass *p) {
  eis_spectrum other = *p->s;
  const eis_spectrum *own = p->s;
  other.im = p->scratch + 3 * p->n; /* judging needs 2n */
  for (size_t k = 0; k < p->n; k++) {
    other.im[k] = -own->im[k];
    p->im[k] = -p->im[k];
  }
  p->s = &other;
  eisi_kk_pass_run(p);
  p->s = own;
  for (size_t k = 0; k < p->n; k++) p->im[k] = -p->im[k];
  return p->verdict.passed;
}

static void largest_between(const eis_kk_result *r, size_t from, size_t to, double *most,
                            bool *imaginary) {
  for (size_t k = from; k < to; k++) {
    if (r->outlier[k]) continue;
    double re = fabs(r->res_re[k]), im = fabs(r->res_im[k]);
    if (fmax(re, im) <= *most) continue;
    *most = fmax(re, im);
    *imaginary = im > re;
  }
}

static void look_for_reasons(eisi_kk_pass *p, eis_kk_result *r, eisi_kk_story *story) {
  story->mirrored = passes_mirrored(p);
  story->window = !story->mirrored && eisi_kk_window(p);
  story->first = p->first;
  story->n = p->n;
  if (!story->window) return;
  r->f_high_hz = p->s->f[p->first];
  r->f_low_hz = p->s->f[p->first + p->n - 1];
  largest_between(r, 0, p->first, &story->above, &story->above_imag);
  largest_between(r, p->first + p->n, r->n, &story->below, &story->below_imag);
}

/* The test proper. */
static eis_status test_spectrum(const eis_spectrum *s, const eis_kk_options *o, eis_kk_result *out,
                                eis_error *err) {
  eisi_kk_pass pass = {0};
  eis_status status = eisi_kk_pass_init(&pass, s, o, err);
  if (status != EIS_OK) goto done;
  fit_without_outliers(&pass);
  status = fill_result(&pass, out, err);
  if (status != EIS_OK) goto done;
  eisi_kk_story story = {.full = pass.verdict};
  if (out->passed) {
    out->f_high_hz = s->f[0];
    out->f_low_hz = s->f[s->n - 1];
  } else {
    look_for_reasons(&pass, out, &story);
  }
  eisi_kk_tell(&pass, &story, out->reason, sizeof out->reason);
done:
  eisi_kk_pass_clear(&pass);
  return status;
}

/* The fit of one part replaces that of both in *out; the verdict stays. */
static eis_status fit_part(const eis_spectrum *s, const eis_kk_options *o, eis_kk_result *out,
                           eis_error *err) {
  eisi_kk_pass pass = {0};
  eis_kk_result part = {0};
  eis_status status = eisi_kk_pass_init(&pass, s, o, err);
  if (status == EIS_OK) {
    if (o->rule == EIS_KK_RULE_AUTO) memcpy(pass.out, out->outlier, s->n * sizeof *pass.out);
    eisi_kk_pass_run(&pass);
    memcpy(pass.out, out->outlier, s->n * sizeof *pass.out);
    status = fill_result(&pass, &part, err);
  }
  if (status == EIS_OK) {
    part.passed = out->passed;
    part.noise_percent = out->noise_percent;
    part.systematic_percent = out->systematic_percent;
    part.f_low_hz = out->f_low_hz;
    part.f_high_hz = out->f_high_hz;
    snprintf(part.reason, sizeof part.reason, "%s", out->reason);
    eis_kk_result keep = *out;
    *out = part;
    part = keep;
  }
  eis_kk_result_clear(&part);
  eisi_kk_pass_clear(&pass);
  return status;
}

eis_status eis_kk_run(const eis_spectrum *s, const eis_kk_options *opt, eis_kk_result *out,
                      eis_error *err) {
  eis_kk_options o = opt ? *opt : eis_kk_options_default(), both = o;
  *out = (eis_kk_result){0};
  eis_status status = check_options(&o, err);
  if (status == EIS_OK) status = check_data(s, err);
  if (status != EIS_OK) return status;
  if (o.part == EIS_KK_COMPLEX) return test_spectrum(s, &o, out, err);
  /* What one part predicts of the other one is uncertain without limit at the ends of the range
     (anything beyond them may contribute), so that its residuals can't carry a verdict. */
  both.part = EIS_KK_COMPLEX;
  both.rule = EIS_KK_RULE_AUTO;
  both.m_max = 0;
  status = test_spectrum(s, &both, out, err);
  return status == EIS_OK ? fit_part(s, &o, out, err) : status;
}

void eis_kk_result_clear(eis_kk_result *r) {
  free(r->tau);
  free(r->R);
  free(r->fit_re);
  free(r->fit_im);
  free(r->res_re);
  free(r->res_im);
  free(r->outlier);
  *r = (eis_kk_result){0};
}
