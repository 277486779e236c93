/* drt_sum_search.c - how many processes: from a start, one more where the residuals ask for one or
   a process splits, one less where one can go or two can merge, as long as the criterion falls. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/drt_sum.h"
#include "numerics/kernel.h"

enum { TRIES = 3, SHAPES = 2, PER_DECADE = 3 };

static const double SPLIT_DECADES = 0.35; /* between the halves of a process */
/* A simpler form is tried where its exponent is that near to one. */
static const double NEARLY_ONE = 0.9;
static const double NO_LIMIT = HUGE_VAL;

typedef struct search {
  eisi_sums *w;
  const eisi_sum_goal *goal;
  eisi_sum_found *found;
  double *scratch; /* of additions */
} search;

/* S above which a sum with a process of four parameters less can't win: its criterion at that S is
   that of the present one. */
static double hopeless_above(const search *x, const eisi_sum *now) {
  const double m = 2 * (double)eisi_sums_spectrum(x->w)->n;
  const double less = 4 * log(m) + 2 * eisi_sum_cost(eisi_sums_spectrum(x->w));
  return now->S > 0 ? now->S * exp(less / m) : NO_LIMIT;
}

/* The same for one with a process of two parameters more.  Crawling towards more than that is a
   waste; what is reported is fitted to the end afterwards. */
static double winning_below(const search *x, const eisi_sum *now) {
  const double m = 2 * (double)eisi_sums_spectrum(x->w)->n;
  const double more = 2 * log(m) + 2 * eisi_sum_cost(eisi_sums_spectrum(x->w));
  return x->goal->exactly ? NO_LIMIT : now->S * exp(-more / m);
}

static bool is_arc(const eisi_sum_process *p) {
  return p->kind != EISI_SUM_LOOP && p->kind != EISI_SUM_WO;
}

/* Must one process go, whatever the criterion says?  The only one may be as broad as it likes. */
static bool has_patch(const search *x, const eisi_sum *m) {
  bool broad = false;
  for (size_t q = 0; q < m->n; q++) broad |= eisi_sum_is_broad(&m->p[q]);
  return broad && x->goal->no_broad && !x->goal->exactly && m->n > 1;
}

static void record(search *x, const eisi_sum *m) {
  eisi_sum *at = &x->found->at[m->n];
  const bool patched = has_patch(x, m), was = at->S > 0 && has_patch(x, at);
  if (!(at->S > 0) || was > patched || (was == patched && m->bic < at->bic)) *at = *m;
}

/* ---- simpler forms ---- */

static bool simpler(const eisi_sum_process *p, int round, eisi_sum_process *out) {
  *out = *p;
  if (p->kind == EISI_SUM_HN && round == 0) {
    out->kind = EISI_SUM_ZARC, out->beta = 1;
    return true;
  }
  if (p->kind == EISI_SUM_HN && round == 1 && p->alpha > NEARLY_ONE) {
    out->kind = EISI_SUM_CD, out->alpha = 1;
    return true;
  }
  if (round == 0 && ((p->kind == EISI_SUM_ZARC && p->alpha > NEARLY_ONE) ||
                     (p->kind == EISI_SUM_CD && p->beta > NEARLY_ONE))) {
    out->kind = EISI_SUM_RC, out->alpha = out->beta = 1;
    return true;
  }
  return false;
}

/* Every process in the simplest form that the criterion prefers. */
static eis_status simplify(search *x, eisi_sum *m, eis_error *err) {
  bool again = true;
  while (again) {
    again = false;
    for (size_t q = 0; q < m->n && !again; q++)
      for (int round = 0; round < 2 && !again; round++) {
        eisi_sum other = *m;
        if (!simpler(&m->p[q], round, &other.p[q])) continue;
        const eis_status st = eisi_sums_fit(x->w, &other, hopeless_above(x, m), err);
        if (st != EIS_OK) return st;
        if (other.bic > m->bic) continue;
        *m = other;
        again = true;
      }
  }
  return EIS_OK;
}

