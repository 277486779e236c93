/* process_model.c - how well a peak fits a process (doc/processes.md has the formulas). */
#include <math.h>

#include "analysis/process.h"
#include "physics/constants.h"

/* One in twenty cells is outside of what the windows say, by three times as much. */
static const double STRAYS = 0.05, STRAY_WIDTH = 3;
/* Errors of peaks whose errors aren't known, and of widths, which the noise decides: ln units. */
static const double UNKNOWN_R = 0.3, UNKNOWN_TAU = 0.3, WIDTH_ERROR = 0.3;
/* Beyond the data gamma rests on the tail of what was measured: shoulders are common there, and
   most of the leftovers of a DRT are shoulders.  Their f lies within a decade of the end, their R
   within four decades. */
static const double SHOULDER_BEYOND = 0.3, SHOULDER_LEFT_OVER = 0.9;
/* Least part of the variance of a window that is not the wetted area's. */
static const double LEAST_OWN = 0.1;
static const double DECADES_R = 4;
/* dlnR/dSOC of what does not move. */
static const double STILL_SLOPE = 0.06;
static const double LN_2PI = 1.8378770664093453;

double eisi_process_cdf(double x) { return 0.5 * erfc(-x / M_SQRT2); }

/* ---- what is expected ---- */

static const eisi_window *window_or(const eisi_process_model *m,
                                    const eisi_process_model *background, int q) {
  return m->q[q].set ? &m->q[q] : &background->q[q];
}

/* Product of the windows of C, f and R, where ln R = -ln C - ln f - ln 2 pi: precision and the
   linear term of each add up. */
static void combine(const eisi_window *C, const eisi_window *f, const eisi_window *R,
                    eisi_process_expected *out) {
  double p[3] = {1 / (C->sd * C->sd), 0, 1 / (f->sd * f->sd)};
  double h[2] = {C->mean * p[0], f->mean * p[2]};
  if (R->set) {
    const double r = 1 / (R->sd * R->sd);
    for (int i = 0; i < 3; i++) p[i] += r;
    for (int i = 0; i < 2; i++) h[i] -= r * (R->mean + LN_2PI);
  }
  const double det = p[0] * p[2] - p[1] * p[1];
  out->cov[0] = p[2] / det;
  out->cov[1] = -p[1] / det;
  out->cov[2] = p[0] / det;
  out->mean[0] = out->cov[0] * h[0] + out->cov[1] * h[1];
  out->mean[1] = out->cov[1] * h[0] + out->cov[2] * h[1];
}

/* The wetted area moves C and f; what the windows hold of its spread is taken out of them, so that
   all areas together make the window again.  Where that would be more than all of the spread, less
   moves. */
static void share_wetted(const double slope[2], const eisi_process_state *s,
                         eisi_process_expected *x) {
  const double v[2] = {slope[0] * s->wetted_sd, slope[1] * s->wetted_sd};
  const double det = x->cov[0] * x->cov[2] - x->cov[1] * x->cov[1];
  const double part =
      (v[0] * v[0] * x->cov[2] - 2 * v[0] * v[1] * x->cov[1] + v[1] * v[1] * x->cov[0]) / det;
  const double shrink = part > 1 - LEAST_OWN ? (1 - LEAST_OWN) / part : 1;
  for (int i = 0; i < 2; i++) x->mean[i] += sqrt(shrink) * slope[i] * s->ln_wetted;
  x->cov[0] -= shrink * v[0] * v[0];
  x->cov[1] -= shrink * v[0] * v[1];
  x->cov[2] -= shrink * v[1] * v[1];
}

