/* process_explain.c - why a peak got its name, in words: its process against the next best. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/number.h"
#include "analysis/process.h"

static const double TENTHS = 1.6448536269514722;

/* A process, or the background (index -1), as it is expected in this cell. */
typedef struct contender {
  int index;
  const eisi_process_row *row;
  eisi_process_model model;
  eisi_process_expected expected;
  double probability, piece[EISI_EV], sum;
  double wetted; /* ln: by how much the wetted area of the cathode makes this peak more probable */
} contender;

typedef struct teller {
  const eis_process_table *t;
  const eis_process_input *in;
  const eis_process_assignment *a;
  eisi_process_model background;
  eisi_process_state state,
      wetted; /* without and with the wetted area that all peaks make probable */
  uint64_t words;
  const eis_drt_peak *peak;
  const eis_process_evidence *evidence;
  contender first, next;
  eisi_text text;
} teller;

uint64_t eisi_process_words_of(const eis_process_table *t, const eis_process_assignment *a) {
  const char *const word[EISI_GROUPS] = {a->electrolyte, a->anode, a->coating};
  uint64_t bits = 0;
  for (int g = 0; g < EISI_GROUPS; g++) {
    const int k = word[g] ? eisi_process_word_index(t, g, word[g], strlen(word[g])) : -1;
    if (k >= 0) bits |= UINT64_C(1) << k;
  }
  return bits;
}

/* ---- numbers ---- */

/* "3.1 nF/cm2": v in the unit without prefix. */
static void amount(eisi_text *t, double v, const char *unit) {
  int exponent;
  const char *prefix = eisi_prefix_for(v, &exponent);
  eisi_text_addf(t, "%.3g %s%s", v * pow(10, -exponent), prefix, unit);
}

/* Odds as people say them: "12 : 1 for it". */
static void odds(eisi_text *t, double ln) {
  const double x = exp(fmin(fabs(ln), 27));
  if (fabs(ln) >= 27)
    eisi_text_addf(t, "decides %s it", ln > 0 ? "for" : "against");
  else if (x < 1.25)
    eisi_text_addf(t, "says nothing");
  else if (ln > 0)
    eisi_text_addf(t, "%g : 1 for it", eisi_signif(x, 2));
  else
    eisi_text_addf(t, "1 : %g against it", eisi_signif(x, 2));
}

/* ---- evidence ---- */

static void expected_place(teller *r, const contender *c, int piece, const char *unit,
                           double factor) {
  const double mean = c->expected.mean[piece], sd = sqrt(c->expected.cov[piece ? 2 : 0]);
  if (c->index < 0) return;
  eisi_text_addf(&r->text, ", usual for %s: ", c->row->key);
  amount(&r->text, exp(mean - TENTHS * sd) * factor, unit);
  eisi_text_addf(&r->text, " to ");
  amount(&r->text, exp(mean + TENTHS * sd) * factor, unit);
}

static void expected_window(teller *r, const contender *c, int quantity) {
  const eisi_process_entry *e = c->index < 0 ? NULL : eisi_process_find(c->row, quantity, r->words);
  if (!e) return;
  eisi_text_addf(&r->text, ", usual for %s: %.3g to %.3g", c->row->key, e->low, e->high);
}

static void end_line(teller *r, int piece) {
  eisi_text_addf(&r->text, "; ");
  odds(&r->text, r->first.piece[piece] - r->next.piece[piece]);
  eisi_text_addf(&r->text, "\n");
}

static void tell_place(teller *r) {
  eisi_text *t = &r->text;
  eisi_text_addf(t, "C = ");
  amount(t, r->peak->tau / r->peak->R / exp(r->state.ln_area) * 1e-4, "F/cm2");
  if (r->a->area_factor > 1) eisi_text_addf(t, " (area estimated)");
  expected_place(r, &r->first, 0, "F/cm2", 1e-4);
  expected_place(r, &r->next, 0, "F/cm2", 1e-4);
  end_line(r, EISI_EV_C);
  eisi_text_addf(t, "f = ");
  amount(t, 1 / (2 * M_PI * r->peak->tau), "Hz");
  expected_place(r, &r->first, 1, "Hz", 1);
  expected_place(r, &r->next, 1, "Hz", 1);
  eisi_text_addf(t, " at %.0f C%s", r->a->T - 273.15, r->a->T_error > 0 ? " (estimated)" : "");
  end_line(r, EISI_EV_F);
}

static bool matters(const teller *r, int piece) {
  return fabs(r->first.piece[piece] - r->next.piece[piece]) > log(1.25);
}

static void tell_width(teller *r) {
  if (!matters(r, EISI_EV_WIDTH)) return;
  eisi_text_addf(&r->text, "width = %g decades", eisi_signif(r->peak->width, 2));
  expected_window(r, &r->first, EISI_Q_WIDTH);
  expected_window(r, &r->next, EISI_Q_WIDTH);
  end_line(r, EISI_EV_WIDTH);
}

static void tell_end(teller *r) {
  if (!matters(r, EISI_EV_END)) return;
  const bool low = 1 / (2 * M_PI * r->peak->tau) < r->in->conditions.f_min;
  eisi_text_addf(&r->text, "a %s %s the data", r->peak->shoulder ? "shoulder" : "maximum",
                 low ? "below" : "above");
  end_line(r, EISI_EV_END);
}

