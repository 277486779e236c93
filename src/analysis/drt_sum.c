/* drt_sum.c - fits of sums of processes: every structure is a circuit with its least-squares
   problem, kept for the next time. */
#include "analysis/drt_sum.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "numerics/kernel.h"

enum { KEPT = 24, TEXT = 256, MOST_FREE = EISI_FREE_MAX };

/* Broader processes are not told from a sum of others. */
static const double LEAST_EXPONENT = 0.3;
/* Arcs of a lower exponent (2.7 decades wide at half height) fit what is left over by any form that
   is not among these, such as diffusion that shares a capacitance with a charge transfer. */
static const double BROAD = 0.55;
/* Time constants lie within the data and this many decades beyond. */
static const double BEYOND = 1.5;
static const double LEAST_NOISE = 1e-6; /* of the data: below, rounding rules */
static const double PRIOR_ODDS = 20, PLACES_PER_DECADE = 4;

static const eisi_sum_row rows[EISI_SUM_KINDS] = {
    [EISI_SUM_RC] = {"K", 2, -1, -1},
    [EISI_SUM_ZARC] = {"Zarc", 3, 2, -1},
    [EISI_SUM_CD] = {"Ga", 3, -1, 2},
    [EISI_SUM_HN] = {"HN", 4, 2, 3},
    [EISI_SUM_LOOP] = {"RL", 2, -1, -1},
    [EISI_SUM_WO] = {"Wo", 2, -1, -1}};

typedef struct structure {
  char text[TEXT];
  eis_circuit *circuit;
  eisi_problem problem;
  bool ready;
} structure;

struct eisi_sums {
  const eis_spectrum *s;
  eis_weighting weighting;
  const eis_kk_result *kk;
  eis_drt_term term[EISI_SUM_TERMS];
  double value[EISI_SUM_TERMS]; /* of fixed ones */
  size_t n;
  double *f;
  double floor_S, low_tau, high_tau, most_R;
  structure kept[KEPT];
  size_t next; /* to be replaced */
  structure *last;
  double x[MOST_FREE];
  double *r, *J, *cov; /* 2n, 2n x MOST_FREE, MOST_FREE^2 */
};

const eisi_sum_row *eisi_sum_row_of(eisi_sum_kind kind) { return &rows[kind]; }
eisi_problem *eisi_sums_problem(eisi_sums *w) { return &w->last->problem; }
const double *eisi_sums_x(const eisi_sums *w) { return w->x; }
const double *eisi_sums_residual(eisi_sums *w) { return w->r; }
const double *eisi_sums_jacobian(eisi_sums *w) { return w->J; }
const double *eisi_sums_weight(const eisi_sums *w) { return w->last->problem.weight; }
const eis_spectrum *eisi_sums_spectrum(const eisi_sums *w) { return w->s; }
eis_drt_term eisi_sums_term(const eisi_sums *w, int term) { return w->term[term]; }

/* ---- workspace ---- */

static void clear_structure(structure *t) {
  if (t->ready) eisi_problem_clear(&t->problem);
  eis_circuit_free(t->circuit);
  *t = (structure){0};
}

static void forget(eisi_sums *w) {
  for (size_t i = 0; i < KEPT; i++) clear_structure(&w->kept[i]);
  free(w->f);
  free(w->r);
  free(w->J);
  w->f = w->r = w->J = NULL;
  w->n = w->next = 0;
  w->last = NULL;
}

eis_status eisi_sums_new(eisi_sums **out, eis_error *err) {
  *out = eisi_new(1, sizeof **out, err);
  return *out ? EIS_OK : EIS_ERROR_MEMORY;
}

void eisi_sums_free(eisi_sums *w) {
  if (!w) return;
  forget(w);
  free(w);
}

static void take_terms(eisi_sums *w, const eis_drt_options *opt) {
  const eis_drt_term term[EISI_SUM_TERMS] = {opt->R_inf, opt->L, opt->C};
  const double value[EISI_SUM_TERMS] = {opt->R_inf_value, opt->L_value, opt->C_value};
  for (int i = 0; i < EISI_SUM_TERMS; i++) {
    const bool none = term[i] == EIS_DRT_TERM_FIXED && value[i] == 0;
    w->term[i] = none ? EIS_DRT_TERM_NONE : term[i];
    w->value[i] = value[i];
  }
}

