/* joint_compare.c - which of several hypotheses the data speak for. */
#include <eisfit/joint.h>

#include <math.h>
#include <string.h>

#include "base/base.h"
#include "base/number.h"

void eis_joint_choice_clear(eis_joint_choice *c) {
  if (!c) return;
  eis_notes_clear(&c->words);
  *c = (eis_joint_choice){.best = -1, .second = -1};
}

/* Kass and Raftery, J. Am. Stat. Assoc. 90 (1995) 773: 2 ln B of 2, 6 and 10; the last they call
   very strong, it is beyond Jeffreys' decisive (B = 100). */
static eis_joint_strength strength_of(double two_ln_B) {
  return two_ln_B > 10  ? EIS_JOINT_DECISIVE
         : two_ln_B > 6 ? EIS_JOINT_STRONG
         : two_ln_B > 2 ? EIS_JOINT_POSITIVE
                        : EIS_JOINT_UNDECIDED;
}

static bool has_layer(const eis_joint_result *r) { return r->share != NULL; }

static bool has_number(const eis_joint_result *r, const char *part) {
  for (size_t k = 0; k < r->n_numbers; k++)
    if (strstr(r->number[k].name, part)) return true;
  return false;
}

/* The measurement that would tell the two apart. */
static const char *decider(const eis_joint_result *a, const eis_joint_result *b) {
  if (has_layer(a) != has_layer(b))
    return "A space-charge layer shows as a capacitance that falls with potential (1/C^2 a straight line in E) and an "
           "activation energy of the arc that rises with SOC by e dphi: measure at three or more temperatures, over "
           "the whole range of SOC, and in a three-electrode or symmetric cell so that the anode stays out";
  if (has_number(a, ".k_time") != has_number(b, ".k_time"))
    return "Growth with time shows when one state of charge is measured again after days: ln R then rises at constant "
           "time constant; a repeat at the same SOC and temperature decides";
  if (has_number(a, ".k_") || has_number(b, ".k_"))
    return "Loss of contact and growth of an interphase both leave the time constant alone and can't be told apart by "
           "impedance: vary the stack pressure (contact responds, an interphase does not)";
  return "Spectra that differ more in the columns of the laws would decide";
}

static eis_status speak(const eis_joint_result *a, const eis_joint_result *b, eis_joint_choice *c,
                        eis_error *err) {
  static const char *const verdicts[][2] = {{"undecided between ", " and "},
                                            {"", " is favoured, weakly, over "},
                                            {"", " is strongly favoured over "},
                                            {"", " is decisively favoured over "}};
  const char *const *v = verdicts[c->strength];
  eis_status st = eis_notes_add(&c->words, err, "%s%s%s%s (2 ln B = %g)", v[0], a->model, v[1],
                                b->model, eisi_signif(c->two_ln_B, 3));
  if (st == EIS_OK && c->strength < EIS_JOINT_DECISIVE)
    st = eis_notes_add(&c->words, err, "what would decide: %s", decider(a, b));
  return st;
}

eis_status eis_joint_compare(const eis_joint_result *const *results, size_t n,
                             eis_joint_choice *out, eis_error *err) {
  *out = (eis_joint_choice){.best = -1, .second = -1, .two_ln_B = NAN};
  for (size_t i = 0; i < n; i++) {
    if (!results[i]) continue;
    const double bic = results[i]->bic;
    if (out->best < 0 || bic < results[out->best]->bic) {
      out->second = out->best;
      out->best = (int)i;
    } else if (out->second < 0 || bic < results[out->second]->bic) {
      out->second = (int)i;
    }
  }
  if (out->best < 0 || out->second < 0) return EIS_OK;
  const eis_joint_result *a = results[out->best], *b = results[out->second];
  out->two_ln_B = b->bic - a->bic;
  out->strength = strength_of(out->two_ln_B);
  eis_status st = speak(a, b, out, err);
  if (st == EIS_OK && a->noise_percent > 2)
    st = eis_notes_add(
        &out->words, err,
        "even %s misses the data by %.2g %%: a Bayes factor says which of the hypotheses is less "
        "wrong, not that one is right",
        a->model, a->noise_percent);
  return st;
}