void eisi_process_expect(const eisi_process_model *m, const eisi_process_model *background,
                         const eisi_process_state *s, eisi_process_expected *out) {
  const eisi_window *Ea = &m->q[EISI_Q_SIGNATURE + EIS_SIGNATURE_EA];
  combine(window_or(m, background, EISI_Q_C), window_or(m, background, EISI_Q_F), &m->q[EISI_Q_R],
          out);
  if (s->wetted_sd > 0) share_wetted(m->wetted, s, out);
  if (Ea->set) { /* f ~ exp(-Ea/(kB T)), C stays */
    const double x = EISI_E / EISI_KB * (1 / EISI_T25 - 1 / s->T);
    out->mean[1] += Ea->mean * x;
    out->cov[2] += Ea->sd * x * Ea->sd * x;
  }
  if (!isnan(m->thickness) && !isnan(s->known->thickness_m)) /* C ~ 1/L, R ~ L */
    out->mean[0] -= log(s->known->thickness_m / m->thickness);
  if (m->butler_volmer && !isnan(s->known->soc)) {
    const double x = fmin(fmax(s->known->soc, 0.02), 0.98);
    out->mean[1] += log(2 * sqrt(x * (1 - x))); /* f ~ 1/R, the windows are for the middle */
  }
}

/* Peaks are found up to half a decade beyond the data. */
double eisi_process_in_view(const eisi_process_expected *x, const eis_process_conditions *known) {
  const double sd = sqrt(x->cov[2]), beyond = 0.5 * log(10);
  double p = 1;
  if (!isnan(known->f_max)) p = eisi_process_cdf((log(known->f_max) + beyond - x->mean[1]) / sd);
  if (!isnan(known->f_min)) p -= eisi_process_cdf((log(known->f_min) - beyond - x->mean[1]) / sd);
  return fmin(fmax(p, 1e-9), 1);
}

/* ---- what was found ---- */

static double normal(double x, double variance) {
  return -0.5 * (x * x / variance + log(variance) + LN_2PI);
}

/* ln of the mixture of a density and one of strays. */
static double with_strays(double usual, double stray) {
  const double top = fmax(usual, stray);
  return top + log((1 - STRAYS) * exp(usual - top) + STRAYS * exp(stray - top));
}

static double with_strays_1(double x, double sd, double error) {
  const double e2 = error * error, wide = STRAY_WIDTH * sd;
  return with_strays(normal(x, sd * sd + e2), normal(x, wide * wide + e2));
}

/* ln density of C, and of f when C is known. */
static void density_2(const double x[2], const double cov[3], double out[2]) {
  const double slope = cov[1] / cov[0], rest = cov[2] - slope * cov[1];
  out[0] = normal(x[0], cov[0]);
  out[1] = normal(x[1] - slope * x[0], rest);
}

/* Covariance of the errors of ln C and ln f; C = tau/R and f share that of tau. */
static void errors_of(const eis_drt_peak *p, double cov[3]) {
  const double R = fmin(p->R_error > 0 ? p->R_error / p->R : UNKNOWN_R, 2);
  const double tau = fmin(p->log10_tau_error > 0 ? p->log10_tau_error * log(10) : UNKNOWN_TAU, 5);
  cov[0] = R * R + tau * tau;
  cov[1] = -tau * tau;
  cov[2] = tau * tau;
}

static void place_of(const eisi_process_observed *o, double x[2]) {
  x[0] = log(o->peak->tau / o->peak->R) - o->ln_area;
  x[1] = -log(2 * M_PI * o->peak->tau);
}

/* Spread of ln C where f is known. */
static double own_sd(const eisi_process_expected *x) {
  return sqrt(x->cov[0] - x->cov[1] / x->cov[2] * x->cov[1]);
}

/* Probability that f is within `within` of the peak; *smaller: by how many sd the usual R there is
 * smaller. */
static double near_to(const eisi_process_expected *x, const eisi_process_observed *o, double within,
                      double *smaller) {
  double at[2];
  place_of(o, at);
  const double d = at[1] - x->mean[1], sd = sqrt(x->cov[2]), slope = x->cov[1] / x->cov[2];
  *smaller = (x->mean[0] + slope * d - at[0]) / own_sd(x); /* C is more: R < that of the peak */
  return eisi_process_cdf((d + within) / sd) - eisi_process_cdf((d - within) / sd);
}

