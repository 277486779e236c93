/* kk.c - the linear Kramers-Kronig test as a whole: outliers, verdict, window, words. */
#include <eisfit/kk.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/number.h"
#include "analysis/kk_fit.h"
#include "base/base.h"

enum { FEWEST_POINTS = 5, MOST_ELEMENTS = 1000, OUTLIER_ROUNDS = 4 };
/* Beyond these squares leave the range of numbers; a unit or a column must be wrong. */
static const double MOST_OHM = 1e100, MOST_HZ = 1e30;

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
  double most = 0;
  if (s->n < FEWEST_POINTS)
    return eis_error_set(err, EIS_ERROR_INPUT,
                         "the Kramers-Kronig test needs at least %d points, this spectrum has %zu",
                         FEWEST_POINTS, s->n);
  for (size_t k = 0; k < s->n; k++) {
    if (!(s->f[k] > 0) || !isfinite(s->f[k]))
      return eis_error_set(err, EIS_ERROR_INPUT,
                           "point %zu: frequency %g Hz is not a positive number", k + 1, s->f[k]);
    if (s->f[k] > MOST_HZ || s->f[k] < 1 / MOST_HZ)
      return eis_error_set(err, EIS_ERROR_INPUT,
                           "point %zu: a frequency of %g Hz can't be: expected %g to %g; check the "
                           "columns",
                           k + 1, s->f[k], 1 / MOST_HZ, MOST_HZ);
    if (!isfinite(s->re[k]) || !isfinite(s->im[k]))
      return eis_error_set(err, EIS_ERROR_INPUT, "point %zu (%g Hz): the impedance is not a number",
                           k + 1, s->f[k]);
    most = fmax(most, fmax(fabs(s->re[k]), fabs(s->im[k])));
  }
  if (most == 0)
    return eis_error_set(err, EIS_ERROR_INPUT,
                         "all impedances are zero: there is nothing to test; check the columns");
  if (most > MOST_OHM || most < 1 / MOST_OHM)
    return eis_error_set(err, EIS_ERROR_INPUT,
                         "impedances of up to %g ohm can't be: expected %g to %g; check the "
                         "columns",
                         most, 1 / MOST_OHM, MOST_OHM);
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
  if (!(o->tolerance_percent >= 0))
    return eis_error_set(err, EIS_ERROR_USAGE, "a tolerance of %g %%: expected 0 or more",
                         o->tolerance_percent);
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

static void tell_fitted(const eisi_kk_pass *p, eisi_text *t) {
  if (p->fitted < p->s->n)
    eisi_text_addf(t, "; fitted to %zu averages of %zu points", p->fitted, p->s->n);
}

static void tell_side(const char *side, bool imaginary, double most, eisi_text *t) {
  eisi_text_addf(t, "%s, the %s part %s by up to %g %%", side, part_name(imaginary),
                 strcmp(side, "below") == 0 ? "drifts away" : "is off", eisi_signif(most, 2));
}

/* What fails in the whole range when neither side of the window stands out of the scatter. */
static void tell_whole(const eisi_kk_pass *p, const eisi_kk_judgement *v, eisi_text *t) {
  eisi_text_addf(t, "over the whole range ");
  if (v->structured)
    eisi_text_addf(t,
                   "the residuals form a trend of %g %% (scatter %g %% of |Z|, tolerance "
                   "%g %%)",
                   eisi_signif(v->systematic, 2), eisi_signif(v->noise, 2),
                   eisi_signif(p->opt->tolerance_percent, 2));
  else
    eisi_text_addf(t, "the %s part at %s is off by %g %% (scatter %g %% of |Z|)",
                   part_name(v->at_imag), frequency_text(p->s->f[v->at]).s, eisi_signif(v->max, 2),
                   eisi_signif(v->noise, 2));
}

static void tell_window(const eisi_kk_pass *p, const eisi_kk_story *story, eisi_text *t) {
  const eisi_kk_judgement *v = &story->full;
  size_t end = story->first + story->n;
  bool low = end<p->s->n, high = story->first> 0;
  bool tell_low = low && story->below > 3 * v->noise;
  bool tell_high = high && story->above > 3 * v->noise;
  phrase from = frequency_text(p->s->f[end - 1]), to = frequency_text(p->s->f[story->first]);
  if (low && high)
    eisi_text_addf(t, "valid from %s to %s: ", from.s, to.s);
  else
    eisi_text_addf(t, low ? "valid from %s upwards: " : "valid up to %s: ", low ? from.s : to.s);
  if (tell_low) tell_side("below", story->below_imag, story->below, t);
  if (tell_low && tell_high) eisi_text_add(t, "; ", 2);
  if (tell_high) tell_side("above", story->above_imag, story->above, t);
  if (tell_low || tell_high)
    eisi_text_addf(t, " (scatter %g %% of |Z|)", eisi_signif(v->noise, 2));
  else
    tell_whole(p, v, t);
}