static void tell_signatures(teller *r) {
  for (int i = 0; r->evidence && i < EIS_SIGNATURES; i++) {
    if (isnan(r->evidence->value[i])) continue;
    eisi_text_addf(&r->text, "%s = %.3g +- %g", eisi_q_rows[EISI_Q_SIGNATURE + i].key,
                   r->evidence->value[i], eisi_signif(r->evidence->error[i], 2));
    expected_window(r, &r->first, EISI_Q_SIGNATURE + i);
    expected_window(r, &r->next, EISI_Q_SIGNATURE + i);
    end_line(r, EISI_EV_SIGNATURE + i);
  }
}

static void tell_wetted(teller *r) {
  const double d = r->first.wetted - r->next.wetted;
  if (fabs(d) <= log(1.25)) return;
  eisi_text_addf(
      &r->text,
      "C and f for a wetted area of the cathode of %g times the geometric one, which all "
      "its peaks share (estimated); ",
      eisi_signif(r->a->wetted, 2));
  odds(&r->text, d);
  eisi_text_addf(&r->text, "\n");
}

/* How common the two are, their order, and what the other peaks leave over: what is left of the
   odds when the evidence of this peak is taken off. */
static void tell_rest(teller *r) {
  const double all =
      log(fmax(r->first.probability, 1e-300)) - log(fmax(r->next.probability, 1e-300));
  eisi_text_addf(&r->text, "how common they are, the other peaks and the order; ");
  odds(&r->text, all - (r->first.sum + r->first.wetted - r->next.sum - r->next.wetted));
  eisi_text_addf(&r->text, "\n");
}

/* ---- the two contenders ---- */

static void meet(teller *r, contender *c, int index, double probability) {
  const eis_process_table *t = r->t;
  c->index = index;
  c->row = index < 0 ? &t->background : &t->row[index];
  c->probability = probability;
  eisi_process_resolve(c->row, r->words, &c->model);
  eisi_process_expect(&c->model, &r->background, &r->state, &c->expected);
  const eisi_process_observed o = {r->peak, r->evidence, r->state.ln_area,
                                   r->in->conditions.f_min, r->in->conditions.f_max};
  c->sum = eisi_process_likelihood(&c->model, &r->background, &c->expected, &o, c->piece);
  eisi_process_expected at_wetted;
  double piece[EISI_EV];
  eisi_process_expect(&c->model, &r->background, &r->wetted, &at_wetted);
  eisi_process_likelihood(&c->model, &r->background, &at_wetted, &o, piece);
  c->wetted = piece[EISI_EV_C] + piece[EISI_EV_F] - c->piece[EISI_EV_C] - c->piece[EISI_EV_F];
}

/* The most probable one besides the label. */
static int runner_up(const teller *r, const eis_process_label *l) {
  int best = -2;
  double most = -1;
  for (int k = -1; k < (int)r->t->n; k++) {
    const double p = l->posterior[k < 0 ? r->t->n : (size_t)k];
    if (k == l->process || p <= most) continue;
    most = p;
    best = k;
  }
  return best;
}

static void name_of(teller *r, const contender *c) {
  const char *name = c->index < 0 ? NULL : eis_process_name(r->t, (size_t)c->index);
  if (!name)
    eisi_text_addf(&r->text, "unassigned");
  else
    eisi_text_addf(&r->text, "%s (%s)", name, c->row->key);
}

static void percent(eisi_text *t, double p) {
  if (p > 0.995)
    eisi_text_addf(t, ", more than 99 %%");
  else if (p < 0.005)
    eisi_text_addf(t, ", less than 1 %%");
  else
    eisi_text_addf(t, ", %.0f %%", 100 * p);
}

static eis_status explain_peak(teller *r, eis_process_label *l, eis_error *err) {
  const int next = runner_up(r, l);
  meet(r, &r->first, l->process, l->probability);
  meet(r, &r->next, next, l->posterior[next < 0 ? r->t->n : (size_t)next]);
  name_of(r, &r->first);
  percent(&r->text, l->probability);
  eisi_text_addf(&r->text, "; next: ");
  name_of(r, &r->next);
  percent(&r->text, r->next.probability);
  eisi_text_addf(&r->text, "\n");
  tell_place(r);
  tell_width(r);
  tell_end(r);
  tell_signatures(r);
  tell_wetted(r);
  tell_rest(r);
  return eisi_text_take(&r->text, &l->explanation, err);
}

eis_status eisi_process_explain(const eis_process_table *t, const eis_process_input *in,
                                eis_process_assignment *a, eis_error *err) {
  teller r = {.t = t, .in = in, .a = a, .words = eisi_process_words_of(t, a)};
  eis_status st = EIS_OK;
  r.state = (eisi_process_state){.ln_area = log(a->area_m2), .T = a->T, .known = &in->conditions};
  r.wetted = r.state;
  if (a->wetted_factor > 1) {
    const double mid = sqrt(t->wetted[0] * t->wetted[1]);
    r.wetted.ln_wetted = log(a->wetted / mid);
    r.wetted.wetted_sd = log(t->wetted[1] / mid) / TENTHS;
  }
  eisi_process_resolve(&t->background, r.words, &r.background);
  for (size_t i = 0; i < a->n_peaks && st == EIS_OK; i++) {
    r.peak = &in->peak[i];
    r.evidence = in->evidence ? &in->evidence[i] : NULL;
    st = explain_peak(&r, &a->peak[i], err);
  }
  eisi_text_clear(&r.text);
  return st;
}
