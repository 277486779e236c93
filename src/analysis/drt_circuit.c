/* drt_circuit.c - from processes to a circuit that can be fitted. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/drt_forms.h"
#include "base/base.h"

/* One arc, whatever it was found by; R < 0: a loop. */
typedef struct arc {
  double R, tau, alpha, beta;
  bool diffusion; /* finite-space Warburg element */
} arc;

typedef struct terms {
  double R, L, C_inv;
} terms;

/* A series resistance of no consequence, as a part of all resistance: a fit needs a start. */
static const double LITTLE = 1e-3;
static const double LARGEST_R = 1e14, SMALLEST_R = 1e-8; /* well within the bounds of R */

/* Six digits are enough for a start; divided by powers of ten that are exact, so that no more are
   printed. */
static void add_value(eisi_text *t, const char *before, double value) {
  char number[40];
  const int power = value != 0 ? (int)floor(log10(fabs(value))) : 0;
  const bool plain = power >= -4 && power <= 6;
  double v = value * pow(10, -power); /* 1 to 10 */
  v = round(v * 1e5);
  if (plain)
    v = power >= 5 ? v * pow(10, power - 5) : v / pow(10, 5 - power);
  else
    v /= 1e5;
  eisi_print_double(number, sizeof number, v);
  eisi_text_addf(t, "%s%s", before, number);
  if (!plain) eisi_text_addf(t, "e%d", power);
}

/* R with C, R with CPE (Q = tau^alpha/R), Havriliak-Negami, or R with L (L = R tau). */
static void add_arc(eisi_text *t, const arc *a, int number) {
  const double R = fmin(fmax(fabs(a->R), SMALLEST_R), LARGEST_R);
  eisi_text_addf(t, "%s", t->n ? "-" : "");
  if (a->diffusion) {
    eisi_text_addf(t, "Wo%d", number);
    add_value(t, "{Z0=", R);
    add_value(t, ",tau=", a->tau);
    eisi_text_addf(t, "}");
    return;
  }
  if (a->beta < 1) {
    eisi_text_addf(t, "HN%d", number);
    add_value(t, "{R=", R);
    add_value(t, ",tau=", a->tau);
    add_value(t, ",alpha=", a->alpha);
    add_value(t, ",beta=", a->beta);
    eisi_text_addf(t, "}");
    return;
  }
  eisi_text_addf(t, "p(R%d", number);
  add_value(t, "{R=", R);
  eisi_text_addf(t, "},");
  if (a->R < 0) {
    eisi_text_addf(t, "L%d", number);
    add_value(t, "{L=", R * a->tau);
  } else if (a->alpha >= 1) {
    eisi_text_addf(t, "C%d", number);
    add_value(t, "{C=", a->tau / R);
  } else {
    eisi_text_addf(t, "CPE%d", number);
    add_value(t, "{Q=", pow(a->tau, a->alpha) / R);
    add_value(t, ",alpha=", a->alpha);
  }
  eisi_text_addf(t, "})");
}

static void add_series(eisi_text *t, const terms *d, const arc *a, size_t n) {
  double total = fabs(d->R);
  for (size_t q = 0; q < n; q++) total += fabs(a[q].R);
  eisi_text_addf(t, "R0");
  add_value(t, "{R=", fmin(fmax(d->R > 0 ? d->R : LITTLE * total, SMALLEST_R), LARGEST_R));
  eisi_text_addf(t, "}");
  if (d->L > 0) add_value(t, "-L0{L=", d->L);
  if (d->L > 0) eisi_text_addf(t, "}");
  if (d->C_inv > 0) add_value(t, "-C0{C=", 1 / d->C_inv);
  if (d->C_inv > 0) eisi_text_addf(t, "}");
}

/* The sum, where it is the peaks' own: not one that failed and was passed over. */
static const eis_drt_parametric *sum_of_peaks(const eis_drt_solution *s) {
  const bool other = s->peaks_by && strcmp(s->peaks_by->key, "adaptive") == 0;
  return s->parametric && s->parametric->n > 0 && !other ? s->parametric : NULL;
}