/* Where the trend sits, nothing when that is half of the range or more. */
static void tell_place(const eisi_kk_pass *p, double noise, eisi_text *t) {
  eisi_kk_residuals r = eisi_kk_pass_residuals(p);
  size_t first = 0, n = 0, all = p->s->n;
  eisi_kk_trend_place(&r, noise, &first, &n);
  phrase from = frequency_text(p->s->f[first + n - 1]), to = frequency_text(p->s->f[first]);
  size_t near_end = all / 10 + 2;
  if (2 * n > all) return;
  if (first + n + near_end >= all)
    eisi_text_addf(t, " (mostly below %s)", to.s);
  else if (first <= near_end)
    eisi_text_addf(t, " (mostly above %s)", from.s);
  else
    eisi_text_addf(t, " (mostly from %s to %s)", from.s, to.s);
}

static const double SMALL_PERCENT = 0.01; /* of no interest to anybody */

static void tell_passed(const eisi_kk_pass *p, const eisi_kk_judgement *v, eisi_text *t) {
  double rms = hypot(v->noise, v->systematic), tolerance = p->opt->tolerance_percent;
  phrase at = frequency_text(p->s->f[v->at]);
  if (rms < SMALL_PERCENT) {
    eisi_text_addf(t, "passed: the residuals are %g %% of |Z| (largest %g %% at %s)",
                   eisi_signif(rms, 2), eisi_signif(v->max, 2), at.s);
  } else if (!v->trending || v->systematic < SMALL_PERCENT) {
    eisi_text_addf(t,
                   "passed: the residuals scatter by %g %% of |Z| without a trend (largest "
                   "%g %% at %s)",
                   eisi_signif(v->noise, 2), eisi_signif(v->max, 2), at.s);
  } else {
    eisi_text_addf(t, "passed: the residuals scatter by %g %% of |Z|; a trend of %g %%",
                   eisi_signif(v->noise, 2), eisi_signif(v->systematic, 2));
    tell_place(p, v->noise, t);
    if (v->systematic <= tolerance)
      eisi_text_addf(t, " is within the tolerance of %g %%", eisi_signif(tolerance, 2));
    else
      eisi_text_addf(t, " is small against that");
  }
}

static void tell_failure(const eisi_kk_pass *p, const eisi_kk_judgement *v, eisi_text *t) {
  phrase at = frequency_text(p->s->f[v->at]);
  if (v->coarse)
    eisi_text_addf(t,
                   "failed: residuals of up to %g %%, but %zu points are too few for this range to "
                   "tell a bad spectrum from a coarse one",
                   eisi_signif(v->max, 2), p->s->n);
  else if (v->noisy)
    eisi_text_addf(t, "failed: residuals scatter by %g %% of |Z|, too much for any verdict",
                   eisi_signif(v->noise, 2));
  else if (v->structured)
    eisi_text_addf(t,
                   "failed: the residuals form a trend, up to %g %% in the %s part at %s, over a "
                   "scatter of %g %%, and no part of the range is free of it",
                   eisi_signif(v->max, 2), part_name(v->at_imag), at.s, eisi_signif(v->noise, 2));
  else
    eisi_text_addf(t, "failed: the %s part at %s is off by %g %%, %.0f times the scatter",
                   part_name(v->at_imag), at.s, eisi_signif(v->max, 2), v->max / v->noise);
}

eis_status eisi_kk_tell(const eisi_kk_pass *p, const eisi_kk_story *story, eis_kk_result *out,
                        eis_error *err) {
  const eisi_kk_judgement *v = &story->full;
  eisi_text t = {0};
  if (v->passed)
    tell_passed(p, v, &t);
  else if (story->mirrored)
    eisi_text_addf(&t,
                   "failed: the imaginary part seems to have the wrong sign, with the other one "
                   "the data pass");
  else if (story->window)
    tell_window(p, story, &t);
  else
    tell_failure(p, v, &t);
  tell_outliers(p, &t);
  tell_fitted(p, &t);
  char *text;
  const eis_status st = eisi_text_take(&t, &text, err);
  if (st == EIS_OK) snprintf(out->reason, sizeof out->reason, "%s", text);
  free(text);
  return st;
}

/* ---- the run ---- */

static size_t find_outliers(eisi_kk_pass *p) {
  eisi_kk_residuals residuals = eisi_kk_pass_residuals(p);
  return eisi_kk_outliers(&residuals, p->omega);
}

