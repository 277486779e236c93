/* words.c - names and short texts that every writer uses. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "data/columns.h"
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
    [EIS_FIT_TIMEOUT] = "time limit",
};
const char *eisi_verdict_name(const eis_fit_result *r) {
  if (r->verdict == EIS_FIT_CONVERGED && r->misfit)
    return "converged, but the model misses the data";
  return verdict_names[r->verdict];
}

eisi_judgement eisi_fit_judgement(const eis_fit_result *r) {
  if (r->verdict != EIS_FIT_CONVERGED) return EISI_UNCONVERGED;
  if (r->have_kk && !r->kk.passed) return EISI_INCONSISTENT;
  return r->misfit ? EISI_MISFIT : EISI_PASSED;
}

static const char *const judgement_names[EISI_N_JUDGEMENTS] = {
    [EISI_PASSED] = "passed",
    [EISI_MISFIT] = "with a misfit",
    [EISI_INCONSISTENT] = "inconsistent (Kramers-Kronig)",
    [EISI_UNCONVERGED] = "not converged",
};
const char *eisi_judgement_name(eisi_judgement j) { return judgement_names[j]; }

char *eisi_circuit_text(const eis_circuit *c) {
  char *text = NULL;
  eis_circuit_print(c, EIS_NOTATION_IMPEDANCE, false, &text, NULL);
  return text;
}

bool eisi_kk_has_window(const eis_kk_result *kk) {
  return isfinite(kk->f_low_hz) && isfinite(kk->f_high_hz) && kk->f_high_hz > 0;
}

/* ---- what the reader decided ---- */

static const char *const short_roles[EISI_N_ROLES] = {
    [EISI_COL_FREQ] = "f",          [EISI_COL_RE] = "Z'",           [EISI_COL_IM] = "Z''",
    [EISI_COL_MOD] = "|Z|",         [EISI_COL_PHASE] = "phase",     [EISI_COL_SIGMA] = "sigma",
    [EISI_COL_SIGMA_RE] = "sigma'", [EISI_COL_SIGMA_IM] = "sigma''", [EISI_COL_TIME] = "t",
    [EISI_COL_CYCLE] = "cycle",     [EISI_COL_STATE] = "state",
};

/* "frequency 12" at s: the role and the bytes it takes; 0 = something else. */
static size_t column_at(const char *s, int *role, int *number) {
  for (int r = EISI_N_ROLES - 1; r > 0; r--) { /* "sigma of the real part" before "sigma" */
    const char *name = eisi_role_name((eisi_role)r);
    const size_t n = strlen(name);
    if (!short_roles[r] || strncmp(s, name, n) != 0 || s[n] != ' ') continue;
    char *end;
    const long k = strtol(s + n + 1, &end, 10);
    if (end == s + n + 1 || k < 1) continue;
    *role = r;
    *number = (int)k;
    return (size_t)(end - s);
  }
  return 0;
}

/* "f 1 in kHz, Z' 2, Z'' 3" without the names of the columns, which may hold anything. */
static void short_columns(const char *s, eisi_text *out) {
  for (bool first = true; *s; first = false) {
    int role = 0, number = 0, next_role, next_number;
    const size_t used = column_at(s, &role, &number);
    if (!used) return;
    const char *end = s += used, *unit = NULL;
    while (*end && !(strncmp(end, ", ", 2) == 0 && column_at(end + 2, &next_role, &next_number))) {
      if (strncmp(end, "' in ", 5) == 0) unit = end + 1;
      end++;
    }
    eisi_text_addf(out, "%s%s %d", first ? "" : ", ", short_roles[role], number);
    if (unit) eisi_text_add(out, unit, (size_t)(end - unit));
    s = *end ? end + 2 : end;
  }
}

static void short_format(const char *s, eisi_text *out) {
  eisi_text_add(out, s, strcspn(s, " "));
  if (strstr(s, ", decimal comma")) eisi_text_addf(out, ", decimal comma");
}

static void short_sign(const char *s, eisi_text *out) {
  eisi_text_addf(out, "sign by header%s",
                 strstr(s, ", the data agree")            ? ", data agree"
                 : strstr(s, ", the phase column agrees") ? ", phase agrees"
                                                          : "");
}

bool eisi_decision_short(const char *s, eisi_text *out) {
  const char *joint = out->n ? "; " : "";
  if (eisi_starts_with(s, "format ")) {
    eisi_text_addf(out, "%s", joint);
    short_format(s + strlen("format "), out);
  } else if (eisi_starts_with(s, "columns by ") && strstr(s, ": ")) {
    const bool header = eisi_starts_with(s, "columns by header");
    const char *list = strstr(s, ": ");
    eisi_text_addf(out, "%s", out->n ? ": " : "");
    if (!header) eisi_text_addf(out, "%.*s: ", (int)(list - s), s);
    short_columns(list + 2, out);
  } else if (eisi_starts_with(s, "sign: '") && strstr(s, "' by its header")) {
    eisi_text_addf(out, "%s", joint);
    short_sign(s, out);
  } else {
    return false;
  }
  return true;
}
