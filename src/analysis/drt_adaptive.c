/* drt_adaptive.c - the default: gamma = exp(u), u found by Gauss-Newton steps together with the
   strength of its prior (drt_prior.c).

   Why ln gamma: it can't be negative, and the flanks of every relaxation process (RC, ZARC,
   Havriliak-Negami, diffusion) are exponentials of ln tau, for which u'' = 0.  First u'' itself is
   the smooth random function, of local strength; then, where the sum of the processes found that
   way explains the data, the second derivative of what u differs from it.  The common precision
   lambda and the variance of the noise come from the evidence (MacKay, Neural Comput. 4 (1992)
   415).  See doc/drt.md. */
#include "analysis/drt_adaptive.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "numerics/kernel_rows.h"
#include "numerics/kernel_tri.h"
#include "numerics/linalg.h"

/* Rounds with a given strength, with one common strength, before terms are dropped, all. */
enum { COARSE = 3, SETTLE = 5, LEAST_MORE = 2, TRUST = 9, MOST_ITERATIONS = 60 };
enum { MOST_CENTRED = 25, POLISH = 8 };

static const double LONGEST_STEP = 1.5;      /* of u in one iteration, where gamma is felt */
static const double FELT = 10, DEEPEST = 25; /* ln of the highest gamma over the least that is felt,
                                                that is represented */
static const double ROUGH = 0.3, FINE = 0.1; /* changes of ln lambda where the search ends */
static const double OVER_RELAXED = 1.6;
static const double START_LAMBDA = 0.05, CENTRED_LAMBDA = 10, HIGHEST_LAMBDA = 1e7;
/* lambda of what is left around a centre: of the order of one without any, so that less than the
   first says that the forms are wrong; beyond the second there is nothing left to learn from. */
static const double LEAST_CENTRED = 2, NEGLIGIBLE = 100;
static const double LEAST_NOISE = 1e-6; /* of the data: below, rounding and kernel errors rule */

eis_status eisi_drt_adaptive_init(eisi_drt_adaptive *a, const eisi_drt_grid *g, eis_error *err) {
  const size_t m = g->m;
  *a = (eisi_drt_adaptive){.m = m};
  if ((a->u = eisi_new(12 * m, sizeof(double), err)) &&
      (a->X = eisi_new(m * m, sizeof(double), err)) &&
      (a->G = eisi_new(m * m, sizeof(double), err)) &&
      (a->H = eisi_new(m * m, sizeof(double), err)) &&
      (a->band = eisi_new((EISI_PRIOR_BAND + 1) * m, sizeof(double), err))) {
    a->c = a->u + m;
    a->g = a->c + m;
    a->Gg = a->g + m;
    a->grad = a->Gg + m;
    a->step = a->grad + m;
    a->trial = a->step + m;
    a->local = a->trial + m;
    a->kept = a->local + m;
    return eisi_drt_prior_init(&a->prior, g, err);
  }
  return EIS_ERROR_MEMORY;
}

void eisi_drt_adaptive_clear(eisi_drt_adaptive *a) {
  free(a->u);
  free(a->X);
  free(a->G);
  free(a->H);
  free(a->band);
  eisi_drt_prior_clear(&a->prior);
  *a = (eisi_drt_adaptive){0};
}

/* ---- the terms are eliminated: what is left is a problem in gamma alone ---- */

/* Gauss-Jordan on the scaled matrix; false when two terms can't be told apart. */
static bool invert_terms(const eisi_drt_system *y, eisi_drt_terms *e) {
  const size_t n = e->n;
  double A[EISI_DRT_TERMS][2 * EISI_DRT_TERMS] = {{0}}, d[EISI_DRT_TERMS];
  for (size_t i = 0; i < n; i++) {
    d[i] = 1 / sqrt(y->G[e->at[i] * y->cols + e->at[i]]);
    A[i][n + i] = 1;
  }
  for (size_t i = 0; i < n; i++)
    for (size_t j = 0; j < n; j++) A[i][j] = y->G[e->at[i] * y->cols + e->at[j]] * d[i] * d[j];
  for (size_t k = 0; k < n; k++) {
    const double pivot = A[k][k];
    if (!(pivot > 1e-12)) return false;
    for (size_t j = 0; j < 2 * n; j++) A[k][j] /= pivot;
    for (size_t i = 0; i < n; i++) {
      const double f = A[i][k];
      if (i == k) continue;
      for (size_t j = 0; j < 2 * n; j++) A[i][j] -= f * A[k][j];
    }
  }
  for (size_t i = 0; i < n; i++)
    for (size_t j = 0; j < n; j++) e->inverse[i][j] = A[i][n + j] * d[i] * d[j];
  return true;
}

