/* words.c - names and short texts that every writer uses. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "report/report.h"

static const char *const weighting_names[] = {
    [EIS_WEIGHT_MODULUS] = "modulus",           [EIS_WEIGHT_UNIT] = "unit",
    [EIS_WEIGHT_PROPORTIONAL] = "proportional", [EIS_WEIGHT_SIGMA] = "sigma",
    [EIS_WEIGHT_ERROR_MODEL] = "error-model",
};
const char *eisi_weighting_name(eis_weighting w) { return weighting_names[w]; }

static const char *const verdict_names[] = {
    [EIS_FIT_CONVERGED] = "converged",
    [EIS_FIT_NOT_CONVERGED] = "not converged",
    [EIS_FIT_TIMEOUT] = "time limit reached",
};
const char *eisi_verdict_name(eis_fit_verdict v) { return verdict_names[v]; }

static void note_tie(const eis_param *p, const eis_circuit *c, char *buf, size_t size) {
  if (p->tie_factor == 1)
    snprintf(buf, size, "= %s", c->param[p->tie].name);
  else
    snprintf(buf, size, "= %g × %s", p->tie_factor, c->param[p->tie].name);
}

void eisi_param_note(const eis_circuit *c, const eis_fit_result *r, int i, char *buf, size_t size) {
  const eis_fit_param *f = &r->param[i];
  const eis_param *p = &c->param[i];
  buf[0] = '\0';
  if (f->tied && p->tie >= 0)
    note_tie(p, c, buf, size);
  else if (f->fixed)
    snprintf(buf, size, "fixed");
  else if (f->at_bound)
    snprintf(buf, size, "at %s bound",
             fabs(f->value - p->lower) < fabs(f->value - p->upper) ? "lower" : "upper");
  else if (!f->identifiable)
    snprintf(buf, size, "not identifiable");
  else if (f->stderr_ > 0.5 * fabs(f->value) && p->spec->scale == EIS_SCALE_LOG)
    snprintf(buf, size, "poorly determined");
}

char *eisi_circuit_text(const eis_circuit *c) {
  char *text = NULL;
  if (eis_circuit_print(c, EIS_NOTATION_IMPEDANCE, false, &text, NULL)) {
    free(text);
    text = eisi_strdup("?", NULL);
  }
  return text;
}

bool eisi_fit_passed(const eisi_fitset *set) {
  if (set->best < 0) return false;
  const eis_fit_result *r = &set->at[set->best].fit;
  return r->verdict == EIS_FIT_CONVERGED && (!r->have_kk || r->kk.passed);
}