/* An arc faster than all data is R_inf under another name. */
static bool replaces_R(const search *x, const eisi_sum *m) {
  const eis_spectrum *s = eisi_sums_spectrum(x->w);
  for (size_t q = 0; !m->has_R && q < m->n; q++)
    if (is_arc(&m->p[q]) && 2 * M_PI * s->f[0] * m->p[q].tau < 0.3) return true;
  return false;
}

/* Series terms that neither the data nor the user ask for go. */
static eis_status drop_terms(search *x, eisi_sum *m, eis_error *err) {
  for (int t = 0; t < EISI_SUM_TERMS; t++) {
    eisi_sum other = *m;
    bool *const has[EISI_SUM_TERMS] = {&other.has_R, &other.has_L, &other.has_C};
    if (!*has[t] || eisi_sums_term(x->w, t) != EIS_DRT_TERM_AUTO) continue;
    *has[t] = false;
    if (other.n == 0) continue;
    const eis_status st = eisi_sums_fit(x->w, &other, hopeless_above(x, m), err);
    if (st != EIS_OK) return st;
    if (other.bic <= m->bic && !replaces_R(x, &other)) *m = other;
  }
  return EIS_OK;
}

static eis_status settle(search *x, eisi_sum *m, double hopeless, eis_error *err) {
  eis_status st = eisi_sums_fit(x->w, m, hopeless, err);
  if (st == EIS_OK) st = simplify(x, m, err);
  if (st == EIS_OK) record(x, m);
  return st;
}

/* ---- one more ---- */

/* Orthonormal columns of the Jacobian (modified Gram-Schmidt), in place; r is made orthogonal. */
static size_t orthonormal(size_t m, size_t n, double *J, double *r) {
  size_t kept = 0;
  for (size_t j = 0; j < n; j++) {
    double *c = J + j * m, *to = J + kept * m;
    const double before = sqrt(eisi_sum_squares(m, c));
    for (size_t i = 0; i < kept; i++) {
      double dot = 0;
      for (size_t k = 0; k < m; k++) dot += J[i * m + k] * c[k];
      for (size_t k = 0; k < m; k++) c[k] -= dot * J[i * m + k];
    }
    const double after = sqrt(eisi_sum_squares(m, c));
    if (!(after > 1e-9 * before)) continue;
    for (size_t k = 0; k < m; k++) to[k] = c[k] / after;
    kept++;
  }
  for (size_t i = 0; i < kept; i++) {
    double dot = 0;
    for (size_t k = 0; k < m; k++) dot += J[i * m + k] * r[k];
    for (size_t k = 0; k < m; k++) r[k] -= dot * J[i * m + k];
  }
  return kept;
}

/* Weighted R = 1 column of a process; loops: j w tau/(1 + j w tau). */
static void column_of(const search *x, const eisi_sum_process *p, double *c) {
  const eis_spectrum *s = eisi_sums_spectrum(x->w);
  const double *weight = eisi_sums_weight(x->w);
  const double cos_ = cos(M_PI / 2 * p->alpha), sin_ = sin(M_PI / 2 * p->alpha);
  for (size_t k = 0; k < s->n; k++) {
    const double wt = 2 * M_PI * s->f[k] * p->tau;
    const double v = p->alpha == 1 ? wt : pow(wt, p->alpha), a = 1 + v * cos_, b = v * sin_;
    const double d = a * a + b * b, re = a / d, im = -b / d;
    c[k] = weight[k] * (p->kind == EISI_SUM_LOOP ? 1 - re : re);
    c[s->n + k] = weight[s->n + k] * (p->kind == EISI_SUM_LOOP ? -im : im);
  }
}

/* How much S falls at most when R of that process is added to the linearised fit; its R. */
static double gain_of(search *x, const double *Q, size_t kept, const double *r,
                      eisi_sum_process *p) {
  const size_t m = 2 * eisi_sums_spectrum(x->w)->n;
  double *c = x->scratch, dot = 0;
  column_of(x, p, c);
  const double whole = eisi_sum_squares(m, c);
  for (size_t k = 0; k < m; k++) dot -= c[k] * r[k]; /* r = model - data */
  double left = whole;
  for (size_t i = 0; i < kept; i++) {
    double along = 0;
    for (size_t k = 0; k < m; k++) along += Q[i * m + k] * c[k];
    left -= along * along;
  }
  if (!(dot > 0 && left > 1e-6 * whole)) return 0;
  p->R = dot / left;
  return dot * dot / left;
}