static eis_status singular(eis_error *err) {
  return eis_error_set(
      err, EIS_ERROR_NUMERIC,
      "the distribution of relaxation times can't be determined: the equations are "
      "singular; check the spectrum with the Kramers-Kronig test");
}

static eis_status eliminate(eisi_drt_adaptive *a, const eisi_drt_system *y,
                            const bool keep[EISI_DRT_TERMS], eis_error *err) {
  const size_t m = a->m, ld = y->cols;
  eisi_drt_terms *e = &a->terms;
  *e = (eisi_drt_terms){0};
  for (int t = 0; t < EISI_DRT_TERMS; t++)
    if (y->at[t] && keep[t]) {
      e->which[e->n] = t;
      e->at[e->n++] = y->at[t];
    }
  if (!invert_terms(y, e)) return singular(err);
  for (size_t j = 0; j < m; j++) memcpy(a->G + j * m, y->G + j * ld, m * sizeof *a->G);
  memcpy(a->c, y->c, m * sizeof *a->c);
  a->bb = y->bb;
  for (size_t p = 0; p < e->n; p++)
    for (size_t q = 0; q < e->n; q++) {
      const double f = e->inverse[p][q];
      const double *gp = y->G + e->at[p] * ld, *gq = y->G + e->at[q] * ld;
      for (size_t j = 0; j < m; j++) {
        const double v = f * gq[j];
        a->c[j] -= v * y->c[e->at[p]];
        for (size_t i = 0; i < m; i++) a->G[j * m + i] -= v * gp[i];
      }
      a->bb -= f * y->c[e->at[p]] * y->c[e->at[q]];
    }
  return EIS_OK;
}

/* ---- Gauss-Newton ---- */

/* |A gamma - b|^2 for gamma = exp(u); leaves gamma and G gamma behind. */
static double misfit(eisi_drt_adaptive *a, const double *u) {
  double sum = a->bb;
  eisi_exp_each(a->m, u, a->g);
  eisi_symmetric_times(a->m, a->G, a->g, a->Gg);
  for (size_t j = 0; j < a->m; j++) sum += a->g[j] * (a->Gg[j] - 2 * a->c[j]);
  return sum;
}

/* Posterior precision at u into H (factored) and the Newton step; with `spread` the inverse of the
   factor into X and the band of the inverse precision, too.  gamma and G gamma belong to u. */
static bool newton(eisi_drt_adaptive *a, bool spread) {
  const size_t m = a->m;
  double trace = 0;
  eisi_scale_both(m, a->G, a->g, 1 / a->noise2, a->H);
  for (size_t j = 0; j < m; j++) a->grad[j] = a->g[j] * (a->c[j] - a->Gg[j]) / a->noise2;
  a->before = eisi_drt_prior_add(&a->prior, a->lambda, a->u, a->H, a->grad);
  for (size_t j = 0; j < m; j++) trace += a->H[j * m + j];
  for (size_t j = 0; j < m; j++) a->H[j * m + j] += 1e-12 * trace / (double)m;
  memcpy(a->step, a->grad, m * sizeof *a->step);
  if (!eisi_chol_solve(m, a->H, a->step, 1)) return false;
  if (!spread) return true;
  eisi_tri_invert(m, a->H, a->X);
  eisi_tri_band(m, a->X, EISI_PRIOR_BAND, a->band);
  return true;
}

/* Minus twice the logarithm of the posterior, but for a constant. */
static double cost(eisi_drt_adaptive *a, const double *u, const double *q, double rss) {
  return rss / a->noise2 + eisi_drt_prior_cost(&a->prior, a->lambda, u, q);
}

/* Along the step, shortened until the posterior is no worse.  Returns the longest change of u where
   gamma is felt; *rss is the misfit there. */