/* Fits, sets aside what stands out, fits again: a single bad point must not spoil the rest.  In
   between one fit is enough.  The published procedures (other rules) take all points.  Returns the
   number of elements of the first fit, that of all points. */
static int fit_without_outliers(eisi_kk_pass *p) {
  eisi_kk_pass_run(p);
  int m = p->fit.m;
  if (p->opt->rule != EIS_KK_RULE_AUTO) return m;
  for (int round = 0; round < 2 && find_outliers(p) > 0; round++) {
    double scatter = eisi_kk_pass_scatter(p);
    for (int more = 0; more < OUTLIER_ROUNDS; more++) {
      eisi_kk_pass_quick(p, scatter);
      if (find_outliers(p) == 0) break;
    }
    eisi_kk_pass_run(p);
  }
  return m;
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

/* A wrong sign is an error of twice the imaginary part, of which the model can't follow much. */
static bool may_be_mirrored(const eisi_kk_pass *p) {
  double sum = 0, bad = hypot(p->verdict.noise, p->verdict.systematic);
  for (size_t k = 0; k < p->n; k++) sum += pow(100 * p->s->im[k] / p->modulus[k], 2);
  return bad > 0.005 * sqrt(sum / (double)p->n);
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
  eisi_kk_pass_quick(p, p->scatter);
  if (p->verdict.passed) eisi_kk_pass_run(p);
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

/* Outliers of a window must be such without the rest of the spectrum, too: where the fit is bad
   for other reasons its wiggles look like them. */
static void check_outliers(eisi_kk_pass *p) {
  size_t n = p->s->n, found = 0;
  memset(p->saved, 0, n * sizeof *p->saved);
  for (size_t k = p->first; k < p->first + p->n; k++) {
    p->saved[k] = p->out[k];
    found += p->out[k];
  }
  memset(p->out, 0, n * sizeof *p->out);
  if (found == 0) return;
  eisi_kk_pass_run_with(p, p->fit.m);
  if (!p->verdict.passed) memcpy(p->out, p->saved, n * sizeof *p->out);
}

/* Why the spectrum fails.  Leaves the fit of all points behind, without the outliers when there is
   a window that holds them; most: the number of elements chosen with all points. */
static void look_for_reasons(eisi_kk_pass *p, int most, eisi_kk_story *story) {
  size_t n = p->s->n;
  p->scatter = eisi_kk_pass_scatter(p);
  bool suspicious = may_be_mirrored(p);
  memcpy(p->saved, p->out, n * sizeof *p->out);
  memset(p->out, 0, n * sizeof *p->out);
  story->mirrored = suspicious && passes_mirrored(p);
  memcpy(p->out, p->saved, n * sizeof *p->out);
  story->window = !story->mirrored && eisi_kk_window(p);
  story->first = p->first;
  story->n = p->n;
  if (story->window)
    check_outliers(p);
  else
    memset(p->out, 0, n * sizeof *p->out);
  p->first = 0;
  p->n = n;
  eisi_kk_pass_run_with(p, most);
  p->verdict.passed = false;
}

static void note_window(const eis_spectrum *s, eis_kk_result *r, eisi_kk_story *story) {
  size_t end = story->first + story->n;
  r->f_high_hz = s->f[story->first];
  r->f_low_hz = s->f[end - 1];
  largest_between(r, 0, story->first, &story->above, &story->above_imag);
  largest_between(r, end, r->n, &story->below, &story->below_imag);
}

/* The test proper. */
static eis_status test_spectrum(const eis_spectrum *s, const eis_kk_options *o, eis_kk_result *out,
                                eis_error *err) {
  eisi_kk_pass pass = {0};
  eisi_kk_story story = {.n = s->n};
  eis_status status = eisi_kk_pass_init(&pass, s, o, err);
  if (status != EIS_OK) goto done;
  int all_points = fit_without_outliers(&pass);
  if (!pass.verdict.passed) look_for_reasons(&pass, all_points, &story);
  story.full = pass.verdict;
  status = fill_result(&pass, out, err);
  if (status != EIS_OK) goto done;
  if (out->passed || story.window) note_window(s, out, &story);
  status = eisi_kk_tell(&pass, &story, out, err);
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

eis_status eisi_kk_try(const eis_spectrum *s, eis_kk_result *out, bool *have, eis_error *err) {
  eis_error why = EIS_ERROR_INIT;
  const eis_status st = eis_kk_run(s, NULL, out, &why);
  *have = st == EIS_OK;
  if (st != EIS_OK) eis_kk_result_clear(out);
  return st == EIS_ERROR_MEMORY ? eis_error_set(err, st, "%s", why.text) : EIS_OK;
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