static double value_of(const eis_circuit *c, const char *name) {
  const int j = eis_circuit_find_param(c, name);
  return j >= 0 ? c->param[j].value : 0;
}

static terms terms_of(const eis_drt_solution *s, const arc *a, size_t n) {
  const eis_drt_parametric *p = sum_of_peaks(s);
  const eis_circuit *c = p ? p->circuit : NULL;
  terms out = {s->drt.R_inf, s->drt.L, s->drt.C_inv};
  if (c) {
    const double C = value_of(c, "C0");
    return (terms){value_of(c, "R0"), value_of(c, "L0"), C > 0 ? 1 / C : 0};
  }
  /* R L/tau in parallel is R at high frequencies, where R - R/(1 + j w tau) counts from */
  for (size_t q = 0; q < n; q++)
    if (a[q].R < 0) out.R += a[q].R;
  return out;
}

static size_t arcs_of_processes(const eis_drt_parametric *p, arc *out) {
  for (size_t q = 0; q < p->n; q++) {
    const eis_drt_process *x = &p->process[q];
    const bool loop = strcmp(x->element, "RL") == 0;
    const bool diffusion = strcmp(x->element, "Wo") == 0;
    out[q] = (arc){loop ? -x->R : x->R, x->tau, x->alpha, x->beta, diffusion};
  }
  return p->n;
}

/* Widths up to twice that of the narrowest thing the grid can show say nothing. */
static size_t arcs_of_peaks(const eis_drt_result *d, arc *out) {
  size_t n = 0;
  for (size_t q = 0; q < d->n_peaks; q++) {
    const eis_drt_peak *p = &d->peak[q];
    if (p->R == 0 || !isfinite(p->R) || !(p->tau > 0)) continue;
    const bool sharp = p->R < 0 || !(p->width > 2 * d->sharp_decades);
    out[n++] = (arc){p->R, p->tau, sharp ? 1 : eisi_drt_zarc_alpha(p->width), 1, false};
  }
  return n;
}

static eis_status convert(char *own, eis_notation notation, char **text, eis_error *err) {
  eis_circuit *c = NULL;
  eis_status st = eis_circuit_parse(own, EIS_NOTATION_IMPEDANCE, &c, err);
  if (st == EIS_OK && notation == EIS_NOTATION_CDC)
    st = eis_circuit_print(c, EIS_NOTATION_CDC, true, text, err);
  else if (st == EIS_OK)
    *text = own;
  eis_circuit_free(c);
  if (*text != own) free(own);
  return st;
}

eis_status eis_drt_circuit(const eis_drt_solution *s, eis_notation notation, char **text,
                           eis_error *err) {
  const eis_drt_parametric *p = sum_of_peaks(s);
  const size_t most = p ? p->n : s->drt.n_peaks;
  eisi_text t = {0}, whole = {0};
  char *own = NULL;
  *text = NULL;
  arc *a = eisi_new(most + 1, sizeof *a, err);
  if (!a) return EIS_ERROR_MEMORY;
  const size_t n = p ? arcs_of_processes(p, a) : arcs_of_peaks(&s->drt, a);
  for (size_t q = 0; q < n; q++) add_arc(&t, &a[q], (int)q + 1);
  const terms d = terms_of(s, a, n);
  add_series(&whole, &d, a, n);
  eisi_text_addf(&whole, "-%s", eisi_text_part(&whole, &t));
  whole.failed |= t.failed;
  eisi_text_clear(&t);
  free(a);
  const eis_status st = eisi_text_take(&whole, &own, err);
  if (st == EIS_OK && n > 0) return convert(own, notation, text, err);
  free(own);
  if (st != EIS_OK) return st;
  return eis_error_set(err, EIS_ERROR_INPUT,
                       "no circuit can be made: this distribution of relaxation times has no peak");
}