static double move(eisi_drt_adaptive *a, double *rss) {
  eisi_drt_centre *c = &a->prior.centre;
  const double before = *rss / a->noise2 + a->before;
  double longest = 0, f = 1, top = -HUGE_VAL, felt = 0, q[EISI_FORMS_MOST * EISI_FORM_PARAMS];
  const size_t n_q = a->prior.centred ? c->q : 0;
  for (size_t j = 0; j < a->m; j++) top = fmax(top, a->u[j]);
  for (size_t j = 0; j < a->m; j++)
    if (a->u[j] + fmax(a->step[j], 0) > top - FELT) longest = fmax(longest, fabs(a->step[j]));
  const double *follow = eisi_drt_prior_follow(&a->prior, a->step);
  for (size_t k = 0; k < n_q; k++) longest = fmax(longest, fabs(follow[k]));
  if (longest > LONGEST_STEP) f = LONGEST_STEP / longest;
  for (int attempt = 0; attempt < 6; attempt++, f /= 2) {
    for (size_t j = 0; j < a->m; j++) a->trial[j] = fmax(a->u[j] + f * a->step[j], top - DEEPEST);
    for (size_t k = 0; k < n_q; k++) q[k] = c->p[k] + f * follow[k];
    *rss = misfit(a, a->trial);
    if (cost(a, a->trial, q, *rss) <= before * (1 + 1e-12)) break;
  }
  for (size_t j = 0; j < a->m; j++)
    if (a->u[j] > top - FELT) felt = fmax(felt, fabs(a->trial[j] - a->u[j]));
  memcpy(a->u, a->trial, a->m * sizeof *a->u);
  memcpy(c->p, q, n_q * sizeof *c->p);
  return felt;
}

static double limited(double old, double wanted, double most) {
  return old * exp(fmax(-most, fmin(most, log(wanted / old))));
}

static double least_noise(const eisi_drt_adaptive *a) {
  return LEAST_NOISE * LEAST_NOISE * a->bb / a->rows;
}

/* lambda = effective curvatures / roughness, noise = misfit / spare data. */
static double update_strengths(eisi_drt_adaptive *a, double rows, double rss, bool all) {
  const double least = least_noise(a);
  const double old_lambda = a->lambda, old_noise = a->noise2;
  if (!all) {
    a->noise2 = fmax(fmax(fmax(rss, 0) / rows, 0.1 * old_noise), least);
    return HUGE_VAL;
  }
  const bool centred = a->prior.centred;
  const double effective = (double)a->m - eisi_drt_prior_trace(&a->prior, a->lambda, a->X, a->band);
  const double noise = fmax(rss, 0) / fmax(rows - effective, 1);
  a->dof = effective;
  const double fixed = centred ? (double)a->prior.centre.q : 2;
  const double curvatures = effective - fixed + eisi_drt_prior_open(&a->prior);
  const double rough = fmax(eisi_drt_prior_roughness(&a->prior, a->u), 1e-9);
  const double wanted = fmin(fmax(curvatures, centred ? 0.01 : 0.5) / rough, HIGHEST_LAMBDA);
  /* beyond the fixed point's own step: its steps shrink by about a third each */
  const double on = a->iterations < SETTLE ? 1 : OVER_RELAXED;
  a->lambda = limited(old_lambda, old_lambda * pow(wanted / old_lambda, on), centred ? 4 : 2);
  a->lambda = fmin(a->lambda, HIGHEST_LAMBDA);
  const double changed = fabs(log(a->lambda / old_lambda));
  if (centred) return changed; /* the noise is known by then */
  a->noise2 = limited(old_noise, fmax(noise, least), 3);
  return fmax(changed, fabs(log(a->noise2 / old_noise)));
}

/* Until neither u nor the strengths move any more, or for `most` rounds. */
static eis_status iterate(eisi_drt_adaptive *a, int most, double near, eis_error *err) {
  const double rows = a->rows - (double)a->terms.n;
  double rss = misfit(a, a->u);
  for (int round = 0; round < most; round++) {
    const bool early = a->iterations < COARSE;
    if (!eisi_drt_prior_fill(&a->prior, a->lambda) || !newton(a, !early)) return singular(err);
    const double moved = move(a, &rss);
    const double changed = update_strengths(a, rows, rss, !early);
    if (++a->iterations > SETTLE && (!a->prior.centred || a->lambda < NEGLIGIBLE))
      eisi_drt_prior_learn(&a->prior, a->lambda, a->u, a->X, a->band, a->local);
    const bool settled = changed < near || (a->prior.centred && a->lambda > 10 * NEGLIGIBLE);
    if (a->iterations > SETTLE + LEAST_MORE && moved < 0.5 * near && settled) break;
  }
  return EIS_OK;
}