eis_status eisi_sums_load(eisi_sums *w, const eis_spectrum *s, const eis_drt_options *opt,
                          const eis_kk_result *kk, eis_error *err) {
  double low = HUGE_VAL, high = 0;
  w->s = s;
  w->weighting = opt->weighting;
  take_terms(w, opt);
  w->kk = kk;
  w->most_R = 0;
  if (w->n != s->n || memcmp(w->f, s->f, s->n * sizeof *s->f) != 0) {
    forget(w);
    w->n = s->n;
    if (!(w->f = eisi_new(s->n, sizeof *w->f, err)) ||
        !(w->r = eisi_new(2 * s->n, sizeof *w->r, err)) ||
        !(w->J = eisi_new(2 * s->n * MOST_FREE, sizeof *w->J, err))) {
      forget(w);
      return EIS_ERROR_MEMORY;
    }
    memcpy(w->f, s->f, s->n * sizeof *s->f);
  }
  for (size_t k = 0; k < s->n; k++) {
    low = fmin(low, s->f[k]);
    high = fmax(high, s->f[k]);
    w->most_R = fmax(w->most_R, hypot(s->re[k], s->im[k]));
  }
  w->low_tau = pow(10, -BEYOND) / (2 * M_PI * high);
  w->high_tau = pow(10, BEYOND) / (2 * M_PI * low);
  return EIS_OK;
}

/* ---- structures ---- */

static void describe(const eisi_sum *m, char text[TEXT]) {
  size_t at = 0;
  const char *const term[3] = {m->has_R ? "-R0" : "", m->has_L ? "-L0" : "", m->has_C ? "-C0" : ""};
  for (int t = 0; t < 3; t++) at += (size_t)snprintf(text + at, TEXT - at, "%s", term[t]);
  for (size_t q = 0; q < m->n; q++) {
    const int number = (int)q + 1;
    if (m->p[q].kind == EISI_SUM_LOOP)
      at += (size_t)snprintf(text + at, TEXT - at, "-p(R%d,L%d)", number, number);
    else
      at += (size_t)snprintf(text + at, TEXT - at, "-%s%d", rows[m->p[q].kind].element, number);
  }
}

static void bound(eis_param *a, double low, double high) {
  a->lower = fmax(a->spec->lower, low);
  a->upper = fmin(a->spec->upper, high);
}

static void set_bounds(const eisi_sums *w, eis_circuit *c) {
  for (int j = 0; j < c->n_params; j++) {
    eis_param *a = &c->param[j];
    if (strcmp(a->spec->unit, "s") == 0)
      bound(a, w->low_tau, w->high_tau);
    else if (a->spec->scale == EIS_SCALE_LINEAR)
      bound(a, LEAST_EXPONENT, a->spec->upper);
  }
}

/* Terms come first in the circuit, R0, L0 and C0 where they are. */
static void hold_terms(const eisi_sums *w, eis_circuit *c) {
  static const char *const name[EISI_SUM_TERMS] = {"R0", "L0", "C0"};
  for (int i = 0; i < EISI_SUM_TERMS; i++) {
    const int j = eis_circuit_find_param(c, name[i]);
    if (j < 0 || w->term[i] != EIS_DRT_TERM_FIXED) continue;
    c->param[j].fixed = true;
    c->param[j].value = w->value[i];
  }
}

static eis_status make(eisi_sums *w, const char *text, structure *t, eis_error *err) {
  clear_structure(t);
  eis_status st = eis_circuit_parse(text + 1, EIS_NOTATION_IMPEDANCE, &t->circuit, err);
  if (st != EIS_OK) return st;
  set_bounds(w, t->circuit);
  hold_terms(w, t->circuit);
  st = eisi_problem_init(&t->problem, t->circuit, w->f, w->n, err);
  if (st != EIS_OK) return st;
  t->ready = true;
  memcpy(t->text, text, TEXT);
  return EIS_OK;
}

static eis_status find(eisi_sums *w, const eisi_sum *m, eis_error *err) {
  char text[TEXT] = "";
  describe(m, text);
  for (size_t i = 0; i < KEPT; i++)
    if (w->kept[i].ready && strcmp(w->kept[i].text, text) == 0) {
      w->last = &w->kept[i];
      return EIS_OK;
    }
  w->last = &w->kept[w->next];
  w->next = (w->next + 1) % KEPT;
  return make(w, text, w->last, err);
}

/* ---- values ---- */