double eisi_process_hidden(const eisi_process_expected *x, const eisi_process_observed *o,
                           double within) {
  double smaller;
  const double near = near_to(x, o, within, &smaller);
  return near * eisi_process_cdf(smaller);
}

/* ln density at x from the mean, which is spread by cov and measured with an error: of C, and of f
   when C is known. */
static void density_of_place(const double x[2], const double spread[3], const double error[3],
                             double piece[2]) {
  double cov[3], wide[3], usual[2], stray[2];
  for (int i = 0; i < 3; i++) {
    cov[i] = spread[i] + error[i];
    wide[i] = STRAY_WIDTH * STRAY_WIDTH * spread[i] + error[i];
  }
  density_2(x, cov, usual);
  density_2(x, wide, stray);
  piece[0] = with_strays(usual[0], stray[0]);
  piece[1] = with_strays(usual[0] + usual[1], stray[0] + stray[1]) - piece[0];
}

static void density_of_peak(const eisi_process_expected *e, const eisi_process_observed *o,
                            double piece[2]) {
  double x[2], error[3];
  place_of(o, x);
  errors_of(o->peak, error);
  for (int i = 0; i < 2; i++) x[i] -= e->mean[i];
  density_of_place(x, e->cov, error, piece);
}

double eisi_process_beyond(const eisi_process_observed *o) {
  const double f = 1 / (2 * M_PI * o->peak->tau);
  return f < o->f_min ? log10(f / o->f_min) : f > o->f_max ? log10(f / o->f_max) : 0;
}

/* How common the shape of a peak beyond the data is. */
static double shape_beyond(const eisi_process_observed *o) {
  return o->peak->shoulder ? SHOULDER_BEYOND : 1 - SHOULDER_BEYOND;
}

/* ln density of the leftovers beyond the data, which the background has. */
static double left_over(const eisi_process_model *m, const eisi_process_observed *o) {
  if (eisi_process_beyond(o) == 0 || !(m->beyond > 0 && m->present > 0)) return -HUGE_VAL;
  const double left = o->peak->shoulder ? SHOULDER_LEFT_OVER : 1 - SHOULDER_LEFT_OVER;
  return log(left * m->beyond / m->present) - log(log(10) * DECADES_R * log(10));
}

/* ln of a factor: of the shape beyond the data, and for the background of the leftovers there. */
static double at_the_end(const eisi_process_model *m, const eisi_process_observed *o,
                         double ln_place) {
  if (eisi_process_beyond(o) == 0) return 0;
  return log(shape_beyond(o) + exp(fmin(left_over(m, o) - ln_place, 600)));
}

/* Some of a process do not move with SOC, although others do. */
static double with_still(double moving, double still, double slope, double error) {
  const double resting = normal(slope, STILL_SLOPE * STILL_SLOPE + error * error);
  const double top = fmax(moving, resting);
  return top + log((1 - still) * exp(moving - top) + still * exp(resting - top));
}

/* ln density of width and signatures. */
static void tell_rest(const eisi_process_model *m, const eisi_process_model *background,
                      const eisi_process_observed *o, double piece[EISI_EV]) {
  const eis_process_evidence *evidence = o->evidence;
  const eisi_window *w = window_or(m, background, EISI_Q_WIDTH);
  for (int i = 0; i < EISI_EV; i++) piece[i] = 0;
  if (w->set && o->peak->width > 0)
    piece[EISI_EV_WIDTH] = with_strays_1(log(o->peak->width) - w->mean, w->sd, WIDTH_ERROR);
  for (int i = 0; evidence && i < EIS_SIGNATURES; i++) {
    w = window_or(m, background, EISI_Q_SIGNATURE + i);
    if (isnan(evidence->value[i]) || !w->set) continue;
    piece[EISI_EV_SIGNATURE + i] =
        with_strays_1(evidence->value[i] - w->mean, w->sd, evidence->error[i]);
    if (i == EIS_SIGNATURE_SOC && m->still > 0)
      piece[EISI_EV_SIGNATURE + i] = with_still(piece[EISI_EV_SIGNATURE + i], m->still,
                                                evidence->value[i], evidence->error[i]);
  }
}