/* Terms at gamma, and their standard deviations from both their own and gamma's uncertainty. */
static void back_substitute(eisi_drt_adaptive *a, const eisi_drt_system *y) {
  const eisi_drt_terms *e = &a->terms;
  const size_t m = a->m;
  double r[EISI_DRT_TERMS];
  for (int t = 0; t < EISI_DRT_TERMS; t++) {
    a->term[t] = y->held[t];
    a->term_sd[t] = NAN;
  }
  for (size_t p = 0; p < e->n; p++) {
    const double *column = y->G + e->at[p] * y->cols;
    r[p] = y->c[e->at[p]];
    for (size_t j = 0; j < m; j++) r[p] -= column[j] * a->g[j];
  }
  for (size_t p = 0; p < e->n; p++) {
    double value = 0;
    memset(a->trial, 0, m * sizeof *a->trial);
    for (size_t q = 0; q < e->n; q++) {
      const double *column = y->G + e->at[q] * y->cols;
      value += e->inverse[p][q] * r[q];
      for (size_t j = 0; j < m; j++) a->trial[j] -= e->inverse[p][q] * column[j] * a->g[j];
    }
    a->term[e->which[p]] = value;
    a->term_sd[e->which[p]] =
        sqrt(a->noise2 * e->inverse[p][p] + eisi_tri_form(m, a->X, a->trial, a->step));
  }
}

/* Leaves out the terms that the data do not ask for; true when there was one.  A small resistance
   is no harm; at first, when gamma has not settled, even one below nought is not left out. */
static bool drop_terms(const eisi_drt_adaptive *a, const bool may_drop[EISI_DRT_TERMS], bool first,
                       bool keep[EISI_DRT_TERMS]) {
  bool dropped = false;
  for (int t = 0; t < EISI_DRT_TERMS; t++) {
    if (!keep[t] || !may_drop[t] || isnan(a->term_sd[t])) continue;
    if (a->term[t] > 2 * a->term_sd[t]) continue;
    if (t == EISI_DRT_R && (first || a->term[t] >= 0)) continue;
    keep[t] = false;
    dropped = true;
  }
  return dropped;
}

/* -2/pi Im Z(1/tau) is gamma, smeared: a start.  Where Im Z is not negative, and beyond the data,
   what is left falls like a ZARC. */
static void start(eisi_drt_adaptive *a, const eisi_drt_system *y) {
  const eisi_drt_grid *g = y->grid;
  const size_t n = g->n, m = a->m;
  double top = 0;
  memset(a->u, 0, m * sizeof *a->u);
  for (size_t k = 0; k < n; k++) {
    const double weight = y->weight[n + k];
    const double v = weight > 0 ? -2 / M_PI * y->b[n + k] / weight : 0;
    const double at = (-log(2 * M_PI * g->f[k]) - g->ltau[0]) / g->step + 0.5;
    if (at < 0 || at >= (double)m) continue;
    a->u[(size_t)at] = fmax(a->u[(size_t)at], v);
    top = fmax(top, v);
  }
  const double fall = exp(-0.8 * g->step), least = fmax(1e-3 * top, 1e-300);
  for (size_t j = 1; j < m; j++) a->u[j] = fmax(a->u[j], fall * a->u[j - 1]);
  for (size_t j = m - 1; j-- > 0;) a->u[j] = fmax(a->u[j], fall * a->u[j + 1]);
  for (size_t j = 0; j < m; j++) a->u[j] = log(fmax(a->u[j], least));
  eisi_drt_prior_reset(&a->prior);
  a->rows = (double)y->rows;
  a->lambda = START_LAMBDA;
  a->noise2 = 0.01 * a->bb / a->rows;
  a->iterations = 0;
}

eis_status eisi_drt_adaptive_run(eisi_drt_adaptive *a, const eisi_drt_system *y,
                                 const bool may_drop[EISI_DRT_TERMS], eis_error *err) {
  bool keep[EISI_DRT_TERMS] = {true, true, true}, last = false;
  eis_status st = eliminate(a, y, keep, err);
  if (st == EIS_OK) start(a, y);
  while (st == EIS_OK && !last) {
    /* a first look at the terms long before the end, to be confirmed at the end */
    const int most = a->iterations < TRUST ? TRUST : MOST_ITERATIONS;
    st = iterate(a, most, ROUGH, err);
    if (st != EIS_OK) return st;
    back_substitute(a, y);
    last = most > TRUST;
    if (!drop_terms(a, may_drop, !last, keep)) continue;
    last = false;
    st = eliminate(a, y, keep, err);
  }
  return st;
}

/* The state without a centre. */
static void keep_plain(eisi_drt_adaptive *a) {
  a->plain_rss = misfit(a, a->u);
  a->plain_lambda = a->lambda, a->plain_dof = a->dof, a->plain_noise2 = a->noise2;
  memcpy(a->kept, a->u, a->m * sizeof *a->u);
  memcpy(a->kept + a->m, a->prior.weight, 2 * a->m * sizeof *a->u); /* and rho */
}

static void restore_plain(eisi_drt_adaptive *a) {
  a->prior.centred = false;
  a->lambda = a->plain_lambda, a->dof = a->plain_dof, a->noise2 = a->plain_noise2;
  memcpy(a->u, a->kept, a->m * sizeof *a->u);
  memcpy(a->prior.weight, a->kept + a->m, 2 * a->m * sizeof *a->u);
}