/* The best additions to the sum fitted last, best first; R of each as the linearised fit has it. */
static size_t additions(search *x, eisi_sum_process best[TRIES]) {
  static const double shape[SHAPES] = {1, 0.8};
  const eis_spectrum *s = eisi_sums_spectrum(x->w);
  const size_t m = 2 * s->n;
  double *r = x->scratch + m, *Q = r + m, gain[TRIES] = {0};
  const size_t n = (size_t)eisi_sums_problem(x->w)->n_free;
  memcpy(r, eisi_sums_residual(x->w), m * sizeof *r);
  memcpy(Q, eisi_sums_jacobian(x->w), m * n * sizeof *Q);
  const size_t kept = orthonormal(m, n, Q, r);
  const double first = -log10(2 * M_PI * s->f[0]) - 0.5;
  const double last = -log10(2 * M_PI * s->f[s->n - 1]) + 0.5;
  size_t count = 0;
  for (double l = first; l <= last; l += 1.0 / PER_DECADE)
    for (int i = 0; i < SHAPES + (x->goal->loops ? 1 : 0); i++) {
      const bool loop = i == SHAPES;
      eisi_sum_process p = {.kind = loop ? EISI_SUM_LOOP : x->goal->kind, .tau = pow(10, l),
                            .alpha = loop ? 1 : shape[i], .beta = 1};
      const double g = gain_of(x, Q, kept, r, &p);
      if (!loop) p.alpha = fmin(p.alpha, 0.95), p.beta = x->goal->kind == EISI_SUM_HN ? 0.95 : 1;
      size_t at = count < TRIES ? count : TRIES - 1;
      if (!(g > gain[at])) continue;
      if (count < TRIES) count++;
      for (; at > 0 && g > gain[at - 1]; at--) gain[at] = gain[at - 1], best[at] = best[at - 1];
      gain[at] = g;
      best[at] = p;
    }
  return count;
}

static eis_status try_sum(search *x, eisi_sum *m, eisi_sum *best, double hopeless, eis_error *err) {
  const eis_status st = eisi_sums_fit(x->w, m, hopeless, err);
  if (st == EIS_OK && (!(best->S > 0) || m->S < best->S)) *best = *m;
  return st;
}

static eisi_sum split(const eisi_sum *m, size_t q) {
  eisi_sum out = *m;
  eisi_sum_process *a = &out.p[q], *b = &out.p[out.n++];
  a->R /= 2;
  if (a->kind == EISI_SUM_RC) a->kind = EISI_SUM_ZARC;
  a->alpha = fmin(a->alpha + (1 - a->alpha) / 2, 0.95);
  *b = *a;
  a->tau *= pow(10, -SPLIT_DECADES / 2);
  b->tau *= pow(10, SPLIT_DECADES / 2);
  return out;
}

static eis_status one_more(search *x, const eisi_sum *now, eisi_sum *best, eis_error *err) {
  eisi_sum_process add[TRIES];
  eisi_sum again = *now;
  *best = (eisi_sum){0};
  const double limit = winning_below(x, now);
  eis_status st = eisi_sums_fit(x->w, &again, NO_LIMIT, err); /* for its residuals */
  const size_t n = st == EIS_OK ? additions(x, add) : 0;
  for (size_t i = 0; st == EIS_OK && i < n; i++) {
    eisi_sum m = *now;
    m.p[m.n++] = add[i];
    if (add[i].kind == EISI_SUM_LOOP && m.has_R) m.R_inf = fmax(m.R_inf - add[i].R, 1e-3 * m.R_inf);
    st = try_sum(x, &m, best, limit, err);
  }
  for (size_t q = 0; st == EIS_OK && q < now->n; q++) {
    if (!is_arc(&now->p[q])) continue;
    eisi_sum m = split(now, q);
    st = try_sum(x, &m, best, limit, err);
  }
  if (st == EIS_OK && best->S > 0) st = eisi_sums_fit(x->w, best, NO_LIMIT, err);
  if (st == EIS_OK && best->S > 0) st = simplify(x, best, err);
  if (st == EIS_OK && best->S > 0) record(x, best);
  return st;
}