double eisi_process_likelihood(const eisi_process_model *m, const eisi_process_model *background,
                               const eisi_process_expected *x, const eisi_process_observed *o,
                               double piece[EISI_EV]) {
  double own[EISI_EV], *p = piece ? piece : own, sum = 0;
  tell_rest(m, background, o, p);
  density_of_peak(x, o, p);
  p[EISI_EV_END] = at_the_end(m, o, p[EISI_EV_C] + p[EISI_EV_F]);
  for (int i = 0; i < EISI_EV; i++) sum += p[i];
  return sum;
}

/* ---- for all areas ---- */

/* ln of part times a normal of (ln C, ln f) as powers of ln C - mean, when f is known. */
static void powers_of(double f, const double cov[3], double part, double out[3]) {
  const double det = cov[0] * cov[2] - cov[1] * cov[1];
  out[0] = log(part) - LN_2PI - 0.5 * log(det) - 0.5 * f * f * cov[0] / det;
  out[1] = f * cov[1] / det;
  out[2] = -0.5 * cov[2] / det;
}

void eisi_process_pair_up(const eisi_process_model *m, const eisi_process_model *background,
                          const eisi_process_expected *x, const eisi_process_observed *o,
                          eisi_process_pair *out) {
  double at[2], error[3], cov[3], wide[3], piece[EISI_EV], rest = 0;
  eisi_process_observed whole = *o;
  whole.ln_area = 0;
  place_of(&whole, at);
  errors_of(o->peak, error);
  for (int i = 0; i < 3; i++) {
    cov[i] = x->cov[i] + error[i];
    wide[i] = STRAY_WIDTH * STRAY_WIDTH * x->cov[i] + error[i];
  }
  *out = (eisi_process_pair){.ln_C = at[0] - x->mean[0], .leftover = -HUGE_VAL};
  powers_of(at[1] - x->mean[1], cov, 1 - STRAYS, out->term[0]);
  powers_of(at[1] - x->mean[1], wide, STRAYS, out->term[1]);
  tell_rest(m, background, o, piece);
  for (int i = EISI_EV_WIDTH; i < EISI_EV; i++) rest += piece[i];
  eisi_process_pair_scale(out, rest);
  out->leftover = rest + left_over(m, o);
  if (eisi_process_beyond(o) != 0)
    for (int i = 0; i < EISI_PAIR_TERMS - 1; i++) out->term[i][0] += log(shape_beyond(o));
}

void eisi_process_pair_hide(const eisi_process_expected *x, const eisi_process_observed *o,
                            double within, eisi_process_pair *p) {
  eisi_process_observed whole = *o;
  whole.ln_area = 0;
  p->near = near_to(x, &whole, within, p->smaller);
  p->smaller[1] = 1 / own_sd(x);
}

void eisi_process_pair_scale(eisi_process_pair *p, double ln) {
  for (int i = 0; i < EISI_PAIR_TERMS - 1; i++) p->term[i][0] += ln;
  p->leftover += ln;
}

double eisi_process_pair_terms(const eisi_process_pair *p, double ln_area,
                               double term[EISI_PAIR_TERMS]) {
  const double C = p->ln_C - ln_area;
  for (int i = 0; i < EISI_PAIR_TERMS - 1; i++)
    term[i] = p->term[i][0] + C * (p->term[i][1] + C * p->term[i][2]);
  term[EISI_PAIR_TERMS - 1] = p->leftover;
  return fmax(fmax(term[0], term[1]), p->leftover);
}

double eisi_process_pair_hides(const eisi_process_pair *p, double ln_area) {
  return p->near > 0 ? p->near * eisi_process_cdf(p->smaller[0] + p->smaller[1] * ln_area) : 0;
}