/* What the sum of forms explains must be worth its parameters: misfit and ln(rows) for each
   effective parameter (Schwarz 1978), as both are at the end; and what it leaves over must be less
   than all. */
static bool better(eisi_drt_adaptive *a) {
  const double gain =
      (a->plain_rss - misfit(a, a->u)) / a->plain_noise2 + log(a->rows) * (a->plain_dof - a->dof);
  return a->lambda > LEAST_CENTRED && gain >= 0;
}

bool eisi_drt_adaptive_refine(eisi_drt_adaptive *a, size_t n, const eisi_centre_form *form) {
  eisi_drt_prior *p = &a->prior;
  const int before = a->iterations;
  if (p->centred)
    restore_plain(a);
  else
    keep_plain(a);
  if (n > 0) {
    eisi_drt_centre_set(&p->centre, n, form);
    eisi_drt_centre_fill(&p->centre, p->centre.p, false);
    eisi_drt_prior_reset(p);
    p->centred = true;
    a->lambda = CENTRED_LAMBDA;
    a->iterations = SETTLE;
    const bool ok = iterate(a, MOST_CENTRED, FINE, NULL) == EIS_OK && better(a);
    a->iterations += before - SETTLE;
    if (ok) {
      const double spare = a->rows - (double)a->terms.n - a->dof;
      a->noise2 = fmax(misfit(a, a->u) / fmax(spare, 1), least_noise(a));
      return true;
    }
    restore_plain(a);
  }
  iterate(a, MOST_ITERATIONS, FINE, NULL);
  return false;
}

/* Newton steps at fixed strengths, so that the result is a stationary point; spread and gradient
   there. */
static bool polish(eisi_drt_adaptive *a, int rounds) {
  double rss = misfit(a, a->u), most = 0, size = 0;
  for (int round = 0; round < rounds; round++) {
    if (!eisi_drt_prior_fill(&a->prior, a->lambda) || !newton(a, false)) return false;
    a->iterations++;
    if (move(a, &rss) < 1e-5) break; /* the next step would be a hundredth of that */
  }
  if (!eisi_drt_prior_fill(&a->prior, a->lambda) || !newton(a, true)) return false;
  for (size_t j = 0; j < a->m; j++) {
    most = fmax(most, fabs(a->grad[j]));
    size = fmax(size, a->g[j] * fabs(a->c[j]) / a->noise2);
  }
  a->gradient = size > 0 ? most / size : 0;
  return true;
}

eis_status eisi_drt_adaptive_again(eisi_drt_adaptive *a, const eisi_drt_system *y, double factor,
                                   eis_error *err) {
  restore_plain(a);
  a->lambda *= factor;
  a->dof += (double)a->terms.n;
  if (!polish(a, MOST_ITERATIONS)) return singular(err);
  back_substitute(a, y);
  a->lambda = a->plain_lambda;
  return EIS_OK;
}

eis_status eisi_drt_adaptive_finish(eisi_drt_adaptive *a, const eisi_drt_system *y,
                                    eis_error *err) {
  if (!polish(a, POLISH)) return singular(err);
  if (!a->prior.centred) keep_plain(a);
  a->dof += (double)a->terms.n;
  back_substitute(a, y);
  return EIS_OK;
}

double eisi_drt_adaptive_cost(eisi_drt_adaptive *a, const double *u, const double *parameters) {
  return cost(a, u, parameters, misfit(a, u));
}

double eisi_drt_adaptive_slopes(eisi_drt_adaptive *a, const double *u, const double *parameters,
                                double *by_u, double *by_parameters) {
  const double rss = misfit(a, u);
  for (size_t j = 0; j < a->m; j++) by_u[j] = a->g[j] * (a->Gg[j] - a->c[j]) / a->noise2;
  if (a->prior.centred) memset(by_parameters, 0, a->prior.centre.q * sizeof *by_parameters);
  eisi_drt_prior_slopes(&a->prior, a->lambda, u, parameters, by_u, by_parameters);
  return cost(a, u, parameters, rss);
}

double eisi_drt_adaptive_sd_joint(eisi_drt_adaptive *a, double *form, double *by) {
  const double own = eisi_drt_prior_give(&a->prior, form, by);
  return sqrt(own + eisi_tri_form(a->m, a->X, form, a->step));
}

double eisi_drt_adaptive_sd(const eisi_drt_adaptive *a, const double *form) {
  return sqrt(eisi_tri_form(a->m, a->X, form, a->step));
}