/* ---- one less ---- */

static eisi_sum without(const eisi_sum *m, size_t q) {
  eisi_sum out = *m;
  for (size_t i = q; i + 1 < m->n; i++) out.p[i] = m->p[i + 1];
  out.n--;
  return out;
}

static eisi_sum merged(const search *x, const eisi_sum *m, size_t q) {
  const eisi_sum_process *a = &m->p[q], *b = &m->p[q + 1];
  const double R = a->R + b->R;
  eisi_sum out = without(m, q + 1);
  out.p[q] = (eisi_sum_process){.kind = x->goal->kind, .R = R, .beta = 1};
  out.p[q].tau = exp((a->R * log(a->tau) + b->R * log(b->tau)) / R);
  const double apart = fabs(log10(b->tau / a->tau));
  out.p[q].alpha = fmax(0.5, fmin(a->alpha, b->alpha) - 0.15 * apart);
  if (x->goal->kind == EISI_SUM_HN) out.p[q].beta = 0.8;
  return out;
}

static eis_status one_less(search *x, const eisi_sum *now, eisi_sum *best, eis_error *err) {
  const double limit = x->goal->exactly || has_patch(x, now) ? NO_LIMIT : hopeless_above(x, now);
  eis_status st = EIS_OK;
  *best = (eisi_sum){0};
  for (size_t q = 0; st == EIS_OK && q < now->n; q++) {
    eisi_sum m = without(now, q);
    if (m.n > 0) st = try_sum(x, &m, best, limit, err);
    if (st != EIS_OK || q + 1 >= now->n) continue;
    if (!is_arc(&now->p[q]) || !is_arc(&now->p[q + 1])) continue;
    m = merged(x, now, q);
    st = try_sum(x, &m, best, limit, err);
  }
  if (st == EIS_OK && best->S > 0) st = simplify(x, best, err);
  if (st == EIS_OK && best->S > 0) record(x, best);
  return st;
}

/* ---- diffusion ---- */

/* Finite-space diffusion in the place of process q (n: none) with its knee at tau; R such that it
   ends as the data do, R/(w tau) = -Im Z. */
static eisi_sum with_diffusion(const search *x, const eisi_sum *now, size_t q, double tau) {
  const eis_spectrum *s = eisi_sums_spectrum(x->w);
  eisi_sum m = q < now->n ? without(now, q) : *now;
  const double R = fmax(-s->im[s->n - 1], 0.1 * s->re[s->n - 1]) * 2 * M_PI * s->f[s->n - 1] * tau;
  m.p[m.n++] = (eisi_sum_process){.kind = EISI_SUM_WO, .R = R, .tau = tau, .alpha = 1, .beta = 1};
  return m;
}

/* Diffusion that is over before the fastest point is a series capacitance. */
static bool replaces_C(const search *x, const eisi_sum *m) {
  const eis_spectrum *s = eisi_sums_spectrum(x->w);
  for (size_t q = 0; q < m->n; q++)
    if (m->p[q].kind == EISI_SUM_WO && 2 * M_PI * s->f[0] * m->p[q].tau < 1) return true;
  return false;
}

/* Where the spectrum ends like a capacitance: diffusion instead of it, or besides it, and instead
   of one of the processes. */
static eis_status diffuse(search *x, eisi_sum *now, eis_error *err) {
  static const double knee[] = {10, 1, 0.1}; /* w tau at the lowest frequency */
  const eis_spectrum *s = eisi_sums_spectrum(x->w);
  const int asked = now->has_C && eisi_sums_term(x->w, 2) != EIS_DRT_TERM_AUTO;
  eisi_sum best = {0};
  eis_status st = EIS_OK;
  for (size_t q = 0; q <= now->n && now->n < EISI_SUM_MOST; q++)
    for (size_t i = 0; st == EIS_OK && i < 3; i++)
      for (int keep = asked; st == EIS_OK && keep <= now->has_C; keep++) {
        eisi_sum m = with_diffusion(x, now, q, knee[i] / (2 * M_PI * s->f[s->n - 1]));
        m.has_C = keep != 0;
        st = eisi_sums_fit(x->w, &m, hopeless_above(x, now), err);
        if (st != EIS_OK || replaces_C(x, &m)) continue;
        if (!(best.S > 0) || m.bic < best.bic) best = m;
      }
  if (st == EIS_OK && best.S > 0) record(x, &best);
  if (st == EIS_OK && best.S > 0 && best.bic < now->bic) *now = best;
  return st;
}