static void to_params(const eisi_sum *m, double *p) {
  size_t at = 0;
  if (m->has_R) p[at++] = m->R_inf;
  if (m->has_L) p[at++] = m->L;
  if (m->has_C) p[at++] = m->C;
  for (size_t q = 0; q < m->n; q++) {
    const eisi_sum_process *v = &m->p[q];
    const eisi_sum_row *row = &rows[v->kind];
    p[at] = v->R;
    p[at + 1] = v->kind == EISI_SUM_LOOP ? v->R * v->tau : v->tau;
    if (row->at_alpha > 0) p[at + (size_t)row->at_alpha] = v->alpha;
    if (row->at_beta > 0) p[at + (size_t)row->at_beta] = v->beta;
    at += (size_t)row->params;
  }
}

static void from_params(const double *p, eisi_sum *m) {
  size_t at = 0;
  if (m->has_R) m->R_inf = p[at++];
  if (m->has_L) m->L = p[at++];
  if (m->has_C) m->C = p[at++];
  for (size_t q = 0; q < m->n; q++) {
    eisi_sum_process *v = &m->p[q];
    const eisi_sum_row *row = &rows[v->kind];
    v->R = p[at];
    v->tau = v->kind == EISI_SUM_LOOP ? p[at + 1] / p[at] : p[at + 1];
    v->alpha = row->at_alpha > 0 ? p[at + (size_t)row->at_alpha] : 1;
    v->beta = row->at_beta > 0 ? p[at + (size_t)row->at_beta] : 1;
    at += (size_t)row->params;
  }
}

static int by_tau(const void *a, const void *b) {
  const eisi_sum_process *x = a, *y = b;
  return (x->tau > y->tau) - (x->tau < y->tau);
}

bool eisi_sum_is_broad(const eisi_sum_process *p) {
  return (p->kind == EISI_SUM_ZARC || p->kind == EISI_SUM_HN) && p->alpha < BROAD;
}

double eisi_sum_cost(const eis_spectrum *s) {
  double low = HUGE_VAL, high = 0;
  for (size_t k = 0; k < s->n; k++) {
    low = fmin(low, s->f[k]);
    high = fmax(high, s->f[k]);
  }
  return log(PRIOR_ODDS * PLACES_PER_DECADE * (log10(high / low) + 1));
}

/* Schwarz' criterion with variance unknown, plus 2 ln P for each process: which of P places it
   stands at was chosen from the data, too (J. Chen, Z. Chen, Biometrika 95 (2008) 759).  Prior odds
   of 20 : 1 against each further process, and against a skewed or a broad form of one, ask for
   strong evidence (R. E. Kass, A. E. Raftery, J. Am. Stat. Assoc. 90 (1995) 773). */
static double criterion(const eisi_sums *w, const eisi_sum *m) {
  const double rows_ = 2 * (double)w->n;
  size_t uncommon = 0;
  for (size_t q = 0; q < m->n; q++) {
    uncommon += m->p[q].kind == EISI_SUM_HN;
    uncommon += eisi_sum_is_broad(&m->p[q]);
  }
  return rows_ * log((m->S + w->floor_S) / rows_) + (m->k + 1) * log(rows_) +
         2 * (double)m->n * eisi_sum_cost(w->s) + 2 * (double)uncommon * log(PRIOR_ODDS);
}

eis_status eisi_sums_fit(eisi_sums *w, eisi_sum *m, double hopeless, eis_error *err) {
  double p[MOST_FREE] = {0};
  eis_lsq_options o = eis_lsq_options_default();
  eis_lsq_info info;
  qsort(m->p, m->n, sizeof *m->p, by_tau);
  eis_status st = find(w, m, err);
  if (st != EIS_OK) return st;
  eisi_problem *q = &w->last->problem;
  if ((st = eisi_problem_load(q, w->s, w->weighting, w->kk, err)) != EIS_OK) return st;
  w->floor_S = 0;
  for (size_t k = 0; k < 2 * w->n; k++)
    w->floor_S += LEAST_NOISE * LEAST_NOISE * pow(q->weight[k] * q->data[k], 2);
  to_params(m, p);
  eisi_problem_from_params(q, p, w->x);
  o.ftol = 1e-9;
  o.dtol = 1e-3;
  o.max_iter = 60;
  o.S_hopeless = hopeless;
  if ((st = eisi_problem_solve(q, &o, w->x, &info, err)) != EIS_OK) return st;
  eisi_problem_residual(q, w->x, w->r, w->J);
  from_params(q->p, m);
  m->S = info.S;
  m->k = q->n_free;
  m->bic = criterion(w, m);
  return EIS_OK;
}