static bool has_diffusion(const eisi_sum *m) {
  for (size_t q = 0; q < m->n; q++)
    if (m->p[q].kind == EISI_SUM_WO) return true;
  return false;
}

/* ---- whole ---- */

static size_t most_that_fit(const search *x) {
  const size_t n = eisi_sums_spectrum(x->w)->n;
  const size_t each = x->goal->kind == EISI_SUM_HN ? 4 : 3;
  const size_t room = 2 * n > 12 ? (2 * n - 8) / each : 1;
  const size_t most = x->goal->exactly ? x->goal->exactly : x->goal->most;
  return room < most ? room : most;
}

static eis_status climb(search *x, eisi_sum *now, eis_error *err) {
  const size_t most = most_that_fit(x), exactly = x->goal->exactly;
  eis_status st = EIS_OK;
  while (st == EIS_OK && now->n < most) {
    eisi_sum next;
    st = one_more(x, now, &next, err);
    if (st != EIS_OK || !(next.S > 0)) break;
    if (!exactly && next.bic >= now->bic) break;
    *now = next;
  }
  return st;
}

static eis_status descend(search *x, eisi_sum *now, eis_error *err) {
  const size_t exactly = x->goal->exactly;
  eis_status st = EIS_OK;
  while (st == EIS_OK && now->n > (exactly ? exactly : 1)) {
    eisi_sum next;
    st = one_less(x, now, &next, err);
    if (st != EIS_OK || !(next.S > 0)) break;
    if (!exactly && now->n <= x->goal->most && !has_patch(x, now) && next.bic > now->bic) break;
    *now = next;
  }
  return st;
}

static void choose(search *x) {
  const size_t exactly = x->goal->exactly;
  eisi_sum_found *f = x->found;
  f->best = 0;
  for (size_t n = 1; n <= EISI_SUM_MOST; n++) {
    if (!(f->at[n].S > 0) || (exactly && n != exactly) || (!exactly && n > x->goal->most)) continue;
    if (has_patch(x, &f->at[n])) continue;
    if (!f->best || f->at[n].bic < f->at[f->best].bic) f->best = n;
  }
}

eis_status eisi_sum_search(eisi_sums *w, const eisi_sum_goal *goal, const eisi_sum *start,
                           eisi_sum_found *out, eis_error *err) {
  const size_t m = 2 * eisi_sums_spectrum(w)->n;
  search x = {.w = w, .goal = goal, .found = out};
  eisi_sum now = *start;
  *out = (eisi_sum_found){0};
  if (!(x.scratch = eisi_new(m * (2 + EISI_FREE_MAX), sizeof(double), err)))
    return EIS_ERROR_MEMORY;
  eis_status st = settle(&x, &now, NO_LIMIT, err);
  if (st == EIS_OK && goal->tail && !goal->exactly) st = diffuse(&x, &now, err);
  if (st == EIS_OK) st = climb(&x, &now, err);
  if (st == EIS_OK) st = descend(&x, &now, err);
  if (st == EIS_OK && goal->tail && !goal->exactly && !has_diffusion(&now)) {
    st = diffuse(&x, &now, err);
    if (st == EIS_OK) st = descend(&x, &now, err);
  }
  if (st == EIS_OK) st = drop_terms(&x, &now, err);
  if (st == EIS_OK) {
    record(&x, &now);
    choose(&x);
  }
  if (st == EIS_OK && !out->best)
    st = eis_error_set(err, EIS_ERROR_NUMERIC,
                       "no sum of %zu processes can be fitted to %zu points: ask for fewer",
                       goal->exactly ? goal->exactly : goal->most, m / 2);
  free(x.scratch);
  return st == EIS_OK ? eisi_sums_fit(w, &out->at[out->best], NO_LIMIT, err) : st;
}
